//! Sessions: how they begin, lock, unlock and end.

use std::sync::atomic::{AtomicU8, Ordering};

use continuo_fhir::clock::{FixedClock, SeededIds};
use continuo_store::tables::org::Org;
use continuo_store::{DbUrl, Store, StoreOptions};

use super::super::{Entropy, hash_password};
use super::*;
use crate::outbound::Outside;

const ORG: OrgId = OrgId(1);
const PASSWORD: &str = "a long enough one";
/// RFC 6238 appendix B: the code of this secret at 59 s.
const TOTP: &[u8] = b"12345678901234567890";
const CODE: &str = "287082";

/// Bytes that differ with each call, as two sessions may not share a secret.
struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, out: &mut [u8]) {
        out.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

struct Desk {
    care: Arc<Care>,
    clock: Arc<FixedClock>,
}

impl Desk {
    fn new(totp: Option<&[u8]>) -> Self {
        let now = Instant::from_micros(59_000_000);
        let clock = Arc::new(FixedClock::new(now));
        let ids = Arc::new(SeededIds::new(7, now));
        let options = StoreOptions::new(Arc::clone(&clock) as _, ids);
        let store = Store::open(&DbUrl::parse("sqlite::memory:").unwrap(), options).unwrap();
        store.add_organization(&Org { org: ORG, name: "Test".into(), zone: "UTC".into() }).unwrap();
        let care = Arc::new(Care { store, entropy: Arc::new(Counting(AtomicU8::new(1))), outside: Outside::closed() });
        let row = account::Account {
            org: ORG,
            id: 0,
            login: "ortiz".into(),
            name: "Maria Ortiz".into(),
            reference: "Practitioner/ortiz".into(),
            roles: totp.map_or("", |_| "care-coordinator").into(),
            password: hash_password(PASSWORD, care.entropy.as_ref()).unwrap(),
            totp: totp.map(<[u8]>::to_vec),
            totp_step: 0,
            failed: 0,
            locked_until: 0,
            active: true,
            one_click: false,
            preferences: String::new(),
            must_change: false,
            first_until: 0,
        };
        let desk = Self { care, clock };
        desk.put(row);
        desk
    }

    fn put(&self, row: account::Account) {
        let context = WriteContext::new(ORG, "system/test", "test");
        self.care.store.write(&context, move |tx| account::put_account(tx.conn()?, &row)).unwrap();
    }

    fn try_with(&self, login: &str, password: &str, code: &str) -> Result<Secret, SignInError> {
        self.try_from(login, password, code, "", "203.0.113.7").map(|signed| signed.session)
    }

    fn try_from(
        &self,
        login: &str,
        password: &str,
        code: &str,
        browser: &str,
        address: &str,
    ) -> Result<SignedIn, SignInError> {
        let given = Credentials { login: login.into(), password: password.into(), code: code.into() };
        sign_in(&self.care, &given, &Origin { browser: browser.into(), address: address.into() })
    }

    fn account(&self) -> account::Account {
        self.care.store.read(|r| account::account_by_login(r.conn(), "ortiz")).unwrap().unwrap()
    }

    fn later(&self, seconds: i64) {
        self.clock.set(Instant::from_micros(self.care.store.clock().now().micros() + seconds * 1_000_000));
    }
}

#[test]
fn the_fifth_wrong_try_makes_its_address_wait_and_each_further_one_doubles_it() {
    let desk = Desk::new(None);
    for _ in 0..5 {
        assert!(matches!(desk.try_with("ortiz", "wrong", ""), Err(SignInError::Wrong)));
    }
    // The right password is no oracle while the account waits: it answers like an unknown login.
    assert!(matches!(desk.try_with("ortiz", PASSWORD, ""), Err(SignInError::Wrong)));
    assert!(matches!(desk.try_with("nobody", PASSWORD, ""), Err(SignInError::Wrong)));
    assert_eq!(desk.account().failed, 5, "tries during the wait do not count");
    desk.later(31);
    assert!(desk.try_with("ortiz", "wrong", "").is_err());
    desk.later(31);
    assert!(desk.try_with("ortiz", PASSWORD, "").is_err(), "the second wait is a minute");
    desk.later(31);
    assert!(desk.try_with("ortiz", PASSWORD, "").is_ok());
    assert_eq!((desk.account().failed, desk.account().locked_until), (0, 0));
}

#[test]
fn whoever_knows_a_login_name_keeps_nobody_out_who_signed_in_before() {
    let desk = Desk::new(None);
    let owner = desk.try_from("ortiz", PASSWORD, "", "", "198.51.100.1").unwrap();
    let browser = owner.browser.expect("it is new").expose().to_owned();
    desk.later(16 * 60);
    assert!(matches!(standing(&desk.care, owner.session.expose()), Ok(Standing::Locked(_))));
    // A hundred addresses guess five times each: all strangers wait together after fifty.
    for at in 0..100 {
        for _ in 0..5 {
            assert!(desk.try_from("ortiz", "wrong", "", "", &format!("203.0.113.{at}")).is_err());
        }
    }
    assert_eq!(desk.account().failed, 50, "450 of 500 guesses were not looked at");
    assert!(
        desk.try_from("ortiz", PASSWORD, "", "", "198.51.100.9").is_err(),
        "a new browser waits with the strangers"
    );
    assert!(desk.try_from("ortiz", PASSWORD, "", &"f".repeat(64), "198.51.100.9").is_err(), "and one made up");
    assert!(unlock(&desk.care, owner.session.expose(), PASSWORD).is_ok(), "a locked screen is opened");
    let again = desk.try_from("ortiz", PASSWORD, "", &browser, "198.51.100.9").unwrap();
    assert!(again.browser.is_none(), "the browser is known");
    assert_eq!(desk.account().failed, 50, "what strangers tried is not forgotten for it");
    desk.later(31);
    assert!(desk.try_from("ortiz", PASSWORD, "", "", "198.51.100.9").is_ok(), "a new one gets its turn");
    assert_eq!(desk.account().failed, 0);
}

#[test]
fn a_known_browser_waits_for_its_own_wrong_tries_and_only_at_its_own_accounts() {
    let desk = Desk::new(None);
    let browser = desk.try_from("ortiz", PASSWORD, "", "", "a").unwrap().browser.unwrap().expose().to_owned();
    for _ in 0..5 {
        assert!(desk.try_from("ortiz", "wrong", "", &browser, "a").is_err());
    }
    assert!(desk.try_from("ortiz", PASSWORD, "", &browser, "b").is_err(), "guessing with a stolen browser is as slow");
    assert_eq!(desk.account().failed, 0);
    assert!(desk.try_from("ortiz", PASSWORD, "", "", "b").is_ok(), "and it makes nobody else wait");
    let other = account::Account { id: 0, login: "nguyen".into(), failed: 0, ..desk.account() };
    desk.put(other);
    for _ in 0..5 {
        assert!(desk.try_from("nguyen", "wrong", "", &browser, "c").is_err());
    }
    let nguyen = desk.care.store.read(|r| account::account_by_login(r.conn(), "nguyen")).unwrap().unwrap();
    assert_eq!(nguyen.failed, 5, "there it is a stranger");
}

#[test]
fn the_fifth_try_may_be_right() {
    let desk = Desk::new(None);
    for _ in 0..4 {
        assert!(desk.try_with("ortiz", "wrong", "").is_err());
    }
    assert!(desk.try_with("ortiz", PASSWORD, "").is_ok());
}

#[test]
fn tries_side_by_side_share_one_count() {
    let desk = Desk::new(None);
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                for _ in 0..4 {
                    assert!(desk.try_with("ortiz", "wrong", "").is_err());
                }
            });
        }
    });
    assert_eq!(desk.account().failed, 5, "sixteen guesses, five judged");
}

