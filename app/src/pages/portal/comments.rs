//! What was said about a post, and saying something. A moment of the video is a button that shows it.

use domain::{AssetId, ClientId, PostId};
use leptos::prelude::*;

use super::refused;
use super::sheet::MomentFields;
use super::video::Player;
use crate::api::decisions::PortalComment as Say;
use crate::api::portal::PortalComment;
use crate::components::{AvatarSize, BusyButton, Icon, PersonAvatar};

/// The conversation about a post.
#[component]
pub(super) fn Comments(
    client: ClientId,
    post: PostId,
    comments: Vec<PortalComment>,
    /// The post's video.
    video: Option<AssetId>,
    player: Player,
) -> impl IntoView {
    let say = ServerAction::<Say>::new();
    let refusal = move || say.value().get()?.err().map(refused);
    let list = comments
        .into_iter()
        .map(|comment| view! { <Said client comment player /> })
        .collect_view();
    view! {
        <section class="portal-comments" id="comments" aria-labelledby="comments-title">
            <h2 class="portal-section" id="comments-title">
                "Comments"
            </h2>
            <ol class="comment-list">{list}</ol>
            {refusal}
            <ActionForm action=say attr:class="form comment-form">
                <input type="hidden" name="client" value=client.to_string() />
                <input type="hidden" name="post" value=post.to_string() />
                <label class="field">
                    <span class="field-label">"Say something about it"</span>
                    <textarea class="input" name="body" rows="2" maxlength="4000" required></textarea>
                </label>
                {video.map(|asset| view! { <MomentFields asset player /> })}
                <BusyButton
                    class="button secondary large"
                    label="Comment"
                    busy_label="Sending"
                    busy=say.pending()
                />
            </ActionForm>
        </section>
    }
    .into_any()
}

#[component]
fn Said(client: ClientId, comment: PortalComment, player: Player) -> impl IntoView {
    let name = if comment.is_mine {
        "You".to_owned()
    } else {
        comment.author.clone()
    };
    let moment = comment.at.map(|(asset, at_ms, label)| {
        // Without WASM the link opens the file at that moment.
        let href = format!(
            "/portal/clients/{client}/assets/{asset}/file#t={}",
            at_ms / 1_000
        );
        view! {
            " at "
            <a
                class="moment-link"
                href=href
                rel="external"
                on:click=move |event| {
                    if player.seek(at_ms) {
                        event.prevent_default();
                    }
                }
            >
                {label}
            </a>
        }
    });
    view! {
        <li class="comment" class:is-settled=comment.resolved>
            <PersonAvatar name=comment.author size=AvatarSize::S30 />
            <div class="comment-text">
                <p class="comment-head">
                    <b>{name}</b>
                    {moment}
                    <span class="comment-when">{comment.when}</span>
                    {comment
                        .resolved
                        .then(|| view! { <span class="chip">{Icon::Check.view()} "Settled"</span> })}
                </p>
                <p class="comment-body">{comment.body}</p>
            </div>
        </li>
    }
    .into_any()
}
