//! A post goes out once, at its minute, whatever happens on the way; the clock is turned by hand.

use chrono::Duration;
use domain::DeliveryState;
use emulator::tiktok::Fault;
use services::posts::Intent;
use testing::{Desk, KESTREL, video};

fn posts(desk: &Desk) -> Vec<emulator::tiktok::Post> {
    desk.emulator.tiktok().posts()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheduled_video_goes_out_at_its_minute_byte_for_byte() {
    let desk = Desk::start().await;
    let (client, _, post) = desk.scheduled("Pour-over myths, answered").await;

    desk.advance(Duration::minutes(89));
    assert_eq!(
        desk.publisher.tick_and_settle().await.expect("a tick"),
        0,
        "not before its minute"
    );
    assert!(posts(&desk).is_empty());

    desk.advance(Duration::minutes(1));
    desk.run_until_quiet(30).await;
    let (delivery, state) = desk.delivery(client, post).await;
    assert_eq!(state, DeliveryState::Published);
    let sent = posts(&desk);
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].account, KESTREL);
    let sha256 = {
        use sha2::Digest;
        hex::encode(sha2::Sha256::digest(video()))
    };
    assert_eq!(sent[0].media[0].sha256, sha256);

    let history = desk
        .services
        .delivery_history(&desk.owner, client, delivery)
        .await
        .expect("the history");
    let titles: Vec<&str> = history
        .events
        .iter()
        .map(|event| event.title.as_str())
        .collect();
    for title in ["Scheduled", "Claimed", "Checked the account", "Published"] {
        assert!(titles.contains(&title), "{title} in {titles:?}");
    }
    let id = sent[0].post_id.expect("an id").to_string();
    assert_eq!(
        history.row.delivery.platform_post_id.as_deref(),
        Some(id.as_str()),
        "the id is learnt afterwards"
    );
    assert!(
        history
            .row
            .delivery
            .post_url
            .as_deref()
            .is_some_and(|url| url.ends_with(&format!("/video/{id}")))
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_worker_takes_over_after_a_crash_at_any_write_and_nothing_doubles() {
    // The worker dies after so many checkpoints: its lease stays, and nobody hands anything back.
    for dies_after in 0..6 {
        let desk = Desk::start().await;
        let (client, _, post) = desk.scheduled("Crash").await;
        desk.advance(Duration::minutes(90));
        let mut conn = desk.database.connect().await;
        // A worker that writes so many checkpoints and from then on cannot write anything, not even that
        // it lets go: to everybody else it is dead.
        diesel_async::SimpleAsyncConnection::batch_execute(
            &mut conn,
            &format!(
                "CREATE TABLE writes (one int);
                 CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
                 BEGIN
                     IF OLD.lease_owner = 'worker-1' AND NEW.lease_owner IS DISTINCT FROM 'worker-2'
                        AND (SELECT count(*) FROM writes) >= {dies_after} THEN
                         RAISE EXCEPTION 'the worker died';
                     END IF;
                     IF NEW.checkpoint IS DISTINCT FROM OLD.checkpoint THEN INSERT INTO writes VALUES (1); END IF;
                     RETURN NEW;
                 END $$;
                 CREATE TRIGGER die BEFORE UPDATE ON deliveries FOR EACH ROW EXECUTE FUNCTION die();"
            ),
        )
        .await
        .expect("a trigger");
        drop(conn);
        let _ = desk.publisher.tick_and_settle().await;
        desk.advance(Duration::minutes(2));
        let second = desk.another_worker("worker-2");
        for _ in 0..40 {
            desk.advance(Duration::seconds(31));
            second.tick_and_settle().await.expect("a tick");
            if desk.delivery(client, post).await.1 == DeliveryState::Published {
                break;
            }
        }
        assert_eq!(
            desk.delivery(client, post).await.1,
            DeliveryState::Published,
            "dies after {dies_after} writes"
        );
        assert_eq!(posts(&desk).len(), 1, "dies after {dies_after} writes");
        desk.database.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_never_hold_the_same_account() {
    let desk = Desk::start().await;
    let (client, account, _) = desk.scheduled("First").await;
    let asset = desk.upload(client, video()).await.expect("uploaded").id;
    for caption in ["Second", "Third"] {
        let input = desk.input(account, asset, caption);
        desk.services
            .save_post(&desk.owner, client, input, Intent::Schedule)
            .await
            .expect("scheduled");
    }
    desk.advance(Duration::minutes(90));
    let now = desk.now();
    let mut claimed = Vec::new();
    for worker in ["a", "b", "c"] {
        let mut conn = desk.services.conn().await.expect("a connection");
        let until = now + Duration::seconds(60);
        claimed.extend(
            db::delivery_queue::claim(&mut conn, worker, now, until, 10)
                .await
                .expect("claims")
                .claims,
        );
    }
    assert_eq!(claimed.len(), 1, "one in flight per account");

    // The first worker is gone; the second takes over, and the first one's write is refused.
    let later = now + Duration::seconds(61);
    let mut conn = desk.services.conn().await.expect("a connection");
    let again = db::delivery_queue::claim(&mut conn, "b", later, later + Duration::seconds(60), 10)
        .await
        .expect("claims")
        .claims;
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].id, claimed[0].id);
    assert!(again[0].taken_over && again[0].fence > claimed[0].fence);
    let write = db::delivery_queue::Write {
        state: Some("published"),
        ..Default::default()
    };
    let late =
        db::delivery_queue::write(&mut conn, claimed[0].id, claimed[0].fence, &write, &[], &[])
            .await;
    assert!(matches!(late, Err(db::DbError::FenceLost)));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passing_fault_is_tried_again_and_told() {
    let desk = Desk::start().await;
    let (client, _, post) = desk.scheduled("Busy").await;
    desk.emulator.tiktok().fault(Fault {
        times: 2,
        status: Some(503),
        code: Some("internal_error".into()),
        ..Fault::on("video/init")
    });
    desk.advance(Duration::minutes(90));
    desk.run_until_quiet(40).await;
    let (delivery, state) = desk.delivery(client, post).await;
    assert_eq!(state, DeliveryState::Published);
    assert_eq!(posts(&desk).len(), 1);
    let history = desk
        .services
        .delivery_history(&desk.owner, client, delivery)
        .await
        .expect("the history");
    assert_eq!(history.row.delivery.attempt, 3, "each try is an attempt");
    assert_eq!(
        history
            .events
            .iter()
            .filter(|event| event.kind == "postponed")
            .count(),
        2
    );
    assert!(history.events.iter().any(|event| {
        event
            .platform_words
            .as_deref()
            .is_some_and(|words| words.contains("503"))
    }));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_tiktok_refuses_for_good_fails_with_its_words_and_can_be_mended() {
    let desk = Desk::start().await;
    let (client, account, post) = desk
        .scheduled("Slow [[fail:frame_rate_check_failed]]")
        .await;
    desk.advance(Duration::minutes(90));
    desk.run_until_quiet(30).await;
    let (delivery, state) = desk.delivery(client, post).await;
    assert_eq!(state, DeliveryState::Failed);
    let history = desk
        .services
        .delivery_history(&desk.owner, client, delivery)
        .await
        .expect("the history");
    let last = history.events.last().expect("an event");
    assert_eq!(last.kind, "failed");
    assert!(
        last.platform_words
            .as_deref()
            .is_some_and(|words| words.contains("frame_rate_check_failed"))
    );

    let asset = desk.upload(client, video()).await.expect("uploaded").id;
    let mut input = desk.input(account, asset, "Mended");
    input.id = Some(post);
    input.local_time += Duration::hours(2);
    desk.services
        .save_post(&desk.owner, client, input, Intent::Schedule)
        .await
        .expect("scheduled again");
    desk.advance(Duration::hours(2));
    desk.run_until_quiet(30).await;
    assert_eq!(
        desk.delivery(client, post).await.1,
        DeliveryState::Published
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ends_while_tiktok_works_is_renewed_and_nothing_is_sent_twice() {
    let desk =
        Desk::start_with(|tiktok| tiktok.processing = std::time::Duration::from_secs(60)).await;
    let (client, _, post) = desk.scheduled("Renew").await;
    desk.advance(Duration::minutes(90));
    desk.publisher.tick_and_settle().await.expect("a tick");
    desk.emulator.tiktok().expire_access_tokens(KESTREL);
    desk.run_until_quiet(40).await;
    let (delivery, state) = desk.delivery(client, post).await;
    assert_eq!(state, DeliveryState::Published);
    assert_eq!(posts(&desk).len(), 1);
    let inits = desk
        .emulator
        .requests()
        .iter()
        .filter(|request| request.endpoint == "video/init")
        .count();
    assert_eq!(inits, 1);
    assert!(
        desk.titles(client, delivery)
            .await
            .iter()
            .any(|title| title == "The access token had ended")
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_access_is_taken_away_the_post_waits_and_goes_out_after_reconnecting() {
    let desk = Desk::start().await;
    let (client, account, post) = desk.scheduled("Gone").await;
    desk.emulator.tiktok().revoke(KESTREL);
    desk.advance(Duration::minutes(90));
    desk.run_until_quiet(20).await;
    assert_eq!(
        desk.delivery(client, post).await.1,
        DeliveryState::Scheduled
    );
    let accounts = desk
        .services
        .accounts(&desk.owner, client)
        .await
        .expect("accounts");
    assert_eq!(
        accounts[0].account.status,
        domain::account::AccountStatus::NeedsReconnecting
    );
    assert!(posts(&desk).is_empty());

    // Connecting the same account again mends it.
    assert_eq!(desk.connect(client, KESTREL).await, account);
    let accounts = desk
        .services
        .accounts(&desk.owner, client)
        .await
        .expect("accounts");
    assert_eq!(
        accounts[0].account.status,
        domain::account::AccountStatus::Working
    );
    desk.run_until_quiet(30).await;
    assert_eq!(
        desk.delivery(client, post).await.1,
        DeliveryState::Published
    );
    assert_eq!(posts(&desk).len(), 1);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_failure_never_disconnects() {
    let desk = Desk::start().await;
    let (client, account, _) = desk.scheduled("Hiccup").await;
    // The token ends, and the token endpoint does not answer.
    desk.advance(Duration::minutes(115));
    desk.emulator.tiktok().fault(Fault {
        times: 50,
        status: Some(503),
        ..Fault::on("oauth/token")
    });
    desk.publisher.tick_and_settle().await.expect("a tick");
    desk.advance(Duration::minutes(10));
    desk.publisher.tick_and_settle().await.expect("a tick");
    let found = desk
        .services
        .account(&desk.owner, client, account)
        .await
        .expect("the account");
    assert_eq!(found.status, domain::account::AccountStatus::Working);
    desk.emulator.tiktok().clear_faults();
    desk.run_until_quiet(40).await;
    assert_eq!(posts(&desk).len(), 1);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_after_scheduling_is_not_sent() {
    let desk = Desk::start().await;
    let (client, _, post) = desk.scheduled("As agreed").await;
    let mut conn = desk.services.conn().await.expect("a connection");
    diesel_async::SimpleAsyncConnection::batch_execute(
        &mut *conn,
        "UPDATE posts SET version = '\\x00'",
    )
    .await
    .expect("changed");
    drop(conn);
    desk.advance(Duration::minutes(90));
    desk.run_until_quiet(10).await;
    assert_eq!(desk.delivery(client, post).await.1, DeliveryState::Failed);
    assert!(
        desk.emulator.tiktok().tasks().is_empty(),
        "nothing left the house"
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_post_does_not_go_out_and_a_published_one_cannot_be_changed() {
    let desk = Desk::start().await;
    let (client, account, post) = desk.scheduled("Cancelled").await;
    desk.services
        .cancel_post(&desk.owner, client, post)
        .await
        .expect("cancelled");
    desk.advance(Duration::minutes(90));
    desk.run_until_quiet(10).await;
    assert!(posts(&desk).is_empty());

    let asset = desk.upload(client, video()).await.expect("uploaded").id;
    let mut input = desk.input(account, asset, "Again");
    input.id = Some(post);
    input.local_time += Duration::hours(3);
    desk.services
        .save_post(&desk.owner, client, input.clone(), Intent::Schedule)
        .await
        .expect("scheduled again");
    desk.advance(Duration::hours(3));
    desk.run_until_quiet(30).await;
    assert_eq!(
        desk.delivery(client, post).await.1,
        DeliveryState::Published
    );
    let refused = desk
        .services
        .save_post(&desk.owner, client, input, Intent::SaveDraft)
        .await
        .expect_err("locked");
    assert!(refused.to_string().contains("published"), "{refused}");
    assert!(
        desk.services
            .cancel_post(&desk.owner, client, post)
            .await
            .is_err()
    );
    assert!(
        desk.services
            .delete_post(&desk.owner, client, post)
            .await
            .is_err()
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn checkpoints_are_sealed() {
    let desk =
        Desk::start_with(|tiktok| tiktok.processing = std::time::Duration::from_secs(600)).await;
    let (_, _, _) = desk.scheduled("Sealed").await;
    desk.advance(Duration::minutes(90));
    desk.publisher.tick_and_settle().await.expect("a tick");
    let mut conn = desk.services.conn().await.expect("a connection");
    let sealed = db::delivery_queue::sealed_checkpoints(&mut conn)
        .await
        .expect("checkpoints");
    assert_eq!(sealed.len(), 1);
    assert!(!String::from_utf8_lossy(&sealed[0].1).contains("publish_id"));
    drop(conn);
    desk.database.remove().await;
}
