//! Operators: which types they take, what they give, what is converted first.

use super::super::Problem;
use super::super::types::{Ty, join, object, system, text, widest};
use super::{Done, Translator, X};
use crate::elm::Tree;

fn node(kind: &str, args: Vec<X>, precision: Option<&str>, ty: Ty) -> X {
    let mut fields = Vec::new();
    if let Some(precision) = precision {
        let mut name = precision.to_owned();
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        fields.push(("precision", text(&name)));
    }
    let mut trees: Vec<Tree<'static>> = args.into_iter().map(|x| x.tree).collect();
    let operand = if trees.len() == 1 { trees.remove(0) } else { Tree::List(trees) };
    fields.push(("operand", operand));
    X { tree: object(kind, fields), ty }
}

/// An operator as authors write it; one that is written as a function keeps its name.
fn written(name: &str) -> String {
    let sign = match name {
        "Greater" => ">",
        "GreaterOrEqual" => ">=",
        "Less" => "<",
        "LessOrEqual" => "<=",
        "Equal" => "=",
        "NotEqual" => "!=",
        "Equivalent" => "~",
        "Add" => "+",
        "Subtract" => "-",
        "Multiply" => "*",
        "Divide" => "/",
        "TruncatedDivide" => "div",
        "Modulo" => "mod",
        "Power" => "^",
        "Concatenate" => "&",
        "And" => "and",
        "Or" => "or",
        "Xor" => "xor",
        "Implies" => "implies",
        "Not" => "not",
        "Exists" => "exists",
        "In" => "in",
        "Contains" => "contains",
        "Union" => "union",
        "Intersect" => "intersect",
        "Except" => "except",
        "Includes" => "includes",
        "IncludedIn" => "included in",
        "Overlaps" => "overlaps",
        "Before" => "before",
        "After" => "after",
        "Start" => "start of",
        "End" => "end of",
        other => return other.to_owned(),
    };
    format!("`{sign}`")
}

