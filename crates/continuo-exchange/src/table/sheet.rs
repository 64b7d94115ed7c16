//! A table as a spreadsheet saves it: its letters, its separator, its rows with the lines they stand on.

/// A table as text, from its header line on.
pub(super) struct Sheet<'t> {
    text: &'t str,
    /// What stands between two cells.
    pub(super) delimiter: u8,
    /// The line on which the text begins.
    first_line: u64,
}

/// A row.
pub(super) struct RawRow<'t> {
    /// Its cells.
    pub(super) cells: csv::StringRecord,
    /// The line on which it begins, from 1 as editors show it.
    pub(super) line: u64,
    /// As received, without its line ends.
    pub(super) raw: &'t str,
    from: usize,
}

impl RawRow<'_> {
    /// Whether nothing stands in it.
    pub(super) fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

impl<'t> Sheet<'t> {
    /// A table; a first line `sep=;` says what separates, as Excel reads and writes it.
    pub(super) fn of(text: &'t str) -> Sheet<'t> {
        let first = text.lines().next().unwrap_or_default();
        let said = first.strip_prefix("sep=").or_else(|| first.strip_prefix("SEP="));
        match said.and_then(|said| said.bytes().next()).filter(|mark| mark.is_ascii() && !mark.is_ascii_alphanumeric())
        {
            Some(mark) => {
                let below = text.find('\n').map_or(text.len(), |end| end + 1);
                Sheet { text: text.get(below..).unwrap_or_default(), delimiter: mark, first_line: 2 }
            }
            None => Sheet { text, delimiter: delimiter(text), first_line: 1 },
        }
    }

    /// The rows in order; the first with anything in it is the header.
    pub(super) fn rows(&self) -> Rows<'t> {
        Rows {
            reader: reader(self.text, self.delimiter),
            lines: Lines { text: self.text, at: 0, line: self.first_line },
            delimiter: self.delimiter,
            begins: 0,
        }
    }
}

/// Reads the rows of a sheet.
pub(super) struct Rows<'t> {
    reader: csv::Reader<&'t [u8]>,
    lines: Lines<'t>,
    delimiter: u8,
    /// Where in the text the reader began.
    begins: usize,
}

impl<'t> Rows<'t> {
    /// Goes on with the second line of a row: its cells were none, for want of a closing quotation mark.
    pub(super) fn again_below_first_line(&mut self, row: &RawRow<'t>) {
        let below = row.raw.find('\n').map_or(row.raw.len(), |end| end + 1);
        self.begins = row.from + below;
        self.reader = reader(self.lines.text.get(self.begins..).unwrap_or_default(), self.delimiter);
    }

    fn at(&self, byte: u64) -> usize {
        self.begins + usize::try_from(byte).unwrap_or(usize::MAX >> 1)
    }
}

impl<'t> Iterator for Rows<'t> {
    type Item = RawRow<'t>;

    fn next(&mut self) -> Option<RawRow<'t>> {
        let mut cells = csv::StringRecord::new();
        // Text is read from memory: what fails is the end.
        if !self.reader.read_record(&mut cells).unwrap_or(false) {
            return None;
        }
        let from = self.at(cells.position().map_or(0, csv::Position::byte));
        let to = self.at(self.reader.position().byte()).min(self.lines.text.len());
        let written = self.lines.text.get(from..to).unwrap_or_default();
        let raw = written.trim_matches(['\r', '\n']);
        let from = from + (written.len() - written.trim_start_matches(['\r', '\n']).len());
        Some(RawRow { line: self.lines.of(from), cells, raw, from })
    }
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes())
}

/// The number of a line, counted as the rows go by. The reader's own numbers are one behind where lines end as Windows
/// writes them.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which this byte stands. Bytes come in order.
    fn of(&mut self, byte: usize) -> u64 {
        let passed = self.text.get(self.at..byte).unwrap_or_default();
        self.line += passed.matches('\n').count() as u64;
        self.at = byte.max(self.at);
        self.line
    }
}

