//! What staff can do about publishing: hold it, take it back, send it, settle what nobody knows.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Duration};
use domain::{AccountId, ClientId, DeliveryId, DeliveryState, PostId};
use emulator::tiktok::Fault;
use services::client_settings::SettingsInput;
use services::controls::PauseScope;
use services::posts::{Intent, Verdict};
use services::publishing::{Hooks, Point};
use testing::{Desk, KESTREL, video};

const OTHER: &str = "northlane";

fn posted(desk: &Desk) -> usize {
    desk.emulator.tiktok().posts().len()
}

async fn another_client(desk: &Desk, name: &str, username: &str) -> (ClientId, AccountId, PostId) {
    if desk.emulator.tiktok().user(username).is_none() {
        let mut user = desk.emulator.tiktok().user(KESTREL).expect("a user");
        user.username = username.to_owned();
        user.open_id = format!("open-{username}");
        desk.emulator.tiktok().add_user(user);
    }
    let client = desk.client(name).await;
    let account = desk.connect(client, username).await;
    let asset = desk.upload(client, video()).await.expect("uploaded").id;
    let mut input = desk.input(account, asset, "Another");
    // An hour and a half from whenever this is.
    input.local_time += desk.now() - DateTime::from_timestamp(1_791_979_200, 0).expect("noon");
    let post = desk
        .services
        .save_post(&desk.owner, client, input, Intent::Schedule)
        .await
        .expect("scheduled");
    (client, account, post)
}

