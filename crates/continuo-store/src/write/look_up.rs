//! On PostgreSQL, one question for all resources that a closure is about to name, instead of one for each.

use super::intern::WriterState;
use super::tx::WriteTx;
use crate::conn::{Conn, Dialect, Param};
use crate::error::Result;
use crate::ids::OrgId;
use crate::index::Indexed;
use crate::prepare::Prepared;
use continuo_fhir::ResourceType;

/// Resources a question, at most.
const AT_ONCE: usize = 500;

impl WriteTx<'_> {
    /// Finds out which of these resources, and of those they refer to, are there. What is put afterwards asks no more for
    /// itself. For whoever puts several; each still works without.
    pub fn look_up<'p>(&mut self, all: impl IntoIterator<Item = &'p Prepared>) -> Result<()> {
        if self.conn.dialect() == Dialect::Sqlite {
            return Ok(());
        }
        let mut named = Vec::new();
        for one in all {
            named.push((one.type_, one.id.as_str()));
            named.extend(one.index.iter().filter_map(|value| match &value.value {
                Indexed::Reference(type_, id) => Some((*type_, &**id)),
                _ => None,
            }));
        }
        self.state.look_up(self.conn, self.context.org, named)
    }
}

impl WriterState {
    fn look_up(&mut self, conn: &mut Conn, org: OrgId, mut named: Vec<(ResourceType, &str)>) -> Result<()> {
        named.sort_unstable();
        named.dedup();
        // A text of several is told apart by the blanks between: an id holds none, and what does is asked for alone later.
        named.retain(|(type_, id)| !id.is_empty() && !id.contains([' ', '\0']) && !self.is_looked_up(org, *type_, id));
        if named.len() < 2 {
            return Ok(());
        }
        for some in named.chunks(AT_ONCE) {
            let (mut types, mut ids) = (String::new(), String::new());
            for (at, (type_, id)) in some.iter().enumerate() {
                let between = if at == 0 { "" } else { " " };
                types.push_str(&format!("{between}{}", self.type_id(conn, *type_)?));
                ids.push_str(between);
                ids.push_str(id);
            }
            let mut found = vec![None; some.len()];
            conn.query_stored(
                "select w.n, r.rid
                 from unnest(string_to_array(?2, ' ')::bigint[], string_to_array(?3, ' ')) with ordinality as w (t, i, n)
                 join resource r on r.org = ?1 and r.type = w.t and r.id = w.i",
                &[org.param(), Param::Text(&types), Param::Text(&ids)],
                |row| {
                    let (at, rid) = (row.int(0)?, row.int(1)?);
                    if let Some(place) = usize::try_from(at - 1).ok().and_then(|at| found.get_mut(at)) {
                        *place = Some(rid);
                    }
                    Ok(())
                },
            )?;
            for ((type_, id), rid) in some.iter().zip(found) {
                self.looked_up(org, *type_, id, rid);
            }
        }
        Ok(())
    }
}
