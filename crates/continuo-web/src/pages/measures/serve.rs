//! Handlers of the figures: all measures, one measure, switching it.

use continuo_care::access::Permission;
use continuo_care::measures::figures::{self, Figures, GroupFigures, MeasureFigures};
use continuo_care::measures::settings::{self, Change, is_guarded};
use continuo_care::measures::standing::Standing;
use continuo_care::measures::{By, Scoring, text};
use continuo_care::problem::WorkError;
use continuo_care::{Ctx, staff};
use continuo_fhir::{Date, Instant};
use continuo_ui::field::{Choice, Field};
use continuo_ui::filter::{FilterBarView, FilterView};
use continuo_ui::form::FormView;
use continuo_ui::multiple::MultipleView;
use continuo_ui::result_line::SparkView;
use continuo_ui::section::LineView;
use continuo_ui::stat::StatView;
use continuo_ui::tag::{TagView, Tone};

use super::{list, measure, words};
use crate::app::App;
use crate::form::Pairs;
use crate::pages::{done, frame, person, when};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/measures", Gate::SignedIn, all),
    Route::get("/measures/{id}", Gate::SignedIn, one),
    Route::post("/measures/{id}", Gate::May(Permission::AdminPolicy), switch),
];

fn all(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let mut rows = Vec::new();
    for one in figures::all(ctx)? {
        let kept = if one.loaded.is_active() { figures::trend(ctx, &one.loaded.known.id)? } else { Vec::new() };
        for (at, group) in one.groups.iter().enumerate() {
            let own: Vec<_> = kept.iter().filter(|k| k.group == at as i64 && k.period == one.period).collect();
            rows.push(row(&one, group, spark(&own)));
        }
        if one.groups.is_empty() {
            rows.push(list::Row {
                title: one.loaded.known.title.clone(),
                href: format!("/measures/{}", one.loaded.known.id),
                note: String::new(),
                rate: "not computed".to_owned(),
                share: String::new(),
                not_assessable: String::new(),
                trend: SparkView::default(),
                state: words::state(&one.loaded),
            });
        }
    }
    let view = list::View {
        rows,
        may_manage: ctx.grant.allows(Permission::AdminPolicy),
        may_try: ctx.grant.allows(Permission::OversightRead),
    };
    Ok(Reply::page(list::render(&frame::of(ctx, request)?, &view)))
}

fn row(one: &MeasureFigures, group: &GroupFigures, trend: SparkView) -> list::Row {
    let known = &one.loaded.known;
    let several = one.groups.len() > 1;
    let failed = group.figures.of(Standing::Failed);
    let active = one.loaded.is_active();
    list::Row {
        title: if several { format!("{}: {}", known.title, group.id) } else { known.title.clone() },
        href: format!("/measures/{}", known.id),
        note: if group.lower_is_better { "lower is better".to_owned() } else { String::new() },
        rate: if active { words::rate_of(group) } else { "not computed".to_owned() },
        share: if active { words::share(&group.figures) } else { String::new() },
        not_assessable: if failed > 0 { failed.to_string() } else { String::new() },
        trend,
        state: words::state(&one.loaded),
    }
}

type Rate = continuo_care::measures::MeasureRate;

fn tenths(rate: &Rate) -> Option<i64> {
    Figures { counts: rate.counts, ..Figures::default() }.rate()
}

/// Rates by day as a line; the sentence says first, last and how many days.
fn spark(kept: &[&Rate]) -> SparkView {
    let points: Vec<(f64, f64)> = kept
        .iter()
        .filter_map(|one| Some((f64::from(Date::parse(&one.day)?.to_days()), tenths(one)? as f64 / 10.0)))
        .collect();
    let says = match (kept.first(), kept.last()) {
        (Some(first), Some(last)) if points.len() > 1 => format!(
            "From {} on {} to {} on {}, {} days kept",
            words::rate(tenths(first)),
            day(&first.day),
            words::rate(tenths(last)),
            day(&last.day),
            points.len()
        ),
        (Some(one), _) if points.len() == 1 => {
            format!("{} on {}, the only day kept", words::rate(tenths(one)), day(&one.day))
        }
        _ => "No figures kept yet".to_owned(),
    };
    SparkView { points, band: None, says }
}

fn day(text: &str) -> String {
    Date::parse(text).map_or_else(|| text.to_owned(), when::day)
}

fn one(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, None)
}

fn switch(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let id = request.param("id").to_owned();
    let today = person::today(ctx);
    let date = |name: &str| {
        let text = form.text(name).unwrap_or_default();
        when::read_date(text, today).map_or_else(|| text.to_owned(), |day| day.first_day().to_string())
    };
    let ticked = |name: &str| form.all("use").any(|value| value == name);
    let change = Change {
        active: ticked("active"),
        suggests: ticked("suggests"),
        tolerates: ticked("tolerates"),
        guarded: ticked("guarded"),
        first: date("first"),
        last: date("last"),
        reason: form.text("reason").unwrap_or_default().to_owned(),
    };
    match settings::set(ctx, &id, &change) {
        Ok(_) => done::said(ctx, &format!("/measures/{id}")),
        Err(WorkError::Field { field, text }) => {
            Ok(page(ctx, request, Some((&form, field, &capital(&text))))?.status(422))
        }
        Err(other) => Err(other.into()),
    }
}

