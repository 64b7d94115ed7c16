//! Totals over people, as FHIR MeasureReports. `merge` joins the reports of partial runs.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::elm::Tree;

use super::Group;
use super::composite;
use super::plan::Plan;
use super::populations::{GroupResult, Stratum};
use super::score::{self, Counted, Observed};

pub(super) const AGGREGATE: &str = "http://hl7.org/fhir/us/cqfmeasures/StructureDefinition/cqfm-aggregateMethod";
pub(super) const REFERENCE: &str = "http://hl7.org/fhir/us/cqfmeasures/StructureDefinition/cqfm-criteriaReference";
/// Observed values of a population, which partial reports are merged by.
pub(super) const OBSERVED: &str = "urn:continuo:ext:observed";
/// What the values of a population come to.
pub(super) const RESULT: &str = "urn:continuo:ext:aggregate";
/// The population of the measure that an element has the counts of, where another element has its id.
pub(super) const ELEMENT: &str = "urn:continuo:ext:element";
/// What a contained Observation counts (FHIR R4, cqf-measureInfo).
const MEASURE_INFO: &str = "http://hl7.org/fhir/StructureDefinition/cqf-measureInfo";
/// Supplemental data of a report (FHIR R5 element, as an extension).
pub const SUPPLEMENT: &str = "http://hl7.org/fhir/5.0/StructureDefinition/extension-MeasureReport.supplementalData";

/// Counts, and observed values, per population.
#[derive(Clone, Debug, Default)]
struct Sums {
    counts: Vec<u64>,
    observed: Vec<Observed>,
}

impl Sums {
    fn new(populations: usize) -> Sums {
        Sums { counts: vec![0; populations], observed: vec![Observed::new(); populations] }
    }

    fn count(&mut self, counts: &[u32]) {
        self.counts.iter_mut().zip(counts).for_each(|(total, count)| *total += u64::from(*count));
    }

    fn observe(&mut self, observed: &[Vec<String>]) {
        for (known, values) in self.observed.iter_mut().zip(observed) {
            for value in values {
                *known.entry(value.clone()).or_default() += 1;
            }
        }
    }

    fn merge(&mut self, other: &Sums) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(total, count)| *total += count);
        for (known, values) in self.observed.iter_mut().zip(&other.observed) {
            for (value, times) in values {
                *known.entry(value.clone()).or_default() += times;
            }
        }
    }
}

/// Sums of one group.
#[derive(Clone, Debug, Default)]
struct GroupTotals {
    sums: Sums,
    /// Per stratifier: each stratum with its sums.
    strata: Vec<BTreeMap<String, Sums>>,
}

/// Counts of all groups of a plan.
#[derive(Clone, Debug)]
pub struct Totals {
    groups: Vec<Vec<GroupTotals>>,
    /// Per measure, where they are counted: each supplement with its values and how many people have each.
    supplements: Option<Vec<Vec<BTreeMap<String, u64>>>>,
    /// Lines counted.
    pub lines: u64,
    /// Lines with an error.
    pub failed: u64,
}

impl Totals {
    /// Nothing counted yet.
    pub fn new(plan: &Plan) -> Totals {
        let empty = |g: &Group| GroupTotals {
            sums: Sums::new(g.populations.len()),
            strata: vec![BTreeMap::new(); g.stratifiers.len()],
        };
        let groups = plan.measures.iter().map(|m| m.measure.groups.iter().map(empty).collect()).collect();
        Totals { groups, supplements: None, lines: 0, failed: 0 }
    }

    /// The same with supplemental data counted too, which costs evaluating them.
    #[must_use]
    pub fn with_supplements(mut self, plan: &Plan) -> Totals {
        let empty = |m: &super::plan::Planned| vec![BTreeMap::new(); m.supplemental.len()];
        self.supplements = Some(plan.measures.iter().map(empty).collect());
        self
    }

    pub(super) fn counts_supplements(&self) -> bool {
        self.supplements.is_some()
    }

