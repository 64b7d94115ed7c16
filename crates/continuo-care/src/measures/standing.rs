//! From an engine's counts to where a person stands: what is counted, and whether a gap is open. Pure.
//!
//! The rules are those of the FHIR Clinical Reasoning module (R4 Measure, "criteria names"): exclusions and exceptions
//! leave the denominator; where lower is better the numerator itself is the gap.

use continuo_cql::measure::{Group, GroupResult, Role, Scoring, Split, Stratum};
use continuo_fhir::{Instant, Json};

use super::closing::way;
use crate::build::{list, object};

/// Where a group leaves a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Could not be evaluated.
    Failed,
    /// In the initial population only, or counted without a gap to speak of.
    Counted,
    /// Excluded from the denominator.
    Excluded,
    /// An exception: not met, with an accepted reason.
    Excepted,
    /// What the measure asks for is there.
    Met,
    /// A gap.
    Gap,
}

impl Standing {
    /// All of them.
    pub const ALL: [Standing; 6] =
        [Standing::Failed, Standing::Counted, Standing::Excluded, Standing::Excepted, Standing::Met, Standing::Gap];

    /// The number in the store.
    pub fn number(self) -> i64 {
        self as i64
    }

    /// Reads [`Standing::number`] back; anything unknown could not be evaluated.
    pub fn from_number(number: i64) -> Standing {
        usize::try_from(number).ok().and_then(|at| Self::ALL.get(at).copied()).unwrap_or(Standing::Failed)
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Standing::Failed => "Could not be evaluated",
            Standing::Counted => "Counted",
            Standing::Excluded => "Excluded",
            Standing::Excepted => "Exception",
            Standing::Met => "Met",
            Standing::Gap => "Gap",
        }
    }
}

/// Whether a higher score is better; increase unless the measure says otherwise.
pub fn lower_is_better(group: &Group) -> bool {
    group.improvement.as_deref() == Some("decrease")
}

/// Counts of initial population, denominator, excluded, excepted, numerator; for a continuous variable the measure
/// population stands as denominator.
pub fn counts(group: &Group, result: &GroupResult) -> [i64; 5] {
    let of = |role: Role| -> i64 {
        let found = group.populations.iter().zip(&result.counts).filter(|(p, _)| p.role == role);
        found.map(|(_, count)| i64::from(*count)).max().unwrap_or(0)
    };
    let initial = of(Role::InitialPopulation);
    match group.scoring {
        Scoring::Cohort => [initial, 0, 0, 0, 0],
        Scoring::ContinuousVariable => {
            [initial, of(Role::MeasurePopulation), of(Role::MeasurePopulationExclusion), 0, 0]
        }
        Scoring::Proportion | Scoring::Ratio => {
            let numerator = of(Role::Numerator) - of(Role::NumeratorExclusion);
            let has_own = group.populations.iter().any(|p| p.role == Role::Denominator);
            let denominator = if has_own { of(Role::Denominator) } else { initial };
            [initial, denominator, of(Role::DenominatorExclusion), of(Role::DenominatorException), numerator.max(0)]
        }
    }
}

/// Where a person stands in a group.
pub fn standing(group: &Group, result: &GroupResult) -> Standing {
    if result.error.is_some() {
        return Standing::Failed;
    }
    let [_, denominator, excluded, excepted, numerator] = counts(group, result);
    if group.scoring != Scoring::Proportion || denominator == 0 {
        return Standing::Counted;
    }
    let asked = denominator - excluded - excepted;
    let gap = if lower_is_better(group) { numerator > 0 } else { numerator < asked };
    match (asked > 0, gap, excepted > 0) {
        (true, true, _) => Standing::Gap,
        (true, false, _) => Standing::Met,
        (false, _, true) => Standing::Excepted,
        (false, _, false) => Standing::Excluded,
    }
}

/// Numerator and what it is held against.
pub fn share(counts: [i64; 5]) -> (i64, i64) {
    let [_, denominator, excluded, excepted, numerator] = counts;
    (numerator, (denominator - excluded - excepted).max(0))
}

/// What a result rests on and what would change it; noted where it becomes work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Why {
    /// Resources it rests on.
    pub evidence: Vec<String>,
    /// What would close the gap, in words.
    pub closes: Vec<String>,
    /// The last moment for it, in UTC microseconds.
    pub by: Option<i64>,
}

