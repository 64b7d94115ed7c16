//! What an import says at its end: what was kept aside and why, and which references lead nowhere. It names files and
//! places in them; a reason may quote the cell that is wrong, for whoever runs the import has the table before them.

use continuo_care::Ctx;
use continuo_care::import;
use continuo_care::ingest::{Progress, Refused};
use continuo_care::loose::{Line, Loose};
use continuo_exchange::{Kept, Place};
use continuo_fhir::{Issue, IssueCode};

/// How many reasons and kinds of references are printed; the rest is counted and stands under "Could not file".
const SHOWN: usize = 20;

/// What was kept aside.
#[derive(Debug, Default)]
pub(super) struct Aside {
    /// How much.
    pub(super) kept: usize,
    /// How much of it was not kept before.
    pub(super) new: usize,
    /// The first reasons.
    pub(super) reasons: Vec<String>,
}

impl Aside {
    /// Keeps aside what could not be read or filed.
    pub(super) fn keep(&mut self, ctx: &Ctx, source: &str, kept: Vec<Kept>) -> Result<(), continuo_care::StoreError> {
        self.kept += kept.len();
        for one in kept.iter().take(SHOWN.saturating_sub(self.reasons.len())) {
            let why: Vec<&str> = one.issues.iter().map(|issue| issue.text.as_str()).collect();
            self.reasons.push(format!("{}: {}", one.place, why.join("; ")));
        }
        self.new += import::keep(ctx, source, kept)?;
        Ok(())
    }

    /// Tells of a file that could not be read at all: somebody has to bring it again.
    pub(super) fn unread(
        &mut self,
        ctx: &Ctx,
        source: &str,
        path: &str,
        why: &str,
    ) -> Result<(), continuo_care::StoreError> {
        let issue = Issue::error(IssueCode::Exception, "", format!("`{path}` {why}"));
        let place = Place::whole(path);
        self.keep(ctx, source, vec![Kept { place, bytes: Vec::new(), issues: vec![issue], mapping: String::new() }])
    }

    /// Keeps aside what the record refused.
    pub(super) fn refused(
        &mut self,
        ctx: &Ctx,
        source: &str,
        refused: Vec<Refused>,
    ) -> Result<(), continuo_care::StoreError> {
        if refused.is_empty() {
            return Ok(());
        }
        self.keep(ctx, source, refused.into_iter().map(import::refused).collect())
    }

    /// Both together.
    pub(super) fn add(&mut self, other: Aside) {
        self.kept += other.kept;
        self.new += other.new;
        self.reasons.extend(other.reasons);
        self.reasons.truncate(SHOWN);
    }
}

/// All of an import.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// What was written.
    pub(super) sum: Progress,
    /// What was kept aside.
    pub(super) aside: Aside,
    /// References as they come.
    pub(super) loose: Loose,
    lines: Vec<Line>,
    unlooked: usize,
}

impl Report {
    /// Looks which references lead nowhere, when everything was written.
    pub(super) fn lead(&mut self, ctx: &Ctx) -> Result<(), continuo_care::StoreError> {
        let loose = std::mem::take(&mut self.loose);
        self.unlooked = loose.unlooked;
        self.lines = loose.lines(ctx)?;
        Ok(())
    }

    /// How many references lead nowhere.
    pub(super) fn open(&self) -> usize {
        self.lines.iter().map(|line| line.references).sum()
    }

    /// Says what a person has to look at, to standard error.
    pub(super) fn say(&self) {
        for reason in &self.aside.reasons {
            eprintln!("kept aside: {reason}");
        }
        for line in self.lines.iter().take(SHOWN) {
            eprintln!("leads nowhere: {}", sentence(line));
        }
        if self.lines.len() > SHOWN {
            eprintln!("leads nowhere: {} more kinds of references", self.lines.len() - SHOWN);
        }
        if self.unlooked > 0 {
            eprintln!(
                "{} further references were not looked into: too much that is referred to never came",
                self.unlooked
            );
        }
    }

    /// As the file of `--json`.
    pub(super) fn json(&self, files: usize, documents: usize, assessed: usize, seconds: f64) -> serde_json::Value {
        let lines: Vec<serde_json::Value> = self
            .lines
            .iter()
            .map(|line| {
                serde_json::json!({
                    "from": line.from, "to": line.to, "references": line.references, "targets": line.targets, "places": line.places,
                })
            })
            .collect();
        serde_json::json!({
            "files": files, "documents": documents, "created": self.sum.created, "updated": self.sum.updated,
            "unchanged": self.sum.unchanged, "kept": self.aside.kept, "kept_new": self.aside.new,
            "open_references": self.open(), "leads_nowhere": lines, "not_looked_into": self.unlooked,
            "assessed": assessed, "seconds": seconds, "reasons": self.aside.reasons,
        })
    }
}

/// "Observation.subject to Patient: 213 references to 2 that never came, first at ndjson/Observation.ndjson, line 4".
fn sentence(line: &Line) -> String {
    let to = if line.to.is_empty() { "something outside its bundle" } else { &line.to };
    let targets = if line.targets == 0 { String::new() } else { format!(" to {} that never came", line.targets) };
    let places = line.places.join("; ");
    let references =
        if line.references == 1 { "1 reference".to_owned() } else { format!("{} references", line.references) };
    format!("{} to {to}: {references}{targets}, first at {places}", line.from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_reference_is_told_with_its_places() {
        let line = Line {
            from: "Observation.subject".to_owned(),
            to: "Patient".to_owned(),
            references: 213,
            targets: 2,
            places: vec!["Observation.ndjson, line 4".to_owned()],
        };
        assert_eq!(
            sentence(&line),
            "Observation.subject to Patient: 213 references to 2 that never came, first at Observation.ndjson, line 4"
        );
        let open = Line { to: String::new(), targets: 0, ..line };
        assert!(
            sentence(&open).starts_with("Observation.subject to something outside its bundle: 213 references, first")
        );
    }
}
