//! The upload: `POST /clients/{client}/assets?name=…` with the file as the body, streamed to disk.

use app::api::assets::{AssetData, UploadRefused};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use domain::ClientId;
use serde::Deserialize;
use services::Services;

use super::signed_in::{SignedIn, status};

/// The query of an upload.
#[derive(Deserialize)]
pub struct UploadQuery {
    #[serde(default)]
    name: String,
}

/// Takes a file in.
pub async fn upload(
    State(services): State<Services>,
    Path(client): Path<ClientId>,
    Query(query): Query<UploadQuery>,
    SignedIn { actor, .. }: SignedIn,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<AssetData>, (StatusCode, Json<UploadRefused>)> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse().ok());
    let received = services
        .receive_upload(
            &actor,
            client,
            &query.name,
            announced,
            body.into_data_stream(),
        )
        .await;
    received
        .map(|asset| Json(AssetData::new(client, asset)))
        .map_err(|error| {
            (
                status(&error),
                Json(UploadRefused {
                    error: error.to_string(),
                }),
            )
        })
}
