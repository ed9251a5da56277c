//! The radar: one spoke per system the profession uses, rings 1–4, up to three outlines.
//! (Domain rules, "Radar".) Where things are in the drawing is decided here, once for every screen
//! and for paper.

use std::f64::consts::TAU;

use serde::{Deserialize, Serialize};

use crate::{
    lesson::SystemName,
    level::{Height, Level},
};

/// The fewest spokes that make a figure; below it there is the table only.
pub const FEWEST_SPOKES: usize = 3;

/// One system on a radar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoke {
    /// Which system.
    pub system: SystemName,
    /// What is required now.
    pub required: Level,
    /// What is shown now.
    pub shown: Height,
    /// What the person says; none where they have not said.
    pub said: Option<Height>,
    /// The same figures at the earlier date, where one is laid under.
    pub then: Option<Then>,
}

impl Spoke {
    /// How many levels are wanting.
    #[must_use]
    pub const fn gap(&self) -> u8 {
        self.shown.gap_to(self.required)
    }
}

/// A spoke's figures at an earlier date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Then {
    /// What was required; none where nothing was.
    pub required: Option<Level>,
    /// What was shown.
    pub shown: Height,
    /// What the person said; none where they had not said.
    pub said: Option<Height>,
}

/// A point of the drawing. The centre is 0, 0, x goes to the right and y downwards; the outermost
/// ring has radius 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

/// Where a height lies on a spoke. The first spoke points up, the others follow clockwise at equal
/// angles. The ground is not the centre but a small circle around it, so that an outline of nothing
/// can still be seen and pointed at.
#[must_use]
pub fn point(spoke: usize, spokes: usize, height: Height) -> Point {
    #[expect(clippy::cast_precision_loss, reason = "there are never so many spokes")]
    let angle = TAU * spoke as f64 / spokes.max(1) as f64;
    let radius = radius(height);
    Point { x: radius * angle.sin(), y: -radius * angle.cos() }
}

/// How far from the centre a height lies, of 1.
#[must_use]
pub fn radius(height: Height) -> f64 {
    const GROUND: f64 = 0.12;
    GROUND + (1.0 - GROUND) * f64::from(height.number()) / 4.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn height(number: u8) -> Height {
        Height::new(number).expect("0–4")
    }

    #[test]
    fn the_first_spoke_points_up_and_the_next_follow_clockwise() {
        let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
        let top = point(0, 4, height(4));
        assert!(close(top.x, 0.0) && close(top.y, -1.0));
        let right = point(1, 4, height(4));
        assert!(close(right.x, 1.0) && close(right.y, 0.0));
    }

    proptest! {
        #[test]
        fn every_point_is_within_the_outermost_ring(
            spokes in 1usize..40,
            at: prop::sample::Index,
            number in 0u8..=4,
        ) {
            let point = point(at.index(spokes), spokes, height(number));
            let distance = point.x.hypot(point.y);
            prop_assert!((distance - radius(height(number))).abs() < 1e-9);
            prop_assert!(distance > 0.0 && distance <= 1.0 + 1e-9);
        }

        #[test]
        fn higher_is_further_out(a in 0u8..=4, b in 0u8..=4) {
            prop_assert_eq!(a < b, radius(height(a)) < radius(height(b)));
        }
    }
}
