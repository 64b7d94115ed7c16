//! Registries: the people with a condition, narrowed by their last result, contact, owner and language.
//!
//! A fact that is missing is never read as a good one: those it concerns are counted as "not assessable" (safety.md 22).
//! The registries are data: `knowledge/registries.csv`, codes as in the examples the product is tested with.

mod export;
pub(crate) mod make;
mod rows;

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use continuo_fhir::Instant;
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::tables::registry_row::{self, Brief, RESULT, RegistryRow};
use continuo_store::{Reader, Rid};

use crate::access::Permission;
use crate::ctx::Ctx;
use crate::followup::calendar::DAY;
use crate::problem::WorkError;
use crate::shapes;

pub use export::{Table, export};

const SHIPPED: &str = include_str!("../../../../knowledge/registries.csv");

/// One registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// In the address.
    pub id: String,
    /// "Diabetes".
    pub title: String,
    /// Codes of its condition, each as `system|code`.
    pub conditions: Vec<String>,
    /// "HbA1c"; empty when no result belongs to it.
    pub measure: String,
    /// LOINC codes of its result.
    pub loinc: Vec<String>,
    /// Unit the limits are in.
    pub unit: String,
    /// Limits offered as filters: `above:9`, `below:60`.
    pub offers: Vec<String>,
}

/// The registries shipped.
pub static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    SHIPPED
        .lines()
        .filter(|line| !line.starts_with('#') && !line.starts_with("id,"))
        .filter_map(|line| {
            let mut cells = line.split(',').map(str::trim);
            let words = |cell: &str| cell.split_whitespace().map(str::to_owned).collect();
            let code = |word: &str| {
                let (system, code) = word.split_once(':')?;
                Some(format!("{}|{code}", if system == "icd" { shapes::ICD_10 } else { shapes::SNOMED }))
            };
            Some(Kind {
                id: cells.next()?.to_owned(),
                title: cells.next()?.to_owned(),
                conditions: cells.next()?.split_whitespace().filter_map(code).collect(),
                measure: cells.next()?.to_owned(),
                loinc: words(cells.next()?),
                unit: cells.next()?.to_owned(),
                offers: words(cells.next()?),
            })
        })
        .collect()
});

/// What a registry is ordered by; equals stand by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Name.
    #[default]
    Name,
    /// Highest last result first, those without one last.
    Highest,
    /// Lowest last result first, those without one last.
    Lowest,
    /// Longest without a result first: those without one before all others.
    Oldest,
    /// Longest without contact first.
    Contact,
}

/// How a registry is narrowed and ordered; nothing in it is personal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Who stands first.
    pub order: Order,
    /// The last result is above this.
    pub above: Option<f64>,
    /// The last result is below this.
    pub below: Option<f64>,
    /// No result within this many months.
    pub none_in_months: i64,
    /// No contact within this many days.
    pub no_contact_days: i64,
    /// Only this owner's people; `none` for those whom nobody owns.
    pub owner: String,
    /// Only this language.
    pub language: String,
    /// Only this tier.
    pub tier: String,
}

impl Filter {
    /// In words, for the audit: "result above 9, no contact in 90 days"; "no filter" where nothing narrows.
    pub fn words(&self) -> String {
        let result = [("above", self.above), ("below", self.below)];
        let result = result.into_iter().filter_map(|(how, limit)| Some(format!("result {how} {}", limit?)));
        let spans = [("no result in", self.none_in_months, "months"), ("no contact in", self.no_contact_days, "days")];
        let spans = spans.into_iter().filter(|(_, n, _)| *n > 0).map(|(what, n, unit)| format!("{what} {n} {unit}"));
        let texts = [("owner", &self.owner), ("language", &self.language), ("tier", &self.tier)];
        let texts = texts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(what, text)| format!("{what} {text}"));
        let all: Vec<String> = result.chain(spans).chain(texts).collect();
        if all.is_empty() { "no filter".to_owned() } else { all.join(", ") }
    }
}

