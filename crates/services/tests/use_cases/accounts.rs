//! Connecting, reconnecting and purging accounts.

use chrono::Duration;
use db::models::{account, connection};
use db::schema::{account_slots, assets};
use diesel::QueryDsl;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::account::AccountStatus;
use domain::{ClientId, DeliveryState, Platform};
use emulator::tiktok::Fault;
use services::accounts::ConsentReply;
use services::actor::Origin;
use services::{ServiceError, Vault};
use testing::{Desk, KESTREL, Load, LoadAccount};

#[tokio::test(flavor = "multi_thread")]
async fn a_connected_account_has_its_name_its_avatar_and_sealed_tokens() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let connected = desk
        .consent(client, KESTREL, None, "allow")
        .await
        .expect("connected");
    assert_eq!(connected.name, "@kestrelcoffee");
    let account = desk
        .services
        .account(&desk.owner, client, connected.account)
        .await
        .expect("the account");
    assert_eq!(account.handle.as_deref(), Some(KESTREL));
    let key = account.avatar_key.expect("a copy of the avatar");
    assert!(desk.services.media.picture_type(&key).await.is_some());
    let stored = connection::find(&mut desk.services.conn().await.expect("db"), account.id)
        .await
        .expect("db")
        .expect("tokens");
    for sealed in [Some(stored.access_token), stored.refresh_token]
        .into_iter()
        .flatten()
    {
        let text = String::from_utf8_lossy(&sealed).into_owned();
        assert!(!text.contains("act.") && !text.contains("rft."));
    }
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connecting_the_same_account_again_updates_it() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let first = desk.connect(client, KESTREL).await;
    desk.emulator
        .tiktok()
        .edit_user(KESTREL, |user| user.display_name = "Kestrel & Co".into());
    let again = desk
        .consent(client, KESTREL, None, "allow")
        .await
        .expect("connected");
    assert_eq!((again.account, again.again), (first, true));
    let accounts = desk
        .services
        .accounts(&desk.owner, client)
        .await
        .expect("accounts");
    assert_eq!(accounts.len(), 1);
    assert_eq!(
        accounts[0].account.nickname.as_deref(),
        Some("Kestrel & Co")
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_belongs_to_one_client() {
    let desk = Desk::start().await;
    let (one, two) = (desk.client("One").await, desk.client("Two").await);
    desk.connect(one, KESTREL).await;
    let failure = desk
        .consent(two, KESTREL, None, "allow")
        .await
        .expect_err("refused");
    assert!(matches!(failure.error, ServiceError::Conflict(_)));
    assert!(
        desk.services
            .accounts(&desk.owner, two)
            .await
            .expect("accounts")
            .is_empty()
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_and_a_missing_scope_are_told_in_a_sentence() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let refused = desk
        .consent(client, KESTREL, None, "deny")
        .await
        .expect_err("refused");
    assert!(refused.error.to_string().contains("did not grant access"));
    let fewer = desk
        .consent(client, KESTREL, Some(&["user.info.basic"]), "allow")
        .await
        .expect_err("too little");
    assert!(
        fewer.error.to_string().contains("video.publish"),
        "{}",
        fewer.error
    );
    assert!(
        desk.services
            .accounts(&desk.owner, client)
            .await
            .expect("accounts")
            .is_empty()
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_works_once_in_its_own_session_and_for_a_while() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let finish = async |session, reply: ConsentReply| {
        desk.services
            .finish_connect(&desk.owner, session, Platform::TikTok, reply)
            .await
    };
    let reply = desk.consent_reply(client, KESTREL, None, "allow").await;
    let (other, _) = desk
        .services
        .sign_in("owner@agency.test", Desk::password(), Origin::default())
        .await
        .expect("another session");
    assert!(
        finish(&other, reply.clone()).await.is_err(),
        "another session"
    );
    finish(&desk.session, reply.clone())
        .await
        .expect("its own session");
    assert!(finish(&desk.session, reply).await.is_err(), "a second time");
    let old = desk.consent_reply(client, KESTREL, None, "allow").await;
    desk.advance(Duration::minutes(16));
    assert!(finish(&desk.session, old).await.is_err(), "too late");
    let made_up = ConsentReply {
        code: Some("x".into()),
        state: Some("made up".into()),
        error: None,
        iss: None,
    };
    assert!(finish(&desk.session, made_up).await.is_err(), "made up");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disconnect_purges_cancels_and_keeps_the_history() {
    let desk = Desk::start().await;
    let (client, account, post) = desk.scheduled("Never sent").await;
    let key = desk
        .services
        .account(&desk.owner, client, account)
        .await
        .expect("the account")
        .avatar_key
        .expect("avatar");
    let wrong = desk
        .services
        .disconnect(&desk.owner, client, account, "somebody")
        .await
        .expect_err("not confirmed");
    assert!(wrong.to_string().contains("kestrelcoffee"));

    // When it posted goes with it, and what another account has stays.
    let other = desk
        .connect_bluesky(client, "kestrelcoffee.bsky.test")
        .await;
    for of in [account, other] {
        let nine = chrono::NaiveTime::from_hms_opt(9, 0, 0).expect("a time");
        desk.services
            .add_slots(&desk.owner, client, of, &[0, 2], nine)
            .await
            .expect("slots");
    }

    let receipt = desk
        .services
        .disconnect(&desk.owner, client, account, "@kestrelcoffee")
        .await
        .expect("disconnected");
    let mut conn = desk.services.conn().await.expect("db");
    let slots: i64 = account_slots::table
        .count()
        .get_result(&mut conn)
        .await
        .expect("db");
    drop(conn);
    assert_eq!(slots, 2, "those of the other account");
    assert!(receipt.nothing_left);
    assert_eq!((receipt.revoked, receipt.cancelled), (Ok(()), 1));
    assert!(
        connection::find(&mut desk.services.conn().await.expect("db"), account)
            .await
            .expect("db")
            .is_none()
    );
    let left = desk
        .services
        .account(&desk.owner, client, account)
        .await
        .expect("its row");
    assert_eq!(left.status, AccountStatus::Disconnected);
    assert_eq!(
        (left.nickname, left.handle, left.avatar_key),
        (None, None, None)
    );
    assert!(!desk.services.media.avatar(&key).exists());
    let (delivery, state) = desk.delivery(client, post).await;
    assert_eq!(state, DeliveryState::Cancelled);
    assert!(
        desk.titles(client, delivery)
            .await
            .iter()
            .any(|title| title == "Cancelled")
    );

    desk.advance(Duration::hours(2));
    desk.run_until_quiet(5).await;
    assert!(desk.emulator.tiktok().posts().is_empty());
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disconnect_purges_whatever_the_platform_answers() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    desk.emulator.tiktok().fault(Fault {
        times: 9,
        status: Some(500),
        ..Fault::on("oauth/revoke")
    });
    let receipt = desk
        .services
        .disconnect(&desk.owner, client, account, KESTREL)
        .await
        .expect("disconnected");
    assert!(receipt.revoked.is_err() && receipt.nothing_left);
    assert!(
        desk.services
            .accounts(&desk.owner, client)
            .await
            .expect("accounts")
            .is_empty()
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disconnect_in_the_middle_of_publishing_says_that_nobody_knows() {
    let desk =
        Desk::start_with(|tiktok| tiktok.processing = std::time::Duration::from_secs(600)).await;
    let (client, account, post) = desk.scheduled("On its way").await;
    desk.advance(Duration::minutes(90));
    desk.publisher.tick_and_settle().await.expect("a tick");
    assert_eq!(
        desk.delivery(client, post).await.1,
        DeliveryState::Processing
    );
    let receipt = desk
        .services
        .disconnect(&desk.owner, client, account, KESTREL)
        .await
        .expect("disconnected");
    assert_eq!((receipt.cancelled, receipt.unknown), (0, 1));
    assert_eq!(desk.delivery(client, post).await.1, DeliveryState::Unknown);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_spend_a_rotating_refresh_token_once() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    desk.advance(Duration::minutes(115));
    desk.emulator.clear_requests();
    let asked = (0..6).map(|_| desk.services.account_facts(&desk.owner, client, account));
    for answer in futures::future::join_all(asked).await {
        answer.expect("an answer");
    }
    let refreshes = desk
        .emulator
        .requests()
        .iter()
        .filter(|request| request.endpoint == "oauth/token")
        .count();
    assert_eq!(refreshes, 1);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_cannot_be_changed_or_deleted() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    desk.connect(client, KESTREL).await;
    let mut conn = desk.services.conn().await.expect("db");
    // The owner may, and is stopped by the trigger.
    let mut owner = desk.database.connect().await;
    for change in [
        "UPDATE events SET title = 'x'",
        "DELETE FROM events",
        "TRUNCATE events",
    ] {
        for (conn, why) in [
            (&mut *conn, "permission denied"),
            (&mut owner, "append-only"),
        ] {
            let error = conn.batch_execute(change).await.expect_err("refused");
            assert!(error.to_string().contains(why), "{change}: {error}");
        }
    }
    drop((conn, owner));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_account_shows_costs_the_same_however_much_it_has_published() {
    const EACH: usize = 500;
    let desk = Desk::start().await;
    let vault = Vault::parse(&services::vault::generate_key()).expect("a key");
    let accounts = ["first", "second"].map(|handle| LoadAccount {
        platform_user_id: handle.to_owned(),
        handle: handle.to_owned(),
        access_token: "a token".into(),
    });
    let (now, media) = (desk.now(), &desk.services.media);
    let load = Load::prepare(&desk.database, &vault, media, 1, &accounts, now).await;
    for days in [-2, -1, 1, 2] {
        let due = now + Duration::days(days);
        load.schedule(&desk.database, EACH, due).await;
    }
    let mut conn = desk.database.connect().await;
    conn.batch_execute(&format!(
        "UPDATE deliveries SET state = 'published', published_at = due_at WHERE due_at < '{0}';
         UPDATE deliveries SET state = 'processing'
         WHERE id = (SELECT id FROM deliveries WHERE due_at > '{0}' ORDER BY due_at DESC LIMIT 1);
         ANALYZE deliveries",
        now.to_rfc3339()
    ))
    .await
    .expect("published");
    // What is read is counted by the transaction, and by a connection that has done nothing else.
    let mut conn = desk.database.connect().await;
    conn.batch_execute("BEGIN").await.expect("begun");
    let client: uuid::Uuid = assets::table
        .select(assets::client_id)
        .first(&mut conn)
        .await
        .expect("the one client with a file");
    let client = ClientId::from(client);
    let health = account::health(&mut conn, client).await.expect("health");
    let read: Read = diesel::sql_query(
        "SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS rows
         FROM pg_stat_xact_user_tables WHERE relname = 'deliveries'",
    )
    .get_result(&mut conn)
    .await
    .expect("what was read");
    assert!(read.rows <= 10, "{} rows were read", read.rows);
    assert_eq!(health.len(), 2);
    for of in &health {
        assert_eq!(of.last_success, Some(now - Duration::days(1)));
        assert_eq!(of.next_post, Some(now + Duration::days(1)));
    }
    assert_eq!(health.iter().filter(|of| of.publishing).count(), 1);
    desk.database.remove().await;
}

#[derive(diesel::QueryableByName)]
struct Read {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    rows: i64,
}
