//! The context of every use case: which organization, who acts, what they may do, and the services at hand.
//!
//! A `Ctx` is made once per request, command or job and handed down first in every call. It is the only way to the
//! store from here, so that no query runs without a scope and no change without an actor.

use std::sync::Arc;

use continuo_fhir::clock::{Clock, Ids};
use continuo_fhir::date::{Instant, Zone};
use continuo_store::{Committed, OrgId, Persons, PrepareContext, Reader, Rid, Scope, Store, WriteContext, WriteTx};

use crate::access::{Denied, Grant, Permission};
use crate::accounts::{Entropy, Keys};
use crate::outbound::Outside;

/// The services of a running product.
pub struct Care {
    /// Where everything is kept.
    pub store: Store,
    /// Randomness for secrets.
    pub entropy: Arc<dyn Entropy>,
    /// The door out and the services behind it.
    pub outside: Outside,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// A reference that goes into audit and Provenance: `Practitioner/ID`, `system/import`.
    pub reference: String,
    /// What people read: "Maria Ortiz".
    pub name: String,
    /// The account's row, 0 for machines.
    pub account: i64,
}

/// See the module.
#[derive(Clone)]
pub struct Ctx {
    care: Arc<Care>,
    /// The organization.
    pub org: OrgId,
    /// The organization's time zone.
    pub zone: Zone,
    /// Who acts.
    pub actor: Actor,
    /// What they may do.
    pub grant: Grant,
    /// What they see, as the store applies it.
    pub scope: Scope,
    /// Language, theme, row height and keys, as kept with the account.
    pub preferences: String,
    /// The session's key for form tokens; empty without a session.
    pub session_key: String,
    /// What opens the session again once it is locked.
    pub keys: Keys,
    /// The password was given by somebody else: nothing but choosing one's own is open.
    pub must_change: bool,
}

impl Ctx {
    /// A context of somebody signed in, or of a machine.
    pub fn new(care: Arc<Care>, org: OrgId, zone: Zone, actor: Actor, grant: Grant, scope: Scope) -> Self {
        let (preferences, session_key, keys) = (String::new(), String::new(), Keys::default());
        Self { care, org, zone, actor, grant, scope, preferences, session_key, keys, must_change: false }
    }

    /// Somebody who has not signed in: allowed nothing, sees nothing.
    pub fn nobody(care: Arc<Care>) -> Self {
        let org = OrgId(0);
        let scope = Scope { persons: continuo_store::Persons::Only(Vec::new()), ..Scope::all(org) };
        let actor = Actor { reference: "system/nobody".to_owned(), name: String::new(), account: 0 };
        Self::new(care, org, Zone::utc(), actor, Grant::none(), scope)
    }

    /// The services.
    pub fn care(&self) -> &Arc<Care> {
        &self.care
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.care.store
    }

    /// Now.
    pub fn now(&self) -> Instant {
        self.care.store.clock().now()
    }

    /// The clock, for what outlives this call.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        self.care.store.clock()
    }

    /// The source of new ids.
    pub fn ids(&self) -> &Arc<dyn Ids> {
        self.care.store.ids()
    }

    /// The organization's name as shown.
    pub fn site_name(&self) -> continuo_store::Result<String> {
        let orgs = self.read(|reader| continuo_store::tables::org::all(reader.conn()))?;
        Ok(orgs.into_iter().find(|org| org.org == self.org).map(|org| org.name).unwrap_or_default())
    }

    /// The site's calendar with its own days and hours: for whatever counts business days.
    pub fn calendar(&self) -> continuo_store::Result<crate::followup::calendar::Calendar> {
        let days = self.read(|reader| crate::site_days::of(reader.conn(), self.org))?;
        Ok(days.calendar(self.zone.clone(), self.now()))
    }

    /// What preparing a resource needs to know of the organization.
    pub fn prepare_context(&self) -> continuo_store::Result<PrepareContext> {
        self.care.store.prepare_context(self.org)
    }

    /// The same actor, seeing no more people than these. They must be people that the actor reaches.
    #[must_use]
    pub fn narrowed_to(&self, patients: Vec<Rid>) -> Self {
        let scope = Scope { persons: Persons::Only(patients), ..self.scope.clone() };
        Self { scope, ..self.clone() }
    }

    /// Goes on only if the actor may.
    pub fn require(&self, permission: Permission) -> Result<(), Denied> {
        self.grant.require(permission)
    }

    /// Reads on one snapshot.
    pub fn read<T>(&self, f: impl FnOnce(&mut Reader<'_>) -> continuo_store::Result<T>) -> continuo_store::Result<T> {
        self.care.store.read(f)
    }

    /// Changes state in one commit named `action` ("complete task"); returns once it is durable.
    pub fn write<T, F>(&self, action: &str, f: F) -> continuo_store::Result<Committed<T>>
    where
        T: Send + 'static,
        F: FnOnce(&mut WriteTx<'_>) -> continuo_store::Result<T> + Send + 'static,
    {
        self.care.store.write(&self.write_context(action), f)
    }

    /// [`Ctx::write`] with further words on what it is about, for the audit.
    pub fn write_about<T, F>(&self, action: &str, about: &str, f: F) -> continuo_store::Result<Committed<T>>
    where
        T: Send + 'static,
        F: FnOnce(&mut WriteTx<'_>) -> continuo_store::Result<T> + Send + 'static,
    {
        let context = WriteContext { detail: about.to_owned(), ..self.write_context(action) };
        self.care.store.write(&context, f)
    }

    fn write_context(&self, action: &str) -> WriteContext {
        let limited = matches!(self.scope.persons, Persons::Audiences(_));
        WriteContext { limited, ..WriteContext::new(self.org, &self.actor.reference, action) }
    }

    /// Bookkeeping that nobody waits for and whose loss in a crash does no harm; see [`Store::write_later`].
    pub fn write_later(
        &self,
        action: &str,
        f: impl FnOnce(&mut WriteTx<'_>) -> continuo_store::Result<()> + Send + 'static,
    ) -> continuo_store::Result<()> {
        self.care.store.write_later(&WriteContext::new(self.org, &self.actor.reference, action), f)
    }
}

/// The newest change number over all organizations, for live pages.
pub fn newest_change(care: &Care) -> continuo_store::Result<i64> {
    care.store.read(|reader| {
        let orgs = continuo_store::tables::org::all(reader.conn())?;
        orgs.iter().map(|org| reader.last_change(org.org).map(|seq| seq.0)).sum()
    })
}
