//! How a delivery stands, with all that a person needs to decide about it.

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use db::models::account::Account;
use db::models::delivery::Delivery;
use db::models::event;
use domain::approval::LateApproval;
use domain::rules::Finding;
use domain::{ClientId, DeliveryState, Permission};

use crate::clients::zone_of;
use crate::controls::{Pause, PauseScope};
use crate::{Actor, ServiceResult, Services};

/// A delivery with what keeps it, what was asked of it, and until when it may go out.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The delivery.
    pub delivery: Delivery,
    /// Its account.
    pub account: Account,
    /// The client's zone.
    pub zone: Tz,
    /// The account's public page.
    pub profile: Option<String>,
    /// The widest pause that keeps, or would keep, what goes to the account.
    pub pause: Option<(PauseScope, Pause)>,
    /// Until when its client lets it go out.
    pub latest: DateTime<Utc>,
    /// Who asked for it to be taken back, and when, as long as nobody has said what came of it.
    pub cancel_asked: Option<(DateTime<Utc>, Option<String>)>,
    /// Why it could not be taken back, if somebody tried since it was last planned.
    pub cancel_refused: Option<String>,
    /// Whether it can be sent at once although its approval came after its minute.
    pub sends_late: bool,
    /// Whether the post is still what was scheduled, so that it can be sent again as it is.
    pub is_unchanged: bool,
}

impl Services {
    /// How these deliveries of a client stand; each with the version of its post.
    ///
    /// # Errors
    /// When the client is not this person's to see.
    pub async fn standings(
        &self,
        actor: &Actor,
        client: ClientId,
        deliveries: &[(Delivery, Account, Vec<u8>)],
    ) -> ServiceResult<Vec<Standing>> {
        let row = self.client_row(actor, Permission::SeeDesk, client).await?;
        let zone = zone_of(&row)?;
        let pauses = self.pauses(actor, Some(client)).await?;
        let mut conn = self.conn().await?;
        let mut standings = Vec::with_capacity(deliveries.len());
        for (delivery, account, version) in deliveries {
            let events = if delivery.attempt > 0 {
                event::of_delivery(&mut conn, delivery.id).await?
            } else {
                Vec::new()
            };
            // What was asked of an earlier plan says nothing about this one.
            let planned = events.iter().rposition(|event| event.kind == "scheduled");
            let since = events.get(planned.unwrap_or(0)..).unwrap_or_default();
            let last = |kind: &str| since.iter().rev().find(|event| event.kind == kind);
            let asked = last("cancel_requested").filter(|_| delivery.cancel_requested);
            let refused = last("cancel_refused").filter(|_| !delivery.cancel_requested);
            standings.push(Standing {
                profile: account
                    .handle
                    .as_deref()
                    .and_then(|handle| account.platform.profile_address(handle)),
                pause: pauses
                    .of(client, account.id)
                    .map(|(scope, pause)| (scope, pause.clone())),
                latest: delivery.due_at + Duration::minutes(row.lateness_minutes.into()),
                cancel_asked: asked.map(|event| (event.at, event.actor_name.clone())),
                cancel_refused: refused.map(|event| event.detail.clone()),
                sends_late: !row.approval_policy.is_required()
                    || row.late_approval != LateApproval::Hold,
                is_unchanged: delivery.scheduled_version.as_deref() == Some(version.as_slice()),
                delivery: delivery.clone(),
                account: account.clone(),
                zone,
            });
        }
        Ok(standings)
    }
}

impl Standing {
    /// What was found ahead of its minute, while that still matters.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        findings(&self.delivery)
    }
}

/// What was found about a delivery ahead of its minute, while that still matters.
#[must_use]
pub fn findings(delivery: &Delivery) -> &[Finding] {
    if delivery.state == DeliveryState::Scheduled {
        &delivery.findings
    } else {
        &[]
    }
}
