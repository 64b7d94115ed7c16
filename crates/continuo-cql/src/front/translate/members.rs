//! Elements of values, mapped models included, and conversion to System types.

use super::super::Problem;
use super::super::model::Member;
use super::super::types::{Ty, fields_of, join, object, system, text};
use super::expr::literal;
use super::{Done, Translator, X};
use crate::elm::Tree;

pub(super) fn property(source: Tree<'static>, path: &str) -> Tree<'static> {
    object("Property", vec![("path", text(path)), ("source", source)])
}

fn typed(source: Tree<'static>, path: &str, ty: &Ty) -> Tree<'static> {
    let mut fields = vec![("path", text(path)), ("source", source)];
    if let Some(name) = ty.system_name() {
        fields.push(("resultTypeName", text(&format!("{{urn:hl7-org:elm-types:r1}}{name}"))));
    }
    object("Property", fields)
}

/// A call of a FHIRHelpers function.
pub(super) fn helper(name: &str, operand: Tree<'static>) -> Tree<'static> {
    object(
        "FunctionRef",
        vec![("name", text(name)), ("libraryName", text("FHIRHelpers")), ("operand", Tree::List(vec![operand]))],
    )
}

impl Translator<'_> {
    /// `source.name`.
    pub(super) fn member(&self, source: X, name: &str, at: usize) -> Done {
        let missing = |ty: &Ty| {
            let problem = Problem::new(at, format!("{ty} has no element `{name}`"));
            let names = self.elements_of(ty);
            Err(super::hints::or_close(problem, name, names.iter().map(String::as_str)))
        };
        match source.ty.clone() {
            Ty::Any => Ok(X { tree: property(source.tree, name), ty: Ty::Any }),
            Ty::Tuple(fields) => match fields.into_iter().find(|(n, _)| n == name) {
                Some((_, ty)) => Ok(X { tree: property(source.tree, name), ty }),
                None => missing(&source.ty),
            },
            Ty::Interval(point) => {
                let ty = match name {
                    "low" | "high" => *point,
                    "lowClosed" | "highClosed" => system("Boolean"),
                    _ => return missing(&source.ty),
                };
                Ok(X { tree: property(source.tree, name), ty })
            }
            Ty::List(item) => self.each(source.tree, &item, |this, x| this.member(x, name, at)),
            Ty::Choice(choices) => {
                let found: Vec<X> = choices
                    .iter()
                    .filter_map(|c| self.member(X { tree: source.tree.clone(), ty: c.clone() }, name, at).ok())
                    .collect();
                let mut found = found.into_iter();
                let Some(first) = found.next() else { return missing(&source.ty) };
                let rest: Vec<X> = found.collect();
                let ty = rest.iter().fold(first.ty.clone(), |ty, x| join(&ty, &x.ty));
                // Choices that map differently are told apart by what each gives for the value at hand.
                let mut trees = vec![first.tree];
                for x in rest {
                    if !trees.contains(&x.tree) {
                        trees.push(x.tree);
                    }
                }
                let tree = match trees.len() {
                    1 => trees.remove(0),
                    _ => object("Coalesce", vec![("operand", Tree::List(trees))]),
                };
                Ok(X { tree, ty })
            }
            Ty::Named(model, class) if model == "System" => {
                let ty = match (class.as_str(), name) {
                    ("Quantity", "value") => system("Decimal"),
                    ("Quantity", "unit")
                    | ("Code", "code" | "system" | "version" | "display")
                    | ("Concept", "display") => system("String"),
                    ("Concept", "codes") => system("Code").list(),
                    ("Ratio", "numerator" | "denominator") => system("Quantity"),
                    ("ValueSet" | "CodeSystem" | "Vocabulary", "id" | "version" | "name") => system("String"),
                    // FHIR primitives are System values here; `value` is the value.
                    (_, "value") => source.ty.clone(),
                    _ => return missing(&source.ty),
                };
                Ok(X { tree: property(source.tree, name), ty })
            }
            Ty::Named(model, class) => {
                let Some(info) = self.model(&model) else {
                    return Ok(X { tree: property(source.tree, name), ty: Ty::Any });
                };
                match info.member(&class, name) {
                    Some(member) => self.mapped(source, member, at),
                    None => missing(&source.ty),
                }
            }
        }
    }

    /// Names of the elements of a type.
    fn elements_of(&self, ty: &Ty) -> Vec<String> {
        match ty {
            Ty::Tuple(fields) => fields.iter().map(|(name, _)| name.clone()).collect(),
            Ty::List(item) => self.elements_of(item),
            Ty::Choice(choices) => choices.iter().flat_map(|c| self.elements_of(c)).collect(),
            Ty::Named(model, class) => self.model(model).map(|m| m.element_names(class)).unwrap_or_default(),
            Ty::Interval(_) => ["low", "high", "lowClosed", "highClosed"].map(str::to_owned).to_vec(),
            Ty::Any => Vec::new(),
        }
    }

    /// Something of every item of a list, nulls left out; lists in it are joined.
    fn each(&self, list: Tree<'static>, item: &Ty, what: impl Fn(&Self, X) -> Done) -> Done {
        let alias = || object("AliasRef", vec![("name", text("$each"))]);
        let inner = what(self, X { tree: alias(), ty: item.clone() })?;
        let present = object("Not", vec![("operand", object("IsNull", vec![("operand", inner.tree.clone())]))]);
        let query = object(
            "Query",
            vec![
                ("source", Tree::List(vec![fields_of(vec![("alias", text("$each")), ("expression", list)])])),
                ("where", present),
                ("return", fields_of(vec![("distinct", Tree::Bool(false)), ("expression", inner.tree)])),
            ],
        );
        Ok(match inner.ty {
            Ty::List(inner) => X { tree: object("Flatten", vec![("operand", query)]), ty: Ty::List(inner) },
            ty => X { tree: query, ty: ty.list() },
        })
    }

    /// An element through its mapping to the target model.
    fn mapped(&self, source: X, member: &Member, at: usize) -> Done {
        let ty = self.normal(&member.ty);
        let Some(target) = &member.target else {
            return Ok(X { tree: typed(source.tree, &member.name, &ty), ty });
        };
        // Alternatives by type: the first is what the element usually is.
        let target = target.split(';').next().unwrap_or(target);
        let target = target
            .split_once(":F")
            .filter(|(head, _)| head.starts_with("System."))
            .map_or(target, |(head, _)| &target[head.len() + 1..]);
        let (function, path) =
            match target.strip_prefix("FHIRHelpers.").and_then(|t| t.strip_suffix(')')).and_then(|t| t.split_once('('))
            {
                Some((function, path)) => (Some(function), path),
                None => (None, target),
            };
        if let Some(rest) = path.strip_prefix("%value") {
            let value = property(source.tree, &member.name);
            let wrap = |tree: Tree<'static>, ty: &Ty| match (function, rest) {
                (Some(function), _) => helper(function, tree),
                (None, ".value") => typed(tree, "value", ty),
                (None, _) => tree,
            };
            return match &ty {
                Ty::List(item) => {
                    let unwrapped = Ty::Any;
                    let mut x =
                        self.each(value, &unwrapped, |_, x| Ok(X { tree: wrap(x.tree, item), ty: (**item).clone() }))?;
                    x.ty = ty.clone();
                    Ok(x)
                }
                _ => Ok(X { tree: wrap(value, &ty), ty }),
            };
        }
        let Some(path) = path.strip_prefix("%parent") else {
            return Err(Problem::new(at, format!("mapping `{target}` of `{}` is not understood", member.name)));
        };
        let value = parent_path(source.tree, path, &ty);
        Ok(X { tree: function.map_or(value.clone(), |f| helper(f, value)), ty })
    }

    /// Whether a type of a model has a System counterpart.
    pub(super) fn converts(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Named(model, name) if model != "System" => {
                self.model(model).is_some_and(|m| m.conversion(name).is_some())
            }
            Ty::Choice(choices) => choices.iter().any(|c| self.converts(c)),
            _ => false,
        }
    }

    /// The System value of a FHIR-typed expression; anything else as it is.
    pub(super) fn system_value(&self, x: X) -> X {
        match &x.ty {
            Ty::Named(model, name) if model != "System" => match self.model(model).and_then(|m| m.conversion(name)) {
                Some((to, function)) => X { tree: helper(function, x.tree), ty: to.clone() },
                None => x,
            },
            Ty::Choice(choices) if choices.iter().any(|c| self.converts(c)) => {
                let to = |c: &Ty| match c {
                    Ty::Named(model, name) => self
                        .model(model)
                        .and_then(|m| m.conversion(name))
                        .map_or_else(|| c.clone(), |(to, _)| to.clone()),
                    other => other.clone(),
                };
                let ty = choices.iter().map(to).fold(Ty::Any, |ty, c| join(&ty, &c));
                X { tree: helper("ToValue", x.tree), ty }
            }
            _ => x,
        }
    }
}

