//! Navigation: a step resolved once to interned names, then walked on packed nodes.

use continuo_fhir::{NAME_COUNT, Name};

use continuo_fhir::model::model;
use continuo_fhir::packed::{Kind, Node};

use super::{Class, Element, FhirType};
use crate::value::{Date, DateTime, Decimal, Text, Time, Value};

/// What a primitive's `value` becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum System {
    /// By the element's FHIR type, else by its JSON kind.
    Auto,
    /// Text.
    Str,
    /// Boolean.
    Bool,
    /// Integer.
    Int,
    /// Long.
    Long,
    /// Decimal.
    Decimal,
    /// Date.
    Date,
    /// Date and time.
    DateTime,
    /// Time.
    Time,
}

impl System {
    /// From the name of a System type.
    pub fn find(name: &str) -> System {
        match name {
            "String" => System::Str,
            "Boolean" => System::Bool,
            "Integer" => System::Int,
            "Long" => System::Long,
            "Decimal" => System::Decimal,
            "Date" => System::Date,
            "DateTime" => System::DateTime,
            "Time" => System::Time,
            _ => System::Auto,
        }
    }
}

/// One step of a path.
#[derive(Clone, Debug)]
pub struct Step {
    name: Box<str>,
    plain: Option<Name>,
    /// Whether some R4 type has a choice element of this name (`value[x]`).
    is_choice: bool,
    system: System,
    /// Type of the field by type of the element, for the types that have it: place in the model + 1.
    kinds: Box<[u16]>,
    /// Bits of the JSON names a choice element of this name may have.
    choices: Box<[u64]>,
    /// The field that carries id and extensions of a primitive of this name (`_birthDate`).
    under: Option<Name>,
    /// What follows in a dotted path.
    rest: Option<Box<Step>>,
}

impl Step {
    /// Resolves a step. `system` says what `.value` of a primitive is.
    pub fn new(path: &str, system: System) -> Step {
        let (name, rest) = match path.split_once('.') {
            Some((name, rest)) => (name, Some(Box::new(Step::new(rest, system)))),
            None => (path, None),
        };
        let is_choice = model().types().iter().flat_map(|t| &t.elements).any(|e| e.is_choice && e.name == name);
        let plain = Name::find(name);
        let kinds = match plain {
            Some(plain) => (0..model().types().len())
                .map(|at| FhirType::at(at).field(plain).index().map_or(0, |of| of as u16 + 1))
                .collect(),
            None => Box::default(),
        };
        let mut choices: Box<[u64]> = Box::default();
        if is_choice {
            choices = vec![0; NAME_COUNT.div_ceil(64)].into();
            for number in 0..NAME_COUNT {
                let is = Name::from_number(number as u16)
                    .is_some_and(|n| n.as_str().strip_prefix(name).is_some_and(|suffix| !suffix.is_empty()));
                choices[number / 64] |= u64::from(is) << (number % 64);
            }
        }
        let is_primitive = |of: &u16| *of > 0 && FhirType::at(usize::from(*of) - 1).is_primitive();
        let under = kinds.iter().any(is_primitive).then(|| Name::find(&format!("_{name}"))).flatten();
        Step { name: name.into(), plain, is_choice, system, kinds, choices, under, rest }
    }

    /// The type of the field under its plain name in an element of a type.
    fn kind_in(&self, from: FhirType) -> FhirType {
        match from.index().and_then(|at| self.kinds.get(at)) {
            Some(of @ 1..) => FhirType::at(usize::from(*of) - 1),
            _ => FhirType::UNKNOWN,
        }
    }

    /// The name as written.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the step asks for what stands beside a primitive's value: its id and extensions.
    pub fn is_of_any_element(&self) -> bool {
        matches!(&*self.name, "extension" | "id")
    }

