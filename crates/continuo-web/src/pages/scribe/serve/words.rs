//! New words in, and the list of open reviews.

use continuo_care::access::{LABELS, Permission};
use continuo_care::models::speech;
use continuo_care::problem::WorkError;
use continuo_care::scribe::intake::{self, Incoming};
use continuo_care::scribe::source::SourceKind;
use continuo_care::scribe::tell;
use continuo_care::scribe::{filed, review};
use continuo_care::{Ctx, people, record, staff};
use continuo_fhir::{DateTime, Json, ResourceType};
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;

use crate::app::App;
use crate::form::Pairs;
use crate::pages::review::parts;
use crate::pages::scribe::{list, new_words};
use crate::pages::{done, frame, person, when};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

/// Room for the file and the form around it.
const BODY: usize = speech::LARGEST + (1 << 20);
/// Reviews on the list.
const MOST: i64 = 200;

pub(super) const ROUTES: &[Route] = &[
    Route::get("/patients/{id}/words", Gate::May(Permission::RecordWrite), ask),
    Route::post("/patients/{id}/words", Gate::May(Permission::RecordWrite), take).body_limit(BODY),
    Route::post("/review/documents/{id}", Gate::May(Permission::RecordWrite), of_document),
    Route::get("/review/words", Gate::May(Permission::SuggestionDecide), open),
];

fn ask(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &Pairs::default(), &[])
}

fn page(ctx: &Ctx, request: &Request, given: &Pairs, errors: &[(String, String)]) -> Result<Reply, Problem> {
    let (header, banner) = person::banner_of(ctx, request.param("id"))?;
    let about = given.text("about").or_else(|| request.query.text("about")).unwrap_or_default().to_owned();
    let of = of(ctx, &about)?;
    let kind = match (given.text("kind").or_else(|| request.query.text("kind")), &of) {
        (Some(kind), _) => kind.to_owned(),
        // A note that was typed during the call is somebody's own words; without one a transcript of it comes.
        (None, Some(of)) if !of.note.is_empty() => "dictation".to_owned(),
        (None, _) => "call".to_owned(),
    };
    let kinds = SourceKind::ALL.iter().map(|(_, word, label)| Choice::new(*word, *label)).collect();
    let mut fields = vec![
        Field::new("kind", "What it is", Input::Radios(kinds)).value(&kind),
        Field::text("title", "Title")
            .hint("Such as: visit with Dr. Cho, cardiology. Never anything private")
            .optional(),
        Field::date("date", "Held or written on").hint("Today, if left empty").optional(),
        Field::text("from", "By whom, if not by you").hint("Name and place").optional(),
        Field::new("text", "Words", Input::Area(14))
            .hint("Paste or type them here, with names before a colon if there are any")
            .value(of.as_ref().map_or("", |of| of.note.as_str()))
            .optional(),
        Field::new("label", "Private", Input::Select(labels()))
            .hint("Closes the words, what is proposed from them and all that is accepted; perhaps for you too")
            .optional(),
    ];
    let physician = tell::physician(ctx, header.patient)?.filter(|one| *one != ctx.actor.reference);
    if let Some(physician) = physician {
        let name = staff::name_of(&staff::owners(ctx)?, &physician);
        let what = format!("Send what a letter or report plans to {name} at once, marked as not reviewed yet");
        let at = fields.len() - 1;
        fields.insert(at, Field::checks("tell", "Primary-care physician", &[("yes", what.as_str())]).optional());
        if given.get("kind").is_none() {
            fields[at] = fields[at].clone().value("yes");
        }
    }
    let mut file_error = String::new();
    for field in &mut fields {
        if let Some(value) = given.get(&field.name) {
            value.clone_into(&mut field.value);
        }
    }
    for (name, error) in errors {
        match fields.iter_mut().find(|field| field.name == *name) {
            Some(field) => field.error.clone_from(error),
            None => file_error.clone_from(error),
        }
    }
    let view = new_words::View {
        form: FormView {
            action: format!("/patients/{}/words", header.id),
            hidden: vec![("about".to_owned(), about)],
            fields,
            submit: "Take in and review".to_owned(),
            about: format!("For {}", banner.who.named_and_born()),
            cancel: format!("/patients/{}", header.id),
            ..FormView::default()
        },
        banner,
        file_error,
        of: of.map(|of| of.what).unwrap_or_default(),
        recordings: speech::is_on(ctx),
    };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(new_words::render(&frame::of(ctx, request)?, &view)).status(status))
}

/// What the words are of: in a few words, and the note that was typed of it.
struct Of {
    what: String,
    note: String,
}

