//! Posts, as the composer opens and keeps them.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::approval::ApprovalPolicy;
use domain::post::PlatformOptions;
use domain::{
    AccountId, AssetId, ClientId, ComposerId, DeliveryId, DeliveryState, Platform, PostId, UserId,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

use super::ApiError;
use super::accounts::AccountRow;
use super::approvals::{ChangesData, ReviewData};
use super::assets::AssetData;
use super::calendar::Which;
use super::deliveries::StandingData;

/// What the composer starts with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComposerData {
    /// The client's name.
    pub client_name: String,
    /// "London, BST".
    pub zone_label: String,
    /// The times that the clocks show twice in the years to come, each from when to before when, written like
    /// `now_local`.
    pub twice: Vec<(String, String)>,
    /// The IANA name of the zone.
    pub zone: String,
    /// Now on the client's wall, as `<input type="datetime-local">` wants it; the earliest that can be chosen.
    pub now_local: String,
    /// The linked accounts.
    pub accounts: Vec<AccountRow>,
    /// Whether this client's posts need approval.
    pub approval: ApprovalPolicy,
    /// How the post stands with its approvers, once it was sent.
    pub review: Option<ReviewData>,
    /// The post that is opened; `None` for a new one.
    pub post: Option<PostData>,
    /// The time that a new post starts with.
    pub suggested_local: String,
    /// Who writes.
    pub me: UserId,
    /// Moves with every change; see [`super::controls::look`].
    pub version: i64,
}

/// A file of a post.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MediaData {
    /// The file.
    pub asset: AssetData,
    /// The description for people who cannot see it.
    pub alt: String,
}

/// A file of a post, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaForm {
    /// The file.
    pub id: AssetId,
    /// The description for people who cannot see it.
    #[serde(default)]
    pub alt: String,
}

/// An account that a post goes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetForm {
    /// The account.
    pub account: AccountId,
    /// A caption of its own, if it has one.
    #[serde(default)]
    pub caption: Option<String>,
    /// What was chosen for its platform.
    pub options: PlatformOptions,
}

/// A post as the composer opens it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PostData {
    /// Its id.
    pub id: PostId,
    /// The caption.
    pub caption: String,
    /// The files, in order.
    pub media: Vec<MediaData>,
    /// Where it goes.
    pub targets: Vec<TargetForm>,
    /// The time on the client's wall.
    pub local_time: String,
    /// Which one it is, where the clocks show that time twice.
    pub which: Option<Which>,
    /// The revision that the next save starts from.
    pub revision: i64,
    /// One state for the whole.
    pub state: DeliveryState,
    /// What is the matter, if anything is.
    pub problem: Option<String>,
    /// Its public addresses, as far as it has any: the platform, and the address there.
    pub post_urls: Vec<(Platform, String)>,
    /// The delivery to show the history of.
    pub history: Option<DeliveryId>,
    /// Whether a person may still change it.
    pub is_editable: bool,
    /// Whether it may be deleted.
    pub is_deletable: bool,
    /// "Saved 12:04".
    pub saved_label: String,
    /// How each of its deliveries stands.
    pub standings: Vec<StandingData>,
}

/// What a person wants to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Intent {
    /// Keep it.
    SaveDraft,
    /// Send it at its minute.
    Schedule,
    /// Send it now.
    PublishNow,
    /// Keep it, and send it for approval.
    SendForApproval,
}

impl Intent {
    /// Whether whoever did it is done with the post.
    #[must_use]
    pub const fn sends_off(self) -> bool {
        !matches!(self, Self::SaveDraft)
    }
}

/// What a person wrote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PostForm {
    /// The post to change; `None` makes a new one.
    pub id: Option<PostId>,
    /// The caption.
    pub caption: String,
    /// The files, in order.
    #[serde(default)]
    pub media: Vec<MediaForm>,
    /// Where it goes.
    #[serde(default)]
    pub targets: Vec<TargetForm>,
    /// The time on the client's wall, as `<input type="datetime-local">` writes it.
    pub local_time: String,
    /// Which one is meant, where the clocks show that time twice.
    #[serde(default)]
    pub which: Option<Which>,
    /// The revision that this started from; without one, nobody is told that they were overtaken.
    #[serde(default)]
    pub revision: Option<i64>,
    /// The opened composer that it comes from.
    #[serde(default)]
    pub composer: Option<ComposerId>,
}

impl PostForm {
    /// What was written, whichever post it belongs to and whatever it started from.
    #[must_use]
    pub fn bare(&self) -> Self {
        Self {
            id: None,
            revision: None,
            composer: None,
            ..self.clone()
        }
    }
}

/// What was kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// The post.
    pub id: PostId,
    /// The revision that the next save starts from.
    pub revision: i64,
    /// "Saved 12:04".
    pub saved_label: String,
    /// Why it was kept and not sent for approval, where that was asked for.
    pub refused: Option<ApiError>,
}

