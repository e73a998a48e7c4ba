//! A month out of a spreadsheet and into one, and a calendar for other programs, over HTTP.

use reqwest::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use services::posts::Intent;
use testing::{KESTREL, video};

use crate::support::{Site, header, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_checked_imported_and_exported_again() {
    let site = Site::start().await;
    let client = site.desk.client("Kestrel Coffee").await;
    site.desk.connect(client, KESTREL).await;
    let page = text(site.own(Method::GET, &format!("/clients/{client}/import"))).await;
    assert!(page.contains("tiktok:kestrelcoffee") && page.contains("Choose a CSV file"));
    let ask = async |rows: &str, keep: bool| -> (StatusCode, Value) {
        let answer = site
            .own(Method::POST, "/api/import_posts")
            .json(&json!({ "client": client, "text": rows, "keep": keep }))
            .send()
            .await
            .expect("an answer");
        (answer.status(), answer.json().await.expect("JSON"))
    };
    let (status, told) = ask("when,what\n1,2\n", false).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(told.to_string().contains("no column “date”"), "{told}");
    let rows = "date;time;accounts;caption\n2026-11-02;09:00;kestrelcoffee;\"One\nTwo\"\n2026-11-03;25:00;kestrelcoffee;Three\n";
    let (_, told) = ask(rows, true).await;
    assert_eq!(told["imported"], Value::Null);
    assert_eq!(told["rows"][1]["standing"], "Wrong");
    let (_, told) = ask(&rows.replace("25:00", "21:00"), true).await;
    assert_eq!(
        (&told["imported"], &told["month"]),
        (&json!(2), &json!("2026-11"))
    );

    let csv = site
        .own(
            Method::GET,
            &format!("/clients/{client}/posts.csv?from=2026-11-01&until=2026-11-30"),
        )
        .send()
        .await
        .expect("an answer");
    assert_eq!(header(&csv, &CONTENT_TYPE), "text/csv; charset=utf-8");
    assert_eq!(
        header(&csv, &CONTENT_DISPOSITION),
        "attachment; filename=\"posts-2026-11-01-to-2026-11-30.csv\""
    );
    let csv = csv.text().await.expect("text");
    assert!(
        csv.contains("\"2026-11-02\",\"09:00\",\"tiktok:kestrelcoffee\",\"One\nTwo\""),
        "{csv}"
    );
    let (_, told) = ask(&csv, false).await;
    assert_eq!(told["rows"][0]["standing"], "Known");
    let refused = site
        .own(
            Method::GET,
            &format!("/clients/{client}/posts.csv?from=November"),
        )
        .send()
        .await
        .expect("an answer");
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let audit = text(site.own(Method::GET, &format!("/audit?client={client}"))).await;
    assert!(audit.contains("exported the posts"), "written down");
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_is_fetched_by_its_secret_address_alone_until_it_is_taken_back() {
    let site = Site::start().await;
    let client = site.desk.client("Kestrel Coffee").await;
    let account = site.desk.connect(client, KESTREL).await;
    let asset = site.desk.upload(client, video()).await.expect("taken").id;
    let input = site.desk.input(account, asset, "Flat white");
    let saved = site
        .desk
        .services
        .save_post(&site.desk.owner, client, input, Intent::Schedule)
        .await;
    saved.expect("scheduled");
    let id = client.to_string();
    let made = site.call("make_calendar_feed", &[("client", &id)]).await;
    let address: String = made.json().await.expect("an address");
    let path = address
        .strip_prefix("https://desk.autopost.test")
        .expect("ours")
        .to_owned();
    let settings = text(site.own(Method::GET, &format!("/clients/{client}/settings"))).await;
    assert!(settings.contains("There is an address, made by Olive Owner"));
    assert!(!settings.contains(&path), "shown once");

    let fetch = async |path: &str, known: Option<&str>| {
        let mut request = site.browser.get(format!("http://{}{path}", site.address));
        if let Some(known) = known {
            request = request.header(IF_NONE_MATCH, known);
        }
        request.send().await.expect("an answer")
    };
    let calendar = fetch(&path, None).await;
    assert_eq!(calendar.status(), StatusCode::OK);
    assert_eq!(
        header(&calendar, &CONTENT_TYPE),
        "text/calendar; charset=utf-8"
    );
    assert_eq!(header(&calendar, &CACHE_CONTROL), "private, no-cache");
    let tag = header(&calendar, &ETAG).to_owned();
    let body = calendar.text().await.expect("text");
    assert!(body.starts_with("BEGIN:VCALENDAR\r\n") && body.contains("Flat white"));
    let again = fetch(&path, Some(&tag)).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    for wrong in [
        path.replace(".ics", ""),
        "/calendar/feed/bWFkZS11cA.ics".to_owned(),
    ] {
        assert_eq!(fetch(&wrong, None).await.status(), StatusCode::NOT_FOUND);
    }
    site.call("revoke_calendar_feed", &[("client", &id)]).await;
    assert_eq!(fetch(&path, None).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        fetch(&path, Some(&tag)).await.status(),
        StatusCode::NOT_FOUND
    );
    site.desk.database.remove().await;
}
