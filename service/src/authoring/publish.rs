//! Publishing a version of a lesson.

use kvarten_domain::{
    Fault, Id, LessonId, Level, QuestionId, VersionId,
    ladder::{Quiz, Rung},
    lesson::{Callout, Captions, MediaFile, StepBody},
    publishing::Candidate,
    question::{Picture, Question, QuestionBody},
};
use kvarten_entity::{
    Column, bank_revision, lesson, lesson_profession, lesson_version, person, profession, question,
    rung, step, system,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    captions::read_captions,
    draft::{Files, LessonDraft, QuestionBodyDraft, StepDraft},
    markdown::to_safe_html,
};
use crate::{
    ServiceError, map::hold_bank, map::require_lesson, new_id, operator::Operator,
    store::WriteTransaction,
};

fn is_slug(slug: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=80).contains(&slug.len()) && slug.bytes().all(is_plain) && !slug.starts_with('-')
}

impl Operator<'_> {
    /// Publishes a draft as the next version of the lesson with its slug: sanitises the texts,
    /// keeps the files, and refuses what the publishing gate refuses.
    ///
    /// # Errors
    /// A field that will not do, a file that is missing or not what its name says, or
    /// [`ServiceError::NotPublishable`] with everything that is missing.
    pub async fn publish_lesson(
        &self,
        draft: &LessonDraft,
        files: Files<'_>,
    ) -> Result<LessonId, ServiceError> {
        let draft = &draft.in_nfc()?;
        if !is_slug(&draft.slug) {
            return Err(ServiceError::invalid("slug", Fault::Malformed));
        }
        let level =
            Level::new(draft.level).ok_or(ServiceError::invalid("level", Fault::UnknownOption))?;
        let writing = self.services.store().begin().await?;
        // Serialises concurrent publishing, so that each version gets its own number.
        hold_bank(&writing).await?;
        let mut steps = Vec::with_capacity(draft.steps.len());
        for step in &draft.steps {
            steps.push(self.step_body(&writing, step, files).await?);
        }
        let number = next_number(&writing, &draft.slug).await?;
        let quiz = self.quiz(&writing, draft, number, files).await?;
        let owner = person::Entity::find()
            .filter(person::Column::EmployeeNumber.eq(&draft.owner))
            .one(&writing)
            .await?;
        let candidate = Candidate {
            title: &draft.title,
            has_owner: owner.is_some(),
            has_review_date: draft.review_months > 0,
            steps: &steps,
            quiz: &quiz,
        };
        let missing = candidate.missing();
        if !missing.is_empty() {
            return Err(ServiceError::NotPublishable(format!("{}: {missing:?}", draft.slug)));
        }
        let system = system::Entity::find()
            .filter(system::Column::Code.eq(&draft.system))
            .one(&writing)
            .await?
            .ok_or(ServiceError::invalid("system", Fault::UnknownOption))?;
        let owner = owner.map(|owner| owner.id);
        let lesson = self.lesson_row(&writing, draft, level, system.id, owner).await?;
        let version = self.version_row(&writing, draft, lesson, number).await?;
        write_steps(&writing, version, draft, &steps).await?;
        write_quiz(&writing, version, &quiz).await?;
        lesson::Entity::update_many()
            .col_expr(lesson::Column::PublishedVersionId, Expr::value(version.key()))
            .filter(lesson::Column::Id.eq(lesson.key()))
            .exec(&writing)
            .await?;
        bank_changed(&writing).await?;
        writing.commit().await?;
        self.services.bank.forget();
        Ok(lesson)
    }

    async fn named_file(
        &self,
        writing: &WriteTransaction,
        name: &str,
        files: Files<'_>,
    ) -> Result<(MediaFile, Vec<u8>), ServiceError> {
        let bytes = files(name).ok_or(ServiceError::invalid("file", Fault::Empty))?;
        let file = self.services.keep_file(writing, name, &bytes, self.now).await?;
        Ok((file, bytes))
    }

    async fn picture(
        &self,
        writing: &WriteTransaction,
        name: &str,
        alt: &str,
        files: Files<'_>,
    ) -> Result<Picture, ServiceError> {
        let (file, bytes) = self.named_file(writing, name, files).await?;
        let size = imagesize::blob_size(&bytes)
            .map_err(|_| ServiceError::invalid("file", Fault::Malformed))?;
        let pixels = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
        Ok(Picture {
            media: file.media,
            alt: alt.trim().to_owned(),
            width: pixels(size.width),
            height: pixels(size.height),
        })
    }

    async fn step_body(
        &self,
        writing: &WriteTransaction,
        step: &StepDraft,
        files: Files<'_>,
    ) -> Result<StepBody, ServiceError> {
        Ok(match step {
            StepDraft::Text { text, .. } => StepBody::Text { html: to_safe_html(text) },
            StepDraft::Video { text, video, poster, captions, .. } => {
                let (file, _) = self.named_file(writing, video, files).await?;
                let poster = match poster {
                    Some(poster) => Some(self.named_file(writing, poster, files).await?.0.media),
                    None => None,
                };
                let (track, bytes) = self.named_file(writing, captions, files).await?;
                let malformed = ServiceError::invalid("captions", Fault::Malformed);
                let cues = std::str::from_utf8(&bytes).ok().and_then(|vtt| read_captions(vtt).ok());
                let lang = captions.rsplit('.').nth(1).unwrap_or("sv").to_owned();
                let captions = vec![Captions { lang, file: track, cues: cues.ok_or(malformed)? }];
                StepBody::Video { html: to_safe_html(text), file, poster, captions }
            }
            StepDraft::Picture { text, picture, alt, callouts, .. } => StepBody::Picture {
                html: to_safe_html(text),
                picture: self.picture(writing, picture, alt, files).await?,
                callouts: callouts
                    .iter()
                    .map(|callout| Callout {
                        x: callout.x,
                        y: callout.y,
                        text: callout.text.clone(),
                    })
                    .collect(),
            },
            StepDraft::Checklist { text, items, .. } => {
                StepBody::Checklist { html: to_safe_html(text), items: items.clone() }
            }
            StepDraft::File { text, file, name, .. } => {
                let bytes = files(file).ok_or(ServiceError::invalid("file", Fault::Empty))?;
                // Kept under the name it is saved as.
                let file = self.services.keep_file(writing, name, &bytes, self.now).await?;
                StepBody::File { html: to_safe_html(text), file }
            }
        })
    }

    async fn quiz(
        &self,
        writing: &WriteTransaction,
        draft: &LessonDraft,
        version: i32,
        files: Files<'_>,
    ) -> Result<Quiz, ServiceError> {
        let mut quiz = Quiz::default();
        for (at, rung) in draft.rungs.iter().enumerate() {
            let mut pool = Vec::with_capacity(rung.questions.len());
            for (place, question) in rung.questions.iter().enumerate() {
                let body = match question.body.clone() {
                    QuestionBodyDraft::Single { options } => QuestionBody::Single { options },
                    QuestionBodyDraft::Multiple { options } => QuestionBody::Multiple { options },
                    QuestionBodyDraft::TrueFalse { is_true } => QuestionBody::TrueFalse { is_true },
                    QuestionBodyDraft::Order { items } => QuestionBody::Order { items },
                    QuestionBodyDraft::Match { pairs } => QuestionBody::Match { pairs },
                    QuestionBodyDraft::Word { before, after, accepted } => {
                        QuestionBody::Word { before, after, accepted }
                    }
                    QuestionBodyDraft::Point { picture, alt, areas } => QuestionBody::Point {
                        picture: self.picture(writing, &picture, &alt, files).await?,
                        areas,
                    },
                };
                pool.push(Question {
                    id: question_id(&draft.slug, version, at, place),
                    prompt: question.prompt.clone(),
                    hint: question.hint.clone(),
                    explanation: question.explanation.clone(),
                    body,
                });
            }
            quiz.rungs.push(Rung { draw: usize::from(rung.draw), pool });
        }
        Ok(quiz)
    }

    async fn lesson_row(
        &self,
        writing: &WriteTransaction,
        draft: &LessonDraft,
        level: Level,
        system: Uuid,
        owner: Option<Uuid>,
    ) -> Result<LessonId, ServiceError> {
        let known = lesson::Entity::find()
            .filter(lesson::Column::Slug.eq(&draft.slug))
            .one(writing)
            .await?;
        let id = known.as_ref().map_or_else(|| new_id::<LessonId>().key(), |row| row.id);
        let row = lesson::ActiveModel {
            id: Set(id),
            slug: Set(draft.slug.clone()),
            system_id: Set(system),
            level: Set(i16::from(level.number())),
            owner_id: Set(owner),
            published_version_id: Set(None),
            created_at: Set(known.as_ref().map_or(self.now.0, |row| row.created_at)),
            archived_at: Set(None),
        };
        if known.is_some() {
            lesson::Entity::update(row).exec(writing).await?;
        } else {
            lesson::Entity::insert(row).exec_without_returning(writing).await?;
        }
        if known.is_none() {
            // Afterwards it is for whoever keeps the map to say.
            require_lesson(writing, id, draft.required, self.now).await?;
        }
        lesson_profession::Entity::delete_many()
            .filter(lesson_profession::Column::LessonId.eq(id))
            .exec(writing)
            .await?;
        for code in &draft.professions {
            let profession = profession::Entity::find()
                .filter(profession::Column::Code.eq(code))
                .one(writing)
                .await?
                .ok_or(ServiceError::invalid("professions", Fault::UnknownOption))?;
            let row = lesson_profession::ActiveModel {
                lesson_id: Set(id),
                profession_id: Set(profession.id),
            };
            lesson_profession::Entity::insert(row).exec_without_returning(writing).await?;
        }
        Ok(kvarten_entity::Key::id(id))
    }

    async fn version_row(
        &self,
        writing: &WriteTransaction,
        draft: &LessonDraft,
        lesson: LessonId,
        number: i32,
    ) -> Result<VersionId, ServiceError> {
        let id: VersionId = new_id();
        let review = self.services.calendar().plus_months(self.now, draft.review_months);
        let row = lesson_version::ActiveModel {
            id: Set(id.key()),
            lesson_id: Set(lesson.key()),
            number: Set(number),
            lang: Set(draft.lang.clone()),
            title: Set(draft.title.trim().to_owned()),
            summary: Set(draft.summary.trim().to_owned()),
            keywords: Set(draft.keywords.join(" ")),
            routine_name: Set(draft.routine.name.clone()),
            routine_html: Set(to_safe_html(&draft.routine.text)),
            minutes: Set(i16::from(draft.minutes)),
            created_at: Set(self.now.0),
            published_at: Set(self.now.0),
            review_at: Set(review.0),
        };
        lesson_version::Entity::insert(row).exec_without_returning(writing).await?;
        Ok(id)
    }
}

