//! The after-visit sheet for a patient, in English or Spanish: what happened, which medicines changed, what to do, when to
//! call, in plain words (grade 6; INFLESZ 65) with exact doses.
//!
//! Every line but the fixed advice rests on entries that a person accepted into the record. A direction is put into plain
//! words only when every word of it is understood (`directions`); else it is quoted as written. A term without a plain
//! word stands as the record has it. Words and warnings: `knowledge/after-visit`.

mod directions;
mod names;
mod plain;
mod when;

use continuo_fhir::letters::capital;

pub use directions::{Spoken, spoken};
pub use names::{is_test, medicine_key, strength};
pub use when::Day;

/// The language of the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Spanish, with *usted*.
    Spanish,
}

/// What changed with a medicine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// New at this visit.
    Start,
    /// Taken before, with other directions now.
    Change,
    /// Not to be taken any more.
    Stop,
    /// Not taken, as somebody said; nobody ordered that.
    NotTaken,
    /// Stopped, and the record does not say when.
    StoppedSometime,
    /// Paused.
    Pause,
    /// As before.
    Keep,
}

/// One thing from the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// The visit: with whom (may be empty), when.
    Visit(String, Day),
    /// A stay: where (may be empty), until when.
    Stay(String, Day),
    /// What it was about: the record's words.
    Reason(String),
    /// A medicine: what changed, its name, its directions (may be empty).
    Medicine(Change, String, String),
    /// A test to get.
    Test(String),
    /// Something else that was ordered: equipment, nursing at home.
    Order(String),
    /// A visit somebody asked for.
    Referral(String),
    /// A booked visit: what or with whom, when.
    Appointment(String, Day),
    /// The person's own goal.
    Goal(String),
    /// A condition that its warning signs are given for; says nothing by itself.
    Condition(String),
}

/// A thing with its entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// What it is.
    pub said: Said,
    /// `Type/id` of what it rests on.
    pub references: Vec<String>,
}

/// A part of the sheet, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// What happened.
    Visit,
    /// Medicines that changed.
    Changes,
    /// Medicines that stay.
    Keep,
    /// What to do.
    Do,
    /// Visits that are booked.
    Next,
}

impl Part {
    /// Its heading.
    pub fn heading(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Visit, Language::English) => "Your visit",
            (Self::Visit, Language::Spanish) => "Su cita",
            (Self::Changes, Language::English) => "Changes to your medicines",
            (Self::Changes, Language::Spanish) => "Cambios en sus medicinas",
            (Self::Keep, Language::English) => "Medicines to keep taking",
            (Self::Keep, Language::Spanish) => "Medicinas que sigue tomando",
            (Self::Do, Language::English) => "What to do",
            (Self::Do, Language::Spanish) => "Qué hacer",
            (Self::Next, Language::English) => "Your next visits",
            (Self::Next, Language::Spanish) => "Sus próximas citas",
        }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it stands.
    pub part: Part,
    /// The words.
    pub text: String,
    /// Its entries; empty only for fixed lines that claim nothing about the person.
    pub references: Vec<String>,
    /// Holds words that are not of the sheet's language, quoted as the record has them.
    pub quotes: bool,
}

/// When to ask for help, most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Help {
    /// Call 911 now.
    Emergency,
    /// Get help today.
    Today,
    /// Call us.
    Call,
}

/// The sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Lines in order of their parts.
    pub lines: Vec<Line>,
    /// Signs for each kind of help, at most one entry a kind, the most urgent first.
    pub help: Vec<(Help, String)>,
}

impl Sheet {
    /// The whole as text, for scores and for reading aloud.
    pub fn text(&self) -> String {
        let lines = self.lines.iter().map(|line| line.text.as_str());
        lines.chain(self.help.iter().map(|(_, text)| text.as_str())).collect::<Vec<_>>().join("\n\n")
    }
}

