//! Tables as people really save them: each oddity is told at its line, and nothing else stops.

use std::ops::ControlFlow;

use continuo_exchange::read::read;
use continuo_exchange::table::Tables;
use continuo_exchange::{Batch, Limits};
use continuo_fhir::json::Json;

fn batches(path: &str, bytes: &[u8]) -> Vec<Batch> {
    let mut out = Vec::new();
    read(path, &mut &*bytes, &Tables::new(), &Limits::default(), &mut |batch| {
        out.push(batch);
        ControlFlow::Continue(())
    });
    out
}

/// One line for each entry and each thing kept, by line.
fn told(table: &str) -> Vec<String> {
    let read = batches("people.csv", table.as_bytes());
    let mut lines: Vec<(String, String)> = Vec::new();
    for batch in &read {
        lines.extend(
            batch
                .entries
                .iter()
                .map(|e| (e.place.to_string(), format!("{} {}", e.type_name(), e.source_id().unwrap_or("-")))),
        );
        lines.extend(batch.kept.iter().map(|k| (k.place.to_string(), k.issues[0].text.clone())));
    }
    lines.sort();
    lines.into_iter().map(|(place, text)| format!("{}: {text}", place.replace("people.csv, ", ""))).collect()
}

const HEADER: &str = "record_number,family,given,birth_date,mobile\n";

#[test]
fn two_rows_of_one_number_that_differ_are_told_and_the_same_twice_is_one() {
    let table = format!(
        "{HEADER}1,Reyes,Ana,1960-02-12,303-555-0175\n1,Reyes,Ana,1960-02-12,303-555-0175\n1,Reyes,Ana,1960-02-12,303-555-0176\n2,Poe,Ed,1950-01-02,\n"
    );
    assert_eq!(
        told(&table),
        [
            "line 2: Patient 1",
            "line 4: line 2 is about the same record number and says otherwise; that line was taken",
            "line 5: Patient 2",
        ]
    );
}

#[test]
fn numbers_that_differ_only_in_their_signs_are_two_people() {
    let table = format!("{HEADER}17/A,Reyes,Ana,1960-02-12,\n17-a,Poe,Ed,1950-01-02,\n17 a,Roe,Al,1951-01-02,\n");
    let lines = told(&table);
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[1], "line 3: Patient 17-a");
    assert!(lines[0] != lines[2] && lines[0].contains("Patient 17-a-"), "{lines:?}");
}

#[test]
fn a_quotation_mark_that_nothing_closes_costs_its_own_row() {
    let table = format!(
        "{HEADER}1,\"Reyes,Ana,1960-02-12,\n2,Poe,Ed,1950-01-02,\n3,\"Roe\nJr\",Al,1951-01-02,\n4,Lee,Bo,1952-01-02,\n"
    );
    assert_eq!(
        told(&table),
        [
            "line 2: a quotation mark of this row is not closed where its cell ends",
            "line 3: Patient 2",
            "line 4: Patient 3",
            "line 6: Patient 4",
        ]
    );
    let kept = &batches("people.csv", table.as_bytes())[0].kept[0];
    assert_eq!(kept.bytes, format!("{HEADER}1,\"Reyes,Ana,1960-02-12,\n").into_bytes(), "only its own line waits");
}

#[test]
fn a_comma_too_many_moves_no_cell_under_another_column() {
    let table = format!("{HEADER}1,Reyes, Jr.,Ana,1960-02-12,303-555-0175\n2,Poe,Ed,1950-01-02,303-555-0176,,,\n");
    assert_eq!(
        told(&table),
        [
            "line 2: the row has 6 cells and the header 5: a separator inside a cell wants quotation marks around it",
            "line 3: Patient 2",
        ]
    );
}

#[test]
fn what_a_spreadsheet_spoiled_is_no_value() {
    let table = format!(
        "{HEADER}1.00123E+11,Reyes,Ana,1960-02-12,\n2,#REF!,Ed,1950-01-02,\n3,Roe,Al,1951-01-02,3.03555E+09\n4,Lee,Bo,1952-01-02,+1 (303) 555-0175 x12\n"
    );
    let lines = told(&table);
    assert!(
        lines[0].starts_with("line 2: `1.00123E+11` is a long number that a spreadsheet has shortened"),
        "{lines:?}"
    );
    assert!(lines[1].starts_with("line 3: `#REF!` is a fault"), "{lines:?}");
    assert!(lines[2].starts_with("line 4: `3.03555E+09` is a long number"), "{lines:?}");
    assert_eq!(lines[3], "line 5: Patient 4");
    let read = batches("people.csv", table.as_bytes());
    let phone = read[0].entries[0].resource.at("telecom.0.value").and_then(Json::as_str);
    assert_eq!(phone, Some("+1 (303) 555-0175 x12"), "as written, with its extension");
}

