//! Hand-over of one person in the I-PASS order, and what changed since a moment, from record facts only.
//!
//! Starmer et al., NEJM 2014: illness severity, patient summary, action list, situation awareness and contingency,
//! synthesis by receiver. Every sentence names the record entries it rests on; nothing is inferred, what no entry says is
//! said to be not recorded, and key risks (allergies, flags, danger in messages) are never shortened away.

/// What kind of entry a fact comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactKind {
    /// A flag or other stated danger.
    Risk,
    /// An allergy.
    Allergy,
    /// A condition.
    Problem,
    /// What the person wants, or lacks.
    Goal,
    /// A medicine.
    Medicine,
    /// A stay in hospital, or a visit to an emergency department.
    Stay,
    /// A visit, held or booked.
    Visit,
    /// A result.
    Result,
    /// A message, call or contact.
    Contact,
    /// Open or done work: task, referral, order.
    Task,
}

impl FactKind {
    /// The kind that a FHIR resource of this type is read as.
    pub fn of_resource(type_: &str) -> Option<Self> {
        Some(match type_ {
            "Flag" | "DetectedIssue" | "RiskAssessment" => Self::Risk,
            "AllergyIntolerance" => Self::Allergy,
            "Condition" => Self::Problem,
            "Goal" => Self::Goal,
            "MedicationRequest" | "MedicationStatement" => Self::Medicine,
            "Encounter" | "EpisodeOfCare" => Self::Visit,
            "Observation" | "DiagnosticReport" => Self::Result,
            "Communication" => Self::Contact,
            "Task" | "ServiceRequest" | "Appointment" => Self::Task,
            _ => return None,
        })
    }
}

/// One entry of the record, already put into words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub kind: FactKind,
    /// Its words.
    pub text: String,
    /// `Type/id`.
    pub reference: String,
    /// Date it belongs to, `YYYY-MM-DD...`; empty when none is stated.
    pub date: String,
    /// When work is due; empty when not stated.
    pub due: String,
    /// Who has it; empty when nobody does.
    pub owner: String,
    /// Who steps in when the owner does not; empty when nobody is named.
    pub fallback: String,
    /// Still standing: an active problem, a task not done, a flag not ended.
    pub is_open: bool,
    /// Danger, or a clock whose passing does harm: never shortened away, whatever kind it is.
    pub is_grave: bool,
    /// A result out of its range: named before results in range.
    pub is_out: bool,
}

/// A part of the hand-over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Illness severity.
    IllnessSeverity,
    /// Patient summary.
    PatientSummary,
    /// Action list.
    ActionList,
    /// Situation awareness and contingency.
    Situation,
    /// Synthesis by receiver.
    Synthesis,
}

impl Part {
    /// The name in data files.
    pub fn name(self) -> &'static str {
        match self {
            Self::IllnessSeverity => "illness_severity",
            Self::PatientSummary => "patient_summary",
            Self::ActionList => "action_list",
            Self::Situation => "situation",
            Self::Synthesis => "synthesis",
        }
    }
}

/// One sentence with the entries it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Where it stands.
    pub part: Part,
    /// The words.
    pub text: String,
    /// The entries; empty only where the sentence says that nothing is recorded.
    pub references: Vec<String>,
}

/// How many entries of one kind are named before the rest is counted. Risks, allergies and medicines have no limit: the
/// one left out may be the blood thinner.
const NAMED: usize = 8;
/// The same for problems: an old one may be the gravest.
const PROBLEMS: usize = 24;

