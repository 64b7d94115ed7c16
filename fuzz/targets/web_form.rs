//! Forms and query strings.
#![no_main]

use continuo_web::form::{Pairs, decode, encode};
use continuo_web::multipart;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let pairs = Pairs::parse(data);
    for (_, value) in pairs.iter() {
        assert_eq!(decode(encode(value).as_bytes()), value);
    }
    let _ = multipart::parts(data, "b");
    let _ = multipart::boundary(&String::from_utf8_lossy(data)).map(|boundary| multipart::parts(data, boundary));
});
