//! Ids and references of imported resources.

use std::ops::ControlFlow;

use continuo_exchange::read::read;
use continuo_exchange::references::{Filed, Lead, Origin, SourceKey, file, import_id};
use continuo_exchange::table::Tables;
use continuo_exchange::{Batch, Limits};
use continuo_fhir::json::Json;
use continuo_fhir::reference::Reference;

const ORIGIN: Origin<'_> = Origin { organization: "1", source: "mercy" };

fn batch(text: &str) -> Batch {
    let mut out = Vec::new();
    read("b.json", &mut text.as_bytes(), &Tables::new(), &Limits::default(), &mut |batch| {
        out.push(batch);
        ControlFlow::Continue(())
    });
    out.remove(0)
}

fn filed(text: &str) -> (Batch, Vec<Filed>) {
    let mut batch = batch(text);
    let filed = file(&mut batch, ORIGIN, &mut |reference| match reference {
        Reference::Conditional { query, .. } if query.ends_with("|9") => Some("Practitioner/known".to_owned()),
        _ => None,
    });
    (batch, filed)
}

fn target(batch: &Batch, entry: usize, path: &str) -> String {
    batch.entries[entry].resource.at(path).and_then(Json::as_str).unwrap_or("nothing").to_owned()
}

#[test]
fn the_same_things_have_the_same_id_and_nothing_else_has() {
    let id = import_id(ORIGIN, "Patient", SourceKey::Id("7"));
    assert_eq!(id, import_id(ORIGIN, "Patient", SourceKey::Id("7")));
    assert_eq!((id.len(), &id[14..15]), (36, "8"));
    let others = [
        import_id(ORIGIN, "Person", SourceKey::Id("7")),
        import_id(ORIGIN, "Patient", SourceKey::FullUrl("7")),
        import_id(ORIGIN, "Patient", SourceKey::Content(b"7")),
        import_id(Origin { organization: "1m", source: "ercy" }, "Patient", SourceKey::Id("7")),
        import_id(Origin { organization: "2", ..ORIGIN }, "Patient", SourceKey::Id("7")),
    ];
    assert!(others.iter().all(|other| *other != id));
}

#[test]
fn references_of_a_bundle_lead_to_the_filed_ids() {
    let (batch, filed) = filed(
        r##"{"resourceType":"Bundle","type":"transaction","entry":[
        {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"p"}},
        {"fullUrl":"http://there/fhir/Encounter/e","resource":{"resourceType":"Encounter","id":"e",
          "subject":{"reference":"urn:uuid:1"},"partOf":{"reference":"Encounter/before"}}},
        {"fullUrl":"urn:uuid:3","resource":{"resourceType":"Observation","subject":{"reference":"Patient/p"},
          "encounter":{"reference":"http://there/fhir/Encounter/e/_history/2"},
          "performer":[{"reference":"Practitioner?identifier=npi|9"},{"reference":"Practitioner?identifier=npi|8"},{"reference":"#me"}],
          "device":{"reference":"urn:uuid:99"},"specimen":{"reference":"http://else/fhir/Specimen/1"}}}]}"##,
    );
    assert_eq!(target(&batch, 1, "subject.reference"), format!("Patient/{}", filed[0].id));
    assert_eq!(target(&batch, 2, "subject.reference"), format!("Patient/{}", filed[0].id));
    assert_eq!(target(&batch, 2, "encounter.reference"), format!("Encounter/{}", filed[1].id));
    let before = import_id(ORIGIN, "Encounter", SourceKey::Id("before"));
    assert_eq!(target(&batch, 1, "partOf.reference"), format!("Encounter/{before}"));
    assert_eq!(target(&batch, 2, "performer.0.reference"), "Practitioner/known");
    assert_eq!(target(&batch, 2, "performer.2.reference"), "#me");
    assert_eq!(target(&batch, 2, "specimen.reference"), "http://else/fhir/Specimen/1");
    let said = |leads: &[Lead]| leads.iter().map(|lead| format!("{} {}", lead.holder, lead.to)).collect::<Vec<_>>();
    assert_eq!(said(&filed[2].open), ["performer Practitioner", "device "], "never by the number that they carry");
    assert_eq!(said(&filed[1].leads), [format!("partOf Encounter/{before}")], "it may come with another file");
    assert_eq!(filed[2].source_key, "url:urn:uuid:3");
    assert!(
        batch.entries[2]
            .resource
            .to_string()
            .starts_with(&format!(r#"{{"resourceType":"Observation","id":"{}""#, filed[2].id))
    );
}

#[test]
fn a_resource_without_a_name_is_named_by_its_content() {
    let text = r#"{"resourceType":"Observation","valueString":"a"}"#;
    let (_, first) = filed(text);
    let (_, again) = filed(text);
    let (_, other) = filed(&text.replace("\"a\"", "\"b\""));
    assert_eq!(first[0].id, again[0].id);
    assert_ne!(first[0].id, other[0].id);
    assert_eq!(first[0].source_key, "content");
}

#[test]
fn a_bundle_filed_in_parts_gives_the_same_ids() {
    let (_, whole) = filed(r#"{"resourceType":"Patient","id":"p"}"#);
    let (batch, _) = filed(r#"{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/p"}}"#);
    assert_eq!(target(&batch, 0, "subject.reference"), format!("Patient/{}", whole[0].id));
}

#[test]
fn what_matched_nothing_becomes_a_logical_reference() {
    let mut json = Json::parse(
        br#"{"resourceType":"EpisodeOfCare","careManager":{"reference":"Practitioner?identifier=urn:x|m.ortiz","display":"m.ortiz"},"patient":{"reference":"Patient/1"}}"#,
    )
    .unwrap();
    continuo_exchange::references::make_logical(&mut json);
    assert_eq!(
        json.to_string(),
        r#"{"resourceType":"EpisodeOfCare","careManager":{"display":"m.ortiz","type":"Practitioner","identifier":{"system":"urn:x","value":"m.ortiz"}},"patient":{"reference":"Patient/1"}}"#
    );
}
