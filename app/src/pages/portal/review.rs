//! `/portal/clients/{client}/posts/{post}`: one post, and the decision about it.

use domain::{ClientId, PostId};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::captions::Captions;
use super::comments::Comments;
use super::preview::PostPreview;
use super::sheet::MomentFields;
use super::standing::{meaning, status};
use super::video::{Player, video_of};
use super::{PortalTrouble, refused, use_post_ids};
use crate::api::decisions::{PortalDecide, PortalWithdraw};
use crate::api::portal::{
    Among, CaptionPiece, PortalChanges, PortalPostData, PortalStanding, PortalTargetData,
    portal_post,
};
use crate::components::{BusyButton, Icon, Notice, PanelSkeleton, Status, StatusPill};
use crate::pages::trouble::no_such_page;
use crate::state::resource::resource;

/// The page.
#[component]
pub fn ReviewPage() -> impl IntoView {
    let ids = use_post_ids();
    let query = use_query_map();
    // What was done to it is told by the address; then it is another one.
    let told = Memo::new(move |_| {
        query.with(|query| ["said", "saved", "withdrawn"].map(|name| query.get(name)))
    });
    let post = resource(
        move || (ids.get(), told.get()),
        |(ids, _)| async move {
            match ids {
                Some((client, post)) => portal_post(client, post).await,
                None => Err(no_such_page()),
            }
        },
    );
    let content = move || {
        post.get().map(|post| match post {
            Ok(post) => view! { <Review post /> }.into_any(),
            Err(error) => view! { <PortalTrouble error /> }.into_any(),
        })
    };
    view! {
        <Title text="Review" />
        <Transition fallback=|| {
            view! {
                <div class="portal-body">
                    <PanelSkeleton lines=8 />
                </div>
            }
        }>{content}</Transition>
    }
    .into_any()
}

#[component]
fn Review(post: PortalPostData) -> impl IntoView {
    let player = Player::new();
    let query = use_query_map();
    let asks = Memo::new(move |_| query.with(|query| query.get_str("ask") == Some("changes")));
    let video = video_of(&post.media).map(|file| file.id);
    let (client, id) = (post.client, post.post);
    let decision = decision(&post, asks, player);
    let (state, words) = status(&post.standing);
    let means = meaning(&post.standing, &post.agency);
    let saved = move || {
        query.with(|query| {
            let lead = if query.get("saved").is_some() {
                "Your settings are kept. Now the post waits for your approval."
            } else if query.get("withdrawn").is_some() {
                "Your approval is taken back. It does not go out without a new one."
            } else {
                return None;
            };
            Some(view! {
                <div role="status">
                    <Notice status=Status::Approved icon=Icon::Check lead />
                </div>
            })
        })
    };
    let is_waiting = matches!(post.standing, PortalStanding::Waits { .. });
    let how = (!is_waiting || !post.may_decide).then(|| {
        view! {
            <div class="portal-standing">
                <StatusPill status=state words />
                <p>{means}</p>
            </div>
        }
    });
    view! {
        <h1 class="sr-only">"Review a post"</h1>
        {post.among.clone().map(steps)}
        <div class="review">
            <PostPreview post=post.clone() player />
            <div class="review-side">
                {saved}
                {how}
                {facts(&post)}
                {post.changes.clone().map(changes)}
                <Captions post=post.clone() />
                <Comments client post=id comments=post.comments.clone() video player />
            </div>
        </div>
        {decision}
    }
    .into_any()
}

/// "2 of 4", with the way to the one before and the next one.
fn steps(among: Among) -> impl IntoView {
    let step = |href: Option<String>, icon: Icon, label: &'static str| match href {
        Some(href) => view! {
            <a class="button quiet icon-only" href=href aria-label=label>
                {icon.view()}
            </a>
        }
        .into_any(),
        None => view! { <span class="review-step-off">{icon.view()}</span> }.into_any(),
    };
    view! {
        <nav class="review-steps" aria-label="What waits">
            {step(among.previous, Icon::ChevronLeft, "The one before")}
            <span>{format!("{} of {}", among.place, among.count)}</span>
            {step(among.next, Icon::ChevronRight, "The next one")}
        </nav>
    }
}

/// Where it goes, who can see it there, and when.
fn facts(post: &PortalPostData) -> impl IntoView + use<> {
    let (client, id) = (post.client, post.post);
    let target = move |target: PortalTargetData| {
        let audience = target.audience.map(|audience| format!(", {audience}"));
        let label = target.label.map(|label| format!(", “{label}”"));
        let settings = target.has_settings.then(|| {
            view! {
                <a
                    class="link"
                    href=format!("/portal/clients/{client}/posts/{id}/tiktok/{}", target.account)
                >
                    "Change"
                    <span class="sr-only">" who can see it and what it promotes"</span>
                </a>
            }
        });
        let link = target.url.map(|url| {
            view! {
                <a class="link" href=url target="_blank" rel="noopener noreferrer external">
                    "Open"
                </a>
            }
        });
        view! {
            <li>
                <span class=format!("fact-icon glyph-{}", target.platform.as_str())>
                    {Icon::from(target.platform).view()}
                </span>
                <span class="fact-text">
                    <b>{target.platform.name()}</b>
                    " "
                    <span class="muted">{target.name} {audience} {label}</span>
                </span>
                {settings}
                {link}
            </li>
        }
    };
    let when = match post.standing {
        PortalStanding::Published | PortalStanding::Publishing => "Planned for",
        _ => "Goes out",
    };
    view! {
        <ul class="portal-card review-facts">
            {post.targets.clone().into_iter().map(target).collect_view()}
            <li>
                <span class="fact-icon">{Icon::Clock.view()}</span>
                <span class="fact-text muted">
                    {format!("{when} {} {}", post.goes_out, post.place)}
                </span>
            </li>
        </ul>
    }
}

