//! What staff do about a delivery that is planned, under way, or in trouble: cancel, send now, send
//! again, and settle what nobody knew.

use db::models::delivery::{self, Delivery};
use db::models::event::{self, NewEvent};
use db::models::post;
use db::{AsyncConnection, DbError, delivery_queue};
use domain::history::Tone;
use domain::state::Transition;
use domain::{ClientId, DeliveryId, DeliveryState, PostId};

use super::locked_sentence;
use crate::{Actor, ServiceError, ServiceResult, Services};

/// What a person found about a delivery whose outcome was unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is there, at this address.
    Published(String),
    /// It is not there, and is to be sent again.
    SendAgain,
    /// It is not there, and is left at that.
    GiveUp,
}

/// What came of cancelling a post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cancelled {
    /// So many of its deliveries will not go out.
    pub taken_back: usize,
    /// So many are being published at this moment: whoever holds them was asked to stop.
    pub asked: usize,
    /// So many have left already.
    pub too_late: usize,
}

impl Services {
    /// Takes back what has not left yet. What is being published at this moment is asked to stop; the
    /// state machine settles whether it still could.
    ///
    /// # Errors
    /// When all of it has left: that cannot be unsent.
    pub async fn cancel_post(
        &self,
        actor: &Actor,
        client: ClientId,
        id: PostId,
    ) -> ServiceResult<Cancelled> {
        self.client_row(actor, client).await?;
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            if post::find_for_update(conn, client, id).await?.is_none() {
                return Ok(Err(ServiceError::NotFound("post")));
            }
            let deliveries = delivery::of_post_for_update(conn, id).await?;
            let mut done = Cancelled::default();
            let mut events = Vec::new();
            for held in &deliveries {
                let (kind, title, detail) = if held.state.is_moving() {
                    delivery::request_cancel(conn, held.id, now).await?;
                    done.asked += 1;
                    (
                        "cancel_requested",
                        "Asked to take it back",
                        "It is being published at this moment; what has left by now cannot be unsent.",
                    )
                } else if held.state.after(Transition::Cancel) == Some(DeliveryState::Cancelled) {
                    delivery::set_aside(conn, held.id, DeliveryState::Cancelled, None, now).await?;
                    done.taken_back += 1;
                    ("cancelled", "Cancelled", "Taken back before it went out.")
                } else {
                    done.too_late += 1;
                    continue;
                };
                events.push(told(actor, held, kind, Tone::Neutral, title, detail, now));
            }
            if done.asked + done.taken_back == 0 {
                let state = DeliveryState::summary(deliveries.iter().map(|held| held.state));
                return Ok(Err(locked_sentence(state)));
            }
            event::append(conn, &events).await?;
            if done.asked > 0 {
                delivery_queue::wake(conn).await?;
            }
            Ok::<_, DbError>(Ok(done))
        })
        .await?
    }

    /// Sends a scheduled delivery at once, or one that failed once more, from the beginning.
    ///
    /// # Errors
    /// When it is neither: a draft has to be scheduled, and what is unknown wants a verdict first.
    pub async fn send_now(
        &self,
        actor: &Actor,
        client: ClientId,
        id: DeliveryId,
    ) -> ServiceResult<()> {
        self.client_row(actor, client).await?;
        self.settle(actor, client, id, |state| match state {
            DeliveryState::Scheduled => Ok(Settled::Send("Sent ahead of its time")),
            DeliveryState::Failed => Ok(Settled::Send("Tried again")),
            DeliveryState::Unknown => Err(ServiceError::Conflict(
                "Nobody knows yet whether this went out. Look at the profile, then say what you found."
                    .to_owned(),
            )),
            DeliveryState::Draft | DeliveryState::InReview | DeliveryState::Approved => {
                Err(ServiceError::Conflict(
                    "This is not scheduled yet. Open it and choose when it goes out.".to_owned(),
                ))
            }
            other => Err(locked_sentence(other)),
        })
        .await
    }

    /// Settles a delivery whose outcome nobody knew, as a person found it.
    ///
    /// # Errors
    /// When its outcome is known by now, or the address is none.
    pub async fn settle_unknown(
        &self,
        actor: &Actor,
        client: ClientId,
        id: DeliveryId,
        verdict: Verdict,
    ) -> ServiceResult<()> {
        self.client_row(actor, client).await?;
        if let Verdict::Published(address) = &verdict {
            let parsed = url::Url::parse(address.trim());
            let is_web =
                parsed.is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
            if !is_web {
                return Err(ServiceError::Invalid(
                    "Paste the post’s whole address, from https:// on.".to_owned(),
                ));
            }
        }
        self.settle(actor, client, id, |state| {
            if state != DeliveryState::Unknown {
                return Err(ServiceError::Conflict(
                    "What became of it is known by now. Look at its history.".to_owned(),
                ));
            }
            Ok(match verdict {
                Verdict::Published(address) => Settled::Found(address.trim().to_owned()),
                Verdict::SendAgain => Settled::Send("Sent again"),
                Verdict::GiveUp => Settled::GiveUp,
            })
        })
        .await
    }

    async fn settle(
        &self,
        actor: &Actor,
        client: ClientId,
        id: DeliveryId,
        decide: impl FnOnce(DeliveryState) -> ServiceResult<Settled> + Send,
    ) -> ServiceResult<()> {
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let Some(held) = delivery::find_for_update(conn, client, id).await? else {
                return Ok(Err(ServiceError::NotFound("delivery")));
            };
            let settled = match decide(held.state) {
                Ok(settled) => settled,
                Err(error) => return Ok(Err(error)),
            };
            let event = match settled {
                Settled::Send(title) => {
                    let Some(post) = post::find(conn, client, held.post_id).await? else {
                        return Ok(Err(ServiceError::NotFound("post")));
                    };
                    let planned = held.scheduled_version.as_deref();
                    if held.state == DeliveryState::Failed && planned != Some(&post.version) {
                        return Ok(Err(ServiceError::Conflict(
                            "It was changed since it failed. Open it and schedule it anew."
                                .to_owned(),
                        )));
                    }
                    delivery::send_now(conn, id, &post.version, now).await?;
                    delivery_queue::wake(conn).await?;
                    let detail = "From the beginning, at once.";
                    told(actor, &held, "scheduled", Tone::Good, title, detail, now)
                }
                Settled::Found(address) => {
                    delivery::confirm(conn, id, &address, now).await?;
                    let detail = "Somebody looked, and it is there.";
                    told(actor, &held, "found", Tone::Good, "Found it", detail, now)
                }
                Settled::GiveUp => {
                    let problem = "Somebody looked: it is not there, and it is not sent again.";
                    let state = DeliveryState::Failed;
                    delivery::set_aside(conn, id, state, Some(problem), now).await?;
                    told(actor, &held, "failed", Tone::Bad, "Given up", problem, now)
                }
            };
            event::append(conn, &[event]).await?;
            Ok::<_, DbError>(Ok(()))
        })
        .await?
    }
}

/// What is done about a delivery.
enum Settled {
    Send(&'static str),
    Found(String),
    GiveUp,
}

fn told(
    actor: &Actor,
    held: &Delivery,
    kind: &'static str,
    tone: Tone,
    title: &str,
    detail: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> NewEvent {
    NewEvent {
        client: held.client_id,
        account: Some(held.account_id),
        post: Some(held.post_id),
        delivery: Some(held.id),
        attempt: (held.attempt > 0).then_some(held.attempt),
        at: now,
        actor: Some(actor.user_id),
        kind,
        tone,
        title: title.to_owned(),
        detail: detail.to_owned(),
        platform_words: None,
        duration_ms: None,
    }
}
