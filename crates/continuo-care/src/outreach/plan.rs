//! What can be done for one person: the way they allowed, their language, the words, or why nothing is. Pure.
//!
//! The rules are those of safety.md 11, 13 to 16: death and "unsafe" stop everything, nothing sensitive or closed is
//! written, one message stands for several gaps, a language without a translation becomes a call with an interpreter.

use continuo_fhir::{Date, Instant, Node};
use continuo_store::tables::person_header::PersonHeader;

use crate::assess::header::{digits, is_unsafe, safety_flag};
use crate::followup::calendar::{Calendar, DAY};
use crate::followup::person::{Person, Resource, walk};
use crate::followup::said_dead;
use crate::gaps::spec::GapSpec;
use crate::messages::{care_lines, template};
use crate::shapes;

/// How somebody is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// A letter to print.
    Letter,
    /// A task to call, with words to read from.
    Call,
}

impl Way {
    /// Reads the word of a form; letters where it says nothing.
    pub fn from_word(word: &str) -> Way {
        if word == "call" { Way::Call } else { Way::Letter }
    }

    /// The word in forms.
    pub fn word(self) -> &'static str {
        match self {
            Way::Letter => "letter",
            Way::Call => "call",
        }
    }
}

/// Why somebody is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// Died.
    Died,
    /// A hospital wrote that they died, and nobody has confirmed it.
    SaidDead,
    /// A number or address is marked unsafe: nothing goes out in bulk.
    Unsafe,
    /// The gap waits no longer.
    NotOpen,
    /// What it rests on is closed to some.
    Closed,
    /// From 12 to 17: whether to write to them or a parent is a person's decision.
    Adolescent,
    /// In hospital now.
    InHospital,
    /// Written to not long ago.
    Recently(Date),
    /// Asked for texts only, and no text leaves from here.
    TextsOnly,
    /// Nothing they allowed is on file.
    NoWay,
}

impl Left {
    /// The code that is kept.
    pub fn code(&self) -> &'static str {
        match self {
            Left::Died => "died",
            Left::SaidDead => "said-dead",
            Left::Unsafe => "unsafe",
            Left::NotOpen => "not-open",
            Left::Closed => "closed",
            Left::Adolescent => "adolescent",
            Left::InHospital => "in-hospital",
            Left::Recently(_) => "recently",
            Left::TextsOnly => "texts-only",
            Left::NoWay => "no-way",
        }
    }

    /// In words, for a code that was kept.
    pub fn words(code: &str) -> &'static str {
        match code {
            "died" => "Has died: nothing goes out any more",
            "said-dead" => "A hospital wrote that they died: ask it first",
            "unsafe" => "Contact is marked unsafe: read how to reach them on their chart",
            "not-open" => "The gap is not open any more",
            "closed" => "It rests on something closed: take it up from the chart",
            "adolescent" => "12 to 17 years old: decide on the chart whom to speak with",
            "in-hospital" => "In hospital now",
            "recently" => "Was written to or called about care within a month",
            "texts-only" => "Asked for texts only, and this site sends none",
            "no-way" => "No address or number they allow is on file",
            _ => "Left out",
        }
    }
}

/// What goes to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How.
    pub way: Way,
    /// The language of the words: `en` or `es`.
    pub language: &'static str,
    /// They speak another language: the call is made with an interpreter for it.
    pub interpreter: String,
    /// The rules it is about, the chosen one first.
    pub rules: Vec<&'static GapSpec>,
    /// The care, a line a rule, in the language of the words.
    pub care: Vec<&'static str>,
    /// Names no care: somebody else may open it, or little may be said.
    pub plain: bool,
    /// Whom the words address.
    pub name: String,
    /// When calls are welcome, as written down.
    pub hours: String,
}

/// What is known of the sender.
#[derive(Clone, Debug)]
pub struct Sender {
    /// Who signs.
    pub name: String,
    /// The clinic.
    pub clinic: String,
    /// The number to call.
    pub phone: String,
}

