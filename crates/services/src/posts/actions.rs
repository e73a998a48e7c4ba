//! What staff do about a delivery that is planned, under way, or in trouble: cancel, send now, send
//! again, and settle what nobody knew.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use db::models::account::Account;
use db::models::delivery::{self, Delivery};
use db::models::event::{self, NewEvent};
use db::models::post::{self, Post};
use db::{AsyncConnection, Connection, DbError, delivery_queue};
use domain::audit::AuditAction;
use domain::history::Tone;
use domain::state::Transition;
use domain::time::{local, local_label, zone_place};
use domain::webhook::WebhookEvent;
use domain::{ClientId, DeliveryId, DeliveryState, Permission, PostId, UserId};
use serde_json::json;
use url::Url;

use super::locked_sentence;
use super::moves::version_at;
use crate::accounts::account_name;
use crate::approvals::{Locked, Moment, Over, may_leave_at};
use crate::audit::{self, By, Entry};
use crate::controls::{Pause, PauseScope};
use crate::webhooks_out::delivery_data;
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

/// What came of sending a delivery at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentNow {
    /// How the account is called.
    pub account_name: String,
    /// The pause that keeps it for now, if any does.
    pub pause: Option<(PauseScope, Pause)>,
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
        self.client_row(actor, Permission::WritePosts, client)
            .await?;
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let deliveries = Locked::take(conn, client, id).await?.deliveries;
            let mut done = Cancelled::default();
            let mut events = Vec::new();
            let mut entries = Vec::new();
            for held in &deliveries {
                let (kind, title, detail) = if held.state.is_moving() {
                    delivery::request_cancel(conn, held.id, now).await?;
                    done.asked += 1;
                    // What becomes of the wish is written down by whoever publishes it.
                    entries.push(asked_back(held));
                    (
                        "cancel_requested",
                        "Asked to take it back",
                        "It is being published at this moment; what has left by now cannot be unsent.",
                    )
                } else if held.state.after(Transition::Cancel) == Some(DeliveryState::Cancelled) {
                    let problem = held.last_problem.as_deref();
                    delivery::set_aside(conn, held.id, DeliveryState::Cancelled, problem, now)
                        .await?;
                    done.taken_back += 1;
                    entries.push(moved(held, DeliveryState::Cancelled));
                    if held.state == DeliveryState::Failed {
                        ("cancelled", "Let rest", "It did not go out, and is not sent again.")
                    } else {
                        ("cancelled", "Cancelled", "Taken back before it went out.")
                    }
                } else {
                    done.too_late += 1;
                    continue;
                };
                events.push(told(actor, held, kind, Tone::Neutral, title, detail, now));
            }
            if done.asked + done.taken_back == 0 {
                let state = DeliveryState::summary(deliveries.iter().map(|held| held.state));
                return Err(locked_sentence(state));
            }
            event::append(conn, &events).await?;
            audit::write(conn, By::User(actor), now, &entries).await?;
            if done.asked > 0 {
                delivery_queue::wake(conn).await?;
            }
            self.end_reviews(conn, actor, client, id, Over::Cancelled)
                .await?;
            Ok(done)
        })
        .await
    }

    /// Sends a scheduled delivery at once, or one that failed once more, from the beginning; also one that was
    /// approved after its minute. While a pause keeps it, it goes out once that is resumed.
    ///
    /// # Errors
    /// When it is none of these: a draft has to be scheduled, and what is unknown wants a verdict first. And
    /// when the client approves every post and has not approved this one for this moment.
    pub async fn send_now(
        &self,
        actor: &Actor,
        client: ClientId,
        id: DeliveryId,
    ) -> ServiceResult<SentNow> {
        self.client_row(actor, Permission::SendPosts, client)
            .await?;
        self.settle(actor, client, id, |state| match state {
            DeliveryState::Scheduled => Ok(Settled::Send("Sent ahead of its time")),
            DeliveryState::Failed => Ok(Settled::Send("Tried again")),
            DeliveryState::Approved => Ok(Settled::Send("Sent off")),
            DeliveryState::Unknown => Err(ServiceError::Conflict(
                "Nobody knows yet whether this went out. Look at the profile, then say what you found."
                    .to_owned(),
            )),
            DeliveryState::InReview => Err(ServiceError::Conflict(
                "This waits for approval. It goes out once that is given.".to_owned(),
            )),
            DeliveryState::Draft => Err(ServiceError::Conflict(
                "This is not scheduled yet. Open it and choose when it goes out.".to_owned(),
            )),
            other => Err(locked_sentence(other)),
        })
        .await?;
        self.sent_now(actor, client, id).await
    }

    /// What keeps a delivery that is to go out at once.
    async fn sent_now(
        &self,
        actor: &Actor,
        client: ClientId,
        id: DeliveryId,
    ) -> ServiceResult<SentNow> {
        let pauses = self.pauses(actor, Some(client)).await?;
        let found = delivery::find(&mut *self.conn().await?, client, id).await?;
        let (_, _, account) = found.ok_or(ServiceError::NotFound("delivery"))?;
        let pause = pauses
            .of(client, account.id)
            .map(|(scope, pause)| (scope, pause.clone()));
        Ok(SentNow {
            account_name: account_name(account.handle.as_deref(), account.nickname.as_deref()),
            pause,
        })
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
    ) -> ServiceResult<SentNow> {
        self.client_row(actor, Permission::SendPosts, client)
            .await?;
        if let Verdict::Published(address) = &verdict {
            let found = delivery::find(&mut *self.conn().await?, client, id).await?;
            let (_, _, account) = found.ok_or(ServiceError::NotFound("delivery"))?;
            check_address(address.trim(), &account)?;
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
        .await?;
        self.sent_now(actor, client, id).await
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
            let missing = || ServiceError::NotFound("delivery");
            let of = delivery::find(conn, client, id).await?;
            let (of, _, account) = of.ok_or_else(missing)?;
            // The post before its deliveries, as everybody locks them.
            let locked = Locked::take(conn, client, of.post_id).await?;
            let held = locked.deliveries.iter().find(|held| held.id == id);
            let held = held.ok_or_else(missing)?;
            let settled = decide(held.state)?;
            let outcome = match &settled {
                Settled::Send(_) => None,
                Settled::Found(address) => Some((
                    WebhookEvent::DeliveryPublished,
                    json!({ "published_at": now, "address": address }),
                )),
                Settled::GiveUp => Some((
                    WebhookEvent::DeliveryFailed,
                    json!({ "reason": "Somebody looked: it is not there." }),
                )),
            };
            if let Some((event, outcome)) = outcome {
                let ids = (held.id, held.post_id, held.account_id);
                let data = delivery_data(ids, account.platform, outcome);
                self.announce(conn, client, event, data).await?;
            }
            let (state, event) = match settled {
                Settled::Send(title) => {
                    let event = self.send_held(conn, actor, &locked, held, title).await?;
                    (DeliveryState::Scheduled, event)
                }
                Settled::Found(address) => {
                    delivery::confirm(conn, id, &address, now).await?;
                    let detail = "Somebody looked, and it is there.";
                    let event = told(actor, held, "found", Tone::Good, "Found it", detail, now);
                    (DeliveryState::Published, event)
                }
                Settled::GiveUp => {
                    let problem = "Somebody looked: it is not there, and it is not sent again.";
                    let state = DeliveryState::Failed;
                    delivery::set_aside(conn, id, state, Some(problem), now).await?;
                    let event = told(actor, held, "failed", Tone::Bad, "Given up", problem, now);
                    (state, event)
                }
            };
            event::append(conn, &[event]).await?;
            audit::write(conn, By::User(actor), now, &[moved(held, state)]).await?;
            Ok(())
        })
        .await
    }

    /// Sends a delivery at once. Where its post was approved and its minute has passed, it stays what was
    /// approved; otherwise it is moved to this moment, and what was approved of it is void.
    async fn send_held(
        &self,
        conn: &mut Connection,
        actor: &Actor,
        locked: &Locked,
        held: &Delivery,
        title: &str,
    ) -> ServiceResult<NewEvent> {
        let now = self.clock.now();
        let (post, zone) = (&locked.post, locked.zone);
        let planned = held.scheduled_version.as_deref();
        if held.state == DeliveryState::Failed && planned != Some(&post.version) {
            return Err(ServiceError::Conflict(
                "It was changed since it failed. Open it and schedule it anew.".to_owned(),
            ));
        }
        let moment = may_leave_at(conn, locked, held.state, now).await?;
        let version = match moment {
            Moment::AsApproved => post.version.clone(),
            Moment::Free => bring_forward(conn, actor.user_id, post, zone, now)
                .await?
                .map_err(ServiceError::internal)?,
        };
        delivery::send_now(conn, held.id, &version, now).await?;
        if moment == Moment::Free {
            let over = Over::NotWaitedFor;
            self.end_reviews(conn, actor, post.client_id, post.id, over)
                .await?;
        }
        delivery_queue::wake(conn).await?;
        let planned_for = format!(
            "{} {}",
            local_label(local(held.due_at, zone)),
            zone_place(zone)
        );
        let detail = match moment {
            Moment::Free => {
                format!("From the beginning, at once. It was planned for {planned_for}.")
            }
            Moment::AsApproved => format!(
                "From the beginning, at once, as it was approved. It was planned for {planned_for}."
            ),
        };
        Ok(told(
            actor,
            held,
            "scheduled",
            Tone::Good,
            title,
            &detail,
            now,
        ))
    }
}

