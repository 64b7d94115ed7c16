//! From a grant to the store's predicate: labels, openings and reach under the caller's audiences.
//!
//! An audience is a number under which consents and emergencies open labels and assignments give reach: everybody of
//! the organization, one account, one team, or a name under which work and care teams know somebody.

use continuo_fhir::date::Instant;
use continuo_store::{OrgId, Persons, Scope};
use sha2::{Digest, Sha256};

use super::grant::Grant;

const ACCOUNT: i64 = 1 << 40;
const TEAM: i64 = 2 << 40;
const NAMED: i64 = 1 << 62;

/// Everybody who works for the organization: what a person's consent to treatment opens.
pub const EVERYBODY: i64 = 1;

/// The audience of one account.
pub fn account_audience(account: i64) -> i64 {
    ACCOUNT + account
}

/// The audience of one team.
pub fn team_audience(team: i64) -> i64 {
    TEAM + team
}

/// The audience of whoever is named as owner of work or in a care team: `Practitioner/ID`, `CareTeam/ID`, `role:ID`.
///
/// A number made from the name, so that a person's rows need not be written again when accounts and teams change.
pub(crate) fn named_audience(name: &str) -> i64 {
    let hash = Sha256::digest(name.as_bytes());
    let bytes: [u8; 8] = hash[..8].try_into().expect("a SHA-256 has 32 bytes");
    NAMED | (i64::from_be_bytes(bytes) & (NAMED - 1))
}

/// What somebody with this grant, account and teams sees at this moment.
pub fn scope_of(org: OrgId, account: i64, teams: &[i64], grant: &Grant, now: Instant) -> Scope {
    let mut audiences = vec![EVERYBODY];
    if account != 0 {
        audiences.push(account_audience(account));
    }
    audiences.extend(teams.iter().copied().map(team_audience));
    let persons = if grant.reaches_all() { Persons::All } else { Persons::Audiences(audiences.clone()) };
    Scope { org, hidden_labels: grant.hidden_labels(), audiences, now: now.micros(), persons }
}

/// The scope of somebody who goes by these names in the record ([`super::reach`]): their own, their teams', their roles'.
pub fn known_as<'n>(mut scope: Scope, names: impl IntoIterator<Item = &'n str>, grant: &Grant) -> Scope {
    if let Persons::Audiences(list) = &mut scope.persons {
        list.extend(names.into_iter().map(named_audience));
        list.extend(grant.roles().iter().map(|id| named_audience(&format!("role:{id}"))));
    }
    scope
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assigned_role_reaches_only_its_audiences() {
        let grant = Grant::of_roles(["community-health-worker"]);
        let scope = scope_of(OrgId(1), 7, &[3], &grant, Instant::from_micros(5));
        assert_eq!(scope.persons, Persons::Audiences(vec![EVERYBODY, account_audience(7), team_audience(3)]));
    }

    #[test]
    fn a_coordinator_reaches_everybody_but_no_closed_label() {
        let grant = Grant::of_roles(["care-coordinator"]);
        let scope = scope_of(OrgId(1), 7, &[], &grant, Instant::from_micros(5));
        assert_eq!(scope.persons, Persons::All);
        assert_ne!(scope.hidden_labels, 0);
    }
}
