//! The portal: what a client's own people see.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::{AccountId, AssetId, ClientId, DeliveryState, Platform, PostId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::session::FrameClient;

/// What stands around every page of the portal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortalFrameData {
    /// The agency's name.
    pub agency: String,
    /// "#1f4a44": the colour of the portal's upper edge, where one is set.
    pub color: Option<String>,
    /// Who is signed in.
    pub user_name: String,
    /// Whether they decide about posts and accounts, or only look.
    pub may_decide: bool,
    /// How many posts wait for them.
    pub waiting: usize,
    /// Their clients, by name.
    pub clients: Vec<FrameClient>,
}

/// What waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InboxData {
    /// Whether the person decides, or only looks.
    pub may_decide: bool,
    /// What waits for the person, the earliest deadline first.
    pub mine: Vec<InboxItem>,
    /// What waits for others.
    pub others: Vec<InboxItem>,
    /// "tomorrow, Thu 12:00 London": when the first decision is wanted.
    pub first_due: Option<String>,
}

/// A post that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InboxItem {
    /// Whose it is.
    pub client: ClientId,
    /// The client's name.
    pub client_name: String,
    /// The post.
    pub post: PostId,
    /// The version that waits, in hex.
    pub version: String,
    /// The beginning of the caption.
    pub title: String,
    /// Its first picture.
    pub poster_url: Option<String>,
    /// "Decide by Thu 12:00".
    pub decide_by: String,
    /// Whether that is near.
    pub is_near: bool,
    /// "Fri 16 Oct, 09:00".
    pub goes_out: String,
    /// Where it goes.
    pub platforms: Vec<Platform>,
    /// Whether an earlier version was sent before.
    pub has_changed: bool,
    /// Who has not decided, by name.
    pub held_by: Vec<String>,
}

/// A post as a client's own people see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortalPostData {
    /// Whose it is.
    pub client: ClientId,
    /// The client's name.
    pub client_name: String,
    /// The agency's name.
    pub agency: String,
    /// The post.
    pub post: PostId,
    /// The version that was sent to the client, in hex.
    pub version: Option<String>,
    /// The shared caption.
    pub caption: String,
    /// The files, in order.
    pub media: Vec<PortalMedia>,
    /// Where it goes.
    pub targets: Vec<PortalTargetData>,
    /// "Fri 16 Oct, 17:30".
    pub goes_out: String,
    /// "London".
    pub place: String,
    /// "London, BST".
    pub zone_label: String,
    /// How it stands.
    pub standing: PortalStanding,
    /// Whether whoever asks can decide about it now.
    pub may_decide: bool,
    /// Whether whoever asks can take an approval back now.
    pub may_withdraw: bool,
    /// What has changed since the version that was decided about before.
    pub changes: Option<PortalChanges>,
    /// What was said, oldest first.
    pub comments: Vec<PortalComment>,
    /// Where it stands among what waits for the person.
    pub among: Option<Among>,
}

/// Where a post stands among what waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Among {
    /// From 1.
    pub place: usize,
    /// How many wait.
    pub count: usize,
    /// Where the one before is.
    pub previous: Option<String>,
    /// Where the next one is.
    pub next: Option<String>,
}

/// A file of a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalMedia {
    /// Its id.
    pub id: AssetId,
    /// The description for people who cannot see it.
    pub alt: String,
    /// How long it is in milliseconds; `None` for a picture.
    pub duration_ms: Option<u64>,
    /// Whether it is upright.
    pub is_upright: bool,
    /// Its poster frame; `None` once its files are gone.
    pub poster_url: Option<String>,
    /// The file itself; `None` once its files are gone.
    pub file_url: Option<String>,
}

/// Where a post goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortalTargetData {
    /// The account.
    pub account: AccountId,
    /// Its platform.
    pub platform: Platform,
    /// "@kestrelcoffee".
    pub name: String,
    /// The display name.
    pub nickname: String,
    /// Our copy of its picture.
    pub avatar_url: Option<String>,
    /// A caption of its own.
    pub caption: Option<String>,
    /// What stands above the caption of pictures, where the platform has that.
    pub title: Option<String>,
    /// "everyone": who can see it, where the platform asks.
    pub audience: Option<String>,
    /// "Paid partnership": how the platform labels it.
    pub label: Option<String>,
    /// Whether its owner decides who can see it and what it promotes.
    pub has_settings: bool,
    /// How far it has come; `None` while the agency changes it.
    pub state: Option<DeliveryState>,
    /// Its public address.
    pub url: Option<String>,
}

