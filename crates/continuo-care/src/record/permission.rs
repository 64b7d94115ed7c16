//! Which permission a resource type asks for: administrative ones belong to finding and registering people, all others
//! are clinical.

use crate::access::Permission;

/// Types that front desk and schedulers work with.
const ADMINISTRATIVE: &[&str] = &[
    "Account",
    "Appointment",
    "AppointmentResponse",
    "Coverage",
    "HealthcareService",
    "Location",
    "Organization",
    "Patient",
    "Person",
    "Practitioner",
    "PractitionerRole",
    "RelatedPerson",
    "Schedule",
    "Slot",
];

/// What reading this type needs.
pub fn to_read(type_: &str) -> Permission {
    if ADMINISTRATIVE.contains(&type_) { Permission::PersonRead } else { Permission::RecordRead }
}

/// What changing this type needs.
pub fn to_write(type_: &str) -> Permission {
    if ADMINISTRATIVE.contains(&type_) { Permission::PersonWrite } else { Permission::RecordWrite }
}
