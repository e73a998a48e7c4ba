//! What staff are told about a delivery in trouble, and what they do about it.

use chrono::Duration;
use domain::{ClientId, DeliveryId, DeliveryState, PostId};
use emulator::tiktok::Fault;
use reqwest::StatusCode;
use serde_json::{Value, json};
use testing::{Desk, KESTREL};

use crate::support::Site;

/// TikTok takes everything and says nothing any more.
async fn unknown(desk: &Desk) -> (ClientId, PostId, DeliveryId) {
    let (client, _, post) = desk.scheduled("Swallowed").await;
    desk.advance(Duration::minutes(90));
    desk.emulator.tiktok().fault(Fault {
        times: 10_000,
        status: Some(500),
        ..Fault::on("status/fetch")
    });
    for _ in 0..200 {
        desk.run_until_quiet(10).await;
        let (delivery, state) = desk.delivery(client, post).await;
        if state == DeliveryState::Unknown {
            desk.emulator.tiktok().clear_faults();
            return (client, post, delivery);
        }
    }
    panic!("never unknown");
}

/// TikTok refuses it.
async fn failed(desk: &Desk) -> (ClientId, PostId, DeliveryId) {
    let (client, _, post) = desk.scheduled("Refused").await;
    desk.emulator.tiktok().fault(Fault {
        status: Some(403),
        code: Some("spam_risk".to_owned()),
        ..Fault::on("video/init")
    });
    desk.advance(Duration::minutes(90));
    desk.run_until_quiet(10).await;
    let (delivery, state) = desk.delivery(client, post).await;
    assert_eq!(state, DeliveryState::Failed);
    (client, post, delivery)
}

async fn told(site: &Site, client: ClientId, delivery: DeliveryId) -> Value {
    let (client, delivery) = (client.to_string(), delivery.to_string());
    site.call("delivery", &[("client", &client), ("delivery", &delivery)])
        .await
        .json()
        .await
        .expect("JSON")
}

async fn month(site: &Site, client: ClientId) -> Value {
    site.call("calendar", &[("client", &client.to_string())])
        .await
        .json()
        .await
        .expect("JSON")
}

