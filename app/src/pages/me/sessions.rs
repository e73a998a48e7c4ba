//! One's own sessions.

use leptos::prelude::*;

use crate::api::me::{EndOtherSessions, EndSession, SessionRow};
use crate::components::{BusyButton, Icon, Status, StatusInline};

/// Where one is signed in, and ending it from here.
#[component]
pub fn Sessions(
    /// The sessions, this one first.
    rows: Vec<SessionRow>,
    /// Ends one.
    end: ServerAction<EndSession>,
    /// Ends all but this one.
    end_others: ServerAction<EndOtherSessions>,
) -> impl IntoView {
    let has_others = rows.len() > 1;
    view! {
        <section class="panel" aria-labelledby="sessions">
            <div class="panel-head">
                <h2 class="panel-title" id="sessions">
                    "Where you are signed in"
                </h2>
                {has_others
                    .then(|| {
                        view! {
                            <ActionForm action=end_others attr:class="push">
                                <BusyButton
                                    class="button secondary small"
                                    label="End all others"
                                    busy_label="Ending"
                                    busy=end_others.pending()
                                />
                            </ActionForm>
                        }
                    })}
            </div>
            <ul class="session-list">{rows.into_iter().map(|row| session(row, end)).collect_view()}</ul>
        </section>
    }
    .into_any()
}

fn session(row: SessionRow, end: ServerAction<EndSession>) -> impl IntoView {
    let how = if row.by_link {
        "by a link from a mail"
    } else {
        "with a password"
    };
    let from = row.ip.map_or_else(String::new, |ip| format!(", from {ip}"));
    let detail = format!(
        "Last used {}. Opened {} {how}{from}.",
        within_sentence(&row.last_seen),
        within_sentence(&row.opened)
    );
    let label = format!("End the session on {}", row.device);
    let action = if row.is_this {
        view! { <StatusInline status=Status::Approved words="This one" icon=Icon::Check /> }
            .into_any()
    } else {
        view! {
            <ActionForm action=end>
                <input type="hidden" name="session" value=row.id.to_string() />
                <button class="button quiet small" type="submit" aria-label=label>
                    "End"
                </button>
            </ActionForm>
        }
        .into_any()
    };
    view! {
        <li class="session">
            <div>
                <p class="strong">{row.device}</p>
                <p class="offer-line">{detail}</p>
            </div>
            {action}
        </li>
    }
}

/// "just now" for "Just now"; a month keeps its capital.
fn within_sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::within_sentence;

    #[test]
    fn times_stand_within_a_sentence() {
        assert_eq!(within_sentence("Yesterday"), "yesterday");
        assert_eq!(within_sentence("12 Oct 2026"), "12 Oct 2026");
    }
}
