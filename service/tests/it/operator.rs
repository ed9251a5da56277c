//! What the operator writes: names that can be read as they stand.

use kvarten_domain::{Fault, unit::UnitKind};
use kvarten_service::{ServiceError, operator::NewPerson};

use crate::{
    story,
    town::{Town, fault, is_not_found},
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
