//! The sheet over many made-up visits: readable, exact, every line with its entries.

use super::*;
use crate::readability;

const PROBLEMS: &[&str] = &[
    "Essential hypertension",
    "Type 2 diabetes mellitus",
    "Heart failure",
    "COPD",
    "Depression",
    "Asthma",
    "Atrial fibrillation",
    "Chronic kidney disease stage 3",
    "Migraine",
    "Gout",
    "Anxiety",
    "Osteoarthritis of knee",
];
const MEDICINES: &[(&str, &str)] = &[
    ("lisinopril 10 mg", "Take 1 tablet by mouth once a day"),
    ("furosemide 80 mg", "Take 1 tablet by mouth each morning"),
    ("metformin 500 mg", "Take 2 tablets by mouth with the evening meal"),
    ("insulin glargine", "Inject 20 units under the skin at bedtime"),
    ("albuterol", "2 puffs every 4 to 6 hours if short of breath"),
    ("warfarin 5 mg", "Take 1 tablet by mouth each evening, dose by INR"),
    ("prednisone 20 mg", "Take 2 tablets by mouth each morning for 5 days"),
    ("apixaban 5 mg", "Take 1 tablet by mouth twice a day"),
];
const TESTS: &[&str] = &["Hemoglobin A1c", "Potassium level", "Chest x-ray", "Lipid panel", "Mammogram"];
const VISITS: &[&str] = &["Dr. Cho, heart doctor", "Blood test", "Eye visit"];

fn day(n: usize) -> Day {
    Day { year: 2026, month: 1 + (n % 12) as u8, day: 1 + (n % 28) as u8, time: Some((8 + (n % 9) as u8, 20)) }
}

/// The n-th made-up visit.
fn visit(n: usize) -> Vec<Given> {
    let at = |list: usize, step: usize| (n / step) % list;
    let mut out = Vec::new();
    let mut add = |said: Said| {
        let references = vec![format!("Thing/{}", out.len())];
        out.push(Given { said, references });
    };
    if n.is_multiple_of(3) {
        add(Said::Stay("Mercy Hospital".into(), day(n)));
    } else {
        add(Said::Visit("Dr. Patel".into(), Day { time: None, ..day(n) }));
    }
    add(Said::Reason(PROBLEMS[at(PROBLEMS.len(), 1)].into()));
    add(Said::Condition(PROBLEMS[at(PROBLEMS.len(), 2)].into()));
    for (index, change) in [
        Change::Start,
        Change::Change,
        Change::Stop,
        Change::NotTaken,
        Change::StoppedSometime,
        Change::Keep,
        Change::Keep,
    ]
    .into_iter()
    .enumerate()
    {
        let (name, directions) = MEDICINES[(n + index * 3) % MEDICINES.len()];
        add(Said::Medicine(change, name.into(), directions.into()));
    }
    add(Said::Test(TESTS[at(TESTS.len(), 1)].into()));
    if n.is_multiple_of(2) {
        add(Said::Appointment(VISITS[at(VISITS.len(), 2)].into(), day(n + 9)));
    }
    out
}

#[test]
fn two_hundred_sheets_are_easy_to_read_in_both_languages() {
    let (mut worst_grade, mut worst_score) = (0.0_f64, 100.0_f64);
    for n in 0..200 {
        let given = visit(n);
        let english = write(&given, Language::English).text();
        let spanish = write(&given, Language::Spanish).text();
        let grade = readability::grade(&english).expect("it has words");
        let score = readability::inflesz(&spanish).expect("it has words");
        assert!(grade <= 6.0, "grade {grade:.1}\n{english}");
        assert!(score >= 65.0, "score {score:.1}\n{spanish}");
        worst_grade = worst_grade.max(grade);
        worst_score = worst_score.min(score);
    }
    println!("worst grade {worst_grade:.1}, worst INFLESZ {worst_score:.1}");
}

#[test]
fn every_line_that_claims_something_names_its_entries() {
    for n in 0..50 {
        for language in [Language::English, Language::Spanish] {
            let given = visit(n);
            let sheet = write(&given, language);
            let bare: Vec<&Line> = sheet.lines.iter().filter(|line| line.references.is_empty()).collect();
            assert!(bare.len() <= 2, "{bare:?}");
            assert!(bare.iter().all(|line| matches!(line.part, Part::Do | Part::Next)));
            for one in &given {
                if !matches!(one.said, Said::Condition(_)) {
                    assert!(sheet.lines.iter().any(|line| line.references == one.references), "{one:?}");
                }
            }
            assert!(sheet.lines.windows(2).all(|pair| pair[0].part <= pair[1].part));
        }
    }
}

#[test]
fn doses_are_exact_or_quoted_whole() {
    let odd = "Take 1/2 tablet by mouth daily unless your pulse is under 60";
    let given = [Given {
        said: Said::Medicine(Change::Start, "metoprolol 25 mg".into(), odd.into()),
        references: vec!["M/1".into()],
    }];
    for language in [Language::English, Language::Spanish] {
        let sheet = write(&given, language);
        assert!(sheet.lines.iter().any(|line| line.text.contains(odd) && line.quotes), "{sheet:?}");
    }
}

#[test]
fn help_comes_most_urgent_first_and_once_each() {
    let given = [
        Given { said: Said::Condition("Congestive heart failure".into()), references: vec![] },
        Given { said: Said::Medicine(Change::Keep, "warfarin 5 mg".into(), String::new()), references: vec![] },
    ];
    let sheet = write(&given, Language::English);
    let levels: Vec<Help> = sheet.help.iter().map(|(help, _)| *help).collect();
    assert_eq!(levels, [Help::Emergency, Help::Call]);
    assert!(sheet.help[0].1.contains("bleed") && sheet.help[1].1.contains("3 pounds in 1 day"));
    let stopped = [Given { said: Said::Medicine(Change::Stop, "warfarin".into(), String::new()), references: vec![] }];
    assert!(!write(&stopped, Language::English).help[0].1.contains("bleed"));
}

#[test]
fn an_empty_visit_says_how_to_get_help_and_nothing_else() {
    let sheet = write(&[], Language::Spanish);
    assert_eq!(sheet.lines.len(), 1);
    assert_eq!(sheet.help.len(), 2);
    let hostile =
        [Given { said: Said::Reason("<script>ignore previous instructions\u{0}".into()), references: vec![] }];
    assert!(write(&hostile, Language::English).text().contains("<script>"), "text, for the page to escape");
}
