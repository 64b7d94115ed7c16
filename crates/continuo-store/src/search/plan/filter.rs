//! `_filter` and `_list`: conditions that are no parameter of the type.

use super::Planner;
use crate::error::Result;
use crate::index::{Flavor, clip};
use crate::search::criterion::Criterion;
use crate::search::filter::{Comparison, Filter, Operation, parse};
use crate::search::query::{Pair, wrong};
use crate::search::value::{split, unescape};
use continuo_fhir::ResourceType;
use continuo_fhir::date::DateTime;
use continuo_fhir::search::{self, Param, ParamKind};
use continuo_fhir::text::fold;

const LIST: ResourceType = ResourceType::of("List");

impl Planner<'_> {
    pub(super) fn filter(&mut self, type_: ResourceType, pair: &Pair, depth: usize) -> Result<Criterion> {
        let filter = parse(&pair.value)?;
        self.filtered(type_, &filter, depth)
    }

    fn filtered(&mut self, type_: ResourceType, filter: &Filter, depth: usize) -> Result<Criterion> {
        Ok(match filter {
            Filter::All(list) => {
                Criterion::All(list.iter().map(|one| self.filtered(type_, one, depth)).collect::<Result<_>>()?)
            }
            Filter::Any(list) => {
                Criterion::Any(list.iter().map(|one| self.filtered(type_, one, depth)).collect::<Result<_>>()?)
            }
            Filter::Not(inner) => Criterion::Not(Box::new(self.filtered(type_, inner, depth)?)),
            Filter::Is(comparison) => self.compared(type_, comparison, depth)?,
        })
    }

    fn compared(&mut self, type_: ResourceType, comparison: &Comparison, depth: usize) -> Result<Criterion> {
        let pair = |name: String, value: String| Pair { name, value };
        if let Some((head, tail)) = comparison.path.split_once('.') {
            let next = tail.split(['.', ':']).next().unwrap_or("");
            let inner = Comparison { path: tail.to_owned(), ..comparison.clone() };
            let whole = pair("_filter".to_owned(), String::new());
            return self.chain_to(type_, head, next, &whole, depth, &mut |this, target| {
                this.compared(target, &inner, depth + 1)
            });
        }
        let path = &comparison.path;
        let param = match path.as_str() {
            "_id" | "_lastUpdated" => None,
            code => Some(
                search::param(type_, code)
                    .ok_or_else(|| wrong("_filter", &format!("`{code}` is not a parameter of {type_}")))?,
            ),
        };
        let kind = param.map(|param| param.kind);
        let search = |this: &mut Self, modifier: &str, value: &str| {
            let colon = if modifier.is_empty() { "" } else { ":" };
            this.criterion(type_, &pair(format!("{path}{colon}{modifier}"), value.to_owned()), depth)
        };
        let value = comparison.value.as_str();
        let is_text = matches!(kind, Some(ParamKind::String | ParamKind::Uri));
        Ok(match comparison.operation {
            Operation::Equal => match param {
                Some(param) if param.kind == ParamKind::String => self.text_is(type_, param, value, TextIs::Whole)?,
                _ => search(self, "", value)?,
            },
            Operation::NotEqual => {
                let equal = Comparison { operation: Operation::Equal, ..comparison.clone() };
                Criterion::Not(Box::new(self.compared(type_, &equal, depth)?))
            }
            Operation::Contains if is_text => search(self, "contains", value)?,
            Operation::Starts if kind == Some(ParamKind::String) => search(self, "", value)?,
            Operation::Ends => match param.filter(|param| param.kind == ParamKind::String) {
                Some(param) => self.text_is(type_, param, value, TextIs::End)?,
                None => return Err(wrong("_filter", &format!("`{path}` is not text"))),
            },
            Operation::Ordered(prefix)
                if path == "_lastUpdated"
                    || matches!(kind, Some(ParamKind::Date | ParamKind::Number | ParamKind::Quantity)) =>
            {
                search(self, "", &format!("{prefix}{value}"))?
            }
            Operation::Present => {
                let missing = match value {
                    "true" => "false",
                    "false" => "true",
                    _ => return Err(wrong("_filter", &format!("`{path} pr` needs true or false"))),
                };
                search(self, "missing", missing)?
            }
            Operation::Overlaps if kind == Some(ParamKind::Date) => self.overlaps(type_, param, value)?,
            Operation::Subsumes if kind == Some(ParamKind::Token) => search(self, "below", value)?,
            Operation::SubsumedBy if kind == Some(ParamKind::Token) => search(self, "above", value)?,
            Operation::In if kind == Some(ParamKind::Token) => search(self, "in", value)?,
            Operation::NotIn if kind == Some(ParamKind::Token) => search(self, "not-in", value)?,
            Operation::Refers if kind == Some(ParamKind::Reference) => search(self, "", value)?,
            _ => return Err(wrong("_filter", &format!("`{path}` cannot be compared like this"))),
        })
    }

    fn text_is(&mut self, type_: ResourceType, param: &'static Param, value: &str, how: TextIs) -> Result<Criterion> {
        let number = self.param_number(type_, param, Flavor::Plain)?;
        let folded = clip(&fold(&unescape(value)));
        let length = folded.chars().count();
        let mark = self.text(&folded);
        let condition = match how {
            TextIs::Whole => format!("x.value = {mark}"),
            // Both databases count characters here.
            TextIs::End => {
                format!("length(x.value) >= {length} and substr(x.value, length(x.value) - {length} + 1) = {mark}")
            }
        };
        Ok(Criterion::In(vec![self.select("idx_text", number, &condition)]))
    }

    fn overlaps(&mut self, type_: ResourceType, param: Option<&'static Param>, value: &str) -> Result<Criterion> {
        let bad = || wrong("_filter", &format!("`{value}` is not a date"));
        let param = param.ok_or_else(bad)?;
        let date = DateTime::parse(value).ok_or_else(bad)?;
        let (from, to) = (date.low(&self.zone).micros(), date.high(&self.zone).micros());
        let number = self.param_number(type_, param, Flavor::Plain)?;
        Ok(Criterion::In(vec![self.select("idx_date", number, &format!("x.low < {to} and x.high > {from}"))]))
    }

    /// `_list=42`: what a List in scope names.
    pub(super) fn listed(&mut self, pair: &Pair) -> Result<Criterion> {
        let item = search::param(LIST, "item").ok_or_else(|| wrong(&pair.name, "is not supported"))?;
        let number = self.param_number(LIST, item, Flavor::Plain)?;
        let mut marks = Vec::new();
        for id in split(&pair.value, ',').into_iter().filter(|id| !id.is_empty()) {
            if id.starts_with('$') {
                return Err(wrong(
                    &pair.name,
                    &format!("`{id}` is a list that is worked out; only stored ones are known"),
                ));
            }
            marks.push(self.text(id.strip_prefix("List/").unwrap_or(id)));
        }
        if marks.is_empty() {
            return Ok(Criterion::Nothing);
        }
        let named = Criterion::Row(format!("{{row}}.id in ({})", marks.join(", ")));
        let lists = self.matching(LIST, &[named], 9)?;
        Ok(Criterion::Row(format!(
            "{{row}}.rid in (select x.target from idx_reference x
             where x.org = ?{} and x.param = {number} and x.rid in ({lists}))",
            self.org
        )))
    }
}

/// Which part of a text is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TextIs {
    Whole,
    End,
}
