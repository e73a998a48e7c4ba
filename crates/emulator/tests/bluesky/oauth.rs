use axum::{Json, Router, routing::get};
use serde_json::{Value, json};

use crate::client::{HANDLE, Key, OAuth, REDIRECT, SCOPE, VERIFIER, desk, desk_with, hash, text};

const GET_SESSION: &str = "com.atproto.server.getSession";

#[tokio::test]
async fn a_public_client_gets_tokens_that_work_with_its_key_alone() {
    let desk = desk().await;
    let oauth = OAuth::new(&desk);
    let tokens = oauth.tokens().await;
    assert_eq!(tokens["token_type"], "DPoP");
    assert_eq!(tokens["sub"], desk.did());
    assert_eq!(tokens["scope"], SCOPE);
    let token = text(&tokens, "access_token");
    assert_eq!(oauth.call(GET_SESSION, &token).await.ok()["handle"], HANDLE);
    // As a bearer token it is nothing.
    desk.get(GET_SESSION, &token)
        .await
        .refused(400, "InvalidToken");
    let thief = OAuth::new(&desk);
    *thief.nonce.borrow_mut() = oauth.nonce.borrow().clone();
    thief
        .call(GET_SESSION, &token)
        .await
        .refused(401, "invalid_token");
}

#[tokio::test]
async fn a_proof_must_be_right_in_everything_and_works_once() {
    let desk = desk().await;
    let oauth = OAuth::new(&desk);
    let token = text(&oauth.tokens().await, "access_token");
    let address = format!("{}/xrpc/{GET_SESSION}", desk.emulator.url());
    let spoilt: [fn(&mut Value); 6] = [
        |claims| claims["htm"] = json!("POST"),
        |claims| claims["htu"] = json!("http://127.0.0.1/elsewhere"),
        |claims| claims["ath"] = json!(hash("another token")),
        |claims| claims["jti"] = Value::Null,
        |claims| claims["iat"] = json!(0),
        |claims| {
            claims["htu"] = json!(format!("{}?query=1", claims["htu"].as_str().unwrap()));
        },
    ];
    for spoil in spoilt {
        let mut claims = oauth.claims("GET", &address, Some(&token));
        spoil(&mut claims);
        let proof = oauth.proof(&claims);
        oauth
            .call_with(GET_SESSION, &token, &proof)
            .await
            .refused(401, "invalid_dpop_proof");
    }
    let proof = oauth.proof(&oauth.claims("GET", &address, Some(&token)));
    oauth.call_with(GET_SESSION, &token, &proof).await.ok();
    oauth
        .call_with(GET_SESSION, &token, &proof)
        .await
        .refused(401, "invalid_dpop_proof");
    // A nonce that is too old is asked for anew, and the answer carries one that works.
    desk.advance(400);
    let stale = oauth.call(GET_SESSION, &token).await;
    stale.refused(401, "use_dpop_nonce");
    assert!(stale.header("www-authenticate").contains("use_dpop_nonce"));
    *oauth.nonce.borrow_mut() = Some(stale.header("dpop-nonce").to_owned());
    oauth.call(GET_SESSION, &token).await.ok();
}

#[tokio::test]
async fn a_code_works_once_with_its_verifier_and_its_key() {
    let desk = desk().await;
    let oauth = OAuth::new(&desk);
    let code = oauth.code().await;
    oauth
        .exchange(&code, "another-verifier")
        .await
        .refused(400, "invalid_grant");
    oauth
        .exchange(&code, VERIFIER)
        .await
        .refused(400, "invalid_grant");
    let code = oauth.code().await;
    oauth.exchange(&code, VERIFIER).await.ok();
    oauth
        .exchange(&code, VERIFIER)
        .await
        .refused(400, "invalid_grant");
    let code = oauth.code().await;
    let thief = OAuth::new(&desk);
    *thief.nonce.borrow_mut() = oauth.nonce.borrow().clone();
    thief
        .exchange(&code, VERIFIER)
        .await
        .refused(400, "invalid_grant");
}

#[tokio::test]
async fn a_refresh_kills_the_old_tokens_and_a_replay_kills_the_session() {
    let desk = desk().await;
    let oauth = OAuth::new(&desk);
    let first = oauth.tokens().await;
    let second = oauth.refresh(&text(&first, "refresh_token")).await.ok();
    oauth
        .call(GET_SESSION, &text(&first, "access_token"))
        .await
        .refused(401, "invalid_token");
    oauth
        .call(GET_SESSION, &text(&second, "access_token"))
        .await
        .ok();
    oauth
        .refresh(&text(&first, "refresh_token"))
        .await
        .refused(400, "invalid_grant");
    oauth
        .call(GET_SESSION, &text(&second, "access_token"))
        .await
        .refused(401, "invalid_token");
    oauth
        .refresh(&text(&second, "refresh_token"))
        .await
        .refused(400, "invalid_grant");
}

