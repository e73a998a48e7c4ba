//! Access tokens: opened when needed, renewed before they end, never spent twice.

use std::time::Duration as Pause;

use chrono::{DateTime, Duration, Utc};
use connectors::{Connector, ErrorKind, PlatformError, Renewal, TokenSet};
use db::AsyncConnection;
use db::models::connection::{self, Connection, SealedTokens};
use db::models::{account, event};
use domain::account::AccountStatus;
use domain::audit::AuditAction;
use domain::history::Tone;
use domain::{AccountId, ClientId, Platform};
use secrecy::SecretString;
use serde_json::json;

use crate::audit::{ACCOUNTS, By, Entry};
use crate::{ServiceError, ServiceResult, Services};

/// A token with less than this left is renewed before it is used (TikTok's may last only two hours).
const MARGIN: Duration = Duration::minutes(30);
/// Of a token that lives shorter, a quarter of its life.
const PART_OF_LIFE: i32 = 4;
/// So much before that, tokens are renewed in the background, so that no post has to wait for it.
const AHEAD: Duration = Duration::minutes(10);
/// A post due within this time makes its account's tokens worth renewing in the background.
const NEEDED_SOON: Duration = Duration::hours(2);
/// Nobody having used an account for so long, its access is tried, to notice early that it is gone.
const UNTOUCHED: Duration = Duration::hours(24);
/// How long after a failure the background tries again.
const TRY_AGAIN: Duration = Duration::minutes(5);
/// How many are renewed in the background at a time.
const AT_A_TIME: i64 = 50;
/// How long one worker may take to renew before another may try.
const LOCK: Duration = Duration::seconds(90);
/// How often, and how long at a time, the others wait for the one who renews.
const WAITS: u32 = 40;
const WAIT: Pause = Pause::from_millis(250);

/// An opened connection.
pub struct Access {
    /// For the platform and nobody else.
    pub token: SecretString,
    /// The account's id within our app.
    pub platform_user_id: String,
    /// Whatever else the platform's session needs; for its connector and nobody else.
    pub session: Option<SecretString>,
    /// Until then it can be used without another look.
    pub lasts_until: DateTime<Utc>,
}

impl Access {
    /// As connectors take it.
    #[must_use]
    pub fn lend(&self) -> connectors::Access<'_> {
        connectors::Access {
            access_token: &self.token,
            platform_user_id: &self.platform_user_id,
            session: self.session.as_ref(),
        }
    }
}

/// Which account, and how to reach its platform.
#[derive(Clone, Copy, Debug)]
pub struct AccountRef {
    /// The account.
    pub id: AccountId,
    /// Its client.
    pub client: ClientId,
    /// Its platform.
    pub platform: Platform,
}

impl Services {
    /// An access token that lasts for a while. `refused` says when a platform has just refused the
    /// token that was stored at that time: it is renewed whatever its expiry says.
    ///
    /// # Errors
    /// A platform error: [`ErrorKind::Reauthorise`] when the account has to be connected again, and
    /// then the account is marked; anything else passes, and the account stays as it is.
    pub async fn access(
        &self,
        account: AccountRef,
        refused: Option<DateTime<Utc>>,
    ) -> ServiceResult<Access> {
        let connector = self.connector(account.platform)?;
        for _ in 0..WAITS {
            let now = self.clock.now();
            let stored = self.stored(account.id).await?;
            let is_refused = refused.is_some_and(|at| stored.refreshed_at <= at);
            if !is_refused && lasts_until(&stored) > now {
                return self.open(&stored);
            }
            let mut conn = self.conn().await?;
            let mine = connection::lock_refresh(&mut conn, account.id, now, now + LOCK).await?;
            drop(conn);
            if mine {
                // Somebody may have finished between our look and our lock.
                let current = self.stored(account.id).await?;
                if current.refreshed_at != stored.refreshed_at {
                    connection::unlock_refresh(&mut *self.conn().await?, account.id).await?;
                    continue;
                }
                return self
                    .renew(connector.as_ref(), account, &current, is_refused)
                    .await;
            }
            if !is_refused && stored.access_expires_at > now {
                // Good for a little longer; whoever renews it will be done by then.
                return self.open(&stored);
            }
            tokio::time::sleep(WAIT).await;
        }
        Err(PlatformError::new(
            ErrorKind::RetryLater,
            format!(
                "Access to {} is being renewed and takes unusually long. Try again in a minute.",
                account.platform
            ),
        )
        .into())
    }

