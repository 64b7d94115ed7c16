//! What one rule works with: the person, the site, the time, and a place to put what it finds.

use continuo_fhir::date::names::{WEEKDAYS, short};
use continuo_fhir::{Date, Instant, Zone};

use super::Site;
use super::calendar::{Calendar, DAY};
use super::contact::Contacts;
use super::finding::{Band, Consequence, Due, Evidence, Finding, Opens, Report, Settled};
use super::person::{Person, Resource};
use super::spec::Spec;

/// The parameter that names the role a finding goes to.
pub const OWNER: &str = "goes_to";

/// One rule looking at one person.
pub struct Case<'c, 'a> {
    /// The record.
    pub person: &'c Person<'a>,
    /// The site's settings.
    pub site: &'c Site,
    /// The rule's data.
    pub spec: &'c Spec,
    /// Calls, messages and visits.
    pub contacts: &'c Contacts<'a>,
    /// The moment assessed.
    pub as_of: Instant,
    report: Report,
}

/// A finding as a rule puts it; the case adds band, backlog and next look.
pub struct Draft {
    /// The resource it hangs on.
    pub anchor: String,
    /// What to do.
    pub what: String,
    /// Why, without lateness.
    pub why: String,
    /// When it is due.
    pub due: Option<Due>,
    /// When the need began.
    pub began: Instant,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// Attempts so far.
    pub attempts: u32,
    /// Another harm than the rule's.
    pub consequence: Option<Consequence>,
}

impl<'c, 'a> Case<'c, 'a> {
    /// A case with an empty report.
    pub fn new(
        person: &'c Person<'a>,
        site: &'c Site,
        spec: &'c Spec,
        contacts: &'c Contacts<'a>,
        as_of: Instant,
    ) -> Case<'c, 'a> {
        let report = Report {
            rule: spec.id,
            findings: Vec::new(),
            clear: Vec::new(),
            settled: Vec::new(),
            missing: Vec::new(),
            next_at: None,
        };
        Case { person, site, spec, contacts, as_of, report }
    }

    /// The site's calendar.
    pub fn calendar(&self) -> &'c Calendar {
        &self.site.calendar
    }

    /// The site's zone.
    pub fn zone(&self) -> &'c Zone {
        self.site.calendar.zone()
    }

    /// The day assessed.
    pub fn today(&self) -> Date {
        self.calendar().day(self.as_of)
    }

    /// Says why something looked at needs nothing.
    pub fn clear(&mut self, sentence: impl Into<String>) {
        self.report.clear.push(sentence.into());
    }

    /// Says what in the record settles what hangs on a resource.
    pub fn settle(&mut self, anchor: &Resource<'_>, by: &Resource<'_>, how: impl Into<String>) {
        self.report.settled.push(Settled { anchor: anchor.reference(), by: by.reference(), how: how.into() });
    }

    /// Names a fact without which the rule cannot tell.
    pub fn missing(&mut self, fact: impl Into<String>) {
        self.report.missing.push(fact.into());
    }

    /// The answer may change at a moment even if nothing new comes.
    pub fn look_again(&mut self, at: Instant) {
        if at > self.as_of && self.report.next_at.is_none_or(|next| at < next) {
            self.report.next_at = Some(at);
        }
    }

    /// Whether a resource is dated after the moment assessed: a plan, that settles nothing.
    pub(super) fn is_ahead(&self, resource: &Resource<'_>) -> bool {
        super::happened::is_ahead(resource, self.as_of, self.zone())
    }

    /// Whether anything was found, cleared or missed so far.
    pub fn is_silent(&self) -> bool {
        self.report.findings.is_empty() && self.report.clear.is_empty() && self.report.missing.is_empty()
    }

    /// Due at the end of the n-th business day after a moment's day.
    pub fn business_days_after(&self, from: Instant, days: i64) -> Instant {
        let calendar = self.calendar();
        calendar.end_of(calendar.plus_business(calendar.day(from), days))
    }

    /// Due at the end of the n-th day after a moment's day.
    pub fn days_after(&self, from: Instant, days: i64) -> Instant {
        let calendar = self.calendar();
        calendar.end_of(calendar.plus_days(calendar.day(from), days))
    }

    /// Due the same day, whichever day of the week it is: by its end, and by opening time of the next day where it came after
    /// closing time. For what cannot wait for Monday.
    pub fn same_day(&self, from: Instant) -> Instant {
        let calendar = self.calendar();
        let day = calendar.day(from);
        if from < calendar.closes_on(day) {
            calendar.end_of(day)
        } else {
            calendar.opens_on(calendar.plus_days(day, 1))
        }
    }

    /// A moment as people write it: `Tue 08/04/2026`.
    pub fn date_words(&self, at: Instant) -> String {
        date_words(self.calendar().day(at))
    }

    /// A moment of which minutes matter: `Tue 08/04/2026 at 2:20 pm`.
    pub fn moment_words(&self, at: Instant) -> String {
        let (hour, minute) = self.calendar().time(at);
        let half = if hour < 12 { "am" } else { "pm" };
        let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
        format!("{} at {twelve}:{minute:02} {half}", self.date_words(at))
    }

    /// Adds a finding.
    pub fn find(&mut self, draft: Draft) {
        let consequence = draft.consequence.unwrap_or(self.spec.consequence);
        let due_at = draft.due.as_ref().map(|due| due.at);
        let band = band(consequence, due_at, self.as_of, self.calendar());
        let oldest = draft.began.plus_micros(self.spec.lookback_days * DAY);
        let mut next = None;
        for at in due_at
            .into_iter()
            .flat_map(|at| [self.calendar().start_of(self.calendar().day(at)), at.plus_micros(1)])
            .chain([oldest])
        {
            if at > self.as_of && next.is_none_or(|next| at < next) {
                next = Some(at);
            }
        }
        if let Some(next) = next {
            self.look_again(next);
        }
        let labels = draft
            .evidence
            .iter()
            .map(|e| e.reference.as_str())
            .chain([draft.anchor.as_str()])
            .filter_map(|reference| self.person.find(reference))
            .fold(0, |labels, resource| labels | resource.labels);
        self.report.findings.push(Finding {
            rule: self.spec.id,
            anchor: draft.anchor,
            opens: self.spec.opens,
            consequence,
            what: draft.what,
            why: draft.why,
            late: lateness(due_at, self.as_of, self.calendar()),
            due: draft.due,
            began: draft.began,
            band,
            backlog: oldest < self.as_of && self.spec.opens != Opens::Existing,
            attempts: draft.attempts,
            next_at: next,
            sensitive: self.spec.sensitive,
            labels,
            evidence: draft.evidence,
            parameters: self.spec.params.iter().map(|(name, value)| (name.clone(), value.to_string())).collect(),
        });
    }

    /// Closes the last finding further than its evidence does: labels it rests on, and no plain words in rows.
    pub fn guard(&mut self, labels: u64, sensitive: bool) {
        if let Some(last) = self.report.findings.last_mut() {
            last.labels |= labels;
            last.sensitive |= sensitive;
        }
    }

    /// Who owns the finding just made, where that is not the rule's own role. It stands among its parameters.
    pub fn last_goes_to(&mut self, role: &str) {
        if let Some(last) = self.report.findings.last_mut() {
            last.parameters.push((OWNER.to_owned(), role.to_owned()));
        }
    }

    /// Ends the case: the report, findings in order of their anchors.
    pub fn finish(mut self) -> Report {
        self.report.findings.sort_by(|a, b| a.anchor.cmp(&b.anchor));
        if self.is_silent() {
            self.report.clear.push("Nothing in the record that this rule looks at.".to_owned());
        }
        self.report
    }
}

