//! The quiz ladder. (Domain rules, "Quiz ladder".)
//!
//! Where a climb stands is never stored: it follows from the quiz, the attempt's seed and the
//! replies so far, in the order they were given.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::{
    id::{AnswerId, AttemptId, QuestionId},
    lesson::{LessonOutline, LessonSummary},
    question::{Question, QuestionFace, Said, Verdict},
    shuffle::SeededOrder,
};

/// The questions of one difficulty.
#[derive(Clone, Debug, PartialEq)]
pub struct Rung {
    /// How many of the pool are drawn in an attempt, at least 1.
    pub draw: usize,
    /// The pool.
    pub pool: Vec<Question>,
}

/// A quiz: 2–4 rungs, easy first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quiz {
    /// From the ground up.
    pub rungs: Vec<Rung>,
}

impl Quiz {
    /// The question with an id, and the number of its rung, from 1.
    #[must_use]
    pub fn find(&self, id: QuestionId) -> Option<(u8, &Question)> {
        let numbered = (1u8..).zip(&self.rungs);
        numbered
            .flat_map(|(number, rung)| rung.pool.iter().map(move |question| (number, question)))
            .find(|(_, question)| question.id == id)
    }
}

/// Where a question stands in a climb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// On the current rung and not yet answered right.
    Asked {
        /// How often it has been missed in this climb.
        misses: u32,
    },
    /// Answered right already: a reply that comes late changes nothing.
    Done,
    /// On a rung further up.
    Ahead,
    /// Not drawn in this attempt, or no question of this quiz.
    NotDrawn,
}

/// A climb under way.
#[derive(Clone, Debug)]
pub struct Ladder<'quiz> {
    quiz: &'quiz Quiz,
    seed: u64,
    /// The current rung, from 0; the number of rungs when the top is reached.
    rung: usize,
    /// What is left on the current rung, next first.
    queue: VecDeque<QuestionId>,
    misses: BTreeMap<QuestionId, u32>,
}

impl<'quiz> Ladder<'quiz> {
    /// The climb as it stands after some replies, given in this order: question, and whether it
    /// was right.
    #[must_use]
    pub fn after(
        quiz: &'quiz Quiz,
        seed: u64,
        replies: impl IntoIterator<Item = (QuestionId, bool)>,
    ) -> Self {
        let mut ladder =
            Self { quiz, seed, rung: 0, queue: VecDeque::new(), misses: BTreeMap::new() };
        ladder.step_onto(0);
        for (question, is_right) in replies {
            ladder.record(question, is_right);
        }
        ladder
    }

    /// The questions drawn on a rung (from 0), in the order they are first asked.
    fn drawn(&self, rung: usize) -> Vec<QuestionId> {
        let Some(Rung { draw, pool }) = self.quiz.rungs.get(rung) else { return Vec::new() };
        let order = SeededOrder::new(self.seed, rung as u64 + 1).permutation(pool.len());
        order.into_iter().take(*draw).map(|at| pool[at].id).collect()
    }

    /// Stands on a rung, or on the next above it that asks anything.
    fn step_onto(&mut self, mut rung: usize) {
        loop {
            self.queue = self.drawn(rung).into();
            self.rung = rung;
            if !self.queue.is_empty() || rung >= self.quiz.rungs.len() {
                return;
            }
            rung += 1;
        }
    }

    /// Where a question stands now.
    #[must_use]
    pub fn standing(&self, id: QuestionId) -> Standing {
        if self.queue.contains(&id) {
            return Standing::Asked { misses: self.misses.get(&id).copied().unwrap_or(0) };
        }
        let rung = (0..self.quiz.rungs.len()).find(|&rung| self.drawn(rung).contains(&id));
        match rung {
            None => Standing::NotDrawn,
            Some(rung) if rung > self.rung => Standing::Ahead,
            Some(_) => Standing::Done,
        }
    }

    /// Takes a reply into account: right, and the question is done; wrong, and it comes back
    /// after the others of its rung. A reply to anything not asked now changes nothing.
    pub fn record(&mut self, id: QuestionId, is_right: bool) {
        let Some(at) = self.queue.iter().position(|asked| *asked == id) else { return };
        self.queue.remove(at);
        if !is_right {
            *self.misses.entry(id).or_default() += 1;
            self.queue.push_back(id);
        } else if self.queue.is_empty() {
            self.step_onto(self.rung + 1);
        }
    }

