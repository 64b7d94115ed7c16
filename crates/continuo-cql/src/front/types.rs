//! Static types of CQL and how they convert.

use std::borrow::Cow;
use std::fmt;

use crate::elm::Tree;

/// A type. `Any` also stands for what is not known; it fits everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ty {
    /// Anything, or not known.
    Any,
    /// A class or simple type of a model: `System`, `Integer`.
    Named(String, String),
    /// List of.
    List(Box<Ty>),
    /// Interval of.
    Interval(Box<Ty>),
    /// Tuple.
    Tuple(Vec<(String, Ty)>),
    /// One of.
    Choice(Vec<Ty>),
}

/// A System type.
pub fn system(name: &str) -> Ty {
    if name == "Any" { Ty::Any } else { Ty::Named("System".into(), name.into()) }
}

impl Ty {
    /// A list of this.
    pub fn list(self) -> Ty {
        Ty::List(Box::new(self))
    }

    /// An interval of this.
    pub fn interval(self) -> Ty {
        Ty::Interval(Box::new(self))
    }

    /// True for the System type of a name.
    pub fn is(&self, name: &str) -> bool {
        matches!(self, Ty::Named(model, n) if model == "System" && n == name)
    }

    /// The System name, if it is one.
    pub fn system_name(&self) -> Option<&str> {
        match self {
            Ty::Named(model, name) if model == "System" => Some(name),
            _ => None,
        }
    }

    /// True for a class of a clinical model.
    pub fn is_model(&self) -> bool {
        matches!(self, Ty::Named(model, _) if model != "System")
    }

    /// Item type of a list; the type itself otherwise.
    pub fn item(&self) -> Ty {
        match self {
            Ty::List(inner) => (**inner).clone(),
            other => other.clone(),
        }
    }

    /// True for Integer, Long and Decimal.
    pub fn is_number(&self) -> bool {
        matches!(self.system_name(), Some("Integer" | "Long" | "Decimal"))
    }

    /// True for Date, DateTime and Time.
    pub fn is_temporal(&self) -> bool {
        matches!(self.system_name(), Some("Date" | "DateTime" | "Time"))
    }

    /// The ELM specifier. `uri` gives a model's uri.
    pub fn specifier(&self, uri: &dyn Fn(&str) -> String) -> Tree<'static> {
        match self {
            Ty::Any => object("NamedTypeSpecifier", vec![("name", text("{urn:hl7-org:elm-types:r1}Any"))]),
            Ty::Named(..) => object("NamedTypeSpecifier", vec![("name", text(&self.qualified(uri)))]),
            Ty::List(inner) => object("ListTypeSpecifier", vec![("elementType", inner.specifier(uri))]),
            Ty::Interval(inner) => object("IntervalTypeSpecifier", vec![("pointType", inner.specifier(uri))]),
            Ty::Tuple(fields) => {
                let elements = fields
                    .iter()
                    .map(|(name, ty)| fields_of(vec![("name", text(name)), ("elementType", ty.specifier(uri))]));
                object("TupleTypeSpecifier", vec![("element", Tree::List(elements.collect()))])
            }
            Ty::Choice(choices) => {
                let choices = choices.iter().map(|c| c.specifier(uri)).collect();
                object("ChoiceTypeSpecifier", vec![("choice", Tree::List(choices))])
            }
        }
    }

    /// `{uri}Name` of a named type.
    pub fn qualified(&self, uri: &dyn Fn(&str) -> String) -> String {
        match self {
            Ty::Named(model, name) => format!("{{{}}}{name}", uri(model)),
            _ => "{urn:hl7-org:elm-types:r1}Any".to_owned(),
        }
    }
}

/// A JSON text.
pub fn text(value: &str) -> Tree<'static> {
    Tree::Text(Cow::Owned(value.to_owned()))
}

/// A JSON object.
pub fn fields_of(fields: Vec<(&'static str, Tree<'static>)>) -> Tree<'static> {
    Tree::Object(fields.into_iter().map(|(k, v)| (Cow::Borrowed(k), v)).collect())
}

/// An ELM node.
pub fn object(kind: &str, fields: Vec<(&'static str, Tree<'static>)>) -> Tree<'static> {
    let mut all = vec![("type", text(kind))];
    all.extend(fields);
    fields_of(all)
}

/// The type two alternatives have together.
pub fn join(a: &Ty, b: &Ty) -> Ty {
    match (a, b) {
        _ if a == b => a.clone(),
        (Ty::Any, other) | (other, Ty::Any) => other.clone(),
        (Ty::List(x), Ty::List(y)) => join(x, y).list(),
        (Ty::Interval(x), Ty::Interval(y)) => join(x, y).interval(),
        _ if a.is_number() && b.is_number() => widest(a, b),
        _ if (a.is("Date") && b.is("DateTime")) || (a.is("DateTime") && b.is("Date")) => system("DateTime"),
        _ if (a.is("Code") && b.is("Concept")) || (a.is("Concept") && b.is("Code")) => system("Concept"),
        (Ty::Choice(choices), other) | (other, Ty::Choice(choices)) => {
            let mut all = choices.clone();
            let more = if let Ty::Choice(more) = other { more.clone() } else { vec![other.clone()] };
            for one in more {
                if !all.contains(&one) {
                    all.push(one);
                }
            }
            Ty::Choice(all)
        }
        _ => Ty::Choice(vec![a.clone(), b.clone()]),
    }
}

/// The wider of two numbers.
pub fn widest(a: &Ty, b: &Ty) -> Ty {
    let rank = |t: &Ty| match t.system_name() {
        Some("Integer") => 0,
        Some("Long") => 1,
        _ => 2,
    };
    if rank(a) >= rank(b) { a.clone() } else { b.clone() }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ty::Any => write!(f, "Any"),
            Ty::Named(model, name) if model == "System" => write!(f, "{name}"),
            Ty::Named(model, name) => write!(f, "{model}.{name}"),
            Ty::List(inner) => write!(f, "List<{inner}>"),
            Ty::Interval(inner) => write!(f, "Interval<{inner}>"),
            Ty::Tuple(fields) => {
                let fields: Vec<String> = fields.iter().map(|(n, t)| format!("{n} {t}")).collect();
                write!(f, "Tuple {{ {} }}", fields.join(", "))
            }
            Ty::Choice(choices) => {
                let choices: Vec<String> = choices.iter().map(ToString::to_string).collect();
                write!(f, "Choice<{}>", choices.join(", "))
            }
        }
    }
}
