//! Runs a folder of HL7 language tests and prints what fails: `suite DIR`.
#![expect(clippy::print_stdout, reason = "a command-line tool")]

use continuo_cql::deep_stack;
use continuo_cql::front::suite;
use continuo_cql::value::DateTime;

fn main() {
    deep_stack(|| {
        let dir = std::env::args().nth(1).expect("folder");
        let now = DateTime::parse("2026-06-01T12:00:00.000", 0).expect("date");
        let (mut passed, mut total) = (0, 0);
        let mut paths: Vec<_> = std::fs::read_dir(dir).expect("folder").flatten().map(|e| e.path()).collect();
        paths.sort();
        for path in paths.into_iter().filter(|p| p.extension().is_some_and(|e| e == "xml")) {
            let text = std::fs::read_to_string(&path).expect("text");
            for result in suite::run(&text, now).expect("tests") {
                total += 1;
                passed += usize::from(result.passed);
                if !result.passed {
                    println!("{}: {} | {}", result.name, result.expression.replace('\n', " "), result.detail);
                }
            }
        }
        println!("passed {passed} of {total}");
    });
}
