//! A part of a client's calendar, in one query whatever it shows: the posts of some days, how many each day
//! has, what a person has to look at, and what it can be filtered by.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Int4, Json, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::calendar::PostStatus;
use domain::rules::Finding;
use domain::{AccountId, AssetId, ClientId, DeliveryId, DeliveryState, Platform, PostId, TagId};
use serde::Deserialize;
use serde_json::Value;

use super::frame::FrameClient;
use crate::{Connection, DbResult};

/// Which posts of a client are wanted.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// Whose.
    pub client: ClientId,
    /// When each day begins, and at the end when the last one is over; ascending.
    pub bounds: &'a [DateTime<Utc>],
    /// How many of a day at most.
    pub per_day: i64,
    /// The one day, by its place, of which all are wanted.
    pub whole_day: Option<i32>,
    /// How many of that one at most.
    pub most_of_whole_day: i64,
    /// How many to pass over, of all days.
    pub skip: i64,
    /// How many at most, of all days.
    pub limit: i64,
    /// Those that go to one of these accounts; empty for all.
    pub accounts: &'a [AccountId],
    /// Those that stand like one of these; empty for all.
    pub statuses: &'a [PostStatus],
    /// Those that carry one of these tags; empty for all.
    pub tags: &'a [TagId],
}

/// What the query found.
#[derive(Clone, Debug, Deserialize)]
pub struct Found {
    /// The client, unless there is none with this id.
    pub client: Option<FrameClient>,
    /// The newest event of the client: it moves with every change.
    pub version: i64,
    /// How many posts there are in all the days.
    pub total: i64,
    /// How many posts each day has; days without any are left out.
    pub counts: Vec<DayCount>,
    /// The posts, earliest first.
    pub cards: Vec<Card>,
    /// The accounts that are linked.
    pub accounts: Vec<CardAccount>,
    /// The client's tags, by name.
    pub tags: Vec<CardTag>,
    /// What a person has to look at, earliest first; of all days.
    pub attention: Vec<Attention>,
}

/// How many posts a day has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct DayCount {
    /// The day, by its place.
    pub day: i32,
    /// How many.
    pub posts: i64,
}

/// A post as the calendar shows it.
#[derive(Clone, Debug, Deserialize)]
pub struct Card {
    /// The post.
    pub id: PostId,
    /// The day, by its place.
    pub day: i32,
    /// When it goes out.
    pub due_at: DateTime<Utc>,
    /// The beginning of the caption.
    pub caption: String,
    /// Whether its approvers want it changed.
    pub changes_asked: bool,
    /// Its first file, unless that is gone.
    pub picture: Option<AssetId>,
    /// Its deliveries, in the order of their platforms.
    pub deliveries: Vec<CardDelivery>,
}

impl Card {
    /// One state for the whole.
    #[must_use]
    pub fn state(&self) -> DeliveryState {
        DeliveryState::summary(self.deliveries.iter().map(|delivery| delivery.state))
    }

    /// How it stands.
    #[must_use]
    pub fn status(&self) -> PostStatus {
        PostStatus::of(self.state(), self.changes_asked)
    }
}

/// A delivery as the calendar shows it.
#[derive(Clone, Debug, Deserialize)]
pub struct CardDelivery {
    /// The delivery.
    pub id: DeliveryId,
    /// To which account.
    pub account: AccountId,
    /// On which platform.
    pub platform: Platform,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempt: i32,
    /// What keeps it although its minute has come.
    pub held: Option<String>,
    /// What was found ahead of its minute.
    pub findings: Vec<Finding>,
}

/// A linked account, to filter by.
#[derive(Clone, Debug, Deserialize)]
pub struct CardAccount {
    /// The account.
    pub id: AccountId,
    /// Its platform.
    pub platform: Platform,
    /// The handle without `@`.
    pub handle: Option<String>,
    /// The display name.
    pub nickname: Option<String>,
}

/// A tag, to filter by.
#[derive(Clone, Debug, Deserialize)]
pub struct CardTag {
    /// The tag.
    pub id: TagId,
    /// Its name.
    pub name: String,
}

