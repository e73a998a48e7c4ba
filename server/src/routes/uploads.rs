//! Uploads by the tus protocol, version 1.0.0 (<https://tus.io/protocols/resumable-upload>): core, creation,
//! termination, expiration and checksum. What tus leaves open, what is made of a file that is all there, is asked
//! for at `…/finish`, which may be asked again.
//!
//! Rights come before the protocol: whoever may not bring files to a client is not even told which version is spoken.

use app::api::assets::{AssetData, UploadRefused};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use domain::{ClientId, Permission, UploadId};
use serde::Deserialize;
use services::assets::uploads::{NewUpload, UploadError, UploadView};
use services::media_store::Checksum;
use services::{ServiceError, Services};

use super::signed_in::{SignedIn, status};

const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const NOT_KEPT: HeaderValue = HeaderValue::from_static("no-store");
/// The checksum extension's own status.
const CHECKSUM_MISMATCH: u16 = 460;

/// An answer that is no success: a status, and one sentence.
pub struct Refused(StatusCode, String);

impl Refused {
    fn new(status: StatusCode, sentence: &str) -> Self {
        Self(status, sentence.to_owned())
    }
}

impl From<UploadError> for Refused {
    fn from(error: UploadError) -> Self {
        let status = match &error {
            UploadError::Elsewhere(_) => StatusCode::CONFLICT,
            UploadError::Busy => StatusCode::LOCKED,
            UploadError::WrongChecksum => {
                StatusCode::from_u16(CHECKSUM_MISMATCH).unwrap_or(StatusCode::BAD_REQUEST)
            }
            UploadError::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            UploadError::Broke => StatusCode::BAD_REQUEST,
            UploadError::NoRoom => StatusCode::INSUFFICIENT_STORAGE,
            UploadError::Gone => StatusCode::GONE,
            UploadError::Service(error) => status(error),
        };
        Self(status, error.to_string())
    }
}

impl From<ServiceError> for Refused {
    fn from(error: ServiceError) -> Self {
        UploadError::Service(error).into()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Self(status, error) = self;
        let body = Json(UploadRefused { error });
        (status, [(RESUMABLE, VERSION)], body).into_response()
    }
}

/// Says what is spoken here.
pub async fn options(
    State(services): State<Services>,
    Path(client): Path<ClientId>,
    SignedIn { actor, .. }: SignedIn,
) -> Result<Response, Refused> {
    actor.require_for(Permission::WritePosts, client)?;
    let headers = [
        ("tus-resumable", "1.0.0".to_owned()),
        ("tus-version", "1.0.0".to_owned()),
        (
            "tus-extension",
            "creation,termination,expiration,checksum".to_owned(),
        ),
        ("tus-checksum-algorithm", "sha256,sha1".to_owned()),
        (
            "tus-max-size",
            services.settings.max_upload_bytes.to_string(),
        ),
    ];
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

/// Begins an upload.
pub async fn create(
    State(services): State<Services>,
    Path(client): Path<ClientId>,
    SignedIn { actor, .. }: SignedIn,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    actor.require_for(Permission::WritePosts, client)?;
    speaks_tus(&headers)?;
    let bytes = number(&headers, &LENGTH)?;
    let file_name = metadata(&headers, "filename").unwrap_or_default();
    let sha256 = metadata(&headers, "sha256").map(|hex| hash_of(&hex));
    let new = NewUpload {
        file_name: &file_name,
        bytes,
        sha256: sha256.transpose()?,
    };
    let limit = services.settings.max_upload_bytes;
    let begun = services.begin_upload(&actor, client, new).await;
    let upload = begun.map_err(|error| match Refused::from(error) {
        Refused(_, sentence) if bytes > limit => Refused(StatusCode::PAYLOAD_TOO_LARGE, sentence),
        other => other,
    })?;
    let location = format!("/clients/{client}/uploads/{}", upload.id);
    let location = HeaderValue::from_str(&location).map_err(ServiceError::internal)?;
    let mut answer = standing(StatusCode::CREATED, &upload)?;
    answer.headers_mut().insert(header::LOCATION, location);
    Ok(answer)
}

/// Says how far an upload is.
pub async fn head(
    State(services): State<Services>,
    Path((client, upload)): Path<(ClientId, UploadId)>,
    SignedIn { actor, .. }: SignedIn,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let upload = services.upload(&actor, client, upload).await?;
    speaks_tus(&headers)?;
    let mut answer = standing(StatusCode::OK, &upload)?;
    let length = HeaderValue::from(upload.bytes);
    answer.headers_mut().insert(LENGTH, length);
    Ok(answer)
}

/// Takes the next bytes of an upload.
pub async fn patch(
    State(services): State<Services>,
    Path((client, upload)): Path<(ClientId, UploadId)>,
    SignedIn { actor, .. }: SignedIn,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let before = services.upload(&actor, client, upload).await?;
    speaks_tus(&headers)?;
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if kind != Some(b"application/offset+octet-stream") {
        return Err(Refused::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Bytes of an upload are sent as application/offset+octet-stream.",
        ));
    }
    let offset = number(&headers, &OFFSET)?;
    let checksum = checksum(&headers)?;
    let announced = number(&headers, &header::CONTENT_LENGTH).unwrap_or_default();
    if offset == before.offset && announced > before.bytes.saturating_sub(offset) {
        return Err(UploadError::TooLong.into());
    }
    let stream = body.into_data_stream();
    let appended = services.append_to_upload(&actor, client, upload, offset, checksum, stream);
    standing(StatusCode::NO_CONTENT, &appended.await?)
}

