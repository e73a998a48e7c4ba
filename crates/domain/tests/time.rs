//! Wall-clock intent across zones and clock changes.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot be set up has failed"
)]

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use domain::time::{
    LocalTimeError, Occurrence, day_start, instant, instant_of, local, local_input, month_grid,
    occurrence, parse_local, shown_twice, zone, zone_label, zone_label_with_offset, zone_names,
};
use proptest::prelude::*;

fn at(text: &str) -> NaiveDateTime {
    parse_local(text).expect("a wall-clock time")
}

#[test]
fn a_wall_clock_time_becomes_the_instant_of_its_zone() {
    let london = zone("Europe/London").expect("London");
    assert_eq!(
        instant(at("2026-10-15T17:30"), london).map(|t| t.to_rfc3339()),
        Ok("2026-10-15T16:30:00+00:00".into())
    );
    assert_eq!(
        instant(at("2026-12-15T17:30"), london).map(|t| t.to_rfc3339()),
        Ok("2026-12-15T17:30:00+00:00".into())
    );
}

#[test]
fn a_time_that_the_clocks_skip_is_explained() {
    let london = zone("Europe/London").expect("London");
    let error = instant(at("2026-03-29T01:30"), london).expect_err("skipped");
    assert!(matches!(error, LocalTimeError::Skipped(..)));
    assert!(
        error
            .to_string()
            .contains("does not exist in Europe/London"),
        "{error}"
    );
}

#[test]
fn a_time_that_happens_twice_is_explained() {
    let new_york = zone("America/New_York").expect("New York");
    let error = instant(at("2026-11-01T01:30"), new_york).expect_err("twice");
    assert!(matches!(error, LocalTimeError::Twice(..)));
}

#[test]
fn zones_are_named_as_people_know_them() {
    let summer = instant(
        at("2026-10-14T12:04"),
        zone("Europe/London").expect("London"),
    )
    .expect("once");
    assert_eq!(
        zone_label(zone("Europe/London").expect("London"), summer),
        "London, BST"
    );
    assert_eq!(
        zone_label_with_offset(zone("Europe/London").expect("London"), summer),
        "London, BST (UTC+1)"
    );
    assert_eq!(
        zone_label(zone("Asia/Dubai").expect("Dubai"), summer),
        "Dubai, UTC+4"
    );
    assert_eq!(
        zone_label(zone("Asia/Kathmandu").expect("Kathmandu"), summer),
        "Kathmandu, UTC+5:45"
    );
    assert!(zone("Europe/Atlantis").is_err());
    assert!(zone_names().contains(&"Europe/Lisbon"));
}

proptest! {
    #[test]
    fn an_instant_and_its_wall_clock_agree_in_every_zone(
        zone_index in 0..zone_names().len(),
        minutes in 0_i64..(60 * 24 * 365 * 6),
    ) {
        let zone = zone(zone_names()[zone_index]).expect("a zone of the list");
        let wanted = at("2024-01-01T00:00") + chrono::Duration::minutes(minutes);
        if let Ok(time) = instant(wanted, zone) {
            prop_assert_eq!(local(time, zone), wanted);
        }
    }

    #[test]
    fn a_month_view_is_whole_weeks_that_hold_the_month(year in 1990_i32..2200, month in 1_u32..=12, day in 1_u32..=28) {
        let date = NaiveDate::from_ymd_opt(year, month, day).expect("a date");
        let grid = month_grid(date).expect("a grid");
        prop_assert_eq!(grid.len() % 7, 0);
        prop_assert!((28..=42).contains(&grid.len()));
        prop_assert_eq!(grid[0].weekday(), chrono::Weekday::Mon);
        prop_assert!(grid.contains(&date));
        let in_month = grid.iter().filter(|d| d.month() == month).count();
        prop_assert!(in_month >= 28);
        prop_assert!(grid.windows(2).all(|pair| pair[0].succ_opt() == Some(pair[1])));
    }

    #[test]
    fn a_form_value_survives_the_round_trip(minutes in 0_i64..(60 * 24 * 365 * 50)) {
        let time = at("2000-01-01T00:00") + chrono::Duration::minutes(minutes);
        prop_assert_eq!(parse_local(&local_input(time)), Some(time));
    }
}

