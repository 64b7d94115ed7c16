//! All facts of a person, found by type, code and date.

use super::codes::CodeSet;
use super::row::Row;
use crate::date::Instant;
use crate::resource_type::ResourceType;
use std::ops::Range;

/// A span of time `[low, high)`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// First moment inside.
    pub low: Instant,
    /// First moment after.
    pub high: Instant,
}

/// The rows of one person, grouped by type and then in order of date, id and arrival.
pub struct PersonFacts<'a> {
    rows: Vec<Row<'a>>,
    /// Where each type's rows stand, by type number.
    ranges: Vec<(ResourceType, Range<usize>)>,
}

impl<'a> PersonFacts<'a> {
    /// Takes a person's rows in any order; bytes of another version are left out, their count is the second value.
    pub fn new(rows: impl IntoIterator<Item = &'a [u8]>) -> (PersonFacts<'a>, usize) {
        let mut unread = 0;
        let mut list: Vec<(ResourceType, Row<'a>)> = Vec::new();
        for bytes in rows {
            match Row::read(bytes).and_then(|row| Some((row.type_()?, row))) {
                Some(item) => list.push(item),
                None => unread += 1,
            }
        }
        list.sort_by(|(t, a), (u, b)| {
            let key = |row: &Row<'a>| row.dates().map_or(i64::MIN, |d| d.0.micros());
            t.cmp(u).then_with(|| key(a).cmp(&key(b))).then_with(|| a.id().cmp(b.id()))
        });
        let mut ranges: Vec<(ResourceType, Range<usize>)> = Vec::new();
        for (i, (type_, _)) in list.iter().enumerate() {
            match ranges.last_mut() {
                Some((last, range)) if last == type_ => range.end = i + 1,
                _ => ranges.push((*type_, i..i + 1)),
            }
        }
        (PersonFacts { rows: list.into_iter().map(|(_, row)| row).collect(), ranges }, unread)
    }

    /// All rows of a type.
    pub fn of_type(&self, type_: ResourceType) -> &[Row<'a>] {
        let place = self.ranges.binary_search_by_key(&type_, |(t, _)| *t).ok();
        let range = place.and_then(|i| self.ranges.get(i)).map(|(_, range)| range.clone());
        range.and_then(|range| self.rows.get(range)).unwrap_or_default()
    }

    /// The rows of a type with one of the codes (`None`: any) whose main date overlaps the window (`None`: any; a row
    /// without a date is then left out).
    pub fn retrieve<'s>(
        &'s self,
        type_: ResourceType,
        codes: Option<&'s CodeSet>,
        window: Option<Window>,
    ) -> impl Iterator<Item = Row<'a>> + use<'s, 'a> {
        self.of_type(type_).iter().copied().filter(move |row| {
            let coded = codes.is_none_or(|set| row.codes().any(|code| set.contains(code)));
            coded && window.is_none_or(|w| row.dates().is_some_and(|(low, high)| low < w.high && high > w.low))
        })
    }

    /// The row of a resource.
    pub fn find(&self, type_: ResourceType, id: &str) -> Option<Row<'a>> {
        self.of_type(type_).iter().find(|row| row.id() == id).copied()
    }

    /// The types of which there are rows.
    pub fn types(&self) -> impl Iterator<Item = ResourceType> {
        self.ranges.iter().map(|(type_, _)| *type_)
    }

    /// All rows, by type.
    pub fn rows(&self) -> &[Row<'a>] {
        &self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Codes, MemoryCodes, build};
    use crate::{Json, Zone};

    #[test]
    fn rows_are_found_by_type_code_and_date() {
        let codes = MemoryCodes::new();
        let observation = |id: &str, code: &str, date: &str| {
            let text = format!(
                r#"{{"resourceType":"Observation","status":"final","code":{{"coding":[{{"system":"urn:l","code":"{code}"}}]}},"effectiveDateTime":"{date}"}}"#
            );
            build(&Json::parse(text.as_bytes()).unwrap(), id, &Zone::utc(), &codes).unwrap()
        };
        let patient =
            build(&Json::parse(br#"{"resourceType":"Patient"}"#).unwrap(), "p", &Zone::utc(), &codes).unwrap();
        let rows = [
            observation("c", "1", "2026-03"),
            observation("a", "1", "2025"),
            observation("b", "2", "2026"),
            patient,
            vec![0],
        ];
        let (facts, unread) = PersonFacts::new(rows.iter().map(Vec::as_slice));
        assert_eq!(unread, 1);
        let observations = ResourceType::of("Observation");
        let ids =
            |set: Option<&CodeSet>, window| facts.retrieve(observations, set, window).map(Row::id).collect::<Vec<_>>();
        assert_eq!(ids(None, None), ["a", "b", "c"]);
        let set: CodeSet = [codes.find("urn:l", "1").unwrap()].into_iter().collect();
        assert_eq!(ids(Some(&set), None), ["a", "c"]);
        let low = Instant::parse("2026-02-01T00:00:00Z").unwrap();
        let high = Instant::parse("2026-02-02T00:00:00Z").unwrap();
        assert_eq!(ids(None, Some(Window { low, high })), ["b"]);
        assert_eq!(facts.find(ResourceType::of("Patient"), "p").map(Row::id), Some("p"));
    }
}
