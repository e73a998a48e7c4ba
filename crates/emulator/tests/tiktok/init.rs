use serde_json::{Value, json};

use crate::desk::{PRIVATE, PUBLIC, desk, desk_with, direct, direct_chunked, file};

const DRAFT: &str = "/v2/post/publish/inbox/video/init/";
const PHOTO: &str = "/v2/post/publish/content/init/";

pub fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[key] = value;
    body
}

fn without(mut body: Value, pointer: &str) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent)
        .unwrap()
        .as_object_mut()
        .unwrap()
        .remove(key);
    body
}

#[tokio::test]
async fn a_direct_post_keeps_what_the_client_said() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    let body = with(
        direct("Fresh roast ☕", 11),
        "/post_info/is_aigc",
        json!(true),
    );
    let body = with(body, "/post_info/brand_organic_toggle", json!(true));
    let opened = desk.init(&token, body).await;
    assert!(opened.text("publish_id").starts_with("v_pub_file~v2"));
    assert!(opened.text("publish_id").len() <= 64);
    let task = &desk.tiktok().tasks()[0];
    assert_eq!(task.details.caption, "Fresh roast ☕");
    assert_eq!(
        task.details.privacy_level.as_deref(),
        Some("PUBLIC_TO_EVERYONE")
    );
    assert!(task.details.is_aigc && task.details.brand_organic);
    assert!(task.details.disable_comment && !task.details.disable_duet);
    assert_eq!(task.account, PUBLIC);
}

#[tokio::test]
async fn what_the_account_disables_is_forced_off() {
    let desk = desk().await;
    let token = desk.connect("tidewaterbikes");
    desk.init(&token, direct("no duets here", 11)).await;
    assert!(desk.tiktok().tasks()[0].details.disable_duet);
}

#[tokio::test]
async fn captions_are_limited_in_utf16_units() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    let emoji = "👋🏽"; // Four units.
    assert_eq!(
        desk.init(&token, direct(&emoji.repeat(550), 11)).await.code,
        "ok"
    );
    let longer = format!("{}x", emoji.repeat(550));
    desk.init(&token, direct(&longer, 11))
        .await
        .assert_refused(400, "invalid_param");
    assert_eq!(
        desk.init(&token, direct(&"é".repeat(2200), 11)).await.code,
        "ok"
    );
    desk.init(&token, direct(&"é".repeat(2201), 11))
        .await
        .assert_refused(400, "invalid_param");
}

#[tokio::test]
async fn a_missing_or_foreign_privacy_level_is_a_mismatch() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    for body in [
        without(direct("none", 11), "/post_info/privacy_level"),
        with(
            direct("foreign", 11),
            "/post_info/privacy_level",
            json!("FOLLOWER_OF_CREATOR"),
        ),
        with(
            direct("made up", 11),
            "/post_info/privacy_level",
            json!("EVERYONE"),
        ),
    ] {
        desk.init(&token, body)
            .await
            .assert_refused(403, "privacy_level_option_mismatch");
    }
}

#[tokio::test]
async fn branded_content_cannot_be_private() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    let body = with(
        direct("ad", 11),
        "/post_info/privacy_level",
        json!("SELF_ONLY"),
    );
    let body = with(body, "/post_info/brand_content_toggle", json!(true));
    desk.init(&token, body)
        .await
        .assert_refused(400, "invalid_param");
}

