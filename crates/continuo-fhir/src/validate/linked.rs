//! References inside bundles: what a document or message names must be in it, under the address it names
//! (R4 2.36.4.1, 2.16.2, 3.3.1).
//!
//! A relative reference in an entry is read against the address of that entry: `Patient/1` in
//! `http://a.org/Observation/2` means `http://a.org/Patient/1`.

use super::place::Place;
use super::prose::broken;
use super::walk::clip;
use crate::issue::Issue;
use crate::packed::Node;
use crate::reference::Reference;

/// What a Composition names directly and so belongs into the document.
const OF_COMPOSITION: &[&str] = &[
    "subject",
    "encounter",
    "author",
    "attester.party",
    "custodian",
    "event.detail",
    "section.author",
    "section.focus",
    "section.entry",
];

/// Checks a Bundle's first entry, if it leads a document or message.
pub(super) fn check(bundle: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let Some(first) = bundle.list("entry").next() else { return };
    let Some(resource) = first.get("resource") else { return };
    let paths: &[&str] = match (bundle.str("type"), resource.resource_type()) {
        (Some("document"), Some("Composition")) => OF_COMPOSITION,
        (Some("message"), Some("MessageHeader")) => &["focus"],
        _ => return,
    };
    let from = first.str("fullUrl");
    for path in paths {
        let mut found = Vec::new();
        collect(resource, path, &mut found);
        for text in found.iter().filter_map(|node| node.str("reference")) {
            if let Some(why) = fault(bundle, from, text) {
                let here = place.step("entry").item(0);
                broken(issues, &here, format!("{path} names {}, {why}", clip(text)));
            }
        }
    }
}

fn collect<'a>(node: Node<'a>, path: &str, out: &mut Vec<Node<'a>>) {
    let (head, tail) = path.split_once('.').map_or((path, None), |(head, tail)| (head, Some(tail)));
    for child in node.list(head) {
        match tail {
            Some(tail) => collect(child, tail, out),
            None => out.push(child),
        }
        // Sections hold sections.
        if head == "section" {
            collect(child, path, out);
        }
    }
}

/// Why a reference from an entry with this address leads nowhere in the bundle.
fn fault(bundle: Node<'_>, from: Option<&str>, text: &str) -> Option<&'static str> {
    const MISSING: &str = "which is not in the bundle";
    let parsed = Reference::parse(text);
    let target = match parsed {
        Reference::Resource { base: None, type_, id, .. } => match from.and_then(base_of) {
            Some(base) => format!("{base}{type_}/{id}"),
            None => return (!has(bundle, type_.as_str(), id)).then_some(MISSING),
        },
        Reference::Resource { base: Some(base), type_, id, .. } => format!("{base}{type_}/{id}"),
        Reference::Urn(urn) => urn.to_owned(),
        _ => return None,
    };
    if bundle.list("entry").any(|entry| entry.str("fullUrl") == Some(target.as_str())) {
        return None;
    }
    match parsed {
        Reference::Resource { base, type_, id, .. } if has(bundle, type_.as_str(), id) => {
            // Read against another address than its own, the entry is another resource.
            base.is_none().then_some("which stands in the bundle under another address")
        }
        // A document may name what lies elsewhere by its whole address.
        Reference::Resource { base: Some(_), .. } => None,
        _ => Some(MISSING),
    }
}

/// `http://a.org/` of `http://a.org/Observation/2`.
fn base_of(address: &str) -> Option<&str> {
    match Reference::parse(address) {
        Reference::Resource { base, .. } => base,
        _ => None,
    }
}

fn has(bundle: Node<'_>, type_: &str, id: &str) -> bool {
    bundle
        .list("entry")
        .filter_map(|entry| entry.get("resource"))
        .any(|resource| resource.resource_type() == Some(type_) && resource.str("id") == Some(id))
}

#[cfg(test)]
mod tests {
    use crate::{Json, pack, root, validate};

    fn check(focus: &str, fault: &str) {
        let text = format!(
            r#"{{"resourceType":"Bundle","type":"message","timestamp":"2026-08-01T10:00:00Z","entry":[
            {{"fullUrl":"http://a.org/MessageHeader/1","resource":{{"resourceType":"MessageHeader","id":"1","eventUri":"urn:x",
              "source":{{"endpoint":"http://a.org"}},"focus":[{{"reference":"{focus}"}}]}}}},
            {{"fullUrl":"http://a.org/Patient/2","resource":{{"resourceType":"Patient","id":"2"}}}},
            {{"fullUrl":"http://b.org/Patient/3","resource":{{"resourceType":"Patient","id":"3"}}}},
            {{"fullUrl":"urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7","resource":{{"resourceType":"Patient"}}}}]}}"#
        );
        let packed = pack(&Json::parse(text.as_bytes()).unwrap());
        let found: Vec<String> =
            validate::full(root(&packed).unwrap()).iter().filter(|i| i.is_error()).map(ToString::to_string).collect();
        assert_eq!(found.is_empty(), fault.is_empty(), "{focus}: {found:?}");
        assert!(found.iter().all(|one| one.contains(fault)), "{found:?}");
    }

    #[test]
    fn what_a_message_is_about_is_in_it() {
        check("Patient/2", "");
        check("http://b.org/Patient/3", "");
        check("urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7", "");
        check("Patient/3", "under another address");
        check("Patient/4", "not in the bundle");
        check("urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b8", "not in the bundle");
    }
}
