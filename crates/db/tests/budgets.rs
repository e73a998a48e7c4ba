//! Budgets hold across processes, and workers hear of work that is due at once.

use chrono::{DateTime, Duration};
use db::models::budget;
use testing::TestDatabase;

#[tokio::test(flavor = "multi_thread")]
async fn no_window_however_placed_holds_more_than_the_limit() {
    let database = TestDatabase::new().await;
    let mut conn = database.connect().await;
    let start = DateTime::from_timestamp(1_800_000_000, 0).expect("an instant");
    let minute = Duration::seconds(60);
    let mut taken = Vec::new();
    let mut now = start;
    // Somebody who always comes back when told to.
    while taken.len() < 40 {
        match budget::take(&mut conn, "init", 6, minute, now)
            .await
            .expect("asked")
        {
            None => {
                taken.push(now);
                now += Duration::seconds(1);
            }
            Some(free_at) => {
                assert!(free_at > now, "never told to come back in the past");
                now = free_at;
            }
        }
    }
    for from in &taken {
        let within = taken
            .iter()
            .filter(|at| **at >= *from && **at < *from + minute)
            .count();
        assert!(within <= 6, "{within} within a minute from {from}");
    }
    // As fast as the limit allows: 40 in bursts of six a minute.
    assert!(taken[39] - start <= Duration::minutes(7));
    assert_eq!(budget::remove_idle(&mut conn, now).await.expect("swept"), 0);
    let later = now + Duration::minutes(2);
    assert_eq!(
        budget::remove_idle(&mut conn, later).await.expect("swept"),
        1
    );
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_never_spend_more_than_there_is() {
    let database = TestDatabase::new().await;
    let now = DateTime::from_timestamp(1_800_000_000, 0).expect("an instant");
    let mut asking = Vec::new();
    for _ in 0..12 {
        let mut conn = database.connect().await;
        asking.push(tokio::spawn(async move {
            budget::take(&mut conn, "shared", 5, Duration::hours(1), now)
                .await
                .expect("asked")
                .is_none()
        }));
    }
    let mut taken = 0;
    for asked in asking {
        taken += usize::from(asked.await.expect("an answer"));
    }
    assert_eq!(taken, 5);
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_hears_that_something_is_due_once_it_is_committed() {
    let database = TestDatabase::new().await;
    let mut listener = db::listen::Listener::connect(&database.url())
        .await
        .expect("listening");
    db::delivery_queue::wake(&mut database.connect().await)
        .await
        .expect("told");
    tokio::time::timeout(std::time::Duration::from_secs(10), listener.heard())
        .await
        .expect("in time")
        .expect("heard");
    database.remove().await;
}