#[tokio::test]
async fn malformed_bodies_are_refused() {
    let desk = desk().await;
    let path = "/v2/post/publish/video/init/";
    for body in [
        json!({}),
        without(direct("x", 11), "/source_info/source"),
        without(direct("x", 11), "/source_info/chunk_size"),
        without(direct("x", 11), "/post_info/brand_content_toggle"),
        with(direct("x", 11), "/source_info/source", json!("URL")),
        with(
            direct("x", 11),
            "/source_info/video_url",
            json!("https://a.test/"),
        ),
        with(direct("x", 11), "/post_info/disable_duet", json!("true")),
        with(direct("x", 11), "/post_info/disable_comments", json!(true)),
        with(
            direct("x", 11),
            "/post_info/video_cover_timestamp_ms",
            json!(1.5),
        ),
        with(
            direct("x", 11),
            "/post_info/video_cover_timestamp_ms",
            json!("1500"),
        ),
        with(
            direct("x", 11),
            "/post_info/video_cover_timestamp_ms",
            json!(-1),
        ),
    ] {
        // A new token each time: the rate window is six per minute.
        let token = desk.connect(PUBLIC);
        desk.post(path, &token, body)
            .await
            .assert_refused(400, "invalid_param");
    }
    let token = desk.connect(PUBLIC);
    let request = desk.http.post(desk.url(path)).bearer_auth(&token);
    let not_json = request.header("content-type", "application/json").body("{");
    desk.send(not_json)
        .await
        .assert_refused(400, "invalid_params");
    let request = desk.http.post(desk.url(path)).bearer_auth(&token);
    let no_type = request.body(direct("x", 11).to_string());
    desk.send(no_type)
        .await
        .assert_refused(400, "invalid_params");
}

#[tokio::test]
async fn chunk_plans_that_break_a_rule_are_refused() {
    let desk = desk().await;
    for (size, chunk_size, count) in [
        (66_259_900, 66_259_900, 1),
        (50_000_123, 10_000_000, 6),
        (50_000_123, 40_000_000, 1),
        (4_194_304, 2_097_152, 2),
        (0, 0, 1),
    ] {
        let token = desk.connect(PUBLIC);
        let reply = desk
            .init(&token, direct_chunked("plan", size, chunk_size, count))
            .await;
        reply.assert_refused(400, "invalid_params");
        assert_eq!(reply.body["error"]["message"], "The chunk size is invalid");
    }
    let token = desk.connect(PUBLIC);
    desk.init(
        &token,
        direct_chunked("4 GB", 4_000_000_001, 10_000_000, 400),
    )
    .await
    .assert_refused(400, "invalid_file_upload");
}

#[tokio::test]
async fn every_init_opens_a_new_task() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    let first = desk
        .init(&token, direct("same", 11))
        .await
        .text("publish_id");
    let second = desk
        .init(&token, direct("same", 11))
        .await
        .text("publish_id");
    assert_ne!(first, second);
    assert_eq!(desk.tiktok().tasks().len(), 2);
    assert!(desk.tiktok().posts().is_empty());
}

#[tokio::test]
async fn an_unaudited_app_posts_only_privately_to_private_accounts() {
    let desk = desk_with(|config| config.audited = false).await;
    let code = "unaudited_client_can_only_post_to_private_accounts";
    let private = with(
        direct("x", 11),
        "/post_info/privacy_level",
        json!("SELF_ONLY"),
    );
    let token = desk.connect(PUBLIC);
    desk.init(&token, private.clone())
        .await
        .assert_refused(403, code);
    let token = desk.connect(PRIVATE);
    assert_eq!(desk.init(&token, private.clone()).await.code, "ok");
    let friends = with(
        private,
        "/post_info/privacy_level",
        json!("MUTUAL_FOLLOW_FRIENDS"),
    );
    desk.init(&token, friends).await.assert_refused(403, code);
}

#[tokio::test]
async fn a_draft_ignores_post_info_and_lands_in_the_inbox() {
    let desk = desk().await;
    let token = desk.connect_with(PUBLIC, &["video.upload"]);
    let body = json!({ "post_info": { "title": "ignored" }, "source_info": file(11, 11, 1) });
    let opened = desk.post(DRAFT, &token, body).await;
    let publish_id = opened.text("publish_id");
    assert!(publish_id.starts_with("v_inbox_file~v2"));
    desk.put(&opened.text("upload_url"), 0, 11, b"hello world".to_vec())
        .await;
    desk.advance(2);
    let status = desk.status(&token, &publish_id).await;
    assert_eq!(status.text("status"), "SEND_TO_USER_INBOX");
    assert_eq!(desk.tiktok().tasks()[0].details.caption, "");

    assert!(desk.tiktok().finish_draft(&publish_id));
    let status = desk.status(&token, &publish_id).await;
    assert_eq!(status.text("status"), "PUBLISH_COMPLETE");
}

