//! The made-up clinic: organizations, teams, programs, and the people who work there.

use continuo_fhir::json::Json;
use continuo_fhir::letters::capital;

use super::codes;
use super::fields::{Fields, concept, own, text, words};
use super::names::{self, Heritage};
use super::rng::Rng;

/// The clinic everybody belongs to.
pub const CLINIC: &str = "Organization/org-clinic";
/// The hospital that sends discharge papers.
pub const HOSPITAL: &str = "Organization/org-hospital";
/// The county's agency for behavioral health, a source of its own.
pub const AGENCY: &str = "Organization/org-agency";

/// (id, name, type code, telephone line)
const ORGANIZATIONS: &[(&str, &str, codes::Code, u32)] = &[
    ("org-clinic", "Juniper Family Health", codes::PROVIDER, 100),
    ("org-hospital", "Alder Regional Medical Center", codes::PROVIDER, 101),
    ("org-agency", "Juniper County Behavioral Health", codes::PROVIDER, 102),
    ("org-dialysis", "Milbrook Dialysis Center", codes::PROVIDER, 103),
    ("org-cardiology", "Alder Cardiology Associates", codes::PROVIDER, 104),
    ("org-kidney", "Tidewater Kidney Group", codes::PROVIDER, 105),
    ("org-home-care", "Laurel Home Health", codes::PROVIDER, 106),
    ("org-pantry", "Saltwell Food Pantry", codes::PROVIDER, 107),
    ("org-rides", "County Ride", codes::PROVIDER, 108),
    ("org-medicaid", "Juniper State Medicaid", codes::PAYER, 109),
    ("org-medicare", "Medicare (made-up)", codes::PAYER, 110),
    ("org-plan", "Harborlight Health Plan", codes::PAYER, 111),
];

/// A team of the clinic: (id, name).
pub const TEAMS: &[(&str, &str)] = &[
    ("team-transitions", "Transitions"),
    ("team-chronic-east", "Chronic care, east"),
    ("team-chronic-west", "Chronic care, west"),
    ("team-behavioral", "Behavioral health"),
    ("team-family", "Mothers and children"),
    ("team-front", "Front office"),
];

/// A program people are enrolled in: (id, name).
pub const PROGRAMMES: &[(&str, &str)] = &[
    ("programme-transitional-care", "Transitional care"),
    ("programme-chronic-care", "Chronic care management"),
    ("programme-behavioral", "Behavioral health integration"),
    ("programme-anticoagulation", "Anticoagulation clinic"),
    ("programme-maternal", "Maternal health"),
    ("programme-community", "Community health integration"),
];

/// Someone who works at the clinic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Resource id of the `Practitioner`.
    pub id: String,
    /// Given name.
    pub given: String,
    /// Family name.
    pub family: String,
    /// Role id, a row of `knowledge/access/roles.csv`.
    pub role: &'static str,
    /// Index into [`TEAMS`].
    pub team: usize,
    /// Suggested name to sign in with: `m.ortiz`.
    pub sign_in: String,
}

impl Staff {
    /// `Practitioner/staff-001`
    pub fn reference(&self) -> String {
        format!("Practitioner/{}", self.id)
    }
}

/// Those who have a name in the sketches and the manual: the first coordinators.
const NAMED: &[(&str, &str)] =
    &[("Maria", "Ortiz"), ("Keisha", "Young"), ("Daniel", "Kowalski"), ("Hye-jin", "Park"), ("Samuel", "Booker")];

/// Roles besides coordinators: (role, how many for 2,000 people, team).
const OTHERS: &[(&str, u32, usize)] = &[
    ("supervisor", 1, 0),
    ("nurse", 3, 0),
    ("pharmacist", 1, 1),
    ("social-worker", 2, 3),
    ("physician", 5, 1),
    ("dietitian", 1, 2),
    ("therapist", 1, 2),
    ("community-health-worker", 2, 4),
    ("behavioral-health-clinician", 1, 3),
    ("front-desk", 2, 5),
    ("scheduler", 2, 5),
    ("interpreter", 1, 5),
    ("administrator", 1, 5),
    ("privacy-officer", 1, 5),
];