/// How a post stands, in the client's eyes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PortalStanding {
    /// It waits for the client.
    Waits {
        /// "Thu 15 Oct, 17:00".
        decide_by: String,
        /// "1 d 4 h left".
        left: String,
        /// Whether that is near.
        is_near: bool,
        /// Who has not decided, by name.
        held_by: Vec<String>,
    },
    /// The client asked for changes.
    ChangesAsked,
    /// The agency changes it, or took it back.
    WithAgency,
    /// It is approved, and goes out at its minute.
    Approved,
    /// It is approved; its minute had passed, and the agency decides what becomes of it.
    ApprovedLate,
    /// It goes out at its minute; nobody was asked.
    Planned,
    /// It is on its way.
    Publishing,
    /// It is out.
    Published,
    /// Something is in its way, and the agency looks into it.
    Trouble,
    /// It does not go out.
    Cancelled,
}

/// What has changed since an earlier version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalChanges {
    /// The caption in pieces; empty when it has not changed.
    pub caption: Vec<CaptionPiece>,
    /// Everything else, a sentence each.
    pub others: Vec<String>,
}

/// A piece of a caption, compared with what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CaptionPiece {
    /// As it was.
    Same(String),
    /// No longer there.
    Removed(String),
    /// Not there before.
    Added(String),
}

/// Something that was said about a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalComment {
    /// Its id.
    pub id: String,
    /// Who said it.
    pub author: String,
    /// Whether whoever asks said it.
    pub is_mine: bool,
    /// Whether one of the agency said it.
    pub by_agency: bool,
    /// What.
    pub body: String,
    /// At which moment of which video: the file, milliseconds, and "0:14".
    pub at: Option<(AssetId, i64, String)>,
    /// "Today, 12:04".
    pub when: String,
    /// Whether it is settled.
    pub resolved: bool,
}

/// What came of a decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecidedData {
    /// The post.
    pub post: PortalPostData,
    /// "Fri 16 Oct, 17:30": until when an approval can be taken back.
    pub withdraw_until: Option<String>,
    /// What waits next.
    pub next: Option<NextData>,
}

/// What waits next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextData {
    /// Where it is.
    pub href: String,
    /// Its first picture.
    pub poster_url: Option<String>,
    /// How many wait.
    pub left: usize,
    /// "Thu 12:00".
    pub due: String,
}

/// A month of a client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortalMonth {
    /// "October 2026".
    pub title: String,
    /// "2026-09".
    pub previous: String,
    /// "2026-11".
    pub next: String,
    /// "London, BST (UTC+1)".
    pub zone_label: String,
    /// The days of the month that have posts.
    pub days: Vec<PortalDay>,
}

/// A day with posts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortalDay {
    /// "Wed 14 Oct".
    pub label: String,
    /// Whether it is today on the client's wall.
    pub is_today: bool,
    /// Its posts, earliest first.
    pub posts: Vec<PortalCard>,
}

/// A post in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortalCard {
    /// The post.
    pub post: PostId,
    /// "09:00".
    pub time: String,
    /// The beginning of the caption.
    pub title: String,
    /// Its first picture.
    pub poster_url: Option<String>,
    /// Where it goes.
    pub platforms: Vec<Platform>,
    /// How it stands.
    pub standing: PortalStanding,
}

/// What was published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortalPublished {
    /// The rows, newest first.
    pub rows: Vec<PublishedRow>,
    /// Where the next page begins.
    pub before: Option<String>,
    /// "London, BST (UTC+1)".
    pub zone_label: String,
}

/// Something that was published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PublishedRow {
    /// The post.
    pub post: PostId,
    /// The beginning of the caption.
    pub title: String,
    /// Its first picture.
    pub poster_url: Option<String>,
    /// Its platform.
    pub platform: Platform,
    /// "@kestrelcoffee".
    pub account: String,
    /// "Today, 09:00".
    pub when: String,
    /// Its public address.
    pub url: Option<String>,
}

/// Who did what at a client, as its own people may know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalActivity {
    /// The rows, newest first.
    pub rows: Vec<PortalActivityRow>,
    /// Hand this over to read on.
    pub next: Option<i64>,
    /// "London, BST (UTC+1)".
    pub zone_label: String,
}

