//! What a value of a date parameter asks of an interval, as SQL, as a test, and as the part of an index to look in.

use super::value::Prefix;

/// Intervals up to this long are short: one that reaches into a range begins at most so long before it. Longer ones
/// have an index of their own (`idx_date_long`), whose condition this number is.
pub(super) const SHORT: i64 = 2_764_800_000_000;

/// One value: an operator and the interval its precision implies (R4 3.1.1.4.7, 3.1.1.5.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DateTest {
    pub(super) prefix: Prefix,
    pub(super) from: i64,
    pub(super) to: i64,
}

impl DateTest {
    /// The condition over an interval `[low, high)`.
    pub(super) fn sql(&self, low: &str, high: &str) -> String {
        let Self { prefix, from, to } = self;
        match prefix {
            Prefix::Eq => format!("({low} >= {from} and {high} <= {to})"),
            Prefix::Ne => format!("({low} < {from} or {high} > {to})"),
            Prefix::Gt => format!("{high} > {to}"),
            Prefix::Lt => format!("{low} < {from}"),
            Prefix::Ge => format!("({low} >= {from} or {high} > {to})"),
            Prefix::Le => format!("({high} <= {to} or {low} < {from})"),
            Prefix::Sa => format!("{low} >= {to}"),
            Prefix::Eb => format!("{high} <= {from}"),
            Prefix::Ap => format!("({high} > {from} and {low} < {to})"),
        }
    }

    /// The same of one interval.
    pub(super) fn holds(&self, low: i64, high: i64) -> bool {
        let Self { prefix, from, to } = *self;
        match prefix {
            Prefix::Eq => low >= from && high <= to,
            Prefix::Ne => low < from || high > to,
            Prefix::Gt => high > to,
            Prefix::Lt => low < from,
            Prefix::Ge => low >= from || high > to,
            Prefix::Le => high <= to || low < from,
            Prefix::Sa => low >= to,
            Prefix::Eb => high <= from,
            Prefix::Ap => high > from && low < to,
        }
    }

    /// Where what holds begins, if none is longer than `longest` but those that reach into the range.
    fn range(&self, longest: i64) -> Range {
        let Self { prefix, from, to } = *self;
        let after = |end: i64| (end.saturating_sub(longest), Some(end));
        let ((least, reaching), most) = match prefix {
            Prefix::Eq => ((from, None), to),
            Prefix::Ne => ((i64::MIN, None), i64::MAX),
            Prefix::Gt => (after(to), i64::MAX),
            Prefix::Ge => {
                let (least, reaching) = after(to);
                ((least.min(from), reaching), i64::MAX)
            }
            Prefix::Lt => ((i64::MIN, None), from),
            Prefix::Le => ((i64::MIN, None), to),
            Prefix::Sa => ((to, None), i64::MAX),
            Prefix::Eb => ((i64::MIN, None), from),
            Prefix::Ap => (after(from), to),
        };
        Range { least, most, reaching }
    }
}

/// Where the beginnings of matching intervals lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    /// The first beginning of a short one.
    pub(super) least: i64,
    /// The last beginning.
    pub(super) most: i64,
    /// A long one may begin before `least` if it ends after this.
    pub(super) reaching: Option<i64>,
}

impl Range {
    const ALL: Self = Self { least: i64::MIN, most: i64::MAX, reaching: None };

    /// The condition that a beginning lies in it, ` and ` after each part.
    pub(super) fn sql(&self, low: &str) -> String {
        let least = if self.least > i64::MIN { format!("{low} >= {} and ", self.least) } else { String::new() };
        let most = if self.most < i64::MAX { format!("{low} <= {} and ", self.most) } else { String::new() };
        least + &most
    }

