//! People and their sessions.

mod email_change;
pub(crate) mod forms;
mod profile;
mod reset;
mod sessions;
mod throttle;

pub use email_change::{EmailChangeView, EmailConfirmed, PendingEmail};
pub use profile::Me;
pub use reset::ResetView;
pub use sessions::SessionView;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use db::AsyncConnection;
use db::models::agency;
use db::models::session::{self, LiveSession, NewSession};
use db::models::team;
use db::models::user::{self, NewUser, User};
use domain::audit::AuditAction;
use domain::{Role, SessionId, UserId};
use rand::Rng;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::actor::{Origin, Reach};
use crate::audit::{self, By, COMMAND_LINE, Entry};
use crate::{Actor, ServiceError, ServiceResult, Services};
use throttle::SIGN_INS;

const SESSION_DAYS: i64 = 30;

/// What a wrong password and an unknown address are answered with, both the same.
pub const SIGN_IN_REFUSED: &str =
    "That email and password do not belong together. Check both and try again.";

/// 256 random bits that open something: a session, as its cookie carries them, or a link. Only their hash is
/// ever stored.
#[derive(Clone)]
pub struct SecretToken(SecretString);

/// The secret id of a session.
pub type SessionToken = SecretToken;

impl SecretToken {
    /// What came with a cookie or an address; anything may have.
    #[must_use]
    pub fn from_untrusted(value: &str) -> Self {
        Self(SecretString::from(value.to_owned()))
    }

    /// For the cookie or the address, and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is stored.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.expose_secret().as_bytes()).into()
    }

    /// A new one.
    #[must_use]
    pub fn generate() -> Self {
        let mut bytes = [0_u8; 32];
        rand::rng().fill_bytes(&mut bytes);
        Self(SecretString::from(URL_SAFE_NO_PAD.encode(bytes)))
    }
}

impl Services {
    /// Signs in. A wrong password and an unknown address are answered alike, in words and in time. Who has
    /// tried too often waits, or comes in by a link for a new password.
    ///
    /// # Errors
    /// [`SIGN_IN_REFUSED`] when they do not belong together; otherwise when it was tried too often.
    pub async fn sign_in(
        &self,
        email: &str,
        password: SecretString,
        origin: Origin,
    ) -> ServiceResult<(SessionToken, Actor)> {
        let tries = self.count_try(&SIGN_INS, email, &origin).await?;
        let found = user::by_email(&mut *self.conn().await?, email.trim()).await?;
        // An unknown address costs a verification too, against a hash that nothing matches.
        let hash = found
            .as_ref()
            .and_then(|user| user.password_hash.clone())
            .unwrap_or_else(nobodys_hash);
        let fits = self.verify_password(password, hash).await?;
        let mut conn = self.conn().await?;
        let user = match found {
            Some(user) if fits => user,
            found => {
                self.record_refused(&mut conn, found, &origin).await?;
                return Err(ServiceError::Invalid(SIGN_IN_REFUSED.to_owned()));
            }
        };
        self.forget_try(&mut conn, tries).await?;
        conn.transaction(async |conn| {
            let (token, actor) = self.begin_session(conn, user, false, origin).await?;
            let entry = Entry::of(AuditAction::SignedIn)
                .on("session", actor.session)
                .after(json!({ "by": "password" }));
            self.record(conn, By::User(&actor), &[entry]).await?;
            Ok((token, actor))
        })
        .await
    }

    /// Writes down that somebody was not let in. What was typed is not kept: people type passwords into the
    /// wrong field.
    async fn record_refused(
        &self,
        conn: &mut db::Connection,
        user: Option<User>,
        origin: &Origin,
    ) -> ServiceResult<()> {
        let name = user.as_ref().map_or("Somebody", |user| user.name.as_str());
        let mut entry = Entry::of(AuditAction::SignInRefused);
        if let Some(user) = &user {
            entry = entry.on("user", user.id);
        }
        self.record(conn, By::Visitor { name, origin }, &[entry])
            .await
    }

