//! A measure package as published: bundles, single resources, ELM and CQL files, into resources with ids. Pure.
//!
//! CMS and eCQI publish FHIR bundles (Measure, Library with base64 CQL and ELM, ValueSet), zipped; VSAC exports expanded
//! ValueSets as JSON and as SVS XML; authors keep folders of `.cql` and `.elm.json`. A file that cannot be read costs
//! itself only.

use continuo_fhir::letters::hex;
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use continuo_cql::deep_stack;
use continuo_cql::elm::Tree;
use continuo_exchange::zip::{self, Limits};
use continuo_fhir::Json;
use sha2::{Digest, Sha256};

use super::svs;
use crate::build::{list, object};

/// Media type of ELM in a Library.
pub const ELM: &str = "application/elm+json";
/// Media type of CQL in a Library.
pub const CQL: &str = "text/cql";

/// A file of a package.
#[derive(Clone, Debug)]
pub struct File {
    /// Name without folders; `Name-1.2.000.elm.json` also says a version.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// What a package holds.
#[derive(Clone, Debug, Default)]
pub struct Package {
    /// Measures, libraries and value sets, each with an id.
    pub resources: Vec<Json>,
    /// What could not be used, and why.
    pub problems: Vec<String>,
    /// Resources of other types that were left out.
    pub left_out: usize,
}

/// Name and version.
type Key = (String, String);

#[derive(Default)]
struct Texts {
    elm: Option<Vec<u8>>,
    cql: Option<Vec<u8>>,
}

/// Archives inside archives that are opened: a year's download holds one zip a measure.
const ZIP_LAYERS: usize = 2;
/// Problems said of archives, at most.
const MOST_PROBLEMS: usize = 100;

/// Reads the files of a package.
pub fn read(files: &[File]) -> Package {
    let mut package = Package::default();
    let mut unpacked = Vec::new();
    let mut left = Limits::default().all;
    for file in files.iter().filter(|file| zip::is_zip(&file.bytes)) {
        unzip(file, ZIP_LAYERS, &mut left, &mut unpacked, &mut package.problems);
    }
    let mut texts: BTreeMap<Key, Texts> = BTreeMap::new();
    for file in files.iter().filter(|file| !zip::is_zip(&file.bytes)).chain(&unpacked) {
        if svs::is_svs(&file.bytes) {
            let text = String::from_utf8_lossy(&file.bytes);
            match svs::read(&text) {
                Ok((sets, problems)) => {
                    for set in sets {
                        resource(set, &file.name, &mut package);
                    }
                    package.problems.extend(problems.into_iter().map(|why| format!("{}: {why}", file.name)));
                }
                Err(why) => package.problems.push(format!("{}: {why}", file.name)),
            }
            continue;
        }
        if is_named(&file.name, "xml") {
            package.problems.push(format!("{}: XML is read only from VSAC's export of value sets", file.name));
            continue;
        }
        if is_named(&file.name, "cql") {
            match cql_key(file) {
                Some(key) => texts.entry(key).or_default().cql = Some(file.bytes.clone()),
                None => package.problems.push(format!("{}: the CQL does not begin with `library NAME`", file.name)),
            }
            continue;
        }
        match Json::parse(&file.bytes) {
            Ok(json) if json.resource_type().is_some() => resource(json, &file.name, &mut package),
            // ELM may be nested deeper than any resource: the engine's own reader takes it.
            parsed => match (elm_key(file), parsed) {
                (Some(key), _) => texts.entry(key).or_default().elm = Some(file.bytes.clone()),
                (None, Ok(_)) => {}
                (None, Err(error)) => package.problems.push(format!("{}: {error}", file.name)),
            },
        }
    }
    for ((name, version), text) in texts {
        package.resources.push(library(&name, &version, &text));
    }
    package
}

fn is_named(name: &str, end: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found.eq_ignore_ascii_case(end))
}

/// Archives inside archives have a list of problems each; together they are no more than one page shows.
fn problem(problems: &mut Vec<String>, why: String) {
    match problems.len() {
        ..MOST_PROBLEMS => problems.push(why),
        MOST_PROBLEMS => problems.push("more problems are not listed".to_owned()),
        _ => {}
    }
}

