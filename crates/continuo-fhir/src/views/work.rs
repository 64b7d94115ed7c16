//! What is to be done, by whom and when: tasks, referrals, appointments, messages, plans.

use super::view;
use crate::date::DateTime;
use crate::packed::Node;

view! {
    /// A piece of work.
    TaskView "Task" {
        nodes identifiers "identifier",
        references based_on "basedOn",
        references part_of "partOf",
        text status "status",
        concept status_reason "statusReason",
        concept business_status "businessStatus",
        text intent "intent",
        text priority "priority",
        concept code "code",
        text description "description",
        reference focus "focus",
        reference for_ "for",
        reference encounter "encounter",
        date authored "authoredOn",
        date last_modified "lastModified",
        reference requester "requester",
        concepts performer_types "performerType",
        reference owner "owner",
        concept reason "reasonCode",
        period execution_period "executionPeriod",
        nodes notes "note",
        node restriction "restriction",
        nodes inputs "input",
        nodes outputs "output",
    }
}

impl TaskView<'_> {
    /// When it is due: the end of the period within which it must be fulfilled.
    pub fn due(self) -> Option<DateTime> {
        DateTime::parse(self.node.str_at("restriction.period.end")?)
    }

    /// Whether nothing more will happen to it.
    pub fn is_over(self) -> bool {
        matches!(self.status(), Some("completed" | "cancelled" | "failed" | "rejected" | "entered-in-error"))
    }
}

view! {
    /// An order or referral.
    ServiceRequestView "ServiceRequest" {
        nodes identifiers "identifier",
        references based_on "basedOn",
        references replaces "replaces",
        text status "status",
        text intent "intent",
        concepts categories "category",
        text priority "priority",
        flag is_do_not_perform "doNotPerform",
        concept code "code",
        reference subject "subject",
        reference encounter "encounter",
        date authored "authoredOn",
        reference requester "requester",
        concept performer_type "performerType",
        references performers "performer",
        concepts reasons "reasonCode",
        references reason_references "reasonReference",
        references insurances "insurance",
        nodes notes "note",
    }
}

view! {
    /// A booked or asked-for visit.
    AppointmentView "Appointment" {
        text status "status",
        concept cancelation_reason "cancelationReason",
        concepts service_types "serviceType",
        concepts specialties "specialty",
        concept appointment_type "appointmentType",
        text description "description",
        date start "start",
        date end "end",
        number minutes "minutesDuration",
        date created "created",
        references based_on "basedOn",
        nodes participants "participant",
    }
}

impl<'a> AppointmentView<'a> {
    /// Where its participants' references point.
    pub fn actors(self) -> impl Iterator<Item = &'a str> {
        self.participants().filter_map(|participant| participant.str_at("actor.reference"))
    }
}

view! {
    /// A message, call or letter.
    CommunicationView "Communication" {
        text status "status",
        concepts categories "category",
        text priority "priority",
        concepts media "medium",
        reference subject "subject",
        concept topic "topic",
        references about "about",
        references in_response_to "inResponseTo",
        date sent "sent",
        date received "received",
        references recipients "recipient",
        reference sender "sender",
        nodes payloads "payload",
        nodes notes "note",
    }
}

impl<'a> CommunicationView<'a> {
    /// The words of the message, part by part.
    pub fn words(self) -> impl Iterator<Item = &'a str> {
        self.payloads().filter_map(|payload: Node<'a>| payload.str("contentString"))
    }
}

view! {
    /// A plan of care.
    CarePlanView "CarePlan" {
        text status "status",
        text intent "intent",
        concepts categories "category",
        text title "title",
        text description "description",
        reference subject "subject",
        period period "period",
        date created "created",
        reference author "author",
        references care_teams "careTeam",
        references addresses "addresses",
        references goals "goal",
        nodes activities "activity",
        nodes notes "note",
    }
}

view! {
    /// Who cares for a person.
    CareTeamView "CareTeam" {
        text status "status",
        concepts categories "category",
        text name "name",
        reference subject "subject",
        period period "period",
        nodes participants "participant",
        references managing_organizations "managingOrganization",
    }
}

view! {
    /// What a person wants to reach.
    GoalView "Goal" {
        text lifecycle_status "lifecycleStatus",
        concept achievement_status "achievementStatus",
        concepts categories "category",
        concept priority "priority",
        concept description "description",
        reference subject "subject",
        date start "startDate",
        nodes targets "target",
        date status_date "statusDate",
        reference expressed_by "expressedBy",
        references addresses "addresses",
        nodes notes "note",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Json, pack, root};

    #[test]
    fn a_task_is_read_in_place() {
        let json = Json::parse(
            br#"{"resourceType":"Task","id":"t1","status":"requested","intent":"order","for":{"reference":"Patient/7"},
            "restriction":{"period":{"end":"2026-08-03"}},"performerType":[{"text":"Nurse"}]}"#,
        );
        let bytes = pack(&json.unwrap());
        let task = TaskView::of(root(&bytes).unwrap()).unwrap();
        assert_eq!((task.id(), task.status(), task.for_()), (Some("t1"), Some("requested"), Some("Patient/7")));
        assert_eq!(task.due().map(|d| d.to_string()).as_deref(), Some("2026-08-03"));
        assert_eq!(task.performer_types().filter_map(crate::coding::Concept::text).collect::<Vec<_>>(), ["Nurse"]);
        assert!(!task.is_over() && task.owner().is_none());
        assert!(GoalView::of(root(&bytes).unwrap()).is_none());
    }
}
