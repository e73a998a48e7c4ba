//! Tags: by which the agency finds posts again, and which nobody else sees.

use domain::PostId;
use services::ServiceError;
use services::planning::tags::Tag;
use services::posts::Intent;
use testing::{Desk, KESTREL, video};

fn names(of: &[Tag]) -> Vec<&str> {
    of.iter().map(|tag| tag.name.as_str()).collect()
}

fn given(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_is_sorted_by_tags_that_are_made_once_and_found_whatever_their_capitals() {
    let desk = Desk::start().await;
    let (client, account, first) = desk.scheduled("Flat white").await;
    let asset = desk.upload(client, video()).await.expect("uploaded").id;
    let input = desk.input(account, asset, "Filter");
    let services = &desk.services;
    let second = services
        .save_post(&desk.owner, client, input, Intent::SaveDraft)
        .await
        .expect("kept");
    let before = services
        .post(&desk.owner, client, first)
        .await
        .expect("post");

    let set = async |post: PostId, wanted: &[&str]| {
        services
            .set_post_tags(&desk.owner, client, post, &given(wanted))
            .await
    };
    let kept = set(first, &["Ärmel", "  autumn  menu"])
        .await
        .expect("tags");
    assert_eq!(names(&kept).len(), 2);
    let kept = set(second, &["AUTUMN MENU", "ärmel", "Reel"])
        .await
        .expect("tags");
    let mut found = names(&kept);
    found.sort_unstable();
    assert_eq!(
        found,
        ["Reel", "autumn menu", "Ärmel"],
        "as they are called"
    );
    let all = services.tags(&desk.owner, client).await.expect("tags");
    assert_eq!(all.len(), 3, "{all:?}");

    // What nobody carries any more is not offered, and comes back as it was.
    set(second, &[]).await.expect("none");
    let all = services.tags(&desk.owner, client).await.expect("tags");
    assert!(!names(&all).contains(&"Reel"), "{all:?}");
    assert_eq!(
        names(&set(second, &["reel"]).await.expect("tags")),
        ["Reel"]
    );

    let after = services
        .post(&desk.owner, client, first)
        .await
        .expect("post");
    assert_eq!(
        after.post.version, before.post.version,
        "no part of a version"
    );
    assert_eq!(after.state(), before.state());
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_belong_to_one_client_and_bad_ones_change_nothing() {
    let desk = Desk::start().await;
    let (client, _, post) = desk.scheduled("Flat white").await;
    let other = desk.client("Northlane").await;
    let services = &desk.services;
    services
        .set_post_tags(&desk.owner, client, post, &given(&["autumn"]))
        .await
        .expect("tags");
    let elsewhere = services.tags(&desk.owner, other).await.expect("tags");
    assert_eq!(elsewhere, []);
    let refused = services
        .set_post_tags(&desk.owner, other, post, &given(&["winter"]))
        .await;
    assert!(matches!(refused, Err(ServiceError::NotFound("post"))));
    let refused = services
        .set_post_tags(&desk.owner, client, post, &given(&["winter", "a;b"]))
        .await
        .expect_err("refused");
    assert!(refused.to_string().contains("semicolons"), "{refused}");
    let kept = services.post_tags(&desk.owner, client, post).await;
    assert_eq!(names(&kept.expect("tags")), ["autumn"]);

    services
        .cancel_post(&desk.owner, client, post)
        .await
        .expect("cancelled");
    services
        .delete_post(&desk.owner, client, post)
        .await
        .expect("deleted");
    let all = services.tags(&desk.owner, client).await.expect("tags");
    assert_eq!(all, [], "a deleted post carries none");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_make_the_same_tag_at_once_make_one() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    let asset = desk.upload(client, video()).await.expect("uploaded").id;
    let mut posts = Vec::new();
    for caption in ["One", "Two", "Three"] {
        let input = desk.input(account, asset, caption);
        let saved = desk
            .services
            .save_post(&desk.owner, client, input, Intent::SaveDraft)
            .await;
        posts.push(saved.expect("kept"));
    }
    let wanted = given(&["autumn"]);
    let (one, two, three) = tokio::join!(
        desk.services
            .set_post_tags(&desk.owner, client, posts[0], &wanted),
        desk.services
            .set_post_tags(&desk.owner, client, posts[1], &wanted),
        desk.services
            .set_post_tags(&desk.owner, client, posts[2], &wanted),
    );
    let ids = [one, two, three].map(|kept| kept.expect("tags")[0].id);
    assert!(ids[0] == ids[1] && ids[1] == ids[2], "{ids:?}");
    desk.database.remove().await;
}
