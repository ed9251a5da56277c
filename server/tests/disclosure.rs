//! The demonstration's figures: the same wherever one reader meets them, and none that gives a person
//! away.

use std::collections::{BTreeMap, HashMap};

use kvarten_app::files::{Sheet, Value, unit_sheet};
use kvarten_domain::{
    Locale, PersonId, Timestamp, overview::Filter, time::Period, trends::Counting,
};
use kvarten_entity::{Key, employment, evidence, leaderboard_member, role_grant};
use kvarten_service::{
    Calendar, Selection, Services, SignedIn, Store, learner::Learner, manager::Manager,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tempfile::TempDir;

const NOON: Timestamp = Timestamp(1_795_258_800_000);

async fn loaded(people: usize) -> (TempDir, Services) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("kvarten.db").display());
    let store = Store::connect(&url).await.expect("a database");
    store.migrate().await.expect("its tables");
    let calendar = Calendar::of("Europe/Stockholm").expect("a zone");
    let services = Services::new(store, calendar, folder.path().join("media"));
    kvarten_server::demo_content::load(&services, people, NOON).await.expect("loaded");
    (folder, services)
}

/// How many rows of a file need each system, and how many of them reach what is required.
fn counted(sheet: &Sheet) -> BTreeMap<String, (u32, u32)> {
    let mut counted: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for (at, head) in sheet.head.iter().enumerate().skip(5).step_by(3) {
        let (system, _) = head.rsplit_once(": ").expect("a system and what of it");
        for row in &sheet.rows {
            if let (Value::Number(required), Value::Number(shown)) = (&row[at], &row[at + 1]) {
                let sum = counted.entry(system.to_owned()).or_default();
                sum.0 += 1;
                sum.1 += u32::from(shown >= required);
            }
        }
    }
    counted
}

#[tokio::test]
async fn list_trend_and_file_of_every_unit_agree_for_its_manager() {
    let (_folder, services) = loaded(420).await;
    let managers = role_grant::Entity::find()
        .filter(role_grant::Column::Role.eq("manager"))
        .filter(role_grant::Column::UntilAt.is_null())
        .all(services.store().read())
        .await
        .expect("roles");
    let (mut units, mut some_are_behind) = (0, false);
    for grant in managers {
        let person: PersonId = grant.person_id.id();
        let Ok(who) = SignedIn::find(&services, person, NOON).await else { continue };
        let manager = Manager::enter(&services, &who, NOON).await.expect("manages");
        let page = manager.trends(Selection::default(), Locale::Sv).await.expect("trends");
        assert_eq!(page.counting, Counting::Everybody);
        for line in &page.units {
            let filter = Filter { unit: Some(line.unit.id), ..Filter::default() };
            let (overview, _) = manager.file(&filter, Locale::Sv).await.expect("a file");
            let sheet = unit_sheet(Locale::Sv, &overview, &filter, overview.people.len());
            let in_file = counted(&sheet);
            let told: BTreeMap<String, (u32, u32)> = page
                .systems
                .iter()
                .zip(&line.systems)
                .filter_map(|(trend, told)| {
                    let figure = told.figure()?;
                    Some((trend.system.name.clone(), (figure.needed, figure.reached)))
                })
                .collect();
            assert_eq!(told, in_file, "{}", line.unit.name);
            let in_list: BTreeMap<String, (u32, u32)> = (0..overview.systems.len())
                .filter_map(|at| {
                    let gaps = || overview.people.iter().filter_map(|one| overview.gap(one, at));
                    let count = |number: usize| u32::try_from(number).expect("few");
                    let reached = count(gaps().filter(|gap| *gap == 0).count());
                    let needed = count(gaps().count());
                    (needed > 0).then(|| (overview.systems[at].name.clone(), (needed, reached)))
                })
                .collect();
            assert_eq!(told, in_list, "{}", line.unit.name);
            some_are_behind |= told.values().any(|(needed, reached)| reached < needed);
            units += 1;
        }
    }
    assert!(units >= 30 && some_are_behind, "{units}");
}

/// An attacker who knows where everybody works and how many lessons they have completed, and sees the
/// board as everybody on it, guesses whom each chosen name belongs to.
#[tokio::test]
async fn who_knows_what_everybody_has_completed_ties_no_names_to_them() {
    let (_folder, services) = loaded(420).await;
    let db = services.store().read();
    let members = leaderboard_member::Entity::find()
        .order_by_asc(leaderboard_member::Column::AliasFolded)
        .all(db)
        .await
        .expect("members");
    let mut completed: HashMap<uuid::Uuid, u32> = HashMap::new();
    for row in evidence::Entity::find().all(db).await.expect("evidence") {
        *completed.entry(row.person_id).or_default() += 1;
    }
    let mut neighbours: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for member in &members {
        let who = SignedIn::find(&services, member.person_id.id(), NOON).await.expect("works here");
        let learner = Learner::enter(&services, &who, NOON).expect("may learn");
        for period in Period::ALL {
            let board = learner.leaderboard(period).await.expect("a board");
            assert_eq!(usize::try_from(board.participants).expect("few"), members.len());
            for other in board.around.iter().filter(|other| !other.is_me) {
                // Were those around one near in points, they would be near in lessons, too.
                let mine = completed.get(&member.person_id).copied().unwrap_or(0);
                neighbours.entry(other.alias.clone()).or_default().push(mine);
            }
        }
    }
    // For each name: the nearest of all who are employed, by the lessons of those it is shown with.
    let posts = employment::Entity::find()
        .filter(employment::Column::UntilAt.is_null())
        .all(db)
        .await
        .expect("employments");
    let unit: HashMap<uuid::Uuid, uuid::Uuid> =
        posts.iter().map(|post| (post.person_id, post.unit_id)).collect();
    let (mut hits, mut chance) = (0.0, 0.0);
    for member in &members {
        let Some(lessons) = neighbours.get(&member.alias) else { continue };
        let mean = lessons.iter().sum::<u32>() / u32::try_from(lessons.len()).expect("few").max(1);
        let colleagues: Vec<_> =
            unit.iter().filter(|(_, at)| unit.get(&member.person_id) == Some(at)).collect();
        let distance =
            |person: &uuid::Uuid| completed.get(person).copied().unwrap_or(0).abs_diff(mean);
        let least = colleagues.iter().map(|(person, _)| distance(person)).min().unwrap_or(0);
        let nearest: Vec<_> =
            colleagues.iter().filter(|(person, _)| distance(person) == least).collect();
        if nearest.iter().any(|(person, _)| **person == member.person_id) {
            hits += 1.0 / f64::from(u32::try_from(nearest.len()).expect("few"));
        }
        chance += 1.0 / f64::from(u32::try_from(colleagues.len()).expect("few"));
    }
    // Three standard deviations: of guesses that are right by chance.
    let most = chance + 3.0 * f64::sqrt(chance);
    assert!(members.len() > 50 && hits <= most, "{hits} of {}, by chance {chance}", members.len());
}
