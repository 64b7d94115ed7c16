//! FHIRPath Patch: operations as Parameters, places as FHIRPath.

use super::{Error, MOST_OPERATIONS, fault};
use crate::fhirpath::{Expression, Item, Value};
use crate::json::{Json, Key};
use crate::letters::capital;
use crate::model::{Element, TypeId, model};
use crate::name::Name;
use crate::packed::{Node, pack, root};

/// Applies a FHIRPath Patch (a Parameters resource) to a resource.
pub fn fhirpath_patch(resource: &Json, parameters: &Json) -> Result<Json, Error> {
    if parameters.resource_type() != Some("Parameters") {
        return Err(fault("a FHIRPath Patch must be a Parameters resource"));
    }
    let mut out = resource.clone();
    let operations = parameters.get("parameter").map(Json::items).unwrap_or_default();
    if operations.len() > MOST_OPERATIONS {
        let message =
            format!("a FHIRPath Patch may have at most {MOST_OPERATIONS} operations, not {}", operations.len());
        return Err(Error { operation: MOST_OPERATIONS, ..fault(message) });
    }
    for (i, operation) in operations.iter().enumerate() {
        if operation.str_at("name") != Some("operation") {
            return Err(Error { operation: i, ..fault("each parameter must be named `operation`") });
        }
        apply(&mut out, operation).map_err(|error| Error { operation: i, ..error })?;
    }
    Ok(out)
}

fn apply(resource: &mut Json, operation: &Json) -> Result<(), Error> {
    let part = |name: &str| {
        let parts = operation.get("part").map(Json::items).unwrap_or_default();
        parts.iter().find(|p| p.str_at("name") == Some(name))
    };
    let text = |name: &str| {
        let value = part(name).and_then(value_of).and_then(|(_, value)| value.as_str().map(str::to_string));
        value.ok_or_else(|| fault(format!("`{name}` is missing")))
    };
    let number = |name: &str| {
        let value = part(name).and_then(value_of).and_then(|(_, value)| value.as_i64());
        value.and_then(|n| usize::try_from(n).ok()).ok_or_else(|| fault(format!("`{name}` is missing")))
    };
    let kind = text("type")?;
    let path = text("path")?;
    let found = locate(resource, &path)?;
    match kind.as_str() {
        "add" => {
            let [target] = found.as_slice() else { return Err(count_fault(&path, found.len())) };
            let name = text("name")?;
            let value = part("value").ok_or_else(|| fault("`value` is missing"))?;
            add(resource, target, &name, value)
        }
        "insert" => {
            let target = found.first().ok_or_else(|| count_fault(&path, 0))?;
            let value = part("value").ok_or_else(|| fault("`value` is missing"))?;
            let index = number("index")?;
            let (value, twin) = built(value, target.type_)?;
            let list = List::open(resource, target)?;
            list.insert(index, value, twin)
        }
        "delete" => match found.as_slice() {
            [] => Ok(()),
            [target] => delete(resource, target),
            _ => Err(count_fault(&path, found.len())),
        },
        "replace" => {
            let [target] = found.as_slice() else { return Err(count_fault(&path, found.len())) };
            let value = part("value").ok_or_else(|| fault("`value` is missing"))?;
            replace(resource, target, value)
        }
        "move" => {
            let target = found.first().ok_or_else(|| count_fault(&path, 0))?;
            let (source, destination) = (number("source")?, number("destination")?);
            List::open(resource, target)?.shift(source, destination)
        }
        other => Err(fault(format!("`{other}` is no operation"))),
    }
}

fn count_fault(path: &str, count: usize) -> Error {
    fault(format!("{path} finds {count} elements, exactly one is needed"))
}

/// A step into the JSON tree.
#[derive(Clone, PartialEq, Debug)]
enum Step {
    Field(String),
    Index(usize),
}

/// An element found: the way to it, its type.
struct Target {
    steps: Vec<Step>,
    type_: Option<TypeId>,
}

/// The elements a path finds. They are recognized in the tree by their place in the packed bytes.
fn locate(resource: &Json, path: &str) -> Result<Vec<Target>, Error> {
    let packed = pack(resource);
    let node = root(&packed).map_err(|e| fault(e.to_string()))?;
    let expression = Expression::parse(path).map_err(|e| fault(format!("{path}: {e}")))?;
    let values = expression.on(node).map_err(|e| fault(format!("{path}: {e}")))?;
    let mut out = Vec::new();
    for value in values {
        let Value::Item(Item { node: found, twin, type_ }) = value else {
            return Err(fault(format!("{path} finds a value, not an element")));
        };
        let wanted = found.or(twin).map(Node::address);
        let mut steps = Vec::new();
        if wanted.is_some_and(|address| walk(node, address, &mut steps)) {
            // An element of extensions alone is found under its `_` field.
            if let (None, Some(Step::Field(name))) =
                (found, steps.iter_mut().rev().find(|s| matches!(s, Step::Field(_))))
            {
                *name = name.trim_start_matches('_').to_string();
            }
            out.push(Target { steps, type_ });
        }
    }
    Ok(out)
}

