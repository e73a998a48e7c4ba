//! A client's accounts, for its own people.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::{AccountId, ClientId};
use leptos::prelude::*;

use super::ApiError;
use super::accounts::{AccountList, DisconnectPlan, DisconnectReceipt};

/// The accounts of a client with their health.
///
/// # Errors
/// For anybody but the client's own people.
#[server(ListPortalAccounts, endpoint = "portal_accounts")]
pub async fn portal_accounts(client: ClientId) -> Result<AccountList, ApiError> {
    use super::mapping;
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let view = services
        .portal_client(&actor, client)
        .await
        .map_err(ssr::refuse)?;
    let health = services
        .portal_accounts(&actor, client)
        .await
        .map_err(ssr::refuse)?;
    let now = services.clock.now();
    Ok(AccountList {
        rows: health
            .into_iter()
            .map(|account| mapping::portal_account_row(&view, now, account))
            .collect(),
        notes: Vec::new(),
        client_name: view.name,
        platforms: services.connectors.platforms(),
        version: 0,
    })
}

/// What a disconnect will do.
///
/// # Errors
/// For anybody but the client's approvers, or when the account is disconnected already.
#[server(PlanPortalDisconnect, endpoint = "portal_disconnect_plan")]
pub async fn portal_disconnect_plan(
    client: ClientId,
    account: AccountId,
) -> Result<DisconnectPlan, ApiError> {
    use super::mapping;
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let view = services
        .portal_client(&actor, client)
        .await
        .map_err(ssr::refuse)?;
    let plan = services
        .disconnect_plan(&actor, client, account)
        .await
        .map_err(ssr::refuse)?;
    Ok(DisconnectPlan {
        account: mapping::portal_account_row(&view, services.clock.now(), plan.health),
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
#[server(endpoint = "portal_disconnect")]
pub async fn portal_disconnect(
    client: ClientId,
    account: AccountId,
    typed: String,
) -> Result<DisconnectReceipt, ApiError> {
    use super::mapping;
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let view = services
        .portal_client(&actor, client)
        .await
        .map_err(ssr::refuse)?;
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
