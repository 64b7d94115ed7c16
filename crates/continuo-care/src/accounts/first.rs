//! First passwords: given by somebody else, changed before anything else, and refused after fourteen days. Whoever finds an
//! old note of one finds nothing it opens, and sets up nobody's second factor.

use continuo_store::tables::account::Account;

/// How long a first password lasts, in microseconds.
const LASTS: i64 = 14 * 86_400_000_000;

/// Until when a first password given now is taken.
pub(crate) fn until(now: i64) -> i64 {
    now + LASTS
}

/// Until when the account's password lasts, where it is a first one that ends.
pub(crate) fn end(account: &Account) -> Option<i64> {
    (account.must_change && account.first_until > 0).then_some(account.first_until)
}

/// Whether the account's password was given by somebody else, too long ago.
pub(crate) fn has_lapsed(account: &Account, now: i64) -> bool {
    end(account).is_some_and(|end| end <= now)
}
