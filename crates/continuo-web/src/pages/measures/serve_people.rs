//! Handlers of people: a population's list, one person's measures.

use std::collections::BTreeMap;

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::measures::people::{self as care, Own, PAGE};
use continuo_care::measures::standing::{Standing, standing};
use continuo_care::measures::{GroupResult, Part, closing, settings};
use continuo_fhir::Json;
use continuo_ui::states::PagesView;
use continuo_ui::tabs::TabView;

use super::{people, person, words};
use crate::app::App;
use crate::pages::people::in_a_line;
use crate::pages::{frame, person as shown, proof, when};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/measures/{id}/people", Gate::May(Permission::RecordRead), list),
    Route::get("/patients/{id}/measures", Gate::May(Permission::RecordRead), own),
];

/// The parts of a measure's people: name in the address, label, part.
const PARTS: [(&str, &str, Part); 7] = [
    ("gap", "Gaps", Part::Standing(Standing::Gap as i64)),
    ("numerator", "Numerator", Part::Numerator),
    ("denominator", "Denominator", Part::Denominator),
    ("excluded", "Excluded", Part::Excluded),
    ("excepted", "Exceptions", Part::Excepted),
    ("initial", "Initial population", Part::Initial),
    ("failed", "Not assessable", Part::Standing(Standing::Failed as i64)),
];

fn list(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let id = request.param("id");
    let number =
        |name: &str| request.query.get(name).and_then(|text| text.parse::<i64>().ok()).unwrap_or(0).clamp(0, 1_000_000);
    let (group, page) = (number("group"), number("page"));
    let asked = request.query.get("part").unwrap_or("gap");
    let (part_name, label, part) = PARTS.iter().find(|(name, ..)| *name == asked).unwrap_or(&PARTS[0]);
    let loaded = settings::one(ctx, id)?;
    let found = care::list(ctx, id, group, *part, page)?;
    let address = |part: &str, page: i64| format!("/measures/{id}/people?group={group}&part={part}&page={page}");
    let first = page * PAGE + 1;
    let last = first + found.rows.len() as i64 - 1;
    let today = shown::today(ctx);
    let rows = found.rows.iter().map(|row| people::Row {
        who: shown::who(&row.person, today),
        standing: words::standing(row.standing),
        counts: match &row.error {
            Some(error) => error.clone(),
            None => {
                let [_, denominator, excluded, excepted, numerator] = row.counts;
                format!("{numerator} of {}", (denominator - excluded - excepted).max(0))
            }
        },
        since: when::moment(row.since, &ctx.zone),
        href: format!("/patients/{}/measures", row.person.id),
    });
    let view = people::View {
        title: loaded.known.title.clone(),
        back: format!("/measures/{id}"),
        lead: format!("{label}: {} {}", found.total, if found.total == 1 { "person" } else { "people" }),
        tabs: PARTS.iter().map(|(name, label, _)| TabView::new(label, address(name, 0), name == part_name)).collect(),
        rows: rows.collect(),
        pages: (found.total > PAGE).then(|| PagesView {
            shown: format!("{first}-{last} of {}", found.total),
            previous: (page > 0).then(|| address(part_name, page - 1)),
            next: (last < found.total).then(|| address(part_name, page + 1)),
        }),
    };
    Ok(Reply::page(people::render(&frame::of(ctx, request)?, &view)))
}

fn own(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let id = request.param("id");
    let found = care::of_person(ctx, id)?;
    let (_, banner) = shown::banner_of(ctx, id)?;
    let results = found.own.iter().flat_map(|own| &own.groups);
    let references = results.flat_map(|result| result.evidence.iter().flatten().flat_map(|one| &one.resources));
    let sources = care::evidence(ctx, references)?;
    let mut all: Vec<(Standing, person::Own)> = Vec::new();
    for own in &found.own {
        for result in &own.groups {
            all.extend(one(ctx, (&found, &sources), own, result));
        }
    }
    // Gaps first, then what could not be evaluated; the order of the measures stays within each.
    let order = |standing: Standing| match standing {
        Standing::Gap => 0,
        Standing::Failed => 1,
        Standing::Met => 2,
        Standing::Counted | Standing::Excluded | Standing::Excepted => 3,
    };
    all.sort_by_key(|(standing, _)| order(*standing));
    let view = person::View {
        banner,
        tabs: shown::tabs(ctx, id, "Measures"),
        own: all.into_iter().map(|(_, own)| own).collect(),
        others: found.others,
    };
    Ok(Reply::page(person::render(&frame::of(ctx, request)?, &view)))
}

fn one(
    ctx: &Ctx,
    (found, sources): (&care::Person, &BTreeMap<String, Json>),
    own: &Own,
    result: &GroupResult,
) -> Option<(Standing, person::Own)> {
    let known = &own.loaded.known;
    let measure = found.compiled.measure(known)?;
    let group = measure.groups.get(result.group)?;
    let stands = standing(group, result);
    let patient_based = group.basis == "boolean";
    let populations = group.populations.iter().enumerate().map(|(at, population)| {
        let count = result.counts.get(at).copied().unwrap_or(0);
        let reason = result.evidence.get(at).and_then(Option::as_ref);
        person::Population {
            label: words::population(population.role, &population.code),
            count: match (patient_based, count) {
                (true, 0) => "no".to_owned(),
                (true, 1) => "yes".to_owned(),
                _ => count.to_string(),
            },
            evidence: reason.map(|r| links(ctx, &r.resources, sources)).unwrap_or_default(),
            absent: reason.map(|r| r.absent.iter().map(closing::words).collect()).unwrap_or_default(),
        }
    });
    let way = result.gap.as_ref().filter(|_| stands == Standing::Gap).map(closing::way).unwrap_or_default();
    let several = measure.groups.len() > 1;
    let strata = group
        .stratifiers
        .iter()
        .zip(&result.strata)
        .map(|((id, _), value)| (capital(&id.replace('-', " ")).trim_end_matches('.').to_owned(), stratum(value)));
    Some((
        stands,
        person::Own {
            id: format!("{}-{}", known.id.replace('.', "-"), result.group),
            title: if several { format!("{}: {}", known.title, group.id) } else { known.title.clone() },
            href: format!("/measures/{}", known.id),
            about: format!("{}, version {}", words::period(&own.period), known.version),
            standing: words::standing(stands),
            error: result.error.clone().unwrap_or_default(),
            populations: populations.collect(),
            by: way.by.map(|by| format!("by {}", when::day(ctx.zone.day(by)))).unwrap_or_default(),
            closes: way.words,
            strata: strata.collect(),
        },
    ))
}

fn stratum(value: &continuo_care::measures::Stratum) -> String {
    use continuo_care::measures::Stratum;
    match value {
        Stratum::Bool(true) => "yes".to_owned(),
        Stratum::Bool(false) => "no".to_owned(),
        Stratum::Text(text) => text.clone(),
        Stratum::Unknown => "not known".to_owned(),
    }
}

/// Resources as links to what they say, in a few words where the reader sees them.
pub(super) fn links(ctx: &Ctx, references: &[String], sources: &BTreeMap<String, Json>) -> Vec<(String, String)> {
    let words = |reference: &String| {
        sources.get(reference).map_or_else(|| "Not seen by you".to_owned(), |json| in_a_line(json, &ctx.zone))
    };
    references.iter().map(|reference| (words(reference), proof::source_href(reference))).collect()
}
