//! The store's one error type. A caller acts on the variant; the text is for the log, never for a person.

use thiserror::Error;

/// What can go wrong between the store and its caller.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The database file or server cannot be opened or used.
    #[error("database `{url}` cannot be opened: {cause}")]
    Open {
        /// The database as named by the operator, without its password.
        url: String,
        /// What the database said.
        cause: String,
    },
    /// The schema was made by a newer build; this one would damage it.
    #[error("database schema {found} is newer than {known}, the newest this build knows")]
    NewerSchema {
        /// Schema number in the database.
        found: i64,
        /// Newest schema number of this build.
        known: i64,
    },
    /// A statement failed.
    #[error("{what}: {cause}")]
    Sql {
        /// The statement or step, without values.
        what: String,
        /// What the database said.
        cause: String,
    },
    /// The thing asked for is not there (or not visible in the caller's scope).
    #[error("{0} not found")]
    NotFound(String),
    /// The resource was deleted.
    #[error("{0} is deleted")]
    Gone(String),
    /// The version the caller expected is not the current one (`If-Match`).
    #[error("{what} is at version {current}, not {expected}")]
    VersionConflict {
        /// Type and id.
        what: String,
        /// Version the caller named.
        expected: i64,
        /// Version in the store; 0 when there is none.
        current: i64,
    },
    /// A rule of the store refuses the change.
    #[error("{0}")]
    Refused(String),
    /// A search that cannot be understood; names the parameter.
    #[error("search parameter `{parameter}`: {message}")]
    Search {
        /// The parameter as written.
        parameter: String,
        /// What is wrong with it.
        message: String,
    },
    /// Part of the input cannot be taken; names the place.
    #[error("{place}: {message}")]
    Faulty {
        /// Where in the input.
        place: String,
        /// What is wrong there.
        message: String,
    },
    /// The resource or request cannot be stored as it is.
    #[error("{0}")]
    Invalid(String),
    /// What the database holds contradicts itself.
    #[error("damaged data: {0}")]
    Damaged(String),
    /// The disk or quota is full; nothing of this commit was kept.
    #[error("no space left for the database: {0}")]
    Full(String),
    /// The writer has stopped after a failed commit, or reads are refused after a failed audit commit.
    #[error("the store is closed: {0}")]
    Closed(String),
}

/// Result with the store's error.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Names the step that failed, keeping what the database said.
    pub fn sql(what: &str, cause: impl std::fmt::Display) -> Self {
        Self::Sql { what: shorten(what), cause: cause.to_string() }
    }
}

fn shorten(sql: &str) -> String {
    let line = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(160) {
        Some((at, _)) => format!("{}...", line.get(..at).unwrap_or("")),
        None => line,
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full(error.to_string()),
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => {
                Self::Damaged(error.to_string())
            }
            // This one shows the whole statement: what is wrong with it is enough, its beginning is named by the caller.
            _ => match error {
                rusqlite::Error::SqlInputError { msg, .. } => Self::sql("sqlite", msg),
                other => Self::sql("sqlite", other),
            },
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        // Detail and hint are left out: PostgreSQL writes the values of the row into them, and this text goes to the log.
        // What it says of a value that it could not take (class 22) holds the value as well.
        let said = |db: &tokio_postgres::error::DbError| match db.constraint() {
            _ if db.code().code().starts_with("22") => format!("a value could not be taken ({})", db.code().code()),
            Some(name) => format!("{} ({}, {name})", db.message(), db.code().code()),
            None => format!("{} ({})", db.message(), db.code().code()),
        };
        let text = error.as_db_error().map_or_else(|| error.to_string(), said);
        match error.code() {
            Some(code) if *code == tokio_postgres::error::SqlState::DISK_FULL => Self::Full(text),
            _ => Self::sql("postgres", text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn a_statement_that_fails_is_named_by_its_beginning_and_shows_no_value() {
        let connection = rusqlite::Connection::open_in_memory().expect("SQLite opens in memory");
        let sql = format!("select {}, 'secret' from nowhere", "1, ".repeat(200) + "1");
        let error = Error::from(connection.prepare(&sql).expect_err("no such table"));
        assert_eq!(error.to_string(), "sqlite: no such table: nowhere");
    }
}