impl Why {
    /// Of a result that was computed with evidence.
    pub fn of(result: &GroupResult) -> Why {
        let reasons = result.evidence.iter().flatten().flat_map(|reason| &reason.resources);
        let mut evidence: Vec<String> = reasons.cloned().collect();
        evidence.sort();
        evidence.dedup();
        let way = result.gap.as_ref().map(way).unwrap_or_default();
        Why { evidence, closes: way.words, by: way.by.map(Instant::micros) }
    }
}

/// A result as it is kept.
pub fn body(result: &GroupResult, why: &Why) -> Json {
    let strata = result.strata.iter().map(|stratum| match stratum {
        Stratum::Bool(is) => Json::Bool(*is),
        Stratum::Text(text) => Json::string(text.as_str()),
        Stratum::Unknown => Json::Null,
    });
    let mut json = object([
        ("counts", list(result.counts.iter().map(|count| Json::integer(i64::from(*count))))),
        ("observations", list(result.observations.iter().map(|value| Json::string(value.as_str())))),
        ("strata", list(strata)),
    ]);
    if let Some(error) = &result.error {
        json.set("error", Json::string(error.as_str()));
    }
    // Which population an observation is of matters only where several have some.
    if result.observed.iter().filter(|values| !values.is_empty()).count() > 1 {
        let values = |values: &Vec<String>| list(values.iter().map(|value| Json::string(value.as_str())));
        json.set("observed", list(result.observed.iter().map(values)));
    }
    if result.split.iter().any(Option::is_some) {
        let stratum = |(name, counts): &(String, Vec<u32>)| {
            let counts = list(counts.iter().map(|count| Json::integer(i64::from(*count))));
            object([("name", Json::string(name.as_str())), ("counts", counts)])
        };
        let one = |split: &Option<Split>| split.as_ref().map_or(Json::Null, |split| list(split.iter().map(stratum)));
        json.set("split", list(result.split.iter().map(one)));
    }
    if !result.supplements.is_empty() {
        let one = |(place, value): &(usize, String)| {
            object([("at", Json::integer(*place as i64)), ("value", Json::string(value.as_str()))])
        };
        json.set("supplements", list(result.supplements.iter().map(one)));
    }
    let texts = |texts: &[String]| list(texts.iter().map(|one| Json::string(one.as_str())));
    if !why.evidence.is_empty() {
        json.set("evidence", texts(&why.evidence));
    }
    if !why.closes.is_empty() {
        json.set("closes", texts(&why.closes));
    }
    if let Some(by) = why.by {
        json.set("by", Json::integer(by));
    }
    json
}

/// What [`body`] kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// Count of each population, in the measure's order.
    pub counts: Vec<i64>,
    /// Observation values.
    pub observations: Vec<String>,
    /// The same per population, where several have some.
    pub observed: Vec<Vec<String>>,
    /// Stratifier values in words; nothing when not known.
    pub strata: Vec<Option<String>>,
    /// Per stratifier that divides events: each stratum with its count per population.
    pub split: Vec<Option<Vec<(String, Vec<i64>)>>>,
    /// Supplemental data: place among the measure's, and a value.
    pub supplements: Vec<(usize, String)>,
    /// Why it could not be evaluated.
    pub error: Option<String>,
    /// What it rests on, where that was noted.
    pub why: Why,
}

/// Reads what was kept.
pub fn read_body(bytes: &[u8]) -> Body {
    let Ok(json) = Json::parse(bytes) else { return Body::default() };
    let items = |name: &str| json.get(name).map(Json::items).unwrap_or_default();
    let texts =
        |name: &str| -> Vec<String> { items(name).iter().filter_map(Json::as_str).map(str::to_owned).collect() };
    Body {
        counts: items("counts").iter().map(|count| count.as_i64().unwrap_or(0)).collect(),
        observations: texts("observations"),
        strata: items("strata")
            .iter()
            .map(|value| match value {
                Json::Bool(is) => Some(is.to_string()),
                other => other.as_str().map(str::to_owned),
            })
            .collect(),
        observed: items("observed").iter().map(strings).collect(),
        split: items("split").iter().map(split_of).collect(),
        supplements: items("supplements")
            .iter()
            .filter_map(|one| {
                let place = usize::try_from(one.get("at").and_then(Json::as_i64)?).ok()?;
                Some((place, one.str_at("value")?.to_owned()))
            })
            .collect(),
        error: json.str_at("error").map(str::to_owned),
        why: Why { evidence: texts("evidence"), closes: texts("closes"), by: json.get("by").and_then(Json::as_i64) },
    }
}

