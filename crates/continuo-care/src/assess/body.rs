//! The body of a suggestion: what the page shows and what explaining needs, as JSON bytes that do not change by themselves.

use continuo_fhir::letters::hex;
use continuo_fhir::{Instant, Json};
use sha2::{Digest, Sha256};

use crate::build::{list, object};
use crate::followup::finding::{Due, Evidence, Finding, Opens, Words};
use crate::followup::person::Person;
use crate::followup::spec::Spec;

/// The build of the engine, part of every explanation.
pub const BUILD: &str = concat!("continuo-follow-up ", env!("CARGO_PKG_VERSION"));

/// What a suggestion's body says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// What to do.
    pub what: String,
    /// Why.
    pub why: String,
    /// The resource it hangs on.
    pub anchor: String,
    /// `Task.code` of what accepting makes.
    pub kind: String,
    /// What the loop would have done.
    pub opens: Opens,
    /// The rule the due time comes from.
    pub due_rule: String,
    /// Attempts so far.
    pub attempts: u32,
    /// Never in plain words in a row.
    pub sensitive: bool,
    /// What it rests on, each with its hash.
    pub evidence: Vec<(Evidence, String)>,
    /// Parameters, name and value.
    pub parameters: Vec<(String, String)>,
    /// Engine build.
    pub build: String,
    /// Hash of the rule's text.
    pub rule_hash: String,
    /// Hash of the anchor resource: a rejected key returns when it changes.
    pub anchor_hash: String,
}

/// The hash of a resource as the engine saw it: its packed tree as JSON text.
pub fn hash_of(person: &Person<'_>, reference: &str) -> String {
    let Some(resource) = person.find(reference) else { return String::new() };
    let mut bytes = Vec::new();
    resource.node.write_json(&mut bytes);
    short_hash(&bytes)
}

fn short_hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)[..16])
}

/// The body of a finding.
pub fn of(finding: &Finding, spec: &Spec, person: &Person<'_>) -> Body {
    let gap = crate::gaps::spec(finding.rule);
    let mut rule = Sha256::new();
    rule.update(spec.text.as_bytes());
    rule.update(gap.map_or("", |gap| gap.logic).as_bytes());
    Body {
        what: finding.what.clone(),
        why: finding.why.clone(),
        anchor: finding.anchor.clone(),
        kind: spec.kind.clone(),
        opens: finding.opens,
        due_rule: finding.due.as_ref().map(|due| due.rule.clone()).unwrap_or_default(),
        attempts: finding.attempts,
        sensitive: finding.sensitive,
        evidence: finding.evidence.iter().map(|e| (e.clone(), hash_of(person, &e.reference))).collect(),
        parameters: finding.parameters.clone(),
        build: BUILD.to_owned(),
        rule_hash: hex(&rule.finalize()[..16]),
        // A gap that hangs on the person is no new gap when their phone number changes.
        anchor_hash: if gap.is_some() && finding.anchor.starts_with("Patient/") {
            String::new()
        } else {
            hash_of(person, &finding.anchor)
        },
    }
}

impl Body {
    /// As stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        let text = |text: &str| Json::string(text);
        let evidence = self.evidence.iter().map(|(e, hash)| {
            let mut item = object([("reference", text(&e.reference)), ("says", text(&e.says)), ("hash", text(hash))]);
            if let Some(words) = &e.words {
                item.set(
                    "words",
                    object([
                        ("source", text(&words.source)),
                        ("text", text(&words.text)),
                        ("start", Json::integer(words.start as i64)),
                        ("end", Json::integer(words.end as i64)),
                    ]),
                );
            }
            item
        });
        object([
            ("what", text(&self.what)),
            ("why", text(&self.why)),
            ("anchor", text(&self.anchor)),
            ("kind", text(&self.kind)),
            ("opens", text(self.opens.word())),
            ("dueRule", text(&self.due_rule)),
            ("attempts", Json::integer(i64::from(self.attempts))),
            ("sensitive", Json::Bool(self.sensitive)),
            ("evidence", list(evidence)),
            (
                "parameters",
                list(
                    self.parameters.iter().map(|(name, value)| object([("name", text(name)), ("value", text(value))])),
                ),
            ),
            ("build", text(&self.build)),
            ("ruleHash", text(&self.rule_hash)),
            ("anchorHash", text(&self.anchor_hash)),
        ])
        .to_bytes()
    }

    /// Reads what was stored; nothing if it is no body.
    pub fn read(bytes: &[u8]) -> Option<Body> {
        let json = Json::parse(bytes).ok()?;
        let text = |path: &str| json.str_at(path).unwrap_or_default().to_owned();
        let number = |json: &Json, name: &str| json.get(name).and_then(Json::as_i64).unwrap_or(0);
        let evidence = json.get("evidence").map(Json::items).unwrap_or_default().iter().map(|item| {
            let at = |path: &str| item.str_at(path).unwrap_or_default().to_owned();
            let words = item.get("words").map(|words| Words {
                source: words.str_at("source").unwrap_or_default().to_owned(),
                text: words.str_at("text").unwrap_or_default().to_owned(),
                start: number(words, "start") as usize,
                end: number(words, "end") as usize,
            });
            (Evidence { reference: at("reference"), says: at("says"), words }, at("hash"))
        });
        let parameters = json.get("parameters").map(Json::items).unwrap_or_default().iter().map(|item| {
            (item.str_at("name").unwrap_or_default().to_owned(), item.str_at("value").unwrap_or_default().to_owned())
        });
        Some(Body {
            what: text("what"),
            why: text("why"),
            anchor: text("anchor"),
            kind: text("kind"),
            opens: Opens::from_word(json.str_at("opens")?)?,
            due_rule: text("dueRule"),
            attempts: number(&json, "attempts") as u32,
            sensitive: json.get("sensitive").and_then(Json::as_bool).unwrap_or(false),
            evidence: evidence.collect(),
            parameters: parameters.collect(),
            build: text("build"),
            rule_hash: text("ruleHash"),
            anchor_hash: text("anchorHash"),
        })
    }

    /// The due time with its rule.
    pub fn due(&self, at: i64) -> Option<Due> {
        (at != i64::MAX).then(|| Due { at: Instant::from_micros(at), rule: self.due_rule.clone() })
    }
}
