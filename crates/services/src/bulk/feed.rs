//! A client's calendar for other programs, at a secret address. Whoever has the address sees what is planned and
//! what went out, and nothing that stays within the agency.

use chrono::{DateTime, Duration, Utc};
use db::AsyncConnection;
use db::models::account::Account;
use db::models::delivery::Delivery;
use db::models::{calendar_feed, client, post};
use domain::audit::AuditAction;
use domain::post::caption_title;
use domain::{ClientId, DeliveryState, Permission};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};
use serde_json::json;

use crate::accounts::account_name;
use crate::audit::{By, Entry};
use crate::posts::{FullPost, full_posts};
use crate::users::SecretToken;
use crate::{Actor, ServiceError, ServiceResult, Services};

/// How far a calendar goes back, in days.
const BACK: i64 = 60;
/// How far it goes ahead, in days.
const AHEAD: i64 = 365;
/// More than a person plans; beyond, the latest are left out.
const MOST: i64 = 5_000;
/// How long a post stands on a calendar, in minutes: it has no length of its own.
const MINUTES: i64 = 15;
/// How much of a caption is told.
const CAPTION: usize = 2_000;
/// How much of a caption names a post.
const TITLE: usize = 80;

/// The secret address of a client's calendar, as the agency sees it: the address itself is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedView {
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: DateTime<Utc>,
}

impl Services {
    /// Whether a client's calendar has an address.
    ///
    /// # Errors
    /// When the client is not this person's to see.
    pub async fn calendar_feed(
        &self,
        actor: &Actor,
        client: ClientId,
    ) -> ServiceResult<Option<FeedView>> {
        self.client_row(actor, Permission::SeeDesk, client).await?;
        let found = calendar_feed::find(&mut *self.conn().await?, client).await?;
        Ok(found.map(|(made_by, made_at)| FeedView { made_by, made_at }))
    }

    /// Gives a client's calendar a new address, and tells it: it is kept nowhere. The one before ends with that.
    ///
    /// # Errors
    /// When the client is not this person's to manage.
    pub async fn make_calendar_feed(
        &self,
        actor: &Actor,
        client: ClientId,
    ) -> ServiceResult<String> {
        self.client_row(actor, Permission::ManageClients, client)
            .await?;
        let token = SecretToken::generate();
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            calendar_feed::set(conn, client, &token.hash(), actor.user_id, now).await?;
            self.record(conn, By::User(actor), &[changed(client, "made")])
                .await
        })
        .await?;
        let path = format!("calendar/feed/{}.ics", token.expose());
        let address = self.settings.public_url.join(&path);
        Ok(address.map_err(ServiceError::internal)?.into())
    }

    /// Takes the address of a client's calendar back: from then on it is not there.
    ///
    /// # Errors
    /// When the client is not this person's to manage.
    pub async fn revoke_calendar_feed(&self, actor: &Actor, client: ClientId) -> ServiceResult<()> {
        self.client_row(actor, Permission::ManageClients, client)
            .await?;
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            if calendar_feed::delete(conn, client).await? {
                self.record(conn, By::User(actor), &[changed(client, "revoked")])
                    .await?;
            }
            Ok(())
        })
        .await
    }

    /// The calendar at a secret address, as RFC 5545 has it: what is planned for the year that comes, and what
    /// went out in the last two months.
    ///
    /// # Errors
    /// When there is none at this address.
    pub async fn calendar_at(&self, token: &SecretToken) -> ServiceResult<String> {
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        let found = calendar_feed::client_of(&mut conn, &token.hash()).await?;
        let id = found.ok_or(ServiceError::NotFound("calendar"))?;
        let row = client::find(&mut conn, id).await?;
        let row = row.ok_or(ServiceError::NotFound("calendar"))?;
        let (from, until) = (now - Duration::days(BACK), now + Duration::days(AHEAD));
        let posts = post::planned_between(&mut conn, id, from, until, MOST).await?;
        let posts = full_posts(&mut conn, posts).await?;
        drop(conn);
        let mut calendar = Calendar::empty();
        calendar
            .append_property(Property::new("VERSION", "2.0"))
            .append_property(Property::new("PRODID", "-//AutoPost//Calendar//EN"))
            .append_property(Property::new("CALSCALE", "GREGORIAN"))
            .append_property(Property::new("METHOD", "PUBLISH"))
            .name(&plain(&row.name).replace('\n', " "))
            .ttl(&Duration::hours(1));
        let host = self.settings.public_url.host_str().unwrap_or("autopost");
        for post in &posts {
            calendar.push(self.event_of(post, host));
        }
        Ok(calendar.to_string())
    }

    fn event_of(&self, full: &FullPost, host: &str) -> Event {
        let goes_to: Vec<&(Delivery, Account)> = full
            .deliveries
            .iter()
            .filter(|(delivery, _)| is_told(delivery.state))
            .collect();
        let mut platforms: Vec<&str> = Vec::new();
        for (_, account) in &goes_to {
            if !platforms.contains(&account.platform.name()) {
                platforms.push(account.platform.name());
            }
        }
        let title = caption_title(&plain(&full.post.caption), TITLE);
        let public = goes_to
            .iter()
            .find_map(|(delivery, _)| delivery.post_url.clone());
        let desk = format!(
            "{}clients/{}/posts/{}",
            self.settings.public_url, full.post.client_id, full.post.id
        );
        let changed = goes_to
            .iter()
            .filter_map(|(delivery, _)| delivery.published_at)
            .fold(full.post.updated_at, DateTime::max);
        Event::new()
            .uid(&format!("{}@{host}", full.post.id))
            .timestamp(changed)
            .last_modified(changed)
            .starts(full.post.due_at)
            .ends(full.post.due_at + Duration::minutes(MINUTES))
            .summary(&format!("{}: {title}", platforms.join(", ")))
            .description(&description(full, &goes_to))
            .url(&public.unwrap_or(desk))
            .status(EventStatus::Confirmed)
            .add_property("TRANSP", "TRANSPARENT")
            .done()
    }
}

/// Where it goes and how it stands, and what it says.
fn description(full: &FullPost, goes_to: &[&(Delivery, Account)]) -> String {
    let mut lines: Vec<String> = goes_to
        .iter()
        .map(|(delivery, account)| {
            let name = account_name(account.handle.as_deref(), account.nickname.as_deref());
            let address = delivery.post_url.as_deref().unwrap_or_default();
            let line = format!(
                "{} on {}: {} {address}",
                plain(&name),
                account.platform,
                words(delivery.state)
            );
            line.trim_end().to_owned()
        })
        .collect();
    let caption = plain(&full.post.caption);
    lines.push(String::new());
    if caption.chars().count() > CAPTION {
        lines.push(caption.chars().take(CAPTION).chain(['…']).collect());
    } else {
        lines.push(caption);
    }
    lines.join("\n").trim_end().to_owned()
}

/// What whoever has the address is told of: what is agreed on, and what went out.
const fn is_told(state: DeliveryState) -> bool {
    matches!(
        state,
        DeliveryState::Approved
            | DeliveryState::Scheduled
            | DeliveryState::Publishing
            | DeliveryState::Processing
            | DeliveryState::Published
    )
}

const fn words(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Published => "published",
        DeliveryState::Publishing | DeliveryState::Processing => "being published",
        _ => "planned",
    }
}

/// Text without what no calendar can hold.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| *c == '\n' || !c.is_control())
        .collect()
}

fn changed(client: ClientId, what: &str) -> Entry {
    Entry::of(AuditAction::FeedChanged)
        .at(client)
        .on("client", client)
        .after(json!({ "address": what }))
}
