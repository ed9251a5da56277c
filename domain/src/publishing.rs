//! What a lesson must have before it is published. (Domain rules, "Lesson life".)

use std::collections::BTreeSet;

use crate::{
    ladder::Quiz,
    lesson::StepBody,
    question::{ChoiceOption, QuestionBody},
};

/// Something that keeps a lesson from being published. Numbers count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It has no title.
    Title,
    /// Nobody owns it.
    Owner,
    /// It has no review date.
    ReviewDate,
    /// It has no steps.
    Steps,
    /// A film has no captions.
    Captions {
        /// Number of the step.
        step: usize,
    },
    /// A picture has no alternative text.
    StepAlternative {
        /// Number of the step.
        step: usize,
    },
    /// A checklist has nothing to do.
    ChecklistItems {
        /// Number of the step.
        step: usize,
    },
    /// Fewer than 2 rungs, or more than 4.
    Rungs,
    /// A rung draws nothing, or more than its pool holds.
    Draw {
        /// Number of the rung.
        rung: usize,
    },
    /// A question has no prompt.
    Prompt {
        /// Number of the rung.
        rung: usize,
        /// Number of the question.
        question: usize,
    },
    /// A question has no explanation.
    Explanation {
        /// Number of the rung.
        rung: usize,
        /// Number of the question.
        question: usize,
    },
    /// A picture in a question has no alternative text.
    QuestionAlternative {
        /// Number of the rung.
        rung: usize,
        /// Number of the question.
        question: usize,
    },
    /// A question has no key, or one that cannot be met.
    Key {
        /// Number of the rung.
        rung: usize,
        /// Number of the question.
        question: usize,
    },
}

/// A lesson version about to be published.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Its title.
    pub title: &'a str,
    /// Whether somebody owns it.
    pub has_owner: bool,
    /// Whether a review date is set.
    pub has_review_date: bool,
    /// In order.
    pub steps: &'a [StepBody],
    /// The ladder.
    pub quiz: &'a Quiz,
}

impl Candidate<'_> {
    /// Everything that is missing, in the order of the lesson; nothing when it may be published.
    #[must_use]
    pub fn missing(&self) -> Vec<Missing> {
        let mut missing = Vec::new();
        let mut need = |is_there: bool, what: Missing| {
            if !is_there {
                missing.push(what);
            }
        };
        need(!self.title.trim().is_empty(), Missing::Title);
        need(self.has_owner, Missing::Owner);
        need(self.has_review_date, Missing::ReviewDate);
        need(!self.steps.is_empty(), Missing::Steps);
        for (step, body) in (1..).zip(self.steps) {
            match body {
                StepBody::Video { captions, .. } => {
                    need(
                        captions.iter().any(|track| !track.cues.is_empty()),
                        Missing::Captions { step },
                    );
                }
                StepBody::Picture { picture, .. } => {
                    need(!picture.alt.trim().is_empty(), Missing::StepAlternative { step });
                }
                StepBody::Checklist { items, .. } => {
                    need(!items.is_empty(), Missing::ChecklistItems { step });
                }
                StepBody::Text { .. } | StepBody::File { .. } => {}
            }
        }
        need((2..=4).contains(&self.quiz.rungs.len()), Missing::Rungs);
        for (rung, asked) in (1..).zip(&self.quiz.rungs) {
            need((1..=asked.pool.len()).contains(&asked.draw), Missing::Draw { rung });
            for (question, item) in (1..).zip(&asked.pool) {
                need(!item.prompt.trim().is_empty(), Missing::Prompt { rung, question });
                need(!item.explanation.trim().is_empty(), Missing::Explanation { rung, question });
                if let QuestionBody::Point { picture, .. } = &item.body {
                    need(
                        !picture.alt.trim().is_empty(),
                        Missing::QuestionAlternative { rung, question },
                    );
                }
                need(has_key(&item.body), Missing::Key { rung, question });
            }
        }
        missing
    }
}

/// The most things a question may show at once.
const MOST: usize = 8;

fn has_key(body: &QuestionBody) -> bool {
    let count = |options: &[ChoiceOption]| options.iter().filter(|option| option.right).count();
    let fits = |len: usize| (2..=MOST).contains(&len);
    match body {
        QuestionBody::Single { options } => fits(options.len()) && count(options) == 1,
        QuestionBody::Multiple { options } => fits(options.len()) && count(options) >= 1,
        QuestionBody::TrueFalse { .. } => true,
        QuestionBody::Order { items } => fits(items.len()) && all_differ(items.iter()),
        QuestionBody::Match { pairs } => {
            fits(pairs.len()) && all_differ(pairs.iter().map(|pair| &pair.right))
        }
        QuestionBody::Word { accepted, .. } => accepted.iter().any(|word| !word.trim().is_empty()),
        QuestionBody::Point { areas, .. } => {
            fits(areas.len()) && areas.iter().filter(|area| area.right).count() == 1
        }
    }
}

fn all_differ<'t>(texts: impl Iterator<Item = &'t String>) -> bool {
    let mut seen = BTreeSet::new();
    texts.into_iter().all(|text| seen.insert(text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{Id, QuestionId},
        ladder::Rung,
        question::Question,
    };

    fn question(body: QuestionBody, explanation: &str) -> Question {
        Question {
            id: QuestionId::from_u128(1),
            prompt: "Påstående".into(),
            hint: String::new(),
            explanation: explanation.into(),
            body,
        }
    }

    #[test]
    fn everything_missing_is_named_at_once() {
        let steps = [
            StepBody::Text { html: "<p>Hej</p>".into() },
            StepBody::Checklist { html: String::new(), items: vec![] },
        ];
        let single = QuestionBody::Single {
            options: vec![
                ChoiceOption { text: "a".into(), right: true, why: String::new() },
                ChoiceOption { text: "b".into(), right: true, why: String::new() },
            ],
        };
        let quiz = Quiz {
            rungs: vec![Rung {
                draw: 3,
                pool: vec![
                    question(QuestionBody::TrueFalse { is_true: true }, ""),
                    question(single, "så"),
                ],
            }],
        };
        let candidate = Candidate {
            title: " ",
            has_owner: false,
            has_review_date: false,
            steps: &steps,
            quiz: &quiz,
        };
        assert_eq!(
            candidate.missing(),
            [
                Missing::Title,
                Missing::Owner,
                Missing::ReviewDate,
                Missing::ChecklistItems { step: 2 },
                Missing::Rungs,
                Missing::Draw { rung: 1 },
                Missing::Explanation { rung: 1, question: 1 },
                Missing::Key { rung: 1, question: 2 },
            ]
        );
    }
}
