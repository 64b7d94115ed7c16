//! The objects of a file by their number.
//!
//! The cross-reference table is not read: the file is walked once and each `12 0 obj` noted, so that damaged and
//! truncated files read as well as sound ones. Of two objects with one number the later stands, as an update means.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::object::{Dict, Lexer, Object};
use super::{Limits, filter};

/// Objects noted.
const MOST: usize = 300_000;
/// References followed from one to the next.
const CHAIN: usize = 16;

/// Where an object stands: in the file, or in an unpacked stream of objects.
#[derive(Clone, Copy)]
enum Place {
    File(usize),
    Packed(usize, usize),
}

/// An opened file.
pub(super) struct File<'b> {
    bytes: &'b [u8],
    places: BTreeMap<u32, Place>,
    packed: Vec<Vec<u8>>,
    /// The catalog as the trailer names it.
    pub(super) root: Option<u32>,
    /// The trailer names an encryption.
    pub(super) encrypted: bool,
    /// What is left of the limits.
    pub(super) left: Limits,
    /// Bytes that looking objects up may still read: one object may be named a million times over.
    lookups: Cell<usize>,
}

/// Bytes that looking objects up may read in all.
const LOOKUPS: usize = 64 << 20;

impl<'b> File<'b> {
    pub(super) fn open(bytes: &'b [u8], limits: Limits) -> File<'b> {
        let mut file = File {
            bytes,
            places: BTreeMap::new(),
            packed: Vec::new(),
            root: None,
            encrypted: false,
            left: limits,
            lookups: Cell::new(LOOKUPS),
        };
        file.walk();
        file
    }

    /// Whether something was left unread because of a limit.
    pub(super) fn spent(&self) -> bool {
        self.left.unpacked == 0
            || self.left.steps == 0
            || self.left.text == 0
            || self.left.pages == 0
            || self.lookups.get() < 1 << 10
    }

    fn walk(&mut self) {
        let bytes = self.bytes;
        let (mut at, mut ends_left) = (0, true);
        let mut streams = Vec::new();
        while at < bytes.len() && self.places.len() < MOST {
            let rest = bytes.get(at..).unwrap_or_default();
            if rest.starts_with(b"trailer") {
                let mut lexer = Lexer::new(bytes, at + 7);
                if let Some(Object::Dict(dict)) = lexer.value() {
                    self.trailer(&dict);
                }
                at = lexer.at.max(at + 7);
                continue;
            }
            if !rest.starts_with(b"obj") {
                at += 1;
                continue;
            }
            let Some(number) = number_before(bytes, at) else {
                at += 3;
                continue;
            };
            let body = at + 3;
            let mut lexer = Lexer::new(bytes, body);
            let value = lexer.value();
            self.places.insert(number, Place::File(body));
            at = lexer.at.max(body);
            let Some(Object::Dict(dict)) = value else { continue };
            lexer.skip();
            if !lexer.takes(b"stream") {
                continue;
            }
            let from = stream_start(bytes, lexer.at);
            let (_, end) = self.stream_span(&dict, from, &mut ends_left);
            at = end;
            match dict.get("Type").and_then(Object::name) {
                Some("ObjStm") => streams.push(number),
                Some("XRef") => self.trailer(&dict),
                _ => {}
            }
        }
        for number in streams {
            self.unpack(number);
        }
    }

    fn trailer(&mut self, dict: &Dict) {
        if let Some(Object::Ref(root)) = dict.get("Root") {
            self.root = Some(*root);
        }
        self.encrypted |= dict.get("Encrypt").is_some_and(|one| *one != Object::Null);
    }

    /// The bytes of a stream: its length where `endstream` stands behind it, else up to the next `endstream`.
    fn stream_span(&self, dict: &Dict, from: usize, ends_left: &mut bool) -> (usize, usize) {
        if let Some(length) = dict.get("Length").and_then(Object::count)
            && let Some(end) = from.checked_add(length).filter(|end| *end <= self.bytes.len())
        {
            let mut lexer = Lexer::new(self.bytes, end);
            lexer.skip();
            if lexer.takes(b"endstream") {
                return (end, lexer.at);
            }
        }
        // Without this mark each of many unended streams would be searched to the end of the file.
        if *ends_left {
            let rest = self.bytes.get(from..).unwrap_or_default();
            if let Some(found) = rest.windows(9).position(|window| window == b"endstream") {
                return (from + found, from + found + 9);
            }
            *ends_left = false;
        }
        (self.bytes.len(), from)
    }

    /// Notes the objects of a stream of objects (section 7.5.7).
    fn unpack(&mut self, number: u32) {
        let Some((dict, bytes)) = self.stream(number) else { return };
        let count = dict.get("N").and_then(Object::count).unwrap_or(0).min(MOST);
        let first = dict.get("First").and_then(Object::count).unwrap_or(0);
        let mut lexer = Lexer::new(&bytes, 0);
        let mut found = Vec::new();
        for _ in 0..count {
            let (Some(Object::Number(id)), Some(Object::Number(offset))) = (lexer.value(), lexer.value()) else {
                break;
            };
            if (0.0..4e9).contains(&id) && (0.0..1e12).contains(&offset) {
                found.push((id as u32, first + offset as usize));
            }
        }
        let index = self.packed.len();
        for (id, offset) in found {
            if self.places.len() < MOST {
                self.places.insert(id, Place::Packed(index, offset));
            }
        }
        self.packed.push(bytes);
    }

    /// An object by its number.
    pub(super) fn object(&self, number: u32) -> Object {
        let (bytes, at) = match self.places.get(&number) {
            Some(Place::File(at)) => (self.bytes, *at),
            Some(Place::Packed(index, at)) => (self.packed.get(*index).map_or(&[][..], Vec::as_slice), *at),
            None => return Object::Null,
        };
        let mut lexer = Lexer::new(bytes, at);
        let value = lexer.value();
        let read = lexer.at.saturating_sub(at).max(1);
        match self.lookups.get().checked_sub(read) {
            Some(left) => self.lookups.set(left),
            None => return Object::Null,
        }
        value.unwrap_or(Object::Null)
    }

    /// What a value stands for.
    pub(super) fn follow(&self, value: &Object) -> Object {
        let mut value = value.clone();
        for _ in 0..CHAIN {
            match value {
                Object::Ref(number) => value = self.object(number),
                other => return other,
            }
        }
        Object::Null
    }

    /// An entry of a dictionary, followed.
    pub(super) fn entry(&self, dict: &Dict, name: &str) -> Object {
        dict.get(name).map_or(Object::Null, |value| self.follow(value))
    }

    /// A dictionary, followed.
    pub(super) fn dict(&self, dict: &Dict, name: &str) -> Dict {
        match self.entry(dict, name) {
            Object::Dict(found) => found,
            _ => Dict::new(),
        }
    }

    /// The dictionary and the unpacked bytes of a stream.
    pub(super) fn stream(&mut self, number: u32) -> Option<(Dict, Vec<u8>)> {
        let Some(Place::File(body)) = self.places.get(&number).copied() else { return None };
        let mut lexer = Lexer::new(self.bytes, body);
        let Some(Object::Dict(mut dict)) = lexer.value() else { return None };
        lexer.skip();
        if !lexer.takes(b"stream") {
            return None;
        }
        let from = stream_start(self.bytes, lexer.at);
        let length = self.entry(&dict, "Length");
        dict.insert("Length".to_owned(), length);
        let (end, _) = self.stream_span(&dict, from, &mut true);
        let raw = self.bytes.get(from..end)?;
        // A stream may be named a million times over: each reading of it costs.
        self.left.steps = self.left.steps.saturating_sub(1 + raw.len() / 256);
        if self.left.steps == 0 {
            return None;
        }
        let unpacked = filter::unpack(self, &dict, raw);
        Some((dict, unpacked))
    }

    /// Numbers of all objects, for a file whose page tree is broken.
    pub(super) fn numbers(&self) -> Vec<u32> {
        self.places.keys().copied().collect()
    }
}

/// The number of `12 0 obj`, read back from `obj`.
fn number_before(bytes: &[u8], obj: usize) -> Option<u32> {
    let mut at = obj;
    let mut back = |wanted: fn(&u8) -> bool, most: usize| {
        let end = at;
        while at > 0 && end - at < most && bytes.get(at - 1).is_some_and(wanted) {
            at -= 1;
        }
        (at, end)
    };
    let (from, to) = back(u8::is_ascii_whitespace, 8);
    if from == to {
        return None;
    }
    let (from, to) = back(u8::is_ascii_digit, 6);
    if from == to {
        return None;
    }
    let (from, to) = back(u8::is_ascii_whitespace, 8);
    if from == to {
        return None;
    }
    let (from, to) = back(u8::is_ascii_digit, 10);
    std::str::from_utf8(bytes.get(from..to)?).ok()?.parse().ok()
}

/// The bytes of a stream begin behind the line end of `stream`.
fn stream_start(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..).unwrap_or_default() {
        [b'\r', b'\n', ..] => at + 2,
        [b'\n' | b'\r', ..] => at + 1,
        _ => at,
    }
}
