//! Undo of every action of the pages: done, looked at, taken back, and the database is as it was.
//!
//! What is compared is every table that says how things stand; what only grows (history, audit, decisions) is left out.
//! An address that takes a change is either undone here or stands in [`NOT_HERE`] with the reason.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use common::{Answer, NOW, TestApp};
use continuo_care::assess::worker;
use continuo_care::{actions, feeds, worklist};
use continuo_fhir::{Instant, ResourceType};
use continuo_store::tables::input_kept::{self, InputKept};

/// Addresses that take a change and are not undone: each with its reason.
const NOT_HERE: &[(&str, &str)] = &[
    ("/account/password", "secrets are not given back"),
    ("/account/sessions", "whoever was signed out signs in again"),
    ("/admin/measures", "measures keep a history of their own"),
    ("/admin/note-format", "a setting, set back by hand"),
    ("/admin/people", "accounts are closed, not unmade"),
    ("/admin/people/{id}", "opened and closed by the same switch"),
    ("/admin/people/{id}/{act}", "accounts: set back by hand"),
    ("/admin/site", "a setting, set back by hand"),
    ("/admin/teams", "renamed back by hand"),
    ("/admin/tokens", "a token is withdrawn"),
    ("/admin/tokens/confirm", "a token is withdrawn"),
    ("/admin/tokens/take", "a token is withdrawn"),
    ("/admin/tokens/withdraw", "a withdrawn token stays so"),
    ("/audit", "a search"),
    ("/calling", "a search"),
    ("/caseload/hand-over", "a look ahead"),
    ("/caseload/hand-over/send", "tests/caseload_hand_over.rs of continuo-care"),
    ("/caseload/handed/{id}", "tests/caseload_hand_over.rs of continuo-care"),
    ("/care-gaps/{rule}/outreach", "a look ahead"),
    ("/care-gaps/{rule}/outreach/send", "tests/outreach.rs of continuo-care"),
    ("/outreach/{id}/mailed", "tests/outreach.rs of continuo-care"),
    ("/consents/{id}/confirm", "seen is seen; the consent itself is taken back"),
    ("/cql", "a trial"),
    ("/documents", "what was received stays received"),
    ("/documents/{id}/find", "a search"),
    ("/emergency/{id}/review", "seen is seen"),
    ("/openings/{id}/review", "seen is seen"),
    ("/openings/tokens/confirm", "seen is seen"),
    ("/measures/{id}", "a switch with its reason and history"),
    ("/review/{id}/tell", "tests/scribe_tell.rs of continuo-care"),
    ("/rules/{rule}", "a switch with its reason and history"),
    ("/rules/{rule}/thresholds", "a setting with its reason and history"),
    ("/patients", "a search"),
    ("/patients/alike", "a search"),
    ("/patients/{id}/emergency", "what was seen was seen"),
    ("/patients/{id}/emergency/end", "what was seen was seen"),
    ("/patients/{id}/care-gaps/{rule}/aside", "tests/care_gaps_loop.rs of continuo-care"),
    ("/patients/{id}/care-gaps/{rule}/take", "tests/care_gaps_loop.rs of continuo-care"),
    ("/care-gaps/{rule}/take", "tests/care_gaps_loop.rs of continuo-care"),
    ("/preferences", "chosen again"),
    ("/registries/{id}/export", "what has left has left"),
    ("/registries/{id}/views", "a view is saved over"),
    ("/worklist/views", "a view is saved over"),
    ("/on-call/have-it", "it ends by itself after the minutes of its route"),
    ("/on-call/told", "a setting, set back by hand"),
    ("/on-call/told/test", "what has left has left"),
    ("/sign-out", "a session"),
    ("/lock", "a session"),
    ("/undo", "an undo is undone in continuo-store"),
    ("/worklist/bulk", "a question"),
];

