//! Methods of FHIRPath as CQL text may write them (`list.where($this > 1)`), and operators called by their ELM name.
//!
//! Source: CQL specification, appendix I "FHIRPath Function Translation". What a library defines itself under such a name
//! is taken first, by `call`.

use super::super::Problem;
use super::super::ast::{Ast, Node, TypeName};
use super::super::types::{Ty, fields_of, join, object, system, text};
use super::expr::number;
use super::names::text_literal;
use super::{Done, Translator, X};
use crate::elm::Tree;
use continuo_fhir::letters::capital;

/// How what a method looks at is named while its argument is translated.
const ITEM: &str = "$this";

fn alias_source(list: Tree<'static>) -> Tree<'static> {
    Tree::List(vec![fields_of(vec![("alias", text(ITEM)), ("expression", list)])])
}

/// Whether an expression asks for the number of its item.
fn counts(tree: &Tree<'_>) -> bool {
    match tree {
        Tree::Object(fields) => tree.text("type") == Some("Iteration") || fields.iter().any(|(_, value)| counts(value)),
        Tree::List(items) => items.iter().any(counts),
        _ => false,
    }
}

impl Translator<'_> {
    /// A method with arguments that are no plain values, or that CQL has under another name; nothing for others.
    pub(super) fn method(&mut self, source: &X, name: &str, args: &[Node], at: usize) -> Done<Option<X>> {
        let item = source.ty.item();
        Ok(Some(match (name, args) {
            ("where", [criterion]) => {
                let list = as_list(source);
                let criterion = self.each_item(&item, |this| this.boolean(criterion))?;
                filter(list, criterion.tree, item)
            }
            ("select", [result]) => {
                let list = as_list(source);
                let result = self.each_item(&item, |this| this.expr(result))?;
                select(list, result)
            }
            ("exists", [criterion]) => {
                let list = as_list(source);
                let criterion = self.each_item(&item, |this| this.boolean(criterion))?;
                exists(filter(list, criterion.tree, item))
            }
            ("all", [criterion]) => {
                let list = as_list(source);
                let criterion = self.each_item(&item, |this| this.boolean(criterion))?;
                let met = object("IsTrue", vec![("operand", criterion.tree)]);
                let unmet = object("Not", vec![("operand", met)]);
                not(exists(filter(list, unmet, item)))
            }
            ("repeat", [step]) => {
                let list = as_list(source);
                let step = self.each_item(&item, |this| this.expr(step))?;
                let fields = vec![("source", list.tree), ("element", step.tree), ("scope", text(ITEM))];
                X { tree: object("Repeat", fields), ty: step.ty.item().list() }
            }
            ("aggregate", [step, rest @ ..]) if rest.len() < 2 => {
                let list = as_list(source);
                let initial = match rest {
                    [initial] => self.expr(initial)?,
                    _ => X { tree: object("Null", vec![]), ty: Ty::Any },
                };
                let total = initial.ty.clone();
                let step =
                    self.each_item(&item, |this| this.with_local("$total", "Total", total, |this| this.expr(step)))?;
                let ty = join(&initial.ty, &step.ty);
                let fields = vec![
                    ("source", list.tree),
                    ("initialValue", initial.tree),
                    ("iteration", step.tree),
                    ("scope", text(ITEM)),
                ];
                X { tree: object("Aggregate", fields), ty }
            }
            ("ofType" | "as" | "is", [kind]) => return self.typed_method(source, name, kind, at).map(Some),
            _ => {
                let args = self.all(args)?;
                return self.plain_method(source, name, &args, at);
            }
        }))
    }

    /// Something said about each item; its elements can be named without `$this`.
    fn each_item<T>(&mut self, item: &Ty, work: impl FnOnce(&mut Self) -> Done<T>) -> Done<T> {
        self.with_local("$index", "Iteration", system("Integer"), |this| {
            this.with_local(ITEM, "$each", item.clone(), work)
        })
    }

    fn typed_method(&mut self, source: &X, name: &str, kind: &Node, at: usize) -> Done {
        let named = match &kind.kind {
            Ast::Name(name) => TypeName::Named(None, name.clone()),
            Ast::Member(model, name) => match &model.kind {
                Ast::Name(model) => TypeName::Named(Some(model.clone()), name.clone()),
                _ => return Err(Problem::new(kind.at, format!("`{name}` takes the name of a type"))),
            },
            _ => {
                return Err(Problem::new(kind.at, format!("`{name}` takes the name of a type"))
                    .hint("write it as `Model.Type` or `Type`"));
            }
        };
        let wanted = self.type_for(&source.ty, &named, at)?;
        let test = |this: &Self, tree: Tree<'static>| {
            object("Is", vec![("operand", tree), ("isTypeSpecifier", this.specifier(&wanted))])
        };
        Ok(match (name, &source.ty) {
            ("is", _) => X { tree: test(self, source.tree.clone()), ty: system("Boolean") },
            ("as", ty) if !matches!(ty, Ty::List(_)) => self.cast(source.clone(), &wanted, false),
            _ => {
                let list = as_list(source);
                let condition = test(self, object("AliasRef", vec![("name", text(ITEM))]));
                filter(list, condition, wanted)
            }
        })
    }

    fn plain_method(&mut self, source: &X, name: &str, args: &[X], at: usize) -> Done<Option<X>> {
        let list = || as_list(source);
        let with = |first: X| std::iter::once(first).chain(args.iter().cloned()).collect::<Vec<X>>();
        let is_text = source.ty.is("String") || self.system_value(source.clone()).ty.is("String");
        let function = match (name, args.len()) {
            ("exists", 0) => return Ok(Some(exists(list()))),
            ("empty", 0) => return Ok(Some(not(exists(list())))),
            ("not", 0) => return self.operator("Not", vec![source.clone()], None, at).map(Some),
            ("hasValue", 0) if !source.ty.is_model() => {
                return Ok(Some(not(self.operator("IsNull", vec![source.clone()], None, at)?)));
            }
            ("single", 0) => return self.operator("SingletonFrom", vec![list()], None, at).map(Some),
            ("distinct", 0) => return self.operator("Distinct", vec![list()], None, at).map(Some),
            ("flatten", 0) => return self.operator("Flatten", vec![list()], None, at).map(Some),
            ("isDistinct", 0) => {
                let all = self.system_function("Count", vec![list()], at)?;
                let distinct = self.operator("Distinct", vec![list()], None, at)?;
                let different = self.system_function("Count", vec![distinct], at)?;
                return self.operator("Equal", vec![all, different], None, at).map(Some);
            }
            ("union", 1) => {
                return self.operator("Union", vec![list(), as_list(&args[0])], None, at).map(Some);
            }
            ("intersect", 1) => {
                return self.operator("Intersect", vec![list(), as_list(&args[0])], None, at).map(Some);
            }
            ("exclude", 1) => {
                return self.operator("Except", vec![list(), as_list(&args[0])], None, at).map(Some);
            }
            ("combine", 1) => {
                let both = [list(), as_list(&args[0])];
                let ty = join(&both[0].ty, &both[1].ty);
                let items = both.into_iter().map(|x| x.tree).collect();
                let tree = object("Flatten", vec![("operand", object("List", vec![("element", Tree::List(items))]))]);
                return Ok(Some(X { tree, ty }));
            }
            ("subsetOf" | "supersetOf", 1) => {
                let kind = if name == "subsetOf" { "IncludedIn" } else { "Includes" };
                return self.operator(kind, vec![list(), as_list(&args[0])], None, at).map(Some);
            }
            ("allFalse" | "anyFalse", 0) => {
                let item = object("AliasRef", vec![("name", text(ITEM))]);
                let wanted = if name == "allFalse" { "IsFalse" } else { "IsTrue" };
                let wanted = object(wanted, vec![("operand", item)]);
                let other = filter(list(), object("Not", vec![("operand", wanted)]), system("Boolean"));
                return Ok(Some(if name == "allFalse" { not(exists(other)) } else { exists(other) }));
            }
            ("contains", 1) if is_text => {
                let place = self.system_function("PositionOf", vec![args[0].clone(), source.clone()], at)?;
                let zero = X { tree: number(0), ty: system("Integer") };
                return self.operator("GreaterOrEqual", vec![place, zero], None, at).map(Some);
            }
            ("indexOf" | "lastIndexOf", 1) if is_text => {
                let kind = if name == "indexOf" { "PositionOf" } else { "LastPositionOf" };
                return self.system_function(kind, vec![args[0].clone(), source.clone()], at).map(Some);
            }
            ("replace", 2) => {
                let parts = self.system_function("Split", vec![source.clone(), args[0].clone()], at)?;
                return self.system_function("Combine", vec![parts, args[1].clone()], at).map(Some);
            }
            ("join", 0) => {
                let nothing = X { tree: text_literal(""), ty: system("String") };
                return self.system_function("Combine", vec![list(), nothing], at).map(Some);
            }
            ("sqrt", 0) => {
                let half = super::expr::literal("Decimal", "0.5");
                return self.operator("Power", vec![source.clone(), half], None, at).map(Some);
            }
            ("memberOf", 1) => return self.operator("In", with(source.clone()), None, at).map(Some),
            ("trace", 1 | 2) | ("getValue", 0) if !source.ty.is_model() => return Ok(Some(source.clone())),
            ("first" | "last" | "tail" | "skip" | "take" | "count" | "allTrue" | "anyTrue" | "join", _) => {
                let name = if name == "join" { "Combine" } else { name };
                let name = capital(name);
                return self.system_function(&name, with(list()), at).map(Some);
            }
            (
                "upper" | "lower" | "length" | "substring" | "startsWith" | "endsWith" | "matches" | "replaceMatches"
                | "split" | "indexOf" | "abs" | "ceiling" | "exp" | "floor" | "ln" | "log" | "power" | "round"
                | "truncate" | "toChars" | "children" | "descendents" | "lowBoundary" | "highBoundary" | "precision"
                | "subsumes" | "subsumedBy",
                _,
            ) => capital(name),
            ("descendants", 0) => "Descendents".to_owned(),
            (_, 0) if name.starts_with("to") || name.starts_with("convertsTo") => capital(name),
            _ => return Ok(None),
        };
        self.system_function(&function, with(source.clone()), at).map(Some)
    }

    /// An operator called by its ELM name: `Add(1, 2)`, `Start(I)`.
    pub(super) fn operator_function(&mut self, name: &str, args: &[X], at: usize) -> Done<Option<X>> {
        let Some((kind, operands)) = OPERATORS.iter().find(|(operator, _)| *operator == name) else { return Ok(None) };
        if args.len() != *operands {
            return Err(Problem::new(at, format!("`{name}` takes {operands} arguments, found {}", args.len())));
        }
        match (*kind, args) {
            ("NotEqual", _) => self.operator("Equal", args.to_vec(), None, at).map(|x| Some(not(x))),
            (
                "Before" | "After" | "SameAs" | "SameOrBefore" | "SameOrAfter" | "Includes" | "IncludedIn"
                | "ProperIncludes" | "ProperIncludedIn",
                [a, b],
            ) => self.pair(kind, a.clone(), b.clone(), None, at).map(Some),
            _ => self.operator(kind, args.to_vec(), None, at).map(Some),
        }
    }
}

