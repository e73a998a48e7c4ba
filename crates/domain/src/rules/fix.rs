//! What would mend a finding: a typed thing that the composer can offer to do, or lead to.

use serde::{Deserialize, Serialize};

use crate::media::{Container, ImageFormat};

/// What would mend a finding. Files are counted from 0, as they stand in the post.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Fix {
    /// Take from the text what is too much.
    Shorten {
        /// Which text.
        text: Text,
        /// Where in it begins what is too much, in UTF-16 units, as browsers count.
        from: usize,
    },
    /// Write something.
    Write,
    /// Add a file.
    AddFile,
    /// Keep this many files, and remove those behind them.
    KeepFirst {
        /// How many stay.
        files: usize,
    },
    /// Say what a file shows.
    Describe {
        /// The first that is not described.
        file: usize,
    },
    /// Take the first picture, or the first frame of a video, as the cover.
    CoverFirst,
    /// Make a video anew, as the platform takes it.
    ConvertVideo {
        /// Which file.
        file: usize,
        /// The container and the size in pixels that it is to have.
        container: Container,
        /// Width.
        width: u32,
        /// Height.
        height: u32,
        /// Its size in bytes is at most this.
        bytes: u64,
    },
    /// Cut a video shorter.
    TrimVideo {
        /// Which file.
        file: usize,
        /// How long it may be, in milliseconds.
        to_ms: u64,
    },
    /// Make a picture anew, as the platform takes it.
    ConvertPicture {
        /// Which file.
        file: usize,
        /// The format that it is to have.
        format: ImageFormat,
        /// Its size in bytes is at most this.
        bytes: u64,
        /// Its longest shorter and longer side, where there is a limit.
        sides: Option<(u32, u32)>,
    },
    /// Crop a file to other proportions.
    Crop {
        /// Which file.
        file: usize,
    },
    /// Choose an account.
    ChooseAccount,
    /// Connect the account again.
    Reconnect,
    /// Ask the platform again what the account allows.
    AskAgain,
    /// Choose who can see it.
    ChoosePrivacy,
    /// Say whom the post promotes.
    SayWhomItPromotes,
    /// Leave out what the account does not allow.
    SwitchOff {
        /// What is left out.
        interaction: Interaction,
    },
    /// Keep this many languages.
    KeepLanguages {
        /// How many stay.
        languages: usize,
    },
    /// Take away a language that is none.
    RemoveLanguage {
        /// Its tag.
        tag: String,
    },
    /// Take away a label that the platform does not know.
    RemoveLabel {
        /// The label.
        label: String,
    },
}

/// A text of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Text {
    /// The caption.
    Caption,
    /// The title of pictures.
    Title,
}

/// What people may do with a post on TikTok.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interaction {
    /// Comment.
    Comment,
    /// Make a duet.
    Duet,
    /// Stitch it.
    Stitch,
}
