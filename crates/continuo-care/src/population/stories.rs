//! Writes the open ends of the morning into a person's record.

use continuo_fhir::json::Json;

use super::chart::{Chart, Measured};
use super::codes;
use super::fields::{Fields, coding, concept, extension, own, period, quantity, reference, text, words};
use super::medicines::{Medicine, Medicines};
use super::morning::{Story, evidence};
use super::staff;
use super::when::{self, DAY, Minute};
use crate::shapes;

use Story as S;

/// Writes one story. Medicines come along because two emergencies turn on them.
pub(super) fn tell(chart: &mut Chart<'_>, medicines: &mut Medicines, story: Story) {
    let id = chart.named(evidence(story));
    match story {
        S::CriticalPotassium => critical_potassium(chart, medicines, id),
        S::ChestPainMessage => {
            let sent = chart.now - 25;
            chart.message_in(
                id,
                sent,
                "Good morning. Since about 6 I have a heavy chest pressure that goes into my left arm. I am sweaty and a bit sick. I did not want to bother anyone, should I take another aspirin?",
            );
        }
        S::SelfHarmAnswer => self_harm_answer(chart, id),
        S::WeightGain => weight_gain(chart, medicines, id),
        S::CriticalInr => critical_inr(chart, medicines, id),
        S::DischargeWithoutContact => {
            let reason = *chart.rng.pick(&[
                "Pneumonia",
                "Heart failure",
                "Urinary infection",
                "COPD flare",
                "Skin infection",
                "Fall with hip bruise",
            ]);
            let days = chart.rng.between(1, 3);
            stay(chart, id, days, reason, words("Hospital stay"), None);
        }
        S::EmergencyVisit => {
            let start = (chart.today - chart.rng.between(2, 6)) * DAY + chart.rng.between(0, 1300);
            let reason =
                *chart.rng.pick(&["Asthma attack", "Low blood sugar", "Fall at home", "Dizziness", "Belly pain"]);
            chart.encounter(id, codes::EMERGENCY, start, 260, words("Emergency visit"), reason);
        }
        S::PsychiatricStay => {
            let days = chart.rng.between(2, 5);
            stay(
                chart,
                id,
                days,
                "Psychiatric admission",
                own(shapes::PSYCHIATRIC, "Psychiatric stay"),
                Some(codes::PSYCHIATRY_LABEL),
            );
        }
        S::UrgentReferral => urgent_referral(chart, id),
        S::ReferralUnanswered => {
            let written = chart.office_hour_ago(24, 50);
            let to = *chart.rng.pick(&[
                "rheumatology",
                "eye clinic",
                "lung clinic",
                "neurology",
                "physical therapy",
                "counseling",
            ]);
            let request = chart.referral(id, "active", false, written, to, words("Needs a specialist's view"));
            let task = chart.id();
            chart.task(
                task,
                own("referral-loop", "Referral"),
                &format!("Referral to {to}"),
                "requested",
                written,
                written + 60 * DAY,
                Some(&request),
            );
        }
        S::ReferralReport => {
            let written = chart.office_hour_ago(50, 80);
            let to = *chart.rng.pick(&["cardiology", "nephrology", "gastroenterology", "sleep clinic"]);
            let request = chart.referral(id, "active", false, written, to, words("Long-lasting condition"));
            let seen = chart.office_hour_ago(16, 30);
            let visit = chart.id();
            chart.appointment(visit, "fulfilled", seen, words(to), &format!("Visit in {to}"), Some(&request));
        }
        S::Voicemail => voicemail(chart, &id),
        S::MissedCriticalVisit => {
            let dialysis = chart.who.age > 45;
            let (kind, wording) =
                if dialysis { (shapes::DIALYSIS, "Dialysis") } else { (shapes::PRENATAL, "Prenatal visit") };
            // Later than every visit that was kept, so that none of them counts as the new date.
            let start = chart.office_hour(chart.today - 1).max((chart.today - 2) * DAY);
            chart.appointment(id, "noshow", start, own(kind, wording), wording, None);
        }
        S::MissedVisit => {
            let start = chart.office_hour_ago(2, 9);
            chart.appointment(id, "noshow", start, words("Blood pressure check"), "Blood pressure check", None);
        }
        S::AbnormalResult => abnormal_result(chart, id),
        S::ResultPending => result_pending(chart, id),
        S::ServiceNotStarted => {
            let (code, wording) =
                *chart.rng.pick(&[(shapes::HOME_HEALTH, "Home health nurse"), (shapes::HOME_OXYGEN, "Oxygen at home")]);
            let written = chart.office_hour_ago(5, 9);
            let request = Fields::resource("ServiceRequest", &id)
                .text("status", "active")
                .text("intent", "order")
                .text("priority", "urgent")
                .with("code", own(code, wording))
                .refer("subject", &chart.who.reference())
                .text("authoredOn", &chart.at(written))
                .refer("requester", &chart.physician())
                .one("performer", reference("Organization/org-home-care"));
            chart.out.push(request.done());
        }
        // Written with the coverage and the enrolment, from the person's needs.
        S::CoverageEnding | S::OutOfContact => {}
        S::AuthorizationEnding => authorization(chart, &id),
        S::UnansweredMessage => {
            let sent = chart.office_hour_ago(2, 5);
            let spanish = chart.who.language == codes::SPANISH;
            let body = *chart.rng.pick(if spanish { SPANISH_MESSAGES } else { MESSAGES });
            chart.message_in(id, sent, body);
        }
        S::OverdueTask => {
            let what = *chart.rng.pick(&[
                "Ask the daughter about help at home",
                "Send the equipment form to the supplier",
                "Check that the pill box was delivered",
                "Call the housing office about the waiting list",
                "Get the records from the last clinic",
            ]);
            let due = chart.office_hour_ago(1, 4);
            chart.task(id, own(shapes::REMINDER, "Reminder"), what, "requested", due - 10 * DAY, due, None);
        }
        S::PromiseDue => {
            let sent = chart.office_hour(chart.today - 4);
            let call = chart.call_out(
                sent,
                shapes::REACHED,
                None,
                "Asked about the ride to the next visit. I will call back with the answer.",
            );
            let due = chart.today * DAY + 16 * 60;
            chart.task(
                id,
                own(shapes::PROMISE, "Promise"),
                "Call back about the ride to the next visit",
                "requested",
                sent + 10,
                due,
                Some(&call),
            );
        }
        S::FaxUnanswered => {
            let sent = chart.office_hour_ago(9, 12);
            let fax = Fields::resource("Communication", &id)
                .text("status", "completed")
                .one("category", own(shapes::FAX, "Fax"))
                .refer("subject", &chart.who.reference())
                .text("sent", &chart.at(sent))
                .one("recipient", reference(staff::HOSPITAL))
                .refer("sender", &chart.coordinator())
                .one(
                    "payload",
                    Fields::new().text("contentString", "Please send the records of the last stay.").done(),
                );
            chart.out.push(fax.done());
        }
        S::FoodInsecurity => {
            let start = chart.office_hour_ago(3, 12);
            chart.answer(id, codes::SURVEY, start, codes::HUNGER_RISK, codes::AT_RISK);
        }
    }
}

