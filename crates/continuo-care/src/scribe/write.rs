//! What accepting writes: the resource of a proposal, built by the same forms that people fill in by hand, and the
//! Provenance that ties it to the words. Pure.

use continuo_fhir::{Instant, Json, Zone};

use super::propose::{Kind, Proposal};
use crate::build::{append, coding, concept, extension, list, moment, object, reference, words};
use crate::entry::{self, Maker, Values};
use crate::problem::WorkError;
use crate::shapes;
use crate::tasks::make::{NewTask, task};

/// Words of a source (nested `start`, `end`, `text`) on a Provenance entity or a statement.
pub const EXT_WORDS: &str = "urn:continuo:ext:words";
/// What the machine had proposed, on a resource that a person changed before accepting (`valueString`).
pub const EXT_PROPOSED: &str = "urn:continuo:ext:proposed";

/// Who writes, when.
pub(crate) struct Writer<'a> {
    /// `Patient/..`.
    pub(crate) person: &'a str,
    /// `Practitioner/..`.
    pub(crate) by: &'a str,
    /// Their name.
    pub(crate) by_name: &'a str,
    /// Now.
    pub(crate) now: Instant,
    /// The site's zone.
    pub(crate) zone: &'a Zone,
    /// The document the words stand in.
    pub(crate) document: &'a str,
    /// The call or task the words are of; empty where none is known.
    pub(crate) of: &'a str,
    /// Where a task without a day is due.
    pub(crate) due: Instant,
}

/// The resource of a proposal with these answers, which a person may have changed.
pub(crate) fn resource(
    proposal: &Proposal,
    values: &Values,
    edited: bool,
    writer: &Writer<'_>,
    ids: &mut dyn FnMut() -> String,
) -> Result<Json, WorkError> {
    let mut maker = Maker {
        person: writer.person,
        by: writer.by,
        by_name: writer.by_name,
        now: writer.now,
        zone: writer.zone,
        ids,
    };
    let mut made = match proposal.kind {
        Kind::Medicine => entry::built("medicine", values, &mut maker)?,
        Kind::Allergy => entry::built("allergy", values, &mut maker)?,
        Kind::Vital => entry::built("result", values, &mut maker)?,
        Kind::Problem => entry::built("condition", values, &mut maker)?,
        Kind::Symptom => {
            let mut one = entry::built("condition", values, &mut maker)?;
            one.set("category", list([words("Symptom")]));
            one
        }
        Kind::Referral => entry::built("referral", values, &mut maker)?,
        Kind::Need => need(values, &mut maker)?,
        Kind::Denied => denied(values, &mut maker)?,
        Kind::Family => family(values, &mut maker)?,
        Kind::Order => order(values, &mut maker)?,
        Kind::Danger => of_task(values, "read-urgent-message", "role:nurse", writer, &mut maker)?,
        Kind::FollowUp => of_task(values, "task", writer.by, writer, &mut maker)?,
        Kind::Promise => of_task(values, shapes::PROMISE, writer.by, writer, &mut maker)?,
    };
    // A code of the lexicon stays only with the words it was found for.
    let kept =
        !edited || values.get("what") == proposal.values.iter().find(|(name, _)| name == "what").map_or("", |(_, v)| v);
    if let Some((code, system)) = proposal.coding.as_ref().filter(|_| kept) {
        let field = if proposal.kind == Kind::Medicine { "medicationCodeableConcept" } else { "code" };
        if let Some(found) = made.get_mut(field)
            && found.get("coding").is_none()
        {
            found.set("coding", list([coding(system, code)]));
        }
    }
    if edited {
        append(&mut made, "extension", extension(EXT_PROPOSED, "valueString", Json::string(&*proposal.what)));
    }
    Ok(made)
}

fn of_task(
    values: &Values,
    kind: &str,
    owner: &str,
    writer: &Writer<'_>,
    maker: &mut Maker<'_>,
) -> Result<Json, WorkError> {
    let what = values.need("what", "say what needs doing")?;
    let day = values.date("date")?;
    let danger = kind == "read-urgent-message";
    let due = match day {
        _ if danger => writer.now.plus_seconds(if values.get("urgency") == "emergency" { 30 * 60 } else { 4 * 3600 }),
        Some(day) => day.high(writer.zone).plus_micros(-1),
        None => writer.due,
    };
    let new = NewTask {
        kind: kind.to_owned(),
        what: what.to_owned(),
        person: writer.person.to_owned(),
        owner: if values.get("owner").is_empty() { owner.to_owned() } else { values.get("owner").to_owned() },
        fallback: if danger { "role:supervisor".to_owned() } else { String::new() },
        due: Some(due),
        due_rule: if danger {
            "at once: words of danger".to_owned()
        } else if day.is_some() {
            "the day said".to_owned()
        } else {
            "no day was said: the next business day".to_owned()
        },
        about: writer.document.to_owned(),
        ..NewTask::default()
    };
    Ok(task(&(maker.ids)(), &new, writer.by, writer.now, writer.zone))
}

