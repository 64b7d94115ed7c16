//! From tokens to the tree. A fault in one statement costs that statement; all are reported.

mod expression;
mod hints;
mod library;
mod query;
mod term;
mod timing;

use super::Problem;
use super::ast::{Library, Node, TypeName};
use super::lexer::{Spanned, Token, tokens};

/// Nesting that is followed; the parser runs on a deep stack.
const MAX_DEPTH: usize = 2_000;

/// Words that end an expression, so they are no aliases.
const RESERVED: &[&str] = &[
    "after",
    "aggregate",
    "all",
    "and",
    "as",
    "asc",
    "ascending",
    "before",
    "between",
    "by",
    "called",
    "case",
    "code",
    "codesystem",
    "collapse",
    "concept",
    "contains",
    "context",
    "convert",
    "date",
    "default",
    "define",
    "desc",
    "descending",
    "difference",
    "display",
    "distinct",
    "div",
    "duration",
    "during",
    "else",
    "end",
    "ends",
    "except",
    "exists",
    "expand",
    "false",
    "flatten",
    "fluent",
    "from",
    "function",
    "if",
    "implies",
    "in",
    "include",
    "included",
    "includes",
    "intersect",
    "is",
    "less",
    "let",
    "library",
    "maximum",
    "meets",
    "minimum",
    "mod",
    "more",
    "not",
    "null",
    "occurs",
    "of",
    "on",
    "or",
    "overlaps",
    "parameter",
    "per",
    "point",
    "predecessor",
    "private",
    "properly",
    "public",
    "return",
    "same",
    "singleton",
    "sort",
    "start",
    "starting",
    "starts",
    "successor",
    "such",
    "that",
    "then",
    "to",
    "true",
    "union",
    "using",
    "valueset",
    "version",
    "when",
    "where",
    "width",
    "with",
    "within",
    "without",
    "xor",
];

/// Reserved words that still name elements: `concept.coding`, `Patient.start`.
const SOFT: &[&str] = &[
    "date",
    "code",
    "display",
    "version",
    "start",
    "end",
    "all",
    "on",
    "point",
    "context",
    "concept",
    "default",
    "parameter",
    "library",
    "called",
    "include",
    "public",
    "private",
];

pub(super) struct Parser {
    tokens: Vec<Spanned>,
    at: usize,
    depth: usize,
}

pub(super) use hints::of_character as hint_of_character;

type Parsed<T = Node> = Result<T, Problem>;

/// Reads a library.
pub fn library(text: &str) -> (Library, Vec<Problem>) {
    let (tokens, mut problems) = tokens(text);
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    let library = parser.library(&mut problems);
    (library, problems)
}

/// Reads the name and version of a library, and nothing more.
pub fn library_name(text: &str) -> Option<(String, Option<String>)> {
    // The name stands before any declaration: the words up to it suffice.
    let head = text.find("\nusing").or_else(|| text.find("\ndefine")).map_or(text, |end| &text[..end]);
    let (tokens, _) = tokens(head);
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    parser.library(&mut Vec::new()).name
}

/// Reads a single expression.
pub fn expression(text: &str) -> Result<Node, Vec<Problem>> {
    let (tokens, problems) = tokens(text);
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    let result = parser.expression().and_then(|node| match parser.peek() {
        Token::End => Ok(node),
        _ => Err(parser.expected("the end")),
    });
    result.map_err(|p| vec![p])
}

impl Parser {
    fn peek(&self) -> &Token {
        self.ahead(0)
    }

    fn ahead(&self, by: usize) -> &Token {
        self.tokens.get(self.at + by).map_or(&Token::End, |t| &t.token)
    }

