//! Whatever file is imported: bundles, lines, tables, archives of these.
#![no_main]

use std::ops::ControlFlow;

use continuo_exchange::Limits;
use continuo_exchange::table::Tables;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let limits = Limits::default();
    for name in ["a.json", "a.ndjson", "people.csv", "a.tar.gz", "a.hl7", "a"] {
        let mut input = data;
        continuo_exchange::read::read(name, &mut input, &Tables::new(), &limits, &mut |_| ControlFlow::Continue(()));
    }
});
