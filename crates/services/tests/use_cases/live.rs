//! What pages are told of without asking.

use diesel_async::SimpleAsyncConnection;
use domain::ClientId;
use services::live::News;
use testing::Desk;

fn of(clients: &[ClientId]) -> News {
    News {
        clients: clients.iter().copied().collect(),
        ..News::default()
    }
}

fn event(client: ClientId) -> String {
    format!(
        "INSERT INTO events (client_id, at, kind, tone, title) VALUES ('{client}', now(), 'test', 'neutral', 'Test')"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_news_once_and_of_its_client_alone() {
    let desk = Desk::start().await;
    let (kestrel, heron) = (desk.client("Kestrel").await, desk.client("Heron").await);
    let mut watch = desk.services.begin_watch().await.expect("a watch");
    let mut look = async || {
        desk.services
            .look_for_news(&mut watch)
            .await
            .expect("a look")
    };
    assert!(look().await.is_empty());
    let mut conn = desk.database.connect().await;
    conn.batch_execute(&event(kestrel)).await.expect("an event");
    assert_eq!(look().await, of(&[kestrel]));
    // However often it looks, and whatever it looks at no more.
    for _ in 0..70 {
        assert!(look().await.is_empty());
    }
    conn.batch_execute(&event(heron)).await.expect("an event");
    conn.batch_execute(&event(kestrel)).await.expect("an event");
    assert_eq!(look().await, of(&[kestrel, heron]));
    drop(conn);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_comes_into_sight_after_a_later_one_is_news_too() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel").await;
    let version = async || {
        let version = desk.services.state_version(&desk.owner, Some(client)).await;
        version.expect("a version")
    };
    let mut watch = desk.services.begin_watch().await.expect("a watch");
    let (mut slow, mut quick) = (desk.database.connect().await, desk.database.connect().await);
    // Its id is given out here, and its end comes after the other's.
    slow.batch_execute(&format!("BEGIN; {}", event(client)))
        .await
        .expect("begun");
    quick.batch_execute(&event(client)).await.expect("an event");
    let news = desk.services.look_for_news(&mut watch).await;
    assert_eq!(news.expect("a look"), of(&[client]));
    let before = version().await;
    slow.batch_execute("COMMIT").await.expect("ended");
    let news = desk.services.look_for_news(&mut watch).await;
    assert_eq!(news.expect("a look"), of(&[client]));
    assert!(version().await > before, "pages see that they are behind");
    drop((slow, quick));
    desk.database.remove().await;
}
