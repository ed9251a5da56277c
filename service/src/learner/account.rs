//! One's own account.

use kvarten_domain::{
    Fault, Locale, Timestamp,
    person::{Account, Device, MailChoice, Viewer},
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
    audit::{self, Entry},
    email::shown_email,
    known_device, outbox,
    password::{About, HashPermit, Lane, PasswordGuess, Place, Verified, check_new_password},
    privacy,
    session::{Lifetime, end_all, public_id, session_key},
    throttle::LoginThrottle,
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
                id: public_id(&row.key),
                kind: row.kind.clone(),
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

    /// Ends every session of this person, and forgets the devices they have signed in with.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn sign_out_everywhere(&self) -> Result<(), ServiceError> {
        let writing = self.services.store().begin().await?;
        let ended = end_all(&writing, self.who.id).await?;
        known_device::forget_all(&writing, self.who.id, None).await?;
        writing.commit().await?;
        let entry = Entry { reason: Some("everywhere"), count: Some(ended), ..Entry::default() };
        audit::record(self.services, "sessions_ended", Some(self.who.id), entry).await;
        Ok(())
    }

    /// Ends the session on one device of this person, and forgets that device.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a device that is not theirs or is signed out already.
    pub async fn end_device(&self, id: &str) -> Result<(), ServiceError> {
        let me = self.who.id;
        let writing = self.services.store().begin().await?;
        let mine = session::Entity::find()
            .filter(session::Column::PersonId.eq(me.key()))
            .all(&writing)
            .await?;
        let found = mine.into_iter().find(|row| public_id(&row.key) == id);
        let found = found.ok_or(ServiceError::NotFound)?;
        session::Entity::delete_by_id(found.key).exec(&writing).await?;
        if let Some(device) = &found.device_key {
            known_device::forget(&writing, device).await?;
        }
        writing.commit().await?;
        let entry = Entry { reason: Some("device"), count: Some(1), ..Entry::default() };
        audit::record(self.services, "sessions_ended", Some(me), entry).await;
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
        let address = address.flatten();
        let choice = mail_choice::Entity::find_by_id(me).one(db).await?;
        let failure = match &address {
            Some(address) => outbox::failure_of(self.services, db, me, address).await?,
            None => None,
        };
        Ok(MailChoice {
            address: address.as_deref().map(shown_email),
            is_wanted: choice.is_none_or(|choice| choice.stopped_at.is_none()),
            failure,
        })
    }

    /// The address is right after all: mail is sent to it again. Done again, nothing more happens.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn confirm_address(&self) -> Result<(), ServiceError> {
        outbox::confirm_address(self.services, self.who.id).await
    }

    /// Changes the password, ends every session and forgets every other device. The caller begins a
    /// new session in this browser. `cookie` is the session it had.
    ///
    /// # Errors
    /// The old password is not right, the new one is not accepted, or [`ServiceError::Wait`] after
    /// too many tries.
    pub async fn change_password(
        &self,
        old: &str,
        new: &str,
        cookie: &str,
    ) -> Result<(), ServiceError> {
        let me = self.who.id;
        let row = self.services.store().read();
        let row = person::Entity::find_by_id(me.key()).one(row).await?;
        let row = row.ok_or(ServiceError::SignedOut)?;
        let new = check_new_password(self.services, "new_password", new, &About::of(&row)).await?;
        let keys = self.services.digest_key().await?;
        let throttle = LoginThrottle::to_confirm(keys, me, self.now);
        let place = Place::new(Lane::Known, vec!["confirm".to_owned(), me.to_string()]);
        let permit = HashPermit::wait(place).await?;
        if let Err(error) = throttle.check(self.services).await {
            self.password_refused("throttled").await;
            return Err(error);
        }
        let row = person::Entity::find_by_id(me.key()).one(self.services.store().read()).await?;
        let stored = row.and_then(|row| row.password_hash);
        let (permit, verified) = permit.verify(PasswordGuess::new(old), stored.clone()).await;
        if verified == Verified::Wrong {
            throttle.failed(self.services).await?;
            self.password_refused("old_password").await;
            return Err(ServiceError::invalid("old_password", Fault::WrongPassword));
        }
        throttle.succeeded(self.services).await?;
        let (_, hash) = permit.hash(new).await;
        let ended = self.replace_hash(hash, stored, cookie).await?;
        let entry = Entry { count: Some(ended), ..Entry::default() };
        audit::record(self.services, "password_changed", Some(me), entry).await;
        Ok(())
    }

    async fn password_refused(&self, reason: &'static str) {
        let entry = Entry { reason: Some(reason), ..Entry::default() };
        audit::record(self.services, "password_change_refused", Some(self.who.id), entry).await;
    }

    /// Replaces a hash that has been verified; how many sessions ended.
    async fn replace_hash(
        &self,
        hash: String,
        stored: Option<String>,
        cookie: &str,
    ) -> Result<u64, ServiceError> {
        let me = self.who.id;
        let writing = self.services.store().begin().await?;
        // One that was replaced meanwhile is not the old one any more.
        let changed = person::Entity::update_many()
            .col_expr(person::Column::PasswordHash, Expr::value(hash))
            .filter(person::Column::Id.eq(me.key()))
            .filter(person::Column::PasswordHash.eq(stored.as_deref()))
            .exec(&writing)
            .await?;
        if changed.rows_affected == 0 {
            return Err(ServiceError::invalid("old_password", Fault::WrongPassword));
        }
        let this = session::Entity::find_by_id(session_key(cookie)).one(&writing).await?;
        let device = this.and_then(|row| row.device_key);
        let ended = end_all(&writing, me).await?;
        known_device::forget_all(&writing, me, device.as_deref()).await?;
        writing.commit().await?;
        privacy::note_replaced_password(self.services, stored.as_deref()).await;
        Ok(ended)
    }

    /// Everything that is stored about this person, as JSON, with words in their language.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn my_data(&self, locale: Locale) -> Result<serde_json::Value, ServiceError> {
        let data = privacy::export(self.services, self.who.id, locale).await?;
        let entry = Entry { what: Some("own_data"), ..Entry::default() };
        audit::record(self.services, "data_exported", Some(self.who.id), entry).await;
        Ok(data)
    }
}
