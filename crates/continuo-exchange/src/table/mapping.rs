//! Mapping files: which column of a source's table is which field, and how its dates are written.

use continuo_fhir::Date;
use continuo_fhir::issue::{Issue, IssueCode};

use super::fields::{self, Field, TableKind};
use super::sheet::{Sheet, decode};

/// How dates are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateFormat {
    /// `2026-08-19`, with `T09:20` or ` 09:20` for a time.
    YearFirst,
    /// `8/19/2026`, with ` 9:20 AM` or ` 09:20` for a time.
    MonthFirst,
    /// `19.8.2026` or `19/8/2026`.
    DayFirst,
    /// A spreadsheet's number of a day, such as `46253`, with a fraction for the time: how Excel saves unformatted dates.
    Serial,
}

/// The day before a spreadsheet's day 1, as those count that take 1900 for a leap year.
const SERIAL_ZERO: (i16, u8, u8) = (1899, 12, 30);
/// Numbers before the leap day that never was mean another day; none after 2199 is a date of a person.
const SERIALS: std::ops::RangeInclusive<i32> = 61..=109_574;

impl DateFormat {
    fn parse(text: &str) -> Option<DateFormat> {
        match text.trim().to_ascii_uppercase().split([' ', 'T']).next()? {
            "" | "YYYY-MM-DD" => Some(DateFormat::YearFirst),
            "MM/DD/YYYY" | "M/D/YYYY" | "MM-DD-YYYY" => Some(DateFormat::MonthFirst),
            "DD/MM/YYYY" | "DD.MM.YYYY" | "D.M.YYYY" => Some(DateFormat::DayFirst),
            "EXCEL" => Some(DateFormat::Serial),
            _ => None,
        }
    }

    /// How a mapping file names it.
    pub fn word(self) -> &'static str {
        match self {
            DateFormat::YearFirst => "YYYY-MM-DD",
            DateFormat::MonthFirst => "MM/DD/YYYY",
            DateFormat::DayFirst => "DD/MM/YYYY",
            DateFormat::Serial => "EXCEL",
        }
    }

    /// The day that a spreadsheet's number means.
    fn serial(text: &str) -> Option<Date> {
        let days: i32 = text.trim().parse().ok().filter(|days| SERIALS.contains(days))?;
        let (year, month, day) = SERIAL_ZERO;
        Some(Date::new(year, month, day)?.plus_days(days))
    }

    /// Why something written is no date of this form, in words for whoever has the table at hand.
    pub(super) fn against(self, written: &str) -> String {
        let whole = written.trim().split('.').next().unwrap_or_default();
        if self != DateFormat::Serial
            && let Some(day) = DateFormat::serial(whole)
        {
            return format!(
                "`{written}` is a spreadsheet's number for {day}: format the column as a date, or write EXCEL as its format in the mapping"
            );
        }
        match self {
            DateFormat::Serial => format!("`{written}` is no number of a day as a spreadsheet writes it"),
            _ => format!("`{written}` is no day written as {}, the year with four digits", self.word()),
        }
    }

    /// A date of this form.
    pub fn date(self, text: &str) -> Option<Date> {
        if self == DateFormat::Serial {
            return DateFormat::serial(text);
        }
        let parts: Vec<i64> =
            text.trim().split(['-', '/', '.']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let [a, b, c] = parts.as_slice() else { return None };
        let (year, month, day) = match self {
            // Year first is told apart by itself: nobody means the year 8.
            _ if *a > 31 => (*a, *b, *c),
            DateFormat::YearFirst | DateFormat::Serial => return None,
            DateFormat::MonthFirst => (*c, *a, *b),
            DateFormat::DayFirst => (*c, *b, *a),
        };
        // Two digits of a year do not say which century: refuse rather than guess a birth date.
        if year < 1850 {
            return None;
        }
        Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?)
    }

    /// A date and a time of day, as FHIR writes them, without a zone.
    pub fn date_time(self, text: &str) -> Option<(Date, u32, u32)> {
        let text = text.trim();
        if self == DateFormat::Serial {
            let (day, part) = text.split_once('.').unwrap_or((text, "0"));
            let part: f64 = format!("0.{part}").parse().ok()?;
            // A day has 1,440 minutes: the nearest one is what was typed.
            let minutes = ((part * 1440.0).round() as u32).min(1439);
            return Some((DateFormat::serial(day)?, minutes / 60, minutes % 60));
        }
        let (date, time) = text.split_once(['T', ' '])?;
        let date = self.date(date)?;
        let time = time.trim().to_ascii_uppercase();
        let (clock, afternoon) = match (time.strip_suffix("AM"), time.strip_suffix("PM")) {
            (Some(clock), _) => (clock, Some(false)),
            (_, Some(clock)) => (clock, Some(true)),
            _ => (time.as_str(), None),
        };
        let mut parts = clock.trim().split(':');
        let hour: u32 = parts.next()?.parse().ok()?;
        let minute: u32 = parts.next()?.parse().ok()?;
        let hour = match afternoon {
            None => hour,
            Some(_) if !(1..=12).contains(&hour) => return None,
            Some(later) => hour % 12 + if later { 12 } else { 0 },
        };
        (hour < 24 && minute < 60).then_some((date, hour, minute))
    }
}

/// Which column is which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The table.
    pub table: TableKind,
    /// (field, column name, form of its dates)
    pub columns: Vec<(Field, String, DateFormat)>,
}

