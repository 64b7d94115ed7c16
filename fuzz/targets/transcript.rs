//! Transcripts as recorders write them.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for name in ["a.txt", "a.vtt", "a.srt", "a.json"] {
        let (transcript, _) = continuo_exchange::transcript::read(name, data);
        drop(transcript);
    }
    let _ = continuo_text::transcript::turns(&String::from_utf8_lossy(data));
});
