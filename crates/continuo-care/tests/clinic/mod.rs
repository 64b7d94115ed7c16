//! A clinic on an in-memory store with a clock that stands still.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::sync::Arc;

use continuo_care::access::{Grant, Permission, scope_of};
use continuo_care::outbound::Outside;
use continuo_care::setup::{self, NewAccount};
use continuo_care::{Actor, Care, Ctx};
use continuo_fhir::clock::{FixedClock, SeededIds};
use continuo_fhir::{DateTime, Instant, Json, ResourceType, Zone};
use continuo_store::tables::org::Org;
use continuo_store::tables::{account, rule_setting};
use continuo_store::{CommitId, DbUrl, OrgId, Prepared, PutOptions, Rid, Scope, Store, StoreOptions};

const ORG: OrgId = OrgId(1);

struct NoEntropy;

impl continuo_care::accounts::Entropy for NoEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

// Each test file uses what it needs of this clinic.
#[allow(dead_code, reason = "shared by several test files")]
pub(crate) struct Clinic {
    care: Arc<Care>,
    clock: Arc<FixedClock>,
}

#[allow(dead_code, reason = "shared by several test files")]
impl Clinic {
    pub(crate) fn new(now: &str) -> Clinic {
        Clinic::with(now, Outside::closed())
    }

    pub(crate) fn with(now: &str, outside: Outside) -> Clinic {
        let now = instant(now);
        let clock = Arc::new(FixedClock::new(now));
        let ids = Arc::new(SeededIds::new(7, now));
        let url = DbUrl::parse("sqlite::memory:").unwrap();
        let options = StoreOptions {
            labels: continuo_care::access::label_table(),
            ..StoreOptions::new(Arc::clone(&clock) as _, ids)
        };
        let store = Store::open(&url, options).unwrap();
        store.add_organization(&Org { org: ORG, name: "Test".into(), zone: "UTC".into() }).unwrap();
        Clinic { care: Arc::new(Care { store, entropy: Arc::new(NoEntropy), outside }), clock }
    }

    pub(crate) fn set(&self, now: Instant) {
        self.clock.set(now);
    }

    pub(crate) fn machine(&self) -> Ctx {
        let actor = Actor { reference: "system/test".into(), name: "Test".into(), account: 0 };
        let grant = Grant::machine(&Permission::ALL);
        Ctx::new(Arc::clone(&self.care), ORG, Zone::utc(), actor, grant, Scope::all(ORG))
    }

    pub(crate) fn staff(&self, id: &str, role: &str) -> Ctx {
        let actor = Actor { reference: format!("Practitioner/{id}"), name: id.into(), account: 1 };
        let grant = Grant::of_roles([role]);
        Ctx::new(Arc::clone(&self.care), ORG, Zone::utc(), actor, grant, Scope::all(ORG))
    }

    /// Accounts of staff, each with a role, named by their id.
    pub(crate) fn accounts(&self, staff: &[(&str, &str)]) {
        let account = |(id, role): &(&str, &str)| {
            let new = NewAccount {
                login: (*id).to_owned(),
                name: (*id).to_owned(),
                reference: format!("Practitioner/{id}"),
                roles: vec![(*role).to_owned()],
                teams: Vec::new(),
                one_click: true,
            };
            (new, String::new())
        };
        setup::accounts(&self.machine(), staff.iter().map(account).collect()).unwrap();
    }

    /// Somebody with an account, as signed in at this moment: closed labels closed.
    pub(crate) fn signed_in(&self, id: &str, role: &str) -> Ctx {
        let mut ctx = self.staff(id, role);
        let accounts = ctx.read(|r| account::accounts_of(r.conn(), ctx.org)).unwrap();
        ctx.actor.account = accounts.iter().find(|one| one.name == id).unwrap().id;
        ctx.scope = scope_of(ctx.org, ctx.actor.account, &[], &ctx.grant, ctx.now());
        ctx
    }

    pub(crate) fn put(&self, resources: &[&str]) -> Option<CommitId> {
        let ctx = self.machine();
        let context = ctx.prepare_context().unwrap();
        let prepared: Vec<Prepared> = resources
            .iter()
            .map(|text| Prepared::new(Json::parse(text.as_bytes()).unwrap(), &context).unwrap())
            .collect();
        ctx.write("put", move |tx| {
            for one in &prepared {
                tx.put(one, &PutOptions::default())?;
            }
            Ok(())
        })
        .unwrap()
        .commit
    }

    pub(crate) fn open_tasks_directly(&self) {
        let rows = continuo_care::assess::site::open_tasks_directly("Practitioner/admin", "as agreed", 1);
        self.machine()
            .write("switch on", move |tx| {
                for row in &rows {
                    rule_setting::add(tx.conn()?, ORG, row)?;
                }
                Ok(())
            })
            .unwrap();
    }

    pub(crate) fn rid(&self, patient: &str) -> Rid {
        self.machine().read(|r| r.rid(ORG, ResourceType::of("Patient"), patient)).unwrap().unwrap()
    }
}

#[allow(dead_code, reason = "shared by several test files")]
pub(crate) fn instant(text: &str) -> Instant {
    DateTime::parse(text).unwrap().low(&Zone::utc())
}