/// Writes the sheet.
pub fn write(given: &[Given], language: Language) -> Sheet {
    let mut lines: Vec<Line> = given.iter().filter_map(|one| line(one, language)).collect();
    fixed(&mut lines, language);
    lines.sort_by_key(|line| line.part);
    let mut said: Vec<String> = Vec::new();
    lines.retain(|line| {
        let new = !said.contains(&line.text);
        said.push(line.text.clone());
        new
    });
    Sheet { lines, help: help(given, language) }
}

fn line(one: &Given, language: Language) -> Option<Line> {
    let english = language == Language::English;
    let pick = |en: String, es: String| if english { en } else { es };
    let (part, text, quotes) = match &one.said {
        Said::Visit(with, day) => {
            let on = day.words(language);
            let text = match with.as_str() {
                "" => pick(format!("You had a visit on {on}."), format!("Usted tuvo una cita el {on}.")),
                with => pick(format!("You saw {with} on {on}."), format!("Usted vio a {with} el {on}.")),
            };
            (Part::Visit, text, false)
        }
        Said::Stay(place, day) => {
            let on = day.words(language);
            let text = match place.as_str() {
                "" => pick(
                    format!("You were in the hospital. You went home on {on}."),
                    format!("Usted estuvo en el hospital. Salió el {on}."),
                ),
                place => pick(
                    format!("You were in the hospital: {place}. You went home on {on}."),
                    format!("Usted estuvo en el hospital: {place}. Salió el {on}."),
                ),
            };
            (Part::Visit, text, false)
        }
        Said::Reason(words) => {
            let (term, known) = plain::term(words, language);
            (
                Part::Visit,
                pick(format!("We talked about: {term}."), format!("Hablamos de: {term}.")),
                !known && !english,
            )
        }
        Said::Medicine(change, name, directions) => {
            let (text, quotes) = medicine(*change, name, directions, language);
            (if *change == Change::Keep { Part::Keep } else { Part::Changes }, text, quotes)
        }
        Said::Test(words) => {
            let (term, known) = plain::term(words, language);
            (
                Part::Do,
                pick(format!("Get this test: {term}."), format!("Hágase este examen: {term}.")),
                !known && !english,
            )
        }
        Said::Order(words) => {
            let (term, known) = plain::term(words, language);
            let text = pick(
                format!("We ordered this for you: {term}. If you do not hear in 1 week, call us."),
                format!("Pedimos esto para usted: {term}. Si no le avisan en 1 semana, llámenos."),
            );
            (Part::Do, text, !known && !english)
        }
        Said::Referral(words) => {
            let (term, known) = plain::term(words, language);
            let text = pick(
                format!("We asked for a visit for you: {term}. If you do not hear in 1 week, call us."),
                format!("Pedimos una cita para usted: {term}. Si no le avisan en 1 semana, llámenos."),
            );
            (Part::Do, text, !known && !english)
        }
        Said::Appointment(words, day) => {
            let (term, known) = plain::visit(words, language);
            let on = day.words(language);
            (
                Part::Next,
                pick(format!("{}: {on}.", capital(&term)), format!("{}: {on}.", capital(&term))),
                !known && !english,
            )
        }
        Said::Goal(words) => {
            let words = words.trim().trim_end_matches('.');
            let text = pick(format!("Your goal: “{words}.”"), format!("Su meta: “{words}.”"));
            (Part::Do, text, true)
        }
        Said::Condition(_) => return None,
    };
    Some(Line { part, text, references: one.references.clone(), quotes })
}

