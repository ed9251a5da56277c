//! Where people work, and as what: who comes, moves, leaves and comes back.

use kvarten_domain::{Fault, PersonId, ProfessionId, Role, Timestamp, UnitId};
use kvarten_entity::{Column, employment, leaderboard_member, person, role_grant};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr,
};

use super::{
    Operator, by_operator,
    people::{ROWS, once_each},
    units::{hold_open, refuse_misplaced},
};
use crate::{
    ServiceError,
    audit::{self, Entry},
    known_device, privacy, send_standing,
    session::end_all,
    store::WriteTransaction,
};

/// Where somebody works or worked, as what and when.
pub(super) struct Post {
    pub(super) person: PersonId,
    pub(super) unit: UnitId,
    pub(super) profession: ProfessionId,
    pub(super) roles: Vec<(Role, UnitId)>,
    pub(super) since: Timestamp,
    pub(super) until: Option<Timestamp>,
}

/// Ends every session of a person and forgets their devices: what they may do has changed. Returns how
/// many sessions there were.
pub(super) async fn end_sessions(
    writing: &WriteTransaction,
    id: PersonId,
) -> Result<u64, ServiceError> {
    let ended = end_all(writing, id).await?;
    known_device::forget_all(writing, id, None).await?;
    Ok(ended)
}

