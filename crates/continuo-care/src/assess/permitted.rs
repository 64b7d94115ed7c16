//! Who may be told of a finding that rests on a closed record (safety.md rule 20): checks run over everything, and only
//! whoever may read what a finding rests on is alerted.
//!
//! Work for somebody who does not see it would wait unseen. So its owner is the one the rule names only if they see its
//! labels; else a clinical role that does. Where nobody here may see it, the owner stays, and the privacy officer's list
//! ([`crate::access::unseen`]) says that something waits.

use continuo_fhir::{Instant, Json, Zone};
use continuo_store::conn::Conn;
use continuo_store::tables::{account, person};
use continuo_store::{OrgId, Result, Rid, WriteTx};

use crate::access::{EVERYBODY, Grant, Permission, role};
use crate::build::{append, moment, set_extension};
use crate::shapes;
use crate::tasks::OPEN;
use crate::tasks::make::{note, owner_of, set_owner};

/// Clinical roles in the order in which they are asked.
const CLINICIANS: [&str; 6] =
    ["nurse", "physician", "behavioral-health-clinician", "social-worker", "pharmacist", "supervisor"];

/// What is open of a person to everybody here, and who works here.
pub struct Permitted {
    /// Label bits that the person's consents open to everybody.
    open: u64,
    /// Active accounts: reference, label bits their roles see.
    staff: Vec<(String, Grant)>,
}

impl Permitted {
    /// For a person, as their consents stand now.
    pub(crate) fn of(conn: &mut Conn, org: OrgId, person: Rid, now: i64) -> Result<Permitted> {
        let open = person::opened(conn, org, EVERYBODY, person, now)?;
        let accounts = account::accounts_of(conn, org)?.into_iter().filter(|one| one.active);
        let staff = accounts.map(|one| (one.reference, Grant::of_roles(one.roles.split_whitespace()))).collect();
        Ok(Permitted { open, staff })
    }

    /// Nobody is closed out: for what has no labels.
    pub(crate) fn everybody() -> Permitted {
        Permitted { open: u64::MAX, staff: Vec::new() }
    }

    fn sees(&self, owner: &str, labels: u64) -> bool {
        let closed = labels & !self.open;
        closed == 0
            || match owner.strip_prefix("role:") {
                Some(id) => role(id).is_some_and(|role| closed & !role.sees == 0),
                None => self.staff.iter().any(|(reference, grant)| reference == owner && grant.sees(closed)),
            }
    }

    /// The owner of work with these labels: the one given if they see it, else a clinical role that does.
    pub(crate) fn owner(&self, given: String, labels: u64) -> String {
        if self.sees(&given, labels) {
            return given;
        }
        let sees = |id: &&str| self.sees(&format!("role:{id}"), labels);
        let is_staffed = |id: &&str| self.staff.iter().any(|(_, grant)| grant.roles().contains(id));
        let may = |id: &&str| role(id).is_some_and(|role| role.allows(Permission::WorkAct));
        let able: Vec<&str> = CLINICIANS.into_iter().filter(|id| sees(id) && may(id)).collect();
        let chosen = able.iter().find(|id| is_staffed(id)).or(able.first());
        chosen.map_or(given, |id| format!("role:{id}"))
    }
}

/// Takes open work from owners who do not see it any more, such as after a consent was revoked.
pub(super) fn move_unseen(
    tx: &mut WriteTx<'_>,
    permitted: &Permitted,
    tasks: &mut [(Json, u64)],
    now: Instant,
    zone: &Zone,
) -> Result<()> {
    for (task, labels) in tasks.iter_mut() {
        let open = task.str_at("status").is_some_and(|status| OPEN.contains(&status));
        let given = owner_of(task);
        if !open || *labels == 0 || given.is_empty() {
            continue;
        }
        let owner = permitted.owner(given.clone(), *labels);
        if owner == given {
            continue;
        }
        set_owner(task, &owner);
        set_extension(task, shapes::EXT_HANDED_BY, None);
        set_extension(task, shapes::EXT_ACCEPT_BY, None);
        append(task, "note", note("Moved to who may see it.", super::LOOP, now, zone));
        task.set("lastModified", moment(now, zone));
        super::put(tx, task.clone())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::labels_named;

    fn site(open: &str, staff: &[(&str, &str)]) -> Permitted {
        Permitted {
            open: labels_named(open.split_whitespace()),
            staff: staff.iter().map(|(who, role)| ((*who).to_owned(), Grant::of_roles([*role]))).collect(),
        }
    }

    #[test]
    fn work_goes_to_who_may_see_it() {
        let staff =
            [("Practitioner/m", "care-coordinator"), ("Practitioner/n", "nurse"), ("Practitioner/d", "physician")];
        let site = site("", &staff);
        let owner = |given: &str, labels: &str| site.owner(given.to_owned(), labels_named(labels.split_whitespace()));
        assert_eq!(owner("Practitioner/m", ""), "Practitioner/m");
        assert_eq!(owner("Practitioner/m", "hiv"), "role:nurse");
        assert_eq!(owner("Practitioner/n", "hiv"), "Practitioner/n");
        assert_eq!(owner("role:pharmacist", "behavioral"), "role:nurse");
        assert_eq!(owner("Practitioner/m", "partner-violence"), "role:physician", "a nurse does not see it");
        assert_eq!(owner("Practitioner/gone", "hiv"), "role:nurse", "nobody reads with a closed account");
        assert_eq!(owner("Practitioner/m", "part2"), "Practitioner/m", "nobody here may see it");
    }

    #[test]
    fn a_consent_opens_it_to_its_owner() {
        let site = site("part2 hiv", &[("Practitioner/m", "care-coordinator")]);
        let part2 = labels_named(["part2"].into_iter());
        assert_eq!(site.owner("Practitioner/m".to_owned(), part2), "Practitioner/m");
        let with_more = part2 | labels_named(["behavioral"].into_iter());
        assert_eq!(site.owner("Practitioner/m".to_owned(), with_more), "role:nurse");
    }
}
