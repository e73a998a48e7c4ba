//! What was pushed, granted and handed out.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::super::errors::{OAuthError, OAuthResult};
use crate::random;

/// A request that a client has pushed.
#[derive(Clone, Debug)]
pub(crate) struct Pushed {
    pub(crate) client_id: String,
    pub(crate) client_name: String,
    pub(crate) is_confidential: bool,
    pub(crate) scope: String,
    pub(crate) state: String,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: String,
    pub(crate) login_hint: Option<String>,
    /// The key of the proof that came with it: the code is bound to it.
    pub(crate) thumbprint: String,
    pub(crate) expires_at: DateTime<Utc>,
}

/// A code that a person's consent has made.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) did: String,
    pub(crate) pushed: Pushed,
}

/// A session: what a code was traded for.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) did: String,
    pub(crate) client_id: String,
    pub(crate) is_confidential: bool,
    pub(crate) scope: String,
    pub(crate) thumbprint: String,
    access: String,
    access_until: DateTime<Utc>,
    refresh: String,
    refresh_until: DateTime<Utc>,
    /// Refresh tokens that were spent.
    spent: Vec<String>,
}

#[derive(Default)]
pub(crate) struct Sessions {
    pub(crate) pushed: HashMap<String, Pushed>,
    pub(crate) codes: HashMap<String, Code>,
    grants: Vec<Grant>,
}

/// The tokens of a reply.
pub(crate) struct Handed {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) did: String,
    pub(crate) scope: String,
}

impl Sessions {
    /// The session of an access token, and when the token ends.
    pub(crate) fn access(&self, token: &str) -> Option<(&Grant, DateTime<Utc>)> {
        self.grants
            .iter()
            .find(|grant| grant.access == token)
            .map(|grant| (grant, grant.access_until))
    }

    pub(crate) fn begin(
        &mut self,
        code: Code,
        access_until: DateTime<Utc>,
        refresh_until: DateTime<Utc>,
    ) -> Handed {
        let grant = Grant {
            did: code.did,
            client_id: code.pushed.client_id,
            is_confidential: code.pushed.is_confidential,
            scope: code.pushed.scope,
            thumbprint: code.pushed.thumbprint,
            access: format!("tok-{}", random::token::<32>()),
            access_until,
            refresh: format!("ref-{}", random::token::<32>()),
            refresh_until,
            spent: Vec::new(),
        };
        let handed = grant.handed();
        self.grants.push(grant);
        handed
    }

    /// Trades a refresh token. The old access token dies at once; a spent refresh token that comes again
    /// ends the whole session.
    pub(crate) fn refresh(
        &mut self,
        token: &str,
        client_id: &str,
        thumbprint: &str,
        now: DateTime<Utc>,
        until: impl FnOnce(bool) -> (DateTime<Utc>, DateTime<Utc>),
    ) -> OAuthResult<Handed> {
        if let Some(replayed) = self
            .grants
            .iter()
            .position(|grant| grant.spent.iter().any(|spent| spent == token))
        {
            self.grants.remove(replayed);
            return Err(OAuthError::grant("Refresh token replayed"));
        }
        let grant = self
            .grants
            .iter_mut()
            .find(|grant| grant.refresh == token)
            .ok_or_else(|| OAuthError::grant("Invalid refresh token"))?;
        if grant.client_id != client_id {
            return Err(OAuthError::grant("Token was not issued to this client"));
        }
        if grant.thumbprint != thumbprint {
            return Err(OAuthError::grant("Token is bound to another DPoP key"));
        }
        if now >= grant.refresh_until {
            return Err(OAuthError::grant("Session expired"));
        }
        (grant.access_until, grant.refresh_until) = until(grant.is_confidential);
        grant.access = format!("tok-{}", random::token::<32>());
        let next = format!("ref-{}", random::token::<32>());
        grant
            .spent
            .push(std::mem::replace(&mut grant.refresh, next));
        Ok(grant.handed())
    }

    /// Ends the session that a token of either kind belongs to.
    pub(crate) fn revoke_token(&mut self, token: &str) {
        self.grants
            .retain(|grant| grant.access != token && grant.refresh != token);
    }

    /// The person takes back what they granted.
    pub(crate) fn revoke(&mut self, did: &str) {
        self.grants.retain(|grant| grant.did != did);
    }

    pub(crate) fn expire_access(&mut self, did: &str, now: DateTime<Utc>) {
        for grant in self.grants.iter_mut().filter(|grant| grant.did == did) {
            grant.access_until = grant.access_until.min(now);
        }
    }
}

impl Grant {
    fn handed(&self) -> Handed {
        Handed {
            access: self.access.clone(),
            refresh: self.refresh.clone(),
            did: self.did.clone(),
            scope: self.scope.clone(),
        }
    }
}
