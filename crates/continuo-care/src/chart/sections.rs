//! The record's lists: problems, medicines, allergies, goals, promises, coverage, consents, documents, team, contact.

use continuo_fhir::{Instant, Node, Zone};

use super::entry::{Entry, Mark, date_at, has_code, who_at, words_at};
use crate::assess::header::{reach as allowed, safety_flag, says_none_known};
use crate::followup::case::date_words;
use crate::followup::person::{Person, Resource, walk};
use crate::shapes;
use crate::tasks::OPEN;

/// Active problems first, then those in remission or resolved; refuted and mistaken ones are left out.
pub fn problems(person: &Person<'_>) -> Vec<Entry> {
    let mut list: Vec<(u8, Entry)> = person
        .of("Condition")
        .iter()
        .filter(|c| !has_code(c, "verificationStatus", &["entered-in-error", "refuted"]))
        .map(|condition| {
            let active = has_code(condition, "clinicalStatus", &["active", "recurrence", "relapse"]);
            let over = has_code(condition, "clinicalStatus", &["resolved", "inactive", "remission"]);
            let unsure = has_code(condition, "verificationStatus", &["unconfirmed", "provisional", "differential"]);
            let since = date_at(condition, &["onsetDateTime", "onsetPeriod.start"]);
            let entry =
                Entry::of(condition, words_at(condition, "code").unwrap_or_else(|| "no name recorded".to_owned()))
                    .note(since.map(|at| format!("since {}", at.date().year())).unwrap_or_default())
                    .at(date_at(condition, &["recordedDate", "meta.lastUpdated"]))
                    .by(who_at(condition, &["asserter", "recorder"]));
            match (active, over, unsure) {
                (_, true, _) => (2, entry.mark(Mark::Waiting, "Over")),
                (_, _, true) => (1, entry.mark(Mark::Waiting, "Not confirmed")),
                (true, ..) => (0, entry),
                _ => (1, entry),
            }
        })
        .collect();
    list.sort_by(|a, b| (a.0, &a.1.text).cmp(&(b.0, &b.1.text)));
    list.into_iter().map(|(_, entry)| entry).collect()
}

/// Medicines in use, paused or said not to be taken: orders and what the person says, newest words last.
pub fn medicines(person: &Person<'_>) -> Vec<Entry> {
    let orders = person.of("MedicationRequest").iter().filter(|m| m.is(&["active", "on-hold"]));
    let said =
        person.of("MedicationStatement").iter().filter(|m| m.is(&["active", "on-hold", "not-taken", "intended"]));
    let mut list: Vec<Entry> = orders.chain(said).map(|one| medicine(person, one)).collect();
    list.sort_by_key(|entry| entry.text.to_lowercase());
    list
}

fn medicine(person: &Person<'_>, one: &Resource<'_>) -> Entry {
    let by_reference = || {
        let reference = one.references("medicationReference").first().copied()?;
        let display = one.text("medicationReference.display").map(str::to_owned);
        display.or_else(|| person.find(reference).and_then(|medication| words_at(medication, "code")))
    };
    let name = words_at(one, "medicationCodeableConcept").or_else(by_reference);
    let path = if one.type_ == "MedicationRequest" { "dosageInstruction.text" } else { "dosage.text" };
    let entry = Entry::of(one, name.unwrap_or_else(|| "name not recorded".to_owned()))
        .note(one.text(path).unwrap_or_default())
        .at(date_at(one, &["authoredOn", "dateAsserted", "effectivePeriod.start", "effectiveDateTime"]))
        .by(who_at(one, &["informationSource", "requester"]));
    match one.status() {
        "on-hold" => entry.mark(Mark::Waiting, "Paused"),
        "not-taken" => entry.mark(Mark::Caution, "Not taken"),
        _ => entry,
    }
}

