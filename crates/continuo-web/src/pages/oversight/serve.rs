//! Handlers of oversight: figures of all rules, one rule's page, on or off with a reason.

use continuo_care::access::Permission;
use continuo_care::assess::site::RuleView;
use continuo_care::followup::{spec, words_of_rule};
use continuo_care::oversight::{self, RuleFigures};
use continuo_care::{Ctx, settings, staff};
use continuo_fhir::Instant;
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::filter::{FilterBarView, FilterView};
use continuo_ui::form::FormView;
use continuo_ui::section::{LineView, Section};
use continuo_ui::stat::StatView;
use continuo_ui::states::EmptyView;
use continuo_ui::tag::{TagView, Tone};

use super::{rule, rules};
use crate::app::App;
use crate::pages::{frame, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

/// Routes of this area.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/oversight", Gate::May(Permission::OversightRead), figures),
    Route::get("/rules/{rule}", Gate::SignedIn, one),
    Route::post("/rules/{rule}", Gate::May(Permission::AdminPolicy), switch),
];

const TIMES: [(&str, &str); 4] = [("90", "90 days"), ("7", "7 days"), ("30", "30 days"), ("365", "A year")];

fn figures(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let asked = request.query.get("days").unwrap_or("90");
    let days = asked.parse().unwrap_or(90);
    let all = oversight::figures(ctx, days)?;
    let sum = |of: fn(&RuleFigures) -> usize| all.iter().map(of).sum::<usize>();
    let (shown, acted, nobody) = (sum(|one| one.shown), sum(|one| one.accepted + one.changed), sum(|one| one.nobody));
    let decided = acted + sum(|one| one.rejected);
    let share = match (acted * 100).checked_div(decided) {
        None => "cannot be assessed".to_owned(),
        Some(percent) => format!("{percent} % of {decided} decided"),
    };
    let view = rules::View {
        audit: ctx.grant.allows(Permission::AuditRead),
        filters: FilterBarView {
            action: "/oversight".to_owned(),
            filters: vec![FilterView {
                name: "days".to_owned(),
                label: "Time".to_owned(),
                choices: TIMES.iter().map(|(value, label)| Choice::new(*value, *label)).collect(),
                chosen: asked.to_owned(),
            }],
            ..FilterBarView::default()
        },
        stats: vec![
            stat("Suggested", shown.to_string(), format!("last {days} days")),
            stat("Acted on", share, String::new()),
            stat("Open now", sum(|one| one.open).to_string(), String::new()),
            stat("Nobody decided", nobody.to_string(), "target 0".to_owned()),
        ],
        false_alarms: continuo_care::inbox::act::false_alarms(ctx, days)?
            .into_iter()
            .map(|day| {
                let shown = continuo_fhir::Date::parse(&day.day).map(when::day).unwrap_or(day.day);
                (shown, day.moved_down as u64, day.decided as u64)
            })
            .collect(),
        rules: all.iter().filter(|one| one.shown > 0 || one.accepted + one.rejected > 0).map(row).collect(),
    };
    Ok(Reply::page(rules::render(&frame::of(ctx, request)?, &view)))
}

fn stat(label: &str, value: String, target: String) -> StatView {
    StatView { label: label.to_owned(), value, target, reading: None, not_assessable: String::new() }
}

fn row(one: &RuleFigures) -> rules::RuleRow {
    let counts = [one.shown, one.accepted, one.changed, one.rejected, one.closed, one.nobody];
    rules::RuleRow {
        title: one.title.clone(),
        href: format!("/rules/{}", one.rule),
        counts: counts.map(|count| count as u64),
        time_to_decision: one.median_minutes.map_or_else(|| "not yet".to_owned(), minutes),
        reasons: one
            .reasons
            .iter()
            .map(|(words, count)| format!("{} {count}", words.to_lowercase()))
            .collect::<Vec<_>>()
            .join(", "),
        reading: match (one.ignored, one.too_few) {
            (true, _) => Some(TagView::new(Tone::Caution, "Nobody acts on it")),
            (_, true) => Some(TagView::new(Tone::Waiting, "Too few to say")),
            _ => None,
        },
    }
}

