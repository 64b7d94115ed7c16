//! Care gaps for people: counts by rule, lists by rule, one person's gaps with evidence, taking one up, setting one aside.
//!
//! Lists read the projection (`assess::gap_rows`); one person's gaps are computed as they are read, with evidence.
//! An undecided gap of the page is in no ledger; deciding on it writes the suggestion and the decision together.

use std::collections::BTreeMap;

use continuo_fhir::{Date, Instant};
use continuo_store::tables::care_gap::{self, CareGap, DECIDED, IN_WORK, WAITS};
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::tables::suggestion::{self, NEVER, Suggestion};
use continuo_store::{Error as StoreError, Rid, Scope, WriteTx};

pub use continuo_store::tables::care_gap::Whose;

use crate::access::Permission;
use crate::assess::header::asks_first;
use crate::assess::{body, person_of, site};
use crate::ctx::Ctx;
use crate::followup::finding::Evidence;
use crate::gaps::spec::GapSpec;
use crate::gaps::{self, Answer, State, report};
use crate::problem::WorkError;
use crate::suggestions::{self, Edit};
use crate::tasks::route;
use crate::work::{Done, person_rid};

/// How many people one press may take up.
pub const MOST: usize = 50;

/// How people stand with one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleCounts {
    /// The rule.
    pub spec: &'static GapSpec,
    /// Late and waiting.
    pub late: i64,
    /// Due and waiting.
    pub due: i64,
    /// Open, and a task for it is in work.
    pub in_work: i64,
    /// Open, and a person decided against it for now.
    pub decided: i64,
    /// Coming up.
    pub upcoming: i64,
    /// The record does not say enough.
    pub not_assessable: i64,
    /// Something on record speaks against it.
    pub set_aside: i64,
    /// Done.
    pub satisfied: i64,
}

impl RuleCounts {
    /// Everybody the rule is about and could be told for.
    pub fn assessable(&self) -> i64 {
        self.late + self.due + self.in_work + self.decided + self.upcoming + self.satisfied
    }
}

/// A gap is work, and its reason quotes the record.
pub(crate) fn may_read(ctx: &Ctx) -> Result<(), WorkError> {
    ctx.require(Permission::WorkRead)?;
    Ok(ctx.require(Permission::RecordRead)?)
}

/// The counts of every rule that anybody has a row of, gravest rule first.
pub fn overview(ctx: &Ctx, whose: &Whose) -> Result<Vec<RuleCounts>, WorkError> {
    may_read(ctx)?;
    let counts = ctx.read(|r| care_gap::counts(r.conn(), &ctx.scope, whose))?;
    let mut rules = Vec::new();
    for spec in gaps::SPECS.iter() {
        let mut sums: BTreeMap<(i64, i64), i64> = BTreeMap::new();
        for count in counts.iter().filter(|count| count.rule == spec.rule.id) {
            *sums.entry((count.state, count.handled)).or_default() += count.people;
        }
        if sums.is_empty() {
            continue;
        }
        let of = |state: State, handled: i64| sums.get(&(state.rank(), handled)).copied().unwrap_or(0);
        rules.push(RuleCounts {
            spec,
            late: of(State::Late, WAITS),
            due: of(State::Due, WAITS),
            in_work: of(State::Late, IN_WORK) + of(State::Due, IN_WORK),
            decided: of(State::Late, DECIDED) + of(State::Due, DECIDED),
            upcoming: of(State::Upcoming, WAITS),
            not_assessable: of(State::NotAssessable, WAITS),
            set_aside: of(State::SetAside, WAITS),
            satisfied: of(State::Satisfied, WAITS),
        });
    }
    Ok(rules)
}

/// One person in the list of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Who.
    pub person: PersonHeader,
    /// Due day, as a moment.
    pub due: Option<Instant>,
    /// Why.
    pub why: String,
    /// It rests on something that never stands in a row.
    pub private: bool,
}

/// The people who stand in one state with a rule, longest due first. A sensitive rule has no list (safety.md rule 14).
pub fn people(
    ctx: &Ctx,
    rule: &str,
    state: State,
    handled: i64,
    whose: &Whose,
    skip: i64,
    most: i64,
) -> Result<Vec<Row>, WorkError> {
    may_read(ctx)?;
    let spec = gaps::spec(rule).ok_or_else(|| WorkError::NotFound(format!("rule {rule}")))?;
    if spec.rule.sensitive {
        return Ok(Vec::new());
    }
    looked(ctx, Rid(0), rule)?;
    Ok(ctx.read(|r| {
        let rows = care_gap::listed(r.conn(), &ctx.scope, rule, state.rank(), handled, whose, skip, most)?;
        let patients: Vec<Rid> = rows.iter().map(|row| row.patient).collect();
        let headers = person_header::of_patients(r.conn(), &ctx.scope, &patients)?;
        let mut by_person: BTreeMap<i64, PersonHeader> = headers.into_iter().map(|h| (h.patient.0, h)).collect();
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                let person = by_person.remove(&row.patient.0)?;
                let private = row.labels & !person.labels != 0;
                Some(Row {
                    person,
                    due: (row.due != NEVER).then(|| Instant::from_micros(row.due)),
                    why: if private { String::new() } else { row.why },
                    private,
                })
            })
            .collect())
    })?)
}

