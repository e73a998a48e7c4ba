//! The length of a text, counted as its platform counts it: the one place that does, for the composer and
//! for the rules.

use unicode_segmentation::UnicodeSegmentation;

use super::limits::{Limits, TextLimit, Unit, limits};
use crate::Platform;
use crate::media::MediaFacts;

/// What a post is made of, as far as its text is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostKind {
    /// Text alone.
    Text,
    /// Pictures.
    Pictures,
    /// A video.
    Video,
}

impl PostKind {
    /// What a post with these files is. With a video among them it is one, whatever else is there.
    pub fn of<'a>(files: impl IntoIterator<Item = &'a MediaFacts>) -> Self {
        files.into_iter().fold(Self::Text, |kind, file| match file {
            MediaFacts::Video(_) => Self::Video,
            MediaFacts::Image(_) if kind == Self::Video => Self::Video,
            MediaFacts::Image(_) => Self::Pictures,
        })
    }
}

/// How much of what a platform takes is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// How long the text is.
    pub used: usize,
    /// How long it may be.
    pub limit: usize,
    /// What was counted.
    pub unit: Unit,
    /// What is worth knowing about the counting.
    pub note: &'static str,
}

impl Count {
    /// By how much it is too long; 0 where it fits.
    #[must_use]
    pub const fn over(self) -> usize {
        self.used.saturating_sub(self.limit)
    }

    /// Whether it is too long.
    #[must_use]
    pub const fn is_over(self) -> bool {
        self.over() > 0
    }
}

impl Limits {
    /// How long the text of such a post may be.
    #[must_use]
    pub const fn caption_of(&self, kind: PostKind) -> &TextLimit {
        match kind {
            PostKind::Pictures => &self.caption_of_pictures,
            PostKind::Text | PostKind::Video => &self.caption,
        }
    }
}

impl TextLimit {
    /// Counts a text. Of several ways of counting it is the first that is exceeded, else the first.
    #[must_use]
    pub fn count(&self, text: &str) -> Count {
        let mut counts = self.measures.iter().map(|measure| Count {
            used: measure.unit.count(text),
            limit: measure.limit,
            unit: measure.unit,
            note: match measure.unit {
                // People cannot see what bytes are; this is what makes them many.
                Unit::Bytes => "Too many joined characters, such as long emoji",
                Unit::Utf16 | Unit::Graphemes => self.note,
            },
        });
        let first = counts.next();
        first
            .filter(|count| count.is_over())
            .or_else(|| counts.find(|count| count.is_over()))
            .or(first)
            // A text without a measure has no limit.
            .unwrap_or(Count {
                used: Unit::Utf16.count(text),
                limit: usize::MAX,
                unit: Unit::Utf16,
                note: self.note,
            })
    }

    /// Where in a text begins what is too much, in UTF-16 units, as browsers count; `None` where all fits.
    #[must_use]
    pub fn excess(&self, text: &str) -> Option<usize> {
        self.measures
            .iter()
            .filter(|measure| measure.unit.count(text) > measure.limit)
            .map(|measure| {
                let mut used = 0;
                text.graphemes(true)
                    .take_while(|part| {
                        used += measure.unit.count(part);
                        used <= measure.limit
                    })
                    .map(|part| Unit::Utf16.count(part))
                    .sum()
            })
            .min()
    }
}

impl Unit {
    /// How many of these a text has.
    #[must_use]
    pub fn count(self, text: &str) -> usize {
        match self {
            Self::Utf16 => text.encode_utf16().count(),
            Self::Graphemes => text.graphemes(true).count(),
            Self::Bytes => text.len(),
        }
    }
}

/// Counts a caption as a platform counts it in a post of this kind.
#[must_use]
pub fn count(platform: Platform, kind: PostKind, caption: &str) -> Count {
    limits(platform).caption_of(kind).count(caption)
}
