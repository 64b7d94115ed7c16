//! A library in a file: its identifier and tables, before compiling.

use super::Tree;

/// A parsed ELM library.
#[derive(Debug)]
pub struct Library<'a> {
    /// Name.
    pub id: String,
    /// Version written inside.
    pub version: String,
    /// Version in the file's name where it differs: published packages rename libraries without rebuilding the ELM.
    pub file_version: Option<String>,
    /// Other names it goes by: id and url of the resource that carried it.
    pub names: Vec<String>,
    /// The `library` object.
    pub tree: Tree<'a>,
}

impl<'a> Library<'a> {
    /// Reads ELM JSON. `name` is the file's name without extension (`Name-1.2.000`), used as a second version.
    pub fn parse(text: &'a str, name: &str) -> Result<Library<'a>, String> {
        let tree = Tree::parse(text)?;
        let Tree::Object(fields) = tree else { return Err("not an ELM library: no object".into()) };
        let library = fields.into_iter().find(|(key, _)| key == "library").map(|(_, value)| value);
        let Some(tree) = library else { return Err("not an ELM library: no `library`".into()) };
        Library::from_tree(tree, name)
    }

    /// A library already in memory, such as the translator makes.
    pub fn from_tree(tree: Tree<'a>, name: &str) -> Result<Library<'a>, String> {
        let identifier = tree.get("identifier");
        let id = identifier.and_then(|i| i.text("id")).unwrap_or(name).to_owned();
        let version = identifier.and_then(|i| i.text("version")).unwrap_or_default().to_owned();
        let file_version = name.strip_prefix(&*id).and_then(|rest| rest.strip_prefix('-')).filter(|v| *v != version);
        Ok(Library { file_version: file_version.map(str::to_owned), names: Vec::new(), id, version, tree })
    }
}

/// Libraries by name, found by version where one is asked for.
#[derive(Debug, Default)]
pub struct Shelf<'a> {
    /// All libraries in the order given.
    pub libraries: Vec<Library<'a>>,
}

impl Shelf<'_> {
    /// The library of a name and version: the version inside first, then the file's, then the only one there is.
    pub fn find(&self, id: &str, version: Option<&str>) -> Option<usize> {
        // Names inside the ELM come first; resources may carry a library under another name.
        let is_id = self.libraries.iter().any(|l| l.id == id);
        let is_named = |l: &Library<'_>| if is_id { l.id == id } else { l.names.iter().any(|name| name == id) };
        let named = || self.libraries.iter().enumerate().filter(|(_, l)| is_named(l));
        let Some(version) = version.filter(|v| !v.is_empty()) else { return named().next_back().map(|(at, _)| at) };
        named()
            .find(|(_, l)| l.version == version)
            .or_else(|| named().find(|(_, l)| l.file_version.as_deref() == Some(version)))
            .or_else(|| if named().count() == 1 { named().next() } else { None })
            .map(|(at, _)| at)
    }
}
