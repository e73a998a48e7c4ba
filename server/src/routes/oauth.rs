//! Connecting an account: out to the platform's consent page, and back; or by an app password.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use connectors::Way;
use domain::{ClientId, Platform};
use serde::Deserialize;
use services::accounts::{ConnectFailure, ConsentReply};
use services::{Actor, ServiceError, Services};

use super::connect_link::{self, Visitor};
use super::signed_in::{SignedIn, status};

pub(super) const NO_HANDLE: &str = "Enter the account’s handle, such as name.bsky.social.";
pub(super) const NO_PASSWORD: &str = "Enter the app password that was made for AutoPost.";

/// What is asked for where the handle says which server to go to.
#[derive(Deserialize)]
pub struct HandleForm {
    #[serde(default)]
    handle: String,
}

/// Sends the browser to the platform's own consent page.
pub async fn connect(
    State(services): State<Services>,
    Path((client, platform)): Path<(ClientId, String)>,
    SignedIn { actor, session }: SignedIn,
    form: Result<Form<HandleForm>, FormRejection>,
) -> Response {
    let Ok(platform) = platform.parse::<Platform>() else {
        return unknown_platform();
    };
    let takes_handle = services
        .connectors
        .get(platform)
        .is_some_and(|connector| connector.ways().contains(&Way::RedirectWithHandle));
    let handle = form
        .map(|Form(form)| plain(&form.handle))
        .unwrap_or_default();
    let place = Place::of(&actor, client);
    if takes_handle && handle.is_empty() {
        return place.again(platform, Way::RedirectWithHandle, "", NO_HANDLE);
    }
    let hint = takes_handle.then_some(handle.as_str());
    match services
        .begin_connect(&actor, &session, client, platform, hint)
        .await
    {
        Ok(address) if takes_handle => leave(&address),
        Ok(address) => Redirect::to(address.as_str()).into_response(),
        Err(error @ (ServiceError::NotFound(_) | ServiceError::Forbidden)) => {
            (status(&error), error.to_string()).into_response()
        }
        Err(error) if takes_handle => {
            let problem = told(platform, &error);
            place.again(platform, Way::RedirectWithHandle, &handle, &problem)
        }
        Err(error) => place.back("problem", &error.to_string()),
    }
}

/// What is asked for where an account is connected by a password that was made for AutoPost.
#[derive(Deserialize)]
pub struct PasswordForm {
    #[serde(default)]
    handle: String,
    #[serde(default)]
    password: String,
}

/// Connects an account by an app password. What was typed comes back with a refusal, but never the
/// password.
pub async fn connect_by_password(
    State(services): State<Services>,
    Path((client, platform)): Path<(ClientId, String)>,
    SignedIn { actor, .. }: SignedIn,
    Form(form): Form<PasswordForm>,
) -> Response {
    let Ok(platform) = platform.parse::<Platform>() else {
        return unknown_platform();
    };
    let place = Place::of(&actor, client);
    let handle = plain(&form.handle);
    if handle.is_empty() {
        return place.again(platform, Way::AppPassword, "", NO_HANDLE);
    }
    if form.password.is_empty() {
        return place.again(platform, Way::AppPassword, &handle, NO_PASSWORD);
    }
    match services
        .connect_by_password(&actor, client, platform, &handle, form.password.into())
        .await
    {
        Ok(connected) => place.back("connected", &connected.name),
        Err(error @ (ServiceError::NotFound(_) | ServiceError::Forbidden)) => {
            (status(&error), error.to_string()).into_response()
        }
        Err(error) => {
            let problem = told(platform, &error);
            place.again(platform, Way::AppPassword, &handle, &problem)
        }
    }
}

