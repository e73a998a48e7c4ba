//! Connecting an account: out to the platform's consent page, and back.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use connectors::{Connector, Consent, Profile, TokenSet};
use db::AsyncConnection;
use db::models::account::{self, AccountProfile};
use db::models::connection;
use db::models::event::{self, NewEvent};
use db::models::oauth_attempt::{self, NewAttempt};
use domain::audit::AuditAction;
use domain::history::Tone;
use domain::{AccountId, ClientId, LinkId, Permission, Platform};
use rand::Rng;
use secrecy::SecretString;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::account_name;
use crate::actor::Origin;
use crate::audit::{By, Entry};
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
    /// Who sent it back, where the platform says.
    pub iss: Option<String>,
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

/// Who connects an account.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Connecting<'a> {
    /// A user.
    User(&'a Actor),
    /// Somebody who came by a connect link, from here.
    ByLink(&'a Origin),
}

impl<'a> Connecting<'a> {
    const fn actor(self) -> Option<&'a Actor> {
        match self {
            Self::User(actor) => Some(actor),
            Self::ByLink(_) => None,
        }
    }

    const fn by(self) -> By<'a> {
        match self {
            Self::User(actor) => By::User(actor),
            Self::ByLink(origin) => By::Visitor {
                name: "Somebody with a connect link",
                origin,
            },
        }
    }

    /// For the history, where nobody's name stands.
    const fn way(self) -> &'static str {
        match self {
            Self::User(_) => "",
            Self::ByLink(_) => "By a connect link. ",
        }
    }
}

/// The browser that begins a consent.
#[derive(Clone, Copy)]
pub(crate) struct Browser<'a> {
    /// What its cookie proves that it is.
    pub proof: &'a SessionToken,
    /// The connect link that it came by, where nobody is signed in.
    pub link: Option<LinkId>,
}

/// A consent that a browser came back from.
pub(crate) struct Returned {
    /// For which client it began.
    pub client: ClientId,
    /// By which connect link.
    pub link: Option<LinkId>,
    /// What the connector kept.
    pub private: Option<SecretString>,
}

impl Services {
    /// Begins to connect an account: the address of the platform's own consent page. `hint` is the
    /// handle, for platforms where it says which server to go to.
    ///
    /// # Errors
    /// When this server is not set up for the platform.
    pub async fn begin_connect(
        &self,
        actor: &Actor,
        session: &SessionToken,
        client: ClientId,
        platform: Platform,
        hint: Option<&str>,
    ) -> ServiceResult<url::Url> {
        let client = self
            .client_row(actor, Permission::ConnectAccounts, client)
            .await?
            .id;
        let from = Browser {
            proof: session,
            link: None,
        };
        self.begin(from, client, platform, hint).await
    }

    /// Begins to connect an account, for somebody whose right to it was checked.
    pub(crate) async fn begin(
        &self,
        from: Browser<'_>,
        client: ClientId,
        platform: Platform,
        hint: Option<&str>,
    ) -> ServiceResult<url::Url> {
        let connector = self.connector(platform)?;
        let mut random = [0_u8; 32];
        rand::rng().fill_bytes(&mut random);
        let state = URL_SAFE_NO_PAD.encode(random);
        let authorization = connector
            .authorize(hint, &state, &self.redirect_uri(platform)?)
            .await?;
        let state_hash = Sha256::digest(&state);
        let private = authorization
            .private
            .map(|private| {
                self.vault
                    .seal_secret(&private, &private_place(&state_hash))
            })
            .transpose()
            .map_err(ServiceError::internal)?;
        let attempt = NewAttempt {
            state_hash: &state_hash,
            browser_hash: &from.proof.hash(),
            client,
            platform,
            private: private.as_deref(),
            link: from.link,
            expires_at: self.clock.now() + CONSENT,
        };
        oauth_attempt::insert(&mut *self.conn().await?, &attempt).await?;
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
        actor
            .require(Permission::ConnectAccounts)
            .map_err(nowhere)?;
        let returned = self.take_attempt(session, platform, &reply).await?;
        let client = returned.client;
        // The right may have been taken away while the consent page was open.
        actor
            .require_for(Permission::ConnectAccounts, client)
            .map_err(nowhere)?;
        self.link(
            Connecting::User(actor),
            client,
            platform,
            reply,
            returned.private,
        )
        .await
        .map_err(|error| at(client, error))
    }

    /// What a browser that came back from a consent page had begun, for the first and only time.
    pub(crate) async fn take_attempt(
        &self,
        proof: &SessionToken,
        platform: Platform,
        reply: &ConsentReply,
    ) -> Result<Returned, ConnectFailure> {
        let stale = || nowhere(stale(platform));
        let state = reply.state.as_deref().ok_or_else(stale)?;
        let state_hash = Sha256::digest(state);
        let mut conn = self.conn().await.map_err(nowhere)?;
        let attempt = oauth_attempt::take(&mut conn, &state_hash, &proof.hash(), self.clock.now())
            .await
            .map_err(|error| nowhere(error.into()))?
            .filter(|attempt| attempt.platform == platform)
            .ok_or_else(stale)?;
        drop(conn);
        let private = attempt
            .private
            .map(|sealed| self.vault.open_secret(&sealed, &private_place(&state_hash)))
            .transpose()
            .map_err(|error| at(attempt.client_id, ServiceError::internal(error)))?;
        Ok(Returned {
            client: attempt.client_id,
            link: attempt.link_id.map(LinkId::from),
            private,
        })
    }

