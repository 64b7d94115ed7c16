//! The care that is due, in a patient's words: one line a care-gap rule and language, set into the outreach templates.
//!
//! A rule without a line is never written about: what it asks needs a clinician's voice, or is nobody else's business.

/// `knowledge/messages/care-gap-lines.csv`: rule, English, Spanish.
const LINES: &str = include_str!("../../../../knowledge/messages/care-gap-lines.csv");

/// Whether a rule has words for patients.
pub fn has(rule: &str) -> bool {
    rows().any(|row| row[0] == rule)
}

/// The words of a rule in a language that the templates have.
pub fn of(rule: &str, language: &str) -> Option<&'static str> {
    let place = match language {
        "en" => 1,
        "es" => 2,
        _ => return None,
    };
    rows().find(|row| row[0] == rule).map(|row| row[place])
}

/// Rules with words.
pub fn rules() -> impl Iterator<Item = &'static str> {
    rows().map(|row| row[0])
}

/// Texts stand in quotes and hold none themselves; a test reads every row.
fn rows() -> impl Iterator<Item = [&'static str; 3]> {
    LINES.lines().skip(1).filter_map(|line| {
        let (rule, texts) = line.split_once(",\"")?;
        let (english, spanish) = texts.strip_suffix('"')?.split_once("\",\"")?;
        Some([rule, english, spanish])
    })
}

#[cfg(test)]
mod tests {
    use continuo_text::readability::{grade, inflesz};

    use super::*;
    use crate::gaps::SPECS;
    use crate::messages::template;

    #[test]
    fn every_row_is_read_and_names_a_rule_that_offers_a_message() {
        assert_eq!(rows().count(), LINES.lines().count() - 1);
        let offered: Vec<&str> =
            SPECS.iter().filter(|spec| spec.message == "care-due").map(|spec| spec.rule.id).collect();
        let mut with: Vec<&str> = rules().collect();
        with.sort_unstable();
        let mut offered_sorted = offered.clone();
        offered_sorted.sort_unstable();
        assert_eq!(with, offered_sorted, "lines and `message: care-due` of the rules go together");
        for spec in SPECS.iter().filter(|spec| has(spec.rule.id)) {
            assert!(!spec.rule.sensitive, "{}: a sensitive rule is never written about", spec.rule.id);
            assert_eq!(spec.rule.consequence.rank(), 2, "{}: what harms when late is told by voice", spec.rule.id);
        }
    }

    #[test]
    fn a_letter_with_any_line_is_easy_to_read() {
        for (language, letter) in [("en", template("care-due", "en")), ("es", template("care-due", "es"))] {
            let letter = letter.unwrap();
            for rule in rules() {
                let care = format!("- {}.", of(rule, language).unwrap());
                let text = letter.fill(|field| Some(if field == "care" { care.clone() } else { "Ana".to_owned() }));
                let text = text.unwrap();
                if language == "en" {
                    let grade = grade(&text).unwrap();
                    assert!(grade <= 6.0, "{rule}: grade {grade:.1}");
                } else {
                    let score = inflesz(&text).unwrap();
                    assert!(score >= 65.0, "{rule}: INFLESZ {score:.0}");
                }
            }
        }
    }
}
