//! Speaker turns and sentences of a transcript, with their place in the text.
//!
//! Reads `[doctor] ...`, `Doctor: ...`, timed captions and plain text without speakers. Tags may be swapped or missing;
//! `Speaker::Unknown` is an answer.

use crate::span::Span;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// Clinician.
    Doctor,
    /// Patient or someone for them.
    Patient,
    /// Not said.
    Unknown,
}

/// One turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Who speaks.
    pub speaker: Speaker,
    /// The words, without the speaker's tag.
    pub span: Span,
}

/// The turns of a text, in order.
pub fn turns(text: &str) -> Vec<Turn> {
    let mut out: Vec<Turn> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed == "WEBVTT" || is_caption_mark(trimmed) {
            continue;
        }
        let lead = line.len() - line.trim_start().len();
        let (speaker, skip) = tag(trimmed);
        let from = start + lead + skip;
        let end = start + line.trim_end().len();
        let words = text.get(from..end).unwrap_or("");
        let from = from + (words.len() - words.trim_start().len());
        match (speaker, out.last_mut()) {
            (None, Some(last)) => last.span.end = end,
            (speaker, _) => {
                out.push(Turn { speaker: speaker.unwrap_or(Speaker::Unknown), span: Span::new(from.min(end), end) });
            }
        }
    }
    if are_swapped(text, &out) {
        for turn in &mut out {
            turn.speaker = match turn.speaker {
                Speaker::Doctor => Speaker::Patient,
                Speaker::Patient => Speaker::Doctor,
                Speaker::Unknown => Speaker::Unknown,
            };
        }
    }
    out
}

/// Words with which a clinician addresses the other, and those with which a patient speaks of oneself.
const ADDRESSING: &[&str] = &["you", "your", "you're", "you've", "let's", "we'll", "any", "usted", "su", "le"];
const OF_ONESELF: &[&str] = &["my", "i've", "me", "i", "myself", "doctor", "mi", "yo"];

/// Whether the tags are the wrong way round throughout: a recognizer that names speakers by order of voice does that.
/// Clinicians say "you", patients say "I"; only a clear difference over enough words counts.
fn are_swapped(text: &str, turns: &[Turn]) -> bool {
    const ENOUGH: usize = 40;
    const CLEAR: f64 = 0.03;
    let lean = |speaker: Speaker| {
        let (mut words, mut lean) = (0usize, 0i64);
        for turn in turns.iter().filter(|t| t.speaker == speaker) {
            for word in turn.span.of(text).split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| !w.is_empty())
            {
                words += 1;
                let is = |list: &[&str]| i64::from(list.iter().any(|w| word.eq_ignore_ascii_case(w)));
                lean += is(ADDRESSING) - is(OF_ONESELF);
            }
        }
        (words >= ENOUGH).then(|| lean as f64 / words as f64)
    };
    match (lean(Speaker::Doctor), lean(Speaker::Patient)) {
        (Some(doctor), Some(patient)) => doctor + CLEAR < patient,
        _ => false,
    }
}

/// The speaker's tag at the start of a line and its length.
fn tag(line: &str) -> (Option<Speaker>, usize) {
    let (name, skip) = if let Some(rest) = line.strip_prefix('[') {
        match rest.find(']') {
            Some(end) if end <= 30 => (rest.get(..end).unwrap_or(""), end + 2),
            _ => return (None, 0),
        }
    } else {
        match line.find(':') {
            Some(end) if end <= 24 => (line.get(..end).unwrap_or(""), end + 1),
            _ => return (None, 0),
        }
    };
    let name = name.trim().to_ascii_lowercase();
    let speaker = match name.trim_start_matches("guest_") {
        "doctor" | "dr" | "clinician" | "provider" | "physician" | "nurse" | "doc" | "gp" | "speaker 0"
        | "coordinator" => Speaker::Doctor,
        "patient" | "pt" | "family" | "clinic" | "caregiver" | "mother" | "father" | "parent" | "patient_guest"
        | "family member" | "speaker 1" | "caller" => Speaker::Patient,
        other if other.starts_with("patient") => Speaker::Patient,
        other if other.starts_with("doctor") || other.starts_with("guest_clinician") => Speaker::Doctor,
        _ => return (None, 0),
    };
    (Some(speaker), skip)
}

/// Numbers and times of caption files.
fn is_caption_mark(line: &str) -> bool {
    line.contains("-->") || line.bytes().all(|b| b.is_ascii_digit()) && line.len() <= 6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_the_wrong_way_round_are_turned_back_only_where_the_words_are_clear() {
        let asks =
            "do you have any pain when you walk, and are your ankles swollen at night? let's look at your knee. ";
        let tells = "well i told my wife that my knee gives me trouble and i can't sleep, i've tried my old pills. ";
        let swapped = format!("[patient] {}\n[doctor] {}\n", asks.repeat(4), tells.repeat(4));
        assert_eq!(turns(&swapped).iter().map(|t| t.speaker).collect::<Vec<_>>(), [Speaker::Doctor, Speaker::Patient]);
        let right = format!("[doctor] {}\n[patient] {}\n", asks.repeat(4), tells.repeat(4));
        assert_eq!(turns(&right).iter().map(|t| t.speaker).collect::<Vec<_>>(), [Speaker::Doctor, Speaker::Patient]);
        let short = "[patient] do you have any pain?\n[doctor] my knee, i think\n";
        assert_eq!(turns(short)[0].speaker, Speaker::Patient, "too few words to say");
    }

    #[test]
    fn turns_are_read_from_common_forms() {
        let text = "[doctor] how are you\n[patient] fine\nthanks\n";
        let got: Vec<(Speaker, &str)> = turns(text).iter().map(|t| (t.speaker, t.span.of(text))).collect();
        assert_eq!(got, [(Speaker::Doctor, "how are you"), (Speaker::Patient, "fine\nthanks")]);
        let text = "WEBVTT\n\n1\n00:01.000 --> 00:02.000\nDoctor: Any pain?\n\n2\nPatient: No.";
        let got: Vec<(Speaker, &str)> = turns(text).iter().map(|t| (t.speaker, t.span.of(text))).collect();
        assert_eq!(got, [(Speaker::Doctor, "Any pain?"), (Speaker::Patient, "No.")]);
        let text = "no tags at all";
        assert_eq!(turns(text), [Turn { speaker: Speaker::Unknown, span: Span::new(0, 14) }]);
        assert!(turns("").is_empty());
    }
}
