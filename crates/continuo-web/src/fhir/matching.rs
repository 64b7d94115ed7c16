//! `Patient/$match` (R4, Patient-match) and `Patient/{id}/$person`: who somebody is, and which records are theirs.
//!
//! Both read only. Links are never written into a stored Patient: a version is the same bytes for ever (ADR on links).

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::identity::{matching, sources};
use continuo_fhir::Json;

use super::body::{self, base, json, negotiate};
use super::bundle::Builder;
use super::outcome::FHIR_JSON;
use crate::app::App;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;

/// The extension that says how sure a match is (R4, extension-match-grade).
const GRADE: &str = "http://hl7.org/fhir/StructureDefinition/match-grade";
/// Results when `count` does not say.
const USUAL: usize = 10;
/// The most results.
const MOST: usize = 50;

/// `POST /fhir/Patient/$match` with Parameters: `resource`, `onlyCertainMatches`, `count`.
pub(super) fn find(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    let asked = json(request)?;
    if asked.resource_type() != Some("Parameters") {
        return Err(Problem::bad_request("`$match` takes a Parameters resource"));
    }
    let parameters = asked.get("parameter").map(Json::items).unwrap_or_default();
    let named = |name: &str| parameters.iter().find(|one| one.str_at("name") == Some(name));
    let patient = named("resource").and_then(|one| one.get("resource"));
    let patient = patient.filter(|one| one.resource_type() == Some("Patient"));
    let patient = patient.ok_or_else(|| Problem::bad_request("Parameters holds no `resource` that is a Patient"))?;
    let only_certain =
        named("onlyCertainMatches").and_then(|one| one.get("valueBoolean")).and_then(Json::as_bool).unwrap_or(false);
    let count = match named("count").and_then(|one| one.get("valueInteger")) {
        None => USUAL,
        Some(count) => count
            .as_i64()
            .and_then(|count| usize::try_from(count).ok())
            .filter(|count| *count > 0)
            .ok_or_else(|| Problem::bad_request("`count` is not a whole number above 0"))?
            .min(MOST),
    };
    let mut found = matching::find(ctx, patient, count)?;
    if only_certain {
        // More than one certain match is none: the caller asked for the person or nobody.
        found.retain(|one| one.grade == "certain");
        if found.len() > 1 {
            found.clear();
        }
    }
    let base = base(request);
    let mut out = Builder::new("searchset");
    for one in &found {
        let search = Json::object([
            (
                "extension",
                Json::array([Json::object([("url", Json::from(GRADE)), ("valueCode", Json::from(one.grade))])]),
            ),
            ("mode", Json::from("match")),
            ("score", Json::parse(format!("{:.4}", one.score).as_bytes()).unwrap_or(Json::Null)),
        ]);
        let address = format!("{base}/Patient/{}", one.stored.id);
        out.push(Some(&address), one.stored.bytes.as_deref(), Some(&search.to_string()), None);
    }
    let links = [("self", format!("{base}/Patient/$match"))];
    Ok(Reply::with(200, FHIR_JSON, body::pretty(request, out.total(found.len() as u64).finish(&links))))
}

/// `GET /fhir/Patient/{id}/$person`: a Person that links the records of this one's person, as the caller sees them.
pub(super) fn person(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    ctx.require(Permission::PersonRead)?;
    let members = sources::of_person(ctx, request.param("id"))?;
    let main = members.first().ok_or_else(Problem::not_found)?;
    let links = members.iter().map(|one| {
        let target = Json::object([("reference", Json::from(format!("Patient/{}", one.id)))]);
        let sure = if one.by.starts_with("Practitioner/") { "level3" } else { "level2" };
        Json::object([("target", target), ("assurance", Json::from(sure))])
    });
    let person = Json::object([
        ("resourceType", Json::from("Person")),
        ("id", Json::from(main.id.as_str())),
        ("active", Json::from(true)),
        ("link", Json::array(links)),
    ]);
    Ok(Reply::with(200, FHIR_JSON, body::pretty(request, person.to_bytes())))
}
