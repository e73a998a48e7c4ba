//! Giving posts another minute by dragging them, by keys, or by the form; and taking that back.

use chrono::{Duration, NaiveDateTime};
use domain::calendar::PostStatus;
use domain::time::{local_input, local_label, parse_local};
use domain::{ClientId, PostId};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::api::calendar::{
    CalendarData, CalendarQuery, CardData, MinuteAnswer, View, Which, duplicate_post, move_post,
};
use crate::components::{Toasts, use_toasts};

/// What is said of a post that became a draft by being moved, although it waited for approval or had it.
const DRAFT_NOW: &str =
    " It is a draft now, because nobody is asked to approve it any more. Open it to schedule it.";

/// A post that is on its way to another minute.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Picked {
    /// The post.
    pub(super) card: CardData,
    /// Whether keys move it, and not a pointer.
    pub(super) by_keys: bool,
}

/// What the form is about.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    /// The post.
    pub(super) card: CardData,
    /// Whether a copy goes there, and the post stays.
    pub(super) copies: bool,
    /// The time that the form begins with.
    pub(super) to: String,
    /// What is the matter with that time, if it was tried.
    pub(super) problem: Option<String>,
    /// Whether the clocks show it twice.
    pub(super) twice: bool,
}

/// What the parts of the calendar share.
#[derive(Clone, Copy)]
pub(super) struct Board {
    /// Whose calendar it is.
    pub(super) client: ClientId,
    /// The post that is on its way.
    pub(super) picked: RwSignal<Option<Picked>>,
    /// Where it would land, as "2026-10-14T09:00".
    pub(super) over: RwSignal<Option<String>>,
    /// The form.
    pub(super) asked: RwSignal<Option<Asked>>,
    /// The posts that are chosen in the list.
    pub(super) chosen: RwSignal<Vec<PostId>>,
    /// What is shown, once it is.
    pub(super) shown: Signal<Option<CalendarData>>,
    /// What the address asks for.
    pub(super) query: Memo<CalendarQuery>,
    /// Whether a post lies over it.
    pub(super) covered: RwSignal<bool>,
    /// Whether it was opened from here, so that the way back leads here.
    pub(super) opened_here: StoredValue<bool>,
    /// The post that has the focus once the calendar is shown anew.
    focus: StoredValue<Option<PostId>>,
    reload: Callback<()>,
    navigate: Callback<(String, NavigateOptions)>,
    toasts: Option<Toasts>,
}

impl Board {
    /// The board of the calendar that is shown.
    pub(super) fn new(
        client: ClientId,
        query: Memo<CalendarQuery>,
        shown: Signal<Option<CalendarData>>,
        reload: Callback<()>,
    ) -> Self {
        let navigate = StoredValue::new(use_navigate());
        Self {
            client,
            picked: RwSignal::new(None),
            over: RwSignal::new(None),
            asked: RwSignal::new(None),
            chosen: RwSignal::new(Vec::new()),
            shown,
            query,
            covered: RwSignal::new(false),
            opened_here: StoredValue::new(false),
            focus: StoredValue::new(None),
            reload,
            navigate: Callback::new(move |(href, options): (String, NavigateOptions)| {
                navigate.try_with_value(|navigate| navigate(&href, options));
            }),
            toasts: use_toasts(),
        }
    }

    /// Whether this post is on its way.
    pub(super) fn is_picked(self, post: PostId) -> bool {
        self.picked.with(|picked| {
            picked
                .as_ref()
                .is_some_and(|picked| picked.card.post == post)
        })
    }

    /// Takes a post up.
    pub(super) fn pick(self, card: CardData, by_keys: bool) {
        if card.may_move() {
            self.over.set(by_keys.then(|| card.local.clone()));
            self.picked.set(Some(Picked { card, by_keys }));
        }
    }

    /// Lets it go where it was.
    pub(super) fn let_go(self) {
        let picked = self.picked.try_update(Option::take).flatten();
        self.over.try_set(None);
        if let Some(picked) = picked.filter(|picked| picked.by_keys) {
            focus_on(picked.card.post);
        }
    }

    /// Puts it where it is over: the post, or a copy of it.
    pub(super) fn put_down(self, copies: bool) {
        let over = self.over.get_untracked();
        let picked = self.picked.get_untracked();
        self.picked.set(None);
        self.over.set(None);
        if let (Some(picked), Some(to)) = (picked, over)
            && (copies || to != picked.card.local)
        {
            self.bring(picked.card, to, copies, None);
        }
    }

