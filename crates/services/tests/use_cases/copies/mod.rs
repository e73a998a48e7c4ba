//! Copies of files: made by real ffmpeg, taken up again, given up, made once, and as the recipe says.

mod made;
mod work;

use bytes::Bytes;
use diesel_async::RunQueryDsl;
use domain::copy::CopyState;
use domain::{AssetId, ClientId, Platform};
use services::ServiceError;
use services::assets::AssetView;
use services::assets::library::Filter;
use services::assets::uploads::{NewUpload, UploadError};
use services::copies::{CopyView, CopyWish};
use std::process::Command;
use std::time::Duration as Wait;
use testing::{Desk, video};

const TIKTOK: CopyWish = CopyWish::For(Platform::TikTok);
const BLUESKY: CopyWish = CopyWish::For(Platform::Bluesky);

/// A file by ffmpeg from a source of its own.
fn made(desk: &Desk, source: &str, name: &str, args: &[&str]) -> Bytes {
    let path = desk.folder.path().join(name);
    let done = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", source])
        .args(args)
        .arg(&path)
        .status()
        .expect("ffmpeg");
    assert!(done.success(), "{name}");
    std::fs::read(path).expect("a file").into()
}

async fn bring(desk: &Desk, client: ClientId, name: &str, bytes: Bytes) -> AssetId {
    let new = NewUpload {
        file_name: name,
        bytes: bytes.len() as u64,
        sha256: None,
    };
    let begun = desk.services.begin_upload(&desk.owner, client, new).await;
    let begun = begun.expect("begun");
    let body = futures::stream::iter([Ok::<_, std::convert::Infallible>(bytes)]);
    desk.services
        .append_to_upload(&desk.owner, client, begun.id, 0, None, body)
        .await
        .expect("all of it");
    // A program that another test starts may hold what we have open for the moment until it has begun.
    for _ in 0..100 {
        let taken = desk
            .services
            .finish_upload(&desk.owner, client, begun.id, None)
            .await;
        if !matches!(taken, Err(UploadError::Busy)) {
            return taken.expect("taken").id;
        }
        tokio::time::sleep(Wait::from_millis(20)).await;
    }
    panic!("{name} is busy");
}

async fn file(desk: &Desk, client: ClientId, source: &str, name: &str, args: &[&str]) -> AssetId {
    bring(desk, client, name, made(desk, source, name, args)).await
}

async fn ask(desk: &Desk, client: ClientId, of: AssetId, wish: CopyWish) -> CopyView {
    let asked = desk
        .services
        .ask_for_copy(&desk.owner, client, of, wish)
        .await;
    asked.expect("asked for")
}

