//! Looks whether the audit is what was written: every hash is made again, and compared.
//!
//! What no chain can tell by itself is whether its end was cut off, or all of it written anew: for that
//! somebody has to have noted a hash elsewhere, which is then expected to be found.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};
use db::DbError;
use db::models::audit::chain::{self, Link, StoredEntry};
use domain::Permission;

use super::canonical::{BEGINNING, link_hash};
use crate::{Actor, ServiceResult, Services};

/// How many links are read at once.
const BATCH: i64 = 1_000;
/// More are not looked for: one is enough to know.
const PROBLEMS: usize = 20;

/// What is looked at, and what has to be found.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Hashes that were noted elsewhere, and must be in the chain.
    pub expect: Vec<Vec<u8>>,
    /// Begins behind the link with this hash, because all up to there was verified before.
    pub since: Option<Vec<u8>>,
    /// Looks at so many of the newest links only.
    pub newest: Option<i64>,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// How many entries were looked at.
    pub checked: u64,
    /// The last link: its place and its hash. To be noted elsewhere.
    pub last: Option<(i64, Vec<u8>)>,
    /// When the entry of the last link was made.
    pub last_at: Option<DateTime<Utc>>,
    /// How many entries have no link yet.
    pub waiting: i64,
    /// What is wrong, in the order of the chain; not all of it, when much is.
    pub problems: Vec<Problem>,
}

impl Verdict {
    /// Whether everything is as it was written.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// An entry does not say what its link was made of.
    Changed {
        /// Its id.
        entry: i64,
    },
    /// Two entries stand in each other's place.
    Swapped {
        /// The id of one.
        one: i64,
        /// The id of the other.
        other: i64,
    },
    /// An entry is gone, while its link is there.
    Missing {
        /// Its id.
        entry: i64,
    },
    /// Links are gone.
    LinksMissing {
        /// The place of the first.
        from: i64,
        /// The place of the last.
        to: i64,
    },
    /// A link holds an earlier entry than the link before it.
    OutOfOrder {
        /// The entry's id.
        entry: i64,
    },
    /// An entry was put in, or lost its link, after later entries were chained.
    PassedOver {
        /// Its id.
        entry: i64,
    },
    /// A hash that was noted elsewhere is not in the chain.
    NotFound {
        /// The hash.
        hash: Vec<u8>,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { entry } => write!(
                f,
                "Entry {entry} was changed, or what stood before it was taken out: it does not fit its link."
            ),
            Self::Swapped { one, other } => {
                write!(f, "Entries {one} and {other} stand in each other’s place.")
            }
            Self::Missing { entry } => write!(f, "Entry {entry} is missing; its link is there."),
            Self::LinksMissing { from, to } if from == to => {
                write!(f, "Link {from} of the chain is missing.")
            }
            Self::LinksMissing { from, to } => {
                write!(f, "Links {from} to {to} of the chain are missing.")
            }
            Self::OutOfOrder { entry } => write!(
                f,
                "Entry {entry} stands behind a later one in the chain: links were put in another order."
            ),
            Self::PassedOver { entry } => write!(
                f,
                "Entry {entry} has no link although later ones have: it was put in afterwards, or its link was taken out."
            ),
            Self::NotFound { hash } => write!(
                f,
                "No link has the hash {}: the end of the audit was cut off, or it was written anew.",
                hex::encode(hash)
            ),
        }
    }
}

impl Services {
    /// Verifies the audit as an operator. Reads one moment's state, however long that takes.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn verify_audit(&self, scope: &Scope) -> ServiceResult<Verdict> {
        let mut conn = self.conn().await?;
        Ok(conn
            .build_transaction()
            .read_only()
            .repeatable_read()
            .run(async |conn| verify(conn, scope).await)
            .await?)
    }

    /// Verifies the newest links, for a person who reads the audit.
    ///
    /// # Errors
    /// When the person may not read it, or the database cannot be reached.
    pub async fn check_newest_audit(&self, actor: &Actor, links: i64) -> ServiceResult<Verdict> {
        actor.require(Permission::SeeAudit)?;
        let scope = Scope {
            newest: Some(links),
            ..Scope::default()
        };
        self.verify_audit(&scope).await
    }
}