/// What has changed since the version that was decided about before.
fn changes(changes: PortalChanges) -> impl IntoView {
    let piece = |piece: CaptionPiece| match piece {
        CaptionPiece::Same(text) => text.into_any(),
        CaptionPiece::Removed(text) => view! { <del>{text}</del> }.into_any(),
        CaptionPiece::Added(text) => view! { <ins>{text}</ins> }.into_any(),
    };
    let caption = (!changes.caption.is_empty()).then(|| {
        view! { <p class="review-caption">{changes.caption.into_iter().map(piece).collect_view()}</p> }
    });
    let others = changes
        .others
        .into_iter()
        .map(|other| view! { <li>{other}</li> })
        .collect_view();
    view! {
        <section class="portal-card review-changes" aria-labelledby="changes-title">
            <h2 class="portal-card-title" id="changes-title">
                {Icon::Undo.view()}
                "Changed since you decided"
            </h2>
            {caption}
            <ul class="review-others">{others}</ul>
        </section>
    }
}

/// What can be done about it now: the bar that stays at the bottom.
fn decision(post: &PortalPostData, asks: Memo<bool>, player: Player) -> Option<AnyView> {
    let (client, id) = (post.client, post.post);
    if post.may_withdraw {
        return Some(view! { <Withdraw client post=id /> }.into_any());
    }
    let version = post.version.clone().filter(|_| post.may_decide)?;
    let deadline = match &post.standing {
        PortalStanding::Waits {
            decide_by,
            left,
            is_near,
            ..
        } => Some((format!("Decide by {decide_by}. {left}."), *is_near)),
        _ => None,
    };
    let video = video_of(&post.media).map(|file| file.id);
    Some(
        view! {
            <div class="decide-bar" id="decide">
                {move || {
                    let version = version.clone();
                    let deadline = deadline.clone();
                    if asks.get() {
                        view! { <AskChanges client post=id version video player /> }.into_any()
                    } else {
                        view! { <Decide client post=id version deadline /> }.into_any()
                    }
                }}
            </div>
        }
        .into_any(),
    )
}

#[component]
fn Decide(
    client: ClientId,
    post: PostId,
    version: String,
    deadline: Option<(String, bool)>,
) -> impl IntoView {
    let decide = ServerAction::<PortalDecide>::new();
    let refusal = move || decide.value().get()?.err().map(refused);
    let deadline = deadline.map(|(words, is_near)| {
        let class = if is_near {
            "decide-due is-waiting"
        } else {
            "decide-due"
        };
        view! { <p class=class>{Icon::Clock.view()} {words}</p> }
    });
    view! {
        {refusal}
        {deadline}
        <div class="decide-buttons">
            <a
                class="button secondary large block"
                href=format!("/portal/clients/{client}/posts/{post}?ask=changes#decide")
            >
                "Request changes"
            </a>
            <ActionForm action=decide>
                <Named client post version verdict="approved" />
                <BusyButton
                    class="button primary large block"
                    label="Approve"
                    busy_label="Approving"
                    busy=decide.pending()
                    icon=Icon::Check
                />
            </ActionForm>
        </div>
    }
    .into_any()
}

#[component]
fn AskChanges(
    client: ClientId,
    post: PostId,
    version: String,
    video: Option<domain::AssetId>,
    player: Player,
) -> impl IntoView {
    let decide = ServerAction::<PortalDecide>::new();
    let refusal = move || decide.value().get()?.err().map(refused);
    view! {
        {refusal}
        <ActionForm action=decide attr:class="form">
            <Named client post version verdict="changes" />
            <label class="field">
                <span class="field-label">"What should be changed?"</span>
                <textarea class="input" name="note" rows="3" maxlength="4000" required></textarea>
            </label>
            {video.map(|asset| view! { <MomentFields asset player /> })}
            <div class="decide-buttons">
                <a
                    class="button secondary large block"
                    href=format!("/portal/clients/{client}/posts/{post}")
                >
                    "Back"
                </a>
                <BusyButton
                    class="button primary large block"
                    label="Request changes"
                    busy_label="Sending"
                    busy=decide.pending()
                    icon=Icon::Send
                />
            </div>
        </ActionForm>
    }
    .into_any()
}

/// What a decision is about, and what it is.
#[component]
fn Named(client: ClientId, post: PostId, version: String, verdict: &'static str) -> impl IntoView {
    view! {
        <input type="hidden" name="client" value=client.to_string() />
        <input type="hidden" name="post" value=post.to_string() />
        <input type="hidden" name="version" value=version />
        <input type="hidden" name="verdict" value=verdict />
    }
}

#[component]
fn Withdraw(client: ClientId, post: PostId) -> impl IntoView {
    view! {
        <div class="decide-bar">
            <p class="decide-due">{Icon::Approved.view()} "You approved it."</p>
            <WithdrawForm client post />
        </div>
    }
    .into_any()
}

/// Takes one's own approval back.
#[component]
pub(super) fn WithdrawForm(client: ClientId, post: PostId) -> impl IntoView {
    let withdraw = ServerAction::<PortalWithdraw>::new();
    let refusal = move || withdraw.value().get()?.err().map(refused);
    view! {
        {refusal}
        <ActionForm action=withdraw>
            <input type="hidden" name="client" value=client.to_string() />
            <input type="hidden" name="post" value=post.to_string() />
            <BusyButton
                class="button secondary large block"
                label="Withdraw approval"
                busy_label="Withdrawing"
                busy=withdraw.pending()
                icon=Icon::Undo
            />
        </ActionForm>
    }
    .into_any()
}
