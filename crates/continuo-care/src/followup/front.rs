//! The front matter of a rule's file: the YAML subset that rules use (`key: value`, one-line maps), and the text below.
//! Follow-up rules and care-gap rules are read with it; what a key means is theirs.

/// A rule's file, taken apart.
pub(crate) struct Front<'a> {
    id: &'a str,
    lines: &'a str,
    /// What follows the front matter: the rule's page.
    pub(crate) text: &'a str,
}

impl<'a> Front<'a> {
    /// Takes a file apart, or says what is missing.
    pub(crate) fn parse(id: &'a str, file: &'a str) -> Result<Self, String> {
        let rest = file.strip_prefix("---\n").ok_or_else(|| format!("rule `{id}` has no front matter"))?;
        let (lines, text) =
            rest.split_once("\n---\n").ok_or_else(|| format!("rule `{id}`: front matter does not end"))?;
        Ok(Self { id, lines, text })
    }

    /// The value of a key; an empty one counts as missing.
    pub(crate) fn get(&self, name: &str) -> Result<&'a str, String> {
        self.lines
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| format!("rule `{}` has no {name}", self.id))
    }
}

/// `{ a: 1, b: two }` as pairs in order.
pub(crate) fn map(value: &str) -> Vec<(String, String)> {
    value
        .trim_start_matches('{')
        .trim_end_matches('}')
        .split(',')
        .filter_map(|pair| pair.split_once(':'))
        .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
        .collect()
}
