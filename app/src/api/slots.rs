//! When posts of an account usually go out.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::{AccountId, ClientId, PostId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

use super::ApiError;

/// A time of the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotData {
    /// 0 is Monday.
    pub weekday: i16,
    /// "09:00".
    pub time: String,
    /// "Mon 09:00".
    pub label: String,
}

/// The times of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSlots {
    /// The account.
    pub account: AccountId,
    /// "@kestrelcoffee on TikTok".
    pub name: String,
    /// In the order of the week.
    pub slots: Vec<SlotData>,
}

/// The times of a client's accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotsData {
    /// "London, GMT (UTC)".
    pub zone_label: String,
    /// The linked accounts.
    pub accounts: Vec<AccountSlots>,
    /// Whether whoever looks may change them.
    pub may_change: bool,
}

/// The next time that is free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextSlotData {
    /// As `<input type="datetime-local">` wants it.
    pub local_time: String,
    /// "Mon 30 Nov, 09:00".
    pub label: String,
    /// What was left out, a sentence each.
    pub told: Vec<String>,
}

/// The times of a client's accounts.
///
/// # Errors
/// When the client is not this person's to see.
#[server(endpoint = "slots")]
pub async fn slots(client: ClientId) -> Result<SlotsData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let view = services.client(&actor, client).await.map_err(ssr::refuse)?;
    let accounts = services
        .accounts(&actor, client)
        .await
        .map_err(ssr::refuse)?;
    let slots = services.slots(&actor, client).await.map_err(ssr::refuse)?;
    let may_change = actor.role.may(domain::Permission::WritePosts);
    Ok(super::mapping::slots(&view, accounts, &slots, may_change))
}

/// Adds a time to some weekdays (0 is Monday) of an account. Works as a plain form, which comes back to the page
/// it stood on.
///
/// # Errors
/// When there is no weekday or no time.
#[server(endpoint = "add_slots")]
pub async fn add_slots(
    client: ClientId,
    account: AccountId,
    #[server(default)] weekdays: Vec<i16>,
    time: String,
) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let time = super::mapping::wall_time(&time).map_err(ssr::refuse)?;
    services
        .add_slots(&actor, client, account, &weekdays, time)
        .await
        .map_err(ssr::refuse)
}

/// Takes a time away from a weekday of an account. Works as a plain form, too.
///
/// # Errors
/// When the account is not this person's to plan for.
#[server(endpoint = "remove_slot")]
pub async fn remove_slot(
    client: ClientId,
    account: AccountId,
    weekday: i16,
    time: String,
) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let slot = services::planning::slots::Slot {
        account_id: account,
        weekday,
        wall_time: super::mapping::wall_time(&time).map_err(ssr::refuse)?,
    };
    services
        .remove_slot(&actor, client, slot)
        .await
        .map_err(ssr::refuse)
}

/// The next time of these accounts that no other post of them occupies, later than `after`.
///
/// # Errors
/// When none of them has a time, or none is free.
#[server(endpoint = "next_slot", input = Json)]
pub async fn next_slot(
    client: ClientId,
    accounts: Vec<AccountId>,
    post: Option<PostId>,
    after: Option<String>,
) -> Result<NextSlotData, ApiError> {
    use crate::ssr;
    use domain::time::{local_input, local_label, parse_local};
    let (services, actor) = ssr::signed_in().await?;
    let after = after.and_then(|after| parse_local(&after));
    let found = services
        .next_slot(&actor, client, &accounts, post, after)
        .await
        .map_err(ssr::refuse)?;
    Ok(NextSlotData {
        local_time: local_input(found.local_time),
        label: local_label(found.local_time),
        told: found.told,
    })
}
