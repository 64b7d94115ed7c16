//! Orders by name that are walked, and numbers that are looked for by their beginning, against a reference in memory:
//! several names, none, alike but for case and accents, empty ones; ranges, comparators, several units.

use crate::database::{Database, NOW, all, context, on_each, put};
use crate::search_walk::pages;
use continuo_fhir::ResourceType;
use continuo_fhir::text::fold;
use continuo_store::{DbUrl, Drive, Expect, Query, Scope, Store};

const PATIENT: ResourceType = ResourceType::of("Patient");
const OBSERVATION: ResourceType = ResourceType::of("Observation");

/// (id, family names, given names, female, closed)
type Person = (String, Vec<&'static str>, Vec<&'static str>, bool, bool);

fn people() -> Vec<Person> {
    let families = ["Núñez", "nunez", "Ash", "ash", "Zoë", "O'Brien", "\u{10ffff}x", "de la Cruz", ""];
    let given = ["Ada", "ada", "Élodie", "Bo", "Zed"];
    (0..70)
        .map(|n: usize| {
            let of = |list: &[&'static str], at: usize| list[at % list.len()];
            let family = match n % 7 {
                0 => vec![],
                1 | 2 => vec![of(&families, n / 2), of(&families, n * 5 + 1)],
                3 => vec!["Zz", of(&families, n), "Aa"],
                _ => vec![of(&families, n)],
            };
            let given = if n.is_multiple_of(5) { vec![] } else { vec![of(&given, n), of(&given, n / 3)] };
            (format!("p{n}"), family, given, n.is_multiple_of(2), n % 6 == 1)
        })
        .collect()
}

fn json((id, family, given, female, closed): &Person) -> String {
    let names: Vec<String> = family.iter().map(|name| format!(r#"{{"family":"{name}"}}"#)).collect();
    let given: Vec<String> = given.iter().map(|name| format!(r#"{{"given":["{name}"]}}"#)).collect();
    let label = r#""meta":{"security":[{"system":"urn:label","code":"part2"}]},"#;
    let all: Vec<String> = names.into_iter().chain(given).collect();
    let name = if all.is_empty() { String::new() } else { format!(r#","name":[{}]"#, all.join(",")) };
    format!(
        r#"{{"resourceType":"Patient","id":"{id}",{}"gender":"{}"{name}}}"#,
        if *closed { label } else { "" },
        if *female { "female" } else { "male" }
    )
}

fn expected(people: &[Person], sort: &str, test: impl Fn(&Person) -> bool) -> Vec<String> {
    let (code, falls) = sort.strip_prefix('-').map_or((sort, false), |code| (code, true));
    let key = |person: &Person| {
        let texts = match code {
            "family" => person.1.clone(),
            "given" => person.2.clone(),
            _ => [person.1.clone(), person.2.clone()].concat(),
        };
        let texts = texts.into_iter().map(fold);
        // What has none comes last, and so does what stands after all that is written.
        if falls {
            texts.max().unwrap_or_default()
        } else {
            texts.min().filter(|text| text.as_str() < "\u{10ffff}").unwrap_or("\u{10ffff}".to_owned())
        }
    };
    let mut found: Vec<(String, usize)> =
        people.iter().enumerate().filter(|(_, one)| test(one)).map(|(at, one)| (key(one), at)).collect();
    found.sort();
    if falls {
        found.reverse();
    }
    found.into_iter().map(|(_, at)| people[at].0.clone()).collect()
}

fn query(type_: ResourceType, text: &str, drive: Drive, count: i64) -> Query {
    let mut query = Query::parse(type_, text).unwrap();
    (query.drive, query.count) = (drive, count);
    query
}

fn filled(db: &Database) -> (Store, Vec<Person>) {
    let (store, mut people) = (db.open(), people());
    put(&store, &people.iter().map(json).collect::<Vec<_>>().iter().map(String::as_str).collect::<Vec<_>>());
    // Written again under other names: the old ones are gone.
    for at in [4, 11, 18] {
        people[at].1 = vec!["Mid", "Later"];
        put(&store, &[&json(&people[at])]);
    }
    (store, people)
}

#[test]
fn an_order_of_names_is_the_same_walked_and_gathered() {
    on_each(|db| {
        let (store, people) = filled(db);
        let open = Scope { now: NOW.micros(), ..all() };
        let closed = Scope { hidden_labels: 1, ..open.clone() };
        for (scope, sees_closed) in [(&open, true), (&closed, false)] {
            for sort in ["family", "-family", "given", "-given", "name", "-name"] {
                for (criteria, only_women) in [("", false), ("gender=female&", true)] {
                    let wanted = expected(&people, sort, |one| (sees_closed || !one.4) && (!only_women || one.3));
                    for drive in [Drive::Best, Drive::Gather, Drive::Walk] {
                        for count in [1, 7, 100] {
                            let text = format!("{criteria}_sort={sort}");
                            let what = format!("{text} by {drive:?}, {count} a page, {}", db.url.shown());
                            let (found, total) = pages(&store, scope, query(PATIENT, &text, drive, count), |_| {});
                            assert_eq!(total, Some(wanted.len() as i64), "{what}");
                            assert_eq!(
                                shown(&found, drive, sort, &people),
                                shown(&wanted, drive, sort, &people),
                                "{what}"
                            );
                        }
                    }
                }
            }
        }
    });
}

/// By family and given name, many alike in the one or the other, a few on each page.
#[test]
fn an_order_of_two_names_is_the_same_walked_and_gathered() {
    on_each(|db| {
        let (store, _) = filled(db);
        let open = Scope { now: NOW.micros(), ..all() };
        for scope in [&open, &Scope { hidden_labels: 1, ..open.clone() }] {
            for sort in ["family,given", "-family,given", "given,-family,_id", "family,-birthdate"] {
                for criteria in ["", "gender=female&"] {
                    let text = format!("{criteria}_sort={sort}");
                    let gathered = pages(&store, scope, query(PATIENT, &text, Drive::Gather, 100), |_| {});
                    for (drive, count) in [(Drive::Best, 3), (Drive::Walk, 1), (Drive::Walk, 4), (Drive::Walk, 100)] {
                        let found = pages(&store, scope, query(PATIENT, &text, drive, count), |_| {});
                        assert_eq!(found, gathered, "{text} by {drive:?}, {count} a page, {}", db.url.shown());
                    }
                }
            }
        }
    });
}

/// Gathered, a name after all that is written stands after what has none; nobody is called so, and nobody is lost.
fn shown(ids: &[String], drive: Drive, sort: &str, people: &[Person]) -> Vec<String> {
    let odd = |id: &String| {
        people
            .iter()
            .any(|one| one.0 == *id && (one.1.is_empty() || one.1.iter().any(|name| name.starts_with('\u{10ffff}'))))
    };
    if drive == Drive::Walk || sort.starts_with('-') {
        return ids.to_vec();
    }
    let (mut odd, mut even): (Vec<String>, Vec<String>) = ids.iter().cloned().partition(|id| odd(id));
    odd.sort();
    even.extend(odd);
    even
}

#[test]
fn pages_in_the_order_of_names_are_stable_while_others_write_and_delete() {
    for sort in ["family", "-family"] {
        on_each(|db| {
            let (store, people) = filled(db);
            let scope = Scope { now: NOW.micros(), ..all() };
            let gone = |number: usize| format!("p{}", (number * 13 + 5) % 70);
            let (found, _) =
                pages(&store, &scope, query(PATIENT, &format!("_sort={sort}"), Drive::Best, 4), |number| {
                    let id = gone(number);
                    let new = Person::from((format!("new{number}"), vec!["Moss"], vec![], true, false));
                    put(&store, &[&json(&new)]);
                    store.write(&context("delete"), move |tx| tx.delete(PATIENT, &id, Expect::Anything)).unwrap();
                });
            let touched: Vec<String> = (0..200).map(gone).take(found.len() / 4 + 1).collect();
            let left = |ids: Vec<String>| -> Vec<String> {
                ids.into_iter().filter(|id| !id.starts_with("new") && !touched.contains(id)).collect()
            };
            assert_eq!(left(found), left(expected(&people, sort, |_| true)), "{sort} on {}", db.url.shown());
        });
    }
}

/// (id, unit, lowest, highest)
type Measured = (String, &'static str, f64, f64);

fn measured() -> Vec<(Measured, String)> {
    let mut out = Vec::new();
    for n in 0..60_i32 {
        let (unit, value) = (["kg", "cm", ""][(n % 3) as usize], f64::from(n % 20 - 5));
        let part = |value: f64| format!(r#"{{"value":{value},"unit":"{unit}"}}"#);
        let of = |comparator: &str| {
            format!(r#""valueQuantity":{{"value":{value},"comparator":"{comparator}","unit":"{unit}"}}"#)
        };
        let (value, low, high) = match n % 8 {
            5 => (of(">"), value, f64::INFINITY),
            6 => (of("<"), f64::NEG_INFINITY, value),
            _ => (format!(r#""valueQuantity":{}"#, part(value)), value, value),
        };
        out.push(((format!("o{n}"), unit, low, high), value));
    }
    out
}

#[test]
fn numbers_are_found_by_their_beginning_and_those_that_reach_over_it() {
    on_each(|db| {
        let store = db.open();
        let measured = measured();
        for ((id, ..), value) in &measured {
            let text = format!(
                r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"text":"x"}},{value}}}"#
            );
            put(&store, &[&text]);
        }
        let scope = Scope { now: NOW.micros(), ..all() };
        for bound in [-5.0, 0.0, 3.0, 14.0] {
            let near = f64::abs(bound) / 10.0;
            let tests: [(&str, &dyn Fn(f64, f64) -> bool); 9] = [
                ("", &|low, high| low >= bound - 0.5 && high < bound + 0.5),
                ("ne", &|low, high| low < bound - 0.5 || high >= bound + 0.5),
                ("gt", &|_, high| high > bound),
                ("ge", &|_, high| high >= bound),
                ("lt", &|low, _| low < bound),
                ("le", &|low, _| low <= bound),
                ("sa", &|low, _| low > bound),
                ("eb", &|_, high| high < bound),
                ("ap", &|low, high| high >= bound - near && low <= bound + near),
            ];
            for (prefix, holds) in tests {
                for unit in ["", "||kg", "||cm"] {
                    for sort in ["", "&_sort=_id", "&_sort=-_lastUpdated"] {
                        let text = format!("value-quantity={prefix}{bound}{unit}{sort}");
                        let mut wanted: Vec<String> = measured
                            .iter()
                            .filter(|((_, of, low, high), _)| {
                                (unit.is_empty() || unit.ends_with(of) && !of.is_empty()) && holds(*low, *high)
                            })
                            .map(|((id, ..), _)| id.clone())
                            .collect();
                        wanted.sort();
                        for drive in [Drive::Best, Drive::Gather, Drive::Walk] {
                            let (mut found, total) = pages(&store, &scope, query(OBSERVATION, &text, drive, 9), |_| {});
                            assert_eq!(total, Some(wanted.len() as i64), "{text} by {drive:?} on {}", db.url.shown());
                            found.sort();
                            assert_eq!(found, wanted, "{text} by {drive:?} on {}", db.url.shown());
                        }
                    }
                }
            }
        }
    });
}

/// What is remembered of a count follows every kind of change, also for a reader who stands at an earlier moment.
#[test]
fn counts_of_a_type_follow_what_is_written_deleted_and_taken_back() {
    on_each(|db| {
        let store = db.open();
        let scope = Scope { hidden_labels: 1, now: NOW.micros(), ..all() };
        let counting = Query::parse(PATIENT, "_summary=count").unwrap();
        let count = || store.read(|r| r.search(&scope, &counting)).unwrap().total;
        assert_eq!(count(), Some(0));
        let people: Vec<String> = people().iter().take(12).map(json).collect();
        let closed = people.iter().filter(|text| text.contains("part2")).count() as i64;
        let open = 12 - closed;
        assert!(closed > 0);
        put(&store, &people.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(count(), Some(open));
        put(&store, &[r#"{"resourceType":"Patient","id":"p2","active":true}"#, r#"{"resourceType":"Group","id":"g"}"#]);
        assert_eq!(count(), Some(open));
        let earlier = store
            .read(|r| {
                let before = r.search(&scope, &Query::parse(PATIENT, "_id=p2").unwrap())?.total;
                if db.url == DbUrl::Memory {
                    // There a reader holds the writer back.
                    return Ok((before, Some(open)));
                }
                store.write(&context("delete"), |tx| tx.delete(PATIENT, "p2", Expect::Anything)).unwrap();
                // Somebody else counts meanwhile.
                assert_eq!(count(), Some(open - 1));
                Ok((before, r.search(&scope, &counting)?.total))
            })
            .unwrap();
        assert_eq!(earlier, (Some(1), Some(open)), "on {}", db.url.shown());
        if db.url == DbUrl::Memory {
            store.write(&context("delete"), |tx| tx.delete(PATIENT, "p2", Expect::Anything)).unwrap();
        }
        let failed = store.write(&context("fails"), |tx| {
            tx.delete(PATIENT, "p4", Expect::Anything)?;
            Err::<(), _>(continuo_store::Error::Refused("no".to_owned()))
        });
        assert!(failed.is_err());
        assert_eq!(count(), Some(open - 1));
        let last = store.read(|r| r.conn().query_int("select max(id) from commits", &[])).unwrap();
        store.write(&context("undo"), move |tx| tx.undo(continuo_store::CommitId(last))).unwrap();
        assert_eq!(count(), Some(open));
        put(&store, &[r#"{"resourceType":"Patient","id":"new"}"#]);
        assert_eq!(count(), Some(open + 1));
        let first_page = Query::parse(PATIENT, "_sort=family").unwrap();
        assert_eq!(store.read(|r| r.search(&scope, &first_page)).unwrap().total, Some(open + 1));
    });
}
