//! All measures of an organization compiled into one program, kept while nothing they rest on changes.
//!
//! The cache is the process's own: it is dropped with the [`Care`] it belongs to and made again when a Measure, Library or
//! ValueSet has another version. Evaluating never waits for another person's compile: the lock is held for looking only.

use continuo_fhir::letters::hex;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use continuo_cql::deep_stack;
use continuo_cql::elm::Tree;
use continuo_cql::front::model::ModelInfo;
use continuo_cql::front::workspace::{self, translate_all};
use continuo_cql::measure::{self, Options, Package, Source};
use continuo_fhir::{Json, ResourceType};
use continuo_store::{OrgId, Scope, Slice, Stored};
use sha2::{Digest, Sha256};

use super::load::{TYPES, parsed};
use super::package::{CQL, ELM, text_of};
use crate::ctx::{Care, Ctx};

/// A measure that is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Id of the Measure resource.
    pub id: String,
    /// Computable name.
    pub name: String,
    /// Title for people.
    pub title: String,
    /// Canonical url.
    pub url: String,
    /// Version.
    pub version: String,
    /// Business identifiers: system (may be empty) and value.
    pub identifiers: Vec<(String, String)>,
    /// Place in the plan; none when it cannot run.
    pub place: Option<usize>,
    /// Why it cannot run.
    pub refused: Option<String>,
    /// Value sets it asks for that are not here.
    pub missing: Vec<String>,
    /// Value sets it uses of which codes are missing: url, codes here, codes there should be.
    pub cut: Vec<(String, usize, usize)>,
    /// Libraries it rests on, as `Name-version`.
    pub libraries: Vec<String>,
    /// Value sets that these libraries name, by name.
    pub value_sets: Vec<NamedSet>,
}

impl Known {
    /// Whether it may run: compiled, and either whole or allowed to run without what is missing.
    pub fn runs(&self, tolerates: bool) -> bool {
        self.place.is_some() && (tolerates || self.missing.is_empty())
    }
}

/// A value set as a library names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedSet {
    /// Name in the library.
    pub name: String,
    /// Url, with a version where the library asks for one.
    pub url: String,
}

/// What is compiled of one organization.
#[derive(Debug)]
pub struct Compiled {
    /// Program, terminology and plan.
    pub package: Package,
    /// The measures, by title.
    pub measures: Vec<Known>,
    /// Libraries and value sets that could not be used, and why.
    pub problems: Vec<String>,
    /// Hash of everything it was made from.
    pub hash: String,
}

impl Compiled {
    /// A measure by the id of its resource.
    pub fn by_id(&self, id: &str) -> Option<&Known> {
        self.measures.iter().find(|known| known.id == id)
    }

    /// Measures by canonical url, with or without `|version`; the last version where none is named.
    pub fn by_url(&self, canonical: &str) -> Option<&Known> {
        let (url, version) = canonical.split_once('|').unwrap_or((canonical, ""));
        let named = self.measures.iter().filter(|known| known.url == url);
        named.filter(|known| version.is_empty() || known.version == version).max_by(|a, b| a.version.cmp(&b.version))
    }

    /// A measure by a business identifier, `value` or `system|value`.
    pub fn by_identifier(&self, token: &str) -> Option<&Known> {
        let (system, value) = token.split_once('|').map_or((None, token), |(system, value)| (Some(system), value));
        self.measures
            .iter()
            .find(|known| known.identifiers.iter().any(|(s, v)| v == value && system.is_none_or(|system| s == system)))
    }

    /// The measure as the engine reads it.
    pub fn measure(&self, known: &Known) -> Option<&measure::Measure> {
        Some(&self.package.plan.measures.get(known.place?)?.measure)
    }
}

struct Entry {
    care: Weak<Care>,
    org: OrgId,
    versions: Vec<(String, String, i64)>,
    compiled: Arc<Compiled>,
}

static CACHE: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

