//! Reads a packed tree in place.

use super::{
    ARRAY, ARRAY_WIDE, FALSE, INLINE_NAME, NULL, NUMBER, NUMBER_WIDE, OBJECT, OBJECT_WIDE, SHORT_TEXT, TEXT, TEXT_WIDE,
    TRUE,
};
use crate::json::{Json, Key};
use crate::name::Name;

/// What a node holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number, kept as its literal.
    Number,
    /// Text.
    String,
    /// A list.
    Array,
    /// Named fields.
    Object,
}

/// A value inside a packed tree; copying it is free.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Node<'a> {
    tag: u8,
    /// Text, literal, or the packed items or fields.
    body: &'a str,
}

impl<'a> Node<'a> {
    /// What this node holds.
    pub fn kind(self) -> Kind {
        match self.tag {
            FALSE | TRUE => Kind::Bool,
            NUMBER => Kind::Number,
            TEXT => Kind::String,
            ARRAY => Kind::Array,
            OBJECT => Kind::Object,
            _ => Kind::Null,
        }
    }

    /// Whether this is `null`.
    pub fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// The field of an object; `null` fields are present.
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        match Name::find(key) {
            Some(name) => self.get_name(name),
            None => self.raw_fields().find(|(name, _)| *name == RawName::Inline(key)).map(|(_, node)| node),
        }
    }

    /// The field of an object by its interned name: the fast way.
    pub fn get_name(self, name: Name) -> Option<Node<'a>> {
        if self.tag != OBJECT {
            return None;
        }
        let number = name.number();
        let wanted = [(number >> 7) as u8, number as u8 & 127];
        let bytes = self.body.as_bytes();
        let mut at = 0;
        // Values between are stepped over by their length alone; text is only looked at where it is taken.
        loop {
            let [high, low] = *bytes.get(at..)?.first_chunk::<2>()?;
            at += 2;
            if [high, low] == wanted {
                return value(self.body.get(at..)?).map(|(node, _)| node);
            }
            if high == INLINE_NAME && low == INLINE_NAME {
                at = skip(bytes, at)?;
            }
            at = skip(bytes, at)?;
        }
    }

    /// The first field whose R4 name fits.
    pub fn find_name(self, fits: impl Fn(Name) -> bool) -> Option<(Name, Node<'a>)> {
        if self.tag != OBJECT {
            return None;
        }
        let bytes = self.body.as_bytes();
        let mut at = 0;
        loop {
            let [high, low] = *bytes.get(at..)?.first_chunk::<2>()?;
            at += 2;
            if high == INLINE_NAME && low == INLINE_NAME {
                at = skip(bytes, at)?;
            } else if let Some(name) = Name::from_number(u16::from(high & 127) << 7 | u16::from(low & 127))
                && fits(name)
            {
                return value(self.body.get(at..)?).map(|(node, _)| (name, node));
            }
            at = skip(bytes, at)?;
        }
    }

    /// The text of a string.
    pub fn as_str(self) -> Option<&'a str> {
        (self.tag == TEXT).then_some(self.body)
    }

    /// The literal of a number, as received.
    pub fn number_text(self) -> Option<&'a str> {
        (self.tag == NUMBER).then_some(self.body)
    }

    /// The text of a string or the literal of a number or boolean: a primitive as FHIR writes it in text.
    pub fn primitive_text(self) -> Option<&'a str> {
        match self.tag {
            TEXT | NUMBER => Some(self.body),
            TRUE => Some("true"),
            FALSE => Some("false"),
            _ => None,
        }
    }

    /// The truth value of a boolean.
    pub fn as_bool(self) -> Option<bool> {
        match self.tag {
            TRUE => Some(true),
            FALSE => Some(false),
            _ => None,
        }
    }

    /// A number written as a whole number that fits.
    pub fn as_i64(self) -> Option<i64> {
        self.number_text()?.parse().ok()
    }

    /// A number, rounded to binary.
    pub fn as_f64(self) -> Option<f64> {
        self.number_text()?.parse().ok()
    }

    /// The items of an array; a single value yields itself; null nothing.
    pub fn items(self) -> Items<'a> {
        match self.tag {
            ARRAY => Items { rest: self.body, single: None },
            NULL => Items { rest: "", single: None },
            _ => Items { rest: "", single: Some(self) },
        }
    }

    /// The fields of an object in the order received; none for another value.
    pub fn fields(self) -> Fields<'a> {
        Fields { raw: self.raw_fields() }
    }

    /// The items of a field: nothing where the field is absent.
    pub fn list(self, key: &str) -> Items<'a> {
        self.get(key).map_or(Items { rest: "", single: None }, Node::items)
    }

    /// The text of a field.
    pub fn str(self, key: &str) -> Option<&'a str> {
        self.get(key)?.as_str()
    }

    /// Follows a path such as `name.0.family`; a field step on an array takes its first item.
    pub fn at(self, path: &str) -> Option<Node<'a>> {
        path.split('.').try_fold(self, |node, step| match node.tag {
            ARRAY => match step.parse::<usize>() {
                Ok(index) => node.items().nth(index),
                Err(_) => node.items().next()?.get(step),
            },
            _ => node.get(step),
        })
    }

    /// The text at a path.
    pub fn str_at(self, path: &str) -> Option<&'a str> {
        self.at(path)?.as_str()
    }

    /// The `resourceType` of a resource.
    pub fn resource_type(self) -> Option<&'a str> {
        const RESOURCE_TYPE: Name = Name::of("resourceType");
        self.get_name(RESOURCE_TYPE)?.as_str()
    }

    /// The owned tree, equal to the one that was packed.
    pub fn to_json(self) -> Json {
        // Packed trees are made from trees of bounded depth; damaged bytes cannot nest deeper than their length, so the
        // limit only guards against bytes that nobody packed.
        self.to_json_within(crate::json::MAX_DEPTH + 1)
    }

    fn to_json_within(self, depth: usize) -> Json {
        let Some(depth) = depth.checked_sub(1) else { return Json::Null };
        match self.kind() {
            Kind::Null => Json::Null,
            Kind::Bool => Json::Bool(self.tag == TRUE),
            Kind::Number => Json::Number(self.body.into()),
            Kind::String => Json::String(self.body.into()),
            Kind::Array => Json::Array(self.items().map(|item| item.to_json_within(depth)).collect()),
            Kind::Object => {
                Json::Object(self.raw_fields().map(|(name, node)| (name.key(), node.to_json_within(depth))).collect())
            }
        }
    }

    /// Appends the minified JSON text, without building a tree.
    pub fn write_json(self, out: &mut Vec<u8>) {
        self.write_within(out, crate::json::MAX_DEPTH + 1);
    }

    fn write_within(self, out: &mut Vec<u8>, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return out.extend_from_slice(b"null") };
        match self.kind() {
            Kind::String => crate::json::write_text(self.body, out),
            Kind::Array => {
                out.push(b'[');
                for (i, item) in self.items().enumerate() {
                    if i > 0 {
                        out.push(b',');
                    }
                    item.write_within(out, depth);
                }
                out.push(b']');
            }
            Kind::Object => {
                out.push(b'{');
                for (i, (name, node)) in self.fields().enumerate() {
                    if i > 0 {
                        out.push(b',');
                    }
                    crate::json::write_text(name, out);
                    out.push(b':');
                    node.write_within(out, depth);
                }
                out.push(b'}');
            }
            _ => out.extend_from_slice(self.primitive_text().unwrap_or("null").as_bytes()),
        }
    }

    /// Whether this is a list.
    pub fn is_array(self) -> bool {
        self.tag == ARRAY
    }

    /// Where the value's content stands in memory: the content of what lies inside stands within it.
    pub fn span(self) -> std::ops::Range<usize> {
        let start = self.body.as_ptr() as usize;
        start..start + self.body.len()
    }

    /// Where the value stands in its packed bytes: no two values of one tree share it, as each has a tag before it.
    pub(crate) fn address(self) -> usize {
        self.body.as_ptr() as usize
    }

    fn raw_fields(self) -> RawFields<'a> {
        RawFields { rest: if self.tag == OBJECT { self.body } else { "" } }
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&self.to_json(), f)
    }
}