    pub(super) fn supplement(&mut self, measure: usize, found: Vec<(usize, String)>) {
        let Some(known) = self.supplements.as_mut().and_then(|all| all.get_mut(measure)) else { return };
        for (place, value) in found {
            if let Some(values) = known.get_mut(place) {
                *values.entry(value).or_default() += 1;
            }
        }
    }

    /// Counts a result in; a failed one only as failed.
    pub fn add(&mut self, result: &GroupResult) {
        self.lines += 1;
        let group = &mut self.groups[result.measure][result.group];
        if result.error.is_some() {
            self.failed += 1;
            return;
        }
        group.sums.count(&result.counts);
        group.sums.observe(&result.observed);
        let number = result.counts.len();
        for (at, (strata, value)) in group.strata.iter_mut().zip(&result.strata).enumerate() {
            if let Some(Some(split)) = result.split.get(at) {
                for (name, counts) in split {
                    strata.entry(name.clone()).or_insert_with(|| Sums::new(number)).count(counts);
                }
                continue;
            }
            let name = match value {
                Stratum::Bool(b) => b.to_string(),
                Stratum::Text(text) => text.clone(),
                Stratum::Unknown => continue,
            };
            let sums = strata.entry(name).or_insert_with(|| Sums::new(number));
            sums.count(&result.counts);
            sums.observe(&result.observed);
        }
    }

    /// Adds another run's counts.
    pub fn merge(&mut self, other: &Totals) {
        self.lines += other.lines;
        self.failed += other.failed;
        for (mine, theirs) in self.groups.iter_mut().flatten().zip(other.groups.iter().flatten()) {
            mine.sums.merge(&theirs.sums);
            for (strata, others) in mine.strata.iter_mut().zip(&theirs.strata) {
                for (name, sums) in others {
                    strata.entry(name.clone()).or_insert_with(|| Sums::new(sums.counts.len())).merge(sums);
                }
            }
        }
        let (Some(mine), Some(theirs)) = (&mut self.supplements, &other.supplements) else { return };
        for (values, others) in mine.iter_mut().flatten().zip(theirs.iter().flatten()) {
            for (value, times) in others {
                *values.entry(value.clone()).or_default() += times;
            }
        }
    }

    /// A Bundle with one summary MeasureReport per measure. `period` is start and end as dates.
    pub fn report(&self, plan: &Plan, period: (&str, &str)) -> Tree<'static> {
        let entries = plan.measures.iter().zip(&self.groups).enumerate().map(|(at, (planned, groups))| {
            let measure = &planned.measure;
            let mut fields = vec![("resourceType", text("MeasureReport"))];
            let supplements = self.supplements.as_ref().and_then(|all| all.get(at)).map_or(&[][..], Vec::as_slice);
            let contained = supplemental(measure, supplements);
            if !contained.is_empty() {
                fields.push(("extension", references(&contained)));
                fields.insert(1, ("contained", Tree::List(contained)));
            }
            let canonical = match measure.version.as_str() {
                "" => measure.url.clone(),
                version => format!("{}|{version}", measure.url),
            };
            fields.extend([
                ("status", text("complete")),
                ("type", text("summary")),
                ("measure", text(&canonical)),
                ("period", object(vec![("start", text(period.0)), ("end", text(period.1))])),
            ]);
            let notation = measure.groups.first().and_then(|g| g.improvement.as_deref());
            if let Some(notation) =
                notation.filter(|n| measure.groups.iter().all(|g| g.improvement.as_deref() == Some(n)))
            {
                fields.push(("improvementNotation", improvement(notation)));
            }
            let average = composite::average(planned, |part| {
                let group = &plan.measures[part.measure].measure.groups[part.group];
                score::score(&counted(group, &self.groups[part.measure][part.group].sums))
            });
            let group =
                measure.groups.iter().zip(groups).map(|(group, totals)| group_tree(group, totals, notation, average));
            let mut groups = Tree::List(group.collect());
            name_once(&mut groups, &mut BTreeSet::new());
            fields.push(("group", groups));
            object(vec![("resource", object(fields))])
        });
        let entries: Vec<_> = entries.collect();
        object(vec![("resourceType", text("Bundle")), ("type", text("collection")), ("entry", Tree::List(entries))])
    }
}

