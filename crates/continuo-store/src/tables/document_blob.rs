//! Bytes of scans, PDF and fax images; the `DocumentReference` points here.

use crate::conn::{Conn, Param, Value};
use crate::error::Result;
use crate::ids::{Micros, OrgId, Rid};
use crate::scope::Scope;
use sha2::{Digest, Sha256};

/// A document's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentBlob {
    /// Id, also of the `Binary` shown outside.
    pub id: String,
    /// When it came.
    pub at: Micros,
    /// Whose; 0 until it is filed.
    pub patient: Rid,
    /// Labels.
    pub labels: u64,
    /// Media type.
    pub type_: String,
    /// File name as received.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// Keeps a document.
pub fn add(conn: &mut Conn, org: OrgId, new: &DocumentBlob) -> Result<()> {
    conn.execute(
        "insert into document_blob (org, id, at, patient, labels, type, name, hash, bytes)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        &[
            org.param(),
            Param::Text(&new.id),
            Param::Int(new.at),
            new.patient.param(),
            Param::Int(new.labels as i64),
            Param::Text(&new.type_),
            Param::Text(&new.name),
            Param::Blob(&Sha256::digest(&new.bytes)),
            Param::Blob(&new.bytes),
        ],
    )?;
    Ok(())
}

/// The document with these very bytes, if it was received before.
pub fn known(conn: &mut Conn, org: OrgId, bytes: &[u8]) -> Result<Option<String>> {
    conn.query_opt(
        "select id from document_blob where org = ?1 and hash = ?2 order by id limit 1",
        &[org.param(), Param::Blob(&Sha256::digest(bytes))],
        |row| row.text(0),
    )
}

/// A document in scope.
pub fn by_id(conn: &mut Conn, scope: &Scope, id: &str) -> Result<Option<DocumentBlob>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Text(id.to_owned())];
    let seen = scope.predicate("b.", &mut params);
    let sql = format!(
        "select b.id, b.at, b.patient, b.labels, b.type, b.name, b.bytes from document_blob b
         where b.org = ?1 and b.id = ?2{seen}"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query_opt(&sql, &params, |row| {
        Ok(DocumentBlob {
            id: row.text(0)?,
            at: row.int(1)?,
            patient: Rid(row.int(2)?),
            labels: row.int(3)? as u64,
            type_: row.text(4)?,
            name: row.text(5)?,
            bytes: row.blob(6)?,
        })
    })
}

/// Files a document to a patient.
pub fn file_to(conn: &mut Conn, org: OrgId, id: &str, patient: Rid, labels: u64) -> Result<()> {
    conn.execute(
        "update document_blob set patient = ?3, labels = ?4 where org = ?1 and id = ?2",
        &[org.param(), Param::Text(id), patient.param(), Param::Int(labels as i64)],
    )?;
    Ok(())
}