    /// Walks the step from an element.
    pub fn walk<'a>(&self, from: Element<'a>, offset: i16) -> Value<'a> {
        let found = self.field(from, offset);
        let Some(rest) = &self.rest else { return found };
        match found {
            Value::Element(e) => rest.walk(e, offset),
            Value::List(items) => {
                let mut all = Vec::new();
                for item in items.iter() {
                    let Value::Element(e) = item else { continue };
                    match rest.walk(*e, offset) {
                        Value::Null => {}
                        Value::List(inner) => all.extend(inner.iter().cloned()),
                        one => all.push(one),
                    }
                }
                Value::list(all)
            }
            _ => Value::Null,
        }
    }

    fn field<'a>(&self, from: Element<'a>, offset: i16) -> Value<'a> {
        let node = from.node;
        if node.kind() != Kind::Object {
            return match (&*self.name, node.kind()) {
                (_, Kind::Null) => Value::Null,
                ("value", _) => primitive(node, from.kind, self.system, offset),
                (_, Kind::Array) => {
                    let mut all = Vec::new();
                    for item in node.items() {
                        match self.field(Element { node: item, kind: from.kind }, offset) {
                            Value::Null => {}
                            Value::List(items) => all.extend(items.iter().cloned()),
                            one => all.push(one),
                        }
                    }
                    Value::list(all)
                }
                _ => Value::Null,
            };
        }
        let plain = match self.plain {
            Some(name) => node.get_name(name).map(|found| (found, self.kind_in(from.kind))),
            None if self.is_choice => None,
            None => node.get(&self.name).map(|found| (found, FhirType::UNKNOWN)),
        };
        if let Some((found, kind)) = plain {
            return wrap(found, kind);
        }
        if !self.is_choice {
            // A primitive without a value is there by what is said beside it (why the value is missing).
            return match self.under.and_then(|under| node.get_name(under)) {
                Some(beside) if beside.kind() == Kind::Object => {
                    let kind = self.plain.map_or(FhirType::UNKNOWN, |_| self.kind_in(from.kind));
                    Value::Element(Element { node: beside, kind })
                }
                _ => Value::Null,
            };
        }
        if from.kind != FhirType::UNKNOWN {
            let fits = |name: Name| {
                let number = usize::from(name.number());
                self.choices[number / 64] >> (number % 64) & 1 == 1 && from.kind.field(name) != FhirType::UNKNOWN
            };
            return node.find_name(fits).map_or(Value::Null, |(name, found)| wrap(found, from.kind.field(name)));
        }
        for (name, found) in node.fields() {
            let Some(suffix) = name.strip_prefix(&*self.name).filter(|s| !s.is_empty()) else { continue };
            let kind = FhirType::from_suffix(suffix).unwrap_or(FhirType::UNKNOWN);
            if kind != FhirType::UNKNOWN {
                return wrap(found, kind);
            }
        }
        Value::Null
    }
}

fn wrap(node: Node<'_>, kind: FhirType) -> Value<'_> {
    match node.kind() {
        Kind::Null => Value::Null,
        Kind::Array => Value::list(
            node.items().filter(|n| !n.is_null()).map(|node| Value::Element(Element { node, kind })).collect(),
        ),
        _ => Value::Element(Element { node, kind }),
    }
}

/// What stands beside a primitive's value in its resource: the object under `_name`, with id and extensions.
///
/// A value knows nothing of its neighbors, so the way to it is sought from the resource; nobody asks for this often.
pub fn beside<'a>(within: Node<'a>, value: Node<'a>) -> Option<Node<'a>> {
    let place = value.span().start;
    let holds = |node: Node<'_>| node.span().start <= place && place <= node.span().end;
    let is_it = |node: Node<'_>| node.kind() == value.kind() && node.span() == value.span();
    match within.kind() {
        Kind::Object => {
            for (name, field) in within.fields().filter(|(_, field)| holds(*field)) {
                let under = || within.get(&format!("_{name}"));
                if is_it(field) {
                    return under();
                }
                if field.kind() == Kind::Array
                    && let Some(at) = field.items().position(is_it)
                {
                    return under()?.items().nth(at).filter(|node| !node.is_null());
                }
                if let Some(found) = beside(field, value) {
                    return Some(found);
                }
            }
            None
        }
        Kind::Array => within.items().filter(|item| holds(*item)).find_map(|item| beside(item, value)),
        _ => None,
    }
}

/// The System value of a primitive element.
pub fn primitive(node: Node<'_>, kind: FhirType, system: System, offset: i16) -> Value<'_> {
    let system = match (system, kind.class()) {
        (System::Auto, Class::Date) => System::Date,
        (System::Auto, Class::DateTime) => System::DateTime,
        (System::Auto, Class::Time) => System::Time,
        (System::Auto, Class::Decimal) => System::Decimal,
        (known, _) => known,
    };
    let Some(text) = node.primitive_text() else { return Value::Null };
    match (system, node.kind()) {
        (System::Str, _) => Value::Str(Text::Borrowed(text)),
        (System::Bool | System::Auto, Kind::Bool) => node.as_bool().map_or(Value::Null, Value::Bool),
        (System::Bool, _) => match text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => Value::Null,
        },
        (System::Int, _) => text.parse().map_or(Value::Null, Value::Int),
        (System::Long, _) => text.parse().map_or(Value::Null, Value::Long),
        (System::Decimal, _) => Decimal::parse(text, false).map_or(Value::Null, Value::Decimal),
        (System::Date, _) => Date::parse(text.split('T').next().unwrap_or_default()).map_or(Value::Null, Value::Date),
        (System::DateTime, _) => DateTime::parse(text, offset).map_or(Value::Null, Value::DateTime),
        (System::Time, _) => Time::parse(text).map_or(Value::Null, Value::Time),
        (System::Auto, Kind::Number) => match text.parse() {
            Ok(int) => Value::Int(int),
            Err(_) => Decimal::parse(text, false).map_or(Value::Null, Value::Decimal),
        },
        (System::Auto, _) => Value::Str(Text::Borrowed(text)),
    }
}