const MESSAGES: &[&str] = &[
    "The pharmacy says they are still waiting for your answer about my blood pressure pills.",
    "Can someone tell me when the physical therapy starts?",
    "My ride for next week fell through. Is there another service I can use?",
    "Did the letter for my landlord go out?",
    "Is the flu shot in stock yet?",
];

const SPANISH_MESSAGES: &[&str] = &[
    "¿Me pueden dar otra cita? El martes trabajo.",
    "¿Ya llegó la carta para mi seguro?",
    "Necesito un aparato nuevo para medir el azúcar.",
];

fn critical_potassium(chart: &mut Chart<'_>, medicines: &mut Medicines, id: String) {
    let start = chart.today - 900;
    medicines.start(codes::LISINOPRIL20, start, None);
    medicines.start(codes::SPIRONOLACTONE, start + 500, None);
    let drawn = chart.now - 150;
    critical(chart, id, codes::POTASSIUM, 6.4, 1, codes::MMOL_L, (3.5, 5.1), drawn, chart.now - 12);
    let extra = chart.id();
    let measured = Measured { code: codes::EGFR, value: 21.0, decimals: 0, unit: codes::EGFR_UNIT, range: None };
    chart.observe(extra, codes::LABORATORY, drawn - 90 * DAY, None, &measured);
}

