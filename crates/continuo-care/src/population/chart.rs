//! One person's record while it is being written: ids, times, staff references, and the common shapes.

use continuo_fhir::json::Json;

use super::codes::{self, Code};
use super::fields::{Fields, coding, concept, extension, number, own, period, quantity, reference, text, words};
use super::rng::Rng;
use super::when::{self, DAY, Day, Minute};
use super::who::Who;
use super::{Population, staff};
use crate::shapes;

/// A record under construction.
pub(super) struct Chart<'p> {
    pub(super) population: &'p Population,
    pub(super) who: Who,
    pub(super) rng: Rng,
    pub(super) out: Vec<Json>,
    /// The day of the morning.
    pub(super) today: Day,
    /// The minute of the morning.
    pub(super) now: Minute,
    next: u32,
}

/// A measured value with how it is judged.
pub(super) struct Measured {
    pub(super) code: Code,
    pub(super) value: f64,
    pub(super) decimals: usize,
    pub(super) unit: Code,
    /// Reference range; a value outside is flagged high or low.
    pub(super) range: Option<(f64, f64)>,
}

impl Measured {
    /// The flag a laboratory would set.
    pub(super) fn flag(&self) -> Option<Code> {
        let (low, high) = self.range?;
        Some(if self.value > high {
            codes::HIGH
        } else if self.value < low {
            codes::LOW
        } else {
            codes::NORMAL
        })
    }
}

