//! Reads the small tables under `knowledge/`: comma-separated, quoted fields allowed, first line names the columns.
//!
//! The tables are part of the build and checked by tests, so reading them cannot fail at run time.

/// The rows below the heading, each a list of fields.
pub(crate) fn rows(text: &'static str) -> impl Iterator<Item = Vec<String>> {
    text.lines().skip(1).filter(|line| !line.trim().is_empty()).map(fields)
}

fn fields(line: &'static str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                push(&mut out, '"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => out.push(String::new()),
            _ => push(&mut out, c),
        }
    }
    out
}

fn push(out: &mut [String], c: char) {
    if let Some(last) = out.last_mut() {
        last.push(c);
    }
}
