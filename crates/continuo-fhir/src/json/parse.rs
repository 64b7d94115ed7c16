//! Reads JSON text strictly: RFC 8259 plus FHIR's rules on duplicate keys and text.

use super::{Json, Key};
use crate::name::Name;

/// Deepest nesting taken; official examples stay under 20.
pub const MAX_DEPTH: usize = 128;

/// Why a text is no JSON that can be taken, and where.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message} at line {line}, column {column} (byte {offset}), in {path}")]
pub struct ParseError {
    /// Bytes before the fault.
    pub offset: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column in bytes, from 1.
    pub column: usize,
    /// The element being read, such as `Patient.name[0].given[1]`; `$` for the root.
    pub path: String,
    /// What is wrong.
    pub message: String,
}

pub(super) fn parse(bytes: &[u8]) -> Result<Json, ParseError> {
    document(bytes, Reader::value)
}

/// Reads a whole text, its one value by `read`.
pub(super) fn document<'a>(
    bytes: &'a [u8],
    read: impl FnOnce(&mut Reader<'a>) -> Outcome<Json>,
) -> Result<Json, ParseError> {
    let skip = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let fault = Fault { offset: e.valid_up_to(), message: "text is not valid UTF-8".into(), path: Vec::new() };
        fault.finish(bytes)
    })?;
    let mut reader = Reader { bytes, text, at: skip, depth: 0 };
    reader.document(read).map_err(|fault| fault.finish(bytes))
}

pub(super) fn is_number(bytes: &[u8]) -> bool {
    number_end(bytes, 0).is_ok_and(|end| end == bytes.len())
}

/// A fault on its way up, boxed so that results of the readers stay small; each level adds its step to the path, so that reading pays nothing for paths.
pub(super) struct Fault {
    offset: usize,
    message: String,
    path: Vec<String>,
}

#[expect(clippy::unnecessary_box_returns, reason = "results of the readers stay small")]
impl Fault {
    fn inside(mut self: Box<Self>, step: impl FnOnce() -> String) -> Box<Self> {
        self.path.push(step());
        self
    }

    fn finish(self, bytes: &[u8]) -> ParseError {
        let before = bytes.get(..self.offset).unwrap_or(bytes);
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        let column = before.len() - memchr::memrchr(b'\n', before).map_or(0, |p| p + 1) + 1;
        let mut path = String::from("$");
        for step in self.path.iter().rev() {
            path.push_str(step);
        }
        ParseError { offset: self.offset, line, column, path, message: self.message }
    }
}

pub(super) type Outcome<T> = Result<T, Box<Fault>>;

pub(super) struct Reader<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) depth: usize,
}

#[expect(clippy::unnecessary_box_returns, reason = "results of the readers stay small")]
impl<'a> Reader<'a> {
    fn document(&mut self, read: impl FnOnce(&mut Self) -> Outcome<Json>) -> Result<Json, Fault> {
        self.skip_space();
        let value = read(self).map_err(|f| *f)?;
        self.skip_space();
        if self.at < self.bytes.len() {
            return Err(*self.fault("text after the end of the value"));
        }
        Ok(value)
    }

    fn fault(&self, message: impl Into<String>) -> Box<Fault> {
        Self::fault_at(self.at, message)
    }

