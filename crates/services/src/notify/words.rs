//! The words of gathered mails.

use domain::notice::NoticeKind;

/// "1 post waits for your approval", "10 posts wait for your approval".
pub(super) fn waiting(count: usize) -> String {
    match count {
        1 => "1 post waits for your approval".to_owned(),
        count => format!("{count} posts wait for your approval"),
    }
}

/// What a mail is called that tells of several things.
pub(super) fn several(kinds: &[NoticeKind]) -> String {
    let count = kinds.len();
    let alike = kinds.windows(2).all(|pair| pair[0] == pair[1]);
    match kinds.first().filter(|_| alike) {
        Some(NoticeKind::Failure) => format!("{count} posts did not go out as planned"),
        Some(NoticeKind::Connection) => format!("{count} accounts need to be connected again"),
        Some(NoticeKind::ChangesAsked) => format!("Changes are asked for on {count} posts"),
        Some(NoticeKind::Approved) => format!("{count} posts are approved"),
        Some(NoticeKind::WaitingApproval) => waiting(count),
        Some(NoticeKind::ApprovalLate) => format!("{count} approvals are late"),
        Some(NoticeKind::Comment) => format!("{count} new comments"),
        Some(NoticeKind::Published) => format!("{count} posts went out"),
        Some(NoticeKind::Agency) | None => format!("{count} things happened"),
    }
}

/// The first line of a caption, in as many letters as a line of a mail has.
pub(crate) fn first_line(caption: &str) -> String {
    const LONGEST: usize = 80;
    let line = caption.lines().map(str::trim).find(|line| !line.is_empty());
    let Some(line) = line else {
        return "Without a caption".to_owned();
    };
    if line.chars().count() <= LONGEST {
        return line.to_owned();
    }
    let cut: String = line.chars().take(LONGEST - 1).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::{first_line, several};
    use domain::notice::NoticeKind;

    #[test]
    fn several_things_are_called_by_what_they_have_in_common() {
        let failures = [NoticeKind::Failure, NoticeKind::Failure];
        assert_eq!(several(&failures), "2 posts did not go out as planned");
        let mixed = [NoticeKind::Failure, NoticeKind::Comment];
        assert_eq!(several(&mixed), "2 things happened");
    }

    #[test]
    fn a_caption_is_told_by_its_first_line() {
        assert_eq!(first_line("\n  Flat white \nSecond"), "Flat white");
        assert_eq!(first_line(""), "Without a caption");
        let long = first_line(&"ü".repeat(200));
        assert_eq!(long.chars().count(), 80);
        assert!(long.ends_with('…'));
    }
}
