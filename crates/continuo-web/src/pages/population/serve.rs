//! Handlers of the registries: filters in the address, columns of choice, saved views, export with a reason.

use continuo_care::access::Permission;
use continuo_care::registry::{self, Filter, KINDS, Kind, Order, Registry, Row};
use continuo_care::staff::{self, Owner};
use continuo_care::{Ctx, saved};
use continuo_fhir::Instant;
use continuo_ui::field::{Choice, Field};
use continuo_ui::filter::{FilterBarView, FilterView, SavedView};
use continuo_ui::form::FormView;
use continuo_ui::states::PagesView;
use continuo_ui::table::ColumnHead;
use continuo_ui::tabs::TabView;

use super::registry::{Row as RowView, View, render};
use crate::app::App;
use crate::form::{Pairs, encode};
use crate::pages::entry::form_page;
use crate::pages::{done, frame, person, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

/// Routes of this area.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/registries", Gate::May(Permission::RecordRead), first),
    Route::get("/registries/{id}", Gate::May(Permission::RecordRead), show),
    Route::post("/registries/{id}/views", Gate::May(Permission::RecordRead), save),
    Route::get("/registries/{id}/export", Gate::May(Permission::Export), ask),
    Route::post("/registries/{id}/export", Gate::May(Permission::Export), export),
];

/// People on one page.
const PAGE: usize = 100;

/// Columns beside the name: in the address, in words.
const COLUMNS: [(&str, &str); 8] = [
    ("last", "Last result"),
    ("contact", "Last contact"),
    ("next", "Next visit"),
    ("owner", "Owner"),
    ("tier", "Tier"),
    ("language", "Language"),
    ("phone", "Phone"),
    ("programme", "Program"),
];
const SHOWN: [&str; 4] = ["last", "contact", "next", "owner"];

/// What a registry may be ordered by: in the address, in words, and whether it needs a result.
const ORDERS: [(&str, Order, &str, bool); 5] = [
    ("", Order::Name, "Name", false),
    ("highest", Order::Highest, "Highest result first", true),
    ("lowest", Order::Lowest, "Lowest result first", true),
    ("oldest", Order::Oldest, "Longest without a result", true),
    ("contact", Order::Contact, "Longest without contact", false),
];

/// What is asked for, all of it in the address, none of it personal.
struct Asked {
    result: String,
    silent: String,
    owner: String,
    language: String,
    tier: String,
    order: String,
    columns: Vec<&'static str>,
    page: usize,
}

impl Asked {
    fn of(pairs: &Pairs) -> Asked {
        let text = |name: &str| pairs.get(name).unwrap_or_default().to_owned();
        let mut columns: Vec<&'static str> =
            COLUMNS.iter().map(|(code, _)| *code).filter(|code| pairs.all("column").any(|one| one == *code)).collect();
        if columns.is_empty() {
            columns = SHOWN.to_vec();
        }
        let page = text("page").parse().unwrap_or(1).clamp(1, 10_000);
        Asked {
            result: text("result"),
            silent: text("silent"),
            owner: text("owner"),
            language: text("language"),
            tier: text("tier"),
            order: text("order"),
            columns,
            page,
        }
    }

