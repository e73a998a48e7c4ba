use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Desk, HANDLE, Reply, desk, record, text};

async fn control(desk: &Desk, method: Method, path: &str, body: &Value) -> Reply {
    let url = format!("{}/control/bluesky{path}", desk.emulator.url());
    desk.send(desk.http.request(method, url).json(body)).await
}

#[tokio::test]
async fn faults_strike_as_scripted_and_are_recorded() {
    let desk = desk().await;
    let token = desk.access().await;
    let fault = json!({
        "endpoint": "com.atproto.repo.putRecord", "status": 429, "error": "RateLimitExceeded",
        "headers": { "retry-after": "7" },
    });
    assert_eq!(
        control(&desk, Method::POST, "/faults", &fault).await.status,
        204
    );
    let limited = desk.put(&token, "3jzfcijpj2z2a", &record("x")).await;
    limited.refused(429, "RateLimitExceeded");
    assert_eq!(limited.header("retry-after"), "7");
    assert!(desk.bluesky().posts().is_empty());
    // A dropped answer has done its work.
    let fault = json!({ "endpoint": "com.atproto.repo.putRecord", "drop": true });
    control(&desk, Method::POST, "/faults", &fault).await;
    let body = json!({
        "repo": desk.did(), "collection": "app.bsky.feed.post", "rkey": "3jzfcijpj2z2a", "record": record("x"),
    });
    let put = desk.xrpc(Method::POST, "com.atproto.repo.putRecord");
    assert!(put.bearer_auth(&token).json(&body).send().await.is_err());
    assert_eq!(
        control(&desk, Method::GET, "/posts", &Value::Null)
            .await
            .ok()[0]["text"],
        "x"
    );
    let statuses: Vec<Option<u16>> = desk
        .emulator
        .requests()
        .into_iter()
        .filter(|request| request.endpoint == "com.atproto.repo.putRecord")
        .map(|request| request.status)
        .collect();
    assert_eq!(statuses, [Some(429), None]);
}

#[tokio::test]
async fn an_account_that_takes_back_its_password_is_disconnected() {
    let desk = desk().await;
    let session = desk.session().await;
    let path = format!("/accounts/{HANDLE}/revoke");
    assert_eq!(
        control(&desk, Method::POST, &path, &json!({})).await.status,
        204
    );
    let refresh = desk.xrpc(Method::POST, "com.atproto.server.refreshSession");
    desk.send(refresh.bearer_auth(text(&session, "refreshJwt")))
        .await
        .refused(400, "ExpiredToken");
    desk.sign_in("anything")
        .await
        .refused(401, "AuthenticationRequired");
    control(
        &desk,
        Method::PATCH,
        &format!("/accounts/{HANDLE}"),
        &json!({ "app_password": "new-pass" }),
    )
    .await;
    desk.sign_in("new-pass").await.ok();
}

#[tokio::test]
async fn everybody_sees_profiles_and_numbers() {
    let desk = desk().await;
    let token = desk.access().await;
    let uri = text(
        &desk.put(&token, "3jzfcijpj2z2a", &record("x")).await.ok(),
        "uri",
    );
    let counts = json!({ "uri": uri, "likes": 3, "replies": 1 });
    assert_eq!(
        control(&desk, Method::POST, "/posts/counts", &counts)
            .await
            .status,
        204
    );
    let posts = desk.xrpc(Method::GET, "app.bsky.feed.getPosts");
    let posts = desk.send(posts.query(&[("uris", &uri)])).await.ok();
    assert_eq!(
        (
            &posts["posts"][0]["likeCount"],
            &posts["posts"][0]["replyCount"]
        ),
        (&json!(3), &json!(1))
    );
    let profile = desk.xrpc(Method::GET, "app.bsky.actor.getProfile");
    let profile = desk
        .send(profile.query(&[("actor", desk.did())]))
        .await
        .ok();
    assert_eq!(
        (&profile["handle"], &profile["postsCount"]),
        (&json!(HANDLE), &json!(1))
    );
}