/// Tables that only grow, that hold words and numbers given once, or that say who is signed in.
const APART: [&str; 26] = [
    "org",
    "marker",
    "name",
    "code",
    "code_words",
    "history",
    "change",
    "commits",
    "source_key",
    "audit",
    "audit_link",
    "outbox",
    "session",
    "account",
    "decision",
    "press_count",
    "looked",
    "identity_decision",
    "identity_record",
    "document_blob",
    "consent_opening",
    "feed",
    "feed_hour",
    "llm_call",
    "api_token",
    "migration",
];

/// How a table is read where not every row and column of it says how things stand.
const READ: &[(&str, &str, &str)] = &[
    ("resource", "rid, type, id, patient, labels, source, body", "body is not null"),
    ("person_member", "patient, person", "until is null and patient <> person"),
    ("suggestion", "id, patient, labels, key, rule, state, rank, due, began, backlog, owner", "state = 'open'"),
    ("assessed", "patient, next_at", "1 = 1"),
    ("identity_pair", "low, high, kind, state", "1 = 1"),
    ("document_inbox", "id, state, document, settled_by", "1 = 1"),
    ("input_kept", "id, state, settled_by, settled_why", "1 = 1"),
    ("type_count", "org, type, number", "number <> 0"),
    ("feed_silence", "source, since, ended, taken_by, note, task", "1 = 1"),
    (
        "setting",
        "name, value",
        "value <> 'null' and version = (select max(version) from setting newest where newest.name = setting.name)",
    ),
];

type Picture = BTreeMap<String, BTreeSet<String>>;

struct Clinic {
    test: TestApp,
    cookies: BTreeMap<&'static str, String>,
    tried: RefCell<BTreeSet<String>>,
}

impl Clinic {
    fn new() -> Clinic {
        let test = TestApp::new();
        let roles =
            ["nurse", "care-coordinator", "physician", "supervisor", "administrator", "dietitian", "front-desk"];
        let cookies = roles.into_iter().map(|role| (role, test.sign_in(role))).collect();
        Clinic { test, cookies, tried: RefCell::default() }
    }

    fn put(&self, path: &str, body: &str) {
        let answer = self.test.fhir(&self.test.token(), "PUT", &format!("/fhir/{path}"), body);
        assert!(answer.status < 300, "{path}: {}", answer.body);
    }

    fn settle(&self) {
        worker::catch_up(&self.test.machine()).unwrap();
    }

    fn post(&self, role: &'static str, path: &str, fields: &str) -> Answer {
        let answer = self.test.form(&self.cookies[role], path, fields);
        assert!(matches!(answer.status, 200 | 303), "{role} at {path}: {} {}", answer.status, answer.body);
        answer
    }

    fn page(&self, role: &'static str, path: &str) -> String {
        let answer = self.test.page(&self.cookies[role], path);
        assert_eq!(answer.status, 200, "{role} at {path}: {}", answer.body);
        answer.body
    }

    /// The number of the newest action of somebody.
    fn newest(&self, role: &'static str) -> Option<i64> {
        let ctx = match continuo_care::accounts::standing(&self.test.care, &self.cookies[role]).unwrap() {
            continuo_care::accounts::Standing::Open(ctx) => ctx,
            _ => panic!("{role} is signed in"),
        };
        actions::recent(&ctx, Instant::from_micros(0), 5).unwrap().first().map(|action| action.commit)
    }

    fn picture(&self) -> Picture {
        self.test
            .machine()
            .read(|reader| {
                let conn = reader.conn();
                let tables = conn.query(
                    "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'",
                    &[],
                    |row| row.text(0),
                )?;
                let mut picture = Picture::new();
                for table in tables.iter().filter(|table| !APART.contains(&table.as_str())) {
                    let read = READ.iter().find(|(name, ..)| name == table);
                    let columns: Vec<String> = match read {
                        Some((_, columns, _)) => columns.split(", ").map(str::to_owned).collect(),
                        None => conn
                            .query(&format!("select name from pragma_table_info('{table}')"), &[], |row| row.text(0))?,
                    };
                    let quoted: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
                    let only = read.map_or("1 = 1", |(.., only)| only);
                    let sql = format!("select {} from {table} where {only}", quoted.join(" || ' ' || "));
                    let rows = conn.query(&sql, &[], |row| row.text(0))?;
                    picture.insert(table.clone(), rows.into_iter().collect());
                }
                Ok(picture)
            })
            .unwrap()
    }

