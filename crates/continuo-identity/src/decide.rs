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