fn extension_where(list: Tree<'static>, url: &str) -> Tree<'static> {
    let alias = object("AliasRef", vec![("name", text("$extension"))]);
    let is_url = object(
        "Equal",
        vec![(
            "operand",
            Tree::List(vec![typed(property(alias, "url"), "value", &system("String")), literal("String", url).tree]),
        )],
    );
    object(
        "Query",
        vec![
            ("source", Tree::List(vec![fields_of(vec![("alias", text("$extension")), ("expression", list)])])),
            ("where", is_url),
        ],
    )
}

/// `.extension[url='u'].value.value` from a parent.
fn parent_path(parent: Tree<'static>, path: &str, ty: &Ty) -> Tree<'static> {
    let mut at = parent;
    let mut rest = path;
    while let Some(after) = rest.strip_prefix('.') {
        let end = after.find(['.', '[']).unwrap_or(after.len());
        let name = &after[..end];
        rest = &after[end..];
        if let Some(inside) = rest.strip_prefix("[x]") {
            rest = inside;
        }
        let mut filter = None;
        if let Some(inside) = rest.strip_prefix('[') {
            // The filter's text may hold dots; it ends at the bracket after its closing quote.
            let close = inside.find("']").map_or(inside.len(), |i| i + 1);
            filter = Some(&inside[..close]);
            rest = inside.get(close + 1..).unwrap_or_default();
        }
        let last = rest.is_empty();
        let step = if last { typed(at, name, ty) } else { property(at, name) };
        at = match filter.and_then(|f| f.strip_prefix("url='")).and_then(|f| f.strip_suffix('\'')) {
            Some(url) => {
                let chosen = extension_where(step, url);
                if matches!(ty, Ty::List(_)) && last {
                    chosen
                } else {
                    object("SingletonFrom", vec![("operand", chosen)])
                }
            }
            None => step,
        };
    }
    at
}
