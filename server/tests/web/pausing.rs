//! Pausing and resuming, by the forms that pages have for it.

use chrono::Duration;
use reqwest::header::LOCATION;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Site, header, text};

async fn pauses(site: &Site, client: Option<&str>) -> Value {
    let form: Vec<(&str, &str)> = client.map(|id| ("client", id)).into_iter().collect();
    let frame: Value = site.call("frame", &form).await.json().await.expect("JSON");
    frame["look"]["pauses"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_reach_is_paused_shown_on_every_page_and_resumed() {
    let site = Site::start().await;
    let (client, account, _) = site.desk.scheduled("Held").await;
    let (id, account) = (client.to_string(), account.to_string());
    let reaches: [(&[(&str, &str)], Value); 3] = [
        (&[], json!("Everything")),
        (&[("client", &id)], json!("Client")),
        (
            &[("client", &id), ("account", &account)],
            json!({"Account": account}),
        ),
    ];
    assert_eq!(pauses(&site, Some(&id)).await, json!([]));
    for (reach, named) in reaches {
        let set = async |paused: &str| {
            let mut form = reach.to_vec();
            form.push(("paused", paused));
            let answer = site.call("set_paused", &form).await;
            assert_eq!(answer.status(), StatusCode::OK);
        };
        set("true").await;
        // Doing it twice changes nothing.
        set("true").await;
        let shown = pauses(&site, Some(&id)).await;
        assert_eq!(shown.as_array().map(Vec::len), Some(1), "{shown}");
        assert_eq!(shown[0]["reach"], named);
        assert_eq!(shown[0]["by"], "Olive Owner");
        assert_eq!(shown[0]["since"], "today, 13:00");
        let elsewhere = pauses(&site, None).await;
        assert_eq!(
            elsewhere.as_array().is_some_and(|all| !all.is_empty()),
            reach.is_empty()
        );
        for page in ["calendar", "accounts", "history", "settings", "posts/new"] {
            let page = text(site.own(Method::GET, &format!("/clients/{id}/{page}"))).await;
            assert!(page.contains("pause-banner") && page.contains("Olive Owner"));
        }
        set("false").await;
        assert_eq!(pauses(&site, Some(&id)).await, json!([]));
        let activity: Value = site
            .call("activity", &[("client", &id)])
            .await
            .json()
            .await
            .expect("JSON");
        let newest: Vec<&Value> = activity["steps"]
            .as_array()
            .expect("steps")
            .iter()
            .take(2)
            .map(|step| &step["kind"])
            .collect();
        assert_eq!(newest, ["resumed", "paused"], "told once each");
        assert_eq!(activity["steps"][0]["actor"], "Olive Owner");
        let page = text(site.own(Method::GET, &format!("/clients/{id}/calendar"))).await;
        assert!(!page.contains("pause-banner"));
    }
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_holds_a_due_post_and_counts_it() {
    let site = Site::start().await;
    let (client, account, post) = site.desk.scheduled("Held").await;
    let id = client.to_string();
    site.call("set_paused", &[("client", &id), ("paused", "true")])
        .await;
    site.desk.advance(Duration::minutes(90));
    site.desk.run_until_quiet(10).await;
    let (delivery, _) = site.desk.delivery(client, post).await;
    let told: Value = site
        .call(
            "delivery",
            &[("client", &id), ("delivery", &delivery.to_string())],
        )
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(told["standing"]["held"], "Paused");
    assert_eq!(told["standing"]["latest"], "Tomorrow, 14:30");
    assert_eq!(pauses(&site, Some(&id)).await[0]["held"], 1);
    let accounts: Value = site
        .call("list_accounts", &[("client", &id)])
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(
        (
            &accounts["notes"][0]["account"],
            &accounts["notes"][0]["held_by_pause"]
        ),
        (&json!(account), &json!(1))
    );
    let history: Value = site
        .call("history", &[("client", &id)])
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(history["rows"][0]["held"], "Paused");
    site.call("set_paused", &[("client", &id), ("paused", "false")])
        .await;
    site.desk.run_until_quiet(30).await;
    assert_eq!(site.desk.emulator.tiktok().posts().len(), 1);
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_form_pauses_and_comes_back_and_what_is_nobodys_is_refused() {
    let site = Site::start().await;
    let client = site.desk.client("Kestrel Coffee").await.to_string();
    let back = format!("https://desk.autopost.test/clients/{client}/settings");
    let answer = site
        .own(Method::POST, "/api/set_paused")
        .header("accept", "text/html")
        .header("referer", &back)
        .form(&[("client", client.as_str()), ("paused", "true")])
        .send()
        .await
        .expect("an answer");
    assert!(answer.status().is_redirection(), "{}", answer.status());
    assert!(header(&answer, &LOCATION).contains(&format!("/clients/{client}/settings")));
    assert_eq!(pauses(&site, Some(&client)).await[0]["reach"], "Client");
    let nobody = "0190f5d2-0000-7000-8000-000000000000";
    for form in [
        vec![("client", nobody), ("paused", "true")],
        vec![
            ("client", client.as_str()),
            ("account", nobody),
            ("paused", "true"),
        ],
        vec![("account", nobody), ("paused", "true")],
    ] {
        let refused = site.call("set_paused", &form).await;
        assert_eq!(refused.status(), StatusCode::NOT_FOUND, "{form:?}");
    }
    assert_eq!(
        pauses(&site, None).await,
        json!([]),
        "nothing else was paused"
    );
    site.desk.database.remove().await;
}
