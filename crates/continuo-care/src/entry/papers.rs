//! Coverage, consents, documents, and the people who may hear about the person.

use continuo_fhir::Json;

use super::{Maker, Values};
use crate::build::{append, coding, concept, date, extension, list, object, own, reference, set_text, words};
use crate::problem::WorkError;
use crate::shapes;

pub(super) fn coverage(values: &Values, maker: &mut Maker<'_>) -> Result<Vec<Json>, WorkError> {
    let plan = values.need("plan", "name the plan")?.to_owned();
    let (from, until) = (values.date("from")?, values.date("until")?);
    let mut coverage = maker.resource("Coverage");
    append(&mut coverage, "extension", super::person::confirmed(maker.by, maker.now, maker.zone));
    if !values.get("confirmed").is_empty() {
        append(
            &mut coverage,
            "extension",
            extension("urn:continuo:ext:confirmed-how", "valueString", Json::string(values.get("confirmed"))),
        );
    }
    coverage.set("status", Json::string("active"));
    let mut type_ = if plan.to_lowercase().contains("medicaid") { own(shapes::MEDICAID) } else { words("") };
    set_text(&mut type_, "text", &plan);
    coverage.set("type", type_);
    set_text(&mut coverage, "subscriberId", values.get("number"));
    coverage.set("beneficiary", reference(maker.person));
    let mut period = object([]);
    if let Some(from) = from {
        period.set("start", date(from));
    }
    if let Some(until) = until {
        period.set("end", date(until));
    }
    if from.is_some() || until.is_some() {
        coverage.set("period", period);
    }
    coverage.set("payor", list([object([("display", Json::string(plan))])]));
    Ok(vec![coverage])
}

/// What a consent may be about: answer, words, sensitivity label it opens.
const SCOPES: [(&str, &str, &str); 5] = [
    ("share", "Share the record with others who treat", ""),
    ("part2", "Share substance-use treatment records", "42CFRPart2"),
    ("texts", "Receive texts", ""),
    ("calls", "Receive calls", ""),
    ("programme", "Take part in a program", ""),
];

pub(super) fn consent(values: &Values, maker: &mut Maker<'_>) -> Result<Vec<Json>, WorkError> {
    let (code, text, label) = SCOPES
        .into_iter()
        .find(|(code, ..)| *code == values.get("scope"))
        .ok_or_else(|| WorkError::field("scope", "choose to what"))?;
    let answer = match values.get("answer") {
        "permit" => "permit",
        "deny" => "deny",
        _ => return Err(WorkError::field("answer", "choose agreed or declined")),
    };
    // 42 CFR 2.31 wants it in writing.
    if code == "part2" && answer == "permit" && values.get("how") != "written" {
        return Err(WorkError::field("how", "this consent must be in writing"));
    }
    let mut consent = consent_base(maker, "active", code, text);
    let on = values.day("date")?;
    consent.set("dateTime", date(on));
    let mut provision = object([("type", Json::string(answer))]);
    let mut period = object([("start", date(on))]);
    if let Some(until) = values.date("until")? {
        period.set("end", date(until));
    }
    provision.set("period", period);
    if !label.is_empty() {
        provision.set("securityLabel", list([coding(shapes::ACT_CODE, label)]));
    }
    if !values.get("with").is_empty() {
        let actor = object([
            ("role", words("recipient")),
            ("reference", object([("display", Json::string(values.get("with")))])),
        ]);
        provision.set("actor", list([actor]));
    }
    consent.set("provision", provision);
    Ok(vec![consent])
}

fn consent_base(maker: &mut Maker<'_>, status: &str, code: &str, text: &str) -> Json {
    let mut consent = maker.resource("Consent");
    consent.set("status", Json::string(status));
    consent.set("scope", concept("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy", ""));
    let mut category = own(code);
    set_text(&mut category, "text", text);
    consent.set("category", list([category]));
    consent.set("patient", reference(maker.person));
    consent.set("performer", list([reference(maker.person)]));
    consent.set("policyRule", words("Form of the site"));
    consent
}

