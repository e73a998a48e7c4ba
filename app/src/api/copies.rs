//! Copies of files: asked for, followed, given up.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::copy::CopyState;
use domain::crop::Area;
use domain::{AssetId, ClientId, CopyId, Platform};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

use super::ApiError;
use super::assets::AssetData;

/// What a copy is wanted for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyWish {
    /// So that a platform takes it.
    For(Platform),
    /// To show a part of it.
    Part {
        /// Which.
        area: Area,
        /// The name of its proportions, such as "9:16".
        shape: String,
    },
}

/// A copy, and where its making stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CopyData {
    /// Its id.
    pub id: CopyId,
    /// What it is made from.
    pub original: AssetId,
    /// "for TikTok", "cropped to 9:16".
    pub how: String,
    /// Where its making stands.
    pub state: CopyState,
    /// How far it is, in per cent.
    pub progress: u8,
    /// Why it was not made.
    pub problem: Option<String>,
    /// The file that came of it.
    pub asset: Option<AssetData>,
}

/// Asks for a copy of a file. The same once more is the same copy.
///
/// # Errors
/// When none is needed or none would help, or the file is gone.
#[server(endpoint = "ask_for_copy", input = Json)]
pub async fn ask_for_copy(
    client: ClientId,
    asset: AssetId,
    wish: CopyWish,
) -> Result<CopyData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let wish = super::mapping::copy_wish(wish).map_err(ssr::refuse)?;
    let copy = services
        .ask_for_copy(&actor, client, asset, wish)
        .await
        .map_err(ssr::refuse)?;
    Ok(super::mapping::copy(client, copy))
}

/// Tries a copy once more that came to nothing.
///
/// # Errors
/// When it is not this person's, or the file is gone.
#[server(endpoint = "retry_copy")]
pub async fn retry_copy(client: ClientId, copy: CopyId) -> Result<CopyData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let copy = services
        .retry_copy(&actor, client, copy)
        .await
        .map_err(ssr::refuse)?;
    Ok(super::mapping::copy(client, copy))
}

/// Gives up a copy that is not made yet.
///
/// # Errors
/// When it is not this person's.
#[server(endpoint = "cancel_copy")]
pub async fn cancel_copy(client: ClientId, copy: CopyId) -> Result<CopyData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let copy = services
        .cancel_copy(&actor, client, copy)
        .await
        .map_err(ssr::refuse)?;
    Ok(super::mapping::copy(client, copy))
}

/// The copies of these files, oldest first.
///
/// # Errors
/// When the client is not this person's to see.
#[server(endpoint = "copies_of", input = Json)]
pub async fn copies_of(client: ClientId, assets: Vec<AssetId>) -> Result<Vec<CopyData>, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let copies = services
        .copies_of(&actor, client, &assets)
        .await
        .map_err(ssr::refuse)?;
    Ok(copies
        .into_iter()
        .map(|copy| super::mapping::copy(client, copy))
        .collect())
}
