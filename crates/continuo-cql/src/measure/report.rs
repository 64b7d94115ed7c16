//! Totals over people, as FHIR MeasureReports that partial runs can be merged from.

use std::borrow::Cow;

use crate::elm::Tree;

use super::definition::Role;
use super::plan::Plan;
use super::populations::{GroupResult, Stratum};

/// Counts of one group.
#[derive(Clone, Debug, Default)]
struct GroupTotals {
    counts: Vec<u64>,
    /// Per stratifier: stratum, and its counts per population.
    strata: Vec<Vec<(String, Vec<u64>)>>,
    failed: u64,
}

/// Counts of all groups of a plan.
#[derive(Clone, Debug)]
pub struct Totals {
    groups: Vec<Vec<GroupTotals>>,
    /// Lines counted.
    pub lines: u64,
    /// Lines with an error.
    pub failed: u64,
}

impl Totals {
    /// Nothing counted yet.
    pub fn new(plan: &Plan) -> Totals {
        let groups = plan
            .measures
            .iter()
            .map(|m| {
                let empty = |g: &super::Group| GroupTotals {
                    counts: vec![0; g.populations.len()],
                    strata: vec![Vec::new(); g.stratifiers.len()],
                    failed: 0,
                };
                m.measure.groups.iter().map(empty).collect()
            })
            .collect();
        Totals { groups, lines: 0, failed: 0 }
    }

    /// Counts a result in; a failed one only as failed.
    pub fn add(&mut self, result: &GroupResult) {
        self.lines += 1;
        let group = &mut self.groups[result.measure][result.group];
        if result.error.is_some() {
            group.failed += 1;
            self.failed += 1;
            return;
        }
        for (total, count) in group.counts.iter_mut().zip(&result.counts) {
            *total += u64::from(*count);
        }
        for (strata, value) in group.strata.iter_mut().zip(&result.strata) {
            let name = match value {
                Stratum::Bool(b) => b.to_string(),
                Stratum::Text(text) => text.clone(),
                Stratum::Unknown => continue,
            };
            let at = strata.iter().position(|(n, _)| *n == name).unwrap_or_else(|| {
                strata.push((name, vec![0; result.counts.len()]));
                strata.len() - 1
            });
            for (total, count) in strata[at].1.iter_mut().zip(&result.counts) {
                *total += u64::from(*count);
            }
        }
    }

    /// Adds another run's counts.
    pub fn merge(&mut self, other: &Totals) {
        self.lines += other.lines;
        self.failed += other.failed;
        for (mine, theirs) in self.groups.iter_mut().flatten().zip(other.groups.iter().flatten()) {
            mine.failed += theirs.failed;
            for (total, count) in mine.counts.iter_mut().zip(&theirs.counts) {
                *total += count;
            }
            for (strata, others) in mine.strata.iter_mut().zip(&theirs.strata) {
                for (name, counts) in others {
                    match strata.iter_mut().find(|(n, _)| n == name) {
                        Some((_, totals)) => totals.iter_mut().zip(counts).for_each(|(t, c)| *t += c),
                        None => strata.push((name.clone(), counts.clone())),
                    }
                }
            }
        }
    }

