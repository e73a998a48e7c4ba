//! `/clients/:client/import`: a month of posts out of a spreadsheet, and a range into one.

mod guide;
mod report;

use domain::ClientId;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;

use super::layout::use_desk;
use super::trouble::{Trouble, no_such_page};
use crate::api::bulk::{ImportData, ImportPageData, ImportPosts, RowStanding, import_page};
use crate::components::{
    BusyButton, Field, FieldError, Icon, Notice, PanelSkeleton, Status, TopBar,
};
use crate::state::reading::text_of;
use crate::state::resource::resource;
use guide::Guide;
use report::Report;

/// The page.
#[component]
pub fn ImportPage() -> impl IntoView {
    let desk = use_desk();
    let data = resource(
        move || desk.client_id(),
        |client| async move {
            match client {
                Some(client) => import_page(client).await.map(|data| (client, data)),
                None => Err(no_such_page()),
            }
        },
    );
    let content = move || {
        data.get().map(|data| match data {
            Ok((client, data)) => shown(client, data),
            Err(error) => view! { <Trouble error /> }.into_any(),
        })
    };
    view! {
        <Title text="Import and export" />
        <TopBar
            title="Import and export"
            detail=Signal::derive(move || desk.client().map(|client| client.name))
        />
        <div class="page-body bulk">
            <Transition fallback=|| view! { <PanelSkeleton lines=6 /> }>{content}</Transition>
        </div>
    }
    .into_any()
}

fn shown(client: ClientId, data: ImportPageData) -> AnyView {
    let import = if data.may_import {
        view! { <Import client zone_label=data.zone_label.clone() /> }.into_any()
    } else {
        ().into_any()
    };
    view! {
        {import}
        <Guide accounts=data.accounts zone_label=data.zone_label />
        <Export client month=data.month />
    }
    .into_any()
}

/// A file, or its rows pasted; what would become of them; and then keeping them.
#[component]
fn Import(client: ClientId, zone_label: String) -> impl IntoView {
    let action = ServerAction::<ImportPosts>::new();
    let field = NodeRef::<html::Textarea>::new();
    let file_name = RwSignal::new(None::<String>);
    // What was told belongs to the rows that it was told of, and to no others.
    let asked = StoredValue::new(String::new());
    let answer = RwSignal::new(None::<Result<ImportData, String>>);
    Effect::new(move |_| {
        if let Some(result) = action.value().get() {
            answer.set(Some(result.map_err(|error| error.to_string())));
        }
    });
    let written = move || {
        field
            .get_untracked()
            .map_or_else(String::new, |field| field.value())
    };
    let ask = move |text: String, keep: bool| {
        asked.set_value(text.clone());
        action.dispatch(ImportPosts { client, text, keep });
    };
    let on_file = move |event: leptos::ev::Event| {
        let input = event_target::<leptos::web_sys::HtmlInputElement>(&event);
        let Some(file) = input.files().and_then(|files| files.get(0)) else {
            return;
        };
        file_name.set(Some(file.name()));
        // The same file may be chosen again once it was mended.
        input.set_value("");
        spawn_local(async move {
            let Some(text) = text_of(file).await else {
                answer.try_set(Some(Err(
                    "The file could not be read. Choose it again.".to_owned()
                )));
                return;
            };
            if let Some(field) = field.try_get_untracked().flatten() {
                field.set_value(&text);
                ask(text, false);
            }
        });
    };
    let is_checking = Signal::derive(move || {
        let keeps = action.input().get().is_some_and(|input| input.keep);
        action.pending().get() && !keeps
    });
    let refused = move || match answer.get() {
        Some(Err(sentence)) => Some(sentence),
        _ => None,
    };
    let told = move || match answer.get() {
        Some(Ok(data)) => Some(view! { <Told client data action asked /> }),
        _ => None,
    };
    view! {
        <form
            class="panel bulk-import"
            aria-labelledby="import-title"
            on:submit=move |event| {
                event.prevent_default();
                ask(written(), false);
            }
        >
            <div class="panel-head">
                <h2 class="panel-title" id="import-title">
                    "Import posts"
                </h2>
                <span class="muted">{format!("Times are those of {zone_label}")}</span>
            </div>
            <div class="bulk-body">
                <label class="button secondary bulk-file">
                    {Icon::Upload.view()}
                    "Choose a CSV file"
                    <input
                        class="sr-only"
                        type="file"
                        accept=".csv,text/csv,text/plain"
                        on:change=on_file
                    />
                </label>
                <span class="muted" role="status">
                    {move || file_name.get()}
                </span>
                <div class="field">
                    <label for="rows">"or paste its rows"</label>
                    <textarea
                        class="input bulk-rows"
                        id="rows"
                        rows="8"
                        spellcheck="false"
                        placeholder="date,time,accounts,caption,tags,notes,media"
                        aria-invalid=move || refused().map(|_| "true")
                        aria-describedby=move || refused().map(|_| "rows-error")
                        node_ref=field
                        on:input=move |_| answer.set(None)
                    ></textarea>
                    <div role="alert">
                        {move || {
                            refused()
                                .map(|sentence| view! { <FieldError id="rows-error" message=sentence /> })
                        }}
                    </div>
                </div>
            </div>
            <div class="form-foot">
                <span class="muted">"Nothing is kept before you have seen what it becomes."</span>
                <BusyButton
                    class="button secondary"
                    label="Check the rows"
                    busy_label="Checking"
                    busy=is_checking
                />
            </div>
        </form>
        <div role="status">{told}</div>
    }
    .into_any()
}

