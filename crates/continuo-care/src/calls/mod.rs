//! Calls: what is written down about one, the promises made in it, when to try again, and what to do when nobody answers.
//!
//! A call is a `Communication` (shapes in knowledge/follow-up/README.md); a promise is a `Task`. Pure; writing is `crate::work`.

pub mod next;
pub mod note;
pub mod tried;

use continuo_fhir::{Instant, Json, Zone};

use crate::build::{append, concept, extension, list, moment, object, own, reference};
use crate::shapes;
use crate::tasks::make::{NewTask, task};

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Outcome {
    /// Spoke to the person or the right caregiver.
    Reached,
    /// Nobody answered.
    #[default]
    NoAnswer,
    /// Left a voicemail, or one was left for us.
    Voicemail,
    /// The number is somebody else's.
    WrongNumber,
    /// Did not want to talk.
    Refused,
    /// Asked to be called back.
    CallBack,
}

impl Outcome {
    /// All, in the order offered; each has a one-key letter.
    pub const ALL: [(Outcome, &'static str, char); 6] = [
        (Outcome::Reached, "Reached", 'r'),
        (Outcome::NoAnswer, "No answer", 'n'),
        (Outcome::Voicemail, "Voicemail", 'v'),
        (Outcome::WrongNumber, "Wrong number", 'w'),
        (Outcome::Refused, "Refused", 'x'),
        (Outcome::CallBack, "Call back at", 'b'),
    ];

    /// The code in `statusReason`.
    pub fn code(self) -> &'static str {
        match self {
            Outcome::Reached => shapes::REACHED,
            Outcome::NoAnswer => shapes::NO_ANSWER,
            Outcome::Voicemail => shapes::VOICEMAIL,
            Outcome::WrongNumber => shapes::WRONG_NUMBER,
            Outcome::Refused => shapes::REFUSED,
            Outcome::CallBack => shapes::CALL_BACK,
        }
    }

    /// Reads the code back.
    pub fn from_code(code: &str) -> Option<Outcome> {
        Outcome::ALL.iter().map(|(outcome, ..)| *outcome).find(|outcome| outcome.code() == code)
    }
}

/// A promise made in a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Promise {
    /// "I'll call Friday about the ride".
    pub words: String,
    /// When.
    pub due: Option<Instant>,
    /// By whom; empty means by the caller.
    pub owner: String,
}

/// A call as the form gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallForm {
    /// `Patient/..`.
    pub person: String,
    /// The other side called us.
    pub incoming: bool,
    /// Number dialled or calling.
    pub number: String,
    /// Who answered, when it was not the person.
    pub answered_by: String,
    /// How identity was checked; needed when somebody was reached.
    pub identity_check: String,
    /// Interpreter id.
    pub interpreter: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Topics talked about.
    pub topics: Vec<String>,
    /// Minutes, as typed.
    pub minutes: String,
    /// Notes.
    pub note: String,
    /// Promises.
    pub promises: Vec<Promise>,
    /// When to call back.
    pub call_back_at: Option<Instant>,
    /// When to try again where nobody was reached.
    pub next_try: Option<Instant>,
    /// What the call is about: further tasks, results, messages, stays (`Type/id`).
    pub about: Vec<String>,
    /// The message it answers.
    pub in_response_to: String,
    /// The task it was made for (`Task/..`).
    pub task: String,
}

/// Why a call cannot be written down.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallProblem {
    /// Somebody was reached, so identity matters.
    #[error("say how identity was checked")]
    NoIdentityCheck,
    /// They do not speak the clinic's language (safety.md rule 16; 45 CFR 92.201).
    #[error("give the interpreter's id, or say how you understood each other, such as: I speak Spanish")]
    NoInterpreter,
    /// A child interprets for nobody.
    #[error("a child does not interpret: call again with an interpreter")]
    ChildInterpreter,
    /// A call back needs a time.
    #[error("say when to call back")]
    NoCallBackTime,
    /// A promise needs a day.
    #[error("say by when: {0}")]
    PromiseWithoutDay(String),
    /// Minutes must be a number.
    #[error("minutes must be a number, such as 11")]
    BadMinutes,
}

