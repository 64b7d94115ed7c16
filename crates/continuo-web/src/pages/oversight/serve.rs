//! Handlers of oversight: figures of all rules, one rule's page, on or off with a reason.

use continuo_care::access::Permission;
use continuo_care::assess::site::{RuleView, Threshold, read_params};
use continuo_care::followup::spec::LOOKBACK;
use continuo_care::followup::{spec, words_of_rule};
use continuo_care::gaps;
use continuo_care::oversight::{self, RuleFigures};
use continuo_care::problem::WorkError;
use continuo_care::settings::RuleSetting;
use continuo_care::{Ctx, care_gaps, settings, staff};
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
use crate::form::Pairs;
use crate::pages::{done, frame, proof, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

/// Routes of this area.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/oversight", Gate::May(Permission::OversightRead), figures),
    Route::get("/rules/{rule}", Gate::SignedIn, one),
    Route::post("/rules/{rule}", Gate::May(Permission::AdminPolicy), switch),
    Route::post("/rules/{rule}/thresholds", Gate::May(Permission::AdminPolicy), set_thresholds),
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
        None => "none decided yet".to_owned(),
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
        effort: oversight::effort(ctx, days)?
            .into_iter()
            .map(|one| {
                let presses = format!("{}.{}", one.presses_tenths / 10, one.presses_tenths % 10);
                (one.kind.to_owned(), u64::try_from(one.times).unwrap_or(0), presses, one.seconds.to_string())
            })
            .collect(),
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
    page(ctx, request, None, "")
}

/// The page; `given` is what was sent as thresholds, with what is wrong with it.
fn page(ctx: &Ctx, request: &Request, given: Option<&Pairs>, error: &str) -> Result<Reply, Problem> {
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
    let gap = gaps::spec(id);
    let opens = if gap.is_some_and(|gap| !gap.worklist) {
        "a row of the care-gaps page and of the person's page; a task when somebody takes it up".to_owned()
    } else {
        let at_once = if set.direct { ", opened as a task at once here" } else { "" };
        format!("{}{at_once}", data.opens.word())
    };
    let view = rule::View {
        title: data.title.clone(),
        changed: standing(&set, &owners),
        says: words_of_rule(&data.text),
        source: proof::citation(&data.source),
        settings: vec![
            ("Activity".to_owned(), data.activity.clone()),
            (
                "Looks back".to_owned(),
                format!(
                    "{} days; older findings are counted in the backlog",
                    set.params.iter().find(|one| one.name == LOOKBACK).map_or(data.lookback_days, |one| one.here)
                ),
            ),
            ("Opens".to_owned(), opens),
            ("Harm of waiting".to_owned(), data.consequence.word().to_owned()),
            ("Goes to".to_owned(), staff::name_of(&owners, &format!("role:{}", data.owner))),
            (
                "After a dismissal".to_owned(),
                match data.repeat_days {
                    0 => "may be asked again at once".to_owned(),
                    days => format!("silent for {days} days, unless the facts change"),
                },
            ),
        ]
        .into_iter()
        .chain(set.params.iter().filter(|one| one.name != LOOKBACK).map(here))
        .chain(message_limits(ctx, id)?)
        .collect(),
        stats: stats_of(ctx, id)?,
        decisions: Section::of(lines.collect(), "90 days", EmptyView::new("No decisions yet.", "")),
        switch: ctx.grant.allows(Permission::AdminPolicy).then(|| form(&set, if given.is_none() { error } else { "" })),
        people_href: if gaps::spec(id).is_some() { format!("/care-gaps/{id}") } else { String::new() },
        thresholds: (ctx.grant.allows(Permission::AdminPolicy) && !set.params.is_empty())
            .then(|| thresholds(&set, given, if given.is_some() { error } else { "" })),
        history: if may_see || ctx.grant.allows(Permission::AdminPolicy) {
            history(ctx, &set, &owners)
        } else {
            Vec::new()
        },
        examples: examples(&data.text),
        logic: gaps::spec(id).map(|gap| gap.logic.to_owned()).unwrap_or_default(),
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
            Field::text("reason", "Reason").hint("Kept in the history of this rule with your name").error(error),
        ],
        submit: "Save".to_owned(),
        ..FormView::default()
    }
}