    /// Moves what keys have taken up, within the days that are shown.
    pub(super) fn shift(self, days: i64, minutes: i64) {
        let over = self.over.get_untracked();
        let Some(at) = over.as_deref().and_then(parse_local) else {
            return;
        };
        let Some(to) = at.checked_add_signed(Duration::days(days) + Duration::minutes(minutes))
        else {
            return;
        };
        let is_shown = self.shown.with_untracked(|shown| {
            let day = to.date().to_string();
            shown.as_ref().is_some_and(|shown| {
                shown.view == View::List
                    || shown.days.iter().any(|of| of.date == day && !of.is_past)
            })
        });
        if is_shown {
            self.over.set(Some(local_input(to)));
        }
    }

    /// Shows the form for a post.
    pub(super) fn ask(self, card: CardData, copies: bool) {
        self.asked.set(Some(Asked {
            to: card.local.clone(),
            card,
            copies,
            problem: None,
            twice: false,
        }));
    }

    /// Gives a post another minute, or makes a copy of it there, and says what came of it.
    pub(super) fn bring(self, card: CardData, to: String, copies: bool, which: Option<Which>) {
        spawn_local(async move {
            let ask_again = |problem: String, twice: bool| {
                self.asked.try_set(Some(Asked {
                    card: card.clone(),
                    copies,
                    to: to.clone(),
                    problem: Some(problem),
                    twice,
                }));
            };
            if copies {
                match duplicate_post(self.client, card.post, Some(to.clone()), which).await {
                    Ok(MinuteAnswer::Done(copy)) => {
                        self.focus.try_set_value(Some(copy));
                        self.copied(copy, &to);
                    }
                    Ok(MinuteAnswer::Twice(sentence)) => ask_again(sentence, true),
                    Err(error) => ask_again(error.to_string(), false),
                }
            } else {
                match move_post(self.client, card.post, to.clone(), which).await {
                    Ok(MinuteAnswer::Done(moved)) => {
                        self.focus.try_set_value(Some(card.post));
                        let more = match (moved.asks_again, moved.is_draft_now) {
                            (true, _) => " Its approval begins anew.",
                            (_, true) => DRAFT_NOW,
                            _ => "",
                        };
                        let words = format!("Moved to {}.{more}", moved.label);
                        self.offer_undo(words, card.post, moved.from, moved.from_which);
                    }
                    Ok(MinuteAnswer::Twice(sentence)) => ask_again(sentence, true),
                    Err(error) => ask_again(error.to_string(), false),
                }
            }
            self.reload.try_run(());
        });
    }

    /// Offers to move it back, to the very minute that it had.
    fn offer_undo(self, words: String, post: PostId, from: String, which: Option<Which>) {
        let undo = Callback::new(move |()| {
            let from = from.clone();
            spawn_local(async move {
                let words = match move_post(self.client, post, from, which).await {
                    Ok(MinuteAnswer::Done(moved)) => format!("Back at {}.", moved.label),
                    Ok(MinuteAnswer::Twice(sentence)) => sentence,
                    Err(error) => error.to_string(),
                };
                self.focus.try_set_value(Some(post));
                self.say(words);
                self.reload.try_run(());
            });
        });
        self.offer(words, undo);
    }

    fn copied(self, copy: PostId, to: &str) {
        let label = parse_local(to).map_or_else(|| to.to_owned(), local_label);
        let href = format!("/clients/{}/posts/{copy}", self.client);
        let open = Callback::new(move |()| self.open(href.clone()));
        if let Some(toasts) = self.toasts {
            toasts.offer(format!("A copy is a draft at {label}."), "Open", open);
        }
    }

    /// Makes a copy at the next time that suits, and opens it.
    pub(super) fn duplicate(self, post: PostId) {
        spawn_local(async move {
            match duplicate_post(self.client, post, None, None).await {
                Ok(MinuteAnswer::Done(copy)) => {
                    self.say("This is a copy, kept as a draft.");
                    self.open(format!("/clients/{}/posts/{copy}", self.client));
                }
                Ok(MinuteAnswer::Twice(sentence)) => self.say(sentence),
                Err(error) => self.say(error.to_string()),
            }
        });
    }

