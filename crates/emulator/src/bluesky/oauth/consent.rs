//! `/oauth/authorize`: the page where a person agrees, or does not.

use axum::{
    extract::{RawQuery, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    super::{
        Shared,
        errors::{OAuthError, OAuthResult},
        state::Platform,
    },
    form::Form,
    sessions::{Code, Pushed},
};
use crate::{
    html::{self, escape, percent_encode},
    random,
};

pub(crate) async fn show(State(platform): State<Shared>, RawQuery(query): RawQuery) -> Response {
    let pushed = match pushed(&platform, query.as_deref()) {
        Ok((_, pushed)) => pushed,
        Err(error) => return wrong(&error),
    };
    let accounts = platform.state().accounts.clone();
    let hint = pushed.login_hint.as_deref().map(|hint| {
        platform
            .state()
            .account(hint.trim_start_matches('@'))
            .map(|account| account.did.clone())
    });
    let mut choices = String::new();
    for (index, account) in accounts.iter().enumerate() {
        let chosen = match &hint {
            Some(did) => did.as_ref() == Some(&account.did),
            None => index == 0,
        };
        choices.push_str(&format!(
            r#"<label class="choice"><input type="radio" name="account" value="{handle}"{checked}><img class="avatar" alt="" src="{avatar}"><span>{name}<small>@{handle}</small></span></label>"#,
            handle = escape(&account.handle),
            checked = if chosen { " checked" } else { "" },
            avatar = escape(&platform.avatar_url(&account.did)),
            name = escape(&account.display_name),
        ));
    }
    let permissions: String = pushed
        .scope
        .split(' ')
        .map(|scope| format!("<li>{}</li>", escape(scope)))
        .collect();
    let client = escape(&pushed.client_id);
    html::page(
        "Authorize with the stand-in Bluesky",
        &format!(
            r#"<form class="card narrow" method="post">
<p class="standin">Stand-in Bluesky: no real account is involved.</p>
<h1>Authorize access</h1>
<p>{name} <small class="standin">({client})</small> asks for access to your account.</p>
<fieldset><legend>Account</legend>{choices}</fieldset>
<ul class="tags">{permissions}</ul>
<div class="buttons"><button class="primary" name="decision" value="allow">Authorize</button><button name="decision" value="deny">Deny access</button></div>
</form>"#,
            name = escape(&pushed.client_name),
        ),
    )
    .into_response()
}

pub(crate) async fn decide(
    State(platform): State<Shared>,
    RawQuery(query): RawQuery,
    body: String,
) -> Response {
    let decided = pushed(&platform, query.as_deref())
        .and_then(|(uri, pushed)| answer(&platform, &uri, pushed, &body));
    match decided {
        Ok(address) => (
            StatusCode::SEE_OTHER,
            [
                (header::LOCATION, address.as_str()),
                (header::CACHE_CONTROL, "no-store"),
            ],
        )
            .into_response(),
        Err(error) => wrong(&error),
    }
}

/// Where the browser goes with the decision. The pushed request works once.
fn answer(platform: &Platform, uri: &str, pushed: Pushed, body: &str) -> OAuthResult<String> {
    let form = Form::parse(body.as_bytes())?;
    let mut state = platform.state();
    let back = format!(
        "{}{}state={}&iss={}",
        pushed.redirect_uri,
        if pushed.redirect_uri.contains('?') {
            '&'
        } else {
            '?'
        },
        percent_encode(&pushed.state),
        percent_encode(&platform.url)
    );
    match form.get("decision") {
        Some("allow") => {
            let did = form
                .get("account")
                .and_then(|handle| state.account(handle))
                .map(|account| account.did.clone())
                .ok_or_else(|| OAuthError::request("No account was chosen"))?;
            state.oauth.pushed.remove(uri);
            let code = format!("cod-{}", random::token::<32>());
            state.oauth.codes.insert(code.clone(), Code { did, pushed });
            Ok(format!("{back}&code={code}"))
        }
        Some("deny") => {
            state.oauth.pushed.remove(uri);
            Ok(format!(
                "{back}&error=access_denied&error_description={}",
                percent_encode("Access denied")
            ))
        }
        _ => Err(OAuthError::request("Neither allowed nor denied")),
    }
}

fn pushed(platform: &Platform, query: Option<&str>) -> OAuthResult<(String, Pushed)> {
    let query = Form::parse(query.unwrap_or_default().as_bytes())?;
    let uri = query.need("request_uri")?;
    let pushed = platform
        .state()
        .oauth
        .pushed
        .get(uri)
        .cloned()
        .filter(|pushed| platform.now() < pushed.expires_at)
        .ok_or_else(|| OAuthError::request("This request has expired"))?;
    if pushed.client_id != query.need("client_id")? {
        return Err(OAuthError::request("client_id is another one"));
    }
    Ok((uri.to_owned(), pushed))
}

fn wrong(error: &OAuthError) -> Response {
    let body = format!(
        r#"<div class="card narrow" role="alert"><p class="standin">Stand-in Bluesky</p><h1>Something went wrong</h1><p>{}</p></div>"#,
        escape(error.description())
    );
    (
        StatusCode::BAD_REQUEST,
        html::page("Something went wrong", &body),
    )
        .into_response()
}
