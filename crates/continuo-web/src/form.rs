//! Names and values of a query string or an HTML form (`application/x-www-form-urlencoded`, WHATWG URL section 5).

/// Decoded pairs in the order sent. A name may occur more than once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// Reads the pairs; what is not UTF-8 after decoding is replaced, never refused.
    pub fn parse(text: &[u8]) -> Self {
        Self(
            text.split(|b| *b == b'&')
                .filter(|part| !part.is_empty())
                .map(|part| match part.iter().position(|b| *b == b'=') {
                    Some(at) => (decode(&part[..at]), decode(&part[at + 1..])),
                    None => (decode(part), String::new()),
                })
                .collect(),
        )
    }

    /// Pairs that are decoded already.
    pub fn of(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// The first value of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The first value of this name without surrounding space, if anything is left.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// All values of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// All pairs, in the order sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }
}

/// Decodes `+` and `%41`; a per cent sign without two digits stands for itself.
pub fn decode(text: &[u8]) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let mut ahead = bytes.clone();
                match (ahead.next().and_then(digit), ahead.next().and_then(digit)) {
                    (Some(high), Some(low)) => {
                        out.push(high * 16 + low);
                        bytes = ahead;
                    }
                    _ => out.push(b'%'),
                }
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Encodes everything but unreserved characters (RFC 3986 section 2.3).
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend([byte >> 4, byte & 15].map(|half| char::from(HEX[usize::from(half)])));
        }
    }
    out
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|d| d as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_in_order() {
        let pairs = Pairs::parse(b"name=Garc%C3%ADa+Lopez&x&x=2&bad=%4");
        assert_eq!(pairs.get("name"), Some("García Lopez"));
        assert_eq!(pairs.all("x").collect::<Vec<_>>(), ["", "2"]);
        assert_eq!(pairs.get("bad"), Some("%4"));
        assert_eq!(pairs.get("absent"), None);
    }

    #[test]
    fn encoding_comes_back() {
        let text = "a b&c=d/é%";
        assert_eq!(decode(encode(text).as_bytes()), text);
    }
}
