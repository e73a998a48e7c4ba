//! Posts in the portal: what the client was asked about, what is planned, and what went out.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use db::models::account::Account;
use db::models::asset::Asset;
use db::models::delivery::Delivery;
use db::models::post::{self, Post};
use db::models::{event, portal};
use domain::time::{local, month_grid};
use domain::{AccountId, AssetId, ClientId, DeliveryState, Permission, Platform, PostId};

use super::NO_POST;
use crate::accounts::account_name;
use crate::approvals::ReviewView;
use crate::assets::AssetView;
use crate::clients::{ClientView, zone_of};
use crate::comments::CommentView;
use crate::posts::{FullPost, full_posts};
use crate::versions::VersionContent;
use crate::{Actor, ServiceError, ServiceResult, Services};

/// How many published posts one page shows.
const PAGE: i64 = 30;

/// A month as a client's own people see it.
#[derive(Clone, Debug)]
pub struct PortalMonth {
    /// Its first day.
    pub first: NaiveDate,
    /// The days shown, whole weeks.
    pub days: Vec<NaiveDate>,
    /// Today on the client's wall.
    pub today: NaiveDate,
    /// The zone.
    pub zone: Tz,
    /// The posts, earliest first, each with its time on the wall.
    pub posts: Vec<(NaiveDateTime, FullPost)>,
    /// The newest event when it was read.
    pub version: i64,
}

/// A post as a client's own people see it.
#[derive(Clone, Debug)]
pub struct PortalPost {
    /// Whose it is.
    pub client: ClientView,
    /// The post.
    pub id: PostId,
    /// What it says: the version that was sent to the client, or what is planned.
    pub content: VersionContent,
    /// The files of that, in order.
    pub files: Vec<AssetView>,
    /// Where it goes.
    pub goes_to: Vec<PortalTarget>,
    /// How it stands with its approvers, where the client was asked.
    pub review: Option<ReviewView>,
    /// What was said about it across the portal, oldest first.
    pub comments: Vec<CommentView>,
}

/// Where a post goes, and how far it has come there.
#[derive(Clone, Debug)]
pub struct PortalTarget {
    /// The account.
    pub account: AccountId,
    /// How it is called.
    pub name: String,
    /// The display name.
    pub nickname: Option<String>,
    /// Our copy of its picture.
    pub avatar_key: Option<String>,
    /// Its platform.
    pub platform: Platform,
    /// How far it has come; `None` while the agency changes it.
    pub state: Option<DeliveryState>,
    /// Its public address.
    pub post_url: Option<String>,
}

/// Something that was published.
#[derive(Clone, Debug)]
pub struct PublishedPost {
    /// The delivery.
    pub delivery: Delivery,
    /// Its post.
    pub post: Post,
    /// Where it went.
    pub account: Account,
    /// Its first file.
    pub first: Option<Asset>,
}

impl Services {
    /// One post, for the client's own people.
    ///
    /// # Errors
    /// When the client does not know of it, or for anybody else.
    pub async fn portal_post(
        &self,
        actor: &Actor,
        client: ClientId,
        id: PostId,
    ) -> ServiceResult<PortalPost> {
        let row = self
            .client_row(actor, Permission::SeePortal, client)
            .await?;
        let review = match self.review_of_post(actor, client, id).await {
            Ok(review) => Some(review),
            Err(ServiceError::NotFound(_)) => None,
            Err(error) => return Err(error),
        };
        let mut conn = self.conn().await?;
        let visible = portal::find(&mut conn, client, id).await?;
        let view = self.client_view(row)?;
        // As it is now, where the client may see that; else as it was when the client was asked.
        let current = match visible {
            Some(post) => full_posts(&mut conn, vec![post]).await?.into_iter().next(),
            None => None,
        };
        let (content, files) = match (&current, &review) {
            (Some(full), _) => (
                VersionContent::of(&full.post, &full.deliveries, &full.assets),
                full.assets
                    .iter()
                    .map(|file| AssetView::from(file.asset.clone()))
                    .collect(),
            ),
            (None, Some(review)) => (review.content.clone(), review.files.clone()),
            (None, None) => return Err(NO_POST),
        };
        let mut goes_to = Vec::with_capacity(content.goes_to.len());
        for target in &content.goes_to {
            let account = db::models::account::find(&mut conn, client, target.account).await?;
            let delivery = current.as_ref().and_then(|full| {
                let mut deliveries = full.deliveries.iter();
                deliveries.find(|(_, account)| account.id == target.account)
            });
            goes_to.push(target_of(
                target.account,
                target.platform,
                account,
                delivery.map(|(delivery, _)| delivery),
            ));
        }
        drop(conn);
        let comments = match &review {
            Some(review) => review.comments.clone(),
            None => self.comments(actor, client, id).await?,
        };
        Ok(PortalPost {
            client: view,
            id,
            content,
            files,
            goes_to,
            review,
            comments,
        })
    }