/// One person of a registry.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Who; last contact, next visit, owner and tier stand in the header.
    pub person: PersonHeader,
    /// The last result: value with unit, and when; nothing when none is on file.
    pub last: Option<(String, Instant)>,
}

/// A registry.
#[derive(Clone, Debug, PartialEq)]
pub struct Registry {
    /// Which.
    pub kind: Kind,
    /// Those who match, in order, as many as were asked for.
    pub rows: Vec<Row>,
    /// How many match in all.
    pub total: usize,
    /// Everybody with the condition.
    pub people: usize,
    /// Those a limit cannot be held against: no result on file, or in another unit.
    pub not_assessable: usize,
}

/// Reads a registry: of those who match, in the order asked for, `most` after the first `skip`.
pub fn registry(ctx: &Ctx, id: &str, filter: &Filter, skip: usize, most: usize) -> Result<Registry, WorkError> {
    ctx.require(Permission::RecordRead)?;
    let kind = KINDS.iter().find(|kind| kind.id == id).ok_or_else(|| WorkError::NotFound(format!("registry {id}")))?;
    let now = ctx.now();
    Ok(ctx.read(|r| {
        let (people, mut last) = if make::is_made(r.conn(), ctx.org)? {
            (registry_row::people(r.conn(), &ctx.scope, id)?, results(r, ctx, id)?)
        } else {
            // After an update, until everybody's rows are made: slower, and as exact.
            make::from_records(r, ctx, kind)?
        };
        let mut not_assessable = 0;
        let mut found: Vec<&Brief> = Vec::new();
        for person in people.iter().filter(|person| in_reach(person, filter, now)) {
            match fits(last.get(&person.patient), filter, now) {
                Some(true) => found.push(person),
                Some(false) => {}
                None => not_assessable += 1,
            }
        }
        found.sort_by(|a, b| {
            let ordered = filter.order.between((a, last.get(&a.patient)), (b, last.get(&b.patient)));
            ordered.then_with(|| (&a.family, &a.given, a.patient).cmp(&(&b.family, &b.given, b.patient)))
        });
        let shown: Vec<Rid> = found.iter().skip(skip).take(most).map(|person| person.patient).collect();
        let mut headers = BTreeMap::new();
        for some in shown.chunks(1_000) {
            let some = person_header::of_patients(r.conn(), &ctx.scope, some)?;
            headers.extend(some.into_iter().map(|header| (header.patient, header)));
        }
        let mut row = |rid: &Rid| {
            let result = last.remove(rid).map(|one| (one.shown, Instant::from_micros(one.at)));
            Some(Row { person: headers.remove(rid)?, last: result })
        };
        Ok(Registry {
            kind: kind.clone(),
            rows: shown.iter().filter_map(&mut row).collect(),
            total: found.len(),
            people: people.len(),
            not_assessable,
        })
    })?)
}

/// Somebody of a registry with their last result.
type One<'a> = (&'a Brief, Option<&'a RegistryRow>);

impl Order {
    fn between(self, a: One<'_>, b: One<'_>) -> Ordering {
        let number = |one: One<'_>| one.1.and_then(|row| row.number);
        // Who has no number stands last, whichever end comes first.
        let by_number = |sign: f64| match (number(a), number(b)) {
            (Some(a), Some(b)) => (a * sign).total_cmp(&(b * sign)),
            (a, b) => a.is_none().cmp(&b.is_none()),
        };
        let when = |one: One<'_>| one.1.map_or(i64::MIN, |row| row.at);
        match self {
            Order::Name => Ordering::Equal,
            Order::Highest => by_number(-1.0),
            Order::Lowest => by_number(1.0),
            Order::Oldest => when(a).cmp(&when(b)),
            Order::Contact => a.0.last_contact.cmp(&b.0.last_contact),
        }
    }
}

