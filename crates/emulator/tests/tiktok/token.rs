use serde_json::Value;

use crate::{
    authorize::{address, callback, decide},
    desk::{Desk, PUBLIC, REDIRECT, desk, desk_with},
};
use emulator::tiktok::{Rotation, TokenErrors};

const CLIENT: [(&str, &str); 2] = [
    ("client_key", "emu_client_key"),
    ("client_secret", "emulator-secret"),
];
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3";

async fn code(desk: &Desk, changes: &[(&str, &str)]) -> String {
    let form = [
        ("account", PUBLIC),
        ("scope", "video.publish"),
        ("decision", "allow"),
    ];
    let response = decide(desk, address(desk, changes), &form).await;
    callback(&response)["code"].clone()
}

async fn token(desk: &Desk, fields: &[(&str, &str)]) -> (u16, Value) {
    desk.form("/v2/oauth/token/", &[&CLIENT, fields].concat())
        .await
}

async fn exchange(desk: &Desk, code: &str, more: &[(&str, &str)]) -> (u16, Value) {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
    ];
    token(desk, &[&fields, more].concat()).await
}

async fn refresh(desk: &Desk, refresh_token: &Value) -> (u16, Value) {
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token.as_str().unwrap()),
    ];
    token(desk, &fields).await
}

#[tokio::test]
async fn a_code_buys_a_flat_token_reply() {
    let desk = desk().await;
    let code = code(&desk, &[]).await;
    let (status, reply) = exchange(&desk, &code, &[]).await;
    assert_eq!(status, 200);
    assert!(reply["access_token"].as_str().unwrap().starts_with("act."));
    assert!(reply["refresh_token"].as_str().unwrap().starts_with("rft."));
    assert_eq!(reply["expires_in"], 7200);
    assert_eq!(reply["refresh_expires_in"], 15_552_000);
    assert_eq!(reply["scope"], "user.info.basic,video.publish");
    assert_eq!(reply["token_type"], "Bearer");
    assert!(reply["open_id"].as_str().unwrap().starts_with('-'));
    assert!(reply.get("data").is_none());
}

#[tokio::test]
async fn a_code_is_good_once_and_for_ten_minutes() {
    let desk = desk().await;
    let spent = code(&desk, &[]).await;
    exchange(&desk, &spent, &[]).await;
    assert_eq!(
        exchange(&desk, &spent, &[]).await.1["error"],
        "invalid_grant"
    );

    let late = code(&desk, &[]).await;
    desk.advance(600);
    assert_eq!(
        exchange(&desk, &late, &[]).await.1["error"],
        "invalid_grant"
    );
}

