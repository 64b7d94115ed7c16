//! `Measure/$evaluate-measure`, `Measure/$data-requirements`, `Library/$data-requirements` (R4) and `Measure/$care-gaps` (R4 and Da Vinci DEQM, old and
//! new parameter names).

use std::collections::BTreeSet;

use continuo_care::Ctx;
use continuo_care::measures::care_gaps::{self, Request as GapRequest, Status, Whose};
use continuo_care::measures::compiled::{Compiled, Known, compiled};
use continuo_care::measures::report::{self, Kind, Subjects};
use continuo_care::measures::{people, requirements, settings};
use continuo_fhir::json::Json;
use continuo_fhir::{Date, DateTime};

use super::body::{self, base, negotiate};
use super::outcome::FHIR_JSON;
use crate::app::App;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;

/// Parameters of an operation, from the address or from a Parameters resource.
struct Params(Vec<(String, Json)>);

impl Params {
    fn of(request: &Request) -> Result<Params, Problem> {
        let mut all: Vec<(String, Json)> =
            request.query.iter().map(|(name, value)| (name.to_owned(), Json::string(value))).collect();
        if request.method == "POST" && !request.body.is_empty() {
            let json = body::json(request)?;
            if json.resource_type() != Some("Parameters") {
                return Err(Problem::bad_request("the body of an operation is a Parameters resource"));
            }
            for one in json.get("parameter").map(Json::items).unwrap_or_default() {
                let value = one
                    .fields()
                    .iter()
                    .find(|(key, _)| key.as_str().starts_with("value") || key.as_str() == "resource");
                if let (Some(name), Some((_, value))) = (one.str_at("name"), value) {
                    all.push((name.to_owned(), value.clone()));
                }
            }
        }
        Ok(Params(all))
    }

    /// All values under some names.
    fn all<'p>(&'p self, names: &'p [&str]) -> impl Iterator<Item = &'p Json> {
        self.0.iter().filter(|(name, _)| names.contains(&name.as_str())).map(|(_, value)| value)
    }

    /// All texts under some names; a reference or identifier gives its text.
    fn texts<'p>(&'p self, names: &'p [&str]) -> impl Iterator<Item = String> + 'p {
        self.all(names).filter_map(|value| {
            let token = || {
                let value_ = value.str_at("value")?;
                Some(value.str_at("system").map_or_else(|| value_.to_owned(), |system| format!("{system}|{value_}")))
            };
            value.as_str().or_else(|| value.str_at("reference")).map(str::to_owned).or_else(token)
        })
    }

    fn text(&self, names: &[&str]) -> String {
        self.texts(names).next().unwrap_or_default()
    }

    /// First and last day of the period asked for; both are needed.
    fn period(&self, ctx: &Ctx) -> Result<String, Problem> {
        let day = |name: &str, end: bool| -> Result<Date, Problem> {
            let text = self.text(&[name]);
            let at = DateTime::parse(&text).ok_or_else(|| {
                Problem::bad_request(format!("`{name}` is needed: a date such as 2026-01-01")).at(name)
            })?;
            let moment = if end { at.high(&ctx.zone).plus_micros(-1) } else { at.low(&ctx.zone) };
            Ok(ctx.zone.day(moment))
        };
        let (first, last) = (day("periodStart", false)?, day("periodEnd", true)?);
        let period = format!("{first}/{last}");
        if continuo_care::measures::evaluate::is_period(&period) {
            Ok(period)
        } else {
            Err(Problem::bad_request("`periodEnd` is before `periodStart`").at("periodEnd"))
        }
    }
}

/// The measure of the address, or of a parameter.
fn find<'c>(compiled: &'c Compiled, asked: &str) -> Result<&'c Known, Problem> {
    let plain = asked.strip_prefix("Measure/").unwrap_or(asked);
    compiled.by_id(plain).or_else(|| compiled.by_url(asked)).ok_or_else(Problem::not_found)
}

/// The measure that the address or the parameter `measure` names.
fn named<'c>(compiled: &'c Compiled, request: &Request, params: &Params) -> Result<&'c Known, Problem> {
    let named = match request.param("id") {
        "" => params.text(&["measure"]),
        id => id.to_owned(),
    };
    if named.is_empty() {
        return Err(Problem::bad_request("say which measure: `measure`, an id or a url").at("measure"));
    }
    find(compiled, &named)
}

/// What a measure asks for; it is the same for every period, so `periodStart` and `periodEnd` are not needed.
pub(super) fn data_requirements(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    settings::may_read(ctx)?;
    let params = Params::of(request)?;
    let compiled = compiled(ctx)?;
    let known = named(&compiled, request, &params)?;
    let library = requirements::of(&compiled, known)
        .ok_or_else(|| Problem::status(422, "business-rule", people::refusal(known)))?;
    Ok(Reply::with(200, FHIR_JSON, body::pretty(request, library.into_bytes())))
}

