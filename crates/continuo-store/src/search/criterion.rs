//! Conditions over a resource row, and how they are written as SQL.

/// A condition on the resource whose row has some alias.
#[derive(Clone, Debug)]
pub(super) enum Criterion {
    /// The resource is in one of these selects.
    In(Vec<Select>),
    /// A condition over the row itself; `{row}` stands for its alias.
    Row(String),
    /// All of them.
    All(Vec<Criterion>),
    /// Any of them.
    Any(Vec<Criterion>),
    /// Not so.
    Not(Box<Criterion>),
    /// Nothing matches: a code nobody has, a patient who does not exist.
    Nothing,
}

/// `select x.rid from .. x where ..`, open at the end for one more condition.
#[derive(Clone, Debug)]
pub(super) struct Select {
    pub(super) sql: String,
    /// Whether asking for one resource is a single look-up: everything before `rid` in the key is fixed.
    pub(super) probes: bool,
    /// Whether each resource comes once.
    pub(super) once: bool,
}

impl Select {
    pub(super) fn new(sql: String) -> Self {
        Self { sql, probes: false, once: false }
    }
}

impl Criterion {
    /// The condition for a row's alias.
    pub(super) fn sql(&self, row: &str) -> String {
        match self {
            Self::In(selects) => {
                let parts: Vec<String> = selects.iter().map(|select| membership(select, row)).collect();
                any(&parts)
            }
            Self::Row(sql) => sql.replace("{row}", row),
            Self::All(list) if list.is_empty() => "1 = 1".to_owned(),
            Self::All(list) => {
                let parts: Vec<String> = list.iter().map(|c| c.sql(row)).collect();
                format!("({})", parts.join(" and "))
            }
            Self::Any(list) => any(&list.iter().map(|c| c.sql(row)).collect::<Vec<_>>()),
            Self::Not(inner) => format!("not {}", inner.sql(row)),
            Self::Nothing => "1 = 0".to_owned(),
        }
    }
}

fn any(parts: &[String]) -> String {
    if parts.is_empty() { "1 = 0".to_owned() } else { format!("({})", parts.join(" or ")) }
}

fn membership(select: &Select, row: &str) -> String {
    if select.probes {
        format!("exists ({} and x.rid = {row}.rid)", select.sql)
    } else {
        format!("{row}.rid in ({})", select.sql)
    }
}