/// The compiled measures of the organization at hand, made anew when something they rest on changed.
pub fn compiled(ctx: &Ctx) -> continuo_store::Result<Arc<Compiled>> {
    let versions = ctx.read(|r| r.versions_of(ctx.org, &TYPES))?;
    let own = Arc::downgrade(ctx.care());
    let is_own = |entry: &Entry| entry.care.ptr_eq(&own) && entry.org == ctx.org;
    {
        let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
        cache.retain(|entry| entry.care.strong_count() > 0);
        if let Some(found) = cache.iter().find(|entry| is_own(entry) && entry.versions == versions) {
            return Ok(Arc::clone(&found.compiled));
        }
    }
    let compiled = Arc::new(make(ctx)?);
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    cache.retain(|entry| !is_own(entry));
    cache.push(Entry { care: own, org: ctx.org, versions, compiled: Arc::clone(&compiled) });
    Ok(compiled)
}

/// Every current resource of a type.
pub(super) fn all_of(ctx: &Ctx, type_: ResourceType) -> continuo_store::Result<Vec<Stored>> {
    let slice = Slice { types: vec![type_], most: i64::MAX, ..Slice::default() };
    ctx.read(|r| r.export(&Scope::all(ctx.org), &slice))
}

/// The loaded libraries as ELM, and what is wrong with them.
pub(super) fn library_sources(ctx: &Ctx) -> continuo_store::Result<(Vec<Source>, Vec<String>)> {
    let [_, libraries, _] = TYPES;
    let (mut shelf, mut problems) = (Shelf::default(), Vec::new());
    for stored in all_of(ctx, libraries)? {
        match parsed(stored.bytes.as_deref()) {
            Some(json) => shelf.add(&stored.id, &json, &mut problems),
            None => problems.push(format!("Library/{} cannot be read", stored.id)),
        }
    }
    let sources = shelf.sources(&mut problems);
    Ok((sources, problems))
}

fn make(ctx: &Ctx) -> continuo_store::Result<Compiled> {
    let [measures, libraries, value_sets] = TYPES;
    let mut hash = Sha256::new();
    let mut problems = Vec::new();
    let mut texts = |type_: ResourceType| -> continuo_store::Result<Vec<(String, Vec<u8>)>> {
        let mut found = Vec::new();
        for stored in all_of(ctx, type_)? {
            let Some(bytes) = stored.bytes else { continue };
            hash.update(&bytes);
            found.push((stored.id, bytes));
        }
        Ok(found)
    };
    let measures = texts(measures)?;
    let mut shelf = Shelf::default();
    for (id, bytes) in texts(libraries)? {
        match parsed(Some(&bytes)) {
            Some(json) => shelf.add(&id, &json, &mut problems),
            None => problems.push(format!("Library/{id} cannot be read")),
        }
    }
    let libraries = shelf.sources(&mut problems);
    let value_sets = sources(texts(value_sets)?, "ValueSet");
    let named: Vec<Names> = libraries.iter().filter_map(names).collect();
    let heads: Vec<Head> = measures.iter().filter_map(|(id, bytes)| head(id, &parsed(Some(bytes))?)).collect();
    let package = measure::load(&sources(measures, "Measure"), &libraries, &value_sets, Options { strict: false });
    problems.extend(package.problems.iter().cloned());
    let mut measures: Vec<Known> = heads.into_iter().map(|head| known(head, &package, &named)).collect();
    measures.sort_by(|a, b| (&a.title, &a.version, &a.id).cmp(&(&b.title, &b.version, &b.id)));
    let hash = hex(&hash.finalize()[..16]);
    Ok(Compiled { package, measures, problems, hash })
}

fn sources(texts: Vec<(String, Vec<u8>)>, type_: &str) -> Vec<Source> {
    let source = |(id, bytes): (String, Vec<u8>)| Source {
        name: format!("{type_}/{id}"),
        text: String::from_utf8_lossy(&bytes).into_owned(),
    };
    texts.into_iter().map(source).collect()
}

struct Head {
    id: String,
    identifiers: Vec<(String, String)>,
    name: String,
    title: String,
    url: String,
    version: String,
}

