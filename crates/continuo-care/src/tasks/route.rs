//! Who owns new work from birth: the person's own coordinator where the role fits, else the team or role the rule names.

use continuo_fhir::{Instant, Zone};

use crate::access::Permission;
use crate::followup::person::Person;

/// Roles whose work the person's care manager takes when there is one.
const COORDINATION: [&str; 3] = ["care-coordinator", "scheduler", "community-health-worker"];

/// Who decides suggestions for roles that do not.
pub const DECIDES: &str = "care-coordinator";

/// Whether a role may decide suggestions; one that nobody knows is not taken work from.
pub fn decides(role: &str) -> bool {
    crate::access::role(role).is_none_or(|role| role.allows(Permission::SuggestionDecide))
}

/// The role that does what an accepted suggestion of a rule proposes, where somebody else decided about it for them.
pub fn does(role: &str, owner: &str) -> Option<String> {
    (!decides(role) && owner == format!("role:{DECIDES}")).then(|| format!("role:{role}"))
}

/// The owner of new work of a role: `Practitioner/..`, `CareTeam/..` or `role:..`; never empty.
pub fn owner(person: &Person<'_>, role: &str, as_of: Instant, zone: &Zone) -> String {
    let episode = person.of("EpisodeOfCare").iter().find(|episode| {
        episode.is(&["active", "waitlist"])
            && episode.until("period.end", zone).is_none_or(|end| end >= as_of)
            && episode.text("careManager.reference").is_some()
    });
    if COORDINATION.contains(&role)
        && let Some(manager) = episode.and_then(|episode| episode.text("careManager.reference"))
    {
        return manager.to_owned();
    }
    for team in person.of("CareTeam") {
        if !team.is(&["active"]) {
            continue;
        }
        for participant in team.all("participant") {
            let fits = crate::followup::person::walk(participant, "role.coding")
                .iter()
                .any(|coding| coding.str("system") == Some(crate::shapes::CODE) && coding.str("code") == Some(role));
            let member = participant.get("member").and_then(|member| member.str("reference"));
            if let (true, Some(member)) = (fits, member) {
                return member.to_owned();
            }
        }
    }
    format!("role:{role}")
}
