//! What an administrator sees of programs.

use kvarten_domain::{
    LessonId, Locale, ProfessionId,
    program::{ProgramForm, ProgramLine},
};

use super::Administrator;
use crate::{
    ServiceError,
    bank::{Bank, ProgramEntry},
    new_id,
};

impl Administrator<'_> {
    /// Every program there is or was.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn programs(&self, locale: Locale) -> Result<Vec<ProgramLine>, ServiceError> {
        let bank = self.services.bank().await?;
        let line = |entry: &ProgramEntry| {
            let profession = entry.profession.and_then(|id| bank.profession(id));
            ProgramLine {
                program: bank.program_link(entry),
                about: entry.about.clone(),
                profession: profession.map(|one| one.name(locale).to_owned()),
                ended: entry.ended.map(|at| self.services.calendar().date(at)),
            }
        };
        Ok(bank.programs.iter().map(line).collect())
    }

    /// A program to be changed; one to be made where no code is given.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn program(
        &self,
        code: Option<&str>,
        locale: Locale,
    ) -> Result<ProgramForm, ServiceError> {
        let bank = self.services.bank().await?;
        let known = match code {
            Some(code) => {
                let found = bank.programs.iter().find(|entry| entry.code == code);
                Some(found.ok_or(ServiceError::NotFound)?)
            }
            None => None,
        };
        let profession = known.and_then(|entry| bank.profession(entry.profession?));
        Ok(ProgramForm {
            id: known.map_or_else(new_id, |entry| entry.id),
            revision: known.map_or(0, |entry| entry.revision),
            name: known.map(|entry| entry.name.clone()).unwrap_or_default(),
            about: known.map(|entry| entry.about.clone()).unwrap_or_default(),
            profession: profession.map(|one| one.code.clone()),
            lessons: known.map(|entry| slugs(&bank, entry)).unwrap_or_default(),
            is_ended: known.is_some_and(|entry| entry.ended.is_some()),
            professions: bank.profession_choices(locale),
            bank: bank.lessons.iter().map(|entry| bank.link(entry)).collect(),
        })
    }

    /// The profession with a code.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn profession(&self, code: &str) -> Result<ProfessionId, ServiceError> {
        self.services.bank().await?.profession_id(code).ok_or(ServiceError::NotFound)
    }

    /// The lessons with address words, in their order.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where one of them is no lesson of the bank.
    pub async fn lessons_named(&self, slugs: &[&str]) -> Result<Vec<LessonId>, ServiceError> {
        let bank = self.services.bank().await?;
        let lesson = |slug: &&str| {
            bank.by_slug(slug).map(|entry| entry.lesson).ok_or(ServiceError::NotFound)
        };
        slugs.iter().map(lesson).collect()
    }
}

fn slugs(bank: &Bank, entry: &ProgramEntry) -> Vec<String> {
    bank.lessons_in(entry).map(|lesson| lesson.slug.clone()).collect()
}