impl Mapping {
    /// Reads a mapping file.
    pub fn read(bytes: &[u8]) -> (Option<Mapping>, Vec<Issue>) {
        let mut issues = Vec::new();
        let mut table = None;
        let mut lines: Vec<(String, String, String)> = Vec::new();
        let text = decode(bytes);
        for row in Sheet::of(&text).rows() {
            let cell = |at: usize| row.cells.get(at).unwrap_or_default().trim().to_owned();
            match cell(0).as_str() {
                "" | "field" => {}
                name if name.starts_with('#') => {}
                "table" => table = TableKind::from_word(&cell(1)),
                name => lines.push((name.to_owned(), cell(1), cell(2))),
            }
        }
        let Some(table) = table else {
            issues.push(Issue::error(
                IssueCode::Required,
                "table",
                "the line `table,people` (or caseloads, appointments) is missing",
            ));
            return (None, issues);
        };
        let mut columns = Vec::new();
        for (name, column, format) in lines {
            let Some(field) = fields::of(table).find(|field| field.name == name) else {
                issues.push(Issue::warning(
                    IssueCode::Value,
                    &name,
                    format!("`{name}` is no field of {}", table.word()),
                ));
                continue;
            };
            let format = DateFormat::parse(&format).unwrap_or_else(|| {
                issues.push(Issue::warning(
                    IssueCode::Value,
                    &name,
                    format!("date form `{format}` is not known; YYYY-MM-DD is read"),
                ));
                DateFormat::YearFirst
            });
            columns.push((*field, column, format));
        }
        for field in fields::of(table).filter(|field| field.required) {
            if !columns.iter().any(|(has, _, _)| has.name == field.name) {
                issues.push(Issue::error(IssueCode::Required, field.name, format!("no column for `{}`", field.name)));
            }
        }
        let whole = !issues.iter().any(Issue::is_error);
        (whole.then_some(Mapping { table, columns }), issues)
    }

    /// As a mapping file, for what is read again later.
    pub fn write(&self) -> String {
        let mut lines = csv::Writer::from_writer(Vec::new());
        let mut line = |cells: [&str; 3]| lines.write_record(cells).is_ok();
        let _ = line(["field", "column", "format"]) && line(["table", self.table.word(), ""]);
        for (field, column, format) in &self.columns {
            line([field.name, column, format.word()]);
        }
        // Writing to memory cannot fail; what came of it is UTF-8 as its parts are.
        String::from_utf8(lines.into_inner().unwrap_or_default()).unwrap_or_default()
    }

    /// The mapping of a header that carries our own field names.
    pub(super) fn by_field_names(header: &[String]) -> Option<Mapping> {
        let has = |name: &str| header.iter().any(|column| same(column, name));
        [TableKind::People, TableKind::Caseloads, TableKind::Appointments]
            .into_iter()
            .find(|table| fields::of(*table).filter(|field| field.required).all(|field| has(field.name)))
            .map(|table| Mapping {
                table,
                columns: fields::of(table)
                    .filter(|field| has(field.name))
                    .map(|field| (*field, field.name.to_owned(), DateFormat::YearFirst))
                    .collect(),
            })
    }

    /// The columns it names that a header lacks.
    pub(super) fn lacking<'m>(&'m self, header: &[String]) -> Vec<&'m str> {
        let lacks = |column: &&str| !header.iter().any(|cell| same(cell, column));
        self.columns.iter().map(|(_, column, _)| column.as_str()).filter(lacks).collect()
    }

    /// Whether a header has all the columns.
    pub(super) fn fits(&self, header: &[String]) -> bool {
        self.columns.iter().all(|(_, column, _)| header.iter().any(|cell| same(cell, column)))
    }

    /// Where in a row each field stands.
    pub(super) fn places(&self, header: &[String]) -> Vec<(Field, usize)> {
        self.columns.iter().filter_map(|(field, column, _)| Some((*field, place_of(header, column)?))).collect()
    }

    /// A column that is read and stands in a header more than once: nobody knows which is meant.
    pub(super) fn twice(&self, header: &[String]) -> Option<&str> {
        let is_twice = |column: &&str| {
            let exact = header.iter().filter(|cell| cell == column).count();
            exact > 1 || (exact == 0 && header.iter().filter(|cell| same(cell, column)).count() > 1)
        };
        self.columns.iter().map(|(_, column, _)| column.as_str()).find(is_twice)
    }

    /// How the dates of a field are written.
    pub(super) fn format(&self, name: &str) -> DateFormat {
        self.columns
            .iter()
            .find(|(field, _, _)| field.name == name)
            .map_or(DateFormat::YearFirst, |(_, _, format)| *format)
    }
}

/// The values of a row by field.
pub(super) fn values(places: &[(Field, usize)], record: &csv::StringRecord) -> Vec<(Field, String)> {
    places.iter().filter_map(|(field, at)| Some((*field, record.get(*at)?.to_owned()))).collect()
}

/// The place of a column; the one of exactly this name before those that are nearly so.
fn place_of(header: &[String], column: &str) -> Option<usize> {
    let exact = header.iter().position(|cell| cell == column);
    exact.or_else(|| header.iter().position(|cell| same(cell, column)))
}

/// Column names as people write them: case, spaces and underscores do not matter.
pub(super) fn same(a: &str, b: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    plain(a) == plain(b)
}
