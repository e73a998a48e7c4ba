//! Deliveries: how one stands, and what staff do about it.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::rules::Finding;
use domain::{ClientId, DeliveryId, DeliveryState, Platform};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::controls::PauseData;

/// What keeps a delivery although its minute has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Held {
    /// Publishing is paused.
    Paused,
    /// Its account has to be connected again.
    Reconnect,
}

impl Held {
    /// What to call it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Paused => "Held: paused",
            Self::Reconnect => "Held: needs reconnecting",
        }
    }

    /// The same where there is little room.
    #[must_use]
    pub const fn short_words(self) -> &'static str {
        match self {
            Self::Paused => "Held: paused",
            Self::Reconnect => "Held: reconnect",
        }
    }
}

/// How a delivery stands, with all that a person needs to decide about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StandingData {
    /// The delivery.
    pub id: DeliveryId,
    /// Where it stands.
    pub state: DeliveryState,
    /// Its platform.
    pub platform: Platform,
    /// "@kestrelcoffee".
    pub account_name: String,
    /// The account's public page.
    pub profile_url: Option<String>,
    /// "Today, 17:30": its minute.
    pub due: String,
    /// "Tomorrow, 17:30": after this it is not sent any more.
    pub latest: String,
    /// "Today, 17:31", once it is published.
    pub published: Option<String>,
    /// The public address, once it has one.
    pub post_url: Option<String>,
    /// What is the matter, if anything is.
    pub problem: Option<String>,
    /// "Today, 17:42": when the platform is asked, or it is tried, again.
    pub next_look: Option<String>,
    /// What keeps it.
    pub held: Option<Held>,
    /// The pause that keeps it, or would.
    pub pause: Option<PauseData>,
    /// "Olga Owner asked for that today, 17:30": nobody has said yet what came of it.
    pub cancel_asked: Option<String>,
    /// Why it could not be taken back.
    pub cancel_refused: Option<String>,
    /// Whether it can be sent again as it is.
    pub is_unchanged: bool,
    /// Whether it can be sent at once although its approval came after its minute.
    pub sends_late: bool,
    /// What was found ahead of its minute.
    pub findings: Vec<Finding>,
}

/// What a person found about a delivery whose outcome nobody knew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// It is there.
    Found,
    /// It is not there, and is to be sent again.
    SendAgain,
    /// It is not there, and is left at that.
    GiveUp,
}

/// What came of sending a delivery at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SendAnswer {
    /// The pause that keeps it for now.
    pub pause: Option<PauseData>,
}

impl SendAnswer {
    /// What to tell the person.
    #[must_use]
    pub fn sentence(&self) -> String {
        match &self.pause {
            None => {
                "On its way. It may take a few minutes until it shows on the profile.".to_owned()
            }
            Some(pause) => format!(
                "Not yet: {} It goes out once that is resumed.",
                pause.sentence()
            ),
        }
    }
}

/// Sends a scheduled delivery at once, or one that failed once more.
///
/// # Errors
/// When it is neither, or was changed since it failed.
#[server(SendDelivery, endpoint = "send_delivery")]
pub async fn send_delivery(client: ClientId, delivery: DeliveryId) -> Result<SendAnswer, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let view = services.client(&actor, client).await.map_err(ssr::refuse)?;
    let sent = services
        .send_now(&actor, client, delivery)
        .await
        .map_err(ssr::refuse)?;
    Ok(super::mapping::send_answer(
        &view,
        services.clock.now(),
        sent,
    ))
}

/// Settles a delivery whose outcome nobody knew; `address` is where the post is, if it is there.
///
/// # Errors
/// When its outcome is known by now, or the address is no post's on this platform.
#[server(SettleDelivery, endpoint = "settle_delivery")]
pub async fn settle_delivery(
    client: ClientId,
    delivery: DeliveryId,
    answer: Answer,
    address: Option<String>,
) -> Result<SendAnswer, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let view = services.client(&actor, client).await.map_err(ssr::refuse)?;
    let verdict = super::mapping::verdict(answer, address);
    let sent = services
        .settle_unknown(&actor, client, delivery, verdict)
        .await
        .map_err(ssr::refuse)?;
    Ok(super::mapping::send_answer(
        &view,
        services.clock.now(),
        sent,
    ))
}