/// The files of an archive that a package may be made of; what else a download holds (pages, spreadsheets, FHIR as XML
/// beside the same as JSON) is passed over, and so are its test patients.
fn unzip(file: &File, layers: usize, left: &mut usize, out: &mut Vec<File>, problems: &mut Vec<String>) {
    let wanted = |name: &str| {
        let test = name.split('/').any(|part| part.eq_ignore_ascii_case("tests") || part == "__MACOSX");
        !test && ["json", "cql", "xml", "zip"].iter().any(|end| is_named(name, end))
    };
    let limits = Limits { all: *left, ..Limits::default() };
    let contents = zip::entries(&file.bytes, limits, wanted);
    // What refused entries cost is spent too.
    *left = contents.left;
    for why in contents.problems {
        problem(problems, format!("{}: {why}", file.name));
    }
    for entry in contents.entries {
        let name = entry.name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let inner = File { name, bytes: entry.bytes };
        if zip::is_zip(&inner.bytes) {
            if layers > 1 {
                unzip(&inner, layers - 1, left, out, problems);
            } else {
                problem(problems, format!("{}: an archive too deep inside archives", inner.name));
            }
        } else if !is_named(&inner.name, "xml") || svs::is_svs(&inner.bytes) {
            out.push(inner);
        }
    }
}

fn resource(json: Json, file: &str, package: &mut Package) {
    match json.resource_type() {
        Some("Bundle") => {
            let Json::Object(_) = &json else { return };
            for entry in json.get("entry").map(Json::items).unwrap_or_default() {
                if let Some(inner) = entry.get("resource") {
                    resource(inner.clone(), file, package);
                }
            }
        }
        Some(type_ @ ("Measure" | "Library" | "ValueSet")) => match named(type_, &json) {
            Some(id) => {
                let mut json = json;
                json.set("id", Json::string(id));
                package.resources.push(json);
            }
            None => package.problems.push(format!("{file}: a {type_} without name or url is left out")),
        },
        _ => package.left_out += 1,
    }
}

/// The id under which a resource is kept: versions of a measure or library stand beside each other, a value set is
/// followed by its next version.
fn named(type_: &str, json: &Json) -> Option<String> {
    let last = |path: &str| json.str_at(path).and_then(|url| url.rsplit(['/', ':']).next()).map(str::to_owned);
    let name = match type_ {
        "ValueSet" => last("url").or_else(|| last("id"))?,
        _ => json.str_at("name").map(str::to_owned).or_else(|| last("url")).or_else(|| last("id"))?,
    };
    let version = json.str_at("version").unwrap_or_default();
    Some(if type_ == "ValueSet" { id_of(&name, "") } else { id_of(&name, version) })
}

/// A FHIR id (R4 `id`: 1 to 64 of letters, digits, hyphen, dot) from a name and a version.
pub fn id_of(name: &str, version: &str) -> String {
    let whole = if version.is_empty() { name.to_owned() } else { format!("{name}-{version}") };
    let plain: String =
        whole.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '.' { c } else { '-' }).collect();
    if plain.len() <= 64 && plain == whole && !plain.is_empty() {
        return plain;
    }
    let hash = hex(&Sha256::digest(whole.as_bytes())[..6]);
    let head: String = plain.chars().take(50).collect();
    format!("{head}-{hash}")
}

fn library(name: &str, version: &str, text: &Texts) -> Json {
    let attachment = |media: &str, bytes: &[u8]| {
        object([("contentType", Json::string(media)), ("data", Json::string(BASE64.encode(bytes)))])
    };
    let content = [text.cql.as_deref().map(|t| attachment(CQL, t)), text.elm.as_deref().map(|t| attachment(ELM, t))];
    let kind = crate::build::concept("http://terminology.hl7.org/CodeSystem/library-type", "logic-library", "");
    let mut json = object([
        ("resourceType", Json::string("Library")),
        ("id", Json::string(id_of(name, version))),
        ("name", Json::string(name)),
        ("status", Json::string("active")),
        ("type", kind),
        ("content", list(content.into_iter().flatten())),
    ]);
    crate::build::set_text(&mut json, "version", version);
    json
}

/// Decodes the text of an attachment.
pub fn text_of(library: &Json, media: &str) -> Option<Result<String, String>> {
    let found = library
        .get("content")
        .map(Json::items)
        .unwrap_or_default()
        .iter()
        .find(|c| c.str_at("contentType").is_some_and(|t| t.split(';').next().map(str::trim) == Some(media)))?;
    let data = found.str_at("data")?;
    // Attachments may be wrapped; base64 itself has no white space.
    let clean: String = data.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    Some(match BASE64.decode(clean) {
        Ok(bytes) => String::from_utf8(bytes).map_err(|_| format!("its {media} is not UTF-8")),
        Err(error) => Err(format!("its {media} is not base64: {error}")),
    })
}

