//! Model info: the classes a library can name, their elements, and how elements map to FHIR.
//!
//! FHIR 4.0.1 is built from the definitions `continuo-fhir` carries; other models (QI-Core) come as model info XML.

use std::collections::HashMap;

use continuo_fhir::model::{TypeKind, model};

use super::types::{Ty, system};
use super::xml::{self, Element};

/// An element of a class.
#[derive(Clone, Debug)]
pub struct Member {
    /// Name.
    pub name: String,
    /// Type in the model.
    pub ty: Ty,
    /// How it maps to the target model (`%value.value`, `FHIRHelpers.ToConcept(%value)` ...).
    pub target: Option<String>,
}

/// A class or simple type.
#[derive(Clone, Debug, Default)]
pub struct Class {
    /// Name within the model.
    pub name: String,
    /// Label, by which retrieves may name it.
    pub label: Option<String>,
    /// Profile url.
    pub identifier: Option<String>,
    /// Type in the target model, where it is called otherwise.
    pub target: Option<String>,
    /// What it is made from.
    pub base: Option<Ty>,
    /// Element that holds the code of a retrieve.
    pub code_path: Option<String>,
    /// Whether retrieves may name it.
    pub retrievable: bool,
    /// Its own elements.
    pub members: Vec<Member>,
}

/// A model.
#[derive(Clone, Debug, Default)]
pub struct ModelInfo {
    /// Name, such as `FHIR`.
    pub name: String,
    /// Version.
    pub version: String,
    /// Uri of types in ELM: the target's, where it maps to another model.
    pub uri: String,
    /// Classes by name.
    pub classes: HashMap<String, Class>,
    /// Conversions: class, System type, function of FHIRHelpers.
    pub conversions: Vec<(String, Ty, String)>,
}

impl ModelInfo {
    /// Reads model info XML.
    pub fn parse(text: &str) -> Result<ModelInfo, String> {
        let root = xml::parse(text)?;
        if root.name != "modelInfo" {
            return Err(format!("`{}` is no model info", root.name));
        }
        let name = root.get("name").unwrap_or_default().to_owned();
        let mut info = ModelInfo {
            version: root.get("version").unwrap_or_default().to_owned(),
            uri: root.get("targetUrl").or_else(|| root.get("url")).unwrap_or_default().to_owned(),
            classes: HashMap::new(),
            conversions: Vec::new(),
            name,
        };
        for element in root.all("typeInfo") {
            let class = class(element, &info.name);
            info.classes.insert(class.name.clone(), class);
        }
        for conversion in root.all("conversionInfo") {
            let from = conversion.get("fromType").unwrap_or_default();
            let from = from.split_once('.').map_or(from, |(_, plain)| plain).to_owned();
            let to = written(conversion.get("toType").unwrap_or_default(), &info.name);
            let function = conversion.get("functionName").unwrap_or_default();
            let function = function.rsplit('.').next().unwrap_or(function).to_owned();
            info.conversions.push((from, to, function));
        }
        Ok(info)
    }

    /// FHIR 4.0.1 as this build knows it.
    pub fn fhir() -> ModelInfo {
        let mut info = ModelInfo {
            name: "FHIR".into(),
            version: "4.0.1".into(),
            uri: "http://hl7.org/fhir".into(),
            ..ModelInfo::default()
        };
        for kind in model().types() {
            let named = |name: &str| Ty::Named("FHIR".into(), name.into());
            let members = kind.elements.iter().map(|element| {
                let mut types: Vec<Ty> = element.types.iter().map(|(id, _)| named(model().type_(*id).name)).collect();
                let one = if types.len() == 1 { types.remove(0) } else { Ty::Choice(types) };
                Member { name: element.name.into(), ty: if element.is_list { one.list() } else { one }, target: None }
            });
            let mut members: Vec<Member> = members.collect();
            if let (TypeKind::Primitive, Some(to)) = (kind.kind, primitive(kind.name)) {
                members.push(Member { name: "value".into(), ty: system(to), target: None });
                info.conversions.push((kind.name.into(), system(to), format!("To{to}")));
            }
            let is_resource = kind.kind == TypeKind::Resource;
            let class = Class {
                name: kind.name.into(),
                base: kind.base.map(|id| named(model().type_(id).name)),
                identifier: is_resource.then(|| format!("http://hl7.org/fhir/StructureDefinition/{}", kind.name)),
                code_path: if is_resource { code_path(kind.name, &members) } else { None },
                retrievable: is_resource,
                members,
                ..Class::default()
            };
            info.classes.insert(class.name.clone(), class);
        }
        for (from, to, function) in [
            ("Coding", system("Code"), "ToCode"),
            ("CodeableConcept", system("Concept"), "ToConcept"),
            ("Quantity", system("Quantity"), "ToQuantity"),
            ("Period", system("DateTime").interval(), "ToInterval"),
            ("Range", system("Quantity").interval(), "ToInterval"),
            ("Ratio", system("Ratio"), "ToRatio"),
        ] {
            info.conversions.push((from.into(), to, function.into()));
        }
        info
    }