#[tokio::test]
async fn a_code_that_was_cut_off_is_refused() {
    let desk = desk().await;
    let code = code(&desk, &[]).await;
    let cut = code.split('*').next().unwrap();
    assert_eq!(exchange(&desk, cut, &[]).await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn another_redirect_uri_is_an_invalid_request() {
    let desk = desk().await;
    let code = code(&desk, &[]).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", "https://autopost.test/elsewhere"),
    ];
    assert_eq!(token(&desk, &fields).await.1["error"], "invalid_request");
}

#[tokio::test]
async fn pkce_compares_the_hex_of_the_verifier() {
    let desk = desk().await;
    let pkce = [
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let right = code(&desk, &pkce).await;
    let (_, reply) = exchange(&desk, &right, &[("code_verifier", VERIFIER)]).await;
    assert!(reply["access_token"].is_string(), "{reply}");

    let wrong = code(&desk, &pkce).await;
    let other = "a".repeat(43);
    let (_, reply) = exchange(&desk, &wrong, &[("code_verifier", &other)]).await;
    assert_eq!(reply["error"], "invalid_grant");

    let missing = code(&desk, &pkce).await;
    assert_eq!(
        exchange(&desk, &missing, &[]).await.1["error"],
        "invalid_request"
    );

    let short = code(&desk, &pkce).await;
    let (_, reply) = exchange(&desk, &short, &[("code_verifier", "short")]).await;
    assert_eq!(reply["error"], "invalid_request");
}

#[tokio::test]
async fn a_verifier_without_a_challenge_does_no_harm() {
    let desk = desk().await;
    let code = code(&desk, &[]).await;
    let (_, reply) = exchange(&desk, &code, &[("code_verifier", VERIFIER)]).await;
    assert!(reply["access_token"].is_string(), "{reply}");
}

#[tokio::test]
async fn refreshing_kills_the_old_refresh_token_and_does_not_prolong_it() {
    let desk = desk().await;
    let first = desk
        .tiktok()
        .issue_tokens(PUBLIC, &["video.publish"])
        .unwrap();
    desk.advance(1000);
    let (status, second) = refresh(&desk, &first.refresh_token.clone().into()).await;
    assert_eq!(status, 200);
    assert_ne!(second["access_token"], first.access_token);
    assert_ne!(second["refresh_token"], first.refresh_token);
    assert_eq!(second["expires_in"], 7200);
    assert_eq!(second["refresh_expires_in"], 15_552_000 - 1000);

    let (_, reply) = refresh(&desk, &first.refresh_token.into()).await;
    assert_eq!(reply["error"], "invalid_grant");
    let (_, third) = refresh(&desk, &second["refresh_token"]).await;
    assert!(third["access_token"].is_string());
}

#[tokio::test]
async fn lax_rotation_repeats_the_refresh_token() {
    let desk = desk_with(|config| config.rotation = Rotation::Lax).await;
    let first = desk
        .tiktok()
        .issue_tokens(PUBLIC, &["video.publish"])
        .unwrap();
    for _ in 0..2 {
        let (_, reply) = refresh(&desk, &first.refresh_token.clone().into()).await;
        assert_eq!(reply["refresh_token"], first.refresh_token);
    }
}

#[tokio::test]
async fn an_expired_refresh_token_is_refused() {
    let desk = desk().await;
    let pair = desk
        .tiktok()
        .issue_tokens(PUBLIC, &["video.publish"])
        .unwrap();
    assert!(desk.tiktok().expire_refresh_tokens(PUBLIC));
    let (_, reply) = refresh(&desk, &pair.refresh_token.into()).await;
    assert_eq!(reply["error"], "invalid_grant");
}

#[tokio::test]
async fn refusals_come_with_400_and_200_in_turn() {
    let desk = desk().await;
    let wrong = Value::from("rft.nothing");
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let (status, reply) = refresh(&desk, &wrong).await;
        assert!(reply["log_id"].is_string() && reply["error_description"].is_string());
        statuses.push(status);
    }
    assert_eq!(statuses, [400, 200, 400, 200]);

    desk.tiktok()
        .configure(|config| config.token_errors = TokenErrors::Always(400));
    for _ in 0..2 {
        assert_eq!(refresh(&desk, &wrong).await.0, 400);
    }
}

#[tokio::test]
async fn the_client_and_the_grant_type_are_checked() {
    let desk = desk().await;
    for (fields, error) in [
        (
            vec![("client_key", "emu_client_key"), ("client_secret", "wrong")],
            "invalid_client",
        ),
        (vec![("client_key", "emu_client_key")], "invalid_request"),
        (
            [&CLIENT[..], &[("grant_type", "password")]].concat(),
            "unsupported_grant_type",
        ),
        (
            [&CLIENT[..], &[("grant_type", "client_credentials")]].concat(),
            "unauthorized_client",
        ),
        (
            [&CLIENT[..], &[("grant_type", "authorization_code")]].concat(),
            "invalid_request",
        ),
        (CLIENT.to_vec(), "invalid_request"),
    ] {
        let (_, reply) = desk.form("/v2/oauth/token/", &fields).await;
        assert_eq!(reply["error"], error, "{fields:?}");
    }
}

#[tokio::test]
async fn a_json_body_is_not_a_form() {
    let desk = desk().await;
    let response = desk
        .http
        .post(desk.url("/v2/oauth/token/"))
        .json(&serde_json::json!({ "client_key": "emu_client_key" }))
        .send()
        .await
        .unwrap();
    let reply: Value = response.json().await.unwrap();
    assert_eq!(reply["error"], "invalid_request");
}

#[tokio::test]
async fn revoking_kills_both_tokens_and_running_tasks() {
    let desk = desk().await;
    let pair = desk
        .tiktok()
        .issue_tokens(PUBLIC, &["video.publish", "user.info.basic"])
        .unwrap();
    let opened = desk
        .init(&pair.access_token, crate::desk::direct("hi", 11))
        .await;
    let fields = [&CLIENT[..], &[("token", &pair.access_token)]].concat();
    let (status, reply) = desk.form("/v2/oauth/revoke/", &fields).await;
    assert_eq!((status, reply), (200, serde_json::json!({})));

    desk.get("/v2/user/info/?fields=open_id", &pair.access_token)
        .await
        .assert_refused(401, "access_token_invalid");
    let (_, reply) = refresh(&desk, &pair.refresh_token.into()).await;
    assert_eq!(reply["error"], "invalid_grant");
    let task = &desk.tiktok().tasks()[0];
    assert_eq!(task.fail_reason.as_deref(), Some("auth_removed"));
    let put = desk
        .put(&opened.text("upload_url"), 0, 11, b"hello world".to_vec())
        .await;
    assert_eq!(put, 403);

    let (_, reply) = desk.form("/v2/oauth/revoke/", &fields).await;
    assert_eq!(reply["error"], "invalid_grant");
}
