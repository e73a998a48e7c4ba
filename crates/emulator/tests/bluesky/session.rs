use reqwest::Method;
use serde_json::json;

use crate::client::{HANDLE, desk, desk_with, text};

const GET_SESSION: &str = "com.atproto.server.getSession";
const REFRESH: &str = "com.atproto.server.refreshSession";

#[tokio::test]
async fn a_handle_leads_to_its_server_and_back() {
    let desk = desk().await;
    let resolve = "com.atproto.identity.resolveHandle";
    let found = desk
        .send(desk.xrpc(Method::GET, resolve).query(&[("handle", HANDLE)]))
        .await
        .ok();
    let did = text(&found, "did");
    let url = format!("{}/{did}", desk.bluesky().plc_url());
    let document = desk.send(desk.http.get(url)).await.ok();
    assert_eq!(document["alsoKnownAs"][0], format!("at://{HANDLE}"));
    assert_eq!(document["service"][0]["id"], "#atproto_pds");
    assert_eq!(
        document["service"][0]["serviceEndpoint"],
        desk.emulator.url()
    );
    desk.send(
        desk.xrpc(Method::GET, resolve)
            .query(&[("handle", "nobody.test")]),
    )
    .await
    .refused(400, "InvalidRequest");
}

#[tokio::test]
async fn the_app_password_opens_a_session_and_nothing_else_does() {
    let desk = desk().await;
    desk.sign_in("guess")
        .await
        .refused(401, "AuthenticationRequired");
    let session = desk.session().await;
    assert_eq!(session["did"], desk.did());
    let whoami = desk
        .get(GET_SESSION, &text(&session, "accessJwt"))
        .await
        .ok();
    assert_eq!(whoami["handle"], HANDLE);
    desk.send(desk.xrpc(Method::GET, GET_SESSION))
        .await
        .refused(401, "AuthMissing");
    desk.get(GET_SESSION, "made.up.token")
        .await
        .refused(400, "InvalidToken");
    // A refresh token is no access token.
    desk.get(GET_SESSION, &text(&session, "refreshJwt"))
        .await
        .refused(400, "InvalidToken");
}

#[tokio::test]
async fn an_access_token_ends_with_400_and_a_refresh_gives_the_same_successor_for_two_hours() {
    let desk = desk().await;
    let session = desk.session().await;
    desk.advance(2 * 3600);
    desk.get(GET_SESSION, &text(&session, "accessJwt"))
        .await
        .refused(400, "ExpiredToken");
    let old = text(&session, "refreshJwt");
    let refresh = async |token: &str| {
        desk.send(desk.xrpc(Method::POST, REFRESH).bearer_auth(token))
            .await
    };
    let first = refresh(&old).await.ok();
    let again = refresh(&old).await.ok();
    assert_eq!(first["refreshJwt"], again["refreshJwt"]);
    desk.get(GET_SESSION, &text(&first, "accessJwt")).await.ok();
    desk.advance(2 * 3600);
    refresh(&old).await.refused(400, "ExpiredToken");
    refresh(&text(&first, "refreshJwt")).await.ok();
}

#[tokio::test]
async fn a_deleted_session_cannot_be_refreshed() {
    let desk = desk().await;
    let session = desk.session().await;
    let token = text(&session, "refreshJwt");
    let delete = desk.xrpc(Method::POST, "com.atproto.server.deleteSession");
    assert_eq!(desk.send(delete.bearer_auth(&token)).await.status, 200);
    desk.send(desk.xrpc(Method::POST, REFRESH).bearer_auth(&token))
        .await
        .refused(400, "ExpiredToken");
    // The access token lives until it ends.
    desk.get(GET_SESSION, &text(&session, "accessJwt"))
        .await
        .ok();
}

#[tokio::test]
async fn sign_ins_are_counted_and_the_answer_says_when_to_come_back() {
    let desk = desk_with(|config| config.sign_ins = 2).await;
    desk.session().await;
    desk.sign_in("guess")
        .await
        .refused(401, "AuthenticationRequired");
    let limited = desk.sign_in("guess").await;
    limited.refused(429, "RateLimitExceeded");
    assert_eq!(limited.header("retry-after"), "300");
    assert_eq!(limited.header("ratelimit-remaining"), "0");
    desk.advance(300);
    desk.session().await;
}

#[tokio::test]
async fn an_account_that_sleeps_or_was_shut_says_so() {
    let desk = desk().await;
    let token = desk.access().await;
    desk.bluesky()
        .edit_account(HANDLE, |account| account.deactivated = true);
    desk.get(GET_SESSION, &token)
        .await
        .refused(401, "AccountDeactivated");
    desk.bluesky()
        .edit_account(HANDLE, |account| account.taken_down = true);
    desk.get(GET_SESSION, &token)
        .await
        .refused(401, "AccountTakedown");
    assert_eq!(
        json!(desk.bluesky().account(HANDLE).unwrap().taken_down),
        true
    );
}
