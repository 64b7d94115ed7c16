//! Care gaps do not bury anybody (safety.md rule 2), and each rule fires about as often as it should: over the made-up
//! population, and over the Synthea sample where it is at hand. The rates are printed for a clinician's eye.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]
#![allow(clippy::print_stdout, reason = "the rates are for a clinician's eye")]

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use continuo_care::followup::calendar::Calendar;
use continuo_care::followup::person::{Person, Resource};
use continuo_care::gaps::{SPECS, Setting, State, look, report};
use continuo_care::population::{Population, Settings};
use continuo_fhir::{Instant, Json, Zone, pack, root};

/// Gap items on the worklist that one coordinator may have, of the forty there may be in all.
const ITEMS: usize = 10;
/// People of the made-up population; every coordinator has some.
const PEOPLE: u32 = 600;
/// A rule that is open for more of the people it is about says more about the data than about them; these do for a reason.
const OFTEN: [(&str, &str); 6] = [
    ("depression-screening", "the made-up record holds few questionnaires"),
    ("alcohol-screening", "the made-up record holds no questionnaire on alcohol"),
    ("tobacco-status", "tobacco is asked of few in the made-up record"),
    ("hepatitis-c-screening", "once in life, and the made-up record holds no such test"),
    ("hiv-screening", "once in life, and the made-up record holds no such test"),
    ("tetanus-vaccine", "the made-up record begins ten years ago"),
];

#[derive(Default)]
struct Tally {
    /// People by rule and state.
    states: BTreeMap<(&'static str, State), usize>,
    /// Worklist items by coordinator, backlog left out.
    items: BTreeMap<usize, usize>,
    people: usize,
}

impl Tally {
    fn add(
        &mut self,
        packed: &[Vec<u8>],
        coordinator: usize,
        as_of: Instant,
        calendar: &Calendar,
        settings: &[Setting],
    ) {
        self.people += 1;
        let rows = packed.iter().filter_map(|bytes| Resource::of(root(bytes).unwrap()));
        let person = Person::new(rows);
        let answers = look(&person, settings, as_of, calendar);
        for answer in &answers {
            *self.states.entry((answer.spec.rule.id, answer.state)).or_default() += 1;
        }
        let reports = report::reports(&answers, &person, as_of, calendar);
        let listed = reports.iter().flat_map(|report| &report.findings).filter(|finding| !finding.backlog).count();
        *self.items.entry(coordinator).or_default() += listed;
    }

    fn of(&self, rule: &'static str, state: State) -> usize {
        self.states.get(&(rule, state)).copied().unwrap_or(0)
    }

    fn print(&self, what: &str) {
        println!("{what}: {} people; worklist items by coordinator: {:?}", self.people, self.items.values());
        for spec in SPECS.iter() {
            let id = spec.rule.id;
            let open = self.of(id, State::Late) + self.of(id, State::Due);
            println!(
                "{id:36} open {open:4} ({:5.1} %)  upcoming {:3}  done {:4}  set aside {:3}  not assessable {:3}",
                open as f64 * 100.0 / self.people.max(1) as f64,
                self.of(id, State::Upcoming),
                self.of(id, State::Satisfied),
                self.of(id, State::SetAside),
                self.of(id, State::NotAssessable),
            );
        }
    }
}

#[test]
fn the_made_up_clinic_is_not_flooded_and_each_rule_finds_both_kinds_of_people() {
    let as_of = Instant::parse("2026-08-19T13:20:00Z").unwrap();
    let population = Population::new(Settings { seed: 7, patients: PEOPLE, as_of, offset_minutes: -300 });
    let coordinators = population.staff().iter().filter(|staff| staff.role == "care-coordinator").count();
    let calendar = Calendar::us(Zone::fixed(-300), 2025..=2028);
    let settings = Setting::shipped();
    let mut tally = Tally::default();
    for number in 0..PEOPLE {
        let packed: Vec<Vec<u8>> = population.person(number).records[0].resources.iter().map(pack).collect();
        tally.add(&packed, number as usize % coordinators, as_of, &calendar, &settings);
    }
    tally.print("made-up population");
    for (coordinator, items) in &tally.items {
        assert!(*items <= ITEMS, "{items} gap items for coordinator {coordinator}");
    }
    for setting in &settings {
        let open = tally.of(setting.rule, State::Late) + tally.of(setting.rule, State::Due);
        let known = OFTEN.iter().any(|(rule, _)| *rule == setting.rule);
        assert!(known || open * 100 <= tally.people * 60, "{} is open for {open} of {}", setting.rule, tally.people);
    }
}

#[test]
fn imported_years_put_few_gaps_on_the_worklist() {
    let files = bundles();
    if files.is_empty() {
        println!("SKIPPED: the evaluation data are not beside the project (eval)");
        return;
    }
    let as_of = Instant::parse("2026-11-23T13:00:00Z").unwrap();
    let calendar = Calendar::us(Zone::utc(), 2024..=2027);
    let settings = Setting::shipped();
    let mut tally = Tally::default();
    for file in &files {
        let mut text = Vec::new();
        bzip2::read::BzDecoder::new(std::fs::File::open(file).unwrap()).read_to_end(&mut text).unwrap();
        let bundle = Json::parse(&text).unwrap();
        let packed: Vec<Vec<u8>> =
            bundle.get("entry").unwrap().items().iter().filter_map(|entry| entry.get("resource")).map(pack).collect();
        tally.add(&packed, 0, as_of, &calendar, &settings);
    }
    tally.print("Synthea sample");
    let items: usize = tally.items.values().sum();
    assert!(items <= files.len(), "{items} gap items of {} people would stand on the worklist", files.len());
}

fn bundles() -> Vec<PathBuf> {
    let eval = std::env::var_os("CONTINUO_EVAL")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/eval"), PathBuf::from);
    let Ok(folder) = std::fs::read_dir(eval.join("fhir/synthea-bundles")) else { return Vec::new() };
    let mut files: Vec<PathBuf> = folder.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "bz2"));
    files.retain(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(|name| !name.starts_with("0-")));
    files.sort();
    files.truncate(24);
    files
}