fn critical_inr(chart: &mut Chart<'_>, medicines: &mut Medicines, id: String) {
    medicines.stop(codes::APIXABAN, chart.today - 800, "changed to warfarin");
    medicines.start(codes::WARFARIN, chart.today - 800, None);
    medicines.course(codes::SULFA_TRIMETHOPRIM, chart.today - 6, 7);
    for week in [3, 6, 9] {
        let drawn = chart.office_hour(chart.today - 10 - week * 7);
        let earlier = chart.id();
        let value = chart.rng.normal(2.5, 0.2);
        let measured =
            Measured { code: codes::INR, value, decimals: 1, unit: codes::INR_UNIT, range: Some((2.0, 3.0)) };
        chart.observe(earlier, codes::LABORATORY, drawn, None, &measured);
    }
    let (drawn, reported) = (chart.now - 170, chart.now - 35);
    critical(chart, id, codes::INR, 6.8, 1, codes::INR_UNIT, (2.0, 3.0), drawn, reported);
}

#[expect(clippy::too_many_arguments, reason = "one row of a laboratory report")]
fn critical(
    chart: &mut Chart<'_>,
    id: String,
    code: codes::Code,
    value: f64,
    decimals: usize,
    unit: codes::Code,
    range: (f64, f64),
    drawn: Minute,
    reported: Minute,
) {
    let bounds =
        Fields::new().with("low", quantity(range.0, decimals, unit)).with("high", quantity(range.1, decimals, unit));
    let observation = Fields::resource("Observation", &id)
        .text("status", "final")
        .one("category", Fields::new().one("coding", coding(codes::LABORATORY)).done())
        .with("code", concept(code))
        .refer("subject", &chart.who.reference())
        .text("effectiveDateTime", &chart.at(drawn))
        .text("issued", &chart.at(reported))
        .one("performer", reference(staff::HOSPITAL))
        .with("valueQuantity", quantity(value, decimals, unit))
        .one("interpretation", concept(codes::CRITICAL_HIGH))
        .one("referenceRange", bounds.done());
    chart.out.push(observation.done());
}

fn self_harm_answer(chart: &mut Chart<'_>, id: String) {
    let answered = chart.now - 40;
    let item = |link: &str, value: Json| {
        Fields::new().text("linkId", link).one("answer", Fields::new().with("valueCoding", value).done()).done()
    };
    let form = chart.id();
    let total = Fields::new()
        .text("linkId", "/44261-6")
        .one("answer", Fields::new().with("valueDecimal", super::fields::number(19.0, 0)).done())
        .done();
    let response = Fields::resource("QuestionnaireResponse", &form)
        .text("status", "completed")
        .refer("subject", &chart.who.reference())
        .text("authored", &chart.at(answered))
        .refer("source", &chart.who.reference())
        .with("item", Json::array([item("/44260-8", coding(codes::SEVERAL_DAYS)), total]));
    chart.out.push(response.done());
    chart.answer(id, codes::SURVEY, answered, codes::PHQ9_ITEM9, codes::SEVERAL_DAYS);
    if let Some(answer) = chart.out.last_mut() {
        answer.set("derivedFrom", Json::array([reference(&format!("QuestionnaireResponse/{form}"))]));
    }
    let total = chart.id();
    let measured = Measured { code: codes::PHQ9, value: 19.0, decimals: 0, unit: codes::SCORE, range: None };
    chart.observe(total, codes::SURVEY, answered, None, &measured);
}

