//! What people of the demonstration have said of themselves, and who has looked at whom.

use kvarten_domain::{
    Height, Level, PersonId, Role,
    assessment::Claim,
    competence::{Facts, Said},
};
use kvarten_entity::{Column, claim, person_look, self_assessment, unit_look};
use rand::Rng;
use sea_orm::ActiveValue::Set;

use super::{Past, Rows, School};
use crate::{demo::DAY, operator::Hired};

impl Past<'_> {
    /// Says how far up one is in a system, so many days ago: everything up to there, and of the
    /// next level only part.
    pub(super) fn say(
        &mut self,
        rows: &mut Rows,
        facts: &mut Facts,
        school: &School,
        person: PersonId,
        (system, height): (usize, Height),
        days_ago: i64,
    ) {
        let at = self.now.plus_seconds(-DAY * days_ago + self.chance.random_range(0..20_000));
        let system = &school.bank.systems[system];
        facts.said.push(Said { system: system.id, at, height });
        rows.assessments.push(self_assessment::ActiveModel {
            person_id: Set(person.key()),
            system_id: Set(system.id.key()),
            day_at: Set(self.services.calendar().day_start(at).0),
            height: Set(i16::from(height.number())),
            said_at: Set(at.0),
        });
        for level in Level::ALL {
            if level.number() > height.number() + 1 {
                break;
            }
            for (place, statement) in system.statements_of(level, self.now).enumerate() {
                let claim = match (Height::from(level) <= height, place) {
                    (true, _) => Claim::Can,
                    (false, 0) => Claim::Partly,
                    (false, _) => Claim::NotYet,
                };
                let row = claim::ActiveModel {
                    person_id: Set(person.key()),
                    meaning_id: Set(statement.meaning.key()),
                    claim: Set(claim.code().to_owned()),
                    said_at: Set(at.0),
                };
                let is_same = |other: &claim::ActiveModel| {
                    other.person_id == row.person_id && other.meaning_id == row.meaning_id
                };
                // What was said last is kept; a person's rows are the last of the list.
                let recent = rows.claims.len().saturating_sub(200);
                match rows.claims[recent..].iter().position(is_same) {
                    Some(known) => rows.claims[recent + known] = row,
                    None => rows.claims.push(row),
                }
            }
        }
    }

    /// Managers have looked at their units, and at somebody now and then.
    pub(super) fn look(&mut self, rows: &mut Rows, people: &[Hired]) {
        let managers = people.iter().filter(|one| {
            one.left.is_none() && one.roles.iter().any(|(role, _)| *role == Role::Manager)
        });
        for manager in managers {
            for weeks in 0..self.chance.random_range(1..4) {
                let at = self.now.plus_seconds(-DAY * (7 * weeks + self.chance.random_range(1..7)));
                let day = self.services.calendar().day_start(at).0;
                rows.unit_looks.push(unit_look::ActiveModel {
                    id: Set(uuid::Uuid::now_v7()),
                    unit_id: Set(manager.unit.key()),
                    viewer_id: Set(Some(manager.id.key())),
                    what: Set("unit".to_owned()),
                    day_at: Set(day),
                    times: Set(self.chance.random_range(1..4)),
                    first_at: Set(at.0),
                    last_at: Set(at.0),
                });
                let own =
                    people.iter().find(|one| one.unit == manager.unit && one.id != manager.id);
                if let Some(own) = own.filter(|own| own.left.is_none() && own.since <= at) {
                    rows.person_looks.push(person_look::ActiveModel {
                        id: Set(uuid::Uuid::now_v7()),
                        person_id: Set(own.id.key()),
                        viewer_id: Set(Some(manager.id.key())),
                        what: Set("person".to_owned()),
                        day_at: Set(day),
                        times: Set(1),
                        last_at: Set(at.plus_seconds(240).0),
                    });
                }
            }
        }
    }
}