/// Allergies, the gravest first.
pub fn allergies(person: &Person<'_>) -> Vec<Entry> {
    let current: Vec<&Resource<'_>> = person
        .of("AllergyIntolerance")
        .iter()
        .filter(|a| !has_code(a, "verificationStatus", &["entered-in-error", "refuted"]))
        .filter(|a| !has_code(a, "clinicalStatus", &["inactive", "resolved"]))
        .collect();
    // "None known" beside an allergy contradicts it, and the allergy is the one that may do harm.
    let any = current.iter().any(|allergy| !says_none_known(allergy));
    let mut list: Vec<Entry> = current
        .into_iter()
        .filter(|allergy| !any || !says_none_known(allergy))
        .map(|allergy| {
            let reactions: Vec<String> = walk(allergy.node, "reaction.manifestation")
                .into_iter()
                .filter_map(|node| continuo_fhir::coding::Concept::of(node).label().map(str::to_lowercase))
                .collect();
            let entry =
                Entry::of(allergy, words_at(allergy, "code").unwrap_or_else(|| "substance not recorded".to_owned()))
                    .note(reactions.join(", "))
                    .at(date_at(allergy, &["recordedDate", "lastOccurrence"]))
                    .by(who_at(allergy, &["asserter", "recorder"]));
            if allergy.text("criticality") == Some("high") { entry.mark(Mark::Critical, "High risk") } else { entry }
        })
        .collect();
    list.sort_by(|a, b| (a.mark != Mark::Critical, &a.text).cmp(&(b.mark != Mark::Critical, &b.text)));
    list
}

/// Flags that stand, but for the tier, which the header has. The words of a private one are not said beside others.
pub fn flags(person: &Person<'_>) -> Vec<Entry> {
    let standing = person.of("Flag").iter().filter(|f| f.is(&["active"]) && !f.has_own("category", shapes::TIER));
    standing
        .map(|flag| {
            let words = words_at(flag, "code").unwrap_or_else(|| "a flag without words".to_owned());
            let shown = if flag.labels == 0 { words } else { "a private flag: open it in the chart".to_owned() };
            Entry::of(flag, shown).at(date_at(flag, &["period.start"])).mark(Mark::Critical, "Flag")
        })
        .collect()
}

/// What the person wants, and what they need to get there.
pub fn goals(person: &Person<'_>) -> Vec<Entry> {
    let goals = person
        .of("Goal")
        .iter()
        .filter(|g| {
            g.text("lifecycleStatus")
                .is_none_or(|s| !matches!(s, "cancelled" | "rejected" | "entered-in-error" | "completed"))
        })
        .map(|goal| {
            let own = goal.references("expressedBy").first().is_some_and(|by| by.starts_with("Patient/"));
            let text = words_at(goal, "description").unwrap_or_default();
            Entry::of(goal, if own { format!("“{text}”") } else { text })
                .note(if own { "in their words" } else { "" })
                .at(date_at(goal, &["statusDate", "startDate"]))
                .by(who_at(goal, &["expressedBy"]))
        });
    let needs = person
        .of("Condition")
        .iter()
        .filter(|c| has_code(c, "category", &["sdoh", "health-concern"]) && has_code(c, "clinicalStatus", &["active"]))
        .map(|need| {
            Entry::of(need, words_at(need, "code").unwrap_or_default())
                .at(date_at(need, &["recordedDate", "onsetDateTime"]))
                .mark(Mark::Waiting, "Need")
        });
    goals.chain(needs).collect()
}

/// Open promises to the person.
pub fn promises(person: &Person<'_>) -> Vec<Entry> {
    let open = person.of("Task").iter().filter(|t| t.is(&OPEN) && t.has_own("code", shapes::PROMISE));
    open.map(|task| {
        Entry::of(task, format!("“{}”", task.text("description").unwrap_or_default()))
            .at(date_at(task, &["restriction.period.end"]))
            .by(who_at(task, &["owner", "requester"]))
    })
    .collect()
}

/// Insurance, with when it ends and when it was confirmed.
pub fn coverage(person: &Person<'_>, zone: &Zone, now: Instant) -> Vec<Entry> {
    let mut list: Vec<Entry> = person
        .of("Coverage")
        .iter()
        .filter(|c| !c.is(&["entered-in-error", "draft"]))
        .map(|one| {
            let name = one.text("payor.display").map(str::to_owned).or_else(|| words_at(one, "type"));
            let end = date_at(one, &["period.end"]);
            let over = end.is_some_and(|end| end.high(zone) <= now) || one.is(&["cancelled"]);
            let soon = end.is_some_and(|end| end.low(zone) < now.plus_seconds(45 * 86_400));
            let note = match end {
                Some(end) => format!("ends {}", date_words(end.date())),
                None => "no end known".to_owned(),
            };
            let entry =
                Entry::of(one, name.unwrap_or_else(|| "plan not recorded".to_owned())).note(note).at(confirmed(one));
            match (over, soon) {
                (true, _) => entry.mark(Mark::Critical, "Ended"),
                (_, true) => entry.mark(Mark::Caution, "Ends soon"),
                _ => entry,
            }
        })
        .collect();
    list.sort_by_key(|entry| entry.mark == Mark::Critical);
    list
}