/// A delivery that a person has to look at.
#[derive(Clone, Debug, Deserialize)]
pub struct Attention {
    /// Its post.
    pub post: PostId,
    /// The beginning of the caption.
    pub caption: String,
    /// When it was to go out.
    pub due_at: DateTime<Utc>,
    /// The delivery.
    #[serde(flatten)]
    pub delivery: CardDelivery,
    /// What went wrong last.
    pub last_problem: Option<String>,
    /// The account's handle without `@`.
    pub handle: Option<String>,
    /// The account's display name.
    pub nickname: Option<String>,
}

/// More than anybody reads; what is beyond comes up once something of it is settled.
const ATTENTION: i64 = 200;

/// Reads a part of the calendar.
///
/// The days are told apart by their bounds, which follow from the client's zone as the application knows it, so that
/// the database's own knowledge of zones does not matter. Only what is shown is looked at more closely.
///
/// # Errors
/// When the query fails.
pub async fn read(conn: &mut Connection, wanted: &Wanted<'_>) -> DbResult<Found> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Json)]
        found: Value,
    }
    let accounts = (!wanted.accounts.is_empty())
        .then(|| wanted.accounts.iter().map(|id| id.0).collect::<Vec<_>>());
    let tags =
        (!wanted.tags.is_empty()).then(|| wanted.tags.iter().map(|id| id.0).collect::<Vec<_>>());
    let statuses = (!wanted.statuses.is_empty()).then(|| {
        let words = wanted.statuses.iter().map(|status| status.as_str());
        words.collect::<Vec<_>>()
    });
    let urgency: Vec<_> = DeliveryState::BY_URGENCY
        .iter()
        .map(|state| state.as_str())
        .collect();
    let row: Row = diesel::sql_query(CALENDAR)
        .bind::<SqlUuid, _>(wanted.client.0)
        .bind::<Array<Timestamptz>, _>(wanted.bounds)
        .bind::<Nullable<Timestamptz>, _>(wanted.bounds.first())
        .bind::<Nullable<Timestamptz>, _>(wanted.bounds.last())
        .bind::<Nullable<Array<SqlUuid>>, _>(accounts)
        .bind::<Nullable<Array<Text>>, _>(statuses)
        .bind::<Array<Text>, _>(urgency)
        .bind::<BigInt, _>(wanted.per_day)
        .bind::<Nullable<Int4>, _>(wanted.whole_day)
        .bind::<BigInt, _>(wanted.skip)
        .bind::<BigInt, _>(wanted.limit)
        .bind::<BigInt, _>(ATTENTION)
        .bind::<BigInt, _>(wanted.most_of_whole_day)
        .bind::<Nullable<Array<SqlUuid>>, _>(tags)
        .get_result(conn)
        .await?;
    serde_json::from_value(row.found)
        .map_err(|error| diesel::result::Error::DeserializationError(error.into()).into())
}

/// Which posts `p` are wanted: by account, tag and status.
macro_rules! filters {
    () => {
        "
      AND ($5::uuid[] IS NULL
           OR EXISTS (SELECT FROM deliveries d WHERE d.post_id = p.id AND d.account_id = ANY ($5)))
      AND ($14::uuid[] IS NULL
           OR EXISTS (SELECT FROM post_tags pt WHERE pt.post_id = p.id AND pt.tag_id = ANY ($14)))
      AND ($6::text[] IS NULL OR (
          SELECT CASE state
                     WHEN 'draft' THEN CASE (SELECT r.state FROM reviews r WHERE r.post_id = p.id
                                             ORDER BY r.sent_at DESC, r.id DESC LIMIT 1)
                                           WHEN 'changes' THEN 'changes' ELSE 'draft' END
                     WHEN 'in_review' THEN 'waiting'
                     WHEN 'processing' THEN 'publishing'
                     ELSE state END
          FROM (SELECT coalesce((SELECT d.state FROM deliveries d WHERE d.post_id = p.id
                                 ORDER BY array_position($7, d.state) LIMIT 1), 'draft') AS state) of_post
      ) = ANY ($6))"
    };
}