#[tokio::test]
async fn revoking_ends_the_session_and_refusing_begins_none() {
    let desk = desk().await;
    let oauth = OAuth::new(&desk);
    let tokens = oauth.tokens().await;
    oauth
        .form("revoke", &[("token", &text(&tokens, "refresh_token"))])
        .await
        .ok();
    oauth
        .call(GET_SESSION, &text(&tokens, "access_token"))
        .await
        .refused(401, "invalid_token");
    let pushed = oauth.par().await.ok();
    let back = oauth.decide(&text(&pushed, "request_uri"), "deny").await;
    assert!(back.contains(&("error".to_owned(), "access_denied".to_owned())));
}

#[tokio::test]
async fn a_request_asks_for_what_its_client_announced_and_nothing_more() {
    let desk = desk().await;
    let oauth = OAuth::new(&desk);
    oauth.par().await.refused(400, "use_dpop_nonce");
    let right = [
        ("response_type", "code"),
        ("code_challenge", &hash(VERIFIER)),
        ("code_challenge_method", "S256"),
        ("state", "s"),
        ("redirect_uri", REDIRECT),
        ("scope", SCOPE),
    ];
    for (name, value, error) in [
        ("scope", "atproto transition:email", "invalid_scope"),
        ("scope", "transition:generic", "invalid_scope"),
        (
            "redirect_uri",
            "https://elsewhere.example/",
            "invalid_request",
        ),
        ("code_challenge_method", "plain", "invalid_request"),
        ("response_type", "token", "invalid_request"),
    ] {
        let fields: Vec<(&str, &str)> = right
            .iter()
            .map(|(known, good)| (*known, if *known == name { value } else { *good }))
            .collect();
        oauth.form("par", &fields).await.refused(400, error);
    }
    oauth.form("par", &right).await.ok();
}

/// Serves a client's metadata, as a web service does.
async fn serve_metadata(jwk: Value, method: &'static str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let metadata = json!({
        "client_id": "https://autopost.internal/client-metadata.json",
        "application_type": "web",
        "client_name": "AutoPost",
        "client_uri": "https://autopost.internal",
        "redirect_uris": ["https://autopost.internal/callback", REDIRECT.replace("http:", "https:")],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": SCOPE,
        "dpop_bound_access_tokens": true,
        "token_endpoint_auth_method": method,
        "token_endpoint_auth_signing_alg": "ES256",
        "jwks": { "keys": [jwk] },
    });
    let router = Router::new().route("/client-metadata.json", get(async move || Json(metadata)));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test]
async fn a_confidential_client_has_to_sign_with_the_key_that_it_publishes() {
    let key = Key::new();
    let mut jwk = key.jwk();
    jwk["kid"] = json!("k1");
    let real = serve_metadata(jwk, "private_key_jwt").await;
    let desk = desk_with(|config| {
        config.client_hosts = vec![("https://autopost.internal".to_owned(), real)];
    })
    .await;
    let mut oauth = OAuth::new(&desk);
    oauth.client_id = "https://autopost.internal/client-metadata.json".to_owned();
    let fields = [
        ("response_type", "code"),
        ("code_challenge", &hash(VERIFIER)),
        ("code_challenge_method", "S256"),
        ("state", "s"),
        ("redirect_uri", "https://autopost.internal/callback"),
        ("scope", SCOPE),
    ];
    oauth
        .form("par", &fields)
        .await
        .refused(400, "invalid_request");
    oauth.assertion = Some(Key::new());
    oauth
        .form("par", &fields)
        .await
        .refused(400, "invalid_client");
    oauth.assertion = Some(key);
    oauth.form("par", &fields).await.ok();
}

#[tokio::test]
async fn metadata_that_breaks_the_rules_is_told() {
    let real = serve_metadata(Key::new().jwk(), "client_secret_basic").await;
    let desk = desk_with(|config| {
        config.client_hosts = vec![("https://autopost.internal".to_owned(), real)];
    })
    .await;
    let mut oauth = OAuth::new(&desk);
    for id in [
        "https://autopost.internal/client-metadata.json",
        "https://autopost.internal/elsewhere.json",
        "https://unknown.internal/client-metadata.json",
        "https://autopost.internal:8443/client-metadata.json",
        "https://127.0.0.1/client-metadata.json",
        "http://autopost.internal/client-metadata.json",
        "http://localhost:3000?scope=atproto",
    ] {
        oauth.client_id = id.to_owned();
        oauth.par().await.refused(400, "invalid_client_metadata");
    }
}
