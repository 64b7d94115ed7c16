//! Files of a source end in the record once, with their references; what cannot be taken waits for a person.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod clinic;

use std::ops::ControlFlow;

use clinic::Clinic;
use continuo_care::Ctx;
use continuo_care::import::{self, Filing};
use continuo_care::ingest::{self, Progress};
use continuo_care::kept::{self, Mended};
use continuo_care::problem::WorkError;
use continuo_exchange::read::read;
use continuo_exchange::table::{Mapping, Tables, write_row};
use continuo_exchange::{Batch, Limits};

const STAFF: &str = r#"{"resourceType":"Bundle","type":"transaction","entry":[
 {"fullUrl":"urn:uuid:d","resource":{"resourceType":"Practitioner","id":"d","identifier":[{"system":"npi","value":"9"}],"name":[{"family":"Patel"}]}}]}"#;
const PERSON: &str = r#"{"resourceType":"Bundle","type":"transaction","entry":[
 {"fullUrl":"urn:uuid:p","resource":{"resourceType":"Patient","id":"p","generalPractitioner":[{"reference":"Practitioner?identifier=npi|9"}]}},
 {"fullUrl":"urn:uuid:o","resource":{"resourceType":"Observation","id":"o","status":"final","code":{"text":"Weight"},"subject":{"reference":"urn:uuid:p"}}},
 {"fullUrl":"urn:uuid:d","resource":{"resourceType":"Practitioner","id":"d","identifier":[{"system":"npi","value":"9"}]}},
 {"resource":{"id":"nothing"}}]}"#;

fn batches(name: &str, text: &str) -> Vec<Batch> {
    let mut out = Vec::new();
    read(name, &mut text.as_bytes(), &Tables::new(), &Limits::default(), &mut |batch| {
        out.push(batch);
        ControlFlow::Continue(())
    });
    out
}

/// Imports files in this order, as the command does.
fn import(ctx: &Ctx, files: &[(&str, &str)]) -> (Progress, usize, usize) {
    let mut filing = Filing::new(ctx, "mercy").expect("the store answers");
    let (mut chunks, mut kept, mut waiting) = (Vec::new(), 0, Vec::new());
    for batch in files.iter().flat_map(|(name, text)| batches(name, text)) {
        match filing.file(batch.clone(), false) {
            Some(filed) => {
                kept += import::keep(ctx, "mercy", filed.kept).expect("the store answers");
                chunks.push(filed.chunk);
            }
            None => waiting.push(batch),
        }
    }
    let again = waiting.len();
    for batch in waiting {
        let filed = filing.file(batch, true).expect("the last round takes all");
        kept += import::keep(ctx, "mercy", filed.kept).expect("the store answers");
        chunks.push(filed.chunk);
    }
    let sum = ingest::run(ctx, chunks.into_iter(), |_, refused| assert!(refused.is_empty(), "{refused:?}"));
    (sum.expect("the store answers"), kept, again)
}

#[test]
fn the_same_files_twice_write_nothing_new() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let ctx = clinic.machine();
    let files = [("staff.json", STAFF), ("person.json", PERSON)];
    let (first, kept, again) = import(&ctx, &files);
    // The person's file repeats the practitioner in an abridged form: the first copy counts.
    assert_eq!((first.created, first.updated, first.unchanged, kept, again), (3, 0, 0, 1, 0));
    let (second, kept, _) = import(&ctx, &files);
    assert_eq!((second.created, second.updated, second.unchanged, kept), (0, 0, 3, 0));
}

#[test]
fn a_file_that_refers_to_a_later_one_waits_for_it() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let ctx = clinic.machine();
    let without_staff = PERSON.replace(r#" {"fullUrl":"urn:uuid:d","resource":{"resourceType":"Practitioner","id":"d","identifier":[{"system":"npi","value":"9"}]}},"#, "");
    let (sum, _, again) = import(&ctx, &[("a.json", &without_staff), ("b.json", STAFF)]);
    assert_eq!((sum.created, again), (3, 1));
    let (sum, _, _) = import(&ctx, &[("b.json", STAFF), ("a.json", &without_staff)]);
    assert_eq!((sum.unchanged, sum.updated), (3, 0), "order does not matter");
}

