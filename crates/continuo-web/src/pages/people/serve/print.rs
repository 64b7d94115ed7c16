//! The patient summary on paper, read anew.

use continuo_care::access::Permission;
use continuo_care::{Ctx, chart, worklist};
use continuo_ui::section::{LineView, Section};
use continuo_ui::states::EmptyView;

use super::chart::{NO_RANGE, result, section_on_paper};
use crate::app::App;
use crate::pages::print::summary::{View, render};
use crate::pages::{feeds, frame, person, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[Route::get("/patients/{id}/print", Gate::May(Permission::PersonRead), show)];

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let chart = chart::load(ctx, request.param("id"))?;
    let header = &chart.header;
    let items =
        if ctx.grant.allows(Permission::WorkRead) { worklist::of_person(ctx, header.patient)? } else { Vec::new() };
    let next =
        items.iter().map(|item| LineView::new(&item.what, "").due(when::due(item.due, ctx.now(), &ctx.zone))).collect();
    let parts = &chart.sections;
    let clinical = !parts.administrative_only;
    let titled = |title: &str, entries: &[chart::entry::Entry]| {
        (title.to_owned(), section_on_paper(ctx, &chart, entries, EmptyView::new("Not received or not asked.", "")))
    };
    // What the role does not open is left out: "not received" would be untrue.
    let if_open = |title: &str, entries: &[chart::entry::Entry]| {
        let (title, section) = titled(title, entries);
        (title, section.open_if(clinical))
    };
    let flags = if parts.flags.is_empty() { Section::Closed } else { titled("Flags", &parts.flags).1 };
    let visits = titled("Visits", &parts.visits).1;
    let silent = continuo_care::feeds::silent(ctx)?;
    let last = continuo_care::feeds::last_about(ctx, &silent, chart.header.patient)?;
    let visits = feeds::words::told(&feeds::words::lines(ctx, &silent, &last), visits);
    let results = parts.results.iter().take(12).map(|one| {
        let line = result(ctx, one);
        let said =
            [format!("{} {}", line.value, line.unit), line.reading, line.range].map(|part| part.trim().to_owned());
        let said: Vec<String> = said.into_iter().filter(|part| !part.is_empty() && part != NO_RANGE).collect();
        LineView::new(&one.name, when::day(one.at.date())).note(said.join(", "))
    });
    let view = View {
        who: person::who(header, person::today(ctx)),
        about: person::on_paper(header, &chart.names),
        partial: !clinical,
        sections: vec![
            ("Flags".to_owned(), flags),
            ("Next".to_owned(), Section::of(next, "", EmptyView::new("Nothing is open.", ""))),
            if_open("Problems", &parts.problems),
            if_open("Medicines", &parts.medicines),
            if_open("Allergies", &parts.allergies),
            (
                "Results".to_owned(),
                Section::of(results.collect(), "", EmptyView::new("Not received.", "")).open_if(clinical),
            ),
            if_open("Needs and goals", &parts.goals),
            ("Visits".to_owned(), visits),
            titled("Care team", &parts.team),
            titled("How to reach", &parts.reach),
            titled("Coverage", &parts.coverage),
        ],
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}
