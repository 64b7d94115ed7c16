//! Handlers of the document inbox: list, open, look for the person, file, close.

use continuo_care::access::{LABELS, Permission};
use continuo_care::documents::{self, CLOSED, InboxRow, KINDS, kind};
use continuo_care::people::{self, Hit};
use continuo_care::scribe::filed::{self, Standing};
use continuo_care::{Ctx, staff};
use continuo_fhir::Instant;
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{DueView, Tone};

use super::inbox::{Candidate, Opened, Settled, View, Waiting, render};
use crate::app::App;
use crate::form::Pairs;
use crate::pages::entry::{Errors, errors_of, filled, general, values};
use crate::pages::people::{hit_view, take_date};
use crate::pages::{done, frame, person, when};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/documents", Gate::May(Permission::Import), list),
    Route::get("/documents/{id}", Gate::May(Permission::Import), open),
    Route::post("/documents/{id}/find", Gate::May(Permission::Import), find),
    Route::post("/documents/{id}", Gate::May(Permission::Import), file),
    Route::post("/documents/{id}/close", Gate::May(Permission::Import), close),
];

/// Documents in one list.
const MOST: i64 = 200;
/// People shown of a search.
const CANDIDATES: usize = 12;
/// Hours within which a document is read, as the site has it.
const HOURS: i64 = 24;

fn list(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    list_with(ctx, request, None)
}

pub(super) fn list_with(ctx: &Ctx, request: &Request, notice: Option<(Tone, String)>) -> Result<Reply, Problem> {
    show(ctx, request, None, notice)
}

fn show(
    ctx: &Ctx,
    request: &Request,
    opened: Option<(String, Opened)>,
    notice: Option<(Tone, String)>,
) -> Result<Reply, Problem> {
    let (rows, total) = documents::waiting(ctx, MOST)?;
    let owners = staff::owners(ctx)?;
    let is_settled = opened.is_none() && request.query.get("tab") == Some("settled");
    let current = opened.as_ref().map(|(id, _)| id.as_str());
    let waiting: Vec<Waiting> = rows.iter().map(|row| waiting(ctx, row, &owners, current)).collect();
    let shown = waiting.len();
    let view = View {
        tabs: vec![
            TabView {
                count: Some(u64::try_from(total).unwrap_or(0)),
                ..TabView::new("Waiting", "/documents", !is_settled)
            },
            TabView::new("Settled", "/documents?tab=settled", is_settled),
        ],
        waiting,
        cut: if total > MOST { format!("first {shown} of {total}") } else { String::new() },
        settled: if is_settled { Some(settled(ctx, &owners)?) } else { None },
        opened: opened.map(|(_, opened)| opened),
        notice,
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

fn what(row: &InboxRow) -> String {
    let word = kind::named(&row.type_).map_or("File", |kind| kind.word);
    let size = if row.size < 1_000_000 {
        format!("{} kB", (row.size / 1000).max(1))
    } else {
        format!("{}.{} MB", row.size / 1_000_000, row.size / 100_000 % 10)
    };
    format!("{word} from {}, {size}", row.source)
}

fn waiting(ctx: &Ctx, row: &InboxRow, owners: &[staff::Owner], current: Option<&str>) -> Waiting {
    let limit = Instant::from_micros(row.at).plus_seconds(HOURS * 3_600);
    let came = when::moment(Instant::from_micros(row.at), &ctx.zone);
    let due = when::due(Some(limit), ctx.now(), &ctx.zone);
    Waiting {
        id: row.id.clone(),
        what: format!("{}, came {came}", what(row)),
        due: DueView { word: format!("read {}", due.word), ..due },
        taken_by: documents::read_by(ctx, row)
            .map(|by| format!("{} reads it", staff::name_of(owners, by)))
            .unwrap_or_default(),
        current: current == Some(row.id.as_str()),
    }
}

fn settled(ctx: &Ctx, owners: &[staff::Owner]) -> Result<Vec<Settled>, Problem> {
    let rows = documents::settled(ctx, MOST)?;
    Ok(rows
        .into_iter()
        .map(|one| Settled {
            what: what(&one.row),
            how: match (one.row.state, one.open) {
                (CLOSED, _) => format!("Closed: {}", one.row.reason),
                (_, true) => "Filed".to_owned(),
                (_, false) => "Filed; not open to your role".to_owned(),
            },
            href: if one.row.document.is_empty() {
                String::new()
            } else {
                format!("/source/DocumentReference/{}", one.row.document)
            },
            by: format!(
                "{}, {}",
                staff::name_of(owners, &one.row.settled_by),
                when::moment(Instant::from_micros(one.row.settled_at), &ctx.zone)
            ),
        })
        .collect())
}

fn open(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &Pairs::default(), &Errors::new(), "")
}

fn find(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &request.form()?, &Errors::new(), "")
}

