//! What the frame around every page of staff shows, in one query: every page asks for it, and every page that is
//! told of a change.

use diesel::prelude::*;
use diesel::sql_types::{Array, Json, Nullable, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::approval::ApprovalPolicy;
use domain::{ClientId, UserId};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::{Connection, DbResult};

/// What was found.
#[derive(Clone, Debug, Deserialize)]
pub struct Found {
    /// The agency's name.
    pub agency: String,
    /// The clients in reach, by name.
    pub clients: Vec<FrameClient>,
    /// A number that moves with every change: of the client, or without one of all.
    pub version: i64,
    /// How much the person was told and has not read.
    pub unread: i64,
    /// How many posts wait for a decision.
    pub waiting: i64,
    /// How many accounts of the client need a person.
    pub accounts_attention: i64,
    /// Whether anything is paused that concerns the client, or without one everybody.
    pub is_paused: bool,
}

/// A client as the frame and the calendar need it.
#[derive(Clone, Debug, Deserialize)]
pub struct FrameClient {
    /// Its id.
    pub id: ClientId,
    /// Its name.
    pub name: String,
    /// The IANA name of its zone.
    pub time_zone: String,
    /// Whether its posts need approval.
    pub approval_policy: ApprovalPolicy,
}

/// What the frame shows to a person who sees these clients (`None` for every one), at a client or at none.
///
/// # Errors
/// When the query fails.
pub async fn read(
    conn: &mut Connection,
    user: UserId,
    reach: Option<&[ClientId]>,
    client: Option<ClientId>,
) -> DbResult<Found> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Json)]
        found: Value,
    }
    let reach: Option<Vec<Uuid>> = reach.map(|ids| ids.iter().map(|id| id.0).collect());
    let row: Row = diesel::sql_query(FRAME)
        .bind::<SqlUuid, _>(user.0)
        .bind::<Nullable<Array<SqlUuid>>, _>(reach)
        .bind::<Nullable<SqlUuid>, _>(client.map(|id| id.0))
        .get_result(conn)
        .await?;
    serde_json::from_value(row.found)
        .map_err(|error| diesel::result::Error::DeserializationError(error.into()).into())
}

/// `$1` who asks, `$2` the clients in reach or null for every one, `$3` the client or null.
const FRAME: &str = "
SELECT json_build_object(
    'agency', (SELECT name FROM agency),
    'clients', coalesce((
        SELECT json_agg(json_build_object(
                   'id', id, 'name', name, 'time_zone', time_zone, 'approval_policy', approval_policy) ORDER BY name)
        FROM clients WHERE $2::uuid[] IS NULL OR id = ANY ($2)), '[]'),
    'version', CASE WHEN $3::uuid IS NULL THEN state_version() ELSE state_version($3) END,
    'unread', (SELECT count(*) FROM notices
               WHERE user_id = $1 AND in_app AND read_at IS NULL
                 AND ($2::uuid[] IS NULL OR client_id IS NULL OR client_id = ANY ($2))),
    'waiting', (SELECT count(*) FROM reviews
                WHERE state = 'waiting' AND ($3::uuid IS NULL OR client_id = $3)
                  AND ($2::uuid[] IS NULL OR client_id = ANY ($2))),
    'accounts_attention', (SELECT count(*) FROM accounts WHERE client_id = $3 AND status = 'needs_reconnecting'),
    'is_paused', EXISTS (SELECT FROM agency WHERE paused_at IS NOT NULL)
                 OR EXISTS (SELECT FROM clients WHERE id = $3 AND paused_at IS NOT NULL)
                 OR EXISTS (SELECT FROM accounts
                            WHERE client_id = $3 AND paused_at IS NOT NULL AND status <> 'disconnected')
) AS found";
