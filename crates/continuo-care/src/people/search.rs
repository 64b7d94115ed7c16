//! Patient search: by names (former and preferred too), birth date, record, plan and referral numbers, phones, and the
//! names of those who care for them. Exact hits and likenesses stay apart (safety.md, 9).
//!
//! The keys are made by `assess::header::keys`; this asks for them within the reader's scope.

use std::collections::BTreeMap;

use continuo_fhir::text::{fold, phonetic};
use continuo_fhir::{Date, Instant};
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::tables::{looked, person_key};
use continuo_store::{Reader, Rid};

use crate::access::{Denied, Permission};
use crate::assess::header::{compact, cut, digits, one_left_out};
use crate::ctx::Ctx;

/// Keys asked for each part of a question; a commoner one is narrowed by the other parts.
const MOST_KEYS: i64 = 5_000;
/// Hits shown.
const MOST_HITS: usize = 50;

/// Someone found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Who.
    pub header: PersonHeader,
    /// Why, where it is not the plain name or birth date: "former name", "phone", "caregiver's name".
    pub matched: Vec<&'static str>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Every part matched as asked.
    pub exact: Vec<Hit>,
    /// Some part matched only by sound or with a letter changed.
    pub near: Vec<Hit>,
    /// How many exact hits there are in all.
    pub total: usize,
}

/// Why a search was not done.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// Not allowed.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] continuo_store::Error),
}

/// The weakest likeness.
const SOUNDS: &str = "sounds alike";

/// One part of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Word(String),
    Birth(String),
    Number(String),
}

/// Searches. `birth` is a date the caller could read in the question; its words are left out of `words`.
pub fn search(ctx: &Ctx, words: &str, birth: Option<Date>) -> Result<Found, SearchError> {
    ctx.require(Permission::PersonRead)?;
    let parts = parts(words, birth);
    if parts.is_empty() {
        return Ok(Found::default());
    }
    Ok(ctx.read(|reader| found(reader, ctx, &parts))?)
}

/// Everybody whose number, or whose caregiver's number, ends with these digits (four or more).
pub fn by_phone(ctx: &Ctx, typed: &str) -> Result<Vec<Hit>, SearchError> {
    ctx.require(Permission::PersonRead)?;
    let number = digits(typed);
    if number.len() < 4 {
        return Ok(Vec::new());
    }
    let last: String = number.chars().skip(number.len() - 4).collect();
    Ok(ctx.read(|reader| {
        let found = if number.len() >= 10 {
            person_key::equal(reader.conn(), &ctx.scope, &["t"], &number, MOST_KEYS)?
        } else {
            person_key::equal(reader.conn(), &ctx.scope, &["l"], &last, MOST_KEYS)?
        };
        hits(reader, ctx, found.into_iter().map(|rid| (rid, Vec::new())).collect())
    })?)
}

/// The people behind narrow keys, in scope.
pub fn by_rid(ctx: &Ctx, rids: &[Rid]) -> Result<Vec<PersonHeader>, SearchError> {
    ctx.require(Permission::PersonRead)?;
    Ok(ctx.read(|reader| person_header::of_patients(reader.conn(), &ctx.scope, rids))?)
}

/// The people behind source patients: each rid asked for with the header of the person it belongs to.
pub fn by_any_rid(ctx: &Ctx, rids: &[Rid]) -> Result<Vec<(Rid, PersonHeader)>, SearchError> {
    ctx.require(Permission::PersonRead)?;
    Ok(ctx.read(|reader| {
        let mut found = Vec::with_capacity(rids.len());
        for rid in rids {
            let person = reader.person_of(ctx.org, *rid)?;
            let header = person_header::of_patients(reader.conn(), &ctx.scope, &[person])?;
            found.extend(header.into_iter().next().map(|header| (*rid, header)));
        }
        Ok(found)
    })?)
}

