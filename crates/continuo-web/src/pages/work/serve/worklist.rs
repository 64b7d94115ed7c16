//! The worklist as this reader sees it.

use continuo_care::access::Permission;
use continuo_care::followup::finding::Band;
use continuo_care::worklist::{self, Filter, Item, Row, Tab, Worklist};
use continuo_care::{Ctx, people, saved, work};
use continuo_fhir::{Date, Instant};
use continuo_ui::action::Action;
use continuo_ui::field::Choice;
use continuo_ui::filter::{FilterBarView, FilterView, SavedView};
use continuo_ui::states::{EmptyView, PagesView};
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{TagView, Tone};
use continuo_ui::work_row::{BandView, BulkChoice, RowAction, WorkItemView, WorkRowView};

use crate::app::App;
use crate::form::encode;
use crate::pages::work::worklist::{View, render};
use crate::pages::{done, feeds, frame, oncall, person, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/worklist", Gate::May(Permission::WorkRead), show),
    Route::post("/worklist/views", Gate::May(Permission::WorkRead), save),
];

/// Why the list is empty: never "all done" where filters hide work, or where nobody is here yet.
fn empty(ctx: &Ctx, asked: &Asked, list: &Worklist) -> Result<EmptyView, Problem> {
    if !list.rows.is_empty() {
        return Ok(EmptyView::default());
    }
    let count = |at: usize| list.counts.get(at).map_or(0, |count| count.people);
    let filtered = [&asked.band, &asked.kind, &asked.only].iter().any(|value| !value.is_empty());
    let tab = |words: String, word: &str| Some(Action::open(words, format!("/worklist?tab={word}")));
    if filtered {
        return Ok(EmptyView {
            action: tab("Show everything".to_owned(), list.tab.word()),
            ..EmptyView::new("Nothing fits these filters.", "There may be other work on this list.")
        });
    }
    if !ctx.grant.allows(Permission::PersonRead) || people::anybody(ctx)? {
        const COMES: &str = "New work comes when records change, and every morning at 2:00 am.";
        return Ok(match list.tab {
            Tab::Mine if count(1) > 0 => EmptyView {
                action: tab("Show the team's work".to_owned(), "team"),
                ..EmptyView::new("All done.", COMES)
            },
            Tab::Mine | Tab::Team => EmptyView::new("All done.", COMES),
            Tab::Nobody => EmptyView::new(
                "Everything has somebody.",
                "Work that nobody has appears here and says so on every list.",
            ),
            Tab::Backlog => EmptyView::new(
                "Nothing older waits.",
                "What a rule finds beyond its look-back is counted here, so that it floods nobody.",
            ),
        });
    }
    let register = ctx.grant.allows(Permission::PersonWrite);
    Ok(EmptyView {
        action: register.then(|| Action::open("Register a person", "/patients/new")),
        ..EmptyView::new(
            "Nobody is here yet.",
            "People come when records are brought in, or when you register them by hand. What needs doing for them then appears here.",
        )
    })
}

/// People on one page of the list.
const PAGE: usize = 200;

/// The filters of the list, all in the address.
struct Asked {
    tab: Tab,
    band: String,
    kind: String,
    only: String,
    page: usize,
}

impl Asked {
    fn of(request: &Request) -> Asked {
        let text = |name: &str| request.query.get(name).unwrap_or_default().to_owned();
        let page = text("page").parse().unwrap_or(1).clamp(1, 1000);
        Asked { tab: Tab::from_word(&text("tab")), band: text("due"), kind: text("kind"), only: text("only"), page }
    }

