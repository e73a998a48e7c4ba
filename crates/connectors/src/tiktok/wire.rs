//! What goes over the wire, as TikTok spells it.

use domain::tiktok::{CreatorInfo, DURATION_SECONDS, TikTokOptions};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::chunks::ChunkPlan;

/// `user/info`.
#[derive(Deserialize)]
pub(super) struct UserData {
    pub user: User,
}

/// An account.
#[derive(Deserialize)]
pub(super) struct User {
    pub open_id: Option<String>,
    pub display_name: Option<String>,
    pub avatar_url: Option<String>,
    pub username: Option<String>,
}

/// `creator_info/query`.
#[derive(Debug, Deserialize)]
pub(super) struct CreatorData {
    #[serde(default)]
    creator_nickname: String,
    #[serde(default)]
    creator_username: String,
    privacy_level_options: Vec<String>,
    #[serde(default)]
    comment_disabled: bool,
    #[serde(default)]
    duet_disabled: bool,
    #[serde(default)]
    stitch_disabled: bool,
    #[serde(default, deserialize_with = "integer")]
    max_video_post_duration_sec: Option<u64>,
}

impl From<CreatorData> for CreatorInfo {
    fn from(data: CreatorData) -> Self {
        Self {
            nickname: data.creator_nickname,
            username: data.creator_username,
            privacy_level_options: data.privacy_level_options,
            comment_disabled: data.comment_disabled,
            duet_disabled: data.duet_disabled,
            stitch_disabled: data.stitch_disabled,
            max_video_post_duration_sec: data
                .max_video_post_duration_sec
                .unwrap_or(DURATION_SECONDS),
        }
    }
}

/// `video/init`, what is asked.
#[derive(Serialize)]
pub(super) struct InitRequest<'a> {
    post_info: PostInfo<'a>,
    source_info: SourceInfo,
}

#[derive(Serialize)]
struct PostInfo<'a> {
    privacy_level: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    disable_comment: bool,
    disable_duet: bool,
    disable_stitch: bool,
    /// Left out for the first frame, which TikTok takes by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    video_cover_timestamp_ms: Option<u32>,
    brand_content_toggle: bool,
    brand_organic_toggle: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_aigc: bool,
}

#[derive(Serialize)]
struct SourceInfo {
    source: &'static str,
    video_size: u64,
    chunk_size: u64,
    total_chunk_count: u64,
}

impl<'a> InitRequest<'a> {
    /// The panel's choices in TikTok's words, some of which are the other way round.
    pub fn new(
        privacy_level: &'a str,
        caption: &'a str,
        options: &TikTokOptions,
        plan: &ChunkPlan,
    ) -> Self {
        Self {
            post_info: PostInfo {
                privacy_level,
                title: caption,
                disable_comment: !options.allow_comment,
                disable_duet: !options.allow_duet,
                disable_stitch: !options.allow_stitch,
                video_cover_timestamp_ms: options.video_cover_ms,
                brand_content_toggle: options.is_branded_content(),
                brand_organic_toggle: options.is_your_brand(),
                is_aigc: options.ai_generated,
            },
            source_info: SourceInfo::upload(plan),
        }
    }
}

/// `inbox/video/init`, what is asked: a draft has nothing but its file.
#[derive(Serialize)]
pub(super) struct DraftRequest {
    source_info: SourceInfo,
}

impl DraftRequest {
    /// For a file that goes up by this plan.
    pub const fn new(plan: &ChunkPlan) -> Self {
        Self {
            source_info: SourceInfo::upload(plan),
        }
    }
}

impl SourceInfo {
    const fn upload(plan: &ChunkPlan) -> Self {
        Self {
            source: "FILE_UPLOAD",
            video_size: plan.size,
            chunk_size: plan.chunk_size,
            total_chunk_count: plan.count,
        }
    }
}

/// `video/init`, what is answered.
#[derive(Deserialize)]
pub(super) struct InitData {
    pub publish_id: String,
    pub upload_url: String,
}

/// `status/fetch`.
#[derive(Debug, Deserialize)]
pub(super) struct StatusData {
    #[serde(default)]
    pub status: String,
    #[serde(default)]
    pub fail_reason: Option<String>,
    #[serde(default, deserialize_with = "integer")]
    pub uploaded_bytes: Option<u64>,
    // Both spellings, each in a field of its own: an alias would refuse an answer that has both.
    #[serde(
        default,
        rename = "publicaly_available_post_id",
        deserialize_with = "ids"
    )]
    post_ids: Vec<String>,
    #[serde(
        default,
        rename = "publicly_available_post_id",
        deserialize_with = "ids"
    )]
    post_ids_corrected: Vec<String>,
}

