//! The library: the files of a client.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::{AssetId, ClientId, DeliveryState, PostId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::assets::AssetData;
use super::copies::CopyData;

/// What is asked for, as it stands in the address: whatever is left out is not asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryQuery {
    /// A part of a name.
    #[serde(default)]
    pub name: String,
    /// "video" or "picture".
    #[serde(default)]
    pub kind: String,
    /// "no": only those that are in no post.
    #[serde(default)]
    pub used: String,
    /// The file that the page before ended with.
    #[serde(default)]
    pub before: String,
}

/// A page of the library.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LibraryData {
    /// The files, newest first.
    pub rows: Vec<LibraryRow>,
    /// Hand this over to read on.
    pub next: Option<AssetId>,
    /// "128 files, 9.4 GB".
    pub total: String,
    /// Whether the client has any file at all.
    pub is_empty: bool,
    /// The copies of files that are being made, which follow.
    pub copies: Vec<CopyData>,
    /// Moves with every change.
    pub version: i64,
}

/// A file of the library.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LibraryRow {
    /// The file.
    pub asset: AssetData,
    /// "In 2 posts" or "Not used".
    pub used: String,
    /// "Kept until 14 Nov", "Deleted in 3 days", "Kept for a post".
    pub kept: String,
    /// Whether that is within a week.
    pub is_ending: bool,
}

/// A file with all that is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssetDetail {
    /// The file.
    pub row: LibraryRow,
    /// "Wed 14 Oct, 12:04, by Imogen Hale".
    pub brought: String,
    /// The posts that it is in.
    pub uses: Vec<AssetUse>,
    /// Moves with every change.
    pub version: i64,
}

/// A post that a file is in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssetUse {
    /// The post.
    pub post: PostId,
    /// The first line of its caption.
    pub title: String,
    /// "Fri 16 Oct, 09:00".
    pub due: String,
    /// Where it stands.
    pub state: DeliveryState,
}

/// A page of a client's library.
///
/// # Errors
/// When the client is not this person's to see.
#[server(ReadLibrary, endpoint = "library", input = server_fn::codec::Json)]
pub async fn library(client: ClientId, query: LibraryQuery) -> Result<LibraryData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let filter = super::mapping::library_filter(query);
    let page = services
        .library(&actor, client, &filter)
        .await
        .map_err(ssr::refuse)?;
    Ok(super::mapping::library(client, services.clock.now(), page))
}

/// A file with all that is known of it.
///
/// # Errors
/// When it is not this person's to see.
#[server(ReadAsset, endpoint = "asset")]
pub async fn asset_detail(client: ClientId, asset: AssetId) -> Result<AssetDetail, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let found = services
        .asset_detail(&actor, client, asset)
        .await
        .map_err(ssr::refuse)?;
    Ok(super::mapping::asset_detail(
        client,
        services.clock.now(),
        found,
    ))
}

/// Keeps the description that posts start with when they take the file.
///
/// # Errors
/// When it is too long, or the file is not this person's.
#[server(DescribeAsset, endpoint = "describe_asset")]
pub async fn describe_asset(
    client: ClientId,
    asset: AssetId,
    #[server(default)] alt: String,
) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .describe_asset(&actor, client, asset, &alt)
        .await
        .map_err(ssr::refuse)
}

/// Removes a file before its time, and leads back to the library.
///
/// # Errors
/// With where it is needed, while a post that is under way has it.
#[server(RemoveAsset, endpoint = "remove_asset")]
pub async fn remove_asset(client: ClientId, asset: AssetId) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .remove_asset(&actor, client, asset)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect(&format!("/clients/{client}/library"));
    Ok(())
}
