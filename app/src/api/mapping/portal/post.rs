//! One post in the portal, and what follows once somebody has decided about it.

use chrono::{DateTime, Utc};
use domain::media::duration_label;
use domain::post::PlatformOptions;
use domain::time::{local, local_label, zone_place};
use domain::{ClientId, DeliveryState, PostId};
use services::approvals::{ReviewView, WaitingReview};
use services::assets::AssetView;
use services::clients::ClientView;
use services::comments::CommentView;
use services::portal::{PortalPost, PortalTarget};
use services::versions::{CaptionPart, Changes, VersionTarget};
use services::{Actor, ServiceResult, Services};

use super::super::approvals::cover_of;
use super::super::day_and_time;
use super::standing::standing;
use super::{address, post_href, poster_of, short_label};
use crate::api::portal::{
    Among, CaptionPiece, DecidedData, NextData, PortalChanges, PortalComment, PortalMedia,
    PortalPostData, PortalTargetData,
};

pub(in crate::api) async fn portal_post(
    services: &Services,
    actor: &Actor,
    client: ClientId,
    id: PostId,
) -> ServiceResult<PortalPostData> {
    let post = services.portal_post(actor, client, id).await?;
    let mut waiting = services.portal_waiting(actor).await?;
    waiting.retain(|one| one.may_decide);
    let agency = services.agency_name().await?;
    Ok(post_data(services.clock.now(), agency, post, &waiting))
}

fn post_data(
    now: DateTime<Utc>,
    agency: String,
    post: PortalPost,
    waiting: &[WaitingReview],
) -> PortalPostData {
    let view = &post.client;
    let states: Vec<DeliveryState> = post.goes_to.iter().filter_map(|one| one.state).collect();
    let review = post.review.as_ref();
    let may_decide = review.is_some_and(|review| review.may_decide);
    let cover = cover_of(&post.content.goes_to);
    PortalPostData {
        client: view.id,
        client_name: view.name.clone(),
        agency,
        post: post.id,
        version: review.map(ReviewView::version),
        media: post
            .content
            .files
            .iter()
            .filter_map(|file| {
                let asset = post.files.iter().find(|asset| asset.id == file.asset)?;
                Some(media(view.id, asset, &file.alt, cover))
            })
            .collect(),
        targets: post
            .content
            .goes_to
            .iter()
            .zip(&post.goes_to)
            .map(|(said, target)| target_data(view.id, said, target, may_decide))
            .collect(),
        goes_out: local_label(local(post.content.due_at, view.zone)),
        place: zone_place(view.zone),
        zone_label: view.zone_label.clone(),
        standing: standing(view, now, &states, review),
        may_decide,
        may_withdraw: review.is_some_and(|review| review.may_withdraw),
        changes: review
            .and_then(|review| review.changes.as_ref())
            .map(changes),
        comments: post
            .comments
            .into_iter()
            .map(|comment| comment_data(view, now, comment))
            .collect(),
        among: among(waiting, post.id),
        caption: post.content.caption,
    }
}

fn media(client: ClientId, asset: &AssetView, alt: &str, cover: Option<u32>) -> PortalMedia {
    let link = |file: &str| (!asset.deleted).then(|| address(client, asset.id, file));
    let facts = &asset.facts;
    PortalMedia {
        id: asset.id,
        alt: alt.to_owned(),
        duration_ms: facts.video().map(|video| video.duration_ms),
        is_upright: facts.width() * 16 <= facts.height() * 10,
        poster_url: link("poster").map(|poster| {
            let within = |at_ms: &u32| {
                let video = facts.video();
                video.is_some_and(|video| u64::from(*at_ms) <= video.duration_ms)
            };
            match cover.filter(within) {
                Some(at_ms) => format!("{poster}?at={at_ms}"),
                None => poster,
            }
        }),
        file_url: link("file"),
    }
}

