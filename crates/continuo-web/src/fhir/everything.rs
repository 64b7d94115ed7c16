//! `Patient/{id}/$everything`.

use continuo_care::{Ctx, record};

use super::body::{self, base, negotiate};
use super::bundle::Builder;
use super::outcome::FHIR_JSON;
use crate::app::App;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;

pub(super) fn of_patient(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    let all = record::everything(ctx, request.param("id"))?;
    let types: Vec<&str> = request.query.get("_type").map(|t| t.split(',').collect()).unwrap_or_default();
    let since = match request.query.get("_since") {
        Some(text) => continuo_fhir::Instant::parse(text)
            .ok_or_else(|| Problem::bad_request("`_since` is not an instant, such as 2026-08-01T00:00:00Z"))?
            .micros(),
        None => i64::MIN,
    };
    let base = base(request);
    let mut out = Builder::new("searchset");
    let mut total = 0;
    for stored in &all {
        let wanted = (types.is_empty() || types.contains(&stored.type_.as_str())) && stored.updated >= since;
        if let Some(bytes) = stored.bytes.as_deref().filter(|_| wanted) {
            total += 1;
            let address = format!("{base}/{}/{}", stored.type_, stored.id);
            out.push(Some(&address), Some(bytes), Some(r#"{"mode":"match"}"#), None);
        }
    }
    let links = [("self", format!("{base}{}", super::bundle::own_path(request)))];
    Ok(Reply::with(200, FHIR_JSON, body::pretty(request, out.total(total).finish(&links))))
}
