//! What was done in an outreach: its people, its letters for printing, and marking them as mailed.

use std::collections::BTreeMap;

use continuo_fhir::{Instant, Json, ResourceType};
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::{Query, Rid, Scope};

use super::plan::{Left, PLAIN, Way, address, may_mail, says_little};
use crate::access::Permission;
use crate::assess::header::{asks_first, is_unsafe};
use crate::assess::{person_of, put, settle};
use crate::build::moment;
use crate::care_gaps::{looked, may_read};
use crate::ctx::Ctx;
use crate::followup::person::Person;
use crate::gaps;
use crate::messages::template;
use crate::problem::WorkError;
use crate::shapes;
use crate::work::Done;

const COMMUNICATION: ResourceType = ResourceType::of("Communication");
/// Outreaches listed.
const LISTED: usize = 50;
/// Communications read for the list.
const READ: i64 = 1_000;

/// One person of an outreach.
#[derive(Clone, Debug)]
pub struct Entry {
    /// `Communication.id`.
    pub id: String,
    /// Who.
    pub person: PersonHeader,
    /// How; none for those left out.
    pub way: Option<Way>,
    /// Why left out, in words; empty for the others.
    pub left_out: &'static str,
    /// `preparation`, `completed`, `not-done`.
    pub status: String,
    /// Language of the words.
    pub language: String,
    /// Titles of the rules it is about.
    pub about: Vec<String>,
    /// The words.
    pub words: String,
    /// Where the letter goes, as the record stands now.
    pub address: Vec<String>,
    /// A letter that must not go out any more: died, marked unsafe, no address that allows mail, or says more
    /// than they allow now.
    pub held: &'static str,
}

/// An outreach.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Id.
    pub id: String,
    /// When.
    pub at: Option<Instant>,
    /// By whom.
    pub by: String,
    /// The rule that was chosen.
    pub rule: String,
    /// People the reader may see.
    pub entries: Vec<Entry>,
}

/// One line of the list of outreaches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Id.
    pub id: String,
    /// When.
    pub at: Option<Instant>,
    /// By whom.
    pub by: String,
    /// The rule that was chosen.
    pub rule: String,
    /// Letters, of them not mailed yet, calls, left out.
    pub counts: [usize; 4],
}

fn found(ctx: &Ctx, pairs: Vec<(String, String)>) -> Result<Vec<(Rid, Json)>, WorkError> {
    let query = Query::of_pairs(COMMUNICATION, pairs)?;
    let page = ctx.read(|r| r.search(&ctx.scope, &query))?;
    let read = page.matches.into_iter().filter_map(|stored| {
        let json = Json::parse(stored.bytes.as_deref()?).ok()?;
        Some((stored.patient, json))
    });
    Ok(read.collect())
}

fn pair(name: &str, value: String) -> (String, String) {
    (name.to_owned(), value)
}

fn batch_of(json: &Json) -> Option<&str> {
    let all = json.get("identifier")?.items();
    all.iter().find(|one| one.str_at("system") == Some(shapes::OUTREACH_BATCH))?.str_at("value")
}

fn way_of(json: &Json) -> Option<Way> {
    match json.str_at("medium.0.coding.0.code") {
        Some("WRITTEN") => Some(Way::Letter),
        Some("PHONE") => Some(Way::Call),
        _ => None,
    }
}

fn time_of(json: &Json, ctx: &Ctx) -> Option<Instant> {
    json.str_at("note.0.time").and_then(continuo_fhir::DateTime::parse).map(|at| at.low(&ctx.zone))
}

fn title(rule: &str) -> String {
    gaps::spec(rule).map_or_else(|| rule.to_owned(), |spec| spec.rule.title.clone())
}

fn chosen_rule(json: &Json) -> String {
    title(json.str_at("reasonCode.0.coding.0.code").unwrap_or_default())
}

/// The newest outreaches with people the reader may see.
pub fn all(ctx: &Ctx) -> Result<Vec<Listed>, WorkError> {
    may_read(ctx)?;
    let pairs = vec![
        pair("category", format!("{}|{}", shapes::CODE, shapes::OUTREACH)),
        pair("_sort", "-_lastUpdated".to_owned()),
        pair("_count", READ.to_string()),
        pair("_total", "none".to_owned()),
    ];
    let mut lists: BTreeMap<String, Listed> = BTreeMap::new();
    for (_, json) in found(ctx, pairs)? {
        let Some(id) = batch_of(&json) else { continue };
        let line = lists.entry(id.to_owned()).or_insert_with(|| Listed {
            id: id.to_owned(),
            at: time_of(&json, ctx),
            by: json.str_at("sender.reference").unwrap_or_default().to_owned(),
            rule: chosen_rule(&json),
            ..Listed::default()
        });
        match way_of(&json) {
            Some(Way::Letter) => {
                line.counts[0] += 1;
                line.counts[1] += usize::from(json.str_at("status") == Some("preparation"));
            }
            Some(Way::Call) => line.counts[2] += 1,
            None => line.counts[3] += 1,
        }
    }
    let mut lists: Vec<Listed> = lists.into_values().collect();
    lists.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.id.cmp(&b.id)));
    lists.truncate(LISTED);
    Ok(lists)
}

