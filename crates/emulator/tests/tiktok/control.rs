use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::desk::{Desk, PUBLIC, desk, direct};

async fn control(desk: &Desk, method: Method, path: &str, body: Value) -> Response {
    let url = format!("{}/control{path}", desk.emulator.url());
    let request = desk.http.request(method.clone(), url);
    let request = if method == Method::GET {
        request
    } else {
        request.json(&body)
    };
    let response = request.send().await.unwrap();
    assert!(
        response.status().is_success(),
        "{path}: {}",
        response.status()
    );
    response
}

#[tokio::test]
async fn posts_are_listed_with_their_hash_and_an_exact_id() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    let publish_id = desk.publish(&token, "listed", "PUBLIC_TO_EVERYONE").await;
    control(
        &desk,
        Method::POST,
        "/clock/advance",
        json!({ "seconds": 7 }),
    )
    .await;
    let posts: Value = control(&desk, Method::GET, "/tiktok/posts", json!(null))
        .await
        .json()
        .await
        .unwrap();
    let post = &posts[0];
    assert_eq!(post["publish_id"], publish_id);
    assert_eq!(post["account"], PUBLIC);
    assert_eq!(post["caption"], "listed");
    assert_eq!(post["status"], "PUBLISH_COMPLETE");
    assert_eq!(post["publicly_available"], true);
    assert_eq!(post["media"][0]["size"], 11);
    assert_eq!(
        post["media"][0]["sha256"],
        "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"
    );
    let id: i64 = post["post_id"].as_str().unwrap().parse().unwrap();
    assert_eq!(Some(id), desk.tiktok().posts()[0].post_id);
}

#[tokio::test]
async fn faults_accounts_and_settings_can_be_scripted() {
    let desk = desk().await;
    let fault =
        json!({ "endpoint": "video/init", "times": 1, "status": 503, "code": "internal_error" });
    control(&desk, Method::POST, "/tiktok/faults", fault).await;
    let token = desk.connect(PUBLIC);
    desk.init(&token, direct("x", 11))
        .await
        .assert_refused(503, "internal_error");

    let path = format!("/tiktok/accounts/{PUBLIC}");
    control(&desk, Method::PATCH, &path, json!({ "banned": true })).await;
    desk.init(&token, direct("x", 11))
        .await
        .assert_refused(403, "spam_risk_user_banned_from_posting");
    control(&desk, Method::PATCH, &path, json!({ "banned": false })).await;

    control(
        &desk,
        Method::PATCH,
        "/tiktok/settings",
        json!({ "audited": false }),
    )
    .await;
    desk.init(&token, direct("x", 11))
        .await
        .assert_refused(403, "unaudited_client_can_only_post_to_private_accounts");

    control(
        &desk,
        Method::POST,
        &format!("{path}/expire-tokens"),
        json!({}),
    )
    .await;
    desk.init(&token, direct("x", 11))
        .await
        .assert_refused(401, "access_token_invalid");
}

#[tokio::test]
async fn an_account_can_be_connected_and_disconnected() {
    let desk = desk().await;
    let path = format!("/tiktok/accounts/{PUBLIC}");
    let granted = control(&desk, Method::POST, &format!("{path}/grant"), json!({})).await;
    let pair: Value = granted.json().await.unwrap();
    let token = pair["access_token"].as_str().unwrap().to_owned();
    let info = "/v2/user/info/?fields=open_id";
    assert_eq!(desk.get(info, &token).await.code, "ok");
    control(&desk, Method::POST, &format!("{path}/revoke"), json!({})).await;
    desk.get(info, &token)
        .await
        .assert_refused(401, "access_token_invalid");
}

#[tokio::test]
async fn requests_are_recorded_without_secrets() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    desk.publish(&token, "recorded", "PUBLIC_TO_EVERYONE").await;
    let recorded = control(&desk, Method::GET, "/requests", json!(null)).await;
    let text = recorded.text().await.unwrap();
    assert!(!text.contains("upload_token") && !text.contains(&token));
    let requests: Value = serde_json::from_str(&text).unwrap();
    let seen: Vec<_> = requests
        .as_array()
        .unwrap()
        .iter()
        .map(|r| {
            (
                r["endpoint"].as_str().unwrap(),
                r["status"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(seen, [("video/init", 200), ("upload", 201)]);

    control(&desk, Method::DELETE, "/requests", json!(null)).await;
    assert!(desk.emulator.requests().is_empty());
}

#[tokio::test]
async fn a_reset_forgets_everything_but_the_settings_it_started_with() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    desk.publish(&token, "forgotten", "PUBLIC_TO_EVERYONE")
        .await;
    desk.tiktok().edit_user(PUBLIC, |user| user.private = true);
    control(&desk, Method::POST, "/tiktok/reset", json!({})).await;
    assert!(desk.tiktok().tasks().is_empty());
    assert!(!desk.tiktok().user(PUBLIC).unwrap().private);
    desk.get("/v2/user/info/?fields=open_id", &token)
        .await
        .assert_refused(401, "access_token_invalid");
}

#[tokio::test]
async fn a_stopped_emulator_answers_no_more() {
    let desk = desk().await;
    let url = desk.emulator.url();
    desk.emulator.stop().await;
    assert!(desk.http.get(url).send().await.is_err());
}