fn need(values: &Values, maker: &mut Maker<'_>) -> Result<Json, WorkError> {
    let mut one = entry::built("condition", values, maker)?;
    one.set("category", list([words("Social need")]));
    Ok(one)
}

/// Complaints denied: an Observation whose words say so, so that no reader takes them for present.
fn denied(values: &Values, maker: &mut Maker<'_>) -> Result<Json, WorkError> {
    let what = values.need("what", "say what is denied")?.to_owned();
    // What an examiner did not find is not the person's denial.
    let absent = values.has("absent", "yes");
    let mut one = maker.resource("Observation");
    one.set("status", Json::string("final"));
    one.set("code", words(if absent { "Findings absent" } else { "Symptoms denied" }));
    one.set("subject", reference(maker.person));
    one.set("effectiveDateTime", maker.now());
    one.set("issued", maker.now());
    one.set("performer", list([reference(maker.by)]));
    one.set("valueString", Json::string(if absent { format!("No {what}") } else { format!("Denies {what}") }));
    Ok(one)
}

fn family(values: &Values, maker: &mut Maker<'_>) -> Result<Json, WorkError> {
    let what = values.need("what", "name the illness")?.to_owned();
    let relation = values.need("relation", "say whose illness it is")?.to_owned();
    let mut one = maker.resource("FamilyMemberHistory");
    one.set("status", Json::string("partial"));
    one.set("patient", reference(maker.person));
    one.set("date", maker.now());
    one.set("relationship", words(&relation));
    one.set("condition", list([object([("code", words(&what))])]));
    Ok(one)
}

fn order(values: &Values, maker: &mut Maker<'_>) -> Result<Json, WorkError> {
    let what = values.need("what", "say what is ordered")?.to_owned();
    let mut one = maker.resource("ServiceRequest");
    one.set("status", Json::string("active"));
    // Said in a visit: a plan until somebody with the right to order it orders it.
    one.set("intent", Json::string("plan"));
    one.set("category", list([words(if values.get("category") == "imaging" { "Imaging" } else { "Laboratory" })]));
    one.set("code", words(&what));
    one.set("subject", reference(maker.person));
    one.set("authoredOn", maker.now());
    one.set("requester", reference(maker.by));
    if !values.get("reason").is_empty() {
        one.set("reasonCode", list([words(values.get("reason"))]));
    }
    Ok(one)
}

/// Who accepted, which engine proposed, on which words of which document.
pub(crate) fn provenance(id: &str, target: &str, proposal: &Proposal, edited: bool, writer: &Writer<'_>) -> Json {
    const TYPE: &str = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
    let agent = |kind: &str, who: Json| object([("type", concept(TYPE, kind, "")), ("who", who)]);
    let entities = proposal.quotes.iter().map(|quote| {
        let mut what = reference(writer.document);
        append(&mut what, "extension", words_extension(quote.span.start, quote.span.end, &quote.text));
        object([("role", Json::string("source")), ("what", what)])
    });
    let of =
        (!writer.of.is_empty()).then(|| object([("role", Json::string("derivation")), ("what", reference(writer.of))]));
    let entities = entities.chain(of);
    let mut one = object([
        ("resourceType", Json::string("Provenance")),
        ("id", Json::string(id)),
        ("target", list([reference(target)])),
        ("recorded", moment(writer.now, writer.zone)),
        (
            "agent",
            list([
                agent("author", reference(writer.by)),
                agent("assembler", object([("display", Json::string(super::stored::BUILD))])),
            ]),
        ),
        ("entity", list(entities)),
    ]);
    if edited {
        append(&mut one, "extension", extension(EXT_PROPOSED, "valueString", Json::string(&*proposal.what)));
    }
    one
}

/// Words of a document, in bytes of its reading.
pub(crate) fn words_extension(start: usize, end: usize, text: &str) -> Json {
    object([
        ("url", Json::string(EXT_WORDS)),
        (
            "extension",
            list([
                extension("start", "valueInteger", Json::integer(start as i64)),
                extension("end", "valueInteger", Json::integer(end as i64)),
                extension("text", "valueString", Json::string(text)),
            ]),
        ),
    ])
}
