//! Rows of a past, gathered and written in large portions.

use kvarten_entity::{
    answer, attempt, claim, competence, evidence, leaderboard_member, person_look, points_entry,
    self_assessment, step_state, unit_look, visit,
};
use sea_orm::{EntityTrait, IntoActiveModel};

use crate::{ServiceError, store::WriteTransaction};

/// The rows.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) visits: Vec<visit::ActiveModel>,
    pub(super) states: Vec<step_state::ActiveModel>,
    pub(super) attempts: Vec<attempt::ActiveModel>,
    pub(super) answers: Vec<answer::ActiveModel>,
    pub(super) points: Vec<points_entry::ActiveModel>,
    pub(super) evidence: Vec<evidence::ActiveModel>,
    pub(super) members: Vec<leaderboard_member::ActiveModel>,
    pub(super) claims: Vec<claim::ActiveModel>,
    pub(super) assessments: Vec<self_assessment::ActiveModel>,
    pub(super) competences: Vec<competence::ActiveModel>,
    pub(super) person_looks: Vec<person_look::ActiveModel>,
    pub(super) unit_looks: Vec<unit_look::ActiveModel>,
}

async fn write<E>(
    writing: &WriteTransaction,
    rows: &mut Vec<E::ActiveModel>,
) -> Result<(), ServiceError>
where
    E: EntityTrait,
    E::ActiveModel: Send,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(400));
        let some = std::mem::replace(rows, rest);
        E::insert_many(some).exec_without_returning(writing).await?;
    }
    Ok(())
}

impl Rows {
    /// Writes them, and begins anew.
    pub(super) async fn write(&mut self, writing: &WriteTransaction) -> Result<(), ServiceError> {
        write::<visit::Entity>(writing, &mut self.visits).await?;
        write::<step_state::Entity>(writing, &mut self.states).await?;
        write::<attempt::Entity>(writing, &mut self.attempts).await?;
        write::<answer::Entity>(writing, &mut self.answers).await?;
        write::<points_entry::Entity>(writing, &mut self.points).await?;
        write::<evidence::Entity>(writing, &mut self.evidence).await?;
        write::<leaderboard_member::Entity>(writing, &mut self.members).await?;
        write::<claim::Entity>(writing, &mut self.claims).await?;
        write::<self_assessment::Entity>(writing, &mut self.assessments).await?;
        write::<competence::Entity>(writing, &mut self.competences).await?;
        write::<person_look::Entity>(writing, &mut self.person_looks).await?;
        write::<unit_look::Entity>(writing, &mut self.unit_looks).await
    }
}
