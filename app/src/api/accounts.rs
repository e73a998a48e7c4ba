//! Linked accounts.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::account::AccountFacts;
use domain::rules::Finding;
use domain::{AccountId, ClientId, Platform, PostId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// Whether an account can be used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Health {
    /// Yes.
    Working,
    /// Yes, but access that is not renewed in time ends within two weeks.
    Expiring {
        /// In how many days.
        days: i64,
    },
    /// No: a person has to connect it again.
    NeedsReconnecting {
        /// Why.
        reason: String,
    },
}

/// A row of the account list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountRow {
    /// Its id.
    pub id: AccountId,
    /// Its platform.
    pub platform: Platform,
    /// The display name.
    pub nickname: String,
    /// The handle without `@`.
    pub handle: Option<String>,
    /// Where our copy of the avatar is.
    pub avatar_url: Option<String>,
    /// Whether it can be used.
    pub health: Health,
    /// "Mon 12 Oct, 17:31": the last post that was confirmed.
    pub last_success: Option<String>,
    /// When the next post goes out.
    pub next_post: Option<String>,
    /// Whether one is on its way now.
    pub publishing: bool,
}

/// The account list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountList {
    /// The client's name.
    pub client_name: String,
    /// The rows.
    pub rows: Vec<AccountRow>,
    /// What is to be said about some of the rows.
    pub notes: Vec<AccountNote>,
    /// The platforms that can be connected here.
    pub platforms: Vec<Platform>,
    /// Moves with every change; see [`super::controls::look`].
    pub version: i64,
}

/// What keeps an account's posts, or will.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountNote {
    /// The account.
    pub account: AccountId,
    /// How many posts are due and kept by a pause.
    pub held_by_pause: u32,
    /// How many posts are due and wait for the account to be connected again.
    pub held_for_reconnecting: u32,
    /// What was found about posts ahead of their minute: the post, "Tomorrow, 09:00", and what to mend.
    pub findings: Vec<(PostId, String, Finding)>,
}

/// What a disconnect will do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DisconnectPlan {
    /// The client's name.
    pub client_name: String,
    /// The account.
    pub account: AccountRow,
    /// What is typed to confirm.
    pub confirmation: String,
    /// How many scopes are granted.
    pub scopes: usize,
    /// Posts that stay on the platform.
    pub published: i64,
    /// Posts that will not go out.
    pub waiting: i64,
}

/// What a disconnect has done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DisconnectReceipt {
    /// How the account was called.
    pub name: String,
    /// Its platform.
    pub platform: Platform,
    /// "Wed 14 Oct 2026, 12:04 London".
    pub at: String,
    /// What kept the platform from confirming the revoking; `None` when it did.
    pub revoke_problem: Option<String>,
    /// Posts that were cancelled.
    pub cancelled: usize,
    /// Posts that had left already and whose outcome can no longer be asked for.
    pub unknown: usize,
    /// Whether a look afterwards found nothing left.
    pub nothing_left: bool,
}

/// The accounts of a client with their health.
///
/// # Errors
/// When the client is not this person's to see.
#[server(endpoint = "list_accounts")]
pub async fn list_accounts(client: ClientId) -> Result<AccountList, ApiError> {
    use super::mapping;
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let view = services.client(&actor, client).await.map_err(ssr::refuse)?;
    let version = services
        .state_version(&actor, Some(client))
        .await
        .map_err(ssr::refuse)?;
    let health = services
        .accounts(&actor, client)
        .await
        .map_err(ssr::refuse)?;
    let troubled = services
        .needing_attention(&actor, client)
        .await
        .map_err(ssr::refuse)?;
    Ok(AccountList {
        notes: mapping::account_notes(&view, services.clock.now(), &troubled),
        rows: health
            .into_iter()
            .map(|account| mapping::account_row(&view, services.clock.now(), account))
            .collect(),
        client_name: view.name,
        platforms: services.connectors.platforms(),
        version,
    })
}

/// What the account allows at this moment, asked of the platform.
///
/// # Errors
/// As the platform answers.
#[server(AskAccountFacts, endpoint = "account_facts")]
pub async fn account_facts(client: ClientId, account: AccountId) -> Result<AccountFacts, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .account_facts(&actor, client, account)
        .await
        .map_err(ssr::refuse)
}

/// What a disconnect will do.
///
/// # Errors
/// When the account is not this person's to see, or disconnected already.
#[server(PlanDisconnect, endpoint = "disconnect_plan")]
pub async fn disconnect_plan(
    client: ClientId,
    account: AccountId,
) -> Result<DisconnectPlan, ApiError> {
    use super::mapping;
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let view = services.client(&actor, client).await.map_err(ssr::refuse)?;
    let plan = services
        .disconnect_plan(&actor, client, account)
        .await
        .map_err(ssr::refuse)?;
    Ok(DisconnectPlan {
        account: mapping::account_row(&view, services.clock.now(), plan.health),
        client_name: view.name,
        confirmation: plan.confirmation,
        scopes: plan.scopes,
        published: plan.published,
        waiting: plan.waiting,
    })
}

/// Disconnects and purges. Works as a plain form: the receipt is on the page that comes back.
///
/// # Errors
/// When the typed name is not the account's.
#[server(endpoint = "disconnect")]
pub async fn disconnect(
    client: ClientId,
    account: AccountId,
    typed: String,
) -> Result<DisconnectReceipt, ApiError> {
    use super::mapping;
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let view = services.client(&actor, client).await.map_err(ssr::refuse)?;
    let receipt = services
        .disconnect(&actor, client, account, &typed)
        .await
        .map_err(ssr::refuse)?;
    Ok(DisconnectReceipt {
        at: mapping::time_with_place(&view, receipt.at),
        name: receipt.name,
        platform: receipt.platform,
        revoke_problem: receipt.revoked.err(),
        cancelled: receipt.cancelled,
        unknown: receipt.unknown,
        nothing_left: receipt.nothing_left,
    })
}