fn target_data(
    client: ClientId,
    said: &VersionTarget,
    target: &PortalTarget,
    may_decide: bool,
) -> PortalTargetData {
    let (audience, label, has_settings) = match &said.options {
        PlatformOptions::TikTok(options) if options.as_draft => {
            (Some("as a draft in TikTok’s inbox".to_owned()), None, false)
        }
        PlatformOptions::TikTok(options) => {
            let level = options.privacy_level.as_deref();
            let label = match (options.is_your_brand(), options.is_branded_content()) {
                (_, true) => Some("Paid partnership"),
                (true, false) => Some("Promotional content"),
                (false, false) => None,
            };
            (
                level.map(|level| domain::tiktok::privacy_label(level).to_lowercase()),
                label.map(str::to_owned),
                true,
            )
        }
        PlatformOptions::Bluesky(_) => (None, None, false),
    };
    let title = match &said.options {
        PlatformOptions::TikTok(options) => Some(options.title.trim().to_owned()),
        PlatformOptions::Bluesky(_) => None,
    };
    PortalTargetData {
        account: target.account,
        platform: target.platform,
        name: target.name.clone(),
        nickname: target
            .nickname
            .clone()
            .unwrap_or_else(|| target.name.clone()),
        avatar_url: target.avatar_key.as_ref().map(|key| {
            format!(
                "/portal/clients/{client}/avatars/{}?v={key}",
                target.account
            )
        }),
        caption: said.caption.clone(),
        title: title.filter(|title| !title.is_empty()),
        audience,
        label,
        has_settings: has_settings && may_decide,
        state: target.state,
        url: target.post_url.clone(),
    }
}

fn changes(changes: &Changes) -> PortalChanges {
    let piece = |part: &CaptionPart| match part {
        CaptionPart::Same(text) => CaptionPiece::Same(text.clone()),
        CaptionPart::Removed(text) => CaptionPiece::Removed(text.clone()),
        CaptionPart::Added(text) => CaptionPiece::Added(text.clone()),
    };
    PortalChanges {
        caption: if changes.is_in_caption() {
            changes.caption.iter().map(piece).collect()
        } else {
            Vec::new()
        },
        others: changes.others.clone(),
    }
}

fn comment_data(view: &ClientView, now: DateTime<Utc>, comment: CommentView) -> PortalComment {
    PortalComment {
        id: comment.id.to_string(),
        author: comment.author,
        is_mine: comment.is_mine,
        by_agency: comment.by_agency,
        body: comment.body,
        resolved: comment.resolved,
        at: comment.at.map(|(asset, at)| {
            let label = duration_label(at.unsigned_abs());
            (asset, at, label)
        }),
        when: day_and_time(
            local(comment.created_at, view.zone),
            local(now, view.zone).date(),
        ),
    }
}

fn among(waiting: &[WaitingReview], id: PostId) -> Option<Among> {
    let here = waiting.iter().position(|one| one.full.post.id == id)?;
    let href = |one: &WaitingReview| post_href(one.client.id, one.full.post.id);
    Some(Among {
        place: here + 1,
        count: waiting.len(),
        previous: here
            .checked_sub(1)
            .and_then(|before| waiting.get(before))
            .map(href),
        next: waiting.get(here + 1).map(href),
    })
}

pub(in crate::api) async fn decided(
    services: &Services,
    actor: &Actor,
    client: ClientId,
    id: PostId,
) -> ServiceResult<DecidedData> {
    let post = services.portal_post(actor, client, id).await?;
    let mut waiting = services.portal_waiting(actor).await?;
    waiting.retain(|one| one.may_decide);
    let now = services.clock.now();
    let (due_at, view) = (post.content.due_at, post.client.clone());
    let next = waiting.first().map(|one| NextData {
        href: post_href(one.client.id, one.full.post.id),
        poster_url: poster_of(one.client.id, &one.full),
        left: waiting.len(),
        due: short_label(
            local(one.review.deadline, one.client.zone),
            local(now, one.client.zone).date(),
        ),
    });
    let agency = services.agency_name().await?;
    let post = post_data(now, agency, post, &waiting);
    Ok(DecidedData {
        withdraw_until: (post.may_withdraw && due_at > now)
            .then(|| local_label(local(due_at, view.zone))),
        post,
        next,
    })
}
