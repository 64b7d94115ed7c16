//! Handlers of the audit. Asked by posting, since it names people; pages go by the number of an entry.

use continuo_care::access::Permission;
use continuo_care::auditing::{self, Entries};
use continuo_care::{Ctx, people, staff};
use continuo_fhir::{Date, Instant};
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::states::PagesView;
use continuo_ui::tag::Tone;

use super::audit::{Entry, View, render};
use crate::app::App;
use crate::form::Pairs;
use crate::pages::people::kind_in_words;
use crate::pages::{frame, person, proof, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/audit", Gate::May(Permission::AuditRead), newest),
    Route::post("/audit", Gate::May(Permission::AuditRead), asked),
];

/// Entries on one page.
const PAGE: i64 = 200;

fn newest(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &Pairs::default())
}

fn asked(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &request.form()?)
}

fn page(ctx: &Ctx, request: &Request, form: &Pairs) -> Result<Reply, Problem> {
    let before = request.query.get("before").or_else(|| form.get("before"));
    let before = before.and_then(|text| text.parse().ok()).unwrap_or(0);
    let who = form.text("person").unwrap_or_default();
    let (patient, error) = match who {
        "" => (String::new(), ""),
        words => match people::search(ctx, words, None)?.exact.as_slice() {
            [one] => (one.header.id.clone(), ""),
            [] => (String::new(), "Nobody has this record number or name"),
            _ => (String::new(), "Several people match: give the record number"),
        },
    };
    let actor = form.text("actor").unwrap_or_default();
    let owners = staff::owners(ctx).unwrap_or_default();
    let found =
        if error.is_empty() { auditing::entries(ctx, &patient, actor, before, PAGE)? } else { Entries::default() };
    let last = found.rows.last().map(|row| row.seq);
    let full = found.rows.len() as i64 == PAGE;
    let narrowed = !patient.is_empty() || !actor.is_empty();
    // What names people is posted again, not put into an address.
    let older = last.filter(|_| full && narrowed).map(|seq| {
        let asked = [("person", who), ("actor", actor)].map(|(name, value)| (name.to_owned(), value.to_owned()));
        asked.into_iter().chain([("before".to_owned(), seq.to_string())]).collect()
    });
    let mut actors = vec![Choice::new("", "Anybody")];
    actors.extend(
        owners
            .iter()
            .filter(|owner| owner.reference.contains('/'))
            .map(|owner| Choice::new(&owner.reference, &owner.label)),
    );
    let view = View {
        form: FormView {
            action: "/audit".to_owned(),
            fields: vec![
                Field::text("person", "Whose record").hint("Record number, or name").value(who).error(error).optional(),
                Field::new("actor", "Who did it", Input::Select(actors)).value(actor).optional(),
            ],
            submit: "Find".to_owned(),
            ..FormView::default()
        },
        chain: (
            Tone::Active,
            format!(
                "The newest link of the chain is {}. The command continuo audit verify checks every link against its content.",
                found.link
            ),
        ),
        entries: found
            .rows
            .iter()
            .map(|row| Entry {
                at: when::moment(Instant::from_micros(row.at), &ctx.zone),
                actor: actor_in_words(&owners, &row.actor),
                action: action_in_words(&row.action, &row.detail),
                who: found.people.get(&row.patient).map(|header| person::who(header, person::today(ctx))),
                what: subject_in_words(&row.subject, found.days.get(&row.subject).copied()),
                href: if row.subject.contains('/') && ctx.grant.allows(Permission::RecordRead) {
                    proof::source_href(&row.subject)
                } else {
                    String::new()
                },
                purpose: if row.action == UNDO { String::new() } else { row.detail.clone() },
            })
            .collect(),
        older: older.unwrap_or_default(),
        pages: (full && !narrowed).then(|| PagesView {
            shown: format!("{PAGE} entries"),
            previous: None,
            next: last.map(|seq| format!("/audit?before={seq}")),
        }),
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

/// The name of a commit that takes back another, which its detail names.
const UNDO: &str = "undo";

/// "undo: add document": what was taken back stands with the word.
fn action_in_words(action: &str, detail: &str) -> String {
    if action == UNDO && !detail.is_empty() { format!("{UNDO}: {detail}") } else { action.to_owned() }
}

/// A name; the programs of the product and those with a token by what they are.
fn actor_in_words(owners: &[staff::Owner], actor: &str) -> String {
    match actor.strip_prefix("Device/") {
        Some("continuo-follow-up") => "Continuo (follow-up)".to_owned(),
        Some(token) if token.starts_with("token-") => "A program with a token".to_owned(),
        _ => staff::name_of(owners, actor),
    }
}

/// "Result, 11/03/2026": what kind of entry and of which day, never what it says. Names of settings stay as they are.
fn subject_in_words(subject: &str, day: Option<Date>) -> String {
    let Some((type_, id)) = subject.split_once('/') else { return subject.to_owned() };
    let kind = match (type_, id) {
        ("Device", id) if id.starts_with("token-") => "API token",
        _ => kind_in_words(type_),
    };
    if kind.is_empty() {
        return subject.to_owned();
    }
    match day {
        Some(day) => format!("{kind}, {}", when::day(day)),
        None => kind.to_owned(),
    }
}
