//! What a resource puts into the search index, as values that do not depend on the database's narrow keys.

use super::alias::is_answered_otherwise;
use super::words::{add_words, words_of};
use crate::codes::StoreCodes;
use crate::error::{Error, Result};
use continuo_fhir::coding::Concept;
use continuo_fhir::facts::Codes;
use continuo_fhir::search::{Param, ParamKind, Target, Value, extract, extract_param, params, places};
use continuo_fhir::text::{fold, phonetic};
use continuo_fhir::{Node, ResourceType, Zone, root};
use std::collections::BTreeSet;

/// Longest text in an index row; longer ones are cut, and so is what is searched for.
pub(crate) const LONGEST_TEXT: usize = 200;

/// Which of a parameter's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Flavor {
    /// What a plain search asks.
    Plain,
    /// Text as written, for `:exact`.
    Exact,
    /// Identifiers in references, for `:identifier`.
    Identifier,
    /// Identifiers with the kind they are of, for `:of-type`.
    OfType,
}

impl Flavor {
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Exact => ":exact",
            Self::Identifier => ":identifier",
            Self::OfType => ":of-type",
        }
    }
}

/// One value of one search parameter.
#[derive(Clone, Debug)]
pub(crate) struct IndexValue {
    pub(crate) param: &'static Param,
    pub(crate) flavor: Flavor,
    pub(crate) value: Indexed,
}

/// The value, by index table.
#[derive(Clone, Debug)]
pub(crate) enum Indexed {
    /// A code's number.
    Token(i64),
    /// Something that names one thing: (number of the namespace, value).
    Identifier(i64, Box<str>),
    /// A resource held here.
    Reference(ResourceType, Box<str>),
    /// [low, high) in UTC microseconds.
    Date(i64, i64),
    /// Number of the unit (-1: none) and a closed interval.
    Number(i64, f64, f64),
    /// Folded text, a URI, a reference that points elsewhere.
    Text(Box<str>),
    /// The first part's code, and the second part.
    Composite(i64, Box<Second>),
    /// As `Composite`; the first part is a resource held here.
    CompositeOf(ResourceType, Box<str>, Box<Second>),
}

/// The second part of a composite: text or number of a code or unit, and an interval.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Second {
    pub(crate) value: Box<str>,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// Everything a packed resource puts into the index.
pub(crate) fn collect(type_: ResourceType, packed: &[u8], zone: &Zone, codes: &StoreCodes) -> Result<Vec<IndexValue>> {
    let node = root(packed).map_err(|e| Error::Invalid(e.to_string()))?;
    let mut out = Vec::with_capacity(24);
    let mut coded = BTreeSet::new();
    extract(node, type_, zone, &mut |param, value| {
        if is_answered_otherwise(type_, param.code) {
            return;
        }
        if let Value::Token { text: Some(text), .. } = &value
            && !is_identifying(param.code)
        {
            coded.extend(words_of(text));
        }
        add(&mut out, param, value, codes);
    });
    for param in params(type_).iter().filter(|param| param.kind == ParamKind::Token && is_identifying(param.code)) {
        places(node, param, &mut |identifier| add_kinds(&mut out, param, identifier));
    }
    add_words(&mut out, type_, node, &coded);
    Ok(out)
}

/// The kinds an identifier is of, each with its value.
fn add_kinds(out: &mut Vec<IndexValue>, param: &'static Param, identifier: Node<'_>) {
    let Some(value) = identifier.str("value") else { return };
    for coding in identifier.at("type").map(|type_| Concept::of(type_).codings()).into_iter().flatten() {
        let Some(code) = coding.code else { continue };
        let text = of_type(coding.system.unwrap_or(""), code, value);
        out.push(IndexValue { param, flavor: Flavor::OfType, value: Indexed::Text(text) });
    }
}

/// How kind and value of an identifier stand in one text. Space parts what no system or code may hold.
pub(crate) fn of_type(system: &str, code: &str, value: &str) -> Box<str> {
    clip(&format!("{system} {code} {value}"))
}

