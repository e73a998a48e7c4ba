//! From the consent page to a connected account, and back.

use connectors::tiktok::PkceMode;
use connectors::{Authorization, Connector, Consent, ErrorKind, TokenSet};
use emulator::Emulator;
use emulator::tiktok::Fault;
use reqwest::redirect::Policy;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::support::{ACCOUNT, SCOPES, connector, emulator, renewal};

const STATE: &str = "a-state";

fn redirect_uri() -> Url {
    "https://autopost.test/oauth/tiktok/callback"
        .parse()
        .unwrap()
}

fn query(url: &Url, name: &str) -> Option<String> {
    let mut pairs = url.query_pairs();
    pairs
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// What a person does on the consent page; the address that the browser is sent back to.
async fn decide(authorization: &Authorization, decision: &str, scopes: &[&str]) -> Url {
    let browser = reqwest::Client::builder()
        .redirect(Policy::none())
        .build()
        .unwrap();
    let page = browser.get(authorization.url.clone()).send().await.unwrap();
    assert!(page.status().is_success(), "{}", page.text().await.unwrap());
    let mut form = vec![("account", ACCOUNT), ("decision", decision)];
    form.extend(scopes.iter().map(|scope| ("scope", *scope)));
    let answer = browser
        .post(authorization.url.clone())
        .form(&form)
        .send()
        .await
        .unwrap();
    let location = answer.headers()["location"].to_str().unwrap();
    location.parse().unwrap()
}

async fn authorize(tiktok: &impl Connector) -> Authorization {
    let answer = tiktok.authorize(None, STATE, &redirect_uri()).await;
    answer.unwrap()
}

fn consent(code: &str) -> Consent<'_> {
    Consent {
        code,
        iss: None,
        state: STATE,
    }
}

async fn connect(emulator: &Emulator, pkce: PkceMode, scopes: &[&str]) -> TokenSet {
    let tiktok = connector(emulator, pkce);
    let authorization = authorize(&tiktok).await;
    let callback = decide(&authorization, "allow", scopes).await;
    assert_eq!(query(&callback, "state").as_deref(), Some(STATE));
    let code = query(&callback, "code").unwrap();
    assert!(code.contains('*') && code.contains('!'), "{code}");
    let private = authorization.private.as_ref();
    tiktok
        .exchange(consent(&code), &redirect_uri(), private)
        .await
        .unwrap()
}

#[tokio::test]
async fn an_account_is_connected_and_shown() {
    let emulator = emulator(|_| {}).await;
    let tokens = connect(&emulator, PkceMode::None, &SCOPES).await;
    assert_eq!(
        (tokens.expires_in, tokens.refresh_expires_in),
        (7200, Some(15_552_000))
    );
    assert_eq!(tokens.scopes, SCOPES);

    let tiktok = connector(&emulator, PkceMode::None);
    let profile = tiktok.profile(tokens.access()).await.unwrap();
    assert_eq!(profile.nickname, "Kestrel Coffee Roasters");
    assert_eq!(profile.handle.as_deref(), Some(ACCOUNT));
    assert_eq!(
        Some(&profile.platform_user_id),
        tokens.platform_user_id.as_ref()
    );
    let avatar = tiktok.avatar(&profile.avatar_url.unwrap()).await.unwrap();
    assert!(avatar.starts_with(b"\x89PNG"));

    let facts = tiktok.account_facts(tokens.access()).await.unwrap();
    let creator = facts.tiktok().unwrap();
    assert_eq!(creator.nickname, "Kestrel Coffee Roasters");
    assert_eq!(creator.privacy_level_options[0], "PUBLIC_TO_EVERYONE");
    assert_eq!(creator.max_video_post_duration_sec, 600);
}

#[tokio::test]
async fn a_challenge_is_answered_where_one_is_wanted() {
    let emulator = emulator(|config| config.tiktok.require_pkce = true).await;
    let tokens = connect(&emulator, PkceMode::Hex, &SCOPES).await;
    assert!(tokens.refresh_token.is_some());
}

#[tokio::test]
async fn a_refusal_comes_back_without_a_code() {
    let emulator = emulator(|_| {}).await;
    let tiktok = connector(&emulator, PkceMode::None);
    let authorization = authorize(&tiktok).await;
    let callback = decide(&authorization, "deny", &[]).await;
    assert_eq!(query(&callback, "error").as_deref(), Some("access_denied"));
    assert_eq!(query(&callback, "code"), None);
}

#[tokio::test]
async fn a_code_works_once() {
    let emulator = emulator(|_| {}).await;
    let tiktok = connector(&emulator, PkceMode::None);
    let authorization = authorize(&tiktok).await;
    let callback = decide(&authorization, "allow", &SCOPES).await;
    let code = query(&callback, "code").unwrap();
    tiktok
        .exchange(consent(&code), &redirect_uri(), None)
        .await
        .unwrap();
    // Refused with HTTP 400 and with HTTP 200 in turn.
    for _ in 0..2 {
        let error = tiktok
            .exchange(consent(&code), &redirect_uri(), None)
            .await
            .err()
            .unwrap();
        assert_eq!(error.kind, ErrorKind::Reauthorise);
        assert_eq!(error.code.as_deref(), Some("invalid_grant"));
        assert!(!format!("{error:?}").contains(&code));
    }
}