/// Ends an upload.
pub async fn delete(
    State(services): State<Services>,
    Path((client, upload)): Path<(ClientId, UploadId)>,
    SignedIn { actor, .. }: SignedIn,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    actor.require_for(Permission::WritePosts, client)?;
    if let Err(version) = speaks_tus(&headers) {
        // What is not there is said first, as everywhere.
        services.upload(&actor, client, upload).await?;
        return Err(version);
    }
    services.cancel_upload(&actor, client, upload).await?;
    Ok((StatusCode::NO_CONTENT, [(RESUMABLE, VERSION)]).into_response())
}

/// What may be said with the last word on an upload.
#[derive(Default, Deserialize)]
pub struct Finish {
    /// SHA-256 of the whole, in hex.
    sha256: Option<String>,
}

/// Takes the file in, once all of it is there.
pub async fn finish(
    State(services): State<Services>,
    Path((client, upload)): Path<(ClientId, UploadId)>,
    SignedIn { actor, .. }: SignedIn,
    body: Bytes,
) -> Result<Json<AssetData>, Refused> {
    actor.require_for(Permission::WritePosts, client)?;
    let said: Finish = match &body[..] {
        [] => Finish::default(),
        said => serde_json::from_slice(said).map_err(|_| {
            Refused::new(
                StatusCode::BAD_REQUEST,
                "What was said of the file cannot be read.",
            )
        })?,
    };
    let sha256 = said.sha256.map(|hex| hash_of(&hex)).transpose()?;
    let asset = services
        .finish_upload(&actor, client, upload, sha256)
        .await?;
    Ok(Json(AssetData::new(client, asset)))
}

fn speaks_tus(headers: &HeaderMap) -> Result<(), Refused> {
    if headers.get(RESUMABLE) == Some(&VERSION) {
        return Ok(());
    }
    Err(Refused::new(
        StatusCode::PRECONDITION_FAILED,
        "Uploads speak version 1.0.0 of tus.",
    ))
}

fn standing(status: StatusCode, upload: &UploadView) -> Result<Response, Refused> {
    let expires = upload
        .expires_at
        .format("%a, %d %b %Y %H:%M:%S GMT")
        .to_string();
    let expires = HeaderValue::from_str(&expires).map_err(ServiceError::internal)?;
    let headers = [
        (RESUMABLE, VERSION),
        (OFFSET, HeaderValue::from(upload.offset)),
        (EXPIRES, expires),
        (header::CACHE_CONTROL, NOT_KEPT),
    ];
    Ok((status, headers).into_response())
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, Refused> {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.parse().ok()).ok_or_else(|| {
        let sentence = format!("The header {name} is missing or no number.");
        Refused(StatusCode::BAD_REQUEST, sentence)
    })
}

/// A value of `Upload-Metadata`: pairs of a name and a value in Base64.
fn metadata(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get("upload-metadata")?.to_str().ok()?;
    let value = all.split(',').find_map(|pair| {
        let (known, value) = pair.trim().split_once(' ')?;
        (known == name).then_some(value)
    })?;
    String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()
}

fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, Refused> {
    let Some(value) = headers.get("upload-checksum") else {
        return Ok(None);
    };
    let parsed = value.to_str().ok().and_then(|value| {
        let (algorithm, value) = value.split_once(' ')?;
        Some(Checksum {
            algorithm: services::media_store::algorithm(algorithm)?,
            value: STANDARD.decode(value.trim()).ok()?,
        })
    });
    parsed.map(Some).ok_or_else(|| {
        Refused::new(
            StatusCode::BAD_REQUEST,
            "The checksum cannot be read. Send “sha256” or “sha1” and the checksum in Base64.",
        )
    })
}

fn hash_of(hex: &str) -> Result<[u8; 32], Refused> {
    let bytes = hex::decode(hex).ok();
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| {
            Refused::new(
                StatusCode::BAD_REQUEST,
                "The SHA-256 of the file cannot be read. Send it in hex.",
            )
        })
}
