//! Posts from the plan to the history.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use testing::{KESTREL, video};

use crate::support::{Site, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_post_is_planned_shown_and_followed_by_server_functions() {
    let site = Site::start().await;
    let desk = &site.desk;
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    let asset = desk.upload(client, video()).await.expect("taken").id;
    let options = json!({"platform": "tiktok", "privacy_level": "PUBLIC_TO_EVERYONE"});
    let mut form = json!({"id": null, "caption": "Hello\nthere", "media": [{"id": asset, "alt": ""}], "targets": [{"account": account, "options": options}], "local_time": "2026-10-15T09:00"});
    let save = async |form: &Value, intent: &str| {
        let body = json!({"client": client, "form": form, "intent": intent});
        site.own(Method::POST, "/api/save_post")
            .json(&body)
            .send()
            .await
            .expect("an answer")
    };
    let saved: Value = save(&form, "Schedule").await.json().await.expect("JSON");
    let id = client.to_string();
    let month: Value = site
        .call("calendar", &[("client", &id), ("query[at]", "2026-10")])
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(
        (&month["title"], &month["previous"], &month["next"]),
        (&json!("October 2026"), &json!("2026-09"), &json!("2026-11"))
    );
    let day = month["days"]
        .as_array()
        .expect("days")
        .iter()
        .find(|day| day["date"] == "2026-10-15")
        .expect("the day");
    let card = &day["cards"][0];
    assert_eq!(
        (&card["local"], &card["title"], &card["status"]),
        (
            &json!("2026-10-15T09:00"),
            &json!("Hello"),
            &json!("scheduled")
        )
    );

    form["local_time"] = json!("2026-10-13T09:00");
    form["id"] = saved["id"].clone();
    let refused = save(&form, "Schedule").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused
            .text()
            .await
            .expect("text")
            .contains("This time has passed. Pick one after 13:00.")
    );

    let post: domain::PostId = saved["id"].as_str().expect("an id").parse().expect("an id");
    let look = async |seen: i64| -> Value {
        site.call("look", &[("client", &id), ("seen", &seen.to_string())])
            .await
            .json()
            .await
            .expect("JSON")
    };
    let before = look(0).await["version"].as_i64().expect("a number");
    assert_eq!(look(before).await, Value::Null, "nothing has changed");
    desk.advance(chrono::Duration::hours(20));
    desk.run_until_quiet(30).await;
    let after = look(before).await["version"].as_i64().expect("a number");
    assert!(after > before);
    let (delivery, _) = desk.delivery(client, post).await;
    let told: Value = site
        .call(
            "delivery",
            &[("client", &id), ("delivery", &delivery.to_string())],
        )
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(told["row"]["state"], "published");
    assert_eq!(told["due_exact"], "Thu 15 Oct 2026, 09:00:00");
    assert_eq!(told["attempts"][0]["outcome"], "Published");
    assert!(
        told["sent"]
            .as_array()
            .expect("facts")
            .iter()
            .any(|fact| fact == &json!(["Who can see it", "Everyone"]))
    );
    let page = text(site.own(
        Method::GET,
        &format!("/clients/{client}/history/{delivery}"),
    ))
    .await;
    assert!(
        page.contains("publicaly_available_post_id"),
        "the platform’s own words are on the page"
    );
    site.desk.database.remove().await;
}
