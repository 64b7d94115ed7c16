//! Each service of speech recognition by the shape of its answer.

use std::collections::BTreeMap;

use continuo_fhir::json::Json;

use super::super::Turn;
use super::{STARTS, Word, field, joined, label, moment, number, plain_list, plain_word};

/// Deepgram: utterances, else the paragraphs or words of its first channel.
pub(super) fn deepgram(json: &Json) -> Vec<Turn> {
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

/// AWS Transcribe: audio segments, else items with their speakers; HealthScribe's conversation; call analytics.
pub(super) fn aws(json: &Json) -> Vec<Turn> {
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
pub(super) fn azure(json: &Json) -> Vec<Turn> {
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
pub(super) fn rev(json: &Json) -> Vec<Turn> {
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
pub(super) fn speechmatics(json: &Json) -> Vec<Turn> {
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
pub(super) fn google(json: &Json) -> Vec<Turn> {
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
pub(super) fn otter(json: &Json) -> Vec<Turn> {
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
pub(super) fn assembly(json: &Json) -> Vec<Turn> {
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