/// `$1` client, `$2` bounds, `$3` and `$4` the first and the last of them, `$5` accounts or null, `$6` statuses or
/// null, `$7` states by urgency, `$8` posts of a day, `$9` the whole day or null, `$10` how many to pass over, `$11` how
/// many, `$12` how much needs
/// attention, `$13` posts of the whole day, `$14` tags or null.
const CALENDAR: &str = concat!("
WITH days AS (
    SELECT (place - 1)::int AS day, begins, lead(begins) OVER (ORDER BY place) AS ends
    FROM unnest($2) WITH ORDINALITY AS of (begins, place)
), counts AS (
    SELECT width_bucket(p.due_at, $2) - 1 AS day, count(*) AS posts
    FROM posts p
    WHERE p.client_id = $1 AND p.due_at >= $3 AND p.due_at < $4", filters!(), "
    GROUP BY 1
), shown AS (
    SELECT of_day.id, of_day.due_at, days.day, left(of_day.caption, 300) AS caption
    FROM days CROSS JOIN LATERAL (
        SELECT p.id, p.due_at, p.caption
        FROM posts p
        WHERE p.client_id = $1 AND p.due_at >= days.begins AND p.due_at < days.ends", filters!(), "
        ORDER BY p.due_at, p.id
        LIMIT CASE WHEN days.day = $9 THEN $13 ELSE $8 END
    ) of_day
    ORDER BY of_day.due_at, of_day.id
    OFFSET $10 LIMIT $11
), cards AS (
    SELECT json_build_object(
        'id', shown.id, 'due_at', shown.due_at, 'day', shown.day, 'caption', shown.caption,
        'changes_asked', coalesce((SELECT r.state = 'changes' FROM reviews r WHERE r.post_id = shown.id
                                   ORDER BY r.sent_at DESC, r.id DESC LIMIT 1), false),
        'picture', (SELECT a.id FROM post_assets pa JOIN assets a ON a.id = pa.asset_id
                    WHERE pa.post_id = shown.id AND pa.position = 0 AND a.deleted_at IS NULL),
        'deliveries', coalesce((
            SELECT json_agg(json_build_object(
                       'id', d.id, 'account', d.account_id, 'platform', a.platform, 'state', d.state,
                       'attempt', d.attempt, 'held', d.held, 'findings', d.findings)
                   ORDER BY a.platform, d.id)
            FROM deliveries d JOIN accounts a ON a.id = d.account_id WHERE d.post_id = shown.id), '[]')
    ) AS card, shown.due_at, shown.id
    FROM shown
), attention AS (
    SELECT json_build_object(
        'post', d.post_id, 'caption', left(coalesce(d.caption_override, p.caption), 300), 'due_at', d.due_at, 'id', d.id, 'account', d.account_id,
        'platform', a.platform, 'state', d.state, 'attempt', d.attempt, 'held', d.held, 'findings', d.findings,
        'last_problem', d.last_problem, 'handle', a.handle, 'nickname', a.nickname
    ) AS item, d.due_at, d.id
    FROM deliveries d JOIN posts p ON p.id = d.post_id JOIN accounts a ON a.id = d.account_id
    WHERE d.client_id = $1
      AND (d.state IN ('failed', 'unknown') OR d.held IS NOT NULL OR (d.state = 'scheduled' AND d.findings <> '[]'))
    ORDER BY d.due_at, d.id
    LIMIT $12
)
SELECT json_build_object(
    'client', (SELECT json_build_object(
                   'id', id, 'name', name, 'time_zone', time_zone, 'approval_policy', approval_policy)
               FROM clients WHERE id = $1),
    'version', state_version($1),
    'total', (SELECT coalesce(sum(posts), 0) FROM counts),
    'counts', coalesce((SELECT json_agg(json_build_object('day', day, 'posts', posts) ORDER BY day) FROM counts), '[]'),
    'cards', coalesce((SELECT json_agg(card ORDER BY due_at, id) FROM cards), '[]'),
    'accounts', coalesce((
        SELECT json_agg(json_build_object('id', id, 'platform', platform, 'handle', handle, 'nickname', nickname)
               ORDER BY platform, connected_at, id)
        FROM accounts WHERE client_id = $1 AND status <> 'disconnected'), '[]'),
    'tags', coalesce((
        SELECT json_agg(json_build_object('id', id, 'name', name) ORDER BY lower(name))
        FROM tags WHERE client_id = $1), '[]'),
    'attention', coalesce((SELECT json_agg(item ORDER BY due_at, id) FROM attention), '[]')
) AS found");
