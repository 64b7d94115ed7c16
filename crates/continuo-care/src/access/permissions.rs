//! What can be allowed. One row of `knowledge/access/permissions.csv` is one variant here; a test compares.

/// Something a role may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Permission {
    RecordRead,
    RecordWrite,
    PersonRead,
    PersonWrite,
    WorkRead,
    WorkAct,
    WorkAssign,
    CriticalSnooze,
    SuggestionDecide,
    BreakGlass,
    IdentityDecide,
    Import,
    Export,
    OversightRead,
    AuditRead,
    AdminPeople,
    AdminPolicy,
    ApiToken,
    OnCall,
    ConsentOpen,
    ChooseIds,
}

impl Permission {
    /// All of them, in the table's order.
    pub const ALL: [Self; 21] = [
        Self::RecordRead,
        Self::RecordWrite,
        Self::PersonRead,
        Self::PersonWrite,
        Self::WorkRead,
        Self::WorkAct,
        Self::WorkAssign,
        Self::CriticalSnooze,
        Self::SuggestionDecide,
        Self::BreakGlass,
        Self::IdentityDecide,
        Self::Import,
        Self::Export,
        Self::OversightRead,
        Self::AuditRead,
        Self::AdminPeople,
        Self::AdminPolicy,
        Self::ApiToken,
        Self::OnCall,
        Self::ConsentOpen,
        Self::ChooseIds,
    ];

    /// The name used in tables, pages and the audit.
    pub fn id(self) -> &'static str {
        match self {
            Self::RecordRead => "record-read",
            Self::RecordWrite => "record-write",
            Self::PersonRead => "person-read",
            Self::PersonWrite => "person-write",
            Self::WorkRead => "work-read",
            Self::WorkAct => "work-act",
            Self::WorkAssign => "work-assign",
            Self::CriticalSnooze => "critical-snooze",
            Self::SuggestionDecide => "suggestion-decide",
            Self::BreakGlass => "break-glass",
            Self::IdentityDecide => "identity-decide",
            Self::Import => "import",
            Self::Export => "export",
            Self::OversightRead => "oversight-read",
            Self::AuditRead => "audit-read",
            Self::AdminPeople => "admin-people",
            Self::AdminPolicy => "admin-policy",
            Self::ApiToken => "api-token",
            Self::OnCall => "on-call",
            Self::ConsentOpen => "consent-open",
            Self::ChooseIds => "choose-ids",
        }
    }

    /// The permission of this name, if there is one.
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.id() == id)
    }

    pub(crate) fn bit(self) -> u32 {
        1 << (self as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::Permission;
    use crate::access::table;

    #[test]
    fn the_table_and_the_variants_agree() {
        let table: Vec<String> = table::rows(include_str!("../../../../knowledge/access/permissions.csv"))
            .map(|row| row.first().cloned().unwrap_or_default())
            .collect();
        let code: Vec<&str> = Permission::ALL.iter().map(|p| p.id()).collect();
        assert_eq!(table, code);
    }
}