#[test]
fn of_two_versions_the_later_stays() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let ctx = clinic.machine();
    let chunks: Vec<ingest::Chunk> = (0..40)
        .map(|version| {
            let text = format!(r#"{{"resourceType":"Observation","id":"o","status":"final","code":{{"text":"Weight"}},"valueInteger":{version}}}"#);
            let resource = continuo_fhir::Json::parse(text.as_bytes()).unwrap();
            ingest::Chunk { source: "mercy".into(), resources: vec![resource], ..ingest::Chunk::default() }
        })
        .collect();
    let last = chunks.last().cloned().unwrap();
    ingest::run(&ctx, chunks.into_iter(), |_, _| {}).unwrap();
    let again = ingest::run(&ctx, std::iter::once(last), |_, _| {}).unwrap();
    assert_eq!((again.unchanged, again.updated), (1, 0));
}

/// The resources of a type, as they came in.
fn all(ctx: &Ctx, type_: &'static str) -> Vec<continuo_fhir::Json> {
    let type_ = continuo_fhir::ResourceType::of(type_);
    let found = ctx.read(|r| {
        let changes = r.changes_after(ctx.org, continuo_store::ChangeSeq(0), 1_000)?;
        let ids = changes.into_iter().filter(|change| change.type_ == type_).map(|change| change.id);
        let ids: std::collections::BTreeSet<String> = ids.collect();
        ids.iter().map(|id| r.get(&ctx.scope, type_, id)).collect::<continuo_store::Result<Vec<_>>>()
    });
    let bytes = found.unwrap().into_iter().filter_map(|stored| stored.bytes);
    bytes.map(|bytes| continuo_fhir::Json::parse(&bytes).unwrap()).collect()
}

/// Content as somebody mended it.
fn content(text: &str) -> Mended {
    Mended { bytes: Some(text.as_bytes().to_vec()), mapping: None }
}

fn filed(ctx: &Ctx, id: &str, mended: &Mended) -> continuo_store::CommitId {
    kept::retry(ctx, id, mended).expect("it may be filed").expect("nothing stands in the way")
}

fn still(ctx: &Ctx, id: &str, mended: &Mended) -> Vec<String> {
    let issues = kept::retry(ctx, id, mended).expect("it may be tried").expect_err("something stands in the way");
    issues.into_iter().map(|issue| format!("{}: {}", issue.place, issue.text)).collect()
}

