//! One person's place in a group's populations.
//!
//! Expressions are evaluated only as far as they can still count: who is not in the initial population is asked
//! nothing more. The rules are those of the FHIR Clinical Reasoning module ("criteria names") per scoring.

use crate::Fault;
use crate::eval::Evaluator;
use crate::eval::explain::{Closing, Reason};
use crate::ops::equal::same;
use crate::value::Value;

use super::definition::{Group, Role, Scoring};
use super::input::Wanted;
use super::plan::{Code, Plan};

/// A stratifier's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Stratum {
    /// In or out.
    Bool(bool),
    /// A label.
    Text(String),
    /// Not known.
    Unknown,
}

impl Stratum {
    /// Its name in a report; none where it is not known.
    pub fn name(&self) -> Option<String> {
        match self {
            Stratum::Bool(is) => Some(is.to_string()),
            Stratum::Text(text) => Some(text.clone()),
            Stratum::Unknown => None,
        }
    }
}

/// Strata of one person's events: name, and count per population.
pub type Split = Vec<(String, Vec<u32>)>;

/// One person's result for one group.
#[derive(Clone, Debug)]
pub struct GroupResult {
    /// Place of the measure in the plan.
    pub measure: usize,
    /// Place of the group in the measure.
    pub group: usize,
    /// Count per population, in the measure's order.
    pub counts: Vec<u32>,
    /// Observation values.
    pub observations: Vec<String>,
    /// The same per population, in the measure's order; only those of a measure observation hold any.
    pub observed: Vec<Vec<String>>,
    /// Stratifier values.
    pub strata: Vec<Stratum>,
    /// Per stratifier, where it divides a person's events: each stratum with its count per population.
    pub split: Vec<Option<Split>>,
    /// Supplemental data, when asked for: place among the measure's, and one value.
    pub supplements: Vec<(usize, String)>,
    /// What went wrong; then counts are not to be used.
    pub error: Option<String>,
    /// Per population why it came out so, when asked for; nothing for a population that was not asked.
    pub evidence: Vec<Option<Reason>>,
    /// What would close the gap, when asked for and there is one.
    pub gap: Option<Closing>,
}

impl GroupResult {
    pub(super) fn empty(measure: usize, group: usize) -> GroupResult {
        GroupResult {
            measure,
            group,
            counts: Vec::new(),
            observations: Vec::new(),
            observed: Vec::new(),
            strata: Vec::new(),
            split: Vec::new(),
            supplements: Vec::new(),
            error: None,
            evidence: Vec::new(),
            gap: None,
        }
    }

    /// The result of a person that could not be evaluated.
    pub fn failed(measure: usize, group: usize, error: String) -> GroupResult {
        GroupResult { error: Some(error), ..GroupResult::empty(measure, group) }
    }
}

/// Members of a population: the patient, or events.
#[derive(Clone, Debug)]
pub(super) enum Members<'a> {
    Patient(bool),
    Events(Vec<Value<'a>>),
}

impl<'a> Members<'a> {
    pub(super) fn count(&self) -> u32 {
        match self {
            Members::Patient(is) => u32::from(*is),
            Members::Events(events) => events.len() as u32,
        }
    }

    fn is_empty(&self) -> bool {
        self.count() == 0
    }

    pub(super) fn keep(self, other: &Members<'a>, inside: bool) -> Members<'a> {
        match (self, other) {
            (Members::Events(events), Members::Events(others)) => {
                Members::Events(events.into_iter().filter(|e| others.iter().any(|o| same(e, o)) == inside).collect())
            }
            // A patient-based population beside events takes or leaves them all.
            (Members::Events(events), Members::Patient(is)) => {
                Members::Events(if *is == inside { events } else { Vec::new() })
            }
            (Members::Patient(is), other) => Members::Patient(is && other.is_empty() != inside),
        }
    }
}

impl Plan {
    /// Evaluates every group of every measure for one person.
    pub fn evaluate<'a>(&'a self, evaluator: &mut Evaluator<'a>, wanted: Wanted) -> Vec<GroupResult> {
        (0..self.measures.len()).flat_map(|at| self.evaluate_measure(evaluator, at, wanted)).collect()
    }

