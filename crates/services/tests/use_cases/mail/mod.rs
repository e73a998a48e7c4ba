//! Mail: gathered once, sent once, and honest about what nobody knows.

mod gathered;
mod sent;

use chrono::Duration;
use db::models::notice::{self, NewNotice};
use db::models::user::{self, NewUser};
use diesel::sql_types::BigInt;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::notice::NoticeKind;
use domain::{ClientId, PostId, Role, UserId};
use services::Services;
use services::outbox::Smtp;
use testing::{Desk, MailServer};

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