fn minutes(all: i64) -> String {
    match all {
        ..60 => format!("{all} min"),
        60..2880 => format!("{} h {} min", all / 60, all % 60),
        _ => format!("{} days", all / 1440),
    }
}

fn one(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, "")
}

fn page(ctx: &Ctx, request: &Request, error: &str) -> Result<Reply, Problem> {
    let id = request.param("rule");
    let data = spec(id).ok_or_else(Problem::not_found)?;
    let set = settings::rules(ctx)?.into_iter().find(|one| one.id == id).ok_or_else(Problem::not_found)?;
    let owners = staff::owners(ctx)?;
    let may_see = ctx.grant.allows(Permission::OversightRead);
    let decisions = if may_see { oversight::decisions(ctx, id, 90)? } else { Vec::new() };
    let lines = decisions.iter().take(20).map(|one| {
        let by = format!(
            "{}, {}",
            staff::name_of(&owners, &one.actor),
            when::moment(Instant::from_micros(one.at), &ctx.zone)
        );
        LineView::new(one.outcome.replace('-', " "), by).note(if one.words.is_empty() {
            one.reason.clone()
        } else {
            one.words.clone()
        })
    });
    let opens = format!("{}{}", data.opens.word(), if set.direct { ", opened as a task at once here" } else { "" });
    let view = rule::View {
        title: data.title.clone(),
        changed: standing(&set, &owners),
        says: words_of_rule(&data.text),
        source: data.source.clone(),
        settings: vec![
            ("Activity".to_owned(), data.activity.clone()),
            (
                "Looks back".to_owned(),
                format!("{} days; older findings are counted in the backlog", data.lookback_days),
            ),
            ("Opens".to_owned(), opens),
            ("Harm of waiting".to_owned(), data.consequence.word().to_owned()),
            ("Goes to".to_owned(), staff::name_of(&owners, &format!("role:{}", data.owner))),
            ("After a dismissal".to_owned(), format!("silent for {} days unless the facts change", data.repeat_days)),
        ],
        stats: Vec::new(),
        decisions: Section::of(lines.collect(), "90 days", EmptyView::new("No decisions yet.", "")),
        switch: ctx.grant.allows(Permission::AdminPolicy).then(|| form(&set, error)),
    };
    let status = if error.is_empty() { 200 } else { 422 };
    Ok(Reply::page(rule::render(&frame::of(ctx, request)?, &view)).status(status))
}

fn standing(set: &RuleView, owners: &[staff::Owner]) -> String {
    let state = if set.active { "On" } else { "Off" };
    if set.at == 0 {
        return format!("{state}, as shipped");
    }
    format!("{state}, set by {}: {}", staff::name_of(owners, &set.set_by), set.reason)
}

fn form(set: &RuleView, error: &str) -> FormView {
    let answers = |name: &str, label: &str, on: bool| {
        let choices = vec![Choice::new("yes", "Yes"), Choice::new("no", "No")];
        Field::new(name, label, Input::Radios(choices)).value(if on { "yes" } else { "no" })
    };
    FormView {
        action: format!("/rules/{}", set.id),
        fields: vec![
            answers("active", "Runs here", set.active),
            answers("direct", "May open tasks at once", set.direct),
            Field::text("reason", "Reason").hint("Stands in the history of this rule with your name").error(error),
        ],
        submit: "Save".to_owned(),
        ..FormView::default()
    }
}

fn switch(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let Some(reason) = form.text("reason") else { return page(ctx, request, "Say why") };
    let yes = |name: &str| form.get(name) == Some("yes");
    settings::set_rule(ctx, request.param("rule"), yes("active"), yes("direct"), reason)?;
    Ok(Reply::see(&format!("/rules/{}", request.param("rule"))))
}
