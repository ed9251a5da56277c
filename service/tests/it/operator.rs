//! What the operator writes: names that can be read as they stand.

use kvarten_domain::{Fault, Locale, Role, unit::UnitKind};
use kvarten_service::{
    ServiceError,
    manager::Manager,
    new_id,
    operator::{EmailChange, MailTrouble, NewPerson, PersonChange},
    visitor::{Origin, Visitor},
};
use sea_orm::{ConnectionTrait, Statement};

use crate::{
    story,
    town::{NOON, PASSWORD, Town, climb, fault, is_not_found, join_all, total},
};

story!(names_that_hide_something_are_refused, |town| {
    let town = town.with_unit("Solgläntan").await;
    let operator = town.operator();
    let root = operator.find_unit("Lindvike").await.expect("the municipality");
    // What turns the direction of writing, and what takes no room.
    for hidden in ['\u{202e}', '\u{200f}', '\u{3164}'] {
        let name = format!("Al{hidden}ma");
        let new = || Town::new_person("Alma", "Solgläntan");
        for (new, field) in [
            (NewPerson { given_name: name.clone(), ..new() }, "given_name"),
            (NewPerson { family_name: name.clone(), ..new() }, "family_name"),
        ] {
            let made = operator.create_person(&new).await;
            assert_eq!(fault(&made), Some((field, Fault::HiddenCharacters)), "{new:?}");
        }
        let unit = operator.create_unit(&name, UnitKind::Unit, Some(root)).await;
        assert_eq!(fault(&unit), Some(("name", Fault::HiddenCharacters)));
        for ([code, sv, en], field) in [
            ([name.as_str(), "yrke", "trade"], "code"),
            (["yrke", name.as_str(), "trade"], "sv"),
            (["yrke", "yrke", name.as_str()], "en"),
        ] {
            let made = operator.create_profession(code, sv, en).await;
            assert_eq!(fault(&made), Some((field, Fault::HiddenCharacters)));
        }
        let found = operator.find_unit(&name).await;
        assert!(matches!(found, Err(ServiceError::Invalid { .. })), "it is not there");
    }
    assert!(is_not_found(&operator.find_person("alma@lindvike.example").await));
    assert!(!operator.map_of_codes().await.expect("codes").professions.contains_key("yrke"));
    // The same without is taken.
    town.staff("Alma", "Solgläntan").await;
});

fn change() -> PersonChange {
    PersonChange::default()
}

story!(names_address_and_number_change_and_what_was_shown_stays, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    let operator = town.operator();
    let alma = town.staff("Alma", "Solgläntan").await;
    operator.set_password("alma@lindvike.example", PASSWORD).await.expect("set");
    climb(&town.learner(&town.signed_in(alma).await), "mejl").await;
    let boss = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;

    let wedding = PersonChange {
        given_name: Some(" Alma  Maria ".into()),
        family_name: Some("Lindgren\u{a0}Holm".into()),
        email: EmailChange::To("Alma.Holm@Exämpel.se".into()),
        employee_number: Some("A-77".into()),
    };
    operator.change_person(alma, &wedding).await.expect("changed");
    let card = operator.person_card(alma).await.expect("a card");
    assert_eq!(
        (card.given_name.as_str(), card.family_name.as_str()),
        ("Alma Maria", "Lindgren Holm")
    );
    assert_eq!(card.email.as_deref(), Some("alma.holm@exämpel.se"), "in its own letters");
    assert_eq!(card.employee_number, "a-77");
    let visitor = Visitor::enter(&town.services, NOON);
    let origin = Origin { address: "192.0.2.7", ..Origin::default() };
    for name in [
        "alma.holm@exämpel.se",
        "ALMA.HOLM@exa\u{308}mpel.se",
        "alma.holm@xn--exmpel-cua.se",
        "A-77",
    ] {
        let who = visitor.sign_in(name, PASSWORD, origin).await;
        assert_eq!(who.expect("signs in"), alma, "{name}");
        assert_eq!(operator.find_person(name).await.expect("found"), alma);
    }
    let old = visitor.sign_in("alma@lindvike.example", PASSWORD, origin).await;
    assert!(matches!(old, Err(ServiceError::WrongSignIn)));
    let who = town.signed_in(alma).await;
    assert_eq!(total(&town.learner(&who)).await, 60);
    let manager = Manager::enter(&town.services, &boss, NOON).await.expect("manages");
    let page = manager.person(alma, None, Locale::Sv).await.expect("a page");
    assert_eq!(page.name, "Alma Maria Lindgren Holm");

    let none = PersonChange { email: EmailChange::Remove, ..change() };
    operator.change_person(alma, &none).await.expect("taken away");
    operator.change_person(alma, &none).await.expect("again");
    assert_eq!(operator.person_card(alma).await.expect("a card").email, None);
    operator.end_employment(alma).await.expect("left");
    let late = PersonChange { family_name: Some("Berg".into()), ..change() };
    operator.change_person(alma, &late).await.expect("what is wrong is put right, also later");
    assert!(operator.person_card(alma).await.expect("a card").left.is_some());
});

