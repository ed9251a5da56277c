//! The lesson of the stories: three steps and two rungs. What is right can be told from the text.

use kvarten_domain::{ladder::QuestionView, question::QuestionFace, reply::Fields};
use kvarten_service::authoring::LessonDraft;

/// How many steps it has.
pub const STEPS: u8 = 3;

/// The draft under a slug.
pub fn draft(slug: &str, system: &str, level: u8) -> LessonDraft {
    let question = |text: &str| {
        serde_json::json!({
            "kind": "single", "prompt": text, "hint": "Tänk på rutinen", "explanation": "För att …",
            "options": [
                { "text": "rätt", "right": true },
                { "text": "fel", "why": "Nja" },
                { "text": "fel igen" }
            ]
        })
    };
    let truth = |text: &str| {
        serde_json::json!({
            "kind": "true_false", "prompt": text, "explanation": "Så är det", "is_true": true
        })
    };
    let lesson = serde_json::json!({
        "slug": slug, "lang": "sv", "title": format!("Lektion {slug}"), "summary": "Kort och gott",
        "system": system, "level": level, "required": true, "minutes": 15, "professions": [],
        "owner": super::OWNER, "review_months": 12, "keywords": ["kalender"],
        "routine": { "name": "Rutin för e-post", "text": "Gör **så**." },
        "step": [
            { "kind": "text", "title": "Läs", "minutes": 2, "text": "## Hej\n\nLäs <script>x</script>" },
            { "kind": "checklist", "title": "Prova", "minutes": 3, "items": ["Ett", "Två"] },
            { "kind": "text", "title": "Mer", "minutes": 1, "text": "Slut" }
        ],
        "rung": [
            { "draw": 2, "question": [question("1a"), truth("1b"), question("1c")] },
            { "draw": 2, "question": [question("2a"), question("2b"), truth("2c")] }
        ]
    });
    serde_json::from_value(lesson).expect("a draft")
}

/// The lesson names no files.
pub fn file(_: &str) -> Option<Vec<u8>> {
    None
}

/// A right or a wrong reply to one of its questions.
pub fn fields(question: &QuestionView, is_right: bool) -> Fields {
    let only = match &question.face {
        QuestionFace::Single { options } => {
            let at = options.iter().position(|text| (text == "rätt") == is_right);
            at.expect("there is one").to_string()
        }
        QuestionFace::TrueFalse => is_right.to_string(),
        other => panic!("no such question in the lesson: {other:?}"),
    };
    Fields::from([("only".to_owned(), only)])
}
