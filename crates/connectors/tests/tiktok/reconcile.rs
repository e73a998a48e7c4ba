//! What nobody confirmed is found again, or said not to be there, only on TikTok's own word.

use std::time::Duration;

use connectors::{CancelOutcome, Checkpoint, ErrorKind, PlatformError, Reconciled, StepOutcome};
use emulator::tiktok::Fault;

use crate::support::{ACCOUNT, Desk, SEVERAL_PARTS};

const CAPTION: &str = "Pour-over myths, answered";

/// A delivery that TikTok has all of, and whose outcome nobody heard.
async fn lost(caption: &str) -> (Desk, Checkpoint) {
    let desk = Desk::new(caption, 1000).await;
    let checkpoint = desk.until_handed_over().await;
    desk.emulator.advance(Duration::from_secs(120));
    (desk, checkpoint)
}

/// From here on TikTok does not know the upload any more.
fn forget_uploads(desk: &Desk) {
    desk.emulator.tiktok().fault(Fault {
        times: 10_000,
        status: Some(400),
        code: Some("invalid_publish_id".to_owned()),
        ..Fault::on("status/fetch")
    });
}

fn post_id(desk: &Desk, index: usize) -> String {
    desk.emulator.tiktok().posts()[index]
        .post_id
        .unwrap()
        .to_string()
}

fn found(desk: &Desk, index: usize) -> Reconciled {
    let id = post_id(desk, index);
    Reconciled::Found {
        address: Some(format!("https://www.tiktok.com/@{ACCOUNT}/video/{id}")),
        id: Some(id),
    }
}

#[tokio::test]
async fn tiktoks_word_on_the_upload_settles_it() {
    let (desk, checkpoint) = lost(CAPTION).await;
    assert_eq!(
        desk.reconcile(Some(checkpoint)).await.unwrap(),
        found(&desk, 0)
    );
    assert_eq!(desk.count("video/list"), 0, "asked about the upload itself");

    let (desk, checkpoint) = lost("[[fail:spam_risk]]").await;
    let settled = desk.reconcile(Some(checkpoint)).await.unwrap();
    let Reconciled::Failed(error) = settled else {
        panic!("{settled:?}");
    };
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert_eq!(error.platform_words.as_deref(), Some("FAILED spam_risk"));

    let (desk, checkpoint) = lost("[[stuck]]").await;
    assert_eq!(
        desk.reconcile(Some(checkpoint)).await.unwrap(),
        Reconciled::StillUnknown
    );
}

#[tokio::test]
async fn an_upload_that_never_became_whole_is_certainly_not_there() {
    let desk = Desk::new(CAPTION, SEVERAL_PARTS).await;
    let mut checkpoint = None;
    // Checked, announced, three parts sent.
    for _ in 0..5 {
        let Ok(StepOutcome::Continue {
            checkpoint: next, ..
        }) = desk.step(checkpoint, false).await
        else {
            panic!("it stopped early");
        };
        checkpoint = Some(next);
    }
    desk.emulator.advance(Duration::from_secs(30 * 60));
    assert_eq!(
        desk.reconcile(checkpoint.clone()).await.unwrap(),
        Reconciled::StillUnknown,
        "its address still works"
    );
    desk.emulator.advance(Duration::from_secs(33 * 60));
    let settled = desk.reconcile(checkpoint).await.unwrap();
    let ended = |error: &PlatformError| error.kind == ErrorKind::RetryLater && error.restart;
    assert!(
        matches!(&settled, Reconciled::NotThere)
            || matches!(&settled, Reconciled::Failed(error) if ended(error)),
        "{settled:?}"
    );
}

#[tokio::test]
async fn an_upload_that_tiktok_forgot_is_found_by_what_it_says() {
    let (desk, checkpoint) = lost(CAPTION).await;
    forget_uploads(&desk);
    assert_eq!(
        desk.reconcile(Some(checkpoint)).await.unwrap(),
        found(&desk, 0)
    );
    // Without a word from TikTok there is the minute that it was due.
    assert_eq!(desk.reconcile(None).await.unwrap(), found(&desk, 0));
}

