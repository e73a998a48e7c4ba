//! Approvals and comments, as staff see them.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::approval::{ReviewStage, ReviewState};
use domain::{ClientId, CommentId, DeliveryState, Platform, PostId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

use super::ApiError;

/// Everything that has to do with approvals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoardData {
    /// Drafts of clients that are asked.
    pub ready: Vec<ApprovalRow>,
    /// What waits for somebody of the agency.
    pub with_agency: Vec<ApprovalRow>,
    /// What waits for clients.
    pub with_client: Vec<ApprovalRow>,
    /// What is to be changed.
    pub changes: Vec<ApprovalRow>,
    /// What is approved and has not gone out.
    pub approved: Vec<ApprovalRow>,
    /// Whether any client of these is asked at all.
    pub asks: bool,
    /// Moves with every change; see [`super::controls::look`].
    pub version: i64,
}

/// A post on the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApprovalRow {
    /// Whose it is.
    pub client: ClientId,
    /// Their name.
    pub client_name: String,
    /// The post.
    pub post: PostId,
    /// The first line of the caption.
    pub title: String,
    /// The poster frame.
    pub poster_url: Option<String>,
    /// Where it goes.
    pub platforms: Vec<Platform>,
    /// "Version 2, 1 comment".
    pub facts: String,
    /// What became of it.
    pub state: Option<ReviewState>,
    /// Where its deliveries stand.
    pub delivery: DeliveryState,
    /// "Fri 16 Oct, 09:00".
    pub due: String,
    /// "in 1 d 21 h".
    pub due_in: String,
    /// "Thu 15 Oct, 12:00".
    pub deadline: String,
    /// "in 23 h" or "2 h 4 min late".
    pub deadline_in: String,
    /// Whether the deadline has passed.
    pub is_late: bool,
    /// Who has not decided.
    pub held_by: Vec<String>,
    /// "2 d 4 h": since when.
    pub held_for: String,
}

/// A piece of a caption, compared with what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CaptionPart {
    /// As it was.
    Same(String),
    /// No longer there.
    Removed(String),
    /// Not there before.
    Added(String),
}

/// What has changed since a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesData {
    /// The number of that version.
    pub since: usize,
    /// The caption in pieces; empty when it has not changed.
    pub caption: Vec<CaptionPart>,
    /// Everything else, a sentence each.
    pub others: Vec<String>,
}

/// Something that was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentData {
    /// Its id.
    pub id: CommentId,
    /// Who said it.
    pub author: String,
    /// Whether it stays within the agency.
    pub internal: bool,
    /// What.
    pub body: String,
    /// "0:03": at which moment of the video.
    pub moment: Option<String>,
    /// "Fri 9 Oct, 16:14".
    pub when: String,
    /// Whether it is settled.
    pub resolved: bool,
}

/// How a post stands with its approvers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReviewData {
    /// Whose it is.
    pub client: ClientId,
    /// Their name.
    pub client_name: String,
    /// The post.
    pub post: PostId,
    /// The first line of the caption.
    pub title: String,
    /// The caption of the version.
    pub caption: String,
    /// The poster frame.
    pub poster_url: Option<String>,
    /// Where it goes: the platform, and "@kestrelcoffee".
    pub accounts: Vec<(Platform, String)>,
    /// "Fri 16 Oct, 09:00 London".
    pub due: String,
    /// The version in hex, as a decision names it.
    pub version: String,
    /// Which of the versions that were sent it is.
    pub number: usize,
    /// Whether the post still says exactly that.
    pub is_current: bool,
    /// Whose decision it waits for, or waited for.
    pub stage: ReviewStage,
    /// What became of it.
    pub state: ReviewState,
    /// "Waiting for Ann Approver for 2 d 4 h."
    pub lead: String,
    /// What follows, or was decided: a sentence each.
    pub lines: Vec<String>,
    /// What has changed since the version that was decided about before.
    pub changes: Option<ChangesData>,
    /// What was said, oldest first.
    pub comments: Vec<CommentData>,
    /// Whether whoever asks can decide now.
    pub may_decide: bool,
    /// Whether whoever asks can take an approval back.
    pub may_withdraw: bool,
}

/// A post that was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pick {
    /// Whose it is.
    pub client: ClientId,
    /// The post.
    pub post: PostId,
}

/// What came of doing something to many posts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkAnswer {
    /// It was done to so many.
    pub done: usize,
    /// Why not to the others.
    pub refused: Vec<String>,
}

impl BulkAnswer {
    /// "3 sent for approval. 1 not: It waits for approval already."
    #[must_use]
    pub fn sentence(&self, did: &str) -> String {
        let mut words = match self.done {
            0 => String::new(),
            done => format!("{done} {did}."),
        };
        if let Some(first) = self.refused.first() {
            let others = self.refused.len();
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(&format!("{others} not: {first}"));
        }
        words
    }
}

