//! Consent on the page of the account's own server: the OAuth profile of the AT Protocol, which is
//! OAuth 2.1 with pushed requests, PKCE, proofs of possession and clients known by an address.

mod client;
mod discovery;

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub(super) use client::Client;

use super::error::{self, Asked, Refusal};
use super::identity;
use super::key::{Key, generate_signing_key};
use super::net::{Credentials, Net, Payload};
use super::proof::unguessable;
use super::session::{OauthSession, OauthStored, Stored, secret};
use super::{Config, SCOPES};
use crate::{Authorization, Consent, ErrorKind, PlatformError, TokenSet};
use discovery::discover;

/// How long a refresh token lasts where nothing says it: for clients without a key the reference server
/// ends the whole session after two weeks, for those with one a token after three months.
const PUBLIC_LIFE: u64 = 14 * 24 * 3600;
const CONFIDENTIAL_LIFE: u64 = 90 * 24 * 3600;
/// How long an access token lasts where its answer does not say.
const ACCESS_LIFE: u64 = 15 * 60;

/// What is kept until the person returns. Holds secrets: not to be printed.
#[derive(Serialize, Deserialize)]
struct Private {
    did: String,
    verifier: String,
    #[serde(flatten)]
    session: OauthStored,
}

#[derive(Deserialize)]
struct Pushed {
    request_uri: String,
}

#[derive(Deserialize)]
struct Tokens {
    #[serde(deserialize_with = "secret")]
    access_token: SecretString,
    #[serde(default)]
    token_type: String,
    refresh_token: Option<String>,
    #[serde(default)]
    scope: String,
    expires_in: Option<u64>,
    sub: String,
}

/// Announces the request to the account's server; the address of its consent page comes back.
pub(super) async fn authorize(
    net: &Net,
    config: &Config,
    client: &Client,
    hint: Option<&str>,
    state: &str,
    redirect_uri: &Url,
) -> Result<Authorization, PlatformError> {
    let client_id = client.id(redirect_uri)?;
    let identity = identity::find(net, config, hint.unwrap_or_default()).await?;
    let server = discover(net, &identity.server).await?;
    let secret = generate_signing_key().map_err(|fault| error::ours(&fault))?;
    let key = Key::read(&secret).map_err(|fault| error::ours(&fault))?;
    let verifier = unguessable().map_err(|fault| error::ours(&fault))?;
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
    let login_hint = identity
        .handle
        .clone()
        .unwrap_or_else(|| identity.did.clone());
    let fields = || {
        let mut fields = vec![
            ("client_id", client_id.clone()),
            ("response_type", "code".to_owned()),
            ("code_challenge", challenge.clone()),
            ("code_challenge_method", "S256".to_owned()),
            ("state", state.to_owned()),
            ("redirect_uri", redirect_uri.to_string()),
            ("scope", SCOPES.join(" ")),
            ("login_hint", login_hint.clone()),
        ];
        fields.extend(client.assertion(&client_id, &server.issuer)?);
        Ok(fields)
    };
    let answer = net
        .call(
            Method::POST,
            &server.pushed_request,
            Payload::Form(&fields),
            Credentials::Proof(&key, None),
        )
        .await?;
    let Pushed { request_uri } = answer
        .accepted()
        .map_err(|refusal| refusal.oauth_error(Asked::Consent))?
        .json()?;
    let mut url = server.authorization;
    url.query_pairs_mut()
        .append_pair("client_id", &client_id)
        .append_pair("request_uri", &request_uri);
    let private = Private {
        did: identity.did,
        verifier,
        session: OauthStored {
            server: identity.server.into(),
            issuer: server.issuer,
            token_endpoint: server.token.into(),
            revocation_endpoint: server.revocation.map(Into::into),
            client_id,
            key: secret.expose_secret().to_owned(),
        },
    };
    let private = serde_json::to_string(&private).map_err(|_| error::unreadable(0))?;
    Ok(Authorization {
        url,
        private: Some(private.into()),
    })
}

