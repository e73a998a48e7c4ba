//! The library of a client: what is there, where it is used, and until when it is kept.

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use db::AsyncConnection;
use db::models::asset::{self, Asset};
use db::models::client::{self as client_rows, Client};
use db::models::copy;
use db::models::delivery::Delivery;
use db::models::event;
use db::models::library::{self, Use};
pub use db::models::library::{Filter, Kind};
use db::models::post::Post;
use domain::audit::AuditAction;
use domain::post::caption_title;
use domain::time::{local, local_label};
use domain::{AssetId, ClientId, DeliveryState, Permission};

use super::AssetView;
use crate::audit::{self, By, Entry};
use crate::clients::zone_of;
use crate::copies::{CopyView, shown};
use crate::{Actor, ServiceError, ServiceResult, Services};

/// How many files one page has.
pub const PAGE: i64 = 40;
/// The longest description, in characters: what Bluesky's own app lets people write.
pub const ALT_LENGTH: usize = 2000;

/// Until when a file is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptUntil {
    /// As long as a post needs it.
    Needed,
    /// Until then, unless a post takes it.
    Time(DateTime<Utc>),
    /// It is gone.
    Gone,
}

/// A file of the library.
#[derive(Clone, Debug)]
pub struct LibraryRow {
    /// The file.
    pub asset: AssetView,
    /// In how many posts it is.
    pub posts: i64,
    /// Until when it is kept.
    pub kept: KeptUntil,
}

/// A page of the library.
#[derive(Clone, Debug)]
pub struct LibraryPage {
    /// The files, newest first.
    pub rows: Vec<LibraryRow>,
    /// Behind which one the next page begins, if there is one.
    pub next: Option<AssetId>,
    /// How many files the client has.
    pub files: i64,
    /// How many bytes those have.
    pub bytes: u64,
    /// The client's zone.
    pub zone: Tz,
    /// The copies of the client's files that are on their way, which it does not have yet.
    pub copies: Vec<CopyView>,
    /// The newest event when it was read.
    pub version: i64,
}

/// A file with all that is known of it.
#[derive(Clone, Debug)]
pub struct AssetDetail {
    /// The file.
    pub row: LibraryRow,
    /// When it came.
    pub created_at: DateTime<Utc>,
    /// Who brought it.
    pub brought_by: Option<String>,
    /// The posts that it is in, latest first, with their deliveries.
    pub posts: Vec<(Post, Vec<Delivery>)>,
    /// The client's zone.
    pub zone: Tz,
    /// The newest event when it was read.
    pub version: i64,
}

impl Services {
    /// A page of a client's library.
    ///
    /// # Errors
    /// When the client is not this person's to see.
    pub async fn library(
        &self,
        actor: &Actor,
        client: ClientId,
        filter: &Filter,
    ) -> ServiceResult<LibraryPage> {
        let client = self.client_row(actor, Permission::SeeDesk, client).await?;
        let mut conn = self.conn().await?;
        let version = event::version(&mut conn, client.id).await?;
        let mut found = library::page(&mut conn, client.id, filter, PAGE + 1).await?;
        let has_more = found.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
        if has_more {
            found.pop();
        }
        let next = found.last().filter(|_| has_more).map(|last| last.id);
        let copies = copy::under_way(&mut conn, client.id).await?;
        let (files, bytes) = library::totals(&mut conn, client.id).await?;
        let ids: Vec<AssetId> = found.iter().map(|asset| asset.id).collect();
        let uses = library::uses(&mut conn, &ids).await?;
        let rows = found.into_iter().map(|asset| {
            let its = uses.iter().find(|one| one.asset() == asset.id);
            self.library_row(&client, asset, its)
        });
        Ok(LibraryPage {
            rows: rows.collect(),
            next,
            files,
            bytes: bytes.unsigned_abs(),
            copies: copies.into_iter().map(|copy| shown(copy, None)).collect(),
            zone: zone_of(&client)?,
            version,
        })
    }

    /// A file with all that is known of it.
    ///
    /// # Errors
    /// When there is none with this id, or it is not this person's to see.
    pub async fn asset_detail(
        &self,
        actor: &Actor,
        client: ClientId,
        id: AssetId,
    ) -> ServiceResult<AssetDetail> {
        let client = self.client_row(actor, Permission::SeeDesk, client).await?;
        let mut conn = self.conn().await?;
        let version = event::version(&mut conn, client.id).await?;
        let found = asset::find(&mut conn, client.id, id).await?;
        let found = found.ok_or(ServiceError::NotFound("file"))?;
        let uses = library::uses(&mut conn, &[id]).await?;
        Ok(AssetDetail {
            created_at: found.created_at,
            brought_by: library::brought_by(&mut conn, id).await?,
            posts: library::posts_of(&mut conn, client.id, id).await?,
            row: self.library_row(&client, found, uses.first()),
            zone: zone_of(&client)?,
            version,
        })
    }

