//! What was not said but matters for this person: asked as a question, never filled in.
//!
//! Wording, conditions and sources: `knowledge/scribe/unsaid.csv`. A row asks only where the record gives the reason, none
//! of its words was said, and no result that it names (concept and days, `recorded`) is on record.

use std::collections::BTreeSet;

use continuo_fhir::Instant;
use continuo_text::token::Tokens;

use super::propose::{Known, Listed};
use super::source::Reading;
use crate::followup::calendar::{Calendar, DAY};
use crate::followup::contact::is_stay;
use crate::followup::person::Person;

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Row of the table.
    pub id: &'static str,
    /// "Weight today?"
    pub ask: String,
    /// Why it is asked.
    pub why: String,
    /// Who says that it matters.
    pub source: &'static str,
    /// What in the record gives the reason.
    pub because: Vec<String>,
}

const TABLE: &str = include_str!("../../../../knowledge/scribe/unsaid.csv");

/// At most so many questions: a list nobody reads asks nothing.
const MOST: usize = 6;

/// The questions, gravest first as the table has them.
pub fn questions(
    reading: &Reading,
    person: &Person<'_>,
    known: &Known,
    now: Instant,
    calendar: &Calendar,
) -> Vec<Question> {
    let tokens = Tokens::new(&reading.text);
    let said: BTreeSet<&str> = (0..tokens.len()).map(|at| tokens.norm(at)).collect();
    rows()
        .filter(|row| !row.said.split_whitespace().any(|word| said.contains(word)))
        .filter_map(|row| {
            let because = reason(&row, person, known, now, calendar)?;
            let asked = !is_recorded(&row, person, now, calendar);
            asked.then(|| Question {
                id: row.id,
                ask: row.ask.to_owned(),
                why: row.why.to_owned(),
                source: row.source,
                because,
            })
        })
        .take(MOST)
        .collect()
}

/// Questions of a letter: what our list has and its list leaves out. Leaving out stops nothing.
pub fn of_letter(left_out: &[&Listed]) -> Vec<Question> {
    let asked = left_out.iter().take(MOST).map(|one| Question {
        id: "left-out",
        ask: format!("Still taking {}?", one.concept),
        why: "It is on our list and the letter's list does not name it".to_owned(),
        source: "Joint Commission NPSG.03.06.01: medicines are compared at each transition",
        because: vec![one.reference.clone()],
    });
    asked.collect()
}

struct Row {
    id: &'static str,
    when: &'static str,
    of: &'static str,
    said: &'static str,
    recorded: &'static str,
    ask: &'static str,
    source: &'static str,
    why: &'static str,
}

fn rows() -> impl Iterator<Item = Row> {
    TABLE.lines().skip(1).filter_map(|line| {
        let mut cells = cells(line).into_iter();
        Some(Row {
            id: cells.next()?,
            when: cells.next()?,
            of: cells.next()?,
            said: cells.next()?,
            recorded: cells.next()?,
            ask: cells.next()?,
            source: cells.next()?,
            why: cells.next()?,
        })
    })
}

/// The cells of a line; one in quotation marks may hold commas (no cell holds a quotation mark).
fn cells(line: &'static str) -> Vec<&'static str> {
    let mut out = Vec::new();
    let mut rest = line;
    loop {
        let (cell, after) = match rest.strip_prefix('"').and_then(|inner| inner.split_once('"')) {
            Some((cell, after)) => (cell, after.strip_prefix(',')),
            None => match rest.split_once(',') {
                Some((cell, after)) => (cell, Some(after)),
                None => (rest, None),
            },
        };
        out.push(cell);
        match after {
            Some(after) => rest = after,
            None => return out,
        }
    }
}

/// Whether the record holds a result of the row's concept that is young enough ("hemoglobin a1c 180").
fn is_recorded(row: &Row, person: &Person<'_>, now: Instant, calendar: &Calendar) -> bool {
    let Some((concept, days)) = row.recorded.rsplit_once(' ') else { return false };
    let Ok(days) = days.parse::<i64>() else { return false };
    person.of("Observation").iter().any(|one| {
        let is_young = one
            .when("effectiveDateTime", calendar.zone())
            .is_some_and(|at| at <= now && at.plus_micros(days * DAY) >= now);
        is_young
            && !one.is(&["entered-in-error", "cancelled"])
            && super::propose::concepts(one.label("code").unwrap_or("")).any(|found| found == concept)
    })
}

/// The entries that give the reason; nothing where there is no reason.
fn reason(row: &Row, person: &Person<'_>, known: &Known, now: Instant, calendar: &Calendar) -> Option<Vec<String>> {
    let zone = calendar.zone();
    match row.when {
        "problem" | "medicine" => {
            let set = if row.when == "problem" { &known.problems } else { &known.medicines };
            if !row.of.split(';').any(|concept| set.contains(concept)) {
                return None;
            }
            let types: &[(&str, &str)] = if row.when == "problem" {
                &[("Condition", "code")]
            } else {
                &[
                    ("MedicationStatement", "medicationCodeableConcept"),
                    ("MedicationRequest", "medicationCodeableConcept"),
                ]
            };
            let because = types.iter().flat_map(|(type_, path)| {
                person.of(type_).iter().filter(|one| {
                    super::propose::concepts(one.label(path).unwrap_or("")).any(|c| row.of.split(';').any(|of| of == c))
                })
            });
            Some(because.take(3).map(crate::followup::person::Resource::reference).collect())
        }
        "age" => {
            let patient = person.patient()?;
            let birth = continuo_fhir::Date::parse(patient.text("birthDate")?)?;
            let years: i32 = row.of.parse().ok()?;
            (birth.years_until(calendar.day(now)) >= years).then(|| vec![patient.reference()])
        }
        "allergies-not-asked" => {
            let none = person.of("AllergyIntolerance").iter().all(|one| one.is(&["entered-in-error"]));
            none.then(Vec::new)
        }
        "stay" => {
            let days: i64 = row.of.parse().ok()?;
            let stay = person.of("Encounter").iter().find(|encounter| {
                is_stay(encounter)
                    && encounter
                        .until("period.end", zone)
                        .is_some_and(|end| end <= now && end.plus_micros(days * DAY) >= now)
            })?;
            Some(vec![stay.reference()])
        }
        "interpreter" => {
            let needed =
                person.patient()?.extension("http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired");
            needed.and_then(continuo_fhir::Node::as_bool).unwrap_or(false).then(Vec::new)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_can_be_read() {
        let lines = TABLE.lines().skip(1).count();
        assert_eq!(rows().count(), lines);
        let known = ["problem", "medicine", "age", "allergies-not-asked", "stay", "interpreter"];
        let mut ids = BTreeSet::new();
        for row in rows() {
            assert!(known.contains(&row.when), "{}", row.id);
            assert!(row.ask.ends_with('?') && !row.said.is_empty() && ids.insert(row.id), "{}", row.id);
            assert!(!row.source.is_empty() && !row.why.is_empty(), "{}: a question has its source", row.id);
            if let Some((concept, days)) = row.recorded.rsplit_once(' ') {
                let lexicon = &continuo_text::lexicon::lexicon().terms;
                assert!(
                    days.parse::<i64>().is_ok() && lexicon.iter().any(|term| term.concept == concept),
                    "{}",
                    row.id
                );
            }
            if matches!(row.when, "problem" | "medicine") {
                let lexicon = &continuo_text::lexicon::lexicon().terms;
                assert!(row.of.split(';').any(|of| lexicon.iter().any(|term| term.concept == of)), "{}", row.id);
            }
        }
    }
}