    fn fault_at(offset: usize, message: impl Into<String>) -> Box<Fault> {
        Box::new(Fault { offset, message: message.into(), path: Vec::new() })
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    pub(super) fn value(&mut self) -> Outcome<Json> {
        match self.peek() {
            Some(b'"') => Ok(Json::String(self.string()?)),
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => Err(self.fault("expected a value")),
            None => Err(self.fault("text ends where a value is expected")),
        }
    }

    pub(super) fn nested(&mut self, read: impl FnOnce(&mut Self) -> Outcome<Json>) -> Outcome<Json> {
        if self.depth >= MAX_DEPTH {
            return Err(self.fault(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Outcome<Json> {
        self.object_by(|reader, _| reader.value())
    }

    /// An object whose values are read by `read`, which is told their keys.
    pub(super) fn object_by(&mut self, mut read: impl FnMut(&mut Self, &Key) -> Outcome<Json>) -> Outcome<Json> {
        let mut fields: Vec<(Key, Json)> = Vec::new();
        // Above this many fields a set guards against quadratic time on hostile input.
        let mut seen: Option<std::collections::BTreeSet<Box<str>>> = None;
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Json::Object(fields));
        }
        loop {
            self.skip_space();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.fault("expected a field name in double quotes"));
            }
            let key = self.key()?;
            let known = match &mut seen {
                Some(set) => !set.insert(key.as_str().into()),
                None => fields.iter().any(|(k, _)| *k == key),
            };
            if known {
                let message = format!("field \"{}\" stands twice in one object", clip(key.as_str()));
                return Err(Self::fault_at(start, message));
            }
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.fault("expected `:` after the field name"));
            }
            self.at += 1;
            self.skip_space();
            let value = match read(self, &key) {
                Ok(value) => value,
                Err(fault) => return Err(fault.inside(|| format!(".{}", clip(key.as_str())))),
            };
            fields.push((key, value));
            if fields.len() == 64 {
                seen = Some(fields.iter().map(|(k, _)| k.as_str().into()).collect());
            }
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Json::Object(fields));
                }
                Some(_) => return Err(self.fault("expected `,` or `}`")),
                None => return Err(self.fault("text ends inside an object")),
            }
        }
    }

    fn array(&mut self) -> Outcome<Json> {
        self.array_by(|reader, _| reader.value())
    }

    /// An array whose items are read by `read`, which is told their places.
    pub(super) fn array_by(&mut self, mut read: impl FnMut(&mut Self, usize) -> Outcome<Json>) -> Outcome<Json> {
        // Most lists in FHIR have one item.
        let mut items = Vec::with_capacity(1);
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Json::Array(items));
        }
        loop {
            self.skip_space();
            match read(self, items.len()) {
                Ok(value) => items.push(value),
                Err(fault) => return Err(fault.inside(|| format!("[{}]", items.len()))),
            }
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Json::Array(items));
                }
                Some(_) => return Err(self.fault("expected `,` or `]`")),
                None => return Err(self.fault("text ends inside an array")),
            }
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Outcome<Json> {
        if self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
            self.at += word.len();
            return Ok(value);
        }
        Err(self.fault("expected a value"))
    }

    fn number(&mut self) -> Outcome<Json> {
        let start = self.at;
        let end = number_end(self.bytes, start).map_err(|(at, message)| Self::fault_at(at, message))?;
        self.at = end;
        Ok(Json::Number(self.slice(start, end).into()))
    }

    fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    fn key(&mut self) -> Outcome<Key> {
        let start = self.at + 1;
        let plain = plain_end(self.bytes, start);
        if self.bytes.get(plain) == Some(&b'"') {
            self.at = plain + 1;
            let raw = self.bytes.get(start..plain).unwrap_or_default();
            return Ok(match Name::find_bytes(raw) {
                Some(name) => Key::Known(name),
                None => Key::Other(self.slice(start, plain).into()),
            });
        }
        Ok(Key::from(&*self.string()?))
    }

    fn string(&mut self) -> Outcome<Box<str>> {
        let start = self.at + 1;
        let mut at = plain_end(self.bytes, start);
        if self.bytes.get(at) == Some(&b'"') {
            self.at = at + 1;
            return Ok(self.slice(start, at).into());
        }
        let mut out = String::from(self.slice(start, at));
        loop {
            match self.bytes.get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    return Ok(out.into());
                }
                Some(b'\\') => at = self.escape(at, &mut out)?,
                Some(_) => return Err(Self::fault_at(at, "control character in text must be escaped")),
                None => return Err(Self::fault_at(at, "text ends inside a string")),
            }
            let end = plain_end(self.bytes, at);
            out.push_str(self.slice(at, end));
            at = end;
        }
    }

    fn escape(&self, at: usize, out: &mut String) -> Outcome<usize> {
        let plain = match self.bytes.get(at + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(at, out),
            _ => return Err(Self::fault_at(at, "unknown escape in text")),
        };
        out.push(plain);
        Ok(at + 2)
    }

    fn unicode(&self, at: usize, out: &mut String) -> Outcome<usize> {
        let lone = || Self::fault_at(at, "half of a surrogate pair in text");
        let first = self.hex4(at)?;
        let (code, end) = match first {
            0xD800..=0xDBFF => {
                if self.bytes.get(at + 6..at + 8) != Some(b"\\u") {
                    return Err(lone());
                }
                let second = self.hex4(at + 6)?;
                if !(0xDC00..=0xDFFF).contains(&second) {
                    return Err(lone());
                }
                (0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), at + 12)
            }
            _ => (first, at + 6),
        };
        out.push(char::from_u32(code).ok_or_else(lone)?);
        Ok(end)
    }

    fn hex4(&self, at: usize) -> Outcome<u32> {
        let digits = self.bytes.get(at + 2..at + 6).unwrap_or_default();
        if digits.len() != 4 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(Self::fault_at(at, "`\\u` needs four hexadecimal digits"));
        }
        Ok(digits.iter().fold(0, |n, d| n * 16 + (*d as char).to_digit(16).unwrap_or(0)))
    }
}

