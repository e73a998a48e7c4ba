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

fn step(step: StepData) -> AnyView {
    let (class, icon) = match step.tone {
        Tone::Good => ("step-node is-published", Icon::Check),
        Tone::Warning => ("step-node is-waiting", Icon::Triangle),
        Tone::Bad => ("step-node is-failed", Icon::Triangle),
        Tone::Neutral => ("step-node", Icon::Check),
    };
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
