//! One process writes an SQLite file: numbers of rows and codes are given out in its memory, so a second one would give
//! out the same. Whoever opens the file holds a lock beside it until it ends; the system lets go of it when a process dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::error::{Error, Result};
use crate::url::DbUrl;

/// What a second process is told.
pub(crate) const TAKEN: &str =
    "another Continuo has it open; stop that one first, or do this on its pages or over its API";

/// Whether this process may write.
pub(crate) enum Alone {
    /// Yes; the lock is held as long as this lives. Nothing to hold for a database that several processes may share.
    Held {
        /// Never looked at: being open is what holds it.
        _lock: Option<File>,
    },
    /// No: another process has the file.
    Beside,
}

impl Alone {
    /// Takes the lock, where the database is a file.
    pub(crate) fn take(url: &DbUrl) -> Result<Self> {
        let DbUrl::File(path) = url else { return Ok(Self::Held { _lock: None }) };
        let mut name = path.clone().into_os_string();
        name.push("-lock");
        let failed = |cause: String| Error::Open { url: url.shown(), cause };
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(Path::new(&name));
        let file = file.map_err(|error| failed(format!("`{}`: {error}", Path::new(&name).display())))?;
        match file.try_lock() {
            Ok(()) => Ok(Self::Held { _lock: Some(file) }),
            Err(TryLockError::WouldBlock) => Ok(Self::Beside),
            // A file system that knows no locks: the operator sees to it that one process runs.
            Err(TryLockError::Error(error)) => {
                tracing::warn!(%error, "the database cannot be locked against a second process");
                Ok(Self::Held { _lock: None })
            }
        }
    }

    pub(crate) fn is_beside(&self) -> bool {
        matches!(self, Self::Beside)
    }
}
