//! System functions by name.

use super::super::Problem;
use super::super::types::{Ty, join, object, system};
use super::expr::number;
use super::names::no_function;
use super::{Done, Translator, X};
use crate::elm::Tree;

impl Translator<'_> {
    pub(super) fn system_function(&mut self, name: &str, args: Vec<X>, at: usize) -> Done {
        let count = args.len();
        let keeps_model = matches!(
            name,
            "First"
                | "Last"
                | "Count"
                | "IndexOf"
                | "Skip"
                | "Tail"
                | "Take"
                | "Coalesce"
                | "exists"
                | "Exists"
                | "Message"
                | "Length"
        );
        let args: Vec<X> = if keeps_model { args } else { args.into_iter().map(|x| self.system_value(x)).collect() };
        let ty = |at: usize| args.get(at).map_or(Ty::Any, |x| x.ty.clone());
        let tree = |at: usize| args.get(at).map_or(Tree::Null, |x| x.tree.clone());
        let one = |kind: &str, ty: Ty| Ok(X { tree: object(kind, vec![("operand", tree(0))]), ty });
        let source = |kind: &str, ty: Ty| Ok(X { tree: object(kind, vec![("source", tree(0))]), ty });
        let list = |kind: &str, ty: Ty| {
            let all = args.iter().map(|x| x.tree.clone()).collect();
            Ok(X { tree: object(kind, vec![("operand", Tree::List(all))]), ty })
        };
        let fail = || Err(no_function(name, &args, at));
        let is_text = |at: usize| matches!(ty(at), Ty::Any | Ty::Choice(_)) || ty(at).is("String");
        match (name, count) {
            ("Count", 1) => source(name, system("Integer")),
            ("Sum" | "Product" | "Min" | "Max" | "Mode", 1) => source(name, ty(0).item()),
            (
                "Avg" | "Median" | "Variance" | "PopulationVariance" | "StdDev" | "PopulationStdDev" | "GeometricMean",
                1,
            ) => {
                let item = ty(0).item();
                source(name, if item.is("Quantity") { item } else { system("Decimal") })
            }
            ("AllTrue" | "AnyTrue", 1) => source(name, system("Boolean")),
            ("First" | "Last", 1) => source(name, ty(0).item()),
            ("Skip" | "Take" | "Tail", 1 | 2) => {
                // Less than nothing skipped or taken is an empty list.
                let amount = args.get(1).map(|x| {
                    let n = object("Coalesce", vec![("operand", Tree::List(vec![x.tree.clone(), number(0)]))]);
                    let negative = object("Less", vec![("operand", Tree::List(vec![n.clone(), number(0)]))]);
                    let none = number(if name == "Skip" { i64::from(i32::MAX) } else { 0 });
                    object("If", vec![("condition", negative), ("then", none), ("else", n)])
                });
                let null = || object("Null", vec![]);
                let (start, end) = match (name, amount) {
                    ("Tail", None) => (number(1), null()),
                    ("Skip", Some(n)) => (n, null()),
                    ("Take", Some(n)) => (number(0), n),
                    _ => return fail(),
                };
                Ok(X {
                    tree: object("Slice", vec![("source", tree(0)), ("startIndex", start), ("endIndex", end)]),
                    ty: ty(0),
                })
            }
            ("Slice", 1..=3) => {
                let part = |at: usize| if count > at { tree(at) } else { object("Null", vec![]) };
                let fields = vec![("source", tree(0)), ("startIndex", part(1)), ("endIndex", part(2))];
                Ok(X { tree: object(name, fields), ty: ty(0) })
            }
            ("IsNull" | "IsTrue" | "IsFalse", 1) => one(name, system("Boolean")),
            ("Concatenate", 1..) => list(name, system("String")),
            ("Indexer", 2) => list(name, if ty(0).is("String") { system("String") } else { ty(0).item() }),
            ("children", 1) => one("Children", Ty::Any.list()),
            ("descendents", 1) => one("Descendents", Ty::Any.list()),
            ("IndexOf", 2) => {
                Ok(X { tree: object(name, vec![("source", tree(0)), ("element", tree(1))]), ty: system("Integer") })
            }
            ("Length", 1) => one(name, system("Integer")),
            ("Abs" | "Negate" | "Predecessor" | "Successor", 1) => one(name, ty(0)),
            ("Ceiling" | "Floor" | "Truncate", 1) => one(name, system("Integer")),
            ("Ln" | "Exp", 1) => one(name, system("Decimal")),
            ("Log" | "Power", 2) => list(name, if name == "Log" { system("Decimal") } else { ty(0) }),
            ("Round", 1) => Ok(one_round(&tree(0), None)),
            ("Round", 2) => Ok(one_round(&tree(0), Some(tree(1)))),
            ("Precision", 1) => one(name, system("Integer")),
            ("LowBoundary" | "HighBoundary", 1 | 2) if ty(0).is_number() => {
                let value = self.convert(args[0].clone(), &system("Decimal"));
                let all = std::iter::once(value.tree).chain(args.iter().skip(1).map(|x| x.tree.clone())).collect();
                Ok(X { tree: object(name, vec![("operand", Tree::List(all))]), ty: system("Decimal") })
            }
            ("LowBoundary" | "HighBoundary", 1 | 2) => list(name, ty(0)),
            ("Upper" | "Lower", 1) if is_text(0) => one(name, system("String")),
            ("StartsWith" | "EndsWith" | "Matches", 2) => list(name, system("Boolean")),
            ("ReplaceMatches", 3) => list(name, system("String")),
            ("Combine", 1 | 2) => {
                let mut fields = vec![("source", tree(0))];
                if count == 2 {
                    fields.push(("separator", tree(1)));
                }
                Ok(X { tree: object(name, fields), ty: system("String") })
            }
            ("Split", 2) => Ok(X {
                tree: object(name, vec![("stringToSplit", tree(0)), ("separator", tree(1))]),
                ty: system("String").list(),
            }),
            ("SplitOnMatches", 2) => {
                let fields = vec![("stringToSplit", tree(0)), ("separatorPattern", tree(1))];
                Ok(X { tree: object(name, fields), ty: system("String").list() })
            }
            ("PositionOf" | "LastPositionOf", 2) => {
                Ok(X { tree: object(name, vec![("pattern", tree(0)), ("string", tree(1))]), ty: system("Integer") })
            }
            ("Substring", 2 | 3) => {
                let mut fields = vec![("stringToSub", tree(0)), ("startIndex", tree(1))];
                if count == 3 {
                    fields.push(("length", tree(2)));
                }
                Ok(X { tree: object(name, fields), ty: system("String") })
            }
            ("Coalesce", 1..) => {
                let ty = args.iter().fold(Ty::Any, |ty, x| join(&ty, &x.ty));
                list(name, if count == 1 { ty.item() } else { ty })
            }
            ("DateTime" | "Date" | "Time", 1..=8) => constructor(name, &args, at),
            ("Now", 0) => Ok(X { tree: object("Now", vec![]), ty: system("DateTime") }),
            ("Today", 0) => Ok(X { tree: object("Today", vec![]), ty: system("Date") }),
            ("TimeOfDay", 0) => Ok(X { tree: object("TimeOfDay", vec![]), ty: system("Time") }),
            ("Message", 5) => {
                let keys = ["source", "condition", "code", "severity", "message"];
                let fields = keys.iter().enumerate().map(|(at, key)| (*key, tree(at))).collect();
                Ok(X { tree: object(name, fields), ty: ty(0) })
            }
            ("ConvertQuantity", 2) => list(name, system("Quantity")),
            ("CanConvertQuantity", 2) => list(name, system("Boolean")),
            ("ToConcept", 1) => one(name, system("Concept")),
            ("ToList", 1) => one(name, ty(0).list()),
            ("ToChars", 1) => one(name, system("String").list()),
            ("Exists" | "exists", 1) => one("Exists", system("Boolean")),
            ("Not", 1) => one("Not", system("Boolean")),
            ("Subsumes" | "SubsumedBy", 2) => list(name, system("Boolean")),
            ("Size" | "Width" | "PointFrom", 1) => one(name, interval_point(&ty(0))),
            ("Flatten" | "Distinct" | "Collapse" | "Expand" | "SingletonFrom", 1) => {
                self.operator(static_name(name), args, None, at)
            }
            ("Children" | "Descendents", 1) => one(name, Ty::Any.list()),
            ("ExpandValueSet", 1) => one(name, system("Code").list()),
            _ => {
                if let (Some(to), 1) = (name.strip_prefix("ConvertsTo"), count)
                    && CONVERTED.contains(&to)
                {
                    return one(name, system("Boolean"));
                }
                if let (Some(to), 1) = (name.strip_prefix("To"), count)
                    && CONVERTED.contains(&to)
                {
                    return one(name, system(to));
                }
                match self.operator_function(name, &args, at)? {
                    Some(x) => Ok(x),
                    None => fail(),
                }
            }
        }
    }
}

