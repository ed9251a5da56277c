//! Changing many requirements at once.

use std::collections::BTreeMap;

use kvarten_domain::{Fault, Level, Timestamp, UnitId, map::Changes};

use super::Administrator;
use crate::{ServiceError, map::RequirementEdit};

/// What an editor saw and what they want instead, as two figures; 0 for nothing.
fn figures(text: &str) -> Option<(Option<Level>, Option<Level>)> {
    let digits: Vec<u8> = text.bytes().map(|byte| byte.wrapping_sub(b'0')).collect();
    match digits.as_slice() {
        [seen @ 0..=4, wanted @ 0..=4] => Some((Level::new(*seen), Level::new(*wanted))),
        _ => None,
    }
}

impl Administrator<'_> {
    /// Makes changes of requirements, from a day on or from now. Under `profession.system` stand two
    /// figures: what was seen there and what it is to be. What is as it was is left alone; what is
    /// refused does not keep the others from being made.
    ///
    /// # Errors
    /// Those of the database, and a day that has passed.
    pub async fn set_requirements(
        &self,
        unit: Option<UnitId>,
        from: Option<Timestamp>,
        cells: &BTreeMap<String, String>,
    ) -> Result<Changes, ServiceError> {
        let bank = self.services.bank().await?;
        let from = from.unwrap_or(self.now);
        if from < self.services.calendar().day_start(self.now) {
            return Err(ServiceError::invalid("from", Fault::PastDate));
        }
        let mut made = Changes::default();
        for (place, text) in cells {
            let (profession, system) = place.split_once('.').unwrap_or((place, ""));
            let known = figures(text);
            if known.is_some_and(|(seen, wanted)| seen == wanted) {
                continue;
            }
            let ids = bank.profession_id(profession).zip(bank.system(system));
            let (Some((profession_id, entry)), Some((seen, level))) = (ids, known) else {
                made.refused.push((profession.into(), system.into(), Fault::UnknownOption));
                continue;
            };
            let edit = RequirementEdit {
                unit,
                profession: profession_id,
                system: entry.id,
                level,
                seen,
                from,
            };
            match self.map().set_requirement(&edit).await {
                Ok(()) => made.changed += 1,
                Err(ServiceError::Invalid { fault, .. }) => {
                    made.refused.push((profession.into(), system.into(), fault));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(made)
    }
}
