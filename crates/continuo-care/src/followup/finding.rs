//! What a follow-up rule says: a finding with its evidence, or why there is none.

use continuo_fhir::Instant;

/// How a list is ordered (safety.md rule 1). The variants stand in list order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// Danger now.
    Danger,
    /// A high-consequence clock is late or ends today.
    Clock,
    /// Late.
    Late,
    /// Due today.
    Today,
    /// Due later, or not dated.
    Later,
}

impl Band {
    /// All bands in list order.
    pub const ALL: [Band; 5] = [Band::Danger, Band::Clock, Band::Late, Band::Today, Band::Later];

    /// The word shown and stored.
    pub fn word(self) -> &'static str {
        match self {
            Band::Danger => "danger",
            Band::Clock => "clock",
            Band::Late => "late",
            Band::Today => "today",
            Band::Later => "later",
        }
    }

    /// Reads [`Band::word`] back.
    pub fn from_word(word: &str) -> Option<Band> {
        Band::ALL.into_iter().find(|band| band.word() == word)
    }

    /// The place in list order, 0 first.
    pub fn rank(self) -> i64 {
        self as i64
    }

    /// Reads [`Band::rank`] back; anything unknown sorts last.
    pub fn from_rank(rank: i64) -> Band {
        usize::try_from(rank).ok().and_then(|at| Band::ALL.get(at).copied()).unwrap_or(Band::Later)
    }
}

/// What harm waiting does; a property of the rule, sometimes raised by a finding, never lowered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Consequence {
    /// Life or safety now.
    Danger,
    /// A clock whose passing harms.
    High,
    /// Ordinary work.
    Normal,
}

impl Consequence {
    /// The number in the store, gravest first.
    pub fn rank(self) -> i64 {
        self as i64
    }

    /// Reads [`Consequence::rank`] back; anything unknown is ordinary.
    pub fn from_rank(rank: i64) -> Consequence {
        match rank {
            0 => Consequence::Danger,
            1 => Consequence::High,
            _ => Consequence::Normal,
        }
    }

    /// The word in front matter and in the store.
    pub fn word(self) -> &'static str {
        match self {
            Consequence::Danger => "danger",
            Consequence::High => "high",
            Consequence::Normal => "normal",
        }
    }

    /// Reads [`Consequence::word`] back.
    pub fn from_word(word: &str) -> Option<Consequence> {
        [Consequence::Danger, Consequence::High, Consequence::Normal].into_iter().find(|c| c.word() == word)
    }
}

/// What the loop does with a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Opens {
    /// A suggestion that waits for a person's decision.
    Suggestion,
    /// A `Task` at once, where a named person switched that on for the site.
    Task,
    /// Nothing new: the finding is about a `Task` that exists (law 4: a late Task is the Task).
    Existing,
}

impl Opens {
    /// The word in front matter.
    pub fn word(self) -> &'static str {
        match self {
            Opens::Suggestion => "suggestion",
            Opens::Task => "task",
            Opens::Existing => "existing",
        }
    }

    /// Reads [`Opens::word`] back.
    pub fn from_word(word: &str) -> Option<Opens> {
        [Opens::Suggestion, Opens::Task, Opens::Existing].into_iter().find(|o| o.word() == word)
    }
}

/// A due time and the sentence of the rule it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The last moment that is on time.
    pub at: Instant,
    /// "within 2 business days of discharge".
    pub rule: String,
}

/// One thing a finding stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// `Type/id`.
    pub reference: String,
    /// What it says, in a few words.
    pub says: String,
    /// The words in its text, when the evidence is language.
    pub words: Option<Words>,
}

/// Words of a text: where they stand, in bytes of the text as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The element, such as `payload[0].contentString`.
    pub source: String,
    /// The words themselves.
    pub text: String,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// Something that needs doing for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Rule id.
    pub rule: &'static str,
    /// The resource the finding hangs on, `Type/id`; part of its key.
    pub anchor: String,
    /// What the loop does with it.
    pub opens: Opens,
    /// The harm of waiting.
    pub consequence: Consequence,
    /// What to do, verb first, without names or diagnoses (it stands in lists).
    pub what: String,
    /// Why, one sentence with the facts.
    pub why: String,
    /// How late it is, in words; not part of what is stored, since it changes by itself.
    pub late: Option<String>,
    /// When it is due.
    pub due: Option<Due>,
    /// When the need began; the look-back counts from here.
    pub began: Instant,
    /// Where it stands at the as-of time.
    pub band: Band,
    /// Older than the look-back: counted in the backlog, not listed.
    pub backlog: bool,
    /// Attempts to reach the person since it began.
    pub attempts: u32,
    /// When the answer may change without a new fact.
    pub next_at: Option<Instant>,
    /// Never stands in a row in plain words (safety.md rule 14).
    pub sensitive: bool,
    /// The sensitivity labels of everything it rests on, together.
    pub labels: u64,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// The parameters used, name and value.
    pub parameters: Vec<(String, String)>,
}

impl Finding {
    /// The part of the key inside organization and person: rule and anchor, never the version.
    pub fn key(&self) -> String {
        format!("{}|{}", self.rule, self.anchor)
    }
}

/// What settles a finding: shown to whoever has its task, who closes it or not (a Task never closes itself).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The resource the finding hung on, `Type/id`.
    pub anchor: String,
    /// The resource that settles it, `Type/id`.
    pub by: String,
    /// What it was: "contact was made on Wed 08/05/2026".
    pub how: String,
}

/// What one rule says about one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Rule id.
    pub rule: &'static str,
    /// What was found, in order of the anchors.
    pub findings: Vec<Finding>,
    /// Why there is nothing, or what was looked at and found in order; one sentence each.
    pub clear: Vec<String>,
    /// What in the record settles what, so far as a rule says it.
    pub settled: Vec<Settled>,
    /// Facts that are missing, so that the rule could not tell.
    pub missing: Vec<String>,
    /// The earliest moment at which the answer may change without a new fact.
    pub next_at: Option<Instant>,
}
