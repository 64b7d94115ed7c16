//! A small HTML walker that says what is wrong with a page: used by the tests of this crate and of the web crate.
//!
//! Checks what a machine can: known elements, unique ids, labels, one `h1`, heading order, landmarks, language,
//! targets of `for`, `aria-labelledby` and `aria-describedby`, no inline style or script (the content policy
//! forbids them), every form that posts carries `csrf`. It reads the markup that maud writes, not any HTML.

use std::collections::{BTreeMap, BTreeSet};

/// A tag as read.
#[derive(Debug)]
struct Tag<'a> {
    name: &'a str,
    attrs: BTreeMap<&'a str, &'a str>,
    closes: bool,
    /// Written `<path/>`.
    alone: bool,
}

const VOID: [&str; 7] = ["input", "br", "hr", "meta", "link", "img", "col"];

const KNOWN: [&str; 79] = [
    "html",
    "head",
    "body",
    "meta",
    "title",
    "link",
    "script",
    "a",
    "abbr",
    "article",
    "aside",
    "b",
    "blockquote",
    "br",
    "button",
    "caption",
    "code",
    "col",
    "datalist",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "em",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "header",
    "hr",
    "i",
    "img",
    "input",
    "ins",
    "del",
    "kbd",
    "label",
    "legend",
    "li",
    "main",
    "mark",
    "nav",
    "ol",
    "option",
    "optgroup",
    "output",
    "p",
    "pre",
    "q",
    "section",
    "select",
    "small",
    "span",
    "strong",
    "summary",
    "table",
    "tbody",
    "td",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "ul",
    "svg",
    "path",
    "circle",
    "rect",
    "line",
    "text",
    "g",
];

/// Everything wrong with a whole document.
pub fn document(html: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let tags = read(html, &mut problems);
    let count = |name: &str| tags.iter().filter(|tag| !tag.closes && tag.name == name).count();
    for (name, want) in [("h1", 1), ("main", 1), ("html", 1)] {
        if count(name) != want {
            problems.push(format!("{} <{name}> where {want} is wanted", count(name)));
        }
    }
    if !tags.iter().any(|tag| tag.name == "html" && tag.attrs.contains_key("lang")) {
        problems.push("the page names no language".to_owned());
    }
    if !tags.iter().any(|tag| tag.name == "a" && tag.attrs.get("href") == Some(&"#main")) {
        problems.push("no skip link".to_owned());
    }
    if !html.contains("<title>") || html.contains("<title> ·") {
        problems.push("the page has no title".to_owned());
    }
    headings(&tags, &mut problems);
    fragment_tags(&tags, &mut problems);
    problems
}

