//! Cropping: the proportions that are offered, and the part of a picture that is taken.
//!
//! All numbers are pixels of the original as it is shown, and even: video is kept in blocks of two.

use serde::{Deserialize, Serialize};

/// Proportions, with what they are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// How people write them.
    pub name: &'static str,
    /// Width to …
    pub width: u32,
    /// … height.
    pub height: u32,
    /// What they are for.
    pub used: &'static str,
}

impl Shape {
    /// The proportions of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        SHAPES.into_iter().find(|shape| shape.name == name)
    }

    /// As a part of a file's name, where a colon may not stand.
    #[must_use]
    pub fn label(self) -> String {
        self.name.replace(':', "x")
    }

    /// The height that goes with this width.
    fn height_of(self, width: u32) -> u32 {
        even_near(
            u64::from(width) * u64::from(self.height),
            u64::from(self.width),
        )
    }
}

/// What is offered: upright first, as most posts are watched.
pub const SHAPES: [Shape; 5] = [
    Shape {
        name: "9:16",
        width: 9,
        height: 16,
        used: "fills the screen on TikTok",
    },
    Shape {
        name: "4:5",
        width: 4,
        height: 5,
        used: "tall in a feed",
    },
    Shape {
        name: "1:1",
        width: 1,
        height: 1,
        used: "square, in galleries",
    },
    Shape {
        name: "1.91:1",
        width: 191,
        height: 100,
        used: "as wide as a link’s picture",
    },
    Shape {
        name: "16:9",
        width: 16,
        height: 9,
        used: "wide, as a film",
    },
];

/// The shortest side that is still a picture.
const SHORTEST: u32 = 16;
/// The smallest frame that is offered, in per cent of the largest.
pub const SMALLEST: u32 = 20;

/// A part of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Area {
    /// Its left edge.
    pub x: u32,
    /// Its upper edge.
    pub y: u32,
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
}

impl Area {
    /// The largest part of these proportions, in the middle.
    #[must_use]
    pub fn largest(of: (u32, u32), shape: Shape) -> Self {
        let (width, height) = (of.0 & !1, of.1 & !1);
        let is_wider =
            u64::from(width) * u64::from(shape.height) > u64::from(height) * u64::from(shape.width);
        let (width, height) = if is_wider {
            let by_height = even_near(
                u64::from(height) * u64::from(shape.width),
                u64::from(shape.height),
            );
            (by_height.min(width), height)
        } else {
            (width, shape.height_of(width).min(height))
        };
        Self {
            x: (of.0.saturating_sub(width) / 2) & !1,
            y: (of.1.saturating_sub(height) / 2) & !1,
            width,
            height,
        }
    }

    /// The same, with its middle there, as far as the picture's edges allow.
    #[must_use]
    pub fn centred_at(self, of: (u32, u32), x: i64, y: i64) -> Self {
        let place = |at: i64, size: u32, of: u32| {
            let most = i64::from(of.saturating_sub(size));
            let start = (at - i64::from(size / 2)).clamp(0, most);
            u32::try_from(start).unwrap_or(0) & !1
        };
        Self {
            x: place(x, self.width, of.0),
            y: place(y, self.height, of.1),
            ..self
        }
    }

    /// The same, moved so far, as far as the picture's edges allow.
    #[must_use]
    pub fn moved(self, of: (u32, u32), right: i64, down: i64) -> Self {
        let (x, y) = self.middle();
        self.centred_at(of, x + right, y + down)
    }

    /// The part of these proportions around the same middle, in per cent of the largest.
    #[must_use]
    pub fn sized(self, of: (u32, u32), shape: Shape, per_cent: u32) -> Self {
        let largest = Self::largest(of, shape);
        let per_cent = per_cent.clamp(SMALLEST, 100);
        let (x, y) = self.middle();
        let (width, height) = if per_cent == 100 {
            (largest.width, largest.height)
        } else {
            let width = even_near(u64::from(largest.width) * u64::from(per_cent), 100);
            (width, shape.height_of(width).min(largest.height))
        };
        Self {
            width,
            height,
            ..self
        }
        .centred_at(of, x, y)
    }

    /// Whether it lies within a picture of this size, and is large enough to be one.
    #[must_use]
    pub fn fits(self, of: (u32, u32)) -> bool {
        let is_within = |start: u32, size: u32, of: u32| {
            size >= SHORTEST && start.checked_add(size).is_some_and(|end| end <= of)
        };
        let is_even = [self.x, self.y, self.width, self.height]
            .iter()
            .all(|number| number % 2 == 0);
        is_even && is_within(self.x, self.width, of.0) && is_within(self.y, self.height, of.1)
    }

    /// Its middle.
    #[must_use]
    pub fn middle(self) -> (i64, i64) {
        (
            i64::from(self.x) + i64::from(self.width / 2),
            i64::from(self.y) + i64::from(self.height / 2),
        )
    }
}

/// The even number next to a fraction; never 0.
fn even_near(numerator: u64, denominator: u64) -> u32 {
    let halves = (numerator + denominator) / (2 * denominator.max(1));
    u32::try_from(halves * 2).unwrap_or(u32::MAX - 1).max(2)
}
