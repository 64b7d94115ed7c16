//! JSON Patch.

use super::pointer::{find, index, steps};
use super::{Error, fault};
use crate::decimal::Decimal;
use crate::json::Json;

/// Applies a JSON Patch to a document.
pub fn json_patch(document: &Json, patch: &Json) -> Result<Json, Error> {
    let Json::Array(operations) = patch else { return Err(fault("a JSON Patch must be an array")) };
    let mut out = document.clone();
    for (i, operation) in operations.iter().enumerate() {
        apply(&mut out, operation).map_err(|error| Error { operation: i, ..error })?;
    }
    Ok(out)
}

fn apply(document: &mut Json, operation: &Json) -> Result<(), Error> {
    let text =
        |name: &str| operation.get(name).and_then(Json::as_str).ok_or_else(|| fault(format!("`{name}` is missing")));
    let value = || operation.get("value").cloned().ok_or_else(|| fault("`value` is missing"));
    let path = steps(text("path")?)?;
    match text("op")? {
        "add" => add(document, &path, value()?),
        "remove" => remove(document, &path).map(drop),
        "replace" => {
            let value = value()?;
            *find(document, &path).ok_or_else(|| missing(&path))? = value;
            Ok(())
        }
        "move" => {
            let from = steps(text("from")?)?;
            if path.len() > from.len() && path.starts_with(&from) {
                return Err(fault("a value cannot move into itself"));
            }
            let value = remove(document, &from)?;
            add(document, &path, value)
        }
        "copy" => {
            let from = steps(text("from")?)?;
            let value = find(document, &from).ok_or_else(|| missing(&from))?.clone();
            add(document, &path, value)
        }
        "test" => {
            let wanted = value()?;
            let found = find(document, &path).ok_or_else(|| missing(&path))?;
            if same(found, &wanted) {
                return Ok(());
            }
            let message = format!("the value at /{} is another", path.join("/"));
            Err(Error { is_failed_test: true, ..fault(message) })
        }
        other => Err(fault(format!("`{other}` is no operation"))),
    }
}

fn missing(path: &[String]) -> Error {
    fault(format!("there is nothing at /{}", path.join("/")))
}

fn add(document: &mut Json, path: &[String], value: Json) -> Result<(), Error> {
    let Some((last, parent)) = path.split_last() else {
        *document = value;
        return Ok(());
    };
    match find(document, parent) {
        Some(Json::Array(items)) => {
            let place = if last == "-" { Some(items.len()) } else { index(last) };
            let place = place.filter(|p| *p <= items.len()).ok_or_else(|| missing(path))?;
            items.insert(place, value);
            Ok(())
        }
        Some(object @ Json::Object(_)) => {
            object.set(last, value);
            Ok(())
        }
        _ => Err(missing(parent)),
    }
}

fn remove(document: &mut Json, path: &[String]) -> Result<Json, Error> {
    let Some((last, parent)) = path.split_last() else { return Err(fault("the whole document cannot be removed")) };
    let found = match find(document, parent) {
        Some(Json::Array(items)) => index(last).filter(|i| *i < items.len()).map(|i| items.remove(i)),
        Some(object) => object.remove(last),
        None => None,
    };
    found.ok_or_else(|| missing(path))
}

/// Equal by RFC 6902: numbers by value, objects whatever their order.
fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => match (Decimal::parse(a), Decimal::parse(b)) {
            (Some(a), Some(b)) => a == b,
            _ => a == b,
        },
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(fields), Json::Object(others)) => {
            fields.len() == others.len() && fields.iter().all(|(key, value)| b.get(key).is_some_and(|v| same(value, v)))
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_failed_test_leaves_the_document_alone() {
        let document = json(r#"{"a":1.0,"b":[1,2]}"#);
        let patch = json(r#"[{"op":"remove","path":"/b/0"},{"op":"test","path":"/a","value":2}]"#);
        let error = json_patch(&document, &patch).unwrap_err();
        assert!(error.is_failed_test && error.operation == 1);
        let patch = json(r#"[{"op":"test","path":"/a","value":1},{"op":"add","path":"/b/-","value":3}]"#);
        assert_eq!(json_patch(&document, &patch).unwrap().to_string(), r#"{"a":1.0,"b":[1,2,3]}"#);
    }
}
