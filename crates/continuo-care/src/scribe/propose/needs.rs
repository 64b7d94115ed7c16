//! Needs beyond medicine: rides, food, a place to live, power, money, help at home. Wording: `knowledge/scribe/needs.csv`.

use std::sync::LazyLock;

use continuo_text::assertion::{Context, Temporality};
use continuo_text::pattern::Patterns;

use super::heard::Heard;
use super::{Certainty, Kind, Proposal, reporter};

struct Table {
    rows: Vec<(&'static str, &'static str)>,
    patterns: Patterns,
}

/// Rows of need, name and wording; a test reads each.
static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { rows: Vec::new(), patterns: Patterns::new() };
    for line in include_str!("../../../../../knowledge/scribe/needs.csv").lines().skip(1) {
        let mut cells = line.splitn(3, ',');
        let (Some(id), Some(name), Some(wording)) = (cells.next(), cells.next(), cells.next()) else { continue };
        table.patterns.add(wording.trim(), table.rows.len() as u32);
        table.rows.push((id, name));
    }
    table
});

const NEEDS: &[&str] = &[
    "need",
    "needs",
    "needing",
    "necesito",
    "necesita",
    "necesitamos",
    "nesesito",
    "nesecito",
    "nesesitamos",
    "ocupo",
    "ocupamos",
];

pub(super) fn find(heard: &Heard<'_>) -> Vec<Proposal> {
    let mut out: Vec<(&'static str, Proposal)> = Vec::new();
    for turn in &heard.turns {
        let hits = TABLE.patterns.find(&turn.tokens);
        if hits.is_empty() {
            continue;
        }
        let context = Context::new(&turn.tokens);
        for hit in hits {
            let Some((id, name)) = TABLE.rows.get(hit.tag as usize).copied() else { continue };
            let Some(sentence) = turn.sentence_of(hit.from) else { continue };
            // "I don't need a ride": where the need itself is named, a "not" before it denies it.
            let before = hit.from.saturating_sub(2).max(sentence.from);
            if let Some(need) = (hit.from..hit.to).find(|at| NEEDS.contains(&turn.tokens.norm(*at)))
                && turn.has(before, need, &["dont", "not", "no", "doesnt", "didnt"])
            {
                continue;
            }
            let assertion = context.of(turn.tokens.span(hit.from, hit.to));
            // The wording carries its own "cannot"; what stands before it may still deny or imagine it.
            let asked = sentence.question && !turn.said.role.is_patient_side();
            // "Are you behind on the rent?" "Two months.": how much of it is a yes
            let amount = heard.amount_after(turn, sentence).filter(|_| asked && sentence.answer.is_none());
            let answer = sentence.answer.or(amount.map(|span| (true, span)));
            let yes = answer.is_some_and(|(yes, _)| yes);
            if assertion.other_person || assertion.temporality != Temporality::Recent || asked && !yes {
                continue;
            }
            let mut quotes = vec![heard.quote(turn, hit.from, hit.to)];
            quotes.extend(answer.filter(|_| asked).and_then(|(_, span)| heard.quote_of_answer(span)));
            if let Some((_, kept)) = out.iter_mut().find(|(known, _)| *known == id) {
                if kept.quotes.len() < 3 && !kept.quotes.iter().any(|one| one.span.overlaps(quotes[0].span)) {
                    kept.quotes.append(&mut quotes);
                }
                continue;
            }
            let mut one = Proposal::of(Kind::Need, name);
            one.said.push(turn.words(hit.from, hit.to).to_owned());
            one.quotes = quotes;
            one.assertion = reporter(&turn.said.role, heard.kind);
            one.certainty = match (assertion.uncertain, asked || !turn.said.role.is_patient_side()) {
                (true, _) => Certainty::Check,
                (_, true) => Certainty::Probably,
                _ => Certainty::ClearlySaid,
            };
            let by = one.assertion.clone();
            out.push((id, one.value("what", name).value("need", id).value("said_by", by)));
        }
    }
    out.into_iter().map(|(_, one)| one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wording_finds_itself() {
        assert!(TABLE.rows.len() > 30);
        for line in include_str!("../../../../../knowledge/scribe/needs.csv").lines().skip(1) {
            assert_eq!(line.splitn(3, ',').count(), 3, "{line}");
        }
        let tokens = continuo_text::token::Tokens::new("I can't get a ride Thursday and we ran out of food");
        let found: Vec<&str> = TABLE
            .patterns
            .find(&tokens)
            .iter()
            .filter_map(|hit| TABLE.rows.get(hit.tag as usize))
            .map(|r| r.0)
            .collect();
        assert!(found.contains(&"transport") && found.contains(&"food"), "{found:?}");
    }
}
