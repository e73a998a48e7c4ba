//! One delivery with all that happened to it.

use domain::{ClientId, DeliveryId, DeliveryState};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::attempt::attempt;
use super::side::side;
use crate::api::history::{DeliveryData, delivery};
use crate::components::progress::transfer_line;
use crate::components::{Icon, PanelSkeleton, Progress, Status, StatusPill, Thumb, TopBar};
use crate::pages::layout::use_desk;
use crate::pages::live::use_live;
use crate::pages::standing::Standing;
use crate::pages::trouble::{Trouble, no_such_page};
use crate::state::resource::resource;

/// The page of a delivery; it moves along while the delivery does.
#[component]
pub fn DeliveryPage() -> impl IntoView {
    let desk = use_desk();
    let params = use_params_map();
    let id = Memo::new(move |_| {
        params.with(|params| params.get("delivery")?.parse::<DeliveryId>().ok())
    });
    let ids = move || desk.client_id().zip(id.get());
    let found = resource(ids, |ids| async move {
        match ids {
            Some((client, id)) => delivery(client, id).await,
            None => Err(no_such_page()),
        }
    });
    use_live(
        Signal::derive(move || found.with(|found| Some(found.as_ref()?.as_ref().ok()?.version))),
        move || found.refetch(),
    );
    let content = move || {
        let client = desk.client_id();
        let on_change = Callback::new(move |()| {
            found.refetch();
            desk.look_now();
        });
        found.get().map(|found| match (client, found) {
            (Some(client), Ok(found)) => shown(client, found, on_change),
            (_, Err(error)) => bare(client, view! { <Trouble error /> }.into_any()),
            (None, _) => ().into_any(),
        })
    };
    let waiting = move || {
        let client = untrack(|| desk.client_id());
        bare(client, view! { <PanelSkeleton lines=8 /> }.into_any())
    };
    view! {
        <Title text="History of a post" />
        <Transition fallback=waiting>{content}</Transition>
    }
    .into_any()
}

fn bare(client: Option<ClientId>, body: AnyView) -> AnyView {
    let back = client.map_or_else(|| "/clients".to_owned(), history_of);
    view! {
        <TopBar title="History of a post" back=back back_label="Back to history" />
        <div class="page-body">{body}</div>
    }
    .into_any()
}

fn history_of(client: ClientId) -> String {
    format!("/clients/{client}/history")
}

fn shown(client: ClientId, found: DeliveryData, on_change: Callback<()>) -> AnyView {
    let row = &found.row;
    let (state, platform) = (row.state, row.platform);
    let title = if row.title.is_empty() {
        "Without a caption".to_owned()
    } else {
        row.title.clone()
    };
    let held = row.held;
    let pill = move || match held {
        Some(held) => view! {
            <StatusPill status=Status::Waiting words=held.words() icon=Icon::Pause />
        }
        .into_any(),
        None => view! { <StatusPill status=state /> }.into_any(),
    };
    let may_edit =
        state.is_editable() || matches!(state, DeliveryState::Failed | DeliveryState::Cancelled);
    // What has left keeps its words, and still has tags and a note.
    let (icon, words) = if may_edit {
        (Icon::Pencil, "Open the post")
    } else {
        (Icon::Tag, "Tags and note")
    };
    let post = view! {
        <a class="button secondary small" href=format!("/clients/{client}/posts/{}", found.post)>
            {icon.view()}
            <span>{words}</span>
        </a>
    };
    let public = row.post_url.clone().map(|url| {
        view! {
            <a class="button secondary small" href=url target="_blank" rel="noopener external">
                {Icon::External.view()}
                <span>{format!("View on {platform}")}</span>
            </a>
        }
    });
    view! {
        <TopBar title=title back=history_of(client) back_label="Back to history" beside=pill>
            {post}
            {public}
        </TopBar>
        <div class="delivery">
            <div class="delivery-main">
                <div class="delivery-head">
                    <Thumb url=row.poster_url.clone() />
                    <div>
                        <div class="delivery-account">
                            {Icon::from(platform).view()} {row.account_name.clone()}
                        </div>
                        <p class="delivery-line">{summary(&found)}</p>
                    </div>
                </div>
                <Standing client post=found.post standing=found.standing.clone() on_change />
                {progress(&found)}
                {found.attempts.clone().into_iter().map(attempt).collect_view()}
            </div>
            {side(&found)}
        </div>
    }
    .into_any()
}

/// "Due Mon 12 Oct 2026, 17:30:00. Published 17:31:52 London, after 2 attempts."
fn summary(found: &DeliveryData) -> AnyView {
    let place = found.place.clone();
    let attempts = match found.row.attempts {
        1 => "after 1 attempt".to_owned(),
        attempts => format!("after {attempts} attempts"),
    };
    let rest = match &found.published_exact {
        Some(time) => view! {
            ". Published "
            <time>{time.clone()}</time>
            {format!(" {place}, {attempts}.")}
        }
        .into_any(),
        None => format!(" {place}.").into_any(),
    };
    view! {
        "Due "
        <time>{found.due_exact.clone()}</time>
        {rest}
    }
    .into_any()
}

/// How far the upload is, while something is on its way.
fn progress(found: &DeliveryData) -> impl IntoView + use<> {
    let (sent, total) = found.progress.filter(|_| found.row.state.is_moving())?;
    #[expect(clippy::cast_precision_loss, reason = "a bar of a few hundred pixels")]
    let fraction = sent as f64 / total.max(1) as f64;
    Some(view! {
        <div class="delivery-progress">
            <Progress
                label="Sent to the platform"
                fraction=Signal::stored(fraction)
                line=Signal::stored(transfer_line(sent, total, None))
            />
        </div>
    })
}