#[tokio::test]
async fn scopes_decide_which_init_may_be_called() {
    let desk = desk().await;
    let drafts_only = desk.connect_with(PUBLIC, &["video.upload"]);
    desk.init(&drafts_only, direct("x", 11))
        .await
        .assert_refused(401, "scope_not_authorized");
    let direct_only = desk.connect_with(PUBLIC, &["video.publish"]);
    let body = json!({ "source_info": file(11, 11, 1) });
    desk.post(DRAFT, &direct_only, body)
        .await
        .assert_refused(401, "scope_not_authorized");
    desk.post(PHOTO, &drafts_only, photo("DIRECT_POST", 1))
        .await
        .assert_refused(401, "scope_not_authorized");
    desk.post(PHOTO, &direct_only, photo("MEDIA_UPLOAD", 1))
        .await
        .assert_refused(401, "scope_not_authorized");
}

pub fn photo(mode: &str, count: usize) -> Value {
    let urls: Vec<String> = (0..count)
        .map(|number| format!("https://media.example.com/{number}.jpg"))
        .collect();
    json!({
        "media_type": "PHOTO",
        "post_mode": mode,
        "post_info": {
            "title": "t",
            "description": "d",
            "privacy_level": "PUBLIC_TO_EVERYONE",
            "brand_content_toggle": false,
            "brand_organic_toggle": false,
        },
        "source_info": {
            "source": "PULL_FROM_URL",
            "photo_images": urls,
            "photo_cover_index": 0,
        },
    })
}

#[tokio::test]
async fn photo_posts_are_validated() {
    let desk = desk_with(|config| config.verified = vec!["example.com".to_owned()]).await;
    let direct = || photo("DIRECT_POST", 2);
    for body in [
        with(direct(), "/media_type", json!("VIDEO")),
        with(direct(), "/post_mode", json!("DIRECT POST")),
        with(direct(), "/post_info/title", json!("é".repeat(91))),
        with(direct(), "/post_info/description", json!("é".repeat(4001))),
        with(direct(), "/source_info/source", json!("FILE_UPLOAD")),
        with(direct(), "/source_info/photo_cover_index", json!(2)),
        with(direct(), "/source_info/photo_cover_index", json!(-1)),
        with(direct(), "/source_info/photo_images", json!([])),
        without(direct(), "/source_info/photo_cover_index"),
        without(direct(), "/post_info/brand_organic_toggle"),
        photo("DIRECT_POST", 36),
    ] {
        let token = desk.connect(PUBLIC);
        desk.post(PHOTO, &token, body)
            .await
            .assert_refused(400, "invalid_param");
    }
    let token = desk.connect(PUBLIC);
    desk.post(PHOTO, &token, without(direct(), "/post_info/privacy_level"))
        .await
        .assert_refused(403, "privacy_level_option_mismatch");
    let longest = with(direct(), "/post_info/title", json!("é".repeat(90)));
    let longest = with(longest, "/post_info/description", json!("é".repeat(4000)));
    let opened = desk.post(PHOTO, &token, longest).await;
    assert!(opened.text("publish_id").starts_with("p_pub_url~v2"));
    let draft = desk.post(PHOTO, &token, photo("MEDIA_UPLOAD", 35)).await;
    assert!(draft.text("publish_id").starts_with("p_inbox_url~v2"));
}

#[tokio::test]
async fn photo_drafts_need_a_recent_app() {
    let desk = desk_with(|config| config.verified = vec!["example.com".to_owned()]).await;
    let token = desk.connect("saltandspruce");
    desk.post(PHOTO, &token, photo("MEDIA_UPLOAD", 1))
        .await
        .assert_refused(400, "app_version_check_failed");
    assert_eq!(
        desk.post(PHOTO, &token, photo("DIRECT_POST", 1)).await.code,
        "ok"
    );
}
