//! Who a made-up person is: names, age, home, telephones, language, household, and the `Patient` that says so.

use continuo_fhir::json::Json;

use super::codes::{self, Code};
use super::fields::{Fields, coding, concept, extension, text};
use super::morning::Needs;
use super::names::{self, Heritage};
use super::rng::Rng;
use super::when::{self, Day};
use crate::shapes;

/// The system of the clinic's record numbers.
pub const RECORD_NUMBERS: &str = "urn:continuo:demo:juniper-record-number";

/// A person's facts that do not change with time.
#[derive(Debug, Clone)]
pub(super) struct Who {
    pub(super) index: u32,
    /// Resource id of the `Patient`.
    pub(super) id: String,
    pub(super) record_number: String,
    pub(super) woman: bool,
    pub(super) birth: Day,
    pub(super) age: i64,
    pub(super) given: String,
    pub(super) middle: Option<String>,
    pub(super) family: String,
    pub(super) former: Option<String>,
    pub(super) preferred: Option<String>,
    pub(super) heritage: Heritage,
    pub(super) language: Code,
    pub(super) interpreter: bool,
    pub(super) street: String,
    pub(super) town: usize,
    pub(super) mobile: Option<String>,
    pub(super) home_phone: Option<String>,
    pub(super) safety: Safety,
    /// The day of death; nothing happens to the person after it.
    pub(super) died: Option<Day>,
    /// Another member of the household, if there is one: (given, family, code of the relationship).
    pub(super) relative: Option<(String, String, Code)>,
}

/// What must be minded when calling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Safety {
    /// Nothing was said.
    None,
    /// After five, and no voicemail.
    Evenings,
    /// Texts only.
    TextOnly,
    /// Somebody else answers who may not hear of anything.
    Unsafe,
}

impl Who {
    /// `Patient/p00041`
    pub(super) fn reference(&self) -> String {
        format!("Patient/{}", self.id)
    }
}

fn weighted<T: Copy>(rng: &mut Rng, items: &[(T, u32)]) -> T {
    let total: u32 = items.iter().map(|(_, weight)| weight).sum();
    let mut at = (rng.unit() * f64::from(total)) as u32;
    for (item, weight) in items {
        if at < *weight {
            return *item;
        }
        at -= weight;
    }
    items.first().expect("the tables of this module are not empty").0
}

/// Members per household in blocks of four people; a person's place in the block decides what they are to it.
const BLOCKS: &[&[u32]] = &[&[1, 1, 2], &[2, 2], &[4], &[1, 3], &[1, 1, 1, 1], &[2, 1, 1]];

/// (first index of the household, place of this person in it)
fn household(seed: u64, index: u32) -> (u32, u32) {
    let block = index / 4;
    let sizes = *Rng::new(seed, u64::from(block), 10).pick(BLOCKS);
    let mut first = block * 4;
    for size in sizes {
        if index < first + size {
            return (first, index - first);
        }
        first += size;
    }
    (index, 0)
}

fn adult_age(rng: &mut Rng) -> i64 {
    let decades =
        [((18, 29), 13), ((30, 44), 18), ((45, 54), 14), ((55, 64), 18), ((65, 74), 20), ((75, 84), 13), ((85, 97), 4)];
    let (low, high) = weighted(rng, &decades);
    rng.between(low, high)
}

