//! Making the copies that wait, one after the other.
//!
//! A worker takes one under a lease and a number, and says with every word how far it is; with a word that is not
//! taken it stops, because somebody gave the copy up or has it by now. Where a worker goes away its lease ends, and the
//! next one begins anew. So many tries that end no better than that are given up.

use std::io::{self, Read};
use std::time::Duration as Wait;

use chrono::Duration;
use db::AsyncConnection;
use db::models::asset::{self, Asset, NewAsset};
use db::models::client as client_rows;
use db::models::copy::{self, Copy, Lease, Outcome};
use domain::audit::AuditAction;
use domain::copy::copy_name;
use domain::media::MediaFacts;
use domain::rules::{Recipe, copy_for, limits};
use domain::{AssetId, Platform};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use super::GONE;
use super::ffmpeg::{self, Job, Trouble};
use crate::assets::finish::look_at;
use crate::audit::{self, By, COPIES, Entry};
use crate::{ServiceError, ServiceResult, Services};

/// How long a worker keeps a copy to itself after its last word.
const LEASE: Duration = Duration::seconds(30);
/// How often it says something, at the least: its words keep the lease.
const BEAT: Wait = Wait::from_millis(500);
/// A worker that went away so often may have been taken away by the copy.
const TRIES: i32 = 3;
const LOST: &str =
    "The server stopped three times while this copy was made. Try again, or export the file anew.";
const OURS: &str = "The copy could not be made because of trouble on the server. Try again; if it happens again, tell whoever runs it.";

/// Why a try ended without a copy.
enum Stopped {
    /// It was given up, or somebody else has it: nothing is written.
    Taken,
    /// One sentence for people.
    Failed(String),
    /// Our own trouble.
    Error(ServiceError),
}

impl<E: Into<ServiceError>> From<E> for Stopped {
    fn from(error: E) -> Self {
        match error.into() {
            ServiceError::Invalid(sentence) => Self::Failed(sentence),
            other => Self::Error(other),
        }
    }
}

impl Services {
    /// Waits until a copy was asked for on this server.
    pub async fn copy_was_asked_for(&self) {
        self.copy_asked.notified().await;
    }

    /// Makes the copy that has waited longest, if one waits. Safe to run on any number of servers, and to drop at any
    /// time: then the copy waits until the lease is over, or [`Services::give_back_copies`] gives it back at once.
    ///
    /// # Errors
    /// When the database cannot be reached; what was begun is taken up again.
    pub async fn make_next_copy(&self, worker: &str) -> ServiceResult<bool> {
        let now = self.clock.now();
        let target = AssetId::generate();
        let lease = Lease {
            owner: worker,
            until: now + LEASE,
        };
        let claimed = {
            let mut conn = self.conn().await?;
            let lost = copy::give_up(&mut conn, TRIES, LOST, now).await?;
            if lost > 0 {
                tracing::warn!(
                    lost,
                    "copies were given up: their workers went away too often"
                );
            }
            copy::claim(&mut conn, lease, target, now).await?
        };
        let Some((copy, left_behind)) = claimed else {
            return Ok(false);
        };
        if let Some(left) = left_behind {
            self.remove_unless_kept(left).await?;
        }
        let made = self.make_copy(&copy, target).await;
        // Its own part alone: where somebody else has the copy by now, theirs lies beside it.
        let own = self.media.copy_folder(copy.id).join(copy.fence.to_string());
        if let Err(error) = remove_folder(&own).await {
            tracing::warn!(%error, "what was left of a copy was not removed");
        }
        // Fails where something else lies in it; the sweep looks again.
        let _ = tokio::fs::remove_dir(self.media.copy_folder(copy.id)).await;
        let outcome = match made {
            Ok(()) | Err(Stopped::Taken) => return Ok(true),
            Err(Stopped::Failed(sentence)) => Outcome::Failed(sentence),
            Err(Stopped::Error(error)) => {
                tracing::error!(%error, cause = error.source_text(), copy = %copy.id, "a copy was not made");
                Outcome::Failed(OURS.to_owned())
            }
        };
        let now = self.clock.now();
        copy::settle(&mut *self.conn().await?, &copy, &outcome, now).await?;
        Ok(true)
    }

