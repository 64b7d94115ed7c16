//! Inputs as people send them, good and bad: what becomes an entry, what is kept and why.

use std::io::Write as _;
use std::ops::ControlFlow;

use continuo_exchange::read::read;
use continuo_exchange::table::{Mapping, Tables};
use continuo_exchange::{Batch, Kind, Limits};
use continuo_fhir::json::Json;

fn batches_with(path: &str, bytes: &[u8], tables: &Tables, limits: &Limits) -> Vec<Batch> {
    let mut out = Vec::new();
    read(path, &mut &*bytes, tables, limits, &mut |batch| {
        out.push(batch);
        ControlFlow::Continue(())
    });
    out
}

fn batches(path: &str, bytes: &[u8]) -> Vec<Batch> {
    batches_with(path, bytes, &Tables::new(), &Limits::default())
}

/// One line for each entry and each thing kept.
fn told(batches: &[Batch]) -> Vec<String> {
    let mut lines = Vec::new();
    for batch in batches {
        lines.extend(
            batch.entries.iter().map(|e| format!("{}: {} {}", e.place, e.type_name(), e.source_id().unwrap_or("-"))),
        );
        lines.extend(batch.kept.iter().map(|k| format!("{}: kept, {}", k.place, k.issues[0].text)));
    }
    lines
}

const BUNDLE: &str = r#"{"resourceType":"Bundle","type":"transaction","entry":[
 {"fullUrl":"urn:uuid:a","resource":{"resourceType":"Patient","id":"a"},"request":{"method":"POST","url":"Patient"}},
 {"fullUrl":"urn:uuid:b","resource":{"id":"b"}},
 {"request":{"method":"DELETE","url":"Patient/9"}},
 {"resource":{"resourceType":"Observation","valueQuantity":{"value":1.00}}}]}"#;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        let mut header = header.clone();
        builder.append_data(&mut header, name, *bytes).expect("memory takes all");
    }
    builder.into_inner().expect("memory takes all")
}

#[test]
fn a_bundle_keeps_its_places_and_what_it_could_not_take() {
    let read = batches("b.json", BUNDLE.as_bytes());
    assert_eq!(read[0].kind, Kind::Transaction);
    assert_eq!(
        told(&read),
        [
            "b.json, entry 0: Patient a",
            "b.json, entry 3: Observation -",
            "b.json, entry 1: kept, resourceType is missing",
            "b.json, entry 2: kept, a request without a resource is not carried out by an import",
        ]
    );
    let quantity = read[0].entries[1].resource.at("valueQuantity.value").unwrap();
    assert_eq!(quantity, &Json::Number("1.00".into()));
}

#[test]
fn a_bad_line_costs_itself() {
    let text = "{\"resourceType\":\"Patient\",\"id\":\"1\"}\n\n{\"resourceType\":\"Patient\",\"id\":\"2\",\"id\":\"3\"}\r\n{\"x\":1}\n{\"resourceType\":\"Patient\",\"id\":\"4\"}";
    let lines = told(&batches("Patient.ndjson", text.as_bytes()));
    assert_eq!(lines[0], "Patient.ndjson, line 1: Patient 1");
    assert_eq!(lines[1], "Patient.ndjson, line 5: Patient 4");
    assert!(lines[2].starts_with("Patient.ndjson, line 3: kept"), "{lines:?}");
    assert_eq!(lines[3], "Patient.ndjson, line 4: kept, resourceType is missing");
    assert_eq!(told(&batches("Patient.json", text.as_bytes())).len(), 4);
}

#[test]
fn archives_in_archives_are_opened() {
    let inner = gzip(BUNDLE.as_bytes());
    let archive = gzip(&tar(&[
        ("d/b.json.gz", &inner),
        ("readme.bin", &[0, 1, 2]),
        ("p.ndjson", b"{\"resourceType\":\"Patient\"}\n"),
    ]));
    let lines = told(&batches("all.tgz", &archive));
    assert_eq!(lines[0], "all.tar!d/b.json, entry 0: Patient a");
    assert_eq!(lines[4], "all.tar!readme.bin: kept, `all.tar!readme.bin` is no format that is read here");
    assert_eq!(lines[5], "all.tar!p.ndjson, line 1: Patient -");
}

#[test]
fn a_bomb_stops_at_the_limit() {
    let bomb = gzip(&vec![b' '; 8 << 20]);
    let small = Limits { document: 1 << 20, unpacked: 4 << 20, ..Limits::default() };
    let lines = told(&batches_with("bomb.json.gz", &bomb, &Tables::new(), &small));
    assert!(lines[0].contains("is larger than 1 MiB"), "{lines:?}");
    let blank = vec![b' '; 400_000];
    let many = gzip(&tar(&(0..20).map(|_| ("x.json", &blank[..])).collect::<Vec<_>>()));
    let lines = told(&batches_with("many.tar.gz", &many, &Tables::new(), &small));
    assert!(lines.last().unwrap().contains("unpacks to more than the limit allows"), "{lines:?}");
    let nested = (0..6).fold(BUNDLE.as_bytes().to_vec(), |bytes, _| gzip(&bytes));
    assert!(told(&batches("b.gz", &nested))[0].contains("is packed in more than 4 layers"));
    let members: Vec<(&str, &[u8])> = (0..30).map(|_| ("p.json", &b"{\"resourceType\":\"Patient\"}"[..])).collect();
    let few = Limits { members: 10, ..Limits::default() };
    assert!(
        told(&batches_with("m.tar", &tar(&members), &Tables::new(), &few))
            .last()
            .unwrap()
            .contains("more than 10 files")
    );
}

