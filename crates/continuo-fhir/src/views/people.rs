//! People, organizations, and what binds them: consents and coverage.

use super::{Period, list, view};
use crate::name::Name;
use crate::packed::Node;

view! {
    /// A person who receives care.
    PatientView "Patient" {
        nodes identifiers "identifier",
        text gender "gender",
        date birth_date "birthDate",
        nodes telecoms "telecom",
        nodes addresses "address",
        concept marital_status "maritalStatus",
        nodes contacts "contact",
        nodes communications "communication",
        references general_practitioners "generalPractitioner",
        reference managing_organization "managingOrganization",
        nodes links "link",
    }
}

impl<'a> PatientView<'a> {
    /// The person's names in the order received.
    pub fn names(self) -> impl Iterator<Item = HumanName<'a>> {
        const NAME: Name = Name::of("name");
        list(self.node, NAME).map(|node| HumanName { node })
    }

    /// Whether the record is in use; records that do not say are.
    pub fn is_active(self) -> bool {
        self.node.get("active").and_then(Node::as_bool) != Some(false)
    }
}

/// A name of a person.
#[derive(Clone, Copy, Debug)]
pub struct HumanName<'a> {
    /// The element.
    pub node: Node<'a>,
}

impl<'a> HumanName<'a> {
    /// The family name or names, as one text.
    pub fn family(self) -> Option<&'a str> {
        self.node.str("family")
    }

    /// Given and middle names.
    pub fn given(self) -> impl Iterator<Item = &'a str> {
        self.node.list("given").filter_map(Node::as_str)
    }

    /// The whole name as its sender wrote it.
    pub fn text(self) -> Option<&'a str> {
        self.node.str("text")
    }

    /// What the name is for: `official`, `usual`, `old`, ...
    pub fn use_(self) -> Option<&'a str> {
        self.node.str("use")
    }

    /// When it was or is used.
    pub fn period(self) -> Option<Period> {
        self.node.get("period").map(Period::of)
    }
}

view! {
    /// Someone who gives care.
    PractitionerView "Practitioner" {
        nodes identifiers "identifier",
        nodes names "name",
        nodes telecoms "telecom",
        nodes qualifications "qualification",
    }
}

view! {
    /// An organization.
    OrganizationView "Organization" {
        nodes identifiers "identifier",
        concepts types "type",
        text name "name",
        nodes telecoms "telecom",
        nodes addresses "address",
        reference part_of "partOf",
    }
}

view! {
    /// What a person allows, and to whom.
    ConsentView "Consent" {
        text status "status",
        concept scope "scope",
        concepts categories "category",
        reference patient "patient",
        date at "dateTime",
        concept policy_rule "policyRule",
        node provision "provision",
    }
}

view! {
    /// Insurance.
    CoverageView "Coverage" {
        text status "status",
        concept type_ "type",
        text subscriber_id "subscriberId",
        reference beneficiary "beneficiary",
        concept relationship "relationship",
        period period "period",
        references payors "payor",
        nodes classes "class",
        number order "order",
    }
}
