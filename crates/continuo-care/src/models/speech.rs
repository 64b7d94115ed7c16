//! Recordings become transcripts through the site's speech service (`/v1/audio/transcriptions` as OpenAI and whisper.cpp
//! speak it), and then take the way of any uploaded transcript.
//!
//! The recording is kept as received before anything is sent. A service that fails is tried again; given up, it leaves a
//! task for whoever brought the recording. Nothing is read out of sound here but what the service wrote.

use continuo_fhir::{Date, Json, ResourceType};
use continuo_store::tables::document_blob::{self, DocumentBlob};
use continuo_store::tables::llm_call::{self, LlmCall};
use continuo_store::{Error as StoreError, Scope};

use super::{MINUTE, TRIES};
use crate::access::Permission;
use crate::assess::{put, settle};
use crate::build::{list, moment, object, reference, words};
use crate::ctx::{Actor, Ctx};
use crate::outbound::settings::SpeechSettings;
use crate::outbound::{Call, Purpose};
use crate::problem::WorkError;
use crate::scribe::intake::{self, Incoming};
use crate::scribe::source::SourceKind;
use crate::tasks::make::{NewTask, task};
use crate::work::{Done, person_rid};

/// The purpose of its rows in the log.
pub const PURPOSE: &str = "speech";
/// Largest recording taken: what the common services take.
pub const LARGEST: usize = 25 << 20;
const LARGEST_ANSWER: usize = 8 << 20;
const PATIENT: ResourceType = ResourceType::of("Patient");

/// Kinds of sound that services take, by the end of the name.
const ENDS: [&str; 9] = ["mp3", "m4a", "mp4", "wav", "ogg", "oga", "opus", "webm", "flac"];

/// Whether a file is a recording, by its type or name.
pub fn is_recording(media_type: &str, name: &str) -> bool {
    let end = name.rsplit_once('.').map(|(_, end)| end.to_lowercase()).unwrap_or_default();
    media_type.starts_with("audio/") || ENDS.contains(&end.as_str())
}

/// Whether the site can turn recordings into text.
pub fn is_on(ctx: &Ctx) -> bool {
    ctx.care().outside.services.speech.is_some()
}

/// Keeps a recording and puts it into the queue. Returns the id of its DocumentReference.
pub fn take(ctx: &Ctx, incoming: Incoming) -> Done<String> {
    ctx.require(Permission::RecordWrite)?;
    let Some(settings) = &ctx.care().outside.services.speech else {
        return Err(WorkError::Not("recordings cannot be turned into text here: upload a transcript".to_owned()));
    };
    if incoming.bytes.is_empty() || !is_recording(&incoming.media_type, &incoming.name) {
        return Err(WorkError::field("file", "choose a recording: mp3, m4a, wav, ogg, webm or flac"));
    }
    if incoming.bytes.len() > LARGEST {
        return Err(WorkError::field("file", "this is larger than 25 MB"));
    }
    let rid = person_rid(ctx, &incoming.person)?;
    intake::belongs(ctx, rid, &incoming.about)?;
    let chosen = intake::chosen_label(&incoming.label)?;
    let (ctx_owned, model) = (ctx.clone(), settings.model.clone());
    Ok(ctx.write("take in a recording", move |tx| {
        let ctx = &ctx_owned;
        let (document, blob, org) = (tx.new_id(), tx.new_id(), tx.org());
        let now = continuo_fhir::Instant::from_micros(tx.now());
        let labels =
            tx.reader()?.get(&Scope::all(org), PATIENT, incoming.person.trim_start_matches("Patient/"))?.labels
                | chosen;
        let kept = DocumentBlob {
            id: blob.clone(),
            at: now.micros(),
            patient: rid,
            labels,
            type_: incoming.media_type.clone(),
            name: incoming.name.clone(),
            bytes: incoming.bytes.clone(),
        };
        document_blob::add(tx.conn()?, org, &kept)?;
        let attachment = object([
            (
                "contentType",
                Json::string(if incoming.media_type.is_empty() { "audio/mpeg" } else { &incoming.media_type }),
            ),
            ("url", Json::string(format!("Binary/{blob}"))),
            ("size", Json::integer(incoming.bytes.len() as i64)),
        ]);
        let mut record = object([
            ("resourceType", Json::string("DocumentReference")),
            ("id", Json::string(&*document)),
            ("status", Json::string("current")),
            ("type", words("Recording")),
            ("subject", reference(&incoming.person)),
            ("date", moment(now, &ctx.zone)),
            ("author", list([reference(&ctx.actor.reference)])),
            ("description", Json::string(format!("Recording: {}", incoming.kind.label()))),
            ("content", list([object([("attachment", attachment)])])),
        ]);
        crate::assess::label::close(&mut record, labels, &[]);
        put(tx, record)?;
        let person = tx.reader()?.person_of(org, rid)?;
        let mut row = LlmCall {
            id: tx.new_id(),
            patient: person,
            labels,
            purpose: PURPOSE.to_owned(),
            subject: format!("DocumentReference/{document}"),
            actor: ctx.actor.reference.clone(),
            state: "waiting".to_owned(),
            at: now.micros(),
            due: now.micros(),
            model,
            source: String::from_utf8_lossy(&particulars(&incoming, &blob).to_bytes()).into_owned(),
            ..LlmCall::default()
        };
        if labels != 0 {
            row.state = "kept-here".to_owned();
            row.ended = now.micros();
            row.error = "the record carries a label that keeps it here".to_owned();
        }
        llm_call::put(tx.conn()?, org, &row)?;
        settle(tx, rid)?;
        Ok(document)
    })?)
}

