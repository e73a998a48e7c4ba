//! The only place that reads the injected state.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use services::actor::Origin;
use services::users::SessionToken;
use services::{Actor, ServiceError, Services};
use tokio::sync::OnceCell;

use crate::api::ApiError;
use crate::api::error::Packed;

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
    Some(SessionToken::from_untrusted(
        jar.get(SESSION_COOKIE)?.value(),
    ))
}

/// From where this request came, as far as it tells.
#[must_use]
pub fn origin() -> Origin {
    use_context::<Parts>().map_or_else(Origin::default, |parts| origin_of(&parts))
}

/// From where a request came: the address that the middleware found, and what the browser says that it is.
#[must_use]
pub fn origin_of(parts: &Parts) -> Origin {
    let agent = parts
        .headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .map(|agent| agent.chars().take(200).collect());
    Origin {
        ip: parts
            .extensions
            .get::<Origin>()
            .and_then(|origin| origin.ip.clone()),
        agent,
    }
}

/// Who asks, looked up once for a request, however many parts of a page want to know.
#[derive(Clone, Default)]
pub struct WhoAsks(Arc<OnceCell<Option<Actor>>>);

/// The use cases and who asks.
///
/// # Errors
/// [`ApiError::SignedOut`] when nobody is signed in.
pub async fn signed_in() -> Result<(Services, Actor), ApiError> {
    let services = services();
    let who = use_context::<WhoAsks>().unwrap_or_default();
    let look = async || match session().await {
        Some(token) => services.signed_in(&token).await.map_err(refuse),
        None => Ok(None),
    };
    let actor = who.0.get_or_try_init(look).await?.clone();
    let actor = actor.map(|actor| Actor {
        origin: origin(),
        ..actor
    });
    actor.map(|actor| (services, actor)).ok_or_else(|| {
        // A page answers with a redirect to the sign-in page instead, whose status must stand.
        if is_server_function_call() {
            set_status(StatusCode::UNAUTHORIZED);
        }
        ApiError::SignedOut
    })
}

/// Hands the browser a session, or takes it away.
pub fn set_session_cookie(token: Option<&SessionToken>) {
    let mut cookie = Cookie::new(
        SESSION_COOKIE,
        token.map_or_else(String::new, |token| token.expose().to_owned()),
    );
    cookie.set_path("/");
    // Thirty days or none at all; the server decides anew on every use.
    let max_age = if token.is_some() {
        30 * 24 * 60 * 60
    } else {
        0
    };
    set_cookie(cookie, max_age);
}

/// Leaves a note for one page of this browser. It is for what a plain form has to tell once and what no
/// address may hold, because addresses are logged; [`take_note`] reads it.
pub fn leave_note(name: &'static str, page: &str, words: &str) {
    /// Long enough for the page that follows.
    const SECONDS: u32 = 60;
    set_note(name, page, words, SECONDS);
}

/// What was left for this page. It is gone with that.
pub async fn take_note(name: &'static str, page: &str) -> Option<String> {
    let jar = leptos_axum::extract::<CookieJar>().await.ok()?;
    let words = jar.get(name)?.value().to_owned();
    set_note(name, page, "", 0);
    Some(words)
}

fn set_note(name: &'static str, page: &str, words: &str, seconds: u32) {
    let mut cookie = Cookie::new(name, words.to_owned());
    cookie.set_path(page.to_owned());
    set_cookie(cookie, seconds);
}

/// Hands the browser a cookie that no script reads.
fn set_cookie(mut cookie: Cookie<'_>, seconds: u32) {
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(services().settings.is_https());
    let value = HeaderValue::from_str(&format!("{cookie}; Max-Age={seconds}"));
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
            ApiError::Findings {
                sentence,
                findings: Packed::new(&findings),
            },
        ),
        ServiceError::TooOften(_) => (StatusCode::TOO_MANY_REQUESTS, ApiError::Invalid(sentence)),
        ServiceError::Conflict(_) => (StatusCode::CONFLICT, ApiError::Conflict(sentence)),
        ServiceError::Overtaken(over) => (
            StatusCode::CONFLICT,
            ApiError::Overtaken {
                sentence,
                revision: over.revision,
            },
        ),
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

/// Says that the address names nothing.
pub fn not_found() {
    set_status(StatusCode::NOT_FOUND);
}

/// Says that the page shows what it should, although a use case said no on the way.
pub fn all_is_well() {
    set_status(StatusCode::OK);
}

/// Whether the browser called a server function, and is not being shown a page that calls it.
fn is_server_function_call() -> bool {
    use_context::<axum::http::request::Parts>()
        .is_some_and(|parts| parts.uri.path().starts_with("/api/"))
}

/// Whether a browser without WASM has sent a form: it reads no answer, and shows the page that it is sent to.
#[must_use]
pub fn is_plain_form() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        let accepted = parts.headers.get(header::ACCEPT);
        parts.method == Method::POST
            && accepted
                .and_then(|accepted| accepted.to_str().ok())
                .is_some_and(|accepted| accepted.contains("text/html"))
    })
}

/// A plain form that is refused goes back to its page, with the error in the address: no status may
/// take the place of that redirect.
fn set_status(status: StatusCode) {
    if let (false, Some(response)) = (is_plain_form(), use_context::<ResponseOptions>()) {
        response.set_status(status);
    }
}
