//! The door out: every connection that leaves the product passes through [`Outbound`].
//!
//! Adapters (language models, speech, sign-in) map values to a [`Call`] and read an [`Answer`]; they open nothing
//! themselves. The one implementation lives in the binary: it knows the hosts that the site allowed, waits, retries and
//! keeps budgets. Without configuration the door is [`Closed`] and nothing leaves.

pub mod address;
pub mod settings;

use std::sync::Arc;

pub use settings::{Key, Services, SettingsError};

/// What a call is for. Hosts, times and budgets are kept for each by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// A language model reads or writes text.
    LanguageModel,
    /// Speech becomes text.
    Speech,
    /// Somebody signs in through the site's provider.
    SignIn,
    /// An answer goes back to the portal that a message came from.
    Messages,
    /// Whoever is on call is told that something urgent waits.
    Paging,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::LanguageModel, Self::Speech, Self::SignIn, Self::Messages, Self::Paging];

    /// The name in configuration and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::LanguageModel => "language_model",
            Self::Speech => "speech",
            Self::SignIn => "sign_in",
            Self::Messages => "messages",
            Self::Paging => "paging",
        }
    }
}

/// One call. `Debug` shows neither headers nor body: they hold keys and people's words.
#[derive(Clone)]
pub struct Call {
    /// What it is for.
    pub purpose: Purpose,
    /// Whole address.
    pub url: String,
    /// Header names and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body; none asks by GET.
    pub body: Option<Vec<u8>>,
    /// Most bytes taken of the answer.
    pub largest: usize,
    /// Most tokens this may cost, for the budget.
    pub tokens: u64,
    /// Whether it may be sent again after a failure. A code that counts once may not.
    pub repeatable: bool,
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Call({} {})", self.purpose.name(), address::host_of(&self.url).unwrap_or("?"))
    }
}

/// What came back with a status from 200 to 299.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The body.
    pub body: Vec<u8>,
    /// How often it was sent.
    pub attempts: u32,
}

/// Why nothing came back. Sentences for people; a provider's own words stay out of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// The site has not configured this.
    #[error("no {0} is configured")]
    NotConfigured(&'static str),
    /// The site did not allow the host.
    #[error("host `{0}` is not allowed")]
    HostNotAllowed(String),
    /// The hour's budget is used up.
    #[error("this hour's budget of {0} is used up")]
    Budget(&'static str),
    /// Took too long.
    #[error("no answer in time")]
    TimedOut,
    /// No connection, or it broke.
    #[error("the service could not be reached")]
    Unreachable,
    /// The answer, or what was to be sent, is too large.
    #[error("the {0} is too large")]
    TooLarge(&'static str),
    /// It answered something else than success.
    #[error("the service answered with status {0}")]
    Status(u16),
}

/// Sends calls. Implemented once, in the binary, and by fakes in tests.
pub trait Outbound: Send + Sync {
    /// Sends one call and waits.
    fn send(&self, call: &Call) -> Result<Answer, OutboundError>;
}

/// The door of a site that configured nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Closed;

impl Outbound for Closed {
    fn send(&self, call: &Call) -> Result<Answer, OutboundError> {
        Err(OutboundError::NotConfigured(call.purpose.name()))
    }
}

/// The door and what stands behind it.
#[derive(Clone)]
pub struct Outside {
    /// The door.
    pub door: Arc<dyn Outbound>,
    /// What the site configured.
    pub services: Services,
}

impl Outside {
    /// Nothing configured: nothing leaves.
    pub fn closed() -> Self {
        Self { door: Arc::new(Closed), services: Services::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_shows_neither_its_key_nor_its_words() {
        let call = Call {
            purpose: Purpose::LanguageModel,
            url: "https://models.example/v1/chat?key=abc".to_owned(),
            headers: vec![("authorization", "Bearer sk-1".to_owned())],
            body: Some(b"Ana Reyes".to_vec()),
            largest: 10,
            tokens: 0,
            repeatable: true,
        };
        assert_eq!(format!("{call:?}"), "Call(language_model models.example)");
        assert_eq!(Closed.send(&call).err(), Some(OutboundError::NotConfigured("language_model")));
    }
}
