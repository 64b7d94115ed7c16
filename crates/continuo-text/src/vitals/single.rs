//! One number under the name before it: "pulse seventy six", "weight 182 pounds", "temp ninety eight six".

use super::signs::Sign;
use super::{Measured, Number, PRESSURE_NAMES, Vitals};
use crate::token::Kind;

impl Vitals<'_> {
    /// What is measured of the sign named at `at..after`.
    pub(super) fn measured(
        &self,
        sign: &'static Sign,
        at: usize,
        after: usize,
        from: usize,
        end: usize,
    ) -> Option<Measured> {
        let (number, said) = (after..end.min(after + 8)).find_map(|i| Some((i, self.number(i)?)))?;
        // the number belongs to the nearest name before it
        let other = (after..number).any(|i| self.sign(i).is_some() || PRESSURE_NAMES.contains(&self.tokens.norm(i)));
        let next = self.tokens.norm(said.to);
        // "ninety eight six", "ninety eight point six"
        let (value, to) = self.tenth(sign, &said);
        let amount = value.parse::<f64>().ok()?;
        let unit_said = sign.units.iter().find(|(word, _)| *word == self.tokens.norm(to));
        let not_a_value = matches!(
            next,
            "day"
                | "days"
                | "week"
                | "weeks"
                | "month"
                | "months"
                | "year"
                | "years"
                | "times"
                | "/"
                | "over"
                | "hours"
                | "minutes"
                | "am"
                | "pm"
                | ":"
                | "liters"
                | "liter"
        );
        // "gained 5 pounds", "lost 10 pounds" say a difference
        let change = self.has(at, number, &["gained", "lost", "up", "down", "by", "gain", "subi", "baje"])
            || self.has(at.saturating_sub(4), at, &["gained", "lost", "lose", "gain"]);
        // a child unborn has its own
        let unborn = self.has(at.saturating_sub(2).max(from), at, &["fetal", "fetus", "baby", "babys", "bebe"]);
        let rated = self.tokens.norm(at) == "scale" && unit_said.is_none() && amount < 50.0;
        let of_many = next == "out" && self.tokens.norm(said.to + 1) == "of";
        if other
            || not_a_value
            || change
            || rated
            || unborn
            || of_many
            || self.is_limit(at, number, to, from)
            || !(sign.low..=sign.high).contains(&amount)
        {
            return None;
        }
        let unit = match (unit_said, sign.name) {
            (Some((_, unit)), "temperature") if *unit == "[degF]" && amount < 50.0 => "Cel",
            (Some((_, unit)), _) => unit,
            (None, _) if sign.unit_needed => "",
            (None, "temperature") if amount < 50.0 => "Cel",
            (None, "temperature") => "[degF]",
            (None, _) => sign.units.first().map_or("", |(_, unit)| unit),
        };
        Some(Measured {
            name: sign.name,
            value,
            unit,
            from: at,
            to: to + usize::from(unit_said.is_some()),
            number,
            unit_said: unit_said.is_some(),
            elided: said.elided,
            close: number < after + 5,
        })
    }

    /// A temperature's tenth said as a number of its own ("ninety eight six").
    fn tenth(&self, sign: &Sign, said: &Number<'_>) -> (String, usize) {
        let whole =
            said.value.parse::<u32>().is_ok_and(|value| (34..=43).contains(&value) || (94..=107).contains(&value));
        let tenth = self
            .number(said.to)
            .filter(|n| n.value.len() == 1 && n.value != "0" && self.tokens.kind(said.to) == Kind::Word);
        match tenth {
            Some(tenth) if sign.name == "temperature" && whole => (format!("{}.{}", said.value, tenth.value), tenth.to),
            _ => (said.value.to_owned(), said.to),
        }
    }
}
