//! Exports: NDJSON, bundles, and tables that a spreadsheet may open without running anything.

use continuo_fhir::json::Json;

/// Appends a resource as one line.
pub fn ndjson(resource: &Json, out: &mut Vec<u8>) {
    resource.write(out);
    out.push(b'\n');
}

/// Writes a bundle entry by entry, so that a large one needs no tree. Call [`Bundle::entry`] for each, then [`Bundle::end`].
#[derive(Debug)]
pub struct Bundle {
    entries: usize,
}

impl Bundle {
    /// Begins a bundle of a type: `collection`, `searchset`, `transaction`.
    pub fn begin(kind: &str, out: &mut Vec<u8>) -> Bundle {
        out.extend_from_slice(br#"{"resourceType":"Bundle","type":"#);
        Json::string(kind).write(out);
        out.extend_from_slice(br#","entry":["#);
        Bundle { entries: 0 }
    }

    /// Adds an entry; `request` is method and address for a transaction.
    pub fn entry(&mut self, full_url: Option<&str>, resource: &Json, request: Option<(&str, &str)>, out: &mut Vec<u8>) {
        if self.entries > 0 {
            out.push(b',');
        }
        self.entries += 1;
        out.push(b'{');
        if let Some(url) = full_url {
            out.extend_from_slice(br#""fullUrl":"#);
            Json::string(url).write(out);
            out.push(b',');
        }
        out.extend_from_slice(br#""resource":"#);
        resource.write(out);
        if let Some((method, url)) = request {
            let request = Json::object([("method", Json::string(method)), ("url", Json::string(url))]);
            out.extend_from_slice(br#","request":"#);
            request.write(out);
        }
        out.push(b'}');
    }

    /// Ends the bundle. A bundle without entries has no `entry` (FHIR has no empty arrays).
    pub fn end(self, out: &mut Vec<u8>) {
        if self.entries == 0 {
            out.truncate(out.len().saturating_sub(br#","entry":["#.len()));
        } else {
            out.push(b']');
        }
        out.push(b'}');
    }
}

/// Appends a row of a table. Cells that a spreadsheet would run as a formula get an apostrophe in front (OWASP, CSV
/// injection); plain numbers stay as they are.
pub fn csv_row<'c>(cells: impl IntoIterator<Item = &'c str>, out: &mut Vec<u8>) {
    for (place, cell) in cells.into_iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        let guard = if is_formula(cell) { "'" } else { "" };
        if guard.is_empty() && !cell.contains([',', '"', '\n', '\r', ';', '\t']) && cell.trim() == cell {
            out.extend_from_slice(cell.as_bytes());
        } else {
            out.push(b'"');
            out.extend_from_slice(guard.as_bytes());
            out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        }
    }
    out.extend_from_slice(b"\r\n");
}

fn is_formula(cell: &str) -> bool {
    let first = cell.trim_start_matches([' ', '\u{a0}', '\u{feff}']).chars().next();
    let starts = matches!(
        first,
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}')
    );
    let number = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    starts && !is_number
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> String {
        let mut out = Vec::new();
        csv_row(cells.iter().copied(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn no_cell_is_run_by_a_spreadsheet() {
        assert_eq!(row(&["=1+1", "+cmd", "-2", "-x", "@a"]), "\"'=1+1\",\"'+cmd\",-2,\"'-x\",\"'@a\"\r\n");
        assert_eq!(row(&[" =HYPERLINK(1)", "\u{ff1d}x", "\tx"]), "\"' =HYPERLINK(1)\",\"'\u{ff1d}x\",\"'\tx\"\r\n");
        assert_eq!(row(&["-5.5", "+14.2", "O'Brien", "a\"b", "x,y", ""]), "-5.5,+14.2,O'Brien,\"a\"\"b\",\"x,y\",\r\n");
    }

    #[test]
    fn a_bundle_reads_back() {
        let resource = Json::parse(br#"{"resourceType":"Patient","id":"7"}"#).unwrap();
        let mut out = Vec::new();
        let mut bundle = Bundle::begin("transaction", &mut out);
        bundle.entry(Some("urn:uuid:1"), &resource, Some(("PUT", "Patient/7")), &mut out);
        bundle.entry(None, &resource, None, &mut out);
        bundle.end(&mut out);
        let read = Json::parse(&out).unwrap();
        assert_eq!(read.get("entry").map(|entry| entry.items().len()), Some(2));
        assert_eq!(read.at("entry.0.request.url").and_then(Json::as_str), Some("Patient/7"));
        let mut empty = Vec::new();
        Bundle::begin("collection", &mut empty).end(&mut empty);
        assert_eq!(empty, br#"{"resourceType":"Bundle","type":"collection"}"#);
    }
}
