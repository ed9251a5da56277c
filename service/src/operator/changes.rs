//! What changes about a person: names after a wedding, another address, another employee number.

use kvarten_domain::{Fault, PersonId, person::EmployeeNumber};
use kvarten_entity::{Column, person};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, SimpleExpr},
};

use super::{Operator, by_operator, required};
use crate::{ServiceError, audit, email::read_email, outbox::forget_failure, text::identifier};

/// What is to be changed about a person; the rest stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonChange {
    pub employee_number: Option<String>,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    pub email: EmailChange,
}

/// What becomes of a person's e-mail address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum EmailChange {
    #[default]
    Keep,
    To(String),
    Remove,
}

/// The columns to change, checked.
struct Checked {
    columns: Vec<(person::Column, SimpleExpr)>,
    number: Option<String>,
    email: Option<String>,
}

impl PersonChange {
    fn check(&self) -> Result<Checked, ServiceError> {
        let mut columns: Vec<(person::Column, SimpleExpr)> = Vec::new();
        let mut number = None;
        if let Some(text) = &self.employee_number {
            let read = EmployeeNumber::read(&identifier(text))
                .map_err(|fault| ServiceError::invalid("employee_number", fault))?;
            columns.push((person::Column::EmployeeNumber, Expr::value(read.as_str())));
            number = Some(read.as_str().to_owned());
        }
        for (field, column, text) in [
            ("given_name", person::Column::GivenName, &self.given_name),
            ("family_name", person::Column::FamilyName, &self.family_name),
        ] {
            if let Some(text) = text {
                columns.push((column, Expr::value(required(field, text)?)));
            }
        }
        let mut email = None;
        match &self.email {
            EmailChange::Keep => {}
            EmailChange::Remove => {
                columns.push((person::Column::Email, Expr::value(None::<String>)));
            }
            EmailChange::To(text) => {
                let read =
                    read_email(text).map_err(|fault| ServiceError::invalid("email", fault))?;
                columns.push((person::Column::Email, Expr::value(read.as_str())));
                email = Some(read.as_str().to_owned());
            }
        }
        Ok(Checked { columns, number, email })
    }
}

impl Operator<'_> {
    /// Changes a person's names, e-mail address or employee number; also of one who has left. What
    /// is known about them stays theirs.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], nothing to change, a field that cannot be used, or an employee number
    /// or address that another person has.
    pub async fn change_person(
        &self,
        id: PersonId,
        change: &PersonChange,
    ) -> Result<(), ServiceError> {
        let Checked { columns, number, email } = change.check()?;
        if columns.is_empty() {
            return Err(ServiceError::invalid("change", Fault::Empty));
        }
        let writing = self.services.store().begin().await?;
        let held = person::Entity::find_by_id(id.key()).lock_exclusive().one(&writing).await?;
        let held = held.ok_or(ServiceError::NotFound)?;
        for (field, column, value) in [
            ("employee_number", person::Column::EmployeeNumber, &number),
            ("email", person::Column::Email, &email),
        ] {
            let Some(value) = value else { continue };
            let same = Condition::all().add(column.eq(value)).add(person::Column::Id.ne(id.key()));
            if person::Entity::find().filter(same).one(&writing).await?.is_some() {
                return Err(ServiceError::invalid(field, Fault::Taken));
            }
        }
        let is_elsewhere = change.email != EmailChange::Keep && email != held.email;
        let mut update = person::Entity::update_many().filter(person::Column::Id.eq(id.key()));
        for (column, value) in columns {
            update = update.col_expr(column, value);
        }
        update.exec(&writing).await?;
        if is_elsewhere {
            forget_failure(&writing, id.key()).await?;
        }
        writing.commit().await?;
        audit::record(self.services, "person_changed", Some(id), by_operator()).await;
        Ok(())
    }
}
