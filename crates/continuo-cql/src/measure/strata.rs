//! Stratifiers and supplemental data: what divides the people or events of a group, and what is told about them beside.
//!
//! A stratifier is a truth, a value, or several components; of a group that counts events it may also be the list of the
//! events in the stratum, or a function of one event. Source: FHIR R4 Measure, `group.stratifier`; Quality Measure
//! Implementation Guide, "Stratification" (criteria-based and value-based).

use crate::Fault;
use crate::eval::Evaluator;
use crate::ops::equal::same;
use crate::value::Value;

use super::plan::{Code, Plan};
use super::populations::{Members, Run, Split, Stratum};

impl<'a> Run<'_, 'a> {
    pub(super) fn strata(&mut self, codes: &[Code]) -> Result<(), Fault> {
        for code in codes {
            let (stratum, split) = match code {
                Code::Definition(id) => {
                    let value = self.evaluator.definition(*id)?;
                    let split = match &value {
                        Value::List(events) if self.counts_events() => Some(self.inside(events)),
                        _ => None,
                    };
                    (stratum(&value), split)
                }
                Code::Function(id, 1) if self.counts_events() => {
                    let split = self.by_value(*id)?;
                    let names: Vec<&str> = split.iter().map(|(name, _)| name.as_str()).collect();
                    let stratum = if names.is_empty() { Stratum::Unknown } else { Stratum::Text(names.join("; ")) };
                    (stratum, Some(split))
                }
                Code::Function(id, arity) => {
                    let args = if *arity == 1 { vec![self.evaluator.person()] } else { Vec::new() };
                    (stratum(&self.evaluator.call(*id, args)?), None)
                }
                Code::Joined(parts) => {
                    let mut names = Vec::new();
                    for id in parts {
                        names.push(stratum(&self.evaluator.definition(*id)?).name().unwrap_or_default());
                    }
                    (Stratum::Text(names.join("; ")), None)
                }
                Code::None => (Stratum::Unknown, None),
            };
            self.result.strata.push(stratum);
            self.result.split.push(split);
        }
        Ok(())
    }

    fn counts_events(&self) -> bool {
        self.group.basis != "boolean"
    }

    /// Events inside a list and outside of it.
    fn inside(&self, events: &[Value<'a>]) -> Split {
        let mut split = vec![("true".to_owned(), Vec::new()), ("false".to_owned(), Vec::new())];
        for (at, total) in self.result.counts.iter().enumerate() {
            let inside = match self.held.get(at).and_then(Option::as_ref) {
                Some(Members::Events(members)) => {
                    members.iter().filter(|m| events.iter().any(|e| same(e, m))).count() as u32
                }
                _ if events.is_empty() => 0,
                _ => *total,
            };
            split[0].1.push(inside);
            split[1].1.push(total.saturating_sub(inside));
        }
        split.retain(|(_, counts)| counts.iter().any(|count| *count > 0));
        split
    }

    /// Events by what a function says of each.
    fn by_value(&mut self, function: u32) -> Result<Split, Fault> {
        let mut split: Split = Vec::new();
        for at in 0..self.held.len() {
            let Some(Members::Events(members)) = self.held[at].clone() else { continue };
            for event in members {
                let value = self.evaluator.call(function, vec![event])?;
                let Some(name) = stratum(&value).name() else { continue };
                let place = split.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
                    split.push((name, vec![0; self.held.len()]));
                    split.len() - 1
                });
                split[place].1[at] += 1;
            }
        }
        Ok(split)
    }
}

impl Plan {
    /// Supplemental data of one measure: id and value as text; a fault is said in its place.
    pub fn supplemental<'a>(&'a self, evaluator: &mut Evaluator<'a>, at: usize) -> Vec<(&'a str, String)> {
        let planned = &self.measures[at];
        let values = planned.measure.supplemental.iter().zip(&planned.supplemental);
        values
            .map(|((id, _), code)| {
                let value = match code {
                    Code::Definition(id) => evaluator.definition(*id).map_or_else(|f| f.to_string(), |v| v.to_string()),
                    _ => String::new(),
                };
                (id.as_str(), value)
            })
            .collect()
    }

    /// Supplemental data of one measure as sums count it: a place among them and one value, each value of a list by itself.
    pub(super) fn supplements<'a>(&'a self, evaluator: &mut Evaluator<'a>, at: usize) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (place, code) in self.measures[at].supplemental.iter().enumerate() {
            let Code::Definition(id) = code else { continue };
            let Ok(value) = evaluator.definition(*id) else { continue };
            for item in value.items() {
                if let Some(words) = words(item) {
                    found.push((place, words));
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }
}

/// A value as the name of a stratum.
fn stratum(value: &Value<'_>) -> Stratum {
    match value {
        Value::Bool(b) => Stratum::Bool(*b),
        Value::Str(s) => Stratum::Text(s.to_string()),
        Value::List(items) => Stratum::Bool(!items.is_empty()),
        Value::Null => Stratum::Unknown,
        Value::Code(c) => Stratum::Text(c.code.as_deref().unwrap_or_default().to_owned()),
        other => words(other).map_or(Stratum::Unknown, Stratum::Text),
    }
}

/// A value in words: what people read, where the value carries it.
fn words(value: &Value<'_>) -> Option<String> {
    Some(match value {
        Value::Null => return None,
        Value::Str(text) => text.to_string(),
        Value::Code(code) => code.display.as_deref().or(code.code.as_deref())?.to_owned(),
        Value::Concept(concept) => match concept.display.as_deref() {
            Some(display) => display.to_owned(),
            None => words(&Value::Code(concept.codes.first()?.clone()))?,
        },
        Value::Tuple(tuple) => {
            let named = ["display", "code", "codes"].iter().find_map(|name| tuple.get(name)).filter(|v| !v.is_null());
            match named {
                Some(list @ Value::List(_)) => list.items().iter().find_map(words)?,
                Some(one) => words(one)?,
                None => value.to_string(),
            }
        }
        Value::Element(element) => {
            let read = crate::model::helpers::Helper::ToValue.apply(value, 0).ok()?;
            match read {
                Value::Element(_) => element.label(),
                other => words(&other)?,
            }
        }
        other => other.to_string(),
    })
}