/// What the composer starts with: a post, or a new one on this day ("2026-10-14") or at this time
/// ("2026-10-14T09:00").
///
/// # Errors
/// When the client or post is not this person's to see.
#[server(endpoint = "composer")]
pub async fn composer(
    client: ClientId,
    post: Option<PostId>,
    at: Option<String>,
) -> Result<ComposerData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let view = services.client(&actor, client).await.map_err(ssr::refuse)?;
    let version = services
        .state_version(&actor, Some(client))
        .await
        .map_err(ssr::refuse)?;
    let accounts = services
        .accounts(&actor, client)
        .await
        .map_err(ssr::refuse)?;
    let post = match post {
        Some(id) => Some(
            services
                .post(&actor, client, id)
                .await
                .map_err(ssr::refuse)?,
        ),
        None => None,
    };
    let now = services.clock.now();
    let mut standings = Vec::new();
    if let Some(post) = &post {
        let deliveries: Vec<_> = post
            .deliveries
            .iter()
            .map(|(delivery, account)| {
                (delivery.clone(), account.clone(), post.post.version.clone())
            })
            .collect();
        standings = services
            .standings(&actor, client, &deliveries)
            .await
            .map_err(ssr::refuse)?
            .into_iter()
            .map(|standing| super::mapping::standing(&view, now, standing))
            .collect();
    }
    let mut data =
        super::mapping::composer(&view, actor.user_id, now, accounts, post, at.as_deref())
            .map_err(ssr::refuse)?;
    data.version = version;
    data.approval = services
        .approval_policy(&actor, client)
        .await
        .map_err(ssr::refuse)?;
    if let Some(id) = data.post.as_ref().map(|post| post.id) {
        data.review = super::mapping::review_of(&services, &actor, client, id)
            .await
            .map_err(ssr::refuse)?;
    }
    if let Some(post) = &mut data.post {
        post.standings = standings;
    }
    Ok(data)
}

/// Keeps, schedules or sends what a person wrote.
///
/// # Errors
/// What blocks it; nothing is changed then.
#[server(endpoint = "save_post", input = Json)]
pub async fn save_post(
    client: ClientId,
    form: PostForm,
    intent: Intent,
) -> Result<Saved, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let view = services.client(&actor, client).await.map_err(ssr::refuse)?;
    let input = super::mapping::post_input(form).map_err(ssr::refuse)?;
    let kept = services
        .keep_post(&actor, client, input, super::mapping::intent(intent))
        .await
        .map_err(|error| super::mapping::refuse_save(&view, error))?;
    let id = kept.id;
    let mut refused = None;
    if intent == Intent::SendForApproval {
        let sent = services
            .send_for_approval(&actor, client, &[id])
            .await
            .map_err(ssr::refuse)?;
        refused = sent
            .posts
            .into_iter()
            .find_map(|(_, one)| one.map_err(ssr::refuse).err());
    }
    Ok(Saved {
        id,
        revision: kept.revision,
        refused,
        saved_label: super::mapping::saved_label(&view, services.clock.now()),
    })
}

/// What somebody else has saved of a post while it was open here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewerPost {
    /// Who and when.
    pub sentence: String,
    /// The revision that there is now.
    pub revision: i64,
}

/// Whether somebody else has saved a post since this revision.
///
/// # Errors
/// When the post is not this person's to see.
#[server(LookForNewer, endpoint = "newer_post")]
pub async fn newer_post(
    client: ClientId,
    post: PostId,
    revision: i64,
    composer: Option<ComposerId>,
) -> Result<Option<NewerPost>, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let view = services.client(&actor, client).await.map_err(ssr::refuse)?;
    let newer = services
        .newer_post(&actor, client, post, revision, composer)
        .await
        .map_err(ssr::refuse)?;
    Ok(newer.map(|newer| super::mapping::newer_post(&view, &newer)))
}

/// How the post as it is kept now differs from what is written here.
///
/// # Errors
/// When the post is not this person's to see.
#[server(endpoint = "post_differences", input = Json)]
pub async fn post_differences(client: ClientId, form: PostForm) -> Result<ChangesData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let input = super::mapping::post_input(form).map_err(ssr::refuse)?;
    let changes = services
        .post_differences(&actor, client, &input)
        .await
        .map_err(ssr::refuse)?;
    Ok(super::mapping::changes(changes))
}

/// Takes back what has not left yet.
///
/// # Errors
/// When all of it has left.
#[server(endpoint = "cancel_post")]
pub async fn cancel_post(client: ClientId, post: PostId) -> Result<CancelAnswer, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let done = services
        .cancel_post(&actor, client, post)
        .await
        .map_err(ssr::refuse)?;
    Ok(CancelAnswer {
        taken_back: done.taken_back,
        asked: done.asked,
        too_late: done.too_late,
    })
}

/// What came of cancelling a post, in numbers of its deliveries.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct CancelAnswer {
    /// These will not go out.
    pub taken_back: usize,
    /// These are being published at this moment, and were asked to stop.
    pub asked: usize,
    /// These have left already.
    pub too_late: usize,
}

impl CancelAnswer {
    /// What to tell the person.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match (self.asked, self.too_late) {
            (0, 0) => "Cancelled. It will not go out.",
            (0, _) => "Cancelled where it had not left yet. What has left cannot be unsent.",
            _ => {
                "Asked to stop. It is being published at this moment; its history says what came of it."
            }
        }
    }
}

/// Deletes a draft or a cancelled post.
///
/// # Errors
/// When it is scheduled, or something of it has left.
#[server(endpoint = "delete_post")]
pub async fn delete_post(client: ClientId, post: PostId) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .delete_post(&actor, client, post)
        .await
        .map_err(ssr::refuse)
}
