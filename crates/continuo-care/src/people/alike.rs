//! Names that are easily taken for each other (safety.md rule 9): on one list, and between two charts that somebody has
//! open.
//!
//! A look is written with the next commit of read audits, so that nobody waits for a disk to see a chart. Until then it
//! stands in memory: of two charts opened at the same moment the later one says so, and both where neither is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use continuo_fhir::Instant;
use continuo_fhir::text::{fold, phonetic};
use continuo_store::tables::looked;
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::{Result, Rid};

use crate::ctx::Ctx;

/// A chart opened so long ago is likely still open in another tab.
const LATELY: i64 = 2 * 3_600_000_000;

/// What two names that are alike share: the family name by sound, and the first letter of the given name. Nothing for
/// somebody without a family name.
pub fn sound(person: &PersonHeader) -> Option<(String, Option<char>)> {
    let first = fold(&person.given).chars().next();
    (!person.family.is_empty()).then(|| (phonetic(&fold(&person.family)), first))
}

/// [`sound`] as one word, as it is kept with a look; empty for somebody without a family name.
pub(crate) fn sound_word(person: &PersonHeader) -> String {
    sound(person).map(|(family, given)| format!("{family} {}", given.unwrap_or(' '))).unwrap_or_default()
}

/// Looks that may not be written yet, by who looked.
#[derive(Default)]
struct Fresh(Mutex<BTreeMap<String, Vec<(Rid, String, i64)>>>);

/// Looks are written within 60 ms; what is older than this stands in the database.
const WRITTEN_BY_NOW: i64 = 10_000_000;
/// Fresh looks kept of one person.
const FRESH: usize = 16;

fn fresh(ctx: &Ctx) -> Result<Arc<Fresh>> {
    ctx.store().remembered("fresh looks", ctx.org, 0, || Ok(Fresh::default()))
}

/// Notes a look in memory, before the page that it is for says who looks alike.
pub(crate) fn note(ctx: &Ctx, patient: Rid, sound: &str, at: i64) -> Result<()> {
    let fresh = fresh(ctx)?;
    let mut all = fresh.0.lock().unwrap_or_else(PoisonError::into_inner);
    all.retain(|_, looks| looks.last().is_some_and(|(.., last)| at - last < WRITTEN_BY_NOW));
    let mine = all.entry(ctx.actor.reference.clone()).or_default();
    mine.retain(|(rid, ..)| *rid != patient);
    mine.push((patient, sound.to_owned(), at));
    if mine.len() > FRESH {
        mine.remove(0);
    }
    Ok(())
}

/// The reader's looks at names of this sound that may not be written yet, newest first.
fn fresh_looks(ctx: &Ctx, sound: &str) -> Result<Vec<(Rid, i64)>> {
    let fresh = fresh(ctx)?;
    let all = fresh.0.lock().unwrap_or_else(PoisonError::into_inner);
    let mine = all.get(&ctx.actor.reference).map(Vec::as_slice).unwrap_or_default();
    Ok(mine.iter().rev().filter(|(_, of, _)| of == sound).map(|(rid, _, at)| (*rid, *at)).collect())
}

/// Somebody else with a similar name whose chart the reader opened in the last two hours, the latest, with when.
pub fn opened_lately(ctx: &Ctx, person: &PersonHeader) -> Result<Option<(PersonHeader, Instant)>> {
    let wanted = sound_word(person);
    if wanted.is_empty() {
        return Ok(None);
    }
    let mut looks = fresh_looks(ctx, &wanted)?;
    ctx.read(|r| {
        let since = ctx.now().micros() - LATELY;
        looks.retain(|(_, at)| *at >= since);
        looks.extend(looked::lately(r.conn(), ctx.org, &ctx.actor.reference, &wanted, since)?);
        let others: Vec<Rid> = looks.iter().map(|(rid, _)| *rid).filter(|rid| *rid != person.patient).collect();
        let headers = person_header::of_patients(r.conn(), &ctx.scope, &others)?;
        let latest = looks.into_iter().find_map(|(rid, at)| {
            let header = headers.iter().find(|header| header.patient == rid)?;
            (sound_word(header) == wanted).then(|| (header.clone(), Instant::from_micros(at)))
        });
        Ok(latest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(family: &str, given: &str) -> Option<(String, Option<char>)> {
        sound(&PersonHeader { family: family.to_owned(), given: given.to_owned(), ..blank() })
    }

    fn blank() -> PersonHeader {
        let text = String::new;
        PersonHeader {
            patient: Rid(1),
            labels: 0,
            id: text(),
            family: text(),
            given: text(),
            use_name: text(),
            pronouns: text(),
            birth: text(),
            sex: text(),
            language: text(),
            interpreter: false,
            mrn: text(),
            phone: text(),
            reach: text(),
            unsafe_: false,
            deceased: false,
            owner: text(),
            programme: text(),
            tier: text(),
            in_hospital: false,
            last_contact: 0,
            next_visit: 0,
            allergies: text(),
            code_status: text(),
        }
    }

    #[test]
    fn names_alike_share_a_sound() {
        assert_eq!(named("Reyes", "Ana"), named("Reyez", "Anna"));
        assert_ne!(named("Reyes", "Ana"), named("Reyes", "Rosa"));
        assert_ne!(named("Reyes", "Ana"), named("Lee", "Ana"));
        assert_eq!(named("", "Ana"), None);
    }
}
