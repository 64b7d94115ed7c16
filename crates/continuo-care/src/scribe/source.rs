//! A reading of what came in: one text with turns, speakers and times, made from the bytes as received.
//!
//! The bytes stay as they came; the reading is made anew from them each time, the same bytes give the same reading.
//! All quotes are byte offsets into [`Reading::text`]. Nothing here decides what anything means.

mod speakers;

use continuo_exchange::{pdf, transcript};
use continuo_fhir::letters::head;
use continuo_text::span::Span;
use speakers::{guess, role};

use crate::documents;

/// What kind of words came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SourceKind {
    /// A visit, written down while it was spoken.
    #[default]
    Visit,
    /// A call.
    Call,
    /// One's own words, dictated or typed.
    Dictation,
    /// A letter or report by somebody else.
    Document,
}

impl SourceKind {
    /// All, with the word in forms and what people read.
    pub const ALL: [(SourceKind, &'static str, &'static str); 4] = [
        (SourceKind::Visit, "visit", "Transcript of a visit"),
        (SourceKind::Call, "call", "Transcript of a call"),
        (SourceKind::Dictation, "dictation", "Dictation or own words"),
        (SourceKind::Document, "document", "Letter or report"),
    ];

    /// The word in forms.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kind, ..)| *kind == self).map_or("visit", |(_, word, _)| word)
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        Self::ALL.iter().find(|(kind, ..)| *kind == self).map_or("", |(.., label)| label)
    }

    /// Reads [`SourceKind::word`] back.
    pub fn from_word(word: &str) -> Option<SourceKind> {
        Self::ALL.iter().find(|(_, w, _)| *w == word).map(|(kind, ..)| *kind)
    }

    fn is_spoken(self) -> bool {
        matches!(self, SourceKind::Visit | SourceKind::Call)
    }
}

/// Who speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Somebody of the staff.
    Clinician,
    /// The person.
    Patient,
    /// Somebody near them: "daughter".
    Relative(String),
    /// Not said.
    #[default]
    Unknown,
}

impl Role {
    /// Whether the words are the person's or of somebody near them.
    pub fn is_patient_side(&self) -> bool {
        matches!(self, Role::Patient | Role::Relative(_))
    }
}

/// One turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The name as the transcript has it; empty where there is none.
    pub label: String,
    /// Who that is.
    pub role: Role,
    /// Milliseconds from the beginning.
    pub at: Option<u64>,
    /// The words.
    pub span: Span,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The text.
    pub text: String,
    /// Its turns, in order.
    pub said: Vec<Said>,
    /// What a reader must know: letters replaced, turns without text, names guessed.
    pub notices: Vec<String>,
}

impl Reading {
    /// The turn that holds a place.
    pub fn turn_at(&self, at: usize) -> Option<&Said> {
        let before = self.said.partition_point(|said| said.span.start <= at);
        let said = self.said.get(before.checked_sub(1)?)?;
        (at < said.span.end.max(said.span.start + 1)).then_some(said)
    }
}

/// Words read by the machine; what is longer is kept and shown, and said to be unread.
pub const READ_AT_MOST: usize = 1 << 20;

/// Reads what came in.
pub fn read(kind: SourceKind, name: &str, bytes: &[u8]) -> Reading {
    let mut reading = Reading::default();
    let printed = printed(bytes, &mut reading.notices);
    let Some(text) = printed.or_else(|| decode(bytes)) else {
        if reading.notices.is_empty() {
            reading.notices.push(
                match documents::kind::of(bytes) {
                    Some(kind) if kind.media_type.starts_with("image/") => {
                        "This is a picture; its words are not read here."
                    }
                    _ if bytes.starts_with(b"PK\x03\x04") => {
                        "This may be a Word file or an archive: save it as PDF or text to have its words read."
                    }
                    _ => "This file is not text.",
                }
                .to_owned(),
            );
        }
        reading.notices.push("It is kept as received; open it to read it, nothing was proposed from it.".to_owned());
        return reading;
    };
    let (transcript, issues) = transcript::read(name, text.as_bytes());
    if !transcript.turns.is_empty() {
        reading.notices.extend(
            issues.into_iter().map(|issue| {
                if issue.place.is_empty() { issue.text } else { format!("{}: {}", issue.place, issue.text) }
            }),
        );
    }
    if bytes.windows(3).any(|three| three == [0xef, 0xbf, 0xbd]) || text.contains('\u{fffd}') {
        reading.notices.push("Some letters could not be read and stand as \u{fffd}.".to_owned());
    }
    // A heading before a colon is no speaker: a letter is a conversation only where two known voices or times stand in it.
    let voices =
        transcript.turns.iter().filter(|turn| turn.speaker.as_deref().is_some_and(|name| role(name) != Role::Unknown));
    let named = voices.count() > 1 || transcript.turns.iter().any(|turn| turn.start.is_some());
    if !kind.is_spoken() && !named || transcript.turns.is_empty() {
        plain(&mut reading, &text, if kind.is_spoken() { Role::Unknown } else { Role::Clinician });
    } else {
        spoken(&mut reading, &transcript.turns);
    }
    if reading.said.is_empty() {
        reading.notices.push("There are no words in it.".to_owned());
    }
    reading.notices.dedup();
    reading
}

