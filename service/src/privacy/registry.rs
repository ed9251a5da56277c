//! The registry of personal data.

use std::{future::Future, pin::Pin};

use kvarten_domain::Locale;
use kvarten_entity::{
    answer, attempt, claim, cohort_member, competence, employment, evidence, known_device,
    leaderboard_member, lesson, mail, mail_choice, mail_failure, person, person_look, points_entry,
    referral, role_grant, self_assessment, session, standing_referral, step_state, unit_look,
    visit,
};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, sea_query::Expr};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{ServiceError, disclosure::retire_of, store::WriteTransaction};

type Future_<'f, T> = Pin<Box<dyn Future<Output = Result<T, ServiceError>> + Send + 'f>>;

/// What erasing a person does to a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// The rows go.
    Delete,
    /// The rows go; their points stay with the unit, by day, without a name.
    FoldIntoUnit,
    /// The rows stay and no longer name anybody.
    Unname,
}

/// How long rows stay when nobody asks for anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
    /// Two years after the person has left.
    AfterLeaving,
    /// Until the session ends: at most 60 days, an hour on a shared tablet.
    UntilSessionEnds,
    /// Until the device has not been used to sign in for a year, or the person signs out everywhere.
    UntilUnused,
    /// Until the person leaves the leaderboard, or as the person.
    UntilWithdrawn,
}

impl Retention {
    /// In words, for the export.
    #[must_use]
    pub const fn sentence(self, locale: Locale) -> &'static str {
        match (self, locale) {
            (Self::AfterLeaving, Locale::Sv) => "till två år efter att du har slutat",
            (Self::AfterLeaving, Locale::En) => "until two years after you have left",
            (Self::UntilSessionEnds, Locale::Sv) => "tills inloggningen upphör, högst 60 dagar",
            (Self::UntilSessionEnds, Locale::En) => "until the session ends, at most 60 days",
            (Self::UntilUnused, Locale::Sv) => {
                "tills du inte har loggat in med enheten på ett år, eller loggar ut överallt"
            }
            (Self::UntilUnused, Locale::En) => {
                "until you have not signed in with the device for a year, or sign out everywhere"
            }
            (Self::UntilWithdrawn, Locale::Sv) => {
                "tills du lämnar topplistan, högst två år efter att du har slutat"
            }
            (Self::UntilWithdrawn, Locale::En) => {
                "until you leave the leaderboard, at most two years after you have left"
            }
        }
    }
}

/// A table that names a person.
#[expect(missing_debug_implementations, reason = "functions have nothing to show")]
pub struct Declaration {
    /// Its name.
    pub table: &'static str,
    /// The column that names the person.
    pub column: &'static str,
    /// What it holds, in words, for the export.
    pub holds: &'static str,
    /// What erasing does.
    pub erasure: Erasure,
    /// How long rows stay.
    pub retention: Retention,
    pub(super) export: fn(DatabaseConnection, Uuid) -> Future_<'static, Vec<Value>>,
    pub(super) erase: fn(&WriteTransaction, Uuid) -> Future_<'_, ()>,
}

async fn rows<E>(
    db: DatabaseConnection,
    column: E::Column,
    person: Uuid,
) -> Result<Vec<Value>, ServiceError>
where
    E: EntityTrait,
    E::Model: Serialize,
{
    let rows = E::find().filter(column.eq(person)).all(&db).await?;
    Ok(rows.iter().map(serde_json::to_value).collect::<Result<_, _>>()?)
}

/// Referrals somebody has sent, as far as that is about them: that they did, and when. What has become
/// of one since is about whoever it was sent to, and for those who are their managers now.
async fn sent(db: DatabaseConnection, person: Uuid) -> Result<Vec<Value>, ServiceError> {
    let rows =
        referral::Entity::find().filter(referral::Column::SenderId.eq(person)).all(&db).await?;
    let about = |row: referral::Model| {
        json!({
            "id": row.id,
            "lesson_id": row.lesson_id,
            "program_id": row.program_id,
            "sent_at": row.sent_at,
        })
    };
    Ok(rows.into_iter().map(about).collect())
}

