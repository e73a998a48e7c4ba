//! Signing in, clients, scheduling, the calendar.

use chrono::{Duration, NaiveDate};
use domain::calendar::PostStatus;
use domain::rules::Field;
use domain::{DeliveryState, Role};
use services::actor::Origin;
use services::posts::{CalendarWish, Intent, Layout, PostInput};
use services::users::{SIGN_IN_REFUSED, SessionToken};
use services::{Actor, ServiceError};
use testing::{Desk, KESTREL, video};

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike() {
    let desk = Desk::start().await;
    for (email, password) in [
        ("owner@agency.test", "not the password"),
        ("nobody@agency.test", "a long enough password"),
    ] {
        let error = desk
            .services
            .sign_in(email, password.to_owned().into(), Origin::default())
            .await
            .err()
            .expect("refused");
        assert_eq!(error.to_string(), SIGN_IN_REFUSED);
    }
    desk.services
        .sign_in(" OWNER@agency.test ", Desk::password(), Origin::default())
        .await
        .expect("capitals and spaces do not matter");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_costs_a_verification_too() {
    // Counted, not timed: both paths go through the one function that hashes, which takes a slot.
    let desk = Desk::start().await;
    let slots = desk.services.password_slots.clone();
    let all = slots.acquire_many(2).await.expect("all slots");
    for email in ["owner@agency.test", "nobody@agency.test"] {
        let attempt =
            desk.services
                .sign_in(email, "whatever it is".to_owned().into(), Origin::default());
        let waited = tokio::time::timeout(std::time::Duration::from_millis(300), attempt).await;
        assert!(
            waited.is_err(),
            "{email} was answered without a verification"
        );
    }
    drop(all);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_it_is_signed_out_or_too_old() {
    let desk = Desk::start().await;
    assert_eq!(
        desk.services
            .signed_in(&desk.session)
            .await
            .expect("db")
            .as_ref(),
        Some(&desk.owner)
    );
    assert!(
        desk.services
            .signed_in(&SessionToken::from_untrusted("made up"))
            .await
            .expect("db")
            .is_none()
    );
    desk.advance(Duration::days(29));
    assert!(
        desk.services
            .signed_in(&desk.session)
            .await
            .expect("db")
            .is_some(),
        "in use"
    );
    desk.advance(Duration::days(29));
    assert!(
        desk.services
            .signed_in(&desk.session)
            .await
            .expect("db")
            .is_some(),
        "kept alive by being used"
    );
    desk.advance(Duration::days(31));
    assert!(
        desk.services
            .signed_in(&desk.session)
            .await
            .expect("db")
            .is_none(),
        "too old"
    );
    let (session, _) = desk
        .services
        .sign_in("owner@agency.test", Desk::password(), Origin::default())
        .await
        .expect("signed in");
    desk.services
        .sign_out(&session, Origin::default())
        .await
        .expect("signed out");
    assert!(
        desk.services
            .signed_in(&session)
            .await
            .expect("db")
            .is_none()
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn users_need_an_address_a_name_and_a_password_that_will_do() {
    let desk = Desk::start().await;
    let add = async |email: &str, name: &str, password: &str| {
        desk.services
            .add_user(email, name, Role::Editor, password.to_owned().into())
            .await
    };
    assert!(matches!(
        add("not an address", "A", "a long enough password").await,
        Err(ServiceError::Invalid(_))
    ));
    assert!(matches!(
        add("a@b.test", " ", "a long enough password").await,
        Err(ServiceError::Invalid(_))
    ));
    assert!(matches!(
        add("a@b.test", "A", "short").await,
        Err(ServiceError::Invalid(_))
    ));
    assert!(matches!(
        add("Owner@Agency.test", "A", "a long enough password").await,
        Err(ServiceError::Conflict(_))
    ));
    add("a@b.test", "A", "a long enough password")
        .await
        .expect("added");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_users_role_opens_nothing_of_the_desk() {
    let desk = Desk::start().await;
    let (client, account, post) = desk.scheduled("Private").await;
    let actor = Actor {
        role: Role::ClientViewer,
        ..desk.owner.clone()
    };
    let services = &desk.services;
    let wish = CalendarWish::of(Layout::Month, None);
    assert!(matches!(
        services.clients(&actor).await,
        Err(ServiceError::Forbidden)
    ));
    assert!(matches!(
        services.calendar(&actor, client, &wish).await,
        Err(ServiceError::Forbidden)
    ));
    assert!(matches!(
        services.accounts(&actor, client).await,
        Err(ServiceError::Forbidden)
    ));
    assert!(matches!(
        services.post(&actor, client, post).await,
        Err(ServiceError::Forbidden)
    ));
    assert!(matches!(
        services.cancel_post(&actor, client, post).await,
        Err(ServiceError::Forbidden)
    ));
    assert!(matches!(
        services.history(&actor, client, None).await,
        Err(ServiceError::Forbidden)
    ));
    assert!(matches!(
        services.disconnect(&actor, client, account, KESTREL).await,
        Err(ServiceError::Forbidden)
    ));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_one_client_is_not_found_under_another() {
    let desk = Desk::start().await;
    let (client, account, post) = desk.scheduled("Mine").await;
    let other = desk.client("Other").await;
    let (delivery, _) = desk.delivery(client, post).await;
    let services = &desk.services;
    assert!(matches!(
        services.post(&desk.owner, other, post).await,
        Err(ServiceError::NotFound(_))
    ));
    assert!(matches!(
        services.account(&desk.owner, other, account).await,
        Err(ServiceError::NotFound(_))
    ));
    assert!(matches!(
        services
            .delivery_history(&desk.owner, other, delivery)
            .await,
        Err(ServiceError::NotFound(_))
    ));
    assert!(matches!(
        services.cancel_post(&desk.owner, other, post).await,
        Err(ServiceError::NotFound(_))
    ));
    let asset = desk.upload(client, video()).await.expect("taken").id;
    let input = desk.input(account, asset, "Across");
    assert!(
        services
            .save_post(&desk.owner, other, input, Intent::SaveDraft)
            .await
            .is_err()
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_needs_a_name_of_its_own_and_a_real_zone() {
    let desk = Desk::start().await;
    desk.client("Kestrel Coffee").await;
    let create =
        async |name: &str, zone: &str| desk.services.create_client(&desk.owner, name, zone).await;
    assert!(matches!(
        create(" ", "Europe/London").await,
        Err(ServiceError::Invalid(_))
    ));
    assert!(matches!(
        create("X", "Europe/Atlantis").await,
        Err(ServiceError::Invalid(_))
    ));
    assert!(matches!(
        create("kestrel coffee", "Europe/London").await,
        Err(ServiceError::Conflict(_))
    ));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_judges_again_with_what_tiktok_says_now() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    let asset = desk.upload(client, video()).await.expect("taken").id;
    let fields = async |input: PostInput, intent| match desk
        .services
        .save_post(&desk.owner, client, input, intent)
        .await
    {
        Err(ServiceError::Findings(findings)) => {
            findings.iter().map(|finding| finding.field).collect()
        }
        Err(other) => panic!("{other}"),
        Ok(_) => Vec::new(),
    };
    let good = desk.input(account, asset, "Fine");
    let past = PostInput {
        local_time: good.local_time - Duration::hours(5),
        ..good.clone()
    };
    assert_eq!(fields(past, Intent::Schedule).await, [Field::Time]);
    let nowhere = PostInput {
        targets: Vec::new(),
        ..good.clone()
    };
    assert_eq!(
        fields(nowhere.clone(), Intent::Schedule).await,
        [Field::Accounts]
    );
    assert!(
        fields(nowhere, Intent::SaveDraft).await.is_empty(),
        "a draft may be unfinished"
    );
    let bare = PostInput {
        assets: Vec::new(),
        ..good.clone()
    };
    assert_eq!(fields(bare, Intent::Schedule).await, [Field::Media]);
    let long = PostInput {
        caption: "x".repeat(2201),
        ..good.clone()
    };
    assert_eq!(fields(long, Intent::PublishNow).await, [Field::Caption]);
    // The account turned private since the composer asked.
    desk.emulator
        .tiktok()
        .edit_user(KESTREL, |user| user.private = true);
    assert_eq!(
        fields(good.clone(), Intent::Schedule).await,
        [Field::Privacy]
    );
    desk.emulator
        .tiktok()
        .edit_user(KESTREL, |user| user.private = false);
    assert!(fields(good, Intent::Schedule).await.is_empty());
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wall_clock_time_that_does_not_exist_is_explained() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let skipped = domain::time::parse_local("2027-03-28T01:30").expect("a time");
    let input = PostInput {
        id: None,
        caption: String::new(),
        assets: Vec::new(),
        targets: Vec::new(),
        local_time: skipped,
        which: None,
        revision: None,
        composer: None,
    };
    let error = desk
        .services
        .save_post(&desk.owner, client, input, Intent::SaveDraft)
        .await
        .expect_err("refused");
    assert!(
        error
            .to_string()
            .contains("does not exist in Europe/London"),
        "{error}"
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_holds_its_posts_on_the_clients_days() {
    let desk = Desk::start().await;
    let client = desk
        .services
        .create_client(&desk.owner, "Auckland", "Pacific/Auckland")
        .await
        .expect("a client");
    let at = |text| domain::time::parse_local(text).expect("a time");
    for (caption, time) in [
        ("first", "2026-11-01T00:15"),
        ("last", "2026-11-30T23:45"),
        ("grid", "2026-10-27T09:00"),
        ("out", "2026-12-08T09:00"),
    ] {
        let input = PostInput {
            id: None,
            caption: caption.into(),
            assets: Vec::new(),
            targets: Vec::new(),
            local_time: at(time),
            which: None,
            revision: None,
            composer: None,
        };
        desk.services
            .save_post(&desk.owner, client, input, Intent::SaveDraft)
            .await
            .expect("a draft");
    }
    let wish = CalendarWish::of(Layout::Month, NaiveDate::from_ymd_opt(2026, 11, 9));
    let month = desk
        .services
        .calendar(&desk.owner, client, &wish)
        .await
        .expect("a month");
    let found: Vec<(String, String)> = month
        .cards
        .iter()
        .map(|(local, card)| (card.caption.clone(), local.date().to_string()))
        .collect();
    let expected = [
        ("grid", "2026-10-27"),
        ("first", "2026-11-01"),
        ("last", "2026-11-30"),
    ];
    assert_eq!(
        found,
        expected.map(|(caption, day)| (caption.to_owned(), day.to_owned()))
    );
    assert!(
        month
            .cards
            .iter()
            .all(|(_, card)| card.status() == PostStatus::Draft)
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_moves_the_version_that_pages_look_at() {
    let desk = Desk::start().await;
    let (client, _, post) = desk.scheduled("Seen").await;
    let version = async || {
        desk.services
            .state_version(&desk.owner, Some(client))
            .await
            .expect("a version")
    };
    let scheduled = version().await;
    desk.advance(Duration::minutes(90));
    desk.publisher.tick_and_settle().await.expect("a tick");
    let processing = version().await;
    assert!(processing > scheduled);
    desk.run_until_quiet(20).await;
    assert!(version().await > processing);
    assert_eq!(
        desk.delivery(client, post).await.1,
        DeliveryState::Published
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_is_kept_again_and_again_tells_its_history_once() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    let asset = desk.upload(client, video()).await.expect("taken").id;
    let mut input = desk.input(account, asset, "Wor");
    let save = async |input: &PostInput, intent| {
        desk.services
            .save_post(&desk.owner, client, input.clone(), intent)
            .await
            .expect("kept")
    };
    let post = save(&input, Intent::SaveDraft).await;
    input.id = Some(post);
    let mut version = desk
        .services
        .state_version(&desk.owner, Some(client))
        .await
        .expect("a version");
    for caption in ["Word", "Words", "Words."] {
        input.caption = caption.to_owned();
        save(&input, Intent::SaveDraft).await;
        let now = desk
            .services
            .state_version(&desk.owner, Some(client))
            .await
            .expect("a version");
        assert!(now > version, "others see that something changed");
        version = now;
    }
    save(&input, Intent::Schedule).await;
    save(&input, Intent::SaveDraft).await;
    let (delivery, state) = desk.delivery(client, post).await;
    assert_eq!(state, DeliveryState::Draft);
    assert_eq!(
        desk.titles(client, delivery).await,
        ["Kept as a draft", "Scheduled", "Kept as a draft"]
    );
    desk.advance(Duration::hours(2));
    desk.run_until_quiet(5).await;
    assert!(
        desk.emulator.tiktok().posts().is_empty(),
        "what was taken back does not go out"
    );
    desk.database.remove().await;
}
