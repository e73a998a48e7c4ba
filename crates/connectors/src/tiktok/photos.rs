//! `content/init`: pictures, which TikTok fetches from where they lie (Content Posting API, photo post).

use domain::tiktok::TikTokOptions;
use serde::{Deserialize, Serialize};
use url::Url;

/// What is asked.
#[derive(Serialize)]
pub(super) struct PhotoRequest<'a> {
    media_type: &'static str,
    post_mode: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_aigc: bool,
    post_info: PhotoInfo<'a>,
    source_info: PhotoSource<'a>,
}

#[derive(Serialize)]
struct PhotoInfo<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(flatten)]
    direct: Option<Direct<'a>>,
}

/// What a draft has not: its person decides it in TikTok's own app.
#[derive(Serialize)]
struct Direct<'a> {
    privacy_level: &'a str,
    disable_comment: bool,
    auto_add_music: bool,
    brand_content_toggle: bool,
    brand_organic_toggle: bool,
}

#[derive(Serialize)]
struct PhotoSource<'a> {
    source: &'static str,
    photo_images: &'a [Url],
    photo_cover_index: u32,
}

impl<'a> PhotoRequest<'a> {
    /// The panel's choices in TikTok's words. `privacy_level` is `None` for a draft.
    pub fn new(
        privacy_level: Option<&'a str>,
        description: &'a str,
        options: &'a TikTokOptions,
        addresses: &'a [Url],
    ) -> Self {
        Self {
            media_type: "PHOTO",
            post_mode: match privacy_level {
                Some(_) => "DIRECT_POST",
                None => "MEDIA_UPLOAD",
            },
            is_aigc: options.ai_generated && privacy_level.is_some(),
            post_info: PhotoInfo {
                title: &options.title,
                description,
                direct: privacy_level.map(|privacy_level| Direct {
                    privacy_level,
                    disable_comment: !options.allow_comment,
                    auto_add_music: options.auto_add_music,
                    brand_content_toggle: options.is_branded_content(),
                    brand_organic_toggle: options.is_your_brand(),
                }),
            },
            source_info: PhotoSource {
                source: "PULL_FROM_URL",
                photo_images: addresses,
                photo_cover_index: options.cover_index,
            },
        }
    }
}

/// What is answered.
#[derive(Deserialize)]
pub(super) struct PhotoData {
    pub publish_id: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses() -> Vec<Url> {
        ["https://desk.example/a", "https://desk.example/b"]
            .map(|address| address.parse().unwrap())
            .to_vec()
    }

    #[test]
    fn the_panel_is_said_in_tiktoks_words() {
        let options = TikTokOptions {
            title: "Cup by cup".to_owned(),
            cover_index: 1,
            allow_comment: true,
            allow_duet: true,
            auto_add_music: true,
            disclose: true,
            branded_content: true,
            ai_generated: true,
            ..TikTokOptions::default()
        };
        let addresses = addresses();
        let said = PhotoRequest::new(Some("PUBLIC_TO_EVERYONE"), "Hello", &options, &addresses);
        assert_eq!(
            serde_json::to_value(said).unwrap(),
            serde_json::json!({
                "media_type": "PHOTO",
                "post_mode": "DIRECT_POST",
                "is_aigc": true,
                "post_info": {
                    "title": "Cup by cup",
                    "description": "Hello",
                    "privacy_level": "PUBLIC_TO_EVERYONE",
                    "disable_comment": false,
                    "auto_add_music": true,
                    "brand_content_toggle": true,
                    "brand_organic_toggle": false,
                },
                "source_info": {
                    "source": "PULL_FROM_URL",
                    "photo_images": ["https://desk.example/a", "https://desk.example/b"],
                    "photo_cover_index": 1,
                },
            })
        );
    }

    #[test]
    fn a_draft_carries_its_words_and_decides_nothing() {
        let options = TikTokOptions {
            ai_generated: true,
            ..TikTokOptions::default()
        };
        let addresses = addresses();
        let said = PhotoRequest::new(None, "Hello", &options, &addresses);
        let said = serde_json::to_value(said).unwrap();
        assert_eq!(said["post_mode"], "MEDIA_UPLOAD");
        assert_eq!(
            said["post_info"],
            serde_json::json!({ "description": "Hello" })
        );
        assert!(said.get("is_aigc").is_none());
    }
}
