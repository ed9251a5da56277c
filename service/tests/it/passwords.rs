//! Which passwords are accepted, and which are the same.

use kvarten_domain::{Fault, PersonId};
use kvarten_entity::person;
use kvarten_service::{
    ServiceError,
    visitor::{Origin, Visitor},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    story,
    town::{NOON, PASSWORD, Town, fault},
};

const ALMA: &str = "alma@lindvike.example";

async fn with_alma(town: Town) -> (Town, PersonId) {
    let town = town.with_unit("Hemtjänst Norr").await;
    let alma = town.staff("Alma", "Hemtjänst Norr").await;
    town.operator().set_password(ALMA, PASSWORD).await.expect("set");
    (town, alma)
}

async fn sign_in(town: &Town, password: &str) -> Result<PersonId, ServiceError> {
    Visitor::enter(&town.services, NOON).sign_in(ALMA, password, Origin::default()).await
}

async fn stored_hash(town: &Town) -> String {
    let row = person::Entity::find().filter(person::Column::Email.eq(ALMA));
    let row = row.one(town.services.store().read()).await.expect("read").expect("there");
    row.password_hash.expect("a password")
}

story!(guessable_passwords_are_refused_wherever_they_are_set, |town| {
    let (town, alma) = with_alma(town).await;
    let who = town.signed_in(alma).await;
    for (password, expected) in [
        ("", Fault::Empty),
        ("Kvarten2026", Fault::TooShort),
        ("Hemtjänst1!", Fault::TooShort),
        ("Lösenord123456!", Fault::TooCommon),
        ("HemtjänstNorr2026!", Fault::TooCommon),
        ("Lindvike2026Lindvike", Fault::TooCommon),
        ("AlmaBerg2026!!!", Fault::TooCommon),
        ("alma@lindvike.example", Fault::TooCommon),
        ("undersköterska2026", Fault::TooCommon),
        ("OutlookTeams2026!", Fault::TooCommon),
        ("kaffe\u{200b}på bryggan", Fault::Invisible),
        ("kaffe på bryggan\n", Fault::Invisible),
        (&"lång ".repeat(41), Fault::TooLong),
    ] {
        let changed = town.learner(&who).change_password(PASSWORD, password, "telefon").await;
        assert_eq!(fault(&changed), Some(("new_password", expected)), "{password}");
        let set = town.operator().set_password(ALMA, password).await;
        assert_eq!(fault(&set), Some(("password", expected)), "{password}");
        let new = kvarten_service::operator::NewPerson {
            employee_number: "77".into(),
            email: None,
            password: Some(password.to_owned()),
            ..Town::new_person("Alma", "Hemtjänst Norr")
        };
        let email_is_asked = password.contains('@');
        let created = town.operator().create_person(&new).await;
        assert!(email_is_asked || fault(&created) == Some(("password", expected)), "{password}");
    }
    for password in ["gul tulpan vid grinden", &"å".repeat(60), &"två getter åt gräs ".repeat(4)]
    {
        let is_repeat = password.starts_with('å');
        let set = town.operator().set_password(ALMA, password).await;
        assert_eq!(set.is_err(), is_repeat, "{password}: {set:?}");
    }
});

story!(a_password_is_the_same_however_it_is_encoded, |town| {
    let (town, alma) = with_alma(town).await;
    for same in [
        PASSWORD,
        "kaffe pa\u{30a} bryggan",
        "kaffe\u{a0}på bryggan",
        "\u{feff}kaffe på bryggan",
        "kaffe på\u{200b} bryggan",
        "kaffe på bryggan\r\n",
    ] {
        assert_eq!(sign_in(&town, same).await.expect("signs in"), alma, "{same:?}");
    }
    for other in ["Kaffe på bryggan", "kaffe pa bryggan", "kaffe på bryggan "] {
        assert!(matches!(sign_in(&town, other).await, Err(ServiceError::WrongSignIn)), "{other:?}");
    }
    // Set decomposed, changed with it composed, and the other way round.
    town.operator().set_password(ALMA, "mormor pa\u{30a} vävstolen").await.expect("set");
    assert_eq!(sign_in(&town, "mormor på vävstolen").await.expect("signs in"), alma);
    let who = town.signed_in(alma).await;
    town.learner(&who)
        .change_password("mormor på vävstolen", PASSWORD, "telefon")
        .await
        .expect("changed");
});

/// Argon2id of `kaffe pa\u{30a} bryggan`, decomposed, as an earlier version stored it.
async fn store_old_hash(town: &Town, password: &str) {
    use argon2::{Argon2, PasswordHasher, password_hash::SaltString};
    let salt = SaltString::from_b64("c2FsdHNhbHRzYWx0").expect("a salt");
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt).expect("hashed");
    person::Entity::update_many()
        .col_expr(person::Column::PasswordHash, Expr::value(hash.to_string()))
        .filter(person::Column::Email.eq(ALMA))
        .exec(town.services.store().read())
        .await
        .expect("stored");
}

story!(a_hash_of_an_earlier_version_is_accepted_once_and_renewed, |town| {
    let (town, alma) = with_alma(town).await;
    for (old, typed) in [
        ("kaffe pa\u{30a} bryggan", "kaffe på bryggan"),
        ("kaffe\u{a0}på bryggan", "kaffe\u{a0}på bryggan"),
        ("kaffe\u{200b}på bryggan", "kaffe\u{200b}på bryggan"),
    ] {
        store_old_hash(&town, old).await;
        let before = stored_hash(&town).await;
        let wrong = sign_in(&town, "något helt annat").await;
        assert!(matches!(wrong, Err(ServiceError::WrongSignIn)));
        assert_eq!(stored_hash(&town).await, before);
        assert_eq!(sign_in(&town, typed).await.expect("signs in"), alma, "{old:?}");
        let renewed = stored_hash(&town).await;
        assert_ne!(renewed, before);
        assert_eq!(sign_in(&town, typed).await.expect("signs in"), alma, "{old:?} again");
        assert_eq!(stored_hash(&town).await, renewed, "once");
    }
});
