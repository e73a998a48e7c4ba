//! All posts of a month below each other, with what is done to many at once.

use domain::PostId;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::address;
use super::card::{Mark, Standing, href, on_key};
use super::card_menu::{CardMenu, send};
use super::moving::{Board, link_id};
use crate::api::approvals::Pick;
use crate::api::calendar::{
    CalendarData, CalendarQuery, CardData, DayData, MovedOne, Which, move_posts,
};
use crate::components::{
    Dialog, DialogFoot, DialogHead, Edges, Field, Glyphs, Icon, Show, Status, Thumb,
};

/// The list.
#[component]
pub(super) fn List(
    board: Board,
    data: CalendarData,
    query: StoredValue<CalendarQuery>,
) -> impl IntoView {
    let pages = (data.pages > 1).then(|| pages(board, &data, query));
    let days = data
        .days
        .into_iter()
        .map(|day| group(board, day))
        .collect_view();
    view! {
        <div class="post-list">{days}</div>
        {pages}
        <p class="list-foot">
            <a class="link" href=format!("/clients/{}/import", board.client)>
                "Import and export posts"
            </a>
        </p>
        <BulkBar board />
    }
}

fn group(board: Board, day: DayData) -> impl IntoView {
    let rows = day
        .cards
        .into_iter()
        .map(|card| row(board, card))
        .collect_view();
    let count = match day.count {
        1 => "1 post".to_owned(),
        many => format!("{many} posts"),
    };
    view! {
        <section class="post-group" class:today=day.is_today id=format!("day-{}", day.date)>
            <h2>
                {day.long_label}
                {day.is_today.then_some(", today")}
                <span>{count}</span>
            </h2>
            <ul>{rows}</ul>
        </section>
    }
}

fn row(board: Board, card: CardData) -> impl IntoView {
    let (post, status) = (card.post, Status::from(card.status));
    let keyed = card.clone();
    view! {
        <li class=format!("post-row {}", status.class()) class:selected=move || is_chosen(board, post)>
            <Edges platforms=card.platforms.clone() />
            <label class="post-row-choose">
                <input
                    type="checkbox"
                    aria-label=format!("Choose {}, {}", card.title, card.time())
                    prop:checked=move || is_chosen(board, post)
                    on:change=move |_| {
                        board.chosen.update(|chosen| *chosen = address::toggled(chosen, &post));
                    }
                />
            </label>
            <time class="post-card-time" datetime=card.local.clone() data-at=card.at>
                {card.time().to_owned()}
            </time>
            <Thumb url=card.poster_url.clone() />
            <a
                class="post-row-link row-link"
                id=link_id(post)
                href=href(board, &card)
                on:keydown=move |event| on_key(board, &keyed, &event)
            >
                {card.title.clone()}
            </a>
            <Glyphs platforms=card.platforms.clone() />
            <Mark found=card.found.clone() />
            <Standing status held=card.held />
            <CardMenu board card />
        </li>
    }
}

fn is_chosen(board: Board, post: PostId) -> bool {
    board.chosen.with(|chosen| chosen.contains(&post))
}

/// The ways to the other pages.
fn pages(
    board: Board,
    data: &CalendarData,
    query: StoredValue<CalendarQuery>,
) -> impl IntoView + use<> {
    let page = query.with_value(|query| query.page);
    let to = |page: u32| {
        query.with_value(|query| {
            let other = CalendarQuery {
                page,
                ..query.clone()
            };
            address::href(board.client, &other)
        })
    };
    let earlier = page.checked_sub(1).map(|page| {
        view! {
            <a class="button secondary small" href=to(page) rel="prev">
                "Earlier posts"
            </a>
        }
    });
    let later = (page + 1 < data.pages).then(|| {
        view! {
            <a class="button secondary small" href=to(page + 1) rel="next">
                "Later posts"
            </a>
        }
    });
    view! {
        <nav class="pages" aria-label="Pages of the list">
            {earlier}
            <span>{format!("Page {} of {}, {} posts", page + 1, data.pages, data.total)}</span>
            {later}
        </nav>
    }
}

