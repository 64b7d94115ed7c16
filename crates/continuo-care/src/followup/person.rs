//! One person's record as the rules read it: resources by type, and small ways to ask them.
//!
//! Borrowed from packed facts; nothing is copied. Paths are element names joined by dots; lists on the way are all walked.

use continuo_fhir::coding::Concept;
use continuo_fhir::{DateTime, Instant, Node, Zone};

use crate::shapes;

/// One resource.
#[derive(Clone, Copy, Debug)]
pub struct Resource<'a> {
    /// Its type.
    pub type_: &'a str,
    /// Its id.
    pub id: &'a str,
    /// Its content.
    pub node: Node<'a>,
    /// The sensitivity labels of its row; a finding that rests on it carries them.
    pub labels: u64,
}

impl<'a> Resource<'a> {
    /// Takes a packed tree that says its own type and id.
    pub fn of(node: Node<'a>) -> Option<Resource<'a>> {
        Some(Resource { type_: node.resource_type()?, id: node.str("id")?, node, labels: 0 })
    }

    /// `Type/id`.
    pub fn reference(&self) -> String {
        format!("{}/{}", self.type_, self.id)
    }

    /// All values at a path.
    pub fn all(&self, path: &str) -> Vec<Node<'a>> {
        walk(self.node, path)
    }

    /// The text at a path, the first if there are several.
    pub fn text(&self, path: &str) -> Option<&'a str> {
        walk(self.node, path).into_iter().find_map(Node::as_str)
    }

    /// The status.
    pub fn status(&self) -> &'a str {
        self.node.str("status").unwrap_or("")
    }

    /// Whether the status is one of these.
    pub fn is(&self, statuses: &[&str]) -> bool {
        statuses.contains(&self.status())
    }

    /// Whether it says of itself that it is no fact: entered in error, refuted, or an order not to do something.
    pub fn is_void(&self) -> bool {
        let verified = walk(self.node, "verificationStatus.coding").into_iter().filter_map(|coding| coding.str("code"));
        self.is(&["entered-in-error"])
            || self.text("docStatus") == Some("entered-in-error")
            || self.node.get("doNotPerform").and_then(Node::as_bool) == Some(true)
            || verified.into_iter().any(|code| matches!(code, "entered-in-error" | "refuted"))
    }

    /// Whether a CodeableConcept (or Coding) at a path has that code.
    pub fn has(&self, path: &str, system: &str, code: &str) -> bool {
        walk(self.node, path).into_iter().any(|node| {
            let concept = Concept::of(node);
            concept.has(system, code) || (node.str("system") == Some(system) && node.str("code") == Some(code))
        })
    }

    /// Whether a concept at a path has one of the product's own codes.
    pub fn has_own(&self, path: &str, code: &str) -> bool {
        self.has(path, shapes::CODE, code)
    }

    /// The words of the concepts at a path: texts and displays.
    pub fn words(&self, path: &str) -> Vec<&'a str> {
        let mut words = Vec::new();
        for node in walk(self.node, path) {
            words.extend(node.str("text"));
            words.extend(node.str("display"));
            words.extend(node.list("coding").filter_map(|coding| coding.str("display")));
        }
        words
    }

    /// What to show for the concept at a path.
    pub fn label(&self, path: &str) -> Option<&'a str> {
        walk(self.node, path).into_iter().find_map(|node| Concept::of(node).label().or_else(|| node.str("display")))
    }

    /// The references at a path.
    pub fn references(&self, path: &str) -> Vec<&'a str> {
        walk(self.node, path).into_iter().filter_map(|node| node.str("reference")).collect()
    }

    /// Whether one of the references at one of the paths names a resource.
    pub fn points_to(&self, paths: &[&str], reference: &str) -> bool {
        paths.iter().any(|path| self.references(path).into_iter().any(|found| found == reference))
    }

    /// The earliest moment the date at a path may mean.
    pub fn when(&self, path: &str, zone: &Zone) -> Option<Instant> {
        DateTime::parse(self.text(path)?).map(|at| at.low(zone))
    }

    /// The last moment the date at a path may mean: the end of the day for a bare date.
    pub fn until(&self, path: &str, zone: &Zone) -> Option<Instant> {
        DateTime::parse(self.text(path)?).map(|at| at.high(zone).plus_micros(-1))
    }

    /// The value of an extension by its URL.
    pub fn extension(&self, url: &str) -> Option<Node<'a>> {
        let found = self.node.list("extension").find(|extension| extension.str("url") == Some(url))?;
        found.fields().find(|(name, _)| name.starts_with("value")).map(|(_, value)| value)
    }
}

