//! String operators. Positions count characters.

use crate::Fault;
use crate::value::Value;

use super::Outcome;

/// Longest text an operator makes, in bytes: no record holds as much.
const LONGEST: usize = 4 << 20;

/// `+` of strings: null when any is.
pub fn concatenate<'a>(parts: &[Value<'a>]) -> Value<'a> {
    let mut result = String::new();
    for part in parts {
        match part {
            Value::Str(s) => result.push_str(s),
            _ => return Value::Null,
        }
    }
    Value::text(&result)
}

/// `Combine(list, separator)`: nulls are left out; null for a null or all-null list.
pub fn combine<'a>(list: &Value<'a>, separator: &Value<'a>) -> Outcome<'a> {
    let Value::List(items) = list else { return Ok(Value::Null) };
    let Some(separator) = (if separator.is_null() { None } else { separator.as_str() }) else { return Ok(Value::Null) };
    let parts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
    if parts.is_empty() {
        return Ok(Value::Null);
    }
    let long = parts.iter().fold(0_usize, |sum, part| sum.saturating_add(part.len() + separator.len()));
    if long > LONGEST { Err(Fault::Budget) } else { Ok(Value::text(&parts.join(separator))) }
}

/// `Split(text, separator)`.
pub fn split<'a>(text: &Value<'a>, separator: &Value<'a>) -> Value<'a> {
    let Some(text) = text.as_str() else { return Value::Null };
    match separator.as_str() {
        None | Some("") => Value::list(vec![Value::text(text)]),
        Some(separator) => Value::list(text.split(separator).map(Value::text).collect()),
    }
}

/// `SplitOnMatches(text, pattern)`.
pub fn split_on_matches<'a>(text: &Value<'a>, pattern: &Value<'a>) -> Outcome<'a> {
    let (Some(text), Some(pattern)) = (text.as_str(), pattern.as_str()) else { return Ok(Value::Null) };
    Ok(Value::list(regex(pattern)?.split(text).map(Value::text).collect()))
}

/// `Matches`: the whole text fits the pattern.
pub fn matches<'a>(text: &Value<'a>, pattern: &Value<'a>) -> Outcome<'a> {
    let (Some(text), Some(pattern)) = (text.as_str(), pattern.as_str()) else { return Ok(Value::Null) };
    Ok(Value::Bool(regex(&format!("^(?:{pattern})$"))?.is_match(text)))
}

/// `ReplaceMatches`.
pub fn replace_matches<'a>(text: &Value<'a>, pattern: &Value<'a>, with: &Value<'a>) -> Outcome<'a> {
    let (Some(text), Some(pattern), Some(with)) = (text.as_str(), pattern.as_str(), with.as_str()) else {
        return Ok(Value::Null);
    };
    // CQL follows the Java form, where `\$` is a plain dollar; the regex crate writes it `$$`.
    let with = with.replace("\\$", "$$");
    // Each letter may be replaced by all of `with`.
    if text.len().saturating_mul(with.len()) > LONGEST * 16 {
        return Err(Fault::Budget);
    }
    Ok(Value::text(&regex(pattern)?.replace_all(text, with.as_str())))
}

fn regex(pattern: &str) -> Result<regex::Regex, Fault> {
    regex::RegexBuilder::new(pattern)
        .size_limit(1 << 20)
        .build()
        .map_err(|_| Fault::Runtime(format!("`{pattern}` is no pattern that can be used")))
}

/// `Substring(text, start, length)`.
pub fn substring<'a>(text: &Value<'a>, start: &Value<'a>, length: &Value<'a>) -> Value<'a> {
    let (Some(text), Some(start)) = (text.as_str(), start.as_i64()) else { return Value::Null };
    let count = text.chars().count() as i64;
    if text.is_empty() && start == 0 {
        return Value::text("");
    }
    if start < 0 || start >= count {
        return Value::Null;
    }
    let rest = text.chars().skip(start as usize);
    match length.as_i64() {
        Some(length) => Value::text(&rest.take(length.max(0) as usize).collect::<String>()),
        None => Value::text(&rest.collect::<String>()),
    }
}

/// Position of the first occurrence in characters, -1 when absent.
pub fn position_of<'a>(pattern: &Value<'a>, text: &Value<'a>, last: bool) -> Value<'a> {
    let (Some(pattern), Some(text)) = (pattern.as_str(), text.as_str()) else { return Value::Null };
    let at = if last { text.rfind(pattern) } else { text.find(pattern) };
    Value::Int(at.and_then(|at| text.get(..at)).map_or(-1, |head| head.chars().count() as i32))
}

/// The character at a place.
pub fn char_at<'a>(text: &str, at: i64) -> Value<'a> {
    match usize::try_from(at).ok().and_then(|at| text.chars().nth(at)) {
        Some(c) => Value::text(c.encode_utf8(&mut [0; 4])),
        None => Value::Null,
    }
}