const BY: [(&str, &str, By); 5] = [
    ("language", "Language", By::Language),
    ("sex", "Sex", By::Sex),
    ("age", "Age", By::Birth),
    ("programme", "Program", By::Programme),
    ("owner", "Who points for them", By::Owner),
];

fn page(ctx: &Ctx, request: &Request, wrong: Option<(&Pairs, &str, &str)>) -> Result<Reply, Problem> {
    let id = request.param("id");
    let figures = figures::one(ctx, id)?;
    let text = text::of(ctx, id)?;
    let owners = staff::owners(ctx)?;
    let kept = figures::trend(ctx, id)?;
    let asked = request.query.get("by").unwrap_or("language");
    let (_, _, by) = BY.iter().find(|(value, ..)| *value == asked).unwrap_or(&BY[0]);
    let name = |by: By, value: &str| -> String {
        match (by, value) {
            (By::Language, value) => person::language_name(value).to_owned(),
            (_, "") => "not known".to_owned(),
            (By::Owner, value) => staff::name_of(&owners, value),
            (_, value) => value.to_owned(),
        }
    };
    let mut groups = Vec::new();
    for (at, group) in figures.groups.iter().enumerate() {
        let mut view = group_view(ctx, &figures, group, at);
        let own: Vec<_> = kept.iter().filter(|k| k.group == at as i64 && k.period == figures.period).collect();
        add_trend(&mut view, &own);
        if figures.loaded.is_active() && matches!(group.scoring, Scoring::Proportion | Scoring::Ratio) {
            view.by = Some(FilterBarView {
                action: format!("/measures/{id}"),
                filters: vec![FilterView {
                    name: "by".to_owned(),
                    label: "Compare by".to_owned(),
                    choices: BY.iter().map(|(value, label, _)| Choice::new(*value, *label)).collect(),
                    chosen: asked.to_owned(),
                }],
                ..FilterBarView::default()
            });
            let rows = figures::compare(ctx, id, at as i64, *by)?;
            view.compared = rows
                .iter()
                .map(|(value, figures)| measure::Compared {
                    name: name(*by, value),
                    rate: if figures.is_small() {
                        "cannot be assessed".to_owned()
                    } else {
                        words::rate(figures.rate())
                    },
                    share: words::share(figures),
                    failed: figures.of(Standing::Failed).to_string(),
                })
                .collect();
        }
        groups.push(view);
    }
    let known = &figures.loaded.known;
    let history = settings::history(ctx, id)?.into_iter().map(|set| {
        let what = match (set.active, set.suggests) {
            (true, true) => "On, with suggestions",
            (true, false) => "On",
            (false, _) => "Off",
        };
        let at = when::moment(Instant::from_micros(set.at), &ctx.zone);
        LineView::new(
            format!("{what}, {}", words::period(&set.period)),
            format!("{}, {at}", staff::name_of(&owners, &set.actor)),
        )
        .note(set.reason)
    });
    let view = measure::View {
        title: known.title.clone(),
        lead: format!("version {}, {}", version(&known.version), words::period(&figures.period)),
        state: words::state(&figures.loaded),
        problems: words::problems(known),
        groups,
        says: text.says,
        about: text.about,
        libraries: text.libraries.into_iter().map(|(name, end)| LineView::new(name, end)).collect(),
        value_sets: text
            .value_sets
            .into_iter()
            .map(|set| {
                let line = LineView::new(set.name, set.codes).note(set.url);
                if set.whole { line } else { line.tag(TagView::new(Tone::Caution, "Not whole")) }
            })
            .collect(),
        history: history.collect(),
        switch: ctx.grant.allows(Permission::AdminPolicy).then(|| form(ctx, &figures, wrong)),
    };
    Ok(Reply::page(measure::render(&frame::of(ctx, request)?, &view)))
}

fn version(text: &str) -> &str {
    if text.is_empty() { "not given" } else { text }
}

