//! What counts in a word for a gap: not its typography, and not a slip, unless the slip makes another
//! word.

use std::collections::HashSet;

use icu_properties::props::{EnumeratedProperty, GeneralCategory, GeneralCategoryGroup};
use kvarten_domain::{
    ladder::Quiz,
    lesson::StepBody,
    question::{QuestionBody, WordRules},
    text::{is_unseen, plain_mark},
};

use super::{
    form::{nfc, nfkc},
    swedish,
};

/// A word without its typography: small letters of the usual width, one kind of hyphen and blank, no
/// quotation marks, no punctuation before or after.
#[must_use]
pub fn plain(text: &str) -> String {
    let marks: String = text.chars().map(plain_mark).collect();
    let kept = nfkc(&marks)
        .chars()
        .map(plain_mark)
        .filter(|c| !is_unseen(*c) && !matches!(c, '\'' | '"'))
        .flat_map(char::to_lowercase)
        .collect::<String>();
    let words = kept.split_whitespace().map(|word| word.trim_matches(is_outer_mark));
    nfc(&words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
}

/// Punctuation that says nothing of the word beside it.
fn is_outer_mark(c: char) -> bool {
    let is_part = matches!(c, '#' | '@' | '%' | '&' | '*' | '/' | '\\' | '_');
    !is_part
        && (GeneralCategoryGroup::Punctuation.contains(GeneralCategory::for_char(c))
            || matches!(c, '¨' | '^' | '~' | '|' | '<' | '>'))
}

/// The words of a lesson that are a slip away from one that fits a gap of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vocabulary(HashSet<String>);

impl Vocabulary {
    /// Of a version's steps and questions.
    pub(crate) fn of(steps: &[StepBody], quiz: &Quiz) -> Self {
        let questions = || quiz.rungs.iter().flat_map(|rung| &rung.pool);
        let fits: Vec<String> = questions()
            .filter_map(|question| match &question.body {
                QuestionBody::Word { accepted, .. } => Some(accepted),
                _ => None,
            })
            .flatten()
            .flat_map(|fits| words(&plain(fits)))
            .filter(|fits| fits.chars().count() >= SHORTEST)
            .collect();
        if fits.is_empty() {
            return Self::default();
        }
        let mut texts = Vec::new();
        for step in steps {
            step_texts(step, &mut texts);
        }
        for question in questions() {
            texts.extend(
                [&question.prompt, &question.hint, &question.explanation].map(String::as_str),
            );
            question_texts(&question.body, &mut texts);
        }
        let is_near = |word: &String| {
            fits.iter().any(|fits| {
                fits.len().abs_diff(word.len()) <= 3 && strsim::osa_distance(fits, word) == 1
            })
        };
        Self(
            texts.into_iter().flat_map(|text| words(&without_tags(text))).filter(is_near).collect(),
        )
    }

    /// Judges a reply with what is known of words.
    pub(crate) fn judging<T>(&self, judge: impl FnOnce(WordRules<'_>) -> T) -> T {
        let is_word = |word: &str| self.0.contains(word) || swedish::is_word(word);
        judge(WordRules { plain, is_word: &is_word })
    }
}

/// Shorter words are not near any in which a slip is forgiven.
const SHORTEST: usize = 5;

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.map(plain).filter(|word| word.chars().count() >= SHORTEST).collect()
}

fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut is_tag = false;
    for c in nfc(html).chars() {
        match c {
            '<' => is_tag = true,
            '>' => {
                is_tag = false;
                text.push(' ');
            }
            c if !is_tag => text.push(c),
            _ => {}
        }
    }
    text
}

fn step_texts<'s>(step: &'s StepBody, texts: &mut Vec<&'s str>) {
    match step {
        StepBody::Text { html } | StepBody::File { html, .. } => texts.push(html),
        StepBody::Video { html, captions, .. } => {
            texts.push(html);
            let cues = captions.iter().flat_map(|captions| &captions.cues);
            texts.extend(cues.map(|cue| cue.text.as_str()));
        }
        StepBody::Picture { html, picture, callouts } => {
            texts.extend([html, &picture.alt].map(String::as_str));
            texts.extend(callouts.iter().map(|callout| callout.text.as_str()));
        }
        StepBody::Checklist { html, items } => {
            texts.push(html);
            texts.extend(items.iter().map(String::as_str));
        }
    }
}

fn question_texts<'q>(body: &'q QuestionBody, texts: &mut Vec<&'q str>) {
    match body {
        QuestionBody::Single { options } | QuestionBody::Multiple { options } => {
            texts.extend(options.iter().flat_map(|option| [option.text.as_str(), &option.why]));
        }
        QuestionBody::TrueFalse { .. } => {}
        QuestionBody::Order { items } => texts.extend(items.iter().map(String::as_str)),
        QuestionBody::Match { pairs } => {
            texts.extend(pairs.iter().flat_map(|pair| [pair.left.as_str(), &pair.right]));
        }
        QuestionBody::Word { before, after, accepted } => {
            texts.extend([before, after].map(String::as_str));
            texts.extend(accepted.iter().map(String::as_str));
        }
        QuestionBody::Point { picture, areas } => {
            texts.push(&picture.alt);
            texts.extend(areas.iter().map(|area| area.label.as_str()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("ämne .")]
    #[case("ämne\u{200b}")]
    #[case("’ämne’")]
    #[case("‘ämne’")]
    #[case("“ämne”")]
    #[case("«ämne»")]
    #[case("»ämne«")]
    #[case("„ämne“")]
    #[case("`ämne´")]
    #[case("\"ämne\"")]
    #[case("äm\u{ad}ne")]
    #[case("\u{a0}ämne\u{a0}")]
    #[case("a\u{308}mne")]
    #[case("ÄMNE")]
    #[case("A\u{308}MNE")]
    #[case("ämne…")]
    #[case("ämne ?!")]
    #[case("ämne; ")]
    #[case("– ämne –")]
    #[case("(ämne)")]
    #[case("[ämne]:")]
    #[case("ämne。")]
    #[case("ämne،")]
    #[case("¿ämne?")]
    #[case("ä\u{feff}mne")]
    #[case("ämｎｅ")]
    #[case("ämne\t\r\n")]
    #[case("\u{2003}ämne\u{3000}")]
    #[case("• ämne")]
    #[case("ämne\u{fe0f}")]
    #[case("'' ämne '' .")]
    fn typography_does_not_count(#[case] text: &str) {
        assert_eq!(plain(text), "ämne");
    }

    #[rstest]
    #[case("prov‑larma", "prov-larma")]
    #[case("prov–larma", "prov-larma")]
    #[case("lämnat   över", "lämnat över")]
    #[case("ja, till: bilden", "ja till bilden")]
    #[case("ﬁl", "fil")]
    #[case("@", "@")]
    #[case("#ämne", "#ämne")]
    #[case("C++", "c++")]
    #[case(" . ", "")]
    #[case("\u{200b}", "")]
    fn what_stays(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(plain(text), expected);
    }

    #[test]
    fn the_list_is_in_order_and_in_small_letters() {
        let words: Vec<&str> = include_str!("swedish.txt").lines().collect();
        assert!(words.len() > 2_000 && words.is_sorted());
        assert!(words.iter().all(|word| plain(word) == **word && !word.contains(' ')));
    }
}
