//! The person header and the keys by which a person is found: read from the record, for lists, banners and search. Pure.

use continuo_fhir::text::{fold, phonetic};
use continuo_fhir::{Instant, Node};
use continuo_store::Rid;
use continuo_store::tables::person_header::PersonHeader;

use crate::followup::calendar::Calendar;
use crate::followup::contact::{Contacts, is_stay};
use crate::followup::person::{Person, Resource, walk};
use crate::followup::said_dead;
use crate::shapes;

/// Letters of one value of the header. Lists are ordered by owner and name from an index, which on PostgreSQL takes rows of
/// 2,704 bytes at most; no name, number or language is longer.
const LONGEST_SHOWN: usize = 200;

/// What header and keys may rest on: rows without a label, and the Patient, whose labels the header's row carries.
///
/// Lists and search open them to everybody who sees the Patient, so a stay, an appointment or a referral under a label
/// must leave no trace there.
pub fn open_rows<'a>(person: &Person<'a>) -> Person<'a> {
    let patient = person.patient().map(Resource::reference);
    let rows = person.rows().iter().filter(|row| row.labels == 0 || Some(row.reference()) == patient);
    Person::new(rows.copied()).led_by(person.patient().map(|patient| patient.id))
}

/// Whether a number or address is marked unsafe (safety.md rule 13): on any of the person's source records, whichever
/// leads. Who marked it was told so by the person, and the others do not know better.
pub fn is_unsafe(person: &Person<'_>) -> bool {
    let points = person.of("Patient").iter().flat_map(|patient| {
        ["telecom", "address"].into_iter().flat_map(|field| walk(patient.node, field)).collect::<Vec<_>>()
    });
    points.into_iter().any(|point| safety_flag(point, "unsafe") == Some(true))
}

/// The header that everybody who finds the person reads: from [`open_rows`], but "unsafe", a death and what is forbidden on
/// a number from the whole record. A source under a label still stops letters and calls, and the mark alone says nothing
/// else of it (safety.md rules 11 and 13).
pub fn of_whole(person: &Person<'_>, rid: Rid, as_of: Instant, calendar: &Calendar) -> Option<PersonHeader> {
    let open = header(&open_rows(person), rid, as_of, calendar)?;
    let zone = calendar.zone();
    let reach = if said_dead::is_open(person, as_of, zone) {
        // The words of a stay under a label stay closed: that somebody is to be asked first is all that lists say of it.
        let told = said_dead::is_open(&open_rows(person), as_of, zone);
        if told { ASK_HOSPITAL } else { ASK_SUPERVISOR }.to_owned()
    } else {
        reach_on_any(person, &open.phone, open.reach)
    };
    Some(PersonHeader { unsafe_: is_unsafe(person), deceased: person.has_died(), reach, ..open })
}

/// How a number may be used, with what any other source record forbids on the same number: a person who told one of their
/// clinics not to leave voicemail told all of them.
fn reach_on_any(person: &Person<'_>, phone: &str, said: String) -> String {
    let number = digits(phone);
    if number.is_empty() {
        return said;
    }
    let same = |point: &Node<'_>| digits(point.str("value").unwrap_or_default()) == number;
    let points: Vec<Node<'_>> =
        person.of("Patient").iter().flat_map(|one| walk(one.node, "telecom")).filter(same).collect();
    if points.iter().any(|point| safety_flag(*point, "unsafe") == Some(true)) {
        return UNSAFE.to_owned();
    }
    let mut words: Vec<String> = said.split(" · ").filter(|part| !part.is_empty()).map(str::to_owned).collect();
    for (name, yes, no) in CHANNELS {
        if points.iter().any(|point| safety_flag(*point, name) == Some(false)) && !words.iter().any(|word| word == no) {
            words.retain(|word| word != yes && word != NOT_ASKED);
            words.insert(0, no.to_owned());
        }
    }
    words.join(" · ")
}

/// What stands where a hospital wrote of a death that nobody has confirmed.
const ASK_HOSPITAL: &str = "ask the hospital first: it wrote that they died, nobody has confirmed it";
/// The same where what was written is closed to some.
const ASK_SUPERVISOR: &str = "ask the supervisor before any call or letter to the home";

