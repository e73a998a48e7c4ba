//! What a person was told, and how they wish to be told.

mod list;
mod preferences;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::{Icon, TopBar};
use crate::pages::layout::use_desk;

pub use list::NoticeList;
pub use preferences::PreferencesForm;

/// `/notices`
#[component]
pub fn NoticesPage() -> impl IntoView {
    let desk = use_desk();
    // The number in the bell moves whenever something was told or read.
    let unread = Memo::new(move |_| desk.look().unread);
    view! {
        <Title text="Notices" />
        <TopBar title="Notices">
            <a class="button secondary small" href="/me/notices">
                {Icon::Settings.view()}
                <span>"What you are told"</span>
            </a>
        </TopBar>
        <div class="page-body">
            <NoticeList moved=unread on_read=Callback::new(move |()| desk.look_now()) />
        </div>
    }
    .into_any()
}

/// `/me/notices`
#[component]
pub fn PreferencesPage() -> impl IntoView {
    view! {
        <Title text="What you are told" />
        <TopBar title="What you are told" back="/notices" back_label="Notices" />
        <div class="page-body form-page">
            <PreferencesForm />
        </div>
    }
    .into_any()
}

/// `/portal/notices`: both on one page.
#[component]
pub fn PortalNoticesPage() -> impl IntoView {
    view! {
        <Title text="Notices" />
        <div class="page-body portal-notices">
            <h1>"Notices"</h1>
            <NoticeList />
            <h2>"What you are told"</h2>
            <PreferencesForm />
        </div>
    }
    .into_any()
}
