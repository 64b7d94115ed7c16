//! A compiled program: every reachable definition as one shared graph of small expressions.
//!
//! Equal expressions are one node; nodes that depend on nothing local get a cache slot, filled at most once per patient.

use std::collections::HashMap;

use crate::model::helpers::Helper;
use crate::model::path::Step;
use crate::model::profiles::Content;
use crate::ops::aggregate::Aggregate;
use crate::ops::arithmetic::{Binary, Unary};
use crate::ops::interval::Relation;
use crate::value::{Decimal, PointType, Precision};

/// An expression by number.
pub type ExprId = u32;
/// No cache slot.
pub const NO_SLOT: u32 = u32::MAX;

/// A constant.
#[derive(Clone, Debug)]
pub enum Const {
    /// Boolean.
    Bool(bool),
    /// Integer.
    Int(i32),
    /// Long.
    Long(i64),
    /// Decimal.
    Decimal(Decimal),
    /// Text.
    Str(Box<str>),
    /// Number and unit.
    Quantity(Decimal, Box<str>),
    /// Two quantities.
    Ratio(Decimal, Box<str>, Decimal, Box<str>),
    /// Code, system, version, display.
    Code(CodeConst),
    /// Codes and display.
    Concept(Vec<CodeConst>, Option<Box<str>>),
    /// A value set (true) or code system by id, version and name.
    Vocabulary(bool, Box<str>, Option<Box<str>>, Box<str>),
}

/// A code of a library.
#[derive(Clone, Debug)]
pub struct CodeConst {
    /// Code.
    pub code: Box<str>,
    /// System uri.
    pub system: Option<Box<str>>,
    /// Version.
    pub version: Option<Box<str>>,
    /// Words.
    pub display: Option<Box<str>>,
}

/// A type as runtime tests need it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Type {
    /// Anything.
    Any,
    /// A System type by name.
    System(Box<str>),
    /// A FHIR type by name.
    Fhir(Box<str>),
    /// List of.
    List(Box<Type>),
    /// Interval of.
    Interval(Box<Type>),
    /// One of.
    Choice(Box<[Type]>),
    /// Tuple with these element names.
    Tuple(Box<[Box<str>]>),
}

impl Type {
    /// The point type an interval of this has.
    pub fn point(&self) -> PointType {
        match self {
            Type::System(name) => match &**name {
                "Integer" => PointType::Int,
                "Long" => PointType::Long,
                "Decimal" => PointType::Decimal,
                "Quantity" => PointType::Quantity,
                "Date" => PointType::Date,
                "DateTime" => PointType::DateTime,
                "Time" => PointType::Time,
                _ => PointType::Any,
            },
            _ => PointType::Any,
        }
    }
}

/// Functions FHIRHelpers declares as external, which the engine provides.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum External {
    /// Resource a reference points to.
    Resolve,
    /// Extensions with a url.
    Extension,
    /// Modifier extensions with a url.
    ModifierExtension,
    /// Primitive has a value.
    HasValue,
    /// Primitive's value.
    GetValue,
    /// Reference to a resource.
    Reference,
    /// Resource says it follows a profile.
    ConformsTo,
    /// Code is in a value set by url.
    MemberOf,
}

/// Operators of one operand that need nothing else.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Op1 {
    Not,
    IsNull,
    IsTrue,
    IsFalse,
    Exists,
    Predecessor,
    Successor,
    Precision,
    ToBoolean,
    ToInteger,
    ToLong,
    ToDecimal,
    ToString,
    ToDate,
    ToDateTime,
    ToTime,
    ToQuantity,
    ToRatio,
    ToConcept,
    ToList,
    ToChars,
    Upper,
    Lower,
    Length,
    SingletonFrom,
    Flatten,
    Distinct,
    Start,
    End,
    Width,
    Size,
    PointFrom,
    DateFrom,
    TimeFrom,
    TimezoneOffsetFrom,
    First,
    Last,
    ExpandValueSet,
    Children,
    Descendents,
}

/// Operators of two operands; some take a precision.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Op2 {
    Equal,
    NotEqual,
    Equivalent,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    Contains,
    ProperIn,
    ProperContains,
    Includes,
    IncludedIn,
    ProperIncludes,
    ProperIncludedIn,
    Union,
    Intersect,
    Except,
    Collapse,
    Expand,
    DurationBetween,
    DifferenceBetween,
    CalculateAgeAt,
    Indexer,
    StartsWith,
    EndsWith,
    Matches,
    ConvertQuantity,
    CanConvertQuantity,
    Log,
    SplitOnMatches,
    Split,
    Combine,
    IndexOf,
    PositionOf,
    LastPositionOf,
    Round,
    LowBoundary,
    HighBoundary,
    Times,
    DateTimeComponent,
    Subsumes,
}

