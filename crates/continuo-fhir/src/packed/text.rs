//! Packs JSON text in one pass, without the owned tree between: what a measure over a population does most.
//!
//! Takes exactly what [`Json::parse`] takes and gives exactly what [`super::pack`] makes of it. Anything unusual (faults,
//! objects of very many fields, escaped keys) is left to those two, so that there is one place that words a fault.

use super::build::{contained, write_literal, write_text};
use super::{ARRAY, ARRAY_WIDE, FALSE, INLINE_NAME, NULL, OBJECT, OBJECT_WIDE, TRUE, VERSION, pack_into};
use crate::json::{Json, MAX_DEPTH, ParseError, number_end, plain_end, string_at};
use crate::name::Name;

/// The packed form of a JSON text.
pub fn pack_text(bytes: &[u8]) -> Result<Vec<u8>, ParseError> {
    // Packed trees take about four fifths of their text.
    let mut out = Vec::with_capacity(bytes.len());
    pack_text_into(bytes, &mut out)?;
    Ok(out)
}

/// Appends the packed form of a JSON text, version byte included; after a fault `out` is as before.
pub fn pack_text_into(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), ParseError> {
    let start = out.len();
    if let Ok(text) = std::str::from_utf8(bytes) {
        out.push(VERSION);
        let skip = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let mut packer = Packer { bytes, text, at: skip, depth: 0, known: Vec::new(), others: Vec::new() };
        if packer.document(out).is_some() {
            return Ok(());
        }
        out.truncate(start);
    }
    pack_into(&Json::parse(bytes)?, out);
    Ok(())
}

/// Appends the packed form, version byte included, of the value that stands at `at`, `depth` levels deep, and says where
/// it ends; nothing, and `out` as before, where it is faulty or unusual.
pub(crate) fn pack_value_at(text: &str, at: usize, depth: usize, out: &mut Vec<u8>) -> Option<usize> {
    let start = out.len();
    out.push(VERSION);
    let mut packer = Packer { bytes: text.as_bytes(), text, at, depth, known: Vec::new(), others: Vec::new() };
    if packer.value(out).is_none() {
        out.truncate(start);
        return None;
    }
    Some(packer.at)
}

/// Objects of more fields are left to the tree, which guards against quadratic time.
const MANY: usize = 64;

struct Packer<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    depth: usize,
    /// Names of the fields of the objects being read, innermost last.
    known: Vec<u16>,
    /// Other keys of those objects.
    others: Vec<&'a str>,
}

