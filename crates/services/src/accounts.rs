//! Linking, showing and purging accounts.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use connectors::{Connector, ErrorKind, Profile, TokenSet};
use db::models::account::{self, AccountProfile};
pub use db::models::account::{Account, AccountHealth};
use db::models::event::{self, NewEvent};
use db::models::{connection, delivery, oauth_attempt};
use db::{AsyncConnection, DbError};
use domain::account::AccountStatus;
use domain::history::Tone;
use domain::state::Transition;
use domain::tiktok::CreatorInfo;
use domain::{AccountId, ClientId, DeliveryState, Platform};
use rand::Rng;
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use crate::tokens::AccountRef;
use crate::users::SessionToken;
use crate::{Actor, ServiceError, ServiceResult, Services};

/// How long a person may take on the platform's consent page.
const CONSENT: Duration = Duration::minutes(15);

/// What a platform's consent page sent the browser back with.
#[derive(Clone, Debug, Default)]
pub struct ConsentReply {
    /// The code to trade for tokens.
    pub code: Option<String>,
    /// What we sent along.
    pub state: Option<String>,
    /// Set when the person refused or may not.
    pub error: Option<String>,
}

/// An account that was connected.
#[derive(Clone, Debug)]
pub struct Connected {
    /// For which client.
    pub client: ClientId,
    /// Which account.
    pub account: AccountId,
    /// How it is called.
    pub name: String,
    /// Whether it was known already.
    pub again: bool,
}

/// Why no account was connected, and for which client, so that the page can be shown there.
#[derive(Debug)]
pub struct ConnectFailure {
    /// For which client, once that is known.
    pub client: Option<ClientId>,
    /// Why.
    pub error: ServiceError,
}

/// What a disconnect will do, or has done.
#[derive(Clone, Debug)]
pub struct DisconnectPlan {
    /// The account.
    pub account: Account,
    /// The account with its health.
    pub health: AccountHealth,
    /// What is typed to confirm.
    pub confirmation: String,
    /// How many scopes are granted.
    pub scopes: usize,
    /// Posts that were published and stay on the platform.
    pub published: i64,
    /// Posts that will not go out.
    pub waiting: i64,
}

/// What was done, checked after the fact.
#[derive(Clone, Debug)]
pub struct DisconnectReceipt {
    /// How the account was called.
    pub name: String,
    /// Its platform.
    pub platform: Platform,
    /// When the purge was committed.
    pub at: DateTime<Utc>,
    /// Whether the platform confirmed that access is revoked, or why not.
    pub revoked: Result<(), String>,
    /// Deliveries that were cancelled.
    pub cancelled: usize,
    /// Deliveries that had left already and whose outcome can no longer be asked for.
    pub unknown: usize,
    /// Whether a look afterwards found no tokens and no name left.
    pub nothing_left: bool,
}

impl Services {
    /// The linked accounts of a client with their health.
    ///
    /// # Errors
    /// When the client is not this person's to see.
    pub async fn accounts(
        &self,
        actor: &Actor,
        client: ClientId,
    ) -> ServiceResult<Vec<AccountHealth>> {
        let client = self.client_row(actor, client).await?;
        Ok(account::health(&mut *self.conn().await?, client.id).await?)
    }

    /// Whether a client has any account yet.
    ///
    /// # Errors
    /// When the client is not this person's to see.
    pub async fn has_accounts(&self, actor: &Actor, client: ClientId) -> ServiceResult<bool> {
        actor.require_staff()?;
        Ok(!account::linked(&mut *self.conn().await?, client)
            .await?
            .is_empty())
    }

    /// One account of a client.
    ///
    /// # Errors
    /// When there is none with this id, or it is not this person's to see.
    pub async fn account(
        &self,
        actor: &Actor,
        client: ClientId,
        id: AccountId,
    ) -> ServiceResult<Account> {
        actor.require_staff()?;
        let found = account::find(&mut *self.conn().await?, client, id).await?;
        found.ok_or(ServiceError::NotFound("account"))
    }

