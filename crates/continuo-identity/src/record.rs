//! What a source says about a person, as text: the input of this crate.

/// One source record. Every field may be empty, wrong, or of any length.
#[derive(Clone, Debug, Default)]
pub struct SourceRecord<'a> {
    pub given: &'a str,
    pub middle: &'a str,
    pub family: &'a str,
    pub suffix: &'a str,
    /// Maiden, former and other names: given, family.
    pub other_names: Vec<(&'a str, &'a str)>,
    pub sex: &'a str,
    pub birth_date: &'a str,
    /// First of a multiple birth is 1; zero when not said.
    pub birth_order: u8,
    pub ssn: &'a str,
    pub phones: Vec<&'a str>,
    pub emails: Vec<&'a str>,
    pub addresses: Vec<SourceAddress<'a>>,
    /// System and value. A source's own record numbers belong here only with that source's system.
    pub identifiers: Vec<(&'a str, &'a str)>,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct SourceAddress<'a> {
    pub line: &'a str,
    pub city: &'a str,
    pub zip: &'a str,
}
