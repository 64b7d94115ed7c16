//! A message read for urgency, and its tokens judged.
#![no_main]

use continuo_text::assertion::Context;
use continuo_text::token::Tokens;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = continuo_text::triage::triage(&text, None);
    let tokens = Tokens::new(&text);
    let context = Context::new(&tokens);
    for at in 0..tokens.len().min(40) {
        let _ = context.of(tokens.span(at, at + 1));
    }
});
