//! Rules of R4's search page (<https://hl7.org/fhir/R4/search.html>), each under its heading: prefixes on dates of any
//! precision, numbers, `:missing`, escapes, sorting with missing values, includes in circles, very long lists.

use crate::database::{all, on_each, put};
use continuo_fhir::ResourceType;
use continuo_store::{Error, Query, Store};

fn ids(store: &Store, type_: &str, query: &str) -> Vec<String> {
    let query = Query::parse(ResourceType::find(type_).unwrap(), query).unwrap_or_else(|e| panic!("{query}: {e}"));
    assert_eq!(query.ignored, Vec::<String>::new());
    let page = store.read(|r| r.search(&all(), &query)).unwrap_or_else(|e| panic!("{query:?}: {e}"));
    assert_eq!(page.total, Some(page.matches.len() as i64), "{query:?}");
    page.matches.into_iter().map(|m| m.id).collect()
}

fn observation(id: &str, rest: &str) -> String {
    format!(r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"text":"c"}},{rest}}}"#)
}

fn filled(store: &Store, texts: &[String]) {
    put(store, &texts.iter().map(String::as_str).collect::<Vec<_>>());
}

/// Dates of every precision, by name.
fn dates() -> Vec<String> {
    [
        ("year", r#""effectiveDateTime":"2026""#),
        ("month", r#""effectiveDateTime":"2026-03""#),
        ("day", r#""effectiveDateTime":"2026-03-10""#),
        ("late", r#""effectiveDateTime":"2026-03-10T23:30:00-05:00""#),
        ("period", r#""effectivePeriod":{"start":"2026-03-05T00:00:00Z","end":"2026-03-15T00:00:00Z"}"#),
        ("open", r#""effectivePeriod":{"start":"2026-03-20T00:00:00Z"}"#),
        ("until", r#""effectivePeriod":{"end":"2026-02-01T00:00:00Z"}"#),
    ]
    .map(|(id, rest)| observation(id, rest))
    .to_vec()
}

/// "Prefixes" and "date": what each prefix finds, by the ranges that precision implies. Days and months
/// are those of the organization's clock, New York's.
const BY_DATE: &[(&str, &[&str])] = &[
    // eq: the search value's range holds the target's range whole.
    ("2026", &["year", "month", "day", "late", "period"]),
    ("2026-03", &["month", "day", "late", "period"]),
    ("2026-03-10", &["day"]),
    ("2026-03-11", &["late"]),
    ("eq2026-03-11T04:30:00Z", &["late"]),
    ("2026-03-10T23:30:00-05:00", &["late"]),
    ("2026-03-10T23:30-05:00", &["late"]),
    ("2026-03-11T04:30:00.000Z", &[]),
    // ne: it does not.
    ("ne2026-03", &["year", "open", "until"]),
    ("ne2026-03-10", &["year", "month", "late", "period", "open", "until"]),
    // gt, lt: part of the target lies above, below.
    ("gt2026-03-15", &["year", "month", "open"]),
    ("gt2026-12-31", &["open"]),
    ("lt2026-03-05", &["year", "month", "period", "until"]),
    ("lt2026-03-05T00:00:00Z", &["year", "month", "until"]),
    ("lt2026", &["until"]),
    // ge, le: that, or whole inside.
    ("ge2026-03-10", &["year", "month", "day", "late", "period", "open"]),
    ("ge2026-03", &["year", "month", "day", "late", "period", "open"]),
    ("le2026-03-10", &["year", "month", "day", "period", "until"]),
    ("le2026-02", &["year", "until"]),
    // sa, eb: the target begins after, ends before.
    ("sa2026-03-10", &["late", "open"]),
    ("sa2026-02", &["month", "day", "late", "period", "open"]),
    ("eb2026-03-10", &["until"]),
    ("eb2026-03-11", &["day", "until"]),
    ("eb2026-03-11T06:00:00Z", &["day", "late", "until"]),
    // Alternatives, and both.
    ("2026-03-10,2026-03-11", &["day", "late"]),
    ("ge2026-03-10&date=le2026-03-10", &["year", "month", "day", "period"]),
];

#[test]
fn each_prefix_compares_the_ranges_of_dates() {
    on_each(|db| {
        let store = db.open();
        filled(&store, &dates());
        for (value, expected) in BY_DATE {
            assert_eq!(ids(&store, "Observation", &format!("date={value}")), *expected, "date={value}");
        }
        // About: a tenth of the distance to now is taken as near.
        assert!(ids(&store, "Observation", "date=ap2026-03-12").contains(&"day".to_owned()));
        for bad in ["date=2026-3", "date=2026-02-30", "date=10", "date=gt", "date=xx2026", "date=2026-03-10T25:00:00Z"]
        {
            let query = Query::parse(ResourceType::of("Observation"), bad).unwrap();
            assert!(matches!(store.read(|r| r.search(&all(), &query)), Err(Error::Search { .. })), "{bad}");
        }
    });
}

/// "number" and "quantity": the digits say how exact a value is, and with a comparison they do not count.
#[test]
fn numbers_are_as_exact_as_their_digits() {
    on_each(|db| {
        let store = db.open();
        let quantity = |id: &str, value: &str, unit: &str| {
            let text =
                format!(r#""valueQuantity":{{"value":{value},"system":"http://unitsofmeasure.org","code":"{unit}"}}"#);
            observation(id, &text)
        };
        filled(
            &store,
            &[
                quantity("a", "5.4", "mg"),
                quantity("b", "5.40", "mg"),
                quantity("c", "5.44", "mg"),
                quantity("d", "5.4", "g"),
                quantity("e", "100", "mg"),
                quantity("f", "-3", "mg"),
            ],
        );
        for (value, expected) in [
            ("5.4|http://unitsofmeasure.org|mg", &["a", "b", "c"] as &[&str]),
            ("5.40|http://unitsofmeasure.org|mg", &["a", "b"]),
            ("5.4||mg", &["a", "b", "c"]),
            ("5.4", &["a", "b", "c", "d"]),
            ("5|http://unitsofmeasure.org|mg", &["a", "b", "c"]),
            ("1e2||mg", &["e"]),
            ("gt5.4||mg", &["c", "e"]),
            ("ge5.4||mg", &["a", "b", "c", "e"]),
            ("lt5.4||mg", &["f"]),
            ("le-3", &["f"]),
            ("ne5.4||mg", &["e", "f"]),
            ("ap100||mg", &["e"]),
            ("sa5.4||mg", &["c", "e"]),
            ("eb0", &["f"]),
        ] {
            assert_eq!(ids(&store, "Observation", &format!("value-quantity={value}")), expected, "{value}");
        }
    });
}

/// "Modifiers": `:missing` on every kind of parameter.
#[test]
fn missing_is_told_on_every_kind() {
    on_each(|db| {
        let store = db.open();
        filled(
            &store,
            &[
                r#"{"resourceType":"Task","id":"full","status":"requested","intent":"order","code":{"text":"x"},"for":{"reference":"Patient/p"},
                    "owner":{"identifier":{"system":"urn:s","value":"7"}},"authoredOn":"2026-01-01","identifier":[{"value":"1"}],"instantiatesUri":"urn:x","meta":{"profile":["urn:p"]}}"#
                    .to_owned(),
                r#"{"resourceType":"Task","id":"bare","status":"requested","intent":"order"}"#.to_owned(),
                observation("num", r#""valueQuantity":{"value":1},"component":[{"code":{"coding":[{"code":"k"}]},"valueQuantity":{"value":1}}]"#),
                observation("not", r#""valueString":"x""#),
                r#"{"resourceType":"RiskAssessment","id":"r1","status":"final","subject":{"reference":"Patient/p"},"prediction":[{"probabilityDecimal":0.5}]}"#.to_owned(),
                r#"{"resourceType":"RiskAssessment","id":"r2","status":"final","subject":{"reference":"Patient/p"}}"#.to_owned(),
            ],
        );
        for name in ["code", "subject", "patient", "owner", "authored-on", "identifier", "_profile"] {
            assert_eq!(ids(&store, "Task", &format!("{name}:missing=true")), ["bare"], "{name}");
            assert_eq!(ids(&store, "Task", &format!("{name}:missing=false")), ["full"], "{name}");
        }
        for (type_, name) in [
            ("Observation", "value-quantity"),
            ("Observation", "component-code"),
            ("Observation", "component-code-value-quantity"),
            ("RiskAssessment", "probability"),
        ] {
            assert_eq!(ids(&store, type_, &format!("{name}:missing=false")).len(), 1, "{name}");
            assert_eq!(ids(&store, type_, &format!("{name}:missing=true")).len(), 1, "{name}");
        }
        for name in ["_id", "_lastUpdated"] {
            assert_eq!(ids(&store, "Task", &format!("{name}:missing=false")).len(), 2);
            assert!(ids(&store, "Task", &format!("{name}:missing=true")).is_empty());
        }
    });
}

/// "quantity": a UCUM unit stands for what it measures; one without its system is only itself.
#[test]
fn a_quantity_is_found_in_every_unit_that_measures_the_same() {
    const UCUM: &str = "http://unitsofmeasure.org";
    let of = |id: &str, value: &str, system: &str, code: &str| {
        let rest = format!(r#""valueQuantity":{{"value":{value},"unit":"{code}"{system},"code":"{code}"}}"#);
        observation(id, &rest)
    };
    let ucum = format!(r#","system":"{UCUM}""#);
    let texts = [
        of("g", "1", &ucum, "g"),
        of("mg", "1000", &ucum, "mg"),
        of("more", "1600", &ucum, "mg"),
        of("kg", "1.0", &ucum, "kg"),
        of("third", "0.3", &ucum, "g"),
        of("other", "1000", r#","system":"urn:own""#, "mg"),
        of("cel", "37.0", &ucum, "Cel"),
        of("far", "98.6", &ucum, "[degF]"),
        of("long", "1", &ucum, "m"),
        of("odd", "1", &ucum, "no-such-unit"),
    ];
    on_each(|db| {
        let store = db.open();
        filled(&store, &texts);
        for (value, wanted) in [
            (format!("1|{UCUM}|g"), &["g", "mg"][..]),
            (format!("1000|{UCUM}|mg"), &["g", "mg"]),
            (format!("gt1500|{UCUM}|mg"), &["kg", "more"]),
            (format!("ge1000|{UCUM}|mg"), &["g", "kg", "mg", "more"]),
            (format!("gt1000|{UCUM}|mg"), &["kg", "more"]),
            (format!("le300|{UCUM}|mg"), &["third"]),
            (format!("lt300|{UCUM}|mg"), &[]),
            (format!("sa0.5|{UCUM}|kg"), &["kg"]),
            (format!("ne1|{UCUM}|g"), &["kg", "more", "third"]),
            (format!("1|{UCUM}|g,1|{UCUM}|m"), &["g", "long", "mg"]),
            (format!("37.0|{UCUM}|Cel"), &["cel", "far"]),
            (format!("gt98|{UCUM}|[degF]"), &["cel", "far"]),
            (format!("1|{UCUM}|no-such-unit"), &["odd"]),
            ("1000||mg".to_owned(), &["mg", "other"]),
            ("1000|urn:own|mg".to_owned(), &["other"]),
            ("1000".to_owned(), &["mg", "other"]),
        ] {
            let mut found = ids(&store, "Observation", &format!("value-quantity={value}"));
            found.sort();
            assert_eq!(found, wanted, "{value} on {}", db.url.shown());
        }
    });
}

/// "Escaping search parameters".
#[test]
fn separators_are_taken_as_letters_when_escaped() {
    on_each(|db| {
        let store = db.open();
        let coded = |id: &str, code: &str, value: i32| {
            let text = format!(
                r#""component":[{{"code":{{"coding":[{{"system":"urn:s","code":"{code}"}}]}},"valueQuantity":{{"value":{value}}}}}]"#
            );
            observation(id, &text)
        };
        filled(
            &store,
            &[coded("comma", "a,b", 1), coded("bar", "a|b", 2), coded("dollar", "a$b", 3), coded("back", r"a\\b", 4)],
        );
        for (value, expected) in [
            (r"urn:s|a\,b", &["comma"] as &[&str]),
            (r"a\,b,urn:s|a\|b", &["comma", "bar"]),
            (r"urn:s|a\|b", &["bar"]),
            (r"a\|b", &["bar"]),
            (r"a$b", &["dollar"]),
            (r"a\\b", &["back"]),
        ] {
            assert_eq!(ids(&store, "Observation", &format!("component-code={value}")), expected, "{value}");
        }
        assert_eq!(ids(&store, "Observation", r"component-code-value-quantity=urn:s|a\$b$3"), ["dollar"]);
        assert_eq!(ids(&store, "Observation", r"component-code-value-quantity=a\,b$1,a\|b$ge2"), ["comma", "bar"]);
        assert_eq!(ids(&store, "Observation", r"component-code-value-quantity=a\,b$2"), Vec::<String>::new());
    });
}

/// "Sorting": every kind of parameter, either way; what has no value comes last, and pages neither repeat nor lose.
#[test]
fn pages_sorted_by_any_kind_hold_each_once() {
    on_each(|db| {
        let store = db.open();
        let mut texts = dates();
        texts.push(observation("n1", r#""valueQuantity":{"value":2},"subject":{"reference":"Patient/p"}"#));
        texts.push(observation("n2", r#""valueQuantity":{"value":1},"subject":{"reference":"Patient/q"},"encounter":{"reference":"Encounter/e"}"#));
        texts.push(observation(
            "n3",
            r#""valueQuantity":{"value":-5},"method":{"coding":[{"code":"m"}]},"identifier":[{"value":"7"}]"#,
        ));
        for n in 0..4 {
            texts.push(format!(
                r#"{{"resourceType":"ValueSet","id":"v{n}","status":"active"{}}}"#,
                if n == 2 { String::new() } else { format!(r#","url":"urn:v:{}","title":"T{}""#, 9 - n, n % 2) }
            ));
            texts.push(format!(
                r#"{{"resourceType":"RiskAssessment","id":"r{n}","status":"final","subject":{{"reference":"Patient/p"}}{}}}"#,
                if n == 1 { String::new() } else { format!(r#","prediction":[{{"probabilityDecimal":0.{n}}}]"#) }
            ));
        }
        filled(&store, &texts);
        let order = |type_: &str, query: &str| -> Vec<String> {
            let mut query = Query::parse(ResourceType::find(type_).unwrap(), query).unwrap();
            let mut out = Vec::new();
            loop {
                let page = store.read(|r| r.search(&all(), &query)).unwrap();
                out.extend(page.matches.into_iter().map(|m| m.id));
                match page.next {
                    Some(next) => query.after = Some(next),
                    None => return out,
                }
            }
        };
        for (type_, keys) in [
            (
                "Observation",
                &[
                    "date",
                    "value-quantity",
                    "patient",
                    "subject",
                    "encounter",
                    "method",
                    "identifier",
                    "status",
                    "code",
                    "_id",
                    "_lastUpdated",
                ] as &[&str],
            ),
            ("ValueSet", &["url", "title"]),
            ("RiskAssessment", &["probability", "patient"]),
        ] {
            for key in keys {
                for sign in ["", "-"] {
                    let whole = order(type_, &format!("_sort={sign}{key}&_count=100"));
                    for count in [1, 3] {
                        let paged = order(type_, &format!("_sort={sign}{key}&_count={count}"));
                        assert_eq!(paged, whole, "{type_} _sort={sign}{key} _count={count}");
                    }
                    let each: std::collections::BTreeSet<&String> = whole.iter().collect();
                    assert_eq!(each.len(), whole.len(), "{type_} {key}");
                }
            }
        }
        assert_eq!(order("ValueSet", "_sort=url"), ["v3", "v1", "v0", "v2"]);
        assert_eq!(order("ValueSet", "_sort=-url"), ["v0", "v1", "v3", "v2"]);
        assert_eq!(order("ValueSet", "_sort=title,-url"), ["v0", "v1", "v3", "v2"]);
        assert_eq!(order("RiskAssessment", "_sort=-probability"), ["r3", "r2", "r0", "r1"]);
        assert_eq!(order("Observation", "_sort=value-quantity&_count=2")[..3], ["n3", "n2", "n1"]);
        assert_eq!(order("Observation", "_sort=-patient")[..2].len(), 2);
        assert!(order("Observation", "_sort=patient")[..2].iter().all(|id| id == "n1" || id == "n2"));
        for bad in ["_sort=combo-code", "_sort=component-code-value-quantity", "_sort=nothing"] {
            let query = Query::parse(ResourceType::of("Observation"), bad).unwrap();
            assert!(store.read(|r| r.search(&all(), &query)).is_err(), "{bad}");
        }
    });
}

/// "Including other resources": rounds end where they have been.
#[test]
fn includes_in_circles_end() {
    on_each(|db| {
        let store = db.open();
        let linked = |id: &str, to: &str| {
            format!(
                r#"{{"resourceType":"Patient","id":"{id}","link":[{{"other":{{"reference":"Patient/{to}"}},"type":"seealso"}}]}}"#
            )
        };
        filled(&store, &[linked("a", "b"), linked("b", "c"), linked("c", "a"), linked("d", "d")]);
        let included = |query: &str| -> Vec<String> {
            let query = Query::parse(ResourceType::of("Patient"), query).unwrap();
            let page = store.read(|r| r.search(&all(), &query)).unwrap();
            let mut out: Vec<String> = page.included.into_iter().map(|m| m.id).collect();
            out.sort();
            out
        };
        assert_eq!(included("_id=a&_include=Patient:link"), ["b"]);
        assert_eq!(included("_id=a&_include:iterate=Patient:link"), ["b", "c"]);
        assert_eq!(included("_id=a&_include:iterate=*"), ["b", "c"]);
        assert_eq!(included("_id=a&_revinclude:iterate=Patient:link"), ["b", "c"]);
        assert_eq!(included("_id=d&_include:iterate=Patient:link"), Vec::<String>::new());
        assert_eq!(included("_id=a&_revinclude=Patient:*"), ["c"]);
        for bad in ["_revinclude=*", "_query=somewhere", "_include=Patient:nothing"] {
            assert!(matches!(Query::parse(ResourceType::of("Patient"), bad), Err(Error::Search { .. })), "{bad}");
        }
    });
}

/// Value sets and lists of values far longer than one statement takes.
#[test]
fn very_long_lists_are_searched() {
    on_each(|db| {
        let store = db.open();
        let codings: Vec<String> = (0..400).map(|n| format!(r#"{{"system":"urn:big","code":"n{n}"}}"#)).collect();
        let condition = |id: &str, codings: &str| {
            format!(
                r#"{{"resourceType":"Condition","id":"{id}","code":{{"coding":[{codings}]}},"subject":{{"reference":"Patient/p"}}}}"#
            )
        };
        let concepts: Vec<String> = (0..30_000).map(|n| format!(r#"{{"code":"n{n}"}}"#)).collect();
        let contains: Vec<String> = (0..30_000).map(|n| format!(r#"{{"system":"urn:big","code":"n{n}"}}"#)).collect();
        filled(
            &store,
            &[
                condition("many", &codings.join(",")),
                condition("one", r#"{"system":"urn:big","code":"n29999"}"#),
                condition("other", r#"{"system":"urn:big","code":"x"}"#),
                format!(
                    r#"{{"resourceType":"ValueSet","id":"listed","status":"active","url":"urn:vs:listed","compose":{{"include":[{{"system":"urn:big","concept":[{}]}}]}}}}"#,
                    concepts.join(",")
                ),
                format!(
                    r#"{{"resourceType":"ValueSet","id":"expanded","status":"active","url":"urn:vs:expanded","expansion":{{"timestamp":"2026-01-01","contains":[{}]}}}}"#,
                    contains.join(",")
                ),
                r#"{"resourceType":"Patient","id":"p","gender":"female","name":[{"family":"F699"}]}"#.to_owned(),
            ],
        );
        for set in ["urn:vs:listed", "urn:vs:expanded"] {
            assert_eq!(ids(&store, "Condition", &format!("code:in={set}")), ["many", "one"], "{set}");
            assert_eq!(ids(&store, "Condition", &format!("code:not-in={set}")), ["other"], "{set}");
            assert_eq!(ids(&store, "Condition", &format!("patient=p&code:in={set}")), ["many", "one"], "{set}");
        }
        let names = (0..700).map(|n| format!("f{n}")).collect::<Vec<_>>().join(",");
        assert_eq!(ids(&store, "Patient", &format!("name={names}")), ["p"]);
        assert_eq!(ids(&store, "Patient", &format!("gender=female&name={names}")), ["p"]);
        assert_eq!(ids(&store, "Patient", &format!("name:contains={names}&family={names}")), ["p"]);
        let identifiers = (0..900).map(|n| format!("urn:i|{n}")).collect::<Vec<_>>().join(",");
        assert!(ids(&store, "Patient", &format!("identifier={identifiers}&name={names}")).is_empty());
        let words = format!("_content={}", vec!["f699"; 600].join(","));
        assert_eq!(ids(&store, "Patient", &words), ["p"]);
        assert_eq!(ids(&store, "Patient", &format!("{words}&gender=female")), ["p"]);
    });
}

/// "reference": a whole address of another server is not what is called the same here.
#[test]
fn a_foreign_address_finds_nothing_of_ours() {
    on_each(|db| {
        let store = db.open();
        filled(
            &store,
            &[
                r#"{"resourceType":"Patient","id":"p"}"#.to_owned(),
                observation("own", r#""subject":{"reference":"Patient/p"}"#),
                observation("far", r#""subject":{"reference":"http://far.org/fhir/Patient/p"}"#),
            ],
        );
        assert_eq!(ids(&store, "Observation", "subject=Patient/p"), ["own"]);
        assert_eq!(ids(&store, "Observation", "subject=http://far.org/fhir/Patient/p"), ["far"]);
        assert_eq!(ids(&store, "Observation", "subject=http://near.org/fhir/Patient/p"), Vec::<String>::new());
    });
}
