//! Climbing a ladder. The server decides every reply and every point.

use kvarten_domain::{
    AnswerId, AttemptId, Locale, VersionId,
    ladder::{Ladder, LadderPage, LadderView, Quiz, ReplyOutcome, Standing},
    question::Verdict,
    reply::{Fields, Reply},
};
use kvarten_entity::{Column, Key, answer, attempt};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};

use super::{Learner, knowledge::TopClimb};
use crate::{ServiceError, bank::VersionContent, new_id};

pub(super) fn seed_of(attempt: &attempt::Model) -> u64 {
    attempt.seed.cast_unsigned()
}

pub(super) fn replay<'q>(
    quiz: &'q Quiz,
    attempt: &attempt::Model,
    answers: &[answer::Model],
) -> Ladder<'q> {
    let replies = answers.iter().map(|row| (row.question_id.id(), row.is_right));
    Ladder::after(quiz, seed_of(attempt), replies)
}

async fn answers_of(
    db: &impl ConnectionTrait,
    attempt: &attempt::Model,
) -> Result<Vec<answer::Model>, ServiceError> {
    Ok(answer::Entity::find()
        .filter(answer::Column::AttemptId.eq(attempt.id))
        .order_by_asc(answer::Column::Number)
        .all(db)
        .await?)
}

pub(super) fn view(
    ladder: &Ladder<'_>,
    attempt: &attempt::Model,
    answers: &[answer::Model],
) -> LadderView {
    let points = answers.iter().map(|row| u32::try_from(row.points).unwrap_or(0)).sum();
    LadderView {
        attempt: attempt.id.id(),
        rungs: ladder.rungs(),
        question: ladder.question_view(),
        reply_id: new_id(),
        is_refresher: attempt.is_refresher,
        points,
    }
}

/// What became of a recorded reply, decided again from what was kept.
pub(super) fn outcome_of(
    content: &VersionContent,
    attempt: &attempt::Model,
    answers: &[answer::Model],
    id: AnswerId,
) -> Result<Option<ReplyOutcome>, ServiceError> {
    let Some(at) = answers.iter().position(|row| row.id == id.key()) else { return Ok(None) };
    let row = &answers[at];
    let Some((rung, question)) = content.quiz.find(row.question_id.id()) else { return Ok(None) };
    let seed = seed_of(attempt);
    let fields: Fields = serde_json::from_str(&row.reply)?;
    let face = question.face(seed);
    let refused = |fault| ServiceError::invalid("reply", fault);
    let reply = Reply::read(&face, &fields).map_err(refused)?;
    let judged = content.words.judging(|words| question.judge(seed, &reply, words)).ok();
    let verdict = Verdict::as_recorded(judged, row.is_right);
    let climbed = |count: usize| {
        let ladder = replay(&content.quiz, attempt, &answers[..count]);
        ladder
            .rungs()
            .get(usize::from(rung) - 1)
            .is_some_and(kvarten_domain::ladder::RungView::is_climbed)
    };
    Ok(Some(ReplyOutcome {
        answer: id,
        prompt: question.prompt.clone(),
        said: face.describe(&reply),
        verdict,
        explanation: question.explanation.clone(),
        points: u32::try_from(row.points).unwrap_or(0),
        climbed_rung: (!climbed(at) && climbed(at + 1)).then_some(rung),
        comes_back: matches!(
            replay(&content.quiz, attempt, &answers[..=at]).standing(question.id),
            Standing::Asked { .. }
        ),
    }))
}

impl Learner<'_> {
    pub(super) async fn rungs_climbed(
        &self,
        version: VersionId,
        attempt: &attempt::Model,
    ) -> Result<u8, ServiceError> {
        let content = self.services.content(version).await?;
        let answers = answers_of(self.services.store().read(), attempt).await?;
        let rungs = replay(&content.quiz, attempt, &answers).rungs();
        Ok(u8::try_from(rungs.iter().filter(|rung| rung.is_climbed()).count()).unwrap_or(u8::MAX))
    }

    async fn latest_attempt(
        &self,
        db: &impl ConnectionTrait,
        version: VersionId,
    ) -> Result<Option<attempt::Model>, ServiceError> {
        Ok(attempt::Entity::find()
            .filter(attempt::Column::PersonId.eq(self.who.id.key()))
            .filter(attempt::Column::VersionId.eq(version.key()))
            .order_by_desc(attempt::Column::Number)
            .one(db)
            .await?)
    }

    /// The ladder of a lesson, and what became of a reply where one is asked about.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where no such lesson is published.
    pub async fn ladder(
        &self,
        slug: &str,
        asked: Option<AnswerId>,
        locale: Locale,
    ) -> Result<LadderPage, ServiceError> {
        let bank = self.services.bank().await?;
        let entry = bank.by_slug(slug).ok_or(ServiceError::NotFound)?;
        let outline = self.outline(&bank, entry).await?;
        let db = self.services.store().read();
        let mut page = LadderPage {
            outline,
            ladder: None,
            outcome: None,
            summary: None,
            new_attempt: new_id(),
        };
        let Some(attempt) = self.latest_attempt(db, entry.version).await? else { return Ok(page) };
        let content = self.services.content(entry.version).await?;
        let answers = answers_of(db, &attempt).await?;
        let ladder = replay(&content.quiz, &attempt, &answers);
        if let Some(asked) = asked {
            page.outcome = outcome_of(&content, &attempt, &answers, asked)?;
        }
        if ladder.is_topped() {
            let climb = TopClimb { quiz: &content.quiz, attempt: &attempt, answers: &answers };
            page.summary = Some(self.summary(&bank, entry, &page.outline, &climb, locale).await?);
        }
        page.ladder = Some(view(&ladder, &attempt, &answers));
        Ok(page)
    }

    /// Begins a climb, or goes on with the one under way. Sent twice, or from two devices at once,
    /// it begins one.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where no such lesson is published.
    pub async fn start_attempt(&self, slug: &str, id: AttemptId) -> Result<(), ServiceError> {
        let bank = self.services.bank().await?;
        let entry = bank.by_slug(slug).ok_or(ServiceError::NotFound)?;
        let writing = self.services.store().begin().await?;
        self.visit(&writing, entry.version, None).await?;
        let latest = self.latest_attempt(&writing, entry.version).await?;
        let is_under_way = latest
            .as_ref()
            .is_some_and(|latest| latest.topped_at.is_none() || latest.id == id.key());
        if !is_under_way {
            let row = attempt::ActiveModel {
                id: Set(id.key()),
                person_id: Set(self.who.id.key()),
                version_id: Set(entry.version.key()),
                number: Set(latest.as_ref().map_or(1, |latest| latest.number + 1)),
                seed: Set(rand::random()),
                is_refresher: Set(latest.is_some()),
                started_at: Set(self.now.0),
                topped_at: Set(None),
            };
            let once = OnConflict::new().do_nothing().to_owned();
            let begun = attempt::Entity::insert(row)
                .on_conflict(once)
                .exec_without_returning(&writing)
                .await?;
            if begun == 0 {
                return Err(ServiceError::IdTaken);
            }
        }
        writing.commit().await?;
        Ok(())
    }
}
