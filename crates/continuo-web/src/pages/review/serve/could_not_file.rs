//! Handlers of what could not be filed. A row of a table is mended cell by cell, everything else as text; the reason
//! stands at its cell. What was typed is never lost, and the original is shown beside it.

use std::collections::{BTreeMap, BTreeSet};

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::kept::{self, InputKept, Mended, OneRow, State, template, write_row};
use continuo_care::problem::WorkError;
use continuo_care::staff;
use continuo_fhir::{Instant, Issue, IssueCode};
use continuo_ui::field::{Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{TagView, Tone};

use crate::app::App;
use crate::form::Pairs;
use crate::pages::review::could_not_file::{Kept, MissingRow, Opened, View, render};
use crate::pages::{done, frame, when};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/could-not-file", Gate::May(Permission::Import), list),
    Route::get("/could-not-file/{id}", Gate::May(Permission::Import), one),
    // A whole table may have to be mended at once.
    Route::post("/could-not-file/{id}/retry", Gate::May(Permission::Import), retry).body_limit(8 << 20),
    Route::post("/could-not-file/{id}/dismiss", Gate::May(Permission::Import), dismiss),
];

/// Said when the record's own permission is missing: bringing in is not writing.
const NOT_YOURS: &str = "your role may look at this, but not write what is in it: ask somebody who may";

/// Inputs on one page.
const MOST: i64 = 200;

fn list(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, None)
}

fn one(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let kept = kept::get(ctx, request.param("id"))?;
    let opened = opened(ctx, &kept, &Mended::default(), None, "")?;
    page(ctx, request, Some(opened))
}