/// What is done to all that is chosen.
#[component]
fn BulkBar(board: Board) -> impl IntoView {
    let moves = RwSignal::new(false);
    let count = move || board.chosen.with(Vec::len);
    let send_all = move |_| {
        let client = board.client;
        let picks = board.chosen.with_untracked(|chosen| {
            chosen
                .iter()
                .map(|post| Pick {
                    client,
                    post: *post,
                })
                .collect()
        });
        send(board, picks, true);
    };
    view! {
        <Show when=move || { count() > 0 }>
            <div class="bulk-bar" role="toolbar" aria-label="What is done to all that is chosen">
                <span class="bulk-count" role="status">
                    {count}
                    " selected"
                </span>
                <button class="bulk-button" type="button" on:click=move |_| moves.set(true)>
                    {Icon::Move.view()}
                    "Move…"
                </button>
                <button class="bulk-button" type="button" on:click=send_all>
                    {Icon::Send.view()}
                    "Send for approval"
                </button>
                <button class="bulk-button" type="button" on:click=move |_| board.chosen.set(Vec::new())>
                    {Icon::Close.view()}
                    "Clear"
                </button>
            </div>
        </Show>
        <MoveMany board open=moves />
    }
}

/// Moves all that is chosen by so many days.
#[component]
fn MoveMany(board: Board, open: RwSignal<bool>) -> impl IntoView {
    let days = RwSignal::new("1".to_owned());
    let go = move |later: bool| {
        let Ok(by) = days.with_untracked(|days| days.trim().parse::<i32>()) else {
            return;
        };
        open.set(false);
        shift(
            board,
            board.chosen.get_untracked(),
            if later { by } else { -by },
            Vec::new(),
        );
    };
    view! {
        <Dialog open labelled_by="move-many-title" narrow=true>
            <form on:submit=move |event| {
                event.prevent_default();
                go(true);
            }>
                <div class="dialog-body">
                    <DialogHead
                        id="move-many-title"
                        title=board.chosen.with_untracked(|chosen| match chosen.len() {
                            1 => "Move 1 post".to_owned(),
                            many => format!("Move {many} posts"),
                        })
                        lead="Each keeps its time on the client’s wall. What its approval covered is asked about again."
                        on_close=Callback::new(move |()| open.set(false))
                    />
                    <Field id="move-days" label="By how many days">
                        <input
                            id="move-days"
                            type="number"
                            min="1"
                            max="400"
                            required
                            autofocus
                            prop:value=move || days.get()
                            on:input=move |event| days.set(event_target_value(&event))
                        />
                    </Field>
                </div>
                <DialogFoot>
                    <button class="button secondary" type="button" on:click=move |_| go(false)>
                        "Earlier"
                    </button>
                    <button class="button primary" type="submit">
                        "Later"
                    </button>
                </DialogFoot>
            </form>
        </Dialog>
    }
}

/// Moves posts by so many days; `which` says of some which minute is meant where it comes twice.
fn shift(board: Board, posts: Vec<PostId>, by: i32, which: Vec<(PostId, Which)>) {
    spawn_local(async move {
        match move_posts(board.client, posts, by, which).await {
            Ok(done) => board.moved_many(&done, by),
            Err(error) => board.say(error.to_string()),
        }
        board.reload();
    });
}

impl Board {
    /// Says what came of moving many, and offers to move them back. What was refused stays chosen.
    fn moved_many(self, done: &[MovedOne], by: i32) {
        let (moved, refused): (Vec<_>, Vec<_>) = done.iter().partition(|one| one.refused.is_none());
        self.chosen
            .try_set(refused.iter().map(|one| one.post).collect());
        let days = match by.abs() {
            1 => "1 day".to_owned(),
            many => format!("{many} days"),
        };
        let direction = if by > 0 { "later" } else { "earlier" };
        let mut words = match moved.len() {
            0 => "None was moved.".to_owned(),
            1 => format!("1 post moved {days} {direction}."),
            many => format!("{many} posts moved {days} {direction}."),
        };
        match moved.iter().filter(|one| one.is_draft_now).count() {
            0 => {}
            1 => words.push_str(" 1 is a draft now: nobody is asked to approve it any more."),
            many => {
                words = format!(
                    "{words} {many} are drafts now: nobody is asked to approve them any more."
                );
            }
        }
        if let Some(why) = refused.first().and_then(|one| one.refused.as_ref()) {
            words = format!("{words} {} left where they are: {why}", refused.len());
        }
        if moved.is_empty() {
            self.say(words);
        } else {
            // Each goes back to the very minute that it had.
            let which: Vec<_> = moved
                .iter()
                .filter_map(|one| Some((one.post, one.from_which?)))
                .collect();
            let posts: Vec<_> = moved.iter().map(|one| one.post).collect();
            let undo = Callback::new(move |()| shift(self, posts.clone(), -by, which.clone()));
            self.offer(words, undo);
        }
    }
}
