//! Schema migrations: embedded, forward only, the same number in both dialects. A newer schema is refused.

use crate::conn::{Conn, Dialect};
use crate::error::{Error, Result};

struct Migration {
    number: i64,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migration {
    ($number:literal, $name:literal) => {
        Migration {
            number: $number,
            sqlite: include_str!(concat!("../../../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../../../migrations/postgres/", $name, ".sql")),
        }
    };
}

/// In order; a new one is appended, a released one is never edited.
const MIGRATIONS: &[Migration] = &[
    migration!(1, "0001_record"),
    migration!(2, "0002_accounts"),
    migration!(3, "0003_work"),
    migration!(4, "0004_input"),
    migration!(5, "0005_identity"),
    migration!(6, "0006_documents"),
    migration!(7, "0007_llm_call"),
    migration!(8, "0008_statistics"),
    migration!(9, "0009_handed_over"),
    migration!(10, "0010_measures"),
    migration!(11, "0011_provider"),
    migration!(12, "0012_care_gap"),
    migration!(13, "0013_escalation"),
    migration!(14, "0014_consent_opening"),
    migration!(15, "0015_kept_mended"),
    migration!(16, "0016_statistics_of_facts"),
    migration!(17, "0017_token_maker"),
    migration!(18, "0018_feed"),
    migration!(19, "0019_looked_lately"),
    migration!(20, "0020_consent_confirmed"),
    migration!(21, "0021_reach_of"),
    migration!(22, "0022_large_clinic"),
    migration!(23, "0023_told"),
    migration!(24, "0024_changed_since"),
    migration!(25, "0025_person_members"),
    migration!(26, "0026_page_ack"),
    migration!(27, "0027_listed_work"),
    migration!(28, "0028_resource_of_patient"),
    migration!(29, "0029_own_password"),
    migration!(30, "0030_search_over_everybody"),
    migration!(31, "0031_guard"),
    migration!(32, "0032_wide_numbers"),
    migration!(33, "0033_sign_in_place"),
    migration!(34, "0034_who_holds_a_role"),
    migration!(35, "0035_type_count"),
    migration!(36, "0036_audit_by_day"),
    migration!(37, "0037_choose_ids"),
    migration!(38, "0038_first_password"),
];

/// The newest schema this build knows.
pub fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |m| m.number)
}

/// Brings the schema up to date, one migration a transaction, and says where it stands.
pub(crate) fn migrate(conn: &mut Conn) -> Result<i64> {
    if conn.dialect() == Dialect::Postgres {
        // Two processes that start together must not both migrate; the lock ends with the session step below.
        conn.batch("select pg_advisory_lock(7202, 1)")?;
    }
    let done = run(conn);
    if conn.dialect() == Dialect::Postgres {
        conn.batch("select pg_advisory_unlock(7202, 1)")?;
    }
    done
}

/// For a process that only reads beside another: the schema must be the one it knows.
pub(crate) fn is_current(conn: &mut Conn) -> Result<()> {
    let found = conn.query_int("select max(number) from schema_version", &[])?;
    if found > newest() {
        return Err(Error::NewerSchema { found, known: newest() });
    }
    if found < newest() {
        return Err(Error::Refused(format!("database schema {found} is older than {}; restart the server", newest())));
    }
    Ok(())
}

fn run(conn: &mut Conn) -> Result<i64> {
    let integer = match conn.dialect() {
        Dialect::Sqlite => "integer",
        Dialect::Postgres => "bigint",
    };
    conn.batch(&format!("create table if not exists schema_version (number {integer} primary key)"))?;
    let found = conn.query_int("select max(number) from schema_version", &[])?;
    if found > newest() {
        return Err(Error::NewerSchema { found, known: newest() });
    }
    for migration in MIGRATIONS.iter().filter(|m| m.number > found) {
        conn.batch(conn.dialect().begin_write())?;
        let step = match conn.dialect() {
            Dialect::Sqlite => conn.batch(migration.sqlite),
            Dialect::Postgres => conn.batch(migration.postgres),
        };
        let step = step
            .and_then(|()| conn.batch(&format!("insert into schema_version (number) values ({})", migration.number)));
        if let Err(error) = step {
            // The database may have ended the transaction itself (a full disk): what went wrong first is what is told.
            let _ = conn.batch("rollback");
            return Err(error);
        }
        conn.batch("commit")?;
    }
    Ok(newest())
}
