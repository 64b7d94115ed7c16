//! Reads the text forms, byte by byte: this runs for every date of every resource.

use super::{Date, DateTime, Precision, Time};

pub(super) fn date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let year = number(bytes, 0, 4)? as i16;
    match bytes.len() {
        4 => Date::year_of(year),
        7 => Date::month_of(year, dashed(bytes, 4)?),
        10 => Date::new(year, dashed(bytes, 4)?, dashed(bytes, 7)?),
        _ => None,
    }
}

fn dashed(bytes: &[u8], at: usize) -> Option<u8> {
    if bytes.get(at) != Some(&b'-') {
        return None;
    }
    number(bytes, at + 1, 2).map(|n| n as u8)
}

pub(super) fn date_time(text: &str) -> Option<DateTime> {
    let Some((day, rest)) = text.split_at_checked(10).filter(|(_, rest)| !rest.is_empty()) else {
        return date(text).map(DateTime::from);
    };
    let day = date(day)?;
    let rest = rest.strip_prefix('T')?;
    let split = rest.bytes().position(|b| matches!(b, b'Z' | b'+' | b'-')).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at_checked(split)?;
    let zone = if zone.is_empty() { None } else { Some(offset(zone)?) };
    Some(DateTime::new(day, Some(time(clock)?), zone))
}

pub(super) fn time(text: &str) -> Option<Time> {
    let bytes = text.as_bytes();
    let hour = number(bytes, 0, 2)? as u8;
    let part = |at: usize| if bytes.get(at) == Some(&b':') { number(bytes, at + 1, 2).map(|n| n as u8) } else { None };
    let coarse = |minute, precision| Time::new(hour, minute, 0).map(|t| t.to_precision(precision));
    match bytes.len() {
        2 => coarse(0, Precision::Hour),
        5 => coarse(part(2)?, Precision::Minute),
        8 => second(hour, part(2)?, part(5)?),
        10.. if bytes.get(8) == Some(&b'.') => {
            let whole = second(hour, part(2)?, part(5)?)?;
            let fraction = bytes.get(9..)?;
            if !fraction.iter().all(u8::is_ascii_digit) {
                return None;
            }
            let digits = fraction.len().min(6);
            let micro = number(fraction, 0, digits)? * 10_u32.pow(6 - digits as u32);
            whole.with_micro(micro, digits as u8)
        }
        _ => None,
    }
}

/// FHIR admits a leap second as 60; it counts as the second before, since no clock here can show it.
fn second(hour: u8, minute: u8, second: u8) -> Option<Time> {
    Time::new(hour, minute, if second == 60 { 59 } else { second })
}

/// Minutes east of UTC of `Z`, `+hh:mm` or `-hh:mm`, up to 14 hours.
pub(super) fn offset(text: &str) -> Option<i16> {
    if text == "Z" {
        return Some(0);
    }
    let bytes = text.as_bytes();
    let sign = match bytes.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    if bytes.len() != 6 || bytes.get(3) != Some(&b':') {
        return None;
    }
    let (hours, minutes) = (number(bytes, 1, 2)? as i16, number(bytes, 4, 2)? as i16);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= 14 * 60).then_some(sign * total)
}

fn number(bytes: &[u8], start: usize, length: usize) -> Option<u32> {
    let digits = bytes.get(start..start + length)?;
    digits.iter().try_fold(0, |n, d| d.is_ascii_digit().then(|| n * 10 + u32::from(d - b'0')))
}
