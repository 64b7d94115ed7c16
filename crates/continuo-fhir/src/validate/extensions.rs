//! R4's own extensions: they stand where their definition says and hold what it says.
//!
//! Extensions of others, and those HL7 has made since, are unknown here and let through: a sender's own data are not lost.

use super::place::Place;
use super::prose::broken;
use super::walk::clip;
use crate::issue::Issue;
use crate::model::{TypeId, model};
use crate::packed::Node;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Made by `cargo xtask fhir-tables` from R4's `extension-definitions.json`; its form stands in `xtask`.
static KNOWN: LazyLock<BTreeMap<&'static str, Definition>> = LazyLock::new(|| {
    let lines = include_str!("../generated/extensions.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(read).collect()
});

struct Definition {
    is_modifier: bool,
    contexts: Vec<&'static str>,
    content: Content,
}

enum Content {
    /// Types of its value; empty: any.
    Value(Vec<&'static str>),
    Parts(Vec<Part>),
}

struct Part {
    name: &'static str,
    least: usize,
    is_single: bool,
}

fn read(line: &'static str) -> Option<(&'static str, Definition)> {
    let mut fields = line.split('\t');
    let url = fields.next()?;
    let contexts = fields.next()?.split(' ').collect();
    let content = match fields.next()? {
        "*" => Content::Value(Vec::new()),
        text => match text.strip_prefix('-') {
            Some(parts) => Content::Parts(parts.split_whitespace().filter_map(part).collect()),
            None => Content::Value(text.split('|').collect()),
        },
    };
    let is_modifier = url.starts_with('!');
    Some((url.trim_start_matches('!'), Definition { is_modifier, contexts, content }))
}

fn part(text: &'static str) -> Option<Part> {
    let mut words = text.split(':');
    let (name, least, most) = (words.next()?, words.next()?, words.next()?);
    Some(Part { name, least: least.parse().ok()?, is_single: most == "1" })
}

/// What an extension stands on: its type, and the element it is of what.
#[derive(Clone, Copy)]
pub(super) struct Host<'a> {
    pub(super) type_: TypeId,
    /// The type that the element belongs to, and the element's name.
    pub(super) element: Option<(TypeId, &'a str)>,
}

/// Checks the extensions in `node`, which are those of `host`.
pub(super) fn check(node: Node<'_>, host: Host<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    for field in ["extension", "modifierExtension"] {
        for (i, extension) in node.list(field).enumerate() {
            let Some(url) = extension.str("url") else { continue };
            let Some(name) = url.strip_prefix("http://hl7.org/fhir/StructureDefinition/") else { continue };
            let Some(definition) = KNOWN.get(name.split('|').next().unwrap_or(name)) else { continue };
            let here = place.step(field).item(i);
            if !definition.contexts.iter().any(|context| is_at(context, host)) {
                broken(issues, &here, format!("{name} may stand on {}", definition.contexts.join(", ")));
            }
            if definition.is_modifier != (field == "modifierExtension") {
                let wanted = if definition.is_modifier { "modifierExtension" } else { "extension" };
                broken(issues, &here, format!("{name} belongs into `{wanted}`"));
            }
            content(extension, name, &definition.content, &here, issues);
        }
    }
}

/// Whether a context names this host.
fn is_at(context: &str, host: Host<'_>) -> bool {
    // Parts of a definition of definitions are named by a path that the model does not follow.
    if context == "Element" || context.starts_with("StructureDefinition.") || context.starts_with("ElementDefinition.")
    {
        return true;
    }
    let extension = model().find("Extension");
    if Some(host.type_) == extension || host.element.is_some_and(|(owner, _)| Some(owner) == extension) {
        // The value of another extension, or a part of one: its definition says what may stand there.
        return true;
    }
    if model().find(context).is_some_and(|wanted| model().is_a(host.type_, wanted)) {
        return true;
    }
    let Some((owner, element)) = host.element else { return false };
    let Some((head, last)) = context.rsplit_once('.') else { return false };
    // Items within items are of the same type, whatever path leads to them.
    let named = model().find(head).or_else(|| model().find(head.rsplit_once('.').map_or(head, |(outer, _)| outer)));
    last == element && named.is_some_and(|named| model().is_a(owner, named))
}

