//! A municipality that works with more systems than the demonstration describes, for measurements.
//!
//! Systems are added that are others under further names: with their statements, how long evidence
//! holds, and – the caller's part – their lessons. Everybody needs every one, so that every row of a
//! view has a figure in every column.

use kvarten_domain::Level;

use super::map::{CompetenceFile, SystemLine};

/// A system that is another under a further name.
#[derive(Clone, Debug)]
pub struct Twin {
    /// Code of the system it is like.
    pub of: String,
    /// Its own code.
    pub code: String,
    /// The further name's number, from 2.
    pub number: usize,
}

impl CompetenceFile {
    /// The same with so many systems in use – or as many as it has – which every profession needs:
    /// at the level of the file, or that of the system it is like, else the first. The twins among
    /// them, in order.
    #[must_use]
    pub fn widened(mut self, systems: usize) -> (Self, Vec<Twin>) {
        let models: Vec<SystemLine> =
            self.systems.iter().filter(|line| line.retired.is_none()).cloned().collect();
        let lowest = Level::ALL[0];
        for line in &mut self.requirements {
            for model in &models {
                line.levels.entry(model.code.clone()).or_insert(lowest);
            }
        }
        // Nobody asks for what is required anyway.
        let asked = std::mem::take(&mut self.of_units);
        self.of_units = asked
            .into_iter()
            .filter(|line| {
                let of = self.requirements.iter().find(|one| one.profession == line.profession);
                of.and_then(|one| one.levels.get(&line.system))
                    .is_none_or(|base| line.level > *base)
            })
            .collect();
        let mut twins = Vec::new();
        for (at, model) in (models.len()..systems).zip(models.iter().cycle()) {
            let number = at / models.len() + 1;
            let twin =
                Twin { of: model.code.clone(), code: format!("{}-{number}", model.code), number };
            self.systems.push(model.twin(&twin.code, number));
            for line in &mut self.requirements {
                let level = line.levels.get(&model.code).copied().unwrap_or(lowest);
                line.levels.insert(twin.code.clone(), level);
            }
            twins.push(twin);
        }
        (self, twins)
    }
}