    /// A file of a post that the client knows of, for its own people.
    ///
    /// # Errors
    /// When it is in no such post, or for anybody else.
    pub async fn portal_asset(
        &self,
        actor: &Actor,
        client: ClientId,
        id: AssetId,
    ) -> ServiceResult<AssetView> {
        actor.require_for(Permission::SeePortal, client)?;
        let found = portal::asset(&mut *self.conn().await?, client, id).await?;
        found
            .map(AssetView::from)
            .ok_or(ServiceError::NotFound("file"))
    }

    /// A month of a client, for its own people. `month` is any day of it; `None` is the month of today on the
    /// client's wall.
    ///
    /// # Errors
    /// For anybody else, or when the month cannot be counted.
    pub async fn portal_month(
        &self,
        actor: &Actor,
        client: ClientId,
        month: Option<NaiveDate>,
    ) -> ServiceResult<PortalMonth> {
        let row = self
            .client_row(actor, Permission::SeePortal, client)
            .await?;
        let zone = zone_of(&row)?;
        let today = local(self.clock.now(), zone).date();
        let out_of_range =
            || ServiceError::Invalid("That month is out of the calendar’s reach.".to_owned());
        let wanted = month.unwrap_or(today);
        let days = month_grid(wanted).ok_or_else(out_of_range)?;
        let first = chrono::Datelike::with_day(&wanted, 1).ok_or_else(out_of_range)?;
        let (Some(from), Some(until)) = (days.first(), days.last()) else {
            return Err(out_of_range());
        };
        // A day of slack on both sides covers every zone; what falls outside is dropped below.
        let from_instant = from.and_time(NaiveTime::MIN).and_utc() - Duration::days(1);
        let until_instant = until.and_time(NaiveTime::MIN).and_utc() + Duration::days(2);
        let mut conn = self.conn().await?;
        let version = event::version(&mut conn, client).await?;
        let posts = portal::between(&mut conn, client, from_instant, until_instant).await?;
        let posts = full_posts(&mut conn, posts)
            .await?
            .into_iter()
            .map(|full| (local(full.post.due_at, zone), full))
            .filter(|(local, _)| (*from..=*until).contains(&local.date()))
            .collect();
        Ok(PortalMonth {
            first,
            days,
            today,
            zone,
            posts,
            version,
        })
    }

    /// What of a client was published, newest first, each with its first file; and where the next page
    /// begins, if there is one.
    ///
    /// # Errors
    /// For anybody but the client's own people.
    pub async fn portal_published(
        &self,
        actor: &Actor,
        client: ClientId,
        before: Option<DateTime<Utc>>,
    ) -> ServiceResult<(Vec<PublishedPost>, Option<DateTime<Utc>>)> {
        actor.require_for(Permission::SeePortal, client)?;
        let mut conn = self.conn().await?;
        let mut rows = portal::published(&mut conn, client, before, PAGE + 1).await?;
        let has_more = rows.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
        if has_more {
            rows.pop();
        }
        let next = rows
            .last()
            .and_then(|(delivery, ..)| delivery.published_at)
            .filter(|_| has_more);
        let ids: Vec<PostId> = rows.iter().map(|(_, post, _)| post.id).collect();
        let files = post::assets_of(&mut conn, &ids).await?;
        let rows = rows
            .into_iter()
            .map(|(delivery, post, account)| {
                let first = files.iter().find(|(of, _)| *of == post.id);
                PublishedPost {
                    first: first.map(|(_, file)| file.asset.clone()),
                    delivery,
                    post,
                    account,
                }
            })
            .collect();
        Ok((rows, next))
    }

    /// What waits for the decision of somebody at the person's clients, the earliest deadline first.
    ///
    /// # Errors
    /// For anybody but a client's own people.
    pub async fn portal_waiting(
        &self,
        actor: &Actor,
    ) -> ServiceResult<Vec<crate::approvals::WaitingReview>> {
        actor.require(Permission::SeePortal)?;
        let mut waiting = self.reviews_waiting(actor, None).await?;
        waiting.sort_by_key(|one| (one.review.deadline, one.full.post.id));
        Ok(waiting)
    }
}

fn target_of(
    id: AccountId,
    platform: Platform,
    account: Option<Account>,
    delivery: Option<&Delivery>,
) -> PortalTarget {
    let (handle, nickname, avatar_key) = account
        .map(|account| (account.handle, account.nickname, account.avatar_key))
        .unwrap_or_default();
    PortalTarget {
        account: id,
        platform,
        name: account_name(handle.as_deref(), nickname.as_deref()),
        nickname,
        avatar_key,
        state: delivery.map(|delivery| delivery.state),
        post_url: delivery.and_then(|delivery| delivery.post_url.clone()),
    }
}