fn of(ctx: &Ctx, about: &str) -> Result<Option<Of>, Problem> {
    let Some((type_, id)) = about.split_once('/') else { return Ok(None) };
    let Some(type_) =
        ResourceType::find(type_).filter(|_| about.starts_with("Task/") || about.starts_with("Communication/"))
    else {
        return Ok(None);
    };
    let stored = record::read(ctx, type_, id)?;
    let json = Json::parse(stored.bytes.as_deref().unwrap_or_default())
        .map_err(|error| Problem::internal(error.to_string()))?;
    if about.starts_with("Task/") {
        let what = json.str_at("description").unwrap_or("a task").to_owned();
        return Ok(Some(Of { what: format!("For the task: {what}"), note: String::new() }));
    }
    let at = json.str_at("sent").or(json.str_at("received")).and_then(DateTime::parse);
    let at = at.map(|at| when::moment(at.low(&ctx.zone), &ctx.zone)).unwrap_or_default();
    let note = json.at("note.0.text").and_then(Json::as_str).unwrap_or_default().to_owned();
    Ok(Some(Of { what: format!("Of the call {at}").trim_end().to_owned(), note }))
}

/// Labels that words can be closed with.
fn labels() -> Vec<Choice> {
    let mut all = vec![Choice::new("", "Not private")];
    for label in LABELS.iter() {
        if !all.iter().any(|one| one.value == label.id) {
            all.push(Choice::new(&label.id, &label.meaning));
        }
    }
    all
}

fn take(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
    let day = when::read_date(&text("date"), person::today(ctx));
    if day.is_none() && !text("date").is_empty() {
        return page(
            ctx,
            request,
            &form,
            &[("date".to_owned(), "Enter the date as 8/20, 20 Aug or yesterday".to_owned())],
        );
    }
    let file = request.file("file").filter(|file| !file.bytes.is_empty());
    let (name, media_type, bytes) = match &file {
        Some(file) => (file.file.unwrap_or("").to_owned(), file.media_type.to_owned(), file.bytes.to_vec()),
        None => (String::new(), String::new(), form.get("text").unwrap_or_default().as_bytes().to_vec()),
    };
    let incoming = Incoming {
        person: format!("Patient/{}", request.param("id")),
        kind: SourceKind::from_word(&text("kind")).unwrap_or_default(),
        title: text("title"),
        day,
        from: text("from"),
        about: text("about"),
        label: text("label"),
        tell: form.text("tell").is_some(),
        name,
        media_type,
        bytes,
    };
    let recording = file.is_some() && speech::is_recording(&incoming.media_type, &incoming.name);
    if recording && !speech::is_on(ctx) {
        let why = "Recordings cannot be turned into text here: no speech service is configured. Choose a transcript";
        return page(ctx, request, &form, &[("file".to_owned(), why.to_owned())]);
    }
    let person = request.param("id");
    let taken = if recording {
        // Its review is not there before the service has answered: back to the person.
        speech::take(ctx, incoming).map(|taken| (format!("/patients/{person}"), taken.commit))
    } else {
        intake::take(ctx, incoming).map(|taken| {
            // Closed words may be closed to who took them in: then back to the person.
            let opens = review::load(ctx, &taken.value).is_ok();
            let next = if opens { format!("/review/{}", taken.value) } else { format!("/patients/{person}") };
            (next, taken.commit)
        })
    };
    match taken {
        Ok((next, commit)) => Ok(done::see(&next, commit.map(|commit| commit.0))),
        Err(WorkError::Field { field, text }) => {
            let sentence = capital(&text).trim_end_matches('.').to_owned();
            page(ctx, request, &form, &[(field.to_owned(), sentence)])
        }
        Err(error) => Err(error.into()),
    }
}

/// Puts a filed document to review.
fn of_document(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let taken = filed::take(ctx, request.param("id"))?;
    Ok(done::see(&format!("/review/{}", taken.value), taken.commit.map(|commit| commit.0)))
}

fn open(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let all = review::open(ctx, MOST)?;
    let people = people::by_rid(ctx, &all.iter().map(|one| one.patient).collect::<Vec<_>>())?;
    let owners = staff::owners(ctx)?;
    let rows = all.iter().filter_map(|one| {
        let header = people.iter().find(|header| header.patient == one.patient)?;
        let (proposed, waiting) = one.counts;
        Some(list::Row {
            who: person::who(header, person::today(ctx)),
            what: format!("{}{}", one.what, if one.danger { " (words of danger)" } else { "" }),
            href: format!("/review/{}", one.id),
            waiting: format!("{waiting} of {proposed}"),
            due: when::due(one.due, ctx.now(), &ctx.zone),
            owner: staff::name_of(&owners, &one.owner),
        })
    });
    let view = list::View { tabs: parts::tabs(ctx, "/review/words")?, rows: rows.collect() };
    Ok(Reply::page(list::render(&frame::of(ctx, request)?, &view)))
}
