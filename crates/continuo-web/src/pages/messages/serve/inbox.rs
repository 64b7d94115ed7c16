//! The list of messages, and the site's limits.

use continuo_care::access::Permission;
use continuo_care::followup::finding::Band;
use continuo_care::inbox::limits::{self, MessageLimits};
use continuo_care::inbox::{self, Row as Found};
use continuo_care::problem::WorkError;
use continuo_care::{Ctx, people, settings, staff};
use continuo_fhir::DateTime;
use continuo_ui::action::Action;
use continuo_ui::field::{Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::tag::{TagView, Tone};

use crate::app::App;
use crate::pages::admin::{detail, lines as admin_history, tabs as admin_tabs};
use crate::pages::messages::inbox::{Row, View, render};
use crate::pages::{done, frame, person, when};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/messages", Gate::May(Permission::RecordRead), list),
    Route::get("/admin/message-limits", Gate::May(Permission::AdminPolicy), ask_limits),
    Route::post("/admin/message-limits", Gate::May(Permission::AdminPolicy), set_limits),
];

/// Messages read for the page: all that a site could have open.
const MOST: i64 = 2_000;

fn list(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let all = inbox::list(ctx, MOST)?;
    let people = people::by_rid(ctx, &all.iter().map(|one| one.patient).collect::<Vec<_>>())?;
    let owners = staff::owners(ctx)?;
    let limits = limits::get(ctx)?;
    let urgent = all.iter().filter(|one| matches!(one.band, Band::Danger | Band::Clock)).count();
    let late = all.iter().filter(|one| one.late.is_some()).count();
    let rows = all.iter().filter_map(|one| {
        let header = people.iter().find(|header| header.patient == one.patient)?;
        Some(row(ctx, one, person::who(header, person::today(ctx)), &owners))
    });
    let view = View {
        lead: match all.len() {
            0 => String::new(),
            n => format!("{n} wait: {urgent} urgent, {late} past their limit. Worst first; nothing is hidden."),
        },
        rows: rows.collect(),
        limits: format!(
            "Limits here: emergencies within {} minutes, words of danger the same day, others within {}, paper work within {}.",
            limits.emergency_minutes,
            days(limits.routine_days),
            days(limits.admin_days)
        ),
        limits_href: ctx.grant.allows(Permission::AdminPolicy).then(|| "/admin/message-limits".to_owned()),
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

fn days(days: i64) -> String {
    match days {
        0 => "the same day".to_owned(),
        1 => "1 business day".to_owned(),
        days => format!("{days} business days"),
    }
}

fn row(ctx: &Ctx, one: &Found, who: continuo_ui::who::Who, owners: &[staff::Owner]) -> Row {
    let band = match one.band {
        Band::Danger => Some(TagView::new(Tone::Critical, "Danger now")),
        Band::Clock => Some(TagView::new(Tone::Critical, "Cannot wait")),
        Band::Late | Band::Today | Band::Later => None,
    };
    let mut why = one.why.clone();
    if !one.moved_down.is_empty() {
        why = format!("moved down: {}", one.moved_down);
    }
    if one.started {
        why.push_str(" (being read)");
    }
    Row {
        who,
        href: format!("/messages/{}", one.message),
        band,
        due: when::due(one.due, ctx.now(), &ctx.zone),
        came: DateTime::parse(&one.at)
            .map_or_else(|| "no time given".to_owned(), |at| when::moment(at.low(&ctx.zone), &ctx.zone)),
        words: one.words.clone(),
        lang: one.spanish.then(|| "es".to_owned()),
        why,
        owner: staff::name_of(owners, &one.owner),
        proposed: one.proposed,
    }
}

fn ask_limits(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, limits::get(ctx)?, ("", ""))
}

fn page(ctx: &Ctx, request: &Request, limits: MessageLimits, error: (&str, &str)) -> Result<Reply, Problem> {
    let field = |field: Field| {
        let wrong = if error.0 == field.name { error.1 } else { "" };
        field.error(wrong)
    };
    let amount = |name: &str, label: &str, unit: &str, value: i64| {
        field(Field::new(name, label, Input::Amount(unit.to_owned())).value(&value.to_string()))
    };
    let view = detail::View {
        tabs: admin_tabs("site"),
        title: "How long a message may wait".to_owned(),
        lead: "Every message is read by a person within these limits; a late one is an overdue task.".to_owned(),
        states: Vec::new(),
        notice: None,
        actions: vec![
            Action::open("Words of danger", "/rules/red-flag-message").quiet(),
            Action::open("Other messages", "/rules/unanswered-message").quiet(),
        ],
        lines: Some((
            "What was changed".to_owned(),
            admin_history(ctx, &settings::history(ctx, settings::Kept::Messages)?)?,
            "As shipped: 30 minutes, 1 and 2 business days.".to_owned(),
        )),
        forms: vec![(
            "limits".to_owned(),
            "Limits".to_owned(),
            FormView {
                action: "/admin/message-limits".to_owned(),
                fields: vec![
                    amount("emergency_minutes", "Emergency", "minutes", limits.emergency_minutes).hint("5 to 60"),
                    amount("routine_days", "Other messages", "business days", limits.routine_days)
                        .hint("0 to 5; 0 is the same day"),
                    amount("admin_days", "Paper work", "business days", limits.admin_days)
                        .hint("At most 5, no less than other messages"),
                    field(Field::text("reason", "Reason").hint("Kept in the history with your name")),
                ],
                submit: "Save limits".to_owned(),
                cancel: if ctx.grant.allows(Permission::RecordRead) { "/messages" } else { "/admin/site" }.to_owned(),
                ..FormView::default()
            },
        )],
    };
    let status = if error.1.is_empty() { 200 } else { 422 };
    Ok(Reply::page(detail::render(&frame::of(ctx, request)?, &view)).status(status))
}

fn set_limits(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let number = |name: &str| form.text(name).and_then(|text| text.parse().ok()).unwrap_or(-1);
    let limits = MessageLimits {
        emergency_minutes: number("emergency_minutes"),
        routine_days: number("routine_days"),
        admin_days: number("admin_days"),
    };
    match limits::set(ctx, limits, form.text("reason").unwrap_or_default()) {
        Ok(written) => Ok(done::see("/admin/message-limits", written.commit.map(|commit| commit.0))),
        Err(WorkError::Field { field, text }) => {
            page(ctx, request, limits, (field, capital(&text).trim_end_matches('.')))
        }
        Err(error) => Err(error.into()),
    }
}
