//! What was seen of a person and what the rules say about it: everything an assessment rests on.
//!
//! Reading and thinking are apart from writing ([`super::write`]), so that many people can be thought about beside the
//! writer ([`super::beside`]) and one inside the commit that changes them ([`super::settle`]).

use continuo_fhir::Instant;
use continuo_store::tables::measure_setting::MeasureSetting;
use continuo_store::{FactRow, OrgId, Reader, Result, Rid, Scope};

use super::person_of;
use super::site::Settings;
use crate::followup::finding::Report;
use crate::followup::person::{MeasureGap, Person, Resource};
use crate::gaps::Answer;
use crate::measures::suggest;
use crate::{followup, gaps};

/// A person as read at one moment, with what the rules say.
pub(super) struct Looked {
    /// The person, who may stand for several source patients.
    pub(super) person: Rid,
    /// Their source patients.
    pub(super) members: Vec<Rid>,
    /// Their facts.
    pub(super) rows: Vec<FactRow>,
    /// What quality measures leave open.
    pub(super) measures: Vec<MeasureGap>,
    /// What every rule says, follow-up rules first; empty for somebody who is not there.
    pub(super) reports: Vec<Report>,
    /// What the care-gap rules say, as their page lists it.
    pub(super) answers: Vec<Answer>,
}

impl Looked {
    /// Reads the person of a source patient; the rules have not run yet. `asked` are the measures that may suggest.
    pub(super) fn read(reader: &mut Reader<'_>, org: OrgId, patient: Rid, asked: &[MeasureSetting]) -> Result<Looked> {
        let everything = Scope::all(org);
        let person = reader.person_of(org, patient)?;
        let members = reader.members(org, person)?;
        let rows = reader.facts(&everything, &members)?;
        let measures = suggest::gaps_asked(reader.conn(), &everything, asked, person)?;
        Ok(Looked { person, members, rows, measures, reports: Vec::new(), answers: Vec::new() })
    }

    /// The person as the rules see them.
    pub(super) fn seen(&self) -> Person<'_> {
        let (person, unread) = person_of(&self.rows);
        if unread > 0 {
            tracing::warn!(rows = unread, "facts that cannot be read were left out of an assessment");
        }
        person.with_measures(self.measures.clone())
    }

    /// Runs the rules. Costs the most of an assessment, and touches no database.
    pub(super) fn think(&mut self, settings: &Settings, now: Instant) {
        let person = self.seen();
        if person.patient().map(Resource::reference).is_none() {
            return;
        }
        let (reports, answers) = think(&person, settings, now);
        (self.reports, self.answers) = (reports, answers);
    }

    /// Bytes it holds, about.
    pub(super) fn size(&self) -> usize {
        self.rows.iter().map(|row| row.row.len()).sum()
    }
}

/// What every rule says about a person, follow-up rules first, and the answers of the care-gap rules among them.
pub(super) fn think(person: &Person<'_>, settings: &Settings, now: Instant) -> (Vec<Report>, Vec<Answer>) {
    let calendar = &settings.site.calendar;
    let mut reports = followup::assess(person, &settings.site, now);
    let answers = gaps::look(person, &settings.gaps, now, calendar);
    reports.extend(gaps::report::reports(&answers, person, now, calendar));
    (reports, answers)
}
