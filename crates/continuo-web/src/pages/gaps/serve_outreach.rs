//! Handlers of writing to several people.

use continuo_care::access::Permission;
use continuo_care::languages::language_name;
use continuo_care::outreach::{self, Entry, Left, Prepared, Way};
use continuo_care::problem::WorkError;
use continuo_care::{Ctx, gaps, staff};
use continuo_ui::field::Choice;
use continuo_ui::tag::{TagView, Tone};

use super::letters::{self, Letter};
use super::outreach::{Line, Made, People, Person, Preview, all as list_page, made, preview};
use crate::app::App;
use crate::pages::{done, frame, person, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::post("/care-gaps/{rule}/outreach", Gate::May(Permission::SuggestionDecide), look),
    Route::post("/care-gaps/{rule}/outreach/send", Gate::May(Permission::SuggestionDecide), send),
    Route::get("/outreach", Gate::May(Permission::WorkRead), all),
    Route::get("/outreach/{id}", Gate::May(Permission::WorkRead), one),
    Route::get("/outreach/{id}/letters", Gate::May(Permission::WorkRead), sheets),
    Route::post("/outreach/{id}/mailed", Gate::May(Permission::SuggestionDecide), mailed),
];

fn picks(request: &Request) -> Result<(Vec<String>, Way), Problem> {
    let form = request.form()?;
    let picks = form.all("pick").map(str::to_owned).collect();
    Ok((picks, Way::from_word(form.text("prefer").unwrap_or_default())))
}

fn look(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let (picks, prefer) = picks(request)?;
    let rule = request.param("rule");
    if picks.is_empty() {
        return super::serve::nobody_chosen(ctx, request);
    }
    let found = match outreach::send::look(ctx, rule, &picks, prefer) {
        Err(WorkError::Not(why)) => {
            return super::serve::said(ctx, request, &crate::problem::capital(&format!("{why}.")));
        }
        found => found?,
    };
    let owners = staff::owners(ctx)?;
    let mut people = People::default();
    for one in &found.people {
        sort(ctx, &mut people, one);
    }
    let any = !people.letters.is_empty() || !people.calls.is_empty();
    let view = Preview {
        title: gaps::spec(rule).map(|spec| spec.rule.title.clone()).unwrap_or_default(),
        back: format!("/care-gaps/{rule}"),
        again: format!("/care-gaps/{rule}/outreach"),
        send: if any { format!("/care-gaps/{rule}/outreach/send") } else { String::new() },
        picks,
        prefer: prefer.word().to_owned(),
        owners: std::iter::once(Choice::new("", "Whoever coordinates the person"))
            .chain(owners.iter().map(|owner| Choice::new(&owner.reference, &owner.label)))
            .collect(),
        people,
    };
    Ok(Reply::page(preview(&frame::of(ctx, request)?, &view)))
}

fn sort(ctx: &Ctx, people: &mut People, one: &Prepared) {
    let who = person::who(&one.person, person::today(ctx));
    match &one.plan {
        Ok((plan, words)) => {
            let row = Person {
                who,
                language: if plan.interpreter.is_empty() {
                    language_name(plan.language).to_owned()
                } else {
                    format!("Interpreter: {}", language_name(&plan.interpreter))
                },
                about: plan.rules.iter().map(|spec| spec.rule.title.as_str()).collect::<Vec<_>>().join("; "),
                note: match (plan.plain, plan.hours.as_str()) {
                    (true, _) => "names no care: little may be said".to_owned(),
                    (false, hours) if plan.way == Way::Call => hours.to_owned(),
                    _ => String::new(),
                },
                state: None,
                words: words.clone(),
                lang: plan.language.to_owned(),
            };
            match plan.way {
                Way::Letter => people.letters.push(row),
                Way::Call => people.calls.push(row),
            }
        }
        Err(left) => {
            let about = match left {
                Left::Recently(day) => format!("{} ({})", Left::words(left.code()), when::day(*day)),
                left => Left::words(left.code()).to_owned(),
            };
            people.left.push(Person {
                who,
                about,
                language: String::new(),
                note: String::new(),
                state: None,
                words: String::new(),
                lang: String::new(),
            });
        }
    }
}

