//! Standing referrals: whoever joins a unit, or a profession there, is pointed to something by
//! itself.

use serde::{Deserialize, Serialize};

use crate::{
    bank::Choice,
    id::{ProfessionId, StandingId, UnitId},
    overview::UnitLine,
    referral::Target,
    time::Date,
};

/// How many days after joining somebody can still be pointed to something: who is new knows that
/// they are.
pub const NEW_DAYS: i64 = 30;
/// The most days after joining that may be wished for.
pub const MOST_DAYS: u16 = 365;

/// Where somebody works: their unit and every unit above it, and as what.
#[derive(Clone, Copy, Debug)]
pub struct Post<'p> {
    /// The unit first.
    pub path: &'p [UnitId],
    /// As what.
    pub profession: ProfessionId,
}

/// Whom a standing referral is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joining {
    /// Who work in this unit or below it …
    pub unit: UnitId,
    /// … and, where one is said, as this.
    pub profession: Option<ProfessionId>,
}

impl Joining {
    /// Whether it is for those who work somewhere.
    #[must_use]
    pub fn is_for(self, post: Post<'_>) -> bool {
        post.path.contains(&self.unit)
            && self.profession.is_none_or(|profession| profession == post.profession)
    }

    /// Whether somebody joins who worked somewhere before, or nowhere: who is moved within the unit
    /// does not.
    #[must_use]
    pub fn joins(self, before: Option<Post<'_>>, after: Post<'_>) -> bool {
        self.is_for(after) && !before.is_some_and(|before| self.is_for(before))
    }
}

/// A standing referral, for the manager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingLine {
    /// Which.
    pub id: StandingId,
    /// The name of the unit whose people it is for.
    pub unit: String,
    /// The name of the profession; none where it is for all.
    pub profession: Option<String>,
    /// To what it points.
    pub to: Target,
    /// Whether that is a program nobody is led to any more: then it is sent to nobody.
    pub is_over: bool,
    /// The line that goes with it.
    pub note: String,
    /// By how many days after joining it is wished for.
    pub days: Option<u16>,
    /// Since when it stands.
    pub since: Date,
    /// Who made it; none where they are no longer known.
    pub from: Option<String>,
    /// To how many of the manager's people it has been sent.
    pub sent: u32,
}

/// Standing referrals, and what a new one can be made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingPage {
    /// The id that a new one is to have.
    pub id: StandingId,
    /// Those that stand.
    pub lines: Vec<StandingLine>,
    /// The manager's units.
    pub units: Vec<UnitLine>,
    /// Every profession.
    pub professions: Vec<Choice>,
    /// Everything that can be pointed to.
    pub targets: Vec<Target>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use rstest::rstest;

    const HOME: u128 = 1;
    const ROOM: u128 = 2;
    const OTHER: u128 = 3;
    const NURSE: u128 = 7;
    const AIDE: u128 = 8;

    #[rstest]
    #[case::hired(None, &[ROOM, HOME], NURSE, true, true)]
    #[case::elsewhere(None, &[OTHER], NURSE, false, false)]
    #[case::from_elsewhere(Some((&[OTHER][..], NURSE)), &[HOME], NURSE, true, true)]
    #[case::within(Some((&[ROOM, HOME][..], NURSE)), &[HOME], NURSE, false, false)]
    #[case::becomes_a_nurse(Some((&[HOME][..], AIDE)), &[HOME], NURSE, false, true)]
    #[case::becomes_an_aide(Some((&[OTHER][..], AIDE)), &[HOME], AIDE, true, false)]
    fn who_joins(
        #[case] before: Option<(&[u128], u128)>,
        #[case] path: &[u128],
        #[case] profession: u128,
        #[case] joins_all: bool,
        #[case] joins_nurses: bool,
    ) {
        let ids = |path: &[u128]| path.iter().map(|id| UnitId::from_u128(*id)).collect::<Vec<_>>();
        let (then, now) = (before.map(|(path, as_what)| (ids(path), as_what)), ids(path));
        let before = then
            .as_ref()
            .map(|(path, as_what)| Post { path, profession: ProfessionId::from_u128(*as_what) });
        let after = Post { path: &now, profession: ProfessionId::from_u128(profession) };
        let all = Joining { unit: UnitId::from_u128(HOME), profession: None };
        let nurses = Joining { profession: Some(ProfessionId::from_u128(NURSE)), ..all };
        assert_eq!(
            (all.joins(before, after), nurses.joins(before, after)),
            (joins_all, joins_nurses)
        );
    }
}
