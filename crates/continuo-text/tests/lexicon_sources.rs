//! Every coded term whose source is a plain file names a file that states the code.

use std::path::Path;

use continuo_text::lexicon::lexicon;

#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads public data that is not kept in the project")]
fn the_named_file_states_the_code() {
    let folder = std::env::var("CONTINUO_EVAL")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/eval").to_owned());
    if !Path::new(&folder).is_dir() {
        println!("SKIPPED: the evaluation folder is not beside the workspace");
        return;
    }
    let mut checked = 0;
    for term in &lexicon().terms {
        let Some(((code, _), file)) = term.code.zip(term.source.strip_prefix("eval/")) else { continue };
        if !file.contains(".json") {
            continue; // a value set inside the packed measures
        }
        let text = std::fs::read_to_string(Path::new(&folder).join(file)).unwrap_or_default();
        assert!(text.contains(&format!("\"{code}\"")), "{}: {code} does not stand in {}", term.term, term.source);
        checked += 1;
    }
    assert!(checked >= 40, "{checked}");
}