/// A single value is a list of one, as FHIRPath has it.
fn as_list(x: &X) -> X {
    match &x.ty {
        Ty::List(_) | Ty::Any => x.clone(),
        ty => X { tree: object("ToList", vec![("operand", x.tree.clone())]), ty: ty.clone().list() },
    }
}

fn filter(list: X, condition: Tree<'static>, item: Ty) -> X {
    let tree = if counts(&condition) {
        object("Filter", vec![("source", list.tree), ("condition", condition), ("scope", text(ITEM))])
    } else {
        object("Query", vec![("source", alias_source(list.tree)), ("where", condition)])
    };
    X { tree, ty: item.list() }
}

/// What each item gives, nulls left out and lists joined, as FHIRPath has it.
fn select(list: X, result: X) -> X {
    let present = object(
        "Not",
        vec![("operand", object("IsNull", vec![("operand", object("AliasRef", vec![("name", text("$found"))]))]))],
    );
    let found = if counts(&result.tree) {
        object("ForEach", vec![("source", list.tree), ("element", result.tree), ("scope", text(ITEM))])
    } else {
        let clause = fields_of(vec![("distinct", Tree::Bool(false)), ("expression", result.tree)]);
        object("Query", vec![("source", alias_source(list.tree)), ("return", clause)])
    };
    let source = Tree::List(vec![fields_of(vec![("alias", text("$found")), ("expression", found)])]);
    let tree = object("Query", vec![("source", source), ("where", present)]);
    match result.ty {
        Ty::List(item) => X { tree: object("Flatten", vec![("operand", tree)]), ty: Ty::List(item) },
        ty => X { tree, ty: ty.list() },
    }
}