/// The newest result in scope of each person of a registry.
fn results(r: &mut Reader<'_>, ctx: &Ctx, id: &str) -> continuo_store::Result<BTreeMap<Rid, RegistryRow>> {
    let mut last: BTreeMap<Rid, RegistryRow> = BTreeMap::new();
    for row in registry_row::listed(r.conn(), &ctx.scope, id, RESULT)? {
        if last.get(&row.patient).is_none_or(|known| known.at <= row.at) {
            last.insert(row.patient, row);
        }
    }
    Ok(last)
}

/// Whether a last result fits the limits; nothing when the facts do not say.
fn fits(last: Option<&RegistryRow>, filter: &Filter, now: Instant) -> Option<bool> {
    if filter.none_in_months > 0 {
        let since = now.plus_micros(-filter.none_in_months * 61 * DAY / 2).micros();
        return Some(last.is_none_or(|last| last.at < since));
    }
    if filter.above.is_none() && filter.below.is_none() {
        return Some(true);
    }
    let number = last?.number?;
    Some(filter.above.is_none_or(|limit| number > limit) && filter.below.is_none_or(|limit| number < limit))
}

fn in_reach(person: &Brief, filter: &Filter, now: Instant) -> bool {
    let silent = now.micros() - filter.no_contact_days * DAY;
    !person.deceased
        && (filter.no_contact_days <= 0 || person.last_contact < silent)
        && match filter.owner.as_str() {
            "" => true,
            "none" => person.owner.is_empty(),
            owner => person.owner == owner,
        }
        && (filter.tier.is_empty() || person.tier == filter.tier)
        && (filter.language.is_empty() || person.language.starts_with(&filter.language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_registry_has_its_codes() {
        assert!(KINDS.len() > 4);
        assert!(
            KINDS.iter().all(|kind| !kind.conditions.is_empty() && kind.loinc.is_empty() == kind.measure.is_empty())
        );
    }

    #[test]
    fn whoever_has_no_result_stands_last_by_value_and_first_by_age() {
        let brief = |patient| Brief {
            patient: Rid(patient),
            family: String::new(),
            given: String::new(),
            deceased: false,
            owner: String::new(),
            tier: String::new(),
            language: String::new(),
            last_contact: patient,
        };
        let row = |number, at| Some(RegistryRow { number, at, ..RegistryRow::default() });
        let people = [
            (brief(1), row(Some(9.4), 20)),
            (brief(2), None),
            (brief(3), row(Some(12.0), 30)),
            (brief(4), row(None, 10)),
        ];
        let sorted = |order: Order| -> Vec<i64> {
            let mut all: Vec<_> = people.iter().map(|(who, row)| (who, row.as_ref())).collect();
            all.sort_by(|a, b| order.between(*a, *b));
            all.iter().map(|(who, _)| who.patient.0).collect()
        };
        assert_eq!(sorted(Order::Highest), [3, 1, 2, 4]);
        assert_eq!(sorted(Order::Lowest), [1, 3, 2, 4]);
        assert_eq!(sorted(Order::Oldest), [2, 4, 1, 3]);
        assert_eq!(sorted(Order::Contact), [1, 2, 3, 4]);
    }

    #[test]
    fn a_missing_result_is_not_a_good_one() {
        let now = Instant::from_micros(100 * DAY);
        let above = Filter { above: Some(9.0), ..Filter::default() };
        assert_eq!(fits(None, &above, now), None);
        let last = |number| RegistryRow { number, at: now.micros(), ..RegistryRow::default() };
        assert_eq!(fits(Some(&last(None)), &above, now), None, "another unit");
        assert_eq!(fits(Some(&last(Some(9.4))), &above, now), Some(true));
        assert_eq!(fits(Some(&last(Some(8.0))), &above, now), Some(false));
        let none = Filter { none_in_months: 6, ..Filter::default() };
        assert_eq!(fits(None, &none, now), Some(true));
        assert_eq!(fits(Some(&last(None)), &none, now), Some(false));
    }
}
