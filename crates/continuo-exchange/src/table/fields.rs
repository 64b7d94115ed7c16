//! The fields that tables may have: one row each. The manual's page on tables is made from this.

/// Which table a field belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableKind {
    /// One row a person.
    People,
    /// Who coordinates whom in which program.
    Caseloads,
    /// Visits planned and kept.
    Appointments,
}

impl TableKind {
    /// The word in a mapping file.
    pub fn word(self) -> &'static str {
        match self {
            TableKind::People => "people",
            TableKind::Caseloads => "caseloads",
            TableKind::Appointments => "appointments",
        }
    }

    /// Reads [`TableKind::word`] back.
    pub fn from_word(word: &str) -> Option<TableKind> {
        [TableKind::People, TableKind::Caseloads, TableKind::Appointments].into_iter().find(|kind| kind.word() == word)
    }
}

/// One field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The table.
    pub table: TableKind,
    /// The name in mapping files and in headers without a mapping.
    pub name: &'static str,
    /// Whether a row without it is kept aside.
    pub required: bool,
    /// What it holds.
    pub meaning: &'static str,
}

const fn field(table: TableKind, name: &'static str, required: bool, meaning: &'static str) -> Field {
    Field { table, name, required, meaning }
}

use TableKind::{Appointments as A, Caseloads as C, People as P};

/// All fields.
pub const FIELDS: &[Field] = &[
    field(P, "record_number", true, "the source's record number"),
    field(P, "family", true, "family name"),
    field(
        P,
        "given",
        false,
        "given names, separated by spaces; empty for a single name, which stands as the family name",
    ),
    field(P, "former_family", false, "former family name"),
    field(P, "preferred_name", false, "what the person is called"),
    field(P, "birth_date", true, "birth date"),
    field(P, "sex", false, "female, male, other or unknown; F, M, O, U"),
    field(P, "mobile", false, "mobile number"),
    field(P, "home_phone", false, "number at home"),
    field(P, "email", false, "e-mail address"),
    field(P, "street", false, "street and number"),
    field(P, "city", false, "city"),
    field(P, "state", false, "state"),
    field(P, "zip", false, "ZIP code"),
    field(P, "language", false, "language, as a word or a code such as es"),
    field(P, "interpreter", false, "yes if an interpreter is needed"),
    field(P, "deceased", false, "yes, or the date of death"),
    field(P, "plan", false, "name of the health plan"),
    field(P, "member_number", false, "number with the plan"),
    field(P, "coverage_end", false, "last day of the coverage"),
    field(C, "record_number", true, "the person's record number at the source"),
    field(C, "coordinator", true, "the coordinator's sign-in name"),
    field(C, "programme", true, "the programme"),
    field(C, "start", false, "first day"),
    field(C, "end", false, "last day"),
    field(C, "tier", false, "high, medium or low"),
    field(A, "record_number", true, "the person's record number at the source"),
    field(A, "appointment_number", false, "the source's number of the appointment"),
    field(A, "start", true, "date and time"),
    field(A, "minutes", false, "length in minutes"),
    field(A, "status", false, "booked, arrived, fulfilled, cancelled, noshow, or the source's word for it"),
    field(A, "service", false, "what it is for"),
    field(A, "clinician", false, "whom the person sees"),
    field(A, "place", false, "where"),
];

/// The fields of one table.
pub(crate) fn of(table: TableKind) -> impl Iterator<Item = &'static Field> {
    FIELDS.iter().filter(move |field| field.table == table)
}
