//! Papers that came by fax for people of the made-up clinic: small PDF files with a few lines each.

use super::Population;
use continuo_fhir::Json;

/// What the papers say below the name; (kind, lines).
const TEXTS: [(&str, &[&str]); 4] = [
    (
        "DISCHARGE SUMMARY",
        &[
            "Alder Regional Medical Center",
            "Admitted for heart failure, home with water pill changed.",
            "See in 7 days.",
        ],
    ),
    ("CARDIOLOGY REPORT", &["Alder Cardiology Associates", "Echo done. Ejection fraction 45 %.", "Back in 3 months."]),
    (
        "AUTHORIZATION",
        &["Harborlight Health Plan", "Home oxygen: approved for 90 days.", "Reference number on the portal."],
    ),
    ("LAB REPORT", &["Milbrook Laboratory", "Creatinine 1.3 mg/dL. Potassium 4.6 mmol/L.", "Fasting: not stated."]),
];

/// The faxes of a morning: file name and bytes.
pub fn papers(population: &Population) -> Vec<(String, Vec<u8>)> {
    let people = population.settings().patients;
    let mut papers = Vec::new();
    for (at, (kind, lines)) in TEXTS.iter().enumerate() {
        let number = (at as u32 * 37 + 11) % people.max(1);
        let person = population.person(number);
        let resources = person.records.iter().flat_map(|record| &record.resources);
        let Some(patient) = resources.into_iter().find(|one| one.resource_type() == Some("Patient")) else { continue };
        papers.push((format!("fax-{:04}.pdf", at + 1), page(&text(kind, patient, lines))));
    }
    papers
}

fn text(kind: &str, patient: &Json, lines: &[&str]) -> Vec<String> {
    let given = patient.str_at("name.0.given.0").unwrap_or_default();
    let family = patient.str_at("name.0.family").unwrap_or_default();
    let born = patient.str_at("birthDate").unwrap_or_default();
    let mut all = vec![(*kind).to_owned(), format!("Patient: {family}, {given}   born {born}"), String::new()];
    all.extend(lines.iter().map(|line| (*line).to_owned()));
    all
}

/// A PDF page with lines of text (ISO 32000-1; nothing but Helvetica, which every reader has).
fn page(lines: &[String]) -> Vec<u8> {
    let mut content = "BT /F1 14 Tf 72 720 Td 22 TL\n".to_owned();
    for line in lines {
        let safe: String = line.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect();
        let safe = safe.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
        content.push_str(&format!("({safe}) Tj T*\n"));
    }
    content.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut out = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", at + 1));
    }
    let table = out.len();
    out.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for place in places {
        out.push_str(&format!("{place:010} 00000 n \n"));
    }
    out.push_str(&format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1));
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::page;
    use crate::documents::kind;

    #[test]
    fn a_paper_is_a_pdf_and_brackets_in_names_do_not_end_its_text() {
        let bytes = page(&["Reyes (Ana) \\ é".to_owned()]);
        assert_eq!(kind::of(&bytes).unwrap().ending, "pdf");
        assert!(String::from_utf8(bytes).unwrap().contains("(Reyes \\(Ana\\) \\\\ ?) Tj"));
    }
}