#[test]
fn one_code_passes_once_even_side_by_side() {
    let desk = Desk::new(Some(TOTP));
    let passed: usize = std::thread::scope(|threads| {
        let tries: Vec<_> =
            (0..3).map(|_| threads.spawn(|| usize::from(desk.try_with("ortiz", PASSWORD, CODE).is_ok()))).collect();
        tries.into_iter().map(|one| one.join().unwrap()).sum()
    });
    assert_eq!(passed, 1);
    assert!(matches!(desk.try_with("ortiz", PASSWORD, CODE), Err(SignInError::Wrong)));
}

#[test]
fn a_sign_in_keeps_what_changed_while_the_password_was_looked_at() {
    let desk = Desk::new(None);
    let stale = desk.account();
    let changed = account::Account { roles: "nurse".into(), preferences: "lang=es".into(), ..stale.clone() };
    desk.put(changed);
    assert!(open(&desk.care, &stale, |_| Verdict::Right(0)).is_ok());
    assert_eq!((desk.account().roles.as_str(), desk.account().preferences.as_str()), ("nurse", "lang=es"));
    let closed = account::Account { active: false, ..desk.account() };
    desk.put(closed);
    assert!(open(&desk.care, &stale, |now| if now.active { Verdict::Right(0) } else { Verdict::Refused }).is_err());
    assert!(!desk.account().active);
}

