//! Packs an owned tree.

use super::{
    ARRAY, ARRAY_WIDE, FALSE, INLINE_NAME, NARROW_LIMIT, NULL, NUMBER, NUMBER_WIDE, OBJECT, OBJECT_WIDE, SHORT_TEXT,
    SHORT_TEXT_LIMIT, TEXT, TEXT_WIDE, TRUE, VERSION,
};
use crate::json::{Json, Key};

/// The packed form of a tree.
pub fn pack(json: &Json) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    pack_into(json, &mut out);
    out
}

/// Appends the packed form of a tree, version byte included.
pub fn pack_into(json: &Json, out: &mut Vec<u8>) {
    out.push(VERSION);
    value(json, out);
}

fn value(json: &Json, out: &mut Vec<u8>) {
    match json {
        Json::Null => out.push(NULL),
        Json::Bool(false) => out.push(FALSE),
        Json::Bool(true) => out.push(TRUE),
        Json::Number(literal) => write_literal(literal, out),
        Json::String(text) => write_text(text, out),
        Json::Array(items) => contained(ARRAY, ARRAY_WIDE, out, |out| {
            for item in items {
                value(item, out);
            }
        }),
        Json::Object(fields) => contained(OBJECT, OBJECT_WIDE, out, |out| {
            for (key, field) in fields {
                match key {
                    Key::Known(name) => out.extend(narrow(name.number() as usize)),
                    Key::Other(text) => {
                        out.extend([INLINE_NAME, INLINE_NAME]);
                        write_text(text, out);
                    }
                }
                value(field, out);
            }
        }),
    }
}

pub(super) fn write_literal(literal: &str, out: &mut Vec<u8>) {
    if literal.len() < 128 {
        out.extend([NUMBER, literal.len() as u8]);
    } else {
        out.push(NUMBER_WIDE);
        out.extend(wide(literal.len()));
    }
    out.extend_from_slice(literal.as_bytes());
}

pub(super) fn write_text(text: &str, out: &mut Vec<u8>) {
    if text.len() < SHORT_TEXT_LIMIT {
        out.push(SHORT_TEXT + text.len() as u8);
    } else if text.len() < NARROW_LIMIT {
        out.push(TEXT);
        out.extend(narrow(text.len()));
    } else {
        out.push(TEXT_WIDE);
        out.extend(wide(text.len()));
    }
    out.extend_from_slice(text.as_bytes());
}

/// Writes content behind a two-byte length, widened afterwards in the rare case that it does not fit.
pub(super) fn contained(tag: u8, wide_tag: u8, out: &mut Vec<u8>, content: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend([tag, 0, 0]);
    content(out);
    let length = out.len() - start - 3;
    if length < NARROW_LIMIT {
        let [high, low] = narrow(length);
        out[start + 1] = high;
        out[start + 2] = low;
    } else {
        out[start] = wide_tag;
        out.splice(start + 1..start + 3, wide(length));
    }
}

fn narrow(length: usize) -> [u8; 2] {
    [(length >> 7) as u8 & 127, length as u8 & 127]
}

fn wide(length: usize) -> [u8; 5] {
    [28, 21, 14, 7, 0].map(|shift| (length >> shift) as u8 & 127)
}
