//! FHIRPath's functions: filtering, selecting, sets and the rest of what works on whole collections.

use super::eval::{Evaluator, MAX_VALUES, Scope, Values, boolean, single, truth};
use super::parse::{Expr, TypeName};
use super::value::{Item, Value};
use super::{Error, boundary, compare, convert, execution, math_functions, strings, types};
use std::cmp::Ordering;

pub(super) fn call<'a>(
    evaluator: &Evaluator<'_, 'a>,
    focus: Values<'a>,
    name: &str,
    arguments: &'a [Expr],
    scope: &mut Scope<'a>,
) -> Result<Values<'a>, Error> {
    let call = Call { evaluator, arguments, name };
    // Functions that evaluate an argument for each item.
    match (name, arguments.len()) {
        ("where", 1) => {
            return call.filter(focus, scope);
        }
        ("select", 1) => return call.each(&focus, scope),
        ("all", 1) => {
            for (i, value) in focus.iter().enumerate() {
                if truth(&call.on(value, i, scope)?)? != Some(true) {
                    return Ok(boolean(Some(false)));
                }
            }
            return Ok(boolean(Some(true)));
        }
        ("exists", 1) => return Ok(boolean(Some(!call.filter(focus, scope)?.is_empty()))),
        ("repeat", 1) => return call.repeat(&focus, scope, true),
        ("repeatAll", 1) => return call.repeat(&focus, scope, false),
        ("aggregate", 1 | 2) => return call.aggregate(&focus, scope),
        ("iif", 2 | 3) => return call.choose(&focus, scope),
        ("sort", _) => return call.sort(focus, scope),
        ("trace", 1 | 2) => return Ok(focus),
        ("defineVariable", 1 | 2) => return call.define(focus, scope),
        ("is" | "as" | "ofType", 1) => return call.of_type(focus),
        ("union" | "combine" | "intersect" | "exclude" | "subsetOf" | "supersetOf", 1) => {
            let other = call.argument(0, scope)?;
            return Ok(sets(name, focus, &other));
        }
        ("coalesce", _) => {
            for i in 0..arguments.len() {
                let value = call.argument(i, scope)?;
                if !value.is_empty() {
                    return Ok(value);
                }
            }
            return Ok(Vec::new());
        }
        _ => {}
    }
    let mut values = Vec::with_capacity(arguments.len());
    for i in 0..arguments.len() {
        values.push(call.argument(i, scope)?);
    }
    plain(evaluator, focus, name, &values)
}

struct Call<'e, 'c, 'a> {
    evaluator: &'e Evaluator<'c, 'a>,
    arguments: &'a [Expr],
    name: &'e str,
}

impl<'a> Call<'_, '_, 'a> {
    /// An argument on the focus outside the function: `$this` is the caller's.
    fn argument(&self, index: usize, scope: &Scope<'a>) -> Result<Values<'a>, Error> {
        match self.arguments.get(index) {
            Some(expr) => self.evaluator.eval(expr, &mut scope.clone()),
            None => Ok(Vec::new()),
        }
    }

    /// The first argument with one item as the focus.
    fn on(&self, value: &Value<'a>, index: usize, scope: &Scope<'a>) -> Result<Values<'a>, Error> {
        self.on_nth(0, value, index, scope)
    }

