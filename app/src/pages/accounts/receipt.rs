//! What a disconnect has done: only what was done and looked at.

use leptos::html;
use leptos::prelude::*;

use super::disconnect::count;
use crate::api::accounts::DisconnectReceipt;
use crate::components::{DialogFoot, Icon, Notice, Status};

/// The receipt. It takes the focus, because what had it is gone.
#[component]
pub(in crate::pages) fn Receipt(
    receipt: DisconnectReceipt,
    client_name: String,
    back: String,
) -> impl IntoView {
    let platform = receipt.platform;
    let box_ref = NodeRef::<html::Section>::new();
    Effect::new(move |_| {
        if let Some(section) = box_ref.get() {
            let _ = section.focus();
        }
    });
    let lead = if receipt.nothing_left {
        format!(
            "{}, {client_name}. Nothing of the connection is left here.",
            receipt.name
        )
    } else {
        format!("{}, {client_name}.", receipt.name)
    };
    let revoked = match &receipt.revoke_problem {
        None => line(
            Step::Done,
            format!("Access revoked at {platform}"),
            "confirmed".to_owned(),
        ),
        Some(_) => line(
            Step::Open,
            format!("Revoking at {platform}"),
            "not confirmed".to_owned(),
        ),
    };
    let revoke_problem = receipt.revoke_problem.map(|problem| {
        view! {
            <Notice
                status=Status::Waiting
                icon=Icon::Triangle
                lead=format!("{platform} did not confirm that access is revoked.")
            >
                {format!(
                    "{problem} Our copies of the tokens are deleted. The client can also remove AutoPost in {platform}’s own settings.",
                )}
            </Notice>
        }
    });
    let cancelled = i64::try_from(receipt.cancelled).unwrap_or(i64::MAX);
    let unknown = i64::try_from(receipt.unknown).unwrap_or(i64::MAX);
    let unanswered = (unknown > 0).then(|| {
        let posts = count(unknown, "post", "posts");
        line(
            Step::Open,
            "On its way, outcome not known".to_owned(),
            posts,
        )
    });
    let checked = if receipt.nothing_left {
        line(
            Step::Done,
            "Checked: nothing left".to_owned(),
            "0 tokens, 0 names".to_owned(),
        )
    } else {
        line(
            Step::Bad,
            "Checked".to_owned(),
            "something is left".to_owned(),
        )
    };
    let something_left = (!receipt.nothing_left).then(|| {
        view! {
            <Notice status=Status::Failed lead="A look afterwards still found something.">
                "Ask whoever runs this server to look at its log."
            </Notice>
        }
    });
    view! {
        <section
            node_ref=box_ref
            class="dialog narrow on-page"
            tabindex="-1"
            aria-labelledby="receipt-title"
        >
            <div class="dialog-body">
                <div class="dialog-head">
                    <span class="tile is-approved">{Icon::Check.view()}</span>
                    <div>
                        <h2 class="dialog-title" id="receipt-title">
                            {format!("{platform} is disconnected")}
                        </h2>
                        <p class="dialog-lead">{lead}</p>
                    </div>
                </div>
                <div class="receipt-head">
                    <b>"Receipt"</b>
                    <time>{receipt.at}</time>
                </div>
                <ol class="receipt">
                    {revoked}
                    {line(Step::Done, "Tokens and permissions".to_owned(), "deleted".to_owned())}
                    {line(Step::Done, "Nickname, handle and avatar".to_owned(), "deleted".to_owned())}
                    {line(
                        Step::Done,
                        "Posts cancelled".to_owned(),
                        count(cancelled, "post", "posts"),
                    )}
                    {unanswered}
                    {checked}
                </ol>
                {revoke_problem}
                {something_left}
                <Notice lead="Backups">
                    "of the database that were made earlier hold the sealed tokens until they run out."
                </Notice>
            </div>
            <DialogFoot>
                <a class="button primary" href=back>
                    "Done"
                </a>
            </DialogFoot>
        </section>
    }
    .into_any()
}

/// How a line of the receipt ended.
#[derive(Clone, Copy)]
enum Step {
    Done,
    Open,
    Bad,
}

fn line(step: Step, what: String, result: String) -> AnyView {
    let (class, icon) = match step {
        Step::Done => ("", Icon::Check),
        Step::Open => ("is-waiting", Icon::Triangle),
        Step::Bad => ("is-failed", Icon::Failed),
    };
    view! {
        <li class=class>
            {icon.view()} <span>{what}</span> <span class="receipt-result">{result}</span>
        </li>
    }
    .into_any()
}

/// What the page says of an account that is disconnected: the result of a plain form, or an old link.
#[component]
pub(in crate::pages) fn AlreadyDisconnected(back: String) -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::ssr::all_is_well();
    view! {
        <section class="dialog narrow on-page" aria-labelledby="receipt-title">
            <div class="dialog-body">
                <div class="dialog-head">
                    <span class="tile is-approved">{Icon::Check.view()}</span>
                    <div>
                        <h2 class="dialog-title" id="receipt-title">
                            "This account is disconnected"
                        </h2>
                        <p class="dialog-lead">
                            "Its tokens, permissions, name and avatar are deleted here, and nothing goes out to it any more."
                        </p>
                    </div>
                </div>
                <p class="muted">
                    "What was published stays on the platform and in the history. To publish there again, connect the account anew."
                </p>
            </div>
            <DialogFoot>
                <a class="button primary" href=back>
                    "Back to accounts"
                </a>
            </DialogFoot>
        </section>
    }
    .into_any()
}
