//! Splits an expression into tokens.

use super::Error;

/// A token and where it starts.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) offset: usize,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Kind {
    /// A name; those in backquotes are never keywords.
    Name(String),
    Quoted(String),
    Text(String),
    Number(String),
    /// A date, date and time, or time, without its `@`.
    Moment(String),
    /// `%name`
    Variable(String),
    /// `$this`, `$index`, `$total`
    Special(String),
    Symbol(&'static str),
    End,
}

const SYMBOLS: [&str; 25] = [
    "!=", "!~", "<=", ">=", "(", ")", "[", "]", "{", "}", ".", ",", "=", "~", "<", ">", "+", "-", "*", "/", "|", "&",
    "@", "%", "$",
];

pub(super) fn lex(text: &str) -> Result<Vec<Token>, Error> {
    let mut lexer = Lexer { text, at: 0 };
    let mut out = Vec::new();
    loop {
        lexer.skip_space()?;
        let offset = lexer.at;
        let kind = lexer.token()?;
        let done = kind == Kind::End;
        out.push(Token { kind, offset });
        if done {
            return Ok(out);
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn fault<T>(&self, message: &str) -> Result<T, Error> {
        Err(Error::Syntax { offset: self.at, message: message.to_string() })
    }

    fn skip_space(&mut self) -> Result<(), Error> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("//") {
                self.at += trimmed.find('\n').unwrap_or(trimmed.len());
            } else if let Some(body) = trimmed.strip_prefix("/*") {
                match body.find("*/") {
                    Some(end) => self.at += end + 4,
                    None => return self.fault("a comment is not closed"),
                }
            } else {
                return Ok(());
            }
        }
    }

    fn take(&mut self, keep: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !keep(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn token(&mut self) -> Result<Kind, Error> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(Kind::End) };
        match first {
            'A'..='Z' | 'a'..='z' | '_' => Ok(Kind::Name(self.word())),
            '0'..='9' => Ok(Kind::Number(self.number())),
            '\'' => Ok(Kind::Text(self.quoted('\'')?)),
            '"' => Ok(Kind::Text(self.quoted('"')?)),
            '`' => Ok(Kind::Quoted(self.quoted('`')?)),
            '@' => {
                self.at += 1;
                Ok(Kind::Moment(self.moment()))
            }
            '%' => {
                self.at += 1;
                match self.rest().chars().next() {
                    Some('`') => Ok(Kind::Variable(self.quoted('`')?)),
                    Some('\'') => Ok(Kind::Variable(self.quoted('\'')?)),
                    _ => match self.take(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) {
                        "" => self.fault("a variable needs a name"),
                        name => Ok(Kind::Variable(name.to_string())),
                    },
                }
            }
            '$' => {
                self.at += 1;
                Ok(Kind::Special(self.word()))
            }
            _ => match SYMBOLS.iter().find(|s| rest.starts_with(**s)) {
                Some(symbol) => {
                    self.at += symbol.len();
                    Ok(Kind::Symbol(symbol))
                }
                None => self.fault("unexpected character"),
            },
        }
    }

    fn word(&mut self) -> String {
        self.take(|c| c.is_ascii_alphanumeric() || c == '_').to_string()
    }

    fn number(&mut self) -> String {
        let mut out = self.take(|c| c.is_ascii_digit()).to_string();
        let mut after = self.rest().chars();
        if after.next() == Some('.') && after.next().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
            out.push('.');
            out.push_str(self.take(|c| c.is_ascii_digit()));
        }
        out
    }

    /// The text of a date or time literal; whether it is one is for the parser to say.
    fn moment(&mut self) -> String {
        let mut out = self.take(|c| c.is_ascii_digit() || c == '-').to_string();
        if !self.rest().starts_with('T') {
            return out;
        }
        self.at += 1;
        out.push('T');
        out.push_str(self.take(|c| c.is_ascii_digit() || c == ':'));
        let mut after = self.rest().chars();
        if after.next() == Some('.') && after.next().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
            out.push('.');
            out.push_str(self.take(|c| c.is_ascii_digit()));
        }
        let zone = self.rest();
        if zone.starts_with('Z') {
            self.at += 1;
            out.push('Z');
        } else if let Some(zone) = zone.get(..6) {
            let digits = |text: Option<&str>| text.is_some_and(|t| t.bytes().all(|b| b.is_ascii_digit()));
            if zone.starts_with(['+', '-'])
                && digits(zone.get(1..3))
                && zone.get(3..4) == Some(":")
                && digits(zone.get(4..))
            {
                self.at += 6;
                out.push_str(zone);
            }
        }
        out
    }

    fn quoted(&mut self, quote: char) -> Result<String, Error> {
        let mut out = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((i, c)) = chars.next() {
            if c == quote {
                self.at += i + 1;
                return Ok(out);
            }
            if c != '\\' {
                out.push(c);
                continue;
            }
            let Some((_, escaped)) = chars.next() else { break };
            out.push(match escaped {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'f' => '\u{c}',
                'u' => {
                    let digits: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                    let code = u32::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 4);
                    match code.and_then(char::from_u32) {
                        Some(c) => c,
                        None => return self.fault("`\\u` needs four hexadecimal digits"),
                    }
                }
                '\\' | '/' | '\'' | '"' | '`' => escaped,
                _ => return self.fault("unknown escape"),
            });
        }
        self.fault("text is not closed")
    }
}