/// The version in a file's name counts where it differs from the one inside: packages rename libraries without
/// rebuilding them, and measures ask by the published version.
fn key_with(file: &str, name: &str, version: &str) -> Key {
    let stem = file.trim_end_matches(".json").trim_end_matches(".elm").trim_end_matches(".cql");
    let given = stem.strip_prefix(name).and_then(|rest| rest.strip_prefix('-')).filter(|v| !v.is_empty());
    (name.to_owned(), given.unwrap_or(version).to_owned())
}

fn elm_key(file: &File) -> Option<Key> {
    let text = std::str::from_utf8(&file.bytes).ok()?;
    deep_stack(|| {
        let tree = Tree::parse(text).ok()?;
        let identifier = tree.get("library")?.get("identifier")?;
        Some(key_with(&file.name, identifier.text("id")?, identifier.text("version").unwrap_or_default()))
    })
}

fn cql_key(file: &File) -> Option<Key> {
    let text = std::str::from_utf8(&file.bytes).ok()?;
    let line = text.lines().map(str::trim).find(|line| line.starts_with("library "))?;
    let rest = line.trim_start_matches("library ").trim();
    let (name, rest) = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
    };
    let version = rest.trim().strip_prefix("version").map(|v| v.trim().trim_matches('\'')).unwrap_or_default();
    Some(key_with(&file.name, name, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> File {
        File { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
    }

    fn ids(package: &Package) -> Vec<String> {
        let of = |j: &Json| format!("{}/{}", j.resource_type().unwrap_or_default(), j.str_at("id").unwrap_or_default());
        package.resources.iter().map(of).collect()
    }

    #[test]
    fn a_bundle_gives_its_measures_libraries_and_value_sets_and_no_people() {
        let bundle = r#"{"resourceType":"Bundle","type":"transaction","entry":[
            {"resource":{"resourceType":"Measure","id":"x","name":"M","version":"1.0"}},
            {"resource":{"resourceType":"Library","name":"L","version":"2"}},
            {"resource":{"resourceType":"ValueSet","url":"http://v.example/ValueSet/1.2.3","version":"20260101"}},
            {"resource":{"resourceType":"Patient","id":"p"}}]}"#;
        let package = read(&[file("m.json", bundle)]);
        assert_eq!(ids(&package), ["Measure/M-1.0", "Library/L-2", "ValueSet/1.2.3"]);
        assert_eq!((package.left_out, package.problems.len()), (1, 0));
    }

    #[test]
    fn elm_and_cql_of_one_library_come_together_under_the_version_of_the_file() {
        let elm = r#"{"library":{"identifier":{"id":"L","version":"1.0.000"}}}"#;
        let package =
            read(&[file("L-2.0.000.elm.json", elm), file("L-2.0.000.cql", "library L version '1.0.000'\ndefine A: 1")]);
        assert_eq!(ids(&package), ["Library/L-2.0.000"]);
        let library = &package.resources[0];
        assert_eq!(text_of(library, ELM).unwrap().unwrap(), elm);
        assert!(text_of(library, CQL).unwrap().unwrap().starts_with("library L"));
    }

    #[test]
    fn elm_nested_deeper_than_any_resource_is_taken() {
        let deep = format!("{}1{}", "[".repeat(400), "]".repeat(400));
        let elm = format!(r#"{{"library":{{"identifier":{{"id":"L","version":"1"}},"annotation":{deep}}}}}"#);
        let package = read(&[file("L-1.elm.json", &elm)]);
        assert_eq!((ids(&package), package.problems.len()), (vec!["Library/L-1".to_owned()], 0));
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named_and_stops_nothing() {
        let package = read(&[file("bad.json", "{"), file("x.cql", "define A: 1"), file("o.json", r#"{"a":1}"#)]);
        assert_eq!(package.problems.len(), 2);
        assert!(package.problems[0].starts_with("bad.json: "));
    }

    #[test]
    fn ids_are_valid_whatever_the_name() {
        assert_eq!(id_of("CMS122", "1.0.000"), "CMS122-1.0.000");
        let odd = id_of(&"é ".repeat(80), "1");
        assert!(odd.len() <= 64 && odd.is_ascii());
        assert_ne!(id_of("a b", "1"), id_of("a-b", "1"));
    }
}
