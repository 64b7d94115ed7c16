//! Who may be told of a finding that rests on a closed record (safety.md rule 20): checks run over everything, and only
//! whoever may read what a finding rests on is alerted.
//!
//! Work for somebody who does not see it would wait unseen. So its owner is the one the rule names only if they see its
//! labels; else a clinical role that does. Where nobody here may see it, the owner stays, and the privacy officer's list
//! ([`crate::access::unseen`]) says that something waits. A person who gives work to somebody that could not see it is
//! refused, and told who could ([`Permitted::refusal`]).

use continuo_fhir::{Instant, Json, Zone};
use continuo_store::conn::Conn;
use continuo_store::tables::{account, person, team};
use continuo_store::{OrgId, Result, Rid, WriteTx};

use crate::access::{EVERYBODY, Grant, Permission, role};
use crate::build::{append, moment, set_extension};
use crate::shapes;
use crate::tasks::OPEN;
use crate::tasks::make::{note, owner_of, set_owner};

/// Clinical roles in the order in which they are asked.
const CLINICIANS: [&str; 6] =
    ["nurse", "physician", "behavioral-health-clinician", "social-worker", "pharmacist", "supervisor"];

/// Names that a refusal lists before it counts the others.
const NAMED: usize = 3;

/// What is open of a person to everybody here, and who works here.
pub struct Permitted {
    /// Label bits that the person's consents open to everybody.
    open: u64,
    /// Everybody with an account.
    staff: Vec<Member>,
    /// Teams, with the references of those in them.
    teams: Vec<Group>,
}

/// Somebody with an account.
struct Member {
    reference: String,
    name: String,
    active: bool,
    grant: Grant,
}

/// A team.
struct Group {
    reference: String,
    name: String,
    members: Vec<String>,
}

impl Permitted {
    /// For a person, as their consents stand now.
    pub(crate) fn of(conn: &mut Conn, org: OrgId, person: Rid, now: i64) -> Result<Permitted> {
        let open = person::opened(conn, org, EVERYBODY, person, now)?;
        let accounts = account::accounts_of(conn, org)?;
        let mut teams = Vec::new();
        for one in team::teams_of(conn, org)? {
            let ids = team::members_of_team(conn, org, one.id)?;
            let members = accounts.iter().filter(|account| ids.contains(&account.id));
            let members = members.map(|account| account.reference.clone()).collect();
            teams.push(Group { reference: one.reference, name: one.name, members });
        }
        let staff = accounts.into_iter().map(|one| Member {
            grant: Grant::of_roles(one.roles.split_whitespace()),
            reference: one.reference,
            name: one.name,
            active: one.active,
        });
        Ok(Permitted { open, staff: staff.collect(), teams })
    }

    /// Nobody is closed out: for what has no labels.
    pub(crate) fn everybody() -> Permitted {
        Permitted { open: u64::MAX, staff: Vec::new(), teams: Vec::new() }
    }

    fn active(&self) -> impl Iterator<Item = &Member> {
        self.staff.iter().filter(|one| one.active)
    }

    fn sees(&self, owner: &str, labels: u64) -> bool {
        let closed = labels & !self.open;
        closed == 0
            || match owner.strip_prefix("role:") {
                Some(id) => role(id).is_some_and(|role| closed & !role.sees == 0),
                None => self.behind(owner).into_iter().any(|one| one.grant.sees(closed)),
            }
    }

    /// Those who have what this owner has: one person, or everybody of a team or role.
    fn behind(&self, owner: &str) -> Vec<&Member> {
        let team = self.teams.iter().find(|team| team.reference == owner);
        let is_meant = |one: &&Member| match (owner.strip_prefix("role:"), team) {
            (Some(id), _) => one.grant.roles().contains(&id),
            (None, Some(team)) => team.members.contains(&one.reference),
            (None, None) => one.reference == owner,
        };
        self.active().filter(is_meant).collect()
    }