fn add(out: &mut Vec<IndexValue>, param: &'static Param, value: Value<'_>, codes: &StoreCodes) {
    let mut push = |flavor, value| out.push(IndexValue { param, flavor, value });
    match value {
        Value::Token { system, code, .. } if is_identifying(param.code) => {
            let system = system.map_or(-1, |s| codes.number(s, ""));
            push(Flavor::Plain, Indexed::Identifier(system, clip(code.unwrap_or(""))));
        }
        Value::Token { system, code, text } => {
            let words = text.map(fold).filter(|t| !t.is_empty()).map(|t| clip(&t));
            if system.is_some() || code.is_some() {
                let number = codes.intern(system.unwrap_or(""), &clip(code.unwrap_or("")));
                if let Some(words) = words {
                    codes.add_words(number, &words);
                }
                push(Flavor::Plain, Indexed::Token(i64::from(number)));
            } else if let Some(words) = words {
                push(Flavor::Plain, Indexed::Token(codes.number(crate::codes::WORDS, &words)));
            }
        }
        Value::Date { low, high } => push(Flavor::Plain, Indexed::Date(low.micros(), high.micros())),
        Value::Text(text) if param.code == "phonetic" => {
            for word in continuo_fhir::text::words(text) {
                push(Flavor::Plain, Indexed::Text(phonetic(&word).into()));
            }
        }
        Value::Text(text) => {
            push(Flavor::Plain, Indexed::Text(folded(text)));
            push(Flavor::Exact, Indexed::Text(clip(text)));
        }
        Value::Uri(uri) => push(Flavor::Plain, Indexed::Text(clip(uri))),
        Value::Reference(Target::Local { type_, id, .. }) => push(Flavor::Plain, Indexed::Reference(type_, id.into())),
        Value::Reference(Target::Url(url)) => {
            push(Flavor::Plain, Indexed::Text(clip(url)));
            // A canonical is found with and without its version.
            if let Some((plain, _)) = url.split_once('|') {
                push(Flavor::Plain, Indexed::Text(clip(plain)));
            }
        }
        Value::Reference(Target::Identifier { system, value }) => {
            let system = system.map_or(-1, |s| codes.number(s, ""));
            push(Flavor::Identifier, Indexed::Identifier(system, clip(value)));
        }
        Value::Quantity { low, high, system, code, unit } => {
            let unit = code.or(unit).map_or(-1, |c| codes.number(system.unwrap_or(""), &clip(c)));
            push(Flavor::Plain, Indexed::Number(unit, low, high));
        }
        Value::Number { low, high } => push(Flavor::Plain, Indexed::Number(-1, low, high)),
        Value::Position { latitude, longitude } => {
            push(Flavor::Plain, Indexed::Number(-1, latitude, longitude));
        }
        Value::Composite(parts) => {
            if let Some(value) = composite(&parts, codes) {
                push(Flavor::Plain, value);
            }
        }
    }
}

fn folded(text: &str) -> Box<str> {
    clip(&fold(text))
}

/// Whether the plain rows of a parameter are its texts folded, and nothing else: see [`plain_texts`].
pub(crate) fn is_plain_text(param: &Param) -> bool {
    param.kind == ParamKind::String && !matches!(param.code, "phonetic" | "_text" | "_content")
}

/// What stands in the plain rows of such a parameter for a resource.
pub(crate) fn plain_texts(resource: Node<'_>, param: &'static Param, zone: &Zone) -> Vec<Box<str>> {
    let mut out = Vec::new();
    extract_param(resource, param, zone, &mut |value| {
        if let Value::Text(text) = value {
            out.push(folded(text));
        }
    });
    out
}

/// Composites of two parts whose first is a code or a resource: all of R4's that are in use.
fn composite(parts: &[Value<'_>], codes: &StoreCodes) -> Option<Indexed> {
    let [first, second] = parts else { return None };
    let second = match second {
        Value::Token { system, code, .. } => {
            let number = codes.number(system.unwrap_or(""), &clip((*code)?));
            Second { value: number.to_string().into(), low: 0.0, high: 0.0 }
        }
        Value::Quantity { low, high, system, code, unit } => {
            let unit = code.or(*unit).map_or(-1, |c| codes.number(system.unwrap_or(""), &clip(c)));
            Second { value: unit.to_string().into(), low: *low, high: *high }
        }
        Value::Number { low, high } => Second { value: "-1".into(), low: *low, high: *high },
        Value::Date { low, high } => Second { value: "".into(), low: low.micros() as f64, high: high.micros() as f64 },
        Value::Text(text) => Second { value: clip(&fold(text)), low: 0.0, high: 0.0 },
        Value::Uri(uri) => Second { value: clip(uri), low: 0.0, high: 0.0 },
        Value::Reference(_) | Value::Composite(_) | Value::Position { .. } => return None,
    };
    match first {
        Value::Token { system, code, .. } => {
            Some(Indexed::Composite(codes.number(system.unwrap_or(""), &clip((*code)?)), Box::new(second)))
        }
        Value::Reference(Target::Local { type_, id, .. }) => {
            Some(Indexed::CompositeOf(*type_, (*id).into(), Box::new(second)))
        }
        _ => None,
    }
}

/// Token parameters whose values name one thing each: not worth a number in the code table.
pub(crate) fn is_identifying(code: &str) -> bool {
    code.ends_with("identifier") || matches!(code, "phone" | "email" | "telecom" | "series" | "instance" | "_id")
}

/// Cuts a text at a character border and takes NUL out, which the databases' texts do not hold.
pub(crate) fn clip(text: &str) -> Box<str> {
    let end = text.char_indices().nth(LONGEST_TEXT).map_or(text.len(), |(at, _)| at);
    let cut = text.get(..end).unwrap_or(text);
    if cut.contains('\0') { cut.replace('\0', "").into() } else { cut.into() }
}