/// Whether the words on how to reach somebody say to ask first: no reminder is made, and pages say so loudly.
pub fn asks_first(reach: &str) -> bool {
    [ASK_HOSPITAL, ASK_SUPERVISOR].contains(&reach)
}

/// What stands where nobody was asked about a number, and where it must not be used at all.
const NOT_ASKED: &str = "not asked how it may be used";
const UNSAFE: &str = "unsafe: do not use";

/// What may be allowed on a number: the flag, and the words for yes and no.
const CHANNELS: [(&str, &str, &str); 4] = [
    ("call", "", "no calls"),
    ("voicemail", "voicemail: yes", "voicemail: no"),
    ("text", "texts", "no texts"),
    ("mail", "", "no mail"),
];

/// The header of a person; nothing when there is no Patient.
pub fn header(person: &Person<'_>, rid: Rid, as_of: Instant, calendar: &Calendar) -> Option<PersonHeader> {
    let patient = person.patient()?;
    let zone = calendar.zone();
    let contacts = Contacts::of(person, zone, as_of);
    let (family, given) = name(patient);
    let phone = best_phone(person, patient);
    let episode = person.of("EpisodeOfCare").iter().find(|episode| episode.is(&["active"]));
    let tier = person.of("Flag").iter().find(|flag| flag.is(&["active"]) && flag.has_own("category", shapes::TIER));
    let next_visit = person
        .of("Appointment")
        .iter()
        .filter(|appointment| appointment.is(&["booked", "pending"]))
        .filter_map(|appointment| appointment.when("start", zone))
        .filter(|at| *at >= as_of)
        .min();
    let in_hospital = person.of("Encounter").iter().any(|stay| {
        is_stay(stay)
            && stay.is(&["in-progress", "arrived", "onleave"])
            && stay.until("period.end", zone).is_none_or(|end| end > as_of)
    });
    let fit = |text: String| text.chars().take(LONGEST_SHOWN).collect::<String>();
    Some(PersonHeader {
        patient: rid,
        labels: patient.labels,
        id: patient.id.to_owned(),
        family: fit(family),
        given: fit(given),
        use_name: fit(use_name(patient)),
        pronouns: fit(pronouns(patient)),
        birth: patient.text("birthDate").unwrap_or_default().to_owned(),
        sex: match patient.text("gender") {
            Some("female") => "F",
            Some("male") => "M",
            Some("other") => "X",
            _ => "",
        }
        .to_owned(),
        language: fit(language(patient)),
        interpreter: patient.extension(crate::shapes::INTERPRETER_NEEDED).and_then(Node::as_bool).unwrap_or(false),
        mrn: fit(record_number(patient)),
        phone: phone.map(|phone| fit(phone.str("value").unwrap_or_default().to_owned())).unwrap_or_default(),
        reach: phone.map(reach).unwrap_or_default(),
        unsafe_: is_unsafe(person),
        deceased: person.has_died(),
        owner: fit(episode.and_then(|e| e.text("careManager.reference")).unwrap_or_default().to_owned()),
        programme: fit(episode.and_then(|e| e.label("type")).unwrap_or_default().to_owned()),
        tier: tier
            .and_then(|flag| walk(flag.node, "code.coding").into_iter().find_map(|coding| coding.str("code")))
            .unwrap_or_default()
            .to_owned(),
        in_hospital,
        last_contact: contacts.last_spoken(as_of).map_or(0, |(at, _)| at.micros()),
        next_visit: next_visit.map_or(0, Instant::micros),
        allergies: allergies(person),
        code_status: code_status(person),
    })
}

/// Family and given names: the official name, else the usual one, else the first that is not an old one.
pub fn name(patient: &Resource<'_>) -> (String, String) {
    let names = walk(patient.node, "name");
    let by_use = |wanted: &str| names.iter().find(|name| name.str("use") == Some(wanted));
    let chosen = by_use("official")
        .or_else(|| by_use("usual"))
        .or_else(|| names.iter().find(|name| !matches!(name.str("use"), Some("old" | "maiden" | "nickname"))))
        .or(names.first());
    let Some(name) = chosen else { return (String::new(), String::new()) };
    let given = name.list("given").filter_map(Node::as_str).collect::<Vec<_>>().join(" ");
    match name.str("family") {
        Some(family) => (family.to_owned(), given),
        // A single name is valid (safety.md 12): it stands where the family name does.
        None if given.is_empty() => (name.str("text").unwrap_or_default().to_owned(), String::new()),
        None => (given, String::new()),
    }
}