    /// Why work with these labels may not be given to this owner, with who may have it; nothing where it may.
    pub(crate) fn refusal(&self, owner: &str, labels: u64) -> Option<String> {
        let closed = labels & !self.open;
        let takes = |grant: &Grant| grant.allows(Permission::WorkAct) && grant.sees(closed);
        let (name, against) = if let Some(id) = owner.strip_prefix("role:") {
            let Some(role) = role(id) else { return Some("there is no such role here".to_owned()) };
            let grant = Grant::of_roles([id]);
            if takes(&grant) {
                return None;
            }
            (format!("any {}", role.label.to_lowercase()), !grant.allows(Permission::WorkAct))
        } else if let Some(team) = self.teams.iter().find(|team| team.reference == owner) {
            let members = self.behind(owner);
            let is_nobodys = members.is_empty() && closed == 0;
            if is_nobodys || members.iter().any(|one| takes(&one.grant)) {
                return None;
            }
            (format!("nobody in {}", team.name), !members.iter().any(|one| one.grant.allows(Permission::WorkAct)))
        } else if let Some(one) = self.staff.iter().find(|one| one.reference == owner) {
            if !one.active {
                return Some(format!("{} does not work here any more: choose somebody else", one.name));
            }
            if takes(&one.grant) {
                return None;
            }
            (one.name.clone(), !one.grant.allows(Permission::WorkAct))
        } else if closed == 0 {
            // Known to the record alone, such as another organisation's clinician: nothing is known against it.
            return None;
        } else {
            ("whoever this is".to_owned(), false)
        };
        let about = match (name.starts_with("nobody"), against) {
            (false, true) => format!("{name} has no worklist to do this from"),
            (true, true) => format!("{name} has a worklist to do this from"),
            (false, false) => format!("{name} may not see what this is about"),
            (true, false) => format!("{name} may see what this is about"),
        };
        Some(format!("{about}. {}", self.who_may(closed)))
    }

    /// "It can go to Nils Berg, Ana Cole and 2 more."
    fn who_may(&self, closed: u64) -> String {
        let able: Vec<&str> = self
            .active()
            .filter(|one| one.grant.allows(Permission::WorkAct) && one.grant.sees(closed))
            .map(|one| one.name.as_str())
            .collect();
        let (first, rest) = able.split_at(able.len().min(NAMED));
        match (first, rest.len()) {
            ([], _) => "Nobody here may see it without the person's consent: ask the privacy officer".to_owned(),
            ([one], _) => format!("It can go to {one}"),
            ([all @ .., last], 0) => format!("It can go to {} or {last}", all.join(", ")),
            (all, more) => format!("It can go to {} or {more} more", all.join(", ")),
        }
    }

    /// The owner of work with these labels: the one given if they see it, else a clinical role that does.
    pub(crate) fn owner(&self, given: String, labels: u64) -> String {
        if self.sees(&given, labels) {
            return given;
        }
        let sees = |id: &&str| self.sees(&format!("role:{id}"), labels);
        let is_staffed = |id: &&str| self.active().any(|one| one.grant.roles().contains(id));
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
            staff: staff.iter().map(|(who, role)| member(who, role)).collect(),
            teams: Vec::new(),
        }
    }

    fn member(who: &str, role: &str) -> Member {
        let name = who.trim_start_matches("Practitioner/").to_owned();
        Member { reference: who.to_owned(), name, active: true, grant: Grant::of_roles([role]) }
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

    #[test]
    fn whoever_could_not_see_it_is_refused_and_who_could_is_named() {
        let staff = [
            ("Practitioner/maria", "care-coordinator"),
            ("Practitioner/nils", "nurse"),
            ("Practitioner/dora", "physician"),
            ("Practitioner/petra", "privacy-officer"),
        ];
        let mut site = site("", &staff);
        let members = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
        site.teams.push(Group {
            reference: "CareTeam/north".to_owned(),
            name: "Team North".to_owned(),
            members: members(&["Practitioner/maria"]),
        });
        let said = |owner: &str, labels: &str| site.refusal(owner, labels_named(labels.split_whitespace()));
        assert_eq!(said("Practitioner/maria", ""), None);
        assert_eq!(said("Practitioner/nils", "hiv"), None);
        assert_eq!(said("role:nurse", "hiv"), None);
        let closed = said("Practitioner/maria", "hiv").unwrap();
        assert_eq!(closed, "maria may not see what this is about. It can go to nils or dora");
        let team = said("CareTeam/north", "hiv").unwrap();
        assert!(team.starts_with("nobody in Team North may see"), "{team}");
        assert_eq!(said("CareTeam/north", ""), None);
        let role = said("role:care-coordinator", "partner-violence").unwrap();
        assert!(role.starts_with("any care coordinator may not see") && role.ends_with("go to dora"), "{role}");
        let none = said("Practitioner/nils", "part2").unwrap();
        assert!(none.ends_with("ask the privacy officer"), "{none}");
        let office = said("Practitioner/petra", "").unwrap();
        assert!(office.starts_with("petra has no worklist"), "{office}");
        assert_eq!(said("Practitioner/elsewhere", ""), None);
        site.staff.iter_mut().for_each(|one| one.active = false);
        let gone = site.refusal("Practitioner/nils", 0).unwrap();
        assert!(gone.contains("does not work here any more"), "{gone}");
    }
}