/// Something that somebody did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalActivityRow {
    /// "Today, 12:04".
    pub when: String,
    /// How whoever did it was called then.
    pub who: String,
    /// What they did, as it follows the name.
    pub what: String,
}

/// What stands around every page of the portal.
///
/// # Errors
/// [`ApiError::SignedOut`] when nobody is signed in, [`ApiError::Forbidden`] for staff.
#[server(ReadPortalFrame, endpoint = "portal_frame")]
pub async fn portal_frame() -> Result<PortalFrameData, ApiError> {
    use crate::ssr;
    use domain::Permission;
    let (services, actor) = ssr::signed_in().await?;
    let frame = services.portal_frame(&actor).await.map_err(ssr::refuse)?;
    Ok(PortalFrameData {
        agency: frame.agency,
        color: frame.color,
        may_decide: actor.role.may(Permission::ApproveForClient),
        user_name: actor.name,
        waiting: frame.waiting,
        clients: frame
            .clients
            .into_iter()
            .map(|client| FrameClient {
                id: client.id,
                name: client.name,
                zone_label: client.zone_label,
                zone_label_with_offset: client.zone_label_with_offset,
            })
            .collect(),
    })
}

/// What waits at the person's clients.
///
/// # Errors
/// For anybody but a client's own people.
#[server(ReadPortalInbox, endpoint = "portal_inbox")]
pub async fn portal_inbox() -> Result<InboxData, ApiError> {
    use crate::ssr;
    use domain::Permission;
    let (services, actor) = ssr::signed_in().await?;
    let waiting = services.portal_waiting(&actor).await.map_err(ssr::refuse)?;
    let may_decide = actor.role.may(Permission::ApproveForClient);
    Ok(super::mapping::inbox(
        services.clock.now(),
        may_decide,
        waiting,
    ))
}

/// One post.
///
/// # Errors
/// When the client does not know of it, or for anybody but the client's own people.
#[server(ReadPortalPost, endpoint = "portal_post")]
pub async fn portal_post(client: ClientId, post: PostId) -> Result<PortalPostData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    super::mapping::portal_post(&services, &actor, client, post)
        .await
        .map_err(ssr::refuse)
}

/// What came of deciding about a post, and what waits next.
///
/// # Errors
/// As [`portal_post`].
#[server(ReadPortalDecided, endpoint = "portal_decided")]
pub async fn portal_decided(client: ClientId, post: PostId) -> Result<DecidedData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    super::mapping::decided(&services, &actor, client, post)
        .await
        .map_err(ssr::refuse)
}

/// A month of a client; `month` is "2026-10", and empty or wrong means this month.
///
/// # Errors
/// For anybody but the client's own people.
#[server(ReadPortalMonth, endpoint = "portal_month")]
pub async fn portal_month(
    client: ClientId,
    month: Option<String>,
) -> Result<PortalMonth, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let wanted = month.and_then(|month| format!("{month}-01").parse().ok());
    let month = services
        .portal_month(&actor, client, wanted)
        .await
        .map_err(ssr::refuse)?;
    let view = services
        .portal_client(&actor, client)
        .await
        .map_err(ssr::refuse)?;
    Ok(super::mapping::portal_month(&view, month))
}

/// What was published, newest first; `before` is where a page before has ended.
///
/// # Errors
/// For anybody but the client's own people.
#[server(ReadPortalPublished, endpoint = "portal_published")]
pub async fn portal_published(
    client: ClientId,
    before: Option<String>,
) -> Result<PortalPublished, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let before = before.and_then(|before| before.parse().ok());
    let (rows, next) = services
        .portal_published(&actor, client, before)
        .await
        .map_err(ssr::refuse)?;
    let view = services
        .portal_client(&actor, client)
        .await
        .map_err(ssr::refuse)?;
    let now = services.clock.now();
    Ok(super::mapping::portal_published(&view, now, rows, next))
}

/// Who did what at a client, newest first; `before` is where a page before has ended.
///
/// # Errors
/// For anybody but the client's own people.
#[server(ReadPortalActivity, endpoint = "portal_activity")]
pub async fn portal_activity(
    client: ClientId,
    before: Option<i64>,
) -> Result<PortalActivity, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let page = services
        .audit_of_client(&actor, client, before)
        .await
        .map_err(ssr::refuse)?;
    let view = services
        .portal_client(&actor, client)
        .await
        .map_err(ssr::refuse)?;
    let now = services.clock.now();
    Ok(super::mapping::portal_activity(&view, now, page))
}
