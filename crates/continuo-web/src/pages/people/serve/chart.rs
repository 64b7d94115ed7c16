//! The chart of one person.

use continuo_care::access::{Permission, opened};
use continuo_care::chart::entry::{Entry, Mark};
use continuo_care::chart::results::{Reading, Series};
use continuo_care::chart::{self, Chart};
use continuo_care::followup::finding::Band;
use continuo_care::{Ctx, feeds, suggestions, why, worklist};
use continuo_fhir::Date;
use continuo_ui::action::{Action, Press};
use continuo_ui::menu::MenuItem;
use continuo_ui::result_line::{ResultView, SparkView};
use continuo_ui::section::{LineView, Section};
use continuo_ui::states::EmptyView;
use continuo_ui::tag::{TagView, Tone};

use crate::app::App;
use crate::form::encode;
use crate::pages::entry::kinds::KINDS;
use crate::pages::feeds::words;
use crate::pages::people::chart::{View, render};
use crate::pages::{frame, person, proof, review, when, work};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[Route::get("/patients/{id}", Gate::May(Permission::PersonRead), show)];

/// Lines of a section before the rest is only counted.
const MOST: usize = 12;
/// Documents in view; the others stand on their own page.
const FEW: usize = 6;
/// Colleagues named who looked at this chart today.
const OTHERS: usize = 4;
/// Suggestions in view; critical ones always (safety.md, 3).
const SUGGESTIONS: usize = 3;

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let chart = chart::open(ctx, request.param("id"))?;
    let id = chart.header.id.clone();
    let reasons = ctx.grant.allows(Permission::WorkRead) && ctx.grant.allows(Permission::RecordRead);
    let all = if reasons { suggestions::of_person(ctx, &id)? } else { Vec::new() };
    let open: Vec<_> = all.iter().filter(|one| one.state == "open").collect();
    let shown: Vec<_> =
        open.iter().enumerate().filter(|(at, one)| *at < SUGGESTIONS || one.band == Band::Danger).collect();
    let sections = &chart.sections;
    let missing = |what: &str| EmptyView::new(format!("{what}: not received."), "No source has sent any.");
    let part = |entries: &[Entry], otherwise: EmptyView| section(ctx, &chart, entries, otherwise);
    // What a silent source would have sent is not known: no visit, no result, no letter may be missing here.
    let silent = feeds::silent(ctx)?;
    let unknown = words::lines(ctx, &silent, &feeds::last_about(ctx, &silent, chart.header.patient)?);
    let told = |section| words::told(&unknown, section);
    // What the role does not open is not drawn: "not received" or "not asked" would be untrue there (safety.md rule 17).
    let clinical = !sections.administrative_only;
    let view = View {
        banner: person::banner_of_chart(ctx, &chart),
        tabs: person::tabs(ctx, &id, "Summary"),
        actions: actions(ctx, &id),
        add: add(ctx, &id),
        notice: notice(ctx, &chart),
        flags: sections.flags.iter().map(|flag| line(ctx, &chart, flag)).collect(),
        next: next(ctx, &chart)?,
        suggestions_shown: format!("{} of {}", shown.len(), open.len()),
        suggestions: shown
            .into_iter()
            .map(|(_, one)| {
                review::card(ctx, one, &person::who(&chart.header, person::today(ctx)), &format!("/patients/{id}"))
            })
            .collect(),
        since: chart
            .looked_before
            .map_or_else(|| "first time".to_owned(), |at| when::near(ctx.zone.day(at), person::today(ctx))),
        changed: part(
            &sections.changed,
            EmptyView::new("Nothing new.", "What is received or written from now on appears here next time."),
        )
        .open_if(clinical),
        problems: part(&sections.problems, missing("Problems")).each(once).open_if(clinical),
        medicines: part(&sections.medicines, missing("Medicines")).open_if(clinical),
        results: results(ctx, &sections.results, &unknown).open_if(clinical),
        allergies: part(
            &sections.allergies,
            EmptyView::new("Not asked.", "Ask, then add an allergy or record that none are known."),
        )
        .open_if(clinical),
        team: part(&sections.team, EmptyView::new("Nobody is named.", "Say who coordinates.")),
        goals: part(&sections.goals, EmptyView::new("Not asked.", "What matters to this person?")).open_if(clinical),
        promises: part(
            &sections.promises,
            EmptyView::new("No open promises.", "Promises made in a call appear here with their day."),
        )
        .open_if(clinical),
        coverage: part(&sections.coverage, missing("Coverage")).each(confirmed),
        referrals: part(&sections.referrals, EmptyView::new("No referrals received or entered.", "")).open_if(clinical),
        visits: told(part(&sections.visits, EmptyView::new("No visits received or booked.", ""))),
        consents: consents(
            ctx,
            &chart,
            part(&sections.consents, EmptyView::new("Not asked.", "Record what this person agrees to share.")),
        )?
        .open_if(clinical),
        documents: told(few(part(&sections.documents, missing("Documents")), sections.documents.len()))
            .open_if(clinical),
        reach: part(
            &sections.reach,
            EmptyView::new("No number or address on file.", "Ask, and say what is allowed on it."),
        ),
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

/// Consents, with that one waits for a second person: until then it opens nothing.
fn consents(ctx: &Ctx, chart: &Chart, section: Section<LineView>) -> Result<Section<LineView>, Problem> {
    if !ctx.grant.allows(Permission::ConsentOpen) || !opened::waits_for(ctx, chart.header.patient)? {
        return Ok(section);
    }
    let tag = TagView::new(Tone::Caution, "Opens nothing yet");
    let line = LineView::new("A consent waits for a second person", "").link("/consents").tag(tag);
    Ok(match section {
        Section::Shown(lines, about) => Section::Shown(std::iter::once(line).chain(lines).collect(), about),
        other => other,
    })
}

fn actions(ctx: &Ctx, id: &str) -> Vec<Action> {
    let back = encode(&format!("/patients/{id}"));
    let mut actions = Vec::new();
    if ctx.grant.allows(Permission::WorkAct) {
        actions.push(Action::open("Log call", format!("/patients/{id}/call?back={back}")).key('c').main());
    }
    if ctx.grant.allows(Permission::RecordWrite) {
        actions.push(Action::open("Note", format!("/patients/{id}/add/note")).key('n'));
        actions.push(Action::open("Message received", format!("/patients/{id}/message")).key('m'));
        actions.push(Action::open("Transcript or letter", format!("/patients/{id}/words")));
    }
    if ctx.grant.allows(Permission::RecordRead) && ctx.grant.allows(Permission::WorkRead) {
        actions.push(Action::open("Hand over", format!("/patients/{id}/hand-over")));
    }
    if ctx.grant.allows(Permission::RecordRead) {
        actions.push(Action::open("After-visit sheet", format!("/patients/{id}/after-visit")));
    }
    actions.push(Action::open("Print", format!("/patients/{id}/print")));
    if ctx.grant.allows(Permission::BreakGlass) {
        actions.push(Action::open("Emergency access...", format!("/patients/{id}/emergency")).quiet());
    }
    actions
}

fn add(ctx: &Ctx, id: &str) -> Vec<MenuItem> {
    let allowed = KINDS.iter().filter(|kind| ctx.grant.allows(kind.needs));
    allowed
        .map(|kind| MenuItem {
            label: kind.label.to_owned(),
            press: Press::Open(format!("/patients/{id}/add/{}", kind.slug)),
        })
        .collect()
}

fn notice(ctx: &Ctx, chart: &Chart) -> Option<(Tone, String)> {
    if chart.sections.administrative_only {
        return Some((
            Tone::Waiting,
            "Your role opens contact, coverage and visits. Clinical parts are not shown.".to_owned(),
        ));
    }
    // Who else is involved today, so that two people do not call about the same thing.
    let others: Vec<String> = chart
        .others
        .iter()
        .take(OTHERS)
        .map(|(actor, at)| format!("{} {}", chart.names.of(actor), when::clock_at(*at, &ctx.zone)))
        .collect();
    let more =
        if chart.others.len() > OTHERS { format!(" and {} more", chart.others.len() - OTHERS) } else { String::new() };
    (!others.is_empty()).then(|| (Tone::Active, format!("Also on this chart today: {}{more}.", others.join(", "))))
}

fn next(ctx: &Ctx, chart: &Chart) -> Result<Section<LineView>, Problem> {
    if !ctx.grant.allows(Permission::WorkRead) {
        return Ok(Section::Empty(EmptyView::new("Not open to your role.", "")));
    }
    let items = worklist::of_person(ctx, chart.header.patient)?;
    let rules = items.iter().map(|item| item.rule.as_str()).filter(|rule| !rule.is_empty()).collect();
    let reports = if ctx.grant.allows(Permission::RecordRead) {
        why::of_rules(ctx, &chart.header.id, &rules)?
    } else {
        Vec::new()
    };
    let lines = items.iter().enumerate().map(|(at, item)| {
        let finding = proof::behind(&reports, item);
        let due = when::due(item.due, ctx.now(), &ctx.zone);
        LineView {
            evidence: finding.map(|finding| proof::of_finding(&format!("next-{at}"), finding)),
            ..LineView::new(&item.what, "")
                .link(work::item_href(item))
                .note(item.why.as_str())
                .due(if item.band == Band::Danger { when::danger(due) } else { due })
                .tag(work::state(item))
        }
    });
    Ok(Section::of(
        lines.collect(),
        "",
        EmptyView::new("Nothing is open.", "Every rule was looked at; see Why on the list."),
    ))
}

/// The newest of a long list that has a page of its own.
fn few(section: Section<LineView>, of: usize) -> Section<LineView> {
    match section {
        Section::Shown(lines, _) if of > FEW => {
            Section::Shown(lines.into_iter().take(FEW).collect(), format!("newest {FEW} of {of}"))
        }
        other => other,
    }
}

/// "since 2019" is enough; who wrote it down when is on the entry itself.
fn once(line: LineView) -> LineView {
    if line.note.starts_with("since ") { LineView { end: String::new(), ..line } } else { line }
}

/// The date at the end of coverage is when somebody made sure of it.
fn confirmed(line: LineView) -> LineView {
    if line.end.is_empty() { line } else { LineView { end: format!("confirmed {}", line.end), ..line } }
}

/// Lines of the record as the page shows them.
pub(super) fn section(ctx: &Ctx, chart: &Chart, entries: &[Entry], otherwise: EmptyView) -> Section<LineView> {
    let about = if entries.len() > MOST { format!("{MOST} of {}", entries.len()) } else { String::new() };
    Section::of(entries.iter().take(MOST).map(|entry| line(ctx, chart, entry)).collect(), about, otherwise)
}

/// The same for paper, which is read on another day: each date with its year.
pub(super) fn section_on_paper(ctx: &Ctx, chart: &Chart, entries: &[Entry], otherwise: EmptyView) -> Section<LineView> {
    let about = if entries.len() > MOST { format!("{MOST} of {}", entries.len()) } else { String::new() };
    let lines = entries.iter().take(MOST).map(|entry| dated_line(ctx, chart, entry, when::day));
    Section::of(lines.collect(), about, otherwise)
}

/// One line of the record.
pub(super) fn line(ctx: &Ctx, chart: &Chart, entry: &Entry) -> LineView {
    dated_line(ctx, chart, entry, |date| when::near(date, person::today(ctx)))
}

fn dated_line(ctx: &Ctx, chart: &Chart, entry: &Entry, day: impl Fn(Date) -> String) -> LineView {
    // A visit is booked for a time of day; of everything else the day is enough.
    let at = entry.at.map(|at| match at.time() {
        Some(_) if entry.reference.starts_with("Appointment/") => {
            let (date, time) = ctx.zone.civil(at.low(&ctx.zone));
            format!("{}, {}", day(date), when::clock(time))
        }
        _ => day(at.date()),
    });
    let at = at.unwrap_or_default();
    let by = chart.names.of(&entry.by);
    let by = if by.contains('/') { "" } else { by };
    let end = [by, at.as_str()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
    let tone = match entry.mark {
        Mark::None => None,
        Mark::Good => Some(Tone::Done),
        Mark::Caution => Some(Tone::Caution),
        Mark::Critical => Some(Tone::Critical),
        Mark::Waiting => Some(Tone::Waiting),
    };
    let word = if entry.word.is_empty() {
        None
    } else {
        Some(TagView::new(tone.unwrap_or(Tone::Waiting), entry.word.clone()))
    };
    LineView {
        href: if ctx.grant.allows(Permission::RecordRead) {
            proof::source_href(&entry.reference)
        } else {
            String::new()
        },
        note: entry.note.clone(),
        tag: word,
        ..LineView::new(chart.names.of(&entry.text), end)
    }
}

fn results(ctx: &Ctx, all: &[Series], unknown: &[String]) -> Section<ResultView> {
    let about =
        if all.len() > MOST { format!("{MOST} of {}, gravest first", all.len()) } else { "last 12 months".to_owned() };
    let about = std::iter::once(about).chain(unknown.iter().cloned()).collect::<Vec<_>>().join(". ");
    let nothing = match unknown {
        [] => EmptyView::new("Results: not received.", "No source has sent any."),
        lines => EmptyView::new(format!("{}.", lines.join(". ")), "Before that, no source has sent any."),
    };
    let lines = all.iter().take(MOST).filter_map(|one| paired(ctx, one, all));
    Section::of(lines.collect(), about, nothing)
}

/// One line; the two numbers of one blood pressure stand in one, under the upper.
fn paired(ctx: &Ctx, one: &Series, all: &[Series]) -> Option<ResultView> {
    let of = |name: &str| all.iter().find(|other| other.name == name && other.at == one.at);
    match one.name.as_str() {
        DIASTOLIC if of(SYSTOLIC).is_some() => None,
        SYSTOLIC => {
            let (upper, lower) = (result(ctx, one), of(DIASTOLIC).map(|other| result(ctx, other)));
            let Some(lower) = lower.filter(|lower| lower.unit == upper.unit) else { return Some(upper) };
            let weight = |view: &ResultView| view.arrow.map_or(-1, i8::abs);
            let worse = if weight(&lower) > weight(&upper) { &lower } else { &upper };
            let range = match (upper.range.as_str(), lower.range.as_str()) {
                (one, other) if one == other || other == NO_RANGE => one.to_owned(),
                (NO_RANGE, other) => other.to_owned(),
                (one, other) => format!("{one}; {other}"),
            };
            Some(ResultView {
                name: "Blood pressure".to_owned(),
                value: format!("{}/{}", upper.value, lower.value),
                reading: worse.reading.clone(),
                arrow: worse.arrow,
                range,
                ..upper
            })
        }
        _ => Some(result(ctx, one)),
    }
}

/// Said where nothing judges a value.
pub(super) const NO_RANGE: &str = "no range given";
const SYSTOLIC: &str = "Systolic blood pressure";
const DIASTOLIC: &str = "Diastolic blood pressure";

/// One kind of result as a line.
pub(super) fn result(ctx: &Ctx, one: &Series) -> ResultView {
    let (reading, arrow) = match (one.reading, one.is_goal) {
        (Reading::CriticalHigh, _) => ("Critical high", Some(2)),
        (Reading::CriticalLow, _) => ("Critical low", Some(-2)),
        (Reading::High, true) => ("above goal", Some(1)),
        (Reading::High, false) => ("High", Some(1)),
        (Reading::Low, true) => ("below goal", Some(-1)),
        (Reading::Low, false) => ("Low", Some(-1)),
        (Reading::Abnormal, _) => ("Abnormal", Some(1)),
        (Reading::Normal, true) => ("at goal", Some(0)),
        (Reading::Normal, false) => ("in range", Some(0)),
        (Reading::Unknown, _) => ("", None),
    };
    let whose = if one.is_goal { "own goal" } else { "range" };
    let range = match one.range {
        (Some(low), Some(high)) => format!("{whose} {low}-{high}"),
        (Some(low), None) => format!("{whose} {low} and above"),
        (None, Some(high)) => format!("{whose} up to {high}"),
        (None, None) => NO_RANGE.to_owned(),
    };
    ResultView {
        name: one.name.clone(),
        href: proof::source_href(&one.reference),
        value: one.value.clone(),
        unit: if one.unit == "score" || one.unit == one.name { String::new() } else { one.unit.clone() },
        reading: reading.to_owned(),
        arrow,
        range,
        age: when::ago(one.at.date(), person::today(ctx)),
        date: when::weekday_and_day(one.at.date()),
        spark: spark(one),
    }
}

/// The small line of a series; a single value draws nothing.
pub(super) fn spark(one: &Series) -> SparkView {
    let values = one.points.iter().map(|(_, value)| *value);
    let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
    let band = (one.range.0.is_some() || one.range.1.is_some()).then_some(one.range);
    if one.points.len() < 2 {
        return SparkView { points: Vec::new(), band: None, says: String::new() };
    }
    let day = 86_400_000_000.0;
    SparkView {
        points: one.points.iter().map(|(at, value)| (at.micros() as f64 / day, *value)).collect(),
        band,
        says: format!("{} over 12 months, {low} to {high} {}, last {}", one.name, one.unit, one.value),
    }
}
