//! What can be done about a delivery, and the question before what cannot be undone.

use domain::{ClientId, PostId};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::ApiError;
use crate::api::deliveries::{Answer, StandingData, send_delivery, settle_delivery};
use crate::api::posts::cancel_post;
use crate::components::{
    BusyButton, Dialog, DialogFoot, DialogHead, Field, Icon, Notice, Status, Toasts, use_toasts,
};

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// Somebody looked: it is there.
    Found,
    /// Somebody looked: it is not there, and is to be sent again.
    SendAgain,
    /// Somebody looked: it is not there, and is left at that.
    GiveUp,
    /// Send what failed once more.
    TryAgain,
    /// Send what is planned at once.
    SendNow,
    /// Take it back.
    Cancel,
    /// Leave it failed, and out of sight.
    LetRest,
}

impl Ask {
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Found => "It is there…",
            Self::SendAgain => "It is not there: send again…",
            Self::GiveUp => "Give up…",
            Self::TryAgain => "Try again…",
            Self::SendNow => "Send now…",
            Self::Cancel => "Cancel…",
            Self::LetRest => "Let it rest",
        }
    }

    pub(super) const fn icon(self) -> Icon {
        match self {
            Self::Found => Icon::Check,
            Self::SendAgain | Self::TryAgain => Icon::Refresh,
            Self::GiveUp | Self::Cancel => Icon::Cancelled,
            Self::SendNow => Icon::Send,
            Self::LetRest => Icon::Check,
        }
    }

    /// Whether it sends something.
    pub(super) const fn sends(self) -> bool {
        matches!(self, Self::SendAgain | Self::TryAgain | Self::SendNow)
    }

    /// Whether there is a question before it: it cannot be undone, or needs an answer.
    pub(super) const fn is_asked_about(self) -> bool {
        !matches!(self, Self::LetRest)
    }
}

/// The words of a question.
struct Question {
    title: &'static str,
    lead: String,
    keep: &'static str,
    act: &'static str,
    busy: &'static str,
    class: &'static str,
}

fn question(ask: Ask, of: &StandingData) -> Question {
    const PRIMARY: &str = "button primary";
    const DANGER: &str = "button danger";
    let (account, platform) = (&of.account_name, of.platform);
    match ask {
        Ask::Found => Question {
            title: "It is there",
            lead: format!(
                "Paste the address of the post. AutoPost then calls it published and stops asking {platform}."
            ),
            keep: "Not yet",
            act: "It is published",
            busy: "Keeping",
            class: PRIMARY,
        },
        Ask::SendAgain => Question {
            title: "Send it again?",
            lead: format!(
                "Only when it is not on {account}’s profile: what is sent twice is seen twice, and cannot be unsent."
            ),
            keep: "Look again first",
            act: "Send again",
            busy: "Sending",
            class: DANGER,
        },
        Ask::GiveUp => Question {
            title: "Give up on this one?",
            lead: format!(
                "AutoPost stops asking {platform} and calls it failed. You can still send it again later."
            ),
            keep: "Keep looking",
            act: "Give up",
            busy: "Giving up",
            class: DANGER,
        },
        Ask::TryAgain => Question {
            title: "Try again now?",
            lead: format!("It goes out on {account} at once, as it is, and cannot be unsent."),
            keep: "Not now",
            act: "Try again",
            busy: "Sending",
            class: PRIMARY,
        },
        Ask::SendNow => Question {
            title: "Send it now?",
            lead: format!(
                "It goes out on {account} at once instead of {}, and cannot be unsent.",
                of.due
            ),
            keep: "Keep its time",
            act: "Send now",
            busy: "Sending",
            class: PRIMARY,
        },
        Ask::Cancel | Ask::LetRest if of.state.is_moving() => Question {
            title: "Take it back?",
            lead: format!(
                "It is being published at this moment. If {platform} can still be stopped, nothing is posted; what has left cannot be unsent. This page says what came of it."
            ),
            keep: "Let it go out",
            act: "Take it back",
            busy: "Asking",
            class: DANGER,
        },
        Ask::Cancel | Ask::LetRest => Question {
            title: "Cancel this post?",
            lead: "It will not go out. It stays here, and can be scheduled again.".to_owned(),
            keep: "Keep it",
            act: "Cancel post",
            busy: "Cancelling",
            class: DANGER,
        },
    }
}

