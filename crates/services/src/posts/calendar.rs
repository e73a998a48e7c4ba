//! A client's calendar: a month, a week or a list, in one query whatever it shows.

use std::sync::PoisonError;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use db::models::account::Account;
use db::models::calendar::{self, Attention, Card, CardAccount, CardTag, DayCount, Wanted};
use db::models::delivery::{self, Delivery};
use db::models::event;
use db::models::post::Post;
use domain::calendar::{PostStatus, month_of, week_of};
use domain::time::{day_start, local, month_grid};
use domain::{AccountId, ClientId, Permission, TagId};

use crate::clients::ClientView;
use crate::{Actor, ServiceError, ServiceResult, Services};

/// How many posts a day of the month shows before it says how many more there are.
const OF_A_MONTHS_DAY: i64 = 3;
/// The same for a day of the week, which has a place for every quarter of an hour.
const OF_A_WEEKS_DAY: i64 = 48;
/// How many posts a page of the list has.
pub const LIST_PAGE: i64 = 100;
/// More than anybody reads in one day.
const OF_ONE_DAY: i64 = 1_000;
/// More than anybody reads; what is beyond comes up once something of it is settled.
const LISTED: i64 = 200;

/// How a calendar is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A month in whole weeks; each day shows its first posts.
    Month,
    /// A week from Monday.
    Week,
    /// All posts of a month, page by page, from 0.
    List(u32),
}

/// Which part of a calendar is wanted.
#[derive(Clone, Debug)]
pub struct CalendarWish {
    /// How it is laid out.
    pub layout: Layout,
    /// Any day of it; `None` is today on the client's wall.
    pub at: Option<NaiveDate>,
    /// The day that is opened: all its posts are wanted.
    pub opened: Option<NaiveDate>,
    /// Those that go to one of these accounts; empty for all.
    pub accounts: Vec<AccountId>,
    /// Those that stand like one of these; empty for all.
    pub statuses: Vec<PostStatus>,
    /// Those that carry one of these tags; empty for all.
    pub tags: Vec<TagId>,
}

impl CalendarWish {
    /// All that is shown around a day, or around today.
    #[must_use]
    pub const fn of(layout: Layout, at: Option<NaiveDate>) -> Self {
        Self {
            layout,
            at,
            opened: None,
            accounts: Vec::new(),
            statuses: Vec::new(),
            tags: Vec::new(),
        }
    }
}

/// A part of a client's calendar.
#[derive(Clone, Debug)]
pub struct CalendarPart {
    /// The client.
    pub client: ClientView,
    /// The day that was asked for.
    pub at: NaiveDate,
    /// The days shown.
    pub days: Vec<NaiveDate>,
    /// What the clocks show now on the client's wall.
    pub now: NaiveDateTime,
    /// The posts that are shown, earliest first, each with its time on the wall.
    pub cards: Vec<(NaiveDateTime, Card)>,
    /// How many posts each day has, by its place; days without any are left out.
    pub counts: Vec<DayCount>,
    /// How many posts there are in all the days.
    pub total: i64,
    /// The accounts that are linked.
    pub accounts: Vec<CardAccount>,
    /// The client's tags, by name.
    pub tags: Vec<CardTag>,
    /// What a person has to look at, earliest first; of all days.
    pub attention: Vec<Attention>,
    /// The newest event when it was read.
    pub version: i64,
}

impl Services {
    /// A part of a client's calendar, in one query whatever it shows.
    ///
    /// # Errors
    /// When the client is not this person's to see, or the days cannot be counted.
    pub async fn calendar(
        &self,
        actor: &Actor,
        client: ClientId,
        wish: &CalendarWish,
    ) -> ServiceResult<CalendarPart> {
        actor.require_for(Permission::SeeDesk, client)?;
        // Most often the zone is known from the last time; what is read says whether it still is.
        let mut zone = match self.known_zone(client) {
            Some(zone) => zone,
            None => self.client(actor, client).await?.zone,
        };
        for _ in 0..2 {
            let (part, own) = self.calendar_in(client, zone, wish).await?;
            self.remember_zone(client, own);
            if own == zone {
                return Ok(part);
            }
            zone = own;
        }
        Err(ServiceError::Conflict(
            "The client’s zone was changed at this moment. Try again.".to_owned(),
        ))
    }

    /// The same in a zone, with the one that the client has.
    async fn calendar_in(
        &self,
        client: ClientId,
        zone: Tz,
        wish: &CalendarWish,
    ) -> ServiceResult<(CalendarPart, Tz)> {
        let now = local(self.clock.now(), zone);
        let at = wish.at.unwrap_or(now.date());
        let out_of_range =
            || ServiceError::Invalid("That is out of the calendar’s reach.".to_owned());
        let days = match wish.layout {
            Layout::Month => month_grid(at),
            Layout::Week => week_of(at),
            Layout::List(_) => month_of(at),
        };
        let days = days.ok_or_else(out_of_range)?;
        let bounds = bounds(&days, zone).ok_or_else(out_of_range)?;
        let (per_day, skip, limit) = match wish.layout {
            Layout::Month => (OF_A_MONTHS_DAY, 0, i64::from(i32::MAX)),
            Layout::Week => (OF_A_WEEKS_DAY, 0, i64::from(i32::MAX)),
            Layout::List(page) => (
                i64::from(i32::MAX),
                i64::from(page).saturating_mul(LIST_PAGE),
                LIST_PAGE,
            ),
        };
        let opened = wish
            .opened
            .and_then(|opened| days.iter().position(|day| *day == opened));
        let wanted = Wanted {
            client,
            bounds: &bounds,
            per_day,
            whole_day: opened.and_then(|place| i32::try_from(place).ok()),
            most_of_whole_day: OF_ONE_DAY,
            skip,
            limit,
            accounts: &wish.accounts,
            statuses: &wish.statuses,
            tags: &wish.tags,
        };
        let found = calendar::read(&mut *self.conn().await?, &wanted).await?;
        let client = found.client.ok_or(ServiceError::NotFound("client"))?;
        let client = self.view_of(client)?;
        let own = client.zone;
        let part = CalendarPart {
            at,
            days,
            now,
            cards: found
                .cards
                .into_iter()
                .map(|card| (local(card.due_at, zone), card))
                .collect(),
            counts: found.counts,
            total: found.total,
            accounts: found.accounts,
            tags: found.tags,
            attention: found.attention,
            version: found.version,
            client,
        };
        Ok((part, own))
    }

    fn known_zone(&self, client: ClientId) -> Option<Tz> {
        let zones = self.zones.lock().unwrap_or_else(PoisonError::into_inner);
        zones.get(&client).copied()
    }

    fn remember_zone(&self, client: ClientId, zone: Tz) {
        let mut zones = self.zones.lock().unwrap_or_else(PoisonError::into_inner);
        zones.insert(client, zone);
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
            Some(client) => event::version(&mut conn, client).await?,
            None => event::version_of_all(&mut conn).await?,
        })
    }
}

/// When each day begins, and when the last one is over.
fn bounds(days: &[NaiveDate], zone: Tz) -> Option<Vec<DateTime<Utc>>> {
    let after = days.last()?.succ_opt()?;
    days.iter()
        .chain([&after])
        .map(|day| day_start(*day, zone))
        .collect()
}
