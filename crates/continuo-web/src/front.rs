//! What stands in front of the server: the proxies whose word about a client counts, and the address that clients use.
//!
//! Anybody can write `X-Forwarded-For` and its like into a request. They are heard from a configured proxy only, and gone
//! before anything else looks at a request; so nobody chooses the address that tries are counted by, or the address
//! that stands in links.

use std::net::{IpAddr, Ipv6Addr};

use crate::request::Request;

/// What headers a proxy speaks by, of which only some are used: none of them comes past [`Front::hear`] unheard.
const SPOKEN: [&str; 6] =
    ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port", "x-real-ip"];

/// Connections of one address at once, where the site says nothing else: a clinic behind one address has a few for each
/// browser.
pub const CONNECTIONS: usize = 1_024;

/// What stands in front; by default nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Front {
    proxies: Vec<IpAddr>,
    /// Scheme and host, as `https` and `care.example.org`.
    address: Option<(String, String)>,
    connections: usize,
}

impl Default for Front {
    fn default() -> Self {
        Self { proxies: Vec::new(), address: None, connections: CONNECTIONS }
    }
}

impl Front {
    /// These proxies, and at most so many connections of one address.
    pub fn of(proxies: &[IpAddr], connections: usize) -> Self {
        let proxies = proxies.iter().map(IpAddr::to_canonical).collect();
        Self { proxies, address: None, connections: connections.max(1) }
    }

    /// With the address that clients use, such as `https://care.example.org`; an error says what is wrong with it.
    pub fn at(mut self, address: &str) -> Result<Self, String> {
        let parts = address.trim_end_matches('/').split_once("://");
        let host = |text: &str| !text.is_empty() && !text.contains(|c: char| "/?#@ ".contains(c) || c.is_control());
        match parts.filter(|(scheme, name)| ["http", "https"].contains(scheme) && host(name)) {
            Some((scheme, name)) => self.address = Some((scheme.to_owned(), name.to_owned())),
            None => return Err(format!("`{address}` is no address like https://care.example.org")),
        }
        Ok(self)
    }

    /// Whether browsers come over TLS: a proxy ends it, or the address says so.
    pub fn is_secure(&self) -> bool {
        match &self.address {
            Some((scheme, _)) => scheme == "https",
            None => !self.proxies.is_empty(),
        }
    }

    /// How many connections of this peer are taken at once; a proxy's and this machine's own are not counted.
    pub(crate) fn room(&self, peer: IpAddr) -> Option<usize> {
        let peer = peer.to_canonical();
        (!peer.is_loopback() && !self.proxies.contains(&peer)).then_some(self.connections)
    }

    /// Takes what a proxy says for true, and removes what anybody else says.
    pub(crate) fn hear(&self, request: &mut Request) {
        request.peer = request.peer.map(|peer| peer.to_canonical());
        let is_trusted = |address: &IpAddr| self.proxies.contains(address);
        let mut kept = Vec::new();
        if request.peer.is_some_and(|peer| is_trusted(&peer)) {
            // Each proxy adds whom it heard at the end: the last that is no proxy of ours is the client.
            let named: Vec<String> =
                request.headers.iter().filter(|(name, _)| name == "x-forwarded-for").map(|(_, v)| v.clone()).collect();
            let named = named.join(",");
            let client = named.rsplit(',').map_while(address_of).find(|address| !is_trusted(address));
            request.peer = client.or(request.peer);
            for name in ["x-forwarded-host", "x-forwarded-proto"] {
                let value = request.header(name).and_then(|list| list.rsplit(',').next()).map(str::trim);
                kept.extend(value.filter(|text| is_word(text)).map(|text| (name.to_owned(), text.to_owned())));
            }
        }
        if let Some((scheme, host)) = &self.address {
            kept =
                vec![("x-forwarded-host".to_owned(), host.clone()), ("x-forwarded-proto".to_owned(), scheme.clone())];
        }
        request.headers.retain(|(name, _)| !SPOKEN.contains(&name.as_str()));
        request.headers.extend(kept);
    }
}

/// What one peer counts as: an IPv6 host has a whole /64 to choose from, so that is one.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// An address as proxies write it, with a port or without.
fn address_of(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(text, |(inside, _)| inside);
    let parsed = bare.parse::<IpAddr>().ok().or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|a| a.ip()));
    parsed.map(|address| address.to_canonical())
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]_".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Pairs;

    fn from(peer: &str, headers: &[(&str, &str)]) -> Request {
        Request {
            method: "GET".into(),
            path: "/".into(),
            params: vec![],
            query: Pairs::default(),
            raw_query: String::new(),
            headers: headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
            body: vec![],
            peer: peer.parse().ok(),
        }
    }

    const SAID: &[(&str, &str)] = &[
        ("x-forwarded-for", "198.51.100.1, 203.0.113.9, 10.0.0.3"),
        ("x-forwarded-host", "care.example.org"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "for=1.2.3.4"),
    ];

    #[test]
    fn only_a_configured_proxy_says_who_is_asking_and_by_what_address() {
        let proxies: Vec<IpAddr> = ["127.0.0.1", "10.0.0.3"].iter().map(|text| text.parse().unwrap()).collect();
        let front = Front::of(&proxies, 5);
        let mut heard = from("::ffff:127.0.0.1", SAID);
        front.hear(&mut heard);
        assert_eq!(heard.peer, "203.0.113.9".parse().ok(), "the last that is no proxy");
        assert_eq!(heard.header("x-forwarded-host"), Some("care.example.org"));
        assert_eq!(heard.header("forwarded"), None);
        for (front, peer) in [(&front, "203.0.113.7"), (&Front::default(), "127.0.0.1")] {
            let mut unheard = from(peer, SAID);
            front.hear(&mut unheard);
            assert_eq!(unheard.peer, peer.parse().ok());
            assert!(unheard.headers.is_empty(), "{:?}", unheard.headers);
        }
    }

    #[test]
    fn a_configured_address_stands_in_links_whatever_is_said() {
        let front = Front::default().at("https://care.example.org/").unwrap();
        let mut request = from("203.0.113.7", SAID);
        front.hear(&mut request);
        assert_eq!(request.header("x-forwarded-host"), Some("care.example.org"));
        assert_eq!(request.header("x-forwarded-proto"), Some("https"));
        assert!(front.is_secure() && !Front::default().is_secure());
        for bad in ["care.example.org", "ftp://x", "https://", "https://a/b", "https://a@b"] {
            assert!(Front::default().at(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_a_proxy_passes_on_damaged_is_not_believed() {
        let front = Front::of(&["127.0.0.1".parse().unwrap()], 5);
        let mut request = from(
            "127.0.0.1",
            &[("x-forwarded-for", "nobody, 203.0.113.9, who"), ("x-forwarded-host", "a/b"), ("x-forwarded-proto", "")],
        );
        front.hear(&mut request);
        assert_eq!(request.peer, "127.0.0.1".parse().ok());
        assert!(request.headers.is_empty());
        assert_eq!(address_of("[2001:db8::1]:443"), "2001:db8::1".parse().ok());
        assert_eq!(address_of("203.0.113.9:80"), "203.0.113.9".parse().ok());
    }

    #[test]
    fn an_ipv6_host_counts_as_its_network() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8::1:2:3:4"), of("2001:db8::9"));
        assert_ne!(of("2001:db8:0:1::1"), of("2001:db8::1"));
        assert_eq!(of("::ffff:203.0.113.9"), of("203.0.113.9"));
    }
}
