//! What keeps the post from going out, and what is in order: the rules of the domain, in the words of
//! the moment.

use domain::media::Attached;
use domain::post::PlatformOptions;
use domain::rules::{Field, Finding, Fix, Severity};

use super::creator::Asked;
use crate::state::wall;

/// Everything that the judgement looks at.
pub(super) struct Case<'a> {
    pub(super) caption: &'a str,
    pub(super) media: &'a [Attached<'a>],
    /// Whether a file is on its way.
    pub(super) uploading: bool,
    /// What was chosen for the account's platform; nothing while no account is.
    pub(super) options: Option<&'a PlatformOptions>,
    /// Whether an account is chosen, and if so, whether it can be used.
    pub(super) account: Option<bool>,
    pub(super) asked: &'a Asked,
    pub(super) local_time: &'a str,
    pub(super) now_local: &'a str,
}

/// The findings, worst first.
pub(super) fn judge(case: &Case<'_>) -> Vec<Finding> {
    let known = match case.asked {
        Asked::Known(facts) => Some(facts),
        _ => None,
    };
    let mut findings = match case.options {
        Some(options) => domain::rules::judge(case.caption, case.media, options, known),
        None => Vec::new(),
    };
    if case.account != Some(true) || known.is_none() {
        // Said once, whatever the platform's own rules say about it.
        findings.retain(|finding| finding.field != Field::Accounts);
        findings.push(about_the_account(case));
    }
    if case.uploading {
        findings.retain(|finding| finding.field != Field::Media);
        findings.push(Finding::error(
            Field::Media,
            "The file is still on its way.",
        ));
    }
    if let Some(sentence) = time_problem(case.local_time, case.now_local) {
        findings.push(Finding::error(Field::Time, sentence));
    }
    findings.sort_by_key(|finding| match finding.severity {
        Severity::Error => 0,
        Severity::Warning => 1,
        Severity::Pass => 2,
    });
    findings
}

/// What keeps the account from being judged, which the rules cannot know.
fn about_the_account(case: &Case<'_>) -> Finding {
    let finding = |sentence: &str| Finding::error(Field::Accounts, sentence);
    match (case.account, case.asked) {
        (None, _) => finding("Choose the account that this goes to.").with(Fix::ChooseAccount),
        (Some(false), _) => {
            finding("This account needs reconnecting before it can post.").with(Fix::Reconnect)
        }
        (_, Asked::Refused(error)) => finding(&error.to_string()).with(Fix::AskAgain),
        // It mends itself.
        _ => finding("The platform is being asked what this account allows."),
    }
}

fn time_problem(local_time: &str, now_local: &str) -> Option<String> {
    if local_time.is_empty() {
        return Some("Choose the day and time when this goes out.".to_owned());
    }
    // Both are written alike, so their order is that of the times.
    (local_time <= now_local).then(|| {
        format!(
            "This time has passed. Pick one after {}.",
            wall::clock(now_local)
        )
    })
}

#[cfg(test)]
mod tests {
    use domain::Platform;
    use domain::post::PlatformOptions;
    use domain::rules::{Field, Severity};

    use super::{Asked, Case, judge};

    const EMPTY: Case<'static> = Case {
        caption: "",
        media: &[],
        uploading: false,
        options: None,
        account: None,
        asked: &Asked::Nobody,
        local_time: "2026-10-16T09:00",
        now_local: "2026-10-14T12:04",
    };

    fn sentence(case: &Case<'_>, field: Field) -> Option<String> {
        judge(case)
            .into_iter()
            .find(|finding| finding.field == field && finding.severity == Severity::Error)
            .map(|finding| finding.sentence)
    }

    #[test]
    fn without_an_account_one_is_asked_for() {
        let found = sentence(&EMPTY, Field::Accounts).unwrap();
        assert!(found.starts_with("Choose the account"));
    }

    #[test]
    fn a_video_on_its_way_is_not_called_missing() {
        let options = PlatformOptions::empty(Platform::TikTok);
        let case = Case {
            uploading: true,
            options: Some(&options),
            ..EMPTY
        };
        assert_eq!(
            sentence(&case, Field::Media).as_deref(),
            Some("The file is still on its way.")
        );
    }

    #[test]
    fn a_time_that_has_passed_blocks() {
        assert_eq!(sentence(&EMPTY, Field::Time), None);
        let case = Case {
            local_time: "2026-10-14T12:04",
            ..EMPTY
        };
        assert_eq!(
            sentence(&case, Field::Time).as_deref(),
            Some("This time has passed. Pick one after 12:04.")
        );
    }
}
