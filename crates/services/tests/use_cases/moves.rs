//! Giving posts another minute, and copying them.

use chrono::{Duration, NaiveDateTime};
use domain::approval::ApprovalPolicy;
use domain::post::PlatformOptions;
use domain::tiktok::TikTokOptions;
use domain::time::{Occurrence, local_input, parse_local};
use domain::{DeliveryState, PostId};
use services::ServiceError;
use services::client_settings::SettingsInput;
use services::posts::{Intent, MoveTo, Moved};
use testing::{Desk, KESTREL, video};

use crate::approvals::support::{AHEAD, Office, SOON};

fn at(text: &str) -> NaiveDateTime {
    parse_local(text).expect("a time on the wall")
}

fn to(text: &str) -> MoveTo {
    MoveTo {
        time: at(text),
        which: None,
    }
}

impl Office {
    async fn move_post(&self, post: PostId, to: MoveTo) -> services::ServiceResult<Moved> {
        let desk = &self.desk;
        desk.services
            .move_post(&desk.owner, self.client, post, to)
            .await
    }

    async fn due(&self, post: PostId) -> String {
        let desk = &self.desk;
        let full = desk.services.post(&desk.owner, self.client, post).await;
        let full = full.expect("the post");
        for (delivery, _) in &full.deliveries {
            assert_eq!(delivery.due_at, full.post.due_at);
        }
        full.post.due_at.to_rfc3339()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheduled_post_goes_out_at_its_new_minute_and_not_at_the_old_one() {
    let desk = Desk::start().await;
    let (client, _, post) = desk.scheduled("Moved along").await;
    let moved = desk
        .services
        .move_post(&desk.owner, client, post, to("2026-10-14T18:00"))
        .await
        .expect("moved");
    assert_eq!(local_input(moved.from), "2026-10-14T14:30");
    assert!(!moved.asks_again);
    assert_eq!(
        desk.delivery(client, post).await.1,
        DeliveryState::Scheduled
    );
    desk.advance(Duration::hours(3));
    desk.publisher.tick_and_settle().await.expect("a tick");
    assert!(
        desk.emulator.tiktok().posts().is_empty(),
        "the old minute has passed, and nothing went out"
    );
    desk.advance(Duration::hours(2));
    desk.run_until_quiet(20).await;
    let (delivery, state) = desk.delivery(client, post).await;
    assert_eq!(state, DeliveryState::Published);
    assert_eq!(desk.emulator.tiktok().posts().len(), 1);
    assert!(
        desk.titles(client, delivery)
            .await
            .contains(&"Moved".to_owned())
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_minute_that_is_over_or_is_none_is_refused_and_changes_nothing() {
    let office = Office::start(ApprovalPolicy::None).await;
    let post = office.draft("Stays", AHEAD).await;
    let before = office.due(post).await;
    let past = office.move_post(post, to("2026-10-14T12:00")).await;
    let sentence = past.expect_err("over").to_string();
    assert_eq!(sentence, "This time has passed. Pick one after 13:00.");
    // London's clocks go forward over this on 28 March 2027.
    let none = office.move_post(post, to("2027-03-28T01:30")).await;
    let sentence = none.expect_err("there is no such time").to_string();
    assert!(
        sentence.contains("does not exist in Europe/London"),
        "{sentence}"
    );
    assert_eq!(office.due(post).await, before);
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_minute_that_comes_twice_somebody_says_which() {
    let office = Office::start(ApprovalPolicy::None).await;
    let post = office.draft("Twice", AHEAD).await;
    let twice = to("2026-10-25T01:30");
    let sentence = office.move_post(post, twice).await.expect_err("which");
    assert!(sentence.to_string().contains("happens twice"), "{sentence}");
    for (which, due) in [
        (Occurrence::First, "2026-10-25T00:30:00+00:00"),
        (Occurrence::Second, "2026-10-25T01:30:00+00:00"),
    ] {
        let meant = MoveTo {
            which: Some(which),
            ..twice
        };
        office.move_post(post, meant).await.expect("moved");
        assert_eq!(office.due(post).await, due);
    }
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_goes_back_to_the_very_one_of_two_minutes_that_it_had() {
    let office = Office::start(ApprovalPolicy::None).await;
    let desk = &office.desk;
    for (which, due) in [
        (Occurrence::First, "2026-10-25T00:30:00+00:00"),
        (Occurrence::Second, "2026-10-25T01:30:00+00:00"),
    ] {
        let post = office.draft("There and back", AHEAD).await;
        let twice = MoveTo {
            time: at("2026-10-25T01:30"),
            which: Some(which),
        };
        let moved = office.move_post(post, twice).await.expect("moved");
        assert_eq!(moved.from_which, None, "its first minute comes once");
        let away = office.move_post(post, to("2026-10-27T09:00")).await;
        let away = away.expect("moved");
        assert_eq!((away.from, away.from_which), (twice.time, Some(which)));
        let back = MoveTo {
            time: away.from,
            which: away.from_which,
        };
        office.move_post(post, back).await.expect("back");
        assert_eq!(office.due(post).await, due);

        // The same by days.
        let days = async |by: i32, which| {
            let done = desk
                .services
                .move_posts(&desk.owner, office.client, &[(post, which)], by)
                .await;
            let (_, moved) = done.expect("an answer").pop().expect("one");
            moved.expect("moved")
        };
        let away = days(1, None).await;
        assert_eq!(office.due(post).await, "2026-10-26T01:30:00+00:00");
        days(-1, away.from_which).await;
        assert_eq!(office.due(post).await, due);
    }
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_is_asked_about_any_more_becomes_a_draft_and_that_is_said() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let waiting = office.waiting("Waits", AHEAD).await;
    let draft = office.draft("A draft", AHEAD).await;
    office
        .set(SettingsInput {
            approval_policy: Some(ApprovalPolicy::None),
            ..SettingsInput::default()
        })
        .await;
    assert_eq!(office.state(waiting).await, DeliveryState::InReview);
    let moved = office.move_post(waiting, to("2026-10-18T10:00")).await;
    let moved = moved.expect("moved");
    assert_eq!((moved.asks_again, moved.is_draft_now), (false, true));
    assert_eq!(office.state(waiting).await, DeliveryState::Draft);
    let desk = &office.desk;
    let (delivery, _) = desk.delivery(office.client, waiting).await;
    let told = desk
        .services
        .delivery_history(&desk.owner, office.client, delivery)
        .await
        .expect("its history");
    let line = told.events.iter().find(|event| event.title == "Moved");
    let detail = &line.expect("a line").detail;
    assert!(
        detail.ends_with("A draft again: nobody is asked to approve it any more."),
        "{detail}"
    );
    // What was a draft stays one, and nothing is to be said about it.
    let moved = office.move_post(draft, to("2026-10-18T10:00")).await;
    assert!(!moved.expect("moved").is_draft_now);
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_says_which_of_two_minutes_is_meant() {
    let office = Office::start(ApprovalPolicy::None).await;
    let desk = &office.desk;
    let mut input = office.input(None, "Twice", "2026-10-25T01:30");
    let open = office.save(input.clone(), Intent::SaveDraft).await;
    let sentence = open.expect_err("which").to_string();
    assert!(sentence.contains("happens twice"), "{sentence}");
    input.which = Some(Occurrence::Second);
    let post = office
        .save(input.clone(), Intent::Schedule)
        .await
        .expect("scheduled");
    assert_eq!(office.due(post).await, "2026-10-25T01:30:00+00:00");
    // Saved as it is, it stays there; the other of the two is another minute.
    input.id = Some(post);
    office
        .save(input.clone(), Intent::Schedule)
        .await
        .expect("kept");
    assert_eq!(office.due(post).await, "2026-10-25T01:30:00+00:00");
    desk.advance(Duration::minutes(10));
    input.which = Some(Occurrence::First);
    office.save(input, Intent::Schedule).await.expect("kept");
    assert_eq!(office.due(post).await, "2026-10-25T00:30:00+00:00");

    // A copy, and what it was before, are at the very same of the two.
    let copy = desk
        .services
        .duplicate_post(&desk.owner, office.client, post, None)
        .await
        .expect("a copy");
    assert_eq!(office.due(copy).await, "2026-10-25T00:30:00+00:00");
    let saves = desk
        .services
        .post_saves(&desk.owner, office.client, post)
        .await
        .expect("saves");
    let before = saves.last().expect("the first").id;
    let restored = desk
        .services
        .restore_save(&desk.owner, office.client, post, before)
        .await
        .expect("brought back");
    assert!(
        restored.told.iter().all(|told| !told.contains("twice")),
        "{restored:?}"
    );
    assert_eq!(office.due(post).await, "2026-10-25T01:30:00+00:00");
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_left_or_was_tried_stays_where_it_is() {
    let desk = Desk::start().await;
    let (client, _, post) = desk.scheduled("Out").await;
    desk.advance(Duration::minutes(90));
    desk.publisher.tick_and_settle().await.expect("a tick");
    let moved = async || {
        desk.services
            .move_post(&desk.owner, client, post, to("2026-10-20T09:00"))
            .await
    };
    assert!(matches!(moved().await, Err(ServiceError::Conflict(_))));
    desk.run_until_quiet(20).await;
    assert_eq!(
        desk.delivery(client, post).await.1,
        DeliveryState::Published
    );
    assert!(matches!(moved().await, Err(ServiceError::Conflict(_))));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_covers_its_minute_so_moving_asks_again() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let waiting = office.waiting("Waits", AHEAD).await;
    let approved = office.waiting("Approved", AHEAD).await;
    office.approve(&office.ann, approved).await;
    assert_eq!(office.state(approved).await, DeliveryState::Scheduled);
    for post in [waiting, approved] {
        let moved = office.move_post(post, to("2026-10-18T10:00")).await;
        assert!(moved.expect("moved").asks_again);
        assert_eq!(office.state(post).await, DeliveryState::InReview);
    }
    // What was approved does not go out at the new minute without another approval.
    office.desk.advance(Duration::days(5));
    office
        .desk
        .publisher
        .tick_and_settle()
        .await
        .expect("a tick");
    assert_eq!(office.state(approved).await, DeliveryState::InReview);
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_insists_a_scheduled_post_stays_scheduled() {
    let office = Office::start(ApprovalPolicy::Optional).await;
    let post = office
        .save(office.input(None, "Planned", AHEAD), Intent::Schedule)
        .await
        .expect("scheduled");
    let moved = office.move_post(post, to("2026-10-18T10:00")).await;
    assert!(!moved.expect("moved").asks_again);
    assert_eq!(office.state(post).await, DeliveryState::Scheduled);
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_moved_by_days_and_keep_their_time_on_the_wall() {
    let office = Office::start(ApprovalPolicy::None).await;
    let (morning, night) = (
        office.draft("Morning", "2026-10-24T09:00").await,
        office.draft("Night", "2026-10-24T01:30").await,
    );
    let desk = &office.desk;
    let gone = PostId::generate();
    let done = desk
        .services
        .move_posts(
            &desk.owner,
            office.client,
            &[morning, night, gone].map(|post| (post, None)),
            1,
        )
        .await
        .expect("an answer");
    let refused: Vec<_> = done
        .iter()
        .filter_map(|(post, moved)| Some((*post, moved.as_ref().err()?.to_string())))
        .collect();
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert_eq!(refused[0].0, night, "half past one comes twice on the 25th");
    assert_eq!(refused[1].0, gone);
    // 25 hours later: the clocks went back in between, and it is nine again.
    assert_eq!(office.due(morning).await, "2026-10-25T09:00:00+00:00");
    assert_eq!(office.due(night).await, "2026-10-24T00:30:00+00:00");
    let back = desk
        .services
        .move_posts(&desk.owner, office.client, &[(morning, None)], -1)
        .await;
    assert!(back.expect("an answer")[0].1.is_ok());
    assert_eq!(office.due(morning).await, "2026-10-24T08:00:00+00:00");
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_says_the_same_and_leaves_open_what_tiktok_asks_each_time() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    let asset = desk.upload(client, video()).await.expect("taken").id;
    let input = desk.input(account, asset, "Said once");
    let post = desk
        .services
        .save_post(&desk.owner, client, input, Intent::Schedule)
        .await
        .expect("scheduled");
    let copy = desk
        .services
        .duplicate_post(&desk.owner, client, post, Some(to("2026-10-20T08:00")))
        .await
        .expect("a copy");
    let full = desk
        .services
        .post(&desk.owner, client, copy)
        .await
        .expect("the copy");
    assert_eq!(full.post.caption, "Said once");
    assert_eq!(local_input(full.post.local_time), "2026-10-20T08:00");
    assert_eq!(full.assets[0].asset.id, asset);
    let (delivery, _) = &full.deliveries[0];
    assert_eq!(
        (delivery.state, delivery.account_id),
        (DeliveryState::Draft, account)
    );
    assert_eq!(
        delivery.options,
        PlatformOptions::TikTok(TikTokOptions::default()),
        "who sees it was chosen for the other post"
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_time_that_comes_twice_somebody_says_at_which_a_copy_is() {
    let office = Office::start(ApprovalPolicy::None).await;
    let post = office.draft("Again", AHEAD).await;
    let desk = &office.desk;
    let copy = async |which| {
        let time = at("2026-10-25T01:30");
        let at = Some(MoveTo { time, which });
        desk.services
            .duplicate_post(&desk.owner, office.client, post, at)
            .await
    };
    let open = copy(None).await.expect_err("which").to_string();
    assert!(open.contains("happens twice"), "{open}");
    for (which, due) in [
        (Occurrence::First, "2026-10-25T00:30:00+00:00"),
        (Occurrence::Second, "2026-10-25T01:30:00+00:00"),
    ] {
        let copy = copy(Some(which)).await.expect("a copy");
        assert_eq!(office.due(copy).await, due);
    }
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_without_a_time_is_planned_for_the_next_that_suits() {
    let office = Office::start(ApprovalPolicy::None).await;
    let post = office.draft("Again", SOON).await;
    let desk = &office.desk;
    let copy = async || {
        let copy = desk
            .services
            .duplicate_post(&desk.owner, office.client, post, None)
            .await
            .expect("a copy");
        office.due(copy).await
    };
    assert_eq!(copy().await, "2026-10-14T14:15:00+00:00", "its own time");
    desk.advance(Duration::days(3));
    assert_eq!(
        copy().await,
        "2026-10-17T14:15:00+00:00",
        "later on that day"
    );
    desk.advance(Duration::hours(4));
    assert_eq!(copy().await, "2026-10-18T14:15:00+00:00", "the day after");
    office.remove().await;
}
