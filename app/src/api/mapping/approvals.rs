//! Approvals: who holds what up and for how long, what has changed, what was said.

use chrono::{DateTime, Duration, Utc};
use domain::approval::{ReviewStage, ReviewState, Verdict};
use domain::post::caption_title;
use domain::time::{local, local_label};
use domain::{ClientId, DeliveryState, PostId};
use services::approvals::{ApprovalBoard, ReviewView, WaitingReview};
use services::clients::ClientView;
use services::comments::CommentView;
use services::posts::FullPost;
use services::versions::VersionTarget;
use services::{Actor, ServiceError, ServiceResult, Services, versions};

use super::{asset, time_with_place};
use crate::api::approvals::{
    ApprovalRow, BoardData, CaptionPart, ChangesData, CommentData, Pick, ReviewData,
};

pub(in crate::api) fn board(now: DateTime<Utc>, board: ApprovalBoard, version: i64) -> BoardData {
    let (mut with_agency, mut with_client) = (Vec::new(), Vec::new());
    for one in board.waiting {
        let rows = match one.review.stage {
            ReviewStage::Internal => &mut with_agency,
            ReviewStage::Client => &mut with_client,
        };
        rows.push(row(now, one));
    }
    let rows = |of: Vec<WaitingReview>| of.into_iter().map(|one| row(now, one)).collect();
    BoardData {
        ready: board
            .ready
            .into_iter()
            .map(|one| bare_row(now, &one.client, &one.full))
            .collect(),
        with_agency,
        with_client,
        changes: rows(board.changes),
        approved: rows(board.approved),
        asks: board.asks,
        version,
    }
}

fn bare_row(now: DateTime<Utc>, view: &ClientView, full: &FullPost) -> ApprovalRow {
    let due_at = full.post.due_at;
    ApprovalRow {
        client: view.id,
        client_name: view.name.clone(),
        post: full.post.id,
        title: caption_title(&full.post.caption, 60),
        poster_url: full
            .assets
            .first()
            .and_then(|file| asset(view.id, file.asset.clone().into()).poster_url),
        platforms: full
            .deliveries
            .iter()
            .map(|(_, account)| account.platform)
            .collect(),
        facts: String::new(),
        state: None,
        delivery: full.state(),
        due: local_label(local(due_at, view.zone)),
        due_in: ahead_or_ago(due_at - now),
        deadline: String::new(),
        deadline_in: String::new(),
        is_late: false,
        held_by: Vec::new(),
        held_for: String::new(),
    }
}

fn row(now: DateTime<Utc>, of: WaitingReview) -> ApprovalRow {
    let waits = of.review.state == ReviewState::Waiting;
    let left = of.review.deadline - now;
    let is_late = waits && left < Duration::zero();
    let mut facts = format!("Version {}", of.number);
    match of.comments {
        0 => {}
        1 => facts.push_str(", 1 comment"),
        many => facts.push_str(&format!(", {many} comments")),
    }
    let since = of.review.settled_at.unwrap_or(of.review.sent_at);
    ApprovalRow {
        facts,
        state: Some(of.review.state),
        deadline: local_label(local(of.review.deadline, of.client.zone)),
        deadline_in: if is_late {
            format!("{} late", span(-left))
        } else {
            ahead_or_ago(left)
        },
        is_late,
        held_by: if waits {
            of.held_by
        } else {
            of.decisions.into_iter().map(|one| one.name).collect()
        },
        held_for: span(now - since),
        ..bare_row(now, &of.client, &of.full)
    }
}

