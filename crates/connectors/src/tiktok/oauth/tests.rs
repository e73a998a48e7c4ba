use super::*;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn config(pkce: PkceMode) -> TikTokConfig {
    TikTokConfig {
        client_key: "aw123".to_owned(),
        client_secret: "hush-hush".into(),
        authorize_url: super::super::config::AUTHORIZE_URL.parse().unwrap(),
        api_url: super::super::config::API_URL.parse().unwrap(),
        pkce,
    }
}

fn query(authorization: &Authorization, name: &str) -> Option<String> {
    let mut pairs = authorization.url.query_pairs();
    pairs
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

fn tokens(json: &str) -> Result<TokenSet, PlatformError> {
    serde_json::from_str::<TikTokToken>(json)
        .unwrap()
        .into_tokens()
}

#[test]
fn challenges_are_those_of_the_fact_sheet_and_of_the_rfc() {
    assert_eq!(
        challenge(PkceMode::Hex, VERIFIER).as_deref(),
        Some("13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3")
    );
    assert_eq!(
        challenge(PkceMode::Base64Url, VERIFIER).as_deref(),
        Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    );
    assert_eq!(challenge(PkceMode::None, VERIFIER), None);
}

#[test]
fn the_consent_page_is_asked_in_tiktoks_way() {
    let redirect = "https://autopost.test/oauth/tiktok/callback"
        .parse()
        .unwrap();
    let plain = authorize(&config(PkceMode::None), "a-state", &redirect).unwrap();
    assert!(
        plain
            .url
            .as_str()
            .starts_with("https://www.tiktok.com/v2/auth/authorize/?")
    );
    for (name, value) in [
        ("client_key", "aw123"),
        ("response_type", "code"),
        (
            "scope",
            "user.info.basic,user.info.profile,video.upload,video.publish,video.list",
        ),
        (
            "redirect_uri",
            "https://autopost.test/oauth/tiktok/callback",
        ),
        ("state", "a-state"),
        ("disable_auto_auth", "1"),
    ] {
        assert_eq!(query(&plain, name).as_deref(), Some(value));
    }
    assert!(query(&plain, "code_challenge").is_none() && plain.private.is_none());
    assert!(!plain.url.as_str().contains("hush"));

    let hex = authorize(&config(PkceMode::Hex), "a-state", &redirect).unwrap();
    let verifier = hex.private.as_ref().unwrap().expose_secret().to_owned();
    assert_eq!(verifier.len(), 43);
    assert_eq!(
        query(&hex, "code_challenge"),
        challenge(PkceMode::Hex, &verifier)
    );
    assert_eq!(
        query(&hex, "code_challenge_method").as_deref(),
        Some("S256")
    );
}

#[test]
fn tokens_are_read_from_tiktoks_flat_answer() {
    let read = tokens(
        r#"{"open_id":"-000abc","scope":"user.info.basic,video.publish","access_token":"act.1",
            "expires_in":7200,"refresh_token":"rft.1","refresh_expires_in":15552000,"token_type":"Bearer"}"#,
    )
    .unwrap();
    assert_eq!(read.access_token.expose_secret(), "act.1");
    assert_eq!(read.refresh_token.unwrap().expose_secret(), "rft.1");
    assert_eq!(
        (read.expires_in, read.refresh_expires_in),
        (7200, Some(15_552_000))
    );
    assert_eq!(read.scopes, ["user.info.basic", "video.publish"]);
    assert_eq!(read.platform_user_id.as_deref(), Some("-000abc"));
}

#[test]
fn an_empty_refresh_token_is_none() {
    let empty = tokens(r#"{"access_token":"act.1","expires_in":60,"refresh_token":""}"#).unwrap();
    assert!(empty.refresh_token.is_none());
    let absent = tokens(r#"{"access_token":"act.1","expires_in":"60"}"#).unwrap();
    assert!(absent.refresh_token.is_none() && absent.expires_in == 60);
}

#[test]
fn an_answer_without_an_access_token_is_no_success() {
    assert!(tokens(r#"{"access_token":""}"#).is_err());
    assert!(serde_json::from_str::<TikTokToken>("{}").is_err());
}

#[test]
fn an_error_counts_whatever_the_status() {
    let flat = br#"{"error":"invalid_grant","error_description":"expired","log_id":"77"}"#;
    for status in [200, 400] {
        let found = refusal(status, flat).unwrap();
        assert_eq!(found.code, "invalid_grant");
        assert_eq!(
            found.words(),
            format!("{status} invalid_grant: expired, log_id 77")
        );
        // As it comes out of `oauth2`.
        let back: OAuthFailure =
            serde_json::from_slice(&OAuthFailure::from(found.clone()).to_json()).unwrap();
        assert_eq!(Refusal::from(back), found);
    }
    let enveloped = br#"{"error":{"code":"invalid_params","message":"m","logid":"78"}}"#;
    assert_eq!(
        refusal(200, enveloped).unwrap().words(),
        "200 invalid_params: m, log_id 78"
    );
}

#[test]
fn what_is_no_error_is_none() {
    assert_eq!(
        refusal(200, br#"{"access_token":"act.1","error":""}"#),
        None
    );
    assert_eq!(refusal(200, br#"{"error":{"code":"ok"}}"#), None);
    assert_eq!(refusal(200, b""), None);
    assert_eq!(
        refusal(502, b"<html>").map(|refusal| refusal.status),
        Some(502)
    );
}

#[test]
fn nothing_secret_is_printed() {
    let token: TikTokToken =
        serde_json::from_str(r#"{"access_token":"hush","refresh_token":"hush"}"#).unwrap();
    assert!(!format!("{token:?}").contains("hush"));
}