    /// Either of two: what may hold of an interval is less bounded.
    fn or(self, other: Self) -> Self {
        let least = self.least.min(other.least);
        // One that is bounded by its beginning says nothing of long ones that begin before the other's.
        let reaching = match (self.reaching, other.reaching) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (Some(one), None) if other.least > i64::MIN => Some(one.min(other.least)),
            (None, Some(one)) if self.least > i64::MIN => Some(one.min(self.least)),
            _ => None,
        };
        Self { least, most: self.most.max(other.most), reaching }
    }

    /// Both.
    fn and(self, other: Self) -> Self {
        let (first, second) = if self.least >= other.least { (self, other) } else { (other, self) };
        // Bounded by its beginning: no long one begins before. Else it must reach into each range.
        let reaching = first.reaching.map(|end| second.reaching.map_or(end, |other| end.max(other)));
        Self { least: first.least, most: self.most.min(other.most), reaching }
    }
}

/// All date criteria of a search on one parameter: every list holds, by one of its values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DateTests(pub(super) Vec<Vec<DateTest>>);

impl DateTests {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The condition over one interval: right where a resource has one date.
    pub(super) fn sql(&self, low: &str, high: &str) -> String {
        self.0.iter().fold(String::new(), |sql, list| {
            let any: Vec<String> = list.iter().map(|test| test.sql(low, high)).collect();
            if any.is_empty() { sql + " and 1 = 0" } else { format!("{sql} and ({})", any.join(" or ")) }
        })
    }

    /// Whether the dates of a resource, several perhaps, meet all criteria.
    pub(super) fn hold(&self, dates: &[(i64, i64)]) -> bool {
        self.0.iter().all(|list| list.iter().any(|test| dates.iter().any(|(low, high)| test.holds(*low, *high))))
    }

    pub(super) fn range(&self) -> Range {
        self.range_by(&|test| test.range(SHORT))
    }

    /// The same where each interval is a single moment, `[low, low + 1)`.
    pub(super) fn range_of_moments(&self) -> Range {
        self.range_by(&|test| Range { reaching: None, ..test.range(0) })
    }

    fn range_by(&self, of: &dyn Fn(&DateTest) -> Range) -> Range {
        let of_list = |list: &Vec<DateTest>| list.iter().map(of).reduce(Range::or).unwrap_or(Range::ALL);
        self.0.iter().map(of_list).reduce(Range::and).unwrap_or(Range::ALL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Prefix; 9] =
        [Prefix::Eq, Prefix::Ne, Prefix::Gt, Prefix::Lt, Prefix::Ge, Prefix::Le, Prefix::Sa, Prefix::Eb, Prefix::Ap];

    /// Steps of ten days around the range of a search.
    fn moments() -> Vec<i64> {
        let step = SHORT * 10 / 32;
        (-12..12).map(|n| n * step).chain([i64::MIN, i64::MAX]).collect()
    }

    fn found_in(range: Range, low: i64, high: i64) -> bool {
        let is_long = high > low.saturating_add(SHORT);
        let inside = low >= range.least && low <= range.most;
        inside || (is_long && low < range.least && range.reaching.is_some_and(|end| high > end))
    }

    #[test]
    fn every_interval_that_holds_lies_where_it_is_looked_for() {
        let test = |prefix, from| DateTest { prefix, from, to: from + SHORT / 64 };
        let mut sets = Vec::new();
        for one in ALL {
            sets.push(DateTests(vec![vec![test(one, 0)]]));
            for two in ALL {
                for from in [-3 * SHORT, 0, SHORT / 2, 2 * SHORT] {
                    sets.push(DateTests(vec![vec![test(one, 0)], vec![test(two, from)]]));
                    sets.push(DateTests(vec![vec![test(one, 0), test(two, from)]]));
                }
            }
        }
        for set in sets {
            let range = set.range();
            for low in moments().into_iter().filter(|low| *low != i64::MAX) {
                for high in moments().into_iter().filter(|high| *high > low) {
                    let holds = set.hold(&[(low, high)]);
                    assert!(!holds || found_in(range, low, high), "{set:?} {range:?} {low} {high}");
                }
            }
            let range = set.range_of_moments();
            for low in moments().into_iter().flat_map(|low| [low.saturating_sub(1), low, low.saturating_add(1)]) {
                let holds = low < i64::MAX && set.hold(&[(low, low + 1)]);
                assert!(!holds || (low >= range.least && low <= range.most), "{set:?} {range:?} {low}");
            }
        }
    }
}
