//! Every example of every follow-up rule through the FHIR API: what is posted with a token stands on the right list with
//! its reason and its evidence, and leaves it with the record that settles it.
//!
//! The examples are those of `knowledge/follow-up/*.md`, which the pure tests run too; here each is a person of their own
//! in one clinic. An example that finds nothing, and names everything that one above it names, is also a settling: the
//! one above is posted first.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;
#[allow(dead_code, reason = "the pure tests use the rest")]
#[path = "../../continuo-care/tests/example/mod.rs"]
mod example;

use std::collections::BTreeMap;

use common::TestApp;
use continuo_care::accounts::{self, NewToken};
use continuo_care::assess::{project, worker};
use continuo_care::followup::finding::{Band, Opens};
use continuo_care::followup::rules::RULES;
use continuo_care::followup::spec;
use continuo_care::worklist::{self, Item, Tab};
use continuo_care::{Ctx, access, setup};
use continuo_fhir::{Instant, ResourceType};
use serde_json::{Value, json};

/// The rules whose findings come from elsewhere than the record's own resources.
const APART: [&str; 1] = ["quality-measure"];

/// One example as a person of the clinic.
struct Told {
    rule: &'static str,
    title: String,
    /// Whether something stands on the list afterwards, and in which band.
    band: Option<String>,
    why: Option<String>,
    as_of: Instant,
    person: String,
    resources: Vec<Value>,
}

fn key(resource: &Value) -> String {
    format!("{}/{}", resource["resourceType"].as_str().unwrap(), resource["id"].as_str().unwrap())
}

/// The examples of the rules in the order of their days: the clinic's clock only goes forward.
fn told() -> Vec<Told> {
    let mut all = Vec::new();
    for rule in RULES.iter().filter(|rule| !APART.contains(&rule.id)) {
        for example in example::examples(rule.file) {
            let (first, rest) = example.expect.split_once(' ').unwrap_or_default();
            let nothing = matches!(first, "nothing:" | "missing:");
            all.push(Told {
                rule: rule.id,
                title: example.title.clone(),
                band: (!nothing && first != "backlog").then(|| first.to_owned()),
                why: rest.split("why \"").nth(1).and_then(|why| why.split('"').next()).map(str::to_owned),
                as_of: example.as_of,
                person: String::new(),
                resources: example.resources.clone(),
            });
        }
    }
    all.sort_by_key(|one| one.as_of);
    for (at, one) in all.iter_mut().enumerate() {
        one.person = format!("p-x{at}");
        for resource in &mut one.resources {
            *resource = renamed(resource, at);
            complete(resource, &format!("Patient/p-x{at}"), at);
        }
    }
    all
}

/// Ids and references of one example get its number; those of staff and of other organizations stay.
fn renamed(value: &Value, at: usize) -> Value {
    let mut value = value.clone();
    fn walk(value: &mut Value, at: usize) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(reference)) = fields.get_mut("reference") {
                    let (type_, id) = reference.split_once('/').unwrap();
                    if !["Practitioner", "Organization"].contains(&type_) {
                        *reference = format!("{type_}/{id}-x{at}");
                    }
                }
                fields.values_mut().for_each(|value| walk(value, at));
            }
            Value::Array(items) => items.iter_mut().for_each(|value| walk(value, at)),
            _ => {}
        }
    }
    walk(&mut value, at);
    let id = value["id"].as_str().unwrap().to_owned();
    value["id"] = json!(format!("{id}-x{at}"));
    value
}

/// A name like no other's: people who look alike would be taken for one.
fn name(at: usize) -> String {
    const SYLLABLES: [&str; 19] = [
        "Bra", "cho", "Dwi", "fle", "Gno", "hui", "Jax", "kro", "Lim", "mab", "Nyk", "oph", "Pez", "qua", "Rof", "sti",
        "Tuv", "vlo", "Zed",
    ];
    let part = |shift: usize| SYLLABLES[(at / 19_usize.pow(shift as u32) + at * shift) % 19];
    format!("{}{}{}", part(0), part(1), part(2))
}

