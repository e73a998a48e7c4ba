//! What is done ahead of time: tokens are renewed, and what would go wrong is told early.

use chrono::Duration;
use domain::DeliveryState;
use domain::account::AccountStatus;
use emulator::tiktok::Fault;
use testing::{Desk, KESTREL};

fn renewals(desk: &Desk) -> usize {
    desk.emulator
        .requests()
        .iter()
        .filter(|request| request.endpoint == "oauth/token")
        .count()
        - 1
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_a_post_will_need_are_renewed_before_anybody_waits() {
    let desk = Desk::start().await;
    let (client, account, _) = desk.scheduled("Soon").await;
    // TikTok's last two hours here; half an hour before their end they would be renewed on demand.
    desk.advance(Duration::minutes(70));
    assert_eq!(desk.services.renew_ahead().await.expect("a look"), 0);
    desk.advance(Duration::minutes(15));
    desk.emulator.tiktok().fault(Fault {
        drop: true,
        after_work: Some(false),
        ..Fault::on("oauth/token")
    });
    assert_eq!(
        desk.services.renew_ahead().await.expect("a look"),
        0,
        "the network failed"
    );
    let status = desk
        .services
        .account(&desk.owner, client, account)
        .await
        .expect("the account")
        .status;
    assert_eq!(status, AccountStatus::Working);
    desk.advance(Duration::minutes(5) + Duration::seconds(1));
    assert_eq!(desk.services.renew_ahead().await.expect("a look"), 1);
    assert_eq!(desk.services.renew_ahead().await.expect("a look"), 0);
    assert_eq!(renewals(&desk), 2, "the failed one and the good one");
    desk.run_until_quiet(30).await;
    assert_eq!(
        renewals(&desk),
        2,
        "the post found everything ready: {:?}",
        desk.emulator.requests()
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn access_that_was_taken_away_is_noticed_within_a_day_without_any_post() {
    let desk = Desk::start().await;
    let client = desk.client("Idle").await;
    let account = desk.connect(client, KESTREL).await;
    desk.emulator.tiktok().revoke(KESTREL);
    desk.advance(Duration::hours(25));
    desk.services.renew_ahead().await.expect("a look");
    let found = desk
        .services
        .account(&desk.owner, client, account)
        .await
        .expect("the account");
    assert_eq!(found.status, AccountStatus::NeedsReconnecting);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_renewal_serves_everybody_who_asks_at_once() {
    let desk = Desk::start().await;
    let (client, account, _) = desk.scheduled("Race").await;
    desk.advance(Duration::minutes(100));
    let on = services::tokens::AccountRef {
        id: account,
        client,
        platform: domain::Platform::TikTok,
    };
    let asks = (0..8).map(|_| {
        let services = desk.services.clone();
        async move { services.access(on, None).await.map(|_| ()) }
    });
    for asked in futures::future::join_all(asks).await {
        asked.expect("access");
    }
    assert_eq!(renewals(&desk), 1);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_go_wrong_is_told_an_hour_before_and_taken_back_when_mended() {
    let desk = Desk::start().await;
    let (client, account, post) = desk.scheduled("Ahead").await;
    desk.emulator.tiktok().edit_user(KESTREL, |user| {
        user.private = true;
    });
    desk.advance(Duration::minutes(29));
    assert_eq!(desk.services.preflight_due().await.expect("a round"), 0);
    desk.advance(Duration::minutes(2));
    assert_eq!(desk.services.preflight_due().await.expect("a round"), 1);
    assert_eq!(desk.services.preflight_due().await.expect("a round"), 0);
    let full = desk
        .services
        .post(&desk.owner, client, post)
        .await
        .expect("the post");
    let delivery = &full.deliveries[0].0;
    assert_eq!(delivery.state, DeliveryState::Scheduled);
    assert!(
        delivery
            .findings
            .iter()
            .any(|finding| finding.sentence.contains("no longer offers")),
        "{:?}",
        delivery.findings
    );
    let titles = desk.titles(client, delivery.id).await;
    assert!(
        titles
            .iter()
            .any(|title| title == "Looked ahead and found something"),
        "{titles:?}"
    );

    // Mended at the platform, and looked at anew because the account was connected again.
    desk.emulator.tiktok().edit_user(KESTREL, |user| {
        user.private = false;
    });
    assert_eq!(desk.connect(client, KESTREL).await, account);
    assert_eq!(desk.services.preflight_due().await.expect("a round"), 1);
    let full = desk
        .services
        .post(&desk.owner, client, post)
        .await
        .expect("the post");
    assert!(full.deliveries[0].0.findings.is_empty());
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_that_went_missing_is_told_ahead() {
    let desk = Desk::start().await;
    let (client, _, post) = desk.scheduled("Missing").await;
    let full = desk
        .services
        .post(&desk.owner, client, post)
        .await
        .expect("the post");
    desk.services
        .media
        .delete(full.assets[0].asset.id)
        .await
        .expect("deleted");
    desk.advance(Duration::minutes(31));
    desk.services.preflight_due().await.expect("a round");
    let full = desk
        .services
        .post(&desk.owner, client, post)
        .await
        .expect("the post");
    assert!(
        full.deliveries[0]
            .0
            .findings
            .iter()
            .any(|finding| finding.sentence.contains("no longer kept"))
    );
    desk.database.remove().await;
}
