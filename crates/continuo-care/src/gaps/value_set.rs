//! Own value sets: `knowledge/value-sets/*.csv`, each line a code, what it means and the file that states it.
//!
//! They are lists chosen for our rules, not copies of published sets. Lines of system `words` name what a record calls
//! something where it gives no code; [`super::recognize`] turns them into codes of [`WORDS`].

/// The system of codes that stand for words.
pub const WORDS: &str = "urn:continuo:words";
/// Prefix of the sets' canonical urls.
pub const URL: &str = "urn:continuo:value-set:";

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// System uri.
    pub system: &'static str,
    /// Code, or words.
    pub code: String,
    /// What it means, in our words.
    pub meaning: String,
    /// Which file states code and meaning.
    pub source: String,
}

/// A value set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueSet {
    /// The file's name, part of its url.
    pub id: &'static str,
    /// What it is a set of.
    pub title: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

const SYSTEMS: [(&str, &str); 6] = [
    ("loinc", "http://loinc.org"),
    ("icd", "http://hl7.org/fhir/sid/icd-10-cm"),
    ("rxnorm", "http://www.nlm.nih.gov/research/umls/rxnorm"),
    ("cvx", "http://hl7.org/fhir/sid/cvx"),
    ("sct", "http://snomed.info/sct"),
    ("words", WORDS),
];

/// Reads a file; a bad line is named, the others are kept.
pub fn parse(id: &'static str, csv: &str) -> (ValueSet, Vec<String>) {
    let mut issues = Vec::new();
    let mut set = ValueSet { id, title: String::new(), lines: Vec::new() };
    for (index, line) in csv.lines().enumerate() {
        if let Some(title) = line.strip_prefix("# ") {
            title.clone_into(&mut set.title);
            continue;
        }
        if line.trim().is_empty() || line.starts_with("system,") {
            continue;
        }
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        let [system, code, meaning, source] = cells[..] else {
            issues.push(format!("value set `{id}`, line {}: expected 4 cells", index + 1));
            continue;
        };
        match SYSTEMS.iter().find(|(short, _)| *short == system) {
            Some((_, system)) => set.lines.push(Line {
                system,
                code: code.to_owned(),
                meaning: meaning.to_owned(),
                source: source.to_owned(),
            }),
            None => issues.push(format!("value set `{id}`, line {}: unknown system `{system}`", index + 1)),
        }
    }
    (set, issues)
}

/// All shipped sets, and what is wrong with their files.
pub fn all() -> (Vec<ValueSet>, Vec<String>) {
    let mut sets = Vec::new();
    let mut issues = Vec::new();
    for (id, csv) in super::files::VALUE_SETS {
        let (set, mut found) = parse(id, csv);
        sets.push(set);
        issues.append(&mut found);
    }
    (sets, issues)
}

impl ValueSet {
    /// As a FHIR ValueSet that lists its codes.
    pub fn to_json(&self) -> String {
        let contains: Vec<String> =
            self.lines.iter().map(|line| format!(r#"{{"system":"{}","code":"{}"}}"#, line.system, line.code)).collect();
        format!(r#"{{"url":"{URL}{}","expansion":{{"contains":[{}]}}}}"#, self.id, contains.join(","))
    }
}
