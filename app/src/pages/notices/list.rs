//! The list of what a person was told: the same at the desk and in the portal.

use domain::notice::NoticeKind;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

use crate::api::notices::{NoticeRow, NoticesData, ReadAllNotices, ReadNotice, notices};
use crate::components::{Empty, Icon, Status, TableSkeleton};
use crate::pages::trouble::Trouble;
use crate::state::resource::resource;

/// The list, with what marks them as read. It needs nothing of the frame around it.
#[component]
pub fn NoticeList(
    /// Moves when there may be something new.
    #[prop(optional, into)]
    moved: Signal<u32>,
    /// Called after something was marked as read.
    #[prop(optional, into)]
    on_read: Option<Callback<()>>,
) -> impl IntoView {
    let read = ServerAction::<ReadNotice>::new();
    let read_all = ServerAction::<ReadAllNotices>::new();
    let query = use_query_map();
    let before =
        Memo::new(move |_| query.with(|query| query.get("before").and_then(|id| id.parse().ok())));
    let page = resource(
        move || (before.get(), read.version().get(), read_all.version().get()),
        |(before, ..)| notices(before),
    );
    Effect::new(move |last: Option<u32>| {
        let now = moved.get();
        if last.is_some_and(|last| last != now) {
            page.refetch();
        }
        now
    });
    Effect::new(move |_| {
        let is_done = read.value().with(Option::is_some) || read_all.value().with(Option::is_some);
        if let (true, Some(on_read)) = (is_done, on_read) {
            on_read.run(());
        }
    });
    let content = move || {
        page.get().map(|page| match page {
            Ok(page) => shown(page, before.get().is_some(), read, read_all),
            Err(error) => view! { <Trouble error /> }.into_any(),
        })
    };
    view! { <Transition fallback=|| view! { <TableSkeleton /> }>{content}</Transition> }.into_any()
}

fn shown(
    page: NoticesData,
    is_older: bool,
    read: ServerAction<ReadNotice>,
    read_all: ServerAction<ReadAllNotices>,
) -> AnyView {
    let NoticesData { rows, next, unread } = page;
    if rows.is_empty() {
        return view! {
            <Empty
                icon=Icon::Bell
                title="Nothing to tell"
                line="What needs you shows up here, and by mail where you wish it."
                whole=true
            />
        }
        .into_any();
    }
    let newest = rows.first().map(|row| row.id);
    let all = newest.filter(|_| unread > 0 && !is_older).map(|newest| {
        let count = match unread {
            1 => "1 unread".to_owned(),
            count => format!("{count} unread"),
        };
        view! {
            <div class="notices-head">
                <span class="muted">{count}</span>
                <ActionForm action=read_all>
                    <input type="hidden" name="up_to" value=newest.to_string() />
                    <button class="button secondary small" type="submit">
                        {Icon::Check.view()}
                        "Mark all as read"
                    </button>
                </ActionForm>
            </div>
        }
    });
    let path = use_location().pathname.get_untracked();
    let older = next.map(|next| {
        view! {
            <nav class="pager" aria-label="Pages">
                <span></span>
                <a class="button secondary small" href=format!("{path}?before={next}")>
                    "Show older"
                </a>
            </nav>
        }
    });
    view! {
        {all}
        <ul class="notices">{rows.into_iter().map(|row| one(row, read)).collect_view()}</ul>
        {older}
    }
    .into_any()
}

fn one(row: NoticeRow, read: ServerAction<ReadNotice>) -> AnyView {
    let NoticeRow {
        id,
        client,
        kind,
        title,
        body,
        href,
        at,
        is_read,
    } = row;
    let (class, icon) = look_of(kind);
    let mark_label = format!("Mark as read: {title}");
    let mark = (!is_read).then(|| {
        view! {
            <ActionForm action=read attr:class="notices-mark">
                <input type="hidden" name="id" value=id.to_string() />
                <button
                    class="button quiet small icon-only"
                    type="submit"
                    aria-label=mark_label
                >
                    {Icon::Check.view()}
                </button>
            </ActionForm>
        }
    });
    // Whoever opens it has read it.
    let on_open = move |_| {
        if !is_read {
            read.dispatch(ReadNotice { id });
        }
    };
    view! {
        <li class="notices-row" class:is-unread=!is_read>
            <span class=format!("notices-icon {class}")>{icon.view()}</span>
            <div class="notices-text">
                <a class="notices-title row-link" href=href on:click=on_open>
                    {title}
                    {(!is_read).then(|| view! { <span class="sr-only">" (unread)"</span> })}
                </a>
                {(!body.is_empty()).then(|| view! { <p>{body}</p> })}
                <p class="notices-facts">
                    {client.map(|client| view! { <span>{client}</span> })} <time>{at}</time>
                </p>
            </div>
            {mark}
        </li>
    }
    .into_any()
}

fn look_of(kind: Option<NoticeKind>) -> (&'static str, Icon) {
    let of = |status: Status| (status.class(), status.icon());
    match kind {
        Some(NoticeKind::Failure) => of(Status::Failed),
        Some(NoticeKind::Connection) => (Status::Waiting.class(), Icon::Link),
        Some(NoticeKind::ChangesAsked) => of(Status::Changes),
        Some(NoticeKind::Approved) => of(Status::Approved),
        Some(NoticeKind::WaitingApproval) => of(Status::Waiting),
        Some(NoticeKind::ApprovalLate) => (Status::Waiting.class(), Icon::Clock),
        Some(NoticeKind::Published) => of(Status::Published),
        Some(NoticeKind::Comment) => (Status::Scheduled.class(), Icon::Info),
        Some(NoticeKind::Agency) | None => (Status::Draft.class(), Icon::Info),
    }
}