#[test]
fn of_two_occurrences_the_one_that_is_meant_is_taken() {
    let berlin = zone("Europe/Berlin").expect("Berlin");
    let twice = at("2026-10-25T02:30");
    let when = |which| {
        instant_of(twice, berlin, which)
            .map(|time| time.to_rfc3339())
            .ok()
    };
    assert_eq!(when(None), None);
    assert_eq!(
        when(Some(Occurrence::First)).as_deref(),
        Some("2026-10-25T00:30:00+00:00")
    );
    assert_eq!(
        when(Some(Occurrence::Second)).as_deref(),
        Some("2026-10-25T01:30:00+00:00")
    );
    // What there is once is that, whichever is named; what there is not stays explained.
    let once = at("2026-10-26T02:30");
    assert_eq!(
        instant_of(once, berlin, Some(Occurrence::Second)),
        instant(once, berlin)
    );
    let never = instant_of(at("2026-03-29T02:30"), berlin, Some(Occurrence::First));
    assert!(matches!(never, Err(LocalTimeError::Skipped(..))));
}

#[test]
fn a_day_begins_at_its_first_minute_wherever_the_clocks_change() {
    for (zone_name, day, start) in [
        ("Europe/London", "2026-03-29", "2026-03-29T00:00:00+00:00"),
        ("Europe/London", "2026-03-30", "2026-03-29T23:00:00+00:00"),
        ("Europe/London", "2026-10-26", "2026-10-26T00:00:00+00:00"),
        // Midnight is skipped here, and happens twice there.
        ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00+00:00"),
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00+00:00"),
        ("Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15:00+00:00"),
        // A day that a country left out begins when the next one does.
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00+00:00"),
    ] {
        let begins = day_start(
            day.parse().expect("a day"),
            zone(zone_name).expect("a zone"),
        );
        assert_eq!(
            begins.map(|time| time.to_rfc3339()).as_deref(),
            Some(start),
            "{zone_name} {day}"
        );
    }
}

#[test]
fn an_instant_is_told_from_its_twin() {
    let london = zone("Europe/London").expect("a zone");
    let which = |text: &str| occurrence(text.parse().expect("an instant"), london);
    for (instant, expected) in [
        ("2026-10-24T23:59:59Z", None),
        ("2026-10-25T00:00:00Z", Some(Occurrence::First)),
        ("2026-10-25T00:59:59Z", Some(Occurrence::First)),
        ("2026-10-25T01:00:00Z", Some(Occurrence::Second)),
        ("2026-10-25T01:59:59Z", Some(Occurrence::Second)),
        ("2026-10-25T02:00:00Z", None),
        ("2026-03-29T01:30:00Z", None),
    ] {
        assert_eq!(which(instant), expected, "{instant}");
    }
}

#[test]
fn the_times_that_come_twice_are_known_beforehand() {
    let from = "2026-01-01T10:17:00Z".parse().expect("an instant");
    let found = |name: &str, days: u32| -> Vec<(String, String)> {
        shown_twice(zone(name).expect("a zone"), from, days)
            .into_iter()
            .map(|(from, until)| (local_input(from), local_input(until)))
            .collect()
    };
    let pair = |from: &str, until: &str| (from.to_owned(), until.to_owned());
    assert_eq!(
        found("Europe/London", 800),
        [
            pair("2026-10-25T01:00", "2026-10-25T02:00"),
            pair("2027-10-31T01:00", "2027-10-31T02:00"),
        ]
    );
    assert_eq!(
        found("America/New_York", 365),
        [pair("2026-11-01T01:00", "2026-11-01T02:00")]
    );
    // By half an hour.
    assert_eq!(
        found("Australia/Lord_Howe", 365),
        [pair("2026-04-05T01:30", "2026-04-05T02:00")]
    );
    assert_eq!(found("Asia/Dubai", 365), []);
}