/// Everything that has to do with approvals: of one client, or of all.
///
/// # Errors
/// When the client is not this person's to see.
#[server(ReadApprovals, endpoint = "approvals")]
pub async fn approvals(client: Option<ClientId>) -> Result<BoardData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let version = services
        .state_version(&actor, client)
        .await
        .map_err(ssr::refuse)?;
    let board = services
        .approval_board(&actor, client)
        .await
        .map_err(ssr::refuse)?;
    Ok(super::mapping::board(services.clock.now(), board, version))
}

/// How a post stands with its approvers; `None` when it was never sent.
///
/// # Errors
/// When the client is not this person's to see.
#[server(ReadReview, endpoint = "review")]
pub async fn review(client: ClientId, post: PostId) -> Result<Option<ReviewData>, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    actor
        .require_for(domain::Permission::SeeDesk, client)
        .map_err(ssr::refuse)?;
    super::mapping::review_of(&services, &actor, client, post)
        .await
        .map_err(ssr::refuse)
}

/// Sends posts for approval.
///
/// # Errors
/// When nobody is signed in; what is wrong with a post is in the answer.
#[server(SendForApproval, endpoint = "send_for_approval", input = Json)]
pub async fn send_for_approval(picks: Vec<Pick>) -> Result<BulkAnswer, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let mut answer = BulkAnswer::default();
    for (client, posts) in super::mapping::by_client(picks) {
        let sent = services
            .send_for_approval(&actor, client, &posts)
            .await
            .map_err(ssr::refuse)?;
        for (_, one) in sent.posts {
            answer.count(one.map(|_| ()))?;
        }
    }
    Ok(answer)
}

/// Takes back posts that wait for a decision.
///
/// # Errors
/// When nobody is signed in; what is wrong with a post is in the answer.
#[server(TakeBackReviews, endpoint = "take_back_reviews", input = Json)]
pub async fn take_back_reviews(picks: Vec<Pick>) -> Result<BulkAnswer, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let mut answer = BulkAnswer::default();
    for pick in picks {
        let taken = services.take_back_review(&actor, pick.client, pick.post);
        answer.count(taken.await)?;
    }
    Ok(answer)
}

/// Reminds whoever has not decided.
///
/// # Errors
/// When nobody is signed in; what is wrong with a post is in the answer.
#[server(Remind, endpoint = "remind", input = Json)]
pub async fn remind(picks: Vec<Pick>) -> Result<BulkAnswer, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let mut answer = BulkAnswer::default();
    for (client, posts) in super::mapping::by_client(picks) {
        let done = services
            .remind(&actor, client, &posts)
            .await
            .map_err(ssr::refuse)?;
        for (_, one) in done {
            answer.count(one)?;
        }
    }
    Ok(answer)
}

/// Says something about a post: to the client, or among the agency alone. Works as a plain form.
///
/// # Errors
/// When there is nothing to say, or the post is not this person's to see.
#[server(AddComment, endpoint = "add_comment")]
pub async fn add_comment(
    client: ClientId,
    post: PostId,
    body: String,
    internal: Option<String>,
) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let new = services::comments::NewComment {
        body,
        internal: internal.is_some(),
        at: None,
    };
    services
        .add_comment(&actor, client, post, new)
        .await
        .map(|_| ())
        .map_err(ssr::refuse)
}

/// Marks a comment as settled, or as open again. Works as a plain form.
///
/// # Errors
/// When it is not this person's to see.
#[server(ResolveComment, endpoint = "resolve_comment")]
pub async fn resolve_comment(
    client: ClientId,
    comment: CommentId,
    resolved: bool,
) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .resolve_comment(&actor, client, comment, resolved)
        .await
        .map_err(ssr::refuse)
}

/// Decides for the agency about exactly this version. Works as a plain form.
///
/// # Errors
/// When another version waits by now, or it is not this person's to decide.
#[server(Decide, endpoint = "decide")]
pub async fn decide(
    client: ClientId,
    post: PostId,
    version: String,
    verdict: domain::approval::Verdict,
    note: Option<String>,
) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let note = note.unwrap_or_default();
    services
        .decide(&actor, client, post, &version, verdict, &note)
        .await
        .map(|_| ())
        .map_err(ssr::refuse)
}

/// Takes back one's own approval. Works as a plain form.
///
/// # Errors
/// When there is none, or the post has left.
#[server(WithdrawDecision, endpoint = "withdraw_decision")]
pub async fn withdraw_decision(client: ClientId, post: PostId) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .withdraw_decision(&actor, client, post)
        .await
        .map_err(ssr::refuse)
}

#[cfg(feature = "ssr")]
impl BulkAnswer {
    /// Counts what came of one; trouble of ours, and what is not this person's to do at all, ends it.
    fn count(&mut self, one: services::ServiceResult<()>) -> Result<(), ApiError> {
        use services::ServiceError::{Forbidden, Internal, NotFound};
        match one {
            Ok(()) => self.done += 1,
            Err(error @ (Internal(_) | Forbidden | NotFound("client"))) => {
                return Err(crate::ssr::refuse(error));
            }
            Err(error) => self.refused.push(error.to_string()),
        }
        Ok(())
    }
}
