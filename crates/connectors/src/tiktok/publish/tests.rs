//! The decisions that the emulator does not bring about: a TikTok that says less than it documents, or
//! that keeps an upload waiting beyond its hour.

use std::io;

use chrono::{DateTime, Utc};
use domain::media::Container;
use secrecy::SecretString;
use tokio::io::AsyncRead;

use super::checkpoint::Polling;
use super::*;
use crate::http::HttpClient;
use crate::tiktok::config::{API_URL, AUTHORIZE_URL, PkceMode, TikTokConfig};
use crate::tiktok::wire::StatusData;
use crate::{Access, DeliveryContent};

const SIZE: u64 = 64_000_001;

struct Nothing;

#[async_trait::async_trait]
impl MediaSource for Nothing {
    fn len(&self) -> u64 {
        SIZE
    }

    async fn open(&self, _: u64, _: u64) -> io::Result<Box<dyn AsyncRead + Send + Unpin>> {
        Err(io::ErrorKind::NotFound.into())
    }
}

/// What a step may look at, owned.
struct Bench {
    config: TikTokConfig,
    http: HttpClient,
    access_token: SecretString,
    content: DeliveryContent,
}

impl Bench {
    fn new() -> Self {
        Self {
            config: TikTokConfig {
                client_key: "key".to_owned(),
                client_secret: "secret".into(),
                authorize_url: AUTHORIZE_URL.parse().unwrap(),
                api_url: API_URL.parse().unwrap(),
                pkce: PkceMode::None,
            },
            http: HttpClient::new().unwrap(),
            access_token: "act.1".into(),
            content: DeliveryContent {
                delivery_id: "0199d3c0-0000-7000-8000-000000000001".parse().unwrap(),
                caption: String::new(),
                options: PlatformOptions::TikTok(TikTokOptions::default()),
                due_at: at(0),
                media: vec![MediaItem {
                    facts: MediaFacts::Video(VideoFacts {
                        container: Container::Mp4,
                        video_codec: "h264".to_owned(),
                        audio_codec: None,
                        width: 1080,
                        height: 1920,
                        frame_rate: 30.0,
                        duration_ms: 41_000,
                        size_bytes: SIZE,
                    }),
                    alt: String::new(),
                    source: Arc::new(Nothing),
                }],
            },
        }
    }

    fn context(&self, minutes: i64) -> StepContext<'_> {
        StepContext {
            access: Access {
                access_token: &self.access_token,
                platform_user_id: "-000abc",
                session: None,
            },
            handle: None,
            content: &self.content,
            now: at(minutes),
            resumed: true,
        }
    }

    const fn api(&self) -> Api<'_> {
        Api {
            config: &self.config,
            http: &self.http,
            access_token: &self.access_token,
        }
    }
}

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
}

fn polling(unconfirmed: bool, polls: u32, repeats: u32) -> Polling {
    let task = Task {
        publish_id: "v_pub_file~v2-1.7".to_owned(),
        announced_at: at(0),
        handle: None,
    };
    let upload = Upload {
        url: "https://upload.example/?token=1".to_owned().into(),
        ends_at: at(60),
        plan: ChunkPlan::of(SIZE).unwrap(),
        repeats,
    };
    Polling {
        polls,
        ..Polling::new(task, unconfirmed.then_some(upload), at(1))
    }
}

fn status(json: &str) -> StatusData {
    serde_json::from_str(json).unwrap()
}

/// What follows from this answer to this question at this minute.
fn after(minutes: i64, polling: Polling, json: &str) -> Result<StepOutcome, PlatformError> {
    let bench = Bench::new();
    let context = bench.context(minutes);
    let step = Step::new(bench.api(), &context).unwrap();
    step.unfinished(polling, &status(json))
}

fn is_waiting(outcome: Result<StepOutcome, PlatformError>) -> bool {
    matches!(outcome, Ok(StepOutcome::Wait { .. }))
}

/// The part that is sent again.
fn repeated_part(outcome: Result<StepOutcome, PlatformError>) -> Option<(u64, u32)> {
    let Ok(StepOutcome::Continue { checkpoint, .. }) = outcome else {
        return None;
    };
    match Stage::read(checkpoint).unwrap() {
        Stage::Uploading(uploading) => {
            assert!(
                uploading.last_chunk_started,
                "a refusal must not start it again"
            );
            Some((uploading.next, uploading.upload.repeats))
        }
        _ => None,
    }
}

const SOME: &str = r#"{"status":"PROCESSING_UPLOAD","uploaded_bytes":50000000}"#;
const ALL: &str = r#"{"status":"PROCESSING_UPLOAD","uploaded_bytes":64000001}"#;
const SILENT: &str = r#"{"status":"PROCESSING_UPLOAD"}"#;

