//! Bodies of the API: reading resources in, sending resources out.

use continuo_care::Stored;
use continuo_fhir::issue::IssueCode;
use continuo_fhir::json::{Json, ParseError};
use continuo_fhir::{Issue, ResourceType};

use super::outcome::FHIR_JSON;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;

/// The resource type of the address.
pub(super) fn type_of(request: &Request) -> Result<ResourceType, Problem> {
    let name = request.param("type");
    ResourceType::find(name).ok_or_else(|| {
        let shown: String = name.chars().take(64).collect();
        Problem::status(404, "not-supported", format!("`{shown}` is not a resource type of FHIR R4"))
    })
}

/// The JSON tree of the body.
pub(super) fn json(request: &Request) -> Result<Json, Problem> {
    read(request, Json::parse)
}

/// The body read as JSON by `parse`.
pub(super) fn read<'a, T>(
    request: &'a Request,
    parse: impl FnOnce(&'a [u8]) -> Result<T, ParseError>,
) -> Result<T, Problem> {
    let media = request.header("content-type").unwrap_or("application/fhir+json");
    if media.contains("xml") || media.contains("turtle") {
        return Err(Problem::status(415, "not-supported", "Send FHIR as JSON: content-type application/fhir+json"));
    }
    parse(&request.body).map_err(|error| {
        let issue = Issue::error(IssueCode::Structure, error.path.clone(), error.to_string());
        Problem::of_issues(400, vec![issue])
    })
}

/// Refuses what cannot be answered in JSON.
pub(super) fn negotiate(request: &Request) -> Result<(), Problem> {
    let wanted = request.query.get("_format").or_else(|| request.header("accept")).unwrap_or("");
    let json = wanted.is_empty() || wanted.contains("json") || wanted.contains("*/*") || wanted.contains("text/html");
    if json { Ok(()) } else { Err(Problem::status(406, "not-supported", "Only JSON is sent: application/fhir+json")) }
}

/// The address of this server's API as the client knows it.
pub(super) fn base(request: &Request) -> String {
    let host = request.header("x-forwarded-host").or_else(|| request.header("host")).unwrap_or("localhost");
    let scheme = request.header("x-forwarded-proto").unwrap_or("http");
    format!("{scheme}://{host}/fhir")
}

/// A stored version as an answer, with its version headers.
pub(super) fn resource(request: &Request, stored: Stored) -> Reply {
    let etag = format!("W/\"{}\"", stored.version);
    if request.header("if-none-match").is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == etag)) {
        return Reply::empty(304).header("etag", etag);
    }
    let bytes = stored.bytes.unwrap_or_default();
    let reply = Reply::with(200, FHIR_JSON, pretty(request, bytes));
    reply.header("etag", etag).header("last-modified", http_date(stored.updated))
}

/// Indented when `_pretty=true`.
pub(super) fn pretty(request: &Request, bytes: Vec<u8>) -> Vec<u8> {
    if request.query.get("_pretty") != Some("true") {
        return bytes;
    }
    match Json::parse(&bytes) {
        Ok(json) => {
            let mut out = Vec::with_capacity(bytes.len() * 2);
            json.write_pretty(&mut out);
            out
        }
        Err(_) => bytes,
    }
}

/// What the client wants back after a change (`Prefer: return=..`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Representation,
    Minimal,
    Outcome,
}

/// Reads the `Prefer` header; the resource is the default.
pub(super) fn wanted(request: &Request) -> Wanted {
    let prefer = request.header("prefer").unwrap_or("");
    if prefer.contains("return=minimal") {
        Wanted::Minimal
    } else if prefer.contains("return=OperationOutcome") {
        Wanted::Outcome
    } else {
        Wanted::Representation
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7) of microseconds since 1970.
pub(super) fn http_date(micros: i64) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (date, time) = continuo_fhir::Zone::utc().civil(continuo_fhir::Instant::from_micros(micros));
    // 1970-01-01 was a Thursday.
    let weekday = (date.to_days() + 3).rem_euclid(7) as usize;
    let month = usize::from(date.month().unwrap_or(1)).saturating_sub(1);
    format!(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
        DAYS.get(weekday).unwrap_or(&"Mon"),
        date.day().unwrap_or(1),
        MONTHS.get(month).unwrap_or(&"Jan"),
        date.year(),
        time.hour(),
        time.minute().unwrap_or(0),
        time.second().unwrap_or(0),
    )
}

#[cfg(test)]
mod tests {
    use super::http_date;

    #[test]
    fn dates_are_those_of_http() {
        assert_eq!(http_date(784_111_777_000_000), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    }
}
