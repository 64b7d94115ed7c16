//! One request as handlers see it: decoded, bounded, with the person who sent it.

use std::net::IpAddr;

use crate::form::Pairs;
use crate::multipart::{self, Part};
use crate::problem::Problem;

/// What came in. The body has been read and is within the limit of its route.
#[derive(Debug, Clone)]
pub struct Request {
    /// GET, POST, ...
    pub method: String,
    /// Path without query.
    pub path: String,
    /// Values of the `{name}` parts of the route.
    pub params: Vec<(String, String)>,
    /// Query string, decoded.
    pub query: Pairs,
    /// Query string as sent.
    pub raw_query: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// Where the connection comes from; `None` in tests without a network.
    pub peer: Option<IpAddr>,
}

impl Request {
    /// The path with its query, as an address to come back to.
    pub fn here(&self) -> String {
        if self.raw_query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.raw_query) }
    }

    /// The value of a `{name}` part of the route; empty if the route has none of that name.
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
    }

    /// The first header of this (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The body as an HTML form.
    pub fn form(&self) -> Result<Pairs, Problem> {
        let media_type = self.header("content-type").unwrap_or("");
        if media_type.starts_with("application/x-www-form-urlencoded") || self.body.is_empty() {
            Ok(Pairs::parse(&self.body))
        } else if multipart::boundary(media_type).is_some() {
            let fields = self.parts().into_iter().filter(|part| part.file.is_none());
            Ok(Pairs::of(fields.map(|part| (part.name.to_owned(), String::from_utf8_lossy(part.bytes).into_owned()))))
        } else {
            Err(Problem::bad_request("the form could not be read").because("content-type is not a form"))
        }
    }

    /// The parts of a form with files; none where it is no such form.
    pub fn parts(&self) -> Vec<Part<'_>> {
        let media_type = self.header("content-type").unwrap_or("");
        multipart::boundary(media_type).map(|boundary| multipart::parts(&self.body, boundary)).unwrap_or_default()
    }

    /// The file sent under a name, if one was chosen.
    pub fn file(&self, name: &str) -> Option<Part<'_>> {
        self.parts().into_iter().find(|part| part.name == name && part.file.is_some_and(|file| !file.is_empty()))
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .filter(|(n, _)| n == "cookie")
            .flat_map(|(_, v)| v.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(n, _)| *n == name)
            .map(|(_, v)| v)
    }

    /// Whether the answer goes to a person's browser rather than to a program.
    pub fn wants_page(&self) -> bool {
        !self.path.starts_with("/fhir")
    }

    /// Path and query, as they were asked for.
    pub fn own_address(&self) -> String {
        if self.raw_query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.raw_query) }
    }
}
