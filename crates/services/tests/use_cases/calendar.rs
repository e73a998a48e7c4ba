//! What the calendar shows of a client's posts.

use chrono::{Duration, NaiveDate};
use domain::approval::{ApprovalPolicy, Verdict};
use domain::calendar::PostStatus;
use domain::time::parse_local;
use domain::{AccountId, ClientId, PostId};
use services::posts::{CalendarPart, CalendarWish, LIST_PAGE, Layout};
use testing::Desk;

use crate::approvals::support::{AHEAD, Office, SOON};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

async fn look(desk: &Desk, client: ClientId, wish: &CalendarWish) -> CalendarPart {
    desk.services
        .calendar(&desk.owner, client, wish)
        .await
        .expect("a calendar")
}

/// What each card says, in order.
fn captions(part: &CalendarPart) -> Vec<&str> {
    part.cards
        .iter()
        .map(|(_, card)| card.caption.as_str())
        .collect()
}

/// How many posts a day has.
fn count(part: &CalendarPart, day: &str) -> i64 {
    let place = part.days.iter().position(|of| of.to_string() == day);
    let place = i32::try_from(place.expect("a day that is shown")).expect("few days");
    let of_day = part.counts.iter().find(|count| count.day == place);
    of_day.map_or(0, |count| count.posts)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_day_shows_its_first_posts_and_all_of_them_once_it_is_opened() {
    let office = Office::start(ApprovalPolicy::None).await;
    for minute in [50, 10, 30, 20, 40] {
        let at = format!("2026-10-17T09:{minute}");
        office.draft(&format!("at {minute}"), &at).await;
    }
    office.draft("alone", "2026-10-18T00:00").await;
    let mut wish = CalendarWish::of(Layout::Month, None);
    let month = look(&office.desk, office.client, &wish).await;
    assert_eq!(captions(&month), ["at 10", "at 20", "at 30", "alone"]);
    assert_eq!(
        (
            month.total,
            count(&month, "2026-10-17"),
            count(&month, "2026-10-18")
        ),
        (6, 5, 1)
    );
    wish.opened = Some(day("2026-10-17"));
    let opened = look(&office.desk, office.client, &wish).await;
    assert_eq!(
        captions(&opened),
        ["at 10", "at 20", "at 30", "at 40", "at 50", "alone"]
    );
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn days_are_the_clients_also_where_the_clocks_change() {
    let office = Office::start(ApprovalPolicy::None).await;
    let (desk, client) = (&office.desk, office.client);
    // London's clocks go back on 25 October 2026, a day of 25 hours.
    for (caption, at) in [
        ("first minute", "2026-10-25T00:00"),
        ("last minute", "2026-10-25T23:59"),
        ("next day", "2026-10-26T00:00"),
    ] {
        office.draft(caption, at).await;
    }
    let week = CalendarWish::of(Layout::Week, Some(day("2026-10-25")));
    let week = look(desk, client, &week).await;
    assert_eq!(week.days.first(), Some(&day("2026-10-19")));
    assert_eq!(captions(&week), ["first minute", "last minute"]);
    let next = CalendarWish::of(Layout::Week, Some(day("2026-10-26")));
    assert_eq!(captions(&look(desk, client, &next).await), ["next day"]);
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_views_show_the_same_posts() {
    let office = Office::start(ApprovalPolicy::None).await;
    office.draft("monday", "2026-10-19T09:00").await;
    office.draft("sunday", "2026-10-25T21:00").await;
    let at = Some(day("2026-10-20"));
    for layout in [Layout::Month, Layout::Week, Layout::List(0)] {
        let part = look(&office.desk, office.client, &CalendarWish::of(layout, at)).await;
        assert_eq!(captions(&part), ["monday", "sunday"], "{layout:?}");
        assert!(part.days.contains(&day("2026-10-20")));
    }
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_find_posts_by_account_and_by_how_they_stand() {
    let office = Office::start(ApprovalPolicy::Optional).await;
    let desk = &office.desk;
    let draft = office.draft("a draft", SOON).await;
    let waiting = office.waiting("waits", AHEAD).await;
    let returned = office.waiting("to be changed", AHEAD).await;
    office
        .decide(&office.ann, returned, Verdict::Changes, "Shorter")
        .await
        .expect("decided");
    let other = desk.connect(office.client, testing::KESTREL).await;
    let elsewhere = tiktok_draft(desk, office.client, other).await;

    let found = async |accounts: Vec<AccountId>, statuses: Vec<PostStatus>| {
        let wish = CalendarWish {
            accounts,
            statuses,
            ..CalendarWish::of(Layout::Month, None)
        };
        let part = look(desk, office.client, &wish).await;
        let mut posts: Vec<PostId> = part.cards.iter().map(|(_, card)| card.id).collect();
        posts.sort();
        let shown: Vec<PostStatus> = part.cards.iter().map(|(_, card)| card.status()).collect();
        (posts, shown)
    };
    let sorted = |mut posts: Vec<PostId>| {
        posts.sort();
        posts
    };
    let (all, _) = found(vec![], vec![]).await;
    assert_eq!(all, sorted(vec![draft, waiting, returned, elsewhere]));
    let (of_other, _) = found(vec![other], vec![]).await;
    assert_eq!(of_other, [elsewhere]);
    for (status, posts) in [
        (PostStatus::Draft, sorted(vec![draft, elsewhere])),
        (PostStatus::Waiting, vec![waiting]),
        (PostStatus::Changes, vec![returned]),
        (PostStatus::Published, vec![]),
    ] {
        let (found, shown) = found(vec![], vec![status]).await;
        assert_eq!(found, posts, "{status}");
        assert!(shown.iter().all(|one| *one == status), "{shown:?}");
    }
    let tag = desk
        .services
        .set_post_tags(&desk.owner, office.client, waiting, &["Autumn".to_owned()])
        .await
        .expect("a tag");
    let tagged = CalendarWish {
        tags: tag.iter().map(|tag| tag.id).collect(),
        ..CalendarWish::of(Layout::Month, None)
    };
    let tagged = look(desk, office.client, &tagged).await;
    assert_eq!(captions(&tagged), ["waits"]);
    assert_eq!(tagged.tags[0].name, "Autumn");
    let (both, _) = found(
        vec![office.account],
        vec![PostStatus::Draft, PostStatus::Waiting],
    )
    .await;
    assert_eq!(both, sorted(vec![draft, waiting]));
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_comes_in_pages() {
    let office = Office::start(ApprovalPolicy::None).await;
    let many = LIST_PAGE + 7;
    for number in 0..many {
        let time = parse_local("2026-11-02T08:00").expect("a time") + Duration::minutes(number);
        let at = domain::time::local_input(time);
        office.draft(&format!("{number:03}"), &at).await;
    }
    let page = async |page| {
        let wish = CalendarWish::of(Layout::List(page), Some(day("2026-11-30")));
        look(&office.desk, office.client, &wish).await
    };
    let (first, second, third) = (page(0).await, page(1).await, page(2).await);
    assert_eq!((first.total, second.total), (many, many));
    assert_eq!(
        captions(&first).len(),
        usize::try_from(LIST_PAGE).expect("few")
    );
    assert_eq!(captions(&first).last(), Some(&"099"));
    assert_eq!(
        captions(&second),
        ["100", "101", "102", "103", "104", "105", "106"]
    );
    assert!(third.cards.is_empty());
    office.remove().await;
}

async fn tiktok_draft(desk: &Desk, client: ClientId, account: AccountId) -> PostId {
    let asset = desk.upload(client, testing::video()).await.expect("taken");
    let input = desk.input(account, asset.id, "elsewhere");
    desk.services
        .save_post(
            &desk.owner,
            client,
            input,
            services::posts::Intent::SaveDraft,
        )
        .await
        .expect("kept")
}