fn use_name(patient: &Resource<'_>) -> String {
    walk(patient.node, "name")
        .into_iter()
        .find(|name| name.str("use") == Some("nickname"))
        .and_then(|name| name.list("given").find_map(Node::as_str).or(name.str("text")))
        .unwrap_or_default()
        .to_owned()
}

fn pronouns(patient: &Resource<'_>) -> String {
    patient
        .node
        .list("extension")
        .filter(|e| e.str("url").is_some_and(|url| url.contains("pronouns") || url.contains("Pronouns")))
        .find_map(|e| e.str("valueString").or_else(|| e.at("valueCodeableConcept.text").and_then(Node::as_str)))
        .unwrap_or_default()
        .to_owned()
}

fn language(patient: &Resource<'_>) -> String {
    let languages = walk(patient.node, "communication");
    let preferred = languages.iter().find(|c| c.get("preferred").and_then(Node::as_bool) == Some(true));
    preferred
        .or(languages.first())
        .and_then(|c| walk(*c, "language.coding").into_iter().find_map(|coding| coding.str("code")))
        .unwrap_or_default()
        .to_owned()
}

fn record_number(patient: &Resource<'_>) -> String {
    let identifiers = walk(patient.node, "identifier");
    let typed = identifiers
        .iter()
        .find(|identifier| walk(**identifier, "type.coding").iter().any(|coding| coding.str("code") == Some("MR")));
    typed.or(identifiers.first()).and_then(|identifier| identifier.str("value")).unwrap_or_default().to_owned()
}

/// The phone to call: not an old one, none on which any source record forbids calls, lowest rank first; the leading
/// record's numbers before those of other sources.
fn best_phone<'a>(person: &Person<'a>, patient: &Resource<'a>) -> Option<Node<'a>> {
    let others = person.of("Patient").iter().filter(|other| other.id != patient.id);
    let all: Vec<&Resource<'a>> = std::iter::once(patient).chain(others).collect();
    let forbidden: Vec<String> = all
        .iter()
        .flat_map(|one| walk(one.node, "telecom"))
        .filter(|point| safety_flag(*point, "call") == Some(false) || safety_flag(*point, "unsafe") == Some(true))
        .map(|point| digits(point.str("value").unwrap_or_default()))
        .collect();
    let is_forbidden = |point: &Node<'_>| forbidden.contains(&digits(point.str("value").unwrap_or_default()));
    let phones: Vec<Node<'a>> = all.iter().filter_map(|one| best_of(one)).collect();
    phones.iter().find(|phone| !is_forbidden(phone)).or(phones.first()).copied()
}

fn best_of<'a>(patient: &Resource<'a>) -> Option<Node<'a>> {
    let mut phones: Vec<Node<'a>> = walk(patient.node, "telecom")
        .into_iter()
        .filter(|point| point.str("system") == Some("phone") && point.str("use") != Some("old"))
        .collect();
    phones.sort_by_key(|point| {
        (safety_flag(*point, "call") == Some(false), point.get("rank").and_then(Node::as_i64).unwrap_or(99))
    });
    phones.into_iter().next()
}

/// One answer of the contact-safety extension.
pub fn safety_flag(point: Node<'_>, name: &str) -> Option<bool> {
    safety(point)?.list("extension").find(|e| e.str("url") == Some(name))?.get("valueBoolean").and_then(Node::as_bool)
}

