//! One's own points.

use kvarten_domain::{
    Timestamp,
    points::{EarnedFor, PointsLine, PointsOverview},
    time::Period,
};
use kvarten_entity::{Column, Key, points_entry};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::Learner;
use crate::ServiceError;

/// How many of the latest lines are shown.
const LATEST: usize = 12;

impl Learner<'_> {
    /// One's own points. One statement.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn points(&self) -> Result<PointsOverview, ServiceError> {
        let bank = self.services.bank().await?;
        let calendar = self.services.calendar();
        let entries = points_entry::Entity::find()
            .filter(points_entry::Column::PersonId.eq(self.who.id.key()))
            .order_by_desc(points_entry::Column::EarnedAt)
            .all(self.services.store().read())
            .await?;
        let points = |row: &points_entry::Model| u32::try_from(row.points).unwrap_or(0);
        let since = |period| {
            let start = calendar.period_start(period, self.now);
            entries.iter().filter(|row| row.earned_at >= start.0).map(points).sum()
        };
        let mut latest: Vec<PointsLine> = Vec::new();
        for row in &entries {
            let Some(entry) = bank.by_lesson(row.lesson_id.id()) else { continue };
            let on = calendar.date(Timestamp(row.earned_at));
            let earned_for = match row.kind.as_str() {
                "lesson" => EarnedFor::Completion,
                "refresher" => EarnedFor::Refresher,
                _ => EarnedFor::Questions,
            };
            let same = latest.iter_mut().find(|line| {
                line.on == on && line.slug == entry.slug && line.earned_for == earned_for
            });
            if let Some(line) = same {
                line.points += points(row);
            } else if latest.len() == LATEST {
                break;
            } else {
                latest.push(PointsLine {
                    on,
                    lesson: entry.title.clone(),
                    slug: entry.slug.clone(),
                    lang: entry.lang.clone(),
                    earned_for,
                    points: points(row),
                });
            }
        }
        Ok(PointsOverview {
            total: entries.iter().map(points).sum(),
            week: since(Period::Week),
            month: since(Period::Month),
            year: since(Period::Year),
            latest,
        })
    }
}
