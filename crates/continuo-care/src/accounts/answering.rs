//! Who answers for an API token: whoever made it, as long as they work here and may still give what it allows.
//!
//! A token is at most what its maker's role is, and what goes beyond was confirmed by a second person. When the maker
//! leaves, or their role shrinks, the token stops until somebody who may make tokens takes it over or withdraws it:
//! nobody's keys outlive them.

use continuo_store::tables::account::Account;
use continuo_store::tables::session::ApiToken;

use super::token::LABEL;
use crate::access::{Grant, Permission, labels_named};

/// What of these words, permissions and labels as a token keeps them, a grant does not allow.
pub(crate) fn beyond(permissions: &str, grant: &Grant) -> String {
    let is_beyond = |word: &&str| match word.strip_prefix(LABEL) {
        Some(label) => !grant.sees(labels_named(std::iter::once(label))),
        None => Permission::parse(word).is_some_and(|permission| !grant.allows(permission)),
    };
    permissions.split_whitespace().filter(is_beyond).collect::<Vec<_>>().join(" ")
}

/// Whether a person made it; the command line and the product itself have no account that could end.
pub(crate) fn has_maker(token: &ApiToken) -> bool {
    token.made_by.starts_with("Practitioner/")
}

/// Whether somebody answers for the token; `accounts` are its maker's.
pub(crate) fn is_answered_for<'a>(token: &ApiToken, accounts: impl IntoIterator<Item = &'a Account>) -> bool {
    if !has_maker(token) {
        return true;
    }
    accounts.into_iter().any(|maker| {
        let grant = Grant::of_roles(maker.roles.split_whitespace());
        let beyond = beyond(&token.permissions, &grant);
        let is_confirmed = |word: &str| token.wider.split_whitespace().any(|known| known == word);
        maker.active && grant.allows(Permission::ApiToken) && beyond.split_whitespace().all(is_confirmed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(permissions: &str, wider: &str) -> ApiToken {
        ApiToken {
            hash: "h".to_owned(),
            org: continuo_store::OrgId(1),
            label: "feed".to_owned(),
            actor: "Device/token-h".to_owned(),
            permissions: permissions.to_owned(),
            created: 0,
            expires: 1,
            revoked: false,
            made_by: "Practitioner/a".to_owned(),
            wider: wider.to_owned(),
            confirmed_by: String::new(),
        }
    }

    fn maker(roles: &str, active: bool) -> Account {
        Account { reference: "Practitioner/a".to_owned(), roles: roles.to_owned(), active, ..Account::default() }
    }

    #[test]
    fn a_token_is_answered_for_as_long_as_its_maker_may_give_what_it_allows() {
        let feed = token("record-read person-read label:part2", "record-read label:part2");
        assert!(is_answered_for(&feed, [&maker("administrator", true)]));
        assert!(!is_answered_for(&feed, [&maker("administrator", false)]), "they left");
        assert!(!is_answered_for(&feed, [&maker("care-coordinator", true)]), "they make no tokens any more");
        assert!(!is_answered_for(&feed, []), "nobody is known by that name");
        let two = [maker("administrator", false), maker("administrator", true)];
        assert!(is_answered_for(&feed, &two), "one of their accounts is enough");
    }

    #[test]
    fn what_the_maker_may_no_longer_do_must_have_been_confirmed() {
        let both = maker("administrator nurse", true);
        let own = token("record-read", "");
        assert!(is_answered_for(&own, [&both]));
        assert!(!is_answered_for(&own, [&maker("administrator", true)]), "the nurse's part went");
        assert!(is_answered_for(&token("record-read", "record-read"), [&maker("administrator", true)]));
    }

    #[test]
    fn the_command_line_and_makers_who_were_not_noted_have_no_account_to_end() {
        for made_by in ["system/command-line", "system/demo", ""] {
            assert!(is_answered_for(&ApiToken { made_by: made_by.to_owned(), ..token("record-read", "") }, []));
        }
    }
}
