//! What a person was told, inside the application.

use chrono::{DateTime, Utc};
use db::models::notice::{self, Which};
use domain::{ClientId, Permission};

use crate::actor::Reach;
use crate::{Actor, ServiceResult, Services};

/// How many are shown at a time.
const AT_A_TIME: i64 = 50;

/// Something that a person was told.
#[derive(Clone, Debug)]
pub struct NoticeView {
    /// Its number.
    pub id: i64,
    /// About which client.
    pub client: Option<ClientId>,
    /// A word for what it is about.
    pub kind: String,
    /// In a few words.
    pub title: String,
    /// What it means.
    pub body: String,
    /// Where to do something about it: a path of ours.
    pub href: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it was read.
    pub is_read: bool,
}

impl Services {
    /// What a person was told, newest first, and where older ones begin. Only about clients that the
    /// person still sees.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn my_notices(
        &self,
        actor: &Actor,
        before: Option<i64>,
    ) -> ServiceResult<(Vec<NoticeView>, Option<i64>)> {
        actor.require(Permission::ManageSelf)?;
        let mut conn = self.conn().await?;
        let rows =
            notice::of_user(&mut conn, actor.user_id, reach(actor), before, AT_A_TIME).await?;
        let is_full = i64::try_from(rows.len()).is_ok_and(|count| count == AT_A_TIME);
        let next = rows.last().filter(|_| is_full).map(|row| row.id);
        let views = rows
            .into_iter()
            .map(|row| NoticeView {
                id: row.id,
                client: row.client.map(ClientId::from),
                kind: row.kind,
                title: row.title,
                body: row.body,
                href: row.href,
                at: row.created_at,
                is_read: row.read_at.is_some(),
            })
            .collect();
        Ok((views, next))
    }

    /// How much a person was told and has not read.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn unread_notices(&self, actor: &Actor) -> ServiceResult<u32> {
        actor.require(Permission::ManageSelf)?;
        let mut conn = self.conn().await?;
        let count = notice::count_unread(&mut conn, actor.user_id, reach(actor)).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Marks a notice of one's own as read.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn read_notice(&self, actor: &Actor, id: i64) -> ServiceResult<()> {
        self.mark_read(actor, Which::One(id)).await
    }

    /// Marks all notices of one's own as read, up to the newest that was shown.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn read_notices_up_to(&self, actor: &Actor, id: i64) -> ServiceResult<()> {
        self.mark_read(actor, Which::UpTo(id)).await
    }

    async fn mark_read(&self, actor: &Actor, which: Which) -> ServiceResult<()> {
        actor.require(Permission::ManageSelf)?;
        let now = self.clock.now();
        notice::mark_read(&mut *self.conn().await?, actor.user_id, which, now).await?;
        Ok(())
    }
}

fn reach(actor: &Actor) -> Option<&[ClientId]> {
    match &actor.reach {
        Reach::Every => None,
        Reach::Only(clients) => Some(clients),
    }
}
