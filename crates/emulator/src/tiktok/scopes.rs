/// One permission, as the consent page shows it.
pub(super) struct Scope {
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
    /// Whether a person may refuse it and still connect.
    pub(super) toggleable: bool,
}

pub(super) const USER_INFO_BASIC: &str = "user.info.basic";
pub(super) const USER_INFO_PROFILE: &str = "user.info.profile";
pub(super) const USER_INFO_STATS: &str = "user.info.stats";
pub(super) const VIDEO_PUBLISH: &str = "video.publish";
pub(super) const VIDEO_UPLOAD: &str = "video.upload";
pub(super) const VIDEO_LIST: &str = "video.list";

pub(super) const SCOPES: [Scope; 6] = [
    Scope {
        name: USER_INFO_BASIC,
        meaning: "Read your avatar and display name",
        toggleable: false,
    },
    Scope {
        name: USER_INFO_PROFILE,
        meaning: "Read your username, bio and profile link",
        toggleable: true,
    },
    Scope {
        name: USER_INFO_STATS,
        meaning: "Read your follower, like and video counts",
        toggleable: true,
    },
    Scope {
        name: VIDEO_PUBLISH,
        meaning: "Post content to TikTok",
        toggleable: true,
    },
    Scope {
        name: VIDEO_UPLOAD,
        meaning: "Upload draft content to TikTok",
        toggleable: true,
    },
    Scope {
        name: VIDEO_LIST,
        meaning: "Read your public videos",
        toggleable: true,
    },
];

pub(super) fn find(name: &str) -> Option<&'static Scope> {
    SCOPES.iter().find(|scope| scope.name == name)
}
