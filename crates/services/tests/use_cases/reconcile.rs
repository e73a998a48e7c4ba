//! What nobody knew settles itself as soon as the platform says what became of it.

use chrono::Duration;
use domain::{ClientId, DeliveryId, DeliveryState, PostId};
use emulator::tiktok::Fault;
use services::posts::Intent;
use testing::{Desk, video};

const CAPTION: &str = "Swallowed";

/// TikTok answers nothing useful about uploads from here on.
fn silence(desk: &Desk, status: u16, code: &str) {
    desk.emulator.tiktok().fault(Fault {
        times: 1_000_000,
        status: Some(status),
        code: Some(code.to_owned()),
        ..Fault::on("status/fetch")
    });
}

async fn run_until(
    desk: &Desk,
    client: ClientId,
    post: PostId,
    state: DeliveryState,
) -> DeliveryId {
    for _ in 0..400 {
        let (delivery, now) = desk.delivery(client, post).await;
        if now == state {
            return delivery;
        }
        desk.run_until_quiet(1).await;
    }
    panic!("never {state}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_tiktok_swallowed_is_found_once_tiktok_speaks_again() {
    let desk = Desk::start().await;
    let (client, _, post) = desk.scheduled(CAPTION).await;
    silence(&desk, 500, "internal_error");
    desk.advance(Duration::minutes(90));
    run_until(&desk, client, post, DeliveryState::Unknown).await;
    desk.emulator.tiktok().clear_faults();
    let delivery = run_until(&desk, client, post, DeliveryState::Published).await;
    assert_eq!(
        desk.emulator.tiktok().tasks().len(),
        1,
        "asked about, never sent again"
    );
    let titles = desk.titles(client, delivery).await;
    assert!(titles.iter().any(|title| title == "Found it"), "{titles:?}");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_post_is_never_taken_for_two_deliveries_that_say_the_same() {
    // Neither is out before TikTok has forgotten both, whatever the pauses in between.
    let slow = std::time::Duration::from_secs(6 * 60 * 60);
    let desk = Desk::start_with(|tiktok| tiktok.processing = slow).await;
    let (client, account, first) = desk.scheduled(CAPTION).await;
    let asset = desk.upload(client, video()).await.expect("uploaded").id;
    let input = desk.input(account, asset, CAPTION);
    let second = desk
        .services
        .save_post(&desk.owner, client, input, Intent::Schedule)
        .await
        .expect("scheduled");
    // TikTok forgets both uploads, and one of them comes to nothing.
    silence(&desk, 400, "invalid_publish_id");
    desk.advance(Duration::minutes(90));
    for post in [first, second] {
        run_until(&desk, client, post, DeliveryState::Unknown).await;
    }
    let tasks = desk.emulator.tiktok().tasks();
    assert_eq!(tasks.len(), 2);
    desk.emulator
        .tiktok()
        .fail_task(&tasks[1].publish_id, "internal");
    desk.run_until_quiet(40).await;
    let mut states = vec![
        desk.delivery(client, first).await.1,
        desk.delivery(client, second).await.1,
    ];
    states.sort_by_key(|state| state.as_str());
    assert_eq!(states, [DeliveryState::Published, DeliveryState::Unknown]);
    assert_eq!(desk.emulator.tiktok().tasks().len(), 2);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_tiktok_says_came_to_nothing_goes_out_from_the_beginning() {
    let desk = Desk::start().await;
    let (client, _, post) = desk.scheduled(CAPTION).await;
    silence(&desk, 500, "internal_error");
    desk.advance(Duration::minutes(90));
    run_until(&desk, client, post, DeliveryState::Unknown).await;
    let tiktok = desk.emulator.tiktok();
    let publish_id = tiktok.tasks()[0].publish_id.clone();
    assert!(tiktok.fail_task(&publish_id, "internal"));
    tiktok.clear_faults();
    let delivery = run_until(&desk, client, post, DeliveryState::Published).await;
    assert_eq!(tiktok.tasks().len(), 2, "the failed one, and a second");
    assert_eq!(tiktok.posts().len(), 1, "posted once");
    let titles = desk.titles(client, delivery).await;
    let again = "Not posted: sent from the beginning";
    assert!(titles.iter().any(|title| title == again), "{titles:?}");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_tiktok_says_it_refused_is_not_sent_again() {
    let desk = Desk::start().await;
    let (client, _, post) = desk.scheduled(CAPTION).await;
    silence(&desk, 500, "internal_error");
    desk.advance(Duration::minutes(90));
    run_until(&desk, client, post, DeliveryState::Unknown).await;
    let tiktok = desk.emulator.tiktok();
    let publish_id = tiktok.tasks()[0].publish_id.clone();
    assert!(tiktok.fail_task(&publish_id, "spam_risk"));
    tiktok.clear_faults();
    run_until(&desk, client, post, DeliveryState::Failed).await;
    assert_eq!(tiktok.tasks().len(), 1);
    desk.database.remove().await;
}
