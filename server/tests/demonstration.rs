//! The demonstration: the same every time.

use kvarten_entity::{answer, leaderboard_member, person, points_entry};
use kvarten_service::{Calendar, Services, Store};
use sea_orm::{EntityTrait, QueryOrder};

const NOON: kvarten_domain::Timestamp = kvarten_domain::Timestamp(1_795_258_800_000);

/// Everything people have, as text: who they are, what they replied and earned, what they chose.
async fn past() -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("kvarten.db").display());
    let store = Store::connect(&url).await.expect("a database");
    store.migrate().await.expect("its tables");
    let calendar = Calendar::of("Europe/Stockholm").expect("a zone");
    let services = Services::new(store, calendar, folder.path().join("media"));
    kvarten_server::demo_content::load(&services, 60, NOON).await.expect("loaded");
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