fn group_view(ctx: &Ctx, figures: &MeasureFigures, group: &GroupFigures, at: usize) -> measure::Group {
    let id = &figures.loaded.known.id;
    let may_list = ctx.grant.allows(Permission::RecordRead);
    let count = |label: &str, part: &str, count: i64, note: &str| measure::Count {
        label: label.to_owned(),
        count: count.to_string(),
        href: if may_list { format!("/measures/{id}/people?group={at}&part={part}") } else { String::new() },
        note: note.to_owned(),
    };
    let own = &group.figures;
    let [initial, denominator, excluded, excepted, numerator] = own.counts;
    let mut counts = vec![count("Initial population", "initial", initial, "counted by the measure")];
    match group.scoring {
        Scoring::Cohort => {}
        Scoring::ContinuousVariable => {
            counts.push(count("Measure population", "denominator", denominator, "measured"));
            counts.push(count("Excluded", "excluded", excluded, "left out of what is measured"));
        }
        Scoring::Proportion | Scoring::Ratio => {
            counts.push(count("Denominator", "denominator", denominator, "asked for"));
            counts.push(count("Excluded", "excluded", excluded, "left out of the denominator"));
            counts.push(count("Exceptions", "excepted", excepted, "not met, with an accepted reason"));
            counts.push(count(
                "Numerator",
                "numerator",
                numerator,
                if group.lower_is_better { "here the numerator is the gap" } else { "met" },
            ));
        }
    }
    if group.scoring == Scoring::Proportion {
        counts.push(count("Gaps", "gap", own.of(Standing::Gap), "people with something to do, or something not here"));
    }
    counts.push(count(
        "Not assessable",
        "failed",
        own.of(Standing::Failed),
        "could not be evaluated; not counted above",
    ));
    let rated = matches!(group.scoring, Scoring::Proportion | Scoring::Ratio);
    let stat = |label: &str, value: String, target: String| StatView {
        label: label.to_owned(),
        value,
        target,
        reading: None,
        not_assessable: format!("not assessable: {}", own.of(Standing::Failed)),
    };
    let stats = if rated {
        let note = if group.lower_is_better { "lower is better" } else { "higher is better" };
        vec![stat("Rate", words::rate_of(group), format!("{}, {note}", words::share(own)))]
    } else {
        vec![stat("People", own.people.to_string(), words::rate_of(group))]
    };
    measure::Group {
        name: if figures.groups.len() > 1 { group.id.clone() } else { String::new() },
        stats,
        counts,
        trend: None,
        kept: Vec::new(),
        by: None,
        compared: Vec::new(),
    }
}

fn add_trend(view: &mut measure::Group, own: &[&Rate]) {
    let (Some(first), Some(last)) = (own.first(), own.last()) else { return };
    view.trend = Some(MultipleView {
        title: "Rate".to_owned(),
        last: words::rate(tenths(last)),
        spark: spark(own),
        ends: (day(&first.day), day(&last.day)),
    });
    view.kept = own
        .iter()
        .rev()
        .map(|one| {
            let figures = Figures { counts: one.counts, ..Figures::default() };
            [day(&one.day), words::rate(figures.rate()), words::share(&figures)]
        })
        .collect();
}

fn form(ctx: &Ctx, figures: &MeasureFigures, wrong: Option<(&Pairs, &str, &str)>) -> FormView {
    let known = &figures.loaded.known;
    let set = figures.loaded.setting.clone().unwrap_or_default();
    let (first, last) = figures.period.split_once('/').unwrap_or_default();
    let given = |name: &str, otherwise: &str| {
        wrong.map_or_else(|| day(otherwise), |(form, ..)| form.get(name).unwrap_or_default().to_owned())
    };
    let error = |name: &str| wrong.filter(|(_, field, _)| *field == name).map_or("", |(_, _, text)| text);
    let ticks: Vec<String> = match wrong {
        Some((form, ..)) => form.all("use").map(str::to_owned).collect(),
        None => [
            ("active", set.active),
            ("suggests", set.suggests),
            ("tolerates", set.tolerates),
            ("guarded", set.guarded || is_guarded(&known.title)),
        ]
        .iter()
        .filter(|(_, on)| *on)
        .map(|(name, _)| (*name).to_owned())
        .collect(),
    };
    let today = person::today(ctx);
    let echo = |text: &str| when::read_date(text, today).map(when::long).unwrap_or_default();
    let (first, last) = (given("first", first), given("last", last));
    FormView {
        action: format!("/measures/{}", known.id),
        fields: vec![
            Field::checks(
                "use",
                "Use",
                &[
                    ("active", "Compute it for everybody"),
                    ("suggests", "Let a gap become a suggestion on the worklist"),
                    ("tolerates", "Run it although value sets are missing (they count as empty)"),
                    ("guarded", "Never name it in a row (private subject)"),
                ],
            )
            .value(&ticks.join(" "))
            .optional()
            .error(error("active")),
            Field::date("first", "First day").value(&first).echo(&echo(&first)).error(error("first")),
            Field::date("last", "Last day").value(&last).echo(&echo(&last)),
            Field::text("reason", "Why")
                .hint("Kept with your name")
                .value(wrong.and_then(|(form, ..)| form.get("reason")).unwrap_or_default())
                .error(error("reason")),
        ],
        submit: "Save".to_owned(),
        ..FormView::default()
    }
}
