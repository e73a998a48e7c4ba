//! Copies of files: made so that a platform takes them, or of a part of the picture. The original stays as it is.
//!
//! Whoever asks gets an answer at once. The work waits in the database ([`db::models::copy`]) for a server that has a
//! hand free, and is taken up again where one goes away ([`work`]). The same is asked for once, however often.

mod ends_with_us;
mod ffmpeg;
mod work;

use chrono::{DateTime, Utc};
use db::AsyncConnection;
use db::models::asset::{self, Asset};
use db::models::client as client_rows;
use db::models::copy::{self, Copy, NewCopy};
use domain::audit::AuditAction;
use domain::copy::CopyState;
use domain::crop::{Area, Shape};
use domain::rules::{Recipe, copy_for, copy_of_part, limits};
use domain::{AssetId, ClientId, CopyId, Permission, Platform};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::assets::AssetView;
use crate::audit::{self, By, Entry};
use crate::{Actor, ServiceError, ServiceResult, Services};

/// What the making of copies may take of a server, so that what it publishes never waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyLimits {
    /// How many are made at the same time.
    pub at_once: usize,
    /// How many threads each may keep busy, at a low priority.
    pub threads: usize,
}

impl Default for CopyLimits {
    fn default() -> Self {
        Self {
            at_once: 1,
            threads: 1,
        }
    }
}

/// What a copy is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyWish {
    /// So that a platform takes it.
    For(Platform),
    /// To show a part of it.
    Part {
        /// Which.
        area: Area,
        /// Of which proportions it is.
        shape: Shape,
    },
}

/// A copy as pages show it.
#[derive(Clone, Debug)]
pub struct CopyView {
    /// Its id.
    pub id: CopyId,
    /// What it is made from.
    pub original: AssetId,
    /// "for TikTok", "cropped to 9:16".
    pub how: String,
    /// Where its making stands.
    pub state: CopyState,
    /// How far it is, in per cent.
    pub progress: u8,
    /// Why it was not made.
    pub problem: Option<String>,
    /// The file that came of it.
    pub asset: Option<AssetView>,
}

impl Services {
    /// Asks for a copy. The same once more is the same copy; one that came to nothing, or is no longer kept, is made
    /// anew.
    ///
    /// # Errors
    /// One sentence when none is needed or none would help, or the file is gone.
    pub async fn ask_for_copy(
        &self,
        actor: &Actor,
        client: ClientId,
        original: AssetId,
        wish: CopyWish,
    ) -> ServiceResult<CopyView> {
        actor.require_for(Permission::WritePosts, client)?;
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        let view: ServiceResult<CopyView> = conn
            .transaction(async |conn| {
                // One at a time for a client, so that two who ask for the same get one.
                client_rows::find_for_update(conn, client).await?;
                let file = kept(conn, client, original).await?;
                let wanted = Wanted::of(&file, wish)?;
                let recipe =
                    serde_json::to_value(&wanted.recipe).map_err(ServiceError::internal)?;
                let hash = Sha256::digest(recipe.to_string());
                if let Some(same) = copy::find_same(conn, original, &hash).await? {
                    return once_more(conn, actor, same, now).await;
                }
                let new = NewCopy {
                    client,
                    original,
                    recipe: &recipe,
                    recipe_hash: &hash,
                    how: &wanted.how,
                    label: &wanted.label,
                    platform: wanted.platform,
                    asked_by: actor.user_id,
                };
                let copy = copy::insert(conn, &new, now).await?;
                asked(conn, actor, copy, now).await
            })
            .await;
        self.copy_asked.notify_one();
        view
    }

    /// Tries one once more that came to nothing.
    ///
    /// # Errors
    /// When there is none with this id, or the file is gone.
    pub async fn retry_copy(
        &self,
        actor: &Actor,
        client: ClientId,
        id: CopyId,
    ) -> ServiceResult<CopyView> {
        actor.require_for(Permission::WritePosts, client)?;
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        let view: ServiceResult<CopyView> = conn
            .transaction(async |conn| {
                client_rows::find_for_update(conn, client).await?;
                let found = copy::find(conn, client, id).await?;
                let found = found.ok_or(ServiceError::NotFound("copy"))?;
                kept(conn, client, found.original_id).await?;
                once_more(conn, actor, found, now).await
            })
            .await;
        self.copy_asked.notify_one();
        view
    }

