//! A copy of a file that a platform takes, or that shows a part of it: where its making stands.

use crate::words::words;

words! {
    /// Where the making of a copy stands.
    CopyState, "a state of a copy" {
        /// It waits for its turn.
        Waiting = "waiting",
        /// It is being made.
        Running = "running",
        /// It is there.
        Done = "done",
        /// It could not be made.
        Failed = "failed",
        /// Somebody gave it up.
        Cancelled = "cancelled",
    }
}

impl CopyState {
    /// Whether something still comes of it by itself.
    #[must_use]
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Waiting | Self::Running)
    }
}

/// The longest name that a file has, in characters.
const NAME: usize = 120;

/// The name of a copy: "clip (TikTok).mp4" from "clip.mov".
#[must_use]
pub fn copy_name(original: &str, label: &str, extension: &str) -> String {
    let stem = match original.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() && end.chars().count() <= 5 => stem,
        _ => original,
    };
    let end = format!(" ({label}).{extension}");
    let room = NAME.saturating_sub(end.chars().count());
    let stem: String = stem.chars().take(room).collect();
    format!("{}{end}", stem.trim_end())
}

#[cfg(test)]
mod tests {
    use super::copy_name;

    #[test]
    fn a_copy_is_called_after_its_original() {
        assert_eq!(copy_name("clip.mov", "TikTok", "mp4"), "clip (TikTok).mp4");
        assert_eq!(copy_name("no end", "9x16", "jpg"), "no end (9x16).jpg");
        assert_eq!(
            copy_name("v1.2 final", "4x5", "png"),
            "v1.2 final (4x5).png"
        );
        assert_eq!(copy_name(".mov", "TikTok", "mp4"), ".mov (TikTok).mp4");
        let long = copy_name(&"ü".repeat(200), "TikTok", "mp4");
        assert_eq!(long.chars().count(), 120);
        assert!(long.ends_with("ü (TikTok).mp4"));
    }
}
