//! What a post said before: kept with every save, and brought back as a new one.

use chrono::Duration;
use db::models::asset;
use domain::{DeliveryState, PostId};
use services::planning::versions::SaveView;
use services::posts::{Intent, PostInput};
use services::versions::CaptionPart;
use services::{Actor, ServiceError};
use testing::{Desk, KESTREL, video};

/// The words that came and went with a save.
fn words(save: &SaveView) -> String {
    let parts = save.changes.iter().flat_map(|changes| &changes.caption);
    let changed = parts.filter_map(|part| match part {
        CaptionPart::Added(text) => Some(format!("+{}", text.trim())),
        CaptionPart::Removed(text) => Some(format!("-{}", text.trim())),
        CaptionPart::Same(_) => None,
    });
    changed.collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_saves_within_minutes_is_one_version_and_every_other_is_kept() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    let asset = desk.upload(client, video()).await.expect("uploaded").id;
    let services = &desk.services;
    services
        .add_user(
            "maja@agency.test",
            "Maja",
            domain::Role::Owner,
            Desk::password(),
        )
        .await
        .expect("a colleague");
    let (_, maja) = services
        .sign_in("maja@agency.test", Desk::password(), Default::default())
        .await
        .expect("signed in");
    let save = async |actor: &Actor, post: Option<PostId>, caption: &str| {
        let input = PostInput {
            id: post,
            ..desk.input(account, asset, caption)
        };
        let saved = services
            .save_post(actor, client, input, Intent::SaveDraft)
            .await;
        saved.expect("kept")
    };
    let post = save(&desk.owner, None, "Flat").await;
    desk.advance(Duration::minutes(1));
    save(&desk.owner, Some(post), "Flat white").await;
    save(&desk.owner, Some(post), "Flat white").await;
    desk.advance(Duration::minutes(1));
    save(&maja, Some(post), "Flat white today").await;
    desk.advance(Duration::minutes(6));
    save(&maja, Some(post), "Oat white today").await;

    let saves = services
        .post_saves(&desk.owner, client, post)
        .await
        .expect("saves");
    let seen: Vec<(&str, String, bool)> = saves
        .iter()
        .map(|save| (save.by.as_str(), words(save), save.is_now))
        .collect();
    assert_eq!(
        seen,
        [
            ("Maja", "-Flat +Oat".to_owned(), true),
            ("Maja", "+today".to_owned(), false),
            ("Olive Owner", String::new(), false),
        ]
    );
    assert!(saves[2].changes.is_none(), "the first");

    let other = desk.client("Northlane").await;
    let elsewhere = services.post_saves(&desk.owner, other, post).await;
    assert!(matches!(elsewhere, Err(ServiceError::NotFound("post"))));
    services
        .delete_post(&desk.owner, client, post)
        .await
        .expect("deleted");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_brought_back_as_a_new_save_and_what_is_gone_is_told() {
    let desk = Desk::start().await;
    let (client, account, post) = desk.scheduled("The first words").await;
    let services = &desk.services;
    let full = services
        .post(&desk.owner, client, post)
        .await
        .expect("post");
    let first_asset = full.assets[0].asset.id;
    desk.advance(Duration::minutes(10));
    let second = PostInput {
        id: Some(post),
        assets: Vec::new(),
        local_time: domain::time::parse_local("2026-10-20T09:00").expect("a time"),
        ..desk.input(account, first_asset, "Other words")
    };
    services
        .save_post(&desk.owner, client, second, Intent::SaveDraft)
        .await
        .expect("kept");
    let saves = services
        .post_saves(&desk.owner, client, post)
        .await
        .expect("saves");
    let first = saves.last().expect("the first").id;

    desk.advance(Duration::minutes(10));
    let restored = services
        .restore_save(&desk.owner, client, post, first)
        .await
        .expect("brought back");
    assert_eq!(restored.told, Vec::<String>::new());
    let back = services
        .post(&desk.owner, client, post)
        .await
        .expect("post");
    assert_eq!(back.post.caption, "The first words");
    assert_eq!(back.post.version, full.post.version, "to the last option");
    assert_eq!(back.state(), DeliveryState::Draft);
    let saves = services
        .post_saves(&desk.owner, client, post)
        .await
        .expect("saves");
    assert_eq!(saves.len(), 3, "a new save: nothing is lost");
    assert!(saves[0].is_now);

    // The file is purged, and the post is scheduled: both are told.
    let mut conn = services.conn().await.expect("db");
    asset::mark_deleted(&mut conn, first_asset, desk.now())
        .await
        .expect("purged");
    drop(conn);
    let restored = services
        .restore_save(&desk.owner, client, post, first)
        .await
        .expect("brought back");
    assert_eq!(restored.told.len(), 1, "{restored:?}");
    assert!(restored.told[0].starts_with("“clip.mp4” is no longer kept"));
    let unknown = services.restore_save(&desk.owner, client, post, 0).await;
    assert!(matches!(unknown, Err(ServiceError::NotFound("version"))));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_was_asked_about_stays_as_it_was_and_what_has_left_is_not_brought_back() {
    let desk = Desk::start().await;
    let (client, account, post) = desk.scheduled("Asked about this").await;
    let services = &desk.services;
    let asset = services
        .post(&desk.owner, client, post)
        .await
        .expect("post")
        .assets[0]
        .asset
        .id;
    let mut conn = services.conn().await.expect("db");
    let version = services_version(&mut conn, client, post).await;
    let content = serde_json::json!({});
    db::models::post_version::insert(&mut conn, post, &version, &content, None, desk.now())
        .await
        .expect("asked");
    drop(conn);
    let input = PostInput {
        id: Some(post),
        ..desk.input(account, asset, "Changed at once")
    };
    services
        .save_post(&desk.owner, client, input, Intent::Schedule)
        .await
        .expect("scheduled");
    let saves = services
        .post_saves(&desk.owner, client, post)
        .await
        .expect("saves");
    assert_eq!(saves.len(), 2, "within the same minute, and not over it");

    desk.advance(Duration::minutes(90));
    desk.run_until_quiet(30).await;
    let refused = services
        .restore_save(&desk.owner, client, post, saves[1].id)
        .await;
    assert!(
        matches!(refused, Err(ServiceError::Conflict(_))),
        "{refused:?}"
    );
    desk.database.remove().await;
}

async fn services_version(
    conn: &mut db::Connection,
    client: domain::ClientId,
    post: PostId,
) -> Vec<u8> {
    let found = db::models::post::find(conn, client, post)
        .await
        .expect("db");
    found.expect("the post").version
}
