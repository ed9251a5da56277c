//! `kvarten backup`.

mod copy;
mod files;
mod folder;

use std::{io, path::PathBuf};

use clap::Args;
use kvarten_service::privacy::{NOT_COPIED, RevocationList};

use super::{file_failure, unless_stopped};
use crate::{
    Failure,
    config::Config,
    opening::{connect_to_read, make_private_folder},
    postgres_tools,
    terminal::say,
};
pub use files::copy_missing;
use folder::BackupFolder;
pub use folder::{WorkFolder, name_of_now, rename_new};

#[derive(Args, Debug)]
pub struct Arguments {
    /// Where to; made when missing
    folder: PathBuf,
}

/// Copies the database and the stored files.
///
/// # Errors
/// Whatever keeps the copy from being whole. Nothing of it is left then.
pub async fn back_up(config: &Config, arguments: &Arguments) -> Result<(), Failure> {
    Box::pin(unless_stopped(back_up_to(config, arguments))).await
}

async fn back_up_to(config: &Config, arguments: &Arguments) -> Result<(), Failure> {
    let path = &arguments.folder;
    // Opened first: a folder for copies is not made where there is nothing to copy.
    let services = connect_to_read(config).await?;
    make_private_folder(path).map_err(|error| file_failure(path, error))?;
    if is_same_folder(path, &config.data) {
        return Err(Failure::Refused(
            "the copy would lie in the data folder itself; name another folder".to_owned(),
        ));
    }
    let folder = BackupFolder::enter(path).await?;
    let work = folder.work()?;
    let (copied, ending) = match config.database.file() {
        Some(_) => (copy::sqlite(&services, &work).await, "db"),
        None => (dump(config, &work).await, "dump"),
    };
    services.store().close().await;
    let copy = copied?;
    // Those that the copy names are all there by now; it gets its name once they are here, too.
    let files = copy_missing(&config.media(), &path.join("media")).await?;
    keep_revocations(config, arguments)?;
    let database = folder.publish(&copy, ending)?;
    folder.sync();
    say(format_args!("Wrote {} and {files} new stored files.", database.display()));
    Ok(())
}

fn is_same_folder(one: &std::path::Path, other: &std::path::Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

async fn dump(config: &Config, work: &WorkFolder) -> Result<PathBuf, Failure> {
    let target = work.new_file("copy")?;
    let file = format!("--file={}", target.display());
    let left_out = NOT_COPIED.map(|table| format!("--exclude-table-data=*.{table}"));
    let mut arguments = vec!["--format=custom", &*file];
    arguments.extend(left_out.iter().map(String::as_str));
    postgres_tools::run("pg_dump", &arguments, &config.database, work.path()).await?;
    Ok(target)
}

/// Beside the copies lies what has been revoked until now, for the older ones among them.
fn keep_revocations(config: &Config, arguments: &Arguments) -> Result<(), Failure> {
    let ours = RevocationList::in_folder(&config.data);
    let theirs = RevocationList::in_folder(&arguments.folder);
    theirs.merge(&ours).map_err(|error: io::Error| file_failure(theirs.file(), error))
}
