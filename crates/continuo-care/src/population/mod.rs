//! A made-up population: a clinic, its people, ten years of their records, and a morning with work in it.
//!
//! Pure: the same seed and the same moment give the same bytes. One person at a time comes out as FHIR R4 resources in
//! the shapes of `knowledge/follow-up/README.md`, so that 100,000 people never sit in memory together. Used by
//! `continuo demo`, by tests and by benchmarks. It writes nothing itself: the caller sends the resources through the
//! ordinary write path. Nobody in it is real: the county does not exist, the ZIP codes are unassigned, the telephone
//! numbers are kept for fiction, and each Patient carries the tag for made-up data.
//!
//! Read in this order: `morning` (what is open), `who` (a person), `illness`, `life` (ten years), `around`, `stories`.

mod around;
mod chart;
mod codes;
mod fields;
mod illness;
mod life;
mod medicines;
mod morning;
mod names;
mod papers;
mod rng;
mod second;
mod staff;
mod stories;
mod when;
mod who;

use std::collections::BTreeMap;

use continuo_fhir::Instant;
use continuo_fhir::json::Json;

pub use morning::{Item, Morning, Story};
pub use papers::papers;
pub use staff::{AGENCY, CLINIC, HOSPITAL, PROGRAMMES, Staff, TEAMS};
pub use who::RECORD_NUMBERS;

use chart::Chart;
use illness::Illness;
use rng::Rng;
use when::{DAY, Day, Minute};

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Another seed is another county.
    pub seed: u64,
    /// How many people the clinic cares for.
    pub patients: u32,
    /// The morning.
    pub as_of: Instant,
    /// Minutes the county's clocks are ahead of UTC; -300 for US eastern standard time.
    pub offset_minutes: i64,
}

/// Where a record comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The clinic's own record system.
    Clinic,
    /// The hospital's system, which knows some of the same people under its own numbers.
    Hospital,
    /// The county's agency for behavioral health; everything it says is a 42 CFR Part 2 record.
    Agency,
}

impl Source {
    /// The name to file the record under.
    pub fn name(self) -> &'static str {
        match self {
            Source::Clinic => "juniper-family-health",
            Source::Hospital => "alder-regional",
            Source::Agency => "county-behavioral-health",
        }
    }
}

/// One source's record of a person; the `Patient` comes first and everything it refers to is in the record, among the
/// shared resources, or earlier in the same list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where it comes from.
    pub source: Source,
    /// FHIR R4 resources with ids.
    pub resources: Vec<Json>,
}

/// A person: one record, and more where the hospital or the agency knows them too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Number in the population.
    pub number: u32,
    /// Their records, the clinic's first.
    pub records: Vec<Record>,
}

/// A made-up population.
#[derive(Debug, Clone)]
pub struct Population {
    settings: Settings,
    coordinators: u32,
    staff: Vec<Staff>,
    morning: Morning,
    stories: BTreeMap<u32, Vec<Story>>,
}

impl Population {
    /// Lays out staff, caseloads and the morning; people are made when asked for.
    pub fn new(settings: Settings) -> Population {
        let coordinators = ((settings.patients + 83) / 167).max(1);
        let staff = staff::everyone(settings.seed, coordinators, settings.patients);
        let (morning, stories) = morning::plan(settings.seed, settings.patients, coordinators);
        Population { settings, coordinators, staff, morning, stories }
    }

    /// What was asked for.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// Everyone who works at the clinic, coordinators first.
    pub fn staff(&self) -> &[Staff] {
        &self.staff
    }

    /// Everything that is open on the morning.
    pub fn morning(&self) -> &Morning {
        &self.morning
    }

    /// Organizations, places, programs, staff and teams: what people's records refer to. To be written first.
    pub fn shared(&self) -> Vec<Json> {
        staff::resources(&self.staff)
    }

    /// Everybody, one at a time.
    pub fn people(&self) -> impl Iterator<Item = Person> {
        (0..self.settings.patients).map(|number| self.person(number))
    }

    /// The person with this number.
    pub fn person(&self, number: u32) -> Person {
        let stories = self.stories.get(&number).map_or(&[][..], Vec::as_slice);
        let needs = morning::needs(stories, number);
        let who = who::who(self.settings.seed, number, self.today(), &needs);
        let mut chart = Chart::new(self, who, Rng::new(self.settings.seed, u64::from(number), 1));
        let patient = who::patient(&chart.who, &chart.physician());
        chart.out.push(patient);
        let health = illness::health(&chart.who, &needs, chart.today, &mut chart.rng);
        let problems = life::problems(&mut chart, &health);
        let mut medicines = life::visits(&mut chart, &health, &problems, needs.quiet);
        around::write(&mut chart, &health, &problems, &needs);
        for story in stories {
            stories::tell(&mut chart, &mut medicines, *story);
        }
        medicines::write(&mut chart, &medicines);
        let mut records = vec![Record { source: Source::Clinic, resources: std::mem::take(&mut chart.out) }];
        let mut other = Rng::new(self.settings.seed, u64::from(number), 2);
        let hospital = other.chance(second::SHARE);
        if stories.is_empty() && chart.who.died.is_none() {
            let who = chart.who;
            let closed =
                [Illness::OpioidUse, Illness::AlcoholUse].into_iter().find(|illness| health.since(*illness).is_some());
            if let Some(illness) = closed.filter(|_| other.chance(second::AGENCY_SHARE)) {
                let mut chart = Chart::new(self, who.clone(), other.clone());
                second::agency(&mut chart, illness::code_of(illness, who.woman));
                records.push(Record { source: Source::Agency, resources: chart.out });
            }
            if hospital {
                let mut chart = Chart::new(self, who, other);
                second::write(&mut chart);
                records.push(Record { source: Source::Hospital, resources: chart.out });
            }
        }
        Person { number, records }
    }

    /// Who coordinates this person's care.
    pub fn coordinator(&self, number: u32) -> &Staff {
        self.staff.get((number % self.coordinators) as usize).expect("there is one staff row for each coordinator")
    }

    fn of_role(&self, role: &str, number: u32) -> &Staff {
        let some = self.staff.iter().filter(|staff| staff.role == role).count().max(1);
        let mut matching = self.staff.iter().filter(|staff| staff.role == role);
        matching.nth(number as usize % some).expect("each role has at least one person")
    }

    fn physician(&self, number: u32) -> &Staff {
        self.of_role("physician", number)
    }

    fn nurse(&self, number: u32) -> &Staff {
        self.of_role("nurse", number)
    }

    fn offset(&self) -> i64 {
        self.settings.offset_minutes
    }

    fn now(&self) -> Minute {
        self.settings.as_of.micros().div_euclid(60_000_000) + self.settings.offset_minutes
    }

    fn today(&self) -> Day {
        self.now().div_euclid(DAY)
    }
}

/// The name without its accents, as many systems store it.
fn plain(name: &str) -> String {
    name.chars()
        .map(|letter| match letter {
            'á' | 'ã' | 'à' => 'a',
            'é' | 'è' | 'ê' => 'e',
            'í' => 'i',
            'ó' | 'õ' => 'o',
            'ú' | 'ü' => 'u',
            'ñ' => 'n',
            'É' => 'E',
            'Á' => 'A',
            other => other,
        })
        .collect()
}

/// Base64 of an attachment.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().enumerate().fold(0u32, |word, (at, byte)| word | u32::from(*byte) << (16 - 8 * at));
        for place in 0..4 {
            if place <= chunk.len() {
                let index = (word >> (18 - 6 * place)) & 63;
                out.push(char::from(LETTERS[index as usize]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests;
