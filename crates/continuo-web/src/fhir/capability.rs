//! The CapabilityStatement, made from the table of search parameters and built once.

use std::sync::OnceLock;

use continuo_care::{Ctx, is_understood, takes};
use continuo_fhir::ResourceType;
use continuo_fhir::json::Json;
use continuo_fhir::search;

use super::body::{base, negotiate};
use super::outcome::FHIR_JSON;
use crate::app::App;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;

/// Stands where the server's own address goes; replaced in each answer.
const BASE: &str = "urn:continuo:base";

pub(super) fn statement(_: &App, _: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| build().to_string());
    let body = text.replace(BASE, &base(request)).into_bytes();
    Ok(Reply::with(200, FHIR_JSON, super::body::pretty(request, body)).header("cache-control", "private, max-age=60"))
}

fn build() -> Json {
    let coded = |codes: &[&str]| Json::array(codes.iter().map(|code| Json::object([("code", Json::from(*code))])));
    let types = ResourceType::all().map(resource);
    let security = Json::object([
        ("cors", Json::from(false)),
        (
            "description",
            Json::from("Authorization: Bearer with a token made by an administrator of this organization."),
        ),
    ]);
    let operations = [
        ("export", "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export"),
        ("validate", "http://hl7.org/fhir/OperationDefinition/Resource-validate"),
    ];
    let rest = Json::object([
        ("mode", Json::from("server")),
        ("security", security),
        ("resource", Json::array(types)),
        ("interaction", coded(&["transaction", "batch", "search-system", "history-system"])),
        ("operation", Json::array(operations.map(|(name, definition)| operation(name, definition)))),
    ]);
    Json::object([
        ("resourceType", Json::from("CapabilityStatement")),
        ("status", Json::from("active")),
        ("date", Json::from("2026-11-22")),
        ("kind", Json::from("instance")),
        (
            "software",
            Json::object([("name", Json::from("Continuo")), ("version", Json::from(env!("CARGO_PKG_VERSION")))]),
        ),
        ("implementation", Json::object([("description", Json::from("Continuo")), ("url", Json::from(BASE))])),
        ("fhirVersion", Json::from("4.0.1")),
        ("format", Json::array(["application/fhir+json", "json"].map(Json::from))),
        ("patchFormat", Json::array(["application/json-patch+json", "application/fhir+json"].map(Json::from))),
        ("rest", Json::array([rest])),
    ])
}

/// One search parameter and the modifiers it takes; all but the last three take `:missing` too.
fn parameter(name: &str, kind: &str, modifiers: &[&str]) -> Json {
    let mut out = Json::object([("name", Json::from(name)), ("type", Json::from(kind))]);
    if !modifiers.is_empty() {
        let list: Vec<String> = modifiers.iter().map(|modifier| format!(":{modifier}")).collect();
        out.set("documentation", Json::from(format!("Modifiers: {}", list.join(", "))));
    }
    out
}

/// The references of all types that may point at this one: what `_revinclude` takes.
fn pointing_at(type_: ResourceType) -> Vec<String> {
    let mut out = Vec::new();
    for source in ResourceType::all() {
        let params = search::params(source).iter().filter(|param| param.targets.contains(&type_));
        out.extend(params.map(|param| format!("{source}:{}", param.code)));
    }
    out
}

/// Operations on types: type, name, definition.
const OPERATIONS: &[(&str, &str, &str)] = &[
    ("Patient", "everything", "http://hl7.org/fhir/OperationDefinition/Patient-everything"),
    ("Patient", "match", "http://hl7.org/fhir/OperationDefinition/Patient-match"),
    ("Patient", "export", "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export"),
    ("Group", "export", "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/group-export"),
    ("Measure", "evaluate-measure", "http://hl7.org/fhir/OperationDefinition/Measure-evaluate-measure"),
    ("Measure", "data-requirements", "http://hl7.org/fhir/OperationDefinition/Measure-data-requirements"),
    ("Library", "data-requirements", "http://hl7.org/fhir/OperationDefinition/Library-data-requirements"),
    ("Measure", "care-gaps", "http://hl7.org/fhir/us/davinci-deqm/OperationDefinition/care-gaps"),
];

fn operation(name: &str, definition: &str) -> Json {
    Json::object([("name", Json::from(name)), ("definition", Json::from(definition))])
}

fn resource(type_: ResourceType) -> Json {
    let interactions =
        ["read", "vread", "update", "patch", "delete", "history-instance", "history-type", "create", "search-type"];
    let params = search::params(type_);
    let references = params.iter().filter(|param| param.kind == search::ParamKind::Reference);
    let includes: Vec<Json> = references.map(|param| Json::from(format!("{type_}:{}", param.code))).collect();
    let pointing: Vec<Json> = pointing_at(type_).into_iter().map(Json::from).collect();
    let mut out = Json::object([
        ("type", Json::from(type_.as_str())),
        ("interaction", Json::array(interactions.map(|code| Json::object([("code", Json::from(code))])))),
        ("versioning", Json::from("versioned-update")),
        ("readHistory", Json::from(true)),
        ("updateCreate", Json::from(true)),
        ("conditionalCreate", Json::from(true)),
        ("conditionalRead", Json::from("full-support")),
        ("conditionalUpdate", Json::from(true)),
        ("conditionalDelete", Json::from("single")),
        ("referencePolicy", Json::array(["literal", "local"].map(Json::from))),
    ]);
    if !includes.is_empty() {
        out.set("searchInclude", Json::Array(includes));
    }
    if !pointing.is_empty() {
        out.set("searchRevInclude", Json::Array(pointing));
    }
    let known = params.iter().filter(|param| is_understood(type_, param.code));
    let mut listed: Vec<Json> =
        known.map(|param| parameter(param.code, param.kind.as_str(), &takes(type_, param.code))).collect();
    listed.push(parameter("_has", "special", &[]));
    listed.push(parameter("_list", "special", &[]));
    listed.push(parameter("_filter", "special", &[]));
    out.set("searchParam", Json::Array(listed));
    let operations: Vec<Json> =
        OPERATIONS.iter().filter(|(of, ..)| *of == type_.as_str()).map(|(_, name, url)| operation(name, url)).collect();
    if !operations.is_empty() {
        out.set("operation", Json::Array(operations));
    }
    out
}
