//! Bodies of the API: reading resources in, sending resources out.

use continuo_care::Stored;
use continuo_fhir::date::names::{WEEKDAYS, month_short, short};
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
    let media = request.header("content-type").unwrap_or("").to_ascii_lowercase();
    if !(media.is_empty() || media.contains("json")) {
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
    if let Some((_, version)) = wanted.split_once("fhirVersion=")
        && !version.trim_start_matches('"').starts_with("4.0")
    {
        return Err(Problem::status(406, "not-supported", "Only FHIR 4.0 is spoken here"));
    }
    let json =
        wanted.is_empty() || ["json", "*/*", "application/*", "text/html"].iter().any(|taken| wanted.contains(taken));
    if json { Ok(()) } else { Err(Problem::status(406, "not-supported", "Only JSON is sent: application/fhir+json")) }
}

/// The address of this server's API as the client knows it; [`crate::front`] lets only a configured proxy name another.
pub(super) fn base(request: &Request) -> String {
    let host = request.header("x-forwarded-host").or_else(|| request.header("host")).unwrap_or("localhost");
    let scheme = request.header("x-forwarded-proto").unwrap_or("http");
    format!("{scheme}://{host}/fhir")
}

/// A stored version as an answer, with its version headers.
pub(super) fn resource(request: &Request, stored: Stored) -> Reply {
    let etag = format!("W/\"{}\"", stored.version);
    let unchanged = match request.header("if-none-match") {
        Some(tags) => tags.split(',').any(|tag| same_tag(tag.trim(), &etag)),
        // Counted only without the tag, and in whole seconds (RFC 9110 section 13.1.3).
        None => request
            .header("if-modified-since")
            .and_then(moment_of)
            .is_some_and(|since| stored.updated.div_euclid(1_000_000) <= since),
    };
    if unchanged {
        return Reply::empty(304).header("etag", etag).header("last-modified", http_date(stored.updated));
    }
    let bytes = stored.bytes.unwrap_or_default();
    let reply = Reply::with(200, FHIR_JSON, pretty(request, bytes));
    reply.header("etag", etag).header("last-modified", http_date(stored.updated))
}

/// Whether a tag that was sent is ours; weak and strong ones compare alike here (RFC 9110 section 8.8.3.2).
fn same_tag(sent: &str, ours: &str) -> bool {
    sent == "*" || sent.trim_start_matches("W/") == ours.trim_start_matches("W/")
}

/// Seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT`; other forms are not counted.
fn moment_of(text: &str) -> Option<i64> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [_, day, month, year, time, "GMT"] = words.as_slice() else { return None };
    let month = (1..=12).find(|at| month_short(*at) == *month)?;
    let text = format!("{year}-{month:02}-{day}T{time}Z");
    Some(continuo_fhir::Instant::parse(&text)?.micros().div_euclid(1_000_000))
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
    let (date, time) = continuo_fhir::Zone::utc().civil(continuo_fhir::Instant::from_micros(micros));
    let weekday = WEEKDAYS.get(usize::from(date.weekday())).map_or("", |name| short(name));
    format!(
        "{weekday}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
        date.day().unwrap_or(1),
        month_short(date.month().unwrap_or(1)),
        date.year(),
        time.hour(),
        time.minute().unwrap_or(0),
        time.second().unwrap_or(0),
    )
}

#[cfg(test)]
mod tests {
    use super::{http_date, moment_of};

    #[test]
    fn dates_are_those_of_http() {
        assert_eq!(http_date(784_111_777_000_000), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(moment_of("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(moment_of("yesterday"), None);
        assert_eq!(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    }
}
