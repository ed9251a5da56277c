//! Every write use case returns an error during a fault and works after it.

use kvarten_domain::{
    Date, Id, LessonId, Level, Locale, PersonId, ProgramId, ReferralId, Role, SystemId, Timestamp,
    bank::Filter, overview, reply::Fields, unit::UnitKind,
};
use kvarten_entity::{Column, employment, mail_choice, person, referral, session};
use kvarten_service::{
    ServiceError, SignedIn,
    administrator::Administrator,
    known_device,
    manager::{Manager, Pointing, Standing},
    map::{ProgramEdit, RequirementEdit, StatementEdit, SystemEdit},
    new_id,
    operator::{NewPerson, Operator, PersonChange},
    outbox::{
        Delivery, confirm_address, note_bounce, note_delivery, plan_mail, stop_mail, take_mail,
    },
    privacy, send_standing,
    session::{Lifetime, SessionRecord, Sessions, session_key},
    visitor::{Origin, Visitor},
};
use rstest::rstest;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    ALONE,
    fault::{Fault, Kind},
    table::Table,
    town::{NOON, On, PASSWORD, Town, draft},
};

const DAY: i64 = 86_400;
const SOON: Timestamp = NOON.plus_seconds(1_800);

#[rstest]
#[case::sqlite_disk(On::Sqlite, Kind::Disk)]
#[case::postgres_full_at_once(On::Postgres, Kind::FullAtOnce)]
#[case::postgres_full_at_commit(On::Postgres, Kind::FullAtCommit)]
#[case::postgres_lost_at_commit(On::Postgres, Kind::LostAtCommit)]
#[case::postgres_conflict(On::Postgres, Kind::Conflict)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_write_fails_and_recovers(#[case] on: On, #[case] kind: Kind) {
    let _alone = ALONE.lock().await;
    let Some(town) = Town::on(on).await else { return };
    let town = town.with_unit("Solgläntan").await.with_unit("Björkgården").await;
    town.publish("mejl", "outlook", 1).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let bo = town.signed_in(town.staff("Bo", "Solgläntan").await).await;
    let boss = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;
    let vera = town.signed_in(town.person_at_root("Vera", Role::Administrator).await).await;
    town.operator().set_password("bo@lindvike.example", PASSWORD).await.expect("set");
    let fault = Fault::of(&town, kind).await;
    let table = Table::new(&town, fault);
    learn(&table, &alma).await;
    account(&table, &bo).await;
    sign_in(&table, &bo).await;
    sessions(&table, &bo).await;
    leaderboard(&table, &alma).await;
    map(&table, &vera).await;
    programs(&table, &vera).await;
    referrals(&table, &boss, &alma, &bo).await;
    looks(&table, &boss, &alma).await;
    standing(&table, &boss).await;
    mail(&table).await;
    organisation(&table).await;
    people(&table, bo.id()).await;
    forgetting(&table, bo.id()).await;
    table.assert_complete();
}

async fn learn(table: &Table<'_>, alma: &SignedIn) {
    let town = table.town;
    let learner = town.learner(alma);
    let attempt = new_id();
    table.write("learner/lesson.rs open_step", || learner.open_step("mejl", 1)).await;
    let ticks = || learner.tick("mejl", 2, 0, true);
    table.write("learner/lesson.rs tick", ticks).await;
    table.write("learner/lesson.rs finish_step", || learner.finish_step("mejl", 1, None)).await;
    let start = || learner.start_attempt("mejl", attempt);
    table.write("learner/ladder.rs start_attempt", start).await;
    let page = table.prepare(learner.ladder("mejl", None, Locale::Sv)).await;
    let ladder = page.ladder.expect("a ladder");
    let question = ladder.question.as_ref().expect("a question").id;
    let fields: Fields = Town::fields(&ladder, true);
    let reply = || learner.submit_reply(ladder.reply_id, ladder.attempt, question, fields.clone());
    table.write("learner/replies.rs decide_together", reply).await;
    let page = table.prepare(learner.assessment("outlook", Level::new(1), Locale::Sv)).await;
    let said = page.statements.iter().map(|line| (line.meaning, "can".to_owned())).collect();
    let assess = || learner.assess("outlook", page.level, &said);
    table.write("learner/assessing.rs assess", assess).await;
}

async fn account(table: &Table<'_>, bo: &SignedIn) {
    let learner = table.town.learner(bo);
    let locale = || learner.choose_locale(Locale::En);
    table.write("learner/account.rs choose_locale", locale).await;
    table.write("learner/account.rs choose_mail", || learner.choose_mail(true)).await;
    let change = || learner.change_password(PASSWORD, "te utan mjölk i kväll", "");
    table.write("learner/account.rs replace_hash", change).await;
}

