//! How a file of posts is written.

use leptos::prelude::*;

/// What a column says: its name, whether it has to be there, and what stands in it.
const COLUMNS: [(&str, &str, &str); 7] = [
    ("date", "needed", "The day, as 2026-11-30 or 30.11.2026."),
    (
        "time",
        "needed",
        "The time on the client’s wall, as 09:05. A time that the clocks skip that day is refused; where they show one twice, write which: 01:30 first, or 01:30 second.",
    ),
    (
        "caption",
        "needed",
        "The text. It may have several lines within quotation marks, and be empty where there is a file.",
    ),
    (
        "accounts",
        "may be left out",
        "Handles, parted by spaces. Where a handle is on two platforms, with the platform before it.",
    ),
    ("tags", "may be left out", "Tags, parted by commas."),
    (
        "notes",
        "may be left out",
        "The internal note, which the client never sees.",
    ),
    (
        "media",
        "may be left out",
        "Names of files that are in the client’s library already, parted by a vertical line: one.jpg | two.jpg",
    ),
];

/// Two rows as they may be written.
const SAMPLE: &str = "date,time,accounts,caption,tags,notes,media
2026-11-30,09:00,ACCOUNT,\"Kenya AA is back.
Two bags a day.\",\"autumn, reel\",Ask about the cup,clip.mp4
2026-12-01,17:30,ACCOUNT,Open until eight today,,,";

/// The columns, and how the client's accounts are called in them.
#[component]
pub(super) fn Guide(accounts: Vec<String>, zone_label: String) -> impl IntoView {
    let first = accounts
        .first()
        .cloned()
        .unwrap_or_else(|| "tiktok:handle".to_owned());
    let sample = SAMPLE.replace("ACCOUNT", &first);
    let rows = COLUMNS
        .map(|(name, needed, words)| {
            view! {
                <tr>
                    <th scope="row">
                        <code>{name}</code>
                    </th>
                    <td class="soft">{needed}</td>
                    <td>{words}</td>
                </tr>
            }
        })
        .collect_view();
    let accounts = if accounts.is_empty() {
        view! { <p class="muted">"No account is connected yet; posts can be given one later."</p> }
            .into_any()
    } else {
        let names = accounts
            .into_iter()
            .map(|name| {
                view! {
                    <li>
                        <code>{name}</code>
                    </li>
                }
            })
            .collect_view();
        view! {
            <p>"The accounts of this client:"</p>
            <ul class="bulk-accounts">{names}</ul>
        }
        .into_any()
    };
    view! {
        <details class="panel bulk-guide">
            <summary class="panel-head">
                <span class="panel-title">"How the file is written"</span>
            </summary>
            <div class="bulk-body">
                <p>
                    {format!(
                        "Commas, semicolons or tabs part the cells; the first line names the columns, in any order. Times are those of {zone_label}. Every row becomes a draft: what a platform wants to know besides is chosen in the post.",
                    )}
                </p>
                <table class="table bulk-columns">
                    <thead>
                        <tr>
                            <th scope="col">"Column"</th>
                            <th scope="col">"Is"</th>
                            <th scope="col">"What stands in it"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                {accounts}
                <p>"So it may look:"</p>
                <pre class="bulk-sample" tabindex="0">
                    {sample}
                </pre>
            </div>
        </details>
    }
    .into_any()
}
