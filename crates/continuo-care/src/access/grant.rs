//! A grant: what one signed-in person (or API token) may do, and the predicate the store applies for them.

use super::labels::ALL_BITS;
use super::permissions::Permission;
use super::roles::{Role, role};

/// Refused: the person may not do this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not allowed: {}", .0.id())]
pub struct Denied(pub Permission);

/// The sum of a person's roles at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    permissions: u32,
    sees: u64,
    second_factor: bool,
    reaches_all: bool,
    roles: Vec<&'static str>,
}

impl Grant {
    /// The grant of somebody with these role ids; unknown ids give nothing.
    pub fn of_roles<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        let mut grant = Self::none();
        for role in ids.into_iter().filter_map(role) {
            grant.add(role);
        }
        grant
    }

    /// Nobody: allowed nothing.
    pub fn none() -> Self {
        Self { permissions: 0, sees: 0, second_factor: false, reaches_all: false, roles: Vec::new() }
    }

    /// A machine acting for the organization (import, nightly assessment): sees all labels so that checks run
    /// over hidden data too (safety rule 20), and is allowed what it is given.
    pub fn machine(permissions: &[Permission]) -> Self {
        let permissions = permissions.iter().fold(0, |bits, permission| bits | permission.bit());
        Self { permissions, sees: ALL_BITS, second_factor: false, reaches_all: true, roles: Vec::new() }
    }

    /// A program with a token: allowed what its maker chose; closed labels stay closed unless named.
    pub fn program(permissions: &[Permission], sees: u64) -> Self {
        let permissions = permissions.iter().fold(0, |bits, permission| bits | permission.bit());
        Self { permissions, sees: sees & ALL_BITS, second_factor: false, reaches_all: true, roles: Vec::new() }
    }

    fn add(&mut self, role: &'static Role) {
        self.permissions |= role.permissions;
        self.sees |= role.sees;
        self.second_factor |= role.second_factor;
        self.reaches_all |= role.reaches_all;
        self.roles.push(&role.id);
    }

    /// Narrowed to these permissions: a token never allows more than its maker chose.
    #[must_use]
    pub fn narrowed(mut self, permissions: &[Permission]) -> Self {
        self.permissions &= permissions.iter().fold(0, |bits, permission| bits | permission.bit());
        self
    }

    /// Whether this is allowed.
    pub fn allows(&self, permission: Permission) -> bool {
        self.permissions & permission.bit() != 0
    }

    /// Goes on only if this is allowed.
    pub fn require(&self, permission: Permission) -> Result<(), Denied> {
        if self.allows(permission) { Ok(()) } else { Err(Denied(permission)) }
    }

    /// Whether all of these label bits are open to this person's roles.
    pub fn sees(&self, labels: u64) -> bool {
        labels & !self.sees == 0
    }

    /// The label bits that stay closed for this person unless a consent or an emergency opens them.
    pub fn hidden_labels(&self) -> u64 {
        ALL_BITS & !self.sees
    }

    /// Whether this person reaches everybody, or only those assigned to them or their teams.
    pub fn reaches_all(&self) -> bool {
        self.reaches_all
    }

    /// Whether a role of this person asks for a second factor.
    pub fn needs_second_factor(&self) -> bool {
        self.second_factor
    }

    /// The role ids, in the order given.
    pub fn roles(&self) -> &[&'static str] {
        &self.roles
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_roles_add_up() {
        let grant = Grant::of_roles(["front-desk", "privacy-officer"]);
        assert!(grant.allows(Permission::PersonWrite));
        assert!(grant.allows(Permission::AuditRead));
        assert!(!grant.allows(Permission::RecordRead));
        assert_eq!(grant.require(Permission::RecordRead), Err(Denied(Permission::RecordRead)));
    }

    #[test]
    fn an_unknown_role_gives_nothing() {
        assert_eq!(Grant::of_roles(["owner-of-everything"]), Grant::none());
    }

    #[test]
    fn labels_stay_closed_unless_a_role_sees_them() {
        assert_eq!(Grant::of_roles(["front-desk"]).hidden_labels(), ALL_BITS);
        let nurse = Grant::of_roles(["nurse"]).hidden_labels();
        assert_eq!(nurse & 0b10, 0, "behavioral is open to nurses");
        assert_eq!(nurse & 0b1, 1, "Part 2 is not");
    }
}
