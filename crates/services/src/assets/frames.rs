//! Frames of a video, drawn when they are first asked for and kept beside its other pictures, with which they go.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use domain::AssetId;
use domain::media::{VideoFacts, moment_label};

use super::AssetView;
use crate::probe::{ProbeError, frames};
use crate::{ServiceError, ServiceResult, Services};

/// How many single frames of a video are kept. What a post shows is asked for again and again; what somebody looked at
/// while choosing is not, and can be drawn once more.
const KEPT: usize = 48;

impl Services {
    /// Frames of a video beside each other, from its beginning to its end: a picture.
    ///
    /// # Errors
    /// When it is no video, its file is gone, or nothing in it can be decoded.
    pub async fn filmstrip(&self, asset: &AssetView) -> ServiceResult<PathBuf> {
        let facts = video_of(asset)?;
        let (video, strip) = (self.media.original(asset.id), self.media.strip(asset.id));
        if !is_there(&strip).await {
            let (video, strip) = (video.as_path(), strip.as_path());
            draw(asset.id, strip, async |file| {
                frames::strip(video, file, facts).await
            })
            .await?;
        }
        Ok(strip)
    }

    /// The frame of a video that is shown at this moment, in milliseconds: a picture.
    ///
    /// # Errors
    /// When it is no video, it is not that long, its file is gone, or nothing can be decoded there.
    pub async fn video_frame(&self, asset: &AssetView, at_ms: u64) -> ServiceResult<PathBuf> {
        let facts = video_of(asset)?;
        if at_ms > facts.duration_ms {
            return Err(ServiceError::Invalid(format!(
                "This video is {} long. Choose a moment within it.",
                moment_label(facts.duration_ms)
            )));
        }
        let (video, picture) = (
            self.media.original(asset.id),
            self.media.frame(asset.id, at_ms),
        );
        if !is_there(&picture).await {
            let folder = self.media.frames(asset.id);
            // Never with what is above it: that would bring back what has just been purged.
            match tokio::fs::create_dir(&folder).await {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(gone()),
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(ServiceError::internal(error));
                }
                _ => {}
            }
            let (from, to) = (video.as_path(), picture.as_path());
            draw(asset.id, to, async |file| {
                frames::at(from, file, facts, at_ms).await
            })
            .await?;
            forget_oldest(&folder)
                .await
                .map_err(ServiceError::internal)?;
        }
        Ok(picture)
    }
}

fn gone() -> ServiceError {
    ServiceError::NotFound("file")
}

fn video_of(asset: &AssetView) -> ServiceResult<&VideoFacts> {
    if asset.deleted {
        return Err(gone());
    }
    asset.facts.video().ok_or_else(|| {
        ServiceError::Invalid("Only a video has frames, and this is a picture.".to_owned())
    })
}

async fn is_there(file: &Path) -> bool {
    tokio::fs::try_exists(file).await.unwrap_or(false)
}

/// Draws a picture beside where it belongs and puts it there in one piece, so that nobody sees half of it and two who
/// draw the same do not meet.
async fn draw(
    asset: AssetId,
    to: &Path,
    how: impl AsyncFnOnce(&Path) -> Result<(), ProbeError>,
) -> ServiceResult<()> {
    let beside = to.with_extension(format!("{}.new", AssetId::generate()));
    let drawn = async {
        how(&beside).await?;
        match tokio::fs::rename(&beside, to).await {
            // Purged in the meantime.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(gone()),
            Err(error) => Err(ServiceError::internal(error)),
            Ok(()) => Ok(()),
        }
    }
    .await;
    if drawn.is_err() {
        let _ = tokio::fs::remove_file(&beside).await;
        tracing::debug!(%asset, "no frame was drawn");
    }
    drawn
}

/// Keeps the newest frames, so that whoever asks for every moment does not fill the disk.
async fn forget_oldest(folder: &Path) -> io::Result<()> {
    let mut kept: Vec<(SystemTime, PathBuf)> = Vec::new();
    let mut entries = tokio::fs::read_dir(folder).await?;
    while let Some(entry) = entries.next_entry().await? {
        if let Ok(changed) = entry.metadata().await.and_then(|data| data.modified()) {
            kept.push((changed, entry.path()));
        }
    }
    let too_many = kept.len().saturating_sub(KEPT);
    kept.sort_unstable();
    for (_, file) in kept.into_iter().take(too_many) {
        match tokio::fs::remove_file(file).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
