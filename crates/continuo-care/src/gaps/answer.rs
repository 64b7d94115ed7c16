//! What a care-gap rule says about one person.

use continuo_fhir::Date;

use super::spec::GapSpec;

/// Where a person stands with a rule. The variants stand in the order of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Due, and past the window.
    Late,
    /// Due.
    Due,
    /// Not due yet, but the window is open.
    Upcoming,
    /// The record does not say enough.
    NotAssessable,
    /// It would apply, but something on record speaks against it: declined, hospice, contraindicated.
    SetAside,
    /// Done.
    Satisfied,
    /// The rule is not about this person.
    NotApplicable,
}

impl State {
    /// All states that are kept, in order.
    pub const KEPT: [State; 6] =
        [State::Late, State::Due, State::Upcoming, State::NotAssessable, State::SetAside, State::Satisfied];

    /// The word in examples and in the store.
    pub fn word(self) -> &'static str {
        match self {
            State::Late => "late",
            State::Due => "due",
            State::Upcoming => "upcoming",
            State::NotAssessable => "not-assessable",
            State::SetAside => "set-aside",
            State::Satisfied => "satisfied",
            State::NotApplicable => "not-applicable",
        }
    }

    /// Reads [`State::word`] back.
    pub fn from_word(word: &str) -> Option<State> {
        State::KEPT.into_iter().chain([State::NotApplicable]).find(|state| state.word() == word)
    }

    /// Place in the order of lists, 0 first.
    pub fn rank(self) -> i64 {
        self as i64
    }

    /// Reads [`State::rank`] back; anything unknown is not assessable.
    pub fn from_rank(rank: i64) -> State {
        State::KEPT.into_iter().find(|state| state.rank() == rank).unwrap_or(State::NotAssessable)
    }

    /// Whether something is to be done now.
    pub fn is_open(self) -> bool {
        matches!(self, State::Late | State::Due)
    }
}

/// One rule's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The rule.
    pub spec: &'static GapSpec,
    /// Where the person stands.
    pub state: State,
    /// By when it is or was due; for a satisfied rule, when it comes due again, if ever.
    pub due: Option<Date>,
    /// Why, one sentence; for what is set aside, what speaks against it; for what cannot be assessed, what is missing.
    pub why: String,
    /// The resource it hangs on, `Type/id`; the Patient unless the rule names one.
    pub anchor: String,
    /// What it rests on, `Type/id`.
    pub evidence: Vec<String>,
    /// The parameters in force, name and value.
    pub parameters: Vec<(String, i64)>,
}