/// One expression.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Expr {
    Null,
    Const(u32),
    /// A slot of the running function's frame.
    Local(u32),
    /// A definition.
    Def(u32),
    /// A parameter.
    Param(u32),
    /// A function with arguments.
    Call(u32, Box<[ExprId]>),
    /// A step of a path.
    Property(ExprId, u32),
    Retrieve(u32, Option<ExprId>),
    Query(u32),
    If(ExprId, ExprId, ExprId),
    /// The local's type against each in turn: what an `if x is T then ..` chain says.
    TypeSwitch(u32, Box<[(u32, ExprId)]>, ExprId),
    Case(Option<ExprId>, Box<[(ExprId, ExprId)]>, ExprId),
    And(ExprId, ExprId),
    Or(ExprId, ExprId),
    Xor(ExprId, ExprId),
    Implies(ExprId, ExprId),
    Coalesce(Box<[ExprId]>),
    Is(ExprId, u32),
    As(ExprId, u32, bool),
    /// Convert or `ConvertsTo` (true) a type.
    Convert(ExprId, u32, bool),
    List(Box<[ExprId]>),
    Tuple(u32, Box<[ExprId]>),
    Interval(ExprId, ExprId, ExprId, ExprId, PointType),
    Helper(Helper, ExprId),
    External(External, Box<[ExprId]>),
    Op1(Op1, ExprId),
    Op2(Op2, ExprId, ExprId, Option<Precision>),
    Arithmetic(Binary, ExprId, ExprId),
    Unary(Unary, ExprId),
    Relation(Relation, ExprId, ExprId, Option<Precision>),
    Aggregate(Aggregate, ExprId),
    Concatenate(Box<[ExprId]>),
    Substring(ExprId, ExprId, ExprId),
    ReplaceMatches(ExprId, ExprId, ExprId),
    Slice(ExprId, ExprId, ExprId),
    DateTime(Box<[ExprId]>),
    Date(Box<[ExprId]>),
    Time(Box<[ExprId]>),
    MinValue(PointType),
    MaxValue(PointType),
    Now,
    Today,
    TimeOfDay,
    InValueSet(ExprId, ExprId, bool),
    InCodeSystem(ExprId, ExprId, bool),
    Message(Box<[ExprId]>),
    /// Slot for the item, items, body, keep only where true (`Filter`) or collect (`ForEach`).
    /// The item's number is bound in the slot after it.
    ForEach(u32, ExprId, ExprId, bool),
    /// Slot for the item, items, body.
    Repeat(u32, ExprId, ExprId),
    /// Slot for the item (number and total follow), items, starting total, body.
    Fold(u32, ExprId, ExprId, ExprId),
    Sort(ExprId, u32),
}

/// A query.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Query {
    pub sources: Box<[(u32, ExprId)]>,
    pub names: Box<[Box<str>]>,
    pub lets: Box<[(u32, ExprId)]>,
    pub relations: Box<[(bool, u32, ExprId, ExprId)]>,
    pub condition: Option<ExprId>,
    pub result: Option<(ExprId, bool)>,
    /// Accumulator slot, starting value, body, distinct.
    pub aggregate: Option<(u32, ExprId, ExprId, bool)>,
    pub sort: Option<u32>,
}

/// A sort clause: per key an expression over the item's slot and whether it descends.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Sort {
    pub slot: u32,
    pub keys: Box<[(ExprId, bool)]>,
}

/// What a retrieve looks for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Retrieve {
    pub type_name: Box<str>,
    pub profile: Box<str>,
    /// Whether the profile means that something was not done.
    pub polarity: Polarity,
    pub code_step: Option<u32>,
    /// Value set by place.
    pub value_set: Option<usize>,
    /// Url of the value set, for evidence.
    pub set_url: Option<Box<str>>,
    /// What the library calls the value set or code.
    pub set_name: Option<Box<str>>,
    /// Whether a not-done resource may name the value set itself (comparator `~`).
    pub or_names_set: bool,
    /// What the profile says of content beside the code.
    pub content: Option<&'static Content>,
}

/// Whether a profile asks for things done, not done, or either.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Polarity {
    /// Either.
    Any,
    /// Done.
    Done,
    /// Not done.
    NotDone,
}

/// A definition.
#[derive(Clone, Debug)]
pub struct Definition {
    pub library: u32,
    pub name: Box<str>,
    pub body: ExprId,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Function {
    pub name: Box<str>,
    pub body: ExprId,
}

/// A parameter with its default.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub library: Box<str>,
    pub name: Box<str>,
    pub default: Option<ExprId>,
    /// Whether it is declared as an interval of dates: a period given with times is cut to its days.
    pub of_dates: bool,
}

/// Class name (empty for a tuple) and element names.
pub type Shape = (Box<str>, Box<[Box<str>]>);

/// Everything needed to evaluate, shared by all patients and threads.
#[derive(Clone, Debug, Default)]
pub struct Program {
    pub exprs: Vec<Expr>,
    /// Cache slot of each expression, or `NO_SLOT`.
    pub slots: Vec<u32>,
    pub slot_count: u32,
    /// Whether nothing is remembered: see [`Program::forgetful`].
    pub is_forgetful: bool,
    /// Whether each definition is asked for in one place only.
    pub once: Vec<bool>,
    /// Whether each expression depends on a name bound around it.
    pub open: Vec<bool>,
    pub consts: Vec<Const>,
    pub definitions: Vec<Definition>,
    pub functions: Vec<Function>,
    pub parameters: Vec<Parameter>,
    pub queries: Vec<Query>,
    pub sorts: Vec<Sort>,
    pub retrieves: Vec<Retrieve>,
    pub steps: Vec<Step>,
    pub types: Vec<Type>,
    pub shapes: Vec<Shape>,
    pub libraries: Vec<(Box<str>, Box<str>)>,
    pub by_name: HashMap<(u32, Box<str>), u32>,
}

impl Program {
    /// The same program remembering nothing between expressions: slow, and what the remembering one is compared with.
    #[must_use]
    pub fn forgetful(mut self) -> Program {
        self.slots.fill(NO_SLOT);
        self.once.fill(false);
        self.is_forgetful = true;
        self
    }

    /// The definition of a name in a library by place.
    pub fn definition(&self, library: u32, name: &str) -> Option<u32> {
        self.by_name.get(&(library, name.into())).copied()
    }
}
