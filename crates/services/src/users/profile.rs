//! One's own name and password.

use db::AsyncConnection;
use db::models::link;
use db::models::{session, team, user};
use domain::audit::AuditAction;
use domain::link::LinkPurpose;
use domain::{Permission, Role};
use secrecy::SecretString;
use serde_json::json;

use super::email_change::PendingEmail;
use super::forms;
use super::throttle::PRESENT_PASSWORDS;
use crate::audit::{By, Entry};
use crate::{Actor, ServiceError, ServiceResult, Services};

/// Oneself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// The name shown to others.
    pub name: String,
    /// The address to sign in with.
    pub email: String,
    /// What one may do.
    pub role: Role,
    /// Whether there is a password; who has none comes by links from mails.
    pub has_password: bool,
    /// The address that is to be, while it waits to be confirmed.
    pub pending: Option<PendingEmail>,
}

impl Services {
    /// Oneself.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn me(&self, actor: &Actor) -> ServiceResult<Me> {
        actor.require(Permission::ManageSelf)?;
        let mut conn = self.conn().await?;
        let hash = self.own_hash(&mut conn, actor).await?;
        Ok(Me {
            name: actor.name.clone(),
            email: actor.email.clone(),
            role: actor.role,
            has_password: hash.is_some(),
            pending: self.pending_email(&mut conn, actor).await?,
        })
    }

    /// Changes one's own name.
    ///
    /// # Errors
    /// When it will not do.
    pub async fn change_my_name(&self, actor: &Actor, name: &str) -> ServiceResult<()> {
        actor.require(Permission::ManageSelf)?;
        let name = forms::name(name)?;
        if name == actor.name {
            return Ok(());
        }
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            team::set_name(conn, actor.user_id, name).await?;
            let entry = Entry::of(AuditAction::ProfileChanged)
                .on("user", actor.user_id)
                .before(json!({ "name": actor.name }))
                .after(json!({ "name": name }));
            self.record(conn, By::User(actor), &[entry]).await
        })
        .await
    }

    /// Changes one's own password, and ends one's other sessions.
    ///
    /// # Errors
    /// When the present one is wrong, or the new one will not do.
    pub async fn change_my_password(
        &self,
        actor: &Actor,
        present: SecretString,
        new: SecretString,
    ) -> ServiceResult<()> {
        actor.require(Permission::ManageSelf)?;
        forms::password(&new)?;
        self.prove_password(actor, present).await?;
        let hash = self.hash_password(new).await?;
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            team::set_password(conn, actor.user_id, &hash).await?;
            // A link that was asked for before opens nothing any more.
            link::revoke_of_user(conn, actor.user_id, LinkPurpose::PasswordReset, now).await?;
            let ended = session::delete_of_user(conn, actor.user_id, Some(actor.session)).await?;
            let entry = Entry::of(AuditAction::PasswordChanged)
                .on("user", actor.user_id)
                .after(json!({ "sessions_ended": ended }));
            self.record(conn, By::User(actor), &[entry]).await
        })
        .await
    }

    /// Lets pass whoever knows the present password.
    ///
    /// # Errors
    /// When it is wrong, was tried too often, or there is none.
    pub(super) async fn prove_password(
        &self,
        actor: &Actor,
        present: SecretString,
    ) -> ServiceResult<()> {
        let tries = self
            .count_try(&PRESENT_PASSWORDS, &actor.email, &actor.origin)
            .await?;
        let hash = self.own_hash(&mut *self.conn().await?, actor).await?;
        let Some(hash) = hash else {
            return Err(ServiceError::Conflict(
                "You have no password yet. Have a link sent to you, and choose one.".to_owned(),
            ));
        };
        if !self.verify_password(present, hash).await? {
            return Err(ServiceError::Invalid(
                "That is not your present password.".to_owned(),
            ));
        }
        self.forget_try(&mut *self.conn().await?, tries).await
    }

    pub(super) async fn own_hash(
        &self,
        conn: &mut db::Connection,
        actor: &Actor,
    ) -> ServiceResult<Option<String>> {
        let found = user::active(conn, actor.user_id).await?;
        Ok(found.and_then(|user| user.password_hash))
    }
}
