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

/// Conditions joined in groups: SQLite takes no expression that is nested deeper than 1,000, and a chain of `or` is
/// nested once for each.
fn any(parts: &[String]) -> String {
    match parts {
        [] => "1 = 0".to_owned(),
        _ if parts.len() <= GROUP => format!("({})", parts.join(" or ")),
        _ => any(&parts.chunks(GROUP).map(any).collect::<Vec<_>>()),
    }
}

/// Selects put together in groups: SQLite takes at most 500 in one compound.
pub(super) fn union(selects: &[Select]) -> String {
    let groups: Vec<String> = selects
        .chunks(GROUP)
        .map(|group| group.iter().map(|select| select.sql.as_str()).collect::<Vec<_>>().join(" union "))
        .collect();
    match groups.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        several => {
            let named: Vec<String> =
                several.iter().enumerate().map(|(n, sql)| format!("select u{n}.rid from ({sql}) u{n}")).collect();
            named.join(" union ")
        }
    }
}

/// Conditions or selects side by side. With [`super::plan`]'s limits on values a search stays within a group of groups.
const GROUP: usize = 100;

fn membership(select: &Select, row: &str) -> String {
    if select.probes {
        format!("exists ({} and x.rid = {row}.rid)", select.sql)
    } else {
        format!("{row}.rid in ({})", select.sql)
    }
}
