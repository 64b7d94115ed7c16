//! A seeded three weeks of care work: arrivals, results, replies, staff actions, undone actions. Nothing is lost, nothing
//! doubles, every list can be made again from the record.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::Clinic;
use continuo_care::Ctx;
use continuo_care::assess::worker;
use continuo_care::calls::{CallForm, Outcome};
use continuo_care::population::{Population, Settings};
use continuo_care::suggestions::{self, Edit};
use continuo_care::work::{self, Act};
use continuo_care::worklist::{Filter, Tab, worklist};
use continuo_fhir::{Instant, Json, ResourceType};
use continuo_store::OrgId;
use continuo_store::tables::work as table;

const DAY: i64 = 86_400_000_000;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides.max(1)
    }
}

#[test]
fn three_weeks_of_work_lose_nothing() {
    for seed in [3, 11] {
        simulate(seed);
    }
}

fn simulate(seed: u64) {
    let clinic = Clinic::new("2026-08-19T13:20:00Z");
    clinic.open_tasks_directly();
    let start = clinic::instant("2026-08-19T13:20:00Z");
    let population = Population::new(Settings { seed, patients: 24, as_of: start, offset_minutes: 0 });
    for person in population.people() {
        for record in person.records {
            let texts: Vec<String> = record.resources.iter().map(Json::to_string).collect();
            clinic.put(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }
    let machine = clinic.machine();
    worker::catch_up(&machine).unwrap();
    let mut dice = Dice(seed);
    let staff: Vec<Ctx> = population
        .staff()
        .iter()
        .filter(|one| matches!(one.role, "care-coordinator" | "nurse" | "physician"))
        .map(|one| clinic.staff(&one.id, one.role))
        .collect();
    let mut actions = 0;
    for day in 0..21 {
        clinic.set(start.plus_micros(day * DAY));
        worker::catch_up(&machine).unwrap();
        for ctx in &staff {
            actions += work_a_while(ctx, &mut dice, &clinic);
        }
        if day % 5 == 2 {
            let patient =
                population.person(dice.roll(24) as u32).records[0].resources[0].str_at("id").unwrap().to_owned();
            clinic.put(&[&format!(
                r#"{{"resourceType":"Encounter","id":"stay-{seed}-{day}","status":"finished","class":{{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"IMP"}},"subject":{{"reference":"Patient/{patient}"}},"period":{{"start":"2026-08-1{}","end":"2026-08-19"}}}}"#,
                day % 9
            )]);
        }
    }
    worker::catch_up(&machine).unwrap();
    assert!(actions > 40, "only {actions} actions with seed {seed}");
    no_open_task_is_missing(&clinic, seed);
    let before = machine.read(|r| table::all(r.conn(), OrgId(1))).unwrap();
    let headers =
        |ctx: &Ctx| ctx.read(|r| continuo_store::tables::person_header::page(r.conn(), &ctx.scope, 0, 100)).unwrap();
    let people = headers(&machine);
    worker::rebuild(&machine).unwrap();
    let after = machine.read(|r| table::all(r.conn(), OrgId(1))).unwrap();
    let lost: Vec<_> = before.iter().filter(|w| !after.contains(w)).collect();
    let gained: Vec<_> = after.iter().filter(|w| !before.contains(w)).collect();
    assert_eq!(lost, gained, "the work projection differs after a rebuild, seed {seed}");
    assert_eq!(people, headers(&machine), "person headers differ after a rebuild, seed {seed}");
}

fn work_a_while(ctx: &Ctx, dice: &mut Dice, clinic: &Clinic) -> usize {
    let mut done = 0;
    for tab in [Tab::Mine, Tab::Team] {
        let list = worklist(ctx, tab, &Filter::default()).unwrap();
        for row in list.rows.iter().take(4) {
            let item = &row.items[dice.roll(row.items.len())];
            let commit = if item.suggestion {
                match dice.roll(3) {
                    0 => suggestions::accept(ctx, &item.id, Edit::default()).unwrap().commit,
                    1 => suggestions::reject(ctx, &item.id, "wrong-data", "checked by hand").unwrap().commit,
                    _ => continue,
                }
            } else {
                let now = ctx.now();
                let act = match dice.roll(7) {
                    0 => Act::Start,
                    1 | 2 => Act::Complete { outcome: "done".into(), words: String::new() },
                    3 => Act::Comment { words: "looked at it".into() },
                    4 => Act::WaitFor { whom: "County Ride".into() },
                    5 => {
                        Act::Snooze { until: now.plus_micros(DAY), reason: "call tomorrow".into(), still_right: false }
                    }
                    _ => {
                        let form = CallForm {
                            person: format!("Patient/{}", row.person.id),
                            outcome: if dice.roll(2) == 0 { Outcome::NoAnswer } else { Outcome::Reached },
                            identity_check: "birth date".into(),
                            task: format!("Task/{}", item.id),
                            ..CallForm::default()
                        };
                        done += usize::from(work::log_call(ctx, form).is_ok());
                        continue;
                    }
                };
                match work::act(ctx, &item.id, act) {
                    Ok(committed) => committed.commit,
                    // A refusal (a snooze past the clock, say) changes nothing.
                    Err(_) => continue,
                }
            };
            done += 1;
            if dice.roll(6) == 0
                && let Some(commit) = commit
            {
                work::undo(ctx, commit).unwrap();
            }
            clinic.set(Instant::from_micros(ctx.now().micros() + 60_000_000));
        }
    }
    done
}

/// Every open Task stands in the work projection exactly once.
fn no_open_task_is_missing(clinic: &Clinic, seed: u64) {
    const TASK: ResourceType = ResourceType::of("Task");
    let machine = clinic.machine();
    let listed = machine.read(|r| table::all(r.conn(), OrgId(1))).unwrap();
    let mut open = 0;
    let people = machine.read(|r| continuo_store::tables::assessed::everybody(r.conn(), OrgId(1))).unwrap();
    for person in people {
        let rows = machine.read(|r| r.facts(&machine.scope, &[person])).unwrap();
        for row in &rows {
            let node = continuo_fhir::root(row.packed()).unwrap();
            if node.resource_type() != Some(TASK.as_str()) {
                continue;
            }
            let id = node.str("id").unwrap();
            let is_open = node.str("status").is_some_and(|s| continuo_care::tasks::OPEN.contains(&s));
            let found = listed.iter().filter(|w| w.kind == table::TASK && w.id == id).count();
            assert_eq!(found, usize::from(is_open), "task {id}, seed {seed}");
            open += usize::from(is_open);
        }
    }
    assert!(open > 0);
}
