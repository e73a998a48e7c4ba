//! The composer.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
use domain::DeliveryState;
use domain::UserId;
use domain::account::AccountStatus;
use domain::approval::ApprovalPolicy;
use domain::time::{local, local_input, occurrence, parse_local, shown_twice};
use services::clients::ClientView;
use services::posts::{self, FullPost, PostInput};
use services::{Overtaken, ServiceError, ServiceResult};

use super::{account_row, asset, saved_label};
use crate::api::ApiError;
use crate::api::posts::{
    ComposerData, Intent, MediaData, NewerPost, PostData, PostForm, TargetForm,
};
use crate::ssr;

/// For how many days the composer knows which times come twice; farther ahead the server says so.
const FAR_AHEAD: u32 = 1100;

/// The delivery whose history tells what happened, once any was tried.
fn history_of(post: &FullPost) -> Option<domain::DeliveryId> {
    post.deliveries
        .iter()
        .find(|(delivery, _)| delivery.attempt > 0)
        .map(|(delivery, _)| delivery.id)
}

pub(in crate::api) fn composer(
    view: &ClientView,
    me: UserId,
    now: DateTime<Utc>,
    accounts: Vec<services::accounts::AccountHealth>,
    post: Option<FullPost>,
    at: Option<&str>,
) -> ServiceResult<ComposerData> {
    let now_local = local(now, view.zone);
    Ok(ComposerData {
        client_name: view.name.clone(),
        zone_label: view.zone_label.clone(),
        twice: shown_twice(view.zone, now, FAR_AHEAD)
            .into_iter()
            .map(|(from, until)| (local_input(from), local_input(until)))
            .collect(),
        zone: view.zone.name().to_owned(),
        now_local: local_input(now_local),
        suggested_local: local_input(suggested(now_local, at)),
        accounts: accounts
            .into_iter()
            .map(|account| account_row(view, now, account))
            .collect(),
        approval: ApprovalPolicy::None,
        review: None,
        post: post.map(|post| post_data(view, post)),
        version: 0,
        me,
    })
}

/// The time a new post starts with: what was pointed at, or that day at nine, or the next full hour.
fn suggested(now: NaiveDateTime, at: Option<&str>) -> NaiveDateTime {
    let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap_or(NaiveTime::MIN);
    let pointed_at = at.and_then(|at| {
        parse_local(at).or_else(|| Some(at.parse::<NaiveDate>().ok()?.and_time(nine)))
    });
    let full_hour = now
        .with_minute(0)
        .and_then(|time| time.with_second(0))
        .and_then(|time| time.with_nanosecond(0));
    let next_hour = full_hour.unwrap_or(now) + chrono::Duration::hours(1);
    pointed_at.filter(|time| *time > now).unwrap_or(next_hour)
}

fn post_data(view: &ClientView, post: FullPost) -> PostData {
    let first = post.deliveries.first().map(|(delivery, _)| delivery);
    PostData {
        id: post.post.id,
        state: post.state(),
        is_editable: post.is_editable(),
        is_deletable: post.deliveries.iter().all(|(delivery, _)| {
            delivery.attempt == 0
                && matches!(
                    delivery.state,
                    DeliveryState::Draft | DeliveryState::Cancelled
                )
        }),
        problem: first.and_then(|delivery| delivery.last_problem.clone()),
        post_urls: post
            .deliveries
            .iter()
            .filter_map(|(delivery, account)| Some((account.platform, delivery.post_url.clone()?)))
            .collect(),
        history: history_of(&post),
        targets: post
            .deliveries
            .iter()
            // A disconnected account cannot be chosen again.
            .filter(|(_, account)| account.status != AccountStatus::Disconnected)
            .map(|(delivery, account)| TargetForm {
                account: account.id,
                caption: delivery.caption_override.clone(),
                options: delivery.options.clone(),
            })
            .collect(),
        revision: post.post.revision,
        local_time: local_input(local(post.post.due_at, view.zone)),
        which: occurrence(post.post.due_at, view.zone).map(Into::into),
        saved_label: saved_label(view, post.post.updated_at),
        media: post
            .assets
            .into_iter()
            .map(|file| MediaData {
                asset: asset(view.id, file.asset.into()),
                alt: file.alt,
            })
            .collect(),
        caption: post.post.caption,
        standings: Vec::new(),
    }
}

pub(in crate::api) fn post_input(form: PostForm) -> ServiceResult<PostInput> {
    let local_time = parse_local(&form.local_time).ok_or_else(|| {
        ServiceError::Invalid("Choose the day and time when this goes out.".to_owned())
    })?;
    Ok(PostInput {
        id: form.id,
        caption: form.caption,
        assets: form
            .media
            .into_iter()
            .map(|file| (file.id, file.alt))
            .collect(),
        targets: form
            .targets
            .into_iter()
            .map(|target| posts::Target {
                account: target.account,
                caption: target.caption,
                options: target.options,
            })
            .collect(),
        local_time,
        which: form.which.map(Into::into),
        revision: form.revision,
        composer: form.composer,
    })
}

/// What somebody else has saved, as it is told beside the post that is being written.
pub(in crate::api) fn newer_post(view: &ClientView, newer: &Overtaken) -> NewerPost {
    let at = local(newer.at, view.zone).format("%H:%M");
    let sentence = match &newer.by {
        _ if newer.is_same_person => {
            format!("You saved this at {at} in another window while you were writing here.")
        }
        Some(name) => format!("{name} saved this at {at} while you were writing."),
        None => "This was changed elsewhere while you were writing.".to_owned(),
    };
    NewerPost {
        sentence,
        revision: newer.revision,
    }
}

/// Why a save was refused; who has saved in between is told with the time on the client's wall.
pub(in crate::api) fn refuse_save(view: &ClientView, error: ServiceError) -> ApiError {
    let told = match &error {
        ServiceError::Overtaken(newer) => Some(newer_post(view, newer)),
        _ => None,
    };
    let refused = ssr::refuse(error);
    told.map_or(refused, |NewerPost { sentence, revision }| {
        ApiError::Overtaken { sentence, revision }
    })
}

pub(in crate::api) fn intent(intent: Intent) -> posts::Intent {
    match intent {
        // What is sent for approval is kept first; sending is a use case of its own.
        Intent::SaveDraft | Intent::SendForApproval => posts::Intent::SaveDraft,
        Intent::Schedule => posts::Intent::Schedule,
        Intent::PublishNow => posts::Intent::PublishNow,
    }
}
