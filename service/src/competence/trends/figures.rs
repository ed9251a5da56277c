//! Figures of groups of people, day by day, for units and what is below them.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    ops::RangeInclusive,
};

use kvarten_domain::{
    Level, ProfessionId, Timestamp, UnitId,
    competence::ShownRule,
    overview::UnitLine,
    trends::{Standing, Tally, Told, told},
    withheld::Post,
};

use crate::{bank::Bank, disclosure::Member};

/// Something for each day, and on it for each system.
type ByDay<T> = Vec<Vec<T>>;

/// What is required in posts, as numbers of levels; 0 where nothing is.
struct Required {
    /// Posts of which the same is required are of one kind.
    kinds: HashMap<Post, usize>,
    all: Vec<ByDay<u8>>,
}

impl Required {
    fn of(bank: &Bank, posts: &HashSet<Post>, days: &[Timestamp]) -> Self {
        let mut required = Self { kinds: HashMap::new(), all: Vec::new() };
        let mut alike: HashMap<(ProfessionId, Vec<UnitId>), usize> = HashMap::new();
        for &(unit, profession) in posts {
            let asking = bank.requirements.asking(&bank.units.path(unit));
            let kind = alike.entry((profession, asking)).or_insert_with(|| {
                let on = |day: &Timestamp| {
                    let levels = bank.required(unit, profession, *day).into_iter();
                    levels.map(|level| level.map_or(0, Level::number)).collect()
                };
                required.all.push(days.iter().map(on).collect());
                required.all.len() - 1
            });
            required.kinds.insert((unit, profession), *kind);
        }
        required
    }

    fn of_post(&self, post: Post) -> &ByDay<u8> {
        &self.all[self.kinds[&post]]
    }
}

/// What some people bring to the figures, together.
fn tally(rules: &[ShownRule<'_>], required: &Required, people: &[&Member]) -> ByDay<Tally> {
    let mut tallies = vec![Vec::new(); rules.len()];
    for member in people {
        let Some(placed) = &member.shown else { continue };
        let required = required.of_post(member.post());
        let mut shown = Vec::new();
        for (day, rule) in rules.iter().enumerate() {
            match day.checked_sub(1) {
                None => shown = rule.shown_by(placed),
                Some(before) => rule.follow(&rules[before], placed, &mut shown),
            }
            let tallies = &mut tallies[day];
            tallies.resize(shown.len(), Tally::default());
            for ((required, shown), tally) in required[day].iter().zip(&shown).zip(tallies) {
                let shown = shown.map_or(0, Level::number);
                tally.add(Standing { required: *required, shown });
            }
        }
    }
    tallies
}

/// People who are counted together, among units that are listed each before those below it.
struct Counted {
    /// The places of the first and the last unit it reaches into.
    reach: (usize, usize),
    tallies: ByDay<Tally>,
}

impl Counted {
    fn is_in(&self, lines: &RangeInclusive<usize>) -> bool {
        lines.contains(&self.reach.0) && lines.contains(&self.reach.1)
    }
}

/// The figures of a selection among such units, and of parts of it.
pub(super) struct Figures {
    pub(super) days: Vec<Timestamp>,
    required: Required,
    /// For each post of the selection the place of its unit, in their order, and its kind.
    posts: Vec<(usize, usize)>,
    counted: Vec<Counted>,
}

impl Figures {
    /// Of those who are selected; `groups` are those of them who are counted, and with whom.
    pub(super) fn of(
        bank: &Bank,
        days: Vec<Timestamp>,
        lines: &[UnitLine],
        selected: &[&Member],
        groups: &[Vec<&Member>],
    ) -> Self {
        let place: HashMap<UnitId, usize> =
            (0..).zip(lines).map(|(at, line)| (line.id, at)).collect();
        let all = selected.iter().chain(groups.iter().flatten());
        let posts: HashSet<Post> = all.map(|member| member.post()).collect();
        let required = Required::of(bank, &posts, &days);
        let rules: Vec<ShownRule<'_>> =
            days.iter().map(|day| bank.required_lessons.at(*day)).collect();
        let count = |group: &Vec<&Member>| {
            let reach = group.iter().map(|member| place[&member.unit]);
            let (first, last) = (reach.clone().min()?, reach.max()?);
            let tallies = tally(&rules, &required, group);
            Some(Counted { reach: (first, last), tallies })
        };
        let counted = groups.iter().filter_map(count).collect();
        let mut posts: Vec<(usize, usize)> =
            posts.iter().map(|post| (place[&post.0], required.kinds[post])).collect();
        posts.sort_unstable();
        Self { days, required, posts, counted }
    }

    /// What is required of each kind of post in some of the units, on a day.
    pub(super) fn required_in(&self, day: usize, lines: &RangeInclusive<usize>) -> Vec<&[u8]> {
        let from = self.posts.partition_point(|(line, _)| line < lines.start());
        let until = self.posts.partition_point(|(line, _)| line <= lines.end());
        let kinds: BTreeSet<usize> =
            self.posts[from..until].iter().map(|(_, kind)| *kind).collect();
        kinds.into_iter().map(|kind| self.required.all[kind][day].as_slice()).collect()
    }

    /// What is told of some of the units and of some systems on a day.
    pub(super) fn told(
        &self,
        day: usize,
        systems: &[usize],
        lines: &RangeInclusive<usize>,
    ) -> Vec<Told> {
        let inside: Vec<&Counted> =
            self.counted.iter().filter(|group| group.is_in(lines)).collect();
        let required = self.required_in(day, lines);
        let tell = |system: &usize| {
            let tallies = inside.iter().map(|group| group.tallies[day][*system]);
            told(tallies, required.iter().any(|required| required[*system] > 0))
        };
        systems.iter().map(tell).collect()
    }
}
