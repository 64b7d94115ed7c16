//! The database's codes as small numbers: one append-only table, held in memory, shared by preparing, writing and engines.
//!
//! On SQLite the process is alone: numbers are given out in memory and the writer stores new ones in the commit that
//! first may use them. On PostgreSQL other processes give out numbers too, so a new code is stored at once on a
//! connection of its own, under a lock. Words that go with codes (for `:text`) are kept beside them.

use crate::conn::{Conn, Dialect, Param};
use crate::error::{Error, Result};
use continuo_fhir::facts::{Codes, MemoryCodes};
use continuo_fhir::letters::hex;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};

/// The system under which the words of codes are interned.
pub(crate) const WORDS: &str = "urn:continuo:words";

/// All codes of a database.
pub struct StoreCodes {
    memory: MemoryCodes,
    /// PostgreSQL: where a new code is stored at once.
    shared: Option<Mutex<Conn>>,
    /// A code could not be stored; nothing may be written with it.
    failed: AtomicBool,
    words: RwLock<WordPairs>,
}

/// Which words were seen with which code, in order of appearance.
#[derive(Default)]
struct WordPairs {
    known: HashSet<(u32, u32)>,
    list: Vec<(u32, u32)>,
}

impl StoreCodes {
    /// Reads the table. `shared` is a connection for PostgreSQL.
    pub(crate) fn load(conn: &mut Conn, shared: Option<Conn>) -> Result<Self> {
        let codes = Self {
            memory: MemoryCodes::new(),
            shared: shared.filter(|c| c.dialect() == Dialect::Postgres).map(Mutex::new),
            failed: AtomicBool::new(false),
            words: RwLock::default(),
        };
        codes.catch_up(conn)?;
        let pairs =
            conn.query("select code, words from code_words", &[], |row| Ok((row.int(0)? as u32, row.int(1)? as u32)))?;
        let mut words = codes.words.write().unwrap_or_else(PoisonError::into_inner);
        words.known = pairs.iter().copied().collect();
        words.list = pairs;
        drop(words);
        Ok(codes)
    }

    /// Takes over what other processes added.
    fn catch_up(&self, conn: &mut Conn) -> Result<()> {
        let from = self.memory.len() as i64;
        conn.for_each("select id, system, code from code where id >= ?1 order by id", &[Param::Int(from)], |row| {
            let number = self.memory.intern(row.str(1)?, row.str(2)?);
            if i64::from(number) == row.int(0)? {
                Ok(())
            } else {
                Err(Error::Damaged(format!("code {} is out of order", row.int(0)?)))
            }
        })
    }

    /// How many codes and word pairs there are: what `since` starts from after a commit.
    pub(crate) fn mark(&self) -> (usize, usize) {
        (self.memory.len(), self.words.read().unwrap_or_else(PoisonError::into_inner).list.len())
    }

    /// Stores what was given out since `from`, inside the writer's transaction; says what is stored now.
    pub(crate) fn store_since(&self, conn: &mut Conn, from: (usize, usize)) -> Result<(usize, usize)> {
        if self.failed.load(Ordering::Acquire) {
            return Err(Error::Closed("a code could not be stored".to_owned()));
        }
        // Pairs first: every code of a pair was interned before the pair.
        let pairs: Vec<(u32, u32)> = {
            let words = self.words.read().unwrap_or_else(PoisonError::into_inner);
            words.list.get(from.1..).map(<[_]>::to_vec).unwrap_or_default()
        };
        for (code, words) in &pairs {
            conn.execute(
                "insert into code_words (code, words) values (?1, ?2) on conflict (code, words) do nothing",
                &[Param::Int(i64::from(*code)), Param::Int(i64::from(*words))],
            )?;
        }
        let mut next = from.0;
        if self.shared.is_none() {
            for (system, code) in self.memory.since(from.0 as u32) {
                insert(conn, next, &system, &code)?;
                next += 1;
            }
        }
        Ok((next, from.1 + pairs.len()))
    }

    /// The number of a code; new ones are given out.
    pub(crate) fn number(&self, system: &str, code: &str) -> i64 {
        i64::from(self.intern(system, code))
    }

    /// Notes that a code was seen with these folded words.
    pub(crate) fn add_words(&self, code: u32, folded: &str) {
        let pair = (code, self.intern(WORDS, folded));
        if self.words.read().unwrap_or_else(PoisonError::into_inner).known.contains(&pair) {
            return;
        }
        let mut words = self.words.write().unwrap_or_else(PoisonError::into_inner);
        if words.known.insert(pair) {
            words.list.push(pair);
        }
    }

    /// On PostgreSQL, what other processes added since the last look.
    pub(crate) fn refresh(&self) -> Result<()> {
        match &self.shared {
            None => Ok(()),
            Some(conn) => self.catch_up(&mut conn.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    fn intern_shared(&self, conn: &Mutex<Conn>, system: &str, code: &str) -> Result<u32> {
        let mut conn = conn.lock().unwrap_or_else(PoisonError::into_inner);
        conn.batch("begin")?;
        let stored = self.store_one(&mut conn, system, code);
        conn.batch(if stored.is_ok() { "commit" } else { "rollback" })?;
        stored?;
        Ok(self.memory.intern(system, code))
    }

    fn store_one(&self, conn: &mut Conn, system: &str, code: &str) -> Result<()> {
        conn.query("select pg_advisory_xact_lock(7203, 2)::text", &[], |_| Ok(()))?;
        self.catch_up(conn)?;
        match self.memory.find(system, code) {
            Some(_) => Ok(()),
            None => insert(conn, self.memory.len(), system, code),
        }
    }
}

fn insert(conn: &mut Conn, id: usize, system: &str, code: &str) -> Result<()> {
    conn.execute(
        "insert into code (id, system, code) values (?1, ?2, ?3)",
        &[Param::Int(id as i64), Param::Text(system), Param::Text(code)],
    )?;
    Ok(())
}

/// Bytes of a system or code that are told apart letter by letter. PostgreSQL's index takes no row of more than 2,704 bytes;
/// codes of published systems have a few dozen.
const LONGEST: usize = 1_000;

/// A system or code as it is stored: without NUL, which the databases' texts do not hold, and a monster by its beginning
/// and its hash, so that one code that somebody filled with a book stops nobody from writing.
pub(crate) fn stored(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST && !text.contains('\0') {
        return Cow::Borrowed(text);
    }
    let clean = text.replace('\0', "");
    if clean.len() <= LONGEST {
        return Cow::Owned(clean);
    }
    let hash = Sha256::digest(clean.as_bytes());
    let mut short: String = clean.chars().take(100).collect();
    short.push('#');
    short.push_str(&hex(&hash));
    Cow::Owned(short)
}

impl Codes for StoreCodes {
    fn intern(&self, system: &str, code: &str) -> u32 {
        let (system, code) = (stored(system), stored(code));
        if let Some(number) = self.memory.find(&system, &code) {
            return number;
        }
        match &self.shared {
            None => self.memory.intern(&system, &code),
            Some(conn) => self.intern_shared(conn, &system, &code).unwrap_or_else(|error| {
                tracing::error!(%error, "a code could not be stored; nothing more is written");
                self.failed.store(true, Ordering::Release);
                u32::MAX - 1
            }),
        }
    }

    fn find(&self, system: &str, code: &str) -> Option<u32> {
        self.memory.find(&stored(system), &stored(code))
    }
}
