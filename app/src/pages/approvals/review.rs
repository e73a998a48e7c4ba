//! How a post stands with its approvers: the same on the board and in the composer.

use domain::approval::{ReviewState, Verdict};
use domain::{ClientId, PostId};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::comments::Comments;
use crate::api::approvals::{
    CaptionPart, ChangesData, Decide, Pick, ReviewData, TakeBackReviews, WithdrawDecision, review,
};
use crate::components::{BusyButton, Icon, Notice, Status, Thumb};

/// What stands, what has changed, what was said, and what can be done about it. What is being written stays
/// when the rest is loaded anew.
#[component]
pub(super) fn ReviewPanel(
    /// Whose it is.
    client: ClientId,
    /// The post.
    post: PostId,
    /// How it stands.
    #[prop(into)]
    review: Signal<Option<ReviewData>>,
    /// Called when something was done.
    on_change: Callback<()>,
) -> impl IntoView {
    let head = move || review.get().map(|review| head(&review));
    view! {
        <section class="review" aria-label="Approval">
            {head} {standing(review)} <Actions client post review on_change /> {changed(review)}
            <Comments client post review on_change />
        </section>
    }
    .into_any()
}

/// The same in the composer, where deciding and taking back would change what is being written: the way to
/// the board leads there.
#[component]
pub(in crate::pages) fn ComposerReview(
    /// How it stands.
    review: ReviewData,
) -> impl IntoView {
    let (client, post) = (review.client, review.post);
    let shown = RwSignal::new(Some(review));
    let reload = Callback::new(move |()| {
        spawn_local(async move {
            if let Ok(Some(newer)) = self::review(client, post).await {
                shown.try_set(Some(newer));
            }
        });
    });
    view! {
        <section class="review panel" aria-label="Approval">
            {standing(shown.into())}
            <a
                class="button secondary small"
                href=format!("/clients/{client}/approvals?post={post}")
            >
                {Icon::Approved.view()}
                "Open in Approvals"
            </a>
            {changed(shown.into())}
            <Comments client post review=shown on_change=reload />
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

fn standing(review: Signal<Option<ReviewData>>) -> impl IntoView {
    move || {
        let review = review.get()?;
        let status = match review.state {
            ReviewState::Waiting => Status::Waiting,
            ReviewState::Approved => Status::Approved,
            ReviewState::Changes => Status::Changes,
            ReviewState::Withdrawn | ReviewState::Void => Status::Draft,
        };
        Some(view! {
            <Notice status=status lead=format!("{}.", review.lead)>
                {review.lines.join(" ")}
            </Notice>
        })
    }
}

/// What has changed: words that went, words that came, and the rest in sentences.
fn changed(review: Signal<Option<ReviewData>>) -> impl IntoView {
    move || Some(changes_view(&review.get()?.changes?))
}

fn changes_view(changes: &ChangesData) -> impl IntoView + use<> {
    let since = changes.since;
    view! {
        <div class="review-changes">
            <h3>{format!("Changed since version {since}")}</h3>
            {differences(changes)}
        </div>
    }
}

/// What differs: the caption word by word, the rest in sentences.
pub(in crate::pages) fn differences(changes: &ChangesData) -> impl IntoView + use<> {
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
        {caption}
        <p class="muted">{others}</p>
    }
}

/// What whoever looks can do: decide for the agency, take an approval back, take the post back.
#[component]
fn Actions(
    client: ClientId,
    post: PostId,
    review: Signal<Option<ReviewData>>,
    on_change: Callback<()>,
) -> impl IntoView {
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
        let taken = take_back.value().get().and_then(Result::err);
        decided.or(withdrawn).or(taken).map(|error| {
            view! { <Notice status=Status::Failed alert=true lead=error.to_string() /> }
        })
    };
    let version = Memo::new(move |_| review.get().map(|review| review.version));
    let may = Memo::new(move |_| {
        review.with(|review| {
            review.as_ref().map_or((false, false, false), |review| {
                let waits = review.state == ReviewState::Waiting;
                (review.may_decide, review.may_withdraw, waits)
            })
        })
    });
    let ids = move || {
        view! {
            <input type="hidden" name="client" value=client.to_string() />
            <input type="hidden" name="post" value=post.to_string() />
        }
    };
    let note = RwSignal::new(String::new());
    let button = |verdict: Verdict, class: &'static str, label: &'static str| {
        view! {
            <button class=class type="submit" name="verdict" value=verdict.as_str()>
                {label}
            </button>
        }
    };
    let decision = move || {
        view! {
            <ActionForm action=decide attr:class="review-decide">
                {ids()}
                {move || {
                    version.get().map(|version| view! { <input type="hidden" name="version" value=version /> })
                }}
                <label class="field-name" for="review-note">
                    "Note, for changes"
                </label>
                <textarea
                    class="input"
                    id="review-note"
                    name="note"
                    rows="2"
                    maxlength="4000"
                    prop:value=move || note.get()
                    on:input:target=move |event| note.set(event.target().value())
                ></textarea>
                <div class="button-row">
                    {button(Verdict::Approved, "button primary small", "Approve")}
                    {button(Verdict::Changes, "button secondary small", "Ask for changes")}
                </div>
            </ActionForm>
        }
    };
    let withdrawal = move || {
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
    };
    let taking_back = move || {
        view! {
            <button
                class="button secondary small"
                type="button"
                disabled=move || take_back.pending().get()
                on:click=move |_| {
                    take_back
                        .dispatch(TakeBackReviews {
                            picks: vec![Pick { client, post }],
                        });
                }
            >
                {Icon::Undo.view()}
                "Take back"
            </button>
        }
    };
    let buttons = move || {
        let (decides, withdraws, waits) = may.get();
        view! {
            {decides.then(decision)}
            {withdraws.then(withdrawal)}
            {waits.then(taking_back)}
        }
    };
    view! { <div class="review-actions">{refusal} {buttons}</div> }.into_any()
}
