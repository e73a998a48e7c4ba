//! TikTok's panel: who posts, checked with TikTok now, and what TikTok wants a person to decide.

use domain::account::AccountFacts;
use leptos::prelude::*;

use super::creator::Asked;
use super::on_account::OnAccount;
use super::tiktok_options::TikTokChoices;
use crate::api::ApiError;
use crate::components::{AccountAvatar, AvatarSize, Icon, Notice, Show, Status};

/// The panel; it exists while an account is chosen that can be asked about.
#[component]
pub(super) fn TikTokPanel(editing: OnAccount) -> impl IntoView {
    let asked = editing.creator.asked;
    let exists = Memo::new(move |_| !matches!(*asked.read(), Asked::Nobody));
    let label = format!("TikTok settings, {}", editing.name());
    view! {
        <Show when=move || exists.get()>
            <section class="panel" aria-label=label.clone()>
                <Head editing />
                {move || match asked.get() {
                    Asked::Nobody => ().into_any(),
                    Asked::Asking => {
                        view! {
                            <div class="panel-body panel-skeleton" aria-hidden="true">
                                <span class="skeleton line medium"></span>
                                <span class="skeleton line long"></span>
                                <span class="skeleton line short"></span>
                            </div>
                        }
                            .into_any()
                    }
                    Asked::Known(AccountFacts::TikTok(creator)) => {
                        view! { <TikTokChoices editing creator /> }.into_any()
                    }
                    Asked::Known(_) => ().into_any(),
                    Asked::Refused(error) => view! { <Refused editing error /> }.into_any(),
                }}
            </section>
        </Show>
    }
}

/// The platform, the creator, and how fresh the answer is.
#[component]
fn Head(editing: OnAccount) -> impl IntoView {
    let asked = editing.creator.asked;
    let name = Memo::new(move |_| editing.nickname().unwrap_or_default());
    let username = Memo::new(move |_| match &*asked.read() {
        Asked::Known(AccountFacts::TikTok(creator)) => Some(creator.username.clone()),
        _ => editing.account().and_then(|account| account.handle),
    });
    let avatar = move || {
        editing.account().map(|account| {
            view! {
                <AccountAvatar
                    name=name.get()
                    platform=account.platform
                    url=account.avatar_url
                    size=AvatarSize::S26
                />
            }
        })
    };
    let checked = move || match &*asked.read() {
        Asked::Known(_) => match editing.creator.age_minutes.get() {
            0 => "Checked with TikTok just now".to_owned(),
            minutes => format!("Checked with TikTok {minutes} min ago"),
        },
        Asked::Asking => "Asking TikTok what this account allows".to_owned(),
        _ => "Not confirmed by TikTok".to_owned(),
    };
    view! {
        <div class="panel-head">
            {Icon::TikTok.view()} <h2 class="panel-title">"TikTok"</h2> {avatar}
            <span>
                <b class="strong">{move || name.get()}</b>
                " "
                <span class="faint">
                    {move || username.get().filter(|name| !name.is_empty()).map(|name| format!("@{name}"))}
                </span>
            </span>
            <button
                class="checked-with"
                type="button"
                title="Check again"
                on:click=move |_| editing.creator.ask()
            >
                {Icon::Refresh.view()}
                <span role="status">{checked}</span>
                <span class="sr-only">". Check again"</span>
            </button>
        </div>
    }
}

/// TikTok gave no answer, or says that this account cannot post now.
#[component]
fn Refused(editing: OnAccount, error: ApiError) -> impl IntoView {
    let is_signed_out = error == ApiError::SignedOut;
    let action = move || {
        if is_signed_out {
            view! {
                <a class="button secondary small" href="/sign-in" target="_blank" rel="noopener">
                    "Sign in"
                </a>
            }
            .into_any()
        } else {
            view! {
                <button
                    class="button secondary small"
                    type="button"
                    on:click=move |_| editing.creator.ask()
                >
                    "Check again"
                </button>
            }
            .into_any()
        }
    };
    view! {
        <div class="panel-body">
            <Notice status=Status::Failed alert=true lead=error.to_string() action=action>
                "Until TikTok allows it, the post cannot be sent. Try again later: your draft is kept."
            </Notice>
        </div>
    }
}
