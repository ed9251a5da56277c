//! Devices: those that are known, and those that are signed in.

use kvarten_domain::{Locale, PersonId, Timestamp};
use kvarten_service::{
    ServiceError,
    known_device::{self, LIFETIME_SECONDS, Remembered},
    session::{Lifetime, SessionRecord, Sessions, session_key},
    visitor::{Origin, Visitor},
};

use crate::{
    story,
    town::{NOON, PASSWORD, Town, is_not_found, join_all},
};

const ALMA: &str = "alma@lindvike.example";
const BO: &str = "bo@lindvike.example";

async fn alma_and_bo(town: Town) -> (Town, [PersonId; 2]) {
    let town = town.with_unit("Solgläntan").await;
    let people = [town.staff("Alma", "Solgläntan").await, town.staff("Bo", "Solgläntan").await];
    for name in [ALMA, BO] {
        town.operator().set_password(name, PASSWORD).await.expect("set");
    }
    (town, people)
}

async fn remember(town: &Town, person: PersonId, cookie: Option<&str>) -> Remembered {
    known_device::remember(&town.services, cookie, person, NOON).await.expect("remembered")
}

async fn sign_in_with(
    town: &Town,
    name: &str,
    password: &str,
    device: Option<&str>,
    at: Timestamp,
) -> Result<PersonId, ServiceError> {
    let origin = Origin { address: "192.0.2.7", device, is_shared: false };
    Visitor::enter(&town.services, at).sign_in(name, password, origin).await
}

/// Guesses at an account until a right password is refused on a device that is not known.
async fn hammer(town: &Town, name: &str) {
    let mut at = NOON;
    for wait in [0, 0, 0, 0, 0, 2, 4, 8, 16, 32] {
        at = at.plus_seconds(wait);
        let refused = sign_in_with(town, name, "fel lösenord", None, at).await;
        assert!(matches!(refused, Err(ServiceError::WrongSignIn)), "{refused:?}");
    }
    let refused = sign_in_with(town, name, PASSWORD, None, at).await;
    assert!(matches!(refused, Err(ServiceError::Wait { .. })), "{refused:?}");
}

story!(a_known_device_is_not_locked_out_by_guesses_elsewhere, |town| {
    let (town, [alma, bo]) = alma_and_bo(town).await;
    let phone = remember(&town, alma, None).await.cookie;
    hammer(&town, ALMA).await;
    let begun = std::time::Instant::now();
    let entered = sign_in_with(&town, ALMA, PASSWORD, Some(&phone), NOON).await;
    assert_eq!(entered.expect("signs in"), alma);
    assert!(begun.elapsed() < std::time::Duration::from_secs(2), "{:?}", begun.elapsed());
    // It is known as hers only.
    hammer(&town, BO).await;
    let refused = sign_in_with(&town, BO, PASSWORD, Some(&phone), NOON).await;
    assert!(matches!(refused, Err(ServiceError::Wait { .. })), "{refused:?}");
    // Until he has signed in with it, too; she is known as before.
    assert_eq!(remember(&town, bo, Some(&phone)).await.cookie, phone);
    for (name, who) in [(ALMA, alma), (BO, bo)] {
        let entered = sign_in_with(&town, name, PASSWORD, Some(&phone), NOON).await;
        assert_eq!(entered.expect("signs in"), who);
    }
});

story!(a_known_device_has_a_count_of_its_own, |town| {
    let (town, [alma, _]) = alma_and_bo(town).await;
    let stolen = remember(&town, alma, None).await.cookie;
    let other = remember(&town, alma, None).await.cookie;
    assert_ne!(stolen, other);
    let mut at = NOON;
    for wait in [0, 0, 0, 0, 0, 5, 10] {
        at = at.plus_seconds(wait);
        let refused = sign_in_with(&town, ALMA, "fel lösenord", Some(&stolen), at).await;
        assert!(matches!(refused, Err(ServiceError::WrongSignIn)), "{refused:?}");
    }
    let refused = sign_in_with(&town, ALMA, PASSWORD, Some(&stolen), at).await;
    assert!(matches!(refused, Err(ServiceError::Wait { .. })), "{refused:?}");
    for device in [Some(&*other), None] {
        let entered = sign_in_with(&town, ALMA, PASSWORD, device, at).await;
        assert_eq!(entered.expect("signs in"), alma);
    }
});

story!(a_cookie_that_was_not_set_here_is_no_known_device, |town| {
    let (town, [alma, _]) = alma_and_bo(town).await;
    let known = remember(&town, alma, None).await;
    hammer(&town, ALMA).await;
    for forged in ["", "x", &known.key, "00000000000000000000000000000000", &"å".repeat(5_000)] {
        let refused = sign_in_with(&town, ALMA, PASSWORD, Some(forged), NOON).await;
        assert!(matches!(refused, Err(ServiceError::Wait { .. })), "{forged:?}: {refused:?}");
        assert_ne!(remember(&town, alma, Some(forged)).await.cookie, forged);
    }
});

