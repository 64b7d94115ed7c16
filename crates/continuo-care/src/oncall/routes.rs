//! The urgent routes: which work must have somebody on call for every hour of the week, and within how many minutes.
//! They are data: `knowledge/on-call/routes.csv`.

use std::sync::LazyLock;

use crate::access::table;

/// One urgent route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Id in settings.
    pub id: String,
    /// "Critical results".
    pub title: String,
    /// What comes by it.
    pub what: String,
    /// Kinds of task that go by it.
    pub kinds: Vec<String>,
    /// Minutes to acknowledge, before the site sets its own.
    pub minutes: i64,
    /// Roles whose people may be on call for it.
    pub roles: Vec<String>,
    /// Where the minutes come from.
    pub source: String,
}

/// Every route, most urgent first.
pub static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    let words = |text: String| text.split_whitespace().map(str::to_owned).collect();
    table::rows(include_str!("../../../../knowledge/on-call/routes.csv"))
        .filter_map(|row| {
            let mut fields = row.into_iter();
            Some(Route {
                id: fields.next()?,
                title: fields.next()?,
                what: fields.next()?,
                kinds: words(fields.next()?),
                minutes: fields.next()?.parse().ok()?,
                roles: words(fields.next()?),
                source: fields.next()?,
            })
        })
        .collect()
});

/// The route of a kind of task.
pub fn of_kind(kind: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.kinds.iter().any(|one| one == kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::followup::finding::Consequence;
    use crate::tasks::KINDS;

    #[test]
    fn every_kind_of_danger_has_a_route_and_every_role_exists() {
        for kind in KINDS.iter().filter(|kind| kind.consequence == Consequence::Danger) {
            assert!(of_kind(kind.code).is_some(), "{}", kind.code);
        }
        for route in ROUTES.iter() {
            assert!(route.minutes > 0 && !route.source.is_empty());
            assert!(route.kinds.iter().all(|code| KINDS.iter().any(|kind| kind.code == code)), "{}", route.id);
            assert!(route.roles.iter().all(|id| crate::access::role(id).is_some()), "{}", route.id);
        }
    }
}