/// The text whose opening quote stands at `at`, and where it ends; nothing when it is faulty.
pub(crate) fn string_at(text: &str, at: usize) -> Option<(Box<str>, usize)> {
    let mut reader = Reader { bytes: text.as_bytes(), text, at, depth: 0 };
    let decoded = reader.string().ok()?;
    Some((decoded, reader.at))
}

/// First byte from `at` that ends plain text: a quote, a backslash, a control character, or the end.
#[inline]
pub(crate) fn plain_end(bytes: &[u8], at: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let rest = bytes.get(at..).unwrap_or_default();
    let (words, tail) = rest.as_chunks::<8>();
    let mut end = at;
    for word in words {
        let word = u64::from_le_bytes(*word);
        // The top bit of each byte that is zero after the subtraction borrows; the lowest one set is the first.
        let zero = |x: u64| x.wrapping_sub(ONES) & !x;
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let found = (zero(word ^ (ONES * u64::from(b'"'))) | zero(word ^ (ONES * u64::from(b'\\'))) | control) & TOPS;
        if found != 0 {
            return end + (found.trailing_zeros() / 8) as usize;
        }
        end += 8;
    }
    let ends = |b: &u8| *b == b'"' || *b == b'\\' || *b < 0x20;
    end + tail.iter().position(ends).unwrap_or(tail.len())
}

pub(crate) fn number_end(bytes: &[u8], start: usize) -> Result<usize, (usize, &'static str)> {
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let mut at = start + usize::from(bytes.get(start) == Some(&b'-'));
    let whole = digits(at);
    if whole == at {
        return Err((at, "expected a digit"));
    }
    if whole > at + 1 && bytes.get(at) == Some(&b'0') {
        return Err((at, "a number must not start with 0"));
    }
    at = whole;
    if bytes.get(at) == Some(&b'.') {
        let end = digits(at + 1);
        if end == at + 1 {
            return Err((end, "expected a digit after the decimal point"));
        }
        at = end;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let end = digits(at);
        if end == at {
            return Err((end, "expected a digit in the exponent"));
        }
        at = end;
    }
    Ok(at)
}

fn clip(text: &str) -> String {
    text.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &[u8]) -> ParseError {
        parse(text).expect_err("must be refused")
    }

    #[test]
    fn literals_and_order_survive() {
        let text = r#"{"z":1.00,"a":[-0,1e-7,1E+2,"\"é\\\n"],"b":null,"c":true,"":{}}"#;
        assert_eq!(parse(text.as_bytes()).unwrap().to_string(), text);
    }

    #[test]
    fn escapes_are_decoded() {
        let json = parse(br#""\u00e9\ud83d\ude00\/\t""#).unwrap();
        assert_eq!(json.as_str(), Some("\u{e9}\u{1f600}/\t"));
    }

    #[test]
    fn refusals_name_the_place() {
        let dup = fault(br#"{"name":[{"family":"A","family":"B"}]}"#);
        assert_eq!((dup.path.as_str(), dup.offset), ("$.name[0]", 23));
        assert!(dup.message.contains("family"), "{dup}");
        let line = fault(b"{\n  \"a\": tru\n}");
        assert_eq!((line.line, line.column, line.path.as_str()), (2, 8, "$.a"));
    }

    #[test]
    fn hostile_text_is_refused() {
        for bad in [
            &br#""\ud800""#[..],
            br#""\udc00\ud800""#,
            br#""\ud800\u0041""#,
            b"\"a\nb\"",
            b"\"\xff\"",
            b"{} x",
            b"",
            b"  ",
            b"01",
            b"1.",
            b".5",
            b"+1",
            b"1e",
            b"NaN",
            b"[1,]",
            b"{\"a\":1,}",
            b"{a:1}",
            b"'a'",
            b"\"\\x\"",
            b"\"\\u12g4\"",
            b"\"",
            b"[",
            b"nul",
        ] {
            parse(bad).expect_err(&String::from_utf8_lossy(bad));
        }
    }

    #[test]
    fn depth_is_bounded() {
        let ok = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        assert!(parse(ok.as_bytes()).is_ok());
        let deep = "[".repeat(10_000);
        assert_eq!(fault(deep.as_bytes()).offset, MAX_DEPTH);
    }

    #[test]
    fn many_fields_are_still_checked_for_duplicates() {
        let fields: Vec<String> = (0..100).map(|i| format!("\"k{i}\":1")).collect();
        assert!(parse(format!("{{{}}}", fields.join(",")).as_bytes()).is_ok());
        let twice = format!("{{{},\"k99\":2}}", fields.join(","));
        assert!(fault(twice.as_bytes()).message.contains("k99"));
    }
}