    fn on_nth(&self, nth: usize, value: &Value<'a>, index: usize, scope: &Scope<'a>) -> Result<Values<'a>, Error> {
        let Some(expr) = self.arguments.get(nth) else { return Ok(Vec::new()) };
        let mut inner = Scope {
            this: vec![value.clone()],
            index: Some(index),
            total: scope.total.clone(),
            defined: scope.defined.clone(),
        };
        self.evaluator.eval(expr, &mut inner)
    }

    fn filter(&self, focus: Values<'a>, scope: &Scope<'a>) -> Result<Values<'a>, Error> {
        let mut out = Vec::new();
        for (i, value) in focus.into_iter().enumerate() {
            let result = self.on(&value, i, scope)?;
            match single(&result)?.map(Value::system) {
                Some(Value::Boolean(true)) => out.push(value),
                Some(Value::Boolean(false)) | None => {}
                Some(_) => return execution("a condition must be true or false"),
            }
        }
        Ok(out)
    }

    fn each(&self, focus: &[Value<'a>], scope: &Scope<'a>) -> Result<Values<'a>, Error> {
        let mut out = Vec::new();
        for (i, value) in focus.iter().enumerate() {
            out.extend(self.on(value, i, scope)?);
        }
        Ok(out)
    }

    fn repeat(&self, focus: &[Value<'a>], scope: &Scope<'a>, is_distinct: bool) -> Result<Values<'a>, Error> {
        let mut out: Values<'a> = Vec::new();
        let mut round = focus.to_vec();
        while !round.is_empty() {
            let found = self.each(&round, scope)?;
            round = Vec::new();
            for value in found {
                // Items are told apart by place, so that equal siblings are both kept walking but shown once.
                if is_distinct && out.iter().any(|v| compare::equal_values(v, &value) == Some(true)) {
                    continue;
                }
                round.push(value.clone());
                out.push(value);
                if out.len() > MAX_VALUES {
                    return execution("`repeat` finds no end");
                }
            }
            // Values that are not parts of a resource cannot be walked down; repeating them would not end.
            if !is_distinct && out.len() > 100_000 {
                return execution("`repeatAll` finds no end");
            }
        }
        Ok(out)
    }

    fn aggregate(&self, focus: &[Value<'a>], scope: &Scope<'a>) -> Result<Values<'a>, Error> {
        let mut total = self.argument(1, scope)?;
        for (i, value) in focus.iter().enumerate() {
            let inner = Scope { total, ..scope.clone() };
            total = self.on(value, i, &inner)?;
        }
        Ok(total)
    }

    fn choose(&self, focus: &[Value<'a>], scope: &mut Scope<'a>) -> Result<Values<'a>, Error> {
        if focus.len() > 1 {
            return execution("`iif` works on one item");
        }
        let mut inner = Scope { this: focus.to_vec(), ..scope.clone() };
        if inner.this.is_empty() {
            inner.this.clone_from(&scope.this);
        }
        let Some(condition) = self.arguments.first() else { return Ok(Vec::new()) };
        let condition = self.evaluator.eval(condition, &mut inner.clone())?;
        let holds = match single(&condition)?.map(Value::system) {
            Some(Value::Boolean(value)) => value,
            None => false,
            Some(_) => return execution("`iif` needs a condition that is true or false"),
        };
        match self.arguments.get(if holds { 1 } else { 2 }) {
            Some(expr) => self.evaluator.eval(expr, &mut inner),
            None => Ok(Vec::new()),
        }
    }

    /// `sort()`, or by keys; a key with a minus, or followed by `desc`, falls.
    fn sort(&self, focus: Values<'a>, scope: &Scope<'a>) -> Result<Values<'a>, Error> {
        let mut rows: Vec<(Vec<(Values<'a>, bool)>, Value<'a>)> = Vec::new();
        for (i, value) in focus.into_iter().enumerate() {
            let mut keys = Vec::new();
            if self.arguments.is_empty() {
                keys.push((vec![value.clone()], false));
            }
            for expr in self.arguments {
                let (key, falls) = match expr {
                    Expr::Negate(inner) => (&**inner, true),
                    other => (other, false),
                };
                let mut inner = Scope { this: vec![value.clone()], index: Some(i), ..scope.clone() };
                keys.push((self.evaluator.eval(key, &mut inner)?, falls));
            }
            rows.push((keys, value));
        }
        let mut fault = None;
        rows.sort_by(|(a, _), (b, _)| {
            for ((x, falls), (y, _)) in a.iter().zip(b) {
                let order = match (x.first(), y.first()) {
                    (None, None) => Ordering::Equal,
                    // Nothing comes first in either direction.
                    (None, Some(_)) => return Ordering::Less,
                    (Some(_), None) => return Ordering::Greater,
                    (Some(x), Some(y)) => match compare::order(x, y) {
                        Ok(order) => order.unwrap_or(Ordering::Equal),
                        Err(error) => {
                            fault = Some(error);
                            Ordering::Equal
                        }
                    },
                };
                let order = if *falls { order.reverse() } else { order };
                if order != Ordering::Equal {
                    return order;
                }
            }
            Ordering::Equal
        });
        match fault {
            Some(error) => Err(error),
            None => Ok(rows.into_iter().map(|(_, value)| value).collect()),
        }
    }

    fn define(&self, focus: Values<'a>, scope: &mut Scope<'a>) -> Result<Values<'a>, Error> {
        let name = text_of(&self.argument(0, scope)?)?.unwrap_or_default();
        let value = if self.arguments.len() > 1 {
            let mut inner = Scope { this: focus.clone(), ..scope.clone() };
            match self.arguments.get(1) {
                Some(expr) => self.evaluator.eval(expr, &mut inner)?,
                None => Vec::new(),
            }
        } else {
            focus.clone()
        };
        let reserved = matches!(name.as_str(), "context" | "resource" | "rootResource" | "sct" | "loinc" | "ucum");
        if reserved || scope.defined.insert(name.clone(), value).is_some() {
            return execution(format!("variable `%{name}` is defined already"));
        }
        Ok(focus)
    }

    fn of_type(&self, focus: Values<'a>) -> Result<Values<'a>, Error> {
        let Some(wanted) = self.arguments.first().and_then(Expr::as_type) else {
            return execution(format!("`{}` needs a type", self.name));
        };
        match self.name {
            "is" => match single(&focus)? {
                Some(value) => Ok(boolean(Some(types::is(value, &wanted)))),
                None => Ok(Vec::new()),
            },
            "as" => {
                single(&focus)?;
                of_type(focus, &wanted)
            }
            _ => of_type(focus, &wanted),
        }
    }
}

