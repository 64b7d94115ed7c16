//! Looking at an outreach before it is made, and making it: one commit that can be undone.

use std::collections::BTreeMap;

use continuo_fhir::{Instant, Json};
use continuo_store::tables::care_gap::{self, WAITS};
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::{Error as StoreError, Rid, Scope, WriteTx};

use super::plan::{Left, Plan, Sender, Way, plan};
use crate::access::Permission;
use crate::assess::site::{self, Settings};
use crate::assess::{label, person_of, put, settle};
use crate::build::{concept, list, object, own, reference};
use crate::care_gaps::{looked, may_read, open_gap};
use crate::ctx::Ctx;
use crate::gaps::spec::GapSpec;
use crate::languages::language_name;
use crate::messages::care_lines;
use crate::problem::WorkError;
use crate::suggestions::{self, Edit};
use crate::tasks::make::note;
use crate::work::{Done, person_rid};
use crate::{gaps, settings, shapes};

/// How many people one outreach may reach.
pub const MOST: usize = 200;
/// A gap that was written about waits so long for an answer before it is listed again, unless its rule repeats sooner.
const WAIT_DAYS: i64 = 45;

/// Somebody of an outreach before it is made.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Who.
    pub person: PersonHeader,
    /// Labels of the gap it is about, beyond which nothing of it may be read.
    pub labels: u64,
    /// What goes out, with its words; or why nothing does.
    pub plan: Result<(Plan, String), Left>,
}

/// An outreach before it is made.
#[derive(Clone, Debug)]
pub struct Look {
    /// Everybody chosen, in the order chosen.
    pub people: Vec<Prepared>,
}

/// What an outreach did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Its id.
    pub batch: String,
    /// Letters to print.
    pub letters: usize,
    /// Calls made tasks.
    pub calls: usize,
    /// People left out.
    pub left_out: usize,
}

/// Whether people of a rule may be written to at once.
pub fn can(spec: &GapSpec) -> bool {
    !spec.rule.sensitive && care_lines::has(spec.rule.id)
}

struct Chosen {
    spec: &'static GapSpec,
    rids: Vec<Rid>,
    sender: Sender,
}

fn chosen(ctx: &Ctx, rule: &str, people: &[String]) -> Result<Chosen, WorkError> {
    may_read(ctx)?;
    ctx.require(Permission::SuggestionDecide)?;
    let spec = gaps::spec(rule).ok_or_else(|| WorkError::NotFound(format!("rule {rule}")))?;
    if !can(spec) {
        return Err(WorkError::Not("people are not written to about this rule: it is taken up by a person".to_owned()));
    }
    if people.is_empty() || people.len() > MOST {
        return Err(WorkError::field("people", format!("choose 1 to {MOST} people")));
    }
    let phone = settings::phone(ctx)?;
    if phone.is_empty() {
        return Err(WorkError::Not(
            "the clinic's number is not set (Administration, Site): words to people say where to call".to_owned(),
        ));
    }
    let mut rids = Vec::with_capacity(people.len());
    for person in people {
        let rid = person_rid(ctx, person)?;
        if !rids.contains(&rid) {
            rids.push(rid);
        }
    }
    let sender = Sender { name: ctx.actor.name.clone(), clinic: ctx.site_name()?, phone };
    Ok(Chosen { spec, rids, sender })
}

/// What an outreach would do, for reading before it is made. Nothing is written but that somebody looked.
pub fn look(ctx: &Ctx, rule: &str, people: &[String], prefer: Way) -> Result<Look, WorkError> {
    let chosen = chosen(ctx, rule, people)?;
    looked(ctx, Rid(0), rule)?;
    let now = ctx.now();
    let people = ctx.read(|r| {
        let settings = site::settings(r.conn(), ctx.org, now)?;
        let mut prepared = Vec::with_capacity(chosen.rids.len());
        for rid in &chosen.rids {
            prepared.extend(prepare(r, ctx, &settings, chosen.spec, *rid, prefer, &chosen.sender)?);
        }
        Ok(prepared)
    })?;
    for one in &people {
        looked(ctx, one.person.patient, &format!("outreach about {rule}"))?;
    }
    Ok(Look { people })
}