async fn sign_in(table: &Table<'_>, bo: &SignedIn) {
    let services = &table.town.services;
    let visit = |password: &'static str| async move {
        let visitor = Visitor::enter(services, NOON);
        visitor.sign_in("bo@lindvike.example", password, Origin::default()).await
    };
    let wrong = || async {
        match visit("fel lösenord").await {
            Err(ServiceError::WrongSignIn) => Ok(()),
            other => other.map(drop),
        }
    };
    table.write("throttle.rs failed", wrong).await;
    let right = table.write("throttle.rs succeeded", || visit("te utan mjölk i kväll")).await;
    assert_eq!(right, bo.id());
}

async fn sessions(table: &Table<'_>, bo: &SignedIn) {
    let (town, bo) = (table.town, bo.id());
    let sessions = Sessions::of(&town.services);
    let record = SessionRecord {
        person: Some(bo),
        is_shared: false,
        data: "{}".into(),
        expires_at: NOON.plus_seconds(Lifetime::OWN.absolute_seconds),
        kind: String::new(),
        device_key: None,
    };
    let (key, other) = (session_key("one"), session_key("other"));
    table.write("session.rs create", || sessions.create(&key, &record, NOON)).await;
    let changed = SessionRecord { data: "{\"a\":1}".into(), ..record.clone() };
    table.write("session.rs save", || sessions.save(&key, &changed, NOON)).await;
    table.write("session.rs delete", || sessions.delete(&key)).await;
    let remember = || known_device::remember(&town.services, None, bo, NOON);
    table.write("known_device.rs remember", remember).await;
    table.prepare(sessions.create(&other, &record, NOON)).await;
    let who = town.signed_in(bo).await;
    let learner = town.learner(&who);
    let devices = table.prepare(learner.account("", Locale::Sv)).await.devices;
    let end = || learner.end_device(&devices[0].id);
    table.write("learner/account.rs end_device", end).await;
    table.prepare(sessions.create(&other, &record, NOON)).await;
    let everywhere = || learner.sign_out_everywhere();
    table.write("learner/account.rs sign_out_everywhere", everywhere).await;
    let rows = session::Entity::find().all(town.services.store().read()).await.expect("rows");
    assert!(rows.is_empty());
}

async fn leaderboard(table: &Table<'_>, alma: &SignedIn) {
    let learner = table.town.learner(alma);
    let join = || learner.join_leaderboard("Solstrålen");
    table.write("learner/leaderboard.rs join_leaderboard", join).await;
    let leave = || learner.leave_leaderboard();
    table.write("learner/leaderboard.rs leave_leaderboard", leave).await;
}

fn statements(level: Level) -> Vec<StatementEdit> {
    let text = |at: u8| StatementEdit {
        id: None,
        sv: format!("Jag kan {} {at} i Excel.", level.number()),
        en: format!("I can {} {at} in Excel.", level.number()),
        is_same_meaning: false,
    };
    vec![text(1), text(2)]
}

async fn map(table: &Table<'_>, vera: &SignedIn) {
    let town = table.town;
    let administrator = Administrator::enter(&town.services, vera, SOON).expect("may");
    let map = administrator.map();
    let (id, level) = (new_id::<SystemId>(), Level::ALL[0]);
    let mut edit = SystemEdit { name: "Excel".into(), ..SystemEdit::default() };
    table.write("map/systems.rs add_system", || map.create_system(id, &edit)).await;
    edit.name = "Excel och listor".into();
    let change = || map.change_system(id, None, &edit);
    table.write("map/systems.rs change_system", change).await;
    let edits = statements(level);
    let set = || map.set_statements(id, level, &edits);
    table.write("map/statements.rs set_statements", set).await;
    let validity = || map.set_validity(id, level, Some(12));
    table.write("map/systems.rs set_validity", validity).await;
    let form = table.prepare(administrator.system("excel")).await;
    let level_form = form.levels.iter().find(|one| one.level == level).expect("a level");
    let of_level: Vec<StatementEdit> = level_form
        .statements
        .iter()
        .map(|line| StatementEdit {
            id: Some(line.id),
            sv: line.sv.clone(),
            en: line.en.clone(),
            is_same_meaning: false,
        })
        .collect();
    let change = || map.change_level(id, level, &level_form.seen, &of_level, Some(24));
    table.write("map/systems.rs change_level", change).await;
    let lessons = table.prepare(administrator.lessons_named(&["mejl"])).await;
    let require = || map.set_required_lesson(lessons[0], false);
    table.write("map/systems.rs set_required_lesson", require).await;
    let codes = table.prepare(town.operator().map_of_codes()).await;
    let requirement = RequirementEdit {
        unit: None,
        profession: codes.professions["underskoterska"],
        system: codes.systems["outlook"],
        level: Level::new(2),
        seen: None,
        seen_next: None,
        from: SOON,
    };
    let require = || map.set_requirement(&requirement);
    table.write("map/requirements.rs set_requirement", require).await;
}

