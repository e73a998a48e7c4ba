//! Deliveries: one post on one account, as people see and change them. What workers do with them is in
//! [`crate::delivery_queue`].

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::post::PlatformOptions;
use domain::rules::Finding;
use domain::{AccountId, ClientId, DeliveryId, DeliveryState, PostId};
use uuid::Uuid;

use crate::schema::deliveries;

mod plan;
mod preflight;
mod read;

pub use plan::{
    confirm, delete_of_post_except, insert, move_to, request_cancel, rewrite, schedule, send_now,
    set_aside, set_caption,
};
pub use preflight::{
    count_between, preflight_again, preflight_next_at, to_preflight, write_preflight,
};
pub use read::{
    ClientRules, count_paused, counts_of_account, find, find_for_update, for_publishing, history,
    needing_attention, next_by_client, of_platform_post, of_post_for_update, of_posts,
    scheduled_posts, unsettled_of_account_for_update,
};

/// A delivery.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = deliveries, check_for_backend(diesel::pg::Pg))]
pub struct Delivery {
    /// Its id.
    #[diesel(deserialize_as = Uuid)]
    pub id: DeliveryId,
    /// The client it belongs to.
    #[diesel(deserialize_as = Uuid)]
    pub client_id: ClientId,
    /// The post.
    #[diesel(deserialize_as = Uuid)]
    pub post_id: PostId,
    /// The account.
    #[diesel(deserialize_as = Uuid)]
    pub account_id: AccountId,
    /// A caption of its own.
    pub caption_override: Option<String>,
    /// The platform's options.
    #[diesel(deserialize_as = serde_json::Value)]
    pub options: PlatformOptions,
    /// Where it stands.
    #[diesel(deserialize_as = String)]
    pub state: DeliveryState,
    /// The version that was scheduled.
    pub scheduled_version: Option<Vec<u8>>,
    /// When it goes out.
    pub due_at: DateTime<Utc>,
    /// When it is looked at next.
    pub next_step_at: Option<DateTime<Utc>>,
    /// How many attempts there were.
    pub attempt: i32,
    /// Bytes that the platform has taken.
    pub bytes_sent: Option<i64>,
    /// What is the matter, in a sentence.
    pub last_problem: Option<String>,
    /// The platform's id of the post.
    pub platform_post_id: Option<String>,
    /// The public address of the post.
    pub post_url: Option<String>,
    /// When the platform confirmed it.
    pub published_at: Option<DateTime<Utc>>,
    /// What keeps it although its minute has come.
    pub held: Option<String>,
    /// Whether somebody has asked for it to be taken back.
    pub cancel_requested: bool,
    /// What was found when it was looked at ahead of its minute.
    #[diesel(deserialize_as = Findings)]
    pub findings: Vec<Finding>,
}

impl Delivery {
    /// What it says: its own caption, or the one that it shares with the others.
    #[must_use]
    pub fn caption<'a>(&'a self, shared: &'a str) -> &'a str {
        self.caption_override.as_deref().unwrap_or(shared)
    }
}

/// Findings as they are stored; what an older version wrote and nobody can read any more is left out.
pub struct Findings(Vec<Finding>);

impl Queryable<diesel::sql_types::Jsonb, diesel::pg::Pg> for Findings {
    type Row = serde_json::Value;

    fn build(row: Self::Row) -> diesel::deserialize::Result<Self> {
        Ok(Self(serde_json::from_value(row).unwrap_or_default()))
    }
}

impl From<Findings> for Vec<Finding> {
    fn from(findings: Findings) -> Self {
        findings.0
    }
}

/// A delivery to be made.
pub struct NewDelivery<'a> {
    /// Its id.
    pub id: DeliveryId,
    /// Whose.
    pub client: ClientId,
    /// Of which post.
    pub post: PostId,
    /// On which account.
    pub account: AccountId,
    /// A caption of its own.
    pub caption: Option<&'a str>,
    /// The platform's options.
    pub options: &'a PlatformOptions,
    /// When it goes out.
    pub due_at: DateTime<Utc>,
}
