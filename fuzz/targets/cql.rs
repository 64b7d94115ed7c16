//! CQL: parse and translate.
#![no_main]

use continuo_cql::deep_stack;
use continuo_cql::front::workspace::{Source, translate_all};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data).into_owned();
    deep_stack(move || {
        let _ = translate_all(&[Source { name: "f.cql".to_owned(), text }], &[]);
    });
});