/// How often the rule is shown and acted on here, and where people stand with a care-gap rule.
fn stats_of(ctx: &Ctx, rule: &str) -> Result<Vec<StatView>, Problem> {
    let mut stats = Vec::new();
    if ctx.grant.allows(Permission::OversightRead)
        && let Some(one) = oversight::figures(ctx, 90)?.into_iter().find(|one| one.rule == rule)
    {
        let acted = one.accepted + one.changed;
        let decided = acted + one.rejected;
        stats.push(stat("Shown as a suggestion", one.shown.to_string(), "last 90 days".to_owned()));
        let share = if decided == 0 { "none decided yet".to_owned() } else { format!("{acted} of {decided} decided") };
        stats.push(stat("Acted on", share, String::new()));
    }
    let may_count = ctx.grant.allows(Permission::WorkRead) && ctx.grant.allows(Permission::RecordRead);
    if may_count
        && gaps::spec(rule).is_some()
        && let Some(one) =
            care_gaps::overview(ctx, &care_gaps::Whose::default())?.into_iter().find(|one| one.spec.rule.id == rule)
    {
        let open = stat("Open now", (one.late + one.due).to_string(), format!("{} overdue", one.late));
        stats.push(StatView { not_assessable: format!("not assessable: {}", one.not_assessable), ..open });
        let done = one.satisfied + one.upcoming;
        stats.push(stat("Done", format!("{done} of {}", one.assessable()), format!("{} set aside", one.set_aside)));
    }
    Ok(stats)
}

/// What a site set, beside what was shipped.
fn here(one: &Threshold) -> (String, String) {
    let shipped =
        if one.here == one.shipped { "as shipped".to_owned() } else { format!("set here; shipped {}", one.shipped) };
    (label(&one.name), format!("{} ({shipped})", one.here))
}

/// The clocks of messages are one setting for all rules about them.
fn message_limits(ctx: &Ctx, rule: &str) -> Result<Option<(String, String)>, Problem> {
    if rule != "red-flag-message" && rule != "unanswered-message" {
        return Ok(None);
    }
    let limits = continuo_care::inbox::limits::get(ctx)?;
    let text = format!(
        "an emergency {} minutes, others {} business days, paper work {}; set under Administration, Site",
        limits.emergency_minutes, limits.routine_days, limits.admin_days
    );
    Ok(Some(("May wait here".to_owned(), text)))
}

/// The thresholds of a rule as a form, in the words of its logic.
fn thresholds(set: &RuleView, given: Option<&Pairs>, error: &str) -> FormView {
    let mut fields: Vec<Field> = set
        .params
        .iter()
        .map(|one| {
            let value = given.and_then(|form| form.get(&one.name)).map_or_else(|| one.here.to_string(), str::to_owned);
            let hint = format!("{} to {}; shipped {}", one.safe.0, one.safe.1, one.shipped);
            let wrong = error.starts_with(&format!("`{}`", one.name));
            let words = error.replace(&format!("`{}`", one.name), &label(&one.name));
            Field::text(&one.name, &label(&one.name)).value(&value).hint(&hint).error(if wrong { &words } else { "" })
        })
        .collect();
    let at_a_field = fields.iter().any(|field| !field.error.is_empty());
    let why = given.and_then(|form| form.get("why")).unwrap_or_default();
    fields.push(
        Field::text("why", "Reason")
            .hint("Kept in the history of this rule with your name")
            .value(why)
            .error(if at_a_field { "" } else { error }),
    );
    FormView {
        action: format!("/rules/{}/thresholds", set.id),
        fields,
        submit: "Save thresholds".to_owned(),
        ..FormView::default()
    }
}

