//! Narrative: well-formed, basic formatting only, nothing that runs
//! (<https://hl7.org/fhir/R4/narrative.html#xhtml>).

use super::walk::clip;
use super::{error, report};
use crate::issue::{Issue, IssueCode};
use crate::packed::Node;
use crate::validate::place::Place;

/// Elements of formatting, links, images, lists and tables.
const ELEMENTS: [&str; 52] = [
    "a",
    "abbr",
    "acronym",
    "b",
    "big",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "kbd",
    "ins",
    "del",
];

/// Attributes that may stand on any of them; what runs or loads is not here.
const ATTRIBUTES: [&str; 44] = [
    "abbr",
    "accesskey",
    "align",
    "alt",
    "axis",
    "bgcolor",
    "border",
    "cellhalign",
    "cellpadding",
    "cellspacing",
    "cellvalign",
    "char",
    "charoff",
    "charset",
    "cite",
    "class",
    "colspan",
    "compact",
    "coords",
    "dir",
    "frame",
    "headers",
    "height",
    "href",
    "hreflang",
    "id",
    "lang",
    "longdesc",
    "name",
    "nowrap",
    "rel",
    "rev",
    "rowspan",
    "rules",
    "scope",
    "shape",
    "span",
    "src",
    "start",
    "style",
    "summary",
    "title",
    "valign",
    "width",
];

const ENTITIES: [&str; 5] = ["amp", "lt", "gt", "quot", "apos"];

/// Checks a narrative's `div`.
pub(super) fn check(node: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let result = match node.as_str() {
        Some(text) => check_text(text),
        None => Err("must be text in quotes".to_string()),
    };
    match result {
        Err(text) => error(issues, IssueCode::Invariant, place, text),
        // Some of the specification's own examples have an empty narrative.
        Ok(false) => {
            report(issues, Issue::warning(IssueCode::Invariant, place.to_string(), "the narrative has no content"));
        }
        Ok(true) => {}
    }
}

/// Whether a narrative can be shown: the error is a sentence, the value says whether there is anything to show.
pub(crate) fn check_text(text: &str) -> Result<bool, String> {
    let text = text.trim();
    if !text.starts_with("<div") {
        return Err("the narrative must be a `div`".to_string());
    }
    let mut reader = Reader { rest: text, open: Vec::new(), has_content: false };
    reader.read()?;
    Ok(reader.has_content)
}

struct Reader<'a> {
    rest: &'a str,
    open: Vec<&'a str>,
    has_content: bool,
}

impl<'a> Reader<'a> {
    fn read(&mut self) -> Result<(), String> {
        let mut started = false;
        loop {
            let Some(next) = self.rest.find('<') else {
                let done = started && self.open.is_empty() && self.rest.trim().is_empty();
                return if done { Ok(()) } else { Err("the narrative is not closed".to_string()) };
            };
            let (text, rest) = self.rest.split_at_checked(next).unwrap_or((self.rest, ""));
            self.text(text)?;
            self.rest = rest;
            if started && self.open.is_empty() {
                return Err("the narrative goes on after its `div`".to_string());
            }
            started = true;
            if let Some(rest) = rest.strip_prefix("<!--") {
                self.rest = rest.split_once("-->").ok_or("a comment is not closed")?.1;
            } else if let Some(rest) = rest.strip_prefix("</") {
                let (name, rest) = rest.split_once('>').ok_or("a tag is not closed")?;
                if self.open.pop() != Some(name.trim()) {
                    return Err(format!("`</{}>` closes nothing", clip(name)));
                }
                self.rest = rest;
            } else {
                self.tag(rest.get(1..).unwrap_or_default())?;
            }
        }
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        if !self.open.is_empty() && !text.trim().is_empty() {
            self.has_content = true;
        }
        entities(text)
    }

    fn tag(&mut self, text: &'a str) -> Result<(), String> {
        let end = text.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).ok_or("a tag is not closed")?;
        let (name, mut rest) = text.split_at_checked(end).unwrap_or((text, ""));
        if !ELEMENTS.contains(&name) {
            return Err(format!("element `{}` is not allowed in a narrative", clip(name)));
        }
        self.has_content |= name == "img";
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix("/>") {
                self.rest = after;
                return Ok(());
            }
            if let Some(after) = rest.strip_prefix('>') {
                self.rest = after;
                self.open.push(name);
                return if self.open.len() > 200 {
                    Err("the narrative is nested too deep".to_string())
                } else {
                    Ok(())
                };
            }
            rest = attribute(name, rest)?;
        }
    }
}

fn attribute<'a>(element: &str, text: &'a str) -> Result<&'a str, String> {
    let (name, rest) = text.split_once('=').ok_or("an attribute has no value")?;
    let name = name.trim();
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or("an attribute's value needs quotes")?;
    let (value, rest) = rest.get(1..).and_then(|r| r.split_once(quote)).ok_or("an attribute's value is not closed")?;
    let known = ATTRIBUTES.contains(&name) || name == "xmlns" || name.starts_with("xmlns:") || name.starts_with("xml:");
    if !known {
        return Err(format!("attribute `{}` is not allowed in a narrative", clip(name)));
    }
    let scheme = value.trim().to_ascii_lowercase();
    if matches!(name, "href" | "src") && (scheme.starts_with("javascript:") || scheme.starts_with("vbscript:")) {
        return Err(format!("`{}` of `{element}` must not run a script", clip(name)));
    }
    entities(value)?;
    Ok(rest)
}

fn entities(text: &str) -> Result<(), String> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('&') {
        let (name, after) = after.split_once(';').ok_or("`&` must be written `&amp;`")?;
        let numeric = name.strip_prefix('#').is_some_and(|n| {
            let digits = n.strip_prefix('x').unwrap_or(n);
            !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit())
        });
        if !numeric && !ENTITIES.contains(&name) {
            return Err(format!("entity `&{};` is not known in XHTML", clip(name)));
        }
        rest = after;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check_text;

    #[test]
    fn only_safe_formatting_passes() {
        for good in [
            "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a &amp; b<br/></p></div>",
            "<div xmlns='x'><!-- c --><table><tr><td>1</td></tr></table></div>",
            "<div><img src=\"a.png\" alt=\"x\"/></div>",
        ] {
            check_text(good).unwrap_or_else(|e| panic!("{good}: {e}"));
        }
        assert_eq!(check_text("<div> <p/></div>"), Ok(false));
        for bad in [
            "<div><script>x</script></div>",
            "<div onclick=\"x\">a</div>",
            "<div><a href=\"javascript:x\">a</a></div>",
            "<div><p>a</div>",
            "<div>a",
            "<p>a</p>",
            "<div>&reg;</div>",
            "<div>a & b</div>",
            "<div>a</div><div>b</div>",
            "text",
            "<div a>",
            "<div",
        ] {
            assert!(check_text(bad).is_err(), "{bad}");
        }
    }
}