    /// Gives back what this worker holds, because it ends: another begins it anew at once.
    ///
    /// # Errors
    /// When the database cannot be reached; then the lease ends by itself.
    pub async fn give_back_copies(&self, worker: &str) -> ServiceResult<usize> {
        let now = self.clock.now();
        Ok(copy::give_back(&mut *self.conn().await?, worker, now).await?)
    }

    /// Removes what workers left behind that went away. Returns how much.
    pub(crate) async fn sweep_copies(&self) -> ServiceResult<usize> {
        let folders = self.media.copy_folders().await;
        let folders = folders.map_err(ServiceError::internal)?;
        if folders.is_empty() {
            return Ok(0);
        }
        let running = copy::running_of(&mut *self.conn().await?, &folders).await?;
        let mut swept = 0;
        for id in folders.into_iter().filter(|id| !running.contains(id)) {
            let removed = remove_folder(&self.media.copy_folder(id)).await;
            removed.map_err(ServiceError::internal)?;
            swept += 1;
        }
        Ok(swept)
    }

    async fn make_copy(&self, copy: &Copy, target: AssetId) -> Result<(), Stopped> {
        let original = {
            let mut conn = self.conn().await?;
            asset::find(&mut conn, copy.client_id, copy.original_id).await?
        };
        let original = original.filter(|original| original.deleted_at.is_none());
        let original = original.ok_or_else(|| Stopped::Failed(GONE.to_owned()))?;
        let recipe: Recipe =
            serde_json::from_value(copy.recipe.clone()).map_err(ServiceError::internal)?;
        // What workers left that went away is of no use to anybody.
        let folder = self.media.copy_folder(copy.id);
        let removed = remove_folder(&folder).await;
        removed.map_err(ServiceError::internal)?;
        let folder = folder.join(copy.fence.to_string());
        let made = tokio::fs::create_dir_all(&folder).await;
        made.map_err(ServiceError::internal)?;
        let (path, poster) = (folder.join("copy"), folder.join("poster.jpg"));
        let facts = original.facts();
        let source = self.media.original(original.id);
        let job = Job {
            original: &source,
            facts: &facts,
            recipe: &recipe,
            to: &path,
            threads: self.copy_limits.threads,
        };
        let (tell, told) = watch::channel(0);
        let work = async {
            ffmpeg::make(&job, &tell)
                .await
                .map_err(|trouble| match trouble {
                    Trouble::Sentence(sentence) => Stopped::Failed(sentence),
                    Trouble::Broken(cause) => Stopped::Error(ServiceError::internal(cause)),
                })?;
            let bytes = tokio::fs::metadata(&path).await;
            let bytes = bytes.map_err(ServiceError::internal)?.len();
            let facts = look_at(&path, &poster, bytes).await?;
            check(copy, &facts)?;
            let file = tokio::fs::File::open(&path).await;
            let synced = file.map_err(ServiceError::internal)?.sync_all().await;
            synced.map_err(ServiceError::internal)?;
            Ok::<_, Stopped>((facts, sha256(&path).await?))
        };
        let (facts, sha256) = tokio::select! {
            made = work => made?,
            stopped = self.keep_telling(copy, told) => return Err(stopped),
        };
        self.media
            .keep(target, &path, &poster)
            .await
            .map_err(ServiceError::internal)?;
        let kept = self
            .write_copy(copy, &original, target, &recipe, &facts, &sha256)
            .await;
        if !matches!(kept, Ok(asset) if asset == target) {
            self.remove_unless_kept(target).await?;
        }
        kept.map(|_| ())
    }

