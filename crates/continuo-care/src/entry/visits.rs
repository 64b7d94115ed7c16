//! Appointments, discharges and referrals.

use continuo_fhir::Json;

use super::{Maker, Values};
use crate::build::{append, coding, date, list, moment, object, own, reference, set_text, words};
use crate::followup::disposition;
use crate::problem::WorkError;
use crate::shapes;

pub(super) fn appointment(values: &Values, maker: &mut Maker<'_>) -> Result<Vec<Json>, WorkError> {
    let with = values.need("with", "say with whom")?.to_owned();
    let day = values.day("date")?;
    let start = maker.moment(day, values.need("time", "give a time, such as 9:20 am")?, "time")?;
    let minutes: i64 = match values.get("minutes") {
        "" => 30,
        text => text.parse().map_err(|_| WorkError::field("minutes", "give minutes as a number"))?,
    };
    let end = start.plus_seconds(minutes.clamp(1, 24 * 60) * 60);
    let mut appointment = maker.resource("Appointment");
    appointment.set("status", Json::string("booked"));
    if !values.get("reason").is_empty() {
        appointment.set("serviceType", list([words(values.get("reason"))]));
        appointment.set("description", Json::string(values.get("reason")));
    }
    if !values.get("referral").is_empty() {
        appointment.set("basedOn", list([reference(values.get("referral"))]));
    }
    appointment.set("start", moment(start, maker.zone));
    appointment.set("end", moment(end, maker.zone));
    appointment.set("created", maker.now());
    let needs = values.all("needs");
    if !needs.is_empty() {
        appointment.set("comment", Json::string(format!("Needs: {}", needs.join(", "))));
    }
    let person = object([("actor", reference(maker.person)), ("status", Json::string("accepted"))]);
    let other = object([("actor", object([("display", Json::string(with))])), ("status", Json::string("accepted"))]);
    appointment.set("participant", list([person, other]));
    Ok(vec![appointment])
}

pub(super) fn discharge(values: &Values, maker: &mut Maker<'_>) -> Result<Vec<Json>, WorkError> {
    let facility = values.need("facility", "say from where")?.to_owned();
    let day = values.day("date")?;
    if day.low(maker.zone) > maker.now {
        return Err(WorkError::field("date", "this day has not come yet"));
    }
    let admitted = values.date("admitted")?;
    if admitted.is_some_and(|admitted| admitted.low(maker.zone) > day.low(maker.zone)) {
        return Err(WorkError::field("admitted", "this is after the discharge"));
    }
    let stay = values.get("stay");
    let class = match stay {
        "emergency" => "EMER",
        "observation" => "OBSENC",
        "rehab" | "snf" => "NONAC",
        _ => "IMP",
    };
    let mut encounter = maker.resource("Encounter");
    let id = encounter.str_at("id").unwrap_or_default().to_owned();
    encounter.set("status", Json::string("finished"));
    encounter.set("class", coding(shapes::ACT_CODE, class));
    if stay == "psychiatric" {
        encounter.set("type", list([own(shapes::PSYCHIATRIC)]));
    }
    encounter.set("subject", reference(maker.person));
    encounter.set("period", object([("start", date(admitted.unwrap_or(day))), ("end", date(day))]));
    encounter.set("serviceProvider", object([("display", Json::string(facility))]));
    if !values.get("reason").is_empty() {
        encounter.set("reasonCode", list([words(values.get("reason"))]));
    }
    // Code and words of where they went; the codes' source is knowledge/follow-up/dispositions.csv.
    let (code, to) = match values.get("to") {
        "home" => ("home", "Home"),
        "assisted" => ("alt-home", "Assisted living"),
        "snf" => ("snf", "Skilled nursing"),
        "rehab" => ("rehab", "Rehabilitation"),
        "hospice" => ("hosp", "Hospice care"),
        "against-advice" => ("aadvice", "Left against medical advice"),
        "died" => ("exp", "Died in the stay"),
        "other" => ("oth", "Elsewhere"),
        _ => ("", "Not known"),
    };
    let mut went = words(to);
    if !code.is_empty() {
        went.set("coding", list([coding(disposition::SYSTEM, code)]));
    }
    encounter.set("hospitalization", object([("dischargeDisposition", went)]));
    let mut made = vec![encounter];
    let stay_reference = format!("Encounter/{id}");
    if values.has("pending", "results") {
        let mut report = maker.resource("DiagnosticReport");
        report.set("status", Json::string("registered"));
        report.set("code", words("Results pending at discharge"));
        report.set("subject", reference(maker.person));
        report.set("encounter", reference(&stay_reference));
        report.set("effectiveDateTime", date(day));
        made.push(report);
    }
    for (answer, code, name) in [
        ("home-health", shapes::HOME_HEALTH, "Home health"),
        ("oxygen", shapes::HOME_OXYGEN, "Home oxygen"),
        ("equipment", "equipment", "Equipment at home"),
    ] {
        if !values.has("pending", answer) {
            continue;
        }
        let mut order = maker.resource("ServiceRequest");
        order.set("status", Json::string("active"));
        order.set("intent", Json::string("order"));
        let mut concept = own(code);
        set_text(&mut concept, "text", name);
        order.set("code", concept);
        order.set("subject", reference(maker.person));
        order.set("encounter", reference(&stay_reference));
        order.set("authoredOn", date(day));
        made.push(order);
    }
    Ok(made)
}

pub(super) fn referral(values: &Values, maker: &mut Maker<'_>) -> Result<Vec<Json>, WorkError> {
    let what = values.need("what", "say to what")?.to_owned();
    let reason = values.need("reason", "give the reason")?.to_owned();
    let mut request = maker.resource("ServiceRequest");
    if !values.get("authorization").is_empty() {
        let number = object([
            ("system", Json::string("urn:continuo:authorization")),
            ("value", Json::string(values.get("authorization"))),
        ]);
        append(&mut request, "identifier", number);
    }
    request.set("status", Json::string("active"));
    request.set("intent", Json::string("order"));
    request.set("category", list([own(shapes::REFERRAL)]));
    let priority = match values.get("priority") {
        code @ ("urgent" | "asap" | "stat") => code,
        _ => "routine",
    };
    request.set("priority", Json::string(priority));
    request.set("code", words(&format!("Referral to {what}")));
    request.set("subject", reference(maker.person));
    request.set("authoredOn", maker.now());
    request.set("requester", reference(maker.by));
    request.set("performerType", words(&what));
    if !values.get("to").is_empty() {
        request.set("performer", list([object([("display", Json::string(values.get("to")))])]));
    }
    request.set("reasonCode", list([words(&reason)]));
    Ok(vec![request])
}
