//! Oneself: name, address, password, sessions.

mod sessions;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::ApiError;
use crate::api::me::{
    AskPassword, CancelEmailChange, ChangeEmail, ChangePassword, EndOtherSessions, EndSession,
    MeData, PendingData, SaveMyName, me,
};
use crate::components::{
    BusyButton, Field, Icon, Notice, PanelSkeleton, PasswordField, Status, TopBar,
};
use crate::pages::trouble::Trouble;
use crate::state::resource::resource;
use sessions::Sessions;

/// `/me`
#[component]
pub fn MePage() -> impl IntoView {
    view! {
        <Title text="You" />
        <TopBar title="You">
            <a class="button secondary small" href="/me/notices">
                {Icon::Settings.view()}
                <span>"What you are told"</span>
            </a>
        </TopBar>
        <div class="page-body form-page">
            <You />
        </div>
    }
    .into_any()
}

/// `/portal/me`
#[component]
pub fn PortalMePage() -> impl IntoView {
    view! {
        <Title text="You" />
        <div class="page-body form-page">
            <h1>"You"</h1>
            <You />
        </div>
    }
    .into_any()
}

/// What can be done about oneself.
#[derive(Clone, Copy)]
struct Actions {
    name: ServerAction<SaveMyName>,
    email: ServerAction<ChangeEmail>,
    keep: ServerAction<CancelEmailChange>,
    password: ServerAction<ChangePassword>,
    ask: ServerAction<AskPassword>,
    end: ServerAction<EndSession>,
    end_others: ServerAction<EndOtherSessions>,
}

impl Actions {
    fn versions(self) -> usize {
        self.name.version().get()
            + self.email.version().get()
            + self.keep.version().get()
            + self.password.version().get()
            + self.ask.version().get()
            + self.end.version().get()
            + self.end_others.version().get()
    }

    fn refusal(self) -> Option<ApiError> {
        let of = |value: Option<Result<(), ApiError>>| value?.err();
        of(self.name.value().get())
            .or_else(|| of(self.email.value().get()))
            .or_else(|| of(self.keep.value().get()))
            .or_else(|| of(self.password.value().get()))
            .or_else(|| of(self.ask.value().get()))
            .or_else(|| of(self.end.value().get()))
            .or_else(|| of(self.end_others.value().get()))
    }
}

/// The forms, for the desk and for the portal. They are sent and answered without WASM too.
#[component]
pub fn You() -> impl IntoView {
    let actions = Actions {
        name: ServerAction::new(),
        email: ServerAction::new(),
        keep: ServerAction::new(),
        password: ServerAction::new(),
        ask: ServerAction::new(),
        end: ServerAction::new(),
        end_others: ServerAction::new(),
    };
    let query = use_query_map();
    let done = Memo::new(move |_| query.with(|query| query.get("done")));
    let data = resource(move || (done.get(), actions.versions()), |_| me());
    let notice = move || {
        if let Some(error) = actions.refusal() {
            return Some(
                view! {
                    <Notice status=Status::Failed alert=true lead="Nothing was changed.">
                        {error.to_string()}
                    </Notice>
                }
                .into_any(),
            );
        }
        let sentence = sentence(done.get()?.as_str())?;
        Some(
            view! {
                <div role="status">
                    <Notice status=Status::Approved icon=Icon::Check lead=sentence />
                </div>
            }
            .into_any(),
        )
    };
    let content = move || {
        data.get().map(|data| match data {
            Ok(data) => forms(data, actions),
            Err(error) => view! { <Trouble error /> }.into_any(),
        })
    };
    view! {
        {notice}
        <Transition fallback=|| view! { <PanelSkeleton lines=8 /> }>{content}</Transition>
    }
    .into_any()
}

fn sentence(done: &str) -> Option<&'static str> {
    match done {
        "name" => Some("Saved."),
        "email" => {
            Some("Two mails are on their way. The address changes once both have been confirmed.")
        }
        "kept" => Some("Your address stays as it is."),
        "password" => {
            Some("Your password was changed, and every other session of yours has ended.")
        }
        "link" => {
            Some("A link is on its way to your address. It can be used once, within an hour.")
        }
        "session" => Some("That session has ended."),
        "sessions" => Some("Every other session of yours has ended."),
        _ => None,
    }
}