    fn query(&self) -> String {
        let pairs = [("tab", self.tab.word()), ("due", &self.band), ("kind", &self.kind), ("only", &self.only)];
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        pairs.map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
    }
}

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let asked = Asked::of(request);
    let filter = Filter {
        band: Band::from_word(&asked.band),
        kind: asked.kind.clone(),
        only: asked.only.clone(),
        snoozed: false,
        skip: (asked.page - 1) * PAGE,
        most: PAGE,
    };
    let list = worklist::worklist(ctx, asked.tab, &filter)?;
    let peeked = request.query.get("peek").unwrap_or_default();
    let query = asked.query();
    let peek = match list.rows.iter().find(|row| row.person.id == peeked) {
        Some(row) => Some(super::peek::view(ctx, &row.person, &format!("/worklist?{query}"))?),
        None => None,
    };
    let (on_call, is_open) = oncall::line_now(ctx)?;
    let view = View {
        summary: summary(&list),
        tabs: tabs(&list),
        filters: filters(&asked, &list, saved::views(ctx)?),
        bands: bands(ctx, &list, &query, peeked, &on_call),
        peek,
        bulk: bulk(ctx, &list),
        pages: pages(&asked, &list),
        silent: feeds::words::banner(ctx)?,
        notice: nobody_on_call(&list, is_open).or_else(|| nobody(&list)),
        empty: empty(ctx, &asked, &list)?,
        back: query,
        live: "/live".to_owned(),
        actions: vec![
            Action::open("They are calling", "/calling").key('t'),
            Action::open("Print huddle list", "/print/huddle").quiet(),
            Action::open("End of day", "/print/end-of-day").quiet(),
            Action::open("On call", "/on-call").quiet(),
        ],
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

fn save(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let query = form
        .iter()
        .filter(|(name, value)| ["tab", "due", "kind", "only"].contains(name) && !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect::<Vec<_>>()
        .join("&");
    saved::save(ctx, form.get("name").unwrap_or_default(), &query)?;
    done::said(ctx, &format!("/worklist?{query}"))
}

fn summary(list: &Worklist) -> String {
    let items: usize = list.rows.iter().map(|row| row.items.len()).sum();
    match list.total {
        0 => String::new(),
        1 => format!("1 person, {items} open"),
        total => format!("{total} people, {items} open"),
    }
}

fn tabs(list: &Worklist) -> Vec<TabView> {
    let labels = ["Mine", "Team", "Nobody has this", "Backlog"];
    Tab::ALL
        .iter()
        .zip(labels)
        .zip(&list.counts)
        .map(|(((tab, word), label), count)| TabView {
            count: Some(u64::try_from(count.people).unwrap_or(0)),
            note: if count.snoozed > 0 { format!("{} snoozed", count.snoozed) } else { String::new() },
            loud: *tab == Tab::Nobody,
            ..TabView::new(label, format!("/worklist?tab={word}"), *tab == list.tab)
        })
        .collect()
}

fn filters(asked: &Asked, list: &Worklist, saved: Vec<(String, String)>) -> FilterBarView {
    let filter = |name: &str, label: &str, choices: Vec<Choice>, chosen: &str| FilterView {
        name: name.to_owned(),
        label: label.to_owned(),
        choices,
        chosen: chosen.to_owned(),
    };
    let bands = [
        ("", "Any time"),
        ("danger", "Danger now"),
        ("clock", "Cannot wait"),
        ("late", "Late"),
        ("today", "Today"),
        ("later", "Later"),
    ];
    let mut kinds = vec![Choice::new("", "All kinds")];
    kinds.extend(list.kinds.iter().map(|(code, title, count)| Choice::new(code, format!("{title} ({count})"))));
    let only = [("", "Tasks and suggestions"), ("tasks", "Tasks"), ("suggestions", "Suggestions")];
    let pairs = |all: &[(&str, &str)]| all.iter().map(|(value, label)| Choice::new(*value, *label)).collect();
    FilterBarView {
        action: "/worklist".to_owned(),
        keep: vec![("tab".to_owned(), list.tab.word().to_owned())],
        filters: vec![
            filter("due", "Due", pairs(&bands), &asked.band),
            filter("kind", "Kind", kinds, &asked.kind),
            filter("only", "Show", pairs(&only), &asked.only),
        ],
        saved: saved
            .into_iter()
            .filter(|(_, query)| !query.starts_with('/'))
            .map(|(label, query)| SavedView { label, href: format!("/worklist?{query}") })
            .collect(),
        save: "/worklist/views".to_owned(),
    }
}

fn bands(ctx: &Ctx, list: &Worklist, query: &str, peeked: &str, on_call: &str) -> Vec<BandView> {
    let titles = [
        (Band::Danger, "Danger now", "read these first"),
        (Band::Clock, "Cannot wait", "late or due today, and waiting does harm"),
        (Band::Late, "Late", ""),
        (Band::Today, "Today", ""),
        (Band::Later, "Later", ""),
    ];
    let first = list.rows.first().map(|row| row.person.id.as_str());
    let similar = alike(&list.rows);
    let back = format!("back={}", encode(&format!("/worklist?{query}")));
    let current = if peeked.is_empty() { first } else { Some(peeked) };
    let now = ctx.now();
    let around = Around { query, back, current, similar, now, today: ctx.zone.day(now) };
    let mut bands = Vec::new();
    for (band, title, why) in titles {
        let rows: Vec<WorkRowView> =
            list.rows.iter().filter(|row| row.band() == band).map(|row| row_view(ctx, row, &around)).collect();
        if !rows.is_empty() {
            let why = if band == Band::Danger { format!("{why} · {on_call}") } else { why.to_owned() };
            bands.push(BandView { title: title.to_owned(), why, rows });
        }
    }
    bands
}

/// Ids of people on a list whose names are easily taken for each other: the same family name by sound, and the same given
/// name or the same first letter of it (safety.md rule 9).
fn alike(rows: &[Row]) -> std::collections::BTreeSet<String> {
    let mut groups: std::collections::BTreeMap<(String, Option<char>), Vec<&Row>> = std::collections::BTreeMap::new();
    for row in rows {
        if let Some(sound) = people::alike::sound(&row.person) {
            groups.entry(sound).or_default().push(row);
        }
    }
    let several = groups.into_values().filter(|group| group.len() > 1);
    several.flatten().map(|row| row.person.id.clone()).collect()
}

/// What all rows of a list share.
struct Around<'a> {
    query: &'a str,
    /// Leads back to this list, as it stands in an address.
    back: String,
    /// The person whose row the reader is on.
    current: Option<&'a str>,
    /// People whose names are easily taken for each other.
    similar: std::collections::BTreeSet<String>,
    now: Instant,
    today: Date,
}

fn row_view(ctx: &Ctx, row: &Row, around: &Around<'_>) -> WorkRowView {
    let person = &row.person;
    let worst = row.items.first();
    let due = when::due_by(worst.and_then(|item| item.due), around.now, around.today, &ctx.zone);
    let known = if person.reach.starts_with("not asked") { String::new() } else { person.reach.clone() };
    let reach = [person::language(person), person.phone.clone(), known];
    WorkRowView {
        id: person.id.clone(),
        who: person::who(person, around.today),
        due: if row.band() == Band::Danger { when::danger(due) } else { due },
        band_why: worst
            .map(|item| item.band_why.clone())
            .filter(|why| *why != "danger now" && !why.ends_with("late") && *why != "due today")
            .unwrap_or_default(),
        reach: reach.into_iter().filter(|text| !text.is_empty() && text != "English").collect::<Vec<_>>().join(" · "),
        flag: match (person.unsafe_, around.similar.contains(&person.id)) {
            (true, _) => "Unsafe to contact".to_owned(),
            (_, true) => "Similar name on this list".to_owned(),
            _ => String::new(),
        },
        items: row.items.iter().enumerate().map(|(at, item)| item_view(ctx, item, at, around)).collect(),
        peek: format!("/worklist?{}&peek={}", around.query, encode(&person.id)),
        current: around.current == Some(person.id.as_str()),
        actions: row_actions(ctx, row, &around.back),
    }
}

fn item_view(ctx: &Ctx, item: &Item, at: usize, around: &Around<'_>) -> WorkItemView {
    let attempts = match (item.attempts, item.tries_wanted) {
        (0, _) => String::new(),
        (made, wanted) if wanted > 0 => format!("tried {made} of {wanted} times"),
        (1, _) => "tried once".to_owned(),
        (made, _) => format!("tried {made} times"),
    };
    let handed = if item.handed_by.is_empty() { "" } else { "handed to you, not accepted yet" };
    let on_call = if item.on_call { "to you because you are on call" } else { "" };
    let notes = [on_call, item.why.as_str(), attempts.as_str(), handed].into_iter().filter(|text| !text.is_empty());
    WorkItemView {
        id: format!("{}{}", if item.suggestion { "s:" } else { "t:" }, item.id),
        what: item.what.clone(),
        why: notes.collect::<Vec<_>>().join(" · "),
        href: item_href(item),
        due: (at > 0 && item.due.is_some()).then(|| when::due_by(item.due, around.now, around.today, &ctx.zone)),
        state: state(item),
    }
}

/// Where a piece of work opens.
pub(crate) fn item_href(item: &Item) -> String {
    if item.kind == continuo_care::scribe::REVIEW {
        return format!("/review/{}", item.id);
    }
    let kind = if item.suggestion { "suggestions" } else { "tasks" };
    format!("/{kind}/{}", item.id)
}

/// The status tag of a piece of work.
pub(crate) fn state(item: &Item) -> TagView {
    let tone = match item.state.as_str() {
        "Suggested" => Tone::Suggested,
        "Doing" => Tone::Active,
        _ => Tone::Waiting,
    };
    TagView::new(tone, item.state.clone())
}

fn row_actions(ctx: &Ctx, row: &Row, back: &str) -> Vec<RowAction> {
    let action =
        |label: &str, href: String, key: char| RowAction { label: label.to_owned(), href, key, at_once: false };
    let mut actions = Vec::new();
    let task = row.items.iter().find(|item| !item.suggestion);
    if ctx.grant.allows(Permission::WorkAct) {
        let about = task.map(|item| format!("task={}&", item.id)).unwrap_or_default();
        actions.push(action("Log call", format!("/patients/{}/call?{about}{back}", row.person.id), 'c'));
    }
    match (row.items.first(), task) {
        (Some(first), _) if first.suggestion => actions.push(action("Decide", item_href(first), 'd')),
        (_, Some(item)) if item.kind == continuo_care::scribe::REVIEW => {
            actions.push(action("Review", item_href(item), 'd'));
        }
        // One key finishes only one administrative task; a clinical one asks for its outcome (safety.md, 5).
        // What would be refused is not offered.
        (_, Some(item)) if !work::may_say_the_outcome(ctx, &item.kind) => {}
        (_, Some(item)) if item.clinical => {
            actions.push(action("Done...", format!("/tasks/{}/done?{back}", item.id), 'd'));
        }
        (_, Some(item)) => {
            let href = format!("/tasks/{}/done", item.id);
            actions.push(RowAction { label: "Done".to_owned(), href, key: 'd', at_once: true });
        }
        _ => {}
    }
    if let Some(item) = task {
        if ctx.grant.allows(Permission::WorkAssign) {
            actions.push(action("Assign...", format!("/tasks/{}/assign?{back}", item.id), 'a'));
        }
        if item.kind != "suicide-risk-contact" {
            actions.push(action("Snooze...", format!("/tasks/{}/snooze?{back}", item.id), 's'));
        }
    }
    actions
}

/// What would be refused is not offered: several are finished together only where they are administrative.
fn bulk(ctx: &Ctx, list: &Worklist) -> Vec<BulkChoice> {
    let may_finish = |item: &Item| !item.suggestion && !item.clinical && work::may_say_the_outcome(ctx, &item.kind);
    let any_to_finish = list.rows.iter().flat_map(|row| &row.items).any(may_finish);
    let choices = [
        ("assign", "Assign...", Permission::WorkAssign),
        ("snooze", "Snooze...", Permission::WorkAct),
        ("done", "Done...", Permission::WorkAct),
    ];
    let allowed = choices.into_iter().filter(|(.., needs)| ctx.grant.allows(*needs));
    let offered = allowed.filter(|(value, ..)| *value != "done" || any_to_finish);
    offered.map(|(value, label, _)| BulkChoice { value: value.to_owned(), label: label.to_owned() }).collect()
}

fn pages(asked: &Asked, list: &Worklist) -> Option<PagesView> {
    let from = (asked.page - 1) * PAGE;
    let to = from + list.rows.len();
    let at = |page: usize| format!("/worklist?{}&page={page}", asked.query());
    (list.total > PAGE || asked.page > 1).then(|| PagesView {
        shown: format!("{}-{to} of {} people", from + 1, list.total),
        previous: (asked.page > 1).then(|| at(asked.page - 1)),
        next: (to < list.total).then(|| at(asked.page + 1)),
    })
}

/// Danger that waits while nobody is on call for a route is told before everything else.
fn nobody_on_call(list: &Worklist, is_open: bool) -> Option<(Tone, String, Option<Action>)> {
    let danger = list.rows.iter().any(|row| row.band() == Band::Danger);
    let action = Action::open("See who is on call", "/on-call");
    (is_open && danger).then(|| {
        (
            Tone::Critical,
            "Somebody is in danger, and for some kinds of danger nobody is on call now.".to_owned(),
            Some(action),
        )
    })
}

fn nobody(list: &Worklist) -> Option<(Tone, String, Option<Action>)> {
    let people = list.counts.get(2).map_or(0, |count| count.people);
    let action = Action::open("Show them", "/worklist?tab=nobody");
    match (list.tab, people) {
        (Tab::Nobody, _) | (_, 0) => None,
        (_, 1) => Some((Tone::Critical, "Nobody has the work for 1 person.".to_owned(), Some(action))),
        (_, n) => Some((Tone::Critical, format!("Nobody has the work for {n} people."), Some(action))),
    }
}