story!(devices_are_forgotten_when_they_should_be, |town| {
    let (town, [alma, _]) = alma_and_bo(town).await;
    hammer(&town, ALMA).await;
    let is_known = async |cookie: &str, at: Timestamp| {
        let tried = sign_in_with(&town, ALMA, "fel lösenord", Some(cookie), at).await;
        matches!(tried, Err(ServiceError::WrongSignIn))
    };
    let who = town.signed_in(alma).await;
    let phone = remember(&town, alma, None).await;
    assert!(is_known(&phone.cookie, NOON).await);
    town.learner(&who).sign_out_everywhere().await.expect("out");
    assert!(!is_known(&phone.cookie, NOON).await, "signed out everywhere");

    let phone = remember(&town, alma, None).await;
    town.operator().set_password(ALMA, PASSWORD).await.expect("set");
    assert!(!is_known(&phone.cookie, NOON).await, "somebody else set the password");

    // One's own new password: the device it was changed with stays known, others do not.
    let (phone, computer) = (remember(&town, alma, None).await, remember(&town, alma, None).await);
    let record = SessionRecord { device_key: Some(phone.key.clone()), ..session(alma) };
    let sessions = Sessions::of(&town.services);
    assert!(sessions.create(&session_key("telefon"), &record, NOON).await.expect("made"));
    town.learner(&who)
        .change_password(PASSWORD, "ännu en lång mening", "telefon")
        .await
        .expect("changed");
    assert!(is_known(&phone.cookie, NOON).await && !is_known(&computer.cookie, NOON).await);

    let late = NOON.plus_seconds(i64::from(LIFETIME_SECONDS) + 1);
    kvarten_service::privacy::tidy(&town.services, late).await.expect("tidied");
    assert_eq!(known_device_rows(&town).await, 0, "after a year");
});

async fn known_device_rows(town: &Town) -> usize {
    use sea_orm::EntityTrait;
    let rows = kvarten_entity::known_device::Entity::find().all(town.services.store().read()).await;
    rows.expect("read").len()
}

story!(a_person_has_few_devices, |town| {
    let (town, [alma, bo]) = alma_and_bo(town).await;
    remember(&town, bo, None).await;
    for second in 0..30 {
        let at = NOON.plus_seconds(second);
        known_device::remember(&town.services, None, alma, at).await.expect("remembered");
    }
    assert_eq!(known_device_rows(&town).await, 21, "twenty of hers, and his");
});

fn session(person: PersonId) -> SessionRecord {
    SessionRecord {
        person: Some(person),
        is_shared: false,
        data: "{}".into(),
        expires_at: NOON.plus_seconds(Lifetime::OWN.absolute_seconds),
        kind: "Android, Chrome".into(),
        device_key: None,
    }
}

story!(a_person_has_twenty_sessions_and_the_oldest_ends, |town| {
    let (town, [alma, bo]) = alma_and_bo(town).await;
    let sessions = Sessions::of(&town.services);
    let begin = async |cookie: String, person: PersonId, at: Timestamp| {
        assert!(sessions.create(&session_key(&cookie), &session(person), at).await.expect("made"));
    };
    let alive = async |cookie: String, at: Timestamp| {
        sessions.load(&session_key(&cookie), at).await.expect("read").is_some()
    };
    begin("bo".into(), bo, NOON).await;
    for number in 0..20 {
        begin(format!("{number}"), alma, NOON.plus_seconds(number)).await;
    }
    let later = NOON.plus_seconds(60);
    assert!(alive("0".into(), later).await);
    begin("20".into(), alma, later).await;
    assert!(!alive("0".into(), later).await, "the oldest ended");
    assert!(alive("1".into(), later).await && alive("20".into(), later).await);
    // Many at once.
    join_all((100..130).map(|number| begin(format!("{number}"), alma, later))).await;
    let who = town.signed_in(alma).await;
    let account = town.learner_at(&who, later).account("20", Locale::Sv).await.expect("an account");
    assert_eq!(account.devices.len(), 20);
    assert!(alive("bo".into(), later).await, "his is his");
});

story!(a_device_is_ended_by_its_person_only, |town| {
    let (town, [alma, bo]) = alma_and_bo(town).await;
    let sessions = Sessions::of(&town.services);
    let phone = remember(&town, alma, None).await;
    let of_phone = SessionRecord { device_key: Some(phone.key.clone()), ..session(alma) };
    for (cookie, record) in [("telefon", of_phone), ("dator", session(alma)), ("bo", session(bo))] {
        assert!(sessions.create(&session_key(cookie), &record, NOON).await.expect("made"));
    }
    let alive = async |cookie: &str| {
        sessions.load(&session_key(cookie), NOON).await.expect("read").is_some()
    };
    let (alma, bo) = (town.signed_in(alma).await, town.signed_in(bo).await);
    let account = town.learner(&alma).account("dator", Locale::Sv).await.expect("an account");
    let phone_id = account.devices.iter().find(|device| !device.is_this).expect("listed");
    assert_eq!(phone_id.kind, "Android, Chrome");
    let phone_id = phone_id.id.clone();
    for foreign in [&*phone_id, "", "x", &session_key("telefon"), "telefon"] {
        let refused = town.learner(&bo).end_device(foreign).await;
        assert!(is_not_found(&refused), "{foreign:?}: {refused:?}");
    }
    assert!(is_not_found(&town.learner(&alma).end_device(&session_key("telefon")).await));
    assert!(alive("telefon").await);
    town.learner(&alma).end_device(&phone_id).await.expect("ended");
    assert!(!alive("telefon").await && alive("dator").await && alive("bo").await);
    assert!(is_not_found(&town.learner(&alma).end_device(&phone_id).await), "once");
    assert_eq!(known_device_rows(&town).await, 0, "it is known no more");
});
