//! Copying stored files.

use std::{
    fs,
    io::{self, Read, Write},
    path::Path,
};

use tempfile::NamedTempFile;
use tokio::task::yield_now;

use super::{file_failure, folder::WORK};
use crate::{Failure, opening::make_private_folder};

/// How much is copied before others have their turn, a signal to stop among them.
const PIECE: usize = 1 << 20;

/// Copies the files that are not there yet; the name of each says what is in it.
pub async fn copy_missing(from: &Path, to: &Path) -> Result<usize, Failure> {
    if !from.is_dir() {
        return Ok(0);
    }
    make_private_folder(to).map_err(|error| file_failure(to, error))?;
    let mut copied = 0;
    for entry in fs::read_dir(from).map_err(|error| file_failure(from, error))? {
        let source = entry.map_err(|error| file_failure(from, error))?.path();
        let is_whole = source.is_file() && source.extension().is_none();
        let Some(name) = source.file_name().filter(|_| is_whole) else { continue };
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        let target = to.join(name);
        if !target.exists() {
            copied += usize::from(copy(&source, &target, to).await?);
        }
    }
    Ok(copied)
}

/// False where another was first.
async fn copy(source: &Path, target: &Path, folder: &Path) -> Result<bool, Failure> {
    let new = tempfile::Builder::new().prefix(WORK).suffix(".part").tempfile_in(folder);
    let mut new = new.map_err(|error| file_failure(folder, error))?;
    let mut from = fs::File::open(source).map_err(|error| file_failure(source, error))?;
    let mut piece = vec![0; PIECE];
    loop {
        let length = from.read(&mut piece).map_err(|error| file_failure(source, error))?;
        if length == 0 {
            break;
        }
        new.write_all(&piece[..length]).map_err(|error| file_failure(target, error))?;
        yield_now().await;
    }
    new.as_file().sync_all().map_err(|error| file_failure(target, error))?;
    publish(new, target).map_err(|error| file_failure(target, error))
}

fn publish(new: NamedTempFile, target: &Path) -> io::Result<bool> {
    let (_, path) = new.keep()?;
    let renamed = super::folder::rename_new(&path, target);
    if renamed.is_err() {
        let _ = fs::remove_file(&path);
    }
    match renamed {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}