fn improvement(notation: &str) -> Tree<'static> {
    coded("http://terminology.hl7.org/CodeSystem/measure-improvement-notation", notation)
}

/// An element's id stands once in a resource (FHIR R4, Element.id). A population of a stratum, or of a later group that
/// names it alike, says whose counts it has in an extension.
fn name_once(tree: &mut Tree<'static>, known: &mut BTreeSet<String>) {
    match tree {
        Tree::List(items) => {
            for item in items.iter_mut() {
                name_once(item, known);
            }
        }
        Tree::Object(fields) => {
            if let Some(place) = fields.iter().position(|(key, _)| key == "id")
                && let Tree::Text(id) = &fields[place].1
                && !known.insert(id.to_string())
            {
                let named = object(vec![("url", text(ELEMENT)), ("valueString", fields.remove(place).1)]);
                match fields.iter_mut().find(|(key, _)| key == "extension") {
                    Some((_, Tree::List(extensions))) => extensions.push(named),
                    _ => fields.insert(place, (Cow::Borrowed("extension"), Tree::List(vec![named]))),
                }
            }
            for (_, value) in fields.iter_mut() {
                name_once(value, known);
            }
        }
        _ => {}
    }
}

fn group_tree(group: &Group, totals: &GroupTotals, first: Option<&str>, average: Option<f64>) -> Tree<'static> {
    let mut fields = vec![("id", text(&group.id))];
    // Groups that do not agree each say which way is better.
    if let Some(notation) = group.improvement.as_deref().filter(|n| Some(*n) != first) {
        let url = "http://hl7.org/fhir/us/cqfmeasures/StructureDefinition/cqfm-improvementNotation";
        let notation = object(vec![("url", text(url)), ("valueCodeableConcept", improvement(notation))]);
        fields.push(("extension", Tree::List(vec![notation])));
    }
    populations(&counted(group, &totals.sums), average, &mut fields);
    let stratifiers = group.stratifiers.iter().zip(&totals.strata).enumerate().map(|(at, ((id, _), strata))| {
        let stratum = strata.iter().map(|(name, sums)| {
            let mut fields = vec![("value", object(vec![("text", text(name))]))];
            let mut all = counted(group, sums);
            let mut place = 0..;
            all.retain(|_| place.next().is_some_and(|place| group.divides(at, place)));
            populations(&all, None, &mut fields);
            object(fields)
        });
        let mut fields = vec![("id", text(id))];
        let stratum: Vec<_> = stratum.collect();
        if !stratum.is_empty() {
            fields.push(("stratum", Tree::List(stratum)));
        }
        object(fields)
    });
    let stratifiers: Vec<_> = stratifiers.collect();
    if !stratifiers.is_empty() {
        fields.push(("stratifier", Tree::List(stratifiers)));
    }
    object(fields)
}

/// The populations of a group with their sums.
fn counted<'c>(group: &'c Group, sums: &Sums) -> Vec<Counted<'c>> {
    group
        .populations
        .iter()
        .zip(sums.counts.iter().zip(&sums.observed))
        .map(|(p, (count, observed))| Counted {
            id: &p.id,
            code: &p.code,
            count: *count,
            method: p.aggregate.as_deref(),
            reference: p.reference.as_deref(),
            observed: observed.clone(),
        })
        .collect()
}

/// The score of a group from its counts and, per population, the observed values and how often each came.
pub fn score_of(group: &Group, counts: &[u64], observed: &[BTreeMap<String, u64>]) -> Option<f64> {
    let mut sums = Sums::new(group.populations.len());
    sums.counts.iter_mut().zip(counts).for_each(|(own, count)| *own = *count);
    sums.observed.iter_mut().zip(observed).for_each(|(own, values)| own.clone_from(values));
    score::score(&counted(group, &sums))
}

