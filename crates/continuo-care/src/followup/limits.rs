//! Limits of results: when a number is critical, when it needs action. Data: `knowledge/follow-up/result-limits.csv`.

/// One row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// LOINC code.
    pub loinc: String,
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
            let [loinc, name, unit, cl, al, ah, ch, source] = cells[..] else {
                issues.push(format!("result limits, line {}: expected 8 cells", index + 1));
                continue;
            };
            rows.push(Limit {
                loinc: loinc.to_owned(),
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

    /// The row of a LOINC code.
    pub fn of(&self, loinc: &str) -> Option<&Limit> {
        self.0.iter().find(|limit| limit.loinc == loinc)
    }
}

/// Potassium, sodium, carbon dioxide: of what bears one charge a milliequivalent is a millimole, and laboratories write
/// either.
const SINGLY_CHARGED: &[&str] = &["2823-3", "6298-4", "2951-2", "2947-0", "2028-9", "20565-8"];

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

    /// Whether a unit's text means this limit's unit.
    pub fn has_unit(&self, unit: &str) -> bool {
        let plain = |text: &str| text.trim().trim_matches(|c| c == '{' || c == '}').to_ascii_lowercase();
        plain(unit) == plain(&self.unit)
            || plain(unit).starts_with(&format!("{}/", plain(&self.unit)))
            || plain(unit) == "meq/l" && plain(&self.unit) == "mmol/l" && SINGLY_CHARGED.contains(&self.loinc.as_str())
    }
}
