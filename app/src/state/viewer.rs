//! A client's times as the clocks of whoever looks at them show them. The browser knows both zones, so that there is no
//! time-zone database of ours in it.

use chrono::NaiveDateTime;

use crate::api::calendar::Which;

/// What the clocks where this browser is show at an instant, in seconds since 1970.
#[cfg(feature = "hydrate")]
#[must_use]
pub fn here(at: i64) -> Option<NaiveDateTime> {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "seconds of a calendar, and minutes of an offset"
    )]
    let behind = {
        let date = js_sys::Date::new(&(at as f64 * 1000.0).into());
        (date.get_timezone_offset() * 60.0) as i64
    };
    Some(chrono::DateTime::from_timestamp(at - behind, 0)?.naive_utc())
}

/// On a server nobody looks.
#[cfg(not(feature = "hydrate"))]
#[must_use]
pub const fn here(_at: i64) -> Option<NaiveDateTime> {
    None
}

/// "Wed 14 Oct, 16:30 in your time zone (Berlin)"; nothing where both clocks show the same.
#[must_use]
pub fn words(at: i64, wall: &str) -> Option<String> {
    let here = here(at)?;
    if domain::time::parse_local(wall)? == here {
        return None;
    }
    let place = zone_here().unwrap_or_default();
    let place = place.rsplit('/').next().unwrap_or_default();
    Some(format!(
        "{} in your time zone ({})",
        domain::time::local_label(here),
        place.replace('_', " ")
    ))
}

/// What the browser calls its zone: "Europe/Berlin".
#[cfg(feature = "hydrate")]
#[must_use]
pub fn zone_here() -> Option<String> {
    use js_sys::{Array, Intl, Object, Reflect};
    let options = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
}

/// On a server nobody looks.
#[cfg(not(feature = "hydrate"))]
#[must_use]
pub const fn zone_here() -> Option<String> {
    None
}

/// The instant at which a zone's clocks show a time, in seconds since 1970. Nothing where they never do, or where they
/// do twice and nobody has said which is meant.
#[must_use]
pub fn instant(wall: &str, zone: &str, which: Option<Which>) -> Option<i64> {
    instant_by(wall, which, |at| shown_in(zone, at))
}

fn instant_by(
    wall: &str,
    which: Option<Which>,
    shown: impl Fn(i64) -> Option<NaiveDateTime>,
) -> Option<i64> {
    const DAY: i64 = 24 * 3600;
    let wanted = domain::time::parse_local(wall)?;
    let as_utc = wanted.and_utc().timestamp();
    // By how much the zone is ahead on the day before and on the day after: one of them holds in between.
    let tried = [as_utc - DAY, as_utc + DAY].map(|around| {
        let ahead = shown(around)?.and_utc().timestamp() - around;
        let at = as_utc - ahead;
        (shown(at)? == wanted).then_some(at)
    });
    match (tried, which) {
        ([Some(one), Some(other)], _) if one == other => Some(one),
        ([Some(one), Some(other)], Some(Which::First)) => Some(one.min(other)),
        ([Some(one), Some(other)], Some(Which::Second)) => Some(one.max(other)),
        ([Some(only), None] | [None, Some(only)], _) => Some(only),
        _ => None,
    }
}

/// What a zone's clocks show at an instant, by the browser.
#[cfg(feature = "hydrate")]
fn shown_in(zone: &str, at: i64) -> Option<NaiveDateTime> {
    use js_sys::{Date, Object, Reflect};
    let options = Object::new();
    Reflect::set(&options, &"timeZone".into(), &zone.into()).ok()?;
    #[expect(clippy::cast_precision_loss, reason = "seconds of a calendar")]
    let date = Date::new(&(at as f64 * 1000.0).into());
    // Sweden writes "2026-10-14 09:00:00".
    let shown: String = date.to_locale_string("sv-SE", &options).into();
    domain::time::parse_local(&shown.replace(' ', "T"))
}

/// On a server nobody looks.
#[cfg(not(feature = "hydrate"))]
const fn shown_in(_zone: &str, _at: i64) -> Option<NaiveDateTime> {
    None
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::instant_by;
    use crate::api::calendar::Which;

    /// London in 2026: the clocks go back at 01:00 UTC on 25 October, and forward at 01:00 UTC on 29 March.
    fn london(at: i64) -> Option<chrono::NaiveDateTime> {
        let summer = 1_774_746_000..1_792_890_000;
        let ahead = if summer.contains(&at) { 3600 } else { 0 };
        Some(DateTime::from_timestamp(at + ahead, 0)?.naive_utc())
    }

    #[test]
    fn a_time_is_found_once_twice_or_never() {
        let at = |wall: &str, which| {
            let found = instant_by(wall, which, london)?;
            Some(
                DateTime::from_timestamp(found, 0)?
                    .format("%d %H:%M")
                    .to_string(),
            )
        };
        let found = |text: &str| Some(text.to_owned());
        assert_eq!(at("2026-10-14T09:00", None), found("14 08:00"));
        assert_eq!(at("2026-10-24T23:30", None), found("24 22:30"));
        assert_eq!(at("2026-10-25T00:30", None), found("24 23:30"));
        assert_eq!(at("2026-10-25T02:00", None), found("25 02:00"));
        assert_eq!(
            at("2026-10-25T01:30", Some(Which::First)),
            found("25 00:30")
        );
        assert_eq!(
            at("2026-10-25T01:30", Some(Which::Second)),
            found("25 01:30")
        );
        assert_eq!(at("2026-10-25T01:30", None), None);
        assert_eq!(at("2026-03-29T01:30", Some(Which::First)), None);
        assert_eq!(at("", None), None);
    }
}
