//! Who a text is about, as far as the record says, so that it can be hidden before the text leaves.

use continuo_fhir::date::names::month_name;
use continuo_fhir::{Date, Json};
use continuo_store::tables::account;
use continuo_store::{Reader, Rid, Scope};
use continuo_text::model::redact::Identity;

use crate::ctx::Ctx;

/// The identity of a person with all records that are theirs, their contacts, and the names of staff.
pub(super) fn of(reader: &mut Reader<'_>, ctx: &Ctx, patient: Rid) -> continuo_store::Result<Identity> {
    let mut identity = Identity::default();
    let person = reader.person_of(ctx.org, patient)?;
    let members = reader.members(ctx.org, person)?;
    // Everything known is hidden, also what the asker does not see.
    let rows = reader.facts(&Scope::all(ctx.org), &members)?;
    let (person, _) = crate::assess::person_of(&rows);
    for type_ in ["Patient", "RelatedPerson", "Coverage"] {
        for resource in person.of(type_) {
            collect(&resource.node.to_json(), &mut identity);
        }
    }
    identity.names.extend(account::accounts_of(reader.conn(), ctx.org)?.into_iter().map(|one| one.name));
    Ok(identity)
}

/// Names, numbers, addresses and birth date of one resource.
fn collect(resource: &Json, identity: &mut Identity) {
    let items = |field: &str| resource.get(field).map(Json::items).unwrap_or_default();
    let one_or_more = resource.get("name").into_iter().filter(|name| !matches!(name, Json::Array(_)));
    for name in items("name").iter().chain(one_or_more) {
        names(name, identity);
    }
    for contact in items("contact") {
        if let Some(name) = contact.get("name") {
            names(name, identity);
        }
        reach(contact, identity);
    }
    reach(resource, identity);
    for identifier in items("identifier") {
        identity.numbers.extend(identifier.str_at("value").map(str::to_owned));
    }
    identity.numbers.extend(resource.str_at("subscriberId").map(str::to_owned));
    if let Some(born) = resource.str_at("birthDate").and_then(Date::parse) {
        identity.phrases.extend(written(born));
    }
}

fn names(name: &Json, identity: &mut Identity) {
    let parts = ["family", "text"].into_iter().filter_map(|part| name.str_at(part));
    let given = name.get("given").map(Json::items).unwrap_or_default().iter().filter_map(Json::as_str);
    identity.names.extend(parts.chain(given).map(str::to_owned));
}

fn reach(resource: &Json, identity: &mut Identity) {
    for telecom in resource.get("telecom").map(Json::items).unwrap_or_default() {
        let Some(value) = telecom.str_at("value") else { continue };
        if value.contains('@') {
            identity.phrases.push(value.to_owned());
        } else {
            identity.numbers.push(value.to_owned());
        }
    }
    let addresses = resource.get("address").map(|address| match address {
        Json::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    });
    for address in addresses.unwrap_or_default() {
        let lines = address.get("line").map(Json::items).unwrap_or_default().iter().filter_map(Json::as_str);
        identity.phrases.extend(lines.map(str::to_owned));
        identity.numbers.extend(address.str_at("postalCode").map(str::to_owned));
    }
}

/// A birth date as people write it.
fn written(day: Date) -> Vec<String> {
    let Some((year, month, of)) = parts(day) else { return Vec::new() };
    let name = month_name(month);
    let short = year % 100;
    vec![
        format!("{year}-{month:02}-{of:02}"),
        format!("{month:02}/{of:02}/{year}"),
        format!("{month}/{of}/{year}"),
        format!("{month:02}/{of:02}/{short:02}"),
        format!("{month}/{of}/{short:02}"),
        format!("{month:02}-{of:02}-{year}"),
        format!("{name} {of}, {year}"),
        format!("{name} {of} {year}"),
        format!("{of} {name} {year}"),
    ]
}

fn parts(day: Date) -> Option<(i32, u8, u8)> {
    let text = crate::build::date_text(day);
    let mut parts = text.split('-');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_names_a_person_is_collected() {
        let patient = Json::parse(
            br#"{"resourceType":"Patient","name":[{"family":"Reyes","given":["Ana","Maria"]}],
            "telecom":[{"system":"phone","value":"555-0142"},{"system":"email","value":"ana@x.org"}],
            "identifier":[{"value":"0041-7"}],"birthDate":"1960-02-12",
            "address":[{"line":["12 Juniper Street"],"postalCode":"01234"}],
            "contact":[{"name":{"text":"Elena Reyes"},"telecom":[{"value":"555-0143"}],"address":{"line":["1 Elm Road"]}}]}"#,
        )
        .expect("it is JSON");
        let mut got = Identity::default();
        collect(&patient, &mut got);
        assert_eq!(got.names, ["Reyes", "Ana", "Maria", "Elena Reyes"]);
        assert_eq!(got.numbers, ["555-0143", "555-0142", "01234", "0041-7"]);
        for phrase in ["1 Elm Road", "ana@x.org", "12 Juniper Street", "2/12/60", "February 12, 1960", "1960-02-12"] {
            assert!(got.phrases.iter().any(|one| one == phrase), "{phrase}");
        }
    }
}
