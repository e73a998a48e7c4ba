//! Pictures: TikTok fetches them by itself, and the one call that says so is never made twice.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use connectors::{
    CancelOutcome, Checkpoint, Connector, ErrorKind, MediaItem, MediaSource, Reconciled,
    StepOutcome,
};
use domain::media::{ImageFacts, ImageFormat, MediaFacts};
use emulator::samples::PHOTO_JPEG;
use emulator::tiktok::Fault;
use sha2::{Digest, Sha256};
use tokio::io::AsyncRead;
use url::Url;

use crate::support::{ACCOUNT, Desk, emulator};
use crate::video::Generated;

/// A picture that lies at a public address.
struct Picture(Url);

#[async_trait::async_trait]
impl MediaSource for Picture {
    fn len(&self) -> u64 {
        PHOTO_JPEG.len() as u64
    }

    async fn open(&self, _: u64, _: u64) -> std::io::Result<Box<dyn AsyncRead + Send + Unpin>> {
        Ok(Box::new(Cursor::new(PHOTO_JPEG)))
    }

    fn public_address(&self) -> Option<Url> {
        Some(self.0.clone())
    }
}

/// The second picture is the first with a few more bytes at its end.
fn second() -> Vec<u8> {
    [PHOTO_JPEG, b"and more"].concat()
}

/// Where the pictures lie.
async fn host() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new()
        .route("/media/first", get(|| async { PHOTO_JPEG }))
        .route("/media/second", get(|| async { second() }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/media/")
}

fn item(address: &str) -> MediaItem {
    MediaItem {
        facts: MediaFacts::Image(ImageFacts {
            format: ImageFormat::Jpeg,
            width: 720,
            height: 960,
            size_bytes: PHOTO_JPEG.len() as u64,
        }),
        alt: String::new(),
        source: Arc::new(Picture(address.parse().unwrap())),
    }
}

/// A post of two pictures.
pub async fn desk(caption: &str, title: &str) -> Desk {
    let host = host().await;
    let emulator = emulator(|config| {
        config.tiktok.allow_http_pull = true;
        config.tiktok.verified = vec![host.clone()];
    })
    .await;
    let mut desk = Desk::with(caption, Arc::new(Generated(1)), emulator);
    desk.content.media = vec![
        item(&format!("{host}first")),
        item(&format!("{host}second")),
    ];
    desk.options(|options| title.clone_into(&mut options.title));
    desk
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[tokio::test]
async fn tiktok_fetches_the_pictures_in_their_order_and_byte_for_byte() {
    let mut desk = desk("What we learnt this week", "Cup by cup").await;
    desk.options(|options| {
        options.cover_index = 1;
        options.auto_add_music = true;
    });
    let published = desk.run().await.unwrap();
    let posts = desk.emulator.tiktok().posts();
    assert_eq!(posts.len(), 1, "{posts:#?}");
    let fetched: Vec<&str> = posts[0]
        .media
        .iter()
        .map(|media| media.sha256.as_str())
        .collect();
    assert_eq!(fetched, [sha256(PHOTO_JPEG), sha256(&second())]);
    let details = &posts[0].details;
    assert_eq!(details.caption, "Cup by cup");
    assert_eq!(details.description, "What we learnt this week");
    assert_eq!(details.photo_cover_index, Some(1));
    assert!(details.auto_add_music && !details.disable_comment);
    let address = published.address.unwrap();
    assert!(
        address.starts_with(&format!("https://www.tiktok.com/@{ACCOUNT}")),
        "{address}"
    );
    assert_eq!(
        desk.titles(),
        [
            "Checked the account",
            "Handed the pictures to TikTok",
            "Published"
        ]
    );
}

/// Takes `count` steps; gives where the last one left the delivery.
async fn steps(desk: &Desk, count: usize) -> Option<Checkpoint> {
    let mut checkpoint = None;
    for _ in 0..count {
        checkpoint = Some(match desk.step(checkpoint, false).await.unwrap() {
            StepOutcome::Continue { checkpoint, .. } | StepOutcome::Wait { checkpoint, .. } => {
                checkpoint
            }
            StepOutcome::Published { .. } => panic!("published at once"),
        });
    }
    checkpoint
}

#[tokio::test]
async fn a_worker_that_finds_the_call_announced_does_not_make_it_again() {
    // Before the call nothing has left; from the note on it may have, and after it TikTok knows.
    let mut desk = desk("Hello", "").await;
    for (count, made) in [(1, 0), (2, 0)] {
        let found = steps(&desk, count).await;
        assert_eq!(desk.count("content/init"), made, "after {count}");
        if count == 2 {
            let error = desk.run_from(found, true).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::OutcomeUnknown);
            assert!(!error.restart, "never by itself");
            assert_eq!(desk.count("content/init"), 0);
        }
    }
    let found = steps(&desk, 3).await;
    desk.emulator.advance(Duration::from_secs(90));
    desk.run_from(found, true).await.unwrap();
    assert_eq!(desk.emulator.tiktok().posts().len(), 1);
    assert_eq!(desk.count("content/init"), 1);
}

#[tokio::test]
async fn an_answer_that_got_lost_is_looked_for_and_found() {
    for fault in [
        Fault {
            drop: true,
            ..Fault::on("content/init")
        },
        Fault {
            status: Some(500),
            after_work: Some(true),
            ..Fault::on("content/init")
        },
        Fault {
            status: Some(200),
            body: Some("<html>".to_owned()),
            after_work: Some(true),
            ..Fault::on("content/init")
        },
    ] {
        let desk = desk("Hello", "Cup by cup").await;
        let announced = steps(&desk, 2).await;
        desk.emulator.tiktok().fault(fault.clone());
        let Err(error) = desk.step(announced.clone(), false).await else {
            panic!("{fault:?}");
        };
        assert_eq!(error.kind, ErrorKind::OutcomeUnknown, "{fault:?}");
        assert!(!error.restart);
        desk.emulator.tiktok().settle().await;
        desk.emulator.advance(Duration::from_secs(60));
        let id = desk.emulator.tiktok().posts()[0]
            .post_id
            .unwrap()
            .to_string();
        let found = desk.reconcile(announced).await.unwrap();
        let address = format!("https://www.tiktok.com/@{ACCOUNT}/photo/{id}");
        assert_eq!(
            found,
            Reconciled::Found {
                id: Some(id),
                address: Some(address)
            }
        );
    }
}

#[tokio::test]
async fn what_tiktok_refused_starts_again_from_the_beginning() {
    for (status, code, kind) in [
        (429, "rate_limit_exceeded", ErrorKind::RetryLater),
        (403, "spam_risk_too_many_posts", ErrorKind::RetryLater),
        (401, "access_token_invalid", ErrorKind::RetryNow),
        (401, "scope_not_authorized", ErrorKind::Reauthorise),
        (403, "spam_risk", ErrorKind::Rejected),
    ] {
        let desk = desk("Hello", "").await;
        let announced = steps(&desk, 2).await;
        desk.emulator.tiktok().fault(Fault {
            status: Some(status),
            code: Some(code.to_owned()),
            ..Fault::on("content/init")
        });
        let error = desk.step(announced, false).await.err().unwrap();
        assert_eq!((error.kind, error.restart), (kind, true), "{code}");
    }
    // A platform that cannot be reached has nothing.
    let mut desk = desk("[[init:429@1]]", "").await;
    desk.run().await.unwrap();
    assert_eq!(desk.emulator.tiktok().posts().len(), 1);
}

#[tokio::test]
async fn an_address_that_is_not_verified_is_said_without_being_shown() {
    let desk = desk("Hello", "").await;
    desk.emulator
        .tiktok()
        .configure(|config| config.verified.clear());
    let announced = steps(&desk, 2).await;
    let error = desk.step(announced, false).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(error.message.contains("operator"), "{}", error.message);
    let words = error.platform_words.unwrap();
    assert!(
        words.contains("(address)") && !words.contains("/media/"),
        "{words}"
    );
}

#[tokio::test]
async fn pictures_that_tiktok_cannot_use_are_told_as_pictures() {
    for (title, expected) in [
        ("[[fail:picture_size_check_failed]]", "1080 × 1920 pixels"),
        ("[[fail:file_format_check_failed]]", "as JPEG"),
    ] {
        let mut desk = desk("", title).await;
        let error = desk.run().await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Rejected);
        assert!(error.message.contains(expected), "{}", error.message);
    }
}

