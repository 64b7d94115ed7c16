//! Transcripts of calls and visits: plain text, WebVTT, SubRip, JSON. Turns with speaker and time, nothing interpreted.

use continuo_fhir::issue::{Issue, IssueCode};
use continuo_fhir::json::Json;

use crate::formats::{self, FormatId};

mod recorders;

/// One person speaking.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Turn {
    /// Who, as the transcript says.
    pub speaker: Option<String>,
    /// Milliseconds from the beginning.
    pub start: Option<u64>,
    /// End of the turn.
    pub end: Option<u64>,
    /// What was said.
    pub text: String,
    /// The line it stands on, from 1; for JSON the number of the turn.
    pub line: usize,
}

/// Turns in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transcript {
    /// The turns.
    pub turns: Vec<Turn>,
}

/// Reads a transcript; the form is told by content, then by the file's name.
pub fn read(name: &str, bytes: &[u8]) -> (Transcript, Vec<Issue>) {
    let decoded = String::from_utf8_lossy(bytes);
    let text = decoded.strip_prefix('\u{feff}').unwrap_or(&decoded);
    let mut issues = Vec::new();
    if matches!(decoded, std::borrow::Cow::Owned(_)) {
        issues.push(Issue::warning(IssueCode::Value, "", "some letters are not UTF-8 and were replaced"));
    }
    let first = text.trim_start().chars().next();
    let turns = match formats::detect(name, bytes).map(|format| format.id) {
        _ if matches!(first, Some('{' | '[')) && text.contains('"') => json(text, &mut issues),
        Some(FormatId::Vtt) => captions(text, true, &mut issues),
        Some(FormatId::Srt) => captions(text, false, &mut issues),
        _ if text.lines().any(is_caption_time) => captions(text, false, &mut issues),
        _ => plain(text),
    };
    if turns.is_empty() {
        issues.push(Issue::error(IssueCode::Incomplete, "", format!("`{name}` has no turn that can be read")));
    }
    (Transcript { turns }, issues)
}

/// `00:02:14.000 --> 00:02:16.500`: an arrow between two clocks; an arrow alone is somebody's words.
fn is_caption_time(line: &str) -> bool {
    line.split_once("-->")
        .is_some_and(|(from, to)| clock(from).is_some() && to.split_whitespace().next().and_then(clock).is_some())
}

/// `[02:14] Patient: I stopped the water pill.` A line without a speaker goes on with the turn before. Recorders that
/// export text write name and time on a line of their own, the words below (Otter, Teams, Zoom).
fn plain(text: &str) -> Vec<Turn> {
    let headed = headed(text);
    if !headed.is_empty() {
        return headed;
    }
    let mut turns: Vec<Turn> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let (start, rest) = leading_time(line);
        let (speaker, said) = speaker(rest);
        match turns.last_mut() {
            Some(last) if speaker.is_none() && start.is_none() && last.speaker.is_some() => {
                last.text.push(' ');
                last.text.push_str(said);
            }
            _ => turns.push(Turn { speaker, start, end: None, text: said.to_owned(), line: number + 1 }),
        }
    }
    turns
}

/// `Ana Reyes  0:05` or `[Ana Reyes] 10:02:03` alone on a line: who speaks in the lines below, and when.
fn header(line: &str) -> Option<(String, u64)> {
    let (name, time) = line.trim().rsplit_once(char::is_whitespace)?;
    let at = clock(time.trim_matches(['(', ')', '[', ']']))?;
    let name = name.trim().trim_matches(['[', ']']).trim_end_matches(['-', '|', ',']).trim();
    let words = name.split_whitespace().count();
    let is_name = (1..=5).contains(&words)
        && name.len() <= 60
        && name
            .split_whitespace()
            .all(|word| word.chars().next().is_some_and(|c| c.is_uppercase() || c.is_numeric() || c == '('));
    is_name.then(|| (name.to_owned(), at))
}

/// The turns of a text whose lines are headed by name and time; nothing where fewer than two are, or time runs back.
fn headed(text: &str) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    let mut before = Vec::new();
    for (number, line) in text.lines().enumerate() {
        match header(line) {
            Some((name, at)) => {
                if turns.last().is_some_and(|last| last.start > Some(at)) {
                    return Vec::new();
                }
                turns.push(Turn { speaker: Some(name), start: Some(at), line: number + 1, ..Turn::default() });
            }
            None if line.trim().is_empty() => {}
            None => match turns.last_mut() {
                Some(last) => {
                    if !last.text.is_empty() {
                        last.text.push(' ');
                    }
                    last.text.push_str(line.trim());
                }
                // What stands above the first name is nobody's, and is not lost.
                None => before.push(Turn { text: line.trim().to_owned(), line: number + 1, ..Turn::default() }),
            },
        }
    }
    if turns.len() < 2 || turns.iter().filter(|turn| !turn.text.is_empty()).count() < 2 {
        return Vec::new();
    }
    before.extend(turns.into_iter().filter(|turn| !turn.text.is_empty()));
    before
}

