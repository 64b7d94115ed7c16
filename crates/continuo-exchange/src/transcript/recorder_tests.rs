//! One small answer of each recorder, made up in its published shape: who spoke, when, what.

use super::*;

fn said(name: &str, text: &str) -> Vec<(String, Option<u64>, String)> {
    let (transcript, issues) = read(name, text.as_bytes());
    assert!(issues.iter().all(|issue| !issue.is_error()), "{issues:?}");
    transcript.turns.into_iter().map(|turn| (turn.speaker.unwrap_or_default(), turn.start, turn.text)).collect()
}

#[track_caller]
fn check(name: &str, text: &str, expect: &[(&str, Option<u64>, &str)]) {
    let got = said(name, text);
    let got: Vec<_> = got.iter().map(|(who, at, text)| (who.as_str(), *at, text.as_str())).collect();
    assert_eq!(got, expect, "{text}");
}

#[test]
fn whisper_and_whisper_cpp() {
    check(
        "a.json",
        r#"{"text":"Any swelling? Yes.","segments":[{"id":0,"start":0.0,"end":2.5,"text":" Any swelling?"},{"id":1,"start":2.5,"end":4,"text":" Yes."}]}"#,
        &[("", Some(0), "Any swelling?"), ("", Some(2500), "Yes.")],
    );
    check(
        "a.json",
        r#"{"transcription":[{"timestamps":{"from":"00:00:01,000","to":"00:00:02,000"},"offsets":{"from":1000,"to":2000},"text":" Any swelling?"}]}"#,
        &[("", Some(1000), "Any swelling?")],
    );
    check(
        "a.json",
        r#"{"text":"Nurse: Any swelling?\nPatient: Yes."}"#,
        &[("Nurse", None, "Any swelling?"), ("Patient", None, "Yes.")],
    );
}

