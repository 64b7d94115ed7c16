//! The log holds ids, counts and durations, never what a person is called or what was said (docs/logging.md).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use std::io::Write;
use std::sync::{Arc, Mutex};

use common::TestApp;
use tracing_subscriber::fmt::MakeWriter;

/// Words of one made-up person and of what is said about her; none is an ordinary word of the program.
const PRIVATE: [&str; 8] =
    ["Quetzalina", "Xochitlan", "1943-11-19", "11/19/1943", "5550173", "zumaclover", "kippered", "hunter2secret"];

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Kept;

    fn make_writer(&'a self) -> Kept {
        self.clone()
    }
}

#[test]
fn nothing_about_a_person_stands_in_the_log_whatever_is_asked_or_refused() {
    let kept = Kept::default();
    // The finest level: what a site may switch on to find a fault.
    tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(kept.clone()).init();
    let test = TestApp::new();
    let token = test.token();
    let patient = r#"{"resourceType":"Patient","id":"q","name":[{"family":"Quetzalina","given":["Xochitlan"]}],"birthDate":"1943-11-19","telecom":[{"system":"phone","value":"5550173"}]}"#;
    assert_eq!(test.fhir(&token, "PUT", "/fhir/Patient/q", patient).status, 201);
    // Refused, each for another reason.
    let refused = [
        ("PUT", "/fhir/Patient/q", r#"{"resourceType":"Patient","id":"q","birthDate":"Quetzalina"}"#),
        ("PUT", "/fhir/Patient/q", r#"{"resourceType":"Patient","id":"q","Quetzalina":1}"#),
        ("POST", "/fhir/Patient", r#"{"resourceType":"Patient","gender":"Quetzalina","gender":"x"}"#),
        ("POST", "/fhir/Patient", "Quetzalina zumaclover"),
        ("PATCH", "/fhir/Patient/q", r#"[{"op":"replace","path":"/Quetzalina","value":"zumaclover"}]"#),
        (
            "POST",
            "/fhir/Communication",
            r#"{"resourceType":"Communication","status":"kippered","note":[{"text":"zumaclover"}]}"#,
        ),
        ("GET", "/fhir/Patient?birthdate=Quetzalina", ""),
        ("GET", "/fhir/Patient?name:Quetzalina=Xochitlan", ""),
        ("GET", "/fhir/Patient/Quetzalina%20Xochitlan", ""),
        ("POST", "/fhir/Patient/$match", r#"{"resourceType":"Parameters","parameter":[{"name":"Quetzalina"}]}"#),
    ];
    for (method, path, body) in refused {
        let status = test.fhir(&token, method, path, body).status;
        assert!((400..500).contains(&status), "{method} {path}: {status}");
    }
    assert_eq!(test.fhir(&token, "GET", "/fhir/Patient?name=Quetzalina&birthdate=1943-11-19", "").status, 200);
    assert_eq!(test.send("POST", "/sign-in", &[], "login=Quetzalina&password=hunter2secret").status / 100, 4);
    // A morning's work, with what forms refuse.
    let nurse = test.sign_in("nurse");
    let forms = [
        ("/patients", "q=Quetzalina+1943-11-19"),
        ("/patients/new", "family=Quetzalina&given=Xochitlan&birth_date=Quetzalina"),
        ("/patients/new", "family=Quetzalina&given=Xochitlan&birth_date=11%2F19%2F1943&phone=5550173"),
        ("/patients/q/add/task", "what=zumaclover&date=kippered&priority=routine"),
        ("/patients/q/add/task", "what=zumaclover&date=tomorrow&priority=routine"),
        ("/patients/q/add/note", "text=kippered+zumaclover&date=today"),
        ("/patients/q/add/zumaclover", "what=kippered"),
    ];
    for (path, fields) in forms {
        let status = test.form(&nurse, path, fields).status;
        assert!(status < 500, "{path}: {status}");
    }
    assert_eq!(test.page(&nurse, "/patients/q").status, 200);
    let written = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    assert!(written.contains("request refused"), "the log is read at all: {written}");
    for word in PRIVATE {
        let found = written.lines().find(|line| line.to_lowercase().contains(&word.to_lowercase()));
        assert_eq!(found, None, "`{word}` stands in the log");
    }
}