    /// Renews what will be needed soon, before anybody waits for it. Returns how many were renewed.
    ///
    /// # Errors
    /// When the database cannot be reached; the next look tries again.
    pub async fn renew_ahead(&self) -> ServiceResult<usize> {
        let now = self.clock.now();
        let due = connection::to_renew(
            &mut *self.conn().await?,
            now,
            now + NEEDED_SOON,
            now - UNTOUCHED,
            AT_A_TIME,
        )
        .await?;
        let mut renewed = 0;
        for (id, client, platform) in due {
            let on = AccountRef {
                id,
                client,
                platform,
            };
            match self.renew_one_ahead(on).await {
                Ok(true) => renewed += 1,
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(account = %id, %error, "renewing ahead failed; tries again");
                    let needs_person = matches!(
                        &error,
                        ServiceError::Platform(error) if error.kind == ErrorKind::Reauthorise
                    );
                    if !needs_person {
                        let at = Some(self.clock.now() + TRY_AGAIN);
                        connection::renew_next_at(&mut *self.conn().await?, id, at).await?;
                    }
                }
            }
        }
        Ok(renewed)
    }

    async fn renew_one_ahead(&self, on: AccountRef) -> ServiceResult<bool> {
        let connector = self.connector(on.platform)?;
        let stored = self.stored(on.id).await?;
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        if stored.refresh_token.is_none() {
            // Nothing to renew it with; it is noticed when the token ends.
            connection::renew_next_at(&mut conn, on.id, None).await?;
            return Ok(false);
        }
        if !connection::lock_refresh(&mut conn, on.id, now, now + LOCK).await? {
            return Ok(false);
        }
        drop(conn);
        let current = self.stored(on.id).await?;
        if current.refreshed_at != stored.refreshed_at {
            connection::unlock_refresh(&mut *self.conn().await?, on.id).await?;
            return Ok(false);
        }
        self.renew(connector.as_ref(), on, &current, true).await?;
        Ok(true)
    }

    /// The connector of a platform.
    ///
    /// # Errors
    /// When this server has none for it.
    pub fn connector(&self, platform: Platform) -> ServiceResult<std::sync::Arc<dyn Connector>> {
        self.connectors.get(platform).ok_or_else(|| {
            ServiceError::Conflict(format!(
                "This server is not set up for {platform}. See the README on how to do it."
            ))
        })
    }

    async fn stored(&self, account: AccountId) -> ServiceResult<Connection> {
        connection::find(&mut *self.conn().await?, account)
            .await?
            .ok_or_else(|| {
                PlatformError::new(
                    ErrorKind::Reauthorise,
                    "The account is no longer connected. Connect it again.",
                )
                .into()
            })
    }

    async fn renew(
        &self,
        connector: &dyn Connector,
        account: AccountRef,
        stored: &Connection,
        is_refused: bool,
    ) -> ServiceResult<Access> {
        let now = self.clock.now();
        let refreshed = match &stored.refresh_token {
            None => Err(PlatformError::new(
                ErrorKind::Reauthorise,
                format!(
                    "{} gave no way to renew its access. Connect the account again.",
                    account.platform
                ),
            )),
            Some(sealed) => {
                let opened = self
                    .vault
                    .open_secret(sealed, &place(account.id, "refresh_token"))
                    .map_err(ServiceError::internal)?;
                let session = self.open_session(stored)?;
                connector
                    .refresh(Renewal {
                        refresh_token: &opened,
                        platform_user_id: &stored.platform_user_id,
                        session: session.as_ref(),
                    })
                    .await
            }
        };
        let error = match refreshed {
            Ok(tokens) => {
                // Stored before it is used: the old refresh token may be dead by now.
                let sealed = self.seal_tokens(account.id, &tokens, &stored.scopes)?;
                let kept = connection::store(
                    &mut *self.conn().await?,
                    account.id,
                    &sealed,
                    self.clock.now(),
                )
                .await?;
                if kept {
                    let session = match tokens.session {
                        Some(session) => Some(session),
                        None => self.open_session(stored)?,
                    };
                    return Ok(Access {
                        token: tokens.access_token,
                        platform_user_id: stored.platform_user_id.clone(),
                        lasts_until: sealed.access_expires_at
                            - margin(sealed.access_expires_at - now),
                        session,
                    });
                }
                PlatformError::new(
                    ErrorKind::Reauthorise,
                    "The account was disconnected just now.",
                )
            }
            Err(error) => error,
        };
        connection::unlock_refresh(&mut *self.conn().await?, account.id).await?;
        if error.kind == ErrorKind::Reauthorise {
            self.mark_needs_reconnecting(account, &error).await?;
        } else if !is_refused && stored.access_expires_at > now {
            // A hiccup while the old token still works is not worth stopping for.
            tracing::warn!(account = %account.id, %error, "renewing failed; the old token still works");
            return self.open(stored);
        }
        Err(error.into())
    }

    /// Marks that a platform refuses an account, and tells its history.
    pub(crate) async fn mark_needs_reconnecting(
        &self,
        on: AccountRef,
        error: &PlatformError,
    ) -> ServiceResult<()> {
        let told = event::NewEvent {
            client: on.client,
            account: Some(on.id),
            post: None,
            delivery: None,
            attempt: None,
            at: self.clock.now(),
            actor: None,
            kind: "needs_reconnecting",
            tone: Tone::Bad,
            title: format!("{} stopped accepting our access", on.platform),
            detail: error.message.clone(),
            platform_words: error.platform_words.clone(),
            duration_ms: None,
        };
        let entry = Entry::of(AuditAction::AccountRefused)
            .at(on.client)
            .on("account", on.id)
            .after(json!({
                "platform": on.platform.as_str(),
                "status": AccountStatus::NeedsReconnecting.as_str(),
            }));
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let is_news = account::needs_reconnecting(conn, on.id, &error.message).await?;
            connection::renew_next_at(conn, on.id, None).await?;
            event::append(conn, &[told]).await?;
            if is_news {
                self.record(conn, By::Software(ACCOUNTS), &[entry]).await?;
                self.tell_refused(conn, on, &error.message).await?;
            }
            Ok(())
        })
        .await
    }

    pub(crate) fn seal_tokens(
        &self,
        account: AccountId,
        tokens: &TokenSet,
        known_scopes: &[String],
    ) -> ServiceResult<SealedTokens> {
        let now = self.clock.now();
        let ends = |seconds: u64| {
            now + Duration::seconds(
                i64::try_from(seconds)
                    .unwrap_or(i64::MAX / 4000)
                    .min(4_000_000_000),
            )
        };
        let seal = |token: &SecretString, column| {
            self.vault
                .seal_secret(token, &place(account, column))
                .map_err(ServiceError::internal)
        };
        let access_expires_at = ends(tokens.expires_in);
        Ok(SealedTokens {
            scopes: if tokens.scopes.is_empty() {
                known_scopes.to_vec()
            } else {
                tokens.scopes.clone()
            },
            access_token: seal(&tokens.access_token, "access_token")?,
            access_expires_at,
            refresh_token: tokens
                .refresh_token
                .as_ref()
                .map(|token| seal(token, "refresh_token"))
                .transpose()?,
            refresh_expires_at: tokens.refresh_expires_in.map(ends),
            renew_at: access_expires_at
                - margin(access_expires_at - now)
                - AHEAD.min((access_expires_at - now) / 8),
            session: tokens
                .session
                .as_ref()
                .map(|session| seal(session, "session"))
                .transpose()?,
        })
    }

    pub(crate) fn open(&self, stored: &Connection) -> ServiceResult<Access> {
        let opened = self.vault.open_secret(
            &stored.access_token,
            &place(stored.account_id, "access_token"),
        );
        Ok(Access {
            token: opened.map_err(ServiceError::internal)?,
            platform_user_id: stored.platform_user_id.clone(),
            lasts_until: lasts_until(stored),
            session: self.open_session(stored)?,
        })
    }

    /// The access token of a connection that was just read; `None` when it has to be renewed first.
    pub(crate) fn access_of(&self, stored: &Connection) -> ServiceResult<Option<Access>> {
        if lasts_until(stored) > self.clock.now() {
            self.open(stored).map(Some)
        } else {
            Ok(None)
        }
    }

    fn open_session(&self, stored: &Connection) -> ServiceResult<Option<SecretString>> {
        let place = place(stored.account_id, "session");
        let sealed = stored.session.as_deref();
        sealed
            .map(|sealed| self.vault.open_secret(sealed, &place))
            .transpose()
            .map_err(ServiceError::internal)
    }
}

/// How much before its end a token that lives so long is renewed.
fn margin(life: Duration) -> Duration {
    MARGIN.min(life / PART_OF_LIFE)
}

/// Until when the stored access token is used as it is.
fn lasts_until(stored: &Connection) -> DateTime<Utc> {
    stored.access_expires_at - margin(stored.access_expires_at - stored.refreshed_at)
}

/// What binds a sealed token to its row and column.
pub(crate) fn place(account: AccountId, column: &str) -> String {
    format!("connections/{account}/{column}")
}
