//! Figures about groups: what readers of each kind can learn when people come and go.

use kvarten_domain::{
    Locale, Role, Timestamp, UnitId,
    overview::Overview,
    trends::{Counting, Figure, Told, TrendsPage},
};
use kvarten_service::{
    Selection, SignedIn,
    administrator::Administrator,
    manager::Manager,
    operator::{NewPerson, Operator},
    privacy, refresh_disclosure,
};

use crate::{
    story,
    town::{NOON, Town, climb, join_all, see_all},
};

/// All are in cohorts, and those who are counted are here.
pub const ALL: Counting = Counting::Cohorts { left_out: 0, former: 0 };

impl Town {
    pub async fn refresh(&self, now: Timestamp) {
        refresh_disclosure(&self.services, now).await.expect("refreshed");
    }

    /// Completes the lesson of the stories.
    async fn completes(&self, who: &SignedIn) {
        see_all(&self.learner(who), "mejl").await;
        climb(&self.learner(who), "mejl").await;
    }

    /// Trends of the whole municipality, or of a unit.
    async fn all_trends(&self, who: &SignedIn, unit: Option<&str>, now: Timestamp) -> TrendsPage {
        let administrator = Administrator::enter(&self.services, who, now).expect("may");
        let unit = unit.map(|name| self.units[name]);
        let selection = Selection { unit, profession: None };
        administrator.trends(selection, Locale::Sv).await.expect("trends")
    }
}

/// What is told of the first system today.
fn today(page: &TrendsPage) -> Told {
    page.systems.first().map_or(Told::Unneeded, |system| system.days[12])
}

pub fn figure(needed: u32, reached: u32, level_tenths: u32) -> Told {
    Told::Figure(Figure { needed, reached, level_tenths })
}

/// A town of two units: eight in one of which two have reached what is required, six in the other,
/// and who may see all of it.
async fn two_units(town: Town) -> (Town, Vec<SignedIn>, SignedIn) {
    let town = town.with_unit("Solgläntan").await.with_unit("Björkgården").await;
    town.publish("mejl", "outlook", 1).await;
    town.require(None, "outlook", 1).await;
    let mut crew = Vec::new();
    for at in 0..8 {
        let id = town.staff(&format!("Sol{at}"), "Solgläntan").await;
        crew.push(town.signed_in(id).await);
    }
    for at in 0..6 {
        town.staff(&format!("Björk{at}"), "Björkgården").await;
    }
    town.completes(&crew[0]).await;
    town.completes(&crew[1]).await;
    let nadia = town.signed_in(town.person_at_root("Nadia", Role::Administrator).await).await;
    town.refresh(NOON).await;
    (town, crew, nadia)
}

story!(who_comes_moves_or_leaves_does_not_show_what_they_have_reached, |town| {
    let (town, crew, nadia) = two_units(town).await;
    let at = |hours: i64| NOON.plus_seconds(hours * 3_600);
    let before = figure(8, 2, 3);
    assert_eq!(today(&town.all_trends(&nadia, Some("Solgläntan"), at(0)).await), before);
    // One of the two leaves, the other moves; newcomers come one by one. Not before five have gone, and
    // five are new, does any figure change.
    let leaves = |hours: i64| Operator::enter(&town.services, at(hours));
    leaves(1).end_employment(crew[0].id()).await.expect("leaves");
    leaves(1)
        .move_person(crew[1].id(), "Björkgården", "underskoterska", &[Role::Staff])
        .await
        .expect("moves");
    for new in 0..4 {
        let hours = 2 + new;
        let person = Town::new_person(&format!("Ny{new}"), "Solgläntan");
        leaves(hours).create_person(&person).await.expect("comes");
        town.refresh(at(hours)).await;
        let page = town.all_trends(&nadia, Some("Solgläntan"), at(hours)).await;
        assert_eq!(today(&page), before, "{new} have come");
        let new = u32::try_from(new).expect("few") + 1;
        assert_eq!(page.counting, Counting::Cohorts { left_out: new, former: 2 });
        let beside = town.all_trends(&nadia, Some("Björkgården"), at(hours)).await;
        assert_eq!(today(&beside), figure(6, 0, 0));
    }
    let fifth = Town::new_person("Ny5", "Solgläntan");
    leaves(6).create_person(&fifth).await.expect("comes");
    town.refresh(at(6)).await;
    let page = town.all_trends(&nadia, Some("Solgläntan"), at(6)).await;
    assert_eq!(today(&page), figure(13, 2, 2), "five newcomers, who have reached nothing");
    // With three more who leave, five have gone: those who are left are counted by themselves, and are
    // too few to be.
    for (at, who) in crew[2..5].iter().enumerate() {
        leaves(7 + i64::try_from(at).expect("few")).end_employment(who.id()).await.expect("leaves");
    }
    town.refresh(at(10)).await;
    let page = town.all_trends(&nadia, Some("Solgläntan"), at(10)).await;
    assert_eq!(today(&page), figure(5, 0, 0));
    assert_eq!(page.counting, Counting::Cohorts { left_out: 3, former: 0 });
});

