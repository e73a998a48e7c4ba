//! What people say about posts: to each other across the portal, or among the agency alone.

use chrono::{DateTime, Utc};
use db::AsyncConnection;
use db::models::comment::{self, Comment};
use db::models::event::{self, NewEvent};
use db::models::{client, delivery, post, review};
use domain::approval::ReviewStage;
use domain::audit::AuditAction;
use domain::history::Tone;
use domain::notice::NoticeKind;
use domain::post::caption_title;
use domain::{AssetId, ClientId, CommentId, DeliveryState, Permission, PostId};

use crate::approvals::{Side, desk_href, portal_href};
use crate::audit::{By, Entry};
use crate::notify::{Audience, Notice};
use crate::{Actor, ServiceError, ServiceResult, Services};

/// The longest comment.
const LONGEST: usize = 4_000;
/// How much of a caption names a post to people.
const TITLE: usize = 60;

/// Something that is to be said about a post.
#[derive(Clone, Debug)]
pub struct NewComment {
    /// What.
    pub body: String,
    /// Whether it stays within the agency.
    pub internal: bool,
    /// At which moment of which video, in milliseconds.
    pub at: Option<(AssetId, i64)>,
}

/// Something that was said about a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentView {
    /// Its id.
    pub id: CommentId,
    /// Who said it.
    pub author: String,
    /// Whether that is one of the agency.
    pub by_agency: bool,
    /// Whether whoever asks said it.
    pub is_mine: bool,
    /// Whether it stays within the agency.
    pub internal: bool,
    /// What.
    pub body: String,
    /// At which moment of which video, in milliseconds.
    pub at: Option<(AssetId, i64)>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Whether it is settled.
    pub resolved: bool,
}

impl CommentView {
    /// A comment as somebody sees it.
    pub(crate) fn of(actor: &Actor, row: Comment) -> Self {
        Self {
            id: row.id,
            is_mine: row.author == actor.user_id,
            author: row.author_name,
            by_agency: row.author_role.is_staff(),
            internal: row.internal,
            body: row.body,
            at: row.asset_id.map(AssetId::from).zip(row.at_ms),
            created_at: row.created_at,
            resolved: row.resolved_at.is_some(),
        }
    }
}

