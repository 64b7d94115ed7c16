//! Reader connections: kept when idle, opened when all are busy, never more kept than asked for.

use crate::conn::Conn;
use crate::error::Result;
use crate::open::Opener;
use std::sync::{Mutex, PoisonError};

pub(crate) struct Pool {
    opener: Opener,
    idle: Mutex<Vec<Conn>>,
    keep: usize,
}

impl Pool {
    /// One connection is opened at once, so that a database in memory outlives its writer and errors show early.
    pub(crate) fn new(opener: Opener, keep: usize) -> Result<Self> {
        let first = opener.reader()?;
        Ok(Self { opener, idle: Mutex::new(vec![first]), keep: keep.max(1) })
    }

    pub(crate) fn take(&self) -> Result<Conn> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle {
            Some(conn) => Ok(conn),
            None => self.open(),
        }
    }

    pub(crate) fn opener(&self) -> &Opener {
        &self.opener
    }

    pub(crate) fn open(&self) -> Result<Conn> {
        self.opener.reader()
    }

    pub(crate) fn give_back(&self, conn: Conn) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.keep {
            idle.push(conn);
        }
    }
}
