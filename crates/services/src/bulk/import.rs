//! A month of posts out of a spreadsheet: first told row by row, then kept as drafts, all of them or none.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use db::AsyncConnection;
use db::models::account::{self, Account};
use db::models::asset::{self, Asset};
use db::models::client::{self, Client};
use db::models::{delivery, post};
use domain::account::AccountStatus;
use domain::media::Attached;
use domain::post::{PlatformOptions, caption_title};
use domain::rules::{Field, Severity, judge};
use domain::time::{
    LocalTimeError, instant_of, local, local_label_with_year, occurrence, zone_label_with_offset,
};
use domain::{AccountId, ClientId, Permission};

use super::cells;
use super::sheet::{Row, Sheet};
use crate::clients::zone_of;
use crate::planning::{notes, tags};
use crate::{Actor, ServiceError, ServiceResult, Services};

/// How much of a caption names a post in a report.
const TITLE: usize = 60;

/// What an import does, or has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportReport {
    /// What is to be known about the whole, a sentence each.
    pub told: Vec<String>,
    /// The rows, in the order of the file.
    pub rows: Vec<ImportRow>,
    /// "London, GMT (UTC)": on which wall the times are.
    pub zone_label: String,
    /// How many posts are kept; `None` when nothing was.
    pub imported: Option<usize>,
}

impl ImportReport {
    /// How many rows stand so.
    #[must_use]
    pub fn count(&self, standing: RowStanding) -> usize {
        self.rows
            .iter()
            .filter(|row| row.standing == standing)
            .count()
    }
}

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRow {
    /// The line of the file that it begins on.
    pub line: u64,
    /// The day on the client's wall, if it could be read.
    pub day: Option<NaiveDate>,
    /// "Mon 30 Nov 2026, 09:00", as far as it could be read.
    pub when: String,
    /// The first line of the caption.
    pub title: String,
    /// The accounts, by name.
    pub accounts: Vec<String>,
    /// How many files it has.
    pub files: usize,
    /// What becomes of it.
    pub standing: RowStanding,
    /// What is to be known, a sentence each; what is wrong first.
    pub told: Vec<(Severity, String)>,
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowStanding {
    /// It becomes a draft.
    Fine,
    /// It becomes a draft, and something is worth knowing.
    Doubtful,
    /// It is there already, and is skipped.
    Known,
    /// It has to be mended first; nothing is imported until then.
    Wrong,
}

/// A post that a row asks for.
pub(super) struct Planned {
    pub(super) local_time: NaiveDateTime,
    pub(super) due_at: DateTime<Utc>,
    pub(super) caption: String,
    pub(super) accounts: Vec<Account>,
    pub(super) tags: Vec<String>,
    pub(super) note: String,
    pub(super) files: Vec<Asset>,
}

/// What makes two posts the same: their minute, their words, and where they go.
type Same = (DateTime<Utc>, String, BTreeSet<AccountId>);

impl Planned {
    fn same(&self) -> Same {
        let goes_to = self.accounts.iter().map(|account| account.id).collect();
        (self.due_at, self.caption.clone(), goes_to)
    }
}

/// What rows are held against.
struct World {
    zone: Tz,
    now: DateTime<Utc>,
    accounts: Vec<Account>,
    /// By the name without capitals, newest first.
    files: HashMap<String, Vec<Asset>>,
}

/// What one has to know to write a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportGuide {
    /// "London, GMT (UTC)": on which wall times are meant.
    pub zone_label: String,
    /// How the client's accounts are called in a file.
    pub accounts: Vec<String>,
    /// The first and the last day of the present month on that wall.
    pub month: (NaiveDate, NaiveDate),
}

impl Services {
    /// What one has to know to write a file.
    ///
    /// # Errors
    /// When the client is not this person's to see.
    pub async fn import_guide(
        &self,
        actor: &Actor,
        client: ClientId,
    ) -> ServiceResult<ImportGuide> {
        let row = self.client_row(actor, Permission::SeeDesk, client).await?;
        let zone = zone_of(&row)?;
        let now = self.clock.now();
        let accounts = account::linked(&mut *self.conn().await?, client).await?;
        Ok(ImportGuide {
            zone_label: zone_label_with_offset(zone, now),
            accounts: accounts.iter().filter_map(cells::account_cell).collect(),
            month: super::export::days(local(now, zone).date(), None, None)?,
        })
    }

    /// What an import of this file would do. Nothing is changed.
    ///
    /// # Errors
    /// When it is no file of posts, or the client is not this person's to write for.
    pub async fn check_import(
        &self,
        actor: &Actor,
        client: ClientId,
        text: &str,
    ) -> ServiceResult<ImportReport> {
        let row = self
            .client_row(actor, Permission::WritePosts, client)
            .await?;
        let sheet = Sheet::read(text)?;
        let (report, _) = self
            .read_sheet(&mut *self.conn().await?, &row, sheet)
            .await?;
        Ok(report)
    }