fn safety(point: Node<'_>) -> Option<Node<'_>> {
    point.list("extension").find(|e| e.str("url") == Some(shapes::EXT_CONTACT_SAFETY))
}

/// How a number may be used, in words.
pub fn reach(point: Node<'_>) -> String {
    let Some(safety) = safety(point) else { return NOT_ASKED.to_owned() };
    if safety_flag(point, "unsafe") == Some(true) {
        return UNSAFE.to_owned();
    }
    let mut words = Vec::new();
    for (name, yes, no) in CHANNELS {
        match safety_flag(point, name) {
            Some(true) if !yes.is_empty() => words.push(yes.to_owned()),
            Some(false) => words.push(no.to_owned()),
            _ => {}
        }
    }
    for name in ["hours", "say", "shared-with"] {
        if let Some(text) =
            safety.list("extension").find(|e| e.str("url") == Some(name)).and_then(|e| e.str("valueString"))
        {
            words.push(match name {
                "say" => format!("say: {text}"),
                "shared-with" => format!("shared: {text}"),
                _ => text.to_owned(),
            });
        }
    }
    words.join(" · ")
}

/// Whether an AllergyIntolerance says that none are known.
pub(crate) fn says_none_known(allergy: &Resource<'_>) -> bool {
    allergy.has("code", shapes::SNOMED, "716186003")
        || allergy.words("code").iter().any(|w| w.to_ascii_lowercase().starts_with("no known"))
}

/// Allergies in one line (safety.md 18): never a bare "none".
pub fn allergies(person: &Person<'_>) -> String {
    let all: Vec<&Resource<'_>> = person
        .of("AllergyIntolerance")
        .iter()
        .filter(|a| {
            let refuted = walk(a.node, "verificationStatus.coding")
                .iter()
                .any(|c| matches!(c.str("code"), Some("refuted" | "entered-in-error")));
            let inactive = walk(a.node, "clinicalStatus.coding")
                .iter()
                .any(|c| matches!(c.str("code"), Some("inactive" | "resolved")));
            !refuted && !inactive
        })
        .collect();
    let is_none = |a: &&Resource<'_>| says_none_known(a);
    let listed: Vec<&&Resource<'_>> = all.iter().filter(|a| !is_none(a)).collect();
    let mut sorted = listed.clone();
    sorted.sort_by_key(|a| (a.text("criticality") != Some("high"), a.label("code").unwrap_or_default().to_owned()));
    match sorted.first() {
        Some(first) => {
            let reaction = walk(first.node, "reaction.manifestation")
                .into_iter()
                .find_map(|node| continuo_fhir::coding::Concept::of(node).label())
                .map(|reaction| format!(": {}", reaction.to_lowercase()))
                .unwrap_or_default();
            let name = first.label("code").unwrap_or("allergy").to_owned();
            match sorted.len() {
                1 => format!("{name}{reaction}"),
                n => format!("{name}{reaction} +{}", n - 1),
            }
        }
        None => match all.iter().find(|a| is_none(a)) {
            Some(none) => {
                let when = none.text("recordedDate").map(|d| d.get(..10).unwrap_or(d)).unwrap_or("date not recorded");
                let who =
                    none.text("recorder.display").or(none.text("recorder.reference")).unwrap_or("source not recorded");
                format!("No known allergies ({who}, {when})")
            }
            None => "Not asked".to_owned(),
        },
    }
}

/// Code status (safety.md 18).
pub fn code_status(person: &Person<'_>) -> String {
    let found =
        person.of("ServiceRequest").iter().chain(person.of("Consent")).chain(person.of("Flag")).find(|resource| {
            resource.is(&["active", "completed"])
                && ["code", "category"].iter().any(|path| {
                    resource.words(path).iter().any(|words| {
                        let words = words.to_ascii_lowercase();
                        words.contains("resuscitat") || words.contains("code status") || words == "dnr"
                    })
                })
        });
    match found {
        Some(resource) => {
            let when = resource.text("authoredOn").or(resource.text("dateTime")).or(resource.text("period.start"));
            let label = resource.label("code").or(resource.label("category")).unwrap_or("recorded");
            format!("{label}, form of {}", when.map(|d| d.get(..10).unwrap_or(d)).unwrap_or("unknown date"))
        }
        None => "Not recorded".to_owned(),
    }
}

/// Letters of a key. Nobody types more, a longer word has a form for each of its letters, and PostgreSQL's index takes no
/// row of more than a third of a page.
const LONGEST: usize = 48;
/// Words of one Patient's names that make keys: what a source runs together in a name is not all a name.
const MOST_WORDS: usize = 60;

/// A key as it is written and looked for.
pub fn cut(key: &str) -> String {
    key.chars().take(LONGEST).collect()
}

/// The keys by which a person is found: (kind, value).
///
/// `n` a name word, folded; `o` a word of a former name; `p` its sound; `d` a name word with one letter left out (found by
/// any one typing error); `t` a phone number's digits, `l` its last four; `b` the birth date; `i` an identifier; `c` a
/// word of a caregiver's name; `r` a referral or authorization number.
pub fn keys(person: &Person<'_>) -> Vec<(&'static str, String)> {
    let mut keys: Vec<(&'static str, String)> = Vec::new();
    for patient in person.of("Patient") {
        let mut words = 0;
        for name in walk(patient.node, "name") {
            let old = matches!(name.str("use"), Some("old" | "maiden"));
            // The family name first: it counts before the words run out.
            let parts = name.list("family").chain(name.list("given")).filter_map(Node::as_str);
            for word in parts.flat_map(|part| fold(part).split([' ', '-']).map(str::to_owned).collect::<Vec<_>>()) {
                let word: String = word.chars().filter(|c| c.is_alphanumeric()).take(LONGEST).collect();
                if word.is_empty() || words == MOST_WORDS {
                    continue;
                }
                words += 1;
                keys.push((if old { "o" } else { "n" }, word.clone()));
                let sound = phonetic(&word);
                if sound.len() > 1 {
                    keys.push(("p", sound));
                }
                if word.chars().count() > 3 {
                    keys.extend(one_left_out(&word).into_iter().map(|less| ("d", less)));
                    keys.push(("d", word));
                }
            }
        }
        phones(patient.node, &mut keys);
        if let Some(birth) = patient.text("birthDate") {
            keys.push(("b", birth.to_owned()));
        }
        identifiers(patient.node, "i", &mut keys);
    }
    for related in person.of("RelatedPerson") {
        for name in walk(related.node, "name") {
            for part in name.list("given").chain(name.list("family")).filter_map(Node::as_str) {
                keys.extend(continuo_fhir::text::words(part).into_iter().map(|word| ("c", word)));
            }
        }
        phones(related.node, &mut keys);
    }
    for coverage in person.of("Coverage") {
        identifiers(coverage.node, "i", &mut keys);
        keys.extend(coverage.text("subscriberId").map(|id| ("i", compact(id))));
    }
    for request in person.of("ServiceRequest") {
        identifiers(request.node, "r", &mut keys);
    }
    for claim in person.of("ClaimResponse") {
        keys.extend(claim.text("preAuthRef").map(|id| ("r", compact(id))));
    }
    keys.retain(|(_, value)| !value.is_empty());
    for (_, value) in &mut keys {
        *value = cut(value);
    }
    keys.sort();
    keys.dedup();
    keys
}

/// Every form of a word with one letter left out.
pub fn one_left_out(word: &str) -> Vec<String> {
    (0..word.chars().count())
        .map(|skip| word.chars().enumerate().filter(|(at, _)| *at != skip).map(|(_, c)| c).collect())
        .collect()
}

/// Letters and digits only, lower case.
pub fn compact(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The digits of a phone number, the last ten.
pub fn digits(text: &str) -> String {
    let all: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    all.iter().skip(all.len().saturating_sub(10)).collect()
}

fn phones(node: Node<'_>, keys: &mut Vec<(&'static str, String)>) {
    for point in walk(node, "telecom") {
        if !matches!(point.str("system"), Some("phone" | "sms")) {
            continue;
        }
        let number = digits(point.str("value").unwrap_or_default());
        if number.len() >= 4 {
            keys.push(("l", number.chars().skip(number.len() - 4).collect()));
            keys.push(("t", number));
        }
    }
}

fn identifiers(node: Node<'_>, kind: &'static str, keys: &mut Vec<(&'static str, String)>) {
    keys.extend(
        walk(node, "identifier").into_iter().filter_map(|i| i.str("value")).map(|value| (kind, compact(value))),
    );
}
