//! Terms: literals, names, calls, arithmetic, selectors.

use super::super::ast::{Ast, Node};
use super::super::lexer::Token;
use super::expression::{is_precision, op};
use super::{MAX_DEPTH, Parsed, Parser};
use crate::front::Problem;

impl Parser {
    pub(super) fn term(&mut self) -> Parsed {
        let first = self.unary()?;
        self.term_from(first)
    }

    /// A term whose first operand is read already.
    pub(super) fn term_from(&mut self, first: Node) -> Parsed {
        let first = self.power(first)?;
        let mut left = self.product(first)?;
        loop {
            let name = match self.peek() {
                Token::Mark("+") => "Add",
                Token::Mark("-") => "Subtract",
                Token::Mark("&") => "Concatenate",
                _ => break,
            };
            self.at += 1;
            let right = self.unary()?;
            let right = self.power(right)?;
            let right = self.product(right)?;
            left = op(left.at, name, vec![left, right]);
        }
        Ok(left)
    }

    fn product(&mut self, mut left: Node) -> Parsed {
        loop {
            let name = match self.peek() {
                Token::Mark("*") => "Multiply",
                Token::Mark("/") => "Divide",
                Token::Word(w, false) if w == "div" => "TruncatedDivide",
                Token::Word(w, false) if w == "mod" => "Modulo",
                _ => return Ok(left),
            };
            self.at += 1;
            let right = self.unary()?;
            let right = self.power(right)?;
            left = op(left.at, name, vec![left, right]);
        }
    }

