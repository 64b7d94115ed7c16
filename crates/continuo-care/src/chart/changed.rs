//! What changed on a person's chart since its reader last looked: what came, also what came late; what was corrected, with
//! what it said before; what was deleted or taken back; records that were joined or taken off.
//!
//! Asked of the versions by when they were written, never of the dates that the words speak of. What the machine keeps
//! beside a message or task for itself is no change that a reader could see.

use std::collections::BTreeMap;

use continuo_fhir::{DateTime, Instant, Json, Zone};
use continuo_store::tables::person as membership;
use continuo_store::{Reader, Rid, Touched};

use super::entry::{Entry, Mark, date_at, words_at};
use crate::ctx::Ctx;
use crate::followup::person::{Person, Resource, walk};

/// Resources looked at, the newest; that there are more is said.
const MOST: i64 = 400;
/// Earlier versions read to say what stood before; beyond it is only said that something changed. What was deleted is
/// always read: nothing else says what it was.
const COMPARED: usize = 60;
/// A change that was being written while the chart was read is shown once more rather than never.
const OVERLAP: i64 = 2_000_000;

/// When the reader last looked at this person, under whichever of their records it was; 0 for never.
pub(super) fn last_look(
    reader: &mut Reader<'_>,
    ctx: &Ctx,
    members: &[Rid],
    now: Instant,
) -> continuo_store::Result<i64> {
    let mut last = 0;
    for member in members {
        let one = continuo_store::tables::looked::before(
            reader.conn(),
            ctx.org,
            &ctx.actor.reference,
            *member,
            now.micros(),
        )?;
        last = last.max(one);
    }
    Ok(last)
}

/// What changed, newest first.
pub(super) fn since(
    reader: &mut Reader<'_>,
    ctx: &Ctx,
    person: &Person<'_>,
    members: &[Rid],
    looked: Instant,
) -> continuo_store::Result<Vec<Entry>> {
    let since = looked.micros() - OVERLAP;
    let touched = reader.touched_since(&ctx.scope, members, since, MOST)?;
    let now: BTreeMap<(&str, &str), &Resource<'_>> =
        person.rows().iter().map(|one| ((one.type_, one.id), one)).collect();
    let mut list: Vec<(i64, Entry)> = Vec::new();
    let mut compared = 0;
    for one in &touched {
        let current = now.get(&(one.type_.as_str(), one.id.as_str())).copied();
        let before = match one.before {
            Some(version) if one.deleted || compared < COMPARED && current.is_some_and(|now| says(now).is_some()) => {
                compared += usize::from(!one.deleted);
                // A version that is closed to the reader was never seen by them.
                reader.version(&ctx.scope, one.type_, &one.id, version).ok().and_then(|stored| stored.bytes)
            }
            _ => None,
        };
        let before = before.and_then(|bytes| Json::parse(&bytes).ok());
        let unread = one.before.is_some() && before.is_none();
        list.extend(told(one, current, before.as_ref(), unread, looked, &ctx.zone).map(|entry| (one.updated, entry)));
    }
    if touched.len() as i64 == MOST
        && let (Some(main), Some(oldest)) = (person.patient(), touched.last())
    {
        let text = format!("Only the newest {MOST} changes are looked at: read the record itself");
        list.push((oldest.updated, Entry::of(main, text).note("more changed").mark(Mark::Caution, "More")));
    }
    list.extend(joined(reader, ctx, person, members, since)?);
    list.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok(list.into_iter().map(|(_, entry)| entry).collect())
}

fn told(
    one: &Touched,
    current: Option<&Resource<'_>>,
    before: Option<&Json>,
    unread: bool,
    looked: Instant,
    zone: &Zone,
) -> Option<Entry> {
    let packed = before.map(continuo_fhir::pack);
    let old = packed.as_deref().and_then(|bytes| continuo_fhir::root(bytes).ok()).and_then(Resource::of);
    let old_says = old.as_ref().and_then(says);
    if one.deleted {
        let says = old_says?;
        let old = old.as_ref()?;
        return Some(says.entry(old).note(says.kind).at(says.at).mark(Mark::Caution, "Deleted"));
    }
    let current = current?;
    let new = says(current)?;
    let entry = new.entry(current);
    let Some(old_says) = old_says else {
        if unread {
            return Some(entry.note(new.kind).at(new.at).mark(Mark::None, "Changed"));
        }
        if new.is_mistake() || new.kind == "task done" && !new.ended {
            return None;
        }
        let late = new.at.is_some_and(|at| at.high(zone) <= looked);
        let kind = if late { format!("{}, came after its day", new.kind) } else { new.kind.to_owned() };
        return Some(entry.note(new.with_detail(&kind)).at(new.at));
    };
    if current.type_ == "Patient" {
        let changed = parts_changed(before?, &current.node.to_json());
        return (!changed.is_empty())
            .then(|| entry.note(format!("changed: {}", changed.join(", "))).mark(Mark::Caution, "Changed"));
    }
    if new.is_mistake() && !old_says.is_mistake() {
        return Some(entry.note(new.kind).at(new.at).mark(Mark::Caution, "Entered in error"));
    }
    if new.kind == "task done" {
        return (new.ended && !old_says.ended).then(|| entry.note(new.kind).at(new.at));
    }
    let differs = differences(&old_says, &new);
    if differs.is_empty() {
        let own = matches!(current.type_, "Communication" | "DocumentReference" | "Composition" | "EpisodeOfCare");
        let same = own || before.is_some_and(|before| same_content(before, &current.node.to_json()));
        return (!same).then(|| entry.note(format!("{}, details", new.kind)).at(new.at).mark(Mark::None, "Changed"));
    }
    Some(entry.note(format!("{}, was: {}", new.with_detail(new.kind), differs)).at(new.at).mark(Mark::None, "Changed"))
}

