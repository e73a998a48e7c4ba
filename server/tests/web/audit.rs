//! The audit over HTTP: the page, the file, and from where a request came.

use domain::Role;
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE, COOKIE};
use reqwest::{Method, StatusCode};
use secrecy::SecretString;
use services::actor::Origin;

use crate::support::{Site, header, text};

/// Signs in with a header that anybody can send; returns from where that is said to have been.
async fn signed_in_from(site: &Site, forwarded_for: &str) -> String {
    let form = [
        ("email", "owner@agency.test"),
        ("password", "a long enough password"),
    ];
    let answer = site
        .stranger(Method::POST, "/api/sign_in")
        .header("x-forwarded-for", forwarded_for)
        .form(&form)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    let filter = services::audit::read::AuditFilter::default();
    let page = site.desk.services.audit_page(&site.desk.owner, &filter);
    let entries = page.await.expect("a page").entries;
    let newest = entries.into_iter().next().expect("an entry");
    assert_eq!(newest.action, "signed_in");
    newest.ip.expect("an address")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_says_where_a_request_came_from_only_when_a_named_proxy_sends_it() {
    let site = Site::start().await;
    assert_eq!(signed_in_from(&site, "203.0.113.9").await, "127.0.0.1");
    site.desk.database.remove().await;

    let proxy = "127.0.0.0/8".parse().expect("a network");
    let site = Site::start_behind(vec![proxy]).await;
    assert_eq!(signed_in_from(&site, "203.0.113.9").await, "203.0.113.9");
    // What the browser itself put there stands before what the proxy saw.
    assert_eq!(
        signed_in_from(&site, "198.51.100.1, 203.0.113.9").await,
        "203.0.113.9"
    );
    assert_eq!(signed_in_from(&site, "nonsense").await, "127.0.0.1");
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn raw_routes_know_where_they_are_asked_from_too() {
    let site = Site::start().await;
    text(site.own(Method::GET, "/audit.csv")).await;
    // As a browser asks for it: what is compressed on the way comes whole, too.
    let packed = site
        .own(Method::GET, "/audit.csv")
        .header(reqwest::header::ACCEPT_ENCODING, "gzip")
        .send()
        .await
        .expect("an answer");
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert!(!packed.bytes().await.expect("a whole file").is_empty());
    let file = text(site.own(Method::GET, "/audit.csv?action=exported")).await;
    assert!(file.contains("\"127.0.0.1\""), "{file}");
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_tells_in_words_and_keeps_its_filters_in_the_address() {
    let site = Site::start().await;
    let client = site.desk.client("Kestrel Coffee").await;
    let page = text(site.own(Method::GET, "/audit")).await;
    for part in [
        "Olive Owner",
        "signed in",
        "added a client",
        "Kestrel Coffee",
        "UTC",
        "/audit.csv",
        "Nothing is chained yet.",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let path = format!("/audit?client={client}&action=client_added");
    let page = text(site.own(Method::GET, &path)).await;
    assert!(
        page.contains("London"),
        "days are meant on the client's wall"
    );
    assert!(page.contains(&format!(
        "/audit.csv?client={client}&amp;action=client_added"
    )));
    assert!(!page.contains("<span>signed in"), "only what was asked for");
    site.desk.services.chain_audit().await.expect("chained");
    let page = text(site.own(Method::GET, "/audit?check=newest")).await;
    assert!(page.contains("entries are as they were written."));
    let odd = site.own(Method::GET, "/audit?person=nobody").send().await;
    let odd = odd.expect("an answer").text().await.expect("text");
    assert!(odd.contains("cannot be filtered by"));
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_opens_as_text_in_any_spreadsheet_and_is_itself_written_down() {
    let site = Site::start().await;
    site.desk
        .client("=HYPERLINK(\"http://evil.example\")")
        .await;
    let answer = site.own(Method::GET, "/audit.csv").send().await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(header(&answer, &CONTENT_TYPE), "text/csv; charset=utf-8");
    assert_eq!(
        header(&answer, &CONTENT_DISPOSITION),
        "attachment; filename=\"audit-2026-10-14-120000.csv\""
    );
    let file = answer.text().await.expect("text");
    assert!(
        file.starts_with("\u{feff}\"Number\",\"Time (UTC)\""),
        "{file}"
    );
    assert!(
        file.contains("\"'=HYPERLINK(\"\"http://evil.example\"\")\""),
        "{file}"
    );
    assert!(!file.contains("\"=HYPERLINK"), "{file}");
    let lines: Vec<&str> = file.lines().collect();
    assert!(
        lines[1].contains("\"exported\""),
        "the newest is this: {}",
        lines[1]
    );
    assert!(lines.iter().any(|line| line.contains("\"signed_in\"")));
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_read_the_audit_gets_neither_page_nor_file() {
    let site = Site::start().await;
    let password = SecretString::from("a long enough password");
    site.desk
        .services
        .add_user(
            "ed@agency.test",
            "Ed Editor",
            Role::Editor,
            password.clone(),
        )
        .await
        .expect("an editor");
    let signed_in = site
        .desk
        .services
        .sign_in("ed@agency.test", password, Origin::default());
    let (token, _) = signed_in.await.expect("signed in");
    let cookie = format!("autopost_session={}", token.expose());
    let get = async |path: &str| {
        let request = site.bare(Method::GET, path).header(COOKIE, &cookie);
        let answer = request.send().await.expect("an answer");
        (answer.status(), answer.text().await.expect("text"))
    };
    let (status, page) = get("/audit").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(page.contains("Your role does not allow that"));
    assert!(!page.contains("Olive Owner"), "nothing of it");
    let (status, file) = get("/audit.csv").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(!file.contains("Olive Owner"));
    let (_, clients) = get("/clients").await;
    assert!(
        !clients.contains("href=\"/audit\""),
        "no way that leads nowhere"
    );
    let nobody = site.bare(Method::GET, "/audit.csv").send().await;
    assert_eq!(
        nobody.expect("an answer").status(),
        StatusCode::UNAUTHORIZED
    );
    site.desk.database.remove().await;
}
