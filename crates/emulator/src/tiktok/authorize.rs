use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Shared,
    config::{Config, check_redirect_uri},
    extract::content_type,
    scopes,
    state::State as PlatformState,
    tokens::Consent,
};
use crate::html::{self, escape, percent_encode};

/// Remembers who continued last, as TikTok's own session would.
const SESSION: &str = "standin_tiktok_session";

/// A wrong request ends on an error page: never a redirect to an address that
/// the app did not register.
struct Wrong(String);

/// What the client asked for, all checked.
struct Ask {
    scopes: Vec<String>,
    redirect_uri: String,
    state: String,
    code_challenge: Option<String>,
    always_show: bool,
}

/// The consent page, or an immediate redirect for a known session.
pub(super) async fn show(
    State(platform): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let now = platform.now();
    let mut state = platform.state();
    let ask = match Ask::read(&query.unwrap_or_default(), &state.config) {
        Ok(ask) => ask,
        Err(wrong) => return wrong.page(),
    };
    let session = session_of(&headers).filter(|username| state.user(username).is_some());
    if !ask.always_show
        && let Some(username) = &session
        && let Some(open_id) = state.user(username).map(|user| user.open_id.clone())
        && state.granted_all(&open_id, &ask.scopes)
    {
        let address = allow(&mut state, &ask, &open_id, ask.scopes.clone(), now);
        return redirect(StatusCode::FOUND, &address);
    }
    drop(state);
    let users = platform.state().users.clone();
    let mut accounts = String::new();
    for (index, user) in users.iter().enumerate() {
        let chosen = match &session {
            Some(username) => *username == user.username,
            None => index == 0,
        };
        accounts.push_str(&format!(
            r#"<label class="choice"><input type="radio" name="account" value="{username}"{checked}><img class="avatar" alt="" src="{avatar}"><span>{name}<small>@{username} · {notes}</small></span></label>"#,
            username = escape(&user.username),
            checked = if chosen { " checked" } else { "" },
            avatar = escape(&platform.avatar_url(&user.username, 100)),
            name = escape(&user.display_name),
            notes = escape(&user.notes().join(", ")),
        ));
    }
    let mut permissions = String::new();
    for scope in ask.scopes.iter().filter_map(|name| scopes::find(name)) {
        permissions.push_str(&format!(
            r#"<label class="choice"><input type="checkbox" name="scope" value="{name}" checked{fixed}><span>{meaning}<small>{name}{note}</small></span></label>"#,
            name = scope.name,
            fixed = if scope.toggleable { "" } else { " disabled" },
            meaning = scope.meaning,
            note = if scope.toggleable { "" } else { " · always shared" },
        ));
    }
    html::page(
        "Log in with the stand-in TikTok",
        &format!(
            r#"<form class="card narrow" method="post">
<p class="standin">Stand-in TikTok: no real account is involved.</p>
<h1>Connect your account</h1>
<fieldset><legend>Account</legend>{accounts}</fieldset>
<fieldset><legend>This app would like to</legend>{permissions}</fieldset>
<div class="buttons"><button class="primary" name="decision" value="allow">Continue</button><button name="decision" value="deny">Cancel</button></div>
</form>"#
        ),
    )
    .into_response()
}