    /// Says what came of something.
    pub(super) fn say(self, words: impl Into<String>) {
        if let Some(toasts) = self.toasts {
            toasts.say(words);
        }
    }

    /// The same, and offers to take it back.
    pub(super) fn offer(self, words: impl Into<String>, undo: Callback<()>) {
        if let Some(toasts) = self.toasts {
            toasts.offer(words, "Undo", undo);
        }
    }

    /// Shows the calendar anew.
    pub(super) fn reload(self) {
        self.reload.try_run(());
    }

    /// Opens an address of the application; a post that is written over the calendar, where there is room for it.
    pub(super) fn open(self, href: String) {
        match self.over(&href) {
            Some(over) => self.lay_over(over),
            None => {
                self.navigate.try_run((href, NavigateOptions::default()));
            }
        }
    }

    /// Another address of this calendar: what is scrolled to stays.
    pub(super) fn navigate(self, href: String, replace: bool) {
        let options = NavigateOptions {
            scroll: false,
            replace,
            ..NavigateOptions::default()
        };
        self.navigate.try_run((href, options));
    }

    /// The focus goes to this post once the calendar is shown anew.
    pub(super) fn return_to(self, post: PostId) {
        self.focus.set_value(Some(post));
        focus_on(post);
        self.reload();
    }

    /// Gives the focus back to the post that was moved, once it is shown in its new place.
    pub(super) fn follow_focus(self) {
        Effect::new(move |_| {
            if self.shown.with(Option::is_some)
                && let Some(post) = self.focus.try_update_value(Option::take).flatten()
            {
                request_animation_frame(move || focus_on(post));
            }
        });
    }

    /// What moving a post does beside moving it; empty where that is all.
    pub(super) fn consequence(self, status: PostStatus) -> &'static str {
        let (asks_client, asks_nobody) = self.shown.with(|shown| {
            shown.as_ref().map_or((false, false), |shown| {
                (shown.asks_client, shown.asks_nobody)
            })
        });
        match status {
            PostStatus::Waiting | PostStatus::Approved if asks_nobody => {
                "It becomes a draft: nobody is asked to approve it any more."
            }
            PostStatus::Waiting | PostStatus::Approved => "Its approval begins anew.",
            PostStatus::Scheduled if asks_client => "The client is asked again.",
            _ => "",
        }
    }

    /// "London".
    pub(super) fn place(self) -> String {
        self.shown.with(|shown| {
            shown
                .as_ref()
                .map_or_else(String::new, |shown| shown.place.clone())
        })
    }
}

/// The id of a post's link on the page.
pub(super) fn link_id(post: PostId) -> String {
    format!("post-{post}")
}

fn focus_on(post: PostId) {
    if let Some(link) = document().get_element_by_id(&link_id(post))
        && let Ok(link) = link.dyn_into::<HtmlElement>()
    {
        let _ = link.focus();
    }
}

/// A day and the time of a post that is on its way: where it would land on that day.
pub(super) fn on_day(date: &str, picked: &Picked) -> String {
    let time = picked.card.local.get(10..).unwrap_or("T09:00");
    format!("{date}{time}")
}

/// Says where the post would land, and what that does: a pointer's label, and for keys what is read out.
#[component]
pub(super) fn MovingLabel(board: Board) -> impl IntoView {
    let words = move || {
        let picked = board.picked.get()?;
        let over = board.over.get();
        let to: Option<NaiveDateTime> = over.as_deref().and_then(parse_local);
        let from = parse_local(&picked.card.local).map(local_label)?;
        let to = to.map_or_else(|| from.clone(), local_label);
        let consequence = board.consequence(picked.card.status);
        let hint = if picked.by_keys {
            " Arrows move it, Enter puts it down, Escape leaves it where it was."
        } else {
            " Hold Alt for a copy."
        };
        Some((
            format!("{to} {}", board.place()),
            format!("From {from}. {consequence}{hint}"),
        ))
    };
    view! {
        <div class="moving" role="status" aria-live="polite">
            {move || {
                words()
                    .map(|(to, rest)| {
                        view! {
                            <p class="drag-label">
                                <b>{to}</b>
                                <span>{rest}</span>
                            </p>
                        }
                    })
            }}
        </div>
    }
}
