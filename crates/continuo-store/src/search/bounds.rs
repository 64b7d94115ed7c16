//! How much one search may ask for. Each list has its own bound where it is read; what comes together all the same, beyond
//! what either database takes in one statement, is the caller's to ask for in parts and no failure of ours.

use super::query::Query;
use crate::error::Error;

/// Values bound to one statement: SQLite takes 32,766 and PostgreSQL 65,535; a page binds a few more.
const MOST_BOUND: usize = 30_000;

/// What the databases say of a statement that is too much for them: SQLite's limits (sqlite.org/limits.html), PostgreSQL's
/// class 54 (program limit exceeded), and its driver's of a message that cannot be built.
const SAID: &[&str] = &[
    "too many SQL variables",
    "Expression tree is too large",
    "tables in a join",
    "too many terms in",
    "too many columns",
    "too many references",
    "parser stack overflow",
    "string or blob too big",
    "(54000",
    "(54001",
    "(54011",
    "(54023",
    "value too large to transmit",
];

/// Goes on only if what is bound so far fits into a statement.
pub(super) fn fits(query: &Query, bound: usize) -> Result<(), Error> {
    if bound > MOST_BOUND { Err(too_much(query)) } else { Ok(()) }
}

/// The caller's error where the database could not take the statement; any other error as it is.
pub(super) fn or_too_much(error: Error, query: &Query) -> Error {
    match &error {
        Error::Sql { cause, .. } if SAID.iter().any(|said| cause.contains(said)) => too_much(query),
        _ => error,
    }
}

/// Names the parameter that asks for most.
fn too_much(query: &Query) -> Error {
    let longest = query.criteria.iter().max_by_key(|pair| pair.value.len());
    let name: String = longest.map_or("_sort", |pair| pair.name.as_str()).chars().take(64).collect();
    super::query::wrong(&name, "asks, with the others, for more than one search can look for: ask in parts")
}