#[test]
fn a_missing_part_is_sent_again_to_the_same_upload() {
    assert_eq!(
        repeated_part(after(2, polling(true, 0, 0), SOME)),
        Some((5, 1))
    );
    // Not for ever, not in the middle of a part, and not when it is certain that all of it arrived.
    assert!(is_waiting(after(2, polling(true, 0, 10), SOME)));
    let middle = r#"{"status":"PROCESSING_UPLOAD","uploaded_bytes":50000001}"#;
    assert!(is_waiting(after(2, polling(true, 0, 0), middle)));
    assert!(is_waiting(after(2, polling(true, 0, 0), ALL)));
    assert!(is_waiting(after(2, polling(false, 0, 0), SOME)));
}

#[test]
fn without_a_count_the_last_part_is_sent_again_twice_at_most() {
    assert!(is_waiting(after(2, polling(true, 3, 0), SILENT)));
    assert_eq!(
        repeated_part(after(2, polling(true, 4, 1), SILENT)),
        Some((5, 2))
    );
    assert!(is_waiting(after(2, polling(true, 4, 2), SILENT)));
    // What TikTok does with the video shows that it has it.
    let later = r#"{"status":"PROCESSING"}"#;
    assert!(is_waiting(after(2, polling(true, 9, 0), later)));
}

#[test]
fn only_an_upload_that_tiktok_says_is_incomplete_after_its_hour_starts_again() {
    // The address may still work by TikTok's clock.
    assert!(is_waiting(after(61, polling(true, 9, 0), SOME)));
    let error = after(62, polling(true, 9, 0), SOME).err().unwrap();
    assert!(error.restart && error.kind == ErrorKind::RetryLater);
    for json in [ALL, SILENT] {
        assert!(is_waiting(after(62, polling(true, 9, 0), json)));
        let error = after(71, polling(true, 9, 0), json).err().unwrap();
        assert!(
            !error.restart && error.kind == ErrorKind::OutcomeUnknown,
            "{json}"
        );
    }
    let error = after(71, polling(false, 9, 0), SOME).err().unwrap();
    assert_eq!(error.kind, ErrorKind::OutcomeUnknown);
}

#[tokio::test]
async fn a_refusal_of_the_last_part_starts_again_only_where_it_was_sent_once() {
    let bench = Bench::new();
    let context = bench.context(2);
    let step = Step::new(bench.api(), &context).unwrap();
    let uploading = |last_chunk_started, repeats| {
        let polling = polling(true, 0, repeats);
        Uploading {
            task: polling.task,
            upload: polling.unconfirmed.unwrap(),
            next: 5,
            last_chunk_started,
        }
    };
    for status in [403, 404] {
        let first = step.refused(uploading(true, 0), status).err().unwrap();
        assert!(first.restart, "{status}");
        assert!(
            is_waiting(step.refused(uploading(true, 1), status)),
            "{status}"
        );
        let earlier = step.refused(uploading(false, 0), status).err().unwrap();
        assert!(earlier.restart, "{status}");
    }
    for status in [416, 500, 503] {
        assert!(
            is_waiting(step.refused(uploading(true, 0), status)),
            "{status}"
        );
    }
    let earlier = step.refused(uploading(false, 0), 503).err().unwrap();
    assert!(!earlier.restart && earlier.kind == ErrorKind::RetryNow);
}

#[tokio::test]
async fn a_worker_that_finds_the_last_part_started_sends_nothing() {
    let bench = Bench::new();
    let written = Stage::Uploading(Uploading {
        task: polling(true, 0, 0).task,
        upload: polling(true, 0, 0).unconfirmed.unwrap(),
        next: 5,
        last_chunk_started: true,
    })
    .write()
    .unwrap();
    let context = bench.context(2);
    let Ok(StepOutcome::Continue { checkpoint, .. }) =
        step(bench.api(), &context, Some(written)).await
    else {
        panic!("it did something");
    };
    assert!(matches!(
        Stage::read(checkpoint).unwrap(),
        Stage::Polling(Polling {
            unconfirmed: Some(_),
            ..
        })
    ));
}

#[tokio::test]
async fn a_refusal_to_tell_is_no_refusal_of_the_post() {
    let bench = Bench::new();
    for (minutes, kind, expected) in [
        (2, ErrorKind::Rejected, ErrorKind::OutcomeUnknown),
        (2, ErrorKind::RetryNow, ErrorKind::RetryNow),
        (2, ErrorKind::RetryLater, ErrorKind::RetryLater),
        (2, ErrorKind::RefreshToken, ErrorKind::RefreshToken),
        (2, ErrorKind::Reauthorise, ErrorKind::Reauthorise),
        // Silence does not go on for ever, and never ends as a failure.
        (71, ErrorKind::RetryNow, ErrorKind::OutcomeUnknown),
        (71, ErrorKind::RetryLater, ErrorKind::OutcomeUnknown),
        (71, ErrorKind::RefreshToken, ErrorKind::RefreshToken),
    ] {
        let context = bench.context(minutes);
        let step = Step::new(bench.api(), &context).unwrap();
        let error = PlatformError::new(kind, "words");
        let told = step.not_told(polling(false, 0, 0), error).err().unwrap();
        assert_eq!(told.kind, expected, "{minutes} {kind:?}");
        assert!(told.give_up_at.is_none() && !told.restart);
    }
}
