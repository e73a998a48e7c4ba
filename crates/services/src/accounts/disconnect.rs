//! Disconnecting an account: revoke, purge, cancel, and check that nothing is left.

use chrono::{DateTime, Utc};
use db::AsyncConnection;
use db::models::account::{self, Account, AccountHealth};
use db::models::event::{self, NewEvent};
use db::models::{account_slot, connection, delivery, review};
use domain::account::AccountStatus;
use domain::audit::AuditAction;
use domain::history::Tone;
use domain::state::Transition;
use domain::{AccountId, ClientId, DeliveryState, Permission, Platform};
use serde_json::json;

use super::account_name;
use crate::audit::{self, By, Entry};
use crate::{Actor, ServiceError, ServiceResult, Services};

/// What a disconnect will do, or has done.
#[derive(Clone, Debug)]
pub struct DisconnectPlan {
    /// The account.
    pub account: Account,
    /// The account with its health.
    pub health: AccountHealth,
    /// What is typed to confirm.
    pub confirmation: String,
    /// How many scopes are granted.
    pub scopes: usize,
    /// Posts that were published and stay on the platform.
    pub published: i64,
    /// Posts that will not go out.
    pub waiting: i64,
}

/// What was done, checked after the fact.
#[derive(Clone, Debug)]
pub struct DisconnectReceipt {
    /// How the account was called.
    pub name: String,
    /// Its platform.
    pub platform: Platform,
    /// When the purge was committed.
    pub at: DateTime<Utc>,
    /// Whether the platform confirmed that access is revoked, or why not.
    pub revoked: Result<(), String>,
    /// Deliveries that were cancelled.
    pub cancelled: usize,
    /// Deliveries that had left already and whose outcome can no longer be asked for.
    pub unknown: usize,
    /// Whether a look afterwards found no tokens and no name left.
    pub nothing_left: bool,
}

impl Services {
    /// What a disconnect will do.
    ///
    /// # Errors
    /// When the account is not this person's to see, or disconnected already.
    pub async fn disconnect_plan(
        &self,
        actor: &Actor,
        client: ClientId,
        id: AccountId,
    ) -> ServiceResult<DisconnectPlan> {
        actor.require_for(Permission::DisconnectAccounts, client)?;
        let account = self.linked_account(client, id).await?;
        if account.status == AccountStatus::Disconnected {
            return Err(ServiceError::Conflict(
                "This account is disconnected already.".to_owned(),
            ));
        }
        let mut conn = self.conn().await?;
        let health = account::health(&mut conn, client)
            .await?
            .into_iter()
            .find(|health| health.account.id == id);
        let health = health.ok_or(ServiceError::NotFound("account"))?;
        let (published, waiting) = delivery::counts_of_account(&mut conn, id).await?;
        let confirmation = account
            .handle
            .clone()
            .or_else(|| account.nickname.clone())
            .unwrap_or_default();
        Ok(DisconnectPlan {
            account,
            confirmation,
            scopes: health.scopes.len(),
            health,
            published,
            waiting,
        })
    }

    /// Disconnects: asks the platform to revoke, and whatever it answers purges tokens and connection
    /// metadata in one transaction, cancels what was scheduled, keeps the history.
    ///
    /// # Errors
    /// When the typed name is not the account's, or the database cannot be reached.
    pub async fn disconnect(
        &self,
        actor: &Actor,
        client: ClientId,
        id: AccountId,
        typed: &str,
    ) -> ServiceResult<DisconnectReceipt> {
        let plan = self.disconnect_plan(actor, client, id).await?;
        if typed.trim().trim_start_matches('@') != plan.confirmation {
            return Err(ServiceError::Invalid(format!(
                "Type {} to confirm.",
                plan.confirmation
            )));
        }
        let platform = plan.account.platform;
        let revoked = self.revoke(id, platform).await;
        let now = self.clock.now();
        let told = NewEvent {
            client,
            account: Some(id),
            post: None,
            delivery: None,
            attempt: None,
            at: now,
            actor: Some(actor.user_id),
            kind: "disconnected",
            tone: Tone::Neutral,
            title: format!("Disconnected {platform}"),
            detail: match &revoked {
                Ok(()) => format!(
                    "{platform} confirmed that access is revoked. Tokens and profile were purged."
                ),
                Err(reason) => format!(
                    "Tokens and profile were purged. {platform} did not confirm the revoking: {reason}"
                ),
            },
            platform_words: None,
            duration_ms: None,
        };
        let (cancelled, unknown) = self.purge(&plan.account, By::User(actor), told).await?;
        let mut conn = self.conn().await?;
        let left = connection::find(&mut conn, id).await?.is_some();
        let named = account::find(&mut conn, client, id)
            .await?
            .is_some_and(|account| {
                account.nickname.is_some()
                    || account.handle.is_some()
                    || account.avatar_key.is_some()
            });
        Ok(DisconnectReceipt {
            name: account_name(
                plan.account.handle.as_deref(),
                plan.account.nickname.as_deref(),
            ),
            platform,
            at: now,
            revoked,
            cancelled,
            unknown,
            nothing_left: !left && !named,
        })
    }

