//! Words of danger in what the person says: the triage engine reads each turn; it stands above everything else.

use continuo_text::assertion::Context;
use continuo_text::span::Span;
use continuo_text::triage::{self, RedFlag, Urgency};

use super::heard::{Heard, Turn};
use super::{Kind, Proposal, reporter};
use crate::followup::finding::Consequence;
use crate::scribe::source::{Role, SourceKind};

/// An allergic reaction that is no emergency, as it is named here.
pub(super) fn allergy() -> String {
    triage::danger_words(RedFlag::AllergicReaction.name())
}

/// Whether a flag is about self-harm: the safety contact opens at once (safety.md rule 8).
pub(super) fn is_self_harm(flag: RedFlag) -> bool {
    matches!(flag, RedFlag::SuicidalIdeation | RedFlag::SelfHarm)
}

pub(super) fn find(heard: &Heard<'_>) -> Vec<Proposal> {
    let mut out: Vec<Proposal> = Vec::new();
    if heard.kind == SourceKind::Document {
        // A report tells of what is over; its dangers are results and have their own rules.
        return out;
    }
    out.extend(answered(heard));
    for (at, turn) in heard.turns.iter().enumerate() {
        let own = heard.is_patient_side(turn);
        // Whoever dictates has seen the person: only words of self-harm open work by themselves there.
        if !own && heard.kind != SourceKind::Dictation {
            continue;
        }
        let found = triage::triage(turn.text, None);
        let urgent = found.urgency == Urgency::Emergency || found.urgency == Urgency::SameDay;
        // What only the second opinion names stands in no words: it is no proposal, except about self-harm.
        let flags: Vec<RedFlag> = found
            .red_flags
            .iter()
            .copied()
            .filter(|flag| if own { found.guessed != Some(*flag) || is_self_harm(*flag) } else { is_self_harm(*flag) })
            .collect();
        if !urgent || flags.is_empty() || found.because.is_empty() {
            continue;
        }
        let self_harm = flags.iter().any(|flag| is_self_harm(*flag));
        if !self_harm && found.because.iter().all(|span| asked_and_denied(turn, heard.turns.get(at + 1), *span)) {
            continue;
        }
        let names: Vec<String> = flags.iter().map(|flag| triage::danger_words(flag.name())).collect();
        let what = names.join(", ");
        if out.iter().any(|one| one.what == what) {
            continue;
        }
        let mut one = Proposal::of(Kind::Danger, what);
        for span in &found.because {
            let at = Span::new(turn.said.span.start + span.start, turn.said.span.start + span.end);
            one.quotes.push(heard.quote_at(at, turn.said));
            one.said.push(span.of(turn.text).to_owned());
        }
        one.assertion = reporter(&turn.said.role, heard.kind);
        // "My husband has chest pain": somebody must act, and it is nobody's finding in this chart
        let context = Context::new(&turn.tokens);
        if found.because.iter().all(|span| context.of(*span).other_person) {
            one.assertion.push_str(", of somebody else");
            one.certainty = super::Certainty::Check;
        }
        one.consequence = if found.urgency == Urgency::Emergency { Consequence::Danger } else { Consequence::High };
        let urgency = found.urgency.name();
        let what = one.what.clone();
        out.push(
            one.value("what", format!("Act on words of danger: {what}"))
                .value("urgency", urgency)
                .value("self_harm", if self_harm { "yes" } else { "" }),
        );
    }
    out.sort_by_key(|one| one.consequence);
    out
}

/// Words of a question that nobody named asks and the next one answers with no and nothing else: "Any chest pain?" "No."
/// Who asks about themselves ("is my chest pain serious?") tells of it; "you can't breathe?" "no, I can't" agrees; and
/// a line that only begins like a question ("has crushing chest pain") is none.
fn asked_and_denied(turn: &Turn<'_>, next: Option<&Turn<'_>>, span: Span) -> bool {
    const ONESELF: &[&str] = &["i", "my", "me", "im", "ive", "mi", "yo", "tengo", "estoy", "siento"];
    const NOT: &[&str] = &[
        "not", "no", "cant", "cannot", "couldnt", "dont", "doesnt", "didnt", "isnt", "arent", "wont", "havent",
        "unable", "puede", "puedes",
    ];
    const BARE: &[&str] = &[
        "no", "nope", "nah", "none", "never", "not", "at", "all", "sir", "maam", "nunca", "ninguno", "ninguna", "para",
        "nada",
    ];
    let sentence = turn.sentence_of(turn.tokens.within(span).0);
    let is_bare_no = next.is_some_and(|next| {
        next.text
            .to_lowercase()
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| !word.is_empty())
            .all(|word| BARE.contains(&word))
    });
    turn.said.role == Role::Unknown
        && is_bare_no
        && sentence.is_some_and(|one| {
            one.marked
                && one.answer.is_some_and(|(yes, _)| !yes)
                && !turn.has(one.from, one.to, ONESELF)
                && !turn.has(one.from, one.to, NOT)
        })
}