/// How a post stands, unless it was never sent.
pub(in crate::api) async fn review_of(
    services: &Services,
    actor: &Actor,
    client: ClientId,
    post: PostId,
) -> ServiceResult<Option<ReviewData>> {
    match services.review_of_post(actor, client, post).await {
        Ok(view) => Ok(Some(review(services.clock.now(), post, view))),
        Err(ServiceError::NotFound("review")) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The moment of a video that the first of these shows, of those that show one.
pub(super) fn cover_of(goes_to: &[VersionTarget]) -> Option<u32> {
    goes_to
        .iter()
        .find_map(|target| target.options.video_cover())
}

fn review(now: DateTime<Utc>, post: PostId, view: ReviewView) -> ReviewData {
    let (lead, lines) = standing(now, &view);
    let version = view.version();
    let cover = cover_of(&view.content.goes_to);
    ReviewData {
        client: view.client.id,
        client_name: view.client.name.clone(),
        post,
        title: caption_title(&view.content.caption, 60),
        poster_url: view
            .files
            .first()
            .and_then(|file| asset(view.client.id, file.clone()).cover_url(cover)),
        accounts: view
            .content
            .goes_to
            .iter()
            .zip(view.accounts)
            .map(|(target, (_, name))| (target.platform, name))
            .collect(),
        due: time_with_place(&view.client, view.content.due_at),
        version,
        number: view.number,
        is_current: view.is_current,
        stage: view.review.stage,
        state: view.review.state,
        lead,
        lines,
        changes: view.changes.map(changes),
        comments: view
            .comments
            .into_iter()
            .map(|one| comment(&view.client, one))
            .collect(),
        may_decide: view.may_decide,
        may_withdraw: view.may_withdraw,
        caption: view.content.caption,
    }
}

/// How it stands in a sentence, and what else is to be said.
fn standing(now: DateTime<Utc>, view: &ReviewView) -> (String, Vec<String>) {
    let at = |time: DateTime<Utc>| local_label(local(time, view.client.zone));
    let mut lines = Vec::new();
    for one in &view.decisions {
        let did = match (one.verdict, one.withdrawn_at) {
            (_, Some(_)) => "took a decision back",
            (Verdict::Approved, None) => "approved",
            (Verdict::Changes, None) => "asked for changes",
        };
        let when = at(one.withdrawn_at.unwrap_or(one.at));
        lines.push(format!("{} {did} on {when}.", one.name));
    }
    let who = match view.review.stage {
        ReviewStage::Internal => "the agency",
        ReviewStage::Client => view.client.name.as_str(),
    };
    let lead = match view.review.state {
        ReviewState::Waiting => {
            let late = now - view.review.deadline;
            lines.push(if late > Duration::zero() {
                format!(
                    "Was to be decided by {}: {} late.",
                    at(view.review.deadline),
                    span(late)
                )
            } else {
                format!("Decide by {}.", at(view.review.deadline))
            });
            let holders = match view.held_by.as_slice() {
                [] => who.to_owned(),
                [one] => one.clone(),
                [first, second] => format!("{first} and {second}"),
                [first, others @ ..] => format!("{first} and {} others", others.len()),
            };
            format!("With {holders} for {}", span(now - view.review.sent_at))
        }
        ReviewState::Approved if view.is_current => match view.state {
            DeliveryState::Approved => {
                lines.push("Its minute had passed, so it has not gone out.".to_owned());
                "Approved late".to_owned()
            }
            DeliveryState::Draft => {
                lines.push("Exactly this is approved, and not scheduled.".to_owned());
                "Approved".to_owned()
            }
            _ => "Approved".to_owned(),
        },
        ReviewState::Approved => "Another version was approved".to_owned(),
        ReviewState::Changes => format!("{who} asked for changes"),
        ReviewState::Withdrawn => "Taken back: nobody is asked about it".to_owned(),
        ReviewState::Void => {
            lines.push(
                "It was changed since it was sent. Send it again once it is ready.".to_owned(),
            );
            "No longer waits for approval".to_owned()
        }
    };
    (capitalised(&lead), lines)
}

pub(in crate::api) fn changes(of: versions::Changes) -> ChangesData {
    let caption = if of.is_in_caption() {
        of.caption
            .into_iter()
            .map(|part| match part {
                versions::CaptionPart::Same(text) => CaptionPart::Same(text),
                versions::CaptionPart::Removed(text) => CaptionPart::Removed(text),
                versions::CaptionPart::Added(text) => CaptionPart::Added(text),
            })
            .collect()
    } else {
        Vec::new()
    };
    ChangesData {
        since: of.since,
        caption,
        others: of.others,
    }
}

fn comment(view: &ClientView, of: CommentView) -> CommentData {
    CommentData {
        id: of.id,
        author: of.author,
        internal: of.internal,
        body: of.body,
        moment: of.at.map(|(_, ms)| {
            let seconds = ms / 1000;
            format!("{}:{:02}", seconds / 60, seconds % 60)
        }),
        when: local_label(local(of.created_at, view.zone)),
        resolved: of.resolved,
    }
}

/// What was chosen, by client, in the order in which it was chosen.
pub(in crate::api) fn by_client(picks: Vec<Pick>) -> Vec<(ClientId, Vec<PostId>)> {
    let mut found: Vec<(ClientId, Vec<PostId>)> = Vec::new();
    for pick in picks {
        match found.iter_mut().find(|(client, _)| *client == pick.client) {
            Some((_, posts)) => posts.push(pick.post),
            None => found.push((pick.client, vec![pick.post])),
        }
    }
    found
}

fn ahead_or_ago(left: Duration) -> String {
    if left < Duration::zero() {
        format!("{} ago", span(-left))
    } else {
        format!("in {}", span(left))
    }
}

/// "2 d 4 h", "23 h 56 min", "4 min".
fn span(of: Duration) -> String {
    let minutes = of.num_minutes().max(0);
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours) {
        (0, 0) => format!("{rest} min"),
        (0, _) if rest == 0 => format!("{hours} h"),
        (0, _) => format!("{hours} h {rest} min"),
        (_, 0) => format!("{days} d"),
        _ => format!("{days} d {hours} h"),
    }
}

fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::span;

    #[test]
    fn a_span_is_told_in_its_two_largest_units() {
        for (minutes, words) in [
            (0, "0 min"),
            (56, "56 min"),
            (180, "3 h"),
            (1436, "23 h 56 min"),
            (2880, "2 d"),
            (3120, "2 d 4 h"),
        ] {
            assert_eq!(span(Duration::minutes(minutes)), words);
        }
    }
}