    fn power(&mut self, mut left: Node) -> Parsed {
        while self.mark("^") {
            let right = self.unary()?;
            left = op(left.at, "Power", vec![left, right]);
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Problem::new(self.place(), "nested too deeply"));
        }
        let result = self.unary_inside();
        self.depth -= 1;
        result
    }

    fn unary_inside(&mut self) -> Parsed {
        let at = self.place();
        if self.mark("-") {
            let operand = self.unary()?;
            return Ok(op(at, "Negate", vec![operand]));
        }
        if self.mark("+") {
            return self.unary();
        }
        for (words, name) in [
            (["start", "of"], "Start"),
            (["end", "of"], "End"),
            (["width", "of"], "Width"),
            (["successor", "of"], "Successor"),
            (["predecessor", "of"], "Predecessor"),
            (["singleton", "from"], "SingletonFrom"),
            (["point", "from"], "PointFrom"),
            (["date", "from"], "DateFrom"),
            (["time", "from"], "TimeFrom"),
            (["timezoneoffset", "from"], "TimezoneOffsetFrom"),
            (["timezone", "from"], "TimezoneOffsetFrom"),
        ] {
            if self.words(&words) {
                let operand = self.unary()?;
                return Ok(op(at, name, vec![operand]));
            }
        }
        if let Token::Word(word, false) = self.peek().clone() {
            if is_precision(&word) && self.is_word(1, "from") {
                self.at += 2;
                let operand = self.unary()?;
                return Ok(Node { at, kind: Ast::Op("DateTimeComponentFrom", vec![operand], Some(word)) });
            }
            // `duration in days of X` and `difference in days of X`: from its start to its end.
            for (lead, name) in [("duration", "DurationBetween"), ("difference", "DifferenceBetween")] {
                if word == lead && self.is_word(1, "in") && self.is_word(3, "of") {
                    self.at += 2;
                    let Some(precision) = self.plural_precision() else {
                        return Err(self.expected("a plural precision such as `days`"));
                    };
                    self.at += 1;
                    let operand = self.unary()?;
                    let ends = vec![op(at, "Start", vec![operand.clone()]), op(at, "End", vec![operand])];
                    return Ok(Node { at, kind: Ast::Op(name, ends, Some(precision)) });
                }
            }
            match &*word {
                "minimum" | "maximum" if matches!(self.ahead(1), Token::Word(..)) => {
                    self.at += 1;
                    let name = if word == "minimum" { "MinValue" } else { "MaxValue" };
                    return Ok(Node { at, kind: Ast::Extreme(name, self.type_name()?) });
                }
                "convert" => {
                    self.at += 1;
                    let operand = Box::new(self.expression()?);
                    self.need_word("to")?;
                    let kind = match self.peek().clone() {
                        Token::Text(unit) => {
                            self.at += 1;
                            Ast::ConvertUnit(operand, unit)
                        }
                        Token::Word(unit, false) if is_precision(unit.trim_end_matches('s')) => {
                            self.at += 1;
                            Ast::ConvertUnit(operand, unit)
                        }
                        _ => Ast::ConvertTo(operand, self.type_name()?),
                    };
                    return Ok(Node { at, kind });
                }
                "if" => return self.if_(at),
                "case" => return self.case(at),
                "distinct" | "flatten" => {
                    self.at += 1;
                    let operand = self.expression()?;
                    return Ok(op(at, if word == "distinct" { "Distinct" } else { "Flatten" }, vec![operand]));
                }
                "expand" | "collapse" => {
                    self.at += 1;
                    let mut args = vec![self.expression()?];
                    if self.word("per") {
                        let at = self.place();
                        match self.precision() {
                            Some(unit) => args.push(Node { at, kind: Ast::Quantity("1".into(), unit) }),
                            None => args.push(self.term()?),
                        }
                    }
                    return Ok(op(at, if word == "expand" { "Expand" } else { "Collapse" }, args));
                }
                _ => {}
            }
        }
        let primary = self.primary()?;
        self.postfix(primary)
    }

    /// `.name`, `.name(..)`, `[index]` after a term.
    pub(super) fn postfix(&mut self, mut left: Node) -> Parsed {
        loop {
            if self.is_mark(0, ".") {
                self.at += 1;
                let name = self.identifier("an element's name")?;
                let kind = if self.mark("(") {
                    Ast::Call(Some(Box::new(left.clone())), name, self.arguments()?)
                } else {
                    Ast::Member(Box::new(left.clone()), name)
                };
                left = Node { at: left.at, kind };
            } else if self.is_mark(0, "[") {
                self.at += 1;
                let index = self.expression()?;
                self.need_mark("]")?;
                left = Node { at: left.at, kind: Ast::Index(Box::new(left), Box::new(index)) };
            } else {
                return Ok(left);
            }
        }
    }

    fn arguments(&mut self) -> Parsed<Vec<Node>> {
        let mut list = Vec::new();
        if self.mark(")") {
            return Ok(list);
        }
        loop {
            list.push(self.expression()?);
            if !self.mark(",") {
                self.need_mark(")")?;
                return Ok(list);
            }
        }
    }

    fn if_(&mut self, at: usize) -> Parsed {
        self.at += 1;
        let condition = Box::new(self.expression()?);
        self.need_word("then")?;
        let then = Box::new(self.expression()?);
        self.need_word("else")?;
        let otherwise = Box::new(self.expression()?);
        Ok(Node { at, kind: Ast::If(condition, then, otherwise) })
    }

    fn case(&mut self, at: usize) -> Parsed {
        self.at += 1;
        let comparand = if self.is_word(0, "when") { None } else { Some(Box::new(self.expression()?)) };
        let mut items = Vec::new();
        while self.word("when") {
            let when = self.expression()?;
            self.need_word("then")?;
            items.push((when, self.expression()?));
        }
        if items.is_empty() {
            return Err(self.expected("`when`"));
        }
        self.need_word("else")?;
        let otherwise = Box::new(self.expression()?);
        self.need_word("end")?;
        Ok(Node { at, kind: Ast::Case(comparand, items, otherwise) })
    }

    /// A literal, with its unit where one follows.
    pub(super) fn literal(&mut self) -> Parsed {
        let at = self.place();
        let kind = match self.next() {
            Token::Number(number) => match self.unit() {
                Some(unit) => {
                    if self.is_mark(0, ":") && matches!(self.ahead(1), Token::Number(_)) {
                        self.ratio((number, unit))?
                    } else {
                        Ast::Quantity(number, unit)
                    }
                }
                None if self.is_mark(0, ":") && matches!(self.ahead(1), Token::Number(_)) => {
                    self.ratio((number, "1".into()))?
                }
                None => Ast::Number(number),
            },
            Token::Text(text) => Ast::Text(text),
            Token::Moment(text) => Ast::Moment(text),
            _ => {
                self.at -= 1;
                return Err(self.expected("a literal"));
            }
        };
        Ok(Node { at, kind })
    }

    fn ratio(&mut self, above: (String, String)) -> Parsed<Ast> {
        self.at += 1;
        let Token::Number(number) = self.next() else { return Err(self.expected("a number")) };
        let unit = self.unit().unwrap_or_else(|| "1".into());
        Ok(Ast::Ratio(above, (number, unit)))
    }

    fn unit(&mut self) -> Option<String> {
        match self.peek().clone() {
            Token::Text(unit) => {
                self.at += 1;
                Some(unit)
            }
            Token::Word(word, false) if is_precision(word.strip_suffix('s').unwrap_or(&word)) => {
                self.at += 1;
                Some(word)
            }
            _ => None,
        }
    }

    pub(super) fn primary(&mut self) -> Parsed {
        let at = self.place();
        match self.peek().clone() {
            Token::Number(_) | Token::Text(_) | Token::Moment(_) => self.literal(),
            Token::Mark("(") => {
                self.at += 1;
                let inner = self.expression()?;
                self.need_mark(")")?;
                Ok(inner)
            }
            Token::Mark("[") => self.retrieve(),
            Token::Mark("{") => {
                self.at += 1;
                self.braces(at)
            }
            Token::Word(word, quoted) => self.named(at, &word, quoted),
            _ => Err(self.expected("an expression")),
        }
    }

    /// `{ a: 1 }` is a tuple, `{ 1, 2 }` a list, `{ : }` an empty tuple.
    fn braces(&mut self, at: usize) -> Parsed {
        let is_tuple = (matches!(self.peek(), Token::Word(..)) && self.is_mark(1, ":")) || self.is_mark(0, ":");
        if is_tuple {
            return Ok(Node { at, kind: Ast::Tuple(self.fields()?) });
        }
        Ok(Node { at, kind: Ast::List(None, self.items()?) })
    }

    fn items(&mut self) -> Parsed<Vec<Node>> {
        let mut list = Vec::new();
        while !self.mark("}") {
            list.push(self.expression()?);
            if !self.mark(",") {
                self.need_mark("}")?;
                break;
            }
        }
        Ok(list)
    }

    fn fields(&mut self) -> Parsed<Vec<(String, Node)>> {
        let mut list = Vec::new();
        if self.mark(":") {
            self.need_mark("}")?;
            return Ok(list);
        }
        while !self.mark("}") {
            let name = self.identifier("an element's name")?;
            self.need_mark(":")?;
            list.push((name, self.expression()?));
            if !self.mark(",") {
                self.need_mark("}")?;
                break;
            }
        }
        Ok(list)
    }

    fn named(&mut self, at: usize, word: &str, quoted: bool) -> Parsed {
        if !quoted {
            match word {
                "null" | "true" | "false" => {
                    self.at += 1;
                    let kind = if word == "null" { Ast::Null } else { Ast::Bool(word == "true") };
                    return Ok(Node { at, kind });
                }
                "Interval" if self.is_mark(1, "[") || self.is_mark(1, "(") => return self.interval(at),
                "List" if self.is_mark(1, "{") || self.is_mark(1, "<") => {
                    self.at += 1;
                    let kind = if self.mark("<") {
                        let kind = self.type_name()?;
                        self.need_mark(">")?;
                        Some(kind)
                    } else {
                        None
                    };
                    self.need_mark("{")?;
                    return Ok(Node { at, kind: Ast::List(kind, self.items()?) });
                }
                "Tuple" if self.is_mark(1, "{") => {
                    self.at += 2;
                    return Ok(Node { at, kind: Ast::Tuple(self.fields()?) });
                }
                "Code" if matches!(self.ahead(1), Token::Text(_)) => return self.code(at),
                "Concept"
                    if self.is_mark(1, "{") && self.is_word(2, "Code") && matches!(self.ahead(3), Token::Text(_)) =>
                {
                    self.at += 2;
                    let mut codes = Vec::new();
                    loop {
                        let at = self.place();
                        codes.push(self.code(at)?);
                        if !self.mark(",") {
                            break;
                        }
                    }
                    self.need_mark("}")?;
                    let display = if self.word("display") { Some(self.text("the display as text")?) } else { None };
                    return Ok(Node { at, kind: Ast::Concept(codes, display) });
                }
                _ if super::RESERVED.contains(&word) && !self.is_mark(1, "(") && !super::SOFT.contains(&word) => {
                    return Err(self.expected("an expression"));
                }
                _ => {}
            }
        }
        if self.instance_follows() {
            let kind = self.type_name()?;
            self.need_mark("{")?;
            return Ok(Node { at, kind: Ast::Instance(kind, self.fields()?) });
        }
        self.at += 1;
        if self.mark("(") {
            return Ok(Node { at, kind: Ast::Call(None, word.to_owned(), self.arguments()?) });
        }
        Ok(Node { at, kind: Ast::Name(word.to_owned()) })
    }

    /// `Type { name: ..` or `Model.Type { ..`.
    fn instance_follows(&self) -> bool {
        let mut by = 1;
        while self.is_mark(by, ".") && matches!(self.ahead(by + 1), Token::Word(..)) {
            by += 2;
        }
        self.is_mark(by, "{")
            && (matches!(self.ahead(by + 1), Token::Word(..)) && self.is_mark(by + 2, ":") || self.is_mark(by + 1, ":"))
    }

    fn interval(&mut self, at: usize) -> Parsed {
        self.at += 1;
        let low_closed = self.mark("[");
        if !low_closed {
            self.need_mark("(")?;
        }
        let low = Box::new(self.expression()?);
        self.need_mark(",")?;
        let high = Box::new(self.expression()?);
        let high_closed = self.mark("]");
        if !high_closed {
            self.need_mark(")")?;
        }
        Ok(Node { at, kind: Ast::Interval(low, high, low_closed, high_closed) })
    }

    fn code(&mut self, at: usize) -> Parsed {
        self.need_word("Code")?;
        let code = self.text("the code as text")?;
        let system = if self.word("from") { Some(self.reference()?) } else { None };
        let display = if self.word("display") { Some(self.text("the display as text")?) } else { None };
        Ok(Node { at, kind: Ast::Code(code, system, display) })
    }
}
