//! Reads the generated table. Its form is described in `xtask/src/fhir_tables/search.rs`.

use super::{Param, ParamKind};
use crate::name::Name;
use crate::resource_type::ResourceType;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static TEXT: &str = include_str!("../generated/search.txt");
static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(TEXT));

pub(super) struct Table {
    by_type: Vec<Vec<Param>>,
    codes: Vec<&'static str>,
    patient: Vec<Vec<&'static str>>,
    version: u32,
}

/// How values are found.
#[derive(Clone, Debug)]
pub(super) enum Program {
    /// Places with values.
    Paths(Vec<Path>),
    /// Items, and for each the places of each component.
    Composite(Vec<Vec<Step>>, Vec<Component>),
}

/// The places of one part of a composite.
#[derive(Clone, Debug)]
pub(super) struct Component {
    pub(super) kind: ParamKind,
    pub(super) from_resource: bool,
    pub(super) paths: Vec<Path>,
}

/// A walk to values of one data type.
#[derive(Clone, Debug)]
pub(super) struct Path {
    pub(super) steps: Vec<Step>,
    pub(super) leaf: Leaf,
    pub(super) system: Option<&'static str>,
    pub(super) only: Only,
}

/// A condition on the value at the end of a path.
#[derive(Clone, Copy, Debug)]
pub(super) enum Only {
    Any,
    /// `where(resolve() is X)`
    Target(ResourceType),
    /// `exists() and ... != false`: the index value is whether that holds.
    Truthy,
}

/// One field of a walk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) name: Name,
    pub(super) pick: Pick,
}

/// Which items of a field the walk enters.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pick {
    All,
    First,
    Where(Name, &'static str),
}

/// The data type at the end of a path, as far as indexing tells types apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Leaf {
    Address,
    Coding,
    CodeableConcept,
    ContactPoint,
    Date,
    HumanName,
    Identifier,
    Money,
    Period,
    Position,
    Primitive,
    Quantity,
    Range,
    Reference,
    Resource,
    SampledData,
    Timing,
}

pub(super) fn table() -> &'static Table {
    &TABLE
}

impl Table {
    pub(super) fn params(&self, type_: ResourceType) -> &[Param] {
        self.by_type.get(usize::from(type_.number())).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn codes(&self) -> &[&'static str] {
        &self.codes
    }

    pub(super) fn patient_compartment(&self, type_: ResourceType) -> &[&'static str] {
        self.patient.get(usize::from(type_.number())).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn version(&self) -> u32 {
        self.version
    }

    fn read(text: &'static str) -> Table {
        let mut sections: BTreeMap<&str, Vec<&'static str>> = BTreeMap::new();
        let mut section = "";
        for line in text.lines().filter(|l| !l.starts_with('#')) {
            match line.strip_prefix('@').or_else(|| line.strip_prefix('%').map(|_| "%")) {
                Some(name) => section = name,
                None => sections.entry(section).or_default().push(line),
            }
        }
        let lines = |name: &str| sections.get(name).map(Vec::as_slice).unwrap_or_default();
        let mut codes: Vec<&'static str> = Vec::new();
        for (name, list) in &sections {
            if *name != "%" {
                codes.extend(list.iter().filter_map(|l| l.split(' ').next()));
            }
        }
        codes.sort_unstable();
        codes.dedup();
        let by_type = ResourceType::all()
            .map(|type_| {
                // Bundle, Binary and Parameters are resources without narrative; the rest inherit `_text`.
                let domain = !matches!(type_.as_str(), "Bundle" | "Binary" | "Parameters");
                let shared = lines("Resource").iter().chain(if domain { lines("DomainResource") } else { &[] });
                let all = lines(type_.as_str()).iter().chain(shared);
                let mut list: Vec<Param> = all.filter_map(|line| read_param(line, &codes)).collect();
                list.sort_by_key(|p| p.code);
                list.dedup_by_key(|p| p.code);
                list
            })
            .collect();
        let mut patient = vec![Vec::new(); ResourceType::all().count()];
        for line in lines("%") {
            let mut words = line.split(' ');
            let type_ = words.next().and_then(ResourceType::find);
            if let Some(slot) = type_.and_then(|t| patient.get_mut(usize::from(t.number()))) {
                *slot = words.collect();
            }
        }
        let version = text.bytes().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193));
        Table { by_type, codes, patient, version }
    }
}

