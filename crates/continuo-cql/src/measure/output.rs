//! The result line of the measure command, as JSON.

use crate::elm::json::write_text;

use super::definition::Measure;
use super::evidence;
use super::populations::{GroupResult, Stratum};

/// Appends one line (with its line end) for a person's result in a group.
pub fn write_line(out: &mut String, patient: Option<&str>, input: &str, measure: &Measure, result: &GroupResult) {
    let group = &measure.groups[result.group];
    out.push_str("{\"patient\":");
    optional(patient, out);
    out.push_str(",\"input\":");
    write_text(input, out);
    out.push_str(",\"measure\":");
    write_text(&measure.name, out);
    out.push_str(",\"group\":");
    write_text(&group.id, out);
    out.push_str(",\"populations\":{");
    for (at, (population, count)) in group.populations.iter().zip(&result.counts).enumerate() {
        separate(at, out);
        write_text(&population.id, out);
        out.push_str(&format!(":{count}"));
    }
    // Reports name populations by id or by code; where one population has a code to itself, both lead to it.
    for (population, count) in group.populations.iter().zip(&result.counts) {
        let code = &population.code;
        let alone = group.populations.iter().filter(|p| p.code == *code).count() == 1;
        if alone && !code.is_empty() && !group.populations.iter().any(|p| p.id == *code) {
            out.push(',');
            write_text(code, out);
            out.push_str(&format!(":{count}"));
        }
    }
    out.push_str("},\"observations\":[");
    out.push_str(&result.observations.join(","));
    out.push_str("],\"strata\":{");
    for (at, ((id, _), stratum)) in group.stratifiers.iter().zip(&result.strata).enumerate() {
        separate(at, out);
        write_text(id, out);
        out.push(':');
        match stratum {
            Stratum::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
            Stratum::Text(text) => write_text(text, out),
            Stratum::Unknown => out.push_str("null"),
        }
    }
    out.push_str("},\"error\":");
    optional(result.error.as_deref(), out);
    evidence::write(out, group, result);
    out.push_str("}\n");
}

pub(super) fn separate(at: usize, out: &mut String) {
    if at > 0 {
        out.push(',');
    }
}

pub(super) fn optional(text: Option<&str>, out: &mut String) {
    match text {
        Some(text) => write_text(text, out),
        None => out.push_str("null"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elm::Tree;

    #[test]
    fn a_population_is_found_by_id_and_by_code() {
        let text = r#"{"resourceType":"Measure","name":"M","library":["L"],"group":[{"id":"g","population":[
            {"id":"a","code":{"coding":[{"code":"numerator"}]},"criteria":{"expression":"N"}}]}]}"#;
        let measure = Measure::parse(&Tree::parse(text).unwrap()).unwrap();
        let mut result = GroupResult::failed(0, 0, "x".into());
        result.counts = vec![3];
        result.error = None;
        let mut out = String::new();
        write_line(&mut out, Some("p"), "f:1", &measure, &result);
        assert_eq!(
            out,
            "{\"patient\":\"p\",\"input\":\"f:1\",\"measure\":\"M\",\"group\":\"g\",\"populations\":{\"a\":3,\"numerator\":3},\
             \"observations\":[],\"strata\":{},\"error\":null}\n"
        );
    }
}