/// Somebody is not written to again for so long.
const AGAIN: i64 = 30 * DAY;
/// The letter that names no care.
pub(super) const PLAIN: &str = "care-due-plain";
/// Care named in one message.
const MOST_LINES: usize = 4;

/// Plans for one person; `open` are the rules that wait for them, the chosen one first, without those closed to some.
pub fn plan(
    person: &Person<'_>,
    header: &PersonHeader,
    open: &[&'static GapSpec],
    prefer: Way,
    now: Instant,
    calendar: &Calendar,
) -> Result<Plan, Left> {
    let patient = person.patient().filter(|_| !header.deceased).ok_or(Left::Died)?;
    if said_dead::is_open(person, now, calendar.zone()) {
        return Err(Left::SaidDead);
    }
    if header.unsafe_ || is_unsafe(person) {
        return Err(Left::Unsafe);
    }
    if header.in_hospital {
        return Err(Left::InHospital);
    }
    if let Some(last) = last_outreach(person, now, calendar) {
        return Err(Left::Recently(last));
    }
    let age = Date::parse(&header.birth).map(|birth| birth.years_until(calendar.day(now)));
    if age.is_some_and(|age| (12..18).contains(&age)) {
        return Err(Left::Adolescent);
    }
    let spoken = header.language.split('-').next().unwrap_or_default().to_lowercase();
    let (language, interpreter) = match spoken.as_str() {
        "en" => ("en", String::new()),
        "es" => ("es", String::new()),
        "" => ("en", "language not on file: ask".to_owned()),
        _ => ("en", header.language.clone()),
    };
    let mut ways = allowed(person, patient)?;
    if !interpreter.is_empty() {
        // No letter in a language they may not read.
        ways.retain(|way| *way == Way::Call);
    }
    let way = ways.iter().find(|way| **way == prefer).or(ways.first()).copied().ok_or(Left::NoWay)?;
    let rules: Vec<&'static GapSpec> =
        open.iter().filter(|spec| care_lines::has(spec.rule.id)).take(MOST_LINES).copied().collect();
    let mut care: Vec<&'static str> = rules.iter().filter_map(|spec| care_lines::of(spec.rule.id, language)).collect();
    let mut seen = Vec::new();
    care.retain(|line| {
        !seen.contains(line) && {
            seen.push(*line);
            true
        }
    });
    let name = format!("{} {}", header.given, header.family).trim().to_owned();
    Ok(Plan {
        way,
        language,
        interpreter,
        rules,
        care,
        plain: way == Way::Letter && says_little(person),
        name: if age.is_some_and(|age| age < 12) { guardian(&name, language) } else { name },
        hours: hours(person),
    })
}

fn guardian(name: &str, language: &str) -> String {
    if language == "es" { format!("madre, padre o tutor de {name}") } else { format!("parent or guardian of {name}") }
}

impl Plan {
    /// The words; nothing when a value is missing, which then names it.
    pub fn words(&self, sender: &Sender) -> Result<String, Vec<&'static str>> {
        let id = match (self.way, self.plain) {
            (Way::Letter, true) => PLAIN,
            (Way::Letter, false) => "care-due",
            (Way::Call, _) => "care-due-call",
        };
        let template = template(id, self.language).ok_or_else(|| vec!["language"])?;
        let care = self.care.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n");
        template.fill(|field| {
            Some(match field {
                "name" => self.name.clone(),
                "sender" => sender.name.clone(),
                "clinic" => sender.clinic.clone(),
                "phone" => sender.phone.clone(),
                "care" => care.clone(),
                _ => return None,
            })
        })
    }
}

/// Numbers and addresses of every source record: what a person said to one of them holds for all.
fn points<'a>(person: &Person<'a>) -> impl Iterator<Item = Node<'a>> {
    let of = |patient: &Resource<'a>| [walk(patient.node, "telecom"), walk(patient.node, "address")].concat();
    person.of("Patient").iter().flat_map(of).collect::<Vec<_>>().into_iter()
}