fn head(id: &str, json: &Json) -> Option<Head> {
    let text = |path: &str| json.str_at(path).unwrap_or_default().to_owned();
    let name = json.str_at("name").unwrap_or(id).to_owned();
    let title = json.str_at("title").unwrap_or(&name).to_owned();
    let identifier =
        |one: &Json| Some((one.str_at("system").unwrap_or_default().to_owned(), one.str_at("value")?.to_owned()));
    let identifiers =
        json.get("identifier").map(Json::items).unwrap_or_default().iter().filter_map(identifier).collect();
    (json.resource_type() == Some("Measure")).then(|| Head {
        identifiers,
        id: id.to_owned(),
        title,
        url: text("url"),
        version: text("version"),
        name,
    })
}

fn known(head: Head, package: &Package, named: &[Names]) -> Known {
    let plan = &package.plan;
    let own = |m: &measure::Measure| m.name == head.name && m.url == head.url && m.version == head.version;
    let place = plan.measures.iter().position(|planned| own(&planned.measure));
    let planned = place.and_then(|at| plan.measures.get(at));
    let refused = match place {
        Some(_) => None,
        None => Some(
            plan.refused
                .iter()
                .find(|(name, _)| *name == head.name)
                .map(|(_, why)| why.clone())
                .or_else(|| package.problems.iter().find(|p| p.contains(&format!("Measure/{}", head.id))).cloned())
                .unwrap_or_else(|| "it could not be compiled".to_owned()),
        ),
    };
    let (libraries, value_sets) = match planned {
        Some(planned) => closure(named, &planned.measure.library),
        None => (Vec::new(), Vec::new()),
    };
    let is_named = |url: &str| value_sets.iter().any(|set| set.url.split('|').next() == Some(url));
    let cut = package.terms.sets().iter().filter(|set| set.is_cut() && is_named(&set.url));
    let cut = cut.map(|set| (set.url.clone(), set.present, set.total.unwrap_or_default())).collect();
    // What is asked for by several measures is noted by the compiler once, at the first of them.
    let asked = plan.measures.iter().flat_map(|planned| &planned.missing);
    let mut missing: Vec<String> = asked.filter(|url| value_sets.iter().any(|set| set.url == **url)).cloned().collect();
    missing.sort();
    missing.dedup();
    Known {
        missing,
        cut,
        libraries,
        value_sets,
        id: head.id,
        identifiers: head.identifiers,
        name: head.name,
        title: head.title,
        url: head.url,
        version: head.version,
        place,
        refused,
    }
}

