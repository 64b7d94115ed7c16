//! The follow-up engine: one person's record in, findings with their evidence out. Pure.
//!
//! Rules are data (`knowledge/follow-up/<rule>.md`, read by [`spec`]) and logic (`rules/<rule>.rs`), joined by one table
//! in [`rules`]. What becomes of a finding is `crate::suggestions`; nothing here writes or reads a clock.

pub mod calendar;
pub mod case;
pub mod contact;
pub mod disposition;
pub mod finding;
pub(crate) mod front;
pub(crate) mod happened;
pub mod limits;
pub mod person;
pub mod referral;
pub mod rules;
pub mod said_dead;
pub mod spec;
mod units;
pub mod visit_kind;
pub mod words;

pub use referral::is_referral as referral_of;

use std::borrow::Cow;
use std::sync::LazyLock;

use continuo_fhir::Instant;

use calendar::Calendar;
use case::Case;
use contact::Contacts;
use finding::Report;
use limits::Limits;
use person::Person;
use spec::Spec;

/// What a site sets for the engine.
#[derive(Clone, Debug)]
pub struct Site {
    /// Zone, business days, holidays.
    pub calendar: Calendar,
    /// Limits of results.
    pub limits: &'static Limits,
    /// The rules that are switched on, with their data; in order of importance.
    pub rules: Vec<Cow<'static, Spec>>,
    /// Finds words of danger in a message.
    pub triage: words::Triage,
    /// How long a message may wait here.
    pub messages: crate::inbox::limits::MessageLimits,
    /// Who may say what came of a safety contact (safety.md rule 8): references. Nothing where the site's people are not
    /// known, as in the examples: then a contact counts by whoever made it.
    pub licensed: Option<std::collections::BTreeSet<String>>,
}

/// The data of every shipped rule, in order of importance.
pub static SPECS: LazyLock<Vec<Spec>> = LazyLock::new(|| {
    rules::RULES
        .iter()
        .map(|rule| Spec::parse(rule.id, rule.file).expect("shipped rule files parse: a test reads each"))
        .collect()
});

static LIMITS: LazyLock<Limits> =
    LazyLock::new(|| Limits::parse(include_str!("../../../../knowledge/follow-up/result-limits.csv")).0);

/// The limits of results that the rules and the chart judge by.
pub fn result_limits() -> &'static Limits {
    &LIMITS
}

/// The data of a rule, care-gap rules included: pages, ledger and projections treat both alike.
pub fn spec(rule: &str) -> Option<&'static Spec> {
    SPECS.iter().find(|spec| spec.id == rule).or_else(|| crate::gaps::spec(rule).map(|gap| &gap.rule))
}

impl Site {
    /// The shipped rules and limits in a calendar, each rule on or off as shipped.
    pub fn shipped(calendar: Calendar) -> Site {
        Site::with(calendar, |spec| spec.on)
    }

    /// The shipped limits and the rules that a site has switched on.
    pub fn with(calendar: Calendar, is_on: impl Fn(&Spec) -> bool) -> Site {
        let rules = SPECS.iter().filter(|spec| is_on(spec)).map(Cow::Borrowed).collect();
        Site {
            calendar,
            limits: &LIMITS,
            rules,
            triage: words::by_triage,
            messages: crate::inbox::limits::MessageLimits::default(),
            licensed: None,
        }
    }
}

/// What a rule says to people: the first paragraph of its text.
pub fn words_of_rule(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).skip_while(|line| line.is_empty() || line.starts_with('#'));
    let mut words = String::new();
    for line in lines.by_ref().take_while(|line| !line.is_empty()) {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(line);
    }
    words
}

/// Runs every rule that is switched on over one person, in order of importance.
///
/// A person who has died gets a report that says so and no finding (safety.md rule 11).
pub fn assess(person: &Person<'_>, site: &Site, as_of: Instant) -> Vec<Report> {
    let contacts = Contacts::of(person, site.calendar.zone(), as_of);
    site.rules
        .iter()
        .filter_map(|spec| {
            let rule = rules::RULES.iter().find(|rule| rule.id == spec.id)?;
            let mut case = Case::new(person, site, spec, &contacts, as_of);
            // What is planned has happened, or has not, once its time is past.
            if let Some(planned) = contacts.planned.first() {
                case.look_again(planned.at);
            }
            if person.has_died() {
                case.clear("The person has died; follow-up has stopped.");
            } else {
                (rule.run)(&mut case);
            }
            Some(case.finish())
        })
        .collect()
}
