//! One user: what they may do, where, and whether they may come in at all.

use domain::UserId;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::access::AccessFields;
use crate::api::ApiError;
use crate::api::team::{MemberData, SaveAccess, SetDisabled, member};
use crate::components::{
    AvatarSize, BusyButton, Icon, Notice, PanelSkeleton, PersonAvatar, Status, StatusPill, TopBar,
};
use crate::pages::trouble::{Trouble, no_such_page};
use crate::state::resource::resource;

/// `/team/:user`. The forms are sent and answered without WASM too.
#[component]
pub fn MemberPage() -> impl IntoView {
    let params = use_params_map();
    let user = Memo::new(move |_| params.with(|params| params.get("user")?.parse::<UserId>().ok()));
    let save = ServerAction::<SaveAccess>::new();
    let disable = ServerAction::<SetDisabled>::new();
    let data = resource(
        move || (user.get(), save.version().get(), disable.version().get()),
        |(user, ..)| async move {
            match user {
                Some(user) => member(user).await,
                None => Err(no_such_page()),
            }
        },
    );
    let notice = move || {
        let of = |value: Option<Result<(), ApiError>>| value?.err();
        let error = of(save.value().get()).or_else(|| of(disable.value().get()))?;
        Some(view! {
            <Notice status=Status::Failed alert=true lead="Nothing was changed.">
                {error.to_string()}
            </Notice>
        })
    };
    let content = move || {
        data.get().map(|data| match data {
            Ok(data) => forms(data, save, disable),
            Err(error) => view! { <Trouble error /> }.into_any(),
        })
    };
    view! {
        <Title text="Team" />
        <TopBar title="Change a person" back="/team" back_label="Back to the team" />
        <div class="page-body form-page">
            {notice}
            <Transition fallback=|| view! { <PanelSkeleton lines=6 /> }>{content}</Transition>
        </div>
    }
    .into_any()
}

fn forms(
    data: MemberData,
    save: ServerAction<SaveAccess>,
    disable: ServerAction<SetDisabled>,
) -> AnyView {
    let MemberData { row, mut gift } = data;
    gift.roles
        .retain(|role| role.is_staff() == row.role.is_staff());
    gift.all_clients &= row.role.is_staff();
    let who = view! {
        <div class="identity">
            <PersonAvatar name=row.name.clone() size=AvatarSize::S40 />
            <span class="identity-text">
                <span class="identity-name">{row.name.clone()}</span>
                <span class="identity-detail">{row.email.clone()}</span>
            </span>
            {row
                .is_disabled
                .then(|| {
                    view! { <StatusPill status=Status::Cancelled words="Disabled" icon=Icon::Pause /> }
                })}
        </div>
    };
    if !row.may_change {
        let why = if row.is_me {
            "You cannot change what you may do yourself. Ask a colleague to."
        } else {
            "They may do more than you can give, so an owner has to change it."
        };
        return view! {
            {who}
            <Notice lead=why />
        }
        .into_any();
    }
    view! {
        {who}
        <ActionForm action=save attr:class="panel">
            <input type="hidden" name="user" value=row.id.to_string() />
            <div class="form">
                <AccessFields
                    gift
                    role=row.role
                    all_clients=row.all_clients
                    clients=row.client_ids
                />
                <p class="field-help">
                    "Where it is less than before, every session of theirs ends, and they sign in again."
                </p>
            </div>
            <div class="form-foot">
                <a class="button secondary" href="/team">
                    "Cancel"
                </a>
                <BusyButton label="Save" busy_label="Saving" busy=save.pending() />
            </div>
        </ActionForm>
        {door(row.id, row.is_disabled, disable)}
    }
    .into_any()
}

fn door(id: UserId, is_disabled: bool, disable: ServerAction<SetDisabled>) -> impl IntoView {
    let (title, line, label, busy, class) = if is_disabled {
        (
            "Let them in again",
            "They sign in with the password that they had.",
            "Enable",
            "Enabling",
            "button secondary",
        )
    } else {
        (
            "Keep them out",
            "Every session and every open link of theirs ends, and they cannot sign in. What they have written stays.",
            "Disable",
            "Disabling",
            "button danger",
        )
    };
    view! {
        <ActionForm action=disable attr:class="offer">
            <input type="hidden" name="user" value=id.to_string() />
            <input type="hidden" name="disabled" value=(!is_disabled).to_string() />
            <div class="offer-text">
                <p class="offer-title">{title}</p>
                <p class="offer-line">{line}</p>
            </div>
            <BusyButton class=class label=label busy_label=busy busy=disable.pending() />
        </ActionForm>
    }
}
