//! One resource as a row of facts.
//!
//! Layout, little-endian: version, type, flags (2 bytes), status (code number, 4 bytes), low and high of the main date
//! (8 bytes each), count of codes (2 bytes), codes (4 bytes each), length of the id (1 byte), id, packed tree.

use super::codes::Codes;
use crate::date::{Instant, Zone};
use crate::json::Json;
use crate::packed::{self, Node};
use crate::resource_type::ResourceType;
use crate::search::{self, ParamKind, Value};

/// First byte of a row. It changes with the layout, or when the packed form changes.
pub const VERSION: u8 = 0x10 + packed::VERSION;

const HEADER: usize = 26;

/// Marks in a row's header.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Flags(u16);

impl Flags {
    /// The row says something is not so: entered in error, refuted, not done.
    pub const NEGATED: Flags = Flags(1);
    /// The row has a main date.
    pub const DATED: Flags = Flags(2);

    /// Whether all marks of `other` are set.
    pub fn has(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    fn with(self, other: Flags, on: bool) -> Flags {
        if on { Flags(self.0 | other.0) } else { self }
    }
}

/// A resource's row; copying it is free.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    bytes: &'a [u8],
    codes_end: usize,
    id_end: usize,
}

impl<'a> Row<'a> {
    /// Reads a row; nothing if the bytes are none of this version.
    pub fn read(bytes: &'a [u8]) -> Option<Row<'a>> {
        if bytes.first() != Some(&VERSION) {
            return None;
        }
        let count = u16::from_le_bytes(bytes.get(HEADER - 2..HEADER)?.try_into().ok()?);
        let codes_end = HEADER + usize::from(count) * 4;
        let id_end = codes_end + 1 + usize::from(*bytes.get(codes_end)?);
        (bytes.len() > id_end).then_some(Row { bytes, codes_end, id_end })
    }

    /// The resource's type.
    pub fn type_(self) -> Option<ResourceType> {
        ResourceType::from_number(*self.bytes.get(1)?)
    }

    /// The marks.
    pub fn flags(self) -> Flags {
        Flags(self.bytes.get(2..4).and_then(|b| b.try_into().ok()).map_or(0, u16::from_le_bytes))
    }

    /// The number of the status code (system: the empty text), if the resource has one.
    pub fn status(self) -> Option<u32> {
        self.number(4).filter(|n| *n != u32::MAX)
    }

    /// The main date as `[low, high)`: when it happened, or when it is meant to.
    pub fn dates(self) -> Option<(Instant, Instant)> {
        let at =
            |start: usize| self.bytes.get(start..start + 8).and_then(|b| b.try_into().ok()).map(i64::from_le_bytes);
        if !self.flags().has(Flags::DATED) {
            return None;
        }
        Some((Instant::from_micros(at(8)?), Instant::from_micros(at(16)?)))
    }

    /// The numbers of the main codes.
    pub fn codes(self) -> impl Iterator<Item = u32> + 'a {
        let bytes = self.bytes.get(HEADER..self.codes_end).unwrap_or_default();
        bytes.as_chunks::<4>().0.iter().map(|chunk| u32::from_le_bytes(*chunk))
    }

    /// The resource's id.
    pub fn id(self) -> &'a str {
        let bytes = self.bytes.get(self.codes_end + 1..self.id_end).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The resource itself.
    pub fn resource(self) -> Option<Node<'a>> {
        packed::root(self.packed()).ok()
    }

    /// The resource's packed bytes.
    pub fn packed(self) -> &'a [u8] {
        self.bytes.get(self.id_end..).unwrap_or_default()
    }

    fn number(self, at: usize) -> Option<u32> {
        self.bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes)
    }
}

/// The row of a resource; nothing when its type is not R4's. `zone` stands in where a date has no offset.
pub fn build(resource: &Json, id: &str, zone: &Zone, codes: &dyn Codes) -> Option<Vec<u8>> {
    build_packed(&packed::pack(resource), id, zone, codes)
}

