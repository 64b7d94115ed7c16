//! Suggestions: the list, one of them, and the three answers.

use continuo_care::access::Permission;
use continuo_care::followup::finding::Consequence;
use continuo_care::followup::spec;
use continuo_care::people::PersonHeader;
use continuo_care::suggestions::{self, Edit, REASONS, SuggestionView as Found};
use continuo_care::{Ctx, people};
use continuo_fhir::Instant;
use continuo_ui::field::Field;
use continuo_ui::form::FormView;
use continuo_ui::suggestion::{ReasonView, SuggestionView};
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{TagView, Tone};
use continuo_ui::who::Who;

use crate::app::App;
use crate::form::Pairs;
use crate::pages::account::own_path;
use crate::pages::entry::form_page;
use crate::pages::review::parts;
use crate::pages::review::suggestions::{View, render};
use crate::pages::{done, frame, person, proof, when};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/review", Gate::May(Permission::SuggestionDecide), list),
    Route::get("/suggestions/{id}", Gate::May(Permission::WorkRead), one),
    Route::post("/suggestions/{id}", Gate::May(Permission::SuggestionDecide), decide),
    Route::get("/suggestions/{id}/edit", Gate::May(Permission::SuggestionDecide), edit),
    Route::post("/suggestions/{id}/edit", Gate::May(Permission::SuggestionDecide), accept_edited),
];

/// Cards on one page.
const MOST: usize = 30;

fn list(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let all = suggestions::review(ctx, 500)?;
    let shown = &all[..all.len().min(MOST)];
    let people = people::by_rid(ctx, &shown.iter().map(|one| one.patient).collect::<Vec<_>>())?;
    let cards = shown.iter().filter_map(|one| {
        let header = people.iter().find(|header| header.patient == one.patient)?;
        Some(card(ctx, one, &person::who(header, person::today(ctx)), "/review"))
    });
    let view = View {
        tabs: parts::tabs(ctx, "/review")?,
        summary: if all.len() > MOST {
            format!("{MOST} of {}, the gravest first", all.len())
        } else if all.is_empty() {
            String::new()
        } else {
            format!("{} open, the gravest first", all.len())
        },
        cards: cards.collect(),
        pages: None,
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

fn one(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let found = suggestions::get(ctx, request.param("id"))?;
    let header = header_of(ctx, &found)?;
    let view = View {
        tabs: vec![TabView::new("All open", "/review", false)],
        summary: String::new(),
        cards: vec![card(ctx, &found, &person::who(&header, person::today(ctx)), own_path(request.query.text("back")))],
        pages: None,
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

fn header_of(ctx: &Ctx, found: &Found) -> Result<PersonHeader, Problem> {
    people::by_rid(ctx, &[found.patient])?.into_iter().next().ok_or_else(Problem::not_found)
}

/// A suggestion as a card.
pub(crate) fn card(ctx: &Ctx, one: &Found, who: &Who, back: &str) -> SuggestionView {
    let due = match one.due.map(|at| when::due(Some(at), ctx.now(), &ctx.zone).word) {
        Some(late) if late.ends_with("late") => format!(" {}", capital(&late)),
        Some(word) => format!(" Due {word}."),
        None => String::new(),
    };
    let why = one.why.trim_end_matches('.');
    SuggestionView {
        id: one.id.clone(),
        who: who.clone(),
        what: one.what.clone(),
        why: format!("{why}.{due}"),
        certainty: String::new(),
        evidence: proof::of_suggestion(&format!("evidence-{}", one.id), one),
        made: format!("Rule: {}, {}, {}", one.title, version(&one.body.build), when::moment(one.opened, &ctx.zone)),
        post: format!("/suggestions/{}?back={}", one.id, crate::form::encode(back)),
        edit: format!("/suggestions/{}/edit?back={}", one.id, crate::form::encode(back)),
        reasons: REASONS
            .iter()
            .map(|(code, label)| ReasonView { code: (*code).to_owned(), label: (*label).to_owned() })
            .collect(),
        words_needed: one.consequence != Consequence::Normal,
        decided: decided(ctx, one),
    }
}

/// "continuo-follow-up 0.1.0" as people say it.
fn version(build: &str) -> String {
    format!("version {}", build.rsplit(' ').next().unwrap_or(build))
}

fn decided(ctx: &Ctx, one: &Found) -> Option<TagView> {
    let last = one.decisions.last();
    let at = last.map(|decision| when::clock_at(Instant::from_micros(decision.at), &ctx.zone)).unwrap_or_default();
    let (tone, word) = match one.state.as_str() {
        "open" => return None,
        "accepted" => (Tone::Done, "Accepted"),
        "changed" => (Tone::Done, "Accepted with changes"),
        "rejected" => (Tone::Waiting, "Dismissed"),
        "closed" => (Tone::Done, "Closed by the record"),
        _ => (Tone::Waiting, "Nobody decided"),
    };
    Some(TagView::new(tone, format!("{word} {at}").trim_end()))
}

fn decide(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let (id, back) = (request.param("id"), own_path(request.query.text("back")));
    let committed = if form.get("do") == Some("accept") {
        suggestions::accept(ctx, id, Edit::default())?.commit
    } else {
        let reason = form.get("reason").unwrap_or_default();
        suggestions::reject(ctx, id, reason, form.get("words").unwrap_or_default())?.commit
    };
    Ok(done::see(back, committed.map(|commit| commit.0)))
}

fn edit(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    edit_page(ctx, request, &Pairs::default(), "")
}

fn edit_page(ctx: &Ctx, request: &Request, given: &Pairs, error: &str) -> Result<Reply, Problem> {
    let found = suggestions::get(ctx, request.param("id"))?;
    let header = header_of(ctx, &found)?;
    let (_, banner) = person::banner_of(ctx, &header.id)?;
    let text = |name: &str, otherwise: &str| given.get(name).unwrap_or(otherwise).to_owned();
    let due = found.due.map(|at| when::day(ctx.zone.day(at))).unwrap_or_default();
    let says = spec(&found.rule).map(|spec| spec.title.clone()).unwrap_or_default();
    let fields = vec![
        Field::text("what", "What").value(&text("what", &found.what)),
        Field::date("date", "Due").value(&text("date", &due)).error(error),
        Field::area("note", "Note for whoever does it").value(&text("note", "")).optional(),
    ];
    let view = form_page::View {
        title: "Change, then accept".to_owned(),
        lead: format!("Proposed by {says}: {}", found.why),
        form: FormView {
            action: format!(
                "/suggestions/{}/edit?back={}",
                found.id,
                crate::form::encode(own_path(request.query.text("back")))
            ),
            fields,
            submit: "Accept with changes".to_owned(),
            about: format!("For {}", banner.who.named_and_born()),
            cancel: own_path(request.query.text("back")).to_owned(),
            ..FormView::default()
        },
        banner: Some(banner),
    };
    Ok(Reply::page(form_page::render(&frame::of(ctx, request)?, &view)).status(if error.is_empty() {
        200
    } else {
        422
    }))
}

fn accept_edited(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
    let due = when::read_date(&text("date"), person::today(ctx));
    if due.is_none() && !text("date").is_empty() {
        return edit_page(ctx, request, &form, "Enter the date as 8/28 or Friday");
    }
    let edit = Edit {
        what: text("what"),
        owner: String::new(),
        due: due.map(|date| date.high(&ctx.zone).plus_micros(-1)),
        note: text("note"),
    };
    let committed = suggestions::accept(ctx, request.param("id"), edit)?.commit;
    Ok(done::see(own_path(request.query.text("back")), committed.map(|commit| commit.0)))
}
