//! Values: items of a resource with their types, and FHIRPath's own primitive values.

use crate::date::{Date, DateTime, Time};
use crate::decimal::Decimal;
use crate::model::{TypeId, TypeKind, model};
use crate::name::Name;
use crate::packed::{Kind, Node};
use std::borrow::Cow;

/// One value of a collection.
#[derive(Clone, PartialEq, Debug)]
pub enum Value<'a> {
    /// A part of a resource.
    Item(Item<'a>),
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A decimal.
    Decimal(Decimal),
    /// Text.
    Text(Cow<'a, str>),
    /// A date.
    Date(Date),
    /// A date with or without a time.
    DateTime(DateTime),
    /// A time of day.
    Time(Time),
    /// A number with a unit (UCUM code or calendar word).
    Quantity(Decimal, Cow<'a, str>),
    /// What `type()` gives: namespace and name.
    Type(&'static str, Cow<'a, str>),
}

/// A part of a resource: its node, the `_` field beside it, and its type as far as known.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The value; `None` for a primitive that has only extensions.
    pub node: Option<Node<'a>>,
    /// Id and extensions of a primitive.
    pub twin: Option<Node<'a>>,
    /// Its FHIR type.
    pub type_: Option<TypeId>,
}

impl PartialEq for Item<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node && self.twin == other.twin
    }
}

impl<'a> Item<'a> {
    /// A whole resource.
    pub fn resource(node: Node<'a>) -> Item<'a> {
        Item { node: Some(node), twin: None, type_: node.resource_type().and_then(|name| model().find(name)) }
    }

    /// A value of a known type.
    pub fn typed(node: Node<'a>, type_: TypeId) -> Item<'a> {
        Item { node: Some(node), twin: None, type_: Some(type_) }
    }

    /// The name of the type, if known.
    pub fn type_name(&self) -> Option<&'static str> {
        self.type_.map(|id| model().type_(id).name)
    }

    pub(super) fn is_primitive(&self) -> bool {
        match self.type_ {
            Some(id) => model().type_(id).kind == TypeKind::Primitive,
            None => self.node.is_none_or(|n| !matches!(n.kind(), Kind::Object | Kind::Array)),
        }
    }

    /// Appends the elements of a name. The result says whether the type has such an element.
    pub(super) fn member(&self, name: &str, out: &mut Vec<Value<'a>>) -> bool {
        if self.is_primitive() {
            let Some(twin) = self.twin else { return matches!(name, "id" | "extension") };
            return Item { node: Some(twin), twin: None, type_: model().find("Element") }.member(name, out);
        }
        let Some(node) = self.node else { return false };
        let Some(type_) = self.type_ else {
            if let Some(field) = node.get(name) {
                out.extend(field.items().map(|n| Value::Item(Item { node: Some(n), twin: None, type_: None })));
            }
            return true;
        };
        let Some(element) = model().element(type_, name) else { return false };
        if !element.is_choice {
            let of = element.types.first().map(|t| t.0);
            push_field(node, name, of, out);
            return true;
        }
        for (field, _) in node.fields() {
            let plain = field.strip_prefix('_').unwrap_or(field);
            let found = Name::find(plain).and_then(|n| model().field(type_, n));
            let Some((_, of)) = found.filter(|(e, _)| e.name == name) else { continue };
            // A value and its `_` field are one element; the value's field comes for both.
            if plain.len() == field.len() || node.get(plain).is_none() {
                push_field(node, plain, Some(of), out);
            }
        }
        true
    }

    /// Appends all elements, in order.
    pub(super) fn children(&self, out: &mut Vec<Value<'a>>) {
        if self.is_primitive() {
            if let Some(twin) = self.twin {
                Item { node: Some(twin), twin: None, type_: model().find("Element") }.children(out);
            }
            return;
        }
        let Some(node) = self.node else { return };
        for (field, value) in node.fields() {
            if field == "resourceType" {
                continue;
            }
            let plain = field.strip_prefix('_').unwrap_or(field);
            let of = self.type_.and_then(|t| Name::find(plain).and_then(|n| model().field(t, n))).map(|f| f.1);
            if plain.len() == field.len() {
                push_field(node, plain, of, out);
            } else if node.get(plain).is_none() {
                let twins = value.items().map(|twin| Value::Item(Item { node: None, twin: Some(twin), type_: of }));
                out.extend(twins);
            }
        }
    }

    /// The value of a primitive or quantity as FHIRPath's own; nothing for other items.
    pub(super) fn system(&self) -> Option<Value<'a>> {
        let node = self.node?;
        let name = self.type_name();
        match (node.kind(), name) {
            (Kind::Bool, _) => node.as_bool().map(Value::Boolean),
            (Kind::Number, Some("decimal")) => Decimal::parse(node.number_text()?).map(Value::Decimal),
            (Kind::Number, _) => match node.as_i64() {
                Some(value) => Some(Value::Integer(value)),
                None => Decimal::parse(node.number_text()?).map(Value::Decimal),
            },
            (Kind::String, Some("date")) => {
                let text = node.as_str()?;
                Some(Date::parse(text).map_or(Value::Text(text.into()), Value::Date))
            }
            (Kind::String, Some("dateTime" | "instant")) => {
                let text = node.as_str()?;
                Some(DateTime::parse(text).map_or(Value::Text(text.into()), Value::DateTime))
            }
            (Kind::String, Some("time")) => {
                let text = node.as_str()?;
                Some(Time::parse(text).map_or(Value::Text(text.into()), Value::Time))
            }
            (Kind::String, _) => node.as_str().map(|text| Value::Text(text.into())),
            (Kind::Object, Some("Quantity" | "Age" | "Duration" | "Distance" | "Count")) => quantity(node),
            _ => None,
        }
    }
}

