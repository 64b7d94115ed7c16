//! The HL7 language tests: expressions with the value they must have, as `continuo cql test` runs them.

use crate::compile::Compiler;
use crate::elm::library::{Library, Shelf};
use crate::eval::{Limits, Session};
use crate::ops::equal::equal;
use crate::record::Record;
use crate::terminology::Terminology;
use crate::value::{DateTime, Value};

use super::translate::translate_expression;
use super::xml::{self, Element};

/// How one test went.
#[derive(Clone, Debug)]
pub struct TestResult {
    /// `Group.Name`.
    pub name: String,
    /// The expression.
    pub expression: String,
    /// Whether it went as the test says.
    pub passed: bool,
    /// What was expected and what came, when it did not.
    pub detail: String,
}

/// Runs a test file's text. `now` stands for the time of the request.
pub fn run(text: &str, now: DateTime) -> Result<Vec<TestResult>, String> {
    let root = xml::parse(text)?;
    if root.name != "tests" {
        return Err(format!("`{}` is no file of tests", root.name));
    }
    let groups = root.all("group").flat_map(|group| group.all("test").map(move |test| (group, test)));
    Ok(groups.chain(root.all("test").map(|test| (&root, test))).map(|(group, test)| one(group, test, now)).collect())
}

fn one(group: &Element, test: &Element, now: DateTime) -> TestResult {
    let name = format!("{}.{}", group.get("name").unwrap_or_default(), test.get("name").unwrap_or_default());
    let expression = test.child("expression");
    let source = expression.map_or("", |e| e.text.trim()).to_owned();
    let invalid = expression.and_then(|e| e.get("invalid")).is_some_and(|i| i != "false");
    let got = evaluate(&source, now);
    let expected = test.child("output").map(|o| o.text.trim().to_owned());
    let (passed, detail) = match (got, expected) {
        (Err(_), _) if invalid => (true, String::new()),
        (Ok(value), _) if invalid => (false, format!("must be refused, gave {value}")),
        (Err(error), _) => (false, error),
        (Ok(_), None) => (true, String::new()),
        (Ok(value), Some(expected)) => compare(&source, &value, &expected, now),
    };
    TestResult { name, expression: source, passed, detail }
}

/// The value of an expression as text.
pub fn evaluate(source: &str, now: DateTime) -> Result<String, String> {
    with_values(&[source], now, |values| values[0].to_string())
}

fn compare(source: &str, shown: &str, expected: &str, now: DateTime) -> (bool, String) {
    let same = with_values(&[source, expected], now, |values| {
        let (a, b) = (&values[0], &values[1]);
        equal(a, b) == Some(true) || a.to_string() == b.to_string()
    });
    match same {
        Ok(true) => (true, String::new()),
        Ok(false) => (false, format!("expected {expected}, got {shown}")),
        Err(error) => (false, format!("expected {expected}, got {shown}; comparing: {error}")),
    }
}

/// Evaluates expressions without any model or data and looks at their values together.
fn with_values<T>(sources: &[&str], now: DateTime, look: impl FnOnce(&[Value<'_>]) -> T) -> Result<T, String> {
    let mut shelf = Shelf::default();
    for (at, source) in sources.iter().enumerate() {
        let elm = translate_expression(source, "x")
            .map_err(|problems| problems.iter().map(|p| p.display(source)).collect::<Vec<_>>().join("; "))?;
        let crate::elm::Tree::Object(mut fields) = elm else { return Err("no library".into()) };
        let (_, library) = fields.remove(0);
        shelf.libraries.push(Library::from_tree(library, &format!("expression{at}"))?);
    }
    let mut terms = Terminology::default();
    let mut compiler = Compiler::new(&shelf, &mut terms);
    let mut ids = Vec::new();
    for at in 0..sources.len() {
        ids.push(compiler.definition(at as u32, "x").map_err(|e| e.message)?);
    }
    let program = compiler.finish();
    let limits = Limits { steps: 5_000_000, ..Limits::default() };
    let session = Session::new(&program, &terms, now, limits);
    let record = Record::new();
    let mut evaluator = session.patient(&record);
    let mut values = Vec::new();
    for id in ids {
        values.push(evaluator.definition(id).map_err(|f| f.to_string())?);
    }
    Ok(look(&values))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime {
        DateTime::parse("2026-06-01T12:00:00.000", 0).unwrap()
    }

    fn check(source: &str, expected: &str) {
        assert_eq!(evaluate(source, now()).as_deref(), Ok(expected), "{source}");
    }

    #[test]
    fn operators_bind_as_the_grammar_says() {
        check("1 + 2 * 3 ^ 2", "19");
        check("not true or true", "true");
        check("5 between 1 and 10 and false", "false");
        check("{1, 2} union {2, 3}", "{1, 2, 3}");
        check("if 1 < 2 then 'a' else 'b'", "'a'");
    }

    #[test]
    fn timing_phrases_become_relations() {
        check("@2020-01-10 3 days or less after @2020-01-08", "true");
        check("Interval[@2020-01-01, @2020-02-01] starts before @2020-01-02", "true");
        check("@2020-01-01 during Interval[@2020-01-01, @2020-02-01)", "true");
        check("Interval[1, 3] meets before Interval[4, 5]", "true");
    }

    #[test]
    fn queries_filter_return_and_sort() {
        check("({1, 2, 3, 4}) N where N > 2 return N * 2 sort desc", "{8, 6}");
        check("from ({1, 2}) A, ({3}) B return A + B", "{4, 5}");
        check("({1, 2, 3}) N aggregate R starting 0: R + N", "6");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (source, said) in [
            ("1 +", "1:4: expected an expression, found the end of the text"),
            ("{1, 2", "1:6: expected `}`, found the end of the text"),
            ("Foo(1)", "1:1: there is no function `Foo` for (Integer)"),
            ("2147483648", "1:1: 2147483648 is out of range for an Integer"),
            ("true and 1", "1:1: `and` cannot work on Boolean and Integer"),
        ] {
            let error = evaluate(source, now()).unwrap_err();
            assert!(error.starts_with(said), "{source}: {error}");
        }
    }

    #[test]
    fn deep_expressions_are_followed_or_refused() {
        let deep = crate::deep_stack(|| evaluate(&format!("{}1{}", "(".repeat(500), ")".repeat(500)), now()));
        assert_eq!(deep.as_deref(), Ok("1"));
        let sum = crate::deep_stack(|| evaluate(&vec!["1"; 250].join(" + "), now()));
        assert_eq!(sum.as_deref(), Ok("250"));
        let refused = crate::deep_stack(|| evaluate(&"(".repeat(100_000), now()));
        assert!(refused.unwrap_err().contains("nested too deeply"));
    }
}
