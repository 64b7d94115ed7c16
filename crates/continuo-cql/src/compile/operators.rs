//! Operators by the names they have in ELM. What is not here has operands under other names and an arm in `expr`.

use crate::ops::aggregate::Aggregate;
use crate::ops::arithmetic::{Binary, Unary};
use crate::ops::interval::Relation;
use crate::program::{Op1, Op2};

macro_rules! by_name {
    ($function:ident, $kind:ident, [$($name:ident),* $(,)?]) => {
        pub(super) fn $function(name: &str) -> Option<$kind> {
            match name {
                $(stringify!($name) => Some($kind::$name),)*
                _ => None,
            }
        }
    };
}

by_name!(
    op1,
    Op1,
    [
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
    ]
);
by_name!(
    op2,
    Op2,
    [
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
        Round,
        LowBoundary,
        HighBoundary,
        Times,
        Subsumes,
    ]
);
by_name!(binary, Binary, [Add, Subtract, Multiply, Divide, TruncatedDivide, Modulo, Power]);
by_name!(unary, Unary, [Negate, Abs, Ceiling, Floor, Truncate, Ln, Exp]);
by_name!(
    relation,
    Relation,
    [
        Before,
        After,
        Overlaps,
        OverlapsBefore,
        OverlapsAfter,
        Meets,
        MeetsBefore,
        MeetsAfter,
        Starts,
        Ends,
        SameAs,
        SameOrAfter,
        SameOrBefore,
    ]
);
by_name!(
    aggregate,
    Aggregate,
    [
        Count,
        Sum,
        Product,
        Min,
        Max,
        Avg,
        Median,
        Mode,
        Variance,
        PopulationVariance,
        StdDev,
        PopulationStdDev,
        GeometricMean,
        AllTrue,
        AnyTrue,
    ]
);
