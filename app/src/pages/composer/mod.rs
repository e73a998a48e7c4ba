//! `/clients/:client/posts/new?at=…` and `/clients/:client/posts/:post`: writing a post.

mod accounts;
mod beside;
mod bluesky_panel;
mod bluesky_preview;
mod bottom_bar;
mod caption;
mod checks;
mod creator;
mod declaration;
mod disclosure;
mod editing;
mod editor;
mod judge;
mod locked;
mod marked_field;
mod marks;
mod media;
mod media_copy;
mod media_item;
mod mend;
mod menu;
mod notes;
mod on_account;
mod preview;
mod slots;
mod snippet_dialog;
mod snippets;
mod tags;
mod tiktok_cover;
mod tiktok_options;
mod tiktok_panel;
mod tiktok_pictures;
mod trouble;
mod unsaved;
mod versions;

use domain::{ClientId, PostId};
use leptos::prelude::*;
use leptos::web_sys::js_sys;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::layout::use_desk;
use super::live::use_live;
use super::trouble::{Trouble, no_such_page};
use crate::api::posts::composer;
use crate::components::{PanelSkeleton, TopBar, ViewerZone};
use crate::state::resource::resource;
use beside::BesideLocked;
use editor::Editor;
use locked::Locked;

/// Which post is written: `Some(None)` is a new one, `None` an address that names nothing.
fn post_of(param: Option<&str>) -> Option<Option<PostId>> {
    match param {
        None | Some("new") => Some(None),
        Some(id) => id.parse().ok().map(Some),
    }
}

/// The moment, in milliseconds, by the browser's clock; on a server nobody asks.
fn now_ms() -> f64 {
    if cfg!(feature = "hydrate") {
        js_sys::Date::now()
    } else {
        0.0
    }
}

/// A post that is written, or one that has left and can only be looked at.
#[component]
pub fn ComposerPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let wanted = Memo::new(move |_| {
        params.with(|params| {
            let client: ClientId = params.get_str("client")?.parse().ok()?;
            Some((client, post_of(params.get_str("post"))?))
        })
    });
    let at = Memo::new(move |_| query.with(|query| query.get("at")));
    let data = resource(
        move || (wanted.get(), at.get()),
        |(wanted, at)| async move {
            let (client, post) = wanted.ok_or_else(no_such_page)?;
            composer(client, post, at).await.map(|data| (client, data))
        },
    );
    // Only what nobody writes on any more moves along by itself.
    let version = Signal::derive(move || {
        data.with(|data| {
            let (_, data) = data.as_ref()?.as_ref().ok()?;
            let post = data.post.as_ref()?;
            (!post.is_editable).then_some(data.version)
        })
    });
    use_live(version, move || data.refetch());
    let desk = use_desk();
    let on_change = Callback::new(move |()| {
        data.refetch();
        desk.look_now();
    });
    let page = move || {
        Suspend::new(async move {
            match data.await {
                Err(error) => view! {
                    <TopBar title="Post" />
                    <div class="page-body">
                        <Trouble error />
                    </div>
                }
                .into_any(),
                Ok((client, data)) => match data.post.clone().filter(|post| !post.is_editable) {
                    Some(post) => view! { <Locked client data post on_change /> }.into_any(),
                    None => view! { <Editor client data on_change /> }.into_any(),
                },
            }
        })
    };
    let locked = RwSignal::new(None);
    Effect::new(move |_| {
        let now = data.with(|data| {
            let (client, data) = data.as_ref()?.as_ref().ok()?;
            let post = data.post.as_ref().filter(|post| !post.is_editable)?;
            Some((*client, post.id))
        });
        if locked.get_untracked() != now {
            locked.set(now);
        }
    });
    view! {
        <Title text="Post" />
        <Transition fallback=Loading>{page}</Transition>
        // Apart from the post, which moves along by itself: somebody may be typing here.
        <For
            each=move || locked.get()
            key=|key| *key
            children=|(client, post)| view! { <BesideLocked client post /> }
        />
        <ViewerZone />
    }
    .into_any()
}

#[component]
fn Loading() -> impl IntoView {
    view! {
        <TopBar title="Post" />
        <div class="composer">
            <div class="composer-main">
                <PanelSkeleton lines=5 />
                <PanelSkeleton lines=4 />
            </div>
            <div class="composer-side"></div>
        </div>
    }
}