    /// Does something, takes it back, and holds what stands then against what stood before.
    fn check(&self, role: &'static str, path: &str, fields: &str) {
        self.check_by(role, path, || {
            self.post(role, path, fields);
        });
    }

    fn check_by(&self, role: &'static str, path: &str, deed: impl FnOnce()) {
        let what = format!("{role} at {path}");
        // Two commits never have one moment.
        self.test.clock.advance(1_000_000);
        self.settle();
        let (before, last) = (self.picture(), self.newest(role));
        self.test.clock.advance(1_000_000);
        deed();
        let commit = self.newest(role).filter(|commit| Some(*commit) != last);
        let commit = commit.unwrap_or_else(|| panic!("{what}: no action is on record"));
        let done = self.picture();
        assert_ne!(before, done, "{what}: nothing changed");
        // Somebody of another role may not, and learns nothing.
        let other = self.test.form(&self.cookies["dietitian"], "/undo", &format!("commit={commit}&back=/recent"));
        assert_eq!(other.status, 404, "{what}: undone by somebody else");
        self.test.clock.advance(1_000_000);
        self.post(role, "/undo", &format!("commit={commit}&back=/recent"));
        self.settle();
        let after = self.picture();
        let differs = differences(&before, &after);
        assert!(differs.is_empty(), "{what}: not as it was:\n{}", differs.join("\n"));
        let twice = self.test.form(&self.cookies[role], "/undo", &format!("commit={commit}&back=/recent"));
        assert_eq!(twice.status, 409, "{what}: undone twice");
        assert!(twice.body.contains("undone already"), "{what}: {}", twice.body);
        self.tried.borrow_mut().insert(path.to_owned());
    }

    fn add_task(&self, role: &'static str, what: &str) -> String {
        let fields = format!("what={what}&date=tomorrow&priority=routine&steps=Ask+weight%0D%0AAsk+shoes");
        self.post(role, "/patients/ana/add/task", &fields);
        let rid = self.rid("ana");
        let items = worklist::of_person(&self.test.machine(), rid).unwrap();
        let words = what.replace('+', " ");
        items.into_iter().find(|item| !item.suggestion && item.what == words).unwrap().id
    }

    fn rid(&self, id: &str) -> continuo_store::Rid {
        let machine = self.test.machine();
        machine.read(|r| r.get(&machine.scope, ResourceType::of("Patient"), id)).unwrap().rid
    }

    fn suggestion(&self, rule: &str) -> String {
        let items = worklist::of_person(&self.test.machine(), self.rid("ana")).unwrap();
        items.into_iter().find(|item| item.suggestion && item.rule == rule).unwrap().id
    }
}

fn differences(before: &Picture, after: &Picture) -> Vec<String> {
    let mut lines = Vec::new();
    for (table, rows) in before {
        let now = &after[table];
        lines.extend(rows.difference(now).map(|row| format!("{table} - {row}")));
        lines.extend(now.difference(rows).map(|row| format!("{table} + {row}")));
    }
    lines
}

const ANA: &str = r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12","gender":"female","telecom":[{"system":"phone","value":"555-555-0142"}]}"#;

