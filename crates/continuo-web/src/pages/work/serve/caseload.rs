//! My caseload: the people this reader coordinates.

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::followup::finding::Band;
use continuo_care::people::{self, PersonHeader};
use continuo_fhir::Instant;
use continuo_ui::field::Choice;
use continuo_ui::filter::{FilterBarView, FilterView};
use continuo_ui::states::PagesView;
use continuo_ui::table::ColumnHead;
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
    let order = Order::of(request.query.get("order").unwrap_or_default());
    order.sort(&mut all);
    let total = all.len();
    let from = ((page - 1) * PAGE).min(total);
    let rows: Vec<Row> = all.iter().skip(from).take(PAGE).map(|one| row(ctx, one)).collect();
    let at = |page: usize| format!("/caseload?tier={tier}&order={}&page={page}", order.word());
    let to = from + rows.len();
    let view = View {
        summary: format!("{total} people, {}", order.says()),
        notices: super::hand_caseload::notices(ctx)?,
        hand_over: super::hand_caseload::may(ctx).then(|| "/caseload/hand-over".to_owned()),
        filters: FilterBarView {
            action: "/caseload".to_owned(),
            filters: vec![
                FilterView {
                    name: "tier".to_owned(),
                    label: "Tier".to_owned(),
                    choices: TIERS.iter().map(|(value, label)| Choice::new(*value, *label)).collect(),
                    chosen: tier.to_owned(),
                },
                FilterView {
                    name: "order".to_owned(),
                    label: "Order".to_owned(),
                    choices: Order::ALL.iter().map(|one| Choice::new(one.word(), one.label())).collect(),
                    chosen: order.word().to_owned(),
                },
            ],
            ..FilterBarView::default()
        },
        columns: headings(tier, order),
        rows,
        pages: (total > PAGE).then(|| PagesView {
            shown: format!("{}-{to} of {total} people", from + 1),
            previous: (page > 1).then(|| at(page - 1)),
            next: (to < total).then(|| at(page + 1)),
        }),
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

/// What the list is ordered by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Tier,
    Contact,
    Visit,
    Name,
}

impl Order {
    const ALL: [Order; 4] = [Order::Tier, Order::Contact, Order::Visit, Order::Name];

    fn of(word: &str) -> Order {
        Order::ALL.into_iter().find(|one| one.word() == word).unwrap_or(Order::Tier)
    }

    fn word(self) -> &'static str {
        match self {
            Order::Tier => "tier",
            Order::Contact => "contact",
            Order::Visit => "visit",
            Order::Name => "name",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Order::Tier => "Tier, then contact",
            Order::Contact => "Last contact",
            Order::Visit => "Next visit",
            Order::Name => "Name",
        }
    }

    fn says(self) -> &'static str {
        match self {
            Order::Tier => "high tier first, then longest without contact",
            Order::Contact => "longest without contact first",
            Order::Visit => "next visit first",
            Order::Name => "by name",
        }
    }

    /// Who was never contacted comes before all who were.
    fn sort(self, all: &mut [people::CaseRow]) {
        let tier = |one: &people::CaseRow| match one.person.tier.as_str() {
            "tier-high" => 0,
            "tier-medium" => 1,
            _ => 2,
        };
        match self {
            Order::Tier => all.sort_by_key(|one| (tier(one), one.person.last_contact)),
            Order::Contact => all.sort_by_key(|one| one.person.last_contact),
            Order::Visit => all.sort_by_key(|one| (one.person.next_visit <= 0, one.person.next_visit)),
            Order::Name => all.sort_by_cached_key(|one| {
                (one.person.family.to_lowercase(), one.person.given.to_lowercase(), one.person.birth.clone())
            }),
        }
    }
}

/// The headings, those that order the list as links.
fn headings(tier: &str, order: Order) -> Vec<ColumnHead> {
    let by = [Some(Order::Name), Some(Order::Tier), Some(Order::Contact), Some(Order::Visit), None, None];
    let one = |(head, by): (ColumnHead, Option<Order>)| ColumnHead {
        sort: by.map(|by| format!("/caseload?tier={tier}&order={}", by.word())),
        sorted: by.filter(|by| *by == order).map(|_| "ascending"),
        ..head
    };
    columns().into_iter().zip(by).map(one).collect()
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