/// What a resource says, as evidence.
pub fn evidence(resource: &Resource<'_>, says: impl Into<String>) -> Evidence {
    Evidence { reference: resource.reference(), says: says.into(), words: None }
}

/// Where something stands in the order of lists (safety.md rule 1).
pub fn band(consequence: Consequence, due: Option<Instant>, now: Instant, calendar: &Calendar) -> Band {
    band_by(consequence, due, now, calendar.end_of(calendar.day(now)))
}

/// [`band`] of one of many pieces of work: the end of today is found once.
pub fn band_by(consequence: Consequence, due: Option<Instant>, now: Instant, end_of_today: Instant) -> Band {
    if consequence == Consequence::Danger {
        return Band::Danger;
    }
    let Some(due) = due else { return Band::Later };
    let ends_today = due <= end_of_today;
    match (consequence, ends_today, due < now) {
        (Consequence::High, true, _) => Band::Clock,
        (_, _, true) => Band::Late,
        (_, true, false) => Band::Today,
        (_, false, false) => Band::Later,
    }
}

/// "2 days late", "40 minutes late"; nothing when on time.
pub fn lateness(due: Option<Instant>, now: Instant, calendar: &Calendar) -> Option<String> {
    lateness_by(due, now, calendar.day(now), calendar)
}

/// [`lateness`] of one of many pieces of work: today is found once.
pub fn lateness_by(due: Option<Instant>, now: Instant, today: Date, calendar: &Calendar) -> Option<String> {
    let due = due?;
    if due >= now {
        return None;
    }
    let days = calendar.days_between(calendar.day(due), today);
    Some(match days {
        0 => {
            let minutes = (now.micros() - due.micros()) / 60_000_000;
            if minutes >= 120 {
                format!("{} hours late", minutes / 60)
            } else {
                format!("{} late", count(minutes, "minute"))
            }
        }
        days => format!("{} late", count(days, "day")),
    })
}

/// `1 day`, `2 days`.
pub fn count(n: i64, unit: &str) -> String {
    if n == 1 { format!("1 {unit}") } else { format!("{n} {unit}s") }
}

/// `Tue 08/04/2026`, as the pages write a day; `08/2026` where only the month is known.
pub fn date_words(date: Date) -> String {
    match (date.month(), date.day()) {
        (Some(month), Some(day)) => {
            let weekday = WEEKDAYS.get(usize::from(date.weekday())).copied().unwrap_or_default();
            format!("{} {month:02}/{day:02}/{}", short(weekday), date.year())
        }
        (Some(month), None) => format!("{month:02}/{}", date.year()),
        _ => date.year().to_string(),
    }
}