    /// Keeps every post of a file as a draft, and skips those that are there already. While any row has to be
    /// mended nothing is kept, and the report says so.
    ///
    /// # Errors
    /// As [`Self::check_import`].
    pub async fn import_posts(
        &self,
        actor: &Actor,
        client: ClientId,
        text: &str,
    ) -> ServiceResult<ImportReport> {
        actor.require_for(Permission::WritePosts, client)?;
        let sheet = Sheet::read(text)?;
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            // The same file twice at once: the second waits, and then sees what the first has kept.
            let row = client::find_for_update(conn, client).await?;
            let row = row.ok_or(ServiceError::NotFound("client"))?;
            let (mut report, planned) = self.read_sheet(conn, &row, sheet).await?;
            if report.count(RowStanding::Wrong) > 0 {
                return Ok(report);
            }
            for post in &planned {
                self.keep_imported(conn, actor, &row, post).await?;
            }
            report.imported = Some(planned.len());
            Ok(report)
        })
        .await
    }

    async fn read_sheet(
        &self,
        conn: &mut db::Connection,
        client: &Client,
        sheet: Sheet,
    ) -> ServiceResult<(ImportReport, Vec<Planned>)> {
        let zone = zone_of(client)?;
        let now = self.clock.now();
        let names: Vec<String> = sheet
            .rows
            .iter()
            .flat_map(|row| names_in(&row.media))
            .collect();
        let mut files: HashMap<String, Vec<Asset>> = HashMap::new();
        for file in asset::kept_by_name(conn, client.id, &names).await? {
            let of_name = files.entry(file.file_name.to_lowercase()).or_default();
            of_name.push(file);
        }
        let world = World {
            zone,
            now,
            accounts: account::linked(conn, client.id).await?,
            files,
        };
        let read: Vec<_> = sheet.rows.iter().map(|row| world.read(row)).collect();
        let there = posts_there(conn, client.id, &read).await?;
        let mut in_file: HashMap<Same, u64> = HashMap::new();
        let (mut rows, mut planned) = (Vec::new(), Vec::new());
        for (mut row, post) in read {
            if let Some(post) = post {
                let same = post.same();
                let known = if there.contains(&same) {
                    Some("This post is there already, at this minute: it is skipped.".to_owned())
                } else {
                    in_file
                        .get(&same)
                        .map(|line| format!("The same as line {line}: it is skipped."))
                };
                if let Some(sentence) = known {
                    row.standing = RowStanding::Known;
                    row.told = vec![(Severity::Pass, sentence)];
                } else {
                    in_file.insert(same, row.line);
                    planned.push(post);
                }
            }
            rows.push(row);
        }
        let report = ImportReport {
            told: sheet.told,
            rows,
            zone_label: zone_label_with_offset(zone, now),
            imported: None,
        };
        Ok((report, planned))
    }
}

/// The posts of a client that are at the minutes of these.
async fn posts_there(
    conn: &mut db::Connection,
    client: ClientId,
    read: &[(ImportRow, Option<Planned>)],
) -> ServiceResult<HashSet<Same>> {
    let minutes = || {
        read.iter()
            .filter_map(|(_, post)| Some(post.as_ref()?.due_at))
    };
    let (Some(first), Some(last)) = (minutes().min(), minutes().max()) else {
        return Ok(HashSet::new());
    };
    let posts = post::between(conn, client, first, last + Duration::seconds(1)).await?;
    let ids: Vec<_> = posts.iter().map(|post| post.id).collect();
    let mut goes_to: HashMap<_, BTreeSet<AccountId>> = HashMap::new();
    for (delivery, account) in delivery::of_posts(conn, &ids).await? {
        goes_to
            .entry(delivery.post_id)
            .or_default()
            .insert(account.id);
    }
    Ok(posts
        .into_iter()
        .map(|post| {
            let goes_to = goes_to.remove(&post.id).unwrap_or_default();
            (post.due_at, post.caption, goes_to)
        })
        .collect())
}

/// The files that a cell names; a name that has the mark in it is no list.
fn names_in(cell: &str) -> Vec<String> {
    cells::list(cell, &['|'])
}

