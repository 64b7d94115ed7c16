//! Samples of what a machine proposes and what it rests on.

use crate::evidence::{EvidenceView, FactView, QuoteView};
use crate::suggestion::{ReasonView, SuggestionView};
use crate::tag::{TagView, Tone};

use super::{ana, s};

pub(in crate::gallery) fn quote() -> QuoteView {
    QuoteView {
        words: s("I stopped the water pill Saturday, it makes me go all night."),
        from: s("Call of 08/19/2026, 02:14, patient"),
        href: s("/dev/gallery"),
        lang: None,
    }
}

pub(in crate::gallery) fn evidence(id: &str) -> EvidenceView {
    EvidenceView {
        id: s(id),
        handle: String::new(),
        rule: s("HbA1c is overdue"),
        rule_href: s("/dev/gallery"),
        says: s("Adults with diabetes have an HbA1c every 6 months."),
        facts: vec![
            FactView { what: s("HbA1c 6.8 %"), when: s("12/28/2025, Quest"), href: s("/dev/gallery") },
            FactView { what: s("Diabetes type 2"), when: s("since 2019"), href: s("/dev/gallery") },
        ],
        quotes: vec![quote()],
        would_change: vec![s("A result after 06/28/2026 closes it.")],
        source: s("ADA Standards of Care, section 6"),
    }
}

pub(in crate::gallery) fn suggestions() -> Vec<SuggestionView> {
    let open = SuggestionView {
        id: s("s1"),
        who: ana(),
        what: s("Plan a visit for HbA1c 9.4 %"),
        why: s("The result came on 08/17 and no visit is planned with primary care."),
        certainty: String::new(),
        evidence: evidence("evidence-s1"),
        made: s("Rule abnormal-result 1.0, 08/19/2026 7:02 am"),
        post: s("/dev/decide"),
        edit: s("/dev/edit"),
        reasons: [
            ("not-relevant", "Not relevant"),
            ("already-done", "Already done"),
            ("wrong-data", "Wrong data"),
            ("declined", "Patient declined"),
            ("other", "Other"),
        ]
        .iter()
        .map(|(code, label)| ReasonView { code: s(code), label: s(label) })
        .collect(),
        words_needed: false,
        decided: None,
    };
    let decided = SuggestionView {
        id: s("s2"),
        what: s("Furosemide: not taking since 08/17"),
        certainty: s("clearly said"),
        evidence: evidence("evidence-s2"),
        decided: Some(TagView::new(Tone::Done, "Accepted by M. Ortiz 9:04 am")),
        ..open.clone()
    };
    let serious = SuggestionView {
        id: s("s3"),
        what: s("Answer item 9 of the PHQ-9 today"),
        words_needed: true,
        evidence: evidence("evidence-s3"),
        ..open.clone()
    };
    vec![open, decided, serious]
}