/// Writes the hand-over as of a day (`YYYY-MM-DD`).
pub fn hand_over(facts: &[Fact], as_of: &str) -> Vec<Sentence> {
    let mut out = Vec::new();
    let open = |kind: FactKind| newest(facts.iter().filter(move |f| f.kind == kind && f.is_open));
    let risks = newest(facts.iter().filter(|f| f.is_open && (f.kind == FactKind::Risk || f.is_grave)));
    if risks.is_empty() {
        out.push(nothing(
            Part::IllnessSeverity,
            "Severity is not recorded: no flag stands and nothing urgent is open.",
        ));
    } else {
        out.push(list(Part::IllnessSeverity, "Watch closely", &risks, usize::MAX));
    }
    named(
        &mut out,
        Part::PatientSummary,
        "Active problems",
        &open(FactKind::Problem),
        PROBLEMS,
        "No active problem is recorded.",
    );
    let goals = open(FactKind::Goal);
    if !goals.is_empty() {
        out.push(list(Part::PatientSummary, "Goals and needs", &goals, NAMED));
    }
    named(
        &mut out,
        Part::PatientSummary,
        "Allergies",
        &open(FactKind::Allergy),
        usize::MAX,
        "Allergies: not recorded.",
    );
    named(
        &mut out,
        Part::PatientSummary,
        "Medicines",
        &open(FactKind::Medicine),
        usize::MAX,
        "No current medicine is recorded.",
    );
    visits(&mut out, facts, as_of);
    let mut tasks = open(FactKind::Task);
    // dated work by its day, undated last: undated never outranks dated
    tasks.sort_by(|a, b| (a.due.is_empty(), &a.due, &a.reference).cmp(&(b.due.is_empty(), &b.due, &b.reference)));
    if tasks.is_empty() {
        out.push(nothing(Part::ActionList, "No open work is recorded."));
    }
    for task in &tasks {
        let owner = if task.owner.is_empty() { "nobody has it".to_owned() } else { task.owner.clone() };
        let due = match task.due.get(..10) {
            None => "no due day".to_owned(),
            Some(day) if day < as_of.get(..10).unwrap_or(as_of) => format!("LATE, was due {day}"),
            Some(day) => format!("due {day}"),
        };
        out.push(Sentence {
            part: Part::ActionList,
            text: format!("{} ({owner}; {due}).", task.text),
            references: vec![task.reference.clone()],
        });
    }
    let (odd, calm): (Vec<&Fact>, Vec<&Fact>) =
        newest(facts.iter().filter(|f| f.kind == FactKind::Result)).into_iter().partition(|f| f.is_out);
    if !odd.is_empty() {
        out.push(list(Part::Situation, "Results out of range", &odd, NAMED));
    }
    if !calm.is_empty() || odd.is_empty() {
        let lead = if odd.is_empty() { "Latest results" } else { "Other latest results" };
        named(&mut out, Part::Situation, lead, &calm, 5, "No result is recorded.");
    }
    named(
        &mut out,
        Part::Situation,
        "Latest contacts",
        &newest(facts.iter().filter(|f| f.kind == FactKind::Contact)),
        3,
        "No contact is recorded.",
    );
    contingencies(&mut out, &tasks, as_of);
    let late: Vec<&Fact> = tasks.iter().copied().filter(|t| !t.due.is_empty() && t.due.as_str() < as_of).collect();
    let orphan: Vec<&Fact> = tasks.iter().copied().filter(|t| t.owner.is_empty()).collect();
    if !late.is_empty() {
        out.push(list(
            Part::Synthesis,
            &format!("Receiver confirms who acts on {} late", count(late.len(), "item")),
            &late,
            NAMED,
        ));
    }
    if !orphan.is_empty() {
        out.push(list(
            Part::Synthesis,
            &format!("Receiver takes or assigns {} that nobody has", count(orphan.len(), "item")),
            &orphan,
            NAMED,
        ));
    }
    if late.is_empty() && orphan.is_empty() {
        out.push(nothing(Part::Synthesis, "Receiver repeats severity and the first action in their own words."));
    }
    out
}

/// Stays first, then visits held, then those ahead, the next one first.
fn visits(out: &mut Vec<Sentence>, facts: &[Fact], as_of: &str) {
    let day = as_of.get(..10).unwrap_or(as_of);
    let stays = newest(facts.iter().filter(|f| f.kind == FactKind::Stay));
    let (mut ahead, held): (Vec<&Fact>, Vec<&Fact>) =
        newest(facts.iter().filter(|f| f.kind == FactKind::Visit)).into_iter().partition(|f| f.date.as_str() > day);
    if !stays.is_empty() {
        out.push(list(Part::PatientSummary, "Hospital and emergency", &stays, 3));
    }
    if !held.is_empty() || stays.is_empty() {
        named(out, Part::PatientSummary, "Latest visits", &held, 3, "No visit is recorded.");
    }
    ahead.reverse();
    if !ahead.is_empty() {
        out.push(list(Part::PatientSummary, "Next visits", &ahead, 3));
    }
}

