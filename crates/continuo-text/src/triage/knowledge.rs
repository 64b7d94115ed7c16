//! The wording and the rules of triage, read once from `knowledge/triage`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::{RedFlag, Urgency, joints};
use crate::lexicon::{Kind, lexicon};
use crate::pattern::{Lookup, Patterns};
use crate::token::Tokens;

const FILES: [&str; 11] = [
    include_str!("../../../../knowledge/triage/signals-danger.txt"),
    include_str!("../../../../knowledge/triage/signals-danger-more.txt"),
    include_str!("../../../../knowledge/triage/signals-danger-wide.txt"),
    include_str!("../../../../knowledge/triage/signals-danger-wide-more.txt"),
    include_str!("../../../../knowledge/triage/signals-compose.txt"),
    include_str!("../../../../knowledge/triage/signals-care.txt"),
    include_str!("../../../../knowledge/triage/signals-intent.txt"),
    include_str!("../../../../knowledge/triage/signals-intent-wide.txt"),
    include_str!("../../../../knowledge/triage/signals-told.txt"),
    include_str!("../../../../knowledge/triage/signals-topic.txt"),
    include_str!("../../../../knowledge/triage/signals-plain.txt"),
];
/// Kinds of words that only the second opinion reads.
const KINDS: &str = include_str!("../../../../knowledge/triage/kinds.txt");
const RULES: &str = include_str!("../../../../knowledge/triage/rules.txt");

/// Signals that numbers in the text raise; see `readings`.
pub(super) const READINGS: &[&str] = &[
    "fever_any",
    "temp_high",
    "temp_very_high",
    "temp_normal",
    "bp_crisis",
    "bp_high",
    "bp_low",
    "sugar_low",
    "sugar_lowish",
    "sugar_high",
    "sugar_very_high",
    "o2_low",
    "o2_lowish",
    "hr_high",
    "hr_low",
    "lab_critical",
    "lab_urgent",
    "gain_big",
    "gain_fast",
];

/// One alternative of a rule.
pub(super) struct Rule {
    pub(super) flag: Option<RedFlag>,
    pub(super) urgency: Urgency,
    pub(super) all: Vec<u32>,
    pub(super) none: Vec<u32>,
    /// How near the signals must stand to each other, in tokens.
    pub(super) near: usize,
}

/// Wording that counts for `signal` only near `topic`, found as `wording`.
pub(super) struct Topical {
    pub(super) wording: u32,
    pub(super) signal: u32,
    pub(super) topic: u32,
}

/// In a long text the signals of one rule must stand near each other; a message is short enough as it is.
const NEAR: usize = 150;

/// Everything triage knows.
pub(super) struct Knowledge {
    pub(super) patterns: Patterns,
    names: Vec<&'static str>,
    by_name: Lookup<&'static str, u32>,
    own: Vec<bool>,
    pub(super) topical: Vec<Topical>,
    /// The kinds (`=name` lines) each word is of.
    kinds: Lookup<&'static str, Vec<&'static str>>,
    /// Letters of the longest of them, in bytes: a word of a megabyte has a million beginnings.
    longest_kind: usize,
    pub(super) rules: Vec<Rule>,
    /// Signals of everyday words, listed for the pairs they make (remark "never alone").
    never_alone: BTreeSet<u32>,
    /// Rule lines that could not be read, and patterns that may mean something else; a test holds this empty.
    pub(super) problems: Vec<String>,
}

impl Knowledge {
    /// The number of a signal.
    pub(super) fn signal(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    /// The name of a signal.
    pub(super) fn name(&self, signal: u32) -> &'static str {
        self.names.get(signal as usize).copied().unwrap_or("")
    }

    /// How many signals there are.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether the wording of a signal carries its own negation.
    pub(super) fn is_own(&self, signal: u32) -> bool {
        self.own.get(signal as usize).copied().unwrap_or(false)
    }

    /// Whether a signal tells of a danger. "This morning" is listed for the pairs it makes ("cannot see" since "this
    /// morning") and tells nothing: its remark says "never alone".
    pub(super) fn tells_of_danger(&self, signal: u32) -> bool {
        !self.never_alone.contains(&signal) && self.rules.iter().any(|rule| rule.all.contains(&signal))
    }

    /// The kinds a word is of, by itself or by how it starts (four letters at least).
    pub(super) fn kinds(&self, word: &str) -> &[&'static str] {
        let longest = word.len().min(self.longest_kind);
        let mut starts = (4..=longest).rev().filter_map(|end| word.get(..end));
        starts.find_map(|start| self.kinds.get(start)).or_else(|| self.kinds.get(word)).map_or(&[], Vec::as_slice)
    }

    /// `name`, `name own`, `name own with topic`: the number its wording is added under.
    fn add_header(&mut self, head: &'static str) -> u32 {
        let (plain, topic) =
            head.split_once(" with ").map_or((head, None), |(plain, topic)| (plain, Some(topic.trim())));
        let mut words = plain.split_whitespace();
        let name = words.next().unwrap_or("");
        let own = words.next() == Some("own");
        let Some(topic) = topic else { return self.add_name(name, own) };
        let (signal, topic) = (self.add_name(name, own), self.add_name(topic, true));
        let wording = self.add_name(head, own);
        self.topical.push(Topical { wording, signal, topic });
        wording
    }

