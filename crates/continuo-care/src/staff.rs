//! Who works here: the people, teams and roles that work can be given to, and their names.

use continuo_fhir::Instant;
use continuo_store::Rid;
use continuo_store::tables::{account, sign_in_place, team};

use crate::access::{Grant, Permission, roles};
use crate::ctx::Ctx;
use crate::problem::WorkError;
use crate::work::Done;

/// Somebody or some group that can own work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// `Practitioner/..`, `CareTeam/..` or `role:..`.
    pub reference: String,
    /// "Maria Ortiz, care coordinator", "Team North", "Any nurse".
    pub label: String,
    /// Until when they are away, and who covers: shown before work is given to them (interface.md 5).
    pub away: Option<(Instant, String)>,
    /// Has a worklist to do work from; the others are named here, and are given none.
    pub acts: bool,
}

/// People first, then teams, then roles that somebody has. Names of staff are open to everybody who has signed in.
pub fn owners(ctx: &Ctx) -> Result<Vec<Owner>, WorkError> {
    let (accounts, teams, absences) = ctx.read(|r| {
        let accounts = account::accounts_of(r.conn(), ctx.org)?;
        let teams = team::teams_of(r.conn(), ctx.org)?;
        Ok((accounts, teams, crate::oncall::away_list(r, ctx)?))
    })?;
    let now = ctx.now();
    let name = |reference: &str| {
        accounts.iter().find(|one| one.reference == reference).map(|one| one.name.clone()).unwrap_or_default()
    };
    let away = |reference: &str| {
        let now = absences.iter().find(|one| one.who == reference && one.from <= now);
        now.map(|one| (one.until, name(&one.fallback)))
    };
    let active: Vec<_> = accounts.iter().filter(|one| one.active).collect();
    let label_of =
        |id: &str| roles().iter().find(|role| role.id == id).map_or(id, |role| role.label.as_str()).to_lowercase();
    let people = active.iter().map(|one| {
        let role = one.roles.split_whitespace().next().map(label_of).unwrap_or_default();
        let label = format!("{}, {role}", one.name);
        let acts = Grant::of_roles(one.roles.split_whitespace()).allows(Permission::WorkAct);
        Owner { away: away(&one.reference), reference: one.reference.clone(), label, acts }
    });
    let teams = teams.iter().map(|one| Owner {
        reference: one.reference.clone(),
        label: one.name.clone(),
        away: None,
        acts: true,
    });
    let staffed =
        roles().iter().filter(|role| active.iter().any(|one| one.roles.split_whitespace().any(|id| id == role.id)));
    let roles = staffed.map(|role| Owner {
        reference: format!("role:{}", role.id),
        label: format!("Any {}", role.label.to_lowercase()),
        away: None,
        acts: role.allows(Permission::WorkAct),
    });
    Ok(people.chain(teams).chain(roles).collect())
}

/// The owners behind some references, by name alone: for pages that name few of many.
pub fn named(ctx: &Ctx, references: &[&str]) -> Result<Vec<Owner>, WorkError> {
    let (people, teams) = ctx.read(|r| {
        let people = account::names_of(r.conn(), ctx.org, references)?;
        Ok((people, team::teams_of(r.conn(), ctx.org)?))
    })?;
    let people = people.into_iter().map(|(reference, label)| Owner { reference, label, away: None, acts: true });
    let teams =
        teams.into_iter().map(|one| Owner { reference: one.reference, label: one.name, away: None, acts: true });
    let roles = roles().iter().map(|role| Owner {
        reference: format!("role:{}", role.id),
        label: format!("Any {}", role.label.to_lowercase()),
        away: None,
        acts: role.allows(Permission::WorkAct),
    });
    Ok(people.chain(teams).chain(roles).filter(|owner| references.contains(&owner.reference.as_str())).collect())
}

/// The name of an owner: a person, a team, "any nurse", or that nobody has it.
pub fn name_of(owners: &[Owner], reference: &str) -> String {
    match owners.iter().find(|owner| owner.reference == reference) {
        Some(owner) => owner.label.clone(),
        None if reference.is_empty() => "Nobody".to_owned(),
        // What the product did by itself is signed with its name.
        None if reference == crate::assess::LOOP => "Continuo".to_owned(),
        None => match reference.split_once([':', '/']) {
            Some(("role", role)) => format!("Any {}", role.replace('-', " ")),
            Some(("system", part)) => format!("Continuo ({})", part.replace('-', " ")),
            _ => reference.to_owned(),
        },
    }
}

/// An account as the administration page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Number.
    pub id: i64,
    /// Name.
    pub name: String,
    /// What they type to sign in.
    pub login: String,
    /// Labels of their roles.
    pub roles: String,
    /// Names of their teams.
    pub teams: String,
    /// May sign in.
    pub active: bool,
    /// Waits after wrong passwords.
    pub waits: bool,
    /// Has a second factor.
    pub second_factor: bool,
}

/// Everybody with an account, by name.
pub fn members(ctx: &Ctx) -> Result<Vec<Member>, WorkError> {
    ctx.require(Permission::AdminPeople)?;
    let now = ctx.now().micros();
    Ok(ctx.read(|r| {
        let accounts = account::accounts_of(r.conn(), ctx.org)?;
        let places = sign_in_place::waiting(r.conn(), ctx.org, now)?;
        accounts
            .into_iter()
            .map(|one| {
                let teams = team::teams_of_account(r.conn(), ctx.org, one.id)?;
                let labels = one
                    .roles
                    .split_whitespace()
                    .map(|id| roles().iter().find(|role| role.id == id).map_or(id, |role| &role.label));
                Ok(Member {
                    id: one.id,
                    roles: labels.collect::<Vec<_>>().join(", "),
                    teams: teams.into_iter().map(|team| team.name).collect::<Vec<_>>().join(", "),
                    waits: one.locked_until > now || places.iter().any(|(account, _)| *account == one.id),
                    second_factor: one.totp.is_some(),
                    active: one.active,
                    login: one.login,
                    name: one.name,
                })
            })
            .collect()
    })?)
}

/// Lets somebody sign in, or no longer. Their open sessions end; what they own stays theirs and shows as uncovered.
pub fn set_active(ctx: &Ctx, id: i64, active: bool) -> Done<()> {
    ctx.require(Permission::AdminPeople)?;
    if id == ctx.actor.account {
        return Err(WorkError::Not("nobody closes their own account".to_owned()));
    }
    let action = if active { "open account" } else { "close account" };
    Ok(ctx.write(action, move |tx| {
        let org = tx.org();
        tx.commit_id();
        let conn = tx.conn()?;
        let Some(mut row) = account::account_by_id(conn, org, id)? else { return Ok(()) };
        row.active = active;
        account::put_account(conn, &row)?;
        continuo_store::tables::session::end_sessions_of(conn, org, id)?;
        tx.audit(action, Rid(0), &row.reference, "");
        Ok(())
    })?)
}

/// Teams and programs with how many belong to each.
pub fn teams(ctx: &Ctx) -> Result<Vec<(String, String, usize)>, WorkError> {
    ctx.require(Permission::AdminPeople)?;
    Ok(ctx.read(|r| {
        let teams = team::teams_of(r.conn(), ctx.org)?;
        teams
            .into_iter()
            .map(|one| Ok((one.name, one.kind, team::members_of_team(r.conn(), ctx.org, one.id)?.len())))
            .collect()
    })?)
}
