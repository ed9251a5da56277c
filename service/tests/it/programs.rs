//! Programs: kept by administrators, walked by everybody, pointed to by managers.

use kvarten_domain::{
    Fault, LessonId, Level, Locale, PersonId, ProgramId, Role,
    bank::Filter,
    overview,
    referral::{Skipped, Stage, Target},
};
use kvarten_entity::program;
use kvarten_service::{
    ServiceError, SignedIn,
    administrator::Administrator,
    manager::{Manager, Pointing, Standing},
    map::ProgramEdit,
    new_id,
    operator::Operator,
    outbox::{plan_mail, take_mail},
    send_standing,
};
use sea_orm::EntityTrait;

use crate::{
    story,
    town::{NOON, Town, climb, fault, is_not_found, see_all},
};

const DAY: i64 = 86_400;

async fn lessons(town: &Town, slugs: &[&str]) -> Vec<LessonId> {
    let boss = town.person_at_root("Vera", Role::Administrator).await;
    let who = town.signed_in(boss).await;
    let administrator = Administrator::enter(&town.services, &who, NOON).expect("may");
    administrator.lessons_named(slugs).await.expect("lessons")
}

fn edit(id: ProgramId, seen: u32, lessons: &[LessonId]) -> ProgramEdit {
    ProgramEdit {
        id,
        seen,
        name: "Ny på Solgläntan".into(),
        about: "De första veckorna".into(),
        profession: None,
        lessons: lessons.to_vec(),
        is_ended: false,
    }
}

async fn town_with_lessons(town: Town) -> (Town, SignedIn, Vec<LessonId>) {
    let town = town.with_unit("Solgläntan").await;
    for (slug, system) in [("mejl", "outlook"), ("chatt", "teams")] {
        town.publish(slug, system, 1).await;
    }
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let both = lessons(&town, &["chatt", "mejl"]).await;
    (town, alma, both)
}

story!(a_program_is_walked_in_order_and_leaves_the_first_page_when_done, |town| {
    let (town, alma, both) = town_with_lessons(town).await;
    let code = town.operator().map().set_program(&edit(new_id(), 0, &both)).await.expect("kept");
    assert_eq!(code, "ny-pa-solglantan");
    let learner = town.learner(&alma);
    let first = learner.learn_page(&Filter::default(), Locale::Sv).await.expect("a page");
    let card = &first.programs[0];
    assert_eq!((card.done, card.program.lessons, card.program.minutes), (0, 2, 30));
    assert_eq!(card.next.as_ref().map(|next| next.slug.as_str()), Some("chatt"));
    see_all(&learner, "mejl").await;
    climb(&learner, "mejl").await;
    let page = learner.program(&code).await.expect("a page");
    assert_eq!((page.done(), page.steps[1].done.is_some()), (1, true));
    assert_eq!(page.next().map(|step| step.lesson.slug.as_str()), Some("chatt"));
    see_all(&learner, "chatt").await;
    assert!(learner.program(&code).await.expect("a page").steps[0].is_begun);
    climb(&learner, "chatt").await;
    let first = learner.learn_page(&Filter::default(), Locale::Sv).await.expect("a page");
    assert!(first.programs.is_empty());
    assert_eq!(learner.program(&code).await.expect("still there").done(), 2);
    assert!(is_not_found(&learner.program("finns-inte").await));
});

story!(a_program_is_for_its_profession_and_ends, |town| {
    let (town, alma, both) = town_with_lessons(town).await;
    let codes = town.operator().map_of_codes().await.expect("codes");
    let map = town.operator().map();
    let nurses = ProgramEdit {
        profession: Some(codes.professions["underskoterska"]),
        ..edit(new_id(), 0, &both)
    };
    let others = ProgramEdit {
        name: "Ny chef".into(),
        profession: Some(codes.professions["enhetschef"]),
        ..edit(new_id(), 0, &both)
    };
    map.set_program(&nurses).await.expect("kept");
    map.set_program(&others).await.expect("kept");
    let learner = town.learner(&alma);
    let names = async || {
        let page = learner.learn_page(&Filter::default(), Locale::Sv).await.expect("a page");
        page.programs.into_iter().map(|card| card.program.name).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["Ny på Solgläntan"]);
    map.set_program(&ProgramEdit { seen: 1, is_ended: true, ..nurses }).await.expect("ended");
    assert!(names().await.is_empty());
});

