//! How a post stands with its approvers: the same on the board and in the composer.

use domain::approval::{ReviewState, Verdict};
use leptos::prelude::*;

use super::comments::Comments;
use crate::api::approvals::{
    CaptionPart, ChangesData, Decide, Pick, ReviewData, TakeBackReviews, WithdrawDecision,
};
use crate::components::{BusyButton, Icon, Notice, Status, Thumb};

/// What stands, what has changed, what was said, and what can be done about it.
#[component]
pub(in crate::pages) fn ReviewPanel(
    /// How it stands.
    review: ReviewData,
    /// Called when something was done.
    on_change: Callback<()>,
    /// Whether the post's own fields are on this page.
    #[prop(optional)]
    in_composer: bool,
) -> impl IntoView {
    let status = match review.state {
        ReviewState::Waiting => Status::Waiting,
        ReviewState::Approved => Status::Approved,
        ReviewState::Changes => Status::Changes,
        ReviewState::Withdrawn | ReviewState::Void => Status::Draft,
    };
    let lines = review.lines.join(" ");
    let changes = review.changes.clone().map(|changes| shown(&changes));
    let head = (!in_composer).then(|| head(&review));
    let actions = actions(&review, on_change);
    let (client, post) = (review.client, review.post);
    let client_name = review.client_name.clone();
    view! {
        <section class="review" class:panel=in_composer aria-label="Approval">
            {head}
            <Notice status=status lead=format!("{}.", review.lead)>
                {lines}
            </Notice>
            {actions}
            {changes}
            <Comments client post client_name comments=review.comments on_change />
        </section>
    }
    .into_any()
}

fn head(review: &ReviewData) -> impl IntoView + use<> {
    let accounts = review
        .accounts
        .iter()
        .map(|(platform, name)| {
            view! { <p class="review-fact">{Icon::from(*platform).view()} {name.clone()}</p> }
        })
        .collect_view();
    view! {
        <div class="review-head">
            <Thumb url=review.poster_url.clone() />
            <div>
                <h2>{review.title.clone()}</h2>
                {accounts}
                <p class="review-fact">{Icon::Clock.view()} {review.due.clone()}</p>
                <a
                    class="button secondary small"
                    href=format!("/clients/{}/posts/{}", review.client, review.post)
                >
                    {Icon::Pencil.view()}
                    "Open"
                </a>
            </div>
        </div>
    }
}

/// What has changed: words that went, words that came, and the rest in sentences.
fn shown(changes: &ChangesData) -> impl IntoView + use<> {
    let since = changes.since;
    let caption = (!changes.caption.is_empty()).then(|| {
        let parts = changes
            .caption
            .iter()
            .cloned()
            .map(|part| match part {
                CaptionPart::Same(text) => view! { <span>{text}</span> }.into_any(),
                CaptionPart::Removed(text) => view! { <del>{text}</del> }.into_any(),
                CaptionPart::Added(text) => view! { <ins>{text}</ins> }.into_any(),
            })
            .collect_view();
        view! { <p class="review-diff">{parts}</p> }
    });
    let nothing = changes.caption.is_empty() && changes.others.is_empty();
    let others = if nothing {
        "Nothing has changed.".to_owned()
    } else if changes.caption.is_empty() {
        format!("The caption is unchanged. {}", changes.others.join(" "))
    } else {
        changes.others.join(" ")
    };
    view! {
        <div class="review-changes">
            <h3>{format!("Changed since version {since}")}</h3>
            {caption}
            <p class="muted">{others}</p>
        </div>
    }
}

fn actions(review: &ReviewData, on_change: Callback<()>) -> impl IntoView + use<> {
    let decide = ServerAction::<Decide>::new();
    let withdraw = ServerAction::<WithdrawDecision>::new();
    let take_back = ServerAction::<TakeBackReviews>::new();
    let told = StoredValue::new((0, 0, 0));
    Effect::new(move |_| {
        let versions = (
            decide.version().get(),
            withdraw.version().get(),
            take_back.version().get(),
        );
        if versions != told.get_value() {
            told.set_value(versions);
            on_change.run(());
        }
    });
    let refusal = move || {
        let decided = decide.value().get().and_then(Result::err);
        let withdrawn = withdraw.value().get().and_then(Result::err);
        decided.or(withdrawn).map(|error| {
            view! { <Notice status=Status::Failed alert=true lead=error.to_string() /> }
        })
    };
    let ids = {
        let (client, post) = (review.client.to_string(), review.post.to_string());
        move || {
            view! {
                <input type="hidden" name="client" value=client.clone() />
                <input type="hidden" name="post" value=post.clone() />
            }
        }
    };
    let version = review.version.clone();
    let decision = review.may_decide.then(|| {
        let ids = ids.clone();
        let button = move |verdict: Verdict, class: &'static str, label: &'static str| {
            view! {
                <button class=class type="submit" name="verdict" value=verdict.as_str()>
                    {label}
                </button>
            }
        };
        view! {
            <ActionForm action=decide attr:class="review-decide">
                {ids()} <input type="hidden" name="version" value=version />
                <label class="field-name" for="review-note">
                    "Note, for changes"
                </label>
                <textarea class="input" id="review-note" name="note" rows="2" maxlength="4000"></textarea>
                <div class="button-row">
                    {button(Verdict::Approved, "button primary small", "Approve")}
                    {button(Verdict::Changes, "button secondary small", "Ask for changes")}
                </div>
            </ActionForm>
        }
    });
    let withdrawal = review.may_withdraw.then(|| {
        view! {
            <ActionForm action=withdraw>
                {ids()}
                <BusyButton
                    class="button secondary small"
                    label="Take my approval back"
                    busy_label="Taking back"
                    busy=withdraw.pending()
                    icon=Icon::Undo
                />
            </ActionForm>
        }
    });
    let pick = Pick {
        client: review.client,
        post: review.post,
    };
    let taking_back = (review.state == ReviewState::Waiting).then(|| {
        view! {
            <button
                class="button secondary small"
                type="button"
                disabled=move || take_back.pending().get()
                on:click=move |_| {
                    take_back.dispatch(TakeBackReviews { picks: vec![pick] });
                }
            >
                {Icon::Undo.view()}
                "Take back"
            </button>
        }
    });
    view! {
        <div class="review-actions">{refusal} {decision} {withdrawal} {taking_back}</div>
    }
}
