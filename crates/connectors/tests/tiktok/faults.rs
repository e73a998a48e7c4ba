//! What TikTok refuses, and what fails on the way.

use std::time::Duration;

use connectors::ErrorKind;
use emulator::tiktok::{Fault, LagAnswer};

use crate::support::{ACCOUNT, Desk, SEVERAL_PARTS};
use crate::video::Generated;

#[tokio::test]
async fn a_part_that_tiktok_stumbles_over_is_sent_again() {
    let mut desk = Desk::new("[[put:500@3]]", SEVERAL_PARTS).await;
    desk.run().await.unwrap();
    desk.assert_posted_once(&Generated(SEVERAL_PARTS).sha256());
    assert_eq!(desk.errors.len(), 1);
    assert_eq!(desk.errors[0].kind, ErrorKind::RetryNow);
    assert_eq!(desk.count("upload"), 7);
    assert_eq!(desk.count("video/init"), 1);
}

#[tokio::test]
async fn an_upload_that_tiktok_lost_starts_again() {
    for status in [403, 404] {
        let mut desk = Desk::new("Hello", SEVERAL_PARTS).await;
        desk.emulator.tiktok().fault(Fault {
            status: Some(status),
            skip: 2,
            ..Fault::on("upload")
        });
        desk.run().await.unwrap();
        assert!(desk.errors[0].restart, "{status}");
        assert_eq!(desk.count("video/init"), 2);
        desk.assert_posted_once(&Generated(SEVERAL_PARTS).sha256());
    }
}

#[tokio::test]
async fn a_token_that_ends_while_tiktok_works_is_renewed_and_nothing_is_sent_again() {
    let mut desk = Desk::new("Hello", 1000).await;
    desk.emulator
        .tiktok()
        .configure(|config| config.processing = Duration::from_secs(20));
    let mut checkpoint = None;
    for _ in 0..3 {
        use connectors::StepOutcome::{Continue, Wait};
        let (Ok(Continue {
            checkpoint: next, ..
        })
        | Ok(Wait {
            checkpoint: next, ..
        })) = desk.step(checkpoint, false).await
        else {
            panic!("the video was not sent");
        };
        checkpoint = Some(next);
    }
    desk.emulator.advance(Duration::from_secs(5));
    desk.emulator.tiktok().expire_access_tokens(ACCOUNT);
    desk.run_from(checkpoint, true).await.unwrap();
    assert_eq!(desk.errors.len(), 1);
    assert_eq!(desk.errors[0].kind, ErrorKind::RefreshToken);
    assert_eq!((desk.count("video/init"), desk.count("upload")), (1, 1));
    desk.assert_posted_once(&Generated(1000).sha256());
}

#[tokio::test]
async fn a_rate_limit_is_waited_out() {
    let mut desk = Desk::new("Hello [[init:429@1]]", 1000).await;
    desk.run().await.unwrap();
    assert_eq!(desk.errors.len(), 1);
    let error = &desk.errors[0];
    assert_eq!(error.kind, ErrorKind::RetryLater);
    assert!((60..75).contains(&error.retry_after.unwrap().as_secs()));
    assert!(
        error
            .platform_words
            .as_deref()
            .unwrap()
            .starts_with("429 rate_limit_exceeded")
    );
    desk.assert_posted_once(&Generated(1000).sha256());
}

#[tokio::test]
async fn an_announcement_that_got_lost_is_made_again() {
    let unanswered = Fault {
        drop: true,
        ..Fault::on("video/init")
    };
    let broken = Fault {
        status: Some(502),
        code: Some(String::new()),
        ..Fault::on("video/init")
    };
    for fault in [unanswered, broken] {
        let mut desk = Desk::new("Hello", 1000).await;
        desk.emulator.tiktok().fault(fault);
        desk.run().await.unwrap();
        assert_eq!(desk.errors[0].kind, ErrorKind::RetryNow);
        desk.assert_posted_once(&Generated(1000).sha256());
    }
}

#[tokio::test]
async fn a_daily_limit_is_waited_for_but_not_for_ever() {
    let desk = Desk::new("Hello", 1000).await;
    desk.emulator
        .tiktok()
        .edit_user(ACCOUNT, |user| user.posts_elsewhere = 15);
    let error = desk.step(None, false).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::RetryLater);
    assert_eq!(error.retry_after, Some(Duration::from_secs(6 * 3600)));
    assert_eq!(
        error.give_up_at,
        Some(desk.now() + chrono::TimeDelta::hours(48))
    );
}