    /// Opens a session for a user whom a password or a link has proved.
    pub(crate) async fn begin_session(
        &self,
        conn: &mut db::Connection,
        user: User,
        by_link: bool,
        origin: Origin,
    ) -> ServiceResult<(SessionToken, Actor)> {
        let token = SessionToken::generate();
        let id = SessionId::generate();
        let now = self.clock.now();
        let new = NewSession {
            id_hash: &token.hash(),
            id,
            user: user.id,
            by_link,
            ip: origin.ip.as_deref(),
            agent: origin.agent.as_deref(),
            expires_at: now + Duration::days(SESSION_DAYS),
        };
        session::insert(conn, &new, now).await?;
        team::seen(conn, user.id, now).await?;
        let live = LiveSession {
            id,
            user,
            by_link,
            last_seen_at: now,
        };
        Ok((token, actor(conn, live, origin).await?))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn sign_out(&self, token: &SessionToken, origin: Origin) -> ServiceResult<()> {
        let hash = token.hash();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let live = session::find(conn, &hash, self.clock.now()).await?;
            session::delete(conn, &hash).await?;
            if let Some(live) = live {
                let entry = Entry::of(AuditAction::SignedOut).on("session", live.id);
                let actor = actor(conn, live, origin).await?;
                self.record(conn, By::User(&actor), &[entry]).await?;
            }
            Ok(())
        })
        .await
    }

    /// Who holds this session, if it is alive. Using it keeps it alive. From where they ask is for whoever
    /// knows it to say.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn signed_in(&self, token: &SessionToken) -> ServiceResult<Option<Actor>> {
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        let hash = token.hash();
        let Some(live) = session::find(&mut conn, &hash, now).await? else {
            return Ok(None);
        };
        // A write an hour is enough to know that it is in use.
        if now - live.last_seen_at > Duration::hours(1) {
            session::touch(&mut conn, &hash, now, now + Duration::days(SESSION_DAYS)).await?;
            team::seen(&mut conn, live.user.id, now).await?;
        }
        Ok(Some(actor(&mut conn, live, Origin::default()).await?))
    }

    /// Adds a user, as an operator on the command line does.
    ///
    /// # Errors
    /// When the address or the password will not do, or the address is taken.
    pub async fn add_user(
        &self,
        email: &str,
        name: &str,
        role: Role,
        password: SecretString,
    ) -> ServiceResult<UserId> {
        let (email, name) = (forms::email(email)?, forms::name(name)?);
        forms::password(&password)?;
        let hash = self.hash_password(password).await?;
        let id = UserId::generate();
        let new = NewUser {
            id,
            email,
            name,
            role,
            password_hash: Some(&hash),
            all_clients: role.is_staff(),
            clients: &[],
        };
        let entry = Entry::of(AuditAction::UserAdded)
            .on("user", id)
            .after(json!({ "role": role.as_str(), "all_clients": new.all_clients }));
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        let added = conn
            .transaction(async |conn| {
                user::insert(conn, &new, now).await?;
                audit::write(conn, By::Software(COMMAND_LINE), now, &[entry]).await
            })
            .await;
        match added {
            Err(error) if error.is_duplicate() => Err(ServiceError::Conflict(format!(
                "There is a user with the address {email} already."
            ))),
            other => Ok(other.map(|()| id)?),
        }
    }

    /// The agency's name.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn agency_name(&self) -> ServiceResult<String> {
        Ok(agency::name(&mut *self.conn().await?).await?)
    }

    pub(crate) async fn hash_password(&self, password: SecretString) -> ServiceResult<String> {
        let _slot = self
            .password_slots
            .acquire()
            .await
            .map_err(ServiceError::internal)?;
        tokio::task::spawn_blocking(move || {
            Argon2::default()
                .hash_password(password.expose_secret().as_bytes())
                .map(|hash| hash.to_string())
        })
        .await
        .map_err(ServiceError::internal)?
        .map_err(|error| ServiceError::internal(error.to_string()))
    }

    pub(crate) async fn verify_password(
        &self,
        password: SecretString,
        hash: String,
    ) -> ServiceResult<bool> {
        let _slot = self
            .password_slots
            .acquire()
            .await
            .map_err(ServiceError::internal)?;
        tokio::task::spawn_blocking(move || {
            let hash = PasswordHash::new(&hash)
                .map_err(|error| ServiceError::internal(error.to_string()))?;
            Ok(Argon2::default()
                .verify_password(password.expose_secret().as_bytes(), &hash)
                .is_ok())
        })
        .await
        .map_err(ServiceError::internal)?
    }
}

async fn actor(
    conn: &mut db::Connection,
    live: LiveSession,
    origin: Origin,
) -> ServiceResult<Actor> {
    let LiveSession {
        id, user, by_link, ..
    } = live;
    let reach = if user.all_clients {
        Reach::Every
    } else {
        Reach::Only(user::clients_of(conn, user.id).await?)
    };
    Ok(Actor {
        user_id: user.id,
        name: user.name,
        email: user.email,
        role: user.role,
        reach,
        session: id,
        by_link,
        origin,
    })
}

/// A well-formed argon2id hash with the same costs as a real one, which no password fits.
fn nobodys_hash() -> String {
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGhlcmU$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        .to_owned()
}
