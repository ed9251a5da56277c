//! The demonstration: complete, and the same every time.

use kvarten_entity::{
    answer, employment, evidence, leaderboard_member, person, points_entry, profession,
    required_level, statement, system,
};
use kvarten_service::{Calendar, Services, Store};
use sea_orm::{EntityTrait, QueryOrder};
use tempfile::TempDir;

const NOON: kvarten_domain::Timestamp = kvarten_domain::Timestamp(1_795_258_800_000);

/// A database with the demonstration in it, as of a day in November 2026.
async fn loaded() -> (TempDir, Services) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("kvarten.db").display());
    let store = Store::connect(&url).await.expect("a database");
    store.migrate().await.expect("its tables");
    let calendar = Calendar::of("Europe/Stockholm").expect("a zone");
    let services = Services::new(store, calendar, folder.path().join("media"));
    kvarten_server::demo_content::load(&services, 60, NOON).await.expect("loaded");
    (folder, services)
}

/// Everything people have, as text: who they are, what they replied and earned, what they chose.
async fn past() -> Vec<String> {
    let (_folder, services) = loaded().await;
    let db = services.store().read();
    let people = person::Entity::find().order_by_asc(person::Column::Id).all(db).await;
    let answers = answer::Entity::find().order_by_asc(answer::Column::Id).all(db).await;
    let members = leaderboard_member::Entity::find()
        .order_by_asc(leaderboard_member::Column::PersonId)
        .all(db)
        .await;
    let points = points_entry::Entity::find()
        .order_by_asc(points_entry::Column::PersonId)
        .order_by_asc(points_entry::Column::EarnedAt)
        .order_by_asc(points_entry::Column::Points)
        .all(db)
        .await;
    let mut past = Vec::new();
    past.extend(people.expect("people").iter().map(|row| {
        let person::Model { id, given_name, family_name, employee_number, .. } = row;
        format!("{id} {given_name} {family_name} {employee_number}")
    }));
    past.extend(answers.expect("answers").iter().map(|row| {
        let answer::Model { id, question_id, reply, is_right, points, answered_at, .. } = row;
        format!("{id} {question_id} {reply} {is_right} {points} {answered_at}")
    }));
    past.extend(
        members.expect("members").iter().map(|row| format!("{} {}", row.person_id, row.alias)),
    );
    past.extend(
        points
            .expect("points")
            .iter()
            .map(|row| format!("{} {} {} {}", row.person_id, row.kind, row.points, row.earned_at)),
    );
    past
}

#[tokio::test]
async fn it_is_the_same_every_time() {
    let (first, second) = (past().await, past().await);
    assert!(first.len() > 500, "{}", first.len());
    for (first, second) in first.iter().zip(&second) {
        assert_eq!(first, second);
    }
    assert_eq!(first.len(), second.len());
}

/// Whether something holds that day.
fn holds(from: i64, until: Option<i64>) -> bool {
    from <= NOON.0 && until.is_none_or(|until| until > NOON.0)
}

/// Whether something was in the year before.
fn is_of_the_year(at: i64) -> bool {
    const YEAR: i64 = 365 * 86_400_000;
    at > NOON.0 - YEAR && at <= NOON.0
}

#[tokio::test]
async fn every_level_is_described_and_every_profession_needs_something() {
    let (_folder, services) = loaded().await;
    let db = services.store().read();
    let systems = system::Entity::find().all(db).await.expect("systems");
    let (in_use, retired): (Vec<&system::Model>, Vec<&system::Model>) =
        systems.iter().partition(|row| holds(row.since_at.unwrap_or(0), row.retired_at));
    assert!(in_use.len() >= 10 && !retired.is_empty(), "{} {}", in_use.len(), retired.len());
    let statements = statement::Entity::find().all(db).await.expect("statements");
    for system in &in_use {
        for level in 1..=4 {
            let of_level = statements.iter().filter(|row| {
                (row.system_id, row.level) == (system.id, level) && holds(row.from_at, row.until_at)
            });
            let texts: Vec<_> =
                of_level.map(|row| (row.text_sv.trim(), row.text_en.trim())).collect();
            let place = format!("{}, level {level}", system.code);
            assert!(texts.len() >= 3, "{place}: {texts:?}");
            for (sv, en) in texts {
                assert!(sv.starts_with("Jag ") && en.starts_with("I "), "{place}: {sv} / {en}");
            }
        }
    }
    let required = required_level::Entity::find().all(db).await.expect("requirements");
    for profession in profession::Entity::find().all(db).await.expect("professions") {
        let needs = required.iter().filter(|row| {
            row.unit_id.is_none()
                && row.profession_id == profession.id
                && holds(row.from_at, row.until_at)
                && in_use.iter().any(|system| system.id == row.system_id)
        });
        assert!(needs.count() > 0, "{}", profession.code);
    }
}

#[tokio::test]
async fn within_a_year_people_have_moved_and_left_and_evidence_has_ended() {
    let (_folder, services) = loaded().await;
    let db = services.store().read();
    let people = person::Entity::find().all(db).await.expect("people");
    assert!(people.iter().any(|row| row.left_at.is_some_and(is_of_the_year)), "somebody left");
    let posts = employment::Entity::find().all(db).await.expect("employments");
    let moved = posts.iter().any(|post| {
        let goes_on = |next: &employment::Model| {
            (next.person_id, Some(next.from_at)) == (post.person_id, post.until_at)
                && next.unit_id != post.unit_id
        };
        post.until_at.is_some_and(is_of_the_year) && posts.iter().any(goes_on)
    });
    assert!(moved, "somebody moved to another unit");
    let proofs = evidence::Entity::find().all(db).await.expect("evidence");
    let is_renewed = |ended: &evidence::Model| {
        let is_same = |row: &&evidence::Model| {
            (row.person_id, row.lesson_id) == (ended.person_id, ended.lesson_id)
        };
        proofs.iter().filter(is_same).any(|row| holds(row.earned_at, row.expires_at))
    };
    let (renewed, forgotten): (Vec<&evidence::Model>, Vec<&evidence::Model>) = proofs
        .iter()
        .filter(|row| row.expires_at.is_some_and(is_of_the_year))
        .partition(|row| is_renewed(row));
    assert!(!renewed.is_empty() && !forgotten.is_empty(), "{} {}", renewed.len(), forgotten.len());
}