fn content(extension: Node<'_>, name: &str, wanted: &Content, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let value = extension.fields().find_map(|(field, _)| field.trim_start_matches('_').strip_prefix("value"));
    match (wanted, value) {
        (Content::Value(types), Some(found)) => {
            let is_wanted = |type_: &&str| type_.eq_ignore_ascii_case(found);
            if !types.is_empty() && !types.iter().any(is_wanted) {
                broken(issues, place, format!("{name} holds {}, not {}", types.join(" or "), clip(found)));
            }
        }
        (Content::Value(_), None) => {}
        (Content::Parts(_), Some(_)) => broken(issues, place, format!("{name} has parts and no value of its own")),
        (Content::Parts(parts), None) => {
            for part in parts {
                let count = extension.list("extension").filter(|one| one.str("url") == Some(part.name)).count();
                if count < part.least {
                    broken(issues, place, format!("{name} lacks its part `{}`", part.name));
                } else if part.is_single && count > 1 {
                    broken(issues, place, format!("{name} has its part `{}` {count} times", part.name));
                }
            }
            for (i, one) in extension.list("extension").enumerate() {
                let url = one.str("url").unwrap_or_default();
                if !url.contains(':') && !parts.iter().any(|part| part.name == url) {
                    broken(issues, &place.step("extension").item(i), format!("{name} has no part `{}`", clip(url)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Json, pack, root, validate};

    fn faults(json: &str) -> Vec<String> {
        let packed = pack(&Json::parse(json.as_bytes()).unwrap());
        validate::full(root(&packed).unwrap()).iter().filter(|i| i.is_error()).map(ToString::to_string).collect()
    }

    fn check(url: &str, value: &str, on: &str, fault: &str) {
        let extension = format!(r#"[{{"url":"http://hl7.org/fhir/StructureDefinition/{url}",{value}}}]"#);
        let text = format!(r#"{{"resourceType":"Patient",{}}}"#, on.replace("EXT", &extension));
        let found = faults(&text);
        assert_eq!(found.is_empty(), fault.is_empty(), "{text}: {found:?}");
        assert!(found.iter().all(|one| one.contains(fault)), "{found:?}");
    }

    #[test]
    fn an_extension_of_r4_stands_where_it_may() {
        let family = r#""name":[{"family":"A","_family":{"extension":EXT}}]"#;
        check("humanname-mothers-family", r#""valueString":"B""#, family, "");
        let name = r#""name":[{"family":"A","extension":EXT}]"#;
        check("humanname-mothers-family", r#""valueString":"B""#, name, "may stand on HumanName.family");
        check("patient-religion", r#""valueCodeableConcept":{"text":"x"}"#, r#""extension":EXT"#, "");
        check("patient-birthTime", r#""valueDateTime":"2020-01-01T10:00:00Z""#, r#""extension":EXT"#, "may stand on");
        let born = r#""birthDate":"2020-01-01","_birthDate":{"extension":EXT}"#;
        check("patient-birthTime", r#""valueDateTime":"2020-01-01T10:00:00Z""#, born, "");
        let given = r#""name":[{"given":["A","B"],"_given":[null,{"extension":EXT}]}]"#;
        check("humanname-own-name", r#""valueString":"B""#, given, "may stand on");
        check("data-absent-reason", r#""valueCode":"unknown""#, r#""name":[{"_given":[{"extension":EXT}]}]"#, "");
    }

    #[test]
    fn an_extension_of_r4_holds_what_it_may() {
        check("patient-religion", r#""valueString":"x""#, r#""extension":EXT"#, "holds CodeableConcept");
        let part = |parts: &str| format!(r#""extension":[{parts}]"#);
        let code = r#"{"url":"code","valueCodeableConcept":{"text":"x"}}"#;
        let other = r#"{"url":"colour","valueString":"x"}"#;
        check("patient-nationality", &part(code), r#""extension":EXT"#, "");
        check("patient-nationality", &part(other), r#""extension":EXT"#, "no part `colour`");
        check("patient-nationality", &part(&format!("{code},{code}")), r#""extension":EXT"#, "2 times");
        check("of-our-own-making", r#""valueString":"x""#, r#""extension":EXT"#, "");
    }
}
