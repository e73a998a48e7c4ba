//! What TikTok does with received media behind the scenes: look into videos,
//! download what is to be pulled. Faults found here end the task later, never
//! at init.

use std::{io, path::Path, sync::Arc, time::Duration};

use futures::StreamExt;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;
use url::Url;

use super::{
    chunks::LARGEST_VIDEO,
    config::Config,
    state::Platform,
    tasks::{Kind, Media},
};
use crate::{
    image,
    probe::{self, Container, Facts, Probe},
    random,
};

const LARGEST_PHOTO: u64 = 20_000_000;
/// A download that is not over by then has failed.
const PULL_PATIENCE: Duration = Duration::from_secs(3600);

impl Platform {
    /// Looks into the uploaded video of a task.
    pub(super) fn start_probe(self: &Arc<Self>, publish_id: String) {
        let platform = Arc::clone(self);
        let running = self.background.begin();
        tokio::spawn(async move {
            platform.probe_task(&publish_id).await;
            drop(running);
        });
    }

    async fn probe_task(&self, publish_id: &str) {
        let Some((file, longest)) = self.file_to_probe(publish_id) else {
            return;
        };
        let found = probe::probe(&self.media.join(file)).await;
        let mut state = self.state();
        let verdict = judge_video(&found, longest, &state.config);
        let Some(task) = state.tasks.get_mut(publish_id) else {
            return;
        };
        let verdict = verdict.or(judge_cover(&found, task.details.video_cover_timestamp_ms));
        if let (Probe::Found(facts), Some(media)) = (found, task.media.first_mut()) {
            media.width = facts.width;
            media.height = facts.height;
            media.duration_ms = Duration::try_from_secs_f64(facts.seconds)
                .ok()
                .and_then(|duration| u64::try_from(duration.as_millis()).ok())
                .unwrap_or_default();
        }
        task.verdict = task.verdict.or(verdict);
        task.checking = false;
    }

    fn file_to_probe(&self, publish_id: &str) -> Option<(String, u32)> {
        let state = self.state();
        let task = state.tasks.get(publish_id)?;
        let user = state.user_by_open_id(&task.owner)?;
        let media = task.media.first()?;
        Some((media.file.clone(), user.max_video_post_duration_sec))
    }

    /// Downloads what a task is to be made of.
    pub(super) fn start_pull(self: &Arc<Self>, publish_id: String, kind: Kind, urls: Vec<Url>) {
        let platform = Arc::clone(self);
        let running = self.background.begin();
        tokio::spawn(async move {
            let pulling = platform.pull_all(&publish_id, kind, &urls);
            let result = tokio::time::timeout(PULL_PATIENCE, pulling).await;
            if !matches!(result, Ok(Ok(()))) {
                let reason = match kind {
                    Kind::Video => "video_pull_failed",
                    Kind::Photo => "photo_pull_failed",
                };
                platform.end_pull(&publish_id, Some(reason));
            } else {
                platform.end_pull(&publish_id, None);
                if kind == Kind::Video && platform.state().config.probe_media {
                    platform.probe_task(&publish_id).await;
                }
                platform.end_checking(&publish_id);
            }
            drop(running);
        });
    }

    async fn pull_all(&self, publish_id: &str, kind: Kind, urls: &[Url]) -> io::Result<()> {
        for url in urls {
            let (media, verdict) = self.pull(publish_id, kind, url).await?;
            let mut state = self.state();
            let Some(task) = state.tasks.get_mut(publish_id) else {
                return Ok(());
            };
            task.media.push(media);
            task.verdict = task.verdict.or(verdict);
        }
        Ok(())
    }

