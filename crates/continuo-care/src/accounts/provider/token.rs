//! ID tokens: the signature against the provider's keys, then every claim that OpenID Connect Core section 3.1.3.7 names.
//!
//! RS256 and ES256 only; `none` and shared-secret algorithms are refused whatever the header says. Pure: keys, time and
//! nonce are inputs.

use continuo_fhir::Json;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};

use super::base64url;

/// Clocks may differ by so many seconds.
const SKEW: i64 = 60;
/// A token made longer ago than this is not of this sign-in.
const OLDEST: i64 = 600;
/// Longest token read.
const LONGEST: usize = 64 << 10;

/// What is expected of a token.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The issuer, byte for byte.
    pub issuer: &'a str,
    /// Our client id.
    pub client: &'a str,
    /// The nonce of this try.
    pub nonce: &'a str,
    /// Now, in seconds.
    pub now: i64,
}

/// What a token says of somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// Who, at the issuer.
    pub subject: String,
    /// A name to show.
    pub name: String,
    /// How they signed in there (RFC 8176).
    pub methods: Vec<String>,
    /// Their groups.
    pub groups: Vec<String>,
    /// When they showed who they are, in seconds; nothing where the provider does not say.
    pub authenticated: Option<i64>,
}

/// Why a token is not taken. For the log; a person reads one sentence for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not three parts of base64url JSON.
    #[error("the token has no known form")]
    Form,
    /// An algorithm that is not taken.
    #[error("the token's algorithm is not taken")]
    Algorithm,
    /// No key of the provider fits.
    #[error("no key of the provider fits the token")]
    Key,
    /// The signature does not fit.
    #[error("the token's signature is wrong")]
    Signature,
    /// A claim does not fit: which.
    #[error("the token's `{0}` does not fit")]
    Claim(&'static str),
}

/// Checks a token and reads who it is about.
pub fn read(token: &str, keys: &Json, groups: &str, expected: &Expected<'_>) -> Result<Claims, TokenError> {
    if token.len() > LONGEST {
        return Err(TokenError::Form);
    }
    let mut parts = token.split('.');
    let (Some(head), Some(body), Some(sign), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(TokenError::Form);
    };
    let json = |part: &str| base64url(part).and_then(|bytes| Json::parse(&bytes).ok()).ok_or(TokenError::Form);
    let (header, claims) = (json(head)?, json(body)?);
    let signature = base64url(sign).ok_or(TokenError::Form)?;
    let signed = token.get(..head.len() + 1 + body.len()).ok_or(TokenError::Form)?;
    // Extensions that must be understood are not.
    if header.get("crit").is_some() {
        return Err(TokenError::Form);
    }
    verify(&header, keys, signed.as_bytes(), &signature)?;
    check(&claims, expected)?;
    let texts = |name: &str| match claims.get(name) {
        Some(Json::String(one)) => vec![one.to_string()],
        Some(list) => list.items().iter().filter_map(Json::as_str).map(str::to_owned).collect(),
        None => Vec::new(),
    };
    let name = ["name", "preferred_username", "email"].into_iter().find_map(|field| claims.str_at(field));
    Ok(Claims {
        subject: claims.str_at("sub").unwrap_or_default().to_owned(),
        name: name.unwrap_or_default().chars().filter(|c| !c.is_control()).take(100).collect(),
        methods: texts("amr"),
        groups: texts(groups),
        authenticated: claims.get("auth_time").and_then(Json::as_f64).map(|seconds| seconds as i64),
    })
}

fn verify(header: &Json, keys: &Json, signed: &[u8], signature: &[u8]) -> Result<(), TokenError> {
    let algorithm = header.str_at("alg").unwrap_or_default();
    let kind = match algorithm {
        "RS256" => "RSA",
        "ES256" => "EC",
        _ => return Err(TokenError::Algorithm),
    };
    let fits = |key: &&Json| {
        key.str_at("kty") == Some(kind)
            && key.str_at("use").is_none_or(|use_| use_ == "sig")
            && key.str_at("alg").is_none_or(|alg| alg == algorithm)
            && header.str_at("kid").is_none_or(|wanted| key.str_at("kid") == Some(wanted))
    };
    let candidates: Vec<&Json> = keys.get("keys").map(Json::items).unwrap_or_default().iter().filter(fits).collect();
    // Without a key id only one key may fit: trying several would let an old one speak.
    let [key] = candidates.as_slice() else { return Err(TokenError::Key) };
    let part = |name: &str| key.str_at(name).and_then(base64url).ok_or(TokenError::Key);
    let right = if kind == "RSA" {
        let (n, e) = (part("n")?, part("e")?);
        RsaPublicKeyComponents { n: &n, e: &e }.verify(&signature::RSA_PKCS1_2048_8192_SHA256, signed, signature)
    } else {
        if key.str_at("crv") != Some("P-256") {
            return Err(TokenError::Key);
        }
        let (x, y) = (part("x")?, part("y")?);
        let point = [&[4_u8][..], &x, &y].concat();
        UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point).verify(signed, signature)
    };
    right.map_err(|_| TokenError::Signature)
}

fn check(claims: &Json, expected: &Expected<'_>) -> Result<(), TokenError> {
    let wrong = |name: &'static str| Err(TokenError::Claim(name));
    if claims.str_at("iss") != Some(expected.issuer) {
        return wrong("iss");
    }
    let audience: Vec<&str> = match claims.get("aud") {
        Some(Json::String(one)) => vec![one],
        Some(list) => list.items().iter().filter_map(Json::as_str).collect(),
        None => Vec::new(),
    };
    if !audience.contains(&expected.client) {
        return wrong("aud");
    }
    let party = claims.str_at("azp");
    if party.is_some_and(|party| party != expected.client) || audience.len() > 1 && party.is_none() {
        return wrong("azp");
    }
    let time = |name: &str| claims.get(name).and_then(Json::as_f64).map(|seconds| seconds as i64);
    if time("exp").is_none_or(|end| end <= expected.now - SKEW) {
        return wrong("exp");
    }
    if time("iat").is_none_or(|made| made > expected.now + SKEW || made < expected.now - OLDEST) {
        return wrong("iat");
    }
    if time("nbf").is_some_and(|from| from > expected.now + SKEW) {
        return wrong("nbf");
    }
    let nonce = claims.str_at("nonce").unwrap_or_default();
    if expected.nonce.is_empty() || !super::super::same(nonce.as_bytes(), expected.nonce.as_bytes()) {
        return wrong("nonce");
    }
    if claims.str_at("sub").is_none_or(|subject| subject.is_empty() || subject.len() > 255) {
        return wrong("sub");
    }
    Ok(())
}
