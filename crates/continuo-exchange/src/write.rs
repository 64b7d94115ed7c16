//! Tables that a spreadsheet may open without running anything.

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
}
