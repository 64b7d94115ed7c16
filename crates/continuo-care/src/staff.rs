//! Who works here: the people, teams and roles that work can be given to, and their names.

use continuo_store::tables::{account, team};

use crate::access::{Permission, roles};
use crate::ctx::Ctx;
use crate::problem::WorkError;

/// Somebody or some group that can own work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// `Practitioner/..`, `CareTeam/..` or `role:..`.
    pub reference: String,
    /// "Maria Ortiz, care coordinator", "Team North", "Any nurse".
    pub label: String,
}

/// People first, then teams, then roles that somebody has.
pub fn owners(ctx: &Ctx) -> Result<Vec<Owner>, WorkError> {
    ctx.require(Permission::WorkRead)?;
    let (accounts, teams) = ctx.read(|r| {
        let accounts = account::accounts_of(r.conn(), ctx.org)?;
        Ok((accounts, team::teams_of(r.conn(), ctx.org)?))
    })?;
    let active: Vec<_> = accounts.into_iter().filter(|one| one.active).collect();
    let label_of =
        |id: &str| roles().iter().find(|role| role.id == id).map_or(id, |role| role.label.as_str()).to_lowercase();
    let people = active.iter().map(|one| {
        let role = one.roles.split_whitespace().next().map(label_of).unwrap_or_default();
        Owner { reference: one.reference.clone(), label: format!("{}, {role}", one.name) }
    });
    let teams = teams.iter().map(|one| Owner { reference: one.reference.clone(), label: one.name.clone() });
    let staffed =
        roles().iter().filter(|role| active.iter().any(|one| one.roles.split_whitespace().any(|id| id == role.id)));
    let roles = staffed.map(|role| Owner {
        reference: format!("role:{}", role.id),
        label: format!("Any {}", role.label.to_lowercase()),
    });
    Ok(people.chain(teams).chain(roles).collect())
}

/// The name of an owner: a person, a team, "any nurse", or that nobody has it.
pub fn name_of(owners: &[Owner], reference: &str) -> String {
    match owners.iter().find(|owner| owner.reference == reference) {
        Some(owner) => owner.label.clone(),
        None if reference.is_empty() => "Nobody".to_owned(),
        None => reference
            .strip_prefix("role:")
            .map_or_else(|| reference.to_owned(), |role| format!("Any {}", role.replace('-', " "))),
    }
}