/// A person with something of everything open.
fn clinic() -> Clinic {
    let clinic = Clinic::new();
    clinic.put("Patient/ana", ANA);
    clinic.put(
        "Observation/k",
        r#"{"resourceType":"Observation","id":"k","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"2823-3"}],"text":"Potassium"},"subject":{"reference":"Patient/ana"},"effectiveDateTime":"2026-08-18T07:00:00-04:00","valueQuantity":{"value":6.4,"unit":"mmol/L"}}"#,
    );
    clinic.put(
        "Encounter/e",
        r#"{"resourceType":"Encounter","id":"e","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"IMP"},"subject":{"reference":"Patient/ana"},"period":{"start":"2026-08-12","end":"2026-08-16T10:00:00-04:00"}}"#,
    );
    clinic.put(
        "Appointment/a",
        r#"{"resourceType":"Appointment","id":"a","status":"noshow","start":"2026-08-10T09:00:00-04:00","participant":[{"actor":{"reference":"Patient/ana"},"status":"accepted"}]}"#,
    );
    for (id, words) in [("ride", "Can I get a ride on Thursday?"), ("chest", "I have had chest pain since last night")]
    {
        clinic.put(
            &format!("Communication/{id}"),
            &format!(
                r#"{{"resourceType":"Communication","id":"{id}","status":"completed","subject":{{"reference":"Patient/ana"}},"sender":{{"reference":"Patient/ana"}},"sent":"2026-08-17T15:00:00-04:00","payload":[{{"contentString":"{words}"}}]}}"#
            ),
        );
    }
    clinic.settle();
    clinic
}

#[test]
fn what_is_entered_by_hand_can_be_taken_back() {
    let clinic = clinic();
    let add = |kind: &str, fields: &str| clinic.check("nurse", &format!("/patients/ana/add/{kind}"), fields);
    add("reminder", "what=Call+her+about+the+ride&date=tomorrow");
    add("task", "what=Send+the+form&date=tomorrow&priority=routine&steps=Ask%0D%0ATell&repeats=14");
    add("note", "title=Ride&text=She+asked+for+a+ride");
    add("appointment", "with=Dr.+Lee&date=tomorrow&time=9%3A20+am&minutes=30&needs=ride");
    add("discharge", "facility=St.+Mary&stay=emergency&date=yesterday&reason=fall&to=home&pending=results");
    add("discharge", "facility=St.+Mary&stay=psychiatric&admitted=8%2F1%2F2026&date=8%2F11%2F2026&reason=rest&to=home");
    add("referral", "what=cardiology&priority=urgent&reason=murmur&authorization=A-7");
    add("condition", "what=Asthma&since=2020&status=active&certainty=confirmed");
    add("medicine", "what=furosemide+40+mg&directions=1+tablet+each+morning&status=active");
    add("allergy", "known=yes&what=penicillin&reaction=rash&said_by=Ana&severity=mild");
    add("allergy", "known=none&said_by=Ana");
    add("result", "what=weight&value=160&unit=lb&date=today");
    add("contact", "name=Elena+Reyes&relation=daughter&phone=555-555-0199&proxy=proxy&proof=form&until=12%2F31%2F2027");
    add("phone", "phone=(555)+555-0199&use=mobile&unsafe=unsafe");
    add("coverage", "plan=Medicaid&number=M1&until=9%2F1%2F2026");
    add("consent", "scope=texts&answer=permit&how=written&date=today");
    add("consent", "scope=part2&answer=permit&how=written&date=today");
    add("document", "title=Letter&kind=letter&date=today&text=Seen+today");
    clinic.post("nurse", "/patients/ana/add/condition", "what=Gout&status=active&certainty=confirmed");
    let found =
        clinic.test.fhir(&clinic.test.token(), "GET", "/fhir/Condition?patient=Patient/ana&code:text=gout", "").body;
    let id = found.split("\"resourceType\":\"Condition\",\"id\":\"").nth(1).unwrap().split('"').next().unwrap();
    clinic.check("nurse", &format!("/source/Condition/{id}/correct"), "answer=over&reason=said+so&date=yesterday");
    clinic.check("nurse", &format!("/source/Condition/{id}/correct"), "answer=mistake&reason=wrong+chart");
    add("death", "answer=died&date=yesterday&said_by=the+daughter");
    let new = "family=Ortega&given=Pablo&birth_date=3%2F4%2F1981&sex=male&phone=555-555-0177";
    clinic.check("nurse", "/patients/new", new);
    clinic.check("nurse", "/patients/ana/message", "words=I+fainted+twice+today&from=Elena");
    clinic.check("nurse", "/patients/ana/message", "words=I+need+a+form&from=Elena");
    clinic.check("nurse", "/patients/ana/words", "kind=call&text=Patient%3A+I+stopped+the+furosemide+Saturday.");
}

