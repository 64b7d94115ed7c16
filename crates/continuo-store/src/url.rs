//! Where the database is: `sqlite:FILE`, `sqlite::memory:` or `postgres://..`.

use crate::error::{Error, Result};
use std::path::PathBuf;

/// A parsed database address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DbUrl {
    /// A SQLite file.
    File(PathBuf),
    /// A SQLite database in memory, gone with the last connection (tests).
    Memory,
    /// A PostgreSQL connection string.
    Postgres(String),
}

impl DbUrl {
    /// Reads the address an operator wrote.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "sqlite::memory:" => Ok(Self::Memory),
            _ if text.starts_with("postgres://") || text.starts_with("postgresql://") => {
                Ok(Self::Postgres(text.to_owned()))
            }
            _ => match text.strip_prefix("sqlite:") {
                Some(path) if !path.is_empty() => Ok(Self::File(PathBuf::from(path))),
                _ => Err(Error::Invalid(format!(
                    "database `{text}` is neither sqlite:FILE, sqlite::memory: nor postgres://.."
                ))),
            },
        }
    }

    /// The address for messages and logs: a password is left out.
    pub fn shown(&self) -> String {
        match self {
            Self::File(path) => format!("sqlite:{}", path.display()),
            Self::Memory => "sqlite::memory:".to_owned(),
            Self::Postgres(text) => match (text.find("://"), text.rfind('@')) {
                (Some(start), Some(at)) if start < at => {
                    format!("postgres://..{}", text.get(at..).unwrap_or(""))
                }
                _ => "postgres://..".to_owned(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DbUrl;

    #[test]
    fn a_password_is_not_shown() {
        let url = DbUrl::parse("postgres://continuo:secret@db/continuo").expect("a valid address");
        assert_eq!(url.shown(), "postgres://..@db/continuo");
    }

    #[test]
    fn other_addresses_are_refused() {
        assert!(DbUrl::parse("mysql://x").is_err());
        assert!(DbUrl::parse("sqlite:").is_err());
    }
}
