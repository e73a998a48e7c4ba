//! Videos by way of the video service, which a stand-in plays: it checks the tokens and stores the video
//! with the real server.

use connectors::ErrorKind;
use emulator::samples::VIDEO_MP4;
use testing::Pds;
use testing::pds::{PdsAccount, VideoMode, VideoStub, host, video_service};

use crate::support::{Desk, content, video};

async fn desk(mode: VideoMode) -> (Desk, PdsAccount, VideoStub) {
    let stub = VideoStub::start(&Pds::running(), mode).await;
    let (desk, account) = Desk::with(content("Moving", vec![video("A pour")]), |config| {
        config.video = Some(video_service(&stub));
        config.development_hosts.push(host(&stub.url));
    })
    .await;
    (desk, account, stub)
}

async fn is_out(account: &PdsAccount) {
    let posts = account.posts().await;
    assert_eq!(posts.len(), 1);
    let embed = &posts[0]["value"]["embed"];
    assert_eq!(embed["$type"], "app.bsky.embed.video");
    assert_eq!(account.file(&embed["video"]).await, VIDEO_MP4);
}

#[tokio::test]
async fn the_service_prepares_it_and_is_asked_until_it_has() {
    let (mut desk, account, stub) = desk(VideoMode::Works).await;
    desk.run().await.unwrap();
    is_out(&account).await;
    assert_eq!(stub.uploads(), 1);
    assert_eq!(
        desk.waits, 2,
        "handed over, and not ready at the first look"
    );
    assert_eq!(
        desk.titles(),
        [
            "Checked the account",
            "Sent the video",
            "Bluesky prepared the video",
            "Published"
        ]
    );
}

#[tokio::test]
async fn a_video_that_the_service_has_already_is_not_prepared_anew() {
    let (mut desk, account, stub) = desk(VideoMode::HasItAlready).await;
    desk.run().await.unwrap();
    is_out(&account).await;
    assert_eq!(stub.uploads(), 1);
}

#[tokio::test]
async fn every_checkpoint_of_a_video_is_taken_up_again() {
    let (mut desk, account, _stub) = desk(VideoMode::Works).await;
    let published = desk.run().await.unwrap();
    for checkpoint in desk.written.clone() {
        assert_eq!(
            desk.run_from(Some(checkpoint), true).await.unwrap(),
            published
        );
    }
    is_out(&account).await;
}

#[tokio::test]
async fn a_passing_failure_of_the_service_is_tried_once_more() {
    let (mut desk, account, stub) = desk(VideoMode::Fails(1, "encoding_failure")).await;
    desk.run().await.unwrap();
    is_out(&account).await;
    assert_eq!(stub.uploads(), 2);
    assert!(desk.titles().contains(&"The video was not prepared"));
}

#[tokio::test]
async fn a_lasting_failure_of_the_service_is_not_tried_for_ever() {
    let (mut desk, account, stub) = desk(VideoMode::Fails(9, "encoding_failure")).await;
    let error = desk.run().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(
        !error.restart && error.message.contains("twice"),
        "{error:?}"
    );
    assert_eq!(stub.uploads(), 2);
    assert!(account.posts().await.is_empty());
}

#[tokio::test]
async fn a_video_that_the_service_refuses_is_not_sent_again() {
    let (mut desk, account, stub) = desk(VideoMode::Fails(9, "validation_failure")).await;
    let error = desk.run().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert_eq!(error.code.as_deref(), Some("validation_failure"));
    assert!(error.message.contains("cannot be used"), "{error:?}");
    assert_eq!(stub.uploads(), 1);
    assert!(account.posts().await.is_empty());
}

#[tokio::test]
async fn an_upload_that_the_service_forgot_is_started_again() {
    let (mut desk, account, stub) = desk(VideoMode::Forgets).await;
    desk.run().await.unwrap();
    is_out(&account).await;
    assert_eq!(stub.uploads(), 2);
}

#[tokio::test]
async fn a_service_that_comes_to_no_end_is_given_up_after_a_while() {
    let (mut desk, _account, stub) = desk(VideoMode::Hangs).await;
    let begun = desk.now;
    let error = desk.run().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected, "{error:?}");
    assert_eq!(stub.uploads(), 2);
    assert!(desk.now - begun >= chrono::TimeDelta::minutes(30));
    assert!(desk.now - begun < chrono::TimeDelta::minutes(31));
}

#[tokio::test]
async fn a_limit_of_the_day_is_waited_out_and_a_ban_is_told() {
    let (mut used_up, _, stub) = desk(VideoMode::UsedUp).await;
    let error = used_up.run().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::RetryLater);
    assert_eq!(error.retry_after.unwrap().as_secs(), 24 * 3600);
    assert_eq!(stub.uploads(), 0, "nothing was sent for nothing");

    let (mut banned, _, stub) = desk(VideoMode::Forbidden).await;
    let error = banned.run().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(error.message.contains("email"), "{error:?}");
    assert_eq!(stub.uploads(), 0);
}