#[test]
fn what_is_done_with_tasks_and_calls_can_be_taken_back() {
    let clinic = clinic();
    let task = clinic.add_task("nurse", "Send+the+form");
    let at = |act: &str| format!("/tasks/{task}/{act}");
    clinic.check("nurse", &at("start"), "");
    clinic.check("nurse", &at("comment"), "comment=She+has+it");
    clinic.check("nurse", &at("step"), "step=1");
    clinic.check("nurse", &at("snooze"), "date=Friday&reason=waits+for+the+form");
    clinic.check("nurse", &at("wait"), "whom=County+Ride");
    clinic.check("nurse", &at("due"), "date=Friday&reason=asked+for+it");
    clinic.check("nurse", &at("cancel"), "reason=not+needed");
    clinic.check("nurse", &at("done"), "outcome=done");
    clinic.check("nurse", &at("assign"), "to=Practitioner%2Fcare-coordinator&words=please");
    clinic.post("nurse", &at("assign"), "to=Practitioner%2Fcare-coordinator&words=please");
    clinic.check("care-coordinator", &at("accept"), "synthesis=I+send+the+form");
    clinic.check("care-coordinator", &at("decline"), "reason=on+leave");
    let other = clinic.add_task("nurse", "Check+the+scale");
    clinic.post("nurse", &format!("/tasks/{other}/snooze"), "date=Friday&reason=waits");
    clinic.check("nurse", &format!("/tasks/{other}/start"), "");
    let third = clinic.add_task("nurse", "Ask+about+shoes");
    let fourth = clinic.add_task("nurse", "Ask+about+socks");
    let picked = format!("pick=t:{third}&pick=t:{fourth}&back=tab%3Dmine");
    clinic.check("nurse", "/worklist/bulk/apply", &format!("do=snooze&date=Friday&reason=away&{picked}"));
    clinic.check("nurse", "/worklist/bulk/apply", &format!("do=assign&to=role%3Asocial-worker&{picked}"));
    let eye = r#"{"resourceType":"ServiceRequest","id":"eye","status":"active","intent":"order","category":[{"coding":[{"system":"http://snomed.info/sct","code":"3457005"}]}],"code":{"text":"Eye clinic"},"subject":{"reference":"Patient/ana"},"authoredOn":"2026-08-01"}"#;
    clinic.put("ServiceRequest/eye", eye);
    clinic.settle();
    clinic.check("nurse", "/referrals/eye/close", "how=no-report&words=moved+away");
    clinic.check("nurse", "/patients/ana/hand-over", "to=Practitioner%2Fcare-coordinator&words=all+hers");
    clinic.post("nurse", "/patients/ana/hand-over", "to=Practitioner%2Fcare-coordinator&words=all+hers");
    clinic.check("care-coordinator", "/patients/ana/hand-over/accept", "synthesis=I+take+all");
    clinic.check("care-coordinator", "/patients/ana/hand-over/give-back", "reason=on+leave");
    let call = format!("/patients/ana/call?task={third}");
    clinic.check("nurse", &call, &format!("task={third}&outcome=no-answer&number=555-555-0142"));
    clinic.check(
        "nurse",
        "/patients/ana/call",
        "outcome=reached&direction=out&identity=name&note=Fine&promise=Call+about+the+ride&promise_by=Friday&minutes=4",
    );
    clinic.check("nurse", "/patients/ana/call", "outcome=voicemail&direction=in");
}