async fn schedule(desk: &Desk, client: ClientId, account: AccountId, caption: &str) -> PostId {
    let asset = desk.upload(client, video()).await.expect("uploaded").id;
    desk.services
        .save_post(
            &desk.owner,
            client,
            desk.input(account, asset, caption),
            Intent::Schedule,
        )
        .await
        .expect("scheduled")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_holds_what_is_due_in_its_scope_and_resuming_sends_it() {
    let desk = Desk::start().await;
    let (client, account, post) = desk.scheduled("Held").await;
    another_client(&desk, "Northlane", OTHER).await;
    let scopes = [
        PauseScope::Account(client, account),
        PauseScope::Client(client),
    ];
    for scope in scopes {
        desk.services
            .set_paused(&desk.owner, scope, true)
            .await
            .expect("paused");
    }
    desk.advance(Duration::minutes(90));
    desk.run_until_quiet(30).await;
    assert_eq!(posted(&desk), 1, "only the other client's went out");
    let (delivery, state) = desk.delivery(client, post).await;
    assert_eq!(state, DeliveryState::Scheduled);
    assert!(
        desk.titles(client, delivery)
            .await
            .iter()
            .any(|title| title == "Held: publishing is paused")
    );

    // One of two pauses ended is still a pause.
    desk.services
        .set_paused(&desk.owner, scopes[0], false)
        .await
        .expect("resumed");
    desk.run_until_quiet(10).await;
    assert_eq!(posted(&desk), 1);
    desk.services
        .set_paused(&desk.owner, scopes[1], false)
        .await
        .expect("resumed");
    desk.run_until_quiet(30).await;
    assert_eq!(posted(&desk), 2);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pausing_everything_lets_what_has_left_come_to_its_end() {
    let desk =
        Desk::start_with(|tiktok| tiktok.processing = std::time::Duration::from_secs(60)).await;
    let (client, _, under_way) = desk.scheduled("Under way").await;
    desk.advance(Duration::minutes(90));
    desk.publisher.tick_and_settle().await.expect("a tick");
    let (other, _, waiting) = another_client(&desk, "Northlane", OTHER).await;
    desk.services
        .set_paused(&desk.owner, PauseScope::Everything, true)
        .await
        .expect("paused");
    desk.advance(Duration::minutes(90));
    desk.run_until_quiet(30).await;
    assert_eq!(
        desk.delivery(client, under_way).await.1,
        DeliveryState::Published
    );
    assert_eq!(
        desk.delivery(other, waiting).await.1,
        DeliveryState::Scheduled
    );
    let pauses = desk
        .services
        .pauses(&desk.owner, Some(other))
        .await
        .expect("pauses");
    assert!(pauses.everything.is_some() && pauses.client.is_none());
    desk.services
        .set_paused(&desk.owner, PauseScope::Everything, false)
        .await
        .expect("resumed");
    desk.run_until_quiet(30).await;
    assert_eq!(
        desk.delivery(other, waiting).await.1,
        DeliveryState::Published
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_held_for_longer_than_its_client_allows_is_not_sent() {
    let desk = Desk::start().await;
    let (client, _, post) = desk.scheduled("Stale").await;
    desk.services
        .update_client(
            &desk.owner,
            client,
            &SettingsInput {
                lateness_minutes: Some(60),
                ..SettingsInput::default()
            },
        )
        .await
        .expect("an hour");
    let scope = PauseScope::Client(client);
    desk.services
        .set_paused(&desk.owner, scope, true)
        .await
        .expect("paused");
    desk.advance(Duration::minutes(90));
    desk.run_until_quiet(5).await;
    desk.advance(Duration::minutes(61));
    desk.services
        .set_paused(&desk.owner, scope, false)
        .await
        .expect("resumed");
    desk.run_until_quiet(10).await;
    assert_eq!(desk.delivery(client, post).await.1, DeliveryState::Failed);
    assert_eq!(desk.emulator.tiktok().tasks().len(), 0, "nothing left");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_with_many_posts_does_not_keep_the_others_waiting() {
    let desk = Desk::start().await;
    let busy = desk.client("Busy").await;
    for username in ["busy1", "busy2", "busy3"] {
        let mut user = desk.emulator.tiktok().user(KESTREL).expect("a user");
        user.username = username.to_owned();
        user.open_id = format!("open-{username}");
        desk.emulator.tiktok().add_user(user);
        let account = desk.connect(busy, username).await;
        schedule(&desk, busy, account, "Busy").await;
    }
    let (quiet, ..) = another_client(&desk, "Quiet", OTHER).await;
    desk.advance(Duration::minutes(90));
    let mut conn = desk.services.conn().await.expect("a connection");
    let now = desk.now();
    let claims = db::delivery_queue::claim(&mut conn, "w", now, now + Duration::minutes(1), 2)
        .await
        .expect("claims")
        .claims;
    let clients: Vec<ClientId> = claims.iter().map(|claim| claim.client_id).collect();
    assert_eq!(clients.len(), 2);
    assert!(
        clients.contains(&quiet) && clients.contains(&busy),
        "each client in turn"
    );
    drop(conn);
    desk.database.remove().await;
}

/// Asks to take the post back just before so many checkpoints are written.
struct CancelsAfter {
    writes: std::sync::atomic::AtomicI32,
    services: services::Services,
    actor: services::Actor,
    client: ClientId,
    post: PostId,
}

#[async_trait]
impl Hooks for CancelsAfter {
    async fn at(&self, point: Point, _: DeliveryId) {
        if point == Point::BeforeWrite
            && self
                .writes
                .fetch_sub(1, std::sync::atomic::Ordering::SeqCst)
                == 1
        {
            self.services
                .cancel_post(&self.actor, self.client, self.post)
                .await
                .expect("asked");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_while_it_is_published_is_settled_by_what_has_left() {
    // After the account was checked, after the video was announced; nothing can be out by then.
    for writes in [1, 2] {
        let desk = Desk::start().await;
        let (client, _, post) = desk.scheduled("Stop").await;
        let hooks = CancelsAfter {
            writes: writes.into(),
            services: desk.services.clone(),
            actor: desk.owner.clone(),
            client,
            post,
        };
        let worker = desk.another_worker("w").with_hooks(Arc::new(hooks));
        desk.advance(Duration::minutes(90));
        worker.tick_and_settle().await.expect("a tick");
        desk.run_until_quiet(20).await;
        let (delivery, state) = desk.delivery(client, post).await;
        let posted = posted(&desk);
        let titles = desk.titles(client, delivery).await;
        match state {
            DeliveryState::Cancelled => assert_eq!(posted, 0, "{titles:?}"),
            DeliveryState::Published => {
                assert_eq!(posted, 1);
                assert!(
                    titles
                        .iter()
                        .any(|title| title == "Could not be taken back"),
                    "{titles:?}"
                );
            }
            other => panic!("{other}: {titles:?}"),
        }
        if writes == 1 {
            assert_eq!(state, DeliveryState::Cancelled, "{titles:?}");
        }
        desk.database.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_left_is_followed_to_its_end_although_somebody_cancels() {
    let desk =
        Desk::start_with(|tiktok| tiktok.processing = std::time::Duration::from_secs(60)).await;
    let (client, _, post) = desk.scheduled("Left").await;
    desk.advance(Duration::minutes(90));
    desk.publisher.tick_and_settle().await.expect("a tick");
    let answer = desk
        .services
        .cancel_post(&desk.owner, client, post)
        .await
        .expect("asked");
    assert_eq!((answer.taken_back, answer.asked), (0, 1));
    desk.run_until_quiet(30).await;
    let (delivery, state) = desk.delivery(client, post).await;
    assert_eq!(state, DeliveryState::Published);
    assert!(
        desk.titles(client, delivery)
            .await
            .iter()
            .any(|title| title == "Could not be taken back")
    );
    desk.database.remove().await;
}

/// A delivery that TikTok swallowed: everything was sent, and TikTok says nothing any more.
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

#[tokio::test(flavor = "multi_thread")]
async fn nothing_unknown_is_sent_again_by_itself_and_three_verdicts_settle_it() {
    for verdict in [
        Verdict::Published("https://www.tiktok.com/@kestrelcoffee/video/1".to_owned()),
        Verdict::SendAgain,
        Verdict::GiveUp,
    ] {
        let desk = Desk::start().await;
        let (client, post, delivery) = unknown(&desk).await;
        let inits = || {
            desk.emulator
                .requests()
                .iter()
                .filter(|request| request.endpoint == "video/init")
                .count()
        };
        assert_eq!(inits(), 1, "asked about, never sent again");
        assert!(
            desk.services
                .send_now(&desk.owner, client, delivery)
                .await
                .is_err(),
            "a verdict comes first"
        );
        let nonsense = Verdict::Published("not an address".to_owned());
        assert!(
            desk.services
                .settle_unknown(&desk.owner, client, delivery, nonsense)
                .await
                .is_err()
        );
        desk.services
            .settle_unknown(&desk.owner, client, delivery, verdict.clone())
            .await
            .expect("settled");
        desk.run_until_quiet(30).await;
        let state = desk.delivery(client, post).await.1;
        match verdict {
            Verdict::Published(_) => {
                assert_eq!((state, inits()), (DeliveryState::Published, 1));
            }
            Verdict::SendAgain => assert_eq!((state, inits()), (DeliveryState::Published, 2)),
            Verdict::GiveUp => assert_eq!((state, inits()), (DeliveryState::Failed, 1)),
        }
        assert!(
            desk.services
                .settle_unknown(&desk.owner, client, delivery, Verdict::GiveUp)
                .await
                .is_err(),
            "settled once"
        );
        desk.database.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_sent_again_when_somebody_says_so() {
    let desk = Desk::start().await;
    let (client, _, post) = desk.scheduled("Later").await;
    desk.emulator.tiktok().fault(Fault {
        status: Some(403),
        code: Some("spam_risk".to_owned()),
        ..Fault::on("video/init")
    });
    desk.advance(Duration::minutes(90));
    desk.run_until_quiet(10).await;
    let (delivery, state) = desk.delivery(client, post).await;
    assert_eq!(state, DeliveryState::Failed);
    desk.advance(Duration::days(3));
    desk.services
        .send_now(&desk.owner, client, delivery)
        .await
        .expect("sent");
    desk.run_until_quiet(30).await;
    assert_eq!(
        desk.delivery(client, post).await.1,
        DeliveryState::Published
    );
    assert_eq!(posted(&desk), 1);
    desk.database.remove().await;
}
