//! All pages of the product, and the few addresses that belong to none: files, the start page, help, the gallery.

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_ui::frame::FrameView;
use continuo_ui::gallery;
use continuo_ui::words::Lang;

use super::{
    account, admin, assets, documents, emergency, entry, feeds, frame, gaps, help, identity, messages, oncall,
    oversight, paged, people, population, print, review, scribe, work,
};
use crate::app::App;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

const COMMON: &[Route] = &[
    Route::get("/assets/{hash}/{name}", Gate::Open, asset).quick(),
    Route::get("/", Gate::SignedIn, start),
    Route::get("/help", Gate::SignedIn, help_page),
    Route::get("/help/keys", Gate::SignedIn, keys_page),
    Route::get("/dev/gallery", Gate::SignedIn, gallery_page),
    Route::get("/dev/gallery/sheet", Gate::SignedIn, gallery_sheet),
];

/// The route table of the pages.
pub fn routes() -> Vec<Route> {
    [
        COMMON.to_vec(),
        account::routes(),
        work::routes(),
        people::routes(),
        review::routes(),
        scribe::routes(),
        messages::routes(),
        documents::routes(),
        identity::routes(),
        entry::ROUTES.to_vec(),
        print::ROUTES.to_vec(),
        oversight::routes(),
        super::measures::routes(),
        oncall::ROUTES.to_vec(),
        oncall::TOLD_ROUTES.to_vec(),
        paged::ROUTES.to_vec(),
        emergency::ROUTES.to_vec(),
        emergency::OPENINGS.to_vec(),
        emergency::TOKENS.to_vec(),
        population::ROUTES.to_vec(),
        gaps::routes(),
        feeds::ROUTES.to_vec(),
        admin::routes(),
    ]
    .concat()
}

fn asset(_: &App, _: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let found = assets::find(request.param("hash"), request.param("name")).ok_or_else(Problem::not_found)?;
    let reply = Reply::with(200, found.media_type, found.bytes.to_vec());
    Ok(reply.header("cache-control", "public, max-age=31536000, immutable"))
}

/// Where the day starts depends on what somebody may do.
#[expect(clippy::unnecessary_wraps, reason = "the shape of every handler")]
fn start(_: &App, ctx: &Ctx, _: &Request) -> Result<Reply, Problem> {
    const STARTS: [(Permission, &str); 5] = [
        (Permission::WorkAct, "/worklist"),
        (Permission::AdminPeople, "/admin/people"),
        (Permission::AuditRead, "/audit"),
        (Permission::WorkRead, "/worklist"),
        (Permission::PersonRead, "/patients"),
    ];
    let start = STARTS.iter().find(|(needs, _)| ctx.grant.allows(*needs)).map_or("/help", |(_, path)| path);
    Ok(Reply::see(start))
}

fn help_page(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    Ok(Reply::page(help::render_help(&frame::of(ctx, request)?, "")))
}

fn keys_page(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    Ok(Reply::page(help::render_keys(&frame::of(ctx, request)?)))
}

fn gallery_page(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let lang = if request.query.get("lang") == Some("es") { Lang::Es } else { Lang::En };
    Ok(Reply::page(gallery::gallery(&FrameView { lang, ..frame::of(ctx, request)? })))
}

fn gallery_sheet(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    Ok(Reply::page(gallery::gallery_sheet(&frame::of(ctx, request)?)))
}