/// What happens if grave or late work is not done: who steps in, or that nobody is named.
fn contingencies(out: &mut Vec<Sentence>, tasks: &[&Fact], as_of: &str) {
    let late = |task: &Fact| !task.due.is_empty() && task.due.as_str() < as_of;
    for task in tasks.iter().filter(|task| task.is_grave || late(task)) {
        let by = task.due.get(..10).map(|day| format!(" by {day}")).unwrap_or_default();
        let text = if task.fallback.is_empty() {
            format!("If this is not done{by}: {}. Nobody is named to step in.", task.text)
        } else {
            format!(
                "If this is not done{by}: {}. {} steps in.",
                task.text,
                continuo_fhir::letters::capital(&task.fallback)
            )
        };
        out.push(Sentence { part: Part::Situation, text, references: vec![task.reference.clone()] });
    }
}

/// What entered the record after a moment (same form of date), newest first.
pub fn changes_since<'a>(facts: &'a [Fact], moment: &str) -> Vec<&'a Fact> {
    newest(facts.iter().filter(|f| f.date.as_str() > moment))
}

fn newest<'a>(facts: impl Iterator<Item = &'a Fact>) -> Vec<&'a Fact> {
    let mut out: Vec<&Fact> = facts.collect();
    out.sort_by(|a, b| b.date.cmp(&a.date).then_with(|| a.reference.cmp(&b.reference)));
    out
}

fn nothing(part: Part, text: &str) -> Sentence {
    Sentence { part, text: text.to_owned(), references: Vec::new() }
}

fn named(out: &mut Vec<Sentence>, part: Part, lead: &str, facts: &[&Fact], limit: usize, none: &str) {
    out.push(if facts.is_empty() { nothing(part, none) } else { list(part, lead, facts, limit) });
}

fn list(part: Part, lead: &str, facts: &[&Fact], limit: usize) -> Sentence {
    let shown: Vec<String> = facts
        .iter()
        .take(limit)
        .map(|f| match f.date.get(..10) {
            Some(day) => format!("{} ({day})", f.text),
            None => f.text.clone(),
        })
        .collect();
    let rest = facts.len().saturating_sub(limit);
    let more = if rest > 0 { format!("; and {rest} more") } else { String::new() };
    Sentence {
        part,
        text: format!("{lead}: {}{more}.", shown.join("; ")),
        references: facts.iter().map(|f| f.reference.clone()).collect(),
    }
}