#[tokio::test]
async fn a_download_is_dropped_while_it_runs() {
    let slow = desk("", "[[pull_slow]]").await;
    let asked = steps(&slow, 2).await;
    assert_eq!(
        slow.cancel(asked.clone(), false).await.unwrap(),
        CancelOutcome::Cancelled
    );
    assert_eq!(
        slow.cancel(asked, true).await.unwrap(),
        CancelOutcome::TooLate,
        "it may be out"
    );
    let fetching = slow.until_handed_over().await;
    slow.emulator.advance(Duration::from_secs(5));
    assert_eq!(
        slow.cancel(Some(fetching), true).await.unwrap(),
        CancelOutcome::Cancelled
    );
    assert!(slow.emulator.tiktok().posts().is_empty());

    let quick = desk("", "Quick").await;
    let fetched = quick.until_handed_over().await;
    quick.emulator.tiktok().settle().await;
    quick.emulator.advance(Duration::from_secs(5));
    assert_eq!(
        quick.cancel(Some(fetched), true).await.unwrap(),
        CancelOutcome::TooLate
    );
    assert_eq!(quick.emulator.tiktok().posts().len(), 1);
}

#[tokio::test]
async fn a_draft_of_pictures_carries_its_words_to_the_inbox() {
    let mut desk = desk("What we learnt", "Cup by cup").await;
    desk.options(|options| {
        options.as_draft = true;
        options.privacy_level = None;
    });
    let sent = desk.until_handed_over().await;
    desk.emulator.tiktok().settle().await;
    desk.emulator.advance(Duration::from_secs(10));
    let Ok(StepOutcome::Wait { checkpoint, .. }) = desk.step(Some(sent), true).await else {
        panic!("not in the inbox");
    };
    assert!(desk.connector().standing(&checkpoint).is_some());
    let task = &desk.emulator.tiktok().tasks()[0];
    assert_eq!(task.status, "SEND_TO_USER_INBOX");
    assert_eq!(task.details.caption, "Cup by cup");
    assert_eq!(task.details.description, "What we learnt");
    assert_eq!(task.details.privacy_level, None);

    desk.emulator
        .tiktok()
        .edit_user(ACCOUNT, |user| user.app_version = "30.1".to_owned());
    let error = desk.run().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(error.message.contains("31.8"), "{}", error.message);
}
