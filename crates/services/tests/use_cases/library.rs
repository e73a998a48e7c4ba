//! The library: what is there, where it is used, until when it is kept, and what may be removed.

use bytes::Bytes;
use chrono::Duration;
use domain::{AssetId, ClientId, DeliveryState};
use services::ServiceError;
use services::assets::library::{ALT_LENGTH, Filter, KeptUntil, Kind, PAGE};
use services::assets::uploads::NewUpload;
use services::posts::Intent;
use testing::{Desk, KESTREL, video};

/// A picture of one colour, by ffmpeg.
fn picture(desk: &Desk, colour: &str) -> Bytes {
    let path = desk.folder.path().join(format!("{colour}.png"));
    let source = format!("color={colour}:size=400x300");
    let made = std::process::Command::new("ffmpeg")
        .args([
            "-v",
            "error",
            "-y",
            "-f",
            "lavfi",
            "-i",
            &source,
            "-frames:v",
            "1",
        ])
        .arg(&path)
        .status()
        .expect("ffmpeg");
    assert!(made.success());
    std::fs::read(path).expect("a picture").into()
}

async fn bring(desk: &Desk, client: ClientId, file_name: &str, bytes: Bytes) -> AssetId {
    let new = NewUpload {
        file_name,
        bytes: bytes.len() as u64,
        sha256: None,
    };
    let services = &desk.services;
    let begun = services
        .begin_upload(&desk.owner, client, new)
        .await
        .expect("begun");
    let body = futures::stream::iter([Ok::<_, std::convert::Infallible>(bytes)]);
    services
        .append_to_upload(&desk.owner, client, begun.id, 0, None, body)
        .await
        .expect("all of it");
    let taken = services
        .finish_upload(&desk.owner, client, begun.id, None)
        .await;
    taken.expect("taken").id
}