fn count(n: usize, word: &str) -> String {
    if n == 1 { format!("1 {word}") } else { format!("{n} {word}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(kind: FactKind, text: &str, reference: &str, due: &str, owner: &str) -> Fact {
        Fact {
            kind,
            text: text.into(),
            reference: reference.into(),
            date: "2026-03-02".into(),
            due: due.into(),
            owner: owner.into(),
            fallback: String::new(),
            is_open: true,
            is_grave: false,
            is_out: false,
        }
    }

    #[test]
    fn a_stay_is_named_before_visits_and_what_is_out_of_range_before_what_is_not() {
        let on = |kind, text: &str, reference: &str, date: &str| Fact {
            date: date.into(),
            ..fact(kind, text, reference, "", "")
        };
        let mut facts: Vec<Fact> = (1..9)
            .flat_map(|n| {
                [
                    on(FactKind::Visit, "check", &format!("Encounter/{n}"), &format!("2026-03-0{n}")),
                    on(FactKind::Result, "weight", &format!("Observation/{n}"), &format!("2026-03-0{n}")),
                ]
            })
            .collect();
        facts.push(on(FactKind::Stay, "heart failure", "Encounter/s", "2026-02-01"));
        facts.push(on(FactKind::Visit, "heart clinic", "Appointment/b", "2026-03-20"));
        facts.push(Fact { is_out: true, ..on(FactKind::Result, "HbA1c 11.2 %, high", "Observation/h", "2026-01-05") });
        facts.extend((0..12).map(|n| {
            on(FactKind::Medicine, &format!("medicine {n}"), &format!("MedicationRequest/{n}"), "2026-01-01")
        }));
        let text: Vec<String> = hand_over(&facts, "2026-03-10").into_iter().map(|s| s.text).collect();
        let all = text.join("\n");
        assert!(all.contains("Hospital and emergency: heart failure (2026-02-01)."), "{all}");
        assert!(all.contains("Next visits: heart clinic (2026-03-20)."), "{all}");
        assert!(all.contains("Results out of range: HbA1c 11.2 %, high (2026-01-05)."), "{all}");
        assert!(all.contains("Latest visits: check (2026-03-08)") && all.contains("medicine 11"), "{all}");
    }

    #[test]
    fn every_sentence_rests_on_entries_or_says_that_none_are_recorded() {
        let facts = [
            fact(FactKind::Risk, "Fall risk", "Flag/1", "", ""),
            fact(FactKind::Allergy, "Penicillin: hives", "AllergyIntolerance/1", "", ""),
            fact(FactKind::Task, "Call after discharge", "Task/2", "2026-03-01", "Ana Ruiz"),
            fact(FactKind::Task, "Order walker", "Task/1", "", ""),
        ];
        let text = hand_over(&facts, "2026-03-05");
        let all = text.iter().map(|s| s.text.as_str()).collect::<Vec<_>>().join("\n");
        for fact in &facts {
            assert!(all.contains(&fact.text), "{all}");
            assert!(text.iter().any(|s| s.references.contains(&fact.reference)));
        }
        assert!(all.contains("LATE, was due 2026-03-01"), "{all}");
        assert!(all.contains("nobody has it"), "{all}");
        for s in &text {
            assert!(!s.references.is_empty() || s.text.contains("recorded") || s.part == Part::Synthesis, "{}", s.text);
        }
        let actions: Vec<&str> = text.iter().filter(|s| s.part == Part::ActionList).map(|s| s.text.as_str()).collect();
        assert!(actions[0].starts_with("Call after discharge"), "undated work stands last");
    }

    #[test]
    fn what_is_grave_leads_and_says_who_steps_in() {
        let grave = Fact {
            is_grave: true,
            fallback: "Nurse pool".into(),
            ..fact(FactKind::Task, "Act on potassium 6.4", "Task/9", "2026-03-05", "Lee")
        };
        let result = Fact { is_grave: true, ..fact(FactKind::Result, "Potassium 6.4", "Observation/1", "", "") };
        let text = hand_over(&[grave, result], "2026-03-05");
        assert!(
            text[0].text.contains("Act on potassium 6.4") && text[0].text.contains("Potassium 6.4"),
            "{}",
            text[0].text
        );
        let all = text.iter().map(|s| s.text.as_str()).collect::<Vec<_>>().join("\n");
        assert!(all.contains("If this is not done by 2026-03-05: Act on potassium 6.4. Nurse pool steps in."), "{all}");
    }

    #[test]
    fn what_a_person_wants_is_no_problem_of_theirs() {
        let facts = [
            fact(FactKind::Problem, "Heart failure", "Condition/1", "", ""),
            fact(FactKind::Goal, "Walk to the church", "Goal/1", "", ""),
        ];
        let text = hand_over(&facts, "2026-03-05");
        let found = |lead: &str| text.iter().find(|s| s.text.starts_with(lead)).map(|s| s.text.as_str());
        assert_eq!(found("Active problems"), Some("Active problems: Heart failure (2026-03-02)."));
        assert_eq!(found("Goals and needs"), Some("Goals and needs: Walk to the church (2026-03-02)."));
        assert!(
            !hand_over(&[], "2026-03-05").iter().any(|s| s.text.contains("Goals")),
            "nobody is said to want nothing"
        );
    }

    #[test]
    fn silence_is_not_normal() {
        let text = hand_over(&[], "2026-03-05");
        assert!(text.iter().any(|s| s.text == "Allergies: not recorded."));
        assert!(text.iter().all(|s| s.references.is_empty()));
        assert!(changes_since(&[], "2026-01-01").is_empty());
    }

    #[test]
    fn risks_are_never_shortened() {
        let facts: Vec<Fact> = (0..30)
            .map(|i| fact(FactKind::Allergy, &format!("allergen {i}."), &format!("AllergyIntolerance/{i}"), "", ""))
            .collect();
        let all: String = hand_over(&facts, "2026-03-05").into_iter().map(|s| s.text).collect();
        assert!((0..30).all(|i| all.contains(&format!("allergen {i}."))));
    }
}
