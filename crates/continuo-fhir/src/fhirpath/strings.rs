//! Functions on text.

use super::eval::{Values, boolean, single};
use super::functions::text_of;
use super::value::Value;
use super::{Error, convert, execution};
use regex::RegexBuilder;

pub(super) fn call<'a>(name: &str, focus: &[Value<'a>], arguments: &[Values<'a>]) -> Result<Option<Values<'a>>, Error> {
    let arity = match name {
        "length" | "upper" | "lower" | "toChars" | "trim" => 0..=0,
        "join" => 0..=1,
        "indexOf" | "lastIndexOf" | "startsWith" | "endsWith" | "contains" | "split" | "encode" | "decode"
        | "escape" | "unescape" => 1..=1,
        "matches" | "matchesFull" | "substring" => 1..=2,
        "replace" | "replaceMatches" => 2..=3,
        _ => return Ok(None),
    };
    if !arity.contains(&arguments.len()) {
        return execution(format!("`{name}` takes another number of arguments"));
    }
    if name == "join" {
        return join(focus, arguments).map(Some);
    }
    let Some(value) = single(focus)?.map(Value::system) else { return Ok(Some(Vec::new())) };
    let text = match (&value, name) {
        (Value::Text(text), _) => text.clone().into_owned(),
        // A regular expression may be tried on any primitive, as the definitions do with dates.
        (other, "matches" | "matchesFull" | "replaceMatches" | "length" | "startsWith" | "contains" | "endsWith")
            if !matches!(other, Value::Item(_)) =>
        {
            match (name, convert::text_form(other)) {
                ("matches" | "matchesFull" | "replaceMatches", Some(text)) => text,
                _ => return execution(format!("`{name}` works on text")),
            }
        }
        _ => return execution(format!("`{name}` works on text")),
    };
    if name == "substring" {
        return substring(&text, arguments).map(|v| Some(v.into_iter().collect()));
    }
    let mut words = Vec::new();
    for argument in arguments {
        match text_of(argument)? {
            Some(word) => words.push(word),
            None => return Ok(Some(Vec::new())),
        }
    }
    let word = |i: usize| words.get(i).map(String::as_str).unwrap_or_default();
    let new_text = |text: String| vec![Value::Text(text.into())];
    let position = |byte: Option<usize>| {
        let index = byte.map_or(-1, |b| text.get(..b).map_or(0, |t| t.chars().count() as i64));
        vec![Value::Integer(index)]
    };
    Ok(Some(match name {
        "length" => vec![Value::Integer(text.chars().count() as i64)],
        "upper" => new_text(text.to_uppercase()),
        "lower" => new_text(text.to_lowercase()),
        "trim" => new_text(text.trim().to_string()),
        "toChars" => text.chars().map(|c| Value::Text(c.to_string().into())).collect(),
        "indexOf" => position(text.find(word(0))),
        "lastIndexOf" => position(text.rfind(word(0))),
        "startsWith" => boolean(Some(text.starts_with(word(0)))),
        "endsWith" => boolean(Some(text.ends_with(word(0)))),
        "contains" => boolean(Some(text.contains(word(0)))),
        "split" => text.split(word(0)).map(|part| Value::Text(part.to_string().into())).collect(),
        "replace" => new_text(text.replace(word(0), word(1))),
        "matches" => boolean(Some(pattern(word(0), word(1), false)?.is_match(&text))),
        "matchesFull" => boolean(Some(pattern(word(0), word(1), true)?.is_match(&text))),
        // An empty pattern replaces nothing.
        "replaceMatches" if word(0).is_empty() => new_text(text),
        "replaceMatches" => new_text(pattern(word(0), word(2), false)?.replace_all(&text, word(1)).into_owned()),
        "encode" => encode(&text, word(0)).map(new_text).unwrap_or_default(),
        "decode" => decode(&text, word(0)).map(new_text).unwrap_or_default(),
        "escape" => escape(&text, word(0)).map(new_text).unwrap_or_default(),
        _ => unescape(&text, word(0)).map(new_text).unwrap_or_default(),
    }))
}

fn pattern(text: &str, flags: &str, is_full: bool) -> Result<regex::Regex, Error> {
    let text = if is_full { format!("^(?:{text})$") } else { text.to_string() };
    let built = RegexBuilder::new(&text)
        .dot_matches_new_line(true)
        .case_insensitive(flags.contains('i'))
        .multi_line(flags.contains('m'))
        .size_limit(1 << 20)
        .build();
    built.map_err(|_| Error::Execution(format!("`{text}` is no regular expression")))
}

fn join<'a>(focus: &[Value<'a>], arguments: &[Values<'a>]) -> Result<Values<'a>, Error> {
    if focus.is_empty() {
        return Ok(Vec::new());
    }
    let separator = arguments.first().map_or(Ok(None), |a| text_of(a))?.unwrap_or_default();
    let mut parts = Vec::new();
    for value in focus {
        match value.system() {
            Value::Text(text) => parts.push(text.into_owned()),
            Value::Item(_) => {}
            _ => return execution("`join` works on text"),
        }
    }
    Ok(vec![Value::Text(parts.join(&separator).into())])
}

fn substring<'a>(text: &str, arguments: &[Values<'a>]) -> Result<Option<Value<'a>>, Error> {
    let number = |i: usize| match arguments.get(i).map(|a| single(a)).transpose()?.flatten().map(Value::system) {
        None => Ok(None),
        Some(Value::Integer(n)) => Ok(Some(n)),
        Some(_) => execution("`substring` needs whole numbers"),
    };
    let Some(start) = number(0)? else { return Ok(None) };
    let length = number(1)?;
    let count = text.chars().count() as i64;
    if start < 0 || start >= count {
        return Ok(None);
    }
    let length = length.unwrap_or(count).max(0) as usize;
    let part: String = text.chars().skip(start as usize).take(length).collect();
    Ok(Some(Value::Text(part.into())))
}

