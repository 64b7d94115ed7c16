//! What tests of the FHIR API ask again and again: store resources, read an answer, follow a link.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use continuo_fhir::Json;

use super::{Answer, TestApp};

/// Stores each resource under its own id.
pub fn put(test: &TestApp, token: &str, resources: &[&str]) {
    for resource in resources {
        let json = Json::parse(resource.as_bytes()).unwrap();
        let path = format!("/fhir/{}/{}", json.resource_type().unwrap(), json.str_at("id").unwrap());
        let answer = test.fhir(token, "PUT", &path, resource);
        assert!(answer.status < 300, "{path}: {}", answer.body);
    }
}

/// The body of an answer that must have this status.
pub fn json(answer: &Answer, status: u16) -> Json {
    assert_eq!(answer.status, status, "{}", answer.body);
    Json::parse(answer.body.as_bytes()).unwrap()
}

/// The path and query of a Bundle's link.
pub fn linked(bundle: &Json, relation: &str) -> Option<String> {
    let link = bundle.get("link")?.items().iter().find(|link| link.str_at("relation") == Some(relation))?;
    Some(local(link.str_at("url")?))
}

/// An address of this server without its origin.
pub fn local(url: &str) -> String {
    url.split_once("clinic.test").unwrap().1.to_owned()
}