impl Services {
    /// Says something about a post.
    ///
    /// # Errors
    /// When there is nothing to say, it is too long, the moment is not one of the post's videos, or the post
    /// is not this person's to see.
    pub async fn add_comment(
        &self,
        actor: &Actor,
        client: ClientId,
        id: PostId,
        new: NewComment,
    ) -> ServiceResult<CommentId> {
        let permission = if new.internal {
            Permission::CommentInternally
        } else {
            Permission::Comment
        };
        actor.require_for(permission, client)?;
        let side = Side::of(actor, client)?;
        let body = check_body(&new.body)?;
        let now = self.clock.now();
        let comment = CommentId::generate();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let post = self.seen_post(conn, side, client, id).await?;
            if let Some((asset, at)) = new.at {
                check_moment(conn, id, asset, at).await?;
            }
            let row = comment::NewComment {
                id: comment,
                client,
                post: id,
                author: actor.user_id,
                internal: new.internal,
                body,
                at: new.at,
            };
            comment::insert(conn, &row, now).await?;
            let moved = moved(actor, client, id, "commented", "Commented", now);
            event::append(conn, &[moved]).await?;
            let entry = Entry::of(AuditAction::Commented)
                .at(client)
                .on("post", id)
                .after(serde_json::json!({ "internal": new.internal }));
            self.record(conn, By::User(actor), &[entry]).await?;
            let told = |audience| Notice {
                kind: NoticeKind::Comment,
                client,
                post: Some(id),
                audience,
                except: Some(actor.user_id),
                title: format!("{} on {}", actor.name, caption_title(&post.caption, TITLE)),
                body: body.to_owned(),
                desk_href: desk_href(client, id),
                portal_href: portal_href(client, id),
            };
            self.tell(conn, &told(Audience::Staff)).await?;
            let reaches_client = !new.internal && self.is_in_portal(conn, id).await?;
            if reaches_client {
                self.tell(conn, &told(Audience::Portal)).await?;
            }
            Ok::<_, ServiceError>(())
        })
        .await?;
        Ok(comment)
    }

    /// What was said about a post, oldest first; what stays within the agency only for the agency.
    ///
    /// # Errors
    /// When the post is not this person's to see.
    pub async fn comments(
        &self,
        actor: &Actor,
        client: ClientId,
        id: PostId,
    ) -> ServiceResult<Vec<CommentView>> {
        let side = Side::of(actor, client)?;
        let mut conn = self.conn().await?;
        self.seen_post(&mut conn, side, client, id).await?;
        let rows = comment::of_post(&mut conn, id, side == Side::Desk).await?;
        Ok(rows
            .into_iter()
            .map(|row| CommentView::of(actor, row))
            .collect())
    }

    /// Marks a comment as settled, or as open again.
    ///
    /// # Errors
    /// When it is not this person's to see.
    pub async fn resolve_comment(
        &self,
        actor: &Actor,
        client: ClientId,
        id: CommentId,
        resolved: bool,
    ) -> ServiceResult<()> {
        let side = Side::of(actor, client)?;
        let now = self.clock.now();
        let by = resolved.then_some((now, actor.user_id));
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let with_internal = side == Side::Desk;
            let of = comment::set_resolved(conn, client, id, by, with_internal).await?;
            let (of, internal) = of.ok_or(ServiceError::NotFound("comment"))?;
            self.seen_post(conn, side, client, of).await?;
            let (kind, title) = if resolved {
                ("comment_settled", "Settled a comment")
            } else {
                ("comment_reopened", "Opened a comment again")
            };
            event::append(conn, &[moved(actor, client, of, kind, title, now)]).await?;
            let entry = Entry::of(AuditAction::Commented)
                .at(client)
                .on("post", of)
                .after(serde_json::json!({ "internal": internal, "resolved": resolved }));
            self.record(conn, By::User(actor), &[entry]).await
        })
        .await
    }

    /// A post, as far as it is to be seen from a side.
    async fn seen_post(
        &self,
        conn: &mut db::Connection,
        side: Side,
        client: ClientId,
        id: PostId,
    ) -> ServiceResult<post::Post> {
        if client::find(conn, client).await?.is_none() {
            return Err(ServiceError::NotFound("client"));
        }
        let found = post::find(conn, client, id).await?;
        let found = found.ok_or(ServiceError::NotFound("post"))?;
        if side == Side::Portal && !self.is_in_portal(conn, id).await? {
            return Err(ServiceError::NotFound("post"));
        }
        Ok(found)
    }

    /// Whether the client knows of a post: it was asked about it, or it is planned to go out, or has.
    async fn is_in_portal(&self, conn: &mut db::Connection, id: PostId) -> ServiceResult<bool> {
        if review::newest(conn, id, Some(ReviewStage::Client))
            .await?
            .is_some()
        {
            return Ok(true);
        }
        let deliveries = delivery::of_posts(conn, &[id]).await?;
        Ok(deliveries.iter().any(|(delivery, _)| {
            matches!(
                delivery.state,
                DeliveryState::Scheduled
                    | DeliveryState::Publishing
                    | DeliveryState::Processing
                    | DeliveryState::Published
            )
        }))
    }
}

/// Moves what open pages look at; the words are read where they belong.
fn moved(
    actor: &Actor,
    client: ClientId,
    post: PostId,
    kind: &'static str,
    title: &str,
    at: DateTime<Utc>,
) -> NewEvent {
    NewEvent {
        client,
        account: None,
        post: Some(post),
        delivery: None,
        attempt: None,
        at,
        actor: Some(actor.user_id),
        kind,
        tone: Tone::Neutral,
        title: title.to_owned(),
        detail: String::new(),
        platform_words: None,
        duration_ms: None,
    }
}

fn check_body(body: &str) -> ServiceResult<&str> {
    let body = body.trim();
    if body.is_empty() {
        return Err(ServiceError::Invalid("Write something first.".to_owned()));
    }
    if body.chars().count() > LONGEST || body.contains('\0') {
        return Err(ServiceError::Invalid(format!(
            "Say it in at most {LONGEST} characters."
        )));
    }
    Ok(body)
}

/// Whether a moment is one of a video of this post.
pub(crate) async fn check_moment(
    conn: &mut db::Connection,
    post: PostId,
    asset: AssetId,
    at: i64,
) -> ServiceResult<()> {
    let files = post::assets_of(conn, &[post]).await?;
    let length = files
        .iter()
        .find(|(_, file)| file.asset.id == asset)
        .and_then(|(_, file)| file.asset.duration_ms);
    if length.is_some_and(|length| (0..=length).contains(&at)) {
        Ok(())
    } else {
        Err(ServiceError::Invalid(
            "That moment is not part of this post’s video.".to_owned(),
        ))
    }
}
