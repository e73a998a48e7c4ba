//! The pieces that pages are made of. None of them loads data.

pub mod avatar;
pub mod button;
pub mod dialog;
pub mod disclosure;
pub mod empty;
pub mod field;
pub mod frame;
pub mod icon;
pub mod mark;
pub mod menu;
pub mod notice;
pub mod platform;
pub mod progress;
pub mod segmented;
pub mod show;
pub mod skeleton;
pub mod status;
pub mod switcher;
pub mod tabs;
pub mod toast;
pub mod top_bar;
pub mod viewer_zone;

pub use avatar::{
    AccountAvatar, AccountIdentity, AgencyAvatar, AvatarSize, ClientAvatar, PersonAvatar,
};
pub use button::BusyButton;
pub use dialog::{Dialog, DialogFoot, DialogHead};
pub use empty::Empty;
pub use field::{Field, FieldError, PasswordField, Select};
pub use frame::{Frame, RailClient, RailItem};
pub use icon::Icon;
pub use mark::{Mark, Wordmark};
pub use menu::{Menu, MenuButton, MenuDivider, MenuHead, MenuLink};
pub use notice::Notice;
pub use platform::{Edges, Glyphs, Thumb};
pub use progress::Progress;
pub use segmented::{Segment, Segmented};
pub use show::Show;
pub use skeleton::{CardSkeleton, MonthSkeleton, PanelSkeleton, TableSkeleton};
pub use status::{Status, StatusInline, StatusPill};
pub use tabs::{Tab, Tabs};
pub use toast::{ToastRegion, Toasts, provide_toasts, use_toasts};
pub use top_bar::TopBar;
pub use viewer_zone::ViewerZone;
