//! Searches over everybody, however their rows are found, against a reference that gathers everything, puts it in order
//! and cuts it in memory: made-up records with partial dates, periods open at either end, several dates, none, dates
//! alike, several codes, closed labels; pages while others write and delete.

use crate::database::{Database, NOW, ORG, all, context, on_each, put};
use continuo_fhir::date::{DateTime, Zone};
use continuo_fhir::{Instant, ResourceType};
use continuo_store::tables::person;
use continuo_store::{Drive, Expect, Persons, Query, Scope, Store};
use std::collections::BTreeSet;

const OBSERVATION: ResourceType = ResourceType::of("Observation");
const DRIVES: [Drive; 3] = [Drive::Best, Drive::Gather, Drive::Walk];
const PEOPLE: usize = 5;

/// A made-up Observation, as the reference knows it.
#[derive(Clone, Debug)]
struct Record {
    id: String,
    dates: Vec<(i64, i64)>,
    codes: Vec<usize>,
    status: &'static str,
    /// Nobody's: a group's.
    person: Option<usize>,
    is_closed: bool,
    value: Option<i64>,
    updated: i64,
    json: String,
}

/// Numbers in a row that looks like none.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

fn zone() -> Zone {
    Zone::named("America/New_York").unwrap()
}

fn interval(text: &str) -> (i64, i64) {
    let date = DateTime::parse(text).unwrap();
    (date.low(&zone()).micros(), date.high(&zone()).micros())
}

/// A moment as text, of any precision; few different ones, so that many are alike.
fn moment(dice: &mut Dice) -> String {
    let (month, day) = (1 + dice.throw(12), 1 + dice.throw(9));
    match dice.throw(7) {
        0 => format!("{}", 2024 + dice.throw(3)),
        1 => format!("2026-{month:02}"),
        2 | 3 => format!("2026-03-{day:02}"),
        4 => format!("2026-{month:02}-{day:02}"),
        5 => format!("2026-03-{day:02}T08:30:00Z"),
        _ => format!("2026-{month:02}-0{}T0{}:00:00-05:00", 1 + dice.throw(3), dice.throw(3)),
    }
}

