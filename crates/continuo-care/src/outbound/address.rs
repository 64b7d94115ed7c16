//! Web addresses, as far as the door needs them: scheme, host, port, and nothing hidden in them.

/// An address taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// Over TLS.
    pub secure: bool,
    /// Host as written, without port.
    pub host: &'a str,
    /// Port, stated or usual.
    pub port: u16,
    /// Path and query, starting with `/`; may be empty.
    pub path: &'a str,
}

/// Reads `http(s)://host[:port][/path]`. User names, fragments, spaces and control characters are refused: none of them
/// belongs into a configured address, and each has been used to make one host look like another.
pub fn read(url: &str) -> Option<Address<'_>> {
    let (secure, rest) = match url.strip_prefix("https://") {
        Some(rest) => (true, rest),
        None => (false, url.strip_prefix("http://")?),
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if url.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\' || c == '#') || authority.contains('@') {
        return None;
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            (host, after.strip_prefix(':').or(after.is_empty().then_some("")))
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, Some("")),
        },
    };
    let port = match port? {
        "" if secure => 443,
        "" => 80,
        digits => digits.parse().ok()?,
    };
    let fits = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'));
    fits.then_some(Address { secure, host, port, path })
}

/// The host of an address.
pub fn host_of(url: &str) -> Option<&str> {
    read(url).map(|address| address.host)
}

/// Whether a host is this machine, where no TLS is needed.
pub fn is_loopback(host: &str) -> bool {
    host == "localhost" || host == "::1" || host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
}

/// Bytes of a query or form value that need no escape; all others are written as `%XX` (RFC 3986 section 2.3).
pub fn escape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        let read = |url| read(url).map(|a| (a.secure, a.host, a.port, a.path));
        assert_eq!(read("https://api.example/v1?x=1"), Some((true, "api.example", 443, "/v1?x=1")));
        assert_eq!(read("http://127.0.0.1:11434"), Some((false, "127.0.0.1", 11434, "")));
        assert_eq!(read("http://[::1]:80/a"), Some((false, "::1", 80, "/a")));
    }

    #[test]
    fn an_address_that_hides_its_host_is_refused() {
        for bad in [
            "",
            "ftp://a/",
            "https://",
            "https://a@b/",
            "https://good.example\\@bad.example/",
            "https://a b/",
            "https://a\n/",
            "https://a:99999/",
            "https://a/#x",
            "//a/",
            "https://[::1/",
            "https://a%2eb/",
        ] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
        assert!(is_loopback("127.0.0.9") && is_loopback("localhost") && !is_loopback("127.0.0.1.example"));
        assert_eq!(escape("a b&c/é"), "a%20b%26c%2F%C3%A9");
    }
}