/// Somebody the site may speak with: the RelatedPerson, and a Consent that says about what and until when (safety.md 15).
pub(super) fn contact(values: &Values, maker: &mut Maker<'_>) -> Result<Vec<Json>, WorkError> {
    let name = values.need("name", "give the name")?.to_owned();
    let relation = values.need("relation", "give the relation")?.to_owned();
    let until = values.date("until")?;
    let acts = values.all("proxy");
    if !acts.is_empty() && values.get("proof").is_empty() {
        return Err(WorkError::field("proof", "say what proof was seen: they act for the person"));
    }
    let mut related = maker.resource("RelatedPerson");
    let id = related.str_at("id").unwrap_or_default().to_owned();
    for kind in acts {
        let mut proxy = vec![extension("kind", "valueCode", Json::string(&**kind))];
        proxy.push(extension("proof", "valueString", Json::string(values.get("proof"))));
        append(
            &mut related,
            "extension",
            object([("url", Json::string(crate::shapes::EXT_PROXY)), ("extension", Json::Array(proxy))]),
        );
    }
    related.set("active", Json::Bool(true));
    related.set("patient", reference(maker.person));
    related.set("relationship", list([words(&relation)]));
    let mut spoken = object([("text", Json::string(&*name))]);
    if let Some((given, family)) = name.rsplit_once(' ') {
        spoken.set("family", Json::string(family));
        spoken.set("given", list(given.split_whitespace().map(Json::string)));
    } else {
        spoken.set("given", list([Json::string(&*name)]));
    }
    related.set("name", list([spoken]));
    if !values.get("phone").is_empty() {
        related.set(
            "telecom",
            list([object([("system", Json::string("phone")), ("value", Json::string(values.get("phone")))])]),
        );
    }
    let mut period = object([("start", maker.now())]);
    if let Some(until) = until {
        period.set("end", date(until));
    }
    related.set("period", period);
    let mut made = vec![related];
    let topics = values.all("topics");
    if !topics.is_empty() || !acts.is_empty() {
        let mut consent = consent_base(maker, "active", "may-discuss", "May discuss");
        consent.set("dateTime", maker.now());
        let mut provision = object([("type", Json::string("permit"))]);
        if let Some(until) = until {
            provision.set("period", object([("end", date(until))]));
        }
        let actor = object([("role", words("may discuss")), ("reference", reference(&format!("RelatedPerson/{id}")))]);
        provision.set("actor", list([actor]));
        if !topics.is_empty() {
            provision.set("code", list(topics.iter().map(|topic| words(topic))));
        }
        consent.set("provision", provision);
        made.push(consent);
    }
    Ok(made)
}

/// Kinds of a document that is typed in: value of the form and words of `DocumentReference.type`.
pub const DOCUMENT_KINDS: [(&str, &str); 7] = [
    ("discharge", "Discharge summary"),
    ("consult", "Consult report"),
    ("lab", "Lab report"),
    ("imaging", "Imaging report"),
    ("letter", "Letter"),
    ("form", "Form"),
    ("other", "Other"),
];

pub(super) fn document(values: &Values, maker: &mut Maker<'_>) -> Result<Vec<Json>, WorkError> {
    let title = values.need("title", "give a title")?.to_owned();
    let text = values.need("text", "paste or type the text")?.to_owned();
    let day = values.day("date")?;
    let kind = DOCUMENT_KINDS.iter().find(|(code, _)| *code == values.get("kind")).map_or("Other", |(_, words)| *words);
    let mut document = maker.resource("DocumentReference");
    document.set("status", Json::string("current"));
    document.set("type", words(kind));
    document.set("subject", reference(maker.person));
    document.set("date", crate::build::moment(day.low(maker.zone), maker.zone));
    if values.get("from").is_empty() {
        document.set("author", list([reference(maker.by)]));
    } else {
        document.set("author", list([object([("display", Json::string(values.get("from")))])]));
    }
    document.set("description", Json::string(title));
    let attachment = object([
        ("contentType", Json::string("text/plain; charset=utf-8")),
        ("data", Json::string(base64(text.as_bytes()))),
    ]);
    document.set("content", list([object([("attachment", attachment)])]));
    if !values.get("referral").is_empty() {
        document.set("context", object([("related", list([reference(values.get("referral"))]))]));
    }
    Ok(vec![document])
}

/// Base64 as FHIR wants attachments; a dozen lines do not justify a dependency here.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |n: u32| LETTERS.get((n & 63) as usize).copied().map_or('=', char::from);
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        out.push(letter(bits >> 18));
        out.push(letter(bits >> 12));
        out.push(if chunk.len() > 1 { letter(bits >> 6) } else { '=' });
        out.push(if chunk.len() > 2 { letter(bits) } else { '=' });
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (text, expect) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            assert_eq!(super::base64(text.as_bytes()), expect);
        }
    }
}
