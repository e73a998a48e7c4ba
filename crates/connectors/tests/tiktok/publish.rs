//! A delivery from its start to its public address, when nothing goes wrong.

use std::sync::Arc;

use chrono::TimeDelta;
use connectors::{ErrorKind, StepOutcome};
use domain::history::Tone;
use emulator::samples::VIDEO_MP4;
use sha2::{Digest, Sha256};

use crate::support::{ACCOUNT, Desk, SEVERAL_PARTS, emulator};
use crate::video::{Generated, InMemory};

#[tokio::test]
async fn a_small_video_goes_out_in_one_part() {
    let probing = emulator(|config| config.tiktok.probe_media = true).await;
    let mut desk = Desk::with(
        "Pour-over myths, answered",
        Arc::new(InMemory(VIDEO_MP4)),
        probing,
    );
    let published = desk.run().await.unwrap();
    assert_eq!(published.id, None);
    assert_eq!(
        published.address.as_deref(),
        Some("https://www.tiktok.com/@kestrelcoffee")
    );
    desk.assert_posted_once(&hex::encode(Sha256::digest(VIDEO_MP4)));
    assert_eq!(
        desk.titles(),
        [
            "Checked the account",
            "Started the upload",
            "Sent the video",
            "Published"
        ]
    );
    let checked = &desk.reports[0];
    assert_eq!(checked.tone, Tone::Good);
    assert_eq!(
        checked.detail,
        "Privacy “Everyone” is still offered, 0:41 is within 10:00."
    );
    assert_eq!(checked.platform_words.as_deref(), Some("creator_info ok"));
    assert!(desk.errors.is_empty());
}

#[tokio::test]
async fn a_large_video_goes_out_in_several_parts_with_the_same_bytes() {
    let mut desk = Desk::new("A long one", SEVERAL_PARTS).await;
    desk.run().await.unwrap();
    desk.assert_posted_once(&Generated(SEVERAL_PARTS).sha256());
    assert_eq!(
        desk.titles(),
        [
            "Checked the account",
            "Started the upload",
            "Sent part 1 of 6",
            "Sent part 2 of 6",
            "Sent part 3 of 6",
            "Sent part 4 of 6",
            "Sent part 5 of 6",
            "Sent part 6 of 6",
            "Published",
        ]
    );
    assert_eq!(desk.reports[2].detail, "10.0 MB");
    assert_eq!(desk.reports[7].detail, "14.0 MB");
    assert_eq!(desk.count("upload"), 6);
}

#[tokio::test]
async fn what_a_person_chose_arrives_and_nothing_else() {
    let mut desk = Desk::new("Grüße ☕ #coffee", 1000).await;
    desk.options(|options| {
        options.privacy_level = Some("MUTUAL_FOLLOW_FRIENDS".to_owned());
        options.allow_comment = false;
        options.allow_stitch = true;
        options.disclose = true;
        options.your_brand = true;
        options.ai_generated = true;
    });
    let published = desk.run().await.unwrap();
    let post = &desk.emulator.tiktok().posts()[0];
    let details = &post.details;
    assert_eq!(details.caption, "Grüße ☕ #coffee");
    assert_eq!(
        details.privacy_level.as_deref(),
        Some("MUTUAL_FOLLOW_FRIENDS")
    );
    assert!(details.disable_comment && details.disable_duet && !details.disable_stitch);
    assert!(details.brand_organic && !details.brand_content && details.is_aigc);
    // Only public posts ever get a public id.
    assert!(published.follow_up.is_none());
}

#[tokio::test]
async fn the_cover_arrives_in_milliseconds_and_one_that_is_not_in_the_video_holds_the_post() {
    let probing = emulator(|config| config.tiktok.probe_media = true).await;
    let mut desk = Desk::with("Covered", Arc::new(InMemory(VIDEO_MP4)), probing);
    desk.options(|options| options.video_cover_ms = Some(2400));
    desk.run().await.unwrap();
    let posts = desk.emulator.tiktok().posts();
    assert_eq!(posts[0].details.video_cover_timestamp_ms, Some(2400));
    assert_eq!(posts[0].fail_reason, None);

    let mut desk = Desk::new("Beyond", 1000).await;
    desk.options(|options| options.video_cover_ms = Some(41_001));
    let error = desk.run().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(error.message.contains("Choose another frame."), "{error:?}");
    assert!(desk.emulator.tiktok().posts().is_empty());

    // Without a choice nothing is said, and TikTok takes the first frame.
    let mut desk = Desk::new("First", 1000).await;
    desk.run().await.unwrap();
    let posts = desk.emulator.tiktok().posts();
    assert_eq!(posts[0].details.video_cover_timestamp_ms, None);
}