/// One outreach, as far as the reader sees its people. Looking is audited.
pub fn load(ctx: &Ctx, id: &str) -> Result<Batch, WorkError> {
    may_read(ctx)?;
    let pairs = vec![
        pair("identifier", format!("{}|{id}", shapes::OUTREACH_BATCH)),
        pair("_count", READ.to_string()),
        pair("_total", "none".to_owned()),
    ];
    let found = found(ctx, pairs)?;
    let Some((_, first)) = found.first() else { return Err(WorkError::NotFound("this outreach".to_owned())) };
    looked(ctx, Rid(0), "outreach")?;
    let mut batch = Batch {
        id: id.to_owned(),
        at: time_of(first, ctx),
        by: first.str_at("sender.reference").unwrap_or_default().to_owned(),
        rule: chosen_rule(first),
        entries: Vec::with_capacity(found.len()),
    };
    batch.entries = ctx.read(|r| {
        let mut entries = Vec::with_capacity(found.len());
        for (patient, json) in &found {
            let whole = r.person_of(ctx.org, *patient)?;
            let header = person_header::of_patients(r.conn(), &ctx.scope, &[whole])?.into_iter().next();
            let Some(header) = header else { continue };
            let way = way_of(json);
            let mail = if way == Some(Way::Letter) {
                let members = r.members(ctx.org, whole)?;
                // What stops a letter is asked of the whole record; what is shown of it is the Patient the header is of.
                let facts = r.facts(&Scope::all(ctx.org), &members)?;
                Mail::of(json, &header, &person_of(&facts).0)
            } else {
                Mail::default()
            };
            entries.push(entry(json, header, way, mail));
        }
        Ok(entries)
    })?;
    // Each person's words, way and address are shown: the look is theirs too, not the list's alone.
    for one in &batch.entries {
        looked(ctx, one.person.patient, &format!("outreach {id}"))?;
    }
    batch.entries.sort_by(|a, b| {
        let name = |one: &Entry| (one.person.family.clone(), one.person.given.clone(), one.id.clone());
        name(a).cmp(&name(b))
    });
    Ok(batch)
}

/// A letter as the record stands now: where it goes, or why it must not.
#[derive(Default)]
struct Mail {
    address: Vec<String>,
    held: &'static str,
}

impl Mail {
    fn of(json: &Json, header: &PersonHeader, person: &Person<'_>) -> Mail {
        let address = person.patient().map(address).unwrap_or_default();
        let words = json.str_at("payload.0.contentString").unwrap_or_default();
        let is_plain =
            || template(PLAIN, json.str_at("language").unwrap_or_default()).is_some_and(|plain| plain.made(words));
        let held = if header.deceased || person.has_died() {
            "Has died since: not printed"
        } else if asks_first(&header.reach) {
            "A hospital wrote that they died: ask it first, not printed"
        } else if header.unsafe_ || is_unsafe(person) {
            "Marked unsafe since: not printed"
        } else if address.is_empty() {
            "No address that allows mail any more: not printed"
        } else if !may_mail(person) || says_little(person) && !is_plain() {
            "What they allow has changed: prepare it anew"
        } else {
            ""
        };
        Mail { address, held }
    }
}

fn entry(json: &Json, person: PersonHeader, way: Option<Way>, mail: Mail) -> Entry {
    let text = |path: &str| json.str_at(path).unwrap_or_default().to_owned();
    let codes = json.get("reasonCode").map(Json::items).unwrap_or_default();
    Entry {
        id: text("id"),
        way,
        left_out: if way.is_none() { Left::words(&text("statusReason.coding.0.code")) } else { "" },
        status: text("status"),
        language: text("language"),
        about: codes.iter().filter_map(|code| code.str_at("coding.0.code")).map(title).collect(),
        words: text("payload.0.contentString"),
        address: mail.address,
        held: mail.held,
        person,
    }
}

/// Marks the printed letters of an outreach as mailed; those held back stay. Returns how many.
pub fn mail(ctx: &Ctx, id: &str) -> Done<usize> {
    ctx.require(Permission::SuggestionDecide)?;
    let batch = load(ctx, id)?;
    let letters: Vec<(String, Rid)> = batch
        .entries
        .iter()
        .filter(|one| one.way == Some(Way::Letter) && one.held.is_empty() && one.status == "preparation")
        .map(|one| (one.id.clone(), one.person.patient))
        .collect();
    if letters.is_empty() {
        return Err(WorkError::Not("every letter of this outreach is mailed or held back".to_owned()));
    }
    let ctx_owned = ctx.clone();
    Ok(ctx.write("mark letters as mailed", move |tx| {
        let now = Instant::from_micros(tx.now());
        for (letter, patient) in &letters {
            let stored = tx.reader()?.get(&ctx_owned.scope, COMMUNICATION, letter)?;
            let mut json = Json::parse(stored.bytes.as_deref().unwrap_or_default())
                .map_err(|error| continuo_store::Error::Damaged(error.to_string()))?;
            json.set("status", Json::string("completed"));
            json.set("sent", moment(now, &ctx_owned.zone));
            put(tx, json)?;
            settle(tx, *patient)?;
        }
        Ok(letters.len())
    })?)
}
