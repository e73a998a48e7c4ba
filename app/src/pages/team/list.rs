//! Everybody, and every invitation that is open.

use domain::UserId;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::team::{
    InvitationRow, MemberRow, ResendInvitation, RevokeInvitation, TeamData, team,
};
use crate::components::{
    AvatarSize, Icon, Notice, PersonAvatar, Status, StatusInline, TableSkeleton, TopBar,
};
use crate::pages::trouble::Trouble;
use crate::state::resource::resource;

/// `/team`
#[component]
pub fn TeamPage() -> impl IntoView {
    let resend = ServerAction::<ResendInvitation>::new();
    let revoke = ServerAction::<RevokeInvitation>::new();
    let query = use_query_map();
    let done = Memo::new(move |_| query.with(|query| query.get("done")));
    let data = resource(
        move || (done.get(), resend.version().get(), revoke.version().get()),
        |_| team(),
    );
    let refusal = move || {
        let of = |value: Option<Result<(), crate::api::ApiError>>| value?.err();
        of(resend.value().get()).or_else(|| of(revoke.value().get()))
    };
    let notice = move || {
        if let Some(error) = refusal() {
            return Some(
                view! { <Notice status=Status::Failed alert=true lead=error.to_string() /> }
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
            Ok(data) => tables(data, resend, revoke),
            Err(error) => view! { <Trouble error /> }.into_any(),
        })
    };
    view! {
        <Title text="Team" />
        <TopBar title="Team">
            <a class="button primary small" href="/team/invite">
                {Icon::Plus.view()}
                <span>"Invite"</span>
            </a>
        </TopBar>
        <div class="page-body">
            {notice} <Transition fallback=|| view! { <TableSkeleton /> }>{content}</Transition>
        </div>
    }
    .into_any()
}

fn sentence(done: &str) -> Option<&'static str> {
    match done {
        "invited" => Some("The invitation is on its way."),
        "sent" => {
            Some("The invitation is on its way again; the link before opens nothing any more.")
        }
        "revoked" => Some("The invitation was taken back."),
        "changed" => Some("Changed."),
        "disabled" => Some("Disabled. Every session of theirs has ended."),
        "enabled" => Some("Enabled. They can sign in again."),
        _ => None,
    }
}

fn tables(
    data: TeamData,
    resend: ServerAction<ResendInvitation>,
    revoke: ServerAction<RevokeInvitation>,
) -> AnyView {
    let invitations = data.invitations;
    view! {
        <table class="table stacks team-table">
            <thead>
                <tr>
                    <th scope="col">"Person"</th>
                    <th scope="col">"Role"</th>
                    <th scope="col">"Clients"</th>
                    <th scope="col">"Last here"</th>
                    <th>
                        <span class="sr-only">"What can be done"</span>
                    </th>
                </tr>
            </thead>
            {group("The agency’s people", data.staff, "Nobody yet.")}
            {group("Clients’ users", data.guests, "No client has a user of their own yet.")}
            {(!invitations.is_empty())
                .then(|| {
                    view! {
                        <tbody>
                            {head("Invited")}
                            {invitations
                                .into_iter()
                                .map(|row| invited(row, resend, revoke))
                                .collect_view()}
                        </tbody>
                    }
                })}
        </table>
    }
    .into_any()
}

fn head(words: &'static str) -> impl IntoView {
    view! {
        <tr class="group">
            <th scope="rowgroup" colspan="5">
                {words}
            </th>
        </tr>
    }
}

fn group(words: &'static str, rows: Vec<MemberRow>, nobody: &'static str) -> impl IntoView {
    let rows = if rows.is_empty() {
        view! {
            <tr>
                <td class="soft" colspan="5">
                    {nobody}
                </td>
            </tr>
        }
        .into_any()
    } else {
        rows.into_iter().map(member).collect_view().into_any()
    };
    view! { <tbody>{head(words)} {rows}</tbody> }
}

fn member(row: MemberRow) -> impl IntoView {
    let MemberRow {
        id,
        name,
        email,
        role,
        clients,
        last_seen,
        is_disabled,
        is_me,
        may_change,
        ..
    } = row;
    let action = action(id, &name, is_me, may_change);
    view! {
        <tr>
            <td>
                <span class="identity">
                    <PersonAvatar name=name.clone() size=AvatarSize::S32 />
                    <span class="identity-text">
                        <span class="identity-name">
                            {name} {is_me.then(|| view! { <span class="muted">" (you)"</span> })}
                        </span>
                        <span class="identity-detail">{email}</span>
                    </span>
                </span>
            </td>
            <td class="soft">{role.name()}</td>
            <td class="soft team-clients">{clients}</td>
            <td class="soft">
                {if is_disabled {
                    view! { <StatusInline status=Status::Cancelled words="Disabled" icon=Icon::Pause /> }
                        .into_any()
                } else {
                    last_seen.unwrap_or_else(|| "Never".to_owned()).into_any()
                }}
            </td>
            <td>
                <div class="table-actions">{action}</div>
            </td>
        </tr>
    }
}

fn action(id: UserId, name: &str, is_me: bool, may_change: bool) -> Option<AnyView> {
    let (href, label, word) = if is_me {
        ("/me".to_owned(), "Look after yourself".to_owned(), "You")
    } else if may_change {
        (format!("/team/{id}"), format!("Change {name}"), "Change")
    } else {
        return None;
    };
    Some(
        view! {
            <a class="button quiet small" href=href aria-label=label>
                {word}
            </a>
        }
        .into_any(),
    )
}

fn invited(
    row: InvitationRow,
    resend: ServerAction<ResendInvitation>,
    revoke: ServerAction<RevokeInvitation>,
) -> impl IntoView {
    let InvitationRow {
        id,
        name,
        email,
        role,
        clients,
        by,
        ends,
        may_change,
    } = row;
    let by = by.map(|by| format!("Invited by {by}"));
    let detail = match name.as_str() {
        "" => by.unwrap_or_default(),
        name => by.map_or_else(|| name.to_owned(), |by| format!("{name}. {by}")),
    };
    let again = format!("Send the invitation to {email} again");
    let back = format!("Take the invitation to {email} back");
    let forms = may_change.then(|| {
        view! {
            <ActionForm action=resend>
                <input type="hidden" name="invitation" value=id.to_string() />
                <button class="button quiet small" type="submit" aria-label=again>
                    "Send again"
                </button>
            </ActionForm>
            <ActionForm action=revoke>
                <input type="hidden" name="invitation" value=id.to_string() />
                <button class="button quiet small" type="submit" aria-label=back>
                    "Take back"
                </button>
            </ActionForm>
        }
    });
    view! {
        <tr>
            <td>
                <span class="identity">
                    <span class="avatar avatar-32 invited" aria-hidden="true">
                        {Icon::Mail.view()}
                    </span>
                    <span class="identity-text">
                        <span class="identity-name">{email}</span>
                        <span class="identity-detail">{detail}</span>
                    </span>
                </span>
            </td>
            <td class="soft">{role.name()}</td>
            <td class="soft team-clients">{clients}</td>
            <td class="soft">"Ends " {ends}</td>
            <td>
                <div class="table-actions">{forms}</div>
            </td>
        </tr>
    }
}
