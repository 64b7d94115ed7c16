//! Rules that R4 states in words only, and rules whose published expression misses what its words say.

use super::place::Place;
use super::walk::clip;
use super::{error, report};
use super::{ids, linked, terms, vitals};
use crate::fhirpath;
use crate::issue::{Issue, IssueCode};
use crate::model::{Element, TypeId, TypeKind, model};
use crate::packed::{Kind, Node};
use crate::reference::Reference;
use crate::resource_type::ResourceType;
use crate::search;

/// Checks an object of a type.
pub(super) fn object(node: Node<'_>, type_: TypeId, place: &Place<'_>, issues: &mut Vec<Issue>) {
    match model().type_(type_).name {
        "Attachment" => attachment(node, place, issues),
        "Bundle" => bundle(node, place, issues),
        "Bundle.entry" => bundle_entry(node, place, issues),
        "Coding" => coding(node, place, issues),
        "CapabilityStatement.rest.resource" => capability(node, place, issues),
        "CodeSystem" => {
            supplement(node, place, issues);
            concept_count(node, place, issues);
            terms::properties(node, place, issues);
        }
        "Expression" => expression(node, place, issues),
        "Observation" => vitals::check(node, place, issues),
        "Questionnaire.item"
            // que-12 counts to more than two by mistake.
            if node.list("enableWhen").count() > 1 && node.get("enableBehavior").is_none() => {
                broken(issues, place, "several enableWhen need an enableBehavior");
            }
        "ElementDefinition.constraint" => fhirpath_text(node, place, issues),
        "Reference" => reference(node, place, issues),
        "SearchParameter" => {
            fhirpath_text(node, place, issues);
            search_parameter(node, place, issues);
        }
        "ValueSet.compose.include.filter" => terms::filter(node, place, issues),
        "ValueSet.compose.include"
            if node.str("system").is_some_and(|system| !is_absolute(system)) => {
                broken(issues, place, "the system must be an absolute URI");
            }
        _ => {}
    }
    if model().type_(type_).kind == TypeKind::Resource {
        ids::check(node, place, issues);
    }
    canonical_resource(node, type_, place, issues);
}

/// Checks a primitive, by its value or, without one, by its extensions.
pub(super) fn primitive(
    node: Option<Node<'_>>,
    twin: Option<Node<'_>>,
    type_: TypeId,
    element: &Element,
    place: &Place<'_>,
    issues: &mut Vec<Issue>,
) {
    let Some(text) = node.and_then(Node::as_str) else {
        // "Unknown" is no code; an extension that stands for a code of a later release is let through.
        let is_absent =
            |e: Node<'_>| e.str("url") == Some("http://hl7.org/fhir/StructureDefinition/data-absent-reason");
        let mut extensions = twin.into_iter().flat_map(Node::items).flat_map(|t| t.list("extension"));
        if node.is_none() && element.value_set.is_some() && extensions.any(is_absent) {
            error(issues, IssueCode::CodeInvalid, place, "a code of the required value set is needed");
        }
        return;
    };
    match model().type_(type_).name {
        // Pages escape all text, so this harms nobody here; whoever reads it elsewhere should know.
        "string" | "markdown" if text.to_ascii_lowercase().contains("<script") => {
            report(issues, Issue::warning(IssueCode::Security, place.to_string(), "text looks like a script"));
        }
        "canonical" => canonical(text, element, type_, place, issues),
        "code" if element.name == "contentType" && !is_media_type(text) => {
            error(issues, IssueCode::CodeInvalid, place, format!("`{}` is no media type", clip(text)));
        }
        _ => {}
    }
}

pub(super) fn broken(issues: &mut Vec<Issue>, place: &Place<'_>, text: impl Into<String>) {
    error(issues, IssueCode::Invariant, place, text);
}

fn is_absolute(uri: &str) -> bool {
    uri.split_once(':').is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    })
}

/// `type/subtype` and parameters (RFC 2045 section 5.1).
fn is_media_type(text: &str) -> bool {
    let is_token = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=".contains(&b))
    };
    let kind = text.split(';').next().unwrap_or("").trim_end();
    kind.split_once('/').is_some_and(|(first, second)| is_token(first) && is_token(second))
}

