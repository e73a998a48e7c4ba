//! When posts of an account usually go out, and the next such time that is free.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
use chrono_tz::Tz;
use db::AsyncConnection;
use db::models::account_slot::{self, AccountSlot};
use db::models::{account, client};
use domain::audit::AuditAction;
use domain::time::{instant, local};
use domain::{AccountId, ClientId, Permission, PostId};
use serde_json::json;

use crate::audit::{By, Entry};
use crate::clients::zone_of;
use crate::{Actor, ServiceError, ServiceResult, Services};

pub use db::models::account_slot::AccountSlot as Slot;

/// How many days ahead a free slot is looked for.
const AHEAD: u64 = 366;
/// More slots than any account has.
const MOST: usize = 100;

/// What becomes of an account's slots.
enum Change {
    Add(Vec<Slot>),
    Remove(Slot),
}

/// The next slot that is free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextSlot {
    /// The time on the client's wall.
    pub local_time: NaiveDateTime,
    /// Slots before it that the wall skips or shows twice, and that were left out; a sentence each.
    pub told: Vec<String>,
}

impl Services {
    /// The slots of a client's linked accounts, in the order of the week.
    ///
    /// # Errors
    /// When the client is not this person's to see.
    pub async fn slots(&self, actor: &Actor, client: ClientId) -> ServiceResult<Vec<Slot>> {
        self.client_row(actor, Permission::SeeDesk, client).await?;
        Ok(account_slot::of_client(&mut *self.conn().await?, client).await?)
    }

    /// Adds a time to these weekdays (0 is Monday) of an account.
    ///
    /// # Errors
    /// When there is no weekday, or the account is not this person's to plan for.
    pub async fn add_slots(
        &self,
        actor: &Actor,
        client: ClientId,
        account: AccountId,
        weekdays: &[i16],
        time: NaiveTime,
    ) -> ServiceResult<()> {
        let days: BTreeSet<i16> = weekdays.iter().copied().collect();
        let is_week = days.iter().all(|day| (0..7).contains(day));
        if days.is_empty() || !is_week {
            return Err(ServiceError::Invalid(
                "Choose at least one day of the week.".to_owned(),
            ));
        }
        let wall_time = time.with_nanosecond(0).and_then(|time| time.with_second(0));
        let slots: Vec<AccountSlot> = days
            .into_iter()
            .map(|weekday| AccountSlot {
                account_id: account,
                weekday,
                wall_time: wall_time.unwrap_or(time),
            })
            .collect();
        self.change_slots(actor, client, account, Change::Add(slots))
            .await
    }

    /// Takes a time away from a weekday of an account.
    ///
    /// # Errors
    /// When the account is not this person's to plan for.
    pub async fn remove_slot(
        &self,
        actor: &Actor,
        client: ClientId,
        slot: Slot,
    ) -> ServiceResult<()> {
        self.change_slots(actor, client, slot.account_id, Change::Remove(slot))
            .await
    }