    /// A Bundle with one summary MeasureReport per measure. `period` is start and end as dates.
    pub fn report(&self, plan: &Plan, period: (&str, &str)) -> Tree<'static> {
        let entries = plan.measures.iter().zip(&self.groups).map(|(planned, groups)| {
            let measure = &planned.measure;
            let group = measure.groups.iter().zip(groups).map(|(group, totals)| {
                let population =
                    group.populations.iter().zip(&totals.counts).map(|(p, count)| counted(&p.id, &p.code, *count));
                let mut fields = vec![("id", text(&group.id)), ("population", Tree::List(population.collect()))];
                if let Some(score) = score(group, &totals.counts) {
                    let value = Tree::Number(Cow::Owned(format!("{score:.6}")));
                    fields.push(("measureScore", object(vec![("value", value)])));
                }
                let stratifiers = group.stratifiers.iter().zip(&totals.strata).map(|((id, _), strata)| {
                    let stratum = strata.iter().map(|(name, counts)| {
                        let population = group.populations.iter().zip(counts).map(|(p, c)| counted(&p.id, &p.code, *c));
                        let value = object(vec![("text", text(name))]);
                        object(vec![("value", value), ("population", Tree::List(population.collect()))])
                    });
                    object(vec![("id", text(id)), ("stratum", Tree::List(stratum.collect()))])
                });
                let stratifiers: Vec<_> = stratifiers.collect();
                if !stratifiers.is_empty() {
                    fields.push(("stratifier", Tree::List(stratifiers)));
                }
                object(fields)
            });
            let resource = object(vec![
                ("resourceType", text("MeasureReport")),
                ("status", text("complete")),
                ("type", text("summary")),
                ("measure", text(&format!("{}|{}", measure.url, measure.version))),
                ("period", object(vec![("start", text(period.0)), ("end", text(period.1))])),
                ("group", Tree::List(group.collect())),
            ]);
            object(vec![("resource", resource)])
        });
        let entries: Vec<_> = entries.collect();
        object(vec![("resourceType", text("Bundle")), ("type", text("collection")), ("entry", Tree::List(entries))])
    }
}

fn text(value: &str) -> Tree<'static> {
    Tree::Text(Cow::Owned(value.to_owned()))
}

fn object(fields: Vec<(&'static str, Tree<'static>)>) -> Tree<'static> {
    Tree::Object(fields.into_iter().map(|(key, value)| (Cow::Borrowed(key), value)).collect())
}

fn counted(id: &str, code: &str, count: u64) -> Tree<'static> {
    let coding = object(vec![
        ("system", text("http://terminology.hl7.org/CodeSystem/measure-population")),
        ("code", text(code)),
    ]);
    let concept = object(vec![("coding", Tree::List(vec![coding]))]);
    object(vec![("id", text(id)), ("code", concept), ("count", Tree::Number(Cow::Owned(count.to_string())))])
}

fn score(group: &super::Group, counts: &[u64]) -> Option<f64> {
    ratio(|role| {
        let at = group.populations.iter().position(|p| p.role == role)?;
        counts.get(at).copied()
    })
}

/// Numerator over denominator, exclusions and exceptions taken away.
fn ratio(of: impl Fn(Role) -> Option<u64>) -> Option<f64> {
    let rest = |role, less: &[Role]| -> Option<u64> {
        Some(of(role)?.saturating_sub(less.iter().filter_map(|r| of(*r)).sum()))
    };
    let denominator = rest(Role::Denominator, &[Role::DenominatorExclusion, Role::DenominatorException])?;
    let numerator = rest(Role::Numerator, &[Role::NumeratorExclusion])?;
    (denominator > 0).then(|| numerator as f64 / denominator as f64)
}

/// Adds the counts of reports that partial runs wrote into the first one.
pub fn merge_reports(texts: &[String]) -> Result<String, String> {
    let mut merged: Option<Tree<'static>> = None;
    for text in texts {
        let tree = owned(&Tree::parse(text)?);
        merged = Some(match merged {
            None => tree,
            Some(first) => add(first, &tree),
        });
    }
    let mut merged = merged.ok_or("no reports were given")?;
    rescore(&mut merged);
    let mut out = String::new();
    merged.write(&mut out);
    out.push('\n');
    Ok(out)
}

/// Gives every group its score anew from the counts it has now.
fn rescore(tree: &mut Tree<'static>) {
    match tree {
        Tree::List(items) => items.iter_mut().for_each(rescore),
        Tree::Object(fields) => {
            for (_, value) in fields.iter_mut() {
                rescore(value);
            }
            let counts = |role: Role| -> Option<u64> {
                let populations = fields.iter().find(|(key, _)| key == "population").map(|(_, list)| list)?;
                let Tree::List(populations) = populations else { return None };
                let of_role = |p: &&Tree<'_>| {
                    let coding = p.get("code").and_then(|c| c.items("coding").first());
                    coding.and_then(|c| c.text("code")).is_some_and(|code| Role::find(code) == role)
                };
                populations.iter().find(of_role)?.literal("count")?.parse().ok()
            };
            // Only groups have populations with codes of their own; strata carry no score.
            let is_group = fields.iter().any(|(key, _)| key == "id");
            if let (true, Some(score)) = (is_group, ratio(counts)) {
                let value = Tree::Number(Cow::Owned(format!("{score:.6}")));
                let place = fields.iter().position(|(key, _)| key == "population").map_or(fields.len(), |at| at + 1);
                fields.insert(place, (Cow::Borrowed("measureScore"), object(vec![("value", value)])));
            }
        }
        _ => {}
    }
}

