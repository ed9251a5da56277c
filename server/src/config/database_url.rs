//! Where the database is.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use sea_orm::sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::is_this_machine;

/// The address of a database. It may hold a password, so it shows itself without what it holds.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// Reads `sqlite:PATH` or `postgres://…`.
    ///
    /// # Errors
    /// What is wrong with it, without quoting it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Self(text.to_owned());
        let is_postgres =
            ["postgres://", "postgresql://"].iter().any(|kind| text.starts_with(kind));
        if is_postgres {
            return Ok(url);
        }
        match url.file() {
            Some(file) if file.as_os_str().is_empty() || file == Path::new(":memory:") => {
                Err("sqlite: must be followed by the path of a file".to_owned())
            }
            Some(_) => Ok(url),
            None => Err("it must begin with sqlite: or postgres://".to_owned()),
        }
    }

    /// The SQLite database in the data folder.
    #[must_use]
    pub fn in_folder(data: &Path) -> Self {
        Self(format!("sqlite:{}", data.join("kvarten.db").display()))
    }

    /// The address itself, with whatever secrets it holds.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host of a PostgreSQL database that is reached over a network without its certificate being
    /// verified.
    #[must_use]
    pub fn unverified_host(&self) -> Option<String> {
        if self.file().is_some() {
            return None;
        }
        let options: PgConnectOptions = self.0.parse().ok()?;
        let is_verified = matches!(options.get_ssl_mode(), PgSslMode::VerifyFull);
        let is_local = options.get_socket().is_some() || is_this_machine(options.get_host());
        (!is_verified && !is_local).then(|| options.get_host().to_owned())
    }

    /// The file of an SQLite database.
    #[must_use]
    pub fn file(&self) -> Option<PathBuf> {
        let path = self.0.strip_prefix("sqlite:")?;
        let path = path.strip_prefix("//").unwrap_or(path);
        Some(path.split('?').next().unwrap_or(path).into())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.file() {
            Some(file) => write!(f, "sqlite:{}", file.display()),
            None => f.write_str("postgres://…"),
        }
    }
}
