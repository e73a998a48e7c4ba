//! The checks: what blocks, what is worth knowing, what is in order.

use domain::AccountId;
use domain::rules::{Finding, Severity};
use leptos::prelude::*;

use super::editing::Editing;
use super::mend::Mend;
use super::on_account::OnAccount;
use crate::components::Icon;

/// What was found, of the post itself and of each of its accounts.
#[derive(Clone, PartialEq)]
struct Group {
    /// The account, where it is about one.
    account: Option<AccountId>,
    findings: Vec<Finding>,
}

/// The browser's findings, and those of the server that it does not see itself.
fn groups(editing: Editing) -> Vec<Group> {
    let seen = editing.findings.get();
    let mut of_post = editing.of_post.get();
    // The server's word counts until something is changed.
    let refused = editing
        .saver
        .refused
        .get()
        .filter(|(form, _)| *form == editing.draft.form());
    if let Some((_, refused)) = refused {
        let unknown: Vec<Finding> = refused
            .into_iter()
            .filter(|finding| seen.iter().all(|seen| seen.sentence != finding.sentence))
            .collect();
        of_post.splice(0..0, unknown);
    }
    let mut groups = vec![Group {
        account: None,
        findings: of_post,
    }];
    groups.extend(editing.chosen().into_iter().map(|on| Group {
        account: Some(on.draft.account),
        findings: on.findings.get(),
    }));
    groups.retain(|group| !group.findings.is_empty());
    groups
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
    let groups = Memo::new(move |_| groups(editing));
    let words = move || {
        let all: Vec<Finding> = groups.with(|groups| {
            let findings = groups.iter().flat_map(|group| &group.findings);
            findings.cloned().collect()
        });
        summary(&all)
    };
    let places = Memo::new(move |_| {
        groups.with(|groups| groups.iter().map(|group| group.account).collect::<Vec<_>>())
    });
    let is_grouped = Memo::new(move |_| places.with(|places| places.iter().flatten().count() > 1));
    let group = move |account: Option<AccountId>| {
        let on = account.and_then(|account| editing.on(account));
        let name = move || {
            let on = on.filter(|_| is_grouped.get())?;
            let icon = Icon::from(on.draft.platform).view();
            Some(view! { <h3 class="checks-of">{icon} {on.name()}</h3> })
        };
        let findings = Memo::new(move |_| {
            groups.with(|groups| {
                let mut groups = groups.iter();
                let own = groups.find(|group| group.account == account);
                own.map(|group| group.findings.clone()).unwrap_or_default()
            })
        });
        view! {
            <div>
                {name}
                <ul class="checks">
                    <For
                        each=move || findings.get()
                        key=|finding| (finding.sentence.clone(), finding.fix.clone())
                        children=move |finding| item(editing, on, finding)
                    />
                </ul>
            </div>
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
            <div class="check-groups" role="status">
                <For each=move || places.get() key=|account| *account children=group />
            </div>
        </section>
    }
}

/// One finding, with what mends it.
fn item(editing: Editing, on: Option<OnAccount>, finding: Finding) -> impl IntoView {
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
                .then(|| view! { <Mend editing on field fix /> })}
        </li>
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