const PLAIN: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn encode(text: &str, form: &str) -> Option<String> {
    match form {
        "hex" => Some(text.bytes().flat_map(hex).collect()),
        "base64" => Some(encode_base64(text.as_bytes(), PLAIN)),
        "urlbase64" => Some(encode_base64(text.as_bytes(), URL)),
        _ => None,
    }
}

fn decode(text: &str, form: &str) -> Option<String> {
    let bytes = match form {
        "hex" => {
            let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
            let digits = digits.filter(|d| d.len() % 2 == 0)?;
            digits.chunks(2).map(|pair| pair.iter().fold(0, |n, d| n * 16 + *d) as u8).collect()
        }
        "base64" => decode_base64(text, PLAIN)?,
        "urlbase64" => decode_base64(text, URL)?,
        _ => return None,
    };
    String::from_utf8(bytes).ok()
}

fn hex(byte: u8) -> [char; 2] {
    [byte >> 4, byte & 15].map(|digit| char::from_digit(u32::from(digit), 16).unwrap_or('0'))
}

fn encode_base64(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            let letter = alphabet.get((word >> (18 - 6 * i) & 63) as usize).copied().unwrap_or(b'=');
            out.push(if i <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

fn decode_base64(text: &str, alphabet: &[u8; 64]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (mut word, mut bits) = (0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let value = alphabet.iter().position(|a| *a == byte)?;
        word = word << 6 | value as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((word >> bits) as u8);
            word &= (1 << bits) - 1;
        }
    }
    Some(out)
}

fn escape(text: &str, form: &str) -> Option<String> {
    match form {
        "html" => {
            let pairs = [('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&quot;"), ('\'', "&#39;")];
            let escaped = |c: char| pairs.iter().find(|p| p.0 == c).map_or_else(|| c.to_string(), |p| p.1.to_string());
            Some(text.chars().map(escaped).collect())
        }
        "json" => {
            let mut out = Vec::new();
            crate::json::write_text(text, &mut out);
            let quoted = String::from_utf8(out).ok()?;
            quoted.get(1..quoted.len() - 1).map(str::to_string)
        }
        _ => None,
    }
}

fn unescape(text: &str, form: &str) -> Option<String> {
    match form {
        "html" => {
            let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
            Some(pairs.iter().fold(text.to_string(), |text, (from, to)| text.replace(from, to)))
        }
        "json" => {
            // Bare quotes are let through: the text may be a whole JSON string or what stands inside one.
            let mut quoted = String::from("\"");
            let mut escaped = false;
            for c in text.chars() {
                if c == '"' && !escaped {
                    quoted.push('\\');
                }
                escaped = c == '\\' && !escaped;
                quoted.push(c);
            }
            quoted.push('"');
            let json = crate::json::Json::parse(quoted.as_bytes()).ok()?;
            json.as_str().map(str::to_string)
        }
        _ => None,
    }
}
