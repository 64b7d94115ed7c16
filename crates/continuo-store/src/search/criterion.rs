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
    /// Whether none of its resources is in another select of the same list.
    pub(super) apart: bool,
    /// The same as a condition that is cheap to ask of a single row; `{row}` stands for its alias.
    pub(super) probe: Option<String>,
    /// Whether a row is always asked by the probe: a list would be of nearly everything.
    pub(super) by_row: bool,
}

impl Select {
    pub(super) fn new(sql: String) -> Self {
        Self { sql, probes: false, once: false, apart: false, probe: None, by_row: false }
    }

    /// Whether its rows come in the order of the resources' keys.
    pub(super) fn is_in_order(&self) -> bool {
        self.probes && self.once
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

    /// The condition for a row's alias where it is cheap to ask of one row: look-ups, no list to be gathered first.
    pub(super) fn cheap(&self, row: &str) -> Option<String> {
        let all = |list: &[Criterion]| list.iter().map(|c| c.cheap(row)).collect::<Option<Vec<String>>>();
        match self {
            Self::In(selects) => {
                let parts: Option<Vec<String>> = selects
                    .iter()
                    .map(|select| match &select.probe {
                        Some(probe) => Some(probe.replace("{row}", row)),
                        None => select.probes.then(|| membership(select, row)),
                    })
                    .collect();
                parts.map(|parts| any(&parts))
            }
            Self::Row(sql) => (!sql.contains("select ")).then(|| sql.replace("{row}", row)),
            Self::All(list) if list.is_empty() => Some(self.sql(row)),
            Self::All(list) => all(list).map(|parts| format!("({})", parts.join(" and "))),
            Self::Any(list) => all(list).map(|parts| any(&parts)),
            Self::Not(inner) => inner.cheap(row).map(|sql| format!("not {sql}")),
            Self::Nothing => Some(self.sql(row)),
        }
    }

    /// The cheap condition of a row `d` of which only the narrow key is known, where that is enough.
    pub(super) fn cheap_by_rid(&self) -> Option<String> {
        let sql = self.cheap("d")?;
        (!sql.replace("d.rid", "").contains("d.")).then_some(sql)
    }

    /// Whether it asks nothing of a row but its narrow key.
    pub(super) fn is_by_rid(&self) -> bool {
        match self {
            Self::In(selects) => selects.iter().all(|select| !select.by_row),
            Self::Nothing => true,
            Self::Row(sql) => !sql.replace("{row}.rid", "").contains("{row}"),
            Self::All(list) | Self::Any(list) => list.iter().all(Self::is_by_rid),
            Self::Not(inner) => inner.is_by_rid(),
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

/// At the end of an `exists` over a few rows: it is asked of each row. PostgreSQL makes a join of one that has no offset, and
/// where it takes many rows for few it compares all of one side with all of the other.
pub(super) const ROW_BY_ROW: &str = " limit 1 offset 0";

/// Selects put together in groups, each resource once: SQLite takes at most 500 in one compound.
pub(super) fn union(selects: &[Select]) -> String {
    // What shares no resource need not be gathered to find those that come twice.
    let word = if selects.iter().all(|select| select.apart && select.once) { " union all " } else { " union " };
    let groups: Vec<String> = selects
        .chunks(GROUP)
        .map(|group| group.iter().map(|select| select.sql.as_str()).collect::<Vec<_>>().join(word))
        .collect();
    match groups.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        several => {
            let named: Vec<String> =
                several.iter().enumerate().map(|(n, sql)| format!("select u{n}.rid from ({sql}) u{n}")).collect();
            named.join(word)
        }
    }
}

/// Conditions or selects side by side. With [`super::plan`]'s limits on values a search stays within a group of groups.
const GROUP: usize = 100;

fn membership(select: &Select, row: &str) -> String {
    if let (true, Some(probe)) = (select.by_row, &select.probe) {
        return probe.replace("{row}", row);
    }
    if select.probes {
        format!("exists ({} and x.rid = {row}.rid{ROW_BY_ROW})", select.sql)
    } else {
        format!("{row}.rid in ({})", select.sql)
    }
}
