//! The JSON of recorders and recognizers, each in its own shape: turns where a shape has them, else words joined where
//! the speaker changes.
//!
//! Shapes known: plain lists of turns, Whisper and whisper.cpp, Deepgram, AssemblyAI, AWS Transcribe (with HealthScribe
//! and call analytics), Google Speech-to-Text, Azure Speech, Rev AI, Speechmatics, Otter, Fireflies and Zoom timelines. A
//! shape is told by its fields, never by the file's name; what no shape fits is said to be unread.

use std::collections::BTreeMap;

use continuo_fhir::issue::{Issue, IssueCode};
use continuo_fhir::json::Json;

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

/// Deepgram: utterances, else the paragraphs or words of its first channel.
fn deepgram(json: &Json) -> Vec<Turn> {
    let utterances = json.at("results.utterances").map(Json::items).unwrap_or_default();
    if !utterances.is_empty() {
        return plain_list(utterances);
    }
    let best = json.at("results.channels.0.alternatives.0");
    let paragraphs = best.and_then(|best| best.at("paragraphs.paragraphs")).map(Json::items).unwrap_or_default();
    if !paragraphs.is_empty() {
        let mut turns: Vec<Turn> = paragraphs
            .iter()
            .map(|one| {
                let sentences = one.get("sentences").map(Json::items).unwrap_or_default();
                let text: Vec<&str> = sentences.iter().filter_map(|sentence| sentence.str_at("text")).collect();
                Turn {
                    speaker: one.get("speaker").and_then(label),
                    start: one.get("start").and_then(moment),
                    end: one.get("end").and_then(moment),
                    text: text.join(" "),
                    line: 0,
                }
            })
            .filter(|turn| !turn.text.is_empty())
            .collect();
        number(&mut turns);
        return turns;
    }
    let words = best.and_then(|best| best.get("words")).map(Json::items).unwrap_or_default();
    joined(words.iter().filter_map(plain_word))
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

/// AWS Transcribe: audio segments, else items with their speakers; HealthScribe's conversation; call analytics.
fn aws(json: &Json) -> Vec<Turn> {
    let talk = json.at("Conversation.TranscriptSegments").or_else(|| json.get("Transcript")).map(Json::items);
    if let Some(talk) = talk.filter(|talk| talk.iter().any(|one| one.str_at("Content").is_some())) {
        let mut turns: Vec<Turn> = talk
            .iter()
            .filter_map(|one| {
                let role = one.str_at("ParticipantDetails.ParticipantRole").or_else(|| one.str_at("ParticipantRole"));
                let millis =
                    |name: &str| one.get(name).and_then(Json::as_f64).filter(|at| *at >= 0.0).map(|at| at as u64);
                Some(Turn {
                    speaker: role.map(|role| role.replace('_', " ").to_lowercase()),
                    start: millis("BeginOffsetMillis").or_else(|| one.get("BeginAudioTime").and_then(moment)),
                    end: millis("EndOffsetMillis").or_else(|| one.get("EndAudioTime").and_then(moment)),
                    text: one.str_at("Content")?.trim().to_owned(),
                    line: 0,
                })
            })
            .collect();
        number(&mut turns);
        return turns;
    }
    let segments = json.at("results.audio_segments").map(Json::items).unwrap_or_default();
    if segments.iter().any(|one| one.get("speaker_label").is_some()) {
        return plain_list(segments);
    }
    let items = json.at("results.items").map(Json::items).unwrap_or_default();
    // Older answers name the speakers beside the words, by time.
    let spoken: Vec<(Option<u64>, String)> = json
        .at("results.speaker_labels.segments")
        .map(Json::items)
        .unwrap_or_default()
        .iter()
        .flat_map(|segment| segment.get("items").map(Json::items).unwrap_or_default())
        .filter_map(|item| Some((item.get("start_time").and_then(moment), item.str_at("speaker_label")?.to_owned())))
        .collect();
    let mut at = 0;
    joined(items.iter().filter_map(|item| {
        let start = item.get("start_time").and_then(moment);
        let sign = item.str_at("type") == Some("punctuation");
        while !sign && spoken.get(at).is_some_and(|(time, _)| *time < start) {
            at += 1;
        }
        let beside = spoken.get(at).filter(|(time, _)| !sign && *time == start).map(|(_, name)| name.clone());
        Some(Word {
            text: item.at("alternatives.0")?.str_at("content")?.to_owned(),
            speaker: item.get("speaker_label").and_then(label).or(beside),
            start,
            end: item.get("end_time").and_then(moment),
            sign,
        })
    }))
}

/// Azure Speech, batch: recognized phrases.
fn azure(json: &Json) -> Vec<Turn> {
    let mut turns: Vec<Turn> = json
        .get("recognizedPhrases")
        .map(Json::items)
        .unwrap_or_default()
        .iter()
        .filter_map(|one| {
            Some(Turn {
                speaker: field(one, &["speaker", "channel"]).and_then(label),
                start: one.get("offset").and_then(moment),
                end: None,
                text: one.at("nBest.0")?.str_at("display")?.trim().to_owned(),
                line: 0,
            })
        })
        .collect();
    turns.sort_by_key(|turn| turn.start);
    number(&mut turns);
    turns
}

/// Rev AI: monologues of elements.
fn rev(json: &Json) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for one in json.get("monologues").map(Json::items).unwrap_or_default() {
        let elements = one.get("elements").map(Json::items).unwrap_or_default();
        let text: String = elements.iter().filter_map(|element| element.str_at("value")).collect();
        if !text.trim().is_empty() {
            turns.push(Turn {
                speaker: one.at("speaker.name").or_else(|| one.get("speaker")).and_then(label),
                start: elements.iter().find_map(|element| element.get("ts")).and_then(moment),
                end: elements.iter().rev().find_map(|element| element.get("end_ts")).and_then(moment),
                text: text.trim().to_owned(),
                line: turns.len() + 1,
            });
        }
    }
    turns
}