impl<'p> Chart<'p> {
    pub(super) fn new(population: &'p Population, who: Who, rng: Rng) -> Chart<'p> {
        let (today, now) = (population.today(), population.now());
        Chart { population, who, rng, out: Vec::with_capacity(96), today, now, next: 0 }
    }

    /// The next id of this record: `p00041-17`.
    pub(super) fn id(&mut self) -> String {
        self.next += 1;
        format!("{}-{}", self.who.id, self.next)
    }

    /// The id of a resource that the morning names: `p00041-potassium`.
    pub(super) fn named(&self, name: &str) -> String {
        format!("{}-{name}", self.who.id)
    }

    pub(super) fn at(&self, minute: Minute) -> String {
        when::date_time(minute, self.population.offset())
    }

    pub(super) fn physician(&self) -> String {
        self.population.physician(self.who.index).reference()
    }

    pub(super) fn coordinator(&self) -> String {
        self.population.coordinator(self.who.index).reference()
    }

    pub(super) fn nurse(&self) -> String {
        self.population.nurse(self.who.index).reference()
    }

    /// A minute in office hours of a weekday near the day, never in the future for past days.
    pub(super) fn office_hour(&mut self, day: Day) -> Minute {
        let day = if day < self.today { when::weekday_before(day) } else { when::weekday(day) };
        day * DAY + 8 * 60 + self.rng.between(0, 32) * 15
    }

    /// A minute in office hours, between so many days before the morning.
    pub(super) fn office_hour_ago(&mut self, least: Day, most: Day) -> Minute {
        let day = self.today - self.rng.between(least, most);
        self.office_hour(day)
    }

    /// Writes an observation of a quantity and gives back its reference.
    pub(super) fn observe(
        &mut self,
        id: String,
        category: Code,
        minute: Minute,
        encounter: Option<&str>,
        value: &Measured,
    ) -> String {
        let range = value.range.map(|(low, high)| {
            let bounds = Fields::new()
                .with("low", quantity(low, value.decimals, value.unit))
                .with("high", quantity(high, value.decimals, value.unit));
            Json::array([bounds.done()])
        });
        let observation = Fields::resource("Observation", &id)
            .text("status", "final")
            .one("category", Fields::new().one("coding", coding(category)).done())
            .with("code", concept(value.code))
            .refer("subject", &self.who.reference())
            .maybe("encounter", encounter.map(reference))
            .text("effectiveDateTime", &self.at(minute))
            .text("issued", &self.at(minute + if category == codes::LABORATORY { 190 } else { 5 }))
            .with("valueQuantity", quantity(value.value, value.decimals, value.unit))
            .maybe("interpretation", value.flag().map(|flag| Json::array([concept(flag)])))
            .maybe("referenceRange", range);
        self.out.push(observation.done());
        format!("Observation/{id}")
    }

    /// Writes an observation with a coded answer.
    pub(super) fn answer(&mut self, id: String, category: Code, minute: Minute, code: Code, answer: Code) -> String {
        let observation = Fields::resource("Observation", &id)
            .text("status", "final")
            .one("category", Fields::new().one("coding", coding(category)).done())
            .with("code", concept(code))
            .refer("subject", &self.who.reference())
            .text("effectiveDateTime", &self.at(minute))
            .with("valueCodeableConcept", concept(answer));
        self.out.push(observation.done());
        format!("Observation/{id}")
    }

    /// Writes blood pressure as the panel FHIR asks for.
    pub(super) fn blood_pressure(&mut self, minute: Minute, encounter: Option<&str>, systolic: f64, diastolic: f64) {
        let part = |code: Code, value: f64| {
            Fields::new().with("code", concept(code)).with("valueQuantity", quantity(value, 0, codes::MM_HG)).done()
        };
        let id = self.id();
        let observation = Fields::resource("Observation", &id)
            .text("status", "final")
            .one("category", Fields::new().one("coding", coding(codes::VITAL_SIGNS)).done())
            .with("code", concept(codes::BLOOD_PRESSURE))
            .refer("subject", &self.who.reference())
            .maybe("encounter", encounter.map(reference))
            .text("effectiveDateTime", &self.at(minute))
            .with("component", Json::array([part(codes::SYSTOLIC, systolic), part(codes::DIASTOLIC, diastolic)]));
        self.out.push(observation.done());
    }

    /// Writes a finished encounter and gives back its reference.
    pub(super) fn encounter(
        &mut self,
        id: String,
        class: Code,
        start: Minute,
        minutes: Minute,
        kind: Json,
        reason: &str,
    ) -> String {
        let provider =
            if class == codes::INPATIENT || class == codes::EMERGENCY { staff::HOSPITAL } else { staff::CLINIC };
        let stay = (class == codes::INPATIENT)
            .then(|| Fields::new().with("dischargeDisposition", concept(codes::TO_HOME)).done());
        let who = Fields::new().refer("individual", &self.physician()).done();
        let encounter = Fields::resource("Encounter", &id)
            .text("status", "finished")
            .with("class", coding(class))
            .one("type", kind)
            .refer("subject", &self.who.reference())
            .maybe("participant", (provider == staff::CLINIC).then(|| Json::array([who])))
            .with("period", period(Some(self.at(start)), Some(self.at(start + minutes))))
            .one("reasonCode", words(reason))
            .maybe("hospitalization", stay)
            .refer("serviceProvider", provider);
        self.out.push(encounter.done());
        format!("Encounter/{id}")
    }

    /// Writes a message from the person.
    pub(super) fn message_in(&mut self, id: String, sent: Minute, body: &str) -> String {
        let message = Fields::resource("Communication", &id)
            .text("status", "completed")
            .one("category", own(shapes::MESSAGE, "Message"))
            .refer("subject", &self.who.reference())
            .text("sent", &self.at(sent))
            .text("received", &self.at(sent))
            .one("recipient", reference(staff::CLINIC))
            .refer("sender", &self.who.reference())
            .one("payload", Fields::new().text("contentString", body).done());
        self.out.push(message.done());
        format!("Communication/{id}")
    }

    /// Writes an answer of the staff to a message, a fax or a voicemail.
    pub(super) fn reply(&mut self, to: &str, sent: Minute, body: &str) {
        let id = self.id();
        let message = Fields::resource("Communication", &id)
            .one("inResponseTo", reference(to))
            .text("status", "completed")
            .one("category", own(shapes::MESSAGE, "Message"))
            .refer("subject", &self.who.reference())
            .text("sent", &self.at(sent))
            .one("recipient", reference(&self.who.reference()))
            .refer("sender", &self.nurse())
            .one("payload", Fields::new().text("contentString", body).done());
        self.out.push(message.done());
    }

    /// Writes a call to the person with its outcome.
    pub(super) fn call_out(&mut self, sent: Minute, outcome: &str, about: Option<&str>, body: &str) -> String {
        let id = self.id();
        let reached = outcome == shapes::REACHED;
        let minutes = if reached { self.rng.between(3, 14) as f64 } else { 1.0 };
        let mut extensions = vec![
            extension(shapes::EXT_DIRECTION, "valueCode", text("out")),
            extension(shapes::EXT_MINUTES, "valueDecimal", number(minutes, 0)),
        ];
        if let Some(dialled) = self.who.mobile.as_ref().or(self.who.home_phone.as_ref()) {
            extensions.push(extension(shapes::EXT_NUMBER, "valueString", text(dialled)));
        }
        if reached {
            extensions.push(extension(shapes::EXT_ANSWERED_BY, "valueString", text(&self.who.given)));
            extensions.push(extension(shapes::EXT_IDENTITY_CHECK, "valueString", text("name and birth date")));
        }
        let call = Fields::resource("Communication", &id)
            .with("extension", Json::Array(extensions))
            .text("status", if reached { "completed" } else { "not-done" })
            .with("statusReason", own(outcome, outcome))
            .one("category", own(shapes::CALL, "Call"))
            .refer("subject", &self.who.reference())
            .maybe("about", about.map(|target| Json::array([reference(target)])))
            .text("sent", &self.at(sent))
            .one("recipient", reference(&self.who.reference()))
            .refer("sender", &self.coordinator())
            .one("payload", Fields::new().text("contentString", body).done());
        self.out.push(call.done());
        format!("Communication/{id}")
    }

    /// Writes an appointment.
    pub(super) fn appointment(
        &mut self,
        id: String,
        status: &str,
        start: Minute,
        service: Json,
        why: &str,
        based_on: Option<&str>,
    ) -> String {
        let person = Fields::new().refer("actor", &self.who.reference()).text("status", "accepted").done();
        let clinician = Fields::new().refer("actor", &self.physician()).text("status", "accepted").done();
        let created = (start - 21 * DAY).min(self.now - DAY);
        let appointment = Fields::resource("Appointment", &id)
            .text("status", status)
            .one("serviceType", service)
            .text("description", why)
            .text("start", &self.at(start))
            .text("end", &self.at(start + 30))
            .text("created", &self.at(created))
            .maybe("basedOn", based_on.map(|target| Json::array([reference(target)])))
            .with("participant", Json::array([person, clinician]));
        self.out.push(appointment.done());
        format!("Appointment/{id}")
    }

    /// Writes a text document.
    pub(super) fn document(
        &mut self,
        id: String,
        kind: Code,
        minute: Minute,
        title: &str,
        body: &str,
        related: Option<&str>,
    ) -> String {
        let attachment = Fields::new()
            .text("contentType", "text/plain")
            .text("data", &super::base64(body.as_bytes()))
            .text("title", title)
            .done();
        let context = related.map(|target| {
            if target.starts_with("Encounter/") {
                Fields::new().one("encounter", reference(target)).done()
            } else {
                Fields::new().one("related", reference(target)).done()
            }
        });
        let document = Fields::resource("DocumentReference", &id)
            .text("status", "current")
            .with("type", concept(kind))
            .refer("subject", &self.who.reference())
            .text("date", &self.at(minute))
            .text("description", title)
            .one("content", Fields::new().with("attachment", attachment).done())
            .maybe("context", context);
        self.out.push(document.done());
        format!("DocumentReference/{id}")
    }

    /// Writes a referral with this status.
    pub(super) fn referral(
        &mut self,
        id: String,
        status: &str,
        urgent: bool,
        written: Minute,
        to: &str,
        reason: Json,
    ) -> String {
        let request = Fields::resource("ServiceRequest", &id)
            .text("status", status)
            .text("intent", "order")
            .one("category", own(shapes::REFERRAL, "Referral"))
            .text("priority", if urgent { "urgent" } else { "routine" })
            .with("code", words(&format!("Referral to {to}")))
            .refer("subject", &self.who.reference())
            .text("authoredOn", &self.at(written))
            .refer("requester", &self.physician())
            .with("performerType", words(to))
            .one("reasonCode", reason);
        self.out.push(request.done());
        format!("ServiceRequest/{id}")
    }

    /// Writes a piece of work.
    #[expect(clippy::too_many_arguments, reason = "one row of a task list")]
    pub(super) fn task(
        &mut self,
        id: String,
        code: Json,
        what: &str,
        status: &str,
        written: Minute,
        due: Minute,
        focus: Option<&str>,
    ) -> String {
        let task = Fields::resource("Task", &id)
            .text("status", status)
            .text("intent", "order")
            .text("priority", "routine")
            .with("code", code)
            .text("description", what)
            .maybe("focus", focus.map(reference))
            .refer("for", &self.who.reference())
            .text("authoredOn", &self.at(written))
            .text("lastModified", &self.at(written))
            .refer("requester", &self.physician())
            .refer("owner", &self.coordinator())
            .with("restriction", Fields::new().with("period", period(None, Some(self.at(due)))).done());
        self.out.push(task.done());
        format!("Task/{id}")
    }
}