#[test]
fn broken_packing_says_so_and_nothing_panics() {
    let whole = gzip(BUNDLE.as_bytes());
    let cut = &whole[..whole.len() / 2];
    assert!(told(&batches("b.json.gz", cut))[0].contains("cannot be read"));
    for (name, bytes) in [
        ("x.bz2", &b"BZh9garbage"[..]),
        ("x.xz", &[0xfd, b'7', b'z', b'X', b'Z', 0, 1, 2, 3][..]),
        ("x.tar", &[0u8; 700][..]),
        ("x.json", b"{"),
        ("x.json", b"[]"),
        ("x.json", b""),
        ("x.csv", b""),
        ("x.csv", b"\"unclosed"),
        ("x.ndjson", b"\xff\xfe\n"),
        ("", b""),
    ] {
        for batch in batches(name, bytes) {
            assert!(batch.entries.is_empty() && !batch.kept.is_empty(), "{name}");
        }
    }
}

#[test]
fn reading_ends_when_the_taker_says_so() {
    let archive = tar(&[("1.json", b"{\"resourceType\":\"Patient\"}"), ("2.json", b"{\"resourceType\":\"Patient\"}")]);
    let mut seen = 0;
    read("a.tar", &mut archive.as_slice(), &Tables::new(), &Limits::default(), &mut |_| {
        seen += 1;
        ControlFlow::Break(())
    });
    assert_eq!(seen, 1);
}

#[test]
fn people_caseloads_and_appointments_of_a_clinic_without_a_feed() {
    let mapping = "field,column,format\ntable,people,\nrecord_number,MRN,\nfamily,Last Name,\ngiven,First Name,\nbirth_date,DOB,MM/DD/YYYY\nsex,Sex,\nmobile,Cell,\nlanguage,Language,\ninterpreter,Needs Interpreter,\nplan,Insurance,\ncoverage_end,Ins End,MM/DD/YYYY\n";
    let (mapping, issues) = Mapping::read(mapping.as_bytes());
    assert_eq!(issues, []);
    let mut tables = Tables::new();
    tables.add(mapping.unwrap());
    let people = "MRN;Last Name;First Name;DOB;Sex;Cell;Language;Needs interpreter;Insurance;Ins End\n0041/7;Reyes;Ana Maria;2/12/1960;F;(555) 555-0142;Spanish;yes;Medicaid;10/31/2026\n42;Doe;John;2/30/1960;M;;;;;\n43;Poe;Ed;1/2/60;M;;;;;\n;;;;;;;;;\n44;;No;1/2/1960;M;;;;;\n";
    let read = batches_with("people.csv", people.as_bytes(), &tables, &Limits::default());
    let lines = told(&read);
    assert_eq!(
        lines[..2],
        ["people.csv, line 2: Patient 0041-7-035cbad59727", "people.csv, line 2: Coverage 0041-7-035cbad59727"]
    );
    assert_eq!(lines.len(), 5, "{lines:?}");
    assert!(
        lines[2].contains("line 3: kept, `2/30/1960` is no day written as MM/DD/YYYY")
            && lines[3].contains("four digits"),
        "{lines:?}"
    );
    assert!(lines[4].contains("line 6: kept, `family` is empty"));
    let patient = &read[0].entries[0].resource;
    assert_eq!(patient.get("birthDate").and_then(Json::as_str), Some("1960-02-12"));
    assert_eq!(patient.at("identifier.0.value").and_then(Json::as_str), Some("0041/7"));
    assert_eq!(patient.at("communication.0.language.coding.0.code").and_then(Json::as_str), Some("es"));
    assert_eq!(read[0].entries[1].resource.at("period.end").and_then(Json::as_str), Some("2026-10-31"));

    let caseloads = "record_number,coordinator,programme,tier\n0041/7,m.ortiz,Transitional care,high\n";
    let read = batches("caseloads.csv", caseloads.as_bytes());
    let episode = &read[0].entries[0].resource;
    assert_eq!(episode.at("patient.reference").and_then(Json::as_str), Some("Patient/0041-7-035cbad59727"));
    let manager = episode.at("careManager.reference").and_then(Json::as_str);
    assert_eq!(manager, Some("Practitioner?identifier=urn:continuo:sign-in|m.ortiz"));
    assert_eq!(read[0].entries[1].resource.at("code.coding.0.code").and_then(Json::as_str), Some("tier-high"));

    // Two times in one program are two episodes; the former is over, and its tier says nothing of now.
    let again = "record_number,coordinator,programme,tier,start,end\n7,m.ortiz,Diabetes,low,2024-01-08,2024-12-31\n7,s.lee,Diabetes,high,2026-02-02,\n7,a.cole,Diabetes,high,2026-02-02,\n";
    let read = batches("caseloads.csv", again.as_bytes());
    let of = |at: usize, name: &str| read[0].entries[at].resource.get(name).and_then(Json::as_str).unwrap().to_owned();
    let episodes: Vec<(String, String)> = (0..read[0].entries.len())
        .filter(|at| read[0].entries[*at].type_name() == "EpisodeOfCare")
        .map(|at| (of(at, "id"), of(at, "status")))
        .collect();
    assert_eq!(episodes.iter().map(|(_, status)| status.as_str()).collect::<Vec<_>>(), ["finished", "active"]);
    assert_ne!(episodes[0].0, episodes[1].0);
    assert_eq!(read[0].entries.len(), 3, "one flag: that of the time that goes on");
    assert!(told(&read)[3].contains("line 3 is about the same person, program and start"), "{:?}", told(&read));

    let appointments = "record_number,start,status,service,clinician\n0041/7,2026-08-20 09:20,No Show,Cardiology,Dr. Patel\n0041/7,2026-08-20,booked,x,\n0041/7,2026-08-21T14:00,maybe,x,\n";
    let read = batches("visits.csv", appointments.as_bytes());
    let visit = &read[0].entries[0].resource;
    assert_eq!(visit.get("status").and_then(Json::as_str), Some("noshow"));
    assert_eq!(visit.get("start").and_then(Json::as_str), Some("2026-08-20T09:20:00"));
    assert_eq!(read[0].kept.len(), 2);
    assert!(told(&batches("other.csv", b"a,b\n1,2\n"))[0].contains("no mapping fits the columns a, b"));
}

