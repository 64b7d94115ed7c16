//! JSON Patch.

use super::pointer::{find, index, steps};
use super::{Error, MOST_OPERATIONS, fault};
use crate::decimal::Decimal;
use crate::json::{Json, MAX_DEPTH};

/// Values that all copies of one patch, and moves to deeper places, may carry together. A copy can double the document,
/// and the next copy doubles it again.
const MOST_CARRIED: usize = 100_000;

/// Applies a JSON Patch to a document.
pub fn json_patch(document: &Json, patch: &Json) -> Result<Json, Error> {
    let Json::Array(operations) = patch else { return Err(fault("a JSON Patch must be an array")) };
    if operations.len() > MOST_OPERATIONS {
        let message = format!("a JSON Patch may have at most {MOST_OPERATIONS} operations, not {}", operations.len());
        return Err(Error { operation: MOST_OPERATIONS, ..fault(message) });
    }
    let mut out = document.clone();
    let mut left = MOST_CARRIED;
    for (i, operation) in operations.iter().enumerate() {
        apply(&mut out, operation, &mut left).map_err(|error| Error { operation: i, ..error })?;
    }
    Ok(out)
}

/// `left`: how many values may still be carried.
fn apply(document: &mut Json, operation: &Json, left: &mut usize) -> Result<(), Error> {
    let text =
        |name: &str| operation.get(name).and_then(Json::as_str).ok_or_else(|| fault(format!("`{name}` is missing")));
    let value = || operation.get("value").cloned().ok_or_else(|| fault("`value` is missing"));
    let path = steps(text("path")?)?;
    match text("op")? {
        "add" => {
            let value = value()?;
            shallow(&path, &value)?;
            add(document, &path, value)
        }
        "remove" => remove(document, &path).map(drop),
        "replace" => {
            let value = value()?;
            shallow(&path, &value)?;
            *find(document, &path).ok_or_else(|| missing(&path))? = value;
            Ok(())
        }
        "move" => {
            let from = steps(text("from")?)?;
            if path.len() > from.len() && path.starts_with(&from) {
                return Err(fault("a value cannot move into itself"));
            }
            let value = remove(document, &from)?;
            // A place no deeper needs no look at the value, however large it is.
            if path.len() > from.len() {
                spend(left, &value)?;
                shallow(&path, &value)?;
            }
            add(document, &path, value)
        }
        "copy" => {
            let from = steps(text("from")?)?;
            let value = find(document, &from).ok_or_else(|| missing(&from))?;
            spend(left, value)?;
            shallow(&path, value)?;
            let value = value.clone();
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

/// A long text counts as many values: copies of one string of a megabyte fill the memory as well.
const BYTES_A_VALUE: usize = 64;

/// How many values a value holds, itself included, and how many levels of arrays and objects.
fn extent(value: &Json) -> (usize, usize) {
    let (mut size, mut deepest) = (0, 0);
    let mut open = vec![(value, 0)];
    while let Some((value, above)) = open.pop() {
        size += 1;
        match value {
            Json::Array(items) => open.extend(items.iter().map(|item| (item, above + 1))),
            Json::Object(fields) => open.extend(fields.iter().map(|(_, field)| (field, above + 1))),
            Json::String(text) => {
                size += text.len() / BYTES_A_VALUE;
                continue;
            }
            _ => continue,
        }
        deepest = deepest.max(above + 1);
    }
    (size, deepest)
}

fn spend(left: &mut usize, value: &Json) -> Result<(), Error> {
    let (size, _) = extent(value);
    *left = left.checked_sub(size).ok_or_else(|| {
        fault(format!("the copies and moves of a JSON Patch may carry at most {MOST_CARRIED} values together"))
    })?;
    Ok(())
}

/// Refuses what would nest deeper than the parser takes: everything that walks a document relies on that limit.
fn shallow(path: &[String], value: &Json) -> Result<(), Error> {
    let (_, levels) = extent(value);
    if path.len() + levels <= MAX_DEPTH {
        return Ok(());
    }
    Err(fault(format!("the value at /{} would be nested deeper than {MAX_DEPTH} levels", path.join("/"))))
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

    #[test]
    fn a_patch_has_few_operations() {
        let patch = |n: usize| json(&format!("[{}]", vec![r#"{"op":"add","path":"/a","value":1}"#; n].join(",")));
        assert!(json_patch(&json("{}"), &patch(1_000)).is_ok());
        let error = json_patch(&json("{}"), &patch(1_001)).unwrap_err();
        assert!(error.message.contains("at most 1000 operations"), "{error}");
    }

    #[test]
    fn copies_cannot_grow_a_document_without_end() {
        let wide = json(&format!(r#"{{"a":[{}]}}"#, vec!["1"; 5_000].join(",")));
        let patch: Vec<String> = (0..64).map(|i| format!(r#"{{"op":"copy","from":"/a","path":"/b{i}"}}"#)).collect();
        let error = json_patch(&wide, &json(&format!("[{}]", patch.join(",")))).unwrap_err();
        assert_eq!(error.operation, 19);
        assert!(error.message.contains("100000 values"), "{error}");
    }

    #[test]
    fn no_operation_nests_deeper_than_the_parser_takes() {
        let deep = json(&format!("{}1{}", "[".repeat(100), "]".repeat(100)));
        let document = Json::object([("a", deep.clone()), ("b", deep)]);
        let path = "/a".to_owned() + &"/0".repeat(99);
        for patch in [
            format!(r#"[{{"op":"copy","from":"","path":"{path}"}}]"#),
            format!(r#"[{{"op":"move","from":"/b","path":"{path}"}}]"#),
            format!(r#"[{{"op":"add","path":"{path}","value":{}{}}}]"#, "[".repeat(30), "]".repeat(30)),
            format!(r#"[{{"op":"replace","path":"{path}","value":{}{}}}]"#, "[".repeat(30), "]".repeat(30)),
        ] {
            let error = json_patch(&document, &json(&patch)).unwrap_err();
            assert!(error.message.contains("nested deeper"), "{error}");
        }
    }
}
