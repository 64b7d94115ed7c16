//! Compares every kept version with the hash in its change row.

use crate::audit::ChainReport;
use crate::body;
use crate::conn::Conn;
use crate::error::Result;
use crate::ids::OrgId;
use crate::write::DELETE;

/// Problems named before the check stops naming them.
const NAMED: usize = 100;

/// Adds to the report each version that is missing or not what was written.
pub(crate) fn contents(conn: &mut Conn, org: OrgId, report: &mut ChainReport) -> Result<()> {
    conn.for_each(
        "select c.seq, c.version, c.op, c.hash, t.name, r.id,
                case when r.version = c.version then r.body else h.body end
         from change c join name t on t.id = c.type
         left join resource r on r.rid = c.rid
         left join history h on h.rid = c.rid and h.version = c.version
         where c.org = ?1 order by c.seq",
        &[org.param()],
        |row| {
            report.versions += 1;
            let (seq, version, op) = (row.int(0)?, row.int(1)?, row.int(2)?);
            let (type_, id) = (row.str(4)?, row.opt_str(5)?.unwrap_or("?"));
            let found = match row.opt_bytes(6)? {
                Some(bytes) => body::hash(type_, id, bytes),
                None if op == DELETE => body::hash_deleted(type_, id),
                None => [0; 32],
            };
            if found != row.bytes(3)? && report.problems.len() < NAMED {
                report.problems.push(format!("change {seq}: {type_}/{id} version {version} is not what was written"));
            }
            Ok(())
        },
    )
}