    /// Connects an account by a password that the person made for AutoPost alone. It is used once and
    /// not kept: what it was traded for is.
    ///
    /// # Errors
    /// A sentence for the person: what the platform answered, or that it has no such way.
    pub async fn connect_by_password(
        &self,
        actor: &Actor,
        client: ClientId,
        platform: Platform,
        identifier: &str,
        secret: SecretString,
    ) -> ServiceResult<Connected> {
        let client = self
            .client_row(actor, Permission::ConnectAccounts, client)
            .await?
            .id;
        self.link_by_password(
            Connecting::User(actor),
            client,
            platform,
            identifier,
            secret,
        )
        .await
    }

    /// Connects an account by an app password, for somebody whose right to it was checked.
    pub(crate) async fn link_by_password(
        &self,
        who: Connecting<'_>,
        client: ClientId,
        platform: Platform,
        identifier: &str,
        secret: SecretString,
    ) -> ServiceResult<Connected> {
        let connector = self.connector(platform)?;
        let (tokens, profile) = connector.sign_in(identifier, &secret).await?;
        self.store_account(who, client, connector.as_ref(), tokens, profile)
            .await
    }

    /// Trades what the consent page sent for tokens, for somebody whose right to it was checked.
    pub(crate) async fn link(
        &self,
        who: Connecting<'_>,
        client: ClientId,
        platform: Platform,
        reply: ConsentReply,
        private: Option<SecretString>,
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
        let consent = Consent {
            code: &code,
            iss: reply.iss.as_deref(),
            state: reply.state.as_deref().unwrap_or_default(),
        };
        let tokens = connector
            .exchange(consent, &self.redirect_uri(platform)?, private.as_ref())
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
        let profile = connector.profile(tokens.access()).await?;
        self.store_account(who, client, connector.as_ref(), tokens, profile)
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
        if known {
            return Ok(());
        }
        let revoked = connector
            .revoke(tokens.access(), tokens.refresh_token.as_ref())
            .await;
        if let Err(error) = revoked {
            tracing::info!(%error, "tokens that were not kept could not be revoked");
        }
        Ok(())
    }

    async fn store_account(
        &self,
        who: Connecting<'_>,
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
            actor: who.actor().map(|actor| actor.user_id),
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
            detail: format!("{}Granted: {}.", who.way(), sealed.scopes.join(", ")),
            platform_words: None,
            duration_ms: None,
        };
        let mut conn = self.conn().await?;
        let stored = conn
            .transaction(async |conn| {
                if again.is_some() {
                    account::reconnect(conn, id, &known, now).await?;
                    // Replaced as a whole: what the older connection had says nothing about this one.
                    connection::delete(conn, id).await?;
                    connection::insert(conn, id, platform, &user, &sealed, now).await?;
                    // What was held for this goes on; what was found about the rest is looked at anew.
                    crate::controls::release(conn, who.actor(), now).await?;
                    db::models::delivery::preflight_again(conn, id, now).await?;
                } else {
                    account::insert(conn, id, client, platform, &known, now).await?;
                    connection::insert(conn, id, platform, &user, &sealed, now).await?;
                }
                event::append(conn, std::slice::from_ref(&told)).await?;
                self.tell_connected(conn, client, (id, platform), again.is_some())
                    .await?;
                let entry = Entry::of(AuditAction::AccountConnected)
                    .at(client)
                    .on("account", id)
                    .after(json!({
                        "platform": platform.as_str(),
                        "again": again.is_some(),
                        "scopes": sealed.scopes,
                    }));
                self.record(conn, who.by(), &[entry]).await
            })
            .await;
        match stored {
            Err(error) if error.is_duplicate() => Err(ServiceError::Conflict(format!(
                "This {platform} account was connected by somebody else just now."
            ))),
            other => other.map(|()| Connected {
                client,
                account: id,
                name,
                again: again.is_some(),
            }),
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

pub(crate) const fn nowhere(error: ServiceError) -> ConnectFailure {
    ConnectFailure {
        client: None,
        error,
    }
}

pub(crate) const fn at(client: ClientId, error: ServiceError) -> ConnectFailure {
    ConnectFailure {
        client: Some(client),
        error,
    }
}

pub(crate) fn stale(platform: Platform) -> ServiceError {
    ServiceError::Invalid(format!(
        "This answer from {platform} was used already, is too old, or began in another browser. Connect the account again."
    ))
}

fn private_place(state_hash: &[u8]) -> String {
    format!("oauth_attempts/{}/private", hex::encode(state_hash))
}