    /// Begins to connect an account: the address of the platform's own consent page.
    ///
    /// # Errors
    /// When this server is not set up for the platform.
    pub async fn begin_connect(
        &self,
        actor: &Actor,
        session: &SessionToken,
        client: ClientId,
        platform: Platform,
    ) -> ServiceResult<url::Url> {
        let client = self.client_row(actor, client).await?;
        let connector = self.connector(platform)?;
        let mut random = [0_u8; 32];
        rand::rng().fill_bytes(&mut random);
        let state = URL_SAFE_NO_PAD.encode(random);
        let authorization = connector.authorize(&state, &self.redirect_uri(platform)?)?;
        let state_hash = Sha256::digest(&state);
        let verifier = authorization
            .pkce_verifier
            .map(|verifier| {
                self.vault
                    .seal_secret(&verifier, &verifier_place(&state_hash))
            })
            .transpose()
            .map_err(ServiceError::internal)?;
        oauth_attempt::insert(
            &mut *self.conn().await?,
            &state_hash,
            &session.hash(),
            client.id,
            platform,
            verifier.as_deref(),
            self.clock.now() + CONSENT,
        )
        .await?;
        Ok(authorization.url)
    }

    /// Finishes to connect: the state must be the one this session was given, and works once.
    ///
    /// # Errors
    /// A sentence for the person, and the client's page to show it on.
    pub async fn finish_connect(
        &self,
        actor: &Actor,
        session: &SessionToken,
        platform: Platform,
        reply: ConsentReply,
    ) -> Result<Connected, ConnectFailure> {
        let nowhere = |error| ConnectFailure {
            client: None,
            error,
        };
        let stale = || {
            nowhere(ServiceError::Invalid(format!(
                "This answer from {platform} was used already, is too old, or began in another browser. Connect the account again."
            )))
        };
        actor.require_staff().map_err(nowhere)?;
        let state = reply.state.as_deref().ok_or_else(stale)?;
        let state_hash = Sha256::digest(state);
        let mut conn = self.conn().await.map_err(nowhere)?;
        let attempt =
            oauth_attempt::take(&mut conn, &state_hash, &session.hash(), self.clock.now())
                .await
                .map_err(|error| nowhere(error.into()))?
                .filter(|attempt| attempt.platform == platform)
                .ok_or_else(stale)?;
        drop(conn);
        let client = attempt.client_id;
        let here = |error| ConnectFailure {
            client: Some(client),
            error,
        };
        let verifier = attempt
            .pkce_verifier
            .map(|sealed| {
                self.vault
                    .open_secret(&sealed, &verifier_place(&state_hash))
            })
            .transpose()
            .map_err(|error| here(ServiceError::internal(error)))?;
        self.link(actor, client, platform, reply, verifier)
            .await
            .map_err(here)
    }

    async fn link(
        &self,
        actor: &Actor,
        client: ClientId,
        platform: Platform,
        reply: ConsentReply,
        verifier: Option<SecretString>,
    ) -> ServiceResult<Connected> {
        let connector = self.connector(platform)?;
        if let Some(error) = reply.error {
            tracing::info!(%platform, %error, "a consent was refused");
            return Err(ServiceError::Invalid(format!(
                "{platform} did not grant access: it was refused on their page. Connect again and choose “Continue” there."
            )));
        }
        let code = reply.code.filter(|code| !code.is_empty()).ok_or_else(|| {
            ServiceError::Invalid(format!(
                "{platform} sent no code back. Connect the account again."
            ))
        })?;
        let tokens = connector
            .exchange(&code, &self.redirect_uri(platform)?, verifier.as_ref())
            .await?;
        let missing: Vec<&str> = connector
            .required_scopes()
            .iter()
            .copied()
            .filter(|scope| !tokens.scopes.iter().any(|granted| granted == scope))
            .collect();
        if !missing.is_empty() {
            self.hand_back(connector.as_ref(), platform, &tokens)
                .await?;
            return Err(ServiceError::Invalid(format!(
                "{platform} granted less than AutoPost needs: {} is missing. Connect again and leave it switched on.",
                missing.join(", ")
            )));
        }
        let profile = connector.profile(&tokens.access_token).await?;
        self.store_account(actor, client, connector.as_ref(), tokens, profile)
            .await
    }