    /// Says again and again how far it is; ends only when that is no longer wanted.
    async fn keep_telling(&self, copy: &Copy, told: watch::Receiver<i16>) -> Stopped {
        loop {
            tokio::time::sleep(BEAT).await;
            let progress = *told.borrow();
            let until = self.clock.now() + LEASE;
            let heard = match self.conn().await {
                Ok(mut conn) => copy::beat(&mut conn, copy, progress, until)
                    .await
                    .map_err(ServiceError::from),
                Err(error) => Err(error),
            };
            match heard {
                Ok(true) => {}
                Ok(false) => return Stopped::Taken,
                // The lease outlives a short trouble; a long one ends it.
                Err(error) => {
                    tracing::warn!(
                        cause = error.source_text(),
                        "how far a copy is was not told"
                    );
                }
            }
        }
    }

    /// Writes down that the copy is there. Gives the asset that it is: another one where the client has these bytes
    /// already.
    async fn write_copy(
        &self,
        copy: &Copy,
        original: &Asset,
        target: AssetId,
        recipe: &Recipe,
        facts: &MediaFacts,
        sha256: &[u8],
    ) -> Result<AssetId, Stopped> {
        let now = self.clock.now();
        let name = copy_name(&original.file_name, &copy.label, recipe.make.extension());
        let new = NewAsset {
            id: target,
            client: copy.client_id,
            file_name: &name,
            facts,
            sha256,
            uploaded_by: copy.asked_by,
        };
        let entry = Entry::of(AuditAction::CopyMade)
            .at(copy.client_id)
            .on("asset", copy.original_id)
            .after(json!({ "made": copy.how, "bytes": facts.size_bytes(), "sha256": hex::encode(sha256) }));
        let mut conn = self.conn().await?;
        let kept: ServiceResult<Option<AssetId>> = conn
            .transaction(async |conn| {
                // One at a time for a client, so that two files of the same bytes become one.
                client_rows::find_for_update(conn, copy.client_id).await?;
                let same = asset::find_same(conn, copy.client_id, sha256).await?;
                let kept = same.map_or(target, |same| same.id);
                if !copy::settle(conn, copy, &Outcome::Done(kept), now).await? {
                    return Ok(None);
                }
                if kept == target {
                    asset::insert(conn, &new, now).await?;
                    asset::set_derived(conn, target, original, &copy.how).await?;
                } else {
                    asset::keep_from(conn, kept, now).await?;
                }
                audit::write(conn, By::Software(COPIES), now, &[entry]).await?;
                Ok(Some(kept))
            })
            .await;
        kept?.ok_or(Stopped::Taken)
    }

    /// Removes files that were moved into their place by a try of which nothing was written down.
    async fn remove_unless_kept(&self, target: AssetId) -> ServiceResult<()> {
        let known = asset::find_any(&mut *self.conn().await?, target).await?;
        if known.is_none() {
            let removed = self.media.delete(target).await;
            removed.map_err(ServiceError::internal)?;
        }
        Ok(())
    }
}

/// Whether what came out is what the platform takes: a copy that breaks the same rule again would help nobody.
fn check(copy: &Copy, facts: &MediaFacts) -> Result<(), Stopped> {
    let Some(platform) = &copy.platform else {
        return Ok(());
    };
    let platform: Platform = platform.parse().map_err(ServiceError::internal)?;
    match copy_for(facts, limits(platform), None) {
        Ok(None) => Ok(()),
        still => {
            tracing::warn!(?still, ?facts, "a copy came out wrong");
            Err(Stopped::Failed(format!(
                "The copy came out in a way that {platform} does not take either. Export the file for {platform}, then upload that."
            )))
        }
    }
}

async fn sha256(path: &std::path::Path) -> ServiceResult<[u8; 32]> {
    let path = path.to_owned();
    let hash = tokio::task::spawn_blocking(move || -> io::Result<[u8; 32]> {
        let mut hash = Sha256::new();
        let mut file = std::fs::File::open(path)?;
        let mut buffer = vec![0; 512 * 1024];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(hash.finalize().into()),
                read => hash.update(&buffer[..read]),
            }
        }
    });
    let hash = hash.await.map_err(ServiceError::internal)?;
    hash.map_err(ServiceError::internal)
}

async fn remove_folder(folder: &std::path::Path) -> io::Result<()> {
    match tokio::fs::remove_dir_all(folder).await {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
