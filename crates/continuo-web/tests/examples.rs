//! The official R4 examples over REST: created, read and exported equal, including the text of decimals.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use std::path::PathBuf;

use common::TestApp;
use continuo_care::access::Permission as P;
use continuo_fhir::Json;

/// The example as it must come back: what the server itself keeps in `meta` is left out on both sides.
fn without_server_meta(mut json: Json) -> Json {
    if let Some(mut meta) = json.remove("meta") {
        meta.remove("versionId");
        meta.remove("lastUpdated");
        if !meta.fields().is_empty() {
            json.set("meta", meta);
        }
    }
    json
}

/// Key order at the top may move `id` behind `resourceType` and `meta` to its place; everything below is compared as text.
fn sorted_top(json: &Json) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> =
        json.fields().iter().map(|(key, value)| (key.as_str().to_owned(), value.to_string())).collect();
    fields.sort();
    fields
}

#[test]
fn official_examples_come_back_equal() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/eval/fhir/r4-examples");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("SKIPPED: no eval data (r4-examples)");
        return;
    };
    let test = TestApp::new();
    let permissions =
        vec![P::RecordRead, P::RecordWrite, P::PersonRead, P::PersonWrite, P::Export, P::AdminPolicy, P::ChooseIds];
    let labels = ["part2", "behavioral", "hiv", "partner-violence", "adolescent"];
    let token = test.token_with(permissions, &labels);
    let mut files: Vec<PathBuf> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "json"));
    files.sort();
    let mut expected = std::collections::BTreeMap::new();
    for file in &files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(file).unwrap();
        let original = Json::parse(&bytes).unwrap();
        let type_ = original.resource_type().unwrap().to_owned();
        let text = String::from_utf8(bytes).unwrap();
        let (answer, id) = match original.str_at("id") {
            Some(id) => (test.fhir(&token, "PUT", &format!("/fhir/{type_}/{id}"), &text), id.to_owned()),
            None => {
                let answer = test.fhir(&token, "POST", &format!("/fhir/{type_}"), &text);
                let id = Json::parse(answer.body.as_bytes()).unwrap().str_at("id").unwrap_or("").to_owned();
                (answer, id)
            }
        };
        assert!(matches!(answer.status, 200 | 201), "{name}: {} {}", answer.status, answer.body);
        let read = test.fhir(&token, "GET", &format!("/fhir/{type_}/{id}"), "");
        assert_eq!(read.status, 200, "{name}");
        let mut wanted = without_server_meta(original);
        wanted.set("id", Json::from(id.as_str()));
        let got = without_server_meta(Json::parse(read.body.as_bytes()).unwrap());
        assert_eq!(sorted_top(&got), sorted_top(&wanted), "{name}");
        expected.insert(format!("{type_}/{id}"), sorted_top(&wanted));
    }
    let exported = export(&test, &token);
    for (address, wanted) in &expected {
        assert_eq!(exported.get(address), Some(wanted), "{address} in the export");
    }
    println!("official examples over REST: {} created, read and exported equal", files.len());
}

fn export(test: &TestApp, token: &str) -> std::collections::BTreeMap<String, Vec<(String, String)>> {
    let local = |url: &str| url.split_once("clinic.test").unwrap().1.to_owned();
    let start = test.fhir(token, "GET", "/fhir/$export", "");
    let manifest = test.fhir(token, "GET", &local(start.header("content-location").unwrap()), "");
    let manifest = Json::parse(manifest.body.as_bytes()).unwrap();
    let mut out = std::collections::BTreeMap::new();
    for file in manifest.get("output").unwrap().items() {
        for line in test.fhir(token, "GET", &local(file.str_at("url").unwrap()), "").body.lines() {
            let json = Json::parse(line.as_bytes()).unwrap();
            let address = format!("{}/{}", json.resource_type().unwrap(), json.str_at("id").unwrap());
            out.insert(address, sorted_top(&without_server_meta(json)));
        }
    }
    out
}
