//! A JSON tree for ELM, measures and value sets: borrowed text, any depth, what nobody reads left out.
//!
//! Published ELM is two thirds annotations and nests deeper than resources may; so it does not use the resource
//! parser of `continuo-fhir`. Parsing keeps its own stack, so depth costs memory and not the thread's stack.

use std::borrow::Cow;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree<'a> {
    /// null
    Null,
    /// true or false
    Bool(bool),
    /// Number literal.
    Number(Cow<'a, str>),
    /// Text.
    Text(Cow<'a, str>),
    /// Array.
    List(Vec<Tree<'a>>),
    /// Object, keys in order.
    Object(Vec<(Cow<'a, str>, Tree<'a>)>),
}

/// Keys whose values no engine needs.
const SKIPPED: &[&str] = &["annotation", "text", "div", "contained", "definition", "comment"];

/// Nesting that no honest document reaches.
const MAX_DEPTH: usize = 5_000;

impl<'a> Tree<'a> {
    /// Reads a document. The error says what is wrong and at which byte.
    pub fn parse(text: &'a str) -> Result<Tree<'a>, String> {
        Parser { text, at: 0 }.document()
    }

    /// The named field.
    pub fn get(&self, key: &str) -> Option<&Tree<'a>> {
        match self {
            Tree::Object(fields) => fields.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Text of the named field.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_text()
    }

    /// This value's text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Tree::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Truth of the named field.
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.get(key)? {
            Tree::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// Number literal or text of the named field.
    pub fn literal(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            Tree::Number(text) | Tree::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Items of the named array; none when absent.
    pub fn items(&self, key: &str) -> &[Tree<'a>] {
        match self.get(key) {
            Some(Tree::List(items)) => items,
            Some(Tree::Null) | None => &[],
            Some(single) => std::slice::from_ref(single),
        }
    }

    /// Writes the tree as minified JSON.
    pub fn write(&self, out: &mut String) {
        match self {
            Tree::Null => out.push_str("null"),
            Tree::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
            Tree::Number(n) => out.push_str(n),
            Tree::Text(t) => write_text(t, out),
            Tree::List(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Tree::Object(fields) => {
                out.push('{');
                for (i, (key, value)) in fields.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    write_text(key, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

/// Writes text as a JSON string.
pub fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

/// A container being filled.
enum Open<'a> {
    List(Vec<Tree<'a>>),
    Object(Vec<(Cow<'a, str>, Tree<'a>)>, Cow<'a, str>),
}

impl<'a> Parser<'a> {
    fn document(mut self) -> Result<Tree<'a>, String> {
        let mut stack: Vec<Open<'a>> = Vec::new();
        self.blank();
        loop {
            // A value begins here.
            let mut done = match self.peek() {
                Some(b'{') => {
                    self.at += 1;
                    self.blank();
                    if self.peek() == Some(b'}') {
                        self.at += 1;
                        Tree::Object(Vec::new())
                    } else {
                        let mut fields = Vec::with_capacity(8);
                        match self.key(&mut fields)? {
                            Some(key) => {
                                stack.push(Open::Object(fields, key));
                                if stack.len() > MAX_DEPTH {
                                    return Err(self.fault("nested too deeply"));
                                }
                                continue;
                            }
                            None => Tree::Object(fields),
                        }
                    }
                }
                Some(b'[') => {
                    self.at += 1;
                    self.blank();
                    if self.peek() == Some(b']') {
                        self.at += 1;
                        Tree::List(Vec::new())
                    } else {
                        stack.push(Open::List(Vec::new()));
                        if stack.len() > MAX_DEPTH {
                            return Err(self.fault("nested too deeply"));
                        }
                        continue;
                    }
                }
                _ => self.scalar()?,
            };
            // The value is complete: put it where it belongs, closing what ends with it.
            loop {
                self.blank();
                match stack.pop() {
                    None => {
                        return if self.at == self.text.len() {
                            Ok(done)
                        } else {
                            Err(self.fault("text after the end"))
                        };
                    }
                    Some(Open::List(mut items)) => {
                        items.push(done);
                        match self.peek() {
                            Some(b',') => {
                                self.at += 1;
                                self.blank();
                                stack.push(Open::List(items));
                                break;
                            }
                            Some(b']') => {
                                self.at += 1;
                                done = Tree::List(items);
                            }
                            _ => return Err(self.fault("expected `,` or `]`")),
                        }
                    }
                    Some(Open::Object(mut fields, key)) => {
                        fields.push((key, done));
                        match self.peek() {
                            Some(b',') => {
                                self.at += 1;
                                self.blank();
                                match self.key(&mut fields)? {
                                    Some(key) => {
                                        stack.push(Open::Object(fields, key));
                                        break;
                                    }
                                    None => done = Tree::Object(fields),
                                }
                            }
                            Some(b'}') => {
                                self.at += 1;
                                done = Tree::Object(fields);
                            }
                            _ => return Err(self.fault("expected `,` or `}`")),
                        }
                    }
                }
            }
        }
    }

    /// The next key whose value is wanted, after skipping others; nothing when the object ended.
    fn key(&mut self, _fields: &mut Vec<(Cow<'a, str>, Tree<'a>)>) -> Result<Option<Cow<'a, str>>, String> {
        loop {
            self.blank();
            let key = self.string()?;
            self.blank();
            if self.peek() != Some(b':') {
                return Err(self.fault("expected `:`"));
            }
            self.at += 1;
            self.blank();
            let skip = SKIPPED.contains(&&*key) && matches!(self.peek(), Some(b'{' | b'['));
            if !skip {
                return Ok(Some(key));
            }
            self.skip()?;
            self.blank();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(None);
                }
                _ => return Err(self.fault("expected `,` or `}`")),
            }
        }
    }

    /// Passes over a container.
    fn skip(&mut self) -> Result<(), String> {
        let bytes = self.text.as_bytes();
        let mut depth = 0usize;
        while let Some(&byte) = bytes.get(self.at) {
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                b'"' => {
                    self.at += 1;
                    while let Some(&c) = bytes.get(self.at) {
                        match c {
                            b'\\' => self.at += 1,
                            b'"' => break,
                            _ => {}
                        }
                        self.at += 1;
                    }
                }
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(());
            }
        }
        Err(self.fault("unexpected end"))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn fault(&self, what: &str) -> String {
        format!("{what} at byte {}", self.at)
    }

    fn scalar(&mut self) -> Result<Tree<'a>, String> {
        match self.peek() {
            Some(b'"') => self.string().map(Tree::Text),
            Some(b't') if self.word("true") => Ok(Tree::Bool(true)),
            Some(b'f') if self.word("false") => Ok(Tree::Bool(false)),
            Some(b'n') if self.word("null") => Ok(Tree::Null),
            Some(b'-' | b'0'..=b'9') => {
                let start = self.at;
                while matches!(self.peek(), Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')) {
                    self.at += 1;
                }
                Ok(Tree::Number(Cow::Borrowed(&self.text[start..self.at])))
            }
            _ => Err(self.fault("expected a value")),
        }
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.text[self.at..].starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    fn string(&mut self) -> Result<Cow<'a, str>, String> {
        if self.peek() != Some(b'"') {
            return Err(self.fault("expected a string"));
        }
        self.at += 1;
        let start = self.at;
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            match byte {
                b'"' => {
                    let text = &self.text[start..self.at];
                    self.at += 1;
                    return Ok(Cow::Borrowed(text));
                }
                b'\\' => return self.escaped(start),
                _ => self.at += 1,
            }
        }
        Err(self.fault("unexpected end of a string"))
    }

    fn escaped(&mut self, start: usize) -> Result<Cow<'a, str>, String> {
        let mut out = self.text[start..self.at].to_owned();
        while let Some(c) = self.text[self.at..].chars().next() {
            self.at += c.len_utf8();
            match c {
                '"' => return Ok(Cow::Owned(out)),
                '\\' => {
                    let escape = self.peek().ok_or_else(|| self.fault("unexpected end of a string"))?;
                    self.at += 1;
                    match escape {
                        b'n' => out.push('\n'),
                        b't' => out.push('\t'),
                        b'r' => out.push('\r'),
                        b'b' => out.push('\u{8}'),
                        b'f' => out.push('\u{c}'),
                        b'u' => {
                            let unit = self.hex()?;
                            let code = if (0xd800..0xdc00).contains(&unit) && self.text[self.at..].starts_with("\\u") {
                                self.at += 2;
                                let low = self.hex()?;
                                0x10000 + ((unit - 0xd800) << 10) + (low.wrapping_sub(0xdc00) & 0x3ff)
                            } else {
                                unit
                            };
                            out.push(char::from_u32(code).ok_or_else(|| self.fault("bad escape"))?);
                        }
                        b'"' | b'\\' | b'/' => out.push(char::from(escape)),
                        _ => return Err(self.fault("bad escape")),
                    }
                }
                c => out.push(c),
            }
        }
        Err(self.fault("unexpected end of a string"))
    }

    fn hex(&mut self) -> Result<u32, String> {
        let digits = self.text.get(self.at..self.at + 4).ok_or_else(|| self.fault("bad escape"))?;
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| self.fault("bad escape"))
    }
}

#[cfg(test)]
mod tests {
    use super::Tree;

    #[test]
    fn annotations_are_left_out_wherever_they_stand() {
        let tree = Tree::parse(r#"{"annotation":[{"a":"}]\""}],"x":[1,{"annotation":{}}],"annotation":[]}"#).unwrap();
        let mut out = String::new();
        tree.write(&mut out);
        assert_eq!(out, r#"{"x":[1,{}]}"#);
    }

    #[test]
    fn deep_documents_are_read() {
        let text = format!("{}1{}", "[".repeat(3000), "]".repeat(3000));
        assert!(Tree::parse(&text).is_ok());
        assert!(Tree::parse(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn broken_documents_are_refused_with_the_place() {
        for text in ["", "{", "[1,", r#"{"a" 1}"#, r#""\u12"#, "[1] 2", r#"{"a":tru}"#] {
            assert!(Tree::parse(text).unwrap_err().contains("byte"), "{text}");
        }
    }
}