    /// Keeps the description that posts start with when they take the file.
    ///
    /// # Errors
    /// When it is too long, or the file is not there.
    pub async fn describe_asset(
        &self,
        actor: &Actor,
        client: ClientId,
        id: AssetId,
        alt: &str,
    ) -> ServiceResult<()> {
        actor.require_for(Permission::WritePosts, client)?;
        let alt = alt.trim();
        if alt.chars().count() > ALT_LENGTH {
            return Err(ServiceError::Invalid(format!(
                "The description is longer than {ALT_LENGTH} characters. Shorten it."
            )));
        }
        if library::set_alt(&mut *self.conn().await?, client, id, alt).await? {
            Ok(())
        } else {
            Err(ServiceError::NotFound("file"))
        }
    }

    /// Removes a file before its time. Its facts stay for the history.
    ///
    /// # Errors
    /// With where it is needed, while a post that is under way has it.
    pub async fn remove_asset(
        &self,
        actor: &Actor,
        client: ClientId,
        id: AssetId,
    ) -> ServiceResult<()> {
        actor.require_for(Permission::WritePosts, client)?;
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            // Whoever plans a post holds this lock too, so that none takes the file meanwhile.
            let client = client_rows::find_for_update(conn, client).await?;
            let client = client.ok_or(ServiceError::NotFound("client"))?;
            let found = asset::find(conn, client.id, id).await?;
            let found = found.ok_or(ServiceError::NotFound("file"))?;
            if found.deleted_at.is_some() {
                return Ok(());
            }
            let posts = library::posts_of(conn, client.id, id).await?;
            if let Some(sentence) = needed_by(&client, &found.file_name, &posts)? {
                return Err(ServiceError::Conflict(sentence));
            }
            asset::mark_deleted(conn, id, now).await?;
            let entry = Entry::of(AuditAction::AssetRemoved)
                .at(client.id)
                .on("asset", id);
            audit::write(conn, By::User(actor), now, &[entry]).await?;
            // Last, so that what fails before leaves the file; a row without a file is asked about again.
            self.media.delete(id).await.map_err(ServiceError::internal)
        })
        .await
    }

    fn library_row(&self, client: &Client, asset: Asset, uses: Option<&Use>) -> LibraryRow {
        let days = client
            .media_retention_days
            .map_or_else(|| i64::from(self.settings.media_retention_days), i64::from);
        let settled = uses.and_then(|uses| uses.settled_at);
        let since = settled.map_or(asset.kept_from, |settled| settled.max(asset.kept_from));
        let kept = match uses {
            _ if asset.deleted_at.is_some() => KeptUntil::Gone,
            Some(uses) if uses.is_wanted => KeptUntil::Needed,
            _ => KeptUntil::Time(since + Duration::days(days)),
        };
        LibraryRow {
            posts: uses.map_or(0, |uses| uses.posts),
            asset: asset.into(),
            kept,
        }
    }
}

/// Why a file cannot be removed: the first post that is under way with it.
fn needed_by(
    client: &Client,
    file_name: &str,
    posts: &[(Post, Vec<Delivery>)],
) -> ServiceResult<Option<String>> {
    use DeliveryState as S;
    let words = |state| match state {
        S::InReview => Some("waits for approval"),
        S::Approved => Some("is approved"),
        S::Scheduled => Some("is scheduled"),
        S::Publishing | S::Processing => Some("is going out"),
        S::Draft | S::Published | S::Failed | S::Unknown | S::Cancelled => None,
    };
    let found = posts.iter().find_map(|(post, deliveries)| {
        let state = deliveries.iter().find_map(|one| words(one.state))?;
        Some((post, state))
    });
    let Some((post, state)) = found else {
        return Ok(None);
    };
    let title = caption_title(&post.caption, 40);
    let when = local_label(local(post.due_at, zone_of(client)?));
    Ok(Some(format!(
        "{file_name} is in the post “{title}” for {when}, which {state}. Take it out of that post first."
    )))
}