fn send(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let (picks, prefer) = picks(request)?;
    let owner = request.form()?.text("owner").unwrap_or_default().to_owned();
    let sent = outreach::send::send(ctx, request.param("rule"), &picks, prefer, &owner)?;
    Ok(done::see(&format!("/outreach/{}", sent.value.batch), sent.commit.map(|commit| commit.0)))
}

fn all(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let owners = staff::owners(ctx)?;
    let lines: Vec<Line> = outreach::batch::all(ctx)?
        .into_iter()
        .map(|one| Line {
            href: format!("/outreach/{}", one.id),
            when: one.at.map_or_else(|| "no date".to_owned(), |at| when::moment(at, &ctx.zone)),
            rule: one.rule,
            by: staff::name_of(&owners, &one.by),
            counts: one.counts,
        })
        .collect();
    Ok(Reply::page(list_page(&frame::of(ctx, request)?, &lines)))
}

fn one(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let id = request.param("id");
    let batch = outreach::batch::load(ctx, id)?;
    let owners = staff::owners(ctx)?;
    let mut people = People::default();
    for entry in &batch.entries {
        let row = row(ctx, entry);
        match entry.way {
            Some(Way::Letter) => people.letters.push(row),
            Some(Way::Call) => people.calls.push(row),
            None => people.left.push(row),
        }
    }
    let waits =
        |entry: &&Entry| entry.way == Some(Way::Letter) && entry.held.is_empty() && entry.status == "preparation";
    let any = batch.entries.iter().any(|entry| waits(&entry));
    let may = ctx.grant.allows(Permission::SuggestionDecide);
    let day = batch.at.map(|at| when::moment(at, &ctx.zone)).unwrap_or_default();
    let view = Made {
        lead: format!("{}, {day}, by {}", batch.rule, staff::name_of(&owners, &batch.by)),
        letters_href: if any { format!("/outreach/{id}/letters") } else { String::new() },
        mail: if any && may { format!("/outreach/{id}/mailed") } else { String::new() },
        problem: String::new(),
        people,
    };
    Ok(Reply::page(made(&frame::of(ctx, request)?, &view)))
}

fn row(ctx: &Ctx, entry: &Entry) -> Person {
    let state = match (entry.way, entry.status.as_str()) {
        (None, _) => None,
        (Some(_), _) if !entry.held.is_empty() => Some(TagView::new(Tone::Caution, entry.held)),
        (Some(Way::Letter), "completed") => Some(TagView::new(Tone::Done, "Mailed")),
        (Some(Way::Letter), _) => Some(TagView::new(Tone::Waiting, "To print")),
        (Some(Way::Call), _) => Some(TagView::new(Tone::Active, "A task to call")),
    };
    Person {
        who: person::who(&entry.person, person::today(ctx)),
        language: language_name(&entry.language).to_owned(),
        about: if entry.left_out.is_empty() { entry.about.join("; ") } else { entry.left_out.to_owned() },
        note: String::new(),
        state,
        words: entry.words.clone(),
        lang: entry.language.clone(),
    }
}

fn sheets(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let id = request.param("id");
    let batch = outreach::batch::load(ctx, id)?;
    let today = person::today(ctx);
    let letters: Vec<Letter> = batch
        .entries
        .iter()
        .filter(|entry| entry.way == Some(Way::Letter) && entry.held.is_empty() && entry.status == "preparation")
        .map(|entry| Letter {
            who: person::who(&entry.person, today),
            address: entry.address.clone(),
            day: when::in_letter(today, &entry.language),
            words: entry.words.split("\n\n").map(str::to_owned).collect(),
            lang: entry.language.clone(),
        })
        .collect();
    Ok(Reply::page(letters::render(&frame::of(ctx, request)?, &format!("/outreach/{id}"), &letters)))
}

fn mailed(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let id = request.param("id");
    let marked = outreach::batch::mail(ctx, id)?;
    Ok(done::see(&format!("/outreach/{id}"), marked.commit.map(|commit| commit.0)))
}
