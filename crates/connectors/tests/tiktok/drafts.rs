//! Drafts: delivered to the inbox is not published, and only a person in TikTok's app makes it so.

use std::time::Duration;

use connectors::{BudgetScope, Checkpoint, Connector, ErrorKind, Reconciled, StepOutcome};

use crate::support::Desk;

async fn draft() -> Desk {
    let mut desk = Desk::new("Said in the app", 1000).await;
    desk.options(|options| {
        options.as_draft = true;
        options.privacy_level = None;
    });
    desk
}

/// Goes on until TikTok says that it is in the inbox.
async fn until_in_the_inbox(desk: &Desk) -> Checkpoint {
    let mut checkpoint = desk.until_handed_over().await;
    for _ in 0..5 {
        desk.emulator.advance(Duration::from_secs(10));
        let Ok(StepOutcome::Wait {
            checkpoint: next,
            report,
            ..
        }) = desk.step(Some(checkpoint), true).await
        else {
            panic!("it did not wait");
        };
        if desk.connector().standing(&next).is_some() {
            assert_eq!(report.unwrap().title, "Delivered to TikTok’s inbox");
            return next;
        }
        checkpoint = next;
    }
    panic!("never in the inbox");
}

#[tokio::test]
async fn a_draft_is_published_only_once_its_person_has_done_so() {
    let mut desk = draft().await;
    let inbox = until_in_the_inbox(&desk).await;
    assert_eq!(desk.count("inbox/video/init"), 1);
    assert_eq!(
        desk.count("creator_info/query") + desk.count("video/init"),
        0
    );
    let standing = desk.connector().standing(&inbox).unwrap();
    assert!(standing.contains("@kestrelcoffee"), "{standing}");
    assert_eq!(
        desk.reconcile(Some(inbox.clone())).await.unwrap(),
        Reconciled::StillUnknown
    );

    // Said once, however often it is asked about.
    let Ok(StepOutcome::Wait { report, .. }) = desk.step(Some(inbox.clone()), true).await else {
        panic!("it did not wait");
    };
    assert_eq!(report, None);

    let publish_id = desk.emulator.tiktok().tasks()[0].publish_id.clone();
    assert!(desk.emulator.tiktok().finish_draft(&publish_id));
    desk.emulator.advance(Duration::from_secs(60));
    let published = desk.run_from(Some(inbox), true).await.unwrap();
    assert!(published.id.is_some(), "{published:?}");
}

#[tokio::test]
async fn a_draft_that_nobody_finishes_is_left_to_a_person_after_days() {
    let mut desk = draft().await;
    let inbox = until_in_the_inbox(&desk).await;
    let since = desk.now();
    // Not even a TikTok that is down meanwhile makes it anything else.
    desk.emulator.tiktok().fault(emulator::tiktok::Fault {
        status: Some(500),
        times: 3,
        ..emulator::tiktok::Fault::on("status/fetch")
    });
    let error = desk.run_from(Some(inbox), true).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::OutcomeUnknown);
    let passing = |error: &&connectors::PlatformError| error.kind != ErrorKind::RefreshToken;
    let errors: Vec<_> = desk.errors.iter().filter(passing).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let waited = (desk.now() - since).num_hours();
    assert!((71..=73).contains(&waited), "{waited}");
    assert!(desk.count("status/fetch") < 160, "asked ever less often");
}

#[tokio::test]
async fn the_drafts_of_a_day_are_counted_before_they_are_sent() {
    let desk = draft().await;
    let cost = desk.connector().costs(&desk.content.options, 1, None)[0];
    assert_eq!(cost.budget.limit, 5);
    assert_eq!(cost.budget.window, Duration::from_secs(24 * 3600));
    assert_eq!(cost.budget.scope, BudgetScope::Account);
    // As many as TikTok takes, which the emulator counts for itself.
    for _ in 0..5 {
        desk.until_handed_over().await;
        desk.emulator.advance(Duration::from_secs(60));
    }
    let Ok(StepOutcome::Continue { checkpoint, .. }) = desk.step(None, false).await else {
        panic!("not even checked");
    };
    let error = desk.step(Some(checkpoint), false).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::RetryLater);
    assert_eq!(
        error.code.as_deref(),
        Some("spam_risk_too_many_pending_share")
    );
}