#[test]
fn what_is_decided_can_be_taken_back() {
    let clinic = clinic();
    let critical = format!("/suggestions/{}", clinic.suggestion("critical-result"));
    clinic.check("physician", &critical, "do=accept");
    clinic.check("physician", &critical, "do=reject&reason=wrong-data&words=haemolysed+sample");
    let edit = format!("{critical}/edit");
    clinic.check("physician", &edit, "what=Repeat+potassium&owner=role%3Anurse&date=today&time=5+pm&words=now");
    let rebook = format!("/suggestions/{}", clinic.suggestion("visit-not-rebooked"));
    clinic.check("nurse", &rebook, "do=accept");
    for act in ["start", "assign", "done", "not-urgent", "raise"] {
        let (path, fields) = match act {
            "assign" => ("/messages/ride/assign", "to=role%3Asocial-worker&words=please"),
            "done" => ("/messages/ride/done", "outcome=answered"),
            "not-urgent" => ("/messages/chest/not-urgent", "reason=seen+in+the+emergency+room"),
            "raise" => ("/messages/ride/raise", "urgency=emergency&words=confused+on+the+phone"),
            _ => ("/messages/ride/start", ""),
        };
        clinic.check("nurse", path, fields);
    }
    clinic.check("nurse", "/messages/ride/reply", "reply=Yes%2C+at+8.");
}