    /// Purges tokens and connection metadata in one transaction, cancels what was scheduled, keeps the
    /// history and tells it `told`. Returns how many deliveries were cancelled, and of how many nobody
    /// can ask any more what became of them.
    ///
    /// # Errors
    /// When the database or the media folder cannot be reached.
    pub(crate) async fn purge(
        &self,
        account: &Account,
        by: By<'_>,
        told: NewEvent,
    ) -> ServiceResult<(usize, usize)> {
        let (id, now) = (account.id, told.at);
        let mut conn = self.conn().await?;
        let counts = conn
            .transaction(async |conn| {
                connection::delete(conn, id).await?;
                account::purge(conn, id, now).await?;
                account_slot::remove_all(conn, id).await?;
                let mut counts = (0, 0);
                let mut events = vec![told.clone()];
                let mut entries = vec![
                    Entry::of(AuditAction::AccountDisconnected)
                        .at(account.client_id)
                        .on("account", id)
                        .before(json!({ "platform": account.platform.as_str(), "status": account.status.as_str() }))
                        .after(json!({ "status": AccountStatus::Disconnected.as_str() })),
                ];
                let mut posts = Vec::new();
                for delivery in delivery::unsettled_of_account_for_update(conn, id).await? {
                    let state = delivery.state.after(Transition::Cancel).unwrap_or(delivery.state);
                    let problem = match state {
                        DeliveryState::Unknown => {
                            counts.1 += 1;
                            Some("The account was disconnected while this was on its way: look at the profile to see whether it is there.")
                        }
                        DeliveryState::Cancelled => {
                            counts.0 += 1;
                            Some("The account was disconnected.")
                        }
                        _ => None,
                    };
                    delivery::set_aside(conn, delivery.id, state, problem, now).await?;
                    if state != delivery.state {
                        let of = (delivery.client_id, delivery.id);
                        entries.push(audit::moved(of, delivery.state, state.as_str(), delivery.attempt));
                    }
                    posts.push(delivery.post_id);
                    if let Some(problem) = problem {
                        events.push(NewEvent {
                            post: Some(delivery.post_id),
                            delivery: Some(delivery.id),
                            attempt: (delivery.attempt > 0).then_some(delivery.attempt),
                            kind: state.as_str(),
                            tone: if state == DeliveryState::Unknown { Tone::Bad } else { Tone::Neutral },
                            title: if state == DeliveryState::Unknown { "Lost track" } else { "Cancelled" }.to_owned(),
                            detail: problem.to_owned(),
                            ..told.clone()
                        });
                    }
                }
                event::append(conn, &events).await?;
                audit::write(conn, by, now, &entries).await?;
                // Nobody is asked any more about what cannot go out.
                review::withdraw_waiting(conn, &posts, now).await?;
                self.tell_disconnected(conn, account, told.actor, counts).await?;
                Ok::<_, ServiceError>(counts)
            })
            .await?;
        if let Some(key) = &account.avatar_key {
            self.media
                .delete_avatar(key)
                .await
                .map_err(ServiceError::internal)?;
        }
        Ok(counts)
    }

    /// Asks the platform to revoke; what it answers is told, and stops nothing.
    async fn revoke(&self, id: AccountId, platform: Platform) -> Result<(), String> {
        let internal = |error: ServiceError| error.to_string();
        let connector = self.connector(platform).map_err(internal)?;
        let stored = connection::find(&mut *self.conn().await.map_err(internal)?, id)
            .await
            .map_err(|error| internal(error.into()))?
            .ok_or_else(|| "there were no tokens left to revoke.".to_owned())?;
        let unopened = || "the stored token could not be opened.".to_owned();
        let access = self.open(&stored).map_err(|_| unopened())?;
        let refresh_token = stored
            .refresh_token
            .as_deref()
            .map(|sealed| {
                let place = crate::tokens::place(id, "refresh_token");
                self.vault.open_secret(sealed, &place)
            })
            .transpose()
            .map_err(|_| unopened())?;
        connector
            .revoke(access.lend(), refresh_token.as_ref())
            .await
            .map_err(|error| error.message)
    }
}
