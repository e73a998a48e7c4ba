//! Whatever people do, in whatever order: what was published is what the client had approved.

use std::collections::BTreeSet;

use chrono::Duration;
use domain::approval::{ApprovalPolicy, Approvers, LateApproval, Verdict};
use domain::{DeliveryState, PostId, Role};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use services::Actor;
use services::client_settings::SettingsInput;
use services::posts::Intent;

use super::support::Office;

/// Something that somebody does.
#[derive(Clone, Debug)]
enum Act {
    Edit { words: u8, in_hours: u8, intent: u8 },
    KeepAsIs,
    Send,
    TakeBack,
    Approve { stale: bool },
    ApproveInternally,
    AskChanges,
    Withdraw,
    SendNow,
    Cancel,
    Late(u8),
    Policy(u8),
    Pass { minutes: u8 },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        2 => (0..3_u8, 0..4_u8, 0..4_u8)
            .prop_map(|(words, in_hours, intent)| Act::Edit { words, in_hours, intent }),
        1 => Just(Act::KeepAsIs),
        4 => Just(Act::Send),
        1 => Just(Act::TakeBack),
        6 => (0..6_u8).prop_map(|number| Act::Approve { stale: number == 0 }),
        3 => Just(Act::ApproveInternally),
        1 => Just(Act::AskChanges),
        1 => Just(Act::Withdraw),
        2 => Just(Act::SendNow),
        1 => Just(Act::Cancel),
        1 => (0..3_u8).prop_map(Act::Late),
        1 => (0..2_u8).prop_map(Act::Policy),
        5 => (1..=150_u8).prop_map(|minutes| Act::Pass { minutes }),
    ];
    prop::collection::vec(act, 4..28)
}

/// One sequence, and what an onlooker knows about it: which versions stand approved by the client.
struct Story<'a> {
    office: &'a Office,
    manager: &'a Actor,
    post: PostId,
    /// The captions that were in use, to write them again.
    number: usize,
    approved: BTreeSet<String>,
    seen: BTreeSet<String>,
}

impl Story<'_> {
    async fn play(&mut self, act: &Act) {
        let (office, post) = (self.office, self.post);
        let (services, owner) = (&office.desk.services, &office.desk.owner);
        let client = office.client;
        let before = office.version(post).await;
        self.seen.insert(before.clone());
        match act {
            Act::Edit {
                words,
                in_hours,
                intent,
            } => {
                let due = office.desk.now() + Duration::hours(i64::from(*in_hours));
                let local = domain::time::local_input(due.naive_utc());
                let caption = format!("Story {}, words {words}", self.number);
                let intent = match intent {
                    0 => Intent::Schedule,
                    1 => Intent::PublishNow,
                    _ => Intent::SaveDraft,
                };
                let input = office.input(Some(post), &caption, &local);
                let _ = office.save(input, intent).await;
            }
            Act::KeepAsIs => {
                let full = services.post(owner, client, post).await.expect("the post");
                let mut input = office.input(Some(post), &full.post.caption, "2026-10-14T00:00");
                input.local_time = full.post.local_time;
                let _ = office.save(input, Intent::SaveDraft).await;
            }
            Act::Send => {
                let _ = office.send(post).await;
            }
            Act::TakeBack => {
                let _ = services.take_back_review(owner, client, post).await;
            }
            Act::Approve { stale } => {
                let named = if *stale {
                    self.seen.first().cloned().unwrap_or_default()
                } else {
                    before.clone()
                };
                let done = services
                    .decide(&office.ann, client, post, &named, Verdict::Approved, "")
                    .await;
                if done.is_ok() {
                    self.approved.insert(named);
                }
            }
            Act::ApproveInternally => {
                let _ = office
                    .decide(self.manager, post, Verdict::Approved, "")
                    .await;
            }
            Act::AskChanges => {
                let asked = office.decide(&office.ann, post, Verdict::Changes, "").await;
                if asked.is_ok() {
                    self.approved.remove(&before);
                }
            }
            Act::Withdraw => {
                let taken = services.withdraw_decision(&office.ann, client, post).await;
                if taken.is_ok() {
                    self.approved.remove(&before);
                }
            }
            Act::SendNow => {
                let (delivery, _) = office.desk.delivery(client, post).await;
                let _ = services.send_now(owner, client, delivery).await;
            }
            Act::Cancel => {
                let _ = services.cancel_post(owner, client, post).await;
            }
            Act::Late(late) => {
                let late = LateApproval::ALL[usize::from(*late)];
                office
                    .set(SettingsInput {
                        late_approval: Some(late),
                        ..SettingsInput::default()
                    })
                    .await;
            }
            Act::Policy(policy) => {
                let policies = [ApprovalPolicy::Required, ApprovalPolicy::TwoSteps];
                let policy = policies[usize::from(*policy)];
                office
                    .set(SettingsInput {
                        approval_policy: Some(policy),
                        ..SettingsInput::default()
                    })
                    .await;
            }
            Act::Pass { minutes } => office.pass(i64::from(*minutes)).await,
        }
        office.publish_due().await;
        // An edit ends what was approved, whatever is written afterwards.
        if office.version(post).await != before {
            self.approved.clear();
        }
    }
}

