//! What waits, what was decided, and what has changed: as staff and as a client's own people see it.

use std::collections::HashMap;

use chrono::Duration;
use db::models::post_version::PostVersion;
use db::models::review::{self, Decision, Review};
use db::models::{asset, client, comment, post, post_version, user};
use domain::approval::{ReviewStage, ReviewState, Verdict};
use domain::state::Transition;
use domain::{ClientId, DeliveryState, Permission, PostId, UserId};

use super::decide::permission;
use super::{Side, missing};
use crate::assets::AssetView;
use crate::clients::ClientView;
use crate::comments::CommentView;
use crate::posts::FullPost;
use crate::versions::{Changes, VersionContent};
use crate::{Actor, ServiceError, ServiceResult, Services};

/// How long what was decided stays on the board after the minute of its post.
const ON_THE_BOARD: Duration = Duration::days(60);
/// More drafts of one client than anybody sends at a time.
const MOST_DRAFTS: i64 = 100;

/// A post that was sent to be approved.
#[derive(Clone, Debug)]
pub struct WaitingReview {
    /// Whose it is.
    pub client: ClientView,
    /// The post, which is the version that waits as long as the review does.
    pub full: FullPost,
    /// The review.
    pub review: Review,
    /// Which of the versions that were sent it is, from 1.
    pub number: usize,
    /// What was decided about it and stands.
    pub decisions: Vec<Decision>,
    /// Who has not decided, by name.
    pub held_by: Vec<String>,
    /// How many comments there are, of those that may be seen.
    pub comments: usize,
    /// Whether it waits for whoever asks.
    pub may_decide: bool,
}

/// A post that could be sent to be approved.
#[derive(Clone, Debug)]
pub struct BoardPost {
    /// Whose it is.
    pub client: ClientView,
    /// The post.
    pub full: FullPost,
}

/// Everything that has to do with approvals, as staff see it.
#[derive(Clone, Debug, Default)]
pub struct ApprovalBoard {
    /// Drafts of clients that are asked.
    pub ready: Vec<BoardPost>,
    /// What waits, by deadline.
    pub waiting: Vec<WaitingReview>,
    /// What is to be changed.
    pub changes: Vec<WaitingReview>,
    /// What is approved and has not gone out.
    pub approved: Vec<WaitingReview>,
    /// Whether any of the clients is asked about posts.
    pub asks: bool,
}

/// How a post stands with its approvers.
#[derive(Clone, Debug)]
pub struct ReviewView {
    /// Whose it is.
    pub client: ClientView,
    /// The newest review that may be seen.
    pub review: Review,
    /// Which of the versions that were sent it is, from 1.
    pub number: usize,
    /// Whether the post still says exactly that.
    pub is_current: bool,
    /// What that version says. A client is shown this, and never the post, which may be changing.
    pub content: VersionContent,
    /// The files of that version, in order, as far as their rows are left.
    pub files: Vec<AssetView>,
    /// Where it goes: each account's id with how it is called.
    pub accounts: Vec<(domain::AccountId, String)>,
    /// One state for the whole post.
    pub state: DeliveryState,
    /// Every decision about that review, oldest first, also those that were taken back.
    pub decisions: Vec<Decision>,
    /// Who has not decided, by name.
    pub held_by: Vec<String>,
    /// What has changed since the version that was decided about before.
    pub changes: Option<Changes>,
    /// What was said, oldest first.
    pub comments: Vec<CommentView>,
    /// Whether whoever asks can decide about it now.
    pub may_decide: bool,
    /// Whether whoever asks can take an approval back now.
    pub may_withdraw: bool,
}

impl ReviewView {
    /// The version, as a decision names it.
    #[must_use]
    pub fn version(&self) -> String {
        hex::encode(&self.review.version)
    }
}