fn leading_time(line: &str) -> (Option<u64>, &str) {
    let (inside, rest) = match line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inside, rest)) => (inside, rest),
        None => match line.split_once(char::is_whitespace) {
            Some((head, rest)) => (head, rest),
            None => return (None, line),
        },
    };
    match clock(inside) {
        Some(at) => (Some(at), rest.trim_start()),
        None => (None, line),
    }
}

/// A short label before a colon that begins with a letter: `Patient:`, `Dr. Patel:`, `SPEAKER_01:`.
fn speaker(line: &str) -> (Option<String>, &str) {
    if let Some((head, rest)) = line.split_once(':') {
        let words = head.split_whitespace().count();
        let label = head.chars().next().is_some_and(char::is_alphabetic)
            && head.len() <= 40
            && (1..=4).contains(&words)
            && head.chars().all(|c| c.is_alphanumeric() || " ._-'()".contains(c))
            && (rest.is_empty() || rest.starts_with(' '));
        if label {
            return (Some(head.trim().to_owned()), rest.trim());
        }
    }
    (None, line)
}

/// `00:02:14.500`, `02:14`, `00:02:14,500`
fn clock(text: &str) -> Option<u64> {
    let text = text.trim().replace(',', ".");
    let (whole, millis) = text.split_once('.').unwrap_or((&text, "0"));
    if !whole.contains(':') || !millis.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut seconds = 0u64;
    for part in whole.split(':') {
        if part.is_empty() || part.len() > 4 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        seconds = seconds.checked_mul(60)?.checked_add(part.parse().ok()?)?;
    }
    let millis: u64 = format!("{millis:0<3}").get(..3)?.parse().ok()?;
    seconds.checked_mul(1000)?.checked_add(millis)
}

fn captions(text: &str, vtt: bool, issues: &mut Vec<Issue>) -> Vec<Turn> {
    let mut turns = Vec::new();
    let mut open: Option<Turn> = None;
    let mut note = false;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_end();
        if line.trim().is_empty() {
            turns.extend(open.take().filter(|turn| !turn.text.is_empty()));
            note = false;
            continue;
        }
        if open.is_none() && vtt && ["NOTE", "STYLE", "REGION"].iter().any(|word| line.starts_with(word)) {
            note = true;
        }
        if note {
            continue;
        }
        if let Some((from, to)) = line.split_once("-->").filter(|_| open.is_none() || is_caption_time(line)) {
            turns.extend(open.take().filter(|turn| !turn.text.is_empty()));
            let end = to.split_whitespace().next().and_then(clock);
            let start = clock(from);
            if start.is_none() {
                issues.push(Issue::warning(
                    IssueCode::Value,
                    format!("line {}", number + 1),
                    format!("time `{line}` cannot be read"),
                ));
            }
            open = Some(Turn { start, end, line: number + 2, ..Turn::default() });
        } else if let Some(turn) = &mut open {
            let (voice, said) = voice(line);
            if turn.text.is_empty() && turn.speaker.is_none() {
                let (label, said) = if voice.is_some() { (voice, said) } else { owned(speaker(&said)) };
                turn.speaker = label;
                turn.text = said;
            } else {
                turn.text.push(' ');
                turn.text.push_str(&said);
            }
        }
    }
    turns.extend(open.filter(|turn| !turn.text.is_empty()));
    turns
}

fn owned((label, said): (Option<String>, &str)) -> (Option<String>, String) {
    (label, said.to_owned())
}

/// `<v Nurse>Any swelling?</v>`: the voice, and the words without tags.
fn voice(line: &str) -> (Option<String>, String) {
    let mut label = None;
    let mut said = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('<') {
        said.push_str(before);
        let Some((tag, behind)) = after.split_once('>') else {
            said.push('<');
            rest = after;
            break;
        };
        if !is_markup(tag) {
            // Not markup of captions: these are words, however odd.
            said.push('<');
            rest = after;
            continue;
        }
        if let Some(name) = tag
            .strip_prefix("v ")
            .or_else(|| tag.strip_prefix('v').and_then(|t| t.split_once(' ').map(|(_, name)| name)))
        {
            label = Some(name.trim().to_owned());
        }
        rest = behind;
    }
    said.push_str(rest);
    (label, said.trim().to_owned())
}

