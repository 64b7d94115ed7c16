//! Why a use case of the work was not carried out: one sentence for the person, one place for a form.

use continuo_store::Error as StoreError;

use crate::access::Denied;
use crate::calls::CallProblem;
use crate::tasks::change::Refused;

/// See the module.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The actor may not do this.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Not there, or closed to the actor.
    #[error("{0} is not here, or you do not have access to it")]
    NotFound(String),
    /// A rule of the work is against it.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// A call cannot be written down so.
    #[error(transparent)]
    Call(#[from] CallProblem),
    /// A field of a form is wrong.
    #[error("{text}")]
    Field {
        /// Name of the field.
        field: &'static str,
        /// What is wrong, in words.
        text: String,
    },
    /// It cannot be done as things stand.
    #[error("{0}")]
    Not(String),
    /// The store could not do it.
    #[error(transparent)]
    Store(StoreError),
}

impl WorkError {
    /// A wrong field.
    pub fn field(field: &'static str, text: impl Into<String>) -> Self {
        Self::Field { field, text: text.into() }
    }
}

/// A refusal has to pass through the store's closure, which only knows the store's errors: it travels as its sentence.
impl From<StoreError> for WorkError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(what) | StoreError::Gone(what) => Self::NotFound(what),
            StoreError::Refused(text) => Self::Not(text),
            other => Self::Store(other),
        }
    }
}