/// The text as it came, each line that has words a turn.
fn plain(reading: &mut Reading, text: &str, role: Role) {
    let kept = head(text, READ_AT_MOST);
    if kept.len() < text.len() {
        reading.notices.push(too_long(kept.len(), text.len()));
    }
    reading.text = unwrapped(kept);
    let kept = reading.text.clone();
    let mut at = 0;
    for line in kept.split_inclusive('\n') {
        let words = line.trim();
        if !words.is_empty() {
            let start = at + (line.len() - line.trim_start().len());
            reading.said.push(Said {
                role: role.clone(),
                span: Span::new(start, start + words.len()),
                ..Said::default()
            });
        }
        at += line.len();
    }
}

/// Lines that were broken at a margin are one line again: each such break becomes a blank, so that all places stay. A text
/// without a margin that several lines reach stays as it is.
fn unwrapped(text: &str) -> String {
    const NARROWEST: usize = 50;
    const WIDEST: usize = 120;
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let width = |line: &str| line.chars().count();
    let margin = lines.iter().map(|line| width(line)).max().unwrap_or(0);
    let full = lines.iter().filter(|line| width(line) * 5 >= margin * 4).count();
    if !(NARROWEST..=WIDEST).contains(&margin) || full < 3 {
        return text.to_owned();
    }
    let begins = |line: &str| {
        let head = line.split_once(':').map(|(head, _)| head);
        line.starts_with(['-', '*', '\u{2022}', '#', '>'])
            || line.chars().next().is_some_and(|c| c.is_ascii_digit())
                && line.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['.', ')'])
            || head.is_some_and(|head| {
                head.split_whitespace().count() <= 4 && head.chars().next().is_some_and(char::is_uppercase)
            })
    };
    let mut out = String::with_capacity(text.len());
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let this = line.trim_end();
        let next = lines.get(number + 1).copied().unwrap_or("");
        let first = next.split_whitespace().next().map_or(0, width);
        let goes_on = !this.is_empty()
            && !next.trim().is_empty()
            && width(this) * 2 > margin
            && (width(this) + 1 + first > margin
                || next.trim_start().starts_with(char::is_lowercase) && !this.ends_with(['.', '!', '?', ';']))
            && !this.ends_with(':')
            && !begins(next.trim_start());
        if goes_on {
            out.extend(line.chars().map(|c| if matches!(c, '\n' | '\r') { ' ' } else { c }));
        } else {
            out.push_str(line);
        }
    }
    out
}

fn spoken(reading: &mut Reading, turns: &[transcript::Turn]) {
    let all: usize = turns.iter().map(|turn| turn.text.len()).sum();
    for turn in turns {
        if reading.text.len() >= READ_AT_MOST {
            reading.notices.push(too_long(reading.text.len(), all));
            break;
        }
        if turn.text.is_empty() {
            continue;
        }
        let label = turn.speaker.clone().unwrap_or_default();
        if !label.is_empty() {
            reading.text.push_str(&label);
            reading.text.push_str(": ");
        }
        let start = reading.text.len();
        let room = READ_AT_MOST.saturating_sub(start).max(1);
        let words = head(&turn.text, room);
        if words.len() < turn.text.len() {
            reading.notices.push(too_long(READ_AT_MOST, all));
        }
        reading.text.push_str(words);
        let span = Span::new(start, reading.text.len());
        reading.text.push('\n');
        reading.said.push(Said { role: role(&label), label, at: turn.start, span });
    }
    guess(reading);
}

