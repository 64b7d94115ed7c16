//! A whole server in memory for tests: fixed clock, seeded ids, one account a role, requests without a network.

#![allow(dead_code, unreachable_pub, reason = "each test crate uses its part of this")]

pub mod fhir;

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use continuo_care::access;
use continuo_care::accounts::{self, Entropy, NewToken};
use continuo_care::outbound::Outside;
use continuo_care::setup::{self, NewAccount};
use continuo_care::{Care, Ctx};
use continuo_fhir::clock::{FixedClock, SeededIds};
use continuo_fhir::date::Instant;
use continuo_store::{DbUrl, Store, StoreOptions};
use continuo_web::App;
use tower::ServiceExt;

/// 2026-08-18, a Tuesday, 8:05 in the morning in New York.
pub const NOW: i64 = 1_787_054_700_000_000;

/// The server under test.
pub struct TestApp {
    pub app: Arc<App>,
    pub care: Arc<Care>,
    pub clock: Arc<FixedClock>,
    runtime: tokio::runtime::Runtime,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

struct Counting(std::sync::atomic::AtomicU64);

impl Entropy for Counting {
    fn fill(&self, out: &mut [u8]) {
        let count = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        for (at, byte) in out.iter_mut().enumerate() {
            *byte = (count >> (8 * (at % 8))) as u8 ^ at as u8;
        }
    }
}

impl TestApp {
    /// A fresh organization with one account a role, named like the role.
    pub fn new() -> Self {
        Self::with(Outside::closed())
    }

    /// The same in another time zone.
    pub fn in_zone(zone: &str) -> Self {
        Self::made(Outside::closed(), zone)
    }

    /// The same with a door out and services behind it.
    pub fn with(outside: Outside) -> Self {
        Self::made(outside, "America/New_York")
    }

    fn made(outside: Outside, zone: &str) -> Self {
        let clock = Arc::new(FixedClock::new(Instant::from_micros(NOW)));
        let ids = Arc::new(SeededIds::new(7, Instant::from_micros(NOW)));
        let mut options = StoreOptions::new(Arc::clone(&clock) as _, ids);
        options.labels = access::label_table();
        let store = Store::open(&DbUrl::Memory, options).expect("a store in memory opens");
        let care = Arc::new(Care { store, entropy: Arc::new(Counting(1.into())), outside });
        setup::organization(&care, "Test clinic", zone).expect("an organization is added");
        let machine = setup::machine(&care, setup::FIRST, "test").expect("the organization is there");
        let new = access::roles()
            .iter()
            .map(|role| {
                let account = NewAccount {
                    login: role.id.clone(),
                    name: role.label.clone(),
                    reference: format!("Practitioner/{}", role.id),
                    roles: vec![role.id.clone()],
                    teams: Vec::new(),
                    one_click: true,
                };
                (account, String::new())
            })
            .collect();
        setup::accounts(&machine, new).expect("accounts are made");
        let app = App::new(Arc::clone(&care), false);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
        Self { app, care, clock, runtime }
    }

    /// The machine's own context.
    pub fn machine(&self) -> Ctx {
        setup::machine(&self.care, setup::FIRST, "test").expect("the organization is there")
    }

    /// Signs somebody with this role in; returns the cookie's secret.
    pub fn sign_in(&self, role: &str) -> String {
        let found = accounts::one_click(&self.care).expect("accounts are read");
        let account = found.iter().find(|a| a.login == role).expect("each role has an account");
        let secret = accounts::sign_in_one_click(&self.care, account.org, account.id).expect("signs in");
        secret.expose().to_owned()
    }

    /// The form token of a session.
    pub fn csrf(&self, cookie: &str) -> String {
        match accounts::standing(&self.care, cookie).expect("the session is read") {
            accounts::Standing::Open(ctx) => ctx.session_key.clone(),
            _ => panic!("not signed in"),
        }
    }

    /// A token for the FHIR API that allows everything the API can do.
    pub fn token(&self) -> String {
        use continuo_care::access::Permission as P;
        let permissions = vec![
            P::RecordRead,
            P::RecordWrite,
            P::PersonRead,
            P::PersonWrite,
            P::Import,
            P::Export,
            P::ConsentOpen,
            P::AdminPolicy,
            P::ChooseIds,
        ];
        self.token_with(permissions, &[])
    }

    /// A token with chosen permissions and open labels.
    pub fn token_with(&self, permissions: Vec<access::Permission>, labels: &[&str]) -> String {
        let new = NewToken {
            label: "test".to_owned(),
            permissions,
            labels: labels.iter().map(|l| (*l).to_owned()).collect(),
            expires: Instant::from_micros(NOW + 3_600_000_000),
            made_by: "system/test".to_owned(),
        };
        accounts::new_token(&self.care, setup::FIRST, &new).expect("a token is made").expose().to_owned()
    }

    /// Sends a request with these headers.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "clinic.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).expect("the request is well-formed");
        let router = continuo_web::router(Arc::clone(&self.app));
        self.runtime.block_on(async {
            let response = router.oneshot(request).await.expect("the router never fails");
            let status = response.status().as_u16();
            let headers = response
                .headers()
                .iter()
                .map(|(n, v)| (n.as_str().to_owned(), String::from_utf8_lossy(v.as_bytes()).into_owned()))
                .collect();
            let bytes = to_bytes(response.into_body(), 64 << 20).await.expect("the body is read");
            Answer { status, headers, body: String::from_utf8_lossy(&bytes).into_owned() }
        })
    }

    /// A page, signed in.
    pub fn page(&self, cookie: &str, path: &str) -> Answer {
        self.send("GET", path, &[("cookie", &format!("continuo={cookie}"))], "")
    }

    /// A form, signed in, with token and origin as our own page sends them.
    pub fn form(&self, cookie: &str, path: &str, fields: &str) -> Answer {
        let csrf = self.csrf(cookie);
        let headers = [
            ("cookie", format!("continuo={cookie}")),
            ("origin", "http://clinic.test".to_owned()),
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ];
        let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
        self.send("POST", path, &headers, &format!("csrf={csrf}&{fields}"))
    }

    /// A FHIR request with a token.
    pub fn fhir(&self, token: &str, method: &str, path: &str, body: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/fhir+json")];
        self.send(method, path, &headers, body)
    }
}
