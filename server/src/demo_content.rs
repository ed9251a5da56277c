//! The content of the demonstration, which is part of the program.

use kvarten_domain::Timestamp;
use kvarten_service::{
    ServiceError, Services,
    authoring::LessonDraft,
    demo::{self, CompetenceFile, DemoLesson, TownFile, Twin},
    text::nfc,
};
use rust_embed::Embed;

const TOWN: &str = include_str!("../demo/town.toml");
const COMPETENCE: &str = include_str!("../demo/competence.toml");

/// A folder per lesson: `lesson.toml` and the files it names.
#[derive(Embed)]
#[folder = "demo/lessons/"]
struct LessonFiles;

type OwnedFiles = Box<dyn Fn(&str) -> Option<Vec<u8>> + Send + Sync>;

/// The municipality.
///
/// # Panics
/// Never: a test reads the file.
#[must_use]
pub fn town() -> TownFile {
    toml::from_str(&nfc(TOWN)).expect("a test reads the town file, which is part of the program")
}

/// What it works with and asks.
fn competence() -> CompetenceFile {
    toml::from_str(&nfc(COMPETENCE)).expect("a test reads the file, which is part of the program")
}

/// The lessons, in order of their folders' names.
fn lessons() -> Vec<(LessonDraft, OwnedFiles)> {
    let mut drafts: Vec<_> =
        LessonFiles::iter().filter(|path| path.ends_with("/lesson.toml")).collect();
    drafts.sort();
    let read = |path: &str| {
        let folder = path.trim_end_matches("lesson.toml").to_owned();
        let file = LessonFiles::get(path)?;
        let text = std::str::from_utf8(&file.data).ok()?;
        let draft = toml::from_str(text);
        let draft = draft.expect("a test reads every lesson, which is part of the program");
        let files: OwnedFiles = Box::new(move |name| {
            Some(LessonFiles::get(&format!("{folder}{name}"))?.data.into_owned())
        });
        Some((draft, files))
    };
    drafts.iter().filter_map(|path| read(path)).collect()
}

/// Fills an empty database with the demonstration.
///
/// # Errors
/// Those of the database.
///
/// # Panics
/// Never: a test reads the files.
pub async fn load(services: &Services, people: usize, now: Timestamp) -> Result<(), ServiceError> {
    load_wide(services, people, 0, now).await
}

/// The same with so many systems, which everybody needs; 0 for the demonstration as it is. Those it
/// does not have are made up: others under further names, with their statements and lessons.
///
/// # Errors
/// Those of the database.
///
/// # Panics
/// Never: a test reads the files.
pub async fn load_wide(
    services: &Services,
    people: usize,
    systems: usize,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let (competence, twins) =
        if systems == 0 { (competence(), Vec::new()) } else { competence().widened(systems) };
    let lessons = lessons();
    let lesson =
        |draft, files, is_twin| DemoLesson { draft, files: <OwnedFiles>::as_ref(files), is_twin };
    let mut all: Vec<DemoLesson<'_>> =
        lessons.iter().map(|(draft, files)| lesson(draft.clone(), files, false)).collect();
    for Twin { of, code, number } in twins {
        for (draft, files) in lessons.iter().filter(|(draft, _)| draft.system == of) {
            let draft = LessonDraft {
                slug: format!("{}-{number}", draft.slug),
                title: format!("{} {number}", draft.title),
                system: code.clone(),
                ..draft.clone()
            };
            all.push(lesson(draft, files, true));
        }
    }
    demo::load(services, &town(), &competence, &all, people, now).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use kvarten_domain::{Role, question::ChoiceOption};
    use kvarten_service::authoring::QuestionBodyDraft;

    #[test]
    fn the_town_has_somebody_of_every_role() {
        let accounts = town().accounts();
        for role in Role::ALL {
            assert!(accounts.iter().any(|account| account.role == role), "{role:?}");
        }
    }

    #[test]
    fn every_lesson_can_be_read_and_its_files_are_there() {
        let lessons = lessons();
        let folders = LessonFiles::iter().filter(|path| path.ends_with("lesson.toml")).count();
        assert_eq!(lessons.len(), folders);
        assert!(folders >= 4);
        for (draft, files) in lessons {
            assert!(!draft.steps.is_empty(), "{}", draft.slug);
            assert!(files("lesson.toml").is_some());
            assert!(files("../../town.toml").is_none());
        }
    }
    /// Whether something right is longer than everything wrong.
    fn is_told_by_length(options: &[ChoiceOption]) -> bool {
        let longest = |is_right: bool| {
            let texts = options.iter().filter(|option| option.right == is_right);
            texts.map(|option| option.text.chars().count()).max()
        };
        longest(true) > longest(false)
    }

    #[test]
    fn the_longest_option_is_right_in_half_of_the_choices_at_most() {
        for (draft, _) in lessons() {
            let questions = draft.rungs.iter().flat_map(|rung| &rung.questions);
            let choices: Vec<_> = questions
                .filter_map(|question| match &question.body {
                    QuestionBodyDraft::Single { options }
                    | QuestionBodyDraft::Multiple { options } => Some(options),
                    _ => None,
                })
                .collect();
            let told = choices.iter().filter(|options| is_told_by_length(options)).count();
            assert!(told * 2 <= choices.len(), "{}: {told} of {}", draft.slug, choices.len());
        }
    }
}