/// Moves a post that goes out ahead of its time, or again, to this moment, so that the calendar shows it
/// where it goes out. A post with other deliveries stays where those are. Returns the version that follows.
async fn bring_forward(
    conn: &mut Connection,
    user: UserId,
    post: &Post,
    zone: Tz,
    now: DateTime<Utc>,
) -> Result<Result<Vec<u8>, serde_json::Error>, DbError> {
    let deliveries = delivery::of_post_for_update(conn, post.id).await?;
    if deliveries.len() != 1 {
        return Ok(Ok(post.version.clone()));
    }
    let files: Vec<_> = post::assets_of(conn, &[post.id])
        .await?
        .into_iter()
        .map(|(_, file)| file)
        .collect();
    let version = match version_at(post, &deliveries, &files, now) {
        Ok(version) => version,
        Err(error) => return Ok(Err(error)),
    };
    post::move_to(conn, post.id, local(now, zone), now, &version).await?;
    post::changed_by(conn, post.id, user, now).await?;
    Ok(Ok(version))
}

/// Whether an address can be that of a post on this account's platform.
fn check_address(address: &str, account: &Account) -> ServiceResult<()> {
    let refuse = |sentence: String| Err(ServiceError::Invalid(sentence));
    let whole = "Paste the post’s whole address, from https:// on.";
    let Ok(url) = Url::parse(address) else {
        return refuse(whole.to_owned());
    };
    let Some(host) = url
        .host_str()
        .filter(|_| matches!(url.scheme(), "https" | "http"))
    else {
        return refuse(whole.to_owned());
    };
    let platform = account.platform;
    if !platform.is_shown_on(host) {
        return refuse(format!(
            "This address is not on {platform}. Open the post there and copy its address."
        ));
    }
    let path = url.path().trim_end_matches('/');
    let profile = account
        .handle
        .as_deref()
        .and_then(|handle| Url::parse(&platform.profile_address(handle)?).ok());
    let is_profile = profile.is_some_and(|profile| profile.path().eq_ignore_ascii_case(path));
    if path.is_empty() || is_profile {
        return refuse(
            "This is the address of a profile, not of the post. Open the post and copy its address."
                .to_owned(),
        );
    }
    Ok(())
}

/// What the audit keeps of a delivery that a person moved on, also where it stays what it was but goes out
/// sooner.
fn moved(held: &Delivery, state: DeliveryState) -> Entry {
    audit::moved(
        (held.client_id, held.id),
        held.state,
        state.as_str(),
        held.attempt,
    )
}

/// What the audit keeps of the wish to take something back that is under way.
fn asked_back(held: &Delivery) -> Entry {
    Entry::of(AuditAction::TakeBackAsked)
        .at(held.client_id)
        .on("delivery", held.id)
        .before(json!({ "state": held.state.as_str() }))
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
    now: DateTime<Utc>,
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
