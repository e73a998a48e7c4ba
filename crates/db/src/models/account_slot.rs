//! When posts of an account usually go out: weekdays and times on the client's wall.

use chrono::{DateTime, NaiveTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{AccountId, ClientId, PostId};
use uuid::Uuid;

use crate::schema::{account_slots, accounts, deliveries};
use crate::{Connection, DbResult};

/// A slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = account_slots, check_for_backend(diesel::pg::Pg))]
pub struct AccountSlot {
    /// Of which account.
    #[diesel(deserialize_as = Uuid)]
    pub account_id: AccountId,
    /// The weekday: 0 is Monday.
    pub weekday: i16,
    /// The time on the client's wall.
    pub wall_time: NaiveTime,
}

/// The slots of a client's linked accounts, in the order of the week.
///
/// # Errors
/// When the query fails.
pub async fn of_client(conn: &mut Connection, client: ClientId) -> DbResult<Vec<AccountSlot>> {
    Ok(account_slots::table
        .inner_join(accounts::table)
        .filter(accounts::client_id.eq(client.0))
        .filter(accounts::status.ne("disconnected"))
        .order((account_slots::weekday, account_slots::wall_time))
        .select(AccountSlot::as_select())
        .load(conn)
        .await?)
}

/// Adds slots; one that is there stays.
///
/// # Errors
/// When the query fails.
pub async fn add(conn: &mut Connection, slots: &[AccountSlot]) -> DbResult<()> {
    let rows: Vec<_> = slots
        .iter()
        .map(|slot| {
            (
                account_slots::account_id.eq(slot.account_id.0),
                account_slots::weekday.eq(slot.weekday),
                account_slots::wall_time.eq(slot.wall_time),
            )
        })
        .collect();
    diesel::insert_into(account_slots::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes a slot; nothing happens when there is none.
///
/// # Errors
/// When the query fails.
pub async fn remove(conn: &mut Connection, slot: AccountSlot) -> DbResult<()> {
    let key = (slot.account_id.0, slot.weekday, slot.wall_time);
    diesel::delete(account_slots::table.find(key))
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes all slots of an account.
///
/// # Errors
/// When the query fails.
pub async fn remove_all(conn: &mut Connection, account: AccountId) -> DbResult<()> {
    diesel::delete(account_slots::table.filter(account_slots::account_id.eq(account.0)))
        .execute(conn)
        .await?;
    Ok(())
}

/// When posts of these accounts go out in this range, other than one post. What was cancelled or has failed
/// leaves its minute free.
///
/// # Errors
/// When the query fails.
pub async fn occupied(
    conn: &mut Connection,
    of: &[AccountId],
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    except: Option<PostId>,
) -> DbResult<Vec<DateTime<Utc>>> {
    let ids: Vec<Uuid> = of.iter().map(|id| id.0).collect();
    let mut query = deliveries::table
        .filter(deliveries::account_id.eq_any(ids))
        .filter(deliveries::due_at.ge(from))
        .filter(deliveries::due_at.lt(until))
        .filter(deliveries::state.ne_all(["cancelled", "failed"]))
        .select(deliveries::due_at)
        .into_boxed();
    if let Some(post) = except {
        query = query.filter(deliveries::post_id.ne(post.0));
    }
    Ok(query.load(conn).await?)
}
