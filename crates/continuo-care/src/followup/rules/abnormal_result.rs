//! Abnormal result without a plan, or without the person told.

use super::super::case::{Case, Draft, count, evidence};
use super::super::finding::Due;
use super::results::{Standing, grade, still_open};

pub(super) fn run(case: &mut Case<'_, '_>) {
    let (mut mild, mut unlimited) = (0, 0);
    for result in case.person.of("Observation") {
        let why = match grade(case, result) {
            Standing::Action(why) => why,
            Standing::Mild { by_limits } => {
                mild += 1;
                unlimited += i64::from(!by_limits);
                continue;
            }
            _ => continue,
        };
        let Some((at, open)) = still_open(case, result, &why) else { continue };
        case.find(Draft {
            anchor: result.reference(),
            what: "Act on an abnormal result and tell the person".to_owned(),
            why: format!("{why}, known {}; {open}", case.date_words(at)),
            due: Some(Due {
                at: case.days_after(at, case.spec.param("days")),
                rule: format!("within {} days of the result", case.spec.param("days")),
            }),
            began: at,
            evidence: vec![evidence(result, why)],
            attempts: 0,
            consequence: None,
        });
    }
    if mild > 0 {
        case.clear(match unlimited {
            0 => format!("{} outside the reference range, within action limits.", count(mild, "result")),
            all if all == mild => {
                format!("{} outside the laboratory's range, not judged: no limits for them here.", count(all, "result"))
            }
            some => format!(
                "{} outside the reference range; {some} of them not judged: no limits for them here.",
                count(mild, "result")
            ),
        });
    }
}
