//! Who speaks: by the label, else guessed from what is said, with a word of doubt where it does not fit.

use continuo_text::people::is_near;

use super::{Reading, Role};

const STAFF: &[&str] = &[
    "doctor",
    "dr",
    "clinician",
    "provider",
    "physician",
    "nurse",
    "doc",
    "gp",
    "coordinator",
    "rn",
    "md",
    "np",
    "pa",
    "pharmacist",
    "therapist",
    "dietitian",
    "agent",
    "staff",
    "surgeon",
    "cardiologist",
    "specialist",
    "enfermera",
    "doctora",
    "worker",
    "scheduler",
    "resident",
];

const PERSON: &[&str] = &["patient", "pt", "caller", "client", "member", "paciente"];

/// Words of a label for somebody near, beside the names of relatives and friends.
const NEAR: &[&str] = &["family", "caregiver", "guest"];

pub(super) fn role(label: &str) -> Role {
    let words: Vec<String> = label
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .map(continuo_text::token::fold_str)
        .collect();
    if let Some(near) = words.iter().find(|word| NEAR.contains(&word.as_str()) || is_near(word)) {
        return Role::Relative(near.clone());
    }
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    match (has(STAFF), has(PERSON)) {
        (true, false) => Role::Clinician,
        (false, true) => Role::Patient,
        _ => Role::Unknown,
    }
}

/// Labels that say nothing (`SPEAKER_00`): who asks most is taken for staff, and the page says that this is a guess.
pub(super) fn guess(reading: &mut Reading) {
    if reading.said.iter().any(|said| said.role != Role::Unknown) {
        // A name beside known roles is somebody near the person as likely as staff: it stays unknown.
        doubt(reading);
        return;
    }
    let mut speakers: Vec<(String, usize, usize)> = Vec::new();
    for said in &reading.said {
        let asks = usize::from(said.span.of(&reading.text).contains('?'));
        match speakers.iter_mut().find(|(label, ..)| *label == said.label) {
            Some((_, turns, questions)) => {
                *turns += 1;
                *questions += asks;
            }
            None => speakers.push((said.label.clone(), 1, asks)),
        }
    }
    if speakers.len() < 2 || speakers.iter().any(|(label, ..)| label.is_empty()) {
        return;
    }
    let Some(asking) = speakers.iter().max_by_key(|(_, turns, questions)| questions * 1000 / turns).cloned() else {
        return;
    };
    if asking.2 == 0 {
        return;
    }
    for said in &mut reading.said {
        said.role = if said.label == asking.0 { Role::Clinician } else { Role::Patient };
    }
    reading.notices.push(format!("The speakers are not named. \"{}\" asks most and is taken for staff.", asking.0));
}

/// Words by which people tell of themselves, and by which staff ask them.
const OF_ONESELF: &[&str] = &["i", "my", "me", "im", "ive", "mi", "me", "tengo", "estoy"];

const OF_YOU: &[&str] = &["you", "your", "youre", "usted", "le", "su"];

/// Names that were swapped: who is called the patient asks, who is called staff tells of themselves. Nobody is then taken
/// for either, so that no word of danger is passed over because it stands under the wrong name.
fn doubt(reading: &mut Reading) {
    const LEAST: usize = 3;
    let (mut asks, mut own, mut yours, mut turns) = ([0usize; 2], [0usize; 2], [0usize; 2], [0usize; 2]);
    for said in &reading.said {
        let side = match said.role {
            Role::Clinician => 0,
            Role::Patient | Role::Relative(_) => 1,
            Role::Unknown => continue,
        };
        let words = said.span.of(&reading.text);
        turns[side] += 1;
        asks[side] += usize::from(words.contains('?') || words.contains('\u{bf}'));
        for word in words.split(|c: char| !c.is_alphabetic() && c != '\'' && c != '\u{2019}') {
            let word = continuo_text::token::fold_str(word);
            own[side] += usize::from(OF_ONESELF.contains(&word.as_str()));
            yours[side] += usize::from(OF_YOU.contains(&word.as_str()));
        }
    }
    let [staff_asks, patient_asks] = asks;
    let swapped = turns.iter().all(|turns| *turns >= LEAST)
        && patient_asks >= LEAST
        && patient_asks >= 3 * staff_asks.max(1)
        && own[0] > 2 * own[1]
        && yours[1] > 2 * yours[0];
    if !swapped {
        return;
    }
    for said in &mut reading.said {
        said.role = Role::Unknown;
    }
    reading.notices.push(
        "The names look swapped: who is called the patient asks, who is called staff tells of themselves. \
         Nobody is taken for staff or patient; check who said what."
            .to_owned(),
    );
}
