//! Builds the tree of an expression (operator precedence as in the specification).

use super::Error;
use super::lex::{Kind, Token, lex};
use super::value::Value;
use crate::date::{Date, DateTime, Time};
use crate::decimal::Decimal;
use crate::quantity::calendar_unit;

/// Deepest tree taken: evaluation recurses along it.
const MAX_DEPTH: usize = 120;

#[derive(Debug)]
pub(super) enum Expr {
    Literal(Value<'static>),
    Empty,
    Variable(String),
    This,
    Index,
    Total,
    /// A name at the start of a path: a type of the focus or one of its elements.
    Name(String),
    Member(Box<Expr>, String),
    Call(Option<Box<Expr>>, String, Vec<Expr>),
    At(Box<Expr>, Box<Expr>),
    Negate(Box<Expr>),
    Plus(Box<Expr>),
    Binary(Op, Box<Expr>, Box<Expr>),
    /// `is` or `as` with a type.
    Is(Box<Expr>, TypeName),
    As(Box<Expr>, TypeName),
}

/// A type as written: `FHIR.Patient`, `string`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct TypeName {
    pub(super) space: Option<String>,
    pub(super) name: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Op {
    Implies,
    Or,
    Xor,
    And,
    In,
    Contains,
    Equal,
    NotEqual,
    Equivalent,
    NotEquivalent,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Union,
    Add,
    Subtract,
    Concatenate,
    Multiply,
    Divide,
    Div,
    Mod,
}

pub(super) fn parse(text: &str) -> Result<Expr, Error> {
    let mut parser = Parser { tokens: lex(text)?, at: 0, depth: 0 };
    let expr = parser.expression(0)?;
    if parser.kind() != &Kind::End {
        return parser.fault("unexpected text after the expression");
    }
    Ok(expr)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn kind(&self) -> &Kind {
        self.tokens.get(self.at).map_or(&Kind::End, |t| &t.kind)
    }

    fn fault<T>(&self, message: &str) -> Result<T, Error> {
        let offset = self.tokens.get(self.at).map_or(0, |t| t.offset);
        Err(Error::Syntax { offset, message: message.to_string() })
    }

    fn eat(&mut self, symbol: &str) -> bool {
        let found = matches!(self.kind(), Kind::Symbol(s) if *s == symbol);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: &str) -> Result<(), Error> {
        if self.eat(symbol) { Ok(()) } else { self.fault(&format!("expected `{symbol}`")) }
    }

    /// The operator here with its strength.
    fn operator(&self) -> Option<(Option<Op>, u8)> {
        let op = match self.kind() {
            Kind::Symbol(symbol) => match *symbol {
                "=" => (Op::Equal, 5),
                "!=" => (Op::NotEqual, 5),
                "~" => (Op::Equivalent, 5),
                "!~" => (Op::NotEquivalent, 5),
                "<" => (Op::Less, 6),
                "<=" => (Op::LessEqual, 6),
                ">" => (Op::Greater, 6),
                ">=" => (Op::GreaterEqual, 6),
                "|" => (Op::Union, 7),
                "+" => (Op::Add, 9),
                "-" => (Op::Subtract, 9),
                "&" => (Op::Concatenate, 9),
                "*" => (Op::Multiply, 10),
                "/" => (Op::Divide, 10),
                _ => return None,
            },
            Kind::Name(word) => match word.as_str() {
                "implies" => (Op::Implies, 1),
                "or" => (Op::Or, 2),
                "xor" => (Op::Xor, 2),
                "and" => (Op::And, 3),
                "in" => (Op::In, 4),
                "contains" => (Op::Contains, 4),
                "is" | "as" => return Some((None, 8)),
                "div" => (Op::Div, 10),
                "mod" => (Op::Mod, 10),
                _ => return None,
            },
            _ => return None,
        };
        Some((Some(op.0), op.1))
    }

    fn expression(&mut self, least: u8) -> Result<Expr, Error> {
        // Trees grow by nesting and by chains alike; both are bounded here.
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.fault("the expression is nested too deep");
        }
        let outer = self.depth;
        let mut left = self.unary()?;
        while let Some((op, strength)) = self.operator() {
            if strength < least.max(1) {
                break;
            }
            self.depth += 1;
            if self.depth > MAX_DEPTH {
                return self.fault("the expression is nested too deep");
            }
            let is_cast = matches!(self.kind(), Kind::Name(word) if word == "as");
            self.at += 1;
            left = match op {
                Some(op) => Expr::Binary(op, Box::new(left), Box::new(self.expression(strength + 1)?)),
                None if is_cast => Expr::As(Box::new(left), self.type_name()?),
                None => Expr::Is(Box::new(left), self.type_name()?),
            };
        }
        self.depth = outer - 1;
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expr, Error> {
        let negate = matches!(self.kind(), Kind::Symbol("-"));
        if negate || matches!(self.kind(), Kind::Symbol("+")) {
            self.at += 1;
            self.depth += 1;
            if self.depth > MAX_DEPTH {
                return self.fault("the expression is nested too deep");
            }
            let inner = Box::new(self.unary()?);
            self.depth -= 1;
            return Ok(if negate { Expr::Negate(inner) } else { Expr::Plus(inner) });
        }
        self.path()
    }

    fn path(&mut self) -> Result<Expr, Error> {
        let mut expr = self.term()?;
        let mut steps = 0;
        loop {
            steps += 1;
            if steps > MAX_DEPTH {
                return self.fault("the path is too long");
            }
            if self.eat(".") {
                let name = match self.kind().clone() {
                    Kind::Name(name) | Kind::Quoted(name) => name,
                    Kind::Special(_) => {
                        // `a.$this` is the same as `a`.
                        self.at += 1;
                        continue;
                    }
                    _ => return self.fault("expected a name after `.`"),
                };
                self.at += 1;
                expr = if self.eat("(") {
                    Expr::Call(Some(Box::new(expr)), name, self.arguments()?)
                } else {
                    Expr::Member(Box::new(expr), name)
                };
            } else if self.eat("[") {
                let index = self.expression(0)?;
                self.expect("]")?;
                expr = Expr::At(Box::new(expr), Box::new(index));
            } else {
                return Ok(expr);
            }
        }
    }

    fn arguments(&mut self) -> Result<Vec<Expr>, Error> {
        let mut out = Vec::new();
        if self.eat(")") {
            return Ok(out);
        }
        loop {
            let mut argument = self.expression(0)?;
            // `sort(name asc)`: the direction is written after the key.
            if let Kind::Name(word) = self.kind() {
                match word.as_str() {
                    "asc" => self.at += 1,
                    "desc" => {
                        self.at += 1;
                        argument = Expr::Negate(Box::new(argument));
                    }
                    _ => {}
                }
            }
            out.push(argument);
            if !self.eat(",") {
                self.expect(")")?;
                return Ok(out);
            }
        }
    }

    fn term(&mut self) -> Result<Expr, Error> {
        let kind = self.kind().clone();
        self.at += 1;
        match kind {
            Kind::Name(word) if word == "true" || word == "false" => Ok(Expr::Literal(Value::Boolean(word == "true"))),
            Kind::Name(name) | Kind::Quoted(name) => {
                if self.eat("(") {
                    return Ok(Expr::Call(None, name, self.arguments()?));
                }
                Ok(Expr::Name(name))
            }
            Kind::Text(text) => Ok(Expr::Literal(Value::Text(text.into()))),
            Kind::Number(text) => self.number(&text),
            Kind::Moment(text) => match moment(&text) {
                Some(value) => Ok(Expr::Literal(value)),
                None => {
                    self.at -= 1;
                    self.fault("no date or time")
                }
            },
            Kind::Variable(name) => Ok(Expr::Variable(name)),
            Kind::Special(name) => match name.as_str() {
                "this" => Ok(Expr::This),
                "index" => Ok(Expr::Index),
                "total" => Ok(Expr::Total),
                _ => self.fault("unknown `$` name"),
            },
            Kind::Symbol("(") => {
                let inner = self.expression(0)?;
                self.expect(")")?;
                Ok(inner)
            }
            Kind::Symbol("{") => {
                self.expect("}")?;
                Ok(Expr::Empty)
            }
            _ => {
                self.at -= 1;
                self.fault("expected a value")
            }
        }
    }

    fn number(&mut self, text: &str) -> Result<Expr, Error> {
        let Some(decimal) = Decimal::parse(text) else { return self.fault("the number is too long") };
        let unit = match self.kind() {
            Kind::Text(unit) => Some(unit.clone()),
            Kind::Name(word) if calendar_unit(word).is_some() => Some(word.trim_end_matches('s').to_string()),
            _ => None,
        };
        if let Some(unit) = unit {
            self.at += 1;
            return Ok(Expr::Literal(Value::Quantity(decimal, unit.into())));
        }
        if text.contains('.') {
            return Ok(Expr::Literal(Value::Decimal(decimal)));
        }
        match decimal.to_i64() {
            Some(value) => Ok(Expr::Literal(Value::Integer(value))),
            None => Ok(Expr::Literal(Value::Decimal(decimal))),
        }
    }

    fn type_name(&mut self) -> Result<TypeName, Error> {
        let word = |parser: &mut Parser| match parser.kind().clone() {
            Kind::Name(name) | Kind::Quoted(name) => {
                parser.at += 1;
                Ok(name)
            }
            _ => parser.fault("expected a type"),
        };
        let name = word(self)?;
        if self.eat(".") {
            return Ok(TypeName { space: Some(name), name: word(self)? });
        }
        Ok(TypeName { space: None, name })
    }
}

impl Expr {
    /// The type an argument names: `is(FHIR.Patient)`.
    pub(super) fn as_type(&self) -> Option<TypeName> {
        match self {
            Expr::Name(name) => Some(TypeName { space: None, name: name.clone() }),
            Expr::Member(base, name) => match &**base {
                Expr::Name(space) => Some(TypeName { space: Some(space.clone()), name: name.clone() }),
                _ => None,
            },
            _ => None,
        }
    }
}

/// A literal after `@`: `2015`, `2015T`, `2015-02-04T14:34`, `T14:30`.
fn moment(text: &str) -> Option<Value<'static>> {
    if let Some(time) = text.strip_prefix('T') {
        return Time::parse(time).map(Value::Time);
    }
    if let Some(date) = text.strip_suffix('T') {
        return Date::parse(date).map(|d| Value::DateTime(d.into()));
    }
    if text.contains('T') {
        return DateTime::parse(text).map(Value::DateTime);
    }
    Date::parse(text).map(Value::Date)
}
