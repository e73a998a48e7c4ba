//! The work: taken up again, given up, given back, and never done beside somebody else.

use chrono::Duration;
use diesel_async::RunQueryDsl;
use domain::copy::CopyState;
use domain::rules::{copy_for, limits};
use domain::{AssetId, ClientId, Platform};
use std::time::Duration as Wait;
use testing::Desk;

use super::{TIKTOK, ask, file, left_over, now, stored};

/// A video that takes a while: 100 frames a second.
async fn fast(desk: &Desk, client: ClientId, seconds: u32) -> AssetId {
    let source = format!("testsrc2=size=480x854:rate=100:duration={seconds}");
    file(
        desk,
        client,
        &source,
        "fast.mp4",
        &["-c:v", "mpeg4", "-q:v", "5"],
    )
    .await
}

/// Lets a worker begin a try of its own, and waits until it has told how far it is.
async fn begun(desk: &Desk, client: ClientId, of: AssetId) -> tokio::task::JoinHandle<bool> {
    let before = tries(desk).await;
    let services = desk.services.clone();
    let work = tokio::spawn(async move { services.make_next_copy("w-1").await.expect("a try") });
    for _ in 0..2400 {
        let copy = now(desk, client, of).await;
        let is_its = tries(desk).await > before;
        if is_its && copy.state == CopyState::Running && copy.progress > 0 {
            return work;
        }
        assert!(!work.is_finished(), "{copy:?}");
        tokio::time::sleep(Wait::from_millis(50)).await;
    }
    panic!("no progress was told");
}

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

/// How often any copy was begun.
async fn tries(desk: &Desk) -> i64 {
    let fence = "SELECT coalesce(sum(fence), 0)::bigint AS number FROM copies";
    let number: Number = diesel::sql_query(fence)
        .get_result(&mut desk.database.connect().await)
        .await
        .expect("a number");
    number.number
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_whose_server_went_away_is_taken_up_again() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let clip = fast(&desk, client, 8).await;
    ask(&desk, client, clip, TIKTOK).await;
    let work = begun(&desk, client, clip).await;
    work.abort();
    work.await.expect_err("it went away");
    // Nobody takes it from a worker that may still be there.
    assert!(!desk.services.make_next_copy("w-2").await.expect("a look"));
    assert_eq!(now(&desk, client, clip).await.state, CopyState::Running);
    desk.advance(Duration::seconds(31));
    assert!(desk.services.make_next_copy("w-2").await.expect("a try"));
    let copy = now(&desk, client, clip).await;
    assert_eq!((copy.state, copy.progress), (CopyState::Done, 100));
    let facts = copy.asset.expect("a file").facts;
    assert_eq!(copy_for(&facts, limits(Platform::TikTok), None), Ok(None));
    assert_eq!(left_over(&desk), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_can_be_given_up_and_given_back_and_made_after_all() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let clip = fast(&desk, client, 8).await;
    let asked = ask(&desk, client, clip, TIKTOK).await;
    let work = begun(&desk, client, clip).await;
    let cancelled = desk
        .services
        .cancel_copy(&desk.owner, client, asked.id)
        .await;
    assert_eq!(cancelled.expect("cancelled").state, CopyState::Cancelled);
    // The worker finds out with its next word, and cleans up.
    assert!(work.await.expect("an end"));
    let copy = now(&desk, client, clip).await;
    assert_eq!(copy.state, CopyState::Cancelled);
    assert!(copy.asset.is_none());
    assert_eq!(left_over(&desk), 0);

    // A server that is told to stop gives back what it holds: nobody waits for its lease.
    let again = ask(&desk, client, clip, TIKTOK).await;
    assert_eq!((again.id, again.state), (asked.id, CopyState::Waiting));
    let work = begun(&desk, client, clip).await;
    work.abort();
    work.await.expect_err("it was told to stop");
    assert_eq!(
        desk.services
            .give_back_copies("w-1")
            .await
            .expect("given back"),
        1
    );
    assert_eq!(now(&desk, client, clip).await.state, CopyState::Waiting);
    assert!(desk.services.make_next_copy("w-2").await.expect("a try"));
    assert_eq!(now(&desk, client, clip).await.state, CopyState::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_worker_cannot_put_its_copy_beside_the_one_that_is_there() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let clip = fast(&desk, client, 6).await;
    ask(&desk, client, clip, TIKTOK).await;
    let late = begun(&desk, client, clip).await;
    // Its words did not come through for longer than its lease; another one has begun.
    let mut conn = desk.database.connect().await;
    diesel_async::SimpleAsyncConnection::batch_execute(
        &mut conn,
        "UPDATE copies SET fence = fence + 1, lease_until = '2000-01-01'",
    )
    .await
    .expect("a lost lease");
    let (late, next) = tokio::join!(late, desk.services.make_next_copy("w-2"));
    assert!(late.expect("an end") && next.expect("a try"));
    let copy = now(&desk, client, clip).await;
    assert_eq!(copy.state, CopyState::Done);
    let made = copy.asset.expect("a file").id;
    let folders = std::fs::read_dir(desk.folder.path().join("media/assets")).expect("a folder");
    assert_eq!(folders.count(), 2, "the original and one copy");
    assert!(desk.services.media.original(made).exists());
    assert_eq!(left_over(&desk), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_read_fails_with_a_sentence_and_can_be_tried_again() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let source = "testsrc2=size=360x640:rate=100:duration=0.5";
    let clip = file(&desk, client, source, "clip.mp4", &["-c:v", "mpeg4"]).await;
    let good = stored(&desk, clip);
    std::fs::write(desk.services.media.original(clip), b"no video at all").expect("written");
    let asked = ask(&desk, client, clip, TIKTOK).await;
    assert!(desk.services.make_next_copy("w").await.expect("a try"));
    let copy = now(&desk, client, clip).await;
    assert_eq!(copy.state, CopyState::Failed);
    let problem = copy.problem.expect("a sentence");
    assert!(
        problem.starts_with("This file could not be read to its end."),
        "{problem}"
    );
    assert_eq!(left_over(&desk), 0);
    std::fs::write(desk.services.media.original(clip), good).expect("written");
    let again = desk
        .services
        .retry_copy(&desk.owner, client, asked.id)
        .await;
    let again = again.expect("tried again");
    assert_eq!(
        (again.id, again.state, again.problem),
        (asked.id, CopyState::Waiting, None)
    );
    assert!(desk.services.make_next_copy("w").await.expect("a try"));
    assert_eq!(now(&desk, client, clip).await.state, CopyState::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_ends_its_server_again_and_again_is_given_up() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let clip = fast(&desk, client, 6).await;
    ask(&desk, client, clip, TIKTOK).await;
    for _ in 0..3 {
        let work = begun(&desk, client, clip).await;
        work.abort();
        work.await.expect_err("it went away");
        desk.advance(Duration::seconds(31));
    }
    assert!(!desk.services.make_next_copy("w").await.expect("a look"));
    let copy = now(&desk, client, clip).await;
    assert_eq!(copy.state, CopyState::Failed);
    assert!(
        copy.problem
            .expect("a sentence")
            .contains("stopped three times")
    );
    // What lies about is swept.
    assert_eq!(left_over(&desk), 1);
    desk.services.sweep().await.expect("swept");
    assert_eq!(left_over(&desk), 0);
}