/// Looking is audited, at a list as at one person.
pub(crate) fn looked(ctx: &Ctx, patient: Rid, subject: &str) -> Result<(), WorkError> {
    crate::record::audit(ctx, "read care gaps", patient, subject)
        .map_err(|_| WorkError::Not("the read could not be audited".to_owned()))
}

/// One gap of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonGap {
    /// The rule.
    pub spec: &'static GapSpec,
    /// Where the person stands.
    pub state: State,
    /// Due, or due again.
    pub due: Option<Date>,
    /// In a sentence.
    pub sentence: String,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// Waiting, in work or decided on.
    pub handled: i64,
    /// Silent until then.
    pub until: Option<Instant>,
}

/// Where a person stands with every rule that is about them, open gaps first; as the reader may see the record.
pub fn of_person(ctx: &Ctx, person: &str) -> Result<Vec<PersonGap>, WorkError> {
    may_read(ctx)?;
    let rid = person_rid(ctx, person)?;
    looked(ctx, rid, person)?;
    let now = ctx.now();
    let mut found = ctx.read(|r| {
        let settings = site::settings(r.conn(), ctx.org, now)?;
        let calendar = &settings.site.calendar;
        let whole = r.person_of(ctx.org, rid)?;
        let members = r.members(ctx.org, whole)?;
        let facts = r.facts(&ctx.scope, &members)?;
        let (person, _) = person_of(&facts);
        let rows = care_gap::of_patient(r.conn(), &ctx.scope, whole)?;
        let answers = gaps::look(&person, &settings.gaps, now, calendar);
        Ok(answers
            .iter()
            .filter(|answer| answer.state != State::NotApplicable)
            .map(|answer| {
                let row = rows.iter().find(|row| row.rule == answer.spec.rule.id);
                PersonGap {
                    spec: answer.spec,
                    state: answer.state,
                    due: answer.due,
                    sentence: report::sentence(answer),
                    evidence: report::finding(answer, &person, now, calendar).evidence,
                    handled: row.map_or(WAITS, |row| row.handled),
                    until: row.filter(|row| row.until > 0).map(|row| Instant::from_micros(row.until)),
                }
            })
            .collect::<Vec<_>>())
    })?;
    found.sort_by_key(|gap| (gap.state, gap.spec.rule.rank, gap.due.map(Date::to_days)));
    Ok(found)
}

/// What taking up gaps did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Ids of the tasks made.
    pub tasks: Vec<String>,
    /// People left out since every channel to them is marked unsafe or they have died.
    pub unsafe_: usize,
    /// People left out since the gap is no longer open for them, or not for the actor to see.
    pub gone: usize,
}

/// Makes a task of the gap for each of these people, in one commit that can be undone.
///
/// Several at once never for a sensitive rule, and never for somebody whom it is unsafe to contact (safety.md rules 13
/// and 14): those are taken up one by one, from their chart.
pub fn take_up(ctx: &Ctx, rule: &str, people: &[String], owner: &str) -> Done<Taken> {
    may_read(ctx)?;
    ctx.require(Permission::SuggestionDecide)?;
    let spec = gaps::spec(rule).ok_or_else(|| WorkError::NotFound(format!("rule {rule}")))?;
    let several = people.len() > 1;
    if several && spec.rule.sensitive {
        return Err(WorkError::Not("this rule is taken up one person at a time, from the chart".to_owned()));
    }
    if people.is_empty() || people.len() > MOST {
        return Err(WorkError::field("people", format!("choose 1 to {MOST} people")));
    }
    let mut rids = Vec::with_capacity(people.len());
    for person in people {
        rids.push(person_rid(ctx, person)?);
    }
    let (ctx_owned, owner) = (ctx.clone(), owner.to_owned());
    Ok(ctx.write("take up care gap", move |tx| {
        let mut taken = Taken::default();
        for rid in &rids {
            let Some(open) = open_gap(tx, &ctx_owned, spec, *rid)? else {
                taken.gone += 1;
                continue;
            };
            if several && open.unreachable {
                taken.unsafe_ += 1;
                continue;
            }
            let edit = Edit { owner: owner.clone(), ..Edit::default() };
            taken.tasks.push(suggestions::accept_in(tx, &ctx_owned, &open.row, edit)?);
        }
        Ok(taken)
    })?)
}

