//! Words of CQL.

use super::Problem;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// An identifier or keyword; quoted ones are never keywords.
    Word(String, bool),
    /// A number literal; `L` at the end makes it a Long.
    Number(String),
    /// Text.
    Text(String),
    /// `@` literal without the sign.
    Moment(String),
    /// Punctuation.
    Mark(&'static str),
    /// End of the text.
    End,
}

/// A token and where it begins and ends.
#[derive(Clone, Debug)]
pub struct Spanned {
    /// The token.
    pub token: Token,
    /// First byte.
    pub at: usize,
    /// Byte after.
    pub end: usize,
}

const MARKS: &[&str] = &[
    "<=", ">=", "!=", "!~", "..", "(", ")", "[", "]", "{", "}", ":", ",", ".", "<", ">", "=", "~", "+", "-", "*", "/",
    "^", "&", "|", ";", "%", "$",
];

/// Splits a text into tokens; the last is always [`Token::End`].
pub fn tokens(text: &str) -> (Vec<Spanned>, Vec<Problem>) {
    let mut list = Vec::new();
    let mut problems = Vec::new();
    let bytes = text.as_bytes();
    let mut at = text.strip_prefix('\u{feff}').map_or(0, |_| 3);
    while at < bytes.len() {
        let rest = &text[at..];
        let Some(first) = rest.chars().next() else { break };
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        if rest.starts_with("/*") {
            match rest.find("*/") {
                Some(end) => at += end + 2,
                None => {
                    problems.push(Problem::new(at, "comment is not closed").hint("end it with `*/`"));
                    at = bytes.len();
                }
            }
            continue;
        }
        let start = at;
        let token = match first {
            '\'' | '"' | '`' => match quoted(rest, first) {
                Ok((value, length)) => {
                    at += length;
                    if first == '\'' { Token::Text(value) } else { Token::Word(value, true) }
                }
                Err(message) => {
                    problems.push(Problem::new(at, message));
                    break;
                }
            },
            '0'..='9' => {
                let length = number(rest);
                at += length;
                Token::Number(rest[..length].to_owned())
            }
            '@' => {
                let length = moment(&rest[1..]);
                at += length + 1;
                Token::Moment(rest[1..=length].to_owned())
            }
            c if c.is_alphabetic() || c == '_' => {
                let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
                at += length;
                Token::Word(rest[..length].to_owned(), false)
            }
            '$' => {
                let length = 1 + rest[1..].find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len() - 1);
                at += length;
                Token::Word(rest[..length].to_owned(), false)
            }
            _ => match MARKS.iter().find(|m| rest.starts_with(**m)) {
                Some(mark) => {
                    at += mark.len();
                    Token::Mark(mark)
                }
                None => {
                    let problem = Problem::new(at, format!("`{first}` does not belong here"));
                    problems.push(match super::parser::hint_of_character(first) {
                        Some(hint) => problem.hint(hint),
                        None => problem,
                    });
                    at += first.len_utf8();
                    continue;
                }
            },
        };
        list.push(Spanned { token, at: start, end: at });
    }
    list.push(Spanned { token: Token::End, at: text.len(), end: text.len() });
    (list, problems)
}

fn number(rest: &str) -> usize {
    let digits = |s: &str| s.find(|c: char| !c.is_ascii_digit()).unwrap_or(s.len());
    let mut length = digits(rest);
    let after = &rest[length..];
    if after.starts_with('.') && after[1..].starts_with(|c: char| c.is_ascii_digit()) {
        length += 1 + digits(&after[1..]);
    } else if after.starts_with('L') {
        length += 1;
    }
    length
}

/// Length of a date, date-time or time literal.
fn moment(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let digits = |from: usize, count: usize| (from..from + count).all(|i| bytes.get(i).is_some_and(u8::is_ascii_digit));
    let mut at = 0;
    if bytes.first() != Some(&b'T') {
        if !digits(0, 4) {
            return 0;
        }
        at = 4;
        for _ in 0..2 {
            if bytes.get(at) == Some(&b'-') && digits(at + 1, 2) {
                at += 3;
            }
        }
        if bytes.get(at) != Some(&b'T') {
            return at;
        }
    }
    at += 1;
    if digits(at, 2) {
        at += 2;
        for _ in 0..2 {
            if bytes.get(at) == Some(&b':') && digits(at + 1, 2) {
                at += 3;
            }
        }
        if bytes.get(at) == Some(&b'.') && digits(at + 1, 1) {
            at += 1;
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
        }
    }
    match bytes.get(at) {
        Some(b'Z') => at + 1,
        Some(b'+' | b'-') if digits(at + 1, 2) && bytes.get(at + 3) == Some(&b':') && digits(at + 4, 2) => at + 6,
        _ => at,
    }
}

fn quoted(rest: &str, quote: char) -> Result<(String, usize), String> {
    let mut value = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return Ok((value, at + 1));
        }
        if c != '\\' {
            value.push(c);
            continue;
        }
        match chars.next() {
            Some((_, 'n')) => value.push('\n'),
            Some((_, 'r')) => value.push('\r'),
            Some((_, 't')) => value.push('\t'),
            Some((_, 'f')) => value.push('\u{c}'),
            Some((_, 'u')) => {
                let mut unit = || {
                    let digits: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                    u32::from_str_radix(&digits, 16).map_err(|_| "`\\u` needs four hexadecimal digits".to_owned())
                };
                let mut code = unit()?;
                // A letter beyond the first plane is written as a pair of units.
                if (0xd800..0xdc00).contains(&code) && rest[at..].get(6..8) == Some("\\u") {
                    chars.nth(1);
                    let low: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                    let low = u32::from_str_radix(&low, 16).unwrap_or(0);
                    code = 0x10000 + ((code - 0xd800) << 10) + (low.wrapping_sub(0xdc00) & 0x3ff);
                }
                value.push(char::from_u32(code).ok_or("`\\u` names no letter")?);
            }
            Some((_, other)) => value.push(other),
            None => break,
        }
    }
    Err(format!("{} is not closed", if quote == '\'' { "text" } else { "name" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Token> {
        let mut list: Vec<Token> = tokens(text).0.into_iter().map(|t| t.token).collect();
        list.pop();
        list
    }

    #[test]
    fn literals_are_one_token() {
        assert_eq!(words("@2012-01-01T10:00:00.000Z"), [Token::Moment("2012-01-01T10:00:00.000Z".into())]);
        assert_eq!(words("@T10:00"), [Token::Moment("T10:00".into())]);
        assert_eq!(words("1.5 2L"), [Token::Number("1.5".into()), Token::Number("2L".into())]);
        assert_eq!(words(r"'it\'s \u0048'"), [Token::Text("it's H".into())]);
        assert_eq!(words("\"A b\" // c\n/* d */"), [Token::Word("A b".into(), true)]);
    }

    #[test]
    fn what_is_not_closed_is_said() {
        assert_eq!(tokens("'abc").1.len(), 1);
        assert_eq!(tokens("1 /* a").1[0].at, 2);
        assert!(tokens("\"\\").1[0].message.contains("name"));
    }
}