/// What became of the rows, or would; and the way to keep them.
#[component]
fn Told(
    client: ClientId,
    data: ImportData,
    action: ServerAction<ImportPosts>,
    asked: StoredValue<String>,
) -> impl IntoView {
    let wrong = data.count(RowStanding::Wrong);
    let ready = data.count(RowStanding::Fine) + data.count(RowStanding::Doubtful);
    let head = report::head(client, &data);
    let may_keep = data.imported.is_none() && wrong == 0 && ready > 0;
    let keep = may_keep.then(|| {
        let label = if ready == 1 {
            "Import 1 draft".to_owned()
        } else {
            format!("Import {ready} drafts")
        };
        let busy = Signal::derive(move || action.pending().get());
        view! {
            <form
                class="bulk-keep"
                on:submit=move |event| {
                    event.prevent_default();
                    action
                        .dispatch(ImportPosts {
                            client,
                            text: asked.get_value(),
                            keep: true,
                        });
                }
            >
                <BusyButton label busy_label="Importing" busy />
            </form>
        }
    });
    let whole = data
        .told
        .iter()
        .cloned()
        .map(|sentence| view! { <Notice status=Status::Waiting icon=Icon::Triangle lead=sentence /> })
        .collect_view();
    view! {
        <section class="bulk-told" aria-label="What becomes of the rows">
            {head} {whole} {keep} <Report rows=data.rows />
        </section>
    }
    .into_any()
}

/// The posts of a range as a file. A plain form: the browser keeps what comes.
#[component]
fn Export(client: ClientId, month: (String, String)) -> impl IntoView {
    let (from, until) = month;
    view! {
        <form
            class="panel"
            id="export"
            method="get"
            action=format!("/clients/{client}/posts.csv")
            aria-labelledby="export-title"
        >
            <div class="panel-head">
                <h2 class="panel-title" id="export-title">
                    "Export posts"
                </h2>
                <span class="muted">"In the same columns, with internal notes"</span>
            </div>
            <div class="form bulk-range">
                <Field id="from" label="From">
                    <input class="input" id="from" name="from" type="date" value=from />
                </Field>
                <Field id="until" label="Until">
                    <input class="input" id="until" name="until" type="date" value=until />
                </Field>
            </div>
            <div class="form-foot">
                <button class="button secondary" type="submit">
                    {Icon::Download.view()}
                    "Export as CSV"
                </button>
            </div>
        </form>
    }
    .into_any()
}
