//! Evaluates a tree.

use super::parse::{Expr, Op};
use super::value::{Item, Value};
use super::{Context, Error, compare, execution, functions, math, strict, types};
use std::collections::BTreeMap;

/// Most values an evaluation may hold at once: a bound on `repeat` and `descendants` of hostile expressions.
pub(super) const MAX_VALUES: usize = 1_000_000;

pub(super) type Values<'a> = Vec<Value<'a>>;

/// What changes from place to place during an evaluation.
#[derive(Clone)]
pub(super) struct Scope<'a> {
    pub(super) this: Values<'a>,
    pub(super) index: Option<usize>,
    pub(super) total: Values<'a>,
    /// Variables made by `defineVariable`.
    pub(super) defined: BTreeMap<String, Values<'a>>,
}

pub(super) struct Evaluator<'c, 'a> {
    pub(super) context: &'c Context<'a>,
    pub(super) input: Values<'a>,
}

pub(super) fn evaluate<'a>(root: &'a Expr, context: &Context<'a>, input: Values<'a>) -> Result<Values<'a>, Error> {
    let evaluator = Evaluator { context, input: input.clone() };
    let mut scope = Scope { this: input, index: None, total: Vec::new(), defined: BTreeMap::new() };
    evaluator.eval(root, &mut scope)
}