    fn filters(&self) -> [(&'static str, &str); 6] {
        [
            ("result", &self.result),
            ("silent", &self.silent),
            ("owner", &self.owner),
            ("language", &self.language),
            ("tier", &self.tier),
            ("order", &self.order),
        ]
    }

    /// The address without the page.
    fn query(&self) -> String {
        let filters = self.filters().into_iter().filter(|(_, value)| !value.is_empty());
        let columns = self.columns.iter().map(|column| ("column", *column));
        filters.chain(columns).map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
    }

    fn filter(&self) -> Filter {
        let (how, number) = self.result.split_once(':').unwrap_or_default();
        let number: Option<f64> = number.parse().ok().filter(|number: &f64| number.is_finite());
        Filter {
            order: ORDERS.iter().find(|(word, ..)| *word == self.order).map_or(Order::Name, |(_, order, ..)| *order),
            above: number.filter(|_| how == "above"),
            below: number.filter(|_| how == "below"),
            none_in_months: number.filter(|_| how == "none").map_or(0, |months| months.clamp(0.0, 120.0) as i64),
            no_contact_days: self.silent.parse().unwrap_or(0).clamp(0, 3_650),
            owner: self.owner.clone(),
            language: self.language.clone(),
            tier: self.tier.clone(),
        }
    }
}

fn kind(request: &Request) -> Result<&'static Kind, Problem> {
    KINDS.iter().find(|kind| kind.id == request.param("id")).ok_or_else(Problem::not_found)
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of every handler")]
fn first(_: &App, _: &Ctx, _: &Request) -> Result<Reply, Problem> {
    let first = KINDS.first().map_or("", |kind| kind.id.as_str());
    Ok(Reply::see(&format!("/registries/{first}")))
}

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let kind = kind(request)?;
    let asked = Asked::of(&request.query);
    let from = (asked.page - 1) * PAGE;
    let found = registry::registry(ctx, &kind.id, &asked.filter(), from, PAGE)?;
    let owners = staff::owners(ctx)?;
    let path = format!("/registries/{}", kind.id);
    let total = found.total;
    let back = encode(&request.here());
    let rows: Vec<RowView> = found.rows.iter().map(|row| row_view(ctx, row, &asked, &owners, &back)).collect();
    let to = from + rows.len();
    let at = |page: usize| format!("{path}?{}&page={page}", asked.query());
    let view = View {
        tabs: KINDS
            .iter()
            .map(|one| TabView::new(&one.title, format!("/registries/{}", one.id), one.id == kind.id))
            .collect(),
        title: title(kind, &asked),
        count: count(total, found.people),
        not_assessable: not_assessable(&found),
        filters: filters(kind, &asked, &owners, &path, saved::views(ctx)?),
        choices: COLUMNS.iter().map(|(code, label)| Choice::new(*code, column_label(kind, code, label))).collect(),
        chosen: asked.columns.iter().map(|code| head(kind, code)).collect(),
        chosen_values: asked.columns.iter().map(|code| (*code).to_owned()).collect(),
        rows,
        pages: (total > PAGE || asked.page > 1).then(|| PagesView {
            shown: format!("{}-{to} of {total} people", from + 1),
            previous: (asked.page > 1).then(|| at(asked.page - 1)),
            next: (to < total).then(|| at(asked.page + 1)),
        }),
        export: if ctx.grant.allows(Permission::Export) {
            format!("{path}/export?{}", asked.query())
        } else {
            String::new()
        },
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

fn count(shown: usize, people: usize) -> String {
    let word = |n: usize| if n == 1 { "person" } else { "people" };
    if shown == people { format!("{shown} {}", word(shown)) } else { format!("{shown} of {people} {}", word(people)) }
}

fn not_assessable(found: &Registry) -> String {
    let why = match (found.kind.measure.as_str(), found.not_assessable) {
        ("", _) | (_, 0) => String::new(),
        (measure, _) => format!(" (no {measure} on file, or in another unit)"),
    };
    format!("Not assessable: {}{why}", found.not_assessable)
}

fn title(kind: &Kind, asked: &Asked) -> String {
    let result = result_words(kind, &asked.result);
    if result.is_empty() { kind.title.clone() } else { format!("{}, {} {result}", kind.title, kind.measure) }
}

fn result_words(kind: &Kind, value: &str) -> String {
    match value.split_once(':') {
        Some(("none", months)) => format!("none in {months} months"),
        Some((how @ ("above" | "below"), number)) => format!("{how} {number} {}", kind.unit),
        _ => String::new(),
    }
}

fn column_label(kind: &Kind, code: &str, label: &str) -> String {
    if code == "last" && !kind.measure.is_empty() { format!("Last {}", kind.measure) } else { label.to_owned() }
}

fn head(kind: &Kind, code: &str) -> ColumnHead {
    let label = COLUMNS.iter().find(|(one, _)| *one == code).map_or(code, |(_, label)| label);
    ColumnHead { label: column_label(kind, code, label), ..ColumnHead::default() }
}

fn filters(kind: &Kind, asked: &Asked, owners: &[Owner], path: &str, saved: Vec<(String, String)>) -> FilterBarView {
    let filter = |name: &str, label: &str, choices: Vec<Choice>, chosen: &str| FilterView {
        name: name.to_owned(),
        label: label.to_owned(),
        choices,
        chosen: chosen.to_owned(),
    };
    let pairs = |all: &[(&str, &str)]| all.iter().map(|(value, label)| Choice::new(*value, *label)).collect::<Vec<_>>();
    let mut all = Vec::new();
    if !kind.measure.is_empty() {
        let mut choices = vec![Choice::new("", "Any")];
        let offered = kind.offers.iter().map(String::as_str).chain(["none:3", "none:6", "none:12"]);
        choices.extend(offered.map(|value| Choice::new(value, result_words(kind, value))));
        if !asked.result.is_empty() && !choices.iter().any(|choice| choice.value == asked.result) {
            choices.push(Choice::new(&asked.result, result_words(kind, &asked.result)));
        }
        all.push(filter("result", &format!("Last {}", kind.measure), choices, &asked.result));
    }
    let silent = [
        ("", "Any"),
        ("30", "None in 30 days"),
        ("60", "None in 60 days"),
        ("90", "None in 90 days"),
        ("180", "None in 180 days"),
        ("365", "None in a year"),
    ];
    all.push(filter("silent", "Contact", pairs(&silent), &asked.silent));
    let mut who = vec![Choice::new("", "Anybody"), Choice::new("none", "Nobody")];
    let people = owners.iter().filter(|owner| !owner.reference.starts_with("role:"));
    who.extend(people.map(|owner| Choice::new(&owner.reference, &owner.label)));
    all.push(filter("owner", "Owner", who, &asked.owner));
    let mut languages = vec![Choice::new("", "Any")];
    languages.extend(person::LANGUAGES.iter().map(|(code, name)| Choice::new(*code, *name)));
    all.push(filter("language", "Language", languages, &asked.language));
    let tiers = [("", "Any"), ("tier-high", "High"), ("tier-medium", "Medium"), ("tier-low", "Low")];
    all.push(filter("tier", "Tier", pairs(&tiers), &asked.tier));
    let orders = ORDERS.iter().filter(|(.., needs_result)| !needs_result || !kind.measure.is_empty());
    all.push(filter(
        "order",
        "Order",
        orders.map(|(word, _, label, _)| Choice::new(*word, *label)).collect(),
        &asked.order,
    ));
    FilterBarView {
        action: path.to_owned(),
        keep: asked.columns.iter().map(|column| ("column".to_owned(), (*column).to_owned())).collect(),
        filters: all,
        saved: saved
            .into_iter()
            .filter(|(_, query)| query.starts_with("/registries/"))
            .map(|(label, href)| SavedView { label, href })
            .collect(),
        save: format!("{path}/views"),
    }
}

fn row_view(ctx: &Ctx, row: &Row, asked: &Asked, owners: &[Owner], back: &str) -> RowView {
    RowView {
        task: format!("/patients/{}/add/task?back={back}", row.person.id),
        who: person::who(&row.person, person::today(ctx)),
        cells: asked.columns.iter().map(|column| cell(ctx, row, column, owners)).collect(),
    }
}

/// What is not known says so: an empty cell would read as "none" (safety.md, 17).
fn cell(ctx: &Ctx, row: &Row, column: &str, owners: &[Owner]) -> String {
    let today = person::today(ctx);
    let header = &row.person;
    let or = |text: &str, otherwise: &str| if text.is_empty() { otherwise.to_owned() } else { text.to_owned() };
    match column {
        "last" => match &row.last {
            Some((text, at)) => format!("{text} ({})", when::ago(ctx.zone.day(*at), today)),
            None => "not received".to_owned(),
        },
        "contact" if header.last_contact == 0 => "not known".to_owned(),
        "contact" => when::ago(ctx.zone.day(Instant::from_micros(header.last_contact)), today),
        "next" if header.next_visit == 0 => "none booked here".to_owned(),
        "next" => when::near(ctx.zone.day(Instant::from_micros(header.next_visit)), today),
        "owner" if header.owner.is_empty() => "nobody".to_owned(),
        "owner" => staff::name_of(owners, &header.owner),
        "tier" => or(header.tier.trim_start_matches("tier-"), "not set"),
        "language" => person::language(header),
        "phone" if header.unsafe_ => "unsafe to contact".to_owned(),
        "phone" => or(&header.phone, "no number on file"),
        "programme" => or(&header.programme, "none recorded"),
        _ => String::new(),
    }
}

/// The headings of a column in a file, where the day of the last result has a column of its own.
fn heads_on_file(kind: &Kind, code: &str) -> Vec<String> {
    let label = head(kind, code).label;
    if code == "last" { vec![label.clone(), format!("{label} on")] } else { vec![label] }
}

/// As [`cell`], with days in place of ages: a file is read on other days than today.
fn cells_on_file(ctx: &Ctx, row: &Row, column: &str, owners: &[Owner]) -> Vec<String> {
    let header = &row.person;
    let day = |at: Instant| ctx.zone.day(at).to_string();
    match column {
        "last" => match &row.last {
            Some((text, at)) => vec![text.clone(), day(*at)],
            None => vec!["not received".to_owned(), String::new()],
        },
        "contact" if header.last_contact != 0 => vec![day(Instant::from_micros(header.last_contact))],
        "next" if header.next_visit != 0 => vec![day(Instant::from_micros(header.next_visit))],
        _ => vec![cell(ctx, row, column, owners)],
    }
}

fn save(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let kind = kind(request)?;
    let form = request.form()?;
    let query = format!("/registries/{}?{}", kind.id, Asked::of(&form).query());
    saved::save(ctx, form.get("name").unwrap_or_default(), &query)?;
    done::said(ctx, &query)
}

fn ask(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    export_page(ctx, request, &Asked::of(&request.query), "", "")
}

fn export_page(ctx: &Ctx, request: &Request, asked: &Asked, reason: &str, error: &str) -> Result<Reply, Problem> {
    let kind = kind(request)?;
    let found = registry::registry(ctx, &kind.id, &asked.filter(), 0, 0)?;
    let filters = asked.filters().into_iter().filter(|(_, value)| !value.is_empty());
    let hidden = filters.chain(asked.columns.iter().map(|column| ("column", *column)));
    let view = form_page::View {
        banner: None,
        title: format!("Export: {}", title(kind, asked)),
        lead: format!(
            "{} as a table with name, birth date, record number, the columns chosen and who is unsafe to contact. The file leaves the clinic's care: the export and its reason are in the audit.",
            count(found.total, found.people)
        ),
        form: FormView {
            action: format!("/registries/{}/export", kind.id),
            hidden: hidden.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            fields: vec![Field::text("reason", "What is it for").value(reason).error(error)],
            submit: "Export".to_owned(),
            cancel: format!("/registries/{}?{}", kind.id, asked.query()),
            ..FormView::default()
        },
    };
    let status = if error.is_empty() { 200 } else { 422 };
    Ok(Reply::page(form_page::render(&frame::of(ctx, request)?, &view)).status(status))
}

fn export(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let kind = kind(request)?;
    let form = request.form()?;
    let asked = Asked::of(&form);
    let owners = staff::owners(ctx)?;
    let mut heading: Vec<String> =
        ["Record number", "Family name", "Given name", "Birth date"].iter().map(|text| (*text).to_owned()).collect();
    heading.extend(asked.columns.iter().flat_map(|code| heads_on_file(kind, code)));
    // Whatever the columns: a letter must not go to whom it may harm.
    heading.push("Before any contact".to_owned());
    let cells = |found: &Registry| {
        let row = |row: &Row| {
            let header = &row.person;
            let who = [&header.mrn, &header.family, &header.given, &header.birth];
            let mut cells: Vec<String> = who.into_iter().cloned().collect();
            cells.extend(asked.columns.iter().flat_map(|column| cells_on_file(ctx, row, column, &owners)));
            cells.push(if header.unsafe_ { "UNSAFE: do not call, text or write".to_owned() } else { String::new() });
            cells
        };
        found.rows.iter().map(row).collect()
    };
    let reason = form.text("reason").unwrap_or_default();
    match registry::export(ctx, &kind.id, &asked.filter(), reason, &heading, cells) {
        Ok(table) => Ok(Reply::with(200, "text/csv; charset=utf-8", table.csv).header(
            "content-disposition",
            format!("attachment; filename=\"registry-{}-{}.csv\"", kind.id, person::today(ctx)),
        )),
        Err(continuo_care::problem::WorkError::Field { text, .. }) => {
            export_page(ctx, request, &asked, reason, &crate::problem::capital(&text))
        }
        Err(other) => Err(other.into()),
    }
}
