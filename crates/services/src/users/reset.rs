//! A forgotten password: a link to the address that is known, by which a new one is chosen.

use chrono::Duration;
use db::AsyncConnection;
use db::models::user::{self, User};
use db::models::{agency, link, session, team};
use domain::audit::AuditAction;
use domain::link::{LinkPurpose, LinkScope};
use secrecy::SecretString;
use serde_json::json;
use tokio::task::JoinHandle;

use super::throttle::RESETS;
use super::{SecretToken, SessionToken, forms};
use crate::actor::Origin;
use crate::audit::{By, Entry};
use crate::letter::Letter;
use crate::links::{Link, LinkOrder, LinkStanding};
use crate::outbox::Mail;
use crate::{Actor, ServiceError, ServiceResult, Services};

const LASTS: Duration = Duration::hours(1);

/// What a link for a new password shows before it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetView {
    /// The address that it was sent to.
    pub email: String,
}

impl Services {
    /// Has a link for a new password sent, if there is a user with this address. What is answered does not
    /// depend on that, in words or in time: the rest goes on behind the answer, in the task that is
    /// returned. Nobody needs to wait for it.
    ///
    /// # Errors
    /// When it was asked for too often, or what was typed is no address.
    pub async fn ask_password_reset(
        &self,
        email: &str,
        origin: Origin,
    ) -> ServiceResult<JoinHandle<()>> {
        let email = forms::email(email)?.to_owned();
        self.count_try(&RESETS, &email, &origin).await?;
        let services = self.clone();
        Ok(tokio::spawn(async move {
            if let Err(error) = services.send_password_reset(&email, &origin).await {
                tracing::error!(
                    cause = error.source_text(),
                    "a link for a new password was not sent"
                );
            }
        }))
    }

    async fn send_password_reset(&self, email: &str, origin: &Origin) -> ServiceResult<()> {
        let mut conn = self.conn().await?;
        let Some(user) = user::by_email(&mut conn, email).await? else {
            return Ok(());
        };
        let now = self.clock.now();
        conn.transaction(async |conn| {
            link::revoke_of_user(conn, user.id, LinkPurpose::PasswordReset, now).await?;
            let order = LinkOrder {
                purpose: LinkPurpose::PasswordReset,
                client: None,
                user: Some(user.id),
                email: Some(&user.email),
                scope: LinkScope::PasswordReset,
                by: None,
                lasts: LASTS,
            };
            let (id, token) = self.make_link(conn, order).await?;
            let letter = Letter {
                from: agency::name(conn).await?,
                color: None,
                heading: "Choose a new password".to_owned(),
                paragraphs: vec![
                    format!("Hello {},", user.name),
                    "somebody asked for a new password for this address. If it was you, choose one now. The link can be used once, within an hour."
                        .to_owned(),
                ],
                items: Vec::new(),
                button: Some((
                    "Choose a new password".to_owned(),
                    self.address(&format!("reset/{}", token.expose()))?,
                )),
                small: vec![
                    "If it was not you, do nothing: your password stays as it is.".to_owned(),
                ],
            };
            let mail = Mail {
                kind: "password_reset",
                client: None,
                to: user.email.clone(),
                subject: "Choose a new password".to_owned(),
                body: letter.body(),
                dedupe_key: None,
            };
            self.queue_mail(conn, &mail).await?;
            let entry = Entry::of(AuditAction::PasswordResetAsked)
                .on("user", user.id)
                .after(json!({ "link": id }));
            let by = By::Visitor {
                name: &user.name,
                origin,
            };
            self.record(conn, by, &[entry]).await
        })
        .await
    }

    /// What a link for a new password shows. Looking changes nothing.
    ///
    /// # Errors
    /// When there is no such link, or it can no longer be used.
    pub async fn password_reset(&self, token: &SecretToken) -> ServiceResult<ResetView> {
        let mut conn = self.conn().await?;
        let (_, user) = self.open_reset(&mut conn, token).await?;
        Ok(ResetView { email: user.email })
    }

    /// Takes a new password, ends every session of the person, and opens a new one. The link cannot be used
    /// again.
    ///
    /// # Errors
    /// When there is no such link, it can no longer be used, or the password will not do.
    pub async fn reset_password(
        &self,
        token: &SecretToken,
        password: SecretString,
        origin: Origin,
    ) -> ServiceResult<(SessionToken, Actor)> {
        forms::password(&password)?;
        // Before the costly part: whoever has no link does not get to it.
        self.open_reset(&mut *self.conn().await?, token).await?;
        let hash = self.hash_password(password).await?;
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let (link, user) = self.open_reset(conn, token).await?;
            if !link::mark_used(conn, link.id, now).await? {
                return Err(unusable(LinkStanding::Used));
            }
            team::set_password(conn, user.id, &hash).await?;
            let ended = session::delete_of_user(conn, user.id, None).await?;
            let (session, actor) = self
                .begin_session(conn, user, false, origin.clone())
                .await?;
            let entry = Entry::of(AuditAction::PasswordChanged)
                .on("user", actor.user_id)
                .after(json!({ "link": link.id, "sessions_ended": ended }));
            self.record(conn, By::User(&actor), &[entry]).await?;
            Ok((session, actor))
        })
        .await
    }

    async fn open_reset(
        &self,
        conn: &mut db::Connection,
        token: &SecretToken,
    ) -> ServiceResult<(Link, User)> {
        let link = self
            .find_link(conn, token, LinkPurpose::PasswordReset)
            .await?;
        if link.standing != LinkStanding::Open {
            return Err(unusable(link.standing));
        }
        let id = link.user.ok_or(ServiceError::NotFound("link"))?;
        let user = user::active(conn, id).await?;
        // It was sent to an address that may have moved since.
        let user = user.filter(|user| Some(&user.email) == link.email.as_ref());
        let user = user.ok_or(ServiceError::NotFound("link"))?;
        Ok((link, user))
    }
}

fn unusable(standing: LinkStanding) -> ServiceError {
    let why = match standing {
        LinkStanding::Used => "This link was used already.",
        LinkStanding::Expired => "This link has ended.",
        LinkStanding::Open | LinkStanding::Revoked => "A newer link was sent since.",
    };
    ServiceError::Conflict(format!("{why} Ask for a new one."))
}