fn of_type<'a>(focus: Values<'a>, wanted: &TypeName) -> Result<Values<'a>, Error> {
    let mut out = Vec::new();
    for value in focus {
        if types::is_exactly(&value, wanted)? {
            out.push(value);
        }
    }
    Ok(out)
}

fn contains(list: &[Value<'_>], value: &Value<'_>) -> bool {
    list.iter().any(|v| compare::equal_values(v, value) == Some(true))
}

/// Values without repeats, first places kept.
pub(super) fn distinct<'a>(values: impl IntoIterator<Item = Value<'a>>) -> Values<'a> {
    let mut out = Vec::new();
    for value in values {
        if !contains(&out, &value) {
            out.push(value);
        }
    }
    out
}

fn sets<'a>(name: &str, focus: Values<'a>, other: &[Value<'a>]) -> Values<'a> {
    match name {
        "union" => distinct(focus.into_iter().chain(other.iter().cloned())),
        "combine" => focus.into_iter().chain(other.iter().cloned()).collect(),
        "intersect" => distinct(focus.into_iter().filter(|v| contains(other, v))),
        "exclude" => focus.into_iter().filter(|v| !contains(other, v)).collect(),
        "subsetOf" => boolean(Some(focus.iter().all(|v| contains(other, v)))),
        _ => boolean(Some(other.iter().all(|v| contains(&focus, v)))),
    }
}

/// Functions whose arguments are evaluated before the call.
fn plain<'a>(
    evaluator: &Evaluator<'_, 'a>,
    focus: Values<'a>,
    name: &str,
    arguments: &[Values<'a>],
) -> Result<Values<'a>, Error> {
    let first = arguments.first().map(Vec::as_slice).unwrap_or_default();
    let count = |values: &[Value<'a>]| match single(values)?.map(Value::system) {
        Some(Value::Integer(n)) => Ok(usize::try_from(n).unwrap_or(0)),
        _ => execution(format!("`{name}` needs a whole number")),
    };
    Ok(match (name, arguments.len()) {
        ("exists", 0) => boolean(Some(!focus.is_empty())),
        ("empty", 0) => boolean(Some(focus.is_empty())),
        ("count", 0) => vec![Value::Integer(focus.len() as i64)],
        ("not", 0) => boolean(truth(&focus)?.map(|b| !b)),
        ("allTrue" | "anyTrue" | "allFalse" | "anyFalse", 0) => return truths(name, &focus),
        ("distinct", 0) => distinct(focus),
        ("isDistinct", 0) => {
            let length = focus.len();
            boolean(Some(distinct(focus).len() == length))
        }
        ("single", 0) => {
            single(&focus)?;
            focus
        }
        ("first", 0) => focus.into_iter().take(1).collect(),
        ("last", 0) => focus.into_iter().last().into_iter().collect(),
        ("tail", 0) => focus.into_iter().skip(1).collect(),
        ("skip", 1) => focus.into_iter().skip(count(first)?).collect(),
        ("take", 1) => focus.into_iter().take(count(first)?).collect(),
        ("children", 0) => children(&focus),
        ("descendants", 0) => descendants(&focus)?,
        ("type", 0) => focus
            .iter()
            .map(|value| {
                let (space, name) = types::type_of(value);
                Value::Type(space, name.into())
            })
            .collect(),
        ("hasValue", 0) => {
            let value = single(&focus)?.is_some_and(|v| !matches!(v.system(), Value::Item(_)));
            boolean(Some(value))
        }
        ("getValue", 0) => focus.iter().map(Value::system).filter(|v| !matches!(v, Value::Item(_))).collect(),
        ("extension", 1) => extension(&focus, text_of(first)?.as_deref().unwrap_or_default()),
        ("resolve", 0) => resolve(evaluator, &focus),
        ("conformsTo", 1) => return conforms_to(&focus, text_of(first)?.as_deref().unwrap_or_default()),
        ("htmlChecks", 0) => {
            let text = single(&focus)?.map(Value::system);
            boolean(text.map(|t| matches!(t, Value::Text(t) if crate::validate::is_safe_narrative(&t))))
        }
        ("now" | "today" | "timeOfDay", 0) => moment(evaluator, name),
        ("comparable", 1) => match (single(&focus)?, single(first)?) {
            (Some(a), Some(b)) => boolean(Some(comparable(&a.system(), &b.system()))),
            _ => Vec::new(),
        },
        ("lowBoundary" | "highBoundary", 0 | 1) => {
            let precision = match single(first)?.map(Value::system) {
                Some(Value::Integer(n)) => Some(n),
                _ => None,
            };
            match single(&focus)? {
                Some(value) => {
                    boundary::boundary(&value.system(), precision, name == "highBoundary").into_iter().collect()
                }
                None => Vec::new(),
            }
        }
        ("precision", 0) => match single(&focus)? {
            Some(value) => boundary::precision(&value.system()).map(Value::Integer).into_iter().collect(),
            None => Vec::new(),
        },
        _ => {
            if let Some(result) = convert::call(name, &focus, arguments)? {
                return Ok(result);
            }
            if let Some(result) = math_functions::call(name, &focus, arguments)? {
                return Ok(result);
            }
            if let Some(result) = strings::call(name, &focus, arguments)? {
                return Ok(result);
            }
            return execution(format!("there is no function `{name}` with {} arguments", arguments.len()));
        }
    })
}