async fn story(
    office: &Office,
    manager: &Actor,
    number: usize,
    acts: &[Act],
) -> Result<bool, TestCaseError> {
    let due = office.desk.now() + Duration::hours(2);
    let local = domain::time::local_input(due.naive_utc());
    let post = office
        .draft(&format!("Story {number}, words 0"), &local)
        .await;
    let posted_before = office.feed().len();
    let mut story = Story {
        office,
        manager,
        post,
        number,
        approved: BTreeSet::new(),
        seen: BTreeSet::new(),
    };
    // What may still go out after all that does, as long as it is asked for and approved.
    let end = [
        Act::Send,
        Act::ApproveInternally,
        Act::Approve { stale: false },
        Act::Pass { minutes: 150 },
    ];
    for act in acts.iter().chain(&end) {
        story.play(act).await;
        let posted = office.feed().len() > posted_before;
        let published = office.state(post).await == DeliveryState::Published;
        prop_assert_eq!(posted, published);
        if published {
            let version = office.version(post).await;
            prop_assert!(
                story.approved.contains(&version),
                "published without approval after {:?}",
                act
            );
            let full = office
                .desk
                .services
                .post(&office.desk.owner, office.client, post)
                .await
                .expect("the post");
            let feed = office.feed();
            prop_assert!(feed.contains(&full.post.caption));
            prop_assert!(office.desk.now() >= full.post.due_at, "ahead of its minute");
            return Ok(true);
        }
    }
    office.desk.forget_queue().await;
    Ok(false)
}

#[test]
fn no_sequence_of_edits_and_decisions_publishes_what_was_not_approved() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let (office, manager) = runtime.block_on(async {
        let office = Office::start(ApprovalPolicy::Required).await;
        office
            .set(SettingsInput {
                // Where the clocks never change: the stories take months.
                time_zone: Some("Etc/UTC".to_owned()),
                approvers: Some(Approvers::Any),
                decide_ahead_minutes: Some(30),
                ..SettingsInput::default()
            })
            .await;
        let manager = office.person("Mia Manager", Role::Manager).await;
        (office, manager)
    });
    let number = std::cell::Cell::new(0);
    let published = std::cell::Cell::new(0);
    let mut runner = TestRunner::new(Config {
        cases: 90,
        // What fails is told with its acts; a file of seeds would only fit this database.
        failure_persistence: None,
        ..Config::default()
    });
    let result = runner.run(&acts(), |acts| {
        number.set(number.get() + 1);
        let went_out = runtime.block_on(story(&office, &manager, number.get(), &acts))?;
        published.set(published.get() + usize::from(went_out));
        Ok(())
    });
    runtime.block_on(office.remove());
    if let Err(error) = result {
        panic!("{error}");
    }
    // A test in which nothing ever goes out would prove nothing.
    assert!(published.get() >= 10, "{} published", published.get());
}
