//! The lists of one person: tasks open and finished, referrals, documents.

use continuo_care::access::Permission;
use continuo_care::chart::{self, Chart};
use continuo_care::{Ctx, staff, worklist};
use continuo_ui::action::Action;
use continuo_ui::section::{LineView, Section};
use continuo_ui::states::EmptyView;

use super::chart::line;
use crate::app::App;
use crate::form::encode;
use crate::pages::people::lists::{View, render};
use crate::pages::{frame, person, when, work};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/patients/{id}/tasks", Gate::May(Permission::WorkRead), tasks),
    Route::get("/patients/{id}/referrals", Gate::May(Permission::RecordRead), referrals),
    Route::get("/patients/{id}/documents", Gate::May(Permission::RecordRead), documents),
];

/// Lines of one list.
const MOST: usize = 200;

type List = (&'static str, String, Section<LineView>);

fn show(
    ctx: &Ctx,
    request: &Request,
    chart: &Chart,
    title: &str,
    add: &[(&str, &str, Permission)],
    lists: Vec<List>,
) -> Result<Reply, Problem> {
    let id = &chart.header.id;
    let allowed = add.iter().filter(|(.., needs)| ctx.grant.allows(*needs));
    let view = View {
        banner: person::banner(&chart.header, &chart.names, person::today(ctx)),
        tabs: person::tabs(ctx, id, title),
        title: title.to_owned(),
        actions: allowed
            .map(|(label, kind, _)| {
                Action::open(*label, format!("/patients/{id}/add/{kind}?back={}", encode(&request.path)))
            })
            .collect(),
        lists,
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

fn entries(
    ctx: &Ctx,
    chart: &Chart,
    id: &'static str,
    title: &str,
    all: &[chart::entry::Entry],
    otherwise: EmptyView,
) -> List {
    let about = if all.len() > MOST { format!("{MOST} of {}", all.len()) } else { format!("{} in all", all.len()) };
    let lines = all.iter().take(MOST).map(|entry| line(ctx, chart, entry)).collect();
    (id, title.to_owned(), Section::of(lines, about, otherwise))
}

fn tasks(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let chart = chart::load(ctx, request.param("id"))?;
    let owners = staff::owners(ctx)?;
    let open = worklist::of_person(ctx, chart.header.patient)?.into_iter().map(|item| {
        LineView::new(&item.what, staff::name_of(&owners, &item.owner))
            .link(work::item_href(&item))
            .due(when::due(item.due, ctx.now(), &ctx.zone))
            .note(item.why.clone())
            .tag(work::state(&item))
    });
    let open = Section::of(
        open.collect(),
        "",
        EmptyView::new("Nothing is open.", "Every rule was looked at; see Why on the list."),
    );
    let mut lists: Vec<List> = vec![("open", "Open".to_owned(), open)];
    if ctx.grant.allows(Permission::RecordRead) {
        let nothing = EmptyView::new("Nothing finished yet.", "What is done or ended appears here with its outcome.");
        lists.push(entries(ctx, &chart, "finished", "Finished", &chart.sections.finished, nothing));
    }
    let add = [("Add a task", "task", Permission::WorkAct), ("Quick reminder", "reminder", Permission::WorkAct)];
    show(ctx, request, &chart, "Tasks", &add, lists)
}

fn referrals(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let chart = chart::load(ctx, request.param("id"))?;
    let nothing = EmptyView::new("No referrals received or entered.", "Add one, or accept one from Review.");
    let list = entries(ctx, &chart, "referrals", "Referrals", &chart.sections.referrals, nothing);
    show(ctx, request, &chart, "Referrals", &[("Add a referral", "referral", Permission::RecordWrite)], vec![list])
}

fn documents(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let chart = chart::load(ctx, request.param("id"))?;
    let nothing = EmptyView::new("Documents: not received.", "Scans are filed from the document inbox.");
    let list = entries(ctx, &chart, "documents", "Documents and reports", &chart.sections.documents, nothing);
    show(ctx, request, &chart, "Documents", &[("Add a document", "document", Permission::RecordWrite)], vec![list])
}
