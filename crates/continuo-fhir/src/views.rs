//! Borrowed views of the resources the product computes on: names for their elements, checked against R4 by the
//! compiler, and no copying. For what a view does not name, its `node` is there.

mod clinical;
mod people;
mod work;

use crate::coding::{Coding, Concept};
use crate::date::{DateTime, Instant, Zone};
use crate::name::Name;
use crate::packed::Node;

pub use clinical::{
    AllergyIntoleranceView, ConditionView, DiagnosticReportView, DocumentReferenceView, EncounterView,
    ImmunizationView, MedicationRequestView, ObservationView, ProcedureView, QuestionnaireResponseView,
};
pub use people::{ConsentView, CoverageView, HumanName, OrganizationView, PatientView, PractitionerView};
pub use work::{
    AppointmentView, CarePlanView, CareTeamView, CommunicationView, GoalView, ServiceRequestView, TaskView,
};

/// Makes a view: its name, its resource type, and its elements by kind of access.
///
/// Kinds: `text` (one primitive as text), `flag`, `number`, `date`, `concept`, `concepts`, `coding`, `reference`
/// (its text), `references`, `period`, `node` (an element), `nodes` (a list).
macro_rules! view {
    ($(#[$doc:meta])* $view:ident $type_:literal { $($kind:ident $method:ident $field:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $view<'a> {
            /// The resource.
            pub node: $crate::packed::Node<'a>,
        }

        impl<'a> $view<'a> {
            /// The view of a resource of this type; nothing for another.
            pub fn of(node: $crate::packed::Node<'a>) -> Option<Self> {
                (node.resource_type() == Some($type_)).then_some(Self { node })
            }

            /// The resource's id.
            pub fn id(self) -> Option<&'a str> {
                const NAME: $crate::name::Name = $crate::name::Name::of("id");
                self.node.get_name(NAME)?.as_str()
            }

            $($crate::views::view!(@ $kind $method $field);)*
        }
    };
    (@ text $method:ident $field:literal) => {
        #[doc = concat!("`", $field, "` as text.")]
        pub fn $method(self) -> Option<&'a str> {
            const NAME: $crate::name::Name = $crate::name::Name::of($field);
            self.node.get_name(NAME)?.primitive_text()
        }
    };
    (@ flag $method:ident $field:literal) => {
        #[doc = concat!("`", $field, "`; absent counts as no.")]
        pub fn $method(self) -> bool {
            const NAME: $crate::name::Name = $crate::name::Name::of($field);
            self.node.get_name(NAME).and_then($crate::packed::Node::as_bool) == Some(true)
        }
    };
    (@ number $method:ident $field:literal) => {
        #[doc = concat!("`", $field, "` as a whole number.")]
        pub fn $method(self) -> Option<i64> {
            const NAME: $crate::name::Name = $crate::name::Name::of($field);
            self.node.get_name(NAME)?.as_i64()
        }
    };
    (@ date $method:ident $field:literal) => {
        #[doc = concat!("`", $field, "`, as precise as it was said.")]
        pub fn $method(self) -> Option<$crate::date::DateTime> {
            const NAME: $crate::name::Name = $crate::name::Name::of($field);
            $crate::date::DateTime::parse(self.node.get_name(NAME)?.as_str()?)
        }
    };
    (@ concept $method:ident $field:literal) => {
        #[doc = concat!("`", $field, "`.")]
        pub fn $method(self) -> Option<$crate::coding::Concept<'a>> {
            const NAME: $crate::name::Name = $crate::name::Name::of($field);
            self.node.get_name(NAME).map($crate::coding::Concept::of)
        }
    };
    (@ concepts $method:ident $field:literal) => {
        #[doc = concat!("`", $field, "`, in order.")]
        pub fn $method(self) -> impl Iterator<Item = $crate::coding::Concept<'a>> {
            const NAME: $crate::name::Name = $crate::name::Name::of($field);
            $crate::views::list(self.node, NAME).map($crate::coding::Concept::of)
        }
    };
    (@ coding $method:ident $field:literal) => {
        #[doc = concat!("`", $field, "`.")]
        pub fn $method(self) -> Option<$crate::coding::Coding<'a>> {
            const NAME: $crate::name::Name = $crate::name::Name::of($field);
            self.node.get_name(NAME).map($crate::coding::Coding::of)
        }
    };
    (@ reference $method:ident $field:literal) => {
        #[doc = concat!("Where `", $field, "` points, as written.")]
        pub fn $method(self) -> Option<&'a str> {
            const NAME: $crate::name::Name = $crate::name::Name::of($field);
            $crate::views::target(self.node.get_name(NAME)?)
        }
    };
    (@ references $method:ident $field:literal) => {
        #[doc = concat!("Where `", $field, "` points, as written, in order.")]
        pub fn $method(self) -> impl Iterator<Item = &'a str> {
            const NAME: $crate::name::Name = $crate::name::Name::of($field);
            $crate::views::list(self.node, NAME).filter_map($crate::views::target)
        }
    };
    (@ period $method:ident $field:literal) => {
        #[doc = concat!("`", $field, "`.")]
        pub fn $method(self) -> Option<$crate::views::Period> {
            const NAME: $crate::name::Name = $crate::name::Name::of($field);
            self.node.get_name(NAME).map($crate::views::Period::of)
        }
    };
    (@ node $method:ident $field:literal) => {
        #[doc = concat!("`", $field, "` itself.")]
        pub fn $method(self) -> Option<$crate::packed::Node<'a>> {
            const NAME: $crate::name::Name = $crate::name::Name::of($field);
            self.node.get_name(NAME)
        }
    };
    (@ nodes $method:ident $field:literal) => {
        #[doc = concat!("`", $field, "`, in order.")]
        pub fn $method(self) -> impl Iterator<Item = $crate::packed::Node<'a>> {
            const NAME: $crate::name::Name = $crate::name::Name::of($field);
            $crate::views::list(self.node, NAME)
        }
    };
}

pub(crate) use view;

/// A period; either end may be open or imprecise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Period {
    /// When it began.
    pub start: Option<DateTime>,
    /// When it ended.
    pub end: Option<DateTime>,
}

impl Period {
    /// Reads a Period.
    pub fn of(node: Node<'_>) -> Period {
        let end_of = |field| node.str(field).and_then(DateTime::parse);
        Period { start: end_of("start"), end: end_of("end") }
    }

    /// Whether a moment lies within, the whole of an imprecise end included.
    pub fn contains(&self, at: Instant, zone: &Zone) -> bool {
        self.start.is_none_or(|s| s.low(zone) <= at) && self.end.is_none_or(|e| at < e.high(zone))
    }
}

/// The first of the fields `prefix` + suffix that is there, with its suffix: how choices are read.
fn choice<'a>(node: Node<'a>, names: &[(Name, &'static str)]) -> Option<(&'static str, Node<'a>)> {
    names.iter().find_map(|(name, type_)| Some((*type_, node.get_name(*name)?)))
}

fn list(node: Node<'_>, name: Name) -> impl Iterator<Item = Node<'_>> {
    node.get_name(name).into_iter().flat_map(Node::items)
}

fn target(reference: Node<'_>) -> Option<&str> {
    const REFERENCE: Name = Name::of("reference");
    reference.get_name(REFERENCE)?.as_str()
}

/// The label of a concept or coding element: text, else display, else code.
pub fn label(node: Node<'_>) -> Option<&str> {
    Concept::of(node).label().or_else(|| {
        let coding = Coding::of(node);
        coding.display.or(coding.code)
    })
}
