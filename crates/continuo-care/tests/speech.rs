//! Recordings: kept as received, sent without a name, taken in like an uploaded transcript, never lost.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::sync::{Arc, Mutex};

use continuo_care::accounts::Entropy;
use continuo_care::models::{self, speech};
use continuo_care::outbound::{Answer, Call, Outbound, OutboundError, Outside, Services};
use continuo_care::scribe::intake::Incoming;
use continuo_care::worklist::of_person;
use continuo_care::{Care, Ctx, access, setup};
use continuo_fhir::clock::{FixedClock, SeededIds};
use continuo_fhir::date::Instant;
use continuo_fhir::{Json, ResourceType};
use continuo_store::{DbUrl, Prepared, PutOptions, Store, StoreOptions};

const NOW: i64 = 1_787_054_700_000_000;

struct NoEntropy;

impl Entropy for NoEntropy {
    fn fill(&self, out: &mut [u8]) {
        out.fill(3);
    }
}

struct Service(Option<&'static str>, Mutex<Vec<Vec<u8>>>);

impl Outbound for Service {
    fn send(&self, call: &Call) -> Result<Answer, OutboundError> {
        assert!(call.url.ends_with("/v1/audio/transcriptions"));
        self.1.lock().unwrap().push(call.body.clone().unwrap());
        let body = self.0.ok_or(OutboundError::Status(503))?;
        Ok(Answer { body: body.as_bytes().to_vec(), attempts: 1 })
    }
}

struct Scene {
    ctx: Ctx,
    clock: Arc<FixedClock>,
    service: Arc<Service>,
}

fn scene(answer: Option<&'static str>, on: bool) -> Scene {
    let file: &[u8] = if on { br#"{"speech":{"url":"http://127.0.0.1:1/v1","model":"whisper-1"}}"# } else { b"{}" };
    let services = Services::read(&Json::parse(file).unwrap(), &|_| Ok(String::new())).unwrap();
    let service = Arc::new(Service(answer, Mutex::default()));
    let outside = Outside { door: Arc::clone(&service) as _, services };
    let clock = Arc::new(FixedClock::new(Instant::from_micros(NOW)));
    let ids = Arc::new(SeededIds::new(7, Instant::from_micros(NOW)));
    let mut options = StoreOptions::new(Arc::clone(&clock) as _, ids);
    options.labels = access::label_table();
    let store = Store::open(&DbUrl::Memory, options).unwrap();
    let care = Arc::new(Care { store, entropy: Arc::new(NoEntropy), outside });
    setup::organization(&care, "Test", "UTC").unwrap();
    let ctx = setup::machine(&care, setup::FIRST, "test").unwrap();
    let ana = br#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}]}"#;
    let ana = Prepared::new(Json::parse(ana).unwrap(), &ctx.prepare_context().unwrap()).unwrap();
    ctx.write("put", move |tx| tx.put(&ana, &PutOptions::default()).map(|_| ())).unwrap();
    Scene { ctx, clock, service }
}

fn recording(bytes: &[u8], name: &str) -> Incoming {
    Incoming {
        person: "Patient/ana".into(),
        name: name.into(),
        media_type: "audio/mpeg".into(),
        bytes: bytes.to_vec(),
        ..Incoming::default()
    }
}

fn work(ctx: &Ctx) -> Vec<String> {
    let rid = ctx.read(|r| r.rid(setup::FIRST, ResourceType::of("Patient"), "ana")).unwrap().unwrap();
    of_person(ctx, rid).unwrap().into_iter().map(|item| item.what).collect()
}

#[test]
fn a_recording_becomes_a_review_like_any_transcript() {
    let answer = r#"{"text":"x","segments":[{"start":0,"end":2,"text":"I stopped the furosemide on Saturday."}]}"#;
    let scene = scene(Some(answer), true);
    let document = speech::take(&scene.ctx, recording(b"ID3sound", "Ana Reyes call.mp3")).unwrap().value;
    assert!(!document.is_empty());
    models::round(&scene.ctx).unwrap();
    assert!(work(&scene.ctx).iter().any(|what| what.starts_with("Review:")), "{:?}", work(&scene.ctx));
    let sent = scene.service.1.lock().unwrap();
    let text = String::from_utf8_lossy(&sent[0]).into_owned();
    assert!(text.contains("name=\"model\"\r\n\r\nwhisper-1\r\n") && text.contains("filename=\"recording.mp3\""));
    assert!(text.contains("ID3sound\r\n--continuo-") && !text.contains("Reyes"), "{text}");
    drop(sent);
    models::round(&scene.ctx).unwrap();
    assert_eq!(scene.service.1.lock().unwrap().len(), 1, "sent once");
}

#[test]
fn a_service_that_fails_leaves_the_recording_and_a_task() {
    let scene = scene(None, true);
    let document = speech::take(&scene.ctx, recording(b"sound", "a.wav")).unwrap().value;
    for _ in 0..6 {
        models::round(&scene.ctx).unwrap();
        scene.clock.advance(3_600_000_000);
    }
    assert_eq!(scene.service.1.lock().unwrap().len(), 4, "four tries");
    assert!(work(&scene.ctx).iter().any(|what| what.starts_with("Listen to a recording")));
    let kept = scene.ctx.read(|r| r.get(&scene.ctx.scope, ResourceType::of("DocumentReference"), &document)).unwrap();
    assert!(kept.bytes.is_some());
}

#[test]
fn what_is_no_recording_or_not_configured_is_refused_with_words() {
    let on = scene(None, true);
    for (bytes, name, media) in [(&b""[..], "a.mp3", "audio/mpeg"), (b"x", "a.txt", "text/plain")] {
        let incoming = Incoming { media_type: media.into(), ..recording(bytes, name) };
        assert!(speech::take(&on.ctx, incoming).unwrap_err().to_string().contains("choose a recording"));
    }
    assert!(speech::take(&on.ctx, recording(&vec![0; speech::LARGEST + 1], "a.mp3")).is_err());
    let off = scene(None, false);
    assert!(!speech::is_on(&off.ctx));
    let said = speech::take(&off.ctx, recording(b"x", "a.mp3")).unwrap_err().to_string();
    assert!(said.contains("upload a transcript"), "{said}");
    assert!(off.service.1.lock().unwrap().is_empty());
}
