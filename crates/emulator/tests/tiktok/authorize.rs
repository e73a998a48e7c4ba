use std::collections::HashMap;

use reqwest::{
    Response,
    header::{COOKIE, LOCATION, SET_COOKIE},
};
use url::Url;

use crate::desk::{Desk, REDIRECT, desk, desk_with};

/// The address that a client sends people to.
pub fn address(desk: &Desk, changes: &[(&str, &str)]) -> Url {
    let mut query = vec![
        ("client_key", "emu_client_key"),
        ("response_type", "code"),
        ("scope", "user.info.basic,video.publish,video.list"),
        ("redirect_uri", REDIRECT),
        ("state", "s t&te=1"),
        ("disable_auto_auth", "1"),
    ];
    for (name, value) in changes {
        query.retain(|(known, _)| known != name);
        if !value.is_empty() {
            query.push((name, value));
        }
    }
    Url::parse_with_params(&desk.tiktok().authorize_url(), query).unwrap()
}

pub async fn decide(desk: &Desk, address: Url, form: &[(&str, &str)]) -> Response {
    desk.http.post(address).form(form).send().await.unwrap()
}

/// What came back to the client.
pub fn callback(response: &Response) -> HashMap<String, String> {
    let location = response.headers()[LOCATION].to_str().unwrap();
    assert!(location.starts_with(REDIRECT), "{location}");
    Url::parse(location)
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect()
}

const ALLOW_ALL: [(&str, &str); 5] = [
    ("account", "kestrelcoffee"),
    ("scope", "user.info.basic"),
    ("scope", "video.publish"),
    ("scope", "video.list"),
    ("decision", "allow"),
];

#[tokio::test]
async fn the_page_offers_accounts_scopes_and_both_decisions() {
    let desk = desk().await;
    let response = desk.http.get(address(&desk, &[])).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let page = response.text().await.unwrap();
    for part in [
        r#"name="account" value="kestrelcoffee""#,
        r#"name="account" value="maribelspottery""#,
        r#"name="scope" value="video.publish" checked"#,
        r#"name="scope" value="user.info.basic" checked disabled"#,
        r#"name="decision" value="allow""#,
        r#"name="decision" value="deny""#,
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert!(!page.contains("video.upload"));
}

#[tokio::test]
async fn consent_returns_an_encoded_code_the_scopes_and_the_state() {
    let desk = desk().await;
    let response = decide(&desk, address(&desk, &[]), &ALLOW_ALL).await;
    assert_eq!(response.status(), 303);
    let location = response.headers()[LOCATION].to_str().unwrap();
    assert!(!location.contains('*') && !location.contains('!'));
    let callback = callback(&response);
    assert!(callback["code"].contains('*') && callback["code"].contains('!'));
    assert_eq!(
        callback["scopes"],
        "user.info.basic,video.publish,video.list"
    );
    assert_eq!(callback["state"], "s t&te=1");
    assert!(!callback.contains_key("error"));
}

#[tokio::test]
async fn a_person_can_grant_a_subset_of_the_scopes() {
    let desk = desk().await;
    let form = [
        ("account", "kestrelcoffee"),
        ("scope", "video.list"),
        ("decision", "allow"),
    ];
    let response = decide(&desk, address(&desk, &[]), &form).await;
    assert_eq!(callback(&response)["scopes"], "user.info.basic,video.list");
}

#[tokio::test]
async fn a_refusal_returns_an_error_and_the_state_but_no_code() {
    let desk = desk().await;
    let form = [("account", "kestrelcoffee"), ("decision", "deny")];
    let response = decide(&desk, address(&desk, &[]), &form).await;
    let callback = callback(&response);
    assert_eq!(callback["error"], "access_denied");
    assert!(!callback["error_description"].is_empty());
    assert_eq!(callback["state"], "s t&te=1");
    assert!(!callback.contains_key("code"));
}

#[tokio::test]
async fn a_wrong_request_ends_on_an_error_page_and_never_redirects() {
    let desk = desk().await;
    for change in [
        ("client_key", "someone_else"),
        ("client_key", ""),
        ("redirect_uri", "https://evil.test/callback"),
        (
            "redirect_uri",
            "https://autopost.test/oauth/tiktok/callback/",
        ),
        ("redirect_uri", ""),
        ("response_type", "token"),
        ("response_type", ""),
        ("state", ""),
        ("scope", ""),
        ("scope", "user.info.basic video.publish"),
        ("scope", "user.info.basic,everything"),
        ("disable_auto_auth", "true"),
        ("code_challenge_method", "S256"),
    ] {
        let wrong = address(&desk, &[change]);
        for response in [
            desk.http.get(wrong.clone()).send().await.unwrap(),
            decide(&desk, wrong.clone(), &ALLOW_ALL).await,
        ] {
            assert_eq!(response.status(), 400, "{change:?}");
            assert!(!response.headers().contains_key(LOCATION));
        }
    }
}

#[tokio::test]
async fn a_scope_that_the_app_is_not_approved_for_is_refused() {
    let desk = desk_with(|config| config.approved_scopes.retain(|s| s != "video.list")).await;
    let response = desk.http.get(address(&desk, &[])).send().await.unwrap();
    assert_eq!(response.status(), 400);
}

#[tokio::test]
async fn a_base64url_challenge_is_refused_because_tiktok_wants_hex() {
    let desk = desk().await;
    let base64url = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let wrong = address(
        &desk,
        &[
            ("code_challenge", base64url),
            ("code_challenge_method", "S256"),
        ],
    );
    let response = desk.http.get(wrong).send().await.unwrap();
    assert_eq!(response.status(), 400);
}

#[tokio::test]
async fn a_known_session_skips_the_page_only_when_auto_auth_is_on() {
    let desk = desk().await;
    let first = decide(&desk, address(&desk, &[]), &ALLOW_ALL).await;
    let cookie = first.headers()[SET_COOKIE].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let again = |value: &'static str| {
        let address = address(&desk, &[("disable_auto_auth", value)]);
        desk.http.get(address).header(COOKIE, cookie.clone()).send()
    };

    // The account has not connected yet: a code alone grants nothing.
    assert_eq!(again("0").await.unwrap().status(), 200);
    desk.connect("kestrelcoffee");
    let skipped = again("0").await.unwrap();
    assert_eq!(skipped.status(), 302);
    assert!(callback(&skipped).contains_key("code"));
    assert_eq!(again("1").await.unwrap().status(), 200);
}

#[tokio::test]
async fn http_redirects_need_the_development_switch() {
    let desk = desk().await;
    let uri = "http://127.0.0.1:3000/callback";
    assert!(desk.tiktok().register_redirect_uri(uri).is_err());
    desk.tiktok()
        .configure(|config| config.allow_http_redirect = true);
    desk.tiktok().register_redirect_uri(uri).unwrap();
    let response = desk
        .http
        .get(address(&desk, &[("redirect_uri", uri)]))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
}