/// Finds the way to the node at an address; as deep as the tree, which parsing bounds.
fn walk(node: Node<'_>, address: usize, steps: &mut Vec<Step>) -> bool {
    if node.address() == address {
        return true;
    }
    if node.is_array() {
        for (i, item) in node.items().enumerate() {
            steps.push(Step::Index(i));
            if walk(item, address, steps) {
                return true;
            }
            steps.pop();
        }
        return false;
    }
    for (name, field) in node.fields() {
        steps.push(Step::Field(name.to_string()));
        if walk(field, address, steps) {
            return true;
        }
        steps.pop();
    }
    false
}

fn go<'j>(json: &'j mut Json, steps: &[Step]) -> Option<&'j mut Json> {
    steps.iter().try_fold(json, |json, step| match (json, step) {
        (Json::Array(items), Step::Index(i)) => items.get_mut(*i),
        (json, Step::Field(name)) => json.get_mut(name),
        _ => None,
    })
}

/// The `value[x]` of a part: the type's suffix and the value.
fn value_of(part: &Json) -> Option<(&str, &Json)> {
    part.fields().iter().find_map(|(key, value)| Some((key.strip_prefix("value").filter(|s| !s.is_empty())?, value)))
}

/// The value a part carries, with its `_` twin; nested parts make an object of the type.
fn built(part: &Json, type_: Option<TypeId>) -> Result<(Json, Option<Json>), Error> {
    if let Some((suffix, value)) = value_of(part) {
        return Ok((value.clone(), part.get(&format!("_value{suffix}")).cloned()));
    }
    if let Some(resource) = part.get("resource") {
        return Ok((resource.clone(), None));
    }
    let Some(type_) = type_ else { return Err(fault("a value is missing")) };
    let mut out = Json::Object(Vec::new());
    for inner in part.get("part").map(Json::items).unwrap_or_default() {
        let name = inner.str_at("name").ok_or_else(|| fault("a part has no name"))?;
        put(&mut out, type_, name, inner)?;
    }
    if out.fields().is_empty() {
        return Err(fault("a value is missing"));
    }
    Ok((out, None))
}

/// The JSON field of an element for a value: a choice takes its type from the value.
fn field_of(owner: TypeId, name: &str, part: &Json) -> Result<(&'static Element, TypeId, String), Error> {
    let type_name = model().type_(owner).name;
    let unknown = || fault(format!("`{name}` is no element of {type_name}"));
    if let Some(element) = model().element(owner, name) {
        if !element.is_choice {
            let type_ = element.types.first().map(|t| t.0).ok_or_else(unknown)?;
            return Ok((element, type_, name.to_string()));
        }
        let (suffix, _) = value_of(part).ok_or_else(unknown)?;
        let field = format!("{name}{suffix}");
        let (_, type_) = Name::find(&field).and_then(|n| model().field(owner, n)).ok_or_else(unknown)?;
        return Ok((element, type_, field));
    }
    // `valueQuantity` in place of `value` is let through.
    let (element, type_) = Name::find(name).and_then(|n| model().field(owner, n)).ok_or_else(unknown)?;
    Ok((element, type_, name.to_string()))
}

/// Adds a part's value to an object.
fn put(object: &mut Json, owner: TypeId, name: &str, part: &Json) -> Result<(), Error> {
    let (element, type_, field) = field_of(owner, name, part)?;
    let (value, twin) = built(part, Some(type_))?;
    if !element.is_list {
        object.set(&field, value);
        if let Some(twin) = twin {
            object.set(&format!("_{field}"), twin);
        }
        return Ok(());
    }
    if object.get(&field).is_none() {
        object.set(&field, Json::Array(Vec::new()));
    }
    let count = object.get(&field).map_or(0, |list| list.items().len());
    List { object, field }.insert(count, value, twin)
}

fn add(resource: &mut Json, target: &Target, name: &str, part: &Json) -> Result<(), Error> {
    let Some(type_) = target.type_ else { return Err(fault("the element's type is not known")) };
    let object = go(resource, &target.steps).ok_or_else(|| fault("the element is gone"))?;
    put(object, type_, name, part)
}