fn medicine(change: Change, name: &str, directions: &str, language: Language) -> (String, bool) {
    let english = language == Language::English;
    let lead = match (change, english) {
        (Change::Start, true) => "Start",
        (Change::Start, false) => "Empiece",
        (Change::Change, true) => "Changed",
        (Change::Change, false) => "Cambio",
        (Change::Stop, true) => "Stop",
        (Change::Stop, false) => "Deje",
        (Change::NotTaken | Change::StoppedSometime, true) => "Ask us",
        (Change::NotTaken | Change::StoppedSometime, false) => "Pregunte",
        (Change::Pause, true) => "Wait",
        (Change::Pause, false) => "Espere",
        (Change::Keep, true) => "Keep",
        (Change::Keep, false) => "Siga",
    };
    let (tail, quotes) = match change {
        Change::Stop if english => ("Do not take it any more.".to_owned(), false),
        Change::Stop => ("No la tome más.".to_owned(), false),
        Change::NotTaken if english => {
            ("Our list says you do not take it now. Call us to check if that is right.".to_owned(), false)
        }
        Change::NotTaken => {
            ("Nuestra lista dice que no la toma ahora. Llámenos para ver si está bien.".to_owned(), false)
        }
        Change::StoppedSometime if english => {
            ("Our list says it was stopped. It does not say when. If you still take it, call us.".to_owned(), false)
        }
        Change::StoppedSometime => {
            ("Nuestra lista dice que ya no se toma. No dice desde cuándo. Si aún la toma, llámenos.".to_owned(), false)
        }
        Change::Pause if english => ("Do not take it until we tell you.".to_owned(), false),
        Change::Pause => ("No la tome hasta que le avisemos.".to_owned(), false),
        _ if directions.trim().is_empty() && english => ("Ask us how to take it.".to_owned(), false),
        _ if directions.trim().is_empty() => ("Pregúntenos cómo tomarla.".to_owned(), false),
        _ => match spoken(directions, language) {
            Spoken::Plain(text) => (text, false),
            Spoken::AsWritten if english => {
                (format!("The order says: “{}.”", directions.trim().trim_end_matches('.')), true)
            }
            Spoken::AsWritten => (
                format!(
                    "La receta dice en inglés: “{}.” Pida que se la expliquen.",
                    directions.trim().trim_end_matches('.')
                ),
                true,
            ),
        },
    };
    (format!("{lead}: {name}. {tail}"), quotes)
}

/// Lines that claim nothing about the person, where their part has something or is asked about.
fn fixed(lines: &mut Vec<Line>, language: Language) {
    let has = |part: Part| lines.iter().any(|line| line.part == part);
    let mut added = Vec::new();
    if has(Part::Changes) || has(Part::Keep) {
        added.push((
            Part::Do,
            "Bring all your medicines to your next visit.",
            "Traiga todas sus medicinas a la próxima cita.",
        ));
    }
    added.push(if has(Part::Next) {
        (
            Part::Next,
            "If you cannot come, call us. We will find a new day.",
            "Si no puede venir, llámenos. Buscamos otro día.",
        )
    } else {
        (
            Part::Next,
            "We have no next visit for you yet. Call us to set one.",
            "Aún no tiene otra cita. Llámenos para hacer una.",
        )
    });
    lines.extend(added.into_iter().map(|(part, english, spanish)| {
        let text = if language == Language::English { english } else { spanish };
        Line { part, text: text.to_owned(), references: Vec::new(), quotes: false }
    }));
}

/// The signs that apply: those for everybody and those of the person's conditions and medicines.
fn help(given: &[Given], language: Language) -> Vec<(Help, String)> {
    let mut concepts: Vec<&str> = vec!["*"];
    for one in given {
        match &one.said {
            Said::Condition(words) | Said::Reason(words) => concepts.extend(plain::concepts(words)),
            Said::Medicine(change, name, _) if *change != Change::Stop => concepts.extend(plain::concepts(name)),
            _ => {}
        }
    }
    let mut out: Vec<(Help, String)> = Vec::new();
    for level in [Help::Emergency, Help::Today, Help::Call] {
        let signs = plain::warnings(level, &concepts, language);
        if !signs.is_empty() {
            out.push((level, signs.join(" ")));
        }
    }
    out
}

#[cfg(test)]
mod tests;
