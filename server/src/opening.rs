//! Opening what the process stands on: the data folder and the database.

use std::{fs, io, os::unix::fs::DirBuilderExt, path::Path};

use kvarten_service::{Services, Store};

use crate::{Failure, config::Config};

/// Opens the database as it is, whatever its version.
///
/// # Errors
/// A folder that cannot be written to, a database that does not answer.
pub async fn connect(config: &Config) -> Result<Services, Failure> {
    make_writable(&config.data)
        .map_err(|error| Failure::DataFolder { folder: config.data.clone(), error })?;
    let store = Store::connect(config.database.as_str()).await?;
    Ok(Services::new(store, config.calendar.clone(), config.media()))
}

/// Opens the database, which must be of this program's version.
///
/// # Errors
/// Those of [`connect`], and a database that is older or newer than the program.
pub async fn open(config: &Config) -> Result<Services, Failure> {
    let services = connect(config).await?;
    services.store().check_schema().await?;
    Ok(services)
}

/// Makes a folder, where it is missing, that nobody else on the machine can look into.
///
/// # Errors
/// What the system says.
pub fn make_private_folder(folder: &Path) -> Result<(), io::Error> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Makes the folder and sees whether a file can be written in it.
fn make_writable(folder: &Path) -> Result<(), io::Error> {
    make_private_folder(folder)?;
    let probe = folder.join(format!(".kvarten-{}", std::process::id()));
    fs::write(&probe, [])?;
    fs::remove_file(probe)
}