    fn add_kind(&mut self, name: &'static str, words: &'static str) {
        for word in words.split_whitespace() {
            let start = word.trim_end_matches('*');
            self.longest_kind = self.longest_kind.max(start.len());
            self.kinds.entry(start).or_default().push(name);
        }
    }

    fn add_name(&mut self, name: &'static str, own: bool) -> u32 {
        let next = self.names.len() as u32;
        let id = *self.by_name.entry(name).or_insert(next);
        if id == next {
            self.names.push(name);
            self.own.push(own);
        }
        id
    }
}

/// The one copy.
pub(super) static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| {
    let mut out = Knowledge {
        patterns: Patterns::new(),
        names: Vec::new(),
        by_name: Lookup::default(),
        own: Vec::new(),
        topical: Vec::new(),
        kinds: Lookup::default(),
        longest_kind: 0,
        rules: Vec::new(),
        never_alone: BTreeSet::new(),
        problems: Vec::new(),
    };
    for name in READINGS {
        out.add_name(name, true);
    }
    for (name, words) in FILES.iter().flat_map(|f| classes(f)) {
        out.patterns.class(name, words);
        out.add_kind(name, words);
    }
    for (name, words) in classes(KINDS) {
        out.add_kind(name, words);
    }
    for file in FILES {
        read_signals(&mut out, file);
    }
    add_medicines(&mut out);
    read_rules(&mut out);
    out
});

/// Every medicine of the lexicon by name is talk of a medicine.
fn add_medicines(out: &mut Knowledge) {
    let signal = out.add_name("med_word", false);
    for term in lexicon().terms.iter().filter(|t| t.kind == Kind::Medicine && !ORDINARY.contains(&t.term)) {
        let tokens = Tokens::new(term.term);
        let words: Vec<&str> = (0..tokens.len()).map(|i| tokens.norm(i)).filter(|w| !w.is_empty()).collect();
        out.patterns.add(&words.join(" "), signal);
    }
}

/// Medicines whose name is an everyday word too.
const ORDINARY: &[&str] =
    &["oxygen", "iron", "calcium", "potassium", "sodium", "zinc", "magnesium", "water", "charcoal", "glucose"];

/// The `=name words` lines of a file.
fn classes(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    file.lines().filter_map(|line| line.strip_prefix('=')?.split_once(' '))
}

fn read_signals(out: &mut Knowledge, file: &'static str) {
    let mut current = None;
    let lines = file.lines().map(str::trim);
    for line in lines.filter(|l| !l.is_empty() && !l.starts_with('=')) {
        if let Some(remark) = line.strip_prefix("//") {
            out.never_alone.extend(current.filter(|_| remark.contains("never alone")));
        } else if let Some(head) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            current = Some(out.add_header(head));
        } else if let Some(signal) = current {
            let why = if line.contains(';') { Some("one wording a line".to_owned()) } else { joints::problem(line) };
            out.problems.extend(why.map(|why| format!("{}: {line}: {why}", out.name(signal))));
            out.patterns.add(&with_both_spellings(line), signal);
        }
    }
}

/// "Cannot" is "can't": whoever lists the one means the other.
fn with_both_spellings(line: &str) -> String {
    let part = |part: &str| {
        let group = part.trim_end_matches('?');
        let has = |word: &str| group.split('|').any(|one| one == word);
        let mut more = group.to_owned();
        for (one, other) in [("cant", "cannot"), ("cannot", "cant")] {
            if has(one) && !has(other) {
                more = format!("{more}|{other}");
            }
        }
        more + part.get(group.len()..).unwrap_or("")
    };
    line.split(' ').map(part).collect::<Vec<_>>().join(" ")
}

fn read_rules(out: &mut Knowledge) {
    for line in RULES.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
        let Some((head, body)) = line.split_once('=') else {
            out.problems.push(line.to_owned());
            continue;
        };
        let mut words = head.split_whitespace();
        let flag_word = words.next().unwrap_or("");
        let flag = RedFlag::from_name(flag_word);
        let Some(urgency) = words.next().and_then(Urgency::from_name) else {
            out.problems.push(line.to_owned());
            continue;
        };
        if flag.is_none() && flag_word != "-" {
            out.problems.push(line.to_owned());
        }
        for alternative in body.split('|') {
            let mut rule = Rule { flag, urgency, all: Vec::new(), none: Vec::new(), near: NEAR };
            for mut term in alternative.split('&').map(str::trim) {
                if let Some((near, rest)) = term.split_once(' ')
                    && let Ok(near) = near.parse::<usize>()
                {
                    rule.near = rule.near.min(near);
                    term = rest;
                }
                let (list, name) = match term.strip_prefix('!') {
                    Some(name) => (&mut rule.none, name),
                    None => (&mut rule.all, term),
                };
                match out.by_name.get(name) {
                    Some(signal) => list.push(*signal),
                    None => out.problems.push(format!("{name}: {line}")),
                }
            }
            if !rule.all.is_empty() {
                out.rules.push(rule);
            }
        }
    }
}