    fn place(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(0, |t| t.at)
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn is_word(&self, by: usize, word: &str) -> bool {
        matches!(self.ahead(by), Token::Word(w, false) if w == word)
    }

    fn is_mark(&self, by: usize, mark: &str) -> bool {
        matches!(self.ahead(by), Token::Mark(m) if *m == mark)
    }

    /// Takes a word if it is next.
    fn word(&mut self, word: &str) -> bool {
        let found = self.is_word(0, word);
        self.at += usize::from(found);
        found
    }

    /// Takes words if they are all next.
    fn words(&mut self, words: &[&str]) -> bool {
        let found = words.iter().enumerate().all(|(by, word)| self.is_word(by, word));
        if found {
            self.at += words.len();
        }
        found
    }

    fn mark(&mut self, mark: &str) -> bool {
        let found = self.is_mark(0, mark);
        self.at += usize::from(found);
        found
    }

    fn need_word(&mut self, word: &str) -> Parsed<()> {
        if self.word(word) { Ok(()) } else { Err(self.expected(&format!("`{word}`"))) }
    }

    fn need_mark(&mut self, mark: &str) -> Parsed<()> {
        if self.mark(mark) { Ok(()) } else { Err(self.expected(&format!("`{mark}`"))) }
    }

    fn expected(&self, what: &str) -> Problem {
        let found = match self.peek() {
            Token::Word(w, false) => format!("`{w}`"),
            Token::Word(w, true) => format!("the name \"{w}\""),
            Token::Number(n) => format!("the number {n}"),
            Token::Text(t) => format!("the text '{t}'"),
            Token::Moment(m) => format!("`@{m}`"),
            Token::Mark(m) => format!("`{m}`"),
            Token::End => "the end of the text".to_owned(),
        };
        let problem = Problem::new(self.place(), format!("expected {what}, found {found}"));
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map(|t| &t.token);
        match hints::of_syntax(what, before, self.peek(), self.ahead(1)) {
            Some(hint) => problem.hint(hint),
            None => problem,
        }
    }

    /// An identifier that is no reserved word.
    fn is_identifier(&self, by: usize) -> bool {
        match self.ahead(by) {
            Token::Word(w, quoted) => *quoted || !RESERVED.contains(&&**w) && !w.starts_with('$'),
            _ => false,
        }
    }

    fn identifier(&mut self, what: &str) -> Parsed<String> {
        match self.peek() {
            Token::Word(word, _) => {
                let word = word.clone();
                self.at += 1;
                Ok(word)
            }
            _ => Err(self.expected(what)),
        }
    }

    fn text(&mut self, what: &str) -> Parsed<String> {
        match self.peek() {
            Token::Text(text) => {
                let text = text.clone();
                self.at += 1;
                Ok(text)
            }
            _ => Err(self.expected(what)),
        }
    }

    /// A type: `Interval<DateTime>`, `FHIR.Patient`, `List<Choice<..>>`, `Tuple { a Integer }`.
    fn type_name(&mut self) -> Parsed<TypeName> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Problem::new(self.place(), "nested too deeply"));
        }
        let result = self.type_inside();
        self.depth -= 1;
        result
    }

    fn type_inside(&mut self) -> Parsed<TypeName> {
        let quoted = matches!(self.peek(), Token::Word(_, true));
        let name = self.identifier("a type")?;
        let generic = !quoted && self.is_mark(0, "<");
        match &*name {
            "List" if generic => {
                self.at += 1;
                let inner = self.type_name()?;
                self.need_mark(">")?;
                Ok(TypeName::List(Box::new(inner)))
            }
            "Interval" if generic => {
                self.at += 1;
                let inner = self.type_name()?;
                self.need_mark(">")?;
                Ok(TypeName::Interval(Box::new(inner)))
            }
            "Choice" if generic => {
                self.at += 1;
                let mut choices = vec![self.type_name()?];
                while self.mark(",") {
                    choices.push(self.type_name()?);
                }
                self.need_mark(">")?;
                Ok(TypeName::Choice(choices))
            }
            "Tuple" if !quoted && self.is_mark(0, "{") => {
                self.at += 1;
                let mut fields = Vec::new();
                while !self.mark("}") {
                    let field = self.identifier("an element's name")?;
                    fields.push((field, self.type_name()?));
                    if !self.mark(",") {
                        self.need_mark("}")?;
                        break;
                    }
                }
                Ok(TypeName::Tuple(fields))
            }
            _ => {
                let mut parts = vec![name];
                while self.is_mark(0, ".") && matches!(self.ahead(1), Token::Word(..)) {
                    self.at += 1;
                    parts.push(self.identifier("a type")?);
                }
                let last = parts.pop().unwrap_or_default();
                // `FHIR.Encounter.Location` is the class `Encounter.Location` of FHIR.
                if parts.is_empty() {
                    return Ok(TypeName::Named(None, last));
                }
                let model = parts.remove(0);
                parts.push(last);
                Ok(TypeName::Named(Some(model), parts.join(".")))
            }
        }
    }
}
