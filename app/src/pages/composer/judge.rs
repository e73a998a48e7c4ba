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
    /// What was chosen for the account's platform.
    pub(super) options: &'a PlatformOptions,
    /// Whether the account can be used.
    pub(super) is_usable: bool,
    pub(super) asked: &'a Asked,
}

/// What is found about the post on one account, worst first.
pub(super) fn judge(case: &Case<'_>) -> Vec<Finding> {
    let known = match case.asked {
        Asked::Known(facts) => Some(facts),
        _ => None,
    };
    let mut findings = domain::rules::judge(case.caption, case.media, case.options, known);
    if !case.is_usable || known.is_none() {
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
    sort(&mut findings);
    findings
}

/// What is found about the post wherever it goes.
pub(super) fn judge_post(
    goes_anywhere: bool,
    local_time: &str,
    now_local: &str,
    is_open_which: bool,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !goes_anywhere {
        let sentence = "Choose the account that this goes to.";
        findings.push(Finding::error(Field::Accounts, sentence).with(Fix::ChooseAccount));
    }
    if let Some(sentence) = time_problem(local_time, now_local) {
        findings.push(Finding::error(Field::Time, sentence));
    } else if is_open_which {
        let sentence = format!(
            "The clocks show {} twice that day. Choose which of the two is meant.",
            wall::clock(local_time)
        );
        findings.push(Finding::error(Field::Time, sentence));
    }
    findings
}

/// Puts the worst first.
pub(super) fn sort(findings: &mut [Finding]) {
    findings.sort_by_key(|finding| match finding.severity {
        Severity::Error => 0,
        Severity::Warning => 1,
        Severity::Pass => 2,
    });
}

/// What keeps the account from being judged, which the rules cannot know.
fn about_the_account(case: &Case<'_>) -> Finding {
    let finding = |sentence: &str| Finding::error(Field::Accounts, sentence);
    match (case.is_usable, case.asked) {
        (false, _) => {
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
    use domain::rules::{Field, Finding, Severity};

    use super::{Asked, Case, judge, judge_post};

    const NOW: &str = "2026-10-14T12:04";

    fn sentence(findings: Vec<Finding>, field: Field) -> Option<String> {
        findings
            .into_iter()
            .find(|finding| finding.field == field && finding.severity == Severity::Error)
            .map(|finding| finding.sentence)
    }

    #[test]
    fn without_an_account_one_is_asked_for() {
        let found = judge_post(false, "2026-10-16T09:00", NOW, false);
        let found = sentence(found, Field::Accounts).unwrap();
        assert!(found.starts_with("Choose the account"));
    }

    #[test]
    fn a_video_on_its_way_is_not_called_missing() {
        let case = Case {
            caption: "",
            media: &[],
            uploading: true,
            options: &PlatformOptions::empty(Platform::TikTok),
            is_usable: true,
            asked: &Asked::Asking,
        };
        assert_eq!(
            sentence(judge(&case), Field::Media).as_deref(),
            Some("The file is still on its way.")
        );
    }

    #[test]
    fn an_account_that_needs_reconnecting_blocks() {
        let case = Case {
            caption: "Hello",
            media: &[],
            uploading: false,
            options: &PlatformOptions::empty(Platform::Bluesky),
            is_usable: false,
            asked: &Asked::Nobody,
        };
        assert_eq!(
            sentence(judge(&case), Field::Accounts).as_deref(),
            Some("This account needs reconnecting before it can post.")
        );
    }

    #[test]
    fn a_time_that_has_passed_blocks() {
        assert_eq!(judge_post(true, "2026-10-16T09:00", NOW, false), []);
        assert_eq!(
            sentence(judge_post(true, NOW, NOW, false), Field::Time).as_deref(),
            Some("This time has passed. Pick one after 12:04.")
        );
    }

    #[test]
    fn of_a_time_that_comes_twice_one_is_chosen() {
        let found = judge_post(true, "2026-10-25T01:30", NOW, true);
        assert_eq!(
            sentence(found, Field::Time).as_deref(),
            Some("The clocks show 01:30 twice that day. Choose which of the two is meant.")
        );
    }
}