/// How a recording's way to text stands, in one sentence; nothing for a document that is none.
pub fn standing(ctx: &Ctx, document: &str) -> continuo_store::Result<Option<String>> {
    let subject = format!("DocumentReference/{document}");
    let rows = ctx.read(|r| llm_call::of_subject(r.conn(), &ctx.scope, &subject))?;
    let Some(row) = rows.into_iter().find(|row| row.purpose == PURPOSE) else { return Ok(None) };
    Ok(Some(match (row.state.as_str(), row.error.as_str()) {
        ("waiting", "") => "It waits to be turned into text; its review comes then.".to_owned(),
        ("waiting", why) => format!("It is not turned into text yet: {why}. It is tried again."),
        ("done", _) => "It was turned into text; the review of the words stands among the reviews.".to_owned(),
        (_, why) => format!("It was not turned into text: {why}. Open it and listen."),
    }))
}

/// What taking the transcript in will need.
fn particulars(incoming: &Incoming, blob: &str) -> Json {
    let mut out = object([
        ("blob", Json::string(blob)),
        ("person", Json::string(&*incoming.person)),
        ("kind", Json::string(incoming.kind.word())),
        ("title", Json::string(&*incoming.title)),
        ("from", Json::string(&*incoming.from)),
        ("about", Json::string(&*incoming.about)),
        ("label", Json::string(&*incoming.label)),
        ("name", Json::string(&*incoming.name)),
        ("type", Json::string(&*incoming.media_type)),
    ]);
    if let Some(day) = incoming.day {
        out.set("day", crate::build::date(day));
    }
    out
}

/// Sends one recording and takes its transcript in.
pub(super) fn read_one(ctx: &Ctx, mut row: LlmCall) -> continuo_store::Result<()> {
    let Ok(given) = Json::parse(row.source.as_bytes()) else { return Ok(()) };
    let text = |name: &str| given.str_at(name).unwrap_or_default().to_owned();
    let blob = ctx.read(|r| document_blob::by_id(r.conn(), &Scope::all(ctx.org), &text("blob")))?;
    let started = ctx.now();
    let heard = match (&ctx.care().outside.services.speech, blob) {
        (Some(settings), Some(blob)) => transcribe(ctx, settings, &blob),
        (None, _) => Err("speech to text is not configured any more".to_owned()),
        (_, None) => Err("the recording is gone".to_owned()),
    };
    row.millis = (ctx.now().micros() - started.micros()).max(0) / 1000;
    row.tries += 1;
    let heard = heard.and_then(|captions| {
        let incoming = Incoming {
            person: text("person"),
            kind: SourceKind::from_word(&text("kind")).unwrap_or_default(),
            title: text("title"),
            day: given.str_at("day").and_then(Date::parse),
            from: text("from"),
            about: text("about"),
            label: text("label"),
            tell: false,
            name: format!("{}.vtt", text("name")),
            media_type: "text/vtt".to_owned(),
            bytes: captions.clone().into_bytes(),
        };
        let mut as_actor = ctx.clone();
        as_actor.actor = Actor { reference: row.actor.clone(), name: row.actor.clone(), account: 0 };
        intake::take(&as_actor, incoming).map(|_| captions).map_err(|error| error.to_string())
    });
    let now = ctx.now();
    match heard {
        Ok(captions) => {
            row.state = "done".to_owned();
            row.answer = super::storable(&captions);
        }
        Err(why) => {
            row.error = why;
            if row.tries >= TRIES {
                row.state = "failed".to_owned();
            } else {
                row.due = now.micros() + MINUTE * 5_i64.pow((row.tries - 1) as u32);
            }
        }
    }
    if row.state != "waiting" {
        row.ended = now.micros();
    }
    let (zone, person) = (ctx.zone.clone(), text("person"));
    ctx.write("turn a recording into text", move |tx| {
        let org = tx.org();
        tx.commit_id();
        if row.state == "failed" {
            let id = tx.new_id();
            let new = NewTask {
                kind: "task".to_owned(),
                what: "Listen to a recording: it could not be turned into text".to_owned(),
                person: person.clone(),
                owner: row.actor.clone(),
                due: Some(now.plus_seconds(24 * 3600)),
                due_rule: "a day after the last try".to_owned(),
                about: row.subject.clone(),
                ..NewTask::default()
            };
            put(tx, task(&id, &new, crate::assess::LOOP, now, &zone))?;
        }
        llm_call::put(tx.conn()?, org, &row)?;
        settle(tx, row.patient)?;
        Ok::<(), StoreError>(())
    })?;
    Ok(())
}