/// The person with this number. `needs` are what the morning asks of them.
pub(super) fn who(seed: u64, index: u32, today: Day, needs: &Needs) -> Who {
    let (first, place) = household(seed, index);
    let mut home = Rng::new(seed, u64::from(first), 11);
    let heritage = weighted(&mut home, names::HERITAGE);
    let head_age = adult_age(&mut home);
    let family = family_name(&mut home, heritage);
    let street = format!("{} {}", home.between(2, 980), home.pick(names::STREETS));
    let town = weighted(&mut home, &[(0, 38), (1, 17), (2, 13), (3, 9), (4, 8), (5, 7), (6, 5), (7, 3)]);
    let shared_phone = home.chance(0.45).then(|| phone(first.wrapping_mul(7919) ^ 0x5a5a));
    let speaks_english = home.chance(if heritage == Heritage::Hispanic { 0.45 } else { 0.7 });

    let mut rng = Rng::new(seed, u64::from(index), 12);
    let mut age = match place {
        0 => head_age,
        1 => (head_age + rng.between(-6, 6)).max(19),
        _ if head_age < 58 => (head_age - rng.between(21, 38)).clamp(0, 40),
        _ => (head_age - rng.between(22, 36)).max(20),
    };
    let mut woman = rng.chance(0.54);
    if let Some((low, high)) = needs.age
        && !(low..=high).contains(&age)
    {
        age = rng.between(low, high);
    }
    if let Some(wanted) = needs.woman {
        woman = wanted;
    }
    let birth = today - age * 365 - age / 4 - rng.between(1, 363);
    let age = when::years(birth, today);

    let given_names = if woman { names::women(heritage) } else { names::men(heritage) };
    let given = (*rng.pick(given_names)).to_owned();
    let middle = rng.chance(0.5).then(|| (*rng.pick(given_names)).to_owned()).filter(|name| *name != given);
    let married_in = place == 1 && rng.chance(0.35);
    let family = if married_in { family_name(&mut rng, heritage) } else { family };
    let former = (woman && age > 30 && rng.chance(0.18)).then(|| (*rng.pick(names::families(heritage))).to_owned());
    let preferred = names::NICKNAMES.iter().find(|(name, _)| *name == given).map(|(_, nick)| (*nick).to_owned());
    let language = language(heritage, speaks_english);
    let safety = match rng.between(0, 99) {
        0..=1 => Safety::Unsafe,
        2..=6 => Safety::Evenings,
        7..=10 => Safety::TextOnly,
        _ => Safety::None,
    };
    let mobile = (age >= 14 && !rng.chance(0.08)).then(|| phone(index.wrapping_mul(104_729)));
    let home_phone = if mobile.is_none() {
        Some(shared_phone.unwrap_or_else(|| phone(first.wrapping_mul(7919) ^ 0x5a5a)))
    } else {
        shared_phone
    };
    let died = (!needs.quiet && age >= 68 && rng.chance(0.035)).then(|| today - rng.between(20, 500));
    let relative = rng.chance(0.35).then(|| relative(&mut rng, heritage, &family, age));
    let mut who = Who {
        index,
        id: format!("p{index:05}"),
        record_number: record_number(index),
        woman,
        birth,
        age,
        given,
        middle,
        family,
        former,
        preferred,
        heritage,
        language,
        interpreter: language != codes::ENGLISH && age >= 18 && rng.chance(0.7),
        street,
        town,
        mobile,
        home_phone,
        safety,
        died,
        relative,
    };
    if let Some((given, family, heritage)) = needs.name {
        given.clone_into(&mut who.given);
        family.clone_into(&mut who.family);
        who.heritage = heritage;
        who.language = self::language(heritage, heritage != Heritage::Hispanic);
        who.interpreter = heritage == Heritage::Hispanic;
        who.preferred = None;
        who.former = None;
        who.safety = if heritage == Heritage::Hispanic { Safety::Evenings } else { Safety::None };
    }
    who
}

fn family_name(rng: &mut Rng, heritage: Heritage) -> String {
    let list = names::families(heritage);
    let one = *rng.pick(list);
    if heritage == Heritage::Hispanic && rng.chance(0.6) {
        return format!("{one} {}", rng.pick(list));
    }
    one.to_owned()
}

fn language(heritage: Heritage, speaks_english: bool) -> Code {
    if speaks_english {
        return codes::ENGLISH;
    }
    match heritage {
        Heritage::Hispanic => codes::SPANISH,
        Heritage::Chinese => codes::CHINESE,
        Heritage::Brazilian => codes::PORTUGUESE,
        Heritage::Haitian => codes::FRENCH,
        Heritage::Russian => codes::RUSSIAN,
        _ => codes::ENGLISH,
    }
}