fn headings(tags: &[Tag<'_>], problems: &mut Vec<String>) {
    let mut last = 1;
    for tag in tags.iter().filter(|tag| !tag.closes) {
        let level = match tag.name {
            "h1" => 1,
            "h2" => 2,
            "h3" => 3,
            "h4" => 4,
            _ => continue,
        };
        if level > last + 1 {
            problems.push(format!("<h{level}> follows <h{last}>"));
        }
        last = level;
    }
}

fn fragment_tags(tags: &[Tag<'_>], problems: &mut Vec<String>) {
    let mut ids = BTreeSet::new();
    let mut open: Vec<&Tag<'_>> = Vec::new();
    let labeled: BTreeSet<&str> =
        tags.iter().filter(|tag| tag.name == "label").filter_map(|tag| tag.attrs.get("for").copied()).collect();
    let mut posting_without_csrf = false;
    for tag in tags {
        if tag.closes {
            if tag.name == "form" && posting_without_csrf {
                problems.push("a posting form without csrf".to_owned());
                posting_without_csrf = false;
            }
            match open.pop() {
                Some(opened) if opened.name == tag.name => {}
                Some(opened) => problems.push(format!("</{}> closes <{}>", tag.name, opened.name)),
                None => problems.push(format!("</{}> closes nothing", tag.name)),
            }
            continue;
        }
        if !KNOWN.contains(&tag.name) {
            problems.push(format!("unknown element <{}>", tag.name));
        }
        if let Some(id) = tag.attrs.get("id") {
            if id.is_empty() || id.contains(char::is_whitespace) {
                problems.push(format!("bad id `{id}`"));
            }
            if !ids.insert(*id) {
                problems.push(format!("id `{id}` stands twice"));
            }
        }
        attributes(tag, problems);
        if is_field(tag) {
            let named =
                tag.attrs.contains_key("aria-label") || tag.attrs.get("id").is_some_and(|id| labeled.contains(id));
            if !named {
                problems.push(format!("<{}> {:?} has no label", tag.name, tag.attrs.get("name")));
            }
        }
        if tag.name == "form" {
            if open.iter().any(|outer| outer.name == "form") {
                problems.push("a form inside a form".to_owned());
            }
            posting_without_csrf = tag.attrs.get("method") == Some(&"post");
        }
        if tag.name == "input" && tag.attrs.get("name") == Some(&"csrf") {
            posting_without_csrf = false;
        }
        if tag.name == "svg" && !tag.attrs.contains_key("aria-hidden") && !tag.attrs.contains_key("aria-label") {
            problems.push("a picture without words".to_owned());
        }
        if !VOID.contains(&tag.name) && !tag.alone {
            open.push(tag);
        }
    }
    for tag in open {
        problems.push(format!("<{}> is never closed", tag.name));
    }
    for tag in tags {
        for name in ["for", "aria-labelledby", "aria-describedby"] {
            for id in tag.attrs.get(name).into_iter().flat_map(|ids| ids.split(' ')) {
                if !ids.contains(id) {
                    problems.push(format!("{name} names `{id}`, which is not here"));
                }
            }
        }
    }
}

fn attributes(tag: &Tag<'_>, problems: &mut Vec<String>) {
    for name in tag.attrs.keys() {
        if *name == "style" || name.starts_with("on") {
            problems.push(format!("inline {name} on <{}>: the content policy forbids it", tag.name));
        }
    }
    if tag.name == "a" && tag.attrs.get("href").is_none_or(|href| href.is_empty()) {
        problems.push("a link that leads nowhere".to_owned());
    }
    if tag.name == "script" && !tag.attrs.contains_key("src") {
        problems.push("an inline script".to_owned());
    }
    if matches!(tag.name, "nav" | "aside")
        && !tag.attrs.contains_key("aria-label")
        && !tag.attrs.contains_key("aria-labelledby")
    {
        problems.push(format!("<{}> without a name", tag.name));
    }
    if tag.name == "th" && !tag.attrs.contains_key("scope") {
        problems.push("<th> without scope".to_owned());
    }
}

fn is_field(tag: &Tag<'_>) -> bool {
    match tag.name {
        "select" | "textarea" => true,
        "input" => tag.attrs.get("type") != Some(&"hidden"),
        _ => false,
    }
}

fn read<'a>(html: &'a str, problems: &mut Vec<String>) -> Vec<Tag<'a>> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let after = rest.get(start + 1..).unwrap_or("");
        let Some(end) = end_of_tag(after) else {
            problems.push("a tag without end".to_owned());
            break;
        };
        let inside = after.get(..end).unwrap_or("");
        rest = after.get(end + 1..).unwrap_or("");
        if inside.starts_with('!') {
            continue;
        }
        match inside.strip_prefix('/') {
            Some(name) => tags.push(Tag { name, attrs: BTreeMap::new(), closes: true, alone: false }),
            None => tags.push(open_tag(inside)),
        }
    }
    tags
}

/// The first `>` outside quotes.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quoted = false;
    for (i, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return Some(i),
            _ => {}
        }
    }
    None
}

fn open_tag(inside: &str) -> Tag<'_> {
    let alone = inside.ends_with('/');
    let inside = inside.trim_end_matches('/');
    let (name, mut rest) = inside.split_once(' ').unwrap_or((inside, ""));
    let mut attrs = BTreeMap::new();
    while !rest.is_empty() {
        rest = rest.trim_start();
        let stop = rest.find(['=', ' ']).unwrap_or(rest.len());
        let (key, after) = rest.split_at(stop);
        if let Some(value) = after.strip_prefix("=\"") {
            let end = value.find('"').unwrap_or(value.len());
            attrs.insert(key, value.get(..end).unwrap_or(""));
            rest = value.get(end + 1..).unwrap_or("");
        } else {
            attrs.insert(key, "");
            rest = after;
        }
    }
    Tag { name, attrs, closes: false, alone }
}
