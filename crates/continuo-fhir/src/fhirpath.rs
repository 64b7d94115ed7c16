//! FHIRPath (<http://hl7.org/fhirpath>), as FHIR R4 uses it: rules, patches, ad-hoc questions to a resource.
//!
//! An [`Expression`] is parsed once and evaluated over packed nodes. Time, variables and the resolving of references
//! come in through the [`Context`]; nothing else does. Engines that run hot use the packed tree directly instead.

mod boundary;
mod compare;
mod convert;
mod each;
mod eval;
mod functions;
mod lex;
mod math;
mod math_functions;
mod parse;
mod strict;
mod strings;
mod types;
mod value;

use crate::date::DateTime;
use crate::packed::Node;
use std::collections::BTreeMap;

pub use value::{Item, Value};

/// A parsed expression.
#[derive(Debug)]
pub struct Expression {
    root: parse::Expr,
}

/// Why an expression gives no result.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Error {
    /// The text is no FHIRPath.
    #[error("{message} at byte {offset}")]
    Syntax {
        /// Bytes before the fault.
        offset: usize,
        /// What is wrong.
        message: String,
    },
    /// It names something that the model does not have (only reported when strict).
    #[error("{0}")]
    Semantic(String),
    /// It cannot be carried out on this input.
    #[error("{0}")]
    Execution(String),
}

/// Finds the resource behind the text of a reference.
pub type Resolver<'a> = dyn Fn(&str) -> Option<Node<'a>> + 'a;

/// What an evaluation may know besides its input.
pub struct Context<'a> {
    /// The resource that contains the input: `%resource`.
    pub resource: Option<Item<'a>>,
    /// The resource that contains that: `%rootResource`.
    pub root: Option<Item<'a>>,
    /// The moment of `now()` and `today()`; both are empty without one.
    pub now: Option<DateTime>,
    /// Whether unknown element names are errors.
    pub is_strict: bool,
    /// Further variables: `%name`.
    pub variables: BTreeMap<String, Vec<Value<'a>>>,
    /// Finds the resource behind the text of a reference.
    pub resolve: Option<&'a Resolver<'a>>,
}

impl<'a> Context<'a> {
    /// A context for one resource.
    pub fn of(resource: Node<'a>) -> Context<'a> {
        let item = Item::resource(resource);
        Context {
            resource: Some(item),
            root: Some(item),
            now: None,
            is_strict: false,
            variables: BTreeMap::new(),
            resolve: None,
        }
    }
}

impl Expression {
    /// Reads an expression.
    pub fn parse(text: &str) -> Result<Expression, Error> {
        parse::parse(text).map(|root| Expression { root })
    }

    /// Evaluates with some input as the focus.
    pub fn evaluate<'a>(&'a self, context: &Context<'a>, input: Vec<Value<'a>>) -> Result<Vec<Value<'a>>, Error> {
        eval::evaluate(&self.root, context, input)
    }

    /// Evaluates on a resource.
    pub fn on<'a>(&'a self, resource: Node<'a>) -> Result<Vec<Value<'a>>, Error> {
        let context = Context::of(resource);
        self.evaluate(&context, vec![Value::Item(Item::resource(resource))])
    }

    /// Whether a rule holds for an item; nothing if the expression gives nothing.
    pub fn holds<'a>(&'a self, context: &Context<'a>, item: Item<'a>) -> Result<Option<bool>, Error> {
        let result = self.evaluate(context, vec![Value::Item(item)])?;
        Ok(result.first().map(|value| value.system() != Value::Boolean(false)))
    }
}

fn execution<T>(message: impl Into<String>) -> Result<T, Error> {
    Err(Error::Execution(message.into()))
}
