//! Names that are easily taken for each other (safety.md rule 9): on one list, and between two charts that somebody has
//! open.

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

/// Somebody else with a similar name whose chart the reader opened in the last two hours, the latest, with when.
pub fn opened_lately(ctx: &Ctx, person: &PersonHeader) -> Result<Option<(PersonHeader, Instant)>> {
    let wanted = sound_word(person);
    if wanted.is_empty() {
        return Ok(None);
    }
    ctx.read(|r| {
        let since = ctx.now().micros() - LATELY;
        let looks = looked::lately(r.conn(), ctx.org, &ctx.actor.reference, &wanted, since)?;
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
