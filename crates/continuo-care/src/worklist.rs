//! The worklist: one row a person with everything open for them, worst first (safety.md rule 1). Counts are exact.

use std::collections::{BTreeMap, BTreeSet};

use continuo_fhir::{Date, Instant};
use continuo_store::Rid;
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::tables::suggestion::NEVER;
use continuo_store::tables::work::{self, Count, Line, Owners, SUGGESTION, Work};
use continuo_store::tables::{account, team};

use crate::access::{Permission, roles};
use crate::assess::site;
use crate::ctx::Ctx;
use crate::followup::calendar::{Calendar, DAY, MINUTE};
use crate::followup::case::{band_by, lateness_by};
use crate::followup::finding::{Band, Consequence};
use crate::problem::WorkError;
use crate::tasks::kind;

/// More rows than any list has; a guard against a list that grew out of hand.
const MOST: i64 = 20_000;

/// The kind of a private item to readers whose role does not open the record.
const PRIVATE: &str = "task";

/// Work that harms when late rises to its fallback and to the supervisor this long after its due time.
const ESCALATES_AFTER: i64 = 2 * DAY;
/// A safety contact nobody began rises after this (safety.md rule 8).
const UNSTARTED: i64 = 15 * MINUTE;

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Tab {
    /// Mine.
    #[default]
    Mine,
    /// My teams' and my roles', mine left out.
    Team,
    /// Nobody has this.
    Nobody,
    /// Older than the look-back of its rule.
    Backlog,
}

impl Tab {
    /// All, in order.
    pub const ALL: [(Tab, &'static str); 4] =
        [(Tab::Mine, "mine"), (Tab::Team, "team"), (Tab::Nobody, "nobody"), (Tab::Backlog, "backlog")];

    /// The word in the URL.
    pub fn word(self) -> &'static str {
        Tab::ALL.iter().find(|(tab, _)| *tab == self).map_or("mine", |(_, word)| word)
    }

    /// Reads [`Tab::word`] back.
    pub fn from_word(word: &str) -> Tab {
        Tab::ALL.iter().find(|(_, w)| *w == word).map_or(Tab::Mine, |(tab, _)| *tab)
    }
}

/// What to show of a list; all of it stands in the URL, none of it is personal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only this band.
    pub band: Option<Band>,
    /// Only this kind of task.
    pub kind: String,
    /// Only suggestions, or only tasks.
    pub only: String,
    /// Snoozed work too.
    pub snoozed: bool,
    /// Rows to skip.
    pub skip: usize,
    /// Rows on the page; 0 means 200.
    pub most: usize,
}

/// One piece of work in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// A suggestion; else a task.
    pub suggestion: bool,
    /// Task id or suggestion id.
    pub id: String,
    /// Code of the kind of task.
    pub kind: String,
    /// What to do. Private items say only that there is one (safety.md rule 14).
    pub what: String,
    /// Why; empty for a private item, and for a reader whose role does not open the record.
    pub why: String,
    /// Place in the order.
    pub band: Band,
    /// Why it stands in this band.
    pub band_why: String,
    /// Due.
    pub due: Option<Instant>,
    /// "2 days late".
    pub late: Option<String>,
    /// The rule the due time comes from.
    pub due_rule: String,
    /// To do, Doing, Waiting for .., On hold, Suggested.
    pub state: String,
    /// Attempts: "2" of "try 2".
    pub attempts: i64,
    /// Owner reference.
    pub owner: String,
    /// Handed over by somebody and not accepted.
    pub handed_by: String,
    /// The rule it comes from.
    pub rule: String,
    /// Private.
    pub sensitive: bool,
    /// Tries after which other ways are taken, as the site set it for the rule; 0 where the rule says nothing.
    pub tries_wanted: i64,
    /// Finishing it needs an outcome.
    pub clinical: bool,
    /// It comes to the reader because they are on call.
    pub on_call: bool,
    rank: i64,
}

/// How much of a piece of work is open to the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// That it is to be done: reasons quote the record, which the reader's role does not open.
    Work,
    /// Its reasons too.
    Record,
}

impl Open {
    fn to(ctx: &Ctx) -> Open {
        if ctx.grant.allows(Permission::RecordRead) { Open::Record } else { Open::Work }
    }
}

/// One person in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Who.
    pub person: PersonHeader,
    /// Open work, worst first.
    pub items: Vec<Item>,
}

impl Row {
    /// The band of the worst item.
    pub fn band(&self) -> Band {
        self.items.first().map_or(Band::Later, |item| item.band)
    }
}