story!(a_program_that_will_not_do_is_refused, |town| {
    let (town, _, both) = town_with_lessons(town).await;
    let map = town.operator().map();
    let id = new_id();
    map.set_program(&edit(id, 0, &both)).await.expect("kept");
    map.set_program(&edit(id, 0, &both)).await.expect("twice is once");
    let twice = [both[0], both[0]];
    let unknown = [new_id::<LessonId>()];
    let base = || ProgramEdit { name: "Annat".into(), ..edit(new_id(), 0, &both) };
    for (wrong, expected) in [
        (ProgramEdit { name: " ".into(), ..base() }, ("name", Fault::Empty)),
        (ProgramEdit { name: "ny PÅ solgläntan".into(), ..base() }, ("name", Fault::Taken)),
        (ProgramEdit { about: "å".repeat(281), ..base() }, ("about", Fault::TooLong)),
        (ProgramEdit { name: "\u{202e}x".into(), ..base() }, ("name", Fault::HiddenCharacters)),
        (ProgramEdit { lessons: vec![], ..base() }, ("lessons", Fault::Empty)),
        (ProgramEdit { lessons: twice.to_vec(), ..base() }, ("lessons", Fault::Repeated)),
        (ProgramEdit { lessons: unknown.to_vec(), ..base() }, ("lessons", Fault::UnknownOption)),
        (
            ProgramEdit { profession: Some(new_id()), ..base() },
            ("profession", Fault::UnknownOption),
        ),
        (edit(id, 0, &both[..1]), ("program", Fault::Changed)),
        (edit(id, 7, &both), ("program", Fault::Changed)),
    ] {
        assert_eq!(fault(&map.set_program(&wrong).await), Some(expected));
    }
    assert!(is_not_found(&map.set_program(&edit(new_id(), 1, &both)).await));
    // Of two who change what both saw, one is told.
    let (one, two) = (
        ProgramEdit { about: "Ett".into(), ..edit(id, 1, &both) },
        ProgramEdit { about: "Två".into(), ..edit(id, 1, &both) },
    );
    let (a, b) = tokio::join!(map.set_program(&one), map.set_program(&two));
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
});

story!(somebody_referred_to_a_program_is_done_with_its_last_lesson, |town| {
    let (town, alma, both) = town_with_lessons(town).await;
    let code = town
        .operator()
        .map()
        .set_program(&edit(new_id(), 0, &[both[1], both[0]]))
        .await
        .expect("kept");
    let learner = town.learner(&alma);
    see_all(&learner, "mejl").await;
    climb(&learner, "mejl").await;
    let boss = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;
    let manager = Manager::enter(&town.services, &boss, NOON.plus_seconds(9)).await.expect("may");
    let page =
        manager.refer_page(&overview::Filter::default(), &[], Locale::Sv).await.expect("a page");
    let word = format!("program/{code}");
    assert!(page.targets.iter().any(|target| target.word() == word));
    let pointing = Pointing { to: word.clone(), ..Pointing::default() };
    manager.refer(new_id(), &[alma.id()], &pointing).await.expect("sent");
    let again = manager.refer(new_id(), &[alma.id()], &pointing).await.expect("answered");
    assert_eq!(again.skipped, [(Some("Berg, Alma".into()), Skipped::Referred)]);
    let late = town.learner_at(&alma, NOON.plus_seconds(60));
    let card = late.learn_page(&Filter::default(), Locale::Sv).await.expect("a page").referrals;
    assert!(matches!(&card[0].to, Target::Program(program) if program.code == code));
    assert_eq!(card[0].to.address(), "/program/ny-pa-solglantan");
    let line = async || manager.referrals(None).await.expect("a list").remove(0);
    assert_eq!(line().await.stage, Stage::Seen);
    see_all(&late, "chatt").await;
    assert_eq!(line().await.stage, Stage::Begun);
    climb(&late, "chatt").await;
    assert_eq!(line().await.stage, Stage::Done, "what was shown before counts, too");
    let later = Manager::enter(&town.services, &boss, NOON.plus_seconds(99)).await.expect("may");
    let done = later.refer(new_id(), &[alma.id()], &pointing).await.expect("answered");
    assert_eq!(done.skipped, [(Some("Berg, Alma".into()), Skipped::Shown)]);
    let unknown = Pointing { to: "program/annat".into(), ..Pointing::default() };
    let refused: Result<_, ServiceError> = manager.refer(new_id(), &[alma.id()], &unknown).await;
    assert_eq!(fault(&refused), Some(("lesson", Fault::UnknownOption)));
});