fn relative(rng: &mut Rng, heritage: Heritage, family: &str, age: i64) -> (String, String, Code) {
    let (code, woman) = if age < 18 {
        *rng.pick(&[(codes::MOTHER, true), (codes::MOTHER, true), (codes::FATHER, false)])
    } else {
        *rng.pick(&[
            (codes::SISTER, true),
            (codes::BROTHER, false),
            (codes::SIGNIFICANT_OTHER, true),
            (codes::SIGNIFICANT_OTHER, false),
            (codes::NIECE, true),
        ])
    };
    let list = if woman { names::women(heritage) } else { names::men(heritage) };
    ((*rng.pick(list)).to_owned(), family.to_owned(), code)
}

/// `J0041-7`: digits with a check digit, so that a slip of one digit does not name another person.
pub(super) fn record_number(index: u32) -> String {
    let sum: u32 = index
        .to_string()
        .bytes()
        .rev()
        .zip((2..=7).cycle())
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    format!("J{index:05}-{}", sum % 10)
}

/// A telephone number for fiction: any area, exchange 555, line 0100 to 0199.
pub(super) fn phone(n: u32) -> String {
    let mixed = n.wrapping_mul(2_654_435_761);
    let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2c1b_3c6d) >> 4;
    let area = 200 + (mixed / 100) % 780;
    let area = if area % 100 == 11 || area == 555 || area % 111 == 22 { area + 2 } else { area };
    format!("({area}) 555-01{:02}", mixed % 100)
}

/// The `Patient` resource.
pub(super) fn patient(who: &Who, physician: &str) -> Json {
    let town = names::TOWNS.get(who.town).expect("town numbers come from the weights of the same table");
    let address = Fields::new()
        .text("use", "home")
        .one("line", text(&who.street))
        .text("city", town.0)
        .text("district", names::COUNTY)
        .text("state", names::STATE)
        .text("postalCode", town.1)
        .text("country", "US")
        .done();
    let record = Fields::new()
        .text("use", "usual")
        .with("type", concept(codes::RECORD_NUMBER))
        .text("system", RECORD_NUMBERS)
        .text("value", &who.record_number)
        .done();
    let mut telecom = Vec::new();
    if let Some(number) = &who.mobile {
        telecom.push(contact_point(number, "mobile", 1, who.safety));
    }
    if let Some(number) = &who.home_phone {
        let safety = if who.mobile.is_some() { Safety::None } else { who.safety };
        telecom.push(contact_point(number, "home", 2, safety));
    }
    let marital = match who.age {
        ..=24 => None,
        _ if who.index.is_multiple_of(2) => Some(concept(codes::MARRIED)),
        _ => Some(concept(codes::NEVER_MARRIED)),
    };
    let speaks = Fields::new().with("language", concept(who.language)).with("preferred", Json::Bool(true)).done();
    Fields::resource("Patient", &who.id)
        .with("meta", Fields::new().one("tag", coding(codes::TEST_DATA)).done())
        .with("extension", Json::array(groups(who)))
        .one("identifier", record)
        .with("active", Json::Bool(true))
        .with("name", Json::Array(human_names(who)))
        .with("telecom", Json::Array(telecom))
        .text("gender", if who.woman { "female" } else { "male" })
        .text("birthDate", &when::date(who.birth))
        .maybe("deceasedDateTime", who.died.map(|day| text(&when::date(day))))
        .one("address", address)
        .maybe("maritalStatus", marital)
        .one("communication", speaks)
        .one("generalPractitioner", super::fields::reference(physician))
        .refer("managingOrganization", super::staff::CLINIC)
        .done()
}

fn human_names(who: &Who) -> Vec<Json> {
    let given: Vec<Json> = std::iter::once(&who.given).chain(who.middle.as_ref()).map(|name| text(name)).collect();
    let official =
        Fields::new().text("use", "official").text("family", &who.family).with("given", Json::Array(given)).done();
    let mut names = vec![official];
    if let Some(nick) = &who.preferred {
        names.push(Fields::new().text("use", "nickname").one("given", text(nick)).done());
    }
    if let Some(former) = &who.former {
        names.push(Fields::new().text("use", "old").text("family", former).one("given", text(&who.given)).done());
    }
    names
}

