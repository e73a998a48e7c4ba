//! What many share: budgets hold across processes, workers hear of work that is due at once, and nobody waits for a
//! connection for ever.

use chrono::{DateTime, Duration};
use db::models::budget;
use diesel_async::pooled_connection::deadpool::PoolError;
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
async fn what_is_spent_at_once_is_counted_one_by_one() {
    let database = TestDatabase::new().await;
    let mut conn = database.connect().await;
    let now = DateTime::from_timestamp(1_800_000_000, 0).expect("an instant");
    let take = |key: &str, limit| budget::Take {
        key: key.to_owned(),
        limit,
        window: Duration::seconds(60),
    };
    let one = budget::take(&mut conn, "app", 3, Duration::seconds(60), now).await;
    assert_eq!(one.expect("asked"), None);
    let later = now + Duration::seconds(10);
    let takes = ["app", "a", "app", "b", "app", "a"].map(|key| take(key, 3));
    let answers = budget::take_all(&mut conn, &takes, later).await;
    let free_again = Some(now + Duration::seconds(60));
    assert_eq!(
        answers.expect("asked"),
        [None, None, None, None, free_again, None],
        "the third of the app comes too late"
    );
    // What has left the window makes room.
    let takes = ["app", "app"].map(|key| take(key, 3));
    let answers = budget::take_all(&mut conn, &takes, now + Duration::seconds(61)).await;
    let next = Some(later + Duration::seconds(60));
    assert_eq!(answers.expect("asked"), [None, next]);
    let spent = budget::spent(&mut conn, "a", Duration::seconds(60), later).await;
    assert_eq!(spent.expect("asked"), 2);
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_batches_at_once_never_spend_more_than_there_is() {
    let database = TestDatabase::new().await;
    let now = DateTime::from_timestamp(1_800_000_000, 0).expect("an instant");
    let mut asking = Vec::new();
    for worker in 0..8 {
        let mut conn = database.connect().await;
        // In another order each, which must not make them wait for each other.
        let mut takes: Vec<_> = (0..20)
            .map(|number| budget::Take {
                key: format!("shared{}", (number + worker) % 5),
                limit: 7,
                window: Duration::hours(1),
            })
            .collect();
        if worker % 2 == 0 {
            takes.reverse();
        }
        asking.push(tokio::spawn(async move {
            let answers = budget::take_all(&mut conn, &takes, now).await;
            answers
                .expect("asked")
                .into_iter()
                .filter(Option::is_none)
                .count()
        }));
    }
    let mut taken = 0;
    for asked in asking {
        taken += asked.await.expect("an answer");
    }
    assert_eq!(taken, 5 * 7);
    database.remove().await;
}

#[tokio::test]
async fn nobody_waits_for_a_connection_for_ever() {
    let database = TestDatabase::new().await;
    let pool = db::pool(&database.application_url(), 1).expect("a pool");
    let only_one = pool.get().await.expect("a connection");
    // Passes as soon as there is nothing else to wait for.
    tokio::time::pause();
    let second = pool.get().await;
    assert!(matches!(second, Err(PoolError::Timeout(_))));
    tokio::time::resume();
    drop(only_one);
    let _again = pool.get().await.expect("it is free again");
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
