//! What the post says: the caption that its accounts share, and those that some of them have instead.

use leptos::prelude::*;

use crate::api::portal::PortalPostData;
use crate::components::Icon;

/// Every caption that will be seen anywhere, each with where that is.
#[component]
pub(super) fn Captions(post: PortalPostData) -> impl IntoView {
    let (own, sharing): (Vec<_>, Vec<_>) = post
        .targets
        .into_iter()
        .partition(|target| target.caption.is_some());
    let is_one = own.is_empty();
    let where_it_is = sharing
        .iter()
        .map(|target| format!("{} on {}", target.name, target.platform))
        .collect::<Vec<_>>()
        .join(", ");
    // Where every account has its own, nobody sees the one that they do not share.
    let shared = (is_one || !sharing.is_empty()).then(|| {
        view! {
            {(!is_one).then(|| view! { <h3 class="review-caption-of">{where_it_is}</h3> })}
            <p class="review-caption">{post.caption}</p>
        }
    });
    let own = own
        .into_iter()
        .map(|target| {
            view! {
                <h3 class="review-caption-of">
                    {Icon::from(target.platform).view()} {target.name} " on "
                    {target.platform.name()}
                </h3>
                <p class="review-caption">{target.caption}</p>
            }
        })
        .collect_view();
    view! {
        <section class="portal-card" aria-labelledby="caption-title">
            <h2 class="portal-card-title" id="caption-title">
                {if is_one { "Caption" } else { "Captions" }}
            </h2>
            {shared}
            {own}
        </section>
    }
    .into_any()
}
