//! Setting up an organization: its name and zone, its teams, the people who sign in.

use std::sync::Arc;

use continuo_fhir::date::Zone;
use continuo_store::tables::account::{self, Account};
use continuo_store::tables::org::Org;
use continuo_store::tables::team::{self, Team};
use continuo_store::{CommitId, Error, OrgId, Scope};

use crate::access::{Grant, Permission};
use crate::accounts::{PasswordError, TotpSecret, first, hash_password};
use crate::ctx::{Actor, Care, Ctx};
use crate::oncall::Shift;
use crate::population::{Population, TEAMS};
use crate::problem::WorkError;

/// The organization of a site that runs alone.
pub const FIRST: OrgId = OrgId(1);

/// A machine at work for the organization: import, nightly assessment, set-up. It sees everything, so that checks run
/// over closed records too; what it finds carries their labels.
pub fn machine(care: &Arc<Care>, org: OrgId, name: &str) -> Result<Ctx, Error> {
    let zone = care.store.read(|reader| continuo_store::tables::org::zone(reader.conn(), org))?;
    let zone = zone.as_deref().and_then(Zone::named).unwrap_or_else(Zone::utc);
    let actor = Actor { reference: format!("system/{name}"), name: name.to_owned(), account: 0 };
    Ok(Ctx::new(Arc::clone(care), org, zone, actor, Grant::machine(&Permission::ALL), Scope::all(org)))
}

/// All organizations of the database.
pub fn organizations(care: &Care) -> Result<Vec<OrgId>, Error> {
    let all = care.store.read(|reader| continuo_store::tables::org::all(reader.conn()))?;
    Ok(all.into_iter().map(|org| org.org).collect())
}

/// Adds the organization; one that is there keeps its name and zone.
pub fn organization(care: &Care, name: &str, zone: &str) -> Result<(), Error> {
    care.store.add_organization(&Org { org: FIRST, name: name.to_owned(), zone: zone.to_owned() })
}

/// Whether nobody can sign in yet.
pub fn is_new(care: &Care) -> Result<bool, Error> {
    care.store.read(|reader| account::has_accounts(reader.conn()).map(|has| !has))
}

/// What a new account needs.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// What they type to sign in.
    pub login: String,
    /// What others read.
    pub name: String,
    /// Their `Practitioner/ID`.
    pub reference: String,
    /// Role ids.
    pub roles: Vec<String>,
    /// Numbers of their teams.
    pub teams: Vec<i64>,
    /// Demo only.
    pub one_click: bool,
}