async fn delete<E: EntityTrait>(
    writing: &WriteTransaction,
    column: E::Column,
    person: Uuid,
) -> Result<(), ServiceError> {
    E::delete_many().filter(column.eq(person)).exec(writing).await?;
    Ok(())
}

macro_rules! deleted {
    ($entity:ident, $column:ident, $table:literal, $name:literal, $holds:literal, $erasure:ident, $retention:ident) => {
        Declaration {
            table: $table,
            column: $name,
            holds: $holds,
            erasure: Erasure::$erasure,
            retention: Retention::$retention,
            export: |db, person| {
                Box::pin(rows::<$entity::Entity>(db, $entity::Column::$column, person))
            },
            erase: |writing, person| {
                Box::pin(delete::<$entity::Entity>(writing, $entity::Column::$column, person))
            },
        }
    };
}

/// Every table that names a person, in the order they are erased.
pub static DECLARATIONS: &[Declaration] = &[
    deleted!(evidence, PersonId, "evidence", "person_id", "dina intyg", Delete, AfterLeaving),
    deleted!(
        answer,
        PersonId,
        "answers",
        "person_id",
        "dina svar i kunskapstesten",
        Delete,
        AfterLeaving
    ),
    deleted!(
        attempt,
        PersonId,
        "attempts",
        "person_id",
        "dina försök på frågestegarna",
        Delete,
        AfterLeaving
    ),
    deleted!(
        step_state,
        PersonId,
        "step_states",
        "person_id",
        "vilka steg du har gått igenom",
        Delete,
        AfterLeaving
    ),
    deleted!(
        visit,
        PersonId,
        "visits",
        "person_id",
        "var i utbildningarna du är",
        Delete,
        AfterLeaving
    ),
    deleted!(
        claim,
        PersonId,
        "claims",
        "person_id",
        "vad du har sagt att du kan, påstående för påstående",
        Delete,
        AfterLeaving
    ),
    deleted!(
        self_assessment,
        PersonId,
        "self_assessments",
        "person_id",
        "dina egna bedömningar",
        Delete,
        AfterLeaving
    ),
    deleted!(
        competence,
        PersonId,
        "competences",
        "person_id",
        "när dina intyg och egna bedömningar senast räknades ihop",
        Delete,
        AfterLeaving
    ),
    Declaration {
        table: "cohort_members",
        column: "person_id",
        holds: "vilka grupper du räknas i när kommunens siffror visas utan namn",
        erasure: Erasure::Delete,
        retention: Retention::AfterLeaving,
        export: |db, person| {
            Box::pin(rows::<cohort_member::Entity>(db, cohort_member::Column::PersonId, person))
        },
        erase: |writing, person| Box::pin(retire_of(writing, person)),
    },
    deleted!(
        referral,
        PersonId,
        "referrals",
        "person_id",
        "vad din chef har hänvisat dig till",
        Delete,
        AfterLeaving
    ),
    Declaration {
        table: "referrals",
        column: "sender_id",
        holds: "hänvisningar du har skickat",
        erasure: Erasure::Unname,
        retention: Retention::AfterLeaving,
        export: |db, person| Box::pin(sent(db, person)),
        erase: |writing, person| {
            Box::pin(async move {
                referral::Entity::update_many()
                    .col_expr(referral::Column::SenderId, Expr::value(None::<Uuid>))
                    .filter(referral::Column::SenderId.eq(person))
                    .exec(writing)
                    .await?;
                Ok(())
            })
        },
    },
    deleted!(
        mail,
        PersonId,
        "mails",
        "person_id",
        "när du har fått mejl, och mejl som väntar",
        Delete,
        AfterLeaving
    ),
    deleted!(
        mail_choice,
        PersonId,
        "mail_choices",
        "person_id",
        "om du vill ha mejl",
        Delete,
        AfterLeaving
    ),
    deleted!(
        mail_failure,
        PersonId,
        "mail_failures",
        "person_id",
        "att mejl till dig inte kom fram",
        Delete,
        AfterLeaving
    ),
    Declaration {
        table: "standing_referrals",
        column: "sender_id",
        holds: "stående hänvisningar du har gjort",
        erasure: Erasure::Unname,
        retention: Retention::AfterLeaving,
        export: |db, person| {
            Box::pin(rows::<standing_referral::Entity>(
                db,
                standing_referral::Column::SenderId,
                person,
            ))
        },
        erase: |writing, person| {
            Box::pin(async move {
                standing_referral::Entity::update_many()
                    .col_expr(standing_referral::Column::SenderId, Expr::value(None::<Uuid>))
                    .filter(standing_referral::Column::SenderId.eq(person))
                    .exec(writing)
                    .await?;
                Ok(())
            })
        },
    },
    deleted!(
        person_look,
        PersonId,
        "person_looks",
        "person_id",
        "vilka som har sett dina kunskaper",
        Delete,
        AfterLeaving
    ),
    Declaration {
        table: "person_looks",
        column: "viewer_id",
        holds: "vilkas kunskaper du har sett",
        erasure: Erasure::Unname,
        retention: Retention::AfterLeaving,
        export: |db, person| {
            Box::pin(rows::<person_look::Entity>(db, person_look::Column::ViewerId, person))
        },
        erase: |writing, person| {
            Box::pin(async move {
                person_look::Entity::update_many()
                    .col_expr(person_look::Column::ViewerId, Expr::value(None::<Uuid>))
                    .filter(person_look::Column::ViewerId.eq(person))
                    .exec(writing)
                    .await?;
                Ok(())
            })
        },
    },
    Declaration {
        table: "unit_looks",
        column: "viewer_id",
        holds: "vilka enheters kunskaper du har sett",
        erasure: Erasure::Unname,
        retention: Retention::AfterLeaving,
        export: |db, person| {
            Box::pin(rows::<unit_look::Entity>(db, unit_look::Column::ViewerId, person))
        },
        erase: |writing, person| {
            Box::pin(async move {
                unit_look::Entity::update_many()
                    .col_expr(unit_look::Column::ViewerId, Expr::value(None::<Uuid>))
                    .filter(unit_look::Column::ViewerId.eq(person))
                    .exec(writing)
                    .await?;
                Ok(())
            })
        },
    },
    deleted!(
        points_entry,
        PersonId,
        "points_entries",
        "person_id",
        "dina poäng",
        FoldIntoUnit,
        AfterLeaving
    ),
    deleted!(
        leaderboard_member,
        PersonId,
        "leaderboard_members",
        "person_id",
        "ditt namn på topplistan",
        Delete,
        UntilWithdrawn
    ),
    deleted!(
        session,
        PersonId,
        "sessions",
        "person_id",
        "var du är inloggad",
        Delete,
        UntilSessionEnds
    ),
    deleted!(
        known_device,
        PersonId,
        "known_devices",
        "person_id",
        "när du först och senast loggade in med en enhet",
        Delete,
        UntilUnused
    ),
    deleted!(role_grant, PersonId, "role_grants", "person_id", "dina roller", Delete, AfterLeaving),
    deleted!(
        employment,
        PersonId,
        "employments",
        "person_id",
        "var du har arbetat, och som vad",
        Delete,
        AfterLeaving
    ),
    Declaration {
        table: "lessons",
        column: "owner_id",
        holds: "utbildningar du ansvarar för",
        erasure: Erasure::Unname,
        retention: Retention::AfterLeaving,
        export: |db, person| Box::pin(rows::<lesson::Entity>(db, lesson::Column::OwnerId, person)),
        erase: |writing, person| {
            Box::pin(async move {
                lesson::Entity::update_many()
                    .col_expr(lesson::Column::OwnerId, Expr::value(None::<Uuid>))
                    .filter(lesson::Column::OwnerId.eq(person))
                    .exec(writing)
                    .await?;
                Ok(())
            })
        },
    },
    deleted!(person, Id, "people", "id", "vem du är", Delete, AfterLeaving),
];
