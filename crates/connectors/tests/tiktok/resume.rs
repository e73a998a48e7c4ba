//! A worker dies anywhere; the next one goes on, and there is one post.

use std::sync::Arc;

use connectors::{Checkpoint, ErrorKind, StepOutcome};
use emulator::tiktok::Fault;

use crate::support::{Desk, SEVERAL_PARTS, emulator};
use crate::video::Generated;

/// Where a worker dies in a step.
#[derive(Clone, Copy, Debug)]
enum Death {
    /// The step was taken, but what came of it was not written down.
    BeforeWriting,
    /// It was written down, and nothing more happened.
    AfterWriting,
}

/// Takes steps, dies at the `nth`, and says where the next worker finds the delivery. `None` when it
/// was published before.
async fn die(desk: &mut Desk, nth: usize, death: Death) -> Option<Option<Checkpoint>> {
    let mut checkpoint: Option<Checkpoint> = None;
    let mut resumed = false;
    for step in 0.. {
        let next = match desk.step(checkpoint.clone(), resumed).await {
            Ok(StepOutcome::Continue { checkpoint, .. }) => {
                resumed = false;
                checkpoint
            }
            Ok(StepOutcome::Wait {
                checkpoint, until, ..
            }) => {
                desk.advance_to(until);
                resumed = true;
                checkpoint
            }
            Ok(StepOutcome::Published { .. }) if step == nth => return Some(checkpoint),
            Ok(StepOutcome::Published { .. }) => return None,
            Err(error) => panic!("{error:?}"),
        };
        if step == nth {
            return Some(match death {
                Death::BeforeWriting => checkpoint,
                Death::AfterWriting => Some(next),
            });
        }
        checkpoint = Some(next);
    }
    None
}

async fn dies_everywhere(size: u64) {
    let sha256 = Generated(size).sha256();
    for death in [Death::BeforeWriting, Death::AfterWriting] {
        for nth in 0.. {
            let mut desk = Desk::new("Hello", size).await;
            let Some(found) = die(&mut desk, nth, death).await else {
                assert!(nth >= 4, "died at {nth} steps only");
                break;
            };
            // The lease has to run out before somebody else takes over.
            desk.emulator.advance(std::time::Duration::from_secs(90));
            let resumed = found.is_some();
            let published = desk.run_from(found, resumed).await;
            assert!(published.is_ok(), "{death:?} at {nth}: {published:?}");
            assert!(
                desk.errors.is_empty(),
                "{death:?} at {nth}: {:?}",
                desk.errors
            );
            desk.assert_posted_once(&sha256);
        }
    }
}

#[tokio::test]
async fn a_small_upload_survives_a_death_at_every_step() {
    dies_everywhere(1000).await;
}

#[tokio::test]
async fn a_large_upload_survives_a_death_at_every_step() {
    dies_everywhere(SEVERAL_PARTS).await;
}

#[tokio::test]
async fn the_next_worker_says_that_it_asked_first() {
    let mut desk = Desk::new("Hello", SEVERAL_PARTS).await;
    // Three parts are up, and the third was not written down.
    let found = die(&mut desk, 4, Death::BeforeWriting).await.unwrap();
    desk.emulator.advance(std::time::Duration::from_secs(90));
    desk.run_from(found, true).await.unwrap();
    assert_eq!(desk.count("upload"), 6, "no part was sent twice");
    let report = &desk.reports[0];
    assert_eq!(report.title, "Found the earlier upload");
    assert_eq!(
        report.detail,
        "Asked TikTok first, so nothing is posted twice. It has 30.0 MB of 64.0 MB."
    );
    assert!(
        report
            .platform_words
            .as_deref()
            .unwrap()
            .starts_with("publish_id v_pub_file~")
    );
}

#[tokio::test]
async fn a_dropped_answer_after_the_last_part_makes_no_second_post() {
    for (caption, size) in [("[[put:drop@1]]", 1000), ("[[put:drop@6]]", SEVERAL_PARTS)] {
        let mut desk = Desk::new(caption, size).await;
        desk.run().await.unwrap();
        desk.assert_posted_once(&Generated(size).sha256());
        assert_eq!(desk.count("video/init"), 1);
        assert!(
            desk.titles()
                .contains(&"TikTok did not confirm the last part")
        );
        assert!(desk.errors.is_empty());
    }
}

