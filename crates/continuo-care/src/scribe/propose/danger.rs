//! Words of danger in what the person says: the triage engine reads each turn; it stands above everything else.

use continuo_text::span::Span;
use continuo_text::triage::{self, RedFlag, Urgency};

use super::heard::Heard;
use super::{Kind, Proposal, reporter};
use crate::followup::finding::Consequence;
use crate::scribe::source::SourceKind;

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
    for turn in heard.turns.iter().filter(|turn| heard.is_patient_side(turn)) {
        let found = triage::triage(turn.text, None);
        let urgent = found.urgency == Urgency::Emergency || found.urgency == Urgency::SameDay;
        if !urgent || found.red_flags.is_empty() || found.because.is_empty() {
            continue;
        }
        let names: Vec<String> = found.red_flags.iter().map(|flag| flag.name().replace('_', " ")).collect();
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
        one.consequence = if found.urgency == Urgency::Emergency { Consequence::Danger } else { Consequence::High };
        let self_harm = found.red_flags.iter().any(|flag| is_self_harm(*flag));
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