/// One person, as the actor may see them.
fn prepare(
    r: &mut continuo_store::Reader<'_>,
    ctx: &Ctx,
    settings: &Settings,
    spec: &'static GapSpec,
    rid: Rid,
    prefer: Way,
    sender: &Sender,
) -> continuo_store::Result<Option<Prepared>> {
    let whole = r.person_of(ctx.org, rid)?;
    let header = person_header::of_patients(r.conn(), &ctx.scope, &[whole])?.into_iter().next();
    let Some(header) = header else { return Ok(None) };
    let rows = care_gap::of_patient(r.conn(), &ctx.scope, whole)?;
    let members = r.members(ctx.org, whole)?;
    let facts = r.facts(&Scope::all(ctx.org), &members)?;
    let (person, _) = person_of(&facts);
    let now = ctx.now();
    let answers = gaps::look(&person, &settings.gaps, now, &settings.site.calendar);
    let waits = |id: &str| {
        let row = rows.iter().find(|row| row.rule == id && row.handled == WAITS)?;
        let open = answers.iter().any(|answer| answer.spec.rule.id == id && answer.state.is_open());
        open.then_some(row.labels & !header.labels == 0)
    };
    let plan = match waits(spec.rule.id) {
        _ if header.deceased => Err(Left::Died),
        None => Err(Left::NotOpen),
        Some(false) => Err(Left::Closed),
        Some(true) => {
            let mut open: Vec<&'static GapSpec> = gaps::SPECS
                .iter()
                .filter(|one| one.rule.id != spec.rule.id && can(one) && waits(one.rule.id) == Some(true))
                .collect();
            open.sort_by_key(|one| one.rule.rank);
            open.insert(0, spec);
            plan(&person, &header, &open, prefer, now, &settings.site.calendar)
        }
    };
    let plan = match plan {
        Err(left) => Err(left),
        Ok(plan) => {
            let words = plan
                .words(sender)
                .map_err(|missing| StoreError::Refused(format!("these words have no value: {}", missing.join(", "))))?;
            Ok((plan, words))
        }
    };
    let labels = rows.iter().find(|row| row.rule == spec.rule.id).map_or(0, |row| row.labels);
    Ok(Some(Prepared { person: header, labels, plan }))
}

/// Makes an outreach: a Communication a person, a task for each call, the gaps silent until an answer may be expected.
pub fn send(ctx: &Ctx, rule: &str, people: &[String], prefer: Way, owner: &str) -> Done<Sent> {
    let chosen = chosen(ctx, rule, people)?;
    let (ctx_owned, owner) = (ctx.clone(), owner.to_owned());
    Ok(ctx.write("write to people", move |tx| {
        let ctx = &ctx_owned;
        let now = Instant::from_micros(tx.now());
        let settings = site::settings(tx.conn()?, ctx.org, now)?;
        let mut sent = Sent { batch: tx.new_id(), ..Sent::default() };
        for rid in &chosen.rids {
            // Read again inside the commit: what was shown may have passed (safety.md rule 19).
            let prepared = prepare(&mut tx.reader()?, ctx, &settings, chosen.spec, *rid, prefer, &chosen.sender)?;
            let Some(prepared) = prepared else { continue };
            let made = Making { ctx, spec: chosen.spec, batch: &sent.batch, now, owner: &owner };
            match made.one(tx, &prepared)? {
                Some(Way::Letter) => sent.letters += 1,
                Some(Way::Call) => sent.calls += 1,
                None => sent.left_out += 1,
            }
        }
        Ok(sent)
    })?)
}

struct Making<'m> {
    ctx: &'m Ctx,
    spec: &'static GapSpec,
    batch: &'m str,
    now: Instant,
    owner: &'m str,
}