/// What an entry says, in the parts that a reader would miss.
#[derive(Default)]
struct Says {
    kind: &'static str,
    what: String,
    detail: String,
    state: String,
    at: Option<DateTime>,
    ended: bool,
}

impl Says {
    fn entry(&self, of: &Resource<'_>) -> Entry {
        let what: String = self.what.chars().take(120).collect();
        let state = match self.state.as_str() {
            "" | "active" | "final" | "current" | "completed" | "finished" => String::new(),
            state => format!(" ({})", state.replace('-', " ")),
        };
        Entry::of(of, format!("{what}{state}"))
    }

    fn with_detail(&self, kind: &str) -> String {
        if self.detail.is_empty() { kind.to_owned() } else { format!("{kind}: {}", self.detail) }
    }

    fn is_mistake(&self) -> bool {
        self.state == "entered-in-error"
    }
}

/// What the earlier words said where they differ; empty where they are the same.
fn differences(old: &Says, new: &Says) -> String {
    let mut parts: Vec<String> = Vec::new();
    if old.what != new.what {
        parts.push(old.what.chars().take(120).collect());
    }
    if old.detail != new.detail {
        parts.push(if old.detail.is_empty() { "nothing said of it".to_owned() } else { old.detail.clone() });
    }
    if old.state != new.state {
        parts.push(if old.state.is_empty() { "no status".to_owned() } else { old.state.replace('-', " ") });
    }
    parts.join(", ")
}

/// Nothing where a resource is the product's own book-keeping.
fn says(one: &Resource<'_>) -> Option<Says> {
    let words = |path: &str| words_at(one, path).unwrap_or_default();
    let text = |path: &str| one.text(path).unwrap_or_default().to_owned();
    let first = |paths: &[&str]| paths.iter().find_map(|path| words_at(one, path)).unwrap_or_default();
    let code = |path: &str| {
        walk(one.node, path).into_iter().flat_map(|node| node.list("coding")).find_map(|coding| coding.str("code"))
    };
    let state = one.status().to_owned();
    let (kind, what, detail, state, at): (&'static str, String, String, String, &[&str]) = match one.type_ {
        "Patient" => ("person", "Name, numbers or address".to_owned(), String::new(), String::new(), &[]),
        "AllergyIntolerance" => {
            let reactions: Vec<String> = walk(one.node, "reaction.manifestation")
                .into_iter()
                .filter_map(|node| continuo_fhir::coding::Concept::of(node).label().map(str::to_lowercase))
                .collect();
            (
                "allergy",
                words("code"),
                reactions.join(", "),
                standing(code("verificationStatus"), code("clinicalStatus")),
                &["recordedDate"],
            )
        }
        "Condition" => (
            "problem",
            words("code"),
            String::new(),
            standing(code("verificationStatus"), code("clinicalStatus")),
            &["recordedDate", "onsetDateTime"],
        ),
        "MedicationRequest" => (
            "medicine",
            first(&["medicationCodeableConcept", "medicationReference"]),
            text("dosageInstruction.text"),
            state,
            &["authoredOn"],
        ),
        "MedicationStatement" => (
            "medicine",
            first(&["medicationCodeableConcept", "medicationReference"]),
            text("dosage.text"),
            state,
            &["dateAsserted", "effectiveDateTime"],
        ),
        "Observation" => (
            "result",
            super::results::in_words(one)
                .unwrap_or_else(|| format!("{} {}", words("code"), first(&["valueCodeableConcept"])).trim().to_owned()),
            text("valueString"),
            state,
            &["issued", "effectiveDateTime"],
        ),
        "DiagnosticReport" => ("report", words("code"), text("conclusion"), state, &["issued", "effectiveDateTime"]),
        "Encounter" => (
            "visit or stay",
            first(&["reasonCode", "type", "class"]),
            String::new(),
            state,
            &["period.end", "period.start"],
        ),
        "Appointment" => ("visit", first(&["serviceType", "reasonCode"]), text("start"), state, &["start"]),
        "DocumentReference" => (
            "document",
            one.text("description").map_or_else(|| words("type"), str::to_owned),
            String::new(),
            state,
            &["date"],
        ),
        "Composition" => ("note", text("title"), String::new(), state, &["date"]),
        "Communication" => {
            let said = one.text("payload.contentString").or_else(|| one.text("note.text")).unwrap_or_default();
            ("message or call", said.to_owned(), String::new(), state, &["received", "sent"])
        }
        "ServiceRequest" => ("order or referral", words("code"), String::new(), state, &["authoredOn"]),
        "Procedure" => {
            ("procedure", words("code"), String::new(), state, &["performedDateTime", "performedPeriod.start"])
        }
        "Immunization" => ("vaccine", words("vaccineCode"), String::new(), state, &["occurrenceDateTime"]),
        "Goal" => ("goal", words("description"), String::new(), text("lifecycleStatus"), &["statusDate", "startDate"]),
        "CarePlan" => ("plan", text("title"), text("description"), state, &["created"]),
        "Flag" => ("flag", words("code"), String::new(), state, &["period.start"]),
        "Consent" => ("consent", first(&["scope", "category"]), text("provision.type"), state, &["dateTime"]),
        "Coverage" => ("coverage", text("payor.display"), text("period.end"), state, &["period.start"]),
        "RelatedPerson" => ("contact person", text("name.family"), text("telecom.value"), String::new(), &[]),
        "QuestionnaireResponse" => ("answers", "Answers to a form".to_owned(), String::new(), state, &["authored"]),
        "Task" => ("task done", text("description"), String::new(), state, &["lastModified"]),
        _ => return None,
    };
    let what = if what.is_empty() { format!("A {kind} without a name") } else { what };
    let ended = state == "completed";
    Some(Says { kind, what, detail, state, at: date_at(one, at), ended })
}

