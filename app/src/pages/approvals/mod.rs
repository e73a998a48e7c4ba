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

use crate::address::query_value;
use crate::api::approvals::{BoardData, Pick, approvals};
use crate::components::{TableSkeleton, TopBar};
use crate::pages::layout::use_desk;
use crate::pages::live::use_live;
use crate::pages::trouble::Trouble;
use crate::state::resource::resource;
use board::Board;
use inspector::Inspector;

pub(in crate::pages) use review::{ComposerReview, differences};

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

    /// What its people did or are to do about a post, as the head of their column.
    const fn who(self) -> Option<&'static str> {
        match self {
            Self::Ready => None,
            Self::Agency | Self::Client => Some("Held by"),
            Self::Changes | Self::Approved => Some("Decided by"),
        }
    }

    /// The list of this name.
    fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.word() == word)
    }

    /// The list that an address means: the one it names, or the one in which its post is, or the client's.
    fn of(named: Option<Self>, post: Option<PostId>, board: &BoardData) -> Self {
        let of_post = || {
            Self::ALL
                .into_iter()
                .find(|tab| tab.rows(board).iter().any(|row| Some(row.post) == post))
        };
        named.or_else(of_post).unwrap_or(Self::Client)
    }
}

/// Where a list is: all of it or what one person holds, with a post beside it or without.
fn address(base: &str, tab: Option<Tab>, held_by: Option<&str>, post: Option<Pick>) -> String {
    let mut query = Vec::new();
    if let Some(tab) = tab {
        query.push(format!("tab={}", tab.word()));
    }
    if let Some(name) = held_by {
        query.push(format!("held={}", query_value(name)));
    }
    if let Some(Pick { client, post }) = post {
        query.push(format!("client={client}&post={post}"));
    }
    if query.is_empty() {
        base.to_owned()
    } else {
        format!("{base}?{}", query.join("&"))
    }
}

/// Approvals of one client, or of all.
#[component]
pub fn ApprovalsPage() -> impl IntoView {
    let desk = use_desk();
    let query = use_query_map();
    let board = resource(move || desk.client_id(), approvals);
    // The post that is looked at is loaded anew with the list, and stays where it is meanwhile.
    let moved = RwSignal::new(0);
    use_live(
        Signal::derive(move || board.with(|board| Some(board.as_ref()?.as_ref().ok()?.version))),
        move || {
            board.refetch();
            moved.update(|moved| *moved += 1);
        },
    );
    let named = Memo::new(move |_| query.with(|query| Tab::named(query.get_str("tab")?)));
    let held_by =
        Memo::new(move |_| query.with(|query| query.get("held").filter(|name| !name.is_empty())));
    let post = Memo::new(move |_| {
        query.with(|query| query.get("post").and_then(|post| post.parse().ok()))
    });
    // The address names the client where the page is one of all clients.
    let chosen = Memo::new(move |_| {
        let named = query.with(|query| query.get("client").and_then(|id| id.parse().ok()));
        Some(Pick {
            client: desk.client_id().or(named)?,
            post: post.get()?,
        })
    });
    let base = Memo::new(move |_| {
        desk.client_id().map_or_else(
            || "/approvals".to_owned(),
            |client| format!("/clients/{client}/approvals"),
        )
    });
    let back = Signal::derive(move || {
        held_by.with(|held_by| address(&base.get(), named.get(), held_by.as_deref(), None))
    });
    let picks = RwSignal::new(Vec::<Pick>::new());
    // What the filter leaves out is no longer chosen, whichever way it was set.
    Effect::new(move |before: Option<Option<String>>| {
        let now = held_by.get();
        if before.is_some_and(|before| before != now) {
            picks.set(Vec::new());
        }
        now
    });
    let on_change = Callback::new(move |()| {
        picks.set(Vec::new());
        board.refetch();
        moved.update(|moved| *moved += 1);
        desk.look_now();
    });
    let content = move || {
        board.get().map(|board| match board {
            Ok(board) => {
                let tab = Tab::of(named.get(), post.get(), &board);
                let (base, post) = (base.get(), chosen.get());
                view! { <Board board tab base post picks held_by on_change /> }.into_any()
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
                    .map(|Pick { client, post }| {
                        view! { <Inspector client post back moved=moved on_change /> }
                    })
            }}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::{Tab, address};
    use crate::api::approvals::Pick;

    #[test]
    fn an_address_says_what_is_listed_and_looked_at() {
        assert_eq!(address("/approvals", None, None, None), "/approvals");
        let only = Some("Priya & Ann");
        assert_eq!(
            address("/approvals", Some(Tab::Client), only, None),
            "/approvals?tab=client&held=Priya%20%26%20Ann"
        );
        let post = Pick {
            client: domain::ClientId::generate(),
            post: domain::PostId::generate(),
        };
        assert_eq!(
            address("/approvals", Some(Tab::Client), None, Some(post)),
            format!(
                "/approvals?tab=client&client={}&post={}",
                post.client, post.post
            )
        );
    }
}