fn exists(list: X) -> X {
    X { tree: object("Exists", vec![("operand", list.tree)]), ty: system("Boolean") }
}

fn not(x: X) -> X {
    X { tree: object("Not", vec![("operand", x.tree)]), ty: system("Boolean") }
}

/// Operators that have a name as functions, and how many operands they take.
const OPERATORS: &[(&str, usize)] = &[
    ("Add", 2),
    ("Subtract", 2),
    ("Multiply", 2),
    ("Divide", 2),
    ("TruncatedDivide", 2),
    ("Modulo", 2),
    ("And", 2),
    ("Or", 2),
    ("Xor", 2),
    ("Implies", 2),
    ("Equal", 2),
    ("NotEqual", 2),
    ("Equivalent", 2),
    ("Less", 2),
    ("LessOrEqual", 2),
    ("Greater", 2),
    ("GreaterOrEqual", 2),
    ("Union", 2),
    ("Intersect", 2),
    ("Except", 2),
    ("In", 2),
    ("Contains", 2),
    ("ProperIn", 2),
    ("ProperContains", 2),
    ("Includes", 2),
    ("IncludedIn", 2),
    ("ProperIncludes", 2),
    ("ProperIncludedIn", 2),
    ("Before", 2),
    ("After", 2),
    ("Meets", 2),
    ("MeetsBefore", 2),
    ("MeetsAfter", 2),
    ("Overlaps", 2),
    ("OverlapsBefore", 2),
    ("OverlapsAfter", 2),
    ("Starts", 2),
    ("Ends", 2),
    ("SameAs", 2),
    ("SameOrBefore", 2),
    ("SameOrAfter", 2),
    ("Start", 1),
    ("End", 1),
    ("DateFrom", 1),
    ("TimeFrom", 1),
    ("TimezoneOffsetFrom", 1),
];