async fn programs(table: &Table<'_>, vera: &SignedIn) {
    let town = table.town;
    let administrator = Administrator::enter(&town.services, vera, NOON).expect("may");
    let lessons: Vec<LessonId> = table.prepare(administrator.lessons_named(&["mejl"])).await;
    let edit = ProgramEdit {
        id: new_id::<ProgramId>(),
        seen: 0,
        name: "Ny på Solgläntan".into(),
        about: "De första veckorna".into(),
        profession: None,
        lessons,
        is_ended: false,
    };
    let map = administrator.map();
    table.write("map/programs.rs put_program", || map.set_program(&edit)).await;
    let new = draft("chatt", "teams", 1);
    let operator = town.operator();
    let publish = || operator.publish_lesson(&new, &|_: &str| None);
    table.write("authoring/publish.rs publish_lesson", publish).await;
}

async fn manages<'s>(town: &'s Town, boss: &'s SignedIn, now: Timestamp) -> Manager<'s> {
    Manager::enter(&town.services, boss, now).await.expect("manages")
}

async fn referrals(table: &Table<'_>, boss: &SignedIn, alma: &SignedIn, bo: &SignedIn) {
    let town = table.town;
    let manager = manages(town, boss, NOON).await;
    let id = new_id();
    let christmas = Date { year: 2026, month: 12, day: 24 };
    let pointing = Pointing { to: "mejl".into(), note: "Inför".into(), wish: Some(christmas) };
    let people = [alma.id(), bo.id()];
    let refer = || manager.refer(id, &people, &pointing);
    table.write("manager/refer.rs refer", refer).await;
    let learner = town.learner_at(alma, SOON);
    let all = Filter::default();
    let see = || learner.learn_page(&all, Locale::Sv);
    table.write("learner/referrals.rs referrals", see).await;
    let rows = referral::Entity::find().all(town.services.store().read()).await.expect("rows");
    let row = rows.iter().find(|row| PersonId::from_u128(row.person_id.as_u128()) == bo.id());
    let row = row.expect("a referral");
    let (one, seen) =
        (ReferralId::from_u128(row.id.as_u128()), u32::try_from(row.revision).expect("a number"));
    let change = || manager.change_referral(one, seen, "Efter", None);
    table.write("manager/referrals.rs change", change).await;
}

async fn looks(table: &Table<'_>, boss: &SignedIn, alma: &SignedIn) {
    let manager = manages(table.town, boss, SOON).await;
    let person = || manager.person(alma.id(), None, Locale::Sv);
    table.write("competence/looks.rs look_at_people", person).await;
    let all = overview::Filter::default();
    let rows = || manager.first_rows(&all, Locale::Sv);
    table.write("competence/looks.rs look_at_units", rows).await;
}

async fn standing(table: &Table<'_>, boss: &SignedIn) {
    let town = table.town;
    let manager = manages(town, boss, NOON).await;
    let standing = Standing {
        id: new_id(),
        unit: town.units["Solgläntan"],
        profession: None,
        to: "mejl".into(),
        note: "Välkommen".into(),
        days: Some(14),
    };
    let make = || manager.make_standing(&standing);
    table.write("manager/standing.rs make_standing", make).await;
    // Employed before the standing referral was made.
    let early = Operator::enter(&town.services, NOON.plus_seconds(-DAY));
    table.prepare(early.create_person(&Town::new_person("Cia", "Björkgården"))).await;
    let cia = table.prepare(town.operator().find_person("cia@lindvike.example")).await;
    move_without_sending(table, cia).await;
    let send = || send_standing(&town.services, NOON.plus_seconds(DAY));
    table.write("standing.rs send_some", send).await;
    let end = || manager.end_standing(standing.id);
    table.write("manager/standing.rs end_standing", end).await;
}

