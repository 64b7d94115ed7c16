//! FHIRPath's functions: which there are, and those that work on whole collections. Those that evaluate an argument
//! for each item are in [`super::each`].

use super::each::Call;
use super::eval::{Evaluator, MAX_VALUES, Scope, Values, boolean, single, truth};
use super::parse::Expr;
use super::value::{Item, Value};
use super::{Error, boundary, compare, convert, execution, math_functions, strings, types};
use crate::packed::Node;

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
            let value = matches!(focus.as_slice(), [one] if !matches!(one.system(), Value::Item(_)));
            boolean(Some(value))
        }
        ("getValue", 0) => focus.iter().map(Value::system).filter(|v| !matches!(v, Value::Item(_))).collect(),
        ("extension", 1) => extension(&focus, text_of(first)?.as_deref().unwrap_or_default()),
        ("resolve", 0) => resolve(evaluator, &focus),
        ("conformsTo", 1) => return conforms_to(&focus, text_of(first)?.as_deref().unwrap_or_default()),
        ("memberOf", 1) => return member_of(&focus, text_of(first)?.as_deref().unwrap_or_default()),
        // Whoever calls it names the modifiers that are understood.
        ("checkModifiers", _) => return check_modifiers(focus, arguments),
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

/// Whether a code, coding or concept is of one of R4's required value sets; others are not known here.
fn member_of<'a>(focus: &[Value<'a>], url: &str) -> Result<Values<'a>, Error> {
    let name = url.split('|').next().unwrap_or(url);
    let name = ["http://hl7.org/fhir/ValueSet/", "http://terminology.hl7.org/ValueSet/"]
        .iter()
        .find_map(|start| name.strip_prefix(start));
    let Some(set) = name.and_then(|name| crate::model::model().value_set(name)) else {
        return execution(format!("the value set {url} is not known"));
    };
    let Some(value) = single(focus)? else { return Ok(Vec::new()) };
    if let Value::Text(code) = value.system() {
        return Ok(boolean(Some(set.has_code(&code))));
    }
    let Some(node) = value.item().and_then(|item| item.node) else { return Ok(Vec::new()) };
    let of =
        |coding: Node<'_>| matches!((coding.str("system"), coding.str("code")), (Some(s), Some(c)) if set.has(s, c));
    Ok(boolean(Some(match node.get("coding") {
        Some(codings) => codings.items().any(of),
        None => of(node),
    })))
}

/// The input, unless something in it has a modifier that is not among these.
fn check_modifiers<'a>(focus: Values<'a>, known: &[Values<'a>]) -> Result<Values<'a>, Error> {
    let mut urls = Vec::new();
    for one in known {
        urls.extend(text_of(one)?);
    }
    for node in focus.iter().filter_map(Value::item).filter_map(|item| item.node) {
        for extension in node.list("modifierExtension") {
            let url = extension.str("url").unwrap_or_default();
            if !urls.iter().any(|known| known == url) {
                return execution(format!("the modifier `{url}` is not understood"));
            }
        }
    }
    Ok(focus)
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
