//! How a post stands, in the client's eyes.

use chrono::{DateTime, Duration, Utc};
use domain::DeliveryState;
use domain::approval::ReviewState;
use domain::time::{local, local_label};
use services::approvals::ReviewView;
use services::clients::ClientView;

use super::NEAR;
use crate::api::portal::PortalStanding;

/// How a post stands: by how far it has come where it is on its way, else by what was decided.
pub(super) fn standing(
    view: &ClientView,
    now: DateTime<Utc>,
    states: &[DeliveryState],
    review: Option<&ReviewView>,
) -> PortalStanding {
    let state = DeliveryState::summary(states.iter().copied());
    match state {
        DeliveryState::Publishing | DeliveryState::Processing => return PortalStanding::Publishing,
        DeliveryState::Published => return PortalStanding::Published,
        DeliveryState::Failed | DeliveryState::Unknown => return PortalStanding::Trouble,
        DeliveryState::Cancelled if !states.is_empty() => return PortalStanding::Cancelled,
        _ => {}
    }
    let current = review.filter(|review| review.is_current);
    match (current.map(|review| review.review.state), state) {
        (Some(ReviewState::Waiting), _) => current.map_or(PortalStanding::WithAgency, |review| {
            waits(view, now, review.review.deadline, &review.held_by)
        }),
        (Some(ReviewState::Approved), DeliveryState::Scheduled) => PortalStanding::Approved,
        (Some(ReviewState::Approved), DeliveryState::Approved) => PortalStanding::ApprovedLate,
        (Some(ReviewState::Changes), _) => PortalStanding::ChangesAsked,
        (_, DeliveryState::Scheduled) => PortalStanding::Planned,
        _ => PortalStanding::WithAgency,
    }
}

fn waits(
    view: &ClientView,
    now: DateTime<Utc>,
    deadline: DateTime<Utc>,
    held_by: &[String],
) -> PortalStanding {
    PortalStanding::Waits {
        decide_by: local_label(local(deadline, view.zone)),
        left: left(deadline - now),
        is_near: deadline - now < NEAR,
        held_by: held_by.to_vec(),
    }
}

/// "1 d 4 h left", "3 h 20 min left", "12 min left".
fn left(time: Duration) -> String {
    let minutes = time.num_minutes();
    match minutes {
        ..=0 => "That time has passed".to_owned(),
        1..60 => format!("{minutes} min left"),
        60..1440 => format!("{} h {} min left", minutes / 60, minutes % 60),
        _ => format!("{} d {} h left", minutes / 1440, minutes / 60 % 24),
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::left;

    #[test]
    fn what_is_left_is_told_in_two_units() {
        for (minutes, words) in [
            (1_680, "1 d 4 h left"),
            (200, "3 h 20 min left"),
            (12, "12 min left"),
            (-5, "That time has passed"),
        ] {
            assert_eq!(left(Duration::minutes(minutes)), words);
        }
    }
}
