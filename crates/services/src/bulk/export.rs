//! The posts of a range as a file for spreadsheets, in the columns that an import reads.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use db::models::{client, note, post, tag};
use domain::audit::AuditAction;
use domain::time::{local, occurrence};
use domain::{ClientId, Permission, PostId};
use serde_json::json;

use super::cells::{account_cell, time_cell};
use super::sheet::{Column, line};
use crate::audit::read::beginning;
use crate::audit::{By, Entry};
use crate::clients::zone_of;
use crate::posts::{FullPost, full_posts};
use crate::{Actor, ServiceError, ServiceResult, Services};

/// How many posts are read at once.
const PAGE: i64 = 200;

/// Posts on their way into a file.
pub struct PostExport {
    services: Services,
    client: ClientId,
    zone: Tz,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    /// The last that was read; `None` when that was all.
    next: Option<Option<(DateTime<Utc>, PostId)>>,
}

impl Services {
    /// Takes the posts of these days out as a file, which is itself written down before the first is read. Days
    /// are those of the client's wall; without them it is the present month.
    ///
    /// # Errors
    /// When the days are in the wrong order, or the client is not this person's to see.
    pub async fn export_posts(
        &self,
        actor: &Actor,
        client: ClientId,
        from: Option<NaiveDate>,
        until: Option<NaiveDate>,
    ) -> ServiceResult<PostExport> {
        actor.require_for(Permission::SeeDesk, client)?;
        let mut conn = self.conn().await?;
        let row = client::find(&mut conn, client).await?;
        let zone = zone_of(&row.ok_or(ServiceError::NotFound("client"))?)?;
        let today = local(self.clock.now(), zone).date();
        let (from, until) = days(today, from, until)?;
        let entry = Entry::of(AuditAction::Exported)
            .at(client)
            .on("client", client)
            .after(json!({ "what": "posts", "from": from, "until": until }));
        self.record(&mut conn, By::User(actor), &[entry]).await?;
        Ok(PostExport {
            services: self.clone(),
            client,
            zone,
            from: beginning(Some(from), zone)?,
            until: beginning(until.checked_add_days(Days::new(1)), zone)?,
            next: Some(None),
        })
    }
}

impl PostExport {
    /// The line above all others.
    #[must_use]
    pub fn head() -> String {
        line(&Column::ALL.map(Column::name))
    }

    /// The next lines, earliest first; `None` when that was all.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn more(&mut self) -> ServiceResult<Option<String>> {
        let Some(after) = self.next.take() else {
            return Ok(None);
        };
        let mut conn = self.services.conn().await?;
        let range = (self.from, self.until);
        let posts = post::page(&mut conn, self.client, range, after, PAGE).await?;
        let ids: Vec<PostId> = posts.iter().map(|post| post.id).collect();
        if i64::try_from(posts.len()).is_ok_and(|count| count == PAGE) {
            self.next = posts.last().map(|last| Some((last.due_at, last.id)));
        }
        let mut tags: HashMap<PostId, Vec<String>> = HashMap::new();
        for (post, tag) in tag::of_posts(&mut conn, &ids).await? {
            tags.entry(post).or_default().push(tag.name);
        }
        let notes = note::of_posts(&mut conn, &ids).await?;
        let mut notes: HashMap<PostId, String> = notes
            .into_iter()
            .map(|note| (note.post_id, note.body))
            .collect();
        let lines = full_posts(&mut conn, posts)
            .await?
            .into_iter()
            .map(|full| {
                let tags = tags.remove(&full.post.id).unwrap_or_default();
                let note = notes.remove(&full.post.id).unwrap_or_default();
                self.line_of(&full, &tags.join(", "), &note)
            })
            .collect();
        Ok(Some(lines))
    }

    fn line_of(&self, full: &FullPost, tags: &str, note: &str) -> String {
        let wall = local(full.post.due_at, self.zone);
        let accounts: Vec<String> = full
            .deliveries
            .iter()
            .filter_map(|(_, account)| account_cell(account))
            .collect();
        let files: Vec<&str> = full
            .assets
            .iter()
            .map(|file| file.asset.file_name.as_str())
            .collect();
        let addresses: Vec<&str> = full
            .deliveries
            .iter()
            .filter_map(|(delivery, _)| delivery.post_url.as_deref())
            .collect();
        let cells = Column::ALL.map(|column| match column {
            Column::Date => wall.format("%Y-%m-%d").to_string(),
            Column::Time => time_cell(wall.time(), occurrence(full.post.due_at, self.zone)),
            Column::Accounts => accounts.join(" "),
            Column::Caption => full.post.caption.clone(),
            Column::Tags => tags.to_owned(),
            Column::Notes => note.to_owned(),
            Column::Media => files.join(" | "),
            Column::Status => full.state().as_str().replace('_', " "),
            Column::Address => addresses.join(" "),
        });
        line(&cells.each_ref().map(String::as_str))
    }
}

/// From which day to which: what was asked for, or what is left of it within the month of the other, or the
/// present month.
pub(super) fn days(
    today: NaiveDate,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
) -> ServiceResult<(NaiveDate, NaiveDate)> {
    use chrono::{Datelike, Months};
    let first_of = |day: NaiveDate| day.with_day(1).unwrap_or(day);
    let last_of = |day: NaiveDate| {
        let next = first_of(day).checked_add_months(Months::new(1));
        next.and_then(|next| next.pred_opt()).unwrap_or(day)
    };
    let from_day = from.unwrap_or_else(|| first_of(until.unwrap_or(today)));
    let until_day = until.unwrap_or_else(|| last_of(from_day));
    if until_day < from_day {
        return Err(ServiceError::Invalid(
            "The last day is before the first. Choose them the other way round.".to_owned(),
        ));
    }
    Ok((from_day, until_day))
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::days;

    #[test]
    fn what_is_not_said_of_a_range_is_a_month() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let today = day("2026-10-14");
        for (from, until, expected) in [
            (None, None, ("2026-10-01", "2026-10-31")),
            (Some("2026-02-10"), None, ("2026-02-10", "2026-02-28")),
            (None, Some("2026-12-24"), ("2026-12-01", "2026-12-24")),
            (
                Some("2026-12-24"),
                Some("2026-12-24"),
                ("2026-12-24", "2026-12-24"),
            ),
        ] {
            let found = days(today, from.map(day), until.map(day)).expect("a range");
            assert_eq!(found, (day(expected.0), day(expected.1)));
        }
        assert!(days(today, Some(today), Some(day("2026-10-13"))).is_err());
    }
}