#[test]
fn a_column_that_stands_twice_is_not_guessed() {
    let table = "record_number,family,given,birth_date,mobile,mobile\n1,Reyes,Ana,1960-02-12,303-555-0175,\n";
    assert_eq!(told(table), ["people.csv: the table has the column `mobile` twice: give each its own name"]);
    // Twice a column that nothing is read from.
    assert_eq!(told("record_number,family,birth_date,Note,Note\n1,Reyes,1960-02-12,a,b\n"), ["line 2: Patient 1"]);
}

#[test]
fn unicode_text_of_a_spreadsheet_and_a_line_that_says_what_separates_are_read() {
    let text = "\u{feff}record_number\tfamily\tbirth_date\r\n7\tPeña\t1970-01-02\r\n";
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let read = batches("people.tsv", &bytes);
    assert_eq!(read[0].entries[0].resource.at("name.0.family").and_then(Json::as_str), Some("Peña"));
    assert_eq!(read[0].entries[0].place.to_string(), "people.tsv, line 2");
    let table = "sep=;\r\nrecord_number;family;birth_date\r\n7;Reyes;1970-01-02\r\n8;Roe;soon\r\n";
    let lines = told(table);
    assert_eq!(lines[0], "line 3: Patient 7");
    assert!(lines[1].starts_with("line 4: `soon` is no day"), "{lines:?}");
}

#[test]
fn marks_lines_and_ends_of_windows_cost_nothing_in_ndjson() {
    let text = "\u{feff}{\"resourceType\":\"Patient\",\"id\":\"1\"}\r\n\r\n{\"resourceType\":\"Patient\",\"id\":\"2\"}\r\n{\"resourceType\":\"Pat";
    for name in ["p.ndjson", "p.json"] {
        let read = batches(name, text.as_bytes());
        let ids: Vec<_> = read[0].entries.iter().map(|entry| entry.source_id().unwrap_or_default()).collect();
        assert_eq!(ids, ["1", "2"], "{name}");
        assert_eq!(read[0].kept[0].place.to_string(), format!("{name}, line 4"));
    }
    let one = batches("p.json", "\u{feff}{\"resourceType\":\"Patient\",\"id\":\"1\"}".as_bytes());
    assert_eq!(one[0].entries.len(), 1);
}

#[test]
fn long_lines_are_handed_over_before_they_fill_the_memory() {
    let line = format!("{{\"resourceType\":\"Basic\",\"x\":\"{}\"}}\n", "y".repeat(1 << 20));
    let read = batches("b.ndjson", line.repeat(40).as_bytes());
    assert_eq!(read.iter().map(|batch| batch.entries.len()).sum::<usize>(), 40);
    assert!(read.iter().all(|batch| batch.entries.len() <= 16), "16 MiB a batch");
}

#[test]
fn a_broken_member_of_an_archive_costs_itself() {
    let mut builder = tar::Builder::new(Vec::new());
    let person = b"{\"resourceType\":\"Patient\",\"id\":\"1\"}";
    for (name, bytes) in [("a.json.gz", &b"\x1f\x8bbroken"[..]), ("b.xz", b"\xfd7zXZ\0bro"), ("c.json", person)] {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append_data(&mut header, name, bytes).expect("memory takes all");
    }
    let archive = builder.into_inner().expect("memory takes all");
    let read = batches("all.tar", &archive);
    let kept: Vec<String> = read.iter().flat_map(|b| &b.kept).map(|k| k.place.to_string()).collect();
    assert_eq!(kept, ["all.tar!a.json.gz", "all.tar!b.xz"]);
    assert_eq!(read.last().map(|batch| batch.entries.len()), Some(1));
}

#[test]
fn files_of_other_programs_say_what_to_do() {
    for (name, word) in [("people.xlsx", "save each sheet as CSV"), ("all.zip", ".tar.gz"), ("p.xml", "JSON")] {
        let read = batches(name, b"PK\x03\x04");
        assert!(read[0].kept[0].issues[0].text.contains(word), "{name}");
    }
    let read = batches("b.json", br#"{"resourceType":"Bundle","entry":{"resource":{}}}"#);
    assert_eq!(read[0].kept[0].issues[0].text, "the entries of a bundle are no list");
}
