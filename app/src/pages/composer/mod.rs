//! `/clients/:client/posts/new?at=…` and `/clients/:client/posts/:post`: writing a post. The same as a sheet over the
//! calendar, at `/clients/:client/calendar?post=new&at=…` and `?post=…`.

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
mod duplicate;
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
mod place;
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
use crate::components::{PanelSkeleton, ViewerZone};
use crate::state::resource::resource;
use beside::BesideLocked;
use editor::Editor;
use locked::Locked;
use place::BareHead;
pub use place::Sheet;

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

/// Which post an address asks for, and the time that a new one begins with.
type Wanted = (Option<Option<PostId>>, Option<String>);

/// A post that is written, or one that has left and can only be looked at, on a page of its own.
#[component]
pub fn ComposerPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let wanted = Memo::new(move |_| {
        let post = params.with(|params| post_of(params.get_str("post")));
        (post, query.with(|query| query.get("at")))
    });
    view! {
        <Title text="Post" />
        <Composer wanted />
        <ViewerZone />
    }
    .into_any()
}

/// The same over another page, whose address names the post and which provides a [`Sheet`].
#[component]
pub fn ComposerSheet() -> impl IntoView {
    let query = use_query_map();
    let wanted = Memo::new(move |before: Option<&Wanted>| {
        let now =
            query.with(|query| Some((post_of(Some(query.get_str("post")?)), query.get("at"))));
        // Without one the sheet is about to be taken away: nothing is asked for any more.
        now.or_else(|| before.cloned()).unwrap_or_default()
    });
    view! { <Composer wanted /> }.into_any()
}

#[component]
fn Composer(wanted: Memo<Wanted>) -> impl IntoView {
    let params = use_params_map();
    let client = Memo::new(move |_| {
        params.with(|params| params.get_str("client")?.parse::<ClientId>().ok())
    });
    let data = resource(
        move || (client.get(), wanted.get()),
        |(client, (post, at))| async move {
            let (client, post) = client.zip(post).ok_or_else(no_such_page)?;
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
                    <BareHead />
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
        <Transition fallback=Loading>{page}</Transition>
        // Apart from the post, which moves along by itself: somebody may be typing here.
        <For
            each=move || locked.get()
            key=|key| *key
            children=|(client, post)| view! { <BesideLocked client post /> }
        />
    }
    .into_any()
}

#[component]
fn Loading() -> impl IntoView {
    view! {
        <BareHead />
        <div class="composer">
            <div class="composer-main">
                <PanelSkeleton lines=5 />
                <PanelSkeleton lines=4 />
            </div>
            <div class="composer-side"></div>
        </div>
    }
}
