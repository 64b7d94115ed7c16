//! The text layer of PDFs: any bytes, small limits.
#![no_main]

use continuo_exchange::pdf::{Limits, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let limits = Limits { pages: 20, unpacked: 1 << 20, steps: 50_000, text: 1 << 16 };
    let text = read(data, limits);
    assert!(text.pages.iter().map(String::len).sum::<usize>() <= limits.text + 4);
});
