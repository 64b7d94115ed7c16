//! What becomes of each medicine over the whole conversation, held against what single sentences say of it.
//!
//! A sentence alone proposes "gabapentin: taking" of somebody else's wife, and nothing of "the glipizide?" "right". The
//! conversation's reading (`continuo_text::regimen`) takes back what it contradicts and adds what only an answer says.

use continuo_text::lexicon::lexicon;
use continuo_text::orders::Said as Line;
use continuo_text::people;
use continuo_text::regimen::{self, Regimen, Standing};
use continuo_text::transcript::Speaker;

use super::heard::{Heard, Turn};
use super::medicines::{self, Said};
use super::{Certainty, Kind, Known, Proposal, reporter};
use crate::followup::finding::Consequence;
use crate::scribe::source::{Role, SourceKind};

pub(super) fn settle(heard: &Heard<'_>, known: &Known, mut found: Vec<(Said, Proposal)>) -> Vec<Proposal> {
    if !matches!(heard.kind, SourceKind::Visit | SourceKind::Call) {
        return found.into_iter().map(|(_, one)| one).collect();
    }
    let mut added = Vec::new();
    for one in regimen::find(&lines(heard)) {
        let of_it = |said: &Said| said.concept == one.concept;
        let contradicted: &[&str] = match one.standing {
            Standing::OfOther | Standing::Never => &["active", "intended", "changed", "not-taken", "stopped"],
            Standing::Considered => &["intended", "changed"],
            Standing::Stopped => &["active", "intended", "changed"],
            Standing::ToStop => &["active", "intended", "changed"],
            Standing::ToPause => &["active", "intended", "changed", "not-taken", "stopped"],
            Standing::ToStart | Standing::Changed => &["active"],
            Standing::Taken | Standing::Named => &[],
        };
        let has = |found: &[(Said, Proposal)], statuses: &[&str]| {
            found.iter().any(|(said, _)| of_it(said) && statuses.contains(&said.status))
        };
        let status = match one.standing {
            Standing::Stopped if !has(&found, &["not-taken", "stopped"]) => "not-taken",
            Standing::ToStop if !has(&found, &["not-taken", "stopped"]) => "stopped",
            Standing::ToPause if !has(&found, &["on-hold"]) => "on-hold",
            Standing::ToStart if !has(&found, &["intended", "changed"]) => "intended",
            Standing::Changed if !has(&found, &["intended", "changed"]) => "changed",
            Standing::Taken if !has(&found, &["active", "intended", "changed", "not-taken", "stopped", "on-hold"]) => {
                "active"
            }
            _ => "",
        };
        found.retain(|(said, _)| !of_it(said) || !contradicted.contains(&said.status));
        added.extend(proposal(heard, known, &one, status));
    }
    found.into_iter().map(|(_, one)| one).chain(added).collect()
}

fn lines<'a>(heard: &'a Heard<'_>) -> Vec<Line<'a>> {
    (0..)
        .zip(&heard.turns)
        .map(|(number, turn)| Line {
            number,
            speaker: match turn.said.role {
                Role::Clinician => Speaker::Doctor,
                Role::Patient | Role::Relative(_) => Speaker::Patient,
                Role::Unknown => Speaker::Unknown,
            },
            text: turn.text,
        })
        .collect()
}