/// Mistakes and refusals first, else how it stands clinically.
fn standing(verified: Option<&str>, clinical: Option<&str>) -> String {
    match verified {
        Some(one @ ("entered-in-error" | "refuted")) => one.to_owned(),
        _ => clinical.unwrap_or_default().to_owned(),
    }
}

/// The parts of a person's own record that changed, in words.
fn parts_changed(before: &Json, now: &Json) -> Vec<&'static str> {
    const PARTS: [(&str, &str); 13] = [
        ("name", "name"),
        ("birthDate", "birth date"),
        ("gender", "sex on file"),
        ("telecom", "phone or e-mail"),
        ("address", "address"),
        ("communication", "language"),
        ("deceasedBoolean", "death"),
        ("deceasedDateTime", "death"),
        ("generalPractitioner", "primary-care physician"),
        ("contact", "contact persons"),
        ("identifier", "record numbers"),
        ("active", "whether the record is in use"),
        ("extension", "other details"),
    ];
    let mut out: Vec<&'static str> = Vec::new();
    for (field, word) in PARTS {
        if before.get(field) != now.get(field) && !out.contains(&word) {
            out.push(word);
        }
    }
    out
}

/// The same but for what the store writes beside it.
fn same_content(before: &Json, now: &Json) -> bool {
    let plain = |json: &Json| {
        let mut json = json.clone();
        json.remove("meta");
        json.to_bytes()
    };
    plain(before) == plain(now)
}

/// Records that were joined to this person or taken off since; only of sources that the reader sees.
fn joined(
    reader: &mut Reader<'_>,
    ctx: &Ctx,
    person: &Person<'_>,
    members: &[Rid],
    since: i64,
) -> continuo_store::Result<Vec<(i64, Entry)>> {
    let own = person.of("Patient");
    let Some(main) = own.first() else { return Ok(Vec::new()) };
    let line = |at: i64, text: &str| {
        let entry = Entry::of(main, text).note("whose records these are").at(moment(at));
        (at, entry.mark(Mark::Caution, "Changed"))
    };
    let mut out = Vec::new();
    if own.len() > 1 {
        let mut newest = None;
        for member in members {
            let all = membership::memberships(reader.conn(), ctx.org, *member)?;
            let new = all.into_iter().filter(|one| one.until.is_none() && one.since > since).map(|one| one.since).max();
            newest = newest.max(new);
        }
        out.extend(newest.map(|at| line(at, "Records of more than one source were joined on this chart")));
    }
    let Some(first) = members.first() else { return Ok(out) };
    let of = reader.person_of(ctx.org, *first)?;
    for one in membership::left_since(reader.conn(), ctx.org, of, since)? {
        let Some((type_, id)) = reader.reference(one.patient)? else { continue };
        let seen = !members.contains(&one.patient) && reader.find(&ctx.scope, type_, &id)?.is_some();
        if let Some(at) = one.until.filter(|_| seen) {
            out.push(line(at, "Records of one source were taken off this chart"));
        }
    }
    Ok(out)
}

fn moment(micros: i64) -> Option<DateTime> {
    DateTime::parse(&crate::build::moment_text(Instant::from_micros(micros), &Zone::utc()))
}