    /// Gives back what cannot be used, unless the same person's working connection would go with it.
    async fn hand_back(
        &self,
        connector: &dyn Connector,
        platform: Platform,
        tokens: &TokenSet,
    ) -> ServiceResult<()> {
        let known = match &tokens.platform_user_id {
            Some(user) => connection::owner(&mut *self.conn().await?, platform, user)
                .await?
                .is_some(),
            None => false,
        };
        if !known && let Err(error) = connector.revoke(&tokens.access_token).await {
            tracing::info!(%error, "tokens that were not kept could not be revoked");
        }
        Ok(())
    }

    async fn store_account(
        &self,
        actor: &Actor,
        client: ClientId,
        connector: &dyn Connector,
        tokens: TokenSet,
        profile: Profile,
    ) -> ServiceResult<Connected> {
        let platform = connector.platform();
        let user = profile.platform_user_id.clone();
        let owner = connection::owner(&mut *self.conn().await?, platform, &user).await?;
        if owner.is_some_and(|(_, owner)| owner != client) {
            return Err(ServiceError::Conflict(format!(
                "This {platform} account is connected for another client already. Disconnect it there first."
            )));
        }
        let again = owner.map(|(account, _)| account);
        let id = again.unwrap_or_else(AccountId::generate);
        let avatar_key = self.copy_avatar(connector, id, &profile).await;
        let sealed = self.seal_tokens(id, &tokens, &[])?;
        let now = self.clock.now();
        let name = account_name(profile.handle.as_deref(), Some(&profile.nickname));
        let known = AccountProfile {
            nickname: &profile.nickname,
            handle: profile.handle.as_deref(),
            avatar_key: avatar_key.as_deref(),
        };
        let told = NewEvent {
            client,
            account: Some(id),
            post: None,
            delivery: None,
            attempt: None,
            at: now,
            actor: Some(actor.user_id),
            kind: if again.is_some() {
                "reconnected"
            } else {
                "connected"
            },
            tone: Tone::Good,
            title: format!(
                "{} {platform}",
                if again.is_some() {
                    "Reconnected"
                } else {
                    "Connected"
                }
            ),
            // No name: the history outlives the account.
            detail: format!("Granted: {}.", sealed.scopes.join(", ")),
            platform_words: None,
            duration_ms: None,
        };
        let mut conn = self.conn().await?;
        let stored = conn
            .transaction(async |conn| {
                if again.is_some() {
                    account::reconnect(conn, id, &known, now).await?;
                    connection::store(conn, id, &sealed, now).await?;
                } else {
                    account::insert(conn, id, client, platform, &known, now).await?;
                    connection::insert(conn, id, platform, &user, &sealed, now).await?;
                }
                event::append(conn, std::slice::from_ref(&told)).await
            })
            .await;
        match stored {
            Err(error) if error.is_duplicate() => Err(ServiceError::Conflict(format!(
                "This {platform} account was connected by somebody else just now."
            ))),
            other => Ok(other.map(|()| Connected {
                client,
                account: id,
                name,
                again: again.is_some(),
            })?),
        }
    }

    /// Copies the avatar; an account without one is still an account.
    async fn copy_avatar(
        &self,
        connector: &dyn Connector,
        id: AccountId,
        profile: &Profile,
    ) -> Option<String> {
        let address = profile.avatar_url.as_deref()?;
        let bytes = match connector.avatar(address).await {
            Ok(bytes) => bytes,
            Err(error) => {
                tracing::info!(%error, "an avatar could not be copied");
                return None;
            }
        };
        if !infer::is_image(&bytes) {
            tracing::info!("an avatar is not a picture");
            return None;
        }
        let hash = hex::encode(&Sha256::digest(&bytes)[..8]);
        match self.media.keep_avatar(id, &hash, &bytes).await {
            Ok(key) => Some(key),
            Err(error) => {
                tracing::warn!(%error, "an avatar could not be kept");
                None
            }
        }
    }