/// Sums `count`s at like places; strata are matched by their value. A score no longer holds and is left out.
fn add(first: Tree<'static>, second: &Tree<'_>) -> Tree<'static> {
    match (first, second) {
        (Tree::Object(fields), other) => {
            let fields = fields.into_iter().filter(|(key, _)| key != "measureScore");
            let fields = fields.map(|(key, value)| match (&*key, other.get(&key)) {
                ("count", Some(Tree::Number(more))) => {
                    let number = |t: &str| t.parse::<u64>().unwrap_or(0);
                    let mine = if let Tree::Number(n) = &value { number(n) } else { 0 };
                    (key, Tree::Number(Cow::Owned((mine + number(more)).to_string())))
                }
                (_, Some(more)) => (key, add(value, more)),
                (_, None) => (key, value),
            });
            Tree::Object(fields.collect())
        }
        (Tree::List(mut items), Tree::List(others)) => {
            for (at, other) in others.iter().enumerate() {
                let like = |item: &Tree<'_>| match other.get("value") {
                    Some(value) => item.get("value") == Some(value),
                    None => false,
                };
                let place = items.iter().position(like).or(if other.get("value").is_none() { Some(at) } else { None });
                match place.filter(|p| *p < items.len()) {
                    Some(place) => {
                        let mine = std::mem::replace(&mut items[place], Tree::Null);
                        items[place] = add(mine, other);
                    }
                    None => items.push(owned(other)),
                }
            }
            Tree::List(items)
        }
        (other, _) => other,
    }
}

fn owned(tree: &Tree<'_>) -> Tree<'static> {
    match tree {
        Tree::Null => Tree::Null,
        Tree::Bool(b) => Tree::Bool(*b),
        Tree::Number(n) => Tree::Number(Cow::Owned(n.to_string())),
        Tree::Text(t) => Tree::Text(Cow::Owned(t.to_string())),
        Tree::List(items) => Tree::List(items.iter().map(owned).collect()),
        Tree::Object(fields) => {
            Tree::Object(fields.iter().map(|(k, v)| (Cow::Owned(k.to_string()), owned(v))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::merge_reports;

    #[test]
    fn counts_of_partial_runs_add_up() {
        let report = |n: u64, stratum: &str| {
            format!(
                r#"{{"entry":[{{"resource":{{"group":[{{"population":[{{"id":"n","count":{n}}}],"stratifier":[{{"stratum":[{{"value":"{stratum}","count":{n}}}]}}]}}]}}}}]}}"#
            )
        };
        let merged = merge_reports(&[report(2, "a"), report(3, "b"), report(4, "a")]).unwrap();
        assert!(merged.contains(r#""id":"n","count":9"#), "{merged}");
        assert!(merged.contains(r#"{"value":"a","count":6},{"value":"b","count":3}"#), "{merged}");
    }

    #[test]
    fn a_merged_report_has_the_score_of_all() {
        let report = |numerator: u64, denominator: u64, score: &str| {
            let population = |code: &str, n: u64| {
                format!(r#"{{"id":"{code}","code":{{"coding":[{{"code":"{code}"}}]}},"count":{n}}}"#)
            };
            format!(
                r#"{{"entry":[{{"resource":{{"group":[{{"id":"g","population":[{},{}],"measureScore":{{"value":{score}}}}}]}}}}]}}"#,
                population("numerator", numerator),
                population("denominator", denominator)
            )
        };
        let merged = merge_reports(&[report(1, 2, "0.500000"), report(1, 6, "0.166667")]).unwrap();
        assert!(merged.contains(r#""measureScore":{"value":0.250000}"#), "{merged}");
    }
}
