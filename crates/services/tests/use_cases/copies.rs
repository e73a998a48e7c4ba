//! Copies of files: made by real ffmpeg, taken up again, given up, made once, and as the recipe says.

use std::process::Command;
use std::time::Duration as Wait;

use bytes::Bytes;
use chrono::Duration;
use diesel_async::RunQueryDsl;
use domain::copy::CopyState;
use domain::crop::{Area, Shape};
use domain::media::{Container, ImageFormat, MediaFacts};
use domain::rules::{copy_for, limits};
use domain::{AssetId, ClientId, Platform};
use services::ServiceError;
use services::assets::AssetView;
use services::assets::library::Filter;
use services::assets::uploads::{NewUpload, UploadError};
use services::copies::{CopyView, CopyWish};
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

/// A video that takes a while: 100 frames a second.
async fn fast(desk: &Desk, client: ClientId, seconds: u32) -> AssetId {
    let source = format!("testsrc2=size=480x854:rate=100:duration={seconds}");
    file(
        desk,
        client,
        &source,
        "fast.mp4",
        &["-c:v", "mpeg4", "-q:v", "5"],
    )
    .await
}

/// Lets a worker begin a try of its own, and waits until it has told how far it is.
async fn begun(desk: &Desk, client: ClientId, of: AssetId) -> tokio::task::JoinHandle<bool> {
    let before = tries(desk).await;
    let services = desk.services.clone();
    let work = tokio::spawn(async move { services.make_next_copy("w-1").await.expect("a try") });
    for _ in 0..2400 {
        let copy = now(desk, client, of).await;
        let is_its = tries(desk).await > before;
        if is_its && copy.state == CopyState::Running && copy.progress > 0 {
            return work;
        }
        assert!(!work.is_finished(), "{copy:?}");
        tokio::time::sleep(Wait::from_millis(50)).await;
    }
    panic!("no progress was told");
}

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

