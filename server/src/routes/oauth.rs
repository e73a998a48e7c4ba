//! Connecting an account: out to the platform's consent page, and back.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{ClientId, Platform};
use serde::Deserialize;
use services::accounts::{ConnectFailure, ConsentReply};
use services::{ServiceError, Services};

use super::signed_in::{SignedIn, status};

/// Sends the browser to the platform's own consent page.
pub async fn connect(
    State(services): State<Services>,
    Path((client, platform)): Path<(ClientId, String)>,
    SignedIn { actor, session }: SignedIn,
) -> Response {
    let Ok(platform) = platform.parse::<Platform>() else {
        return (
            StatusCode::NOT_FOUND,
            "AutoPost does not know this platform.",
        )
            .into_response();
    };
    match services
        .begin_connect(&actor, &session, client, platform, None)
        .await
    {
        Ok(address) => Redirect::to(address.as_str()).into_response(),
        Err(error @ ServiceError::NotFound(_)) => {
            (status(&error), error.to_string()).into_response()
        }
        Err(error) => back(client, "problem", &error.to_string()),
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

/// Takes the browser back from the consent page to the client's accounts.
pub async fn callback(
    State(services): State<Services>,
    Path(platform): Path<String>,
    Query(query): Query<CallbackQuery>,
    signed_in: Result<SignedIn, (StatusCode, &'static str)>,
) -> Response {
    let Ok(platform) = platform.parse::<Platform>() else {
        return (
            StatusCode::NOT_FOUND,
            "AutoPost does not know this platform.",
        )
            .into_response();
    };
    let Ok(SignedIn { actor, session }) = signed_in else {
        return Redirect::to("/sign-in").into_response();
    };
    let reply = ConsentReply {
        code: query.code,
        state: query.state,
        iss: query.iss,
        error: query.error,
    };
    match services
        .finish_connect(&actor, &session, platform, reply)
        .await
    {
        Ok(connected) => back(connected.client, "connected", &connected.name),
        Err(ConnectFailure {
            client: Some(client),
            error,
        }) => {
            tracing::info!(%platform, %error, "an account was not connected");
            back(client, "problem", &error.to_string())
        }
        Err(ConnectFailure {
            client: None,
            error,
        }) => (status(&error), error.to_string()).into_response(),
    }
}

/// To the accounts of a client, with a word on what happened.
fn back(client: ClientId, name: &str, value: &str) -> Response {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair(name, value);
    Redirect::to(&format!("/clients/{client}/accounts?{}", query.finish())).into_response()
}
