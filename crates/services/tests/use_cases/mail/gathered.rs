//! What is mailed to whom.

use chrono::Duration;
use diesel::sql_types::{BigInt, Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::Role;
use domain::notice::NoticeKind;
use services::posts::Intent;
use testing::{KESTREL, video};

use super::{count, desk, person, tell, waits_for_client};

#[tokio::test]
async fn ten_posts_are_one_mail_with_pictures_and_one_link() {
    let (desk, server) = desk().await;
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    let asset = desk.upload(client, video()).await.expect("uploaded").id;
    let (ann, email) = person(&desk, "Ann", Role::ClientApprover, &[client]).await;
    for number in 1..=10 {
        let input = desk.input(account, asset, &format!("Post number {number}\nmore"));
        let post = desk
            .services
            .save_post(&desk.owner, client, input, Intent::SaveDraft)
            .await
            .expect("saved");
        waits_for_client(&desk, client, post).await;
        let told = ("A post waits", Some(post));
        tell(&desk, ann, Some(client), NoticeKind::WaitingApproval, told).await;
    }
    assert_eq!(
        desk.services.gather_mail().await.expect("nothing is due"),
        0
    );
    desk.advance(Duration::seconds(61));
    // Several servers gather and send at the same time.
    let others = desk.services.clone();
    let (one, other) = tokio::join!(desk.services.gather_mail(), others.gather_mail());
    assert_eq!(one.expect("gathered") + other.expect("gathered"), 1);
    let (one, other) = tokio::join!(desk.services.send_mail(), others.send_mail());
    assert_eq!(one.expect("sent") + other.expect("sent"), 1);

    let taken = server.taken_for(&email);
    assert_eq!(taken.len(), 1);
    let mail = &taken[0];
    assert_eq!(mail.from, "desk@agency.test");
    assert_eq!(
        mail.header("Subject").as_deref(),
        Some("10 posts wait for your approval")
    );
    assert_eq!(
        mail.header("Auto-Submitted").as_deref(),
        Some("auto-generated")
    );
    assert!(mail.header("List-Unsubscribe").is_some());
    let id = mail.header("Message-ID").expect("an id");
    assert!(id.ends_with("@agency.test>"), "{id}");
    let text = mail.part("text/plain").expect("a text");
    for number in 1..=10 {
        assert!(
            text.contains(&format!("- Post number {number}\r\n")),
            "{text}"
        );
    }
    assert!(
        text.contains("14:30 London"),
        "on the client's wall: {text}"
    );
    assert!(text.contains("13:30 London"), "the deadline: {text}");
    assert_eq!(text.matches("/tap/").count(), 1, "one link");
    let html = mail.part("text/html").expect("HTML");
    assert_eq!(html.matches(&format!("cid:{asset}")).count(), 10);
    assert_eq!(mail.raw.matches("Content-ID").count(), 1, "one picture");
    assert!(mail.raw.contains("Content-Type: image/jpeg"));

    // The link is the approver's, for these ten posts, for 30 days; what was sent is erased.
    let links = "SELECT count(*) FROM links WHERE purpose = 'portal'
        AND jsonb_array_length(scope->'posts') = 10 AND expires_at - created_at = interval '30 days'";
    assert_eq!(count(&desk, links).await, 1);
    let sealed = "SELECT count(*) FROM outbox WHERE sealed IS NOT NULL";
    assert_eq!(count(&desk, sealed).await, 0);
    desk.advance(Duration::days(1));
    assert_eq!(desk.services.gather_mail().await.expect("gathered"), 0);
    assert_eq!(desk.services.send_mail().await.expect("sent"), 0);
}

#[tokio::test]
async fn what_was_read_or_decided_in_the_meantime_is_not_mailed() {
    let (desk, server) = desk().await;
    let (client, _, post) = desk.scheduled("Flat white").await;
    let (ann, email) = person(&desk, "Ann", Role::ClientApprover, &[client]).await;
    let told = ("A post waits", Some(post));
    tell(&desk, ann, Some(client), NoticeKind::WaitingApproval, told).await;
    let owner = desk.owner.user_id;
    tell(&desk, owner, None, NoticeKind::Agency, ("Read", None)).await;
    let (mine, _) = desk
        .services
        .my_notices(&desk.owner, None)
        .await
        .expect("notices");
    assert_eq!(
        desk.services
            .unread_notices(&desk.owner)
            .await
            .expect("a count"),
        1
    );
    desk.services
        .read_notice(&desk.owner, mine[0].id)
        .await
        .expect("read");
    assert_eq!(
        desk.services
            .unread_notices(&desk.owner)
            .await
            .expect("a count"),
        0
    );
    desk.advance(Duration::seconds(61));
    assert_eq!(desk.services.gather_mail().await.expect("gathered"), 0);

    // What still waits is mailed even though it was seen.
    waits_for_client(&desk, client, post).await;
    let told = ("A post waits", Some(post));
    tell(&desk, ann, Some(client), NoticeKind::WaitingApproval, told).await;
    diesel::sql_query("UPDATE notices SET read_at = created_at")
        .execute(&mut desk.database.connect().await)
        .await
        .expect("read");
    desk.advance(Duration::seconds(61));
    assert_eq!(desk.services.gather_mail().await.expect("gathered"), 1);
    desk.services.send_mail().await.expect("sent");
    assert_eq!(server.taken_for(&email).len(), 1);
}

#[tokio::test]
async fn a_failure_reaches_the_team_once_and_the_contact_without_a_link() {
    let (desk, server) = desk().await;
    let (client, _, post) = desk.scheduled("Flat white").await;
    let (editor, email) = person(&desk, "Ed", Role::Editor, &[client]).await;
    let (_, other) = person(
        &desk,
        "Outsider",
        Role::Editor,
        &[desk.client("Other").await],
    )
    .await;
    let sql =
        format!("UPDATE clients SET failure_email = 'boss@kestrel.test' WHERE id = '{client}'");
    desk.database
        .connect()
        .await
        .batch_execute(&sql)
        .await
        .expect("a contact");
    // Too late for what this client allows.
    desk.advance(Duration::days(30));
    desk.publisher.tick_and_settle().await.expect("a tick");
    let (delivery, state) = desk.delivery(client, post).await;
    assert_eq!(state, domain::DeliveryState::Failed);

    desk.advance(Duration::seconds(61));
    desk.services.gather_mail().await.expect("gathered");
    desk.services.send_mail().await.expect("sent");
    for to in ["owner@agency.test", &email] {
        let taken = server.taken_for(to);
        assert_eq!(taken.len(), 1, "{to}");
        let text = taken[0].part("text/plain").expect("a text");
        assert!(text.contains("“Flat white” was not published on @kestrelcoffee"));
        assert!(text.contains(&format!("/clients/{client}/history/{delivery}")));
        assert!(!text.contains("/tap/"));
    }
    let contact = server.taken_for("boss@kestrel.test");
    assert_eq!(contact.len(), 1);
    let text = contact[0].part("text/plain").expect("a text");
    assert!(
        text.contains("Kestrel Coffee") && !text.contains("http"),
        "{text}"
    );
    // Once the account is purged, so is its name in what was told.
    let account = desk
        .services
        .accounts(&desk.owner, client)
        .await
        .expect("accounts")
        .remove(0)
        .account
        .id;
    desk.services
        .disconnect(&desk.owner, client, account, KESTREL)
        .await
        .expect("disconnected");
    let named = "SELECT (SELECT count(*) FROM notices WHERE title LIKE '%kestrelcoffee%')
        + (SELECT count(*) FROM outbox WHERE subject LIKE '%kestrelcoffee%')";
    assert_eq!(count(&desk, named).await, 0);
    assert!(contact[0].header("List-Unsubscribe").is_none());
    assert!(server.taken_for(&other).is_empty());
    let told = diesel::dsl::sql::<BigInt>("SELECT count(*) FROM notices WHERE user_id = ")
        .bind::<diesel::sql_types::Uuid, _>(editor.0)
        .sql(" AND kind = ")
        .bind::<Text, _>("failure")
        .get_result::<i64>(&mut desk.database.connect().await)
        .await
        .expect("a count");
    assert_eq!(told, 1);
}

#[tokio::test]
async fn whoever_wishes_otherwise_is_told_otherwise() {
    let (desk, server) = desk().await;
    let mut wishes = desk
        .services
        .preferences(&desk.owner)
        .await
        .expect("preferences");
    for wish in &mut wishes {
        if wish.kind == NoticeKind::Failure {
            wish.by_mail = false;
        }
    }
    desk.services
        .set_preferences(&desk.owner, &wishes)
        .await
        .expect("set");
    assert_eq!(
        desk.services
            .preferences(&desk.owner)
            .await
            .expect("preferences"),
        wishes
    );
    desk.scheduled("Flat white").await;
    desk.advance(Duration::days(30));
    desk.publisher.tick_and_settle().await.expect("a tick");
    desk.advance(Duration::seconds(61));
    desk.services.gather_mail().await.expect("gathered");
    desk.services.send_mail().await.expect("sent");
    let failures = server
        .taken()
        .iter()
        .filter(|mail| {
            mail.header("Subject")
                .is_some_and(|subject| subject.contains("publish"))
        })
        .count();
    assert_eq!(failures, 0);
    assert!(
        desk.services
            .unread_notices(&desk.owner)
            .await
            .expect("a count")
            > 0
    );
}
