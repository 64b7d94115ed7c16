//! Language models, from the outside: a question as values, an answer as data that is not trusted.
//!
//! `ask` writes the question, `redact` hides who it is about, `answer` checks the form of what came back, `ground` holds
//! each item against the words it cites, `merge` lets the built-in engine's findings stand first. Nothing here opens a
//! connection: [`LanguageModel`] is implemented where calls leave, and faked in tests. An answer can add proposals and
//! raise an urgency; it can neither lower one nor remove anything.

pub mod answer;
pub mod ask;
pub mod ground;
pub mod merge;
mod numbers;
pub mod redact;

use continuo_fhir::Json;

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// What to do and how to answer.
    pub instructions: &'static str,
    /// What to read: quoted data.
    pub content: String,
    /// Name of the answer's form.
    pub form: &'static str,
    /// JSON schema of the answer.
    pub schema: Json,
    /// Version of instructions and form, for the log.
    pub version: &'static str,
}

/// An answer as received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The text, meant to be JSON of the asked form.
    pub text: String,
    /// The model that answered, as the provider names it.
    pub model: String,
    /// Tokens read.
    pub tokens_in: u64,
    /// Tokens written.
    pub tokens_out: u64,
    /// How often it was asked.
    pub attempts: u32,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// None is configured.
    #[error("no language model is configured")]
    Off,
    /// It could not be asked or did not answer; says why.
    #[error("{0}")]
    Failed(String),
    /// It answered in a form that is not the provider's own.
    #[error("the model's service answered in a form that is not known")]
    Form,
    /// It declined, or stopped before it was done.
    #[error("the model did not finish its answer")]
    Unfinished,
}

/// Something that answers questions.
pub trait LanguageModel {
    /// What it is called in settings, for pages and logs.
    fn name(&self) -> &str;

    /// Asks and waits.
    fn answer(&self, ask: &Ask) -> Result<Reply, ModelError>;
}
