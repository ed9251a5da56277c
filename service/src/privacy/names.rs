//! The names of what the ids of an export refer to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kvarten_domain::{
    Locale,
    lesson::StepBody,
    question::{Question, QuestionBody},
};
use kvarten_entity::{
    Key, attempt, lesson, lesson_version, person, profession, program, question, statement, step,
    system,
};
use sea_orm::{
    ColumnTrait, DatabaseConnection, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::columns::Refers;
use crate::{ServiceError, operator::Directory};

/// So many ids go into one statement.
const SOME: usize = 500;

/// Names by what they are of.
pub(super) struct Names {
    called: HashMap<(Refers, Uuid), String>,
    questions: HashMap<Uuid, Question>,
    steps: HashMap<Uuid, Vec<String>>,
    seeds: HashMap<Uuid, u64>,
}

type Asked = BTreeMap<Refers, BTreeSet<Uuid>>;

async fn rows<E: EntityTrait>(
    db: &DatabaseConnection,
    column: E::Column,
    ids: impl Iterator<Item = Uuid>,
) -> Result<Vec<E::Model>, ServiceError>
where
    E::Model: FromQueryResult,
{
    let ids: Vec<Uuid> = ids.collect();
    let mut all = Vec::new();
    for some in ids.chunks(SOME) {
        all.extend(E::find().filter(column.is_in(some.to_vec())).all(db).await?);
    }
    Ok(all)
}

impl Names {
    pub(super) async fn load(
        db: &DatabaseConnection,
        asked: &Asked,
        locale: Locale,
    ) -> Result<Self, ServiceError> {
        let mut names = Self {
            called: HashMap::new(),
            questions: HashMap::new(),
            steps: HashMap::new(),
            seeds: HashMap::new(),
        };
        names.load_lessons(db, asked).await?;
        names.load_questions(db, asked).await?;
        names.load_places(db, asked, locale).await?;
        Ok(names)
    }

    fn put(&mut self, what: Refers, id: Uuid, name: String) {
        self.called.insert((what, id), name);
    }

    /// Lessons by the title of their latest version, versions by title and number, steps, attempts.
    async fn load_lessons(
        &mut self,
        db: &DatabaseConnection,
        asked: &Asked,
    ) -> Result<(), ServiceError> {
        let of = |what| asked.get(&what).into_iter().flatten().copied();
        let attempts =
            rows::<attempt::Entity>(db, attempt::Column::Id, of(Refers::Attempt)).await?;
        let versions: BTreeSet<Uuid> =
            of(Refers::Version).chain(attempts.iter().map(|row| row.version_id)).collect();
        let versions =
            rows::<lesson_version::Entity>(db, lesson_version::Column::Id, versions.into_iter())
                .await?;
        for row in versions {
            self.put(Refers::Version, row.id, format!("{} ({})", row.title, row.number));
        }
        for row in attempts {
            let lesson = self.name(Refers::Version, row.version_id).unwrap_or_default().to_owned();
            self.put(Refers::Attempt, row.id, format!("{lesson}: {}", row.number));
            self.seeds.insert(row.id, row.seed.cast_unsigned());
        }
        let lessons: BTreeSet<Uuid> = of(Refers::Lesson).chain(of(Refers::Subject)).collect();
        let lessons: Vec<Uuid> = lessons.into_iter().collect();
        for some in lessons.chunks(SOME) {
            let titles: Vec<(Uuid, String)> = lesson_version::Entity::find()
                .select_only()
                .columns([lesson_version::Column::LessonId, lesson_version::Column::Title])
                .filter(lesson_version::Column::LessonId.is_in(some.to_vec()))
                .order_by_asc(lesson_version::Column::Number)
                .into_tuple()
                .all(db)
                .await?;
            for (id, title) in titles {
                self.put(Refers::Lesson, id, title.clone());
                self.put(Refers::Subject, id, title);
            }
        }
        let unpublished = lessons.into_iter().filter(|id| self.name(Refers::Lesson, *id).is_none());
        let unpublished: Vec<Uuid> = unpublished.collect();
        for row in rows::<lesson::Entity>(db, lesson::Column::Id, unpublished.into_iter()).await? {
            self.put(Refers::Lesson, row.id, row.slug);
        }
        for row in rows::<step::Entity>(db, step::Column::Id, of(Refers::Step)).await? {
            if let StepBody::Checklist { items, .. } = serde_json::from_str(&row.body)? {
                self.steps.insert(row.id, items);
            }
            self.put(Refers::Step, row.id, row.title);
        }
        Ok(())
    }

    async fn load_questions(
        &mut self,
        db: &DatabaseConnection,
        asked: &Asked,
    ) -> Result<(), ServiceError> {
        let of = |what| asked.get(&what).into_iter().flatten().copied();
        let ids: BTreeSet<Uuid> = of(Refers::Question).chain(of(Refers::Subject)).collect();
        for row in rows::<question::Entity>(db, question::Column::Id, ids.into_iter()).await? {
            self.put(Refers::Question, row.id, row.prompt.clone());
            self.put(Refers::Subject, row.id, row.prompt.clone());
            let body: QuestionBody = serde_json::from_str(&row.body)?;
            let question = Question {
                id: row.id.id(),
                prompt: row.prompt,
                hint: row.hint,
                explanation: row.explanation,
                body,
            };
            self.questions.insert(row.id, question);
        }
        Ok(())
    }

    async fn load_places(
        &mut self,
        db: &DatabaseConnection,
        asked: &Asked,
        locale: Locale,
    ) -> Result<(), ServiceError> {
        let of = |what| asked.get(&what).into_iter().flatten().copied();
        let is_swedish = locale == Locale::Sv;
        for row in rows::<system::Entity>(db, system::Column::Id, of(Refers::System)).await? {
            self.put(Refers::System, row.id, row.name);
        }
        let mut statements =
            rows::<statement::Entity>(db, statement::Column::MeaningId, of(Refers::Statement))
                .await?;
        statements.sort_by_key(|row| row.from_at);
        for row in statements {
            let is_english = !is_swedish && !row.text_en.is_empty();
            let text = if is_english { row.text_en } else { row.text_sv };
            self.put(Refers::Statement, row.meaning_id, text);
        }
        let professions = profession::Entity::find().all(db).await?;
        for row in professions {
            let name = if is_swedish { row.name_sv } else { row.name_en };
            self.put(Refers::Profession, row.id, name);
        }
        for row in rows::<program::Entity>(db, program::Column::Id, of(Refers::Program)).await? {
            self.put(Refers::Program, row.id, row.name);
        }
        for row in rows::<person::Entity>(db, person::Column::Id, of(Refers::Person)).await? {
            self.put(Refers::Person, row.id, format!("{} {}", row.given_name, row.family_name));
        }
        let directory = Directory::load(db).await?;
        for unit in of(Refers::Unit) {
            self.put(Refers::Unit, unit, directory.path(unit.id()));
        }
        Ok(())
    }

    /// The name of what an id refers to.
    pub(super) fn name(&self, what: Refers, id: Uuid) -> Option<&str> {
        self.called.get(&(what, id)).map(String::as_str)
    }

    pub(super) fn question(&self, id: Uuid) -> Option<&Question> {
        self.questions.get(&id)
    }

    /// The things to tick in a step.
    pub(super) fn checklist(&self, step: Uuid) -> Option<&[String]> {
        self.steps.get(&step).map(Vec::as_slice)
    }

    /// What decided the order of an attempt's questions and options.
    pub(super) fn seed(&self, attempt: Uuid) -> Option<u64> {
        self.seeds.get(&attempt).copied()
    }
}
