//! Further pages of a search whose words were posted: kept here under a random name, so that they stand in no address, log
//! or history. Only whoever asked may go on, under their rights of that moment.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use continuo_care::Ctx;
use continuo_care::accounts::Secret;

use crate::form::Pairs;
use crate::problem::Problem;

/// The parameter that names a further page.
pub(super) const PAGE: &str = "_page";

/// How long a page may be asked for, in microseconds.
const KEPT: i64 = 60 * 60 * 1_000_000;
/// Pages kept for everybody and for each who asks, and the bytes of all; the oldest go first.
const MOST: usize = 10_000;
const MOST_OF_ONE: usize = 500;
const MOST_BYTES: usize = 64 << 20;

struct Page {
    /// The hash of its name.
    name: String,
    owner: (i64, String),
    at: i64,
    pairs: Pairs,
    bytes: usize,
}

/// The pages that may be asked for.
#[derive(Default)]
pub(crate) struct Pages(Mutex<VecDeque<Page>>);

impl Pages {
    /// Keeps a search with the cursor of its next page; returns the name that stands in the link.
    pub(super) fn keep(&self, ctx: &Ctx, pairs: &[(&str, &str)], cursor: Option<&str>) -> String {
        let name = Secret::new("", ctx.care().entropy.as_ref());
        let all = pairs.iter().copied().chain(cursor.map(|cursor| ("_cursor", cursor)));
        let pairs = Pairs::of(all.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let bytes = pairs.iter().map(|(name, value)| name.len() + value.len()).sum();
        let (now, owner) = (ctx.now().micros(), owner(ctx));
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pages.retain(|page| (0..=KEPT).contains(&(now - page.at)));
        if pages.iter().filter(|page| page.owner == owner).count() >= MOST_OF_ONE
            && let Some(oldest) = pages.iter().position(|page| page.owner == owner)
        {
            pages.remove(oldest);
        }
        pages.push_back(Page { name: Secret::hash(name.expose()), owner, at: now, pairs, bytes });
        let mut held: usize = pages.iter().map(|page| page.bytes).sum();
        while pages.len() > MOST || held > MOST_BYTES {
            held -= pages.pop_front().map_or(held, |page| page.bytes);
        }
        name.expose().to_owned()
    }

    /// What was asked, if these pairs name a page; else the pairs themselves. Says which.
    pub(super) fn asked(&self, ctx: &Ctx, pairs: Pairs) -> Result<(Pairs, bool), Problem> {
        let Some(name) = pairs.get(PAGE) else { return Ok((pairs, false)) };
        let (name, now, owner) = (Secret::hash(name), ctx.now().micros(), owner(ctx));
        let pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept =
            pages.iter().find(|page| page.name == name && page.owner == owner && (0..=KEPT).contains(&(now - page.at)));
        match kept {
            Some(page) => Ok((page.pairs.clone(), true)),
            None => Err(Problem::status(410, "expired", "This page has expired. Please search again.").at(PAGE)),
        }
    }
}

/// Who may go on: an account or a token.
fn owner(ctx: &Ctx) -> (i64, String) {
    (ctx.org.0, ctx.actor.reference.clone())
}
