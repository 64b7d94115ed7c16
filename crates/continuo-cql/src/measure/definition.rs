//! A FHIR R4 Measure as far as it computes: groups, populations, stratifiers, supplemental data.

use std::collections::BTreeSet;

use crate::elm::Tree;

use super::composite::{self, Composite};

/// How a group is scored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scoring {
    /// Numerator within denominator.
    Proportion,
    /// Numerator beside denominator.
    Ratio,
    /// Observations over a population.
    ContinuousVariable,
    /// Initial population only.
    Cohort,
}

/// What a population is for (http://terminology.hl7.org/CodeSystem/measure-population).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    InitialPopulation,
    Denominator,
    DenominatorExclusion,
    DenominatorException,
    Numerator,
    NumeratorExclusion,
    MeasurePopulation,
    MeasurePopulationExclusion,
    MeasureObservation,
    Other,
}

impl Role {
    pub(super) fn find(code: &str) -> Role {
        match code {
            "initial-population" => Role::InitialPopulation,
            "denominator" => Role::Denominator,
            "denominator-exclusion" => Role::DenominatorExclusion,
            "denominator-exception" => Role::DenominatorException,
            "numerator" => Role::Numerator,
            "numerator-exclusion" => Role::NumeratorExclusion,
            "measure-population" => Role::MeasurePopulation,
            "measure-population-exclusion" => Role::MeasurePopulationExclusion,
            "measure-observation" => Role::MeasureObservation,
            _ => Role::Other,
        }
    }
}

/// A population of a group.
#[derive(Clone, Debug)]
pub struct Population {
    /// Id within the measure, or the code where none is given.
    pub id: String,
    /// What it is for.
    pub role: Role,
    /// Code as written.
    pub code: String,
    /// Name of the expression.
    pub expression: String,
    /// Population an observation or a second initial population belongs to.
    pub reference: Option<String>,
    /// How observations are put together (`Sum`, `Median` ...).
    pub aggregate: Option<String>,
}

/// A group of populations scored together.
#[derive(Clone, Debug)]
pub struct Group {
    /// Id, or its number.
    pub id: String,
    /// Scoring.
    pub scoring: Scoring,
    /// `boolean`, or the type counted.
    pub basis: String,
    /// Populations in order.
    pub populations: Vec<Population>,
    /// Stratifiers: id and expression.
    pub stratifiers: Vec<(String, String)>,
    /// Per stratifier the expressions of its components; empty where it has none.
    pub components: Vec<Vec<String>>,
    /// Per stratifier the codes of the populations that it divides; empty for all (cqfm-appliesTo).
    pub applies: Vec<Vec<String>>,
    /// `increase` or `decrease`.
    pub improvement: Option<String>,
}

/// A measure.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Computable name.
    pub name: String,
    /// Canonical url.
    pub url: String,
    /// Business version.
    pub version: String,
    /// Title for people.
    pub title: String,
    /// Main library: name and version.
    pub library: (String, Option<String>),
    /// Groups in order.
    pub groups: Vec<Group>,
    /// Supplemental data: id and expression.
    pub supplemental: Vec<(String, String)>,
    /// Criteria whose language is CQL: texts, or names written as such.
    pub cql: BTreeSet<String>,
    /// The measures it is made of, for a composite.
    pub composite: Option<Composite>,
}

fn code<'t>(concept: Option<&'t Tree<'_>>) -> Option<&'t str> {
    concept?.items("coding").first()?.text("code")
}

fn extension<'t, 'a>(tree: &'t Tree<'a>, name: &str) -> Option<&'t Tree<'a>> {
    tree.items("extension").iter().find(|e| e.text("url").is_some_and(|url| url.ends_with(name)))
}

fn extension_text<'t>(tree: &'t Tree<'_>, name: &str) -> Option<&'t str> {
    let found = extension(tree, name)?;
    found.text("valueCode").or_else(|| found.text("valueString"))
}

impl Group {
    /// Whether a stratifier divides a population.
    pub fn divides(&self, stratifier: usize, population: usize) -> bool {
        let codes = self.applies.get(stratifier).map_or(&[][..], Vec::as_slice);
        codes.is_empty() || self.populations.get(population).is_some_and(|p| codes.contains(&p.code))
    }
}

