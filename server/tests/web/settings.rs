//! A client's settings.

use reqwest::header::LOCATION;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Site, header, text};

#[tokio::test(flavor = "multi_thread")]
async fn the_form_renames_a_client_and_sets_how_late_a_post_may_be() {
    let site = Site::start().await;
    let client = site.desk.client("Kestrel Coffee").await;
    let id = client.to_string();
    let page = format!("/clients/{id}/settings");
    let before = text(site.own(Method::GET, &page)).await;
    assert!(before.contains("Kestrel Coffee") && before.contains("Europe/London"));
    for choice in ["1 hour", "6 hours", "24 hours", "48 hours", "7 days"] {
        assert!(before.contains(choice), "{choice}");
    }
    let form = [
        ("client", id.as_str()),
        ("form[name]", " Kestrel Roasters "),
        ("form[lateness_minutes]", "360"),
    ];
    let saved = site
        .own(Method::POST, "/api/save_client_settings")
        .header("accept", "text/html")
        .form(&form)
        .send()
        .await
        .expect("an answer");
    assert_eq!(header(&saved, &LOCATION), format!("{page}?saved=1"));
    let after: Value = site
        .call("client_settings", &[("client", &id)])
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(
        (&after["name"], &after["lateness_minutes"]),
        (&json!("Kestrel Roasters"), &json!(360))
    );
    assert!(
        text(site.own(Method::GET, &format!("{page}?saved=1")))
            .await
            .contains("Saved.")
    );
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_set_is_refused_in_a_sentence_and_changes_nothing() {
    let site = Site::start().await;
    let id = site.desk.client("Kestrel Coffee").await.to_string();
    site.desk.client("Northlane").await;
    for (name, lateness, status, why) in [
        (
            "",
            "60",
            StatusCode::UNPROCESSABLE_ENTITY,
            "1 to 80 characters",
        ),
        ("northlane", "60", StatusCode::CONFLICT, "northlane already"),
        (
            "Kestrel",
            "0",
            StatusCode::UNPROCESSABLE_ENTITY,
            "seven days",
        ),
        (
            "Kestrel",
            "10081",
            StatusCode::UNPROCESSABLE_ENTITY,
            "seven days",
        ),
    ] {
        let form = [
            ("client", id.as_str()),
            ("form[name]", name),
            ("form[lateness_minutes]", lateness),
        ];
        let refused = site.call("save_client_settings", &form).await;
        assert_eq!(refused.status(), status, "{name} {lateness}");
        let sentence = refused.text().await.expect("text");
        assert!(sentence.contains(why), "{sentence}");
    }
    let after: Value = site
        .call("client_settings", &[("client", &id)])
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(
        (&after["name"], &after["lateness_minutes"]),
        (&json!("Kestrel Coffee"), &json!(1440))
    );
    let nobody = "0190f5d2-0000-7000-8000-000000000000";
    let form = [("client", nobody)];
    let refused = site.call("client_settings", &form).await;
    assert_eq!(refused.status(), StatusCode::NOT_FOUND);
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_empty_in_the_whole_form_is_to_be_empty() {
    let site = Site::start().await;
    let id = site.desk.client("Kestrel Coffee").await.to_string();
    let set = |fields: &'static [(&'static str, &'static str)]| {
        let (site, id) = (&site, id.clone());
        async move {
            let mut form = vec![("client", id.as_str()), ("form[name]", "Kestrel Coffee")];
            form.extend(fields);
            let saved = site.call("save_client_settings", &form).await;
            assert!(saved.status().is_success() || saved.status().is_redirection());
            let read = site
                .call("client_settings", &[("client", id.as_str())])
                .await;
            let set: Value = read.json().await.expect("JSON");
            json!([
                set["failure_email"],
                set["brand_color"],
                set["media_retention_days"]
            ])
        }
    };
    let given = &[
        ("form[failure_email]", "ops@kestrel.test"),
        ("form[brand_color]", "#1F4A44"),
        ("form[media_retention_days]", "7"),
    ];
    let kept = json!(["ops@kestrel.test", "#1f4a44", 7]);
    assert_eq!(set(given).await, kept);
    assert_eq!(set(&[("form[lateness_minutes]", "60")]).await, kept);
    let emptied = &[
        ("form[whole]", "true"),
        ("form[failure_email]", ""),
        ("form[brand_color]", ""),
        ("form[media_retention_days]", ""),
    ];
    assert_eq!(set(emptied).await, json!([null, null, null]));
    site.desk.database.remove().await;
}
