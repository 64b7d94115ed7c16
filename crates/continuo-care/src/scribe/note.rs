//! The note of a review: what the engine writes from the words and what was accepted, each statement with its words.
//!
//! A statement that rests on words of a rejected proposal is offered but not taken. Before the review is finished a
//! person may change any statement; what the machine wrote stays beside it.

use std::sync::LazyLock;

use continuo_text::note::{Division, Model};
use continuo_text::span::Span;

use super::propose::{Kind, Quote};
use super::review::Review;
use super::source::{Reading, Role};

/// A section of the note, in reading order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// What the person tells.
    Subjective,
    /// What was found and measured.
    Objective,
    /// What it is and what comes next.
    AssessmentPlan,
}

impl Section {
    /// All, with the word kept and the heading.
    pub const ALL: [(Section, &'static str, &'static str); 3] = [
        (Section::Subjective, "subjective", "Subjective"),
        (Section::Objective, "objective", "Objective"),
        (Section::AssessmentPlan, "plan", "Assessment and plan"),
    ];

    /// The word kept.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(section, ..)| *section == self).map_or("", |(_, word, _)| word)
    }

    /// The heading.
    pub fn heading(self) -> &'static str {
        Self::ALL.iter().find(|(section, ..)| *section == self).map_or("", |(.., heading)| heading)
    }
}

/// Where a statement comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The engine's note.
    Engine,
    /// An accepted proposal.
    Accepted,
    /// A question marked not asked.
    NotAsked,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Number in the draft, stable while nothing is decided.
    pub number: usize,
    /// Where it stands.
    pub section: Section,
    /// Where it comes from.
    pub origin: Origin,
    /// The sentence.
    pub text: String,
    /// The words it rests on.
    pub quotes: Vec<Quote>,
    /// It rests on words of a proposal that was rejected: not taken unless a person says so.
    pub doubted: bool,
}

static MODEL: LazyLock<Model> = LazyLock::new(Model::shipped);

/// The draft of a review's note.
pub fn draft(review: &Review) -> Vec<Statement> {
    let mut out = engine(&review.reading);
    drop_bare_names(&mut out);
    let rejected: Vec<Span> = review
        .items
        .iter()
        .filter(|item| item.state == "rejected")
        .filter_map(|item| item.proposal.quotes.first().map(|quote| quote.span))
        .collect();
    for statement in &mut out {
        statement.doubted = statement.quotes.iter().any(|quote| rejected.iter().any(|span| quote.span.overlaps(*span)));
    }
    for item in review.items.iter().filter(|item| matches!(item.state.as_str(), "accepted" | "changed")) {
        let proposal = &item.proposal;
        let what = match &item.edited {
            Some(values) => {
                let value = |name: &str| values.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).unwrap_or("");
                let parts = [value("what"), value("value"), value("unit"), value("directions"), value("status")];
                parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
            }
            None => proposal.what.clone(),
        };
        let text = sentence(proposal.kind, &what, &proposal.assertion);
        out.push(Statement {
            number: 0,
            section: section(proposal.kind),
            origin: Origin::Accepted,
            text,
            quotes: proposal.quotes.clone(),
            doubted: false,
        });
    }
    for one in review.unsaid.iter().filter(|one| one.state == "rejected") {
        out.push(Statement {
            number: 0,
            section: Section::Subjective,
            origin: Origin::NotAsked,
            text: format!("Not asked: {}", one.ask.trim_end_matches('?')),
            quotes: Vec::new(),
            doubted: false,
        });
    }
    out.sort_by_key(|one| one.section);
    for (number, one) in out.iter_mut().enumerate() {
        one.number = number;
    }
    out
}

/// A list of medicines without its heading is a list of names: a name that another statement's words hold already says
/// nothing by itself.
fn drop_bare_names(all: &mut Vec<Statement>) {
    let texts: Vec<String> = all.iter().map(|one| one.text.to_lowercase()).collect();
    let mut at = 0;
    all.retain(|one| {
        let own = at;
        at += 1;
        let name = one.text.trim_end_matches('.').to_lowercase();
        let said = one.quotes.iter().any(|quote| quote.text.to_lowercase() == name);
        let elsewhere = texts
            .iter()
            .enumerate()
            .any(|(other, text)| other != own && text.contains(&name) && text.trim_end_matches('.') != name);
        !(said && elsewhere && name.split_whitespace().count() < 3)
    });
}

fn section(kind: Kind) -> Section {
    match kind {
        Kind::Vital => Section::Objective,
        Kind::Order | Kind::Referral | Kind::FollowUp | Kind::Promise => Section::AssessmentPlan,
        _ => Section::Subjective,
    }
}

fn sentence(kind: Kind, what: &str, assertion: &str) -> String {
    match kind {
        Kind::Denied if assertion.starts_with(super::propose::ABSENT) => format!("No {what}."),
        Kind::Denied => format!("Denies {what}."),
        Kind::Promise => format!("Promised: \"{what}\""),
        _ => format!("{}: {what} ({assertion}).", kind.label()),
    }
}

/// The engine's note. It reads its own form of the conversation; each line's words are found again in the reading, and a
/// line whose words are not there is dropped.
fn engine(reading: &Reading) -> Vec<Statement> {
    let mut dialogue = String::with_capacity(reading.text.len() + reading.said.len() * 12);
    let mut places: Vec<(usize, usize, usize)> = Vec::new();
    for said in &reading.said {
        dialogue.push_str(match said.role {
            Role::Patient | Role::Relative(_) => "[patient] ",
            Role::Clinician | Role::Unknown => "[doctor] ",
        });
        let words = said.span.of(&reading.text);
        places.push((dialogue.len(), words.len(), said.span.start));
        // A line break inside a turn would begin a new line for the engine.
        dialogue.extend(words.chars().map(|c| if c == '\n' || c == '\r' { ' ' } else { c }));
        dialogue.push('\n');
    }
    let back = |span: Span| -> Option<Quote> {
        let at = places.partition_point(|(start, ..)| *start <= span.start).checked_sub(1)?;
        let (start, length, origin) = *places.get(at)?;
        let end = span.end.min(start + length);
        let span = Span::new(origin + (span.start - start), origin + end.saturating_sub(start));
        let text = span.of(&reading.text);
        let said = reading.turn_at(span.start)?;
        let clock = said.at.map(|at| format!("{:02}:{:02} ", at / 60_000, at / 1000 % 60)).unwrap_or_default();
        (!text.is_empty()).then(|| Quote {
            span,
            text: text.to_owned(),
            from: format!("{clock}{}", said.label).trim().to_owned(),
        })
    };
    let note = continuo_text::note::write(&dialogue, &MODEL);
    note.lines
        .into_iter()
        .filter_map(|line| {
            let quotes: Vec<Quote> = line.spans.iter().filter_map(|span| back(*span)).collect();
            let section = match line.division {
                Division::Subjective => Section::Subjective,
                Division::Exam | Division::Results => Section::Objective,
                Division::Plan => Section::AssessmentPlan,
            };
            (!quotes.is_empty()).then_some(Statement {
                number: 0,
                section,
                origin: Origin::Engine,
                text: line.text,
                quotes,
                doubted: false,
            })
        })
        .collect()
}