/// The tags of WebVTT (voice, class, italics, bold, underline, ruby, language, times) and their ends.
fn is_markup(tag: &str) -> bool {
    let tag = tag.strip_prefix('/').unwrap_or(tag);
    let name = tag.split(['.', ' ']).next().unwrap_or(tag);
    matches!(name, "v" | "c" | "i" | "b" | "u" | "ruby" | "rt" | "lang") || clock(tag).is_some()
}

/// The JSON of a recorder, in whichever shape.
fn json(text: &str, issues: &mut Vec<Issue>) -> Vec<Turn> {
    let parsed = match Json::parse(text.as_bytes()) {
        Ok(parsed) => parsed,
        Err(error) => {
            issues.push(Issue::error(IssueCode::Structure, "", format!("line {}: {}", error.line, error.message)));
            return Vec::new();
        }
    };
    recorders::read(&parsed, issues)
}

#[cfg(test)]
mod recorder_tests;

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str, text: &str) -> Vec<(Option<String>, Option<u64>, String)> {
        let (transcript, issues) = read(name, text.as_bytes());
        assert!(issues.iter().all(|issue| !issue.is_error()), "{issues:?}");
        transcript.turns.into_iter().map(|turn| (turn.speaker, turn.start, turn.text)).collect()
    }

    fn turn(speaker: &str, start: Option<u64>, text: &str) -> (Option<String>, Option<u64>, String) {
        (Some(speaker.to_owned()), start, text.to_owned())
    }

    #[test]
    fn plain_text_with_times_and_speakers() {
        let text = "[02:14] Patient: I stopped the pill\nit makes me go all night.\n\n02:31 Nurse: Any swelling?\nDr. Patel: Yes: both ankles.\n";
        assert_eq!(
            said("call.txt", text),
            [
                turn("Patient", Some(134_000), "I stopped the pill it makes me go all night."),
                turn("Nurse", Some(151_000), "Any swelling?"),
                turn("Dr. Patel", None, "Yes: both ankles."),
            ]
        );
    }

    #[test]
    fn captions_with_voices_notes_and_numbers() {
        let vtt = "WEBVTT\n\nNOTE made up\nby hand\n\n1\n00:02:14.000 --> 00:02:16.500 align:left\n<v Patient>I stopped\n<i>it</i>.\n\n02:31.000 --> 02:33.000\nNurse: Any swelling?\n";
        assert_eq!(
            said("call.vtt", vtt),
            [turn("Patient", Some(134_000), "I stopped it."), turn("Nurse", Some(151_000), "Any swelling?")]
        );
        let srt = "1\n00:00:01,250 --> 00:00:02,000\nHello there\n\n2\n00:00:03,000 --> 00:00:04,000\nNurse: Hi\n";
        let turns = said("call.srt", srt);
        assert_eq!(turns[0], (None, Some(1250), "Hello there".to_owned()));
        assert_eq!(turns[1], turn("Nurse", Some(3000), "Hi"));
    }

    #[test]
    fn words_that_look_like_markup_stay_words() {
        let vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ana>a <script>x</script> <b>b</b> <!-- c --> 1 < 2\n";
        assert_eq!(said("call.vtt", vtt)[0].2, "a <script>x</script> b <!-- c --> 1 < 2");
        let plain = "Patient: see --> here\nNurse: <b>ok</b>\n";
        assert_eq!(said("call.txt", plain), [turn("Patient", None, "see --> here"), turn("Nurse", None, "<b>ok</b>")]);
    }

    #[test]
    fn json_of_several_recognizers() {
        let text = r#"{"segments":[{"speaker":"SPEAKER_01","start":1.5,"end":2,"text":" Hi "},{"role":"nurse","start":"00:03","text":"Yes"},{"x":1}]}"#;
        let (transcript, issues) = read("call.json", text.as_bytes());
        assert_eq!(transcript.turns.len(), 2);
        assert_eq!(
            (transcript.turns[0].start, transcript.turns[0].end, transcript.turns[0].text.as_str()),
            (Some(1500), Some(2000), "Hi")
        );
        assert_eq!(transcript.turns[1].start, Some(3000));
        assert_eq!(issues.len(), 1);
    }

    #[test]
    fn nonsense_is_an_issue_not_a_panic() {
        for text in [
            "",
            "\u{0}\u{1}",
            "{\"a\":",
            "[1,2,{}]",
            "00:00 -->",
            "<v",
            "-->\n-->\n",
            "WEBVTT\n\n99999:00 --> x\nhm",
            "::::",
            "[[[]",
        ] {
            for name in ["a.txt", "a.vtt", "a.srt", "a.json", "a"] {
                let _ = read(name, text.as_bytes());
            }
        }
        assert!(read("a.txt", b"").1.iter().any(Issue::is_error));
    }
}