    /// The question to ask next; none at the top.
    #[must_use]
    pub fn question(&self) -> Option<&'quiz Question> {
        let next = self.queue.front()?;
        self.quiz.find(*next).map(|(_, question)| question)
    }

    /// Whether the top rung is climbed.
    #[must_use]
    pub fn is_topped(&self) -> bool {
        self.rung >= self.quiz.rungs.len()
    }

    /// The rungs as drawn on the screen, easy first.
    #[must_use]
    pub fn rungs(&self) -> Vec<RungView> {
        let count = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
        (0..self.quiz.rungs.len())
            .map(|rung| {
                let drawn = self.drawn(rung).len();
                let left = match rung.cmp(&self.rung) {
                    std::cmp::Ordering::Less => 0,
                    std::cmp::Ordering::Equal => self.queue.len(),
                    std::cmp::Ordering::Greater => drawn,
                };
                RungView {
                    number: count(rung + 1),
                    drawn: count(drawn),
                    right: count(drawn - left),
                    is_current: rung == self.rung,
                }
            })
            .collect()
    }

    /// The question asked next, as the learner sees it; the hint once it has been missed.
    #[must_use]
    pub fn question_view(&self) -> Option<QuestionView> {
        let question = self.question()?;
        let missed = self.misses.get(&question.id).is_some_and(|&misses| misses > 0);
        Some(QuestionView {
            id: question.id,
            prompt: question.prompt.clone(),
            hint: (missed && !question.hint.is_empty()).then(|| question.hint.clone()),
            is_back: missed,
            face: question.face(self.seed),
        })
    }
}

/// A rung on the screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RungView {
    /// From 1, easy first.
    pub number: u8,
    /// How many questions were drawn.
    pub drawn: u8,
    /// How many of them are answered right.
    pub right: u8,
    /// Whether one stands on it now.
    pub is_current: bool,
}

impl RungView {
    /// Whether every drawn question has been answered right.
    #[must_use]
    pub const fn is_climbed(&self) -> bool {
        self.right >= self.drawn
    }
}

/// A question on the screen: no key is in this type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuestionView {
    /// Which one.
    pub id: QuestionId,
    /// What is asked.
    pub prompt: String,
    /// Shown when it has come back after a miss.
    pub hint: Option<String>,
    /// Whether it has come back after a miss.
    pub is_back: bool,
    /// What there is to choose from.
    pub face: QuestionFace,
}

/// The ladder of one attempt, as the learner sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LadderView {
    /// Which climb.
    pub attempt: AttemptId,
    /// Easy first.
    pub rungs: Vec<RungView>,
    /// None at the top.
    pub question: Option<QuestionView>,
    /// The id for the next reply, so that a form sent twice counts once.
    pub reply_id: AnswerId,
    /// Whether the top had been reached before this climb began.
    pub is_refresher: bool,
    /// Points earned in this climb so far.
    pub points: u32,
}

impl LadderView {
    /// Whether the top rung is climbed.
    #[must_use]
    pub const fn is_topped(&self) -> bool {
        self.question.is_none()
    }
}

/// The page of a ladder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LadderPage {
    /// The lesson around it.
    pub outline: LessonOutline,
    /// The latest climb; none before the first.
    pub ladder: Option<LadderView>,
    /// What became of the reply asked about.
    pub outcome: Option<ReplyOutcome>,
    /// At the top: what it brought.
    pub summary: Option<LessonSummary>,
    /// The id for the next climb, so that a form sent twice begins one.
    pub new_attempt: AttemptId,
}