/// The list with the counts of all tabs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worklist {
    /// The tab shown.
    pub tab: Tab,
    /// The rows of this page, worst first.
    pub rows: Vec<Row>,
    /// Rows in the list after filtering, this page or not.
    pub total: usize,
    /// Exact counts: mine, team, nobody, backlog (mine and team's).
    pub counts: [Count; 4],
    /// Kinds of task in the unfiltered list, for the filter: code, title, how many.
    pub kinds: Vec<(String, String, usize)>,
    /// When it was read.
    pub as_of: Instant,
}

/// Reads a list.
pub fn worklist(ctx: &Ctx, tab: Tab, filter: &Filter) -> Result<Worklist, WorkError> {
    ctx.require(Permission::WorkRead)?;
    let now = ctx.now();
    let calendar = site::calendar(ctx.zone.clone(), now);
    let tries = ctx.read(|r| site::attempts(r.conn(), ctx.org))?;
    let open = Open::to(ctx);
    let (counts, kinds, total, work, headers, called) = ctx.read(|r| {
        let covered = crate::oncall::covered_by(r, ctx)?;
        let mut whose = Whose::of(r.conn(), ctx)?;
        // Work of those who are away stands in the list of whoever covers them.
        whose.team.extend(covered);
        let mut counts = [Count::default(); 4];
        for (at, (tab, _)) in Tab::ALL.iter().enumerate() {
            let count = work::count(r.conn(), &ctx.scope, &whose.owners(*tab), *tab == Tab::Backlog, now.micros())?;
            if let Some(slot) = counts.get_mut(at) {
                *slot = count;
            }
        }
        let owners = whose.owners(tab);
        let rising = work::escalated(
            r.conn(),
            &ctx.scope,
            &whose.team,
            ctx.grant.allows(Permission::CriticalSnooze),
            now.micros() - ESCALATES_AFTER,
            now.micros() - UNSTARTED,
            MOST,
        )?;
        let rising: Vec<Work> = rising.into_iter().filter(|w| !whose.has(&w.owner)).collect();
        if let Some(team) = counts.get_mut(1) {
            team.items += rising.len() as i64;
            team.people += newly_listed(r.conn(), ctx, &whose.owners(Tab::Team), &rising, now)?;
        }
        // Whoever owns the act, the coordinator of the person knows of a danger before anything else that morning.
        let danger = work::danger_in_caseload(r.conn(), &ctx.scope, &ctx.actor.reference, MOST)?;
        let mut danger: Vec<Work> = danger.into_iter().filter(|w| !whose.mine.contains(&w.owner)).collect();
        // Whoever is on call answers for danger that nobody has or that its owner has not begun in time (safety.md 7).
        let called = crate::oncall::called(r, ctx, &calendar)?;
        let called: Vec<Work> = called.into_iter().filter(|w| !whose.mine.contains(&w.owner)).collect();
        let ids: BTreeSet<String> = called.iter().map(|w| w.id.clone()).collect();
        danger.extend(called.into_iter().filter(|w| !danger.iter().any(|one| one.id == w.id)).collect::<Vec<_>>());
        if let Some(mine) = counts.first_mut() {
            mine.items += danger.len() as i64;
            mine.people += newly_listed(r.conn(), ctx, &whose.owners(Tab::Mine), &danger, now)?;
        }
        let more = match tab {
            Tab::Mine => danger,
            Tab::Team => rising,
            _ => Vec::new(),
        };
        let mut lines = work::lines(r.conn(), &ctx.scope, &owners, tab == Tab::Backlog, MOST)?;
        let named = person_header::of_patients(r.conn(), &ctx.scope, &people_of(more.iter().map(|w| w.patient)))?;
        lines.extend(more.iter().filter(|w| named.iter().any(|who| who.patient == w.patient)).map(Line::of));
        let (total, shown) = shown(&lines, filter, open, now, &calendar);
        let is_shown = |patient: &Rid| shown.binary_search(patient).is_ok();
        let keys: Vec<(i64, &str)> =
            lines.iter().filter(|line| is_shown(&line.patient)).map(|line| (line.kind, line.id.as_str())).collect();
        let work = work::of_keys(r.conn(), &ctx.scope, &keys)?;
        let headers = person_header::of_patients(r.conn(), &ctx.scope, &shown)?;
        Ok((counts, kinds_of(&lines, open), total, work, headers, ids))
    })?;
    let mut rows = rows(work, headers, filter, open, now, &calendar);
    for item in rows.iter_mut().flat_map(|row| &mut row.items) {
        item.on_call = called.contains(&item.id);
        if let Some(tries) = tries.get(&item.rule) {
            item.tries_wanted = *tries;
        }
    }
    Ok(Worklist { tab, rows, total, counts, kinds, as_of: now })
}

