use axum::{body::Bytes, extract::State, http::HeaderMap, response::Response};
use serde::Deserialize;
use url::Url;

use super::{
    Shared,
    errors::{ApiError, Code},
    extract::json,
    limits::Window,
    publish::{Order, Origin},
    scopes::{VIDEO_PUBLISH, VIDEO_UPLOAD},
    tasks::{Details, Kind, Mode},
    users::User,
    video::{answer, check_branding, check_text},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PhotoInit {
    media_type: String,
    post_mode: String,
    is_aigc: Option<bool>,
    #[serde(default)]
    post_info: PostInfo,
    source_info: SourceInfo,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct PostInfo {
    title: Option<String>,
    description: Option<String>,
    privacy_level: Option<String>,
    disable_comment: Option<bool>,
    auto_add_music: Option<bool>,
    brand_content_toggle: Option<bool>,
    brand_organic_toggle: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceInfo {
    source: String,
    photo_images: Vec<String>,
    photo_cover_index: usize,
}

/// `POST /v2/post/publish/content/init/`
pub(super) async fn init(
    State(platform): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let caller = platform.admit(&headers, Some(Window::Init), &[VIDEO_PUBLISH, VIDEO_UPLOAD])?;
    let init: PhotoInit = json(&headers, &body, Code::InvalidParam)?;
    if init.media_type != "PHOTO" {
        return Err(invalid("media_type must be PHOTO."));
    }
    let mode = match init.post_mode.as_str() {
        "DIRECT_POST" => Mode::Direct,
        "MEDIA_UPLOAD" => Mode::Draft,
        _ => return Err(invalid("post_mode must be DIRECT_POST or MEDIA_UPLOAD.")),
    };
    caller.need_one_of(match mode {
        Mode::Direct => &[VIDEO_PUBLISH],
        Mode::Draft => &[VIDEO_UPLOAD],
    })?;
    let user = platform.account(&caller)?;
    for text in [&init.post_info.title, &init.post_info.description] {
        platform.strike_init(&caller, text.as_deref().unwrap_or_default())?;
    }
    let urls = init.source_info.urls()?;
    let cover = init.source_info.photo_cover_index;
    let mut details = init.post_info.details(&user, mode)?;
    details.photo_cover_index = Some(cover);
    details.is_aigc = mode == Mode::Direct && init.is_aigc.unwrap_or(false);
    if mode == Mode::Draft && !user.takes_photo_drafts() {
        return Err(ApiError::new(
            Code::AppVersionCheckFailed,
            "The user's TikTok app is older than 31.8.",
        ));
    }
    let order = Order {
        kind: Kind::Photo,
        mode,
        origin: Origin::Pull(urls),
        details,
    };
    Ok(answer(platform.open_task(&user, order)?))
}

fn invalid(message: &str) -> ApiError {
    ApiError::new(Code::InvalidParam, message)
}

impl PostInfo {
    fn details(self, user: &User, mode: Mode) -> Result<Details, ApiError> {
        let kept = Details {
            caption: self.title.unwrap_or_default(),
            description: self.description.unwrap_or_default(),
            ..Details::default()
        };
        check_text("title", &kept.caption, 90)?;
        check_text("description", &kept.description, 4000)?;
        if mode == Mode::Draft {
            return Ok(kept);
        }
        let (Some(brand_content), Some(brand_organic)) =
            (self.brand_content_toggle, self.brand_organic_toggle)
        else {
            return Err(invalid(
                "brand_content_toggle and brand_organic_toggle are required.",
            ));
        };
        check_branding(brand_content, self.privacy_level.as_deref())?;
        Ok(Details {
            privacy_level: self.privacy_level,
            disable_comment: self.disable_comment.unwrap_or(false) || user.comment_disabled,
            auto_add_music: self.auto_add_music.unwrap_or(false),
            brand_content,
            brand_organic,
            ..kept
        })
    }
}

impl SourceInfo {
    fn urls(&self) -> Result<Vec<Url>, ApiError> {
        if self.source != "PULL_FROM_URL" {
            return Err(invalid("Photos can only be posted with PULL_FROM_URL."));
        }
        if !(1..=35).contains(&self.photo_images.len()) {
            return Err(invalid("photo_images must have 1 to 35 addresses."));
        }
        if self.photo_cover_index >= self.photo_images.len() {
            return Err(invalid("photo_cover_index is out of range."));
        }
        self.photo_images
            .iter()
            .map(|url| {
                Url::parse(url).map_err(|_| invalid("photo_images has a malformed address."))
            })
            .collect()
    }
}
