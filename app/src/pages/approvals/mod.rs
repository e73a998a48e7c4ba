//! `/approvals` and `/clients/:client/approvals`: what waits for a decision, who holds it up, what is to be
//! changed, and what could be sent.

mod board;
mod bulk;
mod comments;
mod inspector;
mod review;

use domain::PostId;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::approvals::{BoardData, Pick, approvals};
use crate::components::{TableSkeleton, TopBar};
use crate::pages::layout::use_desk;
use crate::pages::live::use_live;
use crate::pages::trouble::Trouble;
use board::Board;
use inspector::Inspector;

pub(in crate::pages) use review::ComposerReview;

/// A list of the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tab {
    /// Could be sent.
    Ready,
    /// Waits for somebody of the agency.
    Agency,
    /// Waits for the client.
    Client,
    /// Is to be changed.
    Changes,
    /// Is approved.
    Approved,
}

impl Tab {
    const ALL: [Self; 5] = [
        Self::Ready,
        Self::Agency,
        Self::Client,
        Self::Changes,
        Self::Approved,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Agency => "agency",
            Self::Client => "client",
            Self::Changes => "changes",
            Self::Approved => "approved",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Ready => "Ready to send",
            Self::Agency => "With us",
            Self::Client => "With the client",
            Self::Changes => "Changes asked",
            Self::Approved => "Approved",
        }
    }

    fn rows(self, board: &BoardData) -> &[crate::api::approvals::ApprovalRow] {
        match self {
            Self::Ready => &board.ready,
            Self::Agency => &board.with_agency,
            Self::Client => &board.with_client,
            Self::Changes => &board.changes,
            Self::Approved => &board.approved,
        }
    }

    /// The list that an address means: the one it names, or the one in which its post is, or the client's.
    fn of(named: Option<&str>, post: Option<PostId>, board: &BoardData) -> Self {
        let named = Self::ALL.into_iter().find(|tab| Some(tab.word()) == named);
        let of_post = || {
            Self::ALL
                .into_iter()
                .find(|tab| tab.rows(board).iter().any(|row| Some(row.post) == post))
        };
        named.or_else(of_post).unwrap_or(Self::Client)
    }
}

/// Approvals of one client, or of all.
#[component]
pub fn ApprovalsPage() -> impl IntoView {
    let desk = use_desk();
    let query = use_query_map();
    let board = Resource::new_blocking(move || desk.client_id(), approvals);
    // The post that is looked at is loaded anew with the list, and stays where it is meanwhile.
    let moved = RwSignal::new(0);
    use_live(
        Signal::derive(move || board.with(|board| Some(board.as_ref()?.as_ref().ok()?.version))),
        move || {
            board.refetch();
            moved.update(|moved| *moved += 1);
        },
    );
    let named = Memo::new(move |_| query.with(|query| query.get("tab")));
    let post = Memo::new(move |_| {
        query.with(|query| query.get("post").and_then(|post| post.parse().ok()))
    });
    // The address names the client where the page is one of all clients.
    let chosen = Memo::new(move |_| {
        let named = query.with(|query| query.get("client").and_then(|id| id.parse().ok()));
        Some((desk.client_id().or(named)?, post.get()?))
    });
    let base = Memo::new(move |_| {
        desk.client_id().map_or_else(
            || "/approvals".to_owned(),
            |client| format!("/clients/{client}/approvals"),
        )
    });
    let back = Signal::derive(move || match named.get() {
        Some(tab) => format!("{}?tab={tab}", base.get()),
        None => base.get(),
    });
    let picks = RwSignal::new(Vec::<Pick>::new());
    let held_by = RwSignal::new(None::<String>);
    let on_change = Callback::new(move |()| {
        picks.set(Vec::new());
        board.refetch();
        moved.update(|moved| *moved += 1);
        desk.look_now();
    });
    let content = move || {
        board.get().map(|board| match board {
            Ok(board) => {
                let tab = Tab::of(named.get().as_deref(), post.get(), &board);
                view! { <Board board tab base=base.get() post=post.get() picks held_by on_change /> }
                    .into_any()
            }
            Err(error) => view! { <Trouble error /> }.into_any(),
        })
    };
    view! {
        <Title text="Approvals" />
        <TopBar
            title="Approvals"
            detail=Signal::derive(move || desk.client().map(|client| client.name))
        />
        <div class="approvals" class:is-open=move || chosen.with(Option::is_some)>
            <div class="approvals-list">
                <Transition fallback=|| view! { <TableSkeleton /> }>{content}</Transition>
            </div>
            {move || {
                chosen
                    .get()
                    .map(|(client, post)| {
                        view! { <Inspector client post back moved=moved on_change /> }
                    })
            }}
        </div>
    }
    .into_any()
}
