//! Pictures of people, clients, the agency and linked accounts; initials where there is no picture.

use domain::Platform;
use leptos::prelude::*;

use super::icon::Icon;

/// How large an avatar is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AvatarSize {
    /// 22 px, beside the agency's name.
    S22,
    /// 24 px, in the rail and in panel heads.
    #[default]
    S24,
    /// 26 px, on account choices.
    S26,
    /// 30 px, in a phone's header.
    S30,
    /// 32 px, in tables.
    S32,
    /// 40 px, in dialogs.
    S40,
}

impl AvatarSize {
    const fn class(self) -> &'static str {
        match self {
            Self::S22 => "avatar-22",
            Self::S24 => "avatar-24",
            Self::S26 => "avatar-26",
            Self::S30 => "avatar-30",
            Self::S32 => "avatar-32",
            Self::S40 => "avatar-40",
        }
    }
}

/// Up to two letters: the first of the first word and the first of the last.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut letters = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()));
    let first = letters.next();
    let last = letters.next_back();
    first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .collect()
}

/// The class of the tone that a name always gets.
#[must_use]
pub fn tone(name: &str) -> &'static str {
    const TONES: [&str; 8] = [
        "tone-0", "tone-1", "tone-2", "tone-3", "tone-4", "tone-5", "tone-6", "tone-7",
    ];
    // FNV-1a: the same on the server and in the browser, and even for short names.
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    TONES[(hash >> 13) as usize % TONES.len()]
}

/// A person: round.
#[component]
pub fn PersonAvatar(
    /// The person's name, from which initials and tone are made.
    #[prop(into)]
    name: String,
    /// How large it is.
    #[prop(optional)]
    size: AvatarSize,
) -> impl IntoView {
    view! {
        <span class=format!("avatar {} {}", size.class(), tone(&name)) aria-hidden="true">
            {initials(&name)}
        </span>
    }
}

/// A client: square.
#[component]
pub fn ClientAvatar(
    /// The client's name, from which initials and tone are made.
    #[prop(into)]
    name: String,
    /// How large it is.
    #[prop(optional)]
    size: AvatarSize,
) -> impl IntoView {
    view! {
        <span class=format!("avatar square {} {}", size.class(), tone(&name)) aria-hidden="true">
            {initials(&name)}
        </span>
    }
}

/// The agency itself: square, in its own colours.
#[component]
pub fn AgencyAvatar(
    /// The agency's name.
    #[prop(into)]
    name: String,
) -> impl IntoView {
    view! {
        <span class="avatar avatar-22 agency" aria-hidden="true">
            {initials(&name)}
        </span>
    }
}

/// A linked account: its picture with the platform's glyph at the corner.
#[component]
pub fn AccountAvatar(
    /// The account's nickname.
    #[prop(into)]
    name: String,
    /// Where the account lives.
    platform: Platform,
    /// Our own copy of its picture, if there is one.
    #[prop(optional_no_strip, into)]
    url: Option<String>,
    /// How large it is.
    #[prop(optional)]
    size: AvatarSize,
) -> impl IntoView {
    let picture = match url {
        Some(url) => view! { <img src=url alt="" decoding="async" /> }.into_any(),
        None => initials(&name).into_any(),
    };
    view! {
        <span class=format!("avatar {} {}", size.class(), tone(&name)) aria-hidden="true">
            {picture}
            <span class=format!("avatar-badge glyph-{}", platform.as_str())>
                {Icon::from(platform).view()}
            </span>
        </span>
    }
}

/// A linked account with its nickname and handle beside the picture.
#[component]
pub fn AccountIdentity(
    /// The account's nickname.
    #[prop(into)]
    name: String,
    /// The line below the name: a handle, or another fact.
    #[prop(optional_no_strip, into)]
    detail: Option<String>,
    /// Where the account lives.
    platform: Platform,
    /// Our own copy of its picture, if there is one.
    #[prop(optional_no_strip, into)]
    url: Option<String>,
    /// How large the picture is.
    #[prop(default = AvatarSize::S32)]
    size: AvatarSize,
) -> impl IntoView {
    view! {
        <span class="identity">
            <AccountAvatar name=name.clone() platform url size />
            <span class="identity-text">
                <span class="identity-name">
                    {name} <span class="sr-only">{format!(" on {platform}")}</span>
                </span>
                {detail.map(|detail| view! { <span class="identity-detail">{detail}</span> })}
            </span>
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::{initials, tone};

    #[test]
    fn initials_come_from_the_first_and_the_last_word() {
        assert_eq!(initials("Halden & Rye"), "HR");
        assert_eq!(initials("  ada   marie lovelace "), "AL");
        assert_eq!(initials("Kestrel"), "K");
        assert_eq!(initials("&"), "");
    }

    #[test]
    fn a_name_keeps_its_tone() {
        assert_eq!(tone("Kestrel Coffee"), tone("Kestrel Coffee"));
        assert!(tone("").starts_with("tone-"));
    }
}
