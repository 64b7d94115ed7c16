//! What a large clinic reads from: registry rows, narrow lines of a list, noted choices, looks by the sound of a name.

use crate::database::{NOW, ORG, all, context, on_each};
use continuo_store::tables::care_gap::{self, By, CareGap, WAITS};
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::tables::registry_row::{self, MEMBER, RESULT, RegistryRow};
use continuo_store::tables::work::{self, Line, Owners, Work};
use continuo_store::tables::{assessed, looked};
use continuo_store::{Rid, Scope};

fn row(patient: i64, what: i64, labels: u64, at: i64) -> RegistryRow {
    let number = (what == RESULT).then_some(9.4);
    RegistryRow { registry: "diabetes".into(), what, patient: Rid(patient), labels, at, number, shown: String::new() }
}

fn header(patient: i64, family: &str, labels: u64) -> PersonHeader {
    PersonHeader {
        patient: Rid(patient),
        id: format!("p{patient}"),
        family: family.into(),
        labels,
        ..PersonHeader::default()
    }
}

fn narrow() -> Scope {
    Scope { hidden_labels: 1, now: NOW.micros(), ..all() }
}

#[test]
fn a_registry_is_read_within_the_scope_of_the_condition_and_of_the_result() {
    on_each(|db| {
        let store = db.open();
        store
            .write(&context("assess"), |tx| {
                let conn = tx.conn()?;
                for one in [header(1, "Reyes", 0), header(2, "Lee", 0), header(3, "Adams", 1)] {
                    person_header::put(conn, ORG, &one)?;
                }
                registry_row::change(
                    conn,
                    ORG,
                    &[],
                    &[row(1, MEMBER, 0, 0), row(1, RESULT, 0, 5), row(1, RESULT, 1, 9)],
                )?;
                registry_row::change(conn, ORG, &[], &[row(2, MEMBER, 0, 0), row(2, MEMBER, 1, 0)])?;
                registry_row::change(conn, ORG, &[], &[row(3, MEMBER, 0, 0)])
            })
            .unwrap();
        let people = |scope: &Scope| -> Vec<String> {
            let people = store.read(|r| registry_row::people(r.conn(), scope, "diabetes")).unwrap();
            people.into_iter().map(|one| one.family).collect()
        };
        assert_eq!(people(&all()), ["Reyes", "Lee", "Adams"], "each once, by key");
        assert_eq!(people(&narrow()), ["Reyes", "Lee"], "a closed header closes the person");
        let results = |scope: &Scope| -> Vec<i64> {
            let rows = store.read(|r| registry_row::listed(r.conn(), scope, "diabetes", RESULT)).unwrap();
            rows.into_iter().map(|one| one.at).collect()
        };
        assert_eq!((results(&all()), results(&narrow())), (vec![5, 9], vec![5]));
        let before = store.read(|r| registry_row::of_patient(r.conn(), ORG, Rid(1))).unwrap();
        let after = vec![row(1, MEMBER, 0, 0), row(1, RESULT, 0, 7)];
        let wanted = after.clone();
        store.write(&context("assess"), move |tx| registry_row::change(tx.conn()?, ORG, &before, &after)).unwrap();
        assert_eq!(store.read(|r| registry_row::of_patient(r.conn(), ORG, Rid(1))).unwrap(), wanted);
        store.write(&context("forget"), |tx| registry_row::remove(tx.conn()?, ORG, Rid(2))).unwrap();
        assert_eq!(people(&all()), ["Reyes", "Adams"]);
        store.write(&context("drop"), |tx| assessed::drop_projections(tx.conn()?, ORG)).unwrap();
        assert_eq!(store.read(|r| registry_row::all(r.conn(), ORG)).unwrap(), []);
    });
}

#[test]
fn how_far_registries_are_made_is_remembered_until_their_definitions_change() {
    on_each(|db| {
        let store = db.open();
        let made = |definitions: &str| store.read(|r| registry_row::made(r.conn(), ORG, definitions)).unwrap();
        assert_eq!(made("a"), Some(Rid(0)), "from the beginning");
        store.write(&context("make"), |tx| registry_row::note_made(tx.conn()?, ORG, "a", Some(Rid(7)))).unwrap();
        assert_eq!((made("a"), made("b")), (Some(Rid(7)), Some(Rid(0))));
        store.write(&context("make"), |tx| registry_row::note_made(tx.conn()?, ORG, "a", None)).unwrap();
        assert_eq!((made("a"), made("b")), (None, Some(Rid(0))));
    });
}