/// The same of a library of logic.
pub(super) fn library_requirements(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    let params = Params::of(request)?;
    let named = match request.param("id") {
        "" => params.text(&["url", "library", "id"]),
        id => id.to_owned(),
    };
    if named.is_empty() {
        return Err(Problem::bad_request("say which library: `url`, or its id in the address").at("url"));
    }
    let library = requirements::of_library(ctx, &named)?;
    Ok(Reply::with(200, FHIR_JSON, body::pretty(request, library.into_bytes())))
}

pub(super) fn evaluate(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    settings::may_read(ctx)?;
    let params = Params::of(request)?;
    let compiled = compiled(ctx)?;
    let known = named(&compiled, request, &params)?;
    let period = params.period(ctx)?;
    let subject = params.text(&["subject", "patient"]);
    let practitioner = params.text(&["practitioner", "provider"]);
    let subjects = if subject.is_empty() && practitioner.is_empty() {
        Subjects::All
    } else {
        care_gaps::subjects(ctx, &Whose { subject: subject.clone(), practitioner, ..Whose::default() })?
    };
    let one = !subject.is_empty() && !subject.starts_with("Group/");
    let kind = match params.text(&["reportType"]).as_str() {
        "" if one => Kind::Individual,
        "subject" | "individual" | "patient" => Kind::Individual,
        "subject-list" | "patient-list" => Kind::SubjectList,
        "" | "population" | "summary" => Kind::Summary,
        other => {
            let shown: String = other.chars().take(40).collect();
            return Err(Problem::bad_request(format!("`reportType` {shown} is not known")).at("reportType"));
        }
    };
    let received = params.text(&["lastReceivedOn"]);
    let since = match DateTime::parse(&received) {
        Some(at) => Some(at.low(&ctx.zone)),
        None if received.is_empty() => None,
        None => return Err(Problem::bad_request("`lastReceivedOn` is a date and time").at("lastReceivedOn")),
    };
    let report = report::evaluate(ctx, &compiled, known, &period, kind, &subjects, since)?;
    Ok(Reply::with(200, FHIR_JSON, body::pretty(request, report.to_bytes())))
}

pub(super) fn gaps(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    let params = Params::of(request)?;
    let period = params.period(ctx)?;
    let mut statuses = BTreeSet::new();
    for text in params.texts(&["status"]) {
        let status = Status::from_code(&text).ok_or_else(|| {
            Problem::bad_request("`status` is open-gap, closed-gap, prospective-gap or not-applicable").at("status")
        })?;
        statuses.insert(status);
    }
    let whose = Whose {
        subject: params.text(&["subject", "patient"]),
        group: params.all(&["subjectGroup"]).next().cloned(),
        practitioner: params.text(&["practitioner", "provider"]),
        organization: params.text(&["organization"]),
        program: params.text(&["program"]),
    };
    let subjects = care_gaps::subjects(ctx, &whose)?;
    let compiled = compiled(ctx)?;
    let measures = measures(ctx, &compiled, request, &params)?;
    let asked = GapRequest { period, statuses, measures, base: base(request) };
    let report = care_gaps::report(ctx, &compiled, &asked, &subjects)?;
    Ok(Reply::with(200, FHIR_JSON, body::pretty(request, report.to_bytes())))
}

/// The measures named, or all that are switched on.
fn measures<'c>(
    ctx: &Ctx,
    compiled: &'c Compiled,
    request: &Request,
    params: &Params,
) -> Result<Vec<&'c Known>, Problem> {
    let mut named: Vec<&Known> = Vec::new();
    if !request.param("id").is_empty() {
        named.push(find(compiled, request.param("id"))?);
    }
    for text in params.texts(&["measure", "measureId", "measureUrl"]) {
        named.push(find(compiled, &text)?);
    }
    for text in params.texts(&["measureIdentifier"]) {
        named.push(compiled.by_identifier(&text).ok_or_else(Problem::not_found)?);
    }
    let all = settings::all(ctx)?;
    if named.is_empty() {
        let active = all.iter().filter(|loaded| loaded.is_active());
        return Ok(active.filter_map(|loaded| compiled.by_id(&loaded.known.id)).collect());
    }
    for known in &named {
        let tolerates = all
            .iter()
            .find(|loaded| loaded.known.id == known.id)
            .and_then(|loaded| loaded.setting.as_ref())
            .is_some_and(|set| set.tolerates);
        if !known.runs(tolerates) {
            return Err(Problem::status(422, "business-rule", people::refusal(known)));
        }
    }
    Ok(named)
}
