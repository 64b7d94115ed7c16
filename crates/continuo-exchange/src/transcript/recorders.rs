//! The JSON of recorders and recognizers, each in its own shape: turns where a shape has them, else words joined where
//! the speaker changes.
//!
//! Shapes known: plain lists of turns, Whisper and whisper.cpp, Deepgram, AssemblyAI, AWS Transcribe (with HealthScribe
//! and call analytics), Google Speech-to-Text, Azure Speech, Rev AI, Speechmatics, Otter, Fireflies and Zoom timelines. A
//! shape is told by its fields, never by the file's name; what no shape fits is said to be unread.

mod services;

use continuo_fhir::issue::{Issue, IssueCode};
use continuo_fhir::json::Json;
use services::{assembly, aws, azure, deepgram, google, otter, rev, speechmatics};

use super::{Turn, clock};

/// Silence that ends a turn where nobody names the speakers.
const PAUSE: u64 = 2_000;
/// Words of one turn: a monologue is cut so that a page can show it.
const LONGEST: usize = 1_200;

/// The turns of a document, or nothing where no shape fits.
pub(super) fn read(json: &Json, issues: &mut Vec<Issue>) -> Vec<Turn> {
    let shapes: [fn(&Json) -> Vec<Turn>; 8] = [deepgram, aws, azure, rev, speechmatics, google, otter, assembly];
    for shape in shapes {
        let turns = shape(json);
        if !turns.is_empty() {
            return turns;
        }
    }
    let mut turns = lists(json, issues);
    if turns.is_empty()
        && let Some(text) =
            json.str_at("text").or_else(|| json.str_at("transcript")).filter(|text| !text.trim().is_empty())
    {
        // Text without turns: one line is one turn, as in a file of plain text.
        turns = super::plain(text);
    }
    turns
}

/// Fields that hold a list of turns.
const LISTS: [&str; 14] = [
    "turns",
    "segments",
    "utterances",
    "results",
    "transcript",
    "dialogue",
    "transcription",
    "transcripts",
    "sentences",
    "timeline",
    "entries",
    "conversation",
    "Transcript",
    "messages",
];
const TEXTS: [&str; 8] = ["text", "utterance", "content", "transcript", "Content", "raw_text", "sentence", "display"];
const SPEAKERS: [&str; 10] = [
    "speaker",
    "speaker_name",
    "speakerName",
    "speakerDisplayName",
    "role",
    "speaker_label",
    "ParticipantRole",
    "speaker_id",
    "name",
    "channel",
];
const STARTS: [&str; 9] =
    ["start", "start_time", "startTime", "begin", "ts", "from", "startOffset", "start_offset", "timestamp"];
const ENDS: [&str; 6] = ["end", "end_time", "endTime", "to", "endOffset", "end_offset"];

/// A list of turns with one name a field, whoever wrote it.
fn lists(json: &Json, issues: &mut Vec<Issue>) -> Vec<Turn> {
    let is_list = |value: &&Json| matches!(value, Json::Array(_));
    let inside = LISTS.iter().find_map(|name| json.get(name).filter(is_list));
    let Some(list) = inside.or_else(|| Some(json).filter(is_list)) else { return Vec::new() };
    let mut turns = Vec::new();
    for (number, item) in list.items().iter().enumerate() {
        let Some(said) = text_of(item) else {
            issues.push(Issue::warning(IssueCode::Required, format!("[{number}]"), "the turn has no text"));
            continue;
        };
        let from = item.at("offsets.from").and_then(Json::as_i64).and_then(|at| u64::try_from(at).ok());
        let to = item.at("offsets.to").and_then(Json::as_i64).and_then(|at| u64::try_from(at).ok());
        let micros = item.get("BeginOffsetMillis").or_else(|| item.get("begin_ms")).and_then(Json::as_f64);
        turns.push(Turn {
            speaker: speaker_of(item),
            start: from
                .or_else(|| micros.filter(|at| *at >= 0.0).map(|at| at as u64))
                .or_else(|| field(item, &STARTS).and_then(moment)),
            end: to.or_else(|| field(item, &ENDS).and_then(moment)),
            text: said,
            line: number + 1,
        });
    }
    in_millis(list, &mut turns);
    turns
}

/// Times written in milliseconds: nobody takes twenty seconds for a word, so whole numbers that say so are no seconds.
fn in_millis(list: &Json, turns: &mut [Turn]) {
    const SECONDS_A_WORD: u64 = 20;
    let whole = |item: &Json| {
        field(item, &STARTS).is_none_or(|value| matches!(value, Json::Number(text) if !text.contains(['.', 'e', 'E'])))
    };
    if !list.items().iter().all(whole) {
        return;
    }
    let words: usize = turns.iter().map(|turn| turn.text.split_whitespace().count()).sum();
    let last = turns.iter().filter_map(|turn| turn.end.or(turn.start)).max().unwrap_or(0) / 1000;
    if last > SECONDS_A_WORD * words.max(1) as u64 {
        for turn in turns {
            turn.start = turn.start.map(|at| at / 1000);
            turn.end = turn.end.map(|at| at / 1000);
        }
    }
}