/// Whether a call that reached somebody who needs an interpreter says who interpreted. Who is named as a child is refused.
pub(crate) fn interpreted(form: &CallForm, needs_interpreter: bool) -> Result<(), CallProblem> {
    const CHILD: [&str; 8] = ["son", "daughter", "child", "kid", "boy", "girl", "hijo", "hija"];
    if form.outcome != Outcome::Reached {
        return Ok(());
    }
    let said = form.interpreter.to_lowercase();
    let mut words = said.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).peekable();
    if needs_interpreter && words.peek().is_none() {
        return Err(CallProblem::NoInterpreter);
    }
    // A grown daughter may be asked to speak for her mother; one who interprets may not (45 CFR 92.201(e)).
    if words.any(|word| CHILD.contains(&word)) {
        return Err(CallProblem::ChildInterpreter);
    }
    Ok(())
}

/// The `Communication` of a call and the `Task`s of its promises. Ids come from `next_id`.
pub fn log(
    form: &CallForm,
    by: &str,
    now: Instant,
    zone: &Zone,
    mut next_id: impl FnMut() -> String,
) -> Result<Vec<Json>, CallProblem> {
    if form.outcome == Outcome::Reached && form.identity_check.trim().is_empty() {
        return Err(CallProblem::NoIdentityCheck);
    }
    if form.outcome == Outcome::CallBack && form.call_back_at.is_none() {
        return Err(CallProblem::NoCallBackTime);
    }
    let minutes = form.minutes.trim();
    if !minutes.is_empty() && minutes.parse::<f64>().is_err() {
        return Err(CallProblem::BadMinutes);
    }
    let id = next_id();
    let reached = matches!(form.outcome, Outcome::Reached | Outcome::CallBack) || form.incoming;
    let mut call = object([
        ("resourceType", Json::string("Communication")),
        ("id", Json::string(&*id)),
        ("status", Json::string(if reached { "completed" } else { "not-done" })),
        ("statusReason", own(form.outcome.code())),
        ("category", list([own(shapes::CALL)])),
        ("medium", list([concept(shapes::PARTICIPATION_MODE, "PHONE", "telephone")])),
        ("subject", reference(&form.person)),
        ("sent", moment(now, zone)),
    ]);
    let (sender, recipient) = if form.incoming { (form.person.as_str(), by) } else { (by, form.person.as_str()) };
    call.set("sender", reference(sender));
    call.set("recipient", list([reference(recipient)]));
    if !form.topics.is_empty() {
        call.set("reasonCode", list(form.topics.iter().map(|topic| crate::build::words(topic))));
    }
    for about in form.about.iter().filter(|about| !about.is_empty()) {
        append(&mut call, "about", reference(about));
    }
    if !form.in_response_to.is_empty() {
        call.set("inResponseTo", list([reference(&form.in_response_to)]));
    }
    if !form.task.is_empty() {
        call.set("partOf", list([reference(&form.task)]));
    }
    for (url, value) in [
        (shapes::EXT_NUMBER, &form.number),
        (shapes::EXT_ANSWERED_BY, &form.answered_by),
        (shapes::EXT_IDENTITY_CHECK, &form.identity_check),
        (shapes::EXT_INTERPRETER, &form.interpreter),
    ] {
        if !value.trim().is_empty() {
            append(&mut call, "extension", extension(url, "valueString", Json::string(value.trim())));
        }
    }
    append(
        &mut call,
        "extension",
        extension(shapes::EXT_DIRECTION, "valueCode", Json::string(if form.incoming { "in" } else { "out" })),
    );
    if let Some(number) = Json::number(minutes).filter(|_| !minutes.is_empty()) {
        append(&mut call, "extension", extension(shapes::EXT_MINUTES, "valueDecimal", number));
    }
    if let Some(at) = form.call_back_at {
        append(&mut call, "extension", extension(shapes::EXT_CALL_BACK_AT, "valueDateTime", moment(at, zone)));
    }
    if !form.note.trim().is_empty() {
        call.set("note", list([crate::tasks::make::note(&form.note, by, now, zone)]));
    }
    let mut made = vec![call];
    for promise in &form.promises {
        let Some(due) = promise.due else { return Err(CallProblem::PromiseWithoutDay(promise.words.clone())) };
        let new = NewTask {
            kind: shapes::PROMISE.to_owned(),
            what: promise.words.clone(),
            person: form.person.clone(),
            owner: if promise.owner.is_empty() { by.to_owned() } else { promise.owner.clone() },
            due: Some(due),
            due_rule: "the time promised".to_owned(),
            about: format!("Communication/{id}"),
            ..NewTask::default()
        };
        made.push(task(&next_id(), &new, by, now, zone));
    }
    Ok(made)
}
