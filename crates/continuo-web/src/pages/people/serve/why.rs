//! Why is this person on the list, or not.

use continuo_care::access::Permission;
use continuo_care::followup::finding::Report;
use continuo_care::followup::spec;
use continuo_care::{Ctx, staff, why, worklist};
use continuo_ui::action::Action;
use continuo_ui::section::{LineView, Section};
use continuo_ui::states::EmptyView;
use continuo_ui::tag::{TagView, Tone};

use crate::app::App;
use crate::form::encode;
use crate::pages::work::why::{RuleAnswer, View, render};
use crate::pages::{frame, person, when, work};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[Route::get("/patients/{id}/why", Gate::May(Permission::WorkRead), show)];

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let (header, banner) = person::banner_of(ctx, request.param("id"))?;
    let answer = why::why(ctx, &header.id)?;
    let items = worklist::of_person(ctx, header.patient)?;
    let owners = staff::owners(ctx)?;
    let lines = items.iter().map(|item| {
        let due = if item.due_rule.is_empty() { String::new() } else { format!("due {}", item.due_rule) };
        let note = sentences(&[item.why.clone(), due]);
        LineView::new(&item.what, staff::name_of(&owners, &item.owner))
            .note(note)
            .link(work::item_href(item))
            .due(when::due(item.due, ctx.now(), &ctx.zone))
            .tag(work::state(item))
    });
    let mut rules: Vec<(u8, RuleAnswer)> = answer.reports.iter().map(rule).collect();
    rules.sort_by(|a, b| (a.0, &a.1.rule).cmp(&(b.0, &b.1.rule)));
    let said =
        |at: Option<_>, otherwise: &str| at.map_or_else(|| otherwise.to_owned(), |at| when::moment(at, &ctx.zone));
    let view = View {
        banner,
        tabs: person::tabs(ctx, &header.id, "Why on the list"),
        on_list: Section::of(
            lines.collect(),
            "",
            EmptyView::new("Nothing is on the list for this person.", "Below stands why, rule by rule."),
        ),
        rules: rules.into_iter().map(|(_, rule)| rule).collect(),
        assessed: format!(
            "Assessed {}. Looked at again {}, or when something changes.",
            said(answer.assessed, "just now"),
            said(answer.next, "tonight at 2:00 am")
        ),
        actions: if ctx.grant.allows(Permission::WorkAct) {
            let href = format!("/patients/{}/call?back={}", header.id, encode(&request.path));
            vec![Action::open("Log call", href).key('c')]
        } else {
            Vec::new()
        },
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

fn rule(report: &Report) -> (u8, RuleAnswer) {
    let title = spec(report.rule).map_or_else(|| report.rule.to_owned(), |spec| spec.title.clone());
    let first = report.findings.first();
    let (order, answer) = match first {
        Some(finding) if finding.backlog => (1, TagView::new(Tone::Waiting, "Backlog")),
        Some(_) => (0, TagView::new(Tone::Critical, "On the list")),
        None if !report.missing.is_empty() => (2, TagView::new(Tone::Caution, "Cannot be assessed")),
        None => (3, TagView::new(Tone::Done, "Not needed")),
    };
    let because = match first {
        Some(finding) => finding.why.clone(),
        None => sentences(&report.clear),
    };
    let missing = sentences(&report.missing);
    let href = format!("/rules/{}", report.rule);
    (order, RuleAnswer { rule: title, href, answer, because, missing, asks_nothing: order == 3 })
}

/// Sentences one after another, each with its full stop.
fn sentences(all: &[String]) -> String {
    all.iter()
        .filter(|text| !text.is_empty())
        .map(|text| crate::problem::capital(text.trim()))
        .collect::<Vec<_>>()
        .join(" ")
}