/// What stands in the resource, and the intervals of it.
fn when(dice: &mut Dice) -> (String, Vec<(i64, i64)>) {
    let text = moment(dice);
    let (low, high) = interval(&text);
    match dice.throw(12) {
        0 => (String::new(), Vec::new()),
        1 => (format!(r#","effectivePeriod":{{"start":"{text}"}}"#), vec![(low, i64::MAX)]),
        2 => (format!(r#","effectivePeriod":{{"end":"{text}"}}"#), vec![(i64::MIN, high)]),
        3 | 4 => {
            let (start, end) =
                if dice.throw(2) == 0 { ("2023-05-01", "2026-06") } else { ("2026-03-01", "2026-03-04") };
            let period = format!(r#","effectivePeriod":{{"start":"{start}","end":"{end}"}}"#);
            (period, vec![(interval(start).0, interval(end).1)])
        }
        5 | 6 => {
            let other = moment(dice);
            let event = interval(&other);
            let timing = format!(
                r#","effectiveTiming":{{"event":["{other}"],"repeat":{{"boundsPeriod":{{"start":"{text}"}}}}}}"#
            );
            (timing, vec![event, (low, i64::MAX)])
        }
        _ => (format!(r#","effectiveDateTime":"{text}""#), vec![(low, high)]),
    }
}

fn record(dice: &mut Dice, id: String, updated: i64) -> Record {
    let (effective, dates) = when(dice);
    let codes = if dice.throw(4) == 0 { vec![dice.throw(3), 3] } else { vec![dice.throw(3)] };
    let status = ["final", "final", "amended"][dice.throw(3)];
    let person = Some(dice.throw(PEOPLE + 1)).filter(|at| *at < PEOPLE);
    let is_closed = dice.throw(6) == 0;
    let value = Some(dice.throw(100) as i64).filter(|value| *value > 20);
    let coding: Vec<String> = codes.iter().map(|code| format!(r#"{{"system":"urn:c","code":"c{code}"}}"#)).collect();
    let subject = person.map_or("Group/g".to_owned(), |at| format!("Patient/p{at}"));
    let label = if is_closed { r#""meta":{"security":[{"system":"urn:label","code":"part2"}]},"# } else { "" };
    let quantity = value.map_or(String::new(), |value| format!(r#","valueQuantity":{{"value":{value},"unit":"x"}}"#));
    let json = format!(
        r#"{{"resourceType":"Observation","id":"{id}",{label}"status":"{status}","code":{{"coding":[{}]}},"subject":{{"reference":"{subject}"}}{effective}{quantity}}}"#,
        coding.join(",")
    );
    Record { id, dates, codes, status, person, is_closed, value, updated, json }
}

/// The database with so many records, some of them written again, and what stands in it in the order of narrow keys.
fn filled(db: &Database, store: &Store, many: usize) -> Vec<Record> {
    let people: Vec<String> = (0..PEOPLE)
        .map(|at| {
            let gender = if at % 2 == 0 { "female" } else { "male" };
            format!(r#"{{"resourceType":"Patient","id":"p{at}","gender":"{gender}"}}"#)
        })
        .collect();
    put(store, &people.iter().map(String::as_str).collect::<Vec<_>>());
    let mut dice = Dice(7);
    let mut records: Vec<Record> = Vec::new();
    let mut at = NOW.micros();
    for _ in 0..many.div_ceil(10) {
        at += 3_600_000_000;
        db.clock.set(Instant::from_micros(at));
        let first = records.len();
        for n in first..first + 10 {
            records.push(record(&mut dice, format!("o{n}"), at));
        }
        if let Some(again) = first.checked_sub(4) {
            records[again] = record(&mut dice, format!("o{again}"), at);
            put(store, &[&records[again].json]);
        }
        put(store, &records[first..].iter().map(|one| one.json.as_str()).collect::<Vec<_>>());
    }
    records
}

/// R4 3.1.1.4.7 in its own words, of one interval.
fn compares(value: &str, dates: &[(i64, i64)], now: i64) -> bool {
    let (prefix, text) = match value.get(..2) {
        Some(word) if word.chars().all(|c| c.is_ascii_lowercase()) => value.split_at(2),
        _ => ("eq", value),
    };
    let (from, to) = interval(text);
    let inside = |low, high| low >= from && high <= to;
    dates.iter().any(|(low, high)| {
        let (low, high) = (*low, *high);
        match prefix {
            "eq" => inside(low, high),
            "ne" => !inside(low, high),
            "gt" => high > to,
            "lt" => low < from,
            "ge" => high > to || low >= from,
            "le" => low < from || high <= to,
            "sa" => low >= to,
            "eb" => high <= from,
            _ => {
                let pad = ((now - from).abs() / 10).max(86_400_000_000);
                high > from - pad && low < to + pad
            }
        }
    })
}

/// One `name=value` on a record.
fn meets(record: &Record, name: &str, value: &str, now: i64) -> bool {
    let any = |test: &dyn Fn(&str) -> bool| value.split(',').any(test);
    match name {
        "date" => any(&|value| compares(value, &record.dates, now)),
        "_lastUpdated" => any(&|value| compares(value, &[(record.updated, record.updated + 1)], now)),
        "code" => any(&|value| record.codes.iter().any(|code| value == format!("urn:c|c{code}"))),
        "status" => record.status == value,
        "status:not" => record.status != value,
        "patient" => any(&|value| record.person.is_some_and(|at| value == format!("p{at}"))),
        "patient.gender" => record.person.is_some_and(|at| (at % 2 == 0) == (value == "female")),
        "value-quantity" => record.value.is_some_and(|of| of > value[2..].parse::<i64>().unwrap()),
        _ => panic!("the reference does not know {name}"),
    }
}

fn is_seen(record: &Record, scope: &Scope) -> bool {
    let opened = scope.audiences.contains(&9) && record.person == Some(0);
    let person = match &scope.persons {
        Persons::All => true,
        Persons::Audiences(_) => record.person == Some(1),
        Persons::Only(_) => matches!(record.person, Some(0 | 2)),
    };
    person && (!record.is_closed || scope.hidden_labels & 1 == 0 || opened)
}

/// Gathers, orders, by the words of the request.
fn expected(records: &[Record], query: &str, scope: &Scope) -> Vec<String> {
    let pairs: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let sort = pairs.iter().find(|(name, _)| *name == "_sort").map_or("", |(_, value)| *value);
    let criteria: Vec<_> = pairs.iter().filter(|(name, _)| *name != "_sort").collect();
    let mut found: Vec<(usize, &Record)> = records
        .iter()
        .enumerate()
        .filter(|(_, one)| {
            is_seen(one, scope) && criteria.iter().all(|(name, value)| meets(one, name, value, scope.now))
        })
        .collect();
    let lows = |one: &Record| one.dates.iter().map(|(low, _)| *low).collect::<Vec<_>>();
    match sort {
        "" => {}
        "date" => found.sort_by_key(|(at, one)| (lows(one).into_iter().min().unwrap_or(i64::MAX), *at)),
        "-date" => {
            found.sort_by_key(|(at, one)| (lows(one).into_iter().max().unwrap_or(i64::MIN), *at));
            found.reverse();
        }
        "_lastUpdated" => found.sort_by_key(|(at, one)| (one.updated, *at)),
        "-_lastUpdated" => {
            found.sort_by_key(|(at, one)| (one.updated, *at));
            found.reverse();
        }
        _ => panic!("the reference does not know the order {sort}"),
    }
    found.into_iter().map(|(_, one)| one.id.clone()).collect()
}

fn parsed(query: &str, drive: Drive, count: i64) -> Query {
    let mut parsed = Query::parse(OBSERVATION, query).unwrap();
    assert_eq!(parsed.ignored, Vec::<String>::new());
    (parsed.drive, parsed.count) = (drive, count);
    parsed
}

/// All pages of a search, in order, and the total of the first; `between` is told the number of each page that is followed.
pub(crate) fn pages(
    store: &Store,
    scope: &Scope,
    mut query: Query,
    mut between: impl FnMut(usize),
) -> (Vec<String>, Option<i64>) {
    let (mut out, mut total) = (Vec::new(), None);
    for number in 0..1_000 {
        let page = store.read(|r| r.search(scope, &query)).unwrap_or_else(|e| panic!("{query:?}: {e}"));
        assert!(page.matches.len() as i64 <= query.count);
        if number == 0 {
            total = page.total;
        }
        out.extend(page.matches.into_iter().map(|found| found.id));
        match page.next {
            Some(next) => query.after = Some(next),
            None => return (out, total),
        }
        between(number);
    }
    panic!("pages do not end: {query:?}");
}

const CRITERIA: &[&str] = &[
    "",
    "date=2026",
    "date=2026-03",
    "date=ge2026-03",
    "date=gt2026-03-04",
    "date=lt2026-03-04",
    "date=le2026-03",
    "date=ne2026-03",
    "date=sa2026-03-05",
    "date=eb2026-03-05",
    "date=ap2026-03-05",
    "date=ge2026-03-02&date=lt2026-03-07",
    "date=sa2026-02&date=ge2026-03-04",
    "date=2026-03-02,2026-07,2024",
    "date=gt2026-08,eb2025",
    "code=urn:c|c1",
    "code=urn:c|c0,urn:c|c3",
    "code=urn:c|c2&date=ge2026-03-04",
    "code=urn:c|c0,urn:c|c3&date=lt2026-03-04&status=final",
    "status=final",
    "status:not=final",
    "status=amended&date=ge2026-03",
    "value-quantity=gt50&date=ge2025",
    "patient=p1",
    "patient=p0,p2&date=ge2026-03",
    "patient=p1&code=urn:c|c1",
    "patient.gender=female",
    "patient.gender=female&date=lt2026-06&status=final",
    "_lastUpdated=ge2026-08-01T16:00:00Z",
    "_lastUpdated=lt2026-08-01T18:00:00Z&status=final",
];

fn scopes(store: &Store) -> Vec<Scope> {
    let rid = |id: &str| store.read(|r| r.rid(ORG, ResourceType::of("Patient"), id)).unwrap().unwrap();
    let [opened, reached, other] = ["p0", "p1", "p2"].map(rid);
    let until = Instant::from_micros(i64::MAX).micros();
    store
        .write(&context("consent"), move |tx| {
            person::open_labels(tx.conn()?, ORG, 9, opened, 1, until)?;
            person::add_reach(tx.conn()?, ORG, 5, reached)
        })
        .unwrap();
    let all = Scope { now: NOW.micros(), ..all() };
    let closed = Scope { hidden_labels: 1, ..all.clone() };
    vec![
        Scope { hidden_labels: 9, audiences: vec![9, 10], ..all.clone() },
        Scope { persons: Persons::Audiences(vec![5]), ..closed.clone() },
        Scope { persons: Persons::Only(vec![opened, other]), ..closed.clone() },
        closed,
        all,
    ]
}

#[test]
fn walked_and_gathered_answers_are_those_of_the_reference() {
    on_each(|db| {
        let store = db.open();
        let records = filled(db, &store, 90);
        for (number, scope) in scopes(&store).iter().enumerate() {
            for sort in ["", "date", "-date", "_lastUpdated", "-_lastUpdated"] {
                for criteria in CRITERIA {
                    let query = match (sort, *criteria) {
                        ("", criteria) => criteria.to_owned(),
                        (sort, "") => format!("_sort={sort}"),
                        (sort, criteria) => format!("{criteria}&_sort={sort}"),
                    };
                    let expected = expected(&records, &query, scope);
                    for drive in DRIVES {
                        let counts: &[i64] = if number == 0 { &[7, 200] } else { &[11] };
                        for count in counts {
                            let what =
                                format!("{query} by {drive:?}, {count} a page, scope {number}, {}", db.url.shown());
                            let (mut found, total) = pages(&store, scope, parsed(&query, drive, *count), |_| {});
                            assert_eq!(total, Some(expected.len() as i64), "{what}");
                            let mut wanted = expected.clone();
                            if sort.is_empty() {
                                found.sort();
                                wanted.sort();
                            }
                            assert_eq!(found, wanted, "{what}");
                        }
                    }
                }
            }
        }
    });
}

/// Orders that no index has: put in order by the database and by us they are the same.
#[test]
fn orders_of_several_keys_and_of_other_kinds_are_the_same_either_way() {
    on_each(|db| {
        let store = db.open();
        filled(db, &store, 60);
        let scope = Scope { hidden_labels: 1, now: NOW.micros(), ..all() };
        for sort in [
            "value-quantity",
            "-value-quantity",
            "status",
            "-code,_id",
            "patient,-date",
            "-date,_id",
            "date,-status",
            "-date,status,-value-quantity",
            "-_lastUpdated,date",
            "_lastUpdated,-_id",
        ] {
            for criteria in [
                "",
                "patient=p0,p1&",
                "status=final&",
                "code=urn:c|c0,urn:c|c3&",
                "date=ge2026-03&",
                "patient.gender=female&",
            ] {
                let query = format!("{criteria}_sort={sort}");
                let (best, total) = pages(&store, &scope, parsed(&query, Drive::Best, 7), |_| {});
                let gathered = pages(&store, &scope, parsed(&query, Drive::Gather, 7), |_| {});
                assert_eq!((best.clone(), total), gathered, "{query} on {}", db.url.shown());
                // Short pages among many alike: each goes on where the one before ended.
                for count in [1, 7] {
                    let walked = pages(&store, &scope, parsed(&query, Drive::Walk, count), |_| {});
                    assert_eq!(walked, gathered, "{query} walked, {count} a page, on {}", db.url.shown());
                }
                assert_eq!(total, Some(best.len() as i64), "{query}");
            }
        }
    });
}

/// What was there from the first page to the last and was left alone is seen once, in order, whoever writes meanwhile.
#[test]
fn walked_pages_are_stable_while_others_write_and_delete() {
    for (query, drive) in [
        ("_sort=-date", Drive::Best),
        ("_sort=date", Drive::Best),
        ("_sort=_lastUpdated", Drive::Best),
        ("_sort=-_lastUpdated", Drive::Best),
        ("_sort=-date,_id", Drive::Walk),
        ("date=ge2026-03", Drive::Walk),
        ("status=final&_sort=-date", Drive::Walk),
        ("code=urn:c|c0,urn:c|c1&_sort=date", Drive::Best),
    ] {
        on_each(|db| stays_stable(db, query, drive));
    }
}

fn stays_stable(db: &Database, query: &str, drive: Drive) {
    let store = db.open();
    let records = filled(db, &store, 60);
    let scope = Scope { now: NOW.micros(), ..all() };
    let order = expected(&records, query.trim_end_matches(",_id"), &scope);
    let mut request = parsed(query, drive, 5);
    let (mut seen, mut touched) = (Vec::new(), BTreeSet::new());
    let mut dice = Dice(11);
    for number in 0.. {
        let page = store.read(|r| r.search(&scope, &request)).unwrap();
        seen.extend(page.matches.into_iter().map(|found| found.id));
        // One goes, seen or not; one comes; one is written again with another date.
        let gone = records[dice.throw(records.len())].id.clone();
        let again = records[dice.throw(records.len())].id.clone();
        touched.extend([gone.clone(), again.clone()]);
        put(&store, &[&record(&mut dice, again, 0).json, &record(&mut dice, format!("new{number}"), 0).json]);
        store.write(&context("delete"), move |tx| tx.delete(OBSERVATION, &gone, Expect::Anything)).unwrap();
        match page.next {
            Some(next) => request.after = Some(next),
            None => break,
        }
    }
    let left_alone = |ids: &[String]| -> Vec<String> {
        ids.iter().filter(|id| !touched.contains(*id) && !id.starts_with("new")).cloned().collect()
    };
    let (mut seen, mut wanted) = (left_alone(&seen), left_alone(&order));
    // The reference orders by one key: of what is alike in it, either order will do.
    if !query.contains("_sort") || query.ends_with(",_id") {
        seen.sort();
        wanted.sort();
    }
    assert_eq!(seen, wanted, "{query} on {}", db.url.shown());
}
