//! ELM: JSON to a library.
#![no_main]

use continuo_cql::elm::library::Library;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = Library::parse(&text, "f.elm.json").is_ok();
});
