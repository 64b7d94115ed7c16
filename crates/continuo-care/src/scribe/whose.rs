//! Whether a letter's own words say that it is about somebody else: another birth date, another name. A doubt is told and
//! decides nothing: a letter may name a husband, and a name may be misspelt.

use continuo_fhir::letters::head;
use continuo_fhir::{Date, Node};
use continuo_text::token::fold_str;

use super::source::{Reading, SourceKind};
use crate::followup::person::{Person, walk};

/// Words before the name of whom a paper is about.
const NAMES: [&str; 8] = ["patient name", "patient", "name", "re", "regarding", "paciente", "nombre", "member"];
/// Words before a birth date.
const BORN: [&str; 6] = ["dob", "d.o.b.", "date of birth", "birth date", "fecha de nacimiento", "born"];
/// Forms of address, so that a sentence names somebody.
const TITLES: [&str; 8] = ["mr", "mrs", "ms", "miss", "sr", "sra", "senor", "senora"];
/// Letters looked at: whose a paper is stands at its head.
const HEAD: usize = 6000;

/// One sentence for the reader, where the words name another person than the chart's; nothing else.
pub fn doubt(reading: &Reading, kind: SourceKind, person: &Person<'_>) -> Option<String> {
    if kind != SourceKind::Document {
        return None;
    }
    let head = head(&reading.text, HEAD);
    let own = own_names(person);
    if own.is_empty() {
        return None;
    }
    let born = person.patient().and_then(|one| one.text("birthDate")).and_then(Date::parse);
    let said = said_birth(head);
    if let (Some((said, words)), Some(born)) = (&said, born)
        && *said != born
    {
        return Some(format!(
            "These words name a birth date that is not this person's ({words}). Check whose they are."
        ));
    }
    let named = named(head);
    let is_own = |name: &String| name.split(|c: char| !c.is_alphabetic()).any(|part| own.contains(&fold_str(part)));
    // One that fits is enough: others may be of the family or the staff.
    if named.is_empty() || named.iter().any(is_own) || said.is_some() {
        return None;
    }
    named.first().map(|name| {
        format!("These words name \u{201c}{name}\u{201d}, which is not this person's name. Check whose they are.")
    })
}

fn own_names(person: &Person<'_>) -> Vec<String> {
    let mut out = Vec::new();
    for patient in person.of("Patient") {
        for name in walk(patient.node, "name") {
            let given = name.list("given").filter_map(Node::as_str);
            for part in given.chain(name.str("family")).chain(name.str("text")) {
                out.extend(part.split(|c: char| !c.is_alphabetic()).filter(|part| part.len() > 1).map(fold_str));
            }
        }
    }
    out
}

/// Names that the paper says it is about: after a heading, else after a form of address.
fn named(head: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for line in head.lines().map(str::trim) {
        let Some((label, rest)) = line.split_once(':') else { continue };
        if NAMES.contains(&fold_str(label.trim()).as_str()) {
            out.extend(name_at(rest.trim_start()));
        }
    }
    if !out.is_empty() {
        return out;
    }
    let words: Vec<&str> = head.split_whitespace().collect();
    for pair in words.windows(3) {
        let [before, title, name] = pair else { continue };
        let plain = fold_str(title.trim_end_matches('.'));
        // "Dear Mrs. Cho" is to somebody, not of them.
        let greets = matches!(fold_str(before).as_str(), "dear" | "estimado" | "estimada" | "to");
        if TITLES.contains(&plain.as_str()) && title.starts_with(char::is_uppercase) && !greets {
            out.extend(name_at(name));
        }
    }
    out
}

/// The capitalized words that begin a text.
fn name_at(text: &str) -> Option<String> {
    let words: Vec<&str> = text
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphabetic()))
        .take_while(|word| word.starts_with(char::is_uppercase))
        .take(4)
        .collect();
    let name = words.join(" ");
    (name.chars().count() > 2).then_some(name)
}

/// The birth date that the paper states, with its words.
fn said_birth(head: &str) -> Option<(Date, String)> {
    let folded: String = head.to_ascii_lowercase();
    for cue in BORN {
        let mut from = 0;
        while let Some(at) = folded.get(from..).and_then(|rest| rest.find(cue)).map(|at| at + from) {
            from = at + cue.len();
            let alone = at == 0 || !folded.get(..at).unwrap_or("").ends_with(char::is_alphabetic);
            let rest = head.get(from..).unwrap_or("");
            let rest = rest.trim_start_matches([':', ' ', '.', ')', '\t', '#']);
            let word: String = rest.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '/' | '-')).collect();
            if let Some(date) = date(&word).filter(|_| alone) {
                return Some((date, word));
            }
        }
    }
    None
}

/// 02/12/1960, 2-12-1960 or 1960-02-12.
fn date(word: &str) -> Option<Date> {
    let parts: Vec<&str> = word.split(['/', '-']).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let (year, month, day) = if a.len() == 4 { (a, b, c) } else { (c, a, b) };
    if year.len() != 4 {
        return None;
    }
    Date::parse(&format!("{year}-{month:0>2}-{day:0>2}"))
}

#[cfg(test)]
mod tests {
    use continuo_fhir::Json;

    use super::*;
    use crate::followup::person::Resource;
    use crate::scribe::source::read;

    fn check(text: &str, expect: Option<&str>) {
        let ana = br#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes L\u00f3pez","given":["Ana"]}],"birthDate":"1960-02-12"}"#;
        let packed = continuo_fhir::pack(&Json::parse(ana).unwrap());
        let person = Person::new([Resource::of(continuo_fhir::root(&packed).unwrap()).unwrap()]);
        let reading = read(SourceKind::Document, "letter.txt", text.as_bytes());
        let got = doubt(&reading, SourceKind::Document, &person);
        match expect {
            None => assert_eq!(got, None, "{text}"),
            Some(part) => assert!(got.as_deref().is_some_and(|got| got.contains(part)), "{text}: {got:?}"),
        }
        assert_eq!(doubt(&reading, SourceKind::Call, &person), None, "people name others in a call");
    }

    #[test]
    fn a_letter_about_somebody_else_is_doubted_and_one_that_names_the_person_is_not() {
        check("Re: John Smith\nDOB: 03/04/1950\nHe takes warfarin.", Some("birth date"));
        check("Patient: SMITH, John\nHe takes warfarin.", Some("SMITH John"));
        check("I saw Mrs. Smith in the heart clinic.", Some("Smith"));
        check("Re: Ana Reyes, DOB 2/12/1960\nHer husband Mr. Smith drove her.", None);
        check("RE: LOPEZ ANA\nI saw her today.", None);
        check("Dear Mrs. Smith,\nThank you for sending this patient. DOB 1960-02-12.", None);
        check("I saw your patient today. Plan: walk more.", None);
        check("", None);
    }
}