impl Services {
    /// What waits for a decision, the earliest deadline first: of one client, or of all that the person sees.
    /// A client's own people see what waits for the client.
    ///
    /// # Errors
    /// When the client is not this person's to see.
    pub async fn reviews_waiting(
        &self,
        actor: &Actor,
        client: Option<ClientId>,
    ) -> ServiceResult<Vec<WaitingReview>> {
        let side = self.side(actor, client)?;
        let mut conn = self.conn().await?;
        let mut waiting = review::waiting(&mut conn, client).await?;
        waiting.retain(|one| {
            actor.sees(one.client_id) && (side == Side::Desk || one.stage == ReviewStage::Client)
        });
        self.with_posts(&mut conn, actor, side, waiting).await
    }

    /// Everything that has to do with approvals: of one client, or of all that the person sees.
    ///
    /// # Errors
    /// For anybody but staff, or when the client is not this person's to see.
    pub async fn approval_board(
        &self,
        actor: &Actor,
        client: Option<ClientId>,
    ) -> ServiceResult<ApprovalBoard> {
        actor.require(Permission::SeeDesk)?;
        let side = self.side(actor, client)?;
        let now = self.clock.now();
        let mut board = ApprovalBoard {
            waiting: self.reviews_waiting(actor, client).await?,
            ..ApprovalBoard::default()
        };
        let mut conn = self.conn().await?;
        let mut of: Vec<client::Client> = client::all(&mut conn).await?;
        of.retain(|row| actor.sees(row.id) && client.is_none_or(|client| client == row.id));
        let states = [ReviewState::Changes, ReviewState::Approved];
        let mut decided = review::newest_in(&mut conn, client, &states, now - ON_THE_BOARD).await?;
        decided.retain(|one| actor.sees(one.client_id));
        for one in self.with_posts(&mut conn, actor, side, decided).await? {
            let state = one.full.state();
            match (one.review.state, state) {
                (ReviewState::Changes, DeliveryState::Draft) => board.changes.push(one),
                (
                    ReviewState::Approved,
                    DeliveryState::Approved
                    | DeliveryState::Scheduled
                    | DeliveryState::Publishing
                    | DeliveryState::Processing,
                ) => board.approved.push(one),
                _ => {}
            }
        }
        board.changes.sort_by_key(|one| one.full.post.due_at);
        board.approved.sort_by_key(|one| one.full.post.due_at);
        let in_changes: Vec<PostId> = board.changes.iter().map(|one| one.full.post.id).collect();
        for row in of {
            if row.approval_policy.first_stage().is_none() {
                continue;
            }
            board.asks = true;
            let mut drafts = post::drafts_ahead(&mut conn, row.id, now, MOST_DRAFTS).await?;
            drafts.retain(|draft| !in_changes.contains(&draft.id));
            let view = self.client_view(row)?;
            let posts = crate::posts::full_posts(&mut conn, drafts).await?;
            board.ready.extend(posts.into_iter().map(|full| BoardPost {
                client: view.clone(),
                full,
            }));
        }
        Ok(board)
    }

