//! Who asks, for raw routes.

use app::ssr::{SESSION_COOKIE, origin_of};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use services::users::SessionToken;
use services::{Actor, ServiceError, Services};

/// The signed-in user and the session that says so.
pub struct SignedIn {
    /// Who.
    pub actor: Actor,
    /// By which session.
    pub session: SessionToken,
}

impl<S> FromRequestParts<S> for SignedIn
where
    Services: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        const SIGNED_OUT: (StatusCode, &str) = (
            StatusCode::UNAUTHORIZED,
            "You are signed out. Sign in again.",
        );
        let jar = CookieJar::from_headers(&parts.headers);
        let session =
            SessionToken::from_untrusted(jar.get(SESSION_COOKIE).ok_or(SIGNED_OUT)?.value());
        match Services::from_ref(state).signed_in(&session).await {
            Ok(Some(actor)) => Ok(Self {
                actor: Actor {
                    origin: origin_of(parts),
                    ..actor
                },
                session,
            }),
            Ok(None) => Err(SIGNED_OUT),
            Err(error) => {
                tracing::error!(
                    cause = error.source_text(),
                    "a session could not be looked up"
                );
                Err((
                    StatusCode::SERVICE_UNAVAILABLE,
                    "AutoPost cannot reach its database. Try again in a moment.",
                ))
            }
        }
    }
}

/// The status of an answer that is an error.
pub fn status(error: &ServiceError) -> StatusCode {
    match error {
        ServiceError::NotFound(_) => StatusCode::NOT_FOUND,
        ServiceError::Invalid(_) | ServiceError::Findings(_) => StatusCode::UNPROCESSABLE_ENTITY,
        ServiceError::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
        ServiceError::Conflict(_) | ServiceError::Overtaken(_) => StatusCode::CONFLICT,
        ServiceError::Forbidden => StatusCode::FORBIDDEN,
        ServiceError::Platform(_) => StatusCode::BAD_GATEWAY,
        ServiceError::Internal(cause) => {
            tracing::error!(%cause, "a use case failed");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}
