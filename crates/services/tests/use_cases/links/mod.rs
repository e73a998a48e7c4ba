//! Links that are sent to people: one-tap links into the portal, letting somebody in, and connect links.

mod connect;
mod let_in;
mod tap;

use diesel_async::SimpleAsyncConnection;
use domain::{ClientId, Platform, Role, UserId};
use services::connect_links::{ConnectLinkMade, ConnectLinkOrder};
use services::portal::Tap;
use services::users::SecretToken;
use testing::Desk;

const PRIYA: &str = "priya@kestrel.test";

async fn approver(desk: &Desk) -> (ClientId, UserId) {
    let client = desk.client("Kestrel Coffee").await;
    let user = desk
        .portal_user(&[client], "Priya Nair", PRIYA, Role::ClientApprover)
        .await;
    (client, user)
}

async fn write(desk: &Desk, statement: &str) {
    desk.database
        .connect()
        .await
        .batch_execute(statement)
        .await
        .expect("written");
}

async fn tap(desk: &Desk, token: &SecretToken) -> Tap {
    let visit = desk.services.visit_tap(token, None).await;
    visit.expect("a visit").tap
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_at_links_changes_nothing() {
    let desk = Desk::start().await;
    let (client, user) = approver(&desk).await;
    let token = desk.tap_link(user, &[]).await;
    let made = connect_link(&desk, client, &[Platform::TikTok]).await;
    let connect = token_of(&made);
    let everything = "SELECT (SELECT json_agg(l ORDER BY id) FROM links l)::text || (SELECT count(*) FROM sessions)::text
                      || (SELECT count(*) FROM audit_entries)::text || (SELECT count(*) FROM outbox)::text AS text";
    let before = desk.read(everything).await;
    for _ in 0..5 {
        let expected = Tap::Open {
            name: "Priya Nair".to_owned(),
            clients: vec!["Kestrel Coffee".to_owned()],
        };
        assert_eq!(tap(&desk, &token).await, expected);
        let visit = desk.services.visit_connect_link(&connect).await;
        assert!(visit.expect("a visit").open.is_some());
        let no_question = desk.services.let_in_question(&token).await;
        assert!(no_question.expect("an answer").open.is_none());
    }
    assert_eq!(desk.read(everything).await, before);
    desk.database.remove().await;
}

async fn count(desk: &Desk, table: &str) -> i64 {
    let query = format!("SELECT count(*)::text AS text FROM {table}");
    desk.read(&query).await.parse().expect("a number")
}

async fn connect_link(desk: &Desk, client: ClientId, platforms: &[Platform]) -> ConnectLinkMade {
    let order = ConnectLinkOrder {
        platforms: platforms.to_vec(),
        days: 7,
        mail_to: Some("owner@kestrel.test".to_owned()),
    };
    desk.services
        .make_connect_link(&desk.owner, client, order)
        .await
        .expect("a link")
}

fn token_of(made: &ConnectLinkMade) -> SecretToken {
    let mut path = made.address.path_segments().expect("a path");
    SecretToken::from_untrusted(path.next_back().expect("a token"))
}
