//! Nothing leaves that was not approved, whichever way it is tried.

use domain::DeliveryState;
use domain::approval::{ApprovalPolicy, LateApproval};
use services::approvals::Outcome;
use services::client_settings::SettingsInput;
use services::posts::{Intent, Verdict};

use super::support::{AHEAD, Office, SOON, refusal};

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_after_the_approval_has_to_be_approved_again() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let post = office.waiting("Flat white", SOON).await;
    office.approve(&office.ann, post).await;
    let edited = office.input(Some(post), "Flat whites", SOON);
    let refused = refusal(office.save(edited.clone(), Intent::Schedule).await);
    assert!(refused.contains("Send it for approval"), "{refused}");
    assert_eq!(
        office.state(post).await,
        DeliveryState::Scheduled,
        "nothing changed"
    );
    office.save(edited, Intent::SaveDraft).await.expect("kept");
    assert_eq!(office.state(post).await, DeliveryState::Draft);
    let titles = office.titles(post).await;
    assert_eq!(titles.last().map(String::as_str), Some("Approval void"));

    // Back to the old words: what was void stays void.
    let back = office.input(Some(post), "Flat white", SOON);
    let refused = refusal(office.save(back, Intent::Schedule).await);
    assert!(refused.contains("Send it for approval"), "{refused}");
    office.pass(140).await;
    assert_eq!(office.feed(), Vec::<String>::new());
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_publisher_refuses_a_version_that_was_never_approved() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let post = office.waiting("Flat white", SOON).await;
    office.approve(&office.ann, post).await;
    // As if something had changed the post behind the back of every use case.
    office
        .by_force(&format!(
            "UPDATE posts SET caption = 'Something else', version = '\\x00' WHERE id = '{post}';
             UPDATE deliveries SET scheduled_version = '\\x00' WHERE post_id = '{post}'"
        ))
        .await;
    office.pass(136).await;
    assert_eq!(office.feed(), Vec::<String>::new());
    let full = office
        .desk
        .services
        .post(&office.desk.owner, office.client, post);
    let full = full.await.expect("the post");
    let (delivery, _) = &full.deliveries[0];
    assert_eq!(delivery.state, DeliveryState::Failed);
    let problem = delivery.last_problem.as_deref().unwrap_or_default();
    assert!(
        problem.contains("has not approved this version"),
        "{problem}"
    );
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_approved_for_its_minute_is_not_sent_ahead_of_it() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let post = office.waiting("Flat white", SOON).await;
    office.approve(&office.ann, post).await;
    let (delivery, _) = office.desk.delivery(office.client, post).await;
    let services = &office.desk.services;
    let early = services
        .send_now(&office.desk.owner, office.client, delivery)
        .await;
    let refused = refusal(early);
    assert!(
        refused.contains("approved this for Wed 14 Oct, 15:15 London"),
        "{refused}"
    );
    office.publish_due().await;
    assert_eq!(office.feed(), Vec::<String>::new());
    office.pass(135).await;
    assert_eq!(office.feed(), ["Flat white"]);
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_tried_again_as_it_was_approved_and_only_while_it_may_be_late() {
    let office = Office::start(ApprovalPolicy::Required).await;
    office
        .set(SettingsInput {
            lateness_minutes: Some(60),
            ..SettingsInput::default()
        })
        .await;
    let (services, owner) = (&office.desk.services, &office.desk.owner);
    let mut posts = Vec::new();
    for caption in ["Soon mended", "Long forgotten"] {
        let post = office.waiting(caption, SOON).await;
        office.approve(&office.ann, post).await;
        posts.push(post);
    }
    office
        .by_force("UPDATE deliveries SET state = 'failed', next_step_at = NULL")
        .await;
    office.pass(150).await;
    let before = office.version(posts[0]).await;
    let (first, _) = office.desk.delivery(office.client, posts[0]).await;
    services
        .send_now(owner, office.client, first)
        .await
        .expect("sent again");
    assert_eq!(
        office.version(posts[0]).await,
        before,
        "it stays what was approved"
    );
    office.publish_due().await;
    assert_eq!(office.feed(), ["Soon mended"]);

    office.pass(60).await;
    let (second, _) = office.desk.delivery(office.client, posts[1]).await;
    let refused = refusal(services.send_now(owner, office.client, second).await);
    assert!(
        refused.contains("longer ago than posts may be late"),
        "{refused}"
    );
    // The same where nobody knew what became of it.
    office
        .by_force("UPDATE deliveries SET state = 'unknown' WHERE state = 'failed'")
        .await;
    let again = services
        .settle_unknown(owner, office.client, second, Verdict::SendAgain)
        .await;
    assert!(refusal(again).contains("longer ago than posts may be late"));
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_approval_is_optional_sending_ahead_is_free_and_voids_what_was_approved() {
    let office = Office::start(ApprovalPolicy::Optional).await;
    let post = office.waiting("Flat white", SOON).await;
    assert_eq!(office.approve(&office.ann, post).await, Outcome::Scheduled);
    let (delivery, _) = office.desk.delivery(office.client, post).await;
    office
        .desk
        .services
        .send_now(&office.desk.owner, office.client, delivery)
        .await
        .expect("sent ahead");
    office.publish_due().await;
    assert_eq!(office.feed(), ["Flat white"]);
    assert!(
        office
            .titles(post)
            .await
            .contains(&"No longer waits for approval".to_owned())
    );
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tightened_policy_sends_what_is_scheduled_for_approval_at_once() {
    let office = Office::start(ApprovalPolicy::Optional).await;
    let input = office.input(None, "Never asked", SOON);
    let unasked = office
        .save(input, Intent::Schedule)
        .await
        .expect("scheduled");
    let asked = office.waiting("Approved", SOON).await;
    office.approve(&office.ann, asked).await;
    let settings = office
        .desk
        .services
        .client_settings(&office.desk.owner, office.client);
    assert_eq!(settings.await.expect("settings").scheduled_unapproved, 1);
    let required = SettingsInput {
        approval_policy: Some(ApprovalPolicy::Required),
        ..SettingsInput::default()
    };
    let saved = office.set(required).await;
    assert_eq!(saved.sent_for_approval, 1);
    assert_eq!(office.state(unasked).await, DeliveryState::InReview);
    assert_eq!(office.state(asked).await, DeliveryState::Scheduled);
    office.pass(136).await;
    assert_eq!(office.feed(), ["Approved"]);
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_not_tightened_over_what_nobody_could_approve() {
    let office = Office::start(ApprovalPolicy::None).await;
    let input = office.input(None, "Never asked", SOON);
    let post = office
        .save(input, Intent::Schedule)
        .await
        .expect("scheduled");
    office
        .by_force("UPDATE users SET disabled_at = now() WHERE role = 'client_approver'")
        .await;
    let required = SettingsInput {
        approval_policy: Some(ApprovalPolicy::Required),
        ..SettingsInput::default()
    };
    let services = &office.desk.services;
    let refused = services
        .update_client(&office.desk.owner, office.client, &required)
        .await;
    assert!(refusal(refused).contains("Nobody can approve"));
    let settings = services
        .client_settings(&office.desk.owner, office.client)
        .await;
    assert_eq!(
        settings.expect("settings").approval_policy,
        ApprovalPolicy::None
    );
    assert_eq!(office.state(post).await, DeliveryState::Scheduled);
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_approved_late_waits_goes_out_or_is_asked_about_as_the_client_wishes() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let (services, owner) = (&office.desk.services, &office.desk.owner);
    for late in [LateApproval::Hold, LateApproval::Publish, LateApproval::Ask] {
        office
            .set(SettingsInput {
                late_approval: Some(late),
                ..SettingsInput::default()
            })
            .await;
        let soon = office.desk.now() + chrono::Duration::minutes(90);
        let zone = domain::time::zone("Europe/London").expect("a zone");
        let soon = domain::time::local_input(domain::time::local(soon, zone));
        let post = office.waiting(late.as_str(), &soon).await;
        office.pass(120).await;
        assert_eq!(office.state(post).await, DeliveryState::InReview);
        let outcome = office.approve(&office.ann, post).await;
        let (delivery, _) = office.desk.delivery(office.client, post).await;
        match late {
            LateApproval::Publish => {
                assert_eq!(outcome, Outcome::GoesOutNow);
                office.publish_due().await;
                assert_eq!(office.feed(), ["publish"]);
                continue;
            }
            LateApproval::Hold => {
                assert_eq!(outcome, Outcome::Kept);
                office.publish_due().await;
                let sent = services.send_now(owner, office.client, delivery).await;
                assert!(refusal(sent).contains("wants nothing sent late"));
                assert_eq!(office.state(post).await, DeliveryState::Approved);
                // Another time is another version, which the client is asked about.
                let moved = office.input(Some(post), late.as_str(), AHEAD);
                assert!(office.save(moved.clone(), Intent::Schedule).await.is_err());
                office.save(moved, Intent::SaveDraft).await.expect("kept");
                office.send(post).await.expect("sent again");
            }
            LateApproval::Ask => {
                assert_eq!(outcome, Outcome::Kept);
                office.publish_due().await;
                assert_eq!(office.feed(), ["publish"]);
                let told = office.told(owner).await;
                let last = told.last().expect("told");
                assert_eq!(last.1, "Kestrel Coffee approved: ask");
                let version = office.version(post).await;
                services
                    .send_now(owner, office.client, delivery)
                    .await
                    .expect("sent");
                assert_eq!(office.version(post).await, version);
                office.publish_due().await;
                assert_eq!(office.feed(), ["publish", "ask"]);
            }
        }
    }
    office.remove().await;
}
