//! Words to patients and families: templates in each language, filled with values that the caller checked.
//!
//! Nothing is sent here. A language without its template gives nothing, and the caller makes a task (safety.md 16):
//! there is no fallback to English and no machine translation.

pub mod care_lines;
mod language;

use continuo_text::triage::Intent;

pub use language::looks_spanish;

/// How a message goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A text message: 160 characters, no health detail, how to stop.
    Text,
    /// A letter.
    Letter,
    /// An answer to a message, by the channel it came from or read out on a call.
    Reply,
    /// What a person reads from on a call.
    Call,
}

/// A message in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    /// The file's name without its ending.
    pub id: &'static str,
    /// `en` or `es`.
    pub language: &'static str,
    /// How it goes out.
    pub form: Form,
    /// The subject of a letter.
    pub subject: Option<&'static str>,
    fields: &'static str,
    body: &'static str,
}

macro_rules! messages {
    ($($id:literal),* $(,)?) => {
        /// (id, language, file)
        const FILES: &[(&str, &str, &str)] = &[$(
            ($id, "en", include_str!(concat!("../../../../knowledge/messages/en/", $id, ".txt"))),
            ($id, "es", include_str!(concat!("../../../../knowledge/messages/es/", $id, ".txt"))),
        )*];
    };
}

messages![
    "visit-reminder",
    "call-reminder",
    "visit-missed",
    "unable-to-reach",
    "coverage-ending",
    "reply-general",
    "reply-medicine",
    "reply-visit",
    "reply-ride",
    "reply-results",
    "reply-unwell",
    "care-due",
    "care-due-plain",
    "care-due-call",
];

/// The answer that fits what a message asks for; the general one where none does. Who tells of a symptom gets the answer
/// that says when to call for help, whatever else is asked.
pub fn reply_to(intents: &[Intent]) -> &'static str {
    use Intent as I;
    if intents.contains(&I::Symptom) {
        return "reply-unwell";
    }
    let fitting = intents.iter().find_map(|intent| match intent {
        I::Refill | I::MedicationQuestion => Some("reply-medicine"),
        I::Appointment => Some("reply-visit"),
        I::Transport => Some("reply-ride"),
        I::Results => Some("reply-results"),
        I::DeviceReading | I::DischargeFollowup => Some("reply-unwell"),
        _ => None,
    });
    fitting.unwrap_or("reply-general")
}

/// The message in the person's language: `es` and `es-MX` find Spanish. Nothing where there is no translation.
pub fn template(id: &str, language: &str) -> Option<Template> {
    let language = language.split('-').next().unwrap_or(language);
    let (id, language, file) = FILES.iter().find(|(has, spoken, _)| *has == id && *spoken == language)?;
    parse(id, language, file)
}

/// All templates.
pub fn all() -> impl Iterator<Item = Template> {
    FILES.iter().filter_map(|(id, language, file)| parse(id, language, file))
}

impl Template {
    /// The fields it needs.
    pub fn fields(&self) -> impl Iterator<Item = &'static str> {
        self.fields.split(',').map(str::trim).filter(|field| !field.is_empty())
    }

    /// The words with the fields filled, or the names of the fields that have no value.
    pub fn fill(&self, value: impl Fn(&str) -> Option<String>) -> Result<String, Vec<&'static str>> {
        let mut missing = Vec::new();
        let mut text = self.body.to_owned();
        for field in self.fields() {
            match value(field).filter(|value| !value.trim().is_empty()) {
                // Braces of a value must not read as a field.
                Some(value) => text = text.replace(&format!("{{{field}}}"), &value.replace(['{', '}'], "")),
                None => missing.push(field),
            }
        }
        if missing.is_empty() { Ok(text) } else { Err(missing) }
    }

    /// Whether words were made of this message: what stands between its fields is there, in order, and nothing around it.
    pub fn made(&self, words: &str) -> bool {
        let mut parts = self.body.split('{').enumerate().map(|(at, part)| match (at, part.split_once('}')) {
            (0, _) | (_, None) => part,
            (_, Some((_, fixed))) => fixed,
        });
        let Some(mut rest) = parts.next().and_then(|first| words.strip_prefix(first)) else { return false };
        let mut ends = rest.is_empty();
        for part in parts {
            let Some((_, after)) = rest.split_once(part) else { return false };
            // A field at the very end takes what is left.
            (rest, ends) = (after, part.is_empty() || after.is_empty());
        }
        ends
    }

    /// The words with what is known filled in; the other fields stay in braces for a person.
    pub fn fill_known(&self, value: impl Fn(&str) -> Option<String>) -> String {
        let mut text = self.body.to_owned();
        for field in self.fields() {
            if let Some(value) = value(field).filter(|value| !value.trim().is_empty()) {
                text = text.replace(&format!("{{{field}}}"), &value.replace(['{', '}'], ""));
            }
        }
        text
    }
}