/// Moves a person without sending standing referrals.
async fn move_without_sending(table: &Table<'_>, person: PersonId) {
    let unit = table.town.units["Solgläntan"];
    employment::Entity::update_many()
        .col_expr(employment::Column::UnitId, Expr::value(unit.key()))
        .col_expr(employment::Column::FromAt, Expr::value(NOON.plus_seconds(600).0))
        .filter(employment::Column::PersonId.eq(person.key()))
        .exec(table.town.services.store().read())
        .await
        .expect("moved");
}

async fn mail(table: &Table<'_>) {
    let town = table.town;
    let services = &town.services;
    let when = NOON.plus_seconds(3_600);
    table.write("outbox/plan.rs make", || plan_mail(services, when)).await;
    let outgoing = table.write("outbox/send.rs claim", || take_mail(services, when)).await;
    let outgoing = outgoing.expect("a mail");
    let note = || note_delivery(services, &outgoing, Delivery::Failed { code: None }, when);
    table.write("outbox/send.rs note_delivery", note).await;
    let choice = mail_choice::Entity::find().one(services.store().read()).await.expect("a row");
    let word = choice.expect("somebody has chosen").word;
    table.write("outbox/mod.rs stop_mail", || stop_mail(services, &word, when)).await;
    let bounce = || note_bounce(services, "bo@lindvike.example", when);
    let bo = table.write("outbox/failures.rs note_bounce", bounce).await;
    table.write("outbox/failures.rs confirm_address", || confirm_address(services, bo)).await;
}

async fn organisation(table: &Table<'_>) {
    let operator = table.town.operator();
    let root = table.prepare(operator.find_unit("Lindvike")).await;
    let unit = || operator.create_unit("Ekbacken", UnitKind::Unit, Some(root));
    table.write("operator/units.rs create_unit", unit).await;
    let other = table.prepare(operator.create_unit("Viken", UnitKind::Unit, Some(root))).await;
    let rename = || operator.rename_unit(other, "Udden");
    table.write("operator/units.rs change_unit", rename).await;
    table.write("operator/units.rs close_unit", || operator.close_unit(other)).await;
    let profession = || operator.create_profession("kock", "kock", "cook");
    table.write("operator/organisation.rs create_profession", profession).await;
}

async fn people(table: &Table<'_>, bo: PersonId) {
    let town = table.town;
    let operator = town.operator();
    let new: NewPerson = Town::new_person("Disa", "Ekbacken");
    table.write("operator/people.rs create_person", || operator.create_person(&new)).await;
    let set = || operator.set_password("disa@lindvike.example", "kaffe med mycket mjölk");
    table.write("operator/people.rs set_password", set).await;
    let named = PersonChange { family_name: Some("Holm".into()), ..PersonChange::default() };
    let change = || operator.change_person(bo, &named);
    table.write("operator/changes.rs change_person", change).await;
    let unit = table.prepare(operator.find_unit("Ekbacken")).await;
    let add = || operator.add_role(bo, Role::Champion, unit);
    table.write("operator/roles.rs add_role", add).await;
    let remove = || operator.remove_role(bo, Role::Champion, unit);
    table.write("operator/roles.rs remove_role", remove).await;
    // As a version that took addresses as they came stored it.
    person::Entity::update_many()
        .col_expr(person::Column::Email, Expr::value("Bo@Lindvike.example"))
        .filter(person::Column::Id.eq(bo.key()))
        .exec(town.services.store().read())
        .await
        .expect("stored");
    table.write("operator/mail.rs mend_addresses", || operator.mend_addresses()).await;
    let away = || operator.move_person(bo, "Ekbacken", "underskoterska", &[]);
    table.write("operator/employment.rs move_person", away).await;
    table.write("operator/employment.rs end_employment", || operator.end_employment(bo)).await;
    let again = || operator.employ_again(bo, "Ekbacken", "underskoterska", &[]);
    table.write("operator/employment.rs employ_again", again).await;
}

async fn forgetting(table: &Table<'_>, bo: PersonId) {
    let town = table.town;
    let services = &town.services;
    let sessions = Sessions::of(services);
    let record = SessionRecord {
        person: Some(bo),
        is_shared: false,
        data: "{}".into(),
        expires_at: NOON.plus_seconds(60),
        kind: String::new(),
        device_key: None,
    };
    table.prepare(sessions.create(&session_key("old"), &record, NOON)).await;
    let late = NOON.plus_seconds(DAY);
    table.write("privacy/mod.rs tidy", || privacy::tidy(services, late)).await;
    table.write("privacy/mod.rs erase_rows", || privacy::erase(services, bo)).await;
}
