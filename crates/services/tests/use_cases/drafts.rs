//! A draft is in TikTok's inbox until its person publishes it, and is never called published before.

use chrono::Duration;
use domain::DeliveryState;
use domain::post::PlatformOptions;
use domain::tiktok::TikTokOptions;
use services::posts::Intent;
use testing::{Desk, KESTREL, video};

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_in_the_inbox_is_not_published_before_its_person_says_so() {
    let desk = Desk::start().await;
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
        .expect("a draft needs no privacy");
    desk.advance(Duration::minutes(90));
    desk.run_until_quiet(12).await;

    let (delivery, state) = desk.delivery(client, post).await;
    assert_eq!(state, DeliveryState::Processing);
    let history = desk
        .services
        .delivery_history(&desk.owner, client, delivery)
        .await
        .expect("the history");
    let told = history.row.delivery.last_problem.expect("a sentence");
    assert!(
        told.contains("In TikTok’s inbox") && told.contains("@kestrelcoffee"),
        "{told}"
    );
    assert!(history.row.delivery.published_at.is_none());
    let titles = desk.titles(client, delivery).await;
    let told = titles
        .iter()
        .filter(|title| *title == "Delivered to TikTok’s inbox");
    assert_eq!(told.count(), 1, "{titles:?}");

    let publish_id = desk.emulator.tiktok().tasks()[0].publish_id.clone();
    assert!(desk.emulator.tiktok().finish_draft(&publish_id));
    desk.run_until_quiet(30).await;
    let (_, state) = desk.delivery(client, post).await;
    assert_eq!(state, DeliveryState::Published);
    assert_eq!(desk.emulator.tiktok().tasks().len(), 1);
    desk.database.remove().await;
}
