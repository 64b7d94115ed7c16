//! What a form must answer, asked for all at once: whoever leaves three questions empty hears of three, not of one and
//! then of the next.
//!
//! The builders refuse each by itself, whoever calls them; the test holds both together.

use super::Values;

/// Kind, field and what is asked, in the order of the form.
const NEEDS: &[(&str, &str, &str)] = &[
    ("reminder", "what", "say what needs doing"),
    ("reminder", "date", "give a date"),
    ("task", "what", "say what needs doing"),
    ("task", "date", "give a date"),
    ("note", "text", "write something"),
    ("appointment", "with", "say with whom"),
    ("appointment", "date", "give a date"),
    ("appointment", "time", "give a time, such as 9:20 am"),
    ("discharge", "facility", "say from where"),
    ("discharge", "date", "give a date"),
    ("referral", "what", "say to what"),
    ("referral", "reason", "give the reason"),
    ("condition", "what", "name the condition"),
    ("medicine", "what", "name the medicine"),
    ("allergy", "what", "say to what, or that none are known"),
    ("allergy", "said_by", "say who said so"),
    ("result", "what", "say what was measured"),
    ("result", "value", "give the value"),
    ("result", "date", "give a date"),
    ("contact", "name", "give the name"),
    ("contact", "relation", "give the relation"),
    ("contact", "proof", "say what proof was seen: they act for the person"),
    ("coverage", "plan", "name the plan"),
    ("consent", "answer", "choose agreed or declined"),
    ("consent", "date", "give a date"),
    ("death", "said_by", "say who said so"),
    ("document", "title", "give a title"),
    ("document", "date", "give a date"),
    ("document", "text", "paste or type the text"),
    ("person", "given", "give a name; a single name is fine"),
    ("person", "birth_date", "give the birth date; a year alone is fine"),
];

/// Fields that are empty and must not be, with what to ask for; `person` is the form of registering.
pub fn missing(kind: &str, values: &Values) -> Vec<(&'static str, &'static str)> {
    let asked = |field: &str| match (kind, field) {
        ("allergy", "what") => values.get("known") != "none",
        ("contact", "proof") => !values.all("proxy").is_empty(),
        ("person", "given") => values.get("family").is_empty(),
        _ => true,
    };
    NEEDS
        .iter()
        .filter(|(of, field, _)| *of == kind && values.get(field).is_empty() && asked(field))
        .map(|(_, field, ask)| (*field, *ask))
        .collect()
}

#[cfg(test)]
mod tests {
    use continuo_fhir::{Instant, Zone};

    use super::*;
    use crate::entry::{Build, KINDS, Maker, person};
    use crate::problem::WorkError;

    /// What a builder says first of these values.
    fn refused(build: Build, values: &Values) -> Option<(&'static str, String)> {
        let zone = Zone::utc();
        let mut id = 0;
        let mut ids = || {
            id += 1;
            format!("made-{id}")
        };
        let mut maker = Maker {
            person: "Patient/ana",
            by: "Practitioner/1",
            by_name: "M. Ortiz",
            now: Instant::parse("2026-08-19T14:00:00Z").expect("a moment"),
            zone: &zone,
            ids: &mut ids,
        };
        match build(values, &mut maker) {
            Ok(_) => None,
            Err(WorkError::Field { field, text }) => Some((field, text)),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn what_a_form_asks_for_is_what_its_builder_refuses_to_do_without() {
        let answers = [
            ("with", "Dr. Cho"),
            ("date", "2026-08-18"),
            ("time", "09:20"),
            ("facility", "Mercy"),
            ("what", "weight"),
            ("reason", "chest pain"),
            ("said_by", "herself"),
            ("value", "high"),
            ("name", "Elena Reyes"),
            ("relation", "daughter"),
            ("proxy", "proxy"),
            ("proof", "form seen"),
            ("plan", "Medicaid"),
            ("scope", "texts"),
            ("answer", "permit"),
            ("title", "Letter"),
            ("text", "Dear"),
            ("given", "Ana"),
            ("birth_date", "1960"),
        ];
        let register: (&str, &str, Build) = ("person", "Patient", person::register);
        for (kind, _, build) in KINDS.iter().chain([&register]) {
            assert_eq!(refused(*build, &Values::new(answers)), None, "{kind}: all is answered");
            assert_eq!(missing(kind, &Values::new(answers)), [], "{kind}");
            for (_, field, ask) in NEEDS.iter().filter(|(of, ..)| of == kind) {
                let but = Values::new(answers.into_iter().filter(|(name, _)| name != field));
                assert_eq!(refused(*build, &but), Some((*field, (*ask).to_owned())), "{kind} without {field}");
                assert_eq!(missing(kind, &but), [(*field, *ask)]);
            }
        }
    }

    #[test]
    fn no_known_allergy_needs_no_name_and_a_neighbor_no_proof() {
        let none = Values::new([("known", "none"), ("said_by", "Ana")]);
        assert_eq!(missing("allergy", &none), []);
        assert_eq!(missing("contact", &Values::new([("name", "Jo"), ("relation", "neighbor")])), []);
    }
}
