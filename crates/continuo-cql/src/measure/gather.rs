//! From files in whatever shape to measures, libraries and value sets: single resources, bundles of them, ELM documents, CQL.
//!
//! Published packages come as bundles in which a Library carries its ELM and CQL in base64; authors keep folders of `.cql`
//! and `.elm.json`; VSAC exports are value sets. A file that cannot be used costs itself only.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use continuo_fhir::Json;

use crate::elm::Tree;
use crate::elm::library::Library;

use super::definition::Measure;
use super::load::Source;

/// What was found, in the order of the files.
#[derive(Debug, Default)]
pub(super) struct Gathered<'a> {
    pub(super) measures: Vec<Measure>,
    /// ELM documents in files of their own.
    pub(super) elm: Vec<Library<'a>>,
    /// What Library resources carry: other names of the library, its ELM or CQL.
    pub(super) carried: Vec<Carried>,
    /// Texts of CQL.
    pub(super) cql: Vec<Source>,
    pub(super) value_sets: Vec<Tree<'a>>,
    pub(super) code_systems: Vec<Tree<'a>>,
    pub(super) problems: Vec<String>,
}

/// The content of a Library resource.
#[derive(Debug)]
pub(super) struct Carried {
    /// `Name-1.2.000`, for messages and versions.
    pub(super) name: String,
    /// Other names it goes by: id and last part of its url.
    pub(super) names: Vec<String>,
    pub(super) elm: Option<String>,
    pub(super) cql: Option<String>,
}

impl<'a> Gathered<'a> {
    /// Takes a file's text.
    pub(super) fn take(&mut self, source: &'a Source) {
        if source.name.to_ascii_lowercase().ends_with(".cql") {
            return self.cql.push(source.clone());
        }
        match Tree::parse(&source.text) {
            Ok(tree) => self.tree(tree, source),
            Err(error) => self.problems.push(format!("{}: {error}", source.name)),
        }
    }

    fn tree(&mut self, tree: Tree<'a>, source: &Source) {
        let stem = source.name.trim_end_matches(".json").trim_end_matches(".elm");
        match tree.text("resourceType") {
            Some("Bundle") => {
                let Tree::Object(fields) = tree else { return };
                let entries = fields.into_iter().find(|(key, _)| key == "entry").map(|(_, value)| value);
                let Some(Tree::List(entries)) = entries else { return };
                for entry in entries {
                    let Tree::Object(fields) = entry else { continue };
                    if let Some((_, resource)) = fields.into_iter().find(|(key, _)| key == "resource") {
                        self.tree(resource, source);
                    }
                }
            }
            Some("Measure") => {
                self.contained(&tree, source);
                match Measure::parse(&tree) {
                    Ok(measure) => self.measures.push(measure),
                    Err(error) => self.problems.push(format!("{}: {error}", source.name)),
                }
            }
            Some("Library") => self.library(&tree, source),
            Some("ValueSet") => self.value_sets.push(tree),
            Some("CodeSystem") => self.code_systems.push(tree),
            // Whatever else a package carries (people, reports) is not for computing.
            Some(_) => {}
            None => match tree {
                Tree::Object(fields) => match fields.into_iter().find(|(key, _)| key == "library") {
                    Some((_, tree)) => match Library::from_tree(tree, stem) {
                        Ok(library) => self.elm.push(library),
                        Err(error) => self.problems.push(format!("{}: {error}", source.name)),
                    },
                    None => self.problems.push(format!("{}: neither a FHIR resource nor an ELM library", source.name)),
                },
                _ => self.problems.push(format!("{}: neither a FHIR resource nor an ELM library", source.name)),
            },
        }
    }

    /// A measure may carry its library within itself (`#id`); the quick reader leaves contained resources out.
    fn contained(&mut self, measure: &Tree<'_>, source: &Source) {
        let own = measure.items("library").first().and_then(Tree::as_text).and_then(|l| l.strip_prefix('#'));
        let Some(id) = own else { return };
        let Ok(json) = Json::parse(source.text.as_bytes()) else { return };
        let bundled = json.get("entry").map(Json::items).unwrap_or_default().iter().filter_map(|e| e.get("resource"));
        let contained = std::iter::once(&json)
            .chain(bundled)
            .flat_map(|resource| resource.get("contained").map(Json::items).unwrap_or_default());
        for library in contained.filter(|c| c.str_at("id") == Some(id)) {
            let text = library.to_string();
            if let Ok(tree) = Tree::parse(&text) {
                self.library(&tree, source);
            }
        }
    }

    fn library(&mut self, tree: &Tree<'_>, source: &Source) {
        let last = |text: &str| text.rsplit('/').next().unwrap_or(text).to_owned();
        let names: Vec<String> = ["name", "id", "url"].iter().filter_map(|key| tree.text(key)).map(last).collect();
        let name = names.first().cloned().unwrap_or_default();
        let version = tree.text("version").unwrap_or_default();
        let mut carried = Carried { name: format!("{name}-{version}"), names, elm: None, cql: None };
        for content in tree.items("content") {
            let media = content.text("contentType").unwrap_or_default();
            let place = match media.split(';').next().map(str::trim) {
                Some("application/elm+json") => &mut carried.elm,
                Some("text/cql") => &mut carried.cql,
                _ => continue,
            };
            let Some(data) = content.text("data") else { continue };
            // Attachments may be wrapped; base64 itself has no white space.
            let plain: String = data.chars().filter(|c| !c.is_ascii_whitespace()).collect();
            match BASE64.decode(plain).map(String::from_utf8) {
                Ok(Ok(text)) => *place = Some(text),
                _ => {
                    self.problems.push(format!("{}: library `{name}`: its {media} is not base64 of text", source.name));
                }
            }
        }
        // A library of data requirements or terms carries no logic, and nobody asks it for any.
        if carried.elm.is_some() || carried.cql.is_some() {
            self.carried.push(carried);
        }
    }
}
