//! No text and no ELM makes the front end or the loader panic or run on: texts cut, doubled and mixed at random places
//! (a fixed seed, so a failure repeats), and trees with parts taken out.

use continuo_cql::compile::Compiler;
use continuo_cql::elm::Tree;
use continuo_cql::elm::library::{Library, Shelf};
use continuo_cql::eval::{Limits, Session};
use continuo_cql::front::model::ModelInfo;
use continuo_cql::front::parser;
use continuo_cql::front::workspace::{Source, translate_all};
use continuo_cql::value::DateTime;
use continuo_cql::{Record, Terminology, deep_stack};

const TEXT: &str = r#"library Test version '1.0' using FHIR version '4.0.1'
include FHIRHelpers version '4.0.1' called FHIRHelpers
codesystem "S": 'urn:s' version '2'
valueset "V": 'urn:v'
code "C": 'c' from "S" display 'see'
parameter "Measurement Period" Interval<DateTime> default Interval[@2026-01-01T00:00:00.0, @2027-01-01T00:00:00.0)
context Patient
define "A": [Observation: "V"] O where O.status in { 'final', 'amended' } and O.effective is not null
define function F(x Integer, y List<Decimal>): if x > 1 then Sum(y) else x * 2.5
define "B": from "A" P, [Condition: code ~ "C"] Q
  with [Encounter] E such that E.period overlaps "Measurement Period"
  let z: (P.value as FHIR.Quantity).value + 1
  where z > 3 and exists (Q.code.coding) return Tuple { p: P, z: z } sort by z desc
define "D": case when Today() >= @2026-02-30 then 5 'mg/dL' else convert '1 g' to Quantity end
define "E": (start of "Measurement Period" + 3 months) 2 days or less before day of Now()
define "G": {1, 2, 3} X aggregate all T starting 0: T + X
"#;

/// A generator of numbers; its seed is the test's.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

/// The text with one thing done to it.
fn changed(text: &str, numbers: &mut Numbers) -> String {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let mut place = || places.get(numbers.below(places.len())).copied().unwrap_or(0);
    let (a, b) = (place(), place());
    let (from, to) = (a.min(b), a.max(b));
    let bits = [
        "(",
        ")",
        "\"",
        "'",
        "[",
        "}",
        "@",
        "$",
        "/*",
        "//",
        "\\u12",
        "define",
        "where",
        "\u{0}",
        "é",
        "1e999",
        "Interval[",
    ];
    match numbers.below(5) {
        0 => format!("{}{}", &text[..from], &text[to..]),
        1 => format!("{}{}{}", &text[..to], &text[from..to], &text[to..]),
        2 => text[..to].to_owned(),
        3 => format!("{}{}{}", &text[..from], bits[numbers.below(bits.len())], &text[from..]),
        _ => format!("{}{}{}{}", &text[..from], bits[numbers.below(bits.len())], &text[to..], &text[from..to]),
    }
}

#[test]
fn changed_texts_are_parsed_or_refused() {
    deep_stack(|| {
        let mut numbers = Numbers(7);
        for _ in 0..1500 {
            let mut text = TEXT.to_owned();
            for _ in 0..=numbers.below(4) {
                text = changed(&text, &mut numbers);
                // Doubling may go on; what is tested is oddness, not size.
                text.truncate(text.char_indices().nth(4000).map_or(text.len(), |(at, _)| at));
            }
            let (_, problems) = parser::library(&text);
            for problem in problems {
                assert!(problem.at <= text.len(), "{}", problem.display(&text));
            }
        }
    });
}

#[test]
fn changed_texts_are_translated_compiled_and_evaluated_or_refused() {
    deep_stack(|| {
        let mut numbers = Numbers(11);
        let models = [ModelInfo::fhir()];
        for _ in 0..40 {
            let text = changed(TEXT, &mut numbers);
            let sources = [Source { name: "Test.cql".into(), text }];
            for result in translate_all(&sources, &models) {
                let Tree::Object(mut fields) = result.translated.elm else { continue };
                if let Ok(library) = Library::from_tree(fields.remove(0).1, "Test") {
                    run(library);
                }
            }
        }
    });
}