#[tokio::test]
async fn what_tiktok_finds_out_while_processing_says_what_to_do() {
    for (reason, kind, restart, hint) in [
        (
            "file_format_check_failed",
            ErrorKind::Rejected,
            false,
            "H.264",
        ),
        (
            "frame_rate_check_failed",
            ErrorKind::Rejected,
            false,
            "23 to 60",
        ),
        (
            "picture_size_check_failed",
            ErrorKind::Rejected,
            false,
            "1080 × 1920",
        ),
        (
            "duration_check_failed",
            ErrorKind::Rejected,
            false,
            "Cut it",
        ),
        ("spam_risk_text", ErrorKind::Rejected, false, "caption"),
        (
            "spam_risk_user_banned_from_posting",
            ErrorKind::Rejected,
            false,
            "banned",
        ),
        (
            "auth_removed",
            ErrorKind::Reauthorise,
            true,
            "Connect the account again",
        ),
        (
            "internal",
            ErrorKind::RetryLater,
            true,
            "from the beginning",
        ),
        (
            "spam_risk_too_many_posts",
            ErrorKind::RetryLater,
            true,
            "24 hours",
        ),
    ] {
        let mut desk = Desk::new(&format!("Hello [[fail:{reason}]]"), 1000).await;
        let mut checkpoint = None;
        let error = loop {
            match desk.step(checkpoint.clone(), false).await {
                Ok(connectors::StepOutcome::Continue {
                    checkpoint: next,
                    report,
                    ..
                }) => {
                    desk.reports.extend(report);
                    checkpoint = Some(next);
                }
                Ok(connectors::StepOutcome::Wait {
                    checkpoint: next,
                    until,
                    ..
                }) => {
                    desk.advance_to(until);
                    checkpoint = Some(next);
                }
                Ok(connectors::StepOutcome::Published { .. }) => panic!("{reason} was published"),
                Err(error) => break error,
            }
        };
        assert_eq!((error.kind, error.restart), (kind, restart), "{reason}");
        assert!(error.message.contains(hint), "{}", error.message);
        assert_eq!(error.code.as_deref(), Some(reason));
        assert!(desk.emulator.tiktok().posts().is_empty());
    }
}

#[tokio::test]
async fn a_status_that_lags_behind_is_tolerated() {
    for answer in [LagAnswer::Code, LagAnswer::Message] {
        let mut desk = Desk::new("Hello", 1000).await;
        desk.emulator.tiktok().configure(|config| {
            config.status_lag = Duration::from_secs(30);
            config.lag_answer = answer;
        });
        desk.run().await.unwrap();
        assert!(desk.errors.is_empty());
        assert_eq!(
            desk.titles(),
            [
                "Checked the account",
                "Started the upload",
                "Sent the video",
                "Published"
            ]
        );
    }
}

#[tokio::test]
async fn faults_while_asking_change_nothing() {
    let mut desk = Desk::new("Hello", 1000).await;
    for fault in [
        Fault {
            drop: true,
            ..Fault::on("status/fetch")
        },
        Fault {
            status: Some(503),
            ..Fault::on("status/fetch")
        },
        Fault {
            status: Some(502),
            body: Some("<html>".to_owned()),
            ..Fault::on("status/fetch")
        },
    ] {
        desk.emulator.tiktok().fault(fault);
    }
    desk.run().await.unwrap();
    assert_eq!(desk.errors.len(), 3);
    assert!(
        desk.errors
            .iter()
            .all(|error| error.kind == ErrorKind::RetryNow)
    );
    desk.assert_posted_once(&Generated(1000).sha256());
}

#[tokio::test]
async fn access_taken_away_while_tiktok_works_needs_a_person() {
    let mut desk = Desk::new("[[stuck]]", 1000).await;
    let mut checkpoint = None;
    for _ in 0..3 {
        use connectors::StepOutcome::{Continue, Wait};
        let (Ok(Continue {
            checkpoint: next, ..
        })
        | Ok(Wait {
            checkpoint: next, ..
        })) = desk.step(checkpoint, false).await
        else {
            panic!("the video was not sent");
        };
        checkpoint = Some(next);
    }
    desk.emulator.tiktok().revoke(ACCOUNT);
    desk.emulator.advance(Duration::from_secs(5));
    let error = desk.step(checkpoint.clone(), true).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::RefreshToken);
    // After a new connection TikTok says why.
    desk.tokens = desk
        .emulator
        .tiktok()
        .issue_tokens(ACCOUNT, &crate::support::SCOPES)
        .unwrap();
    let error = desk.run_from(checkpoint, true).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Reauthorise);
}
