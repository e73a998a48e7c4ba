//! Where the cards of a week stand: a row for each quarter of an hour, and lanes beside each other where cards
//! would lie over each other.

use crate::api::calendar::{CardData, DayData};

/// How many rows a card takes.
const CARD_ROWS: u32 = 4;
/// How many cards stand beside each other; what is beyond is counted.
const LANES: u32 = 3;
/// The hours that are always shown.
const DAY: (u32, u32) = (7, 21);

/// The hours that a week shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hours {
    first: u32,
    /// The first that is left out again.
    end: u32,
}

impl Hours {
    /// The hours of the day, and of the night those that the cards need.
    pub(super) fn of(days: &[DayData]) -> Self {
        let minutes = days
            .iter()
            .flat_map(|day| &day.cards)
            .filter_map(|card| quarter(&card.local));
        let (first, end) = minutes.fold(DAY, |(first, end), quarter| {
            (
                first.min(quarter / 4),
                end.max((quarter + CARD_ROWS).div_ceil(4).min(24)),
            )
        });
        Self { first, end }
    }

    /// Each of them.
    pub(super) fn each(self) -> impl Iterator<Item = u32> {
        self.first..self.end
    }

    /// How many rows there are.
    pub(super) const fn rows(self) -> u32 {
        (self.end - self.first) * 4
    }

    /// The row of a quarter of an hour, from 0; `None` where it is left out.
    pub(super) fn row(self, quarter: u32) -> Option<u32> {
        quarter
            .checked_sub(self.first * 4)
            .filter(|row| *row < self.rows())
    }
}

/// The quarter of an hour in "2026-10-14T09:20", counted from midnight.
pub(super) fn quarter(local: &str) -> Option<u32> {
    let (hour, minute) = local.get(11..16)?.split_once(':')?;
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    Some(hour * 4 + minute / 15)
}

/// Where a card stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    /// From which row on.
    pub(super) row: u32,
    /// In which lane, from 0.
    pub(super) lane: u32,
    /// Of how many.
    pub(super) lanes: u32,
}

/// The cards of a day in their places.
#[derive(Debug, Default)]
pub(super) struct Arranged {
    pub(super) cards: Vec<(Placed, CardData)>,
    /// Below which row how many have no room.
    pub(super) hidden: Vec<(u32, usize)>,
}

/// Places the cards of a day, which come earliest first.
pub(super) fn arrange(cards: &[CardData], hours: Hours) -> Arranged {
    let mut arranged = Arranged::default();
    let mut group = Group::default();
    for card in cards {
        let Some(row) = quarter(&card.local).and_then(|quarter| hours.row(quarter)) else {
            continue;
        };
        // The last card of a day would reach beyond its end.
        let row = row.min(hours.rows().saturating_sub(CARD_ROWS));
        if group.end() <= row {
            group.close(&mut arranged);
        }
        group.add(row, card);
    }
    group.close(&mut arranged);
    arranged
}

/// Cards of which each lies over another.
#[derive(Default)]
struct Group<'a> {
    /// Where each lane is free again.
    ends: Vec<u32>,
    cards: Vec<(u32, u32, &'a CardData)>,
    hidden: usize,
}

impl<'a> Group<'a> {
    fn end(&self) -> u32 {
        self.ends.iter().copied().max().unwrap_or_default()
    }

    fn add(&mut self, row: u32, card: &'a CardData) {
        let free = self.ends.iter().position(|end| *end <= row);
        let lane = match free {
            Some(lane) => lane,
            None if self.ends.len() < LANES as usize => {
                self.ends.push(0);
                self.ends.len() - 1
            }
            None => {
                self.hidden += 1;
                return;
            }
        };
        self.ends[lane] = row + CARD_ROWS;
        self.cards
            .push((row, u32::try_from(lane).unwrap_or_default(), card));
    }

    fn close(&mut self, into: &mut Arranged) {
        let end = self.end();
        let lanes = u32::try_from(self.ends.len()).unwrap_or(LANES);
        into.cards
            .extend(self.cards.drain(..).map(|(row, lane, card)| {
                let placed = Placed { row, lane, lanes };
                (placed, card.clone())
            }));
        if self.hidden > 0 {
            into.hidden.push((end, self.hidden));
        }
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use domain::PostId;
    use domain::calendar::PostStatus;

    use super::*;

    fn card(time: &str) -> CardData {
        let post: PostId = "0192f0c1-2b3c-7d4e-8f90-123456789abc".parse().expect("id");
        CardData {
            post,
            local: format!("2026-10-14T{time}"),
            at: 0,
            title: time.to_owned(),
            status: PostStatus::Draft,
            platforms: Vec::new(),
            poster_url: None,
            history: None,
            held: None,
            found: None,
        }
    }

    fn day(times: &[&str]) -> DayData {
        DayData {
            date: "2026-10-14".to_owned(),
            label: String::new(),
            long_label: String::new(),
            in_month: true,
            is_today: false,
            is_past: false,
            count: u32::try_from(times.len()).expect("few"),
            cards: times.iter().map(|time| card(time)).collect(),
        }
    }

    /// Row, lane and lanes of each card that is shown; and what is hidden below which row.
    type Places = (Vec<(u32, u32, u32)>, Vec<(u32, usize)>);

    fn places(times: &[&str]) -> Places {
        let day = day(times);
        let arranged = arrange(&day.cards, Hours::of(std::slice::from_ref(&day)));
        let places = arranged.cards.iter();
        (
            places.map(|(at, _)| (at.row, at.lane, at.lanes)).collect(),
            arranged.hidden,
        )
    }

    #[test]
    fn a_week_shows_the_day_and_of_the_night_what_is_needed() {
        let hours = |times: &[&str]| {
            let hours = Hours::of(&[day(times)]);
            (hours.first, hours.end)
        };
        assert_eq!(hours(&[]), (7, 21));
        assert_eq!(hours(&["09:00"]), (7, 21));
        assert_eq!(hours(&["05:45", "22:20"]), (5, 24));
        assert_eq!(hours(&["00:00", "23:59"]), (0, 24));
    }

    #[test]
    fn cards_stand_in_the_row_of_their_quarter() {
        assert_eq!(
            places(&["07:00", "09:20"]).0,
            [(0, 0, 1), (9, 0, 1)],
            "seven is the first row"
        );
        // Half past eleven at night there is no room below: it stands at the end.
        assert_eq!(places(&["23:45"]).0, [(64, 0, 1)]);
    }

    #[test]
    fn cards_at_about_the_same_time_stand_beside_each_other() {
        assert_eq!(
            places(&["09:00", "09:30", "10:00", "11:00"]).0,
            [(8, 0, 2), (10, 1, 2), (12, 0, 2), (16, 0, 1)]
        );
    }

    #[test]
    fn what_has_no_lane_is_counted_below_the_others() {
        let (shown, hidden) = places(&["09:00", "09:00", "09:05", "09:10", "09:10", "12:00"]);
        assert_eq!(shown, [(8, 0, 3), (8, 1, 3), (8, 2, 3), (20, 0, 1)]);
        assert_eq!(hidden, [(12, 2)]);
    }
}