/// Up 2.4 kg (5.3 lb) in the five days since discharge; the water pill was stopped on the day after.
fn weight_gain(chart: &mut Chart<'_>, medicines: &mut Medicines, id: String) {
    let home = when::weekday_before(chart.today - 5);
    let stay_id = chart.named("stay");
    let encounter = discharge(chart, stay_id, home, 4, "Heart failure", words("Hospital stay"), None);
    medicines.stop(codes::FUROSEMIDE40, home, "dose changed at discharge");
    medicines.0.push(Medicine {
        code: codes::FUROSEMIDE80,
        start: home,
        stop: None,
        reason: None,
        id: Some(chart.named("water-pill")),
    });
    let call = chart.office_hour(when::weekday(home + 1));
    // Nobody stopped the order: she left it off, and said so on the call.
    let left_off = chart.named("water-pill-said");
    let said = Fields::resource("MedicationStatement", &left_off)
        .text("status", "not-taken")
        .with("statusReason", Json::array([words("up all night")]))
        .with("medicationCodeableConcept", concept(codes::FUROSEMIDE80))
        .refer("subject", &chart.who.reference())
        .text("dateAsserted", &chart.at(call))
        .refer("informationSource", &chart.who.reference());
    chart.out.push(said.done());
    chart.call_out(
        call,
        shapes::REACHED,
        Some(&encounter),
        "Call after discharge, with interpreter. Weighs herself each morning. Tired of getting up at night.",
    );
    let gains = [0.0, 0.3, 0.9, 1.5, 2.0];
    for (day, gain) in (chart.today - 5..chart.today).zip(gains) {
        let weight = chart.id();
        home_weight(chart, weight, day * DAY + 7 * 60, 75.7 + gain);
    }
    let now = chart.now;
    home_weight(chart, id, now - 55, 78.1);
}

fn home_weight(chart: &mut Chart<'_>, id: String, minute: Minute, value: f64) {
    let measured = Measured { code: codes::WEIGHT, value, decimals: 1, unit: codes::KG, range: None };
    chart.observe(id, codes::VITAL_SIGNS, minute, None, &measured);
}

fn stay(chart: &mut Chart<'_>, id: String, days_home: i64, reason: &str, kind: Json, label: Option<codes::Code>) {
    let home = chart.today - days_home;
    let length = chart.rng.between(2, 6);
    discharge(chart, id, home, length, reason, kind, label);
}

fn discharge(
    chart: &mut Chart<'_>,
    id: String,
    home: i64,
    length: i64,
    reason: &str,
    kind: Json,
    label: Option<codes::Code>,
) -> String {
    let end = (home * DAY + 14 * 60 + chart.rng.between(0, 120)).min(chart.now - 120);
    let start = end - length * DAY;
    let encounter = chart.encounter(id, codes::INPATIENT, start, end - start, kind, reason);
    if let (Some(label), Some(written)) = (label, chart.out.last_mut()) {
        written.set("meta", Fields::new().one("security", coding(label)).done());
    }
    let papers = chart.id();
    let body = format!(
        "Alder Regional Medical Center (made-up)\nDischarge summary\n\nReason: {reason}\nStay: {length} days\nFollow-up: clinic within 7 days\nCall the clinic with any new trouble.\n"
    );
    chart.document(papers, codes::DISCHARGE_SUMMARY, end + 40, "Discharge summary", &body, Some(&encounter));
    encounter
}

fn urgent_referral(chart: &mut Chart<'_>, id: String) {
    let written = chart.office_hour_ago(4, 8);
    let (to, why) = *chart.rng.pick(&[
        ("breast clinic", "Lump in the breast, cancer suspected"),
        ("gastroenterology", "Blood in the stool with anemia, cancer suspected"),
        ("cardiology", "New chest tightness on stairs"),
        ("lung clinic", "Shadow on the chest picture, cancer suspected"),
    ]);
    chart.referral(id, "active", true, written, to, words(why));
}