fn file(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let mut fields = fields(ctx, true)?;
    fields.push(Field::text("person", ""));
    let values = match values(ctx, &fields, &form) {
        Ok(values) => values,
        Err(errors) => return page(ctx, request, &form, &errors, ""),
    };
    let missing = documents::missing(&values);
    if !missing.is_empty() {
        let errors = missing.into_iter().map(|(field, ask)| (field.to_owned(), capital(ask))).collect();
        return page(ctx, request, &form, &errors, "");
    }
    match documents::file(ctx, request.param("id"), &values) {
        Ok(done) => {
            // Filed as private it may be closed to whoever filed it: then back to what waits.
            let next = match filed::standing(ctx, &done.value) {
                Ok(Standing::Review(review)) => format!("/review/{review}"),
                _ => "/documents".to_owned(),
            };
            Ok(done::see(&next, done.commit.map(|commit| commit.0)))
        }
        Err(error) => page(ctx, request, &form, &errors_of(error)?, ""),
    }
}

fn close(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    match documents::close(ctx, request.param("id"), form.text("reason").unwrap_or_default()) {
        Ok(done) => Ok(done::see("/documents", done.commit.map(|commit| commit.0))),
        Err(error) => {
            let errors = errors_of(error)?;
            let said = errors.first().map(|(_, text)| text.clone()).unwrap_or_default();
            page(ctx, request, &form, &Errors::new(), &said)
        }
    }
}

fn fields(ctx: &Ctx, is_text: bool) -> Result<Vec<Field>, Problem> {
    let mut labels = vec![Choice::new("", "Not private")];
    let mut seen: Vec<&str> = Vec::new();
    for label in LABELS.iter() {
        if !seen.contains(&label.id.as_str()) {
            seen.push(&label.id);
            labels.push(Choice::new(&label.id, capital(&label.meaning).trim_end_matches('.')));
        }
    }
    let mut owners = vec![Choice::new("", "The person's coordinator")];
    owners.extend(staff::owners(ctx)?.iter().filter(|owner| owner.acts).map(|owner| person::owner_choice(ctx, owner)));
    let mut kinds = vec![Choice::new("", "Choose")];
    kinds.extend(KINDS.iter().map(|(code, words)| Choice::new(*code, *words)));
    let mut all = vec![
        Field::new("kind", "What it is", Input::Select(kinds)),
        Field::date("date", "Date on the document").hint("Any usual order: 8/20, 20 Aug, 2026-08-20, yesterday"),
        Field::text("from", "From whom").optional(),
        Field::select("referral", "Answers the referral", &[("", "None")]).optional(),
        Field::text("title", "Title").hint("Never anything private in this line").optional(),
        Field::new("label", "Private", Input::Select(labels))
            .hint("Once filed as private, only roles that may see it open it, perhaps not you")
            .optional(),
        Field::checks("act", "Task", &[("yes", "Somebody must act on it")]).optional(),
        Field::text("what", "What needs doing").optional(),
        Field::new("owner", "Who", Input::Select(owners)).optional(),
        Field::date("due", "By").hint("Empty means the end of the next business day").optional(),
    ];
    // A picture of a page has no words that are read here.
    if is_text && ctx.grant.allows(Permission::RecordWrite) {
        let read = "Put its words to review: proposals with quotes, nothing enters the record by itself";
        let tell = "Then send what it plans to the primary-care physician at once, marked as not reviewed yet";
        all.push(Field::checks("read", "Words", &[("yes", read)]).optional());
        all.push(Field::checks("tell", "Primary-care physician", &[("yes", tell)]).optional());
    }
    Ok(all)
}

