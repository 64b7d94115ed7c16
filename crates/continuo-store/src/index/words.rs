//! The words of a resource, for `_text` and `_content`: folded, each once.
//!
//! The narrative's words stand under `_text`. Under `_content` stand only the words that no code brings: the words a
//! code was seen with are kept once for all resources, and the search goes by the code.

use super::collect::{Flavor, IndexValue, Indexed};
use continuo_fhir::search::param;
use continuo_fhir::text::words;
use continuo_fhir::{Node, ResourceType};
use std::collections::BTreeSet;

/// Different words kept of one resource, narrative and content each.
const MOST_WORDS: usize = 500;
/// Longer ones are no words.
const LONGEST: usize = 40;
/// Depth of elements looked at; resources are at most 128 deep.
const DEEPEST: usize = 128;

/// Fields whose text is not for people: addresses, codes, formats, kinds.
const NOT_WORDS: &[&str] = &[
    "code",
    "contentType",
    "data",
    "div",
    "fullUrl",
    "gender",
    "id",
    "implicitRules",
    "intent",
    "lastUpdated",
    "mode",
    "language",
    "priority",
    "profile",
    "reference",
    "resourceType",
    "source",
    "status",
    "system",
    "type",
    "unit",
    "uri",
    "url",
    "use",
    "valueCode",
    "valueUri",
    "valueUrl",
    "versionId",
];

/// Adds the words of a resource; `coded` are those that its codes bring.
pub(super) fn add_words(out: &mut Vec<IndexValue>, type_: ResourceType, node: Node<'_>, coded: &BTreeSet<String>) {
    let mut add = |code: &str, words: BTreeSet<String>| {
        let Some(param) = param(type_, code) else { return };
        out.extend(words.into_iter().take(MOST_WORDS).map(|word| IndexValue {
            param,
            flavor: Flavor::Plain,
            value: Indexed::Text(word.into()),
        }));
    };
    let mut narrative = BTreeSet::new();
    if let Some(div) = node.str_at("text.div") {
        narrative.extend(words_of(&visible(div)));
    }
    let mut content = BTreeSet::new();
    gather(node, 0, &mut content);
    content.retain(|word| !coded.contains(word) && !narrative.contains(word));
    add("_text", narrative);
    add("_content", content);
}

/// The words worth a row.
pub(crate) fn words_of(text: &str) -> impl Iterator<Item = String> {
    words(text).into_iter().filter(|word| (2..=LONGEST).contains(&word.chars().count()))
}

fn gather(node: Node<'_>, depth: usize, out: &mut BTreeSet<String>) {
    if depth > DEEPEST {
        return;
    }
    // What a reference points to has words of its own.
    let is_reference = node.get("reference").is_some();
    for (name, field) in node.fields() {
        if (is_reference && name == "display") || name.starts_with('_') {
            continue;
        }
        for item in field.items() {
            match item.as_str() {
                Some(text) if !NOT_WORDS.contains(&name) && !is_moment(text) => out.extend(words_of(text)),
                Some(_) => {}
                None => gather(item, depth + 1, out),
            }
        }
    }
}

/// Whether a text is a date or a time: numbers nobody looks for by word.
fn is_moment(text: &str) -> bool {
    text.as_bytes().first().is_some_and(u8::is_ascii_digit) && continuo_fhir::DateTime::parse(text).is_some()
}

/// The text of a narrative without its tags; the entities that stand for letters are left to the folding.
fn visible(div: &str) -> String {
    let mut out = String::with_capacity(div.len());
    let mut inside = false;
    for c in div.chars() {
        match c {
            '<' => {
                inside = true;
                // Tags part words: cells of a table stand side by side.
                out.push(' ');
            }
            '>' if inside => inside = false,
            _ if !inside => out.push(c),
            _ => {}
        }
    }
    if out.contains('&') { unescaped(&out) } else { out }
}

/// Named and numbered entities as the characters they stand for.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let entity = after.split_once(';').filter(|(name, _)| name.len() <= 8);
        let found = entity.and_then(|(name, left)| Some((character(name)?, left)));
        match found {
            Some((c, left)) => {
                out.push(c);
                rest = left;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrative_is_read_as_people_see_it() {
        assert_eq!(visible("<div><p>Jos&#233; &amp; Ana</p><b>x</b></div>").split_whitespace().count(), 4);
        assert!(visible("<td>one</td><td>two</td>").contains("one"));
        let words: Vec<String> = words_of(&visible("<i>Jos&#xE9;</i> a & b &unknown; caf\u{e9}")).collect();
        assert_eq!(words, ["jose", "unknown", "cafe"]);
    }
}
