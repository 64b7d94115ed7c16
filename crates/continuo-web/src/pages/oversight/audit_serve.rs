//! Handlers of the audit. Asked by posting, since it names people; the list it leads to stands in the address, with the person by
//! an opaque id, and can be kept, sent and gone back to.

use continuo_care::access::Permission;
use continuo_care::auditing::{self, Asked, Entries};
use continuo_care::{Ctx, people, staff};
use continuo_fhir::{Date, Instant};
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::states::PagesView;
use continuo_ui::tag::Tone;

use super::audit::{Entry, View, render};
use crate::app::App;
use crate::form::{Pairs, encode};
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

/// What a list is narrowed by, as its address says it: whose record by an opaque id, never by a name.
#[derive(Default)]
struct Narrowed {
    asked: Asked,
    /// Words that were typed and cannot be read: field, sentence.
    errors: Vec<(&'static str, String)>,
}

impl Narrowed {
    fn of(ctx: &Ctx, pairs: &Pairs) -> Narrowed {
        let text = |name: &str| pairs.text(name).unwrap_or_default().to_owned();
        let mut narrowed = Narrowed::default();
        let mut day = |name: &'static str| {
            let typed = text(name);
            let read = when::read_date(&typed, person::today(ctx)).filter(|day| day.day().is_some());
            if read.is_none() && !typed.is_empty() {
                narrowed.errors.push((name, "Enter the day as 8/28 or yesterday".to_owned()));
            }
            read
        };
        let (from, to) = (day("from"), day("to"));
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            narrowed.errors.push(("to", "This is before the first day".to_owned()));
        }
        let before = text("before").parse().unwrap_or(0);
        narrowed.asked = Asked { patient: text("of"), actor: text("actor"), kind: text("kind"), from, to, before };
        narrowed
    }

    /// The address of the list, from the newest or from before an entry.
    fn path(&self, before: Option<i64>) -> String {
        let day = |day: Option<Date>| day.map(iso).unwrap_or_default();
        let asked = &self.asked;
        let pairs = [
            ("of", asked.patient.clone()),
            ("actor", asked.actor.clone()),
            ("kind", asked.kind.clone()),
            ("from", day(asked.from)),
            ("to", day(asked.to)),
            ("before", before.map(|seq| seq.to_string()).unwrap_or_default()),
        ];
        let pairs: Vec<String> = pairs
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        if pairs.is_empty() { "/audit".to_owned() } else { format!("/audit?{}", pairs.join("&")) }
    }
}

/// A day as addresses carry it.
fn iso(day: Date) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), day.month().unwrap_or(1), day.day().unwrap_or(1))
}

fn newest(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &Narrowed::of(ctx, &request.query), "", "")
}

/// What was asked becomes an address, once the person is found: names stand in none.
fn asked(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let mut narrowed = Narrowed::of(ctx, &form);
    let who = form.text("person").unwrap_or_default();
    let error = match who {
        "" => "",
        words => match people::search(ctx, words, None)?.exact.as_slice() {
            [one] => {
                narrowed.asked.patient.clone_from(&one.header.id);
                ""
            }
            [] => "Nobody has this record number or name",
            _ => "Several people match: give the record number",
        },
    };
    if !error.is_empty() || !narrowed.errors.is_empty() {
        return page(ctx, request, &narrowed, who, error);
    }
    Ok(Reply::see(&narrowed.path(None)))
}

fn page(ctx: &Ctx, request: &Request, narrowed: &Narrowed, who: &str, error: &str) -> Result<Reply, Problem> {
    let asked = &narrowed.asked;
    let wrong = !error.is_empty() || !narrowed.errors.is_empty();
    let owners = staff::owners(ctx).unwrap_or_default();
    let found = if wrong { Entries::default() } else { auditing::found(ctx, asked, PAGE)? };
    let last = found.rows.last().map(|row| row.seq);
    let full = found.rows.len() as i64 == PAGE;
    let mut actors = vec![Choice::new("", "Anybody")];
    actors.extend(
        owners
            .iter()
            .filter(|owner| owner.reference.contains('/'))
            .map(|owner| Choice::new(&owner.reference, &owner.label)),
    );
    let mut kinds = vec![Choice::new("", "Anything")];
    kinds.extend(auditing::kinds(ctx)?.iter().map(|kind| Choice::new(kind, capital(kind))));
    let day = |name: &'static str, label: &str, day: Option<Date>| {
        let wrong = narrowed.errors.iter().find(|(field, _)| *field == name);
        let shown = day.map(when::day).unwrap_or_default();
        let field = Field::date(name, label).value(&shown).optional();
        field.error(wrong.map_or("", |(_, sentence)| sentence))
    };
    // Whose record it is stays said, although no name stands in the address.
    let of = match asked.patient.as_str() {
        "" => None,
        id => person::banner_of(ctx, id).ok().map(|(header, _)| person::who(&header, person::today(ctx))),
    };
    let view = View {
        of: of.map(|who| who.named_and_born()),
        narrowed: narrowed_words(&owners, asked),
        form: FormView {
            hidden: [("of", &asked.patient)]
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| (name.to_owned(), value.clone()))
                .collect(),
            action: "/audit".to_owned(),
            fields: vec![
                Field::text("person", "Whose record").hint("Record number, or name").value(who).error(error).optional(),
                Field::new("actor", "Who did it", Input::Select(actors)).value(&asked.actor).optional(),
                Field::new("kind", "What was done", Input::Select(kinds)).value(&asked.kind).optional(),
                day("from", "First day", asked.from),
                day("to", "Last day", asked.to),
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
        pages: full.then(|| PagesView {
            shown: format!("{PAGE} entries"),
            previous: None,
            next: last.map(|seq| narrowed.path(Some(seq))),
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

/// The name of an action with a capital letter.
fn capital(action: &str) -> String {
    crate::problem::capital(action).trim_end_matches('.').to_owned()
}

/// What a list is narrowed by, in words; nothing where it is not.
fn narrowed_words(owners: &[staff::Owner], asked: &Asked) -> String {
    let mut words = Vec::new();
    if !asked.kind.is_empty() {
        words.push(capital(&asked.kind));
    }
    if !asked.actor.is_empty() {
        words.push(format!("by {}", actor_in_words(owners, &asked.actor)));
    }
    match (asked.from, asked.to) {
        (Some(from), Some(to)) if from == to => words.push(format!("on {}", when::day(from))),
        (from, to) => {
            words.extend(from.map(|day| format!("from {}", when::day(day))));
            words.extend(to.map(|day| format!("to {}", when::day(day))));
        }
    }
    words.join(", ")
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
