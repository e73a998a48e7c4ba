//! Moments of a video in comments.

use domain::AssetId;
use services::{ServiceError, ServiceResult};

/// A moment of a video as a form says it; both fields empty is none.
pub(in crate::api) fn moment(
    asset: Option<AssetId>,
    minute: &str,
    second: &str,
) -> ServiceResult<Option<(AssetId, i64)>> {
    let (minute, second) = (minute.trim(), second.trim());
    let Some(asset) = asset.filter(|_| !minute.is_empty() || !second.is_empty()) else {
        return Ok(None);
    };
    let read = |text: &str| match text {
        "" => Some(0),
        text => text
            .parse::<i64>()
            .ok()
            .filter(|number| (0..600).contains(number)),
    };
    let (Some(minute), Some(second)) = (read(minute), read(second).filter(|second| *second < 60))
    else {
        return Err(ServiceError::Invalid(
            "Give the moment in minutes and seconds, such as 0 and 14.".to_owned(),
        ));
    };
    Ok(Some((asset, (minute * 60 + second) * 1_000)))
}

#[cfg(test)]
mod tests {
    use domain::AssetId;

    use super::moment;

    #[test]
    fn a_moment_is_read_as_people_write_it() {
        let asset = AssetId::generate();
        let at =
            |minute, second| moment(Some(asset), minute, second).map(|at| at.map(|(_, at)| at));
        assert_eq!(at("", "").expect("none"), None);
        assert_eq!(at("0", "14").expect("a moment"), Some(14_000));
        assert_eq!(at("1", "").expect("a moment"), Some(60_000));
        assert_eq!(at(" ", " 3 ").expect("a moment"), Some(3_000));
        for (minute, second) in [("x", "1"), ("-1", "0"), ("0", "60"), ("0", "1.5")] {
            assert!(at(minute, second).is_err(), "{minute}:{second}");
        }
        assert_eq!(moment(None, "0", "3").expect("no video"), None);
    }
}
