//! Who on file may be the person being registered: the same comparison as everywhere, on submit and while typing.

use continuo_care::access::Permission;
use continuo_care::entry::{self, Values};
use continuo_care::identity::matching::{self, Match};
use continuo_care::people::{self, Hit};
use continuo_care::{Ctx, staff};

use crate::app::App;
use crate::pages::entry::typed_values;
use crate::pages::people::{hit_view, register, search};
use crate::pages::when;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[Route::post("/patients/alike", Gate::May(Permission::PersonWrite), fragment)];

/// The most people shown.
const MOST: usize = 6;
/// Reasons said of each.
const REASONS: usize = 3;
/// Others who share the phone.
const SHARERS: usize = 4;

/// People on file who may be this one, likeliest first with why, then those who share the phone.
pub(crate) fn hits(ctx: &Ctx, values: &Values) -> Result<Vec<search::Hit>, Problem> {
    let owners = staff::owners(ctx).unwrap_or_default();
    let found = matching::find(ctx, &entry::draft(values), MOST)?;
    let mut hits: Vec<(String, search::Hit)> = found.into_iter().filter_map(|one| hit(ctx, one, &owners)).collect();
    for hit in people::by_phone(ctx, values.get("phone"))?.into_iter().take(SHARERS) {
        let id = hit.header.id.clone();
        if !hits.iter().any(|(known, _)| *known == id) {
            let shown = hit_view(ctx, &Hit { matched: vec!["same last digits of the phone"], ..hit }, &owners);
            hits.push((id, shown));
        }
    }
    Ok(hits.into_iter().map(|(_, hit)| hit).collect())
}

fn hit(ctx: &Ctx, found: Match, owners: &[staff::Owner]) -> Option<(String, search::Hit)> {
    let header = found.header?;
    let id = header.id.clone();
    let reasons = found.reasons.iter().filter(|reason| reason.bits > 0.0).take(REASONS);
    let why = when::days_in(&reasons.map(|reason| reason.text.clone()).collect::<Vec<_>>().join(", "));
    let shown = hit_view(ctx, &Hit { header, matched: Vec::new() }, owners);
    Some((id, search::Hit { matched: why, ..shown }))
}

/// What the script asks while somebody types: the list alone, empty when nobody looks alike.
fn fragment(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let values = typed_values(ctx, &form);
    Ok(Reply::page(register::alike(&hits(ctx, &values)?)))
}
