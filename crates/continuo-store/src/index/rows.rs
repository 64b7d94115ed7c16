//! The index tables as bulk rows.

use super::collect::Flavor;
use crate::conn::{Bulk, ColumnKind, Conn};
use crate::error::Result;
use continuo_fhir::ResourceType;

use ColumnKind::{Int, Real, Text};

/// The name under which a parameter of a type is interned.
pub(crate) fn param_name(type_: ResourceType, param: &str, flavor: Flavor) -> String {
    format!("{type_}.{param}{}", flavor.suffix())
}

/// Gathered rows of every index table.
pub(crate) struct IndexRows {
    pub(crate) clinical: Bulk,
    pub(crate) code: Bulk,
    pub(crate) token: Bulk,
    pub(crate) identifier: Bulk,
    pub(crate) reference: Bulk,
    pub(crate) date: Bulk,
    pub(crate) number: Bulk,
    pub(crate) text: Bulk,
    pub(crate) composite: Bulk,
    /// All dates of a resource that has several of one parameter.
    pub(crate) several: Bulk,
    /// What carries a label.
    pub(crate) label: Bulk,
}

impl IndexRows {
    pub(crate) fn new() -> Self {
        let clinical = &[
            ("org", Int),
            ("type", Int),
            ("patient", Int),
            ("code", Int),
            ("date", Int),
            ("rid", Int),
            ("high", Int),
            ("labels", Int),
        ];
        let code = &[
            ("org", Int),
            ("type", Int),
            ("code", Int),
            ("date", Int),
            ("rid", Int),
            ("patient", Int),
            ("high", Int),
            ("labels", Int),
        ];
        let number = &[("org", Int), ("param", Int), ("unit", Int), ("low", Real), ("high", Real), ("rid", Int)];
        let composite = &[
            ("org", Int),
            ("param", Int),
            ("first", Int),
            ("value", Text),
            ("low", Real),
            ("high", Real),
            ("rid", Int),
        ];
        Self {
            clinical: Bulk::new("idx_clinical", clinical).keyed(6).ignoring_known(),
            code: Bulk::new("idx_code", code).keyed(5).ignoring_known(),
            token: table("idx_token", &[("org", Int), ("param", Int), ("value", Int), ("rid", Int)]),
            identifier: table(
                "idx_identifier",
                &[("org", Int), ("param", Int), ("value", Text), ("system", Int), ("rid", Int)],
            ),
            reference: table("idx_reference", &[("org", Int), ("param", Int), ("target", Int), ("rid", Int)]),
            date: table("idx_date", &[("org", Int), ("param", Int), ("low", Int), ("high", Int), ("rid", Int)]),
            number: table("idx_number", number),
            text: table("idx_text", &[("org", Int), ("param", Int), ("value", Text), ("rid", Int)]),
            composite: table("idx_composite", composite),
            several: table(
                "idx_date_several",
                &[("org", Int), ("param", Int), ("rid", Int), ("low", Int), ("high", Int)],
            ),
            label: table("idx_label", &[("org", Int), ("type", Int), ("rid", Int), ("patient", Int), ("labels", Int)])
                .keyed(3),
        }
    }

    fn all(&mut self) -> [&mut Bulk; 11] {
        [
            &mut self.clinical,
            &mut self.code,
            &mut self.token,
            &mut self.identifier,
            &mut self.reference,
            &mut self.date,
            &mut self.number,
            &mut self.text,
            &mut self.composite,
            &mut self.several,
            &mut self.label,
        ]
    }

    /// Writes what was gathered.
    pub(crate) fn insert(&mut self, conn: &mut Conn) -> Result<()> {
        for bulk in self.all() {
            conn.insert_bulk(bulk)?;
            bulk.clear();
        }
        Ok(())
    }

    /// Takes what was gathered off the tables.
    pub(crate) fn delete(&mut self, conn: &mut Conn) -> Result<()> {
        for bulk in self.all() {
            conn.delete_bulk(bulk)?;
            bulk.clear();
        }
        Ok(())
    }
}

/// A resource may say the same thing twice; one row is enough.
fn table(name: &'static str, columns: &'static [(&'static str, ColumnKind)]) -> Bulk {
    Bulk::new(name, columns).ignoring_known()
}