/// Tokens for a code.
pub(super) async fn exchange(
    net: &Net,
    config: &Config,
    client: &Client,
    consent: Consent<'_>,
    redirect_uri: &Url,
    private: Option<&SecretString>,
) -> Result<TokenSet, PlatformError> {
    let stale = || {
        PlatformError::new(
            ErrorKind::Rejected,
            "This answer from Bluesky does not belong to what AutoPost asked. Connect the account again.",
        )
    };
    let private: Private = private
        .and_then(|private| serde_json::from_str(private.expose_secret()).ok())
        .ok_or_else(stale)?;
    // Whoever else sends a code back wants us to hand it to them (RFC 9207).
    if consent.iss != Some(private.session.issuer.as_str()) {
        return Err(stale());
    }
    let Private {
        did,
        verifier,
        session: mut stored,
    } = private;
    let session = OauthSession::open(&stored)?;
    let fields = || {
        let mut fields = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", consent.code.to_owned()),
            ("redirect_uri", redirect_uri.to_string()),
            ("code_verifier", verifier.clone()),
            ("client_id", session.client_id.clone()),
        ];
        fields.extend(client.assertion(&session.client_id, &session.issuer)?);
        Ok(fields)
    };
    let tokens = ask_for_tokens(net, &session, &fields, Asked::Code).await?;
    if tokens.sub != did {
        // Another account than the one that was named. Its server must be one that this authorization
        // server speaks for, or anybody could claim to be anybody.
        let identity = identity::document(net, config, &tokens.sub).await?;
        let speaks_for = discover(net, &identity.server).await?.issuer;
        if speaks_for != stored.issuer {
            return Err(stale());
        }
        stored.server = identity.server.into();
    }
    let confidential = client.is_confidential(&stored.client_id);
    Ok(TokenSet {
        session: Some(Stored::Oauth(stored).seal()?),
        ..tokens.into_set(confidential)
    })
}

/// New tokens; the refresh token that was used is dead afterwards, and used twice it ends the session.
pub(super) async fn refresh(
    net: &Net,
    client: &Client,
    session: &OauthSession,
    did: &str,
    refresh_token: &SecretString,
) -> Result<TokenSet, PlatformError> {
    let fields = || {
        let mut fields = vec![
            ("grant_type", "refresh_token".to_owned()),
            ("refresh_token", refresh_token.expose_secret().to_owned()),
            ("client_id", session.client_id.clone()),
        ];
        fields.extend(client.assertion(&session.client_id, &session.issuer)?);
        Ok(fields)
    };
    let tokens = ask_for_tokens(net, session, &fields, Asked::Refresh).await?;
    if !did.is_empty() && tokens.sub != did {
        return Err(PlatformError::new(
            ErrorKind::Reauthorise,
            "Bluesky’s server renewed the access of another account. Connect the account again.",
        ));
    }
    Ok(tokens.into_set(client.is_confidential(&session.client_id)))
}

/// Gives the access back.
pub(super) async fn revoke(
    net: &Net,
    client: &Client,
    session: &OauthSession,
    token: &SecretString,
) -> Result<(), PlatformError> {
    let Some(endpoint) = &session.revocation_endpoint else {
        return Err(PlatformError::new(
            ErrorKind::Rejected,
            "the account’s server has no way to give access back.",
        ));
    };
    let fields = || {
        let mut fields = vec![
            ("token", token.expose_secret().to_owned()),
            ("client_id", session.client_id.clone()),
        ];
        fields.extend(client.assertion(&session.client_id, &session.issuer)?);
        Ok(fields)
    };
    let answer = net
        .call(
            Method::POST,
            endpoint,
            Payload::Form(&fields),
            Credentials::Proof(&session.key, None),
        )
        .await?;
    answer
        .accepted()
        .map(|_| ())
        .map_err(|refusal| refusal.oauth_error(Asked::Revoke))
}

async fn ask_for_tokens(
    net: &Net,
    session: &OauthSession,
    fields: &(dyn Fn() -> Result<Vec<(&'static str, String)>, PlatformError> + Sync),
    asked: Asked,
) -> Result<Tokens, PlatformError> {
    let answer = net
        .call(
            Method::POST,
            &session.token_endpoint,
            Payload::Form(fields),
            Credentials::Proof(&session.key, None),
        )
        .await?;
    let tokens: Tokens = answer
        .accepted()
        .map_err(|refusal| refusal.oauth_error(asked))?
        .json()?;
    let is_bound = tokens.token_type.eq_ignore_ascii_case("dpop");
    let is_ours = tokens.scope.split(' ').any(|scope| scope == "atproto");
    if !is_bound || !is_ours || !identity::is_did(&tokens.sub) {
        let refusal = Refusal {
            status: 200,
            name: "invalid_token_response".to_owned(),
            message: "the tokens are not of the AT Protocol".to_owned(),
            retry_after: None,
        };
        return Err(refusal.oauth_error(Asked::Code));
    }
    Ok(tokens)
}

impl Tokens {
    fn into_set(self, confidential: bool) -> TokenSet {
        let life = if confidential {
            CONFIDENTIAL_LIFE
        } else {
            PUBLIC_LIFE
        };
        let refresh_token = self.refresh_token.filter(|token| !token.is_empty());
        let refresh_token = refresh_token.map(SecretString::from);
        TokenSet {
            access_token: self.access_token,
            expires_in: self.expires_in.unwrap_or(ACCESS_LIFE),
            refresh_expires_in: refresh_token.is_some().then_some(life),
            refresh_token,
            scopes: self.scope.split_whitespace().map(str::to_owned).collect(),
            platform_user_id: Some(self.sub),
            session: None,
        }
    }
}