impl Translator<'_> {
    pub(super) fn operator(&mut self, name: &'static str, args: Vec<X>, precision: Option<&str>, at: usize) -> Done {
        let boolean = || system("Boolean");
        let wrong = |args: &[X]| {
            let types: Vec<String> = args.iter().map(|x| x.ty.to_string()).collect();
            let problem = Problem::new(at, format!("{} cannot work on {}", written(name), types.join(" and ")));
            let hint = match args {
                [a, b] => super::hints::of_types(&a.ty, &b.ty),
                [a] if matches!(a.ty, Ty::List(_)) => Some("it is a list: ask `exists`, or take one item"),
                _ => None,
            };
            Err(match hint {
                Some(hint) => problem.hint(hint),
                None => problem,
            })
        };
        // These look at elements of the model as they are.
        if matches!(name, "IsNull" | "Exists" | "Flatten" | "Distinct" | "SingletonFrom") {
            let ty = match (name, &args[0].ty) {
                ("IsNull" | "Exists", _) => boolean(),
                ("SingletonFrom", ty) => ty.item(),
                ("Flatten", Ty::List(inner)) => match &**inner {
                    Ty::List(item) => item.clone().list(),
                    Ty::Choice(choices) => choices.iter().fold(Ty::Any, |ty, c| join(&ty, &c.item())).list(),
                    other => other.clone().list(),
                },
                (_, ty) => ty.clone(),
            };
            return Ok(node(name, args, None, ty));
        }
        if matches!(name, "Union" | "Intersect" | "Except") {
            return Ok(set(name, args));
        }
        if matches!(name, "Equal" | "Equivalent") {
            return self.equality(name, args, at);
        }
        let args: Vec<X> = args.into_iter().map(|x| self.system_value(x)).collect();
        let first = args[0].ty.clone();
        let second = args.get(1).map_or(Ty::Any, |x| x.ty.clone());
        let known = |ty: &Ty| !matches!(ty, Ty::Any | Ty::Choice(_));
        Ok(match name {
            "And" | "Or" | "Xor" | "Implies" | "Not" | "IsTrue" | "IsFalse" => {
                if args.iter().any(|x| known(&x.ty) && !x.ty.is("Boolean")) {
                    return wrong(&args);
                }
                node(name, args, None, boolean())
            }
            "Less" | "LessOrEqual" | "Greater" | "GreaterOrEqual" => {
                let orders =
                    |t: &Ty| !known(t) || t.is_number() || t.is_temporal() || t.is("Quantity") || t.is("String");
                if !orders(&first)
                    || !orders(&second)
                    || (known(&first)
                        && known(&second)
                        && self.cost(&first, &second).or(self.cost(&second, &first)).is_none())
                {
                    return wrong(&args);
                }
                // Toward the type the other converts to: a number beside a quantity is a quantity of unit 1.
                let ty = match (self.cost(&first, &second), self.cost(&second, &first)) {
                    _ if !known(&first) || !known(&second) => join(&first, &second),
                    (Some(_), None) => second.clone(),
                    (None, Some(_)) => first.clone(),
                    _ => join(&first, &second),
                };
                let args = args
                    .into_iter()
                    .map(|x| if matches!(ty, Ty::Choice(_)) { x } else { self.convert(x, &ty) })
                    .collect();
                node(name, args, None, boolean())
            }
            "Add" | "Subtract" | "Multiply" | "Divide" | "TruncatedDivide" | "Modulo" | "Power" => {
                return self.arithmetic(name, args, at);
            }
            "Negate" | "Predecessor" | "Successor" => node(name, args, None, first),
            "Concatenate" => {
                // `&` takes null as empty text.
                let empty = super::names::text_literal("");
                let args = args.into_iter().map(|x| X {
                    tree: object("Coalesce", vec![("operand", Tree::List(vec![x.tree, empty.clone()]))]),
                    ty: x.ty,
                });
                node(name, args.collect(), None, system("String"))
            }
            "Start" | "End" | "PointFrom" | "Width" => match first {
                Ty::Interval(point) => node(name, args, None, *point),
                ref ty if !known(ty) => node(name, args, None, Ty::Any),
                _ => return wrong(&args),
            },
            "DateFrom" => node(name, args, None, system("Date")),
            "TimeFrom" => node(name, args, None, system("Time")),
            "TimezoneOffsetFrom" => node(name, args, None, system("Decimal")),
            "DateTimeComponentFrom" => {
                if known(&first) && !first.is_temporal() {
                    return wrong(&args);
                }
                node(name, args, precision, system("Integer"))
            }
            "DurationBetween" | "DifferenceBetween" => {
                if args.iter().any(|x| known(&x.ty) && !x.ty.is_temporal()) {
                    return wrong(&args);
                }
                node(name, args, precision, system("Integer"))
            }
            "In" | "Contains" => return self.membership(name, args, precision, at),
            "Expand" | "Collapse" if args.get(1).is_some_and(|x| x.ty.is_number()) => {
                let mut args = args;
                let per = args.remove(1);
                args.push(self.convert(per, &system("Quantity")));
                return self.operator(name, args, None, at);
            }
            "Expand" => {
                let ty = match &first {
                    Ty::Interval(point) => (**point).clone().list(),
                    other => other.clone(),
                };
                node(name, with_per(args), None, ty)
            }
            "Collapse" => node(name, with_per(args), None, first),
            _ => node(name, args, precision, boolean()),
        })
    }

    fn equality(&mut self, name: &'static str, args: Vec<X>, at: usize) -> Done {
        let [a, b] = <[X; 2]>::try_from(args).map_err(|_| Problem::new(at, "an equality needs two operands"))?;
        // The same class on both sides is compared as it is.
        let (a, b) = if a.ty == b.ty { (a, b) } else { (self.system_value(a), self.system_value(b)) };
        let (left, right) = (self.normal(&a.ty), self.normal(&b.ty));
        if let (Ty::Tuple(x), Ty::Tuple(y)) = (&left, &right) {
            let same = x.len() == y.len() && x.iter().all(|(n, _)| y.iter().any(|(m, _)| m == n));
            if !same {
                return Err(Problem::new(at, "tuples with different elements cannot be compared"));
            }
        }
        let simple = |t: &Ty| matches!(t.system_name(), Some(n) if n != "Any") && !matches!(t, Ty::Any);
        if simple(&left) && simple(&right) && self.cost(&left, &right).is_none() && self.cost(&right, &left).is_none() {
            let problem = Problem::new(at, format!("{left} cannot be compared with {right}"));
            return Err(match super::hints::of_types(&left, &right) {
                Some(hint) => problem.hint(hint),
                None => problem,
            });
        }
        let ty = match (left.system_name(), right.system_name()) {
            (Some("Code"), Some("Concept")) | (Some("Concept"), Some("Code")) => system("Concept"),
            _ if left.is_number() && right.is_number() => widest(&left, &right),
            (Some("Date"), Some("DateTime")) | (Some("DateTime"), Some("Date")) => system("DateTime"),
            _ if left == Ty::Any => right.clone(),
            _ => left.clone(),
        };
        let convert = |x: X| if matches!(ty, Ty::Choice(_)) { x } else { self.convert(x, &ty) };
        // A choice compared with a plain type keeps its value; only the plain side is converted.
        let (a, b) = match (&a.ty, &b.ty) {
            (Ty::Choice(choices), _) if b.ty.is("Code") && choices.contains(&system("Concept")) => {
                (a, self.convert(b, &system("Concept")))
            }
            (Ty::Choice(_), _) | (_, Ty::Choice(_)) => (a, b),
            _ => (convert(a), convert(b)),
        };
        Ok(node(name, vec![a, b], None, system("Boolean")))
    }

    fn arithmetic(&mut self, name: &'static str, args: Vec<X>, at: usize) -> Done {
        let (a, b) = (args[0].ty.clone(), args[1].ty.clone());
        let known = |ty: &Ty| !matches!(ty, Ty::Any | Ty::Choice(_));
        if name == "Add" && (a.is("String") || b.is("String")) {
            return Ok(node("Concatenate", args, None, system("String")));
        }
        if a.is_number() && b.is_number() {
            let ty = if name == "Divide" { system("Decimal") } else { widest(&a, &b) };
            let args = args.into_iter().map(|x| self.convert(x, &ty)).collect();
            return Ok(node(name, args, None, ty));
        }
        let ty = match (name, a.is_temporal(), b.is("Quantity")) {
            ("Add" | "Subtract", true, true) => a.clone(),
            // A plain number beside a date is a quantity; that it has no unit of time is found when it is added.
            ("Add" | "Subtract", true, _) if b.is_number() => {
                let mut args = args;
                let number = args.remove(1);
                args.push(self.convert(number, &system("Quantity")));
                return Ok(node(name, args, None, a));
            }
            (_, true, _) if known(&b) => {
                return Err(Problem::new(at, format!("{} cannot work on {a} and {b}", written(name)))
                    .hint("use `days between` and its like"));
            }
            _ if a.is("Quantity") || b.is("Quantity") => {
                let fits = |t: &Ty| !known(t) || t.is("Quantity") || t.is_number();
                if !fits(&a) || !fits(&b) {
                    return Err(Problem::new(at, format!("{} cannot work on {a} and {b}", written(name))));
                }
                // A plain number beside a quantity is a quantity of unit 1.
                let quantity = system("Quantity");
                let args =
                    args.into_iter().map(|x| if x.ty.is_number() { self.convert(x, &quantity) } else { x }).collect();
                return Ok(node(name, args, None, quantity));
            }
            _ if !known(&a) && !known(&b) => Ty::Any,
            _ if !known(&a) => b.clone(),
            _ if !known(&b) => a.clone(),
            _ => return Err(Problem::new(at, format!("{} cannot work on {a} and {b}", written(name)))),
        };
        let numbers = ty.is_number();
        let ty = if name == "Divide" && numbers { system("Decimal") } else { ty };
        let args = args.into_iter().map(|x| if numbers { self.convert(x, &ty) } else { x }).collect();
        Ok(node(name, args, None, ty))
    }

    fn membership(&mut self, name: &'static str, args: Vec<X>, precision: Option<&str>, at: usize) -> Done {
        let [a, b] = <[X; 2]>::try_from(args).map_err(|_| Problem::new(at, "a membership test needs two operands"))?;
        let (item, container) = if name == "In" { (a, b) } else { (b, a) };
        match container.ty.system_name() {
            Some("ValueSet") => {
                let many = matches!(item.ty, Ty::List(_));
                let (kind, key) = if many { ("AnyInValueSet", "codes") } else { ("InValueSet", "code") };
                let set =
                    if container.tree.text("type") == Some("ValueSetRef") { "valueset" } else { "valuesetExpression" };
                return Ok(X {
                    tree: object(kind, vec![(key, item.tree), (set, container.tree)]),
                    ty: system("Boolean"),
                });
            }
            Some("CodeSystem") => {
                let many = matches!(item.ty, Ty::List(_));
                let (kind, key) = if many { ("AnyInCodeSystem", "codes") } else { ("InCodeSystem", "code") };
                return Ok(X {
                    tree: object(kind, vec![(key, item.tree), ("codesystem", container.tree)]),
                    ty: system("Boolean"),
                });
            }
            _ => {}
        }
        let inner = match &container.ty {
            Ty::List(inner) | Ty::Interval(inner) => (**inner).clone(),
            Ty::Any | Ty::Choice(_) => Ty::Any,
            other => return Err(Problem::new(at, format!("{other} holds nothing to be in"))),
        };
        let item = if inner == Ty::Any || matches!(item.ty, Ty::Choice(_)) && !matches!(container.ty, Ty::Interval(_)) {
            item
        } else {
            self.convert(item, &inner)
        };
        let container = if container.tree.text("type") == Some("Null") {
            let ty = item.ty.clone().list();
            X { tree: container.tree, ty }
        } else {
            container
        };
        let pair = if name == "In" { vec![item, container] } else { vec![container, item] };
        Ok(node(name, pair, precision, system("Boolean")))
    }
}

fn set(name: &'static str, args: Vec<X>) -> X {
    let (a, b) = (args[0].ty.clone(), args[1].ty.clone());
    let ty = match name {
        "Union" => match (&a, &b) {
            (Ty::List(x), Ty::List(y)) => join(x, y).list(),
            _ => join(&a, &b),
        },
        _ if a == Ty::Any => b,
        _ => a,
    };
    node(name, args, None, ty)
}

/// Expand and Collapse always have their `per`, null when not written.
fn with_per(mut args: Vec<X>) -> Vec<X> {
    if args.len() == 1 {
        args.push(X { tree: object("Null", vec![]), ty: Ty::Any });
    }
    args
}