fn read_param(line: &'static str, codes: &[&'static str]) -> Option<Param> {
    let mut words = line.split(' ');
    let code = words.next()?;
    let kind = read_kind(words.next()?)?;
    let paths = words.next()?;
    let number = codes.binary_search(&code).ok()? as u16;
    let mut targets = Vec::new();
    let mut components = Vec::new();
    while let Some(word) = words.next() {
        if let Some(list) = word.strip_prefix('>') {
            targets = list.split(',').filter_map(ResourceType::find).collect();
        } else if let Some(word) = word.strip_prefix(';') {
            let (from_resource, word) = word.strip_prefix('^').map_or((false, word), |w| (true, w));
            components.push(Component { kind: read_kind(word)?, from_resource, paths: read_paths(words.next()?) });
        }
    }
    let kinds = components.iter().map(|c| c.kind).collect();
    let program = if kind == ParamKind::Composite {
        Program::Composite(paths.split('|').map(read_steps).collect(), components)
    } else {
        Program::Paths(read_paths(paths))
    };
    Some(Param { code, kind, number, targets, components: kinds, program })
}

fn read_kind(text: &str) -> Option<ParamKind> {
    use ParamKind::{Composite, Date, Number, Quantity, Reference, Special, String, Token, Uri};
    [Number, Date, String, Token, Reference, Composite, Quantity, Uri, Special].into_iter().find(|k| k.as_str() == text)
}

fn read_paths(text: &'static str) -> Vec<Path> {
    // A `|` inside a system's URI does not occur; systems of required bindings have no version.
    text.split('|').filter_map(read_path).collect()
}

fn read_path(text: &'static str) -> Option<Path> {
    let (steps, leaf) = text.split_once(':')?;
    let (leaf, system) = match leaf.split_once('=') {
        Some((leaf, system)) => (leaf, Some(system)),
        None => (leaf, None),
    };
    let (leaf, only) = if let Some((leaf, target)) = leaf.split_once('?') {
        (leaf, Only::Target(ResourceType::find(target)?))
    } else if let Some(leaf) = leaf.strip_suffix('!') {
        (leaf, Only::Truthy)
    } else {
        (leaf, Only::Any)
    };
    Some(Path { steps: read_steps(steps), leaf: read_leaf(leaf), system, only })
}

fn read_steps(text: &'static str) -> Vec<Step> {
    text.split('/').filter(|s| *s != "." && !s.is_empty()).filter_map(read_step).collect()
}

fn read_step(text: &'static str) -> Option<Step> {
    let (name, pick) = match text.split_once('[') {
        None => (text, Pick::All),
        Some((name, test)) => match test.trim_end_matches(']').split_once('=') {
            Some((field, value)) => (name, Pick::Where(Name::find(field)?, value)),
            None => (name, Pick::First),
        },
    };
    Some(Step { name: Name::find(name)?, pick })
}

fn read_leaf(text: &str) -> Leaf {
    match text {
        "Address" => Leaf::Address,
        "Coding" => Leaf::Coding,
        "CodeableConcept" => Leaf::CodeableConcept,
        "ContactPoint" => Leaf::ContactPoint,
        "date" | "dateTime" | "instant" => Leaf::Date,
        "HumanName" => Leaf::HumanName,
        "Identifier" => Leaf::Identifier,
        "Money" => Leaf::Money,
        "Period" => Leaf::Period,
        "Location.position" => Leaf::Position,
        "Quantity" | "Age" | "Duration" | "Distance" | "Count" => Leaf::Quantity,
        "Range" => Leaf::Range,
        "Reference" => Leaf::Reference,
        "Resource" => Leaf::Resource,
        "SampledData" => Leaf::SampledData,
        "Timing" => Leaf::Timing,
        _ => Leaf::Primitive,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_understood() {
        let mut section = "";
        let codes = table().codes();
        let mut count = 0;
        for line in TEXT.lines().filter(|l| !l.starts_with('#')) {
            if line.starts_with(['@', '%']) {
                section = line;
                continue;
            }
            if section == "%Patient" {
                continue;
            }
            let param = read_param(line, codes).unwrap_or_else(|| panic!("{section} {line}"));
            let words: Vec<&str> = line.split(' ').collect();
            let places = words[2].split('|').count();
            match &param.program {
                Program::Paths(paths) if words[2] != "-" => {
                    assert_eq!(paths.len(), places, "{section} {line}");
                    for (path, text) in paths.iter().zip(words[2].split('|')) {
                        let steps = text.split(':').next().unwrap().split('/').count();
                        assert_eq!(path.steps.len(), steps, "{section} {line}");
                    }
                }
                Program::Composite(starts, components) => {
                    assert_eq!(starts.len(), places, "{section} {line}");
                    assert!(components.len() > 1, "{section} {line}");
                }
                Program::Paths(_) => {}
            }
            count += 1;
        }
        assert_eq!(count, 1706);
    }
}
