//! The FHIR shapes that care work is written in: the product's own code system, its codes and extensions.
//!
//! One place so that the loop, the follow-up rules, entering by hand and the made-up population write and read the
//! same thing. The prose twin, shape by shape, is `knowledge/follow-up/README.md`. No logic here.

/// The product's own code system. Used only where no published code is at hand or licensed.
pub const CODE: &str = "urn:continuo:code";
/// LOINC.
pub const LOINC: &str = "http://loinc.org";
/// SNOMED CT.
pub const SNOMED: &str = "http://snomed.info/sct";
/// ICD-10-CM.
pub const ICD_10: &str = "http://hl7.org/fhir/sid/icd-10-cm";
/// HL7 encounter classes (`IMP`, `EMER`, `AMB`, `HH`).
pub const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
/// HL7 participation modes, the medium of a Communication (`PHONE`, `WRITTEN`).
pub const PARTICIPATION_MODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationMode";
/// HL7 abnormal flags (`HH`, `H`, `L`, `LL`, `A`, `AA`).
pub const INTERPRETATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";

/// Whether the person needs an interpreter (FHIR R4, patient-interpreterRequired).
pub const INTERPRETER_NEEDED: &str = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired";

/// `Communication.category`: a message from or to the person.
pub const MESSAGE: &str = "message";
/// `Communication.category`: a telephone or video call, or an attempt.
pub const CALL: &str = "call";
/// `Communication.category`: a fax.
pub const FAX: &str = "fax";
/// `Communication.category`: a note written by staff (comment on a task, quick note).
pub const NOTE: &str = "note";

/// `Communication.category`: written or said to a person because care is due, several people at once.
pub const OUTREACH: &str = "outreach";
/// `Communication.identifier.system`: which outreach it belongs to.
pub const OUTREACH_BATCH: &str = "urn:continuo:outreach";

/// `Communication.statusReason` of a call: the person (or the right caregiver) was spoken to.
pub const REACHED: &str = "reached";
/// The phone was not answered.
pub const NO_ANSWER: &str = "no-answer";
/// A voicemail was left (outgoing) or received (incoming).
pub const VOICEMAIL: &str = "voicemail";
/// The number belongs to somebody else.
pub const WRONG_NUMBER: &str = "wrong-number";
/// The person did not want to talk.
pub const REFUSED: &str = "refused";
/// The person asked to be called back at a stated time.
pub const CALL_BACK: &str = "call-back";

/// `ServiceRequest.category` of a referral.
pub const REFERRAL: &str = "referral";
/// Own codes for kinds of service that no file at hand names. `serviceType`/`type`/`code` of Appointment, Encounter, ServiceRequest.
pub const DIALYSIS: &str = "dialysis";
/// A prenatal visit.
pub const PRENATAL: &str = "prenatal";
/// A visit of an anticoagulation clinic or for an INR.
pub const ANTICOAGULATION: &str = "anticoagulation";
/// A visit after a hospital stay.
pub const POST_STAY: &str = "post-stay";
/// A stay on a psychiatric unit.
pub const PSYCHIATRIC: &str = "psychiatric";
/// Home health care.
pub const HOME_HEALTH: &str = "home-health";
/// Oxygen at home.
pub const HOME_OXYGEN: &str = "home-oxygen";
/// Medicaid coverage.
pub const MEDICAID: &str = "medicaid";
/// `Flag.category` of the care-management tier; `Flag.code` is `tier-high`, `tier-medium` or `tier-low`.
pub const TIER: &str = "tier";
/// The high tier.
pub const TIER_HIGH: &str = "tier-high";
/// The medium tier.
pub const TIER_MEDIUM: &str = "tier-medium";
/// The low tier.
pub const TIER_LOW: &str = "tier-low";
/// `Task.code` of a promise somebody made to the person.
pub const PROMISE: &str = "promise";
/// `Task.code` of a quick reminder.
pub const REMINDER: &str = "reminder";