/// All values at a path, walking into lists.
pub fn walk<'a>(node: Node<'a>, path: &str) -> Vec<Node<'a>> {
    let mut found: Vec<Node<'a>> = node.items().collect();
    for step in path.split('.') {
        found = found.into_iter().flat_map(|node| node.list(step)).collect();
    }
    found
}

/// Everything known about one person, in order of type and id.
#[derive(Clone, Debug, Default)]
pub struct Person<'a> {
    rows: Vec<Resource<'a>>,
    main: Option<&'a str>,
    measures: Vec<MeasureGap>,
}

/// A quality measure that leaves a gap for the person, and may make a suggestion of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeasureGap {
    /// Id of the Measure resource.
    pub measure: String,
    /// Its title.
    pub title: String,
    /// First and last day, `2026-01-01/2026-12-31`.
    pub period: String,
    /// Since when the gap is known, in UTC microseconds.
    pub since: i64,
    /// Labels the result rests on.
    pub labels: u64,
    /// Never in plain words in a row.
    pub guarded: bool,
    /// Resources it rests on.
    pub evidence: Vec<String>,
    /// What would close it, in words; any of these or all, as the measure says.
    pub closes: Vec<String>,
    /// The last moment for it, in UTC microseconds.
    pub by: Option<i64>,
}

impl<'a> Person<'a> {
    /// Takes the resources in any order.
    pub fn new(rows: impl IntoIterator<Item = Resource<'a>>) -> Person<'a> {
        let mut rows: Vec<Resource<'a>> = rows.into_iter().collect();
        rows.sort_by(|a, b| (a.type_, a.id).cmp(&(b.type_, b.id)));
        Person { rows, main: None, measures: Vec::new() }
    }

    /// With the gaps of quality measures, which are computed apart from the rules.
    #[must_use]
    pub fn with_measures(mut self, measures: Vec<MeasureGap>) -> Person<'a> {
        self.measures = measures;
        self
    }

    /// Gaps of quality measures.
    pub fn measures(&self) -> &[MeasureGap] {
        &self.measures
    }

    /// The same person, known by this Patient's id where several sources know them.
    #[must_use]
    pub fn led_by(mut self, id: Option<&'a str>) -> Person<'a> {
        self.main = id;
        self
    }

    /// The resources of a type, in order of id.
    pub fn of(&self, type_: &str) -> &[Resource<'a>] {
        let start = self.rows.partition_point(|row| row.type_ < type_);
        let end = self.rows.partition_point(|row| row.type_ <= type_);
        self.rows.get(start..end).unwrap_or(&[])
    }

    /// One resource by `Type/id`.
    pub fn find(&self, reference: &str) -> Option<&Resource<'a>> {
        let (type_, id) = reference.split_once('/')?;
        self.rows.binary_search_by(|row| (row.type_, row.id).cmp(&(type_, id))).ok().and_then(|at| self.rows.get(at))
    }

    /// All resources.
    pub fn rows(&self) -> &[Resource<'a>] {
        &self.rows
    }

    /// The Patient; the main record's where several sources know the person.
    pub fn patient(&self) -> Option<&Resource<'a>> {
        let patients = self.of("Patient");
        patients.iter().find(|patient| Some(patient.id) == self.main).or(patients.first())
    }

    /// Whether any source says the person has died (safety.md rule 11).
    pub fn has_died(&self) -> bool {
        self.of("Patient").iter().any(|patient| {
            patient.node.get("deceasedBoolean").and_then(Node::as_bool) == Some(true)
                || patient.node.get("deceasedDateTime").is_some()
        })
    }
}
