//! What an administrator sees of the map.

use kvarten_domain::{
    Date, Level, Locale, Timestamp, UnitId,
    bank::Choice,
    map::{
        LessonForm, LevelForm, RequirementCell, RequirementsPage, StatementForm, SystemForm,
        SystemLine, UnitChoice,
    },
};

use kvarten_entity::Column;

use super::Administrator;
use crate::{
    ServiceError,
    bank::{Bank, SystemEntry},
    map::{level_state, system_state},
};

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Administrator<'_> {
    fn date(&self, at: Timestamp) -> Date {
        self.services.calendar().date(at)
    }

    /// Every system there is or was.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn systems(&self) -> Result<Vec<SystemLine>, ServiceError> {
        let bank = self.services.bank().await?;
        let line = |(at, system): (usize, &SystemEntry)| {
            let described = |level: &Level| system.statements_of(*level, self.now).next().is_some();
            SystemLine {
                system: system.name(),
                about: system.about.clone(),
                owner: system.owner.clone(),
                since: system.since.map(|at| self.date(at)),
                retired: system.retired.map(|at| self.date(at)),
                is_in_use: system.is_in_use(self.now),
                statements: count(
                    Level::ALL
                        .iter()
                        .map(|level| system.statements_of(*level, self.now).count())
                        .sum(),
                ),
                lessons: count(bank.lessons.iter().filter(|lesson| lesson.system == at).count()),
                undescribed: Level::ALL.into_iter().filter(|level| !described(level)).collect(),
            }
        };
        Ok(bank.systems.iter().enumerate().map(line).collect())
    }

    /// A system to be changed.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn system(&self, code: &str) -> Result<SystemForm, ServiceError> {
        let bank = self.services.bank().await?;
        let system = bank.system(code).ok_or(ServiceError::NotFound)?;
        let at = bank.place_of(system.id).copied().ok_or(ServiceError::NotFound)?;
        let level = |level: Level| -> Result<LevelForm, ServiceError> {
            let months = system.months(level, self.now);
            let statements = system.statements_of(level, self.now).map(|one| one.id.key());
            let seen = level_state(statements, months)?;
            Ok(LevelForm {
                level,
                months,
                seen,
                statements: system
                    .statements_of(level, self.now)
                    .map(|one| StatementForm { id: one.id, sv: one.sv.clone(), en: one.en.clone() })
                    .collect(),
                lessons: bank
                    .lessons
                    .iter()
                    .filter(|entry| entry.system == at && entry.level == level)
                    .map(|entry| LessonForm {
                        id: entry.lesson,
                        lesson: bank.link(entry),
                        is_required: bank.required_lessons.is_required(entry.lesson, self.now),
                    })
                    .collect(),
            })
        };
        let days = (system.since.map(|at| at.0), system.retired.map(|at| at.0));
        Ok(SystemForm {
            id: system.id,
            system: system.name(),
            about: system.about.clone(),
            owner: system.owner.clone(),
            since: system.since.map(|at| self.date(at)),
            retired: system.retired.map(|at| self.date(at)),
            seen: system_state(&system.name, &system.about, &system.owner, days)?,
            levels: Level::ALL.into_iter().map(level).collect::<Result<_, _>>()?,
        })
    }

    /// What is required, of the municipality or in a unit, on a day: today where none is given or
    /// there is no such day.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a unit that there is not.
    pub async fn requirements(
        &self,
        unit: Option<UnitId>,
        on: Option<Date>,
        locale: Locale,
    ) -> Result<RequirementsPage, ServiceError> {
        let bank = self.services.bank().await?;
        if unit.is_some_and(|unit| bank.units.unit(unit).is_none()) {
            return Err(ServiceError::NotFound);
        }
        let today = self.date(self.now);
        let on = on.filter(|on| *on != today);
        // Another day is looked at as it was, or will be, when it ended.
        let end = on.and_then(|on| self.services.calendar().end_of(on));
        let at = end.map_or(self.now, |end| Timestamp(end.0 - 1));
        let on = if end.is_some() { on.unwrap_or(today) } else { today };
        let systems: Vec<&SystemEntry> =
            bank.systems.iter().filter(|system| system.is_in_use(at)).collect();
        let professions = bank.professions.iter().map(|profession| {
            let cells = systems.iter().map(|system| {
                let which = (profession.id, system.id);
                self.cell(&bank, unit, which, at)
            });
            let choice =
                Choice { code: profession.code.clone(), name: profession.name(locale).to_owned() };
            (profession.id, choice, cells.collect())
        });
        let units = bank.units.units().iter().map(|entry| UnitChoice {
            id: entry.id,
            name: entry.name.clone(),
            depth: u8::try_from(bank.units.path(entry.id).len()).unwrap_or(u8::MAX),
        });
        Ok(RequirementsPage {
            on,
            is_today: on == today,
            unit,
            units: units.collect(),
            systems: systems.iter().map(|system| (system.id, system.name())).collect(),
            professions: professions.collect(),
        })
    }

    fn cell(
        &self,
        bank: &Bank,
        unit: Option<UnitId>,
        (profession, system): (kvarten_domain::ProfessionId, kvarten_domain::SystemId),
        at: Timestamp,
    ) -> RequirementCell {
        let above = unit.and_then(|unit| {
            let path = bank.units.path(unit);
            bank.requirements.level(path.get(1..).unwrap_or_default(), profession, system, at)
        });
        let next = bank.requirements.next_change(unit, profession, system, at);
        RequirementCell {
            own: bank.requirements.own_level(unit, profession, system, at),
            above,
            next: next.map(|(from, level)| (self.date(from), level)),
        }
    }
}
