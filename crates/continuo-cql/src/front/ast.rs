//! The syntax tree of CQL, as close to ELM as can be said without types.

/// An expression and where it begins.
#[derive(Clone, Debug)]
pub struct Node {
    /// First byte.
    pub at: usize,
    /// What it is.
    pub kind: Ast,
}

/// A written type.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeName {
    Named(Option<String>, String),
    List(Box<TypeName>),
    Interval(Box<TypeName>),
    Tuple(Vec<(String, TypeName)>),
    Choice(Vec<TypeName>),
}

/// Expressions.
#[derive(Clone, Debug)]
pub enum Ast {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    Moment(String),
    Quantity(String, String),
    Ratio((String, String), (String, String)),
    Name(String),
    Member(Box<Node>, String),
    Call(Option<Box<Node>>, String, Vec<Node>),
    Index(Box<Node>, Box<Node>),
    /// An operator by its ELM name, with a precision where one was written.
    Op(&'static str, Vec<Node>, Option<String>),
    Between(Box<Node>, Box<Node>, Box<Node>, bool),
    Timing(Box<Node>, Timing, Box<Node>),
    If(Box<Node>, Box<Node>, Box<Node>),
    Case(Option<Box<Node>>, Vec<(Node, Node)>, Box<Node>),
    Is(Box<Node>, TypeName),
    As(Box<Node>, TypeName, bool),
    ConvertTo(Box<Node>, TypeName),
    ConvertUnit(Box<Node>, String),
    Extreme(&'static str, TypeName),
    List(Option<TypeName>, Vec<Node>),
    Tuple(Vec<(String, Node)>),
    Instance(TypeName, Vec<(String, Node)>),
    Interval(Box<Node>, Box<Node>, bool, bool),
    Code(String, Option<(Option<String>, String)>, Option<String>),
    Concept(Vec<Node>, Option<String>),
    Query(Box<Query>),
    Retrieve(Box<Retrieve>),
}

/// What a timing phrase relates, and how.
#[derive(Clone, Debug, Default)]
pub struct Timing {
    /// `starts`, `ends` before the phrase.
    pub left: Option<&'static str>,
    /// `start`, `end` after it.
    pub right: Option<&'static str>,
    pub relation: &'static str,
    pub properly: bool,
    /// `on or before`.
    pub inclusive: bool,
    pub precision: Option<String>,
    pub offset: Option<Offset>,
}

/// `3 days or less`.
#[derive(Clone, Debug)]
pub struct Offset {
    /// Number and unit.
    pub quantity: Box<Node>,
    /// `or less`, `or more`, `less than`, `more than`, or empty.
    pub limit: &'static str,
}

/// A query.
#[derive(Clone, Debug)]
pub struct Query {
    pub sources: Vec<(Node, String)>,
    pub lets: Vec<(String, Node)>,
    pub relations: Vec<Relation>,
    pub condition: Option<Node>,
    /// Expression, and whether equal rows are kept once.
    pub result: Option<(Node, bool)>,
    pub aggregate: Option<Aggregate>,
    pub sort: Vec<(Option<Node>, bool)>,
}

/// `with` or `without`.
#[derive(Clone, Debug)]
pub struct Relation {
    pub with: bool,
    pub source: Node,
    pub alias: String,
    pub such_that: Node,
}

/// `aggregate`.
#[derive(Clone, Debug)]
pub struct Aggregate {
    pub distinct: bool,
    pub name: String,
    pub starting: Option<Node>,
    pub body: Node,
}

/// `[Type: path in codes]`.
#[derive(Clone, Debug)]
pub struct Retrieve {
    pub model: Option<String>,
    pub type_name: String,
    pub code_path: Option<String>,
    pub comparator: Option<String>,
    pub codes: Option<Node>,
}

/// A library.
#[derive(Clone, Debug, Default)]
pub struct Library {
    pub name: Option<(String, Option<String>)>,
    pub usings: Vec<(usize, String, Option<String>)>,
    pub includes: Vec<Include>,
    pub code_systems: Vec<Named>,
    pub value_sets: Vec<Named>,
    pub codes: Vec<CodeDef>,
    pub concepts: Vec<ConceptDef>,
    pub parameters: Vec<(usize, String, Option<TypeName>, Option<Node>)>,
    pub statements: Vec<Statement>,
}

/// `include`.
#[derive(Clone, Debug)]
pub struct Include {
    pub at: usize,
    pub path: String,
    pub version: Option<String>,
    pub alias: String,
}

/// A code system or value set.
#[derive(Clone, Debug)]
pub struct Named {
    pub at: usize,
    pub name: String,
    pub id: String,
    pub version: Option<String>,
}

/// A concept: place, name, codes by library and name, display.
pub type ConceptDef = (usize, String, Vec<(Option<String>, String)>, Option<String>);

/// A code.
#[derive(Clone, Debug)]
pub struct CodeDef {
    pub at: usize,
    pub name: String,
    pub id: String,
    pub system: (Option<String>, String),
    pub display: Option<String>,
}

/// A definition or function.
#[derive(Clone, Debug)]
pub struct Statement {
    pub at: usize,
    pub name: String,
    pub context: String,
    pub private: bool,
    /// Operands of a function, and whether it is fluent.
    pub function: Option<(Vec<(String, TypeName)>, bool)>,
    pub returns: Option<TypeName>,
    /// Nothing for an external function.
    pub body: Option<Node>,
}