/// The days with cards on them, and the cards' states.
fn cards(month: &Value) -> Vec<(String, String)> {
    month["days"]
        .as_array()
        .expect("days")
        .iter()
        .flat_map(|day| {
            let date = day["date"].as_str().expect("a date");
            day["cards"].as_array().expect("cards").iter().map(|card| {
                let state = card["status"].as_str().expect("a status");
                (date.to_owned(), state.to_owned())
            })
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_outcome_says_what_to_check_and_takes_each_of_the_three_answers() {
    let there = "https://www.tiktok.com/@kestrelcoffee/video/7426118830452871457";
    for (answer, address, state) in [
        ("Found", there, "published"),
        ("SendAgain", "", "published"),
        ("GiveUp", "", "failed"),
    ] {
        let site = Site::start().await;
        let (client, _, delivery) = unknown(&site.desk).await;
        let before = told(&site, client, delivery).await;
        let standing = &before["standing"];
        assert_eq!(standing["state"], "unknown");
        assert_eq!(
            standing["profile_url"],
            "https://www.tiktok.com/@kestrelcoffee"
        );
        assert!(standing["next_look"].is_string(), "{standing}");
        assert_eq!(
            month(&site, client).await["attention"][0]["kind"],
            "Unknown"
        );

        let ids = (client.to_string(), delivery.to_string());
        let settle = async |answer: &str, address: &str| {
            let form = [
                ("client", ids.0.as_str()),
                ("delivery", &ids.1),
                ("answer", answer),
                ("address", address),
            ];
            site.call("settle_delivery", &form).await
        };
        for (wrong, why) in [
            ("", "whole address"),
            ("@kestrelcoffee", "whole address"),
            ("javascript:alert(1)", "whole address"),
            (
                "https://elsewhere.test/@kestrelcoffee/video/1",
                "not on TikTok",
            ),
            ("https://www.tiktok.com/@kestrelcoffee/", "of a profile"),
        ] {
            let refused = settle("Found", wrong).await;
            assert_eq!(
                refused.status(),
                StatusCode::UNPROCESSABLE_ENTITY,
                "{wrong}"
            );
            let sentence = refused.text().await.expect("text");
            assert!(sentence.contains(why), "{wrong}: {sentence}");
        }
        let settled = settle(answer, address).await;
        assert_eq!(settled.status(), StatusCode::OK);
        site.desk.run_until_quiet(30).await;
        let after = told(&site, client, delivery).await;
        assert_eq!(after["standing"]["state"], state, "{answer}");
        if answer == "Found" {
            assert_eq!(after["row"]["post_url"], there);
        }
        let by_whom = after["attempts"]
            .as_array()
            .expect("attempts")
            .iter()
            .flat_map(|attempt| attempt["steps"].as_array().expect("steps"))
            .any(|step| step["actor"] == "Olive Owner" && step["kind"] != "scheduled");
        let again = after["attempts"]
            .as_array()
            .expect("attempts")
            .iter()
            .any(|attempt| attempt["number"] == 2);
        assert!(by_whom || again, "the history says who decided: {after}");
        assert_eq!(settle("GiveUp", "").await.status(), StatusCode::CONFLICT);
        site.desk.database.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_tried_again_and_stands_where_it_goes_out() {
    let site = Site::start().await;
    let (client, _, delivery) = failed(&site.desk).await;
    let attention = month(&site, client).await["attention"].clone();
    assert_eq!(attention[0]["kind"], "Failed");
    assert_eq!(
        cards(&month(&site, client).await),
        [("2026-10-14".to_owned(), "failed".to_owned())]
    );
    site.desk.advance(Duration::days(3));
    let ids = (client.to_string(), delivery.to_string());
    let form = [("client", ids.0.as_str()), ("delivery", ids.1.as_str())];
    // Paused: it waits, and the answer says for what and because of whom.
    let pause = [("client", ids.0.as_str()), ("paused", "true")];
    site.call("set_paused", &pause).await;
    let sent: Value = site
        .call("send_delivery", &form)
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(
        (&sent["pause"]["by"], &sent["pause"]["reach"]),
        (&json!("Olive Owner"), &json!("Client"))
    );
    site.desk.run_until_quiet(10).await;
    let held = month(&site, client).await;
    assert_eq!(
        cards(&held),
        [("2026-10-17".to_owned(), "scheduled".to_owned())],
        "it stands on the day on which it goes out"
    );
    assert_eq!(held["attention"][0]["kind"], json!({"Held": "Paused"}));

    let resume = [("client", ids.0.as_str()), ("paused", "false")];
    site.call("set_paused", &resume).await;
    site.desk.run_until_quiet(30).await;
    let after = month(&site, client).await;
    assert_eq!(
        cards(&after),
        [("2026-10-17".to_owned(), "published".to_owned())]
    );
    assert_eq!(after["attention"], json!([]));
    let history = told(&site, client, delivery).await.to_string();
    for words in [
        "It was planned for Wed 14 Oct, 14:30",
        "Held: publishing is paused",
        "Released: publishing was resumed",
    ] {
        assert!(history.contains(words), "{words} in {history}");
    }
    let refused = site.call("send_delivery", &form).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT, "it is published");
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_let_rest_and_needs_nobody_any_more() {
    let site = Site::start().await;
    let (client, post, delivery) = failed(&site.desk).await;
    let (id, post) = (client.to_string(), post.to_string());
    let done: Value = site
        .call("cancel_post", &[("client", &id), ("post", &post)])
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(done["taken_back"], 1);
    let after = told(&site, client, delivery).await;
    assert_eq!(after["standing"]["state"], "cancelled");
    assert_eq!(after["attempts"][0]["steps"][0]["title"], "Let rest");
    assert!(
        after["standing"]["problem"].is_string(),
        "why it failed is not forgotten"
    );
    assert_eq!(month(&site, client).await["attention"], json!([]));
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_back_what_has_left_is_refused_and_the_page_says_why() {
    let site = Site::start().await;
    let (client, post, delivery) = unsettled(&site).await;
    let ids = (client.to_string(), post.to_string());
    let form = [("client", ids.0.as_str()), ("post", ids.1.as_str())];
    let asked: Value = site
        .call("cancel_post", &form)
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(
        (&asked["taken_back"], &asked["asked"]),
        (&json!(0), &json!(1))
    );
    let waiting = told(&site, client, delivery).await;
    assert!(
        waiting["standing"]["cancel_asked"]
            .as_str()
            .is_some_and(|words| words.starts_with("Olive Owner asked for that today")),
        "{waiting}"
    );
    site.desk.run_until_quiet(30).await;
    let after = told(&site, client, delivery).await;
    assert_eq!(after["standing"]["state"], "published");
    assert_eq!(after["standing"]["cancel_asked"], Value::Null);
    assert!(
        after["standing"]["cancel_refused"]
            .as_str()
            .is_some_and(|words| words.contains("cannot be unsent")),
        "{after}"
    );
    let composer: Value = site
        .call("composer", &form)
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(
        composer["post"]["standings"][0]["cancel_refused"],
        after["standing"]["cancel_refused"]
    );
    site.desk.database.remove().await;
}

/// All of it is with TikTok, which works on it for long.
async fn unsettled(site: &Site) -> (ClientId, PostId, DeliveryId) {
    let desk = &site.desk;
    desk.emulator.tiktok().fault(Fault {
        times: 1,
        status: Some(500),
        ..Fault::on("status/fetch")
    });
    let (client, _, post) = desk.scheduled("Left").await;
    desk.advance(Duration::minutes(90));
    desk.publisher.tick_and_settle().await.expect("a tick");
    let (delivery, state) = desk.delivery(client, post).await;
    assert!(state.is_moving(), "{state}");
    (client, post, delivery)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_found_ahead_stands_on_the_card_the_account_and_the_post() {
    let site = Site::start().await;
    let (client, account, post) = site.desk.scheduled("Ahead").await;
    site.desk.emulator.tiktok().revoke(KESTREL);
    site.desk.advance(Duration::minutes(45));
    site.desk.services.preflight_due().await.expect("a look");
    let shown = month(&site, client).await;
    assert_eq!(
        shown["attention"][0]["kind"],
        json!({"Found": {"blocks": true}})
    );
    let sentence = shown["attention"][0]["sentence"].as_str().expect("words");
    assert!(sentence.contains("Connect it again"), "{sentence}");
    let card = shown["days"]
        .as_array()
        .expect("days")
        .iter()
        .find_map(|day| day["cards"].get(0))
        .expect("a card");
    assert_eq!(card["found"], json!([true, sentence]));
    let (id, post) = (client.to_string(), post.to_string());
    let accounts: Value = site
        .call("list_accounts", &[("client", &id)])
        .await
        .json()
        .await
        .expect("JSON");
    let note = &accounts["notes"][0];
    assert_eq!(note["account"], json!(account));
    assert_eq!(note["findings"][0][0], json!(post));
    assert_eq!(note["findings"][0][2]["sentence"], sentence);
    let composer: Value = site
        .call("composer", &[("client", &id), ("post", &post)])
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(
        composer["post"]["standings"][0]["findings"][0]["sentence"],
        sentence
    );
    site.desk.database.remove().await;
}