    /// Downloads one file. Redirects are refused, as TikTok refuses them.
    async fn pull(
        &self,
        publish_id: &str,
        kind: Kind,
        url: &Url,
    ) -> io::Result<(Media, Option<&'static str>)> {
        let client = self
            .client
            .get_or_init(new_client)
            .as_ref()
            .ok_or_else(|| io::Error::other("no HTTP client"))?;
        let response = client
            .get(url.clone())
            .send()
            .await
            .map_err(io::Error::other)?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(io::Error::other("not answered with 200"));
        }
        let content_type = response
            .headers()
            .get(reqwest::header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();

        let name = random::token::<12>();
        let incoming = self.incoming.join(&name);
        let mut file = tokio::fs::File::create(&incoming).await?;
        let mut hasher = Sha256::new();
        let mut size = 0u64;
        let mut start = Vec::new();
        let mut stream = response.bytes_stream();
        while let Some(bytes) = stream.next().await {
            let bytes = bytes.map_err(io::Error::other)?;
            size += bytes.len() as u64;
            if size > LARGEST_VIDEO {
                return Err(io::Error::other("larger than 4 GB"));
            }
            if start.len() < 1 << 20 {
                start.extend_from_slice(&bytes);
            }
            hasher.update(&bytes);
            file.write_all(&bytes).await?;
            self.count_download(publish_id, bytes.len() as u64)?;
        }
        file.flush().await?;

        let photo = image::sniff(&start);
        let (content_type, extension) = match (kind, photo) {
            (Kind::Photo, Some(photo)) => (photo.content_type.to_owned(), photo.extension),
            (Kind::Photo, None) => (content_type, "bin"),
            (Kind::Video, _) => {
                let extension = match content_type.as_str() {
                    "video/quicktime" => "mov",
                    "video/webm" => "webm",
                    _ => "mp4",
                };
                (content_type, extension)
            }
        };
        let verdict = match kind {
            Kind::Photo => judge_photo(photo, size),
            Kind::Video => None,
        };
        let file = format!("{name}.{extension}");
        tokio::fs::rename(&incoming, self.media.join(&file)).await?;
        let media = Media {
            url: format!("{}/media/{file}", self.base),
            file,
            size,
            sha256: hex::encode(hasher.finalize()),
            content_type,
            width: photo.map_or(0, |photo| photo.width),
            height: photo.map_or(0, |photo| photo.height),
            duration_ms: 0,
        };
        Ok((media, verdict))
    }

    /// Counts downloaded bytes; an error when the task has been cancelled.
    fn count_download(&self, publish_id: &str, bytes: u64) -> io::Result<()> {
        let mut state = self.state();
        match state.tasks.get_mut(publish_id) {
            Some(task) if task.ended.is_none() => {
                task.downloaded += bytes;
                Ok(())
            }
            _ => Err(io::Error::other("cancelled")),
        }
    }

    fn end_pull(&self, publish_id: &str, failure: Option<&str>) {
        let now = self.now();
        let mut state = self.state();
        let Some(task) = state.tasks.get_mut(publish_id) else {
            return;
        };
        match failure {
            Some(reason) => {
                task.ended.get_or_insert_with(|| reason.to_owned());
                task.checking = false;
            }
            None => task.received_at = Some(now),
        }
    }

    fn end_checking(&self, publish_id: &str) {
        if let Some(task) = self.state().tasks.get_mut(publish_id) {
            task.checking = false;
        }
    }

    /// Removes what an unfinished upload has left behind.
    pub(super) fn clear_folder(folder: &Path) -> io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            std::fs::remove_file(entry?.path())?;
        }
        Ok(())
    }
}

/// No proxy and no redirects: what is pulled must be at its own address.
pub(super) fn new_client() -> Option<reqwest::Client> {
    // Fails only when a provider is installed already, which does as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(20))
        .no_proxy()
        .build()
        .ok()
}

fn judge_video(found: &Probe, longest: u32, config: &Config) -> Option<&'static str> {
    let facts = match found {
        Probe::Unavailable => return None,
        Probe::NotAVideo => return Some("file_format_check_failed"),
        Probe::Found(facts) => facts,
    };
    let Facts {
        container, codec, ..
    } = facts;
    let known_codec = matches!(codec.as_str(), "h264" | "hevc" | "vp8" | "vp9");
    let sides = [facts.width, facts.height];
    let longest = f64::from(longest.min(600));
    if *container == Container::Other || !known_codec {
        Some("file_format_check_failed")
    } else if facts.seconds > longest || facts.seconds < config.min_video.as_secs_f64() {
        Some("duration_check_failed")
    } else if !(22.9..=60.1).contains(&facts.frames_per_second) {
        Some("frame_rate_check_failed")
    } else if !sides.iter().all(|side| (360..=4096).contains(side)) {
        Some("picture_size_check_failed")
    } else {
        None
    }
}

/// TikTok takes the first frame where the moment lies beyond the video. A stand-in that did so would hide that
/// somebody's choice was not honoured, so this one refuses.
fn judge_cover(found: &Probe, cover: Option<i32>) -> Option<&'static str> {
    let (Probe::Found(facts), Some(at)) = (found, cover) else {
        return None;
    };
    (f64::from(at) > (facts.seconds * 1000.0).round()).then_some("duration_check_failed")
}

/// "Max 1080p" is read as a short side of 1080 and a long one of 1920.
fn judge_photo(photo: Option<image::Photo>, size: u64) -> Option<&'static str> {
    let Some(photo) = photo else {
        return Some("file_format_check_failed");
    };
    let short = photo.width.min(photo.height);
    let long = photo.width.max(photo.height);
    if size > LARGEST_PHOTO || short > 1080 || long > 1920 {
        Some("picture_size_check_failed")
    } else {
        None
    }
}