    /// How a post stands with its approvers: the newest review, what was decided and said about it, and what
    /// has changed since the version that was decided about before.
    ///
    /// # Errors
    /// When the post was never sent (to the client, for a client's own people), or is not theirs to see.
    pub async fn review_of_post(
        &self,
        actor: &Actor,
        client: ClientId,
        id: PostId,
    ) -> ServiceResult<ReviewView> {
        let side = Side::of(actor, client)?;
        let row = self.client_row(actor, Permission::Comment, client).await?;
        let missing_post = || ServiceError::NotFound("post");
        let mut conn = self.conn().await?;
        let post = post::find(&mut conn, client, id).await?;
        let post = post.ok_or_else(missing_post)?;
        let stage = (side == Side::Portal).then_some(ReviewStage::Client);
        let newest = review::newest(&mut conn, id, stage).await?;
        // To the client a post that it was never asked about does not exist.
        let newest = newest.ok_or(match side {
            Side::Portal => ServiceError::NotFound("post"),
            Side::Desk => ServiceError::NotFound("review"),
        })?;
        let versions = post_version::of_posts(&mut conn, &[id]).await?;
        let full = crate::posts::full_posts(&mut conn, vec![post]).await?;
        let full = full.into_iter().next().ok_or_else(missing_post)?;
        let content = content_of(&versions, &newest)?;
        let all = review::of_posts(&mut conn, &[id]).await?;
        let decisions =
            review::decisions_of(&mut conn, &all.iter().map(|one| one.id).collect::<Vec<_>>())
                .await?;
        let changes = changes_since(&versions, &all, &decisions, &newest, &content)?;
        let approvers = self.approvers(&mut conn, &[&newest]).await?;
        let of_review = approvers
            .get(&(newest.client_id, newest.stage))
            .map_or(&[][..], Vec::as_slice);
        let held_by = missing(of_review, &decisions, &newest);
        let mut files = Vec::with_capacity(content.files.len());
        for file in &content.files {
            if let Some(found) = asset::find(&mut conn, client, file.asset).await? {
                files.push(AssetView::from(found));
            }
        }
        let is_current = full.post.version == newest.version;
        let waits = newest.state == ReviewState::Waiting;
        let mine = decisions.iter().find(|one| {
            one.review_id == newest.id && one.user_id == actor.user_id && one.withdrawn_at.is_none()
        });
        let has_right = actor.role.may(permission(newest.stage));
        let has_approved = mine.is_some_and(|mine| mine.verdict == Verdict::Approved);
        let nothing_left = full
            .deliveries
            .iter()
            .all(|(delivery, _)| delivery.state.after(Transition::Reopen).is_some());
        let may_withdraw = has_right
            && has_approved
            && (waits || (newest.state == ReviewState::Approved && is_current && nothing_left));
        let mut accounts = Vec::with_capacity(content.goes_to.len());
        for target in &content.goes_to {
            let account = db::models::account::find(&mut conn, client, target.account).await?;
            let name = account.map_or_else(String::new, |account| {
                crate::accounts::account_name(
                    account.handle.as_deref(),
                    account.nickname.as_deref(),
                )
            });
            accounts.push((target.account, name));
        }
        let comments = comment::of_post(&mut conn, id, side == Side::Desk).await?;
        Ok(ReviewView {
            client: self.client_view(row)?,
            number: number_of(&versions, id, &newest.version),
            is_current,
            files,
            accounts,
            state: full.state(),
            held_by: if waits {
                held_by.into_iter().map(|(_, name)| name.clone()).collect()
            } else {
                Vec::new()
            },
            may_decide: waits && is_current && has_right && !has_approved,
            may_withdraw,
            changes,
            comments: comments
                .into_iter()
                .map(|one| CommentView::of(actor, one))
                .collect(),
            decisions: decisions
                .into_iter()
                .filter(|one| one.review_id == newest.id)
                .collect(),
            content,
            review: newest,
        })
    }

    fn side(&self, actor: &Actor, client: Option<ClientId>) -> ServiceResult<Side> {
        match client {
            Some(client) => Side::of(actor, client),
            None => {
                actor.require(Permission::Comment)?;
                Ok(Side::of_role(actor))
            }
        }
    }