/// The people whose charts the reader opened last, newest first, with when: whoever was interrupted finds the way back.
pub fn opened_last(ctx: &Ctx, most: usize) -> Result<Vec<(PersonHeader, Instant)>, SearchError> {
    ctx.require(Permission::PersonRead)?;
    Ok(ctx.read(|reader| {
        let looks = looked::newest(reader.conn(), ctx.org, &ctx.actor.reference, most)?;
        let rids: Vec<Rid> = looks.iter().map(|(rid, _)| *rid).collect();
        let headers = person_header::of_patients(reader.conn(), &ctx.scope, &rids)?;
        let of = |rid: Rid| headers.iter().find(|header| header.patient == rid).cloned();
        Ok(looks.into_iter().filter_map(|(rid, at)| Some((of(rid)?, Instant::from_micros(at)))).collect())
    })?)
}

/// Whether the reader sees anybody at all: a clinic on its first day has nobody yet, which is not "all done".
pub fn anybody(ctx: &Ctx) -> Result<bool, SearchError> {
    ctx.require(Permission::PersonRead)?;
    Ok(ctx.read(|reader| person_header::any(reader.conn(), &ctx.scope))?)
}

fn parts(words: &str, birth: Option<Date>) -> Vec<Part> {
    let mut parts: Vec<Part> = birth.map(|date| Part::Birth(date.to_string())).into_iter().collect();
    let phone = digits(words);
    let only_phone = words.chars().all(|c| c.is_ascii_digit() || " ()+-.".contains(c)) && phone.len() >= 7;
    if only_phone {
        parts.push(Part::Number(phone));
        return parts;
    }
    for token in words.split([' ', ',', ';']).filter(|token| !token.is_empty()) {
        if token.chars().any(|c| c.is_ascii_digit()) {
            parts.push(Part::Number(cut(&compact(token))));
        } else {
            let folded = fold(token);
            parts.extend(
                folded.split([' ', '-', '\'']).filter(|word| !word.is_empty()).map(|word| Part::Word(cut(word))),
            );
        }
    }
    parts.truncate(8);
    parts
}

type Matches = BTreeMap<Rid, Option<&'static str>>;

fn found(reader: &mut Reader<'_>, ctx: &Ctx, parts: &[Part]) -> continuo_store::Result<Found> {
    let mut exact: Option<BTreeMap<Rid, Vec<&'static str>>> = None;
    let mut near: Option<BTreeMap<Rid, Vec<&'static str>>> = None;
    for part in parts {
        let as_asked = matches(reader, ctx, part)?;
        let mut alike = likenesses(reader, ctx, part)?;
        for (rid, why) in &as_asked {
            alike.insert(*rid, *why);
        }
        exact = Some(narrow(exact, &as_asked));
        near = Some(narrow(near, &alike));
    }
    let exact = exact.unwrap_or_default();
    let mut near = near.unwrap_or_default();
    near.retain(|rid, _| !exact.contains_key(rid));
    let total = exact.len();
    let mut exact = hits(reader, ctx, exact)?;
    let mut near = hits(reader, ctx, near)?;
    // A letter typed wrong is likelier than a name that only sounds so.
    near.sort_by_key(|hit| hit.matched.contains(&SOUNDS));
    exact.truncate(MOST_HITS);
    near.truncate(MOST_HITS / 2);
    Ok(Found { exact, near, total })
}

