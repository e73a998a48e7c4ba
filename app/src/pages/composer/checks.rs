//! The checks: what blocks, what is worth knowing, what is in order.

use domain::rules::{Finding, Severity};
use leptos::prelude::*;

use super::editing::Editing;
use super::mend::Mend;
use crate::components::Icon;

/// The browser's findings, and those of the server that it does not see itself.
fn all(editing: Editing) -> Vec<Finding> {
    let mut findings = editing.findings.get();
    // The server's word counts until something is changed.
    let refused = editing
        .saver
        .refused
        .get()
        .filter(|(form, _)| *form == editing.draft.form());
    if let Some((_, refused)) = refused {
        let unknown: Vec<Finding> = refused
            .into_iter()
            .filter(|finding| !findings.contains(finding))
            .collect();
        findings.splice(0..0, unknown);
    }
    findings
}

/// "1 error, 2 warnings", and how bad that is.
pub(super) fn summary(findings: &[Finding]) -> (Severity, String) {
    let count = |severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let words = |count: usize, word: &str| {
        let plural = if count == 1 { "" } else { "s" };
        format!("{count} {word}{plural}")
    };
    match (errors, warnings) {
        (0, 0) => (Severity::Pass, "All checks passed".to_owned()),
        (0, warnings) => (Severity::Warning, words(warnings, "warning")),
        (errors, 0) => (Severity::Error, words(errors, "error")),
        (errors, warnings) => (
            Severity::Error,
            format!("{}, {}", words(errors, "error"), words(warnings, "warning")),
        ),
    }
}

/// The hue and the icon of a finding.
pub(super) fn look(severity: Severity) -> (&'static str, Icon) {
    match severity {
        Severity::Error => ("is-failed", Icon::Failed),
        Severity::Warning => ("is-waiting", Icon::Triangle),
        Severity::Pass => ("is-approved", Icon::Check),
    }
}

/// The list at the side. A screen reader hears what changes in it.
#[component]
pub(super) fn Checks(editing: Editing) -> impl IntoView {
    let findings = Memo::new(move |_| all(editing));
    let words = move || summary(&findings.read());
    let item = move |finding: Finding| {
        let (class, icon) = look(finding.severity);
        let (field, fix) = (finding.field, finding.fix);
        let consequence = match finding.severity {
            Severity::Error => " Blocks sending",
            Severity::Warning => " Does not block",
            Severity::Pass => "",
        };
        view! {
            <li class=class>
                {icon.view()} <span class="check-text">
                    {finding.sentence} <small>{consequence}</small>
                </span>
                {(finding.severity != Severity::Pass)
                    .then(|| view! { <Mend editing field fix /> })}
            </li>
        }
    };
    view! {
        <section class="side-checks" aria-labelledby="checks">
            <div class="side-head">
                <h2 class="side-title" id="checks" tabindex="-1">
                    "Checks"
                </h2>
                <span class="side-note" class:is-failed=move || words().0 == Severity::Error>
                    {move || words().1}
                </span>
            </div>
            <div role="status">
                <ul class="checks">
                    <For
                        each=move || findings.get()
                        key=|finding| (finding.sentence.clone(), finding.fix.clone())
                        children=item
                    />
                </ul>
            </div>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use domain::rules::{Field, Finding, Severity};

    use super::summary;

    #[test]
    fn findings_are_counted_as_people_count() {
        let error = Finding::error(Field::Media, "a");
        let warning = Finding::warning(Field::Media, "b");
        assert_eq!(
            summary(&[]),
            (Severity::Pass, "All checks passed".to_owned())
        );
        assert_eq!(
            summary(&[error.clone(), warning.clone(), warning.clone()]),
            (Severity::Error, "1 error, 2 warnings".to_owned())
        );
        assert_eq!(
            summary(&[warning]),
            (Severity::Warning, "1 warning".to_owned())
        );
    }
}
