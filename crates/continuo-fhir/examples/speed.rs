//! Measures reading, packing, indexing, validating: `cargo run --release -p continuo-fhir --example speed FILE...`.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a report for people, who want to know the time")]

use continuo_fhir::facts::{self, MemoryCodes};
use continuo_fhir::{Json, ResourceType, Zone, pack, root, search, validate};
use std::hint::black_box;
use std::time::Instant;

fn main() {
    let inputs: Vec<Vec<u8>> =
        std::env::args().skip(1).map(|path| std::fs::read(path).expect("file can be read")).collect();
    let trees: Vec<Json> = inputs.iter().map(|bytes| Json::parse(bytes).expect("file is JSON")).collect();
    let packed: Vec<Vec<u8>> = trees.iter().map(pack).collect();
    let count = inputs.len().max(1);
    let bytes: usize = inputs.iter().map(Vec::len).sum();
    let packed_bytes: usize = packed.iter().map(Vec::len).sum();
    println!("{count} resources, {} bytes each, packed {} bytes", bytes / count, packed_bytes / count);
    let zone = Zone::named("America/New_York").expect("zone is built in");
    let codes = MemoryCodes::new();
    let measure = |name: &str, work: &dyn Fn(usize)| {
        let rounds = 200_000 / count + 1;
        (0..count).for_each(work);
        let (start, cpu) = (Instant::now(), cpu_micros());
        (0..rounds).for_each(|_| (0..count).for_each(work));
        let each = (rounds * count) as f64;
        let (wall, cpu) = (start.elapsed().as_secs_f64() * 1e6 / each, (cpu_micros() - cpu) / each);
        println!("{name:<30} {cpu:>8.2} us of processor time a resource, {wall:>8.2} us passed");
    };
    measure("parse", &|i| {
        black_box(Json::parse(&inputs[i]).is_ok());
    });
    measure("pack", &|i| {
        black_box(pack(&trees[i]).len());
    });
    measure("parse and pack", &|i| {
        black_box(pack(&Json::parse(&inputs[i]).expect("parsed before")).len());
    });
    measure("write", &|i| {
        black_box(trees[i].to_bytes().len());
    });
    let mut values = 0;
    let mut parameters = 0;
    for bytes in &packed {
        let node = root(bytes).expect("just packed");
        let type_ = ResourceType::find(node.resource_type().unwrap_or_default()).expect("known type");
        parameters += search::params(type_).len();
        search::extract(node, type_, &zone, &mut |_, _| values += 1);
    }
    println!("{} parameters, {} index values a resource", parameters / count, values / count);
    measure("index values", &|i| {
        let node = root(&packed[i]).expect("just packed");
        let type_ = ResourceType::find(node.resource_type().unwrap_or_default()).expect("known type");
        search::extract(node, type_, &zone, &mut |_, value| {
            black_box(value);
        });
    });
    measure("facts row", &|i| {
        black_box(facts::build_packed(&packed[i], "id", &zone, &codes).map(|row| row.len()));
    });
    measure("validate structure", &|i| {
        black_box(validate::structure(root(&packed[i]).expect("just packed")).len());
    });
    measure("validate structure and rules", &|i| {
        black_box(validate::full(root(&packed[i]).expect("just packed")).len());
    });
}

/// Processor time of this thread where Linux tells it, else 0: on a busy machine it says more than the clock.
fn cpu_micros() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or(0.0) / 1000.0
}
