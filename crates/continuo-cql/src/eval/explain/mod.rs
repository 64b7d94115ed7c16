//! Evidence: which resources made a value what it is, which searches came back empty, and what would change it.
//!
//! Asked for after evaluating, over the same program: branches that did not count are not followed (the first true side
//! of an `or` is enough, a false side of an `and` too). Evaluation itself knows nothing of this and pays nothing for it.

mod closing;
pub(crate) mod parts;
mod search;
mod why;

use std::collections::BTreeSet;

use crate::Fault;
use crate::value::{DateTime, Value};

use super::Evaluator;

/// Why a value is what it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reason {
    /// `Type/id` of the resources that made it so, in record order.
    pub resources: Vec<String>,
    /// Searches that found nothing that counts, where that decided.
    pub absent: Vec<Search>,
}

/// A search of the record that would have to find something.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// Definition that searches, in the words of the library.
    pub definition: String,
    /// Resource type.
    pub type_name: String,
    /// Profile asked for, where the library names one.
    pub profile: Option<String>,
    /// Url of the value set its code must be in.
    pub value_set: Option<String>,
    /// Name of the value set or code in the library.
    pub name: Option<String>,
    /// Codes asked for one by one: system and code.
    pub codes: Vec<(String, String)>,
    /// Whether it looks for something said not to be done.
    pub not_done: bool,
    /// First moment that counts, where the logic says one.
    pub from: Option<DateTime>,
    /// Last moment that counts.
    pub to: Option<DateTime>,
    /// `Type/id` of resources of the right kind that did not count, as too old or not final.
    pub considered: Vec<String>,
}

/// What would make an expression come out as wanted.
#[derive(Clone, Debug, PartialEq)]
pub enum Closing {
    /// It already does.
    Nothing,
    /// One of these.
    Any(Vec<Closing>),
    /// Each of these.
    All(Vec<Closing>),
    /// Something that this search finds.
    Found(Search),
    /// Another value of a definition; a newer one of the searches would give it.
    Other {
        /// The definition whose value is in the way.
        definition: String,
        /// `Type/id` of the resources its value rests on.
        resources: Vec<String>,
        /// Where a newer value would come from.
        searches: Vec<Search>,
    },
    /// Nothing that can be done now: what is in the record, or the person's age, decides.
    Fixed {
        /// The definition that decides.
        definition: String,
        /// `Type/id` of the resources it rests on.
        resources: Vec<String>,
    },
}

impl Closing {
    /// The last moment at which it can still be done, where every way has one: the latest of the ways, and of several
    /// things to do the earliest.
    pub fn by(&self) -> Option<DateTime> {
        match self {
            Closing::Nothing | Closing::Fixed { .. } => None,
            Closing::Found(search) => search.to,
            Closing::Other { searches, .. } => latest(searches.iter().map(|s| s.to)),
            Closing::Any(ways) => latest(ways.iter().filter(|w| w.is_possible()).map(Closing::by)),
            Closing::All(things) => things.iter().filter_map(Closing::by).min_by_key(|at| at.utc()),
        }
    }

    /// Whether something can be done at all.
    pub fn is_possible(&self) -> bool {
        match self {
            Closing::Nothing | Closing::Found(_) | Closing::Other { .. } => true,
            Closing::Fixed { .. } => false,
            Closing::Any(ways) => ways.iter().any(Closing::is_possible),
            Closing::All(things) => things.iter().all(Closing::is_possible),
        }
    }

    /// Every search it names, in order.
    pub fn searches(&self) -> Vec<&Search> {
        match self {
            Closing::Nothing | Closing::Fixed { .. } => Vec::new(),
            Closing::Found(search) => vec![search],
            Closing::Other { searches, .. } => searches.iter().collect(),
            Closing::Any(list) | Closing::All(list) => list.iter().flat_map(Closing::searches).collect(),
        }
    }
}

/// The latest of several moments; none when one of the ways has no end.
fn latest(moments: impl Iterator<Item = Option<DateTime>>) -> Option<DateTime> {
    let all: Option<Vec<DateTime>> = moments.collect();
    all?.into_iter().max_by_key(|at| at.utc())
}

/// What explaining has gathered so far.
#[derive(Default)]
struct Gathered {
    resources: BTreeSet<u32>,
    absent: Vec<Search>,
    /// Closed expressions already explained.
    seen: BTreeSet<u32>,
    /// Names of the definitions being explained, innermost last.
    names: Vec<String>,
}

/// Levels that explaining follows; what lies deeper is left out of the evidence, not of the result.
const MAX_LEVELS: usize = 400;

/// Expressions that explaining looks at for one question.
const MAX_LOOKED: u32 = 100_000;

impl<'a> Evaluator<'a> {
    /// Why a definition has its value: the resources and empty searches that decided it.
    pub fn reason(&mut self, definition: u32) -> Result<Reason, Fault> {
        self.known(definition)?;
        self.begin();
        let mut gathered = Gathered::default();
        self.why_definition(definition, &mut gathered, 0)?;
        Ok(self.finish(gathered))
    }

    /// What would make a definition true (or false). A definition that gives a list counts as true when it has items.
    pub fn closing(&mut self, definition: u32, wanted: bool) -> Result<Closing, Fault> {
        self.known(definition)?;
        self.begin();
        let mut names = Vec::new();
        let found = self.close_definition(definition, wanted, &mut names, 0)?;
        Ok(closing::simplified(found))
    }

    fn begin(&mut self) {
        self.recover();
        self.looked = 0;
    }

    /// Counts an expression looked at; false when it lies deeper, or is one more, than explaining follows.
    fn follows(&mut self, level: usize) -> bool {
        self.looked += 1;
        self.looked <= MAX_LOOKED && level <= MAX_LEVELS
    }

    fn known(&self, definition: u32) -> Result<(), Fault> {
        if self.program.definitions.len() <= definition as usize {
            return Err(Fault::Runtime(format!("there is no definition {definition}")));
        }
        Ok(())
    }

    fn finish(&self, gathered: Gathered) -> Reason {
        let mut absent: Vec<Search> = Vec::new();
        for search in gathered.absent {
            if !absent.contains(&search) {
                absent.push(search);
            }
        }
        Reason { resources: self.labels(&gathered.resources), absent }
    }

    fn labels(&self, resources: &BTreeSet<u32>) -> Vec<String> {
        let label = |at: &u32| self.record.get(*at).map(|r| crate::model::Element::resource(r.node).label());
        resources.iter().filter_map(label).collect()
    }

    /// The resources that a value's elements belong to.
    fn resources_of(&self, value: &Value<'a>, found: &mut BTreeSet<u32>) {
        match value {
            Value::Element(e) => found.extend(self.record.place_of(e.node)),
            Value::List(items) => items.iter().for_each(|item| self.resources_of(item, found)),
            Value::Tuple(t) => t.fields.iter().for_each(|(_, value)| self.resources_of(value, found)),
            _ => {}
        }
    }
}