/// What platforms send back in the query.
#[derive(Deserialize)]
pub struct CallbackQuery {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// Takes the browser back from the consent page to the client's accounts, or to the connect link that it came
/// by.
pub async fn callback(
    State(services): State<Services>,
    Path(platform): Path<String>,
    Query(query): Query<CallbackQuery>,
    visitor: Option<Visitor>,
    signed_in: Result<SignedIn, (StatusCode, &'static str)>,
) -> Response {
    let Ok(platform) = platform.parse::<Platform>() else {
        return unknown_platform();
    };
    let reply = ConsentReply {
        code: query.code,
        state: query.state,
        iss: query.iss,
        error: query.error,
    };
    if let Some(visitor) = visitor {
        match services.began_by_link(&reply).await {
            Ok(true) => return connect_link::finish(&services, &visitor, platform, reply).await,
            // Whoever is signed in here may have begun it; whoever is not goes back to where they came from.
            Ok(false) if signed_in.is_err() => return visitor.gone(platform),
            Ok(false) => {}
            Err(error) => return (status(&error), error.to_string()).into_response(),
        }
    }
    let Ok(SignedIn { actor, session }) = signed_in else {
        return Redirect::to("/sign-in").into_response();
    };
    match services
        .finish_connect(&actor, &session, platform, reply)
        .await
    {
        Ok(connected) => Place::of(&actor, connected.client).back("connected", &connected.name),
        Err(ConnectFailure {
            client: Some(client),
            error,
        }) => {
            tracing::info!(%platform, %error, "an account was not connected");
            Place::of(&actor, client).back("problem", &error.to_string())
        }
        Err(ConnectFailure {
            client: None,
            error,
        }) => (status(&error), error.to_string()).into_response(),
    }
}

pub(super) fn unknown_platform() -> Response {
    let sentence = "AutoPost does not know this platform.";
    (StatusCode::NOT_FOUND, sentence).into_response()
}

/// A handle as it is meant: people paste it with an @ or with what is around it.
pub(super) fn plain(handle: &str) -> String {
    let handle: String = handle.chars().filter(|c| !c.is_control()).collect();
    let handle = handle.trim();
    handle.strip_prefix('@').unwrap_or(handle).to_owned()
}

/// The sentence for the page; what went wrong inside goes to the log.
pub(super) fn told(platform: Platform, error: &ServiceError) -> String {
    tracing::info!(%platform, %error, "an account was not connected");
    // Logs the cause of what is ours to mend.
    let _ = status(error);
    error.to_string()
}

/// Sends the browser on to a server that the handle has named. A redirect would need that server in the
/// policy of our own page, which is written before anybody knows it.
pub(super) fn leave(address: &url::Url) -> Response {
    let escaped = address
        .as_str()
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;");
    let host = address.host_str().unwrap_or("the account’s server");
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\"><title>Continue</title></head>\
         <body><p><a href=\"{escaped}\">Continue to {host}</a></p></body></html>"
    );
    ([(header::REFRESH, format!("0;url={address}"))], Html(page)).into_response()
}

/// Where somebody connects accounts: at the desk, or in the portal.
struct Place(String);

impl Place {
    /// Where this person connects a client's accounts.
    fn of(actor: &Actor, client: ClientId) -> Self {
        let portal = if actor.role.is_staff() { "" } else { "/portal" };
        Self(format!("{portal}/clients/{client}/accounts"))
    }

    /// To the form once more, with what was typed and what is the matter.
    fn again(&self, platform: Platform, way: Way, handle: &str, problem: &str) -> Response {
        let Self(accounts) = self;
        let query = problem_query(way, handle, problem);
        let platform = platform.as_str();
        Redirect::to(&format!("{accounts}/connect/{platform}?{query}")).into_response()
    }

    /// To the accounts, with a word on what happened.
    fn back(&self, name: &str, value: &str) -> Response {
        let Self(accounts) = self;
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair(name, value);
        Redirect::to(&format!("{accounts}?{}", query.finish())).into_response()
    }
}

/// What was typed and what is the matter, for an address. Never a password.
pub(super) fn problem_query(way: Way, handle: &str, problem: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("problem", problem);
    query.append_pair("handle", handle);
    if way == Way::AppPassword {
        query.append_pair("way", "password");
    }
    query.finish()
}

#[cfg(test)]
mod tests {
    use super::{leave, plain};

    #[test]
    fn a_handle_is_read_as_people_paste_it() {
        assert_eq!(plain(" @kestrel.example\n"), "kestrel.example");
        assert_eq!(plain("kestrel.example"), "kestrel.example");
    }

    #[test]
    fn the_way_out_names_the_server_and_lets_nothing_through() {
        let address = "https://pds.example/oauth/authorize?a=1&b=%22%3E"
            .parse()
            .unwrap();
        let answer = leave(&address);
        assert_eq!(answer.headers()["refresh"], format!("0;url={address}"));
    }
}
