//! The parameters of an operation: in the address, in a form, or in a Parameters resource that was sent.

use continuo_fhir::Json;

use super::body;
use crate::form::Pairs;
use crate::problem::Problem;
use crate::request::Request;

/// All parameters by name, in order; values of the body come after those of the address.
pub(super) fn parameters(request: &Request) -> Result<Pairs, Problem> {
    let mut all: Vec<(String, String)> =
        request.query.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let media = request.header("content-type").unwrap_or("");
    if request.body.is_empty() {
        return Ok(Pairs::of(all));
    }
    if media.starts_with("application/x-www-form-urlencoded") {
        all.extend(Pairs::parse(&request.body).iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
        return Ok(Pairs::of(all));
    }
    let json = body::json(request)?;
    if json.resource_type() != Some("Parameters") {
        return Err(Problem::bad_request("Send the parameters as a Parameters resource").at("resourceType"));
    }
    for (at, part) in json.get("parameter").map(Json::items).unwrap_or_default().iter().enumerate() {
        let place = format!("Parameters.parameter[{at}]");
        let name =
            part.str_at("name").ok_or_else(|| Problem::bad_request("A parameter has no name").at(place.clone()))?;
        let value = part.fields().iter().find(|(key, _)| key.starts_with("value")).map(|(_, value)| value);
        let text = match value {
            Some(Json::String(text)) => text.to_string(),
            Some(Json::Object(_)) => value.and_then(|value| value.str_at("reference")).unwrap_or("").to_owned(),
            Some(other @ (Json::Number(_) | Json::Bool(_))) => other.to_string(),
            _ => {
                return Err(
                    Problem::bad_request(format!("`{}` has no value that is understood", shown(name))).at(place)
                );
            }
        };
        all.push((name.to_owned(), text));
    }
    Ok(Pairs::of(all))
}

fn shown(name: &str) -> String {
    name.chars().take(64).collect()
}
