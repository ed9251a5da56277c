//! The schema's history: one file per released step. A released step is never edited.

pub use sea_orm_migration::{prelude::*, seaql_migrations};

mod m0001_initial;
mod m0002_competence;
mod m0003_referrals;
mod m0004_programs_and_mail;
mod m0005_store;
mod m0006_erasures;
mod m0007_access;
mod m0008_text;
mod m0009_disclosure;
mod m0010_places;
mod shape;

/// Every step there has been, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_initial::Migration),
            Box::new(m0002_competence::Migration),
            Box::new(m0003_referrals::Migration),
            Box::new(m0004_programs_and_mail::Migration),
            Box::new(m0005_store::Migration),
            Box::new(m0006_erasures::Migration),
            Box::new(m0007_access::Migration),
            Box::new(m0008_text::Migration),
            Box::new(m0009_disclosure::Migration),
            Box::new(m0010_places::Migration),
        ]
    }
}
