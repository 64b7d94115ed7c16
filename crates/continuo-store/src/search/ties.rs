//! Several sort keys: the first is walked, and what is alike in it is put in order here by the others.
//!
//! A stretch of the walk that ends where its first key changes holds everything that can stand on the page. So a page of all
//! people by family and given name reads a few hundred rows instead of everybody.

use super::driver::Planned;
use super::few::{Of, in_order, is_before};
use super::page::Page;
use super::plan::Planner;
use super::query::{Drive, Query};
use super::sort::Cursor;
use super::walk::{self, Way};
use crate::conn::Value;
use crate::error::Result;
use crate::read::Stored;
use std::collections::BTreeMap;

/// Matches held for one page, at most: where so many are alike, all that matches is gathered instead.
const MOST: usize = 20_000;

/// The page, if it can be had so. Nothing is done to it otherwise.
pub(super) fn rows(
    planner: &mut Planner<'_>,
    query: &Query,
    planned: &Planned,
    cursor: Option<&Cursor>,
    page: &mut Page,
) -> Result<bool> {
    let [first, _, ..] = query.sort.as_slice() else { return Ok(false) };
    if query.drive == Drive::Gather || cursor.is_some_and(|cursor| cursor.keys.len() != query.sort.len()) {
        return Ok(false);
    }
    // Where more are alike the stretch grows.
    let mut walked = Query { sort: vec![first.clone()], count: 2 * query.count + 10, ..query.clone() };
    // From before everything that is alike in the first key.
    let before = if first.descending { i64::MAX } else { i64::MIN };
    let mut at = cursor.and_then(|cursor| cursor.keys.first()).map(|key| place(key.clone(), before));
    let bound = planner.params.len();
    let way = walk::plan(planner, &walked, planned, at.as_ref())?;
    let mut matches: BTreeMap<i64, Stored> = BTreeMap::new();
    loop {
        let mut stretch = Page::default();
        let is_found = match &way {
            Way::Walk(way) => walk::rows(planner, &walked, way, at.as_ref(), &mut stretch)?,
            Way::Names(way) => walk::by_name(planner, &walked, way, at.as_ref(), &mut stretch)?,
            Way::Few | Way::Gather => false,
        };
        if !is_found || matches.len() > MOST {
            planner.params.truncate(bound);
            return Ok(false);
        }
        matches.extend(stretch.matches.into_iter().map(|stored| (stored.rid.0, stored)));
        at = stretch.next.as_deref().map(Cursor::decode).transpose()?;
        let rids: Vec<i64> = matches.keys().copied().collect();
        let mut found = in_order(planner, query, &Of::These(&rids), cursor)?;
        if let Some(end) = at.as_ref().and_then(|next| next.keys.first()) {
            // More of those alike to the last may follow.
            found.retain(|one| one.keys.first().is_some_and(|key| is_before(key, end, first.descending)));
        }
        if at.is_none() || found.len() as i64 > query.count {
            found.truncate(query.count as usize + 1);
            let found = found.into_iter().filter_map(|one| Some((matches.remove(&one.rid)?, one.keys)));
            page.cut(found.collect(), query.count);
            return Ok(true);
        }
        walked.count *= 4;
    }
}

fn place(key: Value, rid: i64) -> Cursor {
    Cursor { total: None, keys: vec![key], rid }
}
