//! `/portal/clients/{client}/posts/{post}/decided`: what came of a decision, until when it can be taken back,
//! and what waits next.

use leptos::prelude::*;
use leptos_meta::Title;

use super::review::WithdrawForm;
use super::standing::meaning;
use super::{PortalTrouble, post_href, use_post_ids};
use crate::api::portal::{DecidedData, NextData, PortalPostData, PortalStanding, portal_decided};
use crate::components::{Icon, PanelSkeleton, Thumb};
use crate::pages::trouble::no_such_page;
use crate::state::resource::resource;

/// The page.
#[component]
pub fn DecidedPage() -> impl IntoView {
    let ids = use_post_ids();
    let decided = resource(
        move || ids.get(),
        |ids| async move {
            match ids {
                Some((client, post)) => portal_decided(client, post).await,
                None => Err(no_such_page()),
            }
        },
    );
    let content = move || {
        decided.get().map(|decided| match decided {
            Ok(decided) => view! { <Decided decided /> }.into_any(),
            Err(error) => view! { <PortalTrouble error /> }.into_any(),
        })
    };
    view! {
        <Title text="Decided" />
        <Transition fallback=|| {
            view! {
                <div class="portal-body">
                    <PanelSkeleton lines=5 />
                </div>
            }
        }>{content}</Transition>
    }
    .into_any()
}

#[component]
fn Decided(decided: DecidedData) -> impl IntoView {
    let DecidedData {
        post,
        withdraw_until,
        next,
    } = decided;
    let (title, tile, icon) = head(&post.standing, post.may_withdraw);
    let lead = meaning(&post.standing, &post.agency);
    let note = post
        .may_withdraw
        .then(|| format!("If {} edits the post, you are asked again.", post.agency));
    let (client, id) = (post.client, post.post);
    let withdraw = post
        .may_withdraw
        .then(|| view! { <WithdrawForm client post=id /> });
    view! {
        <div class="decided">
            <a class="button quiet icon-only decided-close" href="/portal" aria-label="Close">
                {Icon::Close.view()}
            </a>
            <span class=format!("decided-tile {tile}")>{icon.view()}</span>
            <h1 class="portal-title">{title}</h1>
            <p class="portal-lead">{lead}</p>
            {summary(&post, withdraw_until)}
            {withdraw}
            {note.map(|note| view! { <p class="decided-note">{note}</p> })}
        </div>
        {next.map(next_one)}
    }
    .into_any()
}

fn head(standing: &PortalStanding, is_approved: bool) -> (&'static str, &'static str, Icon) {
    match standing {
        PortalStanding::Waits { .. } if is_approved => {
            ("Approved by you", "is-approved", Icon::Check)
        }
        PortalStanding::Waits { .. } => ("It waits for a decision", "is-waiting", Icon::Waiting),
        PortalStanding::ChangesAsked => ("Changes requested", "is-changes", Icon::Undo),
        PortalStanding::WithAgency => ("Being changed", "is-changes", Icon::Undo),
        PortalStanding::Trouble => ("Not out yet", "is-failed", Icon::Triangle),
        PortalStanding::Cancelled => ("Cancelled", "is-draft", Icon::Close),
        PortalStanding::Published => ("Published", "is-published", Icon::Check),
        PortalStanding::Planned => ("Planned", "is-scheduled", Icon::Clock),
        PortalStanding::Approved | PortalStanding::ApprovedLate | PortalStanding::Publishing => {
            ("Approved", "is-approved", Icon::Check)
        }
    }
}

fn summary(post: &PortalPostData, withdraw_until: Option<String>) -> impl IntoView + use<> {
    let poster = post.media.first().and_then(|file| file.poster_url.clone());
    let targets = post
        .targets
        .iter()
        .map(|target| {
            view! {
                <span class="inbox-fact">
                    {Icon::from(target.platform).view()} {target.name.clone()}
                </span>
            }
        })
        .collect_view();
    let until = withdraw_until.map(|until| {
        view! {
            <div class="decided-line">
                <dt>"You can withdraw until"</dt>
                <dd>
                    <b>{until}</b>
                    <span>"or until it is being published"</span>
                </dd>
            </div>
        }
    });
    view! {
        <div class="portal-card decided-card">
            <a class="decided-post" href=post_href(post.client, post.post)>
                <Thumb url=poster />
                <span class="inbox-text">
                    <span class="inbox-title">{post.caption.clone()}</span>
                    {targets}
                </span>
            </a>
            <dl>
                <div class="decided-line">
                    <dt>"Goes out"</dt>
                    <dd>
                        <b>{post.goes_out.clone()}</b>
                        <span>{post.zone_label.clone()}</span>
                    </dd>
                </div>
                {until}
            </dl>
        </div>
    }
}

fn next_one(next: NextData) -> impl IntoView {
    let left = format!("{} left, next due {}", next.left, next.due);
    view! {
        <a class="decided-next" href=next.href>
            <Thumb url=next.poster_url />
            <span class="inbox-text">
                <span class="inbox-fact">{left}</span>
                <b>"Review the next one"</b>
            </span>
            {Icon::Move.view()}
        </a>
    }
}