story!(whoever_holds_every_lesson_of_a_program_is_not_pointed_to_it, |town| {
    let (town, alma, both) = town_with_lessons(town).await;
    let outlook = town.operator().map_of_codes().await.expect("codes").systems["outlook"];
    let map = town.operator().map();
    map.set_validity(outlook, Level::ALL[0], Some(1)).await.expect("said");
    let code = map.set_program(&edit(new_id(), 0, &both)).await.expect("kept");
    let learner = town.learner(&alma);
    for slug in ["mejl", "chatt"] {
        see_all(&learner, slug).await;
        climb(&learner, slug).await;
    }
    let boss = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;
    let refer = async |days: i64, to: &str| {
        let now = NOON.plus_seconds(days * DAY + 9);
        let manager = Manager::enter(&town.services, &boss, now).await.expect("may");
        let pointing = Pointing { to: to.to_owned(), ..Pointing::default() };
        manager.refer(new_id(), &[alma.id()], &pointing).await.expect("answered")
    };
    let word = format!("program/{code}");
    let shown = [(Some("Berg, Alma".to_owned()), Skipped::Shown)];
    let now = refer(0, &word).await;
    assert_eq!((now.sent, now.skipped.as_slice()), (0, &shown[..]), "one of them ends soon");
    assert_eq!(refer(0, "mejl").await.sent, 1, "by itself it may be taken again before it ends");
    assert_eq!(refer(40, &word).await.sent, 1, "one of them has ended");
});

story!(nobody_is_led_to_an_ended_program_and_whoever_pointed_there_is_told, |town| {
    let (town, alma, both) = town_with_lessons(town).await;
    let cia = town.staff("Cia", "Solgläntan").await;
    let boss = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;
    let program = edit(new_id(), 0, &both);
    let code = town.operator().map().set_program(&program).await.expect("kept");
    let to = format!("program/{code}");
    let as_boss = async |days: i64| {
        Manager::enter(&town.services, &boss, NOON.plus_seconds(days * DAY)).await.expect("may")
    };
    let manager = as_boss(0).await;
    for (person, to) in [(alma.id(), to.as_str()), (cia, "mejl")] {
        let pointing = Pointing { to: to.to_owned(), ..Pointing::default() };
        assert_eq!(manager.refer(new_id(), &[person], &pointing).await.expect("sent").sent, 1);
    }
    let standing = Standing {
        id: new_id(),
        unit: town.units["Solgläntan"],
        profession: None,
        to,
        note: String::new(),
        days: None,
    };
    manager.make_standing(&standing).await.expect("made");
    let ended = ProgramEdit { seen: 1, is_ended: true, ..program.clone() };
    town.operator().map().set_program(&ended).await.expect("ended");

    // The lesson is told of by mail, the program is not.
    let hour = NOON.plus_seconds(3_600);
    assert_eq!(plan_mail(&town.services, hour).await.expect("planned"), 1);
    let outgoing = take_mail(&town.services, hour).await.expect("taken").expect("a mail");
    assert_eq!(outgoing.to, "cia@lindvike.example");

    let cards = async |person: PersonId, days: i64| {
        let now = NOON.plus_seconds(days * DAY);
        let who = SignedIn::find(&town.services, person, now).await.expect("works here");
        let page = town.learner_at(&who, now).learn_page(&Filter::default(), Locale::Sv).await;
        page.expect("a page").referrals.len()
    };
    let sent = async |days: i64| {
        send_standing(&town.services, NOON.plus_seconds(days * DAY)).await.expect("sent")
    };
    // Of the referral, of the standing one, and to how many that has been sent.
    let lines = async |days: i64| {
        let manager = as_boss(days).await;
        let line = manager.referrals(Some(alma.id())).await.expect("a list").remove(0);
        let standing = manager.standing(Locale::Sv).await.expect("a page").lines.remove(0);
        (line.is_over, standing.is_over, standing.sent)
    };
    let hiring = Operator::enter(&town.services, NOON.plus_seconds(DAY));
    let bo = hiring.create_person(&Town::new_person("Bo", "Solgläntan")).await.expect("hired");
    assert_eq!((sent(1).await, cards(bo, 1).await, cards(alma.id(), 1).await), (0, 0, 0));
    assert_eq!(lines(1).await, (true, true, 0));

    // Taken up again it leads on as before.
    let again = ProgramEdit { seen: 2, ..program };
    town.operator().map().set_program(&again).await.expect("taken up again");
    assert_eq!((sent(2).await, cards(bo, 2).await, cards(alma.id(), 2).await), (1, 1, 1));
    assert_eq!(lines(2).await, (false, false, 1));
});

story!(a_program_sent_twice_at_once_is_made_once, |town| {
    let (town, _, both) = town_with_lessons(town).await;
    let map = town.operator().map();
    let new = edit(new_id(), 0, &both);
    let (a, b) = tokio::join!(map.set_program(&new), map.set_program(&new));
    assert_eq!(a.expect("made"), b.expect("sent again"));
    let rows = program::Entity::find().all(town.services.store().read()).await.expect("read");
    assert_eq!((rows.len(), rows[0].revision), (1, 1));
});
