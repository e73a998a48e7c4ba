//! What is sent for approval, and what is not.

use chrono::Duration;
use domain::approval::{ApprovalPolicy, ReviewStage, ReviewState};
use domain::{DeliveryState, PostId, Role};
use services::ServiceError;
use services::posts::Intent;

use super::support::{AHEAD, Office, SOON, refusal};

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_is_sent_waits_for_the_client_and_its_approvers_are_told() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let viewer = office.person("Vic Viewer", Role::ClientViewer).await;
    let post = office.draft("Flat white", AHEAD).await;
    let sent = office
        .desk
        .services
        .send_for_approval(&office.desk.owner, office.client, &[post])
        .await
        .expect("sent");
    assert_eq!(sent.count(), 1);
    let one = sent.posts[0].1.as_ref().expect("sent");
    assert_eq!(one.stage, ReviewStage::Client);
    assert_eq!(one.deadline, office.desk.now() + Duration::hours(48));
    assert_eq!(office.state(post).await, DeliveryState::InReview);
    assert_eq!(
        office.told(&office.ann).await,
        [("waiting_approval".to_owned(), "Flat white".to_owned())]
    );
    assert_eq!(office.told(&viewer).await, []);
    let titles = office.titles(post).await;
    assert_eq!(titles.last().map(String::as_str), Some("Sent for approval"));
    assert!(
        office
            .audited(post)
            .await
            .contains(&"review_sent".to_owned())
    );

    let waiting = office
        .desk
        .services
        .reviews_waiting(&office.ann, Some(office.client))
        .await
        .expect("what waits");
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].held_by, ["Ann Approver"]);
    assert!(waiting[0].may_decide);
    assert_eq!(waiting[0].number, 1);
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_many_is_sent_or_has_its_sentence() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let good = office.draft("Good", AHEAD).await;
    let empty = office.draft("", AHEAD).await;
    let waits = office.waiting("Waits", AHEAD).await;
    let past = office.draft("Past", "2026-10-14T12:00").await;
    let nobody = PostId::generate();
    let sent = office
        .desk
        .services
        .send_for_approval(
            &office.desk.owner,
            office.client,
            &[good, empty, waits, past, nobody],
        )
        .await
        .expect("an answer");
    assert_eq!(sent.count(), 1);
    let sentences: Vec<String> = sent
        .posts
        .iter()
        .filter_map(|(_, one)| one.as_ref().err().map(ToString::to_string))
        .collect();
    assert!(matches!(sent.posts[1].1, Err(ServiceError::Findings(_))));
    assert!(
        sentences[1].contains("waits for approval already"),
        "{sentences:?}"
    );
    assert!(sentences[2].contains("minute has passed"), "{sentences:?}");
    assert!(matches!(
        sent.posts[4].1,
        Err(ServiceError::NotFound("post"))
    ));
    assert_eq!(office.state(good).await, DeliveryState::InReview);
    assert_eq!(office.state(empty).await, DeliveryState::Draft);
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_where_nobody_is_asked_or_nobody_could_answer() {
    let office = Office::start(ApprovalPolicy::None).await;
    let post = office.draft("Flat white", AHEAD).await;
    assert!(refusal(office.send(post).await).contains("is not asked"));
    office
        .set(services::client_settings::SettingsInput {
            approval_policy: Some(ApprovalPolicy::Required),
            ..Default::default()
        })
        .await;
    office
        .by_force("UPDATE users SET disabled_at = now() WHERE role = 'client_approver'")
        .await;
    assert!(refusal(office.send(post).await).contains("Nobody can approve"));
    assert_eq!(office.state(post).await, DeliveryState::Draft);
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_client_approves_every_post_nothing_is_scheduled_without() {
    let office = Office::start(ApprovalPolicy::Required).await;
    for intent in [Intent::Schedule, Intent::PublishNow] {
        let input = office.input(None, "Straight out", SOON);
        let refused = refusal(office.save(input, intent).await);
        assert!(
            refused.contains("Send it for approval instead"),
            "{refused}"
        );
    }
    let optional = Office::start(ApprovalPolicy::Optional).await;
    let input = optional.input(None, "Straight out", SOON);
    let post = optional
        .save(input, Intent::Schedule)
        .await
        .expect("scheduled");
    assert_eq!(optional.state(post).await, DeliveryState::Scheduled);
    optional.remove().await;
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_can_be_taken_back_until_it_is_decided() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let (services, owner) = (&office.desk.services, &office.desk.owner);
    let post = office.waiting("Flat white", AHEAD).await;
    services
        .take_back_review(owner, office.client, post)
        .await
        .expect("taken back");
    assert_eq!(office.state(post).await, DeliveryState::Draft);
    let view = services
        .review_of_post(owner, office.client, post)
        .await
        .expect("how it stands");
    assert_eq!(view.review.state, ReviewState::Withdrawn);
    assert!(!view.may_decide);
    let again = services.take_back_review(owner, office.client, post).await;
    assert!(refusal(again).contains("Nobody is asked"));
    // The same version can be sent once more, and is still the first.
    office.send(post).await.expect("sent again");
    let view = services
        .review_of_post(&office.ann, office.client, post)
        .await
        .expect("how it stands");
    assert_eq!((view.number, view.may_decide), (1, true));
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keeping_what_waits_unchanged_lets_it_wait_and_an_edit_makes_it_void() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let post = office.waiting("Flat white", AHEAD).await;
    let same = office.input(Some(post), "Flat white", AHEAD);
    office.save(same, Intent::SaveDraft).await.expect("kept");
    assert_eq!(office.state(post).await, DeliveryState::InReview);

    let stale = office.version(post).await;
    let other = office.input(Some(post), "Flat whites", AHEAD);
    office.save(other, Intent::SaveDraft).await.expect("kept");
    assert_eq!(office.state(post).await, DeliveryState::Draft);
    let titles = office.titles(post).await;
    assert_eq!(
        titles.last().map(String::as_str),
        Some("No longer waits for approval")
    );
    let decided = office
        .desk
        .services
        .decide(
            &office.ann,
            office.client,
            post,
            &stale,
            domain::approval::Verdict::Approved,
            "",
        )
        .await;
    assert!(refusal(decided).contains("changed since you opened it"));
    // What is being written is not shown: the client sees the version that was sent.
    let view = office
        .desk
        .services
        .review_of_post(&office.ann, office.client, post)
        .await
        .expect("how it stands");
    assert_eq!(view.content.caption, "Flat white");
    assert_eq!((view.is_current, view.may_decide), (false, false));
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_and_disconnecting_end_what_waits() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let (services, owner) = (&office.desk.services, &office.desk.owner);
    let cancelled = office.waiting("Cancelled", AHEAD).await;
    services
        .cancel_post(owner, office.client, cancelled)
        .await
        .expect("cancelled");
    let left = office.waiting("Disconnected", AHEAD).await;
    services
        .disconnect(owner, office.client, office.account, "kestrel.bsky.test")
        .await
        .expect("disconnected");
    let waiting = services.reviews_waiting(&office.ann, None).await;
    assert_eq!(waiting.expect("what waits").len(), 0);
    for post in [cancelled, left] {
        assert_eq!(office.state(post).await, DeliveryState::Cancelled);
    }
    office.remove().await;
}