fn people_of(patients: impl Iterator<Item = Rid>) -> Vec<Rid> {
    patients.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Kinds of task with their titles and how many, for the filter.
fn kinds_of(lines: &[Line], open: Open) -> Vec<(String, String, usize)> {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for line in lines.iter().filter(|line| !line.sensitive || open == Open::Record) {
        *kinds.entry(&line.task_kind).or_default() += 1;
    }
    kinds.into_iter().map(|(code, n)| (code.to_owned(), kind(code).title.to_owned(), n)).collect()
}

/// How many people stand in the list after filtering, and those on the page asked for, by key. The whole of a list is
/// ordered by a few columns; only what is shown is read in full.
fn shown(lines: &[Line], filter: &Filter, open: Open, now: Instant, calendar: &Calendar) -> (usize, Vec<Rid>) {
    let mut worst: BTreeMap<Rid, (Band, bool, i64, i64, &str)> = BTreeMap::new();
    let end_of_today = calendar.end_of(calendar.day(now));
    for line in lines.iter().filter(|line| wanted(line, filter, open, now)) {
        let due = (line.due != NEVER).then(|| Instant::from_micros(line.due));
        let band = band_by(Consequence::from_rank(line.consequence), due, now, end_of_today);
        if filter.band.is_some_and(|wanted| wanted != band) {
            continue;
        }
        let place = (band, line.due == NEVER, line.due, line.rank, line.id.as_str());
        worst.entry(line.patient).and_modify(|known| *known = place.min(*known)).or_insert(place);
    }
    let total = worst.len();
    let mut order: Vec<_> = worst.into_iter().map(|(patient, place)| (place, patient)).collect();
    order.sort_unstable();
    let most = if filter.most == 0 { 200 } else { filter.most };
    let mut page: Vec<Rid> = order.into_iter().skip(filter.skip).take(most).map(|(_, patient)| patient).collect();
    page.sort_unstable();
    (total, page)
}

fn wanted(line: &Line, filter: &Filter, open: Open, now: Instant) -> bool {
    let closed = line.sensitive && open == Open::Work;
    (filter.snoozed || line.until <= now.micros())
        && (filter.kind.is_empty() || (filter.kind == line.task_kind && !closed))
        && match filter.only.as_str() {
            "suggestions" => line.kind == SUGGESTION,
            "tasks" => line.kind != SUGGESTION,
            _ => true,
        }
}

/// How many people come onto a list of these owners by this work: who is on it by another way counts once.
fn newly_listed(
    conn: &mut continuo_store::conn::Conn,
    ctx: &Ctx,
    owners: &Owners,
    more: &[Work],
    now: Instant,
) -> continuo_store::Result<i64> {
    let people: Vec<Rid> = more.iter().map(|w| w.patient).collect::<BTreeSet<_>>().into_iter().collect();
    let there = work::listed(conn, &ctx.scope, owners, &people, now.micros())?;
    Ok((people.len() - there.len()) as i64)
}

/// Everything open for one person in scope, worst first, whoever owns it: "so one call can close several".
pub fn of_person(ctx: &Ctx, patient: Rid) -> Result<Vec<Item>, WorkError> {
    ctx.require(Permission::WorkRead)?;
    let now = ctx.now();
    let calendar = site::calendar(ctx.zone.clone(), now);
    let work = ctx.read(|r| {
        let person = r.person_of(ctx.org, patient)?;
        work::of_patients(r.conn(), &ctx.scope, &[person])
    })?;
    let today = Today::of(&calendar, now);
    let mut items: Vec<Item> =
        work.into_iter().filter(|w| !w.backlog).map(|w| item(w, &today, Open::to(ctx), false)).collect();
    items.sort_by_key(order);
    Ok(items)
}

/// Groups work by person and orders it. Pure, so that the order has its own tests.
pub fn rows(
    work: Vec<Work>,
    headers: Vec<PersonHeader>,
    filter: &Filter,
    open: Open,
    now: Instant,
    calendar: &Calendar,
) -> Vec<Row> {
    let today = Today::of(calendar, now);
    let mut items: BTreeMap<i64, Vec<Item>> = BTreeMap::new();
    for w in work {
        if !wanted(&Line::of(&w), filter, open, now) {
            continue;
        }
        let patient = w.patient.0;
        let item = item(w, &today, open, true);
        if filter.band.is_none_or(|band| band == item.band) {
            items.entry(patient).or_default().push(item);
        }
    }
    let mut rows: Vec<Row> = headers
        .into_iter()
        .filter_map(|person| {
            let mut items = items.remove(&person.patient.0)?;
            items.sort_by_key(order);
            Some(Row { person, items })
        })
        .collect();
    rows.sort_by_cached_key(|row| {
        let worst = row.items.first().map(order);
        (worst, row.person.family.clone(), row.person.given.clone(), row.person.patient)
    });
    rows
}

/// The order of safety.md rule 1: band, undated after dated, due, the rule's rank.
fn order(item: &Item) -> (Band, bool, Option<Instant>, i64, String) {
    (item.band, item.due.is_none(), item.due, item.rank, item.id.clone())
}

/// Now as a list needs it of each of its pieces of work: found once.
struct Today<'a> {
    calendar: &'a Calendar,
    now: Instant,
    day: Date,
    end: Instant,
}