impl<'a> Value<'a> {
    /// This value as FHIRPath's own, where it has one; else unchanged.
    pub fn system(&self) -> Value<'a> {
        match self {
            Value::Item(item) => item.system().unwrap_or_else(|| self.clone()),
            other => other.clone(),
        }
    }

    /// The item, if this is part of a resource.
    pub fn item(&self) -> Option<&Item<'a>> {
        match self {
            Value::Item(item) => Some(item),
            _ => None,
        }
    }
}

fn push_field<'a>(node: Node<'a>, name: &str, of: Option<TypeId>, out: &mut Vec<Value<'a>>) {
    let value = node.get(name);
    let type_of = |n: Node<'a>| match of {
        Some(id) if model().type_(id).kind == TypeKind::Resource => {
            n.resource_type().and_then(|t| model().find(t)).or(of)
        }
        other => other,
    };
    let twin = if of.is_none_or(|id| model().type_(id).kind == TypeKind::Primitive) {
        node.get(&format!("_{name}"))
    } else {
        None
    };
    let Some(twin) = twin else {
        let items = value.into_iter().flat_map(Node::items);
        return out.extend(items.map(|n| Value::Item(Item { node: Some(n), twin: None, type_: type_of(n) })));
    };
    let mut values = value.into_iter().flat_map(Node::items);
    let mut twins = twin.items();
    loop {
        let (node, twin) = (values.next(), twins.next());
        if node.is_none() && twin.is_none() {
            return;
        }
        let present = |n: &Node<'a>| !n.is_null();
        out.push(Value::Item(Item { node: node.filter(present), twin: twin.filter(present), type_: of }));
    }
}

fn quantity(node: Node<'_>) -> Option<Value<'_>> {
    // A quantity with a comparator has no one value.
    if node.get("comparator").is_some() {
        return None;
    }
    let value = Decimal::parse(node.get("value")?.number_text()?)?;
    let code = if node.str("system") == Some(crate::quantity::UCUM) { node.str("code") } else { None };
    let unit = code.or_else(|| node.str("unit")).or_else(|| node.str("code")).unwrap_or("1");
    Some(Value::Quantity(value, unit.into()))
}
