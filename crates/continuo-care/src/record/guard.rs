//! What the actor of a transaction may write, decided inside the commit on what stands there and on what would stand
//! there: one place for PUT, POST, PATCH and DELETE, plain, conditional and in Bundles.
//!
//! Somebody who reaches only some people writes only into the record of those, and names nobody else's in it: else a
//! write would give its writer the reach it lacks.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use continuo_fhir::issue::IssueCode;
use continuo_fhir::reference::Reference;
use continuo_fhir::{Json, Node, ResourceType, Zone};
use continuo_store::{Error, Persons, Prepared, Reader, Scope, Stored, WriteTx, is_shared};

use super::error::RecordError;
use crate::access::{Grant, Permission, openings};
use crate::build::extension_of;
use crate::ctx::Ctx;
use crate::shapes;
use crate::tasks::guard as work;

/// Who writes.
#[derive(Clone)]
pub(super) struct Writer {
    pub(super) scope: Scope,
    grant: Grant,
    /// Somebody with an account, at a keyboard; a program has none.
    is_person: bool,
    zone: Zone,
    /// `Type/id` of what this transaction makes.
    fresh: BTreeSet<String>,
    /// What refused the transaction, for the answer: the commit's own error only undoes it.
    refused: Arc<Mutex<Option<RecordError>>>,
    /// What was closed and is answered like what is not there, for the audit.
    unseen: Arc<Mutex<Vec<String>>>,
}

impl Writer {
    pub(super) fn of(ctx: &Ctx) -> Self {
        Self {
            scope: ctx.scope.clone(),
            grant: ctx.grant.clone(),
            is_person: ctx.actor.account != 0,
            zone: ctx.zone.clone(),
            fresh: BTreeSet::new(),
            refused: Arc::default(),
            unseen: Arc::default(),
        }
    }

