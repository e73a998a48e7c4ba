//! What is set for a client.

use bytes::Bytes;
use chrono::Duration;
use domain::Role;
use domain::approval::{ApprovalPolicy, Approvers, LateApproval};
use emulator::samples::PHOTO_JPEG;
use services::ServiceError;
use services::client_settings::SettingsInput;
use services::posts::Intent;

use super::support::{Office, SOON, refusal};

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_set_is_kept_and_audited() {
    let office = Office::start(ApprovalPolicy::None).await;
    let (services, owner) = (&office.desk.services, &office.desk.owner);
    office
        .set(SettingsInput {
            approval_policy: Some(ApprovalPolicy::TwoSteps),
            approvers: Some(Approvers::All),
            late_approval: Some(LateApproval::Ask),
            decide_ahead_minutes: Some(120),
            failure_email: Some(" ops@kestrel.test ".to_owned()),
            brand_color: Some("#1F4A44".to_owned()),
            media_retention_days: Some(7),
            ..SettingsInput::default()
        })
        .await;
    let set = services
        .client_settings(owner, office.client)
        .await
        .expect("settings");
    assert_eq!(set.approval_policy, ApprovalPolicy::TwoSteps);
    assert_eq!(set.approvers, Approvers::All);
    assert_eq!(set.late_approval, LateApproval::Ask);
    assert_eq!(set.decide_ahead_minutes, 120);
    assert_eq!(set.failure_email.as_deref(), Some("ops@kestrel.test"));
    assert_eq!(set.brand_color.as_deref(), Some("#1f4a44"));
    assert_eq!(set.media_retention_days, Some(7));
    assert_eq!(set.approver_names, ["Ann Approver"]);
    for (input, why) in [
        (
            SettingsInput {
                failure_email: Some("nobody".to_owned()),
                ..SettingsInput::default()
            },
            "not an email address",
        ),
        (
            SettingsInput {
                brand_color: Some("#12345g".to_owned()),
                ..SettingsInput::default()
            },
            "six hexadecimal digits",
        ),
        (
            SettingsInput {
                time_zone: Some("Mars/Olympus".to_owned()),
                ..SettingsInput::default()
            },
            "not a time zone",
        ),
        (
            SettingsInput {
                decide_ahead_minutes: Some(30_000),
                ..SettingsInput::default()
            },
            "two weeks ahead",
        ),
    ] {
        let refused = services.update_client(owner, office.client, &input).await;
        assert!(refusal(refused).contains(why), "{why}");
    }
    let editor = office.person("Ed Editor", Role::Editor).await;
    let refused = services
        .update_client(&editor, office.client, &SettingsInput::default())
        .await;
    assert!(matches!(refused, Err(ServiceError::Forbidden)));
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_zone_moves_nothing_that_is_planned() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let post = office.waiting("Flat white", SOON).await;
    office.approve(&office.ann, post).await;
    office
        .set(SettingsInput {
            time_zone: Some("Asia/Dubai".to_owned()),
            ..SettingsInput::default()
        })
        .await;
    // Opened and scheduled anew on the new clock it is the same instant, and the same version.
    let same = office.input(Some(post), "Flat white", "2026-10-14T18:15");
    office
        .save(same, Intent::Schedule)
        .await
        .expect("scheduled");
    office.pass(134).await;
    assert_eq!(office.feed(), Vec::<String>::new());
    office.pass(1).await;
    assert_eq!(office.feed(), ["Flat white"]);
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_kept_as_long_as_each_client_wants() {
    let office = Office::start(ApprovalPolicy::None).await;
    let desk = &office.desk;
    let other = desk.client("Northlane").await;
    office
        .set(SettingsInput {
            media_retention_days: Some(3),
            ..SettingsInput::default()
        })
        .await;
    for client in [office.client, other] {
        let photo = Bytes::from_static(PHOTO_JPEG);
        desk.upload(client, photo).await.expect("uploaded");
    }
    let sweep = || async { desk.services.sweep().await.expect("swept").assets };
    desk.advance(Duration::days(2));
    assert_eq!(sweep().await, 0);
    desk.advance(Duration::days(2));
    assert_eq!(sweep().await, 1);
    desk.advance(Duration::days(27));
    assert_eq!(sweep().await, 1);
    office.remove().await;
}
