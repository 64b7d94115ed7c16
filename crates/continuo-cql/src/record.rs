//! One person's resources as retrieves see them.
//!
//! Made from packed nodes by whoever has them: the measure command from bundles, the product from the store's facts.
//! In a bundle every resource belongs to its patient, whatever its `subject` says.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use continuo_fhir::packed::Node;

use crate::entries::{Entry, entries};
use crate::model::{Element, FhirType};
use crate::program::Polarity;
use crate::terminology::Terminology;

/// A resource of the record.
pub struct Resource<'a> {
    /// The packed resource.
    pub node: Node<'a>,
    /// Its type.
    pub type_name: &'a str,
    /// Its type in the model.
    pub kind: FhirType,
    /// Whether its content says that something was not done.
    pub not_done: bool,
    /// The next resource of the same type, or none.
    next: u32,
    /// Step of the code property asked for first, and where its code numbers stand.
    codes: Cell<(u32, u32, u32)>,
}

/// No resource, no step.
const NONE: u32 = u32::MAX;

/// The resources of one type.
struct OfType<'a> {
    name: &'a str,
    kind: FhirType,
    first: u32,
    last: u32,
}

/// A person's record.
#[derive(Default)]
pub struct Record<'a> {
    resources: Vec<Resource<'a>>,
    by_type: Vec<OfType<'a>>,
    /// Code numbers of resources, one after the other.
    numbers: RefCell<Vec<u32>>,
    /// `Type/id` and full urls, made when the first reference is resolved.
    by_reference: RefCell<Option<HashMap<String, u32>>>,
    full_urls: Vec<(&'a str, u32)>,
    /// What belongs to nobody and any record may refer to.
    beside: Option<&'a Record<'a>>,
    /// Where each resource lies in memory, sorted; made when evidence is first asked for.
    spans: RefCell<Option<Vec<(usize, usize, u32)>>>,
}

impl<'a> Record<'a> {
    /// An empty record.
    pub fn new() -> Record<'a> {
        Record::default()
    }

    /// Adds a resource; anything else is left out. `full_url` is the entry's, when it came in a bundle.
    pub fn push(&mut self, node: Node<'a>, full_url: Option<&'a str>) {
        let Some(type_name) = node.resource_type() else { return };
        let at = self.resources.len() as u32;
        let not_done = is_not_done(type_name, node);
        let kind = match self.by_type.iter_mut().find(|t| t.name == type_name) {
            Some(known) => {
                let before = std::mem::replace(&mut known.last, at);
                self.resources[before as usize].next = at;
                known.kind
            }
            None => {
                let kind = FhirType::find(type_name).unwrap_or(FhirType::UNKNOWN);
                self.by_type.push(OfType { name: type_name, kind, first: at, last: at });
                kind
            }
        };
        let codes = Cell::new((NONE, 0, 0));
        self.resources.push(Resource { node, type_name, kind, not_done, next: NONE, codes });
        if let Some(url) = full_url {
            self.full_urls.push((url, at));
        }
    }

    /// A record of all resources in a bundle's entries, however they are wrapped.
    pub fn from_bundle(bundle: Node<'a>) -> Record<'a> {
        Record::of(&entries(bundle))
    }

    /// A record of entries.
    pub fn of(entries: &[Entry<'a>]) -> Record<'a> {
        let mut record = Record::new();
        for entry in entries {
            record.push(entry.node, entry.full_url);
        }
        record
    }

    /// Lets references and searches also find what belongs to nobody (medications, locations, practitioners).
    #[must_use]
    pub fn beside(mut self, shared: &'a Record<'a>) -> Record<'a> {
        self.beside = Some(shared);
        self
    }

    /// Resources of a type in the order received, each with the record that holds it; what belongs to nobody comes last.
    /// `kind` is the type in the model, where it is one.
    pub fn of_type(&self, kind: FhirType, name: &str) -> impl Iterator<Item = (&Record<'a>, &Resource<'a>)> {
        let shared = self.beside.into_iter().flat_map(move |record| record.own(kind, name));
        self.own(kind, name).chain(shared)
    }

    fn own(&self, kind: FhirType, name: &str) -> impl Iterator<Item = (&Record<'a>, &Resource<'a>)> + use<'_, 'a> {
        let fits = |t: &&OfType<'a>| if kind == FhirType::UNKNOWN { t.name == name } else { t.kind == kind };
        let mut at = self.by_type.iter().find(fits).map_or(NONE, |t| t.first);
        std::iter::from_fn(move || {
            let resource = self.resources.get(at as usize)?;
            at = resource.next;
            Some((self, resource))
        })
    }

    /// A resource by place.
    pub fn get(&self, at: u32) -> Option<&Resource<'a>> {
        self.resources.get(at as usize)
    }

    /// The resource a node lies in.
    pub fn place_of(&self, node: Node<'a>) -> Option<u32> {
        let mut spans = self.spans.borrow_mut();
        let spans = spans.get_or_insert_with(|| {
            let mut list: Vec<(usize, usize, u32)> = self
                .resources
                .iter()
                .enumerate()
                .map(|(at, r)| (r.node.span().start, r.node.span().end, at as u32))
                .collect();
            list.sort_unstable();
            list
        });
        let start = node.span().start;
        let at = spans.partition_point(|(first, ..)| *first <= start).checked_sub(1)?;
        spans.get(at).filter(|(_, end, _)| node.span().end <= *end).map(|(.., at)| *at)
    }

    /// The patient's node.
    pub fn patient(&self) -> Option<Node<'a>> {
        self.of_type(FhirType::UNKNOWN, "Patient").next().map(|(_, r)| r.node)
    }

    /// Number of resources.
    pub fn len(&self) -> usize {
        self.resources.len()
    }

    /// True without resources.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty()
    }

    /// The resource a reference's text points to.
    pub fn resolve(&self, reference: &str) -> Option<Element<'a>> {
        let mut index = self.by_reference.borrow_mut();
        let index = index.get_or_insert_with(|| {
            let mut map = HashMap::new();
            for (at, resource) in self.resources.iter().enumerate() {
                if let Some(id) = resource.node.str("id") {
                    map.entry(format!("{}/{id}", resource.type_name)).or_insert(at as u32);
                }
            }
            for (url, at) in &self.full_urls {
                map.entry((*url).to_owned()).or_insert(*at);
            }
            map
        });
        let plain = reference.split("/_history/").next().unwrap_or(reference);
        let mut parts = plain.rsplitn(3, '/');
        let relative = match (parts.next(), parts.next()) {
            (Some(id), Some(kind)) => format!("{kind}/{id}"),
            _ => plain.to_owned(),
        };
        match index.get(plain).or_else(|| index.get(&relative)) {
            Some(at) => self.get(*at).map(|r| Element { node: r.node, kind: r.kind }),
            None => self.beside?.resolve(reference),
        }
    }
}

