//! HL7 v2 times (`YYYY[MM[DD[HHMM[SS[.S+]]]]][+ZZZZ]`) as FHIR writes them.

/// The date of a time, as precise as it is; nothing where it cannot be read.
pub(super) fn date(text: &str) -> Option<String> {
    let digits = digits_of(text)?;
    let number = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<u32>().ok());
    let year = number(0, 4).filter(|year| (1..=9999).contains(year))?;
    let month = if digits.len() >= 6 { Some(number(4, 6).filter(|month| (1..=12).contains(month))?) } else { None };
    let day = if digits.len() >= 8 { Some(number(6, 8).filter(|day| (1..=31).contains(day))?) } else { None };
    let text = match (month, day) {
        (Some(month), Some(day)) => format!("{year:04}-{month:02}-{day:02}"),
        (Some(month), None) => format!("{year:04}-{month:02}"),
        _ => format!("{year:04}"),
    };
    continuo_fhir::Date::parse(&text).map(|_| text)
}

/// A FHIR dateTime: with the time only where the message says its zone, since a time without one is nobody's.
pub(super) fn moment(text: &str) -> Option<String> {
    let day = date(text)?;
    let digits = digits_of(text)?;
    let zone = zone_of(text);
    match (digits.get(8..10), digits.get(10..12), zone) {
        (Some(hour), Some(minute), Some(zone)) if day.len() == 10 => {
            let second = digits.get(12..14).unwrap_or("00");
            let full = format!("{day}T{hour}:{minute}:{second}{zone}");
            Some(if continuo_fhir::DateTime::parse(&full).is_some() { full } else { day })
        }
        _ => Some(day),
    }
}

/// Microseconds for the order of messages; a time without a zone counts as UTC, which keeps one sender's order.
pub(super) fn order(text: &str) -> i64 {
    let Some(day) = date(text).filter(|day| day.len() == 10) else { return 0 };
    let digits = digits_of(text).unwrap_or_default();
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or("00");
    let zone = zone_of(text).unwrap_or_else(|| "+00:00".to_owned());
    let full = format!("{day}T{}:{}:{}{zone}", part(8, 10), part(10, 12), part(12, 14));
    continuo_fhir::Instant::parse(&full).map_or(0, continuo_fhir::Instant::micros)
}

fn digits_of(text: &str) -> Option<&str> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let digits = text.get(..end)?;
    let tail = text.get(end..)?;
    let fraction = tail.strip_prefix('.').map_or(tail, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    let is_fine = fraction.is_empty() || zone_of(fraction).is_some_and(|zone| zone.len() == fraction.len() + 1);
    (is_fine && matches!(digits.len(), 4 | 6 | 8 | 10 | 12 | 14)).then_some(digits)
}

fn zone_of(text: &str) -> Option<String> {
    let at = text.rfind(['+', '-'])?;
    let zone = text.get(at..)?.trim();
    let (sign, digits) = zone.split_at_checked(1)?;
    let is_zone = digits.len() == 4 && digits.chars().all(|c| c.is_ascii_digit());
    is_zone.then(|| format!("{sign}{}:{}", digits.get(..2).unwrap_or("00"), digits.get(2..).unwrap_or("00")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_the_precision_they_have() {
        let days = ["1960", "196002", "19600212", "196002121530", "1960-02-12", "19601345", "0212", "x", ""];
        let read: Vec<Option<String>> = days.iter().map(|text| date(text)).collect();
        let expect = [
            Some("1960"),
            Some("1960-02"),
            Some("1960-02-12"),
            Some("1960-02-12"),
            None,
            None,
            Some("0212"),
            None,
            None,
        ];
        assert_eq!(read, expect.map(|text| text.map(str::to_owned)));
        assert_eq!(moment("20190423150137+0215").as_deref(), Some("2019-04-23T15:01:37+02:15"));
        assert_eq!(moment("20190423150137").as_deref(), Some("2019-04-23"));
        assert!(order("20190423150137+0200") < order("20190423150137"));
        assert_eq!(order("odd"), 0);
    }
}