#[tokio::test]
async fn a_last_part_that_never_arrived_is_sent_again_to_the_same_upload() {
    let lost = Fault {
        drop: true,
        after_work: Some(false),
        ..Fault::on("upload")
    };
    let broken = Fault {
        status: Some(503),
        ..Fault::on("upload")
    };
    for fault in [lost, broken] {
        let mut desk = Desk::new("Hello", 1000).await;
        desk.emulator.tiktok().fault(fault);
        desk.run().await.unwrap();
        desk.assert_posted_once(&Generated(1000).sha256());
        assert_eq!((desk.count("video/init"), desk.count("upload")), (1, 2));
        assert!(
            desk.titles()
                .contains(&"TikTok does not have everything yet")
        );
        assert!(desk.errors.is_empty());
    }
}

#[tokio::test]
async fn a_part_that_was_taken_without_an_answer_is_not_sent_twice() {
    let mut desk = Desk::new("[[put:drop@3]]", SEVERAL_PARTS).await;
    desk.run().await.unwrap();
    desk.assert_posted_once(&Generated(SEVERAL_PARTS).sha256());
    assert_eq!(desk.errors.len(), 1);
    assert!(desk.titles().contains(&"Asked TikTok what it has"));
    // The third part once more, which TikTok refused.
    assert_eq!(desk.count("upload"), 7);
    assert_eq!(desk.count("video/init"), 1);
}

#[tokio::test]
async fn an_upload_whose_hour_is_over_starts_again_while_nothing_can_have_been_posted() {
    let mut desk = Desk::new("Hello", SEVERAL_PARTS).await;
    let found = die(&mut desk, 3, Death::AfterWriting).await.unwrap();
    desk.emulator
        .advance(std::time::Duration::from_secs(2 * 3600));
    desk.run_from(found, true).await.unwrap();
    assert_eq!(desk.errors.len(), 2, "{:?}", desk.errors);
    // The token ran out as well.
    assert_eq!(desk.errors[0].kind, ErrorKind::RefreshToken);
    assert!(desk.errors[1].restart);
    assert_eq!(desk.count("video/init"), 2);
    desk.assert_posted_once(&Generated(SEVERAL_PARTS).sha256());
}

#[tokio::test]
async fn an_address_that_ended_before_a_part_was_sent_starts_again() {
    let mut desk = Desk::new("Hello", 1000).await;
    let found = die(&mut desk, 1, Death::AfterWriting).await.unwrap();
    desk.emulator.advance(std::time::Duration::from_secs(3600));
    let error = desk.step(found, false).await.err().unwrap();
    assert!(error.restart && error.kind == ErrorKind::RetryNow);
    desk.run().await.unwrap();
    desk.assert_posted_once(&Generated(1000).sha256());
}

#[tokio::test]
async fn a_silent_tiktok_is_never_taken_for_a_refusal() {
    let mut desk = Desk::with(
        "[[stuck]]",
        Arc::new(Generated(1000)),
        emulator(|_| {}).await,
    );
    let started = desk.now();
    let error = desk.run().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::OutcomeUnknown);
    let waited = desk.now() - started;
    assert!((70..73).contains(&waited.num_minutes()), "{waited}");
    // The history hears of a status once.
    let asked = desk
        .titles()
        .iter()
        .filter(|title| **title == "Asked for status")
        .count();
    assert_eq!(asked, 1);
    assert_eq!(desk.count("video/init"), 1);
}

#[tokio::test]
async fn a_tiktok_that_forgot_the_upload_after_the_last_part_leaves_it_unknown() {
    let mut desk = Desk::new("[[stuck]]", 1000).await;
    let found = die(&mut desk, 3, Death::AfterWriting).await.unwrap();
    desk.emulator.advance(std::time::Duration::from_secs(120));
    desk.emulator.tiktok().fault(Fault {
        status: Some(400),
        code: Some("invalid_publish_id".to_owned()),
        ..Fault::on("status/fetch")
    });
    let error = desk.step(found, true).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::OutcomeUnknown);
}
