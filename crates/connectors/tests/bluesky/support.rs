//! A connected account, something to say on it, and a worker that takes steps the way the publisher does.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use connectors::bluesky::{Bluesky, Config};
use connectors::{
    Access, CancelOutcome, Checkpoint, Connector, DeliveryContent, ErrorKind, MediaItem,
    MediaSource, PlatformError, Reconciled, Renewal, StepContext, StepOutcome, StepReport,
    TokenSet,
};
use domain::bluesky::BlueskyOptions;
use domain::media::{Container, ImageFacts, ImageFormat, MediaFacts, VideoFacts};
use domain::post::PlatformOptions;
use emulator::samples::{PHOTO_JPEG, VIDEO_MP4};
use testing::Pds;
use testing::pds::PdsAccount;
use tokio::io::AsyncRead;

/// A file in memory.
pub struct InMemory(pub Bytes);

#[async_trait]
impl MediaSource for InMemory {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    async fn open(
        &self,
        start: u64,
        length: u64,
    ) -> std::io::Result<Box<dyn AsyncRead + Send + Unpin>> {
        let part = self.0.slice(start as usize..(start + length) as usize);
        Ok(Box::new(std::io::Cursor::new(part)))
    }
}

/// A picture of its own: what is behind the end of a JPEG changes its bytes and not what it shows.
pub fn picture(number: u8, alt: &str) -> MediaItem {
    let bytes = [PHOTO_JPEG, &[number]].concat();
    MediaItem {
        facts: MediaFacts::Image(ImageFacts {
            format: ImageFormat::Jpeg,
            width: 720,
            height: 960,
            size_bytes: bytes.len() as u64,
        }),
        alt: alt.to_owned(),
        source: Arc::new(InMemory(bytes.into())),
    }
}

/// A real video.
pub fn video(alt: &str) -> MediaItem {
    MediaItem {
        facts: MediaFacts::Video(VideoFacts {
            container: Container::Mp4,
            video_codec: "h264".to_owned(),
            audio_codec: None,
            width: 360,
            height: 640,
            frame_rate: 24.0,
            duration_ms: 3_000,
            size_bytes: VIDEO_MP4.len() as u64,
        }),
        alt: alt.to_owned(),
        source: Arc::new(InMemory(Bytes::from_static(VIDEO_MP4))),
    }
}

/// Something to say.
pub fn content(caption: &str, media: Vec<MediaItem>) -> DeliveryContent {
    DeliveryContent {
        delivery_id: "0199d3c0-0000-7000-8000-000000000001".parse().unwrap(),
        caption: caption.to_owned(),
        options: PlatformOptions::Bluesky(BlueskyOptions::default()),
        due_at: "2026-10-12T16:30:00Z".parse().unwrap(),
        media,
    }
}

/// A delivery on its way.
pub struct Desk {
    pub bluesky: Bluesky,
    pub tokens: TokenSet,
    pub content: DeliveryContent,
    pub now: DateTime<Utc>,
    /// What the history was told.
    pub reports: Vec<StepReport>,
    /// Every checkpoint that was written.
    pub written: Vec<Checkpoint>,
    /// What the steps cost, by the names of the budgets.
    pub spent: Vec<&'static str>,
    /// How often a step waited.
    pub waits: usize,
}

/// How it ended, if it did not fail.
#[derive(Debug, PartialEq, Eq)]
pub struct Published {
    pub id: String,
    pub address: String,
}

impl Desk {
    /// An account of the PDS, connected by an app password.
    pub async fn new(content: DeliveryContent) -> (Self, PdsAccount) {
        Self::with(content, |_| {}).await
    }

    pub async fn with(
        content: DeliveryContent,
        change: impl FnOnce(&mut Config),
    ) -> (Self, PdsAccount) {
        let pds = Pds::running();
        let account = pds.account().await;
        let mut config = pds.config("http://127.0.0.1:3000");
        change(&mut config);
        let bluesky = Bluesky::new(config).unwrap();
        let password = account.app_password().await;
        let (tokens, _) = bluesky
            .sign_in(&account.handle, &password.into())
            .await
            .unwrap();
        (Self::of(bluesky, tokens, content), account)
    }

