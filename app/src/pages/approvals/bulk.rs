//! What is done to all that is chosen.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Tab;
use crate::api::ApiError;
use crate::api::approvals::{BulkAnswer, Pick, remind, send_for_approval, take_back_reviews};
use crate::components::{Icon, Show, use_toasts};

/// Something that is done to many posts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Send,
    Remind,
    TakeBack,
}

impl Act {
    const fn of(tab: Tab) -> &'static [Self] {
        match tab {
            Tab::Ready => &[Self::Send],
            Tab::Agency | Tab::Client => &[Self::Remind, Self::TakeBack],
            Tab::Changes | Tab::Approved => &[],
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Send => "Send for approval",
            Self::Remind => "Remind",
            Self::TakeBack => "Take back",
        }
    }

    const fn did(self) -> &'static str {
        match self {
            Self::Send => "sent for approval",
            Self::Remind => "reminded of",
            Self::TakeBack => "taken back",
        }
    }

    const fn icon(self) -> Icon {
        match self {
            Self::Send => Icon::Send,
            Self::Remind => Icon::Mail,
            Self::TakeBack => Icon::Undo,
        }
    }

    async fn run(self, picks: Vec<Pick>) -> Result<BulkAnswer, ApiError> {
        match self {
            Self::Send => send_for_approval(picks).await,
            Self::Remind => remind(picks).await,
            Self::TakeBack => take_back_reviews(picks).await,
        }
    }
}

/// Does something to posts, one thing at a time, and says what came of it.
fn runner(on_change: Callback<()>) -> (RwSignal<bool>, Callback<(Act, Vec<Pick>)>) {
    let toasts = use_toasts();
    let busy = RwSignal::new(false);
    let run = Callback::new(move |(act, picks): (Act, Vec<Pick>)| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = act.run(picks).await;
            busy.try_set(false);
            let words = match answer {
                Ok(answer) => answer.sentence(act.did()),
                Err(error) => error.to_string(),
            };
            if let Some(toasts) = toasts {
                toasts.say(words);
            }
            on_change.try_run(());
        });
    });
    (busy, run)
}

/// "Remind all 4": reminds of all that waits with one client, or with the agency for it.
#[component]
pub(super) fn RemindAll(picks: Vec<Pick>, on_change: Callback<()>) -> impl IntoView {
    let (busy, run) = runner(on_change);
    let label = match picks.len() {
        1 => "Remind".to_owned(),
        2 => "Remind both".to_owned(),
        many => format!("Remind all {many}"),
    };
    view! {
        <button
            class="button quiet small approvals-remind"
            type="button"
            disabled=move || busy.get()
            on:click=move |_| run.run((Act::Remind, picks.clone()))
        >
            {label}
        </button>
    }
}

/// The bar that shows while something is chosen.
#[component]
pub(super) fn BulkBar(
    tab: Tab,
    picks: RwSignal<Vec<Pick>>,
    on_change: Callback<()>,
) -> impl IntoView {
    let (busy, run) = runner(on_change);
    let buttons = move || {
        Act::of(tab)
            .iter()
            .map(|act| {
                let act = *act;
                view! {
                    <button
                        class="bulk-button"
                        type="button"
                        disabled=move || busy.get()
                        on:click=move |_| run.run((act, picks.get_untracked()))
                    >
                        {act.icon().view()}
                        {act.label()}
                    </button>
                }
            })
            .collect_view()
    };
    view! {
        <Show when=move || picks.with(|picks| !picks.is_empty())>
            <div class="bulk-bar" role="toolbar" aria-label="What is done to all that is chosen">
                <span class="bulk-count" role="status">
                    {move || picks.with(Vec::len)}
                    " selected"
                </span>
                {buttons()}
                <button class="bulk-button" type="button" on:click=move |_| picks.set(Vec::new())>
                    {Icon::Close.view()}
                    "Clear"
                </button>
            </div>
        </Show>
    }
    .into_any()
}