#[test]
fn a_table_as_a_spreadsheet_saves_it_is_read_and_each_refusal_names_its_line() {
    let mapping = |birth: &str, more: &str| {
        let text = format!(
            "field,column,format\ntable,people,\nrecord_number,No,\nfamily,Last,\ngiven,First,\nbirth_date,DOB,{birth}\n{more}"
        );
        let mut tables = Tables::new();
        tables.add(Mapping::read(text.as_bytes()).0.unwrap());
        tables
    };
    let read =
        |table: &str, tables: &Tables| told(&batches_with("people.csv", table.as_bytes(), tables, &Limits::default()));
    // A mark in front, semicolons, lines as Windows ends them, a cell over two lines, a single name.
    let table = "\u{feff}No;Last;First;DOB\r\n1;Lee;;7/30/1955\r\n2;\"Rey\r\nes\";Ana;2/12/1960\r\n3;Poe;Ed;1/2/60\r\n4;Roe;Al;22099\r\n";
    let lines = read(table, &mapping("M/D/YYYY", ""));
    assert_eq!(lines[0], "people.csv, line 2: Patient 1", "a single name is a name");
    assert_eq!(lines[1], "people.csv, line 3: Patient 2");
    assert!(lines[2].starts_with("people.csv, line 5: kept, `1/2/60` is no day written as MM/DD/YYYY"), "{lines:?}");
    let number = "people.csv, line 6: kept, `22099` is a spreadsheet's number for 1960-07-02: ";
    assert!(lines[3].starts_with(number), "{lines:?}");
    let lines = read("No,Last,First,DOB\n4,Roe,Al,22099\n5,Roe,Bo,7/2/1960\n", &mapping("EXCEL", ""));
    assert_eq!(lines[0], "people.csv, line 2: Patient 4");
    assert!(lines[1].contains("line 3: kept, `7/2/1960` is no number of a day"), "{lines:?}");
    let lines = read("No,Last,First,DOB\n1,Lee,Al,7/30/1955\n", &mapping("M/D/YYYY", "email,E-mail,\n"));
    assert!(lines[0].contains("the mapping names the column `E-mail`, which this table does not have"), "{lines:?}");
    assert_eq!(
        continuo_exchange::table::DateFormat::Serial.date_time("46358.395833"),
        Some((continuo_fhir::Date::new(2026, 12, 2).unwrap(), 9, 30))
    );
}

#[test]
fn a_mapping_file_says_what_is_wrong_with_it() {
    let (mapping, issues) =
        Mapping::read(b"field,column\ntable,people\nrecord_number,MRN\nshoe_size,Size\nbirth_date,DOB,YY.MM\n");
    assert!(mapping.is_none());
    let texts: Vec<&str> = issues.iter().map(|issue| issue.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "`shoe_size` is no field of people",
            "date form `YY.MM` is not known; YYYY-MM-DD is read",
            "no column for `family`",
        ]
    );
    assert!(Mapping::read(b"family,Last\n").0.is_none());
}

#[test]
fn western_code_pages_keep_their_accents() {
    let table = b"record_number,family,given,birth_date\n7,Pe\xf1a,Jos\xe9,1970-01-02\n";
    let read = batches("p.csv", table);
    assert_eq!(read[0].entries[0].resource.at("name.0.family").and_then(Json::as_str), Some("Peña"));
}
