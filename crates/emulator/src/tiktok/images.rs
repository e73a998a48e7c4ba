//! Avatars and covers: drawn, not stored, behind signed addresses that expire.

use axum::{
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{Shared, state::Platform};
use crate::png;

#[derive(Deserialize)]
pub(super) struct Signed {
    #[serde(rename = "x-expires")]
    expires: i64,
    #[serde(rename = "x-signature")]
    signature: String,
}

pub(super) async fn avatar(
    State(platform): State<Shared>,
    Path((side, file)): Path<(u32, String)>,
    Query(signed): Query<Signed>,
) -> Response {
    draw(
        &platform,
        &format!("avatar/{side}/{file}"),
        &file,
        side,
        &signed,
    )
}

pub(super) async fn cover(
    State(platform): State<Shared>,
    Path(file): Path<String>,
    Query(signed): Query<Signed>,
) -> Response {
    draw(&platform, &format!("cover/{file}"), &file, 360, &signed)
}

fn draw(platform: &Platform, path: &str, seed: &str, side: u32, signed: &Signed) -> Response {
    if platform.signature(path, signed.expires) != signed.signature
        || platform.now().timestamp() >= signed.expires
    {
        return StatusCode::FORBIDDEN.into_response();
    }
    let seed: [u8; 32] = Sha256::digest(seed).into();
    let image = png::identicon(&seed, side.clamp(8, 1024));
    ([(header::CONTENT_TYPE, "image/png")], image).into_response()
}
