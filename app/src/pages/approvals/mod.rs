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

pub(in crate::pages) use review::ReviewPanel;

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
    use_live(
        Signal::derive(move || board.with(|board| Some(board.as_ref()?.as_ref().ok()?.version))),
        move || board.refetch(),
    );
    let named = Memo::new(move |_| query.with(|query| query.get("tab")));
    let post = Memo::new(move |_| {
        query.with(|query| query.get("post").and_then(|post| post.parse().ok()))
    });
    let picks = RwSignal::new(Vec::<Pick>::new());
    let on_change = Callback::new(move |()| {
        picks.set(Vec::new());
        board.refetch();
        desk.look_now();
    });
    let content = move || {
        board.get().map(|board| match board {
            Ok(board) => {
                let tab = Tab::of(named.get().as_deref(), post.get(), &board);
                view! { <Board board tab post=post.get() picks on_change /> }.into_any()
            }
            Err(error) => view! {
                <div class="page-body">
                    <Trouble error />
                </div>
            }
            .into_any(),
        })
    };
    view! {
        <Title text="Approvals" />
        <TopBar
            title="Approvals"
            detail=Signal::derive(move || desk.client().map(|client| client.name))
        />
        <Transition fallback=|| {
            view! {
                <div class="page-body">
                    <TableSkeleton />
                </div>
            }
        }>{content}</Transition>
    }
    .into_any()
}
