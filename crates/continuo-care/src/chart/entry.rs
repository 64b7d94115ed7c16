//! One line of a section, and small readings that many sections share.

use continuo_fhir::{DateTime, Instant, Json, Zone};

use crate::followup::person::{Resource, walk};

/// How grave a line is, for shape and color.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// Nothing to say.
    #[default]
    None,
    /// Good news.
    Good,
    /// To watch.
    Caution,
    /// Harm.
    Critical,
    /// Open with somebody else, or paused.
    Waiting,
}

/// One line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// `Type/id`.
    pub reference: String,
    /// What it is.
    pub text: String,
    /// Said after it.
    pub note: String,
    /// When it was said, done or begun, as precise as known.
    pub at: Option<DateTime>,
    /// Who said it: a reference or words; empty when not recorded.
    pub by: String,
    /// How grave.
    pub mark: Mark,
    /// The word of the mark.
    pub word: String,
}

impl Entry {
    /// A line about a resource.
    pub fn of(resource: &Resource<'_>, text: impl Into<String>) -> Entry {
        Entry { reference: resource.reference(), text: text.into(), ..Entry::default() }
    }

    /// With a note.
    pub fn note(mut self, note: impl Into<String>) -> Entry {
        self.note = note.into();
        self
    }

    /// With a date.
    pub fn at(mut self, at: Option<DateTime>) -> Entry {
        self.at = at;
        self
    }

    /// With who said so.
    pub fn by(mut self, by: impl Into<String>) -> Entry {
        self.by = by.into();
        self
    }

    /// With a mark and its word.
    pub fn mark(mut self, mark: Mark, word: impl Into<String>) -> Entry {
        self.mark = mark;
        self.word = word.into();
        self
    }

    /// The earliest moment its date may mean; undated lines come last.
    pub fn moment(&self, zone: &Zone) -> Instant {
        self.at.map_or(Instant::from_micros(i64::MIN), |at| at.low(zone))
    }
}

/// The first date at one of these paths.
pub fn date_at(resource: &Resource<'_>, paths: &[&str]) -> Option<DateTime> {
    paths.iter().find_map(|path| DateTime::parse(resource.text(path)?))
}

/// Who is named at one of these paths: the display, else the reference.
pub fn who_at(resource: &Resource<'_>, paths: &[&str]) -> String {
    let node = paths.iter().find_map(|path| walk(resource.node, path).into_iter().next());
    node.and_then(|node| node.str("display").or(node.str("reference"))).unwrap_or_default().to_owned()
}

/// A concept's words, or its code where it has none.
pub fn words_at(resource: &Resource<'_>, path: &str) -> Option<String> {
    let label = resource.label(path).map(str::to_owned);
    label.or_else(|| {
        walk(resource.node, path).into_iter().find_map(|node| {
            let coding = node.list("coding").next()?;
            Some(format!("code {}", coding.str("code")?))
        })
    })
}

/// Whether a status concept has one of these codes, whatever the system.
pub fn has_code(resource: &Resource<'_>, path: &str, codes: &[&str]) -> bool {
    walk(resource.node, path)
        .iter()
        .flat_map(|node| node.list("coding"))
        .any(|coding| coding.str("code").is_some_and(|code| codes.contains(&code)))
}

/// The name a resource is known by: of a person, an organization, a place, a team.
pub fn name_of(json: &Json) -> Option<String> {
    match json.get("name") {
        Some(Json::String(name)) => Some(name.to_string()),
        Some(names) => {
            let name = names.items().first()?;
            if let Some(text) = name.str_at("text") {
                return Some(text.to_owned());
            }
            let given = name.get("given").and_then(|given| given.items().first()).and_then(Json::as_str);
            let parts = [given, name.str_at("family")];
            Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" ")).filter(|text| !text.is_empty())
        }
        None => None,
    }
}