impl Measure {
    /// Reads a Measure resource.
    pub fn parse(tree: &Tree<'_>) -> Result<Measure, String> {
        if tree.text("resourceType") != Some("Measure") {
            return Err("not a FHIR Measure".into());
        }
        let name = tree.text("name").or_else(|| tree.text("id")).unwrap_or_default().to_owned();
        let scoring = code(tree.get("scoring"));
        if scoring == Some("composite") {
            let (composite, group) = composite::parse(tree, &name)?;
            return Ok(Measure {
                url: tree.text("url").unwrap_or_default().to_owned(),
                version: tree.text("version").unwrap_or_default().to_owned(),
                title: tree.text("title").unwrap_or(&name).to_owned(),
                library: (String::new(), None),
                groups: vec![Group { improvement: code(tree.get("improvementNotation")).map(str::to_owned), ..group }],
                supplemental: Vec::new(),
                cql: BTreeSet::new(),
                composite: Some(composite),
                name,
            });
        }
        let mut cql = BTreeSet::new();
        texts(tree, &mut cql);
        let canonical = match tree.items("library").first().and_then(Tree::as_text) {
            Some(canonical) => canonical,
            // Criteria that are CQL themselves need none.
            None if !cql.is_empty() => "",
            None => return Err(format!("measure `{name}` names no library")),
        };
        let (path, version) = match canonical.split_once('|') {
            Some((path, version)) => (path, Some(version.to_owned())),
            None => (canonical, None),
        };
        let basis = extension_text(tree, "populationBasis");
        let improvement = code(tree.get("improvementNotation"));
        let groups: Result<Vec<Group>, String> = tree
            .items("group")
            .iter()
            .enumerate()
            .map(|(at, group)| {
                let own = extension(group, "scoring").and_then(|e| code(e.get("valueCodeableConcept")));
                let notation =
                    extension(group, "improvementNotation").and_then(|e| code(e.get("valueCodeableConcept")));
                Ok(Group {
                    id: group.text("id").map_or_else(|| format!("group-{}", at + 1), str::to_owned),
                    scoring: match own.or(scoring) {
                        Some("ratio") => Scoring::Ratio,
                        Some("continuous-variable") => Scoring::ContinuousVariable,
                        Some("cohort") => Scoring::Cohort,
                        Some("proportion") | None => Scoring::Proportion,
                        Some(other) => return Err(format!("measure `{name}`: scoring `{other}` is not known")),
                    },
                    basis: extension_text(group, "populationBasis").or(basis).unwrap_or("boolean").to_owned(),
                    populations: group.items("population").iter().map(population).collect(),
                    stratifiers: group
                        .items("stratifier")
                        .iter()
                        .enumerate()
                        .map(|(at, s)| named(s, "stratifier", at))
                        .collect(),
                    components: group.items("stratifier").iter().map(components).collect(),
                    applies: group.items("stratifier").iter().map(applies).collect(),
                    improvement: notation.or(improvement).map(str::to_owned),
                })
            })
            .collect();
        Ok(Measure {
            url: tree.text("url").unwrap_or_default().to_owned(),
            version: tree.text("version").unwrap_or_default().to_owned(),
            title: tree.text("title").unwrap_or(&name).to_owned(),
            library: (path.rsplit(['/', '#']).next().unwrap_or(path).to_owned(), version),
            groups: groups?,
            supplemental: tree
                .items("supplementalData")
                .iter()
                .enumerate()
                .map(|(at, s)| named(s, "supplemental", at))
                .collect(),
            cql,
            composite: None,
            name,
        })
    }

    /// Hands out every criterion, to be changed.
    pub(super) fn each_expression(&mut self, change: &mut dyn FnMut(&mut String)) {
        for group in &mut self.groups {
            group.populations.iter_mut().for_each(|p| change(&mut p.expression));
            group.stratifiers.iter_mut().for_each(|(_, expression)| change(expression));
            group.components.iter_mut().flatten().for_each(&mut *change);
        }
        self.supplemental.iter_mut().for_each(|(_, expression)| change(expression));
    }
}

/// All criteria of a measure whose language is CQL rather than the name of a definition.
fn texts(tree: &Tree<'_>, found: &mut BTreeSet<String>) {
    let is_cql = |criteria: &&Tree<'_>| {
        matches!(criteria.text("language"), Some("text/cql" | "text/cql-expression" | "text/cql.expression"))
    };
    let groups = tree.items("group").iter();
    let parts = groups.flat_map(|group| group.items("population").iter().chain(group.items("stratifier")));
    for part in parts.chain(tree.items("supplementalData")) {
        let own = part.get("criteria").into_iter();
        let inner = part.items("component").iter().filter_map(|c| c.get("criteria"));
        found.extend(own.chain(inner).filter(is_cql).map(|c| expression(c)).filter(|text| !text.is_empty()));
    }
}

/// The populations that a stratifier divides.
fn applies(tree: &Tree<'_>) -> Vec<String> {
    let said = tree.items("extension").iter().filter(|e| e.text("url").is_some_and(|url| url.ends_with("appliesTo")));
    said.filter_map(|e| code(e.get("valueCodeableConcept"))).map(str::to_owned).collect()
}

fn named(tree: &Tree<'_>, kind: &str, at: usize) -> (String, String) {
    let id = tree.text("id").map_or_else(|| format!("{kind}-{}", at + 1), str::to_owned);
    let criteria = tree.get("criteria").or_else(|| tree.items("component").first().and_then(|c| c.get("criteria")));
    (id, criteria.map(expression).unwrap_or_default())
}

/// The expressions of a stratifier's components.
fn components(tree: &Tree<'_>) -> Vec<String> {
    let criteria = tree.items("component").iter().filter_map(|c| c.get("criteria"));
    criteria.map(|c| expression(c)).filter(|name| !name.is_empty()).collect()
}

/// The name a criterion gives. Identifiers may be written as CQL writes them, in quotes.
fn expression(criteria: &Tree<'_>) -> String {
    let text = criteria.text("expression").unwrap_or_default().trim();
    let quoted = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).filter(|t| !t.contains('"'));
    quoted.unwrap_or(text).to_owned()
}

fn population(tree: &Tree<'_>) -> Population {
    let code = code(tree.get("code")).unwrap_or_default().to_owned();
    Population {
        id: tree.text("id").unwrap_or(&code).to_owned(),
        role: Role::find(&code),
        expression: tree.get("criteria").map(expression).unwrap_or_default(),
        reference: extension_text(tree, "criteriaReference").map(str::to_owned),
        aggregate: extension_text(tree, "aggregateMethod").map(str::to_owned),
        code,
    }
}