    async fn change_slots(
        &self,
        actor: &Actor,
        client: ClientId,
        account: AccountId,
        change: Change,
    ) -> ServiceResult<()> {
        actor.require_for(Permission::WritePosts, client)?;
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let linked = account::linked(conn, client).await?;
            if linked.iter().all(|one| one.id != account) {
                return Err(ServiceError::NotFound("account"));
            }
            let before = times_a_week(conn, client, account).await?;
            match &change {
                Change::Add(slots) => account_slot::add(conn, slots).await?,
                Change::Remove(slot) => account_slot::remove(conn, *slot).await?,
            }
            let after = times_a_week(conn, client, account).await?;
            if after > MOST {
                return Err(ServiceError::Invalid(format!(
                    "An account can have at most {MOST} times in a week."
                )));
            }
            if before != after {
                let entry = Entry::of(AuditAction::SlotsChanged)
                    .at(client)
                    .on("account", account)
                    .before(json!({ "times_a_week": before }))
                    .after(json!({ "times_a_week": after }));
                self.record(conn, By::User(actor), &[entry]).await?;
            }
            Ok(())
        })
        .await
    }

    /// The next slot of these accounts that no other post of them occupies: one that all of them share, where
    /// they share any, else the first of any; later than `after`, if that is given.
    ///
    /// # Errors
    /// When none of them has a slot, or none is free within a year.
    pub async fn next_slot(
        &self,
        actor: &Actor,
        client: ClientId,
        accounts: &[AccountId],
        post: Option<PostId>,
        after: Option<NaiveDateTime>,
    ) -> ServiceResult<NextSlot> {
        actor.require_for(Permission::SeeDesk, client)?;
        let mut conn = self.conn().await?;
        let row = client::find(&mut conn, client).await?;
        let zone = zone_of(&row.ok_or(ServiceError::NotFound("client"))?)?;
        let linked = account::linked(&mut conn, client).await?;
        if accounts
            .iter()
            .any(|id| linked.iter().all(|one| one.id != *id))
        {
            return Err(ServiceError::NotFound("account"));
        }
        let slots = account_slot::of_client(&mut conn, client).await?;
        let week = week_of(accounts, &slots);
        if week.is_empty() {
            return Err(ServiceError::Invalid(
                "No times are set for what is chosen. Add them on the accounts page.".to_owned(),
            ));
        }
        let now = self.clock.now();
        let until = now + chrono::Duration::days(i64::try_from(AHEAD).unwrap_or(i64::MAX) + 2);
        let occupied = account_slot::occupied(&mut conn, accounts, (now, until), post).await?;
        let occupied: HashSet<DateTime<Utc>> = occupied.into_iter().collect();
        free(&week, zone, now, after, &occupied).ok_or_else(|| {
            ServiceError::Conflict("Every time of the coming year is taken.".to_owned())
        })
    }
}

async fn times_a_week(
    conn: &mut db::Connection,
    client: ClientId,
    account: AccountId,
) -> ServiceResult<usize> {
    let all = account_slot::of_client(conn, client).await?;
    Ok(all.iter().filter(|slot| slot.account_id == account).count())
}

/// A week's times: those that all accounts with any share, or all there are.
fn week_of(accounts: &[AccountId], slots: &[Slot]) -> BTreeSet<(i16, NaiveTime)> {
    let of = |account: &AccountId| -> BTreeSet<(i16, NaiveTime)> {
        slots
            .iter()
            .filter(|slot| slot.account_id == *account)
            .map(|slot| (slot.weekday, slot.wall_time))
            .collect()
    };
    let weeks: Vec<_> = accounts
        .iter()
        .map(of)
        .filter(|week| !week.is_empty())
        .collect();
    let shared = weeks
        .iter()
        .cloned()
        .reduce(|one, other| one.intersection(&other).copied().collect())
        .unwrap_or_default();
    if shared.is_empty() {
        weeks.into_iter().flatten().collect()
    } else {
        shared
    }
}

