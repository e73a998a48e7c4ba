//! A post that has left: it can be looked at, not changed.

use domain::media::duration_label;
use domain::post::caption_title;
use domain::{ClientId, DeliveryState};
use leptos::prelude::*;

use super::duplicate::use_duplicate;
use super::place::{Head, use_place};
use crate::api::calendar::Which;
use crate::api::posts::{ComposerData, MediaData, PostData};
use crate::components::{Icon, Notice, Status, StatusPill, Thumb};
use crate::pages::standing::Standing;
use crate::state::{viewer, wall};

/// The post with its text, video and time, and the ways to its history and to the platform.
#[component]
pub(super) fn Locked(
    client: ClientId,
    data: ComposerData,
    post: PostData,
    on_change: Callback<()>,
) -> impl IntoView {
    let title = caption_title(&post.caption, 60);
    let state = post.state;
    let history = post
        .history
        .map(|delivery| format!("/clients/{client}/history/{delivery}"));
    let when = wall::words(&post.local_time).map(|words| format!("{words} {}", data.zone_label));
    let here = time_here(post.local_time.clone(), data.zone.clone(), post.which);
    let month = wall::month(&post.local_time).to_owned();
    // Where something is to be said, it says all; else one sentence does.
    let is_quiet = state == DeliveryState::Published
        && post
            .standings
            .iter()
            .all(|standing| standing.cancel_refused.is_none());
    let quiet = is_quiet.then(|| {
        view! {
            <Notice status=Status::Published icon=Icon::Lock lead="This post is published.">
                "What has left cannot be changed here. A new post may take a few minutes until it shows on the profile."
            </Notice>
        }
    });
    let id = post.id;
    let place = use_place(client);
    let copy = use_duplicate(client, place);
    let standings = post
        .standings
        .iter()
        .cloned()
        .map(|standing| {
            view! { <Standing client post=id standing in_composer=true on_change /> }
        })
        .collect_view();
    let name_of = |id| {
        let mut accounts = data.accounts.iter();
        accounts.find(|account| account.id == id).map(|account| {
            let name = &account.nickname;
            format!("{name} on {}", account.platform)
        })
    };
    let names: Vec<String> = post
        .targets
        .iter()
        .filter_map(|target| name_of(target.account))
        .collect();
    let cover = post
        .targets
        .iter()
        .find_map(|target| target.options.video_cover());
    let own = post
        .targets
        .iter()
        .filter_map(|target| {
            let name = format!("Caption for {}", name_of(target.account)?);
            Some(fact(name, target.caption.clone()?))
        })
        .collect_view();
    let accounts = (!names.is_empty()).then(|| {
        let title = if names.len() == 1 {
            "Account"
        } else {
            "Accounts"
        };
        fact(title, names.join(", "))
    });
    view! {
        <Head
            place
            title
            month
            page=Some(post.id)
            beside=move || view! { <StatusPill status=state /> }
        >
            <button class="button secondary small" type="button" on:click=move |_| copy.run(id)>
                {Icon::Copy.view()}
                <span>"Duplicate"</span>
            </button>
            {history
                .map(|href| {
                    view! {
                        <a class="button secondary small" href=href>
                            {Icon::History.view()}
                            <span>"Show its history"</span>
                        </a>
                    }
                })}
        </Head>
        <div class="composer-main">
            {quiet}
            {standings}
            <section class="panel">
                <div class="panel-head">
                    <h2 class="panel-title">"What was sent"</h2>
                </div>
                <dl>
                    {accounts} {when
                        .map(|when| {
                            fact("Planned for", view! { {when} " " <span class="muted">{here}</span> })
                        })}
                    {fact("Caption", post.caption)} {own}
                </dl>
                {post
                    .media
                    .into_iter()
                    .map(|MediaData { asset, alt }| {
                        let picture = asset.cover_url(cover);
                        let length = asset.facts.video().map(|video| duration_label(video.duration_ms));
                        view! {
                            <div class="media-item">
                                <span class="media-picture">
                                    <Thumb url=picture />
                                    {length.map(|length| view! { <span class="media-length">{length}</span> })}
                                </span>
                                <div class="media-text">
                                    <div class="media-name truncate">{asset.file_name}</div>
                                    <div class="media-facts">{asset.facts.summary()}</div>
                                    {(!alt.is_empty()).then(|| view! { <div class="media-facts">{alt}</div> })}
                                </div>
                            </div>
                        }
                    })
                    .collect_view()}
            </section>
            {post
                .post_urls
                .into_iter()
                .map(|(platform, url)| {
                    view! {
                        <p>
                            <a class="link" href=url target="_blank" rel="noopener noreferrer">
                                {format!("See it on {platform}")}
                            </a>
                        </p>
                    }
                })
                .collect_view()}
        </div>
    }
}

/// The time as the clocks show it where this is read, where they show another; told once the page has come to life.
fn time_here(local: String, zone: String, which: Option<Which>) -> Signal<Option<String>> {
    let here = RwSignal::new(None);
    Effect::new(move |_| {
        let at = viewer::instant(&local, &zone, which);
        here.set(at.and_then(|at| viewer::words(at, &local)));
    });
    here.into()
}

fn fact(name: impl Into<String>, value: impl IntoView) -> impl IntoView {
    let name = name.into();
    view! {
        <div class="option-row">
            <dt class="option-name">{name}</dt>
            <dd class="option-body">{value}</dd>
        </div>
    }
}