/// The items of an array.
#[derive(Clone)]
pub struct Items<'a> {
    rest: &'a str,
    single: Option<Node<'a>>,
}

impl<'a> Iterator for Items<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        if let Some(node) = self.single.take() {
            return Some(node);
        }
        let (node, rest) = value(self.rest)?;
        self.rest = rest;
        Some(node)
    }
}

/// The fields of an object.
#[derive(Clone)]
pub struct Fields<'a> {
    raw: RawFields<'a>,
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a str, Node<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, node) = self.raw.next()?;
        let text = match name {
            RawName::Number(number) => Name::from_number(number).map_or("", Name::as_str),
            RawName::Inline(text) => text,
        };
        Some((text, node))
    }
}

#[derive(Clone, Copy, PartialEq)]
enum RawName<'a> {
    Number(u16),
    Inline(&'a str),
}

impl RawName<'_> {
    fn key(self) -> Key {
        match self {
            RawName::Number(number) => Name::from_number(number).map_or(Key::Other("".into()), Key::Known),
            RawName::Inline(text) => Key::Other(text.into()),
        }
    }
}

#[derive(Clone)]
struct RawFields<'a> {
    rest: &'a str,
}

impl<'a> Iterator for RawFields<'a> {
    type Item = (RawName<'a>, Node<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let [high, low, ..] = *self.rest.as_bytes() else { return None };
        let mut rest = self.rest.get(2..)?;
        let name = if high == INLINE_NAME && low == INLINE_NAME {
            let (text, after) = value(rest)?;
            rest = after;
            RawName::Inline(text.as_str()?)
        } else {
            RawName::Number(u16::from(high & 127) << 7 | u16::from(low & 127))
        };
        let (node, rest) = value(rest)?;
        self.rest = rest;
        Some((name, node))
    }
}

