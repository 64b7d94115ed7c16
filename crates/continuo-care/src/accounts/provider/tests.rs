//! The whole flow against a provider that lives in this file: real signatures, every claim wrong once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};

use continuo_fhir::clock::{FixedClock, SeededIds};
use continuo_fhir::date::Instant;
use continuo_store::{DbUrl, Store, StoreOptions};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

use super::super::{Entropy, Standing, standing};
use super::*;
use crate::outbound::{Answer, Outbound, Outside, Services};

const NOW: i64 = 1_787_054_700;
const ISSUER: &str = "https://id.county.example";

/// A provider: what its token will say, and what it was asked.
struct Provider {
    key: EcdsaKeyPair,
    claims: Mutex<Vec<(String, String)>>,
    header: Mutex<String>,
    broken_signature: Mutex<bool>,
    issuer: Mutex<String>,
    asked: Mutex<Vec<(String, String)>>,
}

impl Provider {
    fn new() -> Arc<Self> {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
        let claims = [
            ("iss", format!("\"{ISSUER}\"")),
            ("aud", "\"continuo\"".to_owned()),
            ("sub", "\"u-17\"".to_owned()),
            ("exp", (NOW + 300).to_string()),
            ("iat", NOW.to_string()),
            ("name", "\"Maria Ortiz\"".to_owned()),
            ("groups", "[\"nurses\",\"all\"]".to_owned()),
            ("amr", "[\"pwd\",\"mfa\"]".to_owned()),
        ];
        Arc::new(Self {
            key,
            claims: Mutex::new(claims.map(|(name, value)| (name.to_owned(), value)).to_vec()),
            header: Mutex::new(r#"{"alg":"ES256","kid":"k1"}"#.to_owned()),
            broken_signature: Mutex::new(false),
            issuer: Mutex::new(ISSUER.to_owned()),
            asked: Mutex::default(),
        })
    }

    /// Another value of a claim; an empty one leaves it out.
    fn say(&self, name: &str, value: &str) {
        let mut claims = self.claims.lock().unwrap();
        claims.retain(|(known, _)| known != name);
        if !value.is_empty() {
            claims.push((name.to_owned(), value.to_owned()));
        }
    }

    fn token(&self, nonce: &str) -> String {
        let mut claims = self.claims.lock().unwrap().clone();
        if !claims.iter().any(|(name, _)| name == "nonce") {
            claims.push(("nonce".to_owned(), format!("\"{nonce}\"")));
        }
        let body = claims.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect::<Vec<_>>().join(",");
        let head = URL_SAFE_NO_PAD.encode(self.header.lock().unwrap().as_bytes());
        let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(format!("{{{body}}}")));
        let mut signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap().as_ref().to_vec();
        if *self.broken_signature.lock().unwrap() {
            signature[5] ^= 1;
        }
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// The door that leads to the provider. It remembers the nonce of the last try, as the provider would.
struct ToProvider(Arc<Provider>, Mutex<String>);

impl Outbound for ToProvider {
    fn send(&self, call: &Call) -> Result<Answer, OutboundError> {
        assert_eq!(call.purpose, Purpose::SignIn);
        let body = String::from_utf8(call.body.clone().unwrap_or_default()).unwrap();
        let headers = call.headers.iter().map(|(n, v)| format!("{n}: {v}")).collect::<Vec<_>>().join("\n");
        self.0.asked.lock().unwrap().push((call.url.clone(), format!("{headers}\n{body}")));
        let answer = if call.url.ends_with("/.well-known/openid-configuration") {
            format!(
                r#"{{"issuer":"{}","authorization_endpoint":"{ISSUER}/go","token_endpoint":"{ISSUER}/token","jwks_uri":"{ISSUER}/keys"}}"#,
                self.0.issuer.lock().unwrap()
            )
        } else if call.url.ends_with("/keys") {
            let point = self.0.key.public_key().as_ref();
            let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..65]));
            format!(
                r#"{{"keys":[{{"kty":"EC","crv":"P-256","kid":"k1","x":"{x}","y":"{y}"}},{{"kty":"RSA","kid":"old","n":"AQAB","e":"AQAB"}}]}}"#
            )
        } else if body.contains("code=bad") {
            return Err(OutboundError::Status(400));
        } else {
            assert!(!call.repeatable, "a code counts once");
            format!(
                r#"{{"token_type":"Bearer","access_token":"x","id_token":"{}"}}"#,
                self.0.token(&self.1.lock().unwrap())
            )
        };
        Ok(Answer { body: answer.into_bytes(), attempts: 1 })
    }
}

struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, out: &mut [u8]) {
        out.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

struct Scene {
    care: Arc<Care>,
    provider: Arc<Provider>,
    door: Arc<ToProvider>,
    clock: Arc<FixedClock>,
}

fn scene(more: &str) -> Scene {
    let provider = Provider::new();
    let door = Arc::new(ToProvider(Arc::clone(&provider), Mutex::default()));
    let file = format!(
        r#"{{"sign_in":{{"issuer":"{ISSUER}","client_id":"continuo","redirect":"https://clinic.example/sign-in/provider/back"{more}}}}}"#
    );
    let services = Services::read(&Json::parse(file.as_bytes()).unwrap(), &|_| Ok("s&cret".to_owned())).unwrap();
    let outside = Outside { door: Arc::clone(&door) as _, services };
    let clock = Arc::new(FixedClock::new(Instant::from_micros(NOW * 1_000_000)));
    let ids = Arc::new(SeededIds::new(7, Instant::from_micros(NOW)));
    let store = Store::open(&DbUrl::Memory, StoreOptions::new(Arc::clone(&clock) as _, ids)).unwrap();
    let care = Arc::new(Care { store, entropy: Arc::new(Counting(AtomicU8::new(1))), outside });
    setup::organization(&care, "Test", "UTC").unwrap();
    Scene { care, provider, door, clock }
}

impl Scene {
    fn ctx(&self) -> Ctx {
        setup::machine(&self.care, setup::FIRST, "test").unwrap()
    }

    fn account(&self, login: &str, role: &str) {
        let new = setup::NewAccount {
            login: login.to_owned(),
            name: login.to_owned(),
            reference: format!("Practitioner/{login}"),
            roles: vec![role.to_owned()],
            teams: Vec::new(),
            one_click: false,
        };
        setup::accounts(&self.ctx(), vec![(new, String::new())]).unwrap();
    }

    fn linked(more: &str, role: &str) -> Self {
        let scene = scene(more);
        scene.account("ortiz", role);
        link(&scene.ctx(), "ortiz", ISSUER, "u-17").unwrap();
        scene
    }

    /// Goes to the provider; returns state and browser secret.
    fn begin(&self) -> (String, Secret) {
        let begun = begin(&self.care, "/worklist", false).unwrap();
        let part = |name: &str| {
            let (_, rest) = begun.address.split_once(&format!("{name}=")).unwrap();
            rest.split('&').next().unwrap().to_owned()
        };
        *self.door.1.lock().unwrap() = part("&nonce");
        (part("&state"), begun.browser)
    }

    fn end(&self, state: &str, browser: &str, code: &str) -> Result<(Secret, String), ProviderError> {
        match self.end_in(state, browser, code, "")? {
            Entered::New(secret, back) => Ok((secret, back)),
            Entered::Unlocked(_) => panic!("there is no session to unlock"),
        }
    }

    /// The same in a browser that has a session.
    fn end_in(&self, state: &str, browser: &str, code: &str, session: &str) -> Result<Entered, ProviderError> {
        finish(&self.care, &Returned { state, code, issuer: "", browser, session })
    }

    fn all(&self) -> Result<(Secret, String), ProviderError> {
        let (state, browser) = self.begin();
        self.end(&state, browser.expose(), "c-1")
    }
}

#[test]
fn somebody_linked_is_let_in_with_pkce_and_the_exact_redirect() {
    let scene = Scene::linked(r#","key_file":"/s""#, "nurse");
    let begun = begin(&scene.care, "/", false).unwrap();
    assert!(!begun.address.contains("prompt="));
    assert!(begin(&scene.care, "/", true).unwrap().address.ends_with("&prompt=login&max_age=0"));
    assert!(begun.address.starts_with(&format!("{ISSUER}/go?response_type=code&scope=openid%20")), "{}", begun.address);
    assert!(begun.address.contains("redirect_uri=https%3A%2F%2Fclinic.example%2Fsign-in%2Fprovider%2Fback"));
    assert!(begun.address.contains("code_challenge_method=S256"));
    let (secret, back) = scene.all().unwrap();
    assert_eq!(back, "/worklist");
    let Ok(Standing::Open(ctx)) = standing(&scene.care, secret.expose()) else { panic!("signed in") };
    assert_eq!(ctx.actor.reference, "Practitioner/ortiz");
    let asked = scene.provider.asked.lock().unwrap().clone();
    let (_, redeemed) = asked.iter().find(|(url, _)| url.ends_with("/token")).unwrap();
    assert!(redeemed.contains("code=c-1&redirect_uri=https%3A%2F%2F") && redeemed.contains("code_verifier="));
    // `continuo:s%26cret`
    assert!(redeemed.contains("authorization: Basic Y29udGludW86cyUyNmNyZXQ="), "{redeemed}");
    assert!(!redeemed.contains("client_id="));
}

#[test]
fn a_try_is_used_once_by_its_own_browser_within_its_time() {
    let scene = Scene::linked("", "nurse");
    let (state, browser) = scene.begin();
    assert!(matches!(scene.end(&state, "another", "c"), Err(ProviderError::Stale)));
    assert!(matches!(scene.end(&state, browser.expose(), "c"), Err(ProviderError::Stale)), "it is used up");
    let (state, browser) = scene.begin();
    assert!(matches!(scene.end("invented", browser.expose(), "c"), Err(ProviderError::Stale)));
    scene.clock.advance(LIFE);
    assert!(matches!(scene.end(&state, browser.expose(), "c"), Err(ProviderError::Stale)));
    let (state, browser) = scene.begin();
    assert!(matches!(scene.end(&state, browser.expose(), ""), Err(ProviderError::Refused)));
    let (state, browser) = scene.begin();
    assert!(matches!(scene.end(&state, browser.expose(), "bad"), Err(ProviderError::Refused)));
    let (state, browser) = scene.begin();
    let mixed =
        Returned { state: &state, code: "c", issuer: "https://evil.example", browser: browser.expose(), session: "" };
    assert!(matches!(finish(&scene.care, &mixed), Err(ProviderError::Wrong("iss"))));
}

#[test]
fn a_token_with_one_wrong_claim_lets_nobody_in() {
    for (name, value) in [
        ("iss", "\"https://id.county.example/\""),
        ("iss", ""),
        ("aud", "\"another\""),
        ("aud", "[]"),
        ("aud", "[\"continuo\",\"another\"]"),
        ("azp", "\"another\""),
        ("exp", "1787054639"),
        ("exp", "\"never\""),
        ("exp", ""),
        ("iat", "1787055000"),
        ("iat", "1787050000"),
        ("iat", ""),
        ("nbf", "1787059999"),
        ("nonce", "\"other\""),
        ("nonce", "\"\""),
        ("sub", "\"\""),
        ("sub", "17"),
        ("sub", ""),
    ] {
        let scene = Scene::linked("", "nurse");
        scene.provider.say(name, value);
        let refused = scene.all();
        assert!(matches!(refused, Err(ProviderError::Token(TokenError::Claim(_)))), "{name} {value}");
    }
}

#[test]
fn a_token_that_is_not_the_providers_lets_nobody_in() {
    for (header, expect) in [
        (r#"{"alg":"none"}"#, TokenError::Algorithm),
        (r#"{"alg":"HS256","kid":"k1"}"#, TokenError::Algorithm),
        (r#"{"alg":"ES384","kid":"k1"}"#, TokenError::Algorithm),
        (r#"{"alg":"RS256","kid":"k1"}"#, TokenError::Key),
        (r#"{"alg":"RS256","kid":"old"}"#, TokenError::Signature),
        (r#"{"alg":"ES256","kid":"k2"}"#, TokenError::Key),
        (r#"{"alg":"ES256","kid":"k1","crit":["x"]}"#, TokenError::Form),
        (r"{}", TokenError::Algorithm),
    ] {
        let scene = Scene::linked("", "nurse");
        header.clone_into(&mut scene.provider.header.lock().unwrap());
        let got = scene.all();
        assert!(matches!(&got, Err(ProviderError::Token(error)) if *error == expect), "{header}");
    }
    let scene = Scene::linked("", "nurse");
    *scene.provider.broken_signature.lock().unwrap() = true;
    assert!(matches!(scene.all(), Err(ProviderError::Token(TokenError::Signature))));
    let scene = Scene::linked("", "nurse");
    "https://other.example".clone_into(&mut scene.provider.issuer.lock().unwrap());
    assert!(matches!(begin(&scene.care, "/", false), Err(ProviderError::Wrong("issuer"))));
    let expected = Expected { issuer: ISSUER, client: "continuo", nonce: "n", now: NOW };
    for token in ["", "..", "a.b", "a.b.c", "a.b.c.d", "e30.e30.e30", &"x".repeat(100_000)] {
        assert!(read_token(token, &Json::Null, "groups", &expected).is_err(), "{token:.20}");
    }
}

#[test]
fn nobody_is_made_or_let_in_by_a_name() {
    let scene = scene("");
    scene.account("ortiz", "nurse");
    scene.provider.say("preferred_username", "\"ortiz\"");
    let said = scene.all().map(|_| ()).unwrap_err().to_string();
    assert!(said.contains("no account here is linked") && said.contains("u-17"), "{said}");
    assert!(link(&scene.ctx(), "nobody", ISSUER, "u-17").is_err());
    let mut nurse = scene.ctx();
    nurse.grant = Grant::of_roles(["nurse"]);
    assert!(link(&nurse, "ortiz", ISSUER, "u-17").is_err(), "only an administrator links");
}

#[test]
fn a_locked_screen_opens_again_by_the_provider_and_only_by_a_new_sign_in_of_the_same_person() {
    let scene = Scene::linked("", "nurse");
    let (session, _) = scene.all().unwrap();
    let locked = || match standing(&scene.care, session.expose()).unwrap() {
        Standing::Locked(locked) => Some(locked.keys),
        _ => None,
    };
    scene.clock.advance(super::super::IDLE + 1_000_000);
    let keys = locked().unwrap();
    assert!(keys.provider && !keys.password, "the account has no password");
    let now = NOW + super::super::IDLE / 1_000_000 + 1;
    for (name, value) in [("iat", now), ("exp", now + 300), ("auth_time", now - 3600)] {
        scene.provider.say(name, &value.to_string());
    }
    let again = |code: &str| {
        let (state, browser) = scene.begin();
        scene.end_in(&state, browser.expose(), code, session.expose())
    };
    assert!(matches!(again("c-2"), Err(ProviderError::NotAnew)), "a sign-in of this morning unlocks nothing");
    assert!(locked().is_some());
    scene.provider.say("auth_time", &now.to_string());
    assert!(matches!(again("c-3"), Ok(Entered::Unlocked(back)) if back == "/worklist"));
    assert!(locked().is_none(), "the same session, with what was typed in it");
    scene.clock.advance(super::super::IDLE + 1_000_000);
    let now = now + super::super::IDLE / 1_000_000 + 1;
    for (name, value) in [("iat", now), ("exp", now + 300), ("auth_time", now)] {
        scene.provider.say(name, &value.to_string());
    }
    scene.account("lee", "nurse");
    link(&scene.ctx(), "lee", ISSUER, "u-18").unwrap();
    scene.provider.say("sub", "\"u-18\"");
    let Ok(Entered::New(other, _)) = again("c-4") else { panic!("somebody else gets a session of their own") };
    assert!(matches!(standing(&scene.care, other.expose()), Ok(Standing::Open(ctx)) if ctx.actor.name == "lee"));
    assert!(locked().is_some(), "and unlocks nobody's");
}

#[test]
fn a_link_is_not_taken_from_a_colleague_and_can_be_taken_away() {
    let scene = Scene::linked("", "nurse");
    scene.account("lee", "nurse");
    let refused = link(&scene.ctx(), "lee", ISSUER, "u-17").unwrap_err().to_string();
    assert!(refused.contains("linked to ortiz"), "{refused}");
    let (session, _) = scene.all().unwrap();
    let account = scene.ctx().read(|r| account::account_by_login(r.conn(), "ortiz")).unwrap().unwrap().id;
    assert!(unlink(&scene.ctx(), account, ISSUER, "u-18").is_err());
    unlink(&scene.ctx(), account, ISSUER, "u-17").unwrap();
    assert!(matches!(standing(&scene.care, session.expose()), Ok(Standing::Nobody)), "who came in by it is out");
    assert!(matches!(scene.all(), Err(ProviderError::NotLinked(_))));
    link(&scene.ctx(), "lee", ISSUER, "u-17").unwrap();
}

#[test]
fn groups_give_roles_where_the_site_mapped_them() {
    let more = r#","roles":{"nurses":"nurse","bosses":"supervisor"}"#;
    let scene = Scene::linked(more, "supervisor");
    let (secret, _) = scene.all().unwrap();
    let Ok(Standing::Open(ctx)) = standing(&scene.care, secret.expose()) else { panic!("signed in") };
    assert!(!ctx.grant.allows(Permission::CriticalSnooze), "the group went, the role went with it");
    scene.provider.say("groups", "[\"visitors\"]");
    assert!(matches!(scene.all(), Err(ProviderError::NoRole)));
    scene.provider.say("groups", "\"bosses\"");
    assert!(scene.all().is_ok());
}

#[test]
fn an_account_is_made_only_where_the_site_says_so_and_once() {
    let scene = scene(r#","roles":{"nurses":"nurse"},"create_accounts":true"#);
    let (first, _) = scene.all().unwrap();
    let (second, _) = scene.all().unwrap();
    let who = |secret: &Secret| match standing(&scene.care, secret.expose()) {
        Ok(Standing::Open(ctx)) => (ctx.actor.reference.clone(), ctx.actor.name.clone()),
        _ => panic!("signed in"),
    };
    assert_eq!(who(&first), who(&second));
    assert_eq!(who(&first).1, "Maria Ortiz");
}

#[test]
fn a_second_factor_stated_by_the_provider_is_not_asked_again() {
    let scene = Scene::linked("", "administrator");
    assert!(scene.all().is_ok());
    for without in ["", "[\"pwd\"]", "\"mfa \""] {
        scene.provider.say("amr", without);
        assert!(matches!(scene.all(), Err(ProviderError::NeedsSecondFactor)), "{without}");
    }
    let own = Scene::linked(r#","second_factor":["phone"]"#, "administrator");
    assert!(matches!(own.all(), Err(ProviderError::NeedsSecondFactor)));
    own.provider.say("amr", "[\"phone\"]");
    assert!(own.all().is_ok());
}

#[test]
fn a_closed_account_stays_closed() {
    let scene = Scene::linked("", "nurse");
    scene
        .ctx()
        .write("close", |tx| {
            let org = tx.org();
            let conn = tx.conn()?;
            let mut row = account::account_by_login(conn, "ortiz")?.unwrap();
            row.active = false;
            assert_eq!(row.org, org);
            account::put_account(conn, &row).map(|_| ())
        })
        .unwrap();
    assert!(matches!(scene.all(), Err(ProviderError::Closed)));
}

#[test]
fn without_a_provider_there_is_no_button_and_no_call() {
    let scene = scene("");
    let off =
        Care { outside: Outside::closed(), store: scene.care.store.clone(), entropy: Arc::clone(&scene.care.entropy) };
    assert_eq!(label(&off), None);
    assert!(matches!(begin(&Arc::new(off), "/", false), Err(ProviderError::Off)));
    assert!(scene.provider.asked.lock().unwrap().is_empty());
}

/// RFC 7515 appendix A.2: an RS256 signature by somebody else's library.
#[test]
fn the_example_of_the_rfc_verifies() {
    const N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    let keys = Json::parse(format!(r#"{{"keys":[{{"kty":"RSA","n":"{N}","e":"AQAB"}}]}}"#).as_bytes()).unwrap();
    let expected = Expected { issuer: "joe", client: "c", nonce: "n", now: 1_300_819_000 };
    // The signature holds; the example has no audience.
    assert_eq!(read_token(TOKEN, &keys, "groups", &expected), Err(TokenError::Claim("aud")));
    let changed = TOKEN.replace(".cC4h", ".dC4h");
    assert_eq!(read_token(&changed, &keys, "groups", &expected), Err(TokenError::Signature));
}
