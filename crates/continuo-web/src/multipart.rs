//! Forms with files (`multipart/form-data`, RFC 7578): parts in the order sent, bytes untouched.
//!
//! Reads what browsers write. A body that is cut short or has no end gives the parts that are whole; nothing panics.

/// One part of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// Name of the field.
    pub name: &'a str,
    /// Name of the file as the browser gave it; nothing for an ordinary field.
    pub file: Option<&'a str>,
    /// Media type as the browser gave it; empty when it gave none.
    pub media_type: &'a str,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// More parts than any form here has.
const MOST: usize = 500;

/// The boundary named by a content type.
pub fn boundary(content_type: &str) -> Option<&str> {
    let rest = content_type.strip_prefix("multipart/form-data")?;
    let value = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?.trim_matches('"');
    (!value.is_empty() && value.len() <= 200).then_some(value)
}

/// The parts of a body.
pub fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<Part<'a>> {
    let mark = format!("--{boundary}");
    let mark = mark.as_bytes();
    let mut out = Vec::new();
    let Some(mut at) = find(body, mark, 0).map(|at| at + mark.len()) else { return out };
    while out.len() < MOST {
        let Some(rest) = body.get(at..) else { break };
        if rest.starts_with(b"--") {
            break;
        }
        let Some(end) = next_mark(body, mark, at) else { break };
        let part = body.get(at..end).unwrap_or_default();
        out.extend(read(part.strip_prefix(b"\r\n").unwrap_or(part)));
        at = end + 2 + mark.len();
    }
    out
}

/// The next boundary that stands on a line of its own.
fn next_mark(body: &[u8], mark: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let found = find(body, mark, at)?;
        let line = found.checked_sub(2)?;
        if line >= from && body.get(line..found) == Some(b"\r\n") {
            return Some(line);
        }
        at = found + mark.len();
    }
}

fn read(part: &[u8]) -> Option<Part<'_>> {
    let split = find(part, b"\r\n\r\n", 0)?;
    let head = std::str::from_utf8(part.get(..split)?).ok()?;
    let (mut name, mut file, mut media_type) = (None, None, "");
    for line in head.split("\r\n") {
        let Some((key, value)) = line.split_once(':') else { continue };
        if key.eq_ignore_ascii_case("content-disposition") {
            name = quoted(value, "name");
            file = quoted(value, "filename");
        } else if key.eq_ignore_ascii_case("content-type") {
            media_type = value.trim();
        }
    }
    Some(Part { name: name?, file, media_type, bytes: part.get(split + 4..)? })
}

/// `name="value"`; browsers write a quote inside a value as `%22`.
fn quoted<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.split(';').find_map(|piece| {
        let (key, value) = piece.trim().split_once('=')?;
        (key == name).then(|| value.trim_matches('"'))
    })
}

fn find(text: &[u8], what: &[u8], from: usize) -> Option<usize> {
    let first = *what.first()?;
    let mut at = from;
    loop {
        let next = text.get(at..)?.iter().position(|byte| *byte == first)? + at;
        if text.get(next..next + what.len())? == what {
            return Some(next);
        }
        at = next + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.vtt\"\r\nContent-Type: text/vtt\r\n\r\nWEBVTT\r\n--xy\r\n\0\r\n--x--\r\n";

    #[test]
    fn fields_and_files_come_in_order_with_their_bytes() {
        let got = parts(BODY, "x");
        assert_eq!(got.len(), 2);
        assert_eq!((got[0].name, got[0].file, got[0].bytes), ("csrf", None, &b"abc"[..]));
        assert_eq!((got[1].file, got[1].media_type), (Some("a.vtt"), "text/vtt"));
        assert!(got[1].bytes.starts_with(b"WEBVTT"));
    }

    #[test]
    fn a_body_cut_anywhere_never_panics() {
        for end in 0..BODY.len() {
            let _ = parts(&BODY[..end], "x");
        }
        assert_eq!(parts(b"", "x"), []);
        assert_eq!(parts(b"--x\r\nno head\r\n--x--", "x"), []);
    }

    #[test]
    fn the_boundary_is_read_from_the_content_type() {
        assert_eq!(boundary("multipart/form-data; boundary=\"a b\""), Some("a b"));
        assert_eq!(boundary("multipart/form-data"), None);
        assert_eq!(boundary("text/plain; boundary=x"), None);
    }
}
