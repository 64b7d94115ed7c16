//! From the bytes of a file to messages: framing and batch envelopes off, every line ending taken.

/// A message as received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Raw<'a> {
    /// The line its MSH stands on, from 1.
    pub(super) line: u64,
    /// From MSH to before the next message, envelope or end.
    pub(super) bytes: &'a [u8],
}

/// The messages of a file. Block characters of MLLP (0x0B, 0x1C), FHS, BHS, BTS and FTS segments belong to none.
pub(super) fn messages(bytes: &[u8]) -> Vec<Raw<'_>> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut found: Vec<Raw<'_>> = Vec::new();
    let mut open: Option<(u64, usize)> = None;
    let mut line = 1;
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let length = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n' | 0x0B | 0x1C)).unwrap_or(rest.len());
        let segment = rest.get(..length).unwrap_or_default();
        let is_begin = segment.starts_with(b"MSH");
        let is_envelope = [b"FHS", b"BHS", b"BTS", b"FTS"].iter().any(|name| segment.starts_with(*name));
        if (is_begin || is_envelope)
            && let Some((line, from)) = open.take()
        {
            found.extend(raw(bytes, line, from, at));
        }
        if is_begin {
            open = Some((line, at));
        }
        let end = rest.get(length).copied();
        if matches!(end, Some(0x0B | 0x1C))
            && let Some((line, from)) = open.take()
        {
            found.extend(raw(bytes, line, from, at + length));
        }
        let is_crlf = end == Some(b'\r') && rest.get(length + 1) == Some(&b'\n');
        line += u64::from(matches!(end, Some(b'\r' | b'\n')));
        at += length + if is_crlf { 2 } else { 1 };
    }
    if let Some((line, from)) = open {
        found.extend(raw(bytes, line, from, bytes.len()));
    }
    found
}

fn raw(bytes: &[u8], line: u64, from: usize, to: usize) -> Option<Raw<'_>> {
    let bytes = bytes.get(from..to)?.trim_ascii_end();
    (!bytes.is_empty()).then_some(Raw { line, bytes })
}

/// The text of a message: UTF-8 where it is, else each byte as the letter of Latin-1, which loses nothing.
pub(super) fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<(u64, String)> {
        messages(bytes).into_iter().map(|raw| (raw.line, text(raw.bytes))).collect()
    }

    #[test]
    fn every_framing_gives_the_same_messages() {
        let expect = |text: &str| vec![(1, text.to_owned())];
        assert_eq!(lines(b"MSH|1\rPID|1\r"), expect("MSH|1\rPID|1"));
        assert_eq!(lines(b"MSH|1\r\nPID|1\r\n\r\n"), expect("MSH|1\r\nPID|1"));
        assert_eq!(lines(b"\x0bMSH|1\rPID|1\r\x1c\r"), expect("MSH|1\rPID|1"));
        assert_eq!(lines("\u{feff}MSH|1".as_bytes()), expect("MSH|1"));
        assert_eq!(lines(b""), []);
        assert_eq!(lines(b"hello"), []);
    }

    #[test]
    fn batches_are_taken_apart() {
        let found = lines(b"FHS|x\rBHS|x\rMSH|1\rPID|1\rMSH|2\rBTS|2\rFTS|1\r");
        assert_eq!(found, [(3, "MSH|1\rPID|1".to_owned()), (5, "MSH|2".to_owned())]);
        let blocks = lines(b"\x0bMSH|1\r\x1c\r\x0bMSH|2\r\x1c\r");
        assert_eq!(blocks.len(), 2);
    }

    #[test]
    fn bytes_that_are_no_utf8_are_latin_1() {
        assert_eq!(text(b"Garc\xeda"), "García");
        assert_eq!(text("García".as_bytes()), "García");
    }
}
