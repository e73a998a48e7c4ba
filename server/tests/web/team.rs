//! Inviting, accepting, a new password and another address, as plain forms: nothing here needs scripts.

use reqwest::header::{ACCEPT, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Method, Response, StatusCode};

use crate::support::{Site, header, text};

/// Sends a form as a browser without scripts does.
async fn send(site: &Site, name: &str, session: Option<&str>, form: &[(&str, &str)]) -> Response {
    let mut request = site
        .stranger(Method::POST, &format!("/api/{name}"))
        .header(ACCEPT, "text/html");
    if let Some(session) = session {
        request = request.header(COOKIE, session);
    }
    request.form(form).send().await.expect("an answer")
}

fn cookie(answer: &Response) -> String {
    let cookie = header(answer, &SET_COOKIE);
    cookie.split(';').next().unwrap_or_default().to_owned()
}

fn owner(site: &Site) -> String {
    format!("autopost_session={}", site.desk.session.expose())
}

async fn visit(site: &Site, session: &str, page: &str) -> (StatusCode, String) {
    let answer = site
        .bare(Method::GET, page)
        .header(COOKIE, session)
        .send()
        .await
        .expect("an answer");
    let status = answer.status();
    (status, answer.text().await.expect("text"))
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_invited_and_comes_in_by_plain_forms() {
    let site = Site::start().await;
    let client = site.desk.client("Kestrel Coffee").await.to_string();
    site.desk.client("Northlane").await;
    let (_, form) = visit(&site, &owner(&site), "/team/invite").await;
    for part in [
        "name=\"clients[]\"",
        "Kestrel Coffee",
        "Northlane",
        "value=\"client_approver\"",
    ] {
        assert!(form.contains(part), "{part}");
    }
    let invited = send(
        &site,
        "invite",
        Some(&owner(&site)),
        &[
            ("email", "ann@people.test"),
            ("name", "Ann"),
            ("role", "editor"),
            ("clients[]", &client),
        ],
    )
    .await;
    assert_eq!(header(&invited, &LOCATION), "/team?done=invited");
    let (_, team) = visit(&site, &owner(&site), "/team?done=invited").await;
    assert!(team.contains("ann@people.test") && team.contains("The invitation is on its way."));

    let mails = site.desk.mails_to("ann@people.test").await;
    let token = mails[0].token("invitation");
    let page = format!("/invitation/{}", token.expose());
    for _ in 0..3 {
        let page = text(site.stranger(Method::GET, &page)).await;
        assert!(page.contains("Accept and go in") && page.contains("for Kestrel Coffee"));
    }
    let accept = async |password: &str| {
        let form = [
            ("token", token.expose()),
            ("name", "Ann Arbour"),
            ("password", password),
        ];
        send(&site, "accept_invitation", None, &form).await
    };
    let refused = accept("short").await;
    assert!(refused.status().is_redirection() && header(&refused, &SET_COOKIE).is_empty());
    assert!(
        !header(&refused, &LOCATION).contains("short"),
        "a password in an address"
    );
    let accepted = accept("a password of hers").await;
    assert_eq!(header(&accepted, &LOCATION), "/");
    let ann = cookie(&accepted);
    let (status, clients) = visit(&site, &ann, "/clients").await;
    assert_eq!(status, StatusCode::OK);
    assert!(clients.contains("Kestrel Coffee") && !clients.contains("Northlane"));
    assert!(!clients.contains("href=\"/team\""));
    let (_, clients) = visit(&site, &owner(&site), "/clients").await;
    assert!(clients.contains("href=\"/team\"") && clients.contains("Northlane"));
    let (status, team) = visit(&site, &ann, "/team").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(!team.contains("owner@agency.test"));
    let again = site.stranger(Method::GET, &page).send().await;
    let again = again.expect("an answer").text().await.expect("text");
    assert!(again.contains("accepted already") && !again.contains("Accept and go in"));
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_limited_and_kept_out_by_plain_forms() {
    let site = Site::start().await;
    let client = site.desk.client("Kestrel Coffee").await;
    let user = site
        .desk
        .portal_user(
            &[client],
            "Priya Nair",
            "priya@kestrel.test",
            domain::Role::ClientApprover,
        )
        .await
        .to_string();
    let (_, page) = visit(&site, &owner(&site), &format!("/team/{user}")).await;
    assert!(page.contains("Priya Nair") && !page.contains("value=\"owner\""));
    let client = client.to_string();
    let form = [
        ("user", user.as_str()),
        ("role", "client_viewer"),
        ("clients[]", client.as_str()),
    ];
    let saved = send(&site, "save_access", Some(&owner(&site)), &form).await;
    assert_eq!(header(&saved, &LOCATION), "/team?done=changed");
    let form = [("user", user.as_str()), ("disabled", "true")];
    let disabled = send(&site, "set_disabled", Some(&owner(&site)), &form).await;
    assert_eq!(header(&disabled, &LOCATION), "/team?done=disabled");
    let (_, team) = visit(&site, &owner(&site), "/team").await;
    assert!(team.contains("Disabled") && team.contains("Viewer"));
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_by_plain_forms() {
    let site = Site::start().await;
    let mut answers = Vec::new();
    for email in ["owner@agency.test", "nobody@agency.test"] {
        let answer = send(&site, "ask_reset", None, &[("email", email)]).await;
        answers.push((
            answer.status(),
            header(&answer, &LOCATION).to_owned(),
            answer.text().await.expect("text"),
        ));
    }
    assert_eq!(answers[0], answers[1]);
    let sent = text(site.stranger(Method::GET, &answers[0].1)).await;
    assert!(sent.contains("If there is a user with this address"));
    // The same once more, to be told when the mail that goes out behind the answer is written.
    let work = site
        .desk
        .services
        .ask_password_reset("owner@agency.test", services::actor::Origin::default())
        .await;
    work.expect("asked").await.expect("sent");
    let mails = site.desk.mails_to("owner@agency.test").await;
    let token = mails.last().expect("a mail").token("reset");
    let page = format!("/reset/{}", token.expose());
    for _ in 0..3 {
        let page = text(site.stranger(Method::GET, &page)).await;
        assert!(page.contains("owner@agency.test"));
    }
    let (status, _) = visit(&site, &owner(&site), "/clients").await;
    assert_eq!(status, StatusCode::OK, "looking ends no session");
    let form = [("token", token.expose()), ("password", "a new password")];
    let reset = send(&site, "reset_password", None, &form).await;
    assert_eq!(header(&reset, &LOCATION), "/");
    let (status, _) = visit(&site, &cookie(&reset), "/clients").await;
    assert_eq!(status, StatusCode::OK);
    let (status, _) = visit(&site, &owner(&site), "/clients").await;
    assert_eq!(status, StatusCode::FOUND, "the other session is over");
    let gone = site.stranger(Method::GET, &page).send().await;
    let gone = gone.expect("an answer").text().await.expect("text");
    assert!(gone.contains("used already"));
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_confirmed_at_both_ends_by_plain_forms() {
    let site = Site::start().await;
    let form = [
        ("email", "olive@agency.test"),
        ("present", "a long enough password"),
    ];
    let asked = send(&site, "change_email", Some(&owner(&site)), &form).await;
    assert_eq!(header(&asked, &LOCATION), "/me?done=email");
    let (_, me) = visit(&site, &owner(&site), "/me").await;
    assert!(me.contains("Your address is to become") && me.contains("olive@agency.test"));
    for (to, leads_to) in [
        ("owner@agency.test", "/email/half"),
        ("olive@agency.test", "/email/moved"),
    ] {
        let mails = site.desk.mails_to(to).await;
        let token = mails.first().expect("a mail").token("email");
        let page = format!("/email/{}", token.expose());
        for _ in 0..2 {
            let page = text(site.stranger(Method::GET, &page)).await;
            assert!(page.contains("Confirm") && page.contains("olive@agency.test"));
        }
        let confirmed = send(&site, "confirm_email", None, &[("token", token.expose())]).await;
        assert_eq!(header(&confirmed, &LOCATION), leads_to);
        text(site.stranger(Method::GET, leads_to)).await;
    }
    let (_, me) = visit(&site, &owner(&site), "/me").await;
    assert!(me.contains("value=\"olive@agency.test\""));
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_tries_are_told_apart_from_wrong_ones() {
    let site = Site::start().await;
    let form = [
        ("email", "owner@agency.test"),
        ("password", "a guess at it"),
    ];
    let enter = || {
        site.stranger(Method::POST, "/api/sign_in")
            .form(&form)
            .send()
    };
    for _ in 0..10 {
        let refused = enter().await.expect("an answer");
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    let refused = enter().await.expect("an answer");
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let sentence = refused.text().await.expect("text");
    assert!(sentence.contains("Wait 15 minutes"), "{sentence}");
    site.desk.database.remove().await;
}
