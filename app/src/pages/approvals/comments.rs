//! What was said about a post, saying more, to the client or among the agency alone, and settling it.

use domain::{ClientId, PostId};
use leptos::prelude::*;

use crate::api::approvals::{AddComment, CommentData, ResolveComment, ReviewData};
use crate::components::{BusyButton, Icon, Notice, PersonAvatar, Status};

#[component]
pub(super) fn Comments(
    client: ClientId,
    post: PostId,
    /// How it stands, with what was said.
    #[prop(into)]
    review: Signal<Option<ReviewData>>,
    /// Called when something was said or settled.
    on_change: Callback<()>,
) -> impl IntoView {
    let add = ServerAction::<AddComment>::new();
    let settle = ServerAction::<ResolveComment>::new();
    let body = RwSignal::new(String::new());
    let internal = RwSignal::new(false);
    let told = StoredValue::new(0);
    Effect::new(move |_| {
        let version = add.version().get();
        if version != told.get_value() {
            told.set_value(version);
            if matches!(add.value().get_untracked(), Some(Ok(()))) {
                body.set(String::new());
            }
            on_change.run(());
        }
    });
    let settled = StoredValue::new(0);
    Effect::new(move |_| {
        let version = settle.version().get();
        if version != settled.get_value() {
            settled.set_value(version);
            on_change.run(());
        }
    });
    let refusal = move || {
        let said = add.value().get().and_then(Result::err);
        let settled = settle.value().get().and_then(Result::err);
        said.or(settled).map(|error| {
            view! { <Notice status=Status::Failed alert=true lead=error.to_string() /> }
        })
    };
    let comments = Memo::new(move |_| {
        review.with(|review| {
            review
                .as_ref()
                .map_or_else(Vec::new, |of| of.comments.clone())
        })
    });
    let client_name = Memo::new(move |_| {
        review.with(|review| {
            review
                .as_ref()
                .map_or_else(String::new, |of| of.client_name.clone())
        })
    });
    let list = move || {
        let comments = comments.get();
        (!comments.is_empty()).then(|| {
            let items = comments
                .into_iter()
                .map(|comment| view! { <Comment client comment settle /> })
                .collect_view();
            view! { <ol class="comment-list">{items}</ol> }
        })
    };
    let reads = move || {
        if internal.get() {
            "Only the agency reads this.".to_owned()
        } else {
            format!("{} reads this.", client_name.get())
        }
    };
    view! {
        <div class="comments">
            <h3>"Comments " <span class="muted">{move || comments.with(Vec::len)}</span></h3>
            {list}
            {refusal}
            <ActionForm action=add attr:class="comment-form">
                <input type="hidden" name="client" value=client.to_string() />
                <input type="hidden" name="post" value=post.to_string() />
                <label class="sr-only" for="comment-body">
                    "Comment"
                </label>
                <textarea
                    class="input"
                    id="comment-body"
                    name="body"
                    rows="2"
                    maxlength="4000"
                    required
                    placeholder="Write a comment"
                    prop:value=move || body.get()
                    on:input:target=move |event| body.set(event.target().value())
                ></textarea>
                <div class="comment-foot">
                    <label class="check-line">
                        <input
                            type="checkbox"
                            class="check"
                            name="internal"
                            value="1"
                            prop:checked=move || internal.get()
                            on:change:target=move |event| internal.set(event.target().checked())
                        />
                        "Internal note"
                    </label>
                    <BusyButton
                        class="button secondary small"
                        label="Say it"
                        busy_label="Saying"
                        busy=add.pending()
                        icon=Icon::Send
                    />
                </div>
                <p class="field-help comment-reads" role="status">
                    {Icon::Eye.view()}
                    <span>{reads}</span>
                </p>
            </ActionForm>
        </div>
    }
    .into_any()
}

#[component]
fn Comment(
    client: ClientId,
    comment: CommentData,
    settle: ServerAction<ResolveComment>,
) -> impl IntoView {
    let CommentData {
        id,
        author,
        internal,
        body,
        moment,
        when,
        resolved,
    } = comment;
    let (label, icon) = if resolved {
        ("Open again", Icon::Undo)
    } else {
        ("Settle", Icon::Check)
    };
    let about = format!("{label}: {author}, {when}");
    view! {
        <li class="comment" class:is-internal=internal class:is-settled=resolved>
            <PersonAvatar name=author.clone() />
            <div>
                <p class="comment-head">
                    <b>{author}</b>
                    " "
                    <span class="muted">{when}</span>
                    {moment
                        .map(|moment| {
                            view! { <span class="chip">{Icon::Clock.view()} {moment}</span> }
                        })}
                    {internal
                        .then(|| view! { <span class="chip">{Icon::Lock.view()} "Internal"</span> })}
                    {resolved
                        .then(|| view! { <span class="chip">{Icon::Check.view()} "Settled"</span> })}
                </p>
                <p class="comment-body">{body}</p>
                <ActionForm action=settle attr:class="comment-settle">
                    <input type="hidden" name="client" value=client.to_string() />
                    <input type="hidden" name="comment" value=id.to_string() />
                    <input type="hidden" name="resolved" value=(!resolved).to_string() />
                    <button
                        class="button quiet small"
                        type="submit"
                        aria-label=about
                        disabled=move || settle.pending().get()
                    >
                        {icon.view()}
                        {label}
                    </button>
                </ActionForm>
            </div>
        </li>
    }
}