/// Populations with their counts, and the score they come to; a composite may have an average of its parts' instead.
fn populations(counted: &[Counted<'_>], average: Option<f64>, fields: &mut Vec<(&'static str, Tree<'static>)>) {
    fields.push(("population", Tree::List(counted.iter().map(population).collect())));
    if let Some(score) = average.or_else(|| score::score(counted)) {
        fields.push(("measureScore", quantity(score)));
    }
}

pub(super) fn quantity(score: f64) -> Tree<'static> {
    object(vec![("value", Tree::Number(Cow::Owned(format!("{score:.6}"))))])
}

fn population(counted: &Counted<'_>) -> Tree<'static> {
    let said = |url: &str, value: &str| object(vec![("url", text(url)), ("valueString", text(value))]);
    let mut extensions = Vec::new();
    extensions.extend(counted.reference.map(|reference| said(REFERENCE, reference)));
    extensions.extend(counted.method.map(|method| said(AGGREGATE, method)));
    if counted.method.is_some() {
        extensions.extend(score::aggregate(counted).map(result));
        if !counted.observed.is_empty() {
            extensions.push(said(OBSERVED, &score::line(&counted.observed)));
        }
    }
    let mut fields = vec![("id", text(counted.id))];
    if !extensions.is_empty() {
        fields.push(("extension", Tree::List(extensions)));
    }
    fields.push(("code", coded("http://terminology.hl7.org/CodeSystem/measure-population", counted.code)));
    fields.push(("count", Tree::Number(Cow::Owned(counted.count.to_string()))));
    object(fields)
}

/// What observations come to, beside them.
pub(super) fn result(value: f64) -> Tree<'static> {
    object(vec![("url", text(RESULT)), ("valueDecimal", Tree::Number(Cow::Owned(format!("{value:.6}"))))])
}

/// One contained Observation per value of each supplement: how many people have it.
fn supplemental(measure: &super::Measure, supplements: &[BTreeMap<String, u64>]) -> Vec<Tree<'static>> {
    let mut all = Vec::new();
    for ((id, _), values) in measure.supplemental.iter().zip(supplements) {
        for (value, times) in values {
            let part = |url: &str, key: &'static str, value: &str| object(vec![("url", text(url)), (key, text(value))]);
            let mut parts = vec![part("populationId", "valueString", id)];
            if !measure.url.is_empty() {
                parts.insert(0, part("measure", "valueCanonical", &measure.url));
            }
            let info = object(vec![("extension", Tree::List(parts)), ("url", text(MEASURE_INFO))]);
            all.push(object(vec![
                ("resourceType", text("Observation")),
                ("id", text(&observation_id(id, value))),
                ("extension", Tree::List(vec![info])),
                ("status", text("final")),
                ("code", object(vec![("text", text(value))])),
                ("valueInteger", Tree::Number(Cow::Owned(times.to_string()))),
            ]));
        }
    }
    all
}

/// The same id for the same supplement and value in every partial run, so that merging finds it.
fn observation_id(supplement: &str, value: &str) -> String {
    use std::hash::Hasher;
    let mut hash = crate::terminology::Quick::default();
    hash.write(supplement.as_bytes());
    hash.write_u8(0);
    hash.write(value.as_bytes());
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    let head: String = supplement.chars().take(40).map(plain).collect();
    format!("{head}-{:016x}", hash.finish())
}

/// The references of a report to its contained Observations.
pub(super) fn references(contained: &[Tree<'_>]) -> Tree<'static> {
    let reference = |id: &str| {
        let target = object(vec![("reference", text(&format!("#{id}")))]);
        object(vec![("url", text(SUPPLEMENT)), ("valueReference", target)])
    };
    Tree::List(contained.iter().filter_map(|o| o.text("id")).map(reference).collect())
}

pub(super) fn text(value: &str) -> Tree<'static> {
    Tree::Text(Cow::Owned(value.to_owned()))
}

pub(super) fn object(fields: Vec<(&'static str, Tree<'static>)>) -> Tree<'static> {
    Tree::Object(fields.into_iter().map(|(key, value)| (Cow::Borrowed(key), value)).collect())
}

fn coded(system: &str, code: &str) -> Tree<'static> {
    let coding = object(vec![("system", text(system)), ("code", text(code))]);
    object(vec![("coding", Tree::List(vec![coding]))])
}
