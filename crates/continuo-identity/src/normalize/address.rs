//! Postal addresses.

use super::name::{Name, hash32};
use super::text::words;

/// An address taken apart; zero stands for a part that is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// House number or box number.
    pub number: u32,
    /// Street without type and direction.
    pub street: Option<Name>,
    pub unit: u32,
    pub city: u32,
    pub zip: u32,
}

impl Place {
    /// The premises as one value; `None` when the address does not say where exactly.
    pub fn premises(&self) -> Option<u64> {
        let street = self.street?;
        (self.number != 0)
            .then(|| (u64::from(self.number) << 32) ^ (u64::from(street.hash) << 8) ^ u64::from(self.number))
    }
}

/// `None` when nothing of use is said ("homeless", "unknown", empty).
pub fn read(line: &str, city: &str, zip: &str) -> Option<Place> {
    let (line, marked_unit) = match line.split_once('#') {
        Some((before, after)) => (before, after),
        None => (line, ""),
    };
    let mut street = words(line);
    let mut unit = words(marked_unit).concat();
    let is_unit = |word: &String| {
        matches!(
            word.as_str(),
            "apt"
                | "apartment"
                | "unit"
                | "suite"
                | "ste"
                | "lot"
                | "rm"
                | "room"
                | "fl"
                | "floor"
                | "trlr"
                | "bldg"
                | "no"
        )
    };
    if let Some(at) = street.iter().skip(1).position(is_unit) {
        let tail = street.split_off(at + 1);
        unit = tail.into_iter().skip(1).collect::<String>() + &unit;
    }
    let mut number = String::new();
    if let Some(at) = street.iter().position(|word| word == "box").filter(|at| *at < 3) {
        number = street.split_off(at).concat();
        street = vec!["pobox".to_owned()];
    } else if street.first().is_some_and(|word| word.bytes().next().is_some_and(|b| b.is_ascii_digit())) {
        number = street.remove(0);
    }
    if street
        .first()
        .is_some_and(|word| matches!(word.as_str(), "unknown" | "homeless" | "none" | "na" | "general" | "undomiciled"))
    {
        street.clear();
    }
    let is_direction = |word: &String| {
        matches!(word.as_str(), "n" | "s" | "e" | "w" | "ne" | "nw" | "se" | "sw" | "north" | "south" | "east" | "west")
    };
    if street.len() > 1 && street.last().is_some_and(is_direction) {
        street.pop();
    }
    if street.len() > 1 && street.last().is_some_and(|word| is_street_type(word)) {
        street.pop();
    }
    // "North Street" keeps its name, "N Main" loses its direction.
    if street.len() > 1 && street.first().is_some_and(is_direction) {
        street.remove(0);
    }
    let hash = |text: &str| if text.is_empty() { 0 } else { hash32(text.as_bytes()).max(1) };
    let zip: String = zip.chars().filter(char::is_ascii_digit).take(5).collect();
    let place = Place {
        number: hash(&number),
        street: (!street.is_empty()).then(|| Name::new(&street.iter().map(|word| ordinal(word)).collect::<String>())),
        unit: hash(unit.trim_start_matches('0')),
        city: hash(&words(city).concat()),
        zip: zip.parse().unwrap_or(0),
    };
    (place.street.is_some() || place.zip != 0 || place.city != 0).then_some(place)
}

fn ordinal(word: &str) -> &str {
    match word {
        "first" => "1st",
        "second" => "2nd",
        "third" => "3rd",
        "fourth" => "4th",
        "fifth" => "5th",
        "sixth" => "6th",
        "seventh" => "7th",
        "eighth" => "8th",
        "ninth" => "9th",
        "tenth" => "10th",
        "mount" => "mt",
        "saint" => "st",
        _ => word,
    }
}

fn is_street_type(word: &str) -> bool {
    matches!(
        word,
        "street"
            | "st"
            | "str"
            | "avenue"
            | "ave"
            | "av"
            | "road"
            | "rd"
            | "drive"
            | "dr"
            | "lane"
            | "ln"
            | "court"
            | "ct"
            | "boulevard"
            | "blvd"
            | "place"
            | "pl"
            | "circle"
            | "cir"
            | "terrace"
            | "ter"
            | "way"
            | "wy"
            | "parkway"
            | "pkwy"
            | "highway"
            | "hwy"
            | "trail"
            | "trl"
            | "square"
            | "sq"
            | "pike"
            | "alley"
            | "aly"
            | "loop"
            | "run"
            | "row"
            | "path"
            | "point"
            | "pt"
            | "cove"
            | "cv"
            | "crossing"
            | "xing"
            | "plaza"
            | "plz"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        read(a, "", "").and_then(|place| place.premises()) == read(b, "", "").and_then(|place| place.premises())
    }

    #[test]
    fn one_address_written_many_ways() {
        assert!(same("4718 E Railroad Drive", "4718 RAILROAD DR"));
        assert!(same("12 First Ave NW", "12 1st Avenue"));
        assert!(same("P.O. Box 12", "PO BOX 12"));
        assert!(same("4758 E Spruce Cir, Apt 16B", "4758 E Spruce Circle #16B"));
        assert!(!same("12 Main St", "21 Main St"));
        assert_eq!(read("9 Oak St, Apt 16B", "", "").map(|p| p.unit), read("9 Oak St #16b", "", "").map(|p| p.unit));
        assert_ne!(read("9 Oak St, Apt 16B", "", "").map(|p| p.unit), read("9 Oak St", "", "").map(|p| p.unit));
    }

    #[test]
    fn nothing_said_is_nothing() {
        assert_eq!(read("", "", ""), None);
        assert_eq!(read("HOMELESS", "", ""), None);
        assert_eq!(read("Homeless", "Salem", "47126-1234").map(|p| (p.street, p.zip)), Some((None, 47126)));
    }
}