/// The value at the start of `text` and what follows it; nothing when the bytes do not hold a whole value.
#[inline]
pub(super) fn value(text: &str) -> Option<(Node<'_>, &str)> {
    let bytes = text.as_bytes();
    let tag = *bytes.first()?;
    let (tag, start, length) = match tag {
        SHORT_TEXT..=127 => (TEXT, 1, usize::from(tag - SHORT_TEXT)),
        NULL | FALSE | TRUE => (tag, 1, 0),
        NUMBER => (NUMBER, 2, length_of(bytes, 1)?),
        TEXT | ARRAY | OBJECT => (tag, 3, length_of(bytes, 2)?),
        NUMBER_WIDE => (NUMBER, 6, length_of(bytes, 5)?),
        TEXT_WIDE => (TEXT, 6, length_of(bytes, 5)?),
        ARRAY_WIDE => (ARRAY, 6, length_of(bytes, 5)?),
        OBJECT_WIDE => (OBJECT, 6, length_of(bytes, 5)?),
        _ => return None,
    };
    let end = start + length;
    let (head, rest) = text.split_at_checked(end)?;
    Some((Node { tag, body: head.get(start..)? }, rest))
}

/// Where the value that starts at `at` ends.
#[inline]
fn skip(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let (start, length) = match *rest.first()? {
        tag @ SHORT_TEXT..=127 => (1, usize::from(tag - SHORT_TEXT)),
        NULL | FALSE | TRUE => (1, 0),
        NUMBER => (2, length_of(rest, 1)?),
        TEXT | ARRAY | OBJECT => (3, length_of(rest, 2)?),
        NUMBER_WIDE | TEXT_WIDE | ARRAY_WIDE | OBJECT_WIDE => (6, length_of(rest, 5)?),
        _ => return None,
    };
    Some(at + start + length)
}

#[inline]
fn length_of(bytes: &[u8], width: usize) -> Option<usize> {
    bytes.get(1..=width).map(|digits| digits.iter().fold(0, |n, d| n << 7 | usize::from(d & 127)))
}

#[cfg(test)]
mod tests {
    use crate::json::Json;
    use crate::packed::{VERSION, pack, root};

    fn round_trip(text: &str) {
        let json = Json::parse(text.as_bytes()).unwrap();
        let bytes = pack(&json);
        let node = root(&bytes).unwrap();
        assert_eq!(node.to_json(), json);
        let mut out = Vec::new();
        node.write_json(&mut out);
        assert_eq!(out, json.to_bytes());
    }

    #[test]
    fn trees_come_back_equal() {
        round_trip(r#"{"resourceType":"Patient","x-own":[1.00,null,true,{"":"é"}],"name":[{"family":"Ó"}]}"#);
        round_trip(&format!(r#"{{"div":"{}","note":[{{"text":"{}"}}]}}"#, "x".repeat(20_000), "y".repeat(200)));
        round_trip(&format!("[{}1]", "1,".repeat(20_000)));
        round_trip(&"1".repeat(300));
        round_trip("[]");
        round_trip("{}");
        round_trip("null");
    }

    #[test]
    fn reading_by_name_and_path() {
        let json = Json::parse(br#"{"status":"final","own":{"a":1},"name":[{"given":["A","B"]}]}"#).unwrap();
        let bytes = pack(&json);
        let node = root(&bytes).unwrap();
        assert_eq!(node.str("status"), Some("final"));
        assert_eq!(node.at("own.a").and_then(super::Node::as_i64), Some(1));
        assert_eq!(node.str_at("name.0.given.1"), Some("B"));
        assert_eq!(node.str_at("name.given"), None);
        assert_eq!(node.str_at("name.given.0"), Some("A"));
        assert_eq!(node.get("status").map(|n| n.items().count()), Some(1));
        assert_eq!(node.list("missing").count(), 0);
    }

    #[test]
    fn damaged_bytes_never_panic() {
        let json =
            Json::parse(br#"{"status":"final","own":{"a":[1,2,{"b":"text"}]},"name":[{"given":["A"]}]}"#).unwrap();
        let bytes = pack(&json);
        for at in 1..bytes.len() {
            for with in [0, 3, 5, 7, 9, 33, 126, 127, 255] {
                let mut bad = bytes.clone();
                bad[at] = with;
                if let Ok(node) = root(&bad) {
                    let _ = node.to_json();
                    let _ = node.at("own.a.2.b");
                }
            }
            if let Ok(node) = root(&bytes[..at]) {
                let _ = node.to_json();
            }
        }
        assert!(root(&[VERSION + 1, 0]).is_err());
        assert!(root(&[]).is_err());
    }
}
