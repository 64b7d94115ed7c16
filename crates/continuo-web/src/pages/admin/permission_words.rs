//! What a permission lets somebody do, in words.

use continuo_care::access::Permission;

/// "read the clinical record".
pub(super) fn words(permission: Permission) -> &'static str {
    match permission {
        Permission::RecordRead => "read the clinical record",
        Permission::RecordWrite => "write the clinical record",
        Permission::PersonRead => "read people, contact, coverage and appointments",
        Permission::PersonWrite => "write people, contact, coverage and appointments",
        Permission::WorkRead => "see work",
        Permission::WorkAct => "do work",
        Permission::WorkAssign => "give work to others",
        Permission::CriticalSnooze => "put off critical work",
        Permission::SuggestionDecide => "decide on suggestions",
        Permission::BreakGlass => "take emergency access",
        Permission::IdentityDecide => "say who is the same person",
        Permission::Import => "bring records in",
        Permission::Export => "take records out in bulk",
        Permission::OversightRead => "see oversight",
        Permission::AuditRead => "read the audit",
        Permission::AdminPeople => "manage people and teams",
        Permission::AdminPolicy => "set rules and policies",
        Permission::ApiToken => "make API tokens",
        Permission::OnCall => "set on-call hours",
        Permission::ConsentOpen => "write consents that open private records",
        Permission::ChooseIds => "choose the ids of what it makes",
    }
}

/// What a label covers, in a few words.
fn label_words(code: &str) -> &str {
    match code {
        "part2" => "substance use treatment records (42 CFR Part 2)",
        "behavioral" => "behavioral health records",
        "hiv" => "HIV records",
        "partner-violence" => "records of partner violence",
        "adolescent" => "records of adolescents",
        other => other,
    }
}

/// A list of permission ids, as kept with a token, in words; what is no permission stands as it is.
pub(super) fn of_ids(ids: &str) -> String {
    let word = |id: &str| {
        let known = Permission::ALL.into_iter().find(|permission| permission.id() == id);
        known.map_or_else(
            || format!("see {}", label_words(id.trim_start_matches("label:"))),
            |permission| words(permission).to_owned(),
        )
    };
    ids.split_whitespace().map(word).collect::<Vec<_>>().join("; ")
}
