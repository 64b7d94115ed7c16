//! Handlers of packages: what is loaded, loading more.

use continuo_care::access::Permission;
use continuo_care::measures::load::{self, Loaded};
use continuo_care::measures::package::File;
use continuo_care::measures::settings;
use continuo_care::{Ctx, staff};
use continuo_ui::tag::Tone;

use super::{manage, words};
use crate::app::App;
use crate::pages::{admin, frame};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

/// A year's package of all measures with their value sets is about this large.
const BODY_LIMIT: usize = 128 << 20;

pub(super) const ROUTES: &[Route] = &[
    Route::get("/admin/measures", Gate::May(Permission::AdminPolicy), show),
    Route::post("/admin/measures", Gate::May(Permission::AdminPolicy), upload).body_limit(BODY_LIMIT),
];

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, Vec::new())
}

fn upload(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let parts = request.parts().into_iter().filter(|part| part.name == "package");
    let files: Vec<File> = parts
        .filter_map(|part| {
            let name = part.file.filter(|name| !name.is_empty())?;
            Some(File { name: name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned(), bytes: part.bytes.to_vec() })
        })
        .collect();
    if files.is_empty() {
        let reply = page(ctx, request, vec![(Tone::Caution, "Choose one or more files first.".to_owned())])?;
        return Ok(reply.status(422));
    }
    let loaded = load::load(ctx, &files)?;
    let whole = loaded.problems.is_empty() && loaded.written + loaded.unchanged > 0;
    let reply = page(ctx, request, notices(&loaded))?;
    Ok(if whole { reply } else { reply.status(422) })
}

fn notices(loaded: &Loaded) -> Vec<(Tone, String)> {
    let mut all = vec![(
        if loaded.written > 0 { Tone::Done } else { Tone::Caution },
        format!(
            "Measures: {}, libraries: {}, value sets: {}. Written: {}, already here: {}.{}",
            loaded.measures.len(),
            loaded.libraries,
            loaded.value_sets,
            loaded.written,
            loaded.unchanged,
            if loaded.left_out > 0 {
                format!(" Left out, of other types: {}.", loaded.left_out)
            } else {
                String::new()
            }
        ),
    )];
    all.extend(loaded.problems.iter().map(|problem| (Tone::Caution, format!("Not taken: {problem}."))));
    all
}

fn page(ctx: &Ctx, request: &Request, notices: Vec<(Tone, String)>) -> Result<Reply, Problem> {
    let owners = staff::owners(ctx)?;
    let (all, counts) = settings::overview(ctx)?;
    let rows = all.iter().map(|loaded| manage::Row {
        title: loaded.known.title.clone(),
        href: format!("/measures/{}", loaded.known.id),
        version: loaded.known.version.clone(),
        state: words::state(loaded),
        set: match &loaded.setting {
            Some(set) => format!(
                "{}{}; {}: {}",
                words::period(&set.period),
                if set.suggests { ", suggests" } else { "" },
                staff::name_of(&owners, &set.actor),
                set.reason
            ),
            None => "as loaded: off".to_owned(),
        },
        problems: match (&loaded.known.refused, loaded.known.missing.len(), loaded.known.cut.len()) {
            (Some(why), ..) => why.clone(),
            (None, 0, 0) => String::new(),
            (None, missing, cut) => format!("value sets missing: {missing}, cut short: {cut}"),
        },
    });
    let view = manage::View {
        tabs: admin::tabs("measures"),
        notices,
        rows: rows.collect(),
        problems: counts.problems,
        counts: format!("Loaded: libraries {}, value sets {}.", counts.libraries, counts.value_sets),
    };
    Ok(Reply::page(manage::render(&frame::of(ctx, request)?, &view)))
}
