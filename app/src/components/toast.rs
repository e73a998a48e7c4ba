//! Results of actions: a live region at the bottom of the page, with one thing to take back.

use std::time::Duration;

use leptos::leptos_dom::helpers::IntervalHandle;
use leptos::prelude::*;

use super::icon::Icon;

/// How long a toast stays, in seconds.
const STAYS: u32 = 10;

#[derive(Clone)]
struct Toast {
    id: u32,
    message: String,
    action: Option<(String, Callback<()>)>,
    // Counted: a toast outlives the page that said it.
    left: ArcRwSignal<u32>,
}

/// Says what an action did. Reach it with [`use_toasts`].
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    count: StoredValue<u32>,
    ticking: StoredValue<Option<IntervalHandle>>,
    held: RwSignal<bool>,
}

impl Toasts {
    /// Says a sentence. Only in the browser: the server has no action to tell the result of.
    pub fn say(self, message: impl Into<String>) {
        self.show(message.into(), None);
    }

    /// Says a sentence and offers one thing to do about it, such as "Undo".
    pub fn offer(self, message: impl Into<String>, label: impl Into<String>, act: Callback<()>) {
        self.show(message.into(), Some((label.into(), act)));
    }

    fn show(self, message: String, action: Option<(String, Callback<()>)>) {
        let id = self.count.get_value() + 1;
        self.count.set_value(id);
        let toast = Toast {
            id,
            message,
            action,
            left: ArcRwSignal::new(STAYS),
        };
        // A newer result replaces an older one: two undo buttons would be a riddle.
        self.shown.set(vec![toast]);
        self.tick();
    }

    fn tick(self) {
        if self.ticking.with_value(Option::is_some) {
            return;
        }
        let handle = set_interval_with_handle(move || self.second(), Duration::from_secs(1));
        self.ticking.set_value(handle.ok());
    }

    fn second(self) {
        if self.held.get_untracked() {
            return;
        }
        for toast in self.shown.get_untracked() {
            toast.left.update(|left| *left = left.saturating_sub(1));
        }
        self.shown
            .update(|shown| shown.retain(|toast| toast.left.get_untracked() > 0));
        if self.shown.with_untracked(Vec::is_empty) {
            self.ticking.update_value(|ticking| {
                if let Some(ticking) = ticking.take() {
                    ticking.clear();
                }
            });
        }
    }

    fn dismiss(self, id: u32) {
        self.held.set(false);
        self.shown
            .update(|shown| shown.retain(|toast| toast.id != id));
    }
}

/// Makes toasts reachable for everything below.
pub fn provide_toasts() {
    provide_context(Toasts {
        shown: RwSignal::new(Vec::new()),
        count: StoredValue::new(0),
        ticking: StoredValue::new(None),
        held: RwSignal::new(false),
    });
}

/// The toasts of this page, if somebody above called [`provide_toasts`].
#[must_use]
pub fn use_toasts() -> Option<Toasts> {
    use_context()
}

/// Where toasts appear. It is always in the page, so that screen readers watch it; the clock stands
/// still while somebody points at a toast or has the focus in it.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <div
            class="toasts"
            role="status"
            aria-live="polite"
            on:mouseenter=move |_| hold(toasts, true)
            on:mouseleave=move |_| hold(toasts, false)
            on:focusin=move |_| hold(toasts, true)
            on:focusout=move |_| hold(toasts, false)
        >
            {toasts
                .map(|toasts| {
                    view! {
                        <For
                            each=move || toasts.shown.get()
                            key=|toast| toast.id
                            children=move |toast| toast_view(toasts, toast)
                        />
                    }
                })}
        </div>
    }
    .into_any()
}

fn hold(toasts: Option<Toasts>, held: bool) {
    if let Some(toasts) = toasts {
        toasts.held.set(held);
    }
}

fn toast_view(toasts: Toasts, toast: Toast) -> impl IntoView {
    let Toast {
        id,
        message,
        action,
        left,
    } = toast;
    let action = action.map(|(label, act)| {
        let press = move |_| {
            toasts.dismiss(id);
            act.run(());
        };
        view! {
            <span class="toast-left" aria-hidden="true">
                {move || format!("{} s", left.get())}
            </span>
            <button type="button" on:click=press>
                {label}
            </button>
        }
    });
    view! {
        <div class="toast">{Icon::Check.view()} <span>{message}</span> {action}</div>
    }
}
