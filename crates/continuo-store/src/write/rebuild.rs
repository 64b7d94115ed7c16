//! Rebuilds what is derived from the resources: index rows and packed facts.
//!
//! Done when a database is opened that was written by a build with other search parameters or another packed form.
//! Interrupted, it starts again at the next opening, since the generation is noted at the end.

use super::put::RowKey;
use super::tx::WriteTx;
use crate::body;
use crate::conn::{Conn, Param};
use crate::error::Result;
use crate::ids::{OrgId, Rid};
use crate::index::{IndexRows, collect};
use crate::read::type_named;
use crate::store::{Store, WriteContext};
use continuo_fhir::facts::{VERSION, build_packed};
use continuo_fhir::search::table_version;
use continuo_fhir::{Zone, pack};

/// Raised when the index tables themselves change meaning.
const FORM: i64 = 2;
const MARKER: &str = "index";
/// Resources in one commit.
const STEP: i64 = 500;

const DERIVED: [&str; 12] = [
    "idx_clinical",
    "idx_code",
    "idx_token",
    "idx_identifier",
    "idx_reference",
    "idx_date",
    "idx_number",
    "idx_text",
    "idx_composite",
    "idx_date_several",
    "idx_label",
    "facts",
];

fn generation() -> i64 {
    FORM << 48 | i64::from(VERSION) << 32 | i64::from(table_version())
}

fn noted(conn: &mut Conn) -> Result<i64> {
    conn.query_int("select number from marker where name = ?1", &[Param::Text(MARKER)])
}

/// Rebuilds if another generation wrote the database. An empty database is only noted.
pub(crate) fn if_stale(store: &Store) -> Result<()> {
    let (found, organizations) = store.read(|r| Ok((noted(r.conn())?, crate::start::organizations(r.conn())?)))?;
    let Some(first) = organizations.first().copied().filter(|_| found != generation()) else {
        return Ok(());
    };
    tracing::info!(found, wanted = generation(), "rebuilding index and facts");
    for org in organizations {
        organization(store, org)?;
    }
    store.write(&context(first), |tx| note(tx.conn()?))?;
    Ok(())
}

/// Notes this build's generation.
pub(crate) fn note(conn: &mut Conn) -> Result<()> {
    conn.execute(
        "insert into marker (name, number, note) values (?1, ?2, '')
         on conflict (name) do update set number = excluded.number",
        &[Param::Text(MARKER), Param::Int(generation())],
    )?;
    Ok(())
}

fn context(org: OrgId) -> WriteContext {
    WriteContext::new(org, "system/store", "rebuild index")
}

fn organization(store: &Store, org: OrgId) -> Result<()> {
    store.write(&context(org), move |tx| {
        for table in DERIVED {
            tx.conn()?.execute(&format!("delete from {table} where org = ?1"), &[org.param()])?;
        }
        Ok(())
    })?;
    let mut after = Some(Rid(0));
    while let Some(from) = after {
        after = store.write(&context(org), move |tx| tx.rebuild_after(from))?.value;
    }
    Ok(())
}

struct Found {
    key: RowKey,
    id: String,
    body: Vec<u8>,
}

impl WriteTx<'_> {
    /// Derived rows of the next resources; says where to go on.
    fn rebuild_after(&mut self, after: Rid) -> Result<Option<Rid>> {
        let org = self.context.org;
        let zone = crate::tables::org::zone(self.conn, org)?.as_deref().and_then(Zone::named).unwrap_or_else(Zone::utc);
        let found = self.conn.query(
            "select r.rid, t.name, r.type, r.patient, r.labels, r.id, r.body from resource r join name t on t.id = r.type
             where r.org = ?1 and r.rid > ?2 and r.body is not null order by r.rid limit ?3",
            &[org.param(), after.param(), Param::Int(STEP)],
            |row| {
                let key = RowKey {
                    rid: Rid(row.int(0)?),
                    type_: type_named(row.str(1)?)?,
                    type_id: row.int(2)?,
                    patient: row.int(3)?,
                    labels: row.int(4)?,
                };
                Ok(Found { key, id: row.text(5)?, body: row.blob(6)? })
            },
        )?;
        let mut rows = IndexRows::new();
        for Found { key, id, body } in &found {
            let packed = pack(&body::decode(key.type_.as_str(), id, body)?);
            let values = collect(key.type_, &packed, &zone, &self.state.codes)?;
            self.add_index(&mut rows, *key, &values)?;
            if let Some(facts) = build_packed(&packed, id, &zone, self.state.codes.as_ref()) {
                self.facts.push(&[
                    key.rid.param(),
                    org.param(),
                    Param::Int(key.patient),
                    Param::Int(key.type_id),
                    Param::Int(key.labels),
                    Param::Blob(&facts),
                ]);
            }
        }
        rows.insert(self.conn)?;
        self.flush()?;
        Ok(found.last().map(|row| row.key.rid))
    }
}
