//! What the scribe would propose from one text, by hand: `proposals FILE YYYY-MM-DD [call|visit|dictation|document]`.

use continuo_care::scribe::propose::{self, Known};
use continuo_care::scribe::source::{self, SourceKind};
use continuo_fhir::Date;

#[expect(clippy::print_stdout, reason = "an example reads its file and prints")]
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (file, day, kind) = match args.as_slice() {
        [file, day] => (file, day, "call"),
        [file, day, kind] => (file, day, kind.as_str()),
        _ => panic!("usage: proposals FILE YYYY-MM-DD [call|visit|dictation|document]"),
    };
    let kind = SourceKind::from_word(kind).expect("a known kind");
    let bytes = std::fs::read(file).expect("the file can be read");
    let reading = source::read(kind, file, &bytes);
    let visit = Date::parse(day).expect("a day");
    for one in propose::all(&reading, kind, visit, &Known::default()) {
        let values: Vec<String> = one.values.iter().map(|(name, value)| format!("{name}={value}")).collect();
        println!(
            "{:10} | {} | {} | {} | {}",
            one.kind.word(),
            one.what,
            one.assertion,
            one.certainty.phrase(),
            values.join(", ")
        );
        for quote in &one.quotes {
            println!("{:12}`{}` ({})", "", quote.text, quote.from);
        }
    }
}