/// Names of follow-up thresholds in words; those of care-gap rules are words already.
const LABELS: &[(&str, &str)] = &[
    ("lookback", "Looks back, days"),
    ("days", "Due after, days"),
    ("business_days", "Due after, business days"),
    ("declined_days", "After a refusal, due after, business days"),
    ("booked_days", "After an acceptance, days until a visit is booked"),
    ("minutes", "Due after, minutes"),
    ("attempts", "Attempts before other ways are taken"),
    ("before_days", "Shown before the end, days"),
    ("medicaid_before_days", "Shown before Medicaid ends, days"),
    ("act_days", "Due before the end, days"),
    ("grace_days", "Late before others see it too, days"),
    ("high_days", "High tier: days between contacts"),
    ("medium_days", "Medium tier: days between contacts (0 for none)"),
    ("low_days", "Low tier: days between contacts (0 for none)"),
    ("young_age", "Reviewed at the age of"),
    ("stat_days", "Stat referral: booked within, days"),
    ("urgent_days", "Urgent referral: booked within, days"),
    ("cancer_days", "Cancer suspected: booked within, days"),
];

fn label(name: &str) -> String {
    LABELS.iter().find(|(known, _)| *known == name).map_or_else(|| spaced(name), |(_, words)| (*words).to_owned())
}

/// All settings of a rule so far: who, when, why, and what stood then.
fn history(ctx: &Ctx, set: &RuleView, owners: &[staff::Owner]) -> Vec<String> {
    let line = |one: &RuleSetting| {
        let state = if one.active { "on" } else { "off" };
        let values = read_params(&one.params);
        let values: Vec<String> = values.iter().map(|(name, value)| format!("{} {value}", label(name))).collect();
        let by = staff::name_of(owners, &one.actor);
        let at = when::moment(Instant::from_micros(one.at), &ctx.zone);
        let at_once = if one.direct { ", opens tasks" } else { "" };
        format!("{by}, {at}: {} ({})", one.reason, [&[format!("{state}{at_once}")], &values[..]].concat().join("; "))
    };
    set.history.iter().map(line).collect()
}

/// `A1cMonthsAtGoal` as "A1c months at goal".
fn spaced(name: &str) -> String {
    let mut words = String::new();
    for (at, letter) in name.chars().enumerate() {
        if at > 0 && letter.is_uppercase() {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}

/// The examples in a rule's text, title and blocks.
fn examples(text: &str) -> Vec<(String, String)> {
    text.split("\n## ")
        .skip(1)
        .filter_map(|part| {
            let (title, rest) = part.split_once('\n')?;
            let blocks =
                rest.replace("```patient as-of=", "As of ").replace("```expect", "Expected").replace("```", "");
            Some((title.to_owned(), blocks.trim().to_owned()))
        })
        .collect()
}

fn set_thresholds(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let rule = request.param("rule");
    let back = |error: &str| page(ctx, request, Some(&form), error);
    let Some(reason) = form.text("why") else { return back("Say why") };
    let set = settings::rules(ctx)?.into_iter().find(|one| one.id == rule).ok_or_else(Problem::not_found)?;
    let mut values = Vec::new();
    for one in &set.params {
        match form.text(&one.name).map(str::parse::<i64>) {
            Some(Ok(value)) => values.push((one.name.clone(), value)),
            Some(Err(_)) => return back(&format!("`{}` is a whole number", one.name)),
            None => {}
        }
    }
    match settings::set_thresholds(ctx, rule, &values, reason) {
        Ok(()) => done::said(ctx, &format!("/rules/{rule}")),
        Err(WorkError::Field { text, .. }) => back(&crate::problem::capital(&text)),
        Err(error) => Err(error.into()),
    }
}

fn switch(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let Some(reason) = form.text("reason") else { return page(ctx, request, None, "Say why") };
    let yes = |name: &str| form.get(name) == Some("yes");
    settings::set_rule(ctx, request.param("rule"), yes("active"), yes("direct"), reason)?;
    done::said(ctx, &format!("/rules/{}", request.param("rule")))
}
