//! As much XML as model info and the published test files need: elements, attributes, text.

/// An element.
#[derive(Clone, Debug, Default)]
pub struct Element {
    /// Name without its prefix.
    pub name: String,
    /// Attributes, names without prefix.
    pub attributes: Vec<(String, String)>,
    /// Elements inside.
    pub children: Vec<Element>,
    /// Text inside, entities resolved.
    pub text: String,
}

/// Nesting that model info and tests stay far below.
const MAX_DEPTH: usize = 100;

impl Element {
    /// An attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Children of a name.
    pub fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> + 'e {
        self.children.iter().filter(move |c| c.name == name)
    }

    /// The first child of a name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|c| c.name == name)
    }
}

/// Reads a document into its root element.
pub fn parse(text: &str) -> Result<Element, String> {
    let mut stack: Vec<Element> = vec![Element::default()];
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        if let Some(top) = stack.last_mut() {
            top.text.push_str(&unescape(&rest[..open]));
        }
        rest = &rest[open..];
        if let Some(after) = rest.strip_prefix("<!--") {
            rest = &after[after.find("-->").ok_or("a comment is not closed")? + 3..];
        } else if let Some(after) = rest.strip_prefix("<![CDATA[") {
            let end = after.find("]]>").ok_or("CDATA is not closed")?;
            if let Some(top) = stack.last_mut() {
                top.text.push_str(&after[..end]);
            }
            rest = &after[end + 3..];
        } else if rest.starts_with("<?") || rest.starts_with("<!") {
            rest = &rest[rest.find('>').ok_or("a declaration is not closed")? + 1..];
        } else if let Some(after) = rest.strip_prefix("</") {
            rest = &after[after.find('>').ok_or("a tag is not closed")? + 1..];
            let done = stack.pop().ok_or("more ends than elements")?;
            stack.last_mut().ok_or("more ends than elements")?.children.push(done);
        } else {
            let (element, closed, after) = tag(&rest[1..])?;
            rest = after;
            if closed {
                stack.last_mut().ok_or("more ends than elements")?.children.push(element);
            } else {
                stack.push(element);
                if stack.len() > MAX_DEPTH {
                    return Err("nested too deeply".into());
                }
            }
        }
    }
    let [root] = stack.as_mut_slice() else { return Err("an element is not closed".into()) };
    root.children.pop().ok_or_else(|| "no element".into())
}

/// A start tag: the element, whether it ends at once, and what follows.
fn tag(text: &str) -> Result<(Element, bool, &str), String> {
    let end = text.find(|c: char| c.is_whitespace() || c == '>' || c == '/').ok_or("a tag is not closed")?;
    let mut element = Element { name: plain(&text[..end]), ..Element::default() };
    let mut rest = text[end..].trim_start();
    loop {
        if let Some(after) = rest.strip_prefix("/>") {
            return Ok((element, true, after));
        }
        if let Some(after) = rest.strip_prefix('>') {
            return Ok((element, false, after));
        }
        let equals = rest.find('=').ok_or("an attribute without value")?;
        let name = plain(rest[..equals].trim());
        let value = rest[equals + 1..].trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or("an attribute without quotes")?;
        let close = value[1..].find(quote).ok_or("an attribute is not closed")?;
        element.attributes.push((name, unescape(&value[1..=close])));
        rest = value[close + 2..].trim_start();
    }
}

fn plain(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_owned()
}

fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let Some(end) = rest[at..].find(';') else { break };
        let entity = &rest[at + 1..at + end];
        let known = match entity {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => match entity.strip_prefix("#x") {
                Some(hex) => u32::from_str_radix(hex, 16).ok().and_then(char::from_u32),
                None => entity.strip_prefix('#').and_then(|n| n.parse().ok()).and_then(char::from_u32),
            },
        };
        match known {
            Some(c) => out.push(c),
            None => out.push_str(&rest[at..=at + end]),
        }
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn elements_attributes_and_entities_are_read() {
        let root = parse("<?xml version='1'?><a:b c='1 &lt; 2'><!-- x --><d/>t &#65;<![CDATA[<]]></a:b>").unwrap();
        assert_eq!((root.name.as_str(), root.get("c"), root.children.len()), ("b", Some("1 < 2"), 1));
        assert_eq!(root.text, "t A<");
    }

    #[test]
    fn broken_documents_are_refused() {
        for text in ["", "<a", "<a>", "<a b>", "</a>", "<a b=1/>", "<!-- "] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
