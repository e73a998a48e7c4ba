//! The history of deliveries, for staff to read and to show.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use db::models::account::{self, Account};
use db::models::asset::Asset;
use db::models::delivery::{self, Delivery};
use db::models::event;
pub use db::models::event::Event;
use db::models::post::{self, Post};
use domain::{AccountId, ClientId, DeliveryId, Permission, PostId};

use crate::accounts::account_name;
use crate::clients::zone_of;
use crate::{Actor, ServiceError, ServiceResult, Services};

/// How much of what belongs to no post is shown.
const ACTIVITY: i64 = 100;

/// How many rows one page of the history has.
pub const PAGE: i64 = 50;

/// A row of the history list.
#[derive(Clone, Debug)]
pub struct HistoryRow {
    /// The delivery.
    pub delivery: Delivery,
    /// Its post.
    pub post: Post,
    /// Its account.
    pub account: Account,
    /// Its first file.
    pub asset: Option<Asset>,
}

/// A page of the history.
#[derive(Clone, Debug)]
pub struct HistoryPage {
    /// The rows, newest first.
    pub rows: Vec<HistoryRow>,
    /// Where the next page begins, if there is one.
    pub next_before: Option<DateTime<Utc>>,
    /// The client's zone.
    pub zone: Tz,
    /// The newest event when it was read.
    pub version: i64,
}

/// One delivery with all that happened to it.
#[derive(Clone, Debug)]
pub struct DeliveryHistory {
    /// The row.
    pub row: HistoryRow,
    /// What happened, oldest first.
    pub events: Vec<Event>,
    /// The client's zone.
    pub zone: Tz,
    /// The newest event when it was read.
    pub version: i64,
}

/// What happened at a client that belongs to no post.
#[derive(Clone, Debug)]
pub struct Activity {
    /// What happened, newest first, each with how the account is called that it is about.
    pub events: Vec<(Event, Option<String>)>,
    /// The client's zone.
    pub zone: Tz,
    /// The newest event when it was read.
    pub version: i64,
}

impl Services {
    /// What happened at a client that belongs to no post: connections, pauses, settings. The newest.
    ///
    /// # Errors
    /// When the client is not this person's to see.
    pub async fn activity(&self, actor: &Actor, client: ClientId) -> ServiceResult<Activity> {
        let client = self.client_row(actor, Permission::SeeDesk, client).await?;
        let zone = zone_of(&client)?;
        let mut conn = self.conn().await?;
        let version = event::version(&mut conn, client.id).await?;
        let events = event::of_desk(&mut conn, client.id, ACTIVITY).await?;
        let accounts = account::linked(&mut conn, client.id).await?;
        let name = |id: AccountId| {
            let of = accounts.iter().find(|account| account.id == id)?;
            Some(account_name(of.handle.as_deref(), of.nickname.as_deref()))
        };
        Ok(Activity {
            events: events
                .into_iter()
                .map(|(event, account)| (event, account.and_then(name)))
                .collect(),
            zone,
            version,
        })
    }

    /// The deliveries that were tried or taken back, newest first.
    ///
    /// # Errors
    /// When the client is not this person's to see.
    pub async fn history(
        &self,
        actor: &Actor,
        client: ClientId,
        before: Option<DateTime<Utc>>,
    ) -> ServiceResult<HistoryPage> {
        let client = self.client_row(actor, Permission::SeeDesk, client).await?;
        let zone = zone_of(&client)?;
        let mut conn = self.conn().await?;
        let version = event::version(&mut conn, client.id).await?;
        let rows = delivery::history(&mut conn, client.id, before, PAGE).await?;
        let ids: Vec<PostId> = rows.iter().map(|(_, post, _)| post.id).collect();
        let assets = post::assets_of(&mut conn, &ids).await?;
        let next_before = (rows.len() == usize::try_from(PAGE).unwrap_or(usize::MAX))
            .then(|| rows.last().map(|(delivery, ..)| delivery.due_at))
            .flatten();
        let rows = rows
            .into_iter()
            .map(|(delivery, post, account)| HistoryRow {
                asset: assets
                    .iter()
                    .find(|(id, _)| *id == post.id)
                    .map(|(_, file)| file.asset.clone()),
                delivery,
                post,
                account,
            })
            .collect();
        Ok(HistoryPage {
            rows,
            next_before,
            zone,
            version,
        })
    }

    /// One delivery with all that happened to it.
    ///
    /// # Errors
    /// When there is none with this id, or it is not this person's to see.
    pub async fn delivery_history(
        &self,
        actor: &Actor,
        client: ClientId,
        id: DeliveryId,
    ) -> ServiceResult<DeliveryHistory> {
        let client = self.client_row(actor, Permission::SeeDesk, client).await?;
        let zone = zone_of(&client)?;
        let mut conn = self.conn().await?;
        let version = event::version(&mut conn, client.id).await?;
        let found = delivery::find(&mut conn, client.id, id).await?;
        let (delivery, post, account) = found.ok_or(ServiceError::NotFound("delivery"))?;
        let asset = post::assets_of(&mut conn, &[post.id])
            .await?
            .into_iter()
            .next()
            .map(|(_, file)| file.asset);
        let events = event::of_delivery(&mut conn, id).await?;
        Ok(DeliveryHistory {
            row: HistoryRow {
                delivery,
                post,
                account,
                asset,
            },
            events,
            zone,
            version,
        })
    }
}
