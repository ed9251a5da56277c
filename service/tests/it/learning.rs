//! The bank and the player: finding, resuming, seeing, ticking.

use kvarten_domain::{
    Fault, Locale,
    bank::Filter,
    lesson::{Place, Progress, StepBody},
};
use kvarten_service::ServiceError;

use crate::{
    story,
    town::{NOON, begin, climb, draft, is_not_found, reply, see_all},
};

story!(one_goes_on_where_one_stopped_on_any_device, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    town.publish("bokning", "teams", 1).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let phone = town.learner(&alma);
    let page = phone.learn_page(&Filter::default(), Locale::Sv).await.expect("a page");
    let suggested = page.resume.expect("something to begin with");
    assert_eq!(suggested.lesson.progress, Progress::New);

    phone.open_step("bokning", 1).await.expect("opened");
    assert_eq!(phone.finish_step("bokning", 1, None).await.expect("seen"), Place::Step(2));
    let tablet = town.learner(&alma);
    let page = tablet.learn_page(&Filter::default(), Locale::Sv).await.expect("a page");
    let resume = page.resume.expect("where one stopped");
    assert_eq!((resume.lesson.slug.as_str(), resume.place), ("bokning", Place::Step(2)));
    assert_eq!(resume.lesson.progress, Progress::Begun { seen: 1, of: 3 });

    // On the ladder with a step left: that is where one goes on, with the latest reply.
    let ladder = begin(&tablet, "bokning").await;
    let later = town.learner_at(&alma, NOON.plus_seconds(60));
    later.open_step("mejl", 1).await.expect("opened");
    let latest = town.learner_at(&alma, NOON.plus_seconds(120));
    reply(&latest, &ladder, true).await;
    let page = latest.learn_page(&Filter::default(), Locale::Sv).await.expect("a page");
    let resume = page.resume.expect("where one stopped");
    assert_eq!((resume.lesson.slug.as_str(), resume.place), ("bokning", Place::Ladder));
    // From the top one goes on with what is still to see.
    climb(&latest, "bokning").await;
    let page = latest.learn_page(&Filter::default(), Locale::Sv).await.expect("a page");
    let resume = page.resume.expect("something left");
    assert_eq!((resume.lesson.slug.as_str(), resume.place), ("bokning", Place::Step(2)));

    // Going back to look at something again does not lose what is seen.
    tablet.open_step("bokning", 1).await.expect("opened");
    assert_eq!(tablet.lesson("bokning").await.expect("there").seen(), 1);
});

story!(the_way_to_the_largest_gap_stands_below_what_is_there_already, |town| {
    let town = town.with_unit("Solgläntan").await;
    for (slug, system, level) in [
        ("annat", "teams", 2),
        ("mejl", "outlook", 1),
        ("mejl-2", "outlook", 2),
        ("mejl-3", "outlook", 3),
        ("bokning", "teams", 1),
    ] {
        town.publish(slug, system, level).await;
    }
    let boss = town.staff("Bodil", "Solgläntan").await;
    let alma = town.staff("Alma", "Solgläntan").await;
    let who = town.signed_in(alma).await;
    let learner = town.learner(&who);
    let page =
        async |filter: &Filter| learner.learn_page(filter, Locale::Sv).await.expect("a page");
    let nearest = async || {
        let nearest = page(&Filter::default()).await.nearest?;
        let slugs: Vec<String> = nearest.lessons.into_iter().map(|one| one.slug).collect();
        Some(format!("{} {}: {}", nearest.system.code, nearest.required.number(), slugs.join(" ")))
    };
    assert_eq!(nearest().await, None, "nothing is required");
    town.require(None, "teams", 1).await;
    town.require(None, "outlook", 3).await;
    learner.open_step("annat", 1).await.expect("opened");
    assert_eq!(nearest().await.as_deref(), Some("outlook 3: mejl mejl-2"));
    let searching = Filter { text: "mejl".into(), ..Filter::default() };
    assert_eq!(page(&searching).await.nearest, None, "who looks for something finds it first");

    // What is begun and what the manager points to stand above, and not twice.
    let later = town.learner_at(&who, NOON.plus_seconds(60));
    later.open_step("mejl", 1).await.expect("opened");
    assert_eq!(nearest().await.as_deref(), Some("outlook 3: mejl-2 mejl-3"));
    town.refer(boss, alma, "mejl-2").await;
    assert_eq!(nearest().await.as_deref(), Some("outlook 3: mejl-3"));
    for slug in ["mejl", "mejl-2", "mejl-3"] {
        see_all(&learner, slug).await;
        climb(&learner, slug).await;
    }
    assert_eq!(nearest().await.as_deref(), Some("teams 1: bokning"));
    later.open_step("bokning", 1).await.expect("opened");
    assert_eq!(nearest().await, None, "it stands above");
    see_all(&learner, "bokning").await;
    climb(&learner, "bokning").await;
    assert_eq!(nearest().await, None, "nothing is wanting");
});

story!(of_two_gaps_as_large_the_shortest_way_comes_first, |town| {
    let town = town.with_unit("Solgläntan").await;
    for (slug, system, level) in [
        ("annat", "outlook", 2),
        ("mejl", "outlook", 1),
        ("mejl-b", "outlook", 1),
        ("bokning", "teams", 1),
    ] {
        town.publish(slug, system, level).await;
    }
    town.require(None, "outlook", 1).await;
    town.require(None, "teams", 1).await;
    let who = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let learner = town.learner(&who);
    learner.open_step("annat", 1).await.expect("opened");
    let page = learner.learn_page(&Filter::default(), Locale::Sv).await.expect("a page");
    assert_eq!(page.nearest.expect("a gap").system.code, "teams");
});