    /// What the account allows at this moment, asked of the platform.
    ///
    /// # Errors
    /// As the platform answers; a refusal marks the account.
    pub async fn creator_info(
        &self,
        actor: &Actor,
        client: ClientId,
        id: AccountId,
    ) -> ServiceResult<CreatorInfo> {
        let account = self.account(actor, client, id).await?;
        self.ask_creator_info(AccountRef {
            id,
            client,
            platform: account.platform,
        })
        .await
    }

    pub(crate) async fn ask_creator_info(&self, on: AccountRef) -> ServiceResult<CreatorInfo> {
        let connector = self.connector(on.platform)?;
        let asked_at = self.clock.now();
        let access = self.access(on, None).await?;
        match connector.creator_info(&access.token).await {
            Err(error) if error.kind == ErrorKind::RefreshToken => {
                let access = self.access(on, Some(asked_at)).await?;
                Ok(connector.creator_info(&access.token).await?)
            }
            Err(error) if error.kind == ErrorKind::Reauthorise => {
                self.mark_needs_reconnecting(on, &error).await?;
                Err(error.into())
            }
            other => Ok(other?),
        }
    }

    /// What a disconnect will do.
    ///
    /// # Errors
    /// When the account is not this person's to see, or disconnected already.
    pub async fn disconnect_plan(
        &self,
        actor: &Actor,
        client: ClientId,
        id: AccountId,
    ) -> ServiceResult<DisconnectPlan> {
        let account = self.account(actor, client, id).await?;
        if account.status == AccountStatus::Disconnected {
            return Err(ServiceError::Conflict(
                "This account is disconnected already.".to_owned(),
            ));
        }
        let mut conn = self.conn().await?;
        let health = account::health(&mut conn, client)
            .await?
            .into_iter()
            .find(|health| health.account.id == id);
        let health = health.ok_or(ServiceError::NotFound("account"))?;
        let (published, waiting) = delivery::counts_of_account(&mut conn, id).await?;
        let confirmation = account
            .handle
            .clone()
            .or_else(|| account.nickname.clone())
            .unwrap_or_default();
        Ok(DisconnectPlan {
            account,
            confirmation,
            scopes: health.scopes.len(),
            health,
            published,
            waiting,
        })
    }