    /// A class by name or label.
    pub fn class(&self, name: &str) -> Option<&Class> {
        self.classes.get(name).or_else(|| {
            let mut named: Vec<&Class> = self.classes.values().filter(|c| c.label.as_deref() == Some(name)).collect();
            named.sort_by(|a, b| a.name.cmp(&b.name));
            named.first().copied()
        })
    }

    /// An element of a class or of what it is made from.
    pub fn member(&self, class: &str, name: &str) -> Option<&Member> {
        let mut at = self.classes.get(class);
        // No class is made from a chain as long as this.
        for _ in 0..16 {
            let class = at?;
            if let Some(found) = class.members.iter().find(|m| m.name == name) {
                return Some(found);
            }
            at = match &class.base {
                Some(Ty::Named(model, base)) if *model == self.name => self.classes.get(base),
                _ => None,
            };
        }
        None
    }

    /// Names of the elements of a class and of what it is made from.
    pub fn element_names(&self, class: &str) -> Vec<String> {
        let mut names = Vec::new();
        let mut at = self.classes.get(class);
        for _ in 0..16 {
            let Some(class) = at else { break };
            names.extend(class.members.iter().map(|m| m.name.clone()));
            at = match &class.base {
                Some(Ty::Named(model, base)) if *model == self.name => self.classes.get(base),
                _ => None,
            };
        }
        names
    }

    /// Whether a class is another or made from it.
    pub fn is_a(&self, class: &str, other: &Ty) -> bool {
        let mut at = Ty::Named(self.name.clone(), class.to_owned());
        for _ in 0..16 {
            if at == *other {
                return true;
            }
            let Ty::Named(model, name) = &at else { return false };
            if *model != self.name {
                return false;
            }
            match self.classes.get(name).and_then(|c| c.base.clone()) {
                Some(base) => at = base,
                None => return false,
            }
        }
        false
    }

    /// The System type a class stands for by derivation: `QICore.EncounterStatus` is a String.
    pub fn system_base(&self, class: &str) -> Option<Ty> {
        let mut at = self.classes.get(class)?.base.clone();
        for _ in 0..16 {
            match at.take()? {
                Ty::Named(model, name) if model == "System" => return Some(system(&name)).filter(|t| *t != Ty::Any),
                Ty::Named(_, name) => at.clone_from(&self.classes.get(&name)?.base),
                _ => return None,
            }
        }
        None
    }

    /// The conversion of a class, its own or of what it is made from.
    pub fn conversion(&self, class: &str) -> Option<(&Ty, &str)> {
        let mut name = class.to_owned();
        for _ in 0..16 {
            if let Some((_, to, function)) = self.conversions.iter().find(|(from, ..)| *from == name) {
                return Some((to, function));
            }
            match self.classes.get(&name)?.base.as_ref()? {
                Ty::Named(model, base) if *model == self.name => name.clone_from(base),
                _ => return None,
            }
        }
        None
    }
}

/// What the value of a FHIR primitive is.
fn primitive(name: &str) -> Option<&'static str> {
    Some(match name {
        "boolean" => "Boolean",
        "integer" | "positiveInt" | "unsignedInt" => "Integer",
        "decimal" => "Decimal",
        "date" => "Date",
        "dateTime" | "instant" => "DateTime",
        "time" => "Time",
        "string" | "code" | "id" | "markdown" | "uri" | "url" | "canonical" | "uuid" | "oid" | "base64Binary"
        | "xhtml" => "String",
        _ => return None,
    })
}

/// The element a retrieve's codes are looked for in: `code` where there is one, else what the resource is about.
fn code_path(name: &str, members: &[Member]) -> Option<String> {
    let own = match name {
        "Encounter" | "Coverage" | "DocumentReference" | "Account" | "Consent" | "Specimen" | "Location"
        | "Organization" => "type",
        "MedicationRequest" | "MedicationAdministration" | "MedicationDispense" | "MedicationStatement" => "medication",
        "Immunization" => "vaccineCode",
        "AdverseEvent" => "event",
        "Communication" | "CommunicationRequest" | "CarePlan" | "Goal" | "CareTeam" => "category",
        "Appointment" => "appointmentType",
        "DeviceUseStatement" => "device.code",
        "FamilyMemberHistory" | "RelatedPerson" => "relationship",
        "QuestionnaireResponse" => "questionnaire",
        _ => "code",
    };
    let first = own.split('.').next().unwrap_or(own);
    members.iter().any(|m| m.name == first).then(|| own.to_owned())
}

