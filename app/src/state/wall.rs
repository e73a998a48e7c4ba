//! The text of a time on the client's wall, as `<input type="datetime-local">` holds it. The browser
//! knows no zones here: these strings are compared and reworded, never converted.

/// "Fri 16 Oct, 09:00" of "2026-10-16T09:00"; `None` when it is no such time.
#[must_use]
pub fn words(local: &str) -> Option<String> {
    const DAYS: [&str; 7] = ["Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (date, time) = local.split_once('T')?;
    let mut parts = date.splitn(3, '-');
    let year: i64 = parts.next()?.parse().ok()?;
    let month: i64 = parts.next()?.parse().ok()?;
    let day: i64 = parts.next()?.parse().ok()?;
    let name = MONTHS.get(usize::try_from(month - 1).ok()?)?;
    // Zeller's congruence: January and February count to the year before.
    let (year, shifted) = if month < 3 {
        (year - 1, month + 12)
    } else {
        (year, month)
    };
    let weekday =
        (day + 13 * (shifted + 1) / 5 + year + year / 4 - year / 100 + year / 400).rem_euclid(7);
    let weekday = DAYS.get(usize::try_from(weekday).ok()?)?;
    Some(format!("{weekday} {day} {name}, {}", clock(time)))
}

/// "09:00" of "2026-10-16T09:00", or of "09:00:30".
#[must_use]
pub fn clock(local: &str) -> &str {
    let time = local.split_once('T').map_or(local, |(_, time)| time);
    time.get(..5).unwrap_or(time)
}

/// What the wall shows so many milliseconds after it showed `local`, as far as no clock is changed in between.
#[must_use]
pub fn later(local: &str, milliseconds: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a page is not open for centuries"
    )]
    let passed = chrono::Duration::milliseconds(milliseconds.max(0.0) as i64);
    let then = domain::time::parse_local(local).and_then(|local| local.checked_add_signed(passed));
    then.map_or_else(|| local.to_owned(), domain::time::local_input)
}

/// "12:04" where it is the same day as now, "Tue 13 Oct, 12:04" otherwise.
#[must_use]
pub fn moment(local: &str, now: &str) -> String {
    if local.get(..10) == now.get(..10) {
        return clock(local).to_owned();
    }
    words(local).unwrap_or_else(|| clock(local).to_owned())
}

/// "2026-10" of "2026-10-16T09:00".
#[must_use]
pub fn month(local: &str) -> &str {
    local.get(..7).unwrap_or_default()
}

/// "London" of "London, BST".
#[must_use]
pub fn place(zone_label: &str) -> &str {
    zone_label
        .split_once(',')
        .map_or(zone_label, |(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::{clock, later, moment, month, place, words};

    #[test]
    fn a_time_on_the_wall_reads_as_people_say_it() {
        assert_eq!(
            words("2026-10-16T09:00").as_deref(),
            Some("Fri 16 Oct, 09:00")
        );
        assert_eq!(
            words("2028-02-29T23:59:30").as_deref(),
            Some("Tue 29 Feb, 23:59")
        );
        assert_eq!(
            words("2027-01-01T00:00").as_deref(),
            Some("Fri 1 Jan, 00:00")
        );
        assert_eq!(words(""), None);
        assert_eq!(words("2026-13-01T00:00"), None);
    }

    #[test]
    fn time_passes_on_the_wall_and_is_named_as_shortly_as_it_can_be() {
        assert_eq!(later("2026-10-14T23:59", 61_000.0), "2026-10-15T00:00");
        assert_eq!(later("nonsense", 61_000.0), "nonsense");
        assert_eq!(moment("2026-10-14T12:04", "2026-10-14T18:00"), "12:04");
        assert_eq!(
            moment("2026-10-13T12:04", "2026-10-14T18:00"),
            "Tue 13 Oct, 12:04"
        );
    }

    #[test]
    fn its_parts_are_found() {
        assert_eq!(clock("2026-10-16T09:00"), "09:00");
        assert_eq!(month("2026-10-16T09:00"), "2026-10");
        assert_eq!(month(""), "");
        assert_eq!(place("London, BST"), "London");
    }
}