story!(who_is_erased_takes_the_figures_of_their_cohort_along, |town| {
    let (town, crew, nadia) = two_units(town).await;
    privacy::erase(&town.services, crew[0].id()).await.expect("erased");
    let later = NOON.plus_seconds(60);
    for _ in 0..2 {
        let page = town.all_trends(&nadia, Some("Solgläntan"), later).await;
        assert_eq!(today(&page), Told::Withheld, "seven beside the eight of before are the one");
        assert_eq!(page.counting, Counting::Cohorts { left_out: 7, former: 0 });
        town.refresh(later).await;
    }
    let beside = town.all_trends(&nadia, Some("Björkgården"), later).await;
    assert_eq!(today(&beside), figure(6, 0, 0));
});

story!(refreshing_twice_or_at_once_is_done_once, |town| {
    let (town, _, nadia) = two_units(town).await;
    for at in 0..5 {
        town.staff(&format!("Ny{at}"), "Solgläntan").await;
    }
    let refresh = || refresh_disclosure(&town.services, NOON);
    let done = join_all((0..4).map(|_| refresh())).await;
    let formed: usize = done.iter().map(|done| done.as_ref().expect("refreshed").formed).sum();
    assert_eq!(formed, 1, "{done:?}");
    let page = town.all_trends(&nadia, Some("Solgläntan"), NOON.plus_seconds(1)).await;
    assert_eq!(today(&page), figure(13, 2, 2));
});

story!(an_administrator_who_manages_a_unit_sees_it_in_full_and_the_rest_in_cohorts, |town| {
    // Four of one unit and one of another are one cohort; the manager of the four knows them by name.
    let town = town.with_unit("Solgläntan").await.with_unit("Björkgården").await;
    town.publish("mejl", "outlook", 1).await;
    town.require(None, "outlook", 1).await;
    for name in ["Alma", "Bo", "Cia", "Disa"] {
        town.staff(name, "Solgläntan").await;
    }
    let emil = town.signed_in(town.staff("Emil", "Björkgården").await).await;
    town.completes(&emil).await;
    let nadia = town.signed_in(town.person_at_root("Nadia", Role::Administrator).await).await;
    let chief = NewPerson {
        roles: vec![Role::Manager],
        profession: "enhetschef".into(),
        ..Town::new_person("Torbjörn", "Solgläntan")
    };
    let both = town.operator().create_person(&chief).await.expect("a person");
    town.make_administrator(both).await;
    town.refresh(NOON).await;
    let later = NOON.plus_seconds(60);
    let page = town.all_trends(&nadia, None, later).await;
    assert_eq!((today(&page), page.people), (figure(5, 1, 2), 8));
    let both = SignedIn::find(&town.services, both, later).await.expect("works here");
    let page = town.all_trends(&both, None, later).await;
    // The own four; the fifth of the cohort would be left alone.
    assert_eq!(today(&page), figure(4, 0, 0));
    assert_eq!(page.counting, Counting::Cohorts { left_out: 3, former: 0 });
    let page = town.all_trends(&both, Some("Solgläntan"), later).await;
    assert_eq!((today(&page), page.counting), (figure(4, 0, 0), Counting::Everybody));
});

