//! Who calls: an app-password session, an OAuth session with its proof, or a service token.

use axum::http::{HeaderMap, Method, header};

use super::{
    errors::{XrpcError, XrpcResult},
    jwt,
    oauth::{
        dpop::{self, ProofError},
        scope::Scope,
    },
    session::ACCESS,
    state::Platform,
};

/// A caller whose word is good.
pub(super) struct Caller {
    pub(super) did: String,
    pub(super) scope: Scope,
}

impl Platform {
    /// Reads and checks the authorisation of a call to `/xrpc/{method_name}`.
    pub(super) fn caller(
        &self,
        headers: &HeaderMap,
        http: &Method,
        method_name: &str,
    ) -> XrpcResult<Caller> {
        let value = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let caller = match value.split_once(' ') {
            Some(("Bearer", token)) => self.bearer(token, method_name)?,
            Some(("DPoP", token)) => self.bound(token, headers, http, method_name)?,
            _ => {
                return Err(XrpcError::new(
                    401,
                    "AuthMissing",
                    "Authentication Required",
                ));
            }
        };
        let state = self.state();
        let account = state
            .account(&caller.did)
            .ok_or_else(|| XrpcError::new(403, "AccountNotFound", "Account not found"))?;
        if account.taken_down {
            return Err(XrpcError::new(
                401,
                "AccountTakedown",
                "Account has been taken down",
            ));
        }
        if account.deactivated {
            return Err(XrpcError::new(
                401,
                "AccountDeactivated",
                "Account is deactivated",
            ));
        }
        drop(state);
        Ok(caller)
    }

    fn bearer(&self, token: &str, method_name: &str) -> XrpcResult<Caller> {
        let now = self.now().timestamp();
        if let Some(service) = jwt::open(&self.key, "service+jwt", token) {
            let fits = service.text("aud") == Some(self.server_did().as_str())
                && service.text("lxm") == Some(method_name);
            if !fits {
                return Err(XrpcError::new(
                    401,
                    "BadJwtAudience",
                    "jwt audience or lexicon method does not match",
                ));
            }
            if service.number("exp").is_none_or(|end| now >= end) {
                return Err(XrpcError::new(401, "JwtExpired", "jwt expired"));
            }
            return Ok(Caller {
                did: service.text("iss").unwrap_or_default().to_owned(),
                scope: Scope::all(),
            });
        }
        let Some(access) = jwt::open(&self.key, ACCESS, token) else {
            return Err(XrpcError::new(
                400,
                "InvalidToken",
                "Token could not be verified",
            ));
        };
        if access.number("exp").is_none_or(|end| now >= end) {
            return Err(XrpcError::new(400, "ExpiredToken", "Token has expired"));
        }
        Ok(Caller {
            did: access.text("sub").unwrap_or_default().to_owned(),
            scope: Scope::all(),
        })
    }

    fn bound(
        &self,
        token: &str,
        headers: &HeaderMap,
        http: &Method,
        method_name: &str,
    ) -> XrpcResult<Caller> {
        let address = format!("{}/xrpc/{method_name}", self.url);
        let proof = dpop::check(self, headers, http.as_str(), &address, Some(token));
        let thumbprint = proof.map_err(|error| match error {
            ProofError::Nonce => XrpcError::dpop(
                "use_dpop_nonce",
                "Resource server requires nonce in DPoP proof",
            ),
            ProofError::Wrong(why) => XrpcError::dpop("invalid_dpop_proof", &why),
        })?;
        let now = self.now();
        let state = self.state();
        let (grant, end) = state
            .oauth
            .access(token)
            .ok_or_else(|| XrpcError::dpop("invalid_token", "Token is not known"))?;
        if now >= end {
            return Err(XrpcError::dpop("invalid_token", "Token has expired"));
        }
        if grant.thumbprint != thumbprint {
            return Err(XrpcError::dpop(
                "invalid_token",
                "Token is bound to another key",
            ));
        }
        Ok(Caller {
            did: grant.did.clone(),
            scope: Scope::parse(&grant.scope),
        })
    }
}