impl Operator<'_> {
    /// Writes where people work from now on, and as what.
    pub(super) async fn employ(
        &self,
        writing: &WriteTransaction,
        posts: Vec<Post>,
    ) -> Result<(), ServiceError> {
        let rows = posts.iter().map(|post| employment::ActiveModel {
            id: Set(uuid::Uuid::now_v7()),
            person_id: Set(post.person.key()),
            unit_id: Set(post.unit.key()),
            profession_id: Set(post.profession.key()),
            from_at: Set(post.since.0),
            until_at: Set(post.until.map(|at| at.0)),
        });
        employment::Entity::insert_many(rows).exec_without_returning(writing).await?;
        let grant = |post: &Post, role: Role, place: UnitId| role_grant::ActiveModel {
            id: Set(uuid::Uuid::now_v7()),
            person_id: Set(post.person.key()),
            unit_id: Set(place.key()),
            role: Set(role.code().to_owned()),
            from_at: Set(post.since.0),
            until_at: Set(post.until.map(|at| at.0)),
        };
        let rows: Vec<_> = posts
            .iter()
            .flat_map(|post| post.roles.iter().map(move |(role, place)| grant(post, *role, *place)))
            .collect();
        for rows in rows.chunks(ROWS) {
            role_grant::Entity::insert_many(rows.to_vec()).exec_without_returning(writing).await?;
        }
        Ok(())
    }

    /// Notes that a person works here no more: ends their employments, roles and sessions, and
    /// takes them off the leaderboard. Their password is no longer valid.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for somebody who has left already.
    pub async fn end_employment(&self, id: PersonId) -> Result<(), ServiceError> {
        let writing = self.services.store().begin().await?;
        let row = person::Entity::find_by_id(id.key()).lock_exclusive().one(&writing).await?;
        let hash = row.and_then(|row| row.password_hash);
        let left = person::Entity::update_many()
            .col_expr(person::Column::LeftAt, Expr::value(self.now.0))
            .col_expr(person::Column::PasswordHash, Expr::value(None::<String>))
            .filter(person::Column::Id.eq(id.key()))
            .filter(person::Column::LeftAt.is_null())
            .exec(&writing)
            .await?;
        if left.rows_affected == 0 {
            return Err(ServiceError::NotFound);
        }
        self.end_posts(&writing, id).await?;
        let ended = end_sessions(&writing, id).await?;
        leaderboard_member::Entity::delete_by_id(id.key()).exec(&writing).await?;
        writing.commit().await?;
        // An older copy of the database must not give a person who has left their way in back.
        privacy::note_replaced_password(self.services, hash.as_deref()).await;
        let entry = Entry { roles: Some(&[]), count: Some(ended), ..by_operator() };
        audit::record(self.services, "person_left", Some(id), entry).await;
        Ok(())
    }

    /// Ends a person's employments and roles.
    async fn end_posts(
        &self,
        writing: &WriteTransaction,
        id: PersonId,
    ) -> Result<(), ServiceError> {
        employment::Entity::update_many()
            .col_expr(employment::Column::UntilAt, Expr::value(self.now.0))
            .filter(employment::Column::PersonId.eq(id.key()))
            .filter(employment::Column::UntilAt.is_null())
            .exec(writing)
            .await?;
        role_grant::Entity::update_many()
            .col_expr(role_grant::Column::UntilAt, Expr::value(self.now.0))
            .filter(role_grant::Column::PersonId.eq(id.key()))
            .filter(role_grant::Column::UntilAt.is_null())
            .exec(writing)
            .await?;
        Ok(())
    }

    /// Has somebody begin a post now, ends their sessions, which began with other roles, and
    /// commits. They are pointed to what whoever joins is. `event` is written into the security log.
    async fn begin(
        &self,
        writing: WriteTransaction,
        person: PersonId,
        (unit, profession): (UnitId, ProfessionId),
        roles: &[Role],
        event: &'static str,
    ) -> Result<(), ServiceError> {
        refuse_misplaced(roles, &hold_open(&writing, unit).await?)?;
        let granted = once_each(roles).map(|role| (role, unit)).collect();
        let post = Post { person, unit, profession, roles: granted, since: self.now, until: None };
        self.employ(&writing, vec![post]).await?;
        let ended = end_sessions(&writing, person).await?;
        writing.commit().await?;
        let entry = Entry { roles: Some(roles), count: Some(ended), ..by_operator() };
        audit::record(self.services, event, Some(person), entry).await;
        send_standing(self.services, self.now).await?;
        Ok(())
    }

    /// Notes that somebody works in another unit or as something else from now on. What they have
    /// shown goes with them; roles they had end, and these begin, in new sessions.
    ///
    /// # Errors
    /// A unit or profession that does not exist, or [`Fault::Retired`] for somebody who has left.
    pub async fn move_person(
        &self,
        id: PersonId,
        unit: &str,
        profession: &str,
        roles: &[Role],
    ) -> Result<(), ServiceError> {
        let unit = self.find_unit(unit).await?;
        let profession = self.find_profession(profession).await?;
        let writing = self.services.store().begin().await?;
        let works_here = person::Entity::find_by_id(id.key())
            .filter(person::Column::LeftAt.is_null())
            .lock_exclusive()
            .one(&writing)
            .await?;
        if works_here.is_none() {
            return Err(ServiceError::invalid("person", Fault::Retired));
        }
        self.end_posts(&writing, id).await?;
        self.begin(writing, id, (unit, profession), roles, "person_moved").await
    }

    /// Notes that somebody who has left works here again, in a unit with a profession and roles.
    ///
    /// # Errors
    /// A unit or profession that does not exist, or somebody who works here already.
    pub async fn employ_again(
        &self,
        id: PersonId,
        unit: &str,
        profession: &str,
        roles: &[Role],
    ) -> Result<(), ServiceError> {
        let unit = self.find_unit(unit).await?;
        let profession = self.find_profession(profession).await?;
        let writing = self.services.store().begin().await?;
        let has_left = person::Entity::find_by_id(id.key())
            .filter(person::Column::LeftAt.is_not_null())
            .lock_exclusive()
            .one(&writing)
            .await?;
        if has_left.is_none() {
            return Err(ServiceError::invalid("person", Fault::Taken));
        }
        // The old password opens nothing: who comes back is given a new one.
        person::Entity::update_many()
            .col_expr(person::Column::LeftAt, Expr::value(None::<i64>))
            .col_expr(person::Column::PasswordHash, Expr::value(None::<String>))
            .filter(person::Column::Id.eq(id.key()))
            .exec(&writing)
            .await?;
        self.begin(writing, id, (unit, profession), roles, "person_returned").await
    }
}
