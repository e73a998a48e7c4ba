//! Clients: the agency's customers.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::approval::{ApprovalPolicy, Approvers, LateApproval};
use domain::{ClientId, UserId};
use uuid::Uuid;

use crate::schema::clients;
use crate::{Connection, DbResult};

/// A client.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = clients, check_for_backend(diesel::pg::Pg))]
pub struct Client {
    /// Its id.
    #[diesel(deserialize_as = Uuid)]
    pub id: ClientId,
    /// Its name.
    pub name: String,
    /// The IANA name of its zone.
    pub time_zone: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// How many minutes after its minute a post still goes out.
    pub lateness_minutes: i32,
    /// Since when its publishing is paused.
    pub paused_at: Option<DateTime<Utc>>,
    /// Who paused it.
    pub paused_by: Option<Uuid>,
    /// Whether its posts need approval.
    #[diesel(deserialize_as = String)]
    pub approval_policy: ApprovalPolicy,
    /// How many of its approvers have to agree.
    #[diesel(deserialize_as = String)]
    pub approvers: Approvers,
    /// What happens to a post whose minute comes before its approval.
    #[diesel(deserialize_as = String)]
    pub late_approval: LateApproval,
    /// How many minutes before its minute a decision about a post is wanted.
    pub decide_ahead_minutes: i32,
    /// Who is told of failures besides the team.
    pub failure_email: Option<String>,
    /// "#1f4a44": the colour of its mark and its mails.
    pub brand_color: Option<String>,
    /// How many days its files are kept, where that differs from the installation.
    pub media_retention_days: Option<i32>,
}

/// Adds a client.
///
/// # Errors
/// A duplicate when the name is taken; otherwise when the query fails.
pub async fn insert(
    conn: &mut Connection,
    id: ClientId,
    name: &str,
    time_zone: &str,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::insert_into(clients::table)
        .values((
            clients::id.eq(id.0),
            clients::name.eq(name),
            clients::time_zone.eq(time_zone),
            clients::created_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// All clients by name.
///
/// # Errors
/// When the query fails.
pub async fn all(conn: &mut Connection) -> DbResult<Vec<Client>> {
    Ok(clients::table
        .order(clients::name.asc())
        .select(Client::as_select())
        .load(conn)
        .await?)
}

/// One client.
///
/// # Errors
/// When the query fails.
pub async fn find(conn: &mut Connection, id: ClientId) -> DbResult<Option<Client>> {
    Ok(clients::table
        .find(id.0)
        .select(Client::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The same, and nobody changes what is set for it until the transaction ends.
///
/// # Errors
/// When the query fails.
pub async fn find_for_share(conn: &mut Connection, id: ClientId) -> DbResult<Option<Client>> {
    Ok(clients::table
        .find(id.0)
        .for_share()
        .select(Client::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The same, to change it: whoever reads it for share waits.
///
/// # Errors
/// When the query fails.
pub async fn find_for_update(conn: &mut Connection, id: ClientId) -> DbResult<Option<Client>> {
    Ok(clients::table
        .find(id.0)
        .for_no_key_update()
        .select(Client::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Pauses the publishing of a client (since when, and who did it), or resumes it. `false` when it was
/// so already.
///
/// # Errors
/// When the query fails.
pub async fn set_paused(
    conn: &mut Connection,
    id: ClientId,
    pause: Option<(DateTime<Utc>, UserId)>,
) -> DbResult<bool> {
    let changed = diesel::update(
        clients::table
            .find(id.0)
            .filter(clients::paused_at.is_null().eq(pause.is_some())),
    )
    .set((
        clients::paused_at.eq(pause.map(|(since, _)| since)),
        clients::paused_by.eq(pause.map(|(_, by)| by.0)),
    ))
    .execute(conn)
    .await?;
    Ok(changed > 0)
}

/// What is set for a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientChange {
    /// Its name.
    pub name: String,
    /// The IANA name of its zone.
    pub time_zone: String,
    /// How many minutes after its minute a post still goes out.
    pub lateness_minutes: i32,
    /// Whether its posts need approval.
    pub approval_policy: ApprovalPolicy,
    /// How many of its approvers have to agree.
    pub approvers: Approvers,
    /// What happens to a post whose minute comes before its approval.
    pub late_approval: LateApproval,
    /// How many minutes before its minute a decision about a post is wanted.
    pub decide_ahead_minutes: i32,
    /// Who is told of failures besides the team.
    pub failure_email: Option<String>,
    /// "#1f4a44".
    pub brand_color: Option<String>,
    /// How many days its files are kept, where that differs from the installation.
    pub media_retention_days: Option<i32>,
}

/// Sets what is set for a client.
///
/// # Errors
/// A duplicate when the name is taken; otherwise when the query fails.
pub async fn update(conn: &mut Connection, id: ClientId, change: &ClientChange) -> DbResult<()> {
    diesel::update(clients::table.find(id.0))
        .set((
            clients::name.eq(&change.name),
            clients::time_zone.eq(&change.time_zone),
            clients::lateness_minutes.eq(change.lateness_minutes),
            clients::approval_policy.eq(change.approval_policy.as_str()),
            clients::approvers.eq(change.approvers.as_str()),
            clients::late_approval.eq(change.late_approval.as_str()),
            clients::decide_ahead_minutes.eq(change.decide_ahead_minutes),
            clients::failure_email.eq(&change.failure_email),
            clients::brand_color.eq(&change.brand_color),
            clients::media_retention_days.eq(change.media_retention_days),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
