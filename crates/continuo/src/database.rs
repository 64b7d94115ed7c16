//! Where the database is, as an operator writes it: the address itself, or where the address is read from, so that a
//! password stands neither in the process list nor in a shell's history.

use anyhow::Context;
use continuo_store::DbUrl;

/// The address that `text` is or names: `env:NAME` a variable of the environment, `file:PATH` the first line of a file.
pub(crate) fn address(text: &str) -> anyhow::Result<DbUrl> {
    let read = if let Some(name) = text.strip_prefix("env:") {
        std::env::var(name).ok().with_context(|| format!("--db: the variable `{name}` is not set"))?
    } else if let Some(path) = text.strip_prefix("file:") {
        let text = std::fs::read_to_string(path).with_context(|| format!("--db: file `{path}`"))?;
        warn_if_open(path);
        text.lines().next().unwrap_or_default().to_owned()
    } else {
        let url = DbUrl::parse(text)?;
        if url.has_password() {
            tracing::warn!("the database's password stands in the process list: give --db env:NAME or --db file:PATH");
        }
        return Ok(url);
    };
    DbUrl::parse(read.trim()).with_context(|| format!("--db {text}"))
}

/// A file with a password is its owner's alone.
fn warn_if_open(path: &str) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let open = std::fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o077 != 0);
        if open {
            tracing::warn!(path, "others on this machine may read the file that holds the database's address");
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_is_read_from_a_file_and_nothing_of_it_is_said() {
        let file = std::env::temp_dir().join(format!("continuo-database-{}", std::process::id()));
        std::fs::write(&file, "postgres://continuo:hidden@db/continuo\n").unwrap();
        let text = format!("file:{}", file.display());
        let found = address(&text).unwrap();
        assert_eq!(found.shown(), "postgres://..@db/continuo");
        assert!(found.has_password());
        std::fs::write(&file, "postgre://continuo:hidden@db/continuo").unwrap();
        let error = format!("{:#}", address(&text).unwrap_err());
        std::fs::remove_file(&file).unwrap();
        assert!(error.contains(&text) && !error.contains("hidden"), "{error}");
        let missing = format!("{:#}", address("env:CONTINUO_NO_SUCH_VARIABLE").unwrap_err());
        assert!(missing.contains("CONTINUO_NO_SUCH_VARIABLE"), "{missing}");
    }
}