/// Those so far who match this part too, with the reasons added.
fn narrow(so_far: Option<BTreeMap<Rid, Vec<&'static str>>>, part: &Matches) -> BTreeMap<Rid, Vec<&'static str>> {
    let with = |mut reasons: Vec<&'static str>, why: Option<&'static str>| {
        reasons.extend(why);
        reasons.dedup();
        reasons
    };
    match so_far {
        None => part.iter().map(|(rid, why)| (*rid, with(Vec::new(), *why))).collect(),
        Some(before) => {
            before.into_iter().filter_map(|(rid, reasons)| Some((rid, with(reasons, *part.get(&rid)?)))).collect()
        }
    }
}

fn matches(reader: &mut Reader<'_>, ctx: &Ctx, part: &Part) -> continuo_store::Result<Matches> {
    let mut all = Matches::new();
    let asked: &[(&str, Option<&'static str>)] = match part {
        // The plainest reason last, so that it wins.
        Part::Word(_) => &[("c", Some("caregiver's name")), ("o", Some("former name")), ("n", None)],
        Part::Birth(_) => &[("b", None)],
        Part::Number(_) => &[
            ("r", Some("referral or authorization number")),
            ("t", Some("phone")),
            ("l", Some("phone")),
            ("i", Some("record or plan number")),
        ],
    };
    for (kind, why) in asked {
        let rids = match part {
            Part::Word(word) if word.chars().count() >= 2 => {
                person_key::beginning(reader.conn(), &ctx.scope, &[kind], word, MOST_KEYS)?
            }
            Part::Word(value) | Part::Birth(value) | Part::Number(value) => {
                person_key::equal(reader.conn(), &ctx.scope, &[kind], value, MOST_KEYS)?
            }
        };
        all.extend(rids.into_iter().map(|rid| (rid, *why)));
    }
    if let Part::Number(number) = part
        && LOCAL.contains(&number.len())
    {
        let (same, _) = by_last_digits(reader, ctx, number)?;
        all.extend(same.into_iter().map(|rid| (rid, Some("phone"))));
    }
    Ok(all)
}

/// Digits of a number that was given without its area code.
const LOCAL: std::ops::Range<usize> = 7..10;

/// Those whose number ends with these digits, and those of whom only the last four are known to match: another of their
/// numbers, or a caregiver's.
fn by_last_digits(reader: &mut Reader<'_>, ctx: &Ctx, number: &str) -> continuo_store::Result<(Vec<Rid>, Vec<Rid>)> {
    let last: String = number.chars().skip(number.chars().count().saturating_sub(4)).collect();
    let rids = person_key::equal(reader.conn(), &ctx.scope, &["l"], &last, MOST_KEYS)?;
    let headers = person_header::of_patients(reader.conn(), &ctx.scope, &rids)?;
    let (same, other): (Vec<PersonHeader>, Vec<PersonHeader>) =
        headers.into_iter().partition(|header| digits(&header.phone).ends_with(number));
    let rid = |all: Vec<PersonHeader>| all.into_iter().map(|header| header.patient).collect();
    Ok((rid(same), rid(other)))
}

/// By sound, or with one letter typed wrong, left out, doubled or swapped.
fn likenesses(reader: &mut Reader<'_>, ctx: &Ctx, part: &Part) -> continuo_store::Result<Matches> {
    let mut all = Matches::new();
    if let Part::Number(number) = part
        && LOCAL.contains(&number.len())
    {
        let (_, other) = by_last_digits(reader, ctx, number)?;
        all.extend(other.into_iter().map(|rid| (rid, Some("last digits of a phone"))));
    }
    let Part::Word(word) = part else { return Ok(all) };
    let sound = phonetic(word);
    if sound.len() > 1 {
        let rids = person_key::equal(reader.conn(), &ctx.scope, &["p"], &sound, MOST_KEYS)?;
        all.extend(rids.into_iter().map(|rid| (rid, Some(SOUNDS))));
    }
    if word.chars().count() > 3 {
        for form in one_left_out(word).into_iter().chain([word.clone()]) {
            let rids = person_key::equal(reader.conn(), &ctx.scope, &["d"], &form, MOST_KEYS)?;
            all.extend(rids.into_iter().map(|rid| (rid, Some("spelled alike"))));
        }
    }
    Ok(all)
}

fn hits(
    reader: &mut Reader<'_>,
    ctx: &Ctx,
    found: BTreeMap<Rid, Vec<&'static str>>,
) -> continuo_store::Result<Vec<Hit>> {
    let rids: Vec<Rid> = found.keys().copied().take(MOST_HITS * 4).collect();
    let headers = person_header::of_patients(reader.conn(), &ctx.scope, &rids)?;
    Ok(headers
        .into_iter()
        .map(|header| Hit { matched: found.get(&header.patient).cloned().unwrap_or_default(), header })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_taken_apart() {
        let word = |text: &str| Part::Word(text.to_owned());
        assert_eq!(parts("Reyes-Lopez, Ana", None), [word("reyes"), word("lopez"), word("ana")]);
        assert_eq!(parts("(555) 555-0142", None), [Part::Number("5555550142".to_owned())]);
        assert_eq!(parts("0041-7", None), [Part::Number("00417".to_owned())]);
        assert_eq!(parts("José", None), [word("jose")]);
        assert_eq!(parts("", Date::new(1960, 2, 12)), [Part::Birth("1960-02-12".to_owned())]);
    }
}