impl World {
    /// What a row asks for, and what is to be said about it.
    fn read(&self, row: &Row) -> (ImportRow, Option<Planned>) {
        let mut told: Vec<(Severity, String)> = Vec::new();
        if row.is_too_long {
            wrong(
                &mut told,
                "This row has more cells than the first line has columns. Put text that has commas in it into quotation marks.",
            );
        }
        let when = self.time_of(row, &mut told);
        let accounts = cells::accounts(&row.accounts, &self.accounts).unwrap_or_else(|sentence| {
            wrong(&mut told, sentence);
            Vec::new()
        });
        let tags =
            tags::check_names(&cells::list(&row.tags, &[',', ';'])).unwrap_or_else(|error| {
                wrong(&mut told, error.to_string());
                Vec::new()
            });
        let note = notes::check_body(&row.notes).unwrap_or_else(|error| {
            wrong(&mut told, error.to_string());
            String::new()
        });
        let files = self.files_of(row, &mut told);
        let caption = row.caption.trim_end().to_owned();
        if caption.is_empty() && files.is_empty() {
            wrong(
                &mut told,
                "There is neither a caption nor a file. Write one of them.",
            );
        }
        let is_wrong = told
            .iter()
            .any(|(severity, _)| *severity == Severity::Error);
        if !is_wrong {
            doubts(&caption, &accounts, &files, &mut told);
        }
        if !is_wrong && when.is_some_and(|(_, due_at)| due_at <= self.now) {
            told.push((
                Severity::Warning,
                "This time has passed. It is kept as a draft, and needs another time before it can go out.".to_owned(),
            ));
        }
        told.sort_by_key(|(severity, _)| *severity != Severity::Error);
        let shown = ImportRow {
            line: row.line,
            day: when.map(|(wall, _)| wall.date()),
            when: when.map_or_else(
                || format!("{} {}", row.date.trim(), row.time.trim()),
                |(wall, _)| local_label_with_year(wall),
            ),
            title: caption_title(&caption, TITLE),
            accounts: accounts.iter().map(|account| name_of(account)).collect(),
            files: files.len(),
            standing: match told.first() {
                None => RowStanding::Fine,
                Some((Severity::Error, _)) => RowStanding::Wrong,
                Some(_) => RowStanding::Doubtful,
            },
            told,
        };
        let planned =
            when.filter(|_| shown.standing != RowStanding::Wrong)
                .map(|(local_time, due_at)| Planned {
                    local_time,
                    due_at,
                    caption,
                    accounts: accounts.into_iter().cloned().collect(),
                    tags,
                    note,
                    files,
                });
        (shown, planned)
    }

    /// The minute, on the wall and as an instant. One that the wall skips or shows twice is not guessed.
    fn time_of(
        &self,
        row: &Row,
        told: &mut Vec<(Severity, String)>,
    ) -> Option<(NaiveDateTime, DateTime<Utc>)> {
        let (day, time) = (cells::day(&row.date), cells::time(&row.time));
        for sentence in [day.as_ref().err(), time.as_ref().err()]
            .into_iter()
            .flatten()
        {
            wrong(told, sentence.as_str());
        }
        let (time, which) = time.ok()?;
        let wall = day.ok()?.and_time(time);
        match instant_of(wall, self.zone, which) {
            Ok(due_at) => {
                if which.is_some() && occurrence(due_at, self.zone).is_none() {
                    let sentence = "The clocks show this time once, so “first” or “second” behind it says nothing.";
                    told.push((Severity::Warning, sentence.to_owned()));
                }
                Some((wall, due_at))
            }
            Err(LocalTimeError::Twice(time, zone)) => {
                let clock = wall.format("%H:%M");
                wrong(
                    told,
                    format!(
                        "{time} happens twice in {zone}: the clocks go back over it that day. Write “{clock} first” or “{clock} second”, or pick another time."
                    ),
                );
                None
            }
            Err(error) => {
                wrong(told, error.to_string());
                None
            }
        }
    }

    fn files_of(&self, row: &Row, told: &mut Vec<(Severity, String)>) -> Vec<Asset> {
        let mut files: Vec<Asset> = Vec::new();
        for name in names_in(&row.media) {
            match self.files.get(&name.to_lowercase()).map(Vec::as_slice) {
                None | Some([]) => wrong(
                    told,
                    format!(
                        "There is no file “{name}” in this client’s library. Upload it first, or take the name out."
                    ),
                ),
                Some([newest, others @ ..]) => {
                    if others.iter().any(|other| other.sha256 != newest.sha256) {
                        told.push((
                            Severity::Warning,
                            format!("Several files are called “{name}”; the newest is taken."),
                        ));
                    }
                    if files.iter().all(|file| file.id != newest.id) {
                        files.push(newest.clone());
                    }
                }
            }
        }
        files
    }
}

/// What is worth knowing about a post that can be kept: what would stop it later.
fn doubts(
    caption: &str,
    accounts: &[&Account],
    files: &[Asset],
    told: &mut Vec<(Severity, String)>,
) {
    let mut doubt = |sentence: String| {
        if told.iter().all(|(_, said)| *said != sentence) {
            told.push((Severity::Warning, sentence));
        }
    };
    if accounts.is_empty() {
        doubt("No account is named. Choose one in the post before it goes out.".to_owned());
    }
    let facts: Vec<_> = files.iter().map(Asset::facts).collect();
    let attached: Vec<_> = facts
        .iter()
        .map(|facts| Attached { facts, alt: "" })
        .collect();
    for account in accounts {
        if account.status == AccountStatus::NeedsReconnecting {
            doubt(format!(
                "{} needs reconnecting before it can post.",
                name_of(account)
            ));
        }
        let options = PlatformOptions::empty(account.platform);
        for finding in judge(caption, &attached, &options, None) {
            let is_of_file = matches!(finding.field, Field::Caption | Field::Media);
            if is_of_file && finding.severity == Severity::Error {
                doubt(format!("{}: {}", account.platform, finding.sentence));
            }
        }
    }
}

fn wrong(told: &mut Vec<(Severity, String)>, sentence: impl Into<String>) {
    told.push((Severity::Error, sentence.into()));
}

fn name_of(account: &Account) -> String {
    let name =
        crate::accounts::account_name(account.handle.as_deref(), account.nickname.as_deref());
    format!("{name} on {}", account.platform)
}