story!(a_checklist_is_kept_tick_by_tick, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let learner = town.learner(&alma);
    learner.tick("mejl", 2, 1, true).await.expect("kept");
    learner.tick("mejl", 2, 0, true).await.expect("kept");
    assert_eq!(learner.step("mejl", 2).await.expect("there").ticks, [0, 1]);
    learner.tick("mejl", 2, 0, false).await.expect("taken back");
    learner.tick("mejl", 2, 0, false).await.expect("twice is once");
    let page = learner.step("mejl", 2).await.expect("there");
    assert_eq!(page.ticks, [1]);
    assert!(!page.outline.steps[1].is_seen);
    learner.finish_step("mejl", 2, Some(&[0, 1])).await.expect("seen");
    let page = learner.step("mejl", 2).await.expect("there");
    assert_eq!((page.ticks, page.outline.steps[1].is_seen), (vec![0, 1], true));
    let unknown = learner.tick("mejl", 2, 2, true).await;
    assert!(matches!(unknown, Err(ServiceError::Invalid { fault: Fault::UnknownOption, .. })));
    assert!(is_not_found(&learner.tick("mejl", 1, 0, true).await), "no checklist");
    assert!(is_not_found(&learner.watch("mejl", 1, 7).await), "no film");
});

story!(what_is_not_there_is_not_found, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let learner = town.learner(&alma);
    for slug in ["", "finns-inte", "../etc", "mejl'--"] {
        assert!(is_not_found(&learner.lesson(slug).await));
        assert!(is_not_found(&learner.ladder(slug, None, Locale::Sv).await));
    }
    for number in [0, 4, 255] {
        assert!(is_not_found(&learner.step("mejl", number).await));
        assert!(is_not_found(&learner.finish_step("mejl", number, None).await));
    }
});

story!(texts_are_sanitised_when_they_are_saved, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let page = town.learner(&alma).step("mejl", 1).await.expect("there");
    let StepBody::Text { html } = page.body else { panic!("a text") };
    assert!(html.contains("<h2>Hej</h2>") && !html.contains("<script"), "{html}");
});

story!(the_bank_is_filtered, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    town.publish("bokning", "teams", 2).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let learner = town.learner(&alma);
    learner.finish_step("mejl", 1, None).await.expect("seen");
    for (query, expected) in [
        ("", vec!["mejl", "bokning"]),
        ("system=teams", vec!["bokning"]),
        ("niva=1", vec!["mejl"]),
        ("nya=1", vec!["mejl", "bokning"]),
        ("tid=15", vec!["mejl", "bokning"]),
        ("tid=mer", vec![]),
        ("sok=kalendrar", vec!["mejl", "bokning"]),
        ("sok=teams", vec!["bokning"]),
        ("sok=ambulans", vec![]),
        ("niva=9&system=&tid=x", vec!["mejl", "bokning"]),
    ] {
        let fields: Vec<(&str, &str)> =
            query.split('&').filter_map(|part| part.split_once('=')).collect();
        let filter = Filter::from_query(|name| {
            fields.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
        });
        let page = learner.learn_page(&filter, Locale::Sv).await.expect("a page");
        let found: Vec<&str> = page.lessons.iter().map(|card| card.slug.as_str()).collect();
        assert_eq!(found, expected, "{query}");
    }
    see_all(&learner, "mejl").await;
    climb(&learner, "mejl").await;
    let filter = Filter { is_untaken: true, ..Filter::default() };
    let page = learner.learn_page(&filter, Locale::Sv).await.expect("a page");
    let left: Vec<&str> = page.lessons.iter().map(|card| card.slug.as_str()).collect();
    assert_eq!(left, ["bokning"]);
});

story!(a_level_is_shown_when_its_lessons_are_completed, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    town.publish("mejl-mer", "outlook", 2).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let learner = town.learner(&alma);
    let shown = async || {
        let page = learner.system("outlook", Locale::En).await.expect("a page");
        let portrait = learner.portrait(None, Locale::En).await.expect("a page");
        (page.shown.level().map(kvarten_domain::Level::number), portrait.evidence.len())
    };
    assert_eq!(shown().await, (None, 0));
    see_all(&learner, "mejl-mer").await;
    climb(&learner, "mejl-mer").await;
    assert_eq!(shown().await, (None, 1), "level 1 is in the way");
    climb(&learner, "mejl").await;
    assert_eq!(shown().await, (None, 1), "steps are left");
    see_all(&learner, "mejl").await;
    assert_eq!(shown().await, (Some(2), 2));
    let page = learner.system("outlook", Locale::En).await.expect("a page");
    assert_eq!(page.levels[1].statements[0].text, "I can 2 1 i Outlook.");
});

story!(a_new_version_keeps_old_evidence, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let learner = town.learner(&alma);
    see_all(&learner, "mejl").await;
    climb(&learner, "mejl").await;
    town.publish("mejl", "outlook", 1).await;
    let outline = learner.lesson("mejl").await.expect("there");
    assert!(matches!(outline.progress, Progress::Completed { .. }));
    assert_eq!(outline.seen(), 0, "its steps are new");
    assert_eq!(learner.portrait(None, Locale::Sv).await.expect("a page").evidence.len(), 1);
});

story!(the_gate_names_everything_that_is_missing, |town| {
    let mut draft = draft("mejl", "outlook", 1);
    draft.rungs.truncate(1);
    draft.rungs[0].questions[1].explanation = String::new();
    draft.owner = "finns inte".into();
    let result = town.operator().publish_lesson(&draft, &|_| None).await;
    let Err(ServiceError::NotPublishable(text)) = result else { panic!("{result:?}") };
    for part in ["Owner", "Rungs", "Explanation { rung: 1, question: 2 }"] {
        assert!(text.contains(part), "{part} in {text}");
    }
});
