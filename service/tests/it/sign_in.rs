//! Signing in, throttling, sessions.

use kvarten_domain::{Fault, PersonId, Timestamp};
use kvarten_service::{
    ServiceError, SignedIn,
    operator::Operator,
    session::{Lifetime, SessionRecord, Sessions, session_key},
    visitor::{Origin, Visitor},
};

use crate::{
    story,
    town::{NOON, PASSWORD, Town, is_not_found, join_all},
};

async fn alma_with_password(town: Town) -> (Town, PersonId) {
    let town = town.with_unit("Solgläntan").await;
    let alma = town.staff("Alma", "Solgläntan").await;
    town.operator().set_password("alma@lindvike.example", PASSWORD).await.expect("set");
    (town, alma)
}

async fn sign_in(
    town: &Town,
    name: &str,
    password: &str,
    at: Timestamp,
) -> Result<PersonId, ServiceError> {
    let origin = Origin { address: "192.0.2.7", ..Origin::default() };
    Visitor::enter(&town.services, at).sign_in(name, password, origin).await
}

story!(with_address_or_number_and_the_right_password, |town| {
    let (town, alma) = alma_with_password(town).await;
    let number = town.signed_in(alma).await.viewer(kvarten_domain::Locale::Sv, false);
    assert_eq!(number.given_name, "Alma");
    for name in [
        "alma@lindvike.example",
        "  ALMA@Lindvike.example ",
        "\u{feff}alma@lindvike.example\u{200b}",
        "ａｌｍａ＠lindvike.example",
        "alma@lindvike.example\u{a0}",
    ] {
        assert_eq!(sign_in(&town, name, PASSWORD, NOON).await.expect("signs in"), alma);
    }
    for (name, password) in [("alma@lindvike.example", "fel"), ("okänd@lindvike.example", PASSWORD)]
    {
        let refused = sign_in(&town, name, password, NOON).await;
        assert!(matches!(refused, Err(ServiceError::WrongSignIn)), "{name}");
    }
    for (name, password, field) in [("", "x", "name"), ("x", "", "password")] {
        let refused = sign_in(&town, name, password, NOON).await;
        let Err(ServiceError::Invalid { field: which, fault: Fault::Empty }) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(which, field);
    }
    let huge = "x".repeat(1_000_000);
    assert!(matches!(sign_in(&town, &huge, &huge, NOON).await, Err(ServiceError::WrongSignIn)));
});

story!(too_many_tries_wait_and_then_go_on, |town| {
    let (town, alma) = alma_with_password(town).await;
    let mut later = NOON;
    for name in ["alma@lindvike.example", "okänd@lindvike.example"] {
        later = NOON;
        // Five, and then three after the waits of two, four and eight seconds.
        for wait in [0, 0, 0, 0, 0, 2, 4, 8] {
            later = later.plus_seconds(wait);
            let refused = sign_in(&town, name, "fel lösenord", later).await;
            assert!(matches!(refused, Err(ServiceError::WrongSignIn)), "{name}: {refused:?}");
        }
        let waits = sign_in(&town, name, PASSWORD, later).await;
        assert!(matches!(waits, Err(ServiceError::Wait { seconds: 16 })), "{name}: {waits:?}");
    }
    // The wait is over: the right password works, and the failures here are forgotten.
    let later = later.plus_seconds(17);
    assert_eq!(sign_in(&town, "alma@lindvike.example", PASSWORD, later).await.expect("in"), alma);
    let refused = sign_in(&town, "alma@lindvike.example", "fel", later).await;
    assert!(matches!(refused, Err(ServiceError::WrongSignIn)), "not throttled");
});

story!(a_short_wait_is_a_delay_and_no_refusal, |town| {
    let (town, alma) = alma_with_password(town).await;
    for _ in 0..5 {
        let refused = sign_in(&town, "alma@lindvike.example", "fel lösenord", NOON).await;
        assert!(matches!(refused, Err(ServiceError::WrongSignIn)));
    }
    let begun = std::time::Instant::now();
    assert_eq!(sign_in(&town, "alma@lindvike.example", PASSWORD, NOON).await.expect("in"), alma);
    assert!(begun.elapsed() >= std::time::Duration::from_secs(2), "{:?}", begun.elapsed());
});

story!(tries_at_the_same_time_are_counted_each, |town| {
    let (town, _) = alma_with_password(town).await;
    for _ in 0..3 {
        let refused = sign_in(&town, "alma@lindvike.example", "fel lösenord", NOON).await;
        assert!(matches!(refused, Err(ServiceError::WrongSignIn)));
    }
    let tries = (0..12).map(|_| sign_in(&town, "alma@lindvike.example", "fel lösenord", NOON));
    let told = join_all(tries).await;
    let verified = told.iter().filter(|one| matches!(one, Err(ServiceError::WrongSignIn))).count();
    let waiting = told.iter().filter(|one| matches!(one, Err(ServiceError::Wait { .. }))).count();
    assert_eq!((verified, waiting), (2, 10));
});

