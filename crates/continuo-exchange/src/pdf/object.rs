//! Values of a PDF (section 7.3) and the reader of them, which also reads the operators of a page.

use std::collections::BTreeMap;

/// Nesting that is read.
const DEEPEST: usize = 48;
/// Values that one object may hold.
const MOST: usize = 400_000;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Object {
    Null,
    Bool,
    Number(f64),
    Name(String),
    Bytes(Vec<u8>),
    Array(Vec<Object>),
    Dict(Dict),
    Ref(u32),
    /// An operator of a page, or a word that is no value.
    Word(Vec<u8>),
}

/// A dictionary.
pub(super) type Dict = BTreeMap<String, Object>;

impl Object {
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Object::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Object::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(super) fn count(&self) -> Option<usize> {
        self.number().filter(|number| (0.0..=1e12).contains(number)).map(|number| number as usize)
    }
}

/// Reads values from bytes.
pub(super) struct Lexer<'b> {
    bytes: &'b [u8],
    /// Where it stands.
    pub(super) at: usize,
    left: usize,
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_mark(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

impl<'b> Lexer<'b> {
    pub(super) fn new(bytes: &'b [u8], at: usize) -> Lexer<'b> {
        Lexer { bytes, at, left: MOST }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn skip(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'%' => {
                    while self.peek().is_some_and(|byte| byte != b'\n' && byte != b'\r') {
                        self.at += 1;
                    }
                }
                byte if is_space(byte) => self.at += 1,
                _ => return,
            }
        }
    }

    /// Whether these letters stand here; goes behind them.
    pub(super) fn takes(&mut self, word: &[u8]) -> bool {
        let found = self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(word));
        if found {
            self.at += word.len();
        }
        found
    }

    /// The next value. Nothing at the end, and where more is nested or listed than is read.
    pub(super) fn value(&mut self) -> Option<Object> {
        self.left = MOST;
        self.nested(0)
    }

    fn nested(&mut self, depth: usize) -> Option<Object> {
        self.left = self.left.checked_sub(1)?;
        self.skip();
        match self.peek()? {
            b'/' => {
                self.at += 1;
                Some(Object::Name(self.name()))
            }
            b'(' => Some(Object::Bytes(self.literal())),
            b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => {
                self.at += 2;
                self.dict(depth)
            }
            b'<' => Some(Object::Bytes(self.hex())),
            b'[' => {
                self.at += 1;
                self.array(depth)
            }
            b'+' | b'-' | b'.' | b'0'..=b'9' => Some(self.number()),
            byte if is_mark(byte) => {
                self.at += 1;
                Some(Object::Word(vec![byte]))
            }
            _ => {
                let from = self.at;
                while self.peek().is_some_and(|byte| !is_space(byte) && !is_mark(byte)) {
                    self.at += 1;
                }
                Some(match self.bytes.get(from..self.at).unwrap_or_default() {
                    b"null" => Object::Null,
                    b"true" | b"false" => Object::Bool,
                    word => Object::Word(word.get(..word.len().min(16)).unwrap_or_default().to_vec()),
                })
            }
        }
    }

    fn dict(&mut self, depth: usize) -> Option<Object> {
        if depth >= DEEPEST {
            return None;
        }
        let mut dict = Dict::new();
        loop {
            self.skip();
            if self.takes(b">>") {
                return Some(Object::Dict(dict));
            }
            match self.nested(depth + 1)? {
                Object::Name(name) => {
                    self.skip();
                    if self.takes(b">>") {
                        return Some(Object::Dict(dict));
                    }
                    let value = self.reference(depth)?;
                    dict.insert(name, value);
                }
                // A damaged dictionary ends where an object ends.
                Object::Word(word) if matches!(word.as_slice(), b"endobj" | b"stream") => {
                    return Some(Object::Dict(dict));
                }
                _ => {}
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<Object> {
        if depth >= DEEPEST {
            return None;
        }
        let mut list = Vec::new();
        loop {
            self.skip();
            if self.takes(b"]") {
                return Some(Object::Array(list));
            }
            match self.reference(depth)? {
                Object::Word(word) if matches!(word.as_slice(), b"endobj" | b"stream") => {
                    return Some(Object::Array(list));
                }
                value => list.push(value),
            }
        }
    }

    /// A value, or `12 0 R`.
    fn reference(&mut self, depth: usize) -> Option<Object> {
        let value = self.nested(depth + 1)?;
        let Some(number) = value.number().filter(|n| n.fract() == 0.0 && (0.0..4e9).contains(n)) else {
            return Some(value);
        };
        let back = self.at;
        self.skip();
        let from = self.at;
        while self.at < from + 6 && self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at > from {
            self.skip();
            let after = self.bytes.get(self.at + 1).copied();
            if self.peek() == Some(b'R') && after.is_none_or(|byte| is_space(byte) || is_mark(byte)) {
                self.at += 1;
                return Some(Object::Ref(number as u32));
            }
        }
        self.at = back;
        Some(value)
    }

    fn number(&mut self) -> Object {
        let from = self.at;
        self.at += 1;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-') {
            self.at += 1;
        }
        let text = self.bytes.get(from..self.at.min(from + 32)).unwrap_or_default();
        let text = std::str::from_utf8(text).unwrap_or("");
        // Writers exist that put a sign inside: what stands before it counts.
        let end = text.char_indices().skip(1).find(|(_, c)| *c == '-').map_or(text.len(), |(at, _)| at);
        Object::Number(text.get(..end).unwrap_or("").parse().unwrap_or(0.0))
    }

    fn name(&mut self) -> String {
        let mut name = Vec::new();
        while let Some(byte) = self.peek().filter(|byte| !is_space(*byte) && !is_mark(*byte)) {
            self.at += 1;
            let pair = (self.bytes.get(self.at), self.bytes.get(self.at + 1));
            match (byte, pair) {
                (b'#', (Some(high), Some(low))) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    name.push(nibble(*high) << 4 | nibble(*low));
                    self.at += 2;
                }
                _ => name.push(byte),
            }
        }
        name.truncate(256);
        String::from_utf8_lossy(&name).into_owned()
    }

    fn literal(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut open = 0usize;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => {
                    open += 1;
                    if open > 1 {
                        out.push(byte);
                    }
                }
                b')' => {
                    open -= 1;
                    if open == 0 {
                        break;
                    }
                    out.push(byte);
                }
                b'\\' => self.escape(&mut out),
                byte => out.push(byte),
            }
        }
        out
    }

    fn escape(&mut self, out: &mut Vec<u8>) {
        let Some(byte) = self.peek() else { return };
        self.at += 1;
        match byte {
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'b' | b'f' => {}
            b'\r' => {
                self.takes(b"\n");
            }
            b'\n' => {}
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    match self.peek() {
                        Some(digit @ b'0'..=b'7') => code = code * 8 + u32::from(digit - b'0'),
                        _ => break,
                    }
                    self.at += 1;
                }
                out.push((code & 0xff) as u8);
            }
            other => out.push(other),
        }
    }

    fn hex(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut out = Vec::new();
        let mut high = None;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match (byte, high) {
                (b'>', _) => break,
                (byte, None) if byte.is_ascii_hexdigit() => high = Some(nibble(byte)),
                (byte, Some(first)) if byte.is_ascii_hexdigit() => {
                    out.push(first << 4 | nibble(byte));
                    high = None;
                }
                _ => {}
            }
        }
        out.extend(high.map(|first| first << 4));
        out
    }
}

/// The value of a hexadecimal digit; 0 for what is none.
pub(super) fn nibble(byte: u8) -> u8 {
    (byte as char).to_digit(16).unwrap_or(0) as u8
}
