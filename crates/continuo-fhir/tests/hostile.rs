//! Seeded mutation: whatever the bytes, no reader panics, and what is accepted survives packing and writing.

use continuo_fhir::facts::{self, MemoryCodes, Row};
use continuo_fhir::fhirpath::Expression;
use continuo_fhir::patch::{fhirpath_patch, json_patch};
use continuo_fhir::reference::Reference;
use continuo_fhir::ucum::Unit;
use continuo_fhir::{Date, DateTime, Decimal, Json, Node, ResourceType, Zone, pack, root, search, text, validate};

const RESOURCES: [&str; 5] = [
    r##"{"resourceType":"Patient","id":"p","active":true,"name":[{"family":"Núñez","given":["A","B"],"_given":[null,{"extension":[{"url":"u","valueCode":"c"}]}]}],"birthDate":"1970-02-28","deceasedBoolean":false,"contained":[{"resourceType":"Organization","id":"o"}],"managingOrganization":{"reference":"#o"}}"##,
    r#"{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1-8","display":"x"}]},"subject":{"reference":"Patient/p"},"effectivePeriod":{"start":"2026-01-01T10:00:00-05:00"},"valueQuantity":{"value":1.50,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"},"component":[{"code":{"text":"t"},"valueString":"\u00e9\n"}]}"#,
    r#"{"resourceType":"Bundle","type":"document","entry":[{"fullUrl":"urn:uuid:0","resource":{"resourceType":"Composition","section":[{"entry":[{"reference":"Task/1"}]}]}}]}"#,
    r#"{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"add"},{"name":"path","valueString":"Patient.name[0]"},{"name":"name","valueString":"given"},{"name":"value","valueString":"C"}]}]}"#,
    r#"[{"op":"move","from":"/name/0/given/0","path":"/name/0/given/-"},{"op":"test","path":"/active","value":true}]"#,
];

const EXPRESSIONS: [&str; 6] = [
    "Patient.name.where(given.exists() and use = 'official').given.first() & ' ' & family",
    "(1 | 2 | 3).aggregate($this + $total, 0) > 5.5 implies @2026-01-01T10:00 + 3 days <= now()",
    "descendants().where(is(Quantity)).select(value * 2 'mg').repeat($this).trace('x')",
    "name.given.select(substring($index, 1).lower().matches('[a-z]+')).allTrue() xor {}.empty()",
    "birthDate.lowBoundary(6).toString().replace('-', '/').split('/')[1].toInteger() mod 4 in (1|2)",
    "sort(-family, given.first()).iif(count() > 1, tail(), $this) ~ %resource.name as HumanName",
];

const SCALARS: [&str; 8] = [
    "2026-02-28T23:59:60.123456+14:00",
    "-0012345.678e-12",
    "mL/min/{1.73_m2}",
    "10*3/uL.(m[Hg]-2)",
    "https://there/fhir/Patient/7/_history/2",
    "Practitioner?identifier=a|b",
    "O'Brien-Łódź Phạm",
    "<div xmlns=\"x\"><p>a &amp; <b>b</b><br/></p></div>",
];

/// Xorshift: enough for mutation, the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound.max(1)
    }
}

fn mutate(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    const PIECES: [&[u8]; 16] = [
        b"\"",
        b"{",
        b"}",
        b"[",
        b"]",
        b"null",
        b"-",
        b"9999999999999999999999999999999999999999",
        b"\\ud800",
        b"\xff",
        b"e",
        b".",
        b"'",
        b"(",
        b"_",
        b"\x00",
    ];
    let mut out = bytes.to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(out.len() + 1);
        match random.below(5) {
            0 if !out.is_empty() => {
                let at = at.min(out.len() - 1);
                out[at] = random.below(256) as u8;
            }
            1 => out.truncate(at),
            2 => {
                let end = (at + random.below(20)).min(out.len());
                out.drain(at.min(end)..end);
            }
            3 => {
                let end = (at + random.below(30)).min(out.len());
                let piece = out[at.min(end)..end].to_vec();
                out.splice(at..at, piece);
            }
            _ => {
                out.splice(at..at, PIECES[random.below(PIECES.len())].iter().copied());
            }
        }
    }
    out
}