/// How often any copy was begun.
async fn tries(desk: &Desk) -> i64 {
    let fence = "SELECT coalesce(sum(fence), 0)::bigint AS number FROM copies";
    let number: Number = diesel::sql_query(fence)
        .get_result(&mut desk.database.connect().await)
        .await
        .expect("a number");
    number.number
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_that_breaks_the_rules_becomes_one_that_passes_and_the_original_stays() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let source = "testsrc2=size=362x642:rate=100:duration=1";
    let sound = ["-f", "lavfi", "-i", "sine=duration=1", "-c:v", "mpeg4"];
    let clip = file(&desk, client, source, "clip.v2.mp4", &sound).await;
    let before = (stored(&desk, clip), asset(&desk, client, clip).await);
    let copy = copied(&desk, client, clip, TIKTOK).await;
    let tiktok = limits(Platform::TikTok);
    assert!(
        copy_for(&before.1.facts, tiktok, None)
            .expect("a recipe")
            .is_some()
    );
    assert_eq!(copy_for(&copy.facts, tiktok, None), Ok(None));
    let facts = copy.facts.video().expect("a video");
    assert_eq!((facts.width, facts.height), (362, 642));
    assert_eq!(
        (facts.video_codec.as_str(), facts.container),
        ("h264", Container::Mp4)
    );
    assert!((facts.frame_rate - 30.0).abs() < 0.1, "{facts:?}");
    assert_eq!(facts.audio_codec.as_deref(), Some("aac"));
    assert!(facts.duration_ms.abs_diff(1000) < 120, "{facts:?}");
    assert_eq!(copy.file_name, "clip.v2 (TikTok).mp4");
    let from = copy.made_from.clone().expect("from where");
    assert_eq!(
        (from.asset, &*from.file_name, &*from.how),
        (Some(clip), "clip.v2.mp4", "for TikTok")
    );
    // It has a poster of its own, and nothing lies about.
    assert!(desk.services.media.poster(copy.id).exists());
    assert_eq!(left_over(&desk), 0);
    let after = asset(&desk, client, clip).await;
    assert_eq!(stored(&desk, clip), before.0);
    assert_eq!(
        (after.facts, after.sha256),
        (before.1.facts, before.1.sha256)
    );

    // The same once more is the same copy, at once.
    let again = ask(&desk, client, clip, TIKTOK).await;
    assert_eq!(again.state, CopyState::Done);
    assert_eq!(again.asset.expect("a file").id, copy.id);
    assert!(!desk.services.make_next_copy("w").await.expect("a look"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_size_that_is_too_large_shrinks_and_another_container_keeps_every_picture() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let strip = "testsrc2=size=4200x1000:rate=25:duration=0.4";
    let strip = file(&desk, client, strip, "strip.mp4", &["-c:v", "mpeg4"]).await;
    let copy = copied(&desk, client, strip, TIKTOK).await;
    assert_eq!((copy.facts.width(), copy.facts.height()), (4096, 974));
    assert_eq!(
        copy_for(&copy.facts, limits(Platform::TikTok), None),
        Ok(None)
    );

    let source = "testsrc2=size=360x640:rate=25:duration=1";
    let as_mov = ["-c:v", "libx264", "-pix_fmt", "yuv420p"];
    let mov = file(&desk, client, source, "phone.mov", &as_mov).await;
    let copy = copied(&desk, client, mov, BLUESKY).await;
    assert_eq!(
        copy.facts.video().expect("a video").container,
        Container::Mp4
    );
    assert_eq!(
        copy_for(&copy.facts, limits(Platform::Bluesky), None),
        Ok(None)
    );
    // Picture by picture the same.
    let pictures = |id: AssetId| {
        let out = Command::new("ffmpeg")
            .args(["-v", "error", "-i"])
            .arg(desk.services.media.original(id))
            .args(["-map", "0:v", "-f", "framemd5", "-"])
            .output()
            .expect("ffmpeg");
        let lines = String::from_utf8(out.stdout).expect("text");
        let hash = |line: &str| line.rsplit(',').next().map(str::to_owned);
        let lines = lines.lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(hash).collect::<Vec<_>>()
    };
    assert_eq!(pictures(mov).len(), 25);
    assert_eq!(pictures(mov), pictures(copy.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_whose_server_went_away_is_taken_up_again() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let clip = fast(&desk, client, 8).await;
    ask(&desk, client, clip, TIKTOK).await;
    let work = begun(&desk, client, clip).await;
    work.abort();
    work.await.expect_err("it went away");
    // Nobody takes it from a worker that may still be there.
    assert!(!desk.services.make_next_copy("w-2").await.expect("a look"));
    assert_eq!(now(&desk, client, clip).await.state, CopyState::Running);
    desk.advance(Duration::seconds(31));
    assert!(desk.services.make_next_copy("w-2").await.expect("a try"));
    let copy = now(&desk, client, clip).await;
    assert_eq!((copy.state, copy.progress), (CopyState::Done, 100));
    let facts = copy.asset.expect("a file").facts;
    assert_eq!(copy_for(&facts, limits(Platform::TikTok), None), Ok(None));
    assert_eq!(left_over(&desk), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_can_be_given_up_and_given_back_and_made_after_all() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let clip = fast(&desk, client, 8).await;
    let asked = ask(&desk, client, clip, TIKTOK).await;
    let work = begun(&desk, client, clip).await;
    let cancelled = desk
        .services
        .cancel_copy(&desk.owner, client, asked.id)
        .await;
    assert_eq!(cancelled.expect("cancelled").state, CopyState::Cancelled);
    // The worker finds out with its next word, and cleans up.
    assert!(work.await.expect("an end"));
    let copy = now(&desk, client, clip).await;
    assert_eq!(copy.state, CopyState::Cancelled);
    assert!(copy.asset.is_none());
    assert_eq!(left_over(&desk), 0);

    // A server that is told to stop gives back what it holds: nobody waits for its lease.
    let again = ask(&desk, client, clip, TIKTOK).await;
    assert_eq!((again.id, again.state), (asked.id, CopyState::Waiting));
    let work = begun(&desk, client, clip).await;
    work.abort();
    work.await.expect_err("it was told to stop");
    assert_eq!(
        desk.services
            .give_back_copies("w-1")
            .await
            .expect("given back"),
        1
    );
    assert_eq!(now(&desk, client, clip).await.state, CopyState::Waiting);
    assert!(desk.services.make_next_copy("w-2").await.expect("a try"));
    assert_eq!(now(&desk, client, clip).await.state, CopyState::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_worker_cannot_put_its_copy_beside_the_one_that_is_there() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let clip = fast(&desk, client, 6).await;
    ask(&desk, client, clip, TIKTOK).await;
    let late = begun(&desk, client, clip).await;
    // Its words did not come through for longer than its lease; another one has begun.
    let mut conn = desk.database.connect().await;
    diesel_async::SimpleAsyncConnection::batch_execute(
        &mut conn,
        "UPDATE copies SET fence = fence + 1, lease_until = '2000-01-01'",
    )
    .await
    .expect("a lost lease");
    let (late, next) = tokio::join!(late, desk.services.make_next_copy("w-2"));
    assert!(late.expect("an end") && next.expect("a try"));
    let copy = now(&desk, client, clip).await;
    assert_eq!(copy.state, CopyState::Done);
    let made = copy.asset.expect("a file").id;
    let folders = std::fs::read_dir(desk.folder.path().join("media/assets")).expect("a folder");
    assert_eq!(folders.count(), 2, "the original and one copy");
    assert!(desk.services.media.original(made).exists());
    assert_eq!(left_over(&desk), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_read_fails_with_a_sentence_and_can_be_tried_again() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let source = "testsrc2=size=360x640:rate=100:duration=0.5";
    let clip = file(&desk, client, source, "clip.mp4", &["-c:v", "mpeg4"]).await;
    let good = stored(&desk, clip);
    std::fs::write(desk.services.media.original(clip), b"no video at all").expect("written");
    let asked = ask(&desk, client, clip, TIKTOK).await;
    assert!(desk.services.make_next_copy("w").await.expect("a try"));
    let copy = now(&desk, client, clip).await;
    assert_eq!(copy.state, CopyState::Failed);
    let problem = copy.problem.expect("a sentence");
    assert!(
        problem.starts_with("This file could not be read to its end."),
        "{problem}"
    );
    assert_eq!(left_over(&desk), 0);
    std::fs::write(desk.services.media.original(clip), good).expect("written");
    let again = desk
        .services
        .retry_copy(&desk.owner, client, asked.id)
        .await;
    let again = again.expect("tried again");
    assert_eq!(
        (again.id, again.state, again.problem),
        (asked.id, CopyState::Waiting, None)
    );
    assert!(desk.services.make_next_copy("w").await.expect("a try"));
    assert_eq!(now(&desk, client, clip).await.state, CopyState::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_ends_its_server_again_and_again_is_given_up() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let clip = fast(&desk, client, 6).await;
    ask(&desk, client, clip, TIKTOK).await;
    for _ in 0..3 {
        let work = begun(&desk, client, clip).await;
        work.abort();
        work.await.expect_err("it went away");
        desk.advance(Duration::seconds(31));
    }
    assert!(!desk.services.make_next_copy("w").await.expect("a look"));
    let copy = now(&desk, client, clip).await;
    assert_eq!(copy.state, CopyState::Failed);
    assert!(
        copy.problem
            .expect("a sentence")
            .contains("stopped three times")
    );
    // What lies about is swept.
    assert_eq!(left_over(&desk), 1);
    desk.services.sweep().await.expect("swept");
    assert_eq!(left_over(&desk), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_a_picture_or_a_video_has_exactly_those_pixels() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    // Four columns, so that a frame that is off by little shows.
    let columns = "color=red:size=400x300:rate=10:duration=0.5,\
                   drawbox=x=100:w=100:h=300:color=lime:t=fill,\
                   drawbox=x=200:w=100:h=300:color=blue:t=fill,\
                   drawbox=x=300:w=100:h=300:color=white:t=fill";
    let part = |x, y, width, height| CopyWish::Part {
        area: Area {
            x,
            y,
            width,
            height,
        },
        shape: Shape::named("1:1").expect("a shape"),
    };
    let columns_of = |id: AssetId, width: usize| {
        let out = Command::new("ffmpeg")
            .args(["-v", "error", "-i"])
            .arg(desk.services.media.original(id))
            .args(["-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
            .output()
            .expect("ffmpeg");
        let row: Vec<[u8; 3]> = out.stdout[..width * 3]
            .chunks(3)
            .map(|pixel| pixel.try_into().expect("three"))
            .collect();
        (row, out.stdout.len())
    };
    let png = file(&desk, client, columns, "columns.png", &["-frames:v", "1"]).await;
    let copy = copied(&desk, client, png, part(150, 20, 200, 200)).await;
    assert_eq!(copy.file_name, "columns (1x1).png");
    assert_eq!(copy.made_from.clone().expect("from").how, "cropped to 1:1");
    assert_eq!((copy.facts.width(), copy.facts.height()), (200, 200));
    assert_eq!(
        copy.facts.image().expect("a picture").format,
        ImageFormat::Png
    );
    let (row, bytes) = columns_of(copy.id, 200);
    assert_eq!(bytes, 200 * 200 * 3);
    // Pixel by pixel what the original shows there: the second, the third and the fourth column.
    let (whole, _) = columns_of(png, 400);
    assert_eq!(row, whole[150..350]);
    assert!(row[49] != row[50] && row[149] != row[150]);
    assert!(row[49] == row[0] && row[149] == row[50] && row[199] == row[150]);

    let as_video = ["-c:v", "libx264", "-pix_fmt", "yuv420p"];
    let clip = file(&desk, client, columns, "columns.mp4", &as_video).await;
    let copy = copied(&desk, client, clip, part(200, 50, 200, 200)).await;
    assert_eq!((copy.facts.width(), copy.facts.height()), (200, 200));
    assert!((copy.facts.video().expect("a video").frame_rate - 10.0).abs() < 0.01);
    let (row, _) = columns_of(copy.id, 200);
    let is_near = |pixel: &[u8; 3], colour: [u8; 3]| {
        pixel
            .iter()
            .zip(colour)
            .all(|(one, other)| one.abs_diff(other) < 40)
    };
    assert!(
        row[4..96].iter().all(|pixel| is_near(pixel, [0, 0, 255])),
        "{:?}",
        row[50]
    );
    assert!(
        row[104..196]
            .iter()
            .all(|pixel| is_near(pixel, [255, 255, 255]))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_get_a_format_and_a_size_that_pass() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let noise = "color=gray:size=1400x1200,noise=alls=90:allf=t";
    let png = file(&desk, client, noise, "noise.png", &["-frames:v", "1"]).await;
    for (wish, platform) in [(TIKTOK, Platform::TikTok), (BLUESKY, Platform::Bluesky)] {
        let before = asset(&desk, client, png).await.facts;
        assert!(
            copy_for(&before, limits(platform), None)
                .expect("a recipe")
                .is_some()
        );
        let copy = copied(&desk, client, png, wish).await;
        assert_eq!(
            copy_for(&copy.facts, limits(platform), None),
            Ok(None),
            "{:?}",
            copy.facts
        );
        let MediaFacts::Image(facts) = &copy.facts else {
            panic!("a picture");
        };
        assert_eq!(facts.format, ImageFormat::Jpeg);
    }
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