impl StatusData {
    /// The public post's id, once TikTok tells it.
    pub fn post_id(&self) -> Option<&str> {
        let mut ids = self.post_ids.iter().chain(&self.post_ids_corrected);
        ids.next().map(String::as_str)
    }
}

/// A whole number, or one in quotation marks; anything else counts as absent.
fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    })
}

/// Ids are above 2^53: whole numbers or text, one or several, and never a floating-point number.
fn ids<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let one = |value: &Value| match value {
        Value::Number(number) if !number.is_f64() => {
            Some(number.to_string()).filter(|id| id != "0")
        }
        Value::String(text) => Some(text.trim().to_owned())
            .filter(|id| !id.is_empty() && id != "0" && id.bytes().all(|b| b.is_ascii_digit())),
        _ => None,
    };
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(values) => values.iter().filter_map(one).collect(),
        value => one(&value).into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post_id(json: &str) -> Option<String> {
        let data: StatusData = serde_json::from_str(json).unwrap();
        data.post_id().map(str::to_owned)
    }

    #[test]
    fn ids_stay_exact_in_every_form() {
        let id = Some("7602997517160123666".to_owned());
        for form in [
            r#"{"publicaly_available_post_id":[7602997517160123666]}"#,
            r#"{"publicaly_available_post_id":["7602997517160123666"]}"#,
            r#"{"publicaly_available_post_id":7602997517160123666}"#,
            r#"{"publicaly_available_post_id":"7602997517160123666"}"#,
            r#"{"publicly_available_post_id":[7602997517160123666]}"#,
            r#"{"publicaly_available_post_id":[],"publicly_available_post_id":["7602997517160123666"]}"#,
        ] {
            assert_eq!(post_id(form), id, "{form}");
        }
        for form in [
            r"{}",
            r#"{"publicaly_available_post_id":[]}"#,
            r#"{"publicaly_available_post_id":null}"#,
            r#"{"publicaly_available_post_id":""}"#,
            r#"{"publicaly_available_post_id":[7.602997517160123666e18]}"#,
        ] {
            assert_eq!(post_id(form), None, "{form}");
        }
    }

    #[test]
    fn the_panel_is_said_in_tiktoks_words() {
        let plan = ChunkPlan::of(66_259_900).unwrap();
        let options = TikTokOptions {
            privacy_level: None,
            allow_comment: true,
            allow_duet: false,
            allow_stitch: true,
            disclose: true,
            your_brand: true,
            branded_content: false,
            ai_generated: true,
            video_cover_ms: Some(2400),
            ..TikTokOptions::default()
        };
        let said = serde_json::to_value(InitRequest::new(
            "PUBLIC_TO_EVERYONE",
            "Hello",
            &options,
            &plan,
        ))
        .unwrap();
        assert_eq!(
            said,
            serde_json::json!({
                "post_info": {
                    "privacy_level": "PUBLIC_TO_EVERYONE",
                    "title": "Hello",
                    "disable_comment": false,
                    "disable_duet": true,
                    "disable_stitch": false,
                    "video_cover_timestamp_ms": 2400,
                    "brand_content_toggle": false,
                    "brand_organic_toggle": true,
                    "is_aigc": true,
                },
                "source_info": {
                    "source": "FILE_UPLOAD",
                    "video_size": 66_259_900,
                    "chunk_size": 10_000_000,
                    "total_chunk_count": 6,
                },
            })
        );
    }

    #[test]
    fn what_is_off_or_empty_is_left_out_and_the_disclosure_switch_rules_its_boxes() {
        let plan = ChunkPlan::of(1).unwrap();
        let options = TikTokOptions {
            your_brand: true,
            branded_content: true,
            ..TikTokOptions::default()
        };
        let said =
            serde_json::to_value(InitRequest::new("SELF_ONLY", "", &options, &plan)).unwrap();
        let post = &said["post_info"];
        for absent in ["title", "is_aigc", "video_cover_timestamp_ms"] {
            assert!(post.get(absent).is_none(), "{absent}");
        }
        assert_eq!(post["brand_content_toggle"], false);
        assert_eq!(post["brand_organic_toggle"], false);
        assert_eq!(post["disable_comment"], true);
    }
}