impl Making<'_> {
    fn one(&self, tx: &mut WriteTx<'_>, prepared: &Prepared) -> continuo_store::Result<Option<Way>> {
        let whole = prepared.person.patient;
        // That somebody was left out for what is closed says itself that it exists: as closed as the gap and the person.
        let labels = prepared.labels | prepared.person.labels;
        let (plan, words) = match &prepared.plan {
            Ok(plan) => plan,
            Err(left) => {
                let mut record = self.record(&tx.new_id(), &prepared.person.id, "not-done");
                record.set("statusReason", own(left.code()));
                label::close(&mut record, labels, &[]);
                put(tx, record)?;
                settle(tx, whole)?;
                return Ok(None);
            }
        };
        let id = tx.new_id();
        let mut record = self.record(&id, &prepared.person.id, "preparation");
        record.set("language", Json::string(plan.language));
        record.set("recipient", list([reference(&format!("Patient/{}", prepared.person.id))]));
        let medium = if plan.way == Way::Letter { "WRITTEN" } else { "PHONE" };
        record.set("medium", list([concept(shapes::PARTICIPATION_MODE, medium, "")]));
        record.set("reasonCode", list(plan.rules.iter().map(|spec| own(spec.rule.id))));
        record.set("payload", list([object([("contentString", Json::string(words.as_str()))])]));
        label::close(&mut record, labels, &[]);
        put(tx, record)?;
        // The task of a call is that of the chosen gap; the others wait for the same talk.
        for (at, spec) in plan.rules.iter().enumerate() {
            let Some(open) = open_gap(tx, self.ctx, spec, whole)? else { continue };
            if at == 0 && plan.way == Way::Call {
                let edit = Edit { owner: self.owner.to_owned(), note: call_note(plan, words), ..Edit::default() };
                suggestions::accept_in(tx, self.ctx, &open.row, edit)?;
            } else {
                let days = spec.rule.repeat_days.clamp(1, WAIT_DAYS);
                let how = if plan.way == Way::Letter { "in a letter" } else { "in the same call" };
                suggestions::decide(tx, self.ctx, &open.row, "accepted", "outreach", how, days)?;
            }
        }
        settle(tx, whole)?;
        Ok(Some(plan.way))
    }

    fn record(&self, id: &str, patient: &str, status: &str) -> Json {
        let batch = object([("system", Json::string(shapes::OUTREACH_BATCH)), ("value", Json::string(self.batch))]);
        let why =
            note(&format!("Care gap: {}", self.spec.rule.title), &self.ctx.actor.reference, self.now, &self.ctx.zone);
        object([
            ("resourceType", Json::string("Communication")),
            ("id", Json::string(id)),
            ("identifier", list([batch])),
            ("status", Json::string(status)),
            ("category", list([own(shapes::OUTREACH)])),
            ("subject", reference(&format!("Patient/{patient}"))),
            ("sender", reference(&self.ctx.actor.reference)),
            ("reasonCode", list([own(self.spec.rule.id)])),
            ("note", list([why])),
        ])
    }
}

fn call_note(plan: &Plan, words: &str) -> String {
    let mut lines = Vec::new();
    if !plan.interpreter.is_empty() {
        lines.push(format!("Interpreter: {}", language_name(&plan.interpreter)));
    }
    if !plan.hours.is_empty() {
        lines.push(format!("When to call: {}", plan.hours));
    }
    lines.push(words.to_owned());
    lines.join("\n\n")
}

/// People of a batch by what became of them.
pub fn sums(people: &[Prepared]) -> BTreeMap<&'static str, usize> {
    let mut sums = BTreeMap::new();
    for one in people {
        let key = match &one.plan {
            Ok((plan, _)) => plan.way.word(),
            Err(_) => "left",
        };
        *sums.entry(key).or_default() += 1;
    }
    sums
}