fn any_flag(person: &Person<'_>, name: &str, value: bool) -> bool {
    points(person).any(|point| safety_flag(point, name) == Some(value))
}

/// No number or address says that mail is not wanted.
pub(super) fn may_mail(person: &Person<'_>) -> bool {
    !any_flag(person, "mail", false)
}

fn is_current(point: &Node<'_>) -> bool {
    point.str("use") != Some("old")
}

/// The ways a person allows, of those that are on file; what was never asked is allowed, as in the clinic today.
fn allowed(person: &Person<'_>, patient: &Resource<'_>) -> Result<Vec<Way>, Left> {
    let phones: Vec<Node<'_>> = walk(patient.node, "telecom")
        .into_iter()
        .filter(|point| point.str("system") == Some("phone") && is_current(point) && point.str("value").is_some())
        .collect();
    // What any source forbids on a number holds for it, whichever record it is read from.
    let number = |point: &Node<'_>| digits(point.str("value").unwrap_or_default());
    let no_calls: Vec<String> =
        points(person).filter(|point| safety_flag(*point, "call") == Some(false)).map(|point| number(&point)).collect();
    let callable = phones.iter().any(|point| !no_calls.contains(&number(point)));
    let texts_only = !callable && phones.iter().any(|point| safety_flag(*point, "text") == Some(true));
    let mail = !address(patient).is_empty() && may_mail(person);
    if texts_only && !any_flag(person, "mail", true) {
        return Err(Left::TextsOnly);
    }
    let mut ways = Vec::new();
    if mail {
        ways.push(Way::Letter);
    }
    if callable {
        ways.push(Way::Call);
    }
    if ways.is_empty() { Err(Left::NoWay) } else { Ok(ways) }
}

/// The address for a letter, line by line; empty when there is none or it does not allow mail.
pub fn address(patient: &Resource<'_>) -> Vec<String> {
    let found = walk(patient.node, "address").into_iter().find(|one| {
        is_current(one) && safety_flag(*one, "mail") != Some(false) && safety_flag(*one, "unsafe") != Some(true)
    });
    let Some(found) = found else { return Vec::new() };
    let mut lines: Vec<String> = found.list("line").filter_map(Node::as_str).map(str::to_owned).collect();
    let part = |name: &str| found.str(name).unwrap_or_default();
    let town = [part("city"), part("state")].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", ");
    let town = format!("{town} {}", part("postalCode")).trim().to_owned();
    if !town.is_empty() {
        lines.push(town);
    }
    if lines.is_empty()
        && let Some(text) = found.str("text")
    {
        lines.extend(text.lines().map(str::to_owned));
    }
    lines
}

/// Somebody else opens the mail, or what may be said is limited.
pub(super) fn says_little(person: &Person<'_>) -> bool {
    points(person).any(|point| note(point, "say").is_some() || note(point, "shared-with").is_some())
}

fn hours(person: &Person<'_>) -> String {
    points(person).find_map(|point| note(point, "hours")).unwrap_or_default().to_owned()
}

fn note<'a>(point: Node<'a>, name: &str) -> Option<&'a str> {
    let safety = point.list("extension").find(|e| e.str("url") == Some(shapes::EXT_CONTACT_SAFETY))?;
    safety.list("extension").find(|e| e.str("url") == Some(name))?.str("valueString")
}

/// The day of the last outreach that was not left out, when it is not long ago.
fn last_outreach(person: &Person<'_>, now: Instant, calendar: &Calendar) -> Option<Date> {
    person
        .of("Communication")
        .iter()
        .filter(|one| one.has_own("category", shapes::OUTREACH) && !one.is(&["not-done", "entered-in-error"]))
        .filter_map(|one| one.when("sent", calendar.zone()).or_else(|| one.when("note.time", calendar.zone())))
        .filter(|at| at.plus_micros(AGAIN) > now)
        .max()
        .map(|at| calendar.day(at))
}