/// What the conversation says and no single sentence did.
fn proposal(heard: &Heard<'_>, known: &Known, one: &Regimen, status: &str) -> Option<Proposal> {
    let action = match status {
        "not-taken" => "not taking",
        "stopped" => "stopped",
        "on-hold" => "to pause",
        "intended" => "to start",
        "changed" => "changed",
        "active" => "taking",
        _ => return None,
    };
    let place = one.places.get(one.decided)?;
    let turn = heard.turns.get(place.sentence)?;
    let (from, to) = turn.tokens.within(place.span);
    let entity = turn.entities.iter().find(|entity| entity.from == from)?;
    let sentence = turn.sentence_of(from)?;
    let off = matches!(status, "not-taken" | "stopped" | "on-hold");
    if status == "active" && is_of_theirs(heard, turn, sentence.from, from) {
        return None;
    }
    let mut directions = if off { String::new() } else { medicines::directions(turn, entity, sentence.to) };
    // "And the carvedilol?" "Twelve and a half twice a day."
    let reply =
        heard.turns.get(place.sentence + 1).filter(|next| sentence.question && next.said.role.is_patient_side());
    let told = reply.filter(|_| directions.is_empty() && !off).map(medicines::answered_directions).unwrap_or_default();
    let mut is_told = !told.is_empty();
    if is_told {
        directions = told;
    }
    // "Forty milligrams?" "They changed that, it's eighty now.": what was asked is no longer how it is taken
    let is_changed = status == "active" && reply.is_some_and(|next| next.has(0, next.tokens.len(), CHANGED));
    if is_changed {
        directions = String::new();
        is_told = true;
    }
    if status == "active" && known.medicines.contains(one.concept) && directions.is_empty() {
        return None;
    }
    let written = continuo_text::spoken::in_digits(&directions).unwrap_or_else(|| directions.clone());
    let how = if written.is_empty() { String::new() } else { format!(", {written}") };
    let mut made = Proposal::of(Kind::Medicine, format!("{}: {action}{how}", one.concept));
    made.quotes.push(heard.quote(turn, from, to.max(sentence.to.min(to + 8))));
    // The answer that decides stands in the next turn.
    if let Some(next) = heard.turns.get(place.sentence + 1).filter(|next| next.said.role != turn.said.role) {
        made.quotes.push(heard.quote_at(next.said.span, next.said));
    }
    made.said.push(turn.words(from, to).to_owned());
    made.said.extend(Some(directions).filter(|words| !words.is_empty()));
    made.coding = lexicon().code(one.concept).map(|(code, system)| (code.to_owned(), system.to_owned()));
    let role = reply.filter(|_| is_told).map_or(&turn.said.role, |next| &next.said.role);
    made.assertion = reporter(role, heard.kind);
    made.certainty = Certainty::Probably;
    if is_changed {
        made.assertion.push_str(", changed; see the words for how");
        made.certainty = Certainty::Check;
    }
    if medicines::amount_without_unit(&written) {
        made.assertion.push_str(", unit of the dose not said");
        made.certainty = Certainty::Check;
    }
    if off {
        made.consequence = Consequence::High;
    }
    let by = made.assertion.clone();
    Some(
        made.value("what", one.concept)
            .value("status", if status == "changed" { "active" } else { status })
            .value("directions", written)
            .value("said_by", by),
    )
}

/// Words by which an answer says that a dose is another now.
const CHANGED: &[&str] = &[
    "changed",
    "raised",
    "increased",
    "lowered",
    "doubled",
    "upped",
    "cambiaron",
    "subieron",
    "bajaron",
    "subio",
    "bajo",
    "antes",
];

/// "Your wife takes warfarin, I see": staff speak of somebody at home. Where somebody else speaks for the person
/// ("your mother takes ..."), nobody can tell from the words.
fn is_of_theirs(heard: &Heard<'_>, turn: &Turn<'_>, from: usize, to: usize) -> bool {
    if turn.said.role != Role::Clinician || heard.turns.iter().any(|one| matches!(one.said.role, Role::Relative(_))) {
        return false;
    }
    let person = (from..to).rfind(|at| people::named_at(&turn.tokens, *at));
    person.is_some_and(|at| {
        matches!(turn.tokens.norm(at.wrapping_sub(1)), "your" | "su")
            && turn.has(at + 1, to, &["takes", "uses", "is", "has", "toma", "usa", "tiene"])
            && !turn.has(at + 1, to, &["you", "your", "gives", "le", "da"])
    })
}