/// Speechmatics: results of words and punctuation, each with its alternatives.
fn speechmatics(json: &Json) -> Vec<Turn> {
    let results = json.get("results").map(Json::items).unwrap_or_default();
    if results.first().is_none_or(|one| one.str_at("type").is_none()) {
        return Vec::new();
    }
    joined(results.iter().filter_map(|one| {
        let best = one.at("alternatives.0")?;
        Some(Word {
            text: best.str_at("content")?.to_owned(),
            speaker: best.get("speaker").and_then(label),
            start: one.get("start_time").and_then(moment),
            end: one.get("end_time").and_then(moment),
            sign: one.str_at("type") == Some("punctuation"),
        })
    }))
}

/// Google Speech-to-Text: results with alternatives. With speakers told apart, the last result repeats all words.
fn google(json: &Json) -> Vec<Turn> {
    let results = json.get("results").or_else(|| json.at("response.results")).map(Json::items).unwrap_or_default();
    let words_of =
        |result: &Json| result.at("alternatives.0.words").map(|words| words.items().to_vec()).unwrap_or_default();
    let tagged = |word: &Json| {
        field(word, &["speakerTag", "speaker_tag", "speakerLabel", "speaker_label"])
            .is_some_and(|tag| tag.as_f64().is_none_or(|tag| tag > 0.0))
    };
    if !results.iter().any(|one| one.at("alternatives.0").is_some()) {
        return Vec::new();
    }
    let last = results.last().map(words_of).unwrap_or_default();
    let all: Vec<Json> = if last.first().is_some_and(tagged) && results.len() > 1 && is_whole(&last, results) {
        last
    } else {
        results.iter().flat_map(words_of).collect()
    };
    if all.iter().any(tagged) {
        return joined(all.iter().filter_map(plain_word));
    }
    let mut turns: Vec<Turn> = results
        .iter()
        .filter_map(|one| {
            let best = one.at("alternatives.0")?;
            let text = best.str_at("transcript")?.trim();
            let start = best.at("words.0").and_then(|word| field(word, &STARTS)).and_then(moment);
            let speaker = one.get("channelTag").filter(|tag| tag.as_f64() > Some(0.0)).and_then(label);
            (!text.is_empty()).then(|| Turn { speaker, start, end: None, text: text.to_owned(), line: 0 })
        })
        .collect();
    number(&mut turns);
    turns
}

/// Whether the words of the last result begin where the first result begins.
fn is_whole(last: &[Json], results: &[Json]) -> bool {
    let start = |word: Option<&Json>| word.and_then(|word| field(word, &STARTS)).and_then(moment).unwrap_or(0);
    let first = results.first().and_then(|one| one.at("alternatives.0.words.0"));
    first.is_none() || start(last.first()) <= start(first)
}

/// Otter: transcripts with speaker ids, the names in a list beside them.
fn otter(json: &Json) -> Vec<Turn> {
    let speech = json.get("speech").unwrap_or(json);
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    for known in speech.get("speakers").map(Json::items).unwrap_or_default() {
        if let Some(id) = known.get("id")
            && let Some(name) = known.str_at("speaker_name").or_else(|| known.str_at("name"))
        {
            names.entry(id.to_string()).or_insert(name);
        }
    }
    let transcripts = speech.get("transcripts").map(Json::items).unwrap_or_default();
    let mut turns: Vec<Turn> = transcripts
        .iter()
        .filter_map(|one| {
            let name = one.get("speaker_id").and_then(|id| names.get(&id.to_string()).copied());
            let given = one.str_at("speaker_name").or_else(|| one.str_at("speaker_model_label"));
            let text = one.str_at("transcript")?.trim();
            // Otter counts samples, sixteen a millisecond.
            let samples =
                |name: &str| one.get(name).and_then(Json::as_f64).filter(|at| *at >= 0.0).map(|at| (at / 16.0) as u64);
            (!text.is_empty()).then(|| Turn {
                speaker: name.or(given).map(str::to_owned).or_else(|| one.get("speaker_id").and_then(label)),
                start: samples("start_offset"),
                end: samples("end_offset"),
                text: text.to_owned(),
                line: 0,
            })
        })
        .collect();
    number(&mut turns);
    turns
}

/// AssemblyAI without utterances: words alone, times in milliseconds. With utterances it is a list like others.
fn assembly(json: &Json) -> Vec<Turn> {
    let none = json.get("utterances").is_none_or(|list| list.items().is_empty())
        && json.get("segments").is_none_or(|list| list.items().is_empty());
    let words = json.get("words").map(Json::items).unwrap_or_default();
    if !none || words.is_empty() {
        return Vec::new();
    }
    let mut turns = joined(words.iter().filter_map(|word| {
        let millis = json.get("audio_url").is_some() || json.get("language_code").is_some();
        let mut word = plain_word(word)?;
        if millis {
            word.start = word.start.map(|at| at / 1000);
            word.end = word.end.map(|at| at / 1000);
        }
        Some(word)
    }));
    number(&mut turns);
    turns
}