/// Why an account was not made.
#[derive(Debug, thiserror::Error)]
pub enum NewAccountError {
    /// The password cannot be taken.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// A role nobody knows.
    #[error("role `{0}` is not known")]
    Role(String),
    /// Somebody signs in with this name already.
    #[error("`{0}` is taken; choose another name to sign in with")]
    Taken(String),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Makes accounts with one password each, in one commit. An empty password: signs in by one click only (demo).
pub fn accounts(ctx: &Ctx, new: Vec<(NewAccount, String)>) -> Result<Option<CommitId>, NewAccountError> {
    let entropy = Arc::clone(&ctx.care().entropy);
    let mut rows = Vec::new();
    let now = ctx.now().micros();
    for (one, password) in new {
        if let Some(unknown) = one.roles.iter().find(|role| crate::access::role(role).is_none()) {
            return Err(NewAccountError::Role(unknown.clone()));
        }
        let login = one.login.trim().to_lowercase();
        let taken = ctx.store().read(|reader| account::account_by_login(reader.conn(), &login))?;
        if taken.is_some() {
            return Err(NewAccountError::Taken(login));
        }
        let password = if password.is_empty() { password } else { hash_password(&password, entropy.as_ref())? };
        let row = Account {
            org: ctx.org,
            id: 0,
            login,
            name: one.name,
            reference: one.reference,
            roles: one.roles.join(" "),
            totp: None,
            totp_step: 0,
            failed: 0,
            locked_until: 0,
            active: true,
            // Whoever made the account knows the password.
            must_change: !password.is_empty(),
            first_until: if password.is_empty() { 0 } else { first::until(now) },
            password,
            one_click: one.one_click,
            preferences: String::new(),
        };
        rows.push((row, one.teams));
    }
    let made = ctx.write("make accounts", move |tx| {
        let org = tx.org();
        for (row, teams) in &rows {
            let id = account::put_account(tx.conn()?, row)?;
            // Who may sign in, and as what, stands in the audit from the first day.
            tx.audit("make account", continuo_store::Rid(0), &row.reference, &row.roles);
            for number in teams {
                team::add_member(tx.conn()?, org, *number, id)?;
            }
        }
        Ok(())
    })?;
    Ok(made.commit)
}

/// Makes the first account, with a second factor. Returns the key to type into an authenticator app.
pub fn administrator(ctx: &Ctx, new: NewAccount, password: String) -> Result<String, NewAccountError> {
    let login = new.login.clone();
    accounts(ctx, vec![(new, password)])?;
    let secret = TotpSecret::new(ctx.care().entropy.as_ref());
    let bytes = secret.as_bytes().to_vec();
    ctx.write("set second factor", move |tx| {
        let found = account::account_by_login(tx.conn()?, &login)?;
        let mut row = found.ok_or_else(|| Error::NotFound("the account".to_owned()))?;
        row.totp = Some(bytes);
        // A random one that was shown to nobody else.
        row.must_change = false;
        account::put_account(tx.conn()?, &row)
    })?;
    Ok(secret.base32())
}

/// The made-up clinic's teams and staff, each of whom signs in by one click.
pub fn demo_staff(ctx: &Ctx, population: &Population) -> Result<(), NewAccountError> {
    let numbers = ctx
        .write("make teams", |tx| {
            let org = tx.org();
            TEAMS
                .iter()
                .map(|(id, name)| {
                    let row = Team {
                        org,
                        id: 0,
                        name: (*name).to_owned(),
                        kind: "team".to_owned(),
                        reference: format!("CareTeam/{id}"),
                    };
                    team::put_team(tx.conn()?, &row)
                })
                .collect::<Result<Vec<_>, _>>()
        })?
        .value;
    let staff = population
        .staff()
        .iter()
        .map(|one| {
            let new = NewAccount {
                login: one.sign_in.clone(),
                name: format!("{} {}", one.given, one.family),
                reference: one.reference(),
                roles: vec![one.role.to_owned()],
                teams: numbers.get(one.team).copied().into_iter().collect(),
                one_click: true,
            };
            (new, String::new())
        })
        .collect();
    accounts(ctx, staff)?;
    Ok(())
}

/// The made-up clinic's roster: nights and days covered, but for one stretch of the weekend, as in most first rosters.
pub fn demo_roster(ctx: &Ctx, population: &Population) -> Result<(), WorkError> {
    const WEEK: [u8; 7] = [0, 1, 2, 3, 4, 5, 6];
    let who = |role: &str, number: usize| {
        let all: Vec<String> =
            population.staff().iter().filter(|one| one.role == role).map(crate::population::Staff::reference).collect();
        all.get(number % all.len().max(1)).cloned().unwrap_or_default()
    };
    let (nurse, night) = (who("nurse", 0), who("nurse", 1));
    let (physician, weekend) = (who("physician", 0), who("physician", 1));
    for route in crate::oncall::ROUTES.iter() {
        let shift = |days: &[u8], from: i64, to: i64, who: &str, then: &str| Shift {
            route: route.id.clone(),
            days: days.to_vec(),
            from: from * 60,
            to: to * 60,
            who: who.to_owned(),
            then: if then == who { String::new() } else { then.to_owned() },
        };
        // Nobody has the critical results of Sunday's day yet.
        let days = if route.id == "critical-result" { 6 } else { 7 };
        crate::oncall::add_shift(ctx, shift(WEEK.get(..5).unwrap_or(&WEEK), 8, 17, &nurse, &physician))?;
        crate::oncall::add_shift(ctx, shift(WEEK.get(5..days).unwrap_or(&[5]), 8, 17, &weekend, &physician))?;
        crate::oncall::add_shift(ctx, shift(&WEEK, 17, 8, &night, &weekend))?;
    }
    Ok(())
}