    /// Reviews with their posts and all that is shown beside them: a few queries, however many there are.
    async fn with_posts(
        &self,
        conn: &mut db::Connection,
        actor: &Actor,
        side: Side,
        reviews: Vec<Review>,
    ) -> ServiceResult<Vec<WaitingReview>> {
        let ids: Vec<PostId> = reviews.iter().map(|one| one.post_id).collect();
        let posts = post::of_ids(conn, &ids).await?;
        let mut posts: HashMap<PostId, FullPost> = crate::posts::full_posts(conn, posts)
            .await?
            .into_iter()
            .map(|full| (full.post.id, full))
            .collect();
        let versions = post_version::of_posts(conn, &ids).await?;
        let decisions =
            review::decisions_of(conn, &reviews.iter().map(|one| one.id).collect::<Vec<_>>())
                .await?;
        let approvers = self
            .approvers(conn, &reviews.iter().collect::<Vec<_>>())
            .await?;
        let comments: HashMap<PostId, i64> = comment::counts(conn, &ids, side == Side::Desk)
            .await?
            .into_iter()
            .collect();
        let mut clients: HashMap<ClientId, ClientView> = HashMap::new();
        for row in client::all(conn).await? {
            if reviews.iter().any(|one| one.client_id == row.id) {
                clients.insert(row.id, self.client_view(row)?);
            }
        }
        Ok(reviews
            .into_iter()
            .filter_map(|of| {
                let full = posts.remove(&of.post_id)?;
                let client = clients.get(&of.client_id)?.clone();
                let who = approvers
                    .get(&(of.client_id, of.stage))
                    .map_or(&[][..], Vec::as_slice);
                let waits = of.state == ReviewState::Waiting;
                let standing: Vec<Decision> = decisions
                    .iter()
                    .filter(|one| one.review_id == of.id && one.withdrawn_at.is_none())
                    .cloned()
                    .collect();
                let has_decided = standing.iter().any(|one| one.user_id == actor.user_id);
                let held_by = if waits {
                    missing(who, &decisions, &of)
                        .into_iter()
                        .map(|(_, name)| name.clone())
                        .collect()
                } else {
                    Vec::new()
                };
                let comments = comments.get(&of.post_id).copied().unwrap_or_default();
                Some(WaitingReview {
                    client,
                    number: number_of(&versions, of.post_id, &of.version),
                    decisions: standing,
                    held_by,
                    comments: usize::try_from(comments).unwrap_or_default(),
                    may_decide: waits && !has_decided && actor.role.may(permission(of.stage)),
                    full,
                    review: of,
                })
            })
            .collect())
    }

    /// Who decides about these reviews, by client and stage.
    async fn approvers(
        &self,
        conn: &mut db::Connection,
        reviews: &[&Review],
    ) -> ServiceResult<HashMap<(ClientId, ReviewStage), Vec<(UserId, String)>>> {
        let mut found: HashMap<_, Vec<(UserId, String)>> = HashMap::new();
        let mut of_clients: Vec<ClientId> = Vec::new();
        for of in reviews {
            let key = (of.client_id, of.stage);
            if found.contains_key(&key) {
                continue;
            }
            found.insert(key, Vec::new());
            match of.stage {
                ReviewStage::Internal => {
                    let who = user::internal_approvers_of(conn, of.client_id).await?;
                    found.insert(key, who);
                }
                ReviewStage::Client => of_clients.push(of.client_id),
            }
        }
        for (client, user, name) in user::approvers_of(conn, &of_clients).await? {
            found
                .entry((client, ReviewStage::Client))
                .or_default()
                .push((user, name));
        }
        Ok(found)
    }
}

/// What a reviewed version says.
fn content_of(versions: &[PostVersion], of: &Review) -> ServiceResult<VersionContent> {
    let kept = versions.iter().find(|kept| kept.version == of.version);
    let kept = kept.ok_or_else(|| {
        ServiceError::internal(format!("the version of review {} was not kept", of.id))
    })?;
    serde_json::from_value(kept.content.clone()).map_err(ServiceError::internal)
}

/// Which of the versions of a post that were kept this is, from 1.
fn number_of(versions: &[PostVersion], post: PostId, version: &[u8]) -> usize {
    let of_post = versions.iter().filter(|kept| kept.post_id == post);
    let before = of_post.take_while(|kept| kept.version != version).count();
    before + 1
}

/// What has changed since the last version that somebody decided about, at the same side: a client is not
/// shown what the agency settled within itself.
fn changes_since(
    versions: &[PostVersion],
    all: &[Review],
    decisions: &[Decision],
    newest: &Review,
    content: &VersionContent,
) -> ServiceResult<Option<Changes>> {
    let was_decided = |of: &&Review| {
        of.version != newest.version
            && (newest.stage == ReviewStage::Internal || of.stage == ReviewStage::Client)
            && decisions.iter().any(|one| one.review_id == of.id)
    };
    let Some(before) = all.iter().rev().find(was_decided) else {
        return Ok(None);
    };
    let was = content_of(versions, before)?;
    let number = number_of(versions, before.post_id, &before.version);
    Ok(Some(Changes::between(number, &was, content)))
}