/// `DateTime(..)`, `Date(..)`, `Time(..)`, with ranges checked where parts are literals.
fn constructor(name: &str, args: &[X], at: usize) -> Done {
    let keys: &[&'static str] = match name {
        "DateTime" => &["year", "month", "day", "hour", "minute", "second", "millisecond", "timezoneOffset"],
        "Date" => &["year", "month", "day"],
        _ => &["hour", "minute", "second", "millisecond"],
    };
    if args.len() > keys.len() {
        return Err(no_function(name, args, at));
    }
    for (x, key) in args.iter().zip(keys) {
        let fits = matches!(x.ty, Ty::Any | Ty::Choice(_))
            || x.ty.is("Integer")
            || (*key == "timezoneOffset" && x.ty.is_number());
        if !fits {
            return Err(Problem::new(at, format!("{key} must be an Integer, found {}", x.ty)));
        }
    }
    let fields = keys.iter().zip(args).map(|(key, x)| (*key, x.tree.clone())).collect();
    Ok(X { tree: object(name, fields), ty: system(name) })
}

const CONVERTED: &[&str] =
    &["Boolean", "Integer", "Long", "Decimal", "String", "Date", "DateTime", "Time", "Quantity", "Ratio"];

fn one_round(value: &Tree<'static>, places: Option<Tree<'static>>) -> X {
    let mut fields = vec![("operand", Tree::List(vec![value.clone()]))];
    if let Some(places) = places {
        fields = vec![("operand", value.clone()), ("precision", places)];
    }
    X { tree: object("Round", fields), ty: system("Decimal") }
}

fn interval_point(ty: &Ty) -> Ty {
    match ty {
        Ty::Interval(point) => (**point).clone(),
        _ => Ty::Any,
    }
}

fn static_name(name: &str) -> &'static str {
    match name {
        "Flatten" => "Flatten",
        "Distinct" => "Distinct",
        "Collapse" => "Collapse",
        "Expand" => "Expand",
        _ => "SingletonFrom",
    }
}
