//! One pair, or one new record against the people known: link, review, or no.

use crate::compare::{Evidence, compare};
use crate::model::Model;
use crate::profile::Profile;
use crate::veto::{Veto, vetoes};

/// The three bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    No,
    Review,
    Link,
}

/// Where the bands begin, in bits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    pub link: f32,
    pub review: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { link: 5.0, review: 1.0 }
    }
}

/// What comparing a pair came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub evidence: Evidence,
    pub bits: f32,
    pub vetoes: Vec<Veto>,
    pub band: Band,
}

impl Verdict {
    /// Whether the two contradict each other, so that no chain of other records may join them.
    pub fn is_conflict(&self) -> bool {
        self.vetoes.iter().any(|veto| veto.is_conflict())
    }
}

/// Compares a pair and puts it in a band.
pub fn judge(model: &Model, thresholds: Thresholds, a: &Profile, b: &Profile) -> Verdict {
    let evidence = compare(a, b, &model.frequencies);
    let bits = model.bits(&evidence);
    let vetoes = vetoes(a, b, &evidence);
    let band = if bits < thresholds.review || vetoes.iter().any(|veto| veto.is_final()) {
        Band::No
    } else if bits >= thresholds.link && vetoes.is_empty() {
        Band::Link
    } else {
        Band::Review
    };
    Verdict { evidence, bits, vetoes, band }
}

/// FHIR's grades of a match (`match-grade` extension of `$match`).
pub fn match_grade(verdict: &Verdict) -> &'static str {
    match verdict.band {
        Band::Link if verdict.bits >= 12.0 => "certain",
        Band::Link => "probable",
        Band::Review => "possible",
        Band::No => "certainly-not",
    }
}

/// A weight as FHIR's `search.score`: the chance, from 0 to 1, that both are one person. A veto that the records speak
/// themselves gives zero; any other keeps it below the link threshold.
pub fn match_score(verdict: &Verdict, thresholds: Thresholds) -> f64 {
    let bits = match verdict.band {
        Band::No if verdict.vetoes.iter().any(|veto| veto.is_final()) => return 0.0,
        Band::Link => verdict.bits,
        Band::Review | Band::No => verdict.bits.min(thresholds.link),
    };
    1.0 / (1.0 + f64::from(-bits).exp2())
}

/// Somebody known: the records already linked to each other.
#[derive(Clone, Debug)]
pub struct Known<'a, P> {
    pub person: P,
    pub records: Vec<&'a Profile>,
}

/// Where a new record belongs.
#[derive(Clone, Debug, PartialEq)]
pub enum Placement<P> {
    /// Nobody known: a person of its own.
    New,
    /// Surely this person.
    Link(P),
    /// A person of its own for now; someone is asked about these, likeliest first.
    Ask(Vec<(P, Verdict)>),
}

/// The most records of one person that a new record is compared with.
const RECORD_LIMIT: usize = 200;