/// Asks the service; what comes back as captions.
fn transcribe(ctx: &Ctx, settings: &SpeechSettings, blob: &DocumentBlob) -> Result<String, String> {
    let answer = ctx.care().outside.door.send(&call(settings, blob)).map_err(|error| error.to_string())?;
    captions(&answer.body).ok_or_else(|| "the speech service answered in a form that is not known".to_owned())
}

/// The call: one form with the file, the model, and a wish for times.
fn call(settings: &SpeechSettings, blob: &DocumentBlob) -> Call {
    // Made of the content, so it cannot stand in it but by a broken hash.
    let boundary = format!("continuo-{}", intake::sha256(&blob.bytes));
    let mut body = Vec::with_capacity(blob.bytes.len() + 1024);
    for (name, value) in [("model", settings.model.as_str()), ("response_format", "verbose_json")] {
        let part = format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    // The end of the name tells the service the format; the name itself may tell whose it is.
    let end = blob.name.rsplit_once('.').map(|(_, end)| end.to_lowercase()).unwrap_or_default();
    let end = if ENDS.contains(&end.as_str()) { end } else { "mp3".to_owned() };
    let head = format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"recording.{end}\"\r\n\
         content-type: application/octet-stream\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(&blob.bytes);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    let mut headers = vec![("content-type", format!("multipart/form-data; boundary={boundary}"))];
    if !settings.key.is_empty() {
        headers.push(("authorization", format!("Bearer {}", settings.key.expose())));
    }
    Call {
        purpose: Purpose::Speech,
        url: format!("{}/audio/transcriptions", settings.url),
        headers,
        body: Some(body),
        largest: LARGEST_ANSWER,
        tokens: 0,
        repeatable: true,
    }
}

/// The answer as captions: with times where the service gives segments, else the text alone.
fn captions(answer: &[u8]) -> Option<String> {
    let json = Json::parse(answer).ok()?;
    let one_line = |text: &str| {
        // An arrow would be read as a time.
        text.split_whitespace().collect::<Vec<_>>().join(" ").replace("-->", "->")
    };
    let mut out = "WEBVTT\n".to_owned();
    let segments = json.get("segments").map(Json::items).unwrap_or_default();
    for segment in segments {
        let (Some(start), Some(end)) =
            (segment.get("start").and_then(Json::as_f64), segment.get("end").and_then(Json::as_f64))
        else {
            continue;
        };
        let text = one_line(segment.str_at("text")?);
        if !text.is_empty() {
            out.push_str(&format!("\n{} --> {}\n{text}\n", time(start), time(end)));
        }
    }
    if out.len() > "WEBVTT\n".len() {
        return Some(out);
    }
    let text = json.str_at("text").map(str::trim).filter(|text| !text.is_empty())?;
    Some(text.to_owned())
}

fn time(seconds: f64) -> String {
    let millis = (seconds.clamp(0.0, 359_999.0) * 1000.0).round() as u64;
    format!("{:02}:{:02}:{:02}.{:03}", millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60, millis % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_become_captions_and_text_alone_stays_text() {
        let with = br#"{"text":"a b","segments":[{"start":0,"end":1.5,"text":" How are you? "},{"start":61.25,"end":3700,"text":"x --> y\nz"},{"start":9,"end":9,"text":""}]}"#;
        assert_eq!(
            captions(with).as_deref(),
            Some("WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nHow are you?\n\n00:01:01.250 --> 01:01:40.000\nx -> y z\n")
        );
        assert_eq!(captions(br#"{"text":" I stopped the pill. "}"#).as_deref(), Some("I stopped the pill."));
        for bad in ["", "[]", "{}", r#"{"text":""}"#, r#"{"text":1}"#, "<html>", r#"{"segments":"x"}"#] {
            assert_eq!(captions(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn a_recording_is_told_by_type_or_name() {
        assert!(is_recording("audio/mpeg", "") && is_recording("", "call.M4A"));
        assert!(!is_recording("text/plain", "call.txt") && !is_recording("", "mp3"));
    }
}