    /// Names what this transaction makes: its own references lead there before they are in anybody's reach.
    pub(super) fn makes<'p>(
        &mut self,
        tx: &mut WriteTx<'_>,
        all: impl Iterator<Item = &'p Prepared>,
    ) -> Result<(), Error> {
        if !self.is_limited() {
            return Ok(());
        }
        let everything = Scope::all(tx.org());
        for one in all {
            if tx.reader()?.find(&everything, one.resource_type(), one.id())?.is_none() {
                self.fresh.insert(format!("{}/{}", one.resource_type(), one.id()));
            }
        }
        Ok(())
    }

    fn is_limited(&self) -> bool {
        self.scope.persons != Persons::All
    }

    /// What refused the transaction, if it was this.
    pub(super) fn refusal(&self) -> Option<RecordError> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// What was closed to a deletion.
    pub(super) fn unseen(&self) -> Vec<String> {
        std::mem::take(&mut *self.unseen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn note_unseen(&self, what: String) {
        self.unseen.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    }

    /// Undoes the commit and answers with this.
    fn refuse(&self, error: RecordError) -> Error {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        Error::Refused("not allowed".to_owned())
    }

    fn rule(&self, place: &str, text: &str) -> Error {
        self.refuse(RecordError::invalid(IssueCode::BusinessRule, place, text))
    }

    /// Whether the rules look at what stood there before a write of this type.
    pub(super) fn asks_before(&self, type_: ResourceType) -> bool {
        matches!(type_.as_str(), "Consent" | "Task" | "Patient") || self.scope.hidden_labels != 0 || self.is_limited()
    }

    /// Goes on only if this may be written under an id that its sender chose.
    ///
    /// Whoever has something closed to them makes nothing under an id of their own: that one id is free and another is
    /// not would tell what is closed. A program whose source brings its own ids was given that by name
    /// ([`Permission::ChooseIds`]).
    pub(super) fn may_choose(&self, tx: &mut WriteTx<'_>, type_: ResourceType, id: &str) -> Result<(), Error> {
        if self.scope.is_open() || (self.grant.allows(Permission::ChooseIds) && !self.is_limited()) {
            return Ok(());
        }
        sees(&mut tx.reader()?, &self.scope, type_, id, &format!("{type_}/{id}"))
    }

    /// Goes on only if what would stand there may stand there.
    pub(super) fn may_put(
        &self,
        tx: &mut WriteTx<'_>,
        before: Option<&Stored>,
        prepared: &Prepared,
    ) -> Result<(), Error> {
        let type_ = prepared.resource_type();
        let after = continuo_fhir::root(prepared.packed()).map_err(|error| Error::Damaged(error.to_string()))?;
        self.may_label(before, prepared)?;
        if self.is_limited() {
            self.within_reach(tx, before, type_, after)?;
        }
        match type_.as_str() {
            "Task" => self.may_change_work(before, Some(after)),
            "Consent" => self.may_open(before, Some(after)),
            _ => Ok(()),
        }
    }

    /// Goes on only if this may be deleted.
    pub(super) fn may_delete(&self, before: &Stored) -> Result<(), Error> {
        match before.type_.as_str() {
            "Task" => self.may_change_work(Some(before), None),
            "Consent" => self.may_open(Some(before), None),
            _ => Ok(()),
        }
    }

    /// A label closes a record to everybody whom it is closed to: on a person only those set it who see it, and on other
    /// records those who read them. A program sets what its source says.
    fn may_label(&self, before: Option<&Stored>, prepared: &Prepared) -> Result<(), Error> {
        let added = prepared.labels() & !before.map_or(0, |old| old.labels);
        let is_patient = prepared.resource_type().as_str() == "Patient";
        if added == 0 || !self.is_person || self.grant.sees(added) {
            return Ok(());
        }
        if is_patient {
            return Err(self.rule(
                "Patient.meta.security",
                "a person is closed by a label only by somebody who sees it: the person would be gone for you and most others",
            ));
        }
        if self.grant.allows(Permission::RecordRead) {
            return Ok(());
        }
        Err(self.rule("meta.security", "a label is set by somebody who reads the clinical record"))
    }

    /// What closes records to others opens them when it goes: ending a denial asks for the permission that opening does.
    fn may_open(&self, before: Option<&Stored>, after: Option<Node<'_>>) -> Result<(), Error> {
        let Some(before) = before.and_then(|old| old.bytes.as_deref()).and_then(|bytes| Json::parse(bytes).ok()) else {
            return Ok(());
        };
        let packed = continuo_fhir::pack(&before);
        let Ok(before) = continuo_fhir::root(&packed) else { return Ok(()) };
        let opened = openings::denial_lifted(before, after, &self.zone);
        if opened == 0 || self.grant.sees(opened) {
            return Ok(());
        }
        self.grant.require(Permission::ConsentOpen).map_err(|denied| self.refuse(denied.into()))
    }

    fn may_change_work(&self, before: Option<&Stored>, after: Option<Node<'_>>) -> Result<(), Error> {
        let before = before.and_then(|old| old.bytes.as_deref()).and_then(|bytes| Json::parse(bytes).ok());
        let after = after.map(Node::to_json);
        match work::over_the_api(before.as_ref(), after.as_ref(), &self.zone) {
            Ok(()) => Ok(()),
            Err(kept) => Err(self.rule(&kept.place, &kept.text)),
        }
    }

    fn within_reach(
        &self,
        tx: &mut WriteTx<'_>,
        before: Option<&Stored>,
        type_: ResourceType,
        after: Node<'_>,
    ) -> Result<(), Error> {
        let (mut named, mut known) = (BTreeSet::new(), BTreeSet::new());
        references(&after.to_json(), &mut named);
        let old = before.and_then(|old| old.bytes.as_deref()).and_then(|bytes| Json::parse(bytes).ok());
        if let Some(old) = &old {
            // What others wrote there stays: it may lead to what is closed to this writer.
            references(old, &mut known);
            if type_.as_str() == "Patient" && registered(old) != registered(&after.to_json()) {
                return Err(self.rule("Patient.extension", "who registered a person is not changed"));
            }
        }
        let mut reader = tx.reader()?;
        let mut belongs = type_.as_str() == "Patient" || (old.is_some() && !is_shared(type_.as_str()));
        for (type_, id) in named.difference(&known) {
            let name = format!("{type_}/{id}");
            if self.fresh.contains(&name) {
                belongs |= type_.as_str() == "Patient";
                continue;
            }
            // What is not there at all is answered like what is closed.
            if !is_shared(type_.as_str()) {
                sees(&mut reader, &self.scope, *type_, id, &name)?;
                belongs = true;
            }
        }
        if belongs {
            return Ok(());
        }
        Err(self.rule(
            type_.as_str(),
            "must name a person you reach: your role writes only into the record of the people given to you",
        ))
    }
}

/// Who registered a person, and when: it gives reach.
fn registered(patient: &Json) -> [Option<&Json>; 2] {
    [shapes::EXT_REGISTERED_BY, shapes::EXT_REGISTERED_AT].map(|url| extension_of(patient, url))
}

fn sees(reader: &mut Reader<'_>, scope: &Scope, type_: ResourceType, id: &str, name: &str) -> Result<(), Error> {
    match reader.find(scope, type_, id)? {
        Some(_) => Ok(()),
        None => Err(Error::NotFound(name.to_owned())),
    }
}

/// Every resource that a reference in this names: by a relative reference, or by an address that ends like one, which
/// may be our own under some name.
fn references(json: &Json, out: &mut BTreeSet<(ResourceType, String)>) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| references(item, out)),
        Json::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Json::String(text) if key.as_str() == "reference" => out.extend(named(text)),
                    other => references(other, out),
                }
            }
        }
        _ => {}
    }
}

fn named(text: &str) -> Option<(ResourceType, String)> {
    if let Some((type_, id)) = Reference::parse(text).local() {
        return Some((type_, id.to_owned()));
    }
    if !text.contains("://") {
        return None;
    }
    let path = text.split(['?', '#', '|']).next().unwrap_or_default();
    let path = path.split("/_history/").next().unwrap_or_default();
    let mut parts = path.trim_end_matches('/').rsplit('/');
    let (id, type_) = (parts.next()?, parts.next()?);
    Some((ResourceType::find(type_)?, id.to_owned()))
}