#[test]
fn aws_transcribe_healthscribe_and_call_analytics() {
    let items = r#"[{"type":"pronunciation","start_time":"0.5","end_time":"0.9","alternatives":[{"confidence":"0.9","content":"Any"}],"speaker_label":"spk_0"},
        {"type":"pronunciation","start_time":"1.0","end_time":"1.4","alternatives":[{"content":"swelling"}],"speaker_label":"spk_0"},
        {"type":"punctuation","alternatives":[{"content":"?"}]},
        {"type":"pronunciation","start_time":"2.0","end_time":"2.4","alternatives":[{"content":"Yes"}],"speaker_label":"spk_1"}]"#;
    let expect = [("spk_0", Some(500), "Any swelling?"), ("spk_1", Some(2000), "Yes")];
    check(
        "a.json",
        &format!(r#"{{"jobName":"j","results":{{"transcripts":[{{"transcript":"x"}}],"items":{items}}}}}"#),
        &expect,
    );
    // Speakers beside the words, by time.
    let without = items.replace(r#","speaker_label":"spk_0""#, "").replace(r#","speaker_label":"spk_1""#, "");
    let beside = r#"{"segments":[{"speaker_label":"spk_0","items":[{"start_time":"0.5","speaker_label":"spk_0"},{"start_time":"1.0","speaker_label":"spk_0"}]},{"items":[{"start_time":"2.0","speaker_label":"spk_1"}]}]}"#;
    check("a.json", &format!(r#"{{"results":{{"speaker_labels":{beside},"items":{without}}}}}"#), &expect);
    check(
        "a.json",
        r#"{"Conversation":{"TranscriptSegments":[{"Content":"Any swelling?","BeginAudioTime":1.5,"ParticipantDetails":{"ParticipantRole":"CLINICIAN"}}]}}"#,
        &[("clinician", Some(1500), "Any swelling?")],
    );
    check(
        "a.json",
        r#"{"Transcript":[{"ParticipantRole":"AGENT","BeginOffsetMillis":120,"Content":"Any swelling?"},{"ParticipantRole":"CUSTOMER","BeginOffsetMillis":900,"Content":"Yes."}]}"#,
        &[("agent", Some(120), "Any swelling?"), ("customer", Some(900), "Yes.")],
    );
}

#[test]
fn google_speech_with_and_without_speakers() {
    check(
        "a.json",
        r#"{"results":[{"alternatives":[{"transcript":"any swelling ","confidence":0.9}]},{"alternatives":[{"transcript":"yes"}]}]}"#,
        &[("", None, "any swelling"), ("", None, "yes")],
    );
    // With speakers the last result repeats every word.
    let word = |start: &str, word: &str, tag: u8| {
        format!(r#"{{"startTime":"{start}s","endTime":"{start}s","word":"{word}","speakerTag":{tag}}}"#)
    };
    let plain = |start: &str, text: &str| format!(r#"{{"startTime":"{start}s","word":"{text}"}}"#);
    let text = format!(
        r#"{{"results":[{{"alternatives":[{{"transcript":"any swelling yes","words":[{},{},{}]}}]}},{{"alternatives":[{{"transcript":"","words":[{},{},{}]}}]}}]}}"#,
        plain("0.1", "any"),
        plain("0.5", "swelling"),
        plain("1.4", "yes"),
        word("0.1", "any", 1),
        word("0.5", "swelling", 1),
        word("1.4", "yes", 2),
    );
    check("a.json", &text, &[("Speaker 1", Some(100), "any swelling"), ("Speaker 2", Some(1400), "yes")]);
    check(
        "a.json",
        r#"{"results":[{"alternatives":[{"words":[{"startTime":{"seconds":"2","nanos":500000000},"word":"yes","speakerLabel":"2"}]}]}]}"#,
        &[("Speaker 2", Some(2500), "yes")],
    );
}

#[test]
fn deepgram_assemblyai_azure_rev_and_speechmatics() {
    check(
        "a.json",
        r#"{"metadata":{},"results":{"channels":[],"utterances":[{"start":0.5,"end":1,"transcript":"Any swelling?","speaker":0},{"start":2,"end":3,"transcript":"Yes.","speaker":1}]}}"#,
        &[("Speaker 0", Some(500), "Any swelling?"), ("Speaker 1", Some(2000), "Yes.")],
    );
    check(
        "a.json",
        r#"{"results":{"channels":[{"alternatives":[{"transcript":"Any swelling? Yes.","words":[{"word":"any","punctuated_word":"Any","start":0.5,"end":0.8,"speaker":0},{"word":"swelling","punctuated_word":"swelling?","start":0.9,"end":1.2,"speaker":0},{"word":"yes","punctuated_word":"Yes.","start":2,"end":2.2,"speaker":1}]}]}]}}"#,
        &[("Speaker 0", Some(500), "Any swelling?"), ("Speaker 1", Some(2000), "Yes.")],
    );
    check(
        "a.json",
        r#"{"id":"x","audio_url":"u","text":"Any swelling? Yes.","words":[],"utterances":[{"speaker":"A","start":500,"end":61000,"text":"Any swelling?"},{"speaker":"B","start":62000,"end":63000,"text":"Yes."}]}"#,
        &[("Speaker A", Some(500), "Any swelling?"), ("Speaker B", Some(62000), "Yes.")],
    );
    check(
        "a.json",
        r#"{"id":"x","audio_url":"u","text":"Any swelling?","utterances":null,"words":[{"text":"Any","start":500,"end":700,"speaker":null},{"text":"swelling?","start":710,"end":900}]}"#,
        &[("", Some(500), "Any swelling?")],
    );
    check(
        "a.json",
        r#"{"combinedRecognizedPhrases":[{"display":"x"}],"recognizedPhrases":[{"speaker":1,"offset":"PT1M0.5S","nBest":[{"display":"Any swelling?"}]}]}"#,
        &[("Speaker 1", Some(60_500), "Any swelling?")],
    );
    check(
        "a.json",
        r#"{"monologues":[{"speaker":0,"elements":[{"type":"text","value":"Any","ts":0.5,"end_ts":0.7},{"type":"punct","value":" "},{"type":"text","value":"swelling","ts":0.8,"end_ts":1},{"type":"punct","value":"?"}]}]}"#,
        &[("Speaker 0", Some(500), "Any swelling?")],
    );
    check(
        "a.json",
        r#"{"format":"2.9","results":[{"type":"word","start_time":0.5,"end_time":0.7,"alternatives":[{"content":"Yes","speaker":"S1"}]},{"type":"punctuation","start_time":0.7,"end_time":0.7,"alternatives":[{"content":".","speaker":"S1"}]}]}"#,
        &[("S1", Some(500), "Yes.")],
    );
}

#[test]
fn otter_fireflies_and_zoom() {
    check(
        "a.json",
        r#"{"speech":{"speakers":[{"id":7,"speaker_name":"Ana Reyes"}],"transcripts":[{"speaker_id":7,"start_offset":16000,"end_offset":32000,"transcript":"I feel weak."}]}}"#,
        &[("Ana Reyes", Some(1000), "I feel weak.")],
    );
    check(
        "a.json",
        r#"{"sentences":[{"index":0,"speaker_name":"Ana Reyes","text":"I feel weak.","start_time":1.5,"end_time":3}]}"#,
        &[("Ana Reyes", Some(1500), "I feel weak.")],
    );
    check(
        "a.json",
        r#"{"timeline":[{"ts":"00:00:01.500","users":[{"username":"Ana Reyes"}],"text":"I feel weak."}]}"#,
        &[("Ana Reyes", Some(1500), "I feel weak.")],
    );
    // As Zoom and Teams write captions.
    check(
        "a.vtt",
        "WEBVTT\r\n\r\n1\r\n00:00:01.000 --> 00:00:02.000\r\nAna Reyes: I feel weak.\r\n",
        &[("Ana Reyes", Some(1000), "I feel weak.")],
    );
    check(
        "a.vtt",
        "WEBVTT\n\n6f3b/12-0\n00:00:01.000 --> 00:00:02.000\n<v Reyes, Ana (Guest)>I feel weak.</v>\n",
        &[("Reyes, Ana (Guest)", Some(1000), "I feel weak.")],
    );
}

#[test]
fn text_with_name_and_time_on_a_line_of_their_own() {
    check(
        "a.txt",
        "Nurse Kim  0:05 \nAny swelling?\n\nAna Reyes  0:09 \nMy ankles,\nboth.\n",
        &[("Nurse Kim", Some(5000), "Any swelling?"), ("Ana Reyes", Some(9000), "My ankles, both.")],
    );
    check(
        "a.txt",
        "Call of Monday\n[Speaker 1] 10:02:03\nHello\n[Speaker 2] 10:02:09\nHi\n",
        &[
            ("", None, "Call of Monday"),
            ("Speaker 1", Some(36_123_000), "Hello"),
            ("Speaker 2", Some(36_129_000), "Hi"),
        ],
    );
    // Times in a letter are no headers.
    let letter = "Seen today.\nFollow up Monday 10:30\nBring pills.\nReturn Friday 9:00\nwith labs.\n";
    assert!(said("a.txt", letter).iter().all(|(who, ..)| who.is_empty()));
}

#[test]
fn shapes_cut_short_or_of_other_types_are_harmless() {
    let shapes = [
        r#"{"results":{"items":[1,{"alternatives":[]},{"alternatives":"x"}],"speaker_labels":{"segments":"x"}}}"#,
        r#"{"results":{"utterances":[{"start":-1,"transcript":"a"},{"start":1e300,"transcript":"b"},null]}}"#,
        r#"{"results":[{"alternatives":[{"words":[{"word":"a","speakerTag":"x","startTime":{"seconds":"y"}}]}]}]}"#,
        r#"{"monologues":[{"elements":[{"value":5}]}],"recognizedPhrases":[{"nBest":[]}]}"#,
        r#"{"speech":{"transcripts":[{"transcript":"a","start_offset":-5,"speaker_id":{}}],"speakers":[null]}}"#,
        r#"{"words":[{"text":"a"},{"text":1}]}"#,
        r#"{"transcription":[{"offsets":{"from":-5},"text":"a"}]}"#,
        r#"{"utterances":[{"start":18446744073709551616,"text":"a"}]}"#,
    ];
    for shape in shapes {
        for end in 0..=shape.len() {
            if let Some(cut) = shape.get(..end) {
                let _ = read("a.json", cut.as_bytes());
            }
        }
    }
}
