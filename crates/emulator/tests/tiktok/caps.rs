use serde_json::json;

use crate::desk::{PRIVATE, PUBLIC, desk, desk_with, direct, file};

const CREATOR: &str = "/v2/post/publish/creator_info/query/";
const DRAFT: &str = "/v2/post/publish/inbox/video/init/";

#[tokio::test]
async fn the_seventh_init_in_a_minute_is_refused() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    for number in 0..6 {
        assert_eq!(desk.init(&token, direct("fast", 11)).await.code, "ok");
        desk.advance(if number == 0 { 10 } else { 0 });
    }
    desk.init(&token, direct("too fast", 11))
        .await
        .assert_refused(429, "rate_limit_exceeded");
    // The window slides: only the first call is a minute old by then.
    desk.advance(50);
    assert_eq!(desk.init(&token, direct("slower", 11)).await.code, "ok");
    desk.init(&token, direct("too fast", 11))
        .await
        .assert_refused(429, "rate_limit_exceeded");
}

#[tokio::test]
async fn the_three_inits_share_one_window_and_tokens_do_not() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    let draft = || json!({ "source_info": file(11, 11, 1) });
    for _ in 0..3 {
        assert_eq!(desk.init(&token, direct("x", 11)).await.code, "ok");
        assert_eq!(desk.post(DRAFT, &token, draft()).await.code, "ok");
    }
    desk.post(DRAFT, &token, draft())
        .await
        .assert_refused(429, "rate_limit_exceeded");
    let another = desk.connect(PUBLIC);
    assert_eq!(desk.init(&another, direct("x", 11)).await.code, "ok");
}

#[tokio::test]
async fn reads_have_windows_of_their_own() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    for _ in 0..20 {
        assert_eq!(desk.post(CREATOR, &token, json!({})).await.code, "ok");
    }
    desk.post(CREATOR, &token, json!({}))
        .await
        .assert_refused(429, "rate_limit_exceeded");
    for _ in 0..30 {
        desk.status(&token, "unknown")
            .await
            .assert_refused(400, "invalid_publish_id");
    }
    desk.status(&token, "unknown")
        .await
        .assert_refused(429, "rate_limit_exceeded");
}

#[tokio::test]
async fn an_account_posts_fifteen_times_a_day() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    for _ in 0..15 {
        assert_eq!(desk.init(&token, direct("x", 11)).await.code, "ok");
        desk.advance(60);
    }
    desk.init(&token, direct("x", 11))
        .await
        .assert_refused(403, "spam_risk_too_many_posts");
    let info = desk.post(CREATOR, &token, json!({})).await;
    info.assert_refused(200, "spam_risk_too_many_posts");
    assert_eq!(info.body["data"], json!({}));

    desk.advance(24 * 3600);
    let token = desk.connect(PUBLIC);
    assert_eq!(desk.init(&token, direct("next day", 11)).await.code, "ok");
}

#[tokio::test]
async fn posts_through_other_apps_count_too() {
    let desk = desk().await;
    assert!(
        desk.tiktok()
            .edit_user(PUBLIC, |user| user.posts_elsewhere = 15)
    );
    let token = desk.connect(PUBLIC);
    desk.init(&token, direct("x", 11))
        .await
        .assert_refused(403, "spam_risk_too_many_posts");
}

#[tokio::test]
async fn a_sixth_pending_draft_is_refused() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    let draft = || json!({ "source_info": file(11, 11, 1) });
    for _ in 0..5 {
        assert_eq!(desk.post(DRAFT, &token, draft()).await.code, "ok");
    }
    desk.advance(60);
    desk.post(DRAFT, &token, draft())
        .await
        .assert_refused(403, "spam_risk_too_many_pending_share");
}

#[tokio::test]
async fn a_banned_account_cannot_post() {
    let desk = desk().await;
    let token = desk.connect("lanternlanebooks");
    desk.init(&token, direct("x", 11))
        .await
        .assert_refused(403, "spam_risk_user_banned_from_posting");
    desk.post(CREATOR, &token, json!({}))
        .await
        .assert_refused(200, "spam_risk_user_banned_from_posting");
}

#[tokio::test]
async fn only_so_many_accounts_may_post_in_a_day() {
    let desk = desk_with(|config| config.active_user_cap = 1).await;
    let first = desk.connect(PUBLIC);
    let second = desk.connect("northbankclimbing");
    assert_eq!(desk.init(&first, direct("x", 11)).await.code, "ok");
    desk.init(&second, direct("x", 11))
        .await
        .assert_refused(403, "reached_active_user_cap");
    desk.post(CREATOR, &second, json!({}))
        .await
        .assert_refused(200, "reached_active_user_cap");
    assert_eq!(desk.init(&first, direct("again", 11)).await.code, "ok");
}

#[tokio::test]
async fn creator_info_describes_the_account() {
    let desk = desk().await;
    let public = desk.connect(PUBLIC);
    let info = desk.post(CREATOR, &public, json!({})).await;
    assert_eq!(
        info.data("privacy_level_options"),
        &json!(["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"])
    );
    assert_eq!(info.data("creator_nickname"), "Kestrel Coffee Roasters");
    assert_eq!(info.data("creator_username"), PUBLIC);
    assert_eq!(info.data("max_video_post_duration_sec"), 600);
    assert_eq!(info.data("duet_disabled"), false);

    let private = desk.connect(PRIVATE);
    let info = desk.post(CREATOR, &private, json!({})).await;
    assert_eq!(
        info.data("privacy_level_options"),
        &json!(["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"])
    );
    assert_eq!(info.data("duet_disabled"), true);
    assert_eq!(info.data("comment_disabled"), false);
}

#[tokio::test]
async fn creator_info_needs_no_body() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    let request = desk
        .http
        .post(desk.url(CREATOR))
        .bearer_auth(&token)
        .header("content-type", "application/json; charset=UTF-8");
    assert_eq!(desk.send(request).await.code, "ok");
}

#[tokio::test]
async fn avatars_are_images_whose_address_expires() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    let info = desk.post(CREATOR, &token, json!({})).await;
    let url = info.text("creator_avatar_url");
    let image = desk.http.get(&url).send().await.unwrap();
    assert_eq!(image.headers()["content-type"], "image/png");
    assert!(
        image
            .bytes()
            .await
            .unwrap()
            .starts_with(b"\x89PNG\r\n\x1a\n")
    );

    let forged = desk.http.get(format!("{url}0")).send().await.unwrap();
    assert_eq!(forged.status(), 403);
    desk.advance(2 * 3600);
    assert_eq!(desk.http.get(&url).send().await.unwrap().status(), 403);
}
