//! Numbers measured and said: weight, blood pressure, pulse, temperature, oxygen, sugar (`continuo_text::vitals` reads them).

use continuo_text::vitals::{Measured, PRESSURE, Vitals, plain_unit};

use super::heard::{Heard, Turn};
use super::{Certainty, Kind, Proposal, reporter};

pub(super) fn find(heard: &Heard<'_>) -> Vec<Proposal> {
    let mut out: Vec<Proposal> = Vec::new();
    for turn in &heard.turns {
        let vitals = Vitals::new(&turn.tokens);
        for sentence in turn.sentences.iter().filter(|sentence| !sentence.question) {
            // A weight without its unit says nothing.
            for one in vitals.find(sentence.from, sentence.to).iter().filter(|one| !one.unit.is_empty()) {
                let one = proposal(heard, turn, one);
                if !out.iter().any(|kept| kept.what == one.what) {
                    out.push(one);
                }
            }
        }
    }
    out
}

fn proposal(heard: &Heard<'_>, turn: &Turn<'_>, found: &Measured) -> Proposal {
    let what = format!("{} {} {}", found.name, found.value, plain_unit(found.unit));
    let mut one = base(heard, turn, found.name, what.trim_end(), (found.from, found.to));
    if found.name == PRESSURE {
        if !found.close {
            one.certainty = Certainty::Check;
        }
    } else {
        if (!found.unit_said || found.elided) && one.certainty == Certainty::ClearlySaid {
            one.certainty = Certainty::Probably;
        }
        // "Six fifty" may be six and fifty: without its unit it is for the reader to check.
        if !found.close || found.elided && !found.unit_said {
            one.certainty = Certainty::Check;
        }
    }
    one.value("value", found.value.clone()).value("unit", found.unit)
}

fn base(heard: &Heard<'_>, turn: &Turn<'_>, name: &str, what: &str, (from, to): (usize, usize)) -> Proposal {
    let mut one = Proposal::of(Kind::Vital, what);
    one.quotes.push(heard.quote(turn, from, to));
    one.said.push(turn.words(from, to).to_owned());
    one.assertion = reporter(&turn.said.role, heard.kind);
    if turn.said.role == crate::scribe::source::Role::Unknown {
        one.certainty = Certainty::Probably;
    }
    let day = crate::scribe::when::find(
        &turn.tokens,
        from.saturating_sub(8),
        to + 6,
        heard.visit,
        crate::scribe::when::Toward::Past,
    )
    .map_or(heard.visit, |day| day.date);
    let by = if turn.said.role.is_patient_side() { "measured at home" } else { "" };
    one.value("what", name).value("date", day.to_string()).value("by", by)
}
