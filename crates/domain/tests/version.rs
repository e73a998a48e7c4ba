//! A version names exactly one content.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot be set up has failed"
)]

use chrono::DateTime;
use domain::AccountId;
use domain::post::PlatformOptions;
use domain::tiktok::TikTokOptions;
use domain::version::{VersionParts, version_hash};
use proptest::prelude::*;

fn hash(
    caption: &str,
    assets: &[(Vec<u8>, &str)],
    due: i64,
    own: Option<&str>,
    privacy: &str,
    order: bool,
) -> [u8; 32] {
    let options = PlatformOptions::TikTok(TikTokOptions {
        privacy_level: Some(privacy.into()),
        ..TikTokOptions::default()
    });
    let (one, two) = (
        AccountId("00000000-0000-7000-8000-000000000001".parse().expect("id")),
        AccountId("00000000-0000-7000-8000-000000000002".parse().expect("id")),
    );
    let mut deliveries = vec![(one, own, &options), (two, None, &options)];
    if order {
        deliveries.reverse();
    }
    let due_at = DateTime::from_timestamp(due, 0).expect("an instant");
    version_hash(&VersionParts {
        caption,
        assets,
        due_at,
        deliveries: &deliveries,
    })
    .expect("JSON")
}

proptest! {
    #[test]
    fn the_order_of_accounts_does_not_matter_and_everything_else_does(
        caption in ".{0,80}", asset in proptest::collection::vec(any::<u8>(), 32), due in 0_i64..4_000_000_000,
        own in proptest::option::of(".{0,20}"), extra in ".{1,5}",
    ) {
        let assets = vec![(asset.clone(), "A cup")];
        let base = hash(&caption, &assets, due, own.as_deref(), "A", false);
        prop_assert_eq!(base, hash(&caption, &assets, due, own.as_deref(), "A", true));
        prop_assert_ne!(base, hash(&format!("{caption}{extra}"), &assets, due, own.as_deref(), "A", false));
        prop_assert_ne!(base, hash(&caption, &[], due, own.as_deref(), "A", false));
        let described_otherwise = vec![(asset, "A mug")];
        prop_assert_ne!(base, hash(&caption, &described_otherwise, due, own.as_deref(), "A", false));
        prop_assert_ne!(base, hash(&caption, &assets, due + 60, own.as_deref(), "A", false));
        prop_assert_ne!(base, hash(&caption, &assets, due, own.as_deref(), "B", false));
        let other = own.clone().map_or(Some(extra.clone()), |_| None);
        prop_assert_ne!(base, hash(&caption, &assets, due, other.as_deref(), "A", false));
    }
}
