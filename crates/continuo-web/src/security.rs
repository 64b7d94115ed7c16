//! Headers every answer carries, and the check that a change comes from our own page.
//!
//! The content security policy allows nothing inline and nothing from elsewhere (OWASP ASVS 5.0 V3.4), so a name
//! full of markup stays a name.

use crate::request::Request;

/// Headers of every answer.
pub(crate) const HEADERS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
];

/// Whether the browser says that this request was made by one of our own pages.
///
/// `Sec-Fetch-Site` where the browser sends it, else `Origin` against `Host`. A request with neither is refused:
/// every browser in use sends one with a POST.
pub(crate) fn is_same_origin(request: &Request) -> bool {
    if let Some(site) = request.header("sec-fetch-site") {
        return site == "same-origin";
    }
    // Only a proxy's word is left there: it may call us by another name than browsers do.
    let host = request.header("x-forwarded-host").or_else(|| request.header("host"));
    match (request.header("origin"), host) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, authority)| authority == host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Pairs;

    fn request(headers: &[(&str, &str)]) -> Request {
        Request {
            method: "POST".into(),
            path: "/x".into(),
            params: vec![],
            query: Pairs::default(),
            raw_query: String::new(),
            headers: headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
            body: vec![],
            peer: None,
        }
    }

    #[test]
    fn only_our_own_pages_may_post() {
        assert!(is_same_origin(&request(&[("sec-fetch-site", "same-origin")])));
        assert!(!is_same_origin(&request(&[("sec-fetch-site", "cross-site"), ("origin", "http://a"), ("host", "a")])));
        assert!(is_same_origin(&request(&[("origin", "http://clinic:8080"), ("host", "clinic:8080")])));
        assert!(!is_same_origin(&request(&[("origin", "http://evil"), ("host", "clinic")])));
        assert!(!is_same_origin(&request(&[("origin", "null"), ("host", "clinic")])));
        assert!(!is_same_origin(&request(&[])));
    }
}