/// What R4 wants of a resource and an example leaves out.
fn complete(resource: &mut Value, person: &str, at: usize) {
    let type_ = resource["resourceType"].as_str().unwrap().to_owned();
    let whose = json!({ "reference": person });
    let code = |system: &str, code: &str| json!({ "coding": [{ "system": system, "code": code }] });
    let mut fill = |name: &str, value: Value| {
        if resource.get(name).is_none() {
            resource[name] = value;
        }
    };
    match type_.as_str() {
        "Patient" => fill("name", json!([{ "family": name(at * 7 + 3), "given": [name(at * 11 + 5)] }])),
        "Appointment" => fill("participant", json!([{ "actor": whose, "status": "accepted" }])),
        "Task" => {
            fill("for", whose);
            fill("intent", json!("order"));
        }
        "Coverage" => {
            fill("beneficiary", whose.clone());
            fill("payor", json!([whose]));
        }
        "ClaimResponse" => {
            fill("patient", whose);
            fill("type", code("http://terminology.hl7.org/CodeSystem/claim-type", "professional"));
            fill("created", json!("2026-01-01"));
            fill("insurer", json!({ "reference": "Organization/plan" }));
        }
        "RelatedPerson" | "SupplyDelivery" => fill("patient", whose),
        _ => fill("subject", whose),
    }
    match type_.as_str() {
        "DiagnosticReport" | "Condition" | "Observation" => fill("code", json!({ "text": "test" })),
        "DocumentReference" => fill("content", json!([{ "attachment": { "contentType": "text/plain" } }])),
        "MedicationRequest" => fill("intent", json!("order")),
        _ => {}
    }
    const HL7: &str = "http://terminology.hl7.org/CodeSystem/";
    if let Some(status) = resource.get_mut("verificationStatus") {
        status["coding"][0]["system"] = json!(format!("{HL7}condition-ver-status"));
    }
}

struct Clinic {
    test: TestApp,
    token: String,
    ctx: Ctx,
}

impl Clinic {
    fn new(first: Instant) -> Clinic {
        let test = TestApp::in_zone("UTC");
        test.clock.set(first);
        let new = NewToken {
            label: "examples".to_owned(),
            permissions: vec![
                access::Permission::RecordRead,
                access::Permission::RecordWrite,
                access::Permission::PersonRead,
                access::Permission::PersonWrite,
                access::Permission::ChooseIds,
            ],
            labels: Vec::new(),
            expires: Instant::from_micros(common::NOW + 365 * 86_400_000_000),
            made_by: "system/test".to_owned(),
        };
        let token = accounts::new_token(&test.care, setup::FIRST, &new).unwrap().expose().to_owned();
        let ctx = test.machine();
        // Who makes the contacts of the examples has a role that may make a safety contact.
        let nurse = setup::NewAccount {
            login: "n".to_owned(),
            name: "Nan Nurse".to_owned(),
            reference: "Practitioner/n".to_owned(),
            roles: vec!["nurse".to_owned()],
            teams: Vec::new(),
            one_click: true,
        };
        setup::accounts(&ctx, vec![(nurse, String::new())]).unwrap();
        Clinic { test, token, ctx }
    }

    fn post(&self, told: &Told, resource: &Value) {
        let path = format!("/fhir/{}", key(resource));
        let answer = self.test.fhir(&self.token, "PUT", &path, &resource.to_string());
        assert!(answer.status < 300, "{}, \"{}\": {path}: {}", told.rule, told.title, answer.body);
    }

    /// How many source records the person has: one, unless somebody else was taken for them.
    fn records(&self, told: &Told) -> usize {
        let patient = ResourceType::of("Patient");
        let members = self.ctx.read(|r| {
            let rid = r.get(&self.ctx.scope, patient, &told.person)?.rid;
            let person = r.person_of(self.ctx.org, rid)?;
            r.members(self.ctx.org, person)
        });
        members.unwrap().len()
    }

    /// The open items of a rule for a person.
    fn items(&self, told: &Told, today: bool) -> Vec<Item> {
        let patient = ResourceType::of("Patient");
        let rid = self.ctx.read(|r| r.get(&self.ctx.scope, patient, &told.person)).unwrap().rid;
        let mut items = worklist::of_person(&self.ctx, rid).unwrap();
        if spec(told.rule).unwrap().opens == Opens::Existing {
            // The task itself is the work; only one that is due stands out.
            items.retain(|item| !item.suggestion && item.band != Band::Later && (item.band != Band::Today || today));
        } else {
            items.retain(|item| item.rule == told.rule);
        }
        items
    }
}

