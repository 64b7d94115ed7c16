//! Roles: rows of `knowledge/access/roles.csv`. A site gives its people one or more of them.

use std::sync::LazyLock;

use super::labels;
use super::permissions::Permission;
use super::table;

/// A role as shipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Stable id: `care-coordinator`.
    pub id: String,
    /// What people read: "Care coordinator".
    pub label: String,
    /// Label bits this role sees without a further consent. Never Part 2.
    pub sees: u64,
    /// Whether a second factor is asked for outside the demo.
    pub second_factor: bool,
    /// Whether the role reaches everybody of the organization, or only those it is assigned to.
    pub reaches_all: bool,
    /// Bit set of [`Permission`].
    pub(crate) permissions: u32,
}

impl Role {
    /// Whether the role is allowed this.
    pub fn allows(&self, permission: Permission) -> bool {
        self.permissions & permission.bit() != 0
    }
}

static ROLES: LazyLock<Vec<Role>> = LazyLock::new(|| {
    table::rows(include_str!("../../../../knowledge/access/roles.csv"))
        .filter_map(|row| {
            let mut fields = row.into_iter();
            Some(Role {
                id: fields.next()?,
                label: fields.next()?,
                sees: labels::labels_named(fields.next()?.split_whitespace()),
                second_factor: fields.next()? == "yes",
                reaches_all: fields.next()? == "all",
                permissions: fields
                    .next()?
                    .split_whitespace()
                    .filter_map(Permission::parse)
                    .fold(0, |bits, permission| bits | permission.bit()),
            })
        })
        .collect()
});

/// The shipped roles, in the table's order.
pub fn roles() -> &'static [Role] {
    &ROLES
}

/// The role of this id.
pub fn role(id: &str) -> Option<&'static Role> {
    ROLES.iter().find(|role| role.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_the_table_is_known() {
        let rows: Vec<_> = table::rows(include_str!("../../../../knowledge/access/roles.csv")).collect();
        assert_eq!(rows.len(), roles().len());
        for row in rows {
            for permission in row[5].split_whitespace() {
                assert!(Permission::parse(permission).is_some(), "{}: unknown permission {permission}", row[0]);
            }
            for label in row[2].split_whitespace() {
                assert_ne!(labels::labels_named([label].into_iter()), 0, "{}: unknown label {label}", row[0]);
            }
        }
    }

    #[test]
    fn no_role_opens_part_2_without_consent() {
        let part2 = labels::labels_named(["part2"].into_iter());
        assert!(roles().iter().all(|role| role.sees & part2 == 0));
    }

    #[test]
    fn clinical_roles_need_a_second_factor() {
        for role in roles().iter().filter(|role| role.allows(Permission::RecordRead)) {
            assert!(role.second_factor, "{}", role.id);
        }
    }
}