fn confirmed(resource: &Resource<'_>) -> Option<continuo_fhir::DateTime> {
    let outer = resource.node.list("extension").find(|e| e.str("url") == Some(shapes::EXT_CONFIRMED))?;
    let at = outer.list("extension").find(|e| e.str("url") == Some("at"))?;
    continuo_fhir::DateTime::parse(at.str("valueDateTime")?)
}

/// What the person agreed to or declined.
pub fn consents(person: &Person<'_>) -> Vec<Entry> {
    person
        .of("Consent")
        .iter()
        .filter(|c| !c.is(&["entered-in-error", "draft"]))
        .map(|consent| {
            let what = words_at(consent, "category").or_else(|| words_at(consent, "scope")).unwrap_or_default();
            let until = date_at(consent, &["provision.period.end"]);
            let entry = Entry::of(consent, what)
                .note(until.map(|at| format!("until {}", date_words(at.date()))).unwrap_or_default())
                .at(date_at(consent, &["dateTime"]));
            match consent.text("provision.type") {
                Some("deny") => entry.mark(Mark::Caution, "Declined"),
                _ if consent.is(&["active"]) => entry.mark(Mark::Good, "Agreed"),
                _ => entry.mark(Mark::Waiting, "Not in force"),
            }
        })
        .collect()
}

/// Documents and reports, newest first.
pub fn documents(person: &Person<'_>, zone: &Zone) -> Vec<Entry> {
    let files = person.of("DocumentReference").iter().filter(|d| d.is(&["current"]));
    let reports = person.of("DiagnosticReport").iter().filter(|r| !r.is(&["entered-in-error", "cancelled"]));
    let mut list: Vec<Entry> = files
        .map(|one| {
            let name = one.text("description").map(str::to_owned).or_else(|| words_at(one, "type"));
            Entry::of(one, name.unwrap_or_else(|| "Document".to_owned()))
                .at(date_at(one, &["date"]))
                .by(who_at(one, &["author", "custodian"]))
        })
        .chain(reports.map(|one| {
            let entry = Entry::of(one, words_at(one, "code").unwrap_or_else(|| "Report".to_owned()))
                .at(date_at(one, &["issued", "effectiveDateTime"]))
                .by(who_at(one, &["performer"]));
            if one.is(&["registered", "partial", "preliminary"]) {
                entry.mark(Mark::Waiting, "Not final")
            } else {
                entry
            }
        }))
        .collect();
    list.sort_by_key(|entry| std::cmp::Reverse(entry.moment(zone)));
    list
}

/// Who takes part, with their part. `text` is a reference; the page shows its name.
pub fn team(person: &Person<'_>) -> Vec<Entry> {
    let mut list: Vec<Entry> = Vec::new();
    let mut add = |reference: &str, part: &str, source: &Resource<'_>| {
        if !reference.is_empty() && !list.iter().any(|entry| entry.text == reference) {
            list.push(Entry::of(source, reference).note(part));
        }
    };
    for episode in person.of("EpisodeOfCare").iter().filter(|e| e.is(&["active"])) {
        add(episode.text("careManager.reference").unwrap_or_default(), "coordinates", episode);
    }
    for patient in person.of("Patient") {
        for reference in patient.references("generalPractitioner") {
            add(reference, "primary care", patient);
        }
    }
    for team in person.of("CareTeam").iter().filter(|t| t.is(&["active", "proposed"])) {
        for participant in team.all("participant") {
            let role =
                walk(participant, "role").into_iter().find_map(|r| continuo_fhir::coding::Concept::of(r).label());
            let member = participant.get("member").and_then(|m| m.str("reference").or(m.str("display")));
            add(member.unwrap_or_default(), role.map(str::to_lowercase).unwrap_or_default().as_str(), team);
        }
    }
    for related in person.of("RelatedPerson").iter().filter(|one| is_asked(one)) {
        let part = words_at(related, "relationship").unwrap_or_else(|| "related".to_owned()).to_lowercase();
        add(&related.reference(), &part, related);
    }
    list
}

