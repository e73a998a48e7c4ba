//! An attempt and its steps, newest first.

use domain::history::Tone;
use leptos::prelude::*;

use crate::api::history::{AttemptData, StepData};
use crate::components::{Icon, Status, StatusInline};

pub(super) fn attempt(attempt: AttemptData) -> AnyView {
    let title = match attempt.number {
        0 => "Before".to_owned(),
        number => format!("Attempt {number}"),
    };
    let status = match (attempt.tone, attempt.outcome.as_str()) {
        (Tone::Good, _) => Status::Published,
        (Tone::Warning, _) => Status::Waiting,
        (Tone::Bad, "Unknown") => Status::Unknown,
        (Tone::Bad, _) => Status::Failed,
        (Tone::Neutral, "Under way") => Status::Publishing,
        (Tone::Neutral, "Cancelled") => Status::Cancelled,
        (Tone::Neutral, _) => Status::Scheduled,
    };
    view! {
        <section>
            <h2 class="attempt-head">
                {title} <StatusInline status words=attempt.outcome />
                <span class="attempt-length">{attempt.took}</span>
            </h2>
            <ol>{attempt.steps.into_iter().map(step).collect_view()}</ol>
        </section>
    }
    .into_any()
}

pub(super) fn step(step: StepData) -> AnyView {
    let class = match (step.kind.as_str(), step.tone) {
        ("unknown", _) => "step-node is-unknown",
        (_, Tone::Good) => "step-node is-published",
        (_, Tone::Warning) => "step-node is-waiting",
        (_, Tone::Bad) => "step-node is-failed",
        (_, Tone::Neutral) => "step-node",
    };
    let icon = icon(&step.kind, step.tone);
    let by = step.actor.map(|actor| format!("By {actor}"));
    let day = (!step.day.is_empty()).then_some(step.day);
    let why = [Some(step.detail), by, day]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ");
    view! {
        <li class="step">
            <time>{step.time}</time>
            <span class=class>{icon.view()}</span>
            <div class="step-text">
                <b>{step.title}</b>
                {(!why.is_empty()).then(|| view! { <p>{why}</p> })}
                {step.platform_words.map(|words| view! { <code class="machine">{words}</code> })}
            </div>
            <span class="step-length">{step.took}</span>
        </li>
    }
    .into_any()
}

/// What a kind of event looks like; a step by how it turned out.
fn icon(kind: &str, tone: Tone) -> Icon {
    match kind {
        "held" | "paused" => Icon::Pause,
        "released" | "resumed" => Icon::Play,
        "connected" | "reconnected" => Icon::Link,
        "disconnected" => Icon::Trash,
        "client_changed" => Icon::Settings,
        "saved" => Icon::Pencil,
        "scheduled" => Icon::Clock,
        "cancel_requested" | "cancelled" => Icon::Cancelled,
        "unknown" => Icon::Unknown,
        "found" | "not_there" => Icon::Search,
        "preflight" if tone == Tone::Good => Icon::Check,
        "preflight" => Icon::Eye,
        "waits" | "postponed" => Icon::Waiting,
        "token_refused" => Icon::Refresh,
        _ => match tone {
            Tone::Good | Tone::Neutral => Icon::Check,
            Tone::Warning | Tone::Bad => Icon::Triangle,
        },
    }
}
