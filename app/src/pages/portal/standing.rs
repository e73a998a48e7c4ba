//! How a post stands, in the client's eyes: a word, and what it means.

use crate::api::portal::PortalStanding;
use crate::components::Status;

/// The status and its word.
pub(super) const fn status(standing: &PortalStanding) -> (Status, &'static str) {
    match standing {
        PortalStanding::Waits { .. } => (Status::Waiting, "Waiting"),
        PortalStanding::ChangesAsked => (Status::Changes, "Changes asked"),
        PortalStanding::WithAgency => (Status::Changes, "Being changed"),
        PortalStanding::Approved | PortalStanding::ApprovedLate => (Status::Approved, "Approved"),
        PortalStanding::Planned => (Status::Scheduled, "Planned"),
        PortalStanding::Publishing => (Status::Publishing, "Publishing"),
        PortalStanding::Published => (Status::Published, "Published"),
        PortalStanding::Trouble => (Status::Failed, "Not out yet"),
        PortalStanding::Cancelled => (Status::Cancelled, "Cancelled"),
    }
}

/// What it means, in a sentence or two.
pub(super) fn meaning(standing: &PortalStanding, agency: &str) -> String {
    match standing {
        PortalStanding::Waits { held_by, .. } if held_by.is_empty() => {
            "It waits for a decision.".to_owned()
        }
        PortalStanding::Waits { held_by, .. } => format!("It waits for {}.", held_by.join(", ")),
        PortalStanding::ChangesAsked => format!(
            "{agency} was told at once. You are asked again when it is changed, and it does not go out before."
        ),
        PortalStanding::WithAgency => format!(
            "{agency} is changing it. This is what you were asked about; you are asked again."
        ),
        PortalStanding::Approved => {
            "It goes out by itself. There is nothing else to do.".to_owned()
        }
        PortalStanding::ApprovedLate => format!(
            "Its time had passed before it was approved. {agency} decides when it goes out."
        ),
        PortalStanding::Planned => "It goes out by itself at its time.".to_owned(),
        PortalStanding::Publishing => "It is on its way at this moment.".to_owned(),
        PortalStanding::Published => "It is out.".to_owned(),
        PortalStanding::Trouble => {
            format!("Something is in its way. {agency} knows, and looks into it.")
        }
        PortalStanding::Cancelled => "It does not go out.".to_owned(),
    }
}
