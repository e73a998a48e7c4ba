use axum::{Router, http::StatusCode, response::Redirect, routing::get};
use emulator::samples::{PHOTO_JPEG, VIDEO_MP4};
use serde_json::{Value, json};

use crate::{
    desk::{Desk, PUBLIC, Reply, desk, desk_with},
    init::photo,
};

const PHOTO: &str = "/v2/post/publish/content/init/";

/// A host of media, as a client would have.
async fn host() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new()
        .route("/media/video.mp4", get(|| async { VIDEO_MP4 }))
        .route("/media/photo.jpg", get(|| async { PHOTO_JPEG }))
        .route("/media/photo.png", get(|| async { "\u{89}PNG" }))
        .route(
            "/media/moved",
            get(|| async { Redirect::to("/media/video.mp4") }),
        )
        .route("/media/gone", get(|| async { StatusCode::NOT_FOUND }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/media/")
}

async fn pulling_desk() -> (Desk, String) {
    let host = host().await;
    let desk = desk_with(|config| {
        config.allow_http_pull = true;
        config.verified = vec![host.clone()];
    })
    .await;
    (desk, host)
}

async fn pull(desk: &Desk, token: &str, caption: &str, url: &str) -> Reply {
    let mut body = crate::desk::direct(caption, 1);
    body["source_info"] = json!({ "source": "PULL_FROM_URL", "video_url": url });
    desk.init(token, body).await
}

async fn pull_photos(desk: &Desk, token: &str, urls: &[String]) -> Reply {
    let mut body = photo("DIRECT_POST", 1);
    body["source_info"]["photo_images"] = json!(urls);
    desk.post(PHOTO, token, body).await
}

#[tokio::test]
async fn only_verified_https_domains_and_prefixes_may_be_pulled_from() {
    let desk = desk_with(|config| {
        config.verified = vec![
            "static.example.com".to_owned(),
            "https://shared.example.net/autopost/".to_owned(),
        ];
    })
    .await;
    for (url, allowed) in [
        ("https://static.example.com/a.mp4", true),
        ("https://video.static.example.com/a.mp4", true),
        ("https://shared.example.net/autopost/a.mp4", true),
        ("https://example.com/a.mp4", false),
        ("https://notstatic.example.com/a.mp4", false),
        ("https://evilstatic.example.com.evil.test/a.mp4", false),
        ("https://shared.example.net/autopost2/a.mp4", false),
        ("https://shared.example.net/autopost/../a.mp4", false),
        ("http://static.example.com/a.mp4", false),
        ("https://user@static.example.com/a.mp4", false),
        ("https://127.0.0.1/a.mp4", false),
    ] {
        let token = desk.connect(PUBLIC);
        // Cancelled at once where it is allowed: nothing there answers.
        let reply = pull(&desk, &token, "[[pull_slow]]", url).await;
        if allowed {
            assert!(
                reply.text("publish_id").starts_with("v_pub_url~v2"),
                "{url}"
            );
            assert!(reply.body["data"].get("upload_url").is_none());
        } else {
            reply.assert_refused(403, "url_ownership_unverified");
        }
    }
    let token = desk.connect(PUBLIC);
    pull(&desk, &token, "", "not an address")
        .await
        .assert_refused(400, "invalid_param");
}

#[tokio::test]
async fn a_video_is_really_pulled() {
    let (desk, host) = pulling_desk().await;
    let token = desk.connect(PUBLIC);
    let opened = pull(&desk, &token, "pulled", &format!("{host}video.mp4")).await;
    let publish_id = opened.text("publish_id");
    desk.advance(1);
    let status = desk.status(&token, &publish_id).await;
    assert_eq!(status.text("status"), "PROCESSING_DOWNLOAD");
    desk.advance(1);
    let status = desk.status(&token, &publish_id).await;
    assert_eq!(status.text("status"), "PUBLISH_COMPLETE");
    assert_eq!(status.data("downloaded_bytes"), VIDEO_MP4.len());
    let post = &desk.tiktok().posts()[0];
    assert_eq!(post.media[0].size, VIDEO_MP4.len() as u64);
}

#[tokio::test]
async fn redirects_and_missing_files_fail_the_pull() {
    let (desk, host) = pulling_desk().await;
    for file in ["moved", "gone"] {
        let token = desk.connect(PUBLIC);
        let opened = pull(&desk, &token, "", &format!("{host}{file}")).await;
        assert_failed(&desk, &token, &opened, "video_pull_failed").await;
        let opened = pull_photos(&desk, &token, &[format!("{host}{file}")]).await;
        assert_failed(&desk, &token, &opened, "photo_pull_failed").await;
    }
}

async fn assert_failed(desk: &Desk, token: &str, opened: &Reply, reason: &str) {
    desk.tiktok().settle().await;
    desk.advance(2);
    let status = desk.status(token, &opened.text("publish_id")).await;
    assert_eq!(status.text("status"), "FAILED");
    assert_eq!(status.text("fail_reason"), reason);
}

#[tokio::test]
async fn photos_are_pulled_and_must_be_jpeg_or_webp() {
    let (desk, host) = pulling_desk().await;
    let token = desk.connect(PUBLIC);
    let urls = vec![format!("{host}photo.jpg"); 2];
    let opened = pull_photos(&desk, &token, &urls).await;
    desk.advance(2);
    let status = desk.status(&token, &opened.text("publish_id")).await;
    assert_eq!(status.text("status"), "PUBLISH_COMPLETE");
    let post = &desk.tiktok().posts()[0];
    assert_eq!(post.media.len(), 2);
    assert_eq!((post.media[0].width, post.media[0].height), (720, 960));

    let opened = pull_photos(&desk, &token, &[format!("{host}photo.png")]).await;
    assert_failed(&desk, &token, &opened, "file_format_check_failed").await;
}

#[tokio::test]
async fn a_slow_pull_can_be_cancelled_and_a_finished_one_cannot() {
    let (desk, host) = pulling_desk().await;
    let token = desk.connect(PUBLIC);
    let cancel = |publish_id: String| {
        let body = json!({ "publish_id": publish_id });
        desk.post("/v2/post/publish/cancel/", &token, body)
    };
    let slow = pull(&desk, &token, "[[pull_slow]]", &format!("{host}video.mp4")).await;
    desk.advance(5);
    let reply = cancel(slow.text("publish_id")).await;
    assert_eq!(reply.code, "ok");
    assert_eq!(reply.body.get("data"), None::<&Value>);
    let status = desk.status(&token, &slow.text("publish_id")).await;
    assert_eq!(status.text("fail_reason"), "publish_cancelled");

    let quick = pull(&desk, &token, "", &format!("{host}video.mp4")).await;
    desk.tiktok().settle().await;
    desk.advance(5);
    cancel(quick.text("publish_id"))
        .await
        .assert_refused(400, "publish_not_cancellable");
}

#[tokio::test]
async fn http_is_refused_without_the_development_switch() {
    let desk = desk().await;
    let host = host().await;
    desk.tiktok().verify(&host);
    let token = desk.connect(PUBLIC);
    pull(&desk, &token, "", &format!("{host}video.mp4"))
        .await
        .assert_refused(403, "url_ownership_unverified");
}