async fn verify(conn: &mut db::Connection, scope: &Scope) -> Result<Verdict, DbError> {
    let mut verdict = Verdict::default();
    let start = match (&scope.since, scope.newest) {
        (Some(hash), _) => {
            let found = chain::with_hash(conn, hash).await?;
            if found.is_none() {
                verdict
                    .problems
                    .push(Problem::NotFound { hash: hash.clone() });
            }
            found
        }
        (None, Some(count)) => match chain::newest(conn).await? {
            Some(newest) => chain::at(conn, newest.seq - count).await?,
            None => None,
        },
        (None, None) => None,
    };
    let mut walk = Walk::behind(start, verdict);
    let first = walk.previous.entry_id;
    loop {
        let links = chain::links(conn, walk.previous.seq, BATCH).await?;
        for (index, (link, _)) in links.iter().enumerate() {
            walk.step(link, index, &links);
        }
        let is_last = i64::try_from(links.len()).is_ok_and(|count| count < BATCH);
        if is_last || walk.verdict.problems.len() >= PROBLEMS {
            break;
        }
    }
    let Walk {
        previous,
        highest,
        mut verdict,
        ..
    } = walk;
    if verdict.problems.len() < PROBLEMS {
        let passed_over = chain::passed_over(conn, first, highest, PROBLEMS as i64).await?;
        verdict.problems.extend(
            passed_over
                .into_iter()
                .map(|entry| Problem::PassedOver { entry }),
        );
    }
    for hash in &scope.expect {
        if chain::with_hash(conn, hash).await?.is_none() {
            verdict
                .problems
                .push(Problem::NotFound { hash: hash.clone() });
        }
    }
    verdict.waiting = chain::count_after(conn, highest).await?;
    verdict.last = (previous.seq > 0).then_some((previous.seq, previous.hash));
    Ok(verdict)
}

/// The way along the chain.
struct Walk {
    /// The link that was looked at last, as it stands there: one that is wrong does not make all behind it
    /// look wrong too.
    previous: Link,
    /// The highest entry that had a link.
    highest: i64,
    /// Of entries that were found in each other's place, the second ones.
    explained: BTreeSet<i64>,
    verdict: Verdict,
}

impl Walk {
    fn behind(start: Option<Link>, verdict: Verdict) -> Self {
        let previous = start.unwrap_or_else(|| Link {
            seq: 0,
            entry_id: 0,
            hash: BEGINNING.to_vec(),
        });
        Self {
            highest: previous.entry_id,
            previous,
            explained: BTreeSet::new(),
            verdict,
        }
    }

    fn step(&mut self, link: &Link, index: usize, batch: &[(Link, Option<StoredEntry>)]) {
        self.verdict.checked += 1;
        let expected = self.previous.seq + 1;
        let is_next = link.seq == expected;
        if !is_next {
            self.report(Problem::LinksMissing {
                from: expected,
                to: link.seq - 1,
            });
        }
        if link.entry_id <= self.previous.entry_id {
            self.report(Problem::OutOfOrder {
                entry: link.entry_id,
            });
        } else {
            match batch.get(index).and_then(|(_, entry)| entry.as_ref()) {
                None => self.report(Problem::Missing {
                    entry: link.entry_id,
                }),
                // Behind a gap nobody knows what the hash was made of.
                Some(_) if !is_next => {}
                Some(entry) => {
                    self.verdict.last_at = Some(entry.at);
                    if link.hash != link_hash(&self.previous.hash, entry) {
                        self.explain(link, entry, index, batch);
                    }
                }
            }
        }
        self.highest = self.highest.max(link.entry_id);
        self.previous = link.clone();
    }

    /// An entry does not fit: perhaps another one would, in its place or by a link that was moved.
    fn explain(
        &mut self,
        link: &Link,
        entry: &StoredEntry,
        index: usize,
        batch: &[(Link, Option<StoredEntry>)],
    ) {
        if self.explained.remove(&entry.id) {
            return;
        }
        let behind = || {
            let links = batch.iter().skip(index + 1);
            links.filter_map(|(_, other)| other.as_ref())
        };
        if behind().any(|other| link.hash == link_hash(&self.previous.hash, other)) {
            return self.report(Problem::OutOfOrder { entry: entry.id });
        }
        let other = behind().find(|other| {
            let in_its_place = StoredEntry {
                id: entry.id,
                ..(*other).clone()
            };
            link.hash == link_hash(&self.previous.hash, &in_its_place)
        });
        match other {
            Some(other) => {
                self.explained.insert(other.id);
                self.report(Problem::Swapped {
                    one: entry.id,
                    other: other.id,
                });
            }
            None => self.report(Problem::Changed { entry: entry.id }),
        }
    }

    fn report(&mut self, problem: Problem) {
        if self.verdict.problems.len() < PROBLEMS {
            self.verdict.problems.push(problem);
        }
    }
}
