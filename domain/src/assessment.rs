//! Self-assessment: reading what a level means, statement by statement, and what follows from it.
//!
//! **The rule.** A level *counts* when every statement in it is answered "det här kan jag", save
//! that one of them may be "delvis". The level a person says they have is the highest that counts
//! below which every level counts too. A level without statements neither counts nor is in the way.
//! The question is settled as soon as a level does not count: what is above it cannot change the
//! answer, so nobody has to read it. (Domain rules, "Evidence" and "Radar"; decision 018.)

use serde::{Deserialize, Serialize};

use crate::level::{Height, Level};

/// What somebody says of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// Inte än.
    NotYet,
    /// Delvis.
    Partly,
    /// Det stämmer.
    Can,
}

impl Claim {
    /// Every claim, in the order they are offered.
    pub const ALL: [Self; 3] = [Self::Can, Self::Partly, Self::NotYet];

    /// The word in forms and in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotYet => "not_yet",
            Self::Partly => "partly",
            Self::Can => "can",
        }
    }

    /// The claim with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|claim| claim.code() == code)
    }
}

/// How far an assessment of one system has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Assessment {
    /// The next level to read.
    Open(Level),
    /// It is settled how far up the person says they are.
    Settled(Height),
}

impl Assessment {
    /// Where somebody stands who has said this of the statements of levels 1–4: for each
    /// statement what was said, `None` where it has not been read.
    #[must_use]
    pub fn of(levels: &[Vec<Option<Claim>>; 4]) -> Self {
        let mut height = Height::GROUND;
        for (level, claims) in Level::ALL.into_iter().zip(levels) {
            if claims.is_empty() {
                continue;
            }
            if claims.iter().any(Option::is_none) {
                return Self::Open(level);
            }
            if !counts(claims) {
                break;
            }
            height = level.into();
        }
        Self::Settled(height)
    }

    /// The outcome, once it is settled.
    #[must_use]
    pub const fn height(self) -> Option<Height> {
        match self {
            Self::Open(_) => None,
            Self::Settled(height) => Some(height),
        }
    }
}

/// Whether a level counts, all of whose statements have been read.
fn counts(claims: &[Option<Claim>]) -> bool {
    let said = |claim: Claim| claims.iter().filter(|said| **said == Some(claim)).count();
    said(Claim::Can) + said(Claim::Partly).min(1) == claims.len() && said(Claim::Can) > 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    /// `k`an, `d`elvis, `i`nte än, `-` not read; levels apart by blanks.
    fn levels(text: &str) -> [Vec<Option<Claim>>; 4] {
        let mut levels: [Vec<Option<Claim>>; 4] = Default::default();
        for (level, word) in levels.iter_mut().zip(text.split(' ')) {
            *level = word
                .chars()
                .filter(|c| *c != '.')
                .map(|c| match c {
                    'k' => Some(Claim::Can),
                    'd' => Some(Claim::Partly),
                    'i' => Some(Claim::NotYet),
                    _ => None,
                })
                .collect();
        }
        levels
    }

    fn settled(height: u8) -> Assessment {
        Assessment::Settled(Height::new(height).expect("0–4"))
    }

    fn open(level: u8) -> Assessment {
        Assessment::Open(Level::new(level).expect("1–4"))
    }

    #[rstest]
    #[case::nothing_read("--- --- --- ---", open(1))]
    #[case::half_read("kk- --- --- ---", open(1))]
    #[case::all_of_one("kkk --- --- ---", open(2))]
    #[case::one_partly_will_do("kkd --- --- ---", open(2))]
    #[case::two_will_not("kdd --- --- ---", settled(0))]
    #[case::not_yet_will_not("kki --- --- ---", settled(0))]
    #[case::settled_without_reading_on("kkk kid --- ---", settled(1))]
    #[case::a_hole_is_not_leapt_over("kkk iii kkk kkk", settled(1))]
    #[case::the_top("kkk kkk kkd kkk", settled(4))]
    #[case::a_level_without_statements("kkk . kkk iii", settled(3))]
    #[case::partly_alone_is_not_enough("d --- --- ---", settled(0))]
    #[case::no_statements_at_all(". . . .", settled(0))]
    fn the_rule(#[case] said: &str, #[case] expected: Assessment) {
        assert_eq!(Assessment::of(&levels(said)), expected);
    }

    fn any_levels() -> impl Strategy<Value = [Vec<Option<Claim>>; 4]> {
        let claim = prop::option::weighted(
            0.8,
            prop::sample::select(vec![Claim::Can, Claim::Can, Claim::Partly, Claim::NotYet]),
        );
        prop::array::uniform4(prop::collection::vec(claim, 0..5))
    }

    proptest! {
        /// Saying more of one statement never lowers the outcome.
        #[test]
        fn more_is_never_less(mut levels in any_levels(), level in 0usize..4, pick: prop::sample::Index) {
            let before = Assessment::of(&levels).height();
            if let (false, Some(before)) = (levels[level].is_empty(), before) {
                let at = pick.index(levels[level].len());
                levels[level][at] = Some(Claim::Can);
                if let Some(after) = Assessment::of(&levels).height() {
                    prop_assert!(after >= before);
                }
            }
        }

        /// What is above the first level that does not count is never asked for, nor matters.
        #[test]
        fn what_is_above_does_not_matter(levels in any_levels(), other in any_levels()) {
            if let Assessment::Settled(height) = Assessment::of(&levels) {
                let first_out = (usize::from(height.number())..4)
                    .find(|at| !levels[*at].is_empty())
                    .unwrap_or(3);
                let mut changed = levels;
                for at in first_out + 1..4 {
                    changed[at].clone_from(&other[at]);
                }
                prop_assert_eq!(Assessment::of(&changed), Assessment::Settled(height));
            }
        }
    }
}