    /// Gives up a copy that waits or is being made. One that is made already stays.
    ///
    /// # Errors
    /// When there is none with this id.
    pub async fn cancel_copy(
        &self,
        actor: &Actor,
        client: ClientId,
        id: CopyId,
    ) -> ServiceResult<CopyView> {
        actor.require_for(Permission::WritePosts, client)?;
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let cancelled = match copy::find(conn, client, id).await? {
                Some(_) => copy::cancel(conn, id, now).await?,
                None => false,
            };
            let found = copy::find(conn, client, id).await?;
            let found = found.ok_or(ServiceError::NotFound("copy"))?;
            if cancelled {
                let entry = entry(AuditAction::CopyCancelled, &found);
                audit::write(conn, By::User(actor), now, &[entry]).await?;
            }
            view(conn, found).await
        })
        .await
    }

    /// The copies of these files, oldest first.
    ///
    /// # Errors
    /// When the client is not this person's to see, or one of the files is not the client's.
    pub async fn copies_of(
        &self,
        actor: &Actor,
        client: ClientId,
        originals: &[AssetId],
    ) -> ServiceResult<Vec<CopyView>> {
        actor.require_for(Permission::SeeDesk, client)?;
        let mut conn = self.conn().await?;
        if !asset::are_of(&mut conn, client, originals).await? {
            return Err(ServiceError::NotFound("file"));
        }
        let copies = copy::of(&mut conn, client, originals).await?;
        let made: Vec<_> = copies.iter().filter_map(|copy| copy.asset_id).collect();
        let made = asset::find_these(&mut conn, client, &made).await?;
        let asset_of = |copy: &Copy| {
            let asset = made.iter().find(|asset| Some(asset.id.0) == copy.asset_id);
            asset.cloned()
        };
        Ok(copies
            .into_iter()
            .map(|copy| {
                let asset = asset_of(&copy);
                shown(copy, asset)
            })
            .collect())
    }
}

/// A wish, judged.
struct Wanted {
    recipe: Recipe,
    how: String,
    label: String,
    platform: Option<Platform>,
}

impl Wanted {
    fn of(file: &Asset, wish: CopyWish) -> ServiceResult<Self> {
        let facts = file.facts();
        match wish {
            CopyWish::For(platform) => {
                let recipe = copy_for(&facts, limits(platform), None)
                    .map_err(|reason| ServiceError::Invalid(reason.sentence(platform)))?;
                Ok(Self {
                    recipe: recipe.ok_or_else(|| {
                        ServiceError::Invalid(format!(
                            "{platform} takes this file as it is. Use it without a copy."
                        ))
                    })?,
                    how: format!("for {platform}"),
                    label: platform.name().to_owned(),
                    platform: Some(platform),
                })
            }
            CopyWish::Part { area, shape } => Ok(Self {
                recipe: copy_of_part(&facts, area).map_err(ServiceError::Invalid)?,
                how: format!("cropped to {}", shape.name),
                label: shape.label(),
                platform: None,
            }),
        }
    }
}

/// A file whose bytes are still there.
async fn kept(conn: &mut db::Connection, client: ClientId, id: AssetId) -> ServiceResult<Asset> {
    let file = asset::find(conn, client, id).await?;
    let file = file.ok_or(ServiceError::NotFound("file"))?;
    if file.deleted_at.is_some() {
        return Err(ServiceError::Conflict(GONE.to_owned()));
    }
    Ok(file)
}

/// Said where a copy is wanted of what is no longer there.
const GONE: &str = "The file is no longer kept. Upload it again, then ask for the copy.";

/// Lets a copy wait for its turn once more, if nothing comes of it any more.
async fn once_more(
    conn: &mut db::Connection,
    actor: &Actor,
    copy: Copy,
    now: DateTime<Utc>,
) -> ServiceResult<CopyView> {
    if !is_over(conn, &copy).await? {
        return view(conn, copy).await;
    }
    let copy = copy::begin_anew(conn, copy.id, now).await?;
    asked(conn, actor, copy, now).await
}

/// Writes down that a copy waits for its turn.
async fn asked(
    conn: &mut db::Connection,
    actor: &Actor,
    copy: Copy,
    now: DateTime<Utc>,
) -> ServiceResult<CopyView> {
    let entry = entry(AuditAction::CopyAsked, &copy);
    audit::write(conn, By::User(actor), now, &[entry]).await?;
    view(conn, copy).await
}

/// Whether nothing comes of it any more, and no file is there that did.
async fn is_over(conn: &mut db::Connection, copy: &Copy) -> ServiceResult<bool> {
    Ok(match (copy.state, copy.asset_id) {
        (CopyState::Waiting | CopyState::Running, _) => false,
        (CopyState::Done, Some(made)) => {
            let made = asset::find_any(conn, AssetId(made)).await?;
            made.is_none_or(|made| made.deleted_at.is_some())
        }
        _ => true,
    })
}

async fn view(conn: &mut db::Connection, copy: Copy) -> ServiceResult<CopyView> {
    let asset = match copy.asset_id {
        Some(made) => asset::find(conn, copy.client_id, AssetId(made)).await?,
        None => None,
    };
    Ok(shown(copy, asset))
}

pub(crate) fn shown(copy: Copy, asset: Option<Asset>) -> CopyView {
    CopyView {
        id: copy.id,
        original: copy.original_id,
        how: copy.how,
        state: copy.state,
        progress: u8::try_from(copy.progress).unwrap_or(0),
        problem: copy.problem,
        asset: asset.map(Into::into),
    }
}

fn entry(action: AuditAction, copy: &Copy) -> Entry {
    Entry::of(action)
        .at(copy.client_id)
        .on("asset", copy.original_id)
        .after(json!({ "made": copy.how }))
}