/// As [`build`], from packed bytes at hand.
pub fn build_packed(packed: &[u8], id: &str, zone: &Zone, codes: &dyn Codes) -> Option<Vec<u8>> {
    let node = packed::root(packed).ok()?;
    let type_ = ResourceType::find(node.resource_type()?)?;
    let mut numbers: Vec<u32> = Vec::new();
    for name in code_params(type_) {
        if let Some(param) = search::param(type_, name) {
            search::extract_param(node, param, zone, &mut |value| {
                if let Value::Token { system, code: Some(code), .. } = value {
                    numbers.push(codes.intern(system.unwrap_or_default(), code));
                }
            });
        }
    }
    // A concept repeated in several places counts once; the limit only guards the two-byte count.
    numbers.sort_unstable();
    numbers.dedup();
    numbers.truncate(usize::from(u16::MAX));
    let mut dates = None;
    for name in DATE_PARAMS {
        let found = search::param(type_, name).filter(|p| p.kind == ParamKind::Date);
        if let (None, Some(param)) = (dates, found) {
            search::extract_param(node, param, zone, &mut |value| {
                if let Value::Date { low, high } = value {
                    let (first, last) = dates.unwrap_or((low, high));
                    dates = Some((first.min(low), last.max(high)));
                }
            });
        }
    }
    let status = status_of(node);
    let negated = is_negated(node, status);
    let flags = Flags::default().with(Flags::NEGATED, negated).with(Flags::DATED, dates.is_some());
    let id = id.get(..id.len().min(255)).unwrap_or_default();
    let (low, high) = dates.unwrap_or((Instant::from_micros(0), Instant::from_micros(0)));
    let mut out = Vec::with_capacity(HEADER + numbers.len() * 4 + 1 + id.len() + packed.len());
    out.extend([VERSION, type_.number()]);
    out.extend(flags.0.to_le_bytes());
    out.extend(status.map_or(u32::MAX, |s| codes.intern("", s)).to_le_bytes());
    out.extend(low.micros().to_le_bytes());
    out.extend(high.micros().to_le_bytes());
    out.extend((numbers.len() as u16).to_le_bytes());
    for number in &numbers {
        out.extend(number.to_le_bytes());
    }
    out.push(id.len() as u8);
    out.extend_from_slice(id.as_bytes());
    out.extend_from_slice(packed);
    Some(out)
}

/// The token parameters whose codes say what a resource is about: CQL's primary code path of its type.
fn code_params(type_: ResourceType) -> &'static [&'static str] {
    match type_.as_str() {
        "Encounter" => &["type"],
        "Appointment" => &["service-type", "appointment-type"],
        "Immunization" => &["vaccine-code"],
        "CarePlan" | "CareTeam" | "Communication" | "Consent" => &["category"],
        "DocumentReference" | "Composition" | "Coverage" | "Organization" | "Location" => &["type"],
        "Goal" => &["target-code", "category"],
        "PractitionerRole" => &["role"],
        "Flag" => &["code", "category"],
        _ => &["code", "type"],
    }
}

/// The date parameters in order of trust; the first that finds something is the main date.
const DATE_PARAMS: [&str; 14] = [
    "date",
    "onset-date",
    "effective",
    "effective-time",
    "occurrence",
    "period",
    "authoredon",
    "authored-on",
    "authored",
    "start-date",
    "sent",
    "recorded-date",
    "created",
    "birthdate",
];

fn status_of(node: Node<'_>) -> Option<&str> {
    node.str("status").or_else(|| node.str_at("clinicalStatus.coding.0.code")).or_else(|| node.str("lifecycleStatus"))
}

fn is_negated(node: Node<'_>, status: Option<&str>) -> bool {
    let verification = node.str_at("verificationStatus.coding.0.code");
    let wrong = matches!(status, Some("entered-in-error" | "not-done"));
    wrong
        || matches!(verification, Some("entered-in-error" | "refuted"))
        || node.get("doNotPerform").and_then(Node::as_bool) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::MemoryCodes;

    #[test]
    fn a_row_says_what_when_and_whether() {
        let json = Json::parse(
            br#"{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"urn:l","code":"1"}]},
            "effectiveDateTime":"2026-08-01"}"#,
        );
        let codes = MemoryCodes::new();
        let bytes = build(&json.unwrap(), "o1", &Zone::utc(), &codes).unwrap();
        let row = Row::read(&bytes).unwrap();
        assert_eq!(row.type_().map(ResourceType::as_str), Some("Observation"));
        assert_eq!(row.id(), "o1");
        assert_eq!(row.codes().collect::<Vec<_>>(), [codes.find("urn:l", "1").unwrap()]);
        assert_eq!(row.status(), codes.find("", "final"));
        assert_eq!(row.dates().unwrap().0.to_string(), "2026-08-01T00:00:00Z");
        assert_eq!(row.resource().unwrap().str("status"), Some("final"));
        assert!(!row.flags().has(Flags::NEGATED));
        for end in 0..bytes.len() {
            if let Some(row) = Row::read(&bytes[..end]) {
                let _ = (row.resource(), row.dates(), row.id().len(), row.codes().count());
            }
        }
    }
}
