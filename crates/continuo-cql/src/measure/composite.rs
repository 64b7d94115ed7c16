//! Measures made of measures: a person's place in the parts, put together as the composite says.
//!
//! Source: HL7's code system composite-measure-scoring (opportunity, all-or-nothing, linear, weighted) and the Quality
//! Measure Implementation Guide, "Composite measures" (`relatedArtifact` of type `composed-of`, cqfm-weight, cqfm-groupId).

use crate::elm::Tree;
use crate::eval::Evaluator;

use super::definition::{Group, Measure, Population, Role, Scoring};
use super::input::Wanted;
use super::plan::{Plan, Planned};
use super::populations::GroupResult;

/// How parts become one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// Every part that somebody is asked in counts by itself: numerators and denominators added up.
    Opportunity,
    /// In the numerator who is in the numerators of all parts that ask them.
    AllOrNothing,
    /// The average of the parts' scores.
    Linear,
    /// The same with weights.
    Weighted,
}

/// A measure that a composite is made of.
#[derive(Clone, Debug)]
pub struct Component {
    /// Url, with version where one is meant.
    pub canonical: String,
    /// One group of it, where not all are meant.
    pub group: Option<String>,
    /// Weight, 1 where none is said.
    pub weight: f64,
}

/// What makes a measure composite.
#[derive(Clone, Debug)]
pub struct Composite {
    /// How parts become one.
    pub method: Method,
    /// The parts.
    pub components: Vec<Component>,
}

/// A part that was found: measure and group in the plan, and its weight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) measure: usize,
    pub(super) group: usize,
    pub(super) weight: f64,
}

/// Reads what makes a measure composite, and the group its results are told in.
pub(super) fn parse(tree: &Tree<'_>, name: &str) -> Result<(Composite, Group), String> {
    let code = tree.get("compositeScoring").and_then(|c| c.items("coding").first()).and_then(|c| c.text("code"));
    let method = match code {
        Some("opportunity") | None => Method::Opportunity,
        Some("all-or-nothing") => Method::AllOrNothing,
        Some("linear") => Method::Linear,
        Some("weighted") => Method::Weighted,
        Some(other) => return Err(format!("measure `{name}`: composite scoring `{other}` is not known")),
    };
    let said = |artifact: &Tree<'_>, name: &str, key: &str| {
        let found = artifact.items("extension").iter().find(|e| e.text("url").is_some_and(|url| url.ends_with(name)));
        found.and_then(|e| e.literal(key)).map(str::to_owned)
    };
    let parts = tree.items("relatedArtifact").iter().filter(|a| a.text("type") == Some("composed-of"));
    let components: Vec<Component> = parts
        .filter_map(|artifact| {
            Some(Component {
                canonical: artifact.text("resource")?.to_owned(),
                group: said(artifact, "groupId", "valueString"),
                weight: said(artifact, "weight", "valueDecimal").and_then(|w| w.parse().ok()).unwrap_or(1.0),
            })
        })
        .collect();
    if components.is_empty() {
        return Err(format!("composite measure `{name}` names no measures that it is made of"));
    }
    let population = |code: &str| Population {
        id: code.to_owned(),
        role: Role::find(code),
        code: code.to_owned(),
        expression: String::new(),
        reference: None,
        aggregate: None,
    };
    let group = Group {
        id: tree.items("group").first().and_then(|g| g.text("id")).unwrap_or("composite").to_owned(),
        scoring: Scoring::Proportion,
        basis: "boolean".into(),
        populations: ["initial-population", "denominator", "numerator"].map(population).into(),
        stratifiers: Vec::new(),
        components: Vec::new(),
        applies: Vec::new(),
        improvement: None,
    };
    Ok((Composite { method, components }, group))
}

