//! Operators in the grammar's order of binding.

use super::super::Problem;
use super::super::ast::{Ast, Node};
use super::super::lexer::Token;
use super::{MAX_DEPTH, Parsed, Parser};

/// How tightly each kind of operator binds; more is tighter.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Level {
    Set = 1,
    Implies,
    Or,
    And,
    Member,
    Equal,
    Timing,
    Unequal,
    Between,
    Prefix,
    Type,
}

pub(super) fn op(at: usize, name: &'static str, args: Vec<Node>) -> Node {
    Node { at, kind: Ast::Op(name, args, None) }
}

impl Parser {
    pub(super) fn expression(&mut self) -> Parsed {
        self.level(Level::Set)
    }

    fn level(&mut self, lowest: Level) -> Parsed {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Problem::new(self.place(), "nested too deeply"));
        }
        let mut left = self.prefix()?;
        while let Some(next) = self.infix(&left, lowest)? {
            left = next;
        }
        self.depth -= 1;
        Ok(left)
    }

    /// `not`, `exists`, `cast`, durations; else a query or a term.
    fn prefix(&mut self) -> Parsed {
        let at = self.place();
        if self.word("not") {
            let operand = self.level(Level::Prefix)?;
            return Ok(op(at, "Not", vec![operand]));
        }
        if self.word("exists") {
            let operand = self.level(Level::Prefix)?;
            return Ok(op(at, "Exists", vec![operand]));
        }
        if self.word("cast") {
            let operand = self.query_or_term()?;
            self.need_word("as")?;
            let kind = self.type_name()?;
            return Ok(Node { at, kind: Ast::As(Box::new(operand), kind, true) });
        }
        if let Some(node) = self.duration()? {
            return Ok(node);
        }
        self.query_or_term()
    }

    /// `duration in days between A and B`, `days between ..`, `difference in days between ..`.
    fn duration(&mut self) -> Parsed<Option<Node>> {
        let at = self.place();
        let start = self.at;
        let mut name = "DurationBetween";
        if self.words(&["difference", "in"]) {
            name = "DifferenceBetween";
        } else {
            self.words(&["duration", "in"]);
        }
        if let Some(precision) = self.plural_precision()
            && self.word("between")
        {
            let low = self.term()?;
            self.need_word("and")?;
            let high = self.term()?;
            return Ok(Some(Node { at, kind: Ast::Op(name, vec![low, high], Some(precision)) }));
        }
        self.at = start;
        Ok(None)
    }

    pub(super) fn plural_precision(&mut self) -> Option<String> {
        let Token::Word(word, false) = self.peek() else { return None };
        let singular = word.strip_suffix('s')?.to_owned();
        if is_precision(&singular) {
            self.at += 1;
            return Some(singular);
        }
        None
    }

    /// `day` when the next word is one.
    pub(super) fn precision(&mut self) -> Option<String> {
        let Token::Word(word, false) = self.peek() else { return None };
        let word = word.clone();
        is_precision(&word).then(|| self.at += 1).map(|()| word)
    }

    /// `day of`.
    pub(super) fn precision_of(&mut self) -> Option<String> {
        if !self.is_word(1, "of") {
            return None;
        }
        let precision = self.precision()?;
        self.at += 1;
        Some(precision)
    }

    fn infix(&mut self, left: &Node, lowest: Level) -> Parsed<Option<Node>> {
        let at = left.at;
        let node = |kind| Ok(Some(Node { at, kind }));
        let boxed = || Box::new(left.clone());
        match self.peek().clone() {
            Token::Mark(mark @ ("<" | "<=" | ">" | ">=")) if lowest <= Level::Unequal => {
                self.at += 1;
                let right = self.level(Level::Between)?;
                let name = match mark {
                    "<" => "Less",
                    "<=" => "LessOrEqual",
                    ">" => "Greater",
                    _ => "GreaterOrEqual",
                };
                node(Ast::Op(name, vec![left.clone(), right], None))
            }
            Token::Mark(mark @ ("=" | "!=" | "~" | "!~")) if lowest <= Level::Equal => {
                self.at += 1;
                let right = self.level(Level::Timing)?;
                let pair = vec![left.clone(), right];
                match mark {
                    "=" => node(Ast::Op("Equal", pair, None)),
                    "~" => node(Ast::Op("Equivalent", pair, None)),
                    "!=" => node(Ast::Op("Not", vec![op(at, "Equal", pair)], None)),
                    _ => node(Ast::Op("Not", vec![op(at, "Equivalent", pair)], None)),
                }
            }
            Token::Mark("|") if lowest <= Level::Set => {
                self.at += 1;
                let right = self.level(Level::Implies)?;
                node(Ast::Op("Union", vec![left.clone(), right], None))
            }
            Token::Word(word, false) => match &*word {
                "is" if lowest <= Level::Type => {
                    self.at += 1;
                    let not = self.word("not");
                    let test = match self.peek() {
                        Token::Word(w, false) if w == "null" => Some("IsNull"),
                        Token::Word(w, false) if w == "true" => Some("IsTrue"),
                        Token::Word(w, false) if w == "false" => Some("IsFalse"),
                        _ => None,
                    };
                    match test {
                        Some(test) => {
                            self.at += 1;
                            let inner = op(at, test, vec![left.clone()]);
                            if not { node(Ast::Op("Not", vec![inner], None)) } else { Ok(Some(inner)) }
                        }
                        None if not => Err(self.expected("`null`, `true` or `false`")),
                        None => node(Ast::Is(boxed(), self.type_name()?)),
                    }
                }
                "as" if lowest <= Level::Type => {
                    self.at += 1;
                    node(Ast::As(boxed(), self.type_name()?, false))
                }
                "properly" if lowest <= Level::Between && self.is_word(1, "between") => {
                    self.at += 2;
                    self.between(left, true)
                }
                "between" if lowest <= Level::Between => {
                    self.at += 1;
                    self.between(left, false)
                }
                "in" | "contains" if lowest <= Level::Member => {
                    self.at += 1;
                    let precision = self.precision_of();
                    let right = self.level(Level::Equal)?;
                    let name = if word == "in" { "In" } else { "Contains" };
                    node(Ast::Op(name, vec![left.clone(), right], precision))
                }
                "and" if lowest <= Level::And => self.logic("And", left, Level::Member),
                "or" if lowest <= Level::Or => self.logic("Or", left, Level::And),
                "xor" if lowest <= Level::Or => self.logic("Xor", left, Level::And),
                "implies" if lowest <= Level::Implies => self.logic("Implies", left, Level::Or),
                "union" if lowest <= Level::Set => self.logic("Union", left, Level::Implies),
                "intersect" if lowest <= Level::Set => self.logic("Intersect", left, Level::Implies),
                "except" if lowest <= Level::Set => self.logic("Except", left, Level::Implies),
                _ if lowest <= Level::Timing => match self.timing()? {
                    Some(timing) => {
                        let right = self.level(Level::Unequal)?;
                        node(Ast::Timing(boxed(), timing, Box::new(right)))
                    }
                    None => Ok(None),
                },
                _ => Ok(None),
            },
            // `3 days or more after X`: a quantity can begin a timing phrase.
            Token::Number(_) if lowest <= Level::Timing => match self.timing()? {
                Some(timing) => {
                    let right = self.level(Level::Unequal)?;
                    node(Ast::Timing(boxed(), timing, Box::new(right)))
                }
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    fn logic(&mut self, name: &'static str, left: &Node, above: Level) -> Parsed<Option<Node>> {
        self.at += 1;
        let right = self.level(above)?;
        Ok(Some(op(left.at, name, vec![left.clone(), right])))
    }

    fn between(&mut self, left: &Node, properly: bool) -> Parsed<Option<Node>> {
        let low = self.term()?;
        self.need_word("and")?;
        let high = self.term()?;
        let kind = Ast::Between(Box::new(left.clone()), Box::new(low), Box::new(high), properly);
        Ok(Some(Node { at: left.at, kind }))
    }
}

pub(super) fn is_precision(word: &str) -> bool {
    matches!(word, "year" | "month" | "week" | "day" | "hour" | "minute" | "second" | "millisecond")
}
