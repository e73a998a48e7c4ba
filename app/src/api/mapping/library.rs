//! The library: until when files are kept, on the client's wall.

use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;
use domain::media::size_label;
use domain::post::caption_title;
use domain::time::{local, local_label, local_label_with_year};
use domain::{ClientId, DeliveryState};
use services::assets::library::{self as use_case, Filter, KeptUntil, Kind};

use super::{asset, copy};
use crate::api::library::{AssetDetail, AssetUse, LibraryData, LibraryQuery, LibraryRow};

/// Within so many days of its end a file is pointed at.
const ENDING_DAYS: i64 = 7;

/// What stands in an address, as it is asked for; what means nothing is not asked for.
pub(in crate::api) fn library_filter(query: LibraryQuery) -> Filter {
    Filter {
        kind: match &*query.kind {
            "video" => Some(Kind::Video),
            "picture" => Some(Kind::Picture),
            _ => None,
        },
        unused: query.used == "no",
        name: query.name.trim().chars().take(120).collect(),
        before: query.before.parse().ok(),
    }
}

pub(in crate::api) fn library(
    client: ClientId,
    now: DateTime<Utc>,
    page: use_case::LibraryPage,
) -> LibraryData {
    let files = match page.files {
        1 => "1 file".to_owned(),
        files => format!("{files} files"),
    };
    LibraryData {
        total: format!("{files}, {}", size_label(page.bytes)),
        is_empty: page.files == 0,
        next: page.next,
        version: page.version,
        copies: { page.copies.into_iter() }
            .map(|view| copy(client, view))
            .collect(),
        rows: page
            .rows
            .into_iter()
            .map(|found| row(client, now, page.zone, found))
            .collect(),
    }
}

fn row(client: ClientId, now: DateTime<Utc>, zone: Tz, found: use_case::LibraryRow) -> LibraryRow {
    let (kept, is_ending) = kept(now, zone, found.kept);
    LibraryRow {
        asset: asset(client, found.asset),
        used: match found.posts {
            0 => "Not used".to_owned(),
            1 => "In 1 post".to_owned(),
            posts => format!("In {posts} posts"),
        },
        kept,
        is_ending,
    }
}

fn kept(now: DateTime<Utc>, zone: Tz, kept: KeptUntil) -> (String, bool) {
    let end = match kept {
        KeptUntil::Needed => return ("Kept for a post".to_owned(), false),
        KeptUntil::Gone => return ("No longer kept".to_owned(), false),
        KeptUntil::Time(end) => end,
    };
    let day = local(end, zone);
    match (end - now).num_days() {
        ..1 => ("Deleted within a day".to_owned(), true),
        1 => ("Deleted in 1 day".to_owned(), true),
        days if days < ENDING_DAYS => (format!("Deleted in {days} days"), true),
        _ if day.year() == local(now, zone).year() => {
            (format!("Kept until {}", day.format("%-d %b")), false)
        }
        _ => (format!("Kept until {}", day.format("%-d %b %Y")), false),
    }
}

pub(in crate::api) fn asset_detail(
    client: ClientId,
    now: DateTime<Utc>,
    found: use_case::AssetDetail,
) -> AssetDetail {
    let zone = found.zone;
    let at = local(found.created_at, zone);
    let at = if at.year() == local(now, zone).year() {
        local_label(at)
    } else {
        local_label_with_year(at)
    };
    let uses = found.posts.into_iter().flat_map(|(post, deliveries)| {
        let mut states: Vec<DeliveryState> = deliveries.iter().map(|one| one.state).collect();
        states.dedup();
        if states.is_empty() {
            states.push(DeliveryState::Draft);
        }
        let of = move |state| AssetUse {
            post: post.id,
            title: caption_title(&post.caption, 80),
            due: local_label(local(post.due_at, zone)),
            state,
        };
        states.into_iter().map(of)
    });
    AssetDetail {
        uses: uses.collect(),
        row: row(client, now, zone, found.row),
        brought: match found.brought_by {
            Some(name) => format!("{at}, by {name}"),
            None => at,
        },
        version: found.version,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, TimeZone, Utc};
    use chrono_tz::Europe::London;

    use super::{KeptUntil, kept};

    #[test]
    fn the_end_of_a_file_is_pointed_at_within_a_week() {
        let now = Utc.with_ymd_and_hms(2026, 10, 14, 12, 0, 0).single();
        let now = now.unwrap_or_default();
        let said = |days| kept(now, London, KeptUntil::Time(now + Duration::days(days)));
        assert_eq!(said(30), ("Kept until 13 Nov".to_owned(), false));
        assert_eq!(said(100), ("Kept until 22 Jan 2027".to_owned(), false));
        assert_eq!(said(7), ("Kept until 21 Oct".to_owned(), false));
        assert_eq!(said(3), ("Deleted in 3 days".to_owned(), true));
        assert_eq!(said(0), ("Deleted within a day".to_owned(), true));
        assert_eq!(
            kept(now, London, KeptUntil::Needed),
            ("Kept for a post".to_owned(), false)
        );
    }
}