fn voicemail(chart: &mut Chart<'_>, id: &str) {
    let left = chart.office_hour_ago(1, 3);
    let number = chart.who.mobile.clone().or_else(|| chart.who.home_phone.clone()).unwrap_or_default();
    let call = Fields::resource("Communication", id)
        .with(
            "extension",
            Json::array([
                extension(shapes::EXT_DIRECTION, "valueCode", text("in")),
                extension(shapes::EXT_NUMBER, "valueString", text(&number)),
            ]),
        )
        .text("status", "completed")
        .with("statusReason", own(shapes::VOICEMAIL, "Voicemail"))
        .one("category", own(shapes::CALL, "Call"))
        .refer("subject", &chart.who.reference())
        .text("sent", &chart.at(left))
        .text("received", &chart.at(left))
        .one("recipient", reference(staff::CLINIC))
        .refer("sender", &chart.who.reference())
        .one(
            "payload",
            Fields::new().text("contentString", "Voicemail: please call me back about my appointment.").done(),
        );
    chart.out.push(call.done());
}

fn abnormal_result(chart: &mut Chart<'_>, id: String) {
    let drawn = chart.office_hour_ago(4, 9);
    let (code, value, decimals, unit, range) = *chart.rng.pick(&[
        (codes::A1C, 9.8, 1, codes::PERCENT, (4.0, 5.6)),
        (codes::HEMOGLOBIN, 8.1, 1, codes::G_DL, (11.5, 17.0)),
        (codes::A1C, 11.2, 1, codes::PERCENT, (4.0, 5.6)),
        (codes::SODIUM, 126.0, 0, codes::MMOL_L, (135.0, 145.0)),
        (codes::POTASSIUM, 3.1, 1, codes::MMOL_L, (3.5, 5.1)),
    ]);
    let measured = Measured { code, value, decimals, unit, range: Some(range) };
    chart.observe(id, codes::LABORATORY, drawn, None, &measured);
}

/// The stay had its call and its visit is booked: only the result is open.
fn result_pending(chart: &mut Chart<'_>, id: String) {
    let home = when::weekday_before(chart.today - chart.rng.between(5, 9));
    let stay_id = chart.id();
    let encounter = discharge(chart, stay_id, home, 3, "Fever", words("Hospital stay"), None);
    let call = chart.office_hour(when::weekday(home + 1));
    chart.call_out(
        call,
        shapes::REACHED,
        Some(&encounter),
        "Call after discharge. Knows that a blood culture is still out.",
    );
    let visit = chart.id();
    let start = chart.office_hour(chart.today + 2);
    chart.appointment(visit, "booked", start, own(shapes::POST_STAY, "Visit after a stay"), "Visit after a stay", None);
    let report = Fields::resource("DiagnosticReport", &id)
        .text("status", "preliminary")
        .one("category", Fields::new().one("coding", coding(codes::LAB_SECTION)).done())
        .with("code", words("Blood culture"))
        .refer("subject", &chart.who.reference())
        .refer("encounter", &encounter)
        .text("effectiveDateTime", &chart.at(home * DAY + 8 * 60));
    chart.out.push(report.done());
}

fn authorization(chart: &mut Chart<'_>, id: &str) {
    let ends = when::date(chart.today + chart.rng.between(5, 12));
    let answer = Fields::resource("ClaimResponse", id)
        .text("status", "active")
        .with("type", concept(codes::PROFESSIONAL))
        .text("use", "preauthorization")
        .refer("patient", &chart.who.reference())
        .text("created", &when::date(chart.today - 60))
        .refer("insurer", "Organization/org-plan")
        .text("outcome", "complete")
        .text("disposition", "Physical therapy, 12 visits")
        .text("preAuthRef", &format!("PA-{:06}", chart.who.index * 37 % 999_983))
        .with("preAuthPeriod", period(Some(when::date(chart.today - 60)), Some(ends)));
    chart.out.push(answer.done());
}
