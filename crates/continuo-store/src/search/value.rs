//! Splits search values: escapes, prefixes, token and quantity parts.

/// Splits at a separator that is not escaped; escapes stay for the next level.
pub(super) fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == separator {
            parts.push(text.get(start..at).unwrap_or(""));
            start = at + c.len_utf8();
        }
    }
    parts.push(text.get(start..).unwrap_or(""));
    parts
}

/// Takes the escapes off.
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut escaped = false;
    for c in text.chars() {
        if escaped || c != '\\' {
            out.push(c);
            escaped = false;
        } else {
            escaped = true;
        }
    }
    out
}

/// Comparison of ordered values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prefix {
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,
    Sa,
    Eb,
    Ap,
}

/// The prefix of a date, number or quantity, and what follows.
pub(super) fn prefix(text: &str) -> (Prefix, &str) {
    const PREFIXES: [(&str, Prefix); 9] = [
        ("eq", Prefix::Eq),
        ("ne", Prefix::Ne),
        ("gt", Prefix::Gt),
        ("lt", Prefix::Lt),
        ("ge", Prefix::Ge),
        ("le", Prefix::Le),
        ("sa", Prefix::Sa),
        ("eb", Prefix::Eb),
        ("ap", Prefix::Ap),
    ];
    PREFIXES
        .iter()
        .find_map(|(name, prefix)| text.strip_prefix(name).map(|rest| (*prefix, rest)))
        .unwrap_or((Prefix::Eq, text))
}

/// A token as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `code`: any system.
    Code(String),
    /// `system|code`; the system may be empty for "no system".
    Both(String, String),
    /// `system|`: any code.
    System(String),
}

pub(super) fn token(text: &str) -> Token {
    match split(text, '|').as_slice() {
        [system, code] if !code.is_empty() => Token::Both(unescape(system), unescape(code)),
        [system, _] => Token::System(unescape(system)),
        _ => Token::Code(unescape(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_separators_do_not_split() {
        assert_eq!(split(r"a\,b,c", ','), [r"a\,b", "c"]);
        assert_eq!(unescape(r"a\,b\\"), r"a,b\");
        assert_eq!(token(r"urn:a|b\|c"), Token::Both("urn:a".to_owned(), "b|c".to_owned()));
        assert_eq!(token("|b"), Token::Both(String::new(), "b".to_owned()));
        assert_eq!(token("urn:a|"), Token::System("urn:a".to_owned()));
        assert_eq!(prefix("ge2020"), (Prefix::Ge, "2020"));
    }
}