fn forms(data: MeData, actions: Actions) -> AnyView {
    view! {
        <ActionForm action=actions.name attr:class="panel">
            <div class="form">
                <Field
                    id="name"
                    label="Name"
                    help=help("Shown to everybody you work with.")
                >
                    <input
                        class="input"
                        id="name"
                        name="name"
                        value=data.name
                        autocomplete="name"
                        maxlength="100"
                        required
                        aria-describedby="name-help"
                    />
                </Field>
                <p class="field-help">"Your role: " {data.role.name()}</p>
            </div>
            <div class="form-foot">
                <BusyButton label="Save" busy_label="Saving" busy=actions.name.pending() />
            </div>
        </ActionForm>
        {email(data.email, data.pending, data.has_password, actions)}
        {password(data.has_password, actions)}
        <Sessions rows=data.sessions end=actions.end end_others=actions.end_others />
    }
    .into_any()
}

fn email(
    present: String,
    pending: Option<PendingData>,
    has_password: bool,
    actions: Actions,
) -> AnyView {
    if let Some(pending) = pending {
        return waiting(present, pending, actions);
    }
    view! {
        <ActionForm action=actions.email attr:class="panel">
            <div class="form">
                <Field
                    id="email"
                    label="Email"
                    help=help("Another address takes effect once the present one and the new one have both confirmed it.")
                >
                    <input
                        class="input"
                        id="email"
                        name="email"
                        type="email"
                        value=present
                        autocomplete="email"
                        required
                        aria-describedby="email-help"
                    />
                </Field>
                {has_password
                    .then(|| {
                        view! {
                            <Field id="email-present" label="Present password">
                                <PasswordField id="email-present" name="present" />
                            </Field>
                        }
                    })}
            </div>
            <div class="form-foot">
                <BusyButton
                    class="button secondary"
                    label="Change the address"
                    busy_label="Sending"
                    busy=actions.email.pending()
                />
            </div>
        </ActionForm>
    }
    .into_any()
}

fn waiting(present: String, pending: PendingData, actions: Actions) -> AnyView {
    let half = |confirmed: bool| {
        if confirmed {
            "has confirmed"
        } else {
            "has not confirmed yet"
        }
    };
    view! {
        <ActionForm action=actions.keep attr:class="offer">
            {Icon::Mail.view()}
            <div class="offer-text">
                <p class="offer-title">"Your address is to become " {pending.new_email.clone()}</p>
                <p class="offer-line">
                    {format!(
                        "{present} {}; {} {}. The links end {}.",
                        half(pending.old_confirmed),
                        pending.new_email,
                        half(pending.new_confirmed),
                        pending.ends,
                    )}
                </p>
            </div>
            <BusyButton
                class="button secondary"
                label="Keep the present one"
                busy_label="Taking back"
                busy=actions.keep.pending()
            />
        </ActionForm>
    }
    .into_any()
}

fn password(has_password: bool, actions: Actions) -> AnyView {
    if !has_password {
        return view! {
            <ActionForm action=actions.ask attr:class="offer">
                {Icon::Link.view()}
                <div class="offer-text">
                    <p class="offer-title">"You come by links from mails"</p>
                    <p class="offer-line">
                        "With a password you can sign in without one, too. A link by which you choose it goes to your address."
                    </p>
                </div>
                <BusyButton
                    class="button secondary"
                    label="Send the link"
                    busy_label="Sending"
                    busy=actions.ask.pending()
                />
            </ActionForm>
        }
        .into_any();
    }
    view! {
        <ActionForm action=actions.password attr:class="panel">
            <div class="form">
                <Field id="present" label="Present password">
                    <PasswordField id="present" name="present" />
                </Field>
                <Field
                    id="new"
                    label="New password"
                    help=help("At least 10 characters. Every other session of yours ends.")
                >
                    <PasswordField id="new" name="new" autocomplete="new-password" />
                </Field>
            </div>
            <div class="form-foot">
                <BusyButton
                    class="button secondary"
                    label="Change the password"
                    busy_label="Changing"
                    busy=actions.password.pending()
                />
            </div>
        </ActionForm>
    }
    .into_any()
}

fn help(words: &str) -> Signal<Option<String>> {
    Signal::stored(Some(words.to_owned()))
}
