//! Writing inside a commit: put, patch, and the version somebody sees afterwards.

use continuo_fhir::json::Json;
use continuo_fhir::{Issue, ResourceType, pack, root, validate};
use continuo_store::{Error, Expect, Prepared, Put, PutOptions, Scope, Stored, WriteTx};

use super::guard::Writer;
use crate::access::openings;

const PATIENT: ResourceType = ResourceType::of("Patient");

/// Refuses to touch what the actor cannot see; the answer is that of a resource that is not there.
pub(super) fn visible(tx: &mut WriteTx<'_>, scope: &Scope, type_: ResourceType, id: &str) -> Result<(), Error> {
    if is_closed(tx, scope, type_, id)? { Err(Error::NotFound(format!("{type_}/{id}"))) } else { Ok(()) }
}

/// Whether this is there, and not for the actor.
pub(super) fn is_closed(tx: &mut WriteTx<'_>, scope: &Scope, type_: ResourceType, id: &str) -> Result<bool, Error> {
    if scope.is_open() {
        return Ok(false);
    }
    let org = tx.org();
    let mut reader = tx.reader()?;
    // What is new has no row at all: most of what a program writes.
    if reader.rid(org, type_, id)?.is_none() {
        return Ok(false);
    }
    Ok(reader.find(scope, type_, id)?.is_none() && reader.find(&Scope::all(org), type_, id)?.is_some())
}

/// Puts a resource made here; `consent_of` names the Patient if it is a Consent, whose openings then follow.
///
/// A label that is closed to the actor's role stays on the record: whoever sees it by a consent or in an emergency may
/// change it, not open it to everybody.
pub(super) fn put(
    tx: &mut WriteTx<'_>,
    writer: &Writer,
    prepared: &Prepared,
    expect: Expect,
    consent_of: Option<&str>,
) -> Result<Put, Error> {
    let org = tx.org();
    let may_exist = expect != Expect::Absent;
    let asks = consent_of.is_some() || (may_exist && writer.asks_before(prepared.resource_type()));
    let before =
        if asks { tx.reader()?.find(&Scope::all(org), prepared.resource_type(), prepared.id())? } else { None };
    writer.may_put(tx, before.as_ref(), prepared)?;
    let hidden = writer.scope.hidden_labels;
    let dropped = before.as_ref().map_or(0, |old| old.labels & hidden & !prepared.labels());
    if dropped != 0 {
        return Err(Error::Invalid(
            "meta.security: a label that your role does not open cannot be taken off".to_owned(),
        ));
    }
    let put = tx.put(prepared, &PutOptions { expect, ..PutOptions::default() })?;
    if let Some(patient) = consent_of {
        let rid = tx.rid(PATIENT, patient)?;
        openings::refresh(tx, rid)?;
        // A Consent may move to another person: what it opened for the first one closes.
        if let Some(old) = before.filter(|old| old.patient != rid && old.patient.0 != 0) {
            openings::refresh(tx, old.patient)?;
        }
    }
    Ok(put)
}

/// Deletes a resource; what a Consent opened closes with it.
pub(super) fn delete(
    tx: &mut WriteTx<'_>,
    writer: &Writer,
    type_: ResourceType,
    id: &str,
    expect: Expect,
) -> Result<(), Error> {
    let scope = Scope::all(tx.org());
    let before = if writer.asks_before(type_) { tx.reader()?.find(&scope, type_, id)? } else { None };
    if let Some(before) = &before {
        writer.may_delete(before)?;
    }
    let is_consent = |stored: &Stored| type_ == openings::CONSENT && stored.patient.0 != 0;
    let consent_of = before.filter(is_consent).map(|stored| stored.patient);
    tx.delete(type_, id, expect)?;
    match consent_of {
        Some(patient) => openings::refresh(tx, patient),
        None => Ok(()),
    }
}

/// The version that is current inside this transaction.
pub(super) fn current_version(tx: &mut WriteTx<'_>, type_: ResourceType, id: &str) -> Result<i64, Error> {
    let scope = Scope::all(tx.org());
    Ok(tx.reader()?.get(&scope, type_, id)?.version)
}

/// Applies a JSON Patch (an array) or a FHIRPath Patch (a Parameters resource) to the current version.
pub(super) fn patch(
    tx: &mut WriteTx<'_>,
    writer: &Writer,
    type_: ResourceType,
    id: &str,
    expect: Expect,
    patch: &Json,
) -> Result<i64, Error> {
    let scope = Scope::all(tx.org());
    let current = tx.reader()?.get(&scope, type_, id)?;
    let bytes = current.bytes.ok_or_else(|| Error::Gone(format!("{type_}/{id}")))?;
    let before = Json::parse(&bytes).map_err(|e| Error::Damaged(e.to_string()))?;
    let fault = |list: &str, e: &continuo_fhir::patch::Error| Error::Faulty {
        place: format!("{list}[{}]", e.operation),
        message: e.message.clone(),
    };
    let after = match patch {
        Json::Array(_) => continuo_fhir::patch::json_patch(&before, patch).map_err(|e| fault("", &e))?,
        _ if patch.resource_type() == Some("Parameters") => {
            continuo_fhir::patch::fhirpath_patch(&before, patch).map_err(|e| fault("Parameters.parameter", &e))?
        }
        _ => {
            let mut after = before;
            merge(&mut after, patch);
            after
        }
    };
    if after.resource_type() != Some(type_.as_str()) {
        return Err(Error::Invalid("a patch may not change the type".to_owned()));
    }
    if after.str_at("id") != Some(id) {
        return Err(Error::Invalid("a patch may not change the id".to_owned()));
    }
    // What a patch makes is held to the same rules as what is sent whole.
    if let Some(issue) = faults(&after).into_iter().next() {
        return Err(Error::Faulty { place: issue.place, message: issue.text });
    }
    let expect = if expect == Expect::Anything { Expect::Version(current.version) } else { expect };
    let consent_of = openings::patient_of_consent(&after);
    let prepared = Prepared::new(after, &tx.prepare_context()?)?;
    Ok(put(tx, writer, &prepared, expect, consent_of.as_deref())?.version)
}

/// What breaks a rule of R4's structure in a resource: nothing when it may be written.
pub(super) fn faults(resource: &Json) -> Vec<Issue> {
    faults_packed(&pack(resource))
}

/// The same of a packed resource.
pub(super) fn faults_packed(packed: &[u8]) -> Vec<Issue> {
    let issues = root(packed).map(validate::structure).unwrap_or_default();
    issues.into_iter().filter(Issue::is_error).collect()
}

/// JSON merge patch (RFC 7396). The parser bounds the depth of both trees.
fn merge(target: &mut Json, patch: &Json) {
    if !matches!(target, Json::Object(_)) {
        *target = Json::Object(Vec::new());
    }
    for (key, value) in patch.fields() {
        match value {
            Json::Null => {
                target.remove(key);
            }
            Json::Object(_) => {
                if target.get(key).is_none() {
                    target.set(key, Json::Object(Vec::new()));
                }
                if let Some(inner) = target.get_mut(key) {
                    merge(inner, value);
                }
            }
            _ => target.set(key, value.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_patch_is_that_of_the_rfc() {
        let parse = |text: &str| Json::parse(text.as_bytes()).unwrap();
        let mut target = parse(r#"{"a":"b","c":{"d":"e","f":"g"}}"#);
        merge(&mut target, &parse(r#"{"a":"z","c":{"f":null}}"#));
        assert_eq!(target, parse(r#"{"a":"z","c":{"d":"e"}}"#));
    }
}