story!(a_hundred_failures_lock_out_nobody_behind_the_address, |town| {
    let (town, alma) = alma_with_password(town).await;
    for at in 0..102 {
        let refused = sign_in(&town, &format!("{at}"), "fel lösenord", NOON).await;
        let expected =
            matches!(refused, Err(ServiceError::WrongSignIn | ServiceError::Wait { .. }));
        assert!(expected, "{at}: {refused:?}");
    }
    let begun = std::time::Instant::now();
    let later = NOON.plus_seconds(5);
    assert_eq!(sign_in(&town, "alma@lindvike.example", PASSWORD, later).await.expect("in"), alma);
    assert!(begun.elapsed() < std::time::Duration::from_secs(3), "{:?}", begun.elapsed());
});

story!(another_prefix_of_the_same_customer_is_the_same, |town| {
    let (town, _) = alma_with_password(town).await;
    let from = async |network: u16, password: &str| {
        let address = format!("2001:db8:7:{network:x}::1");
        let origin = Origin { address: &address, ..Origin::default() };
        let visitor = Visitor::enter(&town.services, NOON);
        visitor.sign_in("alma@lindvike.example", password, origin).await
    };
    for network in 0..5 {
        let refused = from(network * 256, "fel lösenord").await;
        assert!(matches!(refused, Err(ServiceError::WrongSignIn)), "{refused:?}");
    }
    let begun = std::time::Instant::now();
    from(77, PASSWORD).await.expect("after a delay");
    assert!(begun.elapsed() >= std::time::Duration::from_secs(2), "{:?}", begun.elapsed());
});

story!(waiting_tells_nothing_about_who_exists, |town| {
    let (town, _) = alma_with_password(town).await;
    for _ in 0..5 {
        let refused = sign_in(&town, "alma@lindvike.example", "fel", NOON).await;
        assert!(matches!(refused, Err(ServiceError::WrongSignIn)));
    }
    let number = Town::new_person("Alma", "Solgläntan").employee_number;
    let other = sign_in(&town, &number, "fel", NOON).await;
    assert!(matches!(other, Err(ServiceError::WrongSignIn)), "each name by itself: {other:?}");
});

story!(a_hostile_name_is_only_a_wrong_one, |town| {
    let (town, _) = alma_with_password(town).await;
    for name in ["alma\0", "a\u{1b}[31m", "'; DROP TABLE people; --", "%", "\u{202e}amla"] {
        let refused = sign_in(&town, name, PASSWORD, NOON).await;
        assert!(matches!(refused, Err(ServiceError::WrongSignIn)), "{name:?}: {refused:?}");
    }
});

story!(the_old_password_cannot_be_guessed_by_changing_it, |town| {
    let (town, alma) = alma_with_password(town).await;
    let who = town.signed_in(alma).await;
    let learner = town.learner(&who);
    for _ in 0..5 {
        let wrong = learner.change_password("fel", "nytt och långt ord", "telefon").await;
        assert!(matches!(wrong, Err(ServiceError::Invalid { fault: Fault::WrongPassword, .. })));
    }
    let waits = learner.change_password(PASSWORD, "nytt och långt ord", "telefon").await;
    assert!(matches!(waits, Err(ServiceError::Wait { seconds: 30 })), "{waits:?}");
    // Signing in is another matter.
    assert_eq!(sign_in(&town, "alma@lindvike.example", PASSWORD, NOON).await.expect("in"), alma);
    let later = town.learner_at(&who, NOON.plus_seconds(31));
    later.change_password(PASSWORD, "nytt och långt ord", "telefon").await.expect("changed");
});

story!(neighbours_at_the_same_moment_do_not_wait_for_each_other, |town| {
    let (town, alma) = alma_with_password(town).await;
    town.staff("Bo", "Solgläntan").await;
    town.operator().set_password("bo@lindvike.example", PASSWORD).await.expect("set");
    // Bo came a moment later and was written down first.
    let later = Timestamp(NOON.0 + 40);
    sign_in(&town, "bo@lindvike.example", PASSWORD, later).await.expect("signs in");
    let refused = sign_in(&town, "bo@lindvike.example", "fel", later).await;
    assert!(matches!(refused, Err(ServiceError::WrongSignIn)), "{refused:?}");
    let same = sign_in(&town, "alma@lindvike.example", PASSWORD, NOON).await;
    assert_eq!(same.expect("signs in"), alma);
});

story!(whoever_has_left_is_signed_out_and_stays_out, |town| {
    let (town, alma) = alma_with_password(town).await;
    let sessions = Sessions::of(&town.services);
    let record = SessionRecord {
        person: Some(alma),
        is_shared: false,
        data: "{}".into(),
        expires_at: NOON.plus_seconds(3_600),
        kind: String::new(),
        device_key: None,
    };
    sessions.create("key", &record, NOON).await.expect("kept");
    town.operator().end_employment(alma).await.expect("leaves");
    assert_eq!(sessions.load("key", NOON).await.expect("looked up"), None);
    let later = NOON.plus_seconds(1);
    let gone = SignedIn::find(&town.services, alma, later).await;
    assert!(matches!(gone, Err(ServiceError::SignedOut)), "{gone:?}");
    let refused = sign_in(&town, "alma@lindvike.example", PASSWORD, later).await;
    assert!(matches!(refused, Err(ServiceError::WrongSignIn)), "{refused:?}");
    assert!(is_not_found(&town.operator().end_employment(alma).await));
});