fn class(element: &Element, model: &str) -> Class {
    let own = |name: &str| element.get(name).map(str::to_owned);
    let name = element.get("name").unwrap_or_default();
    let name = name.strip_prefix(&format!("{model}.")).unwrap_or(name).to_owned();
    let members = element.all("element").filter_map(|e| {
        Some(Member {
            name: e.get("name")?.to_owned(),
            ty: type_of(e, model),
            target: e.get("target").map(str::to_owned),
        })
    });
    Class {
        members: members.collect(),
        label: own("label"),
        identifier: own("identifier"),
        target: own("target"),
        base: element.get("baseType").map(|b| written(b, model)),
        code_path: own("primaryCodePath"),
        retrievable: element.get("retrievable") == Some("true"),
        name,
    }
}

/// The type an element, specifier or choice has.
fn type_of(element: &Element, model: &str) -> Ty {
    let kind = element.get("type").unwrap_or_default();
    let kind = kind.rsplit(':').next().unwrap_or(kind);
    let inner = |attribute: &str, child: &str| -> Ty {
        match (element.get(attribute), element.child(child)) {
            (Some(name), _) => written(name, model),
            (None, Some(spec)) => type_of(spec, model),
            (None, None) => Ty::Any,
        }
    };
    match kind {
        "ListTypeSpecifier" => inner("elementType", "elementTypeSpecifier").list(),
        "IntervalTypeSpecifier" => inner("pointType", "pointTypeSpecifier").interval(),
        "ChoiceTypeSpecifier" => Ty::Choice(element.all("choice").map(|c| type_of(c, model)).collect()),
        "NamedTypeSpecifier" => {
            let model = element.get("namespace").unwrap_or(model);
            named(model, element.get("name").unwrap_or_default())
        }
        _ => {
            match (element.get("elementType"), element.child("elementTypeSpecifier").or(element.child("typeSpecifier")))
            {
                (Some(name), _) => written(name, model),
                (None, Some(spec)) => type_of(spec, model),
                (None, None) if kind.is_empty() => Ty::Any,
                (None, None) => written(kind, model),
            }
        }
    }
}

fn named(model: &str, name: &str) -> Ty {
    if model == "System" { system(name) } else { Ty::Named(model.into(), name.into()) }
}

/// `QICore.Encounter.Location`, `System.String`, `Interval<System.DateTime>`.
fn written(name: &str, model: &str) -> Ty {
    if let Some(inner) = name.strip_prefix("Interval<").and_then(|n| n.strip_suffix('>')) {
        return written(inner, model).interval();
    }
    if let Some(inner) = name.strip_prefix("List<").and_then(|n| n.strip_suffix('>')) {
        return written(inner, model).list();
    }
    match name.split_once('.') {
        Some((prefix, plain)) => named(prefix, plain),
        None => named(model, name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fhir_is_known_without_a_file() {
        let fhir = ModelInfo::fhir();
        let period = fhir.member("Encounter", "period").unwrap();
        assert_eq!(period.ty, Ty::Named("FHIR".into(), "Period".into()));
        assert_eq!(fhir.conversion("Period").unwrap().1, "ToInterval");
        assert_eq!(fhir.conversion("Age").unwrap().1, "ToQuantity");
        assert_eq!(fhir.class("Encounter").unwrap().code_path.as_deref(), Some("type"));
        assert!(matches!(fhir.member("Observation", "value").unwrap().ty, Ty::Choice(_)));
    }

    #[test]
    fn model_info_is_read() {
        let info = ModelInfo::parse(
            r#"<modelInfo name="Q" version="6" url="u" targetUrl="http://hl7.org/fhir">
            <typeInfo xsi:type="ClassInfo" namespace="Q" name="E" label="An E" target="Encounter" retrievable="true" primaryCodePath="type">
            <element name="status" elementType="Q.Status" target="%value.value"/>
            <element name="when"><elementTypeSpecifier xsi:type="ListTypeSpecifier" elementType="System.DateTime"/></element></typeInfo>
            <typeInfo xsi:type="ClassInfo" namespace="Q" name="Status" baseType="System.String"/></modelInfo>"#,
        )
        .unwrap();
        assert_eq!(info.class("An E").unwrap().name, "E");
        assert_eq!(info.member("E", "when").unwrap().ty, system("DateTime").list());
        assert_eq!(info.system_base("Status"), Some(system("String")));
    }
}