/// The number of the next version of the lesson with a slug, from 1.
async fn next_number(writing: &WriteTransaction, slug: &str) -> Result<i32, ServiceError> {
    let known = lesson::Entity::find().filter(lesson::Column::Slug.eq(slug)).one(writing).await?;
    let Some(known) = known else { return Ok(1) };
    let before = lesson_version::Entity::find()
        .filter(lesson_version::Column::LessonId.eq(known.id))
        .count(writing)
        .await?;
    Ok(i32::try_from(before + 1).unwrap_or(i32::MAX))
}

/// The id of a question, from its place: the order in which its options are shown follows from the
/// id, and the same lesson published in two places asks in the same way.
fn question_id(slug: &str, version: i32, rung: usize, place: usize) -> QuestionId {
    let digest = Sha256::digest(format!("{slug}/{version}/{rung}/{place}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    QuestionId::from_u128(uuid::Builder::from_custom_bytes(bytes).into_uuid().as_u128())
}

fn number(at: usize) -> i16 {
    i16::try_from(at + 1).unwrap_or(i16::MAX)
}

async fn write_steps(
    writing: &WriteTransaction,
    version: VersionId,
    draft: &LessonDraft,
    bodies: &[StepBody],
) -> Result<(), ServiceError> {
    for (at, (step, body)) in draft.steps.iter().zip(bodies).enumerate() {
        let (title, minutes) = step.head();
        let row = step::ActiveModel {
            id: Set(new_id::<kvarten_domain::StepId>().key()),
            version_id: Set(version.key()),
            number: Set(number(at)),
            title: Set(title.trim().to_owned()),
            minutes: Set(i16::from(minutes)),
            source: Set(serde_json::to_string(step)?),
            body: Set(serde_json::to_string(body)?),
        };
        step::Entity::insert(row).exec_without_returning(writing).await?;
    }
    Ok(())
}

async fn write_quiz(
    writing: &WriteTransaction,
    version: VersionId,
    quiz: &Quiz,
) -> Result<(), ServiceError> {
    for (at, rung) in quiz.rungs.iter().enumerate() {
        let row = rung::ActiveModel {
            version_id: Set(version.key()),
            number: Set(number(at)),
            draw: Set(i16::try_from(rung.draw).unwrap_or(i16::MAX)),
        };
        rung::Entity::insert(row).exec_without_returning(writing).await?;
        for (place, asked) in rung.pool.iter().enumerate() {
            let row = question::ActiveModel {
                id: Set(asked.id.key()),
                version_id: Set(version.key()),
                rung: Set(number(at)),
                number: Set(number(place)),
                prompt: Set(asked.prompt.clone()),
                hint: Set(asked.hint.clone()),
                explanation: Set(asked.explanation.clone()),
                body: Set(serde_json::to_string(&asked.body)?),
            };
            question::Entity::insert(row).exec_without_returning(writing).await?;
        }
    }
    Ok(())
}

/// Tells every process that the bank is another.
pub(crate) async fn bank_changed(writing: &WriteTransaction) -> Result<(), ServiceError> {
    bank_revision::Entity::update_many()
        .col_expr(
            bank_revision::Column::Revision,
            Expr::col(bank_revision::Column::Revision).add(1),
        )
        .exec(writing)
        .await?;
    Ok(())
}
