//! Retrieves: resources of a type, by profile polarity and code.

use std::rc::Rc;

use continuo_fhir::packed::{Kind, Node};

use crate::Fault;
use crate::Terminology;
use crate::model::{Element, Step};
use crate::ops::Outcome;
use crate::program::{Expr, ExprId, External, Op1, Program};
use crate::record::code_numbers;
use crate::terminology::ValueSet;
use crate::value::{Text, Value};

use super::Evaluator;

/// The extensions with which a not-done resource names a whole value set (QI-Core, "negation").
const NOT_DONE_SETS: [&str; 2] = [
    "http://hl7.org/fhir/StructureDefinition/cqf-notDoneValueSet",
    "http://hl7.org/fhir/us/qicore/StructureDefinition/qicore-notDoneValueSet",
];

impl<'a> Evaluator<'a> {
    pub(super) fn retrieve(&mut self, at: u32, codes: Option<ExprId>) -> Outcome<'a> {
        let mut found = Vec::new();
        self.retrieved(at, codes, &mut |element| {
            found.push(Value::Element(element));
            true
        })?;
        Ok(Value::list(found))
    }

    /// Hands out the resources a retrieve finds until `take` answers false.
    pub(super) fn retrieved(
        &mut self,
        at: u32,
        codes: Option<ExprId>,
        take: &mut dyn FnMut(Element<'a>) -> bool,
    ) -> Result<(), Fault> {
        let program = self.program;
        let retrieve = &program.retrieves[at as usize];
        let (kind, set) = self.sources[at as usize];
        let (record, terms, offset) = (self.record, self.terms, self.now.offset);
        let mut candidates = record.of_type(kind, &retrieve.type_name).peekable();
        if candidates.peek().is_none() {
            return Ok(());
        }
        let wanted = match codes {
            Some(codes) => Some(self.wanted(codes)?),
            None => None,
        };
        for (home, resource) in candidates {
            if !resource.fits(retrieve.polarity) {
                continue;
            }
            self.steps += 1;
            let find =
                |step: u32| move |node, out: &mut Vec<u32>| Self::numbers(program, terms, offset, node, step, out);
            let fits = match (retrieve.code_step, retrieve.value_set, &wanted) {
                (Some(step), Some(_), _) => {
                    let member = set.is_some_and(|set| home.any_code(resource, step, find(step), |code| set.has(code)));
                    member || (retrieve.or_names_set && set.is_some_and(|set| self.names_set(resource.node, step, set)))
                }
                (Some(step), None, Some(wanted)) => {
                    home.any_code(resource, step, find(step), |code| wanted.contains(&code))
                }
                _ => true,
            };
            let fits = fits && retrieve.content.is_none_or(|content| content.fits(resource.node));
            if fits && !take(Element { node: resource.node, kind: resource.kind }) {
                break;
            }
        }
        Ok(())
    }

    /// Code numbers of the codes an expression gives; those of constants are found once per run.
    fn wanted(&mut self, codes: ExprId) -> Result<Rc<[u32]>, Fault> {
        if let Some(known) = self.wanted.borrow().get(&codes) {
            return Ok(known.clone());
        }
        let value = self.eval(codes)?;
        let numbers: Rc<[u32]> = self.numbers_of(&value).into();
        if self.is_constant(codes) {
            self.wanted.borrow_mut().insert(codes, numbers.clone());
        }
        Ok(numbers)
    }

    /// Whether an expression is codes of the library and conversions of them.
    fn is_constant(&self, id: ExprId) -> bool {
        match &self.program.exprs[id as usize] {
            Expr::Const(_) => true,
            Expr::Op1(Op1::ToList | Op1::ToConcept, a) | Expr::Property(a, _) => self.is_constant(*a),
            Expr::List(items) => items.iter().all(|item| self.is_constant(*item)),
            _ => false,
        }
    }

    fn numbers_of(&self, value: &Value<'a>) -> Vec<u32> {
        let mut numbers = Vec::new();
        for item in value.items() {
            match item {
                Value::Code(code) => numbers.extend(self.number(code)),
                Value::Concept(concept) => {
                    for code in &concept.codes {
                        numbers.extend(self.number(code));
                    }
                }
                Value::Vocabulary(v) => {
                    if let Some(index) = self.terms.set_index_of(&v.id, v.version.as_deref()) {
                        let members = self.terms.members(index);
                        numbers.extend(members.iter().filter_map(|(system, code)| self.terms.find(system, code)));
                    }
                }
                Value::Str(code) => numbers.extend(self.terms.find_any_system(code)),
                _ => {}
            }
        }
        numbers
    }

    fn numbers(program: &Program, terms: &Terminology, offset: i16, node: Node<'a>, step: u32, out: &mut Vec<u32>) {
        match program.steps[step as usize].walk(Element::resource(node), offset) {
            Value::Element(e) => code_numbers(e.node, terms, out),
            Value::List(items) => {
                for item in items.iter() {
                    if let Value::Element(e) = item {
                        code_numbers(e.node, terms, out);
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether a not-done resource names the value set itself instead of a code.
    fn names_set(&self, node: Node<'a>, step: u32, set: &ValueSet) -> bool {
        nodes(&self.program.steps[step as usize], node, self.now.offset).into_iter().any(|code| {
            code.list("extension").any(|e| {
                let value = e.str("valueCanonical").or_else(|| e.str("valueUri")).unwrap_or_default();
                e.str("url").is_some_and(|url| NOT_DONE_SETS.contains(&url))
                    && value.split('|').next() == Some(&set.url)
            })
        })
    }

    pub(super) fn external(&mut self, external: External, args: &[Value<'a>]) -> Outcome<'a> {
        let [first, rest @ ..] = args else { return Ok(Value::Null) };
        let text = rest.first().and_then(Value::as_str);
        Ok(match (external, first) {
            (_, Value::Null) => Value::Null,
            (External::Resolve, Value::Str(reference)) => {
                self.record.resolve(reference).map_or(Value::Null, Value::Element)
            }
            (External::Resolve, Value::Element(e)) => match e.text().or_else(|| e.node.str("reference")) {
                Some(reference) => match reference.strip_prefix('#') {
                    Some(id) => self.contained(*e, id).map_or(Value::Null, Value::Element),
                    None => self.record.resolve(reference).map_or(Value::Null, Value::Element),
                },
                None => Value::Null,
            },
            (External::Extension, Value::Element(e)) => {
                extensions(self.beside(*e).unwrap_or(e.node), "extension", text)
            }
            (External::ModifierExtension, Value::Element(e)) => extensions(e.node, "modifierExtension", text),
            (External::HasValue, Value::Element(e)) => {
                Value::Bool(!matches!(e.node.kind(), Kind::Object | Kind::Array))
            }
            (External::GetValue, Value::Element(e)) => {
                crate::model::path::primitive(e.node, e.kind, crate::model::path::System::Auto, self.now.offset)
            }
            (External::Reference, Value::Element(e)) => {
                let reference = Value::Str(Text::owned(&e.label()));
                super::tuple(vec![(Text::Borrowed("reference"), reference)])
            }
            (External::ConformsTo, Value::Element(e)) => {
                let profiles = e.node.get("meta").map(|m| m.list("profile").any(|p| p.as_str() == text));
                Value::Bool(profiles == Some(true))
            }
            (External::MemberOf, value) => {
                let known = text.and_then(|url| self.terms.set_index(url));
                let code = crate::model::helpers::Helper::ToValue.apply(value, self.now.offset)?;
                return self.in_value_set(&code, &Value::Null, known, false).map(Value::truth);
            }
            _ => Value::Null,
        })
    }
}

impl<'a> Evaluator<'a> {
    /// What stands beside a primitive's value: its id and extensions.
    pub(super) fn beside(&self, element: Element<'a>) -> Option<Node<'a>> {
        if matches!(element.node.kind(), Kind::Object | Kind::Array) {
            return None;
        }
        let home = self.record.get(self.record.place_of(element.node)?)?;
        crate::model::path::beside(home.node, element.node)
    }

    /// A resource contained in the one that an element is of; `#` alone is that one itself.
    fn contained(&self, element: Element<'a>, id: &str) -> Option<Element<'a>> {
        let home = self.record.get(self.record.place_of(element.node)?)?;
        if id.is_empty() {
            return Some(Element { node: home.node, kind: home.kind });
        }
        home.node.list("contained").find(|inner| inner.str("id") == Some(id)).map(Element::resource)
    }
}

fn extensions<'a>(node: Node<'a>, key: &str, url: Option<&str>) -> Value<'a> {
    let found = node.list(key).filter(|e| url.is_none() || e.str("url") == url);
    let kind = crate::model::FhirType::find("Extension").unwrap_or(crate::model::FhirType::UNKNOWN);
    Value::list(found.map(|node| Value::Element(Element { node, kind })).collect())
}

/// The nodes a code property leads to.
fn nodes<'a>(step: &Step, node: Node<'a>, offset: i16) -> Vec<Node<'a>> {
    let mut result = Vec::new();
    for value in step.walk(Element::resource(node), offset).items() {
        if let Value::Element(e) = value {
            result.push(e.node);
        }
    }
    result
}