/// What is asked about self-harm, as screens and people ask it (PHQ-9 item 9, ASQ and C-SSRS screeners in plain words).
const ASKED: &[&[&str]] = &[
    &["kill", "yourself"],
    &["killing", "yourself"],
    &["hurt", "yourself"],
    &["hurting", "yourself"],
    &["harm", "yourself"],
    &["harming", "yourself"],
    &["end", "your", "life"],
    &["ending", "your", "life"],
    &["take", "your", "own", "life"],
    &["better", "off", "dead"],
    &["wished", "you", "were", "dead"],
    &["wish", "you", "were", "dead"],
    &["suicide"],
    &["suicidal"],
    &["quitarse", "la", "vida"],
    &["hacerse", "dano"],
    &["matarse"],
    &["suicidarse"],
    &["suicidio"],
    &["estaria", "mejor", "muerto"],
    &["estaria", "mejor", "muerta"],
];

/// Answers that say how often; each is more than "not at all".
const OFTEN: &[&str] =
    &["sometimes", "several", "often", "lately", "days", "nights", "day", "night", "veces", "dias", "noches", "maybe"];
const CLEARLY_NOT: &[&str] = &["no", "nope", "never", "not", "nah", "none", "zero", "nunca", "jamas", "cero"];

/// A question about self-harm that was not clearly answered with no. "Yes" alone names nothing: the question does.
fn answered(heard: &Heard<'_>) -> Option<Proposal> {
    let mut worst: Option<Proposal> = None;
    for (at, turn) in heard.turns.iter().enumerate() {
        if turn.said.role.is_patient_side() {
            continue;
        }
        let Some(answer) = heard.turns.get(at + 1).filter(|next| heard.is_patient_side(next)) else { continue };
        let Some(sentence) = turn.sentences.last().filter(|sentence| sentence.question) else { continue };
        let asked = (sentence.from..sentence.to).find_map(|from| {
            let words = ASKED
                .iter()
                .find(|words| words.iter().enumerate().all(|(n, word)| turn.tokens.norm(from + n) == *word))?;
            Some((from, from + words.len()))
        });
        let Some((from, to)) = asked else { continue };
        let first = answer.sentences.first().map_or(0, |sentence| sentence.from);
        let early = first..(first + 4).min(answer.tokens.len());
        // "No" stands where the engine reads one, or among the first words: "Oh no", "not at all".
        if early.clone().any(|word| CLEARLY_NOT.contains(&answer.tokens.norm(word)))
            && !answer.has(first, answer.tokens.len(), &["but", "pero"])
        {
            continue;
        }
        let yes = sentence.answer.is_some_and(|(yes, _)| yes)
            || answer.has(first, (first + 12).min(answer.tokens.len()), OFTEN);
        let mut one = Proposal::of(Kind::Danger, if yes { "suicidal ideation" } else { "asked about self-harm" });
        one.quotes.push(heard.quote(turn, from, to));
        one.quotes.push(heard.quote_at(answer.said.span, answer.said));
        one.said.push(turn.words(from, to).to_owned());
        one.assertion = if yes {
            format!("{}, by the answer to a question", reporter(&answer.said.role, heard.kind))
        } else {
            "asked; the answer is not a clear no".to_owned()
        };
        one.certainty = if yes { super::Certainty::Probably } else { super::Certainty::Check };
        one.consequence = if yes { Consequence::Danger } else { Consequence::High };
        let act = if yes {
            "Act on words of danger: self-harm"
        } else {
            "Ask again: the answer about self-harm is not a clear no"
        };
        let one = one
            .value("what", act)
            .value("urgency", if yes { Urgency::Emergency.name() } else { Urgency::SameDay.name() })
            .value("self_harm", if yes { "yes" } else { "" });
        if worst.as_ref().is_none_or(|kept| one.consequence < kept.consequence) {
            worst = Some(one);
        }
    }
    worst
}