fn attachment(node: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let (Some(data), Some(size)) = (node.str("data"), node.get("size").and_then(Node::as_i64)) else { return };
    let letters = data.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=').count() as i64;
    let actual = letters * 3 / 4;
    if actual != size {
        broken(issues, place, format!("the stated size is {size}, the data has {actual} bytes"));
    }
}

fn bundle(node: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let relations: Vec<&str> = node.list("link").filter_map(|link| link.str("relation")).collect();
    for (i, relation) in relations.iter().enumerate() {
        let is_single = matches!(*relation, "self" | "first" | "last" | "next" | "previous" | "prev");
        if is_single && relations.iter().take(i).any(|r| r == relation) {
            broken(issues, &place.step("link").item(i), format!("link `{relation}` stands twice"));
        }
    }
    match node.str("type") {
        Some("searchset") => search_set(node, place, issues),
        Some("document") => document(node, place, issues),
        _ => {}
    }
    linked::check(node, place, issues);
}

/// A version that a document's sections list must be the one in the document.
fn document(node: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let sections = node.at("entry.0.resource.section").into_iter().flat_map(Node::items);
    for (i, section) in sections.enumerate() {
        for text in section.list("entry").filter_map(|entry| entry.str("reference")) {
            let Reference::Resource { base: None, type_, id, version: Some(version) } = Reference::parse(text) else {
                continue;
            };
            let is_meant = |entry: &Node<'_>| {
                let resource = entry.get("resource");
                let is_same =
                    resource.is_some_and(|r| r.resource_type() == Some(type_.as_str()) && r.str("id") == Some(id));
                is_same && resource.and_then(|r| r.str_at("meta.versionId")) == Some(version)
            };
            if !node.list("entry").any(|entry| is_meant(&entry)) {
                broken(issues, place, format!("section {i} lists {}, which is not in the document", clip(text)));
            }
        }
    }
}

fn search_set(node: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    for (i, entry) in node.list("entry").enumerate() {
        let Some(resource) = entry.get("resource") else { continue };
        let step = place.step("entry").item(i);
        let is_outcome = entry.str_at("search.mode") == Some("outcome");
        if is_outcome && resource.resource_type() != Some("OperationOutcome") {
            broken(issues, &step, "an entry of mode `outcome` must be an OperationOutcome");
        } else if resource.resource_type() != Some("OperationOutcome") && resource.get("id").is_none() {
            broken(issues, &step, "a found resource must have an id");
        }
    }
}

fn bundle_entry(node: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    if let Some(url) = node.str("fullUrl")
        && !is_absolute(url)
    {
        broken(issues, place, format!("fullUrl must be absolute, not `{}`", clip(url)));
    }
    full_url_and_id(node, place, issues);
}

/// "The fullUrl SHALL NOT disagree with the id in the resource": told where the address is one of this very type. A
/// warning, because two of the official examples do it.
fn full_url_and_id(node: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let (Some(url), Some(resource)) = (node.str("fullUrl"), node.get("resource")) else { return };
    let Reference::Resource { base: Some(_), type_, id, .. } = Reference::parse(url) else { return };
    if resource.resource_type() == Some(type_.as_str())
        && let Some(own) = resource.str("id").filter(|own| *own != id)
    {
        let text = format!("fullUrl names {type_}/{}, the resource's id is {}", clip(id), clip(own));
        report(issues, Issue::warning(IssueCode::Invariant, place.to_string(), text));
    }
}

fn coding(node: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    if let Some(system) = node.str("system")
        && !is_absolute(system)
    {
        broken(issues, place, format!("a code's system must be an absolute URI, not `{}`", clip(system)));
    }
    if let Some(system) = node.str("system")
        && ["http://hl7.org/fhir/ValueSet/", "http://terminology.hl7.org/ValueSet/"]
            .iter()
            .any(|of| system.starts_with(of))
    {
        broken(issues, place, format!("`{}` is a value set, not a code system", clip(system)));
    }
    terms::coding(node, place, issues);
}

/// An expression that says it is FHIRPath can be read as FHIRPath.
fn expression(node: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let (Some("text/fhirpath"), Some(text)) = (node.str("language"), node.str("expression")) else { return };
    if let Err(why) = fhirpath::Expression::parse(text) {
        broken(issues, &place.step("expression"), format!("`{}` is no FHIRPath: {why}", clip(text)));
    }
}