async fn found(desk: &Desk, client: ClientId, filter: Filter) -> Vec<AssetId> {
    let page = desk
        .services
        .library(&desk.owner, client, &filter)
        .await
        .expect("a page");
    page.rows.into_iter().map(|row| row.asset.id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_library_shows_the_newest_first_and_finds_by_kind_use_and_name() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    let clip = bring(&desk, client, "regulars 100%.mp4", video()).await;
    let red = bring(&desk, client, "Bag_red.png", picture(&desk, "red")).await;
    let blue = bring(&desk, client, "bag blue.png", picture(&desk, "blue")).await;
    desk.services
        .save_post(
            &desk.owner,
            client,
            desk.input(account, clip, "Hello"),
            Intent::SaveDraft,
        )
        .await
        .expect("a draft");
    let by = Filter::default;
    assert_eq!(found(&desk, client, by()).await, [blue, red, clip]);
    assert_eq!(
        found(
            &desk,
            client,
            Filter {
                kind: Some(Kind::Video),
                ..by()
            }
        )
        .await,
        [clip]
    );
    assert_eq!(
        found(
            &desk,
            client,
            Filter {
                kind: Some(Kind::Picture),
                ..by()
            }
        )
        .await,
        [blue, red]
    );
    assert_eq!(
        found(
            &desk,
            client,
            Filter {
                unused: true,
                ..by()
            }
        )
        .await,
        [blue, red]
    );
    for (name, files) in [
        ("BAG", vec![blue, red]),
        ("100%", vec![clip]),
        ("g_r", vec![red]),
        ("100_", vec![]),
    ] {
        let filter = Filter {
            name: name.to_owned(),
            ..by()
        };
        assert_eq!(found(&desk, client, filter).await, files, "{name}");
    }
    assert_eq!(
        found(
            &desk,
            client,
            Filter {
                before: Some(blue),
                ..by()
            }
        )
        .await,
        [red, clip]
    );
    let other = desk.client("Other").await;
    assert_eq!(found(&desk, other, by()).await, []);
    let page = desk
        .services
        .library(&desk.owner, client, &by())
        .await
        .expect("a page");
    assert_eq!((page.files, page.next), (3, None));
    assert_eq!(
        page.rows.iter().map(|row| row.posts).collect::<Vec<_>>(),
        [0, 0, 1]
    );
    const { assert!(PAGE > 3, "all of them fit on a page") };
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_tells_until_when_it_is_kept_and_the_sweep_keeps_to_it() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    let clip = bring(&desk, client, "clip.mp4", video()).await;
    let lone = bring(&desk, client, "red.png", picture(&desk, "red")).await;
    let detail = async |id| {
        let detail = desk.services.asset_detail(&desk.owner, client, id).await;
        detail.expect("a file").row.kept
    };
    let end = desk.now() + Duration::days(30);
    assert_eq!(detail(lone).await, KeptUntil::Time(end));
    // A draft needs its file, also one that names no account yet.
    let mut input = desk.input(account, clip, "Hello");
    input.targets = Vec::new();
    desk.services
        .save_post(&desk.owner, client, input, Intent::SaveDraft)
        .await
        .expect("a draft");
    assert_eq!(detail(clip).await, KeptUntil::Needed);
    desk.advance(Duration::days(30));
    assert_eq!(desk.services.sweep().await.expect("swept").assets, 1);
    assert_eq!(detail(lone).await, KeptUntil::Gone);
    assert_eq!(found(&desk, client, Filter::default()).await, [clip]);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_a_post_under_way_needs_is_not_removed() {
    let desk = Desk::start().await;
    let (client, _, post) = desk.scheduled("Flat white friday").await;
    let page = desk
        .services
        .library(&desk.owner, client, &Filter::default())
        .await;
    let clip = page.expect("a page").rows[0].asset.id;
    let removed = desk.services.remove_asset(&desk.owner, client, clip).await;
    let sentence = removed.expect_err("needed").to_string();
    assert_eq!(
        sentence,
        "clip.mp4 is in the post “Flat white friday” for Wed 14 Oct, 14:30, which is scheduled. Take it out of that post first."
    );
    let detail = desk
        .services
        .asset_detail(&desk.owner, client, clip)
        .await
        .expect("a file");
    let uses: Vec<_> = detail
        .posts
        .iter()
        .map(|(of, deliveries)| (of.id, deliveries[0].state))
        .collect();
    assert_eq!(uses, [(post, DeliveryState::Scheduled)]);
    assert_eq!(detail.brought_by.as_deref(), Some(&*desk.owner.name));

    let lone = bring(&desk, client, "red.png", picture(&desk, "red")).await;
    let folder = desk.services.media.original(lone);
    assert!(folder.exists());
    desk.services
        .remove_asset(&desk.owner, client, lone)
        .await
        .expect("removed");
    desk.services
        .remove_asset(&desk.owner, client, lone)
        .await
        .expect("gone already");
    assert!(!folder.exists());
    assert_eq!(found(&desk, client, Filter::default()).await, [clip]);
    let other = desk.client("Other").await;
    let elsewhere = desk.services.remove_asset(&desk.owner, other, clip).await;
    assert!(matches!(elsewhere, Err(ServiceError::NotFound(_))));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_keeps_the_description_that_posts_start_with() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let red = bring(&desk, client, "red.png", picture(&desk, "red")).await;
    let describe = async |alt: &str| {
        desk.services
            .describe_asset(&desk.owner, client, red, alt)
            .await
    };
    describe(" A red wall ").await.expect("kept");
    let asset = desk
        .services
        .asset(&desk.owner, client, red)
        .await
        .expect("a file");
    assert_eq!(asset.alt, "A red wall");
    let long = describe(&"x".repeat(ALT_LENGTH + 1))
        .await
        .expect_err("too long");
    assert!(long.to_string().contains("longer than 2000"));
    // The same file once more is the same file, with what was said of it.
    let again = bring(&desk, client, "again.png", picture(&desk, "red")).await;
    assert_eq!(again, red);
    desk.database.remove().await;
}
