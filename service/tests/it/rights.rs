//! Rights by type: a role cannot be entered without proof.

use kvarten_domain::{Locale, Role, bank::Filter};
use kvarten_service::{ServiceError, SignedIn, learner::Learner, new_id};
use sea_orm::{ConnectionTrait, Statement};

use crate::{story, town::NOON};

story!(nobody_cannot_be_found, |town| {
    let nobody = SignedIn::find(&town.services, new_id(), NOON).await;
    assert!(matches!(nobody, Err(ServiceError::SignedOut)));
});

story!(everybody_who_works_here_may_learn, |town| {
    let town = town.with_unit("Solgläntan").await;
    for role in Role::ALL {
        let unit = if role == Role::Administrator { "Lindvike" } else { "Solgläntan" };
        let person = town.person(&format!("{role:?}"), unit, role).await;
        let who = town.signed_in(person).await;
        let viewer = who.viewer(Locale::Sv, false);
        assert_eq!(
            (viewer.roles.as_slice(), viewer.unit.as_deref()),
            ([role].as_slice(), Some(unit))
        );
        town.learner(&who).learn_page(&Filter::default(), Locale::Sv).await.expect("may look");
    }
});

story!(somebody_without_a_place_may_not, |town| {
    let town = town.with_unit("Solgläntan").await;
    let alma = town.staff("Alma", "Solgläntan").await;
    let store = town.services.store();
    for table in ["employments", "role_grants"] {
        let sql = format!("UPDATE {table} SET until_at = {}", NOON.0);
        store
            .read()
            .execute_raw(Statement::from_string(store.backend(), sql))
            .await
            .expect("ended");
    }
    let who = town.signed_in(alma).await;
    let entered = Learner::enter(&town.services, &who, NOON);
    assert!(matches!(entered, Err(ServiceError::Denied)));
});