#[tokio::test]
async fn fewer_scopes_are_told_and_the_handle_stays_unknown() {
    let emulator = emulator(|_| {}).await;
    let tokens = connect(&emulator, PkceMode::None, &["video.publish"]).await;
    assert_eq!(tokens.scopes, ["user.info.basic", "video.publish"]);
    let tiktok = connector(&emulator, PkceMode::None);
    let required = tiktok.required_scopes();
    assert!(
        required
            .iter()
            .all(|scope| tokens.scopes.iter().any(|granted| granted == scope))
    );
    let profile = tiktok.profile(tokens.access()).await.unwrap();
    assert_eq!(profile.nickname, "Kestrel Coffee Roasters");
    assert_eq!(profile.handle, None);
}

#[tokio::test]
async fn an_account_without_permission_to_post_is_told_to_connect_again() {
    let emulator = emulator(|_| {}).await;
    let tokens = connect(&emulator, PkceMode::None, &[]).await;
    let tiktok = connector(&emulator, PkceMode::None);
    let error = tiktok.account_facts(tokens.access()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Reauthorise);
}

#[tokio::test]
async fn a_refresh_token_is_spent_once() {
    let emulator = emulator(|_| {}).await;
    let tokens = connect(&emulator, PkceMode::None, &SCOPES).await;
    let tiktok = connector(&emulator, PkceMode::None);
    let first = tokens.refresh_token.unwrap();
    let renewed = tiktok.refresh(renewal(&first)).await.unwrap();
    assert_ne!(
        renewed.refresh_token.as_ref().unwrap().expose_secret(),
        first.expose_secret()
    );
    tiktok.profile(renewed.access()).await.unwrap();
    for _ in 0..2 {
        assert_eq!(
            tiktok.refresh(renewal(&first)).await.err().unwrap().kind,
            ErrorKind::Reauthorise
        );
    }
}

#[tokio::test]
async fn a_connection_is_not_given_up_for_a_fault() {
    let emulator = emulator(|_| {}).await;
    let tokens = connect(&emulator, PkceMode::None, &SCOPES).await;
    let refresh_token = tokens.refresh_token.unwrap();
    let tiktok = connector(&emulator, PkceMode::None);
    let unanswered = Fault {
        drop: true,
        after_work: Some(false),
        ..Fault::on("oauth/token")
    };
    let gateway = Fault {
        status: Some(502),
        body: Some("<html>bad gateway</html>".to_owned()),
        ..Fault::on("oauth/token")
    };
    let garbled = Fault {
        status: Some(200),
        body: Some("<html>hello</html>".to_owned()),
        ..Fault::on("oauth/token")
    };
    let rejected = Fault {
        status: Some(200),
        code: Some("invalid_client".to_owned()),
        ..Fault::on("oauth/token")
    };
    for (fault, kind) in [
        (unanswered, ErrorKind::RetryNow),
        (gateway, ErrorKind::RetryNow),
        (garbled, ErrorKind::RetryLater),
        (rejected, ErrorKind::RetryLater),
    ] {
        emulator.tiktok().fault(fault);
        let error = tiktok.refresh(renewal(&refresh_token)).await.err().unwrap();
        assert_eq!(error.kind, kind, "{error:?}");
    }
    tiktok.refresh(renewal(&refresh_token)).await.unwrap();
}

#[tokio::test]
async fn access_that_is_given_back_is_gone() {
    let emulator = emulator(|_| {}).await;
    let tokens = connect(&emulator, PkceMode::None, &SCOPES).await;
    let tiktok = connector(&emulator, PkceMode::None);
    tiktok.revoke(tokens.access(), None).await.unwrap();
    let error = tiktok.profile(tokens.access()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::RefreshToken);
    let again: SecretString = tokens.refresh_token.clone().unwrap();
    assert_eq!(
        tiktok.refresh(renewal(&again)).await.err().unwrap().kind,
        ErrorKind::Reauthorise
    );
    assert!(tiktok.revoke(tokens.access(), None).await.is_err());
}

#[tokio::test]
async fn an_avatar_is_small_and_comes_from_where_tiktok_says() {
    let emulator = emulator(|_| {}).await;
    let tiktok = connector(&emulator, PkceMode::None);
    for address in ["file:///etc/passwd", "not an address"] {
        assert_eq!(
            tiktok.avatar(address).await.unwrap_err().kind,
            ErrorKind::Rejected
        );
    }
    let gone = format!("{}/avatar/168/nobody.png", emulator.tiktok().api_base());
    assert_eq!(
        tiktok.avatar(&gone).await.unwrap_err().kind,
        ErrorKind::Rejected
    );
}
