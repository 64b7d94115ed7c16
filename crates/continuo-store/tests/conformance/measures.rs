//! The tables of quality measures on both databases: settings with history, results that end, sums behind a scope.

use crate::database::{NOW, ORG, all, context, on_each};
use continuo_store::tables::measure_result::{self, By, MeasureResult, Of, Part, STANDS};
use continuo_store::tables::measure_run::{self, MeasureRate, MeasureRun};
use continuo_store::tables::measure_setting::{self, MeasureSetting};
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::{Rid, Scope};

const PERIOD: &str = "2026-01-01/2026-12-31";

fn result(patient: i64, standing: i64, labels: u64) -> MeasureResult {
    MeasureResult {
        measure: "m".to_owned(),
        period: PERIOD.to_owned(),
        patient: Rid(patient),
        group: 0,
        at: 1,
        as_of: 1,
        labels,
        counts: [1, 1, 0, 0, i64::from(standing == 4)],
        standing,
        inputs: "i".to_owned(),
        program: "p".to_owned(),
        body: b"{}".to_vec(),
    }
}

fn header(patient: i64, family: &str, language: &str) -> PersonHeader {
    PersonHeader {
        patient: Rid(patient),
        id: format!("p{patient}"),
        family: family.to_owned(),
        language: language.to_owned(),
        ..PersonHeader::default()
    }
}

#[test]
fn the_newest_setting_counts_and_the_others_stay() {
    on_each(|db| {
        let store = db.open();
        let set = |active: bool, reason: &str| MeasureSetting {
            measure: "m".to_owned(),
            active,
            period: PERIOD.to_owned(),
            reason: reason.to_owned(),
            ..MeasureSetting::default()
        };
        let (first, second) = (set(true, "agreed"), set(false, "paused"));
        store
            .write(&context("set measure"), move |tx| {
                measure_setting::add(tx.conn()?, ORG, &first)?;
                measure_setting::add(tx.conn()?, ORG, &second)
            })
            .unwrap();
        let current = store.read(|r| measure_setting::current(r.conn(), ORG)).unwrap();
        assert_eq!(current.iter().map(|s| (s.active, s.reason.as_str())).collect::<Vec<_>>(), [(false, "paused")]);
        assert_eq!(store.read(|r| measure_setting::history(r.conn(), ORG, "m")).unwrap().len(), 2);
    });
}

#[test]
fn results_are_listed_summed_and_compared_behind_the_scope_and_end() {
    on_each(|db| {
        let store = db.open();
        store
            .write(&context("evaluate"), |tx| {
                let conn = tx.conn()?;
                for (patient, family, language) in [(1, "B", "en"), (2, "A", "es"), (3, "C", "en")] {
                    person_header::put(conn, ORG, &header(patient, family, language))?;
                }
                for row in [result(1, 4, 0), result(2, 5, 0), result(3, 5, 1)] {
                    measure_result::add(conn, ORG, &row)?;
                }
                Ok(())
            })
            .unwrap();
        let of = Of { measure: "m", period: PERIOD, group: 0 };
        let people = |scope: &Scope, part: Part| {
            let (rows, total) = store.read(|r| measure_result::people(r.conn(), scope, of, part, (0, 10))).unwrap();
            (rows.into_iter().map(|row| row.patient.0).collect::<Vec<_>>(), total)
        };
        let narrow = Scope { hidden_labels: 1, now: NOW.micros(), ..all() };
        assert_eq!(people(&all(), Part::Denominator), (vec![2, 1, 3], 3));
        assert_eq!(people(&narrow, Part::Denominator), (vec![2, 1], 2));
        assert_eq!(people(&narrow, Part::Numerator), (vec![1], 1));
        assert_eq!(people(&all(), Part::Standing(5)), (vec![2, 3], 2));
        let sums = store.read(|r| measure_result::totals(r.conn(), &narrow)).unwrap();
        assert_eq!(
            sums.iter().map(|s| (s.standing, s.people, s.counts)).collect::<Vec<_>>(),
            [(4, 1, [1, 1, 0, 0, 1]), (5, 1, [1, 1, 0, 0, 0])]
        );
        let by = store.read(|r| measure_result::compared(r.conn(), &all(), of, By::Language)).unwrap();
        assert_eq!(
            by.iter().map(|s| (s.by.as_str(), s.standing, s.people)).collect::<Vec<_>>(),
            [("en", 4, 1), ("en", 5, 1), ("es", 5, 1)]
        );
        // A new result stands in the place of the one that ended.
        store
            .write(&context("evaluate"), |tx| {
                let now = tx.now();
                let conn = tx.conn()?;
                measure_result::end(conn, ORG, &result(2, 5, 0), now)?;
                measure_result::add(conn, ORG, &result(2, 4, 0))
            })
            .unwrap();
        assert_eq!(people(&all(), Part::Numerator).1, 2);
        let history = store.read(|r| measure_result::history(r.conn(), &all(), Rid(2), "m")).unwrap();
        assert_eq!(history.iter().filter(|(_, until)| *until == STANDS).count(), 1);
        assert_eq!(history.len(), 2);
        store.write(&context("switch off"), |tx| measure_result::end_all(tx.conn()?, ORG, "m", "", 9)).unwrap();
        assert_eq!(store.read(|r| measure_result::of_patients(r.conn(), &all(), &[Rid(1), Rid(2)])).unwrap(), []);
    });
}

#[test]
fn a_run_moves_on_and_a_day_keeps_its_last_figures() {
    on_each(|db| {
        let store = db.open();
        let run = |reached: i64| MeasureRun {
            measure: "m".to_owned(),
            period: PERIOD.to_owned(),
            program: "p".to_owned(),
            reached,
            ..MeasureRun::default()
        };
        let rate = |day: &str, people: i64| MeasureRate {
            measure: "m".to_owned(),
            period: PERIOD.to_owned(),
            day: day.to_owned(),
            people,
            ..MeasureRate::default()
        };
        let (runs, rates) = ([run(5), run(9)], [rate("2026-08-18", 1), rate("2026-08-18", 2), rate("2026-08-19", 3)]);
        store
            .write(&context("evaluate"), move |tx| {
                let conn = tx.conn()?;
                runs.iter().try_for_each(|run| measure_run::put(conn, ORG, run))?;
                rates.iter().try_for_each(|rate| measure_run::keep(conn, ORG, rate))?;
                measure_run::set_cursor(conn, ORG, 7)
            })
            .unwrap();
        let runs = store.read(|r| measure_run::all(r.conn(), ORG)).unwrap();
        assert_eq!(runs.iter().map(|run| run.reached).collect::<Vec<_>>(), [9]);
        let kept = store.read(|r| measure_run::kept(r.conn(), ORG, "m")).unwrap();
        assert_eq!(
            kept.iter().map(|k| (k.day.as_str(), k.people)).collect::<Vec<_>>(),
            [("2026-08-18", 2), ("2026-08-19", 3)]
        );
        assert_eq!(store.read(|r| measure_run::last_day(r.conn(), ORG)).unwrap(), "2026-08-19");
        assert_eq!(store.read(|r| measure_run::cursor(r.conn(), ORG)).unwrap(), 7);
    });
}