fn page(ctx: &Ctx, request: &Request, given: &Pairs, errors: &Errors, close_error: &str) -> Result<Reply, Problem> {
    let id = request.param("id");
    let row = documents::open(ctx, id)?;
    if row.state != documents::WAITING {
        let to = format!("/source/DocumentReference/{}", row.document);
        return Ok(Reply::see(if row.document.is_empty() { "/documents?tab=settled" } else { &to }));
    }
    let owners = staff::owners(ctx)?;
    let asked = given.text("q").unwrap_or_default().to_owned();
    let chosen = given.get("person").unwrap_or_default().to_owned();
    let (exact, near) = candidates(ctx, &asked, &owners)?;
    // Whose it is decides which referrals it may answer: asked once that is plain.
    let whose = match (chosen.as_str(), exact.as_slice()) {
        ("", [only]) => only.id.clone(),
        (chosen, _) => chosen.to_owned(),
    };
    let mut fields = fields(ctx, row.type_ == "application/pdf")?;
    let open = if whose.is_empty() { Vec::new() } else { continuo_care::entry::open_referrals(ctx, &whose)? };
    if open.is_empty() {
        fields.retain(|field| field.name != "referral");
    }
    if let Some(field) = fields.iter_mut().find(|field| field.name == "referral") {
        let choices = open.iter().map(|(reference, words)| Choice::new(reference, words));
        field.input = Input::Select([Choice::new("", "None")].into_iter().chain(choices).collect());
    }
    let file_kind = kind::named(&row.type_);
    let person_error =
        errors.iter().find(|(name, _)| name == "person").map(|(_, text)| text.clone()).unwrap_or_default();
    let read_by = documents::read_by(ctx, &row).map(|by| staff::name_of(&owners, by)).unwrap_or_default();
    let opened = Opened {
        what: what(&row),
        name: row.name.clone(),
        file: format!("/documents/{id}/file"),
        is_image: file_kind.is_some_and(|kind| kind.drawn),
        read_by,
        chosen,
        person_error,
        asked,
        exact,
        near,
        form: FormView {
            action: format!("/documents/{id}"),
            fields: filled(ctx, fields, given, errors),
            submit: "File".to_owned(),
            problems: general(errors),
            ..FormView::default()
        },
        close: FormView {
            action: format!("/documents/{id}/close"),
            fields: vec![
                Field::text("reason", "Reason")
                    .hint("Such as: advertising, not our patient (sent back), copy")
                    .value(given.get("reason").unwrap_or_default())
                    .error(close_error),
            ],
            submit: "Close it".to_owned(),
            ..FormView::default()
        },
    };
    let wrong = !errors.is_empty() || !close_error.is_empty();
    let reply = show(ctx, request, Some((id.to_owned(), opened)), None)?;
    Ok(if wrong { reply.status(422) } else { reply })
}

type Candidates = (Vec<Candidate>, Vec<Candidate>);

fn candidates(ctx: &Ctx, asked: &str, owners: &[staff::Owner]) -> Result<Candidates, Problem> {
    if asked.is_empty() {
        return Ok(Candidates::default());
    }
    let (words, birth) = take_date(asked, person::today(ctx));
    let found = people::search(ctx, &words, birth)?;
    let shown = |hits: &[Hit]| -> Vec<Candidate> {
        hits.iter()
            .take(CANDIDATES)
            .map(|hit| {
                let view = hit_view(ctx, hit, owners);
                Candidate {
                    id: hit.header.id.clone(),
                    who: view.who,
                    facts: format!("MRN {} · {}", view.record_number, view.facts),
                    matched: view.matched,
                }
            })
            .collect()
    };
    Ok((shown(&found.exact), shown(&found.near)))
}
