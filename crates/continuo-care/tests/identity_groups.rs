//! Many records placed in one commit: the outcome is that of one at a time, and of doing it all anew.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use std::fmt::Write;

use clinic::Clinic;
use continuo_care::identity::worker;
use continuo_fhir::ResourceType;
use continuo_store::{OrgId, Rid};

const ORG: OrgId = OrgId(1);
const PATIENT: ResourceType = ResourceType::of("Patient");

/// A small generator, so that a failing run can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

/// Records of few families: copies, slips, twins, fathers and sons, moves, links that a source states.
fn people(seed: u64, count: usize) -> Vec<String> {
    let mut random = Random(seed);
    let mut made: Vec<String> = Vec::new();
    let mut people: Vec<[String; 6]> = Vec::new();
    for n in 0..count {
        let mut who = if people.is_empty() || random.below(3) == 0 {
            [
                random.of(&["Ana", "Maria", "Jose", "Warren", "Aisha", "Kayla", "Robert", "Daniel"]).to_owned(),
                random.of(&["", "", "Luis", "Juan", "Elena"]).to_owned(),
                random.of(&["Zambrotti", "Reyes", "Garcia Lopez", "Oyelarin", "Smith"]).to_owned(),
                format!("19{}-0{}-1{}", 50 + random.below(30), 1 + random.below(9), random.below(10)),
                format!("502555{:04}", random.below(40)),
                format!("{} Oak St", 1 + random.below(30)),
            ]
        } else {
            people[random.below(people.len())].clone()
        };
        match random.below(9) {
            0 => who[0] = random.of(&["Anna", "Marla", "Bob", "Danel", "Daniela", "Kyla"]).to_owned(),
            1 => who[4].clear(),
            2 => who[3].clear(),
            3 => who[5] = format!("{} Elm St", random.below(9)),
            4 => who[1].clear(),
            _ => {}
        }
        people.push(who.clone());
        let [given, middle, family, birth, phone, street] = who;
        let mut text =
            format!(r#"{{"resourceType":"Patient","id":"p{n}","name":[{{"family":"{family}","given":["{given}""#);
        if !middle.is_empty() {
            write!(text, r#","{middle}""#).unwrap();
        }
        text.push_str("]}]");
        if !birth.is_empty() {
            write!(text, r#","birthDate":"{birth}""#).unwrap();
        }
        if !phone.is_empty() {
            write!(text, r#","telecom":[{{"system":"phone","value":"{phone}"}}]"#).unwrap();
        }
        if n > 3 && random.below(25) == 0 {
            let other = random.below(n);
            write!(text, r#","link":[{{"type":"seealso","other":{{"reference":"Patient/p{other}"}}}}]"#).unwrap();
        }
        write!(text, r#","address":[{{"line":["{street}"],"city":"Salem","postalCode":"47126"}}]}}"#).unwrap();
        made.push(text);
    }
    made
}

fn filled(records: &[String]) -> Clinic {
    let clinic = Clinic::new("2026-08-18T09:00:00Z");
    for part in records.chunks(40) {
        clinic.put(&part.iter().map(String::as_str).collect::<Vec<_>>());
    }
    clinic
}

/// Who belongs to whom, and what is asked or was said about whom.
fn outcome(clinic: &Clinic, count: usize) -> Vec<String> {
    let ctx = clinic.machine();
    ctx.read(|r| {
        let mut lines = Vec::new();
        for n in 0..count {
            let rid = r.rid(ORG, PATIENT, &format!("p{n}"))?.unwrap();
            let person = r.person_of(ORG, rid)?;
            lines.push(format!("p{n} {} {:?}", person.0, r.members(ORG, person)?));
        }
        let pairs = r.conn().query(
            "select low, high, kind, state, bits from identity_pair order by low, high",
            &[],
            |row| Ok(format!("{} {} {} {} {:.4}", row.int(0)?, row.int(1)?, row.text(2)?, row.text(3)?, row.real(4)?)),
        )?;
        lines.extend(pairs);
        Ok(lines)
    })
    .unwrap()
}

#[test]
fn records_placed_together_end_as_records_placed_one_by_one_and_as_all_placed_anew() {
    for seed in [3, 2_026] {
        let records = people(seed, 180);
        let single = filled(&records);
        let linked = worker::catch_up_by(&single.machine(), 1).unwrap();
        let expected = outcome(&single, records.len());
        assert!(linked > 20 && expected.iter().any(|line| line.contains("open")), "seed {seed}: {linked} links");
        for most in [7, usize::MAX] {
            let grouped = filled(&records);
            assert_eq!(worker::catch_up_by(&grouped.machine(), most).unwrap(), linked, "seed {seed}, {most} a commit");
            assert_eq!(outcome(&grouped, records.len()), expected, "seed {seed}, {most} a commit");
            // Each link is a commit of its own, with its own audit row, whatever went with it.
            let links = |sql: &str| grouped.machine().read(|r| r.conn().query_int(sql, &[])).unwrap();
            let commits = links("select count(*) from commits where action = 'link records'");
            let answers =
                links("select count(distinct commit_id) from identity_decision where actor = 'system/identity'");
            assert_eq!(commits, answers, "seed {seed}");
            let report = grouped.machine().read(|r| continuo_store::audit::verify(r.conn(), ORG, None, true)).unwrap();
            assert_eq!(report.problems, Vec::<String>::new());
            // Forgetting everything and placing anew comes to the same.
            anew(&grouped, &["person_member", "identity_pair", "identity_decision"]);
            assert_eq!(outcome(&grouped, records.len()), expected, "seed {seed}, anew");
        }
    }
}

fn anew(clinic: &Clinic, forgotten: &'static [&'static str]) {
    let ctx = clinic.machine();
    ctx.write("forget", move |tx| {
        for table in forgotten {
            tx.conn()?.execute(&format!("delete from {table}"), &[])?;
        }
        tx.conn()?.execute("update identity_record set placed = -1", &[])
    })
    .unwrap();
    worker::catch_up(&ctx).unwrap();
}

#[test]
fn one_link_of_a_commit_with_many_is_taken_back_alone() {
    let same = |id: &str, given: &str| {
        format!(
            r#"{{"resourceType":"Patient","id":"{id}","gender":"female","birthDate":"1960-02-12",
                "name":[{{"family":"Reyes","given":["{given}"]}}],"telecom":[{{"system":"phone","value":"502 555 01{}"}}],
                "address":[{{"line":["9 Oak St"],"city":"Salem","postalCode":"47126"}}]}}"#,
            given.len() + 10
        )
    };
    let clinic = filled(&[same("a1", "Ana"), same("a2", "Ana"), same("b1", "Guadalupe"), same("b2", "Guadalupe")]);
    assert_eq!(worker::catch_up(&clinic.machine()).unwrap(), 2);
    let person = |id: &str| -> Rid {
        let rid = clinic.rid(id);
        clinic.machine().read(|r| r.person_of(ORG, rid)).unwrap()
    };
    assert!(person("a1") == person("a2") && person("b1") == person("b2"));
    let nurse = clinic.staff("n", "supervisor");
    let rid = clinic.rid("a2");
    let commit = clinic
        .machine()
        .read(|r| Ok(continuo_store::tables::person::memberships(r.conn(), ORG, rid)?[0].commit))
        .unwrap();
    continuo_care::work::undo(&nurse, commit).unwrap();
    assert!(person("a1") != person("a2") && person("b1") == person("b2"), "the other pair stays one");
}
