//! Where the composer stands: on a page of its own, or as a sheet over the calendar.

use domain::{ClientId, PostId};
use leptos::children::ViewFnOnce;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;

use crate::components::{Icon, TopBar};

/// A sheet over another page. Whoever shows the composer in one provides it as a context.
#[derive(Clone, Copy)]
pub struct Sheet {
    /// The address of that page with this post over it.
    pub address: Callback<PostId, String>,
    /// Shows this post instead.
    pub open: Callback<PostId>,
    /// Takes the sheet away.
    pub close: Callback<()>,
}

/// Where the composer stands.
#[derive(Clone, Copy)]
pub(super) struct Place {
    client: ClientId,
    sheet: Option<Sheet>,
    navigate: Callback<String>,
}

/// Where the composer of this client's post stands.
pub(super) fn use_place(client: ClientId) -> Place {
    let navigate = use_navigate();
    Place {
        client,
        sheet: use_context(),
        navigate: Callback::new(move |href: String| navigate(&href, Default::default())),
    }
}

impl Place {
    /// The address under which a post is found here.
    pub(super) fn address(self, post: PostId) -> String {
        match self.sheet {
            Some(sheet) => sheet.address.run(post),
            None => page_of(self.client, post),
        }
    }

    /// Opens another post here.
    pub(super) fn open(self, post: PostId) {
        match self.sheet {
            Some(sheet) => sheet.open.try_run(post),
            None => self.navigate.try_run(page_of(self.client, post)),
        };
    }

    /// Leaves the composer for the calendar: the one below, or that of a month such as "2026-10", or of today where it
    /// is empty.
    pub(super) fn leave(self, month: &str) {
        match self.sheet {
            Some(sheet) => sheet.close.try_run(()),
            None => self.navigate.try_run(calendar_of(self.client, month)),
        };
    }
}

fn page_of(client: ClientId, post: PostId) -> String {
    format!("/clients/{client}/posts/{post}")
}

fn calendar_of(client: ClientId, month: &str) -> String {
    match month {
        "" => format!("/clients/{client}/calendar"),
        month => format!("/clients/{client}/calendar?month={month}"),
    }
}

/// The head of the composer: on a page with the way back to the calendar, on a sheet with the way out.
#[component]
pub(super) fn Head(
    place: Place,
    #[prop(into)] title: Signal<String>,
    /// The month that the way back leads to.
    month: String,
    /// The post's page, while it can be left for that without losing anything.
    #[prop(into)]
    page: Signal<Option<PostId>>,
    #[prop(into)] beside: ViewFnOnce,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let actions = children.map(|children| children());
    let Some(sheet) = place.sheet else {
        return view! {
            <Title text=move || title.get() />
            <TopBar
                title=title
                back=calendar_of(place.client, &month)
                back_label="Back to the calendar"
                beside=beside
            >
                {actions}
            </TopBar>
        }
        .into_any();
    };
    let whole = move || {
        page.get().map(|post| {
            view! {
                <a
                    class="button quiet small icon-only"
                    href=page_of(place.client, post)
                    aria-label="Open as a page"
                    title="Open as a page"
                >
                    {Icon::External.view()}
                </a>
            }
        })
    };
    view! {
        <TopBar title=title beside=beside>
            {actions} {whole} {way_out(sheet)}
        </TopBar>
    }
    .into_any()
}

/// The head while there is no post to name.
#[component]
pub(super) fn BareHead() -> impl IntoView {
    let out = use_context().map(way_out);
    view! { <TopBar title="Post">{out}</TopBar> }
}

fn way_out(sheet: Sheet) -> AnyView {
    view! {
        <button
            class="button quiet small icon-only"
            type="button"
            aria-label="Close"
            title="Close (Esc)"
            on:click=move |_| {
                sheet.close.try_run(());
            }
        >
            {Icon::Close.view()}
        </button>
    }
    .into_any()
}
