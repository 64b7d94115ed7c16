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
                // Nothing of it is said but its kind: a mistyped one may hold a password.
                _ => {
                    let kind = text.split_once(':').map_or("", |(kind, _)| kind);
                    Err(Error::Invalid(format!(
                        "database `{kind}:..` is neither sqlite:FILE, sqlite::memory: nor postgres://.."
                    )))
                }
            },
        }
    }

    /// The address for messages and logs: a password is left out.
    pub fn shown(&self) -> String {
        match self {
            Self::File(path) => format!("sqlite:{}", path.display()),
            Self::Memory => "sqlite::memory:".to_owned(),
            Self::Postgres(text) => {
                // Parameters may hold a password as well.
                let text = text.split('?').next().unwrap_or_default();
                match (text.find("://"), text.rfind('@')) {
                    (Some(start), Some(at)) if start < at => {
                        format!("postgres://..{}", text.get(at..).unwrap_or(""))
                    }
                    _ => "postgres://..".to_owned(),
                }
            }
        }
    }
}

impl DbUrl {
    /// Whether the address holds a password.
    pub fn has_password(&self) -> bool {
        let Self::Postgres(text) = self else { return false };
        let (before, parameters) = text.split_once('?').unwrap_or((text, ""));
        let user = before.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@')).map_or("", |(user, _)| user);
        user.contains(':') || parameters.split('&').any(|one| one.starts_with("password="))
    }
}

#[cfg(test)]
mod tests {
    use super::DbUrl;

    #[test]
    fn a_password_is_not_shown() {
        let url = DbUrl::parse("postgres://continuo:secret@db/continuo").expect("a valid address");
        assert_eq!(url.shown(), "postgres://..@db/continuo");
        assert!(url.has_password());
        let url = DbUrl::parse("postgres://continuo@db/continuo?password=secret").expect("a valid address");
        assert_eq!(url.shown(), "postgres://..@db/continuo");
        assert!(url.has_password());
        assert!(!DbUrl::parse("postgres://continuo@db/continuo").expect("a valid address").has_password());
        let wrong = DbUrl::parse("postgre://continuo:secret@db/continuo").expect_err("no such database");
        assert!(!wrong.to_string().contains("secret"), "{wrong}");
    }

    #[test]
    fn other_addresses_are_refused() {
        assert!(DbUrl::parse("mysql://x").is_err());
        assert!(DbUrl::parse("sqlite:").is_err());
    }
}
