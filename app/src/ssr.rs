//! The only place that reads the injected state.

use axum::http::{HeaderValue, StatusCode, header};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use services::users::SessionToken;
use services::{Actor, ServiceError, Services};

use crate::api::ApiError;

/// The cookie that carries a session's id.
pub const SESSION_COOKIE: &str = "autopost_session";

/// The use cases.
#[must_use]
pub fn services() -> Services {
    expect_context::<Services>()
}

/// The session that came with this request, if any did.
pub async fn session() -> Option<SessionToken> {
    let jar = leptos_axum::extract::<CookieJar>().await.ok()?;
    Some(SessionToken::from_cookie(jar.get(SESSION_COOKIE)?.value()))
}

/// The use cases and who asks.
///
/// # Errors
/// [`ApiError::SignedOut`] when nobody is signed in.
pub async fn signed_in() -> Result<(Services, Actor), ApiError> {
    let services = services();
    let actor = match session().await {
        Some(token) => services.signed_in(&token).await.map_err(refuse)?,
        None => None,
    };
    actor.map(|actor| (services, actor)).ok_or_else(|| {
        set_status(StatusCode::UNAUTHORIZED);
        ApiError::SignedOut
    })
}

/// Hands the browser a session, or takes it away.
pub fn set_session_cookie(token: Option<&SessionToken>, secure: bool) {
    let mut cookie = Cookie::new(
        SESSION_COOKIE,
        token.map_or_else(String::new, |token| token.expose().to_owned()),
    );
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(secure);
    // Thirty days or none at all; the server decides anew on every use.
    let max_age = if token.is_some() {
        30 * 24 * 60 * 60
    } else {
        0
    };
    let value = HeaderValue::from_str(&format!("{cookie}; Max-Age={max_age}"));
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), value) {
        response.append_header(header::SET_COOKIE, value);
    }
}

/// Translates an error: the person gets a sentence and a status, the log gets the cause.
pub fn refuse(error: ServiceError) -> ApiError {
    let sentence = error.to_string();
    let (status, error) = match error {
        ServiceError::NotFound(_) => (StatusCode::NOT_FOUND, ApiError::NotFound(sentence)),
        ServiceError::Invalid(_) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            ApiError::Invalid(sentence),
        ),
        ServiceError::Findings(findings) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            ApiError::Findings { sentence, findings },
        ),
        ServiceError::Conflict(_) => (StatusCode::CONFLICT, ApiError::Conflict(sentence)),
        ServiceError::Forbidden => (StatusCode::FORBIDDEN, ApiError::Forbidden(sentence)),
        ServiceError::Platform(error) => {
            tracing::info!(
                words = error.platform_words.as_deref(),
                code = error.code.as_deref(),
                "a platform refused"
            );
            (StatusCode::BAD_GATEWAY, ApiError::Platform(sentence))
        }
        ServiceError::Internal(cause) => {
            tracing::error!(%cause, "a use case failed");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                ApiError::Internal(sentence),
            )
        }
    };
    set_status(status);
    error
}

fn set_status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}
