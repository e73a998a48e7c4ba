//! The outbox: what was written, what has become of it, and what did not arrive.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::tabs;
use crate::api::outbox::{MailRow, MailState, OutboxData, SendMailAgain, outbox};
use crate::components::{Empty, Icon, Notice, Status, StatusInline, TableSkeleton, TopBar};
use crate::pages::trouble::Trouble;
use crate::state::resource::resource;

/// `/settings/mail`
#[component]
pub fn OutboxPage() -> impl IntoView {
    let again = ServerAction::<SendMailAgain>::new();
    let query = use_query_map();
    let before = Memo::new(move |_| query.with(|query| query.get("before")));
    let in_trouble = Memo::new(move |_| query.with(|query| query.get("trouble").is_some()));
    let page = resource(
        move || (in_trouble.get(), before.get(), again.version().get()),
        |(in_trouble, before, _)| outbox(in_trouble, before),
    );
    let refusal = move || {
        let error = again.value().get()?.err()?;
        Some(view! { <Notice status=Status::Failed alert=true lead=error.to_string() /> })
    };
    let content = move || {
        page.get().map(|page| match page {
            Ok(page) => shown(page, in_trouble.get(), again),
            Err(error) => view! { <Trouble error /> }.into_any(),
        })
    };
    view! {
        <Title text="Mail" />
        <TopBar title="Agency" />
        <div class="page-body">
            {tabs("/settings/mail")}
            {refusal}
            <Transition fallback=|| view! { <TableSkeleton /> }>{content}</Transition>
        </div>
    }
    .into_any()
}

fn shown(page: OutboxData, in_trouble: bool, again: ServerAction<SendMailAgain>) -> AnyView {
    let OutboxData {
        has_server,
        waiting,
        rows,
        next,
    } = page;
    let no_server = (!has_server).then(|| {
        let count = match waiting {
            0 => "Nothing waits yet.".to_owned(),
            1 => "1 mail waits.".to_owned(),
            count => format!("{count} mails wait."),
        };
        view! {
            <Notice status=Status::Waiting icon=Icon::Triangle lead="No mail server is configured.">
                {count}
                " Set AUTOPOST_SMTP_URL and AUTOPOST_MAIL_FROM and start the server again; what waits is sent then."
            </Notice>
        }
    });
    let filter = view! {
        <nav class="button-row" aria-label="Which mails">
            <a
                class="button quiet small"
                href="/settings/mail"
                aria-current=(!in_trouble).then_some("true")
            >
                "All"
            </a>
            <a
                class="button quiet small"
                href="/settings/mail?trouble=1"
                aria-current=in_trouble.then_some("true")
            >
                "In trouble"
            </a>
        </nav>
    };
    let body = if rows.is_empty() {
        let title = if in_trouble {
            "No mail is in trouble"
        } else {
            "No mail was written yet"
        };
        view! { <Empty icon=Icon::Mail title=title /> }.into_any()
    } else {
        table(rows, again)
    };
    let older = next.map(|next| {
        let next = next.replace('+', "%2B");
        let trouble = if in_trouble { "trouble=1&" } else { "" };
        view! {
            <nav class="pager" aria-label="Pages">
                <span></span>
                <a class="button secondary small" href=format!("/settings/mail?{trouble}before={next}")>
                    "Show older"
                </a>
            </nav>
        }
    });
    view! {
        {no_server}
        {filter}
        {body}
        {older}
    }
    .into_any()
}

fn table(rows: Vec<MailRow>, again: ServerAction<SendMailAgain>) -> AnyView {
    view! {
        <table class="table stacks outbox">
            <thead>
                <tr>
                    <th scope="col">"Mail"</th>
                    <th scope="col">"To"</th>
                    <th scope="col">"Written"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">
                        <span class="sr-only">"What can be done"</span>
                    </th>
                </tr>
            </thead>
            <tbody>{rows.into_iter().map(|mail| row(mail, again)).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(mail: MailRow, again: ServerAction<SendMailAgain>) -> impl IntoView {
    let MailRow {
        id,
        to,
        subject,
        state,
        at,
        then,
        problem,
    } = mail;
    let (status, word) = match state {
        MailState::Waiting => (Status::Waiting, "Waiting"),
        MailState::Sending => (Status::Publishing, "Being sent"),
        MailState::Sent => (Status::Published, "Sent"),
        MailState::Failed => (Status::Failed, "Not sent"),
        MailState::Unknown => (Status::Unknown, "Unknown"),
    };
    let can_be_sent = matches!(state, MailState::Failed | MailState::Unknown);
    let label = format!("Send again: {subject}, to {to}");
    let form = can_be_sent.then(|| {
        view! {
            <ActionForm action=again>
                <input type="hidden" name="mail" value=id.to_string() />
                <button
                    class="button secondary small"
                    type="submit"
                    aria-label=label
                >
                    "Send again"
                </button>
            </ActionForm>
        }
    });
    view! {
        <tr>
            <td class="outbox-subject">{subject}</td>
            <td class="soft outbox-to">{to}</td>
            <td class="soft outbox-at">
                <time>{at}</time>
            </td>
            <td>
                <div class="outcome">
                    <StatusInline status=status words=word />
                    {problem.map(|problem| view! { <small>{problem}</small> })}
                    {then.map(|then| view! { <small>{then}</small> })}
                </div>
            </td>
            <td>
                <div class="table-actions">{form}</div>
            </td>
        </tr>
    }
}
