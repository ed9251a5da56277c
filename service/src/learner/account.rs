//! One's own account.

use kvarten_domain::{
    Fault, Locale, Timestamp,
    person::{Account, Device, MailChoice, Viewer, check_new_password},
};
use kvarten_entity::{Column, mail_choice, person, session};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use super::Learner;
use crate::{
    ServiceError,
    password::PasswordTurn,
    privacy,
    session::{Lifetime, session_key},
    throttle::Tries,
};

impl Learner<'_> {
    /// Who one is, for the screen.
    #[must_use]
    pub fn viewer(&self, locale: Locale, is_shared: bool) -> Viewer {
        self.who.viewer(locale, is_shared)
    }

    /// One's account and the devices one is signed in on. `cookie` is this browser's session.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn account(&self, cookie: &str, locale: Locale) -> Result<Account, ServiceError> {
        let this = session_key(cookie);
        let rows = session::Entity::find()
            .filter(session::Column::PersonId.eq(self.who.id.key()))
            .filter(session::Column::ExpiresAt.gt(self.now.0))
            .order_by_desc(session::Column::SeenAt)
            .all(self.services.store().read())
            .await?;
        let is_alive = |row: &session::Model| {
            let idle = Lifetime::of(row.is_shared).idle_seconds;
            Timestamp(row.seen_at).plus_seconds(idle) > self.now
        };
        let calendar = self.services.calendar();
        let devices: Vec<Device> = rows
            .into_iter()
            .filter(is_alive)
            .map(|row| Device {
                since: calendar.date(Timestamp(row.created_at)),
                seen: calendar.date(Timestamp(row.seen_at)),
                is_shared: row.is_shared,
                is_this: row.key == this,
            })
            .collect();
        let is_shared = devices.iter().any(|device| device.is_this && device.is_shared);
        let employee_number = self.who.employee_number.clone();
        let mail = self.mail().await?;
        Ok(Account { viewer: self.viewer(locale, is_shared), devices, employee_number, mail })
    }

    /// Ends every session of this person, on every device.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn sign_out_everywhere(&self) -> Result<(), ServiceError> {
        session::Entity::delete_many()
            .filter(session::Column::PersonId.eq(self.who.id.key()))
            .exec(self.services.store().write())
            .await?;
        Ok(())
    }

    /// Remembers the language this person chose.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn choose_locale(&self, locale: Locale) -> Result<(), ServiceError> {
        person::Entity::update_many()
            .col_expr(person::Column::Locale, Expr::value(locale.tag()))
            .filter(person::Column::Id.eq(self.who.id.key()))
            .exec(self.services.store().write())
            .await?;
        Ok(())
    }

    /// Stops mail to this person, or has it sent again.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn choose_mail(&self, is_wanted: bool) -> Result<(), ServiceError> {
        let row = mail_choice::ActiveModel {
            person_id: Set(self.who.id.key()),
            word: Set(Uuid::new_v4().simple().to_string()),
            stopped_at: Set((!is_wanted).then_some(self.now.0)),
        };
        let known = OnConflict::column(mail_choice::Column::PersonId)
            .update_column(mail_choice::Column::StoppedAt)
            .to_owned();
        mail_choice::Entity::insert(row)
            .on_conflict(known)
            .exec_without_returning(self.services.store().write())
            .await?;
        Ok(())
    }

    /// The address this person's mail goes to, and whether they want it.
    async fn mail(&self) -> Result<MailChoice, ServiceError> {
        let me = self.who.id.key();
        let db = self.services.store().read();
        let address: Option<Option<String>> = person::Entity::find_by_id(me)
            .select_only()
            .column(person::Column::Email)
            .into_tuple()
            .one(db)
            .await?;
        let choice = mail_choice::Entity::find_by_id(me).one(db).await?;
        Ok(MailChoice {
            address: address.flatten(),
            is_wanted: choice.is_none_or(|choice| choice.stopped_at.is_none()),
        })
    }

    /// Changes the password and ends every other session. `cookie` is this browser's session.
    ///
    /// # Errors
    /// The old password is not right, the new one will not do, or [`ServiceError::Wait`] after too
    /// many tries.
    pub async fn change_password(
        &self,
        old: &str,
        new: &str,
        cookie: &str,
    ) -> Result<(), ServiceError> {
        let known = [&*self.who.given_name, &*self.who.family_name, &*self.who.employee_number];
        check_new_password(new, &known)
            .map_err(|fault| ServiceError::invalid("new_password", fault))?;
        let me = self.who.id.key();
        let tries = Tries::to_confirm(self.who.id, self.now);
        let turn = PasswordTurn::wait().await?;
        tries.check(self.services).await?;
        let row = person::Entity::find_by_id(me).one(self.services.store().read()).await?;
        let stored = row.and_then(|row| row.password_hash);
        let (turn, fits) = turn.verify(old.to_owned(), stored.clone()).await;
        if !fits {
            tries.failed(self.services).await?;
            return Err(ServiceError::invalid("old_password", Fault::WrongPassword));
        }
        tries.succeeded(self.services).await?;
        let (_, hash) = turn.hash(new.to_owned()).await;
        let writing = self.services.store().begin().await?;
        // One that was replaced meanwhile is not the old one any more.
        let changed = person::Entity::update_many()
            .col_expr(person::Column::PasswordHash, Expr::value(hash))
            .filter(person::Column::Id.eq(me))
            .filter(person::Column::PasswordHash.eq(stored.as_deref()))
            .exec(&writing)
            .await?;
        if changed.rows_affected == 0 {
            return Err(ServiceError::invalid("old_password", Fault::WrongPassword));
        }
        session::Entity::delete_many()
            .filter(session::Column::PersonId.eq(me))
            .filter(session::Column::Key.ne(session_key(cookie)))
            .exec(&writing)
            .await?;
        writing.commit().await?;
        privacy::note_replaced_password(self.services, stored.as_deref()).await;
        Ok(())
    }

    /// Everything that is kept about this person, as JSON.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn my_data(&self) -> Result<serde_json::Value, ServiceError> {
        privacy::export(self.services, self.who.id).await
    }
}