#[test]
fn the_lines_of_a_list_are_of_people_whose_header_is_open_and_lead_to_the_work() {
    on_each(|db| {
        let store = db.open();
        let piece = |id: &str, patient: i64, labels: u64| Work {
            id: id.into(),
            patient: Rid(patient),
            labels,
            owner: "Practitioner/a".into(),
            consequence: i64::from(id != "danger"),
            ..Work::default()
        };
        let (ana, cy) = (vec![piece("t1", 1, 0), piece("danger", 1, 0), piece("t2", 1, 1)], vec![piece("t3", 3, 0)]);
        store
            .write(&context("assess"), move |tx| {
                let conn = tx.conn()?;
                for one in
                    [PersonHeader { owner: "Practitioner/b".into(), ..header(1, "Reyes", 0) }, header(3, "Adams", 1)]
                {
                    person_header::put(conn, ORG, &one)?;
                }
                work::replace(conn, ORG, Rid(1), &ana)?;
                work::replace(conn, ORG, Rid(3), &cy)
            })
            .unwrap();
        let mine = Owners::Of(vec!["Practitioner/a".to_owned()]);
        let ids = |scope: &Scope| -> Vec<String> {
            let lines: Vec<Line> = store.read(|r| work::lines(r.conn(), scope, &mine, false, 10)).unwrap();
            let mut ids: Vec<String> = lines.into_iter().map(|line| line.id).collect();
            ids.sort();
            ids
        };
        assert_eq!(ids(&all()), ["danger", "t1", "t2", "t3"]);
        assert_eq!(ids(&narrow()), ["danger", "t1"]);
        let keys = [(work::TASK, "t1"), (work::TASK, "t2"), (work::TASK, "t3"), (work::SUGGESTION, "t1")];
        let full = store.read(|r| work::of_keys(r.conn(), &narrow(), &keys)).unwrap();
        let mut ids: Vec<String> = full.into_iter().map(|one| one.id).collect();
        ids.sort();
        assert_eq!(ids, ["t1", "t3"], "closed work is not read by its key");
        let danger = store.read(|r| work::danger_in_caseload(r.conn(), &all(), "Practitioner/b", 10)).unwrap();
        assert_eq!(danger.into_iter().map(|one| one.id).collect::<Vec<_>>(), ["danger"]);
    });
}

#[test]
fn what_lists_of_gaps_are_narrowed_by_is_noted_from_open_rows_only() {
    on_each(|db| {
        let store = db.open();
        let gap = |rule: &str, team: &str, labels: u64| CareGap {
            patient: Rid(4),
            rule: rule.into(),
            labels,
            state: 1,
            handled: WAITS,
            due: 9,
            until: 0,
            owner: "Practitioner/a".into(),
            programme: String::new(),
            team: team.into(),
            practitioner: String::new(),
            why: String::new(),
        };
        let rows = vec![gap("a", "CareTeam/east", 0), gap("b", "CareTeam/west", 1)];
        store.write(&context("assess"), move |tx| care_gap::change(tx.conn()?, ORG, &[], &rows)).unwrap();
        let values = |by: By| store.read(|r| care_gap::values(r.conn(), &all(), by)).unwrap();
        assert_eq!(values(By::Team), ["CareTeam/east"]);
        assert_eq!(values(By::Owner), ["Practitioner/a"]);
        assert_eq!(values(By::Programme), Vec::<String>::new());
    });
}

#[test]
fn looks_are_found_by_the_sound_of_the_name() {
    on_each(|db| {
        let store = db.open();
        store
            .write(&context("look"), |tx| {
                let conn = tx.conn()?;
                looked::look(conn, ORG, "Practitioner/a", Rid(1), "rs a", 10)?;
                looked::look(conn, ORG, "Practitioner/a", Rid(2), "l b", 11)?;
                looked::look(conn, ORG, "Practitioner/b", Rid(3), "rs a", 12)?;
                looked::look(conn, ORG, "Practitioner/a", Rid(4), "rs a", 13).map(|_| ())
            })
            .unwrap();
        let lately =
            |since: i64| store.read(|r| looked::lately(r.conn(), ORG, "Practitioner/a", "rs a", since)).unwrap();
        assert_eq!(lately(0), [(Rid(4), 13), (Rid(1), 10)]);
        assert_eq!(lately(11), [(Rid(4), 13)]);
    });
}