    /// Evaluates one measure.
    pub fn evaluate_measure<'a>(
        &'a self,
        evaluator: &mut Evaluator<'a>,
        at: usize,
        wanted: Wanted,
    ) -> Vec<GroupResult> {
        let planned = &self.measures[at];
        if planned.measure.composite.is_some() {
            return self.evaluate_composite(evaluator, at, wanted);
        }
        evaluator.renew();
        let mut results = Vec::new();
        for (number, (group, (codes, strata))) in planned.measure.groups.iter().zip(&planned.groups).enumerate() {
            let mut result = GroupResult::empty(at, number);
            result.counts = vec![0; group.populations.len()];
            result.observed = vec![Vec::new(); group.populations.len()];
            if wanted.evidence {
                result.evidence = vec![None; group.populations.len()];
            }
            let held = vec![None; if strata.is_empty() { 0 } else { group.populations.len() }];
            let mut run = Run { group, codes, evaluator, result: &mut result, held };
            if let Err(fault) = run.group().and_then(|()| run.strata(strata)) {
                result.error = Some(fault.to_string());
            } else if wanted.evidence {
                run.gap();
            }
            results.push(result);
        }
        if wanted.supplements && results.iter().any(|result| self.is_initial(result)) {
            let found = self.supplements(evaluator, at);
            if let Some(first) = results.iter_mut().find(|result| result.error.is_none()) {
                first.supplements = found;
            }
        }
        results
    }

    /// Whether somebody is in the initial population of a group.
    fn is_initial(&self, result: &GroupResult) -> bool {
        let populations = &self.measures[result.measure].measure.groups[result.group].populations;
        let mut counted = populations.iter().zip(&result.counts);
        result.error.is_none() && counted.any(|(p, count)| p.role == Role::InitialPopulation && *count > 0)
    }
}

pub(super) struct Run<'r, 'a> {
    pub(super) group: &'r Group,
    codes: &'r [Code],
    pub(super) evaluator: &'r mut Evaluator<'a>,
    pub(super) result: &'r mut GroupResult,
    /// Members of each population, kept only where stratifiers may divide them.
    pub(super) held: Vec<Option<Members<'a>>>,
}