/// UTF-8, UTF-16 as Excel's "Unicode text" is, or Windows' western code page where it is neither.
pub(super) fn decode(bytes: &[u8]) -> String {
    if let Some(little) = utf16_is_little(bytes) {
        let units = bytes.chunks_exact(2).map(|pair| {
            let pair = [pair.first().copied().unwrap_or(0), pair.get(1).copied().unwrap_or(0)];
            if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }
        });
        let text = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER));
        return text.skip_while(|letter| *letter == '\u{feff}').collect();
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| windows_1252(*byte)).collect(),
    }
}

/// Whether bytes are UTF-16 and which byte of a pair comes first: by the mark in front, or by every other byte being zero.
fn utf16_is_little(bytes: &[u8]) -> Option<bool> {
    match bytes {
        [0xff, 0xfe, ..] => return Some(true),
        [0xfe, 0xff, ..] => return Some(false),
        _ => {}
    }
    let head = bytes.get(..bytes.len().min(32) & !1).filter(|head| head.len() >= 8)?;
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).all(|byte| *byte == 0);
    match (zeros(0), zeros(1)) {
        (false, true) => Some(true),
        (true, false) => Some(false),
        _ => None,
    }
}

/// The code page of western Windows, for which spreadsheets still take a CSV
/// (unicode.org/Public/MAPPINGS/VENDORS/MICSFT/WINDOWS/CP1252.TXT). Its curly apostrophes are read as straight ones:
/// O'Brien is one name.
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '\u{20ac}', '\u{fffd}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2c6}',
        '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{fffd}', '\u{17d}', '\u{fffd}', '\u{fffd}', '\'', '\'',
        '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}',
        '\u{153}', '\u{fffd}', '\u{17e}', '\u{178}',
    ];
    let high = byte.checked_sub(0x80).and_then(|place| HIGH.get(usize::from(place)));
    high.copied().unwrap_or_else(|| char::from(byte))
}

/// The separator that the first line with anything in it uses most, outside of quotation marks.
fn delimiter(text: &str) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let outside: String = line.split('"').step_by(2).collect();
    // Of equals the first.
    [b'|', b'\t', b';', b',']
        .into_iter()
        .max_by_key(|mark| outside.bytes().filter(|byte| byte == mark).count())
        .unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(u64, usize)> {
        Sheet::of(text).rows().map(|row| (row.line, row.cells.len())).collect()
    }

    #[test]
    fn rows_stand_on_the_lines_an_editor_shows() {
        assert_eq!(lines("a,b\r\n1,2\r\n\r\n\"x\r\ny\",3\r\n4,5\r\n"), [(1, 2), (2, 2), (4, 2), (6, 2)]);
        assert_eq!(lines("sep=;\r\na;b\r\n1;2\r\n"), [(2, 2), (3, 2)]);
        assert_eq!(lines("sep=\t\na\tb\n"), [(2, 2)]);
        assert_eq!(lines("\"Last, First\";DOB;No\n\"Reyes, Ana\";1;2\n"), [(1, 3), (2, 3)]);
    }

    #[test]
    fn a_row_that_was_none_is_read_again_from_its_second_line() {
        let text = "a,b\n1,\"x\n2,y\n3,z\n";
        let sheet = Sheet::of(text);
        let mut rows = sheet.rows();
        let row = rows.by_ref().nth(1).expect("the row");
        assert_eq!((row.line, row.raw), (2, "1,\"x\n2,y\n3,z"));
        rows.again_below_first_line(&row);
        let rest: Vec<(u64, String)> = rows.map(|row| (row.line, row.raw.to_owned())).collect();
        assert_eq!(rest, [(3, "2,y".to_owned()), (4, "3,z".to_owned())]);
    }

    #[test]
    fn letters_of_spreadsheets_are_read() {
        let utf16 = |text: &str, mark: bool| -> Vec<u8> {
            let mark = if mark { "\u{feff}" } else { "" };
            format!("{mark}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
        };
        assert_eq!(decode(&utf16("No\tLast\n1\tPeña\n", true)), "No\tLast\n1\tPeña\n");
        assert_eq!(decode(&utf16("No\tLast\n1\tPeña\n", false)), "No\tLast\n1\tPeña\n");
        assert_eq!(decode(b"\xfe\xff\0a\0,\0b"), "a,b");
        assert_eq!(decode(b"\x8akoda, Pe\xf1a, O\x92Brien"), "\u{160}koda, Pe\u{f1}a, O'Brien");
        assert_eq!(decode(b"a,b"), "a,b");
    }
}
