//! `_filter`: the R4 filter language (R4 3.1.3) as a tree of comparisons.
//!
//! `given eq "peter" and (birthdate ge 2014-10-10 or not (active pr true))`. `and` binds tighter than `or`. A bracket
//! inside a path (`name[use eq official].family`) is not taken: index rows do not say which item they came from.

use super::query::wrong;
use crate::error::Result;

/// How deep brackets may nest.
const DEEPEST: usize = 16;
/// Comparisons of one filter, at most.
const MOST: usize = 100;

/// A filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Is(Comparison),
}

/// `path op value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comparison {
    /// A parameter, or a chain of them.
    pub(super) path: String,
    pub(super) operation: Operation,
    /// As in a search: separators in it are separators.
    pub(super) value: String,
}

/// What is asked of the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Equal,
    NotEqual,
    Contains,
    Starts,
    Ends,
    /// Greater, less, after and the like: the prefix of a search.
    Ordered(&'static str),
    Present,
    Overlaps,
    /// The value subsumes a code of the resource.
    Subsumes,
    /// A code of the resource subsumes the value.
    SubsumedBy,
    In,
    NotIn,
    Refers,
}

impl Operation {
    fn named(word: &str) -> Option<Self> {
        Some(match word {
            "eq" => Self::Equal,
            "ne" => Self::NotEqual,
            "co" => Self::Contains,
            "sw" => Self::Starts,
            "ew" => Self::Ends,
            "gt" => Self::Ordered("gt"),
            "lt" => Self::Ordered("lt"),
            "ge" => Self::Ordered("ge"),
            "le" => Self::Ordered("le"),
            "ap" => Self::Ordered("ap"),
            "sa" => Self::Ordered("sa"),
            "eb" => Self::Ordered("eb"),
            "pr" => Self::Present,
            "po" => Self::Overlaps,
            "ss" => Self::Subsumes,
            "sb" => Self::SubsumedBy,
            "in" => Self::In,
            "ni" => Self::NotIn,
            "re" => Self::Refers,
            _ => return None,
        })
    }
}

/// Reads a filter; what is wrong is told with the place in the text.
pub(super) fn parse(text: &str) -> Result<Filter> {
    let mut reader = Reader { text, at: 0, comparisons: 0 };
    let filter = reader.any(0)?;
    reader.space();
    if reader.at < text.len() {
        return Err(reader.wrong("`and`, `or` or the end is expected"));
    }
    Ok(filter)
}

impl Filter {
    /// The paths compared.
    pub(super) fn paths<'a>(&'a self, out: &mut Vec<&'a str>) {
        match self {
            Self::All(list) | Self::Any(list) => list.iter().for_each(|one| one.paths(out)),
            Self::Not(inner) => inner.paths(out),
            Self::Is(comparison) => out.push(&comparison.path),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    comparisons: usize,
}

impl<'a> Reader<'a> {
    fn any(&mut self, depth: usize) -> Result<Filter> {
        let mut list = vec![self.all(depth)?];
        while self.takes_word("or") {
            list.push(self.all(depth)?);
        }
        Ok(if list.len() == 1 { list.remove(0) } else { Filter::Any(list) })
    }

    fn all(&mut self, depth: usize) -> Result<Filter> {
        let mut list = vec![self.one(depth)?];
        while self.takes_word("and") {
            list.push(self.one(depth)?);
        }
        Ok(if list.len() == 1 { list.remove(0) } else { Filter::All(list) })
    }

    fn one(&mut self, depth: usize) -> Result<Filter> {
        if depth > DEEPEST {
            return Err(self.wrong("brackets nest too deep"));
        }
        self.space();
        if self.takes("(") {
            return self.closed(depth);
        }
        let path = self.word();
        self.space();
        if path == "not" && self.takes("(") {
            return Ok(Filter::Not(Box::new(self.closed(depth)?)));
        }
        if path.is_empty() || !path.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')) {
            return Err(self.wrong("a parameter is expected"));
        }
        let word = self.word();
        let operation = Operation::named(word).ok_or_else(|| self.wrong(&format!("`{word}` is not a comparison")))?;
        self.space();
        let value = self.value()?;
        self.comparisons += 1;
        if self.comparisons > MOST {
            return Err(self.wrong("too many comparisons"));
        }
        Ok(Filter::Is(Comparison { path: path.to_owned(), operation, value }))
    }

    fn closed(&mut self, depth: usize) -> Result<Filter> {
        let inner = self.any(depth + 1)?;
        self.space();
        if self.takes(")") { Ok(inner) } else { Err(self.wrong("`)` is expected")) }
    }

    /// A text in quotes, or everything up to a space or bracket.
    fn value(&mut self) -> Result<String> {
        if !self.takes("\"") {
            let word = self.word();
            return if word.is_empty() { Err(self.wrong("a value is expected")) } else { Ok(word.replace(',', "\\,")) };
        }
        let mut out = String::new();
        let mut escaped = false;
        for (at, c) in self.rest().char_indices() {
            match c {
                _ if escaped => {
                    escaped = false;
                    push_literal(&mut out, c);
                }
                '\\' => escaped = true,
                '"' => {
                    self.at += at + 1;
                    return Ok(out);
                }
                _ => push_literal(&mut out, c),
            }
        }
        Err(self.wrong("a text does not end"))
    }

    fn word(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')')).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or("")
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let before = self.at;
        self.space();
        if self.word() == word {
            return true;
        }
        self.at = before;
        false
    }

    fn takes(&mut self, sign: &str) -> bool {
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn wrong(&self, what: &str) -> crate::error::Error {
        wrong("_filter", &format!("at character {}: {what}", self.text.get(..self.at).map_or(0, |t| t.chars().count())))
    }
}

/// A character of a text in quotes: there it separates nothing.
fn push_literal(out: &mut String, c: char) {
    if matches!(c, ',' | '|' | '$' | '\\') {
        out.push('\\');
    }
    out.push(c);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(filter: &Filter) -> String {
        let list = |list: &[Filter], word: &str| format!("({})", list.iter().map(shown).collect::<Vec<_>>().join(word));
        match filter {
            Filter::All(all) => list(all, " & "),
            Filter::Any(any) => list(any, " | "),
            Filter::Not(inner) => format!("!{}", shown(inner)),
            Filter::Is(c) => format!("{}~{}", c.path, c.value),
        }
    }

    #[test]
    fn and_binds_tighter_than_or() {
        let read = |text: &str| parse(text).map(|f| shown(&f)).unwrap_or_else(|e| e.to_string());
        assert_eq!(read("given eq \"peter\" and birthdate ge 2014-10-10"), "(given~peter & birthdate~2014-10-10)");
        assert_eq!(read("a eq 1 or b eq 2 and c eq 3"), "(a~1 | (b~2 & c~3))");
        assert_eq!(read("(a eq 1 or b eq 2) and not (c pr true)"), "((a~1 | b~2) & !c~true)");
        assert_eq!(read("code eq http://loinc.org|1234-5"), "code~http://loinc.org|1234-5");
        assert_eq!(read(r#"name co "a, \"b\"|""#), r#"name~a\, "b"\|"#);
        assert_eq!(read("patient.name sw x"), "patient.name~x");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for bad in
            ["", "a", "a eq", "a is 1", "(a eq 1", "a eq 1)", "a eq \"x", "a eq 1 b eq 2", "name[use eq x].given eq y"]
        {
            let error = parse(bad).unwrap_err().to_string();
            assert!(error.contains("at character"), "{bad}: {error}");
        }
        assert!(parse(&format!("{}a eq 1{}", "(".repeat(5_000), ")".repeat(5_000))).is_err());
    }
}