/// What became of a reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyOutcome {
    /// The reply's id.
    pub answer: AnswerId,
    /// What had been asked.
    pub prompt: String,
    /// What was replied.
    pub said: Said,
    /// The decision.
    pub verdict: Verdict,
    /// Why the answer is what it is.
    pub explanation: String,
    /// Points this reply earned; 0 for a miss and for what had been earned before.
    pub points: u32,
    /// The number of the rung this reply finished, if it did.
    pub climbed_rung: Option<u8>,
    /// Whether the question is asked again later: it was missed, and is not answered right yet.
    pub comes_back: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{id::Id, question::QuestionBody};
    use proptest::prelude::*;

    fn quiz(rungs: &[(usize, usize)]) -> Quiz {
        let mut id = 0;
        let rungs = rungs
            .iter()
            .map(|&(draw, pool)| Rung {
                draw,
                pool: (0..pool)
                    .map(|_| {
                        id += 1;
                        Question {
                            id: QuestionId::from_u128(id),
                            prompt: format!("Fråga {id}"),
                            hint: "Tänk på rutinen".into(),
                            explanation: "Så är det".into(),
                            body: QuestionBody::TrueFalse { is_true: true },
                        }
                    })
                    .collect(),
            })
            .collect();
        Quiz { rungs }
    }

    #[test]
    fn a_miss_comes_back_last_on_its_rung_with_its_hint() {
        let quiz = quiz(&[(3, 5), (1, 2)]);
        let mut ladder = Ladder::after(&quiz, 11, []);
        let first = ladder.question_view().expect("a question");
        assert_eq!((first.hint.as_deref(), first.is_back), (None, false));
        ladder.record(first.id, false);
        for _ in 0..2 {
            let other = ladder.question().expect("a question").id;
            assert_ne!(other, first.id);
            ladder.record(other, true);
        }
        let back = ladder.question_view().expect("it comes back");
        assert_eq!(
            (back.id, back.hint.as_deref(), back.is_back),
            (first.id, Some("Tänk på rutinen"), true)
        );
        assert_eq!(ladder.standing(first.id), Standing::Asked { misses: 1 });
        ladder.record(first.id, true);
        assert_eq!(ladder.standing(first.id), Standing::Done);
        assert!(ladder.rungs()[0].is_climbed() && ladder.rungs()[1].is_current);
    }

    #[test]
    fn late_early_and_foreign_replies_change_nothing() {
        let quiz = quiz(&[(2, 2), (2, 3)]);
        let mut ladder = Ladder::after(&quiz, 3, []);
        let before = format!("{ladder:?}");
        let ahead = ladder.drawn(1);
        assert_eq!(ladder.standing(ahead[0]), Standing::Ahead);
        let not_drawn = (3..=5).map(QuestionId::from_u128).find(|id| !ahead.contains(id));
        let not_drawn = not_drawn.expect("one of three is left");
        assert_eq!(ladder.standing(not_drawn), Standing::NotDrawn);
        assert_eq!(ladder.standing(QuestionId::from_u128(99)), Standing::NotDrawn);
        ladder.record(ahead[0], true);
        ladder.record(not_drawn, true);
        assert_eq!(format!("{ladder:?}"), before);
    }

    proptest! {
        /// Whoever answers right in the end reaches the top, whatever was missed on the way and
        /// in whatever order the questions of a rung are taken.
        #[test]
        fn a_ladder_always_ends(
            shape in prop::collection::vec((1usize..4, 0usize..3), 2..=4),
            seed: u64,
            misses in prop::collection::vec(any::<bool>(), 0..40),
            pick in prop::collection::vec(any::<prop::sample::Index>(), 80),
        ) {
            let shape: Vec<_> = shape.into_iter().map(|(draw, extra)| (draw, draw + extra)).collect();
            let quiz = quiz(&shape);
            let drawn: usize = shape.iter().map(|(draw, _)| draw).sum();
            let mut ladder = Ladder::after(&quiz, seed, []);
            let mut replies = Vec::new();
            let mut climbed = 0;
            while !ladder.is_topped() {
                prop_assert!(replies.len() < drawn + misses.len());
                let asked: Vec<_> = ladder.queue.iter().copied().collect();
                let id = asked[pick[replies.len() % pick.len()].index(asked.len())];
                let is_right = !misses.get(replies.len()).copied().unwrap_or(false);
                ladder.record(id, is_right);
                replies.push((id, is_right));
                // A rung once climbed stays climbed.
                let now = ladder.rungs().iter().filter(|rung| rung.is_climbed()).count();
                prop_assert!(now >= climbed);
                climbed = now;
                // Sent again, or replayed on another device: the same place.
                let replayed = Ladder::after(&quiz, seed, replies.iter().copied());
                prop_assert_eq!(replayed.queue, ladder.queue.clone());
            }
            prop_assert_eq!(replies.iter().filter(|(_, is_right)| *is_right).count(), drawn);
            prop_assert!(ladder.question().is_none());
        }
    }
}