fn too_long(read: usize, all: usize) -> String {
    format!(
        "Very long: the first {} kB of {} kB were read here. All of it is kept as received.",
        read / 1024,
        all.max(read) / 1024
    )
}

/// The words of a PDF, or nothing where it is none or has no words; what it lacks is said.
fn printed(bytes: &[u8], notices: &mut Vec<String>) -> Option<String> {
    if !pdf::is_pdf(bytes) {
        return None;
    }
    let read = pdf::read(bytes, pdf::Limits::default());
    let text = read.whole();
    if bytes.starts_with(b"%PDF") || !text.is_empty() {
        notices.extend(read.notices);
    }
    if text.is_empty() {
        return None;
    }
    notices.push("These are the words of a PDF, put in reading order: open it to see it as it was sent.".to_owned());
    Some(text)
}

/// The text of a file, or nothing where it is no text.
fn decode(bytes: &[u8]) -> Option<String> {
    let wide = |swap: bool| {
        let units = bytes.get(2..).unwrap_or_default().chunks_exact(2).map(|pair| {
            let (a, b) = (pair.first().copied().unwrap_or(0), pair.last().copied().unwrap_or(0));
            if swap { u16::from_be_bytes([a, b]) } else { u16::from_le_bytes([a, b]) }
        });
        char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect::<String>()
    };
    match bytes {
        [0xff, 0xfe, ..] => return Some(wide(false)),
        [0xfe, 0xff, ..] => return Some(wide(true)),
        _ => {}
    }
    let is_image = documents::kind::of(bytes).is_some_and(|kind| kind.media_type.starts_with("image/"));
    if is_image || [&b"%PDF"[..], b"PK\x03\x04", b"\x7fELF"].iter().any(|signs| bytes.starts_with(signs)) {
        return None;
    }
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let head: Vec<char> = text.chars().take(4096).collect();
    let odd = head.iter().filter(|c| **c == '\u{fffd}' || c.is_control() && !c.is_whitespace()).count();
    (odd * 8 <= head.len() || odd < 8).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(kind: SourceKind, name: &str, text: &str) -> Vec<(Role, String)> {
        let reading = read(kind, name, text.as_bytes());
        reading.said.iter().map(|said| (said.role.clone(), said.span.of(&reading.text).to_owned())).collect()
    }

    #[test]
    fn speakers_are_told_apart_and_a_name_alone_is_nobody() {
        let got = roles(SourceKind::Visit, "a.txt", "Dr. Patel: Any pain?\nElena (daughter): She fell.\nKim: Hello.");
        assert_eq!(got[0].0, Role::Clinician);
        assert_eq!(got[1], (Role::Relative("daughter".into()), "She fell.".into()));
        assert_eq!(got[2].0, Role::Unknown);
    }

    #[test]
    fn unnamed_speakers_are_guessed_and_the_page_is_told() {
        let text =
            r#"{"segments":[{"speaker":"S0","start":1,"text":"Any pain?"},{"speaker":"S1","start":3,"text":"No."}]}"#;
        let reading = read(SourceKind::Call, "a.json", text.as_bytes());
        assert_eq!((reading.said[0].role.clone(), reading.said[1].role.clone()), (Role::Clinician, Role::Patient));
        assert!(reading.notices.iter().any(|notice| notice.contains("S0")));
        assert_eq!(reading.said[1].at, Some(3000));
    }

    #[test]
    fn swapped_names_are_seen_and_nobody_is_taken_for_staff() {
        let text = "Patient: How have you been?\nNurse: I feel weak, my chest hurts.\n\
                    Patient: Do you take your pills?\nNurse: I take my water pill and my aspirin.\n\
                    Patient: Any swelling in your legs?\nNurse: My ankles, yes, both of my ankles.\n\
                    Patient: Can you weigh yourself?\nNurse: I have no scale at my home.\n";
        let reading = read(SourceKind::Call, "a.txt", text.as_bytes());
        assert!(reading.said.iter().all(|said| said.role == Role::Unknown));
        assert!(reading.notices.iter().any(|notice| notice.contains("swapped")), "{:?}", reading.notices);
        let right = text.replace("Patient:", "X:").replace("Nurse:", "Patient:").replace("X:", "Nurse:");
        let reading = read(SourceKind::Call, "a.txt", right.as_bytes());
        assert_eq!(reading.said[0].role, Role::Clinician);
        assert!(reading.notices.is_empty(), "{:?}", reading.notices);
    }

    #[test]
    fn dictation_and_letters_keep_their_text_as_it_came() {
        let text = "Seen today.  BP 150/90.\n\n  Plan: walk more.\n";
        let reading = read(SourceKind::Dictation, "", text.as_bytes());
        assert_eq!(reading.text, text);
        assert_eq!(reading.said[1].span.of(text), "Plan: walk more.");
    }

    #[test]
    fn lines_broken_at_a_margin_are_one_and_places_stay() {
        let text = "Dear Dr. Patel,\n\n\
                    She tells me that her ankles have been swelling and that she has stopped\n\
                    her metformin because of diarrhea. I increased furosemide to 80 mg daily\n\
                    and in place of the lisinopril, which made her cough, I have now started\n\
                    losartan 25 mg daily.\n- Walk every day\nPlan: see me again.\n";
        let reading = read(SourceKind::Document, "", text.as_bytes());
        assert_eq!(reading.text.len(), text.len());
        let turns: Vec<&str> = reading.said.iter().map(|said| said.span.of(&reading.text)).collect();
        assert_eq!(turns.len(), 4, "{turns:#?}");
        assert!(turns[1].contains("stopped her metformin") && turns[1].ends_with("started losartan 25 mg daily."));
        assert_eq!(turns[2], "- Walk every day");
    }

    #[test]
    fn the_words_of_a_pdf_are_read() {
        let content = "BT /F1 11 Tf 14 TL 72 700 Td (Heart clinic) Tj T* (We stopped ibuprofen.) Tj ET";
        let pdf = format!(
            "%PDF-1.4\n1 0 obj << /Pages 2 0 R >> endobj 2 0 obj << /Kids [3 0 R] >> endobj \
             3 0 obj << /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >> endobj \
             4 0 obj << /Subtype /Type1 /Encoding /WinAnsiEncoding >> endobj \
             5 0 obj << >> stream\n{content}\nendstream endobj trailer << /Root 1 0 R >>"
        );
        let reading = read(SourceKind::Document, "letter.pdf", pdf.as_bytes());
        assert_eq!(reading.text, "Heart clinic\nWe stopped ibuprofen.\n");
        assert!(reading.notices.iter().any(|notice| notice.contains("words of a PDF")), "{:?}", reading.notices);
    }

    #[test]
    fn what_is_no_text_is_kept_and_not_read() {
        let binary: Vec<u8> = (0..4000u32).map(|n| (n * 7 % 256) as u8).collect();
        for bytes in [&b"%PDF-1.7 ..."[..], &binary] {
            let reading = read(SourceKind::Document, "scan.pdf", bytes);
            assert!(
                reading.text.is_empty() && reading.notices[1].contains("kept as received"),
                "{:?}",
                reading.notices
            );
        }
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain("día".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(read(SourceKind::Dictation, "", &wide).text, "día");
    }

    #[test]
    fn ten_megabytes_are_cut_with_a_word_about_it_and_odd_input_is_harmless() {
        let long = "a".repeat(10 << 20);
        let reading = read(SourceKind::Visit, "a.txt", long.as_bytes());
        assert!(reading.text.len() <= READ_AT_MOST + 2 && reading.notices.iter().any(|n| n.contains("Very long")));
        for text in ["", "\u{0}", "::::", "{\"turns\":[", "WEBVTT\n\n-->", "\r\n\r\n"] {
            for name in ["a.txt", "a.vtt", "a.srt", "a.json"] {
                for (kind, ..) in SourceKind::ALL {
                    let reading = read(kind, name, text.as_bytes());
                    assert!(reading.said.iter().all(|said| said.span.end <= reading.text.len()));
                }
            }
        }
    }
}
