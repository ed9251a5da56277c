//! Programs: how far one has come.

use kvarten_domain::{
    lesson::Progress,
    program::{ProgramCard, ProgramPage, ProgramStep},
};

use super::{Learner, learn::Begun};
use crate::{
    ServiceError,
    bank::{Bank, LessonEntry, ProgramEntry},
};

impl Learner<'_> {
    /// A program and how far one has come with it, also where it is for another profession. One
    /// statement.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn program(&self, code: &str) -> Result<ProgramPage, ServiceError> {
        let bank = self.services.bank().await?;
        let program = bank.open_program(code).ok_or(ServiceError::NotFound)?;
        Ok(self.program_page(&bank, &self.begun().await?, program))
    }

    fn program_page(&self, bank: &Bank, begun: &Begun, program: &ProgramEntry) -> ProgramPage {
        let step = |entry: &LessonEntry| {
            let progress = self.progress(begun, entry);
            ProgramStep {
                lesson: bank.link(entry),
                is_begun: matches!(progress, Progress::Begun { .. }),
                done: match progress {
                    Progress::Completed { on } => Some(on),
                    _ => None,
                },
            }
        };
        ProgramPage {
            program: bank.program_link(program),
            about: program.about.clone(),
            steps: bank.lessons_in(program).map(step).collect(),
        }
    }

    /// The programs of one's profession, and those that are for everybody, that are not completed.
    pub(super) fn program_cards(&self, bank: &Bank, begun: &Begun) -> Vec<ProgramCard> {
        let mine = self.who.profession_code().and_then(|code| bank.profession_id(code));
        bank.open_programs()
            .filter(|program| program.profession.is_none() || program.profession == mine)
            .map(|program| ProgramCard::of(self.program_page(bank, begun, program)))
            .filter(|card| card.next.is_some())
            .collect()
    }
}
