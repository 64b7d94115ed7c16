//! Parts of a walk: ranges of an index read in its order, a few rows at a time.

use super::driver::used;
use super::plan::Planner;
use crate::conn::{Param as Sql, Value};
use crate::error::Result;

/// A place in an order: the value of the key, and the narrow key among those alike. Both go the same way.
pub(super) type Place = (i64, i64);

/// A range of an index whose rows come in the order of the walk.
pub(super) struct Leg {
    /// `from .. where ..`, open at the end for more conditions; several are merged.
    pub(super) streams: Vec<String>,
    /// The column of the key, or the value that all rows have.
    pub(super) key: LegKey,
    /// The column of the narrow key.
    pub(super) rid: &'static str,
    /// What a later leg holds begins here: this leg's own keys end before it in the order of the walk.
    pub(super) until: Option<i64>,
}

pub(super) enum LegKey {
    Column(&'static str),
    Fixed(i64),
}

/// The next rows of a leg.
pub(super) struct Batch {
    pub(super) places: Vec<Place>,
    /// Whether the leg has more rows.
    pub(super) more: bool,
}

impl Leg {
    /// The next rows after a place, at most so many.
    pub(super) fn next(
        &self,
        planner: &mut Planner<'_>,
        after: Option<Place>,
        descending: bool,
        most: usize,
    ) -> Result<Batch> {
        let mut places = Vec::new();
        let mut more = false;
        for stream in &self.streams {
            let found = self.read(planner, stream, after, descending, most)?;
            more |= found.len() >= most;
            places.extend(found);
        }
        if self.streams.len() > 1 {
            sort(&mut places, descending);
            places.dedup();
            more |= places.len() > most;
            // Each stream gave its first rows, so the first of all are among them.
            places.truncate(most);
        }
        Ok(Batch { places, more })
    }

    fn read(
        &self,
        planner: &mut Planner<'_>,
        stream: &str,
        after: Option<Place>,
        descending: bool,
        most: usize,
    ) -> Result<Vec<Place>> {
        let (way, beyond, from) = if descending { (" desc", "<", "<=") } else { ("", ">", ">=") };
        let rid = self.rid;
        let bound = planner.params.len();
        let sql = match (&self.key, after) {
            (LegKey::Column(key), None) => {
                format!("select {rid}, {key} {stream} order by {key}{way}, {rid}{way}")
            }
            (LegKey::Column(key), Some((value, narrow))) => {
                let (value, narrow) = (planner.bind(Value::Int(value)), planner.bind(Value::Int(narrow)));
                format!(
                    "select {rid}, {key} {stream} and {key} {from} {value} and ({key} {beyond} {value} or {rid} {beyond} {narrow}) \
                     order by {key}{way}, {rid}{way}"
                )
            }
            (LegKey::Fixed(key), Some((value, _))) if is_before(*key, value, descending) => return Ok(Vec::new()),
            (LegKey::Fixed(key), Some((value, narrow))) if *key == value => {
                let narrow = planner.bind(Value::Int(narrow));
                format!("select {rid} {stream} and {rid} {beyond} {narrow} order by {rid}{way}")
            }
            (LegKey::Fixed(_), _) => format!("select {rid} {stream} order by {rid}{way}"),
        };
        let limit = planner.bind(Value::Int(most as i64));
        let (sql, params) = used(&format!("{sql} limit {limit}"), &planner.params);
        planner.params.truncate(bound);
        let params: Vec<Sql<'_>> = params.iter().map(Value::as_param).collect();
        planner.conn.query(&sql, &params, |row| {
            let key = match self.key {
                LegKey::Column(_) => row.int(1)?,
                LegKey::Fixed(key) => key,
            };
            Ok((key, row.int(0)?))
        })
    }
}

/// Whether one key stands before another in the order of the walk.
pub(super) fn is_before(one: i64, other: i64, descending: bool) -> bool {
    if descending { one > other } else { one < other }
}

/// Whether a place stands after another in the order of the walk.
pub(super) fn is_after(one: Place, other: Place, descending: bool) -> bool {
    if descending { one < other } else { one > other }
}

/// Orders places as the walk goes.
pub(super) fn sort(places: &mut [Place], descending: bool) {
    if descending {
        places.sort_unstable_by(|a, b| b.cmp(a));
    } else {
        places.sort_unstable();
    }
}