story!(an_unknown_person_takes_as_long_as_a_wrong_password, |town| {
    let (town, _) = alma_with_password(town).await;
    let mut spent = [std::time::Duration::ZERO; 2];
    for _ in 0..4 {
        for (at, name) in ["alma@lindvike.example", "nobody@lindvike.example"].iter().enumerate() {
            let begun = std::time::Instant::now();
            let _ = sign_in(&town, name, "fel lösenord", NOON).await;
            spent[at] += begun.elapsed();
        }
    }
    // Far from a measurement: without the equal work the one is a hundred times the other.
    let ratio = spent[0].as_secs_f64() / spent[1].as_secs_f64();
    assert!((0.2..5.0).contains(&ratio), "{spent:?}");
});

fn record(person: PersonId, is_shared: bool) -> SessionRecord {
    let absolute = Lifetime::of(is_shared).absolute_seconds;
    SessionRecord {
        person: Some(person),
        is_shared,
        data: "{}".into(),
        expires_at: NOON.plus_seconds(absolute),
        kind: String::new(),
        device_key: None,
    }
}

story!(sessions_end_unused_and_in_the_end, |town| {
    let (town, alma) = alma_with_password(town).await;
    let sessions = Sessions::of(&town.services);
    for is_shared in [false, true] {
        let key = session_key(if is_shared { "delad" } else { "egen" });
        let kept = record(alma, is_shared);
        assert!(sessions.create(&key, &kept, NOON).await.expect("kept"));
        assert!(!sessions.create(&key, &kept, NOON).await.expect("asked"), "the key is in use");
        let life = Lifetime::of(is_shared);
        // Used now and then it lives on, until the end.
        let mut now = NOON;
        while now < NOON.plus_seconds(life.absolute_seconds - life.idle_seconds / 2) {
            assert_eq!(sessions.load(&key, now).await.expect("read").as_ref(), Some(&kept));
            now = now.plus_seconds(life.idle_seconds / 2);
        }
        let end = NOON.plus_seconds(life.absolute_seconds);
        assert_eq!(sessions.load(&key, end).await.expect("read"), None);
        // Unused it ends earlier.
        let key = session_key(if is_shared { "delad 2" } else { "egen 2" });
        assert!(sessions.create(&key, &kept, NOON).await.expect("kept"));
        let idle = NOON.plus_seconds(life.idle_seconds);
        assert_eq!(sessions.load(&key, idle).await.expect("read"), None);
    }
});

story!(signing_out_everywhere_and_changes_of_password_and_role_end_sessions, |town| {
    let (town, alma) = alma_with_password(town).await;
    let sessions = Sessions::of(&town.services);
    let who = town.signed_in(alma).await;
    let learner = town.learner(&who);
    let sign_in_on = async |cookies: &[&str]| {
        for cookie in cookies {
            let _ = sessions.create(&session_key(cookie), &record(alma, false), NOON).await;
        }
    };
    let alive = async |cookie: &str| {
        sessions.load(&session_key(cookie), NOON).await.expect("read").is_some()
    };
    sign_in_on(&["telefon", "dator"]).await;
    assert_eq!(
        learner.account("telefon", kvarten_domain::Locale::Sv).await.expect("there").devices.len(),
        2
    );
    let wrong = learner.change_password("fel", "nytt och långt ord", "telefon").await;
    assert!(matches!(wrong, Err(ServiceError::Invalid { fault: Fault::WrongPassword, .. })));
    learner.change_password(PASSWORD, "nytt och långt ord", "telefon").await.expect("changed");
    assert!(!alive("telefon").await && !alive("dator").await, "a copied cookie ends, too");
    sign_in_on(&["telefon", "dator"]).await;
    learner.sign_out_everywhere().await.expect("out");
    assert!(!alive("telefon").await && !alive("dator").await);
    sign_in_on(&["dator"]).await;
    Operator::enter(&town.services, NOON)
        .set_password("alma@lindvike.example", "ännu ett långt ord")
        .await
        .expect("set");
    assert!(!alive("dator").await);
    sign_in_on(&["dator"]).await;
    let operator = Operator::enter(&town.services, NOON);
    operator
        .move_person(alma, "Solgläntan", "enhetschef", &[kvarten_domain::Role::Manager])
        .await
        .expect("moved");
    assert!(!alive("dator").await, "the roles are others");
    sign_in_on(&["dator"]).await;
    operator.end_employment(alma).await.expect("left");
    assert!(!alive("dator").await);
    // A session that was ended is not brought back by a save that comes late.
    sessions.save(&session_key("dator"), &record(alma, false), NOON).await.expect("nothing");
    assert!(!alive("dator").await);
});
