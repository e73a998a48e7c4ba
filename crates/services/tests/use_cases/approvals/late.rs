//! What happens by itself while nobody decides.

use domain::DeliveryState;
use domain::Role;
use domain::approval::{ApprovalPolicy, Approvers, LateApproval};
use services::client_settings::SettingsInput;

use super::support::{AHEAD, Office, SOON, refusal};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_not_decided_is_reminded_a_day_and_two_hours_ahead_once_each() {
    let office = Office::start(ApprovalPolicy::Required).await;
    office
        .set(SettingsInput {
            approvers: Some(Approvers::All),
            decide_ahead_minutes: Some(12 * 60),
            ..SettingsInput::default()
        })
        .await;
    let bob = office.person("Bob Approver", Role::ClientApprover).await;
    // Due in 72 hours: decided by 60, reminded at 36 and at 58.
    let post = office.waiting("Flat white", AHEAD).await;
    office.approve(&bob, post).await;
    let mut reminded = Vec::new();
    for hour in 1..=71 {
        let before = office.told_of(&office.ann, "waiting_approval").await;
        office.pass(60).await;
        if office.told_of(&office.ann, "waiting_approval").await > before {
            reminded.push(hour);
        }
    }
    assert_eq!(reminded, [36, 58]);
    assert_eq!(office.told_of(&bob, "waiting_approval").await, 1);
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_remind_by_hand_at_most_once_an_hour() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let post = office.waiting("Flat white", AHEAD).await;
    let remind = || async {
        let services = &office.desk.services;
        let done = services
            .remind(&office.desk.owner, office.client, &[post])
            .await;
        done.expect("an answer").remove(0).1
    };
    remind().await.expect("reminded");
    assert!(refusal(remind().await).contains("less than an hour ago"));
    assert_eq!(office.told_of(&office.ann, "waiting_approval").await, 2);
    office.pass(61).await;
    remind().await.expect("reminded again");
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_minute_without_a_decision_is_told_once_and_nothing_goes_out() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let post = office.waiting("Flat white", SOON).await;
    office.pass(134).await;
    assert_eq!(office.told_of(&office.desk.owner, "approval_late").await, 0);
    for _ in 0..3 {
        office.pass(1).await;
    }
    assert_eq!(office.told_of(&office.desk.owner, "approval_late").await, 1);
    assert_eq!(office.told_of(&office.ann, "approval_late").await, 1);
    assert_eq!(office.state(post).await, DeliveryState::InReview);
    assert_eq!(office.feed(), Vec::<String>::new());
    let titles = office.titles(post).await;
    assert_eq!(
        titles.last().map(String::as_str),
        Some("Its minute passed without a decision")
    );
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_insists_it_goes_out_without_an_answer_and_says_so() {
    let office = Office::start(ApprovalPolicy::Optional).await;
    let held = office.waiting("Held", SOON).await;
    office.pass(136).await;
    assert_eq!(office.state(held).await, DeliveryState::InReview);
    office
        .set(SettingsInput {
            late_approval: Some(LateApproval::Publish),
            ..SettingsInput::default()
        })
        .await;
    let post = office.waiting("Goes anyway", "2026-10-14T18:00").await;
    office.pass(163).await;
    assert_eq!(office.feed(), Vec::<String>::new());
    office.pass(1).await;
    assert_eq!(office.feed(), ["Goes anyway"]);
    let titles = office.titles(post).await;
    assert!(
        titles.contains(&"Goes out without an answer".to_owned()),
        "{titles:?}"
    );
    assert_eq!(office.told_of(&office.desk.owner, "approval_late").await, 2);
    office.remove().await;
}
