use axum::{body::Bytes, extract::State, http::HeaderMap, response::Response};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::json;
use url::Url;

use super::{
    Shared,
    chunks::{Plan, PlanError},
    errors::{ApiError, Code, ok},
    extract::json,
    limits::Window,
    publish::{Opened, Order, Origin},
    scopes::{VIDEO_PUBLISH, VIDEO_UPLOAD},
    tasks::{Details, Kind, Mode},
    users::User,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DirectInit {
    post_info: PostInfo,
    source_info: SourceInfo,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DraftInit {
    /// Drafts have no caption or settings; TikTok ignores them silently.
    #[serde(default, rename = "post_info")]
    _post_info: Option<IgnoredAny>,
    source_info: SourceInfo,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PostInfo {
    privacy_level: Option<String>,
    title: Option<String>,
    disable_duet: Option<bool>,
    disable_stitch: Option<bool>,
    disable_comment: Option<bool>,
    video_cover_timestamp_ms: Option<i32>,
    brand_content_toggle: bool,
    brand_organic_toggle: bool,
    is_aigc: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceInfo {
    source: String,
    video_url: Option<String>,
    video_size: Option<i64>,
    chunk_size: Option<i64>,
    total_chunk_count: Option<i64>,
}

/// `POST /v2/post/publish/video/init/`
pub(super) async fn init_direct(
    State(platform): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let caller = platform.admit(&headers, Some(Window::Init), &[VIDEO_PUBLISH])?;
    let init: DirectInit = json(&headers, &body, Code::InvalidParam)?;
    let user = platform.account(&caller)?;
    platform.strike_init(&caller, init.post_info.title.as_deref().unwrap_or_default())?;
    let order = Order {
        kind: Kind::Video,
        mode: Mode::Direct,
        origin: init.source_info.origin()?,
        details: init.post_info.details(&user)?,
    };
    Ok(answer(platform.open_task(&user, order)?))
}

/// `POST /v2/post/publish/inbox/video/init/`
pub(super) async fn init_draft(
    State(platform): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let caller = platform.admit(&headers, Some(Window::Init), &[VIDEO_UPLOAD])?;
    let init: DraftInit = json(&headers, &body, Code::InvalidParam)?;
    let user = platform.account(&caller)?;
    let order = Order {
        kind: Kind::Video,
        mode: Mode::Draft,
        origin: init.source_info.origin()?,
        details: Details::default(),
    };
    Ok(answer(platform.open_task(&user, order)?))
}

pub(super) fn answer(opened: Opened) -> Response {
    let mut data = json!({ "publish_id": opened.publish_id });
    if let Some(upload_url) = opened.upload_url {
        data["upload_url"] = json!(upload_url);
    }
    ok(data)
}

/// Refuses text that is too long. TikTok counts UTF-16 code units.
pub(super) fn check_text(name: &str, text: &str, most: usize) -> Result<(), ApiError> {
    let length = text.encode_utf16().count();
    if length <= most {
        Ok(())
    } else {
        Err(ApiError::new(
            Code::InvalidParam,
            format!("{name} has {length} UTF-16 code units, more than {most}."),
        ))
    }
}

/// Branded content cannot be private.
pub(super) fn check_branding(brand_content: bool, privacy: Option<&str>) -> Result<(), ApiError> {
    if brand_content && privacy == Some("SELF_ONLY") {
        Err(ApiError::new(
            Code::InvalidParam,
            "Branded content visibility cannot be set to private.",
        ))
    } else {
        Ok(())
    }
}

impl PostInfo {
    fn details(self, user: &User) -> Result<Details, ApiError> {
        let caption = self.title.unwrap_or_default();
        check_text("title", &caption, 2200)?;
        check_branding(self.brand_content_toggle, self.privacy_level.as_deref())?;
        if self.video_cover_timestamp_ms.is_some_and(|at| at < 0) {
            return Err(ApiError::new(
                Code::InvalidParam,
                "video_cover_timestamp_ms is before the beginning of the video.",
            ));
        }
        Ok(Details {
            caption,
            privacy_level: self.privacy_level,
            disable_comment: self.disable_comment.unwrap_or(false) || user.comment_disabled,
            disable_duet: self.disable_duet.unwrap_or(false) || user.no_duets(),
            disable_stitch: self.disable_stitch.unwrap_or(false) || user.no_stitches(),
            brand_content: self.brand_content_toggle,
            brand_organic: self.brand_organic_toggle,
            is_aigc: self.is_aigc.unwrap_or(false),
            video_cover_timestamp_ms: self.video_cover_timestamp_ms,
            ..Details::default()
        })
    }
}

impl SourceInfo {
    fn origin(&self) -> Result<Origin, ApiError> {
        let invalid = |message: &str| ApiError::new(Code::InvalidParam, message);
        let sizes = (self.video_size, self.chunk_size, self.total_chunk_count);
        match (self.source.as_str(), &self.video_url, sizes) {
            ("FILE_UPLOAD", None, (Some(size), Some(chunk_size), Some(count))) => {
                match Plan::new(size, chunk_size, count) {
                    Ok(plan) => Ok(Origin::File(plan)),
                    Err(PlanError::TooLarge) => Err(ApiError::new(
                        Code::InvalidFileUpload,
                        "The video is larger than 4 GB.",
                    )),
                    Err(PlanError::BadChunks) => Err(ApiError::new(
                        Code::InvalidParams,
                        "The chunk size is invalid",
                    )),
                }
            }
            ("FILE_UPLOAD", _, _) => Err(invalid(
                "FILE_UPLOAD needs video_size, chunk_size and total_chunk_count, and no video_url.",
            )),
            ("PULL_FROM_URL", Some(url), (None, None, None)) => {
                let url = Url::parse(url)
                    .map_err(|_| invalid("video_url is not an absolute address."))?;
                Ok(Origin::Pull(vec![url]))
            }
            ("PULL_FROM_URL", _, _) => Err(invalid("PULL_FROM_URL needs video_url, and no sizes.")),
            _ => Err(invalid("source must be FILE_UPLOAD or PULL_FROM_URL.")),
        }
    }
}
