//! Connecting accounts by a link, from a browser that is not signed in: out to the platform's consent page, and
//! back; or by an app password. The token is sent in the form, so that no log of addresses tells it.

use app::ssr::origin_of;
use axum::Form;
use axum::extract::{FromRequestParts, OptionalFromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use connectors::Way;
use domain::Platform;
use serde::Deserialize;
use services::accounts::{ConnectFailure, ConsentReply};
use services::actor::Origin;
use services::users::SecretToken;
use services::{ServiceError, Services};

use super::oauth::{NO_HANDLE, NO_PASSWORD, leave, plain, problem_query, told, unknown_platform};
use super::signed_in::status;

/// The cookie of a browser that is on its way to a consent page and back: a secret of its own, a dot, and the
/// token of the link that it came by.
const VISITOR_COOKIE: &str = "autopost_visitor";
/// As long as a person may take on the consent page.
const SECONDS: i64 = 15 * 60;

/// From where a visitor asks.
pub struct From(Origin);

impl<S: Send + Sync> FromRequestParts<S> for From {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(origin_of(parts)))
    }
}

/// A browser that went to a consent page by a connect link.
pub struct Visitor {
    /// What proves that it is the one.
    browser: SecretToken,
    /// The link that it came by.
    link: SecretToken,
    origin: Origin,
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        let jar = CookieJar::from_headers(&parts.headers);
        let value = jar
            .get(VISITOR_COOKIE)
            .map(|cookie| cookie.value().to_owned());
        Ok(value.and_then(|value| {
            let (_, link) = value.split_once('.')?;
            Some(Self {
                link: SecretToken::from_untrusted(link),
                browser: SecretToken::from_untrusted(&value),
                origin: origin_of(parts),
            })
        }))
    }
}

impl Visitor {
    /// Back to the link, when what the browser came back from is not known any more.
    pub fn gone(&self, platform: Platform) -> Response {
        let problem = format!(
            "This answer from {platform} was used already, is too old, or began in another browser. Connect the account again."
        );
        back(&self.link, "problem", &problem)
    }
}

/// What is sent with a link.
#[derive(Deserialize)]
pub struct LinkForm {
    #[serde(default)]
    token: String,
    #[serde(default)]
    handle: String,
    #[serde(default)]
    password: String,
}

/// Sends the browser to the platform's own consent page, with a cookie by which it is known when it returns.
pub async fn begin(
    State(services): State<Services>,
    Path(platform): Path<String>,
    Form(form): Form<LinkForm>,
) -> Response {
    let Ok(platform) = platform.parse::<Platform>() else {
        return unknown_platform();
    };
    let link = SecretToken::from_untrusted(&form.token);
    let takes_handle = services
        .connectors
        .get(platform)
        .is_some_and(|connector| connector.ways().contains(&Way::RedirectWithHandle));
    let handle = plain(&form.handle);
    if takes_handle && handle.is_empty() {
        return again(&link, Way::RedirectWithHandle, "", NO_HANDLE);
    }
    let proof = SecretToken::generate();
    let value = format!("{}.{}", proof.expose(), link.expose());
    let browser = SecretToken::from_untrusted(&value);
    let hint = takes_handle.then_some(handle.as_str());
    let begun = services
        .begin_connect_by_link(&link, &browser, platform, hint)
        .await;
    let mut response = match begun {
        Ok(address) if takes_handle => leave(&address),
        Ok(address) => Redirect::to(address.as_str()).into_response(),
        Err(error @ ServiceError::NotFound(_)) => {
            return (status(&error), error.to_string()).into_response();
        }
        Err(error) => {
            let problem = told(platform, &error);
            return again(&link, Way::RedirectWithHandle, &handle, &problem);
        }
    };
    let mut cookie = Cookie::new(VISITOR_COOKIE, value);
    cookie.set_path("/oauth");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(services.settings.is_https());
    if let Ok(value) = HeaderValue::from_str(&format!("{cookie}; Max-Age={SECONDS}")) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// Connects an account by an app password. What was typed comes back with a refusal, but never the password.
pub async fn by_password(
    State(services): State<Services>,
    Path(platform): Path<String>,
    From(origin): From,
    Form(form): Form<LinkForm>,
) -> Response {
    let Ok(platform) = platform.parse::<Platform>() else {
        return unknown_platform();
    };
    let link = SecretToken::from_untrusted(&form.token);
    let handle = plain(&form.handle);
    if handle.is_empty() {
        return again(&link, Way::AppPassword, "", NO_HANDLE);
    }
    if form.password.is_empty() {
        return again(&link, Way::AppPassword, &handle, NO_PASSWORD);
    }
    match services
        .connect_by_link_and_password(&link, platform, &handle, form.password.into(), &origin)
        .await
    {
        Ok(connected) => back(&link, "connected", &connected.name),
        Err(error @ ServiceError::NotFound(_)) => {
            (status(&error), error.to_string()).into_response()
        }
        Err(error) => {
            let problem = told(platform, &error);
            again(&link, Way::AppPassword, &handle, &problem)
        }
    }
}

/// Takes the browser back from the consent page to the link that it came by.
pub async fn finish(
    services: &Services,
    visitor: &Visitor,
    platform: Platform,
    reply: ConsentReply,
) -> Response {
    let Visitor {
        browser,
        link,
        origin,
    } = visitor;
    match services
        .finish_connect_by_link(link, browser, platform, reply, origin)
        .await
    {
        Ok(connected) => back(link, "connected", &connected.name),
        Err(ConnectFailure { error, .. }) => back(link, "problem", &told(platform, &error)),
    }
}

/// To the link once more, with what was typed and what is the matter.
fn again(link: &SecretToken, way: Way, handle: &str, problem: &str) -> Response {
    let query = problem_query(way, handle, problem);
    to_link(link, &query)
}

/// To the link, with a word on what happened.
fn back(link: &SecretToken, name: &str, value: &str) -> Response {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair(name, value);
    to_link(link, &query.finish())
}

fn to_link(link: &SecretToken, query: &str) -> Response {
    // What came with a form may be anything, and must stay one part of a path.
    let token: String = link
        .expose()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    Redirect::to(&format!("/connect/{token}?{query}")).into_response()
}
