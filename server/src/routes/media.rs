//! Posters, videos and avatars, for those who may see the client, and files for platforms that fetch them
//! by themselves; by parts where a player asks for them.

use std::path::PathBuf;

use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{AccountId, AssetId, ClientId};
use serde::Deserialize;
use services::assets::AssetView;
use services::{ServiceError, Services};
use tower::ServiceExt;
use tower_http::services::ServeFile;

use super::signed_in::{SignedIn, status};

/// A day in the browser's own cache: what lies under an address never changes, and a purge should be
/// felt soon.
const KEPT: HeaderValue = HeaderValue::from_static("private, max-age=86400");

/// Nobody keeps what was fetched by a public address, and nobody lists it.
const NOT_KEPT: HeaderValue = HeaderValue::from_static("private, no-store");
const NOT_LISTED: HeaderValue = HeaderValue::from_static("noindex");

/// Which frame of a video is wanted, where it is not the poster.
#[derive(Deserialize)]
pub struct Moment {
    /// Milliseconds from its beginning.
    at: Option<String>,
}

/// The poster frame of a video or the one at a moment, or the small copy of a picture.
pub async fn poster(
    State(services): State<Services>,
    Path((client, asset)): Path<(ClientId, AssetId)>,
    Query(moment): Query<Moment>,
    SignedIn { actor, .. }: SignedIn,
    request: Request,
) -> Result<Response, Refused> {
    let view = services.asset(&actor, client, asset).await?;
    serve_poster(&services, &view, moment, request).await
}

/// Frames of a video beside each other.
pub async fn strip(
    State(services): State<Services>,
    Path((client, asset)): Path<(ClientId, AssetId)>,
    SignedIn { actor, .. }: SignedIn,
    request: Request,
) -> Result<Response, Refused> {
    let view = services.asset(&actor, client, asset).await?;
    serve(services.filmstrip(&view).await?, "image/jpeg", request).await
}

async fn serve_poster(
    services: &Services,
    asset: &AssetView,
    moment: Moment,
    request: Request,
) -> Result<Response, Refused> {
    let path = match moment.at {
        None => services.media.poster(asset.id),
        Some(at) => {
            let at = at.parse().map_err(|_| {
                ServiceError::Invalid("Say the moment in whole milliseconds, as 2400.".to_owned())
            })?;
            services.video_frame(asset, at).await?
        }
    };
    serve(path, "image/jpeg", request).await
}

/// The file itself.
pub async fn file(
    State(services): State<Services>,
    Path((client, asset)): Path<(ClientId, AssetId)>,
    SignedIn { actor, .. }: SignedIn,
    request: Request,
) -> Result<Response, Refused> {
    let view = services.asset(&actor, client, asset).await?;
    let mime = view.facts.format().mime();
    serve(services.media.original(asset), mime, request).await
}

/// The poster frame of a file of a post that the client knows of.
pub async fn portal_poster(
    State(services): State<Services>,
    Path((client, asset)): Path<(ClientId, AssetId)>,
    Query(moment): Query<Moment>,
    SignedIn { actor, .. }: SignedIn,
    request: Request,
) -> Result<Response, Refused> {
    let view = services.portal_asset(&actor, client, asset).await?;
    serve_poster(&services, &view, moment, request).await
}

/// A file of a post that the client knows of.
pub async fn portal_file(
    State(services): State<Services>,
    Path((client, asset)): Path<(ClientId, AssetId)>,
    SignedIn { actor, .. }: SignedIn,
    request: Request,
) -> Result<Response, Refused> {
    let view = services.portal_asset(&actor, client, asset).await?;
    let mime = view.facts.format().mime();
    serve(services.media.original(asset), mime, request).await
}

/// Our copy of an account's avatar, for the client's own people.
pub async fn portal_avatar(
    State(services): State<Services>,
    Path((client, account)): Path<(ClientId, AccountId)>,
    SignedIn { actor, .. }: SignedIn,
    request: Request,
) -> Result<Response, Refused> {
    let account = services.portal_account(&actor, client, account).await?;
    serve_avatar(&services, account.avatar_key, request).await
}

/// Our copy of an account's avatar.
pub async fn avatar(
    State(services): State<Services>,
    Path((client, account)): Path<(ClientId, AccountId)>,
    SignedIn { actor, .. }: SignedIn,
    request: Request,
) -> Result<Response, Refused> {
    let account = services.account(&actor, client, account).await?;
    serve_avatar(&services, account.avatar_key, request).await
}

async fn serve_avatar(
    services: &Services,
    key: Option<String>,
    request: Request,
) -> Result<Response, Refused> {
    let key = key.ok_or(ServiceError::NotFound("avatar"))?;
    let path = services.media.avatar(&key);
    let mime = services
        .media
        .picture_type(&key)
        .await
        .ok_or(ServiceError::NotFound("avatar"))?;
    serve(path, mime, request).await
}

/// A file, for a platform that was given its address; or what proves to one that our addresses are ours.
pub async fn public(
    State(services): State<Services>,
    Path(token): Path<String>,
    request: Request,
) -> Result<Response, Refused> {
    let mut response = match services.media.verification(&token) {
        Some(path) => serve(path, "text/plain; charset=utf-8", request).await?,
        None => {
            let file = services.public_file(&token).await?;
            serve(file.path, file.mime, request).await?
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, NOT_KEPT);
    headers.insert(HeaderName::from_static("x-robots-tag"), NOT_LISTED);
    Ok(response)
}

/// An error as an answer.
pub struct Refused(ServiceError);

impl From<ServiceError> for Refused {
    fn from(error: ServiceError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (status(&self.0), self.0.to_string()).into_response()
    }
}

async fn serve(path: PathBuf, mime: &str, request: Request) -> Result<Response, Refused> {
    let served = ServeFile::new(path)
        .oneshot(request)
        .await
        .map_err(ServiceError::internal)?;
    let mut response = served.map(Body::new);
    if response.status() == StatusCode::NOT_FOUND {
        return Err(ServiceError::NotFound("file").into());
    }
    let mime = HeaderValue::from_str(mime).map_err(ServiceError::internal)?;
    response.headers_mut().insert(header::CONTENT_TYPE, mime);
    response.headers_mut().insert(header::CACHE_CONTROL, KEPT);
    Ok(response)
}
