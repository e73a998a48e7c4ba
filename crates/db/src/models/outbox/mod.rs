//! Mail on its way to people.

mod care;
mod send;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{ClientId, MailId};

use crate::schema::outbox;
use crate::{Connection, DbResult};

pub use care::{
    Shown, all_sealed, count_waiting, erase_written_before, list, replace_sealed, send_again,
};
pub use send::{Claimed, Outcome, begin, claim, lose, settle};

/// A mail that is to be sent.
#[derive(Clone, Debug)]
pub struct NewMail<'a> {
    /// Its id, which is also the first half of its Message-ID.
    pub id: MailId,
    /// The same thing is told once: a second mail with this key is not kept.
    pub dedupe_key: Option<&'a str>,
    /// A word for what it is about.
    pub kind: &'a str,
    /// About which client.
    pub client: Option<ClientId>,
    /// To which address.
    pub recipient: &'a str,
    /// Its subject; holds no secret.
    pub subject: &'a str,
    /// Its texts, sealed.
    pub sealed: &'a [u8],
}

/// Puts a mail into the outbox. `false` when one with the same key is there.
///
/// # Errors
/// When the query fails.
pub async fn insert(
    conn: &mut Connection,
    new: &NewMail<'_>,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let inserted = diesel::insert_into(outbox::table)
        .values((
            outbox::id.eq(new.id.0),
            outbox::dedupe_key.eq(new.dedupe_key),
            outbox::kind.eq(new.kind),
            outbox::client_id.eq(new.client.map(|id| id.0)),
            outbox::recipient.eq(new.recipient),
            outbox::subject.eq(new.subject),
            outbox::sealed.eq(new.sealed),
            outbox::state.eq("waiting"),
            outbox::next_try_at.eq(now),
            outbox::created_at.eq(now),
        ))
        .on_conflict(outbox::dedupe_key)
        .do_nothing()
        .execute(conn)
        .await?;
    Ok(inserted > 0)
}