fn field<'j>(item: &'j Json, names: &[&str]) -> Option<&'j Json> {
    names.iter().find_map(|name| item.get(name)).filter(|value| !matches!(value, Json::Null))
}

fn text_of(item: &Json) -> Option<String> {
    let text = TEXTS.iter().find_map(|name| item.get(name).and_then(Json::as_str))?;
    Some(text.trim().to_owned())
}

fn speaker_of(item: &Json) -> Option<String> {
    let named = item.at("users.0.username").or_else(|| item.at("speaker.name")).or_else(|| field(item, &SPEAKERS))?;
    label(named)
}

/// A name as it came; a bare number or letter becomes "Speaker 1".
fn label(value: &Json) -> Option<String> {
    let text = match value {
        Json::String(text) => text.trim().to_owned(),
        Json::Number(text) => text.to_string(),
        _ => return None,
    };
    let bare = !text.is_empty() && (text.bytes().all(|b| b.is_ascii_digit()) || text.len() == 1);
    match text.as_str() {
        "" => None,
        _ if bare => Some(format!("Speaker {text}")),
        _ => Some(text),
    }
}

/// Seconds as a number, "1.4s", "PT1.4S", a clock, or `{"seconds": 1, "nanos": 400000000}`.
pub(super) fn moment(value: &Json) -> Option<u64> {
    match value {
        Json::String(text) => {
            let text = text.trim();
            let bare = text.strip_suffix(['s', 'S']).unwrap_or(text);
            clock(text).or_else(|| seconds(bare)).or_else(|| period(text))
        }
        Json::Number(text) => seconds(text),
        Json::Object(_) => {
            let part = |name: &str| {
                value.get(name).map_or(Some(0.0), |part| part.as_f64().or_else(|| part.as_str()?.parse().ok()))
            };
            let all = part("seconds")? + part("nanos")? / 1e9;
            (all.is_finite() && (0.0..1e9).contains(&all)).then(|| (all * 1000.0).round() as u64)
        }
        _ => None,
    }
}

fn seconds(text: &str) -> Option<u64> {
    let value: f64 = text.parse().ok()?;
    (value.is_finite() && (0.0..1e9).contains(&value)).then(|| (value * 1000.0).round() as u64)
}

/// "PT1H2M3.5S"
fn period(text: &str) -> Option<u64> {
    let mut rest = text.strip_prefix("PT")?;
    let mut total = 0u64;
    for (unit, millis) in [('H', 3_600_000.0), ('M', 60_000.0), ('S', 1000.0)] {
        if let Some((number, after)) = rest.split_once(unit) {
            let value: f64 = number.parse().ok()?;
            if !(0.0..1e6).contains(&value) {
                return None;
            }
            total += (value * millis).round() as u64;
            rest = after;
        }
    }
    rest.is_empty().then_some(total)
}

/// One word with its speaker and times.
struct Word {
    text: String,
    speaker: Option<String>,
    start: Option<u64>,
    end: Option<u64>,
    /// A sign: no space before it.
    sign: bool,
}

/// Words become turns where the speaker changes, or where nobody is named and there is a silence.
fn joined(words: impl IntoIterator<Item = Word>) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for word in words {
        let ends = |last: &Turn| {
            let pause = matches!((last.end, word.start), (Some(end), Some(start)) if start > end + PAUSE);
            last.speaker != word.speaker && !word.sign
                || pause && last.speaker.is_none()
                || last.text.len() > LONGEST && last.text.ends_with(['.', '?', '!'])
        };
        match turns.last_mut().filter(|last| !ends(last)) {
            Some(last) => {
                if !word.sign {
                    last.text.push(' ');
                }
                last.text.push_str(&word.text);
                last.end = word.end.or(last.end);
            }
            None => {
                let line = turns.len() + 1;
                turns.push(Turn { speaker: word.speaker, start: word.start, end: word.end, text: word.text, line });
            }
        }
    }
    turns
}

fn number(turns: &mut [Turn]) {
    for (at, turn) in turns.iter_mut().enumerate() {
        turn.line = at + 1;
    }
}

fn plain_list(items: &[Json]) -> Vec<Turn> {
    let mut turns: Vec<Turn> = items
        .iter()
        .filter_map(|one| {
            Some(Turn {
                speaker: speaker_of(one),
                start: field(one, &STARTS).and_then(moment),
                end: field(one, &ENDS).and_then(moment),
                text: text_of(one)?,
                line: 0,
            })
        })
        .filter(|turn| !turn.text.is_empty())
        .collect();
    number(&mut turns);
    turns
}

fn plain_word(word: &Json) -> Option<Word> {
    let text = word.str_at("punctuated_word").or_else(|| word.str_at("word")).or_else(|| word.str_at("text"))?;
    Some(Word {
        text: text.trim().to_owned(),
        speaker: field(word, &["speakerLabel", "speaker_label", "speakerTag", "speaker_tag", "speaker"])
            .and_then(label),
        start: field(word, &STARTS).and_then(moment),
        end: field(word, &ENDS).and_then(moment),
        sign: false,
    })
}