/// FHIRHelpers as the engine provides them: CQL that stands alone includes them without bringing them.
const HELPERS: (&str, &str) =
    ("FHIRHelpers-4.0.1.elm.json", r#"{"library":{"identifier":{"id":"FHIRHelpers","version":"4.0.1"}}}"#);

/// The library that stands for the native FHIRHelpers.
pub(super) fn helpers() -> Source {
    Source { name: HELPERS.0.to_owned(), text: HELPERS.1.to_owned() }
}

/// Libraries by what they bring: ELM is used as published, CQL alone is translated.
#[derive(Default)]
struct Shelf {
    elm: Vec<Source>,
    cql: Vec<(workspace::Source, bool)>,
}

impl Shelf {
    fn add(&mut self, id: &str, json: &Json, problems: &mut Vec<String>) {
        let name = json.str_at("name").unwrap_or(id);
        let stem = match json.str_at("version") {
            Some(version) => format!("{name}-{version}"),
            None => name.to_owned(),
        };
        let mut take = |media: &str| match text_of(json, media) {
            Some(Ok(text)) => Some(text),
            Some(Err(why)) => {
                problems.push(format!("Library/{id}: {why}"));
                None
            }
            None => None,
        };
        let (elm, cql) = (take(ELM), take(CQL));
        if let Some(text) = cql {
            self.cql.push((workspace::Source { name: format!("{stem}.cql"), text }, elm.is_none()));
        } else if elm.is_none() {
            problems.push(format!("Library/{id} holds neither ELM as JSON nor CQL"));
        }
        if let Some(text) = elm {
            self.elm.push(Source { name: format!("{stem}.elm.json"), text });
        }
    }

    fn sources(self, problems: &mut Vec<String>) -> Vec<Source> {
        let mut all = self.elm;
        // Where every library has its ELM nothing is translated.
        if !self.cql.iter().any(|(_, alone)| *alone) {
            return all;
        }
        let (list, alone): (Vec<_>, Vec<_>) = self.cql.into_iter().unzip();
        let models = [ModelInfo::fhir()];
        let translated = deep_stack(|| {
            let results = translate_all(&list, &models).into_iter();
            let text = |result: workspace::Result| {
                let mut elm = String::new();
                result.translated.elm.write(&mut elm);
                let problems = result.translated.problems.iter();
                let problems: Vec<String> =
                    problems.map(|p| p.display(list.get(result.source).map_or("", |s| &s.text))).collect();
                (result.source, elm, problems)
            };
            results.map(text).collect::<Vec<_>>()
        });
        if !all.iter().any(|source| source.name == HELPERS.0) {
            all.push(helpers());
        }
        for (at, elm, faults) in translated {
            let (Some(source), Some(true)) = (list.get(at), alone.get(at)) else { continue };
            problems.extend(faults.into_iter().map(|fault| format!("{}:{fault}", source.name)));
            all.push(Source { name: source.name.replace(".cql", ".elm.json"), text: elm });
        }
        all
    }
}

/// Value sets of the terminology with how many codes each holds: url, version, codes.
pub fn value_sets(compiled: &Compiled) -> Vec<(String, String, usize)> {
    let sets = compiled.package.terms.sets().iter();
    sets.map(|set| (set.url.clone(), set.version.clone().unwrap_or_default(), set.present)).collect()
}

/// What a library is called, includes and names.
struct Names {
    id: String,
    version: String,
    file: String,
    includes: Vec<(String, String)>,
    value_sets: Vec<NamedSet>,
}

fn names(source: &Source) -> Option<Names> {
    let tree = Tree::parse(&source.text).ok()?;
    let library = tree.get("library")?;
    let identifier = library.get("identifier")?;
    let defs = |name: &str| library.get(name).map(|list| list.items("def")).unwrap_or_default();
    let text = |tree: &Tree<'_>, key: &str| tree.text(key).unwrap_or_default().to_owned();
    Some(Names {
        id: text(identifier, "id"),
        version: text(identifier, "version"),
        file: source.name.trim_end_matches(".elm.json").to_owned(),
        includes: defs("includes").iter().map(|one| (text(one, "path"), text(one, "version"))).collect(),
        value_sets: defs("valueSets")
            .iter()
            .map(|one| NamedSet { name: text(one, "name"), url: text(one, "id") })
            .collect(),
    })
}

/// The libraries a main library rests on, and the value sets they name.
fn closure(named: &[Names], main: &(String, Option<String>)) -> (Vec<String>, Vec<NamedSet>) {
    let mut open = vec![(main.0.clone(), main.1.clone().unwrap_or_default())];
    let (mut libraries, mut value_sets) = (Vec::new(), Vec::new());
    while let Some((path, version)) = open.pop() {
        let id = path.rsplit(['/', '.']).next().unwrap_or(&path);
        let all = || named.iter().filter(|one| one.id == id);
        let file = format!("{id}-{version}");
        let found = all()
            .find(|one| one.version == version)
            .or_else(|| all().find(|one| one.file == file))
            .or_else(|| all().next_back());
        let Some(found) = found.filter(|one| !libraries.contains(&one.file)) else { continue };
        libraries.push(found.file.clone());
        value_sets.extend(found.value_sets.iter().cloned());
        open.extend(found.includes.iter().cloned());
    }
    libraries.sort();
    value_sets.sort();
    value_sets.dedup();
    (libraries, value_sets)
}
