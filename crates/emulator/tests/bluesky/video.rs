use emulator::{bluesky::JobFailure, samples::VIDEO_MP4};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Desk, HANDLE, Reply, desk, desk_with, record, text};

const UPLOAD_BLOB: &str = "com.atproto.repo.uploadBlob";

async fn service_token(desk: &Desk, token: &str, lxm: &str, seconds: i64) -> Reply {
    let exp = (desk.now() + seconds).to_string();
    let query = [
        ("aud", "did:web:127.0.0.1"),
        ("lxm", lxm),
        ("exp", exp.as_str()),
    ];
    let name = "com.atproto.server.getServiceAuth";
    desk.send(
        desk.xrpc(Method::GET, name)
            .query(&query)
            .bearer_auth(token),
    )
    .await
}

async fn upload(desk: &Desk, token: &str) -> Reply {
    let did = desk.did();
    let request = desk
        .xrpc(Method::POST, "app.bsky.video.uploadVideo")
        .query(&[("did", did.as_str()), ("name", "bread.mp4")])
        .bearer_auth(token)
        .header("content-type", "video/mp4")
        .body(VIDEO_MP4);
    desk.send(request).await
}

async fn job(desk: &Desk, id: &str) -> Value {
    let name = "app.bsky.video.getJobStatus";
    let reply = desk
        .send(desk.xrpc(Method::GET, name).query(&[("jobId", id)]))
        .await;
    reply.ok()["jobStatus"].clone()
}

#[tokio::test]
async fn a_video_is_worked_on_and_then_posted() {
    let desk = desk().await;
    let access = desk.access().await;
    let token = text(
        &service_token(&desk, &access, UPLOAD_BLOB, 1800).await.ok(),
        "token",
    );
    let begun = upload(&desk, &token).await.ok();
    let id = text(&begun, "jobId");
    assert_eq!(job(&desk, &id).await["state"], "JOB_STATE_ENCODING");
    desk.advance(2);
    let done = job(&desk, &id).await;
    assert_eq!(done["state"], "JOB_STATE_COMPLETED");
    // The same bytes again are not worked on twice, and the answer carries what is needed.
    let again = upload(&desk, &token).await;
    assert_eq!(
        (again.status, &again.body["error"]),
        (409, &json!("already_exists"))
    );
    assert_eq!(again.body["blob"], done["blob"]);

    let mut post = record("Watch");
    post["embed"] = json!({
        "$type": "app.bsky.embed.video", "video": done["blob"], "alt": "Dough rises",
        "aspectRatio": { "width": 360, "height": 640 },
    });
    desk.put(&access, "3jzfcijpj2z2a", &post).await.ok();
    assert_eq!(desk.bluesky().posts()[0].media[0].mime, "video/mp4");
}

#[tokio::test]
async fn a_service_token_is_good_for_one_thing_and_at_most_an_hour() {
    let desk = desk().await;
    let access = desk.access().await;
    service_token(&desk, &access, UPLOAD_BLOB, 7200)
        .await
        .refused(400, "BadExpiration");
    let other = service_token(&desk, &access, "app.bsky.video.getUploadLimits", 60).await;
    upload(&desk, &text(&other.ok(), "token"))
        .await
        .refused(401, "UploadForbidden");
    upload(&desk, &access)
        .await
        .refused(401, "AuthenticationRequired");
    let token = text(
        &service_token(&desk, &access, UPLOAD_BLOB, 1800).await.ok(),
        "token",
    );
    desk.upload(&token, "video/mp4", VIDEO_MP4).await.ok();
    desk.advance(1800);
    upload(&desk, &token)
        .await
        .refused(401, "AuthenticationRequired");
}

#[tokio::test]
async fn a_job_can_fail_and_a_day_has_a_limit() {
    let desk = desk_with(|config| config.videos_per_day = 2).await;
    let access = desk.access().await;
    let token = text(
        &service_token(&desk, &access, UPLOAD_BLOB, 1800).await.ok(),
        "token",
    );
    desk.bluesky().fail_next_job(JobFailure {
        code: "encoding_failure".to_owned(),
        message: "It would not encode".to_owned(),
    });
    let id = text(&upload(&desk, &token).await.ok(), "jobId");
    desk.advance(2);
    let failed = job(&desk, &id).await;
    assert_eq!(failed["state"], "JOB_STATE_FAILED");
    assert_eq!(failed["failureCode"], "encoding_failure");
    // It may be tried again, until the day's videos are used up.
    upload(&desk, &token).await.ok();
    let limits = text(
        &service_token(&desk, &access, "app.bsky.video.getUploadLimits", 60)
            .await
            .ok(),
        "token",
    );
    let left = desk
        .get("app.bsky.video.getUploadLimits", &limits)
        .await
        .ok();
    assert_eq!(
        (&left["canUpload"], &left["remainingDailyVideos"]),
        (&json!(false), &json!(0))
    );
    desk.bluesky()
        .edit_account(HANDLE, |account| account.email_confirmed = false);
    upload(&desk, &token)
        .await
        .refused(401, "unconfirmed_email");
}
