//! The weights shipped: how often each kind of pair shows each level.
//!
//! Six kinds of pair are told apart, because agreement does not only come from being one person: households share
//! address, phone and surname; twins share a birth date too; father and son share a name. Rows give the chance of each
//! level among those where both records say something. They are what a first run starts from and what learning is held
//! to while a population is small; sources: plain reasoning about registration, adjusted to synthetic records.

use crate::compare::{FIELDS, LEVELS};

/// Kinds of pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Kind {
    /// One person.
    Match,
    /// Two people of one household.
    Household,
    /// Brothers and sisters of one birth.
    Twins,
    /// Parent and child of one name.
    Generations,
    /// Strangers of one name and about one age, beyond what chance gives.
    Namesakes,
    Strangers,
}

/// Number of kinds.
pub const KINDS: usize = 6;

impl Kind {
    pub const ALL: [Self; KINDS] =
        [Self::Match, Self::Household, Self::Twins, Self::Generations, Self::Namesakes, Self::Strangers];

    pub fn label(self) -> &'static str {
        match self {
            Self::Match => "one person",
            Self::Household => "two people of one household",
            Self::Twins => "twins",
            Self::Generations => "parent and child of one name",
            Self::Namesakes => "two people of one name",
            Self::Strangers => "strangers",
        }
    }
}

/// Chance by kind, field and level; level zero (missing) is not used.
pub type Tables = [[[f32; LEVELS]; FIELDS]; KINDS];

/// Pairs of each kind per record of the population. Strangers are all others.
pub const RATES: [f32; KINDS] = [0.8, 1.5, 0.04, 0.04, 0.03, 0.0];

#[rustfmt::skip]
pub const TABLES: Tables = [
    // One person.
    [
        //      exact   nick    slip    near    initial crossed swapped variant loose different
        [0.0,   0.78,   0.09,   0.055,  0.012,  0.015,  0.018,  0.012,  0.010,  0.008,  0.017],
        //      exact   part    slip    near    swapped different
        [0.0,   0.80,   0.07,   0.055,  0.02,   0.012,  0.043, 0.0, 0.0, 0.0, 0.0],
        //      exact   initial near    different
        [0.0,   0.35,   0.58,   0.03,   0.04, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        //      same    one     different
        [0.0,   0.50,   0.49,   0.01, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        //      exact   swapped slip    month   yearslip default year   near    far
        [0.0,   0.945,  0.008,  0.008,  0.006,  0.012,  0.012,  0.006,  0.002,  0.001, 0.0],
        //      female  male    different
        [0.0,   0.50,   0.485,  0.015, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        //      same    slip    tail    in a row tail diff different
        [0.0,   0.80,   0.03,   0.14,   0.0005,  0.01,   0.0195, 0.0, 0.0, 0.0, 0.0],
        //      same    different
        [0.0,   0.90,   0.10, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        //      same    slip    different
        [0.0,   0.70,   0.02,   0.28, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        //      same    stem    different
        [0.0,   0.92,   0.01,   0.07, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        //      premises unit   near    zip     city    different
        [0.0,   0.72,   0.003,  0.05,   0.02,   0.03,   0.177, 0.0, 0.0, 0.0, 0.0],
    ],
    // Two people of one household.
    [
        [0.0,   0.012,  0.006,  0.003,  0.004,  0.05,   0.02,   0.004,  0.002,  0.004,  0.899],
        [0.0,   0.82,   0.05,   0.05,   0.02,   0.002,  0.058, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.01,   0.06,   0.005,  0.925, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.02,   0.96,   0.02, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.0005,  0.0001,  0.0005,  0.001,  0.004,  0.002,  0.015,  0.32,   0.6569, 0.0],
        [0.0,   0.21,   0.21,   0.58, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.01,   0.0005,  0.002,  0.001,  0.15,   0.8365, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.02,   0.98, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.30,   0.01,   0.69, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.02,   0.005,  0.975, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.75,   0.005,  0.05,   0.02,   0.03,   0.145, 0.0, 0.0, 0.0, 0.0],
    ],
    // Brothers and sisters of one birth.
    [
        [0.0,   0.002,  0.008,  0.004,  0.02,   0.10,   0.01,   0.002,  0.012,  0.006,  0.842],
        [0.0,   0.85,   0.05,   0.055,  0.02,   0.002,  0.023, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.01,   0.06,   0.005,  0.925, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.05,   0.93,   0.02, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.945,  0.008,  0.008,  0.006,  0.012,  0.012,  0.006,  0.002,  0.001, 0.0],
        [0.0,   0.33,   0.32,   0.35, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.003,  0.005,  0.005,  0.30,   0.13,   0.557, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.02,   0.98, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.60,   0.02,   0.38, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.02,   0.01,   0.97, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.75,   0.005,  0.05,   0.02,   0.03,   0.145, 0.0, 0.0, 0.0, 0.0],
    ],
    // Parent and child of one name.
    [
        [0.0,   0.80,   0.09,   0.055,  0.01,   0.015,  0.015,  0.005,  0.015,  0.006,  0.01],
        [0.0,   0.87,   0.04,   0.055,  0.02,   0.002,  0.013, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.30,   0.50,   0.03,   0.17, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.02,   0.65,   0.33, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.0005,  0.0001,  0.0002,  0.0005,  0.002,  0.001,  0.002,  0.02,   0.9737, 0.0],
        [0.0,   0.05,   0.93,   0.02, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.003,  0.0005,  0.002,  0.0001,  0.15,   0.8444, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.02,   0.98, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.35,   0.01,   0.64, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.02,   0.30,   0.68, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.70,   0.005,  0.05,   0.02,   0.03,   0.195, 0.0, 0.0, 0.0, 0.0],
    ],
    // Strangers of one name and about one age.
    [
        [0.0,   0.84,   0.07,   0.045,  0.01,   0.01,   0.01,   0.005,  0.015,  0.006,  0.01],
        [0.0,   0.86,   0.05,   0.045,  0.02,   0.007,  0.018, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.01,   0.06,   0.005,  0.925, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.05,   0.90,   0.05, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.50,   0.005,  0.02,   0.03,   0.20,   0.01,   0.03,   0.155,  0.05, 0.0],
        [0.0,   0.49,   0.49,   0.02, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.0005,  0.0002,  0.0002,  0.0001,  0.15,   0.849, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.001,  0.999, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.001,  0.0005,  0.9985, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.002,  0.30,   0.698, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.002,  0.0005,  0.001,  0.15,   0.25,   0.5965, 0.0, 0.0, 0.0, 0.0],
    ],
    // Strangers: where the value's own chance is known, that is used instead.
    [
        [0.0,   0.01,   0.01,   0.005,  0.01,   0.07,   0.02,   0.002,  0.004,  0.004,  0.869],
        [0.0,   0.003,  0.006,  0.003,  0.01,   0.001,  0.977, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.01,   0.07,   0.005,  0.915, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.05,   0.90,   0.05, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   0.00004,  0.00004,  0.0004,  0.0008,  0.0003,  0.0003,  0.012,  0.22,   0.76612, 0.0],
        [0.0,   0.25,   0.25,   0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   1e-7,   1e-6,   1.5e-5,  1e-7,   0.15,   0.85, 0.0, 0.0, 0.0, 0.0],
        [0.0,   1e-6,   0.999, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   1e-5,   1e-5,   0.999, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   1e-5,   1e-5,   0.999, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0,   1e-5,   1e-5,   1e-5,   0.005,  0.08,   0.915, 0.0, 0.0, 0.0, 0.0],
    ],
];
