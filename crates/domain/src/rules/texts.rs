//! The rules for texts, by any platform's table.

use super::fix::{Fix, Text};
use super::limits::{Limits, TextLimit, Unit};
use super::{Field, Finding, PostKind};

/// Judges the caption of a post of this kind, and says that it fits where it does.
pub(super) fn judge_caption(
    limits: &Limits,
    kind: PostKind,
    caption: &str,
    findings: &mut Vec<Finding>,
) {
    if kind == PostKind::Text && limits.makeup.text_alone && caption.trim().is_empty() {
        let sentence = "Write something, or add a picture or a video.";
        findings.push(Finding::error(Field::Caption, sentence).with(Fix::Write));
        return;
    }
    let limit = limits.caption_of(kind);
    let before = findings.len();
    let of_pictures = if kind == PostKind::Pictures && *limit != limits.caption {
        " for pictures"
    } else {
        ""
    };
    judge_length(limits, limit, Text::Caption, caption, of_pictures, findings);
    judge_marks(limits, limit, caption, findings);
    if findings.len() == before && !caption.trim().is_empty() {
        findings.push(Finding::pass(
            Field::Caption,
            format!("The {} fits", limit.name),
        ));
    }
}

/// Judges the title of pictures, where the platform has one.
pub(super) fn judge_title(limits: &Limits, title: &str, findings: &mut Vec<Finding>) {
    if let Some(limit) = &limits.title_of_pictures {
        judge_length(limits, limit, Text::Title, title, "", findings);
    }
}

fn judge_length(
    limits: &Limits,
    limit: &TextLimit,
    which: Text,
    text: &str,
    of_what: &str,
    findings: &mut Vec<Finding>,
) {
    let Some(from) = limit.excess(text) else {
        return;
    };
    let (count, name, platform) = (limit.count(text), limit.name, limits.platform);
    let sentence = match count.unit {
        Unit::Utf16 | Unit::Graphemes => format!(
            "The {name} is {} over {platform}’s limit of {} characters{of_what}. Shorten it.",
            count.over(),
            grouped(count.limit)
        ),
        Unit::Bytes => format!(
            "The {name} has too many joined characters, such as long emoji, for {platform}. Use fewer of them."
        ),
    };
    let fix = Fix::Shorten { text: which, from };
    findings.push(Finding::error(Field::Caption, sentence).with(fix));
}

fn judge_marks(limits: &Limits, limit: &TextLimit, text: &str, findings: &mut Vec<Finding>) {
    let marks = &limits.marks;
    let of = |is: fn(&str) -> bool| text.split_whitespace().filter(|word| is(word)).count();
    for (allowed, found, what) in [
        (marks.hashtags, of(|word| begins(word, '#')), "hashtags"),
        (marks.mentions, of(|word| begins(word, '@')), "mentions"),
        (marks.links, of(is_link), "links"),
    ] {
        if let Some(allowed) = allowed.filter(|allowed| found > *allowed) {
            findings.push(
                Finding::error(
                    Field::Caption,
                    format!(
                        "The {} has {found} {what}; {} takes at most {allowed}. Remove some.",
                        limit.name, limits.platform
                    ),
                )
                .with(Fix::Write),
            );
        }
    }
}

fn begins(word: &str, mark: char) -> bool {
    word.strip_prefix(mark)
        .is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
}

fn is_link(word: &str) -> bool {
    let word = word.trim_start_matches(['(', '[', '<', '“', '"']);
    word.starts_with("https://") || word.starts_with("http://")
}

/// "2,200".
pub(super) fn grouped(count: usize) -> String {
    match (count / 1000, count % 1000) {
        (0, rest) => rest.to_string(),
        (thousands, rest) => format!("{},{rest:03}", grouped(thousands)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::limits::{BLUESKY, Limits, MarkLimits};
    use super::{Field, PostKind, grouped, judge_caption};

    /// A platform that counts marks, which none of ours does.
    fn strict() -> Limits {
        Limits {
            marks: MarkLimits {
                hashtags: Some(2),
                mentions: Some(1),
                links: Some(1),
            },
            ..BLUESKY.clone()
        }
    }

    #[test]
    fn marks_are_counted_where_a_platform_limits_them() {
        let limits = strict();
        for (text, fits) in [
            ("#one #two # alone", true),
            ("#one #two\n#three", false),
            ("@one mail@example.com", true),
            ("@one and @two", false),
            ("https://example.com", true),
            ("https://example.com (http://example.org)", false),
        ] {
            let mut findings = Vec::new();
            judge_caption(&limits, PostKind::Text, text, &mut findings);
            assert_eq!(!super::super::blocks(&findings), fits, "{text}");
            assert!(findings.iter().all(|found| found.field == Field::Caption));
        }
    }

    #[test]
    fn numbers_are_grouped_as_people_write_them() {
        assert_eq!(grouped(300), "300");
        assert_eq!(grouped(2_200), "2,200");
        assert_eq!(grouped(1_002_003), "1,002,003");
    }
}
