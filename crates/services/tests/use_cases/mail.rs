//! Mail: gathered once, sent once, and honest about what nobody knows.

use chrono::Duration;
use db::models::notice::{self, NewNotice};
use db::models::user::{self, NewUser};
use diesel::sql_types::{BigInt, Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::notice::NoticeKind;
use domain::{ClientId, PostId, Role, UserId};
use services::outbox::Smtp;
use services::posts::Intent;
use services::{ServiceError, Services};
use testing::{Desk, KESTREL, MailAnswer, MailSecurity, MailServer, MailStep, video};

const FROM: &str = "AutoPost <desk@agency.test>";

/// A desk with a mail server.
async fn desk() -> (Desk, MailServer) {
    let mut desk = Desk::start().await;
    let server = MailServer::start().await;
    desk.services = with(&desk.services, &server.url());
    (desk, server)
}

fn with(services: &Services, url: &str) -> Services {
    let smtp = Smtp::new(&url.to_owned().into(), FROM, None).expect("a mail server");
    services.clone().with_smtp(smtp)
}

async fn person(desk: &Desk, name: &str, role: Role, clients: &[ClientId]) -> (UserId, String) {
    let id = UserId::generate();
    let email = format!("{}@people.test", name.to_lowercase());
    let new = NewUser {
        id,
        email: &email,
        name,
        role,
        password_hash: None,
        all_clients: clients.is_empty(),
        clients,
    };
    let mut conn = desk.services.conn().await.expect("a connection");
    user::insert(&mut conn, &new, desk.now())
        .await
        .expect("a person");
    (id, email)
}

/// Something for this person's next mail.
async fn tell(
    desk: &Desk,
    user: UserId,
    client: Option<ClientId>,
    kind: NoticeKind,
    (title, post): (&str, Option<PostId>),
) {
    let new = NewNotice {
        user,
        client,
        post,
        kind,
        title,
        body: "What it means.",
        href: "/clients",
        in_app: true,
        mail_at: Some(desk.now() + Duration::seconds(60)),
    };
    let mut conn = desk.services.conn().await.expect("a connection");
    notice::append(&mut conn, &[new], desk.now())
        .await
        .expect("told");
}

async fn waits_for_client(desk: &Desk, client: ClientId, post: PostId) {
    let sql = format!(
        "INSERT INTO reviews (id, client_id, post_id, version, stage, state, sent_at, deadline)
         SELECT gen_random_uuid(), '{client}', '{post}', version, 'client', 'waiting', now(),
                due_at - interval '1 hour' FROM posts WHERE id = '{post}'"
    );
    let mut conn = desk.database.connect().await;
    conn.batch_execute(&sql).await.expect("a review");
}

/// State and last problem of the only mail.
async fn standing(desk: &Desk) -> (String, Option<String>) {
    let outbox = desk
        .services
        .outbox(&desk.owner, false, None)
        .await
        .expect("the outbox");
    let mail = &outbox.mails[0];
    (mail.state.clone(), mail.last_problem.clone())
}

async fn count(desk: &Desk, sql: &str) -> i64 {
    diesel::dsl::sql::<BigInt>(sql)
        .get_result(&mut desk.database.connect().await)
        .await
        .expect("a count")
}

/// One thing for the owner's mail, in the outbox.
async fn one_mail(desk: &Desk) {
    let owner = desk.owner.user_id;
    tell(desk, owner, None, NoticeKind::Agency, ("One thing", None)).await;
    desk.advance(Duration::seconds(61));
    assert_eq!(desk.services.gather_mail().await.expect("gathered"), 1);
}

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
async fn a_refusal_for_good_is_told_in_the_servers_words() {
    let (desk, server) = desk().await;
    one_mail(&desk).await;
    server.script(
        MailStep::Recipient,
        MailAnswer::Says("550 5.1.1 No such user here"),
    );
    assert_eq!(desk.services.send_mail().await.expect("tried"), 0);
    let (state, problem) = standing(&desk).await;
    assert_eq!(state, "failed");
    assert!(problem.expect("words").contains("No such user here"));
    desk.advance(Duration::days(1));
    assert_eq!(desk.services.send_mail().await.expect("nothing"), 0);
    assert_eq!(server.conversations(), 1, "it is not asked again");
}

#[tokio::test]
async fn passing_trouble_is_tried_again_and_then_given_up() {
    let (desk, server) = desk().await;
    one_mail(&desk).await;
    server.script(
        MailStep::Recipient,
        MailAnswer::Says("451 4.3.0 Greylisted"),
    );
    server.script(MailStep::Greeting, MailAnswer::HangsUp);
    server.script(MailStep::Text, MailAnswer::Says("452 4.2.2 Full"));
    for pause in [1, 2, 4] {
        assert_eq!(desk.services.send_mail().await.expect("tried"), 0);
        assert_eq!(standing(&desk).await.0, "waiting");
        assert_eq!(desk.services.send_mail().await.expect("too early"), 0);
        desk.advance(Duration::minutes(pause));
    }
    assert_eq!(desk.services.send_mail().await.expect("sent"), 1);
    assert_eq!(server.taken().len(), 1);

    // A server that never agrees is asked for two days.
    one_mail(&desk).await;
    let mut tries = 0;
    while standing(&desk).await.0 != "failed" {
        server.script(MailStep::Recipient, MailAnswer::Says("451 4.3.0 Later"));
        desk.services.send_mail().await.expect("tried");
        desk.advance(Duration::hours(4));
        tries += 1;
        assert!(tries < 20, "it ends");
    }
    assert!(tries > 8, "{tries} tries");
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test]
async fn a_connection_lost_after_the_text_is_unknown_and_only_a_person_sends_it_again() {
    let (desk, server) = desk().await;
    one_mail(&desk).await;
    server.script(MailStep::Text, MailAnswer::HangsUp);
    assert_eq!(desk.services.send_mail().await.expect("tried"), 0);
    assert_eq!(standing(&desk).await.0, "unknown");
    desk.advance(Duration::days(3));
    assert_eq!(desk.services.send_mail().await.expect("nothing"), 0);
    assert_eq!(server.taken().len(), 1, "not by itself");

    let mail = desk
        .services
        .outbox(&desk.owner, true, None)
        .await
        .expect("the outbox")
        .mails
        .remove(0);
    desk.services
        .send_mail_again(&desk.owner, mail.id)
        .await
        .expect("again");
    let twice = desk.services.send_mail_again(&desk.owner, mail.id).await;
    assert!(matches!(twice, Err(ServiceError::Conflict(_))));
    assert_eq!(desk.services.send_mail().await.expect("sent"), 1);
    assert_eq!(standing(&desk).await.0, "sent");
    let ids: Vec<_> = server
        .taken()
        .iter()
        .map(|mail| mail.header("Message-ID"))
        .collect();
    assert_eq!(ids[0], ids[1], "the recipient's server can tell");
}

#[tokio::test]
async fn a_worker_that_dies_while_the_server_has_the_mail_leaves_it_unknown() {
    let (desk, server) = desk().await;
    one_mail(&desk).await;
    server.script(MailStep::Text, MailAnswer::Stalls);
    let services = desk.services.clone();
    let worker = tokio::spawn(async move { services.send_mail().await });
    for _ in 0..200 {
        if standing(&desk).await.0 == "sending" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    assert_eq!(standing(&desk).await.0, "sending");
    worker.abort();
    assert_eq!(desk.services.send_mail().await.expect("nothing"), 0);
    assert_eq!(standing(&desk).await.0, "sending", "its lease still holds");
    desk.advance(Duration::minutes(8));
    assert_eq!(desk.services.send_mail().await.expect("nothing"), 0);
    assert_eq!(standing(&desk).await.0, "unknown");
    assert_eq!(server.conversations(), 1);
}

#[tokio::test]
async fn many_mails_and_several_servers_send_each_once() {
    let (desk, server) = desk().await;
    for number in 0..30 {
        let (id, _) = person(&desk, &format!("Person{number}"), Role::Owner, &[]).await;
        tell(&desk, id, None, NoticeKind::Agency, ("One thing", None)).await;
    }
    desk.advance(Duration::seconds(61));
    let services: Vec<Services> = (0..3).map(|_| desk.services.clone()).collect();
    let gathered = futures::future::join_all(services.iter().map(Services::gather_mail)).await;
    let gathered: usize = gathered.into_iter().map(|count| count.expect("some")).sum();
    assert_eq!(gathered, 30);
    let sent = futures::future::join_all(services.iter().map(Services::send_mail)).await;
    let sent: usize = sent.into_iter().map(|count| count.expect("some")).sum();
    assert_eq!(sent, 30);
    let mut to: Vec<_> = server.taken().into_iter().map(|mail| mail.to).collect();
    to.sort();
    to.dedup();
    assert_eq!((to.len(), server.taken().len()), (30, 30));
}

#[tokio::test]
async fn without_a_mail_server_everything_waits_and_with_credentials_they_are_used() {
    let desk = Desk::start().await;
    one_mail(&desk).await;
    assert_eq!(desk.services.send_mail().await.expect("nothing"), 0);
    desk.advance(Duration::days(5));
    assert_eq!(desk.services.send_mail().await.expect("nothing"), 0);
    let outbox = desk
        .services
        .outbox(&desk.owner, false, None)
        .await
        .expect("the outbox");
    assert!(!outbox.has_server && outbox.waiting == 1);

    let server = MailServer::start().await;
    let url = server.url().replace("smtp://", "smtp://desk:s%40me@");
    let services = with(&desk.services, &url);
    assert_eq!(services.send_mail().await.expect("sent"), 1);
    let login = server.taken()[0].login.clone();
    assert_eq!(login, Some(("desk".to_owned(), "s@me".to_owned())));
}

#[tokio::test]
async fn tls_is_checked_before_anything_is_said() {
    let mut desk = Desk::start().await;
    one_mail(&desk).await;
    for security in [MailSecurity::Tls, MailSecurity::StartTls] {
        let server = MailServer::start_with(security).await;
        let url = server.url().replace("localhost", "user:secret@localhost");
        // Nobody vouches for its certificate.
        desk.services = with(&desk.services, &url);
        assert_eq!(desk.services.send_mail().await.expect("tried"), 0);
        assert_eq!(standing(&desk).await.0, "waiting", "{security:?}");
        assert!(server.taken().is_empty(), "{security:?}");

        let trusted = Smtp::new(&url.into(), FROM, Some(server.certificate().as_bytes()));
        desk.services = desk.services.clone().with_smtp(trusted.expect("a server"));
        desk.advance(Duration::hours(1));
        assert_eq!(desk.services.send_mail().await.expect("sent"), 1);
        let login = server.taken()[0].login.clone();
        assert_eq!(login, Some(("user".to_owned(), "secret".to_owned())));
        one_mail(&desk).await;
    }
    // A server that does not offer TLS is not told the password.
    let server = MailServer::start().await;
    let url = server.url().replace("smtp://", "smtp://user:secret@") + "?tls=required";
    desk.services = with(&desk.services, &url);
    assert_eq!(desk.services.send_mail().await.expect("tried"), 0);
    assert_eq!(server.conversations(), 1);
    assert!(server.logins().is_empty() && server.taken().is_empty());
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
