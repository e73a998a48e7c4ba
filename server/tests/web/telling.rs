//! Notices, preferences, the agency's settings, the outbox and webhooks, as plain forms and as pages.

use chrono::Duration;
use reqwest::header::{LOCATION, REFERER};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Site, header, text};

async fn json_of(site: &Site, name: &str, form: &[(&str, &str)]) -> Value {
    let answer = site.call(name, form).await;
    assert_eq!(answer.status(), StatusCode::OK, "{name}");
    answer.json().await.expect("JSON")
}

/// Sends a form as a browser without scripts does, from a page.
async fn plain(site: &Site, page: &str, name: &str, form: &[(&str, &str)]) -> String {
    let sent = site
        .own(Method::POST, &format!("/api/{name}"))
        .header("accept", "text/html")
        .header(REFERER, format!("https://desk.autopost.test{page}"))
        .form(form)
        .send()
        .await
        .expect("an answer");
    assert!(sent.status().is_redirection(), "{}", sent.status());
    header(&sent, &LOCATION).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_shows_in_the_bell_and_is_read_without_scripts() {
    let site = Site::start().await;
    site.desk.scheduled("Flat white").await;
    // Too late to be sent, and not so late that the session has ended.
    site.desk.advance(Duration::days(3));
    site.desk.publisher.tick_and_settle().await.expect("a tick");
    let look = json_of(&site, "look", &[("seen", "0")]).await;
    assert_eq!(look["unread"], 1);
    // Nothing new is no answer; something read is one, although no event came.
    let version = look["version"].to_string();
    let seen = [("seen", version.as_str()), ("unread", "1")];
    assert_eq!(json_of(&site, "look", &seen).await, Value::Null);
    let page = text(site.own(Method::GET, "/notices")).await;
    assert!(page.contains("“Flat white” was not published on @kestrelcoffee"));
    let notices = json_of(&site, "notices", &[]).await;
    let id = notices["rows"][0]["id"].to_string();
    let back = plain(&site, "/notices", "read_notice", &[("id", &id)]).await;
    assert!(back.trim_end_matches('?').ends_with("/notices"), "{back}");
    assert_eq!(json_of(&site, "look", &seen).await["unread"], 0);
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn preferences_and_the_agency_are_set_without_scripts() {
    let site = Site::start().await;
    let wished = [
        ("in_app[]", "failure"),
        ("in_app[]", "comment"),
        ("by_mail[]", "comment"),
    ];
    plain(&site, "/me/notices", "save_preferences", &wished).await;
    let rows = json_of(&site, "preferences", &[]).await;
    let of = |kind: &str| {
        let rows = rows.as_array().expect("rows");
        let row = rows.iter().find(|row| row["kind"] == kind).expect("a row");
        (row["in_app"] == true, row["by_mail"] == true)
    };
    assert_eq!(of("failure"), (true, false));
    assert_eq!(of("comment"), (true, true));
    assert_eq!(of("connection"), (false, false));

    let form = [
        ("name", "Halden & Rye"),
        ("failure_email", "boss@agency.test"),
        ("brand_color", "1F4A44"),
    ];
    let back = plain(&site, "/settings", "save_agency_settings", &form).await;
    assert_eq!(back, "/settings?saved=1");
    let agency = json_of(&site, "agency_settings", &[]).await;
    let expected = json!({
        "name": "Halden & Rye", "failure_email": "boss@agency.test", "brand_color": "#1f4a44"
    });
    assert_eq!(agency, expected);
    let page = text(site.own(Method::GET, "/settings")).await;
    assert!(page.contains("Halden &amp; Rye"));
    let wrong = [("name", "Halden"), ("failure_email", "nobody")];
    let refused = site.call("save_agency_settings", &wrong).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_the_outbox_says_so() {
    let site = Site::start().await;
    let page = text(site.own(Method::GET, "/settings/mail")).await;
    assert!(page.contains("No mail server is configured."));
    assert!(page.contains("AUTOPOST_SMTP_URL"));
    let page = text(site.own(Method::GET, "/settings/webhooks")).await;
    assert!(page.contains("No address is told yet"));
    site.desk.database.remove().await;
}