#[test]
fn mutated_resources_never_panic_and_survive_when_accepted() {
    let mut random = Random(0x5eed_0001);
    let zone = Zone::named("America/New_York").unwrap();
    let codes = MemoryCodes::new();
    let patient = Json::parse(RESOURCES[0].as_bytes()).unwrap();
    let mut accepted = 0;
    for round in 0..12_000 {
        let bytes = mutate(RESOURCES[round % RESOURCES.len()].as_bytes(), &mut random);
        let Ok(json) = Json::parse(&bytes) else { continue };
        accepted += 1;
        let packed = pack(&json);
        let node = root(&packed).unwrap();
        assert_eq!(node.to_json(), json);
        let mut written = Vec::new();
        node.write_json(&mut written);
        assert_eq!(Json::parse(&written).as_ref(), Ok(&json));
        let _ = validate::full(node);
        if let Some(type_) = node.resource_type().and_then(ResourceType::find) {
            search::extract(node, type_, &zone, &mut |_, _| {});
            let row = facts::build(&json, "id", &zone, &codes).unwrap();
            assert_eq!(Row::read(&row).and_then(Row::resource).map(Node::to_json), Some(json.clone()));
        }
        let _ = json_patch(&patient, &json);
        let _ = fhirpath_patch(&patient, &json);
    }
    assert!(accepted > 1000, "{accepted}");
}

#[test]
fn mutated_packed_bytes_never_panic() {
    let mut random = Random(0x5eed_0002);
    for round in 0..8_000 {
        let packed = pack(&Json::parse(RESOURCES[round % 4].as_bytes()).unwrap());
        let damaged = mutate(&packed, &mut random);
        if let Ok(node) = root(&damaged) {
            let _ = (node.to_json(), validate::structure(node));
        }
        let _ = Row::read(&damaged).map(|row| (row.dates(), row.codes().count(), row.resource().is_some()));
    }
}

#[test]
fn mutated_expressions_never_panic() {
    let mut random = Random(0x5eed_0003);
    let packed: Vec<Vec<u8>> = RESOURCES.iter().map(|r| pack(&Json::parse(r.as_bytes()).unwrap())).collect();
    for round in 0..12_000 {
        let bytes = mutate(EXPRESSIONS[round % EXPRESSIONS.len()].as_bytes(), &mut random);
        let Ok(expression) = Expression::parse(&String::from_utf8_lossy(&bytes)) else { continue };
        let node = root(&packed[round % packed.len()]).unwrap();
        let _ = expression.on(node);
    }
    assert!(Expression::parse(&"(".repeat(100_000)).is_err());
    assert!(Expression::parse(&"-".repeat(100_000)).is_err());
    assert!(Expression::parse(&format!("a{}", ".a".repeat(100_000))).is_err());
    assert!(Expression::parse(&format!("a{}", " or a".repeat(100_000))).is_err());
}

#[test]
fn mutated_scalars_never_panic() {
    let mut random = Random(0x5eed_0004);
    let zone = Zone::named("America/New_York").unwrap();
    for round in 0..40_000 {
        let bytes = mutate(SCALARS[round % SCALARS.len()].as_bytes(), &mut random);
        let text = String::from_utf8_lossy(&bytes);
        if let Some(moment) = DateTime::parse(&text) {
            assert!(moment.low(&zone) < moment.high(&zone), "{text}");
            assert_eq!(DateTime::parse(&moment.to_string()), Some(moment), "{text}");
        }
        if let Some(decimal) = Decimal::parse(&text) {
            assert_eq!(Decimal::parse(&decimal.to_string()), Some(decimal), "{text}");
            let _ =
                (decimal.checked_mul(decimal), Decimal::ONE.checked_div(decimal), decimal.round(2), decimal.floor());
        }
        let _ = Unit::parse(&text).map(|unit| (unit.dimension_key(), unit.convert(Decimal::ONE, &unit)));
        let _ = (Reference::parse(&text), text::fold(&text), text::phonetic(&text));
    }
}

#[test]
fn laws_of_the_calendar_hold() {
    let mut random = Random(0x5eed_0005);
    for _ in 0..20_000 {
        let date = Date::from_days(random.below(3_000_000) as i32 - 700_000).unwrap();
        let days = random.below(20_000) as i32 - 10_000;
        let moved = date.plus_days(days);
        assert_eq!(date.days_until(moved), days);
        assert_eq!(Date::from_days(date.to_days()), Some(date));
        assert_eq!(Date::parse(&date.to_string()), Some(date));
        assert_eq!(i32::from(moved.weekday()), (i32::from(date.weekday()) + days).rem_euclid(7));
    }
}
