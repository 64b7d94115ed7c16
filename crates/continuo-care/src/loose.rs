//! References of an import that lead nowhere: which elements refer to what never came, and where the first of them stand.
//!
//! A reference to another resource of the source gets the id that this one will have, so whether it came can be asked of
//! the record alone, when all files were read. Memory is bounded: what was found meanwhile is forgotten.

use std::collections::BTreeMap;

use continuo_fhir::ResourceType;
use continuo_store::Result;

use crate::ctx::Ctx;
use crate::import::Led;

/// Targets remembered before the record is asked for them.
const MOST: usize = 20_000;
/// Targets remembered though they never came; what is beyond is counted only.
const LOST: usize = 200_000;
/// Places told of one kind of reference.
const PLACES: usize = 3;

/// References of one kind: from one element to one type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// `Observation.subject`.
    pub from: String,
    /// `Patient`; empty where it is not said what it is.
    pub to: String,
    /// How many references.
    pub references: usize,
    /// To how many resources that never came, as far as they have a name.
    pub targets: usize,
    /// Where the first of them stand.
    pub places: Vec<String>,
}

/// What refers to one target.
#[derive(Debug, Default)]
struct Wanted {
    by: BTreeMap<String, (usize, Vec<String>)>,
    /// The record was asked, and had it not.
    asked: bool,
}

/// Gathers the references of an import.
#[derive(Debug, Default)]
pub struct Loose {
    wanted: BTreeMap<String, Wanted>,
    lines: BTreeMap<(String, String), Line>,
    fresh: usize,
    /// References that were not looked into because too much had not come.
    pub unlooked: usize,
}

impl Loose {
    /// References that lead nowhere for certain.
    pub fn open(&mut self, leads: Vec<Led>) {
        for led in leads {
            let key = (led.from, led.to);
            let line = self.lines.entry(key).or_default();
            line.references += 1;
            if line.places.len() < PLACES {
                line.places.push(led.place.to_string());
            }
        }
    }

    /// References to what may be in the record, now or later.
    pub fn leads(&mut self, ctx: &Ctx, leads: Vec<Led>) -> Result<()> {
        for led in leads {
            if self.wanted.len() >= LOST && !self.wanted.contains_key(&led.to) {
                self.unlooked += 1;
                continue;
            }
            let wanted = self.wanted.entry(led.to).or_default();
            self.fresh += usize::from(wanted.by.is_empty());
            let (count, places) = wanted.by.entry(led.from).or_default();
            *count += 1;
            if places.len() < PLACES {
                places.push(led.place.to_string());
            }
        }
        if self.fresh >= MOST { self.forget_found(ctx, false) } else { Ok(()) }
    }

    /// Forgets targets that are in the record; on the last round those are asked again that had not come before.
    fn forget_found(&mut self, ctx: &Ctx, last: bool) -> Result<()> {
        let wanted = &mut self.wanted;
        ctx.read(|reader| {
            let mut found = Vec::new();
            for (to, one) in wanted.iter_mut().filter(|(_, one)| last || !one.asked) {
                let Some((type_, id)) = to.split_once('/') else { continue };
                let is_here = match ResourceType::find(type_) {
                    Some(type_) => reader.has(ctx.org, type_, id)?,
                    None => false,
                };
                one.asked = true;
                if is_here {
                    found.push(to.clone());
                }
            }
            for to in found {
                wanted.remove(&to);
            }
            Ok(())
        })?;
        self.fresh = 0;
        Ok(())
    }

    /// What leads nowhere when everything was written, by kind, most references first.
    pub fn lines(mut self, ctx: &Ctx) -> Result<Vec<Line>> {
        self.forget_found(ctx, true)?;
        for (to, wanted) in self.wanted {
            let type_ = to.split('/').next().unwrap_or_default();
            for (from, (count, places)) in wanted.by {
                let line = self.lines.entry((from, type_.to_owned())).or_default();
                line.references += count;
                line.targets += 1;
                line.places.extend(places);
                line.places.truncate(PLACES);
            }
        }
        let mut lines: Vec<Line> = self.lines.into_iter().map(|((from, to), line)| Line { from, to, ..line }).collect();
        lines.sort_by(|a, b| b.references.cmp(&a.references).then_with(|| (&a.from, &a.to).cmp(&(&b.from, &b.to))));
        Ok(lines)
    }
}
