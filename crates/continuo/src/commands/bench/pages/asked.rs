//! What is asked for: pages by name, with the words, people and addresses of this clinic.

use std::collections::BTreeSet;

use anyhow::Context;
use continuo_care::people::{self, PersonHeader};
use continuo_care::registry;
use continuo_care::worklist::{Filter, Tab, worklist};

use super::Desk;
use crate::commands::bench::server::Server;

/// One request.
#[derive(Clone, Debug)]
pub(super) enum Way {
    Get(String),
    /// Address and fields, the form token left out.
    Post(&'static str, String),
}

impl Way {
    pub(super) fn path(&self) -> &str {
        match self {
            Way::Get(path) => path,
            Way::Post(path, _) => path,
        }
    }
}

/// A page and the requests it is measured by.
pub(super) struct Ask {
    pub(super) name: String,
    pub(super) ways: Vec<Way>,
}

fn get(name: impl Into<String>, path: impl Into<String>) -> Ask {
    Ask { name: name.into(), ways: vec![Way::Get(path.into())] }
}

/// People whose charts and names are asked for.
const PEOPLE: usize = 12;

/// Pages of the whole clinic that are one address.
const PLAIN: &[(&str, &str)] = &[
    ("worklist, mine", "/worklist"),
    ("worklist, team", "/worklist?tab=team"),
    ("worklist, nobody", "/worklist?tab=nobody"),
    ("worklist, backlog", "/worklist?tab=backlog"),
    ("caseload", "/caseload"),
    ("patients, before a search", "/patients"),
    ("calling, before a number", "/calling"),
    ("review", "/review"),
    ("messages", "/messages"),
    ("documents", "/documents"),
    ("care gaps", "/care-gaps"),
    ("outreach", "/outreach"),
    ("same person", "/same-person"),
    ("could not file", "/could-not-file"),
    ("measures", "/measures"),
    ("oversight", "/oversight"),
    ("oversight, a year", "/oversight?days=365"),
    ("language models", "/oversight/models"),
    ("audit", "/audit"),
    ("emergency access", "/emergency"),
    ("openings", "/openings"),
    ("consents", "/consents"),
    ("feeds", "/feeds"),
    ("people who work here", "/admin/people"),
    ("teams", "/admin/teams"),
    ("rules", "/admin/rules"),
    ("tokens", "/admin/tokens"),
    ("on call", "/on-call"),
    ("recent changes", "/recent"),
    ("huddle list", "/print/huddle"),
    ("end of day", "/print/end-of-day"),
];

/// Pages of one person, after `/patients/ID`.
const OF_A_PERSON: &[&str] = &[
    "",
    "/timeline",
    "/timeline?range=all",
    "/timeline?range=all&table=1",
    "/tasks",
    "/referrals",
    "/documents",
    "/contacts",
    "/measures",
    "/care-gaps",
    "/why",
    "/sources",
    "/print",
    "/hand-over",
    "/after-visit",
    "/call",
];

/// Searches of programs that name no patient.
const SEARCHES: &[&str] = &[
    "Patient?name=smith",
    "Patient?family=gar&given=mar",
    "Patient?birthdate=1950-03-12",
    "Patient?_count=50",
    "Patient?_count=50&_total=accurate",
    "Patient?gender=female&_count=50",
    "Observation?_count=50",
    "Observation?_count=50&_total=accurate",
    "Observation?_summary=count",
    "Observation?status=final&_count=50",
    "Observation?_lastUpdated=gt2020-01-01&_count=50",
    "Observation?date=ge2026-01-01&_count=50",
    "Observation?_sort=-date&_count=50",
    "Condition?_count=50",
    "Condition?clinical-status=active&_count=50",
    "Encounter?date=ge2026-01-01&_count=50",
    "Encounter?_sort=-date&_count=50",
    "Encounter?class=EMER&_count=50",
    "Task?status=requested&_count=50",
    "Task?_sort=-_lastUpdated&_count=50",
    "MedicationRequest?status=active&_count=50&_include=MedicationRequest:subject",
    "Appointment?date=ge2026-01-01&_count=50",
    "Patient?_has:Observation:patient:status=amended&_count=20",
    "Patient?_sort=family&_count=50",
];

/// All pages, those of lists found on the pages before them.
pub(super) fn everything(server: &Server, desks: &mut [Desk]) -> anyhow::Result<Vec<Ask>> {
    let ctx = desks.first().and_then(|desk| desk.ctx.clone()).context("the clinic has no coordinator")?;
    let mut asks: Vec<Ask> = PLAIN.iter().map(|(name, path)| get(*name, *path)).collect();
    for (name, prefix, most) in [
        ("care gaps of one rule", "/care-gaps/", 6),
        ("one measure", "/measures/", 4),
        ("one suggestion", "/suggestions/", 6),
        ("one message", "/messages/", 4),
        ("one of could not file", "/could-not-file/", 4),
        ("one document", "/documents/", 4),
        ("one pair of records", "/same-person/", 4),
    ] {
        let list = match prefix {
            "/suggestions/" => "/review".to_owned(),
            _ => prefix.trim_end_matches('/').to_owned(),
        };
        let links = links(desks, &list, prefix)?;
        asks.push(Ask { name: name.to_owned(), ways: links.into_iter().take(most).map(Way::Get).collect() });
    }
    for (list, prefix) in [("/measures", "/measures/")] {
        for link in links(desks, list, prefix)?.into_iter().take(1) {
            let parts = ["?by=language", "?by=owner"].map(|by| Way::Get(format!("{link}{by}")));
            asks.push(Ask { name: "one measure, compared".to_owned(), ways: parts.to_vec() });
            let parts = ["gap", "numerator", "denominator"].map(|part| Way::Get(format!("{link}/people?part={part}")));
            asks.push(Ask { name: "one measure, people".to_owned(), ways: parts.to_vec() });
        }
    }
    for kind in registry::KINDS.iter() {
        asks.push(get(format!("registry {}", kind.id), format!("/registries/{}", kind.id)));
        let narrowed = kind.offers.iter().map(|offer| format!("result={offer}"));
        let narrowed =
            narrowed.chain(["result=none:6", "silent=90", "tier=tier-high", "language=es"].map(str::to_owned));
        let ways = narrowed.map(|query| Way::Get(format!("/registries/{}?{query}", kind.id))).collect();
        asks.push(Ask { name: format!("registry {}, narrowed", kind.id), ways });
    }
    asks.extend(of_people(server, &ctx)?);
    asks.extend(SEARCHES.iter().map(|text| get(format!("FHIR {text}"), format!("/fhir/{text}"))));
    Ok(asks)
}

/// Searches for people of the clinic, and the pages of some and of the longest record.
fn of_people(server: &Server, ctx: &continuo_care::Ctx) -> anyhow::Result<Vec<Ask>> {
    let list = worklist(ctx, Tab::Mine, &Filter::default())?;
    let mut known: Vec<PersonHeader> = list.rows.into_iter().map(|row| row.person).collect();
    known.extend(people::caseload(ctx, "")?.into_iter().map(|row| row.person));
    known.truncate(PEOPLE);
    let ask = |name: &str, words: &dyn Fn(&PersonHeader) -> String| Ask {
        name: format!("search by {name}"),
        ways: known.iter().map(|one| Way::Post("/patients", format!("q={}", plus(&words(one))))).collect(),
    };
    let mut asks = vec![
        ask("family name", &|one| one.family.clone()),
        ask("given name", &|one| one.given.split(' ').next().unwrap_or_default().to_owned()),
        ask("both names", &|one| format!("{} {}", one.given, one.family)),
        ask("two letters", &|one| one.family.chars().take(2).collect()),
        ask("a name typed wrong", &|one| typed_wrong(&one.family)),
        ask("both names typed wrong", &|one| format!("{} {}", typed_wrong(&one.given), typed_wrong(&one.family))),
        ask("name and birth date", &|one| format!("{} {}", one.family, one.birth)),
        ask("birth date", &|one| one.birth.clone()),
        ask("record number", &|one| one.mrn.clone()),
        ask("phone", &|one| one.phone.clone()),
    ];
    asks.push(Ask {
        name: "they are calling".to_owned(),
        ways: known
            .iter()
            .map(|one| one.phone.chars().filter(char::is_ascii_digit).collect::<Vec<_>>())
            .filter(|digits| digits.len() > 3)
            .map(|digits| {
                let last: String = digits.iter().skip(digits.len() - 4).collect();
                Way::Post("/calling", format!("digits={last}"))
            })
            .collect(),
    });
    let longest = server.care.store.read(|r| r.longest_record(ctx.org))?.context("the clinic has no people")?;
    for rest in OF_A_PERSON {
        let name = if rest.is_empty() { "/" } else { rest };
        let ways = known.iter().map(|one| Way::Get(format!("/patients/{}{rest}", one.id))).collect();
        asks.push(Ask { name: format!("person {name}"), ways });
        asks.push(get(format!("longest record {name}"), format!("/patients/{longest}{rest}")));
    }
    let ways = known.iter().map(|one| Way::Get(format!("/fhir/Patient/{}/$everything", one.id))).collect();
    asks.push(Ask { name: "FHIR $everything".to_owned(), ways });
    Ok(asks)
}

fn plus(words: &str) -> String {
    let mut out = String::new();
    for byte in words.bytes() {
        match byte {
            b' ' => out.push('+'),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The third letter left out.
fn typed_wrong(name: &str) -> String {
    name.chars().enumerate().filter(|(at, _)| *at != 2).map(|(_, letter)| letter).collect()
}

/// Addresses below `prefix` on a page, as the first account sees it that may.
fn links(desks: &mut [Desk], list: &str, prefix: &str) -> anyhow::Result<Vec<String>> {
    for desk in desks.iter_mut().filter(|desk| !desk.is_program) {
        let answer = desk.ask(&Way::Get(list.to_owned()))?;
        if answer.status != 200 {
            continue;
        }
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for part in text.split(&format!("href=\"{prefix}")).skip(1) {
            let id = part.split(['"', '?', '/', '#']).next().unwrap_or_default();
            if !id.is_empty() && id != "words" && seen.insert(id.to_owned()) {
                found.push(format!("{prefix}{id}"));
            }
        }
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}
