//! Names of cookies on the wire. Over TLS each is `__Host-` (RFC 6265bis section 4.1.3.2, OWASP ASVS 5.0 V3.3): the
//! browser takes it from this very host only, so that a neighbor under the same domain plants no session and no sign-in
//! of theirs here. Inside, cookies have their plain names.

const HOST: &str = "__Host-";

/// The cookies of a request under their plain names; what came without the prefix is nobody's.
pub(crate) fn heard(headers: &mut [(String, String)]) {
    for (_, value) in headers.iter_mut().filter(|(name, _)| name == "cookie") {
        let ours = value.split(';').filter_map(|pair| pair.trim().strip_prefix(HOST));
        *value = ours.collect::<Vec<_>>().join("; ");
    }
}

/// A `Set-Cookie` of ours as it is sent: for the whole host, over TLS only.
pub(crate) fn sent(value: &str) -> String {
    let mut parts = value.split(';').map(str::trim);
    let pair = parts.next().unwrap_or_default();
    let mut cookie = format!("{HOST}{pair}; Path=/; Secure");
    for part in parts.filter(|part| *part != "Secure" && !part.starts_with("Path=")) {
        cookie.push_str("; ");
        cookie.push_str(part);
    }
    cookie
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_tls_a_cookie_is_of_this_host_alone() {
        let told = sent("continuo=abc; Path=/sign-in; Max-Age=3; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(told, "__Host-continuo=abc; Path=/; Secure; Max-Age=3; HttpOnly; SameSite=Lax");
        let mut headers = vec![
            ("cookie".to_owned(), "continuo=planted; __Host-continuo=abc; __Host-done=7".to_owned()),
            ("accept".to_owned(), "__Host-x".to_owned()),
        ];
        heard(&mut headers);
        assert_eq!(headers[0].1, "continuo=abc; done=7");
        assert_eq!(headers[1].1, "__Host-x");
    }
}