/// Asks, does it, and says what came of it.
#[component]
pub(super) fn AskDialog(
    client: ClientId,
    post: PostId,
    standing: StoredValue<StandingData>,
    ask: RwSignal<Ask>,
    open: RwSignal<bool>,
    on_change: Callback<()>,
) -> impl IntoView {
    let toasts = use_toasts();
    let running = RwSignal::new(false);
    let problem = RwSignal::new(None::<ApiError>);
    let address = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if open.get() {
            problem.set(None);
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if running.get_untracked() {
            return;
        }
        running.set(true);
        problem.set(None);
        let typed = address
            .get_untracked()
            .map(|field| field.value())
            .unwrap_or_default();
        let settled = move |answer: Result<(), ApiError>| {
            running.try_set(false);
            match answer {
                Ok(()) => {
                    open.try_set(false);
                }
                Err(error) => {
                    problem.try_set(Some(error));
                }
            }
        };
        act(
            client,
            post,
            standing,
            ask.get_untracked(),
            typed,
            toasts,
            on_change,
            settled,
        );
    };
    view! {
        <Dialog open labelled_by="standing-question" narrow=true>
            {
                let asked = ask.get_untracked();
                let Question { title, lead, keep, act, busy, class } = standing
                    .with_value(|of| question(asked, of));
                let pause = standing
                    .with_value(|of| of.pause.clone())
                    .filter(|_| asked.sends())
                    .map(|pause| {
                        view! {
                            <Notice status=Status::Waiting icon=Icon::Pause lead=pause.sentence()>
                                "It is not sent before that is resumed."
                            </Notice>
                        }
                    });
                let field_error = Signal::derive(move || match problem.get() {
                    Some(ApiError::Invalid(sentence)) if asked == Ask::Found => Some(sentence),
                    _ => None,
                });
                let notice = move || {
                    problem
                        .get()
                        .filter(|_| field_error.with(Option::is_none))
                        .map(|error| {
                            view! { <Notice status=Status::Failed alert=true lead=error.to_string() /> }
                        })
                };
                view! {
                    <form on:submit=submit>
                        <div class="dialog-body">
                            <DialogHead
                                id="standing-question"
                                title=title
                                lead=lead
                                on_close=Callback::new(move |()| open.set(false))
                            />
                            {pause}
                            {notice}
                            {(asked == Ask::Found)
                                .then(|| {
                                    view! {
                                        <Field
                                            id="post-address"
                                            label="Address of the post"
                                            help=Signal::stored(
                                                Some("From https:// on, as the browser shows it.".to_owned()),
                                            )
                                            error=field_error
                                        >
                                            <input
                                                class="input"
                                                id="post-address"
                                                type="url"
                                                inputmode="url"
                                                autocomplete="off"
                                                required
                                                node_ref=address
                                                aria-invalid=move || {
                                                    field_error.with(Option::is_some).then_some("true")
                                                }
                                                aria-describedby=move || {
                                                    if field_error.with(Option::is_some) {
                                                        "post-address-error"
                                                    } else {
                                                        "post-address-help"
                                                    }
                                                }
                                            />
                                        </Field>
                                    }
                                })}
                        </div>
                        <DialogFoot>
                            <button
                                class="button secondary"
                                type="button"
                                on:click=move |_| open.set(false)
                            >
                                {keep}
                            </button>
                            <BusyButton
                                class=class
                                label=Signal::stored(act.to_owned())
                                busy_label=busy
                                busy=running
                            />
                        </DialogFoot>
                    </form>
                }
            }
        </Dialog>
    }
    .into_any()
}

/// Does it. Says what came of it, and calls `settled` with a refusal or without.
#[expect(
    clippy::too_many_arguments,
    reason = "what is done, on what, and who hears of it"
)]
pub(super) fn act(
    client: ClientId,
    post: PostId,
    standing: StoredValue<StandingData>,
    ask: Ask,
    address: String,
    toasts: Option<Toasts>,
    on_change: Callback<()>,
    settled: impl FnOnce(Result<(), ApiError>) + 'static,
) {
    let Some(delivery) = standing.try_with_value(|of| of.id) else {
        return;
    };
    spawn_local(async move {
        let settle =
            async |answer, address| settle_delivery(client, delivery, answer, address).await;
        let answer = match ask {
            Ask::Found => settle(Answer::Found, Some(address))
                .await
                .map(|_| "Kept: it is published.".to_owned()),
            Ask::SendAgain => settle(Answer::SendAgain, None)
                .await
                .map(|answer| answer.sentence()),
            Ask::GiveUp => settle(Answer::GiveUp, None)
                .await
                .map(|_| "Given up. It is called failed, and can be sent again.".to_owned()),
            Ask::TryAgain | Ask::SendNow => send_delivery(client, delivery)
                .await
                .map(|answer| answer.sentence()),
            Ask::Cancel => cancel_post(client, post)
                .await
                .map(|answer| answer.sentence().to_owned()),
            Ask::LetRest => cancel_post(client, post)
                .await
                .map(|_| "Let rest. It is not sent again.".to_owned()),
        };
        match answer {
            Ok(sentence) => {
                settled(Ok(()));
                if let Some(toasts) = toasts {
                    toasts.say(sentence);
                }
                on_change.try_run(());
            }
            Err(error) => {
                if let (false, Some(toasts)) = (ask.is_asked_about(), toasts) {
                    toasts.say(error.to_string());
                }
                settled(Err(error));
            }
        }
    });
}
