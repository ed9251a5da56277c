//! Personal data, by what it is about: the table of the schema each kind of data belongs to is declared
//! on the server, and the page that explains it has words for every topic.

/// What stored personal data is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Name, employee number, e-mail address, language.
    Person,
    /// Where a person works and has worked, and roles.
    Work,
    /// Where a person is signed in.
    Sessions,
    /// Lessons, quizzes and evidence.
    Learning,
    /// Self-assessment.
    Assessment,
    /// Points and the leaderboard.
    Points,
    /// What a person was referred to, or refers others to.
    Referrals,
    /// E-mail that was sent, waits or did not arrive.
    Mail,
    /// Who has viewed whose skills.
    Views,
    /// Lessons a person is responsible for.
    Lessons,
}

impl Topic {
    pub const ALL: [Self; 10] = [
        Self::Person,
        Self::Work,
        Self::Sessions,
        Self::Learning,
        Self::Assessment,
        Self::Points,
        Self::Referrals,
        Self::Mail,
        Self::Views,
        Self::Lessons,
    ];
}