/// The parts of a composite among the measures that run.
pub(super) fn parts(composite: &Composite, measures: &[Planned]) -> Result<Vec<Part>, String> {
    let mut found = Vec::new();
    for component in &composite.components {
        let (url, version) = match component.canonical.split_once('|') {
            Some((url, version)) => (url, Some(version)),
            None => (component.canonical.as_str(), None),
        };
        let is_it = |m: &Measure| {
            let named = m.url == url || (m.url.is_empty() && url.rsplit('/').next() == Some(&*m.name));
            named && version.is_none_or(|version| m.version.is_empty() || m.version == version)
        };
        let Some(measure) = measures.iter().position(|planned| is_it(&planned.measure)) else {
            return Err(format!("its part `{}` is not among the measures that run", component.canonical));
        };
        let before = found.len();
        for (group, of) in measures[measure].measure.groups.iter().enumerate() {
            if component.group.as_ref().is_none_or(|wanted| *wanted == of.id) {
                found.push(Part { measure, group, weight: component.weight });
            }
        }
        if found.len() == before {
            let group = component.group.as_deref().unwrap_or_default();
            return Err(format!("its part `{}` has no group `{group}`", component.canonical));
        }
    }
    Ok(found)
}

impl Plan {
    /// A person's place in a composite, from their places in its parts.
    pub(super) fn evaluate_composite<'a>(
        &'a self,
        evaluator: &mut Evaluator<'a>,
        at: usize,
        wanted: Wanted,
    ) -> Vec<GroupResult> {
        let planned = &self.measures[at];
        let method = planned.measure.composite.as_ref().map_or(Method::Opportunity, |c| c.method);
        let mut results: Vec<(usize, Vec<GroupResult>)> = Vec::new();
        let (mut asked, mut met, mut known) = (Vec::new(), Vec::new(), false);
        for part in &planned.parts {
            if !results.iter().any(|(measure, _)| *measure == part.measure) {
                results.push((part.measure, self.evaluate_measure(evaluator, part.measure, wanted)));
            }
            let Some(result) = results
                .iter()
                .find(|(measure, _)| *measure == part.measure)
                .and_then(|(_, groups)| groups.iter().find(|result| result.group == part.group))
            else {
                continue;
            };
            let measure = &self.measures[part.measure].measure;
            if let Some(error) = &result.error {
                return vec![GroupResult::failed(at, 0, format!("{}: {error}", measure.name))];
            }
            let of = |role: Role| -> u32 {
                let populations = measure.groups[part.group].populations.iter().zip(&result.counts);
                populations.filter(|(p, _)| p.role == role).map(|(_, count)| *count).sum()
            };
            known |= of(Role::InitialPopulation) > 0;
            let out = of(Role::DenominatorExclusion) + of(Role::DenominatorException);
            asked.push(of(Role::Denominator).saturating_sub(out));
            met.push(of(Role::Numerator).saturating_sub(of(Role::NumeratorExclusion)));
        }
        let (denominator, numerator) = match method {
            Method::AllOrNothing => {
                let is_asked = asked.iter().any(|count| *count > 0);
                let all = asked.iter().zip(&met).all(|(asked, met)| met >= asked);
                (u32::from(is_asked), u32::from(is_asked && all))
            }
            _ => (asked.iter().sum(), met.iter().sum()),
        };
        let mut result = GroupResult::empty(at, 0);
        result.counts = vec![u32::from(known), denominator, numerator];
        result.observed = vec![Vec::new(); 3];
        if wanted.evidence {
            result.evidence = vec![None; 3];
        }
        vec![result]
    }
}

/// The average of the parts' scores; nothing while one of them has none.
pub(super) fn average(planned: &Planned, score: impl Fn(&Part) -> Option<f64>) -> Option<f64> {
    let method = planned.measure.composite.as_ref()?.method;
    if !matches!(method, Method::Linear | Method::Weighted) {
        return None;
    }
    let (mut sum, mut weights) = (0.0, 0.0);
    for part in &planned.parts {
        let weight = if method == Method::Weighted { part.weight } else { 1.0 };
        sum += score(part)? * weight;
        weights += weight;
    }
    (weights > 0.0).then(|| sum / weights)
}