fn capability(node: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let Some(type_) = node.str("type").and_then(ResourceType::find) else { return };
    for (i, stated) in node.list("searchParam").enumerate() {
        let known = stated.str("name").and_then(|name| search::param(type_, name));
        let is_published =
            stated.str("definition").is_none_or(|d| d.starts_with("http://hl7.org/fhir/SearchParameter/"));
        if let (Some(param), Some(kind), true) = (known, stated.str("type"), is_published)
            && param.kind.as_str() != kind
        {
            let text = format!("search parameter {} is a {}, not a {}", param.code, param.kind.as_str(), clip(kind));
            broken(issues, &place.step("searchParam").item(i), text);
        }
    }
}

/// An expression that is FHIRPath by its definition.
fn fhirpath_text(node: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    if let Some(text) = node.str("expression")
        && let Err(why) = fhirpath::Expression::parse(text)
    {
        broken(issues, &place.step("expression"), format!("`{}` is no FHIRPath: {why}", clip(text)));
    }
}

/// "A relative reference" is `Type/id` (R4 2.3.0.1).
fn reference(node: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let Some(text) = node.str("reference") else { return };
    if matches!(Reference::parse(text), Reference::Other(_)) && !is_absolute(text) {
        broken(issues, &place.step("reference"), format!("`{}` is neither Type/id nor a whole address", clip(text)));
    }
}

/// A complete code system that says how many concepts it has, has as many.
fn concept_count(node: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let (Some("complete"), Some(stated)) = (node.str("content"), node.get("count").and_then(Node::as_i64)) else {
        return;
    };
    let mut open: Vec<Node<'_>> = node.list("concept").collect();
    let mut count = 0;
    while let Some(concept) = open.pop() {
        count += 1;
        open.extend(concept.list("concept"));
    }
    if count != stated {
        broken(issues, &place.step("count"), format!("says {stated}, there are {count} concepts"));
    }
}

fn supplement(node: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    if node.get("supplements").is_some() && node.str("content") != Some("supplement") {
        broken(issues, place, "a code system that supplements another has the content `supplement`");
    }
}

fn search_parameter(node: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    if node.str("type") == Some("composite") && node.list("component").count() < 2 {
        broken(issues, place, "a composite parameter needs two components or more");
    }
    let Some(original) =
        node.str("derivedFrom").and_then(|url| url.strip_prefix("http://hl7.org/fhir/SearchParameter/"))
    else {
        return;
    };
    // Published parameters of one type are named after it: `Organization-name`.
    let Some((type_, code)) = original.split_once('-') else { return };
    let Some(param) = ResourceType::find(type_).and_then(|t| search::param(t, code)) else { return };
    if node.str("type").is_some_and(|kind| kind != param.kind.as_str()) {
        broken(issues, place, format!("{original} is a {}", param.kind.as_str()));
    }
    for base in node.list("base").filter_map(Node::as_str).filter(|base| *base != type_) {
        broken(issues, place, format!("{original} is not about {}", clip(base)));
    }
}

/// Definitions are known by their URL, so it must be absolute.
fn canonical_resource(node: Node<'_>, type_: TypeId, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let definition = model().type_(type_);
    if definition.kind == TypeKind::Resource
        && node.kind() == Kind::Object
        && definition.elements.iter().any(|e| e.name == "experimental")
        && node.str("url").is_some_and(|url| !is_absolute(url))
    {
        broken(issues, place, "the url of a definition must be absolute");
    }
}

/// A canonical in HL7's own space names its type.
fn canonical(text: &str, element: &Element, type_: TypeId, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let targets = element.types.iter().find(|(t, _)| *t == type_).map(|(_, targets)| *targets).unwrap_or_default();
    let named = text.strip_prefix("http://hl7.org/fhir/").and_then(|rest| rest.split('/').next());
    if let Some(found) = named.and_then(ResourceType::find)
        && !targets.is_empty()
        && !targets.contains(&found.as_str())
    {
        broken(issues, place, format!("may name {}, not {found}", targets.join(", ")));
    }
}
