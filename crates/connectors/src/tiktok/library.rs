//! What an account shows in public (`video/list`), for finding again what nobody confirmed.

use serde::Deserialize;

/// A page of an account's public posts, newest first.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct VideoPage {
    pub videos: Vec<Video>,
    /// Where the next page begins, in milliseconds.
    pub cursor: i64,
    pub has_more: bool,
}

/// A public post.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Video {
    pub id: String,
    /// Seconds.
    pub create_time: i64,
    title: Option<String>,
    video_description: Option<String>,
    pub share_url: Option<String>,
}

impl Video {
    /// What is asked for.
    pub const FIELDS: &str = "id,create_time,title,video_description,share_url";

    /// Whether it says exactly one of these. TikTok fills the title, the description, or both.
    pub fn says(&self, texts: &[&str]) -> bool {
        [&self.title, &self.video_description]
            .into_iter()
            .flatten()
            .map(|text| text.trim())
            .any(|said| texts.iter().any(|text| text.trim() == said))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_known_by_exactly_what_it_says() {
        let video: Video = serde_json::from_str(
            r#"{"id":"7602997517160123666","create_time":1,"title":"","video_description":"Hello "}"#,
        )
        .unwrap();
        assert!(video.says(&["Hello"]));
        assert!(!video.says(&["Hell"]) && !video.says(&["Hello, world"]));
        // A page with nothing in it is still a page.
        assert!(
            serde_json::from_str::<VideoPage>("{}")
                .unwrap()
                .videos
                .is_empty()
        );
    }
}