fn groups(who: &Who) -> Vec<Json> {
    let race = match who.heritage {
        Heritage::European | Heritage::Russian => codes::WHITE,
        Heritage::African | Heritage::Igbo | Heritage::Haitian => codes::BLACK,
        Heritage::Chinese | Heritage::Korean | Heritage::SouthAsian => codes::ASIAN,
        Heritage::Native => codes::NATIVE,
        Heritage::Hispanic | Heritage::Brazilian => codes::OTHER_RACE,
    };
    let ethnicity = if who.heritage == Heritage::Hispanic { codes::HISPANIC } else { codes::NOT_HISPANIC };
    let group = |url: &str, code: Code| {
        let parts = Json::array([
            extension("ombCategory", "valueCoding", coding(code)),
            extension("text", "valueString", text(code.meaning)),
        ]);
        Fields::new().text("url", url).with("extension", parts).done()
    };
    let mut out = vec![
        group("http://hl7.org/fhir/us/core/StructureDefinition/us-core-race", race),
        group("http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity", ethnicity),
    ];
    if who.interpreter {
        out.push(extension(
            "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired",
            "valueBoolean",
            Json::Bool(true),
        ));
    }
    out
}

fn contact_point(number: &str, kind: &str, rank: i64, safety: Safety) -> Json {
    let flag = |name: &str, value: bool| extension(name, "valueBoolean", Json::Bool(value));
    let note = |name: &str, value: &str| extension(name, "valueString", text(value));
    let notes = match safety {
        Safety::None => None,
        Safety::Evenings => {
            Some(vec![flag("call", true), flag("voicemail", false), flag("text", true), note("hours", "after 5 pm")])
        }
        Safety::TextOnly => Some(vec![
            flag("call", false),
            flag("voicemail", false),
            flag("text", true),
            note("say", "first name only"),
        ]),
        Safety::Unsafe => Some(vec![
            flag("unsafe", true),
            flag("call", false),
            flag("voicemail", false),
            flag("text", false),
            note("shared-with", "someone at home answers"),
        ]),
    };
    let safety = notes.map(|parts| {
        Json::array([Fields::new()
            .text("url", shapes::EXT_CONTACT_SAFETY)
            .with("extension", Json::Array(parts))
            .done()])
    });
    Fields::new()
        .maybe("extension", safety)
        .text("system", "phone")
        .text("value", number)
        .text("use", kind)
        .with("rank", Json::integer(rank))
        .done()
}

/// The relative as somebody to call, with what they may hear.
pub(super) fn related_person(who: &Who) -> Option<Json> {
    let (given, family, code) = who.relative.as_ref()?;
    let name = Fields::new().text("family", family).one("given", text(given)).done();
    let number = phone(who.index.wrapping_mul(15_485_863) ^ 0x77);
    let telecom = Fields::new().text("system", "phone").text("value", &number).text("use", "mobile").done();
    let relation = Json::array([concept(*code), concept(codes::EMERGENCY_CONTACT)]);
    Some(
        Fields::resource("RelatedPerson", &format!("{}-kin", who.id))
            .with("active", Json::Bool(true))
            .refer("patient", &who.reference())
            .with("relationship", relation)
            .one("name", name)
            .one("telecom", telecom)
            .one("communication", Fields::new().with("language", concept(who.language)).done())
            .done(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephone_numbers_are_those_kept_for_fiction() {
        for n in 0..20_000u32 {
            let number = phone(n.wrapping_mul(104_729));
            assert_eq!(number.len(), 14, "{number}");
            assert!(number.contains(") 555-01"), "{number}");
            assert!(!number.starts_with("(555)") && !number.contains("11)"), "{number}");
        }
    }

    #[test]
    fn a_household_shares_its_home() {
        let needs = Needs::default();
        let people: Vec<Who> = (0..400).map(|index| who(7, index, 20_000, &needs)).collect();
        for person in &people {
            let (first, _) = household(7, person.index);
            assert_eq!(person.street, people[first as usize].street);
        }
        assert!(people.iter().any(|p| p.age < 18) && people.iter().any(|p| p.age > 80));
    }
}
