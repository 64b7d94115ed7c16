//! Reads what every list stands on from the disk before somebody asks for it: after a start nothing of a database needs to
//! be in memory, and whoever comes first would wait for hundreds of its pages, one after the other.
//!
//! Only SQLite: PostgreSQL keeps what it read across our starts. What is read stays in the system's cache of files and is
//! the system's to take back; nothing is kept here.
//!
//! It ends where the server is crowded: fifty at once bring what they need by themselves, and the slowest of them would
//! wait for two processors that read what nobody asked for yet.

use crate::error::{Error, Result};
use crate::open::Opener;
use std::sync::Mutex;
use std::sync::PoisonError;

/// Rows of a table or index that are passed through at most: a clinic of 200,000 people whole, and of a larger one no more
/// than a third of a gigabyte.
const MOST: u32 = 500_000;

/// The tables and indexes behind lists and the head of each chart, those that the first list needs first, with a column
/// that stands at the end of a row or of an entry.
const PASSES: [(&str, &str); 9] = [
    ("work indexed by work_listed", "task_kind"),
    ("work not indexed", "fallback"),
    ("person_header not indexed", "code_status"),
    ("work indexed by work_by_patient", "patient"),
    ("work indexed by work_by_due", "due"),
    ("person_header indexed by person_header_by_owner", "given"),
    ("suggestion indexed by suggestion_by_key", "key"),
    ("person_member not indexed", "why"),
    ("person_member indexed by person_member_now", "patient"),
];

/// Passes at once: a disk answers several questions in the time of one.
const SIDE_BY_SIDE: usize = 4;

/// Rows between two questions whether to go on.
const BETWEEN: u64 = 256;

/// Reading ahead that is yet to be done. It holds no store, so that a store can be closed meanwhile.
pub struct ReadAhead(Option<Opener>);

impl ReadAhead {
    /// Nothing to do for a database that is in memory or another server's.
    pub(crate) fn new(opener: &Opener) -> Self {
        Self(opener.is_file().then(|| opener.clone().mapping(0)))
    }

    /// Reads, as long as `go_on` says so, which is asked every few milliseconds; says how many rows and entries were passed.
    pub fn run(self, go_on: impl Fn() -> bool + Sync) -> Result<u64> {
        let Some(opener) = self.0 else { return Ok(0) };
        let left = Mutex::new(PASSES.iter());
        let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next().filter(|_| go_on());
        let passes = || -> Result<u64> {
            let mut conn = opener.reader()?;
            let mut rows = 0;
            while let Some((from, column)) = next() {
                // A partial index is used only by whoever says what is in it.
                let only = if from.ends_with("_now") { " where until is null" } else { "" };
                let sql = format!("select length({column}) from {from}{only} limit {MOST}");
                let mut is_ended = false;
                let passed = conn.for_each(&sql, &[], |_| {
                    rows += 1;
                    is_ended = rows % BETWEEN == 0 && !go_on();
                    if is_ended { Err(Error::Invalid("others read now".to_owned())) } else { Ok(()) }
                });
                if !is_ended {
                    passed?;
                }
            }
            Ok(rows)
        };
        std::thread::scope(|threads| {
            let others: Vec<_> = (1..SIDE_BY_SIDE).map(|_| threads.spawn(passes)).collect();
            let mut rows = passes();
            for other in others {
                // Nothing rests on what was read here: a thread that ended by a panic read less, and that is all.
                rows = rows.and_then(|rows| Ok(rows + other.join().unwrap_or(Ok(0))?));
            }
            rows
        })
    }
}