#[test]
fn a_role_that_needs_a_second_factor_stays_closed_without_one() {
    let desk = Desk::new(None);
    desk.put(account::Account { roles: "care-coordinator".into(), ..desk.account() });
    assert!(matches!(desk.try_with("ortiz", PASSWORD, ""), Err(SignInError::NeedsSecondFactor)));
    assert_eq!(desk.account().failed, 0, "the password was right");
}

#[test]
fn unlocking_waits_like_signing_in() {
    let desk = Desk::new(None);
    let secret = desk.try_with("ortiz", PASSWORD, "").unwrap();
    desk.later(16 * 60);
    assert!(matches!(standing(&desk.care, secret.expose()), Ok(Standing::Locked(_))));
    for _ in 0..5 {
        assert!(matches!(unlock(&desk.care, secret.expose(), "wrong"), Err(SignInError::Wrong)));
    }
    assert!(matches!(unlock(&desk.care, secret.expose(), PASSWORD), Err(SignInError::Wait)));
    desk.later(31);
    assert!(matches!(unlock(&desk.care, secret.expose(), "wrong"), Err(SignInError::Wrong)));
    desk.later(31);
    assert!(matches!(unlock(&desk.care, secret.expose(), PASSWORD), Err(SignInError::Wait)), "a minute by now");
    desk.later(31);
    assert!(unlock(&desk.care, secret.expose(), PASSWORD).is_ok());
    assert!(matches!(standing(&desk.care, secret.expose()), Ok(Standing::Open(_))));
}

#[test]
fn who_came_and_went_stands_in_the_audit() {
    let desk = Desk::new(None);
    assert!(desk.try_with("ortiz", "wrong", "").is_err());
    let secret = desk.try_with("ortiz", PASSWORD, "").unwrap();
    let Standing::Open(ctx) = standing(&desk.care, secret.expose()).unwrap() else { panic!("not signed in") };
    sign_out(&desk.care, &ctx, secret.expose()).unwrap();
    let rows = desk
        .care
        .store
        .read(|r| {
            continuo_store::tables::audit_entry::found(
                r.conn(),
                ORG,
                &continuo_store::tables::audit_entry::Filter::default(),
                9,
            )
        })
        .unwrap();
    let actions: Vec<&str> = rows.iter().rev().map(|row| row.action.as_str()).collect();
    assert_eq!(actions, ["try to sign in", "try to sign in", "sign in", "sign out"]);
    assert!(rows.iter().all(|row| row.actor == "Practitioner/ortiz"));
}

#[test]
fn a_first_password_is_refused_after_its_days_and_sets_up_no_second_factor() {
    let desk = Desk::new(None);
    let first = account::Account { must_change: true, first_until: 59_000_000 + 1_000_000, ..desk.account() };
    desk.put(first.clone());
    assert!(desk.try_with("ortiz", PASSWORD, "").is_ok());
    desk.later(1);
    assert!(matches!(desk.try_with("ortiz", PASSWORD, ""), Err(SignInError::Wrong)), "it has ended");
    let key = crate::accounts::new_key(&desk.care);
    let given = Credentials { login: "ortiz".into(), password: PASSWORD.into(), code: "000000".into() };
    assert!(crate::accounts::enroll(&desk.care, &given, &key, &Origin::default()).is_err());
    // Their own lasts.
    desk.put(account::Account { must_change: false, ..first });
    assert!(desk.try_with("ortiz", PASSWORD, "").is_ok());
}
