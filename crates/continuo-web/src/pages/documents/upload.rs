//! Adding scans by hand.

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::documents::{self, Received};
use continuo_ui::tag::Tone;

use crate::app::App;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

/// Several scans at once, each within `documents::LARGEST`.
const BODY_LIMIT: usize = 64 << 20;

pub(super) const ROUTES: &[Route] =
    &[Route::post("/documents", Gate::May(Permission::Import), upload).body_limit(BODY_LIMIT)];

fn upload(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let (mut new, mut known) = (0, 0);
    let mut refused: Vec<String> = Vec::new();
    let scans = request.parts().into_iter().filter(|part| part.name == "scan");
    for (part, name) in scans.filter_map(|part| Some((part, part.file.filter(|name| !name.is_empty())?))) {
        match documents::receive(ctx, "upload", name, part.bytes.to_vec())? {
            Received::New(_) => new += 1,
            Received::Known(_) => known += 1,
            Received::Refused(why) => refused.push(format!("“{name}” was not taken: {why}")),
        }
    }
    let mut words = Vec::new();
    if new > 0 {
        words.push(format!("{new} added"));
    }
    if known > 0 {
        words.push(format!("{known} received before, not added again"));
    }
    if new + known == 0 && refused.is_empty() {
        words.push("Choose a PDF or an image first".to_owned());
    }
    let is_whole = refused.is_empty() && new > 0;
    words.extend(refused);
    let tone = if is_whole { Tone::Done } else { Tone::Caution };
    let reply = super::serve::list_with(ctx, request, Some((tone, format!("{}.", words.join(". ")))))?;
    Ok(if is_whole { reply } else { reply.status(422) })
}