/// The first time of the week, from now on, that is free. What the wall skips or shows twice is left out.
fn free(
    week: &BTreeSet<(i16, NaiveTime)>,
    zone: Tz,
    now: DateTime<Utc>,
    after: Option<NaiveDateTime>,
    occupied: &HashSet<DateTime<Utc>>,
) -> Option<NextSlot> {
    let mut told = Vec::new();
    let today = local(now, zone).date();
    let first: NaiveDate = after.map_or(today, |after| after.date().max(today));
    for ahead in 0..=AHEAD {
        let day = first.checked_add_days(Days::new(ahead))?;
        let weekday = i16::try_from(day.weekday().num_days_from_monday()).ok()?;
        for (_, time) in week
            .range((weekday, NaiveTime::MIN)..)
            .take_while(|(of, _)| *of == weekday)
        {
            let wall = day.and_time(*time);
            if after.is_some_and(|after| wall <= after) {
                continue;
            }
            match instant(wall, zone) {
                Ok(due_at) if due_at > now && !occupied.contains(&due_at) => {
                    return Some(NextSlot {
                        local_time: wall,
                        told,
                    });
                }
                Ok(_) => {}
                Err(error) => told.push(format!("Left out: {error}")),
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use chrono::{DateTime, NaiveDateTime, NaiveTime, Utc};
    use chrono_tz::Europe::London;
    use domain::AccountId;
    use domain::time::{instant, parse_local};

    use super::{Slot, free, week_of};

    fn at(hour: u32, minute: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, minute, 0).expect("a time")
    }

    fn wall(text: &str) -> NaiveDateTime {
        parse_local(text).expect("a time on the wall")
    }

    fn when(text: &str) -> DateTime<Utc> {
        instant(wall(text), London).expect("an instant")
    }

    #[test]
    fn the_next_slot_is_later_than_now_and_than_what_was_offered_and_free() {
        // 14 October 2026 is a Wednesday.
        let week = BTreeSet::from([(2, at(9, 0)), (2, at(18, 0)), (4, at(9, 0))]);
        let now = when("2026-10-14T13:00");
        let find = |after: Option<&str>, occupied: &[&str]| {
            let occupied: HashSet<_> = occupied.iter().map(|text| when(text)).collect();
            let found = free(&week, London, now, after.map(wall), &occupied);
            found.expect("a slot").local_time
        };
        assert_eq!(find(None, &[]), wall("2026-10-14T18:00"));
        assert_eq!(find(None, &["2026-10-14T18:00"]), wall("2026-10-16T09:00"));
        assert_eq!(
            find(Some("2026-10-16T09:00"), &[]),
            wall("2026-10-21T09:00")
        );
        let all: HashSet<_> = (0..60)
            .flat_map(|weeks| week.iter().map(move |(day, time)| (weeks, *day, *time)))
            .filter_map(|(weeks, day, time)| {
                let monday = wall("2026-10-12T00:00").date() + chrono::Days::new(weeks * 7);
                let day = monday + chrono::Days::new(u64::try_from(day).ok()?);
                instant(day.and_time(time), London).ok()
            })
            .collect();
        assert_eq!(free(&week, London, now, None, &all), None);
    }

    #[test]
    fn what_the_clocks_skip_or_show_twice_is_left_out_and_told() {
        // Sunday, half past one: the clocks go back on 25 October 2026, and forward on 28 March 2027.
        let week = BTreeSet::from([(6, at(1, 30))]);
        let occupied = HashSet::new();
        let back = free(&week, London, when("2026-10-20T09:00"), None, &occupied);
        let back = back.expect("a slot");
        assert_eq!(back.local_time, wall("2026-11-01T01:30"));
        assert!(
            back.told[0].contains("Sun 25 Oct, 01:30 happens twice"),
            "{:?}",
            back.told
        );
        let forth = free(&week, London, when("2027-03-22T09:00"), None, &occupied);
        let forth = forth.expect("a slot");
        assert_eq!(forth.local_time, wall("2027-04-04T01:30"));
        assert!(forth.told[0].contains("does not exist"), "{:?}", forth.told);
    }

    #[test]
    fn accounts_share_a_slot_where_they_have_one_in_common() {
        let [one, other, third] = [(); 3].map(|()| AccountId::generate());
        let slot = |account_id, weekday, hour| Slot {
            account_id,
            weekday,
            wall_time: at(hour, 0),
        };
        let slots = [
            slot(one, 0, 9),
            slot(one, 1, 9),
            slot(other, 1, 9),
            slot(other, 3, 12),
        ];
        let week = |accounts: &[AccountId]| Vec::from_iter(week_of(accounts, &slots));
        assert_eq!(week(&[one, other, third]), [(1, at(9, 0))]);
        assert_eq!(week(&[one]), [(0, at(9, 0)), (1, at(9, 0))]);
        assert_eq!(week(&[third]), []);
    }
}