impl Resource<'_> {
    /// Whether the resource fits what a profile asks for.
    pub fn fits(&self, polarity: Polarity) -> bool {
        match polarity {
            Polarity::Any => true,
            Polarity::Done => !self.not_done,
            Polarity::NotDone => self.not_done,
        }
    }
}

impl<'a> Record<'a> {
    /// Whether one of the codes under a property of a resource fits. Their numbers are found once per resource.
    pub fn any_code(
        &self,
        resource: &Resource<'a>,
        step: u32,
        find: impl FnOnce(Node<'a>, &mut Vec<u32>),
        fits: impl Fn(u32) -> bool,
    ) -> bool {
        let (known, start, end) = resource.codes.get();
        if known == step {
            return self.numbers.borrow()[start as usize..end as usize].iter().any(|code| fits(*code));
        }
        let mut numbers = self.numbers.borrow_mut();
        let start = numbers.len();
        find(resource.node, &mut numbers);
        if known == NONE {
            resource.codes.set((step, start as u32, numbers.len() as u32));
        }
        let found = numbers[start..].iter().any(|code| fits(*code));
        if known != NONE {
            numbers.truncate(start);
        }
        found
    }
}

/// QI-Core's negation by content: the profiles fix these values (QI-Core 6, "negation").
fn is_not_done(type_name: &str, node: Node<'_>) -> bool {
    match type_name {
        "ServiceRequest" | "MedicationRequest" | "DeviceRequest" | "CommunicationRequest" | "NutritionOrder" => {
            node.get("doNotPerform").and_then(Node::as_bool) == Some(true)
        }
        "Procedure" | "Immunization" | "Communication" | "MedicationAdministration" => {
            node.str("status") == Some("not-done")
        }
        "MedicationDispense" => node.str("status") == Some("declined"),
        "Observation" => node.str("status") == Some("cancelled"),
        "Task" => node.str("status") == Some("rejected"),
        _ => false,
    }
}

/// Code numbers of a CodeableConcept, Coding, or list of them.
pub fn code_numbers(node: Node<'_>, terms: &Terminology, out: &mut Vec<u32>) {
    for item in node.items() {
        match item.get("coding") {
            Some(codings) => {
                for coding in codings.items() {
                    coding_number(coding, terms, out);
                }
            }
            None => coding_number(item, terms, out),
        }
    }
}

fn coding_number(coding: Node<'_>, terms: &Terminology, out: &mut Vec<u32>) {
    if let Some(code) = coding.as_str() {
        out.extend(terms.find_any_system(code));
        return;
    }
    if let (Some(system), Some(code)) = (coding.str("system"), coding.str("code")) {
        out.extend(terms.find(system, code));
    }
}
