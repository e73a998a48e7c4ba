//! The copies of a file that are on their way or came to nothing.

use domain::copy::CopyState;
use domain::{AssetId, CopyId};
use leptos::prelude::*;

use crate::components::{Icon, Progress};
use crate::state::copies::Copies;

/// What a row looks like; how far it is moves within.
#[derive(Clone, PartialEq)]
enum Looks {
    Waiting,
    Running,
    Failed(String),
    /// It is shown elsewhere, or nowhere.
    Nothing,
}

/// A row for each copy of this file that is waited for, or was in vain.
#[component]
pub fn CopyRows(copies: Copies, original: AssetId) -> impl IntoView {
    let ids = Memo::new(move |_| {
        let rows = copies.of(original);
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    });
    let trouble = Memo::new(move |_| copies.trouble_of(original));
    view! {
        <For each=move || ids.get() key=|id| *id children=move |id| row(copies, id) />
        {move || {
            trouble
                .get()
                .map(|sentence| {
                    view! {
                        <p class="upload-fact refused" role="alert">
                            {Icon::Triangle.view()}
                            {sentence}
                        </p>
                    }
                })
        }}
    }
    .into_any()
}

fn row(copies: Copies, id: CopyId) -> AnyView {
    let looks = Memo::new(move |_| {
        copies
            .one(id)
            .map_or(Looks::Nothing, |row| match row.state {
                CopyState::Waiting => Looks::Waiting,
                CopyState::Running => Looks::Running,
                CopyState::Failed => Looks::Failed(row.problem.unwrap_or_default()),
                CopyState::Done | CopyState::Cancelled => Looks::Nothing,
            })
    });
    let how = copies.one(id).map_or_else(String::new, |row| row.how);
    let progress = Memo::new(move |_| copies.one(id).map_or(0, |row| row.progress));
    (move || {
        let label = format!("Copy {how}");
        match looks.get() {
            Looks::Nothing => ().into_any(),
            Looks::Failed(problem) => view! {
                <div class="copy-row" role="group" aria-label=label>
                    <p class="upload-fact refused" role="alert">
                        {Icon::Triangle.view()}
                        {format!("No copy {how} was made. {problem}")}
                    </p>
                    <button
                        class="button secondary small"
                        type="button"
                        on:click=move |_| {
                            if let Some(row) = untrack(|| copies.one(id)) {
                                copies.retry(&row);
                            }
                        }
                    >
                        "Try again"
                    </button>
                </div>
            }
            .into_any(),
            moving => {
                let (how, named) = (how.clone(), label.clone());
                let line = Signal::derive(move || match moving {
                    Looks::Waiting => format!("A copy {how} waits for its turn"),
                    _ => format!("Making a copy {how}, {}%", progress.get()),
                });
                view! {
                    <div class="copy-row" role="group" aria-label=named>
                        <div class="copy-progress">
                            <Progress
                                label=label
                                fraction=Signal::derive(move || f64::from(progress.get()) / 100.0)
                                line
                            />
                        </div>
                        <button
                            class="button quiet small"
                            type="button"
                            on:click=move |_| {
                                if let Some(row) = untrack(|| copies.one(id)) {
                                    copies.cancel(&row);
                                }
                            }
                        >
                            "Cancel"
                        </button>
                    </div>
                }
                .into_any()
            }
        }
    })
    .into_any()
}