#[tokio::test]
async fn a_list_without_exactly_one_such_post_says_nothing() {
    // Nothing there.
    let (desk, checkpoint) = lost("[[fail:internal]]").await;
    forget_uploads(&desk);
    assert_eq!(
        desk.reconcile(Some(checkpoint)).await.unwrap(),
        Reconciled::StillUnknown,
        "what is not shown may still be moderated"
    );

    // The same words from an hour before are another post.
    let (mut desk, _) = lost(CAPTION).await;
    desk.emulator.advance(Duration::from_secs(3600));
    desk.content.due_at = desk.now();
    desk.content.caption = "Something else".to_owned();
    let second = desk.until_handed_over().await;
    desk.content.caption = CAPTION.to_owned();
    desk.emulator.advance(Duration::from_secs(120));
    forget_uploads(&desk);
    assert_eq!(
        desk.reconcile(Some(second.clone())).await.unwrap(),
        Reconciled::StillUnknown
    );

    // Two with the same words cannot be told apart.
    desk.emulator.tiktok().clear_faults();
    for _ in 0..2 {
        desk.until_handed_over().await;
    }
    desk.emulator.advance(Duration::from_secs(120));
    forget_uploads(&desk);
    assert_eq!(
        desk.reconcile(Some(second)).await.unwrap(),
        Reconciled::StillUnknown
    );
}

#[tokio::test]
async fn what_the_list_cannot_show_is_not_looked_for() {
    let (mut desk, checkpoint) = lost(CAPTION).await;
    forget_uploads(&desk);
    desk.options(|options| options.privacy_level = Some("SELF_ONLY".to_owned()));
    assert_eq!(
        desk.reconcile(Some(checkpoint.clone())).await.unwrap(),
        Reconciled::StillUnknown
    );
    assert_eq!(desk.count("video/list"), 0, "only public posts are listed");

    desk.options(|options| options.privacy_level = Some("PUBLIC_TO_EVERYONE".to_owned()));
    let without_list = ["user.info.basic", "video.publish"];
    desk.tokens = desk
        .emulator
        .tiktok()
        .issue_tokens(ACCOUNT, &without_list)
        .unwrap();
    assert_eq!(
        desk.reconcile(Some(checkpoint)).await.unwrap(),
        Reconciled::StillUnknown
    );
}

#[tokio::test]
async fn a_platform_that_does_not_answer_is_asked_again_later() {
    let (desk, checkpoint) = lost(CAPTION).await;
    desk.emulator.tiktok().fault(Fault {
        status: Some(500),
        ..Fault::on("status/fetch")
    });
    assert!(desk.reconcile(Some(checkpoint.clone())).await.is_err());
    assert_eq!(
        desk.reconcile(Some(checkpoint)).await.unwrap(),
        found(&desk, 0)
    );
}

#[tokio::test]
async fn an_upload_is_taken_back_while_its_last_part_has_certainly_not_left() {
    for size in [1000, SEVERAL_PARTS] {
        let desk = Desk::new(CAPTION, size).await;
        assert_eq!(
            desk.cancel(None, true).await.unwrap(),
            CancelOutcome::Cancelled
        );
        let mut checkpoint = None;
        let mut taken_back = 0;
        loop {
            match desk.step(checkpoint, false).await.unwrap() {
                StepOutcome::Continue {
                    checkpoint: next, ..
                } => {
                    let mine = desk.cancel(Some(next.clone()), false).await.unwrap();
                    assert_eq!(
                        mine,
                        CancelOutcome::Cancelled,
                        "its own last part is still here"
                    );
                    let taken_over = desk.cancel(Some(next.clone()), true).await.unwrap();
                    let may_have_left = next.0["last_chunk_started"] == true;
                    assert_eq!(taken_over == CancelOutcome::TooLate, may_have_left);
                    taken_back += 1;
                    checkpoint = Some(next);
                }
                StepOutcome::Wait { checkpoint, .. } => {
                    let late = desk.cancel(Some(checkpoint), false).await.unwrap();
                    assert_eq!(late, CancelOutcome::TooLate);
                    break;
                }
                StepOutcome::Published { .. } => panic!("published at once"),
            }
        }
        assert!(taken_back >= 2, "{taken_back}");
    }
}