fn replace(resource: &mut Json, target: &Target, part: &Json) -> Result<(), Error> {
    let (value, twin) = built(part, target.type_)?;
    let Some((last, parent)) = target.steps.split_last() else {
        *resource = value;
        return Ok(());
    };
    if let Step::Index(index) = last {
        return List::open(resource, target)?.replace(*index, value, twin);
    }
    let Step::Field(field) = last else { return Ok(()) };
    // A choice may change its type, and with it the field's name.
    let suffix = value_of(part).map(|(suffix, _)| suffix);
    let name = match (target.type_.map(|t| model().type_(t).name), suffix) {
        (Some(old), Some(new)) if field.to_ascii_lowercase().ends_with(&old.to_ascii_lowercase()) => {
            let prefix = field.get(..field.len() - old.len()).unwrap_or(field);
            let changed = format!("{prefix}{new}");
            let is_choice = prefix.len() < field.len() && !prefix.is_empty() && Name::find(&changed).is_some();
            if is_choice && field.ends_with(&capital(old)) { changed } else { field.clone() }
        }
        _ => field.clone(),
    };
    let Some(Json::Object(fields)) = go(resource, parent) else { return Err(fault("the element is gone")) };
    let twin_name = format!("_{field}");
    match fields.iter_mut().find(|(key, _)| key.as_str() == field) {
        Some(slot) => *slot = (Key::from(name.as_str()), value),
        None => fields.push((Key::from(name.as_str()), value)),
    }
    fields.retain(|(key, _)| key.as_str() != twin_name);
    fields.extend(twin.map(|twin| (Key::from(format!("_{name}").as_str()), twin)));
    Ok(())
}

/// Removes an element, and what is left empty around it.
fn delete(resource: &mut Json, target: &Target) -> Result<(), Error> {
    let mut steps = target.steps.clone();
    loop {
        let Some(last) = steps.pop() else { return Err(fault("a resource cannot delete itself")) };
        match last {
            Step::Index(index) => {
                let Some(Step::Field(field)) = steps.pop() else { return Err(fault("a list without a name")) };
                let object = go(resource, &steps).ok_or_else(|| fault("the element is gone"))?;
                List { object, field }.remove(index);
            }
            Step::Field(field) => {
                let object = go(resource, &steps).ok_or_else(|| fault("the element is gone"))?;
                object.remove(&field);
                object.remove(&format!("_{field}"));
            }
        }
        let is_empty = go(resource, &steps).is_some_and(|owner| owner.fields().is_empty());
        if !is_empty || steps.is_empty() {
            return Ok(());
        }
    }
}

/// A list element of an object: the values and, beside them, the `_` field.
struct List<'j> {
    object: &'j mut Json,
    field: String,
}

impl<'j> List<'j> {
    fn open(resource: &'j mut Json, target: &Target) -> Result<List<'j>, Error> {
        let [parent @ .., Step::Field(field), Step::Index(_)] = target.steps.as_slice() else {
            return Err(fault("the element is no list"));
        };
        let object = go(resource, parent).ok_or_else(|| fault("the element is gone"))?;
        Ok(List { object, field: field.clone() })
    }

    fn items(&mut self) -> Option<&mut Vec<Json>> {
        match self.object.get_mut(&self.field) {
            Some(Json::Array(items)) => Some(items),
            _ => None,
        }
    }

    fn twins(&mut self) -> Option<&mut Vec<Json>> {
        match self.object.get_mut(&format!("_{}", self.field)) {
            Some(Json::Array(items)) => Some(items),
            _ => None,
        }
    }

    fn insert(mut self, index: usize, value: Json, twin: Option<Json>) -> Result<(), Error> {
        let items = self.items().ok_or_else(|| fault("the element is no list"))?;
        if index > items.len() {
            return Err(fault(format!("the list has {} items, none can stand at {index}", items.len())));
        }
        items.insert(index, value);
        let count = items.len();
        if twin.is_some() && self.twins().is_none() {
            let twin_name = format!("_{}", self.field);
            self.object.set(&twin_name, Json::Array(vec![Json::Null; count - 1]));
        }
        if let Some(twins) = self.twins() {
            twins.insert(index.min(twins.len()), twin.unwrap_or_default());
        }
        Ok(())
    }

    fn replace(mut self, index: usize, value: Json, twin: Option<Json>) -> Result<(), Error> {
        let slot = self.items().and_then(|items| items.get_mut(index)).ok_or_else(|| fault("the element is gone"))?;
        *slot = value;
        if let Some(slot) = self.twins().and_then(|twins| twins.get_mut(index)) {
            *slot = twin.unwrap_or_default();
        }
        Ok(())
    }

    fn remove(mut self, index: usize) {
        for list in [self.field.clone(), format!("_{}", self.field)] {
            let Some(Json::Array(items)) = self.object.get_mut(&list) else { continue };
            if index < items.len() {
                items.remove(index);
            }
            if items.iter().all(|item| *item == Json::Null) {
                self.object.remove(&list);
            }
        }
        self.field.clear();
    }

    fn shift(mut self, source: usize, destination: usize) -> Result<(), Error> {
        let count = self.items().map_or(0, |items| items.len());
        if source >= count || destination >= count {
            return Err(fault(format!("the list has {count} items")));
        }
        for items in [format!("_{}", self.field), self.field.clone()] {
            if let Some(Json::Array(items)) = self.object.get_mut(&items)
                && source < items.len()
                && destination < items.len()
            {
                let item = items.remove(source);
                items.insert(destination, item);
            }
        }
        Ok(())
    }
}
