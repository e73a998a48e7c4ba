//! What contacts are told who are no users: kept until it is gathered into a mail.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::ClientId;
use uuid::Uuid;

use crate::schema::contact_notices;
use crate::{Connection, DbResult};

/// Something that a contact is told.
#[derive(Clone, Debug)]
pub struct ContactNotice {
    /// Its number.
    pub id: i64,
    /// About which client.
    pub client: ClientId,
    /// In a few words.
    pub title: String,
    /// What it means.
    pub body: String,
}

/// Keeps something until its mail is due.
///
/// # Errors
/// When the query fails.
pub async fn insert(
    conn: &mut Connection,
    recipient: &str,
    client: ClientId,
    (title, body): (&str, &str),
    now: DateTime<Utc>,
    mail_at: DateTime<Utc>,
) -> DbResult<()> {
    diesel::insert_into(contact_notices::table)
        .values((
            contact_notices::recipient.eq(recipient),
            contact_notices::client_id.eq(client.0),
            contact_notices::title.eq(title),
            contact_notices::body.eq(body),
            contact_notices::created_at.eq(now),
            contact_notices::mail_at.eq(mail_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Contacts whose mail is due.
///
/// # Errors
/// When the query fails.
pub async fn due(conn: &mut Connection, now: DateTime<Utc>, limit: i64) -> DbResult<Vec<String>> {
    Ok(contact_notices::table
        .filter(contact_notices::mail_at.le(now))
        .select(contact_notices::recipient)
        .distinct()
        .limit(limit)
        .load(conn)
        .await?)
}

/// Takes all that waits for a contact, oldest first. Of several that ask at once, one gets it.
///
/// # Errors
/// When the query fails.
pub async fn take(conn: &mut Connection, recipient: &str) -> DbResult<Vec<ContactNotice>> {
    let rows: Vec<(i64, Uuid, String, String)> =
        diesel::delete(contact_notices::table.filter(contact_notices::recipient.eq(recipient)))
            .returning((
                contact_notices::id,
                contact_notices::client_id,
                contact_notices::title,
                contact_notices::body,
            ))
            .get_results(conn)
            .await?;
    let mut taken: Vec<ContactNotice> = rows
        .into_iter()
        .map(|(id, client, title, body)| ContactNotice {
            id,
            client: client.into(),
            title,
            body,
        })
        .collect();
    taken.sort_by_key(|one| one.id);
    Ok(taken)
}