/// The first words of a longer text, ended by a mark so that nobody takes them for all of it.
fn in_short(words: &str) -> String {
    const MOST: usize = 160;
    let Some((end, _)) = words.char_indices().nth(MOST) else { return words.to_owned() };
    let cut = words.get(..end).unwrap_or(words);
    let whole = cut.rsplit_once(char::is_whitespace).map_or(cut, |(before, _)| before);
    format!("{}…", whole.trim_end_matches([',', '.', ';', ' ']))
}

/// Whether somebody near the person is still asked: not put out of use.
pub(super) fn is_asked(related: &Resource<'_>) -> bool {
    related.node.get("active").and_then(Node::as_bool) != Some(false)
}

/// Every phone, address and e-mail, with what is allowed on it and who confirmed it when.
pub fn reach(person: &Person<'_>) -> Vec<Entry> {
    let mut list = Vec::new();
    for patient in person.of("Patient") {
        for point in walk(patient.node, "telecom") {
            let value = point.str("value").unwrap_or_default();
            let kind = point.str("use").unwrap_or_default();
            list.push(contact_point(Entry::of(patient, format!("{value} {kind}").trim_end()), point));
        }
        for address in walk(patient.node, "address") {
            let parts = address
                .list("line")
                .filter_map(Node::as_str)
                .chain(["city", "state", "postalCode"].into_iter().filter_map(|key| address.str(key)));
            let text = address.str("text").map(str::to_owned).unwrap_or_else(|| parts.collect::<Vec<_>>().join(", "));
            list.push(contact_point(Entry::of(patient, text), address));
        }
    }
    for related in person.of("RelatedPerson").iter().filter(|one| is_asked(one)) {
        let name = walk(related.node, "name").into_iter().next().map(|name| {
            let given = name.list("given").find_map(Node::as_str).unwrap_or_default();
            format!("{given} {}", name.str("family").unwrap_or_default()).trim().to_owned()
        });
        let part = words_at(related, "relationship").unwrap_or_default().to_lowercase();
        for point in walk(related.node, "telecom") {
            let text =
                format!("{} {}, {part}", point.str("value").unwrap_or_default(), name.clone().unwrap_or_default());
            list.push(contact_point(Entry::of(related, text.trim_end_matches([',', ' '])), point));
        }
    }
    list
}

fn contact_point(entry: Entry, point: Node<'_>) -> Entry {
    let note = allowed(point);
    // What the mark says is not said twice.
    let rest = || note.split(" · ").filter(|part| *part != "no calls").collect::<Vec<_>>().join(" · ");
    match (safety_flag(point, "unsafe"), safety_flag(point, "call"), point.str("use")) {
        (Some(true), ..) => entry.mark(Mark::Critical, "Unsafe: do not use"),
        (_, Some(false), _) => entry.note(rest()).mark(Mark::Caution, "No calls"),
        _ => with_use(entry.note(note), point),
    }
}

fn with_use(entry: Entry, point: Node<'_>) -> Entry {
    if point.str("use") == Some("old") { entry.mark(Mark::Waiting, "No longer used") } else { entry }
}

/// Calls, attempts, messages, notes and faxes, newest first.
pub fn contacts(person: &Person<'_>, zone: &Zone) -> Vec<Entry> {
    let mut list: Vec<Entry> = person
        .of("Communication")
        .iter()
        .filter(|c| !c.is(&["entered-in-error", "preparation"]))
        .map(|one| {
            let has = |code: &str| one.has_own("category", code);
            let kind = match () {
                () if has(shapes::CALL) => "Call",
                () if has(shapes::MESSAGE) => "Message",
                () if has(shapes::FAX) => "Fax",
                () if has(shapes::NOTE) => "Note",
                () => "Contact",
            };
            let reached = one.has_own("statusReason", shapes::REACHED);
            let how = walk(one.node, "statusReason.coding").into_iter().find_map(|c| c.str("code")).unwrap_or_default();
            let words = one.text("note.text").or_else(|| one.text("payload.contentString")).unwrap_or_default();
            let entry = Entry::of(
                one,
                if how.is_empty() { kind.to_owned() } else { format!("{kind}, {}", how.replace('-', " ")) },
            )
            .note(in_short(words))
            .at(date_at(one, &["received", "sent"]))
            .by(who_at(one, &["sender"]));
            if kind == "Call" && !reached && one.is(&["not-done"]) {
                entry.mark(Mark::Waiting, "Not reached")
            } else {
                entry
            }
        })
        .collect();
    list.sort_by_key(|entry| std::cmp::Reverse(entry.moment(zone)));
    list
}