fn parse(id: &'static str, language: &'static str, file: &'static str) -> Option<Template> {
    let (head, body) = file.strip_prefix("---\n")?.split_once("\n---\n")?;
    let line = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let form = match line("channel")? {
        "text" => Form::Text,
        "letter" => Form::Letter,
        "reply" => Form::Reply,
        "call" => Form::Call,
        _ => return None,
    };
    Some(Template { id, language, form, subject: line("subject"), fields: line("fields")?, body: body.trim_end() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use continuo_text::readability::{grade, inflesz};

    use super::*;

    fn sample(field: &str) -> Option<String> {
        Some(
            match field {
                "clinic" => "Juniper Health",
                "name" => "Ana Reyes",
                "sender" => "M. Ortiz",
                "date" => "Aug 20",
                "time" => "9:20 am",
                "place" => "2 Main St",
                "phone" => "555-0142",
                "hours" => "8 to 5",
                "plan" => "Medicaid",
                "visit" => "8/20",
                // What a person writes there is theirs; the frame around it is measured.
                "answer" => "Yes.",
                "care" => "- an eye exam\n- a flu shot",
                _ => return None,
            }
            .to_owned(),
        )
    }

    fn used(body: &str) -> BTreeSet<&str> {
        body.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    #[test]
    fn words_know_the_message_they_were_made_of() {
        for one in all() {
            let words = one.fill(sample).unwrap();
            let fits: Vec<&str> = all().filter(|other| other.made(&words)).map(|other| other.id).collect();
            assert!(one.made(&words), "{}: {words}", one.id);
            assert!(one.id == "care-due-plain" || !fits.contains(&"care-due-plain"), "{}: {words}", one.id);
        }
    }

    #[test]
    fn each_message_stands_in_both_languages_with_the_same_fields() {
        assert_eq!(all().count(), FILES.len(), "a file cannot be read");
        for (id, _, _) in FILES {
            let (english, spanish) = (template(id, "en-US").unwrap(), template(id, "es").unwrap());
            assert_eq!(used(english.body), used(spanish.body), "{id}");
            assert_eq!(used(english.body), english.fields().collect(), "{id}");
            assert_eq!(english.fields().collect::<Vec<_>>(), spanish.fields().collect::<Vec<_>>(), "{id}");
            assert_eq!((english.form, english.subject.is_some()), (spanish.form, spanish.subject.is_some()), "{id}");
        }
        assert_eq!(template("visit-reminder", "zh"), None);
    }

    #[test]
    fn they_are_easy_to_read() {
        for template in all() {
            let text = template.fill(sample).unwrap();
            if template.language == "en" {
                let grade = grade(&text).unwrap();
                assert!(grade <= 6.0, "{}: grade {grade:.1}", template.id);
            } else {
                let score = inflesz(&text).unwrap();
                assert!(score >= 65.0, "{}: INFLESZ {score:.0}", template.id);
            }
        }
    }

    #[test]
    fn a_text_is_short_and_says_who_where_to_call_and_how_to_stop() {
        for template in all().filter(|template| template.form == Form::Text) {
            let text = template.fill(sample).unwrap();
            assert!(text.chars().count() <= 160, "{} {}: {}", template.id, template.language, text.chars().count());
            let stop = if template.language == "en" { "STOP" } else { "ALTO" };
            let fields: Vec<&str> = template.fields().collect();
            assert!(text.contains(stop) && fields.contains(&"clinic") && fields.contains(&"phone"), "{text}");
        }
    }

    #[test]
    fn the_answer_that_fits_comes_first_and_every_answer_is_there() {
        assert_eq!(reply_to(&[Intent::Thanks, Intent::Transport]), "reply-ride");
        assert_eq!(reply_to(&[Intent::MedicationQuestion, Intent::Refill]), "reply-medicine");
        assert_eq!(reply_to(&[Intent::MedicationQuestion, Intent::Symptom]), "reply-unwell");
        for intents in [&[][..], &[Intent::Refill], &[Intent::Appointment], &[Intent::Results], &[Intent::Symptom]] {
            for language in ["en", "es"] {
                let template = template(reply_to(intents), language).unwrap();
                assert!(template.form == Form::Reply && template.body.contains("{answer}"), "{}", template.id);
            }
        }
    }

    #[test]
    fn no_answer_tells_a_person_what_to_take_and_who_is_unwell_learns_when_to_call_for_help() {
        for (language, advice) in [("en", "keep taking"), ("es", "Siga tomando")] {
            assert!(!template("reply-medicine", language).unwrap().body.contains(advice));
            let unwell = template("reply-unwell", language).unwrap().body;
            let stroke = if language == "en" { "face drops" } else { "cara" };
            assert!(["911", "988", stroke].iter().all(|word| unwell.contains(word)), "{unwell}");
        }
    }

    #[test]
    fn a_field_without_a_value_sends_nothing() {
        let template = template("visit-reminder", "en").unwrap();
        assert_eq!(template.fill(|field| sample(field).filter(|_| field != "time")), Err(vec!["time"]));
        let filled =
            template.fill(|field| Some(if field == "clinic" { "{phone}".to_owned() } else { "x".to_owned() })).unwrap();
        assert!(filled.starts_with("phone: "), "{filled}");
    }
}
