//! The next time at which a post of an account usually goes out, and none does yet.

use chrono::{NaiveDateTime, NaiveTime};
use domain::time::parse_local;
use services::ServiceError;
use services::posts::Intent;
use testing::{Desk, KESTREL, video};

fn at(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).expect("a time")
}

fn wall(text: &str) -> NaiveDateTime {
    parse_local(text).expect("a time on the wall")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_free_slot_is_one_that_no_other_post_of_the_account_has() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    let bluesky = desk
        .connect_bluesky(client, "kestrelcoffee.bsky.test")
        .await;
    let asset = desk.upload(client, video()).await.expect("uploaded").id;
    let services = &desk.services;
    let none = services
        .next_slot(&desk.owner, client, &[account], None, None)
        .await;
    assert!(matches!(none, Err(ServiceError::Invalid(_))), "{none:?}");

    // Noon of a Wednesday in UTC is one o’clock in London.
    services
        .add_slots(&desk.owner, client, account, &[2, 4, 2], at(14, 30))
        .await
        .expect("slots");
    services
        .add_slots(&desk.owner, client, bluesky, &[4], at(14, 30))
        .await
        .expect("slots");
    let next = async |accounts: &[_], post, after| {
        let found = services
            .next_slot(&desk.owner, client, accounts, post, after)
            .await;
        found.expect("a slot").local_time
    };
    assert_eq!(next(&[account], None, None).await, wall("2026-10-14T14:30"));
    assert_eq!(
        next(&[account, bluesky], None, None).await,
        wall("2026-10-16T14:30")
    );

    let input = desk.input(account, asset, "Taken");
    let post = services
        .save_post(&desk.owner, client, input, Intent::SaveDraft)
        .await
        .expect("kept");
    assert_eq!(next(&[account], None, None).await, wall("2026-10-16T14:30"));
    assert_eq!(next(&[bluesky], None, None).await, wall("2026-10-16T14:30"));
    assert_eq!(
        next(&[account], Some(post), None).await,
        wall("2026-10-14T14:30"),
        "its own minute is free for itself"
    );
    assert_eq!(
        next(&[account], None, Some(wall("2026-10-16T14:30"))).await,
        wall("2026-10-21T14:30")
    );

    let slots = services.slots(&desk.owner, client).await.expect("slots");
    assert_eq!(slots.len(), 3, "a day that is given twice is one");
    services
        .remove_slot(&desk.owner, client, slots[0])
        .await
        .expect("removed");
    assert_eq!(next(&[account], None, None).await, wall("2026-10-16T14:30"));

    let other = desk.client("Northlane").await;
    let elsewhere = services
        .add_slots(&desk.owner, other, account, &[0], at(9, 0))
        .await;
    assert!(matches!(elsewhere, Err(ServiceError::NotFound("account"))));
    let elsewhere = services
        .next_slot(&desk.owner, other, &[account], None, None)
        .await;
    assert!(matches!(elsewhere, Err(ServiceError::NotFound("account"))));
    for bad in [&[][..], &[7], &[-1]] {
        let refused = services
            .add_slots(&desk.owner, client, account, bad, at(9, 0))
            .await;
        assert!(matches!(refused, Err(ServiceError::Invalid(_))), "{bad:?}");
    }
    desk.database.remove().await;
}