fn page(ctx: &Ctx, request: &Request, opened: Option<Opened>) -> Result<Reply, Problem> {
    let asked = request.query.get("state").unwrap_or("");
    let state = match asked {
        "filed" => State::Filed,
        "aside" => State::PutAside,
        _ => State::Waiting,
    };
    let (rows, waiting) = kept::listed(ctx, state, MOST)?;
    let total = u64::try_from(waiting).unwrap_or(0);
    let tab = |label: &str, path: &str, of: State| TabView::new(label, path, opened.is_none() && state == of);
    let owners = staff::owners(ctx)?;
    let view = View {
        total,
        tabs: vec![
            TabView { count: Some(total), ..tab("Waiting", "/could-not-file", State::Waiting) },
            tab("Filed since", "/could-not-file?state=filed", State::Filed),
            tab("Put aside", "/could-not-file?state=aside", State::PutAside),
        ],
        rows: rows.iter().map(|one| view(ctx, one, &owners)).collect(),
        opened,
        missing: if state == State::Waiting { missing(ctx)? } else { Vec::new() },
        cut: if state == State::Waiting && waiting > MOST {
            format!("First {MOST} of {waiting}")
        } else {
            String::new()
        },
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

/// What is referred to and never came, by kind: "Observation, 213" to "Patient, 2".
fn missing(ctx: &Ctx) -> Result<Vec<MissingRow>, Problem> {
    let mut kinds: BTreeMap<&'static str, (usize, BTreeMap<&'static str, usize>, BTreeSet<String>)> = BTreeMap::new();
    for one in kept::missing(ctx, MOST)? {
        let (count, from, sources) = kinds.entry(one.type_.as_str()).or_default();
        *count += 1;
        for (type_, references) in one.from {
            *from.entry(type_.as_str()).or_default() += references;
        }
        sources.extend(one.sources);
    }
    let mut rows: Vec<MissingRow> = kinds
        .into_iter()
        .map(|(type_, (count, from, sources))| MissingRow {
            what: match (type_, count) {
                ("Patient", 1) => "1 person".to_owned(),
                ("Patient", n) => format!("{n} people"),
                (type_, n) => format!("{n} {type_}"),
            },
            from: from.iter().map(|(type_, n)| format!("{n} {type_}")).collect::<Vec<_>>().join(", "),
            sources: sources.into_iter().collect::<Vec<_>>().join(", "),
            loud: type_ == "Patient",
        })
        .collect();
    rows.sort_by_key(|row| !row.loud);
    Ok(rows)
}

fn view(ctx: &Ctx, kept: &InputKept, owners: &[staff::Owner]) -> Kept {
    let moment = |at: i64| when::moment(Instant::from_micros(at), &ctx.zone);
    let state = match kept.state {
        0 => TagView::new(Tone::Caution, "Open"),
        1 => TagView::new(Tone::Done, "Filed"),
        _ => TagView::new(Tone::Waiting, "Put aside"),
    };
    let mut settled = String::new();
    if kept.state != 0 {
        settled = format!("{}, {}", staff::name_of(owners, &kept.settled_by), moment(kept.settled_at));
        if !kept.settled_why.is_empty() {
            settled = format!("{settled}: {}", kept.settled_why);
        }
    }
    Kept {
        id: kept.id.clone(),
        what: format!("{}, {} ({})", kept.source, file_and_folder(&kept.place), format_in_words(&kept.format)),
        when: moment(kept.at),
        reason: kept.reason.clone(),
        state,
        settled,
    }
}

fn format_in_words(format: &str) -> &str {
    match format {
        "csv" => "table",
        "hl7v2" => "HL7 message",
        "fhir" => "FHIR",
        other => other,
    }
}

/// The input as it stands on the page: as received or as mended so far, with what is wrong now or was wrong in the try.
fn opened(
    ctx: &Ctx,
    kept: &InputKept,
    mended: &Mended,
    tried: Option<Vec<Issue>>,
    why_error: &str,
) -> Result<Opened, Problem> {
    let owners = staff::owners(ctx)?;
    let shown = view(ctx, kept, &owners);
    let received = String::from_utf8_lossy(&kept.bytes).into_owned();
    // Its own problems may quote it, so only why it was kept is told.
    if kept.bytes.is_empty() {
        let received = "Closed to your role: who may read the record of whom it is about can open it.".to_owned();
        return Ok(Opened { kept: shown, problems: vec![kept.reason.clone()], received, mend: None, aside: None });
    }
    if kept.state != 0 {
        return Ok(Opened { kept: shown, problems: vec![kept.reason.clone()], received, mend: None, aside: None });
    }
    let was_tried = tried.is_some();
    let issues = match tried {
        Some(issues) => issues,
        None => kept::look(ctx, kept, mended)?,
    };
    let row = kept::row(ctx, kept, mended);
    let (fields, problems) = match &row {
        Some(row) => cells(row, &issues),
        None => text(kept, mended, &issues, was_tried),
    };
    let mend = FormView {
        action: format!("/could-not-file/{}/retry", kept.id),
        fields,
        submit: "Try again with this".to_owned(),
        cancel: "/could-not-file".to_owned(),
        problems: if was_tried { problems } else { Vec::new() },
        ..FormView::default()
    };
    let aside = FormView {
        action: format!("/could-not-file/{}/dismiss", kept.id),
        fields: vec![
            Field::text("why", "Reason").hint("Such as: a test message, a copy, not our patient").error(why_error),
        ],
        submit: "Put aside".to_owned(),
        ..FormView::default()
    };
    Ok(Opened {
        kept: shown,
        problems: issues.iter().map(|issue| at_column(issue, row.as_ref())).collect(),
        received,
        mend: Some(mend),
        aside: Some(aside),
    })
}

fn sentence(issue: &Issue) -> String {
    if issue.place.is_empty() { capital(&issue.text) } else { format!("{}: {}", issue.place, issue.text) }
}

/// The problem with the name that the column has in the table as it was sent.
fn at_column(issue: &Issue, row: Option<&OneRow>) -> String {
    let cells = row.map(|row| row.cells.as_slice()).unwrap_or_default();
    let cell = cells.iter().find(|cell| cell.field.is_some_and(|field| field.name == issue.place));
    match cell {
        Some(cell) => format!("{}: {}", cell.column, issue.text),
        None => sentence(issue),
    }
}

/// A field for each cell, with what is wrong beside it; and what belongs to no cell.
fn cells(row: &OneRow, issues: &[Issue]) -> (Vec<Field>, Vec<String>) {
    let wrong = |name: &str| issues.iter().filter(|issue| issue.place == name).map(|issue| capital(&issue.text)).next();
    let fields = row.cells.iter().enumerate().map(|(at, cell)| {
        let field = Field::text(&format!("cell-{at}"), &cell.column).value(&cell.value);
        match cell.field {
            Some(is) => {
                let form = if cell.format.is_empty() { String::new() } else { format!(", as {}", cell.format) };
                let field = field.hint(&capital(&format!("{}{form}", is.meaning)));
                let field = field.error(&wrong(is.name).unwrap_or_default());
                if is.required { field } else { field.optional() }
            }
            None => field.hint("Nothing is read from this column").optional(),
        }
    });
    let of_cell = |place: &str| row.cells.iter().any(|cell| cell.field.is_some_and(|field| field.name == place));
    let rest = issues.iter().filter(|issue| !of_cell(&issue.place)).map(sentence).collect();
    (fields.collect(), rest)
}

/// The content as text, and for a table its mapping.
fn text(kept: &InputKept, mended: &Mended, issues: &[Issue], was_tried: bool) -> (Vec<Field>, Vec<String>) {
    let content = mended.bytes.as_deref().unwrap_or(&kept.bytes);
    let of = |mapping: bool| -> Vec<String> {
        issues.iter().filter(|issue| (issue.place == "mapping") == mapping).map(sentence).collect()
    };
    let error =
        |mapping: bool| if was_tried { of(mapping).first().cloned().unwrap_or_default() } else { String::new() };
    let mut fields = vec![
        Field::new("content", "Content", Input::Area(14))
            .hint("Mend it here; what was received stays as it is")
            .value(&String::from_utf8_lossy(content))
            .error(&error(false)),
    ];
    if kept.format == "csv" {
        let known = mended.mapping.clone().unwrap_or_else(|| kept.mapping.clone());
        let known = if known.trim().is_empty() { template(content) } else { known };
        fields.push(
            Field::new("mapping", "Which column is which", Input::Area(10))
                .hint(
                    "One line a field: field, the column's name, how its dates are written (YYYY-MM-DD or MM/DD/YYYY)",
                )
                .value(&known)
                .error(&error(true)),
        );
    }
    let rest = of(false).into_iter().chain(of(true)).skip(1).collect();
    (fields, rest)
}

/// What was sent: cells, or content and mapping; nothing sent means "as received".
fn mended(ctx: &Ctx, kept: &InputKept, form: &Pairs) -> Mended {
    let mapping = form.get("mapping").map(str::to_owned);
    if let Some(row) = kept::row(ctx, kept, &Mended::default()).filter(|_| form.get("cell-0").is_some()) {
        let given: Vec<String> = (0..row.cells.len())
            .map(|at| form.get(&format!("cell-{at}")).unwrap_or_default().trim().to_owned())
            .collect();
        let cells = row.cells.iter().zip(&given).map(|(cell, value)| (cell.column.as_str(), value.as_str()));
        return Mended { bytes: Some(write_row(cells)), mapping };
    }
    Mended { bytes: form.get("content").map(|text| text.as_bytes().to_vec()), mapping }
}

fn retry(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let kept = kept::get(ctx, request.param("id"))?;
    let mended = mended(ctx, &kept, &form);
    let (issues, status) = match kept::retry(ctx, &kept.id, &mended) {
        Ok(Ok(commit)) => return Ok(done::see("/could-not-file", Some(commit.0))),
        Ok(Err(issues)) => (issues, 422),
        Err(WorkError::Field { field, text }) => (vec![Issue::error(IssueCode::Invalid, field, text)], 422),
        // What was typed stays, for somebody who may.
        Err(WorkError::Denied(_)) => (vec![Issue::error(IssueCode::Forbidden, "", NOT_YOURS)], 403),
        Err(error) => return Err(error.into()),
    };
    let opened = opened(ctx, &kept, &mended, Some(issues), "")?;
    Ok(page(ctx, request, Some(opened))?.status(status))
}

fn dismiss(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let id = request.param("id");
    match kept::dismiss(ctx, id, form.text("why").unwrap_or_default()) {
        Ok(commit) => Ok(done::see("/could-not-file", Some(commit.0))),
        Err(WorkError::Field { text, .. }) => {
            let kept = kept::get(ctx, id)?;
            let opened = opened(ctx, &kept, &Mended::default(), None, &capital(&text))?;
            Ok(page(ctx, request, Some(opened))?.status(422))
        }
        Err(error) => Err(error.into()),
    }
}

/// A file with the folder it lay in: enough to know it by, and nothing of the machine it was read on.
fn file_and_folder(place: &str) -> String {
    let parts: Vec<&str> = place.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [.., folder, file] => format!("{folder}/{file}"),
        _ => place.to_owned(),
    }
}
