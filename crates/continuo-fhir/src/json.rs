//! The owned JSON tree of a resource as received: key order and number literals kept.
//!
//! FHIR forbids what plain JSON parsers let through: duplicate keys, lone surrogates, unbounded depth. They are refused
//! here, with the place, so that no later layer has to ask. [`crate::packed`] is the read form made from this tree.

mod apart;
mod parse;
mod write;

use crate::name::Name;
use std::fmt;
use std::ops::Deref;

pub use apart::{Apart, apart};
pub use parse::{MAX_DEPTH, ParseError};
pub(crate) use parse::{number_end, plain_end, string_at};
pub(crate) use write::write_text;

/// An object's key: a number for R4's own element names, text for all others.
#[derive(Clone, PartialEq, Eq)]
pub enum Key {
    /// An R4 element name.
    Known(Name),
    /// Any other key, as written.
    Other(Box<str>),
}

impl Key {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        match self {
            Key::Known(name) => name.as_str(),
            Key::Other(text) => text,
        }
    }
}

impl Deref for Key {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Key {
        Name::find(text).map_or_else(|| Key::Other(text.into()), Key::Known)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// A JSON value as received.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Json {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number by its literal: `1.00` stays `1.00`.
    Number(Box<str>),
    /// Decoded text.
    String(Box<str>),
    /// Values in order.
    Array(Vec<Json>),
    /// Fields in the order received; keys are unique.
    Object(Vec<(Key, Json)>),
}

impl Json {
    /// Reads one JSON value from UTF-8 bytes (a leading byte order mark is skipped).
    pub fn parse(bytes: &[u8]) -> Result<Json, ParseError> {
        parse::parse(bytes)
    }

    /// Appends the minified text of this value.
    pub fn write(&self, out: &mut Vec<u8>) {
        write::write(self, out);
    }

    /// The minified bytes of this value.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        self.write(&mut out);
        out
    }

    /// Appends the text of this value with two spaces of indent, for people.
    pub fn write_pretty(&self, out: &mut Vec<u8>) {
        write::write_pretty(self, 0, out);
    }

    /// A text value.
    pub fn string(text: impl Into<Box<str>>) -> Json {
        Json::String(text.into())
    }

    /// A whole number.
    pub fn integer(value: i64) -> Json {
        Json::Number(value.to_string().into())
    }

    /// A number by its literal, if the text is one by the rules of JSON.
    pub fn number(literal: &str) -> Option<Json> {
        parse::is_number(literal.as_bytes()).then(|| Json::Number(literal.into()))
    }

    /// An object of the given fields in order; a repeated key keeps its last value.
    pub fn object<'k>(fields: impl IntoIterator<Item = (&'k str, Json)>) -> Json {
        let mut object = Json::Object(Vec::new());
        for (key, value) in fields {
            object.set(key, value);
        }
        object
    }

    /// An array.
    pub fn array(items: impl IntoIterator<Item = Json>) -> Json {
        Json::Array(items.into_iter().collect())
    }

    /// The field of an object.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.fields().iter().find(|(k, _)| k.as_str() == key).map(|(_, v)| v)
    }

    /// The field of an object, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Json> {
        match self {
            Json::Object(fields) => fields.iter_mut().find(|(k, _)| k.as_str() == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// Sets a field, in place where it exists, else at the end. Does nothing on a value that is not an object.
    pub fn set(&mut self, key: &str, value: Json) {
        if let Json::Object(fields) = self {
            match fields.iter_mut().find(|(k, _)| k.as_str() == key) {
                Some((_, old)) => *old = value,
                None => fields.push((Key::from(key), value)),
            }
        }
    }

    /// Takes a field out of an object.
    pub fn remove(&mut self, key: &str) -> Option<Json> {
        match self {
            Json::Object(fields) => {
                let place = fields.iter().position(|(k, _)| k.as_str() == key)?;
                Some(fields.remove(place).1)
            }
            _ => None,
        }
    }

    /// Appends to an array; does nothing on another value.
    pub fn push(&mut self, value: Json) {
        if let Json::Array(items) = self {
            items.push(value);
        }
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value of a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Json::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The literal of a number.
    pub fn number_text(&self) -> Option<&str> {
        match self {
            Json::Number(text) => Some(text),
            _ => None,
        }
    }

    /// A number written as a whole number that fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.number_text()?.parse().ok()
    }

    /// A number, rounded to binary.
    pub fn as_f64(&self) -> Option<f64> {
        self.number_text()?.parse().ok()
    }

    /// The items of an array; a single value is a list of itself; null has none.
    pub fn items(&self) -> &[Json] {
        match self {
            Json::Array(items) => items,
            Json::Null => &[],
            other => std::slice::from_ref(other),
        }
    }

    /// The fields of an object, else none.
    pub fn fields(&self) -> &[(Key, Json)] {
        match self {
            Json::Object(fields) => fields,
            _ => &[],
        }
    }

    /// Follows a path such as `name.0.family`; a field step on an array takes its first item.
    pub fn at(&self, path: &str) -> Option<&Json> {
        path.split('.').try_fold(self, |value, step| match value {
            Json::Array(items) => match step.parse::<usize>() {
                Ok(index) => items.get(index),
                Err(_) => items.first()?.get(step),
            },
            other => other.get(step),
        })
    }

    /// The text at a path.
    pub fn str_at(&self, path: &str) -> Option<&str> {
        self.at(path)?.as_str()
    }

    /// The `resourceType` of a resource.
    pub fn resource_type(&self) -> Option<&str> {
        self.get("resourceType")?.as_str()
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.to_bytes()))
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json::String(text.into())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Json {
        Json::String(text.into())
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Json {
        Json::Bool(value)
    }
}

impl From<i64> for Json {
    fn from(value: i64) -> Json {
        Json::integer(value)
    }
}

impl From<Vec<Json>> for Json {
    fn from(items: Vec<Json>) -> Json {
        Json::Array(items)
    }
}