#[test]
fn what_is_filed_and_reviewed_can_be_taken_back() {
    let clinic = clinic();
    let cookie = clinic.cookies["nurse"].clone();
    let csrf = clinic.test.csrf(&cookie);
    let body = format!(
        "--xx\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--xx\r\nContent-Disposition: form-data; \
         name=\"scan\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.4 made up\r\n--xx--\r\n"
    );
    let session = format!("continuo={cookie}");
    let headers = [
        ("cookie", session.as_str()),
        ("origin", "http://clinic.test"),
        ("content-type", "multipart/form-data; boundary=xx"),
    ];
    assert_eq!(clinic.test.send("POST", "/documents", &headers, &body).status, 200);
    let machine = clinic.test.machine();
    let document = continuo_care::documents::waiting(&machine, 10).unwrap().0.first().unwrap().id.clone();
    let at = format!("/documents/{document}");
    clinic.check("nurse", &at, "person=ana&kind=lab&date=1%2F2%2F2026");
    clinic.check("nurse", &at, "person=ana&kind=lab&date=1%2F2%2F2026&task=Read+it&task_owner=role%3Anurse");
    clinic.check("nurse", &format!("{at}/close"), "reason=not+ours");

    let taken = clinic.post(
        "nurse",
        "/patients/ana/words",
        "kind=call&text=Patient%3A+I+stopped+the+furosemide+Saturday.%0APatient%3A+My+ankles+are+swollen.",
    );
    let review = taken.header("location").unwrap().to_owned();
    let page = clinic.page("nurse", &review);
    let items: Vec<String> = page
        .split("action=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|path| path.contains("/items/") || path.contains("/unsaid/"))
        .map(str::to_owned)
        .collect();
    let item = items.iter().find(|path| path.contains("/items/")).unwrap();
    clinic.check("nurse", item, "do=accept");
    clinic.check("nurse", item, "do=reject&reason=wrong-data&words=misheard");
    clinic.check(
        "nurse",
        &format!("{item}/edit"),
        "what=furosemide+40+mg&directions=once&status=active&certainty=confirmed",
    );
    if let Some(unsaid) = items.iter().find(|path| path.contains("/unsaid/")) {
        clinic.check("nurse", unsaid, "do=ask");
        clinic.check("nurse", unsaid, "do=not-asked");
    }
    clinic.check("nurse", &format!("{review}/note"), "do=save&added-plan=Call+Friday");
    clinic.check("nurse", &format!("{review}/note"), "do=finish&leave_open=yes&added-plan=Call+Friday");
    clinic.post("nurse", &format!("{review}/note"), "do=finish&leave_open=yes&added-plan=Call+Friday");
    let done = clinic.page("nurse", &review);
    let copy = done.split("href=\"/notes/").nth(1).unwrap().split('"').next().unwrap();
    clinic.check("nurse", &format!("/notes/{copy}"), "");

    let mapping = "field,column,format\ntable,people,\nrecord_number,MRN,\nfamily,Last,\ngiven,First,\nbirth_date,DOB,MM/DD/YYYY\n";
    let kept = InputKept {
        id: "row".to_owned(),
        at: NOW,
        source: "county".to_owned(),
        place: "people.csv, line 2".to_owned(),
        format: "csv".to_owned(),
        reason: "`2/30/1960` is no date".to_owned(),
        state: 0,
        settled_by: String::new(),
        settled_at: 0,
        settled_why: String::new(),
        mapping: mapping.to_owned(),
        bytes: b"MRN;Last;First;DOB\n7;\"Diaz; Reyes\";Ana;2/30/1960\n".to_vec(),
    };
    machine
        .write("keep input aside", move |tx| {
            let org = tx.org();
            input_kept::add(tx.conn()?, org, &kept)
        })
        .unwrap();
    let right = "cell-0=7&cell-1=Diaz+Reyes&cell-2=Ana&cell-3=2%2F28%2F1960";
    clinic.check("care-coordinator", "/could-not-file/row/retry", right);
    clinic.check("care-coordinator", "/could-not-file/row/dismiss", "why=test+row");
    let filed = continuo_care::documents::waiting(&machine, 10).unwrap().0;
    assert_eq!(filed.len(), 1, "the document waits again");
}

#[test]
fn what_a_site_sets_and_who_is_who_can_be_taken_back() {
    let clinic = clinic();
    let since = NOW - 90 * 3_600_000_000;
    let hours = (0..21 * 24).rev().map(|back| Instant::from_micros(since - back * 3_600_000_000)).collect();
    feeds::heard_at(&clinic.test.machine(), "st-mary", hours).unwrap();
    clinic.settle();
    clinic.check("supervisor", "/feeds/take", "source=st-mary&note=help+desk+called");
    clinic.post("supervisor", "/feeds/take", "source=st-mary&note=help+desk+called");
    clinic.check("supervisor", "/feeds/give-back", "source=st-mary&back=off+duty");
    clinic.check("supervisor", "/feeds/close", "source=st-mary&why=they+move+until+Monday");
    let watch = "source=st-mary&name=St.+Mary&watch=every&hours=200&quiet=nights&reason=as+agreed";
    clinic.check("administrator", "/feeds/watch", watch);
    clinic.check(
        "administrator",
        "/admin/message-limits",
        "emergency_minutes=15&routine_days=1&admin_days=3&reason=new+reader",
    );
    clinic.check("administrator", "/admin/days", "kept=christmas&own=&opens=8+am&closes=4+pm&reason=winter+hours");
    let shift = "shift_route=safety&shift_days=0&shift_from=5+pm&shift_to=8%3A00+am&shift_who=Practitioner%2Fnurse&shift_then=Practitioner%2Fphysician";
    clinic.check("supervisor", "/on-call/shifts", shift);
    clinic.post("supervisor", "/on-call/shifts", shift);
    clinic.check("supervisor", "/on-call/shifts/0/remove", "who=Practitioner%2Fnurse");
    let cover =
        "cover_route=safety&cover_day=tomorrow&cover_from=5+pm&cover_to=8+pm&cover_who=Practitioner%2Fphysician";
    clinic.check("supervisor", "/on-call/covers", cover);
    clinic.post("supervisor", "/on-call/covers", cover);
    clinic.check("supervisor", "/on-call/covers/0/remove", "who=Practitioner%2Fphysician");
    clinic.check("supervisor", "/on-call/minutes", "minutes_route=safety&minutes_minutes=10");
    let away =
        "away_who=Practitioner%2Fnurse&away_from=tomorrow&away_until=Friday&away_fallback=Practitioner%2Fphysician";
    clinic.check("nurse", "/on-call/away", away);

    let likely = |id: &str, given: &str, birth: &str| {
        let body = format!(
            r#"{{"resourceType":"Patient","id":"{id}","gender":"male","birthDate":"{birth}","name":[{{"family":"Gartistad","given":["{given}"]}}],"address":[{{"line":["9 Oak St"],"city":"Salem","postalCode":"47126"}}]}}"#
        );
        clinic.put(&format!("Patient/{id}"), &body);
    };
    likely("rob", "Robert", "1980-03-14");
    likely("bob", "Bob", "1980-04-13");
    clinic.settle();
    let queue = clinic.page("nurse", "/same-person");
    if let Some(question) = queue.split("href=\"/same-person/").nth(1).and_then(|rest| rest.split(['"', '?']).next()) {
        let at = format!("/same-person/{question}");
        let shown = clinic.page("nurse", &at);
        let version = |name: &str| {
            let rest = shown.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        let versions = format!("a={}&b={}", version("a"), version("b"));
        clinic.check("nurse", &at, &format!("do=link&why=same+mother&{versions}"));
        clinic.check("nurse", &at, &format!("do=apart&why=brothers&{versions}"));
        clinic.check("nurse", &at, &format!("do=later&why=ask+them&{versions}"));
        clinic.post("nurse", &at, &format!("do=link&why=same+mother&{versions}"));
        clinic.check("nurse", "/patients/bob/unlink", "why=brothers");
    } else {
        panic!("nobody asks whether they are one: {queue}");
    }
}

#[test]
fn what_somebody_changed_since_stays() {
    let clinic = clinic();
    let task = clinic.add_task("nurse", "Send+the+form");
    let path = format!("/tasks/{task}/comment");
    clinic.post("nurse", &path, "comment=She+has+it");
    let first = clinic.newest("nurse").unwrap();
    clinic.post("care-coordinator", &path, "comment=She+sent+it");
    let before = clinic.picture();
    let refused = clinic.test.form(&clinic.cookies["nurse"], "/undo", &format!("commit={first}&back=/recent"));
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert!(refused.body.contains("changed since"), "{}", refused.body);
    assert_eq!(differences(&before, &clinic.picture()), Vec::<String>::new());
    // A supervisor takes back what another did; the newest first, then the one below it.
    let second = clinic.newest("care-coordinator").unwrap();
    clinic.post("supervisor", "/undo", &format!("commit={second}&back=/recent"));
    clinic.post("nurse", "/undo", &format!("commit={first}&back=/recent"));
}

#[test]
fn every_address_that_takes_a_change_is_undone_or_says_why_not() {
    let text = include_str!("undo.rs");
    let test = TestApp::new();
    let mut missing = Vec::new();
    for route in test.app.routes().iter().filter(|route| route.method == "POST" && !route.path.starts_with("/fhir")) {
        if NOT_HERE.iter().any(|(path, _)| *path == route.path) || route.gate == continuo_web::route::Gate::Open {
            continue;
        }
        // Between the names of an address stands what the tests above write.
        let parts: Vec<&str> =
            route.path.split('/').filter(|part| !part.is_empty() && !part.starts_with('{')).collect();
        if !parts.iter().all(|part| text.contains(part)) {
            missing.push(route.path);
        }
    }
    assert!(missing.is_empty(), "neither undone nor excused: {missing:?}");
}
