//! The hand-over of one person: the sheet, handing over, accepting in one's own words, giving back.

use continuo_care::access::Permission;
use continuo_care::hand_over::{self, HandOver, Part, Sentence, Waiting};
use continuo_care::work::Done;
use continuo_care::{Ctx, staff};
use continuo_fhir::DateTime;
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;

use crate::app::App;
use crate::form::Pairs;
use crate::pages::print::hand_over::{AnswerView, Line, View, WaitingView, render};
use crate::pages::{done, frame, person, proof, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/patients/{id}/hand-over", Gate::May(Permission::RecordRead), show),
    Route::post("/patients/{id}/hand-over", Gate::May(Permission::WorkAssign), give),
    Route::post("/patients/{id}/hand-over/accept", Gate::May(Permission::WorkAct), accept),
    Route::post("/patients/{id}/hand-over/give-back", Gate::May(Permission::WorkAct), give_back),
];

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &Pairs::default(), "", "")
}

fn give(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
    let result = hand_over::give(ctx, request.param("id"), &text("to"), &text("words"));
    answer(ctx, request, &form, "to", result)
}

fn accept(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let result = hand_over::accept(ctx, request.param("id"), form.text("synthesis").unwrap_or_default());
    answer(ctx, request, &form, "synthesis", result)
}

fn give_back(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let result = hand_over::give_back(ctx, request.param("id"), form.text("reason").unwrap_or_default());
    answer(ctx, request, &form, "reason", result)
}

/// Back to the sheet, with undo; or the sheet again with what was wrong at its field.
fn answer(ctx: &Ctx, request: &Request, form: &Pairs, field: &str, result: Done<()>) -> Result<Reply, Problem> {
    match result {
        Ok(committed) => {
            let back = format!("/patients/{}/hand-over", request.param("id"));
            Ok(done::see(&back, committed.commit.map(|commit| commit.0)))
        }
        Err(error) => match Problem::from(error) {
            problem if [400, 409, 422].contains(&problem.status) => page(ctx, request, form, field, &problem.sentence),
            problem => Err(problem),
        },
    }
}

fn page(ctx: &Ctx, request: &Request, given: &Pairs, wrong: &str, sentence: &str) -> Result<Reply, Problem> {
    let loaded = hand_over::load(ctx, request.param("id"))?;
    let header = &loaded.chart.header;
    let owners = staff::owners(ctx)?;
    let name = |reference: &str| staff::name_of(&owners, reference);
    let typed = |name: &str, field: Field| {
        let field = given.get(name).map(|value| field.clone().value(value)).unwrap_or(field);
        if name == wrong { field.error(sentence) } else { field }
    };
    let at = |act: &str| format!("/patients/{}/hand-over{act}", header.id);
    let form = |action: String, fields: Vec<Field>, submit: &str| FormView {
        action,
        fields,
        submit: submit.to_owned(),
        about: format!("For {}", person::who(header, person::today(ctx)).named_and_born()),
        ..FormView::default()
    };
    let answer = (!loaded.to_me.is_empty()).then(|| AnswerView {
        accept: form(
            at("/accept"),
            vec![typed(
                "synthesis",
                Field::area("synthesis", "What you understood, and what you do first")
                    .hint("In your own words; it becomes part of the record"),
            )],
            "Accept hand-over",
        ),
        give_back: form(at("/give-back"), vec![typed("reason", Field::text("reason", "Why"))], "Give back"),
    });
    let may_give = ctx.grant.allows(Permission::WorkAssign) && !loaded.mine.is_empty();
    let give = may_give.then(|| {
        let others = owners.iter().filter(|one| one.acts && one.reference != ctx.actor.reference);
        let mut choices = vec![Choice::new("", "Choose")];
        choices.extend(others.map(|one| Choice::new(one.reference.as_str(), one.label.as_str())));
        let mine = loaded.mine.iter().map(|(_, what)| what.as_str()).collect::<Vec<_>>().join("; ");
        let words = Field::area("words", "What they should know").optional();
        let to = Field::new("to", "To whom", Input::Select(choices)).hint(&format!("Your open work: {mine}"));
        form(at(""), vec![typed("to", to), typed("words", words)], "Hand over")
    });
    let view = View {
        who: person::who(header, person::today(ctx)),
        about: person::on_paper(header, &loaded.chart.names),
        parts: vec![
            ("Illness severity", lines(&loaded.sentences, Part::IllnessSeverity)),
            ("Patient summary", lines(&loaded.sentences, Part::PatientSummary)),
            ("Action list", lines(&loaded.sentences, Part::ActionList)),
            ("Situation and what to do if", lines(&loaded.sentences, Part::Situation)),
        ],
        synthesis: (lines(&loaded.sentences, Part::Synthesis), said(ctx, &loaded, &name)),
        waiting: loaded.to_me.iter().chain(&loaded.to_others).map(|one| waiting(ctx, one, &name)).collect(),
        answer,
        give,
    };
    let status = if sentence.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

fn lines(sentences: &[Sentence], part: Part) -> Vec<Line> {
    let of_part = sentences.iter().filter(|one| one.part == part);
    let sources = |one: &Sentence| {
        let shown = one.references.iter().filter(|reference| !reference.starts_with("suggestion/"));
        shown.map(|reference| proof::source_href(reference)).collect()
    };
    of_part.map(|one| Line { text: when::days_in(&one.text), sources: sources(one) }).collect()
}

fn said(ctx: &Ctx, loaded: &HandOver, name: &impl Fn(&str) -> String) -> Vec<(String, String, String)> {
    let moment =
        |at: &str| DateTime::parse(at).map_or_else(|| at.to_owned(), |at| when::moment(at.low(&ctx.zone), &ctx.zone));
    loaded.said.iter().map(|(by, at, words)| (name(by), moment(at), words.clone())).collect()
}

fn waiting(ctx: &Ctx, one: &Waiting, name: &impl Fn(&str) -> String) -> WaitingView {
    let until = one.until.map(|at| format!("goes back to the sender {}", when::moment(at, &ctx.zone)));
    WaitingView {
        what: one.what.clone(),
        who: format!("{} to {}", name(&one.from), name(&one.to)),
        until: until.unwrap_or_else(|| "not accepted yet".to_owned()),
    }
}
