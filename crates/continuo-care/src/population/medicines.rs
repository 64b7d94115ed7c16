//! Medicines that follow the conditions, and the `MedicationRequest`s that say so.

use continuo_fhir::json::Json;

use super::chart::Chart;
use super::codes::{self, Code};
use super::fields::{Fields, coding, concept, reference, text, words};
use super::when::{DAY, Day};

/// A medicine over time.
#[derive(Debug, Clone)]
pub(super) struct Medicine {
    pub(super) code: Code,
    pub(super) start: Day,
    pub(super) stop: Option<(Day, &'static str)>,
    /// Reference of the condition it is for.
    pub(super) reason: Option<String>,
    /// Resource id, where the morning names it.
    pub(super) id: Option<String>,
}

/// How each medicine is taken, in words.
fn sig(code: Code) -> &'static str {
    match code {
        codes::METFORMIN => "Take 2 tablets by mouth with the evening meal",
        codes::GLIPIZIDE => "Take 1 tablet by mouth twice a day before meals",
        codes::GLARGINE => "Inject 20 units under the skin at bedtime",
        codes::LISPRO => "Inject 6 units under the skin with each meal",
        codes::CARVEDILOL | codes::APIXABAN => "Take 1 tablet by mouth twice a day",
        codes::SIMVASTATIN | codes::ATORVASTATIN80 | codes::DONEPEZIL => "Take 1 tablet by mouth at bedtime",
        codes::WARFARIN => "Take 1 tablet by mouth each evening, dose by INR",
        codes::FUROSEMIDE40 | codes::FUROSEMIDE80 => "Take 1 tablet by mouth each morning",
        codes::ALBUTEROL => "2 puffs every 4 to 6 hours if short of breath",
        codes::FLUTICASONE | codes::FLUTICASONE_SALMETEROL => "1 puff twice a day, rinse mouth",
        codes::BUPRENORPHINE_NALOXONE => "Dissolve 1 tablet under the tongue each day",
        codes::ACETAMINOPHEN => "Take 2 tablets by mouth every 6 hours if needed for pain",
        codes::NAPROXEN => "Take 1 tablet by mouth twice a day with food if needed for pain",
        codes::AMOXICILLIN => "Take 2 capsules by mouth three times a day for 7 days",
        codes::PREDNISONE => "Take 2 tablets by mouth each morning for 5 days",
        codes::TAMSULOSIN => "Take 1 capsule (0.4 mg) by mouth after the evening meal",
        codes::LITHIUM => "Take 300 mg by mouth twice a day",
        _ => "Take 1 tablet by mouth once a day",
    }
}

/// The medicines of one person.
#[derive(Debug, Default)]
pub(super) struct Medicines(pub(super) Vec<Medicine>);

impl Medicines {
    /// Whether it is taken now.
    pub(super) fn takes(&self, code: Code) -> bool {
        self.0.iter().any(|medicine| medicine.code == code && medicine.stop.is_none())
    }

    /// Starts it unless it was ever started.
    pub(super) fn start(&mut self, code: Code, day: Day, reason: Option<&str>) -> bool {
        if self.0.iter().any(|medicine| medicine.code == code) {
            return false;
        }
        self.0.push(Medicine { code, start: day, stop: None, reason: reason.map(str::to_owned), id: None });
        true
    }

    /// A short course with its end.
    pub(super) fn course(&mut self, code: Code, day: Day, days: Day) {
        self.0.push(Medicine { code, start: day, stop: Some((day + days, "course finished")), reason: None, id: None });
    }

    /// Stops it.
    pub(super) fn stop(&mut self, code: Code, day: Day, why: &'static str) {
        if let Some(medicine) = self.0.iter_mut().find(|medicine| medicine.code == code && medicine.stop.is_none()) {
            medicine.stop = Some((day, why));
        }
    }
}

/// Writes them all.
pub(super) fn write(chart: &mut Chart<'_>, medicines: &Medicines) {
    let earliest = chart.today - 3650;
    for medicine in &medicines.0 {
        let id = medicine.id.clone().unwrap_or_else(|| chart.id());
        let written = medicine.start.max(earliest) * DAY + 10 * 60;
        let status = match medicine.stop {
            None => "active",
            Some((_, "course finished")) => "completed",
            Some(_) => "stopped",
        };
        let part2 = medicine.code == codes::BUPRENORPHINE_NALOXONE;
        let request = Fields::resource("MedicationRequest", &id)
            .maybe("meta", part2.then(|| Fields::new().one("security", coding(codes::PART2)).done()))
            .text("status", status)
            .maybe("statusReason", medicine.stop.map(|(_, why)| words(why)))
            .text("intent", "order")
            .with("medicationCodeableConcept", concept(medicine.code))
            .refer("subject", &chart.who.reference())
            .text("authoredOn", &chart.at(written))
            .refer("requester", &chart.physician())
            .maybe("reasonReference", medicine.reason.as_deref().map(|target| Json::array([reference(target)])))
            .one("dosageInstruction", Fields::new().with("text", text(sig(medicine.code))).done());
        chart.out.push(request.done());
    }
}