async fn now(desk: &Desk, client: ClientId, of: AssetId) -> CopyView {
    let found = desk.services.copies_of(&desk.owner, client, &[of]).await;
    let mut found = found.expect("copies");
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// Asks, lets a worker make it, and gives the file.
async fn copied(desk: &Desk, client: ClientId, of: AssetId, wish: CopyWish) -> AssetView {
    let asked = ask(desk, client, of, wish).await;
    assert!(desk.services.make_next_copy("w").await.expect("a try"));
    let found = desk.services.copies_of(&desk.owner, client, &[of]).await;
    let found = found.expect("copies").into_iter();
    let copy = { found }.find(|copy| copy.id == asked.id).expect("it");
    assert_eq!(copy.state, CopyState::Done, "{:?}", copy.problem);
    assert_eq!(copy.progress, 100);
    copy.asset.expect("a file")
}

async fn asset(desk: &Desk, client: ClientId, id: AssetId) -> AssetView {
    let found = desk.services.asset(&desk.owner, client, id).await;
    found.expect("an asset")
}

fn stored(desk: &Desk, id: AssetId) -> Vec<u8> {
    std::fs::read(desk.services.media.original(id)).expect("a file")
}

fn left_over(desk: &Desk) -> usize {
    let folder = desk.folder.path().join("media/copies");
    std::fs::read_dir(folder).expect("a folder").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn original_and_copy_outlive_each_other() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let picture = "color=red:size=400x300";
    let png = file(&desk, client, picture, "red.png", &["-frames:v", "1"]).await;
    desk.services
        .describe_asset(&desk.owner, client, png, "A red wall")
        .await
        .expect("described");
    let copy = copied(&desk, client, png, TIKTOK).await;
    assert_eq!(copy.alt, "A red wall");
    let remove = async |id| {
        let removed = desk.services.remove_asset(&desk.owner, client, id).await;
        removed.expect("removed");
    };
    remove(copy.id).await;
    assert!(desk.services.media.original(png).exists());
    // Asked for again, it is made anew.
    let anew = copied(&desk, client, png, TIKTOK).await;
    assert_ne!(anew.id, copy.id);
    remove(png).await;
    assert!(desk.services.media.original(anew.id).exists());
    let anew = asset(&desk, client, anew.id).await;
    assert_eq!(anew.made_from.expect("from where").file_name, "red.png");
    let gone = desk
        .services
        .ask_for_copy(&desk.owner, client, png, TIKTOK)
        .await;
    assert!(matches!(gone, Err(ServiceError::Conflict(_))), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_no_copy_or_is_helped_by_none_is_told_in_a_sentence() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let other = desk.client("Heron").await;
    let clip = bring(&desk, client, "clip.mp4", video()).await;
    let refused = async |client, of, wish| {
        let asked = desk.services.ask_for_copy(&desk.owner, client, of, wish);
        match asked.await {
            Err(ServiceError::Invalid(sentence)) => sentence,
            other => panic!("{other:?}"),
        }
    };
    let sentence = refused(client, clip, TIKTOK).await;
    assert_eq!(
        sentence,
        "TikTok takes this file as it is. Use it without a copy."
    );
    let slow = "color=red:size=360x640:rate=1:duration=640";
    let long = file(&desk, client, slow, "long.mp4", &["-c:v", "mpeg4"]).await;
    let sentence = refused(client, long, TIKTOK).await;
    assert!(
        sentence.contains("never cuts one by itself. Cut it to 10:00"),
        "{sentence}"
    );
    let elsewhere = desk
        .services
        .ask_for_copy(&desk.owner, other, long, TIKTOK)
        .await;
    assert!(matches!(elsewhere, Err(ServiceError::NotFound("file"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_library_tells_which_copies_are_on_their_way() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let other = desk.client("Heron").await;
    let picture = "color=red:size=400x300";
    let png = file(&desk, client, picture, "red.png", &["-frames:v", "1"]).await;
    let library = async |client| {
        let page = desk
            .services
            .library(&desk.owner, client, &Filter::default())
            .await
            .expect("a page");
        let copies: Vec<_> = page.copies.iter().map(|copy| copy.id).collect();
        (page.rows.len(), copies)
    };
    assert_eq!(library(client).await, (1, vec![]));
    let asked = ask(&desk, client, png, TIKTOK).await;
    assert_eq!(library(client).await, (1, vec![asked.id]));
    assert_eq!(library(other).await, (0, vec![]));
    assert!(desk.services.make_next_copy("w").await.expect("a try"));
    assert_eq!(library(client).await, (2, vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_ask_at_once_get_one_copy_and_the_audit_tells_of_it() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let picture = "color=red:size=400x300";
    let png = file(&desk, client, picture, "red.png", &["-frames:v", "1"]).await;
    let (one, two) = tokio::join!(
        ask(&desk, client, png, TIKTOK),
        ask(&desk, client, png, TIKTOK)
    );
    assert_eq!(one.id, two.id);
    assert!(desk.services.make_next_copy("w").await.expect("a try"));
    assert!(!desk.services.make_next_copy("w").await.expect("a look"));
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        line: String,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT actor_name || ' ' || action || ' ' || (after->>'made') AS line FROM audit_entries
         WHERE action LIKE 'copy_%' ORDER BY id",
    )
    .load(&mut desk.database.connect().await)
    .await
    .expect("entries");
    let lines: Vec<String> = rows.into_iter().map(|row| row.line).collect();
    assert_eq!(
        lines,
        [
            "Olive Owner copy_asked for TikTok",
            "AutoPost (copies) copy_made for TikTok"
        ]
    );
}