story!(a_change_that_cannot_be_is_refused_and_changes_nothing, |town| {
    let town = town.with_unit("Solgläntan").await;
    let operator = town.operator();
    let alma = town.staff("Alma", "Solgläntan").await;
    town.staff("Bo", "Solgläntan").await;
    let before = operator.person_card(alma).await.expect("a card");
    let bo = operator.find_person("bo@lindvike.example").await.expect("Bo");
    let bo = operator.person_card(bo).await.expect("a card").employee_number;
    let long = "x".repeat(500);
    let text = |text: &str| Some(text.to_owned());
    for (changed, expected) in [
        (change(), ("change", Fault::Empty)),
        (PersonChange { given_name: text(""), ..change() }, ("given_name", Fault::Empty)),
        (PersonChange { given_name: text("\u{a0}"), ..change() }, ("given_name", Fault::Empty)),
        (PersonChange { family_name: text(&long), ..change() }, ("family_name", Fault::TooLong)),
        (
            PersonChange { family_name: text("Be\u{7}rg"), ..change() },
            ("family_name", Fault::HiddenCharacters),
        ),
        (PersonChange { employee_number: text(""), ..change() }, ("employee_number", Fault::Empty)),
        (
            PersonChange { employee_number: text("1 2"), ..change() },
            ("employee_number", Fault::Malformed),
        ),
        (
            PersonChange { employee_number: text(&long), ..change() },
            ("employee_number", Fault::TooLong),
        ),
        (
            PersonChange { employee_number: text(&bo), ..change() },
            ("employee_number", Fault::Taken),
        ),
        (
            PersonChange { email: EmailChange::To(String::new()), ..change() },
            ("email", Fault::Empty),
        ),
        (
            PersonChange {
                email: EmailChange::To("anna,holm@lindvike.example".into()),
                ..change()
            },
            ("email", Fault::Malformed),
        ),
        (
            PersonChange { email: EmailChange::To("åsa@exempel.se".into()), ..change() },
            ("email", Fault::Malformed),
        ),
        (
            PersonChange {
                email: EmailChange::To("BO@lindvike.example".into()),
                given_name: text("Ny"),
                ..change()
            },
            ("email", Fault::Taken),
        ),
    ] {
        assert_eq!(fault(&operator.change_person(alma, &changed).await), Some(expected));
    }
    assert_eq!(operator.person_card(alma).await.expect("a card"), before);
    let named = PersonChange { given_name: text("Ny"), ..change() };
    assert!(is_not_found(&operator.change_person(new_id(), &named).await));
    assert!(is_not_found(&operator.person_card(new_id()).await));
    // Her own in other letters is no one else's.
    let own = PersonChange { email: EmailChange::To("ALMA@lindvike.example".into()), ..change() };
    operator.change_person(alma, &own).await.expect("changed");
});

story!(one_address_taken_by_two_at_once_is_one_persons, |town| {
    let town = town.with_unit("Solgläntan").await;
    let operator = town.operator();
    let people = [town.staff("Alma", "Solgläntan").await, town.staff("Bo", "Solgläntan").await];
    let wanted = PersonChange { email: EmailChange::To("ny@lindvike.example".into()), ..change() };
    let done = join_all(people.iter().map(|one| operator.change_person(*one, &wanted))).await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
});

story!(an_address_from_before_is_listed_and_stays, |town| {
    let town = town.with_unit("Solgläntan").await;
    let operator = town.operator();
    let mut people = Vec::new();
    for name in ["Alma", "Bo", "Cia"] {
        people.push(town.staff(name, "Solgläntan").await);
    }
    let store = town.services.store();
    for (who, address) in [
        ("Alma", "anna,holm@lindvike.example"),
        ("Bo", "bo@exämpel.se"),
        ("Cia", "bo@xn--exmpel-cua.se"),
    ] {
        let sql = format!("UPDATE people SET email = '{address}' WHERE given_name = '{who}'");
        store.read().execute_raw(Statement::from_string(store.backend(), sql)).await.expect("set");
    }
    let mut wrong = operator.mend_addresses().await.expect("looked through");
    wrong.sort_unstable();
    assert_eq!(wrong, people[..2], "one that is none, and one that is Cia's");
    let problems = operator.mail_problems().await.expect("a list");
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].person, problems[0].trouble), (people[0], MailTrouble::NoAddress));
    assert_eq!(problems[0].address, "anna,holm@lindvike.example");
    // With the other one gone, it becomes what it is.
    let none = PersonChange { email: EmailChange::Remove, ..change() };
    operator.change_person(people[2], &none).await.expect("taken away");
    assert_eq!(operator.mend_addresses().await.expect("again"), [people[0]]);
    assert_eq!(operator.find_person("bo@exa\u{308}mpel.se").await.expect("found"), people[1]);
});

story!(people_and_professions_are_listed_with_their_ids, |town| {
    let town = town.with_unit("Solgläntan").await;
    let operator = town.operator();
    let all = operator.list_professions().await.expect("a list");
    let codes: Vec<&str> = all.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(codes, ["enhetschef", "underskoterska"]);
    let by_id = NewPerson {
        profession: all[0].id.to_string(),
        unit: town.units["Solgläntan"].to_string(),
        ..Town::new_person("Vera", "")
    };
    let vera = operator.create_person(&by_id).await.expect("hired by ids");
    let card = operator.person_card(vera).await.expect("a card");
    assert_eq!(card.employments.len(), 1);
    let place = &card.employments[0];
    assert_eq!((place.path.as_str(), place.what.as_str()), ("Solgläntan", "enhetschef"));
    assert_eq!(place.unit, town.units["Solgläntan"]);
    assert_eq!((card.roles[0].what.as_str(), card.roles.len()), ("staff", 1));
    for unknown in
        [new_id::<kvarten_domain::ProfessionId>().to_string(), "yrke".into(), String::new()]
    {
        let new = NewPerson { profession: unknown, ..Town::new_person("Bo", "Solgläntan") };
        let made = operator.create_person(&new).await;
        assert_eq!(fault(&made), Some(("profession", Fault::UnknownOption)));
    }
});