fn truths<'a>(name: &str, focus: &[Value<'a>]) -> Result<Values<'a>, Error> {
    let wanted = name.ends_with("True");
    let mut any = false;
    let mut all = true;
    for value in focus {
        match value.system() {
            Value::Boolean(value) => {
                any |= value == wanted;
                all &= value == wanted;
            }
            _ => return execution(format!("`{name}` works on booleans")),
        }
    }
    Ok(boolean(Some(if name.starts_with("any") { any } else { all })))
}

fn children<'a>(focus: &[Value<'a>]) -> Values<'a> {
    let mut out = Vec::new();
    for item in focus.iter().filter_map(Value::item) {
        item.children(&mut out);
    }
    out
}

fn descendants<'a>(focus: &[Value<'a>]) -> Result<Values<'a>, Error> {
    let mut out = Vec::new();
    let mut round = children(focus);
    while !round.is_empty() {
        let next = children(&round);
        out.append(&mut round);
        if out.len() > MAX_VALUES {
            return execution("too many descendants");
        }
        round = next;
    }
    Ok(out)
}

fn extension<'a>(focus: &[Value<'a>], url: &str) -> Values<'a> {
    let mut all = Vec::new();
    for item in focus.iter().filter_map(Value::item) {
        item.member("extension", &mut all);
    }
    all.retain(|v| v.item().and_then(|i| i.node).and_then(|n| n.str("url")) == Some(url));
    all
}

/// The resources behind references: contained ones here, others through the context.
fn resolve<'a>(evaluator: &Evaluator<'_, 'a>, focus: &[Value<'a>]) -> Values<'a> {
    let mut out = Vec::new();
    for value in focus {
        let text = match value {
            Value::Item(item) => item.node.and_then(|n| n.as_str().or_else(|| n.str("reference"))),
            _ => None,
        };
        let Some(text) = text else { continue };
        let root = evaluator.context.root.or(evaluator.context.resource).and_then(|i| i.node);
        let found = match text.strip_prefix('#') {
            Some("") => root,
            Some(id) => root.and_then(|r| r.list("contained").find(|c| c.str("id") == Some(id))),
            None => evaluator.context.resolve.and_then(|resolve| resolve(text)),
        };
        out.extend(found.map(|node| Value::Item(Item::resource(node))));
    }
    out
}

fn conforms_to<'a>(focus: &[Value<'a>], url: &str) -> Result<Values<'a>, Error> {
    let known =
        url.strip_prefix("http://hl7.org/fhir/StructureDefinition/").and_then(|n| crate::model::model().find(n));
    let Some(wanted) = known else { return execution(format!("the profile {url} is not known")) };
    Ok(match single(focus)? {
        Some(value) => {
            boolean(Some(value.item().and_then(|i| i.type_).is_some_and(|id| crate::model::model().is_a(id, wanted))))
        }
        None => Vec::new(),
    })
}

fn moment<'a>(evaluator: &Evaluator<'_, 'a>, name: &str) -> Values<'a> {
    let value = evaluator.context.now.and_then(|now| match name {
        "now" => Some(Value::DateTime(now)),
        "today" => Some(Value::Date(now.date())),
        _ => now.time().map(Value::Time),
    });
    value.into_iter().collect()
}

fn comparable(a: &Value<'_>, b: &Value<'_>) -> bool {
    match (compare::as_quantity(a), compare::as_quantity(b)) {
        (Some(a), Some(b)) => a.compare(&b).is_some(),
        _ => match (compare::as_moment(a), compare::as_moment(b)) {
            (Some(a), Some(b)) => compare::moments(a, b).is_some(),
            _ => compare::order(a, b).is_ok_and(|o| o.is_some()),
        },
    }
}

/// The text of a single value.
pub(super) fn text_of(values: &[Value<'_>]) -> Result<Option<String>, Error> {
    match single(values)?.map(Value::system) {
        None => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text.into_owned())),
        Some(_) => execution("expected text"),
    }
}
