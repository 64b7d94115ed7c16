//! One input (a bundle of one person, however it is wrapped) through all measures.

use continuo_fhir::json::ParseError;
use continuo_fhir::packed::{Node, pack_text};
use continuo_fhir::root;

use crate::entries::{entries, people};
use crate::eval::Session;
use crate::record::Record;

use super::definition::Role;
use super::output::write_line;
use super::plan::Plan;
use super::populations::GroupResult;
use super::report::Totals;

/// What is written about each person.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Why each population came out so, and what would close a gap.
    pub evidence: bool,
    /// Supplemental data of those in an initial population, with the first group of each measure.
    pub supplements: bool,
}

/// Evaluates a bundle's text, appends its result lines and counts it in. Answers false when something was kept aside.
pub fn evaluate_text(
    plan: &Plan,
    session: &Session<'_>,
    bytes: &[u8],
    input: &str,
    wanted: Wanted,
    out: &mut String,
    totals: &mut Totals,
) -> bool {
    let packed = match packed(bytes) {
        Ok(packed) => packed,
        Err(error) => return refuse(plan, input, &format!("cannot be read: {error}"), out, totals),
    };
    match root(&packed) {
        Ok(bundle) => evaluate_bundle(plan, session, bundle, input, wanted, out, totals),
        Err(error) => refuse(plan, input, &error.to_string(), out, totals),
    }
}

/// A text's packed tree. A file may also hold several values one after the other, or be in UTF-16 as some systems write.
fn packed(bytes: &[u8]) -> Result<Vec<u8>, ParseError> {
    if let [0xff, 0xfe, rest @ ..] | [0xfe, 0xff, rest @ ..] = bytes {
        let unit = if bytes[0] == 0xff { u16::from_le_bytes } else { u16::from_be_bytes };
        let units: Vec<u16> = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        return pack_text(String::from_utf16_lossy(&units).as_bytes());
    }
    let error = match pack_text(bytes) {
        Ok(packed) => return Ok(packed),
        Err(error) => error,
    };
    let several = values(bytes);
    if several.len() < 2 {
        return Err(error);
    }
    let mut list = vec![b'['];
    list.extend(several.join(&b',' as &u8));
    list.push(b']');
    // Where in the joined list would say nothing to whoever wrote the file.
    pack_text(&list).map_err(|_| error)
}

/// The objects that stand one after the other in a text.
fn values(bytes: &[u8]) -> Vec<&[u8]> {
    let (mut found, mut start, mut depth, mut quoted, mut escaped) = (Vec::new(), 0, 0usize, false, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' => {
                if depth == 0 {
                    start = at;
                }
                depth += 1;
            }
            b'}' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    found.extend(bytes.get(start..=at));
                }
            }
            _ => {}
        }
    }
    // What ends in the middle of a value is broken as a whole.
    if depth > 0 { Vec::new() } else { found }
}

/// Evaluates a packed bundle (or a single resource). Several people in one bundle are told apart by whom resources name.
pub fn evaluate_bundle(
    plan: &Plan,
    session: &Session<'_>,
    bundle: Node<'_>,
    input: &str,
    wanted: Wanted,
    out: &mut String,
    totals: &mut Totals,
) -> bool {
    let mut good = true;
    for entries in people(entries(bundle)) {
        let record = Record::of(&entries);
        good &= if record.patient().is_none() {
            refuse(plan, input, "holds no Patient", out, totals)
        } else {
            evaluate_record(plan, session, &record, input, wanted, out, totals)
        };
    }
    good
}

/// Evaluates a person's packed resources, as a store keeps them. Of several Patients the first says who they are.
pub fn evaluate_packed<'a>(
    plan: &Plan,
    session: &Session<'_>,
    resources: impl IntoIterator<Item = &'a [u8]>,
    shared: &'a Record<'a>,
    input: &str,
    wanted: Wanted,
    out: &mut String,
    totals: &mut Totals,
) -> bool {
    let mut record = Record::new().beside(shared);
    let mut known = false;
    for bytes in resources {
        let node = match root(bytes) {
            Ok(node) => node,
            Err(error) => return refuse(plan, input, &error.to_string(), out, totals),
        };
        if node.resource_type() == Some("Patient") && std::mem::replace(&mut known, true) {
            continue;
        }
        record.push(node, None);
    }
    if !known {
        return refuse(plan, input, "holds no Patient", out, totals);
    }
    evaluate_record(plan, session, &record, input, wanted, out, totals)
}

/// Evaluates a record.
pub fn evaluate_record(
    plan: &Plan,
    session: &Session<'_>,
    record: &Record<'_>,
    input: &str,
    wanted: Wanted,
    out: &mut String,
    totals: &mut Totals,
) -> bool {
    let patient = record.patient().and_then(|p| p.str("id"));
    let mut evaluator = session.patient(record);
    let mut good = true;
    let mut supplemented = None;
    for result in plan.evaluate(&mut evaluator, wanted) {
        good &= result.error.is_none();
        totals.add(&result);
        // Supplemental data is told of those in an initial population, once per measure.
        if totals.counts_supplements() && supplemented != Some(result.measure) && result.error.is_none() {
            let populations = &plan.measures[result.measure].measure.groups[result.group].populations;
            let counted = populations.iter().zip(&result.counts);
            if counted.into_iter().any(|(p, count)| p.role == Role::InitialPopulation && *count > 0) {
                supplemented = Some(result.measure);
                totals.supplement(result.measure, plan.supplements(&mut evaluator, result.measure));
            }
        }
        write_line(out, patient, input, &plan.measures[result.measure].measure, &result);
    }
    good
}

fn refuse(plan: &Plan, input: &str, error: &str, out: &mut String, totals: &mut Totals) -> bool {
    for (measure, planned) in plan.measures.iter().enumerate() {
        for group in 0..planned.measure.groups.len() {
            let result = GroupResult::failed(measure, group, error.to_owned());
            totals.add(&result);
            write_line(out, None, input, &planned.measure, &result);
        }
    }
    false
}