    pub fn of(bluesky: Bluesky, tokens: TokenSet, content: DeliveryContent) -> Self {
        Self {
            bluesky,
            tokens,
            now: content.due_at,
            content,
            reports: Vec::new(),
            written: Vec::new(),
            spent: Vec::new(),
            waits: 0,
        }
    }

    pub fn options(&mut self, change: impl FnOnce(&mut BlueskyOptions)) {
        if let PlatformOptions::Bluesky(options) = &mut self.content.options {
            change(options);
        }
    }

    pub fn access(&self) -> Access<'_> {
        self.tokens.access()
    }

    fn context(&self, resumed: bool) -> StepContext<'_> {
        StepContext {
            access: self.access(),
            handle: None,
            content: &self.content,
            now: self.now,
            resumed,
        }
    }

    /// One step of a connector that knows nothing but the checkpoint, which went to the store and back.
    pub async fn step(
        &mut self,
        checkpoint: Option<Checkpoint>,
        resumed: bool,
    ) -> Result<StepOutcome, PlatformError> {
        let stored: Option<Checkpoint> = checkpoint.map(|checkpoint| {
            let text = serde_json::to_string(&checkpoint).unwrap();
            serde_json::from_str(&text).unwrap()
        });
        let costs = self.bluesky.costs(
            &self.content.options,
            self.content.media.len(),
            stored.as_ref(),
        );
        self.spent.extend(costs.iter().map(|cost| cost.budget.name));
        let outcome = self.bluesky.step(self.context(resumed), stored).await;
        if let Ok(
            StepOutcome::Continue { report, .. }
            | StepOutcome::Wait { report, .. }
            | StepOutcome::Published { report, .. },
        ) = &outcome
        {
            self.reports.extend(report.clone());
        }
        outcome
    }

    pub async fn run(&mut self) -> Result<Published, PlatformError> {
        self.run_from(None, false).await
    }

    /// Steps until it is published or fails, renewing what has ended.
    pub async fn run_from(
        &mut self,
        mut checkpoint: Option<Checkpoint>,
        mut resumed: bool,
    ) -> Result<Published, PlatformError> {
        let mut renewed = false;
        for _ in 0..400 {
            match self.step(checkpoint.clone(), resumed).await {
                Ok(StepOutcome::Continue {
                    checkpoint: next, ..
                }) => {
                    self.written.push(next.clone());
                    (checkpoint, resumed) = (Some(next), false);
                }
                Ok(StepOutcome::Wait {
                    checkpoint: next,
                    until,
                    ..
                }) => {
                    assert!(until > self.now);
                    self.now = until;
                    self.waits += 1;
                    self.written.push(next.clone());
                    (checkpoint, resumed) = (Some(next), true);
                }
                Ok(StepOutcome::Published { id, address, .. }) => {
                    return Ok(Published {
                        id: id.unwrap(),
                        address: address.unwrap(),
                    });
                }
                Err(error) if error.kind == ErrorKind::RefreshToken && !renewed => {
                    renewed = true;
                    self.renew().await?;
                }
                Err(error) => return Err(error),
            }
        }
        panic!("takes no end: {:?}", self.titles());
    }

    /// Renews the tokens as the services do: what is missing in the answer stays.
    pub async fn renew(&mut self) -> Result<(), PlatformError> {
        let renewed = self
            .bluesky
            .refresh(Renewal {
                refresh_token: self.tokens.refresh_token.as_ref().unwrap(),
                platform_user_id: self.tokens.platform_user_id.as_deref().unwrap(),
                session: self.tokens.session.as_ref(),
            })
            .await?;
        self.tokens.access_token = renewed.access_token;
        self.tokens.refresh_token = renewed.refresh_token.or(self.tokens.refresh_token.take());
        self.tokens.session = renewed.session.or(self.tokens.session.take());
        Ok(())
    }

    pub async fn reconcile(&self) -> Result<Reconciled, PlatformError> {
        let last = self.written.last().cloned();
        self.bluesky.reconcile(self.context(true), last).await
    }

    pub async fn cancel(&self, checkpoint: &Checkpoint, resumed: bool) -> CancelOutcome {
        self.bluesky
            .cancel(self.context(resumed), Some(checkpoint.clone()))
            .await
            .unwrap()
    }

    pub fn titles(&self) -> Vec<&str> {
        self.reports
            .iter()
            .map(|report| report.title.as_str())
            .collect()
    }
}