/// Places a new record among the people its candidates belong to. The whole person is checked: one contradicting
/// record keeps the new one out, and two contradicting people who are about as likely are left to a person.
pub fn place<P: Clone>(model: &Model, thresholds: Thresholds, new: &Profile, known: &[Known<'_, P>]) -> Placement<P> {
    let mut asked: Vec<(usize, Verdict)> = Vec::new();
    let mut sure: Vec<(usize, Verdict)> = Vec::new();
    for (at, somebody) in known.iter().enumerate() {
        let verdicts: Vec<Verdict> =
            somebody.records.iter().take(RECORD_LIMIT).map(|record| judge(model, thresholds, new, record)).collect();
        let Some(best) = verdicts.iter().max_by(|x, y| x.band.cmp(&y.band).then(x.bits.total_cmp(&y.bits))).cloned()
        else {
            continue;
        };
        let mean = verdicts.iter().map(|verdict| verdict.bits.clamp(-15.0, 15.0)).sum::<f32>() / verdicts.len() as f32;
        let is_final = verdicts.iter().any(|verdict| verdict.vetoes.iter().any(|veto| veto.is_final()));
        let is_conflict = verdicts.iter().any(Verdict::is_conflict);
        match best.band {
            Band::Link if !is_conflict && mean >= 0.0 => sure.push((at, best)),
            Band::Link | Band::Review if !is_final => asked.push((at, best)),
            _ => {}
        }
    }
    sure.sort_by(|x, y| y.1.bits.total_cmp(&x.1.bits));
    if let [(at, best), rest @ ..] = &sure[..]
        && !rest.iter().chain(&asked).any(|(other, verdict)| {
            verdict.bits >= best.bits - RIVAL_MARGIN && contradict(model, thresholds, &known[*at], &known[*other])
        })
    {
        return Placement::Link(known[*at].person.clone());
    }
    let mut all: Vec<(usize, Verdict)> = sure.into_iter().chain(asked).collect();
    if all.is_empty() {
        return Placement::New;
    }
    all.sort_by(|x, y| y.1.bits.total_cmp(&x.1.bits));
    Placement::Ask(all.into_iter().map(|(at, verdict)| (known[at].person.clone(), verdict)).collect())
}

/// How much likelier one person must be than a contradicting other, in bits.
const RIVAL_MARGIN: f32 = 2.0;

fn contradict<P>(model: &Model, thresholds: Thresholds, a: &Known<'_, P>, b: &Known<'_, P>) -> bool {
    let pairs = a.records.iter().take(20).flat_map(|x| b.records.iter().take(20).map(move |y| (x, y)));
    pairs.into_iter().any(|(x, y)| judge(model, thresholds, x, y).is_conflict())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::frequency::Frequencies;
    use crate::record::{SourceAddress, SourceRecord};

    fn person(given: &'static str, birth_date: &'static str, ssn: &'static str) -> Profile {
        Profile::new(&SourceRecord {
            given,
            family: "Gartistad",
            birth_date,
            ssn,
            sex: "male",
            phones: vec!["5025551234"],
            addresses: vec![SourceAddress { line: "9 Oak St", city: "Salem", zip: "47126" }],
            ..SourceRecord::default()
        })
    }

    fn placed(new: &Profile, people: &[&[&Profile]]) -> Placement<usize> {
        let model = Model::shipped(Frequencies::default());
        let known: Vec<Known<'_, usize>> =
            people.iter().enumerate().map(|(person, records)| Known { person, records: records.to_vec() }).collect();
        place(&model, Thresholds::default(), new, &known)
    }

    #[test]
    fn a_known_person_is_found_and_a_stranger_is_new() {
        let robert = person("Robert", "1980-03-14", "912345678");
        assert_eq!(placed(&person("Bob", "1980-03-14", ""), &[&[&robert]]), Placement::Link(0));
        assert_eq!(placed(&person("Alice", "1990-07-25", "934561234"), &[&[&robert]]), Placement::New);
        assert_eq!(placed(&robert, &[]), Placement::New);
    }

    #[test]
    fn twins_are_never_joined_and_a_nameless_record_is_asked_about() {
        let (jason, justin) = (person("Jason", "1980-03-14", "912345678"), person("Justin", "1980-03-14", "912345679"));
        assert!(!matches!(placed(&justin, &[&[&jason]]), Placement::Link(_)));
        assert!(
            matches!(placed(&person("", "1980-03-14", ""), &[&[&jason], &[&justin]]), Placement::Ask(asked) if asked.len() == 2)
        );
        assert!(
            matches!(placed(&person("J", "1980-03-14", ""), &[&[&jason], &[&justin]]), Placement::Ask(asked) if asked.len() == 2)
        );
    }

    #[test]
    fn father_and_son_are_two_and_a_record_without_birth_date_is_asked_about() {
        let (father, son) = (person("Robert", "1950-03-14", "912345678"), person("Robert", "1976-03-08", "934561234"));
        assert_eq!(placed(&son, &[&[&father]]), Placement::New);
        assert!(
            matches!(placed(&person("Robert", "", ""), &[&[&father], &[&son]]), Placement::Ask(asked) if asked.len() == 2)
        );
    }

    #[test]
    fn one_contradicting_record_keeps_a_person_closed() {
        let (jason, unnamed) = (person("Jason", "1980-03-14", ""), person("J", "1980-03-14", ""));
        let justin = person("Justin", "1980-03-14", "");
        assert!(!matches!(placed(&justin, &[&[&unnamed, &jason]]), Placement::Link(_)));
    }

    #[test]
    fn grades_follow_bands() {
        let model = Model::shipped(Frequencies::default());
        let grade = |a: &Profile, b: &Profile| {
            let verdict = judge(&model, Thresholds::default(), a, b);
            (match_grade(&verdict), match_score(&verdict, Thresholds::default()))
        };
        let robert = person("Robert", "1980-03-14", "912345678");
        assert_eq!(grade(&robert, &robert).0, "certain");
        assert!(grade(&robert, &robert).1 > 0.999);
        assert_eq!(grade(&robert, &person("Robert", "1955-03-02", "")), ("certainly-not", 0.0));
    }
}
