//! Who decides about what, and what follows.

use domain::approval::{ApprovalPolicy, Approvers, ReviewStage, ReviewState, Verdict};
use domain::{DeliveryState, Role};
use services::ServiceError;
use services::approvals::Outcome;
use services::client_settings::SettingsInput;
use services::posts::Intent;
use services::versions::CaptionPart;

use super::support::{AHEAD, Office, SOON, person, refusal};

#[tokio::test(flavor = "multi_thread")]
async fn what_the_client_approves_goes_out_at_its_minute() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let post = office.waiting("Flat white", SOON).await;
    let decided = office
        .decide(&office.ann, post, Verdict::Approved, "")
        .await
        .expect("approved");
    assert_eq!(decided.outcome, Outcome::Scheduled);
    assert_eq!(decided.withdraw_until, Some(decided.due_at));
    assert_eq!(office.state(post).await, DeliveryState::Scheduled);
    assert_eq!(office.told_of(&office.desk.owner, "approved").await, 1);
    office.pass(134).await;
    assert_eq!(office.feed(), Vec::<String>::new(), "not before its minute");
    office.pass(1).await;
    assert_eq!(office.feed(), ["Flat white"]);
    assert_eq!(office.state(post).await, DeliveryState::Published);
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_two_steps_the_agency_agrees_and_then_every_approver_of_the_client() {
    let office = Office::start(ApprovalPolicy::TwoSteps).await;
    office
        .set(SettingsInput {
            approvers: Some(Approvers::All),
            ..SettingsInput::default()
        })
        .await;
    let bob = office.person("Bob Approver", Role::ClientApprover).await;
    let manager = office.person("Mia Manager", Role::Manager).await;
    let editor = office.person("Ed Editor", Role::Editor).await;
    let post = office.waiting("Flat white", SOON).await;
    // The sender is not told what they did; the client does not know of it yet.
    assert_eq!(office.told_of(&manager, "waiting_approval").await, 1);
    assert_eq!(
        office.told_of(&office.desk.owner, "waiting_approval").await,
        0
    );
    assert_eq!(office.told(&office.ann).await, []);
    let early = office
        .decide(&office.ann, post, Verdict::Approved, "")
        .await;
    assert!(
        matches!(early, Err(ServiceError::NotFound("post"))),
        "{early:?}"
    );
    let waiting = office
        .desk
        .services
        .reviews_waiting(&office.ann, None)
        .await;
    assert_eq!(waiting.expect("what waits").len(), 0);
    let not_theirs = office.decide(&editor, post, Verdict::Approved, "").await;
    assert!(matches!(not_theirs, Err(ServiceError::Forbidden)));

    assert_eq!(office.approve(&manager, post).await, Outcome::PassedOn);
    assert_eq!(office.state(post).await, DeliveryState::InReview);
    assert_eq!(office.told_of(&office.ann, "waiting_approval").await, 1);
    // Nobody of the agency decides in the client's name.
    let not_theirs = office.decide(&manager, post, Verdict::Approved, "").await;
    assert!(matches!(not_theirs, Err(ServiceError::Forbidden)));

    assert_eq!(
        office.approve(&office.ann, post).await,
        Outcome::WaitsForOthers(vec!["Bob Approver".to_owned()])
    );
    assert_eq!(office.state(post).await, DeliveryState::InReview);
    // Once more changes nothing.
    assert_eq!(
        office.approve(&office.ann, post).await,
        Outcome::WaitsForOthers(vec!["Bob Approver".to_owned()])
    );
    assert_eq!(office.approve(&bob, post).await, Outcome::Scheduled);
    office.pass(135).await;
    assert_eq!(office.feed(), ["Flat white"]);
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_approver_is_enough_where_any_may_decide_and_a_second_tap_changes_nothing() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let bob = office.person("Bob Approver", Role::ClientApprover).await;
    let post = office.waiting("Flat white", SOON).await;
    assert_eq!(office.approve(&office.ann, post).await, Outcome::Scheduled);
    assert_eq!(office.approve(&office.ann, post).await, Outcome::Scheduled);
    let late = office.decide(&bob, post, Verdict::Changes, "No").await;
    assert!(refusal(late).contains("approved already"));
    let decided = office.audited(post).await;
    assert_eq!(decided.iter().filter(|one| *one == "decided").count(), 1);
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_bring_it_back_and_the_next_version_says_what_has_changed() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let post = office
        .waiting("Kenya AA from Nyeri county. On bar.", AHEAD)
        .await;
    let decided = office
        .decide(
            &office.ann,
            post,
            Verdict::Changes,
            "Name the station, please.",
        )
        .await
        .expect("decided");
    assert_eq!(decided.outcome, Outcome::ChangesAsked);
    assert_eq!(office.state(post).await, DeliveryState::Draft);
    let told = office.told(&office.desk.owner).await;
    assert_eq!(
        told,
        [(
            "changes_asked".to_owned(),
            "Kestrel Coffee asks for changes: Kenya AA from Nyeri county. On bar.".to_owned()
        )]
    );
    let services = &office.desk.services;
    let board = services.approval_board(&office.desk.owner, None).await;
    let board = board.expect("the board");
    assert_eq!((board.changes.len(), board.ready.len()), (1, 0));

    let edited = office.input(
        Some(post),
        "Kenya AA from Gatomboya. On bar.",
        "2026-10-17T14:00",
    );
    office.save(edited, Intent::SaveDraft).await.expect("kept");
    office.send(post).await.expect("sent again");
    let view = services
        .review_of_post(&office.ann, office.client, post)
        .await
        .expect("how it stands");
    assert_eq!(view.number, 2);
    assert_eq!(view.comments.len(), 1);
    assert_eq!(view.comments[0].body, "Name the station, please.");
    let changes = view.changes.expect("changes");
    assert_eq!(changes.since, 1);
    assert!(
        changes.caption.iter().any(
            |part| matches!(part, CaptionPart::Removed(text) if text.contains("Nyeri county"))
        )
    );
    assert_eq!(
        changes.others,
        ["Goes out Sat 17 Oct, 14:00 instead of Sat 17 Oct, 13:00."]
    );
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_clients_own_approvers_decide() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let other = office.desk.client("Northlane").await;
    let desk = &office.desk;
    let stranger = person(desk, "Sam Stranger", Role::ClientApprover, &[other]).await;
    let viewer = office.person("Vic Viewer", Role::ClientViewer).await;
    let post = office.waiting("Flat white", SOON).await;
    let strange = office.decide(&stranger, post, Verdict::Approved, "").await;
    assert!(matches!(strange, Err(ServiceError::NotFound("client"))));
    let version = office.version(post).await;
    let by_other_address = desk
        .services
        .decide(&stranger, other, post, &version, Verdict::Approved, "")
        .await;
    assert!(matches!(
        by_other_address,
        Err(ServiceError::NotFound("post"))
    ));
    let looking = office.decide(&viewer, post, Verdict::Approved, "").await;
    assert!(matches!(looking, Err(ServiceError::Forbidden)));
    let staff = office
        .decide(&desk.owner, post, Verdict::Approved, "")
        .await;
    assert!(matches!(staff, Err(ServiceError::Forbidden)));
    for who in [&stranger, &viewer] {
        let sent = desk
            .services
            .send_for_approval(who, office.client, &[post])
            .await;
        assert!(sent.is_err());
        let taken = desk
            .services
            .take_back_review(who, office.client, post)
            .await;
        assert!(taken.is_err());
    }
    let waiting = desk.services.reviews_waiting(&stranger, None).await;
    assert_eq!(waiting.expect("what waits").len(), 0);
    assert_eq!(office.state(post).await, DeliveryState::InReview);
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_is_taken_back_as_long_as_no_worker_has_the_post() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let services = &office.desk.services;
    let post = office.waiting("Flat white", SOON).await;
    let nothing = services
        .withdraw_decision(&office.ann, office.client, post)
        .await;
    assert!(refusal(nothing).contains("no approval of yours"));
    office.approve(&office.ann, post).await;
    let view = services
        .review_of_post(&office.ann, office.client, post)
        .await;
    assert!(view.expect("how it stands").may_withdraw);
    services
        .withdraw_decision(&office.ann, office.client, post)
        .await
        .expect("taken back");
    assert_eq!(office.state(post).await, DeliveryState::InReview);
    let view = services
        .review_of_post(&office.ann, office.client, post)
        .await;
    let view = view.expect("how it stands");
    assert_eq!(view.review.state, ReviewState::Waiting);
    assert!(view.may_decide && !view.may_withdraw);
    office.pass(136).await;
    assert_eq!(office.feed(), Vec::<String>::new());

    let second = office.waiting("Filter", "2026-10-14T18:00").await;
    office.approve(&office.ann, second).await;
    office.pass(164).await;
    assert_eq!(office.feed(), ["Filter"]);
    let late = services
        .withdraw_decision(&office.ann, office.client, second)
        .await;
    assert!(refusal(late).contains("published"));
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_no_longer_approves_holds_nothing_up() {
    let office = Office::start(ApprovalPolicy::Required).await;
    office
        .set(SettingsInput {
            approvers: Some(Approvers::All),
            ..SettingsInput::default()
        })
        .await;
    let bob = office.person("Bob Approver", Role::ClientApprover).await;
    let post = office.waiting("Flat white", SOON).await;
    office.approve(&office.ann, post).await;
    office.pass(1).await;
    assert_eq!(office.state(post).await, DeliveryState::InReview);
    office
        .by_force(&format!(
            "UPDATE users SET disabled_at = now() WHERE id = '{}'",
            bob.user_id
        ))
        .await;
    office.pass(1).await;
    assert_eq!(office.state(post).await, DeliveryState::Scheduled);
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_does_not_see_what_the_agency_settled_within_itself() {
    let office = Office::start(ApprovalPolicy::TwoSteps).await;
    let services = &office.desk.services;
    let manager = office.person("Mia Manager", Role::Manager).await;
    let post = office.waiting("First words", AHEAD).await;
    office
        .decide(&manager, post, Verdict::Changes, "Not like this.")
        .await
        .expect("decided");
    let hidden = services
        .review_of_post(&office.ann, office.client, post)
        .await;
    assert!(matches!(hidden, Err(ServiceError::NotFound("post"))));
    let edited = office.input(Some(post), "Better words", AHEAD);
    office.save(edited, Intent::SaveDraft).await.expect("kept");
    office.send(post).await.expect("sent");
    office.approve(&manager, post).await;
    let view = services
        .review_of_post(&office.ann, office.client, post)
        .await;
    let view = view.expect("how it stands");
    assert_eq!(view.review.stage, ReviewStage::Client);
    assert_eq!(view.changes, None);
    assert_eq!(view.comments, []);
    assert_eq!(view.decisions, []);
    let staff = services.review_of_post(&manager, office.client, post).await;
    assert_eq!(staff.expect("how it stands").comments.len(), 1);
    office.remove().await;
}
