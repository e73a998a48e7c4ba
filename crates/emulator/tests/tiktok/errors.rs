use emulator::tiktok::Fault;
use serde_json::{Value, json};

use crate::desk::{PUBLIC, desk, direct};

#[tokio::test]
async fn a_missing_wrong_or_expired_bearer_is_refused() {
    let desk = desk().await;
    let url = desk.url("/v2/user/info/?fields=open_id");
    let code = "access_token_invalid";
    desk.send(desk.http.get(&url))
        .await
        .assert_refused(401, code);
    let wrong = desk.http.get(&url).bearer_auth("act.wrong");
    desk.send(wrong).await.assert_refused(401, code);
    let token = desk.connect(PUBLIC);
    let bare = desk.http.get(&url).header("authorization", &token);
    desk.send(bare).await.assert_refused(401, code);

    desk.advance(7199);
    assert_eq!(
        desk.get("/v2/user/info/?fields=open_id", &token).await.code,
        "ok"
    );
    desk.advance(1);
    desk.get("/v2/user/info/?fields=open_id", &token)
        .await
        .assert_refused(401, code);
}

#[tokio::test]
async fn paths_keep_their_trailing_slash_and_their_method() {
    let desk = desk().await;
    for path in [
        "/v2/oauth/token",
        "/v2/post/publish/video/init",
        "/v2/user/info",
        "/v2/auth/authorize",
    ] {
        let response = desk.http.post(desk.url(path)).send().await.unwrap();
        assert_eq!(response.status(), 404, "{path}");
    }
    for path in [
        "/v2/oauth/token/",
        "/v2/post/publish/video/init/",
        "/v2/post/publish/status/fetch/",
        "/v2/video/list/",
    ] {
        let response = desk.http.get(desk.url(path)).send().await.unwrap();
        assert_eq!(response.status(), 405, "{path}");
    }
    let post = desk.http.post(desk.url("/v2/user/info/")).send().await;
    assert_eq!(post.unwrap().status(), 405);
}

#[tokio::test]
async fn any_documented_code_can_be_asked_for_by_caption() {
    let desk = desk().await;
    for (marker, status, code) in [
        ("429", 429, "rate_limit_exceeded"),
        ("500", 500, "internal_error"),
        ("503", 503, "internal_error"),
        ("401", 401, "access_token_invalid"),
        ("invalid_file_upload", 400, "invalid_file_upload"),
        ("url_ownership_unverified", 403, "url_ownership_unverified"),
        ("reached_active_user_cap", 403, "reached_active_user_cap"),
        ("spam_risk", 403, "spam_risk"),
    ] {
        let token = desk.connect(PUBLIC);
        desk.init(&token, direct(&format!("[[init:{marker}]]"), 11))
            .await
            .assert_refused(status, code);
    }
    assert!(desk.tiktok().tasks().is_empty());
}

#[tokio::test]
async fn an_init_marker_can_strike_a_number_of_times() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    for _ in 0..2 {
        desk.init(&token, direct("[[init:503@2]]", 11))
            .await
            .assert_refused(503, "internal_error");
    }
    assert_eq!(
        desk.init(&token, direct("[[init:503@2]]", 11)).await.code,
        "ok"
    );
}

#[tokio::test]
async fn a_scripted_fault_strikes_and_is_used_up() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    desk.tiktok().fault(Fault {
        times: 2,
        skip: 1,
        status: Some(503),
        code: Some(String::new()),
        ..Fault::on("video/init")
    });
    assert_eq!(desk.init(&token, direct("1", 11)).await.code, "ok");
    for _ in 0..2 {
        desk.init(&token, direct("struck", 11))
            .await
            .assert_refused(503, "");
    }
    assert_eq!(desk.init(&token, direct("4", 11)).await.code, "ok");
    assert_eq!(desk.tiktok().tasks().len(), 2);
    assert!(desk.tiktok().faults().is_empty());
}

#[tokio::test]
async fn a_dropped_connection_comes_after_the_work() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    desk.tiktok().fault(Fault {
        drop: true,
        ..Fault::on("video/init")
    });
    let request = desk
        .http
        .post(desk.url("/v2/post/publish/video/init/"))
        .bearer_auth(&token)
        .json(&direct("lost reply", 11));
    assert!(request.send().await.is_err());
    let tasks = desk.tiktok().tasks();
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].details.caption, "lost reply");
    let requests = desk.emulator.requests();
    assert_eq!(requests.last().unwrap().status, None);
}

#[tokio::test]
async fn a_dropped_connection_can_come_before_the_work() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    desk.tiktok().fault(Fault {
        drop: true,
        after_work: Some(false),
        ..Fault::on("video/init")
    });
    let request = desk
        .http
        .post(desk.url("/v2/post/publish/video/init/"))
        .bearer_auth(&token)
        .json(&direct("lost request", 11));
    assert!(request.send().await.is_err());
    assert!(desk.tiktok().tasks().is_empty());
}

#[tokio::test]
async fn a_token_fault_has_the_flat_shape_and_a_gateway_fault_none() {
    let desk = desk().await;
    desk.tiktok().fault(Fault {
        status: Some(500),
        ..Fault::on("oauth/token")
    });
    let (status, reply) = desk.form("/v2/oauth/token/", &[("a", "b")]).await;
    assert_eq!(
        (status, &reply["error"]),
        (500, &Value::from("server_error"))
    );

    desk.tiktok().fault(Fault {
        status: Some(502),
        body: Some("<html>Bad Gateway</html>".to_owned()),
        ..Fault::on("creator_info/query")
    });
    let response = desk
        .http
        .post(desk.url("/v2/post/publish/creator_info/query/"))
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 502);
    assert_eq!(response.text().await.unwrap(), "<html>Bad Gateway</html>");
}