/// Decides against a gap for now, with a reason; it is silent for the rule's `cap.repeat`.
pub fn set_aside(ctx: &Ctx, rule: &str, person: &str, reason: &str, words: &str) -> Done<()> {
    may_read(ctx)?;
    ctx.require(Permission::SuggestionDecide)?;
    let spec = gaps::spec(rule).ok_or_else(|| WorkError::NotFound(format!("rule {rule}")))?;
    suggestions::check_reason(spec.rule.consequence, reason, words)?;
    let rid = person_rid(ctx, person)?;
    let (ctx_owned, reason, words) = (ctx.clone(), reason.to_owned(), words.trim().to_owned());
    Ok(ctx.write("set care gap aside", move |tx| {
        let open = open_gap(tx, &ctx_owned, spec, rid)?
            .ok_or_else(|| StoreError::Refused("this gap is not open any more".to_owned()))?;
        suggestions::reject_in(tx, &ctx_owned, &open.row, &reason, &words)
    })?)
}

/// A gap that waits, as an open suggestion.
pub(crate) struct OpenGap {
    /// The suggestion.
    pub(crate) row: Suggestion,
    /// Every channel is marked unsafe, or the person has died.
    unreachable: bool,
}

/// The open suggestion of a gap that waits for a decision; made here where the rule keeps off the worklist.
pub(crate) fn open_gap(
    tx: &mut WriteTx<'_>,
    ctx: &Ctx,
    spec: &'static GapSpec,
    rid: Rid,
) -> continuo_store::Result<Option<OpenGap>> {
    let (org, now) = (tx.org(), Instant::from_micros(tx.now()));
    let whole = tx.reader()?.person_of(org, rid)?;
    let visible = care_gap::of_patient(tx.conn()?, &ctx.scope, whole)?;
    let waits = |row: &CareGap| row.rule == spec.rule.id && row.handled == WAITS;
    if !visible.iter().any(waits) {
        return Ok(None);
    }
    let header = person_header::of_patients(tx.conn()?, &ctx.scope, &[whole])?.into_iter().next();
    let Some(header) = header else { return Ok(None) };
    let settings = site::settings(tx.conn()?, org, now)?;
    let facts = {
        let mut reader = tx.reader()?;
        let members = reader.members(org, whole)?;
        reader.facts(&Scope::all(org), &members)?
    };
    let (person, _) = person_of(&facts);
    let calendar = &settings.site.calendar;
    let one: Vec<gaps::Setting> = settings.gaps.iter().filter(|s| s.rule == spec.rule.id).cloned().collect();
    let answers = gaps::look(&person, &one, now, calendar);
    let Some(answer) = answers.first().filter(|answer: &&Answer| answer.state.is_open()) else { return Ok(None) };
    let finding = report::finding(answer, &person, now, calendar);
    let key = finding.key();
    let known = suggestion::of_patient(tx.conn()?, org, whole)?.into_iter().find(|row| row.key == key);
    let unreachable = header.unsafe_ || header.deceased || asks_first(&header.reach);
    if let Some(row) = known.as_ref().filter(|row| row.state == "open") {
        return Ok(Some(OpenGap { row: row.clone(), unreachable }));
    }
    let row = Suggestion {
        id: known.map_or_else(|| tx.new_id(), |known| known.id),
        patient: whole,
        labels: finding.labels,
        key,
        rule: spec.rule.id.to_owned(),
        state: "open".to_owned(),
        consequence: finding.consequence.rank(),
        rank: spec.rule.rank,
        due: finding.due.as_ref().map_or(NEVER, |due| due.at.micros()),
        began: finding.began.micros(),
        backlog: finding.backlog,
        owner: route::owner(&person, &spec.rule.owner, now, calendar.zone()),
        opened: now.micros(),
        updated: now.micros(),
        as_of: tx.last_change(),
        ended: 0,
        silent_until: 0,
        body: body::of(&finding, &spec.rule, &person).to_bytes(),
    };
    suggestion::put(tx.conn()?, org, &row)?;
    Ok(Some(OpenGap { row, unreachable }))
}

/// What the lists can be narrowed by: programs that people have, coordinators, teams and practitioners.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// Programs.
    pub programmes: Vec<String>,
    /// References of teams.
    pub teams: Vec<String>,
    /// References of practitioners.
    pub practitioners: Vec<String>,
    /// References of coordinators.
    pub owners: Vec<String>,
}

/// The values that stand in the lists the caller sees.
pub fn choices(ctx: &Ctx) -> Result<Choices, WorkError> {
    may_read(ctx)?;
    Ok(ctx.read(|r| {
        let mut of = |column: care_gap::By| care_gap::values(r.conn(), &ctx.scope, column);
        Ok(Choices {
            programmes: of(care_gap::By::Programme)?,
            teams: of(care_gap::By::Team)?,
            practitioners: of(care_gap::By::Practitioner)?,
            owners: of(care_gap::By::Owner)?,
        })
    })?)
}
