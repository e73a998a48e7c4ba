use emulator::tiktok::LagAnswer;
use serde_json::json;

use crate::desk::{PRIVATE, PUBLIC, desk, desk_with, direct};

#[tokio::test]
async fn a_post_goes_from_upload_to_complete_to_public() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    let publish_id = desk.publish(&token, "life", "PUBLIC_TO_EVERYONE").await;
    desk.status(&token, &publish_id)
        .await
        .assert_refused(400, "invalid_publish_id");
    desk.advance(1);
    let processing = desk.status(&token, &publish_id).await;
    assert_eq!(processing.text("status"), "PROCESSING_UPLOAD");
    assert_eq!(processing.data("uploaded_bytes"), 11);
    assert!(processing.data("publicaly_available_post_id").is_null());
    desk.advance(1);
    let complete = desk.status(&token, &publish_id).await;
    assert_eq!(complete.text("status"), "PUBLISH_COMPLETE");
    assert_eq!(complete.data("publicaly_available_post_id"), &json!([]));
    desk.advance(5);
    let public = desk.status(&token, &publish_id).await;
    let ids = public.data("publicaly_available_post_id");
    let id = ids[0].as_i64().unwrap();
    assert_eq!(Some(id), desk.tiktok().posts()[0].post_id);
}

#[tokio::test]
async fn ids_are_numbers_that_a_double_cannot_hold() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    let publish_id = desk.publish(&token, "big", "PUBLIC_TO_EVERYONE").await;
    desk.advance(7);
    let status = desk.status(&token, &publish_id).await;
    let id = status.data("publicaly_available_post_id")[0]
        .as_i64()
        .unwrap();
    assert!(id > 1 << 53);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "the loss is what is checked"
    )]
    let through_double = id as f64 as i64;
    assert_ne!(through_double, id);
    let page = desk.url(&format!("/@{PUBLIC}/video/{id}"));
    assert_eq!(desk.http.get(page).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_post_that_is_not_public_never_gets_an_id() {
    let desk = desk().await;
    let token = desk.connect(PRIVATE);
    let publish_id = desk.publish(&token, "secret", "SELF_ONLY").await;
    desk.advance(3600);
    let status = desk.status(&token, &publish_id).await;
    assert_eq!(status.text("status"), "PUBLISH_COMPLETE");
    assert_eq!(status.data("publicaly_available_post_id"), &json!([]));
}

#[tokio::test]
async fn the_lag_can_come_as_a_message() {
    let desk = desk_with(|config| config.lag_answer = LagAnswer::Message).await;
    let token = desk.connect(PUBLIC);
    let publish_id = desk.publish(&token, "lag", "PUBLIC_TO_EVERYONE").await;
    let reply = desk.status(&token, &publish_id).await;
    reply.assert_refused(400, "invalid_params");
    assert_eq!(reply.body["error"]["message"], "invalid_publish_id");
}

#[tokio::test]
async fn a_post_of_another_account_is_not_told() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    let publish_id = desk.publish(&token, "mine", "PUBLIC_TO_EVERYONE").await;
    desk.advance(2);
    let other = desk.connect(PRIVATE);
    desk.status(&other, &publish_id)
        .await
        .assert_refused(400, "token_not_authorized_for_specified_publish_id");
}

#[tokio::test]
async fn an_upload_that_is_never_finished_fails_after_an_hour() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    let publish_id = desk
        .init(&token, direct("unfinished", 11))
        .await
        .text("publish_id");
    desk.advance(3599);
    let status = desk.status(&token, &publish_id).await;
    assert_eq!(status.text("status"), "PROCESSING_UPLOAD");
    assert_eq!(status.data("uploaded_bytes"), 0);
    desk.advance(1);
    let status = desk.status(&token, &publish_id).await;
    assert_eq!(status.text("status"), "FAILED");
    assert_eq!(status.text("fail_reason"), "internal");
}

#[tokio::test]
async fn a_fail_marker_gives_its_reason_after_processing() {
    let desk = desk().await;
    for reason in [
        "file_format_check_failed",
        "duration_check_failed",
        "frame_rate_check_failed",
        "picture_size_check_failed",
        "internal",
        "spam_risk_too_many_posts",
        "spam_risk_user_banned_from_posting",
        "spam_risk_text",
        "spam_risk",
    ] {
        let token = desk.connect(PUBLIC);
        let caption = format!("oh no [[fail:{reason}]]");
        let publish_id = desk.publish(&token, &caption, "PUBLIC_TO_EVERYONE").await;
        desk.advance(1);
        let status = desk.status(&token, &publish_id).await;
        assert_eq!(status.text("status"), "PROCESSING_UPLOAD");
        desk.advance(1);
        let status = desk.status(&token, &publish_id).await;
        assert_eq!(status.text("status"), "FAILED");
        assert_eq!(status.text("fail_reason"), reason);
    }
    assert!(desk.tiktok().posts().is_empty());
}

#[tokio::test]
async fn a_stuck_post_never_ends() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    let publish_id = desk
        .publish(&token, "[[stuck]]", "PUBLIC_TO_EVERYONE")
        .await;
    desk.advance(7000);
    let status = desk.status(&token, &publish_id).await;
    assert_eq!(status.text("status"), "PROCESSING_UPLOAD");
}

#[tokio::test]
async fn an_upload_cannot_be_cancelled() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    let publish_id = desk.publish(&token, "x", "PUBLIC_TO_EVERYONE").await;
    desk.advance(1);
    let cancel = "/v2/post/publish/cancel/";
    desk.post(cancel, &token, json!({ "publish_id": publish_id }))
        .await
        .assert_refused(400, "publish_not_cancellable");
    desk.post(cancel, &token, json!({ "publish_id": "unknown" }))
        .await
        .assert_refused(400, "invalid_publish_id");
    let other = desk.connect(PRIVATE);
    desk.post(cancel, &other, json!({ "publish_id": publish_id }))
        .await
        .assert_refused(400, "token_not_authorized_for_specified_publish_id");
}
