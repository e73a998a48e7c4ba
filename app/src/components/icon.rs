//! Our own icons, drawn in a box of 16 with a stroke of 1.5.

use domain::Platform;
use leptos::prelude::*;

/// Declares the icons together with what is inside their `<svg>`.
macro_rules! icons {
    ($($(#[$doc:meta])+ $name:ident = $shape:literal,)+) => {
        /// An icon. It inherits its colour; the place where it stands decides its size.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Icon {
            $($(#[$doc])+ $name,)+
        }

        impl Icon {
            const fn shape(self) -> &'static str {
                match self {
                    $(Self::$name => $shape,)+
                }
            }
        }
    };
}

icons! {
    /// A calendar page.
    Calendar = r#"<rect x="2" y="3" width="12" height="11" rx="2.5"/><path d="M2 6.6h12M5.25 1.5v2.9M10.75 1.5v2.9"/>"#,
    /// Two links of a chain: accounts.
    Link = r#"<path d="M6.6 9.4a2.85 2.85 0 0 0 4 0l2.2-2.2a2.85 2.85 0 0 0-4-4l-.9.9M9.4 6.6a2.85 2.85 0 0 0-4 0L3.2 8.8a2.85 2.85 0 0 0 4 4l.9-.9"/>"#,
    /// A picture: media.
    Image = r#"<rect x="2" y="2.25" width="12" height="11.5" rx="2.5"/><circle cx="5.7" cy="6" r="1.15"/><path d="M2.4 12l3-2.9 2.3 2 3-3.2 3 3"/>"#,
    /// A clock that turns back.
    History = r#"<path d="M2.3 6.3a6 6 0 1 1-.3 1.9M2.2 2.6v3.7h3.7M8 4.9v3.2l2.2 1.4"/>"#,
    /// Two people: clients, the team.
    Users = r#"<circle cx="6.1" cy="5.1" r="2.5"/><path d="M1.6 13.4c.3-2.5 2.1-4 4.5-4s4.2 1.5 4.5 4M10.6 2.8a2.4 2.4 0 0 1 0 4.6M12 9.7c1.4.5 2.2 1.8 2.4 3.7"/>"#,
    /// Three people: the team.
    Team = r#"<circle cx="8" cy="5.2" r="2.2"/><path d="M4.4 13.2c.2-2.4 1.6-3.8 3.6-3.8s3.4 1.4 3.6 3.8M3.6 4.6a1.7 1.7 0 0 0-.4 3.2M1.2 11.4c.2-1.5.9-2.4 2-2.7M12.4 4.6a1.7 1.7 0 0 1 .4 3.2M14.8 11.4c-.2-1.5-.9-2.4-2-2.7"/>"#,
    /// One person: oneself.
    Person = r#"<circle cx="8" cy="5.2" r="2.7"/><path d="M2.8 13.8c.4-2.8 2.4-4.4 5.2-4.4s4.8 1.6 5.2 4.4"/>"#,
    /// A wheel.
    Settings = r#"<circle cx="8" cy="8" r="2.3"/><path d="M8 1.7v1.8M8 12.5v1.8M1.7 8h1.8M12.5 8h1.8M3.55 3.55l1.25 1.25M11.2 11.2l1.25 1.25M12.45 3.55L11.2 4.8M4.8 11.2l-1.25 1.25"/>"#,
    /// A bell: what one was told.
    Bell = r#"<path d="M8 1.9a4.1 4.1 0 0 0-4.1 4.1c0 3.6-1.5 4.7-1.5 5.5h11.2c0-.8-1.5-1.9-1.5-5.5A4.1 4.1 0 0 0 8 1.9zM6.4 13.4a1.75 1.75 0 0 0 3.2 0"/>"#,
    /// A plus.
    Plus = r#"<path d="M8 3v10M3 8h10"/>"#,
    /// Towards the start.
    ChevronLeft = r#"<path d="M9.8 3.5L5.3 8l4.5 4.5"/>"#,
    /// Towards the end.
    ChevronRight = r#"<path d="M6.2 3.5L10.7 8l-4.5 4.5"/>"#,
    /// Opens downwards.
    ChevronDown = r#"<path d="M3.8 6.1L8 10.3l4.2-4.2"/>"#,
    /// Closes upwards.
    ChevronUp = r#"<path d="M3.8 9.9L8 5.7l4.2 4.2"/>"#,
    /// Up and down: choose one of many.
    Selector = r#"<path d="M5.2 6L8 3.2 10.8 6M5.2 10L8 12.8l2.8-2.8"/>"#,
    /// An arrow to the right: move.
    Move = r#"<path d="M2.5 8h11M9.7 4.2L13.5 8l-3.8 3.8"/>"#,
    /// A clock.
    Clock = r#"<circle cx="8" cy="8" r="6.1"/><path d="M8 4.7V8l2.2 1.5"/>"#,
    /// A globe: the time zone.
    Globe = r#"<circle cx="8" cy="8" r="6.1"/><path d="M1.9 8h12.2"/><ellipse cx="8" cy="8" rx="2.7" ry="6.1"/>"#,
    /// A tick.
    Check = r#"<path d="M3.2 8.6l3.1 3.1 6.5-7.3"/>"#,
    /// A triangle with an exclamation mark: a warning.
    Triangle = r#"<path d="M8 2.4l6.1 10.9H1.9zM8 6.6v3"/><circle cx="8" cy="11.4" r="0.8" fill="currentColor" stroke="none"/>"#,
    /// A circled i.
    Info = r#"<circle cx="8" cy="8" r="6.1"/><path d="M8 7.4v3.5"/><circle cx="8" cy="5.1" r="0.85" fill="currentColor" stroke="none"/>"#,
    /// A bin.
    Trash = r#"<path d="M2.6 4.2h10.8M6 4.2V2.9c0-.5.4-.9.9-.9h2.2c.5 0 .9.4.9.9v1.3M4 4.2l.5 8.4c.05.8.7 1.4 1.5 1.4h4c.8 0 1.45-.6 1.5-1.4l.5-8.4"/>"#,
    /// A pencil.
    Pencil = r#"<path d="M11.1 2.4a1.75 1.75 0 0 1 2.5 2.5L5.5 13l-3.3.8.8-3.3z"/>"#,
    /// Two sheets: duplicate or copy.
    Copy = r#"<rect x="5.5" y="5.5" width="8.5" height="8.5" rx="2"/><path d="M10.5 5.5V4a2 2 0 0 0-2-2H4a2 2 0 0 0-2 2v4.5a2 2 0 0 0 2 2h1.5"/>"#,
    /// Two corners of a frame: crop.
    Crop = r#"<path d="M4.5 1.5v8a2 2 0 0 0 2 2h8M1.5 4.5h8a2 2 0 0 1 2 2v8"/>"#,
    /// An arrow out of a box: opens another site.
    External = r#"<path d="M6.6 3H4.5a2 2 0 0 0-2 2v6.5a2 2 0 0 0 2 2H11a2 2 0 0 0 2-2V9.4M9.6 2.5h3.9v3.9M13.3 2.7L7.4 8.6"/>"#,
    /// An arrow up out of a tray.
    Upload = r#"<path d="M8 10.2V2.4M4.7 5.6L8 2.3l3.3 3.3M2.5 10.6v1.2a2 2 0 0 0 2 2h7a2 2 0 0 0 2-2v-1.2"/>"#,
    /// An arrow down into a tray.
    Download = r#"<path d="M8 2.3v7.8M4.7 6.9L8 10.2l3.3-3.3M2.5 10.6v1.2a2 2 0 0 0 2 2h7a2 2 0 0 0 2-2v-1.2"/>"#,
    /// Two bars.
    Pause = r#"<path d="M5.6 3.4v9.2M10.4 3.4v9.2"/>"#,
    /// A triangle to the right.
    Play = r#"<path d="M4.8 3.3v9.4L12.6 8z" fill="currentColor"/>"#,
    /// A cross.
    Close = r#"<path d="M3.8 3.8l8.4 8.4M12.2 3.8l-8.4 8.4"/>"#,
    /// Two lines: more.
    Menu = r#"<path d="M2.5 5.3h11M2.5 10.7h11"/>"#,
    /// A funnel of lines.
    Filter = r#"<path d="M2 4.4h12M4.3 8h7.4M6.6 11.6h2.8"/>"#,
    /// A magnifying glass.
    Search = r#"<circle cx="7" cy="7" r="4.6"/><path d="M10.5 10.5l3.3 3.3"/>"#,
    /// Two arrows in a circle.
    Refresh = r#"<path d="M13.7 6.6A5.9 5.9 0 0 0 3.2 4.6L2 6.2M2 2.8v3.4h3.4M2.3 9.4a5.9 5.9 0 0 0 10.5 2L14 9.8M14 13.2V9.8h-3.4"/>"#,
    /// An eye.
    Eye = r#"<path d="M1.5 8S3.8 3.4 8 3.4 14.5 8 14.5 8 12.2 12.6 8 12.6 1.5 8 1.5 8z"/><circle cx="8" cy="8" r="2"/>"#,
    /// An eye, struck out.
    EyeOff = r#"<path d="M2.6 2.6l10.8 10.8M6.5 3.6A6 6 0 0 1 8 3.4c4.2 0 6.5 4.6 6.5 4.6a11 11 0 0 1-1.6 2.2M10.8 12a6.2 6.2 0 0 1-2.8.6C3.8 12.6 1.5 8 1.5 8a11 11 0 0 1 2.6-3.2M6.6 6.7a1.95 1.95 0 0 0 2.7 2.7"/>"#,
    /// A padlock.
    Lock = r#"<rect x="3" y="7" width="10" height="7" rx="2"/><path d="M5.1 7V5a2.9 2.9 0 0 1 5.8 0v2"/>"#,
    /// A shield with a tick.
    Shield = r#"<path d="M8 1.7l5.2 1.9v4.1c0 3.2-2.1 5.4-5.2 6.6-3.1-1.2-5.2-3.4-5.2-6.6V3.6zM5.8 7.9l1.6 1.6 2.9-3.2"/>"#,
    /// A bar chart.
    Bars = r#"<path d="M2 13.8h12M4.5 11.2V8.2M8 11.2V2.8M11.5 11.2V5.6"/>"#,
    /// Three dots.
    More = r#"<path d="M3.2 8h.01M8 8h.01M12.8 8h.01" stroke-width="2.5"/>"#,
    /// An arrow out of a door.
    SignOut = r#"<path d="M6.2 2.5H4.5a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h1.7M10.4 11.2L13.6 8l-3.2-3.2M13.4 8H6.4"/>"#,
    /// A strip of film: video.
    Film = r#"<rect x="2" y="2.5" width="12" height="11" rx="2"/><path d="M5 2.5v11M11 2.5v11M2 8h3M11 8h3"/>"#,
    /// A label.
    Tag = r#"<path d="M2.2 7.3V3.4c0-.7.5-1.2 1.2-1.2h3.9c.4 0 .8.2 1.1.5l5 5a1.5 1.5 0 0 1 0 2.1l-3.6 3.6a1.5 1.5 0 0 1-2.1 0l-5-5a1.5 1.5 0 0 1-.5-1.1z"/><circle cx="5.3" cy="5.3" r="0.9" fill="currentColor" stroke="none"/>"#,
    /// An envelope.
    Mail = r#"<rect x="2" y="3" width="12" height="10" rx="2.2"/><path d="M2.6 5l5.4 4.2L13.4 5"/>"#,
    /// A paper plane.
    Send = r#"<path d="M13.9 2.1L7.1 8.9M13.9 2.1L9.7 13.7 7.1 8.9 2.3 6.3z"/>"#,
    /// An arrow back.
    Undo = r#"<path d="M5.5 2.7L2.4 5.8l3.1 3.1M2.6 5.8h6.8a4 4 0 0 1 0 8H6.2"/>"#,
    /// A speech bubble.
    Comment = r#"<path d="M4 2.5h8a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2H7.5l-3.3 2.6v-2.6H4a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2z"/>"#,
    /// A heart, in previews.
    Heart = r#"<path d="M8 13.6S1.9 10.2 1.9 6.1a3.3 3.3 0 0 1 6.1-1.8 3.3 3.3 0 0 1 6.1 1.8c0 4.1-6.1 7.5-6.1 7.5z"/>"#,
    /// A bookmark, in previews.
    Bookmark = r#"<path d="M4 3.7c0-.8.7-1.5 1.5-1.5h5c.8 0 1.5.7 1.5 1.5v10.1l-4-2.9-4 2.9z"/>"#,
    /// Status draft: a dashed circle.
    Draft = r#"<circle cx="8" cy="8" r="6.1" stroke-dasharray="3.05 1.74" stroke-linecap="butt"/>"#,
    /// Status waiting: three dots in a circle.
    Waiting = r#"<circle cx="8" cy="8" r="6.1"/><path d="M5.3 8h.01M8 8h.01M10.7 8h.01" stroke-width="1.7"/>"#,
    /// Status changes asked: a return arrow in a circle.
    Changes = r#"<circle cx="8" cy="8" r="6.1"/><path d="M6.7 4.9L4.9 6.7l1.8 1.8M5.1 6.7h3.8a2 2 0 0 1 0 4H7.2"/>"#,
    /// Status approved: a tick in a circle.
    Approved = r#"<circle cx="8" cy="8" r="6.1"/><path d="M5.2 8.2l2 2 3.7-4.3"/>"#,
    /// Status scheduled: clock hands in a circle.
    Scheduled = r#"<circle cx="8" cy="8" r="6.1"/><path d="M8 4.7V8l2.2 1.5"/>"#,
    /// Status publishing: an arrow in a ring that turns.
    Publishing = r#"<path class="turns" d="M8 1.9A6.1 6.1 0 1 1 1.9 8"/><path d="M8 10.9V5.5M5.7 7.7L8 5.4l2.3 2.3"/>"#,
    /// Status published: a solid disc with a tick.
    Published = r#"<path d="M8 1.2a6.8 6.8 0 1 0 0 13.6A6.8 6.8 0 0 0 8 1.2zM5.67 7.63l1.39 1.4 3.24-3.75 1.2 1.04-4.36 5.05-2.61-2.6z" fill="currentColor" fill-rule="evenodd" stroke="none"/>"#,
    /// Status failed: a solid disc with an exclamation mark.
    Failed = r#"<path d="M8 1.2a6.8 6.8 0 1 0 0 13.6A6.8 6.8 0 0 0 8 1.2zM7.15 4.9a.85.85 0 0 1 1.7 0v3.4a.85.85 0 0 1-1.7 0zM8 10.2a.95.95 0 1 1 0 1.9.95.95 0 0 1 0-1.9z" fill="currentColor" fill-rule="evenodd" stroke="none"/>"#,
    /// Status unknown: a question mark in a circle.
    Unknown = r#"<circle cx="8" cy="8" r="6.1"/><path d="M6.2 6.4a1.85 1.85 0 1 1 2.7 1.65c-.6.3-.9.65-.9 1.25"/><circle cx="8" cy="11.3" r="0.85" fill="currentColor" stroke="none"/>"#,
    /// Status cancelled: a crossed circle.
    Cancelled = r#"<circle cx="8" cy="8" r="6.1"/><path d="M3.8 12.2l8.4-8.4"/>"#,
    /// TikTok’s note.
    TikTok = r#"<path d="M8.3 1.3h2.3c.2 1.9 1.4 3.1 3.2 3.3v2.3c-1.2 0-2.3-.4-3.2-1v4.6a4.2 4.2 0 1 1-4.9-4.15v2.4a1.85 1.85 0 1 0 2.6 1.7z" fill="currentColor" stroke="none"/>"#,
    /// Instagram’s camera.
    Instagram = r#"<rect x="2.1" y="2.1" width="11.8" height="11.8" rx="3.5"/><circle cx="8" cy="8" r="2.8"/><circle cx="11.4" cy="4.6" r="0.9" fill="currentColor" stroke="none"/>"#,
    /// YouTube’s screen.
    YouTube = r#"<path d="M4.2 3h7.6A3 3 0 0 1 14.8 6v4a3 3 0 0 1-3 3H4.2a3 3 0 0 1-3-3V6a3 3 0 0 1 3-3zM6.6 5.7v4.6L10.6 8z" fill="currentColor" fill-rule="evenodd" stroke="none"/>"#,
    /// Bluesky’s butterfly.
    Bluesky = r#"<path d="M8 7.1C7.2 5.4 5.2 3.1 3.5 2.2 2 1.5 1 1.8 1 3.5c0 1 .5 3.7.8 4.3.7 1.3 2 1.6 3.3 1.4-2 .3-3.2 1.3-1.9 2.9 2 2.4 4 .1 4.8-1.8.8 1.9 2.8 4.2 4.8 1.8 1.3-1.6.1-2.6-1.9-2.9 1.3.2 2.6-.1 3.3-1.4.3-.6.8-3.3.8-4.3 0-1.7-1-2-2.5-1.3C10.8 3.1 8.8 5.4 8 7.1z" fill="currentColor" stroke="none"/>"#,
    /// Facebook’s letter.
    Facebook = r#"<path d="M9.3 14.5V9.1h1.9l.4-2.4H9.3V5.3c0-.8.4-1.2 1.3-1.2h1.1V2c-.5-.1-1.1-.2-1.7-.2-2 0-3.2 1.2-3.2 3.3v1.6h-2v2.4h2v5.4z" fill="currentColor" stroke="none"/>"#,
    /// LinkedIn’s letters.
    LinkedIn = r#"<path d="M2.3 6h2.4v7.5H2.3zM3.5 2.2a1.4 1.4 0 1 1 0 2.8 1.4 1.4 0 0 1 0-2.8zM6.5 6h2.3v1c.5-.8 1.4-1.2 2.5-1.2 2 0 2.7 1.3 2.7 3.3v4.4h-2.4V9.6c0-1-.3-1.7-1.2-1.7s-1.5.7-1.5 1.8v3.8H6.5z" fill="currentColor" stroke="none"/>"#,
    /// Threads’ loop.
    Threads = r#"<path d="M11.8 5.7C11.3 3.5 9.9 2.3 8 2.3 5.2 2.3 3.6 4.4 3.6 8s1.6 5.7 4.4 5.7c2.4 0 4.1-1.2 4.1-3.1 0-1.9-1.7-2.8-3.9-2.8-1.5 0-2.5.6-2.5 1.6 0 .9.8 1.5 1.8 1.5 1.5 0 2.4-1 2.3-2.8C9.7 6.7 8.9 6 7.8 6c-.8 0-1.4.3-1.8.9"/>"#,
}

impl Icon {
    /// The icon as a picture beside a word; screen readers skip it.
    pub fn view(self) -> impl IntoView {
        self.view_as("icon")
    }

    /// The icon with classes of its own, such as `icon icon-14`.
    pub fn view_as(self, class: &'static str) -> impl IntoView {
        view! {
            <svg
                class=class
                viewBox="0 0 16 16"
                aria-hidden="true"
                inner_html=self.shape()
            ></svg>
        }
    }
}

impl From<Platform> for Icon {
    fn from(platform: Platform) -> Self {
        match platform {
            Platform::TikTok => Self::TikTok,
            Platform::Bluesky => Self::Bluesky,
        }
    }
}