impl<'a> Today<'a> {
    fn of(calendar: &'a Calendar, now: Instant) -> Today<'a> {
        let day = calendar.day(now);
        Today { calendar, now, day, end: calendar.end_of(day) }
    }
}

fn item(w: Work, today: &Today<'_>, open: Open, in_row: bool) -> Item {
    let now = today.now;
    let due = (w.due != NEVER).then(|| Instant::from_micros(w.due));
    let consequence = Consequence::from_rank(w.consequence);
    let band = band_by(consequence, due, now, today.end);
    let suggestion = w.kind == SUGGESTION;
    let state = match (suggestion, w.state.as_str()) {
        (true, _) => "Suggested".to_owned(),
        (_, "doing") => "Doing".to_owned(),
        (_, "waiting") => format!("Waiting for {}", w.waiting),
        (_, "snoozed") if w.until > now.micros() => "On hold".to_owned(),
        _ => "To do".to_owned(),
    };
    let hidden = w.sensitive && (in_row || open == Open::Work);
    // A safety contact is named in its row, its reason is not: behavioral health never stands in one (safety.md rule 14).
    let quiet = in_row && w.task_kind == "suicide-risk-contact";
    // Kind, rule and clock of a private item say what it is about.
    let closed = w.sensitive && open == Open::Work;
    let late = lateness_by(due, now, today.day, today.calendar);
    let band_why = match band {
        Band::Danger => "danger now".to_owned(),
        Band::Clock if closed => "its time is running out".to_owned(),
        Band::Clock => w.due_rule.clone(),
        Band::Late => late.clone().unwrap_or_default(),
        Band::Today => "due today".to_owned(),
        Band::Later => String::new(),
    };
    Item {
        suggestion,
        id: w.id,
        clinical: crate::tasks::change::needs_outcome(kind(&w.task_kind), consequence),
        kind: if closed { PRIVATE.to_owned() } else { w.task_kind },
        what: if hidden { "Private item: open the chart".to_owned() } else { w.what },
        why: match (hidden || open == Open::Work, quiet) {
            (true, _) => String::new(),
            (_, true) => QUIET.to_owned(),
            _ => w.why,
        },
        band,
        band_why,
        due,
        late,
        due_rule: if closed { String::new() } else { w.due_rule },
        state,
        attempts: w.attempts,
        tries_wanted: crate::followup::spec(&w.rule).map_or(0, |spec| spec.param("attempts")),
        owner: w.owner,
        handed_by: w.handed_by,
        rule: if closed { String::new() } else { w.rule },
        sensitive: w.sensitive,
        on_call: false,
        rank: w.rank,
    }
}

/// What stands in a row instead of the reason of a safety contact.
const QUIET: &str = "the reason is private: open it";

/// The owners behind the tabs.
struct Whose {
    mine: Vec<String>,
    team: Vec<String>,
    nobody: Vec<String>,
}

impl Whose {
    fn of(conn: &mut continuo_store::conn::Conn, ctx: &Ctx) -> continuo_store::Result<Whose> {
        let mut team: Vec<String> =
            team::teams_of_account(conn, ctx.org, ctx.actor.account)?.into_iter().map(|team| team.reference).collect();
        team.extend(ctx.grant.roles().iter().map(|role| format!("role:{role}")));
        let staffed: Vec<String> = account::roles_in_use(conn, ctx.org)?
            .iter()
            .flat_map(|roles| roles.split([' ', ',']).map(str::to_owned).collect::<Vec<_>>())
            .collect();
        // Work for a role that nobody has is work nobody has.
        let mut nobody = vec![String::new()];
        nobody
            .extend(roles().iter().filter(|role| !staffed.contains(&role.id)).map(|role| format!("role:{}", role.id)));
        Ok(Whose { mine: vec![ctx.actor.reference.clone()], team, nobody })
    }

    /// Whether work of this owner stands in one of the reader's own lists anyway.
    fn has(&self, owner: &str) -> bool {
        [&self.mine, &self.team, &self.nobody].iter().any(|list| list.iter().any(|one| one == owner))
    }

    fn owners(&self, tab: Tab) -> Owners {
        match tab {
            Tab::Mine => Owners::Of(self.mine.clone()),
            Tab::Team => Owners::Of(self.team.clone()),
            Tab::Nobody => Owners::Of(self.nobody.clone()),
            Tab::Backlog => Owners::Of([&self.mine[..], &self.team[..], &self.nobody[..]].concat()),
        }
    }
}