#[test]
fn what_was_kept_can_be_mended_and_the_mending_undone() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let ctx = clinic.machine();
    import(&ctx, &[("staff.json", STAFF), ("person.json", PERSON)]);
    let waits = || kept::waiting(&ctx, 10).unwrap();
    let (rows, _) = waits();
    assert_eq!(
        (rows.len(), rows[0].place.as_str(), rows[0].reason.as_str()),
        (1, "person.json, entry 3", "resourceType is missing")
    );
    assert_eq!(still(&ctx, &rows[0].id, &content(r#"{"id":"nothing"}"#)), [": resourceType is missing"]);
    let mended = r#"{"resourceType":"Observation","id":"nothing","status":"final","code":{"text":"Mended"},"subject":{"reference":"Patient/p"}}"#;
    let commit = filed(&ctx, &rows[0].id, &content(mended));
    assert_eq!(waits().1, 0);
    let one = kept::get(&ctx, &rows[0].id).unwrap();
    assert_eq!(one.bytes, rows[0].bytes, "as received, whatever was mended");
    assert!(kept::retry(&ctx, &rows[0].id, &content(mended)).is_err(), "settled once");
    // It is about the person of its file, by the id the import gave them.
    let mine = all(&ctx, "Observation").into_iter().filter(|one| one.str_at("code.text") == Some("Mended"));
    let subjects: Vec<String> = mine.map(|one| one.str_at("subject.reference").unwrap_or("").to_owned()).collect();
    let person = all(&ctx, "Patient")[0].str_at("id").unwrap().to_owned();
    assert_eq!(subjects, [format!("Patient/{person}")]);
    continuo_care::work::undo(&ctx, commit).unwrap();
    assert_eq!(waits().1, 1, "undone, it waits again");
}

#[test]
fn a_row_of_a_table_is_mended_cell_by_cell_with_its_own_mapping() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let ctx = clinic.machine();
    let mapping = "field,column,format\ntable,people,\nrecord_number,MRN,\nfamily,Last,\ngiven,First,\nbirth_date,DOB,MM/DD/YYYY\n";
    let mut tables = Tables::new();
    tables.add(Mapping::read(mapping.as_bytes()).0.unwrap());
    let table = "MRN;Last;First;DOB\r\n7;\"Diaz; Reyes\";Ana;2/30/1960\r\n8;Lee;Sung;7/30/1955\r\n";
    let mut filing = Filing::new(&ctx, "county").unwrap();
    read("people.csv", &mut table.as_bytes(), &tables, &Limits::default(), &mut |batch| {
        let done = filing.file(batch, true).unwrap();
        import::keep(&ctx, "county", done.kept).unwrap();
        ingest::run(&ctx, std::iter::once(done.chunk), |_, _| {}).unwrap();
        ControlFlow::Continue(())
    });
    let (rows, _) = kept::waiting(&ctx, 10).unwrap();
    assert_eq!(rows[0].bytes, b"MRN;Last;First;DOB\n7;\"Diaz; Reyes\";Ana;2/30/1960\n", "as received, with its header");
    let row = kept::row(&ctx, &rows[0], &Mended::default()).expect("one row");
    assert_eq!(row.cells[1].value, "Diaz; Reyes");
    assert_eq!((row.issues[0].place.as_str(), row.cells[3].format), ("birth_date", "MM/DD/YYYY"));
    assert_eq!(still(&ctx, &rows[0].id, &Mended::default()).len(), 1, "as received it is still wrong");
    let cells = row.cells.iter().map(|cell| (cell.column.as_str(), cell.value.as_str()));
    let right = cells.map(|(column, value)| (column, if column == "DOB" { "2/28/1960" } else { value }));
    let mended = Mended { bytes: Some(write_row(right)), mapping: None };
    filed(&ctx, &rows[0].id, &mended);
    let births: Vec<String> =
        all(&ctx, "Patient").iter().map(|one| one.str_at("birthDate").unwrap_or("").to_owned()).collect();
    assert!(births.contains(&"1960-02-28".to_owned()), "{births:?}");
    assert_eq!(kept::waiting(&ctx, 10).unwrap().1, 0);
}

#[test]
fn a_table_that_no_mapping_fits_is_filed_with_one_and_its_bad_rows_wait_on() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let ctx = clinic.machine();
    import(&ctx, &[("people.csv", "Nr,Last,First,Born\n7,Diaz,Ana,1960-02-12\n8,Lee,,1955-07-32\n")]);
    let (rows, _) = kept::waiting(&ctx, 10).unwrap();
    assert!(rows[0].reason.contains("no mapping fits"), "{}", rows[0].reason);
    let mapping = "table,people\nrecord_number,Nr\nfamily,Last\ngiven,First\nbirth_date,Born\n";
    let wrong = Mended { bytes: None, mapping: Some("record_number,Nr\n".to_owned()) };
    assert!(still(&ctx, &rows[0].id, &wrong)[0].starts_with("mapping: "), "the reason stands at the mapping");
    filed(&ctx, &rows[0].id, &Mended { bytes: None, mapping: Some(mapping.to_owned()) });
    assert_eq!(all(&ctx, "Patient").len(), 1);
    let (rows, _) = kept::waiting(&ctx, 10).unwrap();
    assert_eq!((rows.len(), rows[0].place.as_str()), (1, "people.csv, line 3"));
    assert!(kept::row(&ctx, &rows[0], &Mended::default()).is_some(), "with its mapping");
}

#[test]
fn a_row_of_which_something_is_left_out_is_taken_and_shown() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let ctx = clinic.machine();
    let table = "record_number,family,given,birth_date,sex\n7,Diaz,Ana,1960-02-12,fem\n";
    let (sum, kept_new, _) = import(&ctx, &[("people.csv", table)]);
    assert_eq!((sum.created, kept_new), (1, 1));
    assert!(kept::waiting(&ctx, 10).unwrap().0[0].reason.contains("sex `fem`"));
}

#[test]
fn what_is_put_aside_says_why_and_comes_back_by_undo() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let ctx = clinic.machine();
    import(&ctx, &[("person.json", PERSON)]);
    let id = kept::waiting(&ctx, 10).unwrap().0[0].id.clone();
    assert!(matches!(kept::dismiss(&ctx, &id, " "), Err(WorkError::Field { .. })));
    let commit = kept::dismiss(&ctx, &id, "a test message of the feed").unwrap();
    let one = kept::listed(&ctx, kept::State::PutAside, 10).unwrap().0.remove(0);
    assert_eq!((one.settled_why.as_str(), one.settled_by.is_empty()), ("a test message of the feed", false));
    continuo_care::work::undo(&ctx, commit).unwrap();
    assert_eq!(kept::waiting(&ctx, 10).unwrap().1, 1);
}