/// Everyone who works there: `coordinators` care coordinators first, then the others in the table's order.
pub(super) fn everyone(seed: u64, coordinators: u32, patients: u32) -> Vec<Staff> {
    let mut rng = Rng::new(seed, 0, 90);
    let mut staff: Vec<Staff> = Vec::new();
    for number in 0..coordinators {
        let name = NAMED.get(number as usize).map(|(given, family)| ((*given).to_owned(), (*family).to_owned()));
        let name = name.unwrap_or_else(|| invent(&mut rng));
        add(&mut staff, name, "care-coordinator", number as usize % 5);
    }
    for &(role, for_2000, team) in OTHERS {
        let heads = (for_2000 * patients).div_ceil(2000).max(1);
        let heads = if matches!(role, "administrator" | "privacy-officer") { 1 } else { heads };
        for _ in 0..heads {
            let name = invent(&mut rng);
            add(&mut staff, name, role, team);
        }
    }
    staff
}

fn invent(rng: &mut Rng) -> (String, String) {
    let heritage = *rng.pick(&[
        Heritage::European,
        Heritage::European,
        Heritage::European,
        Heritage::African,
        Heritage::Hispanic,
        Heritage::SouthAsian,
        Heritage::Chinese,
        Heritage::Igbo,
    ]);
    let given = if rng.chance(0.7) { names::women(heritage) } else { names::men(heritage) };
    ((*rng.pick(given)).to_owned(), (*rng.pick(names::families(heritage))).to_owned())
}

fn add(staff: &mut Vec<Staff>, (given, family): (String, String), role: &'static str, team: usize) {
    let letters = |name: &str| -> String {
        crate::population::plain(name)
            .chars()
            .filter(char::is_ascii_alphabetic)
            .collect::<String>()
            .to_ascii_lowercase()
    };
    let base = format!("{}.{}", letters(&given).chars().next().unwrap_or('x'), letters(&family));
    let taken = staff.iter().filter(|s| s.sign_in.trim_end_matches(char::is_numeric) == base).count();
    let sign_in = if taken == 0 { base } else { format!("{base}{}", taken + 1) };
    staff.push(Staff { id: format!("staff-{:03}", staff.len() + 1), given, family, role, team, sign_in });
}

/// The resources that stand for all of this.
pub(super) fn resources(staff: &[Staff]) -> Vec<Json> {
    let mut out = Vec::new();
    for &(id, name, kind, line) in ORGANIZATIONS {
        let phone =
            Fields::new().text("system", "phone").text("value", &format!("(555) 555-0{line}")).text("use", "work");
        out.push(
            Fields::resource("Organization", id)
                .with("active", Json::Bool(true))
                .one("type", concept(kind))
                .text("name", name)
                .one("telecom", phone.done())
                .done(),
        );
    }
    for (number, (town, zip, _)) in names::TOWNS.iter().take(3).enumerate() {
        let address = Fields::new().text("city", town).text("state", names::STATE).text("postalCode", zip).done();
        out.push(
            Fields::resource("Location", &format!("location-{number}"))
                .text("status", "active")
                .text("name", &format!("Juniper Family Health, {town}"))
                .with("address", address)
                .refer("managingOrganization", CLINIC)
                .done(),
        );
    }
    for (id, name) in PROGRAMMES {
        out.push(
            Fields::resource("HealthcareService", id)
                .with("active", Json::Bool(true))
                .refer("providedBy", CLINIC)
                .text("name", name)
                .done(),
        );
    }
    for person in staff {
        out.extend(practitioner(person));
    }
    for (number, (id, name)) in TEAMS.iter().enumerate() {
        let members = staff.iter().filter(|s| s.team == number).map(|s| {
            Fields::new().one("role", own(s.role, &role_label(s.role))).refer("member", &s.reference()).done()
        });
        out.push(
            Fields::resource("CareTeam", id)
                .text("status", "active")
                .text("name", name)
                .with("participant", Json::array(members))
                .one("managingOrganization", super::fields::reference(CLINIC))
                .done(),
        );
    }
    out
}

fn practitioner(person: &Staff) -> [Json; 2] {
    let name =
        Fields::new().text("use", "official").text("family", &person.family).one("given", text(&person.given)).done();
    let mail = Fields::new()
        .text("system", "email")
        .text("value", &format!("{}@juniper-family-health.example", person.sign_in));
    let who = Fields::resource("Practitioner", &person.id)
        .with("active", Json::Bool(true))
        .one("name", name)
        .one("telecom", mail.text("use", "work").done())
        .done();
    let role = Fields::resource("PractitionerRole", &format!("role-{}", person.id))
        .with("active", Json::Bool(true))
        .refer("practitioner", &person.reference())
        .refer("organization", CLINIC)
        .one("code", own(person.role, &role_label(person.role)))
        .one("specialty", words(TEAMS.get(person.team).map_or("", |team| team.1)))
        .done();
    [who, role]
}

/// `care-coordinator` as people read it.
fn role_label(role: &str) -> String {
    capital(&role.replace('-', " "))
}
