//! The words of the append-only history.

use serde::{Deserialize, Serialize};

/// How an event turned out; decides its icon and colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// A person or the software did something as intended.
    Good,
    /// Something went wrong and is being dealt with.
    Warning,
    /// Something went wrong and needs a person.
    Bad,
    /// Neither: a fact.
    Neutral,
}

impl Tone {
    /// The word used in the database and in CSS classes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Bad => "bad",
            Self::Neutral => "neutral",
        }
    }

    /// The tone with this word; an unknown word is neutral, so that an old page can show a newer row.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "good" => Self::Good,
            "warning" => Self::Warning,
            "bad" => Self::Bad,
            _ => Self::Neutral,
        }
    }
}

impl From<String> for Tone {
    fn from(word: String) -> Self {
        Self::from_word(&word)
    }
}
