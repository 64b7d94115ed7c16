//! A document's bytes, served so that nothing in them can run: the media type found by care, never the sender's, no
//! sniffing, a policy that forbids everything, and a file name of our own.

use continuo_care::access::Permission;
use continuo_care::{Ctx, documents};

use crate::app::App;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[Route::get("/documents/{id}/file", Gate::May(Permission::RecordRead), file)];

/// Images are sandboxed as well; a browser's PDF viewer is a sandbox of its own and refuses to start inside another.
const IMAGE_POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";
const PDF_POLICY: &str = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; form-action 'none'; \
                          base-uri 'none'; frame-ancestors 'none'";

fn file(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let id = request.param("id");
    let (media_type, bytes) = documents::content(ctx, id)?;
    // What was kept before a kind was known, or under another, is only handed out to be saved.
    let kind = documents::kind::named(&media_type).filter(|kind| documents::kind::of(&bytes) == Some(*kind));
    let (media_type, ending, shown) = match kind {
        Some(kind) => (kind.media_type, kind.ending, kind.drawn || kind.ending == "pdf"),
        None => ("application/octet-stream", "bin", false),
    };
    let policy = if media_type == "application/pdf" { PDF_POLICY } else { IMAGE_POLICY };
    let short: String = id.chars().filter(char::is_ascii_alphanumeric).rev().take(8).collect();
    let how = if shown { "inline" } else { "attachment" };
    Ok(Reply::with(200, media_type, bytes)
        .header("content-security-policy", policy)
        .header("content-disposition", format!("{how}; filename=\"document-{short}.{ending}\"")))
}