impl<'a> Run<'_, 'a> {
    fn places(&self, role: Role) -> Vec<usize> {
        (0..self.group.populations.len()).filter(|at| self.group.populations[*at].role == role).collect()
    }

    fn members(&mut self, at: usize) -> Result<Members<'a>, Fault> {
        let value = match &self.codes[at] {
            Code::Definition(id) => self.evaluator.definition(*id)?,
            _ => Value::Null,
        };
        if let (false, &Code::Definition(id)) = (self.result.evidence.is_empty(), &self.codes[at]) {
            // Evidence that cannot be given costs itself, never the result.
            self.result.evidence[at] = self.evaluator.reason(id).ok();
        }
        Ok(match value {
            Value::Bool(is) => Members::Patient(is),
            Value::List(events) if self.group.basis == "boolean" => Members::Patient(!events.is_empty()),
            Value::List(events) => Members::Events(events.iter().filter(|e| !e.is_null()).cloned().collect()),
            Value::Null if self.group.basis == "boolean" => Members::Patient(false),
            Value::Null => Members::Events(Vec::new()),
            _ if self.group.basis == "boolean" => Members::Patient(true),
            one => Members::Events(vec![one]),
        })
    }

    fn count(&mut self, at: usize, members: &Members<'a>) {
        self.result.counts[at] = members.count();
        if let Some(held) = self.held.get_mut(at) {
            *held = Some(members.clone());
        }
    }

    /// The population that a reference names, by id or by code.
    fn referred(&self, at: usize) -> Option<usize> {
        let reference = self.group.populations[at].reference.as_deref()?;
        let by = |test: &dyn Fn(&super::Population) -> bool| self.group.populations.iter().position(test);
        by(&|p| p.id == reference).or_else(|| by(&|p| p.code == reference))
    }

    /// A population within another, counted; nothing is asked when the other is empty.
    fn within(&mut self, role: Role, outer: &Members<'a>) -> Result<Option<Members<'a>>, Fault> {
        match self.places(role).first().copied() {
            Some(at) => self.within_at(at, outer),
            None => Ok(None),
        }
    }

    fn within_at(&mut self, at: usize, outer: &Members<'a>) -> Result<Option<Members<'a>>, Fault> {
        if outer.is_empty() {
            return Ok(Some(outer.clone()));
        }
        let members = self.members(at)?.keep(outer, true);
        self.count(at, &members);
        Ok(Some(members))
    }

    fn group(&mut self) -> Result<(), Fault> {
        let initial = self.places(Role::InitialPopulation);
        let mut populations = Vec::new();
        for at in &initial {
            let members = self.members(*at)?;
            self.count(*at, &members);
            populations.push(members);
        }
        let none = Members::Patient(false);
        let first = populations.first().cloned().unwrap_or(none);
        match self.group.scoring {
            Scoring::Cohort => Ok(()),
            Scoring::Proportion => self.proportion(&first),
            Scoring::ContinuousVariable => self.continuous(&first),
            Scoring::Ratio => {
                // With two initial populations, each is named by the population that it serves.
                let for_role = |role: Role| {
                    let named = self.places(role).first().and_then(|at| self.referred(*at));
                    initial.iter().position(|at| Some(*at) == named)
                };
                let (d, n) = (for_role(Role::Denominator), for_role(Role::Numerator));
                let pick = |at: Option<usize>| at.and_then(|at| populations.get(at)).unwrap_or(&first).clone();
                let (d, n) = (pick(d), pick(n));
                self.ratio(&d, &n)
            }
        }
    }

    fn proportion(&mut self, initial: &Members<'a>) -> Result<(), Fault> {
        let denominator = self.within(Role::Denominator, initial)?.unwrap_or_else(|| initial.clone());
        let excluded = self.within(Role::DenominatorExclusion, &denominator)?;
        let rest = match &excluded {
            Some(excluded) => denominator.keep(excluded, false),
            None => denominator,
        };
        let numerator = self.within(Role::Numerator, &rest)?.unwrap_or(Members::Patient(false));
        self.within(Role::NumeratorExclusion, &numerator)?;
        let left = rest.keep(&numerator, false);
        self.within(Role::DenominatorException, &left)?;
        Ok(())
    }

    fn ratio(&mut self, for_denominator: &Members<'a>, for_numerator: &Members<'a>) -> Result<(), Fault> {
        let denominator = self.within(Role::Denominator, for_denominator)?.unwrap_or_else(|| for_denominator.clone());
        let excluded = self.within(Role::DenominatorExclusion, &denominator)?;
        let numerator = self.within(Role::Numerator, for_numerator)?.unwrap_or(Members::Patient(false));
        let dropped = self.within(Role::NumeratorExclusion, &numerator)?;
        let rest = |members: Members<'a>, out: Option<Members<'a>>| match out {
            Some(out) => members.keep(&out, false),
            None => members,
        };
        let (denominator, numerator) = (rest(denominator, excluded), rest(numerator, dropped));
        for at in self.places(Role::MeasureObservation) {
            let of_numerator = self.referred(at).is_some_and(|of| self.group.populations[of].role == Role::Numerator);
            self.observe(at, if of_numerator { &numerator } else { &denominator })?;
        }
        Ok(())
    }

    fn continuous(&mut self, initial: &Members<'a>) -> Result<(), Fault> {
        let measured = self.places(Role::MeasurePopulation);
        // A second measure population is rare; each observation names the one that it looks at.
        let mut populations = Vec::new();
        for at in &measured {
            populations.push(self.within_at(*at, initial)?.unwrap_or_else(|| initial.clone()));
        }
        let first = populations.first().cloned().unwrap_or_else(|| initial.clone());
        let excluded = self.within(Role::MeasurePopulationExclusion, &first)?;
        for at in self.places(Role::MeasureObservation) {
            let referred = self.referred(at);
            let of = measured.iter().position(|place| Some(*place) == referred).unwrap_or(0);
            let members = populations.get(of).unwrap_or(&first).clone();
            let rest = match &excluded {
                Some(excluded) => members.keep(excluded, false),
                None => members,
            };
            self.observe(at, &rest)?;
        }
        Ok(())
    }

    /// What would close the gap of someone who counts in the denominator and is not where the measure wants people.
    fn gap(&mut self) {
        if self.group.scoring != Scoring::Proportion {
            return;
        }
        let count = |role: Role| self.places(role).iter().map(|at| self.result.counts[*at]).sum::<u32>();
        let denominator = match self.places(Role::Denominator).first() {
            Some(at) => self.result.counts[*at],
            None => count(Role::InitialPopulation),
        };
        let out = count(Role::DenominatorExclusion) + count(Role::DenominatorException);
        let Some(numerator) = self.places(Role::Numerator).first().copied() else { return };
        let should = self.group.improvement.as_deref() != Some("decrease");
        let inside = self.result.counts[numerator].saturating_sub(count(Role::NumeratorExclusion));
        let open = if should { denominator > out + inside } else { inside > 0 };
        if let (true, &Code::Definition(id)) = (open, &self.codes[numerator]) {
            self.result.gap = self.evaluator.closing(id, should).ok();
        }
    }

    /// Observations of a population's members.
    fn observe(&mut self, at: usize, members: &Members<'a>) -> Result<(), Fault> {
        let mut values = Vec::new();
        match (self.codes[at].clone(), members) {
            (_, Members::Patient(false)) | (Code::None | Code::Joined(_), _) => {}
            (Code::Function(id, 1), Members::Events(events)) => {
                for event in events {
                    values.push(self.evaluator.call(id, vec![event.clone()])?);
                }
            }
            // A function of the patient.
            (Code::Function(id, 1), Members::Patient(true)) => {
                let patient = self.evaluator.person();
                values.push(self.evaluator.call(id, vec![patient])?);
            }
            (Code::Function(id, _), _) => values.push(self.evaluator.call(id, Vec::new())?),
            (Code::Definition(id), _) => values.push(self.evaluator.definition(id)?),
        }
        self.result.counts[at] = values.len() as u32;
        for value in values {
            let number = match &value {
                Value::Quantity(q) => Some(q.value.to_string()),
                Value::Int(i) => Some(i.to_string()),
                other => other.as_decimal().map(|d| d.to_string()),
            };
            self.result.observed[at].extend(number.clone());
            self.result.observations.extend(number);
        }
        Ok(())
    }
}
