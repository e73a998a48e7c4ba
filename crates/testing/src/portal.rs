//! A client's own people, the links that are mailed to them, and their mailboxes.

use chrono::Duration;
use db::models::link::NewLink;
use db::models::user::NewUser;
use diesel::QueryableByName;
use diesel_async::RunQueryDsl;
use domain::link::{LinkPurpose, LinkScope};
use domain::{ClientId, LinkId, PostId, Role, UserId};
use services::Actor;
use services::actor::Origin;
use services::outbox::Body;
use services::users::{SecretToken, SessionToken};

use crate::Desk;
use crate::desk::PUBLIC_URL;

/// A mail that waits to be sent.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Its subject.
    pub subject: String,
    /// What it says, as plain text.
    pub text: String,
}

impl Mail {
    /// The token in the mail's button, which leads to `/{page}/{token}`.
    #[must_use]
    pub fn token(&self, page: &str) -> SecretToken {
        let start = format!("{PUBLIC_URL}{page}/");
        let token = self
            .text
            .split_once(&start)
            .and_then(|(_, rest)| rest.split_whitespace().next())
            .expect("a link");
        SecretToken::from_untrusted(token)
    }
}

impl Desk {
    /// Adds somebody of a client's own, who comes by links from mails alone.
    pub async fn portal_user(
        &self,
        clients: &[ClientId],
        name: &str,
        email: &str,
        role: Role,
    ) -> UserId {
        let id = UserId::generate();
        let new = NewUser {
            id,
            email,
            name,
            role,
            password_hash: None,
            all_clients: false,
            clients,
        };
        db::models::user::insert(&mut self.database.connect().await, &new, self.now())
            .await
            .expect("a portal user");
        id
    }

    /// Sends a one-tap link to a portal user, as a mail would: its token.
    pub async fn tap_link(&self, user: UserId, posts: &[PostId]) -> SecretToken {
        let token = SecretToken::from_untrusted(&format!("tap-{}", LinkId::generate()));
        let scope = LinkScope::Portal {
            posts: posts.to_vec(),
        };
        let new = NewLink {
            id: LinkId::generate(),
            token_hash: &token.hash(),
            purpose: LinkPurpose::Portal,
            client: None,
            user: Some(user),
            email: None,
            scope: serde_json::to_value(&scope).expect("a scope"),
            created_by: None,
            expires_at: self.now() + Duration::days(14),
        };
        db::models::link::insert(&mut self.database.connect().await, &new, self.now())
            .await
            .expect("a link");
        token
    }

    /// Signs a portal user in by a one-tap link.
    pub async fn signed_in_by_link(&self, user: UserId) -> (SessionToken, Actor) {
        let token = self.tap_link(user, &[]).await;
        let (session, actor, _) = self
            .services
            .continue_by_tap(&token, Origin::default())
            .await
            .expect("signed in by a link");
        (session, actor)
    }

    /// What one query says as `text`, all rows together.
    pub async fn read(&self, query: &str) -> String {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Text)]
            text: String,
        }
        let rows: Vec<Row> = diesel::sql_query(query)
            .load(&mut self.database.connect().await)
            .await
            .expect("rows");
        rows.into_iter().map(|row| row.text).collect()
    }

    /// The mails that wait to be sent to an address, oldest first.
    pub async fn mails_to(&self, recipient: &str) -> Vec<Mail> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Uuid)]
            id: uuid::Uuid,
            #[diesel(sql_type = diesel::sql_types::Text)]
            subject: String,
            #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Binary>)]
            sealed: Option<Vec<u8>>,
        }
        let rows: Vec<Row> = diesel::sql_query(
            "SELECT id, subject, sealed FROM outbox WHERE recipient = $1 ORDER BY id",
        )
        .bind::<diesel::sql_types::Text, _>(recipient)
        .load(&mut self.database.connect().await)
        .await
        .expect("the outbox");
        rows.into_iter()
            .map(|row| {
                let place = format!("outbox/{}/sealed", row.id);
                let plain = self
                    .services
                    .vault
                    .open(&row.sealed.expect("sealed"), &place)
                    .expect("opened");
                let body: Body = serde_json::from_slice(&plain).expect("a body");
                Mail {
                    subject: row.subject,
                    text: body.text,
                }
            })
            .collect()
    }
}
