//! My caseload: the people this reader coordinates.

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::followup::finding::Band;
use continuo_care::people::{self, PersonHeader};
use continuo_fhir::Instant;
use continuo_ui::field::Choice;
use continuo_ui::filter::{FilterBarView, FilterView};
use continuo_ui::states::PagesView;
use continuo_ui::tag::{TagView, Tone};

use crate::app::App;
use crate::pages::work::caseload::{Row, View, columns, render};
use crate::pages::{frame, person, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[Route::get("/caseload", Gate::May(Permission::WorkRead), show)];

const PAGE: usize = 100;
const TIERS: [(&str, &str); 4] =
    [("", "All tiers"), ("tier-high", "High"), ("tier-medium", "Medium"), ("tier-low", "Low or none")];

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let tier = request.query.get("tier").unwrap_or_default();
    let page = request.query.get("page").and_then(|text| text.parse::<usize>().ok()).unwrap_or(1).clamp(1, 100_000);
    let mut all = people::caseload(ctx, "")?;
    all.retain(|one| tier.is_empty() || one.person.tier == tier || (tier == "tier-low" && one.person.tier.is_empty()));
    // Longest without contact first; never contacted before all.
    all.sort_by_key(|one| one.person.last_contact);
    let total = all.len();
    let from = ((page - 1) * PAGE).min(total);
    let rows: Vec<Row> = all.iter().skip(from).take(PAGE).map(|one| row(ctx, one)).collect();
    let at = |page: usize| format!("/caseload?tier={tier}&page={page}");
    let to = from + rows.len();
    let view = View {
        summary: format!("{total} people, longest without contact first"),
        filters: FilterBarView {
            action: "/caseload".to_owned(),
            filters: vec![FilterView {
                name: "tier".to_owned(),
                label: "Tier".to_owned(),
                choices: TIERS.iter().map(|(value, label)| Choice::new(*value, *label)).collect(),
                chosen: tier.to_owned(),
            }],
            ..FilterBarView::default()
        },
        columns: columns(),
        rows,
        pages: (total > PAGE).then(|| PagesView {
            shown: format!("{}-{to} of {total} people", from + 1),
            previous: (page > 1).then(|| at(page - 1)),
            next: (to < total).then(|| at(page + 1)),
        }),
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

fn row(ctx: &Ctx, one: &people::CaseRow) -> Row {
    let (header, now, today) = (&one.person, ctx.now(), person::today(ctx));
    let day = |micros: i64| (micros > 0).then(|| ctx.zone.day(Instant::from_micros(micros)));
    let open = match (one.open, one.worst) {
        (0, _) => String::new(),
        (n, Some(Band::Danger)) => format!("{n} open, danger now"),
        (n, Some(Band::Clock | Band::Late)) => format!("{n} open, late or ending today"),
        (n, _) => format!("{n} open"),
    };
    Row {
        who: person::who(header, today),
        tier: match header.tier.as_str() {
            "tier-high" => "High".to_owned(),
            "tier-medium" => "Medium".to_owned(),
            _ => "Low or none".to_owned(),
        },
        today: today_tag(header, one.visit_today),
        last: day(header.last_contact).map_or_else(|| "no contact on file".to_owned(), |at| when::ago(at, today)),
        next: (header.next_visit > 0).then(|| when::due(Some(Instant::from_micros(header.next_visit)), now, &ctx.zone)),
        open,
        worst: match one.worst {
            Some(Band::Danger | Band::Clock | Band::Late) if one.open > 0 => Some(Tone::Critical),
            Some(Band::Today) if one.open > 0 => Some(Tone::Caution),
            _ => None,
        },
        promises: if one.promises == 0 { String::new() } else { format!("{} due", one.promises) },
    }
}

fn today_tag(header: &PersonHeader, visit: bool) -> Option<TagView> {
    match (header.deceased, header.in_hospital, visit) {
        (true, ..) => Some(TagView::new(Tone::Waiting, "Has died")),
        (_, true, _) => Some(TagView::new(Tone::Caution, "In hospital")),
        (.., true) => Some(TagView::new(Tone::Active, "Visit today")),
        _ => None,
    }
}
