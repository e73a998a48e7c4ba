//! A month of a client, in three queries whatever it holds.

use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;
use db::models::account::Account;
use db::models::delivery::{self, Delivery};
use db::models::event;
use db::models::post::{self, Post};
use domain::time::{local, month_grid};
use domain::{ClientId, Permission, PostId};

use super::FullPost;
use crate::clients::zone_of;
use crate::{Actor, ServiceError, ServiceResult, Services};

/// More than anybody reads; what is beyond comes up once something of it is settled.
const LISTED: i64 = 200;

/// A month of a client.
#[derive(Clone, Debug)]
pub struct Month {
    /// Its first day.
    pub first: NaiveDate,
    /// The days shown, whole weeks.
    pub days: Vec<NaiveDate>,
    /// Today on the client's wall.
    pub today: NaiveDate,
    /// The zone.
    pub zone: Tz,
    /// The posts, earliest first, each with its time on the wall.
    pub posts: Vec<(NaiveDateTime, FullPost)>,
    /// The newest event when it was read.
    pub version: i64,
}

impl Services {
    /// A month of a client, in three queries whatever it holds. `month` is any day of it; `None` is the
    /// month of today on the client's wall.
    ///
    /// # Errors
    /// When the client is not this person's to see, or the month cannot be counted.
    pub async fn month(
        &self,
        actor: &Actor,
        client: ClientId,
        month: Option<NaiveDate>,
    ) -> ServiceResult<Month> {
        let row = self.client_row(actor, Permission::SeeDesk, client).await?;
        let zone = zone_of(&row)?;
        let today = local(self.clock.now(), zone).date();
        let out_of_range =
            || ServiceError::Invalid("That month is out of the calendar’s reach.".to_owned());
        let wanted = month.unwrap_or(today);
        let days = month_grid(wanted).ok_or_else(out_of_range)?;
        let first = chrono::Datelike::with_day(&wanted, 1).ok_or_else(out_of_range)?;
        let (Some(from), Some(until)) = (days.first(), days.last()) else {
            return Err(out_of_range());
        };
        // A day of slack on both sides covers every zone; what falls outside is dropped below.
        let from_instant = from.and_time(NaiveTime::MIN).and_utc() - Duration::days(1);
        let until_instant = until.and_time(NaiveTime::MIN).and_utc() + Duration::days(2);
        let mut conn = self.conn().await?;
        let version = event::newest(&mut conn, client).await?;
        let posts = post::between(&mut conn, client, from_instant, until_instant).await?;
        let ids: Vec<PostId> = posts.iter().map(|post| post.id).collect();
        let mut deliveries = delivery::of_posts(&mut conn, &ids).await?;
        let mut assets = post::assets_of(&mut conn, &ids).await?;
        let posts = posts
            .into_iter()
            .map(|post| {
                let id = post.id;
                let full = FullPost {
                    deliveries: deliveries
                        .extract_if(.., |(delivery, _)| delivery.post_id == id)
                        .collect(),
                    assets: assets
                        .extract_if(.., |(post, _)| *post == id)
                        .map(|(_, asset)| asset)
                        .collect(),
                    post,
                };
                (local(full.post.due_at, zone), full)
            })
            .filter(|(local, _)| (*from..=*until).contains(&local.date()))
            .collect();
        Ok(Month {
            first,
            days,
            today,
            zone,
            posts,
            version,
        })
    }

    /// What a person has to look at, earliest first: what failed, what nobody knows, what is held, and what
    /// is scheduled and something was found about; of all months.
    ///
    /// # Errors
    /// When the client is not this person's to see.
    pub async fn needing_attention(
        &self,
        actor: &Actor,
        client: ClientId,
    ) -> ServiceResult<Vec<(Delivery, Post, Account)>> {
        self.client_row(actor, Permission::SeeDesk, client).await?;
        let mut conn = self.conn().await?;
        Ok(delivery::needing_attention(&mut conn, client, LISTED).await?)
    }

    /// A number that moves with every change of state, for pages that look whether to reload: of a client,
    /// or without one of everybody.
    ///
    /// # Errors
    /// When the client is not this person's to see.
    pub async fn state_version(
        &self,
        actor: &Actor,
        client: Option<ClientId>,
    ) -> ServiceResult<i64> {
        match client {
            Some(client) => actor.require_for(Permission::SeeDesk, client)?,
            None => actor.require(Permission::SeeDesk)?,
        }
        let mut conn = self.conn().await?;
        Ok(match client {
            Some(client) => event::newest(&mut conn, client).await?,
            None => event::newest_of_all(&mut conn).await?,
        })
    }
}
