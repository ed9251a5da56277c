//! Changing many requirements at once.

use std::collections::BTreeMap;

use kvarten_domain::{Date, Fault, Level, Timestamp, UnitId, map::Changes};

use super::Administrator;
use crate::{ServiceError, map::RequirementEdit};

/// What an editor saw and what they want instead.
struct Wish {
    seen: Option<Level>,
    level: Option<Level>,
    seen_next: Option<(Date, Option<Level>)>,
}

impl Wish {
    /// Reads what was seen and what is wanted, each a figure, 0 for nothing; and, where something else
    /// was decided for later, its day and its figure.
    fn read(text: &str) -> Option<Self> {
        let level = |text: &str| match text {
            "0" => Some(None),
            figure => Level::new(figure.parse().ok()?).map(Some),
        };
        let seen_next = match text.get(2..)? {
            "" => None,
            next => Some((Date::from_iso(next.get(..10)?)?, level(next.get(10..)?)?)),
        };
        Some(Self { seen: level(text.get(..1)?)?, level: level(text.get(1..2)?)?, seen_next })
    }
}

impl Administrator<'_> {
    /// Makes changes of requirements, from a day on or from now. Under `profession.system` stands
    /// what was seen there and what it is to be. What is as it was is left alone; what is
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
            let wish = Wish::read(text);
            if wish.as_ref().is_some_and(|wish| wish.seen == wish.level) {
                continue;
            }
            let ids = bank.profession_id(profession).zip(bank.system(system));
            let (Some((profession_id, entry)), Some(wish)) = (ids, wish) else {
                made.refused.push((profession.into(), system.into(), Fault::UnknownOption));
                continue;
            };
            let edit = RequirementEdit {
                unit,
                profession: profession_id,
                system: entry.id,
                level: wish.level,
                seen: wish.seen,
                seen_next: wish.seen_next,
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
