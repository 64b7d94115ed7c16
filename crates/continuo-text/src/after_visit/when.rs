//! Days and times in plain words, in both languages.

use super::Language;
use continuo_fhir::date::names::{MONTHS, MONTHS_ES, WEEKDAYS, WEEKDAYS_ES};

/// A day and, where known, the time of day, as the site's clock shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// Year.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month.
    pub day: u8,
    /// Hour and minute.
    pub time: Option<(u8, u8)>,
}

impl Day {
    /// "Thursday, August 20, 9:20 in the morning"; "jueves 20 de agosto, 9:20 de la mañana".
    pub fn words(self, language: Language) -> String {
        let of = |months: &[&'static str; 12], days: &[&'static str; 7]| {
            let month = usize::from(self.month.saturating_sub(1));
            (days.get(self.weekday()).copied().unwrap_or(""), months.get(month).copied().unwrap_or(""))
        };
        match language {
            Language::English => {
                let time = self.time.map(|time| format!(", {}", clock(time, language))).unwrap_or_default();
                let (weekday, month) = of(&MONTHS, &WEEKDAYS);
                format!("{weekday}, {month} {}{time}", self.day)
            }
            Language::Spanish => {
                let time = self.time.map(|time| format!(", {}", clock(time, language))).unwrap_or_default();
                let (weekday, month) = of(&MONTHS_ES, &WEEKDAYS_ES);
                format!("{weekday} {} de {month}{time}", self.day)
            }
        }
    }

    /// 0 is Monday (Sakamoto).
    fn weekday(self) -> usize {
        const SHIFT: [i32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
        let year = if self.month < 3 { self.year - 1 } else { self.year };
        let shift = SHIFT.get(usize::from(self.month.saturating_sub(1))).copied().unwrap_or(0);
        (year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + shift + i32::from(self.day) - 1)
            .rem_euclid(7) as usize
    }
}

fn clock((hour, minute): (u8, u8), language: Language) -> String {
    let twelve = match hour % 12 {
        0 => 12,
        other => other,
    };
    let part = match (hour, language) {
        (0..=11, Language::English) => "in the morning",
        (12..=16, Language::English) => "in the afternoon",
        (_, Language::English) => "in the evening",
        (0..=11, Language::Spanish) => "de la mañana",
        (12..=18, Language::Spanish) => "de la tarde",
        (_, Language::Spanish) => "de la noche",
    };
    format!("{twelve}:{minute:02} {part}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_said_as_people_say_them() {
        let day = Day { year: 2026, month: 8, day: 20, time: Some((9, 20)) };
        assert_eq!(day.words(Language::English), "Thursday, August 20, 9:20 in the morning");
        assert_eq!(day.words(Language::Spanish), "jueves 20 de agosto, 9:20 de la mañana");
        let day = Day { year: 2024, month: 2, day: 29, time: Some((0, 5)) };
        assert_eq!(day.words(Language::English), "Thursday, February 29, 12:05 in the morning");
        assert_eq!(Day { year: 0, month: 0, day: 0, time: None }.words(Language::Spanish).matches("de").count(), 1);
    }
}
