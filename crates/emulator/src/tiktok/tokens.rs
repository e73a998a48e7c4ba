use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    config::{Config, Rotation},
    errors::{OAuthCode, OAuthError},
};
use crate::random;

/// What the token endpoint answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenPair {
    /// The account's id within the app.
    pub open_id: String,
    /// The granted scopes, comma-separated.
    pub scope: String,
    /// The bearer of API calls.
    pub access_token: String,
    /// Its remaining seconds.
    pub expires_in: i64,
    /// What the next pair is bought with.
    pub refresh_token: String,
    /// Its remaining seconds.
    pub refresh_expires_in: i64,
    /// Always `Bearer`.
    pub token_type: String,
}

/// A consent that waits for its code to be exchanged.
pub(super) struct Consent {
    pub(super) open_id: String,
    pub(super) scopes: Vec<String>,
    pub(super) redirect_uri: String,
    pub(super) code_challenge: Option<String>,
    pub(super) expires_at: DateTime<Utc>,
}

/// One connection of an account to the app.
struct Grant {
    open_id: String,
    scopes: Vec<String>,
    refresh_until: DateTime<Utc>,
    revoked: bool,
}

struct Access {
    grant: usize,
    expires_at: DateTime<Utc>,
}

/// Everything that can be exchanged or borne.
#[derive(Default)]
pub(super) struct Tokens {
    consents: HashMap<String, Consent>,
    grants: Vec<Grant>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, usize>,
}

impl Tokens {
    /// Keeps a consent and makes the code for it. Real codes contain `*` and
    /// `!`, which clients have been seen to cut off.
    pub(super) fn consent(&mut self, consent: Consent) -> String {
        let code = format!(
            "{}*{}!{}.s1",
            random::token::<24>(),
            random::bytes::<1>()[0] % 4,
            6410
        );
        self.consents.insert(code.clone(), consent);
        code
    }

    /// Spends a code. Whatever is wrong with the attempt, the code is gone.
    pub(super) fn exchange(
        &mut self,
        code: &str,
        redirect_uri: &str,
        verifier: Option<&str>,
        config: &Config,
        now: DateTime<Utc>,
    ) -> Result<TokenPair, OAuthError> {
        let consent = self
            .consents
            .remove(code)
            .filter(|consent| now < consent.expires_at)
            .ok_or(OAuthError::new(
                OAuthCode::InvalidGrant,
                "Authorization code is expired.",
            ))?;
        if consent.redirect_uri != redirect_uri {
            return Err(OAuthError::new(
                OAuthCode::InvalidRequest,
                "Redirect_uri is not matched with the uri when requesting code.",
            ));
        }
        if let Some(challenge) = &consent.code_challenge {
            check_verifier(challenge, verifier)?;
        }
        Ok(self.connect(consent.open_id, consent.scopes, config, now))
    }

    /// Starts a connection with a first pair of tokens.
    pub(super) fn connect(
        &mut self,
        open_id: String,
        scopes: Vec<String>,
        config: &Config,
        now: DateTime<Utc>,
    ) -> TokenPair {
        self.grants.push(Grant {
            open_id,
            scopes,
            refresh_until: now + config.refresh_ttl,
            revoked: false,
        });
        let refresh_token = format!("rft.{}!5415.e1", random::token::<48>());
        self.issue(self.grants.len() - 1, refresh_token, config, now)
    }

    /// Exchanges a refresh token for a new pair.
    pub(super) fn refresh(
        &mut self,
        token: &str,
        config: &Config,
        now: DateTime<Utc>,
    ) -> Result<TokenPair, OAuthError> {
        let dead = OAuthError::new(
            OAuthCode::InvalidGrant,
            "Refresh token is invalid or expired.",
        );
        let index = *self.refresh.get(token).ok_or(dead)?;
        let grant = &mut self.grants[index];
        if grant.revoked || now >= grant.refresh_until {
            return Err(dead);
        }
        if config.refresh_extends {
            grant.refresh_until = now + config.refresh_ttl;
        }
        let next = match config.rotation {
            Rotation::Lax => token.to_owned(),
            Rotation::Strict => {
                self.refresh.remove(token);
                format!("rft.{}!5415.e1", random::token::<48>())
            }
        };
        Ok(self.issue(index, next, config, now))
    }

    fn issue(
        &mut self,
        index: usize,
        refresh_token: String,
        config: &Config,
        now: DateTime<Utc>,
    ) -> TokenPair {
        let access_token = format!("act.{}!4521.e1", random::token::<48>());
        let expires_at = now + config.access_ttl;
        self.access.insert(
            access_token.clone(),
            Access {
                grant: index,
                expires_at,
            },
        );
        self.refresh.insert(refresh_token.clone(), index);
        let grant = &self.grants[index];
        TokenPair {
            open_id: grant.open_id.clone(),
            scope: grant.scopes.join(","),
            access_token,
            expires_in: (expires_at - now).num_seconds(),
            refresh_token,
            refresh_expires_in: (grant.refresh_until - now).num_seconds(),
            token_type: "Bearer".to_owned(),
        }
    }

    /// Whose token this is and what it may do, if it is good.
    pub(super) fn bearer(&self, token: &str, now: DateTime<Utc>) -> Option<(&str, &[String])> {
        let access = self.access.get(token)?;
        let grant = &self.grants[access.grant];
        (!grant.revoked && now < access.expires_at)
            .then_some((grant.open_id.as_str(), grant.scopes.as_slice()))
    }

    /// Every scope that the account has granted and not taken back.
    pub(super) fn granted(&self, open_id: &str) -> Vec<&str> {
        self.grants
            .iter()
            .filter(|grant| grant.open_id == open_id && !grant.revoked)
            .flat_map(|grant| grant.scopes.iter().map(String::as_str))
            .collect()
    }

    /// Disconnects the account from the app: all its tokens are dead.
    pub(super) fn revoke(&mut self, open_id: &str) {
        for grant in &mut self.grants {
            if grant.open_id == open_id {
                grant.revoked = true;
            }
        }
    }

    pub(super) fn expire_access(&mut self, open_id: &str, now: DateTime<Utc>) {
        for access in self.access.values_mut() {
            if self.grants[access.grant].open_id == open_id {
                access.expires_at = access.expires_at.min(now);
            }
        }
    }

    pub(super) fn expire_refresh(&mut self, open_id: &str, now: DateTime<Utc>) {
        for grant in &mut self.grants {
            if grant.open_id == open_id {
                grant.refresh_until = grant.refresh_until.min(now);
            }
        }
    }
}

/// TikTok's PKCE compares the lowercase hex of the verifier's SHA-256, not its
/// base64url.
fn check_verifier(challenge: &str, verifier: Option<&str>) -> Result<(), OAuthError> {
    let Some(verifier) = verifier else {
        return Err(OAuthError::new(
            OAuthCode::InvalidRequest,
            "Code_verifier is missing.",
        ));
    };
    if hex::encode(Sha256::digest(verifier)) == challenge {
        Ok(())
    } else {
        Err(OAuthError::new(
            OAuthCode::InvalidGrant,
            "Code verifier or code challenge is invalid.",
        ))
    }
}
