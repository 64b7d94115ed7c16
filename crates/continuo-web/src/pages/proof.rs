//! Evidence for people: what a finding or suggestion rests on, each fact leading to its source.

use continuo_care::assess::project::ANSWERED;
use continuo_care::followup::finding::{Evidence, Finding, Report};
use continuo_care::followup::{spec, words_of_rule};
use continuo_care::suggestions::SuggestionView;
use continuo_care::worklist::Item;
use continuo_ui::evidence::{EvidenceView, FactView, QuoteView};

/// Why a rule found something.
pub fn of_finding(id: &str, finding: &Finding) -> EvidenceView {
    let due = finding.due.as_ref().map(|due| due.rule.clone());
    build(id, finding.rule, &finding.why, finding.evidence.iter(), due)
}

/// Why something is suggested.
pub fn of_suggestion(id: &str, view: &SuggestionView) -> EvidenceView {
    let due = (!view.due_rule.is_empty()).then(|| view.due_rule.clone());
    build(id, &view.rule, "", view.body.evidence.iter().map(|(evidence, _)| evidence), due)
}

/// The finding behind an item of the list, among what its rule found: several results of one person are several items, and
/// none is shown the evidence of another.
pub fn behind<'r>(reports: &'r [Report], item: &Item) -> Option<&'r Finding> {
    if item.why.starts_with(ANSWERED) {
        return None;
    }
    let mut found = reports.iter().filter(|report| report.rule == item.rule).flat_map(|report| &report.findings);
    let first = found.next()?;
    let Some(second) = found.next() else { return Some(first) };
    [first, second].into_iter().chain(found).find(|finding| finding.why == item.why)
}

fn build<'a>(
    id: &str,
    rule: &str,
    says: &str,
    evidence: impl Iterator<Item = &'a Evidence>,
    due: Option<String>,
) -> EvidenceView {
    let rule_spec = spec(rule);
    let mut view = EvidenceView {
        id: id.to_owned(),
        handle: String::new(),
        rule: rule_spec.map_or_else(|| rule.to_owned(), |spec| spec.title.clone()),
        rule_href: format!("/rules/{rule}"),
        says: if says.is_empty() {
            rule_spec.map(|spec| words_of_rule(&spec.text)).unwrap_or_default()
        } else {
            says.to_owned()
        },
        source: rule_spec.map(|spec| citation(&spec.source)).unwrap_or_default(),
        ..EvidenceView::default()
    };
    for one in evidence {
        let href = source_href(&one.reference);
        match &one.words {
            Some(words) => view.quotes.push(QuoteView {
                words: words.text.clone(),
                from: one.says.clone(),
                href: format!("{href}?from={}&to={}", words.start, words.end),
                lang: None,
            }),
            None => view.facts.push(FactView { what: one.says.clone(), when: String::new(), href }),
        }
    }
    view.would_change.extend(rule_spec.map(|spec| spec.settles.clone()).filter(|settles| !settles.is_empty()));
    if let Some(due) = due.filter(|due| !due.is_empty()) {
        view.facts.push(FactView { what: format!("due {due}"), when: String::new(), href: String::new() });
    }
    view
}

/// A rule's source as people read it: the mark of what nobody has checked against the published text says so in words.
pub fn citation(source: &str) -> String {
    source.replace("[K]", "(check before quoting)")
}

/// The page that shows a resource as received.
pub fn source_href(reference: &str) -> String {
    format!("/source/{reference}")
}
