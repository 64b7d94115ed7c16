//! Reads a Bundle's text without keeping the trees of its resources: a tree takes several times its text, and a large
//! Bundle's resources are wanted one after the other.

use std::ops::Range;

use super::parse::{Outcome, Reader, document};
use super::{Json, ParseError};
use crate::packed::{pack_into, pack_value_at};

/// A Bundle read apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Apart {
    /// The Bundle; each entry's `resource` stands in it as `null`.
    pub bundle: Json,
    /// Where in the text each entry's resource stands; nothing for an entry without one.
    pub resources: Vec<Option<Range<usize>>>,
}

/// Reads a text as [`Json::parse`] does, refusing the same with the same words. `each` sees the number of the entry and
/// its resource, packed.
pub fn apart(bytes: &[u8], mut each: impl FnMut(usize, &[u8])) -> Result<Apart, ParseError> {
    let mut resources: Vec<Option<Range<usize>>> = Vec::new();
    let mut packed = Vec::new();
    let mut resource = |reader: &mut Reader<'_>, number: usize| {
        let start = reader.at;
        packed.clear();
        skip(reader, &mut packed)?;
        each(number, &packed);
        resources.resize(number + 1, None);
        if let Some(place) = resources.get_mut(number) {
            *place = Some(start..reader.at);
        }
        Ok(Json::Null)
    };
    let bundle = document(bytes, |reader| {
        fields(reader, |reader, key| {
            if key != "entry" || reader.peek() != Some(b'[') {
                return reader.value();
            }
            let entry = |reader: &mut Reader<'_>, number| {
                fields(reader, |reader, key| if key == "resource" { resource(reader, number) } else { reader.value() })
            };
            reader.nested(|reader| reader.array_by(entry))
        })
    })?;
    Ok(Apart { bundle, resources })
}

/// The value at hand, the fields of an object by `read`.
fn fields(reader: &mut Reader<'_>, mut read: impl FnMut(&mut Reader<'_>, &str) -> Outcome<Json>) -> Outcome<Json> {
    if reader.peek() != Some(b'{') {
        return reader.value();
    }
    reader.nested(|reader| reader.object_by(|reader, key| read(reader, key.as_str())))
}

/// Goes over a value, packing it.
fn skip(reader: &mut Reader<'_>, packed: &mut Vec<u8>) -> Outcome<()> {
    match pack_value_at(reader.text, reader.at, reader.depth, packed) {
        Some(end) => reader.at = end,
        // Faulty or unusual: the tree's reader words the fault.
        None => pack_into(&reader.value()?, packed),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack;

    /// The same Bundle by the tree: the packed resources and what is left.
    fn by_tree(text: &[u8]) -> Result<(Json, Vec<(usize, Vec<u8>)>), ParseError> {
        let mut bundle = Json::parse(text)?;
        let mut seen = Vec::new();
        if let Some(Json::Array(entries)) = bundle.get_mut("entry") {
            for (number, entry) in entries.iter_mut().enumerate() {
                if let Some(resource) = entry.get_mut("resource") {
                    seen.push((number, pack(&std::mem::take(resource))));
                }
            }
        }
        Ok((bundle, seen))
    }

    fn same(text: &[u8]) {
        let mut seen = Vec::new();
        let read = apart(text, |number, packed| seen.push((number, packed.to_vec())));
        match (read, by_tree(text)) {
            (Ok(read), Ok((bundle, resources))) => {
                assert_eq!((&read.bundle, &seen), (&bundle, &resources));
                for (number, packed) in seen {
                    let place = read.resources[number].clone().expect("a place");
                    assert_eq!(pack(&Json::parse(&text[place]).expect("JSON")), packed);
                }
            }
            (read, tree) => assert_eq!(read.map(|_| ()), tree.map(|_| ()), "{}", String::from_utf8_lossy(text)),
        }
    }

    const BUNDLE: &str = r#" {"resourceType":"Bundle","entry" : [{"fullUrl":"a","resource" : {"resourceType":"Basic",
        "entry":[{"resource":1}],"x":["\u00e9",1.00,{}]} ,"request":{"method":"POST","url":"Basic"}},
        {"request":{"method":"GET","url":"Basic/1"}},7,{"resource":null}],"type":"batch"} "#;

    #[test]
    fn what_is_read_apart_is_what_the_tree_holds() {
        same(BUNDLE.as_bytes());
        for text in ["[]", "7", "{}", r#"{"entry":{"resource":1}}"#, r#"{"entry":[[{"resource":1}]]}"#] {
            same(text.as_bytes());
        }
        let many: Vec<String> = (0..100).map(|i| format!("\"k{i}\":{i}")).collect();
        same(format!(r#"{{"entry":[{{"resource":{{{}}}}}]}}"#, many.join(",")).as_bytes());
        for depth in [124, 125, 126, 200] {
            let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            same(format!(r#"{{"entry":[{{"resource":{deep}}}]}}"#).as_bytes());
        }
    }

    #[test]
    fn every_cut_and_every_changed_byte_is_read_alike() {
        let text = BUNDLE.as_bytes();
        for at in 0..text.len() {
            same(&text[..at]);
            for with in [b'"', b'\\', b'{', b'}', b',', b' ', 0, 0xff] {
                let mut changed = text.to_vec();
                changed[at] = with;
                same(&changed);
            }
        }
    }
}
