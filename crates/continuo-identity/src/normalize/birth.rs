//! Birth dates as sources write them.

/// A birth date; the year zero stands for "not known".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Birth {
    pub year: u16,
    /// Zero when only the year is known.
    pub month: u8,
    /// Zero when only year and month are known.
    pub day: u8,
    /// The source gave two digits of the year: the century is not known.
    pub is_short: bool,
}

impl Birth {
    pub fn is_missing(self) -> bool {
        self.year == 0
    }

    /// January first is what people enter when they know only the year.
    pub fn is_default(self) -> bool {
        self.month <= 1 && self.day <= 1
    }

    pub fn text(self) -> String {
        match (self.year, self.month, self.day) {
            (0, ..) => "not known".to_owned(),
            (year, 0, _) => format!("{year:04}"),
            (year, month, 0) => format!("{year:04}-{month:02}"),
            (year, month, day) => format!("{year:04}-{month:02}-{day:02}"),
        }
    }
}

/// Reads ISO, HL7 (`YYYYMMDD...`), US (`M/D/YYYY`, `M/D/YY`) and dotted (`D.M.YYYY`) dates, whole or partial.
/// What is no date, or a date that stands for "unknown" (1900-01-01, 11/11/1111, 9999), is missing.
pub fn read(text: &str) -> Birth {
    let text = text.trim();
    let text = text.split(['T', ' ']).next().unwrap_or_default();
    let parts: Vec<&str> = text.split(['-', '/', '.']).take(4).collect();
    let is_number = |part: &&str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
    let all_digits = text.bytes().all(|b| b.is_ascii_digit());
    if all_digits && text.len() >= 8 && text.is_ascii() {
        return checked(&text[..4], &text[4..6], &text[6..8]);
    }
    if !parts.iter().all(is_number) {
        return Birth::default();
    }
    match parts[..] {
        [year] if year.len() == 4 => checked(year, "0", "0"),
        [year, month] if year.len() == 4 => checked(year, month, "0"),
        [year, month, day] if year.len() == 4 => checked(year, month, day),
        [day, month, year] if text.contains('.') => checked(year, month, day),
        [month, day, year] => checked(year, month, day),
        _ => Birth::default(),
    }
}

/// A date that can be someone's birth date, a day and month in the wrong order put right.
fn checked(year: &str, month: &str, day: &str) -> Birth {
    let is_short = year.len() == 2;
    let number = |text: &str| text.parse::<u16>().unwrap_or(0);
    let year = number(year) + if is_short { 1900 } else { 0 };
    let (mut month, mut day) = (number(month).min(99) as u8, number(day).min(99) as u8);
    if month > 12 && day <= 12 {
        (month, day) = (day, month);
    }
    let is_placeholder = year == 1900 && month <= 1 && day <= 1;
    if !(1880..=2150).contains(&year) || month > 12 || day > 31 || is_placeholder && !is_short {
        return Birth::default();
    }
    Birth { year, month, day, is_short }
}

#[cfg(test)]
mod tests {
    use super::read;

    fn check(text: &str, expect: &str) {
        assert_eq!(read(text).text(), expect, "{text}");
    }

    #[test]
    fn every_way_of_writing_is_read() {
        for text in
            ["1980-03-04", "19800304", "198003041230", "3/4/1980", "03/04/1980", "04.03.1980", "1980-03-04T00:00:00Z"]
        {
            check(text, "1980-03-04");
        }
        check("1980-03", "1980-03");
        check("1980", "1980");
        check("25/12/1980", "1980-12-25");
        assert!(read("3/4/80").is_short);
    }

    #[test]
    fn what_is_no_birth_date_is_missing() {
        for text in
            ["", "unknown", "1900-01-01", "11/11/1111", "9999-12-31", "1980-13-40", "19é80304", "1-2", "1/2/3/4"]
        {
            check(text, "not known");
        }
    }
}