#[test]
fn what_is_mended_by_hand_is_checked_like_any_change() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let ctx = clinic.machine();
    import(&ctx, &[("staff.json", STAFF), ("person.json", PERSON)]);
    let id = kept::waiting(&ctx, 10).unwrap().0[0].id.clone();
    let good = r#"{"resourceType":"Observation","id":"o2","status":"final","code":{"text":"x"}}"#;
    let mut reads_only = ctx.clone();
    reads_only.grant = continuo_care::access::Grant::machine(&[continuo_care::access::Permission::Import]);
    assert!(matches!(kept::retry(&reads_only, &id, &content(good)), Err(WorkError::Denied(_))));
    let misshapen = r#"{"resourceType":"Observation","id":"o2","status":7}"#;
    assert!(still(&ctx, &id, &content(misshapen))[0].starts_with("Observation.status"), "at its place");
    let mut elsewhere = ctx.clone();
    elsewhere.scope.persons = continuo_store::Persons::Only(Vec::new());
    // The person of the same file: closed to whoever reaches nobody.
    let over = r#"{"resourceType":"Patient","id":"p","active":false}"#;
    assert!(matches!(kept::retry(&elsewhere, &id, &content(over)), Err(WorkError::NotFound(_))));
    filed(&ctx, &id, &content(good));
    assert_eq!(kept::waiting(&ctx, 10).unwrap().1, 0);
}

#[test]
fn a_label_that_is_closed_to_who_mends_stays_on() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let mut ctx = clinic.machine();
    let label = continuo_care::access::LABELS.first().unwrap();
    let labeled = format!(
        r#"{{"resourceType":"Observation","id":"o","status":"final","code":{{"text":"x"}},"meta":{{"security":[{{"system":"{}","code":"{}"}}]}}}}"#,
        label.system, label.code
    );
    let chunk = |text: &str| ingest::Chunk {
        source: "mercy".to_owned(),
        resources: vec![continuo_fhir::Json::parse(text.as_bytes()).unwrap()],
        ..ingest::Chunk::default()
    };
    let prepare = ctx.prepare_context().unwrap();
    let file = |ctx: &Ctx, text: &str| ingest::take_whole(ctx, &prepare, chunk(text), "file mended input", |_| Ok(()));
    assert!(file(&ctx, &labeled).is_ok_and(|taken| taken.is_ok()));
    ctx.scope.hidden_labels = 1 << label.bit;
    let bare = r#"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"}}"#;
    assert!(matches!(file(&ctx, bare), Err(continuo_store::Error::Refused(_))));
    assert!(file(&ctx, &labeled).is_ok_and(|taken| taken.is_ok()), "with its label it may change");
}

#[test]
fn what_is_referred_to_and_never_came_is_told_until_it_comes() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let ctx = clinic.machine();
    let lost = r#"{"resourceType":"Observation","id":"lost","status":"final","code":{"text":"Weight"},"subject":{"reference":"Patient/gone"},"encounter":{"reference":"Encounter/gone"},"performer":[{"reference":"Practitioner?identifier=npi|77"}]}"#;
    let mut filing = Filing::new(&ctx, "mercy").unwrap();
    let mut loose = continuo_care::loose::Loose::default();
    for batch in batches("late.ndjson", lost) {
        let filed = filing.file(batch, true).unwrap();
        loose.open(filed.open);
        loose.leads(&ctx, filed.leads).unwrap();
        ingest::run(&ctx, std::iter::once(filed.chunk), |_, _| {}).unwrap();
    }
    let lines = loose.lines(&ctx).unwrap();
    let said: Vec<(&str, &str, usize, usize)> =
        lines.iter().map(|line| (line.from.as_str(), line.to.as_str(), line.references, line.targets)).collect();
    assert_eq!(
        said,
        [
            ("Observation.encounter", "Encounter", 1, 1),
            ("Observation.performer", "Practitioner", 1, 0),
            ("Observation.subject", "Patient", 1, 1)
        ]
    );
    assert_eq!(lines[0].places, ["late.ndjson, line 1"]);

    let missing = || -> Vec<(String, usize)> {
        let all = kept::missing(&ctx, 100).unwrap();
        all.iter().map(|one| (one.type_.to_string(), one.from.iter().map(|(_, count)| count).sum())).collect()
    };
    assert_eq!(missing(), [("Patient".to_owned(), 1), ("Encounter".to_owned(), 1)], "people first");
    assert_eq!(kept::missing(&ctx, 100).unwrap()[0].sources, ["mercy"]);
    let came = r#"{"resourceType":"Patient","id":"gone"}"#;
    let (sum, ..) = import(&ctx, &[("patients.ndjson", came)]);
    assert_eq!((sum.created, missing()), (1, vec![("Encounter".to_owned(), 1)]));
}

