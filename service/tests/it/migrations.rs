//! The schema's history.

use kvarten_migration::{Migrator, MigratorTrait};
use kvarten_service::{Store, StoreError};
use sea_orm::{ConnectionTrait, Statement};

use crate::story;

story!(migrating_again_changes_nothing, |town| {
    let store = town.services.store();
    store.check_schema().await.expect("up to date");
    store.migrate().await.expect("again");
    store.check_schema().await.expect("still");
});

story!(a_newer_database_is_refused, |town| {
    let store = town.services.store();
    let insert = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 1)";
    let statement = Statement::from_string(store.backend(), insert);
    store.read().execute_raw(statement).await.expect("written");
    for result in [store.migrate().await, store.check_schema().await] {
        assert!(
            matches!(&result, Err(StoreError::Newer(step)) if step == "m9999_later"),
            "{result:?}"
        );
    }
});

/// From every released step, with nothing in it, to now.
#[tokio::test]
async fn every_release_migrates_to_now() {
    let steps = u32::try_from(Migrator::migrations().len()).expect("few");
    for step in 0..=steps {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("old.db").display());
        let store = Store::connect(&url).await.expect("opens");
        Migrator::up(store.read(), Some(step)).await.expect("as it was");
        if step < steps {
            assert!(matches!(store.check_schema().await, Err(StoreError::Older(_))));
        }
        store.migrate().await.expect("to now");
        store.check_schema().await.expect("up to date");
        store.close().await;
    }
}

#[tokio::test]
async fn a_database_of_another_kind_is_refused() {
    let result = Store::connect("mysql://localhost/kvarten").await;
    assert!(matches!(result, Err(StoreError::UnknownKind)));
}
