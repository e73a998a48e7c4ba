//! What TikTok tells by itself is kept before it is acted on, acted on once, and never believed blindly.

use chrono::Duration;
use db::models::webhook;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use domain::account::AccountStatus;
use domain::post::PlatformOptions;
use domain::tiktok::TikTokOptions;
use domain::{AccountId, ClientId, DeliveryState, Platform, PostId};
use emulator::tiktok::signature;
use serde_json::{Value, json};
use services::posts::Intent;
use services::webhooks::Received;
use testing::{Desk, KESTREL, video};

/// An event as TikTok sends it, about the emulator's account.
fn event(desk: &Desk, name: &str, content: &Value) -> String {
    json!({
        "client_key": desk.emulator.tiktok().config().client_key,
        "event": name,
        "create_time": desk.now().timestamp(),
        "user_openid": desk.emulator.tiktok().user(KESTREL).expect("a user").open_id,
        "content": content.to_string(),
    })
    .to_string()
}

async fn receive(desk: &Desk, body: &str) -> Received {
    let secret = desk.emulator.tiktok().config().client_secret;
    let signed = signature(&secret, desk.now().timestamp(), body.as_bytes());
    let header = |name: &str| (name == "tiktok-signature").then(|| signed.clone());
    desk.services
        .receive_webhook(Platform::TikTok, &header, body.as_bytes())
        .await
        .expect("kept or not")
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many calls are known, and how many of them wait.
async fn inbox(desk: &Desk) -> (i64, i64) {
    let mut conn = desk.database.connect().await;
    let mut count = async |condition: &str| {
        let query = format!("SELECT count(*) FROM webhooks WHERE {condition}");
        let count: Count = diesel::sql_query(query)
            .get_result(&mut conn)
            .await
            .expect("a count");
        count.count
    };
    (count("true").await, count("next_try_at IS NOT NULL").await)
}

/// A draft that lies in TikTok's inbox, and is asked about every ten minutes.
async fn draft_in_the_inbox(desk: &Desk) -> (ClientId, PostId, String) {
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    let asset = desk.upload(client, video()).await.expect("uploaded").id;
    let mut input = desk.input(account, asset, "");
    let options = TikTokOptions {
        as_draft: true,
        ..TikTokOptions::default()
    };
    input.targets[0].options = PlatformOptions::TikTok(options);
    let post = desk
        .services
        .save_post(&desk.owner, client, input, Intent::Schedule)
        .await
        .expect("scheduled");
    desk.advance(Duration::minutes(90));
    desk.run_until_quiet(8).await;
    assert_eq!(
        desk.delivery(client, post).await.1,
        DeliveryState::Processing
    );
    let publish_id = desk.emulator.tiktok().tasks()[0].publish_id.clone();
    (client, post, publish_id)
}

async fn status(desk: &Desk, client: ClientId, account: AccountId) -> AccountStatus {
    desk.services
        .account(&desk.owner, client, account)
        .await
        .expect("the account")
        .status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hint_has_the_platform_asked_at_once_and_decides_nothing() {
    let desk = Desk::start().await;
    let (client, post, publish_id) = draft_in_the_inbox(&desk).await;
    assert_eq!(
        desk.publisher.tick_and_settle().await.expect("a tick"),
        0,
        "not due for minutes"
    );

    // It says "complete", and TikTok, asked, says that nobody has finished the draft.
    let complete = event(
        &desk,
        "post.publish.complete",
        &json!({ "publish_id": publish_id }),
    );
    assert_eq!(receive(&desk, &complete).await, Received::Kept);
    assert_eq!(desk.services.work_inbox().await.expect("worked"), 1);
    assert_eq!(desk.publisher.tick_and_settle().await.expect("a tick"), 1);
    assert_eq!(
        desk.delivery(client, post).await.1,
        DeliveryState::Processing
    );

    // The same once more is no news.
    assert_eq!(receive(&desk, &complete).await, Received::NothingNew);
    assert_eq!(inbox(&desk).await, (1, 0));
    assert_eq!(desk.services.work_inbox().await.expect("worked"), 0);
    assert_eq!(desk.publisher.tick_and_settle().await.expect("a tick"), 0);

    desk.emulator.tiktok().finish_draft(&publish_id);
    desk.advance(Duration::seconds(1));
    let again = event(
        &desk,
        "post.publish.complete",
        &json!({ "publish_id": publish_id }),
    );
    assert_eq!(
        receive(&desk, &again).await,
        Received::Kept,
        "a draft can be told of again"
    );
    desk.services.work_inbox().await.expect("worked");
    desk.publisher.tick_and_settle().await.expect("a tick");
    assert_eq!(
        desk.delivery(client, post).await.1,
        DeliveryState::Published
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_survives_the_death_of_whoever_acts_on_it() {
    let desk = Desk::start().await;
    let (_, _, publish_id) = draft_in_the_inbox(&desk).await;
    let body = event(
        &desk,
        "post.publish.failed",
        &json!({ "publish_id": publish_id }),
    );
    receive(&desk, &body).await;
    // A worker takes it and is never heard of again.
    let now = desk.now();
    let mut conn = desk.services.conn().await.expect("a connection");
    let taken = webhook::claim(&mut conn, now, now + Duration::minutes(1), 10)
        .await
        .expect("taken");
    assert_eq!(taken.len(), 1);
    drop(conn);
    assert_eq!(
        desk.services.work_inbox().await.expect("worked"),
        0,
        "somebody is at it"
    );
    desk.advance(Duration::seconds(61));
    assert_eq!(desk.services.work_inbox().await.expect("worked"), 1);
    assert_eq!(inbox(&desk).await, (1, 0));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_about_something_unknown_waits_for_a_while_and_is_let_go() {
    let desk = Desk::start().await;
    let (client, post, publish_id) = draft_in_the_inbox(&desk).await;
    let body = event(
        &desk,
        "post.publish.complete",
        &json!({ "publish_id": "v_pub_file~v2.none" }),
    );
    assert_eq!(receive(&desk, &body).await, Received::Kept);
    assert_eq!(desk.services.work_inbox().await.expect("worked"), 0);
    assert_eq!(inbox(&desk).await, (1, 1));
    for _ in 0..8 {
        desk.advance(Duration::minutes(30));
        desk.services.work_inbox().await.expect("worked");
    }
    assert_eq!(inbox(&desk).await, (1, 0), "not for ever");

    // Another account's call does not touch ours.
    let mut other: Value = serde_json::from_str(&event(
        &desk,
        "post.publish.complete",
        &json!({ "publish_id": publish_id }),
    ))
    .expect("JSON");
    other["user_openid"] = json!("-000somebodyElse");
    receive(&desk, &other.to_string()).await;
    let due = |desk: &Desk| {
        let services = desk.services.clone();
        async move {
            let mut conn = services.conn().await.expect("a connection");
            db::delivery_queue::next_due(&mut conn, chrono::DateTime::UNIX_EPOCH)
                .await
                .expect("due")
        }
    };
    let before = due(&desk).await;
    desk.services.work_inbox().await.expect("worked");
    assert_eq!(due(&desk).await, before);
    assert_eq!(
        desk.delivery(client, post).await.1,
        DeliveryState::Processing
    );

    // What is long over is forgotten.
    desk.advance(Duration::days(8));
    assert_eq!(desk.services.sweep().await.expect("swept").webhooks, 2);
    assert_eq!(inbox(&desk).await, (0, 0));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn access_that_was_taken_away_is_purged_as_by_a_disconnect() {
    let desk = Desk::start().await;
    let (client, account, post) = desk.scheduled("Never").await;
    desk.advance(Duration::minutes(1));
    desk.emulator.tiktok().revoke(KESTREL);
    let body = event(&desk, "authorization.removed", &json!({ "reason": 1 }));
    receive(&desk, &body).await;
    desk.services.work_inbox().await.expect("worked");

    assert_eq!(
        status(&desk, client, account).await,
        AccountStatus::Disconnected
    );
    let mut conn = desk.services.conn().await.expect("a connection");
    let kept = db::models::connection::find(&mut conn, account)
        .await
        .expect("a look");
    assert!(kept.is_none(), "no tokens are left");
    drop(conn);
    let (delivery, state) = desk.delivery(client, post).await;
    assert_eq!(state, DeliveryState::Cancelled);
    let titles = desk.titles(client, delivery).await;
    assert!(
        titles.iter().any(|title| title == "Cancelled"),
        "{titles:?}"
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_word_of_taken_access_does_not_touch_a_new_consent() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    desk.connect(client, KESTREL).await;
    desk.advance(Duration::minutes(1));
    let old = event(&desk, "authorization.removed", &json!({ "reason": 1 }));
    desk.advance(Duration::minutes(1));
    let account = desk.connect(client, KESTREL).await;
    // TikTok repeats what was not answered for up to three days.
    desk.advance(Duration::hours(2));
    assert_eq!(receive(&desk, &old).await, Received::Kept);
    assert_eq!(desk.services.work_inbox().await.expect("worked"), 1);
    assert_eq!(status(&desk, client, account).await, AccountStatus::Working);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_is_no_longer_public_is_told_in_its_history_once() {
    let desk = Desk::start().await;
    let (client, _, post) = desk.scheduled("Hidden later").await;
    desk.advance(Duration::minutes(90));
    desk.run_until_quiet(30).await;
    let (delivery, state) = desk.delivery(client, post).await;
    assert_eq!(state, DeliveryState::Published);
    let publish_id = desk.emulator.tiktok().tasks()[0].publish_id.clone();
    let name = "post.publish.no_longer_publicaly_available";
    let body = event(&desk, name, &json!({ "publish_id": publish_id }));
    receive(&desk, &body).await;
    receive(&desk, &body).await;
    desk.services.work_inbox().await.expect("worked");
    let titles = desk.titles(client, delivery).await;
    let told = titles
        .iter()
        .filter(|title| *title == "No longer public")
        .count();
    assert_eq!(told, 1, "{titles:?}");
    assert_eq!(
        desk.delivery(client, post).await.1,
        DeliveryState::Published
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_cannot_be_acted_on_does_not_keep_the_others() {
    let desk = Desk::start().await;
    let now = desk.now();
    let mut conn = desk.services.conn().await.expect("a connection");
    webhook::insert(
        &mut conn,
        Platform::TikTok,
        b"1",
        &json!({ "odd": true }),
        now,
    )
    .await
    .expect("kept");
    drop(conn);
    let about = json!({ "publish_id": "v_pub_file~v2.1" });
    receive(&desk, &event(&desk, "post.publish.complete", &about)).await;
    // Nobody here has that account, so there is nothing to wait for.
    assert_eq!(desk.services.work_inbox().await.expect("worked"), 1);
    assert_eq!(inbox(&desk).await, (2, 1));
    for _ in 0..8 {
        desk.advance(Duration::minutes(2));
        desk.services.work_inbox().await.expect("worked");
    }
    assert_eq!(inbox(&desk).await, (2, 0), "not for ever");
    desk.database.remove().await;
}