    /// Disconnects: asks the platform to revoke, and whatever it answers purges tokens and connection
    /// metadata in one transaction, cancels what was scheduled, keeps the history.
    ///
    /// # Errors
    /// When the typed name is not the account's, or the database cannot be reached.
    pub async fn disconnect(
        &self,
        actor: &Actor,
        client: ClientId,
        id: AccountId,
        typed: &str,
    ) -> ServiceResult<DisconnectReceipt> {
        let plan = self.disconnect_plan(actor, client, id).await?;
        if typed.trim().trim_start_matches('@') != plan.confirmation {
            return Err(ServiceError::Invalid(format!(
                "Type {} to confirm.",
                plan.confirmation
            )));
        }
        let platform = plan.account.platform;
        let revoked = self.revoke(id, platform).await;
        let now = self.clock.now();
        let told = NewEvent {
            client,
            account: Some(id),
            post: None,
            delivery: None,
            attempt: None,
            at: now,
            actor: Some(actor.user_id),
            kind: "disconnected",
            tone: Tone::Neutral,
            title: format!("Disconnected {platform}"),
            detail: match &revoked {
                Ok(()) => format!(
                    "{platform} confirmed that access is revoked. Tokens and profile were purged."
                ),
                Err(reason) => format!(
                    "Tokens and profile were purged. {platform} did not confirm the revoking: {reason}"
                ),
            },
            platform_words: None,
            duration_ms: None,
        };
        let mut conn = self.conn().await?;
        let (cancelled, unknown) = conn
            .transaction(async |conn| {
                connection::delete(conn, id).await?;
                account::purge(conn, id, now).await?;
                let mut counts = (0, 0);
                let mut events = vec![told.clone()];
                for delivery in delivery::unsettled_of_account_for_update(conn, id).await? {
                    let state = delivery.state.after(Transition::Cancel).unwrap_or(delivery.state);
                    let problem = match state {
                        DeliveryState::Unknown => {
                            counts.1 += 1;
                            Some("The account was disconnected while this was on its way: look at the profile to see whether it is there.")
                        }
                        DeliveryState::Cancelled => {
                            counts.0 += 1;
                            Some("The account was disconnected.")
                        }
                        _ => None,
                    };
                    delivery::set_aside(conn, delivery.id, state, problem, now).await?;
                    if let Some(problem) = problem {
                        events.push(NewEvent {
                            post: Some(delivery.post_id),
                            delivery: Some(delivery.id),
                            attempt: (delivery.attempt > 0).then_some(delivery.attempt),
                            kind: state.as_str(),
                            tone: if state == DeliveryState::Unknown { Tone::Bad } else { Tone::Neutral },
                            title: if state == DeliveryState::Unknown { "Lost track" } else { "Cancelled" }.to_owned(),
                            detail: problem.to_owned(),
                            ..told.clone()
                        });
                    }
                }
                event::append(conn, &events).await?;
                Ok::<_, DbError>(counts)
            })
            .await?;
        if let Some(key) = &plan.account.avatar_key {
            self.media
                .delete_avatar(key)
                .await
                .map_err(ServiceError::internal)?;
        }
        let left = connection::find(&mut conn, id).await?.is_some();
        let named = account::find(&mut conn, client, id)
            .await?
            .is_some_and(|account| {
                account.nickname.is_some()
                    || account.handle.is_some()
                    || account.avatar_key.is_some()
            });
        Ok(DisconnectReceipt {
            name: account_name(
                plan.account.handle.as_deref(),
                plan.account.nickname.as_deref(),
            ),
            platform,
            at: now,
            revoked,
            cancelled,
            unknown,
            nothing_left: !left && !named,
        })
    }

    /// Asks the platform to revoke; what it answers is told, and stops nothing.
    async fn revoke(&self, id: AccountId, platform: Platform) -> Result<(), String> {
        let internal = |error: ServiceError| error.to_string();
        let connector = self.connector(platform).map_err(internal)?;
        let stored = connection::find(&mut *self.conn().await.map_err(internal)?, id)
            .await
            .map_err(|error| internal(error.into()))?
            .ok_or_else(|| "there were no tokens left to revoke.".to_owned())?;
        let token = self
            .vault
            .open_secret(
                &stored.access_token,
                &crate::tokens::place(id, "access_token"),
            )
            .map_err(|_| "the stored token could not be opened.".to_owned())?;
        connector
            .revoke(&token)
            .await
            .map_err(|error| error.message)
    }

    /// Where platforms send the browser back to.
    ///
    /// # Errors
    /// When the public address cannot carry a path.
    pub fn redirect_uri(&self, platform: Platform) -> ServiceResult<url::Url> {
        let path = format!("oauth/{}/callback", platform.as_str());
        self.settings
            .public_url
            .join(&path)
            .map_err(ServiceError::internal)
    }
}

/// "@kestrelcoffee", or the nickname where there is no handle, or what is left after a purge.
#[must_use]
pub fn account_name(handle: Option<&str>, nickname: Option<&str>) -> String {
    match (handle, nickname) {
        (Some(handle), _) => format!("@{handle}"),
        (None, Some(nickname)) => nickname.to_owned(),
        (None, None) => "Disconnected account".to_owned(),
    }
}

fn verifier_place(state_hash: &[u8]) -> String {
    format!("oauth_attempts/{}/pkce_verifier", hex::encode(state_hash))
}
