//! A small XML reader for test data, and FHIR's XML form turned into its JSON form.

#![allow(clippy::unwrap_used, clippy::format_collect, reason = "test data: a fault must stop the test")]

use continuo_fhir::Json;
use continuo_fhir::model::{TypeId, TypeKind, model};

/// An element.
#[derive(Debug, Default, Clone)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Element>,
    /// All text inside, entities decoded.
    pub(crate) text: String,
    /// The source between the tags.
    pub(crate) inner: String,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|c| c.name == name)
    }

    pub(crate) fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |c| c.name == name)
    }
}

/// Reads a document's root element.
pub(crate) fn parse(text: &str) -> Element {
    let mut stack = vec![(Element::default(), 0)];
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        stack.last_mut().unwrap().0.text += &decode(before);
        if let Some(body) = tag.strip_prefix("<!--") {
            rest = body.split_once("-->").unwrap().1;
        } else if let Some(body) = tag.strip_prefix("<![CDATA[") {
            let (data, after) = body.split_once("]]>").unwrap();
            stack.last_mut().unwrap().0.text += data;
            rest = after;
        } else if tag.starts_with("<?") || tag.starts_with("<!") {
            rest = tag.split_once('>').unwrap().1;
        } else if let Some(body) = tag.strip_prefix("</") {
            let (mut element, from) = stack.pop().unwrap();
            let end = text.len() - tag.len();
            element.inner = text[from..end].to_string();
            stack.last_mut().unwrap().0.children.push(element);
            rest = body.split_once('>').unwrap().1;
        } else {
            let end = tag_end(tag);
            let inside = tag[1..end].trim_end();
            let (inside, is_empty) = inside.strip_suffix('/').map_or((inside, false), |i| (i, true));
            let name_end = inside.find(char::is_whitespace).unwrap_or(inside.len());
            let element = Element {
                name: inside[..name_end].to_string(),
                attributes: attributes(&inside[name_end..]),
                ..Element::default()
            };
            rest = &tag[end + 1..];
            if is_empty {
                stack.last_mut().unwrap().0.children.push(element);
            } else {
                stack.push((element, text.len() - rest.len()));
            }
        }
    }
    stack.pop().unwrap().0.children.pop().unwrap()
}

fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (i, c) in tag.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(q), c) if q == c => quote = None,
            (None, '>') => return i,
            _ => {}
        }
    }
    panic!("a tag is not closed")
}

fn attributes(text: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut rest = text.trim();
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let quote = after.chars().next().unwrap();
        let (value, after) = after[1..].split_once(quote).unwrap();
        out.push((name.trim().to_string(), decode(value)));
        rest = after.trim_start();
    }
    out
}

fn decode(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out += before;
        let (name, after) = after.split_once(';').unwrap();
        match name {
            "amp" => out.push('&'),
            "lt" => out.push('<'),
            "gt" => out.push('>'),
            "quot" => out.push('"'),
            "apos" => out.push('\''),
            "nbsp" => out.push('\u{a0}'),
            _ => {
                let digits = name.strip_prefix('#').unwrap();
                let code = match digits.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16).unwrap(),
                    None => digits.parse().unwrap(),
                };
                out.push(char::from_u32(code).unwrap());
            }
        }
        rest = after;
    }
    out + rest
}

/// A resource from its XML form.
pub(crate) fn resource(element: &Element) -> Json {
    let type_ = model().find(&element.name).unwrap_or_else(|| panic!("no type {}", element.name));
    let mut out = Json::object([("resourceType", Json::from(element.name.as_str()))]);
    fill(element, type_, &mut out);
    out
}

/// Adds an element's children to the JSON object of its type.
pub(crate) fn fill(element: &Element, type_: TypeId, out: &mut Json) {
    for (name, value) in &element.attributes {
        if matches!(name.as_str(), "id" | "url") {
            out.set(name, Json::from(value.as_str()));
        }
    }
    for child in &element.children {
        let name = continuo_fhir::Name::find(&child.name).unwrap_or_else(|| panic!("no element {}", child.name));
        let (definition, of) =
            model().field(type_, name).unwrap_or_else(|| panic!("no element {} in {}", child.name, element.name));
        let of_type = model().type_(of);
        let (value, twin) = match of_type.kind {
            TypeKind::Primitive if of_type.name == "xhtml" => {
                let open: String = child.attributes.iter().map(|(n, v)| format!(" {n}=\"{v}\"")).collect();
                (Some(Json::from(format!("<div{open}>{}</div>", child.inner))), None)
            }
            TypeKind::Primitive => (child.attribute("value").map(|v| primitive(v, of_type.name)), twin(child)),
            TypeKind::Resource => (child.children.first().map(resource), None),
            _ => {
                let mut inner = Json::Object(Vec::new());
                fill(child, of, &mut inner);
                (Some(inner), None)
            }
        };
        put(out, &child.name, value, twin, definition.is_list);
    }
}

fn primitive(text: &str, type_: &str) -> Json {
    match type_ {
        "boolean" => Json::Bool(text == "true"),
        "integer" | "decimal" | "unsignedInt" | "positiveInt" => Json::number(text).unwrap_or_else(|| Json::from(text)),
        _ => Json::from(text),
    }
}

/// Id and extensions of a primitive.
fn twin(child: &Element) -> Option<Json> {
    let mut out = Json::Object(Vec::new());
    let rest =
        Element { attributes: child.attributes.iter().filter(|(n, _)| n == "id").cloned().collect(), ..child.clone() };
    fill(&rest, model().find("Element").unwrap(), &mut out);
    (!out.fields().is_empty()).then_some(out)
}

fn put(out: &mut Json, name: &str, value: Option<Json>, twin: Option<Json>, is_list: bool) {
    let twin_name = format!("_{name}");
    if !is_list {
        if let Some(value) = value {
            out.set(name, value);
        }
        if let Some(twin) = twin {
            out.set(&twin_name, twin);
        }
        return;
    }
    let count = out.get(name).map_or(0, |v| v.items().len());
    if out.get(name).is_none() {
        out.set(name, Json::Array(Vec::new()));
    }
    out.get_mut(name).unwrap().push(value.unwrap_or_default());
    if twin.is_some() && out.get(&twin_name).is_none() {
        out.set(&twin_name, Json::Array(vec![Json::Null; count]));
    }
    if let Some(twins) = out.get_mut(&twin_name) {
        twins.push(twin.unwrap_or_default());
    }
}