story!(one_of_five_is_not_told_of_the_other_four, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    town.require(None, "outlook", 1).await;
    for name in ["Alma", "Bo", "Cia", "Disa"] {
        town.staff(name, "Solgläntan").await;
    }
    let emma = town.staff("Emma", "Solgläntan").await;
    town.make_administrator(emma).await;
    let emma = town.signed_in(emma).await;
    let chief = NewPerson {
        profession: "enhetschef".into(),
        roles: vec![Role::Staff],
        ..Town::new_person("Nadia", "Solgläntan")
    };
    let nadia = town.operator().create_person(&chief).await.expect("a person");
    town.make_administrator(nadia).await;
    let nadia = town.signed_in(nadia).await;
    town.refresh(NOON).await;
    let later = NOON.plus_seconds(60);
    let five = figure(5, 0, 0);
    assert_eq!(today(&town.all_trends(&nadia, Some("Solgläntan"), later).await), five);
    let hers = town.all_trends(&emma, Some("Solgläntan"), later).await;
    assert_eq!(today(&hers), Told::Withheld);
});

/// For every unit and system of a manager's: how many need it and reach it.
fn listed(overview: &Overview) -> Vec<(UnitId, String, u32, u32)> {
    let mut lines = Vec::new();
    for (top, unit) in overview.units.iter().enumerate() {
        for (at, system) in overview.systems.iter().enumerate() {
            let inside = &overview.units[top..=top + usize::from(unit.below)];
            let people = overview.people.iter().filter(|person| {
                overview.unit_of(person).is_some_and(|unit| inside.contains(unit))
            });
            let gaps: Vec<u8> = people.filter_map(|person| overview.gap(person, at)).collect();
            let reached = gaps.iter().copied().filter(|gap| *gap == 0).count();
            let count = |number: usize| u32::try_from(number).expect("few");
            lines.push((unit.id, system.code.clone(), count(gaps.len()), count(reached)));
        }
    }
    lines
}

story!(list_and_trend_of_a_unit_agree, |town| {
    let (town, crew, _) = two_units(town).await;
    // Other requirements in one unit, others of one person, and a manager who is counted herself.
    town.require(Some("Björkgården"), "teams", 2).await;
    let chief = NewPerson {
        profession: "enhetschef".into(),
        roles: vec![Role::Manager],
        ..Town::new_person("Torbjörn", "Solgläntan")
    };
    let boss = town.operator().create_person(&chief).await.expect("a person");
    let boss = town.signed_in(boss).await;
    let head = town.signed_in(town.person_at_root("Hanna", Role::Manager).await).await;
    let later = NOON.plus_seconds(60);
    Operator::enter(&town.services, later).end_employment(crew[7].id()).await.expect("leaves");
    let later = later.plus_seconds(60);
    for who in [&boss, &head] {
        let manager = Manager::enter(&town.services, who, later).await.expect("manages");
        let lines = listed(&manager.overview(Locale::Sv).await.expect("an overview"));
        assert!(!lines.is_empty());
        let page = manager.trends(Selection::default(), Locale::Sv).await.expect("trends");
        assert_eq!(page.counting, Counting::Everybody);
        for (unit, system, needed, reached) in lines {
            let at = page.systems.iter().position(|trend| trend.system.code == system);
            let beside = page.units.iter().find(|line| line.unit.id == unit).expect("beside");
            let told = beside.systems[at.expect("needed")];
            let figure = told.figure().unwrap_or_default();
            assert_eq!((figure.needed, figure.reached), (needed, reached), "{system} {told:?}");
            let selection = Selection { unit: Some(unit), profession: None };
            let alone = manager.trends(selection, Locale::Sv).await.expect("trends");
            let trend = alone.systems.iter().find(|trend| trend.system.code == system);
            let told = trend.map_or(Told::Unneeded, |trend| trend.days[12]);
            assert_eq!(told.figure().unwrap_or_default(), figure, "{system}");
        }
    }
});
