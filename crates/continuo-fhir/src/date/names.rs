//! What months and weekdays are called in the two languages that people are written to in. The one table of them: what
//! reads or writes a date in words takes it from here.

/// January first, in English.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// January first, in Spanish.
pub const MONTHS_ES: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

/// Monday first, as [`super::Date::weekday`] counts from 0, in English.
pub const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Monday first, in Spanish.
pub const WEEKDAYS_ES: [&str; 7] = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];

/// "August" of 8; empty where there is no such month.
pub fn month_name(month: u8) -> &'static str {
    usize::from(month).checked_sub(1).and_then(|at| MONTHS.get(at)).copied().unwrap_or("")
}

/// "Aug" of 8, as HTTP and short labels write it.
pub fn month_short(month: u8) -> &'static str {
    short(month_name(month))
}

/// The first three letters of an English name.
pub fn short(name: &str) -> &str {
    name.get(..3).unwrap_or(name)
}

/// The month, from 1, of a whole name in either language, in lower case and without accents.
pub fn month_named(word: &str) -> Option<u8> {
    position(&MONTHS, &MONTHS_ES, word).map(|at| at + 1)
}

/// The weekday, Monday being 0, of a whole name in either language, in lower case and without accents.
pub fn weekday_named(word: &str) -> Option<u8> {
    position(&WEEKDAYS, &WEEKDAYS_ES, word)
}

fn position(english: &[&str], spanish: &[&str], word: &str) -> Option<u8> {
    let plain = |name: &str| {
        let letters = name.chars().map(|c| match c {
            'á' => 'a',
            'é' => 'e',
            other => other.to_ascii_lowercase(),
        });
        letters.eq(word.chars())
    };
    english.iter().zip(spanish).position(|(one, other)| plain(one) || plain(other)).map(|at| at as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_as_words_are_normalized() {
        assert_eq!((month_named("august"), month_named("agosto")), (Some(8), Some(8)));
        assert_eq!((weekday_named("wednesday"), weekday_named("miercoles")), (Some(2), Some(2)));
        assert_eq!((month_named("aug"), weekday_named("")), (None, None));
        assert_eq!((month_short(12), month_name(0), month_name(13)), ("Dec", "", ""));
    }
}
