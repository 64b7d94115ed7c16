//! Closing what is made here as far as what it rests on is closed.

use continuo_fhir::{Json, Node};

use crate::access::LABELS;
use crate::build::{coding, list, object};
use crate::followup::person::Person;

/// Puts security labels on a resource: those it has stay, those of its sources are copied, and every label of the row
/// it was found on is there in the end, whatever became of the sources.
pub fn close(resource: &mut Json, labels: u64, sources: &[Json]) {
    if labels == 0 {
        return;
    }
    let there = resource.at("meta.security").map(Json::items).unwrap_or_default();
    let mut codings: Vec<Json> = Vec::new();
    for one in there.iter().chain(sources) {
        if !codings.contains(one) {
            codings.push(one.clone());
        }
    }
    for label in LABELS.iter().filter(|label| label.bit < 64 && labels & (1 << label.bit) != 0) {
        let said = LABELS.iter().filter(|other| other.bit == label.bit).any(|other| {
            codings.iter().any(|one| {
                one.str_at("system") == Some(other.system.as_str()) && one.str_at("code") == Some(other.code.as_str())
            })
        });
        if !said {
            codings.push(coding(&label.system, &label.code));
        }
    }
    if codings.is_empty() {
        return;
    }
    match resource.get_mut("meta") {
        Some(meta) => meta.set("security", Json::Array(codings)),
        None => resource.set("meta", object([("security", list(codings))])),
    }
}

/// The codings of the rows of a person that carry one of these labels.
pub fn codings_of(person: &Person<'_>, labels: u64) -> Vec<Json> {
    let rows = person.rows().iter().filter(|resource| resource.labels & labels != 0);
    rows.flat_map(|resource| resource.node.at("meta.security").into_iter().flat_map(Node::items))
        .map(Node::to_json)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stays_and_what_is_missing_comes() {
        let (first, other) = (&LABELS[0], LABELS.iter().find(|label| label.bit != 0).unwrap());
        let kept = coding("urn:site", "own");
        let source = coding(&other.system, &other.code);
        let mut task = object([("meta", object([("security", list([kept.clone()]))]))]);
        close(&mut task, 1 | (1 << other.bit), std::slice::from_ref(&source));
        let codings = task.at("meta.security").unwrap().items().to_vec();
        assert_eq!(codings, [kept, source, coding(&first.system, &first.code)]);
        let mut open = object([]);
        close(&mut open, 0, &[coding("urn:site", "own")]);
        assert!(open.get("meta").is_none());
    }
}
