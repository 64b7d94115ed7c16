//! What rests on a record's data: every suggestion, decision, task and message made while it was part of a person.
//!
//! Taking the record out lists these and opens them again (safety.md rule 10): somebody acted on a chart that mixed
//! two people.

use std::collections::BTreeSet;

use continuo_fhir::{DateTime, Instant, Json, Node, ResourceType, Zone, root};
use continuo_store::tables::{decision, suggestion};
use continuo_store::{FactRow, Reader, Result, Rid, Scope};

use crate::assess::body::Body;
use crate::shapes;
use crate::tasks::OPEN;

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A suggestion, open or ended.
    Suggestion,
    /// Somebody's answer to a suggestion.
    Decision,
    /// A task.
    Task,
    /// A message, call or note.
    Message,
}

impl Kind {
    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Kind::Suggestion => "Suggestion",
            Kind::Decision => "Decision",
            Kind::Task => "Task",
            Kind::Message => "Message, call or note",
        }
    }
}

/// One thing that rests on the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What.
    pub kind: Kind,
    /// Id of the suggestion, or `Type/id`.
    pub reference: String,
    /// In words; empty where the words are closed in lists.
    pub what: String,
    /// How it stands: "open", "accepted", "completed".
    pub state: String,
    /// Who acted last; empty where nobody did.
    pub by: String,
    /// When it was made or decided.
    pub at: Instant,
    /// It ended while the records were one, so it is opened again.
    pub ended: bool,
    /// The source patient under which it stands.
    pub patient: Rid,
}

/// What rests on `moved`, records of `person` that came to it at `since`, as far as `scope` sees.
pub(crate) fn on(
    reader: &mut Reader<'_>,
    scope: &Scope,
    person: Rid,
    moved: &[Rid],
    since: i64,
    zone: &Zone,
) -> Result<Vec<Item>> {
    let members = reader.members(scope.org, person)?;
    let rows = reader.facts(scope, &members)?;
    let mut data: BTreeSet<String> = BTreeSet::new();
    for row in rows.iter().filter(|row| moved.contains(&row.patient)) {
        data.extend(reference_of(row));
    }
    let mut items = Vec::new();
    let mut made: BTreeSet<String> = BTreeSet::new();
    for row in suggestion::of_patient(reader.conn(), scope.org, person)? {
        let Some(body) = Body::read(&row.body) else { continue };
        let rests = data.contains(&body.anchor) || body.evidence.iter().any(|(e, _)| data.contains(&e.reference));
        if !rests || suggestion::find(reader.conn(), scope, &row.id)?.is_none() {
            continue;
        }
        let what = if body.sensitive || row.labels != 0 { String::new() } else { body.what.clone() };
        let decisions = decision::of_suggestion(reader.conn(), scope.org, &row.id)?;
        let since_linked: Vec<_> = decisions.iter().filter(|one| one.at >= since && !one.undone).collect();
        if row.state == "open" || !since_linked.is_empty() {
            items.push(Item {
                kind: Kind::Suggestion,
                reference: row.id.clone(),
                what: what.clone(),
                state: row.state.clone(),
                by: String::new(),
                at: Instant::from_micros(row.opened),
                ended: row.state != "open",
                patient: row.patient,
            });
        }
        for one in since_linked {
            for change in reader.changes_of_commit(scope.org, one.commit)? {
                made.insert(format!("{}/{}", change.type_, change.id));
            }
            items.push(Item {
                kind: Kind::Decision,
                reference: row.id.clone(),
                what: what.clone(),
                state: one.outcome.clone(),
                by: one.actor.clone(),
                at: Instant::from_micros(one.at),
                ended: false,
                patient: row.patient,
            });
        }
    }
    for row in &rows {
        let Some(node) = root(row.packed()).ok() else { continue };
        let is_theirs = moved.contains(&row.patient);
        let rests = is_theirs || reference_of(row).is_some_and(|own| made.contains(&own)) || refers(node, &data);
        if !rests {
            continue;
        }
        match node.resource_type() {
            Some("Task") => items.extend(task(row, node, since, zone)),
            Some("Communication") => items.extend(message(row, node, since, zone)),
            _ => {}
        }
    }
    items.sort_by(|a, b| (a.kind, b.at, &a.reference).cmp(&(b.kind, a.at, &b.reference)));
    Ok(items)
}

fn reference_of(row: &FactRow) -> Option<String> {
    let node = root(row.packed()).ok()?;
    Some(format!("{}/{}", node.resource_type()?, node.str("id")?))
}

/// Whether a resource names one of these: in a reference, or as the subject of the finding it came from.
pub(crate) fn refers(node: Node<'_>, data: &BTreeSet<String>) -> bool {
    let finding = node.list("extension").filter(|e| e.str("url") == Some(shapes::EXT_FINDING));
    let anchors = finding.filter_map(|e| e.str("valueString").and_then(|key| key.split_once('|')).map(|(_, a)| a));
    let mut found = anchors.into_iter().any(|anchor| data.contains(anchor));
    let mut json = Vec::new();
    node.write_json(&mut json);
    if let (false, Ok(json)) = (found, Json::parse(&json)) {
        found = names(&json, data, 0);
    }
    found
}

/// Deeper than any resource goes.
const DEEPEST: usize = 24;

fn names(json: &Json, data: &BTreeSet<String>, depth: usize) -> bool {
    if depth > DEEPEST {
        return false;
    }
    match json {
        Json::Array(items) => items.iter().any(|item| names(item, data, depth + 1)),
        Json::Object(fields) => fields.iter().any(|(key, value)| match value {
            // Whom it is for says whose it is, not what it rests on.
            Json::String(text) if key.as_str() == "reference" => {
                data.contains(&**text) && !text.starts_with("Patient/")
            }
            other => names(other, data, depth + 1),
        }),
        _ => false,
    }
}

fn when(node: Node<'_>, paths: &[&str], zone: &Zone) -> Option<Instant> {
    paths.iter().find_map(|path| DateTime::parse(node.str_at(path)?)).map(|at| at.low(zone))
}

fn task(row: &FactRow, node: Node<'_>, since: i64, zone: &Zone) -> Option<Item> {
    let status = node.str("status").unwrap_or_default();
    let is_open = OPEN.contains(&status);
    let changed = when(node, &["lastModified", "executionPeriod.end", "authoredOn"], zone)?;
    if !is_open && changed.micros() < since {
        return None;
    }
    Some(Item {
        kind: Kind::Task,
        reference: format!("Task/{}", node.str("id")?),
        what: if row.labels == 0 { node.str("description").unwrap_or_default().to_owned() } else { String::new() },
        state: status.to_owned(),
        by: node.str_at("owner.reference").unwrap_or_default().to_owned(),
        at: changed,
        ended: !is_open,
        patient: row.patient,
    })
}

fn message(row: &FactRow, node: Node<'_>, since: i64, zone: &Zone) -> Option<Item> {
    let at = when(node, &["sent", "received"], zone)?;
    if at.micros() < since {
        return None;
    }
    Some(Item {
        kind: Kind::Message,
        reference: format!("Communication/{}", node.str("id")?),
        // What was said may be private: the list says that something was, the page of the message what.
        what: String::new(),
        state: node.str("status").unwrap_or_default().to_owned(),
        by: node.str_at("sender.reference").unwrap_or_default().to_owned(),
        at,
        ended: false,
        patient: row.patient,
    })
}

/// The type and id of an item's resource, for reading it.
pub(crate) fn resource_of(item: &Item) -> Option<(ResourceType, &str)> {
    let (type_, id) = item.reference.split_once('/')?;
    Some((ResourceType::find(type_)?, id))
}