fn strings(list: &Json) -> Vec<String> {
    list.items().iter().filter_map(Json::as_str).map(str::to_owned).collect()
}

fn split_of(json: &Json) -> Option<Vec<(String, Vec<i64>)>> {
    let one = |stratum: &Json| {
        let counts = stratum.get("counts").map(Json::items).unwrap_or_default();
        Some((
            stratum.str_at("name")?.to_owned(),
            counts.iter().map(|count| count.as_i64().unwrap_or(0)).collect::<Vec<_>>(),
        ))
    };
    matches!(json, Json::Array(_)).then(|| json.items().iter().filter_map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_cql::elm::Tree;
    use continuo_cql::measure::Measure;

    fn group(improvement: &str) -> Group {
        let population = |code: &str| {
            format!(r#"{{"id":"{code}","code":{{"coding":[{{"code":"{code}"}}]}},"criteria":{{"expression":"x"}}}}"#)
        };
        let codes =
            ["initial-population", "denominator", "denominator-exclusion", "denominator-exception", "numerator"];
        let populations: Vec<String> = codes.iter().map(|code| population(code)).collect();
        let text = format!(
            r#"{{"resourceType":"Measure","name":"M","library":["L"],"scoring":{{"coding":[{{"code":"proportion"}}]}},
                "improvementNotation":{{"coding":[{{"code":"{improvement}"}}]}},"group":[{{"population":[{}]}}]}}"#,
            populations.join(",")
        );
        Measure::parse(&Tree::parse(&text).unwrap()).unwrap().groups.remove(0)
    }

    fn check(improvement: &str, counts: [u32; 5], expect: Standing) {
        let mut result = GroupResult::failed(0, 0, String::new());
        result.error = None;
        result.counts = counts.to_vec();
        assert_eq!(standing(&group(improvement), &result), expect, "{improvement} {counts:?}");
    }

    #[test]
    fn a_gap_is_what_the_denominator_leaves_or_the_numerator_where_lower_is_better() {
        check("increase", [1, 1, 0, 0, 0], Standing::Gap);
        check("increase", [1, 1, 0, 0, 1], Standing::Met);
        check("decrease", [1, 1, 0, 0, 1], Standing::Gap);
        check("decrease", [1, 1, 0, 0, 0], Standing::Met);
        check("increase", [1, 1, 1, 0, 0], Standing::Excluded);
        check("increase", [1, 1, 0, 1, 0], Standing::Excepted);
        check("increase", [1, 0, 0, 0, 0], Standing::Counted);
    }

    #[test]
    fn of_several_events_one_left_open_is_a_gap() {
        check("increase", [3, 3, 1, 0, 1], Standing::Gap);
        check("increase", [3, 3, 1, 0, 2], Standing::Met);
    }

    #[test]
    fn a_body_comes_back() {
        let mut result = GroupResult::failed(0, 0, "too many steps".into());
        result.counts = vec![1, 0];
        result.strata = vec![Stratum::Bool(true), Stratum::Unknown, Stratum::Text("a".into())];
        result.observed = vec![vec!["1".into()], vec!["2".into(), "3".into()]];
        result.split = vec![None, Some(vec![("EMER".into(), vec![2, 1])])];
        result.supplements = vec![(0, "female".into())];
        let why = Why { evidence: vec!["Condition/c".into()], closes: vec!["an HbA1c".into()], by: Some(7) };
        let kept = read_body(&body(&result, &why).to_bytes());
        assert_eq!(kept.counts, [1, 0]);
        assert_eq!(kept.strata, [Some("true".to_owned()), None, Some("a".to_owned())]);
        assert_eq!(kept.observed, [vec!["1".to_owned()], vec!["2".to_owned(), "3".to_owned()]]);
        assert_eq!(kept.split, [None, Some(vec![("EMER".to_owned(), vec![2, 1])])]);
        assert_eq!(kept.supplements, [(0, "female".to_owned())]);
        assert_eq!((kept.error.as_deref(), kept.why), (Some("too many steps"), why));
    }
}
