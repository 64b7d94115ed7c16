//! The search table against its source: on every official example, the elements that a compiled path reaches are those
//! that FHIRPath finds with the published expression. And a fingerprint of every index value, so that a change shows.

mod support;

use continuo_fhir::fhirpath::{Context, Expression, Item, Value};
use continuo_fhir::{Json, Node, ResourceType, Zone, pack, root, search};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

/// The published expressions by type and code.
fn published() -> Option<BTreeMap<(String, String), Expression>> {
    let folder = support::eval("fhir/definitions")?;
    let bytes = std::fs::read(folder.join("search-parameters-r4.json")).expect("parameters can be read");
    let bundle = Json::parse(&bytes).expect("parameters are JSON");
    let mut out = BTreeMap::new();
    for entry in bundle.get("entry").map(Json::items).unwrap_or_default() {
        let parameter = entry.get("resource").expect("entry has a parameter");
        let (Some(code), Some(expression)) = (parameter.str_at("code"), parameter.str_at("expression")) else {
            continue;
        };
        if parameter.str_at("type") == Some("composite") {
            continue;
        }
        for base in parameter.get("base").map(Json::items).unwrap_or_default() {
            let base = base.as_str().unwrap_or_default().to_string();
            let parsed = Expression::parse(expression).unwrap_or_else(|e| panic!("{code}: {e}"));
            out.insert((base, code.to_string()), parsed);
        }
    }
    Some(out)
}

#[test]
fn paths_reach_what_the_published_expressions_find() {
    let (Some(expressions), Some(folder)) = (published(), support::eval("fhir/r4-examples")) else { return };
    let stand_ins: BTreeMap<&str, Vec<u8>> = ResourceType::all()
        .map(|t| (t.as_str(), pack(&Json::object([("resourceType", Json::from(t.as_str()))]))))
        .collect();
    let (mut compared, mut skipped) = (0, 0);
    for path in support::files(&folder, "json") {
        let json = Json::parse(&std::fs::read(&path).expect("example can be read")).expect("example is JSON");
        let packed = pack(&json);
        let node = root(&packed).expect("just packed");
        let type_ = ResourceType::find(node.resource_type().unwrap_or_default()).expect("example has a type");
        let resolve = |text: &str| {
            let type_ = continuo_fhir::reference::Reference::parse(text).resource_type()?;
            stand_ins.get(type_.as_str()).and_then(|bytes| root(bytes).ok())
        };
        for param in search::params(type_) {
            let key = |base: &str| expressions.get(&(base.to_string(), param.code.to_string()));
            let Some(expression) = key(type_.as_str()).or_else(|| key("DomainResource")).or_else(|| key("Resource"))
            else {
                continue;
            };
            let mut context = Context::of(node);
            context.resolve = Some(&resolve);
            // `as` on several items is an error in FHIRPath and a filter in search; such expressions say nothing here.
            let Ok(values) = expression.evaluate(&context, vec![Value::Item(Item::resource(node))]) else {
                skipped += 1;
                continue;
            };
            if param.code == "deceased" {
                continue;
            }
            compared += 1;
            let show = |node: Node<'_>| node.to_json().to_string();
            // What a contained resource is shows only inside its container; nobody searches for it.
            let is_outside = |node: &Node<'_>| !node.str("reference").is_some_and(|r| r.starts_with('#'));
            let wanted: BTreeSet<String> =
                values.iter().filter_map(|v| v.item()?.node).filter(is_outside).map(show).collect();
            let mut found = BTreeSet::new();
            search::places(node, param, &mut |node| {
                if is_outside(&node) {
                    found.insert(show(node));
                }
            });
            assert_eq!(found, wanted, "{} {type_}.{}", path.display(), param.code);
        }
    }
    println!("search table: {compared} results compared, {skipped} expressions not evaluable");
    assert!(compared > 10_000);
}

#[test]
fn index_values_of_the_examples_stay_as_they_are() {
    let Some(folder) = support::eval("fhir/r4-examples") else { return };
    let zone = Zone::named("America/New_York").expect("zone is built in");
    let mut report = String::new();
    let (mut total, mut kinds) = (0, BTreeMap::new());
    for path in support::files(&folder, "json") {
        let json = Json::parse(&std::fs::read(&path).expect("example can be read")).expect("example is JSON");
        let packed = pack(&json);
        let node = root(&packed).expect("just packed");
        let type_ = ResourceType::find(node.resource_type().unwrap_or_default()).expect("example has a type");
        let (mut count, mut hash) = (0, 0xcbf2_9ce4_8422_2325_u64);
        search::extract(node, type_, &zone, &mut |param, value| {
            count += 1;
            *kinds.entry(param.kind.as_str()).or_insert(0) += 1;
            for byte in format!("{} {value:?}\n", param.code).bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        });
        total += count;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        writeln!(report, "{name} {count} {hash:016x}").expect("writing to text");
    }
    println!("index values: {total} of the examples, by kind {kinds:?}");
    let snapshot = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/index-values.txt");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(snapshot.parent().expect("file in a folder")).expect("folder can be made");
        std::fs::write(&snapshot, &report).expect("snapshot can be written");
    }
    let kept = std::fs::read_to_string(&snapshot).expect("snapshot can be read");
    let changed: Vec<&str> = report.lines().filter(|line| !kept.lines().any(|k| k == *line)).collect();
    assert!(
        changed.is_empty() && kept.lines().count() == report.lines().count(),
        "index values changed; if that is meant, run with UPDATE_SNAPSHOTS=1:\n{}",
        changed.join("\n")
    );
}