#[test]
fn a_row_that_cannot_be_is_kept_aside_and_mended_by_its_cell() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let ctx = clinic.machine();
    let today = Tables::new().on(continuo_fhir::Date::parse("2026-08-05").unwrap());
    let table =
        "record_number,family,given,birth_date,mobile\n1,Reyes,Ana,2062-02-12,555-555-0142\n2,Lee,Sung,1955-07-30,12\n";
    let mut filing = Filing::new(&ctx, "front desk").unwrap();
    read("people.csv", &mut table.as_bytes(), &today, &Limits::default(), &mut |batch| {
        let filed = filing.file(batch, true).unwrap();
        import::keep(&ctx, "front desk", filed.kept).unwrap();
        ingest::run(&ctx, std::iter::once(filed.chunk), |_, _| {}).unwrap();
        ControlFlow::Continue(())
    });
    let (rows, waiting) = kept::waiting(&ctx, 10).unwrap();
    let mut reasons: Vec<&str> = rows.iter().map(|row| row.reason.as_str()).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, ["2062-02-12 has not come yet", "`12` is too short for a phone number and was left out"]);
    assert_eq!((waiting, all(&ctx, "Patient").len()), (2, 1), "what can be taken is taken");
    let one = rows.iter().find(|row| row.reason.contains("2062")).unwrap();
    let cells = kept::row(&ctx, one, &Mended::default()).unwrap();
    assert_eq!(cells.issues.first().map(|issue| issue.place.as_str()), Some("birth_date"));
    let mended = write_row(cells.cells.iter().map(|cell| {
        (cell.column.as_str(), if cell.column == "birth_date" { "1962-02-12" } else { cell.value.as_str() })
    }));
    filed(&ctx, &one.id, &Mended { bytes: Some(mended), mapping: None });
    assert_eq!(all(&ctx, "Patient").len(), 2);
}

#[test]
fn a_name_as_long_as_a_book_costs_no_more_than_its_first_letters() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let long = "x".repeat(300_000);
    let words = "Wort ".repeat(60_000);
    clinic.put(&[&format!(
        r#"{{"resourceType":"Patient","id":"long","name":[{{"family":"{long}","given":["{words}"]}}],"identifier":[{{"system":"urn:x","value":"{long}"}}]}}"#
    )]);
    continuo_care::assess::worker::catch_up(&clinic.machine()).unwrap();
    let maria = clinic.staff("maria", "care-coordinator");
    for asked in [&long[..60], "wort"] {
        let found = continuo_care::people::search::search(&maria, asked, None).unwrap();
        assert_eq!(found.exact.len(), 1, "found by how it begins");
    }
}

/// Two tables of one run say different things of one person: the first counts, and the other is told and can be taken.
#[test]
fn a_person_told_differently_in_two_files_of_one_run_is_told() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let ctx = clinic.machine();
    let person = |rest: &str| format!(r#"{{"resourceType":"Patient","id":"p","birthDate":"1960-02-12"{rest}}}"#);
    let (first, abridged) = (person(r#","gender":"female""#), person(""));
    let other = person(r#","gender":"male""#).replace("1960", "1961");
    let files = [("a.json", first.as_str()), ("b.json", abridged.as_str()), ("c.json", other.as_str())];
    let (_, kept, _) = import(&ctx, &files);
    assert_eq!(kept, 1, "one that only says less is not told");
    let (waiting, _) = kept::waiting(&ctx, 10).unwrap();
    let [one] = &waiting[..] else { panic!("{waiting:?}") };
    for words in ["birthDate, gender", "a.json", "c.json", "counts"] {
        assert!(one.reason.contains(words), "{words}: {}", one.reason);
    }
    assert_eq!(import(&ctx, &files).1, 0, "the same again is kept once");
    let patient =
        ctx.read(|r| r.get(&ctx.scope, continuo_fhir::ResourceType::of("Patient"), &one.place["Patient/".len()..]));
    let text = String::from_utf8(patient.unwrap().bytes.unwrap()).unwrap();
    assert!(text.contains("1960-02-12") && text.contains("female"), "{text}");
}