impl<'a> Evaluator<'_, 'a> {
    pub(super) fn eval(&self, expr: &'a Expr, scope: &mut Scope<'a>) -> Result<Values<'a>, Error> {
        match expr {
            Expr::Literal(value) => Ok(vec![value.clone()]),
            Expr::Empty => Ok(Vec::new()),
            Expr::This => Ok(scope.this.clone()),
            Expr::Index => Ok(scope.index.map(|i| Value::Integer(i as i64)).into_iter().collect()),
            Expr::Total => Ok(scope.total.clone()),
            Expr::Variable(name) => self.variable(name, scope),
            Expr::Name(name) => self.name(name, &scope.this),
            Expr::Member(base, name) => {
                if self.context.is_strict {
                    strict::member(base, name)?;
                }
                let base = self.eval(base, scope)?;
                self.members(&base, name)
            }
            Expr::At(base, index) => {
                let base = self.eval(base, scope)?;
                match single(&self.eval(index, scope)?)?.map(Value::system) {
                    Some(Value::Integer(i)) => {
                        Ok(usize::try_from(i).ok().and_then(|i| base.get(i)).cloned().into_iter().collect())
                    }
                    None => Ok(Vec::new()),
                    Some(_) => execution("an index must be a whole number"),
                }
            }
            Expr::Negate(inner) => math::negate(&self.eval(inner, scope)?),
            Expr::Plus(inner) => self.eval(inner, scope),
            Expr::Is(inner, type_) => match single(&self.eval(inner, scope)?)? {
                Some(value) => Ok(vec![Value::Boolean(types::is(value, type_))]),
                None => Ok(Vec::new()),
            },
            Expr::As(inner, type_) => {
                let values = self.eval(inner, scope)?;
                match single(&values)? {
                    Some(value) if types::is_exactly(value, type_)? => Ok(values),
                    _ => Ok(Vec::new()),
                }
            }
            Expr::Binary(op, left, right) => self.binary(*op, left, right, scope),
            Expr::Call(base, name, arguments) => {
                let focus = match base {
                    Some(base) if self.context.is_strict => {
                        strict::order(base, name)?;
                        self.eval(base, scope)?
                    }
                    Some(base) => self.eval(base, scope)?,
                    None => scope.this.clone(),
                };
                functions::call(self, focus, name, arguments, scope)
            }
        }
    }

    fn variable(&self, name: &str, scope: &Scope<'a>) -> Result<Values<'a>, Error> {
        if let Some(values) = scope.defined.get(name).or_else(|| self.context.variables.get(name)) {
            return Ok(values.clone());
        }
        let text = |text: String| Ok(vec![Value::Text(text.into())]);
        let item = |item: Option<Item<'a>>| Ok(item.map(Value::Item).into_iter().collect());
        match name {
            "context" => Ok(self.input.clone()),
            "resource" => item(self.context.resource),
            "rootResource" => item(self.context.root),
            "sct" => text("http://snomed.info/sct".to_string()),
            "loinc" => text("http://loinc.org".to_string()),
            "ucum" => text(crate::quantity::UCUM.to_string()),
            _ => match (name.strip_prefix("vs-"), name.strip_prefix("ext-")) {
                (Some(set), _) => text(format!("http://hl7.org/fhir/ValueSet/{set}")),
                (_, Some(extension)) => text(format!("http://hl7.org/fhir/StructureDefinition/{extension}")),
                _ => execution(format!("there is no variable `%{name}`")),
            },
        }
    }

    /// A name at the start of a path: the type of the focus itself, else an element.
    fn name(&self, name: &str, this: &[Value<'a>]) -> Result<Values<'a>, Error> {
        if name.starts_with(|c: char| c.is_ascii_uppercase()) {
            let wanted = super::parse::TypeName { space: None, name: name.to_string() };
            let of_type: Values<'a> =
                this.iter().filter(|v| v.item().is_some() && types::is(v, &wanted)).cloned().collect();
            if !of_type.is_empty() {
                return Ok(of_type);
            }
        }
        self.members(this, name)
    }

    fn members(&self, base: &[Value<'a>], name: &str) -> Result<Values<'a>, Error> {
        let mut out = Vec::new();
        for value in base {
            match value {
                Value::Item(item) => {
                    let is_known = item.member(name, &mut out);
                    if self.context.is_strict && !is_known {
                        let type_ = item.type_name().unwrap_or("this item");
                        return Err(Error::Semantic(format!("`{name}` is no element of {type_}")));
                    }
                }
                Value::Type(space, type_) => match name {
                    "namespace" => out.push(Value::Text((*space).into())),
                    "name" => out.push(Value::Text(type_.clone())),
                    _ => {}
                },
                Value::Quantity(number, unit) => match name {
                    "value" => out.push(Value::Decimal(*number)),
                    "unit" | "code" => out.push(Value::Text(unit.clone())),
                    _ => {}
                },
                _ if self.context.is_strict => {
                    return Err(Error::Semantic(format!("a value has no element `{name}`")));
                }
                _ => {}
            }
        }
        Ok(out)
    }

    fn binary(&self, op: Op, left: &'a Expr, right: &'a Expr, scope: &mut Scope<'a>) -> Result<Values<'a>, Error> {
        // Variables defined on one side are not seen on the other.
        let mut own = scope.clone();
        let a = self.eval(left, scope)?;
        if let Op::And | Op::Or | Op::Implies | Op::Xor = op {
            return Ok(boolean(self.logic(op, truth(&a)?, right, &mut own)?));
        }
        let b = self.eval(right, &mut own)?;
        match op {
            Op::Equal => Ok(boolean(compare::equal(&a, &b))),
            Op::NotEqual => Ok(boolean(compare::equal(&a, &b).map(|e| !e))),
            Op::Equivalent => Ok(boolean(Some(compare::equivalent(&a, &b)))),
            Op::NotEquivalent => Ok(boolean(Some(!compare::equivalent(&a, &b)))),
            Op::Less | Op::LessEqual | Op::Greater | Op::GreaterEqual => {
                let (Some(x), Some(y)) = (single(&a)?, single(&b)?) else { return Ok(Vec::new()) };
                Ok(boolean(compare::order(x, y)?.map(|order| match op {
                    Op::Less => order.is_lt(),
                    Op::LessEqual => order.is_le(),
                    Op::Greater => order.is_gt(),
                    _ => order.is_ge(),
                })))
            }
            Op::Union => Ok(functions::distinct(a.into_iter().chain(b))),
            Op::In | Op::Contains => {
                let (item, list) = if op == Op::In { (&a, &b) } else { (&b, &a) };
                let Some(item) = single(item)? else { return Ok(Vec::new()) };
                Ok(boolean(Some(list.iter().any(|v| compare::equal_values(v, item) == Some(true)))))
            }
            Op::Concatenate => math::concatenate(&a, &b),
            _ => math::arithmetic(op, &a, &b),
        }
    }

    fn logic(&self, op: Op, a: Option<bool>, right: &'a Expr, scope: &mut Scope<'a>) -> Result<Option<bool>, Error> {
        match (op, a) {
            (Op::And, Some(false)) => return Ok(Some(false)),
            (Op::Or, Some(true)) | (Op::Implies, Some(false)) => return Ok(Some(true)),
            _ => {}
        }
        let b = truth(&self.eval(right, scope)?)?;
        Ok(match op {
            Op::And => match (a, b) {
                (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Op::Or => match (a, b) {
                (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Op::Implies => match (a, b) {
                (_, Some(true)) => Some(true),
                (Some(true), b) => b,
                _ => None,
            },
            _ => a.zip(b).map(|(a, b)| a != b),
        })
    }
}

/// The one value of a collection, or none; several are an error.
pub(super) fn single<'v, 'a>(values: &'v [Value<'a>]) -> Result<Option<&'v Value<'a>>, Error> {
    match values {
        [] => Ok(None),
        [value] => Ok(Some(value)),
        _ => execution("expected one value, found several"),
    }
}

/// A collection as a truth: a single value that is no boolean counts as true.
pub(super) fn truth(values: &[Value<'_>]) -> Result<Option<bool>, Error> {
    Ok(single(values)?.map(|value| match value.system() {
        Value::Boolean(value) => value,
        _ => true,
    }))
}

pub(super) fn boolean<'a>(value: Option<bool>) -> Values<'a> {
    value.map(Value::Boolean).into_iter().collect()
}