#[test]
fn elm_with_parts_taken_out_is_compiled_or_refused() {
    deep_stack(|| {
        let sources = [Source { name: "Test.cql".into(), text: TEXT.replace("@2026-02-30", "@2026-02-20") }];
        let result = translate_all(&sources, &[ModelInfo::fhir()]).remove(0);
        let mut text = String::new();
        result.translated.elm.write(&mut text);
        let mut numbers = Numbers(13);
        for _ in 0..300 {
            let Ok(mut tree) = Tree::parse(&text) else { panic!("our own ELM is read") };
            for _ in 0..=numbers.below(3) {
                take_out(&mut tree, &mut numbers);
            }
            if let Tree::Object(mut fields) = tree
                && !fields.is_empty()
                && let Ok(library) = Library::from_tree(fields.remove(0).1, "Test")
            {
                run(library);
            }
        }
    });
}

/// Walks to a random place and takes it out, or puts something else there.
fn take_out(tree: &mut Tree<'_>, numbers: &mut Numbers) {
    match tree {
        Tree::Object(fields) if !fields.is_empty() => {
            let at = numbers.below(fields.len());
            match numbers.below(12) {
                0 => drop(fields.remove(at)),
                1 => fields[at].1 = Tree::Null,
                2 => fields[at].1 = Tree::List(Vec::new()),
                _ => take_out(&mut fields[at].1, numbers),
            }
        }
        Tree::List(items) if !items.is_empty() => {
            let at = numbers.below(items.len());
            if numbers.below(12) == 0 { drop(items.remove(at)) } else { take_out(&mut items[at], numbers) }
        }
        Tree::Text(text) => *text = "Null".into(),
        _ => {}
    }
}

/// Compiles and evaluates everything that can be.
fn run(library: Library<'_>) {
    let mut shelf = Shelf::default();
    shelf.libraries.push(library);
    let mut terms = Terminology::default();
    let mut compiler = Compiler::new(&shelf, &mut terms);
    let names = compiler.definition_names(0);
    let ids: Vec<u32> = names.iter().filter_map(|name| compiler.definition(0, name).ok()).collect();
    let program = compiler.finish();
    let Some(now) = DateTime::parse("2026-06-01T12:00:00.000", 0) else { panic!("a date") };
    let session = Session::new(&program, &terms, now, Limits { steps: 50_000, ..Limits::default() });
    let record = Record::new();
    let mut evaluator = session.patient(&record);
    for id in ids {
        let _ = evaluator.definition(id);
        let _ = evaluator.reason(id);
        let _ = evaluator.closing(id, true);
    }
}

#[test]
fn a_definition_that_rests_on_itself_and_a_division_by_zero_are_named() {
    let text = "library Test define \"A\": \"B\" define \"B\": \"A\" define \"C\": 1 / 0 define \"D\": 2";
    let sources = [Source { name: "Test.cql".into(), text: text.into() }];
    let result = translate_all(&sources, &[]).remove(0);
    // The translator may refuse the ring itself; then it says so.
    if result.translated.problems.is_empty() {
        let Tree::Object(mut fields) = result.translated.elm else { panic!("no library") };
        run(Library::from_tree(fields.remove(0).1, "Test").expect("library"));
    } else {
        assert!(
            result.translated.problems.iter().any(|p| p.message.contains("itself")),
            "{:?}",
            result.translated.problems
        );
    }
}

#[test]
fn values_that_double_at_each_definition_meet_the_budget_not_the_memory() {
    deep_stack(|| {
        let mut text = "library Test version '1.0'\ndefine \"S0\": 'abcdefgh'\ndefine \"L0\": { 1, 2 }\n".to_owned();
        text.push_str("define \"C0\": 'abcdefgh'\ndefine \"R0\": 'abcdefgh'\n");
        for n in 1..60 {
            let last = n - 1;
            text.push_str(&format!("define \"S{n}\": \"S{last}\" + \"S{last}\"\n"));
            text.push_str(&format!("define \"L{n}\": flatten {{ \"L{last}\", \"L{last}\" }}\n"));
            text.push_str(&format!("define \"C{n}\": Combine({{ \"C{last}\", \"C{last}\" }}, '-')\n"));
            text.push_str(&format!("define \"R{n}\": ReplaceMatches(\"R{last}\", '.', \"R{last}\")\n"));
        }
        let sources = [Source { name: "Test.cql".into(), text }];
        let result = translate_all(&sources, &[ModelInfo::fhir()]).remove(0).translated;
        assert!(result.problems.is_empty(), "{:?}", result.problems.first().map(|one| &one.message));
        let Tree::Object(mut fields) = result.elm else { panic!("a library is an object") };
        let Ok(library) = Library::from_tree(fields.remove(0).1, "Test") else { panic!("our own ELM is read") };
        run(library);
    });
}