/// The person's decision. The request itself is still in the address.
pub(super) async fn decide(
    State(platform): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> Response {
    let now = platform.now();
    let mut state = platform.state();
    let ask = match Ask::read(&query.unwrap_or_default(), &state.config) {
        Ok(ask) => ask,
        Err(wrong) => return wrong.page(),
    };
    if content_type(&headers).0 != "application/x-www-form-urlencoded" {
        return Wrong("The decision must be a form.".to_owned()).page();
    }
    let form = pairs(&body);
    match one(&form, "decision") {
        Ok(Some("allow")) => {}
        Ok(Some("deny")) => {
            let address = format!(
                "{}?error=access_denied&error_description={}&state={}",
                ask.redirect_uri,
                percent_encode("The user refused to authorize the app."),
                percent_encode(&ask.state)
            );
            return redirect(StatusCode::SEE_OTHER, &address);
        }
        _ => return Wrong("Neither allowed nor denied.".to_owned()).page(),
    }
    let Some(user) = one(&form, "account")
        .ok()
        .flatten()
        .and_then(|username| state.user(username))
        .cloned()
    else {
        return Wrong("No account was chosen.".to_owned()).page();
    };
    let ticked: Vec<&str> = form
        .iter()
        .filter(|(name, _)| name == "scope")
        .map(|(_, value)| value.as_str())
        .collect();
    if let Some(extra) = ticked
        .iter()
        .find(|name| !ask.scopes.iter().any(|s| s == *name))
    {
        return Wrong(format!("{extra:?} was not asked for.")).page();
    }
    let granted: Vec<String> = ask
        .scopes
        .iter()
        .filter(|name| {
            ticked.contains(&name.as_str())
                || scopes::find(name).is_some_and(|scope| !scope.toggleable)
        })
        .cloned()
        .collect();
    let address = allow(&mut state, &ask, &user.open_id, granted, now);
    let cookie = format!(
        "{SESSION}={}; Path=/tiktok; HttpOnly; SameSite=Lax",
        percent_encode(&user.username)
    );
    let mut response = redirect(StatusCode::SEE_OTHER, &address);
    if let Ok(cookie) = cookie.parse() {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

impl PlatformState {
    fn granted_all(&self, open_id: &str, scopes: &[String]) -> bool {
        let granted = self.tokens.granted(open_id);
        scopes.iter().all(|scope| granted.contains(&scope.as_str()))
    }
}

/// Makes a code and the address that carries it back.
fn allow(
    state: &mut PlatformState,
    ask: &Ask,
    open_id: &str,
    granted: Vec<String>,
    now: DateTime<Utc>,
) -> String {
    let scopes = granted.join(",");
    let code = state.tokens.consent(Consent {
        open_id: open_id.to_owned(),
        scopes: granted,
        redirect_uri: ask.redirect_uri.clone(),
        code_challenge: ask.code_challenge.clone(),
        expires_at: now + TimeDelta::minutes(10),
    });
    format!(
        "{}?code={}&scopes={}&state={}",
        ask.redirect_uri,
        percent_encode(&code),
        percent_encode(&scopes),
        percent_encode(&ask.state)
    )
}

impl Ask {
    fn read(query: &str, config: &Config) -> Result<Self, Wrong> {
        let query = pairs(query);
        let need = |name: &str| match one(&query, name) {
            Ok(Some(value)) if !value.is_empty() => Ok(value),
            Ok(_) => Err(Wrong(format!("{name} is missing."))),
            Err(wrong) => Err(wrong),
        };
        if need("client_key")? != config.client_key {
            return Err(Wrong("client_key is unknown.".to_owned()));
        }
        let redirect_uri = need("redirect_uri")?;
        if !config.redirect_uris.iter().any(|uri| uri == redirect_uri) {
            return Err(Wrong("redirect_uri is not registered.".to_owned()));
        }
        check_redirect_uri(redirect_uri, config.allow_http_redirect)
            .map_err(|error| Wrong(format!("redirect_uri: {error}.")))?;
        if need("response_type")? != "code" {
            return Err(Wrong(
                "unsupported_response_type: response_type must be code.".to_owned(),
            ));
        }
        let state = need("state")?;
        let scopes = read_scopes(need("scope")?, config)?;
        let always_show = match one(&query, "disable_auto_auth")? {
            None | Some("0") => false,
            Some("1") => true,
            Some(_) => return Err(Wrong("disable_auto_auth must be 0 or 1.".to_owned())),
        };
        Ok(Self {
            scopes,
            redirect_uri: redirect_uri.to_owned(),
            state: state.to_owned(),
            code_challenge: read_challenge(&query, config)?,
            always_show,
        })
    }
}

fn read_scopes(list: &str, config: &Config) -> Result<Vec<String>, Wrong> {
    let mut scopes: Vec<String> = Vec::new();
    for name in list.split(',') {
        if scopes::find(name).is_none() || !config.approved_scopes.iter().any(|s| s == name) {
            return Err(Wrong(format!(
                "invalid_scope: {name:?} is unknown, or not approved for this app."
            )));
        }
        if !scopes.iter().any(|scope| scope == name) {
            scopes.push(name.to_owned());
        }
    }
    Ok(scopes)
}

fn read_challenge(query: &[(String, String)], config: &Config) -> Result<Option<String>, Wrong> {
    let method = one(query, "code_challenge_method")?;
    let Some(challenge) = one(query, "code_challenge")? else {
        return if config.require_pkce || method.is_some() {
            Err(Wrong("code_challenge is missing.".to_owned()))
        } else {
            Ok(None)
        };
    };
    if method != Some("S256") {
        return Err(Wrong("code_challenge_method must be S256.".to_owned()));
    }
    let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    if challenge.len() != 64 || !challenge.chars().all(is_hex) {
        return Err(Wrong(
            "code_challenge must be the lowercase hex of the verifier's SHA-256.".to_owned(),
        ));
    }
    Ok(Some(challenge.to_owned()))
}

impl Wrong {
    fn page(&self) -> Response {
        let body = format!(
            r#"<div class="card narrow" role="alert"><p class="standin">Stand-in TikTok</p><h1>Something went wrong</h1><p>{}</p></div>"#,
            escape(&self.0)
        );
        (
            StatusCode::BAD_REQUEST,
            html::page("Something went wrong", &body),
        )
            .into_response()
    }
}

fn pairs(text: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect()
}

/// The value of a parameter that may be given once at most.
fn one<'a>(pairs: &'a [(String, String)], name: &str) -> Result<Option<&'a str>, Wrong> {
    let mut values = pairs.iter().filter(|(key, _)| key == name);
    let value = values.next().map(|(_, value)| value.as_str());
    match values.next() {
        None => Ok(value),
        Some(_) => Err(Wrong(format!("{name} is given more than once."))),
    }
}

fn session_of(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    cookies.split(';').find_map(|cookie| {
        let (name, value) = cookie.trim().split_once('=')?;
        (name == SESSION).then(|| value.to_owned())
    })
}

fn redirect(status: StatusCode, address: &str) -> Response {
    let headers = [
        (header::LOCATION, address),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers).into_response()
}