#[tokio::test]
async fn what_the_account_switched_off_is_noted_and_does_not_hold_the_post() {
    let mut desk = Desk::new("Hello", 1000).await;
    desk.emulator
        .tiktok()
        .edit_user(ACCOUNT, |user| user.comment_disabled = true);
    desk.run().await.unwrap();
    assert!(
        desk.reports[0]
            .detail
            .ends_with("Comments are switched off in the account, so TikTok will not allow it.")
    );
    assert!(desk.emulator.tiktok().posts()[0].details.disable_comment);
}

#[tokio::test]
async fn the_upload_address_is_written_down_before_the_first_byte_leaves() {
    let desk = Desk::new("Hello", 1000).await;
    let Ok(StepOutcome::Continue { checkpoint, .. }) = desk.step(None, false).await else {
        panic!("the account was not checked");
    };
    let Ok(StepOutcome::Continue {
        checkpoint,
        progress,
        ..
    }) = desk.step(Some(checkpoint), false).await
    else {
        panic!("the video was not announced");
    };
    assert_eq!(desk.count("upload"), 0);
    assert_eq!(progress.unwrap().total, 1000);
    assert!(
        checkpoint.0["upload"]["url"]
            .as_str()
            .unwrap()
            .contains("upload_token=")
    );
    assert_eq!(checkpoint.0["last_chunk_started"], true);
    assert!(!format!("{checkpoint:?}").contains("upload_token"));
}

#[tokio::test]
async fn the_public_id_is_learnt_later() {
    let mut desk = Desk::with(
        "Hello",
        Arc::new(Generated(1000)),
        emulator(|config| {
            config.tiktok.moderation = Some(std::time::Duration::from_secs(3 * 3600))
        })
        .await,
    );
    let published = desk.run().await.unwrap();
    let posted_at = desk.now();
    let mut follow_up = published.follow_up;
    let mut asked = 0;
    let found = loop {
        let (checkpoint, at) = follow_up.expect("gave up");
        desk.advance_to(at);
        desk.renew().await;
        asked += 1;
        let Ok(StepOutcome::Published {
            id,
            address,
            report,
            follow_up: next,
        }) = desk.step(Some(checkpoint), true).await
        else {
            panic!("a published post turned into something else");
        };
        if let Some(id) = id {
            break (id, address, report, next);
        }
        assert!(report.is_none());
        follow_up = next;
    };
    let (id, address, report, next) = found;
    let post = &desk.emulator.tiktok().posts()[0];
    assert_eq!(id, post.post_id.unwrap().to_string());
    assert_eq!(
        address.unwrap(),
        format!("https://www.tiktok.com/@{ACCOUNT}/video/{id}")
    );
    assert_eq!(
        report.unwrap().platform_words.unwrap(),
        format!("publicaly_available_post_id {id}")
    );
    assert!(next.is_none());
    // Twelve in the first two minutes, then every ten: 3 h after the post at the latest plus ten minutes.
    assert!(asked < 35, "{asked}");
    assert!(desk.now() - posted_at < TimeDelta::minutes(192));
}

#[tokio::test]
async fn looking_for_the_id_ends_after_two_days_and_survives_every_fault() {
    let forever = emulator(|config| config.tiktok.moderation = None).await;
    let mut desk = Desk::with("Hello", Arc::new(Generated(1000)), forever);
    let published = desk.run().await.unwrap();
    // The token runs out on the way and nobody renews it.
    let mut follow_up = published.follow_up;
    let mut asked = 0;
    while let Some((checkpoint, at)) = follow_up {
        desk.advance_to(at);
        asked += 1;
        let Ok(StepOutcome::Published {
            id: None,
            follow_up: next,
            ..
        }) = desk.step(Some(checkpoint), true).await
        else {
            panic!("a published post turned into something else");
        };
        follow_up = next;
    }
    assert!((80..100).contains(&asked), "{asked}");
}

#[tokio::test]
async fn a_post_that_no_longer_fits_the_account_is_held() {
    let mut desk = Desk::new("Hello", 1000).await;
    let tiktok = desk.emulator.tiktok().clone();

    tiktok.edit_user(ACCOUNT, |user| user.private = true);
    let error = desk.run().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert_eq!(
        error.message,
        "This account no longer offers “Everyone”. Choose who can see it again."
    );
    tiktok.edit_user(ACCOUNT, |user| {
        user.private = false;
        user.max_video_post_duration_sec = 30;
    });
    let error = desk.run().await.unwrap_err();
    assert_eq!(
        error.message,
        "The video runs 0:41; this account may post at most 0:30. Cut it shorter."
    );
    tiktok.edit_user(ACCOUNT, |user| user.banned = true);
    let error = desk.run().await.unwrap_err();
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (
            ErrorKind::Rejected,
            Some("spam_risk_user_banned_from_posting")
        )
    );
    assert!(tiktok.tasks().is_empty(), "nothing was announced");
}