#[test]
fn every_example_of_every_rule_holds_through_the_api() {
    let all = told();
    let clinic = Clinic::new(all.first().unwrap().as_of);
    let mut wrong = Vec::new();
    let mut settled: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, told) in all.iter().enumerate() {
        clinic.test.clock.set(told.as_of);
        // What an example above finds with fewer or other facts of the same names stands there first.
        let above = all.iter().enumerate().find(|(other, before)| {
            *other != at && before.rule == told.rule && told.band.is_none() && before.band.is_some() && {
                let own: Vec<String> = told.resources.iter().map(|one| bare(one, at)).collect();
                before.resources.iter().all(|one| own.contains(&bare(one, *other)))
            }
        });
        if let Some((other, before)) = above {
            for resource in &before.resources {
                let mut resource = Value::clone(resource);
                rename_from(&mut resource, other, at);
                if let Some(own) = told.resources.iter().find(|one| one["resourceType"] == "Patient") {
                    // Not the other's name: they would be taken for one person.
                    if resource["resourceType"] == "Patient" {
                        resource["name"] = own["name"].clone();
                    }
                }
                clinic.post(told, &resource);
            }
            worker::catch_up(&clinic.ctx).unwrap();
            // On another day the same facts may say nothing: then this is no settling.
            if !clinic.items(told, true).is_empty() {
                *settled.entry(told.rule).or_default() += 1;
            }
        }
        for resource in &told.resources {
            clinic.post(told, resource);
        }
        worker::catch_up(&clinic.ctx).unwrap();
        if let Err(why) = holds(&clinic, told) {
            wrong.push(format!("{}, \"{}\" ({} as one person): {why}", told.rule, told.title, clinic.records(told)));
        }
    }
    assert!(wrong.is_empty(), "{} of {} examples fail:\n{}", wrong.len(), all.len(), wrong.join("\n"));
    assert!(all.len() > 120, "only {} examples were found", all.len());
    let unsettled: Vec<&str> =
        RULES.iter().map(|rule| rule.id).filter(|id| !APART.contains(id) && !settled.contains_key(id)).collect();
    assert!(unsettled.is_empty(), "no example shows how these leave the list: {unsettled:?}");
}

/// `Type/id` as the rule's file has it.
fn bare(resource: &Value, at: usize) -> String {
    let key = key(resource);
    key.strip_suffix(&format!("-x{at}")).unwrap_or(&key).to_owned()
}

fn rename_from(value: &mut Value, from: usize, to: usize) {
    let number = |text: &str| {
        let id = text.strip_suffix(&format!("-x{from}")).unwrap_or(text);
        format!("{id}-x{to}")
    };
    match value {
        Value::Object(fields) => {
            for name in ["reference", "id"] {
                if let Some(Value::String(text)) = fields.get_mut(name)
                    && !text.starts_with("Practitioner/")
                    && !text.starts_with("Organization/")
                {
                    *text = number(text);
                }
            }
            fields.values_mut().for_each(|value| rename_from(value, from, to));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| rename_from(value, from, to)),
        _ => {}
    }
}

/// Holds what stands on the list, and on the page of it, against what the example says.
fn holds(clinic: &Clinic, told: &Told) -> Result<(), String> {
    let items = clinic.items(told, told.band.is_some());
    let Some(band) = &told.band else {
        // A task never closes itself: it says that the record answers it.
        let stays = |item: &&Item| item.suggestion || !item.why.starts_with(project::ANSWERED);
        let open: Vec<&Item> = items.iter().filter(stays).collect();
        return if open.is_empty() { Ok(()) } else { Err(format!("stands on the list: {open:?}")) };
    };
    let [item] = items.as_slice() else { return Err(format!("{} items on the list", items.len())) };
    if item.band.word() != band {
        return Err(format!("stands under {}", item.band.word()));
    }
    if let Some(why) = &told.why
        && !item.why.contains(why)
        && !item.late.as_deref().is_some_and(|late| late.contains(why))
    {
        return Err(format!("its reason is `{}`", item.why));
    }
    // Whoever owns it finds the person on a list of theirs, and the page says why.
    let role = item.owner.strip_prefix("role:").unwrap_or("care-coordinator").to_owned();
    let spec = spec(told.rule).ok_or("no such rule")?;
    if item.suggestion && item.owner.is_empty() {
        return Err("nobody owns it".to_owned());
    }
    let cookie = clinic.test.sign_in(&role);
    let tab = if item.owner.starts_with("role:") { Tab::Team } else { Tab::Nobody };
    let list = clinic.test.page(&cookie, &format!("/worklist?tab={}", tab.word())).body;
    if !list.contains(&format!("/patients/{}", told.person)) {
        return Err(format!("the {role} does not find the person under {}", tab.word()));
    }
    if item.suggestion {
        let page = clinic.test.page(&cookie, &format!("/suggestions/{}", item.id));
        let mut asked: Vec<&str> = vec![&item.what];
        if !spec.sensitive && !item.why.is_empty() {
            asked.push(&item.why);
        }
        for words in asked {
            if page.status != 200 || !page.body.contains(&escaped(words)) {
                return Err(format!("its page ({}) does not say `{words}`", page.status));
            }
        }
        if !page.body.contains("Evidence") && !page.body.contains("evidence") {
            return Err("its page shows no evidence".to_owned());
        }
    }
    Ok(())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}
