//! Programs: lessons in order, for a profession.

use kvarten_domain::{Fault, LessonId, ProfessionId, ProgramId, program::MOST_LESSONS};
use kvarten_entity::{Column, lesson, profession, program, program_lesson};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::{Map, at_most, filled, free_code, hold_bank};
use crate::{ServiceError, store::WriteTransaction, text::identity_key};

/// A program as it is to be.
#[derive(Clone, Debug)]
pub struct ProgramEdit {
    /// Which, or the id that a new one is to have.
    pub id: ProgramId,
    /// The revision that was seen; 0 for a new one.
    pub seen: u32,
    /// On screen: 1–80 characters, nobody else's.
    pub name: String,
    /// What it is for, at most 280 characters.
    pub about: String,
    /// Whom it is for; none for everybody.
    pub profession: Option<ProfessionId>,
    /// Its lessons in order: 1–20, each once.
    pub lessons: Vec<LessonId>,
    /// Whether it is offered to nobody any more.
    pub is_ended: bool,
}

impl Map<'_> {
    /// Adds a program or changes one, and returns its code, which is made from the first name and
    /// stays. Sent twice, it is done once.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a change of what there is not, [`Fault::Changed`] where
    /// somebody else changed it since it was seen, or a field that will not do.
    pub async fn set_program(&self, edit: &ProgramEdit) -> Result<String, ServiceError> {
        self.put_program(None, edit).await
    }

    /// The same, a new one under a code.
    pub(crate) async fn put_program(
        &self,
        code: Option<&str>,
        edit: &ProgramEdit,
    ) -> Result<String, ServiceError> {
        let name = filled("name", &edit.name, 80)?;
        let about = at_most("about", &edit.about, 280)?;
        let writing = self.services.store().begin().await?;
        hold_bank(&writing).await?;
        let known = program::Entity::find_by_id(edit.id.key()).lock_exclusive().one(&writing);
        let known = known.await?;
        let wanted = program::Model {
            id: edit.id.key(),
            code: String::new(),
            name,
            about,
            profession_id: edit.profession.map(Column::key),
            created_at: self.now.0,
            ended_at: edit.is_ended.then_some(self.now.0),
            revision: i32::try_from(edit.seen).unwrap_or(i32::MAX).saturating_add(1),
        };
        let revision = known.as_ref().map_or(0, |known| known.revision);
        if let Some(known) = &known
            && known.revision == wanted.revision
            && self.is_as_wanted(&writing, known, &wanted, &edit.lessons).await?
        {
            // Sent twice.
            return Ok(known.code.clone());
        }
        if known.is_none() && edit.seen > 0 {
            return Err(ServiceError::NotFound);
        }
        if revision.saturating_add(1) != wanted.revision {
            return Err(ServiceError::invalid("program", Fault::Changed));
        }
        check(&writing, &wanted, &edit.lessons).await?;
        let (ended, wanted) = (known.as_ref().and_then(|known| known.ended_at), wanted);
        let taken = program::Entity::find().all(&writing).await?;
        let code = match (&known, code) {
            (Some(known), _) => known.code.clone(),
            (None, Some(code)) => code.to_owned(),
            (None, None) => free_code(&wanted.name, "program", |code| {
                taken.iter().any(|other| other.code == code)
            }),
        };
        let row = program::ActiveModel {
            id: Set(wanted.id),
            code: Set(code.clone()),
            name: Set(wanted.name),
            about: Set(wanted.about),
            profession_id: Set(wanted.profession_id),
            created_at: Set(known.as_ref().map_or(self.now.0, |known| known.created_at)),
            ended_at: Set(wanted.ended_at.map(|now| ended.unwrap_or(now))),
            revision: Set(wanted.revision),
        };
        if known.is_some() {
            program::Entity::update(row).exec_without_returning(&writing).await?;
        } else {
            program::Entity::insert(row).exec_without_returning(&writing).await?;
        }
        put_lessons(&writing, edit.id.key(), &edit.lessons).await?;
        self.done(writing).await?;
        Ok(code)
    }

    /// Whether a program already is what is wanted of it.
    async fn is_as_wanted(
        &self,
        writing: &WriteTransaction,
        known: &program::Model,
        wanted: &program::Model,
        lessons: &[LessonId],
    ) -> Result<bool, ServiceError> {
        let has: Vec<Uuid> = program_lesson::Entity::find()
            .select_only()
            .column(program_lesson::Column::LessonId)
            .filter(program_lesson::Column::ProgramId.eq(known.id))
            .order_by_asc(program_lesson::Column::Position)
            .into_tuple()
            .all(writing)
            .await?;
        let wants: Vec<Uuid> = lessons.iter().map(|lesson| lesson.key()).collect();
        Ok((&known.name, &known.about, known.profession_id, known.ended_at.is_some())
            == (&wanted.name, &wanted.about, wanted.profession_id, wanted.ended_at.is_some())
            && has == wants)
    }
}

/// What a program must be like.
async fn check(
    writing: &WriteTransaction,
    wanted: &program::Model,
    lessons: &[LessonId],
) -> Result<(), ServiceError> {
    let key = identity_key(&wanted.name);
    let others =
        program::Entity::find().filter(program::Column::Id.ne(wanted.id)).all(writing).await?;
    if others.iter().any(|other| identity_key(&other.name) == key) {
        return Err(ServiceError::invalid("name", Fault::Taken));
    }
    if let Some(profession) = wanted.profession_id
        && profession::Entity::find_by_id(profession).one(writing).await?.is_none()
    {
        return Err(ServiceError::invalid("profession", Fault::UnknownOption));
    }
    match lessons.len() {
        0 => return Err(ServiceError::invalid("lessons", Fault::Empty)),
        1..=MOST_LESSONS => {}
        _ => return Err(ServiceError::invalid("lessons", Fault::TooMany)),
    }
    let mut ids: Vec<Uuid> = lessons.iter().map(|lesson| lesson.key()).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() < lessons.len() {
        return Err(ServiceError::invalid("lessons", Fault::Repeated));
    }
    let many = u64::try_from(ids.len()).unwrap_or(u64::MAX);
    let there = lesson::Entity::find().filter(lesson::Column::Id.is_in(ids)).count(writing).await?;
    if there < many {
        return Err(ServiceError::invalid("lessons", Fault::UnknownOption));
    }
    Ok(())
}

async fn put_lessons(
    writing: &WriteTransaction,
    program: Uuid,
    lessons: &[LessonId],
) -> Result<(), ServiceError> {
    program_lesson::Entity::delete_many()
        .filter(program_lesson::Column::ProgramId.eq(program))
        .exec(writing)
        .await?;
    let rows = (1..).zip(lessons).map(|(position, lesson)| program_lesson::ActiveModel {
        id: Set(Uuid::now_v7()),
        program_id: Set(program),
        lesson_id: Set(lesson.key()),
        position: Set(position),
    });
    program_lesson::Entity::insert_many(rows).exec_without_returning(writing).await?;
    Ok(())
}