impl Packer<'_> {
    fn document(&mut self, out: &mut Vec<u8>) -> Option<()> {
        self.skip_space();
        self.value(out)?;
        self.skip_space();
        (self.at == self.bytes.len()).then_some(())
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, out: &mut Vec<u8>) -> Option<()> {
        match self.peek()? {
            b'"' => self.string(out),
            b'{' => self.nested(OBJECT, OBJECT_WIDE, out, Self::object),
            b'[' => self.nested(ARRAY, ARRAY_WIDE, out, Self::array),
            b't' => self.word(b"true", TRUE, out),
            b'f' => self.word(b"false", FALSE, out),
            b'n' => self.word(b"null", NULL, out),
            b'-' | b'0'..=b'9' => {
                let end = number_end(self.bytes, self.at).ok()?;
                write_literal(self.text.get(self.at..end)?, out);
                self.at = end;
                Some(())
            }
            _ => None,
        }
    }

    fn word(&mut self, word: &[u8], tag: u8, out: &mut Vec<u8>) -> Option<()> {
        if !self.bytes.get(self.at..)?.starts_with(word) {
            return None;
        }
        self.at += word.len();
        out.push(tag);
        Some(())
    }

    fn string(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let start = self.at + 1;
        let end = plain_end(self.bytes, start);
        if self.bytes.get(end) == Some(&b'"') {
            write_text(self.text.get(start..end)?, out);
            self.at = end + 1;
            return Some(());
        }
        let (text, after) = string_at(self.text, self.at)?;
        write_text(&text, out);
        self.at = after;
        Some(())
    }

    fn nested(
        &mut self,
        tag: u8,
        wide: u8,
        out: &mut Vec<u8>,
        read: fn(&mut Self, &mut Vec<u8>) -> Option<()>,
    ) -> Option<()> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        self.at += 1;
        let mut whole = None;
        contained(tag, wide, out, |out| whole = read(self, out));
        self.depth -= 1;
        whole
    }

    fn array(&mut self, out: &mut Vec<u8>) -> Option<()> {
        self.skip_space();
        if self.peek()? == b']' {
            self.at += 1;
            return Some(());
        }
        loop {
            self.skip_space();
            self.value(out)?;
            self.skip_space();
            match self.peek()? {
                b',' => self.at += 1,
                b']' => {
                    self.at += 1;
                    return Some(());
                }
                _ => return None,
            }
        }
    }

    fn object(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let (known, others) = (self.known.len(), self.others.len());
        self.skip_space();
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            self.skip_space();
            self.key(known, others, out)?;
            self.skip_space();
            if self.peek()? != b':' {
                return None;
            }
            self.at += 1;
            self.skip_space();
            self.value(out)?;
            self.skip_space();
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    self.known.truncate(known);
                    self.others.truncate(others);
                    return Some(());
                }
                _ => return None,
            }
        }
    }

    /// Reads a key and sees that it is the object's first of that name.
    fn key(&mut self, known: usize, others: usize, out: &mut Vec<u8>) -> Option<()> {
        if self.peek()? != b'"' {
            return None;
        }
        let start = self.at + 1;
        let end = plain_end(self.bytes, start);
        if self.bytes.get(end) != Some(&b'"') {
            return None;
        }
        self.at = end + 1;
        if let Some(name) = Name::find_bytes(self.bytes.get(start..end)?) {
            let number = name.number();
            let before = self.known.get(known..)?;
            if before.len() >= MANY || before.contains(&number) {
                return None;
            }
            self.known.push(number);
            out.extend([(number >> 7) as u8 & 127, number as u8 & 127]);
        } else {
            let key = self.text.get(start..end)?;
            let before = self.others.get(others..)?;
            if before.len() >= MANY || before.contains(&key) {
                return None;
            }
            self.others.push(key);
            out.extend([INLINE_NAME, INLINE_NAME]);
            write_text(key, out);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::pack;

    fn same(text: &[u8]) {
        let slow = Json::parse(text).map(|json| pack(&json));
        assert_eq!(pack_text(text), slow, "{}", String::from_utf8_lossy(text));
    }

    #[test]
    fn what_is_packed_from_text_is_what_is_packed_from_the_tree() {
        for text in [
            r#" {"resourceType":"Patient","x-own":[1.00,null,true,{"":"\u00e9\n"}],"name":[{"family":"Ó"}]} "#,
            "[]",
            "{}",
            "\"\\ud83d\\ude00\"",
            "\u{feff}[-0,1e-7,1E+2,false]",
            r#"{"status":{"status":{"status":"a"}},"own":{"own":1},"active":"b"}"#,
        ] {
            same(text.as_bytes());
        }
        same(format!(r#"{{"div":"{}","note":[{{"text":"{}"}}]}}"#, "x".repeat(20_000), "y".repeat(200)).as_bytes());
        same("1".repeat(300).as_bytes());
        let many: Vec<String> = (0..200).map(|i| format!("\"k{i}\":{i}")).collect();
        same(format!("{{{}}}", many.join(",")).as_bytes());
        same(format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH)).as_bytes());
    }

    #[test]
    fn what_is_refused_is_refused_with_the_same_words() {
        for text in [
            r#"{"name":[{"family":"A","family":"B"}]}"#,
            r#"{"own":1,"own":2}"#,
            r#"{"own":1,"\u006fwn":2}"#,
            "{\"a\":1,}",
            "[1,]",
            "{} x",
            "",
            "\"a\nb\"",
            "\"\\ud800\"",
            "01",
            "nul",
            "{\"a\" 1}",
        ] {
            same(text.as_bytes());
            assert!(pack_text(text.as_bytes()).is_err(), "{text}");
        }
        same(b"\"\xff\"");
        same("[".repeat(10_000).as_bytes());
        let mut out = vec![7];
        assert!(pack_text_into(b"[1", &mut out).is_err());
        assert_eq!(out, [7]);
    }

    #[test]
    fn every_cut_and_every_changed_byte_is_read_alike() {
        let text =
            br#"{"resourceType":"Observation","own":{"a":[1,2.5,{"b":"t\"x\\"}]},"status":null,"name":["\u00e9"]}"#;
        for at in 0..text.len() {
            same(&text[..at]);
            for with in [b'"', b'\\', b'{', b'}', b',', b' ', 0, 0xff] {
                let mut changed = text.to_vec();
                changed[at] = with;
                same(&changed);
            }
        }
    }
}