/// The number dialled or calling (`valueString`).
pub const EXT_NUMBER: &str = "urn:continuo:ext:number";
/// Who answered (`valueString`).
pub const EXT_ANSWERED_BY: &str = "urn:continuo:ext:answered-by";
/// How identity was checked (`valueString`).
pub const EXT_IDENTITY_CHECK: &str = "urn:continuo:ext:identity-check";
/// Somebody acts for the person (complex, on RelatedPerson): `kind`, `proof`.
pub const EXT_PROXY: &str = "urn:continuo:ext:proxy";
/// Interpreter id on a call (`valueString`), 45 CFR 92.201.
pub const EXT_INTERPRETER: &str = "urn:continuo:ext:interpreter";
/// Minutes spent (`valueDecimal`).
pub const EXT_MINUTES: &str = "urn:continuo:ext:minutes";
/// Direction of a call: `in` or `out` (`valueCode`).
pub const EXT_DIRECTION: &str = "urn:continuo:ext:direction";
/// When the next try is meant to be, after a call that reached nobody (`valueDateTime` of a Task).
pub const EXT_NEXT_TRY: &str = "urn:continuo:ext:next-try";
/// Calls made for a Task that reached nobody (`valueInteger`).
pub const EXT_ATTEMPTS: &str = "urn:continuo:ext:attempts";
/// When the person asked to be called back (`valueDateTime`).
pub const EXT_CALL_BACK_AT: &str = "urn:continuo:ext:call-back-at";
/// The fallback owner of a Task (`valueReference`).
pub const EXT_FALLBACK: &str = "urn:continuo:ext:fallback";
/// The rule a Task's due time comes from (`valueString`).
pub const EXT_DUE_RULE: &str = "urn:continuo:ext:due-rule";
/// The finding key a Task or an accepted resource comes from (`valueString`).
pub const EXT_FINDING: &str = "urn:continuo:ext:finding";
/// Snoozed until (`valueDateTime`); the reason is `Task.statusReason`.
pub const EXT_SNOOZED_UNTIL: &str = "urn:continuo:ext:snoozed-until";
/// How often a Task was snoozed (`valueInteger`).
pub const EXT_SNOOZES: &str = "urn:continuo:ext:snoozes";
/// The priority band of a Task that names danger (`valueCode`: `danger`, `high-consequence`).
pub const EXT_CONSEQUENCE: &str = "urn:continuo:ext:consequence";
/// A hand-over that waits for acceptance: the sender (`valueReference`).
pub const EXT_HANDED_BY: &str = "urn:continuo:ext:handed-by";
/// Kept open by somebody although the person has died (`valueBoolean`).
pub const EXT_KEPT_AFTER_DEATH: &str = "urn:continuo:ext:kept-after-death";
/// Until when a hand-over waits for acceptance before it returns to its sender (`valueDateTime`).
pub const EXT_ACCEPT_BY: &str = "urn:continuo:ext:accept-by";
/// A checklist line (`valueString`); ticked, it carries `line` (`valueString`) and `done` (`valueBoolean`) nested instead.
pub const EXT_CHECK: &str = "urn:continuo:ext:check";
/// Who registered a person by hand, where their role reaches only the people given to them (`valueReference`).
pub const EXT_REGISTERED_BY: &str = "urn:continuo:ext:registered-by";
/// When that was (`valueDateTime`): it reaches for a while only.
pub const EXT_REGISTERED_AT: &str = "urn:continuo:ext:registered-at";
/// Recurrence of a Task (`valueTiming`).
pub const EXT_REPEATS: &str = "urn:continuo:ext:repeats";
/// How a number or address may be used (safety.md 13), on `ContactPoint` or `Address`: nested `call`, `voicemail`, `text`,
/// `mail` (`valueBoolean`), `say`, `hours`, `shared-with` (`valueString`), `unsafe` (`valueBoolean`).
pub const EXT_CONTACT_SAFETY: &str = "urn:continuo:ext:contact-safety";
/// Confirmed by whom and when, on a phone, an address, a medicine or a coverage: nested `by` (`valueReference`), `at` (`valueDateTime`).
pub const EXT_CONFIRMED: &str = "urn:continuo:ext:confirmed";
/// On an entry that was put right by hand: nested `by` (`valueReference`), `at` (`valueDateTime`), `why` (`valueString`).
pub const EXT_CORRECTED: &str = "urn:continuo:ext:corrected";
