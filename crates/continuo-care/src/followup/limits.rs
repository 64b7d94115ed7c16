//! Limits of results: when a number is critical, when it needs action. Data: `knowledge/follow-up/result-limits.csv`.

use continuo_fhir::Date;

use super::units;

/// Whose limits they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ages {
    /// 18 years and more, or nobody knows.
    Adult,
    /// Under 18 years.
    Child,
    /// The first 28 days.
    Newborn,
}

impl Ages {
    /// Of somebody on a day.
    pub fn on(day: Date, born: Option<Date>) -> Ages {
        match born {
            Some(born) if born.days_until(day) < 28 => Ages::Newborn,
            Some(born) if born.years_until(day) < 18 => Ages::Child,
            _ => Ages::Adult,
        }
    }

    fn parse(word: &str) -> Option<Ages> {
        match word {
            "adult" => Some(Ages::Adult),
            "child" => Some(Ages::Child),
            "newborn" => Some(Ages::Newborn),
            _ => None,
        }
    }
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// LOINC code.
    pub loinc: String,
    /// Whose limits.
    pub ages: Ages,
    /// Plain name.
    pub name: String,
    /// The unit the limits are in.
    pub unit: String,
    /// Below this: critical.
    pub critical_low: Option<f64>,
    /// Below this: needs action.
    pub action_low: Option<f64>,
    /// Above this: needs action.
    pub action_high: Option<f64>,
    /// Above this: critical.
    pub critical_high: Option<f64>,
    /// Where the critical limits come from.
    pub source: String,
}

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// Beyond the critical limit.
    Critical,
    /// Beyond the action limit.
    Action,
    /// Neither.
    Within,
}

/// The table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits(Vec<Limit>);

impl Limits {
    /// Reads the CSV; a bad line is named, the others are kept.
    pub fn parse(csv: &str) -> (Limits, Vec<String>) {
        let mut rows = Vec::new();
        let mut issues = Vec::new();
        for (index, line) in csv.lines().enumerate() {
            if line.starts_with('#') || line.starts_with("loinc,") || line.trim().is_empty() {
                continue;
            }
            let cells: Vec<&str> = line.split(',').map(str::trim).collect();
            let [loinc, ages, name, unit, cl, al, ah, ch, source] = cells[..] else {
                issues.push(format!("result limits, line {}: expected 9 cells", index + 1));
                continue;
            };
            let Some(ages) = Ages::parse(ages) else {
                issues.push(format!("result limits, line {}: ages are adult, child or newborn", index + 1));
                continue;
            };
            rows.push(Limit {
                loinc: loinc.to_owned(),
                ages,
                name: name.to_owned(),
                unit: unit.to_owned(),
                critical_low: cl.parse().ok(),
                action_low: al.parse().ok(),
                action_high: ah.parse().ok(),
                critical_high: ch.parse().ok(),
                source: source.to_owned(),
            });
        }
        (Limits(rows), issues)
    }

    /// The row of a LOINC code for somebody's age: the narrowest that there is.
    pub fn of(&self, loinc: &str, ages: Ages) -> Option<&Limit> {
        self.0.iter().filter(|limit| limit.loinc == loinc && limit.ages <= ages).max_by_key(|limit| limit.ages)
    }
}

impl Limit {
    /// Grades a value in this limit's unit.
    pub fn grade(&self, value: f64) -> Grade {
        let below = |limit: Option<f64>| limit.is_some_and(|limit| value < limit);
        let above = |limit: Option<f64>| limit.is_some_and(|limit| value > limit);
        if below(self.critical_low) || above(self.critical_high) {
            Grade::Critical
        } else if below(self.action_low) || above(self.action_high) {
            Grade::Action
        } else {
            Grade::Within
        }
    }

    /// Below a low limit.
    pub fn is_low(&self, value: f64) -> bool {
        [self.critical_low, self.action_low].into_iter().flatten().any(|limit| value < limit)
    }

    /// Above a high limit.
    pub fn is_high(&self, value: f64) -> bool {
        [self.action_high, self.critical_high].into_iter().flatten().any(|limit| value > limit)
    }

    /// A value in this limit's unit, whatever unit of the same quantity it came in; nothing where nobody can tell.
    pub fn in_own_unit(&self, value: f64, unit: Option<&str>) -> Option<f64> {
        units::convert(&self.loinc, value, unit.unwrap_or_default(), &self.unit)
    }
}

#[cfg(test)]
mod tests {
    use super::super::result_limits;
    use super::*;

    #[test]
    fn the_narrowest_row_of_the_age_counts() {
        let limits = result_limits();
        let high = |loinc, ages| limits.of(loinc, ages).and_then(|limit| limit.critical_high);
        assert_eq!(high("2823-3", Ages::Adult), Some(6.2));
        assert_eq!(high("2823-3", Ages::Child), Some(6.4));
        assert_eq!(high("2823-3", Ages::Newborn), Some(7.8));
        assert_eq!(high("777-3", Ages::Newborn), Some(916.0), "the child's, where a newborn has none");
        assert_eq!(high("2028-9", Ages::Child), Some(40.0), "the adult's, where a child has none");
        assert_eq!(limits.of("9999-9", Ages::Adult), None);
    }

    #[test]
    fn an_age_is_that_of_the_day() {
        let day = Date::new(2026, 8, 19).unwrap();
        let of = |y, m, d| Ages::on(day, Date::new(y, m, d));
        assert_eq!(of(2026, 8, 1), Ages::Newborn);
        assert_eq!(of(2026, 7, 1), Ages::Child);
        assert_eq!(of(2008, 8, 20), Ages::Child);
        assert_eq!(of(2008, 8, 19), Ages::Adult);
        assert_eq!(Ages::on(day, None), Ages::Adult);
    }

    #[test]
    fn every_row_is_read_and_its_limits_are_in_order() {
        let (limits, issues) = Limits::parse(include_str!("../../../../knowledge/follow-up/result-limits.csv"));
        assert_eq!(issues, Vec::<String>::new());
        for limit in &limits.0 {
            let order: Vec<f64> = [limit.critical_low, limit.action_low, limit.action_high, limit.critical_high]
                .into_iter()
                .flatten()
                .collect();
            assert!(order.windows(2).all(|pair| pair[0] < pair[1]), "{limit:?}");
            assert_eq!(limit.in_own_unit(1.5, Some(&limit.unit)), Some(1.5), "{limit:?}");
        }
        assert!(Limits::parse("2823-3,elder,K,mmol/L,1,2,3,4,x\n1,2\n").1.len() == 2);
    }
}
