//! Exports that were cancelled: their addresses answer no more, as the specification asks.
//!
//! Kept in memory only: an export leaves nothing on disk that cancelling would have to take away.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Remembered at most; the oldest is forgotten.
const MOST: usize = 1_000;

/// The words of cancelled exports.
#[derive(Default)]
pub(crate) struct Ended(Mutex<VecDeque<String>>);

impl Ended {
    pub(super) fn add(&self, word: &str) {
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        list.push_back(word.to_owned());
        if list.len() > MOST {
            list.pop_front();
        }
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|one| one == word)
    }
}
